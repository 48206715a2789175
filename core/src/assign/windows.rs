//! Iterators over the windows of one event and over the panes of a range.
//!
//! They walk boundaries and keep no buffer, so listing windows allocates nothing. Invariant:
//! starts never descend, and within one start ends ascend.

use std::iter::FusedIterator;

use super::{Rule, Window};
use crate::time::grid::Grid;

/// The windows of one event, ascending by start, then end. Made by
/// [`Assigner::windows`](super::Assigner::windows).
#[derive(Clone, Debug)]
pub struct Windows<'a>(Walk<'a>);

#[derive(Clone, Debug)]
enum Walk<'a> {
    /// `left` windows of one length, the next one first.
    Steps { next: Window, step_ms: i64, left: usize },
    /// `left` windows of consecutive panes, the next one first.
    Panes { next: Window, grid: &'a Grid, left: usize },
    /// Windows from one start to each boundary from `next.end_ms` to `last_ms`.
    Cumulate { next: Window, grid: &'a Grid, last_ms: i64 },
}

impl<'a> Windows<'a> {
    /// The windows of an instant that the rule's grid may have.
    pub(super) fn new(rule: &'a Rule, t_ms: i64) -> Windows<'a> {
        Windows(match rule {
            Rule::Absolute { grid, step_ms, duration_ms } => {
                let last_ms = grid.start(t_ms);
                let left = absolute_count(t_ms - last_ms, *step_ms, *duration_ms);
                let first_ms = last_ms - (left - 1) * step_ms;
                let next = Window { start_ms: first_ms, end_ms: first_ms + duration_ms };
                Walk::Steps { next, step_ms: *step_ms, left: super::count(left) }
            }
            Rule::Panes { grid, count } => {
                let mut start_ms = grid.start(t_ms);
                for _ in 1..*count {
                    start_ms = grid.previous(start_ms);
                }
                let next = Window { start_ms, end_ms: grid.next(t_ms) };
                Walk::Panes { next, grid, left: *count }
            }
            Rule::Cumulate { grid, base } => {
                let next = Window { start_ms: base.start(t_ms), end_ms: grid.next(t_ms) };
                Walk::Cumulate { next, grid, last_ms: base.next(t_ms) }
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
            Walk::Panes { next, grid, left } => {
                *left = left.checked_sub(1)?;
                let window = *next;
                if *left > 0 {
                    next.start_ms = grid.next(next.start_ms);
                    next.end_ms = grid.next(next.end_ms);
                }
                Some(window)
            }
            Walk::Cumulate { next, grid, last_ms } => {
                if next.end_ms > *last_ms {
                    return None;
                }
                let window = *next;
                next.end_ms = grid.next(next.end_ms);
                Some(window)
            }
        }
    }
}

impl FusedIterator for Windows<'_> {}

/// How many windows of one elapsed length hold an event `into_ms` after the last one's start:
/// section 4 of docs/SEMANTICS.md.
fn absolute_count(into_ms: i64, step_ms: i64, duration_ms: i64) -> i64 {
    (duration_ms - into_ms - 1) / step_ms + 1
}

/// How many windows hold an instant.
pub(super) fn window_count(rule: &Rule, t_ms: i64) -> usize {
    match rule {
        Rule::Absolute { grid, step_ms, duration_ms } => {
            super::count(absolute_count(t_ms - grid.start(t_ms), *step_ms, *duration_ms))
        }
        Rule::Panes { count, .. } => *count,
        Rule::Cumulate { .. } => Windows::new(rule, t_ms).count(),
        Rule::Session { .. } => 1,
    }
}

/// The panes that tile a range, ascending. Made by [`Assigner::panes`](super::Assigner::panes).
#[derive(Clone, Debug)]
pub struct Panes<'a> {
    grid: &'a Grid,
    start_ms: i64,
    to_ms: i64,
}

impl<'a> Panes<'a> {
    pub(super) fn new(grid: &'a Grid, from_ms: i64, to_ms: i64) -> Panes<'a> {
        let start_ms = if from_ms < to_ms { grid.start(from_ms) } else { to_ms };
        Panes { grid, start_ms, to_ms }
    }
}

impl Iterator for Panes<'_> {
    type Item = Window;

    fn next(&mut self) -> Option<Window> {
        if self.start_ms >= self.to_ms {
            return None;
        }
        let pane = Window { start_ms: self.start_ms, end_ms: self.grid.next(self.start_ms) };
        self.start_ms = pane.end_ms;
        Some(pane)
    }
}

impl FusedIterator for Panes<'_> {}
