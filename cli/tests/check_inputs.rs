//! `check`: specs as a compiler reads them, lines of JSON, inputs that mean harm, and what a
//! terminal is shown.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use common::{BINARY, Run, directory, json, paneline, run, run_in};

/// Checks a text on standard input.
fn check(arguments: &str, text: &str) -> Run {
    run_in(Path::new("."), &format!("check {arguments}"), text)
}

/// Protects the pages of a spec's findings: tests/golden/check holds them, UPDATE=1 rewrites them.
#[test]
fn specs() {
    let directory = directory("check_specs");
    let write = |name: &str, text: &str| std::fs::write(directory.join(name), text).unwrap();
    write(
        "weeks.json",
        "{\n  \"duration_ms\": 604800000,\n  \"stepMs\": 604800000,\n  \"timezone\": \"EST\"\n}\n",
    );
    write("step.json", "{\"duration_ms\": 5000, \"step_ms\": 9000}");
    write("absent.json", "\n  {\"timezone\": \"Asia/Tokyo\"}");
    write("twice.json", "{\"step_ms\": 1, \"duration_ms\": 5, \"durationMs\": 5}");
    write("unknown.json", "{\"duration_ms\": 5000,\n \"col\\\"our\": 3}");
    write("syntax.json", "{\"duration_ms\": 5000,\n \"step_ms\" 3}");
    write("cut.json", "{\"duration_ms\": 5000");
    write("wide.json", &format!("{{{}\"duration_ms\": 0}}", " ".repeat(3_000)));
    write("zone.json", "{\"duration_ms\": 5000, \"timezone\": \"Shanghai\"}");
    let spec = paneline::SlidingWindowSpec {
        duration_ms: 86_400_000,
        timezone: "EST".into(),
        ..Default::default()
    };
    std::fs::write(directory.join("day.pb"), paneline::spec::to_proto(&spec)).unwrap();
    std::fs::write(directory.join("field.pb"), [0x98, 0x06, 0x01]).unwrap();
    let mut page = String::new();
    for arguments in [
        "weeks.json",
        "step.json",
        "absent.json",
        "twice.json",
        "unknown.json",
        "syntax.json",
        "cut.json",
        "wide.json",
        "zone.json",
        "day.pb",
        "field.pb",
        "--duration 5m --step 9m",
        "--duration 7d --timezone Berlin",
        "--duration 100m --step 7m --align-to-epoch",
    ] {
        let run = run_in(&directory, &format!("check {arguments}"), "");
        assert_eq!((run.code, run.stderr.as_str()), (1, ""), "{arguments}: {}", run.text());
        writeln!(page, "$ paneline check {arguments}\n{}", run.text()).unwrap();
        let quiet = run_in(&directory, &format!("check -q {arguments}"), "");
        assert!(run.text().starts_with(quiet.text()) && quiet.text().ends_with("\n\n"));
        let document = run_in(&directory, &format!("check --json {arguments}"), "");
        let document = json(document.text(), "check.json");
        assert!(!document["spec"]["findings"].as_array().unwrap().is_empty(), "{arguments}");
    }
    common::golden(Path::new("check/specs.txt"), &page);
    let clean = paneline("check --duration 6h --step 30m --timezone America/New_York");
    assert_eq!((clean.code, clean.text()), (0, "the spec: no findings\n"));
    let quiet = paneline("check --duration 6h --step 30m --timezone America/New_York -q");
    assert_eq!((quiet.code, quiet.text()), (0, ""));
}

