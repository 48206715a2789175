//! The engine by worked examples: every kind of window, the order of results, draining, counters.
//!
//! Each expected line was worked by hand from sections 4, 5, 8 and 9 of docs/SEMANTICS.md; random
//! sequences are compared with an independent reference elsewhere (tests/engine.rs).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod stream;

use paneline::{
    Code, Engine, EngineSpec, Function, KeyType, Keys, LateBatch, ResultBatch, ResultColumn,
    ResultKeys, Rows, Stats, TimeUnit, ValueType, Verdict,
};
use stream::{
    Events, FUNCTIONS, counts, cumulate, days, drain, drain_late, push_all, session, sliding, spec,
    sums, tumbling, with_lateness,
};

/// All lines of a stream of integers, from its first row to its end.
fn lines(spec: &EngineSpec, rows: &[(i64, i64, i64)]) -> Vec<String> {
    let mut engine = Engine::new(spec).unwrap();
    push_all(&mut engine, &Events::ints(rows));
    engine.finish().unwrap();
    drain(&mut engine)
}

/// Protects the simplest use: half-open windows, below zero as well, each fired once time is past
/// its end.
#[test]
fn tumbling_windows_hold_their_rows() {
    let mut engine = Engine::new(&sums(tumbling(10_000))).unwrap();
    push_all(&mut engine, &Events::ints(&[(7, -1, 5), (7, 0, 10), (8, 9_999, 20)]));
    assert_eq!(drain(&mut engine), ["-10000..0 7 n1 5"]);
    push_all(&mut engine, &Events::ints(&[(7, 10_000, 30)]));
    assert_eq!(drain(&mut engine), ["0..10000 7 n1 10", "0..10000 8 n1 20"]);
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine), ["10000..20000 7 n1 30"]);
}

/// Protects lengths that the step does not divide: a row is in two or three windows, and leaves
/// each of them.
#[test]
fn sliding_windows_share_their_rows() {
    let spec = sums(sliding(25_000, 10_000));
    let rows = [(1, 3_000, 1), (1, 7_000, 2), (2, 12_000, 4)];
    let expected = [
        "-20000..5000 1 n1 1",
        "-10000..15000 1 n2 3",
        "-10000..15000 2 n1 4",
        "0..25000 1 n2 3",
        "0..25000 2 n1 4",
        "10000..35000 2 n1 4",
    ];
    assert_eq!(lines(&spec, &rows), expected);
}

/// Protects local days: 3 November 2024 in New York has 25 hours, both 01:30 are in it, and its
/// last millisecond is the one before the next midnight.
#[test]
fn a_day_of_new_york_holds_the_fold() {
    let midnight_ms = 1_730_606_400_000;
    let next_ms = midnight_ms + 25 * 3_600_000;
    let (first, second) = (1_730_611_800_000, 1_730_615_400_000);
    let mut engine = Engine::new(&counts(days("America/New_York"))).unwrap();
    push_all(&mut engine, &Events::bare(&[(1, first), (1, second), (1, next_ms - 1)]));
    assert_eq!(drain(&mut engine), [""; 0]);
    push_all(&mut engine, &Events::bare(&[(1, next_ms)]));
    assert_eq!(drain(&mut engine), [format!("{midnight_ms}..{next_ms} 1 n3")]);
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine), [format!("{next_ms}..{} 1 n1", next_ms + 86_400_000)]);
}

/// Protects growing windows: each step repeats what came before, and the base starts anew.
#[test]
fn cumulating_windows_grow() {
    let rows = [(1, 5_000, 1), (2, 15_000, 2), (1, 29_999, 4), (1, 30_000, 8)];
    let expected = [
        "0..10000 1 n1 1",
        "0..20000 1 n1 1",
        "0..20000 2 n1 2",
        "0..30000 1 n2 5",
        "0..30000 2 n1 2",
        "30000..40000 1 n1 8",
        "30000..50000 1 n1 8",
        "30000..60000 1 n1 8",
    ];
    assert_eq!(lines(&sums(cumulate(30_000, 10_000)), &rows), expected);
}

