//! The cadence of a file, the rows that break it and the rows that go back.
//!
//! The cadence is the most common distance forward between neighbouring readings. It is trusted
//! only where at least half of the steps follow it; an event log has none. A step follows it on
//! the wall clock or in elapsed time: in New York 2015-03-08 01:30 to 03:00 are 30 minutes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Survey;
use super::entries::Entry;
use super::report::Section;
use crate::civil::{self, DAY_MS, HOUR_MS, MINUTE_MS};
use crate::words::length;

/// The cadence of a file.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Cadence {
    /// The distance between two rows.
    pub(super) step_ms: i64,
    /// How many steps from row to row follow it.
    pub(super) followed: usize,
    /// How many steps there are.
    pub(super) steps: usize,
}

impl Cadence {
    /// Infers the cadence; none without a step forward.
    pub(super) fn of(entries: &[Entry]) -> Option<Cadence> {
        let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
        for pair in entries.windows(2) {
            let step_ms = pair[1].reading_ms - pair[0].reading_ms;
            if step_ms > 0 {
                *counts.entry(step_ms).or_default() += 1;
            }
        }
        // Of two equally common distances the shorter.
        let (step_ms, _) = counts.into_iter().max_by_key(|&(step, count)| (count, -step))?;
        let follows = |index: &usize| step(entries, *index, step_ms) == Step::Follows;
        let followed = (1..entries.len()).filter(follows).count();
        Some(Cadence { step_ms, followed, steps: entries.len() - 1 })
    }

    /// Whether the file is regular enough to count its days and steps.
    pub(super) fn is_regular(&self) -> bool {
        2 * self.followed >= self.steps
    }

    /// The elapsed spans it counts: `half-hours`.
    pub(super) fn spans(&self) -> String {
        match self.step_ms {
            1_000 => "seconds".to_owned(),
            MINUTE_MS => "minutes".to_owned(),
            900_000 => "quarter-hours".to_owned(),
            1_800_000 => "half-hours".to_owned(),
            HOUR_MS => "hours".to_owned(),
            DAY_MS => "days".to_owned(),
            other => format!("spans of {}", length(other)),
        }
    }
}

/// How a row follows the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// By one cadence.
    Follows,
    /// At the same time: a duplicate.
    Repeats,
    /// From a time before it.
    Back { by_ms: i64 },
    /// Forward by another length.
    Other { by_ms: i64 },
}

fn step(entries: &[Entry], index: usize, cadence_ms: i64) -> Step {
    let (before, after) = (&entries[index - 1], &entries[index]);
    let wall_ms = after.reading_ms - before.reading_ms;
    let elapsed = before
        .instants()
        .into_iter()
        .flat_map(|from| after.instants().map(|to| to - from))
        .collect::<Vec<i64>>();
    if wall_ms == cadence_ms || elapsed.contains(&cadence_ms) {
        return Step::Follows;
    }
    let latest_ms = elapsed.iter().copied().max().unwrap_or(wall_ms);
    match latest_ms {
        ..0 => Step::Back { by_ms: -latest_ms },
        _ if elapsed.contains(&0) => Step::Repeats,
        // A row of a fold may mean two instants; the wall clock then says how far it is.
        _ if wall_ms > 0 && elapsed.iter().any(|&ms| ms != latest_ms) => {
            Step::Other { by_ms: wall_ms }
        }
        _ => Step::Other { by_ms: latest_ms },
    }
}

/// Rows that go back in time, and rows that break the cadence.
pub(super) fn findings(survey: &Survey) -> (Section, Section) {
    let mut unsorted = Section::new(
        "unsorted",
        "rows before the row above them",
        "sort the file; an engine takes rows that are late by up to max_out_of_orderness_ms",
    );
    let mut breaks = Section::new(
        "cadence",
        "rows that do not follow the row above them",
        "find out whether rows are missing or were never recorded; neither is a row of 0",
    );
    let regular = survey.cadence.filter(Cadence::is_regular);
    let cadence_ms = regular.map_or(0, |cadence| cadence.step_ms);
    for (index, entry) in survey.entries.iter().enumerate().skip(1) {
        let text = |what: String| {
            let reading = civil::reading(entry.reading_ms);
            let (unit, above) = survey.entries[index - 1].place.counted();
            format!("{reading} is {what} {unit} {above}")
        };
        match step(&survey.entries, index, cadence_ms) {
            Step::Follows | Step::Repeats => {}
            Step::Back { by_ms } => {
                unsorted.add(Some(entry.place), || text(format!("{} before", length(by_ms))));
            }
            Step::Other { by_ms } => {
                if regular.is_some() {
                    breaks.add(Some(entry.place), || {
                        text(format!("{} after", length(by_ms))) + &missing(by_ms, cadence_ms)
                    });
                }
            }
        }
    }
    (unsorted, breaks)
}

/// How many rows a step leaves out, if it is a whole number.
fn missing(by_ms: i64, cadence_ms: i64) -> String {
    match (by_ms / cadence_ms, by_ms % cadence_ms) {
        (2, 0) => "; 1 row is missing".to_owned(),
        (more @ 3.., 0) => format!("; {} rows are missing", crate::words::grouped(more - 1)),
        _ => String::new(),
    }
}
