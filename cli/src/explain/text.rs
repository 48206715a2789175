//! An explanation as lines for a terminal.
//!
//! It prints the model. Invariant: no line is wider than the page. Worked line: the 7 h pane of
//! New York is `2024-11-03 00:00  2024-11-03 06:00  11-03 04:00  11-03 11:00  -04/-05  7 h` on
//! a page of 80 columns, and has the year in its UTC edges on one of 120.

use std::io::{self, Write};

use paneline::{Window, WindowKind};

use super::model::{Explanation, Selection, Shown};
use super::{COUNT_MAX, timeline};
use crate::civil;
use crate::console::Page;
use crate::listing::{self, Listed};
use crate::words::{length, wrapped_to};

/// Marks under one window: a window of 100 years is touched by 200 jumps.
const MARKS_MAX: usize = 4;

/// Writes the explanation.
pub(super) fn write(explanation: &Explanation, page: Page, out: &mut dyn Write) -> io::Result<()> {
    let columns = page.columns;
    for sentence in &explanation.sentences {
        wrapped_to(columns, out, "", sentence)?;
    }
    writeln!(out)?;
    wrapped_to(columns, out, "flags        ", &explanation.flags)?;
    writeln!(out, "fingerprint  {}", explanation.fingerprint)?;
    writeln!(out, "tzdb         {}", paneline::tzdb_version())?;
    if let Some(pane) = &explanation.pane {
        wrapped_to(columns, out, "pane         ", &told(pane))?;
    }
    for warning in &explanation.warnings {
        wrapped_to(columns, out, "warning      ", &warning.to_string())?;
    }
    writeln!(out)?;
    wrapped_to(columns, out, "", &heading(explanation))?;
    let listed: Vec<Listed> = explanation.windows.iter().map(|shown| shown.listed).collect();
    let marks = std::iter::once(None).chain(explanation.windows.iter().map(Some));
    for (line, shown) in listing::table(&listed, columns).into_iter().zip(marks) {
        writeln!(out, "{line}")?;
        if let Some(shown) = shown {
            write_marks(shown, explanation.noun(), columns, out)?;
        }
    }
    if explanation.more {
        let last_ms = listed.last().map_or(0, |last| last.window.start_ms);
        // No higher count can be asked for.
        if listed.len() >= COUNT_MAX as usize {
            writeln!(out, "more windows begin after {} (--from)", civil::rfc3339(last_ms))?;
        } else {
            writeln!(out, "more windows follow (--count)")?;
        }
    }
    let timeline = timeline::lines(explanation, page);
    if !timeline.is_empty() {
        writeln!(out)?;
    }
    timeline.iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// A pane in words.
fn told(pane: &Listed) -> String {
    let Window { start_ms, end_ms } = pane.window;
    let precision = pane.precision();
    let [start, end] = [pane.local_start_ms(), pane.local_end_ms()]
        .map(|reading| civil::date_time(reading, precision));
    format!("{start} to {end}, {}", length(end_ms - start_ms))
}

fn heading(explanation: &Explanation) -> String {
    let kind = WindowKind::try_from(explanation.spec.kind);
    match explanation.selection {
        Selection::At { at_ms, .. } => {
            let at = civil::rfc3339(at_ms);
            match kind {
                Ok(WindowKind::Session) => format!("the session of one event at {at}"),
                Ok(WindowKind::Cumulate) => format!("from the shortest window that holds {at}"),
                _ => format!("from the last window that holds {at}"),
            }
        }
        Selection::Range { from_ms, to_ms, .. } => {
            let [from, to] = [from_ms, to_ms].map(civil::rfc3339);
            match kind {
                Ok(WindowKind::Session) => format!("the session of one event at {from}"),
                _ => format!("the windows that hold an instant from {from} up to {to}"),
            }
        }
    }
}

fn write_marks(shown: &Shown, noun: &str, columns: usize, out: &mut dyn Write) -> io::Result<()> {
    for mark in shown.marks.iter().take(MARKS_MAX) {
        wrapped_to(columns, out, "  ", &mark.sentence(noun, shown.listed.window))?;
    }
    match shown.marks.len().checked_sub(MARKS_MAX) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(out, "  and {more} more"),
    }
}
