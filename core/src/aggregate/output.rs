//! The values of results: what a function makes of a total's lanes.
//!
//! It writes columns, one pass a function, and decides what is null: a function of no values, a
//! variance of too few, and an integer sum that does not fit 64 bits. Invariant: a value is a
//! function of the total alone. Worked number: the sum of i64::MAX and 1 is null, and counted.

use super::beside::Beside;
use super::exact::{self, WideSquares, WideSum};
use super::lanes::{ITEMS_MAX, Lane, Lanes};
use super::order;
use super::sum_exact::window;
use super::sum_int;
use crate::spec::{Function, ProvenEngine, ValueType};

/// A column of results. A null has an arbitrary value and `false` in `valid`.
#[derive(Clone, Debug, PartialEq)]
pub enum ResultColumn {
    /// Counts, and integers of integer columns.
    I64 {
        /// A value for each row.
        values: Vec<i64>,
        /// Which rows are not null; empty where all are not.
        valid: Vec<bool>,
    },
    /// Everything else.
    F64 {
        /// A value for each row.
        values: Vec<f64>,
        /// Which rows are not null; empty where all are not.
        valid: Vec<bool>,
    },
}

impl ResultColumn {
    /// An empty column for the results of a function.
    pub(crate) fn new(function: Function, value_type: ValueType) -> ResultColumn {
        let is_float = match function {
            Function::Count => false,
            Function::Mean | Function::Variance | Function::Stddev => true,
            Function::Sum | Function::Min | Function::Max | Function::First | Function::Last => {
                value_type == ValueType::F64
            }
        };
        if is_float {
            ResultColumn::F64 { values: Vec::new(), valid: Vec::new() }
        } else {
            ResultColumn::I64 { values: Vec::new(), valid: Vec::new() }
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            ResultColumn::I64 { values, .. } => values.len(),
            ResultColumn::F64 { values, .. } => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bits of a row's value, or `None` where it is null.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn bits(&self, row: usize) -> Option<u64> {
        let (bits, valid) = match self {
            ResultColumn::I64 { values, valid } => (values[row].cast_unsigned(), valid),
            ResultColumn::F64 { values, valid } => (values[row].to_bits(), valid),
        };
        valid.get(row).is_none_or(|valid| *valid).then_some(bits)
    }

    /// The bytes it holds.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            ResultColumn::I64 { values, valid } => values.capacity() * 8 + valid.capacity(),
            ResultColumn::F64 { values, valid } => values.capacity() * 8 + valid.capacity(),
        }
    }

    /// Forgets the rows, not the room.
    pub(crate) fn clear(&mut self) {
        match self {
            ResultColumn::I64 { values, valid } => (values.clear(), valid.clear()),
            ResultColumn::F64 { values, valid } => (values.clear(), valid.clear()),
        };
    }

    /// Makes room for rows in all.
    pub(crate) fn reserve(&mut self, rows: usize) {
        let valid = match self {
            ResultColumn::I64 { values, valid } => {
                values.reserve_exact(rows - values.len());
                valid
            }
            ResultColumn::F64 { values, valid } => {
                values.reserve_exact(rows - values.len());
                valid
            }
        };
        if valid.capacity() > 0 {
            valid.reserve_exact(rows - valid.len());
        }
    }

    /// Appends a null.
    pub(crate) fn push_null(&mut self) {
        let (rows, room, valid) = match self {
            ResultColumn::I64 { values, valid } => {
                values.push(0);
                (values.len(), values.capacity(), valid)
            }
            ResultColumn::F64 { values, valid } => {
                values.push(0.0);
                (values.len(), values.capacity(), valid)
            }
        };
        if valid.capacity() == 0 {
            valid.reserve_exact(room);
        }
        valid.resize(rows - 1, true);
        valid.push(false);
    }

    /// Appends words of items, none of which is null.
    fn extend_full(&mut self, items: &[u32], words: &[u64]) {
        let (rows, valid) = match self {
            ResultColumn::I64 { values, valid } => {
                extend_picked(values, items, bytemuck::cast_slice(words));
                (values.len(), valid)
            }
            ResultColumn::F64 { values, valid } => {
                extend_picked(values, items, bytemuck::cast_slice(words));
                (values.len(), valid)
            }
        };
        if !valid.is_empty() {
            valid.resize(rows, true);
        }
    }

    /// Appends values, as bits, none of which is null.
    fn extend_all(&mut self, items: &[u32], value: impl Fn(usize) -> u64) {
        let bits = items.iter().map(|item| value(*item as usize));
        let (rows, valid) = match self {
            ResultColumn::I64 { values, valid } => {
                values.extend(bits.map(u64::cast_signed));
                (values.len(), valid)
            }
            ResultColumn::F64 { values, valid } => {
                values.extend(bits.map(f64::from_bits));
                (values.len(), valid)
            }
        };
        if !valid.is_empty() {
            valid.resize(rows, true);
        }
    }

    /// Appends values, as bits.
    fn extend(&mut self, items: &[u32], value: impl Fn(usize) -> Option<u64>) {
        for item in items {
            match value(*item as usize) {
                None => self.push_null(),
                Some(bits) => self.push(bits),
            }
        }
    }

    /// Appends a value, as bits.
    #[inline]
    pub(crate) fn push(&mut self, bits: u64) {
        let (rows, valid) = match self {
            ResultColumn::I64 { values, valid } => {
                values.push(bits.cast_signed());
                (values.len(), valid)
            }
            ResultColumn::F64 { values, valid } => {
                values.push(f64::from_bits(bits));
                (values.len(), valid)
            }
        };
        if !valid.is_empty() {
            valid.resize(rows, true);
        }
    }
}