/// Protects the edge of a session: at exactly the gap a new one starts. A session fires once, also
/// when rows made it longer at either end while it waited.
#[test]
fn sessions_end_after_the_gap() {
    let rows = [
        (1, 0, 1),
        (1, 9_000, 2),
        (1, 19_000, 4),
        (2, 20_000, 8),
        (2, 15_000, 32),
        (1, 28_999, 16),
    ];
    let expected = ["0..19000 1 n2 3", "15000..30000 2 n2 40", "19000..38999 1 n2 20"];
    assert_eq!(lines(&sums(session(10_000)), &rows), expected);
    // The same shortly before its end.
    let rows = [(2, 20_100, 8), (1, 30_051, 1), (2, 15_000, 32)];
    let expected = ["15000..30100 2 n2 40", "30051..40051 1 n1 1"];
    assert_eq!(lines(&sums(session(10_000)), &rows), expected);
}

/// Protects retractions: a session that was emitted and became a longer one is taken back in the
/// next flush, a multiple of the gap; a session that only has more rows is emitted again.
#[test]
fn absorbed_sessions_are_retracted() {
    let mut engine = Engine::new(&sums(with_lateness(session(10_000), 20_000))).unwrap();
    push_all(&mut engine, &Events::ints(&[(1, 0, 1), (1, 5_000, 2), (2, 27_000, 4)]));
    assert_eq!(drain(&mut engine), ["0..15000 1 n2 3"]);
    push_all(&mut engine, &Events::ints(&[(1, 3_000, 4), (2, 29_000, 8)]));
    assert_eq!(drain(&mut engine), [""; 0], "no multiple of the gap was passed");
    push_all(&mut engine, &Events::ints(&[(2, 31_000, 16)]));
    assert_eq!(drain(&mut engine), ["0..15000 1 n3 7 r1 late"]);

    push_all(&mut engine, &Events::ints(&[(1, 14_000, 32), (1, 14_000, 64), (3, 45_000, 128)]));
    let expected =
        ["0..15000 1 n0 null r2 late retraction", "0..24000 1 n5 103 late", "27000..41000 2 n3 28"];
    assert_eq!(drain(&mut engine), expected);

    push_all(&mut engine, &Events::ints(&[(1, 14_000, 256)]));
    assert_eq!(drain_late(&mut engine), ["LATE 1 at 14000 256"]);
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine), ["45000..55000 3 n1 128"]);
}

/// Protects batches of session rows: what they give is what their rows give one by one. A row behind
/// the watermark joins no session that has ended before it; what fires before a flush comes first.
#[test]
fn session_rows_of_a_batch_come_one_by_one() {
    let joins_nothing = [(1, 12, 1), (2, 21, 2), (2, 24, 4), (1, 15, 8), (3, 40, 16)];
    // 24 ends the session of 12, so that 15 makes one of its own.
    let alone = ["12..22 1 n1 1", "15..25 1 n1 8", "21..34 2 n2 6", "40..50 3 n1 16"];
    let extends = [(1, 0, 1), (2, 2, 2), (3, 11, 4), (1, 5, 8), (3, 13, 16), (3, 22, 32)];
    // 5 makes a session longer that was emitted; 13 ends that of 2, and 22 passes the multiple 20.
    let flushed = [
        "0..10 1 n1 1",
        "2..12 2 n1 2",
        "0..10 1 n0 null r1 late retraction",
        "0..15 1 n2 9",
        "11..32 3 n3 52",
    ];
    let late = with_lateness(session(10), 100);
    for (window, rows, expected) in
        [(session(10), &joins_nothing[..], &alone[..]), (late, &extends[..], &flushed[..])]
    {
        for cut in 1..=rows.len() {
            let mut engine = Engine::new(&sums(window.clone())).unwrap();
            for batch in rows.chunks(cut) {
                push_all(&mut engine, &Events::ints(batch));
            }
            engine.finish().unwrap();
            assert_eq!(drain(&mut engine), expected, "batches of {cut}");
        }
    }
}

