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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Found, KeyIndex, Ledger, NO_ID, Purpose, SLOTS, Wanted, narrow};
    use crate::{Engine, EngineSpec, KeyType, Keys, ResultBatch, Rows, SlidingWindowSpec};

    /// Keys whose home is one of the last buckets of an index with up to 64 of them, so that their
    /// ways lead over its end.
    fn keys_at_the_end(count: usize, homes: usize) -> Vec<u64> {
        let (mut index, mut ledger) = (KeyIndex::new(), Ledger::new(1 << 20, 0));
        index.reserve(0, 64, 0, &mut ledger).unwrap();
        assert_eq!(index.buckets.len(), 64);
        (0..).filter(|key| index.home(*key) >= 64 - homes).take(count).collect()
    }

    fn find(index: &KeyIndex, key: u64) -> (Wanted, u32) {
        let mut wanted = index.want(key);
        let id = index.find(&mut wanted);
        (wanted, id)
    }

    /// Gives new keys ids from the first free ones on, as a run of rows does.
    fn put(index: &mut KeyIndex, ids: &mut Vec<Option<u64>>, keys: &[u64], ledger: &mut Ledger) {
        let mut found = Found::default();
        for key in keys {
            let (wanted, id) = find(index, *key);
            found.wanted.push(wanted);
            found.ids.push(id);
        }
        found.new = (0..narrow(keys.len())).filter(|at| found.ids[*at as usize] == NO_ID).collect();
        let live = ids.iter().flatten().count();
        let (most, before) = (index.growth(live, found.new.len()), ledger.state());
        let spare = ledger.room(Purpose::Keys) - most;
        let is_new = index.reserve(live, found.new.len(), spare, ledger).unwrap();
        assert!(ledger.state() <= before + most + spare / 4, "growth is a bound");
        let mut done = 0;
        while let Some(at) = found.new.get(done).map(|at| *at as usize) {
            if is_new || !index.is_free(&found.wanted[at]) {
                index.begin_again(&mut found.wanted[at]);
                found.ids[at] = index.find(&mut found.wanted[at]);
                if found.ids[at] != NO_ID {
                    done += 1;
                    continue;
                }
            }
            let id = ids.iter().position(Option::is_none).unwrap_or(ids.len());
            ids.resize(ids.len().max(id + 1), None);
            let count = index.put_run(&mut found, done, (narrow(id), &mut 1), |item, key| {
                assert_eq!(item, 0);
                ids[id] = Some(key);
            });
            assert_eq!((count, found.ids[at]), (1, narrow(id)));
            done += 1;
        }
    }

    /// The index says what the model says, of keys that are there, that went and that never came.
    fn assert_same(index: &KeyIndex, ids: &[Option<u64>], keys: &[u64]) {
        let with_ids = (0_u32..).zip(ids);
        let model: BTreeMap<_, _> = with_ids.filter_map(|(id, key)| Some(((*key)?, id))).collect();
        for key in keys {
            assert_eq!(find(index, *key).1, model.get(key).copied().unwrap_or(NO_ID), "{key}");
        }
        let taken: usize = index.buckets.iter().map(|bucket| bucket.taken as usize).sum();
        assert_eq!(taken, index.taken);
        assert!(taken <= index.buckets.len() * SLOTS / 2);
        let all = index.buckets.iter().flat_map(|bucket| bucket.ids);
        assert_eq!(all.filter(|id| *id != NO_ID).count(), model.len());
    }

    /// Protects every key: in full buckets whose ways lead over the end of the index, with keys
    /// that go, stay away or come back, in an index that grows or, where memory is short, is swept,
    /// a key with state is found and no other is.
    #[test]
    fn keys_with_ids_are_found() {
        for (budget, homes, most, swept) in
            [(1 << 20, 2, 40, 0), (2_048, 1, 12, 100), (2_048, 2, 12, 100)]
        {
            let keys = keys_at_the_end(60, homes);
            let mut ledger = Ledger::new(budget, 0);
            let (mut index, mut ids, mut state) = (KeyIndex::new(), Vec::new(), 1_u64);
            let (mut sweeps, mut growths) = (0, 0);
            for round in 0..20_000 {
                let mut below = |bound: usize| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    usize::try_from(state >> 33).unwrap() % bound
                };
                let live = ids.iter().flatten().count();
                let grows = below(5) < if round / 1_000 % 2 == 0 { 3 } else { 2 };
                let (taken, buckets) = (index.taken, index.buckets.len());
                if grows && live < most {
                    let run: Vec<_> =
                        (0..=below(4).min(most - live - 1)).map(|_| keys[below(60)]).collect();
                    put(&mut index, &mut ids, &run, &mut ledger);
                } else if live > 0 {
                    let at = (0..ids.len()).filter(|id| ids[*id].is_some()).nth(below(live));
                    let id = at.unwrap();
                    index.leave(ids[id].take().unwrap(), narrow(id));
                    if live == 1 {
                        index.free(&mut ledger);
                    }
                }
                let kept = index.buckets.len() == buckets;
                sweeps += u32::from(kept && index.taken < taken);
                growths += u32::from(index.buckets.len() > buckets);
                assert_same(&index, &ids, &keys);
            }
            assert!(sweeps >= swept, "{sweeps} sweeps with {budget} bytes");
            assert!(growths > 2, "{growths} growths with {budget} bytes");
            index.free(&mut ledger);
            assert_eq!(ledger.used(Purpose::Keys), 0);
        }
    }

    /// Protects a key whose way leads over the end of the index, past a full first bucket, when the
    /// keys before it on the way go and are swept out: it keeps its place in the totals.
    #[test]
    fn a_key_that_stays_is_one_key() {
        let window = SlidingWindowSpec { duration_ms: 10, ..Default::default() };
        let mut spec = EngineSpec { windows: Some(window.into()), ..Default::default() };
        spec.key = KeyType::U64 as i32;
        let mut engine = Engine::new(&spec).unwrap();
        let keys = keys_at_the_end(17, 1);
        let (first, new) = keys.split_at(10);
        for (keys, t_ms) in [(first, 0), (&first[9..], 10), (new, 10), (&first[9..], 10)] {
            let times = vec![t_ms; keys.len()];
            let rows = Rows { keys: Keys::U64(keys), ..Rows::new(&[], &times, &[]) };
            assert_eq!(engine.push(&rows).unwrap().rows, keys.len());
        }
        assert_eq!(engine.stats().keys, 8);
        let mut results = ResultBatch::default();
        assert_eq!((engine.poll(&mut results), results.end_ms[0]), (10, 10));
        engine.finish().unwrap();
        assert_eq!((engine.poll(&mut results), results.end_ms[0]), (8, 20));
        assert_eq!(results.count.iter().sum::<i64>(), 9);
    }
}