/// Appends the values of ascending items: at once where no item is left out.
pub(crate) fn extend_picked<T: Copy>(column: &mut Vec<T>, items: &[u32], values: &[T]) {
    let Some(last) = items.last() else { return };
    if *last as usize + 1 == items.len() {
        column.extend_from_slice(&values[..items.len()]);
    } else {
        column.extend(items.iter().map(|item| values[*item as usize]));
    }
}

/// A function with its lanes in a block of totals.
#[derive(Clone, Debug)]
struct Planned {
    function: Function,
    value_type: ValueType,
    nullable: bool,
    ddof: u64,
    /// Where the number of values is.
    count: usize,
    /// The lane of the sum or extreme, and where it is.
    first: (usize, usize),
    /// The lane of the squares, and where it is.
    second: (usize, usize),
    /// The array of an extreme's back.
    back: Option<usize>,
}

/// The functions of a spec over its lanes.
#[derive(Clone, Debug)]
pub(crate) struct Outputs {
    planned: Vec<Planned>,
}

/// Totals to read: a block, and what is beside its items.
pub(crate) struct Totals<'a> {
    /// The block.
    pub(crate) words: &'a [u64],
    /// What is beside a lane of an item, where anything may be.
    pub(crate) beside: Option<&'a dyn Fn(usize, usize) -> Option<&'a Beside>>,
}

impl Totals<'_> {
    fn sum(&self, lane: usize, item: usize) -> Option<&WideSum> {
        match self.beside?(lane, item)? {
            Beside::Sum(wide) => Some(wide),
            _ => None,
        }
    }

    /// The exact sum of integers at a word.
    fn sum_int(&self, lane: usize, word: usize, item: usize) -> i128 {
        let carry = match self.beside.and_then(|beside| beside(lane, item)) {
            Some(Beside::Carry(carry)) => *carry,
            _ => 0,
        };
        (i128::from(carry) << sum_int::MODULUS_BITS) + i128::from(self.words[word].cast_signed())
    }

    fn squares(&self, lane: usize, item: usize) -> Option<&WideSquares> {
        match self.beside?(lane, item)? {
            Beside::Squares(wide) => Some(wide),
            _ => None,
        }
    }
}

impl Outputs {
    /// Plans the functions of a spec.
    pub(crate) fn new(spec: &ProvenEngine, lanes: &Lanes) -> Outputs {
        let place = |lane| lanes.find(lane).unwrap_or((0, lanes.total_at(0)));
        let planned = spec.outputs.iter().map(|output| {
            let column = output.column.map(|c| (c, &spec.columns[c]));
            let value_type = column.map_or(ValueType::I64, |(_, column)| column.value_type);
            let c = output.column.unwrap_or(0);
            let (_, count) = match column {
                Some((c, column)) if column.nullable => place(Lane::Valid(c)),
                _ => place(Lane::Count),
            };
            let is_float = value_type == ValueType::F64;
            let sum = if is_float { Lane::SumFloat(c) } else { Lane::SumInt(c) };
            let square = if is_float { Lane::SquareFloat(c) } else { Lane::SquareInt(c) };
            let extreme = Lanes::extreme_of(output.function).map(|extreme| (c, extreme));
            let first = place(extreme.map_or(sum, |(c, extreme)| Lane::Extreme(c, extreme)));
            Planned {
                function: output.function,
                value_type,
                nullable: column.is_some_and(|(_, column)| column.nullable),
                ddof: output.ddof.into(),
                count,
                first,
                second: place(square),
                back: extreme.and_then(|(_, extreme)| lanes.back(extreme)),
            }
        });
        Outputs { planned: planned.collect() }
    }

    /// Empty columns for the results.
    pub(crate) fn columns(&self) -> Vec<ResultColumn> {
        self.planned.iter().map(|p| ResultColumn::new(p.function, p.value_type)).collect()
    }

