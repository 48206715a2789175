//! The memory of an assigner: what `table_bytes` says is what the allocator says, and it is small.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod heap;

use paneline::{Assigner, LocalClock, SlidingWindowSpec, timezones};

/// What columns are looked up in: 1,024 buckets of 8 bytes.
const COLUMN_BYTES: usize = 8_192;
/// What single times are looked up in, in a zone that has transitions: 1,104 buckets of 2 bytes.
const BUCKET_BYTES: usize = 2_208;
/// A regime: its start and its offset.
const REGIME_BYTES: usize = 12;
/// An assigner's texts, counters and warnings.
const REST_BYTES: usize = 1_024;
/// The most that a zone may take: with the rows of a block it fits a first-level cache of 32 KiB.
const ZONE_BYTES_MAX: usize = 20 * 1_024;

fn spec(timezone: &str) -> SlidingWindowSpec {
    let timezone = timezone.into();
    SlidingWindowSpec { duration_ms: 900_000, timezone, ..Default::default() }
}

/// The bytes of a zone's tables, which are checked against the heap.
fn bytes(timezone: &str) -> usize {
    let spec = spec(timezone);
    let before = heap::live();
    let assigner = Assigner::new(&spec).unwrap();
    let taken = (heap::live() - before).cast_unsigned();
    let bytes = assigner.table_bytes();
    assert!((bytes..bytes + REST_BYTES).contains(&taken), "{timezone}: {bytes}, on heap {taken}");
    bytes
}

/// Every zone of the database, by the number of its transitions up to the year 2301.
#[test]
fn every_zone_stays_within_20_kib() {
    let mut largest = 0;
    // "UTC" is a constant offset.
    for zone in timezones().filter(|zone| *zone != "UTC") {
        let transitions = LocalClock::new(zone).unwrap().transitions().count();
        let buckets = if transitions == 0 { 0 } else { BUCKET_BYTES };
        let wanted = COLUMN_BYTES + buckets + (transitions + 1) * REGIME_BYTES;
        assert_eq!(bytes(zone), wanted, "{zone}");
        largest = largest.max(wanted);
    }
    assert!((16_384..=ZONE_BYTES_MAX).contains(&largest), "{largest}");
    for (zone, wanted) in [
        ("America/New_York", 19_532),
        ("Asia/Shanghai", 10_760),
        ("Australia/Lord_Howe", 18_092),
        ("Europe/Berlin", 18_428),
        ("Europe/London", 19_604),
    ] {
        assert_eq!(bytes(zone), wanted, "{zone}");
    }
}

/// On Unix time, whatever the zone's name, there are no tables.
#[test]
fn unix_time_needs_no_tables() {
    assert_eq!(bytes(""), 0);
    assert_eq!(bytes("+05:30"), 0);
    let aligned = SlidingWindowSpec { align_to_epoch: true, ..spec("Asia/Tokyo") };
    assert_eq!(Assigner::new(&aligned).unwrap().table_bytes(), 0);
}
