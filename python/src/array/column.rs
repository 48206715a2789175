//! `Column`: an immutable column of any kind that results have, with nulls.
//!
//! It owns values and, where there are nulls, a column of bools; it decides nothing about them.
//! Invariant: a null's value is zero, and a column without nulls has no validity, so that equal
//! columns have equal parts. Worked number: `Column([1, None], "int64")` has the values 1, 0 and
//! the validity true, false.

use std::ffi::c_int;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_data::ArrayData;
use arrow_schema::DataType;
use paneline::ResultColumn;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyIterator, PyList, PyMemoryView, PySlice, PyTuple};

use super::SHOWN_MAX;
use super::arrow::{self, Capsules};
use super::buffer::{Exported, Kind, export, refuse};
use super::built;
use super::data::Data;
use super::foreign::Foreign;
use crate::argument::{choice, index};
use crate::error::{Outcome, guard};

/// An immutable column of one dtype: "int64", "uint64", "float64", "uint32", "uint8" or "bool".
///
/// It has the buffer protocol: `memoryview(c)` and `numpy.asarray(c)` see its memory as read-only
/// without a copy, and keep it alive. Where a value is null, that memory holds a zero and
/// `validity`, a column of bools, holds False. By the Arrow PyCapsule protocol it goes into polars,
/// pyarrow, pandas and others with its nulls and without a copy, but for bools. It also indexes,
/// slices (into another column), iterates, compares, hashes and pickles; a null is None. Equal
/// columns have the same bits.
///
/// `Column(values, dtype, validity=None)` takes a list or tuple, in which `None` is a null, a
/// one-dimensional buffer of the dtype (of bools also uint8), or an Arrow column of it (not of
/// bools); `validity` is a column of bools, True where a value is not null. Any thread.
///
/// Errors: INVALID_ARGUMENT at `dtype`, at `values` or `validity` for another buffer, at `validity`
/// for another length; OUT_OF_RANGE at `values[i]` for a number that does not fit.
///
/// >>> import paneline as pln
/// >>> column = pln.Column([1.5, None], "float64")
/// >>> column[0], column[1], column.validity
/// (1.5, None, Column([True, False], 'bool'))
#[pyclass(frozen, eq, hash, module = "paneline")]
pub(crate) struct Column {
    /// Shared with whoever it was exported to.
    data: Arc<Data>,
    /// The length again, where an export can point to it.
    shape: isize,
    /// Bools of the same length, not all true.
    validity: Option<Py<Column>>,
}

impl From<Data> for Column {
    fn from(data: Data) -> Column {
        // No Vec is longer than isize::MAX bytes.
        let shape = data.len().cast_signed();
        Column { data: Arc::new(data), shape, validity: None }
    }
}

impl Column {
    /// A column of the core, moved.
    pub(crate) fn of(py: Python<'_>, column: ResultColumn) -> PyResult<Column> {
        let (data, valid) = match column {
            ResultColumn::I64 { values, valid } => (Data::Int64(values), valid),
            ResultColumn::F64 { values, valid } => (Data::Float64(values), valid),
        };
        Column::with_validity(py, data, valid)
    }

    /// A column with nulls; all are valid where `valid` is empty.
    fn with_validity(py: Python<'_>, mut data: Data, valid: Vec<bool>) -> PyResult<Column> {
        if valid.iter().all(|valid| *valid) {
            return Ok(Column::from(data));
        }
        data.clear(|at| !valid[at]);
        let validity = Some(Py::new(py, Column::from(Data::Bool(valid)))?);
        Ok(Column { validity, ..Column::from(data) })
    }

    pub(crate) fn data(&self) -> &Arc<Data> {
        &self.data
    }

    pub(crate) fn has_nulls(&self) -> bool {
        self.validity.is_some()
    }

    fn is_null(&self, at: usize) -> bool {
        self.valid().is_some_and(|valid| !valid[at])
    }

    /// Which values are not null, unless all are.
    fn valid(&self) -> Option<&[bool]> {
        match &*self.validity.as_ref()?.get().data {
            Data::Bool(valid) => Some(valid),
            _ => None,
        }
    }

    /// The nulls as Arrow has them.
    pub(super) fn nulls(&self) -> Option<NullBuffer> {
        self.valid().map(|valid| NullBuffer::new(BooleanBuffer::from(valid)))
    }

