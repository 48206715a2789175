//! `explain`: whole listings, compared with texts that were checked by hand against
//! docs/SEMANTICS.md.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::{directory, paneline, run_in};
use paneline::{Assigner, SlidingWindowSpec};

/// Runs `explain` and compares all it wrote; `FINGERPRINT` and `TZDB` are filled in from the
/// library.
fn golden(arguments: &str, spec: &SlidingWindowSpec, wanted: &str) {
    let run = paneline(&format!("explain {arguments}"));
    let fingerprint = Assigner::new(spec).unwrap().fingerprint().to_string();
    let wanted =
        wanted.replace("FINGERPRINT", &fingerprint).replace("TZDB", paneline::tzdb_version());
    assert_eq!(run.text(), wanted, "explain {arguments}");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

/// Protects the held fold: one pane of 7 h, its edges in both clocks, and the mark that says why.
#[test]
fn held_fold() {
    let spec = SlidingWindowSpec {
        duration_ms: 21_600_000,
        timezone: "America/New_York".into(),
        ..Default::default()
    };
    golden(
        "--duration 6h --timezone America/New_York --at 2024-11-02T22:00:00Z --count 3",
        &spec,
        "\
6 h windows, end to end, on the wall clock of America/New_York; each event is in
1 window

fingerprint  FINGERPRINT
tzdb         TZDB
warning      step_ms: a pane that holds a repeated hour lasts longer than the
             step: up to 7h

from the last window that holds 2024-11-02T22:00:00Z
local start       local end         UTC start    UTC end      offset  elapsed
2024-11-02 18:00  2024-11-03 00:00  11-02 22:00  11-03 04:00  -04:00  6 h
2024-11-03 00:00  2024-11-03 06:00  11-03 04:00  11-03 11:00  -04:00  7 h
  fold: 2024-11-03 01:00-02:00 occurs twice; held -> pane is 7 h
2024-11-03 06:00  2024-11-03 12:00  11-03 11:00  11-03 17:00  -05:00  6 h
",
    );
}

/// Protects the split fold of sliding windows, whose windows keep their elapsed length.
#[test]
fn split_fold() {
    let spec = SlidingWindowSpec {
        duration_ms: 7_200_000,
        step_ms: 3_600_000,
        timezone: "America/New_York".into(),
        ..Default::default()
    };
    golden(
        "--duration 2h --step 1h --timezone America/New_York --at 1730602800000 --count 5",
        &spec,
        "\
2 h windows every 1 h on the wall clock of America/New_York; each event is in 2
windows

fingerprint  FINGERPRINT
tzdb         TZDB

from the last window that holds 2024-11-03T03:00:00Z
local start       local end         UTC start    UTC end      offset  elapsed
2024-11-02 23:00  2024-11-03 01:00  11-03 03:00  11-03 05:00  -04:00  2 h
2024-11-03 00:00  2024-11-03 01:00  11-03 04:00  11-03 06:00  -04:00  2 h
  fold: 2024-11-03 01:00-02:00 occurs twice; split -> first pass
2024-11-03 01:00  2024-11-03 02:00  11-03 05:00  11-03 07:00  -04:00  2 h
  fold: 2024-11-03 01:00-02:00 occurs twice; split -> window is 2 h
2024-11-03 01:00  2024-11-03 03:00  11-03 06:00  11-03 08:00  -05:00  2 h
  fold: 2024-11-03 01:00-02:00 occurs twice; split -> second pass
2024-11-03 02:00  2024-11-03 04:00  11-03 07:00  11-03 09:00  -05:00  2 h
",
    );
}

/// Protects the gap night: a short pane is marked with the jump, its neighbours are not.
#[test]
fn gap() {
    let spec = SlidingWindowSpec {
        duration_ms: 21_600_000,
        timezone: "America/New_York".into(),
        ..Default::default()
    };
    golden(
        "--duration 6h --timezone America/New_York --at 2024-03-10T00:00-05:00 --count 2",
        &spec,
        "\
6 h windows, end to end, on the wall clock of America/New_York; each event is in
1 window

fingerprint  FINGERPRINT
tzdb         TZDB
warning      step_ms: a pane that holds a repeated hour lasts longer than the
             step: up to 7h

from the last window that holds 2024-03-10T05:00:00Z
local start       local end         UTC start    UTC end      offset  elapsed
2024-03-10 00:00  2024-03-10 06:00  03-10 05:00  03-10 10:00  -05:00  5 h
  gap: 2024-03-10 clock jumps 02:00 -> 03:00; pane is 5 h
2024-03-10 06:00  2024-03-10 12:00  03-10 10:00  03-10 16:00  -04:00  6 h
",
    );
}

/// Protects the pane before a gap: its local end reads an hour too late, and the mark says why.
#[test]
fn gap_at_the_end() {
    let run = paneline(
        "explain --duration 1h --timezone America/New_York --at 2024-03-10T06:30Z --count 2",
    );
    let listed: Vec<&str> = run.text().lines().skip_while(|line| !line.starts_with("20")).collect();
    assert_eq!(
        listed,
        [
            "2024-03-10 01:00  2024-03-10 03:00  03-10 06:00  03-10 07:00  -05:00  1 h",
            "  gap: 2024-03-10 clock jumps 02:00 -> 03:00 at the end",
            "2024-03-10 03:00  2024-03-10 04:00  03-10 07:00  03-10 08:00  -04:00  1 h",
        ]
    );
}

/// Protects the words for a session, which has no grid to list.
#[test]
fn session() {
    let spec = SlidingWindowSpec {
        kind: paneline::WindowKind::Session.into(),
        session_gap_ms: 1_800_000,
        ..Default::default()
    };
    golden(
        "--kind session --gap 30m --at 2024-11-02T22:00:00Z",
        &spec,
        "\
sessions: a window holds a key's events until the next one is 30 min or more
away; the zone plays no part

fingerprint  FINGERPRINT
tzdb         TZDB

the session of one event at 2024-11-02T22:00:00Z
local start       local end         UTC start    UTC end      offset  elapsed
2024-11-02 22:00  2024-11-02 22:30  11-02 22:00  11-02 22:30  +00:00  30 min
",
    );
}

/// Protects calendar units: months of 31, 28 and 31 local days, one of them an hour short.
#[test]
fn calendar_unit() {
    let spec = SlidingWindowSpec {
        calendar_unit: paneline::CalendarUnit::Month.into(),
        calendar_duration: 3,
        calendar_step: 1,
        month_day: 15,
        timezone: "America/New_York".into(),
        ..Default::default()
    };
    golden(
        "--unit month --units 3 --unit-step 1 --month-day 15 --timezone America/New_York \
         --at 2023-01-20T00:00Z --count 2",
        &spec,
        "\
3 month windows from day 15 every 1 month on the wall clock of America/New_York;
each event is in 3 windows

fingerprint  FINGERPRINT
tzdb         TZDB

from the last window that holds 2023-01-20T00:00:00Z
local start       local end         UTC start    UTC end      offset  elapsed
2023-01-15 00:00  2023-04-15 00:00  01-15 05:00  04-15 04:00  -05:00  89 d 23 h
  gap: 2023-03-12 clock jumps 02:00 -> 03:00; window is 89 d 23 h
2023-02-15 00:00  2023-05-15 00:00  02-15 05:00  05-15 04:00  -05:00  88 d 23 h
  gap: 2023-03-12 clock jumps 02:00 -> 03:00; window is 88 d 23 h
",
    );
}

/// Protects the first line of every shape of spec.
#[test]
fn sentences() {
    for (arguments, sentence) in [
        ("--duration 5m --step 10s", "5 min windows every 10 s on Unix time; each event is in 30"),
        ("--duration 5m --step 2m", "each event is in 2 or 3 windows"),
        ("--duration 1h --timezone +05:30", "on the wall clock of +05:30"),
        ("--duration 1h --timezone -05:30", "on the wall clock of -05:30"),
        (
            "--duration 1h --timezone Asia/Tokyo --align-to-epoch",
            "on Unix time (Asia/Tokyo is a label)",
        ),
        ("--duration 1h --offset -15m", "each event is in 1 window; the grid is 45 min later"),
        ("--unit day --offset -15m", "on the calendar of UTC; each event is in 1 window; the grid"),
        ("--unit day --offset -15m", "the grid is 15 min earlier"),
        ("--unit week --week-start sunday", "1 week windows from Sunday, end to end, on the"),
        ("--unit year --year-start-month 4 --month-day 6", "1 year windows from 04-06, end to end"),
        (
            "--duration 1d --step 6h --kind cumulate",
            "windows that grow by 6 h up to 24 h on Unix time; each event is in 1 to 4 windows",
        ),
        ("--duration 1h --allowed-lateness 90m", "late rows still update a window for 90 min"),
        ("--duration 7d", "warning step_ms: weeks of a 7-day step start on Thursday"),
    ] {
        let run = paneline(&format!("explain {arguments} --at 0"));
        let words = run.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(sentence), "{arguments}: {words}\n{}", run.stderr);
    }
}

