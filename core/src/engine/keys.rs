//! Keys as small numbers: ids from 0, the smallest free one first.
//!
//! An id names a key as long as the key has state; blocks of totals are found by id. The index is
//! open addressing with the key in the slot, so that a probe is one cache line. A slot only points:
//! the head of its id says whether the id is still the key's. So a key that goes leaves its slot
//! behind; keys come back, and then the slot is there; the others are dropped in a sweep. It
//! decides which id a key gets, which is visible in the order of results. Invariant: live keys and
//! ids correspond one to one, and no free id is smaller than one given out next. Worked number:
//! keys 7, 9, 7 get ids 0, 1, 0; if 7 goes, the next new key gets 0.

use super::prefetch::prefetch;
use crate::aggregate::Lanes;
use crate::error::Error;
use crate::memory::{Class, Handle, Ledger, Paid, Pool, Purpose, narrow, word};
use crate::rows::{Keys as KeyColumn, Rows};
use crate::spec::KeyType;

/// Words at the head of each item of a block of totals, side by side: one cache line tells them.
pub(super) const HEAD: usize = 2;
/// The first of them: the key, or the hash of a byte key.
pub(super) const KEY: usize = 0;
/// The second: the start of the key's newest slice.
pub(super) const NEWEST: usize = 1;
/// The newest slice of an id that is free: none that is ever dropped.
const NO_SLICE_WORD: u64 = i64::MAX.cast_unsigned();
/// The class of blocks of totals in the engine's pool.
pub(super) const TOTALS: Class = 0;
/// No block.
pub(super) const NO_BLOCK: Handle = Handle::MAX;
/// No id.
const NO_ID: u32 = u32::MAX;

/// A slot of the index: the key, or the hash of a byte key, and its id.
#[derive(Clone, Copy, Debug)]
struct Slot {
    key: u64,
    id: u32,
}

/// The index keeps room for the slots of keys that went, up to so many times the keys with state.
const RETURNING_MAX: usize = 4;

const EMPTY: Slot = Slot { key: 0, id: NO_ID };

/// The totals of up to 64 ids.
#[derive(Clone, Copy, Debug)]
struct Block {
    handle: Handle,
    used: u32,
}

/// The keys of an engine.
#[derive(Debug)]
pub(super) struct Keys {
    key_type: KeyType,
    slots: Paid<Slot>,
    /// Slots that are not empty, those of keys that went included.
    filled: usize,
    len: usize,
    blocks: Paid<Block>,
    /// The ids below this were given out at some time.
    high: u32,
    /// A bit for each id below `high` that is free.
    free: Paid<u64>,
    free_len: usize,
    /// No word of `free` before this has a bit.
    free_from: usize,
    /// Byte keys by id.
    bytes: Paid<Box<[u8]>>,
}

/// A row's key on its way through the index.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// The key, or the hash of a byte key.
    pub(super) key: u64,
    /// Where its probing is: at a slot with the key, or at the one it would have.
    place: usize,
}

/// What the words of keys lie in.
#[derive(Clone, Copy)]
pub(super) struct Heads<'a> {
    pub(super) lanes: &'a Lanes,
    pub(super) pool: &'a Pool,
}

/// Finds heads of ids.
#[derive(Clone, Copy)]
struct Finder<'a> {
    blocks: &'a [Block],
    words: &'a [u64],
    lanes: &'a Lanes,
}

impl Finder<'_> {
    /// Where an id's head is, if its block has one.
    #[expect(clippy::inline_always, reason = "two of these a row, in loops of a few instructions")]
    #[inline(always)]
    fn head(&self, id: u32) -> Option<usize> {
        let block = self.blocks.get(self.lanes.block_of(id as usize))?;
        (block.handle != NO_BLOCK)
            .then(|| word(block.handle) + self.lanes.head_at(self.lanes.item_of(id as usize)))
    }

    #[expect(clippy::inline_always, reason = "as for `head`")]
    #[inline(always)]
    fn is_current(&self, slot: Slot) -> bool {
        let head = self.head(slot.id).and_then(|head| self.words.get(head..head + HEAD));
        head.is_some_and(|head| {
            // One branch, not two: both words are there or neither is.
            u8::from(head[KEY] == slot.key) & u8::from(head[NEWEST] != NO_SLICE_WORD) == 1
        })
    }
}

