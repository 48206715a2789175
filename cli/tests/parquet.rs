//! Parquet: the same findings as in files of text, what the types mean, what is refused, and files
//! that mean harm. The files of tests/data are those that its parquet.py wrote with other libraries.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::fs::File;
use std::path::{Path, PathBuf};

use common::{Run, directory, json, paneline, run_in};
use parquet::basic::Encoding;
use parquet::data_type::{
    ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type, Int96Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::Value;

/// The sample that tests/data/parquet.py was given.
const SAMPLE: &str = "sample --rows 96 --start 2014-11-01";
const READINGS: [&str; 8] = [
    "duckdb",
    "duckdb_texts",
    "pandas",
    "polars",
    "polars_texts",
    "pyarrow",
    "pyarrow_lengths",
    "pyarrow_texts",
];
const INSTANTS: [&str; 3] = ["duckdb_instants", "pyarrow_instants", "pyarrow_wholes"];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/{name}.parquet"))
}

/// Checks the sample's columns in a file.
fn check_sample(file: &Path, arguments: &str) -> Run {
    let flags = "--time timestamp --value value --timezone America/New_York";
    run_in(Path::new("."), &format!("check {} {flags} {arguments}", file.display()), "")
}

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
    let run =
        run_in(&data("").with_file_name(""), &format!("assign polars.parquet {arguments}"), "");
    assert!(
        run.stderr
            .starts_with("error: INVALID_ARGUMENT at polars.parquet:51: 2014-11-02 01:00 occurs"),
        "{}",
        run.stderr
    );
    let arguments = format!("assign polars.parquet {arguments} --ambiguous latest");
    let run = run_in(&data("").with_file_name(""), &arguments, "");
    assert!(run.text().contains("\n50,2014-11-02T04:00:00Z,2014-11-02T11:00:00Z\n"));
}

/// Writes the cells of a column of a row group.
fn cells<T: DataType>(group: &mut SerializedRowGroupWriter<'_, File>, cells: &[Option<T::T>]) {
    let values: Vec<T::T> = cells.iter().flatten().cloned().collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(&values, Some(&levels), None).unwrap();
    column.close().unwrap();
}

type Cells<'a> = &'a dyn Fn(&mut SerializedRowGroupWriter<'_, File>);

/// Writes a file with these columns in a schema's language, and these row groups.
fn write(file: &Path, columns: &str, groups: &[Cells<'_>]) {
    write_as(WriterProperties::default(), file, columns, groups);
}

fn write_as(properties: WriterProperties, file: &Path, columns: &str, groups: &[Cells<'_>]) {
    let schema = parse_message_type(&format!("message rows {{ {columns} }}")).unwrap();
    let file = File::create(file).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema.into(), properties.into()).unwrap();
    for cells in groups {
        let mut group = writer.next_row_group().unwrap();
        cells(&mut group);
        group.close().unwrap();
    }
    writer.close().unwrap();
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

/// Protects nulls, values of every type, and rows that go on from group to group.
#[test]
fn values_and_nulls() {
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
                column.typed::<ByteArrayType>().write_batch(&["c".into()], None, None).unwrap();
                column.close().unwrap();
                cells::<ByteArrayType>(group, &[Some(vec![b'0', 0xff].into())]);
            },
        ],
    );
    let run = run_in(&directory, "check a.parquet --time t --timezone UTC -q", "");
    let wanted = "  a.parquet:2: column t: the cell is null\n  \
                  a.parquet:3: column t: \"0\u{fffd}\" is no date and time; ";
    assert!(run.text().contains(wanted), "{}", run.text());
    let run = run_in(&directory, "assign a.parquet --time t --duration 6h", "");
    let wanted = "error: INVALID_ARGUMENT at a.parquet:2: column t: the cell is null\n";
    assert_eq!((run.code, run.text(), run.stderr.as_str()), (2, "", wanted));
}

