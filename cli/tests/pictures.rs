//! `explain` as SVG, PNG and HTML: what is drawn, and that nothing is fetched for it.
//!
//! The pictures of the documentation are drawn by it; UPDATE=1 draws them again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::path::Path;

use common::{json, paneline};

/// A picture of docs, and what draws it.
const DRAWN: [(&str, &str); 4] = [
    (
        "night.svg",
        "--duration 6h --timezone America/New_York --from 2024-11-02T22:00Z --to 2024-11-03T22:00Z",
    ),
    (
        "split.svg",
        "--duration 30m --timezone America/New_York --from 2024-11-03T04:00Z --to 2024-11-03T08:30Z",
    ),
    (
        "gap.svg",
        "--duration 3h --step 1h --timezone Europe/Berlin --from 2024-03-31T00:30Z \
         --to 2024-03-31T03:30Z",
    ),
    (
        "days.svg",
        "--unit day --timezone America/New_York --from 2024-11-01T12:00Z --to 2024-11-04T12:00Z",
    ),
];

/// What `explain` prints in a format.
fn explain(arguments: &str, format: &str) -> Vec<u8> {
    let run = paneline(&format!("explain --format {format} {arguments}"));
    assert_eq!(run.code, 0, "{arguments}: {}", run.stderr);
    run.stdout
}

fn text(arguments: &str, format: &str) -> String {
    String::from_utf8(explain(arguments, format)).unwrap()
}

fn document(arguments: &str) -> serde_json::Value {
    json(&text(arguments, "json"), "explain.json")
}

#[test]
fn pictures_of_the_pages_are_what_is_drawn() {
    for (name, arguments) in DRAWN {
        let drawn = text(arguments, "svg");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == drawn, "docs/{name} shows something else: UPDATE=1 draws it");
    }
}

/// Protects who cannot see it: each pane of the JSON is said in the description and is a box.
#[test]
fn every_pane_is_drawn_and_told() {
    for (_, arguments) in DRAWN {
        let drawn = text(arguments, "svg");
        let told = drawn.split("<desc id=\"desc\">").nth(1).unwrap();
        let told = told.split("</desc>").next().unwrap();
        let document = document(arguments);
        let panes = document["panes"].as_array().unwrap();
        assert_eq!(told.matches("\npane ").count(), panes.len(), "{told}");
        for pane in panes {
            let [start, end] = ["start_ms", "end_ms"].map(|edge| pane[edge].as_i64().unwrap());
            assert!(drawn.contains(&format!("data-span=\"{start}/{end}\"")), "{start}");
        }
    }
}

/// Protects the eye: the pane of seven hours is another colour, and seven sixths as wide.
#[test]
fn a_longer_pane_is_a_wider_box_of_its_own_colour() {
    let drawn = text(DRAWN[0].1, "svg");
    let boxes: Vec<(bool, f64)> = drawn
        .lines()
        .filter(|line| line.contains("data-span"))
        .map(|line| {
            let width = line.split("width=\"").nth(1).unwrap().split('"').next().unwrap();
            (line.contains("f-odd"), width.parse().unwrap())
        })
        .collect();
    let (odd, usual): (Vec<_>, Vec<_>) = boxes.iter().partition(|(odd, _)| *odd);
    assert_eq!((odd.len(), usual.len()), (1, 3));
    for (_, width) in usual {
        assert!((odd[0].1 / width - 7.0 / 6.0).abs() < 0.002, "{boxes:?}");
    }
}

/// Protects days that start at 04:00 from being read as midnights, and the first date of an axis.
#[test]
fn shifted_days_have_their_dates_and_times() {
    let arguments = "--duration 24h --offset 4h --timezone Asia/Tokyo --at 2026-11-26T00:00Z";
    let drawn = text(&format!("{arguments} --count 3"), "svg");
    assert!(drawn.contains(">\n11-26 04:00 – 11-27 04:00\n<"), "{drawn}");
    assert!(!drawn.contains(">\n04:00 – 04:00\n<"), "{drawn}");
    let night = text(DRAWN[0].1, "svg");
    let labels = |date: &str| night.matches(&format!(">\n{date}\n<")).count();
    assert_eq!((labels("11-02 18:00"), labels("18:00")), (1, 1), "{night}");
}

