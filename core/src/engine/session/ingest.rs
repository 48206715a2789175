//! Applying rows to sessions, in runs.
//!
//! A session may fire, and be dropped, whenever the watermark moves, so each row would have to wait
//! for the move before it. But a row ahead of the watermark touches no session that the watermark
//! has passed: for such rows the moves may come after all of them. [`Sessions::cut`] ends a run
//! before a row that is behind, which goes alone; the caller ends it at the next multiple of the
//! gap, where ids are freed and sessions are emitted again. Invariant: what a run does is what its
//! rows would have done one by one. Worked number: gap 10, in order with a bound of 0: the row at
//! 30 moves the watermark to 29 and ends the run; sessions that end at 30 or before fire then.

use std::collections::BinaryHeap;

use super::{BLOCKS, NEWEST, NONE, Sessions, drop_of, newest_of, set_newest};
use crate::aggregate::ENTRY_BYTES_MAX;
use crate::assign::Window;
use crate::engine::ingest::{Judged, new_keys, pick, set_aside};
use crate::engine::key_index::NO_ID;
use crate::engine::keys::TOTALS;
use crate::engine::prefetch::prefetch;
use crate::engine::state::{Scratch, State};
use crate::error::Error;
use crate::memory::{Purpose, word};
use crate::rows::Rows;
use crate::verdicts::Verdict;

/// A row joins two sessions at most: sessions of a key never touch, and each is a gap long.
const JOINED_MAX: usize = 2;

impl Sessions {
    /// The watermark at which a run ends: the next multiple of the gap.
    pub(in crate::engine) fn point_ms(&self) -> i64 {
        let multiple = self.target_ms.div_euclid(self.gap_ms).saturating_add(1);
        multiple.saturating_mul(self.gap_ms)
    }

    /// How many rows may be applied before the watermark moves: those ahead of it, or one.
    pub(in crate::engine) fn cut(&self, run: &Judged<'_>) -> usize {
        let mut before_ms = self.target_ms;
        let rows = run.verdicts.iter().zip(run.times_ms).zip(run.watermarks_ms);
        for (row, ((verdict, t_ms), watermark_ms)) in rows.enumerate() {
            if *verdict == Verdict::Accepted && *t_ms <= before_ms {
                return row.max(1);
            }
            before_ms = *watermark_ms;
        }
        run.verdicts.len()
    }

    /// Applies a run, or refuses it.
    ///
    /// Errors: `MEMORY_LIMIT`; nothing changed.
    pub(in crate::engine) fn apply(
        &mut self,
        state: &mut State,
        run: &Judged<'_>,
    ) -> Result<(), Error> {
        self.prepare(state, run)?;
        self.add(state, run);
        Ok(())
    }

    /// Looks a run up, decides whether it is a late row, and makes sure that it can be applied.
    fn prepare(&mut self, state: &mut State, run: &Judged<'_>) -> Result<(), Error> {
        let (aside, aside_bytes) = pick(run, &mut state.scratch);
        let State { keys, scratch, .. } = &mut *state;
        let Scratch { picked, found, .. } = scratch;
        keys.find_run(run.rows, picked, found);
        let (new_keys, new_bytes) = new_keys(run.rows, scratch);
        let first = scratch.times_ms.first().copied().zip(scratch.found.ids.first().copied());
        self.late = false;
        let Some((t_ms, id)) = first else { return state.check_late_room(aside, aside_bytes) };
        if self.is_late(state, id, t_ms) {
            // It is behind the watermark, so it is the run.
            self.late = true;
            return state.check_late_room(1, run.rows.key_bytes(run.from).len());
        }
        state.check_late_room(aside, aside_bytes)?;
        let State { keys, lanes, pool, ledger, scratch, .. } = state;
        let rows = scratch.picked.len();
        let entries = self.lanes.len() * (1 + JOINED_MAX) * rows;
        let wanted = [(TOTALS, new_keys), (BLOCKS, rows)];
        // All may die in one move, which cannot ask for room any more.
        let (places, waiting) = (self.sessions.len() + rows, keys.len() + new_keys);
        let vacant = places - self.vacant.len();
        let need = keys.growth(new_keys, new_bytes, lanes)
            + pool.growth(&wanted)
            + self.sessions.growth(rows)
            + self.vacant.growth(vacant)
            + self.pending.growth((JOINED_MAX + 2) * rows)
            + self.dying.growth(waiting)
            + self.queue.growth(2 * rows)
            + if self.drops_later() { growth_of(&self.to_drop, rows) } else { 0 }
            + entries * ENTRY_BYTES_MAX
            + self.besides.growth(entries);
        let Some(spare) = ledger.room(Purpose::Cells).checked_sub(need) else {
            return Err(ledger.refusal(Purpose::Cells, need));
        };
        pool.commit(&wanted)?;
        self.vacant.reserve(vacant, ledger)?;
        self.dying.reserve(waiting, ledger)?;
        keys.reserve(run.rows, &scratch.picked, &mut scratch.found, spare, ledger)?;
        // It is counted when the run was added, which nothing stops any more.
        self.queue.reserve(2 * rows);
        Ok(())
    }

