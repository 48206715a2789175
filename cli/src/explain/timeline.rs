//! Windows as bars on one line of time, drawn with characters.
//!
//! A column is a span of elapsed time, the same everywhere, so a pane of 7 hours is longer than one
//! of 6. Invariant: bars of windows that touch do not overlap, and no line is wider than the page.
//! Worked case: of 80 columns 18 go to the windows' starts, and three panes of 6, 7 and 6 hours
//! share the other 62: 19, 23 and 20.

use paneline::Window;

use super::model::Explanation;
use crate::civil::{self, DAY_MS, HOUR_MS, Precision};
use crate::console::Page;
use crate::jump::Jump;
use crate::listing::Listed;

/// Windows that are drawn: half a screen.
const BARS_MAX: usize = 12;
/// Panes are drawn where they have so many columns on average; finer ones would be a solid line.
const PANE_COLUMNS_MIN: usize = 3;
/// Jumps of the clock are drawn up to so many; windows of years would be full of them.
const JUMPS_MAX: usize = 6;
/// The axis shows days where no two edges are nearer than the shortest day that occurs, and their
/// years where none are nearer than most of a year; otherwise times of day.
const DAYS_MS_MIN: i64 = 22 * HOUR_MS;
const MONTHS_MS_MIN: i64 = 300 * DAY_MS;

/// What a timeline is drawn with.
struct Ink {
    start: char,
    end: char,
    inside: char,
    /// A bar of one column, and the edge of a pane.
    edge: char,
    fold: char,
    gap: char,
}

const UNICODE: Ink =
    Ink { start: '├', end: '┤', inside: '─', edge: '│', fold: '▒', gap: '╎' };
const ASCII: Ink = Ink { start: '[', end: ')', inside: '-', edge: '|', fold: '#', gap: '!' };

/// The lines; none where there is no window.
pub(super) fn lines(explanation: &Explanation, page: Page) -> Vec<String> {
    let bars: Vec<Listed> =
        explanation.windows.iter().take(BARS_MAX).map(|shown| shown.listed).collect();
    let (Some(first), Some(last_ms)) =
        (bars.first(), bars.iter().map(|bar| bar.window.end_ms).max())
    else {
        return Vec::new();
    };
    let precision = bars.iter().map(Listed::precision).max().unwrap_or(Precision::Minute);
    let labels: Vec<String> =
        bars.iter().map(|bar| civil::date_time(bar.local_start_ms(), precision)).collect();
    let margin = labels.iter().map(String::len).max().unwrap_or(0) + 2;
    let start_ms = first.window.start_ms;
    let scale = Scale { start_ms, span_ms: last_ms - start_ms, columns: page.columns - margin };
    let ink = if page.unicode { UNICODE } else { ASCII };
    let line =
        |label: &str, drawn: String| format!("{label:<margin$}{drawn}").trim_end().to_owned();

    let title = match explanation.windows.len() {
        all if all > bars.len() => format!("timeline of the first {}", bars.len()),
        _ => "timeline".to_owned(),
    };
    let mut lines = vec![title, line("local", scale.axis(&bars, precision, true))];
    let jumps = Some(explanation.jumps.as_slice()).filter(|jumps| jumps.len() <= JUMPS_MAX);
    let jumps = jumps.unwrap_or_default();
    let mut used = (false, false);
    for (bar, label) in bars.iter().zip(&labels) {
        let drawn = scale.bar(bar.window, jumps, &ink);
        used.0 |= drawn.contains(ink.fold);
        used.1 |= drawn.contains(ink.gap);
        lines.push(line(label, drawn));
    }
    let panes: Vec<Window> =
        explanation.panes.iter().copied().take_while(|pane| pane.start_ms < last_ms).collect();
    let tiled = panes.last().is_some_and(|pane| pane.end_ms >= last_ms);
    if tiled && explanation.noun() != "pane" && panes.len() * PANE_COLUMNS_MIN <= scale.columns {
        lines.push(line("panes", scale.edges(&panes, ink.edge)));
    }
    lines.push(line("UTC", scale.axis(&bars, precision, false)));
    if used.0 {
        lines.push(line("", format!("{} readings that the clock shows twice", ink.fold)));
    }
    if used.1 {
        lines.push(line("", format!("{} the clock skips readings", ink.gap)));
    }
    lines
}