impl Keys {
    pub(super) fn new(key_type: KeyType) -> Keys {
        Keys {
            key_type,
            slots: Paid::new(Purpose::Keys),
            filled: 0,
            len: 0,
            blocks: Paid::new(Purpose::Keys),
            high: 0,
            free: Paid::new(Purpose::Keys),
            free_len: 0,
            free_from: 0,
            bytes: Paid::new(Purpose::Keys),
        }
    }

    /// How many keys have state.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Every id in use is below this.
    pub(super) fn high(&self) -> u32 {
        self.high
    }

    /// How many blocks of totals there are places for.
    pub(super) fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// The block of totals with this number; `NO_BLOCK` where none of its ids is in use.
    pub(super) fn block(&self, number: usize) -> Handle {
        self.blocks.get(number).map_or(NO_BLOCK, |block| block.handle)
    }

    /// Whether an id belongs to a key.
    pub(super) fn is_live(&self, id: u32) -> bool {
        id < self.high && self.free[id as usize / 64] >> (id % 64) & 1 == 0
    }

    /// The key type.
    pub(super) fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The bytes of a byte key.
    pub(super) fn bytes_of(&self, id: u32) -> &[u8] {
        &self.bytes[id as usize]
    }

    /// The bytes that `rows` new keys with so many bytes can need at most.
    pub(super) fn growth(&self, rows: usize, key_bytes: usize, lanes: &Lanes) -> usize {
        let full = self.filled + rows > room_of(self.slots.len());
        let slots = slots_for(self.len + rows);
        let grows = full && slots > self.slots.len();
        let index = if grows { slots * size_of::<Slot>() } else { 0 };
        let bytes =
            if self.key_type == KeyType::Bytes { key_bytes + self.bytes.growth(rows) } else { 0 };
        let words = rows.div_ceil(64) + 1;
        let blocks = rows.div_ceil(lanes.items()) + 1;
        index + bytes + self.free.growth(words) + self.blocks.growth(blocks)
    }

    /// Makes the index big enough for `rows` new keys, while that can still be refused. Whether it
    /// was built anew: then the places that searches noted mean nothing.
    pub(super) fn reserve(
        &mut self,
        rows: usize,
        (lanes, pool, ledger): (&Lanes, &Pool, &mut Ledger),
    ) -> Result<bool, Error> {
        if self.filled + rows <= room_of(self.slots.len()) {
            return Ok(false);
        }
        let needed = slots_for(self.len + rows);
        // Keys that went may come back, and find their slots then.
        let roomy = slots_for(self.filled.min(RETURNING_MAX * self.len) + rows).max(needed);
        let fits = roomy * size_of::<Slot>() <= ledger.room(Purpose::Keys) / 4;
        let wanted = if fits { roomy } else { needed };
        if wanted <= self.slots.len() {
            self.sweep(lanes, pool);
            return Ok(true);
        }
        let mut old = Paid::new(Purpose::Keys);
        old.reserve(wanted, ledger)?;
        old.resize(wanted, EMPTY, ledger);
        std::mem::swap(&mut old, &mut self.slots);
        self.filled = 0;
        for slot in old.iter().filter(|slot| slot.id != NO_ID) {
            let at = free_slot(&self.slots, home(slot.key));
            self.slots[at] = *slot;
            self.filled += 1;
        }
        old.free(ledger);
        if self.filled + rows > room_of(self.slots.len()) {
            self.sweep(lanes, pool);
        }
        Ok(true)
    }

    /// Empties the slots that keys have left behind, in place: from an empty slot on, every entry
    /// is taken out and put back at the first free place on its way, which is not after its own.
    fn sweep(&mut self, lanes: &Lanes, pool: &Pool) {
        let mask = self.slots.len() - 1;
        let Some(start) = self.slots.iter().position(|slot| slot.id == NO_ID) else { return };
        self.filled = 0;
        for step in 1..=mask {
            let at = (start + step) & mask;
            let slot = std::mem::replace(&mut self.slots[at], EMPTY);
            if slot.id != NO_ID && self.is_current(slot, lanes, pool) {
                let place = free_slot(&self.slots, home(slot.key));
                self.slots[place] = slot;
                self.filled += 1;
            }
        }
    }

