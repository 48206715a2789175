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
const LATE: &str = r#"{"duration_ms":300000,"step_ms":10000,"allowed_lateness_ms":1}"#;
const TUMBLING: &str = r#"{"duration_ms":300000}"#;
const CUMULATE: &str = r#"{"duration_ms":300000,"step_ms":10000,"kind":"WINDOW_KIND_CUMULATE"}"#;

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
            let more = |window| {
                let [all, none] =
                    [function, &""].map(|function| estimated(window, value, function));
                (all.cell_bytes - none.cell_bytes, all.key_bytes - none.key_bytes)
            };
            let ((late, total), (other, other_total)) = (more(LATE), more(CUMULATE));
            assert_eq!(more(SLIDING), (other, total));
            // A window of one slice needs no totals.
            assert_eq!(more(TUMBLING), (other, 0));
            let line = format!("| {name} | {late} | {other} | {total} | {other_total} |\n");
            assert!(page.contains(&line), "{function}: {line}");
        }
    }
    let [with, without] = [SLIDING, TUMBLING].map(|window| estimated(window, ints, ""));
    let (cell, total) = (with.cell_bytes, with.key_bytes - without.key_bytes);
    let line = format!("| number of rows, always there | {cell} | {cell} | {total} | {total} |\n");
    assert!(page.contains(&line), "{line}");
}

/// The most bytes for keys, once so many have a row in each of `rounds` windows.
fn bytes_of_keys(keys: u32, rounds: u32, are_new: bool) -> u64 {
    let spec = spec::engine_from_json(r#"{"window":{"duration_ms":10}}"#).unwrap();
    let mut engine = Engine::new(&spec).unwrap();
    let mut results = paneline::ResultBatch::default();
    let mut most = 0;
    for round in 0..rounds {
        let first = if are_new { round * keys } else { 0 };
        let ids: Vec<i64> = (first..first + keys).map(i64::from).collect();
        let times = vec![i64::from(round) * 10; ids.len()];
        let mut from = 0;
        while from < ids.len() {
            from += engine.push(&Rows::new(&ids[from..], &times[from..], &[])).unwrap().rows;
            while engine.poll(&mut results) > 0 {}
        }
        assert_eq!(engine.stats().keys, u64::from(keys));
        most = most.max(engine.stats().key_bytes);
    }
    most
}

/// Protects what the page says of keys: 16 bytes and 32 to 64 of index, 320 where keys change. The
/// region is paid for by chunks of 64 KiB; a bit and a block's handle are less than a byte.
#[test]
fn keys_take_the_bytes_of_the_page() {
    let page = read("docs/ENGINE.md");
    let flat = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("takes 16 bytes beside its totals and 32 to 64 in the index"));
    assert!(flat.contains("takes up to 320 bytes for each key"));
    for keys in (20_000..100_000).step_by(9_000) {
        let within = |each: u64| u64::from(keys) * (16 + each + 1) + 2 * 65_536;
        let least = u64::from(keys) * (16 + 32);
        let bytes = bytes_of_keys(keys, 3, false);
        assert!((least..=within(64)).contains(&bytes), "{keys} keys: {bytes}");
        let bytes = bytes_of_keys(keys, 9, true);
        assert!((least..=within(320)).contains(&bytes), "{keys} new keys: {bytes}");
    }
}
