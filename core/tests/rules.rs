//! The bounds of section 6 of docs/SEMANTICS.md, each from both sides, and what a reader must not
//! pass over in silence. The oracle's vectors hold the same rules for every language; these run in
//! milliseconds.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use paneline::{
    Assigner, Assignment, BATCH_WINDOWS_MAX, Code, Error, PANES_MAX, SlidingWindowSpec, TimeUnit,
    spec,
};

fn compile(json: &str) -> Result<Assigner, Error> {
    Assigner::new(&spec::from_json(&json.replace('\'', "\""))?)
}

/// The last values that each rule allows.
#[test]
fn bounds_are_inclusive_where_the_rules_say_so() {
    for json in [
        "{'duration_ms': 1}",
        "{'duration_ms': 3155760000000}",
        "{'duration_ms': 65536, 'step_ms': 1}",
        "{'duration_ms': 131071, 'step_ms': 2}",
        "{'duration_ms': 10, 'step_ms': 10}",
        "{'duration_ms': 10, 'step_ms': 3}",
        "{'duration_ms': 10, 'step_ms': 3, 'timezone': 'Asia/Tokyo', 'align_to_epoch': true}",
        "{'duration_ms': 10, 'step_ms': 3, 'timezone': '+09:00'}",
        "{'duration_ms': 10, 'step_ms': 5, 'offset_ms': 4}",
        "{'duration_ms': 10, 'step_ms': 5, 'offset_ms': -4}",
        "{'kind': 1, 'duration_ms': 10, 'step_ms': 5, 'offset_ms': 9}",
        "{'kind': 1, 'duration_ms': 10, 'step_ms': 5, 'offset_ms': -9}",
        "{'duration_ms': 1, 'timezone': '+18:00'}",
        "{'duration_ms': 1, 'timezone': '-18:00'}",
        "{'duration_ms': 1, 'timezone': '+00:59'}",
        "{'duration_ms': 1, 'semantics_version': 1}",
        "{'duration_ms': 1, 'tzdb_version': '2026f'}",
        "{'duration_ms': 1, 'allowed_lateness_ms': 9223372036854775807}",
        "{'kind': 2, 'session_gap_ms': 1}",
        "{'kind': 2, 'session_gap_ms': 3155760000000}",
        "{'kind': 2, 'session_gap_ms': 1, 'timezone': 'Nowhere/At_All', 'align_to_epoch': true}",
        "{'calendar_unit': 1, 'calendar_duration': 36525}",
        "{'calendar_unit': 2, 'calendar_duration': 5217}",
        "{'calendar_unit': 3, 'calendar_duration': 1200}",
        "{'calendar_unit': 4, 'calendar_duration': 400}",
        "{'calendar_unit': 5, 'calendar_duration': 100}",
        "{'calendar_unit': 5, 'calendar_duration': 4, 'calendar_step': 2}",
        "{'calendar_unit': 2, 'calendar_duration': 1, 'week_start': 6}",
        "{'calendar_unit': 3, 'calendar_duration': 1, 'month_day': 28}",
        "{'calendar_unit': 4, 'calendar_duration': 1, 'month_day': 28, 'year_start_month': 12}",
        "{'calendar_unit': 5, 'calendar_duration': 1, 'month_day': 28, 'year_start_month': 12}",
        "{'calendar_unit': 1, 'calendar_duration': 1, 'offset_ms': 86399999}",
        "{'calendar_unit': 1, 'calendar_duration': 1, 'offset_ms': -86399999}",
    ] {
        compile(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    }
}

/// The first values beyond each rule, with the field that is blamed.
#[test]
fn what_lies_beyond_a_bound_is_refused_at_its_field() {
    for (json, path) in [
        ("{}", "duration_ms"),
        ("{'duration_ms': -1}", "duration_ms"),
        ("{'duration_ms': 3155760000001}", "duration_ms"),
        ("{'duration_ms': 5, 'step_ms': -1}", "step_ms"),
        ("{'duration_ms': 5, 'step_ms': 6}", "step_ms"),
        ("{'duration_ms': 65537, 'step_ms': 1}", "step_ms"),
        ("{'duration_ms': 131073, 'step_ms': 2}", "step_ms"),
        ("{'duration_ms': 10, 'step_ms': 3, 'timezone': 'Asia/Tokyo'}", "step_ms"),
        ("{'duration_ms': 10, 'step_ms': 3, 'kind': 1}", "step_ms"),
        ("{'duration_ms': 10, 'step_ms': 5, 'offset_ms': 5}", "offset_ms"),
        ("{'duration_ms': 10, 'step_ms': 5, 'offset_ms': -5}", "offset_ms"),
        ("{'kind': 1, 'duration_ms': 10, 'step_ms': 5, 'offset_ms': 10}", "offset_ms"),
        ("{'duration_ms': 1, 'offset_ms': -9223372036854775808}", "offset_ms"),
        ("{'duration_ms': 1, 'allowed_lateness_ms': -1}", "allowed_lateness_ms"),
        ("{'duration_ms': 1, 'kind': 3}", "kind"),
        ("{'duration_ms': 1, 'kind': -1}", "kind"),
        ("{'duration_ms': 1, 'calendar_unit': 6}", "calendar_unit"),
        ("{'duration_ms': 1, 'week_start': 7}", "week_start"),
        ("{'duration_ms': 1, 'week_start': 1}", "week_start"),
        ("{'duration_ms': 1, 'calendar_duration': 1}", "calendar_duration"),
        ("{'duration_ms': 1, 'calendar_step': 1}", "calendar_step"),
        ("{'duration_ms': 1, 'month_day': 1}", "month_day"),
        ("{'duration_ms': 1, 'year_start_month': 1}", "year_start_month"),
        ("{'duration_ms': 1, 'session_gap_ms': 1}", "session_gap_ms"),
        ("{'kind': 2}", "session_gap_ms"),
        ("{'kind': 2, 'session_gap_ms': -1}", "session_gap_ms"),
        ("{'kind': 2, 'session_gap_ms': 3155760000001}", "session_gap_ms"),
        ("{'kind': 2, 'session_gap_ms': 1, 'duration_ms': 1}", "duration_ms"),
        ("{'kind': 2, 'session_gap_ms': 1, 'step_ms': 1}", "step_ms"),
        ("{'kind': 2, 'session_gap_ms': 1, 'offset_ms': 1}", "offset_ms"),
        ("{'kind': 2, 'session_gap_ms': 1, 'calendar_unit': 1}", "calendar_unit"),
        ("{'kind': 2, 'session_gap_ms': 1, 'calendar_duration': 1}", "calendar_duration"),
        ("{'kind': 2, 'session_gap_ms': 1, 'week_start': 1}", "week_start"),
        ("{'calendar_unit': 1}", "calendar_duration"),
        ("{'calendar_unit': 1, 'calendar_duration': 36526}", "calendar_duration"),
        ("{'calendar_unit': 2, 'calendar_duration': 5218}", "calendar_duration"),
        ("{'calendar_unit': 3, 'calendar_duration': 1201}", "calendar_duration"),
        ("{'calendar_unit': 4, 'calendar_duration': 401}", "calendar_duration"),
        ("{'calendar_unit': 5, 'calendar_duration': 101}", "calendar_duration"),
        ("{'calendar_unit': 1, 'calendar_duration': 4, 'calendar_step': 3}", "calendar_step"),
        ("{'calendar_unit': 1, 'calendar_duration': 4, 'calendar_step': 8}", "calendar_step"),
        ("{'calendar_unit': 1, 'calendar_duration': 1, 'duration_ms': 1}", "duration_ms"),
        ("{'calendar_unit': 1, 'calendar_duration': 1, 'step_ms': 1}", "step_ms"),
        ("{'calendar_unit': 1, 'calendar_duration': 1, 'session_gap_ms': 1}", "session_gap_ms"),
        ("{'calendar_unit': 1, 'calendar_duration': 1, 'align_to_epoch': true}", "align_to_epoch"),
        ("{'calendar_unit': 1, 'calendar_duration': 1, 'offset_ms': 86400000}", "offset_ms"),
        ("{'calendar_unit': 1, 'calendar_duration': 1, 'offset_ms': -86400000}", "offset_ms"),
        ("{'calendar_unit': 1, 'calendar_duration': 1, 'week_start': 1}", "week_start"),
        ("{'calendar_unit': 1, 'calendar_duration': 1, 'month_day': 1}", "month_day"),
        ("{'calendar_unit': 2, 'calendar_duration': 1, 'month_day': 1}", "month_day"),
        ("{'calendar_unit': 3, 'calendar_duration': 1, 'year_start_month': 2}", "year_start_month"),
        ("{'calendar_unit': 3, 'calendar_duration': 1, 'month_day': 29}", "month_day"),
        (
            "{'calendar_unit': 5, 'calendar_duration': 1, 'year_start_month': 13}",
            "year_start_month",
        ),
        // Of several faults the lowest field number's, wherever it was found.
        ("{'duration_ms': -1, 'step_ms': -1, 'timezone': 'CST', 'offset_ms': 9}", "duration_ms"),
        ("{'duration_ms': 5, 'step_ms': -1, 'allowed_lateness_ms': -1, 'month_day': 1}", "step_ms"),
        ("{'duration_ms': 5, 'calendar_step': 1, 'allowed_lateness_ms': -1}", "calendar_step"),
    ] {
        let error = compile(json).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::InvalidSpec, path), "{json}: {error}");
    }
}

