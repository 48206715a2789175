//! Least, greatest, first and last: extremes that slices leave behind when they go.
//!
//! An extreme cannot be subtracted. But all keys' slices enter and leave at the same instants, so
//! one schedule serves them all: a total is a *front* (older slices) and a *back* (newer ones).
//! Rows and slices join the back. When the front is used up the slices of the back are *turned*,
//! newest to oldest: each cell keeps what the front is `after` its slice is gone, then joins the
//! front. So a slice leaves by one load a cell, and every cell is touched three times in its life,
//! however long the window is. (The two stacks of Tangwongsan et al., "Low-latency sliding-window
//! aggregation in worst-case constant time", laid out by slice; a cell without rows costs nothing.)
//! A turned cell is not asked for again, so what is left takes its place; but where late rows may
//! emit a window once more, cells are kept and what is left lies apart. Invariant: front and back
//! together are the extreme of the slices in the total. Worked number: slices whose greatest are 9,
//! 4 and 7 are turned: the front is 9, and they leave 7, 7 and nothing behind.
//!
//! A value is an integer that orders as the value does ([`order`]); first and last are pairs of
//! time and value.

use super::count;
use super::order::{self, NanAt};
use crate::rows::{Rows, ValueData};
use crate::spec::ValueType;

use super::lanes::{Cell, Run};

/// Which value of a column is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extreme {
    /// The smallest; NaN only if there is nothing else.
    Least,
    /// The largest; NaN only if there is nothing else.
    Greatest,
    /// The one with the earliest time, of several the smallest.
    First,
    /// The one with the latest time, of several the largest.
    Last,
}

/// A value to compare: time and order, or order and nothing.
type Ordered = [i64; 2];

impl Extreme {
    /// Words of one value.
    pub(crate) fn words(self) -> usize {
        match self {
            Extreme::Least | Extreme::Greatest => 1,
            Extreme::First | Extreme::Last => 2,
        }
    }

    /// What stands for no value: every value wins over it, or equals it.
    fn nothing(self) -> i64 {
        match self {
            Extreme::Least | Extreme::First => i64::MAX,
            Extreme::Greatest | Extreme::Last => i64::MIN,
        }
    }

    /// Makes values be none.
    pub(super) fn clear(self, words: &mut [u64]) {
        words.fill(self.nothing().cast_unsigned());
    }

    /// A row's value as what is compared.
    #[inline]
    pub(super) fn ordered(self, rows: &Rows<'_>, column: usize, bits: u64, t_ms: i64) -> Ordered {
        let nan = if self == Extreme::Greatest { NanAt::Start } else { NanAt::End };
        let order = match rows.values[column].data {
            ValueData::I64(_) => bits.cast_signed(),
            ValueData::F64(_) => order::of_float(bits, nan),
        };
        match self {
            Extreme::Least | Extreme::Greatest => [order, 0],
            Extreme::First | Extreme::Last => [t_ms, order],
        }
    }

    /// Whether `new` wins over `old`.
    #[inline]
    fn wins(self, new: Ordered, old: Ordered) -> bool {
        match self {
            Extreme::Least => new[0] < old[0],
            Extreme::Greatest => new[0] > old[0],
            Extreme::First => new < old,
            Extreme::Last => new > old,
        }
    }

    #[inline]
    fn load(self, words: &[u64], item: usize) -> Ordered {
        match self {
            Extreme::Least | Extreme::Greatest => [words[item].cast_signed(), 0],
            Extreme::First | Extreme::Last => {
                [words[item * 2].cast_signed(), words[item * 2 + 1].cast_signed()]
            }
        }
    }

    #[inline]
    fn store(self, words: &mut [u64], item: usize, value: Ordered) {
        match self {
            Extreme::Least | Extreme::Greatest => words[item] = value[0].cast_unsigned(),
            Extreme::First | Extreme::Last => {
                words[item * 2] = value[0].cast_unsigned();
                words[item * 2 + 1] = value[1].cast_unsigned();
            }
        }
    }

    /// Takes a value into the item of an array; whether that changed it.
    #[inline]
    pub(super) fn take(self, words: &mut [u64], array: usize, item: usize, value: Ordered) -> bool {
        let words = &mut words[array..];
        let wins = self.wins(value, self.load(words, item));
        if wins {
            self.store(words, item, value);
        }
        wins
    }

    /// Takes the values of a run into their cells.
    pub(super) fn add_rows(self, words: &mut [u64], offset: usize, run: &Run<'_>, column: usize) {
        let values = run.rows.values[column];
        let words = &mut words[offset..];
        if let ValueData::I64(data) = values.data {
            let place = |cell: Cell| cell.word() + cell.item();
            let numbers = run.integers(column).filter(|_| self.words() == 1);
            if let Some(numbers) = numbers {
                run.each_extreme(numbers, |group, (least, greatest)| {
                    let value = if self == Extreme::Least { least } else { greatest };
                    self.take(words, 0, place(group.cell), [value, 0]);
                });
                return;
            }
            match self {
                Extreme::Least => run.each_value(&values, data, |_, cell, value| {
                    lower(&mut words[place(cell)], value);
                }),
                Extreme::Greatest => run.each_value(&values, data, |_, cell, value| {
                    raise(&mut words[place(cell)], value);
                }),
                Extreme::First | Extreme::Last => {
                    run.each_value(&values, data, |at, cell, value| {
                        self.take(words, cell.word(), cell.item(), [run.times_ms[at], value]);
                    });
                }
            }
            return;
        }
        for ((cell, row), t_ms) in run.cells.iter().zip(run.picked).zip(run.times_ms) {
            if let Some(bits) = run.rows.value(column, *row as usize) {
                let value = self.ordered(run.rows, column, bits, *t_ms);
                self.take(words, cell.word(), cell.item(), value);
            }
        }
    }

