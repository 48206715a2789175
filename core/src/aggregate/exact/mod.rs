//! Exact sums of floats: the same bits in whatever order, shard or batch the values came.
//!
//! A sum is an integer of fixed point. It lies inline in a [`SumCell`] where every value fits, and
//! what does not fit goes beside it, into a [`WideSum`] with room for any float. Both are exact, so
//! that values subtract without residue, parts merge without rounding, and where a value lay is
//! invisible. Only an emitted value is rounded, once. Its invariant: no function here allocates and
//! none depends on order; 1e17 + 1 - 1e17 is 1.
//!
//! An engine asks [`fits`], then calls [`add`] or [`WideSum::add`]; the carry of a cell, which is
//! nearly always 0, goes to [`WideSum::add_carry`]. Squares are alike and never carry.

#[cfg(test)]
mod cases;
mod cell;
mod float;
mod limbs;
#[cfg(test)]
mod tests;
mod value;
mod wide;

pub(crate) use cell::{
    SQUARE_LIMBS, SUM_LIMBS, add, add_cells, add_square, fits, misfits, sub_cells,
};
pub(in crate::aggregate) use limbs::halves;
pub(crate) use value::{mean, mean_int, round_cell, round_sum, variance, variance_int};
pub(crate) use wide::{WideSquares, WideSum};
