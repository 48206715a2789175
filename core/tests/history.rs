//! Other releases' offsets: the embedded ones given back are the embedded zone, and the first
//! change is the one that comparing window after window finds.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;

use common::{DAY_MS, DOMAIN, HOUR, HOUR_MS, MINUTE_MS, Random, STEPS_MS, histories};
use paneline::{
    Assigner, CalendarUnit, Code, LocalClock, SlidingWindowSpec, Window, WindowKind, ZoneHistory,
};

/// The offsets of the embedded zone, up to an instant.
fn embedded(name: &str, end_s: i64) -> (i64, Vec<(i64, i64)>) {
    let clock = LocalClock::new(name).unwrap();
    let transitions = clock
        .transitions()
        .map(|transition| (transition.at_ms / 1_000, transition.after_ms / 1_000))
        .filter(|(at_s, _)| *at_s < end_s)
        .collect();
    (clock.offset_ms(i64::MIN) / 1_000, transitions)
}

/// Protects the way through a list: with its own offsets every zone keeps its fingerprint and its
/// windows, and nothing changes.
#[test]
fn the_embedded_offsets_are_the_embedded_zone() {
    let random = Random::new(41);
    for zone in histories() {
        let (first_s, transitions) = embedded(zone.name, i64::MAX);
        let history = ZoneHistory::new(first_s, &transitions).unwrap();
        let spec = SlidingWindowSpec {
            duration_ms: random.pick(&STEPS_MS),
            timezone: zone.name.into(),
            ..Default::default()
        };
        let (ours, theirs) =
            (Assigner::new(&spec).unwrap(), Assigner::with_history(&spec, &history).unwrap());
        assert_eq!(ours.fingerprint(), theirs.fingerprint(), "{}", zone.name);
        assert_eq!(ours.first_change(&theirs, i64::MIN).unwrap(), None, "{}", zone.name);
        let t_ms = 1_000 * random.between(DOMAIN.start + 86_400, DOMAIN.end - 2 * 86_400);
        assert_eq!(ours.pane(t_ms).unwrap(), theirs.pane(t_ms).unwrap(), "{}", zone.name);
    }
}

/// Protects the worked case: New York without summer time from 2027 on. By hand: 2027-03-14 02:00
/// EST, 07:00Z, is skipped no longer. So the day from 05:00Z ends at 05:00Z instead of 04:00Z, the
/// 6 h pane from 05:00Z at 11:00Z instead of 10:00Z, and hours stay where they are.
#[test]
fn new_york_without_summer_time() {
    let (first_s, mut transitions) = embedded("America/New_York", 1_800_000_000);
    assert_eq!(transitions.pop(), Some((1_793_512_800, -5 * HOUR)));
    transitions.push((1_793_512_800, -5 * HOUR)); // 2026-11-01T06:00Z, the last one that stays.
    let history = ZoneHistory::new(first_s, &transitions).unwrap();
    let march_14 = 1_804_982_400_000; // 2027-03-14T00:00Z
    let spec = SlidingWindowSpec { timezone: "America/New_York".into(), ..Default::default() };
    let hours = |duration, step| SlidingWindowSpec {
        duration_ms: duration * HOUR_MS,
        step_ms: step * HOUR_MS,
        ..spec.clone()
    };
    let months = SlidingWindowSpec {
        calendar_unit: CalendarUnit::Month.into(),
        calendar_duration: 2,
        calendar_step: 1,
        ..spec.clone()
    };
    let growing = SlidingWindowSpec { kind: WindowKind::Cumulate.into(), ..hours(24, 1) };
    for (spec, wanted_h) in [
        (hours(24, 24), Some(5)),
        (hours(6, 6), Some(5)),
        (hours(12, 6), Some(-1)),
        (hours(1, 1), None),
        (hours(24, 1), None),
        (growing, Some(5)),
        // February and March: March ends an hour later. 2027-02-01T05:00Z.
        (months, Some(-41 * 24 + 5)),
        (SlidingWindowSpec { align_to_epoch: true, ..hours(24, 24) }, None),
        (SlidingWindowSpec { timezone: "-05:00".into(), ..hours(24, 24) }, None),
    ] {
        let theirs = Assigner::with_history(&spec, &history).unwrap();
        let ours = Assigner::new(&spec).unwrap();
        let wanted = wanted_h.map(|hours| march_14 + hours * HOUR_MS);
        assert_eq!(ours.first_change(&theirs, i64::MIN).unwrap(), wanted, "{spec:?}");
        assert_eq!(theirs.first_change(&ours, i64::MIN).unwrap(), wanted, "{spec:?}");
        let same = spec.align_to_epoch || spec.timezone.starts_with('-');
        assert_eq!(ours.fingerprint() == theirs.fingerprint(), same, "{spec:?}");
    }
}