/// Where an instant is drawn.
#[derive(Clone, Copy, Debug)]
struct Scale {
    start_ms: i64,
    span_ms: i64,
    columns: usize,
}

impl Scale {
    /// The column of an instant, from 0 to the number of columns.
    fn column(&self, t_ms: i64) -> usize {
        let into = i128::from(t_ms.saturating_sub(self.start_ms).clamp(0, self.span_ms));
        let columns = i128::try_from(self.columns).unwrap_or(0);
        // A span is at least 1 ms: windows are.
        usize::try_from(into * columns / i128::from(self.span_ms.max(1))).unwrap_or(0)
    }

    /// A window, from the column of its start up to that of its end.
    fn bar(&self, window: Window, jumps: &[Jump], ink: &Ink) -> String {
        let first = self.column(window.start_ms).min(self.columns.saturating_sub(1));
        let end = self.column(window.end_ms).max(first + 1);
        let mut drawn: Vec<char> = vec![' '; first];
        drawn.resize(end, ink.inside);
        let mut put = |from_ms: i64, to_ms: i64, mark: char| {
            let from = self.column(from_ms.max(window.start_ms));
            let to = self.column(to_ms.min(window.end_ms)).max(from + 1);
            for cell in drawn.iter_mut().take(to).skip(from) {
                *cell = mark;
            }
        };
        for jump in jumps {
            let Window { start_ms, end_ms } = window;
            let (at_ms, length_ms) = (jump.at_ms, jump.length_ms());
            if jump.is_fold() && at_ms - length_ms < end_ms && at_ms + length_ms > start_ms {
                put(at_ms - length_ms, at_ms + length_ms, ink.fold);
            } else if !jump.is_fold() && start_ms < at_ms && at_ms < end_ms {
                put(at_ms, at_ms, ink.gap);
            }
        }
        if end - first == 1 {
            drawn[first] = ink.edge;
        } else {
            drawn[first] = ink.start;
            drawn[end - 1] = ink.end;
        }
        drawn.into_iter().collect()
    }

    /// The starts of panes.
    fn edges(&self, panes: &[Window], mark: char) -> String {
        let mut drawn = vec![' '; self.columns];
        for pane in panes {
            if let Some(cell) = drawn.get_mut(self.column(pane.start_ms)) {
                *cell = mark;
            }
        }
        drawn.into_iter().collect()
    }

    /// The edges of bars as text, those that have room.
    fn axis(&self, bars: &[Listed], precision: Precision, local: bool) -> String {
        let mut edges: Vec<(i64, i64)> = bars
            .iter()
            .flat_map(|bar| {
                let Window { start_ms, end_ms } = bar.window;
                [(start_ms, bar.start_offset_ms), (end_ms, bar.end_offset_ms)]
            })
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let finest_ms = edges.windows(2).map(|pair| pair[1].0 - pair[0].0).min().unwrap_or(0);
        let last_ms = edges.last().map(|(t_ms, _)| *t_ms);
        let mut drawn = String::new();
        for (t_ms, offset_ms) in edges {
            let reading_ms = if local { t_ms + offset_ms } else { t_ms };
            let label = label(reading_ms, finest_ms, precision);
            let mut column = self.column(t_ms);
            if Some(t_ms) == last_ms {
                column = column.min(self.columns.saturating_sub(label.len()));
            }
            let free = if drawn.is_empty() { 0 } else { drawn.len() + 1 };
            if column >= free && column + label.len() <= self.columns {
                drawn.push_str(&" ".repeat(column - drawn.len()));
                drawn.push_str(&label);
            }
        }
        drawn
    }
}

/// A reading as short as the distance between edges allows. A date alone is its midnight, and a
/// month alone the first one: a day that starts at 04:00 is `11-26 04:00`.
fn label(reading_ms: i64, finest_ms: i64, precision: Precision) -> String {
    if finest_ms < DAYS_MS_MIN {
        return civil::time_of_day(reading_ms, precision);
    }
    let is_midnight = reading_ms.rem_euclid(DAY_MS) == 0;
    let day = civil::date(reading_ms);
    match (finest_ms, is_midnight) {
        (MONTHS_MS_MIN.., true) => day.strip_suffix("-01").unwrap_or(&day).to_owned(),
        (MONTHS_MS_MIN.., false) => civil::date_time(reading_ms, precision),
        (_, true) => civil::month_day(reading_ms),
        (_, false) => civil::month_day_time(reading_ms, precision),
    }
}
