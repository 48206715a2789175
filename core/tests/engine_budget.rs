//! The engine and its budgets: one byte of state, one of output, one late row, and more.
//!
//! Where a limit strikes nothing is lost and nothing half-applied: what was taken, and what is
//! taken after draining or closing windows, is what an engine without the limit makes of it.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;
mod stream;

use common::Random;
use paneline::{
    Code, Engine, EngineSpec, Function, KeyType, Keys, ResultBatch, Rows, SlidingWindowSpec, Stats,
    ValueType,
};
use stream::{
    Events, counters, counts, cumulate, drain, drain_late, push_all, session, sliding, spec,
    state_bytes, sums, tumbling, with_lateness,
};

/// Every kind of state: one slice a window, totals with slices that leave, totals that grow,
/// sessions; each with late rows.
fn kinds() -> [SlidingWindowSpec; 5] {
    [
        with_lateness(tumbling(100), 70),
        with_lateness(sliding(250, 100), 70),
        with_lateness(sliding(1_000, 10), 70),
        with_lateness(cumulate(300, 100), 70),
        with_lateness(session(20), 70),
    ]
}

/// Rows in disorder, of which some are late and some invalid.
fn events(random: &Random, rows: usize) -> Events {
    let mut now_ms = 0;
    let mut row = |_| {
        now_ms += random.between(0, 9);
        let behind_ms = if random.between(0, 9) == 0 { random.between(0, 300) } else { 0 };
        let t_ms = if random.between(0, 99) == 0 { i64::MAX } else { now_ms - behind_ms };
        (random.between(0, 40), t_ms, random.between(-9, 9))
    };
    Events::ints(&(0..rows).map(&mut row).collect::<Vec<_>>())
}

/// What an engine puts out.
#[derive(Debug, Default, PartialEq)]
struct Output {
    results: Vec<String>,
    late: Vec<String>,
}

impl Output {
    fn drain(&mut self, engine: &mut Engine) {
        self.results.extend(drain(engine));
        self.late.extend(drain_late(engine));
    }
}

/// What an engine without limits makes of all rows, with its counters.
fn unlimited(spec: &EngineSpec, events: &Events) -> (Output, [u64; 6]) {
    let spec = EngineSpec { output_budget_bytes: 1 << 28, ..spec.clone() };
    let (mut engine, mut output) = (Engine::new(&spec).unwrap(), Output::default());
    push_all(&mut engine, events);
    engine.finish().unwrap();
    output.drain(&mut engine);
    (output, counters(&engine.stats()))
}

/// Protects draining at the smallest output: one byte, one late row. Results and late rows that
/// find no room wait; a row that was refused is taken when there is room.
#[test]
fn the_smallest_outputs_lose_nothing() {
    let (random, mut late) = (Random::new(31), 0);
    for window in kinds() {
        let (spec, events) = (sums(window), events(&random, 2_000));
        let (expected, expected_counters) = unlimited(&spec, &events);
        late += expected.late.len();
        assert!(expected.results.len() > 500, "{} results", expected.results.len());
        for (output_bytes, late_rows) in [(1, 1), (1, 0), (0, 1), (5_000, 3)] {
            let mut small = spec.clone();
            (small.output_budget_bytes, small.late_budget_rows) = (output_bytes, late_rows);
            let (mut engine, mut output) = (Engine::new(&small).unwrap(), Output::default());
            let mut taken = 0;
            while taken < events.len() {
                let to = (taken + 400).min(events.len());
                let pushed = events.push(&mut engine, taken..to).unwrap();
                taken += pushed.rows;
                let Some(error) = pushed.stopped else { continue };
                let path = error.path();
                assert_eq!(error.code(), Code::MemoryLimit);
                assert!(path == "output_budget_bytes" || path == "late_budget_rows", "{error}");
                output.drain(&mut engine);
            }
            engine.finish().unwrap();
            output.drain(&mut engine);
            assert_eq!(output, expected, "{small:?}");
            assert_eq!(counters(&engine.stats()), expected_counters);
        }
    }
    assert!(late > 100, "{late} late");
}

