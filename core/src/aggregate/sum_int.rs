//! The exact sum of integers: 8 bytes a cell, 8 a total.
//!
//! A sum is kept modulo 2^64, as a signed number; what it lacks is carried and kept beside. So a
//! pass over a block is an addition a key. Invariant: a sum fits 64 bits iff nothing is beside it.
//! Worked number: i64::MAX + 1 is the cell i64::MIN and the carry 1.

use super::lanes::{Exception, Run};
use crate::rows::ValueData;

/// Bits of what one carry stands for.
pub(super) const MODULUS_BITS: u32 = 64;

/// Adds the values of a run.
pub(super) fn add_rows(
    words: &mut [u64],
    offset: usize,
    run: &Run<'_>,
    column: usize,
    lane: usize,
    exceptions: &mut Vec<Exception>,
) {
    let values = run.rows.values[column];
    let ValueData::I64(data) = values.data else { return };
    let words = &mut words[offset..];
    if let Some(numbers) = run.integers(column)
        && run.each_sum(numbers, |group, sum| {
            let (cell, at) = (group.cell, group.first);
            add(words, cell.word() + cell.item(), sum, at, lane, exceptions);
        })
    {
        return;
    }
    run.each_value(&values, data, |at, cell, value| {
        add(words, cell.word() + cell.item(), value, at, lane, exceptions);
    });
}

/// Adds one value to the sum at a word.
#[inline]
pub(super) fn add(
    words: &mut [u64],
    word: usize,
    value: i64,
    position: usize,
    lane: usize,
    exceptions: &mut Vec<Exception>,
) {
    let sum = &mut words[word];
    let (wrapped, overflowed) = sum.cast_signed().overflowing_add(value);
    *sum = wrapped.cast_unsigned();
    if overflowed {
        exceptions.push(Exception::Carry(position, lane, if value < 0 { -1 } else { 1 }));
    }
}

/// Adds cells to totals.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
pub(super) fn enter(
    totals: &mut [u64],
    cells: &[u64],
    lane: usize,
    exceptions: &mut Vec<Exception>,
) {
    let mut overflowed = 0;
    for (total, cell) in totals.iter_mut().zip(cells) {
        let sum = total.wrapping_add(*cell);
        overflowed |= (*total ^ sum) & (*cell ^ sum);
        *total = sum;
    }
    if overflowed.cast_signed() < 0 {
        for (item, (total, cell)) in totals.iter().zip(cells).enumerate() {
            let before = total.wrapping_sub(*cell);
            if before.cast_signed().overflowing_add(cell.cast_signed()).1 {
                let carry = if cell.cast_signed() < 0 { -1 } else { 1 };
                exceptions.push(Exception::Carry(item, lane, carry));
            }
        }
    }
}

/// Takes cells from totals.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
pub(super) fn leave(
    totals: &mut [u64],
    cells: &[u64],
    lane: usize,
    exceptions: &mut Vec<Exception>,
) {
    let mut overflowed = 0;
    for (total, cell) in totals.iter_mut().zip(cells) {
        let rest = total.wrapping_sub(*cell);
        overflowed |= (*total ^ *cell) & (*total ^ rest);
        *total = rest;
    }
    if overflowed.cast_signed() < 0 {
        for (item, (total, cell)) in totals.iter().zip(cells).enumerate() {
            let before = total.wrapping_add(*cell);
            if before.cast_signed().overflowing_sub(cell.cast_signed()).1 {
                let carry = if cell.cast_signed() < 0 { 1 } else { -1 };
                exceptions.push(Exception::Carry(item, lane, carry));
            }
        }
    }
}
