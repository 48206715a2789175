//! The zones whose offsets two releases tell differently.
//!
//! Names that changed in the same way are one entry, so that a zone is not told once for each of
//! its aliases. Invariant: a name is in one entry, or only in one release, or unchanged. Worked
//! number: New York without summer time from 2027 on differs in 274 spans, from 2027-03-14T07:00Z
//! to 2300-11-04T06:00Z.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::Releases;
use crate::civil;
use crate::console::Console;
use crate::release::{Difference, Offsets, Release};
use crate::words::{counted, listed, wrapped};

/// Names of one entry that are listed; the JSON has all.
const NAMES_SHOWN_MAX: usize = 8;

/// What differs.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    schema: &'static str,
    tzdb: Releases,
    changed: Vec<Changed>,
    /// Names that only the old release has.
    removed: Vec<String>,
    /// Names that only this build has.
    added: Vec<String>,
}

/// Names that changed in the same way.
#[derive(Debug, Serialize)]
struct Changed {
    names: Vec<String>,
    spans: Vec<Span>,
}

/// A span in which the offsets differ.
#[derive(Debug, Serialize)]
struct Span {
    /// Its first instant; null from the beginning on.
    from_ms: Option<i64>,
    /// The first instant after it; null if it lasts.
    until_ms: Option<i64>,
    old_offset_ms: i64,
    new_offset_ms: i64,
}

impl Span {
    fn of(difference: Difference) -> Span {
        let ms = |seconds: i64| seconds * 1_000;
        Span {
            from_ms: difference.from_s.map(ms),
            until_ms: difference.until_s.map(ms),
            old_offset_ms: ms(difference.old_s),
            new_offset_ms: ms(difference.new_s),
        }
    }

    /// The span in words.
    fn time(&self) -> String {
        match (self.from_ms.map(civil::rfc3339), self.until_ms.map(civil::rfc3339)) {
            (Some(from), Some(until)) => format!("{from} to {until}"),
            (Some(from), None) => format!("{from} on"),
            (None, Some(until)) => format!("up to {until}"),
            (None, None) => "always".to_owned(),
        }
    }
}

impl Report {
    /// Compares two releases.
    pub(super) fn of(old: &Release, new: &Release, from_ms: i64, tzdb: Releases) -> Report {
        let mut entries: BTreeMap<(&Offsets, &Offsets), Vec<String>> = BTreeMap::new();
        for (name, theirs) in &old.zones {
            if let Some(ours) = new.zones.get(name).filter(|ours| *ours != theirs) {
                entries.entry((theirs, ours)).or_default().push(name.clone());
            }
        }
        let mut changed: Vec<Changed> = entries
            .into_iter()
            .map(|((old, new), names)| {
                let spans = old.differences(new).into_iter().map(Span::of);
                let reaches = |span: &Span| span.until_ms.is_none_or(|until_ms| until_ms > from_ms);
                Changed { names, spans: spans.filter(reaches).collect() }
            })
            .filter(|changed| !changed.spans.is_empty())
            .collect();
        changed.sort_by(|a, b| a.order().cmp(&b.order()));
        let only = |one: &Release, other: &Release| {
            one.zones.keys().filter(|name| !other.zones.contains_key(*name)).cloned().collect()
        };
        Report {
            schema: "paneline/tz-diff-zones/1",
            tzdb,
            changed,
            removed: only(old, new),
            added: only(new, old),
        }
    }

    /// Whether the releases tell the same.
    pub(super) fn is_clean(&self) -> bool {
        self.changed.is_empty() && self.removed.is_empty() && self.added.is_empty()
    }

    /// Writes the report as text.
    pub(super) fn write(&self, console: Console, out: &mut dyn Write) -> io::Result<()> {
        for changed in &self.changed {
            wrapped(out, "", &listed(&changed.names, NAMES_SHOWN_MAX))?;
            for line in changed.told() {
                wrapped(out, "  ", &line)?;
            }
        }
        for (what, names) in [("only in old", &self.removed), ("only in new", &self.added)] {
            if !names.is_empty() {
                wrapped(out, &format!("{what}  "), &names.join(", "))?;
            }
        }
        if self.is_clean() {
            return if console.quiet { Ok(()) } else { writeln!(out, "no zone differs") };
        }
        if console.quiet {
            return Ok(());
        }
        let names = self.changed.iter().map(|changed| changed.names.len()).sum();
        let counts = [(names, "differs"), (self.removed.len(), "is only in old")];
        let counts = counts.into_iter().chain([(self.added.len(), "is only in new")]);
        let counts: Vec<String> = counts
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| {
                let what = if count == 1 { what } else { plural(what) };
                format!("{} {what}", counted(count, "name"))
            })
            .collect();
        writeln!(out, "\n{}", counts.join(", "))
    }
}

fn plural(what: &str) -> &str {
    match what {
        "differs" => "differ",
        "is only in old" => "are only in old",
        _ => "are only in new",
    }
}

impl Changed {
    fn order(&self) -> (Option<i64>, &[String]) {
        (self.spans.first().and_then(|span| span.from_ms), &self.names)
    }

    /// The first difference, and how many more there are.
    fn told(&self) -> Vec<String> {
        let (Some(first), Some(last)) = (self.spans.first(), self.spans.last()) else {
            return Vec::new();
        };
        let [old, new] = [first.old_offset_ms, first.new_offset_ms].map(civil::offset);
        let mut told = vec![format!("{}: old {old}, new {new}", first.time())];
        if self.spans.len() > 1 {
            let more = counted(self.spans.len() - 1, "more span");
            told.push(format!("{more}, the last {}", last.time()));
        }
        told
    }
}
