//! Columns of times with fixed seeds: the same on every machine, in every run.
//!
//! One year, 2025, in milliseconds. Near-ordered rows follow the clock with a jitter of 5 s, as
//! events of one source do; random rows have no order at all.

/// 2025-01-01T00:00Z.
const FIRST_MS: i64 = 1_735_689_600_000;
/// The length of 2025.
const YEAR_MS: i64 = 365 * 86_400_000;
/// How far a near-ordered row may be from its place.
const JITTER_MS: i64 = 5_000;

/// Sebastiano Vigna's generator with 64 bits of state.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`.
    fn below(&mut self, bound: i64) -> i64 {
        let wide = u128::from(self.next()) * u128::from(bound.unsigned_abs());
        i64::try_from(wide >> 64).unwrap_or(0)
    }
}

/// `rows` times over the year, each within [`JITTER_MS`] of its place.
#[must_use]
pub fn ordered(rows: usize) -> Vec<i64> {
    let mut rng = SplitMix64(1);
    let count = i64::try_from(rows).unwrap_or(1).max(1);
    (0..count)
        .map(|row| {
            let place = i128::from(row) * i128::from(YEAR_MS) / i128::from(count);
            let jitter = rng.below(2 * JITTER_MS + 1) - JITTER_MS;
            FIRST_MS + i64::try_from(place).unwrap_or(0) + jitter
        })
        .collect()
}

/// `rows` times anywhere in the year.
#[must_use]
pub fn random(rows: usize) -> Vec<i64> {
    let mut rng = SplitMix64(2);
    (0..rows).map(|_| FIRST_MS + rng.below(YEAR_MS)).collect()
}
