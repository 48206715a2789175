//! Invariants of panes and windows on a wall clock, over every zone and every transition.
//! The numbers are those of section 12 of docs/SEMANTICS.md.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;

use common::{
    DAY, DAY_MS, DOMAIN, HOUR_MS, Jump, MINUTE_MS, Random, STEPS_MS, YEARS, Zone, civil,
    every_zone, histories,
};
use jiff::civil::Date;
use paneline::{Assigner, Assignment, Code, SlidingWindowSpec, TimeUnit, Window};

/// Instants worth asking about around a transition, in milliseconds.
fn instants(jump: Jump, random: &Random) -> Vec<i64> {
    let at = jump.at * 1_000;
    let shift = (jump.before - jump.after).abs() * 1_000;
    let mut times: Vec<i64> =
        [at - shift, at, at + shift].iter().flat_map(|edge| [edge - 1, *edge, edge + 1]).collect();
    for i in 0..12 {
        let reach = if i < 8 { 2 * shift } else { 8 * DAY_MS };
        times.push(at + random.between(-reach, reach));
    }
    times.sort_unstable();
    times
}

/// 1, 2, 3, 4 and 10 for every zone, and 14 around every transition.
#[test]
fn panes_tile_and_hold_their_events() {
    let random = Random::new(1);
    let mut turn = 0;
    for zone in every_zone() {
        let assigners = STEPS_MS.map(|step_ms| zone.assigner(step_ms));
        for &jump in zone.jumps_in(YEARS) {
            turn += 1;
            let (assigner, step_ms) = (&assigners[turn % 16], STEPS_MS[turn % 16]);
            let mut last = Window { start_ms: i64::MIN, end_ms: i64::MIN };
            for t_ms in instants(jump, &random) {
                let case = format!("{}, step {step_ms}, t {t_ms}", zone.name);
                let pane = assigner.pane(t_ms).unwrap();
                assert!(pane.contains(t_ms), "{case}: 1");
                let windows: Vec<_> = assigner.windows(t_ms).unwrap().collect();
                assert_eq!(windows, [pane], "{case}: 2");
                assert!(pane.start_ms >= last.start_ms, "{case}: 3");
                assert!(pane == last || pane.start_ms >= last.end_ms, "{case}: panes overlap");
                last = pane;
                let again = assigner.pane(pane.start_ms).unwrap();
                assert_eq!(again, pane, "{case}: 4");
                let before = assigner.pane(pane.start_ms - 1).unwrap();
                assert_eq!(before.end_ms, pane.start_ms, "{case}: neighbours do not touch");
                assert_eq!(assigner.next_boundary(t_ms).unwrap(), pane.end_ms, "{case}");
                check_length(&zone, step_ms, pane, &case);
            }
            let (from, to) = (jump.at * 1_000 - step_ms - 1, jump.at * 1_000 + 2 * step_ms + 1);
            check_tiling(assigner, from, to, zone.name);
        }
    }
}

/// 10: exactly a step unless a transition touches; at most a step and the held folds otherwise.
fn check_length(zone: &Zone, step_ms: i64, pane: Window, case: &str) {
    let length = pane.end_ms - pane.start_ms;
    let touching =
        zone.jumps_in(pane.start_ms.div_euclid(1_000)..pane.end_ms.div_euclid(1_000) + 1);
    if touching.is_empty() {
        assert_eq!(length, step_ms, "{case}: 10");
    }
    let held: i64 = touching
        .iter()
        .map(|jump| (jump.before - jump.after) * 1_000)
        .filter(|repeated| *repeated > 0 && step_ms > *repeated)
        .sum();
    assert!(0 < length && length <= step_ms + held, "{case}: 10, {length} ms");
}

/// 14: the panes of a range tile it.
fn check_tiling(assigner: &Assigner, from_ms: i64, to_ms: i64, name: &str) {
    let panes: Vec<_> = assigner.panes(from_ms, to_ms).unwrap().collect();
    assert_eq!(panes.len(), assigner.pane_count(from_ms, to_ms).unwrap());
    assert!(panes[0].contains(from_ms), "{name}: 14");
    assert!(panes[panes.len() - 1].contains(to_ms - 1), "{name}: 14");
    assert!(panes.windows(2).all(|pair| pair[0].end_ms == pair[1].start_ms), "{name}: 14");
}