/// Protects whoever has an engine's spec in hand: it is told as what it is, not by a field that is
/// unknown; one that is no spec either keeps its own refusal.
#[test]
fn specs_of_engines() {
    let directory = directory("check_engine_specs");
    let text = r#"{"key": "KEY_TYPE_U64", "window": {"duration_ms": 1000}}"#;
    let engine = paneline::spec::engine_from_json(text).unwrap();
    std::fs::write(directory.join("engine.json"), text).unwrap();
    std::fs::write(directory.join("engine.pb"), paneline::spec::engine_to_proto(&engine)).unwrap();
    std::fs::write(directory.join("other.json"), r#"{"windows": 5}"#).unwrap();
    let told = "this is an EngineSpec; here a SlidingWindowSpec is taken, such as its \"window\"";
    for name in ["engine.json", "engine.pb"] {
        let checked = run_in(&directory, &format!("check --json {name}"), "");
        let finding = &json(checked.text(), "check.json")["spec"]["findings"][0];
        assert_eq!((checked.code, finding["message"].as_str()), (1, Some(told)), "{name}");
        let explained = run_in(&directory, &format!("explain {name}"), "");
        assert!(explained.code == 2 && explained.stderr.contains(told), "{}", explained.stderr);
    }
    let other = run_in(&directory, "check other.json", "");
    assert!(other.text().contains("is no field of SlidingWindowSpec"), "{}", other.text());
}

/// Protects places: line and column of the value, of a name that is unknown, and of nothing where
/// a spec is no text.
#[test]
fn places_in_specs() {
    for (text, line, column, code) in [
        ("{\"duration_ms\": 5000,\n\t\"step_ms\": 9000}", 2, 13, "INVALID_SPEC"),
        ("{\"timezone\": \"\u{e4}\", \"duration_ms\": 0}", 1, 34, "INVALID_SPEC"),
        ("{\"duration_ms\": 5,\n\n  \"b\": 1}", 3, 3, "UNSUPPORTED_FIELD"),
        ("{\"duration_ms\": 5,\n]", 2, 1, "CORRUPT"),
        // A byte order mark is no column, as in an editor.
        ("\u{feff}{\"duration_ms\": 0}", 1, 17, "INVALID_SPEC"),
    ] {
        let run = check("- --json", text);
        let finding = &json(run.text(), "check.json")["spec"]["findings"][0];
        assert_eq!(finding["code"], code, "{text}");
        assert_eq!(
            (&finding["line"], &finding["column"]),
            (&line.into(), &column.into()),
            "{text}"
        );
    }
    let run = paneline("check --duration 7d --json");
    let finding = &json(run.text(), "check.json")["spec"]["findings"][0];
    assert_eq!((&finding["line"], &finding["severity"]), (&().into(), &"warning".into()));
}

/// Protects lines of JSON: members, numbers as instants, places, and every way to be no row.
#[test]
fn lines_of_json() {
    let text = "{\"t\": \"2014-11-02 00:30\", \"v\": 1}\r\n\n{\"v\":2,\"t\":1414904400000}\n\
                {\"v\":{\"t\":1}}\n[1]\n{\"t\":null}\n{\"t\":\"2014-11-02 01:30\"\n\
                {\"\\u0074\":\"2014-11-02 03:30\"}\n{\"t\":1e400}\n{\"t\":99999999999999999}";
    let run = check("- --time t --value v --timezone America/New_York", text);
    let lines: Vec<&str> = run.text().lines().filter(|line| line.contains(": column t")).collect();
    assert_eq!(
        lines,
        [
            "  stdin:4:1: column t: the object has no such member",
            "  stdin:5:1: column t: the line is no JSON object",
            "  stdin:6:6: column t: the time is null or empty",
            "  stdin:7:23: column t: the line is no JSON object",
            "  stdin:9:6: column t: \"1e400\" is no date and time; write 2014-11-02 \
             01:30[:00[.000]], with Z or an offset if it is an instant",
            "  stdin:10:6: column t: 99999999999999999 ms lies outside 1900-01-01 .. 2199-12-31",
        ],
        "{}",
        run.text()
    );
    assert!(run.text().starts_with("stdin: 9 rows, "), "{}", run.text());
    // 1414904400000 is the second 00:00 + 1 h of the night, 01:00 EDT.
    assert!(run.text().contains("cadence  30 min; 1 of 2 steps follow it"), "{}", run.text());
    assert_eq!(run.code, 1);

    let directory = directory("jsonl");
    std::fs::write(directory.join("a.JSONL"), "{\"t\":\"2014-11-02T05:30:00Z\"}\n").unwrap();
    let run = run_in(&directory, "check a.JSONL --time t --timezone UTC", "");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.text());
    let run = run_in(&directory, "assign a.JSONL --time t --duration 6h", "");
    assert!(run.text().ends_with("\n0,2014-11-02T00:00:00Z,2014-11-02T06:00:00Z\n"));
    let run = run_in(&directory, "assign - --time t --duration 6h", "{\"t\":0}\n{\"t\":}\n");
    assert_eq!(run.code, 2);
    let wanted = "error: INVALID_ARGUMENT at stdin:2:6: column t: the line is no JSON object\n";
    assert_eq!(run.stderr, wanted);
}

