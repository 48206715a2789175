//! An explanation as a picture, and as a page around it.
//!
//! It hands the model to the drawing and the report and decides only what there is room for.
//! Invariant: what is left out is said in the title. Worked number: of 50 panes of an hour and
//! windows of 2 hours, 48 boxes and the first 12 bars are drawn.

use std::fmt::Write as _;

use paneline::{Code, LocalClock, Window};

use super::model::Explanation;
use crate::civil;
use crate::failure::Failure;
use crate::listing;
use crate::picture::{self, Theme, Timeline};
use crate::report::{self, Report, Row};

/// Boxes of fewer than 16 pixels have no room for an edge and a label.
const PANES_MAX: usize = 48;
/// Rows of a page: with more it is a data set, for which there is JSON.
const ROWS_MAX: usize = 1_000;

/// The picture, as SVG.
///
/// Errors: `INVALID_ARGUMENT` at `--format` for a session, and where windows reach beyond the times
/// that panes can be asked for.
pub(super) fn svg(
    explanation: &Explanation,
    clock: &LocalClock,
    theme: Theme,
) -> Result<String, Failure> {
    let shown: Vec<Window> = explanation.panes.iter().copied().take(PANES_MAX).collect();
    let Some(end_ms) = shown.last().map(|pane| pane.end_ms) else {
        let message = "there are no panes to draw: sessions have none, nor has the end of time";
        let failure = Failure::new(Code::InvalidArgument, "--format", message);
        return Err(failure.hint("use --format text or --format json"));
    };
    let is_tumbling = explanation.noun() == "pane";
    let windows = explanation.windows.iter().map(|shown| shown.listed.window);
    let windows: Vec<Window> =
        windows.filter(|window| !is_tumbling && window.start_ms < end_ms).collect();
    let mut title = explanation.sentences.first().cloned().unwrap_or_default();
    if explanation.more_panes || shown.len() < explanation.panes.len() {
        let _ = write!(title, "; the first {} panes", shown.len());
    }
    let timeline =
        Timeline { title, clock, jumps: &explanation.jumps, panes: &shown, windows: &windows };
    Ok(picture::draw(&timeline, theme))
}

/// The page, as HTML.
///
/// Errors: those of [`svg`].
pub(super) fn html(
    explanation: &Explanation,
    clock: &LocalClock,
    theme: Theme,
) -> Result<String, Failure> {
    let picture = svg(explanation, clock, theme)?;
    let shown = || explanation.windows.iter().take(ROWS_MAX);
    let listed: Vec<_> = shown().map(|shown| shown.listed).collect();
    let mut cells = listing::rows(&listed).into_iter();
    let columns = cells.next().unwrap_or_default();
    let rows: Vec<Row> = cells
        .zip(shown())
        .map(|(cells, shown)| {
            let window = shown.listed.window;
            let marks = shown.marks.iter();
            Row {
                cells,
                marks: marks.map(|mark| mark.sentence(explanation.noun(), window)).collect(),
                span: window.start_ms..window.end_ms,
            }
        })
        .collect();
    let mut facts = vec![
        ("flags", explanation.flags.clone()),
        ("spec", explanation.json.clone()),
        ("fingerprint", explanation.fingerprint.clone()),
        ("time-zone database", paneline::tzdb_version().to_owned()),
    ];
    if explanation.more || explanation.windows.len() > ROWS_MAX {
        let last = rows.last().map_or(0, |row| row.span.start);
        facts.push(("windows", format!("more begin after {}", civil::rfc3339(last))));
    }
    let warnings: Vec<String> = explanation.warnings.iter().map(ToString::to_string).collect();
    Ok(report::page(&Report {
        theme,
        title: &explanation.sentences.join("; "),
        facts: &facts,
        warnings: &warnings,
        picture: &picture,
        columns: &columns,
        rows: &rows,
    }))
}
