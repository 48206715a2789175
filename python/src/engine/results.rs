//! `ResultBatch` and `LateBatch`: what an engine hands out, as columns.
//!
//! They move the core's columns and decide nothing. Invariant: all columns of a batch have one
//! length and the types that its class says, and a batch never changes. Worked number: results of
//! one aggregate iterate as 7 values: start_ms, end_ms, key, count, revision, flags, the aggregate.

use arrow_data::ArrayData;
use paneline::{Code, EngineWindows, Error, ResultColumn, ResultKeys};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyIterator, PyString, PyTuple};

use crate::argument::{of_class, wrong_type, wrong_type_fix};
use crate::array::arrow::{self, Capsules};
use crate::array::{BytesArray, Column, Data, Int64Array, Kind, named, table};
use crate::error::{Outcome, guard};

/// Columns of one length: some at fixed places, then some with the names of the spec.
struct Table {
    fixed: Py<PyTuple>,
    names: Py<PyTuple>,
    values: Py<PyTuple>,
}

impl Table {
    /// Columns of the core, moved.
    fn of<'py>(
        py: Python<'py>,
        fixed: Bound<'py, PyTuple>,
        names: impl Iterator<Item = String>,
        columns: Vec<ResultColumn>,
    ) -> PyResult<Table> {
        let columns = columns.into_iter().map(|column| Column::of(py, column));
        let values = PyTuple::new(py, columns.collect::<PyResult<Vec<_>>>()?)?;
        let names = PyTuple::new(py, names.collect::<Vec<_>>())?;
        Ok(Table { fixed: fixed.unbind(), names: names.unbind(), values: values.unbind() })
    }

    /// The columns that a constructor is given. The fixed ones were looked at, but for their
    /// length.
    fn new<'py>(
        fixed: &[(&str, &Bound<'py, PyAny>)],
        path: &str,
        columns: &Bound<'py, PyAny>,
    ) -> Outcome<Table> {
        let py = columns.py();
        let columns: &Bound<'py, PyDict> = of_class(columns, path, "a dict of Columns")?;
        let rows = fixed[0].1.len()?;
        for (name, column) in fixed {
            check_rows(name, column.len()?, rows)?;
        }
        for (name, column) in columns {
            let name =
                name.cast::<PyString>().map_err(|_| wrong_type(&name, &path, "a dict by str"));
            let path = format!("{path}[{}]", name?.repr()?);
            if !column.is_instance_of::<Column>() {
                return Err(wrong_type(&column, &path, "a Column"));
            }
            check_rows(&path, column.len()?, rows)?;
        }
        let fixed = PyTuple::new(py, fixed.iter().map(|(_, column)| column))?;
        let (names, values) = (columns.keys().to_tuple(), columns.values().to_tuple());
        Ok(Table { fixed: fixed.unbind(), names: names.unbind(), values: values.unbind() })
    }

    fn fixed<'py>(&self, py: Python<'py>, at: usize) -> PyResult<Bound<'py, PyAny>> {
        self.fixed.bind(py).get_item(at)
    }

    fn len(&self, py: Python<'_>) -> PyResult<usize> {
        self.fixed(py, 0)?.len()
    }

    /// The named columns, in a dict of its own.
    fn dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, column) in self.names.bind(py).iter().zip(self.values.bind(py)) {
            dict.set_item(name, column)?;
        }
        Ok(dict)
    }

    /// The column with a name; `KeyError` where there is none.
    fn column<'py>(&self, name: &Bound<'py, PyAny>) -> Outcome<Bound<'py, PyAny>> {
        let py = name.py();
        let rows = " (rows: list(batch))";
        let name: &Bound<'py, PyString> = name
            .cast()
            .map_err(|_| wrong_type_fix(name, &"the name of a column", "a str", rows))?;
        match self.dict(py)?.get_item(name)? {
            Some(column) => Ok(column),
            None => Err(PyKeyError::new_err(name.clone().unbind()).into()),
        }
    }

    /// All columns, those at fixed places first.
    fn columns<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyAny>> {
        self.fixed.bind(py).iter().chain(self.values.bind(py)).collect()
    }

    /// The columns as an Arrow table: those at fixed places by these names, then those of the spec.
    fn array(&self, py: Python<'_>, fixed: &[&str]) -> Outcome<ArrayData> {
        let names: Vec<String> = self.names.extract(py)?;
        let mut columns = Vec::new();
        for (name, column) in fixed.iter().zip(self.fixed.bind(py)) {
            columns.push(named(name, array_of(&column)?, false));
        }
        for (name, column) in names.iter().zip(self.values.bind(py)) {
            let mut free = name.clone();
            while fixed.contains(&free.as_str()) || free != *name && names.contains(&free) {
                free.push('_');
            }
            columns.push(named(&free, array_of(&column)?, true));
        }
        table(self.len(py)?, columns)
    }

    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        (&self.fixed, &self.names, &self.values).into_pyobject(py)
    }
}

