//! What the jumps of a wall clock do to a window.
//!
//! A mark says where in the window a jump lies; how the grid treats a fold is seen from where the
//! core puts its boundaries. Invariant: a window has a mark exactly if a reading that the clock
//! skips or repeats belongs to it, begins it or ends it. Worked case: the pane from
//! 2024-11-03T04:00Z to 11:00Z of New York holds the fold at 06:00Z, whose hour is held.

use paneline::{Assigner, Window};

use crate::civil::{self, Precision};
use crate::jump::Jump;
use crate::words::length;

/// What a jump does to a window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) jump: Jump,
    pub(super) place: Place,
    /// How the grid treats the fold; none for a gap.
    pub(super) rule: Option<Rule>,
}

/// Where a jump lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Inside the window, which is longer or shorter for it.
    Inside,
    /// A gap at the window's start, whose reading is that after the gap.
    Start,
    /// A gap at the window's end, whose reading is that after the gap.
    End,
    /// The window has readings of a fold's first pass, and ends before the second.
    FirstPass,
    /// The window begins with the second pass, or in it.
    SecondPass,
}

/// How a grid treats a fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// The clock is held until the repeat is over.
    Held,
    /// The two passes are kept apart.
    Split,
    /// The grid lies on Unix time and knows no clock.
    UnixTime,
}

impl Mark {
    /// What a jump does to a window; none if it does not touch it.
    pub(super) fn of(assigner: &Assigner, window: Window, jump: Jump) -> Option<Mark> {
        let Window { start_ms, end_ms } = window;
        let at_ms = jump.at_ms;
        let inside = start_ms < at_ms && at_ms < end_ms;
        if !jump.is_fold() {
            let place = match at_ms {
                _ if inside => Place::Inside,
                _ if at_ms == start_ms => Place::Start,
                _ if at_ms == end_ms => Place::End,
                _ => return None,
            };
            return Some(Mark { jump, place, rule: None });
        }
        let first = start_ms < at_ms && at_ms - jump.length_ms() < end_ms;
        let second = start_ms < at_ms + jump.length_ms() && at_ms < end_ms;
        let place = match (inside, first, second) {
            (true, ..) => Place::Inside,
            (_, true, _) => Place::FirstPass,
            (_, _, true) => Place::SecondPass,
            _ => return None,
        };
        Some(Mark { jump, place, rule: rule(assigner, at_ms) })
    }

    /// The mark in words; `noun` and `window` are what it marks.
    pub(super) fn sentence(&self, noun: &str, window: Window) -> String {
        let long = format!("{noun} is {}", length(window.end_ms - window.start_ms));
        let jump = self.jump;
        if !jump.is_fold() {
            let [from, to] = [jump.before_ms, jump.after_ms].map(|offset| jump.at_ms + offset);
            let jumps = if civil::date(from) == civil::date(to) {
                let precision = Precision::of(from).max(Precision::of(to));
                let [from, to] = [from, to].map(|at| civil::time_of_day(at, precision));
                format!("clock jumps {from} -> {to}")
            } else {
                format!("clock jumps {} -> {}", civil::reading(from), civil::reading(to))
            };
            let what = match self.place {
                Place::Start => " at the start".to_owned(),
                Place::End => " at the end".to_owned(),
                _ => format!("; {long}"),
            };
            return format!("gap: {} {jumps}{what}", civil::date(from));
        }
        let rule = match self.rule {
            Some(Rule::Held) => "held -> ",
            Some(Rule::Split) => "split -> ",
            Some(Rule::UnixTime) => "on Unix time -> ",
            None => "",
        };
        let what = match self.place {
            Place::FirstPass => "first pass",
            Place::SecondPass => "second pass",
            // A window that keeps its length by elapsed time has nothing to tell of it.
            _ if self.rule == Some(Rule::Split) => "first and second pass",
            _ => &long,
        };
        format!("fold: {}; {rule}{what}", jump.sentence())
    }
}

/// How the grid treats a fold, seen from where the core puts the boundaries. Sessions have none.
fn rule(assigner: &Assigner, fold_ms: i64) -> Option<Rule> {
    if assigner.spec().align_to_epoch {
        return Some(Rule::UnixTime);
    }
    match assigner.pane(fold_ms) {
        Ok(pane) if pane.start_ms == fold_ms => Some(Rule::Split),
        Ok(_) => Some(Rule::Held),
        Err(_) => None,
    }
}
