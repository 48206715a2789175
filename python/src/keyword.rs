//! The keywords of a spec.
//!
//! It decides which field of the message a keyword means and which fault is told first. A length
//! has two keywords: `step_ms`, an int, and `step`, text or a `timedelta`. Invariant: of several
//! faults the one at the lowest field number is raised, in whatever order the keywords came; only
//! text that is no Unicode, of which no message can be made, goes before all others. Worked number:
//! `step="10s"` sets `step_ms` to 10,000.

use paneline::{Code, Error};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::argument::{int, quoted};
use crate::error::{Fault, Outcome};
use crate::length;

/// A keyword and its value.
pub(crate) struct Keyword<'py> {
    /// The field that it means: `step_ms`, also for `step`.
    pub(crate) field: &'static str,
    /// As the caller wrote it.
    pub(crate) name: &'static str,
    pub(crate) value: Bound<'py, PyAny>,
}

impl Keyword<'_> {
    /// An int of the field's width.
    pub(crate) fn int<T: TryFrom<i128>>(&self) -> Outcome<T> {
        int(&self.value, &self.name, Code::InvalidSpec)
    }

    /// Milliseconds, in either spelling.
    pub(crate) fn length(&self) -> Outcome<i64> {
        if self.name == self.field { self.int() } else { length::length(&self.value, self.name) }
    }
}

/// Hands each keyword over, by ascending number of its field. `fields` are the names of all fields
/// in that order. A length that is None counts as not given.
pub(crate) fn each<'py>(
    class: &str,
    fields: &[&'static str],
    keywords: Option<&Bound<'py, PyDict>>,
    mut set: impl FnMut(&Keyword<'py>) -> Outcome<()>,
) -> Outcome<()> {
    let mut given: Vec<Keyword<'py>> = Vec::new();
    for (name, value) in keywords.into_iter().flatten() {
        let name = name.extract::<String>()?;
        let known = fields.iter().find_map(|field| {
            let length = field.strip_suffix("_ms");
            let spelled = [Some(*field), length].into_iter().flatten().find(|word| *word == name);
            spelled.map(|spelled| (*field, spelled, length.is_some()))
        });
        let Some((field, name, is_length)) = known else {
            let known = fields.iter().map(|field| field.strip_suffix("_ms").unwrap_or(field));
            let known = known.collect::<Vec<_>>().join(", ");
            let message = format!("{class} has no field {:?}; it has {known}", quoted(&name));
            return Err(PyTypeError::new_err(message).into());
        };
        if !(is_length && value.is_none()) {
            given.push(Keyword { field, name, value });
        }
    }
    given.sort_by_key(|keyword| fields.iter().position(|field| *field == keyword.field));

    let mut first = Ok(());
    let mut before = "";
    for keyword in &given {
        let field = keyword.field;
        let outcome = if field == before { Err(twice(field)) } else { set(keyword) };
        before = field;
        match outcome {
            Err(Fault::Refused(error)) if error.code() != Code::Corrupt => {
                first = first.and(Err(error.into()));
            }
            outcome => outcome?,
        }
    }
    first
}

fn twice(field: &'static str) -> Fault {
    let name = field.trim_end_matches("_ms");
    let message = format!("{name} and {field} are two spellings of one field: give one of them");
    Error::new(Code::InvalidArgument, field, message).into()
}

/// The representation of a spec: the fields that are not at their defaults, as keywords.
pub(crate) fn shown<'py>(
    class: &str,
    fields: &[&'static str],
    value: impl Fn(&'static str) -> PyResult<Option<Bound<'py, PyAny>>>,
) -> PyResult<String> {
    let mut shown = Vec::new();
    for &field in fields {
        let Some(value) = value(field)? else { continue };
        shown.push(if field.ends_with("_ms") {
            length::shown(field, value.extract()?)
        } else {
            format!("{field}={}", value.repr()?)
        });
    }
    Ok(format!("{class}({})", shown.join(", ")))
}