/// Rows of columns as an iterator of tuples.
fn zip<'py>(py: Python<'py>, columns: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyIterator>> {
    let zip = py.import("builtins")?.getattr("zip")?;
    zip.call1(PyTuple::new(py, columns)?)?.try_iter()
}

fn keys_of(py: Python<'_>, keys: ResultKeys) -> PyResult<Bound<'_, PyAny>> {
    Ok(match keys {
        ResultKeys::I64(keys) => Bound::new(py, Int64Array::from(keys))?.into_any(),
        ResultKeys::U64(keys) => Bound::new(py, Column::from(Data::UInt64(keys)))?.into_any(),
        ResultKeys::Bytes { offsets, data } => {
            Bound::new(py, BytesArray::of(py, offsets, data)?)?.into_any()
        }
    })
}

/// A column as an Arrow array.
fn array_of(column: &Bound<'_, PyAny>) -> Outcome<ArrayData> {
    if let Ok(array) = column.cast::<Int64Array>() {
        return array.get().array();
    }
    match column.cast::<BytesArray>() {
        Ok(array) => array.get().array(),
        Err(_) => column.cast::<Column>().map_err(PyErr::from)?.get().array(),
    }
}

fn check_keys(keys: &Bound<'_, PyAny>) -> Outcome<()> {
    if keys.is_instance_of::<Int64Array>() || keys.is_instance_of::<BytesArray>() {
        return Ok(());
    }
    let wanted = "an Int64Array, a Column of uint64 or a BytesArray";
    check_kind("keys", of_class(keys, "keys", wanted)?, Kind::UInt64)
}

fn check_column(path: &str, column: &Bound<'_, PyAny>, wanted: Kind) -> Outcome<()> {
    let class = format!("a Column of {}", wanted.name());
    check_kind(path, of_class(column, path, &class)?, wanted)
}

fn check_kind(path: &str, column: &Bound<'_, Column>, wanted: Kind) -> Outcome<()> {
    let got = column.get().data().kind();
    if got == wanted && !column.get().has_nulls() {
        return Ok(());
    }
    let (wanted, got) = (wanted.name(), got.name());
    let message = format!("{path} must be a column of {wanted} without nulls, got {got}");
    Err(Error::new(Code::InvalidArgument, path.to_owned(), message).into())
}

fn check_rows(path: &str, got: usize, wanted: usize) -> Result<(), Error> {
    if got == wanted {
        return Ok(());
    }
    let message = format!("{path} must hold {wanted} rows, as the first column does, got {got}");
    Err(Error::new(Code::InvalidArgument, path.to_owned(), message))
}

/// The name of a class with the parts of an object that make it again.
pub(super) fn shown(object: &Bound<'_, PyAny>, names: &[&str]) -> PyResult<String> {
    let mut parts = Vec::new();
    for name in names {
        parts.push(format!("{name}={}", object.getattr(*name)?.repr()?));
    }
    Ok(format!("{}({})", object.get_type().name()?, parts.join(", ")))
}

/// What `__reduce__` returns: a callable and its arguments.
type Reduced<'py> = (Bound<'py, PyAny>, Bound<'py, PyTuple>);

fn reduced<'py>(object: &Bound<'py, PyAny>, names: &[&str]) -> PyResult<Reduced<'py>> {
    let parts = names.iter().map(|name| object.getattr(*name)).collect::<PyResult<Vec<_>>>()?;
    Ok((object.get_type().into_any(), PyTuple::new(object.py(), parts)?))
}

