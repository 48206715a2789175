//! Time moves: windows fire, dirty ones are emitted again, old slices are dropped.
//!
//! One move of the watermark is a walk over stages that can stop wherever the results are full and
//! go on when they were drained; no row is applied in between, so that values are those of the
//! firing. A firing is one linear pass over blocks of keys: the new slices enter the totals, the
//! results are written, the slices that the next window does not have leave. No key has a timer,
//! and no cell is touched twice. Invariant: windows fire once, in the order of their ends.

use super::keys::{HEAD, KEY, NEWEST, NO_BLOCK};
use super::late::Redo;
use super::prefetch::prefetch;
use super::results::FLAG_LATE;
use super::sliced::Sliced;
use super::slices::{Store, ids_at};
use super::state::{Source, State, emit};
use crate::aggregate::{Exception, Sign, counts_of_cells};
use crate::assign::{Sweep, Window};
use crate::memory::{Handle, word};
use crate::progress::END_OF_INPUT;

/// How many ids ahead a pass over sparse cells asks for totals.
const AHEAD: usize = 12;

/// Where a move of the watermark is.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// Nothing is to be done.
    Rest,
    /// Emitting what late rows changed; the next place in its order.
    Flush(usize),
    /// Looking for the next window to fire.
    Next,
    /// Firing a window of the totals.
    Totals(Firing),
    /// Firing a window that is one slice: window, position, next block or place.
    Slice(Window, usize, usize),
    /// Dropping what is cleaned up.
    Clean,
}

/// A window that fires from the totals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Firing {
    window: Window,
    /// The slices that enter: positions.
    enter: (usize, usize),
    /// The slices that the next window does not have: positions.
    leave: (usize, usize),
    /// Whether the next window has none of the slices: totals are emptied, nothing is subtracted.
    reset: bool,
    /// Whether extremes must be turned before the slices can leave.
    turn: bool,
    /// Where the next window starts.
    next_ms: i64,
    /// The next block of keys.
    number: usize,
}

impl Sliced {
    /// Whether a move is under way.
    pub(super) fn is_moving(&self) -> bool {
        !matches!(self.stage, Stage::Rest) || self.target_ms > self.watermark_ms
    }

    /// Moves on to the target. `false` where the results are full before it is reached.
    pub(super) fn advance(&mut self, state: &mut State) -> bool {
        loop {
            self.stage = match std::mem::replace(&mut self.stage, Stage::Rest) {
                Stage::Rest if self.target_ms <= self.watermark_ms => return true,
                Stage::Rest if self.target_ms < self.point_ms => {
                    self.watermark_ms = self.target_ms;
                    return true;
                }
                Stage::Rest if self.goal_ms < self.target_ms => {
                    self.goal_ms = self.target_ms;
                    Stage::Rest
                }
                Stage::Rest if self.redos.is_dirty() => {
                    self.redos.sort(&mut state.ledger);
                    Stage::Flush(0)
                }
                Stage::Rest => Stage::Next,
                Stage::Flush(place) => match self.redos.ordered(place) {
                    None => Stage::Next,
                    Some(redo) => {
                        if !state.has_room(redo.id, 1) {
                            self.stage = Stage::Flush(place);
                            return false;
                        }
                        self.emit_again(state, &redo);
                        self.redos.emitted(place);
                        Stage::Flush(place + 1)
                    }
                },
                Stage::Next => self.next_window(state),
                Stage::Totals(mut firing) => {
                    if !self.fire_totals(state, &mut firing) {
                        self.stage = Stage::Totals(firing);
                        return false;
                    }
                    self.leave(state, &firing);
                    Stage::Next
                }
                Stage::Slice(window, at, mut place) => {
                    if !self.fire_slice(state, window, at, &mut place) {
                        self.stage = Stage::Slice(window, at, place);
                        return false;
                    }
                    self.order.free(&mut state.ledger);
                    Stage::Next
                }
                Stage::Clean => {
                    self.clean(state);
                    Stage::Rest
                }
            };
        }
    }

