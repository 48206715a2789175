//! `check`: what it finds in small files, in the generated sample and in the taxi file.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::{Run, directory, paneline, run_in};

/// Checks the lines of a column `t` of New York's wall clock, given on standard input.
fn check(times: &[&str]) -> Run {
    let text = format!("t\n{}\n", times.join("\n"));
    run_in(Path::new("."), "check - --time t --timezone America/New_York", &text)
}

/// The lines of findings, without titles and what to do.
fn findings(run: &Run) -> Vec<&str> {
    let lines = run.text().lines().filter_map(|line| line.strip_prefix("  "));
    lines.filter(|line| !line.starts_with(' ')).collect()
}

/// Half-hourly times of one day; `skipped` are left out and `twice` given in two passes.
fn half_hours(date: &str, skipped: &[&str], twice: &[&str]) -> Vec<String> {
    let mut times = Vec::new();
    for half in 0..48 {
        let time = format!("{:02}:{:02}", half / 2, half % 2 * 30);
        if !skipped.contains(&time.as_str()) {
            times.push(format!("{date} {time}"));
        }
        if twice.last() == Some(&time.as_str()) {
            times.extend(twice.iter().map(|time| format!("{date} {time}")));
        }
    }
    times
}

fn check_days(days: &[Vec<String>]) -> Run {
    let times: Vec<&str> = days.iter().flatten().map(String::as_str).collect();
    check(&times)
}

/// Protects the whole report, on generated data with the fault of the taxi file.
#[test]
fn sample_report() {
    let directory = directory("check_sample");
    std::fs::write(directory.join("sample.csv"), paneline("sample").stdout).unwrap();
    let run = run_in(
        &directory,
        "check sample.csv --time timestamp --timezone America/New_York --value value",
        "",
    );
    let wanted = "\
sample.csv: 1,920 rows, tzdb TZDB
span     2014-10-01 00:00 to 2014-11-09 23:30 on the wall clock of America/New_York
clock    2014-11-02 01:00-02:00 occurs twice
cadence  30 min; 1,919 of 1,919 steps follow it

ambiguous: rows whose reading occurs twice on the wall clock
  sample.csv:1540:1: 2014-11-02 01:00 is 2014-11-02T05:00:00Z or 2014-11-02T06:00:00Z
  sample.csv:1541:1: 2014-11-02 01:30 is 2014-11-02T05:30:00Z or 2014-11-02T06:30:00Z
fix: write the offset (2014-11-02 01:30-04:00); `paneline assign` refuses such
     rows, or puts them all into the one pass that --ambiguous names

days: local days with another number of rows than elapsed
  sample.csv:1538:1: 2014-11-02 has 48 rows where 50 half-hours elapsed; 01:00 and 01:30 occur twice \
                  on the wall clock
fix: fill in the missing rows, not with 0; divide rows that stand for two
     intervals

3 findings

rates: 2014-11-02 01:00-02:00 occurs twice; each row stands for 2 elapsed intervals
      line  reading                     value     value / 2
      1540  2014-11-02 01:00           39,159        19,580
      1541  2014-11-02 01:30           35,369        17,685
";
    assert_eq!(run.text(), wanted.replace("TZDB", paneline::tzdb_version()));
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
}

/// Protects the demo: the taxi file where `PANELINE_DATA` names it or its folder, and otherwise
/// the sample, which has the same fault.
#[test]
fn taxi_or_sample() {
    let given = std::env::var_os("PANELINE_DATA").map(PathBuf::from);
    let is_taxi = given.is_some();
    let file = match given {
        Some(path) if path.is_dir() => path.join("nyc_taxi.csv"),
        Some(path) => path,
        None => {
            let file = directory("check_taxi").join("sample.csv");
            std::fs::write(&file, paneline("sample").stdout).unwrap();
            file
        }
    };
    // Tests run in the crate's folder, a path in the environment is relative to the workspace's.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let arguments = "--time timestamp --timezone America/New_York --value value";
    let run = run_in(root, &format!("check {} {arguments}", file.display()), "");
    assert_eq!(run.code, 1, "{}", run.stderr);
    let wanted: &[&str] = if is_taxi {
        &["10,320 rows", "10,319 of 10,319", "39,197        19,599", "35,212        17,606"]
    } else {
        &["1,920 rows", "1,919 of 1,919", "39,159        19,580", "35,369        17,685"]
    };
    for text in wanted.iter().chain(&[
        "2014-11-02 has 48 rows where 50 half-hours elapsed; 01:00 and 01:30 occur twice",
        "\n3 findings\n",
    ]) {
        assert!(run.text().contains(text), "{text} is missing in\n{}", run.text());
    }
}

