//! The index of keys: open addressing from a key, or the hash of a byte key, to its id.
//!
//! Slots lie four to a bucket, which is a cache line and is looked at whole. The way of a key
//! starts at a bucket and ends at the first one that is not full. A key that goes leaves its slot
//! behind without an id: keys come back, and then the slot is there; the others are dropped in a
//! sweep. It gives no ids and compares no bytes. Invariant: a key with an id is found on its way.
//! Worked number: 100,000 keys are 65,536 buckets, 42 bytes a key, until 131,072 slots are taken.

use super::prefetch::prefetch;
use crate::error::Error;
use crate::memory::{Ledger, Paid, Purpose, narrow};

/// No id.
pub(super) const NO_ID: u32 = u32::MAX;

/// The index keeps room for the slots of keys that went, up to so many times the keys with state.
const RETURNING_MAX: usize = 4;

/// Slots of a bucket: as many as a cache line holds.
const SLOTS: usize = 4;

/// A cache line of slots, filled in their order.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket {
    /// Keys, or hashes of byte keys.
    keys: [u64; SLOTS],
    /// Their ids; `NO_ID` in a slot that is empty or was left behind.
    ids: [u32; SLOTS],
    /// How many slots have a key.
    taken: u32,
}

const EMPTY: Bucket = Bucket { keys: [0; SLOTS], ids: [NO_ID; SLOTS], taken: 0 };

impl Bucket {
    /// The slot of a key, or the first empty one; `SLOTS` where there is neither. All slots are
    /// looked at: which it is, is hard to foresee.
    #[inline]
    fn slot_of(&self, key: u64) -> usize {
        // Empty slots have the key 0, which is a key as well; but the first of them is meant then.
        let mut found = self.taken as usize;
        for slot in (0..SLOTS).rev() {
            found = if self.keys[slot] == key { slot } else { found };
        }
        found
    }

    /// The slot of an id; `SLOTS` where there is none.
    #[inline]
    fn slot_of_id(&self, id: u32) -> usize {
        let mut found = SLOTS;
        for slot in 0..SLOTS {
            found = if self.ids[slot] == id { slot } else { found };
        }
        found
    }
}

/// A key on its way through the index.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// The key, or the hash of a byte key.
    pub(super) key: u64,
    /// The bucket that its search is at.
    bucket: u32,
    /// Where its search ended: at a slot with the key, or at the one it would have.
    slot: u32,
}

/// The keys of a run of rows, and what was found: columns that are kept to be filled again.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) wanted: Vec<Wanted>,
    /// The id of each row's key; `NO_ID` for a new one.
    pub(super) ids: Vec<u32>,
    /// The rows whose key is new, as positions in the run.
    pub(super) new: Vec<u32>,
    /// Whether all rows have one key, which has an id.
    pub(super) is_one: bool,
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
    buckets: Paid<Bucket>,
    /// Slots that are not empty, those that were left behind included.
    taken: usize,
}

impl KeyIndex {
    pub(super) fn new() -> KeyIndex {
        KeyIndex { buckets: Paid::new(Purpose::Keys), taken: 0 }
    }

    /// The bytes that [`Self::reserve`] can need.
    pub(super) fn growth(&self, live: usize, rows: usize) -> usize {
        let buckets = buckets_for(live + rows);
        let grows = !self.has_room(rows) && buckets > self.buckets.len();
        if grows { buckets * size_of::<Bucket>() } else { 0 }
    }

    fn has_room(&self, rows: usize) -> bool {
        self.taken + rows <= room_of(self.buckets.len())
    }

    /// Makes room for `rows` more keys beside those that have ids (`live`), while that can still be
    /// refused, and for more where `spare` bytes allow it. Whether it was built anew: then the
    /// places that searches noted mean nothing.
    pub(super) fn reserve(
        &mut self,
        live: usize,
        rows: usize,
        spare: usize,
        ledger: &mut Ledger,
    ) -> Result<bool, Error> {
        if self.has_room(rows) {
            return Ok(false);
        }
        let needed = buckets_for(live + rows);
        // Keys that went may come back, and find their slots then.
        let roomy = buckets_for(self.taken.min(RETURNING_MAX * live) + rows).max(needed);
        let fits = (roomy - needed) * size_of::<Bucket>() <= spare / 4;
        let wanted = if fits { roomy } else { needed };
        if wanted <= self.buckets.len() {
            self.sweep();
            return Ok(true);
        }
        let mut old = Paid::new(Purpose::Keys);
        old.reserve(wanted, ledger)?;
        old.resize(wanted, EMPTY, ledger);
        std::mem::swap(&mut old, &mut self.buckets);
        self.taken = 0;
        for bucket in old.iter() {
            self.place_all(bucket, true);
        }
        old.free(ledger);
        if !self.has_room(rows) {
            self.sweep();
        }
        Ok(true)
    }

    /// Empties the slots that keys have left behind, in place: after a bucket that is not full,
    /// where no way leads past, every entry is taken out and put back into the first bucket with
    /// room on its way, which is not after its own.
    fn sweep(&mut self) {
        let has_room = |bucket: &Bucket| (bucket.taken as usize) < SLOTS;
        let Some(start) = self.buckets.iter().position(has_room) else { return };
        self.taken = 0;
        for step in 1..=self.buckets.len() {
            let at = (start + step) & self.mask();
            let bucket = std::mem::replace(&mut self.buckets[at], EMPTY);
            self.place_all(&bucket, false);
        }
    }

