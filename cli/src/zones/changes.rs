//! When clocks change: one zone's changes in a range of time, and the next change of every zone.
//!
//! The core tells the transitions; this module prints them with what the clock shows on both sides.
//! Worked line: New York at 2027-03-14T07:00Z shows 02:00 before and 03:00 after, a gap of 1 h.

use std::collections::BTreeMap;
use std::io::Write;

use paneline::{LocalClock, Transition};
use serde::Serialize;

use crate::civil::{self, Precision};
use crate::console::{Console, write_json};
use crate::failure::Failure;
use crate::listing;
use crate::words::{counted, length, listed, wrapped};

/// Names that a line lists; the JSON has all.
const NAMES_SHOWN_MAX: usize = 6;

/// Which changes to show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) from_ms: i64,
    /// None for no end.
    pub(super) to_ms: Option<i64>,
    pub(super) count: usize,
}

impl Range {
    fn contains(&self, at_ms: i64) -> bool {
        at_ms >= self.from_ms && self.to_ms.is_none_or(|to_ms| at_ms < to_ms)
    }
}

/// A change, as JSON.
#[derive(Serialize)]
struct Change {
    at_ms: i64,
    before_ms: i64,
    after_ms: i64,
    /// The zones that make it; of one zone's changes none are named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<&'static str>,
}

/// The changes of one zone, as JSON.
#[derive(Serialize)]
struct Zone<'a> {
    schema: &'static str,
    tzdb: &'static str,
    name: &'a str,
    /// Other names with the same offsets.
    aliases: Vec<&'static str>,
    from_ms: i64,
    to_ms: Option<i64>,
    /// The offset at `from_ms`.
    offset_ms: i64,
    changes: Vec<Change>,
    /// How many more there are in the range.
    more: usize,
}

/// Writes the changes of a zone.
pub(super) fn of_zone(
    name: &str,
    range: Range,
    console: Console,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let clock = LocalClock::new(name)?;
    let mut aliases = Vec::new();
    for other in paneline::timezones().filter(|other| *other != name) {
        let theirs = LocalClock::new(other)?;
        let first = |clock: &LocalClock| clock.offset_ms(i64::MIN);
        if first(&theirs) == first(&clock) && theirs.transitions().eq(clock.transitions()) {
            aliases.push(other);
        }
    }
    let mut changes: Vec<Change> = clock
        .transitions()
        .filter(|transition| range.contains(transition.at_ms))
        .map(|transition| Change::of(transition, Vec::new()))
        .collect();
    let more = changes.len().saturating_sub(range.count);
    changes.truncate(range.count);
    let zone = Zone {
        schema: "paneline/zone/1",
        tzdb: paneline::tzdb_version(),
        name,
        aliases,
        from_ms: range.from_ms,
        to_ms: range.to_ms,
        offset_ms: clock.offset_ms(range.from_ms),
        changes,
        more,
    };
    if console.json {
        write_json(&zone, out)?;
    } else {
        zone.write(out)?;
    }
    Ok(())
}

impl Change {
    fn of(transition: Transition, names: Vec<&'static str>) -> Change {
        let Transition { at_ms, before_ms, after_ms } = transition;
        Change { at_ms, before_ms, after_ms, names }
    }

    fn local_before_ms(&self) -> i64 {
        self.at_ms + self.before_ms
    }

    fn local_after_ms(&self) -> i64 {
        self.at_ms + self.after_ms
    }

    /// `gap 1 h` where readings are skipped, `fold 1 h` where they are shown again.
    fn told(&self) -> String {
        let jump_ms = self.after_ms - self.before_ms;
        let what = if jump_ms < 0 { "fold" } else { "gap" };
        format!("{what} {}", length(jump_ms.abs()))
    }

    fn precision(&self) -> Precision {
        [self.at_ms, self.local_before_ms(), self.local_after_ms()]
            .map(Precision::of)
            .into_iter()
            .max()
            .unwrap_or(Precision::Minute)
    }
}

impl Zone<'_> {
    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let offset = civil::offset(self.offset_ms);
        writeln!(out, "{}  {offset} at {}", self.name, civil::rfc3339(self.from_ms))?;
        if !self.aliases.is_empty() {
            wrapped(out, "the same as  ", &listed(&self.aliases, usize::MAX))?;
        }
        if self.changes.is_empty() {
            return writeln!(out, "\nthe clock does not change");
        }
        let precision = self.changes.iter().map(Change::precision).max();
        let precision = precision.unwrap_or(Precision::Minute);
        let titles = ["UTC", "local before", "local after", "offset", "change"];
        let mut rows = vec![titles.map(str::to_owned).to_vec()];
        rows.extend(self.changes.iter().map(|change| {
            vec![
                civil::date_time(change.at_ms, precision),
                civil::date_time(change.local_before_ms(), precision),
                civil::date_time(change.local_after_ms(), precision),
                civil::offset(change.after_ms),
                change.told(),
            ]
        }));
        writeln!(out)?;
        for line in listing::lines(&rows) {
            writeln!(out, "{line}")?;
        }
        if self.more > 0 {
            writeln!(out, "and {} (--count, --to)", counted(self.more, "more change"))?;
        }
        Ok(())
    }
}

/// The zones that change next, as JSON.
#[derive(Serialize)]
struct Next {
    schema: &'static str,
    tzdb: &'static str,
    from_ms: i64,
    to_ms: Option<i64>,
    /// Each zone is in one of them, with its first change.
    changes: Vec<Change>,
    /// How many more there are in the range.
    more: usize,
}

/// Writes the next change of every zone, the nearest first.
pub(super) fn next(range: Range, console: Console, out: &mut dyn Write) -> Result<(), Failure> {
    let mut found: BTreeMap<(i64, i64, i64), Vec<&'static str>> = BTreeMap::new();
    for name in paneline::timezones() {
        let clock = LocalClock::new(name)?;
        let first = clock.transitions().find(|transition| range.contains(transition.at_ms));
        if let Some(Transition { at_ms, before_ms, after_ms }) = first {
            found.entry((at_ms, before_ms, after_ms)).or_default().push(name);
        }
    }
    let more = found.len().saturating_sub(range.count);
    let changes = found
        .into_iter()
        .take(range.count)
        .map(|((at_ms, before_ms, after_ms), names)| Change { at_ms, before_ms, after_ms, names });
    let next = Next {
        schema: "paneline/zones-next/1",
        tzdb: paneline::tzdb_version(),
        from_ms: range.from_ms,
        to_ms: range.to_ms,
        changes: changes.collect(),
        more,
    };
    if console.json {
        write_json(&next, out)?;
        return Ok(());
    }
    if next.changes.is_empty() {
        writeln!(out, "no clock changes")?;
    }
    for change in &next.changes {
        let [before, after] = [change.before_ms, change.after_ms].map(civil::offset);
        let at = civil::date_time(change.at_ms, change.precision());
        let lead = format!("{at}Z  {before} to {after}  ");
        wrapped(out, &lead, &listed(&change.names, NAMES_SHOWN_MAX))?;
    }
    if next.more > 0 {
        writeln!(out, "and {} (--count, --to)", counted(next.more, "more change"))?;
    }
    Ok(())
}
