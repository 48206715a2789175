//! `assign` and `sample`: the bytes they write.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::path::Path;

use common::{Run, paneline, run_in};
use paneline::{Assigner, Assignment, SlidingWindowSpec, TimeUnit};

const ROWS: &str = "id,at\n1,2014-11-02 01:30\n2,2014-11-02T06:30:00Z\n3,2014-11-02 00:00:00.5\n";

fn assign(arguments: &str) -> Run {
    let spec = "--duration 6h --timezone America/New_York";
    run_in(Path::new("."), &format!("assign - --time at {spec} {arguments}"), ROWS)
}

/// Protects the text form, and the meaning of each choice for an ambiguous row.
#[test]
fn csv() {
    let wanted = "\
row,window_start,window_end
0,2014-11-02T04:00:00Z,2014-11-02T11:00:00Z
1,2014-11-02T04:00:00Z,2014-11-02T11:00:00Z
2,2014-11-02T04:00:00Z,2014-11-02T11:00:00Z
";
    assert_eq!(assign("--ambiguous latest").text(), wanted);
    let arguments = "assign - --time at --duration 1h --timezone America/New_York --ambiguous";
    for (choice, start) in [("earliest", "05:00"), ("latest", "06:00")] {
        let run = run_in(Path::new("."), &format!("{arguments} {choice}"), ROWS);
        let row = format!("\n0,2014-11-02T{start}:00Z,");
        assert!(run.text().contains(&row), "{choice}: {}", run.text());
    }
    let sliding = "assign - --time at --duration 500ms --step 250ms --timezone UTC";
    let run = run_in(Path::new("."), sliding, ROWS);
    let last = "2,2014-11-02T00:00:00.5Z,2014-11-02T00:00:01Z\n";
    assert!(run.text().ends_with(last), "{}", run.text());
}

/// Protects the binary form: the four columns of the library's own batch, little-endian.
#[test]
fn i64_columns() {
    let run = assign("--step 2h --ambiguous earliest --format i64");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let numbers: Vec<i64> =
        run.stdout.chunks(8).map(|bytes| i64::from_le_bytes(bytes.try_into().unwrap())).collect();
    let instants = [1_414_906_200_000, 1_414_909_800_000, 1_414_900_800_500];
    let spec = SlidingWindowSpec {
        duration_ms: 21_600_000,
        step_ms: 7_200_000,
        timezone: "America/New_York".into(),
        ..Default::default()
    };
    let mut windows = Assignment::default();
    let assigner = Assigner::new(&spec).unwrap();
    assigner.assign(&instants, TimeUnit::Millisecond, &mut windows).unwrap();
    assert_eq!(windows.offsets, [0, 3, 6, 9]);
    let wanted = [instants.to_vec(), windows.offsets, windows.starts_ms, windows.ends_ms].concat();
    assert_eq!(numbers, wanted);
}

/// Protects refusals: the row is named as file:line:column, and no window is written before it.
#[test]
fn refused_rows() {
    for (rows, error) in [
        (
            "at\n2014-11-02 00:00\n2014-11-02 01:30\n",
            "error: INVALID_ARGUMENT at stdin:3:1: 2014-11-02 01:30 occurs twice in \
             America/New_York\nhint: choose --ambiguous earliest (2014-11-02T05:30:00Z) or latest \
             (2014-11-02T06:30:00Z); `paneline check` lists all such rows\n",
        ),
        (
            "at\n2014-03-09 02:30\n",
            "error: INVALID_ARGUMENT at stdin:2:1: 2014-03-09 02:30 does not occur in \
             America/New_York\nhint: choose --ambiguous earliest (2014-03-09T06:30:00Z) or latest \
             (2014-03-09T07:30:00Z); `paneline check` lists all such rows\n",
        ),
        (
            "at\n\n1850-01-01 00:00\n",
            "error: OUT_OF_RANGE at stdin:3:1: local time must lie in 1900-01-01 .. 2199-12-31, got \
             -3786825600000 ms\n",
        ),
        (
            "at\n2014-01-01 00:00Z\n1850-01-01 00:00Z\n",
            "error: OUT_OF_RANGE at stdin:3:1: a time must lie in -2208970800000..=7258136399999 ms \
             (local dates 1900-01-01 .. 2199-12-31), got -3786825600000\n",
        ),
        (
            "at\nyesterday\n",
            "error: INVALID_ARGUMENT at stdin:2:1: column at: \"yesterday\" is no date and time; write \
             2014-11-02 01:30[:00[.000]], with Z or an offset if it is an instant\n",
        ),
    ] {
        let arguments = "assign - --time at --duration 6h --timezone America/New_York";
        let run = run_in(Path::new("."), arguments, rows);
        assert_eq!((run.code, run.text(), run.stderr.as_str()), (2, "", error));
    }
}

/// Protects the last day that a cell can name: an instant of it has its windows, the last of which
/// end in the year 10000; a wall clock, whose table ends before it, refuses the row by its line.
#[test]
fn last_day() {
    let rows = "t\n9999-12-31T23:59:59Z\n9999-12-31 22:00:00.5Z\n";
    let run = run_in(Path::new("."), "assign - --time t --duration 1h", rows);
    let wanted = "\
row,window_start,window_end
0,9999-12-31T23:00:00Z,+010000-01-01T00:00:00Z
1,9999-12-31T22:00:00Z,9999-12-31T23:00:00Z
";
    assert_eq!((run.code, run.text(), run.stderr.as_str()), (0, wanted, ""));
    for (row, zone, error) in [
        ("9999-12-31T23:59:59Z", "Asia/Tokyo", "OUT_OF_RANGE at stdin:2:1: a time must lie in"),
        ("9999-12-31 23:59:59", "Asia/Tokyo", "OUT_OF_RANGE at stdin:2:1: local time must lie in"),
        ("9999-12-31 23:59:59", "UTC", "OUT_OF_RANGE at stdin:2:1: local time must lie in"),
    ] {
        let arguments = format!("assign - --time t --duration 1h --timezone {zone}");
        let run = run_in(Path::new("."), &arguments, &format!("t\n{row}\n"));
        assert_eq!((run.code, run.text()), (2, ""), "{row}");
        assert!(run.stderr.contains(error), "{row}: {}", run.stderr);
        assert!(run.stderr.contains("253402300799000"), "{row}: {}", run.stderr);
    }
}

/// Protects the sample: the same bytes everywhere, the doubled rows its largest, no row in a gap.
#[test]
fn sample() {
    let run = paneline("sample");
    assert_eq!(run.text(), paneline("sample").text());
    let rows: Vec<(&str, i64)> = run
        .text()
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap())
        .map(|(at, value)| (at, value.parse().unwrap()))
        .collect();
    assert_eq!(rows.len(), 1_920);
    assert_eq!(rows[0], ("2014-10-01 00:00:00", 12_286));
    let mut largest = rows.clone();
    largest.sort_by_key(|&(_, value)| -value);
    assert_eq!(
        largest[..3],
        [
            ("2014-11-02 01:00:00", 39_159),
            ("2014-11-02 01:30:00", 35_369),
            ("2014-10-04 19:00:00", 24_436)
        ]
    );

    let gap = paneline("sample --start 2015-03-08 --rows 6");
    let times: Vec<&str> = gap.text().lines().skip(1).map(|line| &line[11..16]).collect();
    assert_eq!(times, ["00:00", "00:30", "01:00", "01:30", "03:00", "03:30"]);
    assert_eq!(paneline("sample --rows 0").text(), "timestamp,value\n");
}