/// A history of a few jumps in the spring of 1970, which may be the other one's up to some jump.
fn spring(random: &Random, other: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let shared = random.between(0, i64::try_from(other.len()).unwrap()) as usize;
    let mut transitions = other[..shared].to_vec();
    let (mut at_s, mut offset_s) = transitions.last().copied().unwrap_or((90 * 86_400, 0));
    for _ in 0..random.between(0, 3) {
        let jump_s = random.pick(&[-86_400, -7_200, -3_600, -1_800, -60, 60, 1_800, 3_600, 86_400]);
        // Off the hour at times, and no nearer than a fold is long.
        at_s += random.pick(&[1, 2, 4, 24, 72]) * HOUR + random.pick(&[0, 0, 60, 1_000]) + 86_400;
        if (offset_s + jump_s).abs() < 26 * HOUR {
            offset_s += jump_s;
            transitions.push((at_s, offset_s));
        }
    }
    transitions
}

fn random_spec(random: &Random) -> SlidingWindowSpec {
    let step_ms = random.pick(&STEPS_MS).max(10 * MINUTE_MS);
    let panes = random.pick(&[1, 1, 2, 3, 7]);
    let spec = SlidingWindowSpec { timezone: "Any/Where".into(), ..Default::default() };
    let kind = random.pick(&[WindowKind::Sliding, WindowKind::Sliding, WindowKind::Cumulate]);
    if random.between(0, 3) > 0 {
        return SlidingWindowSpec {
            duration_ms: panes * step_ms,
            step_ms,
            offset_ms: random.pick(&[0, 0, 5 * MINUTE_MS, -MINUTE_MS]),
            kind: kind.into(),
            ..spec
        };
    }
    let unit = random.pick(&[CalendarUnit::Day, CalendarUnit::Week, CalendarUnit::Month]);
    SlidingWindowSpec {
        calendar_unit: unit.into(),
        calendar_duration: u32::try_from(panes).unwrap(),
        calendar_step: 1,
        offset_ms: random.pick(&[0, 0, 2 * HOUR_MS]),
        kind: kind.into(),
        ..spec
    }
}

/// Protects the shortcut between transitions: the answer is the first instant at which the lists
/// of windows differ, found by asking both at every boundary of either.
#[test]
fn the_first_change_is_the_first_that_a_walk_finds() {
    let random = Random::new(42);
    let (mut changed, mut rounds) = (0, 0);
    while rounds < 1_500 {
        let one = spring(&random, &[]);
        let other = spring(&random, &one);
        let [Ok(one), Ok(other)] = [one, other].map(|jumps| ZoneHistory::new(0, &jumps)) else {
            continue;
        };
        rounds += 1;
        let spec = random_spec(&random);
        let [one, other] =
            [one, other].map(|history| Assigner::with_history(&spec, &history).unwrap());
        let from_ms = random.pick(&[-240, 0, random.between(80, 110)]) * DAY_MS;
        let found = one.first_change(&other, from_ms).unwrap();
        assert_eq!(found, other.first_change(&one, from_ms).unwrap());
        changed += usize::from(found.is_some());

        let (mut t_ms, end_ms) = (from_ms, 130 * DAY_MS);
        let mut walked = None;
        while t_ms < end_ms && walked.is_none() {
            let list = |by: &Assigner| by.windows(t_ms).unwrap().collect::<Vec<Window>>();
            if list(&one) == list(&other) {
                let [a, b] = [&one, &other].map(|by| by.next_boundary(t_ms).unwrap());
                t_ms = a.min(b);
            } else {
                walked = Some(t_ms);
            }
        }
        if let Some(walked) = walked {
            assert_eq!(found, Some(walked), "{spec:?}");
        } else {
            assert!(found.is_none_or(|t_ms| t_ms >= end_ms), "{spec:?}: {found:?}");
        }
    }
    assert!(changed > 300 && changed < rounds - 100, "{changed} of {rounds} changed");
}

