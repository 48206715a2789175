//! The explanation as one HTML file: the picture to zoom into, and the windows as a table.
//!
//! It lays out what it is given. The page asks for nothing from elsewhere, and says everything
//! without its script, which only zooms and ties boxes to rows. Invariant: all text is escaped;
//! the file stays below 500 kB, as it is sent by mail and put into tickets. Worked number: a page
//! with 12 windows has some 20 kB.

use std::ops::Range;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::picture::{Theme, span_name};

/// No request to anywhere, and no code or style but the page's own.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// What a report shows.
pub(crate) struct Report<'a> {
    /// The colours of the page, as of the picture.
    pub(crate) theme: Theme,
    /// What the spec says, in a sentence.
    pub(crate) title: &'a str,
    /// Names and values: fingerprint, database, the spec.
    pub(crate) facts: &'a [(&'a str, String)],
    /// What the spec's author should know.
    pub(crate) warnings: &'a [String],
    /// The picture, as SVG.
    pub(crate) picture: &'a str,
    /// The heading of each column of the table.
    pub(crate) columns: &'a [String],
    /// The windows.
    pub(crate) rows: &'a [Row],
}

/// A window's line of the table.
pub(crate) struct Row {
    /// Its cells.
    pub(crate) cells: Vec<String>,
    /// What a change of the clock does to it.
    pub(crate) marks: Vec<String>,
    /// When it is, by which its box is found.
    pub(crate) span: Range<i64>,
}

/// The page.
pub(crate) fn page(report: &Report<'_>) -> String {
    let body = html! {
        (DOCTYPE)
        html lang="en" class=[report.theme.class()] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (report.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (report.title) }
                    (facts(report))
                    (figure(report))
                    div.rows role="region" aria-label="windows" tabindex="0" { (table(report)) }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    body.into_string()
}

fn facts(report: &Report<'_>) -> Markup {
    html! {
        dl {
            @for (name, value) in report.facts {
                dt { (name) }
                dd { code { (value) } }
            }
            @for warning in report.warnings {
                dt.warning { "warning" }
                dd { (warning) }
            }
        }
    }
}

fn figure(report: &Report<'_>) -> Markup {
    html! {
        figure {
            div.zoom role="group" aria-label="size of the picture" {
                button type="button" id="in" title="zoom in (+)" aria-label="zoom in" { "+" }
                button type="button" id="out" title="zoom out (-)" aria-label="zoom out" { "−" }
                button type="button" id="all" title="show everything (0)" { "all" }
                span id="says" role="status" {}
            }
            div id="picture" role="region" aria-label="picture; + and - zoom" tabindex="0" {
                (PreEscaped(report.picture))
            }
        }
    }
}

fn table(report: &Report<'_>) -> Markup {
    html! {
        table {
            thead { tr { @for column in report.columns { th scope="col" { (column) } } } }
            tbody {
                @for row in report.rows {
                    tr data-span=(span_name(&row.span)) {
                        @for cell in &row.cells { td { (cell) } }
                    }
                    @for mark in &row.marks {
                        tr.mark data-span=(span_name(&row.span)) {
                            td colspan=(row.cells.len()) { (mark) }
                        }
                    }
                }
            }
        }
    }
}
