//! `Assigner` for Python: a compiled spec, scalar calls and batches.
//!
//! It hands columns to the core and the core's columns out. Invariant: a refused batch leaves `out`
//! as it was. Worked number: an assigner of a zone is compiled once, in 0.1 ms, and then shared.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow_data::ArrayData;
use arrow_schema::{DataType, Field};
use paneline::{Code, Error};
use pyo3::exceptions::PyIndexError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyIterator, PyList, PyRange, PyString};

use crate::argument;
use crate::array::arrow::{self, Capsules};
use crate::array::{Int64Array, Out, Times, built, named, table};
use crate::error::{Outcome, guard};
use crate::instant::instant;
use crate::pane_starts::{self, check_block};
use crate::spec::SlidingWindowSpec;
use crate::window::Window;

/// From this many rows (10 to 30 µs) `pane_starts` releases the GIL: below, another thread that
/// takes it costs more than it gains.
const PANE_STARTS_DETACHED_ROWS_MIN: usize = 16_384;

/// From this many rows `assign` releases the GIL: a row may have 65,536 windows, 0.3 ms.
const ASSIGN_DETACHED_ROWS_MIN: usize = 16;

/// A compiled `SlidingWindowSpec`.
///
/// Immutable: share it between threads. Compiling takes about 0.1 ms for a zone with many
/// transitions; keep the assigner. It pickles as its canonical spec.
///
/// Errors, each at the field's name, of several the lowest field number: INVALID_SPEC,
/// UNKNOWN_TIMEZONE, VERSION_MISMATCH.
///
/// >>> import paneline as pln
/// >>> spec = pln.SlidingWindowSpec(duration_ms=20, step_ms=10)
/// >>> assigner = pln.Assigner(spec)
/// >>> assigner.windows(25)
/// [Window(start_ms=10, end_ms=30), Window(start_ms=20, end_ms=40)]
/// >>> pln.Assigner(pln.SlidingWindowSpec(duration_ms=10, step_ms=20))
/// Traceback (most recent call last):
///     ...
/// paneline.InvalidSpecError: INVALID_SPEC at step_ms: step_ms must be <= duration_ms (10), got 20
#[pyclass(frozen, module = "paneline")]
pub(crate) struct Assigner(paneline::Assigner);

#[pymethods]
impl Assigner {
    #[new]
    fn new(spec: &Bound<'_, PyAny>) -> PyResult<Assigner> {
        let py = spec.py();
        guard(py, || {
            let wanted = "a SlidingWindowSpec, such as SlidingWindowSpec(duration=\"1h\")";
            let given = spec.cast::<SlidingWindowSpec>();
            let spec = &given.map_err(|_| argument::wrong_type(spec, &"spec", wanted))?.get().0;
            Ok(Assigner(py.detach(|| paneline::Assigner::new(spec))?))
        })
    }

    /// The canonical spec: the same for all specs that mean the same.
    #[getter]
    fn spec(&self) -> SlidingWindowSpec {
        SlidingWindowSpec(self.0.spec().clone())
    }

