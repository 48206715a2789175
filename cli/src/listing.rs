//! Windows in lines: their edges on the wall clock and in UTC, the offsets, the length.
//!
//! It prints what it is given. Invariant: of the ways to write a table the first is taken that fits
//! the columns, so a wide terminal shows UTC edges in full, and 80 columns show them beside the
//! local ones without the year. The pane from 2024-11-03T04:00Z of New York is `2024-11-03 00:00`,
//! `2024-11-03 06:00`, `11-03 04:00`, `11-03 11:00`, `-04/-05`, `7 h`. `+11/+10:30` is a column
//! too wide for that, so of Lord Howe the offset is that of the start.

use paneline::Window;

use crate::civil::{self, Precision};
use crate::words::length;

/// A length of several units goes without blanks beyond this, to fit the line.
const ELAPSED_COLUMNS: usize = 10;

/// A window, and how far the wall clock is from UTC at its edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) window: Window,
    pub(crate) start_offset_ms: i64,
    pub(crate) end_offset_ms: i64,
}

impl Listed {
    /// The precision that prints the edges in full.
    pub(crate) fn precision(&self) -> Precision {
        let Window { start_ms, end_ms } = self.window;
        [start_ms, end_ms, self.local_start_ms(), self.local_end_ms()]
            .map(Precision::of)
            .into_iter()
            .max()
            .unwrap_or(Precision::Minute)
    }

    /// What the wall clock shows at the start.
    pub(crate) fn local_start_ms(&self) -> i64 {
        self.window.start_ms + self.start_offset_ms
    }

    /// What the wall clock shows at the end.
    pub(crate) fn local_end_ms(&self) -> i64 {
        self.window.end_ms + self.end_offset_ms
    }
}

/// How a table is written, the widest way first.
const LAYOUTS: [Layout; 6] = [
    Layout { utc: Utc::Full, offset: Offset::Both },
    Layout { utc: Utc::Short, offset: Offset::Both },
    Layout { utc: Utc::Short, offset: Offset::Start },
    Layout { utc: Utc::Short, offset: Offset::None },
    Layout { utc: Utc::None, offset: Offset::Both },
    Layout { utc: Utc::None, offset: Offset::None },
];

#[derive(Clone, Copy, Debug)]
struct Layout {
    utc: Utc,
    offset: Offset,
}

#[derive(Clone, Copy, Debug)]
enum Utc {
    Full,
    /// Without what the local edge beside it tells already: the year, or with seconds the date.
    Short,
    None,
}

/// The offsets from UTC.
#[derive(Clone, Copy, Debug)]
enum Offset {
    /// That of the start, and that of the end where it is another.
    Both,
    /// That of the end can be told from the edges in both clocks.
    Start,
    None,
}

/// A row of titles and a row for each window, with all there is to say.
pub(crate) fn rows(windows: &[Listed]) -> Vec<Vec<String>> {
    written(LAYOUTS[0], windows)
}

/// A line of titles and a line for each window.
pub(crate) fn table(windows: &[Listed], columns: usize) -> Vec<String> {
    let written = LAYOUTS.map(|layout| lines(&written(layout, windows)));
    let fits = |lines: &Vec<String>| lines.iter().all(|line| line.chars().count() <= columns);
    let [first @ .., last] = written;
    first.into_iter().find(fits).unwrap_or(last)
}

fn written(layout: Layout, windows: &[Listed]) -> Vec<Vec<String>> {
    let precision = windows.iter().map(Listed::precision).max().unwrap_or(Precision::Minute);
    let cells = windows.iter().map(|listed| layout.cells(listed, precision));
    std::iter::once(layout.titles()).chain(cells).collect()
}

impl Layout {
    fn titles(self) -> Vec<String> {
        let mut titles = vec!["local start", "local end"];
        if !matches!(self.utc, Utc::None) {
            titles.extend(["UTC start", "UTC end"]);
        }
        if !matches!(self.offset, Offset::None) {
            titles.push("offset");
        }
        titles.push("elapsed");
        titles.into_iter().map(str::to_owned).collect()
    }

    fn cells(self, listed: &Listed, precision: Precision) -> Vec<String> {
        let Window { start_ms, end_ms } = listed.window;
        let mut cells = [listed.local_start_ms(), listed.local_end_ms()]
            .map(|reading| civil::date_time(reading, precision))
            .to_vec();
        let utc = |t_ms| match (self.utc, precision) {
            (Utc::None, _) => None,
            (Utc::Full, _) => Some(civil::date_time(t_ms, precision)),
            (Utc::Short, Precision::Minute) => Some(civil::month_day_time(t_ms, precision)),
            (Utc::Short, _) => Some(civil::time_of_day(t_ms, precision)),
        };
        cells.extend([start_ms, end_ms].into_iter().filter_map(utc));
        match self.offset {
            Offset::Both => cells.push(offsets(listed)),
            Offset::Start => cells.push(civil::offset(listed.start_offset_ms)),
            Offset::None => {}
        }
        cells.push(elapsed(end_ms - start_ms));
        cells
    }
}

/// The offset from UTC: that of the start and that of the end where they differ, `-04/-05`.
fn offsets(listed: &Listed) -> String {
    let [start, end] = [listed.start_offset_ms, listed.end_offset_ms].map(civil::offset);
    if start == end {
        return start;
    }
    // Whole hours go without their minutes, to fit the line.
    let [start, end] = [&start, &end].map(|offset| offset.strip_suffix(":00").unwrap_or(offset));
    format!("{start}/{end}")
}

fn elapsed(ms: i64) -> String {
    let text = length(ms);
    if text.len() > ELAPSED_COLUMNS { text.replace(' ', "") } else { text }
}

/// Rows of cells as lines with aligned columns.
pub(crate) fn lines(rows: &[Vec<String>]) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
