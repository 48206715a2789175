//! The engine and bad input: columns that are not what the spec says, values at every edge, calls
//! out of place, budgets that are too small.
//!
//! A refused call changes nothing and names the fault; a bad row is counted and the rest goes on;
//! where a budget strikes, what was taken is what an engine without that budget makes of it.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]

mod common;
mod stream;

use paneline::{
    Bits, Code, Engine, EngineSpec, Error, Function, KEY_BYTES_MAX, KeyType, Keys, Progress,
    ResultBatch, Rows, Stats, TimeUnit, ValueColumn, ValueData, ValueType, Values,
};
use stream::{
    Events, counters, counts, days, drain, drain_late, push_all, session, sliding, spec, sums,
    tumbling, with_lateness,
};

/// 275,760-09-13, the last millisecond that is an event's; the first is its negative.
const LAST_MS: i64 = 8_640_000_000_000_000;

/// Stats without what working space an engine has kept.
fn stats(engine: &Engine) -> Stats {
    Stats { scratch_bytes: 0, ..engine.stats() }
}

/// A refused batch is refused at `path` and changes nothing.
fn assert_refused(engine: &mut Engine, rows: &Rows<'_>, path: &str, text: &str) {
    let before = stats(engine);
    let error = engine.push(rows).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::InvalidArgument, path), "{error}");
    assert!(error.to_string().contains(text), "{error} says nothing of {text:?}");
    assert_eq!(stats(engine), before);
}

fn spec_of_two_columns() -> EngineSpec {
    let mut spec = sums(tumbling(10));
    let other = ValueColumn { name: "w".into(), r#type: ValueType::F64 as i32, nullable: true };
    spec.values.push(other);
    spec
}

/// Protects against columns that are not a batch: other lengths, other types, too many or too few.
#[test]
fn columns_are_what_the_spec_declares() {
    let mut engine = Engine::new(&spec_of_two_columns()).unwrap();
    let (ints, floats): (&[i64], &[f64]) = (&[1, 2, 3], &[1.0, 2.0, 3.0]);
    let both = [ints.into(), floats.into()];
    let (keys, times) = ([1, 1, 1], [1, 2, 3]);
    let good = Rows::new(&keys, &times, &both);

    assert_refused(&mut engine, &Rows { keys: Keys::I64(&[1, 1]), ..good }, "keys", "got 2");
    assert_refused(&mut engine, &Rows { keys: Keys::U64(&[1, 1, 1]), ..good }, "keys", "U64");
    let bytes = Keys::Bytes { offsets: &[0, 0, 0, 0], data: b"" };
    assert_refused(&mut engine, &Rows { keys: bytes, ..good }, "keys", "BYTES");
    assert_refused(&mut engine, &Rows { times: &[1, 2, 3, 4], ..good }, "keys", "got 3");
    assert_refused(&mut engine, &Rows { values: &both[..1], ..good }, "values", "spec (2), got 1");
    assert_refused(&mut engine, &Rows { values: &[both[0]; 3], ..good }, "values", "got 3");
    let swapped = [both[1], both[0]];
    assert_refused(&mut engine, &Rows { values: &swapped, ..good }, "values[0]", "F64");
    let short = [both[0], floats[..2].into()];
    assert_refused(&mut engine, &Rows { values: &short, ..good }, "values[1]", "got 2");
    let long = Some(Bits { bytes: &[0xff], offset: 6 });
    assert_refused(&mut engine, &Rows { key_validity: long, ..good }, "keys.validity", "2 bytes");
    let far = Some(Bits { bytes: &[0xff], offset: usize::MAX });
    assert_refused(&mut engine, &Rows { key_validity: far, ..good }, "keys.validity", "got 1");
    let cut = [
        both[0],
        Values { data: ValueData::F64(floats), validity: Some(Bits { bytes: &[], offset: 0 }) },
    ];
    assert_refused(&mut engine, &Rows { values: &cut, ..good }, "values[1].validity", "got 0");

    assert_eq!(engine.push(&good).unwrap().rows, 3);
    assert_eq!(
        engine
            .push(&Rows {
                keys: Keys::I64(&[]),
                times: &[],
                values: &[[0_i64; 0].as_slice().into(), [0.0; 0].as_slice().into()],
                ..good
            })
            .unwrap()
            .rows,
        0
    );
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine), ["0..10 1 n3 6"]);
}