/// Protects the label of the first midnight in Havana, which the second one would cross.
#[test]
fn jumps_cross_no_label() {
    let drawn =
        text("--unit day --timezone America/Havana --at 2024-11-03T12:00Z --count 1", "svg");
    let heights: Vec<[f64; 2]> = drawn
        .lines()
        .filter(|line| line.contains("<line") && line.contains("stroke-width=\"2\""))
        .map(|line| {
            ["y1=\"", "y2=\""].map(|name| {
                let (_, rest) = line.split_once(name).unwrap();
                rest.split('"').next().unwrap().parse().unwrap()
            })
        })
        .collect();
    // Labels of 12 pixels stand on 92.
    assert_eq!(heights, [[66.0, 80.0], [94.0, 100.0]], "{drawn}");
}

#[test]
fn pixels_are_twice_the_picture_and_differ_by_theme() {
    let light = explain(DRAWN[0].1, "png");
    let dark = explain(&format!("{} --theme dark", DRAWN[0].1), "png");
    assert!(light.starts_with(b"\x89PNG\r\n\x1a\n"));
    let size = |at: usize| u32::from_be_bytes(light[at..at + 4].try_into().unwrap());
    assert_eq!((size(16), size(20)), (1_760, 420));
    assert_ne!(light, dark);
    // Labels take ink: a font that is not found would leave boxes alone.
    assert!(light.len() > 20_000, "{} bytes", light.len());
    assert_eq!(light, explain(DRAWN[0].1, "png"), "the same picture has the same bytes");
}

/// Protects readers of reports: one file, no request, whatever the number of windows.
#[test]
fn a_report_asks_for_nothing_and_is_small() {
    let year = "--duration 1h --step 15m --timezone America/New_York --from 2024-01-01T00:00Z \
                --to 2025-01-01T00:00Z";
    for arguments in [DRAWN[0].1, DRAWN[2].1, year] {
        let page = text(arguments, "html");
        assert!(page.len() <= 500_000, "{} bytes", page.len());
        for fetch in ["src=", "href=", "url(", "@import", "<link", "<img", "<iframe", "fetch("] {
            assert!(!page.contains(fetch), "{fetch}");
        }
        // The namespace of SVG is a name, not an address.
        let page = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!page.contains("http:") && !page.contains("https:"));
    }
    let document = document(DRAWN[0].1);
    let page = text(DRAWN[0].1, "html");
    let windows = document["windows"].as_array().unwrap();
    assert_eq!(page.matches("<tr data-span=").count(), windows.len());
    assert!(page.contains(document["fingerprint"].as_str().unwrap()));
    assert!(text(year, "html").contains("more begin after"));
}

/// Protects pictures of years: edges are whole dates, changes of the clock are counted.
#[test]
fn years_are_told_by_their_dates() {
    let years = "--unit year --timezone Europe/Berlin --from 2000-01-01T00:00Z \
                 --to 2008-01-01T00:00Z";
    let drawn = text(years, "svg");
    assert!(drawn.contains("the clock changes 18 times"), "{drawn}");
    assert!(!drawn.contains('→'), "no jump is told by itself");
    for year in 2000..=2008 {
        assert!(drawn.contains(&format!("\n{year}-01-01\n")), "{year}");
    }
}

