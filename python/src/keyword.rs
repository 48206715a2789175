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

/// The fields of a spec.
pub(crate) struct Fields {
    pub(crate) class: &'static str,
    /// The names of all, by ascending number.
    pub(crate) names: &'static [&'static str],
    /// Those that are looked for here and belong to the other spec, and where they are.
    pub(crate) elsewhere: (&'static [&'static str], &'static str),
}

/// Hands each keyword over, by ascending number of its field. A length that is None counts as not
/// given.
pub(crate) fn each<'py>(
    fields: &Fields,
    keywords: Option<&Bound<'py, PyDict>>,
    mut set: impl FnMut(&Keyword<'py>) -> Outcome<()>,
) -> Outcome<()> {
    let mut given: Vec<Keyword<'py>> = Vec::new();
    for (name, value) in keywords.into_iter().flatten() {
        let name = name.extract::<String>()?;
        let Some((field, name)) = spelled(fields.names, &name) else {
            return Err(unknown(fields, &name));
        };
        if !(field.ends_with("_ms") && value.is_none()) {
            given.push(Keyword { field, name, value });
        }
    }
    given.sort_by_key(|keyword| fields.names.iter().position(|field| *field == keyword.field));

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

/// The field that a keyword means, and the keyword.
fn spelled(fields: &[&'static str], name: &str) -> Option<(&'static str, &'static str)> {
    fields.iter().find_map(|field| {
        let words = [Some(*field), field.strip_suffix("_ms")];
        words.into_iter().flatten().find(|word| *word == name).map(|word| (*field, word))
    })
}

fn unknown(fields: &Fields, name: &str) -> Fault {
    let known = fields.names.iter().map(|field| field.strip_suffix("_ms").unwrap_or(field));
    let known = known.collect::<Vec<_>>().join(", ");
    let (names, place) = fields.elsewhere;
    let there = spelled(names, name).map_or(String::new(), |_| format!(", it {place}"));
    let (class, name) = (fields.class, quoted(name));
    PyTypeError::new_err(format!("{class} has no field {name:?}{there}; it has {known}")).into()
}

fn twice(field: &'static str) -> Fault {
    let name = field.trim_end_matches("_ms");
    let message = format!("{name} and {field} are two spellings of one field: give one of them");
    Error::new(Code::InvalidArgument, field, message).into()
}

/// The representation of a spec: the fields that are not at their defaults, as keywords.
pub(crate) fn shown<'py>(
    fields: &Fields,
    value: impl Fn(&'static str) -> PyResult<Option<Bound<'py, PyAny>>>,
) -> PyResult<String> {
    let mut shown = Vec::new();
    for &field in fields.names {
        let Some(value) = value(field)? else { continue };
        shown.push(if field.ends_with("_ms") {
            length::shown(field, value.extract()?)
        } else {
            format!("{field}={}", value.repr()?)
        });
    }
    Ok(format!("{}({})", fields.class, shown.join(", ")))
}
