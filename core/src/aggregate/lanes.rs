//! Which lanes a spec's aggregates need, and where they lie in blocks.
//!
//! It decides layout and nothing about values; what is done to lanes stands in [`super::passes`].
//! Invariant: two lanes of one block never share a word. Worked number: count and a sum of i64 in
//! blocks of 64: counts in words 0 to 31, sums in words 32 to 95, 12 bytes a cell.

use std::ops::Range;

use super::count;
use super::exact::{SQUARE_LIMBS, SUM_LIMBS};
use super::extreme::Extreme;
use super::groups::Group;
use crate::memory::{Handle, narrow, word};
use crate::rows::{Rows, Values, span_of};
use crate::spec::{Function, ProvenEngine, ValueType};

/// Items of a block, at most: their counts are 4 cache lines.
pub(crate) const ITEMS_MAX: usize = 64;

/// One kind of state; the number is the value column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Rows.
    Count,
    /// Values that are not null.
    Valid(usize),
    /// Sum of integers.
    SumInt(usize),
    /// Sum of the squares of integers.
    SquareInt(usize),
    /// Exact sum of floats.
    SumFloat(usize),
    /// Exact sum of the squares of floats.
    SquareFloat(usize),
    /// Least, greatest, first or last value.
    Extreme(usize, Extreme),
}

impl Lane {
    fn is_extreme(self) -> bool {
        matches!(self, Lane::Extreme(..))
    }
}

/// How windows share slices, which decides what an extreme must remember.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Slices enter a total and leave it: extremes keep what is left when a slice goes.
    Sliding,
    /// Slices enter a total until all are dropped at once, or a total is all there is (sessions).
    Growing,
    /// A window is one slice.
    Tumbling,
}

/// A lane in its blocks; offsets in words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) lane: Lane,
    /// In a block of cells.
    pub(crate) cell: usize,
    /// In a block of cells: what is left of an extreme after a slice that was turned. It takes the
    /// place of the cell where no window is emitted again; then a turned cell without rows says
    /// what the front was, not nothing.
    pub(crate) after: usize,
    /// In a block of totals.
    pub(crate) total: usize,
}

/// The lanes of an engine and the layout of its blocks.
#[derive(Clone, Debug)]
pub(crate) struct Lanes {
    pub(super) placed: Vec<Placed>,
    /// The arrays of a block of totals: where each begins, and the words of an item in it.
    total_arrays: Vec<(usize, usize)>,
    pub(super) shape: Shape,
    head: usize,
    items_log2: u32,
    /// The number of items less 1; in 32 bits, so that a place in a block is seen never to
    /// overflow.
    item_mask: u32,
    /// Where the extremes are in a block of cells; lanes that add lie before them.
    extremes: Range<usize>,
    /// Where what is left after slices begins: behind the extremes, or in their place.
    afters_at: usize,
    cell_words: usize,
    total_words: usize,
}

/// Where a row's cell is: its block, and the item in it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cell {
    pub(crate) block: Handle,
    item: u32,
}

impl Cell {
    #[inline]
    pub(crate) fn new(block: Handle, item: usize) -> Cell {
        Cell { block, item: narrow(item) }
    }

    /// The first word of its block.
    #[inline]
    pub(crate) fn word(self) -> usize {
        word(self.block)
    }

    /// Its item in the block.
    #[inline]
    pub(crate) fn item(self) -> usize {
        self.item as usize
    }
}

/// Rows that are applied together, with their cells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<'a> {
    pub(crate) rows: &'a Rows<'a>,
    /// The rows, as positions in the batch.
    pub(crate) picked: &'a [u32],
    /// The time of each picked row.
    pub(crate) times_ms: &'a [i64],
    /// The cell of each picked row.
    pub(crate) cells: &'a [Cell],
    /// The rows by slice, where all have one key and there are few slices; otherwise none.
    pub(crate) groups: &'a [Group],
    /// The slice of each picked row, as a position in `groups` where there are any.
    pub(crate) group_of: &'a [u32],
}

/// What a lane's narrow form cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exception {
    /// The position in the run, or the item; the lane; so many moduli more than the cell says.
    Carry(usize, usize, i64),
    /// The position in the run, and the lane: the value itself does not fit and was left out.
    Value(usize, usize),
}