/// 6: every event is in exactly duration / step windows, each of which holds it.
#[test]
fn civil_windows_are_counted() {
    let random = Random::new(6);
    for zone in histories() {
        for jump in zone.jumps_in(YEARS).iter().copied().step_by(5) {
            let step_ms = random.pick(&STEPS_MS[3..15]);
            let count = random.between(1, 48);
            let assigner = civil(zone.name, step_ms * count, step_ms);
            for t_ms in instants(jump, &random).into_iter().step_by(3) {
                let windows: Vec<_> = assigner.windows(t_ms).unwrap().collect();
                let case = format!("{}, {count} x {step_ms}, t {t_ms}", zone.name);
                assert_eq!(windows.len() as i64, count, "{case}: 6");
                assert!(windows.iter().all(|window| window.contains(t_ms)), "{case}: 1");
                assert!(windows.windows(2).all(|pair| pair[0] < pair[1]), "{case}: order");
                let last = windows.last().unwrap();
                assert_eq!(last.start_ms, assigner.pane(t_ms).unwrap().start_ms, "{case}");
            }
        }
    }
}

/// Windows are runs of consecutive panes, near transitions and away from them, before 1970 and
/// after: asked for one by one and in columns, they are those that single panes make.
#[test]
fn civil_windows_are_consecutive_panes() {
    let random = Random::new(16);
    let mut uneven = 0;
    for (turn, zone) in histories().into_iter().enumerate() {
        let years = DOMAIN.start + 366 * DAY..YEARS.end;
        for jump in zone.jumps_in(years).iter().copied().step_by(7) {
            let count = random.between(2, 16);
            let (step_ms, assigner) = if turn % 4 == 0 {
                let days = random.between(1, 3);
                let spec = SlidingWindowSpec {
                    calendar_unit: 1,
                    calendar_duration: (days * count) as u32,
                    calendar_step: days as u32,
                    timezone: zone.name.into(),
                    ..Default::default()
                };
                (days * DAY_MS, Assigner::new(&spec).unwrap())
            } else {
                let step_ms = random.pick(&STEPS_MS);
                (step_ms, civil(zone.name, count * step_ms, step_ms))
            };
            // The first and last panes from which a window reaches the transition, and beyond.
            let near_ms = assigner.pane(jump.at * 1_000).unwrap().start_ms;
            let mut times = Vec::new();
            for panes in [-count - 1, -count, 1 - count, -1, 0, 1, count - 1, count, count + 1] {
                let edge_ms = near_ms + panes * step_ms;
                times.extend([edge_ms - 1, edge_ms, edge_ms + random.between(0, 2 * step_ms)]);
            }
            let mut columns = Assignment::default();
            assigner.assign(&times, TimeUnit::Millisecond, &mut columns).unwrap();
            for (row, t_ms) in times.into_iter().enumerate() {
                let mut panes = vec![assigner.pane(t_ms).unwrap()];
                for _ in 1..count {
                    panes.insert(0, assigner.pane(panes[0].start_ms - 1).unwrap());
                    panes.push(assigner.pane(panes[panes.len() - 1].end_ms).unwrap());
                }
                let runs = panes.windows(count as usize);
                let wanted: Vec<_> = runs
                    .map(|run| Window {
                        start_ms: run[0].start_ms,
                        end_ms: run[run.len() - 1].end_ms,
                    })
                    .collect();
                let case = format!("{}, {count} x {step_ms}, t {t_ms}", zone.name);
                assert_eq!(assigner.windows(t_ms).unwrap().collect::<Vec<_>>(), wanted, "{case}");
                assert_eq!(columns.windows(row).collect::<Vec<_>>(), wanted, "{case}");
                uneven += usize::from(panes.iter().any(|p| p.end_ms - p.start_ms != step_ms));
            }
        }
    }
    assert!(uneven > 10_000, "only {uneven}");
}

