//! The unit of a column of times: what one tick of an `i64` is.
//!
//! It decides how a tick becomes milliseconds: seconds are multiplied, finer units are floored, so
//! -1 ns is the millisecond -1. Its invariant: no tick that [`TimeUnit::ticks`] lets pass
//! overflows.

use std::ops::RangeInclusive;

/// What one tick of a time column is. The numbers are the C ABI's and Arrow's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum TimeUnit {
    /// Seconds since 1970-01-01T00:00:00Z.
    Second = 0,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Millisecond = 1,
    /// Microseconds since 1970-01-01T00:00:00Z.
    Microsecond = 2,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    Nanosecond = 3,
}

impl TimeUnit {
    /// The unit with this number in the C ABI, if there is one.
    ///
    /// ```
    /// use paneline::TimeUnit;
    /// assert_eq!(TimeUnit::from_number(3), Some(TimeUnit::Nanosecond));
    /// assert_eq!(TimeUnit::from_number(4), None);
    /// ```
    pub fn from_number(number: u32) -> Option<TimeUnit> {
        match number {
            0 => Some(TimeUnit::Second),
            1 => Some(TimeUnit::Millisecond),
            2 => Some(TimeUnit::Microsecond),
            3 => Some(TimeUnit::Nanosecond),
            _ => None,
        }
    }

    /// The unit's symbol: `s`, `ms`, `us` or `ns`.
    pub fn symbol(self) -> &'static str {
        match self {
            TimeUnit::Second => "s",
            TimeUnit::Millisecond => "ms",
            TimeUnit::Microsecond => "us",
            TimeUnit::Nanosecond => "ns",
        }
    }

    /// The milliseconds of a tick, floored. The tick must lie in a range from [`Self::ticks`].
    pub(crate) fn floor_ms(self, tick: i64) -> i64 {
        match self {
            TimeUnit::Second => tick.wrapping_mul(1_000),
            TimeUnit::Millisecond => tick,
            TimeUnit::Microsecond => tick.div_euclid(1_000),
            TimeUnit::Nanosecond => tick.div_euclid(1_000_000),
        }
    }

    /// The ticks whose floored millisecond lies in `ms`. The two extremes of `i64` stay outside:
    /// they are sentinels, and `i64::MIN` is what numpy and pandas write for "not a time".
    pub(crate) fn ticks(self, ms: &RangeInclusive<i64>) -> RangeInclusive<i64> {
        let (first, last) = (*ms.start(), *ms.end());
        let (first, last) = match self {
            TimeUnit::Second => (
                first.div_euclid(1_000).saturating_add(i64::from(first.rem_euclid(1_000) != 0)),
                last.div_euclid(1_000),
            ),
            TimeUnit::Millisecond => (first, last),
            TimeUnit::Microsecond => (first.saturating_mul(1_000), last_tick(last, 1_000)),
            TimeUnit::Nanosecond => (first.saturating_mul(1_000_000), last_tick(last, 1_000_000)),
        };
        first.max(i64::MIN + 1)..=last.min(i64::MAX - 1)
    }
}

/// The last tick of millisecond `ms` when a millisecond has `ticks` of them.
fn last_tick(ms: i64, ticks: i64) -> i64 {
    ms.saturating_mul(ticks).saturating_add(ticks.saturating_sub(1))
}