impl Run<'_> {
    /// Calls `add` with the position in the run, the cell and the value of each row whose value is
    /// not null.
    #[inline]
    pub(super) fn each_value<T: Copy>(
        &self,
        values: &Values<'_>,
        data: &[T],
        mut add: impl FnMut(usize, Cell, T),
    ) {
        if let (Some(rows), None) = (span_of(self.picked), values.validity) {
            // The usual case, without a decision a row.
            let places = self.cells.iter().enumerate();
            places.zip(&data[rows]).for_each(|((at, cell), value)| add(at, *cell, *value));
            return;
        }
        for (at, (cell, row)) in self.cells.iter().zip(self.picked).enumerate() {
            if values.is_valid(*row as usize) {
                add(at, *cell, data[*row as usize]);
            }
        }
    }
}

impl Lanes {
    /// The lanes of a spec. `head` is how many words of each total belong to the caller; blocks
    /// hold at most `most` items, and are at most `words_max` words long.
    pub(crate) fn new(
        spec: &ProvenEngine,
        shape: Shape,
        head: usize,
        most: usize,
        words_max: usize,
    ) -> Lanes {
        let lanes = needed(spec);
        let emits_again = spec.window.allowed_lateness_ms > 0;
        debug_assert!(most.is_power_of_two());
        let mut items = most.min(ITEMS_MAX);
        loop {
            let laid_out = Lanes::lay_out(&lanes, (shape, emits_again), head, items);
            // The ids of a sparse block's items lie behind its cells.
            let longest = laid_out.total_words.max(laid_out.cell_words + items.div_ceil(2));
            if longest <= words_max || items == 1 {
                return laid_out;
            }
            items /= 2;
        }
    }

    /// Blocks of `items` items that hold nothing but the caller's words.
    pub(crate) fn bare(head: usize, items: usize) -> Lanes {
        Lanes::lay_out(&[], (Shape::Growing, false), head, items)
    }

    fn lay_out(
        lanes: &[Lane],
        (shape, emits_again): (Shape, bool),
        head: usize,
        items: usize,
    ) -> Lanes {
        let words_of = |lane: Lane| (cell_bytes(lane) * items).div_ceil(8);
        let words = |extremes: bool| -> usize {
            let of_kind = lanes.iter().filter(|lane| lane.is_extreme() == extremes);
            of_kind.map(|lane| words_of(*lane)).sum()
        };
        let extremes = words(false)..words(false) + words(true);
        let apart = shape == Shape::Sliding && emits_again;
        let afters_at = if apart { extremes.end } else { extremes.start };
        let (mut adds, mut extreme, mut total) = (0, extremes.start, head * items);
        let mut total_arrays = Vec::new();
        let placed = lanes.iter().map(|&lane| {
            let cell = if lane.is_extreme() { &mut extreme } else { &mut adds };
            // Extremes and what is left after them lie in the same order.
            let apart = if lane.is_extreme() { afters_at - extremes.start } else { 0 };
            let after = *cell + apart;
            let at = Placed { lane, cell: *cell, after, total };
            *cell += words_of(lane);
            let (words, arrays) = total_arrays_of(lane, shape);
            for _ in 0..arrays {
                total_arrays.push((total, words));
                total += words * items;
            }
            at
        });
        let placed = placed.collect();
        let cell_words = afters_at + extremes.len();
        let (items_log2, item_mask) = (items.trailing_zeros(), narrow(items - 1));
        Lanes {
            placed,
            total_arrays,
            shape,
            head,
            items_log2,
            item_mask,
            extremes,
            afters_at,
            cell_words,
            total_words: total,
        }
    }

    /// Items of a block: a power of two.
    #[inline]
    pub(crate) fn items(&self) -> usize {
        self.item_mask as usize + 1
    }

    /// Where a word that the caller has for an item is in a block of totals.
    #[inline]
    pub(crate) fn head_at(&self, which: usize, item: usize) -> usize {
        which * self.items() + item
    }

    /// The number of the block that holds item `n` of all.
    #[inline]
    pub(crate) fn block_of(&self, n: usize) -> usize {
        n.wrapping_shr(self.items_log2)
    }

