//! `tz-diff` and `zones --dump`: doctored dumps against answers that were worked out by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::path::PathBuf;

use common::{Run, directory, json, paneline, run_in};

/// 2027-01-01T00:00Z.
const Y2027: i64 = 1_798_761_600;

/// The dump of this build.
fn dump() -> String {
    let run = paneline("zones --dump");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    run.text().to_owned()
}

/// The dump with the lines of one zone changed: `change` gets its transitions.
fn doctored(zone: &str, change: impl Fn(i64, i64) -> Option<(i64, i64)>) -> String {
    let (mut text, mut inside) = (String::new(), false);
    for line in dump().lines() {
        let transition = line
            .split_once(' ')
            .and_then(|(at, offset)| Some((at.parse::<i64>().ok()?, offset.parse::<i64>().ok()?)));
        let line = match transition {
            Some((at, offset)) if inside => match change(at, offset) {
                Some((at, offset)) => format!("{at} {offset}"),
                None => continue,
            },
            Some(_) => line.to_owned(),
            None => {
                inside = line.starts_with(&format!("zone {zone} "));
                line.to_owned()
            }
        };
        text += &(line + "\n");
    }
    text.replacen("tzdb 2026f", "tzdb 2026e", 1)
}

/// New York as if summer time had been given up at the end of 2026.
fn without_summer_time() -> String {
    doctored("America/New_York", |at, offset| (at < Y2027).then_some((at, offset)))
}

/// A folder with the dump as `old.txt`.
fn with_dump(name: &str, text: &str) -> PathBuf {
    let directory = directory(name);
    std::fs::write(directory.join("old.txt"), text).unwrap();
    directory
}

/// Protects the round trip: the dump of this build changes nothing, neither zones nor specs, and
/// has no line that the format does not describe.
#[test]
fn the_same_dump() {
    let directory = with_dump("tz_same", &dump());
    let run = run_in(&directory, "tz-diff old.txt", "");
    assert_eq!(
        (run.code, run.text(), run.stderr.as_str()),
        (0, "old  2026f  old.txt\nnew  2026f  this build\n\nno zone differs\n", "")
    );
    let run = run_in(&directory, "tz-diff - --json", &dump());
    let document = json(run.text(), "tz-diff-zones.json");
    assert_eq!((run.code, document["changed"].as_array().unwrap().len()), (0, 0));
    for spec in [
        "--duration 6h --timezone America/New_York",
        "--unit month --timezone Africa/Casablanca",
        "--duration 1d --step 1h --kind cumulate --timezone Australia/Lord_Howe",
        "--duration 5m",
        "--kind session --gap 30m",
        "--duration 1h --timezone +05:30",
    ] {
        let run = run_in(&directory, &format!("tz-diff old.txt {spec}"), "");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{spec}: {}", run.text());
        assert!(run.text().contains("the spec: no window changes\n"), "{}", run.text());
        let quiet = run_in(&directory, &format!("tz-diff old.txt -q {spec}"), "");
        assert_eq!((quiet.code, quiet.text()), (0, ""));
    }
    let names = paneline::timezones().count();
    assert!(dump().ends_with(&format!("\nend {names}\n")));
    let of_names = dump().lines().filter(|line| line.starts_with(['z', 'l'])).count();
    assert_eq!(of_names, names);
}

