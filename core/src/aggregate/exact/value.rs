//! The values of exact aggregates: sum, mean and variance, each rounded once.
//!
//! It decides the formula and what becomes of values that are not finite; bits are rounded in
//! [`super::float`]. Its invariant: a value is a function of the rows alone, not of their order nor
//! of what lay inline. The variance of 1e17, 1e17 and 1e17 + 16 with ddof 1 is 256 / 3, from
//! (3 * sum of squares - square of the sum) / (3 * 2).

use std::num::NonZeroU64;

use super::cell::{SQUARE_LIMBS, SQUARE_LSB, SUM_LIMBS, SUM_LSB, SquareCell, SumCell};
use super::float::{NAN, round_normal, round_quotient};
use super::limbs::{accumulate, add_product, halves, magnitude};
use super::wide::{
    WIDE_SQUARE_LIMBS, WIDE_SQUARE_LSB, WIDE_SUM_LIMBS, WIDE_SUM_LSB, WideSquares, WideSum,
};

/// The float nearest to a sum. NaN if it holds a NaN or both infinities, the infinity if it holds
/// one kind, and +0 if it is zero.
#[inline]
pub(crate) fn round_sum(cell: &SumCell, wide: Option<&WideSum>) -> f64 {
    wide.map_or_else(|| round_cell(cell), |wide| quotient_wide(cell, wide, &[]))
}

/// The same of a sum that lies inline.
#[inline]
pub(crate) fn round_cell(cell: &SumCell) -> f64 {
    let (magnitude, negative) = magnitude(cell);
    round_normal(magnitude, SUM_LSB, negative)
}

/// The float nearest to a sum over `n`; what is not finite stays as in the sum. NaN where `n` is 0.
#[inline]
pub(crate) fn mean(cell: &SumCell, wide: Option<&WideSum>, n: u64) -> f64 {
    let Some(n) = NonZeroU64::new(n) else { return NAN };
    if let Some(wide) = wide {
        return quotient_wide(cell, wide, &[n]);
    }
    let (magnitude, negative) = magnitude(cell);
    round_quotient::<2>(&magnitude, SUM_LSB, negative, &[n])
}

/// A sum with a wide part, over at most one divisor.
#[cold]
#[inline(never)]
fn quotient_wide(cell: &SumCell, wide: &WideSum, divisors: &[NonZeroU64]) -> f64 {
    wide.not_finite().unwrap_or_else(|| {
        let (magnitude, negative) = magnitude(&wide.with_cell(cell));
        round_quotient::<2>(&magnitude, WIDE_SUM_LSB, negative, divisors)
    })
}

/// The float nearest to the variance of `n` values, from their sum and the sum of their squares.
/// NaN if a value is not finite, or where `n` is not above `ddof`.
#[inline]
pub(crate) fn variance(
    sum: (&SumCell, Option<&WideSum>),
    squares: (&SquareCell, Option<&WideSquares>),
    n: u64,
    ddof: u64,
) -> f64 {
    let (None, None) = (sum.1, squares.1) else {
        return variance_wide(sum, squares, n, ddof);
    };
    let (sum, _) = magnitude(sum.0);
    // What firings meet by the million: the squares add up to less than 2^64.
    if let ([sum_0, sum_1, 0], [squares @ .., 0, 0]) = (sum, squares.0) {
        let squares: &[u64; SQUARE_LIMBS - 2] = squares;
        return spread::<2, 4, 5>(&[sum_0, sum_1], squares, SQUARE_LSB, n, ddof);
    }
    spread::<SUM_LIMBS, SQUARE_LIMBS, { SQUARE_LIMBS + 1 }>(&sum, squares.0, SQUARE_LSB, n, ddof)
}

/// The same where a part is wide.
#[cold]
#[inline(never)]
fn variance_wide(
    (cell, sum): (&SumCell, Option<&WideSum>),
    (square_cell, squares): (&SquareCell, Option<&WideSquares>),
    n: u64,
    ddof: u64,
) -> f64 {
    let (no_sum, no_squares) = (WideSum::new(), WideSquares::new());
    let (sum, squares) = (sum.unwrap_or(&no_sum), squares.unwrap_or(&no_squares));
    if sum.not_finite().is_some() {
        return NAN;
    }
    let (sum, _) = magnitude(&sum.with_cell(cell));
    let squares = squares.with_cell(square_cell);
    spread::<WIDE_SUM_LIMBS, WIDE_SQUARE_LIMBS, { WIDE_SQUARE_LIMBS + 1 }>(
        &sum,
        &squares,
        WIDE_SQUARE_LSB,
        n,
        ddof,
    )
}

/// The float nearest to an integer sum over `n`. NaN where `n` is 0.
#[inline]
pub(crate) fn mean_int(sum: i128, n: u64) -> f64 {
    let Some(n) = NonZeroU64::new(n) else { return NAN };
    round_quotient::<2>(&halves(sum.unsigned_abs()), 0, sum < 0, &[n])
}

/// The float nearest to the variance of `n` integers, from their sum and the sum of their squares.
/// NaN where `n` is not above `ddof`.
#[inline]
pub(crate) fn variance_int(sum: i128, squares: [u64; 3], n: u64, ddof: u64) -> f64 {
    spread::<2, 3, 4>(&halves(sum.unsigned_abs()), &squares, 0, n, ddof)
}

/// The float nearest to `(n * squares - sum^2) * 2^lsb / (n * (n - ddof))`, in `LIMBS` limbs: one
/// more than the squares and twice those of the sum at least. The difference is never negative:
/// it is the sum of (x - y)^2 over all pairs of values.
#[inline]
fn spread<const SUM: usize, const SQUARES: usize, const LIMBS: usize>(
    sum: &[u64; SUM],
    squares: &[u64; SQUARES],
    lsb: i32,
    n: u64,
    ddof: u64,
) -> f64 {
    let degrees = NonZeroU64::new(n.saturating_sub(ddof));
    let (Some(count), Some(degrees)) = (NonZeroU64::new(n), degrees) else { return NAN };
    let (mut difference, mut square) = ([0; LIMBS], [0; LIMBS]);
    add_product(&mut difference, squares, n);
    for (index, limb) in sum.iter().enumerate().filter(|(_, limb)| **limb != 0) {
        add_product(&mut square[index..], sum, *limb);
    }
    accumulate(&mut difference, &square, true);
    match count.checked_mul(degrees) {
        Some(both) => round_quotient::<2>(&difference, lsb, false, &[both]),
        None => round_quotient::<3>(&difference, lsb, false, &[count, degrees]),
    }
}