/// Protects against nulls where the spec has none: the refusal leads to the first such row.
#[test]
fn nulls_are_declared() {
    let mut engine = Engine::new(&spec_of_two_columns()).unwrap();
    let bits = |bytes| Some(Bits { bytes, offset: 3 });
    let (ints, floats) = (ValueData::I64(&[1, 2, 3]), ValueData::F64(&[1.0, 2.0, 3.0]));
    let all_null = Values { data: floats, validity: bits(&[0]) };
    let one_null = [Values { data: ints, validity: bits(&[0b0101_1000]) }, all_null];
    let no_null = [Values { data: ints, validity: bits(&[0b0011_1000]) }, all_null];
    let good = Rows::new(&[1, 1, 1], &[1, 2, 3], &no_null);
    assert_refused(&mut engine, &Rows { values: &one_null, ..good }, "values[0][2]", "\"v\"");
    assert_eq!(engine.push(&good).unwrap().rows, 3);
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine), ["0..10 1 n3 6"]);
}

/// Protects against offsets that lead anywhere: each refusal names the offset that is wrong.
#[test]
fn offsets_of_keys_ascend() {
    let mut spec = counts(tumbling(10));
    spec.key = KeyType::Bytes as i32;
    let mut engine = Engine::new(&spec).unwrap();
    let good = Rows::new(&[], &[1, 2], &[]);
    let cases: [(&[i64], &str, &str); 7] = [
        (&[0, 2, 1], "keys.offsets[2]", "got 1"),
        (&[1, 0, 1], "keys.offsets[1]", "got 0"),
        (&[-1, 0, 1], "keys.offsets[0]", "got -1"),
        (&[i64::MIN, 0, i64::MAX], "keys.offsets[0]", "got -9223372036854775808"),
        (&[0, 1, 4], "keys.offsets[2]", "got 4"),
        (&[4, 4, 4], "keys.offsets[0]", "got 4"),
        (&[0, 4, 9], "keys.offsets[2]", "got 9"),
    ];
    for (offsets, path, text) in cases {
        let keys = Keys::Bytes { offsets, data: b"abc" };
        assert_refused(&mut engine, &Rows { keys, ..good }, path, text);
    }
    let short = Keys::Bytes { offsets: &[0, 1], data: b"abc" };
    assert_refused(&mut engine, &Rows { keys: short, ..good }, "keys", "got 1");
    let none = Keys::Bytes { offsets: &[], data: b"abc" };
    assert_refused(&mut engine, &Rows { keys: none, times: &[], ..good }, "keys.offsets", "got 0");
    let inner = Keys::Bytes { offsets: &[1, 2, 2], data: b"abc" };
    assert_eq!(engine.push(&Rows { keys: inner, ..good }).unwrap().rows, 2);
    engine.finish().unwrap();
    assert_eq!(drain(&mut engine), ["0..10 b n1", "0..10  n1"]);
}

/// Protects against sources that were not declared, in rows and of watermarks, and against time
/// that runs backwards.
#[test]
fn sources_and_ticks_are_checked() {
    let mut spec = counts(tumbling(10));
    let rows = Rows::new(&[1, 1], &[1, 2], &[]);
    let mut engine = Engine::new(&spec).unwrap();
    assert_eq!(engine.push(&Rows { sources: Some(&[0, 0]), ..rows }).unwrap().rows, 2);
    let undeclared = Rows { sources: Some(&[0, 1]), ..rows };
    assert_refused(&mut engine, &undeclared, "sources[1]", "got 1");
    spec.sources = vec!["a".into(), "b".into()];
    let mut engine = Engine::new(&spec).unwrap();
    assert_eq!(engine.push(&undeclared).unwrap().rows, 2);
    assert_refused(&mut engine, &Rows { sources: Some(&[2, 0]), ..rows }, "sources[0]", "< 2");
    assert_refused(&mut engine, &Rows { sources: Some(&[u32::MAX; 2]), ..rows }, "sources[0]", "");
    assert_refused(&mut engine, &Rows { sources: Some(&[0]), ..rows }, "sources", "got 1");
    assert_refused(&mut engine, &rows, "sources", "2 are declared");
    engine.tick(7).unwrap();
    let before = stats(&engine);
    for error in [engine.advance_watermark(2, 99), engine.advance_watermark(u32::MAX, 99)] {
        let error = error.unwrap_err();
        assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "source"), "{error}");
    }
    let error = engine.tick(6).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "now_ms"), "{error}");
    assert_eq!(stats(&engine), before);
    assert_eq!(
        (engine.tick(7), engine.tick(i64::MAX)),
        (Ok(before.watermark_ms), Ok(before.watermark_ms))
    );
}