/// Protects columns in CSV: behind quoted cells, commas in quotes and characters of many bytes.
#[test]
fn columns_of_csv() {
    let text = "n,\"a, b\",t\n1,\"x, \"\"y\"\"\",bad\n\u{1f552},z,bad\n1,\"two\nlines\",bad\n1,z,\"bad\"\n";
    let run = check("- --time t --timezone UTC", text);
    let places: Vec<&str> = run
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("  stdin:")?.split_once(": "))
        .map(|(place, _)| place)
        .collect();
    assert_eq!(places, ["2:14", "3:5", "4:1", "6:5"], "{}", run.text());
}

/// Protects rows from the future: those after `--now`, and not those that may be before it.
#[test]
fn future() {
    let text = "t\n2014-11-02 00:30\n2014-11-02 01:00\n2014-11-02 01:30\n2014-11-02 03:30\n";
    let arguments = "- --time t --timezone America/New_York --now";
    let run = check(&format!("{arguments} 2014-11-02T05:15Z"), text);
    let (_, section) = run.text().split_once("future: ").unwrap();
    let wanted = "rows from a time that has not come yet\n  \
                  stdin:4:1: 2014-11-02 01:30 is 15 min after 2014-11-02T05:15:00Z\n  \
                  stdin:5:1: 2014-11-02 03:30 is 3 h 15 min after 2014-11-02T05:15:00Z\nfix: ";
    assert!(section.starts_with(wanted), "{}", run.text());
    assert!(!check(&format!("{arguments} 2014-11-02T08:30Z"), text).text().contains("future: "));
    // How far is told in units that matter.
    let run = check("- --time t --now 2014-01-01T00:00:00.25Z", "t\n2014-04-01 04:25:10.216Z\n");
    assert!(run.text().contains(" is 90 d 4 h after 2014-01-01T00:00:00.25Z\n"), "{}", run.text());
    // The machine's clock, where nothing is said.
    let run = check("- --time t --timezone UTC", "t\n2150-01-01 00:00\n2000-01-01 00:00Z\n");
    assert!(
        run.text().contains("future: ") && run.text().contains("stdin:2:1: 2150-01-01 00:00 is")
    );
}

/// Protects both at once: the zone is that of the spec, and the findings of both count.
#[test]
fn a_spec_and_its_data() {
    let directory = directory("check_both");
    let write = |name: &str, text: &str| std::fs::write(directory.join(name), text).unwrap();
    write("spec.json", "{\"duration_ms\": 21600000, \"timezone\": \"America/New_York\"}");
    write("good.json", "{\"duration_ms\": 3600000, \"timezone\": \"America/New_York\"}");
    write("a.csv", "t\n2014-11-02 00:30\n2014-11-02 01:30\n2014-11-02 02:30\n");
    let run = run_in(&directory, "check spec.json a.csv --time t", "");
    let text = run.text();
    assert!(text.starts_with("warning: a pane that holds a repeated hour lasts"), "{text}");
    assert!(text.contains("\nspec.json: 1 finding\n\na.csv: 3 rows, tzdb "), "{text}");
    assert!(text.contains("\n  a.csv:3:1: 2014-11-02 01:30 is 2014-11-02T05:30:00Z or "), "{text}");
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let run = run_in(&directory, "check a.csv good.json --time t --quiet", "");
    assert!(run.text().starts_with("ambiguous: ") && run.code == 1, "{}", run.text());
    let run = run_in(&directory, "check good.json a.csv --time t --timezone UTC --json", "");
    let document = json(run.text(), "check.json");
    assert_eq!((run.code, &document["data"]["timezone"]), (0, &"UTC".into()), "{}", run.text());
    let flags = "--duration 6h --timezone America/New_York";
    let run = run_in(&directory, &format!("check a.csv --time t {flags} --json"), "");
    let document = json(run.text(), "check.json");
    assert_eq!(document["data"]["findings"][0]["kind"], "ambiguous");
    assert_eq!(document["spec"]["findings"][0]["path"], "step_ms");
    // A file whose name tells nothing is data where there is a column of times.
    let spec = "{\"duration_ms\": 1, \"timezone\": \"UTC\"}";
    let run = run_in(&directory, "check - a.csv --time t --json", spec);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let run = check("spec --time t --timezone UTC", "");
    assert!(run.stderr.starts_with("error: IO at spec: "), "{}", run.stderr);
}

