//! `sample`: generated half-hourly counts, written the way many recorders write them.
//!
//! One row per reading of the wall clock. A reading that occurs twice carries both half-hours in
//! one row, a reading that does not occur has no row: the fault that `check` finds. Integers only,
//! so the bytes are the same on every machine. Worked number: with the defaults 2014-11-02 01:00
//! is the largest value of the file because it is two half-hours.

use std::io::Write;

use paneline::{Error, LocalClock, Reading};

use crate::args::SampleArgs;
use crate::civil::{self, DAY_MS, HOUR_MS, Precision};
use crate::failure::Failure;

/// The distance between rows.
const CADENCE_MS: i64 = 1_800_000;

/// Counts per half-hour at each full hour: Monday to Friday, Saturday, Sunday. Each day starts near
/// where the day before ends.
const CURVES: [[i64; 24]; 3] = [
    [
        12_000, 7_400, 4_800, 3_500, 3_200, 4_100, 8_300, 14_200, 17_800, 18_300, 17_100, 17_000,
        17_600, 17_500, 18_200, 17_400, 15_900, 18_600, 22_400, 23_900, 22_800, 21_900, 20_600,
        16_800,
    ],
    [
        18_700, 16_200, 13_000, 9_900, 6_600, 4_000, 4_300, 6_100, 9_200, 12_800, 15_400, 16_900,
        18_000, 18_300, 18_100, 18_200, 17_700, 19_400, 22_300, 24_100, 22_000, 21_300, 23_000,
        24_200,
    ],
    [
        22_900, 19_700, 15_800, 12_300, 8_100, 4_600, 4_000, 5_200, 7_400, 10_900, 14_300, 16_200,
        17_300, 17_600, 17_900, 17_500, 16_800, 17_700, 18_400, 17_600, 16_300, 15_500, 14_000,
        12_900,
    ],
];

/// How far noise moves a count, up or down.
const NOISE_MAX: i64 = 350;

/// Writes the file.
pub(crate) fn run(args: &SampleArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let clock = LocalClock::new(&args.timezone)?;
    let mut reading_ms = civil::parse_date("--start", &args.start)?;
    writeln!(out, "timestamp,value")?;
    let mut rows = 0;
    while rows < args.rows {
        let meant = clock
            .read(reading_ms)
            .map_err(|error| Error::new(error.code(), "--start", error.message()))?;
        let value = match meant {
            Reading::Once { t_ms } => Some(count(reading_ms, t_ms)),
            Reading::Fold { first_ms, second_ms } => {
                Some(count(reading_ms, first_ms) + count(reading_ms, second_ms))
            }
            Reading::Gap { .. } => None,
        };
        if let Some(value) = value {
            writeln!(out, "{},{value}", civil::date_time(reading_ms, Precision::Second))?;
            rows += 1;
        }
        reading_ms += CADENCE_MS;
    }
    Ok(())
}

/// The count of the half-hour at an instant: the curve at its reading, and noise of its own.
fn count(reading_ms: i64, t_ms: i64) -> i64 {
    let hour = reading_ms.div_euclid(HOUR_MS);
    let into_ms = reading_ms.rem_euclid(HOUR_MS);
    let (from, to) = (at_hour(hour), at_hour(hour + 1));
    let smooth = from + (to - from) * into_ms / HOUR_MS;
    smooth + noise(t_ms.div_euclid(CADENCE_MS))
}

/// The curve at an hour counted from 1970-01-01T00:00.
fn at_hour(hour: i64) -> i64 {
    const HOURS_PER_DAY: i64 = DAY_MS / HOUR_MS;
    // 1970-01-01 was a Thursday, three days after a Monday.
    let curve = match (hour.div_euclid(HOURS_PER_DAY) + 3).rem_euclid(7) {
        5 => &CURVES[1],
        6 => &CURVES[2],
        _ => &CURVES[0],
    };
    let of_day = usize::try_from(hour.rem_euclid(HOURS_PER_DAY)).unwrap_or(0);
    curve[of_day]
}

/// An integer in `-NOISE_MAX..=NOISE_MAX` that depends on `index` alone.
///
/// Formula: SplitMix64; Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators",
/// 2014.
fn noise(index: i64) -> i64 {
    let mut z = index.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let spread = (z ^ (z >> 31)) >> 1;
    spread.cast_signed() % (2 * NOISE_MAX + 1) - NOISE_MAX
}