    /// 32 bytes; equal fingerprints, equal windows. Whoever exchanges state compares them first.
    #[getter]
    fn fingerprint<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.fingerprint().as_bytes())
    }

    /// What is allowed but probably not meant, such as an abbreviated zone name: a list of
    /// `SpecWarning`.
    #[getter]
    fn warnings(&self) -> Vec<SpecWarning> {
        let warnings = self.0.warnings().iter();
        let shown = |warning: &paneline::Warning| SpecWarning {
            path: warning.path().to_owned(),
            message: warning.message().to_owned(),
        };
        warnings.map(shown).collect()
    }

    /// The windows that hold an instant, ascending by start, then end.
    ///
    /// `t` is an instant: an int of milliseconds since the epoch, an aware `datetime` (so also a
    /// `pandas.Timestamp`) or a `numpy.datetime64`, which is UTC here. Finer digits are floored to
    /// the millisecond. Any thread.
    ///
    /// Errors: OUT_OF_RANGE at `t_ms`, also for NaT; INVALID_ARGUMENT at `t_ms` for a naive
    /// `datetime` and for a `datetime64` in months or years.
    ///
    /// >>> from datetime import datetime, timezone
    /// >>> import paneline as pln
    /// >>> hourly = pln.Assigner(pln.SlidingWindowSpec(duration="1h"))
    /// >>> hourly.windows(datetime(2025, 1, 1, 0, 30, tzinfo=timezone.utc))
    /// [Window(start_ms=1735689600000, end_ms=1735693200000)]
    fn windows<'py>(&self, t: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        guard(t.py(), || {
            let windows: Vec<_> = self.0.windows(instant(t, "t_ms")?)?.collect();
            Ok(list(t.py(), windows)?)
        })
    }

    /// The pane that holds an instant: the span between the two nearest boundaries of the grid.
    ///
    /// `t` as for `windows`. Any thread.
    ///
    /// Errors: those of `windows`; INVALID_ARGUMENT at `kind` for a session, which has no grid.
    ///
    /// >>> import paneline as pln
    /// >>> pln.Assigner(pln.SlidingWindowSpec(duration_ms=20, step_ms=10)).pane(25)
    /// Window(start_ms=20, end_ms=30)
    fn pane(&self, t: &Bound<'_, PyAny>) -> PyResult<Window> {
        guard(t.py(), || Ok(Window(self.0.pane(instant(t, "t_ms")?)?)))
    }

    /// The first boundary after an instant, in milliseconds since the epoch.
    ///
    /// `t` as for `windows`. Any thread. Errors: those of `pane`.
    ///
    /// >>> import paneline as pln
    /// >>> pln.Assigner(pln.SlidingWindowSpec(duration_ms=20, step_ms=10)).next_boundary(20)
    /// 30
    fn next_boundary(&self, t: &Bound<'_, PyAny>) -> PyResult<i64> {
        guard(t.py(), || Ok(self.0.next_boundary(instant(t, "t_ms")?)?))
    }

    /// The panes that tile `[from_ms, to_ms)`: the first starts at or before `from_ms`, the last
    /// ends at or after `to_ms`. None where the two are equal.
    ///
    /// Both as `t` for `windows`. Any thread; the GIL is released for the walk.
    ///
    /// Errors: OUT_OF_RANGE at `from_ms` or `to_ms`; INVALID_ARGUMENT at `to_ms` where it is less
    /// than `from_ms` or leaves more than 16,777,216 panes, and at `kind` for a session.
    ///
    /// >>> import paneline as pln
    /// >>> pln.Assigner(pln.SlidingWindowSpec(duration_ms=10)).panes(5, 20)
    /// [Window(start_ms=0, end_ms=10), Window(start_ms=10, end_ms=20)]
    fn panes<'py>(
        &self,
        from_ms: &Bound<'py, PyAny>,
        to_ms: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        let py = from_ms.py();
        guard(py, || {
            let (from_ms, to_ms) = (instant(from_ms, "from_ms")?, instant(to_ms, "to_ms")?);
            let panes = py.detach(|| {
                let mut panes = Vec::new();
                let count = self.0.pane_count(from_ms, to_ms)?;
                panes.try_reserve_exact(count).map_err(|_| {
                    let message = format!("{count} panes do not fit into memory");
                    Error::new(Code::MemoryLimit, "", message)
                })?;
                panes.extend(self.0.panes(from_ms, to_ms)?);
                Ok::<_, Error>(panes)
            })?;
            Ok(list(py, panes)?)
        })
    }

    /// The start of each row's pane, in milliseconds since the epoch.
    ///
    /// `times` is a list or tuple of ints and instants, as `t` for `windows`, a one-dimensional
    /// contiguous int64 buffer (numpy int64, array("q"), memoryview), numpy datetime64 of weeks or
    /// a shorter unit down to ns, or an Arrow column of int64 or timestamps: what has
    /// `__arrow_c_array__` or `__arrow_c_stream__`, such as a polars Series, a pyarrow array, a
    /// duckdb result of one column. `unit` is what one tick is: "s", "ms", "us" or "ns", floored to
    /// the millisecond; None is the column's own, milliseconds for ints. A list with an instant in
    /// it has milliseconds, also for the ints beside it. Times without a zone are UTC instants,
    /// times with a zone the instants that they are.
    ///
    /// `out`, a writable int64 buffer or datetime64[ms] array of the same length, is filled and
    /// returned instead of a new `Int64Array`, which has the spec's zone. A refused batch leaves
    /// `out` as it was. It may be `times` itself or overlap it. A buffer is copied block by block,
    /// and looked at whole before the first row is written: of a row that another thread changes
    /// meanwhile either value counts, and where it leaves the range, the row of `out` is -2^63
    /// (numpy's NaT). Any thread; the GIL is released for long columns.
    ///
    /// Errors: OUT_OF_RANGE at `times[i]`, the first bad row, also for a null or NaT;
    /// INVALID_ARGUMENT at `times[i]` for a naive `datetime`, at `times` or `out` for a column of
    /// another kind, at `unit` for another one than the column's, and at `kind` for a session.
    ///
    /// >>> import paneline as pln
    /// >>> minutes = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
    /// >>> starts = minutes.pane_starts([61, -1], "s")
    /// >>> starts, starts.timezone
    /// (Int64Array([60000, -60000]), 'UTC')
    #[pyo3(signature = (times, unit=None, out=None))]
    fn pane_starts<'py>(
        &self,
        times: &Bound<'py, PyAny>,
        unit: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = times.py();
        guard(py, || {
            let asked = argument::unit(unit)?;
            let times = Times::open(times, asked)?;
            let unit = times.unit(asked)?;
            let release = times.len() >= PANE_STARTS_DETACHED_ROWS_MIN;
            let Some(out) = out else {
                let starts_ms =
                    detached(py, release, || pane_starts::column(&self.0, &times, unit))?;
                return Ok(Bound::new(py, self.times_ms(starts_ms))?.into_any());
            };
            let opened = Out::open(out, times.len())?;
            detached(py, release, || pane_starts::fill(&self.0, times, unit, &opened))?;
            Ok(out.clone())
        })
    }

    /// The windows of each row, as three columns.
    ///
    /// `times` and `unit` as for `pane_starts`. Any thread; the GIL is released for long columns.
    ///
    /// Errors: OUT_OF_RANGE and INVALID_ARGUMENT at `times[i]`, INVALID_ARGUMENT at `times` or
    /// `unit`, all as for `pane_starts`; MEMORY_LIMIT at `times` for more than 268,435,456 windows,
    /// and where they do not fit into memory.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.SlidingWindowSpec(duration_ms=20, step_ms=10)
    /// >>> windows = pln.Assigner(spec).assign([25, 30])
    /// >>> windows.offsets, windows.starts_ms
    /// (Int64Array([0, 2, 4]), Int64Array([10, 20, 20, 30]))
    #[pyo3(signature = (times, unit=None))]
    fn assign(
        &self,
        times: &Bound<'_, PyAny>,
        unit: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Assignment> {
        let py = times.py();
        guard(py, || {
            let asked = argument::unit(unit)?;
            let times = Times::open(times, asked)?;
            let unit = times.unit(asked)?;
            let mut out = paneline::Assignment::default();
            detached(py, times.len() >= ASSIGN_DETACHED_ROWS_MIN, || {
                let mut scratch = Vec::new();
                let whole = times.block(0, times.len(), &mut scratch)?;
                if times.first_null(0, whole.len()).is_some() {
                    return check_block(&self.0, &times, (0, whole), unit);
                }
                self.0.assign(whole, unit, &mut out).or_else(|error| {
                    check_block(&self.0, &times, (0, whole), unit)?;
                    Err(error)
                })
            })?;
            Ok(Assignment {
                offsets: Py::new(py, Int64Array::from(out.offsets))?,
                starts_ms: Py::new(py, self.times_ms(out.starts_ms))?,
                ends_ms: Py::new(py, self.times_ms(out.ends_ms))?,
            })
        })
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || {
            let spec = slf.getattr("spec")?.repr()?.to_string();
            Ok(format!("Assigner({spec}, fingerprint={})", slf.get().0.fingerprint()))
        })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (SlidingWindowSpec,)) {
        (slf.get_type().into_any(), (slf.get().spec(),))
    }
}

