//! What the check of a file of data comes to: a summary, the findings by kind, the rates of a
//! repeated hour, as text and as JSON.
//!
//! Output is bounded: each kind keeps its first findings and counts the rest. Invariant: the exit
//! code follows from the number of findings, not from what was shown. Worked number: 39,197 in a
//! row that covers two half-hours is a rate of 19,599 per half-hour.

use std::io::{self, Write};

use serde::Serialize;

use super::cadence::Cadence;
use super::entries::Entry;
use super::lint::{Lint, Source};
use super::{Survey, days};
use crate::civil;
use crate::console::Console;
use crate::rows::Place;
use crate::words::{counted, grouped, length, number, wrapped};

/// Findings shown per kind as text: a screen, not a flood.
const SHOWN_MAX: usize = 20;
/// Findings kept per kind, for JSON.
const KEPT_MAX: usize = 1_000;

/// The findings of one kind.
#[derive(Debug, Serialize)]
pub(super) struct Section {
    kind: &'static str,
    what: &'static str,
    fix: &'static str,
    count: usize,
    shown: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Finding {
    /// None for what is not there, such as a missing day.
    #[serde(flatten)]
    place: Option<Place>,
    message: String,
}

impl Section {
    /// No findings yet.
    pub(super) fn new(kind: &'static str, what: &'static str, fix: &'static str) -> Section {
        Section { kind, what, fix, count: 0, shown: Vec::new() }
    }

    /// Counts a finding and keeps it if it may be shown.
    pub(super) fn add(&mut self, place: Option<Place>, message: impl FnOnce() -> String) {
        if self.shown.len() < KEPT_MAX {
            self.shown.push(Finding { place, message: message() });
        }
        self.count += 1;
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    fn write(&self, file: &str, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}: {}", self.kind, self.what)?;
        for Finding { place, message } in self.shown.iter().take(SHOWN_MAX) {
            match place {
                Some(place) => writeln!(out, "  {file}:{place}: {message}")?,
                None => writeln!(out, "  {message}")?,
            }
        }
        write_more(self.count, SHOWN_MAX, out)?;
        wrapped(out, "fix: ", self.fix)
    }
}

/// The check of a file.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    file: String,
    rows: usize,
    timezone: String,
    /// The first and the last reading.
    span: Option<[String; 2]>,
    /// The jumps of the clock among the rows.
    clock_changes: Vec<Change>,
    cadence: Option<Cadence>,
    /// What is not checked, and why.
    unchecked: Option<&'static str>,
    findings: Vec<Section>,
    rates: Option<Vec<Rates>>,
}

#[derive(Debug, Serialize)]
struct Change {
    at_ms: i64,
    before_ms: i64,
    after_ms: i64,
    sentence: String,
    /// Whether the file has both passes of a fold.
    both_passes: bool,
}

/// The ambiguous rows of one fold with their values, each of which stands for two intervals.
#[derive(Debug, Serialize)]
pub(super) struct Rates {
    sentence: String,
    count: usize,
    rows: Vec<Rate>,
}

#[derive(Debug, Serialize)]
struct Rate {
    #[serde(flatten)]
    place: Place,
    reading: String,
    value: String,
    half: String,
}

impl Report {
    /// The report of a file.
    pub(super) fn of(
        survey: &Survey,
        rows: usize,
        sections: Vec<Section>,
        rates: Option<Vec<Rates>>,
    ) -> Report {
        let readings = || survey.entries.iter().map(|entry| entry.reading_ms);
        let span = readings().min().zip(readings().max());
        let change = |(index, jump): (usize, &crate::jump::Jump)| Change {
            at_ms: jump.at_ms,
            before_ms: jump.before_ms,
            after_ms: jump.after_ms,
            sentence: jump.sentence(),
            both_passes: survey.folds.recorded_twice.contains(&index),
        };
        let unchecked = match survey.cadence {
            Some(cadence) if !cadence.is_regular() => {
                Some("less than half: days and cadence are not checked")
            }
            Some(cadence) if cadence.step_ms < days::STEP_MS_MIN => {
                Some("the cadence is under a second: days are not checked")
            }
            Some(_) if days::countable(survey).is_none() => {
                Some("the cadence does not divide a day: days are not checked")
            }
            _ => None,
        };
        Report {
            file: survey.file.clone(),
            rows,
            timezone: survey.timezone.clone(),
            span: span.map(|(first, last)| [first, last].map(civil::reading)),
            clock_changes: survey.jumps.iter().enumerate().map(change).collect(),
            cadence: survey.cadence,
            unchecked,
            findings: sections.into_iter().filter(|section| section.count > 0).collect(),
            rates,
        }
    }

