//! `zones`: names, changes and the next changes, against the clocks of two well-known zones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use common::{json, paneline, run};
use serde_json::json as value;

/// Protects the listing of names: all, by a part of any case, with blanks for underscores.
#[test]
fn names() {
    let all = paneline("zones");
    assert_eq!((all.code, all.text().lines().count()), (0, paneline::timezones().count()));
    assert!(all.text().lines().any(|name| name == "Asia/Kolkata"));
    assert_eq!(paneline("zones tokyo").text(), "Asia/Tokyo\n");
    let mut command = std::process::Command::new(common::BINARY);
    let spaced = run(command.args(["zones", "new york"]), "");
    assert_eq!(spaced.text(), "America/New_York\n");
    let run = paneline("zones LORD_ --json");
    let document = json(run.text(), "zones.json");
    assert_eq!(document["names"], value!(["Australia/Lord_Howe"]));
    for (part, wanted) in [
        (
            "Berln",
            "UNKNOWN_TIMEZONE at NAME: \"Berln\" is not in the time-zone database 2026f; \
                   did you mean \"Europe/Berlin\"?",
        ),
        ("+05:30", "INVALID_ARGUMENT at NAME: \"+05:30\" is an offset that every command takes"),
        ("york --from 0", "INVALID_ARGUMENT at --from: changes are those of a zone's whole name"),
        ("America/New_York --to never", "INVALID_ARGUMENT at --to: \"never\" is no date and time"),
        ("--next New", "cannot be used with '[NAME]'"),
        ("--dump --next", "cannot be used with '--next'"),
        ("UTC --count 0", "0 is not in 1..=10000"),
    ] {
        let run = paneline(&format!("zones {part}"));
        assert_eq!((run.code, run.text()), (2, ""), "{part}: {}", run.stderr);
        assert!(run.stderr.contains(wanted), "{part}: {}", run.stderr);
    }
}

/// Protects a zone's changes: both clocks, the new offset and what happens to readings.
#[test]
fn changes_of_a_zone() {
    let run = paneline("zones Australia/Lord_Howe --from 2024-01-01T00:00Z --to 2025-06-01T00:00Z");
    let wanted = "\
Australia/Lord_Howe  +11:00 at 2024-01-01T00:00:00Z
the same as  Australia/LHI

UTC               local before      local after       offset  change
2024-04-06 15:00  2024-04-07 02:00  2024-04-07 01:30  +10:30  fold 30 min
2024-10-05 15:30  2024-10-06 02:00  2024-10-06 02:30  +11:00  gap 30 min
2025-04-05 15:00  2025-04-06 02:00  2025-04-06 01:30  +10:30  fold 30 min
";
    assert_eq!((run.code, run.text(), run.stderr.as_str()), (0, wanted, ""));
    let run = paneline(
        "zones Australia/Lord_Howe --from 2024-01-01T00:00Z --to 2025-06-01T00:00Z \
         --count 1",
    );
    assert!(run.text().ends_with("\nand 2 more changes (--count, --to)\n"), "{}", run.text());
    let still = paneline("zones Asia/Tokyo --from 2024-01-01T00:00Z");
    assert!(still.text().ends_with("\nthe clock does not change\n"), "{}", still.text());

    let run = paneline("zones America/New_York --json --from 1700000000000 --to 1720000000000");
    let document = json(run.text(), "zone.json");
    assert_eq!(document["aliases"], value!(["US/Eastern"]));
    assert_eq!(document["offset_ms"], -18_000_000);
    let march = value!({
        "at_ms": 1_710_054_000_000_i64, "before_ms": -18_000_000, "after_ms": -14_400_000,
    });
    assert_eq!((&document["changes"], &document["more"]), (&value!([march]), &value!(0)));
}

/// Protects the ends of a range: a change at `--from` is in it, one at `--to` is not.
#[test]
fn ranges_are_half_open() {
    let count = |range: &str| {
        let run = paneline(&format!("zones America/New_York --json {range}"));
        json(run.text(), "zone.json")["changes"].as_array().unwrap().len()
    };
    assert_eq!(count("--from 1710054000000 --to 1730613600000"), 1);
    assert_eq!(count("--from 1710054000001 --to 1730613600001"), 1);
    assert_eq!(count("--from 1710054000001 --to 1730613600000"), 0);
}

/// Protects `--next`: every zone once, with its first change, the nearest change first.
#[test]
fn next_changes() {
    let run = paneline("zones --next --from 2026-03-08T05:15Z --to 2026-03-08T08:30Z --count 3");
    let wanted = "\
2026-03-08 05:30Z  -03:30 to -02:30  America/St_Johns, Canada/Newfoundland
2026-03-08 06:00Z  -04:00 to -03:00  America/Glace_Bay, America/Goose_Bay,
                                     America/Halifax, America/Moncton,
                                     America/Thule, Atlantic/Bermuda and 1 more
2026-03-08 07:00Z  -05:00 to -04:00  America/Detroit, America/Fort_Wayne,
                                     America/Grand_Turk,
                                     America/Indiana/Indianapolis,
                                     America/Indiana/Marengo,
                                     America/Indiana/Petersburg and 21 more
and 1 more change (--count, --to)
";
    assert_eq!((run.code, run.text(), run.stderr.as_str()), (0, wanted, ""));
    let run = paneline("zones --next --from 2026-03-08T05:15Z --count 10000 --json");
    let document = json(run.text(), "zones-next.json");
    let changes = document["changes"].as_array().unwrap();
    let mut names: Vec<&str> = changes
        .iter()
        .flat_map(|change| change["names"].as_array().unwrap())
        .map(|name| name.as_str().unwrap())
        .collect();
    let times: Vec<i64> = changes.iter().map(|change| change["at_ms"].as_i64().unwrap()).collect();
    assert!(times.is_sorted());
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(
        count == names.len() && count > 200,
        "{count} names, {} of them different",
        names.len()
    );
    let none = paneline("zones --next --from 2300-12-01T00:00Z");
    assert_eq!(none.text(), "no clock changes\n");
}

/// Protects the default: without `--from` the changes are those to come.
#[test]
fn starts_now() {
    let run = paneline("zones Europe/Paris --json");
    let document = json(run.text(), "zone.json");
    let first = document["changes"][0]["at_ms"].as_i64().unwrap();
    assert!(first > 1_750_000_000_000 && document["from_ms"].as_i64().unwrap() <= first);
}
