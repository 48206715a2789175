//! Instants of Python as milliseconds, and back.
//!
//! It decides what an instant is: an int of milliseconds, an aware `datetime`, a numpy
//! `datetime64`. Finer digits are floored, so 1969-12-31T23:59:59.999999Z is -1. Invariant: no
//! value is an instant that does not say which one it is; a naive `datetime` is refused, and a
//! `datetime64`, which has no zone, counts UTC as columns of its kind do.

use std::fmt::Display;

use paneline::{Code, Error};
use pyo3::exceptions::{PyArithmeticError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyInt;

use crate::argument::{int, wrong_type};
use crate::error::{Fault, Outcome};
use crate::standard::{Datetime, loaded};

/// An instant in milliseconds since the epoch.
pub(crate) fn instant(value: &Bound<'_, PyAny>, path: &'static str) -> Outcome<i64> {
    let py = value.py();
    if value.is_instance_of::<PyInt>() {
        return int(value, &path, Code::OutOfRange);
    }
    let parts = Datetime::get(py)?;
    if value.is_instance(&parts.datetime)? {
        datetime_ms(value, &parts, path)
    } else if value.hasattr(intern!(py, "__index__"))? {
        int(value, &path, Code::OutOfRange)
    } else if let Some(numpy) = loaded(py, "numpy")?
        && value.is_instance(&numpy.getattr(intern!(py, "datetime64"))?)?
    {
        datetime64_ms(value, &numpy, path)
    } else {
        let wanted = "an int of milliseconds, an aware datetime or a numpy datetime64";
        Err(wrong_type(value, &path, wanted))
    }
}

fn datetime_ms(value: &Bound<'_, PyAny>, parts: &Datetime<'_>, path: &'static str) -> Outcome<i64> {
    let py = value.py();
    // The one `datetime` that differs from itself is pandas' NaT.
    if !value.get_type().is(&parts.datetime) && value.ne(value)? {
        return Err(no_time(&path));
    }
    if value.call_method0(intern!(py, "utcoffset"))?.is_none() {
        let message = "a naive datetime is no instant: attach its zone, as in \
                       t.replace(tzinfo=ZoneInfo(\"Europe/Berlin\")), or resolve wall-clock times \
                       with resolve_local";
        return Err(Error::new(Code::InvalidArgument, path, message).into());
    }
    elapsed_ms(value, &parts.epoch, &parts.millisecond, &path)
}

/// The reading of a wall clock that a naive `datetime` is, in milliseconds since 1970-01-01T00:00
/// on that clock. None for anything that is no `datetime`.
pub(crate) fn reading_ms(value: &Bound<'_, PyAny>, path: &dyn Display) -> Outcome<Option<i64>> {
    let py = value.py();
    let parts = Datetime::get(py)?;
    if !value.is_instance(&parts.datetime)? {
        return Ok(None);
    }
    if value.ne(value)? {
        return Err(no_time(path));
    }
    if !value.call_method0(intern!(py, "utcoffset"))?.is_none() {
        let message = "an aware datetime is an instant and no reading of a wall clock: pass it as \
                       it is to what takes instants, or drop its zone by t.replace(tzinfo=None)";
        return Err(Error::new(Code::InvalidArgument, path.to_string(), message).into());
    }
    elapsed_ms(value, &parts.local_epoch, &parts.millisecond, path).map(Some)
}

/// Whole milliseconds between two `datetime`, floored.
fn elapsed_ms(
    value: &Bound<'_, PyAny>,
    epoch: &Bound<'_, PyAny>,
    millisecond: &Bound<'_, PyAny>,
    path: &dyn Display,
) -> Outcome<i64> {
    let ms = value.sub(epoch).and_then(|elapsed| elapsed.floor_div(millisecond));
    match ms {
        Ok(ms) => int(&ms, path, Code::OutOfRange),
        // The times of pandas reach further than their differences: OutOfBoundsDatetime.
        Err(error) if is_arithmetic(value.py(), &error) => {
            let message = format!("{path} is too far from 1970 for arithmetic of its own type");
            Err(Error::new(Code::OutOfRange, path.to_string(), message).into())
        }
        Err(error) => Err(error.into()),
    }
}

fn is_arithmetic(py: Python<'_>, error: &PyErr) -> bool {
    error.is_instance_of::<PyArithmeticError>(py) || error.is_instance_of::<PyValueError>(py)
}

/// The units of a `datetime64`: milliseconds a tick, ticks a millisecond.
const UNITS: [(&str, i128, i128); 11] = [
    ("W", 604_800_000, 1),
    ("D", 86_400_000, 1),
    ("h", 3_600_000, 1),
    ("m", 60_000, 1),
    ("s", 1_000, 1),
    ("ms", 1, 1),
    ("us", 1, 1_000),
    ("ns", 1, 1_000_000),
    ("ps", 1, 1_000_000_000),
    ("fs", 1, 1_000_000_000_000),
    ("as", 1, 1_000_000_000_000_000),
];

fn datetime64_ms(
    value: &Bound<'_, PyAny>,
    numpy: &Bound<'_, PyAny>,
    path: &'static str,
) -> Outcome<i64> {
    let py = value.py();
    let ticks: i64 = value.call_method1(intern!(py, "astype"), ("int64",))?.extract()?;
    if ticks == i64::MIN {
        return Err(no_time(&path));
    }
    let dtype = value.getattr(intern!(py, "dtype"))?;
    // A unit may be a multiple, as in datetime64[15m].
    let unit = numpy.call_method1(intern!(py, "datetime_data"), (dtype,))?;
    let (unit, multiple) = unit.extract::<(String, i32)>()?;
    let Some((_, ms, per_ms)) = UNITS.iter().find(|(name, ..)| *name == unit) else {
        let message = format!(
            "{path} must be a datetime64 of weeks or finer, got unit {unit}: t.astype(\"M8[ms]\")"
        );
        return Err(Error::new(Code::InvalidArgument, path, message).into());
    };
    let t_ms = (i128::from(ticks) * i128::from(multiple) * ms).div_euclid(*per_ms);
    i64::try_from(t_ms).map_err(|_| {
        Error::new(Code::OutOfRange, path, format!("{path} must fit i64, got {t_ms} ms")).into()
    })
}

fn no_time(path: &dyn Display) -> Fault {
    let message = format!("{path} must be a time, got NaT");
    Error::new(Code::OutOfRange, path.to_string(), message).into()
}

/// A `datetime` in UTC.
pub(crate) fn datetime<'py>(
    py: Python<'py>,
    t_ms: i64,
    path: &'static str,
) -> Outcome<Bound<'py, PyAny>> {
    let parts = Datetime::get(py)?;
    let elapsed = parts.timedelta.call1((0, 0, 0, t_ms));
    elapsed.and_then(|elapsed| parts.epoch.add(elapsed)).map_err(|error| {
        if !error.is_instance_of::<PyArithmeticError>(py) {
            return error.into();
        }
        let message = format!("a datetime must lie in the years 1 to 9999, got {t_ms} ms");
        Error::new(Code::OutOfRange, path, message).into()
    })
}