/// Protects the agreement with `assign`: of a file that records both passes it takes no row of the
/// repeated hour, so each is a finding, in whatever order the passes stand; with offsets it takes
/// all, and there is none.
#[test]
fn both_passes() {
    let passes = half_hours("2014-11-02", &[], &["01:00", "01:30"]);
    let mut sorted = passes.clone();
    sorted.sort();
    let arguments = "- --time t --timezone America/New_York";
    for times in [passes, sorted] {
        let run = check_days(std::slice::from_ref(&times));
        let text = run.text().replace("\n         ", " ");
        assert!(text.contains(" occurs twice; the file records both passes, and only an offset "));
        let found = findings(&run);
        assert_eq!((run.code, found.len()), (1, 4), "{}", run.text());
        for line in &found {
            assert!(
                line.contains(" 2014-11-02 01:") && line.contains("Z or 2014-11-02T0"),
                "{line}"
            );
        }
        let (place, _) = found[0].split_once(": ").unwrap();
        let text = format!("t\n{}\n", times.join("\n"));
        let refused = run_in(Path::new("."), &format!("assign {arguments} --duration 1h"), &text);
        assert!(refused.stderr.contains(&format!("at {place}: ")), "{}", refused.stderr);
    }
    let text = "t\n2014-11-02 00:30\n2014-11-02 01:00-04:00\n2014-11-02 01:30-04:00\n\
                2014-11-02 01:00-05:00\n2014-11-02 01:30-05:00\n2014-11-02 02:00\n";
    let run = run_in(Path::new("."), &format!("check {arguments}"), text);
    assert_eq!((run.code, findings(&run)), (0, vec![]), "{}", run.text());
    let run = run_in(Path::new("."), &format!("assign {arguments} --duration 1h"), text);
    assert_eq!((run.code, run.text().lines().count()), (0, 7), "{}", run.stderr);
}

/// Protects files that are right: 46 rows in spring; instants with offsets; a zone without jumps.
#[test]
fn right_files_are_clean() {
    let around = |date, skipped: &[&str], twice: &[&str]| half_hours(date, skipped, twice);
    let spring = check_days(&[
        around("2015-03-07", &[], &[]),
        around("2015-03-08", &["02:00", "02:30"], &[]),
        around("2015-03-09", &[], &[]),
    ]);
    assert_eq!((spring.code, findings(&spring)), (0, vec![]), "{}", spring.text());
    assert!(spring.text().contains(": 142 rows"), "{}", spring.text());

    let instants = check(&[
        "2014-11-02 00:30-04:00",
        "2014-11-02 01:00-04:00",
        "2014-11-02T01:30-0400",
        "2014-11-02 01:00-05:00",
        "2014-11-02 06:30Z",
        "2014-11-02 02:00-05:00",
    ]);
    assert_eq!((instants.code, findings(&instants)), (0, vec![]), "{}", instants.text());
    assert!(instants.text().contains("5 of 5 steps"), "{}", instants.text());
}

/// Protects spring: two rows that the clock never showed, and a day of 48 rows where 46 elapsed.
#[test]
fn rows_in_a_gap() {
    let run = check_days(&[half_hours("2015-03-08", &[], &[]), half_hours("2015-03-09", &[], &[])]);
    assert_eq!(
        findings(&run),
        [
            "stdin:6:1: 2015-03-08 02:00; the clock skips 2015-03-08 02:00-03:00",
            "stdin:7:1: 2015-03-08 02:30; the clock skips 2015-03-08 02:00-03:00",
            "stdin:2:1: 2015-03-08 has 48 rows where 46 half-hours elapsed; 02:00 and 02:30 do not \
             occur on the wall clock",
        ]
    );
    assert_eq!(run.code, 1);
    assert!(run.text().ends_with("\n3 findings\n"));
}

/// Protects the middle case: one reading recorded twice, the other once.
#[test]
fn one_pass_of_two() {
    let run = check_days(&[half_hours("2014-11-02", &[], &["01:30"])]);
    assert_eq!(
        findings(&run),
        [
            "stdin:4:1: 2014-11-02 01:00 is 2014-11-02T05:00:00Z or 2014-11-02T06:00:00Z",
            "stdin:5:1: 2014-11-02 01:30 is 2014-11-02T05:30:00Z or 2014-11-02T06:30:00Z",
            "stdin:6:1: 2014-11-02 01:30 is 2014-11-02T05:30:00Z or 2014-11-02T06:30:00Z",
            "stdin:2:1: 2014-11-02 has 49 rows where 50 half-hours elapsed; 01:00 and 01:30 occur \
             twice on the wall clock",
        ]
    );
    assert!(!run.text().contains("records both passes"), "{}", run.text());
}

