//! Arithmetic on two's complement integers of 64-bit limbs, the lowest limb first.
//!
//! It decides how limbs carry; it knows no float and no point. Its invariant: everything is exact
//! modulo 2^(64 * limbs), and [`accumulate`] says by how many moduli it wrapped. In one limb,
//! 2^63 - 1 plus 1 leaves -2^63 and returns the carry 1, for -2^63 + 1 * 2^64 = 2^63.

use std::num::NonZeroU64;

/// The low and the high half.
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is asked for")]
#[inline]
pub(in crate::aggregate) fn halves(wide: u128) -> [u64; 2] {
    [wide as u64, (wide >> 64) as u64]
}

/// One limb of a sum, and its carry.
#[inline]
fn carrying_add(limb: u64, part: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = limb.overflowing_add(part);
    let (sum, second) = sum.overflowing_add(u64::from(carry));
    (sum, first | second)
}

/// Adds `addend`, or subtracts it where `negative`, and returns the carry: the true result is what
/// `target` holds plus `carry * 2^(64 * L)`.
#[inline]
pub(super) fn accumulate<const L: usize>(
    target: &mut [u64; L],
    addend: &[u64; L],
    negative: bool,
) -> i64 {
    // The negative of an integer is its complement plus 1, and the 1 goes in as the first carry.
    let flip = 0_u64.wrapping_sub(u64::from(negative));
    let (mut carry, mut wrapped, mut sign) = (negative, 0, 0);
    for (limb, part) in target.iter_mut().zip(addend) {
        let part = part ^ flip;
        let (sum, carried) = carrying_add(*limb, part, carry);
        // Of the highest limb: both terms have one sign and the sum has the other.
        wrapped = ((*limb ^ sum) & (part ^ sum)).cast_signed() >> 63;
        sign = part.cast_signed() >> 63;
        (*limb, carry) = (sum, carried);
    }
    wrapped & (sign | 1)
}

/// Subtracts and returns the carry, as [`accumulate`] does.
#[inline]
pub(super) fn deduct<const L: usize>(target: &mut [u64; L], less: &[u64; L]) -> i64 {
    let (mut borrow, mut wrapped, mut sign) = (false, 0, 0);
    for (limb, part) in target.iter_mut().zip(less) {
        let (rest, first) = limb.overflowing_sub(*part);
        let (rest, second) = rest.overflowing_sub(u64::from(borrow));
        // Of the highest limb: the terms differ in sign, and the rest has that of the second.
        wrapped = ((*limb ^ *part) & (*limb ^ rest)).cast_signed() >> 63;
        sign = !part.cast_signed() >> 63;
        (*limb, borrow) = (rest, first | second);
    }
    wrapped & (sign | 1)
}

/// Adds `addend * 2^shift`; both may be negative, and what lies above `target` is dropped.
pub(super) fn add_shifted(target: &mut [u64], addend: &[u64], shift: u32) {
    let (skip, shift) = ((shift / 64) as usize, shift % 64);
    let sign = addend.last().map_or(0, |limb| (limb.cast_signed() >> 63).cast_unsigned());
    let parts = addend.iter().copied().chain(std::iter::repeat(sign));
    let (mut below, mut carry) = (0, false);
    for (index, (limb, part)) in target.iter_mut().skip(skip).zip(parts).enumerate() {
        // Above the addend there is but its sign: 0 and no carry, or -1 and a carry, add nothing.
        if index > addend.len() && carry == (sign != 0) {
            return;
        }
        (*limb, carry) = carrying_add(*limb, joined(part, below, shift), carry);
        below = part;
    }
}

/// The high limb of two after both moved up by `shift`, which is below 64.
#[inline]
pub(super) fn joined(high: u64, low: u64, shift: u32) -> u64 {
    // In two steps, for a shift by 64 - 0 is none that a limb has.
    (high << shift) | (low >> 1 >> (63 - shift))
}

/// The absolute value, unsigned, and whether the integer was negative.
#[inline]
pub(super) fn magnitude<const L: usize>(limbs: &[u64; L]) -> ([u64; L], bool) {
    let negative = limbs.last().is_some_and(|limb| limb.cast_signed() < 0);
    let mut magnitude = [0; L];
    accumulate(&mut magnitude, limbs, negative);
    (magnitude, negative)
}

/// Adds the product of an unsigned integer and a limb; `target` is longer than `factor`, and its
/// next limb takes the last carry without a carry of its own.
#[inline]
pub(super) fn add_product<const L: usize>(target: &mut [u64], factor: &[u64; L], by: u64) {
    let (low, above) = target.split_at_mut(L);
    let mut carry = 0;
    for (limb, part) in low.iter_mut().zip(factor) {
        // (2^64 - 1)^2 + 2 * (2^64 - 1) = 2^128 - 1.
        let sum = u128::from(*part) * u128::from(by) + u128::from(*limb) + u128::from(carry);
        [*limb, carry] = halves(sum);
    }
    above[0] += carry;
}

/// Divides an unsigned integer and says whether a remainder was left.
#[inline]
pub(super) fn divide<const L: usize>(limbs: &mut [u64; L], by: NonZeroU64) -> bool {
    let mut rest = 0;
    for limb in limbs.iter_mut().rev() {
        let part = u128::from(rest) << 64 | u128::from(*limb);
        // The rest is below the divisor, so the quotient is one limb.
        let [quotient, _] = halves(part / u128::from(by.get()));
        rest = limb.wrapping_sub(quotient.wrapping_mul(by.get()));
        *limb = quotient;
    }
    rest != 0
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use super::{accumulate, deduct, divide, halves};

    /// Protects carries: in one limb, against integers of twice the size.
    #[test]
    fn a_sum_is_what_is_held_and_what_is_carried() {
        let edges = [i64::MIN, i64::MIN + 1, -2, -1, 0, 1, 2, i64::MAX - 1, i64::MAX];
        for (left, right) in edges.iter().flat_map(|left| edges.map(|right| (*left, right))) {
            for (negative, factor) in [(false, 1), (true, -1)] {
                let mut held = [left.cast_unsigned()];
                let carry = accumulate(&mut held, &[right.cast_unsigned()], negative);
                let sum = i128::from(held[0].cast_signed()) + (i128::from(carry) << 64);
                let expected = i128::from(left) + factor * i128::from(right);
                assert_eq!(sum, expected, "{left} + {factor} * {right}");
                if negative {
                    let mut rest = [left.cast_unsigned()];
                    let wrapped = deduct(&mut rest, &[right.cast_unsigned()]);
                    assert_eq!((rest, wrapped), (held, carry), "{left} - {right}");
                }
            }
        }
    }

    /// Protects sticky bits: a remainder of 1 is one.
    #[test]
    fn a_quotient_is_exact_or_says_so() {
        for divisor in [1, 2, 3, 1 << 32, (1 << 63) + 1, u64::MAX] {
            for quotient in [0, 1, 1 << 63, u64::MAX] {
                for rest in [0, 1, divisor - 1].into_iter().filter(|rest| *rest < divisor) {
                    let dividend = u128::from(quotient) * u128::from(divisor) + u128::from(rest);
                    let mut limbs = halves(dividend);
                    let inexact = divide(&mut limbs, NonZeroU64::new(divisor).unwrap());
                    assert_eq!((limbs, inexact), ([quotient, 0], rest != 0), "by {divisor}");
                }
            }
        }
    }
}
