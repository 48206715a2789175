//! The functions beside the assigner: local times, lengths, the database.
//!
//! It converts and calls. Invariant: what the clock shows twice or never is the caller's choice;
//! `ambiguous` has no default here either.

use paneline::{Ambiguous, Code, TimeUnit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

use crate::argument::{choice, text};
use crate::array::{Foreign, Int64Array, NOT_A_TIME, missing, read, zeros};
use crate::error::{Outcome, guard};
use crate::instant::reading_ms;
use crate::standard::loaded;
use crate::zone;

/// The argument of this name is a column of readings.
const PATH: &str = "local_ms";

/// Turns a column of wall-clock readings of one zone into instants.
///
/// `timezone` is a zone as `SlidingWindowSpec` takes it. `local_ms` are milliseconds since
/// 1970-01-01T00:00 on the wall clock: a list or tuple of ints and naive `datetime`s, numpy
/// datetime64 of s, ms, us or ns (both floored), a one-dimensional int64 buffer or an Arrow column
/// of int64. `ambiguous` says what a reading means that the clock shows twice or never: "earliest",
/// "latest" or "reject". Milliseconds since the epoch come back, a value for each reading, with the
/// zone. Any thread; the GIL is released meanwhile.
///
/// Errors: UNKNOWN_TIMEZONE at `timezone`; OUT_OF_RANGE at `local_ms[i]` before 1900, after 2199,
/// for `None` and NaT; INVALID_ARGUMENT at `local_ms[i]` for a reading that "reject" refuses and
/// for an aware `datetime`, at `local_ms` for another column, at `timezone` for text that is no
/// Unicode, and at `ambiguous`.
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
    ambiguous: &Bound<'_, PyString>,
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

/// A column of readings as milliseconds.
fn readings(local_ms: &Bound<'_, PyAny>) -> Outcome<Vec<i64>> {
    let py = local_ms.py();
    if local_ms.is_instance_of::<PyList>() || local_ms.is_instance_of::<PyTuple>() {
        let numbers = PyList::empty(py);
        for (row, item) in local_ms.try_iter()?.enumerate() {
            let item = item?;
            match reading_ms(&item, &format_args!("{PATH}[{row}]"))? {
                Some(ms) => numbers.append(ms)?,
                None => numbers.append(item)?,
            }
        }
        return read(&numbers, PATH);
    }
    // Of columns that say that they are times only numpy's are sure to have no zone.
    if let Some(numpy) = loaded(py, "numpy")?
        && local_ms.is_instance(&numpy.getattr("ndarray")?)?
        && local_ms.getattr("dtype")?.getattr("kind")?.eq("M")?
    {
        return datetime64(local_ms);
    }
    read(local_ms, PATH)
}

/// An array of datetime64 as milliseconds, floored.
fn datetime64(local_ms: &Bound<'_, PyAny>) -> Outcome<Vec<i64>> {
    let column = Foreign::open_times(local_ms, PATH)?;
    let mut readings: Vec<i64> = Vec::new();
    column.append(0, column.len(), &mut readings)?;
    for (row, reading) in readings.iter_mut().enumerate() {
        if *reading == NOT_A_TIME {
            return Err(missing(PATH, row).into());
        }
        *reading = match column.unit() {
            // A reading beyond 64 bits is beyond the range as well.
            Some(TimeUnit::Second) => reading.saturating_mul(1_000),
            Some(TimeUnit::Microsecond) => reading.div_euclid(1_000),
            Some(TimeUnit::Nanosecond) => reading.div_euclid(1_000_000),
            Some(TimeUnit::Millisecond) | None => *reading,
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
pub(crate) fn parse_duration(duration: &Bound<'_, PyString>) -> PyResult<i64> {
    guard(duration.py(), || {
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