    /// Whether the session that a row would make or join is past its cleanup.
    fn is_late(&self, state: &State, id: u32, t_ms: i64) -> bool {
        let own = self.window_of(t_ms);
        if self.drop_ms(own.end_ms) > self.watermark_ms {
            return false;
        }
        let mut at = if id == NO_ID { NONE } else { newest_of(state, id) };
        while at != NONE && self.sessions[at as usize].start_ms >= own.end_ms {
            at = self.sessions[at as usize].older;
        }
        // The newest that it joins is the one that ends last.
        let end_ms = if at == NONE { own.end_ms } else { self.sessions[at as usize].end_ms };
        self.drop_ms(end_ms.max(own.end_ms)) <= self.watermark_ms
    }

    fn window_of(&self, t_ms: i64) -> Window {
        Window { start_ms: t_ms, end_ms: t_ms + self.gap_ms }
    }

    /// Applies a run that was prepared.
    fn add(&mut self, state: &mut State, run: &Judged<'_>) {
        if self.late {
            return state.set_aside(Verdict::Late, run.rows, run.from, run.times_ms[0]);
        }
        if state.scratch.picked.len() < run.verdicts.len() {
            set_aside(state, run);
        }
        let rows = state.scratch.picked.len();
        state.counters.accepted += rows as u64;
        let State { keys, lanes, pool, ledger, scratch, .. } = &mut *state;
        let Scratch { picked, found, .. } = scratch;
        keys.insert_run(run.rows, picked, found, (lanes, pool, ledger));
        for new in 0..state.scratch.found.new.len() {
            let id = state.scratch.found.ids[state.scratch.found.new[new] as usize];
            set_newest(state, id, NONE);
            *drop_of(state, id) = i64::MIN.cast_unsigned();
        }
        self.prefetch(state);
        for at in 0..rows {
            let Scratch { picked, found, times_ms, .. } = &state.scratch;
            let (row, id, t_ms) = (picked[at] as usize, found.ids[at], times_ms[at]);
            let session = self.join(state, id, t_ms);
            self.add_row(state, session, (run.rows, row, t_ms));
            let drop_ms = self.drop_ms(self.sessions[session as usize].end_ms);
            let held = drop_of(state, id);
            *held = (*held).cast_signed().max(drop_ms).cast_unsigned();
        }
        self.settle(state);
    }

    /// Asks for what the rows of a run lead to: their keys' heads, newest sessions and totals.
    fn prefetch(&self, state: &State) {
        let (ids, words) = (&state.scratch.found.ids, state.pool.words());
        for id in ids {
            prefetch(words, state.head(*id, NEWEST));
        }
        for id in ids {
            prefetch(&self.sessions, newest_of(state, *id) as usize);
        }
        for id in ids {
            if let Some(session) = self.sessions.get(newest_of(state, *id) as usize) {
                prefetch(words, word(session.block));
            }
        }
    }

    /// The session of a row: made, extended, or put together from those that the row joins.
    fn join(&mut self, state: &mut State, id: u32, t_ms: i64) -> u32 {
        let own = self.window_of(t_ms);
        let (mut newer, mut at) = (NONE, newest_of(state, id));
        while at != NONE && self.sessions[at as usize].start_ms >= own.end_ms {
            (newer, at) = (at, self.sessions[at as usize].older);
        }
        let joins = |at: u32| at != NONE && self.sessions[at as usize].end_ms > own.start_ms;
        if !joins(at) {
            return self.open(state, id, own, newer, at);
        }
        let end_ms = self.sessions[at as usize].end_ms.max(own.end_ms);
        // The oldest takes the others in.
        while joins(self.sessions[at as usize].older) {
            at = self.sessions[at as usize].older;
        }
        let kept = self.sessions[at as usize];
        let start_ms = kept.start_ms.min(own.start_ms);
        if (kept.start_ms, kept.end_ms) == (start_ms, end_ms) {
            if kept.emitted > 0 && !kept.pending {
                self.wait_for_flush(state, at);
            }
            return at;
        }
        self.retract(state, &kept);
        loop {
            let newer = self.sessions[at as usize].newer;
            if newer == NONE || self.sessions[newer as usize].start_ms >= own.end_ms {
                break;
            }
            let absorbed = self.sessions[newer as usize];
            self.retract(state, &absorbed);
            self.absorb(state, at, newer);
            self.unlink(state, newer);
            self.release(state, newer);
        }
        let session = &mut self.sessions[at as usize];
        (session.start_ms, session.end_ms, session.emitted) = (start_ms, end_ms, 0);
        self.schedule(state, at, Some(kept.start_ms));
        at
    }

    fn add_row(&mut self, state: &mut State, at: u32, (rows, row, t_ms): (&Rows<'_>, usize, i64)) {
        let State { pool, scratch, ledger, .. } = state;
        scratch.exceptions.clear();
        let total = pool.block_mut(self.sessions[at as usize].block, self.lanes.total_words());
        self.lanes.add_to_total(total, 0, (rows, row, t_ms), true, &mut scratch.exceptions);
        for exception in &scratch.exceptions {
            self.besides.keep(&self.lanes, exception, at, (rows, row), ledger);
        }
    }
}

/// The bytes that so many more entries of a heap need, while the old and the new heap exist.
pub(super) fn growth_of<T>(heap: &BinaryHeap<T>, more: usize) -> usize {
    let wanted = heap.len() + more;
    if wanted <= heap.capacity() {
        return 0;
    }
    wanted.max(2 * heap.capacity()).max(4) * size_of::<T>()
}
