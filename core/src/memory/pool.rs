//! Blocks of fixed sizes in a region, grouped so that what dies together frees whole chunks.
//!
//! A chunk of 64 KiB holds blocks of one class. Blocks are handed out from one chunk until it is
//! full, so those made at the same time lie together; slices die in the order of time, and their
//! chunks empty one after the other. An empty chunk is kept while few are idle and given back to
//! the system otherwise ([`Pool::trim`]). It knows nothing of what is in a block. Invariant: the
//! ledger holds 64 KiB for every chunk that holds a block or is idle; a handle stays valid until it
//! is freed.

use super::region::Region;
use super::{CHUNK_BYTES, CHUNK_WORDS, Ledger, Paid, Purpose, low_half, narrow};
use crate::error::Error;

/// Words per unit of a handle: 64 bytes, one cache line, so that 2^32 handles reach 256 GiB.
const UNIT_WORDS: usize = 8;
/// Units per chunk.
const CHUNK_UNITS: usize = CHUNK_WORDS / UNIT_WORDS;
/// The most chunks that handles can reach.
const CHUNKS_MAX: usize = (u32::MAX as usize + 1) / CHUNK_UNITS;

/// Idle chunks are kept for reuse up to this many (512 KiB) …
const IDLE_MIN: usize = 8;
/// … or up to this part of those in use: a slide gives a slice back and takes one.
const IDLE_PART: usize = 8;

/// A block: its first word is at `8 * handle`.
pub(crate) type Handle = u32;
/// Which size of blocks: an index into the sizes that the pool was made with.
pub(crate) type Class = u8;

/// The end of a list of blocks or chunks.
const NONE: u32 = u32::MAX;
/// The class of a chunk that holds no block.
const NO_CLASS: Class = Class::MAX;

/// The blocks of an engine.
#[derive(Debug)]
pub(crate) struct Pool {
    region: Region,
    chunks: Paid<Chunk>,
    classes: Vec<Blocks>,
    /// Chunks without blocks that are still paid for.
    idle: Paid<u32>,
    /// Chunks that were given back.
    released: Paid<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Chunk {
    class: Class,
    /// Blocks in use.
    used: u16,
    /// Blocks ever handed out since the chunk was taken: those after are untouched.
    fresh: u16,
    /// The first of the blocks that were freed; each block's first word leads to the next.
    freed: u32,
    /// Where the chunk stands in its class's list of chunks with room; `NONE` if not there.
    listed: u32,
}

/// The blocks of one size.
#[derive(Debug)]
struct Blocks {
    units: usize,
    per_chunk: u16,
    purpose: Purpose,
    /// Where blocks are taken from now; `NONE` at first.
    current: u32,
    /// Other chunks with room.
    partial: Paid<u32>,
}

impl Pool {
    /// A pool of `budget` bytes for blocks of these sizes in words, each at most a chunk.
    ///
    /// Errors: `MEMORY_LIMIT` where the system reserves nothing.
    pub(crate) fn new(budget: u64, sizes: &[(usize, Purpose)]) -> Result<Pool, Error> {
        // The budget refuses before the region does: one chunk of each class may be half empty.
        let spare = sizes.len() + 1;
        let chunks = usize::try_from(budget).unwrap_or(usize::MAX) / CHUNK_BYTES + spare;
        let classes = sizes.iter().map(|&(words, purpose)| {
            let units = words.div_ceil(UNIT_WORDS).clamp(1, CHUNK_UNITS);
            Blocks {
                units,
                per_chunk: u16::try_from(CHUNK_UNITS / units).unwrap_or(1),
                purpose,
                current: NONE,
                partial: Paid::new(Purpose::Tables),
            }
        });
        Ok(Pool {
            region: Region::reserve(chunks.min(CHUNKS_MAX))?,
            chunks: Paid::new(Purpose::Tables),
            classes: classes.collect(),
            idle: Paid::new(Purpose::Tables),
            released: Paid::new(Purpose::Tables),
        })
    }

    /// The bytes that so many more blocks of these classes can need at most, all together.
    pub(crate) fn growth(&self, wanted: &[(Class, usize)]) -> usize {
        let missing = self.missing_of_all(wanted);
        let all = self.chunks.len() + missing;
        let lists: usize = self.lists().map(|list| list.growth(all - list.len())).sum();
        let tables = self.chunks.growth(missing) + lists;
        missing.saturating_sub(self.idle.len()) * CHUNK_BYTES + tables
    }

