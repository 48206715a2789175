//! Keys as small numbers: ids from 0, the smallest free one first.
//!
//! An id names a key as long as the key has state; blocks of totals are found by id, and the heads
//! of their items say the key. It decides which id a key gets, which is visible in the order of
//! results: rows bring keys in their order, and a key that comes takes the smallest free id.
//! Invariant: live keys and ids correspond one to one. Worked number: keys 7, 9, 7 get ids 0, 1, 0;
//! if 7 goes, the next new key gets 0.

use super::bits::{each_bit, positions};
use super::ids::Ids;
use super::key_index::{Found, KeyIndex, NO_ID, Wanted};
use super::prefetch::prefetch;
use crate::aggregate::Lanes;
use crate::error::{Code, Error};
use crate::memory::{Class, Handle, Ledger, Paid, Pool, Purpose, narrow, word};
use crate::rows::{Keys as KeyColumn, Rows, span_of};
use crate::spec::KeyType;

/// Words at the head of each item of a block of totals: the first ones of all items side by side,
/// then the second ones.
pub(super) const HEAD: usize = 2;
/// The first of them: the key, or the hash of a byte key.
pub(super) const KEY: usize = 0;
/// The second: the start of the key's newest slice.
pub(super) const NEWEST: usize = 1;
/// The class of blocks of totals in the engine's pool.
pub(super) const TOTALS: Class = 0;
/// No block.
pub(super) const NO_BLOCK: Handle = Handle::MAX;

/// The keys of an engine.
#[derive(Debug)]
pub(super) struct Keys {
    key_type: KeyType,
    index: KeyIndex,
    ids: Ids,
    /// How many keys have state.
    len: usize,
    /// The blocks of totals of all ids; `NO_BLOCK` where none of a block's ids is in use.
    blocks: Paid<Handle>,
    /// Byte keys by id.
    bytes: Paid<Box<[u8]>>,
}

impl Keys {
    pub(super) fn new(key_type: KeyType) -> Keys {
        Keys {
            key_type,
            index: KeyIndex::new(),
            ids: Ids::new(),
            len: 0,
            blocks: Paid::new(Purpose::Keys),
            bytes: Paid::new(Purpose::Keys),
        }
    }

    /// How many keys have state.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Every id in use is below this.
    pub(super) fn high(&self) -> u32 {
        self.ids.high()
    }

    /// How many blocks of totals there are places for.
    pub(super) fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// The block of totals with this number; `NO_BLOCK` where none of its ids is in use.
    pub(super) fn block(&self, number: usize) -> Handle {
        self.blocks.get(number).copied().unwrap_or(NO_BLOCK)
    }

    /// Whether an id belongs to a key.
    pub(super) fn is_live(&self, id: u32) -> bool {
        self.ids.is_used(id)
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
        let bytes =
            if self.key_type == KeyType::Bytes { key_bytes + self.bytes.growth(rows) } else { 0 };
        let blocks = rows.div_ceil(lanes.items()) + 1;
        self.index.growth(self.len, rows)
            + self.ids.growth(rows)
            + bytes
            + self.blocks.growth(blocks)
    }

    /// Makes the index big enough for the new keys of a run, while that can still be refused.
    pub(super) fn reserve(
        &mut self,
        rows: &Rows<'_>,
        picked: &[u32],
        found: &mut Found,
        spare: usize,
        ledger: &mut Ledger,
    ) -> Result<(), Error> {
        if self.ids.high() as usize + found.new.len() >= NO_ID as usize {
            let message = format!("an engine has less than {NO_ID} keys at a time");
            return Err(Error::new(Code::MemoryLimit, "state_budget_bytes", message));
        }
        if self.index.reserve(self.len, found.new.len(), spare, ledger)? {
            for at in &found.new {
                let at = *at as usize;
                self.find_again(&mut found.wanted[at], rows, picked[at] as usize);
            }
        }
        Ok(())
    }

    /// Where a word of an id's head is. An id that was never given out has none.
    #[inline]
    pub(super) fn head(&self, id: u32, which: usize, lanes: &Lanes) -> usize {
        let (number, item) = (lanes.block_of(id as usize), lanes.item_of(id as usize));
        word(self.blocks[number]) + lanes.head_at(which, item)
    }

