//! Python values as the core's numbers, units and text.
//!
//! It decides what counts as an int: anything with `__index__`, but no `bool`. Invariant: a wrong
//! type is a `TypeError`; a wrong value, and `None` in a column, is a refusal with a code and a
//! path. Worked number: 2^63 does not fit, and says so at its path.

use std::convert::Infallible;
use std::fmt::Display;

use paneline::{Code, Error, TimeUnit};
use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::type_object::PyTypeCheck;
use pyo3::types::{PyBool, PyFloat, PyString};

use crate::error::{Fault, Outcome};

/// Hostile text is quoted up to this many characters, so that an error stays a line.
const QUOTED_CHARS_MAX: usize = 40;

/// An int that must fit `T`; `code` is the refusal of one that does not.
pub(crate) fn int<T: TryFrom<i128>>(
    value: &Bound<'_, PyAny>,
    path: &dyn Display,
    code: Code,
) -> Outcome<T> {
    if value.is_instance_of::<PyBool>() {
        return Err(wrong_type(value, path, "an int"));
    }
    let wide = match value.extract::<i64>() {
        Ok(wide) => Some(i128::from(wide)),
        // Longer ints are not shown: Python itself refuses to print those of 4,301 digits.
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => value.extract().ok(),
        // What the caller's own `__index__` raised.
        Err(error) if value.hasattr(intern!(value.py(), "__index__"))? => return Err(error.into()),
        Err(_) => return Err(wrong_type(value, path, "an int")),
    };
    wide.and_then(|wide| T::try_from(wide).ok()).ok_or_else(|| {
        let got = wide.map_or("an int beyond i128".into(), |wide| wide.to_string());
        let width = std::any::type_name::<T>();
        Error::new(code, path.to_string(), format!("{path} must fit {width}, got {got}")).into()
    })
}

/// A float, or an int that a float64 holds exactly; `code` is the refusal of another int.
pub(crate) fn float(value: &Bound<'_, PyAny>, path: &dyn Display, code: Code) -> Outcome<f64> {
    if value.is_instance_of::<PyFloat>() {
        return Ok(value.extract()?);
    }
    let is_int = value.hasattr(intern!(value.py(), "__index__"))?;
    if !is_int || value.is_instance_of::<PyBool>() {
        return Err(wrong_type(value, path, "a float"));
    }
    let whole: i64 = int(value, path, code)?;
    #[expect(clippy::cast_precision_loss, reason = "looked at in the next line")]
    let float = whole as f64;
    #[expect(clippy::cast_possible_truncation, reason = "a whole number of at most 2^63")]
    let same = float as i128 == i128::from(whole);
    if !same {
        let message = format!("{path} must be an int that float64 holds exactly, got {whole}");
        return Err(Error::new(code, path.to_string(), message).into());
    }
    Ok(float)
}

/// An index of a list of `len` items, from the end where it is negative; or `IndexError`.
pub(crate) fn index(key: &Bound<'_, PyAny>, len: usize) -> PyResult<usize> {
    let index = match key.extract::<isize>() {
        Err(error) if error.is_instance_of::<PyOverflowError>(key.py()) => isize::MAX,
        index => index?,
    };
    let at = if index < 0 { index.wrapping_add_unsigned(len) } else { index };
    let at = usize::try_from(at).ok().filter(|at| *at < len);
    at.ok_or_else(|| PyIndexError::new_err("index out of range"))
}

/// An argument that may be left out: None is not "left out" but of a wrong type.
#[derive(Clone, Copy, Default)]
pub(crate) struct Given<'a, 'py>(Option<Borrowed<'a, 'py, PyAny>>);

impl<'py> Given<'_, 'py> {
    pub(crate) fn get(&self) -> Option<&Bound<'py, PyAny>> {
        self.0.as_deref()
    }

    /// A bool, false where none is given.
    pub(crate) fn is_true(self, path: &str) -> Outcome<bool> {
        self.get().map_or(Ok(false), |value| {
            value.extract().map_err(|_| wrong_type(value, &path, "a bool"))
        })
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Given<'a, 'py> {
    type Error = Infallible;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> Result<Given<'a, 'py>, Infallible> {
        Ok(Given(Some(value)))
    }
}

/// An argument of one class, which a `TypeError` calls `wanted`.
pub(crate) fn of_class<'a, 'py, T: PyTypeCheck>(
    value: &'a Bound<'py, PyAny>,
    path: &str,
    wanted: &str,
) -> Outcome<&'a Bound<'py, T>> {
    value.cast().map_err(|_| wrong_type(value, &path, wanted))
}

/// The unit that a caller asks for.
pub(crate) fn unit(name: Option<&Bound<'_, PyAny>>) -> Outcome<Option<TimeUnit>> {
    let Some(name) = name else { return Ok(None) };
    let units = [
        ("s", TimeUnit::Second),
        ("ms", TimeUnit::Millisecond),
        ("us", TimeUnit::Microsecond),
        ("ns", TimeUnit::Nanosecond),
    ];
    choice(name, "unit", &units).map(Some)
}

/// One of the named choices.
pub(crate) fn choice<T: Copy>(
    name: &Bound<'_, PyAny>,
    path: &'static str,
    choices: &[(&str, T)],
) -> Outcome<T> {
    let name = text(of_class(name, path, "a str")?, path, Code::InvalidArgument)?;
    if let Some((_, choice)) = choices.iter().find(|(known, _)| *known == name) {
        return Ok(*choice);
    }
    let known = choices.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
    let got = quoted(name);
    let message = format!("{path} must be one of {known}, got {got:?}");
    Err(Error::new(Code::InvalidArgument, path, message).into())
}

/// The start of a text, short enough for an error message.
pub(crate) fn quoted(text: &str) -> String {
    text.chars().take(QUOTED_CHARS_MAX).collect()
}

/// The text of a `str`; `code` is the refusal of lone surrogates, which UTF-8 has no bytes for.
pub(crate) fn text<'a>(
    value: &'a Bound<'_, PyString>,
    path: &'static str,
    code: Code,
) -> Outcome<&'a str> {
    value.to_str().map_err(|_| Error::new(code, path, "the text holds lone surrogates").into())
}

/// A `TypeError` that says what is wanted and what came.
pub(crate) fn wrong_type(value: &Bound<'_, PyAny>, path: &dyn Display, wanted: &str) -> Fault {
    wrong_type_fix(value, path, wanted, "")
}

/// The same, and what to do about it.
pub(crate) fn wrong_type_fix(
    value: &Bound<'_, PyAny>,
    path: &dyn Display,
    wanted: &str,
    fix: &str,
) -> Fault {
    match value.get_type().name() {
        Ok(got) => PyTypeError::new_err(format!("{path} must be {wanted}, got {got}{fix}")).into(),
        Err(error) => error.into(),
    }
}