    /// The item that item `n` of all is in its block.
    #[inline]
    pub(crate) fn item_of(&self, n: usize) -> usize {
        n & self.item_mask as usize
    }

    /// Words of a block of cells.
    pub(crate) fn cell_words(&self) -> usize {
        self.cell_words
    }

    /// Words of a block of totals.
    pub(crate) fn total_words(&self) -> usize {
        self.total_words
    }

    /// Words of a block of keys: the caller's, and totals where keys keep them.
    pub(crate) fn key_words(&self) -> usize {
        match self.shape {
            Shape::Tumbling => self.head * self.items(),
            Shape::Sliding | Shape::Growing => self.total_words,
        }
    }

    /// Makes a block of keys empty, but for the caller's words.
    pub(crate) fn clear_keys(&self, block: &mut [u64]) {
        if self.shape != Shape::Tumbling {
            self.clear_totals(block, 0, self.items());
        }
    }

    /// How many lanes there are.
    pub(crate) fn len(&self) -> usize {
        self.placed.len()
    }

    /// The lane with this position.
    pub(crate) fn lane(&self, at: usize) -> Lane {
        self.placed[at].lane
    }

    /// The position of a lane and where its totals are, if there is such a lane.
    pub(crate) fn find(&self, lane: Lane) -> Option<(usize, usize)> {
        let at = self.placed.iter().position(|placed| placed.lane == lane)?;
        Some((at, self.placed[at].total))
    }

    /// The column of a lane's values.
    pub(crate) fn column(&self, at: usize) -> Option<usize> {
        match self.placed[at].lane {
            Lane::Count => None,
            Lane::Valid(c)
            | Lane::SumInt(c)
            | Lane::SquareInt(c)
            | Lane::SumFloat(c)
            | Lane::SquareFloat(c)
            | Lane::Extreme(c, _) => Some(c),
        }
    }

    /// Where a lane's totals are.
    pub(crate) fn total_at(&self, at: usize) -> usize {
        self.placed[at].total
    }

    /// Where an item of a block of totals has its words: the first of them in each array.
    pub(crate) fn total_words_of(&self, item: usize) -> impl Iterator<Item = usize> {
        self.total_arrays.iter().map(move |(at, words)| at + item * words)
    }

    /// The extreme that a function asks for.
    pub(crate) fn extreme_of(function: Function) -> Option<Extreme> {
        match function {
            Function::Min => Some(Extreme::Least),
            Function::Max => Some(Extreme::Greatest),
            Function::First => Some(Extreme::First),
            Function::Last => Some(Extreme::Last),
            _ => None,
        }
    }

    /// How many words after an extreme's front its back is, where it has one.
    pub(crate) fn back(&self, extreme: Extreme) -> Option<usize> {
        (self.shape == Shape::Sliding).then(|| self.items() * extreme.words())
    }

    /// How many sums of integers there are.
    pub(crate) fn int_sums(&self) -> usize {
        self.placed.iter().filter(|placed| matches!(placed.lane, Lane::SumInt(_))).count()
    }

    /// Whether every lane can be taken out of a total again, whatever remembered it.
    pub(crate) fn subtracts(&self) -> bool {
        self.placed.iter().all(|placed| !placed.lane.is_extreme())
    }

    /// Whether some lane remembers extremes that slices leave behind.
    pub(crate) fn turns(&self) -> bool {
        self.shape == Shape::Sliding && self.placed.iter().any(|placed| placed.lane.is_extreme())
    }

    /// The words of a block of cells that entering a total reads.
    pub(crate) fn entering(&self) -> Range<usize> {
        0..self.extremes.end
    }

    /// The words that leaving it reads.
    pub(crate) fn leaving(&self) -> [Range<usize>; 2] {
        [0..self.extremes.start, self.afters_at..self.cell_words]
    }

    /// The words that turning reads and writes.
    pub(crate) fn turning(&self) -> Range<usize> {
        self.extremes.start..self.cell_words
    }

    /// Whether turning a slice leaves its cells as they are.
    pub(super) fn keeps_turned(&self) -> bool {
        self.afters_at == self.extremes.end
    }

