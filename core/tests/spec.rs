//! Specs in and out: nothing is lost, nothing hostile gets through, and every message says what
//! was wrong. Number 16 is that of section 12 of docs/SEMANTICS.md.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use paneline::{Assigner, Code, SlidingWindowSpec, Warning, spec};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn any_spec() -> impl Strategy<Value = SlidingWindowSpec> {
    let length = prop_oneof![Just(0), 1..=100_000_i64, any::<i64>()];
    let zone = prop_oneof![
        Just(String::new()),
        Just("UTC".into()),
        Just("+05:30".into()),
        Just("Asia/Tokyo".into()),
        ".{0,12}",
    ];
    let small = prop_oneof![5 => Just(0), 1 => 1..=3_u32, 1 => any::<u32>()];
    let numbers = (small.clone(), small.clone(), small.clone(), small);
    let enums = (-1..4_i32, -1..7_i32, -1..8_i32);
    let rest = (prop_oneof![4 => Just(0), 1 => any::<i64>()], "(|2026f|2020a)", 0..3_u32);
    (
        (length.clone(), length.clone(), length),
        zone,
        any::<bool>(),
        -9_000..9_000_i64,
        enums,
        numbers,
        rest,
    )
        .prop_map(
            |((duration_ms, step_ms, gap), timezone, align_to_epoch, offset_ms, e, n, rest)| {
                SlidingWindowSpec {
                    duration_ms,
                    step_ms,
                    timezone,
                    align_to_epoch,
                    offset_ms,
                    kind: e.0,
                    calendar_unit: e.1,
                    week_start: e.2,
                    calendar_duration: n.0,
                    calendar_step: n.1,
                    month_day: n.2,
                    year_start_month: n.3,
                    session_gap_ms: gap,
                    allowed_lateness_ms: rest.0,
                    tzdb_version: rest.1,
                    semantics_version: rest.2,
                }
            },
        )
}

/// Specs that compile, of every kind.
fn valid_spec() -> impl Strategy<Value = SlidingWindowSpec> {
    let zone = prop_oneof![
        Just(""),
        Just("UTC"),
        Just("-00:00"),
        Just("+05:30"),
        Just("Europe/London"),
        Just("Australia/Lord_Howe"),
    ];
    (
        1..5_000_000_i64,
        1..50_i64,
        zone,
        any::<bool>(),
        -1_000_000..1_000_000_i64,
        0..6_i32,
        0..3_i32,
    )
        .prop_map(|(step, count, zone, align, offset, unit, kind)| {
            let zone = zone.to_owned();
            match (kind, unit) {
                (2, _) => SlidingWindowSpec {
                    kind,
                    session_gap_ms: step,
                    timezone: zone,
                    align_to_epoch: align,
                    ..Default::default()
                },
                (_, 0) => SlidingWindowSpec {
                    kind,
                    duration_ms: step * count,
                    step_ms: if count == 1 { 0 } else { step },
                    offset_ms: offset % step,
                    timezone: zone,
                    align_to_epoch: align,
                    ..Default::default()
                },
                _ => SlidingWindowSpec {
                    kind,
                    calendar_unit: unit,
                    calendar_duration: u32::try_from(count).unwrap(),
                    calendar_step: 1,
                    month_day: u32::from(unit > 2),
                    offset_ms: offset,
                    timezone: zone,
                    tzdb_version: paneline::tzdb_version().into(),
                    semantics_version: 1,
                    ..Default::default()
                },
            }
        })
}

