//! Inputs that once gave a wrong result, each with what it protects.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use paneline::{
    Aggregate, Engine, EngineSpec, Function, KeyType, Keys, ResultBatch, Rows, SlidingWindowSpec,
    TimeUnit, ValueColumn, ValueType,
};

fn spec(window: SlidingWindowSpec, functions: &[Function]) -> EngineSpec {
    let value = ValueColumn { name: "v".into(), r#type: ValueType::I64 as i32, nullable: false };
    let aggregate = |function: &Function| Aggregate {
        name: function.as_str_name().into(),
        function: *function as i32,
        column: "v".into(),
        ddof: 0,
    };
    let aggregates = functions.iter().map(aggregate).collect();
    EngineSpec {
        windows: Some(window.into()),
        values: vec![value],
        aggregates,
        ..Default::default()
    }
}

/// Protects extremes where two slices leave at once, the older one sparse and the newer one dense:
/// what is left after the older one still holds the newer one, so it must be overwritten.
#[test]
fn slices_leave_oldest_first() {
    let window = SlidingWindowSpec { duration_ms: 3_500, step_ms: 1_000, ..Default::default() };
    let mut rows = vec![(0, -1_000, 0), (0, 0, 0)];
    rows.extend((0..64).map(|key| (key, 500, if key == 0 { 100 } else { 0 })));
    rows.extend([(0, 1_500, 1), (0, 2_600, 1), (0, 9_000, 0)]);
    for cut in [1, 66, rows.len()] {
        let mut engine =
            Engine::new(&spec(window.clone(), &[Function::Max, Function::First])).unwrap();
        let (mut results, mut seen) = (ResultBatch::default(), false);
        for rows in rows.chunks(cut) {
            let keys: Vec<i64> = rows.iter().map(|row| row.0).collect();
            let times: Vec<i64> = rows.iter().map(|row| row.1).collect();
            let values: Vec<i64> = rows.iter().map(|row| row.2).collect();
            let values = [values.as_slice().into()];
            assert_eq!(engine.push(&Rows::new(&keys, &times, &values)).unwrap().stopped, None);
            while engine.poll(&mut results) > 0 {
                for row in (0..results.len()).filter(|row| results.start_ms[*row] == 1_000) {
                    let bits = [0, 1].map(|column| results.columns[column].bits(row));
                    assert_eq!(bits, [Some(1), Some(1)], "cut {cut}");
                    seen = true;
                }
            }
        }
        assert!(seen, "cut {cut}");
    }
}

/// Protects byte keys that share a hash: the slot that one has left behind does not hide the other.
/// Keys of 32 bytes that begin with the first 8 bytes of XXH3's secret hash alike, whatever their
/// next 8 bytes are.
#[test]
fn keys_with_one_hash_are_two_keys() {
    let key = |name: u8| {
        let mut key = [0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe].to_vec();
        key.extend([name; 8]);
        key.extend([0; 16]);
        key
    };
    let mut spec =
        spec(SlidingWindowSpec { duration_ms: 10_000, ..Default::default() }, &[Function::Sum]);
    (spec.key, spec.max_out_of_orderness_ms) = (KeyType::Bytes as i32, 20_000);
    let mut engine = Engine::new(&spec).unwrap();
    for (name, t_ms) in [(b'a', 0), (b'b', 15_000), (b'b', 35_000), (b'b', 16_000)] {
        let data = key(name);
        let values = [[1_i64].as_slice().into()];
        let rows = Rows {
            keys: Keys::Bytes { offsets: &[0, 32], data: &data },
            key_validity: None,
            times: &[t_ms],
            unit: TimeUnit::Millisecond,
            values: &values,
            sources: None,
        };
        assert_eq!(engine.push(&rows).unwrap().rows, 1);
    }
    engine.finish().unwrap();
    let mut results = ResultBatch::default();
    assert_eq!(engine.poll(&mut results), 3);
    assert_eq!(results.end_ms, [10_000, 20_000, 40_000]);
    assert_eq!(results.count, [1, 2, 1]);
}