    /// The next window that ends within the target and holds rows; empty ones are passed over.
    fn next_window(&mut self, state: &mut State) -> Stage {
        let end_ms = self.watermark_ms.saturating_add(1).max(self.fired_ms);
        let mut window = self.to_fire.first_ending_after(&state.assigner, end_ms);
        let from = self.slices.first_from(window.start_ms);
        if from == self.slices.len() {
            return Stage::Clean;
        }
        let first_ms = self.slices.get(from).start_ms;
        if first_ms >= window.end_ms {
            window = self.to_fire.first_ending_after(&state.assigner, first_ms);
        }
        if window.end_ms.saturating_sub(1) > self.goal_ms {
            return Stage::Clean;
        }
        self.fired_ms = window.end_ms;
        let next = self.to_fire.first_ending_after(&state.assigner, window.end_ms);
        let to = self.slices.first_from(window.end_ms);
        if state.assigner.is_tumbling() {
            self.order_sparse(state, from);
            return Stage::Slice(window, from, 0);
        }
        let enter_from = self.entered_to_ms.max(window.start_ms);
        let enter = (self.slices.first_from(enter_from), to);
        let leave = (from, self.slices.first_from(next.start_ms).min(to));
        let leaves = leave.0 < leave.1;
        let reset = next.start_ms >= window.end_ms;
        let turn = leaves
            && !reset
            && state.lanes.turns()
            && self.slices.get(leave.1 - 1).start_ms >= self.front_to_ms;
        self.kept_from_ms = window.start_ms;
        self.entered_to_ms = window.end_ms;
        self.front_to_ms = self.front_to_ms.max(self.kept_from_ms);
        for at in enter.0..enter.1 {
            self.enter_sparse(state, at);
        }
        let next_ms = next.start_ms;
        Stage::Totals(Firing { window, enter, leave, reset, turn, next_ms, number: 0 })
    }

    /// Lets a sparse slice, and whatever is beside cells, enter the totals.
    fn enter_sparse(&mut self, state: &mut State, at: usize) {
        self.pass_sparse(state, at, Sign::Plus);
        self.pass_besides(state, at, Sign::Plus);
    }

    /// Adds the cells of a sparse slice to the totals, or takes them out.
    fn pass_sparse(&mut self, state: &mut State, at: usize, sign: Sign) {
        let slice = self.slices.get(at);
        let Store::Sparse { blocks, .. } = &slice.store else { return };
        let State { lanes, keys, pool, scratch, .. } = state;
        let (items, cell_words) = (lanes.items(), lanes.cell_words());
        let id_at = |words: &[u64], place: usize| {
            ids_at(words, word(blocks[lanes.block_of(place)]) + cell_words)[lanes.item_of(place)]
        };
        let cells = slice.cells as usize;
        for place in 0..cells {
            if place + AHEAD < cells {
                let ahead = id_at(pool.words(), place + AHEAD) as usize;
                let total = word(keys.block(lanes.block_of(ahead))) + lanes.total_at(0);
                prefetch(pool.words(), total + lanes.item_of(ahead));
            }
            let id = id_at(pool.words(), place);
            let (number, item) = (lanes.block_of(id as usize), lanes.item_of(id as usize));
            let (total, cells) = pool.blocks_mut(
                keys.block(number),
                lanes.total_words(),
                blocks[lanes.block_of(place)],
                cell_words,
            );
            scratch.exceptions.clear();
            let exceptions = &mut scratch.exceptions;
            match sign {
                Sign::Plus => lanes.enter(total, item, cells, lanes.item_of(place), 1, exceptions),
                Sign::Minus => lanes.leave(total, item, cells, lanes.item_of(place), 1, exceptions),
            }
            for exception in exceptions {
                if let Exception::Carry(_, lane, carry) = *exception {
                    self.besides.add_carry(lanes, lane, id, carry, &mut state.ledger);
                }
            }
        }
        match sign {
            Sign::Plus => state.counters.cells_entered += u64::from(slice.cells),
            Sign::Minus => state.counters.cells_left += u64::from(slice.cells),
        }
    }

    /// Adds what is beside a slice's cells to the totals, or takes it out.
    fn pass_besides(&mut self, state: &mut State, at: usize, sign: Sign) {
        let State { lanes, keys, pool, ledger, .. } = state;
        for (lane, id, value) in self.slices.get(at).besides.iter() {
            let (number, item) = (lanes.block_of(id as usize), lanes.item_of(id as usize));
            let total = pool.block_mut(keys.block(number), lanes.total_words());
            self.besides.merge(lanes, (lane, id, value), sign, total, item, ledger);
        }
    }

    /// The pass of a firing over the blocks of keys. `false` where the results are full.
    fn fire_totals(&mut self, state: &mut State, firing: &mut Firing) -> bool {
        let items = state.lanes.items();
        while firing.number < state.keys.block_count() {
            let number = firing.number;
            let total = state.keys.block(number);
            if total == NO_BLOCK {
                firing.number += 1;
                continue;
            }
            // Ids are 32 bits wide.
            if !state.has_room((number * items) as u32, items) {
                return false;
            }
            self.prefetch_block(state, number + 1, firing);
            self.pass_block(state, total, number, firing.enter, Sign::Plus);
            self.emit_block(state, total, number, firing.window);
            if firing.reset {
                let block = state.pool.block_mut(total, state.lanes.total_words());
                state.lanes.clear_totals(block, 0, items);
            } else if !firing.turn {
                self.pass_block(state, total, number, firing.leave, Sign::Minus);
            }
            firing.number += 1;
        }
        true
    }

