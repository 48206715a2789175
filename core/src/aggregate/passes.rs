//! What is done to lanes: rows are added, cells enter totals and leave them, extremes are turned.
//!
//! Each operation goes lane by lane ("push ifs up, fors down"): one decision for a run of rows or a
//! block of items, then a loop in the lane's own file. Invariant: what enters and leaves a total
//! leaves no trace in it. Worked number: with a count and a sum a block of 64 items enters in two
//! loops of 64.

use super::exact::{SQUARE_LIMBS, SUM_LIMBS};
use super::lanes::{Cell, Exception, Lane, Lanes, Placed, Run, Shape};
use super::{count, sum_exact, sum_int, variance};
use crate::rows::Rows;

impl Lanes {
    /// Adds the rows of a run to their cells. `exceptions` gets what did not fit.
    pub(crate) fn add_rows(
        &self,
        words: &mut [u64],
        run: &Run<'_>,
        exceptions: &mut Vec<Exception>,
    ) {
        for (at, placed) in self.placed.iter().enumerate() {
            let offset = placed.cell;
            match placed.lane {
                Lane::Count => count::add_rows(words, offset, run, at, exceptions),
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
                    let array = if back { self.items() * extreme.words() } else { 0 };
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
                    sum_exact::enter::<SUM_LIMBS>(
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
                    sum_exact::enter::<SQUARE_LIMBS>(
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
                    let array = if back { self.items() * extreme.words() } else { 0 };
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
                    sum_exact::leave::<SUM_LIMBS>(
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
                    sum_exact::leave::<SQUARE_LIMBS>(
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
                    extreme.leave(&mut total[t..], to, cells, placed.after, from, count);
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
                    sum_exact::enter::<SUM_LIMBS>(to, t, 0, &from[t..], 0, 1, at, exceptions);
                }
                Lane::SquareFloat(_) => {
                    sum_exact::enter::<SQUARE_LIMBS>(to, t, 0, &from[t..], 0, 1, at, exceptions);
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
                let front = &mut total[placed.total..];
                extreme.turn(front, to, cells, placed.cell, placed.after, from, count);
            }
        }
    }

    /// Empties the backs of a block's totals: every slice in them was turned.
    pub(crate) fn clear_backs(&self, total: &mut [u64]) {
        for placed in &self.placed {
            if let Lane::Extreme(_, extreme) = placed.lane {
                let words = self.items() * extreme.words();
                extreme.clear(&mut total[placed.total + words..][..words]);
            }
        }
    }

    /// What is left after the slice of a cell that is made when its slice was turned already: what
    /// is left after the next older cell of its key, for there is none between them.
    pub(crate) fn turn_late(&self, cells: &mut [u64], item: usize, older: (&[u64], usize)) {
        self.copy_extremes(cells, item, older, |placed| placed.after);
    }

    /// The same for the oldest cell of its key: what the front of the total was without it.
    pub(crate) fn turn_oldest(&self, cells: &mut [u64], item: usize, total: (&[u64], usize)) {
        self.copy_extremes(cells, item, total, |placed| placed.total);
    }

    fn copy_extremes(
        &self,
        cells: &mut [u64],
        item: usize,
        (from, from_item): (&[u64], usize),
        offset: impl Fn(&Placed) -> usize,
    ) {
        for placed in &self.placed {
            if let Lane::Extreme(_, extreme) = placed.lane {
                let words = extreme.words();
                let from = &from[offset(placed) + from_item * words..][..words];
                cells[placed.after + item * words..][..words].copy_from_slice(from);
            }
        }
    }

    /// Calls `touch` with each word of a cell that says what is left after its slice, if that
    /// stands in the place of the cell: rows must not change it.
    pub(crate) fn each_turned(
        &self,
        words: &mut [u64],
        cell: Cell,
        mut touch: impl FnMut(&mut u64),
    ) {
        if self.keeps_turned() {
            return;
        }
        for placed in &self.placed {
            if let Lane::Extreme(_, extreme) = placed.lane {
                let at = cell.word() + placed.after + cell.item() * extreme.words();
                words[at..][..extreme.words()].iter_mut().for_each(&mut touch);
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
                let value = extreme.ordered(rows, c, bits, t_ms);
                changed |= extreme.take(cells, placed.after, item, value);
            }
        }
        changed
    }
}
