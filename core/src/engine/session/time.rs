//! Time moves over sessions: flushes, firings, drops.
//!
//! A move is a walk over stages that stops where the results are full, as for windows on a grid.
//! Flush points are the multiples of the gap, so that how often a session is emitted depends on its
//! own key's rows only. An entry of a heap that no longer says what its session says is put back or
//! passed over. Invariant: a session fires once, and is taken back once if it was emitted.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::queue::Entry;
use super::{NONE, Pending, Sessions, Stage, What, drop_of, key_of, newest_of};
use crate::aggregate::Totals;
use crate::assign::Window;
use crate::engine::results::{FLAG_LATE, FLAG_RETRACTION};
use crate::engine::state::{State, emit};
use crate::progress::END_OF_INPUT;

impl Sessions {
    /// Moves on to the target. `false` where the results are full before it is reached.
    pub(in crate::engine) fn advance(&mut self, state: &mut State) -> bool {
        loop {
            self.stage = match self.stage {
                Stage::Rest if self.target_ms <= self.watermark_ms => return true,
                Stage::Rest if self.goal_ms <= self.watermark_ms => {
                    self.goal_ms = self.stop_ms.take().unwrap_or(self.target_ms);
                    Stage::Rest
                }
                Stage::Rest if self.flushes(self.watermark_ms, self.goal_ms) => {
                    self.sort_pending();
                    Stage::Flush(0)
                }
                Stage::Rest => Stage::Fire,
                Stage::Flush(place) if place < self.pending.len() => {
                    if !state.has_room(self.pending[place].id, 1) {
                        return false;
                    }
                    self.emit_pending(state, self.pending[place]);
                    Stage::Flush(place + 1)
                }
                Stage::Flush(_) => {
                    self.pending.free(&mut state.ledger);
                    Stage::Fire
                }
                Stage::Fire => match self.next(state) {
                    Some(Reverse((end_ms, _, id, _))) if end_ms - 1 <= self.goal_ms => {
                        if !state.has_room(id, 1) {
                            return false;
                        }
                        self.fire(state);
                        Stage::Fire
                    }
                    _ => Stage::Clean,
                },
                Stage::Clean => {
                    self.clean(state);
                    self.settle(state);
                    Stage::Rest
                }
            };
        }
    }

    /// The watermark has moved. Moves that wait for room are one move, but for the first that
    /// flushes: what fires before it must not come after it.
    pub(in crate::engine) fn set_target(&mut self, watermark_ms: i64) {
        let waits = self.target_ms > self.watermark_ms && self.stop_ms.is_none();
        if waits
            && !self.flushes(self.watermark_ms, self.target_ms)
            && self.flushes(self.target_ms, watermark_ms)
        {
            self.stop_ms = Some(self.target_ms);
        }
        self.target_ms = watermark_ms.max(self.target_ms);
    }

    /// Whether a move flushes: a multiple of the gap lies in `(from, to]`, and something waits.
    fn flushes(&self, from_ms: i64, to_ms: i64) -> bool {
        let passes = to_ms == END_OF_INPUT
            || to_ms.div_euclid(self.gap_ms) > from_ms.div_euclid(self.gap_ms);
        passes && !self.pending.is_empty()
    }

    /// Brings the flush in order; entries of sessions say what the sessions say now.
    fn sort_pending(&mut self) {
        for entry in self.pending.iter_mut() {
            if let What::Session { at } = entry.what {
                let session = &self.sessions[at as usize];
                (entry.end_ms, entry.start_ms) = (session.end_ms, session.start_ms);
                entry.id = session.id;
            }
        }
        self.pending.sort_unstable();
    }

    fn emit_pending(&mut self, state: &mut State, entry: Pending) {
        let window = Window { start_ms: entry.start_ms, end_ms: entry.end_ms };
        match entry.what {
            What::Retraction { revision } => {
                let key = key_of(state, entry.id);
                let State { results, keys, counters, .. } = state;
                results.push_windows(window, FLAG_LATE | FLAG_RETRACTION, 1);
                results.push_key(keys, entry.id, key);
                results.count.push(0);
                results.revision.push(revision);
                results.columns.iter_mut().for_each(crate::ResultColumn::push_null);
                counters.emitted += 1;
            }
            What::Session { at } => {
                // Absorbed, waiting for its firing after all, or emitted by an equal entry.
                let session = self.sessions[at as usize];
                if session.pending {
                    self.emit(state, at, FLAG_LATE);
                    self.sessions[at as usize].pending = false;
                    if !session.live {
                        self.release(state, at);
                    }
                }
            }
        }
    }