/// Protects rows without a usable key: null or longer than 64 KiB. They are counted, and nothing
/// else: they move no time.
#[test]
fn rows_without_a_key_are_counted() {
    let mut spec = sums(tumbling(10));
    spec.key = KeyType::Bytes as i32;
    let mut engine = Engine::new(&spec).unwrap();
    let data = vec![b'x'; 2 * KEY_BYTES_MAX + 3];
    let longest = i64::try_from(KEY_BYTES_MAX).unwrap();
    let offsets = [0, longest, 2 * longest + 1, 2 * longest + 3, 2 * longest + 3];
    let values = [[1_i64, 2, 4, 8].as_slice().into()];
    let rows = Rows {
        keys: Keys::Bytes { offsets: &offsets, data: &data },
        key_validity: Some(Bits { bytes: &[0b1011], offset: 0 }),
        ..Rows::new(&[], &[1, 500, 600, 2], &values)
    };
    assert_eq!(engine.push(&rows).unwrap().rows, 4);
    let Stats { accepted, invalid, watermark_ms, keys, .. } = engine.stats();
    assert_eq!((accepted, invalid, watermark_ms, keys), (2, 2, 1, 2));
    engine.finish().unwrap();
    let expected = [format!("0..10 {} n1 1", "x".repeat(KEY_BYTES_MAX)), "0..10  n1 8".into()];
    assert_eq!(drain(&mut engine), expected);
}

/// Protects both ends of the range of times, in every unit: the last millisecond is an event, the
/// next is counted as invalid, and so are the extremes of i64.
#[test]
fn times_outside_of_the_range_are_counted() {
    let times = [-LAST_MS, -LAST_MS - 1, LAST_MS, LAST_MS + 1, i64::MIN, i64::MAX];
    for window in [tumbling(10), sliding(25, 10), session(10), with_lateness(tumbling(7), i64::MAX)]
    {
        let mut engine = Engine::new(&counts(window)).unwrap();
        push_all(&mut engine, &Events::bare(&times.map(|t_ms| (1, t_ms))));
        let Stats { accepted, late, invalid, watermark_ms, .. } = engine.stats();
        assert_eq!((accepted, late, invalid, watermark_ms), (2, 0, 4, LAST_MS - 1));
        engine.finish().unwrap();
        let lines = drain(&mut engine);
        assert_eq!(lines.len() % 2, 0, "{lines:?}");
        let holds = |line: &String, t_ms: i64| {
            let (start, rest) = line.split_once("..").unwrap();
            let end = rest.split_once(' ').unwrap().0;
            (start.parse().unwrap()..end.parse().unwrap()).contains(&t_ms)
        };
        assert!(
            lines.iter().all(|line| holds(line, -LAST_MS) || holds(line, LAST_MS)),
            "{lines:?}"
        );
    }
    let seconds =
        [-LAST_MS / 1_000, -LAST_MS / 1_000 - 1, LAST_MS / 1_000, i64::MAX / 1_000, i64::MAX - 1];
    let mut engine = Engine::new(&counts(tumbling(10))).unwrap();
    let rows = Rows { unit: TimeUnit::Second, ..Rows::new(&[1; 5], &seconds, &[]) };
    assert_eq!(engine.push(&rows).unwrap().rows, 5);
    assert_eq!((engine.stats().accepted, engine.stats().invalid), (2, 3));
    let mut engine = Engine::new(&counts(tumbling(10))).unwrap();
    let nanoseconds = [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX];
    let rows = Rows { unit: TimeUnit::Nanosecond, ..Rows::new(&[1; 4], &nanoseconds, &[]) };
    assert_eq!(engine.push(&rows).unwrap().rows, 4);
    assert_eq!((engine.stats().accepted, engine.stats().invalid), (2, 2));
}

