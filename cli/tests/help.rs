//! Help, version, exit codes and error texts: what a person meets before any window.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{BINARY, directory, paneline, run};

const COMMANDS: [&str; 9] =
    ["explain", "assign", "check", "sample", "zones", "tz-diff", "doctor", "completions", "man"];

/// The examples at the end of a help text, continued lines joined.
fn examples(help: &str) -> Vec<String> {
    let (_, text) = help.split_once("Examples:\n").unwrap();
    let joined = text.replace("\\\n", " ");
    joined.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Protects the first thing a user copies: two examples a command, and each of them runs.
#[test]
fn every_example_runs() {
    let directory = directory("examples");
    std::fs::write(directory.join("sample.csv"), paneline("sample").stdout).unwrap();
    std::fs::write(directory.join("zones.txt"), paneline("zones --dump").stdout).unwrap();
    let folder = Path::new(BINARY).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(folder).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(paths).unwrap();
    for command in COMMANDS {
        for flag in ["-h", "--help"] {
            let examples = examples(paneline(&format!("{command} {flag}")).text());
            assert_eq!(examples.len(), 2, "{command} {flag}: {examples:?}");
            for example in examples {
                assert!(example.contains(&format!("paneline {command}")), "{example}");
                let mut shell = Command::new("sh");
                shell.args(["-c", &example]).current_dir(&directory).env("PATH", &path);
                let run = run(&mut shell, "");
                // The sample and the spec have findings on purpose.
                let wanted = i32::from(example.starts_with("paneline check"));
                assert_eq!((run.code, run.stderr.as_str()), (wanted, ""), "{example}");
            }
        }
    }
}

/// Protects the purpose of each command: one sentence, 80 columns, exit code 0.
#[test]
fn help_is_short() {
    for command in COMMANDS {
        let run = paneline(&format!("{command} --help"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        let (purpose, _) = run.text().split_once("\n\n").unwrap();
        let sentences = purpose.trim_end_matches('.').matches(". ").count() + 1;
        assert_eq!(sentences, 1, "{purpose}");
        for line in run.text().lines() {
            assert!(line.chars().count() <= 80, "{command}: {line}");
        }
    }
}

/// Protects what the help of the commands that read data says of numbers that look like seconds or
/// a date, and of a zone beside a spec: what the commands do.
#[test]
fn help_says_what_is_refused() {
    let told = |command| {
        let run = paneline(&format!("{command} --help"));
        run.text().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for command in ["check", "assign"] {
        let wanted = "Whole numbers with the digits of seconds or of a date, 1719792000 or \
                      20240701, are refused";
        assert!(told(command).contains(wanted), "{command}");
    }
    assert!(told("check").contains("Beside a spec that is no flags, --timezone is the clock of"));
    for number in ["1719792000", "20240701"] {
        let text = format!("t\n{number}\n");
        assert_eq!(common::run_in(Path::new("."), "check - --time t", &text).code, 1);
        let assigned = common::run_in(Path::new("."), "assign - --time t --duration 1h", &text);
        assert_eq!(assigned.code, 2, "{number}");
    }
}

/// Protects `--version`: a bug report needs the time-zone release as well.
#[test]
fn version_names_the_database() {
    let run = paneline("--version");
    let wanted = format!("paneline {} (tzdb {})\n", paneline::VERSION, paneline::tzdb_version());
    assert_eq!((run.code, run.text()), (0, wanted.as_str()));
}

/// Command lines that are refused, and what is said.
const REFUSED: &[(&str, &str)] = &[
    (
        "explain --duration 5m --step 10m",
        "error: INVALID_SPEC at step_ms: step_ms must be <= duration_ms (300000), got 600000\n\
         hint: step_ms comes from --step 10m\n",
    ),
    (
        "explain",
        "error: INVALID_SPEC at duration_ms: duration_ms must be in 1..=3155760000000, got 0\n\
         hint: say --duration 6h, or --unit day, or --kind session --gap 30m, or name a \
         file\n",
    ),
    (
        "explain --duration 5",
        "error: INVALID_ARGUMENT at --duration: 5 has no unit; write 5ms, 5s, 5m, 5h, 5d or \
         5w\n",
    ),
    (
        "explain --duration 1.5h",
        "error: INVALID_ARGUMENT at --duration: \"1.5h\": numbers are whole; write 1h30m for \
         1.5h\n",
    ),
    (
        "explain --duration 6h --step -30m",
        "error: INVALID_SPEC at step_ms: step_ms must be >= 0 (0 = duration_ms), got -1800000\n\
         hint: step_ms comes from --step -30m\n",
    ),
    (
        "explain --timezone Tokyo --duration 6h",
        "error: UNKNOWN_TIMEZONE at timezone: \"Tokyo\" is not in the time-zone database TZDB; \
         did you mean \"Asia/Tokyo\"?\n",
    ),
    (
        "explain {} --duration 5m",
        "error: INVALID_ARGUMENT at SPEC: a spec is a file or made of flags, not both\n\
         hint: leave out \"{}\" or the flags of the spec\n",
    ),
    (
        "assign - --time t",
        "error: INVALID_SPEC at duration_ms: duration_ms must be in 1..=3155760000000, got 0\n\
         hint: say --duration 6h, or --unit day, or --kind session --gap 30m, or --spec FILE\n",
    ),
    (
        "explain --duration 5m --theme dark",
        "error: INVALID_ARGUMENT at --theme: only pictures have colours to choose\n\
         hint: add --format svg, png or html\n",
    ),
    (
        "explain --duration 5m --offset -1x",
        "error: INVALID_ARGUMENT at --offset: \"1x\": the units are w, d, h, m, s and ms, got \
         \"x\"\n",
    ),
    (
        "explain --duration 5m --units 2",
        "error: INVALID_SPEC at calendar_duration: calendar_duration must be 0 with \
         calendar_unit NONE, got 2\nhint: calendar_duration comes from --units 2\n",
    ),
    (
        "explain {\"duration_ms\":60000,\"colour\":3}",
        "error: UNSUPPORTED_FIELD at colour: \"colour\" is no field of SlidingWindowSpec\n\
         hint: the spec is the argument\n",
    ),
    (
        "sample --start 1.10.2014",
        "error: INVALID_ARGUMENT at --start: \"1.10.2014\" is no date; write it as \
         2014-10-01\n",
    ),
    (
        "sample --start 2199-12-31 --rows 100",
        "error: OUT_OF_RANGE at --start: local time must lie in 1900-01-01 .. 2199-12-31, got \
         7258118400000 ms\n",
    ),
    (
        "sample --start 9999-12-31 --timezone UTC",
        "error: OUT_OF_RANGE at --start: local time must lie in 1900-01-01 .. 2199-12-31, got \
         253402214400000 ms\n",
    ),
    (
        "check - --time t --timezone UTC",
        "error: INVALID_ARGUMENT at --time: stdin has no column \"t\"\n\
         hint: the file is empty\n",
    ),
];

/// The same of instants: what to write is something that is taken.
const NO_INSTANTS: &[(&str, &str)] = &[
    (
        "explain --duration 5m --at 2024-01-01T10:00",
        "error: INVALID_ARGUMENT at --at: \"2024-01-01T10:00\" names no instant: it has no \
         offset\nhint: write 2024-01-01T10:00Z for UTC, or an offset such as -05:00 instead \
         of the Z\n",
    ),
    (
        "explain --duration 5m --at 2026-11-26",
        "error: INVALID_ARGUMENT at --at: \"2026-11-26\" names a day and no instant: it has no \
         time and no offset\nhint: write 2026-11-26T00:00Z for UTC, or an offset such as -05:00 \
         instead of the Z\n",
    ),
    (
        "explain --duration 5m --at 1730606400",
        "error: INVALID_ARGUMENT at --at: \"1730606400\" has the digits of seconds, and numbers \
         are milliseconds: write 1730606400000 for 2024-11-03T04:00:00Z, or \
         1970-01-21T00:43:26.4Z if that is meant\n",
    ),
    (
        "explain --duration 5m --at 20241103",
        "error: INVALID_ARGUMENT at --at: \"20241103\" has the digits of a date, and numbers \
         are milliseconds\nhint: write 2024-11-03T00:00Z for UTC, or an offset such as -05:00 \
         instead of the Z\n",
    ),
    (
        "explain --duration 5m --at noon",
        "error: INVALID_ARGUMENT at --at: \"noon\" is no date and time\nhint: write \
         2024-11-02T12:00:00Z for UTC, or an offset such as -05:00 instead of the Z, or \
         milliseconds since 1970-01-01Z\n",
    ),
    (
        "explain --duration 5m --at 9000000000000000",
        "error: OUT_OF_RANGE at --at: a time must lie in -8640000000000000..=8640000000000000 ms, \
         got 9000000000000000\n",
    ),
];

/// Protects the texts of refusals, the hints below them, and exit code 2.
#[test]
fn refusals() {
    for (arguments, wanted) in REFUSED.iter().chain(NO_INSTANTS) {
        let run = paneline(arguments);
        let wanted = wanted.replace("TZDB", paneline::tzdb_version());
        assert_eq!((run.code, run.stderr.as_str()), (2, wanted.as_str()), "{arguments}");
    }
}

/// Protects suggestions: a misspelt flag, zone or column says what there is.
#[test]
fn suggestions() {
    let directory = directory("suggestions");
    std::fs::write(directory.join("a.csv"), "when,value\n").unwrap();
    std::fs::write(directory.join("twice.csv"), "t,v, t,v\n2014-01-01 00:00,1,,2\n").unwrap();
    for (arguments, wanted) in [
        ("explain --duratoin 5m", "a similar argument exists: '--duration'"),
        ("explian --duration 5m", "a similar subcommand exists: 'explain'"),
        ("explain --kind slide", "a similar value exists: 'sliding'"),
        ("explain --duration 5m --timezone Shanghai", "did you mean \"Asia/Shanghai\"?"),
        ("check a.csv --time t --timezone utc", "did you mean \"UTC\"?"),
        ("check a.csv --time t --timezone UTC", "hint: the columns are when, value"),
        ("check a.csv --time when --value v --timezone UTC", "--value: a.csv has no column \"v\""),
        ("check twice.csv --time t --timezone UTC", "--time: column \"t\" appears twice in twice"),
        ("assign twice.csv --time t --duration 1h", "hint: columns 1 and 3 have the name"),
        ("check a.csv --time when --timezone UTC", "a.csv: no rows to check"),
        ("check b.csv --time t --timezone UTC", "error: IO at b.csv: "),
        ("check a.csv --time when", "a.csv: no rows to check"),
        ("explain b.json", "a spec is a file with protobuf JSON or protobuf bytes"),
        ("explain --duration --step 5m", "it is a flag; write a length before it, such as 6h"),
        (
            "explain --duration 6h --timezone --at 0",
            "it is a flag; write a zone before it, such as Asia/Tokyo",
        ),
        ("explain --duration 5m --count -1", "-1 is not in 1..=10000"),
        ("explain --unit day --units -1", "-1 is not in 0..=4294967295"),
        ("zones UTC --count -1", "-1 is not in 1..=10000"),
        ("sample --rows -1", "-1 is not in 0..=6000000"),
        ("", "Usage: paneline [OPTIONS] <COMMAND>"),
    ] {
        let run = common::run_in(&directory, arguments, "");
        assert_eq!(run.code, 2, "{arguments}");
        assert!(run.stderr.contains(wanted), "{arguments}: {}", run.stderr);
    }
}

/// Protects pipes: when the reader goes away the command ends without a word.
#[test]
fn broken_pipe_is_quiet() {
    let mut child = Command::new(BINARY)
        .args(["sample", "--rows", "1000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 15];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"timestamp,value");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

/// Protects full disks: what cannot be written is a failure, in text and in JSON.
#[test]
fn a_full_disk_is_a_failure() {
    for arguments in ["explain --duration 1h", "zones --dump", "sample", "doctor"] {
        for (json, wanted) in [("", "error: IO at stdout: "), ("--json", "\"code\": \"IO\"")] {
            let output = Command::new(BINARY)
                .args(arguments.split(' ').chain(json.split_whitespace()))
                .stdout(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap())
                .output()
                .unwrap();
            let complaint = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{arguments}");
            assert!(complaint.contains(wanted), "{arguments}: {complaint}");
        }
    }
}