/// Protects whoever reads a refusal: it tells how many results wait, and the bound.
#[test]
fn a_refusal_says_how_much_waits() {
    let mut spec = counts(tumbling(10));
    spec.output_budget_bytes = 5_000;
    let mut engine = Engine::new(&spec).unwrap();
    let rows: Vec<_> = (0..1_000).map(|t_ms| (t_ms / 10, t_ms)).collect();
    let pushed = Events::bare(&rows).push(&mut engine, 0..1_000).unwrap();
    let message = pushed.stopped.unwrap().to_string();
    let waiting = engine.poll(&mut ResultBatch::default());
    assert!(waiting > 10 && pushed.rows < 1_000, "{waiting} results, {} rows", pushed.rows);
    assert!(message.contains(&format!(": {waiting} results wait ")), "{message}");
    assert!(message.contains("output_budget_bytes is 5000;"), "{message}");
}

/// Protects the order of results when time moves on while results wait for room: two moves of the
/// watermark stay two moves.
#[test]
fn moves_that_wait_for_room_stay_apart() {
    let spec =
        EngineSpec { max_out_of_orderness_ms: -1, ..counts(with_lateness(session(10), 100)) };
    // [5, 15) comes after its end and waits for a multiple of 10. 26 fires two sessions and 27
    // fires [18, 28) without passing one; 32 passes 30.
    let before = Events::bare(&[(1, 0), (2, 1), (3, 18), (4, 22)]);
    let late = Events::bare(&[(5, 5)]);
    let results = |output_budget_bytes: u64, drains: bool| {
        let mut engine = Engine::new(&EngineSpec { output_budget_bytes, ..spec.clone() }).unwrap();
        let mut lines = Vec::new();
        push_all(&mut engine, &before);
        engine.advance_watermark(0, 24).unwrap();
        lines.extend(drain(&mut engine));
        push_all(&mut engine, &late);
        // An empty output takes a result in any case; the second of these waits.
        push_all(&mut engine, &Events::bare(&[(6, 16), (7, 16)]));
        for watermark_ms in [26, 27, 32] {
            engine.advance_watermark(0, watermark_ms).unwrap();
            if drains {
                lines.extend(drain(&mut engine));
            }
        }
        engine.finish().unwrap();
        lines.extend(drain(&mut engine));
        lines
    };
    let expected = results(0, true);
    assert_eq!(results(0, false), expected);
    assert_eq!(results(1, true), expected);
    assert_eq!(results(1, false), expected);
}

/// Protects against half a row: with one byte of state every acceptable row is refused again and
/// again, and neither counted nor judged; rows that need no state are taken.
#[test]
fn one_byte_of_state_takes_nothing() {
    for window in kinds() {
        let mut spec = counts(window);
        spec.state_budget_bytes = 1;
        let mut engine = Engine::new(&spec).unwrap();
        let fresh = engine.stats();
        for t_ms in [5, 500, -500, 5] {
            let pushed = Events::bare(&[(1, t_ms), (2, t_ms)]).push(&mut engine, 0..2).unwrap();
            let error = pushed.stopped.unwrap();
            assert_eq!((pushed.rows, error.path()), (0, "state_budget_bytes"), "{error}");
            assert_eq!(error.code(), Code::MemoryLimit);
        }
        let now = engine.stats();
        assert_eq!(Stats { scratch_bytes: fresh.scratch_bytes, ..now }, fresh);
        push_all(&mut engine, &Events::bare(&[(1, i64::MAX)]));
        engine.advance_watermark(0, 10_000).unwrap();
        push_all(&mut engine, &Events::bare(&[(1, 1_000)]));
        assert_eq!((engine.stats().invalid, engine.stats().late), (1, 1));
        engine.finish().unwrap();
        assert_eq!(drain(&mut engine), [""; 0]);
    }
}

