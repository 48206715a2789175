//! The rows of a file as readings of a wall clock, and those that cannot be.
//!
//! It keeps per row its line, its reading and what the core says the reading means. Invariant:
//! every row under the header becomes either an [`Entry`] or a finding, and none is both.

use paneline::{LocalClock, Reading};

use super::Survey;
use super::report::Section;
use crate::args::CheckArgs;
use crate::civil::{self, Moment, parse_moment};
use crate::column::{Rows, quoted};
use crate::failure::Failure;
use crate::jump::Jump;

/// A row whose time could be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// The line of the file.
    pub(super) line: u64,
    /// What the wall clock shows, in milliseconds from 1970-01-01T00:00.
    pub(super) reading_ms: i64,
    /// The instants it may mean; one if the row has an offset.
    pub(super) meant: Reading,
    /// Whether the row has an offset of its own.
    pub(super) explicit: bool,
}

/// A file that was read.
pub(super) struct Checked {
    pub(super) file: String,
    pub(super) entries: Vec<Entry>,
    pub(super) unreadable: Section,
    /// Line and value of the rows with a repeated reading, ascending by line.
    pub(super) values: Vec<(u64, String)>,
}

impl Entry {
    /// The earliest and the latest instant the row may mean.
    pub(super) fn instants(&self) -> [i64; 2] {
        match self.meant {
            Reading::Once { t_ms } => [t_ms, t_ms],
            Reading::Fold { first_ms, second_ms } => [first_ms, second_ms],
            Reading::Gap { earlier_ms, later_ms } => [earlier_ms, later_ms],
        }
    }

    /// Whether the reading occurs twice and the row does not say which of the two it is.
    pub(super) fn is_folded(&self) -> bool {
        matches!(self.meant, Reading::Fold { .. })
    }
}

/// Reads the file.
pub(super) fn read(args: &CheckArgs, clock: &LocalClock) -> Result<Checked, Failure> {
    let mut rows = Rows::open(&args.file, &args.time, args.value.as_deref())?;
    let mut entries = Vec::new();
    let mut unreadable = Section::new("unreadable: rows whose time cannot be read");
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        let read = match row.time.as_deref() {
            Some(cell) => {
                entry(row.line, cell, clock).map_err(|why| format!("{} {why}", quoted(cell)))
            }
            None => Err("the row is too short to have it".to_owned()),
        };
        match read {
            Ok(entry) => {
                if entry.is_folded() {
                    values.extend(row.value.map(|value| (row.line, value)));
                }
                entries.push(entry);
            }
            Err(why) => unreadable
                .add(|| format!("{}:{}: column {}: {why}", rows.name(), row.line, args.time)),
        }
    }
    Ok(Checked { file: rows.name().to_owned(), entries, unreadable, values })
}

fn entry(line: u64, cell: &str, clock: &LocalClock) -> Result<Entry, &'static str> {
    let (reading_ms, explicit) = match parse_moment(cell)? {
        Moment::Local { reading_ms } => (reading_ms, None),
        Moment::Instant { t_ms } => (t_ms + clock.offset_ms(t_ms), Some(t_ms)),
    };
    let meant = clock.read(reading_ms).map_err(|_| "lies outside 1900-01-01 .. 2199-12-31")?;
    let meant = explicit.map_or(meant, |t_ms| Reading::Once { t_ms });
    Ok(Entry { line, reading_ms, meant, explicit: explicit.is_some() })
}

/// Rows whose reading the clock never shows.
pub(super) fn in_gaps(survey: &Survey) -> Section {
    let mut found = Section::new("gap: rows whose reading does not occur on the wall clock");
    for (index, entry) in survey.entries.iter().enumerate() {
        if matches!(entry.meant, Reading::Gap { .. }) {
            found.add(|| {
                let gap = survey
                    .jumps
                    .iter()
                    .find(|jump| !jump.is_fold() && jump.readings().contains(&entry.reading_ms));
                let span = gap.map_or_else(String::new, Jump::span);
                let reading = civil::reading(entry.reading_ms);
                format!("{}: {reading}; the clock skips {span}", survey.place(index))
            });
        }
    }
    found
}
