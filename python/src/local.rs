//! The functions beside the assigner: local times, lengths, the database.
//!
//! It converts and calls. Invariant: what the clock shows twice or never is the caller's choice;
//! `ambiguous` has no default here either.

use std::fmt::Display;

use paneline::{Ambiguous, Code, Error, TimeUnit};
use pyo3::prelude::*;

use crate::argument::{choice, of_class, text};
use crate::array::{Foreign, Int64Array, NOT_A_TIME, missing, read_items, zeros};
use crate::error::{Outcome, guard};
use crate::instant::reading_ms;
use crate::zone;

/// The argument of this name is a column of readings.
const PATH: &str = "local_ms";

/// Turns a column of wall-clock readings of one zone into instants.
///
/// `timezone` is a zone as `SlidingWindowSpec` takes it. `local_ms` are milliseconds since
/// 1970-01-01T00:00 on the wall clock: a list or tuple of ints, naive `datetime`s and
/// `numpy.datetime64`, a one-dimensional int64 buffer, numpy datetime64 of weeks or a shorter unit
/// down to ns, or an Arrow column of int64 or of timestamps without a zone, such as a polars Series
/// of naive `datetime`s. Finer digits are floored. `ambiguous` says what a reading means that the
/// clock shows twice or never: "earliest", "latest" or "reject". Milliseconds since the epoch come
/// back, a value for each reading, with the zone. Any thread; the GIL is released meanwhile.
///
/// Errors: UNKNOWN_TIMEZONE at `timezone`; OUT_OF_RANGE at `local_ms[i]` before 1900, after 2199,
/// for a null and NaT; INVALID_ARGUMENT at `local_ms[i]` for a reading that "reject" refuses and
/// for an aware `datetime`, at `local_ms` for another column and for one with a zone, at `timezone`
/// for text that is no Unicode, and at `ambiguous`.
///
/// >>> from datetime import datetime
/// >>> import paneline as pln
/// >>> reading = datetime(2014, 11, 2, 1, 30)  # or 1_414_891_800_000
/// >>> pln.resolve_local("America/New_York", [reading], "earliest").tolist()
/// [1414906200000]
/// >>> pln.resolve_local("America/New_York", [reading], "latest").tolist()
/// [1414909800000]
#[pyfunction]
pub(crate) fn resolve_local(
    py: Python<'_>,
    timezone: &Bound<'_, PyAny>,
    local_ms: &Bound<'_, PyAny>,
    ambiguous: &Bound<'_, PyAny>,
) -> PyResult<Int64Array> {
    guard(py, || {
        let timezone = zone::timezone(timezone)?;
        let timezone = text(&timezone, "timezone", Code::InvalidArgument)?;
        let choices = [
            ("earliest", Ambiguous::Earliest),
            ("latest", Ambiguous::Latest),
            ("reject", Ambiguous::Reject),
        ];
        let ambiguous = choice(ambiguous, "ambiguous", &choices)?;
        let local_ms = readings(local_ms)?;
        let mut out_ms = zeros(local_ms.len())?;
        // Reading the zone takes 0.1 ms, however short the column is.
        py.detach(|| paneline::resolve_local(timezone, &local_ms, ambiguous, &mut out_ms))?;
        Ok(Int64Array::times(out_ms, timezone))
    })
}

/// A column of readings as milliseconds, floored.
fn readings(local_ms: &Bound<'_, PyAny>) -> Outcome<Vec<i64>> {
    let read = |item: &Bound<'_, PyAny>, path: &dyn Display| {
        let reading = reading_ms(item, path)?;
        Ok(reading.ok_or_else(|| missing(path, "a time", "NaT"))?)
    };
    if let Some(readings) = read_items(local_ms, PATH, "a time", read)? {
        return Ok(readings);
    }
    let column = Foreign::open_times(local_ms, PATH)?;
    if column.ticks().is_some_and(|ticks| ticks.is_zoned) {
        let message = "local_ms must be readings of a wall clock, got times with a zone, which are \
                       instants: pass them as they are to what takes instants, or drop their zone, \
                       as in dt.replace_time_zone(None) of polars";
        return Err(Error::new(Code::InvalidArgument, PATH, message).into());
    }
    if let Some(row) = column.nulls(0, column.len()).next() {
        return Err(missing(&format_args!("{PATH}[{row}]"), "a time", "null").into());
    }
    let mut readings: Vec<i64> = Vec::new();
    column.append(0, column.len(), &mut readings)?;
    let Some(ticks) = column.ticks() else { return Ok(readings) };
    for (row, reading) in readings.iter_mut().enumerate() {
        if *reading == NOT_A_TIME {
            return Err(missing(&format_args!("{PATH}[{row}]"), "a time", "NaT").into());
        }
        *reading = match ticks.unit {
            // A reading beyond 64 bits is beyond the range as well.
            TimeUnit::Second => reading.saturating_mul(1_000),
            TimeUnit::Millisecond => *reading,
            TimeUnit::Microsecond => reading.div_euclid(1_000),
            TimeUnit::Nanosecond => reading.div_euclid(1_000_000),
        };
    }
    Ok(readings)
}

/// Reads a length such as "15m" or "1h30m" (w, d, h, m, s, ms; descending) into milliseconds.
///
/// Errors: INVALID_ARGUMENT at `duration`. Any thread.
///
/// >>> import paneline as pln
/// >>> pln.parse_duration("1h30m")
/// 5400000
/// >>> pln.parse_duration("90")
/// Traceback (most recent call last):
///     ...
/// paneline.InvalidArgumentError: INVALID_ARGUMENT at duration: 90 has no unit; write 90ms, ...
#[pyfunction]
pub(crate) fn parse_duration(duration: &Bound<'_, PyAny>) -> PyResult<i64> {
    guard(duration.py(), || {
        let duration = of_class(duration, "duration", "a str")?;
        Ok(paneline::parse_duration(text(duration, "duration", Code::InvalidArgument)?)?)
    })
}

/// The release of the embedded time-zone database, such as "2026f".
///
/// Store it beside every state: windows are a function of the spec, this release and the time. Any
/// thread.
///
/// >>> import paneline as pln
/// >>> pln.tzdb_version() >= "2026f"
/// True
#[pyfunction]
pub(crate) fn tzdb_version() -> &'static str {
    paneline::tzdb_version()
}

/// Every zone name of the embedded database, ascending, ignoring case. Any thread.
///
/// >>> import paneline as pln
/// >>> "Australia/Lord_Howe" in pln.timezones()
/// True
#[pyfunction]
pub(crate) fn timezones(py: Python<'_>) -> PyResult<Vec<&'static str>> {
    guard(py, || Ok(paneline::timezones().collect()))
}
