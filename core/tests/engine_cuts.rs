//! Batches, shards and budgets with hundreds of keys, in slices of both forms.
//!
//! The sequences that tests/engine.rs holds the engine to have few keys, so their slices are
//! sparse. Here most are dense, some are not, and the forms differ between shards. Nothing knows a
//! result: what one batch gives, in order, is what every other way to give the rows must give.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;
mod stream;

use common::Random;
use paneline::{Engine, EngineSpec, Progress, SlidingWindowSpec, Stats, ValueType};
use stream::{
    Events, FUNCTIONS, counters, cumulate, drain, drain_late, session, sliding, spec, state_bytes,
    tumbling, with_lateness,
};

/// Rows, and watermarks that come when so many rows have come.
#[derive(Debug)]
struct Stream {
    events: Events,
    marks: Vec<(usize, i64)>,
}

/// Results and late rows in order, and counters.
type Outcome = (Vec<String>, Vec<String>, [u64; 6]);

fn any_window(random: &Random) -> SlidingWindowSpec {
    let (step_ms, steps) = (random.between(1, 12), random.between(1, 12));
    let uneven_ms = random.between(0, step_ms - 1);
    let window = match random.between(0, 5) {
        0 => tumbling(random.between(1, 30)),
        1 => cumulate(step_ms * steps, step_ms),
        2 => session(random.between(1, 6)),
        _ => sliding(step_ms * steps + uneven_ms, step_ms),
    };
    with_lateness(window, random.pick(&[0, 0, 7, 40]))
}

fn any_spec(random: &Random) -> EngineSpec {
    let value_type = random.pick(&[ValueType::I64, ValueType::I64, ValueType::F64]);
    // The first five can be taken out of a total, the others cannot.
    let functions = &FUNCTIONS[..random.pick(&[3, 5, 9])];
    let mut spec = spec(any_window(random), value_type, functions);
    spec.max_out_of_orderness_ms = random.pick(&[0, 3, 10, -1]);
    spec.output_budget_bytes = 1 << 30;
    spec
}

/// Instants with hundreds of rows and instants with hardly any, one row in five out of order.
fn any_stream(random: &Random, is_float: bool) -> Stream {
    let (together, keys) = (random.between(1, 5), random.pick(&[3, 80, 300, 2_000]));
    let (mut rows, mut marks) = (Vec::new(), Vec::new());
    for t_ms in 0..100 {
        let many = t_ms / together % 3 == 0;
        for _ in 0..if many { random.between(50, 150) } else { random.between(0, 6) } {
            let late_ms = random.between(0, 30) * i64::from(random.between(0, 4) == 0);
            let value = random.pick(&[1, -5, 7, 99, i64::MAX, i64::MIN, 12_345]);
            rows.push((random.between(0, keys), t_ms - late_ms, value));
        }
        if random.between(0, 6) == 0 {
            marks.push((rows.len(), t_ms - random.between(0, 20)));
        }
    }
    let mut events = Events::ints(&rows);
    if is_float {
        let float = |value: &i64| match *value {
            i64::MAX => 1e300,
            i64::MIN => -1e-300,
            value => value as f64 / 8.0,
        };
        events.floats = std::mem::take(&mut events.ints).iter().map(float).collect();
    }
    Stream { events, marks }
}

impl Stream {
    /// The end of a batch of so many rows, which the next watermark cuts short.
    fn to(&self, at: usize, cut: usize, mark: usize) -> usize {
        let to = at.saturating_add(cut).min(self.events.len());
        self.marks.get(mark).map_or(to, |(rows, _)| to.min(*rows))
    }

    /// What an engine makes of it. A row that the state has no room for is left out; how many.
    fn run(&self, spec: &EngineSpec, cut: usize) -> (Outcome, usize) {
        let mut engine = Engine::new(spec).unwrap();
        let (mut results, mut late) = (Vec::new(), Vec::new());
        let (mut at, mut mark, mut refused) = (0, 0, 0);
        while at < self.events.len() || mark < self.marks.len() {
            if self.marks.get(mark).is_some_and(|(rows, _)| *rows <= at) {
                engine.advance_watermark(0, self.marks[mark].1).unwrap();
                mark += 1;
                continue;
            }
            let pushed = self.events.push(&mut engine, at..self.to(at, cut, mark)).unwrap();
            at += pushed.rows;
            assert_within(&engine.stats(), spec);
            let Some(error) = pushed.stopped else { continue };
            if error.path() == "state_budget_bytes" {
                (at, refused) = (at + 1, refused + 1);
            }
            results.extend(drain(&mut engine));
            late.extend(drain_late(&mut engine));
        }
        engine.finish().unwrap();
        results.extend(drain(&mut engine));
        late.extend(drain_late(&mut engine));
        let stats = engine.stats();
        assert_eq!((stats.keys, stats.slices, stats.windows_open), (0, 0, 0));
        ((results, late, counters(&stats)), refused)
    }