    /// The next entry of the queue, where all that end by the goal are in the heap.
    fn next(&mut self, state: &mut State) -> Option<Entry> {
        let end_ms = self.goal_ms.saturating_add(1);
        self.queue.bring(&mut self.sessions, end_ms, &mut self.vacant, &mut state.ledger);
        self.queue.first()
    }

    /// Takes the next entry off the queue; the session fires if it is still what it was.
    fn fire(&mut self, state: &mut State) {
        let Some(at) = self.queue.take(&mut self.sessions) else { return };
        self.emit(state, at, 0);
        if !self.drops_later() {
            self.drop(state, at);
        }
    }

    fn emit(&mut self, state: &mut State, at: u32, flags: u8) {
        let session = self.sessions[at as usize];
        let key = key_of(state, session.id);
        let State { outputs, keys, pool, results, counters, .. } = state;
        let words = pool.block(session.block, self.lanes.total_words());
        let beside = |lane: usize, _: usize| self.besides.get(lane, at);
        let totals =
            Totals { words, beside: if self.besides.is_empty() { None } else { Some(&beside) } };
        results.revision.push(session.emitted);
        let window = Window { start_ms: session.start_ms, end_ms: session.end_ms };
        emit(
            (results, counters),
            (outputs, &self.lanes, keys),
            &totals,
            &[0],
            (&[key], |_| session.id),
            window,
            flags,
        );
        self.sessions[at as usize].emitted += 1;
    }

    /// The watermark has arrived: sessions and keys that are past are dropped.
    fn clean(&mut self, state: &mut State) {
        self.watermark_ms = self.goal_ms;
        while let Some(Reverse((end_ms, at, birth))) = self.to_drop.peek().copied() {
            if self.watermark_ms != END_OF_INPUT && self.drop_ms(end_ms) > self.watermark_ms {
                break;
            }
            self.to_drop.pop();
            let session = self.sessions[at as usize];
            if !session.live || session.birth != birth {
                continue;
            }
            if session.end_ms > end_ms {
                self.to_drop.push(Reverse((session.end_ms, at, birth)));
            } else {
                self.drop(state, at);
            }
        }
        self.forget_dying(state);
        if self.vacant.len() == self.sessions.len() && self.pending.is_empty() {
            self.sessions.free(&mut state.ledger);
            self.vacant.free(&mut state.ledger);
            self.queue.free();
            self.to_drop = BinaryHeap::new();
        }
        state.pool.trim(&mut state.ledger);
    }

    /// Drops a session; one that is to be emitted again keeps its value until the flush.
    fn drop(&mut self, state: &mut State, at: u32) {
        self.unlink(state, at);
        let session = &mut self.sessions[at as usize];
        let (id, pending) = (session.id, session.pending);
        if pending {
            session.live = false;
        } else {
            self.release(state, at);
        }
        if newest_of(state, id) == NONE {
            self.dying.push(id, &mut state.ledger);
        }
    }

    /// Keys without sessions are forgotten at the first multiple of the gap from their drop on.
    /// Those that were looked at wait for the next multiple.
    fn forget_dying(&mut self, state: &mut State) {
        let multiple_ms = self.watermark_ms.div_euclid(self.gap_ms).saturating_mul(self.gap_ms);
        let all = self.watermark_ms == END_OF_INPUT;
        let (looked_at, before_ms) = self.looked_at;
        let mut place = if multiple_ms == before_ms && !all { looked_at } else { 0 };
        while place < self.dying.len() {
            let id = self.dying[place];
            if state.keys.is_live(id) && newest_of(state, id) == NONE {
                if !all && drop_of(state, id).cast_signed() > multiple_ms {
                    place += 1;
                    continue;
                }
                let State { keys, lanes, pool, ledger, .. } = state;
                keys.remove(id, lanes, pool, ledger);
            }
            self.dying.swap_remove(place);
        }
        self.looked_at = (self.dying.len(), multiple_ms);
        if state.keys.len() == 0 {
            self.dying.free(&mut state.ledger);
        }
    }
}
