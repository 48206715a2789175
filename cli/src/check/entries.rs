//! The rows of a file as readings of a wall clock, and those that cannot be.
//!
//! It keeps per row its place, its reading and what the core says the reading means. Invariant:
//! every row becomes either an [`Entry`] or unreadable, and none is both.

use paneline::{LocalClock, Reading};

use super::Survey;
use super::report::Section;
use crate::args::CheckArgs;
use crate::civil::{self, Moment};
use crate::console::Console;
use crate::failure::Failure;
use crate::jump::Jump;
use crate::rows::{Place, Row, Rows, no_zone, quoted};

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
    /// What is wrong with rows by themselves: with their times, their cells, their values.
    pub(super) sections: Vec<Section>,
    /// How many rows the file has.
    pub(super) rows: usize,
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

/// Reads the file. Without a zone the clock is that of UTC, and only instants can be read.
pub(super) fn read(
    args: &CheckArgs,
    file: &str,
    time: &str,
    clock: &LocalClock,
    has_zone: bool,
    console: Console,
) -> Result<Checked, Failure> {
    let mut rows = Rows::open(file, time, args.value.as_deref(), console)?;
    let mut entries = Vec::new();
    let mut unreadable = Section::new(
        "unreadable",
        "rows whose time cannot be read",
        "write times as 2014-11-02 01:30[:00[.000]], with Z or an offset if they are instants",
    );
    let mut ragged = Section::new(
        "ragged",
        "rows with another number of fields than the header",
        "put cells with commas in quotes, and leave none out: the cells after it are not in their \
         columns",
    );
    let mut no_numbers = Section::new(
        "value",
        "rows whose value is no number",
        "write digits and a point, without marks for thousands; nan and inf are numbers too; \
         leave a cell empty that has none",
    );
    let mut values = Vec::new();
    while let Some(Row { place, time: cell, value, ragged: fault }) = rows.next()? {
        let moment = cell.and_then(|cell| cell.moment());
        if !has_zone && matches!(moment, Ok(Moment::Local { .. })) {
            return Err(no_zone(format!("{}:{place}", rows.name()), "--timezone UTC"));
        }
        let entry = match moment.and_then(|moment| entry(place, moment, clock)) {
            Ok(entry) => entry,
            Err(why) => {
                unreadable.add(Some(place), || format!("column {time}: {why}"));
                continue;
            }
        };
        if let Some(fault) = fault {
            ragged.add(Some(place), || fault);
        }
        if let Some(value) = value {
            if !is_number(&value) {
                let name = args.value.as_deref().unwrap_or_default();
                no_numbers
                    .add(Some(place), || format!("column {name}: {} is no number", quoted(&value)));
            }
            if entry.is_folded() && values.len() < VALUES_MAX {
                values.push((place.counted().1, value));
            }
        }
        entries.push(entry);
    }
    let (name, count) = (rows.name().to_owned(), entries.len() + unreadable.count());
    let sections = vec![unreadable, ragged, no_numbers];
    Ok(Checked { file: name, entries, sections, rows: count, values })
}

/// Whether a cell is a number, or empty. NaN and the infinities are numbers: columns of floats have
/// them, and to leave them out is for whoever uses the values.
fn is_number(cell: &str) -> bool {
    let cell = cell.trim();
    cell.is_empty() || cell.parse::<f64>().is_ok()
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

/// Rows with an offset beside rows without: those of which there are fewer. In a repeated hour an
/// offset is what makes a reading one.
pub(super) fn mixed(survey: &Survey) -> Section {
    let mut found = Section::new(
        "mixed",
        "rows with an offset beside rows without one",
        "find out whether the rows without one are readings of the zone's clock, and write the \
         offset in all rows or in none but those of a repeated hour",
    );
    let is_repeated = |entry: &&Entry| {
        let mut folds = survey.jumps.iter().filter(|jump| jump.is_fold());
        folds.any(|jump| jump.readings().contains(&entry.reading_ms))
    };
    let (with, without): (Vec<&Entry>, Vec<&Entry>) =
        survey.entries.iter().filter(|entry| !is_repeated(entry)).partition(|entry| entry.explicit);
    if with.is_empty() || without.is_empty() {
        return found;
    }
    let (rare, what) =
        if with.len() < without.len() { (with, "has an") } else { (without, "has no") };
    for entry in rare {
        let reading = || format!("{} {what} offset", civil::reading(entry.reading_ms));
        found.add(Some(entry.place), reading);
    }
    found
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
