//! What does not fit inline: sums over the whole range of floats, and counts of the rest.
//!
//! It decides how many limbs that takes, and counts NaN and the infinities so that they can leave
//! again. Its invariant: additions and subtractions of one value cancel to all zeros, whatever
//! came between. The sum of 2^1000 and 2^-1000 is bit 2074 and bit 74 of a [`WideSum`].

use super::cell::{SQUARE_LSB, SUM_LSB, SUM_MODULUS, SquareCell, SumCell};
use super::float::{SCALE_BIAS, parts};
use super::limbs::{accumulate, add_shifted, halves};

/// 2176 bits: 1074 behind the point, 1024 before it, 64 for 2^64 additions of the largest float,
/// the sign, and 13 to spare.
pub(super) const WIDE_SUM_LIMBS: usize = 34;
/// 4288 bits: twice 1074 and 1024, 64, the sign, and 27 to spare.
pub(super) const WIDE_SQUARE_LIMBS: usize = 67;
/// The exponent of the last bit: that of the smallest float.
pub(super) const WIDE_SUM_LSB: i32 = 1 - SCALE_BIAS;
/// The exponent of the last bit of squares: the smallest float has the smallest square.
pub(super) const WIDE_SQUARE_LSB: i32 = 2 * WIDE_SUM_LSB;

/// A sum of any floats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WideSum {
    limbs: [u64; WIDE_SUM_LIMBS],
    nans: i64,
    infinities: i64,
    negative_infinities: i64,
}

impl WideSum {
    /// The sum of nothing.
    pub(crate) const fn new() -> WideSum {
        WideSum { limbs: [0; WIDE_SUM_LIMBS], nans: 0, infinities: 0, negative_infinities: 0 }
    }

    /// Adds any float.
    pub(crate) fn add(&mut self, x: f64) {
        self.put(x, 1);
    }

    /// Takes a float out again.
    #[cfg(test)]
    pub(crate) fn sub(&mut self, x: f64) {
        self.put(x, -1);
    }

    /// Adds `times`, 1 or -1, of a float.
    fn put(&mut self, x: f64, times: i64) {
        if x.is_nan() {
            self.nans += times;
        } else if x == f64::INFINITY {
            self.infinities += times;
        } else if x == f64::NEG_INFINITY {
            self.negative_infinities += times;
        } else {
            let parts = parts(x);
            let signed = parts.signed * times;
            add_shifted(&mut self.limbs, &[signed.cast_unsigned()], parts.scale - 1);
        }
    }

    /// Adds another sum.
    pub(crate) fn add_wide(&mut self, other: &WideSum) {
        accumulate(&mut self.limbs, &other.limbs, false);
        self.nans += other.nans;
        self.infinities += other.infinities;
        self.negative_infinities += other.negative_infinities;
    }

    /// Subtracts another sum.
    pub(crate) fn sub_wide(&mut self, other: &WideSum) {
        accumulate(&mut self.limbs, &other.limbs, true);
        self.nans -= other.nans;
        self.infinities -= other.infinities;
        self.negative_infinities -= other.negative_infinities;
    }

    /// Adds what a cell lacks after it carried.
    pub(crate) fn add_carry(&mut self, carry: i64) {
        let place = (SUM_MODULUS - WIDE_SUM_LSB).cast_unsigned();
        add_shifted(&mut self.limbs, &[carry.cast_unsigned()], place);
    }

    /// Whether nothing is left in it.
    pub(crate) fn is_empty(&self) -> bool {
        *self == WideSum::new()
    }

    /// The limbs of this and a cell together, in units of 2^-1074.
    pub(super) fn with_cell(&self, cell: &SumCell) -> [u64; WIDE_SUM_LIMBS] {
        let mut limbs = self.limbs;
        add_shifted(&mut limbs, cell, (SUM_LSB - WIDE_SUM_LSB).cast_unsigned());
        limbs
    }

    /// What the sum is if it holds values that are not finite.
    pub(super) fn not_finite(&self) -> Option<f64> {
        match (self.nans != 0, self.infinities != 0, self.negative_infinities != 0) {
            (false, false, false) => None,
            (false, true, false) => Some(f64::INFINITY),
            (false, false, true) => Some(f64::NEG_INFINITY),
            _ => Some(super::float::NAN),
        }
    }
}

/// A sum of squares of any finite floats. Others are not for it: the sum beside it counts them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WideSquares {
    limbs: [u64; WIDE_SQUARE_LIMBS],
}

impl WideSquares {
    /// The sum of nothing.
    pub(crate) const fn new() -> WideSquares {
        WideSquares { limbs: [0; WIDE_SQUARE_LIMBS] }
    }

    /// Adds the square of a float; nothing where that is not finite.
    pub(crate) fn add(&mut self, x: f64) {
        self.put(x, 1);
    }

    /// Takes the square of a float out again.
    #[cfg(test)]
    pub(crate) fn sub(&mut self, x: f64) {
        self.put(x, -1);
    }

    /// Adds `times`, 1 or -1, of a square.
    fn put(&mut self, x: f64, times: i128) {
        if x.is_finite() {
            let parts = parts(x);
            let square = i128::from(parts.signed).pow(2) * times;
            add_shifted(&mut self.limbs, &halves(square.cast_unsigned()), 2 * (parts.scale - 1));
        }
    }

    /// Adds another sum.
    pub(crate) fn add_wide(&mut self, other: &WideSquares) {
        accumulate(&mut self.limbs, &other.limbs, false);
    }

    /// Subtracts another sum.
    pub(crate) fn sub_wide(&mut self, other: &WideSquares) {
        accumulate(&mut self.limbs, &other.limbs, true);
    }

    /// Whether nothing is left in it.
    pub(crate) fn is_empty(&self) -> bool {
        *self == WideSquares::new()
    }

    /// The limbs of this and a cell together, in units of 2^-2148.
    pub(super) fn with_cell(&self, cell: &SquareCell) -> [u64; WIDE_SQUARE_LIMBS] {
        let mut limbs = self.limbs;
        add_shifted(&mut limbs, cell, (SQUARE_LSB - WIDE_SQUARE_LSB).cast_unsigned());
        limbs
    }
}
