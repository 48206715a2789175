//! The instants at which a wall clock jumps, as a reader of a listing needs them.
//!
//! The core gives the instants and the offsets; this module names the readings that a jump repeats
//! (a fold) or skips (a gap). America/New_York at 2024-11-03T06:00Z: `2024-11-03 01:00-02:00`
//! occurs twice.

use std::ops::Range;

use paneline::{LocalClock, Transition};

use crate::civil::{DAY_MS, Precision, date, date_time, time_of_day};

/// An instant at which a wall clock jumps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jump {
    /// The first instant of the new offset.
    pub(crate) at_ms: i64,
    /// The offset from UTC before it.
    pub(crate) before_ms: i64,
    /// The offset from it on.
    pub(crate) after_ms: i64,
}

/// Every jump of a clock, ascending.
pub(crate) fn jumps(clock: &LocalClock) -> Vec<Jump> {
    clock
        .transitions()
        .map(|Transition { at_ms, before_ms, after_ms }| Jump { at_ms, before_ms, after_ms })
        .collect()
}

impl Jump {
    /// Whether the clock goes back, so that readings occur twice.
    pub(crate) fn is_fold(&self) -> bool {
        self.after_ms < self.before_ms
    }

    /// The readings that occur twice, or never.
    pub(crate) fn readings(&self) -> Range<i64> {
        let (before_ms, after_ms) = (self.at_ms + self.before_ms, self.at_ms + self.after_ms);
        before_ms.min(after_ms)..before_ms.max(after_ms)
    }

    /// How far the clock jumps.
    pub(crate) fn length_ms(&self) -> i64 {
        (self.after_ms - self.before_ms).abs()
    }

    /// The readings as text: `2024-11-03 01:00-02:00`.
    pub(crate) fn span(&self) -> String {
        let Range { start, end } = self.readings();
        let precision = Precision::of(start).max(Precision::of(end));
        let end = if date(start) == date(end) {
            time_of_day(end, precision)
        } else if date(start) == date(end - 1) && end % DAY_MS == 0 {
            "24:00".to_owned()
        } else {
            return format!("{} - {}", date_time(start, precision), date_time(end, precision));
        };
        format!("{}-{end}", date_time(start, precision))
    }

    /// What happens, in a sentence without a verb's subject: `2024-11-03 01:00-02:00 occurs twice`.
    pub(crate) fn sentence(&self) -> String {
        let what = if self.is_fold() { "occurs twice" } else { "does not occur" };
        format!("{} {what}", self.span())
    }
}