    /// Whether nothing was found.
    pub(super) fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Writes the report as text.
    pub(super) fn write(&self, console: Console, out: &mut dyn Write) -> io::Result<()> {
        if !console.quiet {
            self.write_summary(out)?;
        }
        for (index, section) in self.findings.iter().enumerate() {
            if index > 0 || !console.quiet {
                writeln!(out)?;
            }
            section.write(&self.file, out)?;
        }
        if console.quiet {
            return Ok(());
        }
        match self.findings.iter().map(|section| section.count).sum() {
            0 => writeln!(out, "\nno findings")?,
            count => writeln!(out, "\n{}", counted(count, "finding"))?,
        }
        let rates = self.rates.as_deref().unwrap_or_default();
        rates.iter().take(SHOWN_MAX).try_for_each(|rates| rates.write(out))?;
        write_more(rates.len(), SHOWN_MAX, out)
    }

    /// Rows, span, clock changes, cadence, and what could not be checked.
    fn write_summary(&self, out: &mut dyn Write) -> io::Result<()> {
        let tzdb = paneline::tzdb_version();
        writeln!(out, "{}: {}, tzdb {tzdb}", self.file, counted(self.rows, "row"))?;
        if let Some([first, last]) = &self.span {
            writeln!(out, "span     {first} to {last} on the wall clock of {}", self.timezone)?;
        }
        for change in self.clock_changes.iter().take(SHOWN_MAX) {
            let note = "; the file records both passes, and only an offset tells them apart";
            let note = if change.both_passes { note } else { "" };
            wrapped(out, "clock    ", &format!("{}{note}", change.sentence))?;
        }
        write_more(self.clock_changes.len(), SHOWN_MAX, out)?;
        let Some(cadence) = self.cadence else {
            return writeln!(out, "cadence  none: no row is later than the row above it");
        };
        let [followed, steps] = [cadence.followed, cadence.steps].map(|n| grouped(number(n)));
        let step = length(cadence.step_ms);
        writeln!(out, "cadence  {step}; {followed} of {steps} steps follow it")?;
        match self.unchecked {
            Some(why) => writeln!(out, "         {why}"),
            None => Ok(()),
        }
    }
}

impl Rates {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\nrates: {}; each row stands for 2 elapsed intervals", self.sentence)?;
        let unit = self.rows.first().map_or("", |rate| rate.place.counted().0);
        writeln!(out, "  {unit:>8}  {:<19}  {:>12}  {:>12}", "reading", "value", "value / 2")?;
        for Rate { place, reading, value, half } in &self.rows {
            let (_, line) = place.counted();
            writeln!(out, "  {line:>8}  {reading:<19}  {value:>12}  {half:>12}")?;
        }
        write_more(self.count, SHOWN_MAX, out)
    }
}

fn write_more(count: usize, shown_max: usize, out: &mut dyn Write) -> io::Result<()> {
    match count.checked_sub(shown_max) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(out, "  and {} more", grouped(number(more))),
    }
}

/// The values of the ambiguous rows, and their rate per elapsed interval: each such row stands for
/// as many elapsed intervals as the clock shows its reading.
pub(super) fn rates(survey: &Survey, values: &[(u64, String)]) -> Vec<Rates> {
    let mut found = Vec::new();
    for jump in survey.jumps.iter().filter(|jump| jump.is_fold()) {
        let rows: Vec<&Entry> = survey
            .folds
            .single
            .iter()
            .map(|&index| &survey.entries[index])
            .filter(|entry| jump.readings().contains(&entry.reading_ms))
            .collect();
        if rows.is_empty() {
            continue;
        }
        let rate = |entry: &&Entry| {
            let place = entry.place;
            let (_, line) = place.counted();
            let value = values.binary_search_by_key(&line, |(line, _)| *line);
            let (value, half) = halved(value.map_or("", |at| values[at].1.trim()));
            Rate { place, reading: civil::reading(entry.reading_ms), value, half }
        };
        found.push(Rates {
            sentence: jump.sentence(),
            count: rows.len(),
            rows: rows.iter().take(SHOWN_MAX).map(rate).collect(),
        });
    }
    found
}

/// A value and its half, whole numbers rounded half up; a dash where it is no number.
fn halved(value: &str) -> (String, String) {
    if let Ok(whole) = value.parse::<i64>() {
        // Rounded up, and not by adding 1 first: that may overflow.
        return (grouped(whole), grouped(whole.div_euclid(2) + whole.rem_euclid(2)));
    }
    match value.parse::<f64>() {
        Ok(number) if number.is_finite() => (value.to_owned(), format!("{:.2}", number / 2.0)),
        _ => (value.to_owned(), "-".to_owned()),
    }
}

/// Both checks as JSON.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: &'static str,
    tzdb: &'static str,
    spec: Option<SpecReport<'a>>,
    data: Option<&'a Report>,
}

#[derive(Serialize)]
struct SpecReport<'a> {
    spec: &'a str,
    findings: &'a [Lint],
}

impl<'a> Document<'a> {
    /// The document of what was checked.
    pub(super) fn of(
        source: Option<&'a Source>,
        lints: &'a [Lint],
        data: Option<&'a Report>,
    ) -> Document<'a> {
        let spec = source.map(|source| SpecReport { spec: source.name(), findings: lints });
        Document { schema: "paneline/check/1", tzdb: paneline::tzdb_version(), spec, data }
    }
}