/// Protects the listing's first line for growing windows: each ends at the next step.
#[test]
fn cumulate_lists_every_step() {
    let run = paneline("explain --duration 12h --step 6h --kind cumulate --at 0 --count 3");
    let listed: Vec<&str> = run.text().lines().skip_while(|line| !line.starts_with("19")).collect();
    assert_eq!(
        listed,
        [
            "1970-01-01 00:00  1970-01-01 06:00  01-01 00:00  01-01 06:00  +00:00  6 h",
            "1970-01-01 00:00  1970-01-01 12:00  01-01 00:00  01-01 12:00  +00:00  12 h",
            "1970-01-01 12:00  1970-01-01 18:00  01-01 12:00  01-01 18:00  +00:00  6 h",
        ]
    );
}

/// Protects 80 columns: a clock on whole minutes and one on seconds, jumps of days included.
#[test]
fn lines_fit() {
    for arguments in [
        "--duration 5m --step 10s --timezone Asia/Kolkata",
        "--unit day --timezone Pacific/Apia --at 2011-12-28T00:00Z",
        "--unit year --units 100 --timezone America/New_York --at 1950-01-01T00:00Z",
        "--duration 1d --step 6h --kind cumulate --timezone Australia/Lord_Howe \
         --at 2024-04-06T10:00:00Z",
    ] {
        let run = paneline(&format!("explain {arguments}"));
        assert_eq!(run.code, 0, "{}", run.stderr);
        for line in run.text().lines() {
            assert!(line.chars().count() <= 80, "{arguments}: {line}");
        }
    }
}

