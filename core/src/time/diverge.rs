//! Where the boundaries of one ruler on two wall clocks part.
//!
//! It asks both grids for boundaries and never computes one. Two clocks that agree up to an instant
//! have the same boundaries up to it, and between two transitions boundaries repeat: so a few panes
//! at every transition of either clock tell of all. Invariant: every boundary before the answer is
//! one of both grids. New York with and without summer time from 2027 on, 1 h panes: none of them
//! parts, since every boundary stays on the hour; 6 h panes part in the one from
//! 2027-03-14T05:00Z.

use super::grid::Grid;

impl Grid {
    /// The start of the first pane, from the one that holds `from_ms` on, that ends elsewhere by
    /// `other`, a grid of the same ruler; `from_ms` itself for that first one.
    pub(crate) fn first_difference(&self, other: &Grid, from_ms: i64) -> Option<i64> {
        let (Grid::Civil { zone, .. }, Grid::Civil { zone: others, .. }) = (self, other) else {
            return None;
        };
        let (mut ours, mut theirs) =
            (self.next(self.start(from_ms)), other.next(other.start(from_ms)));
        if ours.t_ms != theirs.t_ms {
            return Some(from_ms);
        }
        let both = zone.transitions().chain(others.transitions());
        let mut turns: Vec<i64> = both.map(|transition| transition.at_ms).collect();
        turns.sort_unstable();
        for (index, &at_ms) in turns.iter().enumerate() {
            let next_ms = turns.get(index.saturating_add(1)).copied().unwrap_or(i64::MAX);
            if ours.t_ms < at_ms {
                // All panes up to here are the same; the one that the transition may cut is next.
                let before_ms = at_ms.saturating_sub(1);
                (ours, theirs) = (self.start(before_ms), other.start(before_ms));
                debug_assert_eq!(ours.t_ms, theirs.t_ms);
            }
            // A boundary of both is inside nobody's repeated span unless that is split, so from the
            // pane after the first such boundary on they repeat.
            let mut repeats = false;
            while !repeats && ours.t_ms < next_ms {
                repeats = ours.t_ms >= at_ms;
                let start_ms = ours.t_ms;
                (ours, theirs) = (self.next(ours), other.next(theirs));
                if ours.t_ms != theirs.t_ms {
                    return Some(start_ms);
                }
            }
        }
        None
    }
}
