//! Windows that fired and must be emitted again because a row came late.
//!
//! It remembers, for each window and key that a late row joined, how many such rows there were and
//! how often it was emitted again; it decides the revision. A window's entries live until its
//! cleanup. Invariant: one late row in a window that fired makes at most one emission of it before
//! time moves on, however many rows follow. Worked number: 3 rows late for the same window and key
//! between two firings are one result, revision 1.

use crate::memory::{Index, Ledger, Paid, Purpose, low_half, narrow};

/// Fewer entries than this are not worth a sweep.
const SWEEP_MIN: usize = 64;

/// A window and key to emit again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Redo {
    pub(super) end_ms: i64,
    pub(super) start_ms: i64,
    pub(super) id: u32,
    /// Whether rows came since it was emitted last.
    dirty: bool,
    /// How often it was emitted again.
    repeats: u32,
    /// Rows that came after the window fired.
    rows: u64,
}

impl Redo {
    /// How often the window was emitted before, if its key has `total` rows in it now: once when
    /// it fired, unless all its rows came later.
    pub(super) fn revision(&self, total: u64) -> u32 {
        self.repeats + u32::from(total > self.rows)
    }
}

/// All windows and keys to emit again.
#[derive(Debug)]
pub(super) struct Redos {
    entries: Paid<Redo>,
    index: Index,
    /// The dirty entries; while they are emitted, in that order.
    order: Paid<u32>,
    /// How many of them are dirty still.
    dirty: usize,
    /// The latest end of a window.
    last_ms: i64,
    /// Entries of windows that are cleaned up are swept out when there are so many in all.
    sweep_at: usize,
}

impl Redos {
    pub(super) fn new() -> Redos {
        Redos {
            entries: Paid::new(Purpose::Tables),
            index: Index::new(Purpose::Tables),
            order: Paid::new(Purpose::Tables),
            dirty: 0,
            last_ms: i64::MIN,
            sweep_at: SWEEP_MIN,
        }
    }

    /// The bytes that `windows` more entries can need.
    pub(super) fn growth(&self, windows: usize) -> usize {
        self.entries.growth(windows) + self.index.growth(windows) + self.order.growth(windows)
    }

    /// A late row joined a window that fired.
    pub(super) fn mark(&mut self, end_ms: i64, start_ms: i64, id: u32, ledger: &mut Ledger) {
        let entries = &self.entries;
        let found = self.index.find(hash(end_ms, id), |at| {
            let entry = &entries[at as usize];
            entry.end_ms == end_ms && entry.id == id
        });
        let at = if let Some(at) = found {
            at as usize
        } else {
            let at = self.entries.len();
            let entry = Redo { end_ms, start_ms, id, dirty: false, repeats: 0, rows: 0 };
            self.entries.push(entry, ledger);
            let hash_at =
                |at: u32| hash(self.entries[at as usize].end_ms, self.entries[at as usize].id);
            self.index.insert(hash(end_ms, id), narrow(at), hash_at, ledger);
            at
        };
        let entry = &mut self.entries[at];
        entry.rows += 1;
        if !std::mem::replace(&mut entry.dirty, true) {
            self.dirty += 1;
            self.order.push(narrow(at), ledger);
        }
        self.last_ms = self.last_ms.max(end_ms);
    }

    /// Whether anything is to be emitted again.
    pub(super) fn is_dirty(&self) -> bool {
        self.dirty > 0
    }

    /// Brings the dirty entries in order: by end, start, id.
    pub(super) fn sort(&mut self) {
        let entries = &self.entries;
        self.order.sort_unstable_by_key(|at| {
            let entry = &entries[*at as usize];
            (entry.end_ms, entry.start_ms, entry.id)
        });
    }

    /// The entry with this place in the order.
    pub(super) fn ordered(&self, place: usize) -> Option<Redo> {
        self.order.get(place).map(|at| self.entries[*at as usize])
    }

    /// The entry with this place in the order was emitted.
    pub(super) fn emitted(&mut self, place: usize) {
        let entry = &mut self.entries[self.order[place] as usize];
        entry.dirty = false;
        entry.repeats += 1;
        self.dirty -= 1;
    }

    /// Forgets the windows that end at or before this.
    pub(super) fn forget(&mut self, end_ms: i64, ledger: &mut Ledger) {
        debug_assert_eq!(self.dirty, 0, "a flush comes before every cleanup");
        self.order.truncate(0);
        if self.last_ms <= end_ms {
            self.entries.free(ledger);
            self.index.free(ledger);
            self.order.free(ledger);
            self.sweep_at = SWEEP_MIN;
            return;
        }
        if self.entries.len() < self.sweep_at {
            return;
        }
        self.entries.retain(|entry| entry.end_ms > end_ms);
        self.sweep_at = (self.entries.len() * 2).max(SWEEP_MIN);
        self.index.clear();
        let entries = &self.entries;
        let hash_at = |at: u32| hash(entries[at as usize].end_ms, entries[at as usize].id);
        for at in 0..narrow(entries.len()) {
            self.index.insert(hash_at(at), at, hash_at, ledger);
        }
    }
}

fn hash(end_ms: i64, id: u32) -> u32 {
    let mixed = end_ms.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(id);
    low_half(mixed.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32)
}
