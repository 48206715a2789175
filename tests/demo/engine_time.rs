//! The worked example of docs/ENGINE.md: nine rows of one key, and what the engine does after each.
//!
//! It prints a table, which docs/ENGINE.md shows and docs/engine_time.py draws; tests/readme.rs holds
//! both to it. Times are seconds in the table and milliseconds in the engine.

#![allow(clippy::print_stdout, reason = "a demo prints")]

use paneline::{Engine, Error, FLAG_LATE, LateBatch, ResultBatch, Rows, spec};

const SPEC: &str = r#"{
    "window": {"duration_ms": 20000, "step_ms": 10000, "allowed_lateness_ms": 5000},
    "values": [{"name": "amount"}],
    "aggregates": [{"name": "total", "function": "FUNCTION_SUM", "column": "amount"}],
    "max_out_of_orderness_ms": 4000
}"#;

/// Time in seconds, and amount, in the order of arrival.
const ROWS: [(i64, i64); 9] =
    [(23, 5), (32, 1), (29, 2), (37, 4), (45, 3), (28, 10), (49, 6), (26, 100), (55, 7)];

fn main() -> Result<(), Error> {
    let mut engine = Engine::new(&spec::engine_from_json(SPEC)?)?;
    println!("windows of 20 s every 10 s, bound 4 s, allowed lateness 5 s");
    println!("row  time  amount  verdict        W  open  results");
    for (row, (time_s, amount)) in (1..).zip(ROWS) {
        let pushed = engine.push(&Rows::new(&[7], &[time_s * 1000], &[[amount][..].into()]))?;
        assert_eq!(pushed.rows, 1);
        let is_late = engine.poll_late(&mut LateBatch::default()) == 1;
        let verdict = if is_late { "late" } else { "accepted" };
        let watermark_ms = engine.stats().watermark_ms;
        let w = format!("{}.{:03}", watermark_ms / 1000, watermark_ms % 1000);
        print_line(
            &format!("{row:>3}  {time_s:>4}  {amount:>6}  {verdict:<8} {w:>6}"),
            &mut engine,
        );
    }
    engine.finish()?;
    print_line("end                              ", &mut engine);
    Ok(())
}

/// One line of the table: what is known of the row, open windows, and what was emitted.
fn print_line(row: &str, engine: &mut Engine) {
    let mut batch = ResultBatch::default();
    let mut results = Vec::new();
    while engine.poll(&mut batch) > 0 {
        for at in 0..batch.len() {
            let [start_s, end_s] = [batch.start_ms[at], batch.end_ms[at]].map(|ms| ms / 1000);
            let total = batch.columns[0].bits(at).unwrap_or_default();
            let again = match batch.flags[at] & FLAG_LATE {
                0 => String::new(),
                _ => format!(", late, revision {}", batch.revision[at]),
            };
            results.push(format!("[{start_s}, {end_s}) {total}{again}"));
        }
    }
    let open = engine.stats().windows_open;
    println!("{}", format!("{row}  {open:>4}  {}", results.join("; ")).trim_end());
}
