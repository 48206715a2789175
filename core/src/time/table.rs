//! The offsets of a zone by time, in one load: no search, whatever the order of the rows.
//!
//! Time is cut into buckets of 2^31 ms (24.8 days). A bucket tells the offsets around the one
//! transition that matters in it; times whose pane reaches back over a transition, and buckets in
//! which more than one matters, are *irregular* and left to the plain rules of [`super::grid`].
//! So the table cannot be wrong, only slow. 1970 to 2039 are 1,024 buckets of 16 bytes, which fit
//! a first-level cache; times outside are irregular. Invariant: what [`start`] calls regular is
//! what the grid says.

use super::floor::Floor;
use super::zone::Zone;

/// A bucket is 2^31 ms: long enough for a small table, short enough that few zones have two
/// transitions in one (five of them, in October 2000; and Ramadan in Morocco).
const BUCKET_BITS: u32 = 31;
/// 1970-01-01 to 2039-09: a table of 16 KiB.
const BUCKETS: usize = 1_024;
/// The first time after the table.
const COVERED_MS_END: i64 = 1_024 << BUCKET_BITS;

/// The offsets in one bucket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    /// The last transition before the bucket's end.
    transition_ms: i64,
    /// The offset before it.
    before_ms: i32,
    /// The offset from it on.
    after_ms: i32,
}

/// A bucket whose every time is irregular: its transition repeats 2^31 ms, the whole bucket.
const HALF_BUCKET: i32 = 1 << (BUCKET_BITS - 1);

/// The buckets of a zone for panes of one length.
#[derive(Debug)]
pub(crate) struct OffsetTable(Box<[Bucket; BUCKETS]>);

impl OffsetTable {
    /// The table for panes that start at most `reach_ms` before their events.
    pub(crate) fn new(zone: &Zone, reach_ms: i64) -> Option<OffsetTable> {
        let mut buckets = Vec::with_capacity(BUCKETS);
        let mut regime = 0;
        for start_ms in (0..).step_by(1 << BUCKET_BITS).take(BUCKETS) {
            let first = zone.regime_index_from(regime, start_ms);
            regime = zone.regime_index_from(first, start_ms.saturating_add((1 << BUCKET_BITS) - 1));
            buckets.push(bucket(zone, start_ms, reach_ms, first, regime));
        }
        Some(OffsetTable(Box::try_from(buckets.into_boxed_slice()).ok()?))
    }

    /// The bucket of a time; for times that the table does not cover, one that means nothing.
    #[expect(clippy::cast_possible_truncation, reason = "the low bits are the index")]
    pub(crate) fn bucket(&self, t_ms: i64) -> Bucket {
        self.0[(t_ms >> BUCKET_BITS).cast_unsigned() as usize % BUCKETS]
    }

    /// The bytes the table takes.
    pub(crate) const BYTES: usize = size_of::<[Bucket; BUCKETS]>();
}

impl Bucket {
    /// Transition, offset before, offset after.
    pub(crate) fn parts(self) -> (i64, i64, i64) {
        (self.transition_ms, self.before_ms.into(), self.after_ms.into())
    }
}

/// The start of a time's pane by its bucket's parts, and whether that is regular.
///
/// All operations are bitwise or wrap: a branch would be guessed wrong in shuffled columns, a check
/// would keep the loop out of the SIMD unit.
#[expect(clippy::inline_always, reason = "must take on the SIMD features of its caller")]
#[expect(clippy::needless_bitwise_bool, clippy::manual_range_contains, reason = "no branches")]
#[inline(always)]
pub(crate) fn start(t_ms: i64, parts: (i64, i64, i64), floor: Floor) -> (i64, bool) {
    let (transition_ms, before_ms, after_ms) = parts;
    let is_after = t_ms >= transition_ms;
    let offset_ms = if is_after { after_ms } else { before_ms };
    let start_ms = floor.start(t_ms.wrapping_add(offset_ms)).wrapping_sub(offset_ms);
    // A start in a span that is shown for the second time may be held.
    let repeated_ms = before_ms.wrapping_sub(after_ms).max(0);
    let reaches_back = is_after & (start_ms < transition_ms.wrapping_add(repeated_ms));
    let covered = (t_ms >= 0) & (t_ms < COVERED_MS_END);
    (start_ms, covered & !reaches_back)
}

/// The bucket from `start_ms`, whose first and last times lie in the regimes `first` and `last`.
fn bucket(zone: &Zone, start_ms: i64, reach_ms: i64, first: usize, last: usize) -> Bucket {
    let small = |ms: i64| i32::try_from(ms).unwrap_or(0); // offsets are below 26 h
    let Some(into) = zone.transition_into(last) else {
        let offset_ms = small(zone.regime_offset_ms(last));
        return Bucket { transition_ms: i64::MAX, before_ms: offset_ms, after_ms: offset_ms };
    };
    // Times before the bucket's transition are taken as regular, so their panes must not reach back
    // to the transition before it.
    let earlier = zone.transition_into(first).map_or(i64::MIN, |earlier| {
        let repeated_ms = earlier.before_ms.saturating_sub(earlier.after_ms).max(0);
        earlier.at_ms.saturating_add(repeated_ms)
    });
    let alone = last == first
        || last == first.saturating_add(1) && start_ms.saturating_sub(reach_ms) >= earlier;
    if alone {
        let (before_ms, after_ms) = (small(into.before_ms), small(into.after_ms));
        Bucket { transition_ms: into.at_ms, before_ms, after_ms }
    } else {
        Bucket { transition_ms: start_ms, before_ms: HALF_BUCKET, after_ms: -HALF_BUCKET }
    }
}