    /// Whether an id is still that of the slot's key: the head says so. A byte key with the same
    /// hash may have the id now; its bytes tell.
    #[inline]
    fn is_current(&self, slot: Slot, lanes: &Lanes, pool: &Pool) -> bool {
        self.finder(Heads { lanes, pool }).is_current(slot)
    }

    /// Where a word of an id's head is. An id that was never given out has none.
    #[inline]
    pub(super) fn head(&self, id: u32, which: usize, lanes: &Lanes) -> usize {
        let (number, item) = (lanes.block_of(id as usize), lanes.item_of(id as usize));
        word(self.blocks[number].handle) + lanes.head_at(item) + which
    }

    /// Finds the ids of rows; `NO_ID` where a key has no state. The first pass asks for slots, the
    /// second reads them and asks for heads, the third confirms that the ids are still the keys'.
    pub(super) fn find_run(
        &self,
        rows: &Rows<'_>,
        picked: &[u32],
        wanted: &mut Vec<Wanted>,
        ids: &mut Vec<u32>,
        heads: Heads<'_>,
    ) {
        wanted.clear();
        ids.clear();
        ids.resize(picked.len(), NO_ID);
        let mask = self.slots.len().wrapping_sub(1);
        let slots: &[Slot] = &self.slots;
        let want = |key: u64| {
            let place = home(key) & mask;
            prefetch(slots, place);
            Wanted { key, place }
        };
        match rows.keys {
            KeyColumn::I64(keys) => {
                wanted.extend(picked.iter().map(|row| want(keys[*row as usize].cast_unsigned())));
            }
            KeyColumn::U64(keys) => {
                wanted.extend(picked.iter().map(|row| want(keys[*row as usize])));
            }
            KeyColumn::Bytes { .. } => wanted.extend(
                picked
                    .iter()
                    .map(|row| want(twox_hash::XxHash3_64::oneshot(rows.key_bytes(*row as usize)))),
            ),
        }
        if slots.is_empty() {
            return;
        }
        let finder = self.finder(heads);
        for (wanted, id) in wanted.iter_mut().zip(ids.iter_mut()) {
            let slot = probe(slots, wanted);
            *id = slot.id;
            if let Some(head) = finder.head(slot.id) {
                prefetch(finder.words, head);
            }
        }
        if self.key_type == KeyType::Bytes {
            for ((wanted, id), row) in wanted.iter_mut().zip(ids.iter_mut()).zip(picked) {
                *id = self.confirm(*id, wanted, (rows, *row as usize), heads);
            }
        } else {
            for (wanted, id) in wanted.iter().zip(ids.iter_mut()) {
                let is_current = finder.is_current(Slot { key: wanted.key, id: *id });
                *id = if is_current { *id } else { NO_ID };
            }
        }
    }

    /// What a loop over ids looks at, side by side in registers.
    #[inline]
    fn finder<'a>(&'a self, heads: Heads<'a>) -> Finder<'a> {
        Finder { blocks: &self.blocks, words: heads.pool.words(), lanes: heads.lanes }
    }

