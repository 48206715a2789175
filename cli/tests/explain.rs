//! `explain`: whole pages, compared with files that were checked by hand against
//! docs/SEMANTICS.md.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use common::{BINARY, directory, json, paneline, run, run_in};

/// Protects whole pages, at 80 and at 120 columns: tests/golden/explain holds them, and UPDATE=1
/// rewrites them. What each is for:
const PAGES: [(&str, &str); 15] = [
    // The held fold: one pane of 7 h, its edges in both clocks, and the mark that says why.
    ("held-fold", "--duration 6h --timezone America/New_York --at 2024-11-02T22:00:00Z --count 3"),
    // The split fold of sliding windows, whose windows keep their elapsed length.
    (
        "split-fold",
        "--duration 2h --step 1h --timezone America/New_York --at 1730602800000 --count 5",
    ),
    // The gap night: a short pane is marked with the jump, its neighbours are not.
    ("gap", "--duration 6h --timezone America/New_York --at 2024-03-10T00:00-05:00 --count 3"),
    // Growing windows over a gap, which ends the first of them, in ASCII.
    (
        "growing",
        "--duration 1d --step 2h --kind cumulate --timezone America/New_York \
         --from 2024-03-10T06:00Z --to 2024-03-10T07:00Z --ascii",
    ),
    // A session, which has no grid to list.
    ("session", "--kind session --gap 30m --at 2024-11-02T22:00:00Z"),
    // Calendar units: months of 31, 28 and 31 local days, one of them an hour short.
    (
        "months",
        "--unit month --units 3 --unit-step 1 --month-day 15 --timezone America/New_York \
         --at 2023-01-20T00:00Z --count 2",
    ),
    // Many windows an event: the listing ends at its count, the timeline shows panes.
    (
        "sliding",
        "--duration 6h --step 30m --timezone America/New_York --from 2024-11-03T04:00Z \
         --to 2024-11-03T07:00Z --count 14",
    ),
    // Edges that are no whole seconds: UTC edges go where the page is too narrow.
    ("milliseconds", "--duration 1500ms --step 500ms --timezone +05:45 --at 0 --count 4"),
    // A fold of half an hour, held and longer than the pane is.
    ("half-hour", "--duration 1h --timezone Australia/Lord_Howe --at 2024-04-06T13:30Z --count 4"),
    // A day that the clock skipped.
    ("skipped-day", "--unit day --timezone Pacific/Apia --at 2011-12-29T12:00Z --count 3"),
    // Unix time under a zone's label: the fold is marked, and nothing follows it.
    (
        "label",
        "--duration 4h --offset 30m --timezone America/New_York --align-to-epoch \
         --allowed-lateness 10m --at 2024-11-03T04:00Z --count 3",
    ),
    // Days that start at 04:00: no edge is a date alone.
    (
        "shifted-day",
        "--duration 24h --offset 4h --timezone Asia/Tokyo --at 2026-11-26T00:00Z --count 4",
    ),
    // A gap at midnight, which begins one day and ends another.
    (
        "gap-at-midnight",
        "--duration 24h --timezone America/Sao_Paulo --at 2018-11-03T12:00Z --count 2",
    ),
    // Two windows that end at the same reading, an hour apart.
    (
        "fold-at-midnight",
        "--duration 6h --step 1h --timezone America/Havana --at 2024-11-02T21:00Z --count 5",
    ),
    // A window of years, touched by more jumps than are told.
    (
        "years",
        "--unit year --units 10 --timezone America/New_York --at 2020-06-01T00:00Z --count 3",
    ),
];

#[test]
fn pages() {
    for (name, arguments) in PAGES {
        for columns in [80, 120] {
            let run = paneline(&format!("explain {arguments} --width {columns}"));
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "explain {arguments}");
            for line in run.text().lines() {
                assert!(line.chars().count() <= columns, "{name}: {line}");
            }
            let file = format!("{name}-{columns}.txt");
            common::golden(&Path::new("explain").join(file), run.text());
        }
    }
}

