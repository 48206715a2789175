//! The windows of a grid in the order in which they end, and the slices they are made of.
//!
//! An engine asks of a spec not only which windows hold an event but which window ends next, which
//! slice an event falls into, and from where on nothing is closed yet. A [`Sweep`] is a window that
//! moves forward over the grid; moving to a neighbour costs one boundary, however many panes a
//! window has. It keeps no state of events: the answer to `first_ending_after(x)` is the same from
//! wherever the sweep came. Invariant: in every kind of grid one window ends at a time, and starts
//! never descend as ends ascend. Worked number: windows of 25 s by 10 s end at 5, 15, 25 s; their
//! slices are [0, 5) and [5, 10) of each step.

use super::{Assigner, Rule, Window, windows};
use crate::time::EXACT_MS;
use crate::time::column::{Kernel, all_within};
use crate::time::grid::{Boundary, Grid};
use crate::time::unit::TimeUnit;

/// 100 years: no window is longer, so none that can hold an event ends later after the last one.
const REACH_MS: i64 = 3_155_760_000_000;

impl Assigner {
    /// Whether the windows are made of events, not of a grid; then this is the gap.
    pub(crate) fn session_gap_ms(&self) -> Option<i64> {
        match self.rule {
            Rule::Session { gap_ms } => Some(gap_ms),
            _ => None,
        }
    }

    /// Whether every window is one slice: nothing is shared between windows.
    pub(crate) fn is_tumbling(&self) -> bool {
        match &self.rule {
            Rule::Absolute { step_ms, duration_ms, .. } => step_ms == duration_ms,
            Rule::Panes { count, .. } => *count == 1,
            Rule::Cumulate { .. } | Rule::Session { .. } => false,
        }
    }

    /// How many slices a window can have, about; 1 for a session.
    pub(crate) fn slices_per_window(&self) -> u64 {
        match &self.rule {
            Rule::Absolute { step_ms, duration_ms, .. } => {
                let cuts = if duration_ms % step_ms == 0 { 1 } else { 2 };
                (duration_ms / step_ms * cuts).unsigned_abs() + u64::from(cuts == 2)
            }
            Rule::Panes { count, .. } => *count as u64,
            Rule::Cumulate { grid, base } => {
                let whole = base.next(base.start(0)).t_ms - base.start(0).t_ms;
                let pane = grid.next(grid.start(0)).t_ms - grid.start(0).t_ms;
                (whole / pane.max(1)).unsigned_abs() + 1
            }
            Rule::Session { .. } => 1,
        }
    }

    /// The range of instants an event may have, in ticks of a unit.
    pub(crate) fn ticks(&self, unit: TimeUnit) -> std::ops::RangeInclusive<i64> {
        unit.ticks(&self.instants)
    }

    /// Writes the start of each time's slice: the span between two neighbouring cuts of all
    /// windows. The times are milliseconds in range; sessions have no slices.
    pub(crate) fn slice_starts(&self, times_ms: &[i64], out_ms: &mut [i64]) {
        let Some(grid) = self.rule.grid() else { return };
        let kernel = if all_within(times_ms, &EXACT_MS) { &self.kernel } else { &Kernel::Grid };
        kernel.pane_starts(grid, times_ms, TimeUnit::Millisecond, out_ms);
        let cut_ms = match &self.rule {
            Rule::Absolute { step_ms, duration_ms, .. } => duration_ms % step_ms,
            _ => 0,
        };
        if cut_ms > 0 {
            for (start_ms, t_ms) in out_ms.iter_mut().zip(times_ms) {
                *start_ms += if t_ms - *start_ms >= cut_ms { cut_ms } else { 0 };
            }
        }
    }
}

/// A window of a grid that moves forward.
#[derive(Clone, Debug)]
pub(crate) struct Sweep {
    window: Window,
    /// No other window ends between this and the window's end.
    after_ms: i64,
    /// The window's ends as boundaries, where it is made of panes.
    panes: Option<(Boundary, Boundary)>,
}

impl Sweep {
    /// A sweep before every window.
    pub(crate) fn new() -> Sweep {
        let window = Window { start_ms: i64::MIN, end_ms: i64::MIN };
        Sweep { window, after_ms: i64::MAX, panes: None }
    }

    /// The window with the smallest end after `x_ms`. For an `x_ms` that no window of an event
    /// reaches it is a window that starts and ends at `i64::MAX`. Sessions have none: so too.
    pub(crate) fn first_ending_after(&mut self, assigner: &Assigner, x_ms: i64) -> Window {
        let last_ms = assigner.instants.end() + REACH_MS;
        if x_ms > last_ms || assigner.session_gap_ms().is_some() {
            return Window { start_ms: i64::MAX, end_ms: i64::MAX };
        }
        let x_ms = x_ms.max(assigner.instants.start() - REACH_MS);
        match &assigner.rule {
            Rule::Absolute { grid, step_ms, duration_ms } => {
                let start_ms = grid.start(x_ms - duration_ms).t_ms + step_ms;
                self.window = Window { start_ms, end_ms: start_ms + duration_ms };
            }
            Rule::Panes { grid, count } => self.move_panes(grid, *count, x_ms),
            Rule::Cumulate { grid, base } => {
                let end_ms = grid.next(grid.start(x_ms)).t_ms;
                self.window = Window { start_ms: base.start(end_ms - 1).t_ms, end_ms };
            }
            Rule::Session { .. } => {}
        }
        self.window
    }

    /// Windows of `count` panes: walks on where the window is near, counts back where it is not.
    fn move_panes(&mut self, grid: &Grid, count: usize, x_ms: i64) {
        if (self.after_ms..self.window.end_ms).contains(&x_ms) {
            return;
        }
        if let Some((start, end)) = &mut self.panes
            && end.t_ms <= x_ms
        {
            for _ in 0..count {
                self.after_ms = end.t_ms;
                (*start, *end) = (grid.next(*start), grid.next(*end));
                if end.t_ms > x_ms {
                    self.window = Window { start_ms: start.t_ms, end_ms: end.t_ms };
                    return;
                }
            }
        }
        let pane = grid.start(x_ms);
        let start = (1..count).fold(pane, |start, _| grid.previous(start));
        let end = grid.next(pane);
        self.panes = Some((start, end));
        self.after_ms = x_ms;
        self.window = Window { start_ms: start.t_ms, end_ms: end.t_ms };
    }

    /// The largest end of a window at or before `x_ms`; `i64::MIN` where `x_ms` lies before every
    /// event.
    pub(crate) fn last_end(assigner: &Assigner, x_ms: i64) -> i64 {
        let (first_ms, last_ms) = (assigner.instants.start() - REACH_MS, assigner.instants.end());
        if x_ms < first_ms {
            return i64::MIN;
        }
        let x_ms = x_ms.min(last_ms + REACH_MS);
        match &assigner.rule {
            Rule::Absolute { grid, duration_ms, .. } => {
                grid.start(x_ms - duration_ms).t_ms + duration_ms
            }
            Rule::Panes { grid, .. } | Rule::Cumulate { grid, .. } => grid.start(x_ms).t_ms,
            Rule::Session { .. } => i64::MIN,
        }
    }
}

/// The grid windows of an instant that end after `x_ms`, ascending.
pub(crate) fn windows_ending_after(
    assigner: &Assigner,
    t_ms: i64,
    x_ms: i64,
) -> impl Iterator<Item = Window> + '_ {
    windows::Windows::new(&assigner.rule, t_ms).skip_while(move |window| window.end_ms <= x_ms)
}