    /// Asks for the blocks that the next step of a firing reads.
    fn prefetch_block(&self, state: &State, number: usize, firing: &Firing) {
        let (words, cell_words) = (state.pool.words(), state.lanes.cell_words());
        for at in (firing.enter.0..firing.enter.1).chain(firing.leave.0..firing.leave.1) {
            let Store::Dense { blocks } = &self.slices.get(at).store else { continue };
            if let Some(handle) = blocks.get(number) {
                for line in (0..cell_words).step_by(8) {
                    prefetch(words, word(*handle) + line);
                }
            }
        }
    }

    /// Adds a block of each dense slice to a block of totals, or takes it out.
    fn pass_block(
        &mut self,
        state: &mut State,
        total: Handle,
        number: usize,
        (from, to): (usize, usize),
        sign: Sign,
    ) {
        let State { lanes, pool, scratch, ledger, counters, .. } = state;
        let items = lanes.items();
        for at in from..to {
            let Store::Dense { blocks } = &self.slices.get(at).store else { continue };
            let Some(cells) = blocks.get(number).filter(|handle| **handle != self.slices.empty)
            else {
                continue;
            };
            let (total, cells) =
                pool.blocks_mut(total, lanes.total_words(), *cells, lanes.cell_words());
            scratch.exceptions.clear();
            match sign {
                Sign::Plus => {
                    counters.cells_entered += items as u64;
                    lanes.enter(total, 0, cells, 0, items, &mut scratch.exceptions);
                }
                Sign::Minus => {
                    counters.cells_left += items as u64;
                    lanes.leave(total, 0, cells, 0, items, &mut scratch.exceptions);
                }
            }
            for exception in &scratch.exceptions {
                if let Exception::Carry(item, lane, carry) = *exception {
                    let id = (number * items + item) as u32;
                    self.besides.add_carry(lanes, lane, id, carry, ledger);
                }
            }
        }
    }

    /// Writes the results of a block of totals.
    fn emit_block(&self, state: &mut State, total: Handle, number: usize, window: Window) {
        let State { lanes, outputs, keys, pool, results, counters, scratch, .. } = state;
        let items = lanes.items();
        let words = pool.block(total, lanes.total_words());
        filled(&words[lanes.total_at(0)..][..items], &mut scratch.items);
        if scratch.items.is_empty() {
            return;
        }
        let id = |item: u32| (number * items) as u32 + item;
        let beside = |lane: usize, item: usize| self.besides.get(lane, id(item as u32));
        let source =
            Source { words, beside: if self.besides.is_empty() { None } else { Some(&beside) } };
        results.revision.resize(results.len() + scratch.items.len(), 0);
        emit(
            (results, counters),
            (outputs, lanes, keys),
            &source,
            &scratch.items,
            |item| (id(item), words[lanes.head_at(item as usize) + KEY]),
            window,
            0,
        );
    }

    /// After the pass: slices that the next window does not have leave the totals.
    fn leave(&mut self, state: &mut State, firing: &Firing) {
        let (from, to) = firing.leave;
        if firing.reset {
            self.besides.free(&mut state.ledger);
        } else if firing.turn {
            let turned = (from..to)
                .find(|at| self.slices.get(*at).start_ms >= self.front_to_ms)
                .unwrap_or(to);
            self.leave_slices(state, (from, turned));
            self.turn(state);
            self.leave_slices(state, (turned, to));
        } else {
            for at in from..to {
                self.pass_sparse(state, at, Sign::Minus);
            }
        }
        if !firing.reset {
            for at in from..to {
                self.pass_besides(state, at, Sign::Minus);
            }
        }
        self.kept_from_ms = firing.next_ms;
        self.front_to_ms = self.front_to_ms.max(self.kept_from_ms);
    }

    /// Lets slices leave outside the pass of a firing.
    fn leave_slices(&mut self, state: &mut State, (from, to): (usize, usize)) {
        for at in from..to {
            for number in 0..state.keys.block_count() {
                let total = state.keys.block(number);
                if total != NO_BLOCK {
                    self.pass_block(state, total, number, (at, at + 1), Sign::Minus);
                }
            }
            self.pass_sparse(state, at, Sign::Minus);
        }
    }