/// Protects refusals: columns that are not there or hold no times, what is packed without a bound,
/// and what cannot be sought in.
#[test]
fn refusals() {
    let directory = directory("parquet_refusals");
    let columns = "optional int64 t; optional int64 t; optional int32 d (DATE); optional double v; \
                   optional group g { optional int64 t; } repeated int64 r; optional boolean b; \
                   optional int96 old; optional int64 m (DECIMAL(18,2));";
    write(&directory.join("a.parquet"), columns, &[]);
    write(
        &directory.join("b.parquet"),
        "optional int64 t;",
        &[&|group| {
            cells::<Int64Type>(group, &[]);
        }],
    );
    let sealed = std::fs::read(data("polars")).unwrap();
    let sealed = [&sealed[..sealed.len() - 4], b"PARE"].concat();
    std::fs::write(directory.join("sealed.parquet"), sealed).unwrap();
    std::fs::write(directory.join("empty.parquet"), "").unwrap();
    std::fs::write(directory.join("text.parquet"), "t,v\n2014-11-02 00:30,1\n").unwrap();
    std::fs::copy(data("polars"), directory.join("renamed.csv")).unwrap();
    for name in ["int96", "gzip"] {
        std::fs::copy(data(name), directory.join(format!("{name}.parquet"))).unwrap();
    }
    for (arguments, wanted) in [
        (
            "a.parquet --time x",
            "INVALID_ARGUMENT at --time: a.parquet has no column \"x\"\nhint: \
          the columns are t, t, d, v, g, r, b, old, m\n",
        ),
        (
            "a.parquet --time t",
            "INVALID_ARGUMENT at --time: column \"t\" appears twice in a.parquet\n\
          hint: columns 1 and 2 have the name\n",
        ),
        (
            "a.parquet --time d",
            "INVALID_ARGUMENT at --time: column \"d\" of a.parquet is INT32 with \
          Date\nhint: times are timestamps in ms, us or ns, whole ms of 64 bits, or texts\n",
        ),
        ("a.parquet --time v", "column \"v\" of a.parquet is DOUBLE\n"),
        ("a.parquet --time g", "column \"g\" of a.parquet is nested\n"),
        ("a.parquet --time r", "column \"r\" of a.parquet is repeated\n"),
        (
            "a.parquet --time old",
            "is INT96, which does not say whether it is an instant or a reading",
        ),
        ("int96.parquet --time timestamp", "is INT96, which does not say"),
        (
            "b.parquet --time t --value t",
            "error: INVALID_ARGUMENT at b.parquet: no rows to check\n",
        ),
        (
            "gzip.parquet --time timestamp",
            "INVALID_ARGUMENT at gzip.parquet: pages packed by GZIP \
          are not read here\nhint: write it with zstd, snappy, lz4_raw or uncompressed\n",
        ),
        (
            "sealed.parquet --time t",
            "error: CORRUPT at sealed.parquet: the file cannot be decoded: ",
        ),
        ("empty.parquet --time t", "CORRUPT at empty.parquet: the file cannot be decoded: 0 bytes"),
        ("text.parquet --time t", "error: CORRUPT at text.parquet: the file cannot be decoded: "),
        ("none.parquet --time t", "error: IO at none.parquet: "),
        (
            "renamed.csv --time timestamp",
            "INVALID_ARGUMENT at renamed.csv: parquet is read from its \
          end, so from a file that ends in .parquet\nhint: save it under such a name\n",
        ),
    ] {
        let run = run_in(&directory, &format!("check {arguments} --timezone UTC"), "");
        assert_eq!((run.code, run.text()), (2, ""), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(wanted), "{arguments}: {}", run.stderr);
    }
    for value in ["d", "b", "m", "g", "old"] {
        let run = run_in(
            &data("").with_file_name(""),
            &format!(
                "check {}/a.parquet --time t --value {value} --timezone UTC",
                directory.display()
            ),
            "",
        );
        assert_eq!(run.code, 2, "{value}");
    }
    let run = run_in(&directory, "check - --time t --timezone UTC", "PAR1\u{15}\u{4}");
    assert!(
        run.stderr.starts_with("error: INVALID_ARGUMENT at stdin: parquet is read from its end")
    );
    let mut rows = directory.join("old.parquet");
    write(&rows, "optional int96 t;", &[&|group| cells::<Int96Type>(group, &[None])]);
    rows.pop();
    assert_eq!(run_in(&rows, "check old.parquet --time t --timezone UTC", "").code, 2);
}