/// Protects the document of data: kinds, counts, places and rates.
#[test]
fn documents() {
    let sample = paneline("sample").stdout;
    let sample = String::from_utf8(sample).unwrap();
    let arguments = "- --time timestamp --value value --timezone America/New_York --json";
    let run = check(arguments, &sample);
    let document = json(run.text(), "check.json");
    let data = &document["data"];
    assert_eq!(data["span"], serde_json::json!(["2014-10-01 00:00", "2014-11-09 23:30"]));
    assert_eq!(data["findings"][0]["shown"][0]["line"], 1_540);
    assert_eq!(data["rates"][0]["rows"][0]["half"], "19,580");
    assert_eq!((run.code, &document["spec"]), (1, &serde_json::Value::Null));
    let bad = format!("t\n{}", "x\n".repeat(1_500));
    let run = check("- --time t --timezone UTC --json", &bad);
    let findings = json(run.text(), "check.json")["data"]["findings"].clone();
    assert_eq!(
        (&findings[0]["count"], &findings[0]["kind"]),
        (&1_500.into(), &"unreadable".into())
    );
    assert_eq!(findings[0]["shown"].as_array().unwrap().len(), 1_000);
}

/// Protects usage: what is missing or too much is said, with exit code 2.
#[test]
fn usage() {
    let directory = directory("check_usage");
    std::fs::write(directory.join("a.csv"), "t\n2014-11-02 00:30\n").unwrap();
    std::fs::write(directory.join("a.json"), "{\"duration_ms\": 1}").unwrap();
    for (arguments, wanted) in [
        ("", "INVALID_ARGUMENT at SPEC: there is nothing to check\nhint: name a spec"),
        ("--timezone UTC", "INVALID_ARGUMENT at SPEC: there is nothing to check"),
        ("a.csv a.csv --time t", "INVALID_ARGUMENT at FILE: one file of data is checked at a time"),
        ("a.json a.json", "INVALID_ARGUMENT at SPEC: one spec is checked at a time"),
        ("a.json a.csv a.csv", "unexpected value 'a.csv'"),
        ("a.json --duration 5m", "INVALID_ARGUMENT at SPEC: a spec is a file or made of flags"),
        (
            "a.json --timezone Tokyo",
            "INVALID_ARGUMENT at SPEC: a spec is a file or made of flags, not both\n\
             hint: leave out \"a.json\" or the flags of the spec\n",
        ),
        (
            "a.json a.csv --time t --duration 5m",
            "not both\nhint: leave out \"a.json\" or the flags",
        ),
        ("a.csv", "INVALID_ARGUMENT at --time: the column of the times is missing"),
        ("a.csv --time t", "INVALID_ARGUMENT at a.csv:2:1: the time has no offset, and the zone"),
        ("a.csv --value v", "--time <COL>"),
        ("--duration 5m --time t", "INVALID_ARGUMENT at --time: there is no file of data"),
        ("a.csv --time t --timezone Mars", "UNKNOWN_TIMEZONE at --timezone: \"Mars\" is not in"),
        ("a.csv --time t --timezone UTC --now x", "INVALID_ARGUMENT at --now: \"x\" is no date"),
        ("a.parquet --time t --timezone UTC", "IO at a.parquet: "),
        ("none.json", "IO at none.json: "),
        (".", "IO at .: "),
    ] {
        let run = run_in(&directory, &format!("check {arguments}"), "");
        assert_eq!((run.code, run.text()), (2, ""), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(wanted), "{arguments}: {}", run.stderr);
    }
    let run = run_in(&directory, "check a.csv --time t --json", "");
    assert_eq!(json(&run.stderr, "error.json")["error"]["path"], "a.csv:2:1");
}