    /// The column as an Arrow array: in place, but for bools and nulls, which Arrow packs.
    pub(crate) fn array(&self) -> Outcome<ArrayData> {
        let values = match &*self.data {
            Data::Bool(values) => BooleanBuffer::from(values.as_slice()).into_inner(),
            _ => self.data.buffer(),
        };
        let r#type = match self.data.kind() {
            Kind::Int64 => DataType::Int64,
            Kind::UInt64 => DataType::UInt64,
            Kind::Float64 => DataType::Float64,
            Kind::UInt32 => DataType::UInt32,
            Kind::UInt8 => DataType::UInt8,
            Kind::Bool => DataType::Boolean,
        };
        let array = ArrayData::builder(r#type).len(self.data.len());
        built(array.add_buffer(values).nulls(self.nulls()))
    }

    fn item<'py>(&self, py: Python<'py>, at: usize) -> PyResult<Bound<'py, PyAny>> {
        if self.is_null(at) { Ok(py.None().into_bound(py)) } else { self.data.item(py, at) }
    }

    fn pick(&self, py: Python<'_>, places: &[usize]) -> PyResult<Column> {
        let valid = match self.validity {
            Some(_) => places.iter().map(|at| !self.is_null(*at)).collect(),
            None => Vec::new(),
        };
        Column::with_validity(py, self.data.pick(places), valid)
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Column) -> bool {
        let validities = [self, other].map(|column| column.validity.as_ref().map(Py::get));
        self.data == other.data && validities[0] == validities[1]
    }
}

impl Eq for Column {}

impl Hash for Column {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.data.hash(state);
        self.validity.as_ref().map(Py::get).hash(state);
    }
}

#[pymethods]
impl Column {
    #[new]
    #[pyo3(signature = (values, dtype, validity=None))]
    fn new(
        values: &Bound<'_, PyAny>,
        dtype: &Bound<'_, PyAny>,
        validity: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Column> {
        let py = values.py();
        guard(py, || {
            let kind = choice(dtype, "dtype", &Kind::ALL.map(|kind| (kind.name(), kind)))?;
            let (data, mut valid) = read(values, kind, "values")?;
            if let Some(validity) = validity {
                let (flags, nulls) = read(validity, Kind::Bool, "validity")?;
                if !nulls.is_empty() {
                    return Err(refuse("validity", "validity must be of bools, got None".into()));
                }
                if flags.len() != data.len() {
                    let (wanted, got) = (data.len(), flags.len());
                    let message = format!("validity must hold {wanted} bools, got {got}");
                    return Err(refuse("validity", message));
                }
                if let Data::Bool(flags) = flags {
                    valid.resize(flags.len(), true);
                    valid.iter_mut().zip(flags).for_each(|(valid, flag)| *valid &= flag);
                }
            }
            Ok(Column::with_validity(py, data, valid)?)
        })
    }

    /// What its values are: "int64", "uint64", "float64", "uint32", "uint8" or "bool".
    #[getter]
    fn dtype(&self) -> &'static str {
        self.data.kind().name()
    }

    /// A column of bools, False where a value is null; None where no value is.
    #[getter]
    fn validity(&self, py: Python<'_>) -> Option<Py<Column>> {
        self.validity.as_ref().map(|validity| validity.clone_ref(py))
    }

