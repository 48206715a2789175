//! The windows of fixed point that lie inline, one a (slice, key): 24 bytes a sum, 48 of squares.
//!
//! It decides which floats go inline ([`fits`]) and adds them. A cell is a two's complement integer
//! of units of 2^-96 ([`SUM_LSB`]), or 2^-192 for squares. Its invariant: a cell plus the moduli it
//! carried is the exact sum, in any order. The cell of 0.5 is 2^95: the limbs [0, 2^31, 0].

use std::hint::select_unpredictable;

use super::float::{SCALE_BIAS, parts, stored_scale};
use super::limbs::{accumulate, deduct, halves};

/// Limbs of a sum. A fourth would reach from 2^-76 to 2^95, in cells larger by a third.
pub(crate) const SUM_LIMBS: usize = 3;
/// Limbs of a sum of squares: what fits a sum has a square that fits here.
pub(crate) const SQUARE_LIMBS: usize = 2 * SUM_LIMBS;
/// The exponent of a sum's last bit: half of the bits lie behind the point.
pub(super) const SUM_LSB: i32 = -96;
/// The exponent of the last bit of squares.
pub(super) const SQUARE_LSB: i32 = 2 * SUM_LSB;
/// The exponent of a sum's modulus, which carries count.
pub(super) const SUM_MODULUS: i32 = 96;

/// A sum, or a part of one.
pub(crate) type SumCell = [u64; SUM_LIMBS];
/// A sum of squares, or a part of one.
pub(crate) type SquareCell = [u64; SQUARE_LIMBS];

/// The smallest scale inline, from 2^-44: the last of its 53 bits is the last of the window.
const SCALE_MIN: u32 = (SCALE_BIAS + SUM_LSB).cast_unsigned();
/// The largest scale inline, below 2^63: 2^32 additions stay within the 2^95 of a window, so that
/// carries are rare; and 2^64 squares within 2^190, so that squares never carry.
const SCALE_MAX: u32 = 1023 + 62;

/// Whether a float goes inline: zero, and from 2^-44 to below 2^63 of either sign. NaN does not.
#[inline]
pub(crate) fn fits(x: f64) -> bool {
    place(x) <= SCALE_MAX - SCALE_MIN
}

/// How many floats do not go inline.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
pub(crate) fn misfits(values: &[f64]) -> usize {
    let mut count = 0_u32;
    for x in values {
        count = count.wrapping_add(u32::from(!fits(*x)));
    }
    count as usize
}

/// The place of a float's last bit, in a sum; that of what does not fit is larger than any other.
///
/// Zero has no bits to place; in data with many zeros a branch on that is taken at random.
#[inline]
fn place(x: f64) -> u32 {
    let zero = x.to_bits() << 1 == 0;
    select_unpredictable(zero, 0, stored_scale(x).wrapping_sub(SCALE_MIN))
}

/// Adds a float that fits and returns the carry: what the cell now lacks, in moduli of 2^96.
#[inline]
pub(crate) fn add(cell: &mut SumCell, x: f64) -> i64 {
    debug_assert!(fits(x), "{x} does not fit inline");
    let (signed, place) = (parts(x).signed, place(x));
    let shift = place % 64;
    let (low, high, sign) = (signed << shift, signed >> 1 >> (63 - shift), signed >> 63);
    // The places end at 106, so the limbs are the lower two or the upper two.
    let addend = if place < 64 { [low, high, sign] } else { [0, low, high] };
    accumulate(cell, &addend.map(i64::cast_unsigned), false)
}

/// Adds the square of a float that fits.
#[inline]
pub(crate) fn add_square(cell: &mut SquareCell, x: f64) {
    debug_assert!(fits(x), "{x} does not fit inline");
    let (mantissa, place) = (parts(x).signed.unsigned_abs(), 2 * place(x));
    let [low, high] = halves(u128::from(mantissa).pow(2));
    let [first, carried] = halves(u128::from(low) << (place % 64));
    let [second, third] = halves(u128::from(high) << (place % 64));
    let mut addend = [0; SQUARE_LIMBS];
    // The places end at 212; the minimum spares a check of bounds.
    let limb = ((place / 64) as usize).min(SQUARE_LIMBS - 3);
    [addend[limb], addend[limb + 1], addend[limb + 2]] = [first, second | carried, third];
    accumulate(cell, &addend, false);
}

/// Adds one cell to another and returns the carry, which is 0 for squares.
#[inline]
pub(crate) fn add_cells<const L: usize>(cell: &mut [u64; L], other: &[u64; L]) -> i64 {
    accumulate(cell, other, false)
}

/// Subtracts one cell from another and returns the carry, which is 0 for squares.
#[inline]
pub(crate) fn sub_cells<const L: usize>(cell: &mut [u64; L], other: &[u64; L]) -> i64 {
    deduct(cell, other)
}