proptest! {
    // One seed: the same cases in every run, and no file of regressions in the tree.
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        rng_seed: RngSeed::Fixed(16),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// 16, first half: protobuf keeps every message.
    #[test]
    fn protobuf_keeps_every_spec(message in any_spec()) {
        prop_assert_eq!(spec::from_proto(&spec::to_proto(&message)).unwrap(), message);
    }

    /// JSON keeps every message whose enums have names, and refuses to write the others.
    #[test]
    fn json_keeps_every_named_spec(message in any_spec()) {
        let named = (0..3).contains(&message.kind)
            && (0..6).contains(&message.calendar_unit)
            && (0..7).contains(&message.week_start);
        match spec::to_json(&message) {
            Ok(text) => {
                prop_assert!(named);
                prop_assert_eq!(spec::from_json(&text).unwrap(), message);
            }
            Err(error) => {
                prop_assert!(!named);
                prop_assert_eq!(error.code(), Code::InvalidSpec);
            }
        }
    }

    /// 16, second half: the canonical spec is its own canonical spec, with the same fingerprint
    /// and the same windows.
    #[test]
    fn canonical_specs_mean_the_same(message in valid_spec(), t_ms in 0..4_000_000_000_000_i64) {
        let original = Assigner::new(&message).unwrap();
        let bytes = spec::to_proto(original.spec());
        let canonical = Assigner::from_proto(&bytes).unwrap();
        prop_assert_eq!(canonical.spec(), original.spec());
        prop_assert_eq!(canonical.fingerprint(), original.fingerprint());
        let windows = |assigner: &Assigner| assigner.windows(t_ms).unwrap().collect::<Vec<_>>();
        prop_assert_eq!(windows(&canonical), windows(&original));
    }

    /// A refusal names a field of the message, and text of any length stays a short line.
    #[test]
    fn refusals_name_a_field(message in any_spec()) {
        if let Err(error) = Assigner::new(&message) {
            let json = "duration_ms step_ms timezone align_to_epoch offset_ms kind calendar_unit \
                        calendar_duration calendar_step week_start month_day session_gap_ms \
                        year_start_month allowed_lateness_ms tzdb_version semantics_version";
            prop_assert!(json.split(' ').any(|field| field == error.path()), "{error}");
            prop_assert!(error.message().len() < 300 && !error.message().contains('\n'), "{error}");
        }
    }

    /// Any bytes and any text give an answer or an error, never a panic.
    #[test]
    fn hostile_input_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..64), text in ".{0,64}") {
        let _ = Assigner::from_proto(&bytes);
        let _ = spec::from_json(&text);
        let _ = paneline::parse_duration(&text);
        let _ = paneline::LocalClock::new(&text);
    }

    /// Cutting a message short gives CORRUPT or a shorter message, never a panic.
    #[test]
    fn truncated_protobuf_is_answered(message in any_spec(), keep in 0..80_usize) {
        let bytes = spec::to_proto(&message);
        if let Err(error) = spec::from_proto(&bytes[..keep.min(bytes.len())]) {
            prop_assert_eq!((error.code(), error.path()), (Code::Corrupt, ""));
        }
    }

    /// A length is read back as it was written.
    #[test]
    fn durations_are_read_as_written(ms in 0..=i64::MAX) {
        prop_assert_eq!(paneline::parse_duration(&paneline::format_duration(ms)), Ok(ms));
    }
}

/// Protects the texts about lengths: each says what to write instead of what was probably meant.
#[test]
fn lengths_that_are_none() {
    for (text, wanted) in [
        ("1.5h", "\"1.5h\": numbers are whole; write 1h30m for 1.5h"),
        ("1,5h", "\"1,5h\": numbers are whole; write 1h30m for 1.5h"),
        ("04:00", "\"04:00\": a length is no time of day; write 4h for 04:00"),
        ("6H", "\"6H\": units are in lower case, w, d, h, m (minutes), s and ms, got \"H\""),
        ("1h3M", "\"1h3M\": units are in lower case, w, d, h, m (minutes), s and ms, got \"M\""),
        ("5 m", "\"5 m\": the units are w, d, h, m, s and ms, got \" m\""),
        ("5min", "\"5min\": the units are w, d, h, m, s and ms, got \"min\""),
        ("5m5m", "\"5m5m\": units must descend and not repeat: w, d, h, m, s, ms"),
        ("-", "a length is missing; write it as 5m or 1h30m"),
        ("-5x", "\"5x\": the units are w, d, h, m, s and ms, got \"x\""),
        ("-5m", "\"-5m\" has a sign, a length has none; write \"5m\""),
    ] {
        let error = paneline::parse_duration(text).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "duration"));
        assert_eq!(error.message(), wanted);
    }
}

