//! The cells of a window in a listing: its edges on the wall clock and in UTC, and its length.
//!
//! It prints what it is given. Invariant: a line of cells fits 80 columns wherever its edges are
//! whole seconds: edges on whole minutes have the year in both clocks' first and the month in UTC,
//! others have seconds instead. The pane from 2024-11-03T04:00Z of New York is `2024-11-03 00:00`,
//! `2024-11-03 06:00`, `11-03 04:00`, `11-03 11:00`, `-04:00`, `7 h`.

use paneline::Window;

use crate::civil::{self, Precision};
use crate::words::length;

/// What is left of 80 columns after the other cells.
const ELAPSED_COLUMNS: usize = 10;

/// A window, and how far the wall clock is from UTC at its edges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(crate) window: Window,
    pub(crate) start_offset_ms: i64,
    pub(crate) end_offset_ms: i64,
}

/// The names of the cells.
pub(crate) const TITLES: [&str; 6] =
    ["local start", "local end", "UTC start", "UTC end", "offset", "elapsed"];

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

    /// The cells, in the order of [`TITLES`].
    pub(crate) fn cells(&self, precision: Precision) -> [String; 6] {
        let Window { start_ms, end_ms } = self.window;
        // UTC edges go without the year, and with seconds without the date, to fit the line: the
        // local edge beside them has both.
        let utc = |t_ms| match precision {
            Precision::Minute => civil::month_day_time(t_ms, precision),
            _ => civil::time_of_day(t_ms, precision),
        };
        [
            civil::date_time(self.local_start_ms(), precision),
            civil::date_time(self.local_end_ms(), precision),
            utc(start_ms),
            utc(end_ms),
            civil::offset(self.start_offset_ms),
            elapsed(end_ms - start_ms),
        ]
    }
}

/// A length for the last cell; several units go without blanks, to fit the line.
fn elapsed(ms: i64) -> String {
    let text = length(ms);
    if text.len() > ELAPSED_COLUMNS { text.replace(' ', "") } else { text }
}

/// Rows of cells as lines with aligned columns.
pub(crate) fn lines<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let widths: [usize; N] = std::array::from_fn(|column| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
    });
    let line = |row: &[String; N]| {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