    /// Puts the entries of a bucket into the first slots on their keys' ways, those that were left
    /// behind only if they are wanted.
    fn place_all(&mut self, from: &Bucket, left_behind: bool) {
        for slot in 0..from.taken as usize {
            let (key, id) = (from.keys[slot], from.ids[slot]);
            if id == NO_ID && !left_behind {
                continue;
            }
            let mut at = self.home(key);
            while self.buckets[at].taken as usize == SLOTS {
                at = (at + 1) & self.mask();
            }
            let bucket = &mut self.buckets[at];
            let slot = bucket.taken as usize;
            (bucket.keys[slot], bucket.ids[slot]) = (key, id);
            bucket.taken += 1;
            self.taken += 1;
        }
    }

    /// A bucket's number is these bits of a hash.
    #[inline]
    fn mask(&self) -> usize {
        self.buckets.len().saturating_sub(1)
    }

    /// Where the way of a key starts. The high half of the product depends on every bit of the key;
    /// which bucket a key is in is never visible.
    #[expect(clippy::cast_possible_truncation, reason = "the halves of the product, and a mask")]
    #[inline]
    fn home(&self, key: u64) -> usize {
        let product = u128::from(key ^ 0x2545_f491_4f6c_dd1d) * 0x9e37_79b9_7f4a_7c15;
        ((product >> 64) as u64 ^ product as u64) as usize & self.mask()
    }

    /// A key at the start of its way; the bucket there is on its way from memory.
    #[inline]
    pub(super) fn want(&self, key: u64) -> Wanted {
        let home = self.home(key);
        prefetch(&self.buckets, home);
        Wanted { key, bucket: narrow(home), slot: 0 }
    }

    /// The id of a key that is one number.
    #[inline]
    pub(super) fn find(&self, wanted: &mut Wanted) -> u32 {
        let (buckets, mask): (&[Bucket], _) = (&self.buckets, self.mask());
        let mut at = wanted.bucket as usize;
        while let Some(bucket) = buckets.get(at) {
            let slot = bucket.slot_of(wanted.key);
            if slot < SLOTS {
                (wanted.bucket, wanted.slot) = (narrow(at), narrow(slot));
                return bucket.ids[slot];
            }
            at = (at + 1) & mask;
        }
        NO_ID
    }

    /// The id of a key of which this is the hash, if `is` says that it is the key's. A key that has
    /// none takes the first slot that one with its hash left behind.
    pub(super) fn find_among(&self, wanted: &mut Wanted, is: impl Fn(u32) -> bool) -> u32 {
        let (mut at, mut left_behind) = (wanted.bucket as usize, None);
        while let Some(bucket) = self.buckets.get(at) {
            let taken = bucket.taken as usize;
            for slot in (0..taken).filter(|slot| bucket.keys[*slot] == wanted.key) {
                if bucket.ids[slot] == NO_ID {
                    left_behind = left_behind.or(Some((at, slot)));
                } else if is(bucket.ids[slot]) {
                    return bucket.ids[slot];
                }
            }
            if taken < SLOTS {
                let (bucket, slot) = left_behind.unwrap_or((at, taken));
                (wanted.bucket, wanted.slot) = (narrow(bucket), narrow(slot));
                break;
            }
            at = (at + 1) & self.mask();
        }
        NO_ID
    }

    /// Sends a key back to the start of its way: the index was built anew, or changed.
    pub(super) fn begin_again(&self, wanted: &mut Wanted) {
        wanted.bucket = narrow(self.home(wanted.key));
    }

    /// Whether the slot that a search ended at is still without an id.
    pub(super) fn is_free(&self, wanted: &Wanted) -> bool {
        self.buckets[wanted.bucket as usize].ids[wanted.slot as usize] == NO_ID
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
        let buckets: &mut [Bucket] = &mut self.buckets;
        let (mut count, mut taken) = (0, 0);
        for at in &found.new[from..] {
            let wanted = &found.wanted[*at as usize];
            let bucket = &mut buckets[wanted.bucket as usize];
            let slot = wanted.slot as usize % SLOTS;
            if *items == 0 || bucket.ids[slot] != NO_ID {
                break;
            }
            let item = items.trailing_zeros();
            *items &= *items - 1;
            let more = u32::from(wanted.slot == bucket.taken);
            bucket.taken += more;
            taken += more;
            (bucket.keys[slot], bucket.ids[slot]) = (wanted.key, first + item);
            found.ids[*at as usize] = first + item;
            put(item as usize, wanted.key);
            count += 1;
        }
        self.taken += taken as usize;
        count
    }

    /// Asks for the bucket at the start of a key's way.
    #[inline]
    pub(super) fn prefetch(&self, key: u64) {
        prefetch(&self.buckets, self.home(key));
    }

    /// A key that has this id goes, and leaves its slot behind.
    #[inline]
    pub(super) fn leave(&mut self, key: u64, id: u32) {
        let mut at = self.home(key);
        loop {
            let bucket = &mut self.buckets[at];
            let slot = bucket.slot_of_id(id);
            if slot < SLOTS {
                bucket.ids[slot] = NO_ID;
                return;
            }
            at = (at + 1) & self.mask();
        }
    }

    /// Gives everything back.
    pub(super) fn free(&mut self, ledger: &mut Ledger) {
        self.buckets.free(ledger);
        self.taken = 0;
    }
}

/// The buckets that so many keys need: a power of two, at most 2 of 5 slots full after it was
/// built, so that there is room for keys that come and go.
fn buckets_for(keys: usize) -> usize {
    if keys == 0 { 0 } else { (keys + keys / 2 * 3).next_power_of_two().max(4 * SLOTS) / SLOTS }
}

/// How many slots may be taken: half of them. Then 1 bucket in 7 is full, and a key that is not
/// there is looked for in 1.2 of them (Poisson, with 2 a bucket).
fn room_of(buckets: usize) -> usize {
    buckets * SLOTS / 2
}