/// The whole text of an error, for one case of each rule: value and bound are in it.
#[test]
fn messages_say_value_and_bound() {
    let cases = [
        (r#"{"duration_ms": 0}"#, "duration_ms must be in 1..=3155760000000, got 0"),
        (
            r#"{"duration_ms": 60000, "step_ms": 90000}"#,
            "step_ms must be <= duration_ms (60000), got 90000",
        ),
        (
            r#"{"duration_ms": 65537, "step_ms": 1}"#,
            "step_ms must give at most 65536 windows per event, got 1, which gives 65537",
        ),
        (
            r#"{"duration_ms": 100, "step_ms": 30, "timezone": "Asia/Tokyo"}"#,
            "step_ms must divide duration_ms (100) on a zone's wall clock, got 30",
        ),
        (
            r#"{"duration_ms": 60000, "offset_ms": -60000}"#,
            "|offset_ms| must be < step_ms (60000), got -60000",
        ),
        (
            r#"{"calendar_unit": "CALENDAR_UNIT_WEEK", "calendar_duration": 5218}"#,
            "calendar_duration must be in 1..=5217 with calendar_unit WEEK, got 5218",
        ),
        (
            r#"{"kind": "WINDOW_KIND_SESSION", "session_gap_ms": 5, "step_ms": 1}"#,
            "step_ms must be 0 with kind SESSION, got 1",
        ),
        (
            r#"{"duration_ms": 1, "timezone": "+18:01"}"#,
            "a fixed offset is [+-]HH:MM up to 18:00, such as \"+08:00\", got \"+18:01\"",
        ),
        (
            r#"{"duration_ms": 1, "tzdb_version": "2020a"}"#,
            "tzdb_version must be \"2026f\", the embedded release, got \"2020a\"",
        ),
    ];
    for (json, message) in cases {
        let spec = spec::from_json(json).unwrap();
        assert_eq!(Assigner::new(&spec).unwrap_err().message(), message, "{json}");
    }
}

/// What JSON may not hold is said in our words, and of several faults the lowest field's.
#[test]
fn json_messages_say_what_a_field_holds() {
    let cases = [
        (r#"{"duration_ms": 60000.5}"#, "duration_ms must be an integer of 64 bits, got 60000.5"),
        (
            r#"{"duration_ms": 9223372036854775808}"#,
            "duration_ms must be an integer of 64 bits, got 9223372036854775808",
        ),
        (r#"{"align_to_epoch": 1}"#, "align_to_epoch must be true or false, got 1"),
        (r#"{"timezone": 8}"#, "timezone must be a text, got 8"),
        (r#"{"month_day": -1}"#, "month_day must be an integer in 0..=4294967295, got -1"),
        (
            r#"{"kind": "HOPPING"}"#,
            "kind must be the name of a value, or its number, got \"HOPPING\"",
        ),
        (
            r#"{"align_to_epoch": 5, "duration_ms": "x"}"#,
            "duration_ms must be an integer of 64 bits, got \"x\"",
        ),
    ];
    for (json, message) in cases {
        assert_eq!(spec::from_json(json).unwrap_err().message(), message, "{json}");
    }
    let error = spec::from_json("[1]").unwrap_err();
    assert!(error.message().starts_with("a spec is a JSON object"), "{error}");
    let error = spec::from_proto(&[0x0a]).unwrap_err();
    assert!(error.message().starts_with("not the bytes of a spec"), "{error}");
}

/// Lengths and zones of specs, and all their warnings.
const WARNED: [(&str, &str, &[&str]); 28] = [
    ("60000", "", &[]),
    // A step that does not divide the window.
    ("100, 'step_ms': 30", "", &[THREE_OR_FOUR]),
    ("100, 'step_ms': 50", "", &[]),
    // Weeks of steps.
    ("604800000", "", &[THURSDAY]),
    ("1209600000", "", &[THURSDAY]),
    ("604800000", "America/New_York", &[THURSDAY]),
    ("604800000, 'offset_ms': 345600000", "", &[]),
    ("691200000", "", &[]),
    // Steps that do not divide a day, on a wall clock.
    ("25200000", "Asia/Tokyo", &["7h does not divide a day"]),
    ("25200000", "+09:00", &[]),
    ("25200000, 'align_to_epoch': true", "Asia/Tokyo", &[]),
    ("28800000", "Asia/Tokyo", &[]),
    ("86400000", "Asia/Tokyo", &[]),
    ("90000000", "Asia/Tokyo", &[]),
    // Steps longer than the longest fold since 1970, and shorter than a day.
    ("3600000", "America/New_York", &[]),
    ("3600001", "America/New_York", &["1h1ms does not divide a day", "up to 2h1ms"]),
    ("21600000", "America/New_York", &["up to 7h"]),
    ("25200000", "America/New_York", &["7h does not divide a day", "up to 8h"]),
    (
        "86399999",
        "America/New_York",
        &["23h59m59s999ms does not divide a day", "up to 1d59m59s999ms"],
    ),
    ("86400000", "America/New_York", &[]),
    ("90000000", "America/New_York", &[]),
    ("7200000", "Antarctica/Troll", &[]),
    ("10800000", "Antarctica/Troll", &["up to 5h"]),
    // The last fold of Johannesburg was in 1944.
    ("21600000", "Africa/Johannesburg", &[]),
    // Three letters that are a zone of their own.
    ("60000", "EST", &[ABBREVIATION]),
    // Names whose sign is the other one, and the one that has none.
    (
        "60000",
        "Etc/GMT+9",
        &["Etc/GMT+9 is -09:00, as its sign is that of POSIX: write \"-09:00\", or turn the sign"],
    ),
    (
        "60000",
        "Etc/GMT-14",
        &["Etc/GMT-14 is +14:00, as its sign is that of POSIX: write \"+14:00\", or turn the sign"],
    ),
    ("60000", "Etc/GMT+0", &[]),
];
const THREE_OR_FOUR: &str =
    "30ms does not divide 100ms: events lie in 3 or 4 windows, by their place in the step";
const THURSDAY: &str =
    "weeks of a 7-day step start on Thursday, as 1970 did: use calendar_unit WEEK with week_start";
const ABBREVIATION: &str = "EST is an abbreviation with rules of its own: use an area/city name \
                            such as \"America/New_York\"";

/// Warnings say what will surprise, and nothing else does.
#[test]
fn warnings_say_what_surprises() {
    let text = |part: &&str| match part {
        day if day.ends_with(" a day") => {
            format!("{day}: panes start at other wall-clock times each day")
        }
        most if most.starts_with("up to") => {
            format!("a pane that holds a repeated hour lasts longer than the step: {most}")
        }
        whole => (*whole).to_owned(),
    };
    for (lengths, timezone, parts) in WARNED {
        let json = format!("{{'duration_ms': {lengths}, 'timezone': '{timezone}'}}");
        let spec = spec::from_json(&json.replace('\'', "\"")).unwrap();
        let assigner = Assigner::new(&spec).unwrap();
        let messages: Vec<_> = assigner.warnings().iter().map(Warning::message).collect();
        assert_eq!(messages, parts.iter().map(text).collect::<Vec<_>>(), "{json}");
        let is_name = timezone == "EST" || timezone.starts_with("Etc/");
        let path = if is_name { "timezone" } else { "step_ms" };
        for warning in assigner.warnings() {
            assert_eq!(warning.path(), path, "{json}");
            assert_eq!(warning.to_string(), format!("{path}: {}", warning.message()));
        }
    }
}

/// A 1 GB length prefix, an endless varint, a 32-bit field beyond 32 bits, a repeated JSON name.
#[test]
fn hostile_specs_are_refused_for_what_they_are() {
    let giant = [0x1a, 0x80, 0x80, 0x80, 0x80, 0x04];
    let endless = [0x08; 1].into_iter().chain([0xff; 20]).collect::<Vec<_>>();
    for bytes in [&giant[..], &endless] {
        let error = spec::from_proto(bytes).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::Corrupt, ""));
    }
    // calendar_unit = 2^32 would read as NONE.
    let wide = [0x08, 0x01, 0x38, 0x80, 0x80, 0x80, 0x80, 0x10];
    let error = spec::from_proto(&wide).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::InvalidSpec, "calendar_unit"));
    for (twice, path) in [
        (r#"{"step_ms": 1, "step_ms": 2}"#, "step_ms"),
        (r#"{"step_ms": 1, "stepMs": 2}"#, "step_ms"),
        (r#"{"step_ms": null, "step_ms": 2}"#, "step_ms"),
        (r#"{"kind": 0, "kind": 1}"#, "kind"),
        (r#"{"kind": "WINDOW_KIND_CUMULATE", "kind": 0}"#, "kind"),
    ] {
        let error = spec::from_json(twice).unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::InvalidSpec, path), "{twice}");
    }
    let error = spec::from_json(r#"{"": 1}"#).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::UnsupportedField, "\"\""));
    // A path stays a word of a line.
    assert_eq!(spec::from_json(r#"{"a\nb": 1}"#).unwrap_err().path(), "a\\nb");
    let error = spec::from_proto(&vec![0; 65_537]).unwrap_err();
    assert_eq!(error.message(), "a spec must be at most 65536 bytes, got 65537");
}