/// Protects the id of a key with several sessions: it is free when the one that is dropped last is,
/// whichever got the last row.
#[test]
fn a_key_goes_with_its_last_session() {
    let mut spec = sums(with_lateness(session(10), 100));
    spec.max_out_of_orderness_ms = -1;
    let mut engine = Engine::new(&spec).unwrap();
    // 1 joins the session of 0, which is dropped at 110; that of 35 is dropped at 144.
    push_all(&mut engine, &Events::ints(&[(7, 0, 1), (7, 35, 2), (7, 1, 4), (8, 200, 8)]));
    assert_eq!(engine.advance_watermark(0, 144), Ok(144));
    assert_eq!(drain(&mut engine), ["0..11 7 n2 5", "35..45 7 n1 2"]);
    // The next multiple is 150: until then 7 keeps its id, and 9 gets the one after 8's.
    push_all(&mut engine, &Events::ints(&[(9, 200, 16)]));
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine), ["200..210 8 n1 8", "200..210 9 n1 16"]);
}

/// Protects late rows within the lateness: one emission for each dirty window and key before time
/// moves on, whole values, revisions that count emissions, and no result after the cleanup.
#[test]
fn late_rows_are_emitted_again() {
    let mut engine = Engine::new(&sums(with_lateness(tumbling(1_000), 1_500))).unwrap();
    push_all(&mut engine, &Events::ints(&[(7, 100, 5), (7, 900, 6), (8, 1_000, 1)]));
    assert_eq!(drain(&mut engine), ["0..1000 7 n2 11"]);
    push_all(&mut engine, &Events::ints(&[(7, 950, 4), (9, 10, 3), (7, 20, 100), (8, 2_100, 2)]));
    let expected = ["0..1000 7 n4 115 r1 late", "0..1000 9 n1 3 late", "1000..2000 8 n1 1"];
    assert_eq!(drain(&mut engine), expected);
    // 2500 passes a cleanup point only; 40 is late for all its windows.
    push_all(&mut engine, &Events::ints(&[(9, 30, 7), (8, 2_500, 9), (7, 40, 1)]));
    assert_eq!(drain(&mut engine), ["0..1000 9 n2 10 r1 late"]);
    assert_eq!(drain_late(&mut engine), ["LATE 7 at 40 1"]);
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine), ["2000..3000 8 n2 11"]);
}

/// Protects rows that are late for some of their windows: those that are open get them.
#[test]
fn rows_join_the_windows_that_are_open() {
    // 8 comes when [0, 10) has fired: [4, 14) and [8, 18) take it.
    let rows = [(1, 9, 1), (2, 11, 2), (2, 8, 4)];
    let expected = ["0..10 1 n1 1", "4..14 1 n1 1", "4..14 2 n2 6", "8..18 1 n1 1", "8..18 2 n2 6"];
    assert_eq!(lines(&sums(sliding(10, 4)), &rows), expected);
}

/// Protects the order of results: by end, start and key id. A new key takes the smallest free id;
/// a key that has a row in a live slice keeps its own.
#[test]
fn results_are_in_the_order_of_ids() {
    let rows = [(9, 0, 1), (3, 1, 1), (5, 2, 1), (5, 10, 1), (8, 11, 1), (9, 12, 1), (3, 13, 1)];
    let expected = [
        "0..10 9 n1 1",
        "0..10 3 n1 1",
        "0..10 5 n1 1",
        // 5 keeps id 2; 8 and 9 take 0 and 1, which were free, and 3 the next.
        "10..20 8 n1 1",
        "10..20 9 n1 1",
        "10..20 5 n1 1",
        "10..20 3 n1 1",
    ];
    assert_eq!(lines(&sums(tumbling(10)), &rows), expected);

    // The fourth slice is sparse, as 2 of 30 keys have a row in it, and 7 came before 2.
    let mut rows: Vec<_> = (0..30).map(|key| (key, 0, 1)).collect();
    rows.extend([(0, 10, 1), (0, 20, 1), (7, 30, 1), (2, 31, 1)]);
    let lines = lines(&sums(with_lateness(tumbling(10), 1_000)), &rows);
    assert_eq!(lines[lines.len() - 2..], ["30..40 2 n1 1", "30..40 7 n1 1"]);
}