impl Assigner {
    fn times_ms(&self, values: Vec<i64>) -> Int64Array {
        Int64Array::times(values, &self.0.spec().timezone)
    }
}

/// Runs work with the GIL or without.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    release: bool,
    work: impl Send + FnOnce() -> T,
) -> T {
    if release { py.detach(work) } else { work() }
}

fn list(py: Python<'_>, windows: Vec<paneline::Window>) -> PyResult<Bound<'_, PyList>> {
    PyList::new(py, windows.into_iter().map(Window))
}

/// The windows of a column of events: row `i` lies in the windows from `offsets[i]` up to
/// `offsets[i + 1]` of `starts_ms` and `ends_ms`, the layout of an Arrow list.
///
/// `offsets` has one value more than there were rows, ascending from 0. The assignment has a
/// length, the number of rows, and iterates over the lists of their windows. By the Arrow PyCapsule
/// protocol it goes into polars, pyarrow, pandas and others as a table of one column `windows`, a
/// list for each row of structs of the timestamps `start` and `end`, whose memory is that of the
/// three columns. Immutable: it compares, hashes and pickles. Any thread.
///
/// >>> import paneline as pln
/// >>> assigned = pln.Assigner(pln.SlidingWindowSpec(duration_ms=20, step_ms=10)).assign([5, 25])
/// >>> assigned.windows(1)
/// [Window(start_ms=10, end_ms=30), Window(start_ms=20, end_ms=40)]
/// >>> len(assigned), [len(windows) for windows in assigned]
/// (2, [2, 2])
#[pyclass(frozen, eq, hash, module = "paneline")]
pub(crate) struct Assignment {
    /// One more than there are rows, ascending from 0.
    #[pyo3(get)]
    offsets: Py<Int64Array>,
    /// The windows' first milliseconds.
    #[pyo3(get)]
    starts_ms: Py<Int64Array>,
    /// The windows' first milliseconds after.
    #[pyo3(get)]
    ends_ms: Py<Int64Array>,
}

impl Assignment {
    fn columns(&self) -> [&Int64Array; 3] {
        [self.offsets.get(), self.starts_ms.get(), self.ends_ms.get()]
    }

    /// A table of one column: of each row the list of its windows.
    fn array(&self) -> Outcome<ArrayData> {
        let [offsets, starts_ms, ends_ms] = self.columns();
        if offsets.values().is_empty() {
            let message = "one offset more than rows is needed, got 0";
            return Err(Error::new(Code::InvalidArgument, "offsets", message).into());
        }
        let columns =
            [named("start", starts_ms.array()?, false), named("end", ends_ms.array()?, false)];
        let windows = table(starts_ms.values().len(), columns)?;
        let item = Field::new("item", windows.data_type().clone(), false);
        let rows = offsets.values().len() - 1;
        let lists = ArrayData::builder(DataType::LargeList(Arc::new(item))).len(rows);
        let lists = built(lists.add_buffer(offsets.buffer()).add_child_data(windows))?;
        table(rows, [named("windows", lists, false)])
    }

    /// The windows of a row, if the offsets say where they are.
    fn row(&self, row: usize) -> Option<Vec<paneline::Window>> {
        let [offsets, starts_ms, ends_ms] = self.columns().map(Int64Array::values);
        let start = usize::try_from(*offsets.get(row)?).ok()?;
        let end = usize::try_from(*offsets.get(row.checked_add(1)?)?).ok()?;
        let pairs = starts_ms.get(start..end)?.iter().zip(ends_ms.get(start..end)?);
        Some(pairs.map(|(&start_ms, &end_ms)| paneline::Window { start_ms, end_ms }).collect())
    }
}

impl PartialEq for Assignment {
    fn eq(&self, other: &Assignment) -> bool {
        self.columns() == other.columns()
    }
}

impl Eq for Assignment {}

impl Hash for Assignment {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.columns().hash(state);
    }
}

