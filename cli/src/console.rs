//! How a command speaks: the flags that every command has, and what the terminal can show.
//!
//! It reads the environment, once. Invariant: output that goes anywhere but to a terminal is the
//! same on every machine: no colour, no progress, 80 columns, ASCII only where it is asked for.

use std::io::{self, IsTerminal as _, Write};

use serde::Serialize;

/// The flags that every command has, and the terminal of standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    /// Results and failures are JSON.
    pub(crate) json: bool,
    /// Nothing is written but results and errors.
    pub(crate) quiet: bool,
    /// Standard error shows colours.
    pub(crate) color: bool,
}

impl Console {
    /// The console of this process.
    pub(crate) fn new(json: bool, quiet: bool) -> Console {
        let color = io::stderr().is_terminal() && !is_set("NO_COLOR") && !is_dumb();
        Console { json, quiet, color }
    }
}

/// Whether a variable is set to anything, as <https://no-color.org> asks.
fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term == "dumb")
}

/// How a command that ran to its end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// There is nothing to look at.
    Clean,
    /// There is.
    Findings,
}

impl Outcome {
    /// The outcome of a report.
    pub(crate) fn of(is_clean: bool) -> Outcome {
        if is_clean { Outcome::Clean } else { Outcome::Findings }
    }
}

/// Writes a document of JSON, a line for each value.
pub(crate) fn write_json(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}