/// Protects what a picture says of days: the times at which they begin in UTC, and skipped days.
#[test]
fn days_are_told_with_the_times_they_have() {
    let weeks = "--duration 7d --timezone Asia/Kolkata --at 2024-01-01T00:00Z --count 4";
    let drawn = text(weeks, "svg");
    assert!(drawn.contains("\n2023-12-28\n") && drawn.contains("\n2023-12-27 18:30\n"), "{drawn}");
    assert!(!drawn.contains("\n2023-12-27\n"), "{drawn}");
    let apia = "--unit day --timezone Pacific/Apia --from 2011-12-28T10:00Z --to 2012-01-01T10:00Z";
    assert!(text(apia, "svg").contains("\n12-30 → 12-31\n"));
    let gap = text(DRAWN[2].1, "svg");
    assert!(gap.contains("\n02:00 → 03:00\n"), "{gap}");
}

/// Protects neighbours: panes of one length are told in one way, whatever the digits.
#[test]
fn panes_of_one_length_have_labels_of_one_form() {
    let drawn = text("--duration 10s --at 2024-11-03T04:00:00Z --count 6", "svg");
    assert!(!drawn.contains('–') && drawn.contains("\n04:00:50\n"), "{drawn}");
}

/// The relative luminance of a colour, after WCAG 2.2.
#[expect(clippy::disallowed_methods, reason = "a digit more or less decides nothing here")]
fn luminance(colour: &str) -> f64 {
    let digits = colour.trim_start_matches('#');
    let digits = if digits.len() == 3 { digits.replace('f', "ff") } else { digits.to_owned() };
    let part = |at: usize| {
        let part = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

fn contrast(one: &str, other: &str) -> f64 {
    let [one, other] = [one, other].map(luminance);
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Protects eyes: text has a contrast of 4.5 to all that it stands on, lines of 3, in both themes of
/// picture and page; and no pane is told from another by its colour alone.
#[test]
fn contrasts() {
    for theme in ["light", "dark"] {
        let page = text(&format!("{} --theme {theme}", DRAWN[0].1), "html");
        assert!(page.contains(&format!("<html lang=\"en\" class=\"{theme}\">")));
        let fill = |name: &str| {
            let rule = format!(".f-{name}{{fill:");
            page.split(&rule).nth(1).unwrap().split('}').next().unwrap()
        };
        for (on, least) in
            [("ground", 4.5), ("pane", 4.5), ("odd", 4.5), ("first", 4.5), ("second", 4.5)]
        {
            assert!(contrast(fill("ink"), fill(on)) >= least, "{theme}: ink on {on}");
        }
        assert!(contrast(fill("soft"), fill("ground")) >= 4.5, "{theme}");
        assert!(contrast(fill("edge"), fill("ground")) >= 3.0, "{theme}");
        assert!(contrast(fill("edge"), fill("pane")) >= 3.0, "{theme}");
        let rules = if theme == "dark" { ":root.dark {" } else { ":root {" };
        let rules = page.split(rules).nth(1).unwrap().split('}').next().unwrap();
        let colour = |name: &str| {
            let after = rules.split(&format!("--{name}: ")).nth(1).unwrap();
            after.split(';').next().unwrap().trim()
        };
        for (name, on) in [("ink", "ground"), ("soft", "ground"), ("warn", "ground"), ("ink", "on")]
        {
            assert!(contrast(colour(name), colour(on)) >= 4.5, "{theme}: {name} on {on}");
        }
        let foot = page.lines().find(|line| line.contains("stroke-width=\"3\"")).unwrap();
        assert!(foot.contains("s-ink"), "{foot}");
    }
}

#[test]
fn without_panes_there_is_no_picture() {
    for format in ["svg", "png", "html"] {
        for arguments in ["--kind session --gap 30m --at 0", "--duration 1h --at 8640000000000000"]
        {
            let run = paneline(&format!("explain {arguments} --format {format}"));
            assert_eq!(run.code, 2);
            assert!(run.stdout.is_empty(), "{arguments}");
            assert!(run.stderr.contains("no panes to draw"), "{}", run.stderr);
        }
    }
}