    /// The values as a list, with None for each null.
    ///
    /// >>> import paneline as pln
    /// >>> pln.Column([0.5, None], "float64").tolist()
    /// [0.5, None]
    fn tolist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        guard(py, || {
            let list = PyList::empty(py);
            for at in 0..self.data.len() {
                list.append(self.item(py, at)?)?;
            }
            Ok(list)
        })
    }

    fn __len__(&self) -> usize {
        self.data.len()
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = key.py();
        guard(py, || {
            let Ok(slice) = key.cast::<PySlice>() else {
                return Ok(self.item(py, index(key, self.data.len())?)?);
            };
            let span = slice.indices(self.shape)?;
            let mut at = span.start;
            let mut places = Vec::with_capacity(span.slicelength);
            for _ in 0..span.slicelength {
                places.push(at.cast_unsigned());
                at = at.wrapping_add(span.step);
            }
            Ok(Bound::new(py, self.pick(py, &places)?)?.into_any())
        })
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyIterator>> {
        let py = slf.py();
        guard(py, || match slf.get().validity {
            Some(_) => Ok(slf.get().tolist(py)?.try_iter()?),
            None => Ok(PyMemoryView::from(slf.as_any())?.try_iter()?),
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        guard(py, || {
            let len = self.data.len();
            let shown =
                |at: usize| -> Outcome<String> { Ok(self.item(py, at)?.repr()?.to_string()) };
            let ends = if len > SHOWN_MAX { SHOWN_MAX / 2 } else { len };
            let mut items = (0..ends).map(shown).collect::<Outcome<Vec<_>>>()?;
            let mut rest = String::new();
            if len > SHOWN_MAX {
                items.push("...".into());
                items.extend((len - ends..len).map(shown).collect::<Outcome<Vec<_>>>()?);
                rest = format!(", len={len}");
            }
            Ok(format!("Column([{}], '{}'{rest})", items.join(", "), self.dtype()))
        })
    }

    /// By way of `array.array`, whose pickle says its byte order.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        let py = slf.py();
        guard(py, || {
            let column = slf.get();
            let code = match column.data.kind() {
                Kind::Int64 => "q",
                Kind::UInt64 => "Q",
                Kind::Float64 => "d",
                Kind::UInt32 => "I",
                Kind::UInt8 | Kind::Bool => "B",
            };
            let bytes = py.get_type::<PyBytes>().call1((slf,))?;
            let array = py.import("array")?.getattr("array")?.call1((code, bytes))?;
            let arguments = (array, column.dtype(), column.validity(py)).into_pyobject(py)?;
            Ok((slf.get_type().into_any(), arguments))
        })
    }

    /// The column for another library, as the Arrow PyCapsule protocol has it.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Capsules<'py>> {
        let _ = requested_schema;
        guard(py, || arrow::array(py, &self.array()?))
    }

    /// The column as a stream of one array.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        guard(py, || arrow::stream(py, self.array()?))
    }

    /// # Safety
    /// CPython's: `view` may be written and need not be initialised.
    unsafe fn __getbuffer__(
        slf: &Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        let Column { data, shape, .. } = slf.get();
        let column = Exported { start: data.start(), kind: data.kind(), shape };
        // SAFETY: the caller says that `view` may be written. The values and their number are those
        // of an immutable object, the owner.
        unsafe { export(slf.clone().into_any(), &column, view, flags) }
    }
}

/// What `__reduce__` returns: a callable and its arguments.
type Reduced<'py> = (Bound<'py, PyAny>, Bound<'py, PyTuple>);

/// Copies a column in: a list or tuple, in which `None` is a null, or a buffer of the kind. Which
/// values are not null comes beside, empty where all are not.
pub(super) fn read(
    values: &Bound<'_, PyAny>,
    kind: Kind,
    path: &str,
) -> Outcome<(Data, Vec<bool>)> {
    let mut data = Data::new(kind);
    let items = match (values.cast::<PyList>(), values.cast::<PyTuple>()) {
        (Ok(list), _) => list.try_iter()?,
        (_, Ok(tuple)) => tuple.try_iter()?,
        _ => {
            let name = kind.name();
            let wanted = format!("a list or tuple, a {name} buffer or an Arrow column");
            let kinds: &[Kind] = if kind == Kind::Bool { &[kind, Kind::UInt8] } else { &[kind] };
            let foreign = Foreign::open_column(values, path, &wanted, kinds)?;
            let rows = foreign.len();
            data.read(&foreign, 0, rows)?;
            let mut valid = vec![true; if foreign.has_nulls() { rows } else { 0 }];
            foreign.nulls(0, rows).for_each(|row| valid[row] = false);
            return Ok((data, valid));
        }
    };
    let mut valid = Vec::new();
    for (row, item) in items.enumerate() {
        let item = item?;
        if item.is_none() {
            valid.resize(row, true);
            valid.push(false);
            data.resize(row + 1);
        } else {
            data.push(&item, path, row)?;
        }
    }
    if !valid.is_empty() {
        valid.resize(data.len(), true);
    }
    Ok((data, valid))
}
