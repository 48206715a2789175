//! Pane starts of whole columns: the plain rule of [`super::grid`], faster.
//!
//! A [`Kernel`] is chosen once per grid. On Unix time it floors in SIMD; on a wall clock it takes
//! offsets from a table, floors in SIMD, and hands the few irregular rows to the grid. It decides
//! nothing: a row that comes out differs from `Grid::start` in the time it took only, and tests
//! hold it to that for every zone. Without a SIMD unit the same code runs one row at a time.

use std::ops::RangeInclusive;

use super::floor::Floor;
use super::grid::{DAY_MS, Grid, Ruler};
use super::table::{self, BIAS_MS, Bucket, OffsetTable};
use super::unit::TimeUnit;

/// Rows per pass: their times, buckets and starts are 3 KiB and stay in the first-level cache.
const BLOCK: usize = 128;

/// How a grid's pane starts are computed for columns.
#[derive(Debug)]
pub(crate) enum Kernel {
    /// A floor on Unix time.
    Floor(Floor),
    /// A floor on the wall clock, by a table of offsets.
    Table(OffsetTable, Floor),
    /// The grid itself, for months, which have no one length.
    Grid,
}

impl Kernel {
    /// The kernel of a grid.
    pub(crate) fn new(grid: &Grid) -> Kernel {
        let (zone, step_ms, phase_ms) = match grid {
            Grid::Absolute { step_ms, offset_ms } => {
                // The phase is the offset within one step, so that it stays small.
                return Kernel::Floor(Floor::new(*step_ms, offset_ms.rem_euclid(*step_ms)));
            }
            Grid::Civil { ruler: Ruler::Months { .. }, .. } => return Kernel::Grid,
            Grid::Civil { zone, ruler: Ruler::Step { step_ms, offset_ms } } => {
                (zone, *step_ms, *offset_ms)
            }
            Grid::Civil { zone, ruler: Ruler::Days { days, anchor, offset_ms } } => {
                let step_ms = days.saturating_mul(DAY_MS);
                (zone, step_ms, anchor.saturating_mul(DAY_MS).saturating_add(*offset_ms))
            }
        };
        match OffsetTable::new(zone, step_ms) {
            Some(table) => {
                Kernel::Table(table, Floor::new(step_ms, phase_ms.saturating_add(BIAS_MS)))
            }
            None => Kernel::Grid,
        }
    }

    /// The bytes that the kernel's table takes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Kernel::Table(..) => OffsetTable::BYTES,
            Kernel::Floor(_) | Kernel::Grid => 0,
        }
    }

    /// Writes the start of each tick's pane. The ticks lie in the grid's range and, as
    /// milliseconds, in [`super::EXACT_MS`].
    pub(crate) fn pane_starts(&self, grid: &Grid, ticks: &[i64], unit: TimeUnit, out: &mut [i64]) {
        if unit == TimeUnit::Millisecond {
            return self.milliseconds(grid, ticks, out);
        }
        let mut times = [0; BLOCK];
        for (ticks, out) in ticks.chunks(BLOCK).zip(out.chunks_mut(BLOCK)) {
            let times = &mut times[..ticks.len()];
            for (time, tick) in times.iter_mut().zip(ticks) {
                *time = unit.floor_ms(*tick);
            }
            self.milliseconds(grid, times, out);
        }
    }

    /// The same for milliseconds.
    fn milliseconds(&self, grid: &Grid, times: &[i64], out: &mut [i64]) {
        match self {
            Kernel::Floor(floor) => floor_column(times, *floor, out),
            Kernel::Table(table, floor) => {
                let mut buckets = [Bucket::default(); BLOCK];
                for (times, out) in times.chunks(BLOCK).zip(out.chunks_mut(BLOCK)) {
                    for (bucket, time) in buckets.iter_mut().zip(times) {
                        *bucket = table.bucket(*time);
                    }
                    if table_floor(times, &buckets, *floor, out) != 0 {
                        irregular_rows(times, &buckets, *floor, grid, out);
                    }
                }
            }
            Kernel::Grid => {
                for (out, t_ms) in out.iter_mut().zip(times) {
                    *out = grid.start(*t_ms).t_ms;
                }
            }
        }
    }
}

/// Writes the starts of a block's irregular rows.
fn irregular_rows(
    times: &[i64],
    buckets: &[Bucket; BLOCK],
    floor: Floor,
    grid: &Grid,
    out: &mut [i64],
) {
    for ((time, bucket), out) in times.iter().zip(buckets).zip(out) {
        if table::start(*time, *bucket, floor).1 != 0 {
            *out = grid.start(*time).t_ms;
        }
    }
}

/// Whether every value lies in a range.
pub(crate) fn all_within(values: &[i64], range: &RangeInclusive<i64>) -> bool {
    // The middle 2^bits values take two operations a row to see, and nearly all rows are among
    // them: of 1900 to 2199, those of 1911 to 2188.
    let count = range.end().abs_diff(*range.start()).saturating_add(1);
    let bits = count.ilog2();
    let aside = count.saturating_sub(1 << bits) / 2;
    let first = range.start().saturating_add_unsigned(aside);
    // Blocks, so that a bad row near the start is found there.
    values.chunks(4_096).all(|block| {
        distances(block, first) >> bits == 0 || block.iter().all(|value| range.contains(value))
    })
}

/// The bits of all distances from `first` on, those below it taken for very large ones.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn distances(values: &[i64], first: i64) -> u64 {
    let mut bits = 0;
    for value in values {
        bits |= value.wrapping_sub(first).cast_unsigned();
    }
    bits
}

#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn floor_column(times: &[i64], floor: Floor, out: &mut [i64]) {
    for (out, time) in out.iter_mut().zip(times) {
        *out = floor.start(*time);
    }
}

/// Writes the starts of a block by its buckets; 0 where all of them are regular.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn table_floor(times: &[i64], buckets: &[Bucket; BLOCK], floor: Floor, out: &mut [i64]) -> i64 {
    let mut irregular = 0;
    for ((time, bucket), out) in times.iter().zip(buckets).zip(out) {
        let (start_ms, irregular_row) = table::start(*time, *bucket, floor);
        *out = start_ms;
        irregular |= irregular_row;
    }
    irregular
}

#[cfg(test)]
mod tests {
    use super::all_within;

    /// Protects the fast ways: a column in range that is not known to be takes the plain one, which
    /// no answer shows.
    #[test]
    fn columns_in_range_are_known_to_be() {
        for (first, last) in [(0, 0), (-5, 1), (-2_208_988_800_000, 7_258_118_399_999)] {
            let range = first..=last;
            let mut column = vec![first; 4_096];
            column.extend([last, 0]);
            assert!(all_within(&column, &range), "{range:?}");
            for outside in [first - 1, last + 1, i64::MIN, i64::MAX] {
                column[4_097] = outside;
                assert!(!all_within(&column, &range), "{outside} in {range:?}");
            }
        }
    }
}
