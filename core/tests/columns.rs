//! Columns are the scalar answers, faster: every fast path against `Assigner::pane`, which takes
//! none of them, for every zone, every transition, every unit and the edges of their arithmetic.
#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;

use common::{DAY_MS, DOMAIN, Random, STEPS_MS, every_zone};
use paneline::{Assigner, Assignment, SlidingWindowSpec, TimeUnit};

/// Asks for a column and compares every row with the scalar answer.
fn compare(assigner: &Assigner, times: &[i64]) {
    let mut starts = vec![i64::MIN; times.len()];
    assigner.pane_starts(times, TimeUnit::Millisecond, &mut starts).unwrap();
    for (t_ms, start) in times.iter().zip(&starts) {
        let pane = assigner.pane(*t_ms).unwrap();
        assert_eq!(*start, pane.start_ms, "{:?} at {t_ms}", assigner.spec());
    }
}

/// Every zone, every transition of 300 years, steps of every length in turn.
#[test]
fn columns_are_the_scalar_answers_around_every_transition() {
    let random = Random::new(31);
    let mut rows = 0;
    for (turn, zone) in every_zone().into_iter().enumerate() {
        let (short_ms, other_ms) = (STEPS_MS[turn % 16], STEPS_MS[(turn * 7 + 3) % 16]);
        for step_ms in [short_ms, other_ms, 100 * DAY_MS, 36_500 * DAY_MS] {
            let spec = SlidingWindowSpec {
                duration_ms: step_ms,
                offset_ms: random.pick(&[0, random.between(1 - step_ms, step_ms - 1)]),
                timezone: zone.name.into(),
                ..Default::default()
            };
            let mut times = Vec::new();
            for jump in &zone.jumps {
                let (at, shift) = (jump.at * 1_000, (jump.before - jump.after).abs() * 1_000);
                times.extend([at - 1, at, at + 1, at + shift - 1, at + shift, at + shift + 1]);
                times.extend([at - step_ms, at + step_ms, at + step_ms + shift]);
                times.push(at + random.between(-40 * DAY_MS, 40 * DAY_MS));
            }
            for _ in 0..200 {
                times.push(random.between(DOMAIN.start * 1_000, DOMAIN.end * 1_000 - 1));
            }
            // The table's buckets, and the ends of the table.
            times.extend((0..1_025).map(|bucket| (bucket << 31) - random.between(0, 1)));
            let inside = DOMAIN.start * 1_000 + 2 * DAY_MS..DOMAIN.end * 1_000 - 2 * DAY_MS;
            times.retain(|t_ms| inside.contains(t_ms));
            // In no order, because an answer must not depend on its neighbours, then in order.
            for i in (1..times.len()).rev() {
                times.swap(i, random.between(0, i as i64) as usize);
            }
            let assigner = Assigner::new(&spec).unwrap();
            compare(&assigner, &times);
            times.sort_unstable();
            compare(&assigner, &times);
            rows += 2 * times.len();
        }
    }
    assert!(rows > 4_000_000, "only {rows}");
}

/// Calendar units by their columns.
#[test]
fn calendar_rows_are_the_grids() {
    let random = Random::new(32);
    for (turn, zone) in every_zone().into_iter().enumerate() {
        let unit = (turn % 5 + 1) as i32;
        let spec = SlidingWindowSpec {
            calendar_unit: unit,
            calendar_duration: random.between(1, 20) as u32,
            week_start: if unit == 2 { random.between(0, 6) as i32 } else { 0 },
            offset_ms: random.between(1 - DAY_MS, DAY_MS - 1),
            timezone: zone.name.into(),
            ..Default::default()
        };
        let mut times: Vec<_> = zone
            .jumps
            .iter()
            .flat_map(|jump| [-1, 0, 1, 1_800_000, 3_600_000].map(|d| jump.at * 1_000 + d))
            .filter(|t_ms| {
                (DOMAIN.start * 1_000 + DAY_MS..DOMAIN.end * 1_000 - DAY_MS).contains(t_ms)
            })
            .collect();
        times.extend((0..500).map(|_| random.between(-DAY_MS, 2_300_000_000_000)));
        compare(&Assigner::new(&spec).unwrap(), &times);
    }
}

/// Steps of every size on Unix time, with times on both sides of where the fast path ends.
#[test]
fn floor_rows_are_the_grids() {
    let random = Random::new(33);
    let edge = 1_i64 << 50;
    for _ in 0..3_000 {
        let step_ms = random.between(1, 3_155_760_000_000) >> random.between(0, 41);
        let step_ms = step_ms.max(1);
        let spec = SlidingWindowSpec {
            duration_ms: step_ms,
            offset_ms: random.between(1 - step_ms, step_ms - 1),
            timezone: random.pick(&["", "+18:00", "-18:00"]).into(),
            ..Default::default()
        };
        let assigner = Assigner::new(&spec).unwrap();
        let far = random.between(edge + 2, 8_640_000_000_000_000);
        let mut times = vec![-edge, edge, edge - 1, 1 - edge, 0, -1, 1];
        times.extend((0..30).map(|_| random.between(-edge, edge)));
        for t_ms in times.clone() {
            let start = assigner.pane(t_ms).unwrap().start_ms;
            times.extend([start, start + step_ms - 1].iter().filter(|t| t.abs() <= edge));
        }
        compare(&assigner, &times);
        // One row beyond sends the whole column the other way.
        times.extend([edge + 1, -edge - 1, far, -far]);
        compare(&assigner, &times);
    }
}

/// Columns of every length around the size of a block.
#[test]
fn lengths_do_not_matter() {
    let random = Random::new(34);
    for timezone in ["", "Europe/Dublin"] {
        let assigner = common::civil(timezone, 900_000, 900_000);
        for rows in (0..300).chain([4_095, 4_096, 4_097]) {
            let times: Vec<_> = (0..rows).map(|_| random.between(0, 2_000_000_000_000)).collect();
            compare(&assigner, &times);
        }
    }
}

/// 13, where it shows: ticks on both sides of each boundary, before 1970 as well. A finer unit that
/// is cut off toward zero puts the last of them into the next pane.
#[test]
fn finer_units_are_floored_at_every_boundary() {
    let random = Random::new(42);
    for (timezone, step_ms) in [("", 1), ("", 1_000), ("Asia/Kathmandu", 60_000)] {
        let assigner = common::civil(timezone, step_ms, step_ms);
        for _ in 0..500 {
            let near_ms = random.pick(&[0, random.between(-2_000_000_000_000, 2_000_000_000_000)]);
            let boundary_ms = assigner.pane(near_ms).unwrap().start_ms;
            for (unit, ticks) in [(TimeUnit::Microsecond, 1_000), (TimeUnit::Nanosecond, 1_000_000)]
            {
                let boundary = boundary_ms * ticks;
                let column = [boundary - ticks, boundary - 1, boundary, boundary + ticks - 1];
                let wanted = [boundary_ms - 1, boundary_ms - 1, boundary_ms, boundary_ms]
                    .map(|t_ms| assigner.pane(t_ms).unwrap());
                let mut starts = [0; 4];
                assigner.pane_starts(&column, unit, &mut starts).unwrap();
                assert_eq!(starts, wanted.map(|pane| pane.start_ms), "{column:?} {unit:?}");
                let mut out = Assignment::default();
                assigner.assign(&column, unit, &mut out).unwrap();
                for (row, pane) in wanted.into_iter().enumerate() {
                    assert_eq!(out.windows(row).collect::<Vec<_>>(), [pane], "{column:?} {unit:?}");
                }
            }
        }
    }
}
