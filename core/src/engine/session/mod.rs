//! Sessions: windows that the rows of a key make, `[first, last + gap)`.
//!
//! Each session is a block of totals; a key's sessions are a list, the newest first, as most rows
//! join or follow that one. Rows open, extend and bridge sessions; a session that was emitted and
//! becomes a part of another is taken back by a retraction. A queue says which session fires next,
//! and with an allowed lateness a heap which is dropped next; an entry that no longer says what its
//! session says is put back or passed over, so no session fires twice. Invariant: live sessions of
//! a key never touch. Worked number: gap 10, rows at 0, 9, 19: [0, 19) and [19, 29), because 19
//! is not within 10 of 9.

mod ingest;
mod queue;
mod time;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use self::queue::{Queue, UNLISTED};
use crate::aggregate::{Besides, Lanes, Shape};
use crate::assign::Window;
use crate::engine::state::State;
use crate::memory::{CHUNK_WORDS, Class, Handle, Paid, Purpose, low_half, narrow};
use crate::spec::ProvenEngine;

/// The class of sessions' blocks in the engine's pool.
const BLOCKS: Class = 1;
/// No session.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Session {
    start_ms: i64,
    end_ms: i64,
    id: u32,
    /// The key's sessions before and after this.
    older: u32,
    newer: u32,
    /// The session after this in a list of the queue; `UNLISTED` if it is in none.
    after: u32,
    block: Handle,
    /// How often this window was emitted.
    emitted: u32,
    /// Which of the drop heap's entries is this session's: how many were opened before it.
    birth: u64,
    /// It fires when the watermark reaches its end.
    waiting: bool,
    /// It is emitted in the next flush.
    pending: bool,
    live: bool,
}

/// An entry of the next flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pending {
    end_ms: i64,
    start_ms: i64,
    id: u32,
    /// A session that no longer exists has a revision, one that does its place; retractions first.
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Retraction { revision: u32 },
    Session { at: u32 },
}

/// An entry of the drop heap: end, place, birth.
type ToDrop = Reverse<(i64, u32, u64)>;

/// Entries of a heap that may be stale before it is built anew, beside two for each session.
const STALE_MAX: usize = 64;

/// What a session takes in tables and heaps, which are up to half empty.
pub(in crate::engine) const TABLES_BYTES: usize =
    2 * (size_of::<Session>() + size_of::<queue::Entry>() + size_of::<ToDrop>());

/// Where a move of the watermark is.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Rest,
    Flush(usize),
    Fire,
    Clean,
}

/// The keyed state of sessions.
#[derive(Debug)]
pub(in crate::engine) struct Sessions {
    lanes: Lanes,
    gap_ms: i64,
    lateness_ms: i64,
    sessions: Paid<Session>,
    vacant: Paid<u32>,
    besides: Besides,
    queue: Queue,
    to_drop: BinaryHeap<ToDrop>,
    heap_bytes: usize,
    opened: u64,
    pending: Paid<Pending>,
    /// Keys without sessions that wait for a multiple of the gap.
    dying: Paid<u32>,
    /// How many of them were looked at, for which multiple.
    looked_at: (usize, i64),
    stage: Stage,
    watermark_ms: i64,
    /// The watermark to reach.
    pub(in crate::engine) target_ms: i64,
    /// A watermark to stop at on the way: a flush comes after it.
    stop_ms: Option<i64>,
    /// The watermark that the move under way reaches; the target may have gone further since.
    goal_ms: i64,
    /// Whether the row that was prepared last is late.
    late: bool,
}

impl Sessions {
    pub(in crate::engine) fn new(spec: &ProvenEngine, gap_ms: i64) -> Sessions {
        Sessions {
            lanes: Lanes::new(spec, Shape::Growing, 0, 1, CHUNK_WORDS),
            gap_ms,
            lateness_ms: spec.window.allowed_lateness_ms,
            sessions: Paid::new(Purpose::Tables),
            vacant: Paid::new(Purpose::Tables),
            besides: Besides::new(),
            queue: Queue::new(gap_ms, spec.max_out_of_orderness_ms),
            to_drop: BinaryHeap::new(),
            heap_bytes: 0,
            opened: 0,
            pending: Paid::new(Purpose::Tables),
            dying: Paid::new(Purpose::Tables),
            looked_at: (0, i64::MIN),
            stage: Stage::Rest,
            watermark_ms: i64::MIN,
            target_ms: i64::MIN,
            stop_ms: None,
            goal_ms: i64::MIN,
            late: false,
        }
    }

    /// The lanes of a session's total.
    pub(in crate::engine) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// How many sessions are live.
    pub(in crate::engine) fn len(&self) -> usize {
        self.sessions.iter().filter(|session| session.live).count()
    }

    /// Whether sessions live on after they have fired.
    fn drops_later(&self) -> bool {
        self.lateness_ms > 0
    }

    /// The instant at which a session that ends at `end_ms` is dropped.
    fn drop_ms(&self, end_ms: i64) -> i64 {
        (end_ms - 1).saturating_add(self.lateness_ms)
    }