/// Of two faults of one field the first is told: a negative length is no matter of 100 years.
#[test]
fn negative_lengths_are_told_their_own_bound() {
    for (json, message) in [
        ("{'duration_ms': -1}", "duration_ms must be > 0, got -1"),
        ("{'duration_ms': 5, 'step_ms': -1}", "step_ms must be >= 0 (0 = duration_ms), got -1"),
    ] {
        assert_eq!(compile(json).unwrap_err().message(), message);
    }
}

/// Faults whose code is another: zones and versions.
#[test]
fn zones_and_versions_have_codes_of_their_own() {
    let zones = [
        "+18:01", "-18:01", "+19:00", "+08:60", "+8:00", "+0800", "+08-00", "+ab:cd", "+",
        "+08:00 ",
    ];
    for zone in zones.into_iter().chain(["utc", "CST", "asia/tokyo", "Asia/Tokyo ", "Z"]) {
        let error = compile(&format!("{{'duration_ms': 1, 'timezone': '{zone}'}}")).unwrap_err();
        let found = (error.code(), error.path());
        assert_eq!(found, (Code::UnknownTimezone, "timezone"), "{zone:?}: {error}");
    }
    for (json, path) in [
        ("{'duration_ms': 1, 'tzdb_version': '2020a'}", "tzdb_version"),
        ("{'duration_ms': 1, 'semantics_version': 2}", "semantics_version"),
    ] {
        let error = compile(json).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::VersionMismatch, path), "{json}");
    }
}