    /// The id of a key that has state, from what its slot says.
    #[inline]
    fn confirm(
        &self,
        id: u32,
        wanted: &mut Wanted,
        (rows, row): (&Rows<'_>, usize),
        heads: Heads<'_>,
    ) -> u32 {
        let slot = Slot { key: wanted.key, id };
        let is_current = id != NO_ID && self.is_current(slot, heads.lanes, heads.pool);
        if self.key_type != KeyType::Bytes || id == NO_ID {
            return if is_current { id } else { NO_ID };
        }
        if is_current && *self.bytes[id as usize] == *rows.key_bytes(row) {
            return id;
        }
        self.search_on(wanted, (rows, row), heads)
    }

    /// Finds the place of a new key again, in an index that was built anew.
    pub(super) fn find_again(
        &self,
        wanted: &mut Wanted,
        (rows, row): (&Rows<'_>, usize),
        heads: Heads<'_>,
    ) -> u32 {
        wanted.place = home(wanted.key) & (self.slots.len() - 1);
        let slot = probe(&self.slots, wanted);
        self.confirm(slot.id, wanted, (rows, row), heads)
    }

    /// Byte keys with one hash, or a slot that such a key has left behind: looks at all of them. A
    /// key that is new takes the first slot that was left behind.
    #[cold]
    fn search_on(
        &self,
        wanted: &mut Wanted,
        (rows, row): (&Rows<'_>, usize),
        heads: Heads<'_>,
    ) -> u32 {
        let mask = self.slots.len() - 1;
        let (mut at, mut left_behind) = (wanted.place, None);
        loop {
            let slot = self.slots[at & mask];
            if slot.id == NO_ID {
                wanted.place = left_behind.unwrap_or(at & mask);
                return NO_ID;
            }
            if slot.key == wanted.key {
                if !self.is_current(slot, heads.lanes, heads.pool) {
                    left_behind = left_behind.or(Some(at & mask));
                } else if *self.bytes[slot.id as usize] == *rows.key_bytes(row) {
                    return slot.id;
                }
            }
            at += 1;
        }
    }

    /// The id of a key that was not found, given to it now: unless a row before in the run has
    /// brought the same key. Room for it was reserved.
    pub(super) fn find_or_insert(
        &mut self,
        mut wanted: Wanted,
        rows: &Rows<'_>,
        row: usize,
        (lanes, pool, ledger): (&Lanes, &mut Pool, &mut Ledger),
    ) -> u32 {
        let slot = self.slots[wanted.place];
        let is_free =
            slot.id == NO_ID || (slot.key == wanted.key && !self.is_current(slot, lanes, pool));
        if !is_free {
            // Another key, or this one, has taken the place meanwhile.
            let id = self.find_again(&mut wanted, (rows, row), Heads { lanes, pool });
            if id != NO_ID {
                return id;
            }
        }
        let id = self.insert(wanted, rows, row, (lanes, pool, ledger));
        let slot = &mut self.slots[wanted.place];
        self.filled += usize::from(slot.id == NO_ID);
        *slot = Slot { key: wanted.key, id };
        id
    }

    /// Gives a new key the smallest free id and a place in a block.
    fn insert(
        &mut self,
        wanted: Wanted,
        rows: &Rows<'_>,
        row: usize,
        (lanes, pool, ledger): (&Lanes, &mut Pool, &mut Ledger),
    ) -> u32 {
        let id = self.take_id(ledger);
        let (number, item) = (lanes.block_of(id as usize), lanes.item_of(id as usize));
        if number == self.blocks.len() {
            self.blocks.push(Block { handle: NO_BLOCK, used: 0 }, ledger);
        }
        if self.blocks[number].handle == NO_BLOCK {
            let handle = pool.take(TOTALS, ledger);
            let block = pool.block_mut(handle, lanes.key_words());
            lanes.clear_keys(block);
            for item in 0..lanes.items() {
                block[lanes.head_at(item) + NEWEST] = NO_SLICE_WORD;
            }
            self.blocks[number].handle = handle;
        }
        self.blocks[number].used += 1;
        let block = pool.block_mut(self.blocks[number].handle, lanes.key_words());
        block[lanes.head_at(item) + KEY] = wanted.key;
        block[lanes.head_at(item) + NEWEST] = i64::MIN.cast_unsigned();
        if self.key_type == KeyType::Bytes {
            let bytes: Box<[u8]> = rows.key_bytes(row).into();
            ledger.count(Purpose::Keys, bytes.len());
            if id as usize == self.bytes.len() {
                self.bytes.push(bytes, ledger);
            } else {
                self.bytes[id as usize] = bytes;
            }
        }
        self.len += 1;
        id
    }

    fn take_id(&mut self, ledger: &mut Ledger) -> u32 {
        if self.free_len == 0 {
            let id = self.high;
            self.high += 1;
            if id as usize / 64 == self.free.len() {
                self.free.push(0, ledger);
            }
            return id;
        }
        while self.free[self.free_from] == 0 {
            self.free_from += 1;
        }
        let bits = &mut self.free[self.free_from];
        let bit = bits.trailing_zeros();
        *bits &= *bits - 1;
        self.free_len -= 1;
        narrow(self.free_from * 64) + bit
    }

    /// Takes an id back from a key without state.
    pub(super) fn remove(&mut self, id: u32, lanes: &Lanes, pool: &mut Pool, ledger: &mut Ledger) {
        let (number, item) = (lanes.block_of(id as usize), lanes.item_of(id as usize));
        self.remove_items(number, 1 << item, lanes, pool, ledger);
    }

    /// Takes the ids of a block back whose bits are set.
    pub(super) fn remove_items(
        &mut self,
        number: usize,
        items: u64,
        lanes: &Lanes,
        pool: &mut Pool,
        ledger: &mut Ledger,
    ) {
        let first = number * lanes.items();
        let block = pool.block_mut(self.blocks[number].handle, lanes.key_words());
        let mut left = items;
        while left != 0 {
            let item = left.trailing_zeros() as usize;
            block[lanes.head_at(item) + NEWEST] = NO_SLICE_WORD;
            if self.key_type == KeyType::Bytes {
                let bytes = std::mem::take(&mut self.bytes[first + item]);
                ledger.refund(Purpose::Keys, bytes.len());
            }
            left &= left - 1;
        }
        // A block's items are a power of two up to 64: they lie in one word of bits.
        self.free[first / 64] |= items << (first % 64);
        self.free_from = self.free_from.min(first / 64);
        let count = items.count_ones();
        self.len -= count as usize;
        self.free_len += count as usize;
        let block = &mut self.blocks[number];
        block.used -= count;
        if block.used == 0 {
            pool.free(block.handle, ledger);
            block.handle = NO_BLOCK;
        }
        if self.len == 0 {
            self.clear(ledger);
        }
    }

    /// Without keys nothing is kept.
    fn clear(&mut self, ledger: &mut Ledger) {
        self.high = 0;
        self.filled = 0;
        self.free_len = 0;
        self.free_from = 0;
        self.free.free(ledger);
        self.blocks.free(ledger);
        self.bytes.free(ledger);
        self.slots.free(ledger);
    }
}

/// Follows a key's way to its slot, or to the empty one at its end.
#[inline]
fn probe(slots: &[Slot], wanted: &mut Wanted) -> Slot {
    let mask = slots.len() - 1;
    loop {
        let slot = slots[wanted.place & mask];
        if slot.key == wanted.key || slot.id == NO_ID {
            // An empty slot has the key 0, which is a key as well; but then it ends the way too.
            return slot;
        }
        wanted.place = (wanted.place + 1) & mask;
    }
}

/// The first empty slot on a key's way.
fn free_slot(slots: &[Slot], home: usize) -> usize {
    let mask = slots.len() - 1;
    let mut at = home & mask;
    while slots[at].id != NO_ID {
        at = (at + 1) & mask;
    }
    at
}

/// The low bits of a hash, as many as an address has.
#[expect(clippy::cast_possible_truncation, reason = "a mask takes fewer bits than that")]
#[inline]
fn home(key: u64) -> usize {
    mix(key) as usize
}

/// Where probing for a key starts. The high half of the product depends on every bit of the key;
/// which slot a key has is never visible.
#[expect(clippy::cast_possible_truncation, reason = "the two halves of the product")]
#[inline]
fn mix(key: u64) -> u64 {
    let product = u128::from(key ^ 0x2545_f491_4f6c_dd1d) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

/// The slots that so many keys need: a power of two, at most 2 of 5 full after it was built, so
/// that there is room for keys that come and go.
fn slots_for(len: usize) -> usize {
    if len == 0 { 0 } else { (len + len / 2 * 3).next_power_of_two().max(8) }
}

/// How many slots may be filled: half of them. A key that is not there is then found missing after
/// 2.5 probes; at 3 of 4 it would be 8.5 (Knuth, volume 3, section 6.4).
fn room_of(slots: usize) -> usize {
    slots / 2
}
