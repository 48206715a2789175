//! Calendar units against dates that jiff counts: where every day, week, month, quarter and year
//! starts. It protects the anchors and options of section 5 of docs/SEMANTICS.md.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;

use common::{DAY, DAY_MS, Random, Zone, histories};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use paneline::{Assigner, SlidingWindowSpec, Window};

/// The local date-time at which the unit `k` of a calendar spec starts: section 5, by jiff's dates.
fn unit_start(spec: &SlidingWindowSpec, k: i64) -> DateTime {
    let k = k * i64::from(spec.calendar_step);
    let mut first = Date::constant(1970, 1, 1);
    let span = match spec.calendar_unit {
        1 => k.days(),
        2 => {
            while i32::from(first.weekday().to_monday_zero_offset()) != spec.week_start {
                first = first.yesterday().unwrap();
            }
            k.weeks()
        }
        unit => {
            let month = spec.year_start_month.max(1) as i8;
            first = Date::constant(1970, month, spec.month_day.max(1) as i8);
            (k * [1, 3, 12][unit as usize - 3]).months()
        }
    };
    let start = first.checked_add(span).unwrap().at(0, 0, 0, 0);
    start.checked_add(spec.offset_ms.milliseconds()).unwrap()
}

/// The first instant whose local date-time is at or after `start`.
fn first_instant(zone: &Zone, start: DateTime) -> i64 {
    let reading_ms = start.duration_since(Date::constant(1970, 1, 1).into()).as_millis() as i64;
    let second = reading_ms.div_euclid(1_000);
    let gap = zone
        .jumps_in(second - 2 * DAY..second + 2 * DAY)
        .iter()
        .find(|jump| (jump.at + jump.before..jump.at + jump.after).contains(&second));
    gap.map_or_else(
        // Of two passes the earlier, which is jiff's "compatible".
        || zone.tz.to_ambiguous_timestamp(start).compatible().unwrap().as_millisecond(),
        |gap| gap.at * 1_000,
    )
}

/// Calendar panes run from the first instant of a unit to that of the next, for every unit, count,
/// option and offset, in old and far years as well.
#[test]
fn calendar_panes_are_the_units() {
    let random = Random::new(11);
    for zone in histories().into_iter().step_by(3) {
        for unit in [1, 2, 3, 4, 5] {
            let step = random.between(1, 5) as u32;
            let spec = SlidingWindowSpec {
                calendar_unit: unit,
                calendar_duration: step,
                calendar_step: step,
                week_start: if unit == 2 { random.between(0, 6) as i32 } else { 0 },
                month_day: if unit > 2 { random.between(0, 28) as u32 } else { 0 },
                year_start_month: if unit > 3 { random.between(0, 12) as u32 } else { 0 },
                offset_ms: random.pick(&[0, random.between(-DAY_MS + 1, DAY_MS - 1)]),
                timezone: zone.name.into(),
                ..Default::default()
            };
            let assigner = Assigner::new(&spec).unwrap();
            // Mean lengths in seconds: 400 years are 146,097 days.
            let mean = [DAY, 7 * DAY, 2_629_746, 7_889_238, 31_556_952][unit as usize - 1];
            let mean = mean * i64::from(step);
            for _ in 0..12 {
                let near = random.between(-1_850_000_000, 6_850_000_000);
                // One unit in two is asked for at its own edge.
                let k = near.div_euclid(mean) + random.between(-1, 1);
                let edge = first_instant(&zone, unit_start(&spec, k)) - random.between(0, 1);
                let t_ms = random.pick(&[near * 1_000, edge]);
                let mut k = t_ms.div_euclid(mean * 1_000) - 5;
                let mut starts = std::iter::from_fn(|| {
                    k += 1;
                    Some(first_instant(&zone, unit_start(&spec, k)))
                });
                let mut pane = Window { start_ms: i64::MAX, end_ms: starts.next().unwrap() };
                assert!(pane.end_ms <= t_ms, "{spec:?} {t_ms}: the search starts too late");
                while pane.end_ms <= t_ms {
                    pane = Window { start_ms: pane.end_ms, end_ms: starts.next().unwrap() };
                }
                assert_eq!(assigner.pane(t_ms).unwrap(), pane, "{spec:?} {t_ms}");
            }
        }
    }
}
