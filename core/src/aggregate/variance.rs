//! Sums of squares, for variance and standard deviation.
//!
//! Squares of integers are exact in 128 bits a cell (with carries) and 192 a total; squares of
//! floats in an inline window twice as wide as that of sums. What variance makes of them is in
//! `exact`. Invariant: a total never wraps, as 2^64 squares are 2^190 at most. Worked number: the
//! square of i64::MIN is 2^126; the fourth one carries.

use super::exact::{self, SQUARE_LIMBS, halves};
use super::lanes::{Exception, Run};
use super::sum_exact::window_mut;
use crate::rows::ValueData;

/// Adds the squares of a run of integers.
pub(super) fn add_int_rows(
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
    run.each_value(&values, data, |at, cell, value| {
        let squares = &mut words[cell.word() + cell.item() * 2..][..2];
        let before = u128::from(squares[1]) << 64 | u128::from(squares[0]);
        let (sum, overflowed) = before.overflowing_add(square(value));
        [squares[0], squares[1]] = halves(sum);
        if overflowed {
            exceptions.push(Exception::Carry(at, lane, 1));
        }
    });
}

fn square(value: i64) -> u128 {
    u128::from(value.unsigned_abs()) * u128::from(value.unsigned_abs())
}

/// Adds the square of one integer to a total.
pub(super) fn add_int_to_total(total: &mut [u64], offset: usize, item: usize, value: i64) {
    let [low, high] = halves(square(value));
    add_limbs(&mut total[offset + item * 3..], [low, high, 0]);
}

/// Adds three limbs to the total at the start of some words.
pub(crate) fn add_limbs(total: &mut [u64], more: [u64; 3]) {
    let mut carry = false;
    for (limb, more) in total.iter_mut().zip(more) {
        let (sum, first) = limb.overflowing_add(more);
        let (sum, second) = sum.overflowing_add(carry.into());
        (*limb, carry) = (sum, first || second);
    }
}

fn subtract_limbs(total: &mut [u64], less: [u64; 3]) {
    let mut borrow = false;
    for (limb, less) in total.iter_mut().zip(less) {
        let (rest, first) = limb.overflowing_sub(less);
        let (rest, second) = rest.overflowing_sub(borrow.into());
        (*limb, borrow) = (rest, first || second);
    }
}

/// Adds cells of integers to totals.
pub(super) fn enter_int(
    total: &mut [u64],
    offset: usize,
    to: usize,
    cells: &[u64],
    from: usize,
    count: usize,
) {
    let totals = total[offset + to * 3..][..count * 3].chunks_exact_mut(3);
    for (total, cell) in totals.zip(cells[from * 2..].chunks_exact(2)) {
        add_limbs(total, [cell[0], cell[1], 0]);
    }
}

/// Takes cells of integers from totals.
pub(super) fn leave_int(
    total: &mut [u64],
    offset: usize,
    to: usize,
    cells: &[u64],
    from: usize,
    count: usize,
) {
    let totals = total[offset + to * 3..][..count * 3].chunks_exact_mut(3);
    for (total, cell) in totals.zip(cells[from * 2..].chunks_exact(2)) {
        subtract_limbs(total, [cell[0], cell[1], 0]);
    }
}

/// Adds the squares of a run of floats.
pub(super) fn add_float_rows(
    words: &mut [u64],
    offset: usize,
    run: &Run<'_>,
    column: usize,
    lane: usize,
    exceptions: &mut Vec<Exception>,
) {
    let values = run.rows.values[column];
    let ValueData::F64(data) = values.data else { return };
    let words = &mut words[offset..];
    run.each_value(&values, data, |at, cell, value| {
        add_float(words, cell.word(), cell.item(), value, at, lane, exceptions);
    });
}

/// Adds the square of one float to the item of a lane.
#[inline]
pub(super) fn add_float(
    words: &mut [u64],
    offset: usize,
    item: usize,
    value: f64,
    position: usize,
    lane: usize,
    exceptions: &mut Vec<Exception>,
) {
    if !exact::fits(value) {
        exceptions.push(Exception::Value(position, lane));
        return;
    }
    exact::add_square(window_mut(words, offset + item * SQUARE_LIMBS), value);
}
