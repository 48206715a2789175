//! Engine specs in and out: the readers are strict in every message inside the message, and the
//! path of a refusal leads to the fault. What the values may be is tested beside the rules, in
//! core/src/spec/engine.rs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use paneline::spec::{engine_from_json, engine_from_proto, engine_to_json, engine_to_proto};
use paneline::{
    Aggregate, Code, EngineSpec, EngineWindows, Error, SlidingWindowSpec, ValueColumn, WindowKind,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn any_window() -> impl Strategy<Value = SlidingWindowSpec> {
    let numbers = (any::<i64>(), any::<u32>(), any::<bool>(), "(|Asia/Tokyo|.{0,9})");
    (numbers, -1..4_i32, -1..7_i32).prop_map(|((number, small, align, zone), kind, unit)| {
        SlidingWindowSpec {
            duration_ms: number,
            timezone: zone,
            align_to_epoch: align,
            kind,
            calendar_unit: unit,
            month_day: small,
            ..Default::default()
        }
    })
}

fn any_spec() -> impl Strategy<Value = EngineSpec> {
    let column = (".{0,9}", -1..3_i32, any::<bool>());
    let column = column.prop_map(|(name, r#type, nullable)| ValueColumn { name, r#type, nullable });
    let aggregate = (".{0,9}", -1..10_i32, ".{0,9}", any::<u32>())
        .prop_map(|(name, function, column, ddof)| Aggregate { name, function, column, ddof });
    let lists = (
        prop::collection::vec(column, 0..4),
        prop::collection::vec(aggregate, 0..4),
        prop::collection::vec(".{0,9}", 0..4),
    );
    let numbers = (any::<[i64; 3]>(), prop_oneof![Just([0; 3]), any::<[u64; 3]>()]);
    (prop::option::of(any_window()), -1..4_i32, lists, numbers).prop_map(
        |(window, key, (values, aggregates, sources), (times, budgets))| EngineSpec {
            windows: window.map(EngineWindows::from),
            key,
            values,
            aggregates,
            max_out_of_orderness_ms: times[0],
            max_future_ms: times[1],
            idle_timeout_ms: times[2],
            sources,
            state_budget_bytes: budgets[0],
            output_budget_bytes: budgets[1],
            late_budget_rows: budgets[2],
        },
    )
}

/// Where the first enum stands whose number has no name.
fn nameless(spec: &EngineSpec) -> Option<String> {
    if let Some(EngineWindows::Window(window)) = &spec.windows {
        if !(0..3).contains(&window.kind) {
            return Some("window.kind".into());
        }
        if !(0..6).contains(&window.calendar_unit) {
            return Some("window.calendar_unit".into());
        }
    }
    if !(0..3).contains(&spec.key) {
        return Some("key".into());
    }
    let column = spec.values.iter().position(|column| !(0..2).contains(&column.r#type));
    let output = spec.aggregates.iter().position(|output| !(0..9).contains(&output.function));
    column
        .map(|i| format!("values[{i}].type"))
        .or_else(|| output.map(|i| format!("aggregates[{i}].function")))
}

proptest! {
    // One seed: the same cases in every run, and no file of regressions in the tree.
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        rng_seed: RngSeed::Fixed(16),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Protobuf keeps every message.
    #[test]
    fn protobuf_keeps_every_spec(message in any_spec()) {
        prop_assert_eq!(engine_from_proto(&engine_to_proto(&message)).unwrap(), message);
    }

    /// JSON keeps every message whose enums have names, and refuses to write the others.
    #[test]
    fn json_keeps_every_named_spec(message in any_spec()) {
        match engine_to_json(&message) {
            Ok(text) => {
                prop_assert_eq!(nameless(&message), None);
                prop_assert_eq!(engine_from_json(&text).unwrap(), message);
            }
            Err(error) => {
                prop_assert_eq!(error.code(), Code::InvalidSpec);
                prop_assert_eq!(nameless(&message), Some(error.path().to_owned()));
            }
        }
    }

    /// Any bytes and any text give an answer or an error, never a panic.
    #[test]
    fn hostile_input_is_answered(
        bytes in prop::collection::vec(any::<u8>(), 0..64),
        text in ".{0,64}",
    ) {
        let _ = engine_from_proto(&bytes);
        let _ = engine_from_json(&text);
    }

    /// A message with a few bytes changed is read or refused, with a code that blames the input.
    #[test]
    fn damaged_messages_are_answered(
        message in any_spec(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = engine_to_proto(&message);
        bytes.push(0);
        for (at, byte) in edits {
            *at.get_mut(&mut bytes) = byte;
        }
        if let Err(error) = engine_from_proto(&bytes) {
            let codes = [Code::Corrupt, Code::InvalidSpec, Code::UnsupportedField];
            prop_assert!(codes.contains(&error.code()), "{error}");
            prop_assert_eq!(error.code() == Code::Corrupt, error.path().is_empty());
        }
    }
}

/// A field on the wire that holds a number.
fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

/// A field on the wire that holds bytes.
fn bytes(field: u64, inner: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(inner.len() as u64), inner.to_vec()].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
    out
}

fn refused(result: Result<EngineSpec, Error>) -> (Code, String) {
    let error = result.unwrap_err();
    (error.code(), error.path().to_owned())
}

const WIDE: u64 = 1 << 32;

/// Protects against a newer spec that an older library reads as something else: an unknown field is
/// found wherever it stands, and of several the lowest path is named.
#[test]
fn unknown_fields_are_refused_in_every_message() {
    let (plain, unknown) = (number(1, 60_000), number(99, 1));
    let window = bytes(1, &unknown);
    let group = [varint(15 << 3 | 3), number(1, 1), varint(15 << 3 | 4)].concat();
    for (message, path) in [
        (number(15, 1), "#15"),
        // The plan and the holdback that a later version will know.
        (bytes(2, &[]), "#2"),
        (number(9, 1), "#9"),
        (group.clone(), "#15"),
        (bytes(1, &group), "window.#15"),
        (bytes(1, &[&plain[..], &unknown].concat()), "window.#99"),
        (bytes(1, &number(13, 1)), "window.#13"),
        // Merged by protobuf, but each occurrence is looked at.
        ([window.clone(), bytes(1, &plain)].concat(), "window.#99"),
        ([bytes(1, &plain), window.clone()].concat(), "window.#99"),
        (bytes(4, &number(7, 1)), "values[0].#7"),
        ([bytes(4, &[]), bytes(4, &number(7, 1))].concat(), "values[1].#7"),
        ([bytes(5, &[]), bytes(4, &[]), bytes(5, &number(5, 1))].concat(), "aggregates[1].#5"),
        ([number(15, 1), window.clone()].concat(), "window.#99"),
        ([number(15, 1), number(14, 1)].concat(), "#14"),
        ([bytes(5, &unknown), bytes(4, &unknown), bytes(4, &unknown)].concat(), "values[0].#99"),
        // Inside an unknown group nothing is known, and every wire type has its length.
        ([varint(15 << 3 | 3), bytes(4, &number(7, 1)), varint(15 << 3 | 4)].concat(), "#15"),
        ([varint(15 << 3 | 5), vec![0xff; 4], number(14, 1)].concat(), "#14"),
        ([varint(15 << 3 | 1), vec![0xff; 8], number(14, 1)].concat(), "#14"),
        ([bytes(15, &[0xff; 9]), number(14, 1)].concat(), "#14"),
        // Before any other fault of the message.
        ([number(3, WIDE), number(15, 1)].concat(), "#15"),
    ] {
        let expected = (Code::UnsupportedField, path.to_owned());
        assert_eq!(refused(engine_from_proto(&message)), expected, "{message:x?}");
    }
    let message = engine_from_proto(&window).unwrap_err().message().to_owned();
    assert!(message.starts_with("field 99 is not known to paneline "), "{message}");
    // The same number inside an unknown group is that group's own.
    let inside = [varint(15 << 3 | 3), number(14, 1), varint(15 << 3 | 4)].concat();
    assert_eq!(engine_from_proto(&inside).unwrap_err().path(), "#15");
}

/// Protects 32-bit fields from 64-bit varints, of which protobuf would keep the low half.
#[test]
fn values_beyond_32_bits_are_refused_in_every_message() {
    let third = |inner: &[u8]| [bytes(5, &[]), bytes(5, &[]), bytes(5, inner)].concat();
    for (message, path) in [
        (number(3, WIDE), "key"),
        (bytes(1, &number(11, WIDE)), "window.month_day"),
        (bytes(1, &number(6, WIDE)), "window.kind"),
        (bytes(4, &number(2, WIDE + 1)), "values[0].type"),
        (third(&number(4, WIDE)), "aggregates[2].ddof"),
        (third(&number(2, u64::from(u32::MAX))), "aggregates[2].function"),
        ([third(&number(4, WIDE)), number(3, WIDE)].concat(), "key"),
        // Two occurrences of one window.
        ([bytes(1, &number(11, WIDE)), bytes(1, &number(6, WIDE))].concat(), "window.kind"),
        ([third(&number(4, WIDE)), bytes(5, &number(2, WIDE))].concat(), "aggregates[2].ddof"),
        (third(&[number(4, WIDE), number(2, WIDE)].concat()), "aggregates[2].function"),
    ] {
        let expected = (Code::InvalidSpec, path.to_owned());
        assert_eq!(refused(engine_from_proto(&message)), expected, "{message:x?}");
    }
    let error = engine_from_proto(&third(&number(4, WIDE))).unwrap_err();
    assert_eq!(error.message(), "aggregates[2].ddof must fit 32 bits, got 4294967296");
    // 64-bit fields take them all, and a negative enum is ten bytes long.
    let whole = [number(11, u64::MAX), number(6, u64::MAX), number(3, u64::MAX)].concat();
    let spec = engine_from_proto(&whole).unwrap();
    let read = (spec.state_budget_bytes, spec.max_out_of_orderness_ms, spec.key);
    assert_eq!(read, (u64::MAX, -1, -1));
}

/// A window that stands twice on the wire is one window, as protobuf says.
#[test]
fn a_window_in_two_parts_is_merged() {
    let parts = [bytes(1, &number(1, 60_000)), bytes(1, &number(2, 10_000))].concat();
    let window =
        SlidingWindowSpec { duration_ms: 60_000, step_ms: 10_000, ..SlidingWindowSpec::default() };
    assert_eq!(engine_from_proto(&parts).unwrap().windows, Some(window.into()));
}

/// Every field set, and every list with two entries.
fn full_json() -> String {
    r#"{
        "window": {"duration_ms": 60000, "kind": "WINDOW_KIND_CUMULATE", "stepMs": "10000"},
        "key": "KEY_TYPE_BYTES",
        "values": [{"name": "size"}, {"name": "price", "type": "VALUE_TYPE_F64", "nullable": true}],
        "aggregates": [
            {"name": "rows", "function": "FUNCTION_COUNT"},
            {"name": "spread", "function": "FUNCTION_STDDEV", "column": "price", "ddof": 1}
        ],
        "max_out_of_orderness_ms": 5000, "maxFutureMs": 60000, "idle_timeout_ms": "30000",
        "sources": ["north", "south"],
        "state_budget_bytes": 18446744073709551615, "outputBudgetBytes": "2",
        "late_budget_rows": 3
    }"#
    .to_owned()
}

/// Protects the readers from input that stops anywhere: a shorter message, or CORRUPT.
#[test]
fn truncations_are_answered() {
    let text = full_json();
    let message = engine_from_json(&text).unwrap();
    let bytes = engine_to_proto(&message);
    assert_eq!(engine_from_proto(&bytes).unwrap(), message);
    let corrupt = (Code::Corrupt, String::new());
    let mut read = 0;
    for keep in 0..bytes.len() {
        match engine_from_proto(&bytes[..keep]) {
            Ok(shorter) => {
                assert_ne!(shorter, message);
                read += 1;
            }
            error => assert_eq!(refused(error), corrupt, "{keep} bytes"),
        }
    }
    // Before each of its 14 values, and nowhere else, a message may end.
    assert_eq!(read, 14);
    for keep in 0..text.len() {
        assert_eq!(refused(engine_from_json(&text[..keep])), corrupt, "{keep} bytes");
    }
}

/// Protects against sizes: a length prefix of a gigabyte, more bytes than a spec has. The largest
/// lists fit.
#[test]
fn sizes_are_bounded() {
    let limit = 1 << 20;
    let giant = [0x0a, 0x80, 0x80, 0x80, 0x80, 0x04];
    let endless = [0x18; 1].into_iter().chain([0xff; 20]).collect::<Vec<_>>();
    for bytes in [&giant[..], &endless, &vec![0; limit + 1]] {
        assert_eq!(refused(engine_from_proto(bytes)), (Code::Corrupt, String::new()));
    }
    let error = engine_from_json(&" ".repeat(limit + 1)).unwrap_err();
    assert_eq!(error.message(), "a spec must be at most 1048576 bytes, got 1048577");
    assert_eq!(engine_from_proto(&bytes(10, &vec![b'n'; limit - 4])).unwrap().sources.len(), 1);

    let name = |prefix: &str, i: usize, length: usize| format!("{prefix}{i:0>0$}", length - 1);
    let values = (0..64).map(|i| ValueColumn { name: name("v", i, 255), ..Default::default() });
    let aggregates = (0..64).map(|i| Aggregate {
        name: name("a", i, 255),
        function: 4,
        column: name("v", i, 255),
        ddof: 1,
    });
    let spec = EngineSpec {
        windows: Some(SlidingWindowSpec { duration_ms: 1, ..Default::default() }.into()),
        values: values.collect(),
        aggregates: aggregates.collect(),
        sources: (0..4_096).map(|i| name("s", i, 240)).collect(),
        ..Default::default()
    };
    assert_eq!(engine_from_proto(&engine_to_proto(&spec)).unwrap(), spec);
}

/// Names: by the proto or in lowerCamelCase, once, and none that is not known.
#[test]
fn json_names_are_known_and_given_once_in_every_object() {
    let unknown = Code::UnsupportedField;
    for (json, code, path) in [
        (r#"{"windows": {}}"#, unknown, "windows"),
        (r#"{"plan": {}}"#, unknown, "plan"),
        (r#"{"max_holdback_ms": 1}"#, unknown, "max_holdback_ms"),
        (r#"{"window": {"durations_ms": 1}}"#, unknown, "window.durations_ms"),
        (r#"{"values": [{"typ": 1}]}"#, unknown, "values[0].typ"),
        (r#"{"values": [{}, {"": 1}]}"#, unknown, "values[1].\"\""),
        (r#"{"values": [{}, {"a\nb": 1}]}"#, unknown, "values[1].a\\nb"),
        (r#"{"aggregates": [{}, {}, {"of": "price"}]}"#, unknown, "aggregates[2].of"),
        (r#"{"key": 0, "key": 0}"#, Code::InvalidSpec, "key"),
        (r#"{"window": {}, "window": {}}"#, Code::InvalidSpec, "window"),
        (r#"{"values": null, "values": []}"#, Code::InvalidSpec, "values"),
        (r#"{"window": {"step_ms": 1, "stepMs": 1}}"#, Code::InvalidSpec, "window.step_ms"),
        (r#"{"values": [{}, {"type": 0, "type": 1}]}"#, Code::InvalidSpec, "values[1].type"),
        (r#"{"aggregates": [{"ddof": 0, "ddof": 0}]}"#, Code::InvalidSpec, "aggregates[0].ddof"),
        // A name is judged before any value.
        (r#"{"key": "x", "values": [{"typ": 1}]}"#, unknown, "values[0].typ"),
    ] {
        assert_eq!(refused(engine_from_json(json)), (code, path.to_owned()), "{json}");
    }
    let message = |json| engine_from_json(json).unwrap_err().message().to_owned();
    for (json, told) in [
        (
            r#"{"values": [{"typ": 1}]}"#,
            r#""typ" is no field of ValueColumn; did you mean "type"?"#,
        ),
        (
            r#"{"window": {"step": "5m"}}"#,
            r#""step" is no field of SlidingWindowSpec; did you mean "step_ms", in milliseconds?"#,
        ),
        (
            r#"{"window": {"duration_mss": 1}}"#,
            "\"duration_mss\" is no field of SlidingWindowSpec; did you mean \"duration_ms\", in \
             milliseconds?",
        ),
        (r#"{"colour": 1}"#, r#""colour" is no field of EngineSpec"#),
    ] {
        assert_eq!(message(json), told);
    }
    assert_eq!(
        message(r#"{"values": [{"name": "", "name": ""}]}"#),
        "values[0].name must appear once"
    );
}

/// Values: of the type that the field has, said in our words; of several faults the lowest path's.
#[test]
fn json_messages_say_what_a_field_holds() {
    for (json, message) in [
        (r#"{"window": 5}"#, "window must be an object, got 5"),
        (r#"{"window": [{}]}"#, "window must be an object, got [{}]"),
        (
            r#"{"window": {"step_ms": 1.5}}"#,
            "window.step_ms must be an integer of 64 bits, got 1.5",
        ),
        (r#"{"key": "U64"}"#, "key must be the name of a value, or its number, got \"U64\""),
        (r#"{"values": {"name": "a"}}"#, "values must be a list, got {\"name\":\"a\"}"),
        (r#"{"values": [{}, null]}"#, "values[1] must be an object, got null"),
        (r#"{"values": [{}, "a"]}"#, "values[1] must be an object, got \"a\""),
        (r#"{"values": [{"name": ["a"]}]}"#, "values[0].name must be a text, got [\"a\"]"),
        (r#"{"values": [{"nullable": 1}]}"#, "values[0].nullable must be true or false, got 1"),
        (
            r#"{"aggregates": [{"ddof": -1}]}"#,
            "aggregates[0].ddof must be an integer in 0..=4294967295, got -1",
        ),
        (
            r#"{"aggregates": [{"function": "SUM"}]}"#,
            "aggregates[0].function must be the name of a value, or its number, got \"SUM\"",
        ),
        (r#"{"sources": "north"}"#, "sources must be a list, got \"north\""),
        (r#"{"sources": ["north", 7]}"#, "sources[1] must be a text, got 7"),
        (r#"{"sources": [["\u007f"]]}"#, "sources[0] must be a text, got [\"\u{fffd}\"]"),
        (r#"{"sources": [null]}"#, "sources[0] must be a text, got null"),
        (
            r#"{"state_budget_bytes": -1}"#,
            "state_budget_bytes must be an integer in 0..=18446744073709551615, got -1",
        ),
        (
            r#"{"late_budget_rows": "18446744073709551616"}"#,
            "late_budget_rows must be an integer in 0..=18446744073709551615, got \
             \"18446744073709551616\"",
        ),
        (
            r#"{"sources": 1, "aggregates": 3, "values": [{"type": []}, 2]}"#,
            "values[0].type must be the name of a value, or its number, got []",
        ),
    ] {
        let error = engine_from_json(json).unwrap_err();
        let path = message.split(' ').next().unwrap();
        assert_eq!((error.code(), error.path()), (Code::InvalidSpec, path), "{json}");
        assert_eq!(error.message(), message, "{json}");
    }
    for json in ["", "[]", "5", "{\"key\": }", "{\"a\": 1e400}"] {
        assert_eq!(refused(engine_from_json(json)), (Code::Corrupt, String::new()), "{json}");
    }
    let deep = format!(r#"{{"values": {}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(refused(engine_from_json(&deep)), (Code::Corrupt, String::new()));
}

/// An enum's number is read wherever it stands, known or not: the engine judges it as one on the
/// wire. null is "as if absent".
#[test]
fn json_keeps_numbers_of_enums_and_passes_over_null() {
    let json = r#"{
        "window": {"kind": 1, "calendar_unit": 77, "week_start": null}, "key": -3,
        "values": [{"type": 1}, {"type": 9}, {"name": null, "type": 0}],
        "aggregates": [{"function": 8}, {"function": 2147483647}],
        "sources": null, "max_future_ms": null
    }"#;
    let spec = engine_from_json(json).unwrap();
    let Some(EngineWindows::Window(window)) = &spec.windows else { panic!("{spec:?}") };
    assert_eq!((window.kind, window.calendar_unit), (WindowKind::Cumulate as i32, 77));
    assert_eq!(spec.key, -3);
    assert_eq!(spec.values.iter().map(|value| value.r#type).collect::<Vec<_>>(), [1, 9, 0]);
    let functions = spec.aggregates.iter().map(|output| output.function);
    assert_eq!(functions.collect::<Vec<_>>(), [8, i32::MAX]);
    // A window without members is a window.
    assert!(engine_from_json(r#"{"window": {}}"#).unwrap().windows.is_some());
    assert!(engine_from_json(r#"{"window": null}"#).unwrap().windows.is_none());
}
