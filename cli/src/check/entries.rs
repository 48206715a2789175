//! The rows of a file as readings of a wall clock, and those that cannot be.
//!
//! It keeps per row its place, its reading and what the core says the reading means. Invariant:
//! every row becomes either an [`Entry`] or a finding, and none is both.

use paneline::{LocalClock, Reading};

use super::Survey;
use super::report::Section;
use crate::civil::{self, Moment};
use crate::console::Console;
use crate::failure::Failure;
use crate::jump::Jump;
use crate::rows::{Place, Row, Rows};

/// Values that are kept for the table of rates, which shows fewer.
const VALUES_MAX: usize = 10_000;

/// A row whose time could be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Where the time stands.
    pub(super) place: Place,
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
    /// Line (or row) and value of the rows with a repeated reading, ascending.
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
pub(super) fn read(
    file: &str,
    time: &str,
    value: Option<&str>,
    clock: &LocalClock,
    console: Console,
) -> Result<Checked, Failure> {
    let mut rows = Rows::open(file, time, value, console)?;
    let mut entries = Vec::new();
    let mut unreadable = Section::new(
        "unreadable",
        "rows whose time cannot be read",
        "write times as 2014-11-02 01:30[:00[.000]], with Z or an offset if they are instants",
    );
    let mut values = Vec::new();
    while let Some(Row { place, time: cell, value }) = rows.next()? {
        let moment = cell.and_then(|cell| cell.moment());
        match moment.and_then(|moment| entry(place, moment, clock)) {
            Ok(entry) => {
                if entry.is_folded() && values.len() < VALUES_MAX {
                    values.extend(value.map(|value| (place.counted().1, value)));
                }
                entries.push(entry);
            }
            Err(why) => unreadable.add(Some(place), || format!("column {time}: {why}")),
        }
    }
    Ok(Checked { file: rows.name().to_owned(), entries, unreadable, values })
}

fn entry(place: Place, moment: Moment, clock: &LocalClock) -> Result<Entry, String> {
    let (reading_ms, explicit) = match moment {
        Moment::Local { reading_ms } => (reading_ms, None),
        Moment::Instant { t_ms } => (t_ms.saturating_add(clock.offset_ms(t_ms)), Some(t_ms)),
    };
    let meant = clock.read(reading_ms).map_err(|_| {
        // A number may be any.
        let told = explicit.map_or_else(|| civil::reading(reading_ms), |t_ms| format!("{t_ms} ms"));
        format!("{told} lies outside 1900-01-01 .. 2199-12-31")
    })?;
    let meant = explicit.map_or(meant, |t_ms| Reading::Once { t_ms });
    Ok(Entry { place, reading_ms, meant, explicit: explicit.is_some() })
}

/// Rows whose reading the clock never shows.
pub(super) fn in_gaps(survey: &Survey) -> Section {
    let mut found = Section::new(
        "gap",
        "rows whose reading does not occur on the wall clock",
        "the recorder's clock was not that of the zone: find out which it was, and write the rows \
         with its offset",
    );
    for entry in &survey.entries {
        if matches!(entry.meant, Reading::Gap { .. }) {
            found.add(Some(entry.place), || {
                let gap = survey
                    .jumps
                    .iter()
                    .find(|jump| !jump.is_fold() && jump.readings().contains(&entry.reading_ms));
                let span = gap.map_or_else(String::new, Jump::span);
                format!("{}; the clock skips {span}", civil::reading(entry.reading_ms))
            });
        }
    }
    found
}
