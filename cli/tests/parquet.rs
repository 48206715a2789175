//! Parquet: the same findings as in files of text, what the types mean, and what is refused. The files
//! of tests/data are those that its parquet.py wrote with other libraries.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::fs::File;
use std::path::Path;

use common::parquet::{READINGS, cells, check_sample, data, write, write_as};
use common::{directory, json, paneline, run_in};
use parquet::basic::Encoding;
use parquet::data_type::{ByteArrayType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedRowGroupWriter;
use serde_json::Value;

/// The sample that tests/data/parquet.py was given.
const SAMPLE: &str = "sample --rows 96 --start 2014-11-01";
const INSTANTS: [&str; 3] = ["duckdb_instants", "pyarrow_instants", "pyarrow_wholes"];

/// What the check of a file found, with the rows of text counted as rows.
fn found(file: &Path, header_lines: u64) -> Value {
    fn places(part: &mut Value, header_lines: u64) {
        match part {
            Value::Array(parts) => parts.iter_mut().for_each(|part| places(part, header_lines)),
            Value::Object(members) => {
                members.remove("column");
                if let Some(line) = members.remove("line") {
                    members.insert("row".into(), (line.as_u64().unwrap() - header_lines).into());
                }
                members.values_mut().for_each(|part| places(part, header_lines));
            }
            _ => {}
        }
    }
    let run = check_sample(file, "--json");
    let mut found = json(run.text(), "check.json")["data"].take();
    found.as_object_mut().unwrap().remove("file");
    places(&mut found, header_lines);
    found
}

/// Protects the promise that the format does not matter: what each library writes unless told, and
/// each encoding of theirs, has the findings of the same rows as CSV and as lines of JSON.
#[test]
fn every_format_has_the_same_findings() {
    let directory = directory("formats");
    let sample = paneline(SAMPLE);
    let (_, rows) = sample.text().split_once('\n').unwrap();
    let lines = |end: &str, json: bool| {
        let line = |row: &str| {
            let (time, value) = row.split_once(',').unwrap();
            if json {
                format!("{{\"value\":{value},\"timestamp\":\"{time}{end}\"}}\n")
            } else {
                format!("{time}{end},{value}\n")
            }
        };
        rows.lines().map(line).collect::<String>()
    };
    for (end, names, findings) in [("", &READINGS[..], 2), ("Z", &INSTANTS[..], 0)] {
        let [csv, jsonl] = ["a.csv", "a.jsonl"].map(|name| directory.join(name));
        std::fs::write(&csv, format!("timestamp,value\n{}", lines(end, false))).unwrap();
        std::fs::write(&jsonl, lines(end, true)).unwrap();
        let wanted = found(&csv, 1);
        assert_eq!(wanted["rows"], 96);
        assert_eq!(wanted["findings"].as_array().unwrap().len(), findings);
        assert_eq!(found(&jsonl, 0), wanted);
        for name in names {
            assert_eq!(found(&data(name), 0), wanted, "{name}");
        }
    }
}

/// Protects the same promise of rows without a time: null and empty are one thing, whatever the
/// format can write.
#[test]
fn every_format_has_the_same_nulls() {
    let directory = directory("formats_nulls");
    let [csv, jsonl, parquet] = ["a.csv", "a.jsonl", "a.parquet"].map(|name| directory.join(name));
    let time = "2014-11-02 00:30";
    std::fs::write(&csv, format!("timestamp,value\n,1\n{time},2\n\"\",3\n \t,4\n")).unwrap();
    let lines = [("null", 1), (&format!("\"{time}\""), 2), ("\"\"", 3), ("\" \\t\"", 4)]
        .map(|(time, value)| format!("{{\"timestamp\":{time},\"value\":{value}}}\n"));
    std::fs::write(&jsonl, lines.concat()).unwrap();
    write(
        &parquet,
        "optional binary timestamp (STRING); optional int64 value;",
        &[&|group| {
            let times = [None, Some(time.into()), Some("".into()), Some(" \t".into())];
            cells::<ByteArrayType>(group, &times);
            cells::<Int64Type>(group, &[1, 2, 3, 4].map(Some));
        }],
    );
    let wanted = found(&csv, 1);
    let told = [1, 3, 4].map(|row| {
        serde_json::json!({"row": row, "message": "column timestamp: the time is null or empty"})
    });
    assert_eq!(wanted["findings"][0]["shown"], Value::from(told.to_vec()));
    assert_eq!(found(&jsonl, 0), wanted);
    assert_eq!(found(&parquet, 0), wanted);
}

/// Protects places: `file:row` from 1, and the heading of the rates.
#[test]
fn places_are_rows() {
    let run = check_sample(&data("polars"), "");
    let text = run.text().replace(data("polars").to_str().unwrap(), "FILE");
    for wanted in [
        "\n  FILE:51: 2014-11-02 01:00 is 2014-11-02T05:00:00Z or 2014-11-02T06:00:00Z\n",
        "\n  FILE:49: 2014-11-02 has 48 rows where 50 half-hours elapsed; ",
        "\n       row  reading                     value     value / 2\n        \
         51  2014-11-02 01:00           39,159        19,580\n",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in\n{text}");
    }
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let arguments = "--time timestamp --timezone America/New_York --duration 6h";
    let file = data("polars");
    let folder = file.parent().unwrap();
    let run = run_in(folder, &format!("assign polars.parquet {arguments}"), "");
    assert!(
        run.stderr
            .starts_with("error: INVALID_ARGUMENT at polars.parquet:51: 2014-11-02 01:00 occurs"),
        "{}",
        run.stderr
    );
    let arguments = format!("assign polars.parquet {arguments} --ambiguous latest");
    let run = run_in(folder, &arguments, "");
    assert!(run.text().contains("\n50,2014-11-02T04:00:00Z,2014-11-02T11:00:00Z\n"));
}

/// Protects what a time means: adjusted to UTC or not, in each unit, floored to milliseconds, and
/// whole numbers as lines of JSON have them.
#[test]
fn meanings_of_times() {
    let directory = directory("parquet_times");
    for (column, time, wanted) in [
        ("int64 t (TIMESTAMP(MILLIS,true))", 1_001, "1969-12-31 19:00:01.001"),
        ("int64 t (TIMESTAMP(MICROS,true))", 1_999, "1969-12-31 19:00:00.001"),
        ("int64 t (TIMESTAMP(NANOS,true))", -1, "1969-12-31 18:59:59.999"),
        ("int64 t (TIMESTAMP(MILLIS,false))", 1_001, "1970-01-01 00:00:01.001"),
        ("int64 t (TIMESTAMP(MICROS,false))", -1, "1969-12-31 23:59:59.999"),
        ("int64 t (TIMESTAMP(NANOS,false))", 1_999_999, "1970-01-01 00:00:00.001"),
        ("int64 t (TIMESTAMP_MILLIS)", 0, "1969-12-31 19:00"),
        ("int64 t (TIMESTAMP_MICROS)", -1_000, "1969-12-31 18:59:59.999"),
        ("int64 t (INTEGER(64,true))", 60_000, "1969-12-31 19:01"),
        ("int64 t", -60_000, "1969-12-31 18:59"),
    ] {
        write(
            &directory.join("a.parquet"),
            &format!("optional {column};"),
            &[&|group| {
                cells::<Int64Type>(group, &[Some(time)]);
            }],
        );
        let arguments = "check a.parquet --time t --timezone America/New_York --json";
        let run = run_in(&directory, arguments, "");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{column}");
        assert_eq!(json(run.text(), "check.json")["data"]["span"][0], wanted, "{column}");
        write(
            &directory.join("a.parquet"),
            &format!("optional {column};"),
            &[&|group| {
                cells::<Int64Type>(group, &[Some(i64::MIN), None, Some(i64::MAX)]);
            }],
        );
        let run = run_in(&directory, arguments, "");
        let findings = &json(run.text(), "check.json")["data"]["findings"][0];
        let nanos = column.contains("NANOS");
        assert_eq!((run.code, &findings["count"]), (1, &3.into()), "{column}, {nanos}");
    }
}

/// Protects values of every type, and null ones.
#[test]
fn values() {
    let directory = directory("parquet_values");
    let file = directory.join("a.parquet");
    let fold = 1_414_890_000_000;
    let times: Vec<Option<i64>> = (0..4).map(|row| Some(fold + row * 60_000)).collect();
    let arguments = "check a.parquet --time t --value v --timezone America/New_York";
    let table = |columns: &str, value: &dyn Fn(&mut SerializedRowGroupWriter<'_, File>)| {
        let columns = format!("optional int64 t (TIMESTAMP(MILLIS,false)); optional {columns};");
        write(
            &file,
            &columns,
            &[&|group| {
                cells::<Int64Type>(group, &times);
                value(group);
            }],
        );
        let run = run_in(&directory, arguments, "");
        let rows = run.text().lines().skip_while(|line| !line.contains("value / 2")).skip(1);
        let rows: Vec<String> =
            rows.map(|line| line[31..].split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        rows.join("; ")
    };
    assert_eq!(
        table("double v", &|group| {
            cells::<DoubleType>(group, &[Some(f64::NAN), Some(7.0), None, Some(-0.1)]);
        }),
        "NaN -; 7.0 3.50; -; -0.1 -0.05"
    );
    assert_eq!(
        table("float v", &|group| {
            cells::<FloatType>(group, &[Some(0.1), Some(f32::INFINITY), None, Some(2.5)]);
        }),
        "0.1 0.05; inf -; -; 2.5 1.25"
    );
    assert_eq!(
        table("int32 v (INTEGER(32,false))", &|group| {
            cells::<Int32Type>(group, &[Some(-1), Some(2), None, None]);
        }),
        "4,294,967,295 2,147,483,648; 2 1; -; -"
    );
    assert_eq!(
        table("int64 v (INTEGER(64,false))", &|group| {
            cells::<Int64Type>(group, &[Some(-1), Some(39_197), None, None]);
        }),
        "18446744073709551615 9223372036854775808.00; 39,197 19,599; -; -"
    );
    assert_eq!(
        table("binary v (STRING)", &|group| {
            let texts =
                ["8", "n/a", "\u{e4}", "1.5"].map(|text| Some(text.as_bytes().to_vec().into()));
            cells::<ByteArrayType>(group, &texts);
        }),
        "8 4; n/a -; \u{e4} -; 1.5 0.75"
    );
}

/// Protects times that are null or no text, and rows that go on from group to group.
#[test]
fn nulls_and_groups() {
    let directory = directory("parquet_nulls");
    let file = directory.join("a.parquet");
    write(
        &file,
        "required binary x; optional binary t (STRING);",
        &[
            &|group| {
                let mut column = group.next_column().unwrap().unwrap();
                let texts = ["a", "b"].map(Into::into);
                column.typed::<ByteArrayType>().write_batch(&texts, None, None).unwrap();
                column.close().unwrap();
                cells::<ByteArrayType>(group, &[Some("2014-11-02 00:30".into()), None]);
            },
            &|group| {
                let mut column = group.next_column().unwrap().unwrap();
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&["c".into(), "d".into()], None, None)
                    .unwrap();
                column.close().unwrap();
                let again = Some("2014-11-02 00:30".into());
                cells::<ByteArrayType>(group, &[Some(vec![b'0', 0xff].into()), again]);
            },
        ],
    );
    let run = run_in(&directory, "check a.parquet --time t --timezone UTC -q", "");
    let wanted = "  a.parquet:2: column t: the time is null or empty\n  \
                  a.parquet:3: column t: \"0\u{fffd}\" is no date and time; ";
    assert!(run.text().contains(wanted), "{}", run.text());
    let wanted = "\n  a.parquet:4: 2014-11-02 00:30 stands on row 1\n";
    assert!(run.text().contains(wanted), "{}", run.text());
    let run = run_in(&directory, "assign a.parquet --time t --duration 6h --timezone UTC", "");
    let wanted = "error: INVALID_ARGUMENT at a.parquet:2: column t: the time is null or empty\n";
    assert_eq!((run.code, run.text(), run.stderr.as_str()), (2, "", wanted));
}

/// What is asked of the files of `refusals`, and part of the answer.
const REFUSALS: &[(&str, &str)] = &[
    (
        "a.parquet --time x",
        "INVALID_ARGUMENT at --time: a.parquet has no column \"x\"\n\
         hint: the first of 14 columns are t, t, d, v, g, r, b, old, m, s, c, i\n",
    ),
    (
        "a.parquet --time t",
        "INVALID_ARGUMENT at --time: column \"t\" appears twice in a.parquet\n\
         hint: columns 1 and 2 have the name\n",
    ),
    (
        "a.parquet --time d",
        "INVALID_ARGUMENT at --time: column \"d\" of a.parquet is INT32 with DATE\n\
         hint: times are timestamps in ms, us or ns, whole ms of 64 bits, or texts\n",
    ),
    ("a.parquet --time m", "column \"m\" of a.parquet is INT64 with DECIMAL(18,2)\n"),
    ("a.parquet --time c", "column \"c\" of a.parquet is INT64 with TIME(MICROS)\n"),
    ("a.parquet --time i", "column \"i\" of a.parquet is INT32 with INTEGER(16,true)\n"),
    ("a.parquet --time s --value u", "column \"u\" of a.parquet is INT64 with TIMESTAMP(NANOS)\n"),
    ("a.parquet --time j", "column \"j\" of a.parquet is BYTE_ARRAY with JSON\n"),
    ("a.parquet --time v", "column \"v\" of a.parquet is DOUBLE\n"),
    ("a.parquet --time g", "column \"g\" of a.parquet is nested\n"),
    ("a.parquet --time r", "column \"r\" of a.parquet is repeated\n"),
    ("a.parquet --time old", "is INT96, which does not say whether it is an instant or a reading"),
    ("int96.parquet --time timestamp", "is INT96, which does not say"),
    ("b.parquet --time t --value t", "error: INVALID_ARGUMENT at b.parquet: no rows to check\n"),
    (
        "gzip.parquet --time timestamp",
        "INVALID_ARGUMENT at gzip.parquet: pages packed by GZIP are not read here\n\
         hint: copy it: duckdb -c \"copy 'old.parquet' to 'new.parquet'\"\n",
    ),
    (
        "prefixes.parquet --time t",
        "INVALID_ARGUMENT at prefixes.parquet: texts in DELTA_BYTE_ARRAY are not read here\nhint: ",
    ),
    ("sealed.parquet --time t", "error: CORRUPT at sealed.parquet: the file cannot be decoded: "),
    ("empty.parquet --time t", "CORRUPT at empty.parquet: the file cannot be decoded: 0 bytes"),
    ("text.parquet --time t", "error: CORRUPT at text.parquet: the file cannot be decoded: "),
    ("none.parquet --time t", "error: IO at none.parquet: "),
    ("folder.parquet --time t", "error: IO at folder.parquet: Is a directory"),
    (
        "renamed.csv --time timestamp",
        "INVALID_ARGUMENT at renamed.csv: parquet is read from its end, so from a file that ends \
         in .parquet\nhint: save it under such a name\n",
    ),
];

/// Protects refusals: columns that are not there or hold no times, what is packed without a bound,
/// and what cannot be sought in.
#[test]
fn refusals() {
    let directory = directory("parquet_refusals");
    let columns = "optional int64 t; optional int64 t; optional int32 d (DATE); optional double v; \
                   optional group g { optional int64 t; } repeated int64 r; optional boolean b; \
                   optional int96 old; optional int64 m (DECIMAL(18,2)); optional binary s (STRING); \
                   optional int64 c (TIME(MICROS,false)); optional int32 i (INTEGER(16,true)); \
                   optional int64 u (TIMESTAMP(NANOS,true)); optional binary j (JSON);";
    write(&directory.join("a.parquet"), columns, &[]);
    write(
        &directory.join("b.parquet"),
        "optional int64 t;",
        &[&|group| {
            cells::<Int64Type>(group, &[]);
        }],
    );
    let prefixes = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BYTE_ARRAY)
        .build();
    write_as(
        prefixes,
        &directory.join("prefixes.parquet"),
        "optional binary t (STRING);",
        &[&|group| cells::<ByteArrayType>(group, &[Some("2014-11-02 00:30".into())])],
    );
    let sealed = std::fs::read(data("polars")).unwrap();
    let sealed = [&sealed[..sealed.len() - 4], b"PARE"].concat();
    std::fs::write(directory.join("sealed.parquet"), sealed).unwrap();
    std::fs::write(directory.join("empty.parquet"), "").unwrap();
    std::fs::create_dir(directory.join("folder.parquet")).unwrap();
    std::fs::write(directory.join("text.parquet"), "t,v\n2014-11-02 00:30,1\n").unwrap();
    std::fs::copy(data("polars"), directory.join("renamed.csv")).unwrap();
    for name in ["int96", "gzip"] {
        std::fs::copy(data(name), directory.join(format!("{name}.parquet"))).unwrap();
    }
    for (arguments, wanted) in REFUSALS {
        let run = run_in(&directory, &format!("check {arguments} --timezone UTC"), "");
        assert_eq!((run.code, run.text()), (2, ""), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(wanted), "{arguments}: {}", run.stderr);
    }
    for value in ["d", "b", "m", "g", "old"] {
        let arguments = format!("check a.parquet --time s --value {value} --timezone UTC");
        let run = run_in(&directory, &arguments, "");
        let wanted = format!("INVALID_ARGUMENT at --value: column {value:?} of a.parquet is ");
        assert!(run.code == 2 && run.stderr.contains(&wanted), "{value}: {}", run.stderr);
        assert!(run.stderr.contains("\nhint: values are integers, floats or texts; cast others"));
    }
    let run = run_in(&directory, "check - --time t --timezone UTC", "PAR1\u{15}\u{4}");
    assert!(
        run.stderr.starts_with("error: INVALID_ARGUMENT at stdin: parquet is read from its end")
    );
}