/// Protects README.md: its example of `explain` prints the lines that the page shows.
#[test]
fn the_readme_shows_what_is_printed() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, example) = page.split_once("\n$ paneline explain ").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let (arguments, shown) = example.split_once('\n').unwrap();
    let run = paneline(&format!("explain {arguments}"));
    assert!(shown.lines().count() >= 3 && run.text().contains(shown), "{}", run.text());
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
        ("--unit day --offset -15m", "on the calendar of UTC; each event is in 1 window; each day"),
        ("--unit day --offset -15m", "window; each day starts at 23:45 UTC flags"),
        ("--duration 24h --offset 4h --timezone Asia/Tokyo", "; each day starts at 04:00 flags"),
        (
            "--unit day --units 3 --offset 4h --timezone Asia/Tokyo",
            "3 day windows, end to end, on the wall clock of Asia/Tokyo; each event is in 1 \
             window; each window starts at 04:00 flags",
        ),
        (
            "--duration 72h --step 24h --offset -1h",
            "windows; each window starts at 23:00 UTC flags",
        ),
        (
            "--unit week --units 2 --unit-step 1 --offset -2h --timezone Asia/Tokyo",
            "; each window starts at 22:00 on the day before",
        ),
        ("--duration 24h --step 6h --offset 1h", "windows; the grid is 1 h later"),
        (
            "--duration 24h --offset -1s --timezone Asia/Tokyo",
            "; each day starts at 23:59:59 flags",
        ),
        (
            "--unit week --offset -2h --timezone Asia/Tokyo",
            "; each week starts at 22:00 on the day before",
        ),
        (
            "--duration 1d --step 6h --kind cumulate --offset 1h --timezone Asia/Tokyo --align-to-epoch",
            "; each day starts at 01:00 UTC",
        ),
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
    let listed: Vec<&str> = run.text().lines().filter(|line| line.starts_with("19")).collect();
    assert_eq!(
        listed[..3],
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

/// Protects the offsets of zones that change by half an hour or have one, which are the widest.
#[test]
fn offsets_are_listed() {
    for (arguments, offset, wide) in [
        ("--timezone Australia/Lord_Howe --at 2024-04-06T13:30Z", "+11:00", "+11/+10:30"),
        ("--timezone America/St_Johns --at 2024-11-03T04:00Z", "-02:30", "-02:30/-03:30"),
    ] {
        for (columns, offset) in [(80, offset), (120, wide)] {
            let run = paneline(&format!("explain --duration 1h {arguments} --width {columns}"));
            let listed: Vec<&str> =
                run.text().lines().skip_while(|line| !line.starts_with("local start")).collect();
            assert!(listed[0].contains("  UTC end      ") && listed[0].contains("  offset  "));
            let cell = format!("  {offset}  ");
            assert!(listed.iter().any(|line| line.contains(&cell)), "{cell}: {}", run.text());
        }
    }
}

/// Protects the default: without `--at` the listing starts at the machine's own time.
#[test]
fn starts_now() {
    let run = paneline("explain --duration 1h --count 1 --json");
    let document = json(run.text(), "explain.json");
    assert!(document["windows"][0]["end_ms"].as_i64().unwrap() > 1_750_000_000_000);
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
    std::fs::write(directory.join("marked.json"), format!("\u{feff}{json}")).unwrap();
    for source in [json, "spec.json", "marked.json", "spec.pb", "-"] {
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
            "-000249-10-15 19:00  -000249-10-15 20:00  10-15 19:00  10-15 20:00  1 h",
        ),
        (
            "8640000000000000",
            "+275760-09-13 00:00  +275760-09-13 01:00  09-13 00:00  09-13 01:00  1 h",
        ),
    ] {
        let run = paneline(&format!("explain --duration 1h --count 1 --at={at}"));
        assert!(run.text().lines().any(|line| line == first), "{}{}", run.text(), run.stderr);
    }
    let run = paneline("explain --duration 1h --timezone Asia/Tokyo --at 9999-12-31T23:00:00Z");
    assert_eq!((run.code, run.text()), (2, ""));
    assert!(run.stderr.starts_with("error: OUT_OF_RANGE at --at: a time must"), "{}", run.stderr);
}

/// Protects the JSON: what a window is, in numbers and in readings, by the published schema.
#[test]
fn documents() {
    for arguments in PAGES.map(|(_, arguments)| arguments) {
        let run = paneline(&format!("explain {arguments} --format json"));
        json(run.text(), "explain.json");
        assert_eq!(paneline(&format!("explain {arguments} --json")).text(), run.text());
    }
    let run = paneline(
        "explain --duration 6h --timezone America/New_York --at 2024-11-03T04:00Z --count 1 --json",
    );
    let document = json(run.text(), "explain.json");
    let wanted = serde_json::json!({
        "start_ms": 1_730_606_400_000_i64,
        "end_ms": 1_730_631_600_000_i64,
        "start_utc": "2024-11-03T04:00:00Z",
        "end_utc": "2024-11-03T11:00:00Z",
        "start_local": "2024-11-03T00:00:00",
        "end_local": "2024-11-03T06:00:00",
        "start_offset_ms": -14_400_000,
        "end_offset_ms": -18_000_000,
        "elapsed_ms": 25_200_000,
        "marks": [{
            "kind": "fold",
            "at_ms": 1_730_613_600_000_i64,
            "before_ms": -14_400_000,
            "after_ms": -18_000_000,
            "place": "inside",
            "rule": "held",
            "sentence": "fold: 2024-11-03 01:00-02:00 occurs twice; held -> pane is 7 h",
        }],
    });
    assert_eq!(document["windows"], serde_json::json!([wanted]));
    let run = paneline("explain --duration 1ms --from 0 --to 100000 --json");
    let document = json(run.text(), "explain.json");
    assert_eq!(document["windows"].as_array().unwrap().len(), 10_000);
    assert_eq!(document["panes"].as_array().unwrap().len(), 1_000);
    assert_eq!((&document["more"], &document["more_panes"]), (&true.into(), &true.into()));
}

