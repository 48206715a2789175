//! The index of keys: open addressing from a key, or the hash of a byte key, to its id.
//!
//! The key lies in the slot, so that a probe is one cache line. A key that goes leaves its slot
//! behind without an id: keys come back, and then the slot is there; the others are dropped in a
//! sweep. It gives no ids and compares no bytes. Invariant: a key with an id is found on its way,
//! which ends at the first empty slot. Worked number: 100,000 keys are 262,144 slots of 16 bytes,
//! and stay that until 131,072 slots are taken.

use super::prefetch::prefetch;
use crate::error::Error;
use crate::memory::{Ledger, Paid, Purpose};

/// No id.
pub(super) const NO_ID: u32 = u32::MAX;

/// The index keeps room for the slots of keys that went, up to so many times the keys with state.
const RETURNING_MAX: usize = 4;

/// A slot of the index: a key, or the hash of a byte key, and its id.
#[derive(Clone, Copy, Debug)]
struct Slot {
    key: u64,
    /// `NO_ID` in a slot that is empty or was left behind.
    id: u32,
    /// Whether there is a key in it.
    taken: bool,
}

const EMPTY: Slot = Slot { key: 0, id: NO_ID, taken: false };

/// A key on its way through the index.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// The key, or the hash of a byte key.
    pub(super) key: u64,
    /// Where its probing is: at a slot with the key, or at the one it would have.
    place: usize,
}

/// The keys of a run of rows, and what was found: columns that are kept to be filled again.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) wanted: Vec<Wanted>,
    /// The id of each row's key; `NO_ID` for a new one.
    pub(super) ids: Vec<u32>,
    /// The rows whose key is new, as positions in the run.
    pub(super) new: Vec<u32>,
}

impl Found {
    pub(super) fn bytes(&self) -> usize {
        self.wanted.capacity() * size_of::<Wanted>()
            + (self.ids.capacity() + self.new.capacity()) * size_of::<u32>()
    }
}

/// The index.
#[derive(Debug)]
pub(super) struct KeyIndex {
    slots: Paid<Slot>,
    /// Slots that are not empty, those that were left behind included.
    taken: usize,
}

impl KeyIndex {
    pub(super) fn new() -> KeyIndex {
        KeyIndex { slots: Paid::new(Purpose::Keys), taken: 0 }
    }

    /// The bytes that [`Self::reserve`] can need.
    pub(super) fn growth(&self, live: usize, rows: usize) -> usize {
        let slots = slots_for(live + rows);
        let grows = !self.has_room(rows) && slots > self.slots.len();
        if grows { slots * size_of::<Slot>() } else { 0 }
    }

    fn has_room(&self, rows: usize) -> bool {
        self.taken + rows <= room_of(self.slots.len())
    }

    /// Makes room for `rows` more keys beside those that have ids (`live`), while that can still be
    /// refused. Whether it was built anew: then the places that searches noted mean nothing.
    pub(super) fn reserve(
        &mut self,
        live: usize,
        rows: usize,
        ledger: &mut Ledger,
    ) -> Result<bool, Error> {
        if self.has_room(rows) {
            return Ok(false);
        }
        let needed = slots_for(live + rows);
        // Keys that went may come back, and find their slots then.
        let roomy = slots_for(self.taken.min(RETURNING_MAX * live) + rows).max(needed);
        let fits = roomy * size_of::<Slot>() <= ledger.room(Purpose::Keys) / 4;
        let wanted = if fits { roomy } else { needed };
        if wanted <= self.slots.len() {
            self.sweep();
            return Ok(true);
        }
        let mut old = Paid::new(Purpose::Keys);
        old.reserve(wanted, ledger)?;
        old.resize(wanted, EMPTY, ledger);
        std::mem::swap(&mut old, &mut self.slots);
        self.taken = 0;
        for slot in old.iter().filter(|slot| slot.taken) {
            self.place(*slot);
        }
        old.free(ledger);
        if !self.has_room(rows) {
            self.sweep();
        }
        Ok(true)
    }

    /// Empties the slots that keys have left behind, in place: from an empty slot on, every entry
    /// is taken out and put back at the first free place on its way, which is not after its own.
    fn sweep(&mut self) {
        let mask = self.slots.len() - 1;
        let Some(start) = self.slots.iter().position(|slot| !slot.taken) else { return };
        self.taken = 0;
        for step in 1..=mask {
            let slot = std::mem::replace(&mut self.slots[(start + step) & mask], EMPTY);
            if slot.id != NO_ID {
                self.place(slot);
            }
        }
    }