    /// Asks for the head of an id.
    pub(super) fn prefetch_head(&self, id: u32, lanes: &Lanes, pool: &Pool) {
        if self.is_live(id) {
            prefetch(pool.words(), self.head(id, KEY, lanes));
            prefetch(pool.words(), self.head(id, NEWEST, lanes));
        }
    }

    /// Asks for the place in the index of a key with this id.
    pub(super) fn prefetch_index(&self, id: u32, lanes: &Lanes, pool: &Pool) {
        self.index.prefetch(pool.words()[self.head(id, KEY, lanes)]);
    }

    /// Asks for the totals of an id.
    pub(super) fn prefetch_total(&self, id: u32, lanes: &Lanes, pool: &Pool) {
        let block = word(self.block(lanes.block_of(id as usize)));
        for at in lanes.total_words_of(lanes.item_of(id as usize)) {
            prefetch(pool.words(), block + at);
        }
    }

    /// Finds the ids of rows. The first pass asks for slots, the second reads them.
    pub(super) fn find_run(&self, rows: &Rows<'_>, picked: &[u32], found: &mut Found) {
        let Found { wanted, ids, new, is_one } = found;
        wanted.clear();
        ids.clear();
        let one = self.find_one(rows, picked);
        *is_one = one.is_some();
        if let Some(id) = one {
            ids.resize(picked.len(), id);
            new.clear();
            return;
        }
        let index = &self.index;
        let mut want_all = |keys: &[u64]| match span_of(picked) {
            Some(span) => wanted.extend(keys[span].iter().map(|key| index.want(*key))),
            None => wanted.extend(picked.iter().map(|row| index.want(keys[*row as usize]))),
        };
        match numbers(rows.keys) {
            Some(keys) => want_all(keys),
            None => wanted
                .extend(picked.iter().map(|row| index.want(hash(rows.key_bytes(*row as usize))))),
        }
        if self.key_type == KeyType::Bytes {
            let rows_of = wanted.iter_mut().zip(picked);
            ids.extend(rows_of.map(|(wanted, row)| self.find_bytes(wanted, rows, *row as usize)));
        } else {
            ids.extend(wanted.iter_mut().map(|wanted| index.find(wanted)));
        }
        positions(ids, new, |id| *id == NO_ID);
    }

    /// The id of the key that all rows have, if that is so.
    fn find_one(&self, rows: &Rows<'_>, picked: &[u32]) -> Option<u32> {
        let mut span = span_of(picked)?;
        let (first, last) = (span.start, span.end - 1);
        let id = if let Some(keys) = numbers(rows.keys) {
            let key = keys[first];
            // Most often the last key says it, and the others are not looked at.
            if keys[last] != key || keys[span].iter().fold(0, |n, other| n | (other ^ key)) != 0 {
                return None;
            }
            self.index.find(&mut self.index.want(key))
        } else {
            let key = rows.key_bytes(first);
            if !span.all(|row| rows.key_bytes(row) == key) {
                return None;
            }
            self.find_bytes(&mut self.index.want(hash(key)), rows, first)
        };
        (id != NO_ID).then_some(id)
    }

    fn find_bytes(&self, wanted: &mut Wanted, rows: &Rows<'_>, row: usize) -> u32 {
        let bytes = rows.key_bytes(row);
        self.index.find_among(wanted, |id| *self.bytes[id as usize] == *bytes)
    }

    /// Finds a key again, in an index that has changed.
    fn find_again(&self, wanted: &mut Wanted, rows: &Rows<'_>, row: usize) -> u32 {
        self.index.begin_again(wanted);
        match self.key_type {
            KeyType::Bytes => self.find_bytes(wanted, rows, row),
            _ => self.index.find(wanted),
        }
    }

