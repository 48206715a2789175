//! A release of the time-zone database as lists of offsets: the embedded one, or another's dump.
//!
//! It carries what the core tells of its zones and compares lists; which windows follow from them
//! the core says. Invariant: a list begins in 1899 and ends in 2300, and neighbouring offsets
//! differ, so that two lists are equal exactly if the clocks are. Worked number: America/New_York
//! is -18,000 s and 760 transitions.

mod dump;

use std::collections::BTreeMap;
use std::rc::Rc;

use paneline::{LocalClock, Transition};

use crate::failure::Failure;

pub(crate) use dump::{read, write};

/// The offsets of a zone, in seconds.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Offsets {
    /// The offset before the first transition.
    pub(crate) first_s: i64,
    /// Instants, ascending, and the offset from each of them on.
    pub(crate) transitions: Vec<(i64, i64)>,
}

/// A release of the database.
pub(crate) struct Release {
    /// Its name, such as `2026f`.
    pub(crate) tzdb: String,
    /// Every name with its offsets.
    pub(crate) zones: BTreeMap<String, Rc<Offsets>>,
}

/// A span of time in which two lists differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Its first second; none from the beginning on.
    pub(crate) from_s: Option<i64>,
    /// The first second after it; none if it lasts.
    pub(crate) until_s: Option<i64>,
    /// The offset by the first list.
    pub(crate) old_s: i64,
    /// The offset by the second.
    pub(crate) new_s: i64,
}

impl Offsets {
    /// The offsets of an embedded zone.
    pub(crate) fn embedded(name: &str) -> Result<Offsets, Failure> {
        let clock = LocalClock::new(name)?;
        let transitions = clock
            .transitions()
            .map(|Transition { at_ms, after_ms, .. }| (at_ms / 1_000, after_ms / 1_000))
            .collect();
        Ok(Offsets { first_s: clock.offset_ms(i64::MIN) / 1_000, transitions })
    }

    /// The offset at an instant.
    pub(crate) fn at_ms(&self, t_ms: i64) -> i64 {
        let later = self.transitions.partition_point(|(at_s, _)| 1_000 * at_s <= t_ms);
        1_000 * later.checked_sub(1).map_or(self.first_s, |last| self.transitions[last].1)
    }

    /// Where the lists differ, ascending. Neighbouring spans differ in an offset.
    pub(crate) fn differences(&self, new: &Offsets) -> Vec<Difference> {
        let mut found: Vec<Difference> = Vec::new();
        let (mut old_s, mut new_s, mut from_s) = (self.first_s, new.first_s, None);
        let mut ours = self.transitions.iter().peekable();
        let mut theirs = new.transitions.iter().peekable();
        loop {
            let next_s = match (ours.peek(), theirs.peek()) {
                (Some((one, _)), Some((other, _))) => Some(*one.min(other)),
                (one, other) => one.or(other).map(|(at_s, _)| *at_s),
            };
            if old_s != new_s {
                found.push(Difference { from_s, until_s: next_s, old_s, new_s });
            }
            let Some(at_s) = next_s else { return found };
            if let Some((_, offset_s)) = ours.next_if(|(one, _)| *one == at_s) {
                old_s = *offset_s;
            }
            if let Some((_, offset_s)) = theirs.next_if(|(other, _)| *other == at_s) {
                new_s = *offset_s;
            }
            from_s = next_s;
        }
    }
}

impl Release {
    /// The embedded release.
    pub(crate) fn embedded() -> Result<Release, Failure> {
        let mut release =
            Release { tzdb: paneline::tzdb_version().to_owned(), zones: BTreeMap::new() };
        for name in paneline::timezones() {
            release.zones.insert(name.to_owned(), Rc::new(Offsets::embedded(name)?));
        }
        Ok(release)
    }
}
