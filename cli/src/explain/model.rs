//! What there is to say about a spec: the model that every format prints.
//!
//! It asks the assigner for every window and never computes an edge. Invariant: a listed window is
//! one that the assigner gives for its own start, and none between two listed ones is left out.
//! Worked number: 6 h windows by 30 min from 2024-11-03T04:00Z to 05:00Z are 13: the 12 that hold
//! 04:00Z, and the one that begins at 04:30Z.

use paneline::{Assigner, Error, LocalClock, SlidingWindowSpec, Warning, Window, WindowKind, spec};

use super::marks::Mark;
use super::sentence;
use crate::failure::Failure;
use crate::jump::{Jump, jumps};
use crate::listing::Listed;

/// Panes that are kept: more than a timeline has columns, and a listing has lines.
const PANES_MAX: usize = 1_000;

/// Which windows to explain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// Those that begin with the pane of an instant and after it.
    At { at_ms: i64, count: u32 },
    /// Those that hold an instant of a range.
    Range { from_ms: i64, to_ms: i64, count: u32 },
}

/// A least and a greatest number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) min: i64,
    pub(super) max: i64,
}

/// A window with its place on the clock.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) listed: Listed,
    /// What jumps of the clock do to it, ascending.
    pub(super) marks: Vec<Mark>,
}

/// All that is said about a spec.
#[derive(Debug)]
pub(super) struct Explanation {
    /// The canonical spec.
    pub(super) spec: SlidingWindowSpec,
    /// The same as protobuf JSON.
    pub(super) json: String,
    /// The same as flags.
    pub(super) flags: String,
    /// The same in words, a sentence each.
    pub(super) sentences: Vec<String>,
    pub(super) fingerprint: String,
    pub(super) warnings: Vec<Warning>,
    /// In how many windows an event is.
    pub(super) windows_per_event: Counts,
    pub(super) selection: Selection,
    /// The pane of the first instant that is asked for; none for a session.
    pub(super) pane: Option<Listed>,
    /// The windows, ascending by start, then end.
    pub(super) windows: Vec<Shown>,
    /// Whether more follow that were asked for.
    pub(super) more: bool,
    /// The panes that tile the windows, the first of them where they are too many.
    pub(super) panes: Vec<Window>,
    /// Whether more panes follow.
    pub(super) more_panes: bool,
    /// The jumps of the clock from the first window's start to the last one's end.
    pub(super) jumps: Vec<Jump>,
}

impl Explanation {
    /// Explains a compiled spec; the clock is that of its zone.
    pub(super) fn of(
        assigner: &Assigner,
        clock: &LocalClock,
        selection: Selection,
    ) -> Result<Explanation, Failure> {
        let (first_ms, (windows, more)) = match selection {
            Selection::At { at_ms, count } => (at_ms, (after(assigner, at_ms, count)?, false)),
            Selection::Range { from_ms, to_ms, count } => {
                (from_ms, holding(assigner, from_ms, to_ms, count)?)
            }
        };
        let listed = |window: Window| Listed {
            window,
            start_offset_ms: clock.offset_ms(window.start_ms),
            end_offset_ms: clock.offset_ms(window.end_ms),
        };
        let (start_ms, end_ms) = span(&windows);
        let jumps: Vec<Jump> = jumps(clock)
            .into_iter()
            .filter(|jump| {
                let reach_ms = jump.length_ms();
                jump.at_ms + reach_ms > start_ms && jump.at_ms - reach_ms < end_ms
            })
            .collect();
        let marked = |window: Window| {
            let marks = jumps.iter().filter_map(|jump| Mark::of(assigner, window, *jump)).collect();
            Shown { listed: listed(window), marks }
        };
        let (panes, more_panes) = panes(assigner, start_ms, end_ms);
        let canonical = assigner.spec().clone();
        Ok(Explanation {
            json: spec::to_json(&canonical)?,
            flags: sentence::flags(&canonical),
            sentences: sentence::sentences(&canonical),
            fingerprint: assigner.fingerprint().to_string(),
            warnings: assigner.warnings().to_vec(),
            windows_per_event: sentence::windows_per_event(&canonical),
            selection,
            pane: assigner.pane(first_ms).ok().map(listed),
            windows: windows.into_iter().map(marked).collect(),
            more,
            panes,
            more_panes,
            jumps,
            spec: canonical,
        })
    }

