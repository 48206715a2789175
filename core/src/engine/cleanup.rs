//! The end of slices and keys: what the watermark has passed is dropped before the call returns.
//!
//! A slice is dropped when its last window is cleaned up, its blocks at once. A key is forgotten at
//! the first firing point at or after the drop of its newest slice: then its id is free. Nothing is
//! kept for each key to know that but the start of its newest slice. Invariant: after a move of the
//! watermark no slice starts before the first window that is not cleaned up. Worked number: 10 s
//! windows, lateness 1,500 ms: [0, 10) fires at 9,999, is dropped at 11,499, and its keys without
//! newer rows are forgotten at 19,999.

use super::bits::{each_bit, equal_bits};
use super::keys::{NEWEST, NO_BLOCK};
use super::prefetch::AHEAD;
use super::sliced::Sliced;
use super::slices::{Store, id_at};
use super::state::State;
use crate::assign::Sweep;
use crate::memory::{narrow, word};
use crate::progress::END_OF_INPUT;

impl Sliced {
    /// The watermark has arrived: slices, keys and dirty windows that are past are dropped.
    pub(super) fn clean(&mut self, state: &mut State) {
        self.watermark_ms = self.goal_ms;
        let assigner = std::sync::Arc::clone(&state.assigner);
        let end_ms = self.watermark_ms.saturating_add(1);
        let cleaned_ms = end_ms.saturating_sub(self.lateness_ms);
        self.fired_ms = self.fired_ms.max(Sweep::last_end(&assigner, end_ms));
        self.cleaned_ms = self.cleaned_ms.max(Sweep::last_end(&assigner, cleaned_ms));
        let next = self.to_fire.first_ending_after(&assigner, end_ms);
        let open = self.to_clean.first_ending_after(&assigner, cleaned_ms);
        let lateness_ms = self.lateness_ms;
        let forget_ms = self.fired_ms.saturating_sub(lateness_ms);
        let forget = self.to_forget.first_ending_after(&assigner, forget_ms);
        self.point_ms =
            (next.end_ms - 1).min(open.end_ms.saturating_sub(1).saturating_add(lateness_ms));
        self.kept_from_ms = self.kept_from_ms.max(next.start_ms);
        self.entered_to_ms = self.entered_to_ms.max(self.kept_from_ms);
        self.front_to_ms = self.front_to_ms.max(self.kept_from_ms);
        let all = self.watermark_ms == END_OF_INPUT;
        self.forget_before_ms = if all { i64::MAX } else { forget.start_ms };
        self.redos.forget(if all { i64::MAX } else { self.cleaned_ms }, &mut state.ledger);
        let dropped = if all { self.slices.len() } else { self.slices.first_from(open.start_ms) };
        for at in 0..dropped {
            self.drop_keys(state, at);
            let empty = self.slices.empty;
            self.entries -= self.slices.get(at).besides.len();
            self.slices.get_mut(at).free(empty, &mut state.pool, &mut state.ledger);
        }
        if dropped > 0 {
            self.slices.remove_first(dropped, &mut state.ledger);
        }
        self.forget_dying(state);
        if self.slices.len() == 0 {
            self.order.free(&mut state.ledger);
        }
        state.pool.trim(&mut state.ledger);
    }

    /// Keys whose newest slice is dropped: forgotten now, or at the next firing point.
    fn drop_keys(&mut self, state: &mut State, at: usize) {
        match &self.slices.get(at).store {
            Store::Dense { blocks } => {
                for number in 0..blocks.len() {
                    self.drop_block(state, at, number);
                }
            }
            Store::Sparse { .. } => self.drop_cells(state, at),
        }
    }

    /// The keys of a block of a dense slice.
    fn drop_block(&mut self, state: &mut State, at: usize, number: usize) {
        let slice = self.slices.get(at);
        let (start_ms, items) = (slice.start_ms, state.lanes.items());
        let keys = state.keys.block(number);
        if slice.blocks()[number] == self.slices.empty || keys == NO_BLOCK {
            return;
        }
        let newest = word(keys) + state.lanes.head_at(NEWEST, 0);
        let newest = &state.pool.words()[newest..][..items];
        let live = state.keys.live_items(number, &state.lanes);
        let dead = equal_bits(newest, start_ms.cast_unsigned()) & live;
        if dead == 0 {
            return;
        }
        if start_ms < self.forget_before_ms {
            let State { lanes, keys, pool, ledger, .. } = state;
            keys.remove_items(number, dead, lanes, pool, ledger);
            return;
        }
        for item in each_bit(dead) {
            self.dying.push(narrow(number * items + item), &mut state.ledger);
        }
    }

    /// The keys of a sparse slice. What a cell leads to is asked for in two steps: the head of its
    /// key, and, if that says that the key goes, the key's place in the index.
    fn drop_cells(&mut self, state: &mut State, at: usize) {
        let (cells, start_ms) = (self.slices.get(at).cells(), self.slices.get(at).start_ms);
        let goes = |state: &State, id| state.keys.is_live(id) && newest(state, id) == start_ms;
        for place in 0..cells {
            let blocks = self.slices.get(at).blocks();
            let id = |place| id_at(state.pool.words(), blocks, &state.lanes, place);
            if place + 2 * AHEAD < cells {
                state.keys.prefetch_head(id(place + 2 * AHEAD), &state.lanes, &state.pool);
            }
            if place + AHEAD < cells {
                let ahead = id(place + AHEAD);
                if goes(state, ahead) {
                    state.keys.prefetch_index(ahead, &state.lanes, &state.pool);
                }
            }
            let id = id(place);
            if goes(state, id) {
                self.drop_key(state, start_ms, id);
            }
        }
    }

    fn drop_key(&mut self, state: &mut State, start_ms: i64, id: u32) {
        if start_ms < self.forget_before_ms {
            self.forget(state, id);
        } else {
            self.dying.push(id, &mut state.ledger);
        }
    }

    /// Takes a key's id back. It has left the totals, so nothing is beside them.
    fn forget(&self, state: &mut State, id: u32) {
        let State { lanes, keys, pool, ledger, .. } = state;
        debug_assert!((0..lanes.len()).all(|lane| self.besides.get(lane, id).is_none()));
        keys.remove(id, lanes, pool, ledger);
    }

    /// Keys that waited for a firing point: forgotten, unless new rows came or they wait on.
    fn forget_dying(&mut self, state: &mut State) {
        let mut place = 0;
        while place < self.dying.len() {
            let id = self.dying[place];
            if state.keys.is_live(id) {
                let newest_ms = newest(state, id);
                let waits =
                    newest_ms >= self.forget_before_ms && self.slices.find(newest_ms).is_err();
                if waits {
                    place += 1;
                    continue;
                }
                if newest_ms < self.forget_before_ms {
                    self.forget(state, id);
                }
            }
            self.dying.swap_remove(place);
        }
        if state.keys.len() == 0 {
            self.dying.free(&mut state.ledger);
        }
    }
}

/// The start of a key's newest slice.
fn newest(state: &State, id: u32) -> i64 {
    state.pool.words()[state.head(id, NEWEST)].cast_signed()
}
