//! The pane of an instant: the first Rust program of README.md, which is this one from `use` on.

#![expect(clippy::print_stdout, reason = "a program that shows its result")]

use paneline::{Assigner, SlidingWindowSpec};

fn main() -> Result<(), paneline::Error> {
    let spec = SlidingWindowSpec {
        duration_ms: paneline::parse_duration("6h")?,
        timezone: "America/New_York".into(),
        ..Default::default()
    };
    let pane = Assigner::new(&spec)?.pane(1_730_615_400_000)?;
    println!("{} {}", pane.start_ms, pane.end_ms);
    Ok(())
}
