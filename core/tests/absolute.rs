//! Invariants of windows on Unix time, of units and of hostile values.
//! The numbers are those of section 12 of docs/SEMANTICS.md.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;

use common::{DAY_MS, HOUR_MS, Random};
use paneline::{Assigner, Assignment, Code, SlidingWindowSpec, TimeUnit, Window};

const INSTANT_MS_MAX: i64 = 8_640_000_000_000_000;

fn random_spec(random: &Random) -> SlidingWindowSpec {
    let step_ms = random.between(1, 10_i64.pow(random.between(1, 8) as u32));
    let duration_ms = step_ms + random.between(0, 40 * step_ms);
    SlidingWindowSpec {
        duration_ms,
        step_ms,
        align_to_epoch: true,
        offset_ms: random.between(1 - step_ms, step_ms - 1),
        ..Default::default()
    }
}

fn windows(assigner: &Assigner, t_ms: i64) -> Vec<Window> {
    assigner.windows(t_ms).unwrap().collect()
}

/// 1, 3, 5 and 7 against the definition: every grid start whose window holds the event.
#[test]
fn absolute_windows_are_those_that_hold_the_event() {
    let random = Random::new(5);
    for _ in 0..20_000 {
        let spec = random_spec(&random);
        let (step, duration) = (spec.step_ms, spec.duration_ms);
        let assigner = Assigner::new(&spec).unwrap();
        let t_ms = random.pick(&[
            random.between(-3 * duration, 3 * duration),
            random.between(-INSTANT_MS_MAX, INSTANT_MS_MAX),
            INSTANT_MS_MAX,
            -INSTANT_MS_MAX,
        ]);
        // From a grid point surely before the first window, try every grid point.
        let mut start = spec.offset_ms + (t_ms - spec.offset_ms).div_euclid(step) * step;
        start -= (duration / step + 2) * step;
        let mut expected = Vec::new();
        while start <= t_ms {
            let window = Window { start_ms: start, end_ms: start + duration };
            if window.contains(t_ms) {
                expected.push(window);
            }
            start += step;
        }
        let found = windows(&assigner, t_ms);
        assert_eq!(found, expected, "{spec:?} at {t_ms}");
        // 5: the count in closed form.
        let into = (t_ms - spec.offset_ms).rem_euclid(step);
        assert_eq!(found.len() as i64, (duration - into + step - 1) / step, "{spec:?} at {t_ms}");
        // 7: windows move with time.
        let k = random.between(-1_000, 1_000) * step;
        if (-INSTANT_MS_MAX..=INSTANT_MS_MAX).contains(&(t_ms + k)) {
            let moved: Vec<_> = found
                .iter()
                .map(|w| Window { start_ms: w.start_ms + k, end_ms: w.end_ms + k })
                .collect();
            assert_eq!(windows(&assigner, t_ms + k), moved, "{spec:?} at {t_ms} + {k}");
        }
    }
}

/// 8: a fixed offset is the absolute grid with a phase, for every offset and CUMULATE too.
#[test]
fn fixed_offsets_are_a_phase() {
    let random = Random::new(8);
    for minutes in (-18 * 60..=18 * 60).step_by(5) {
        let sign = if minutes < 0 { '-' } else { '+' };
        let m: i64 = i64::abs(minutes);
        let timezone = format!("{sign}{:02}:{:02}", m / 60, m % 60);
        let step_ms = random.pick(&[HOUR_MS, 6 * HOUR_MS, DAY_MS, 7_000]);
        for kind in [0, 1] {
            let duration_ms = step_ms * 4;
            let offset_ms = random.between(0, step_ms - 1);
            let modulus = if kind == 1 { duration_ms } else { step_ms };
            let fixed = SlidingWindowSpec {
                duration_ms,
                step_ms,
                offset_ms,
                kind,
                timezone: timezone.clone(),
                ..Default::default()
            };
            let phase = SlidingWindowSpec {
                timezone: String::new(),
                align_to_epoch: true,
                offset_ms: (offset_ms - minutes * 60_000).rem_euclid(modulus),
                ..fixed.clone()
            };
            let [fixed, phase] = [fixed, phase].map(|spec| Assigner::new(&spec).unwrap());
            for _ in 0..50 {
                let t_ms = random.between(-INSTANT_MS_MAX, INSTANT_MS_MAX);
                assert_eq!(windows(&fixed, t_ms), windows(&phase, t_ms), "{timezone} {t_ms}");
            }
        }
    }
}

