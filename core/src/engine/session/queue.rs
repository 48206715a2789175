//! Which session ends next.
//!
//! Only sessions that end soon are in a heap, which then lies in the cache; the others are in a
//! list for each of the next spans of time, and one for all that end later. A session that is
//! made longer meanwhile is looked at once for each list that it moves to, and not for each row.
//! Invariant: a session that waits is in the heap if it ends within the span `near` or before, and
//! in one list otherwise. Worked number: gap 32 s and no bound are spans of 2 s; a session that
//! ends in 31 s is in the list of the sixteenth from here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{NONE, STALE_MAX, Session};
use crate::memory::{Ledger, Paid};

/// So many of the next spans have a list of their own.
const LISTS: i64 = 32;
/// No list leads to or from a session.
pub(super) const UNLISTED: u32 = u32::MAX - 1;
/// So many spans are the gap and the bound: most sessions end within those.
const SPANS_OF_GAP: i64 = 16;

/// An entry of the heap: end, start, id, place. It is of the session that waits there if start and
/// key are the same: until it is taken off, no other session of the key starts then.
pub(super) type Entry = Reverse<(i64, i64, u32, u32)>;

/// The sessions that wait for their end.
#[derive(Debug)]
pub(super) struct Queue {
    heap: BinaryHeap<Entry>,
    /// The first of each list; a session leads to the next.
    lists: [u32; 32],
    later: u32,
    /// How many sessions are in lists.
    listed: usize,
    span_ms: i64,
    /// The number of the last span whose sessions are in the heap.
    near: i64,
    /// What `near` was when the last list was looked at.
    looked_at: i64,
}

impl Queue {
    pub(super) fn new(gap_ms: i64, bound_ms: i64) -> Queue {
        Queue {
            heap: BinaryHeap::new(),
            lists: [NONE; 32],
            later: NONE,
            listed: 0,
            span_ms: (gap_ms.saturating_add(bound_ms.max(0)) / SPANS_OF_GAP).max(1),
            near: i64::MIN,
            looked_at: i64::MIN,
        }
    }

    /// The bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        self.heap.capacity() * size_of::<Entry>()
    }

    /// The bytes that room for all sessions and `rows` more entries needs, while the old and the
    /// new heap exist.
    pub(super) fn growth(&self, rows: usize) -> usize {
        super::ingest::growth_of(&self.heap, self.listed + rows)
    }

    /// Makes that room: sessions come from the lists when nobody can be refused any more.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.heap.reserve(self.listed + rows);
    }

    /// Takes a session that waits, or waits longer than before.
    pub(super) fn add(&mut self, sessions: &mut [Session], at: u32) {
        let session = &mut sessions[at as usize];
        if session.is_listed() {
            return;
        }
        let span = session.end_ms.div_euclid(self.span_ms);
        if span <= self.near {
            let Session { start_ms, end_ms, id, .. } = *session;
            self.heap.push(Reverse((end_ms, start_ms, id, at)));
            return;
        }
        let list = match span.saturating_sub(self.near) {
            ..LISTS => &mut self.lists[place(span)],
            _ => &mut self.later,
        };
        session.after = std::mem::replace(list, at);
        self.listed += 1;
    }

    /// Brings the sessions that end by `end_ms` into the heap; places of sessions that ended up in
    /// others become vacant.
    pub(super) fn bring(
        &mut self,
        sessions: &mut [Session],
        end_ms: i64,
        vacant: &mut Paid<u32>,
        ledger: &mut Ledger,
    ) {
        let to = end_ms.div_euclid(self.span_ms);
        if to <= self.near {
            return;
        }
        if to.saturating_sub(self.near) < LISTS {
            while self.near < to {
                self.near += 1;
                let list = std::mem::replace(&mut self.lists[place(self.near)], NONE);
                self.sort_out(list, sessions, vacant, ledger);
            }
        } else {
            self.near = to;
            for list in std::mem::replace(&mut self.lists, [NONE; 32]) {
                self.sort_out(list, sessions, vacant, ledger);
            }
        }
        if self.near.saturating_sub(self.looked_at) >= LISTS / 2 {
            self.looked_at = self.near;
            let list = std::mem::replace(&mut self.later, NONE);
            self.sort_out(list, sessions, vacant, ledger);
        }
    }

    /// Moves the sessions of a list to where they belong now.
    fn sort_out(
        &mut self,
        list: u32,
        sessions: &mut [Session],
        vacant: &mut Paid<u32>,
        ledger: &mut Ledger,
    ) {
        let mut at = list;
        while at != NONE {
            let session = &mut sessions[at as usize];
            let after = std::mem::replace(&mut session.after, UNLISTED);
            self.listed -= 1;
            if session.live {
                self.add(sessions, at);
            } else {
                vacant.push(at, ledger);
            }
            at = after;
        }
    }

    /// The entry that ends first of those that were brought.
    pub(super) fn first(&self) -> Option<Entry> {
        self.heap.peek().copied()
    }

    /// Takes the first entry off; the place of the session that fires, if it is one's.
    pub(super) fn take(&mut self, sessions: &mut [Session]) -> Option<u32> {
        let Reverse((end_ms, start_ms, id, at)) = self.heap.pop()?;
        let session = &mut sessions[at as usize];
        if !session.fires_for(start_ms, id) {
            return None;
        }
        if session.end_ms > end_ms {
            self.add(sessions, at);
            return None;
        }
        session.waiting = false;
        Some(at)
    }

    /// Builds the heap anew where most entries are of sessions that are no longer what they were,
    /// beside two for each of so many: rows that come in the wrong order leave one each.
    pub(super) fn sift(&mut self, sessions: &[Session], live: usize) {
        if self.heap.len() > 2 * live + STALE_MAX {
            let entries = self.heap.drain().filter(|Reverse((_, start_ms, id, at))| {
                sessions[*at as usize].fires_for(*start_ms, *id)
            });
            self.heap = entries.collect::<Vec<_>>().into();
        }
    }

    /// Gives everything back; no session waits.
    pub(super) fn free(&mut self) {
        self.heap = BinaryHeap::new();
    }
}

impl Session {
    pub(super) fn is_listed(&self) -> bool {
        self.after != UNLISTED
    }

    /// Whether an entry of the heap with this start and key is of this session.
    fn fires_for(&self, start_ms: i64, id: u32) -> bool {
        self.waiting && !self.is_listed() && (self.start_ms, self.id) == (start_ms, id)
    }
}

/// Where the list of a span is.
fn place(span: i64) -> usize {
    usize::try_from(span.rem_euclid(LISTS)).unwrap_or(0)
}