/// Protects the instant at which an id is free: the first firing point at or after the drop, not
/// the drop, so that no order depends on how far the lateness reaches.
#[test]
fn ids_are_free_at_the_next_firing() {
    // 2500 drops the slice of 7 (cleanup 2499); the next firing point is 2999.
    let rows = [(7, 100, 1), (8, 1_000, 1), (8, 2_500, 1), (5, 2_600, 1), (7, 2_700, 1)];
    let expected = [
        "0..1000 7 n1 1",
        "1000..2000 8 n1 1",
        "2000..3000 7 n1 1",
        "2000..3000 8 n1 1",
        "2000..3000 5 n1 1",
    ];
    assert_eq!(lines(&sums(with_lateness(tumbling(1_000), 1_500)), &rows), expected);
}

/// Protects every function: what it makes of 2, 4, 4, 6 in a sliding window that 9 has left.
#[test]
fn functions_forget_what_has_left() {
    let rows = [(1, 5, 9), (1, 10, 4), (1, 11, 2), (1, 20, 6), (1, 29, 4)];
    let fired = lines(&spec(sliding(20, 10), ValueType::I64, &FUNCTIONS), &rows);
    assert_eq!(fired[2], "10..30 1 n4 4 16 4.0 2.0 1.4142135623730951 2 6 4 4");
    let floats =
        rows.map(|(key, t_ms, value)| (key, t_ms, f64::from(i32::try_from(value).unwrap())));
    let mut engine = Engine::new(&spec(sliding(20, 10), ValueType::F64, &FUNCTIONS)).unwrap();
    push_all(&mut engine, &Events::floats(&floats));
    engine.finish().unwrap();
    let fired = drain(&mut engine);
    assert_eq!(fired[2], "10..30 1 n4 4 16.0 4.0 2.0 1.4142135623730951 2.0 6.0 4.0 4.0");
}

/// Protects the end: what was open fires, results can be drained and counters read, and everything
/// else is refused, by code.
#[test]
fn a_finished_engine_only_drains() {
    let mut engine = Engine::new(&sums(tumbling(10))).unwrap();
    let events = Events::ints(&[(1, 5, 1), (1, 20, 2), (1, 3, 4)]);
    push_all(&mut engine, &events);
    engine.finish().unwrap();
    let refusals = [
        events.push(&mut engine, 0..1).unwrap_err(),
        events.push(&mut engine, 0..0).unwrap_err(),
        engine.advance_watermark(0, 99).unwrap_err(),
        engine.tick(99).unwrap_err(),
        engine.finish().unwrap_err(),
    ];
    for refusal in refusals {
        assert_eq!(refusal.code(), Code::Closed, "{refusal}");
    }
    assert_eq!(engine.stats().watermark_ms, i64::MAX);
    assert_eq!(drain(&mut engine), ["0..10 1 n1 1", "20..30 1 n1 2"]);
    assert_eq!(drain(&mut engine), [""; 0], "a result is drained once");
    assert_eq!(drain_late(&mut engine), ["LATE 1 at 3 4"]);
    assert_eq!(drain_late(&mut engine), [""; 0]);
}