/// Protects the default: without `--at` the listing starts at the machine's own time.
#[test]
fn starts_now() {
    let year = |text: &str| text.lines().last().unwrap()[..4].parse::<i32>().unwrap();
    let run = paneline("explain --duration 1h --count 1");
    assert!(year(run.text()) >= 2025, "{}", run.text());
}

/// Protects the ways to give a spec: as text, as a file of JSON or of protobuf, and on standard
/// input it is the same spec as the flags.
#[test]
fn specs_from_everywhere() {
    let flags = paneline("explain --duration 1m --step 20s --timezone Asia/Tokyo --at 0");
    let json = r#"{"durationMs":"60000","step_ms":20000,"timezone":"Asia/Tokyo"}"#;
    let spec = paneline::spec::from_json(json).unwrap();
    let directory = directory("specs_from_everywhere");
    std::fs::write(directory.join("spec.json"), format!("\n {json}\n")).unwrap();
    std::fs::write(directory.join("spec.pb"), paneline::spec::to_proto(&spec)).unwrap();
    for source in [json, "spec.json", "spec.pb", "-"] {
        let run = run_in(&directory, &format!("explain --at 0 {source}"), json);
        assert_eq!(run.text(), flags.text(), "{source}: {}", run.stderr);
    }
    let assigned = |spec: &str| {
        let arguments = format!("assign - --time t {spec}");
        run_in(&directory, &arguments, "t\n2024-01-01 00:00\n").stdout
    };
    let wanted = assigned("--duration 1m --step 20s --timezone Asia/Tokyo");
    assert!(wanted.len() > 80);
    assert_eq!(assigned("--spec spec.pb"), wanted);
}

/// Protects the ends of time: a year of any width keeps its month and day, and the last day that
/// RFC 3339 names is listed as it is.
#[test]
fn far_years() {
    for (at, first) in [
        (
            "9999-12-31T23:00:00Z",
            "9999-12-31 23:00  +010000-01-01 00:00  12-31 23:00  01-01 00:00  +00:00  1 h",
        ),
        (
            "-70000000000000",
            "-000249-10-15 19:00  -000249-10-15 20:00  10-15 19:00  10-15 20:00  +00:00  1 h",
        ),
        (
            "8640000000000000",
            "+275760-09-13 00:00  +275760-09-13 01:00  09-13 00:00  09-13 01:00  +00:00  1 h",
        ),
    ] {
        let run = paneline(&format!("explain --duration 1h --count 1 --at={at}"));
        assert_eq!(run.text().lines().last(), Some(first), "{}", run.stderr);
    }
    let run = paneline("explain --duration 1h --timezone Asia/Tokyo --at 9999-12-31T23:00:00Z");
    assert_eq!((run.code, run.text()), (2, ""));
    assert!(run.stderr.starts_with("error: OUT_OF_RANGE at --at: a time must"), "{}", run.stderr);
}
