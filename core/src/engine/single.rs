//! Firing a window that is one slice: its cells are the result.
//!
//! Such windows need no totals. Cells are loaded into a scratch block, 64 at a time and in the
//! order of ids, and written; no cell is changed. Invariant: results ascend by id whether the slice
//! is dense or sparse. Worked number: 24,000 cells of a sparse slice are sorted by id and loaded in
//! 375 steps.

use super::bits::positions_of_filled;
use super::keys::KEY;
use super::sliced::Sliced;
use super::slices::{Slice, Store, ids_at};
use super::state::{State, emit};
use crate::aggregate::{Besides, ITEMS_MAX, Lanes, Sign, Totals};
use crate::assign::Window;
use crate::memory::{Ledger, low_half, narrow, word};

impl Sliced {
    /// The cells of a sparse slice in the order of ids.
    pub(super) fn order_sparse(&mut self, state: &mut State, at: usize) {
        let slice = self.slices.get(at);
        let Store::Sparse { blocks, .. } = &slice.store else { return };
        let (items, cell_words) = (state.lanes.items(), state.lanes.cell_words());
        self.order.truncate(0);
        self.order.resize(slice.cells(), 0, &mut state.ledger);
        for (number, handle) in blocks.iter().enumerate() {
            let ids = ids_at(state.pool.words(), word(*handle) + cell_words);
            let places = self.order[number * items..].iter_mut().take(items).enumerate();
            for (item, place) in places {
                *place = u64::from(ids[item]) << 32 | (number * items + item) as u64;
            }
        }
        self.order.sort_unstable();
    }

    /// Writes the results of a window that is one slice. `false` where the results are full.
    pub(super) fn fire_slice(
        &mut self,
        state: &mut State,
        window: Window,
        at: usize,
        place: &mut usize,
    ) -> bool {
        let items = state.lanes.items();
        let mut block = std::mem::take(&mut state.scratch.block);
        let is_dense = self.slices.get(at).is_dense();
        let end = if is_dense { self.slices.get(at).blocks().len() } else { self.order.len() };
        while *place < end {
            let count = if is_dense { items } else { items.min(end - *place) };
            let first = narrow(*place * items);
            let has_room = if is_dense {
                state.has_room(first, count)
            } else {
                self.sparse_has_room(state, *place, count)
            };
            if !has_room {
                break;
            }
            state.lanes.clear_totals(&mut block, 0, items);
            if is_dense {
                self.load_dense(state, &mut block, at, *place);
            } else {
                self.load_sparse(state, &mut block, at, *place, count);
            }
            self.emit_scratch(state, &block, window, is_dense.then_some(first), *place);
            self.scratch_besides.free(&mut state.ledger);
            *place += if is_dense { 1 } else { count };
        }
        state.scratch.block = block;
        *place >= end
    }

    fn sparse_has_room(&self, state: &mut State, place: usize, count: usize) -> bool {
        let key_bytes = match state.keys.key_type() {
            crate::spec::KeyType::Bytes => self.order[place..][..count]
                .iter()
                .map(|packed| state.keys.bytes_of(low_half(packed >> 32)).len())
                .sum(),
            _ => 0,
        };
        state.results.has_room(count, key_bytes, &state.ledger)
    }

    /// Loads a block of a dense slice into a scratch block of totals.
    fn load_dense(&mut self, state: &mut State, block: &mut [u64], at: usize, number: usize) {
        let slice = self.slices.get(at);
        let handle = slice.blocks()[number];
        if handle == self.slices.empty {
            return;
        }
        let State { lanes, pool, scratch, ledger, .. } = state;
        let items = lanes.items();
        scratch.exceptions.clear();
        let cells = pool.block(handle, lanes.cell_words());
        lanes.enter(block, 0, cells, 0, items, &mut scratch.exceptions);
        if !slice.besides.is_empty() {
            for item in 0..items {
                let id = narrow(number * items + item);
                let besides = &mut self.scratch_besides;
                load_besides(besides, slice, lanes, (id, item), Sign::Plus, block, ledger);
            }
        }
    }

    /// Loads cells of a sparse slice, in the order of ids, into a scratch block of totals.
    fn load_sparse(
        &mut self,
        state: &mut State,
        block: &mut [u64],
        at: usize,
        place: usize,
        count: usize,
    ) {
        let slice = self.slices.get(at);
        let State { lanes, pool, scratch, ledger, .. } = state;
        let blocks = slice.blocks();
        for (item, packed) in self.order[place..][..count].iter().enumerate() {
            // The high half is the id, the low half the place of the cell.
            let (id, from) = (low_half(packed >> 32), low_half(*packed) as usize);
            scratch.exceptions.clear();
            let cells = pool.block(blocks[lanes.block_of(from)], lanes.cell_words());
            lanes.enter(block, item, cells, lanes.item_of(from), 1, &mut scratch.exceptions);
            if !slice.besides.is_empty() {
                let besides = &mut self.scratch_besides;
                load_besides(besides, slice, lanes, (id, item), Sign::Plus, block, ledger);
            }
        }
    }

    /// Writes the results of a scratch block: of a dense block from `first` on, or of the cells at
    /// `place` in the order.
    fn emit_scratch(
        &self,
        state: &mut State,
        block: &[u64],
        window: Window,
        first: Option<u32>,
        place: usize,
    ) {
        let State { lanes, outputs, keys, pool, results, counters, scratch, .. } = state;
        positions_of_filled(&block[lanes.total_at(0)..][..lanes.items()], &mut scratch.items);
        if scratch.items.is_empty() {
            return;
        }
        let beside = |lane: usize, item: usize| self.scratch_besides.get(lane, narrow(item));
        let totals = Totals {
            words: block,
            beside: if self.scratch_besides.is_empty() { None } else { Some(&beside) },
        };
        results.revision.resize(results.len() + scratch.items.len(), 0);
        let (out, by) = ((results, counters), (&*outputs, &*lanes, &*keys));
        if let Some(first) = first {
            let words = keys.keys_of(lanes.block_of(first as usize), lanes, pool);
            let named = (words, |item| first + item);
            emit(out, by, &totals, &scratch.items, named, window, 0);
        } else {
            // The high half of an entry is its id.
            let id = |item: u32| low_half(self.order[place + item as usize] >> 32);
            let mut words = [0; ITEMS_MAX];
            for item in &scratch.items {
                words[*item as usize] = pool.words()[keys.head(id(*item), KEY, lanes)];
            }
            emit(out, by, &totals, &scratch.items, (&words[..], id), window, 0);
        }
    }
}

/// Adds what is beside a slice's cell of an id to an item of a scratch block, or takes it out.
pub(super) fn load_besides(
    besides: &mut Besides,
    slice: &Slice,
    lanes: &Lanes,
    (id, item): (u32, usize),
    sign: Sign,
    block: &mut [u64],
    ledger: &mut Ledger,
) {
    for lane in 0..lanes.len() {
        if let Some(value) = slice.besides.get(lane, id) {
            besides.merge(lanes, (lane, narrow(item), value), sign, block, item, ledger);
        }
    }
}
