//! A time zone as people give it in Python.
//!
//! It decides how an object of the standard library is named: a `ZoneInfo` by its key, a fixed
//! `datetime.timezone` by its offset. Whether the core knows the name is the core's business, and
//! so is what the zone does: of a `ZoneInfo` nothing but the key is looked at. Worked number:
//! `timezone(timedelta(hours=-9.5))` is "-09:30".

use paneline::{Code, Error};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::{quoted, wrong_type};
use crate::error::{Fault, Outcome};
use crate::length::whole_ms;
use crate::standard::{Datetime, loaded};

/// The argument of this name is a time zone.
const PATH: &str = "timezone";
const MINUTE_MS: i64 = 60_000;

/// The name of a zone that is given by its name, as a `ZoneInfo` or as a `datetime.timezone`.
pub(crate) fn timezone<'py>(value: &Bound<'py, PyAny>) -> Outcome<Bound<'py, PyString>> {
    let py = value.py();
    if let Ok(name) = value.cast::<PyString>() {
        return Ok(name.clone());
    }
    if value.is_instance(&Datetime::get(py)?.timezone)? {
        return fixed(value);
    }
    if let Some(module) = loaded(py, "zoneinfo")?
        && value.is_instance(&module.getattr(intern!(py, "ZoneInfo"))?)?
    {
        let key = value.getattr(intern!(py, "key"))?;
        return key.cast_into::<PyString>().map_err(|_| {
            unknown("a ZoneInfo that was read from a file has no key: pass the IANA name".into())
        });
    }
    Err(wrong_type(value, &PATH, "a str, a zoneinfo.ZoneInfo or a datetime.timezone"))
}

/// The name of a fixed offset.
fn fixed<'py>(value: &Bound<'py, PyAny>) -> Outcome<Bound<'py, PyString>> {
    let py = value.py();
    let offset = value.call_method1(intern!(py, "utcoffset"), (py.None(),))?;
    let Some(offset_ms) = whole_ms(&offset)?.filter(|ms| ms % MINUTE_MS == 0) else {
        let got = quoted(&value.str()?.to_string_lossy());
        return Err(unknown(format!("a fixed offset must be whole minutes, got {got}")));
    };
    if offset_ms == 0 {
        return Ok(PyString::new(py, "UTC"));
    }
    let (sign, minutes) = (if offset_ms < 0 { '-' } else { '+' }, offset_ms.abs() / MINUTE_MS);
    Ok(PyString::new(py, &format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)))
}

fn unknown(message: String) -> Fault {
    Error::new(Code::UnknownTimezone, PATH, message).into()
}