/// Protects files that begin inside the repeated hour: which half of it they hold is open, so the
/// day is not counted.
#[test]
fn cut_in_a_fold() {
    let times: Vec<String> =
        half_hours("2014-11-02", &["00:00", "00:30", "01:00", "02:00", "02:30"], &[]);
    let run = check_days(&[times]);
    assert_eq!(
        findings(&run),
        [
            "stdin:2:1: 2014-11-02 01:30 is 2014-11-02T05:30:00Z or 2014-11-02T06:30:00Z",
            "stdin:3:1: 2014-11-02 03:00 is 90 min after line 2; 2 rows are missing",
        ]
    );
}

/// Protects `file:line:column` and the four findings about order: lines count blank lines, CRLF and
/// quoted line ends, as an editor does.
#[test]
fn lines_are_those_of_an_editor() {
    let text = "\u{feff}n,t\n1,2014-07-01 00:00\n\n1,2014-07-01 01:00\n1,\"bad\nx\"\n1\n\
                1,2014-07-01 02:00\n1,2014-07-01 02:00\n1,2014-07-01 05:00\n\n\n\
                1,2014-07-01 04:00\n1,2014-07-01 04:10\n1,2014-07-01 05:10\n\
                1,2014-07-01 06:10\n1,2014-07-01 07:10";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let run = run_in(Path::new("."), "check - --time t --timezone UTC", &text);
        let lines: Vec<String> =
            findings(&run).iter().map(|line| line.replace("\\r", "")).collect();
        assert_eq!(
            lines,
            [
                "stdin:5:3: column t: \"bad\\nx\" is no date and time; write 2014-11-02 \
                 01:30[:00[.000]], with Z or an offset if it is an instant",
                "stdin:7:1: column t: the row is too short to have it",
                "stdin:2:3: 2014-07-01 has 10 rows where 8 hours elapsed",
                "stdin:9:3: 2014-07-01 02:00 stands on line 8",
                "stdin:13:3: 2014-07-01 04:00 is 1 h before line 10",
                "stdin:10:3: 2014-07-01 05:00 is 3 h after line 9; 2 rows are missing",
                "stdin:14:3: 2014-07-01 04:10 is 10 min after line 13",
            ]
        );
    }
}

/// Protects the reasons for a cell that cannot be read.
#[test]
fn unreadable_cells() {
    let run = check(&[
        "2014-02-30 00:00",
        "2014-02-28 24:00",
        "2014-02-28 00:00 EST",
        "1850-01-01 00:00",
    ]);
    assert_eq!(
        findings(&run),
        [
            "stdin:2:1: column t: \"2014-02-30 00:00\" is no day of the calendar",
            "stdin:3:1: column t: \"2014-02-28 24:00\" is no time of day; hours go to 23, minutes \
             and seconds to 59",
            "stdin:4:1: column t: \"2014-02-28 00:00 EST\" has no offset that can be read; write Z, \
             +01:00 or -0500",
            "stdin:5:1: column t: 1850-01-01 00:00 lies outside 1900-01-01 .. 2199-12-31",
        ]
    );
    assert_eq!(run.code, 1);
}

/// Protects whole missing days, and a day that the zone skipped, which misses nothing.
#[test]
fn missing_days() {
    let days = |dates: &[&str]| dates.iter().flat_map(|date| half_hours(date, &[], &[])).collect();
    let one: Vec<String> = days(&["2014-07-01", "2014-07-03", "2014-07-06"]);
    let run = check_days(&[one]);
    assert_eq!(
        findings(&run),
        [
            "2014-07-02 has no rows",
            "2014-07-04 to 2014-07-05: 2 days have no rows",
            "stdin:50:1: 2014-07-03 00:00 is 24 h 30 min after line 49; 48 rows are missing",
            "stdin:98:1: 2014-07-06 00:00 is 48 h 30 min after line 97; 96 rows are missing",
        ]
    );
    let apia: Vec<String> = days(&["2011-12-29", "2011-12-31"]);
    let text = format!("t\n{}\n", apia.join("\n"));
    let run = run_in(Path::new("."), "check - --time t --timezone Pacific/Apia", &text);
    assert_eq!((run.code, findings(&run)), (0, vec![]), "{}", run.text());
}