/// Days of a place whose clock is the list's.
fn days(first_s: i64, transitions: &[(i64, i64)]) -> Assigner {
    let spec = SlidingWindowSpec {
        duration_ms: DAY_MS,
        timezone: "Any/Where".into(),
        ..Default::default()
    };
    Assigner::with_history(&spec, &ZoneHistory::new(first_s, transitions).unwrap()).unwrap()
}

/// Protects the range: clocks that differ before 1900 differ from the first time that both have.
#[test]
fn a_change_from_the_beginning() {
    let (east, west) = (days(7_200, &[(0, 0)]), days(3_600, &[(0, 0)]));
    let first_ms = DOMAIN.start * 1_000 - HOUR_MS;
    assert_eq!(east.first_change(&west, i64::MIN).unwrap(), Some(first_ms));
    assert_eq!(east.first_change(&west, 2 * DAY_MS).unwrap(), None);
    assert_eq!(east.first_change(&west, i64::MAX).unwrap(), None);
    assert!(east.windows(first_ms).is_ok() && west.windows(first_ms - 1).is_err());
}

/// Protects the other end: the last time that both clocks have is one of them, and the next is not.
#[test]
fn a_change_to_the_end() {
    let (east, west) = (days(0, &[(0, 7_200)]), days(0, &[(0, 3_600)]));
    let last_ms = DOMAIN.end * 1_000 - 2 * HOUR_MS - 1;
    assert_eq!(east.first_change(&west, last_ms).unwrap(), Some(last_ms));
    assert_eq!(west.first_change(&east, last_ms + 1).unwrap(), None);
    assert!(east.windows(last_ms + 1).is_err() && west.windows(last_ms + 1).is_ok());
}

/// Protects the fingerprint's last day: on a clock far west of UTC 2199 ends on 2 January, so a
/// release that moves such a clock on the 1st is another one. What it does from the 2nd on is not.
#[test]
fn fingerprints_end_with_the_first_of_january_2200() {
    let end_s = DOMAIN.end + 86_400;
    let [kept, moved, later] = [&[][..], &[(end_s - 1, 0)], &[(end_s, 0)]]
        .map(|transitions| days(-24 * HOUR, transitions));
    assert_ne!(kept.fingerprint(), moved.fingerprint());
    assert_eq!(kept.first_change(&moved, 0).unwrap(), Some(DOMAIN.end * 1_000));
    assert_eq!(kept.fingerprint(), later.fingerprint());
}

/// Protects other releases from being refused: what lies on a bound is taken.
#[test]
fn taken() {
    for (first_s, transitions) in [
        (93_599, &[(-2_209_075_200, -93_599)][..]),
        (-93_599, &[(10_445_241_599, 93_599)]),
        (0, &[(0, -60), (61, -30)]),
    ] {
        assert!(ZoneHistory::new(first_s, transitions).is_ok(), "{first_s}, {transitions:?}");
    }
}

/// Protects the grid from lists that no zone can have; each refusal names its place.
#[test]
fn refused() {
    let late = DOMAIN.end + 101 * 366 * 86_400;
    for (first_s, transitions, path, message) in [
        (93_600, &[][..], "first_offset_s", "an offset is at most 93599 s, got 93600"),
        (0, &[(0, 1), (5, -93_600)], "transitions[1]", "an offset is at most 93599 s, got -93600"),
        (0, &[(0, 1), (0, 2)], "transitions[1]", "an instant must lie in 1..10445241600 s, got 0"),
        (0, &[(late, 1)], "transitions[0]", "an instant must lie in -2209075200..10445241600 s"),
        (0, &[(i64::MIN, 1)], "transitions[0]", "got -9223372036854775808"),
        (0, &[(0, i64::MIN)], "transitions[0]", "an offset is at most"),
        (5, &[(0, 5)], "transitions[0]", "the offset must differ from the one before, got 5 twice"),
        (
            0,
            &[(-5, 60), (100, 0), (159, 30), (9_000, 0)],
            "transitions[2]",
            "must come after the span that 100 s repeats is over",
        ),
        (
            0,
            &[(-5, 60), (100, 0), (160, 30), (9_000, 0)],
            "transitions[2]",
            "must come after the span that 100 s repeats is over",
        ),
    ] {
        let error = ZoneHistory::new(first_s, transitions).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::InvalidArgument, path));
        assert!(error.message().contains(message), "{}", error.message());
    }
    let assigner = |duration_ms| {
        Assigner::new(&SlidingWindowSpec { duration_ms, ..Default::default() }).unwrap()
    };
    let error = assigner(1_000).first_change(&assigner(2_000), 0).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "other"));
}