/// Protects the report by zones: a zone that changes from 2027 on, with its alias; a zone that is
/// gone, one that is new, an alias that means another zone.
#[test]
fn zones() {
    let text = without_summer_time()
        .replace("link US/Eastern America/New_York\n", "link US/Eastern America/Chicago\n")
        .replace("link Japan Asia/Tokyo\n", "link Atlantis Asia/Tokyo\n");
    let directory = with_dump("tz_zones", &text);
    let run = run_in(&directory, "tz-diff old.txt", "");
    let wanted = "\
old  2026e  old.txt
new  2026f  this build

US/Eastern
  up to 1918-03-31T07:00:00Z: old -06:00, new -05:00
  1,138 more spans, the last 2300-11-04T07:00:00Z on
America/New_York
  2027-03-14T07:00:00Z to 2027-11-07T06:00:00Z: old -05:00, new -04:00
  273 more spans, the last 2300-03-11T07:00:00Z to 2300-11-04T06:00:00Z
only in old  Atlantis
only in new  Japan

2 names differ, 1 name is only in old, 1 name is only in new
";
    assert_eq!((run.code, run.text(), run.stderr.as_str()), (1, wanted, ""));
    let quiet = run_in(&directory, "tz-diff old.txt --quiet", "");
    assert!(quiet.text().starts_with("US/Eastern\n") && quiet.text().ends_with("Japan\n"));

    let run = run_in(&directory, "tz-diff old.txt --json", "");
    let document = json(run.text(), "tz-diff-zones.json");
    assert_eq!(run.code, 1);
    assert_eq!(document["tzdb"], serde_json::json!({"old": "2026e", "new": "2026f"}));
    let changed = &document["changed"];
    assert_eq!(changed[0]["names"], serde_json::json!(["US/Eastern"]));
    assert_eq!(changed[0]["spans"][0]["from_ms"], serde_json::Value::Null);
    assert_eq!(changed[1]["spans"].as_array().unwrap().len(), 274);
    let wanted = serde_json::json!({
        "from_ms": 1_805_007_600_000_i64, "until_ms": 1_825_567_200_000_i64,
        "old_offset_ms": -18_000_000, "new_offset_ms": -14_400_000,
    });
    assert_eq!(changed[1]["spans"][0], wanted);
}

/// Protects what an alias is: a zone that changes takes its aliases with it, in one entry.
#[test]
fn aliases_change_with_their_zone() {
    let directory = with_dump("tz_aliases", &without_summer_time());
    let run = run_in(&directory, "tz-diff old.txt --from 2300-06-01T00:00Z", "");
    assert!(run.text().contains("\nAmerica/New_York, US/Eastern\n"), "{}", run.text());
    assert!(!run.text().contains("more span"), "{}", run.text());
    let run = run_in(&directory, "tz-diff old.txt --from 2300-12-01T00:00Z", "");
    assert_eq!(run.code, 0, "{}", run.text());
}

/// Protects the worked case. By hand: 2027-03-14 02:00 EST is skipped no longer in the old release,
/// so the pane from midnight, 05:00Z, ends at 06:00 EST, 11:00Z, there and at 06:00 EDT, 10:00Z, by
/// this build; panes of one hour begin on the hour in both.
#[test]
fn windows() {
    let directory = with_dump("tz_windows", &without_summer_time());
    let run = run_in(&directory, "tz-diff old.txt --duration 6h --timezone America/New_York", "");
    let wanted = "\
old  2026e  old.txt
new  2026f  this build

the spec: windows change from 2027-03-14T05:00:00Z on
     local start       local end         UTC start    UTC end      elapsed
old  2027-03-14 00:00  2027-03-14 06:00  03-14 05:00  03-14 11:00  6 h
new  2027-03-14 00:00  2027-03-14 06:00  03-14 05:00  03-14 10:00  5 h
old fingerprint  OLD
new fingerprint  NEW

1 of 1 spec to look at
";
    let spec = paneline::SlidingWindowSpec {
        duration_ms: 21_600_000,
        timezone: "America/New_York".into(),
        ..Default::default()
    };
    let new = paneline::Assigner::new(&spec).unwrap().fingerprint().to_string();
    let (_, old) = run.text().split_once("old fingerprint  ").unwrap();
    assert_ne!(old[..64], new);
    assert_eq!(run.text(), wanted.replace("NEW", &new).replace("OLD", &old[..64]));
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));

    let run = run_in(&directory, "tz-diff old.txt --duration 1h --timezone America/New_York", "");
    assert_eq!(run.code, 1);
    assert!(run.text().contains("the spec: no window changes, but the fingerprint does"));
}