    /// Appends the values of items to the columns; how many sums did not fit.
    pub(crate) fn emit(
        &self,
        totals: &Totals<'_>,
        items: &[u32],
        columns: &mut [ResultColumn],
    ) -> u64 {
        let mut overflows = 0;
        for (planned, column) in self.planned.iter().zip(columns) {
            overflows += planned.emit(totals, items, column);
        }
        overflows
    }
}

impl Planned {
    /// Appends the function's values of items; how many sums did not fit.
    fn emit(&self, totals: &Totals<'_>, items: &[u32], column: &mut ResultColumn) -> u64 {
        let (words, (lane, first)) = (totals.words, self.first);
        let count = |item: usize| words[self.count + item];
        let held = |item: usize, value: f64| (count(item) > 0).then(|| value.to_bits());
        let sum_int = |item: usize| totals.sum_int(lane, first + item, item);
        let sum = |item: usize| window(words, first + item * exact::SUM_LIMBS);
        match (self.function, self.value_type) {
            (Function::Count, _) => column.extend_full(items, &words[self.count..]),
            (Function::Sum, ValueType::I64) if totals.beside.is_none() && !self.nullable => {
                column.extend_full(items, &words[first..]);
            }
            (Function::Sum, ValueType::I64) => return self.emit_sum_int(totals, items, column),
            (Function::Sum, ValueType::F64) if totals.beside.is_none() && !self.nullable => {
                let (sums, _) = words[first..].as_chunks();
                column.extend_all(items, |item| exact::round_cell(&sums[item]).to_bits());
            }
            (Function::Sum, ValueType::F64) => column.extend(items, |item| {
                held(item, exact::round_sum(sum(item), totals.sum(lane, item)))
            }),
            (Function::Mean, ValueType::I64) => {
                column
                    .extend(items, |item| held(item, exact::mean_int(sum_int(item), count(item))));
            }
            (Function::Mean, ValueType::F64) => column.extend(items, |item| {
                held(item, exact::mean(sum(item), totals.sum(lane, item), count(item)))
            }),
            (Function::Variance, _) => {
                column.extend(items, |item| self.variance(totals, item).map(f64::to_bits));
            }
            (Function::Stddev, _) => column.extend(items, |item| {
                self.variance(totals, item).map(|variance| variance.sqrt().to_bits())
            }),
            (Function::Min | Function::Max | Function::First | Function::Last, _) => {
                self.emit_extreme(totals, items, column);
            }
        }
        0
    }

    /// Sums of integers, where some may be null or too large.
    fn emit_sum_int(&self, totals: &Totals<'_>, items: &[u32], column: &mut ResultColumn) -> u64 {
        let (lane, first) = self.first;
        let mut overflows = 0;
        for item in items {
            let item = *item as usize;
            match i64::try_from(totals.sum_int(lane, first + item, item)) {
                Ok(sum) if totals.words[self.count + item] > 0 => column.push(sum.cast_unsigned()),
                Ok(_) => column.push_null(),
                Err(_) => {
                    overflows += 1;
                    column.push_null();
                }
            }
        }
        overflows
    }

    /// The variance of an item; none of too few values.
    fn variance(&self, totals: &Totals<'_>, item: usize) -> Option<f64> {
        let (words, (lane, first), (square_lane, second)) = (totals.words, self.first, self.second);
        let (n, ddof) = (words[self.count + item], self.ddof);
        if n <= ddof {
            return None;
        }
        if self.value_type == ValueType::I64 {
            let squares = *window(words, second + item * 3);
            return Some(exact::variance_int(
                totals.sum_int(lane, first + item, item),
                squares,
                n,
                ddof,
            ));
        }
        let sum = window(words, first + item * exact::SUM_LIMBS);
        let squares = window(words, second + item * exact::SQUARE_LIMBS);
        let (sum, squares) =
            ((sum, totals.sum(lane, item)), (squares, totals.squares(square_lane, item)));
        Some(exact::variance(sum, squares, n, ddof))
    }

    /// Extremes; those of one word a value for all items of the block at once.
    fn emit_extreme(&self, totals: &Totals<'_>, items: &[u32], column: &mut ResultColumn) {
        let Some(extreme) = Lanes::extreme_of(self.function) else { return };
        let (total, back, value_type) = (&totals.words[self.first.1..], self.back, self.value_type);
        let count = |item: usize| totals.words[self.count + item];
        let value = |item: usize| extreme.value(total, item, back, value_type);
        if self.nullable {
            column.extend(items, |item| (count(item) > 0).then(|| value(item)));
        } else if extreme.words() > 1 {
            column.extend_all(items, value);
        } else {
            let len = items.last().map_or(0, |last| *last as usize + 1);
            let mut values = [0; ITEMS_MAX];
            let values = &mut values[..len];
            values.copy_from_slice(&total[..len]);
            if let Some(back) = back {
                extreme.enter(values, 0, &total[back..], 0, len);
            }
            if value_type == ValueType::F64 {
                order::to_floats(values);
            }
            column.extend_full(items, values);
        }
    }
}
