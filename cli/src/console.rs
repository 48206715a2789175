//! How a command speaks: the flags that every command has, and what the terminal can show.
//!
//! It reads the environment, once. Invariant: what goes to no terminal has no colour, no progress
//! and 80 columns; only a locale without UTF-8 changes a character of it. Worked case: under
//! `LANG=C` a window of a timeline is `[---)`.

use std::io::{self, IsTerminal as _, Write};

use serde::Serialize;

use crate::words::COLUMNS;

/// The flags that every command has, and the terminal of standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    /// Reports and failures are JSON.
    pub(crate) json: bool,
    /// There is no progress and no summary.
    pub(crate) quiet: bool,
    pub(crate) screen: Screen,
    /// What text is written for.
    pub(crate) page: Page,
}

/// What standard error shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// A line that is drawn again and again.
    pub(crate) progress: bool,
    pub(crate) color: bool,
}

/// What text is written for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) columns: usize,
    /// Whether it shows characters beyond ASCII.
    pub(crate) unicode: bool,
    /// Whether it shows colours.
    pub(crate) color: bool,
}

/// Wider lines are hard to follow.
const COLUMNS_MAX: usize = 200;

impl Console {
    /// The console of this process.
    pub(crate) fn new(json: bool, quiet: bool) -> Console {
        let plain = is_set("NO_COLOR") || is_dumb();
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let size = terminal_size::terminal_size_of(io::stdout());
        let columns = size.map_or(COLUMNS, |(width, _)| usize::from(width.0));
        let columns = columns.clamp(COLUMNS, COLUMNS_MAX);
        let page = Page { columns, unicode: is_utf8(), color: out && !plain };
        let screen = Screen { progress: err && !quiet && !is_dumb(), color: err && !plain };
        Console { json, quiet, screen, page }
    }
}

/// Whether a variable is set to anything, as <https://no-color.org> asks.
fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Whether the locale writes UTF-8: the first of its three variables that says anything decides.
fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(std::env::var_os)
        .find(|locale| !locale.is_empty())
        .unwrap_or_default();
    let locale = locale.to_string_lossy().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
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

/// Writes a document of JSON.
pub(crate) fn write_json(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}