    /// The lists of chunks. Each has room for all of them: whoever gives blocks back pays nothing.
    fn lists(&self) -> impl Iterator<Item = &Paid<u32>> {
        let partial = self.classes.iter().map(|class| &class.partial);
        [&self.idle, &self.released].into_iter().chain(partial)
    }

    fn missing_of_all(&self, wanted: &[(Class, usize)]) -> usize {
        wanted.iter().map(|(class, blocks)| self.missing(*class, *blocks)).sum()
    }

    /// The chunks that so many more blocks of a class need beside the one they are taken from.
    fn missing(&self, class: Class, blocks: usize) -> usize {
        let Blocks { per_chunk, current, .. } = &self.classes[usize::from(class)];
        let here = self.chunks.get(*current as usize).map_or(0, |chunk| per_chunk - chunk.used);
        blocks.saturating_sub(here.into()).div_ceil((*per_chunk).into())
    }

    /// Makes sure that the system lets so many more blocks of these classes be touched.
    ///
    /// Errors: `MEMORY_LIMIT`; nothing changed.
    pub(crate) fn commit(&mut self, wanted: &[(Class, usize)]) -> Result<(), Error> {
        let ready = self.idle.len() + self.released.len();
        let missing = self.missing_of_all(wanted).saturating_sub(ready);
        self.region.commit(self.chunks.len() + missing)
    }

    /// Takes a block, whose words hold anything. Room for it was checked and committed before.
    pub(crate) fn take(&mut self, class: Class, ledger: &mut Ledger) -> Handle {
        let blocks = &self.classes[usize::from(class)];
        let (units, per_chunk) = (blocks.units, blocks.per_chunk);
        let mut at = blocks.current;
        if self.chunks.get(at as usize).is_none_or(|chunk| chunk.used == per_chunk) {
            at = self.chunk_with_room(class, ledger);
            self.classes[usize::from(class)].current = at;
        }
        let chunk = &mut self.chunks[at as usize];
        chunk.used += 1;
        let block = if chunk.freed == NONE {
            chunk.fresh += 1;
            usize::from(chunk.fresh - 1)
        } else {
            let block = chunk.freed as usize;
            let word = at as usize * CHUNK_WORDS + block * units * UNIT_WORDS;
            // The low half: what a freed block holds was written by `free`.
            chunk.freed = low_half(self.region.words()[word]);
            block
        };
        handle(at, block * units)
    }

    /// A chunk of the class that has room, a used one last: what is made together stays together.
    fn chunk_with_room(&mut self, class: Class, ledger: &mut Ledger) -> u32 {
        let fresh = Chunk { class, used: 0, fresh: 0, freed: NONE, listed: NONE };
        let purpose = self.classes[usize::from(class)].purpose;
        if let Some(at) = self.idle.pop() {
            ledger.refund(Purpose::Tables, CHUNK_BYTES);
            ledger.count(purpose, CHUNK_BYTES);
            self.chunks[at as usize] = fresh;
            return at;
        }
        if let Some(at) = self.classes[usize::from(class)].partial.pop() {
            self.chunks[at as usize].listed = NONE;
            return at;
        }
        ledger.count(purpose, CHUNK_BYTES);
        if let Some(at) = self.released.pop() {
            self.chunks[at as usize] = fresh;
            return at;
        }
        self.chunks.push(fresh, ledger);
        let all = self.chunks.len();
        let partial = self.classes.iter_mut().map(|class| &mut class.partial);
        for list in [&mut self.idle, &mut self.released].into_iter().chain(partial) {
            list.fit(all, ledger);
        }
        narrow(all - 1)
    }

    /// Gives a block back.
    pub(crate) fn free(&mut self, handle: Handle, ledger: &mut Ledger) {
        let at = handle / narrow(CHUNK_UNITS);
        let chunk = &mut self.chunks[at as usize];
        let class = &mut self.classes[usize::from(chunk.class)];
        let was_full = chunk.used == class.per_chunk;
        chunk.used -= 1;
        if chunk.used == 0 {
            let listed = std::mem::replace(&mut chunk.listed, NONE);
            chunk.class = NO_CLASS;
            ledger.refund(class.purpose, CHUNK_BYTES);
            ledger.count(Purpose::Tables, CHUNK_BYTES);
            if class.current == at {
                class.current = NONE;
            }
            if listed != NONE {
                class.partial.swap_remove(listed as usize);
                if let Some(moved) = class.partial.get(listed as usize) {
                    self.chunks[*moved as usize].listed = listed;
                }
            }
            self.idle.push(at, ledger);
            return;
        }
        let unit = handle as usize % CHUNK_UNITS;
        let block = narrow(unit / class.units);
        let next = std::mem::replace(&mut chunk.freed, block);
        if was_full && class.current != at {
            chunk.listed = narrow(class.partial.len());
            class.partial.push(at, ledger);
        }
        self.region.words_mut()[handle as usize * UNIT_WORDS] = u64::from(next);
    }