/// 9: away from transitions a civil grid is the absolute grid moved by the offset, its own included.
#[test]
fn civil_is_absolute_away_from_transitions() {
    let random = Random::new(9);
    let mut compared = 0;
    for zone in every_zone() {
        for step_ms in STEPS_MS {
            let own_ms = random.pick(&[0, random.between(1 - step_ms, step_ms - 1)]);
            let spec = SlidingWindowSpec {
                duration_ms: step_ms,
                offset_ms: own_ms,
                timezone: zone.name.into(),
                ..Default::default()
            };
            let assigner = Assigner::new(&spec).unwrap();
            for _ in 0..8 {
                let t_ms = random.between(YEARS.start * 1_000, YEARS.end * 1_000);
                let reach = (step_ms + DAY_MS) / 1_000 + 1;
                let near = t_ms / 1_000 - reach..t_ms / 1_000 + reach + 1;
                if !zone.jumps_in(near).is_empty() {
                    continue;
                }
                let phase = own_ms - zone.offset(t_ms.div_euclid(1_000)) * 1_000;
                let start = t_ms - (t_ms - phase).rem_euclid(step_ms);
                let pane = assigner.pane(t_ms).unwrap();
                let expected = Window { start_ms: start, end_ms: start + step_ms };
                assert_eq!(pane, expected, "{spec:?}, t {t_ms}");
                compared += 1;
            }
        }
    }
    assert!(compared > 50_000, "only {compared}");
}

/// 11: one-day panes start exactly where jiff says that local days start, and the DAY unit agrees.
#[test]
fn day_panes_are_local_days() {
    for zone in histories() {
        let steps = zone.assigner(DAY_MS);
        let spec = SlidingWindowSpec {
            calendar_unit: 1,
            calendar_duration: 1,
            timezone: zone.name.into(),
            ..Default::default()
        };
        let units = Assigner::new(&spec).unwrap();
        let mut starts = Vec::new();
        let mut day = Date::constant(1970, 1, 2);
        for midnight in (DAY..YEARS.end).step_by(DAY as usize) {
            // A skipped day has no start of its own: its midnight falls on the next day.
            let near = zone.jumps_in(midnight - 2 * DAY..midnight + 2 * DAY);
            let gap = near
                .iter()
                .find(|jump| (jump.at + jump.before..jump.at + jump.after).contains(&midnight));
            starts.push(gap.map_or_else(
                || {
                    let start = zone.tz.to_ambiguous_timestamp(day.at(0, 0, 0, 0));
                    start.compatible().unwrap().as_millisecond()
                },
                |gap| gap.at * 1_000,
            ));
            day = day.tomorrow().unwrap();
        }
        starts.dedup();
        let (from, to) = (starts[0], *starts.last().unwrap());
        for assigner in [&steps, &units] {
            let panes: Vec<_> = assigner.panes(from, to).unwrap().map(|p| p.start_ms).collect();
            assert_eq!(panes, starts[..starts.len() - 1], "{}: 11", zone.name);
        }
    }
}

/// Local dates from 1900 to 2199 are accepted and no other, to the millisecond, in every zone.
#[test]
fn the_domain_is_the_local_dates_of_300_years() {
    // "UTC" is a constant offset, whose milliseconds are absolute.
    for zone in every_zone().into_iter().filter(|zone| zone.name != "UTC") {
        let assigner = zone.assigner(HOUR_MS);
        let first = (DOMAIN.start - zone.offset(DOMAIN.start)) * 1_000;
        let end = (DOMAIN.end - zone.offset(DOMAIN.end)) * 1_000;
        // The readings near the two edges belong to no transition, so the edges are exact.
        let edges = [DOMAIN.start, DOMAIN.end];
        let quiet = |jump: &Jump| edges.iter().all(|edge| (jump.at - edge).abs() > 2 * DAY);
        assert!(zone.jumps.iter().all(quiet), "{}", zone.name);
        for inside in [first, first + 1, end - 1] {
            assert!(assigner.pane(inside).unwrap().contains(inside), "{}", zone.name);
        }
        for outside in [first - 1, end, i64::MIN, i64::MAX] {
            let error = assigner.pane(outside).unwrap_err();
            assert_eq!((error.code(), error.path()), (Code::OutOfRange, "t_ms"), "{}", zone.name);
        }
    }
}

