//! Wall-clock readings to instants, against jiff, at both edges of every gap and fold and around.
#![allow(
    clippy::cast_possible_truncation,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;

use common::{DAY, DOMAIN, Random, Zone, histories};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use jiff::tz::AmbiguousOffset;
use paneline::{Ambiguous, Code, LocalClock, Reading, Transition, resolve_local};

fn date_time(reading_ms: i64) -> DateTime {
    let epoch = Date::constant(1970, 1, 1).at(0, 0, 0, 0);
    epoch.checked_add(SignedDuration::from_millis(reading_ms)).unwrap()
}

/// What jiff says of a reading.
fn expected(zone: &Zone, reading_ms: i64) -> Reading {
    let ambiguous = zone.tz.to_ambiguous_timestamp(date_time(reading_ms));
    let by = |offset: jiff::tz::Offset| reading_ms - i64::from(offset.seconds()) * 1_000;
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => Reading::Once { t_ms: by(offset) },
        AmbiguousOffset::Fold { before, after } => {
            Reading::Fold { first_ms: by(before), second_ms: by(after) }
        }
        AmbiguousOffset::Gap { before, after } => {
            Reading::Gap { earlier_ms: by(after), later_ms: by(before) }
        }
    }
}

/// Every transition of every history: the readings beside, on and within its two edges.
#[test]
fn readings_mean_what_jiff_says() {
    let random = Random::new(31);
    let (mut gaps, mut folds) = (0, 0);
    for zone in histories() {
        let clock = LocalClock::new(zone.name).unwrap();
        for jump in zone.jumps_in(DOMAIN.start + 3 * DAY..DOMAIN.end - 3 * DAY).iter().step_by(3) {
            let edges = [(jump.at + jump.before) * 1_000, (jump.at + jump.after) * 1_000];
            let inside = random.between(edges[0].min(edges[1]), edges[0].max(edges[1]));
            let near = jump.at * 1_000 + random.between(-2 * DAY, 2 * DAY) * 1_000;
            for reading_ms in
                edges.into_iter().flat_map(|edge| [edge - 1, edge, edge + 1]).chain([inside, near])
            {
                let wanted = expected(&zone, reading_ms);
                gaps += i32::from(matches!(wanted, Reading::Gap { .. }));
                folds += i32::from(matches!(wanted, Reading::Fold { .. }));
                let found = clock.read(reading_ms).unwrap();
                assert_eq!(found, wanted, "{}, reading {reading_ms}", zone.name);
            }
        }
    }
    assert!(gaps > 10_000 && folds > 10_000, "{gaps} gaps, {folds} folds");
}

/// The offset at an instant and the list of transitions are those of the database.
#[test]
fn offsets_and_transitions_are_the_databases() {
    let random = Random::new(32);
    for zone in histories() {
        let clock = LocalClock::new(zone.name).unwrap();
        let found: Vec<_> = clock.transitions().collect();
        let wanted = zone.jumps.iter().map(|jump| Transition {
            at_ms: jump.at * 1_000,
            before_ms: jump.before * 1_000,
            after_ms: jump.after * 1_000,
        });
        assert!(found.iter().copied().zip(wanted).all(|(a, b)| a == b), "{}", zone.name);
        assert!(found.len() >= zone.jumps.len(), "{}", zone.name);
        // 2301-01-01 is the end of the table, so that a window of 100 years is covered.
        assert!(found.iter().all(|one| one.at_ms < 10_445_241_600_000), "{}", zone.name);
        let last = found.last().map_or(0, |one| one.at_ms);
        assert!(found.len() < 300 || last > 10_445_241_600_000 - 400 * DAY * 1_000);
        // Every bucket of 2^33 ms in which a regime is looked up, and some after the last.
        for edge_ms in (-257..849_i64).map(|bucket| bucket << 33) {
            for t_ms in [edge_ms - 1, edge_ms] {
                let wanted = zone.offset(t_ms.div_euclid(1_000)) * 1_000;
                assert_eq!(clock.offset_ms(t_ms), wanted, "{} {t_ms} ms", zone.name);
            }
        }
        for jump in zone.jumps.iter().step_by(7) {
            for second in [jump.at - 1, jump.at, jump.at + random.between(-40 * DAY, 40 * DAY)] {
                let wanted = zone.offset(second) * 1_000;
                assert_eq!(clock.offset_ms(second * 1_000), wanted, "{} {second}", zone.name);
            }
        }
    }
}

/// The two edges of the domain, a bad row in a batch, and each choice.
#[test]
fn refusals_name_the_row_and_write_nothing() {
    let (first, end) = (DOMAIN.start * 1_000, DOMAIN.end * 1_000);
    let clock = LocalClock::new("Asia/Tokyo").unwrap();
    for inside in [first, end - 1] {
        let t_ms = clock.resolve(inside, Ambiguous::Reject).unwrap();
        assert_eq!(t_ms + clock.offset_ms(t_ms), inside);
    }
    for outside in [first - 1, end, i64::MIN, i64::MAX] {
        let error = clock.read(outside).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::OutOfRange, "local_ms"), "{outside}");
        let mut out = [7; 3];
        for choice in [Ambiguous::Earliest, Ambiguous::Latest, Ambiguous::Reject] {
            let column = [0, outside, outside];
            let error = resolve_local("Asia/Tokyo", &column, choice, &mut out).unwrap_err();
            assert_eq!((error.code(), error.path()), (Code::OutOfRange, "local_ms[1]"));
            assert_eq!(out, [7; 3], "written in spite of the error");
        }
    }
    for wrong in [0, 2, 4] {
        let mut out = vec![7; wrong];
        let error = resolve_local("Asia/Tokyo", &[0; 3], Ambiguous::Reject, &mut out).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "out_ms"));
        assert!(out.iter().all(|value| *value == 7));
    }
}

/// The fold and the gap of 2014 in New York, in every choice, with the words of the refusal.
#[test]
fn each_choice_is_the_documented_one() {
    let (fold, gap) = (1_414_891_800_000, 1_394_332_200_000);
    let cases = [
        (fold, "occurs twice", 1_414_906_200_000, 1_414_909_800_000),
        (gap, "does not occur", 1_394_346_600_000, 1_394_350_200_000),
    ];
    for (reading_ms, why, earliest, latest) in cases {
        let resolve = |choice| {
            let mut out = [0];
            resolve_local("America/New_York", &[reading_ms], choice, &mut out).map(|()| out[0])
        };
        assert_eq!(resolve(Ambiguous::Earliest), Ok(earliest));
        assert_eq!(resolve(Ambiguous::Latest), Ok(latest));
        let error = resolve(Ambiguous::Reject).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "local_ms[0]"));
        assert_eq!(
            error.message(),
            format!(
                "local time {reading_ms} ms {why} in America/New_York: choose earliest \
                 ({earliest}) or latest ({latest})"
            )
        );
    }
    for number in 0..3 {
        assert_eq!(Ambiguous::from_number(number).unwrap() as u32, number);
    }
    assert_eq!(Ambiguous::from_number(3), None);
}