/// Protects event logs: without a cadence there are no days to count and no breaks.
#[test]
fn irregular_files_have_no_cadence() {
    let run = check(&[
        "2014-07-01 00:00:01",
        "2014-07-01 00:10:04.5",
        "2014-07-02 03:00",
        "2014-07-02 03:01:10",
    ]);
    assert_eq!((run.code, findings(&run).len()), (0, 0), "{}", run.text());
    assert!(run.text().contains("less than half: days and cadence are not checked"));
    for (times, why) in [
        (["00:00", "05:00", "10:00"], "\n         the cadence does not divide a day: days are not"),
        (["00:00", "00:00:00.5", "00:00:01"], "\n         the cadence is under a second: days are"),
    ] {
        let run = check(&times.map(|time| format!("2014-07-01 {time}")).each_ref().map(|t| &**t));
        assert_eq!(run.code, 0, "{}", run.text());
        assert!(run.text().contains(why), "{}", run.text());
    }
}

/// Protects the zone: it is needed by a time without an offset and by nothing else, in both
/// commands that read data, and UTC is called so.
#[test]
fn the_zone_of_data() {
    let instants = "t\n2014-11-02 00:30Z\n1414890000000\n2014-11-02 01:30+00:00\n";
    let local = format!("{instants}2014-11-02 02:00\n");
    for spec in ["", "{\"duration_ms\":60000} ", "--duration 1m --step 30s "] {
        let arguments = format!("check {spec}- --time t");
        let run = run_in(Path::new("."), &arguments, instants);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{spec}: {}", run.text());
        assert!(run.text().contains("01:30 on the wall clock of UTC\n"), "{spec}: {}", run.text());
        let run = run_in(Path::new("."), &arguments, &local);
        assert_eq!((run.code, run.text()), (2, ""), "{spec}");
        let wanted = "error: INVALID_ARGUMENT at stdin:5:1: the time has no offset, and the zone \
                      whose wall clock it was read from is missing; write --timezone UTC if it is \
                      UTC\n";
        assert_eq!(run.stderr, wanted, "{spec}");
    }
    for (spec, fix) in [
        ("--duration 1h", "write --timezone UTC if it is UTC\n"),
        (
            "--spec {\"duration_ms\":60000}",
            "write \"timezone\": \"UTC\" into the spec if it is UTC\n",
        ),
    ] {
        let run = run_in(Path::new("."), &format!("assign - --time t {spec}"), instants);
        assert_eq!((run.code, run.stderr.as_str(), run.text().lines().count()), (0, "", 4));
        let run = run_in(Path::new("."), &format!("assign - --time t {spec}"), &local);
        assert_eq!((run.code, run.text()), (2, ""), "{spec}");
        assert!(
            run.stderr.contains("at stdin:5:1: ") && run.stderr.ends_with(fix),
            "{}",
            run.stderr
        );
    }
    let run = run_in(Path::new("."), "assign - --time t --duration 1h --timezone UTC", &local);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = paneline("check none.csv --time t");
    assert!(run.stderr.starts_with("error: IO at none.csv: "), "{}", run.stderr);
}

/// Protects whole numbers: milliseconds in each format, and never what may be seconds or a date.
#[test]
fn whole_numbers_are_milliseconds() {
    let directory = directory("check_numbers");
    let numbers = ["1719792000000", "1719792000", "20240701", "-1719792000", "1719795600000", "0"];
    let lines = numbers.map(|number| format!("{{\"t\":{number}}}\n")).concat();
    std::fs::write(directory.join("a.jsonl"), lines).unwrap();
    std::fs::write(directory.join("a.csv"), format!("t\n{}\n", numbers.join("\n"))).unwrap();
    for (file, places) in [("a.csv", ["3:1", "4:1", "5:1"]), ("a.jsonl", ["2:6", "3:6", "4:6"])] {
        let run = run_in(&directory, &format!("check {file} --time t -q"), "");
        let (unreadable, _) = run.text().split_once("fix: ").unwrap();
        let wanted = [
            "1719792000\" has the digits of seconds, and numbers are milliseconds: write \
             1719792000000 for 2024-07-01T00:00:00Z, or 1970-01-20T21:43:12Z if that is meant",
            "20240701\" has the digits of a date, and numbers are milliseconds: write \
             2024-07-01T00:00, with Z or an offset if it is an instant",
            "-1719792000\" has the digits of seconds, and numbers are milliseconds: write \
             -1719792000000 for 1915-07-04T00:00:00Z, or 1969-12-12T02:16:48Z if that is meant",
        ];
        let lines: Vec<&str> = unreadable.lines().skip(1).collect();
        let wanted: Vec<String> = (places.iter().zip(wanted))
            .map(|(place, text)| format!("  {file}:{place}: column t: \"{text}"))
            .collect();
        assert_eq!(lines, wanted);
    }
}