/// Protects the conservation law, and the counters beside it: whatever happens to a row is counted
/// once.
#[test]
fn every_row_is_counted_once() {
    let mut spec = sums(with_lateness(tumbling(10), 5));
    spec.max_future_ms = 100;
    let mut engine = Engine::new(&spec).unwrap();
    assert_eq!(engine.stats().watermark_ms, i64::MIN);
    engine.tick(1_000).unwrap();
    // Accepted, accepted, late within the lateness, late, future, invalid.
    let rows = [(1, 5, 1), (2, 12, 2), (1, 9, 4), (2, 25, 8), (1, 9, 16), (1, 1_101, 32)];
    push_all(&mut engine, &Events::ints(&rows));
    push_all(&mut engine, &Events::ints(&[(1, i64::MAX, 64)]));
    let Stats { accepted, late, future, invalid, emitted, keys, slices, windows_open, .. } =
        engine.stats();
    assert_eq!((accepted, late, future, invalid), (4, 1, 1, 1));
    assert_eq!(accepted + late + future + invalid, 7);
    assert_eq!((emitted, keys, slices, windows_open), (3, 1, 1, 1));
    assert_eq!(engine.stats().watermark_ms, 24);
    assert_eq!(drain_late(&mut engine), ["LATE 1 at 9 16", "FUTURE 1 at 1101 32"]);
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine).len(), 4);
    let Stats { emitted, keys, slices, windows_open, .. } = engine.stats();
    assert_eq!((emitted, keys, slices, windows_open), (4, 0, 0, 0));
}

/// Protects streams of several sources: the slowest holds the watermark, an idle one does not, an
/// explicit watermark moves a source as its rows do.
#[test]
fn the_slowest_source_holds_the_watermark() {
    let mut spec = sums(tumbling(10));
    spec.sources = vec!["a".into(), "b".into()];
    spec.max_out_of_orderness_ms = 5;
    spec.idle_timeout_ms = 1_000;
    let mut engine = Engine::new(&spec).unwrap();
    let push_all = |engine: &mut Engine, events: &Events| {
        let sources = vec![0; events.len()];
        let push = |rows: &Rows<'_>| engine.push(&Rows { sources: Some(&sources), ..*rows });
        assert_eq!(events.with(0..events.len(), push).unwrap().stopped, None);
    };
    push_all(&mut engine, &Events::ints(&[(1, 3, 1), (1, 100, 2)]));
    assert_eq!(engine.watermark_ms(), i64::MIN, "b has said nothing");
    assert_eq!(engine.advance_watermark(1, 8), Ok(8));
    assert_eq!(engine.advance_watermark(1, 7), Ok(8), "a lower one changes nothing");
    assert_eq!(drain(&mut engine), [""; 0]);
    assert_eq!(engine.advance_watermark(1, 9), Ok(9));
    assert_eq!(drain(&mut engine), ["0..10 1 n1 1"]);
    assert_eq!((engine.tick(5_000), engine.tick(5_001)), (Ok(9), Ok(9)));
    push_all(&mut engine, &Events::ints(&[(1, 104, 4)]));
    assert_eq!(engine.tick(6_000), Ok(98), "b is idle since the first tick, a is not");
    assert_eq!(engine.advance_watermark(1, 50), Ok(98), "a source that returns moves nothing back");
    push_all(&mut engine, &Events::ints(&[(1, 97, 8)]));
    assert_eq!(engine.stats().late, 0, "[90, 100) is open");
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine), ["90..100 1 n1 8", "100..110 1 n2 6"]);
}

/// Protects callers that poll into one batch again and again, also with another engine's results.
#[test]
fn a_result_batch_can_be_reused() {
    let mut batch = ResultBatch::default();
    let mut engine = Engine::new(&sums(tumbling(10))).unwrap();
    push_all(&mut engine, &Events::ints(&[(1, 0, 1)]));
    assert_eq!(engine.poll(&mut batch), 0);
    for round in 1..100 {
        push_all(&mut engine, &Events::ints(&[(1, 10 * round, round + 1)]));
        assert_eq!((engine.poll(&mut batch), batch.len()), (1, 1));
        assert_eq!((batch.start_ms[0], batch.end_ms[0]), (10 * round - 10, 10 * round));
        assert_eq!(batch.columns[0].bits(0), Some(round.cast_unsigned()));
    }
    let mut other = spec(tumbling(10), ValueType::F64, &[Function::Count, Function::Sum]);
    other.key = KeyType::Bytes as i32;
    let mut other = Engine::new(&other).unwrap();
    let (keys, values) = (Keys::Bytes { offsets: &[0, 2], data: b"ab" }, [[1.5].as_slice().into()]);
    let rows = Rows { keys, ..Rows::new(&[], &[5], &values) };
    assert_eq!(other.push(&rows).unwrap().rows, 1);
    other.finish().unwrap();
    assert_eq!(other.poll(&mut batch), 1);
    assert_eq!(batch.keys, ResultKeys::Bytes { offsets: vec![0, 2], data: b"ab".to_vec() });
    assert_eq!(batch.columns[1], ResultColumn::F64 { values: vec![1.5], valid: vec![] });
    assert_eq!(other.poll(&mut batch), 0);
    assert!(batch.is_empty());
}