    /// The cells of a sparse slice in the order of ids.
    fn order_sparse(&mut self, state: &mut State, at: usize) {
        let slice = self.slices.get(at);
        let Store::Sparse { blocks, .. } = &slice.store else { return };
        let (items, cell_words) = (state.lanes.items(), state.lanes.cell_words());
        self.order.truncate(0);
        self.order.resize(slice.cells as usize, 0, &mut state.ledger);
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
    fn fire_slice(
        &mut self,
        state: &mut State,
        window: Window,
        at: usize,
        place: &mut usize,
    ) -> bool {
        let items = state.lanes.items();
        let mut block = std::mem::take(&mut state.scratch.block);
        let is_dense = matches!(self.slices.get(at).store, Store::Dense { .. });
        let end = if is_dense { self.slices.get(at).blocks().len() } else { self.order.len() };
        while *place < end {
            let count = if is_dense { items } else { items.min(end - *place) };
            // Ids are 32 bits wide.
            let first = (*place * items) as u32;
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
                .map(|packed| state.keys.bytes_of((packed >> 32) as u32).len())
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
                let id = (number * items + item) as u32;
                load_besides(&mut self.scratch_besides, slice, lanes, (id, item), block, ledger);
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
        let items = lanes.items();
        let blocks = slice.blocks();
        for (item, packed) in self.order[place..][..count].iter().enumerate() {
            // The high half is the id, the low half the place of the cell.
            let (id, from) = ((packed >> 32) as u32, (packed & u64::from(u32::MAX)) as usize);
            scratch.exceptions.clear();
            let cells = pool.block(blocks[lanes.block_of(from)], lanes.cell_words());
            lanes.enter(block, item, cells, lanes.item_of(from), 1, &mut scratch.exceptions);
            if !slice.besides.is_empty() {
                load_besides(&mut self.scratch_besides, slice, lanes, (id, item), block, ledger);
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
        filled(&block[lanes.total_at(0)..][..lanes.items()], &mut scratch.items);
        if scratch.items.is_empty() {
            return;
        }
        let beside = |lane: usize, item: usize| self.scratch_besides.get(lane, item as u32);
        let source = Source {
            words: block,
            beside: if self.scratch_besides.is_empty() { None } else { Some(&beside) },
        };
        results.revision.resize(results.len() + scratch.items.len(), 0);
        let (out, by) = ((results, counters), (&*outputs, &*lanes, &*keys));
        if let Some(first) = first {
            let heads = &pool.words()[word(keys.block(lanes.block_of(first as usize)))..];
            let id_and_key = |item: u32| (first + item, heads[item as usize * HEAD + KEY]);
            emit(out, by, &source, &scratch.items, id_and_key, window, 0);
        } else {
            let id_and_key = |item: u32| {
                // The high half of an entry is its id.
                let id = (self.order[place + item as usize] >> 32) as u32;
                (id, pool.words()[keys.head(id, KEY, lanes)])
            };
            emit(out, by, &source, &scratch.items, id_and_key, window, 0);
        }
    }

    /// Emits a window and key again, with all its rows.
    fn emit_again(&mut self, state: &mut State, redo: &Redo) {
        let mut block = std::mem::take(&mut state.scratch.block);
        state.lanes.clear_totals(&mut block, 0, 1);
        let (from, to) =
            (self.slices.first_from(redo.start_ms), self.slices.first_from(redo.end_ms));
        for at in from..to {
            let Some((handle, cell)) = self.held(state, at, redo.id) else { continue };
            let State { lanes, pool, scratch, ledger, .. } = state;
            scratch.exceptions.clear();
            let cells = pool.block(handle, lanes.cell_words());
            lanes.enter(&mut block, 0, cells, cell.item, 1, &mut scratch.exceptions);
            for exception in &scratch.exceptions {
                if let Exception::Carry(_, lane, carry) = *exception {
                    self.scratch_besides.add_carry(lanes, lane, 0, carry, ledger);
                }
            }
            let slice = self.slices.get(at);
            if !slice.besides.is_empty() {
                let id = (redo.id, 0);
                load_besides(&mut self.scratch_besides, slice, lanes, id, &mut block, ledger);
            }
        }
        let State { lanes, outputs, keys, pool, results, counters, .. } = state;
        let count = block[lanes.total_at(0)];
        results.revision.push(redo.revision(count));
        let key = pool.words()[keys.head(redo.id, KEY, lanes)];
        let beside = |lane: usize, item: usize| self.scratch_besides.get(lane, item as u32);
        let source = Source { words: &block, beside: Some(&beside) };
        let window = Window { start_ms: redo.start_ms, end_ms: redo.end_ms };
        emit(
            (results, counters),
            (outputs, lanes, keys),
            &source,
            &[0],
            |_| (redo.id, key),
            window,
            FLAG_LATE,
        );
        self.scratch_besides.free(&mut state.ledger);
        state.scratch.block = block;
    }

    /// The watermark has arrived: slices, keys and dirty windows that are past are dropped.
    fn clean(&mut self, state: &mut State) {
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
        self.front_to_ms = self.front_to_ms.clamp(self.kept_from_ms, self.entered_to_ms);
        let all = self.watermark_ms == END_OF_INPUT;
        self.forget_before_ms = if all { i64::MAX } else { forget.start_ms };
        self.redos.forget(if all { i64::MAX } else { self.cleaned_ms }, &mut state.ledger);
        let dropped = if all { self.slices.len() } else { self.slices.first_from(open.start_ms) };
        for at in 0..dropped {
            self.drop_keys(state, at);
            let empty = self.slices.empty;
            self.slices.get_mut(at).free(empty, &mut state.pool, &mut state.ledger);
        }
        if dropped > 0 {
            self.slices.remove_first(dropped, &mut state.ledger);
        }
        self.forget_dying(state);
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
        let heads = &state.pool.words()[word(keys)..][..items * HEAD];
        let mut dead = 0_u64;
        for (item, head) in heads.chunks_exact(HEAD).enumerate() {
            dead |= u64::from(head[NEWEST] == start_ms.cast_unsigned()) << item;
        }
        if dead == 0 {
            return;
        }
        if start_ms < self.forget_before_ms && self.besides.is_empty() {
            let State { lanes, keys, pool, ledger, .. } = state;
            keys.remove_items(number, dead, lanes, pool, ledger);
            return;
        }
        while dead != 0 {
            // Ids are 32 bits wide.
            self.drop_key(state, start_ms, (number * items) as u32 + dead.trailing_zeros());
            dead &= dead - 1;
        }
    }

    /// The keys of a sparse slice.
    fn drop_cells(&mut self, state: &mut State, at: usize) {
        let (cells, start_ms) = (self.slices.get(at).cells, self.slices.get(at).start_ms);
        for place in 0..cells as usize {
            let handle = self.slices.get(at).blocks()[state.lanes.block_of(place)];
            let ids = ids_at(state.pool.words(), word(handle) + state.lanes.cell_words());
            let id = ids[state.lanes.item_of(place)];
            if state.keys.is_live(id) && newest(state, id) == start_ms {
                self.drop_key(state, start_ms, id);
            }
        }
    }

    fn drop_key(&mut self, state: &mut State, start_ms: i64, id: u32) {
        if start_ms < self.forget_before_ms {
            forget(&mut self.besides, state, id);
        } else {
            self.dying.push(id, &mut state.ledger);
        }
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
                    forget(&mut self.besides, state, id);
                }
            }
            self.dying.swap_remove(place);
        }
        if self.dying.is_empty() {
            self.dying.free(&mut state.ledger);
        }
    }
}

/// The start of a key's newest slice.
fn newest(state: &State, id: u32) -> i64 {
    state.pool.words()[state.head(id, NEWEST)].cast_signed()
}

fn forget(besides: &mut crate::aggregate::Besides, state: &mut State, id: u32) {
    let State { lanes, keys, pool, ledger, .. } = state;
    besides.remove(lanes, id, ledger);
    keys.remove(id, lanes, pool, ledger);
}

/// Adds what is beside a slice's cell of an id to an item of a scratch block.
fn load_besides(
    besides: &mut crate::aggregate::Besides,
    slice: &super::slices::Slice,
    lanes: &crate::aggregate::Lanes,
    (id, item): (u32, usize),
    block: &mut [u64],
    ledger: &mut crate::memory::Ledger,
) {
    for lane in 0..lanes.len() {
        if let Some(value) = slice.besides.get(lane, id) {
            besides.merge(lanes, (lane, item as u32, value), Sign::Plus, block, item, ledger);
        }
    }
}

/// The items whose count is not 0, without a branch for each; most often all of them.
fn filled(counts: &[u64], items: &mut Vec<u32>) {
    items.clear();
    // Items of a block are few.
    items.extend(0..counts.len() as u32);
    if counts.iter().fold(true, |all, count| all & (*count != 0)) {
        return;
    }
    let mut len = 0;
    for (item, count) in (0_u32..).zip(counts) {
        items[len] = item;
        len += usize::from(*count != 0);
    }
    items.truncate(len);
}