/// The zone of an engine's windows.
fn timezone(spec: &paneline::EngineSpec) -> &str {
    let Some(EngineWindows::Window(window)) = &spec.windows else { return "" };
    &window.timezone
}

/// The arguments of the constructor.
const RESULT: [&str; 7] = ["start_ms", "end_ms", "keys", "count", "revision", "flags", "columns"];

/// What the columns at fixed places are called in a table. The times are timestamps there, no
/// longer ints of a unit that the name says.
const RESULT_NAMES: [&str; 6] = ["start", "end", "key", "count", "revision", "flags"];

/// Results of an engine: a row for each window and key, in columns of one length.
///
/// `batch["total"]` is the column of the aggregate "total". A batch has a length, iterates as
/// tuples (start_ms, end_ms, key, count, revision, flags, then a value for each aggregate; for
/// small use), compares, hashes and pickles; every column shows its memory without a copy. By the
/// Arrow PyCapsule protocol it goes into polars, pyarrow, pandas, duckdb and others as a table of
/// the columns `start`, `end` (timestamps with the spec's zone), `key`, `count`, `revision`,
/// `flags` and the aggregates; of an aggregate with one of these names, `_` follows the name:
/// `pl.DataFrame(batch)`, `pa.table(batch)`, in pandas 3 `pd.DataFrame.from_arrow(batch)`.
/// `pd.DataFrame(batch)` is no such table: it takes the tuples, and knows no names. The rows are in
/// the order of docs/SEMANTICS.md, section 9. Immutable; any thread.
///
/// Errors of the constructor: INVALID_ARGUMENT at a column of another length or dtype.
///
/// >>> import paneline as pln
/// >>> amount, total = pln.ValueColumn("amount"), pln.Aggregate("total", "sum", "amount")
/// >>> window = pln.SlidingWindowSpec(duration="10s")
/// >>> engine = pln.Engine(pln.EngineSpec(window=window, values=[amount], aggregates=[total]))
/// >>> [batch] = engine.run([7, 8, 7], [1_000, 2_000, 3_000], [[10, 20, 30]], finish=True)
/// >>> batch.keys, batch["total"]
/// (Int64Array([7, 8]), Column([40, 20], 'int64'))
/// >>> list(batch)
/// [(0, 10000, 7, 2, 0, 0, 40), (0, 10000, 8, 1, 0, 0, 20)]
#[pyclass(frozen, module = "paneline")]
pub(crate) struct ResultBatch(Table);

impl ResultBatch {
    /// Results of the core, moved.
    pub(super) fn of(
        py: Python<'_>,
        spec: &paneline::EngineSpec,
        batch: paneline::ResultBatch,
    ) -> PyResult<ResultBatch> {
        let names = spec.aggregates.iter().map(|aggregate| aggregate.name.clone());
        let fixed = (
            Int64Array::times(batch.start_ms, timezone(spec)),
            Int64Array::times(batch.end_ms, timezone(spec)),
            keys_of(py, batch.keys)?,
            Int64Array::from(batch.count),
            Column::from(Data::UInt32(batch.revision)),
            Column::from(Data::UInt8(batch.flags)),
        );
        Ok(ResultBatch(Table::of(py, fixed.into_pyobject(py)?, names, batch.columns)?))
    }
}