    /// Gives idle chunks back to the system beyond the few that the next blocks will want.
    pub(crate) fn trim(&mut self, ledger: &mut Ledger) {
        let used = self.chunks.len() - self.idle.len() - self.released.len();
        let keep = IDLE_MIN.max(used / IDLE_PART);
        while self.idle.len() > keep
            && let Some(at) = self.idle.pop()
        {
            self.region.release(at as usize);
            ledger.refund(Purpose::Tables, CHUNK_BYTES);
            self.released.push(at, ledger);
        }
    }

    /// All words; those of a block start at [`word`] of its handle.
    pub(crate) fn words(&self) -> &[u64] {
        self.region.words()
    }

    /// All words, to write.
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        self.region.words_mut()
    }

    /// The words of a block that is `len` words long.
    pub(crate) fn block(&self, handle: Handle, len: usize) -> &[u64] {
        &self.region.words()[word(handle)..][..len]
    }

    /// The words of a block, to write.
    pub(crate) fn block_mut(&mut self, handle: Handle, len: usize) -> &mut [u64] {
        &mut self.region.words_mut()[word(handle)..][..len]
    }

    /// Two blocks to write, of these lengths; they must not be the same.
    pub(crate) fn blocks_mut(
        &mut self,
        one: Handle,
        one_len: usize,
        other: Handle,
        other_len: usize,
    ) -> (&mut [u64], &mut [u64]) {
        let (one, other) = (word(one), word(other));
        if one < other {
            let (low, high) = self.region.words_mut().split_at_mut(other);
            (&mut low[one..][..one_len], &mut high[..other_len])
        } else {
            let (low, high) = self.region.words_mut().split_at_mut(one);
            (&mut high[..one_len], &mut low[other..][..other_len])
        }
    }
}

/// The first word of a block.
pub(crate) fn word(handle: Handle) -> usize {
    handle as usize * UNIT_WORDS
}

fn handle(chunk: u32, unit: usize) -> Handle {
    narrow(chunk as usize * CHUNK_UNITS + unit)
}

#[cfg(test)]
mod tests {
    use super::{CHUNK_BYTES, Ledger, Pool, Purpose};

    /// Protects every cell: blocks never overlap and keep their words while others come and go, in
    /// two classes; the ledger holds the chunks in use, and when all blocks are gone the memory is
    /// back but for the few idle chunks.
    #[test]
    fn blocks_keep_their_words_and_memory_goes_back() {
        let mut ledger = Ledger::new(1 << 30, 0);
        let sizes = [(96, Purpose::Cells), (250, Purpose::Keys)];
        let mut pool = Pool::new(1 << 28, &sizes).unwrap();
        let mut live: Vec<(u32, u8, u64)> = Vec::new();
        let mut state = 7_u64;
        for round in 0..60_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let class = u8::from(state >> 60 & 1 == 1);
            let grow = (state >> 40) % 5 < if round / 15_000 % 2 == 0 { 4 } else { 1 };
            if grow || live.is_empty() {
                pool.commit(&[(class, 1)]).unwrap();
                let before = ledger.state();
                let most = pool.growth(&[(class, 1)]);
                let handle = pool.take(class, &mut ledger);
                assert!(ledger.state() <= before + most, "growth is a bound");
                pool.block_mut(handle, sizes[usize::from(class)].0).fill(round);
                live.push((handle, class, round));
            } else {
                let at = usize::try_from(state >> 33).unwrap() % live.len();
                let (handle, class, mark) = live.swap_remove(at);
                let block = pool.block(handle, sizes[usize::from(class)].0);
                assert!(block.iter().all(|word| *word == mark));
                pool.free(handle, &mut ledger);
                pool.trim(&mut ledger);
            }
        }
        assert!(ledger.used(Purpose::Cells).is_multiple_of(CHUNK_BYTES));
        for (handle, ..) in live {
            pool.free(handle, &mut ledger);
        }
        pool.trim(&mut ledger);
        assert_eq!((ledger.used(Purpose::Cells), ledger.used(Purpose::Keys)), (0, 0));
        assert!(ledger.state() < 10 * CHUNK_BYTES, "{}", ledger.state());
    }
}