    /// Takes cells into the totals that slices enter.
    pub(super) fn enter(
        self,
        back: &mut [u64],
        to: usize,
        cells: &[u64],
        from: usize,
        count: usize,
    ) {
        let words = self.words();
        let back = &mut back[to * words..][..count * words];
        let cells = &cells[from * words..][..count * words];
        match self {
            Extreme::Least => lower_all(back, cells),
            Extreme::Greatest => raise_all(back, cells),
            Extreme::First | Extreme::Last => {
                for item in 0..count {
                    let value = self.load(cells, item);
                    self.take(back, 0, item, value);
                }
            }
        }
    }

    /// Lets cells leave: the front becomes what it is after them. Cells without rows leave nothing.
    pub(super) fn leave(
        self,
        front: &mut [u64],
        to: usize,
        cells: &[u64],
        after: usize,
        from: usize,
        count: usize,
    ) {
        let words = self.words();
        let counts = &count::of_cells(cells, 0)[from..][..count];
        let fronts = &mut front[to * words..][..count * words];
        let afters = &cells[after + from * words..][..count * words];
        if words == 1 {
            return replace_held(fronts, afters, counts);
        }
        let pairs = fronts.chunks_exact_mut(words).zip(afters.chunks_exact(words));
        for ((front, after), count) in pairs.zip(counts) {
            for (front, after) in front.iter_mut().zip(after) {
                *front = if *count > 0 { *after } else { *front };
            }
        }
    }

    /// Turns cells; see the module.
    #[expect(clippy::too_many_arguments, reason = "a place in two blocks, and two arrays in one")]
    pub(super) fn turn(
        self,
        front: &mut [u64],
        to: usize,
        cells: &mut [u64],
        raw: usize,
        after: usize,
        from: usize,
        count: usize,
    ) {
        let words = self.words();
        let front = &mut front[to * words..][..count * words];
        if after != raw {
            cells[after + from * words..][..count * words].copy_from_slice(front);
            return self.enter(front, 0, &cells[raw..], from, count);
        }
        let cells = &mut cells[raw + from * words..][..count * words];
        match self {
            Extreme::Least => lower_and_swap(front, cells),
            Extreme::Greatest => raise_and_swap(front, cells),
            Extreme::First | Extreme::Last => {
                for item in 0..count {
                    let (value, before) = (self.load(cells, item), self.load(front, item));
                    self.store(cells, item, before);
                    self.take(front, 0, item, value);
                }
            }
        }
    }

    /// The value of a total as the bits of its type; with `back` it is front and back.
    #[inline]
    pub(super) fn value(
        self,
        total: &[u64],
        item: usize,
        back: Option<usize>,
        value_type: ValueType,
    ) -> u64 {
        let mut value = self.load(total, item);
        if let Some(back) = back {
            let back = self.load(&total[back..], item);
            if self.wins(back, value) {
                value = back;
            }
        }
        let order = match self {
            Extreme::Least | Extreme::Greatest => value[0],
            Extreme::First | Extreme::Last => value[1],
        };
        to_bits(order, value_type)
    }
}

/// The bits of the value with this order.
#[inline]
pub(super) fn to_bits(order: i64, value_type: ValueType) -> u64 {
    match value_type {
        ValueType::I64 => order.cast_unsigned(),
        ValueType::F64 => order::to_float(order).to_bits(),
    }
}

#[expect(clippy::inline_always, reason = "must take on the SIMD features of its caller")]
#[inline(always)]
fn lower(word: &mut u64, value: i64) {
    *word = word.cast_signed().min(value).cast_unsigned();
}

#[expect(clippy::inline_always, reason = "must take on the SIMD features of its caller")]
#[inline(always)]
fn raise(word: &mut u64, value: i64) {
    *word = word.cast_signed().max(value).cast_unsigned();
}

#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn lower_all(totals: &mut [u64], cells: &[u64]) {
    for (total, cell) in totals.iter_mut().zip(cells) {
        lower(total, cell.cast_signed());
    }
}

#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn raise_all(totals: &mut [u64], cells: &[u64]) {
    for (total, cell) in totals.iter_mut().zip(cells) {
        raise(total, cell.cast_signed());
    }
}

/// Lowers totals by cells, which get what the totals were.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn lower_and_swap(totals: &mut [u64], cells: &mut [u64]) {
    for (total, cell) in totals.iter_mut().zip(cells) {
        let value = std::mem::replace(cell, *total);
        lower(total, value.cast_signed());
    }
}

#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn raise_and_swap(totals: &mut [u64], cells: &mut [u64]) {
    for (total, cell) in totals.iter_mut().zip(cells) {
        let value = std::mem::replace(cell, *total);
        raise(total, value.cast_signed());
    }
}

/// Takes over the values of cells that hold rows.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn replace_held(fronts: &mut [u64], afters: &[u64], counts: &[u32]) {
    for ((front, after), count) in fronts.iter_mut().zip(afters).zip(counts) {
        // A choice of values, not of addresses, so that many are made at once.
        let held = 0_u64.wrapping_sub(u64::from(*count > 0));
        *front = *after & held | *front & !held;
    }
}
