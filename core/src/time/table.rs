//! The offsets of a zone by time, in one load: no search, whatever the order of the rows.
//!
//! Time is cut into buckets of 2^31 ms (24.8 days). A bucket tells the offsets around the one
//! transition that matters in it; times whose pane reaches back over a transition, and buckets in
//! which more than one matters, are *irregular* and left to the plain rules of [`super::grid`].
//! So the table cannot be wrong, only slow. 1970 to 2039 are 1,024 buckets of 8 bytes, which fit
//! a first-level cache; times outside are irregular. Invariant: what [`start`] calls regular is
//! what the grid says.

use super::floor::Floor;
use super::zone::Zone;

/// A bucket is 2^31 ms: long enough for a small table, short enough that few zones have two
/// transitions in one: the north-east of Brazil in October 2000. Morocco's are 31 days apart.
const BUCKET_BITS: u32 = 31;
const BUCKET_MS: i64 = 1 << BUCKET_BITS;
/// 1970-01-01 to 2039-09: a table of 8 KiB.
const BUCKETS: usize = 1_024;
/// The times of the table are those of so many bits.
const COVERED_BITS: u32 = BUCKET_BITS + BUCKETS.ilog2();

/// Transitions are counted in seconds, and all of them are whole ones.
const SECOND_MS: i64 = 1_000;
/// Offsets are counted in minutes: since 1972 all are whole ones.
const MINUTE_MS: i64 = 60_000;
/// What is added to an offset so that none is negative: 2^15 minutes. A floor of a time that was
/// moved by such an offset needs a phase moved by as much.
pub(crate) const BIAS_MS: i64 = (1 << 15) * MINUTE_MS;

/// The last transition before a bucket's end: its second in 32 bits, then the minutes of the offset
/// before it and of the one from it on in 16 bits each, both biased.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bucket(u64);

/// The buckets of a zone for panes of one length.
#[derive(Debug)]
pub(crate) struct OffsetTable(Box<[Bucket; BUCKETS]>);