/// Protects time when a row is refused: a source that came back with a row that moves no time is
/// still to be counted when the next row is judged, refused or not.
#[test]
fn a_source_that_came_back_is_not_forgotten() {
    let mut spec = counts(tumbling(10));
    spec.sources = vec!["a".into(), "b".into()];
    (spec.idle_timeout_ms, spec.max_future_ms, spec.late_budget_rows) = (5, 10, 1);
    let mut engine = Engine::new(&spec).unwrap();
    let push = |engine: &mut Engine, source: u32, t_ms: i64| {
        let pushed =
            engine.push(&Rows { sources: Some(&[source]), ..Rows::new(&[1], &[t_ms], &[]) });
        pushed.unwrap().rows
    };
    let (a, b) = (0, 1);
    engine.tick(100).unwrap();
    assert_eq!((push(&mut engine, b, 90), push(&mut engine, a, 10)), (1, 1));
    assert_eq!(engine.tick(200), Ok(9), "both are idle, and the watermark holds still");
    // The future row brings b back, and moves no time; late output is full then.
    assert_eq!((push(&mut engine, b, 1_000), push(&mut engine, b, 5)), (1, 0));
    assert_eq!(engine.stats().watermark_ms, 9);
    assert_eq!(drain_late(&mut engine), ["FUTURE 1 at 1000"]);
    assert_eq!(push(&mut engine, b, 5), 1);
    assert_eq!(engine.stats().watermark_ms, 89, "b alone is not idle");
    assert_eq!(drain_late(&mut engine), ["LATE 1 at 5"]);
}

/// Protects retries: where the state is full, closing windows makes room and the rest is taken, as
/// if there had been no limit; until then the engine is where one is that saw the taken rows only.
#[test]
fn refused_rows_are_taken_when_there_is_room() {
    let random = Random::new(33);
    let mut refusals = 0;
    for (window, keys) in [
        (tumbling(1_000), 40_000),
        (with_lateness(sliding(2_000, 1_000), 500), 20_000),
        (cumulate(2_000, 1_000), 20_000),
        (session(1_000), 2_000),
    ] {
        let row = |at: i64| (random.between(0, keys), at / 20, random.between(-9, 9));
        let rows: Vec<_> = (0..keys * 4).map(row).collect();
        let events = Events::ints(&rows);
        let mut spec = sums(window);
        (spec.max_out_of_orderness_ms, spec.output_budget_bytes) = (5_000_000, 1 << 28);
        let mut small = spec.clone();
        small.state_budget_bytes = 1_500_000;
        let (mut limited, mut free) = (Engine::new(&small).unwrap(), Engine::new(&spec).unwrap());
        let (mut taken, mut mark_ms) = (0, i64::MIN);
        while taken < events.len() {
            let to = (taken + 5_000).min(events.len());
            let pushed = events.push(&mut limited, taken..to).unwrap();
            let given = events.push(&mut free, taken..taken + pushed.rows).unwrap();
            assert_eq!(given.rows, pushed.rows);
            taken += pushed.rows;
            let (l, f) = (limited.stats(), free.stats());
            assert_eq!(counters(&l), counters(&f));
            assert_eq!((l.watermark_ms, l.keys, l.slices), (f.watermark_ms, f.keys, f.slices));
            let counted = l.accepted + l.late + l.future + l.invalid;
            assert_eq!((l.windows_open, counted), (f.windows_open, taken as u64));
            let Some(error) = pushed.stopped else { continue };
            assert_eq!((error.code(), error.path()), (Code::MemoryLimit, "state_budget_bytes"));
            refusals += 1;
            // Everything so far closes: what comes is at or after the last row.
            let closed_ms = events.times[taken - 1] - 1;
            mark_ms = if closed_ms > mark_ms { closed_ms } else { mark_ms + 1_000 };
            for engine in [&mut limited, &mut free] {
                engine.advance_watermark(0, mark_ms).unwrap();
            }
            let (results, expected) = (drain(&mut limited), drain(&mut free));
            assert_eq!(results, expected);
            // Rows of a window that was closed ahead of time are late for both.
            assert_eq!(drain_late(&mut limited), drain_late(&mut free));
            assert!(refusals < 1_000, "no progress at row {taken}");
        }
        for engine in [&mut limited, &mut free] {
            engine.finish().unwrap();
        }
        assert_eq!(drain(&mut limited), drain(&mut free));
        assert_eq!(counters(&limited.stats()), counters(&free.stats()));
    }
    assert!(refusals > 15, "the budget struck {refusals} times");
}