/// Protects local days: an event's date is in 1900 to 2199, on that zone's clock.
#[test]
fn dates_outside_of_the_years_are_counted() {
    let mut engine = Engine::new(&counts(days("Asia/Tokyo"))).unwrap();
    // Midnight of 1900-01-01 was 15:00 before in UTC; that of 2200-01-01 likewise.
    let (first_ms, end_ms) = (-2_208_988_800_000 - 32_400_000, 7_258_118_400_000 - 32_400_000);
    let times = [first_ms - 1, first_ms, end_ms - 1, end_ms, i64::MIN, i64::MAX];
    push_all(&mut engine, &Events::bare(&times.map(|t_ms| (1, t_ms))));
    engine.finish().unwrap();
    assert_eq!((engine.stats().accepted, engine.stats().invalid), (2, 4));
    let day_ms = 86_400_000;
    let expected = [
        format!("{first_ms}..{} 1 n1", first_ms + day_ms),
        format!("{}..{end_ms} 1 n1", end_ms - day_ms),
    ];
    assert_eq!(drain(&mut engine), expected);
}

/// Protects floats that are not numbers, have no sign or hardly a value: what each function makes
/// of them is fixed to the bit.
#[test]
fn special_floats_have_one_answer() {
    let functions = [
        Function::Sum,
        Function::Mean,
        Function::Variance,
        Function::Min,
        Function::Max,
        Function::First,
        Function::Last,
    ];
    let (nan, inf, tiny) = (f64::NAN, f64::INFINITY, f64::from_bits(1));
    let cases: [(&[f64], [f64; 7]); 9] = [
        (&[nan, 1.0], [nan, nan, nan, 1.0, 1.0, nan, 1.0]),
        (&[-nan], [nan; 7]),
        (&[inf, 1.0], [inf, inf, nan, 1.0, inf, inf, 1.0]),
        (&[-inf, 1.0], [-inf, -inf, nan, -inf, 1.0, -inf, 1.0]),
        (&[inf, -inf], [nan, nan, nan, -inf, inf, inf, -inf]),
        (&[-0.0, -0.0], [0.0, 0.0, 0.0, -0.0, -0.0, -0.0, -0.0]),
        (&[0.0, -0.0], [0.0, 0.0, 0.0, -0.0, 0.0, 0.0, -0.0]),
        (&[tiny, tiny, tiny], [3.0 * tiny, tiny, 0.0, tiny, tiny, tiny, tiny]),
        (&[f64::MAX, f64::MAX], [inf, f64::MAX, 0.0, f64::MAX, f64::MAX, f64::MAX, f64::MAX]),
    ];
    for window in [tumbling(100), sliding(100, 10), session(50)] {
        for (values, expected) in cases {
            let mut engine =
                Engine::new(&spec(window.clone(), ValueType::F64, &functions)).unwrap();
            let rows: Vec<_> = (1..).zip(values).map(|(at, value)| (1, at, *value)).collect();
            push_all(&mut engine, &Events::floats(&rows));
            engine.finish().unwrap();
            let mut batch = ResultBatch::default();
            assert!(engine.poll(&mut batch) > 0);
            let got: Vec<_> = batch.columns.iter().map(|column| column.bits(0).unwrap()).collect();
            let canonical = |x: f64| if x.is_nan() { 0x7ff8 << 48 } else { x.to_bits() };
            assert_eq!(got, expected.map(canonical), "{values:?} in {window:?}");
        }
    }
}