#[pymethods]
impl ResultBatch {
    #[new]
    fn new(
        start_ms: &Bound<'_, PyAny>,
        end_ms: &Bound<'_, PyAny>,
        keys: &Bound<'_, PyAny>,
        count: &Bound<'_, PyAny>,
        revision: &Bound<'_, PyAny>,
        flags: &Bound<'_, PyAny>,
        columns: &Bound<'_, PyAny>,
    ) -> PyResult<ResultBatch> {
        guard(keys.py(), || {
            check_keys(keys)?;
            for (name, column) in [("start_ms", start_ms), ("end_ms", end_ms), ("count", count)] {
                of_class::<Int64Array>(column, name, "an Int64Array")?;
            }
            check_column("revision", revision, Kind::UInt32)?;
            check_column("flags", flags, Kind::UInt8)?;
            let fixed = [
                ("start_ms", start_ms),
                ("end_ms", end_ms),
                ("keys", keys),
                ("count", count),
                ("revision", revision),
                ("flags", flags),
            ];
            Ok(ResultBatch(Table::new(&fixed, "columns", columns)?))
        })
    }

    /// The windows' first milliseconds: an `Int64Array`.
    #[getter]
    fn start_ms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.fixed(py, 0)
    }

    /// The windows' first milliseconds after: an `Int64Array`.
    #[getter]
    fn end_ms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.fixed(py, 1)
    }

    /// The keys: an `Int64Array`, a `Column` of uint64 or a `BytesArray`, as the spec declares.
    #[getter]
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.fixed(py, 2)
    }

    /// The number of rows in the window, 0 in a retraction: an `Int64Array`.
    #[getter]
    fn count<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.fixed(py, 3)
    }

    /// How often this window of this key was emitted before: a `Column` of uint32.
    #[getter]
    fn revision<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.fixed(py, 4)
    }

    /// `FLAG_LATE`, `FLAG_RETRACTION` and `FLAG_PARTIAL`, added up: a `Column` of uint8.
    #[getter]
    fn flags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.fixed(py, 5)
    }

    /// A dict of the aggregates' columns by name, in the order of the spec: each a `Column` of
    /// int64 or float64.
    #[getter]
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.0.dict(py)
    }

    fn __getitem__<'py>(&self, name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        guard(name.py(), || self.0.column(name))
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.0.len(py)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        guard(py, || Ok(zip(py, self.0.columns(py))?))
    }

    /// A record batch for another library, as the Arrow PyCapsule protocol has it.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Capsules<'py>> {
        let _ = requested_schema;
        guard(py, || arrow::array(py, &self.0.array(py, &RESULT_NAMES)?))
    }

    /// The record batch as a stream.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        guard(py, || arrow::stream(py, self.0.array(py, &RESULT_NAMES)?))
    }

    fn __eq__(&self, other: &ResultBatch, py: Python<'_>) -> PyResult<bool> {
        self.0.parts(py)?.eq(other.0.parts(py)?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.0.parts(py)?.hash()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || Ok(shown(slf, &RESULT)?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        reduced(slf, &RESULT)
    }
}

/// The arguments of the constructor.
const LATE: [&str; 5] = ["reasons", "keys", "times_ms", "sources", "values"];

/// What the columns at fixed places are called in a table.
const LATE_NAMES: [&str; 4] = ["reason", "key", "time", "source"];

/// Rows that an engine set aside, in the order in which they came, in columns of one length.
///
/// `batch["amount"]` is the value column "amount". A batch has a length, iterates as tuples
/// (reason, key, time_ms, source, then a value for each column; for small use), compares, hashes
/// and pickles; every column shows its memory without a copy, and goes into `push` as it is. By the
/// Arrow PyCapsule protocol it goes, as a `ResultBatch`, into other libraries as a table of the
/// columns `reason`, `key`, `time` (a timestamp with the spec's zone), `source` and the
/// values; of a value with one of these names, `_` follows the name. Immutable; any thread.
///
/// Errors of the constructor: INVALID_ARGUMENT at a column of another length or dtype.
///
/// >>> import paneline as pln
/// >>> engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10)))
/// >>> engine.push([1, 2], [25, 3])
/// 2
/// >>> late = engine.poll_late()
/// >>> list(late)
/// [(Verdict.LATE, 2, 3, 0)]
#[pyclass(frozen, module = "paneline")]
pub(crate) struct LateBatch(Table);

impl LateBatch {
    /// Rows of the core, moved.
    pub(super) fn of(
        py: Python<'_>,
        spec: &paneline::EngineSpec,
        batch: paneline::LateBatch,
    ) -> PyResult<LateBatch> {
        let names = spec.values.iter().map(|column| column.name.clone());
        let reasons = batch.reasons.into_iter().map(|reason| reason as u8).collect();
        let fixed = (
            Column::from(Data::UInt8(reasons)),
            keys_of(py, batch.keys)?,
            Int64Array::times(batch.times_ms, timezone(spec)),
            Column::from(Data::UInt32(batch.sources)),
        );
        Ok(LateBatch(Table::of(py, fixed.into_pyobject(py)?, names, batch.values)?))
    }
}

#[pymethods]
impl LateBatch {
    #[new]
    fn new(
        reasons: &Bound<'_, PyAny>,
        keys: &Bound<'_, PyAny>,
        times_ms: &Bound<'_, PyAny>,
        sources: &Bound<'_, PyAny>,
        values: &Bound<'_, PyAny>,
    ) -> PyResult<LateBatch> {
        guard(keys.py(), || {
            check_column("reasons", reasons, Kind::UInt8)?;
            check_keys(keys)?;
            of_class::<Int64Array>(times_ms, "times_ms", "an Int64Array")?;
            check_column("sources", sources, Kind::UInt32)?;
            let fixed = [
                ("reasons", reasons),
                ("keys", keys),
                ("times_ms", times_ms),
                ("sources", sources),
            ];
            Ok(LateBatch(Table::new(&fixed, "values", values)?))
        })
    }

    /// Why each row was set aside: the numbers of `Verdict.LATE` and `Verdict.FUTURE`, a `Column`
    /// of uint8.
    #[getter]
    fn reasons<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.fixed(py, 0)
    }

    /// The keys: an `Int64Array`, a `Column` of uint64 or a `BytesArray`, as the spec declares.
    #[getter]
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.fixed(py, 1)
    }

    /// The times, in milliseconds: an `Int64Array`.
    #[getter]
    fn times_ms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.fixed(py, 2)
    }

    /// The sources, as indexes into the spec's: a `Column` of uint32.
    #[getter]
    fn sources<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.fixed(py, 3)
    }

    /// A dict of the value columns by name, in the order of the spec: each a `Column` of int64 or
    /// float64.
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.0.dict(py)
    }

    fn __getitem__<'py>(&self, name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        guard(name.py(), || self.0.column(name))
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.0.len(py)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        guard(py, || {
            let mut columns = self.0.columns(py);
            let verdict = py.import("paneline._enums")?.getattr("Verdict")?;
            let map = py.import("builtins")?.getattr("map")?;
            columns[0] = map.call1((verdict, &columns[0]))?;
            Ok(zip(py, columns)?)
        })
    }

    /// A record batch for another library, as the Arrow PyCapsule protocol has it.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Capsules<'py>> {
        let _ = requested_schema;
        guard(py, || arrow::array(py, &self.0.array(py, &LATE_NAMES)?))
    }

    /// The record batch as a stream.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        guard(py, || arrow::stream(py, self.0.array(py, &LATE_NAMES)?))
    }

    fn __eq__(&self, other: &LateBatch, py: Python<'_>) -> PyResult<bool> {
        self.0.parts(py)?.eq(other.0.parts(py)?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.0.parts(py)?.hash()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || Ok(shown(slf, &LATE)?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        reduced(slf, &LATE)
    }
}
