//! The exact sum of integers: 8 bytes a cell, 16 a total.
//!
//! A cell is the sum modulo 2^64, as a signed number; what it lacks is carried. A total is 128 bits
//! wide, which 2^64 rows cannot overflow. Worked number: i64::MAX + 1 is the cell i64::MIN and the
//! carry 1.

use super::lanes::{Exception, Run};
use crate::rows::ValueData;

/// Bits of what one carry of a cell stands for.
pub(crate) const MODULUS_BITS: u32 = 64;

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
    for (at, (cell, row)) in run.cells.iter().zip(run.picked).enumerate() {
        let row = *row as usize;
        if values.validity.is_some() && !values.is_valid(row) {
            continue;
        }
        let sum = &mut words[cell.word + offset + cell.item];
        let (wrapped, overflowed) = sum.cast_signed().overflowing_add(data[row]);
        *sum = wrapped.cast_unsigned();
        if overflowed {
            exceptions.push(Exception::Carry(at, lane, if data[row] < 0 { -1 } else { 1 }));
        }
    }
}

/// Adds one value to a total.
pub(super) fn add_to_total(total: &mut [u64], offset: usize, item: usize, value: i64) {
    add(&mut total[offset + item * 2..], value.into());
}

/// Adds a number to the total at the start of some words.
pub(crate) fn add(total: &mut [u64], more: i128) {
    set(total, of_total(total).wrapping_add(more));
}

/// The total at the start of some words.
pub(crate) fn of_total(total: &[u64]) -> i128 {
    i128::from(total[1].cast_signed()) << 64 | i128::from(total[0])
}

fn set(total: &mut [u64], sum: i128) {
    // The low and the high half.
    total[0] = sum as u64;
    total[1] = (sum >> 64) as u64;
}

/// Adds cells to totals; `cells_at` is the first cell's word.
pub(super) fn enter(
    total: &mut [u64],
    offset: usize,
    to: usize,
    cells: &[u64],
    cells_at: usize,
    count: usize,
) {
    let totals = total[offset + to * 2..][..count * 2].chunks_exact_mut(2);
    for (total, cell) in totals.zip(&cells[cells_at..][..count]) {
        add(total, cell.cast_signed().into());
    }
}

/// Takes cells from totals.
pub(super) fn leave(
    total: &mut [u64],
    offset: usize,
    to: usize,
    cells: &[u64],
    cells_at: usize,
    count: usize,
) {
    let totals = total[offset + to * 2..][..count * 2].chunks_exact_mut(2);
    for (total, cell) in totals.zip(&cells[cells_at..][..count]) {
        add(total, -i128::from(cell.cast_signed()));
    }
}
