//! An explanation as JSON: schema/explain.json describes every field.
//!
//! It prints the model. Invariant: an edge has its number and its two readings, so that a reader
//! needs no calendar: 1730606400000 is `2024-11-03T04:00:00Z` and, in New York,
//! `2024-11-03T00:00:00` at -14,400,000 ms from UTC.

use std::io::{self, Write};

use paneline::{SEMANTICS_VERSION, Window};
use serde::Serialize;
use serde_json::Value;

use super::marks::{Mark, Place, Rule};
use super::model::{Counts, Explanation, Selection, Shown};
use crate::civil::{self, Precision};
use crate::console::write_json;
use crate::jump::Jump;
use crate::listing::Listed;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    spec: Value,
    flags: &'a str,
    sentences: &'a [String],
    fingerprint: &'a str,
    tzdb: &'static str,
    semantics_version: u32,
    warnings: Vec<Advice<'a>>,
    windows_per_event: Range,
    asked: Asked,
    pane: Option<Edges>,
    windows: Vec<Told>,
    more: bool,
    panes: Vec<Span>,
    more_panes: bool,
    clock_changes: Vec<Change>,
}

#[derive(Serialize)]
struct Advice<'a> {
    path: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct Range {
    min: i64,
    max: i64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Asked {
    At { at_ms: i64 },
    Range { from_ms: i64, to_ms: i64 },
}

#[derive(Serialize)]
struct Span {
    start_ms: i64,
    end_ms: i64,
}

#[derive(Serialize)]
struct Edges {
    start_ms: i64,
    end_ms: i64,
    start_utc: String,
    end_utc: String,
    start_local: String,
    end_local: String,
    start_offset_ms: i64,
    end_offset_ms: i64,
    elapsed_ms: i64,
}

#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    edges: Edges,
    marks: Vec<Marked>,
}

#[derive(Serialize)]
struct Change {
    at_ms: i64,
    before_ms: i64,
    after_ms: i64,
}

#[derive(Serialize)]
struct Marked {
    kind: &'static str,
    #[serde(flatten)]
    change: Change,
    place: &'static str,
    rule: Option<&'static str>,
    sentence: String,
}

/// Writes the document.
pub(super) fn write(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let warnings = explanation.warnings.iter();
    let Counts { min, max } = explanation.windows_per_event;
    let noun = explanation.noun();
    let document = Document {
        schema: "paneline/explain/1",
        spec: serde_json::from_str(&explanation.json)?,
        flags: &explanation.flags,
        sentences: &explanation.sentences,
        fingerprint: &explanation.fingerprint,
        tzdb: paneline::tzdb_version(),
        semantics_version: SEMANTICS_VERSION,
        warnings: warnings
            .map(|warning| Advice { path: warning.path(), message: warning.message() })
            .collect(),
        windows_per_event: Range { min, max },
        asked: match explanation.selection {
            Selection::At { at_ms, .. } => Asked::At { at_ms },
            Selection::Range { from_ms, to_ms, .. } => Asked::Range { from_ms, to_ms },
        },
        pane: explanation.pane.as_ref().map(edges),
        windows: explanation.windows.iter().map(|shown| told(shown, noun)).collect(),
        more: explanation.more,
        panes: explanation
            .panes
            .iter()
            .map(|&Window { start_ms, end_ms }| Span { start_ms, end_ms })
            .collect(),
        more_panes: explanation.more_panes,
        clock_changes: explanation.jumps.iter().map(change).collect(),
    };
    write_json(&document, out)
}

fn told(shown: &Shown, noun: &str) -> Told {
    let window = shown.listed.window;
    let marks = shown.marks.iter().map(|mark| marked(mark, noun, window)).collect();
    Told { edges: edges(&shown.listed), marks }
}

fn edges(listed: &Listed) -> Edges {
    let Window { start_ms, end_ms } = listed.window;
    let [start_local, end_local] =
        [listed.local_start_ms(), listed.local_end_ms()].map(|reading| {
            let precision = Precision::of(reading).max(Precision::Second);
            civil::date_time(reading, precision).replace(' ', "T")
        });
    Edges {
        start_ms,
        end_ms,
        start_utc: civil::rfc3339(start_ms),
        end_utc: civil::rfc3339(end_ms),
        start_local,
        end_local,
        start_offset_ms: listed.start_offset_ms,
        end_offset_ms: listed.end_offset_ms,
        elapsed_ms: end_ms - start_ms,
    }
}

fn change(jump: &Jump) -> Change {
    Change { at_ms: jump.at_ms, before_ms: jump.before_ms, after_ms: jump.after_ms }
}

fn marked(mark: &Mark, noun: &str, window: Window) -> Marked {
    Marked {
        kind: if mark.jump.is_fold() { "fold" } else { "gap" },
        change: change(&mark.jump),
        place: match mark.place {
            Place::Inside => "inside",
            Place::Start => "start",
            Place::End => "end",
            Place::FirstPass => "first_pass",
            Place::SecondPass => "second_pass",
        },
        rule: mark.rule.map(|rule| match rule {
            Rule::Held => "held",
            Rule::Split => "split",
            Rule::UnixTime => "unix_time",
        }),
        sentence: mark.sentence(noun, window),
    }
}