    /// What several engines make of it, sorted.
    fn sharded(&self, spec: &EngineSpec, shards: &[u64], cut: usize) -> Outcome {
        let mut progress = Progress::new(spec).unwrap();
        let mut engines: Vec<_> = shards.iter().map(|s| Engine::shard(spec, *s).unwrap()).collect();
        let (mut at, mut mark) = (0, 0);
        while at < self.events.len() || mark < self.marks.len() {
            if self.marks.get(mark).is_some_and(|(rows, _)| *rows <= at) {
                let watermark_ms = progress.advance_watermark(0, self.marks[mark].1).unwrap();
                // The others learn it with the next batch.
                for engine in engines.iter_mut().skip(mark % 2) {
                    engine.apply_watermark(watermark_ms).unwrap();
                }
                mark += 1;
                continue;
            }
            let to = self.to(at, cut, mark);
            self.events.with(at..to, |rows| {
                let verdicts = progress.judge(rows).unwrap();
                for engine in &mut engines {
                    assert_eq!(engine.apply(rows, &verdicts, 0).unwrap().rows, rows.len());
                }
            });
            at = to;
        }
        let (mut results, mut late, mut sums) = (Vec::new(), Vec::new(), [0; 6]);
        for engine in &mut engines {
            engine.apply_finish().unwrap();
            results.extend(drain(engine));
            late.extend(drain_late(engine));
            for (sum, counter) in sums.iter_mut().zip(counters(&engine.stats())) {
                *sum += counter;
            }
        }
        sorted((results, late, sums))
    }
}

fn sorted((mut results, mut late, counters): Outcome) -> Outcome {
    results.sort();
    late.sort();
    (results, late, counters)
}

fn assert_within(stats: &Stats, spec: &EngineSpec) {
    let held = state_bytes(stats);
    let bound = if spec.state_budget_bytes > 0 { spec.state_budget_bytes } else { 1 << 30 };
    assert!(held <= bound, "{held} bytes: {stats:?} of {spec:?}");
}

/// The first difference between two outcomes.
fn assert_same(got: &Outcome, expected: &Outcome, case: &str) {
    for (got, expected) in [(&got.0, &expected.0), (&got.1, &expected.1)] {
        for (line, wanted) in got.iter().zip(expected) {
            assert_eq!(line, wanted, "{case}");
        }
        assert_eq!(got.len(), expected.len(), "{case}");
    }
    assert_eq!(got.2, expected.2, "{case}");
}

/// Protects section 12 of docs/SEMANTICS.md, 18, where slices are dense: batches, shards and
/// outputs that are nearly always full change no byte; the state never exceeds its budget.
#[test]
fn dense_slices_hide_batches_shards_and_budgets() {
    let (random, mut refusals) = (Random::new(61), 0);
    for case in 0..60 {
        let spec = any_spec(&random);
        let stream = any_stream(&random, spec.values[0].r#type == ValueType::F64 as i32);
        let case = format!("case {case}: {spec:?}");
        let (whole, refused) = stream.run(&spec, usize::MAX);
        assert_eq!(refused, 0);
        let cut = random.pick(&[1, 3, 50, 200]);
        assert_same(&stream.run(&spec, cut).0, &whole, &case);

        let mut small = spec.clone();
        small.output_budget_bytes = random.between(1, 20_000) as u64;
        small.late_budget_rows = random.between(1, 200) as u64;
        assert_same(&stream.run(&small, 200).0, &whole, &case);

        let mut poor = spec.clone();
        poor.state_budget_bytes = random.between(200_000, 2_000_000) as u64;
        refusals += stream.run(&poor, 37).1;

        let slots = random.next();
        let shards = [slots & 0xff, slots & !0xff, !slots];
        let shards: Vec<_> = shards.into_iter().filter(|slots| *slots != 0).collect();
        assert_same(&stream.sharded(&spec, &shards, 77), &sorted(whole), &case);
    }
    assert!(refusals > 1_000, "the state was full {refusals} times");
}
