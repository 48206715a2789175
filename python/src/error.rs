//! Errors of the core as Python exceptions, and the door that no panic passes.
//!
//! The class comes from the generated table `paneline._codes.CODES`, by the code's name. Invariant:
//! a panic in a body that runs in [`guard`] is an `InternalError`, never pyo3's `PanicException`,
//! which derives from `BaseException` and slips through `except Exception`.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use paneline::{Code, Error, code_name};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// What ends a call: a refusal with a code, or an exception that Python code raised meanwhile.
pub(crate) enum Fault {
    /// Becomes the exception class of its code.
    Refused(Error),
    /// Passes as it is: `TypeError`, `KeyboardInterrupt`, whatever a caller's method raised.
    Raised(PyErr),
}

/// The result of a body that [`guard`] runs.
pub(crate) type Outcome<T> = Result<T, Fault>;

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Refused(error)
    }
}

impl From<PyErr> for Fault {
    fn from(error: PyErr) -> Fault {
        Fault::Raised(error)
    }
}

/// Runs the body of a call.
pub(crate) fn guard<T>(py: Python<'_>, body: impl FnOnce() -> Outcome<T>) -> PyResult<T> {
    let outcome = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let why = format!("a bug: {}", panic_text(panic.as_ref()));
        Err(Error::new(Code::Internal, "", why).into())
    });
    outcome.map_err(|fault| match fault {
        Fault::Refused(error) => exception(py, &error),
        Fault::Raised(error) => error,
    })
}

/// The exception of an error.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    static CODES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = || -> PyResult<PyErr> {
        let codes = CODES.get_or_try_init(py, || {
            py.import("paneline._codes")?.getattr("CODES").map(Bound::unbind)
        })?;
        let class = codes.bind(py).get_item(code_name(error.code()))?;
        Ok(PyErr::from_value(class.call1((error.message(), error.path()))?))
    };
    make().unwrap_or_else(|why| why)
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}

/// Panics, so that a test of the shipped module sees what becomes of a panic.
#[pyfunction]
#[pyo3(name = "_panic")]
#[expect(clippy::panic, reason = "its only purpose")]
pub(crate) fn panic_for_test(py: Python<'_>) -> PyResult<()> {
    guard(py, || panic!("on purpose"))
}
