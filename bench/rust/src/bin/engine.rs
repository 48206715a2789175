//! Runs one case of the engine's comparison and says what came out; bench/engine.py starts it.
//!
//! `engine MODE NAME=VALUE ...`: `run` times whole passes, `split` ingest and firing apart, `naive`
//! a ring written by hand, `baseline` a copy and random adds, `held` fills state and looks at it,
//! `estimate` says what the library estimates.

use std::io::{self, Write as _};

use paneline_bench::engine::{Lines, Outcome, Words, baseline, held, naive, pass};

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let mode = arguments.next().unwrap_or_default();
    let words = Words::parse(arguments)?;
    let mut lines = Lines::default();
    match mode.as_str() {
        "run" => pass::run(&words, &mut lines)?,
        "split" => pass::split(&words, &mut lines)?,
        "naive" => naive::run(&words, &mut lines)?,
        "baseline" => baseline::run(&words, &mut lines)?,
        "held" => held::run(&words, &mut lines)?,
        "estimate" => estimate(&words, &mut lines)?,
        _ => {
            return Err(
                "usage: engine run|split|naive|baseline|held|estimate NAME=VALUE ...".into()
            );
        }
    }
    io::stdout().write_all(lines.text.as_bytes())?;
    Ok(())
}

fn estimate(words: &Words, lines: &mut Lines) -> Outcome<()> {
    let spec = paneline::spec::engine_from_json(words.text("spec")?)?;
    let estimate = paneline::estimate(&spec, words.number("keys")?)?;
    lines.say("cell bytes", &estimate.cell_bytes);
    lines.say("key bytes", &estimate.key_bytes);
    lines.say("slices", &estimate.slices);
    lines.say("state bytes", &estimate.state_bytes);
    Ok(())
}