/// 13: finer units give the windows of the floored millisecond, seconds those of the product.
#[test]
fn units_are_floored_milliseconds() {
    let random = Random::new(13);
    for timezone in ["", "America/New_York", "Asia/Kathmandu"] {
        let assigner = common::civil(timezone, HOUR_MS, 60_000);
        for _ in 0..2_000 {
            let ms = random.between(-2_000_000_000_000, 7_000_000_000_000);
            let ns_ms = random.between(-2_000_000_000_000, 7_000_000_000_000);
            for (unit, tick, floored) in [
                (TimeUnit::Second, ms.div_euclid(1_000), ms.div_euclid(1_000) * 1_000),
                (TimeUnit::Microsecond, ms * 1_000 + random.between(0, 999), ms),
                (TimeUnit::Nanosecond, ns_ms * 1_000_000 + random.between(0, 999_999), ns_ms),
            ] {
                let (mut a, mut b) = (Assignment::default(), Assignment::default());
                assigner.assign(&[tick], unit, &mut a).unwrap();
                assigner.assign(&[floored], TimeUnit::Millisecond, &mut b).unwrap();
                assert_eq!(a, b, "{timezone}: {tick} {unit:?}");
                let mut start = [0];
                assigner.pane_starts(&[tick], unit, &mut start).unwrap();
                assert_eq!(start[0], assigner.pane(floored).unwrap().start_ms);
            }
        }
    }
}

/// 17: any i64 in any call gives an answer or a clear error, for any spec that compiles.
#[test]
fn no_value_overflows() {
    let random = Random::new(17);
    let edges = [
        i64::MIN,
        i64::MIN + 1,
        -INSTANT_MS_MAX - 1,
        -INSTANT_MS_MAX,
        -2_208_988_800_000,
        -1,
        0,
        1,
        7_258_118_399_999,
        INSTANT_MS_MAX,
        INSTANT_MS_MAX + 1,
        i64::MAX - 1,
        i64::MAX,
    ];
    let zones = ["", "UTC", "+18:00", "-18:00", "America/New_York", "Pacific/Apia"];
    let lengths = [0, 1, 2, 7, 1_000, DAY_MS, 3_155_760_000_000, 3_155_760_000_001];
    let mut compiled = 0;
    for _ in 0..20_000 {
        let length = || match random.between(0, 9) {
            0 => random.next() as i64,
            _ => random.pick(&lengths),
        };
        let (duration_ms, step_ms, offset_ms, session_gap_ms) =
            (length(), length(), length(), length());
        let calendar = random.between(0, 3) == 0;
        let spec = SlidingWindowSpec {
            duration_ms: if calendar { 0 } else { duration_ms },
            step_ms: if calendar { 0 } else { step_ms },
            timezone: random.pick(&zones).into(),
            align_to_epoch: random.between(0, 3) == 0,
            offset_ms: if random.between(0, 3) > 0 { 0 } else { offset_ms },
            kind: random.pick(&[0, 0, 0, 1, 2, 3]),
            calendar_unit: if calendar { random.between(0, 6) as i32 } else { 0 },
            calendar_duration: if calendar {
                random.pick(&[0, 1, 100, 36_525, u32::MAX])
            } else {
                0
            },
            calendar_step: if calendar { random.pick(&[0, 1, 5, u32::MAX]) } else { 0 },
            month_day: if calendar { random.pick(&[0, 0, 0, 28, 29]) } else { 0 },
            session_gap_ms: if random.between(0, 9) == 0 { session_gap_ms } else { 0 },
            ..Default::default()
        };
        let Ok(assigner) = Assigner::new(&spec) else { continue };
        compiled += 1;
        for t_ms in [random.pick(&edges), random.pick(&edges), random.next() as i64] {
            // 100 windows say as much as 65,536 and keep the test quick.
            if let Ok(found) = assigner.windows(t_ms) {
                assert!(found.take(100).all(|window| window.contains(t_ms)), "{spec:?} {t_ms}");
            }
            if let Ok(pane) = assigner.pane(t_ms) {
                assert!(pane.contains(t_ms), "{spec:?} {t_ms}");
                assert_eq!(assigner.next_boundary(t_ms).unwrap(), pane.end_ms);
            }
            if let Ok(panes) = assigner.panes(t_ms, random.pick(&edges)) {
                assert!(panes.take(10).all(|pane| pane.start_ms < pane.end_ms), "{spec:?}");
            }
            for unit in [TimeUnit::Second, TimeUnit::Microsecond, TimeUnit::Nanosecond] {
                let mut start = [0];
                if assigner.pane_starts(&[t_ms], unit, &mut start).is_ok() {
                    assert!(start[0] <= INSTANT_MS_MAX);
                }
            }
        }
    }
    assert!(compiled > 2_000, "only {compiled} specs compiled");
}