impl OffsetTable {
    /// The table for panes that start at most `reach_ms` before their events.
    pub(crate) fn new(zone: &Zone, reach_ms: i64) -> Option<OffsetTable> {
        let mut buckets = Vec::with_capacity(BUCKETS);
        let mut regime = zone.regime_index(0);
        let mut into = Bucket::of(zone, regime);
        for start_ms in (0_i64..).step_by(1 << BUCKET_BITS).take(BUCKETS) {
            let first = zone.regime_index(start_ms);
            let last = zone.regime_index(start_ms.saturating_add(BUCKET_MS - 1));
            if last != regime {
                (regime, into) = (last, Bucket::of(zone, last));
            }
            // Times before the bucket's transition are taken as regular: by the exact offset, and
            // their panes must not reach back to the transition before it.
            let alone = first == last
                || first.saturating_add(1) == last
                    && whole_minutes(zone.regime_offset_ms(first))
                    && start_ms.saturating_sub(reach_ms) >= zone.settled_ms(first);
            buckets.push(into.filter(|_| alone).unwrap_or_else(|| Bucket::irregular(start_ms)));
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
    /// The bucket whose end lies in this regime; none for an offset of seconds.
    fn of(zone: &Zone, regime: usize) -> Option<Bucket> {
        let after_ms = zone.regime_offset_ms(regime);
        let after = whole_minutes(after_ms).then_some(minutes(after_ms))?;
        // Into the first regime: all is before a transition that never comes. What was before 1970
        // is taken for a transition at 1970, which is no earlier and repeats as much.
        let into = zone.transition_into(regime);
        let (at_ms, before_ms) = into.map_or((i64::MAX, after_ms), |t| (t.at_ms, t.before_ms));
        let second = u32::try_from(at_ms.max(0) / SECOND_MS).unwrap_or(u32::MAX);
        Some(Bucket(u64::from(second) | minutes(before_ms) << 32 | after << 48))
    }

    /// A bucket whose every time is irregular: a transition no later than its start repeats 45
    /// days.
    fn irregular(start_ms: i64) -> Bucket {
        let second = u32::try_from(start_ms / SECOND_MS).unwrap_or(u32::MAX);
        Bucket(u64::from(second) | u64::from(u16::MAX) << 32)
    }
}

fn whole_minutes(offset_ms: i64) -> bool {
    offset_ms % MINUTE_MS == 0
}

/// The minutes of an offset, biased. Those of an offset of seconds are rounded up, so that no less
/// is repeated than by the offset itself.
fn minutes(offset_ms: i64) -> u64 {
    let up_ms = offset_ms.saturating_add(BIAS_MS + MINUTE_MS - 1);
    u16::try_from(up_ms / MINUTE_MS).unwrap_or(u16::MAX).into()
}

/// The start of a time's pane by its bucket, and bits that are 0 where that is regular. The floor's
/// phase is moved by [`BIAS_MS`].
///
/// All operations are bitwise or wrap: a branch would be guessed wrong in shuffled columns, a check
/// would keep the loop out of the SIMD unit.
#[expect(clippy::inline_always, reason = "must take on the SIMD features of its caller")]
#[inline(always)]
pub(crate) fn start(t_ms: i64, bucket: Bucket, floor: Floor) -> (i64, i64) {
    let Bucket(bits) = bucket;
    let field = |shift: u32, mask: u64, unit_ms: i64| {
        (bits >> shift & mask).cast_signed().wrapping_mul(unit_ms)
    };
    let transition_ms = field(0, u32::MAX.into(), SECOND_MS);
    let before_ms = field(32, u16::MAX.into(), MINUTE_MS);
    let after_ms = field(48, u16::MAX.into(), MINUTE_MS);
    let is_after = t_ms >= transition_ms;
    let offset_ms = if is_after { after_ms } else { before_ms };
    let start_ms = floor.start(t_ms.wrapping_add(offset_ms)).wrapping_sub(offset_ms);
    // A start in a span that is shown for the second time may be held.
    let repeated_ms = before_ms.wrapping_sub(after_ms).max(0);
    let reaches_back = is_after & (start_ms < transition_ms.wrapping_add(repeated_ms));
    (start_ms, i64::from(reaches_back) | t_ms >> COVERED_BITS)
}

#[cfg(test)]
mod tests {
    use super::{BIAS_MS, BUCKET_MS, Floor, OffsetTable, Zone, start};
    use crate::spec::ZoneText;

    fn zone(name: &str) -> Zone {
        Zone::get(&ZoneText::Named(name.into())).unwrap()
    }

    /// A table that called everything irregular would be right and slow. Of the north-east of
    /// Brazil it is the bucket of October 2000, of Monrovia the 30 up to 1972.
    #[test]
    fn few_buckets_are_irregular() {
        for name in crate::timezones() {
            let table = OffsetTable::new(&zone(name), 86_400_000).unwrap();
            let irregular =
                table.0.iter().filter(|bucket| bucket.0 >> 32 == u64::from(u16::MAX)).count();
            let most = if name == "Africa/Monrovia" { 30 } else { 1 };
            assert!(irregular <= most, "{name}: {irregular}");
        }
    }

    /// So would one that called most rows so. Of New York's hours they are those that repeat
    /// another, and the first of 1970: a fold before it is taken for one at it.
    #[test]
    fn few_rows_are_irregular() {
        let zone = zone("America/New_York");
        let table = OffsetTable::new(&zone, 3_600_000).unwrap();
        let floor = Floor::new(3_600_000, BIAS_MS);
        let regular = |t_ms: i64| start(t_ms, table.bucket(t_ms), floor).1 == 0;
        let hours = (0..1_024 * BUCKET_MS).step_by(3_600_000);
        let irregular = hours.filter(|t_ms| !regular(*t_ms)).count();
        let folds = zone.transitions().filter(|fold| fold.after_ms < fold.before_ms);
        let folds = folds.filter(|fold| (0..1_024 * BUCKET_MS).contains(&fold.at_ms)).count();
        assert_eq!(irregular, folds + 1);
        assert!(!regular(-1) && !regular(0) && !regular(1_024 * BUCKET_MS));
    }
}