/// Protects against files that never end a line, that are no text, and that are devices: a refusal
/// or findings, and never a panic or a full memory.
#[test]
fn hostile_data() {
    let quote = format!("t\n\"{}", "x".repeat(17 << 20));
    let run = check("- --time t --timezone UTC", &quote);
    assert_eq!((run.code, run.text()), (2, ""));
    assert_eq!(run.stderr, "error: IO at stdin: a record at line 2 has more than 16 MiB\n");
    let line = format!("{{\"t\":\"{}", "x".repeat(17 << 20));
    let run = check("- --time t --timezone UTC", &line);
    assert_eq!(run.stderr, "error: IO at stdin: a record at line 1 has more than 16 MiB\n");
    let run = check("/dev/zero --time t --timezone UTC", "");
    assert!(run.code == 2 && run.stderr.contains("has more than 16 MiB"), "{}", run.stderr);

    let directory = directory("hostile_data");
    let write = |name: &str, bytes: &[u8]| std::fs::write(directory.join(name), bytes).unwrap();
    write("latin.csv", b"t,\xe4\n2014-11-02 00:30,\xff\n2014-11-02 0\xff:30,1\n");
    write("latin.jsonl", b"{\"t\":0}\n{\"t\":\"\xff\"}\n");
    write("noise.csv", &(0..=255).cycle().take(100_000).collect::<Vec<u8>>());
    write("empty.csv", b"");
    write("header.csv", b"t\n");
    for (file, code, wanted) in [
        ("latin.csv", 1, "\"2014-11-02 0\u{fffd}:30\" is no date and time"),
        ("latin.jsonl", 1, "latin.jsonl:2:1: column t: the line is not UTF-8"),
        (
            "noise.csv",
            2,
            "error: INVALID_ARGUMENT at --time: noise.csv has no column \"t\"\nhint: ",
        ),
        ("empty.csv", 2, "hint: the file is empty"),
        ("header.csv", 2, "error: INVALID_ARGUMENT at header.csv: no rows to check"),
    ] {
        let run = run_in(&directory, &format!("check {file} --time t --timezone UTC"), "");
        assert_eq!(run.code, code, "{file}: {}", run.stderr);
        let said = format!("{}{}", run.text(), run.stderr);
        assert!(said.contains(wanted), "{file}: {said}");
    }
}

/// Runs a command line of a shell on a terminal of its own; all that it shows.
fn on_a_terminal(directory: &Path, line: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new("script");
    command.args(["--quiet", "--command", line, "/dev/null"]).current_dir(directory);
    command.env("TERM", "xterm").env_remove("NO_COLOR").envs(variables.iter().copied());
    run(&mut command, "").text().to_owned()
}

/// Protects what only a terminal is shown: colours and progress there, none under NO_COLOR, no
/// progress under --quiet, and neither where output is piped.
#[test]
fn terminals() {
    let directory = directory("terminals");
    std::fs::write(directory.join("sample.csv"), paneline("sample --rows 200000").stdout).unwrap();
    let spec = format!("{BINARY} check --duration 7d");
    let shown = on_a_terminal(&directory, &spec, &[]);
    assert!(shown.contains("\x1b[") && shown.contains("warning"), "{shown:?}");
    let shown = on_a_terminal(&directory, &spec, &[("NO_COLOR", "1")]);
    assert!(!shown.contains('\x1b') && shown.contains("warning: weeks"), "{shown:?}");
    let refused = format!("{BINARY} explain");
    let shown = on_a_terminal(&directory, &refused, &[]);
    assert!(shown.contains("\x1b[1;31merror\x1b[0m: INVALID_SPEC"), "{shown:?}");
    let shown = on_a_terminal(&directory, &refused, &[("TERM", "dumb")]);
    assert!(shown.starts_with("error: INVALID_SPEC"), "{shown:?}");

    let data = format!("{BINARY} check sample.csv --time timestamp --timezone UTC");
    let shown = on_a_terminal(&directory, &format!("{data} > out.txt"), &[]);
    assert!(shown.contains("reading [") && shown.contains(" of 5."), "{shown:?}");
    let text = std::fs::read_to_string(directory.join("out.txt")).unwrap();
    assert!(text.starts_with("sample.csv: 200,000 rows") && !text.contains('\x1b'), "{text}");
    let shown = on_a_terminal(&directory, &format!("{data} --quiet > out.txt"), &[]);
    assert_eq!(shown, "");
}
