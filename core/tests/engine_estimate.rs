//! Estimates: what `estimate` says before anyone allocates it, against what an engine then takes.
//!
//! That `Stats` is the truth about what is taken is tested in engine_memory.rs.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod stream;

use paneline::{Engine, EngineSpec, Function, ValueType, estimate};
use stream::{Events, cumulate, push_all, session, sliding, spec, state_bytes, sums, tumbling};

/// Functions with wide cells.
const SEVERAL: [Function; 5] =
    [Function::Sum, Function::Mean, Function::Variance, Function::Min, Function::Last];

/// The estimate of the state against what dense keys take, in so many slices.
fn assert_near(spec: &EngineSpec, keys: &[i64], slices: i64, slice_ms: i64) {
    for &keys in keys {
        let said = estimate(spec, keys as u64).unwrap();
        let spec = EngineSpec { max_out_of_orderness_ms: 1 << 40, ..spec.clone() };
        let mut engine = Engine::new(&spec).unwrap();
        for slice in 0..slices {
            let rows: Vec<_> = (0..keys).map(|key| (key, slice * slice_ms, key)).collect();
            let mut events = Events::ints(&rows);
            if spec.values[0].r#type == ValueType::F64 as i32 {
                events.floats =
                    std::mem::take(&mut events.ints).iter().map(|v| *v as f64).collect();
            }
            push_all(&mut engine, &events);
        }
        let took = state_bytes(&engine.stats());
        let case = format!("{took} bytes taken by {keys} keys in {slices} slices, {said:?}");
        assert!(said.slices >= slices.cast_unsigned(), "{case}");
        assert!((took..=2 * took).contains(&said.state_bytes), "{case}");
    }
}

/// Protects whoever asks before: the estimate is not below what dense keys take, and not above
/// twice that.
#[test]
fn estimates_are_near() {
    let keys = [100, 10_000, 50_000];
    assert_near(&sums(sliding(300_000, 10_000)), &keys, 31, 10_000);
    assert_near(&sums(sliding(25_000, 10_000)), &keys, 6, 5_000);
    assert_near(&sums(tumbling(10_000)), &keys, 2, 10_000);
    assert_near(&sums(cumulate(60_000, 10_000)), &keys, 7, 10_000);
    let wide = [100, 10_000];
    assert_near(&spec(sliding(120_000, 10_000), ValueType::F64, &SEVERAL), &wide, 13, 10_000);
    assert_near(&spec(tumbling(10_000), ValueType::F64, &SEVERAL), &wide, 2, 10_000);
}

/// Protects the same where blocks of cells are hardly filled: one key, or ten, in many slices.
#[test]
fn estimates_of_few_keys_are_near() {
    assert_near(&sums(sliding(300_000, 10_000)), &[1, 10], 31, 10_000);
    assert_near(&sums(tumbling(10_000)), &[1, 10], 2, 10_000);
    assert_near(&sums(sliding(43_200 * 60_000, 60_000)), &[1, 10], 43_201, 60_000);
    assert_near(&spec(sliding(120_000, 10_000), ValueType::F64, &SEVERAL), &[1, 10], 13, 10_000);
}

/// Protects the same for sessions, one for each key.
#[test]
fn estimates_of_sessions_are_near() {
    assert_near(&sums(session(10_000)), &[1, 100, 10_000, 50_000], 1, 0);
}
