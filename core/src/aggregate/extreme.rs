//! Least, greatest, first and last: extremes that slices leave behind when they go.
//!
//! An extreme cannot be subtracted. But all keys' slices enter and leave at the same instants, so
//! one schedule serves them all: a total is a *front* (older slices) and a *back* (newer ones). Rows
//! and slices join the back. When the front is used up the slices of the back are *turned*, newest
//! to oldest: each cell keeps what the front is `after` its slice is gone, then joins the front. So
//! a slice leaves by one load a cell, and every cell is touched three times in its life, however
//! long the window is. (The two stacks of Tangwongsan et al., "Low-latency sliding-window
//! aggregation in worst-case constant time", laid out by slice; a cell without rows costs nothing.)
//! Invariant: front and back together are the extreme of the slices in the total.
//!
//! A value is an integer that orders as the value does ([`order`]); first and last are pairs of
//! time and value.

use super::count;
use super::order::{self, NanAt};
use crate::rows::{Rows, ValueData};
use crate::spec::ValueType;

use super::lanes::Run;

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
        for ((cell, row), t_ms) in run.cells.iter().zip(run.picked).zip(run.times_ms) {
            if let Some(bits) = run.rows.value(column, *row as usize) {
                let value = self.ordered(run.rows, column, bits, *t_ms);
                self.take(words, cell.word + offset, cell.item, value);
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
        for item in 0..count {
            let value = self.load(cells, from + item);
            self.take(back, 0, to + item, value);
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
        let counts = count::of_cells(cells, 0);
        for item in from..from + count {
            if counts[item] > 0 {
                self.store(front, to + item - from, self.load(&cells[after..], item));
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
        for item in 0..count {
            let rest = self.load(front, to + item);
            self.store(&mut cells[after..], from + item, rest);
            let value = self.load(&cells[raw..], from + item);
            self.take(front, 0, to + item, value);
        }
    }

    /// See [`Lanes::turn_late`](super::Lanes::turn_late).
    pub(super) fn turn_late(
        self,
        cells: &mut [u64],
        raw: usize,
        after: usize,
        item: usize,
        newer: Option<(&[u64], usize)>,
    ) {
        let mut rest = [self.nothing(); 2];
        if let Some((newer, newer_item)) = newer {
            rest = self.load(&newer[raw..], newer_item);
            let without = self.load(&newer[after..], newer_item);
            if self.wins(without, rest) {
                rest = without;
            }
        }
        self.store(&mut cells[after..], item, rest);
    }

    /// The value of a total as the bits of its type. With `arrays` 2 it is front and back.
    pub(super) fn value(
        self,
        total: &[u64],
        item: usize,
        second: Option<usize>,
        value_type: ValueType,
    ) -> u64 {
        let mut value = self.load(total, item);
        if let Some(second) = second {
            let back = self.load(&total[second..], item);
            if self.wins(back, value) {
                value = back;
            }
        }
        let order = match self {
            Extreme::Least | Extreme::Greatest => value[0],
            Extreme::First | Extreme::Last => value[1],
        };
        match value_type {
            ValueType::I64 => order.cast_unsigned(),
            ValueType::F64 => order::to_float(order).to_bits(),
        }
    }
}