/// A batch is all or nothing, names the first bad row, and refuses the sentinels in every unit.
#[test]
fn batches_are_all_or_nothing() {
    let assigner = common::civil("Europe/Berlin", 2 * HOUR_MS, HOUR_MS);
    for unit in
        [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond]
    {
        for bad in [i64::MIN, i64::MAX] {
            let times = [0, 1, bad, bad];
            let mut starts = [7; 4];
            let error = assigner.pane_starts(&times, unit, &mut starts).unwrap_err();
            assert_eq!((error.code(), error.path()), (Code::OutOfRange, "times[2]"));
            assert_eq!(starts, [7; 4]);
            let mut out = Assignment::default();
            assigner.assign(&[0], unit, &mut out).unwrap();
            let kept = out.clone();
            let error = assigner.assign(&times, unit, &mut out).unwrap_err();
            assert_eq!((error.code(), error.path()), (Code::OutOfRange, "times[2]"));
            assert_eq!(out, kept);
        }
    }
    let error = assigner.pane_starts(&[0], TimeUnit::Second, &mut []).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "out_ms"));
}

/// A bad row is found wherever it is in a long column, and the first of several is named.
#[test]
fn bad_rows_are_found_in_long_columns() {
    for (timezone, first_ms, last_ms) in [
        ("", -8_640_000_000_000_000, 8_640_000_000_000_000),
        ("Etc/GMT-9", -2_209_021_200_000, 7_258_085_999_999),
    ] {
        let assigner = common::civil(timezone, HOUR_MS, HOUR_MS);
        for row in [0, 1, 4_095, 4_096, 8_191, 8_192, 9_998] {
            for bad in [first_ms - 1, last_ms + 1] {
                let mut times = vec![first_ms; 10_000];
                times[5_000..].fill(last_ms);
                (times[row], times[9_999]) = (bad, i64::MIN);
                let mut starts = vec![7; times.len()];
                let refused = assigner.pane_starts(&times, TimeUnit::Millisecond, &mut starts);
                assert_eq!(refused.unwrap_err().path(), format!("times[{row}]"), "{timezone}");
                assert!(starts.iter().all(|start| *start == 7), "{timezone}: {bad} at {row}");
            }
        }
    }
}

/// A batch whose windows would not fit into memory is refused before anything is allocated.
#[test]
fn giant_batches_are_refused() {
    let spec =
        SlidingWindowSpec { duration_ms: 65_536, step_ms: 1, ..SlidingWindowSpec::default() };
    let assigner = Assigner::new(&spec).unwrap();
    let times = vec![0; paneline::BATCH_WINDOWS_MAX / 65_536 + 1];
    let mut out = Assignment::default();
    let error = assigner.assign(&times, TimeUnit::Millisecond, &mut out).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::MemoryLimit, "times"));
    assert_eq!(out, Assignment::default());
}

/// Batch and scalar calls give the same windows, reused columns or not.
#[test]
fn batches_are_the_scalar_answers() {
    let random = Random::new(21);
    let mut out = Assignment::default();
    for _ in 0..300 {
        let kind = random.between(0, 1) as i32;
        let step_ms = random.pick(&common::STEPS_MS[..15]);
        let timezone = random.pick(&["", "America/St_Johns", "Australia/Lord_Howe"]);
        // On Unix time a step need not divide the window.
        let uneven = timezone.is_empty() && kind == 0 && random.between(0, 1) == 0;
        let more_ms = if uneven { random.between(1, step_ms - 1) } else { 0 };
        let spec = SlidingWindowSpec {
            duration_ms: step_ms * random.between(1, 20) + more_ms,
            step_ms,
            kind,
            timezone: timezone.into(),
            ..Default::default()
        };
        let assigner = Assigner::new(&spec).unwrap();
        let rows = random.between(0, 50) as usize;
        // Rows apart, and rows that share panes with their neighbours.
        let base = random.between(0, 3_000_000_000_000);
        let reach = random.pick(&[2 * step_ms, 4_000_000_000_000]);
        let times: Vec<i64> = (0..rows).map(|_| base + random.between(0, reach)).collect();
        assigner.assign(&times, TimeUnit::Millisecond, &mut out).unwrap();
        assert_eq!(out.offsets.len(), rows + 1);
        for (row, &t_ms) in times.iter().enumerate() {
            assert_eq!(out.windows(row).collect::<Vec<_>>(), windows(&assigner, t_ms), "{spec:?}");
        }
    }
}