    /// Gives ids to the new keys of a run, in the order of its rows. Room for them was reserved.
    pub(super) fn insert_run(
        &mut self,
        rows: &Rows<'_>,
        picked: &[u32],
        found: &mut Found,
        (lanes, pool, ledger): (&Lanes, &mut Pool, &mut Ledger),
    ) {
        let items = lanes.items();
        let mut done = 0;
        while let Some(at) = found.new.get(done) {
            let at = *at as usize;
            if !self.index.is_free(&found.wanted[at]) {
                // A row before in the run has brought this key, or another that took its place.
                let id = self.find_again(&mut found.wanted[at], rows, picked[at] as usize);
                if id != NO_ID {
                    found.ids[at] = id;
                    done += 1;
                    continue;
                }
            }
            let (first, free) = self.ids.next(items);
            let block = self.block_of_new(lanes.block_of(first), (lanes, pool, ledger));
            let heads = &mut pool.block_mut(block, lanes.key_words())[..HEAD * items];
            let (keys, newest) = heads.split_at_mut(items);
            let mut left = free;
            let put = self.index.put_run(found, done, (narrow(first), &mut left), |item, key| {
                keys[item] = key;
                newest[item] = i64::MIN.cast_unsigned();
            });
            self.ids.take(first, free & !left, ledger);
            self.len += put;
            if self.key_type == KeyType::Bytes {
                for at in &found.new[done..done + put] {
                    let (id, row) = (found.ids[*at as usize], picked[*at as usize]);
                    self.put_bytes(id, rows.key_bytes(row as usize), ledger);
                }
            }
            done += put;
        }
    }

    /// A block of totals for new ids; it is made if no id of it is in use.
    fn block_of_new(
        &mut self,
        number: usize,
        (lanes, pool, ledger): (&Lanes, &mut Pool, &mut Ledger),
    ) -> Handle {
        if number == self.blocks.len() {
            self.blocks.push(NO_BLOCK, ledger);
        }
        let block = &mut self.blocks[number];
        if *block == NO_BLOCK {
            *block = pool.take(TOTALS, ledger);
            lanes.clear_keys(pool.block_mut(*block, lanes.key_words()));
        }
        *block
    }

    fn put_bytes(&mut self, id: u32, bytes: &[u8], ledger: &mut Ledger) {
        let bytes: Box<[u8]> = bytes.into();
        ledger.count(Purpose::Keys, bytes.len());
        if id as usize == self.bytes.len() {
            self.bytes.push(bytes, ledger);
        } else {
            self.bytes[id as usize] = bytes;
        }
    }

    /// The items of a block whose ids belong to keys, as bits.
    pub(super) fn live_items(&self, number: usize, lanes: &Lanes) -> u64 {
        self.ids.used(number * lanes.items(), lanes.items())
    }

    /// Takes an id back from a key without state.
    pub(super) fn remove(&mut self, id: u32, lanes: &Lanes, pool: &mut Pool, ledger: &mut Ledger) {
        let (number, item) = (lanes.block_of(id as usize), lanes.item_of(id as usize));
        self.remove_items(number, 1 << item, lanes, pool, ledger);
    }

    /// The keys of a block, as words.
    pub(super) fn keys_of<'a>(&self, number: usize, lanes: &Lanes, pool: &'a Pool) -> &'a [u64] {
        &pool.words()[word(self.blocks[number]) + lanes.head_at(KEY, 0)..][..lanes.items()]
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
        let keys = self.keys_of(number, lanes, pool);
        for item in each_bit(items) {
            self.index.prefetch(keys[item]);
        }
        for item in each_bit(items) {
            self.index.leave(keys[item], narrow(first + item));
        }
        if self.key_type == KeyType::Bytes {
            for item in each_bit(items) {
                let bytes = std::mem::take(&mut self.bytes[first + item]);
                ledger.refund(Purpose::Keys, bytes.len());
            }
        }
        self.ids.give_back(first, items);
        self.len -= items.count_ones() as usize;
        if self.live_items(number, lanes) == 0 {
            pool.free(self.blocks[number], ledger);
            self.blocks[number] = NO_BLOCK;
        }
        if self.len == 0 {
            self.clear(ledger);
        }
    }

    /// Without keys nothing is kept.
    fn clear(&mut self, ledger: &mut Ledger) {
        self.ids.clear(ledger);
        self.blocks.free(ledger);
        self.bytes.free(ledger);
        self.index.free(ledger);
    }
}

/// Keys that are numbers.
fn numbers(keys: KeyColumn<'_>) -> Option<&[u64]> {
    match keys {
        KeyColumn::I64(keys) => Some(bytemuck::cast_slice(keys)),
        KeyColumn::U64(keys) => Some(keys),
        KeyColumn::Bytes { .. } => None,
    }
}

fn hash(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}
