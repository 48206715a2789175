//! `Window`: a half-open span of time.
//!
//! It stores two numbers, compares them and shows them as times, and decides nothing. Invariant:
//! immutable, so that a window can be a key of a dict; `Window(0, 1000)` holds 0 and does not hold
//! 1000.

use paneline::Code;
use pyo3::prelude::*;

use crate::argument::int;
use crate::error::{Fault, guard};
use crate::instant::{datetime, instant};
use crate::length::timedelta;

/// A half-open span of time, `[start_ms, end_ms)`, in milliseconds since the epoch.
///
/// Immutable, hashable, ordered by start, then end; `t in window` takes an instant as
/// `Assigner.windows` does. `str(window)` is in UTC. Any thread.
///
/// Errors: OUT_OF_RANGE at `start_ms` or `end_ms` for an int beyond 64 bits.
///
/// >>> import paneline as pln
/// >>> window = pln.Window(0, 1000)
/// >>> 0 in window, 1000 in window
/// (True, False)
/// >>> print(window)
/// [1970-01-01T00:00:00+00:00, 1970-01-01T00:00:01+00:00)
/// >>> window.start.isoformat(), str(window.duration)
/// ('1970-01-01T00:00:00+00:00', '0:00:01')
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

    /// The first millisecond inside, as a `datetime` in UTC; `astimezone` turns it into another
    /// zone.
    ///
    /// Errors: OUT_OF_RANGE at `start_ms` outside of the years 1 to 9999.
    #[getter]
    fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || datetime(py, self.0.start_ms, "start_ms"))
    }

    /// The first millisecond after, as a `datetime` in UTC. Errors: those of `start`, at `end_ms`.
    #[getter]
    fn end<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || datetime(py, self.0.end_ms, "end_ms"))
    }

    /// The elapsed time from start to end, as a `timedelta`.
    ///
    /// Errors: OUT_OF_RANGE at `end_ms` for more than 999,999,999 days.
    #[getter]
    fn duration<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let elapsed_ms = i128::from(self.0.end_ms) - i128::from(self.0.start_ms);
        guard(py, || timedelta(py, elapsed_ms, "end_ms"))
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

    fn __str__(slf: &Bound<'_, Self>) -> String {
        let time = |name| slf.getattr(name)?.call_method0("isoformat")?.extract::<String>();
        match (time("start"), time("end")) {
            (Ok(start), Ok(end)) => format!("[{start}, {end})"),
            // A window that no datetime reaches.
            _ => slf.get().__repr__(),
        }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (i64, i64)) {
        let window = slf.get().0;
        (slf.get_type().into_any(), (window.start_ms, window.end_ms))
    }
}
