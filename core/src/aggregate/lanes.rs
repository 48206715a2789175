//! Which lanes a spec's aggregates need, where they lie in blocks, and what is done to them.
//!
//! Each operation goes lane by lane ("push ifs up, fors down"): one decision for a run of rows or a
//! block of items, then a loop in the lane's own file. Invariant: two lanes of one block never
//! share a word.

use super::extreme::Extreme;
use super::{count, extreme, sum_exact, sum_int, variance};
use crate::rows::Rows;
use crate::spec::{Function, ProvenEngine, ValueType};

/// Items of a block, at most: their counts are 4 cache lines.
const ITEMS_MAX: usize = 64;

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
    /// In a block of totals.
    pub(crate) total: usize,
}

/// The lanes of an engine and the layout of its blocks.
#[derive(Clone, Debug)]
pub(crate) struct Lanes {
    placed: Vec<Placed>,
    shape: Shape,
    head: usize,
    items: usize,
    items_log2: u32,
    cell_words: usize,
    total_words: usize,
}

/// Where a row's cell is: the first word of its block, and the item in it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cell {
    pub(crate) word: usize,
    pub(crate) item: usize,
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
}

/// What a lane's narrow form cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exception {
    /// The position in the run, or the item; the lane; so many moduli more than the cell says.
    Carry(usize, usize, i64),
    /// The position in the run, and the lane: the value itself does not fit and was left out.
    Value(usize, usize),
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
        debug_assert!(most.is_power_of_two());
        let mut items = most.min(ITEMS_MAX);
        loop {
            let laid_out = Lanes::lay_out(&lanes, shape, head, items);
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
        Lanes::lay_out(&[], Shape::Growing, head, items)
    }

    fn lay_out(lanes: &[Lane], shape: Shape, head: usize, items: usize) -> Lanes {
        let (mut cell, mut total) = (0, head * items);
        let placed = lanes.iter().map(|&lane| {
            let at = Placed { lane, cell, total };
            let (cell_bytes, total_words) = widths(lane, shape);
            cell += (cell_bytes * items).div_ceil(8);
            total += total_words * items;
            at
        });
        let placed = placed.collect();
        let items_log2 = items.trailing_zeros();
        Lanes { placed, shape, head, items, items_log2, cell_words: cell, total_words: total }
    }

    /// Items of a block: a power of two.
    #[inline]
    pub(crate) fn items(&self) -> usize {
        self.items
    }

    /// Where the caller's words of an item are in a block of totals.
    #[inline]
    pub(crate) fn head_at(&self, item: usize) -> usize {
        item * self.head
    }

    /// The number of the block that holds item `n` of all.
    #[inline]
    pub(crate) fn block_of(&self, n: usize) -> usize {
        n >> self.items_log2
    }

    /// The item that item `n` of all is in its block.
    #[inline]
    pub(crate) fn item_of(&self, n: usize) -> usize {
        n & (self.items - 1)
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
            Shape::Tumbling => self.head * self.items,
            Shape::Sliding | Shape::Growing => self.total_words,
        }
    }

    /// Makes a block of keys empty, but for the caller's words.
    pub(crate) fn clear_keys(&self, block: &mut [u64]) {
        if self.shape != Shape::Tumbling {
            self.clear_totals(block, 0, self.items);
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
        (self.shape == Shape::Sliding).then(|| self.items * extreme.words())
    }

    /// Whether some lane remembers extremes that slices leave behind.
    pub(crate) fn turns(&self) -> bool {
        self.shape == Shape::Sliding
            && self.placed.iter().any(|placed| matches!(placed.lane, Lane::Extreme(..)))
    }

    /// Makes a block of cells empty.
    pub(crate) fn clear_cells(&self, block: &mut [u64]) {
        for placed in &self.placed {
            let (bytes, _) = widths(placed.lane, self.shape);
            if let Lane::Extreme(_, extreme) = placed.lane {
                // What is left after a slice is written when the slice is turned, before it is read.
                let words = extreme.words() * self.items;
                extreme.clear(&mut block[placed.cell..][..words]);
            } else {
                block[placed.cell..][..(bytes * self.items).div_ceil(8)].fill(0);
            }
        }
    }

    /// Copies a cell into an empty block.
    pub(crate) fn copy_cell(&self, to: &mut [u64], item: usize, from: &[u64], from_item: usize) {
        for placed in &self.placed {
            let (bytes, _) = widths(placed.lane, self.shape);
            match placed.lane {
                Lane::Count | Lane::Valid(_) => {
                    let count = count::of_cells(from, placed.cell)[from_item];
                    bytemuck::cast_slice_mut::<_, u32>(&mut to[placed.cell..])[item] = count;
                }
                Lane::Extreme(_, extreme) => {
                    let words = extreme.words();
                    for array in 0..bytes / 8 / words {
                        let at = placed.cell + array * self.items * words;
                        to[at + item * words..][..words]
                            .copy_from_slice(&from[at + from_item * words..][..words]);
                    }
                }
                _ => {
                    let words = bytes / 8;
                    to[placed.cell + item * words..][..words]
                        .copy_from_slice(&from[placed.cell + from_item * words..][..words]);
                }
            }
        }
    }

    /// Makes the totals of `count` items from `from` on empty. The caller's words stay.
    pub(crate) fn clear_totals(&self, block: &mut [u64], from: usize, count: usize) {
        for placed in &self.placed {
            let (_, words) = widths(placed.lane, self.shape);
            if let Lane::Extreme(_, extreme) = placed.lane {
                for array in 0..words / extreme.words() {
                    let at = placed.total + (array * self.items + from) * extreme.words();
                    extreme.clear(&mut block[at..][..count * extreme.words()]);
                }
            } else {
                block[placed.total + from * words..][..count * words].fill(0);
            }
        }
    }

    /// Adds the rows of a run to their cells. `fresh` gets the positions in the run whose cell held
    /// no row, `exceptions` what did not fit.
    pub(crate) fn add_rows(
        &self,
        words: &mut [u64],
        run: &Run<'_>,
        fresh: &mut Vec<u32>,
        exceptions: &mut Vec<Exception>,
    ) {
        for (at, placed) in self.placed.iter().enumerate() {
            let offset = placed.cell;
            match placed.lane {
                Lane::Count => count::add_rows(words, offset, run, at, fresh, exceptions),
                Lane::Valid(c) => count::add_valid(words, offset, run, c, at, exceptions),
                Lane::SumInt(c) => sum_int::add_rows(words, offset, run, c, at, exceptions),
                Lane::SquareInt(c) => variance::add_int_rows(words, offset, run, c, at, exceptions),
                Lane::SumFloat(c) => sum_exact::add_rows(words, offset, run, c, at, exceptions),
                Lane::SquareFloat(c) => {
                    variance::add_float_rows(words, offset, run, c, at, exceptions);
                }
                Lane::Extreme(c, extreme) => extreme.add_rows(words, offset, run, c),
            }
        }
    }

    /// Adds one row to a total. `front` says that the row's slice lies where extremes were already
    /// turned (see `extreme`). Exceptions carry the position 0.
    pub(crate) fn add_to_total(
        &self,
        total: &mut [u64],
        item: usize,
        row: (&Rows<'_>, usize, i64),
        front: bool,
        exceptions: &mut Vec<Exception>,
    ) {
        let (rows, row, t_ms) = row;
        for (at, placed) in self.placed.iter().enumerate() {
            let offset = placed.total;
            let value = match placed.lane {
                Lane::Count => {
                    total[offset + item] = total[offset + item].wrapping_add(1);
                    continue;
                }
                Lane::Valid(c) => {
                    let one = u64::from(rows.value(c, row).is_some());
                    total[offset + item] = total[offset + item].wrapping_add(one);
                    continue;
                }
                Lane::SumInt(c)
                | Lane::SquareInt(c)
                | Lane::SumFloat(c)
                | Lane::SquareFloat(c)
                | Lane::Extreme(c, _) => rows.value(c, row),
            };
            let Some(bits) = value else { continue };
            match placed.lane {
                Lane::Count | Lane::Valid(_) => {}
                Lane::SumInt(_) => {
                    sum_int::add(total, offset + item, bits.cast_signed(), 0, at, exceptions);
                }
                Lane::SquareInt(_) => {
                    variance::add_int_to_total(total, offset, item, bits.cast_signed());
                }
                Lane::SumFloat(_) => {
                    sum_exact::add_value(
                        total,
                        offset,
                        item,
                        f64::from_bits(bits),
                        0,
                        at,
                        exceptions,
                    );
                }
                Lane::SquareFloat(_) => {
                    variance::add_float(
                        total,
                        offset,
                        item,
                        f64::from_bits(bits),
                        0,
                        at,
                        exceptions,
                    );
                }
                Lane::Extreme(c, extreme) => {
                    let back = self.shape == Shape::Sliding && !front;
                    let array = if back { self.items * extreme.words() } else { 0 };
                    let value = extreme.ordered(rows, c, bits, t_ms);
                    extreme.take(total, offset + array, item, value);
                }
            }
        }
    }

    /// Adds the cells of `count` items to totals: of a block, or of one item.
    pub(crate) fn enter(
        &self,
        total: &mut [u64],
        to: usize,
        cells: &[u64],
        from: usize,
        count: usize,
        exceptions: &mut Vec<Exception>,
    ) {
        for (at, placed) in self.placed.iter().enumerate() {
            let (t, c) = (placed.total, placed.cell);
            match placed.lane {
                Lane::Count | Lane::Valid(_) => count::enter(total, t + to, cells, c, from, count),
                Lane::SumInt(_) => {
                    let (totals, cells) = (&mut total[t + to..], &cells[c + from..]);
                    sum_int::enter(&mut totals[..count], &cells[..count], at, exceptions);
                }
                Lane::SquareInt(_) => variance::enter_int(total, t, to, &cells[c..], from, count),
                Lane::SumFloat(_) => {
                    sum_exact::enter::<{ exact_words::SUM }>(
                        total,
                        t,
                        to,
                        &cells[c..],
                        from,
                        count,
                        at,
                        exceptions,
                    );
                }
                Lane::SquareFloat(_) => {
                    sum_exact::enter::<{ exact_words::SQUARE }>(
                        total,
                        t,
                        to,
                        &cells[c..],
                        from,
                        count,
                        at,
                        exceptions,
                    );
                }
                Lane::Extreme(_, extreme) => {
                    let back = self.shape == Shape::Sliding;
                    let array = if back { self.items * extreme.words() } else { 0 };
                    extreme.enter(&mut total[t + array..], to, &cells[c..], from, count);
                }
            }
        }
    }

    /// Takes the cells of `count` items out of totals.
    pub(crate) fn leave(
        &self,
        total: &mut [u64],
        to: usize,
        cells: &[u64],
        from: usize,
        count: usize,
        exceptions: &mut Vec<Exception>,
    ) {
        for (at, placed) in self.placed.iter().enumerate() {
            let (t, c) = (placed.total, placed.cell);
            match placed.lane {
                Lane::Count | Lane::Valid(_) => count::leave(total, t + to, cells, c, from, count),
                Lane::SumInt(_) => {
                    let (totals, cells) = (&mut total[t + to..], &cells[c + from..]);
                    sum_int::leave(&mut totals[..count], &cells[..count], at, exceptions);
                }
                Lane::SquareInt(_) => variance::leave_int(total, t, to, &cells[c..], from, count),
                Lane::SumFloat(_) => {
                    sum_exact::leave::<{ exact_words::SUM }>(
                        total,
                        t,
                        to,
                        &cells[c..],
                        from,
                        count,
                        at,
                        exceptions,
                    );
                }
                Lane::SquareFloat(_) => {
                    sum_exact::leave::<{ exact_words::SQUARE }>(
                        total,
                        t,
                        to,
                        &cells[c..],
                        from,
                        count,
                        at,
                        exceptions,
                    );
                }
                Lane::Extreme(_, extreme) => {
                    let after = c + self.items * extreme.words();
                    extreme.leave(&mut total[t..], to, cells, after, from, count);
                }
            }
        }
    }

    /// Adds the totals of one block of one item to those of another, where nothing leaves.
    pub(crate) fn absorb(&self, to: &mut [u64], from: &[u64], exceptions: &mut Vec<Exception>) {
        for (at, placed) in self.placed.iter().enumerate() {
            let t = placed.total;
            match placed.lane {
                Lane::Count | Lane::Valid(_) => to[t] = to[t].wrapping_add(from[t]),
                Lane::SumInt(_) => sum_int::enter(&mut to[t..=t], &from[t..=t], at, exceptions),
                Lane::SquareInt(_) => {
                    variance::add_limbs(&mut to[t..][..3], [from[t], from[t + 1], from[t + 2]]);
                }
                Lane::SumFloat(_) => {
                    const SUM: usize = exact_words::SUM;
                    sum_exact::enter::<SUM>(to, t, 0, &from[t..], 0, 1, at, exceptions);
                }
                Lane::SquareFloat(_) => {
                    const SQUARE: usize = exact_words::SQUARE;
                    sum_exact::enter::<SQUARE>(to, t, 0, &from[t..], 0, 1, at, exceptions);
                }
                Lane::Extreme(_, extreme) => extreme.enter(&mut to[t..], 0, &from[t..], 0, 1),
            }
        }
    }

    /// Turns the extremes of `count` items of a slice, the next older one each time: what the
    /// front of the total is without this slice is kept in its cells, and the slice joins it.
    pub(crate) fn turn(
        &self,
        total: &mut [u64],
        to: usize,
        cells: &mut [u64],
        from: usize,
        count: usize,
    ) {
        for placed in &self.placed {
            if let Lane::Extreme(_, extreme) = placed.lane {
                let after = placed.cell + self.items * extreme.words();
                let front = &mut total[placed.total..];
                extreme.turn(front, to, cells, placed.cell, after, from, count);
            }
        }
    }

    /// Empties the backs of a block's totals: every slice in them was turned.
    pub(crate) fn clear_backs(&self, total: &mut [u64]) {
        for placed in &self.placed {
            if let Lane::Extreme(_, extreme) = placed.lane {
                let words = self.items * extreme.words();
                extreme.clear(&mut total[placed.total + words..][..words]);
            }
        }
    }

    /// Sets what is left without a cell's slice to what the cell of the next newer one says, or to
    /// nothing; for a cell that is made after its slice was turned.
    pub(crate) fn turn_late(&self, cells: &mut [u64], item: usize, newer: Option<(&[u64], usize)>) {
        for placed in &self.placed {
            if let Lane::Extreme(_, extreme) = placed.lane {
                let after = placed.cell + self.items * extreme.words();
                extreme.turn_late(cells, placed.cell, after, item, newer);
            }
        }
    }

    /// Takes a late row into what is left without an older slice of its key, and says whether that
    /// changed anything.
    pub(crate) fn take_after(
        &self,
        cells: &mut [u64],
        item: usize,
        rows: &Rows<'_>,
        row: usize,
        t_ms: i64,
    ) -> bool {
        let mut changed = false;
        for placed in &self.placed {
            if let Lane::Extreme(c, extreme) = placed.lane
                && let Some(bits) = rows.value(c, row)
            {
                let after = placed.cell + self.items * extreme.words();
                changed |= extreme.take(cells, after, item, extreme.ordered(rows, c, bits, t_ms));
            }
        }
        changed
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

/// Bytes of a lane in a cell, and words of it in a total.
fn widths(lane: Lane, shape: Shape) -> (usize, usize) {
    match lane {
        Lane::Count | Lane::Valid(_) => (4, 1),
        Lane::SumInt(_) => (8, 1),
        Lane::SquareInt(_) => (16, 3),
        Lane::SumFloat(_) => (8 * exact_words::SUM, exact_words::SUM),
        Lane::SquareFloat(_) => (8 * exact_words::SQUARE, exact_words::SQUARE),
        Lane::Extreme(_, extreme) => {
            let arrays = if shape == Shape::Sliding { 2 } else { 1 };
            (8 * extreme.words() * arrays, extreme.words() * arrays)
        }
    }
}

/// Words of an exact cell, as constants of the loops over them.
mod exact_words {
    pub(super) const SUM: usize = super::super::exact::SUM_LIMBS;
    pub(super) const SQUARE: usize = super::super::exact::SQUARE_LIMBS;
}