#[pymethods]
impl Assignment {
    #[new]
    fn new(
        offsets: &Bound<'_, PyAny>,
        starts_ms: &Bound<'_, PyAny>,
        ends_ms: &Bound<'_, PyAny>,
    ) -> PyResult<Assignment> {
        guard(offsets.py(), || {
            let column = |column, path| -> Outcome<Py<Int64Array>> {
                Ok(argument::of_class(column, path, "an Int64Array")?.clone().unbind())
            };
            Ok(Assignment {
                offsets: column(offsets, "offsets")?,
                starts_ms: column(starts_ms, "starts_ms")?,
                ends_ms: column(ends_ms, "ends_ms")?,
            })
        })
    }

    /// The windows of row `row`, ascending by start, then end; rows count from the end where `row`
    /// is negative. Raises `IndexError` if there is no such row.
    ///
    /// >>> import paneline as pln
    /// >>> assigned = pln.Assigner(pln.SlidingWindowSpec(duration="10ms")).assign([5, 25])
    /// >>> assigned.windows(-1)
    /// [Window(start_ms=20, end_ms=30)]
    fn windows<'py>(&self, row: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        guard(row.py(), || {
            let windows = self.row(argument::index(row, self.__len__())?);
            let windows = windows.ok_or_else(|| PyIndexError::new_err("the offsets lie"))?;
            Ok(list(row.py(), windows)?)
        })
    }

    fn __len__(&self) -> usize {
        self.offsets.get().values().len().saturating_sub(1)
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyIterator>> {
        let py = slf.py();
        guard(py, || {
            let rows = py.get_type::<PyRange>().call1((slf.len()?,))?;
            let windows = slf.getattr(intern!(py, "windows"))?;
            let map = py.import(intern!(py, "builtins"))?.getattr(intern!(py, "map"))?;
            Ok(map.call1((windows, rows))?.try_iter()?)
        })
    }

    /// A record batch of one column, `windows`, for another library, as the Arrow PyCapsule
    /// protocol has it: of each row the list of its windows, structs of `start_ms` and `end_ms`.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Capsules<'py>> {
        let _ = requested_schema;
        guard(py, || arrow::array(py, &self.array()?))
    }

    /// The record batch as a stream.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        guard(py, || arrow::stream(py, self.array()?))
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || {
            let shown = |name: &str| -> Outcome<String> {
                Ok(format!("{name}={}", slf.getattr(name)?.repr()?))
            };
            let columns = [shown("offsets")?, shown("starts_ms")?, shown("ends_ms")?];
            Ok(format!("Assignment({})", columns.join(", ")))
        })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Columns<'py>)> {
        let columns = (slf.getattr("offsets")?, slf.getattr("starts_ms")?, slf.getattr("ends_ms")?);
        Ok((slf.get_type().into_any(), columns))
    }
}

