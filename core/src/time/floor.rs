//! Division by a step that is known only at run time, without dividing.
//!
//! [`Floor`] finds the last multiple of a step at or before a time through the reciprocal in
//! floating point, in nine operations that every SIMD unit has and without a correction: a tenth of
//! the time of a division. `rem_euclid` is the specification and the tests hold the two equal.
//! Invariant: for times in [`EXACT_MS`] the result is exact, whatever the step. Worked number: 25 s
//! by 10 s are 25,000 - 4,999.5 = 20,000.5 ms from half a step, 2.00005 steps, which is 2 to the
//! nearest, so the pane starts at 20 s.

#[cfg(doc)]
use super::EXACT_MS;

/// 1.5 * 2^52: a float this large has a mantissa that counts whole numbers, so adding it rounds to
/// the nearest integer, and the low bits of the sum are that integer.
const MANTISSA: f64 = 6_755_399_441_055_744.0;
/// The bits of [`MANTISSA`].
const MANTISSA_BITS: i64 = 0x4338_0000_0000_0000;

/// The grid `phase + k * step`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floor {
    phase_ms: i64,
    step_ms: f64,
    per_ms: f64,
    /// The middle of the times 0 to step - 1, which all belong to grid point 0.
    middle_ms: f64,
}

impl Floor {
    /// A grid; `step_ms` is positive and at most 2^42, `phase_ms` within 2^49.
    pub(crate) fn new(step_ms: i64, phase_ms: i64) -> Floor {
        let step_ms = to_float(step_ms);
        Floor { phase_ms, step_ms, per_ms: 1.0 / step_ms, middle_ms: (step_ms - 1.0) / 2.0 }
    }

    /// The last grid point at or before `t_ms`, which lies in [`EXACT_MS`].
    ///
    /// Counted from the middle, the times of a grid point are at most half a step less 1/2 away, so
    /// the nearest whole number of steps is the one, and the quotient stays 1 / (2 step) clear of
    /// the next. Its error is less: two roundings, so at most 2^-52 of it, of times within 0.8 *
    /// 2^51. Its product with the step is an integer below 2^51, so nothing is rounded again.
    /// Nothing wraps; but a checked operation would keep the loop out of the SIMD unit.
    #[expect(clippy::inline_always, reason = "must take on the SIMD features of its caller")]
    #[inline(always)]
    pub(crate) fn start(self, t_ms: i64) -> i64 {
        let into = to_float(t_ms.wrapping_sub(self.phase_ms)) - self.middle_ms;
        let quotient = into * self.per_ms + MANTISSA - MANTISSA;
        to_integer(quotient * self.step_ms).wrapping_add(self.phase_ms)
    }
}

/// An integer within 2^51 as a float, exactly. `as f64` is the same, but no instruction before
/// AVX-512 does it for several 64-bit integers at once.
#[expect(clippy::inline_always, reason = "must take on the SIMD features of its caller")]
#[inline(always)]
fn to_float(integer: i64) -> f64 {
    f64::from_bits(integer.wrapping_add(MANTISSA_BITS).cast_unsigned()) - MANTISSA
}

/// A whole float within 2^51 as an integer.
#[expect(clippy::inline_always, reason = "must take on the SIMD features of its caller")]
#[inline(always)]
fn to_integer(whole: f64) -> i64 {
    (whole + MANTISSA).to_bits().cast_signed().wrapping_sub(MANTISSA_BITS)
}

#[cfg(test)]
mod tests {
    use super::Floor;
    use crate::time::EXACT_MS as EXACT;

    /// Protects every fast path: equal to `rem_euclid` at and beside every kind of grid point.
    #[test]
    fn floor_is_rem_euclid() {
        let mut state = 1_u64;
        let mut random = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 12).cast_signed()
        };
        let steps = (1..2_000).chain([
            10_000,
            65_537,
            900_000,
            86_400_000,
            604_800_000,
            (1 << 31) - 1,
            (1 << 31) + 1,
            3_155_759_999_999,
            3_155_760_000_000,
        ]);
        for step in steps {
            let far = 1 << 49;
            for phase in [0, 1, step / 2, step - 1, -64_800_000, 64_800_000, -far, far] {
                let floor = Floor::new(step, phase);
                for base in [0, 1, -1, *EXACT.start(), *EXACT.end(), random() % EXACT.end()] {
                    let point = base - (base - phase).rem_euclid(step);
                    for t in [point - 1, point, point + 1, point + step - 1, point + step, base] {
                        if EXACT.contains(&t) {
                            let expected = t - (t - phase).rem_euclid(step);
                            assert_eq!(floor.start(t), expected, "{t} by {step} from {phase}");
                        }
                    }
                }
            }
        }
        for _ in 0..2_000_000 {
            let (step, phase) = (random() % 3_155_760_000_000 + 1, random() % 100_000_000);
            let (step, t) = (step >> (random() % 40), random() % EXACT.end());
            let (step, t) = (step.max(1), if random() % 2 == 0 { t } else { -t });
            let expected = t - (t - phase).rem_euclid(step);
            assert_eq!(Floor::new(step, phase).start(t), expected, "{t} by {step} from {phase}");
        }
    }
}
