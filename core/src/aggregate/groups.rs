//! Runs of rows that all have one key: a sum or an extreme for each slice, then one step a cell.
//!
//! Row by row each addition to a cell would wait for the one before it. It decides no value: what a
//! lane cannot take so, it takes row by row. Invariant: groups are disjoint and hold every row of
//! the run. Worked number: 128 rows in 2 slices are 2 additions to cells, not 128.

use super::lanes::{Cell, Run};
use crate::rows::{ValueData, least_and_greatest, span_of};

/// Numbers up to this, of so many rows, add up without a carry; runs have no more rows.
const SMALL: i64 = i64::MAX / 256;
const ROWS_MAX: usize = 256;

/// The rows of a run in one slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) cell: Cell,
    /// How many there are: at least one.
    pub(crate) rows: u32,
    /// The position of the first of them in the run.
    pub(crate) first: usize,
}

impl Run<'_> {
    /// The integers of a column without nulls, where all rows of the run have one key.
    pub(super) fn integers(&self, column: usize) -> Option<&[i64]> {
        let values = self.rows.values[column];
        match (values.data, values.validity) {
            (ValueData::I64(data), None) if !self.groups.is_empty() => {
                span_of(self.picked).map(|rows| &data[rows])
            }
            _ => None,
        }
    }

    /// Calls `add` with each group and the sum of its numbers; `false` where a sum might overflow.
    pub(super) fn each_sum(&self, numbers: &[i64], mut add: impl FnMut(&Group, i64)) -> bool {
        let (least, greatest) = least_and_greatest(numbers);
        if least < -SMALL || greatest > SMALL || numbers.len() > ROWS_MAX {
            return false;
        }
        for (number, group) in (0..).zip(self.groups) {
            add(group, sum(numbers, self.group_of, number));
        }
        true
    }

    /// Calls `take` with each group, its least and its greatest number.
    pub(super) fn each_extreme(&self, numbers: &[i64], mut take: impl FnMut(&Group, (i64, i64))) {
        for (number, group) in (0..).zip(self.groups) {
            take(group, extremes(numbers, self.group_of, number));
        }
    }
}

/// The sum of the numbers of a group; none overflows.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn sum(numbers: &[i64], group_of: &[u32], group: u32) -> i64 {
    let mut sum = 0_i64;
    for (number, of) in numbers.iter().zip(group_of) {
        let mask = 0_i64.wrapping_sub(i64::from(*of == group));
        sum = sum.wrapping_add(number & mask);
    }
    sum
}

/// The least and the greatest number of a group.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn extremes(numbers: &[i64], group_of: &[u32], group: u32) -> (i64, i64) {
    let (mut least, mut greatest) = (i64::MAX, i64::MIN);
    for (number, of) in numbers.iter().zip(group_of) {
        let mask = 0_i64.wrapping_sub(i64::from(*of == group));
        least = least.min(number & mask | i64::MAX & !mask);
        greatest = greatest.max(number & mask | i64::MIN & !mask);
    }
    (least, greatest)
}

#[cfg(test)]
mod tests {
    use super::super::lanes::Exception;
    use super::super::{count, extreme::Extreme, sum_int};
    use super::{Cell, Group, ROWS_MAX, Run, SMALL};
    use crate::rows::Rows;

    /// What one addition of a run to two cells left behind: words, and carries by cell.
    fn added(run: &Run<'_>, start: u64, lane: usize) -> (Vec<u64>, [i64; 2]) {
        let mut words = vec![start; 16];
        let mut exceptions = Vec::new();
        match lane {
            0 => count::add_rows(&mut words, 0, run, lane, &mut exceptions),
            1 => sum_int::add_rows(&mut words, 0, run, 0, lane, &mut exceptions),
            2 => Extreme::Least.add_rows(&mut words, 0, run, 0),
            _ => Extreme::Greatest.add_rows(&mut words, 0, run, 0),
        }
        let mut carries = [0; 2];
        for exception in exceptions {
            let Exception::Carry(at, _, carry) = exception else { panic!("{exception:?}") };
            carries[usize::from(run.cells[at].word() > 0)] += carry;
        }
        (words, carries)
    }

    /// Protects streams of one key: a group adds what its rows add one by one, at the top of counts
    /// and sums too, and whatever is added is never taken from another slice.
    #[test]
    fn a_group_is_its_rows() {
        let cells = [Cell::new(0, 3), Cell::new(1, 3)];
        let mixed: Vec<i64> = (0..256_i64).map(|at| (at * 7_919 % 601 - 300) << 45).collect();
        let mut columns = vec![mixed.iter().map(|number| number << 9).collect(), mixed];
        for number in [SMALL - 1, SMALL, SMALL + 1] {
            columns.extend([vec![number; ROWS_MAX], vec![-number; ROWS_MAX]]);
        }
        for rows in (1..=128).chain([ROWS_MAX]) {
            let group_of: Vec<u32> = (0..rows).map(|at| u32::from(at * at % 7 > 2)).collect();
            let of: Vec<Cell> = group_of.iter().map(|group| cells[*group as usize]).collect();
            let picked: Vec<u32> = (0..).take(rows).collect();
            let groups: Vec<Group> = (0..2_u32)
                .filter_map(|group| {
                    let first = group_of.iter().position(|of| *of == group)?;
                    let rows = group_of.iter().fold(0, |n, of| n + u32::from(*of == group));
                    Some(Group { cell: cells[group as usize], rows, first })
                })
                .collect();
            for numbers in &columns {
                let (values, times) = ([numbers[..rows].into()], vec![0; rows]);
                let batch = Rows::new(&times, &times, &values);
                let one_by_one = Run {
                    rows: &batch,
                    picked: &picked,
                    times_ms: &times,
                    cells: &of,
                    groups: &[],
                    group_of: &[],
                };
                let at_once = Run { groups: &groups, group_of: &group_of, ..one_by_one };
                for lane in 0..4 {
                    for start in [0, u64::MAX, u64::MAX >> 1, u64::MAX / 0xffff_ffff * 0xffff_ff80]
                    {
                        let expected = added(&one_by_one, start, lane);
                        assert_eq!(added(&at_once, start, lane), expected, "{rows} rows, {lane}");
                    }
                }
            }
        }
    }
}