    /// Makes a block of cells empty.
    pub(crate) fn clear_cells(&self, block: &mut [u64]) {
        for placed in &self.placed {
            if let Lane::Extreme(_, extreme) = placed.lane {
                // What is left after a slice is written when that is turned, before it is read.
                let words = extreme.words() * self.items();
                extreme.clear(&mut block[placed.cell..][..words]);
            } else {
                let bytes = cell_bytes(placed.lane) * self.items();
                block[placed.cell..][..bytes.div_ceil(8)].fill(0);
            }
        }
    }

    /// Copies a cell into an empty block.
    pub(crate) fn copy_cell(&self, to: &mut [u64], item: usize, from: &[u64], from_item: usize) {
        for placed in &self.placed {
            let words = cell_bytes(placed.lane) / 8;
            match placed.lane {
                Lane::Count | Lane::Valid(_) => {
                    let count = count::of_cells(from, placed.cell)[from_item];
                    bytemuck::cast_slice_mut::<_, u32>(&mut to[placed.cell..])[item] = count;
                }
                _ => {
                    // Twice the same, where nothing lies apart.
                    for at in [placed.cell, placed.after] {
                        to[at + item * words..][..words]
                            .copy_from_slice(&from[at + from_item * words..][..words]);
                    }
                }
            }
        }
    }

    /// Makes the totals of `count` items from `from` on empty. The caller's words stay.
    pub(crate) fn clear_totals(&self, block: &mut [u64], from: usize, count: usize) {
        for placed in &self.placed {
            let (words, arrays) = total_arrays_of(placed.lane, self.shape);
            for array in 0..arrays {
                let at = placed.total + (array * self.items() + from) * words;
                let block = &mut block[at..][..count * words];
                match placed.lane {
                    Lane::Extreme(_, extreme) => extreme.clear(block),
                    _ => block.fill(0),
                }
            }
        }
    }
}

/// The lanes of a spec: the number of rows always, and each other one once.
fn needed(spec: &ProvenEngine) -> Vec<Lane> {
    let mut lanes = vec![Lane::Count];
    let mut add = |lane: Lane| {
        if !lanes.contains(&lane) {
            lanes.push(lane);
        }
    };
    for output in &spec.outputs {
        let Some(c) = output.column else { continue };
        let is_float = spec.columns[c].value_type == ValueType::F64;
        if spec.columns[c].nullable {
            add(Lane::Valid(c));
        }
        let sum = if is_float { Lane::SumFloat(c) } else { Lane::SumInt(c) };
        match output.function {
            Function::Count => {}
            Function::Sum | Function::Mean => add(sum),
            Function::Variance | Function::Stddev => {
                add(sum);
                add(if is_float { Lane::SquareFloat(c) } else { Lane::SquareInt(c) });
            }
            Function::Min | Function::Max | Function::First | Function::Last => {
                lanes_of_extreme(output.function, c).into_iter().for_each(&mut add);
            }
        }
    }
    lanes
}

fn lanes_of_extreme(function: Function, column: usize) -> Option<Lane> {
    Lanes::extreme_of(function).map(|extreme| Lane::Extreme(column, extreme))
}

/// Bytes of a lane in a cell, without what is left after it.
fn cell_bytes(lane: Lane) -> usize {
    match lane {
        Lane::Count | Lane::Valid(_) => 4,
        Lane::SumInt(_) => 8,
        Lane::SquareInt(_) => 16,
        Lane::SumFloat(_) => 8 * SUM_LIMBS,
        Lane::SquareFloat(_) => 8 * SQUARE_LIMBS,
        Lane::Extreme(_, extreme) => 8 * extreme.words(),
    }
}

/// Words of an item in an array of a lane's totals, and how many such arrays there are.
fn total_arrays_of(lane: Lane, shape: Shape) -> (usize, usize) {
    match lane {
        Lane::Count | Lane::Valid(_) | Lane::SumInt(_) => (1, 1),
        Lane::SquareInt(_) => (3, 1),
        Lane::SumFloat(_) => (SUM_LIMBS, 1),
        Lane::SquareFloat(_) => (SQUARE_LIMBS, 1),
        // What leaves needs a front and a back.
        Lane::Extreme(_, extreme) => (extreme.words(), if shape == Shape::Sliding { 2 } else { 1 }),
    }
}
