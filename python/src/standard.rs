//! What is needed of Python's standard library, looked up once.
//!
//! It holds classes and constants and decides nothing. Invariant: nothing is imported but
//! `datetime`; a value of another library can only come from a module that somebody has imported,
//! so [`loaded`] finds its class. Worked number: `epoch + 1_000 * millisecond` is one second past
//! 1970-01-01T00:00Z.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Parts of the module `datetime`.
pub(crate) struct Datetime<'py> {
    pub(crate) datetime: Bound<'py, PyAny>,
    pub(crate) timedelta: Bound<'py, PyAny>,
    pub(crate) timezone: Bound<'py, PyAny>,
    /// 1970-01-01T00:00Z.
    pub(crate) epoch: Bound<'py, PyAny>,
    /// 1970-01-01T00:00 on any wall clock.
    pub(crate) local_epoch: Bound<'py, PyAny>,
    pub(crate) millisecond: Bound<'py, PyAny>,
}

impl Datetime<'_> {
    pub(crate) fn get(py: Python<'_>) -> PyResult<Datetime<'_>> {
        static PARTS: PyOnceLock<[Py<PyAny>; 6]> = PyOnceLock::new();
        let parts = PARTS.get_or_try_init(py, || {
            let module = py.import("datetime")?;
            let part = |name| module.getattr(name);
            let (datetime, timedelta, timezone) =
                (part("datetime")?, part("timedelta")?, part("timezone")?);
            let local_epoch = datetime.call1((1970, 1, 1))?;
            let epoch = datetime.call1((1970, 1, 1, 0, 0, 0, 0, timezone.getattr("utc")?))?;
            let millisecond = timedelta.call1((0, 0, 1_000))?;
            let parts = [datetime, timedelta, timezone, epoch, local_epoch, millisecond];
            Ok::<_, PyErr>(parts.map(Bound::unbind))
        })?;
        let [datetime, timedelta, timezone, epoch, local_epoch, millisecond] =
            parts.each_ref().map(|part| part.bind(py).clone());
        Ok(Datetime { datetime, timedelta, timezone, epoch, local_epoch, millisecond })
    }
}

/// A module that somebody has imported.
pub(crate) fn loaded<'py>(py: Python<'py>, module: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let modules = py.import(intern!(py, "sys"))?.getattr(intern!(py, "modules"))?;
    // None stands there for a module whose import somebody has barred.
    let module = modules.call_method1(intern!(py, "get"), (module,))?;
    Ok((!module.is_none()).then_some(module))
}
