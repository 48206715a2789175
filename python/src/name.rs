//! The proto's enums by their names.
//!
//! A name is the end of the proto's in lower case; an unknown number stays a number, so that the
//! core judges it. Invariant: a name that is shown is read as its number. Worked number: "stddev"
//! is `FUNCTION_STDDEV`, 4.

use paneline::{Code, Error};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

use crate::argument::{int, quoted, text, wrong_type};
use crate::error::Outcome;

/// An enum of the message.
pub(crate) struct Names {
    pub(crate) prefix: &'static str,
    pub(crate) name: fn(i32) -> Option<&'static str>,
    /// Words of other systems, and what stands for them here.
    pub(crate) others: &'static [(&'static str, &'static str)],
}

impl Names {
    fn short(&self, number: i32) -> Option<String> {
        (self.name)(number).map(|name| name.trim_start_matches(self.prefix).to_lowercase())
    }

    /// The number of a name, or the number itself.
    pub(crate) fn number(&self, value: &Bound<'_, PyAny>, path: &'static str) -> Outcome<i32> {
        let Ok(name) = value.cast::<PyString>() else {
            let is_int = value.hasattr("__index__")? && !value.is_instance_of::<PyBool>();
            return if is_int {
                int(value, &path, Code::InvalidSpec)
            } else {
                Err(wrong_type(value, &path, "a name or an int"))
            };
        };
        let name = text(name, path, Code::InvalidSpec)?;
        let known: Vec<_> = (0..).map_while(|number| self.short(number)).collect();
        if let Some(number) = known.iter().position(|known| known == name) {
            return Ok(i32::try_from(number).unwrap_or(i32::MAX));
        }
        let other = self.others.iter().find(|(other, _)| *other == name);
        let hint = other.map_or(String::new(), |(_, here)| format!(": {here}"));
        let got = quoted(name);
        let message = format!("{path} must be one of {}, got {got:?}{hint}", known.join(", "));
        Err(Error::new(Code::InvalidSpec, path, message).into())
    }

    /// The name of a number, or the number itself where it has none.
    pub(crate) fn shown<'py>(&self, py: Python<'py>, number: i32) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self.short(number) {
            Some(name) => PyString::new(py, &name).into_any(),
            None => number.into_pyobject(py)?.into_any(),
        })
    }
}