/// Protects hosts: after every call the state is within its budget, and undrained output within
/// its own but for the block of results that an empty one always takes.
#[test]
fn budgets_are_not_exceeded() {
    let random = Random::new(34);
    for window in kinds().into_iter().cycle().take(60) {
        let keys = random.pick(&[10, 1_000, 30_000, 1_000_000]);
        let mut row = |at: i64| {
            let t_ms = at / 10 - random.between(0, 50) * random.between(0, 1);
            (random.between(0, keys), t_ms, random.between(-9, 9))
        };
        let events = Events::ints(&(0..6_000).map(&mut row).collect::<Vec<_>>());
        let mut spec = sums(window);
        spec.max_out_of_orderness_ms = random.between(0, 300);
        spec.state_budget_bytes = random.between(100_000, 1_200_000).cast_unsigned();
        spec.output_budget_bytes = random.between(1, 60_000).cast_unsigned();
        let mut engine = Engine::new(&spec).unwrap();
        let (mut taken, mut refused) = (0, 0);
        while taken < events.len() {
            let to = (taken + 500).min(events.len());
            let pushed = events.push(&mut engine, taken..to).unwrap();
            taken += pushed.rows;
            let stats = engine.stats();
            let held = state_bytes(&stats);
            assert!(held <= spec.state_budget_bytes, "{held} bytes: {stats:?} of {spec:?}");
            let (out, block) = (stats.output_bytes + stats.late_bytes, 128 * 64);
            assert!(out <= spec.output_budget_bytes + block, "{out} bytes: {stats:?} of {spec:?}");
            if let Some(error) = pushed.stopped {
                drain(&mut engine);
                drain_late(&mut engine);
                if error.path() == "state_budget_bytes" {
                    (taken, refused) = (taken + 1, refused + 1);
                    engine.advance_watermark(0, refused * 20).unwrap();
                }
            }
        }
        engine.finish().unwrap();
        assert!(state_bytes(&engine.stats()) <= spec.state_budget_bytes);
    }
}

/// Protects hosts where the index of keys could be larger, for keys that went and may return: it
/// takes no more than the keys that come leave over.
#[test]
fn a_larger_index_is_paid_for() {
    let short: Vec<u8> = (0..2_040_u32).flat_map(u32::to_le_bytes).collect();
    let short_offsets: Vec<i64> = (0..=2_040).map(|key| 4 * key).collect();
    let long: Vec<u8> = (0..10).flat_map(|key| vec![key; 65_000]).collect();
    let long_offsets: Vec<i64> = (0..=10).map(|key| 65_000 * key).collect();
    for kib in 900..1_000 {
        let mut spec = counts(tumbling(10));
        spec.key = KeyType::Bytes as i32;
        (spec.max_out_of_orderness_ms, spec.state_budget_bytes) = (100, kib << 10);
        let mut engine = Engine::new(&spec).unwrap();
        let push = |engine: &mut Engine, offsets: &[i64], data: &[u8], t_ms: i64| {
            let times = vec![t_ms; offsets.len() - 1];
            let keys = Keys::Bytes { offsets, data };
            let _ = engine.push(&Rows { keys, ..Rows::new(&[], &times, &[]) }).unwrap();
            let used = state_bytes(&engine.stats());
            assert!(used <= spec.state_budget_bytes, "{used} bytes of {kib} KiB");
        };
        // Of 1,500 keys 500 go, and leave their slots; with 540 new ones nearly all are taken.
        push(&mut engine, &short_offsets[..1_501], &short, 0);
        push(&mut engine, &short_offsets[..1_001], &short, 10);
        engine.advance_watermark(0, 9).unwrap();
        push(&mut engine, &short_offsets[1_500..], &short, 10);
        push(&mut engine, &long_offsets, &long, 10);
    }
}

