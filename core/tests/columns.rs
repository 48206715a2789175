//! A column says what scalar calls say: for every history of offsets, around every transition, in
//! any order of rows. It protects the tables and kernels that columns go through.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;

use common::{DAY, Random, STEPS_MS, histories};
use paneline::{Assignment, TimeUnit};

/// Every transition from 1900 to 2199, each with the days and the steps around it.
#[test]
fn columns_are_the_scalar_answers_around_every_transition() {
    let random = Random::new(41);
    let mut rows = 0;
    for zone in histories() {
        for step_ms in [random.pick(&STEPS_MS[..7]), random.pick(&STEPS_MS[7..])] {
            let assigner = zone.assigner(step_ms);
            let mut times = Vec::new();
            for jump in &zone.jumps {
                let (at, shift) = (jump.at * 1_000, (jump.before - jump.after) * 1_000);
                let apart = random.between(-40 * DAY, 40 * DAY) * 1_000;
                let first = at + random.pick(&[0, shift, -shift, step_ms, -step_ms, apart]);
                times.extend([first - 1, first, first + random.between(1, 2 * step_ms), at]);
            }
            // Rows in no order: an answer must not depend on its neighbours.
            for i in (1..times.len()).rev() {
                times.swap(i, random.between(0, i as i64) as usize);
            }
            times.retain(|&t_ms| assigner.pane(t_ms).is_ok());
            let mut starts = vec![0; times.len()];
            assigner.pane_starts(&times, TimeUnit::Millisecond, &mut starts).unwrap();
            for (start, t_ms) in starts.into_iter().zip(times) {
                let wanted = assigner.pane(t_ms).unwrap().start_ms;
                assert_eq!(start, wanted, "{}, step {step_ms}, t {t_ms}", zone.name);
                rows += 1;
            }
        }
    }
    assert!(rows > 400_000, "only {rows} rows");
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