/// Protects columns in other units: the same instants give the same results, and finer digits are
/// floored, below zero as well.
#[test]
fn units_change_no_result() {
    let seconds = [-11, -10, -1, 0, 9, 10, 31];
    let units = [
        (TimeUnit::Second, 1),
        (TimeUnit::Millisecond, 1_000),
        (TimeUnit::Microsecond, 1_000_000),
        (TimeUnit::Nanosecond, 1_000_000_000),
    ];
    let keys = [1; 7];
    for (unit, scale) in units {
        let fine = if scale > 1_000 { scale / 1_000 - 1 } else { 0 };
        let times = seconds.map(|second| second * scale + fine);
        let mut engine = Engine::new(&counts(tumbling(10_000))).unwrap();
        let pushed = engine.push(&Rows { unit, ..Rows::new(&keys, &times, &[]) }).unwrap();
        assert_eq!(pushed.rows, 7, "{unit:?}");
        // A row that fires a window and comes again is late, at its milliseconds.
        let last = engine.push(&Rows { unit, ..Rows::new(&[2], &times[..1], &[]) }).unwrap();
        assert_eq!(last.rows, 1, "{unit:?}");
        assert_eq!(drain_late(&mut engine), ["LATE 2 at -11000"], "{unit:?}");
        engine.finish().unwrap();
        let expected = [
            "-20000..-10000 1 n1",
            "-10000..0 1 n2",
            "0..10000 1 n2",
            "10000..20000 1 n1",
            "30000..40000 1 n1",
        ];
        assert_eq!(drain(&mut engine), expected, "{unit:?}");
    }
}

/// Protects the late output as data: reasons, sources and nulls come out as they went in.
#[test]
fn set_aside_rows_are_whole() {
    let mut spec = sums(tumbling(10));
    spec.sources = vec!["a".into()];
    spec.values[0].nullable = true;
    let mut engine = Engine::new(&spec).unwrap();
    let validity = paneline::Bits { bytes: &[0b0000_1100], offset: 1 };
    let column =
        paneline::Values { data: paneline::ValueData::I64(&[9, 8, 7]), validity: Some(validity) };
    let values = [column];
    let rows = Rows { sources: Some(&[0, 0, 0]), ..Rows::new(&[5, 6, 7], &[50, 1, 2], &values) };
    assert_eq!(engine.push(&rows).unwrap().rows, 3);
    let mut late = LateBatch::default();
    assert_eq!(engine.poll_late(&mut late), 2);
    assert_eq!(late.reasons, [Verdict::Late, Verdict::Late]);
    assert_eq!((late.times_ms, late.sources), (vec![1, 2], vec![0, 0]));
    assert_eq!(late.keys, ResultKeys::I64(vec![6, 7]));
    assert_eq!((late.values[0].bits(0), late.values[0].bits(1)), (Some(8), Some(7)));
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine), ["50..60 5 n1 null"]);
}

/// Protects logs: an engine's debug text says what it is and where it stands, not what it holds.
#[test]
fn debug_text_is_short() {
    let mut engine = Engine::new(&sums(tumbling(10))).unwrap();
    let rows: Vec<_> = (0..1_000).map(|row| (row, row / 100, row)).collect();
    push_all(&mut engine, &Events::ints(&rows));
    let text = format!("{engine:?}");
    assert!(text.starts_with("Engine { spec: "), "{text}");
    assert!(text.contains("accepted: 1000,") && text.contains("watermark_ms: 8,"), "{text}");
    assert!(text.len() < 2_000, "{} bytes", text.len());
}