/// Protects hosts at a firing: what does not fit cells is paid for in the totals too, or the row
/// that brings it is refused. Here every key has a float that no cell holds.
#[test]
fn firings_are_paid_for() {
    let mut spec = spec(sliding(200, 100), ValueType::F64, &[Function::Sum]);
    (spec.max_out_of_orderness_ms, spec.output_budget_bytes) = (-1, 1 << 28);
    spec.state_budget_bytes = 4_000_000;
    let mut engine = Engine::new(&spec).unwrap();
    let rows: Vec<_> = (0..40_000).map(|at| (at, 50, 1e300)).collect();
    let pushed = Events::floats(&rows).push(&mut engine, 0..rows.len()).unwrap();
    assert_eq!(pushed.stopped.unwrap().path(), "state_budget_bytes");
    let before = state_bytes(&engine.stats());
    engine.advance_watermark(0, 99).unwrap();
    let after = state_bytes(&engine.stats());
    assert!(after <= 4_000_000, "{before} bytes before the firing, {after} after");
}

/// Protects the same where every cell holds its sum and the window does not: then there is a carry
/// for each key, which no row has brought.
#[test]
fn carries_of_windows_are_paid_for() {
    let mut spec = sums(sliding(300, 100));
    (spec.max_out_of_orderness_ms, spec.output_budget_bytes) = (-1, 1 << 28);
    let times = [50, 150, 250];
    let rows: Vec<_> =
        times.iter().flat_map(|t_ms| (0..30_000).map(|key| (key, *t_ms, i64::MAX))).collect();
    let events = Events::ints(&rows);
    for state_budget_bytes in (2_000_000..).step_by(32_768) {
        spec.state_budget_bytes = state_budget_bytes;
        let mut engine = Engine::new(&spec).unwrap();
        if events.push(&mut engine, 0..events.len()).unwrap().stopped.is_some() {
            continue;
        }
        let before = state_bytes(&engine.stats());
        engine.advance_watermark(0, 299).unwrap();
        let after = state_bytes(&engine.stats());
        assert!(
            after <= state_budget_bytes,
            "{before} bytes of {state_budget_bytes}, then {after}"
        );
        return;
    }
}

/// Protects tables of all keys, which are made at once where there is room: for a slice that was
/// sparse, for a new one whose first row brings a new key, for two new ones. Room for them is room
/// for all of it.
#[test]
fn tables_are_paid_for() {
    const KEYS: i64 = 64 * 2_000;
    let mut spec = counts(sliding(100, 10));
    spec.max_out_of_orderness_ms = -1;
    // Sparse slices first, so that there is room for the cells of such ones.
    let full = (0..5 * KEYS).map(|at| (at % KEYS, 80 + at / KEYS * 10));
    let full: Vec<_> = [(0, -100_000), (0, -200_000)].into_iter().chain(full).collect();
    // So many keys of an older slice that it turns dense with the next row.
    let sparse: Vec<_> = (0..(KEYS + 5) / 6).map(|key| (key * 5 % KEYS, 0)).collect();
    let (turned, new) = (sparse[..1].to_vec(), vec![(-1, 130)]);
    let two = vec![(0, 130), (0, 140)];
    for (first, last) in [(&sparse[..], &turned), (&[], &new), (&[], &two)] {
        let batches = [&full[..], first, last].map(Events::bare);
        let held = |state_budget_bytes: u64| -> Vec<u64> {
            let spec = EngineSpec { state_budget_bytes, ..spec.clone() };
            let mut engine = Engine::new(&spec).unwrap();
            let mut held = Vec::new();
            for batch in &batches {
                let pushed = batch.push(&mut engine, 0..batch.len()).unwrap();
                let bytes = state_bytes(&engine.stats());
                assert!(bytes <= state_budget_bytes, "{bytes} bytes of {state_budget_bytes}");
                if pushed.stopped.is_some() {
                    break;
                }
                held.push(bytes);
            }
            held
        };
        let [_, before, after] = held(1 << 30)[..] else { panic!("{:?}", held(1 << 30)) };
        assert!(after > before + 100_000, "a table was made: {before}, {after}");
        // The last bytes decide.
        let budgets = (before..after + 60_000).step_by(40_000);
        let budgets = budgets.chain((after - 10_000..after + 10_000).step_by(1_000));
        let reached = budgets.filter(|budget| held(*budget).len() == batches.len());
        assert!(reached.count() > 20, "or it shows little");
    }
}