/// Protects sums of integers: exact inside, null and counted where they do not fit 64 bits, and
/// right again when what was too much has left or was balanced.
#[test]
fn integer_sums_overflow_to_null() {
    let rows = [
        (1, 5, i64::MAX),
        (1, 15, 1),
        (1, 25, i64::MIN),
        (1, 26, i64::MIN),
        (1, 35, i64::MAX),
        (1, 36, 1),
        (1, 37, 1),
        (1, 45, i64::MIN),
        (1, 55, i64::MIN),
    ];
    let mut engine = Engine::new(&sums(sliding(20, 10))).unwrap();
    push_all(&mut engine, &Events::ints(&rows));
    engine.finish().unwrap();
    let expected = [
        "-10..10 1 n1 9223372036854775807",
        "0..20 1 n2 null",
        "10..30 1 n3 null",
        "20..40 1 n5 -9223372036854775807",
        "30..50 1 n4 1",
        "40..60 1 n2 null",
        "50..70 1 n1 -9223372036854775808",
    ];
    assert_eq!(drain(&mut engine), expected);
    assert_eq!(engine.stats().sum_overflows, 3);
    // One row of each sign in every cell: every cell carries, no window does.
    let balanced: Vec<_> = (0..40)
        .map(|at| {
            (1, at, [i64::MAX, i64::MAX, i64::MIN, i64::MIN][usize::try_from(at % 4).unwrap()])
        })
        .collect();
    for window in [tumbling(20), sliding(20, 4), stream::cumulate(20, 4), session(5)] {
        let mut engine = Engine::new(&sums(window)).unwrap();
        push_all(&mut engine, &Events::ints(&balanced));
        engine.finish().unwrap();
        let full = drain(&mut engine)
            .into_iter()
            .filter(|line| line.contains(" n20 ") || line.contains(" n40 "));
        for line in full {
            assert!(line.ends_with(" -10") || line.ends_with(" -20"), "{line}");
        }
        assert_eq!(engine.stats().sum_overflows, 0);
    }
}

/// Protects against one row of another age: everything before it fires, nothing walks over the
/// empty years, and rows that come after are late; with ticks it is set aside instead.
#[test]
fn a_row_ten_years_ahead() {
    let ahead_ms = 315_576_000_000;
    for window in [tumbling(10), sliding(25, 10), session(10), days("Europe/Berlin")] {
        let mut engine = Engine::new(&counts(window.clone())).unwrap();
        push_all(&mut engine, &Events::bare(&[(1, 0), (2, ahead_ms), (1, 1), (2, ahead_ms + 1)]));
        assert_eq!((engine.stats().accepted, engine.stats().late), (3, 1), "{window:?}");
        engine.finish().unwrap();
        let lines = drain(&mut engine);
        assert!(lines[0].contains(" 1 n1") && lines.last().unwrap().contains(" 2 n"), "{lines:?}");

        let mut guarded = counts(window);
        guarded.max_future_ms = 1_000;
        let mut engine = Engine::new(&guarded).unwrap();
        engine.tick(0).unwrap();
        push_all(
            &mut engine,
            &Events::bare(&[(1, 0), (2, ahead_ms), (1, 1), (2, 1_000), (2, 1_001)]),
        );
        assert_eq!((engine.stats().accepted, engine.stats().future), (3, 2));
        let expected = [format!("FUTURE 2 at {ahead_ms}"), "FUTURE 2 at 1001".into()];
        assert_eq!(drain_late(&mut engine), expected);
    }
}

/// Protects disorder of hours: within the bound it changes no result.
#[test]
fn rows_hours_out_of_order() {
    let random = common::Random::new(21);
    let mut rows: Vec<_> = (0..20_000).map(|at| (random.between(0, 50), at * 5_000, at)).collect();
    let results = |rows: &[(i64, i64, i64)], bound_ms: i64| {
        let mut spec = sums(sliding(600_000, 60_000));
        (spec.max_out_of_orderness_ms, spec.output_budget_bytes) = (bound_ms, 1 << 28);
        let mut engine = Engine::new(&spec).unwrap();
        push_all(&mut engine, &Events::ints(rows));
        engine.finish().unwrap();
        assert_eq!(engine.stats().late, 0);
        let mut lines = drain(&mut engine);
        lines.sort();
        lines
    };
    let expected = results(&rows, 0);
    let hours_ms = 6 * 3_600_000;
    rows.sort_by_cached_key(|row| row.1 + random.between(0, hours_ms));
    assert_eq!(results(&rows, hours_ms), expected);
}

