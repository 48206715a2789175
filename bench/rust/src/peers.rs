//! The Rust peers on a case, as their documentation would have one write it.
//!
//! `offset + floor` asks the library for the offset and floors the local reading; `round` is jiff's
//! own rounding of a zoned time. None of them promises paneline's rule: the driver counts the rows
//! that differ.

use std::hint::black_box;

use chrono::{DateTime, Offset as _, TimeZone as _};
use jiff::{RoundMode, Timestamp, Unit, Zoned, ZonedRound};

use crate::case::{Case, timed, write};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Runs a case for one peer and gives its lines.
///
/// # Errors
/// What the peer refuses.
pub fn run(peer: &str, case: &Case) -> Outcome<String> {
    let step_ms = case.step_ms;
    match peer {
        "plain Rust" if case.zone.is_empty() => {
            column(peer, case, |t_ms| Ok(t_ms - t_ms.rem_euclid(step_ms)))
        }
        "jiff, offset + floor" => {
            let zone = jiff::tz::TimeZone::get(named(case))?;
            column(peer, case, |t_ms| {
                let seconds = zone.to_offset(Timestamp::from_millisecond(t_ms)?).seconds();
                Ok(t_ms - (t_ms + i64::from(seconds) * 1_000).rem_euclid(step_ms))
            })
        }
        "jiff, round" => {
            let zone = jiff::tz::TimeZone::get(named(case))?;
            let (unit, increment) = unit(step_ms);
            let round =
                ZonedRound::new().smallest(unit).increment(increment).mode(RoundMode::Floor);
            column(peer, case, |t_ms| {
                let zoned = Zoned::new(Timestamp::from_millisecond(t_ms)?, zone.clone());
                let start =
                    if unit == Unit::Day { zoned.start_of_day()? } else { zoned.round(round)? };
                Ok(start.timestamp().as_millisecond())
            })
        }
        "chrono-tz, offset + floor" => {
            let zone: chrono_tz::Tz = named(case).parse()?;
            column(peer, case, |t_ms| {
                let utc = DateTime::from_timestamp_millis(t_ms).ok_or("out of range")?.naive_utc();
                let seconds = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
                Ok(t_ms - (t_ms + i64::from(seconds) * 1_000).rem_euclid(step_ms))
            })
        }
        _ => Ok(String::new()),
    }
}

/// UTC by its name in the database.
fn named(case: &Case) -> &str {
    if case.zone.is_empty() { "UTC" } else { &case.zone }
}

fn unit(step_ms: i64) -> (Unit, i64) {
    match step_ms {
        86_400_000 => (Unit::Day, 1),
        _ if step_ms % 3_600_000 == 0 => (Unit::Hour, step_ms / 3_600_000),
        _ if step_ms % 60_000 == 0 => (Unit::Minute, step_ms / 60_000),
        _ => (Unit::Second, step_ms / 1_000),
    }
}

fn column(variant: &str, case: &Case, start: impl Fn(i64) -> Outcome<i64>) -> Outcome<String> {
    let times = case.times()?;
    let mut out = vec![0; times.len()];
    let mut pass = || -> Outcome<()> {
        for (out, &t_ms) in out.iter_mut().zip(black_box(&times)) {
            *out = start(t_ms)?;
        }
        Ok(())
    };
    if let Err(error) = pass() {
        return Ok(case.failure(variant, &error.to_string()));
    }
    let ns: Vec<_> = (0..case.repeats).map(|_| timed(|| drop(black_box(pass())))).collect();
    write(&case.output, &out)?;
    Ok(case.line(variant, times.len(), &ns))
}