/// The sign, hours and minutes of a fixed offset reach the grid.
#[test]
fn fixed_offsets_move_the_day() {
    for (zone, minutes) in [("+05:45", 345), ("-05:45", -345), ("+18:00", 1_080), ("-00:01", -1)] {
        let day = compile(&format!("{{'duration_ms': 86400000, 'timezone': '{zone}'}}")).unwrap();
        let start_ms = day.pane(0).unwrap().start_ms;
        assert_eq!(start_ms, (-minutes * 60_000_i64).rem_euclid(86_400_000) - 86_400_000, "{zone}");
    }
}

/// One message for all that mean the same: what section 10 normalises, and what it keeps.
#[test]
fn canonical_specs_are_the_documented_ones() {
    for (json, canonical) in [
        ("{'duration_ms': 60}", "{'duration_ms': 60, 'step_ms': 60}"),
        (
            "{'duration_ms': 60, 'step_ms': 20, 'offset_ms': -1, 'timezone': 'UTC'}",
            "{'duration_ms': 60, 'step_ms': 20, 'offset_ms': 19}",
        ),
        (
            "{'kind': 1, 'duration_ms': 60, 'step_ms': 20, 'offset_ms': -1, 'timezone': '-00:00'}",
            "{'kind': 1, 'duration_ms': 60, 'step_ms': 20, 'offset_ms': 59}",
        ),
        (
            "{'duration_ms': 60, 'timezone': '+05:30', 'tzdb_version': '2026f'}",
            "{'duration_ms': 60, 'step_ms': 60, 'timezone': '+05:30'}",
        ),
        (
            "{'kind': 2, 'session_gap_ms': 5, 'timezone': 'x', 'align_to_epoch': true}",
            "{'kind': 2, 'session_gap_ms': 5}",
        ),
        (
            "{'calendar_unit': 5, 'calendar_duration': 2, 'month_day': 1, 'year_start_month': 1, \
             'offset_ms': -5, 'semantics_version': 1}",
            "{'calendar_unit': 5, 'calendar_duration': 2, 'calendar_step': 2, 'offset_ms': -5}",
        ),
        (
            "{'calendar_unit': 5, 'calendar_duration': 4, 'calendar_step': 2, 'month_day': 2, \
             'year_start_month': 4, 'allowed_lateness_ms': 3}",
            "{'calendar_unit': 5, 'calendar_duration': 4, 'calendar_step': 2, 'month_day': 2, \
             'year_start_month': 4, 'allowed_lateness_ms': 3}",
        ),
    ] {
        let wanted = spec::from_json(&canonical.replace('\'', "\"")).unwrap();
        let assigner = compile(json).unwrap();
        assert_eq!(*assigner.spec(), wanted, "{json}");
        assert_eq!(Assigner::new(&wanted).unwrap().fingerprint(), assigner.fingerprint(), "{json}");
        assert!(!format!("{assigner:?}").is_empty());
    }
}

