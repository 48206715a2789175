//! Pane boundaries: the grid on Unix time and the grid on a wall clock.
//!
//! On Unix time a boundary is a floor. On a wall clock it follows one idea: read the clock as if
//! a hand that is put back stood still until it is passed again (*held*). Then every boundary is
//! the first instant at which the held clock has reached a grid reading. Only a fold at least as
//! long as the step restarts the clock (*split*): the two passes of the repeated hour are two
//! panes. This is section 5 of docs/SEMANTICS.md, for millisecond steps and for calendar units.
//!
//! Invariant: `start(t) <= t < next(t)`, and no boundary lies between the two. Worked number:
//! America/New_York, 6 h steps: 2024-11-03T06:30Z lies in the pane from 04:00Z (midnight) to
//! 11:00Z (06:00), seven hours long; with 1 h steps it lies in the second 01:00 pane from 06:00Z.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::civil;
use super::zone::{LOCAL_MS_END, LOCAL_MS_FIRST, Transition, Zone};
use crate::spec::CalendarUnit;

/// Milliseconds of a civil day without transitions.
pub(crate) const DAY_MS: i64 = 86_400_000;
const DAYS_PER_WEEK: i64 = 7;
/// Days from Monday to Thursday, 1970-01-01.
const EPOCH_WEEKDAY: i64 = 3;

/// Where panes begin.
#[derive(Clone, Debug)]
pub(crate) enum Grid {
    /// At `offset_ms + k * step_ms` on Unix time, for every integer k.
    Absolute { step_ms: i64, offset_ms: i64 },
    /// Where a zone's wall clock reaches the readings of a ruler.
    Civil { zone: Arc<Zone>, ruler: Ruler },
}

/// The grid readings of a wall clock.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ruler {
    /// `1970-01-01T00:00 + offset_ms + k * step_ms` for every integer k.
    Step { step_ms: i64, offset_ms: i64 },
    /// Days: units of `days` days from the day `anchor`, each moved by `offset_ms`.
    Days { days: i64, anchor: i64, offset_ms: i64 },
    /// Months: units of `months` months from the month `anchor`, on `day` (0 = the first), each
    /// moved by `offset_ms`.
    Months { months: i64, anchor: i64, day: i64, offset_ms: i64 },
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "instants are within 8.64e15 ms (civil: 1900 to 2301), lengths within 3.2e12 ms and \
              never 0, offsets within 26 h: section 1 of docs/SEMANTICS.md"
)]
impl Ruler {
    /// The ruler of `count` calendar units that start `offset_ms` into their first day.
    pub(crate) fn calendar(unit: CalendarUnit, count: i64, offset_ms: i64) -> Ruler {
        match unit {
            CalendarUnit::Day => Ruler::Days { days: count, anchor: 0, offset_ms },
            CalendarUnit::Week { start } => {
                // The week that holds 1970-01-01, a Thursday.
                let anchor = -(EPOCH_WEEKDAY - i64::from(start)).rem_euclid(DAYS_PER_WEEK);
                Ruler::Days { days: count * DAYS_PER_WEEK, anchor, offset_ms }
            }
            CalendarUnit::Months { months, start_month, day } => Ruler::Months {
                months: count * i64::from(months),
                anchor: i64::from(start_month),
                day: i64::from(day),
                offset_ms,
            },
        }
    }

    /// The last grid reading at or before `reading_ms`.
    fn floor(self, reading_ms: i64) -> i64 {
        match self {
            Ruler::Step { step_ms, offset_ms } => {
                reading_ms - (reading_ms - offset_ms).rem_euclid(step_ms)
            }
            Ruler::Days { days, anchor, offset_ms } => {
                let day = (reading_ms - offset_ms).div_euclid(DAY_MS);
                (day - (day - anchor).rem_euclid(days)) * DAY_MS + offset_ms
            }
            Ruler::Months { months, anchor, day, offset_ms } => {
                // Counted from the unit's own day, so that a month that starts on the 28th ends
                // where the next 28th begins.
                let month = civil::month_of_day((reading_ms - offset_ms).div_euclid(DAY_MS) - day);
                let first = month - (month - anchor).rem_euclid(months);
                let start = (civil::day_of_month(first) + day) * DAY_MS + offset_ms;
                debug_assert!(start <= reading_ms);
                start
            }
        }
    }

    /// The grid reading after the grid reading `point_ms`.
    fn after(self, point_ms: i64) -> i64 {
        match self {
            Ruler::Step { step_ms, .. } => point_ms + step_ms,
            Ruler::Days { days, .. } => point_ms + days * DAY_MS,
            Ruler::Months { months, day, offset_ms, .. } => {
                let month = civil::month_of_day((point_ms - offset_ms).div_euclid(DAY_MS) - day);
                (civil::day_of_month(month + months) + day) * DAY_MS + offset_ms
            }
        }
    }

    /// From one grid reading to the next; months have no one length.
    pub(crate) fn step_ms(self) -> Option<i64> {
        match self {
            Ruler::Step { step_ms, .. } => Some(step_ms),
            Ruler::Days { days, .. } => Some(days * DAY_MS),
            Ruler::Months { .. } => None,
        }
    }

    /// Whether the two passes of a transition's repeated span are kept apart. Calendar units
    /// never are: a day that begins twice is one day.
    fn splits(self, transition: Transition) -> bool {
        let repeated_ms = transition.before_ms - transition.after_ms;
        match self {
            Ruler::Step { step_ms, .. } => repeated_ms > 0 && step_ms <= repeated_ms,
            Ruler::Days { .. } | Ruler::Months { .. } => false,
        }
    }
}

/// An instant at which a pane begins. It knows its regime, so that walking from boundary to
/// boundary looks nothing up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Boundary {
    /// The instant.
    pub(crate) t_ms: i64,
    /// The zone's regime at that instant; 0 on Unix time.
    regime: usize,
}

