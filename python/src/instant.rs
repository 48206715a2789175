//! Instants of Python as milliseconds, and back.
//!
//! It decides what an instant is: an int of milliseconds, an aware `datetime`, a numpy
//! `datetime64`; and, for a column that is a list, that ints are ticks of the unit the caller
//! names. Finer digits are floored, so 1969-12-31T23:59:59.999999Z is -1. Invariant: no value is an
//! instant that does not say which one it is; a naive `datetime` is refused, and a `datetime64`,
//! which has no zone, counts UTC as columns of its kind do.

use std::fmt::Display;

use paneline::{Code, Error, TimeUnit};
use pyo3::exceptions::{PyArithmeticError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};

use crate::argument::{int, wrong_type};
use crate::array::is_index;
use crate::error::Outcome;
use crate::standard::{Datetime, loaded};

/// What a value says of a time.
enum Time {
    /// An int, which does not say what one of it is.
    Ticks(i64),
    /// Milliseconds since 1970, in UTC or on a wall clock; None for NaT.
    Ms(Option<i64>),
}

/// An instant in milliseconds since the epoch.
pub(crate) fn instant(value: &Bound<'_, PyAny>, path: &'static str) -> Outcome<i64> {
    let wanted = "an int of milliseconds, an aware datetime or a numpy datetime64";
    match time(value, &path, wanted, datetime_ms)? {
        Time::Ticks(t_ms) | Time::Ms(Some(t_ms)) => Ok(t_ms),
        Time::Ms(None) => {
            let message = format!("{path} must be a time, got NaT");
            Err(Error::new(Code::OutOfRange, path, message).into())
        }
    }
}

/// A time of a list: an int, which is a tick of the unit that the caller asks for, or an instant,
/// whose tick is a millisecond. None for NaT.
///
/// Errors: INVALID_ARGUMENT at `unit` for an instant where another unit is asked for.
#[inline]
pub(crate) fn tick(
    item: &Bound<'_, PyAny>,
    path: &dyn Display,
    asked: Option<TimeUnit>,
) -> Outcome<Option<i64>> {
    // Lists of ints are long, and most ints fit.
    if item.is_exact_instance_of::<PyInt>()
        && let Ok(tick) = item.extract::<i64>()
    {
        return Ok(Some(tick));
    }
    other_tick(item, path, asked)
}

fn other_tick(
    item: &Bound<'_, PyAny>,
    path: &dyn Display,
    asked: Option<TimeUnit>,
) -> Outcome<Option<i64>> {
    match time(item, path, "an int, an aware datetime or a numpy datetime64", datetime_ms)? {
        Time::Ticks(tick) => Ok(Some(tick)),
        Time::Ms(t_ms) => match asked.filter(|asked| *asked != TimeUnit::Millisecond) {
            None => Ok(t_ms),
            Some(asked) => {
                let asked = asked.symbol();
                let message = format!(
                    "unit must be None or \"ms\" where {path} is no int, got {asked:?}: ints \
                     beside instants are milliseconds"
                );
                Err(Error::new(Code::InvalidArgument, "unit", message).into())
            }
        },
    }
}

/// A reading of a wall clock, in milliseconds since 1970-01-01T00:00 on that clock: an int of them,
/// a naive `datetime` or a `datetime64`. None for NaT.
pub(crate) fn reading_ms(value: &Bound<'_, PyAny>, path: &dyn Display) -> Outcome<Option<i64>> {
    let wanted = "an int of milliseconds, a naive datetime or a numpy datetime64";
    match time(value, path, wanted, naive_ms)? {
        Time::Ticks(ms) => Ok(Some(ms)),
        Time::Ms(ms) => Ok(ms),
    }
}

fn time<'py>(
    value: &Bound<'py, PyAny>,
    path: &dyn Display,
    wanted: &str,
    of_datetime: fn(&Bound<'py, PyAny>, &Datetime<'py>, &dyn Display) -> Outcome<i64>,
) -> Outcome<Time> {
    let py = value.py();
    if is_index(value) {
        return int(value, path, Code::OutOfRange).map(Time::Ticks);
    }
    let parts = Datetime::get(py)?;
    if value.is_instance(&parts.datetime)? {
        // The one `datetime` that differs from itself is pandas' NaT.
        if !value.get_type().is(&parts.datetime) && value.ne(value)? {
            return Ok(Time::Ms(None));
        }
        return of_datetime(value, &parts, path).map(|ms| Time::Ms(Some(ms)));
    }
    if let Some(numpy) = loaded(py, "numpy")?
        && value.is_instance(&numpy.getattr(intern!(py, "datetime64"))?)?
    {
        return datetime64_ms(value, &numpy, path).map(Time::Ms);
    }
    if value.is_instance_of::<PyString>() {
        let wanted = format!("{wanted} (datetime.fromisoformat reads text)");
        return Err(wrong_type(value, path, &wanted));
    }
    Err(wrong_type(value, path, wanted))
}

/// The instant that an aware `datetime` is.
fn datetime_ms(value: &Bound<'_, PyAny>, parts: &Datetime<'_>, path: &dyn Display) -> Outcome<i64> {
    if value.call_method0(intern!(value.py(), "utcoffset"))?.is_none() {
        let message = "a naive datetime is no instant: attach its zone, as in \
                       t.replace(tzinfo=ZoneInfo(\"Europe/Berlin\")), or resolve wall-clock times \
                       with resolve_local";
        return Err(Error::new(Code::InvalidArgument, path.to_string(), message).into());
    }
    elapsed_ms(value, &parts.epoch, &parts.millisecond, path)
}

/// The reading of a wall clock that a naive `datetime` is.
fn naive_ms(value: &Bound<'_, PyAny>, parts: &Datetime<'_>, path: &dyn Display) -> Outcome<i64> {
    if !value.call_method0(intern!(value.py(), "utcoffset"))?.is_none() {
        let message = "an aware datetime is an instant and no reading of a wall clock: pass it as \
                       it is to what takes instants, or drop its zone by t.replace(tzinfo=None)";
        return Err(Error::new(Code::InvalidArgument, path.to_string(), message).into());
    }
    elapsed_ms(value, &parts.local_epoch, &parts.millisecond, path)
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

/// A `datetime64` in milliseconds, floored; None for NaT.
fn datetime64_ms(
    value: &Bound<'_, PyAny>,
    numpy: &Bound<'_, PyAny>,
    path: &dyn Display,
) -> Outcome<Option<i64>> {
    let py = value.py();
    let ticks: i64 = value.call_method1(intern!(py, "astype"), ("int64",))?.extract()?;
    if ticks == i64::MIN {
        return Ok(None);
    }
    let dtype = value.getattr(intern!(py, "dtype"))?;
    // A unit may be a multiple, as in datetime64[15m].
    let unit = numpy.call_method1(intern!(py, "datetime_data"), (dtype,))?;
    let (unit, multiple) = unit.extract::<(String, i32)>()?;
    let Some((_, ms, per_ms)) = UNITS.iter().find(|(name, ..)| *name == unit) else {
        let message = format!(
            "{path} must be a datetime64 of weeks or finer, got unit {unit}: t.astype(\"M8[ms]\")"
        );
        return Err(Error::new(Code::InvalidArgument, path.to_string(), message).into());
    };
    let t_ms = (i128::from(ticks) * i128::from(multiple) * ms).div_euclid(*per_ms);
    i64::try_from(t_ms).map(Some).map_err(|_| {
        let message = format!("{path} must fit i64, got {t_ms} ms");
        Error::new(Code::OutOfRange, path.to_string(), message).into()
    })
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