/// Protects the choice of characters: the locale decides, and `--ascii` wins.
#[test]
fn ascii_where_the_locale_is() {
    let page = |variables: &[(&str, &str)], arguments: &str| {
        let mut command = Command::new(BINARY);
        command.args("explain --duration 1h --at 0".split(' ')).args(arguments.split_whitespace());
        for variable in ["LC_ALL", "LC_CTYPE", "LANG"] {
            command.env_remove(variable);
        }
        let page = run(command.envs(variables.iter().copied()), "");
        page.text().contains('├')
    };
    for (variables, unicode) in [
        (&[][..], false),
        (&[("LANG", "C")], false),
        (&[("LANG", "en_US.UTF-8")], true),
        (&[("LANG", "de_DE.utf8")], true),
        (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")], false),
        (&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8")], true),
        (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "")], true),
    ] {
        assert_eq!(page(variables, ""), unicode, "{variables:?}");
        assert!(!page(variables, "--ascii"), "{variables:?}");
    }
}

/// Protects what is said of windows that are not listed: how to see them, which at the highest count
/// is another beginning.
#[test]
fn more_than_can_be_listed() {
    let arguments = "explain --duration 1s --from 0 --to 20000000";
    let run = paneline(&format!("{arguments} --count 9999"));
    assert!(run.text().contains("\nmore windows follow (--count)\n"), "{}", run.stderr);
    let run = paneline(arguments);
    assert!(run.text().contains("\nmore windows begin after 1970-01-01T02:46:39Z (--from)\n"));
}

/// Protects the refusals of a range.
#[test]
fn ranges_that_are_none() {
    for (arguments, wanted) in [
        (
            "--from 5 --to 5",
            "error: INVALID_ARGUMENT at --to: --to must be after --from (5), got 5",
        ),
        ("--from 5", "--to <T>"),
        ("--to 5", "--from <T>"),
        ("--at 5 --from 5 --to 6", "cannot be used with"),
        ("--from 9e15 --to 5", "error: INVALID_ARGUMENT at --from: \"9e15\" is no date and time"),
        ("--from 9000000000000000 --to 9000000000000001", "error: OUT_OF_RANGE at --from: a time"),
        ("--count 0", "0 is not in 1..=10000"),
        ("--width 79", "79 is not in 80..=1000"),
        ("--json --format text", "cannot be used with"),
        ("--format bmp", "[possible values: text, json, svg, png, html]"),
    ] {
        let run = paneline(&format!("explain --duration 1h {arguments}"));
        assert_eq!((run.code, run.text()), (2, ""), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(wanted), "{arguments}: {}", run.stderr);
    }
}

/// Protects `| head -1`: the reader goes away after a line, and nothing is said.
#[test]
fn a_reader_that_goes_away() {
    let mut child = Command::new(BINARY)
        .args("explain --duration 1s --from 0 --to 20000000".split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "1 s windows, end to end, on Unix time; each event is in 1 window\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

/// Protects against specs that are none: each is refused in a line, and no bytes are a panic.
#[test]
fn hostile_specs() {
    let directory = directory("hostile_specs");
    let write = |name: &str, bytes: &[u8]| std::fs::write(directory.join(name), bytes).unwrap();
    write("deep.json", "{\"a\":".repeat(10_000).as_bytes());
    write("long.json", format!("{{\"timezone\":\"{}\"}}", "x".repeat(70_000)).as_bytes());
    write("latin.json", b"{\"timezone\":\"Z\xfcrich\"}");
    write("cut.json", b"{\"duration_ms\": 6");
    write("twice.json", b"{\"duration_ms\": 6, \"durationMs\": 7}");
    write("field.pb", &[0x98, 0x06, 0x01]);
    write("cut.pb", &[0x08]);
    write("empty.pb", &[]);
    for (source, wanted) in [
        ("deep.json", "error: CORRUPT: a spec is a JSON object: "),
        ("long.json", "error: CORRUPT: a spec must be at most 65536 bytes, got 70015"),
        ("latin.json", "error: CORRUPT: not the bytes of a spec: "),
        ("cut.json", "error: CORRUPT: a spec is a JSON object: EOF"),
        ("twice.json", "error: INVALID_SPEC at duration_ms: duration_ms must appear once"),
        ("field.pb", "error: UNSUPPORTED_FIELD at #99: "),
        ("cut.pb", "error: CORRUPT: not the bytes of a spec: "),
        ("empty.pb", "error: CORRUPT: a spec is no empty file"),
        ("-", "error: CORRUPT: a spec is no empty file\nhint: the spec is stdin\n"),
        (".", "error: IO at .: "),
        ("/dev/zero", "error: CORRUPT at /dev/zero: the file may have 1048576 bytes"),
    ] {
        let run = run_in(&directory, &format!("explain {source}"), "");
        assert_eq!((run.code, run.text()), (2, ""), "{source}: {}", run.stderr);
        assert!(run.stderr.starts_with(wanted), "{source}: {}", run.stderr);
        assert!(run.stderr.lines().count() <= 2, "{}", run.stderr);
    }
}
