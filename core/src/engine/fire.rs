//! Time moves: windows fire, dirty ones are emitted again, old slices are dropped.
//!
//! One move of the watermark is a walk over stages that can stop wherever the results are full and
//! go on when they were drained; no row is applied in between, so that values are those of the
//! firing. A firing is one linear pass over blocks of keys: the new slices enter the totals, the
//! results are written, the slices that the next window does not have leave. No key has a timer,
//! and a cell enters once and leaves once. Invariant: windows fire once, in the order of their
//! ends.

use super::bits::positions_of_filled;
use super::keys::NO_BLOCK;
use super::prefetch::{AHEAD, prefetch_span};
use super::sliced::Sliced;
use super::slices::{Store, id_at};
use super::state::{State, emit};
use crate::aggregate::{Sign, Totals};
use crate::assign::Window;
use crate::memory::{Handle, narrow, word};

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
    /// Whether slices leave one after the other, oldest first, and not in the pass: what is left
    /// of an extreme after one slice is overwritten by what is left after the next.
    apart: bool,
    /// Where the next window starts.
    next_ms: i64,
    /// The next block of keys.
    number: usize,
}

impl Sliced {
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
                    self.redos.sort();
                    Stage::Flush(0)
                }
                Stage::Rest => Stage::Next,
                Stage::Flush(place) => match self.redos.ordered(place) {
                    None => {
                        self.end_again(state);
                        Stage::Next
                    }
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
        let apart = turn || (state.lanes.turns() && leave.1 - leave.0 > 1);
        self.kept_from_ms = window.start_ms;
        self.entered_to_ms = window.end_ms;
        self.front_to_ms = self.front_to_ms.max(self.kept_from_ms);
        for at in enter.0..enter.1 {
            self.enter_rest(state, at);
        }
        let next_ms = next.start_ms;
        Stage::Totals(Firing { window, enter, leave, reset, turn, apart, next_ms, number: 0 })
    }

    /// Lets what the pass over blocks leaves out enter the totals: the cells of a sparse slice, and
    /// what is beside the cells of any.
    fn enter_rest(&mut self, state: &mut State, at: usize) {
        self.pass_sparse(state, at, Sign::Plus);
        self.pass_besides(state, at, Sign::Plus);
    }

    /// Adds the cells of a sparse slice to the totals, or takes them out.
    fn pass_sparse(&mut self, state: &mut State, at: usize, sign: Sign) {
        let slice = self.slices.get(at);
        let Store::Sparse { blocks, .. } = &slice.store else { return };
        let State { lanes, keys, pool, scratch, .. } = state;
        let cells = slice.cells();
        for place in 0..cells {
            if place + AHEAD < cells {
                let ahead = id_at(pool.words(), blocks, lanes, place + AHEAD);
                keys.prefetch_total(ahead, lanes, pool);
            }
            let id = id_at(pool.words(), blocks, lanes, place);
            let (number, item) = (lanes.block_of(id as usize), lanes.item_of(id as usize));
            let (total, cells) = pool.blocks_mut(
                keys.block(number),
                lanes.total_words(),
                blocks[lanes.block_of(place)],
                lanes.cell_words(),
            );
            scratch.exceptions.clear();
            let exceptions = &mut scratch.exceptions;
            match sign {
                Sign::Plus => lanes.enter(total, item, cells, lanes.item_of(place), 1, exceptions),
                Sign::Minus => lanes.leave(total, item, cells, lanes.item_of(place), 1, exceptions),
            }
            self.besides.add_carries(lanes, exceptions, |_| id, &mut state.ledger);
        }
        match sign {
            Sign::Plus => state.counters.cells_entered += slice.cells() as u64,
            Sign::Minus => state.counters.cells_left += slice.cells() as u64,
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
            if !state.has_room(narrow(number * items), items) {
                return false;
            }
            self.prefetch_block(state, number + 1, firing);
            self.pass_block(state, total, number, firing.enter, Sign::Plus);
            self.emit_block(state, total, number, firing.window);
            if firing.reset {
                let block = state.pool.block_mut(total, state.lanes.total_words());
                state.lanes.clear_totals(block, 0, items);
            } else if !firing.apart {
                self.pass_block(state, total, number, firing.leave, Sign::Minus);
            }
            firing.number += 1;
        }
        true
    }

    /// Asks for the blocks that the next step of a firing reads.
    fn prefetch_block(&self, state: &State, number: usize, firing: &Firing) {
        let total = state.keys.block(number);
        if total != NO_BLOCK {
            // A million keys have more totals than caches hold.
            prefetch_span(state.pool.words(), word(total), state.lanes.total_words());
        }
        for at in firing.enter.0..firing.enter.1 {
            self.prefetch_cells(state, at, number, state.lanes.entering());
        }
        if firing.reset || firing.apart {
            return;
        }
        for at in firing.leave.0..firing.leave.1 {
            for words in state.lanes.leaving() {
                self.prefetch_cells(state, at, number, words);
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
            let id = |item| narrow(number * items + item);
            self.besides.add_carries(lanes, &scratch.exceptions, id, ledger);
        }
    }

    /// Writes the results of a block of totals.
    fn emit_block(&self, state: &mut State, total: Handle, number: usize, window: Window) {
        let State { lanes, outputs, keys, pool, results, counters, scratch, .. } = state;
        let items = lanes.items();
        let words = pool.block(total, lanes.total_words());
        positions_of_filled(&words[lanes.total_at(0)..][..items], &mut scratch.items);
        if scratch.items.is_empty() {
            return;
        }
        let id = |item: u32| narrow(number * items) + item;
        let beside = |lane: usize, item: usize| self.besides.get(lane, id(narrow(item)));
        let totals =
            Totals { words, beside: if self.besides.is_empty() { None } else { Some(&beside) } };
        results.revision.resize(results.len() + scratch.items.len(), 0);
        emit(
            (results, counters),
            (outputs, lanes, keys),
            &totals,
            &scratch.items,
            (keys.keys_of(number, lanes, pool), id),
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
        } else if firing.apart {
            self.leave_slices(state, (from, to));
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
}
