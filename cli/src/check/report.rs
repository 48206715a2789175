//! What a check prints: a summary, the findings by kind, the rates of a repeated hour.
//!
//! Output is bounded: each kind shows its first findings and counts the rest. Invariant: the exit
//! code follows from the number of findings, not from what was shown. Worked number: 39,197 in a
//! row that covers two half-hours is a rate of 19,599 per half-hour.

use std::io::{self, Write};

use super::rows::Entry;
use super::{Survey, days};
use crate::civil;
use crate::words::{counted, grouped, length, number};

/// Findings shown per kind: a screen, not a flood.
const SHOWN_MAX: usize = 20;

/// The findings of one kind.
pub(super) struct Section {
    title: &'static str,
    lines: Vec<String>,
    count: usize,
}

impl Section {
    /// No findings yet.
    pub(super) fn new(title: &'static str) -> Section {
        Section { title, lines: Vec::new(), count: 0 }
    }

    /// Counts a finding and keeps its line if it will be shown.
    pub(super) fn add(&mut self, line: impl FnOnce() -> String) {
        if self.lines.len() < SHOWN_MAX {
            self.lines.push(line());
        }
        self.count += 1;
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }
}

/// The findings of a file.
pub(super) struct Findings(pub(super) Vec<Section>);

impl Findings {
    /// How many there are in all.
    pub(super) fn count(&self) -> usize {
        self.0.iter().map(Section::count).sum()
    }

    /// Writes every kind that has findings, and their number.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for section in self.0.iter().filter(|section| section.count > 0) {
            writeln!(out, "\n{}", section.title)?;
            for line in &section.lines {
                writeln!(out, "  {line}")?;
            }
            write_more(section.count, section.lines.len(), out)?;
        }
        match self.count() {
            0 => writeln!(out, "\nno findings"),
            count => writeln!(out, "\n{}", counted(count, "finding")),
        }
    }
}

fn write_more(count: usize, shown: usize, out: &mut dyn Write) -> io::Result<()> {
    if count > shown {
        writeln!(out, "  and {} more", grouped(number(count - shown)))?;
    }
    Ok(())
}

/// Writes what was read: rows, span, clock changes, cadence, and what could not be checked.
pub(super) fn write_summary(
    survey: &Survey,
    rows: usize,
    timezone: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}: {}, tzdb {}", survey.file, counted(rows, "row"), paneline::tzdb_version())?;
    let readings = || survey.entries.iter().map(|entry| entry.reading_ms);
    if let (Some(first), Some(last)) = (readings().min(), readings().max()) {
        let [first, last] = [first, last].map(civil::reading);
        writeln!(out, "span     {first} to {last} on the wall clock of {timezone}")?;
    }
    for (index, jump) in survey.jumps.iter().take(SHOWN_MAX).enumerate() {
        let twice = survey.folds.recorded_twice.contains(&index);
        let note = if twice { "; the file records both passes" } else { "" };
        writeln!(out, "clock    {}{note}", jump.sentence())?;
    }
    write_more(survey.jumps.len(), SHOWN_MAX, out)?;
    let Some(cadence) = survey.cadence else {
        return writeln!(out, "cadence  none: no row is later than the row above it");
    };
    let [followed, steps] = [cadence.followed, cadence.steps].map(|n| grouped(number(n)));
    let step = length(cadence.step_ms);
    writeln!(out, "cadence  {step}; {followed} of {steps} steps follow it")?;
    if !cadence.is_regular() {
        writeln!(out, "         less than half: days and cadence are not checked")?;
    } else if days::countable(survey).is_none() {
        writeln!(out, "         under a second or no part of a day: days are not checked")?;
    }
    Ok(())
}

/// Writes the values of the ambiguous rows, and their rate per elapsed interval: each such row
/// stands for as many elapsed intervals as the clock shows its reading.
pub(super) fn write_rates(
    survey: &Survey,
    values: &[(u64, String)],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut folds = 0;
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
        folds += 1;
        if folds > SHOWN_MAX {
            continue;
        }
        writeln!(out, "\nrates: {}; each row stands for 2 elapsed intervals", jump.sentence())?;
        writeln!(out, "  {:>8}  {:<19}  {:>12}  {:>12}", "line", "reading", "value", "value / 2")?;
        for entry in rows.iter().take(SHOWN_MAX) {
            let found = values.binary_search_by_key(&entry.line, |(line, _)| *line);
            let value = found.map_or("", |at| values[at].1.trim());
            let (value, half) = halved(value);
            let reading = civil::reading(entry.reading_ms);
            writeln!(out, "  {:>8}  {reading:<19}  {value:>12}  {half:>12}", entry.line)?;
        }
        write_more(rows.len(), SHOWN_MAX, out)?;
    }
    write_more(folds, SHOWN_MAX, out)
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
