//! What is taken between calls of `push` was paid for before: in long windows, at drops, at firings.
//!
//! The engine asserts in debug builds that its state is within its budget after every call; these
//! are the streams that need most beside cells and keys. Each is given many budgets, so that some
//! strike where it hurts. Worked number: 12,000 cells of a slice that is emitted in the order of
//! ids take 96,000 bytes for that order.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod stream;

use paneline::{
    Bits, Engine, EngineSpec, Function, KeyType, Keys, ResultBatch, Rows, SlidingWindowSpec,
    ValueType, Values,
};
use stream::{
    Events, counts, drain, push_all, session, sliding, spec, state_bytes, tumbling, with_lateness,
};

/// An engine of counts with explicit watermarks and a budget.
fn engine(window: SlidingWindowSpec, budget: u64) -> Engine {
    let mut spec = counts(window);
    (spec.max_out_of_orderness_ms, spec.state_budget_bytes) = (-1, budget);
    (spec.output_budget_bytes, spec.values) = (4_000, Vec::new());
    spec.aggregates = Vec::new();
    Engine::new(&spec).unwrap()
}

/// Pushes rows of a key each; how many were taken.
fn push(engine: &mut Engine, keys: std::ops::Range<i64>, t_ms: i64, budget: u64) -> i64 {
    let rows: Vec<_> = keys.map(|key| (key, t_ms)).collect();
    let taken = Events::bare(&rows).push(engine, 0..rows.len()).unwrap().rows;
    assert_within(engine, budget);
    taken as i64
}

fn advance(engine: &mut Engine, watermark_ms: i64, budget: u64) {
    engine.advance_watermark(0, watermark_ms).unwrap();
    assert_within(engine, budget);
}

fn assert_within(engine: &Engine, budget: u64) {
    let held = state_bytes(&engine.stats());
    assert!(held <= budget, "{held} bytes of {budget}: {:?}", engine.stats());
}

/// Protects long windows: one late row may make every window that holds it dirty.
#[test]
fn windows_to_emit_again_are_paid_for() {
    let mut taken = 0;
    for budget in (1_000_000..4_000_000).step_by(50_000) {
        let mut engine = engine(with_lateness(sliding(40_000, 1), 1 << 30), budget);
        advance(&mut engine, 200_000, budget);
        taken += push(&mut engine, 0..1, 0, budget);
    }
    assert!((1..60).contains(&taken), "{taken} budgets took the row");
}

/// Protects many slices in one batch: the list of slices grows in steps.
#[test]
fn many_slices_in_a_batch_are_paid_for() {
    for budget in (200_000..500_000).step_by(1_000) {
        let mut engine = engine(tumbling(10), budget);
        let rows: Vec<_> = (0..4).map(|at| (1, at * 10)).collect();
        push_all(&mut engine, &Events::bare(&rows));
        assert_within(&engine, budget);
        let rows: Vec<_> = (4..129).map(|at| (1, at * 10)).collect();
        let pushed = Events::bare(&rows).push(&mut engine, 0..125).unwrap();
        assert_eq!(pushed.rows < 125, pushed.stopped.is_some());
        assert_within(&engine, budget);
    }
}

/// Fills what is left of a budget with rows of known keys in later windows, a few at a time.
fn fill(engine: &mut Engine, keys: i64, from_ms: i64, budget: u64) {
    for slice in 0.. {
        for first in (0..keys).step_by(100) {
            if push(engine, first..first + 100, from_ms + slice * 10_000, budget) < 100 {
                return;
            }
        }
    }
}

/// Protects drops: keys that wait for the next firing point are listed, and so are the places of
/// sessions that may be used again.
#[test]
fn keys_that_wait_are_paid_for() {
    for window in [tumbling(10_000), session(10_000), sliding(20_000, 10_000)] {
        let window = with_lateness(window, 1_500);
        for budget in [30_000_000, 30_100_000, 30_200_000] {
            let mut engine = engine(window.clone(), budget);
            assert_eq!(push(&mut engine, 0..40_000, 0, budget), 40_000);
            fill(&mut engine, 4_000, 500_000, budget);
            for watermark_ms in [9_999, 11_499, 19_999, 21_499, 30_000] {
                advance(&mut engine, watermark_ms, budget);
                drain(&mut engine);
                assert_within(&engine, budget);
            }
            assert_eq!(engine.stats().keys, 4_000);
        }
    }
}

/// Protects firings of slices whose cells lie in the order in which they came: the order in which
/// they are emitted takes room, for as long as output is full.
#[test]
fn an_order_of_results_is_paid_for() {
    for budget in (8_000_000..8_200_000).step_by(37_000) {
        let mut engine = engine(tumbling(10_000), budget);
        assert_eq!(push(&mut engine, 0..100_000, 500_000, budget), 100_000);
        fill(&mut engine, 12_000, 0, budget);
        advance(&mut engine, 9_999, budget);
        assert!(engine.stats().output_bytes > 0, "the output is full");
    }
}

/// Protects hosts with long keys and nulls: undrained output is within its budget, but for the
/// block of results that an empty one always takes.
#[test]
fn output_is_within_its_budget() {
    let functions = [Function::Max; 16];
    for (key_bytes, nullable) in [(0, false), (0, true), (200, false), (1_000, true)] {
        for budget in (200_000_u64..2_200_000).step_by(170_000) {
            let mut spec: EngineSpec = spec(tumbling(10), ValueType::I64, &functions);
            spec.values[0].nullable = nullable;
            for (at, aggregate) in (0..).zip(&mut spec.aggregates) {
                aggregate.name = format!("max_{at}");
            }
            (spec.key, spec.output_budget_bytes) = (KeyType::Bytes as i32, budget);
            let row_bytes = 45 + 9 * spec.aggregates.len() as u64 + key_bytes;
            let mut engine = Engine::new(&spec).unwrap();
            for round in 0..6 {
                let most = push_bytes(&mut engine, round, key_bytes as usize, nullable);
                assert!(most <= budget + 64 * row_bytes, "{most} bytes of {budget}");
            }
        }
    }
}

/// Pushes a window of 3,000 long keys, polling where output is full; the most that output held.
fn push_bytes(engine: &mut Engine, window: i64, padding: usize, nullable: bool) -> u64 {
    let key = |key: u32| key.to_le_bytes().into_iter().chain(vec![b'x'; padding]);
    let data: Vec<u8> = (0..3_000).flat_map(key).collect();
    let offsets: Vec<_> = (0..=3_000).map(|key| key * (4 + padding as i64)).collect();
    let (times, numbers) = (vec![window * 10; 3_000], vec![window; 3_000]);
    let valid = [0b0101_0101; 375];
    let (mut batch, mut from, mut most) = (ResultBatch::default(), 0, 0);
    while from < 3_000 {
        let mut values = Values::from(&numbers[from..]);
        values.validity = nullable.then_some(Bits { bytes: &valid, offset: from });
        let keys = Keys::Bytes { offsets: &offsets[from..], data: &data };
        let rows = Rows { keys, ..Rows::new(&[], &times[from..], std::slice::from_ref(&values)) };
        from += engine.push(&rows).unwrap().rows;
        most = most.max(engine.stats().output_bytes);
        engine.poll(&mut batch);
    }
    most
}
