//! What docs/ENGINE.md shows is what the engine does: its table, its picture, its bytes.
//!
//! The programs of the page run as documentation tests of the core.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::process::Command;

use paneline::{Engine, Estimate, Rows, estimate, spec};
use paneline_tests::root;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// Protects the worked example: page and picture hold the table that the program prints.
#[test]
fn the_worked_example_is_what_the_engine_does() {
    let output = Command::new(env!("CARGO_BIN_EXE_engine-time")).output().unwrap();
    assert!(output.status.success());
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(read("docs/ENGINE.md").contains(&format!("```text\n{table}```")), "\n{table}");
    let description = format!("<desc>\n{table}</desc>");
    assert!(read("docs/engine-time.svg").contains(&description), "draw it: docs/engine_time.py");
}

const SLIDING: &str = r#"{"duration_ms":300000,"step_ms":10000}"#;
const TUMBLING: &str = r#"{"duration_ms":300000}"#;
const CUMULATE: &str = r#"{"duration_ms":300000,"step_ms":10000,"kind":"WINDOW_KIND_CUMULATE"}"#;
const SESSION: &str = r#"{"kind":"WINDOW_KIND_SESSION","session_gap_ms":1000}"#;

/// An engine's spec with one column and at most one aggregate over it.
fn json(window: &str, value: &str, function: &str) -> String {
    let of = |name| format!(r#"{{"name":"a","function":"FUNCTION_{name}","column":"v"}}"#);
    let aggregate = if function.is_empty() { String::new() } else { of(function) };
    format!(r#"{{"window":{window},"values":[{{"name":"v",{value}}}],"aggregates":[{aggregate}]}}"#)
}

fn estimated(window: &str, value: &str, function: &str) -> Estimate {
    estimate(&spec::engine_from_json(&json(window, value, function)).unwrap(), 1).unwrap()
}

/// Protects the table of bytes: what an aggregate adds to a cell and to a total.
#[test]
fn aggregates_take_the_bytes_of_the_page() {
    let page = read("docs/ENGINE.md");
    let (ints, floats) = (r#""type":"VALUE_TYPE_I64""#, r#""type":"VALUE_TYPE_F64""#);
    let rows = [
        ("number of values of a nullable column", r#""nullable":true"#, &["COUNT"][..]),
        ("SUM, MEAN of integers", ints, &["SUM", "MEAN"]),
        ("VARIANCE, STDDEV of integers", ints, &["VARIANCE", "STDDEV"]),
        ("SUM, MEAN of floats", floats, &["SUM", "MEAN"]),
        ("VARIANCE, STDDEV of floats", floats, &["VARIANCE", "STDDEV"]),
        ("MIN or MAX", ints, &["MIN", "MAX"]),
        ("MIN or MAX", floats, &["MIN", "MAX"]),
        ("FIRST or LAST", ints, &["FIRST", "LAST"]),
        ("FIRST or LAST", floats, &["FIRST", "LAST"]),
    ];
    for (name, value, functions) in rows {
        for function in functions {
            let more = |window, bytes: fn(Estimate) -> u64| {
                bytes(estimated(window, value, function)) - bytes(estimated(window, value, ""))
            };
            let (cell, key): (fn(Estimate) -> u64, fn(Estimate) -> u64) =
                (|estimate| estimate.cell_bytes, |estimate| estimate.key_bytes);
            let (sliding, other) = (more(SLIDING, cell), more(TUMBLING, cell));
            let (total, other_total) = (more(SLIDING, key), more(SESSION, cell));
            assert_eq!((more(CUMULATE, cell), more(CUMULATE, key)), (other, other_total));
            let line = format!("| {name} | {sliding} | {other} | {total} | {other_total} |\n");
            assert!(page.contains(&line), "{function}: {line}");
        }
    }
    let (cell, total) =
        (estimated(SLIDING, ints, "").cell_bytes, estimated(SESSION, ints, "").cell_bytes);
    let line = format!("| number of rows, always there | {cell} | {cell} | {total} | {total} |\n");
    assert!(page.contains(&line), "{line}");
}

/// What a key takes beside its totals, once so many have a row in each of `rounds` windows.
fn bytes_of_a_key(keys: i64, rounds: i64, are_new: bool) -> f64 {
    let spec = spec::engine_from_json(r#"{"window":{"duration_ms":10}}"#).unwrap();
    let mut engine = Engine::new(&spec).unwrap();
    let mut results = paneline::ResultBatch::default();
    let mut most = 0.0_f64;
    for round in 0..rounds {
        let first = if are_new { round * keys } else { 0 };
        let ids: Vec<i64> = (first..first + keys).collect();
        let times = vec![round * 10; ids.len()];
        let mut from = 0;
        while from < ids.len() {
            from += engine.push(&Rows::new(&ids[from..], &times[from..], &[])).unwrap().rows;
            while engine.poll(&mut results) > 0 {}
        }
        let stats = engine.stats();
        most = most.max(stats.key_bytes as f64 / stats.keys as f64);
    }
    most
}

/// Protects what the page says of keys: 16 bytes and 32 to 64 of index, 320 where keys change. The
/// region is paid for by chunks of 64 KiB, and a bit and a block's handle are less than a byte.
#[test]
fn keys_take_the_bytes_of_the_page() {
    let page = read("docs/ENGINE.md");
    assert!(page.contains("takes 16 bytes beside its totals and 32 to 64 in the index"));
    assert!(page.contains("up to 320 bytes"));
    for keys in (20_000..100_000).step_by(9_000) {
        let chunks = 2.0 * 65_536.0 / keys as f64 + 1.0;
        let bytes = bytes_of_a_key(keys, 3, false);
        assert!((48.0..=80.0 + chunks).contains(&bytes), "{keys} keys: {bytes} each");
        let bytes = bytes_of_a_key(keys, 9, true);
        assert!((48.0..=16.0 + 320.0 + chunks).contains(&bytes), "{keys} keys: {bytes} each");
    }
}