/// Checks the sample's columns in bytes; the answer must be one of those that files may have.
fn check_bytes(file: &Path, bytes: &[u8], what: &str) -> Run {
    std::fs::write(file, bytes).unwrap();
    let run = check_sample(file, "");
    assert!(matches!(run.code, 0..=2), "{what}: {}", run.stderr);
    assert_eq!(run.code == 2, !run.stderr.is_empty(), "{what}: {}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
    run
}

/// Protects against a file that is cut, anywhere: it is refused, and never read in part.
#[test]
fn cut_files() {
    let file = directory("parquet_cut").join("a.parquet");
    let whole = std::fs::read(data("duckdb_instants")).unwrap();
    for cut in 0..whole.len() {
        let run = check_bytes(&file, &whole[..cut], &format!("cut at {cut}"));
        assert_eq!(run.code, 2, "cut at {cut}");
        assert!(run.stderr.starts_with("error: CORRUPT at "), "cut at {cut}: {}", run.stderr);
    }
}

/// Protects against damage of one to four bytes, of files of every writer: an answer, no panic.
#[test]
fn damaged_files() {
    let directory = directory("parquet_damaged");
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let wholes: Vec<Vec<u8>> = READINGS.map(|name| std::fs::read(data(name)).unwrap()).into();
    let mut refused = 0;
    for round in 0..2_000 {
        let mut bytes = wholes[round % wholes.len()].clone();
        for _ in 0..=random(4) {
            let place = random(bytes.len());
            bytes[place] = u8::try_from(random(256)).unwrap();
        }
        let run = check_bytes(&directory.join("a.parquet"), &bytes, &format!("round {round}"));
        refused += usize::from(run.code == 2);
    }
    assert!((200..1_990).contains(&refused), "{refused} were refused");
}

/// Protects from a decoder that panics: this damage makes it do so.
#[test]
fn a_decoder_that_panics() {
    let file = directory("parquet_panic").join("a.parquet");
    let mut bytes = std::fs::read(data("duckdb_texts")).unwrap();
    assert_eq!(bytes[888], 8);
    bytes[888] = 0x4f;
    let run = check_bytes(&file, &bytes, "a panic");
    assert!(run.stderr.contains(":1: the file cannot be decoded: the decoder gave up\nhint: "));
}

/// Protects memory from what a file claims: a page of 2 GiB, and a row group with more rows than it
/// has, are refused with the row where they are met.
#[test]
fn claims() {
    let directory = directory("parquet_claims");
    let file = directory.join("a.parquet");
    write(
        &file,
        "optional int64 timestamp; optional int64 value;",
        &[&|group| {
            cells::<Int64Type>(group, &[Some(0), Some(1), Some(2)]);
            cells::<Int64Type>(group, &[Some(0), Some(1), Some(2)]);
        }],
    );
    let plain = std::fs::read(&file).unwrap();
    assert_eq!(check_sample(&file, "").code, 0, "three rows, 1 ms apart");
    // The first header: the type, then the size of the page, which now has five bytes.
    let size = plain[4..].iter().skip(3).position(|byte| byte & 0x80 == 0).unwrap() + 7;
    assert_eq!((plain[4], plain[6]), (0x15, 0x15));
    let large = [&plain[..7], &[0xfe, 0xff, 0xff, 0xff, 0x0f], &plain[size + 1..]].concat();
    let run = check_bytes(&file, &large, "a large page");
    let wanted = ":1: the file cannot be decoded: a page may unpack to 268435456 \
                  bytes, and one says 2147483647\n";
    assert!(run.stderr.contains(wanted), "{}", run.stderr);

    // More lengths of texts than texts: three, in the head of their block.
    let lengths = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_column_encoding("timestamp".into(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
        .build();
    write_as(
        lengths,
        &file,
        "optional binary timestamp; optional int64 value;",
        &[&|group| {
            cells::<ByteArrayType>(group, &["2014-11-02 00:30"; 3].map(|text| Some(text.into())));
            cells::<Int64Type>(group, &[None; 3]);
        }],
    );
    let mut bytes = std::fs::read(&file).unwrap();
    assert_eq!(check_sample(&file, "").code, 1, "one row three times");
    let head = bytes.windows(4).position(|bytes| bytes == [0x80, 1, 4, 3]).unwrap();
    bytes[head + 3] = 4;
    let run = check_bytes(&file, &bytes, "a length too many");
    let wanted = ":1: the file cannot be decoded: a page with 3 texts claims other lengths\n";
    assert!(run.stderr.contains(wanted), "{}", run.stderr);

    // More values in a dictionary than it has bytes for: the header says 96.
    let mut bytes = std::fs::read(data("pyarrow")).unwrap();
    let head = bytes.windows(3).position(|bytes| bytes == [0x4c, 0x15, 0xc0]).unwrap();
    bytes[head + 3] = 0x7f;
    let run = check_bytes(&file, &bytes, "a large dictionary");
    assert!(
        run.stderr.contains("a dictionary of 768 bytes claims 8160 values\n"),
        "{}",
        run.stderr
    );

    // Wherever 3 is written in the footer, 4 or 2.
    let footer = plain.len() - 8 - usize::from(plain[plain.len() - 8]);
    for (count, row) in [(4, 4), (2, 1)] {
        let others = (footer..plain.len() - 8).filter(|&place| plain[place] == 6).map(|place| {
            let mut bytes = plain.clone();
            bytes[place] = count * 2;
            check_bytes(&file, &bytes, "another number of rows").stderr
        });
        let wanted = format!(
            ":{row}: the file cannot be decoded: the row group has not as many rows as it says\n"
        );
        assert!(others.filter(|said| said.contains(&wanted)).count() > 0, "{count}");
    }
    // A column that goes on behind the last row of a group, at the end of what is decoded at once.
    let long = vec![Some(0); 5_000];
    write(
        &file,
        "optional int64 timestamp; optional int64 value;",
        &[&|group| {
            cells::<Int64Type>(group, &long);
            cells::<Int64Type>(group, &long);
        }],
    );
    let plain = std::fs::read(&file).unwrap();
    // 5,000 and 4,096, as Thrift writes them.
    let patched = plain.windows(2).enumerate().filter(|(_, two)| **two == [0x90, 0x4e]);
    let said = patched.map(|(place, _)| {
        let mut bytes = plain.clone();
        bytes[place..place + 2].copy_from_slice(&[0x80, 0x40]);
        check_bytes(&file, &bytes, "a short group").stderr
    });
    let wanted =
        ":4097: the file cannot be decoded: the row group has not as many rows as it says\n";
    assert!(said.filter(|said| said.contains(wanted)).count() > 0);
}