#[expect(clippy::arithmetic_side_effects, reason = "bounded as for `Ruler`")]
impl Grid {
    /// The last boundary at or before `t_ms`: the start of its pane.
    pub(crate) fn start(&self, t_ms: i64) -> Boundary {
        match self {
            Grid::Absolute { step_ms, offset_ms } => {
                Boundary { t_ms: t_ms - (t_ms - offset_ms).rem_euclid(*step_ms), regime: 0 }
            }
            Grid::Civil { zone, ruler } => {
                start_in_regime(zone, *ruler, zone.regime_index(t_ms), t_ms)
            }
        }
    }

    /// The boundary after the boundary `from`: the end of its pane.
    pub(crate) fn next(&self, from: Boundary) -> Boundary {
        match self {
            Grid::Absolute { step_ms, .. } => Boundary { t_ms: from.t_ms + step_ms, regime: 0 },
            Grid::Civil { zone, ruler } => {
                let reading_ms = held_reading(zone, *ruler, from.regime, from.t_ms);
                let point_ms = ruler.after(ruler.floor(reading_ms));
                reached_forward(zone, *ruler, from.regime, point_ms)
            }
        }
    }

    /// The boundary before the boundary `from`.
    pub(crate) fn previous(&self, from: Boundary) -> Boundary {
        match self {
            Grid::Absolute { step_ms, .. } => Boundary { t_ms: from.t_ms - step_ms, regime: 0 },
            Grid::Civil { zone, ruler } => {
                let first = zone.transition_into(from.regime).is_some_and(|t| t.at_ms == from.t_ms);
                let regime = from.regime - usize::from(first);
                start_in_regime(zone, *ruler, regime, from.t_ms - 1)
            }
        }
    }

    /// The length of the `panes` panes before the boundary `from` and of as many after it, where
    /// all have the same: no transition is near, and they are no months.
    pub(crate) fn even_step(&self, from: Boundary, panes: usize) -> Option<i64> {
        let (zone, step_ms) = match self {
            Grid::Absolute { step_ms, .. } => return Some(*step_ms),
            Grid::Civil { zone, ruler } => (zone, ruler.step_ms()?),
        };
        let reach_ms = i64::try_from(panes).ok()? * step_ms;
        let out = zone.transition_into(from.regime + 1);
        let even = from.t_ms - reach_ms >= zone.settled_ms(from.regime)
            && out.is_none_or(|out| from.t_ms + reach_ms < out.at_ms);
        even.then_some(step_ms)
    }

    /// The bytes of the zone's regimes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Grid::Absolute { .. } => 0,
            Grid::Civil { zone, .. } => zone.bytes(),
        }
    }

    /// The instants an event of this grid may have.
    pub(crate) fn instants(&self) -> RangeInclusive<i64> {
        match self {
            Grid::Absolute { .. } => super::INSTANTS,
            Grid::Civil { zone, .. } => {
                let first = LOCAL_MS_FIRST - zone.offset_ms(LOCAL_MS_FIRST);
                let last = LOCAL_MS_END - 1 - zone.offset_ms(LOCAL_MS_END);
                first..=last
            }
        }
    }
}

/// The start of the pane of an instant whose regime is known.
fn start_in_regime(zone: &Zone, ruler: Ruler, regime: usize, t_ms: i64) -> Boundary {
    let point_ms = ruler.floor(held_reading(zone, ruler, regime, t_ms));
    reached_backward(zone, ruler, regime, point_ms)
}

/// What the held clock shows at `t_ms`: the local reading, or, while a repeated span that is not
/// split runs for the second time, the last reading before it.
#[expect(clippy::arithmetic_side_effects, reason = "bounded as for `Ruler`")]
fn held_reading(zone: &Zone, ruler: Ruler, regime: usize, t_ms: i64) -> i64 {
    let reading_ms = t_ms + zone.regime_offset_ms(regime);
    match zone.transition_into(regime) {
        Some(fold) if !ruler.splits(fold) => reading_ms.max(fold.at_ms + fold.before_ms - 1),
        _ => reading_ms,
    }
}

/// The first instant at which the held clock shows `point_ms` or more, or the split after it,
/// looked for from a regime in which it already does.
#[expect(clippy::arithmetic_side_effects, reason = "bounded as for `Ruler`")]
fn reached_backward(zone: &Zone, ruler: Ruler, mut regime: usize, point_ms: i64) -> Boundary {
    while let Some(into) = zone.transition_into(regime) {
        // Before the transition the clock showed less than `at + before`.
        if ruler.splits(into) || point_ms >= into.at_ms + into.before_ms {
            return Boundary { t_ms: into.at_ms.max(point_ms - into.after_ms), regime };
        }
        regime -= 1;
    }
    Boundary { t_ms: point_ms - zone.regime_offset_ms(0), regime: 0 }
}

/// The first instant at which the held clock shows `point_ms` or more, or the split before it,
/// looked for from a regime in which it does not yet.
#[expect(clippy::arithmetic_side_effects, reason = "bounded as for `Ruler`")]
fn reached_forward(zone: &Zone, ruler: Ruler, mut regime: usize, point_ms: i64) -> Boundary {
    while let Some(out) = zone.transition_into(regime + 1) {
        if point_ms < out.at_ms + out.before_ms {
            break;
        }
        regime += 1;
        // A gap jumps over the reading; a split ends the pane; a held fold does neither.
        if ruler.splits(out) || point_ms <= out.at_ms + out.after_ms {
            return Boundary { t_ms: out.at_ms, regime };
        }
    }
    Boundary { t_ms: point_ms - zone.regime_offset_ms(regime), regime }
}
