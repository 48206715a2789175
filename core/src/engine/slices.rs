//! Slices: the state of all keys between two neighbouring cuts of the windows.
//!
//! A slice finds a key's cell by id. While few ids have one it keeps them in the order in which
//! they came, with an index (*sparse*); when a good part of all ids have one it is a table of
//! blocks by id (*dense*). Which of the two changes no result. Slices stand in the order of time,
//! whatever the order in which they were made. Invariant: a slice in the list holds at least one
//! row. Worked number: 25,000 of 1,000,000 keys take 22 bytes a cell of 12 sparse, 480 dense.

use crate::aggregate::{Besides, Cell, Lanes, counts_of_cells};
use crate::memory::{Class, Handle, Index, Ledger, Paid, Pool, Purpose, narrow, word};

/// The class of dense blocks in the engine's pool.
pub(super) const DENSE: Class = 1;
/// The class of sparse blocks, which carry the ids of their items.
pub(super) const SPARSE: Class = 2;
/// A slice turns dense when one in so many ids has a cell. At one in six a dense cell of 12 bytes
/// costs 72 and saves a probe a row, which is what a row costs most.
const DENSE_PART: u32 = 6;

/// A new table gets all its blocks at once if the one before it, of so many blocks of ids …
const SAMPLE: usize = 64;
/// … holds rows of so many.
const SAMPLE_HELD: usize = 48;
/// Stands in a table for a block that is yet to be taken.
const WANTED: Handle = Handle::MAX;

/// What a slice that a run makes may be, if it is a table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NewTable {
    /// The ids that were given out before the run are below this.
    pub(super) high: u32,
    /// So many ids there may be after it.
    pub(super) all: u32,
    /// Whether there is room for a block for each of the first.
    pub(super) whole: bool,
}

/// Where the cells of a slice are.
#[derive(Debug)]
pub(super) enum Store {
    /// Cells in the order in which they came, how many there are, and their positions by id.
    Sparse { blocks: Paid<Handle>, cells: u32, index: Index },
    /// Cells by id; a missing block is the empty one.
    Dense { blocks: Paid<Handle> },
}

/// One slice.
#[derive(Debug)]
pub(super) struct Slice {
    pub(super) start_ms: i64,
    pub(super) store: Store,
    pub(super) besides: Besides,
}

/// The slices of an engine, by start.
#[derive(Debug)]
pub(super) struct Slices {
    list: Paid<Slice>,
    /// The block that stands for missing ones in dense slices: all its cells are empty.
    pub(super) empty: Handle,
    /// About the length of a slice, to guess positions with.
    typical_ms: i64,
    /// Slices that start within so much of each other are near: two windows.
    near_ms: i64,
    /// Whether a sparse slice has become full enough to turn dense.
    ripe: bool,
}