/// Protects against a batch in which no key was seen before: a million of them.
#[test]
fn a_million_new_keys_in_a_batch() {
    let keys: Vec<i64> =
        (0..1_000_000_i64).map(|key| key.wrapping_mul(0x5851_f42d_4c95_7f2d)).collect();
    let times = vec![3; keys.len()];
    let mut engine = Engine::new(&counts(tumbling(10))).unwrap();
    let pushed = engine.push(&Rows::new(&keys, &times, &[])).unwrap();
    assert_eq!((pushed.rows, pushed.stopped), (1_000_000, None));
    assert_eq!((engine.stats().keys, engine.stats().accepted), (1_000_000, 1_000_000));
    engine.finish().unwrap();
    let (mut batch, mut got) = (ResultBatch::default(), Vec::new());
    while engine.poll(&mut batch) > 0 {
        assert!(batch.count.iter().all(|count| *count == 1));
        let paneline::ResultKeys::I64(keys) = &batch.keys else { panic!("{:?}", batch.keys) };
        got.extend_from_slice(keys);
    }
    assert!(got == keys, "keys come out once, in the order in which they came");
}

/// Protects calls out of place: each kind of engine refuses the other's, and changes nothing.
#[test]
fn shards_and_whole_engines_have_their_own_calls() {
    let spec = counts(tumbling(10));
    let rows = Rows::new(&[1, 2], &[1, 2], &[]);
    let mut progress = Progress::new(&spec).unwrap();
    let verdicts = progress.judge(&rows).unwrap();
    let code = |error: Error| (error.code(), error.path().to_owned());
    let misplaced = (Code::InvalidArgument, String::new());

    let mut whole = Engine::new(&spec).unwrap();
    assert_eq!(code(whole.apply(&rows, &verdicts, 0).unwrap_err()), misplaced);
    assert_eq!(code(whole.apply_watermark(5).unwrap_err()), misplaced);
    assert_eq!(code(whole.apply_finish().unwrap_err()), misplaced);
    assert_eq!(stats(&whole), stats(&Engine::new(&spec).unwrap()));

    let mut shard = Engine::shard(&spec, u64::MAX).unwrap();
    assert_eq!(code(shard.push(&rows).unwrap_err()), misplaced);
    assert_eq!(code(shard.advance_watermark(0, 5).unwrap_err()), misplaced);
    assert_eq!(code(shard.tick(5).unwrap_err()), misplaced);
    assert_eq!(code(shard.finish().unwrap_err()), misplaced);
    assert_eq!(stats(&shard), stats(&Engine::shard(&spec, 1).unwrap()));

    let others = (Code::InvalidArgument, "verdicts".to_owned());
    let shorter = Rows::new(&[1], &[1], &[]);
    assert_eq!(code(shard.apply(&shorter, &verdicts, 0).unwrap_err()), others);
    let beyond = (Code::InvalidArgument, "from".to_owned());
    assert_eq!(code(shard.apply(&rows, &verdicts, 3).unwrap_err()), beyond);
    assert_eq!(shard.apply(&rows, &verdicts, 1).unwrap().rows, 1, "a row may be left out");
    assert_eq!(shard.apply(&rows, &verdicts, 2).unwrap().rows, 0);
    shard.apply_finish().unwrap();
    for error in [shard.apply(&rows, &verdicts, 0).unwrap_err(), shard.apply_finish().unwrap_err()]
    {
        assert_eq!(error.code(), Code::Closed, "{error}");
    }
    assert_eq!(drain(&mut shard), ["0..10 2 n1"]);
    let none = Engine::shard(&spec, 0).unwrap_err();
    assert_eq!((none.code(), none.path()), (Code::InvalidArgument, "slots"));
    assert_eq!(counters(&whole.stats()), [0; 6]);
}
