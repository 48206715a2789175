//! Iterators over the windows of one event and over the panes of a range.
//!
//! They walk boundaries and keep no buffer, so listing windows allocates nothing. Invariant:
//! starts never descend, and within one start ends ascend. Worked number: 25 s by 10 s, an event at
//! 7 s: [-10, 15) and [0, 25).

use std::iter::FusedIterator;

use super::{Rule, Window};
use crate::time::grid::{Boundary, Grid};

/// The windows of one event, ascending by start, then end. Made by
/// [`Assigner::windows`](super::Assigner::windows).
#[derive(Clone, Debug)]
pub struct Windows<'a>(Walk<'a>);

#[derive(Clone, Debug)]
enum Walk<'a> {
    /// `left` windows of one length, the next one first.
    Steps { next: Window, step_ms: i64, left: usize },
    /// `left` windows of consecutive panes, the next one from `start` to `end`.
    Panes { start: Boundary, end: Boundary, grid: &'a Grid, left: usize },
    /// Windows from one start to each boundary from `end` to `last_ms`.
    Cumulate { start_ms: i64, end: Boundary, grid: &'a Grid, last_ms: i64 },
}

impl<'a> Windows<'a> {
    /// The windows of an instant that the rule's grid may have.
    pub(super) fn new(rule: &'a Rule, t_ms: i64) -> Windows<'a> {
        Windows(match rule {
            Rule::Absolute { grid, step_ms, duration_ms } => {
                let last_ms = grid.start(t_ms).t_ms;
                let left = absolute_count(t_ms - last_ms, *step_ms, *duration_ms);
                let first_ms = last_ms - (left - 1) * step_ms;
                let next = Window { start_ms: first_ms, end_ms: first_ms + duration_ms };
                Walk::Steps { next, step_ms: *step_ms, left: super::count(left) }
            }
            Rule::Panes { grid, count } => {
                let mut start = grid.start(t_ms);
                if let Some(step_ms) = grid.even_step(start, *count) {
                    let next = first_of_even(start.t_ms, step_ms, *count);
                    return Windows(Walk::Steps { next, step_ms, left: *count });
                }
                let end = grid.next(start);
                for _ in 1..*count {
                    start = grid.previous(start);
                }
                Walk::Panes { start, end, grid, left: *count }
            }
            Rule::Cumulate { grid, base } => {
                let whole = base.start(t_ms);
                let end = grid.next(grid.start(t_ms));
                let last_ms = base.next(whole).t_ms;
                Walk::Cumulate { start_ms: whole.t_ms, end, grid, last_ms }
            }
            Rule::Session { gap_ms } => {
                let next = Window { start_ms: t_ms, end_ms: t_ms + gap_ms };
                Walk::Steps { next, step_ms: *gap_ms, left: 1 }
            }
        })
    }
}

impl Iterator for Windows<'_> {
    type Item = Window;

    fn next(&mut self) -> Option<Window> {
        match &mut self.0 {
            Walk::Steps { next, step_ms, left } => {
                *left = left.checked_sub(1)?;
                let window = *next;
                next.start_ms += *step_ms;
                next.end_ms += *step_ms;
                Some(window)
            }
            Walk::Panes { start, end, grid, left } => {
                *left = left.checked_sub(1)?;
                let window = Window { start_ms: start.t_ms, end_ms: end.t_ms };
                if *left > 0 {
                    *start = grid.next(*start);
                    *end = grid.next(*end);
                }
                Some(window)
            }
            Walk::Cumulate { start_ms, end, grid, last_ms } => {
                if end.t_ms > *last_ms {
                    return None;
                }
                let window = Window { start_ms: *start_ms, end_ms: end.t_ms };
                *end = grid.next(*end);
                Some(window)
            }
        }
    }
}

impl FusedIterator for Windows<'_> {}

/// The first of the `count` windows of as many even panes that hold the pane from `start_ms`.
fn first_of_even(start_ms: i64, step_ms: i64, count: usize) -> Window {
    let back = i64::try_from(count).unwrap_or(1) - 1;
    Window { start_ms: start_ms - back * step_ms, end_ms: start_ms + step_ms }
}

/// How many windows of one elapsed length hold an event `into_ms` after the last one's start:
/// section 4 of docs/SEMANTICS.md.
fn absolute_count(into_ms: i64, step_ms: i64, duration_ms: i64) -> i64 {
    (duration_ms - into_ms - 1) / step_ms + 1
}

/// How many windows hold an instant.
pub(super) fn window_count(rule: &Rule, t_ms: i64) -> usize {
    match rule {
        Rule::Absolute { grid, step_ms, duration_ms } => {
            super::count(absolute_count(t_ms - grid.start(t_ms).t_ms, *step_ms, *duration_ms))
        }
        Rule::Panes { count, .. } => *count,
        Rule::Cumulate { .. } => Windows::new(rule, t_ms).count(),
        Rule::Session { .. } => 1,
    }
}

/// Writes the windows of as many consecutive panes as the columns are long, and returns the pane of
/// the instant.
pub(super) fn write_panes(
    grid: &Grid,
    t_ms: i64,
    starts_ms: &mut [i64],
    ends_ms: &mut [i64],
) -> Window {
    let pane = grid.start(t_ms);
    let Some(step_ms) = grid.even_step(pane, starts_ms.len()) else {
        return walk_panes(grid, pane, starts_ms, ends_ms);
    };
    let mut next = first_of_even(pane.t_ms, step_ms, starts_ms.len());
    for (start_ms, end_ms) in starts_ms.iter_mut().zip(ends_ms) {
        (*start_ms, *end_ms) = (next.start_ms, next.end_ms);
        next = Window { start_ms: next.start_ms + step_ms, end_ms: next.end_ms + step_ms };
    }
    Window { start_ms: pane.t_ms, end_ms: pane.t_ms + step_ms }
}

/// The same near a transition: back over the starts and forward over the ends, so that each
/// boundary is found once.
fn walk_panes(grid: &Grid, pane: Boundary, starts_ms: &mut [i64], ends_ms: &mut [i64]) -> Window {
    let mut boundary = pane;
    for (left, start_ms) in starts_ms.iter_mut().rev().enumerate() {
        if left > 0 {
            boundary = grid.previous(boundary);
        }
        *start_ms = boundary.t_ms;
    }
    boundary = pane;
    for end_ms in ends_ms.iter_mut() {
        boundary = grid.next(boundary);
        *end_ms = boundary.t_ms;
    }
    Window { start_ms: pane.t_ms, end_ms: ends_ms.first().map_or(pane.t_ms, |end_ms| *end_ms) }
}

/// How many panes tile a range, up to `most`.
pub(super) fn pane_count(grid: &Grid, from_ms: i64, to_ms: i64, most: usize) -> usize {
    match grid {
        Grid::Absolute { step_ms, .. } if from_ms < to_ms => {
            let steps = (to_ms - 1 - grid.start(from_ms).t_ms) / step_ms;
            usize::try_from(steps).map_or(most, |steps| most.min(steps.saturating_add(1)))
        }
        _ => Panes::new(grid, from_ms, to_ms).take(most).count(),
    }
}

/// The panes that tile a range, ascending. Made by [`Assigner::panes`](super::Assigner::panes).
#[derive(Clone, Debug)]
pub struct Panes<'a> {
    grid: &'a Grid,
    start: Boundary,
    to_ms: i64,
}

impl<'a> Panes<'a> {
    pub(super) fn new(grid: &'a Grid, from_ms: i64, to_ms: i64) -> Panes<'a> {
        // An empty range has no panes, not the one around its ends.
        let to_ms = if from_ms < to_ms { to_ms } else { i64::MIN };
        Panes { grid, start: grid.start(from_ms), to_ms }
    }
}

impl Iterator for Panes<'_> {
    type Item = Window;

    fn next(&mut self) -> Option<Window> {
        if self.start.t_ms >= self.to_ms {
            return None;
        }
        let end = self.grid.next(self.start);
        let pane = Window { start_ms: self.start.t_ms, end_ms: end.t_ms };
        self.start = end;
        Some(pane)
    }
}

impl FusedIterator for Panes<'_> {}
