//! The closed form against a walk: section 5 of docs/SEMANTICS.md read literally, second by second
//! over every transition. It protects the one rule for panes of every length.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;

use paneline::{Assigner, SlidingWindowSpec};

use common::{HOUR, Jump, Random, STEPS_MS, YEARS, Zone, histories};

/// Walks the wall clock from `from` to `to`, both sides of one transition, and calls `visit` with
/// every second and the start of its pane, from the first boundary on. All in seconds.
fn walk(jump: Jump, step: i64, offset: i64, from: i64, to: i64, mut visit: impl FnMut(i64, i64)) {
    let Jump { at, before, after } = jump;
    let on_grid = |reading: i64| (reading - offset).rem_euclid(step) == 0;
    let repeated = before - after;
    let mut start = None;
    for second in from..to {
        let boundary = if second == at && repeated < 0 {
            // Gap: a grid point lies in the readings [u + a, u + b].
            (at + before..=at + after).any(on_grid)
        } else if second == at && step <= repeated {
            // Fold, split: always.
            true
        } else if (at..at + repeated).contains(&second) && step > repeated {
            // Fold, held: no boundary in [u, u + a - b).
            false
        } else if second == at + repeated && step > repeated && repeated > 0 {
            // Fold, held: if the reading u + a is a grid point.
            on_grid(at + before)
        } else {
            on_grid(second + if second < at { before } else { after })
        };
        if boundary {
            start = Some(second);
        }
        if let Some(start) = start {
            visit(second, start);
        }
    }
}

fn compare(zone: &Zone, jump: Jump, step_ms: i64, random: &Random) -> u64 {
    let step = step_ms / 1_000;
    // Every other grid is moved, to either side.
    let offset = if random.between(0, 1) == 0 { 0 } else { random.between(1 - step, step - 1) };
    let assigner = Assigner::new(&SlidingWindowSpec {
        duration_ms: step_ms,
        offset_ms: offset * 1_000,
        timezone: zone.name.into(),
        ..Default::default()
    })
    .unwrap();
    // One step and an hour on either side, and the repeated or skipped hour itself.
    let reach = step + HOUR;
    let span = (jump.before - jump.after).max(0);
    let (from, to) = (jump.at - reach - step, jump.at + span + reach);
    if zone.jumps_in(from..to).len() > 1 {
        return 0;
    }
    // Every boundary and the seconds around the transition, and about a hundred others.
    let thin = (to - from) / 100 + 1;
    let mut samples = 0;
    walk(jump, step, offset, from, to, |second, start| {
        let near = (second - jump.at).abs() <= 2 || (second - jump.at - span).abs() <= 2;
        if near || second == start || second % thin == 0 {
            let t_ms = second * 1_000 + random.between(0, 999);
            let pane = assigner.pane(t_ms).unwrap();
            let name = zone.name;
            assert_eq!(
                pane.start_ms,
                start * 1_000,
                "{name}, step {step_ms}, offset {offset} s, t {t_ms}"
            );
            assert!(pane.contains(t_ms), "{name}, step {step_ms}, t {t_ms}");
            samples += 1;
        }
    });
    samples
}

/// Every history, every transition from 1970 to 2037, four of the steps up to three hours each in
/// turn; the longer ones, whose walks are long, at every fourth transition.
#[test]
fn closed_form_is_the_walk() {
    let random = Random::new(12);
    let (mut samples, mut turn) = (0, 0);
    let (short, long) = STEPS_MS[..15].split_at(11);
    for zone in histories() {
        for &jump in zone.jumps_in(YEARS) {
            for i in 0..4 {
                samples += compare(&zone, jump, short[(turn + i * 3) % short.len()], &random);
            }
            if turn % 4 == 0 {
                samples += compare(&zone, jump, long[turn / 4 % long.len()], &random);
            }
            turn += 1;
        }
    }
    println!("{samples} samples");
    assert!(samples >= 3_000_000, "only {samples} samples");
}

/// Offsets with seconds, before 1970: Amsterdam's +00:19:32, Monrovia's -00:44:30.
#[test]
fn closed_form_is_the_walk_with_offsets_of_seconds() {
    let random = Random::new(13);
    let mut samples = 0;
    for zone in histories() {
        let uneven = |jump: &Jump| jump.before % 60 != 0 || jump.after % 60 != 0;
        for jump in zone.jumps.iter().copied().filter(uneven) {
            for step_ms in STEPS_MS.into_iter().take(15) {
                samples += compare(&zone, jump, step_ms, &random);
            }
        }
    }
    println!("{samples} samples");
    assert!(samples >= 100_000, "only {samples} samples");
}
