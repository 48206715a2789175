//! Between floats and integers: a float taken apart exactly, an integer or quotient rounded once.
//!
//! It decides every rounding of exact aggregates: to nearest, ties to even, with subnormals and
//! overflow to infinity, and a result of zero is +0. Its invariant: a value passes through one
//! rounding only, for until then nothing is lost but whether bits below are all zero. In units of
//! 2^-1, 2^54 + 1 lies below the tie between 2^53 and 2^53 + 2: it rounds to 2^53.

use std::num::NonZeroU64;

use super::limbs::{divide, joined};

/// The NaN of every result: other NaNs differ between machines.
pub(super) const NAN: f64 = f64::from_bits(0x7ff8_0000_0000_0000);

/// The stored bits of a mantissa; a normal float has one more above them.
const STORED_BITS: u32 = 52;
/// Bits of a whole limb that a normal float cannot keep.
const LOST_BITS: i32 = 11;
/// The exponents of the highest bit of normal floats.
const EXPONENT_MIN: i32 = -1022;
const EXPONENT_MAX: i32 = 1023;
/// The exponent of a float's unit in the last place is its scale less this.
pub(super) const SCALE_BIAS: i32 = 1075;

/// A finite float: `signed * 2^(scale - SCALE_BIAS)`.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    /// The mantissa with the sign, within 2^53.
    pub(super) signed: i64,
    /// 1 to 2046.
    pub(super) scale: u32,
}

/// The scale of a float as it is stored: 0 for zero and subnormals, 2047 for what is not finite.
#[inline]
pub(super) fn stored_scale(x: f64) -> u32 {
    (x.to_bits() >> STORED_BITS) as u32 & 0x7ff
}

/// Takes a finite float apart.
#[inline]
pub(super) fn parts(x: f64) -> Parts {
    let bits = x.to_bits();
    let scale = stored_scale(x);
    let stored = bits & ((1 << STORED_BITS) - 1);
    let mantissa = (stored | u64::from(scale != 0) << STORED_BITS).cast_signed();
    let signed = if bits >> 63 == 0 { mantissa } else { -mantissa };
    Parts { signed, scale: scale.max(1) }
}

/// The highest bits of an integer, moved so that the first of them is set.
struct Head<const LIMBS: usize> {
    limbs: [u64; LIMBS],
    /// The place of the lowest bit kept; negative where zeros were added below.
    place: i32,
    /// Whether bits that are set lie below.
    inexact: bool,
}

/// The head of an unsigned integer; none of zero.
#[expect(clippy::inline_always, reason = "its callers know the number of limbs")]
#[inline(always)]
fn head<const LIMBS: usize>(magnitude: &[u64]) -> Option<Head<LIMBS>> {
    let highest = magnitude.iter().rposition(|limb| *limb != 0)?;
    let shift = magnitude[highest].leading_zeros();
    let limb = |depth: usize| highest.checked_sub(depth).map_or(0, |index| magnitude[index]);
    let mut limbs = [0; LIMBS];
    for (depth, head) in limbs.iter_mut().rev().enumerate() {
        *head = joined(limb(depth), limb(depth + 1), shift);
    }
    let rest = &magnitude[..highest.saturating_sub(LIMBS)];
    let inexact = limb(LIMBS) << shift != 0 || rest.iter().any(|limb| *limb != 0);
    let place = bits(highest + 1) - shift.cast_signed() - bits(LIMBS);
    Some(Head { limbs, place, inexact })
}

/// The bits of some limbs.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the longest integer here has 68 limbs"
)]
#[inline]
fn bits(limbs: usize) -> i32 {
    64 * limbs as i32
}

/// The float nearest to `magnitude * 2^lsb`, or to the negative of it; `inexact` where the integer
/// left out a fraction of its last bit.
#[expect(clippy::inline_always, reason = "its callers know the number of limbs")]
#[inline(always)]
pub(super) fn round(magnitude: &[u64], inexact: bool, lsb: i32, negative: bool) -> f64 {
    let Some(head) = head::<1>(magnitude) else { return 0.0 };
    let [top] = head.limbs;
    let exponent = head.place + 63 + lsb;
    if exponent > EXPONENT_MAX {
        return if negative { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    // A subnormal keeps one bit less for each power of two that it lies below the normal ones.
    let lost = LOST_BITS + (EXPONENT_MIN - exponent).max(0);
    if lost > 64 {
        return 0.0; // Below half of the smallest float.
    }
    let lost = lost.cast_unsigned();
    let half = 1 << (lost - 1);
    let kept = top.unbounded_shr(lost);
    // The lowest bit is lost in any case, so it can stand for everything below.
    let rest = (top | u64::from(head.inexact | inexact)) & (half | (half - 1));
    // One comparison, for either outcome is as likely: above half, or half and odd.
    let up = rest + (kept & 1) > half;
    // The highest bit kept adds 1 to the scale of a normal float; a carry out of the mantissa adds
    // another 1, which is as it should be, up to infinity.
    let scale = u64::from((exponent - EXPONENT_MIN).max(0).cast_unsigned());
    let absolute = (scale << STORED_BITS) + kept + u64::from(up);
    f64::from_bits(absolute | u64::from(negative && absolute != 0) << 63)
}

/// The same of three limbs, where every float near it is normal: what firings round by the million.
#[inline]
pub(super) fn round_normal([low, middle, high]: [u64; 3], lsb: i32, negative: bool) -> f64 {
    let (top, next, below, lsb) = match (high, middle, low) {
        (0, 0, 0) => return 0.0,
        (0, 0, top) => (top, 0, 0, lsb),
        (0, top, next) => (top, next, 0, lsb + 64),
        (top, next, below) => (top, next, below, lsb + 128),
    };
    debug_assert!(lsb >= EXPONENT_MIN && lsb + 191 <= EXPONENT_MAX, "2^{lsb} and up is normal");
    let shift = top.leading_zeros();
    let head = joined(top, next, shift);
    let kept = head >> LOST_BITS;
    let lost = head & ((1 << LOST_BITS) - 1) | u64::from(next << shift | below != 0);
    let up = lost + (kept & 1) > 1 << (LOST_BITS - 1);
    // As in `round`: the highest bit kept adds 1 to the scale.
    let scale = (63 + lsb - EXPONENT_MIN).cast_unsigned() - shift;
    let absolute = (u64::from(scale) << STORED_BITS) + kept + u64::from(up);
    f64::from_bits(absolute | u64::from(negative) << 63)
}

/// The float nearest to `magnitude * 2^lsb / (the product of divisors)`, or to the negative of it.
///
/// The head has `LIMBS` limbs, one more than there are divisors, so 64 bits of the quotient are
/// left. Whole quotients of whole quotients are those by the product, and exact if every one is.
#[expect(clippy::inline_always, reason = "its callers know the number of limbs")]
#[inline(always)]
pub(super) fn round_quotient<const LIMBS: usize>(
    magnitude: &[u64],
    lsb: i32,
    negative: bool,
    divisors: &[NonZeroU64],
) -> f64 {
    debug_assert!(divisors.len() < LIMBS, "the quotient may have less than 64 bits");
    let Some(Head { mut limbs, place, mut inexact }) = head::<LIMBS>(magnitude) else {
        return 0.0;
    };
    for divisor in divisors {
        inexact |= divide(&mut limbs, *divisor);
    }
    round(&limbs, inexact, lsb + place, negative)
}