    /// What a window is called: a pane where the two are the same.
    pub(super) fn noun(&self) -> &'static str {
        let sliding = self.spec.kind == WindowKind::Sliding as i32;
        let one = Counts { min: 1, max: 1 };
        if sliding && self.windows_per_event == one { "pane" } else { "window" }
    }
}

/// From the first window's start to the end of the one that ends last.
fn span(windows: &[Window]) -> (i64, i64) {
    let first_ms = windows.first().map_or(0, |window| window.start_ms);
    let last_ms = windows.iter().map(|window| window.end_ms).max();
    (first_ms, last_ms.unwrap_or(first_ms))
}

/// For the pane of an instant and those after it the window that starts there, and for growing
/// windows the one that ends there. A session is that of one event.
fn after(assigner: &Assigner, at_ms: i64, count: u32) -> Result<Vec<Window>, Failure> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let growing = assigner.spec().kind == WindowKind::Cumulate as i32;
    let sliding = assigner.spec().kind == WindowKind::Sliding as i32;
    let mut holding = assigner
        .windows(at_ms)
        .map_err(|error| Error::new(error.code(), "--at", error.message()))?;
    let first = if growing { holding.next() } else { holding.last() };
    let mut windows: Vec<Window> = first.into_iter().collect();
    let mut pane_ms = at_ms;
    while let (Some(last), true) = (windows.last().copied(), windows.len() < count) {
        // The last instant of a window is in all that begin inside it: one call for many panes.
        let inside = assigner.windows(last.end_ms - 1).ok().filter(|_| sliding);
        let inside = inside.into_iter().flatten().skip_while(|next| next.start_ms <= last.start_ms);
        let known = windows.len();
        windows.extend(inside.take(count - known));
        if windows.len() > known {
            pane_ms = windows.last().map_or(pane_ms, |window| window.start_ms);
            continue;
        }
        // Sessions have no panes, and the years that the zone table covers end.
        let Ok(next_ms) = assigner.next_boundary(pane_ms) else { break };
        let Ok(mut holding) = assigner.windows(next_ms) else { break };
        windows.extend(if growing { holding.next() } else { holding.last() });
        pane_ms = next_ms;
    }
    Ok(windows)
}

/// The windows that hold an instant of a range, and whether there are more: those of its first
/// instant, and those that begin at a boundary after it.
fn holding(
    assigner: &Assigner,
    from_ms: i64,
    to_ms: i64,
    count: u32,
) -> Result<(Vec<Window>, bool), Failure> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let mut windows: Vec<Window> = assigner
        .windows(from_ms)
        .map_err(|error| Error::new(error.code(), "--from", error.message()))?
        .take(count + 1)
        .collect();
    let mut boundary_ms = from_ms;
    // A session's windows begin with its events, of which the range has one.
    while windows.len() <= count {
        boundary_ms = match assigner.next_boundary(boundary_ms) {
            Ok(next_ms) if next_ms < to_ms => next_ms,
            _ => break,
        };
        let Ok(starting) = assigner.windows(boundary_ms) else { break };
        windows.extend(starting.filter(|window| window.start_ms == boundary_ms));
    }
    let more = windows.len() > count;
    windows.truncate(count);
    Ok((windows, more))
}

/// The panes from the first window's start to the last one's end, and whether there are more.
fn panes(assigner: &Assigner, from_ms: i64, to_ms: i64) -> (Vec<Window>, bool) {
    // A session has none; at the ends of time the windows reach further than panes can be asked
    // for.
    let Ok(tiles) = assigner.panes(from_ms, to_ms) else { return (Vec::new(), false) };
    let mut panes: Vec<Window> = tiles.take(PANES_MAX + 1).collect();
    let more = panes.len() > PANES_MAX;
    panes.truncate(PANES_MAX);
    (panes, more)
}