impl Slices {
    pub(super) fn new(typical_ms: i64, window_ms: i64, empty: Handle) -> Slices {
        Slices {
            list: Paid::new(Purpose::Tables),
            empty,
            typical_ms: typical_ms.max(1),
            near_ms: window_ms.saturating_mul(2),
            ripe: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn get(&self, at: usize) -> &Slice {
        &self.list[at]
    }

    pub(super) fn get_mut(&mut self, at: usize) -> &mut Slice {
        &mut self.list[at]
    }

    /// The position of the first slice that starts at or after `from_ms`.
    pub(super) fn first_from(&self, from_ms: i64) -> usize {
        self.list.partition_point(|slice| slice.start_ms < from_ms)
    }

    /// The position of the slice with this start, or where it belongs.
    #[inline]
    pub(super) fn find(&self, start_ms: i64) -> Result<usize, usize> {
        let Some(first) = self.list.first() else { return Err(0) };
        let guess = start_ms.wrapping_sub(first.start_ms) / self.typical_ms;
        if let Ok(guess) = usize::try_from(guess)
            && self.list.get(guess).is_some_and(|slice| slice.start_ms == start_ms)
        {
            return Ok(guess);
        }
        self.list.binary_search_by_key(&start_ms, |slice| slice.start_ms)
    }

    /// The bytes that `slices` new slices can need before they have cells.
    pub(super) fn growth(&self, slices: usize) -> usize {
        self.list.growth(slices)
    }

    /// Turns slices dense that have become full enough; not while a run holds places of cells.
    pub(super) fn make_dense(
        &mut self,
        keys: u32,
        lanes: &Lanes,
        pool: &mut Pool,
        ledger: &mut Ledger,
    ) {
        if !std::mem::take(&mut self.ripe) {
            return;
        }
        let empty = self.empty;
        for slice in self.list.iter_mut().filter(|slice| slice.is_ripe(keys)) {
            let blocks = (keys as usize).div_ceil(lanes.items());
            let wanted = [(DENSE, blocks)];
            let need = pool.growth(&wanted) + blocks * size_of::<Handle>();
            if need <= ledger.room(Purpose::Cells) && pool.commit(&wanted).is_ok() {
                slice.make_dense(keys, empty, (lanes, pool, ledger));
            }
        }
    }

    /// Notes whether a slice should turn dense before the next run.
    pub(super) fn note_ripe(&mut self, at: usize, keys: u32) {
        self.ripe |= self.list[at].is_ripe(keys);
    }

    /// Makes an empty slice at its place in the list; it must get a cell at once. It is dense where
    /// one of the two before it is and was worth it: the nearest may be filling still.
    pub(super) fn insert(
        &mut self,
        (at, start_ms): (usize, i64),
        table: NewTable,
        (lanes, pool, ledger): (&Lanes, &mut Pool, &mut Ledger),
    ) {
        // The older one first: of the two it is the one that is full, most often.
        let mut before = self.list[at.saturating_sub(2)..at].iter();
        let full = before.find(|slice| slice.is_full_table(table.high, self.empty, pool, lanes));
        let store = if let Some(full) = full {
            // Neither a row far ahead nor keys that lie together must cost a block for every id.
            let is_near = start_ms.saturating_sub(full.start_ms) <= self.near_ms;
            let whole = table.whole && is_near && full.is_used_throughout(table.high, pool, lanes);
            let mut blocks = Paid::new(Purpose::Cells);
            if whole {
                blocks.resize((table.all as usize).div_ceil(lanes.items()), self.empty, ledger);
                let taken = (table.high as usize).div_ceil(lanes.items());
                blocks[..taken].fill(WANTED);
                take_wanted(&mut blocks, (lanes, pool, ledger));
            }
            Store::Dense { blocks }
        } else {
            let (blocks, index) = (Paid::new(Purpose::Cells), Index::new(Purpose::Cells));
            Store::Sparse { blocks, cells: 0, index }
        };
        let slice = Slice { start_ms, store, besides: Besides::new() };
        self.list.insert(at, slice, ledger);
    }

    /// Drops the first `count` slices; each was emptied by [`Slice::free`].
    pub(super) fn remove_first(&mut self, count: usize, ledger: &mut Ledger) {
        self.list.remove_first(count);
        self.list.trim(ledger);
    }
}

impl Slice {
    /// Whether it is sparse, and so many ids have a cell that a table of all ids is worth it.
    fn is_ripe(&self, keys: u32) -> bool {
        matches!(self.store, Store::Sparse { cells, .. } if cells >= worth_a_table(keys))
    }

    /// Whether it is a table, and so many ids have a cell that it is worth it.
    fn is_full_table(&self, keys: u32, empty: Handle, pool: &Pool, lanes: &Lanes) -> bool {
        let Store::Dense { blocks } = &self.store else { return false };
        let mut missing = worth_a_table(keys);
        for handle in blocks.iter().filter(|handle| **handle != empty) {
            let held = counts_of(*handle, pool, lanes)
                .iter()
                .fold(0_u32, |n, count| n.wrapping_add((*count > 0).into()));
            missing = missing.saturating_sub(held);
            if missing == 0 {
                return true;
            }
        }
        false
    }

    /// Whether a table holds rows of most blocks of ids, by a sample of them.
    fn is_used_throughout(&self, keys: u32, pool: &Pool, lanes: &Lanes) -> bool {
        let (blocks, all) = (self.blocks(), (keys as usize).div_ceil(lanes.items()));
        let sample = (0..all).step_by(all.div_ceil(SAMPLE).max(1));
        let wanted = sample.len() * SAMPLE_HELD / SAMPLE;
        let counts = |handle: &Handle| counts_of(*handle, pool, lanes);
        let holds_row = |number: &usize| {
            blocks.get(*number).is_some_and(|handle| counts(handle).iter().any(|n| *n > 0))
        };
        sample.filter(holds_row).count() >= wanted
    }

    /// Whether it is a table of blocks by id.
    pub(super) fn is_dense(&self) -> bool {
        matches!(self.store, Store::Dense { .. })
    }

    /// How many cells a sparse slice has.
    pub(super) fn cells(&self) -> usize {
        match self.store {
            Store::Dense { .. } => 0,
            Store::Sparse { cells, .. } => cells as usize,
        }
    }

    /// The bytes that `rows` new cells can need beside blocks, with so many keys.
    pub(super) fn growth(&self, rows: usize, keys: usize, lanes: &Lanes) -> usize {
        match &self.store {
            Store::Dense { blocks } => {
                blocks.growth(keys.div_ceil(lanes.items()).saturating_sub(blocks.len()))
            }
            Store::Sparse { blocks, index, .. } => index.growth(rows) + blocks.growth(rows),
        }
    }

    /// The cell of an id, if the slice has one; a dense slice answers with an empty cell where it
    /// has a block.
    #[inline]
    pub(super) fn cell(&self, id: u32, lanes: &Lanes, pool: &Pool, empty: Handle) -> Option<Cell> {
        match &self.store {
            Store::Dense { blocks } => {
                let handle = *blocks.get(lanes.block_of(id as usize))?;
                (handle != empty).then(|| Cell::new(handle, lanes.item_of(id as usize)))
            }
            Store::Sparse { blocks, index, .. } => {
                let id_of = |at: u32| id_at(pool.words(), blocks, lanes, at as usize);
                let at = index.find(hash(id), |at| id_of(at) == id)? as usize;
                Some(Cell::new(blocks[lanes.block_of(at)], lanes.item_of(at)))
            }
        }
    }

    /// Makes the cell of an id that has none. Room was checked for.
    pub(super) fn new_cell(
        &mut self,
        id: u32,
        keys: u32,
        empty: Handle,
        (lanes, pool, ledger): (&Lanes, &mut Pool, &mut Ledger),
    ) -> Cell {
        let items = lanes.items();
        match &mut self.store {
            Store::Dense { blocks } => {
                let number = lanes.block_of(id as usize);
                if number >= blocks.len() {
                    let len = (keys as usize).div_ceil(items).max(number + 1);
                    blocks.resize(len, empty, ledger);
                }
                if blocks[number] == empty {
                    blocks[number] = empty_block(DENSE, (lanes, pool, ledger));
                }
                Cell::new(blocks[number], lanes.item_of(id as usize))
            }
            Store::Sparse { blocks, cells, index } => {
                let at = *cells as usize;
                if lanes.block_of(at) == blocks.len() {
                    let block = empty_block(SPARSE, (lanes, pool, ledger));
                    blocks.push(block, ledger);
                }
                let cell = Cell::new(blocks[lanes.block_of(at)], lanes.item_of(at));
                let words = pool.words_mut();
                ids_at_mut(words, cell.word() + lanes.cell_words())[cell.item()] = id;
                let words: &[u64] = words;
                let id_of = |at: u32| id_at(words, blocks, lanes, at as usize);
                index.insert(hash(id), narrow(at), |at| hash(id_of(at)), ledger);
                *cells += 1;
                cell
            }
        }
    }

    /// Moves the cells of a sparse slice to a table; room for a block for every id is there.
    fn make_dense(
        &mut self,
        keys: u32,
        empty: Handle,
        (lanes, pool, ledger): (&Lanes, &mut Pool, &mut Ledger),
    ) {
        let Store::Sparse { blocks, cells, index } = &mut self.store else { return };
        let mut dense = Paid::new(Purpose::Cells);
        dense.resize((keys as usize).div_ceil(lanes.items()), empty, ledger);
        let cells = 0..*cells as usize;
        for at in cells.clone() {
            dense[lanes.block_of(id_at(pool.words(), blocks, lanes, at) as usize)] = WANTED;
        }
        take_wanted(&mut dense, (lanes, pool, ledger));
        let words = lanes.cell_words();
        for at in cells {
            let from = blocks[lanes.block_of(at)];
            let id = id_at(pool.words(), blocks, lanes, at) as usize;
            let (to, from) = pool.blocks_mut(dense[lanes.block_of(id)], words, from, words);
            lanes.copy_cell(to, lanes.item_of(id), from, lanes.item_of(at));
        }
        for handle in blocks.iter() {
            pool.free(*handle, ledger);
        }
        blocks.free(ledger);
        index.free(ledger);
        self.store = Store::Dense { blocks: dense };
    }

    /// The blocks of the slice.
    pub(super) fn blocks(&self) -> &[Handle] {
        match &self.store {
            Store::Dense { blocks } | Store::Sparse { blocks, .. } => blocks,
        }
    }

    /// Gives the slice's blocks back.
    pub(super) fn free(&mut self, empty: Handle, pool: &mut Pool, ledger: &mut Ledger) {
        for handle in self.blocks().iter().filter(|handle| **handle != empty) {
            pool.free(*handle, ledger);
        }
        match &mut self.store {
            Store::Dense { blocks } => blocks.free(ledger),
            Store::Sparse { blocks, index, .. } => {
                blocks.free(ledger);
                index.free(ledger);
            }
        }
        self.besides.free(ledger);
    }
}

/// Takes the blocks that a table wants. They lie in memory in the order of ids, so that a firing
/// walks through it; blocks made when they are first touched lie anywhere, and a row of a sliding
/// window costs a tenth more.
fn take_wanted(table: &mut [Handle], (lanes, pool, ledger): (&Lanes, &mut Pool, &mut Ledger)) {
    for handle in table.iter_mut().filter(|handle| **handle == WANTED) {
        *handle = empty_block(DENSE, (lanes, pool, ledger));
    }
}

/// Takes a block and makes its cells empty.
pub(super) fn empty_block(
    class: Class,
    (lanes, pool, ledger): (&Lanes, &mut Pool, &mut Ledger),
) -> Handle {
    let block = pool.take(class, ledger);
    lanes.clear_cells(pool.block_mut(block, lanes.cell_words()));
    block
}

/// The numbers of rows in the cells of a block.
fn counts_of<'a>(block: Handle, pool: &'a Pool, lanes: &Lanes) -> &'a [u32] {
    &counts_of_cells(pool.words(), word(block))[..lanes.items()]
}

/// So many cells, of so many ids, are worth a table of all ids.
fn worth_a_table(keys: u32) -> u32 {
    keys.div_ceil(DENSE_PART)
}

/// The ids of a sparse block's items; `at` is their first word.
pub(super) fn ids_at(words: &[u64], at: usize) -> &[u32] {
    bytemuck::cast_slice(&words[at..])
}

/// The id of a cell of a sparse slice with these blocks.
#[inline]
pub(super) fn id_at(words: &[u64], blocks: &[Handle], lanes: &Lanes, place: usize) -> u32 {
    let block = word(blocks[lanes.block_of(place)]);
    ids_at(words, block + lanes.cell_words())[lanes.item_of(place)]
}

fn ids_at_mut(words: &mut [u64], at: usize) -> &mut [u32] {
    bytemuck::cast_slice_mut(&mut words[at..])
}

/// Ids are dense numbers: multiplying by 2^32 over the golden ratio spreads them.
fn hash(id: u32) -> u32 {
    id.wrapping_mul(0x9e37_79b9).rotate_left(16)
}