/// A newer spec in an older library: unknown fields are refused, alone, among others, as any wire
/// type; the lowest number is named. Fields inside an unknown group belong to the group.
#[test]
fn unknown_fields_are_refused() {
    let known = spec::to_proto(&SlidingWindowSpec { duration_ms: 1, ..Default::default() });
    for (bytes, path) in [
        (&[0x98, 0x06, 0x01][..], "#99"),
        (&[0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8], "#99"),
        (&[0x9a, 0x06, 0x02, 0x08, 0x01], "#99"),
        (&[0x9d, 0x06, 1, 2, 3, 4], "#99"),
        (&[0x9b, 0x06, 0x08, 0x05, 0x9c, 0x06], "#99"),
        (&[0x98, 0x06, 0x01, 0x98, 0x01, 0x01], "#19"),
        (&[0x98, 0x01, 0x01, 0x98, 0x06, 0x01], "#19"),
        // Field 20 of a group, not of the spec.
        (&[0x9b, 0x06, 0xa0, 0x01, 0x05, 0x9c, 0x06], "#99"),
        // A reserved number, and the largest there is.
        (&[0x68, 0x01], "#13"),
        (&[0xf8, 0xff, 0xff, 0xff, 0x0f, 0x01], "#536870911"),
    ] {
        for message in [bytes.to_vec(), [&known, bytes].concat(), [bytes, &known].concat()] {
            let error = spec::from_proto(&message).unwrap_err();
            let found = (error.code(), error.path());
            assert_eq!(found, (Code::UnsupportedField, path), "{message:?}: {error}");
        }
    }
    let error = spec::from_json(r#"{"duration_ms": 1, "session_max_ms": 5}"#).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::UnsupportedField, "session_max_ms"));
}

/// What fills 32 bits is taken, what does not is refused at its field.
#[test]
fn varints_must_fit_their_fields() {
    // Tag, bytes of the value, and whether they fit: calendar_duration (8), kind (6).
    let largest = [0x40, 0xff, 0xff, 0xff, 0xff, 0x0f];
    assert_eq!(spec::from_proto(&largest).unwrap().calendar_duration, u32::MAX);
    let negative = [0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    assert_eq!(spec::from_proto(&negative).unwrap().kind, -1);
    for (bytes, path) in [
        (&[0x40, 0x80, 0x80, 0x80, 0x80, 0x10][..], "calendar_duration"),
        (&[0x30, 0x80, 0x80, 0x80, 0x80, 0x10], "kind"),
        (&[0x30, 0x80, 0x80, 0x80, 0x80, 0x08], "kind"),
        // The lowest of several.
        (&[0x40, 0x80, 0x80, 0x80, 0x80, 0x10, 0x30, 0x80, 0x80, 0x80, 0x80, 0x10], "kind"),
    ] {
        let error = spec::from_proto(bytes).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::InvalidSpec, path), "{bytes:?}");
    }
    // 64 bits of a 64-bit field are its value.
    let wide = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    assert_eq!(spec::from_proto(&wide).unwrap().duration_ms, -1);
}

