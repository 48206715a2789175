//! Local days and the rows they should have.
//!
//! A day of half-hourly rows has 48, or 50 where an hour is put back, or 46 where one is skipped:
//! as many as the wall clock shows readings of the file's grid, counted as often as it shows them.
//! Which readings those are the core says. Days before the first row and after the last are not
//! looked at, and of the first and the last day only the part between.

use std::collections::BTreeMap;

use paneline::Reading;

use super::Survey;
use super::cadence::Cadence;
use super::report::Section;
use crate::civil::{self, DAY_MS, Precision};
use crate::words::{counted, grouped, number};

/// The rows of one local day.
#[derive(Clone, Copy, Debug)]
struct Day {
    rows: i64,
    /// The first of them in the file's order.
    first: usize,
}

/// The readings of a day's grid.
#[derive(Debug, Default)]
struct Shown {
    /// How many of them elapsed.
    elapsed: i64,
    /// Those that occurred twice, ascending.
    twice: Vec<i64>,
    /// Those that did not occur, ascending.
    never: Vec<i64>,
}

/// Finer cadences are not counted by days: a day of milliseconds is 86,400,000 readings.
pub(super) const STEP_MS_MIN: i64 = 1_000;

/// The cadence by which days can be counted: regular, whole seconds at least, a part of a day.
pub(super) fn countable(survey: &Survey) -> Option<Cadence> {
    survey.cadence.filter(|cadence| {
        let step_ms = cadence.step_ms;
        cadence.is_regular() && step_ms >= STEP_MS_MIN && DAY_MS % step_ms == 0
    })
}

/// Days whose rows are not as many as elapsed.
pub(super) fn findings(survey: &Survey) -> Section {
    let mut found = Section::new(
        "days",
        "local days with another number of rows than elapsed",
        "fill in the missing rows, not with 0; divide rows that stand for two intervals",
    );
    let Some(cadence) = countable(survey) else { return found };
    let mut days: BTreeMap<i64, Day> = BTreeMap::new();
    for (index, entry) in survey.entries.iter().enumerate() {
        let day = entry.reading_ms.div_euclid(DAY_MS);
        days.entry(day).or_insert(Day { rows: 0, first: index }).rows += 1;
    }
    let grid = Grid::of(survey, cadence);
    let mut before: Option<i64> = None;
    for (&day, rows) in &days {
        if let Some(before) = before {
            report_missing(before + 1, day, &grid, &mut found);
        }
        before = Some(day);
        let shown = grid.shown(day);
        if rows.rows != shown.elapsed && !grid.is_cut_in_fold(day) {
            found.add(Some(survey.entries[rows.first].place), || {
                format!(
                    "{} has {} where {} {} elapsed{}",
                    civil::date(day * DAY_MS),
                    counted(usize::try_from(rows.rows).unwrap_or(0), "row"),
                    grouped(shown.elapsed),
                    cadence.spans(),
                    reason(&shown)
                )
            });
        }
    }
    found
}

/// Reports the days from `first` up to `end`, which have no rows.
fn report_missing(first: i64, end: i64, grid: &Grid<'_>, found: &mut Section) {
    // A day that the zone skipped (Apia, 30 December 2011) misses nothing.
    let missing: Vec<i64> = (first..end).filter(|&day| grid.shown(day).elapsed > 0).collect();
    let (Some(from), Some(to)) = (missing.first(), missing.last()) else { return };
    found.add(None, || {
        let [from, to] = [from, to].map(|day| civil::date(day * DAY_MS));
        match missing.len() {
            1 => format!("{from} has no rows"),
            days => format!("{from} to {to}: {} days have no rows", grouped(number(days))),
        }
    });
}

/// The readings at which rows are due.
struct Grid<'a> {
    survey: &'a Survey,
    step_ms: i64,
    /// Where in the step the readings lie.
    phase_ms: i64,
    first_ms: i64,
    last_ms: i64,
}

impl Grid<'_> {
    fn of(survey: &Survey, cadence: Cadence) -> Grid<'_> {
        let step_ms = cadence.step_ms;
        let mut phases: BTreeMap<i64, usize> = BTreeMap::new();
        let (mut first_ms, mut last_ms) = (i64::MAX, i64::MIN);
        for entry in &survey.entries {
            *phases.entry(entry.reading_ms.rem_euclid(step_ms)).or_default() += 1;
            first_ms = first_ms.min(entry.reading_ms);
            last_ms = last_ms.max(entry.reading_ms);
        }
        let phase_ms = phases.into_iter().max_by_key(|&(_, count)| count).map_or(0, |most| most.0);
        Grid { survey, step_ms, phase_ms, first_ms, last_ms }
    }

    /// The readings of a day as the clock shows them.
    fn shown(&self, day: i64) -> Shown {
        let midnight_ms = day * DAY_MS;
        let whole = midnight_ms >= self.first_ms && midnight_ms + DAY_MS <= self.last_ms;
        let jumps = self.survey.jumps.iter().any(|jump| {
            let readings = jump.readings();
            readings.start < midnight_ms + DAY_MS && readings.end > midnight_ms
        });
        if whole && !jumps {
            return Shown { elapsed: DAY_MS / self.step_ms, ..Shown::default() };
        }
        let mut shown = Shown::default();
        let mut reading_ms = midnight_ms + self.phase_ms;
        while reading_ms < midnight_ms + DAY_MS {
            let due = (self.first_ms..=self.last_ms).contains(&reading_ms);
            match self.survey.clock.read(reading_ms) {
                Ok(Reading::Once { .. }) if due => shown.elapsed += 1,
                Ok(Reading::Fold { .. }) if due => {
                    shown.elapsed += 2;
                    shown.twice.push(reading_ms);
                }
                Ok(Reading::Gap { .. }) => shown.never.push(reading_ms),
                _ => {}
            }
            reading_ms += self.step_ms;
        }
        shown
    }

    /// Whether the file begins or ends within a fold of this day: either pass may be outside it.
    fn is_cut_in_fold(&self, day: i64) -> bool {
        self.survey.jumps.iter().any(|jump| {
            jump.is_fold()
                && [self.first_ms, self.last_ms].iter().any(|cut_ms| {
                    cut_ms.div_euclid(DAY_MS) == day && jump.readings().contains(cut_ms)
                })
        })
    }
}

/// What the clock did on the day: `; 01:00 and 01:30 occur twice on the wall clock`.
fn reason(shown: &Shown) -> String {
    let mut text = String::new();
    for (readings, verbs) in [
        (&shown.twice, ["occurs twice", "occur twice"]),
        (&shown.never, ["does not occur", "do not occur"]),
    ] {
        let at = |reading_ms: i64| civil::time_of_day(reading_ms, Precision::of(reading_ms));
        let part = match readings.as_slice() {
            [] => continue,
            [one] => format!("; {} {}", at(*one), verbs[0]),
            [one, two] => format!("; {} and {} {}", at(*one), at(*two), verbs[1]),
            [first, .., last] => format!("; {} to {} {}", at(*first), at(*last), verbs[1]),
        };
        text.push_str(&part);
        text.push_str(" on the wall clock");
    }
    text
}