/// The arguments that make an `Assignment` again.
type Columns<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Something about a spec that is allowed but probably not meant. A warning never changes a window.
///
/// Immutable: it compares, hashes and pickles. Any thread.
///
/// >>> import paneline as pln
/// >>> spec = pln.SlidingWindowSpec(duration="7d", timezone="Asia/Seoul")
/// >>> print(pln.Assigner(spec).warnings[0])
/// step_ms: weeks of a 7-day step start on Thursday, as 1970 did: ...
#[pyclass(frozen, eq, hash, module = "paneline")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct SpecWarning {
    path: String,
    message: String,
}

#[pymethods]
impl SpecWarning {
    #[new]
    fn new(path: &Bound<'_, PyAny>, message: &Bound<'_, PyAny>) -> PyResult<SpecWarning> {
        guard(path.py(), || {
            let text = |value, path| -> Outcome<String> {
                let value: &Bound<'_, PyString> = argument::of_class(value, path, "a str")?;
                Ok(value.to_str()?.to_owned())
            };
            Ok(SpecWarning { path: text(path, "path")?, message: text(message, "message")? })
        })
    }

    /// The field to look at.
    #[getter]
    fn path(&self) -> &str {
        &self.path
    }

    /// What is surprising and what to write instead.
    #[getter]
    fn message(&self) -> &str {
        &self.message
    }

    fn __str__(&self) -> String {
        format!("{}: {}", self.path, self.message)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || {
            let (path, message) = (slf.getattr("path")?.repr()?, slf.getattr("message")?.repr()?);
            Ok(format!("SpecWarning({path}, {message})"))
        })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (String, String)) {
        let SpecWarning { path, message } = slf.get();
        (slf.get_type().into_any(), (path.clone(), message.clone()))
    }
}