/// Calendar units start at the first instant at or after their local date-time, tile time, and
/// hold their events, with every option.
#[test]
fn calendar_units_tile() {
    let random = Random::new(7);
    for zone in histories().into_iter().step_by(2) {
        for _ in 0..4 {
            let unit = random.between(1, 5) as i32;
            let step = random.between(1, 3) as u32;
            let spec = SlidingWindowSpec {
                calendar_unit: unit,
                calendar_duration: step * random.between(1, 4) as u32,
                calendar_step: step,
                week_start: if unit == 2 { random.between(0, 6) as i32 } else { 0 },
                month_day: if unit > 2 { random.between(0, 28) as u32 } else { 0 },
                year_start_month: if unit > 3 { random.between(0, 12) as u32 } else { 0 },
                offset_ms: random.between(-DAY_MS + 1, DAY_MS - 1) / MINUTE_MS * MINUTE_MS,
                timezone: zone.name.into(),
                ..Default::default()
            };
            let assigner = Assigner::new(&spec).unwrap();
            let windows_of = (spec.calendar_duration / step) as usize;
            for _ in 0..20 {
                let t_ms = random.between(0, 2_145_916_800_000);
                let pane = assigner.pane(t_ms).unwrap();
                assert!(pane.contains(t_ms), "{spec:?} {t_ms}");
                assert_eq!(assigner.pane(pane.start_ms).unwrap(), pane, "{spec:?} {t_ms}");
                assert_eq!(assigner.pane(pane.end_ms - 1).unwrap(), pane, "{spec:?} {t_ms}");
                let windows: Vec<_> = assigner.windows(t_ms).unwrap().collect();
                assert_eq!(windows.len(), windows_of, "{spec:?} {t_ms}");
                assert!(windows.iter().all(|window| window.contains(t_ms)), "{spec:?} {t_ms}");
            }
        }
    }
}

/// CUMULATE: every window starts with the base pane, ends at a step boundary, and the last is the
/// base pane itself.
#[test]
fn cumulate_windows_grow_to_the_base_pane() {
    let random = Random::new(8);
    for zone in histories() {
        for jump in zone.jumps_in(YEARS).iter().copied().step_by(9) {
            let step_ms = random.pick(&STEPS_MS[3..12]);
            let duration_ms = step_ms * random.between(1, 24);
            let offset_ms =
                random.between(1 - duration_ms, duration_ms - 1) / MINUTE_MS * MINUTE_MS;
            let spec = SlidingWindowSpec {
                duration_ms,
                step_ms,
                offset_ms,
                kind: 1,
                timezone: zone.name.into(),
                ..Default::default()
            };
            let cumulate = Assigner::new(&spec).unwrap();
            let base = Assigner::new(&SlidingWindowSpec { kind: 0, step_ms: 0, ..spec.clone() });
            let base = base.unwrap();
            for t_ms in instants(jump, &random).into_iter().step_by(4) {
                let windows: Vec<_> = cumulate.windows(t_ms).unwrap().collect();
                let whole = base.pane(t_ms).unwrap();
                let case = format!("{spec:?}, t {t_ms}");
                assert_eq!(windows.last(), Some(&whole), "{case}");
                assert!(windows.iter().all(|w| w.start_ms == whole.start_ms), "{case}");
                assert!(windows.iter().all(|w| w.contains(t_ms)), "{case}");
                let mut end = t_ms;
                for window in windows {
                    end = cumulate.next_boundary(end).unwrap();
                    assert_eq!(window.end_ms, end, "{case}");
                }
            }
        }
    }
}
