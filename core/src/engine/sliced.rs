//! Windows on a grid, kept as slices: what is open, what is in the totals, what comes next.
//!
//! Rows go into slices ([`super::ingest`]), time moves windows over them ([`super::fire`]). This
//! module holds the instants that divide them; extremes are [`super::turn`]. Invariant: the totals
//! are the slices from `kept_from_ms` up to `entered_to_ms`, of which those before `front_to_ms`
//! are turned; every window that ends at or before `fired_ms` has fired and every one that ends at
//! or before `cleaned_ms` is cleaned up. Worked number: 30 s by 10 s after the firing of [0, 30):
//! the totals are [10, 30), so that [10, 40) needs one slice more.

use std::ops::Range;

use super::fire::Stage;
use super::late::Redos;
use super::prefetch::prefetch_span;
use super::slices::{DENSE, Slices, Store, empty_block};
use super::state::State;
use crate::aggregate::{Besides, Cell, counts_of_cells};
use crate::assign::Sweep;
use crate::error::Error;
use crate::memory::{Paid, Purpose, word};

/// The keyed state of a grid's windows.
#[derive(Debug)]
pub(super) struct Sliced {
    pub(super) slices: Slices,
    /// What is beside the totals.
    pub(super) besides: Besides,
    /// How many entries are beside cells: each may need one beside the totals.
    pub(super) entries: usize,
    /// What is beside the scratch block of totals.
    pub(super) scratch_besides: Besides,
    pub(super) redos: Redos,
    pub(super) lateness_ms: i64,
    /// The watermark up to which everything was done.
    pub(super) watermark_ms: i64,
    /// The watermark to reach.
    pub(super) target_ms: i64,
    /// The watermark that the move under way reaches; the target may have gone further since.
    pub(super) goal_ms: i64,
    /// The next firing or cleanup point.
    pub(super) point_ms: i64,
    pub(super) fired_ms: i64,
    pub(super) cleaned_ms: i64,
    /// A key whose newest slice starts before this is forgotten.
    pub(super) forget_before_ms: i64,
    pub(super) kept_from_ms: i64,
    pub(super) entered_to_ms: i64,
    pub(super) front_to_ms: i64,
    /// Keys without slices that wait for a firing point.
    pub(super) dying: Paid<u32>,
    /// The cells of a sparse slice in the order of ids, while they are emitted.
    pub(super) order: Paid<u64>,
    pub(super) stage: Stage,
    pub(super) to_fire: Sweep,
    pub(super) to_clean: Sweep,
    pub(super) to_forget: Sweep,
}

impl Sliced {
    /// No rows yet.
    ///
    /// Errors: `MEMORY_LIMIT` where not even an empty block can be had.
    pub(super) fn new(state: &mut State) -> Result<Sliced, Error> {
        let assigner = &state.assigner;
        let pane = assigner.pane(0)?;
        let mut to_fire = Sweep::new();
        let first = to_fire.first_ending_after(assigner, i64::MIN);
        let typical_ms = pane.end_ms - pane.start_ms;
        state.pool.commit(&[(DENSE, 1)])?;
        let empty = empty_block(DENSE, (&state.lanes, &mut state.pool, &mut state.ledger));
        Ok(Sliced {
            slices: Slices::new(typical_ms, first.end_ms - first.start_ms, empty),
            besides: Besides::new(),
            entries: 0,
            scratch_besides: Besides::new(),
            redos: Redos::new(),
            lateness_ms: state.spec.window.allowed_lateness_ms,
            watermark_ms: i64::MIN,
            target_ms: i64::MIN,
            goal_ms: i64::MIN,
            point_ms: first.end_ms - 1,
            fired_ms: i64::MIN,
            cleaned_ms: i64::MIN,
            forget_before_ms: i64::MIN,
            kept_from_ms: i64::MIN,
            entered_to_ms: i64::MIN,
            front_to_ms: i64::MIN,
            dying: Paid::new(Purpose::Tables),
            order: Paid::new(Purpose::Tables),
            stage: Stage::Rest,
            to_fire,
            to_clean: Sweep::new(),
            to_forget: Sweep::new(),
        })
    }

    /// Whether a slice is in the totals.
    pub(super) fn is_in_totals(&self, start_ms: i64) -> bool {
        (self.kept_from_ms..self.entered_to_ms).contains(&start_ms)
    }

    /// Whether a slice is in the totals and its extremes were turned.
    pub(super) fn is_front(&self, start_ms: i64) -> bool {
        (self.kept_from_ms..self.front_to_ms).contains(&start_ms)
    }

    /// How many windows hold a row and are not cleaned up.
    pub(super) fn windows_open(&self, state: &State) -> u64 {
        let mut sweep = Sweep::new();
        let (mut open, mut end_ms) = (0, self.cleaned_ms);
        loop {
            let mut window = sweep.first_ending_after(&state.assigner, end_ms);
            let from = self.slices.first_from(window.start_ms);
            if from == self.slices.len() {
                return open;
            }
            let first_ms = self.slices.get(from).start_ms;
            if first_ms >= window.end_ms {
                window = sweep.first_ending_after(&state.assigner, first_ms);
            }
            open += 1;
            end_ms = window.end_ms;
        }
    }

    /// The cell of an id in a slice, if it holds a row.
    pub(super) fn held(&self, state: &State, at: usize, id: u32) -> Option<Cell> {
        let slice = self.slices.get(at);
        let cell = slice.cell(id, &state.lanes, &state.pool, self.slices.empty)?;
        let counts = counts_of_cells(state.pool.words(), cell.word());
        (counts[cell.item()] > 0).then_some(cell)
    }

    /// Asks for some words of a block of a dense slice.
    pub(super) fn prefetch_cells(
        &self,
        state: &State,
        at: usize,
        number: usize,
        words: Range<usize>,
    ) {
        if let Store::Dense { blocks } = &self.slices.get(at).store
            && let Some(handle) = blocks.get(number)
        {
            prefetch_span(state.pool.words(), word(*handle) + words.start, words.len());
        }
    }
}