    /// Puts an entry into the first empty slot on its key's way.
    fn place(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut at = home(slot.key) & mask;
        while self.slots[at].taken {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
        self.taken += 1;
    }

    /// A key at the start of its way; the slot there is on its way from memory.
    #[inline]
    pub(super) fn want(&self, key: u64) -> Wanted {
        let place = home(key) & self.slots.len().wrapping_sub(1);
        prefetch(&self.slots, place);
        Wanted { key, place }
    }

    /// The id of a key that is one number.
    #[inline]
    pub(super) fn find(&self, wanted: &mut Wanted) -> u32 {
        let slots: &[Slot] = &self.slots;
        let mask = slots.len().wrapping_sub(1);
        loop {
            let Some(slot) = slots.get(wanted.place & mask) else { return NO_ID };
            // An empty slot has the key 0, which is a key as well; but then it ends the way too.
            if slot.key == wanted.key || !slot.taken {
                return slot.id;
            }
            wanted.place = (wanted.place + 1) & mask;
        }
    }

    /// The id of a key of which this is the hash, if `is` says that it is the key's. A key that has
    /// none takes the first slot that one with its hash left behind.
    pub(super) fn find_among(&self, wanted: &mut Wanted, is: impl Fn(u32) -> bool) -> u32 {
        let mask = self.slots.len().wrapping_sub(1);
        let (mut at, mut left_behind) = (wanted.place, None);
        loop {
            let Some(slot) = self.slots.get(at & mask).filter(|slot| slot.taken) else {
                wanted.place = left_behind.unwrap_or(at & mask);
                return NO_ID;
            };
            if slot.key == wanted.key {
                if slot.id == NO_ID {
                    left_behind = left_behind.or(Some(at & mask));
                } else if is(slot.id) {
                    return slot.id;
                }
            }
            at += 1;
        }
    }

    /// Sends a key back to the start of its way: the index was built anew, or changed.
    pub(super) fn begin_again(&self, wanted: &mut Wanted) {
        wanted.place = home(wanted.key) & (self.slots.len() - 1);
    }

    /// Whether the slot that a search ended at is still without an id.
    pub(super) fn is_free(&self, wanted: &Wanted) -> bool {
        self.slots[wanted.place].id == NO_ID
    }

    /// Gives ids to the new keys of a run from the one numbered `from` on, in their order: each
    /// takes the slot that its search ended at and the next of the `items` after the id `first`;
    /// `put` is told the item and the key. It ends where no item is left, or at a key whose slot
    /// was taken by one before it in the run. Returns how many keys got one.
    #[inline]
    pub(super) fn put_run(
        &mut self,
        found: &mut Found,
        from: usize,
        (first, items): (u32, &mut u64),
        mut put: impl FnMut(usize, u64),
    ) -> usize {
        let slots: &mut [Slot] = &mut self.slots;
        let mut count = 0;
        for at in &found.new[from..] {
            let wanted = &found.wanted[*at as usize];
            let slot = &mut slots[wanted.place];
            if *items == 0 || slot.id != NO_ID {
                break;
            }
            let item = items.trailing_zeros();
            *items &= *items - 1;
            self.taken += usize::from(!slot.taken);
            *slot = Slot { key: wanted.key, id: first + item, taken: true };
            found.ids[*at as usize] = first + item;
            put(item as usize, wanted.key);
            count += 1;
        }
        count
    }

    /// Asks for the slot at the start of a key's way.
    #[inline]
    pub(super) fn prefetch(&self, key: u64) {
        prefetch(&self.slots, home(key) & self.slots.len().wrapping_sub(1));
    }

    /// A key that has this id goes, and leaves its slot behind.
    #[inline]
    pub(super) fn leave(&mut self, key: u64, id: u32) {
        let mask = self.slots.len() - 1;
        let mut at = home(key) & mask;
        while self.slots[at].id != id {
            at = (at + 1) & mask;
        }
        self.slots[at].id = NO_ID;
    }

    /// Gives everything back.
    pub(super) fn free(&mut self, ledger: &mut Ledger) {
        self.slots.free(ledger);
        self.taken = 0;
    }
}

/// Where probing for a key starts, before a mask. The high half of the product depends on every bit
/// of the key; which slot a key has is never visible.
#[expect(clippy::cast_possible_truncation, reason = "the two halves of the product, and a mask")]
#[inline]
fn home(key: u64) -> usize {
    let product = u128::from(key ^ 0x2545_f491_4f6c_dd1d) * 0x9e37_79b9_7f4a_7c15;
    ((product >> 64) as u64 ^ product as u64) as usize
}

/// The slots that so many keys need: a power of two, at most 2 of 5 full after it was built, so
/// that there is room for keys that come and go.
fn slots_for(len: usize) -> usize {
    if len == 0 { 0 } else { (len + len / 2 * 3).next_power_of_two().max(8) }
}

/// How many slots may be taken: half of them. A key that is not there is then found missing after
/// 2.5 probes; at 3 of 4 it would be 8.5 (Knuth, volume 3, section 6.4).
fn room_of(slots: usize) -> usize {
    slots / 2
}
