//! Lengths of time as people write them in Python.
//!
//! It decides that text has the core's spelling, with a sign before it where the length is
//! negative, and that a `timedelta` must be whole milliseconds. Invariant: what [`shown`] gives,
//! [`length`] reads as the same number. Worked number: "-1h30m" and `timedelta(hours=-1.5)` are
//! -5,400,000.

use paneline::{Code, Error, format_duration, parse_duration};
use pyo3::exceptions::PyOverflowError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::{quoted, text, wrong_type};
use crate::error::Outcome;
use crate::standard::Datetime;

/// The milliseconds of a text or a `timedelta`.
pub(crate) fn length(value: &Bound<'_, PyAny>, name: &'static str) -> Outcome<i64> {
    let py = value.py();
    if let Ok(value) = value.cast::<PyString>() {
        return read(text(value, name, Code::InvalidSpec)?, name);
    }
    if !value.is_instance(&Datetime::get(py)?.timedelta)? {
        let wanted = format!("a str such as '5m' or a timedelta ({name}_ms takes milliseconds)");
        return Err(wrong_type(value, &name, &wanted));
    }
    if let Some(ms) = whole_ms(value)? {
        return Ok(ms);
    }
    let got = quoted(&value.str()?.to_string_lossy());
    let message = format!("{name} must be whole milliseconds, got {got}");
    Err(Error::new(Code::InvalidSpec, name, message).into())
}

/// The milliseconds of a `timedelta`, if there is nothing beside them.
pub(crate) fn whole_ms(timedelta: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    let py = timedelta.py();
    let Datetime { millisecond, .. } = Datetime::get(py)?;
    let parts = timedelta.call_method1(intern!(py, "__divmod__"), (millisecond,))?;
    let (ms, rest) = parts.extract::<(i64, Bound<'_, PyAny>)>()?;
    Ok((!rest.is_truthy()?).then_some(ms))
}

/// A length as the core reads it, or a minus sign and such a length.
fn read(text: &str, name: &'static str) -> Outcome<i64> {
    let (sign, unsigned) = text.strip_prefix('-').map_or((1, text), |unsigned| (-1, unsigned));
    match parse_duration(unsigned) {
        Ok(ms) => Ok(sign * ms),
        Err(error) => Err(Error::new(Code::InvalidSpec, name, error.message()).into()),
    }
}

/// A `timedelta` of so many milliseconds.
pub(crate) fn timedelta<'py>(
    py: Python<'py>,
    ms: i128,
    path: &'static str,
) -> Outcome<Bound<'py, PyAny>> {
    let Datetime { timedelta, .. } = Datetime::get(py)?;
    timedelta.call1((0, 0, 0, ms)).map_err(|error| {
        if !error.is_instance_of::<PyOverflowError>(py) {
            return error.into();
        }
        let message = format!("a timedelta must have at most 999,999,999 days, got {ms} ms");
        Error::new(Code::OutOfRange, path, message).into()
    })
}

/// A field of milliseconds as a keyword that makes it again: `step='10s'`.
pub(crate) fn shown(field: &str, ms: i64) -> String {
    match (field.strip_suffix("_ms"), ms) {
        // -1 is a setting and no length; the least i64 is longer than a length can be written.
        (None, _) | (_, -1 | i64::MIN) => format!("{field}={ms}"),
        (Some(name), ms) => format!("{name}='{}'", format_duration(ms)),
    }
}
