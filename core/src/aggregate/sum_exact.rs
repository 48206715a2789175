//! The exact sum of floats: an inline window of fixed point in cells and totals.
//!
//! What the window cannot hold (a value beyond it, a carry) is an exception, kept beside in full
//! width. The sum is rounded once, when it is emitted; so neither order nor eviction leaves a
//! trace. Sums of squares use the same entries and departures, twice as wide. Invariant: the window
//! and its exceptions together are the exact sum. Worked number: of 0.5 and 1e300 the window holds
//! 0.5, as nothing from 2^63 on lies inline.

use super::exact::{self, SUM_LIMBS};
use super::lanes::{Exception, Run};
use crate::rows::ValueData;

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
    let ValueData::F64(data) = values.data else { return };
    let words = &mut words[offset..];
    run.each_value(&values, data, |at, cell, value| {
        add_value(words, cell.word(), cell.item(), value, at, lane, exceptions);
    });
}

/// Adds one value to the item of a lane.
#[inline]
pub(super) fn add_value(
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
    let carry = exact::add(window_mut(words, offset + item * SUM_LIMBS), value);
    if carry != 0 {
        exceptions.push(Exception::Carry(position, lane, carry));
    }
}

/// The inline window at a word.
pub(crate) fn window<const L: usize>(words: &[u64], at: usize) -> &[u64; L] {
    // The length is that of the array, so it is never empty.
    words[at..].first_chunk().unwrap_or(&[0; L])
}

/// The inline window at a word, to write.
#[inline]
pub(super) fn window_mut<const L: usize>(words: &mut [u64], at: usize) -> &mut [u64; L] {
    let (windows, _) = words[at..].as_chunks_mut::<L>();
    &mut windows[0]
}

/// Adds cells to totals.
#[expect(clippy::too_many_arguments, reason = "a place in two blocks, and where exceptions go")]
pub(super) fn enter<const L: usize>(
    total: &mut [u64],
    offset: usize,
    to: usize,
    cells: &[u64],
    from: usize,
    count: usize,
    lane: usize,
    exceptions: &mut Vec<Exception>,
) {
    let (totals, _) = total[offset + to * L..][..count * L].as_chunks_mut::<L>();
    let (cells, _) = cells[from * L..][..count * L].as_chunks::<L>();
    totals.iter_mut().enumerate().zip(cells).for_each(|((item, total), cell)| {
        let carry = exact::add_cells(total, cell);
        if carry != 0 {
            exceptions.push(Exception::Carry(item, lane, carry));
        }
    });
}

/// Takes cells from totals.
#[expect(clippy::too_many_arguments, reason = "as for `enter`")]
pub(super) fn leave<const L: usize>(
    total: &mut [u64],
    offset: usize,
    to: usize,
    cells: &[u64],
    from: usize,
    count: usize,
    lane: usize,
    exceptions: &mut Vec<Exception>,
) {
    let (totals, _) = total[offset + to * L..][..count * L].as_chunks_mut::<L>();
    let (cells, _) = cells[from * L..][..count * L].as_chunks::<L>();
    totals.iter_mut().enumerate().zip(cells).for_each(|((item, total), cell)| {
        let carry = exact::sub_cells(total, cell);
        if carry != 0 {
            exceptions.push(Exception::Carry(item, lane, carry));
        }
    });
}
