//! Windows that fired and are emitted again: the whole value, from the cells of their slices.
//!
//! A flush goes through windows in the order of their ends, and one late row in a long lateness can
//! touch thousands of neighbours. So the last window of each of up to 64 keys is remembered with
//! its total: the next one lets a few slices in and a few out. Extremes cannot leave; with them
//! every window is put together anew. Nothing here changes a cell. Invariant: the value is that of
//! all rows of the window and key. Worked number: 1,000 dirty windows of 43,200 slices each are
//! 43,200 slices read, and 2 for each window after the first.

use super::key_index::NO_ID;
use super::late::Redo;
use super::results::FLAG_LATE;
use super::single::load_besides;
use super::sliced::Sliced;
use super::state::{State, emit};
use crate::aggregate::{Sign, Totals};
use crate::assign::Window;
use crate::memory::narrow;

/// A key and the window that its item of the scratch block is the total of.
pub(super) type Remembered = (u32, Window);

/// An item that is the total of nothing.
pub(super) const NOTHING: Remembered = (NO_ID, Window { start_ms: 0, end_ms: 0 });

impl Sliced {
    /// Forgets the totals of a flush.
    pub(super) fn end_again(&mut self, state: &mut State) {
        state.scratch.again.fill(NOTHING);
        self.scratch_besides.free(&mut state.ledger);
    }

    /// Emits a window and key again, with all its rows.
    pub(super) fn emit_again(&mut self, state: &mut State, redo: &Redo) {
        let mut block = std::mem::take(&mut state.scratch.block);
        let window = Window { start_ms: redo.start_ms, end_ms: redo.end_ms };
        let item = state.lanes.item_of(redo.id as usize);
        self.put_together(state, &mut block, (redo.id, item), window);
        let State { lanes, outputs, keys, pool, results, counters, .. } = state;
        results.revision.push(redo.revision(block[lanes.total_at(0) + item]));
        let words = keys.keys_of(lanes.block_of(redo.id as usize), lanes, pool);
        let named = (words, |_| redo.id);
        let beside = |lane: usize, item: usize| self.scratch_besides.get(lane, narrow(item));
        let totals = Totals { words: &block, beside: Some(&beside) };
        let (out, by) = ((results, counters), (&*outputs, &*lanes, &*keys));
        emit(out, by, &totals, &[narrow(item)], named, window, FLAG_LATE);
        state.scratch.block = block;
    }

    /// Makes an item of the scratch block the total of a window and key.
    fn put_together(
        &mut self,
        state: &mut State,
        block: &mut [u64],
        (id, item): (u32, usize),
        window: Window,
    ) {
        let (last_id, last) = state.scratch.again[item];
        let is_next = last_id == id
            && state.lanes.subtracts()
            && last.start_ms <= window.start_ms
            && window.start_ms < last.end_ms
            && last.end_ms <= window.end_ms;
        if is_next {
            self.pass_cells(state, block, (id, item), (last.end_ms, window.end_ms), Sign::Plus);
            self.pass_cells(
                state,
                block,
                (id, item),
                (last.start_ms, window.start_ms),
                Sign::Minus,
            );
        } else {
            state.lanes.clear_totals(block, item, 1);
            self.scratch_besides.remove(&state.lanes, narrow(item), &mut state.ledger);
            let all = (window.start_ms, window.end_ms);
            self.pass_cells(state, block, (id, item), all, Sign::Plus);
        }
        state.scratch.again[item] = (id, window);
    }

    /// Adds the cells that a key has in the slices of a span to an item of a scratch block, or
    /// takes them out.
    fn pass_cells(
        &mut self,
        state: &mut State,
        block: &mut [u64],
        (id, item): (u32, usize),
        (from_ms, to_ms): (i64, i64),
        sign: Sign,
    ) {
        let (from, to) = (self.slices.first_from(from_ms), self.slices.first_from(to_ms));
        for at in from..to {
            let Some(cell) = self.held(state, at, id) else { continue };
            let State { lanes, pool, scratch, ledger, .. } = state;
            scratch.exceptions.clear();
            let cells = pool.block(cell.block, lanes.cell_words());
            let exceptions = &mut scratch.exceptions;
            match sign {
                Sign::Plus => lanes.enter(block, item, cells, cell.item(), 1, exceptions),
                Sign::Minus => lanes.leave(block, item, cells, cell.item(), 1, exceptions),
            }
            self.scratch_besides.add_carries(lanes, exceptions, |_| narrow(item), ledger);
            let slice = self.slices.get(at);
            if !slice.besides.is_empty() {
                let besides = &mut self.scratch_besides;
                load_besides(besides, slice, lanes, (id, item), sign, block, ledger);
            }
        }
    }
}