    /// Opens a session between two others of its key.
    fn open(&mut self, state: &mut State, id: u32, window: Window, newer: u32, older: u32) -> u32 {
        let block = state.pool.take(BLOCKS, &mut state.ledger);
        self.lanes.clear_totals(state.pool.block_mut(block, self.lanes.total_words()), 0, 1);
        let Window { start_ms, end_ms } = window;
        let session = Session {
            start_ms,
            end_ms,
            id,
            older,
            newer,
            after: UNLISTED,
            block,
            emitted: 0,
            birth: self.opened,
            waiting: false,
            pending: false,
            live: true,
        };
        self.opened += 1;
        let at = if let Some(at) = self.vacant.pop() {
            self.sessions[at as usize] = session;
            at
        } else {
            self.sessions.push(session, &mut state.ledger);
            narrow(self.sessions.len() - 1)
        };
        self.link(state, id, newer, at);
        if older != NONE {
            self.sessions[older as usize].newer = at;
        }
        self.schedule(state, at, None);
        if self.drops_later() {
            self.to_drop.push(Reverse((end_ms, at, session.birth)));
        }
        at
    }

    /// A session has become a new window, which started at `before_ms` if it was one before: it
    /// fires at its end, or in the next flush.
    fn schedule(&mut self, state: &mut State, at: u32, before_ms: Option<i64>) {
        let watermark_ms = self.watermark_ms;
        let session = &mut self.sessions[at as usize];
        if session.end_ms - 1 <= watermark_ms {
            session.waiting = false;
            if !session.pending {
                self.wait_for_flush(state, at);
            }
            return;
        }
        session.pending = false;
        if session.waiting && before_ms == Some(session.start_ms) {
            // Its entry is put back when it is taken off the heap too early.
            return;
        }
        session.waiting = true;
        self.queue.add(&mut self.sessions, at);
        self.sift_heaps();
    }

    /// Builds the heaps anew where most entries are of sessions that are no longer what they were:
    /// rows that come in the wrong order leave one each.
    fn sift_heaps(&mut self) {
        let live = self.sessions.len() - self.vacant.len();
        self.queue.sift(&self.sessions, live);
        if self.to_drop.len() > 2 * live + STALE_MAX {
            let entries = self.to_drop.drain().filter(|Reverse((_, at, birth))| {
                let session = &self.sessions[*at as usize];
                session.live && session.birth == *birth
            });
            self.to_drop = entries.collect::<Vec<_>>().into();
        }
    }

    fn wait_for_flush(&mut self, state: &mut State, at: u32) {
        let session = &mut self.sessions[at as usize];
        session.pending = true;
        let Session { start_ms, end_ms, id, .. } = *session;
        let what = What::Session { at };
        self.pending.push(Pending { end_ms, start_ms, id, what }, &mut state.ledger);
    }

    /// A session that was emitted is about to become a part of another.
    fn retract(&mut self, state: &mut State, session: &Session) {
        if session.emitted > 0 {
            let Session { start_ms, end_ms, id, emitted, .. } = *session;
            let what = What::Retraction { revision: emitted };
            self.pending.push(Pending { end_ms, start_ms, id, what }, &mut state.ledger);
        }
    }

    /// Adds the totals of a session to those of another.
    fn absorb(&mut self, state: &mut State, to: u32, from: u32) {
        let words = self.lanes.total_words();
        let blocks = [to, from].map(|at| self.sessions[at as usize].block);
        let State { pool, scratch, ledger, .. } = state;
        scratch.exceptions.clear();
        let (total, other) = pool.blocks_mut(blocks[0], words, blocks[1], words);
        self.lanes.absorb(total, other, &mut scratch.exceptions);
        self.besides.add_carries(&self.lanes, &scratch.exceptions, |_| to, ledger);
        self.besides.absorb(&self.lanes, from, (to, total), ledger);
    }

    /// Gives a session's block back, and its place, unless a list of the queue still leads there.
    fn release(&mut self, state: &mut State, at: u32) {
        let session = &mut self.sessions[at as usize];
        session.live = false;
        session.waiting = false;
        session.pending = false;
        let (block, listed) = (session.block, session.is_listed());
        self.besides.remove(&self.lanes, at, &mut state.ledger);
        state.pool.free(block, &mut state.ledger);
        if !listed {
            self.vacant.push(at, &mut state.ledger);
        }
    }

    fn unlink(&mut self, state: &mut State, at: u32) {
        let Session { id, older, newer, .. } = self.sessions[at as usize];
        self.link(state, id, newer, older);
        if older != NONE {
            self.sessions[older as usize].newer = newer;
        }
    }

    /// Makes a session the one before `newer`, or the newest of its key.
    fn link(&mut self, state: &mut State, id: u32, newer: u32, older: u32) {
        match newer {
            NONE => set_newest(state, id, older),
            newer => self.sessions[newer as usize].older = older,
        }
    }

    /// Measures the heaps.
    fn settle(&mut self, state: &mut State) {
        let bytes = self.queue.bytes() + self.to_drop.capacity() * size_of::<ToDrop>();
        state.ledger.refund(Purpose::Tables, self.heap_bytes);
        state.ledger.count(Purpose::Tables, bytes);
        self.heap_bytes = bytes;
    }
}

/// The words of a key's head beside the key: its newest session, and when its last is dropped.
const NEWEST: usize = 1;
const DROP: usize = 2;

fn key_of(state: &State, id: u32) -> u64 {
    state.pool.words()[state.head(id, 0)]
}

fn newest_of(state: &State, id: u32) -> u32 {
    low_half(state.pool.words()[state.head(id, NEWEST)])
}

fn set_newest(state: &mut State, id: u32, at: u32) {
    let place = state.head(id, NEWEST);
    state.pool.words_mut()[place] = u64::from(at);
}

fn drop_of(state: &mut State, id: u32) -> &mut u64 {
    let place = state.head(id, DROP);
    &mut state.pool.words_mut()[place]
}
