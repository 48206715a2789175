//! The number of rows, and the number of a column's values that are not null.
//!
//! A cell counts in 32 bits. A count never goes from full to 0, which would look empty: it goes to
//! 1, and the carry stands for 2^32 - 1 rows. Invariant: a cell holds a row iff its count is not 0.
//! Worked number: 2^32 rows are the count 1 and the carry 1.

use super::lanes::{Exception, Run};
use crate::rows::Values;

/// What one carry of a count stands for.
pub(crate) const MODULUS: i64 = u32::MAX as i64;

/// Counts the rows of a run.
pub(super) fn add_rows(
    words: &mut [u64],
    offset: usize,
    run: &Run<'_>,
    lane: usize,
    exceptions: &mut Vec<Exception>,
) {
    let counts = of_cells_mut(words, offset);
    if !run.groups.is_empty() {
        for group in run.groups {
            let count = &mut counts[group.cell.word() * 2 + group.cell.item()];
            let (sum, overflowed) = count.overflowing_add(group.rows);
            // What one carry stands for is 1 less than the wrap.
            *count = sum + u32::from(overflowed);
            if overflowed {
                exceptions.push(Exception::Carry(group.first, lane, 1));
            }
        }
        return;
    }
    run.cells.iter().enumerate().for_each(|(at, cell)| {
        step(&mut counts[cell.word() * 2 + cell.item()], at, lane, exceptions);
    });
}

/// Counts the values of a run that are not null.
pub(super) fn add_valid(
    words: &mut [u64],
    offset: usize,
    run: &Run<'_>,
    column: usize,
    lane: usize,
    exceptions: &mut Vec<Exception>,
) {
    let counts = of_cells_mut(words, offset);
    let values: Values<'_> = run.rows.values[column];
    for (at, (cell, row)) in run.cells.iter().zip(run.picked).enumerate() {
        if values.is_valid(*row as usize) {
            step(&mut counts[cell.word() * 2 + cell.item()], at, lane, exceptions);
        }
    }
}

#[inline]
fn step(count: &mut u32, at: usize, lane: usize, exceptions: &mut Vec<Exception>) {
    if *count == u32::MAX {
        *count = 1;
        exceptions.push(Exception::Carry(at, lane, 1));
    } else {
        *count += 1;
    }
}

/// The counts of a block's cells, or of one.
pub(crate) fn of_cells(cells: &[u64], offset: usize) -> &[u32] {
    bytemuck::cast_slice(&cells[offset..])
}

/// The same to write.
pub(super) fn of_cells_mut(cells: &mut [u64], offset: usize) -> &mut [u32] {
    bytemuck::cast_slice_mut(&mut cells[offset..])
}

/// Adds counts to totals; `total_at` is the first total's word.
pub(super) fn enter(
    total: &mut [u64],
    total_at: usize,
    cells: &[u64],
    offset: usize,
    from: usize,
    count: usize,
) {
    add_all(&mut total[total_at..][..count], &of_cells(cells, offset)[from..][..count]);
}

#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn add_all(totals: &mut [u64], counts: &[u32]) {
    for (total, count) in totals.iter_mut().zip(counts) {
        *total = total.wrapping_add(u64::from(*count));
    }
}

#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn subtract_all(totals: &mut [u64], counts: &[u32]) {
    for (total, count) in totals.iter_mut().zip(counts) {
        *total = total.wrapping_sub(u64::from(*count));
    }
}

/// Takes counts from totals.
pub(super) fn leave(
    total: &mut [u64],
    total_at: usize,
    cells: &[u64],
    offset: usize,
    from: usize,
    count: usize,
) {
    subtract_all(&mut total[total_at..][..count], &of_cells(cells, offset)[from..][..count]);
}
