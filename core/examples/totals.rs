//! Keyed windows: the second Rust program of README.md, which is this one from `use` on.

#![expect(clippy::print_stdout, reason = "a program that shows its result")]

use paneline::{Engine, ResultBatch, ResultKeys, Rows, spec};

fn main() -> Result<(), paneline::Error> {
    let spec = spec::engine_from_json(
        r#"{
            "window": {"duration_ms": 10000},
            "values": [{"name": "amount", "type": "VALUE_TYPE_F64"}],
            "aggregates": [{"name": "total", "function": "FUNCTION_SUM", "column": "amount"}]
        }"#,
    )?;
    let mut engine = Engine::new(&spec)?;
    let (keys, times, amounts) = ([7; 3], [1_000, 3_000, 2_000], [1e16, 1.0, -1e16]);
    let pushed = engine.push(&Rows::new(&keys, &times, &[amounts.as_slice().into()]))?;
    assert_eq!(pushed.rows, 3); // Less where memory has run out: then drain, and push the rest.
    engine.finish()?;

    let mut results = ResultBatch::default();
    engine.poll(&mut results);
    if let (ResultKeys::I64(keys), Some(bits)) = (&results.keys, results.columns[0].bits(0)) {
        println!("{} {} {:?}", results.end_ms[0], keys[0], f64::from_bits(bits));
    }
    Ok(())
}