/// A spec of 64 KiB is read, one byte more is not.
#[test]
fn the_size_of_a_spec_is_bounded() {
    let text = |len: usize| format!("{{\"duration_ms\": 1}}{}", " ".repeat(len - 18));
    assert_eq!(spec::from_json(&text(65_536)).unwrap().duration_ms, 1);
    let error = spec::from_json(&text(65_537)).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::Corrupt, ""));
}

/// "Not a time" of numpy and pandas, and the other sentinel, are no instants of any grid, in any
/// unit; their neighbours are where a unit reaches that far.
#[test]
fn sentinels_are_refused_on_unix_time() {
    let units =
        [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];
    for json in ["{'duration_ms': 1000}", "{'kind': 2, 'session_gap_ms': 5}"] {
        let assigner = compile(json).unwrap();
        for unit in units {
            for sentinel in [i64::MIN, i64::MAX] {
                let error = assigner.batch(&[0, sentinel], unit).unwrap_err();
                assert_eq!((error.code(), error.path()), (Code::OutOfRange, "times[1]"), "{json}");
            }
        }
        let mut out = Assignment::default();
        for near in [i64::MIN + 1, i64::MAX - 1] {
            assigner.assign(&[near], TimeUnit::Nanosecond, &mut out).unwrap();
            let t_ms = near.div_euclid(1_000_000);
            assert!(out.windows(0).all(|window| window.contains(t_ms)), "{json}: {near}");
        }
    }
}

/// The first and the last tick of each unit, on Unix time and on a wall clock.
#[test]
fn ranges_are_exact_in_every_unit() {
    let (last_ms, local_first_ms, local_last_ms) =
        (8_640_000_000_000_000, -2_208_988_800_000 - 32_400_000, 7_258_118_399_999 - 32_400_000);
    for (json, first_ms, last_ms) in [
        ("{'duration_ms': 1000}", -last_ms, last_ms),
        ("{'duration_ms': 1000, 'timezone': 'Etc/GMT-9'}", local_first_ms, local_last_ms),
    ] {
        let assigner = compile(json).unwrap();
        let taken = |tick: i64, unit| assigner.batch(&[tick], unit).is_ok();
        let ms = TimeUnit::Millisecond;
        assert!(taken(first_ms, ms) && !taken(first_ms - 1, ms), "{json}");
        assert!(taken(last_ms, ms) && !taken(last_ms + 1, ms), "{json}");
        let us = TimeUnit::Microsecond;
        assert!(taken(first_ms * 1_000, us) && !taken(first_ms * 1_000 - 1, us), "{json}");
        assert!(taken(last_ms * 1_000 + 999, us) && !taken(last_ms * 1_000 + 1_000, us), "{json}");
        let (least, most) = (-(-first_ms).div_euclid(1_000), last_ms.div_euclid(1_000));
        let s = TimeUnit::Second;
        assert!(taken(least, s) && !taken(least - 1, s), "{json}");
        assert!(taken(most, s) && !taken(most + 1, s), "{json}");
    }
    let assigner = compile("{'duration_ms': 1000, 'timezone': 'Etc/GMT-9'}").unwrap();
    let ns = |tick| assigner.batch(&[tick], TimeUnit::Nanosecond).is_ok();
    let (first, last) = (local_first_ms * 1_000_000, local_last_ms * 1_000_000 + 999_999);
    assert!(ns(first) && !ns(first - 1) && ns(last) && !ns(last + 1));
}

/// The numbers of units in the C ABI and in Arrow.
#[test]
fn units_have_their_numbers() {
    let units =
        [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];
    for (number, unit) in (0..).zip(units) {
        assert_eq!(TimeUnit::from_number(number), Some(unit));
        assert_eq!(unit as u32, number);
    }
    assert_eq!(TimeUnit::from_number(4), None);
}

