//! `Window`: a half-open span of time.
//!
//! It stores two numbers and compares them, and decides nothing. Invariant: immutable, so that a
//! window can be a key of a dict; `Window(0, 1000)` holds 0 and does not hold 1000.

use paneline::Code;
use pyo3::prelude::*;

use crate::argument::{instant, int};
use crate::error::{Fault, guard};

/// A half-open span of time, `[start_ms, end_ms)`, in milliseconds since the epoch.
///
/// Immutable, hashable, ordered by start, then end; `t in window` takes an int of milliseconds or
/// an aware `datetime`. Any thread.
///
/// Errors: OUT_OF_RANGE at `start_ms` or `end_ms` for an int beyond 64 bits.
///
/// >>> import paneline as pln
/// >>> window = pln.Window(0, 1000)
/// >>> 0 in window, 1000 in window
/// (True, False)
#[pyclass(frozen, eq, ord, hash, module = "paneline")]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Window(pub(crate) paneline::Window);

#[pymethods]
impl Window {
    #[classattr]
    #[pyo3(name = "__match_args__")]
    const MATCH_ARGS: (&'static str, &'static str) = ("start_ms", "end_ms");

    #[new]
    fn new(start_ms: &Bound<'_, PyAny>, end_ms: &Bound<'_, PyAny>) -> PyResult<Window> {
        guard(start_ms.py(), || {
            Ok(Window(paneline::Window {
                start_ms: int(start_ms, &"start_ms", Code::OutOfRange)?,
                end_ms: int(end_ms, &"end_ms", Code::OutOfRange)?,
            }))
        })
    }

    /// The first millisecond inside.
    #[getter]
    fn start_ms(&self) -> i64 {
        self.0.start_ms
    }

    /// The first millisecond after.
    #[getter]
    fn end_ms(&self) -> i64 {
        self.0.end_ms
    }

    fn __contains__(&self, t: &Bound<'_, PyAny>) -> PyResult<bool> {
        guard(t.py(), || match instant(t, "t_ms") {
            // No window reaches beyond 64 bits.
            Err(Fault::Refused(error)) if error.code() == Code::OutOfRange => Ok(false),
            t_ms => Ok(self.0.contains(t_ms?)),
        })
    }

    fn __repr__(&self) -> String {
        format!("Window(start_ms={}, end_ms={})", self.0.start_ms, self.0.end_ms)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (i64, i64)) {
        let window = slf.get().0;
        (slf.get_type().into_any(), (window.start_ms, window.end_ms))
    }
}
