//! Values as integers whose order is the order of the values.
//!
//! Floats are ordered as IEEE 754's totalOrder does, -inf < ... < -0 < +0 < ... < +inf, with one
//! NaN at the end where the function wants it: extremes of floats are then extremes of integers.
//! Invariant: decoding gives the float back, or the canonical NaN for any NaN. Worked number: -0.0
//! is -1 and +0.0 is 0.

/// The one NaN that is ever emitted.
const CANONICAL_NAN: u64 = 0x7ff8_0000_0000_0000;

/// Where NaN stands among the floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NanAt {
    /// Below -inf.
    Start,
    /// Above +inf.
    End,
}

/// The order of a float, from its bits.
#[inline]
pub(super) fn of_float(bits: u64, nan: NanAt) -> i64 {
    let canonical = match nan {
        NanAt::Start => CANONICAL_NAN | 1 << 63,
        NanAt::End => CANONICAL_NAN,
    };
    let bits = if f64::from_bits(bits).is_nan() { canonical } else { bits };
    let signed = bits.cast_signed();
    if signed < 0 { signed ^ i64::MAX } else { signed }
}

/// The float with this order.
#[inline]
pub(super) fn to_float(order: i64) -> f64 {
    let signed = if order < 0 { order ^ i64::MAX } else { order };
    let float = f64::from_bits(signed.cast_unsigned());
    if float.is_nan() { f64::from_bits(CANONICAL_NAN) } else { float }
}

/// Turns the orders of floats into their bits.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
pub(super) fn to_floats(words: &mut [u64]) {
    for word in words {
        *word = to_float(word.cast_signed()).to_bits();
    }
}

#[cfg(test)]
mod tests {
    use super::{NanAt, of_float, to_float};

    /// Protects min, max, first and last of floats: the order is IEEE's, and nothing is lost.
    #[test]
    fn order_is_total_and_reversible() {
        let ascending = [
            f64::NEG_INFINITY,
            f64::MIN,
            -1.0,
            -f64::from_bits(1),
            -0.0,
            0.0,
            f64::from_bits(1),
            1.0,
            f64::MAX,
            f64::INFINITY,
        ];
        for pair in ascending.windows(2) {
            let [low, high] = [pair[0], pair[1]].map(|x| of_float(x.to_bits(), NanAt::End));
            assert!(low < high, "{pair:?}");
        }
        for x in ascending {
            assert_eq!(to_float(of_float(x.to_bits(), NanAt::Start)).to_bits(), x.to_bits());
            for nan in [f64::NAN, -f64::NAN, f64::from_bits(0x7ff0_0000_0000_0001)] {
                let own = of_float(x.to_bits(), NanAt::End);
                assert!(of_float(nan.to_bits(), NanAt::Start) < own);
                assert!(of_float(nan.to_bits(), NanAt::End) > own);
            }
        }
        assert_eq!(to_float(of_float((-f64::NAN).to_bits(), NanAt::Start)).to_bits(), 0x7ff8 << 48);
    }
}