/// A refused time is told the bounds in its own unit, and on a wall clock the dates.
#[test]
fn bounds_are_told_in_the_unit_of_the_column() {
    let symbols = [
        (TimeUnit::Second, "-8640000000000..=8640000000000 s"),
        (TimeUnit::Millisecond, "-8640000000000000..=8640000000000000 ms"),
        (TimeUnit::Microsecond, "-8640000000000000000..=8640000000000000999 us"),
        (TimeUnit::Nanosecond, "-9223372036854775807..=9223372036854775806 ns"),
    ];
    let assigner = compile("{'duration_ms': 1000}").unwrap();
    for (unit, bounds) in symbols {
        let error = assigner.batch(&[i64::MIN], unit).unwrap_err();
        let wanted = format!("a time must lie in {bounds}, got -9223372036854775808");
        assert_eq!(error.message(), wanted);
    }
    let civil = compile("{'duration_ms': 1000, 'timezone': 'Etc/GMT-9'}").unwrap();
    let error = civil.pane(i64::MAX).unwrap_err();
    assert!(error.message().contains("ms (local dates 1900-01-01 .. 2199-12-31), got"), "{error}");
}

/// The most windows that one batch may have, and one row more.
#[test]
fn windows_of_a_batch_are_bounded() {
    let assigner = compile("{'duration_ms': 65536, 'step_ms': 1}").unwrap();
    let rows = vec![0; BATCH_WINDOWS_MAX / 65_536 + 1];
    let count = |rows| assigner.batch(rows, TimeUnit::Millisecond).unwrap().window_count();
    assert_eq!(count(&rows[1..]), Ok(BATCH_WINDOWS_MAX));
    let error = count(&rows).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::MemoryLimit, "times"));
    assert!(error.message().starts_with("4097 rows lie in 268500992 windows, at most"), "{error}");
}

/// The count of panes is that of the panes listed, at every place in the first and last; none where
/// the range is empty; and it is bounded, to the pane.
#[test]
fn pane_counts_are_those_of_the_panes() {
    for json in ["{'duration_ms': 7}", "{'duration_ms': 1}", "{'duration_ms': 7, 'offset_ms': 3}"] {
        let assigner = compile(json).unwrap();
        for from_ms in -15..15 {
            for to_ms in from_ms..from_ms + 30 {
                let listed = assigner.panes(from_ms, to_ms).unwrap().count();
                let count = assigner.pane_count(from_ms, to_ms);
                assert_eq!(count, Ok(listed), "{json}: {from_ms}..{to_ms}");
            }
        }
    }
    let seconds = compile("{'duration_ms': 1000}").unwrap();
    let most_ms = i64::try_from(PANES_MAX).unwrap() * 1_000;
    assert_eq!(seconds.pane_count(0, most_ms), Ok(PANES_MAX));
    for to_ms in [most_ms + 1, 8_640_000_000_000_000] {
        let error = seconds.pane_count(0, to_ms).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "to_ms"));
    }
}

/// A range is not turned round, and its end is named; an empty one has no panes.
#[test]
fn ranges_run_forward() {
    for json in ["{'duration_ms': 7}", "{'duration_ms': 3600000, 'timezone': 'Asia/Tokyo'}"] {
        let assigner = compile(json).unwrap();
        let error = assigner.panes(5, 4).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "to_ms"), "{json}");
        assert_eq!(error.message(), "to_ms must be >= from_ms (5), got 4", "{json}");
        assert_eq!(assigner.panes(5, 5).unwrap().count(), 0, "{json}");
    }
}

/// What a log shows of an assigner is what identifies it.
#[test]
fn assigners_are_shown_by_spec_and_fingerprint() {
    let assigner = compile("{'duration_ms': 7, 'timezone': 'Asia/Tokyo'}").unwrap();
    let shown = format!("{assigner:?}");
    let fingerprint = assigner.fingerprint().to_string();
    assert!(shown.contains("Asia/Tokyo") && shown.contains(&fingerprint), "{shown}");
}

/// The kind decides what windows the panes of a calendar unit make: 15 February 1970, by months.
#[test]
fn calendar_units_slide_or_grow() {
    let days = |json: &str| -> Vec<_> {
        let assigner = compile(json).unwrap();
        let windows = assigner.windows(45 * 86_400_000).unwrap();
        windows.map(|one| (one.start_ms / 86_400_000, one.end_ms / 86_400_000)).collect()
    };
    let sliding = "{'calendar_unit': 3, 'calendar_duration': 3, 'calendar_step': 1}";
    assert_eq!(days(sliding), [(-31, 59), (0, 90), (31, 120)]);
    let growing = "{'kind': 1, 'calendar_unit': 3, 'calendar_duration': 3, 'calendar_step': 1}";
    assert_eq!(days(growing), [(0, 59), (0, 90)]);
}