/// Protects files of specs: JSON and protobuf bytes, one verdict each, and the JSON of all.
#[test]
fn files_of_specs() {
    let text =
        without_summer_time().replace("link Japan Asia/Tokyo\n", "link Atlantis Asia/Tokyo\n");
    let directory = with_dump("tz_files", &text);
    let write = |name: &str, text: &[u8]| std::fs::write(directory.join(name), text).unwrap();
    let day = paneline::SlidingWindowSpec {
        duration_ms: 86_400_000,
        timezone: "US/Eastern".into(),
        ..Default::default()
    };
    write("day.pb", &paneline::spec::to_proto(&day));
    write("hour.json", br#"{"duration_ms": 3600000, "timezone": "America/New_York"}"#);
    write(
        "growing.json",
        br#"{"kind": "WINDOW_KIND_CUMULATE", "duration_ms": 86400000,
        "step_ms": 3600000, "timezone": "America/New_York"}"#,
    );
    write("pinned.json", br#"{"duration_ms": 60000, "tzdb_version": "2026e"}"#);
    write("gone.json", br#"{"duration_ms": 60000, "timezone": "Atlantis"}"#);
    write("new.json", br#"{"duration_ms": 60000, "timezone": "Japan"}"#);
    let files = "day.pb hour.json growing.json pinned.json gone.json new.json";
    let run = run_in(&directory, &format!("tz-diff old.txt --json {files}"), "");
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let document = json(run.text(), "tz-diff-specs.json");
    let specs = document["specs"].as_array().unwrap();
    let verdicts: Vec<_> = specs.iter().map(|spec| spec["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["windows", "fingerprint", "windows", "same", "refused", "added"]);
    // The day of 14 March ends at midnight EDT here, 04:00Z, and at midnight EST there.
    assert_eq!(specs[0]["from_ms"], 1_805_000_400_000_i64);
    assert_eq!(specs[0]["old"]["end_ms"], 1_805_086_800_000_i64);
    assert_eq!(specs[0]["new"]["end_ms"], 1_805_083_200_000_i64);
    // Of the windows that grow by an hour the last, 24 h long, is missing on a day of 23 h.
    assert_eq!(specs[2]["old"]["end_ms"], 1_805_086_800_000_i64);
    assert_eq!(specs[2]["new"], serde_json::Value::Null);
    assert_eq!(specs[3]["pinned_tzdb"], "2026e");

    let run = run_in(&directory, &format!("tz-diff old.txt {files}"), "");
    for told in [
        "new  none in its place\n",
        "its tzdb_version is \"2026e\", which this build refuses; write \"2026f\"\n",
        "gone.json: this build refuses it: \"Atlantis\" is not in the time-zone database",
        "new.json: the old release does not have the zone\n",
        "\n6 of 6 specs to look at\n",
    ] {
        assert!(run.text().contains(told), "{told} is missing in\n{}", run.text());
    }
    for line in run.text().lines() {
        assert!(line.chars().count() <= 81, "{line}");
    }
}

fn refused(text: &[u8], arguments: &str) -> Run {
    let directory = directory("tz_refused");
    std::fs::write(directory.join("old.txt"), text).unwrap();
    let run = run_in(&directory, &format!("tz-diff old.txt {arguments}"), "");
    assert_eq!((run.code, run.text()), (2, ""), "{}", run.stderr);
    run
}

/// Protects against files that are no dumps: each refusal has its line, and none is a panic.
#[test]
fn hostile_dumps() {
    let head = "paneline-zones 1\ntzdb x\n";
    let lines = |line: fn(i64) -> String| (0..4_097).map(line).collect::<Vec<_>>().join("\n");
    let transitions = lines(|n| format!("{n} {}", n % 2 + 1));
    let names = lines(|n| format!("zone N{n} 0"));
    for (body, wanted) in [
        ("", "CORRUPT at old.txt:1: the dump is cut off"),
        ("\n", "CORRUPT at old.txt:1: a dump begins with \"paneline-zones 1\", got \"\""),
        (
            "paneline-zones 2\n",
            "VERSION_MISMATCH at old.txt:1: this build reads format 1 of a dump",
        ),
        ("paneline-zones 1\r\n", "reads format 1 of a dump, got \"1\\r\""),
        ("paneline-zones 1\n2026f\n", "old.txt:2: wanted \"tzdb\" and a release, got \"2026f\""),
        ("@zone", "old.txt:3: no line of a dump: \"zone\""),
        ("@zone A", "old.txt:3: \"zone\" is no number of seconds"),
        ("@zone A/\u{e4} 0\n", "old.txt:3: \"A/\u{e4}\" is no name of a zone"),
        ("@zone A 0\nzone B one\n", "old.txt:4: \"one\" is no number of seconds"),
        ("@zone A 0\nzone A 0\n", "old.txt:4: A stands on line 3 already"),
        ("@0 0\n", "old.txt:3: a transition belongs below a \"zone\""),
        ("@link A B\n0 0\n", "old.txt:4: a transition belongs below a \"zone\""),
        ("@zone A 0\n0 1\n\n", "old.txt:5: no line of a dump: \"\""),
        ("@zone A 0\n0 1\n", "old.txt:5: the dump is cut off: it has no \"end\""),
        ("@zone A 0\nend 2\n", "old.txt:4: the dump has 1 names, not 2"),
        ("@zone A 0\nend 1\nend 1\n", "old.txt:5: there is more after the end"),
        ("@zone A 0\nlink B C\nend 2\n", "old.txt:4: \"C\" is no \"zone\" of this dump"),
        ("@zone A 0\nlink B A\nlink C B\nend 3\n", "old.txt:5: \"B\" is no \"zone\" of this dump"),
        ("@zone A 93600\nend 1\n", "old.txt:3: an offset is at most 93599 s, got 93600"),
        (
            "@zone A 0\n5 1\n5 2\nend 1\n",
            "old.txt:5: an instant must lie in 6..10445241600 s, got 5",
        ),
        ("@zone A 0\n5 0\nend 1\n", "old.txt:4: the offset must differ from the one before"),
        ("@zone A 0\n5 -60\n6 0\nend 1\n", "old.txt:5: must come after the span that 5 s repeats"),
        ("@zone A 0\n9223372036854775808 1\n", "\"9223372036854775808\" is no number of seconds"),
        (&format!("@zone A 0\n{transitions}"), "old.txt:4100: A may have 4096 transitions"),
        (&format!("@{names}"), "old.txt:4099: a dump may have 4096 names, not more"),
        (&"x".repeat(1_000), "old.txt:1: a line has at most 160 bytes, got 1000"),
    ] {
        let text = body.replacen('@', head, usize::from(body.starts_with('@')));
        let run = refused(text.as_bytes(), "");
        assert!(run.stderr.contains(wanted), "{wanted}\n{}", run.stderr);
    }
    let run = refused(b"paneline-zones 1\ntzdb \xff\n", "");
    assert!(run.stderr.contains("CORRUPT at old.txt:2: not UTF-8"), "{}", run.stderr);
    let run = refused(b"paneline-zones 2\n", "--json");
    let document = json(&run.stderr, "error.json");
    assert_eq!(document["error"]["code"], "VERSION_MISMATCH");
    assert_eq!(document["error"]["path"], "old.txt:1");
}

/// Protects the rest of exit code 2: what is wrong with the arguments is said, and a device that
/// never ends is refused.
#[test]
fn failures() {
    let directory = with_dump("tz_failures", &dump());
    std::fs::write(directory.join("note.txt"), "no spec").unwrap();
    for (arguments, wanted) in [
        ("tz-diff", "the following required arguments were not provided"),
        ("tz-diff none.txt", "error: IO at none.txt: No such file"),
        ("tz-diff old.txt none.json", "error: IO at none.json: No such file"),
        ("tz-diff old.txt --duration 5", "error: INVALID_ARGUMENT at --duration"),
        ("tz-diff old.txt --duration 5m --step 6m", "hint: step_ms comes from --step 6m"),
        ("tz-diff old.txt {} --duration 5m", "a spec is a file or made of flags, not both"),
        ("tz-diff old.txt {}", "INVALID_SPEC at duration_ms"),
        ("tz-diff old.txt {\"duration_ms\":60000,\"timezone\":\"Mars\"}", "UNKNOWN_TIMEZONE"),
        ("tz-diff old.txt note.txt", "hint: the spec is note.txt"),
        ("tz-diff old.txt --from today", "INVALID_ARGUMENT at --from: \"today\" is no date"),
        ("tz-diff old.txt /dev/null", "CORRUPT: a spec is no empty file"),
        ("tz-diff old.txt /dev/zero", "CORRUPT at /dev/zero: the file may have 1048576"),
        ("tz-diff /dev/zero", "CORRUPT at /dev/zero: the file may have 67108864 bytes"),
        ("tz-diff .", "error: IO at .: "),
    ] {
        let run = run_in(&directory, arguments, "");
        assert_eq!((run.code, run.text()), (2, ""), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(wanted), "{arguments}: {}", run.stderr);
    }
}
