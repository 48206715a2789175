//! Extremes of slices in the order of time: when slices are turned, and rows that come after.
//!
//! `aggregate/extreme.rs` says what turning is; this decides which slices are turned, and keeps
//! right what their cells say about what is left after them. Invariant: a cell that holds a row, of
//! a slice between `kept_from_ms` and `front_to_ms`, says what the extremes of all newer slices up
//! to `front_to_ms` are. So a row there changes the cells of its key in older slices, and none in
//! its own; and what stands in a turned cell without rows means nothing. Worked number: least
//! values 4, 2, 3 of three turned slices leave 2, 3 and nothing; a row of 1 in the newest makes
//! that 1, 1 and nothing.

use super::bits::positions;
use super::keys::NO_BLOCK;
use super::prefetch::AHEAD;
use super::sliced::Sliced;
use super::slices::{Store, id_at};
use super::state::{Scratch, State};
use crate::aggregate::{Cell, counts_of_cells};
use crate::rows::Rows;

impl Sliced {
    /// Turns the extremes of all slices in the back, newest first; see `aggregate/extreme.rs`.
    pub(super) fn turn(&mut self, state: &mut State) {
        let from = self.slices.first_from(self.kept_from_ms.max(self.front_to_ms));
        let mut to = self.slices.first_from(self.entered_to_ms);
        let is_dense = |at: &usize| self.slices.get(*at).is_dense();
        while from < to {
            let first_dense = (from..to).rev().take_while(is_dense).last();
            if let Some(first) = first_dense {
                // Block by block, so that the totals of a block are fetched once for all slices.
                for number in 0..state.keys.block_count() {
                    for at in (first..to).rev() {
                        let words = state.lanes.turning();
                        self.prefetch_cells(state, at.saturating_sub(1), number, words);
                        self.turn_block(state, at, number);
                    }
                }
                to = first;
            } else {
                to -= 1;
                self.turn_cells(state, to);
            }
        }
        let State { lanes, keys, pool, .. } = state;
        for number in 0..keys.block_count() {
            let total = keys.block(number);
            if total != NO_BLOCK {
                lanes.clear_backs(pool.block_mut(total, lanes.total_words()));
            }
        }
        self.front_to_ms = self.entered_to_ms;
    }

    /// Turns a block of a dense slice.
    fn turn_block(&self, state: &mut State, at: usize, number: usize) {
        let State { lanes, keys, pool, .. } = state;
        let Store::Dense { blocks } = &self.slices.get(at).store else { return };
        let own = blocks.get(number).copied().unwrap_or(self.slices.empty);
        let total = keys.block(number);
        if own != self.slices.empty && total != NO_BLOCK {
            let (total, cells) =
                pool.blocks_mut(total, lanes.total_words(), own, lanes.cell_words());
            lanes.turn(total, 0, cells, 0, lanes.items());
        }
    }

    /// Turns the cells of a sparse slice.
    fn turn_cells(&self, state: &mut State, at: usize) {
        let State { lanes, keys, pool, .. } = state;
        let slice = self.slices.get(at);
        let (blocks, cells) = (slice.blocks(), slice.cells());
        for place in 0..cells {
            if place + AHEAD < cells {
                let ahead = id_at(pool.words(), blocks, lanes, place + AHEAD);
                keys.prefetch_total(ahead, lanes, pool);
            }
            let id = id_at(pool.words(), blocks, lanes, place) as usize;
            let own = blocks[lanes.block_of(place)];
            let total = keys.block(lanes.block_of(id));
            let (total, cells) =
                pool.blocks_mut(total, lanes.total_words(), own, lanes.cell_words());
            lanes.turn(total, lanes.item_of(id), cells, lanes.item_of(place), 1);
        }
    }

    /// Before a run is added: what its cells in turned slices say, and which it fills first.
    pub(super) fn note_turned(&self, state: &mut State, scratch: &mut Scratch) {
        let Scratch { touched, slice_of, cells, fresh, turned, .. } = scratch;
        fresh.clear();
        turned.clear();
        if !state.lanes.turns() || !touched.iter().any(|t| self.is_front(t.start_ms)) {
            return;
        }
        let words = state.pool.words_mut();
        positions(cells, fresh, |cell| counts_of_cells(words, cell.word())[cell.item()] == 0);
        let slice_of = |at: &u32| touched[slice_of[*at as usize] as usize].start_ms;
        fresh.retain(|at| self.is_front(slice_of(at)));
        fresh.sort_unstable_by_key(slice_of);
        for (at, cell) in (0..).zip(cells) {
            if self.is_front(slice_of(&at)) {
                state.lanes.each_turned(words, *cell, |word| turned.push(*word));
            }
        }
    }

    /// After the run was added: such cells say again what they said, for a slice's own rows are not
    /// left after it. A new cell learns it; oldest first, as each looks at the next older one.
    pub(super) fn restore_turned(&self, state: &mut State, scratch: &Scratch) {
        let Scratch { touched, slice_of, found, cells, fresh, turned, .. } = scratch;
        let slice_of = |at: usize| touched[slice_of[at] as usize];
        let mut turned = turned.iter();
        let mut restore = |word: &mut u64| *word = turned.next().copied().unwrap_or(*word);
        if !scratch.turned.is_empty() {
            for (at, cell) in cells.iter().enumerate() {
                if self.is_front(slice_of(at).start_ms) {
                    state.lanes.each_turned(state.pool.words_mut(), *cell, &mut restore);
                }
            }
        }
        debug_assert!(turned.next().is_none(), "each cell has its words back");
        for at in fresh {
            let row = *at as usize;
            self.turn_late(state, slice_of(row).at, found.ids[row], cells[row]);
        }
    }

    /// A row made a cell in a slice that was turned before: the cell learns what the front is
    /// without its slice from the next older cell of its key, or from the front.
    fn turn_late(&self, state: &mut State, at: usize, id: u32, cell: Cell) {
        let older = (0..at)
            .rev()
            .take_while(|at| self.slices.get(*at).start_ms >= self.kept_from_ms)
            .find_map(|at| self.held(state, at, id));
        let State { lanes, keys, pool, .. } = state;
        let words = lanes.cell_words();
        // A cell of another slice lies in another block.
        if let Some(older) = older {
            let (cells, from) = pool.blocks_mut(cell.block, words, older.block, words);
            lanes.turn_late(cells, cell.item(), (from, older.item()));
        } else {
            let (number, item) = (lanes.block_of(id as usize), lanes.item_of(id as usize));
            let total = keys.block(number);
            let (cells, from) = pool.blocks_mut(cell.block, words, total, lanes.total_words());
            lanes.turn_oldest(cells, cell.item(), (from, item));
        }
    }

    /// A row joined a slice that was turned before: what the front is without an older slice
    /// changes too, back to the first cell that it does not change.
    pub(super) fn take_after(
        &self,
        state: &mut State,
        at: usize,
        id: u32,
        (rows, row, t_ms): (&Rows<'_>, usize, i64),
    ) {
        if !state.lanes.turns() {
            return;
        }
        for older in (0..at).rev() {
            if self.slices.get(older).start_ms < self.kept_from_ms {
                break;
            }
            let Some(cell) = self.held(state, older, id) else { continue };
            let words = state.lanes.cell_words();
            let cells = state.pool.block_mut(cell.block, words);
            if !state.lanes.take_after(cells, cell.item(), rows, row, t_ms) {
                break;
            }
        }
    }
}
