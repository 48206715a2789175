//! `check`: which rows and days of a file do not fit the wall clock its times were read from.
//!
//! A file written from a wall clock loses an hour in autumn and may invent one in spring; nothing
//! in the file says so. This module reads the rows, has each part look at them and writes what was
//! found. What a reading means comes from the core. Worked case: half-hourly New York data with
//! one row at 2014-11-02 01:00 has 48 rows on a day of 50 half-hours.

mod cadence;
mod days;
mod folds;
mod report;
mod rows;

use std::io::Write;

use paneline::{Code, LocalClock};

use crate::args::CheckArgs;
use crate::failure::Failure;
use crate::jump::{Jump, jumps};

use self::cadence::Cadence;
use self::folds::Folds;
use self::report::Findings;
use self::rows::{Checked, Entry};

/// What every part of the check looks at.
struct Survey {
    /// The file's name as given.
    file: String,
    clock: LocalClock,
    /// The rows that could be read, in the file's order.
    entries: Vec<Entry>,
    /// The jumps of the wall clock that touch the readings of the rows.
    jumps: Vec<Jump>,
    cadence: Option<Cadence>,
    folds: Folds,
}

/// Checks a file and writes the findings; `true` if there are none.
pub(crate) fn run(args: &CheckArgs, out: &mut dyn Write) -> Result<bool, Failure> {
    let clock = LocalClock::new(&args.timezone)
        .map_err(|error| Failure::new(error.code(), "--timezone", error.message()))?;
    let Checked { file, entries, unreadable, values } = rows::read(args, &clock)?;
    let rows = entries.len() + unreadable.count();
    if rows == 0 {
        return Err(Failure::new(Code::InvalidArgument, file, "no rows to check"));
    }
    let jumps = touching(&clock, &entries);
    let folds = Folds::of(&entries, &jumps);
    let cadence = Cadence::of(&entries);
    let survey = Survey { file, clock, entries, jumps, cadence, folds };

    report::write_summary(&survey, rows, &args.timezone, out)?;
    let (unsorted, breaks) = cadence::findings(&survey);
    let findings = Findings(vec![
        unreadable,
        rows::in_gaps(&survey),
        folds::ambiguous(&survey),
        days::findings(&survey),
        folds::duplicates(&survey),
        unsorted,
        breaks,
    ]);
    findings.write(out)?;
    if args.value.is_some() {
        report::write_rates(&survey, &values, out)?;
    }
    Ok(findings.count() == 0)
}

/// The jumps whose repeated or skipped readings lie among those of the rows.
fn touching(clock: &LocalClock, entries: &[Entry]) -> Vec<Jump> {
    let first = entries.iter().map(|entry| entry.reading_ms).min();
    let last = entries.iter().map(|entry| entry.reading_ms).max();
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let touches = |jump: &Jump| jump.readings().start <= last && jump.readings().end > first;
    jumps(clock).into_iter().filter(touches).collect()
}

impl Survey {
    /// `file:line` of a row.
    fn place(&self, index: usize) -> String {
        format!("{}:{}", self.file, self.entries[index].line)
    }
}