/// Protects what is wrong with rows beside their times: fields too many or too few, values that are
/// no numbers, offsets in some rows alone.
#[test]
fn rows_as_a_whole() {
    let text = "t,v\n2014-07-01 00:00,1,2\n2014-07-01 01:00,x\n2014-07-01 02:00\n\
                2014-07-01 03:00Z,NaN\n2014-07-01 04:00,\n2014-07-01 05:00,-1.5e3\n\
                2014-07-01 06:00,-inf\n";
    let run = run_in(Path::new("."), "check - --time t --value v --timezone UTC", text);
    assert_eq!(
        findings(&run),
        [
            "stdin:2:1: 3 of 2 fields",
            "stdin:4:1: 1 of 2 fields",
            "stdin:3:1: column v: \"x\" is no number",
            "stdin:5:1: 2014-07-01 03:00 has an offset",
        ]
    );
    assert!(run.text().contains("; nan and inf are\n     numbers too; leave "), "{}", run.text());
    let text = "{\"t\":0,\"v\":null}\n{\"t\":1,\"v\":true}\n{\"t\":2,\"v\":\"1\"}\n{\"t\":3}\n\
                {\"t\":\"1970-01-01 00:01\",\"v\":2}\n";
    let run = run_in(Path::new("."), "check - --time t --value v --timezone UTC --json", text);
    let kinds: Vec<(String, i64)> = common::json(run.text(), "check.json")["data"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| {
            let shown = &found["shown"][0]["line"];
            (found["kind"].as_str().unwrap().to_owned(), shown.as_i64().unwrap())
        })
        .collect();
    assert_eq!(kinds[..2], [("value".to_owned(), 2), ("mixed".to_owned(), 5)], "{}", run.text());
}

/// Protects the bound on output, and that the count goes on behind it.
#[test]
fn output_is_bounded() {
    let mut text = String::from("t\n");
    for _ in 0..50 {
        writeln!(text, "x").unwrap();
    }
    let run = run_in(Path::new("."), "check - --time t --timezone UTC", &text);
    assert_eq!(findings(&run).len(), 21);
    assert!(run.text().contains("stdin:21:1: ") && !run.text().contains("stdin:22:1: "));
    assert!(run.text().contains("\n  and 30 more\nfix: write times as "), "{}", run.text());
    assert!(run.text().ends_with("\n50 findings\n"), "{}", run.text());
}

/// Protects the table of rates for values that are no whole numbers.
#[test]
fn rates() {
    let text = "t,v\n2014-11-02 01:00,7.5\n2014-11-02 01:15,-3\n2014-11-02 01:30,n/a\n\
                2014-11-02 01:45,9223372036854775807\n";
    let arguments = "check - --time t --value v --timezone America/New_York";
    let run = run_in(Path::new("."), arguments, text);
    let table: Vec<Vec<&str>> = run
        .text()
        .lines()
        .skip_while(|line| !line.contains("value / 2"))
        .skip(1)
        .map(|line| line.split_whitespace().skip(3).collect())
        .collect();
    assert_eq!(
        table,
        [
            ["7.5", "3.75"],
            ["-3", "-1"],
            ["n/a", "-"],
            ["9,223,372,036,854,775,807", "4,611,686,018,427,387,904"],
        ]
    );
}

/// Protects the last day that a cell can name: the clock's table ends before it, in every zone.
#[test]
fn last_day() {
    for zone in ["UTC", "America/New_York"] {
        let arguments = format!("check - --time t --timezone {zone}");
        let text = "t\n9999-12-31 23:59:59\n9999-12-31T23:59:59Z\n";
        assert_eq!(
            findings(&run_in(Path::new("."), &arguments, text)),
            [
                "stdin:2:1: column t: 9999-12-31 23:59:59 lies outside 1900-01-01 .. 2199-12-31",
                "stdin:3:1: column t: 253402300799000 ms lies outside 1900-01-01 .. 2199-12-31",
            ]
        );
    }
}
