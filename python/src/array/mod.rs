//! Columns across the boundary: lists, buffers and Arrow columns in, immutable arrays out. The only
//! `unsafe` of the crate.
//!
//! `buffer` and `arrow` are the two protocols, `numpy` what the first leaves out; `foreign` is a
//! caller's column, whatever it came by, `times` one of times, `advice` what to pass instead.
//! [`Int64Array`] is a column of times or numbers, [`Column`] one of any kind that results have,
//! with nulls, [`BytesArray`] a column of byte strings. Results are moved out without a copy and
//! never change. Worked number: the times -1 and 61,000 come in as a list, numpy int64 or a polars
//! Series, and are the same column.
#![expect(unsafe_code, reason = "both protocols hand out raw pointers")]

mod advice;
pub(crate) mod arrow;
mod buffer;
mod bytes;
mod column;
mod data;
mod foreign;
mod numpy;
mod times;

use std::ffi::c_int;
use std::fmt::{Display, Write as _};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow_buffer::{Buffer, ScalarBuffer};
use arrow_data::{ArrayData, ArrayDataBuilder};
use arrow_schema::{DataType, Field};
use paneline::{Code, Error};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyIterator, PyList, PyMemoryView, PySlice, PyTuple};

pub(crate) use self::advice::wrong_column;
use self::arrow::Capsules;
pub(crate) use self::arrow::Chunks;
use self::buffer::{Exported, export};
pub(crate) use self::buffer::{Kind, Out, reserve};
pub(crate) use self::bytes::BytesArray;
pub(crate) use self::column::Column;
pub(crate) use self::data::Data;
pub(crate) use self::foreign::{Foreign, import_strings};
pub(crate) use self::times::{NOT_A_TIME, Ticks, Times, check_pair, missing, unit};
use crate::argument::{index, int, of_class, text};
use crate::error::{Outcome, guard};

/// A representation shows this many values; a longer array its ends.
const SHOWN_MAX: usize = 8;

/// An immutable column of 64-bit ints.
///
/// It has the buffer protocol: `memoryview(a)` and `numpy.asarray(a)` see its memory as read-only
/// int64 without a copy, and keep it alive. By the Arrow PyCapsule protocol it goes into polars,
/// pyarrow, pandas and others without a copy: as int64, or, where it has a `timezone`, as a
/// timestamp in milliseconds with that zone (which polars refuses if it is an offset of not whole
/// hours). It also indexes, slices (into another array), iterates, compares, hashes and pickles;
/// the zone is kept, and two arrays are equal whatever theirs are.
///
/// `Int64Array(values, timezone=None)` takes a list or tuple of ints, a one-dimensional int64
/// buffer or an Arrow column of int64. Any thread.
///
/// Errors: INVALID_ARGUMENT at `values` for another column, at `timezone` for text that no zone's
/// name can be; OUT_OF_RANGE at `values[i]` for an int beyond 64 bits and for `None`.
///
/// >>> import paneline as pln
/// >>> column = pln.Int64Array([3, 1, 4])
/// >>> column[-1], memoryview(column).format, memoryview(column).readonly
/// (4, 'q', True)
#[pyclass(frozen, eq, hash, module = "paneline")]
pub(crate) struct Int64Array {
    /// Shared with whoever it was exported to.
    values: ScalarBuffer<i64>,
    /// The length again, where an export can point to it.
    shape: isize,
    /// Where the values are milliseconds since the epoch, in which zone they are meant.
    timezone: Option<Arc<str>>,
}

impl From<Vec<i64>> for Int64Array {
    fn from(values: Vec<i64>) -> Int64Array {
        // No Vec is longer than isize::MAX bytes.
        let shape = values.len().cast_signed();
        Int64Array { values: values.into(), shape, timezone: None }
    }
}

impl Int64Array {
    /// Milliseconds since the epoch, with the zone of a spec.
    pub(crate) fn times(values: Vec<i64>, timezone: &str) -> Int64Array {
        let timezone = if timezone.is_empty() { "UTC" } else { timezone };
        Int64Array { timezone: Some(timezone.into()), ..Int64Array::from(values) }
    }

    pub(crate) fn values(&self) -> &[i64] {
        &self.values
    }

    pub(crate) fn is_times(&self) -> bool {
        self.timezone.is_some()
    }

    /// The memory of the values, kept as long as the buffer is.
    pub(crate) fn buffer(&self) -> Buffer {
        self.values.inner().clone()
    }

    /// The column as an Arrow array, in place.
    pub(crate) fn array(&self) -> Outcome<ArrayData> {
        let r#type = self.timezone.as_ref().map_or(DataType::Int64, |timezone| {
            let unit = arrow_schema::TimeUnit::Millisecond;
            DataType::Timestamp(unit, Some(Arc::clone(timezone)))
        });
        built(ArrayData::builder(r#type).len(self.values.len()).add_buffer(self.buffer()))
    }
}

impl PartialEq for Int64Array {
    fn eq(&self, other: &Int64Array) -> bool {
        self.values() == other.values()
    }
}

impl Eq for Int64Array {}

impl Hash for Int64Array {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.values().hash(state);
    }
}

#[pymethods]
impl Int64Array {
    #[new]
    #[pyo3(signature = (values, timezone=None))]
    fn new(values: &Bound<'_, PyAny>, timezone: Option<&Bound<'_, PyAny>>) -> PyResult<Int64Array> {
        guard(values.py(), || {
            let values = Int64Array::from(read(values, "values")?);
            let Some(timezone) = timezone else { return Ok(values) };
            let timezone = of_class(timezone, "timezone", "None or a str")?;
            let timezone = text(timezone, "timezone", Code::InvalidArgument)?;
            if timezone.is_empty() || timezone.contains('\0') {
                let message = "timezone must be None or a zone's name, such as \"UTC\"".to_owned();
                return Err(buffer::refuse("timezone", message));
            }
            Ok(Int64Array { timezone: Some(timezone.into()), ..values })
        })
    }

    /// The zone in which values that are milliseconds since the epoch are meant, "UTC" where the
    /// spec has none; None for values that are no times.
    #[getter]
    fn timezone(&self) -> Option<&str> {
        self.timezone.as_deref()
    }

    /// The values as a list of ints.
    ///
    /// >>> import paneline as pln
    /// >>> pln.Int64Array([3, 1, 4]).tolist()
    /// [3, 1, 4]
    fn tolist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        guard(py, || Ok(PyList::new(py, self.values())?))
    }

    fn __len__(&self) -> usize {
        self.values.len()
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = key.py();
        guard(py, || {
            if let Ok(slice) = key.cast::<PySlice>() {
                let span = slice.indices(self.shape)?;
                let mut picked = Vec::with_capacity(span.slicelength);
                let mut at = span.start;
                for _ in 0..span.slicelength {
                    picked.extend(self.values.get(at.cast_unsigned()));
                    at = at.wrapping_add(span.step);
                }
                let timezone = self.timezone.clone();
                let picked = Int64Array { timezone, ..Int64Array::from(picked) };
                return Ok(Bound::new(py, picked)?.into_any());
            }
            let value = self.values[index(key, self.values.len())?];
            Ok(value.into_pyobject(py).map_err(PyErr::from)?.into_any())
        })
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyIterator>> {
        guard(slf.py(), || Ok(PyMemoryView::from(slf.as_any())?.try_iter()?))
    }

    fn __repr__(&self) -> String {
        let mut text = String::from("Int64Array([");
        let shown = if self.values.len() > SHOWN_MAX { SHOWN_MAX / 2 } else { SHOWN_MAX };
        for (i, value) in self.values.iter().take(shown).enumerate() {
            let _ = write!(text, "{}{value}", if i == 0 { "" } else { ", " });
        }
        if let Some(tail) = self.values.len().checked_sub(SHOWN_MAX + 1) {
            text.push_str(", ...");
            for value in &self.values[tail + 1 + SHOWN_MAX / 2..] {
                let _ = write!(text, ", {value}");
            }
            let _ = write!(text, "], len={}", self.values.len());
        } else {
            text.push(']');
        }
        text.push(')');
        text
    }

    /// By way of `array.array`, whose pickle says its byte order.
    fn __reduce__<'a, 'py>(slf: &'a Bound<'py, Self>) -> PyResult<Reduced<'a, 'py>> {
        let py = slf.py();
        guard(py, || {
            let bytes = py.get_type::<PyBytes>().call1((slf,))?;
            let array = py.import("array")?.getattr("array")?.call1((intern!(py, "q"), bytes))?;
            Ok((slf.get_type().into_any(), (array, slf.get().timezone.as_deref())))
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
        let array = slf.get();
        let start = array.values.as_ptr().cast();
        let column = Exported { start, kind: Kind::Int64, shape: &array.shape };
        let owner = slf.clone().into_any();
        // SAFETY: the caller says that `view` may be written. The values and their number are those
        // of an immutable object, the owner.
        unsafe { export(owner, &column, view, flags) }
    }
}

/// What `__reduce__` returns: a callable and its arguments.
type Reduced<'a, 'py> = (Bound<'py, PyAny>, (Bound<'py, PyAny>, Option<&'a str>));

/// Columns of one length as an Arrow table.
pub(crate) fn table(
    rows: usize,
    columns: impl IntoIterator<Item = (Field, ArrayData)>,
) -> Outcome<ArrayData> {
    let (fields, columns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    built(ArrayData::builder(DataType::Struct(fields.into())).len(rows).child_data(columns))
}

/// A column with its name; of values, `has_nulls` says whether the column of another batch may
/// have nulls, so that all batches have one schema.
pub(crate) fn named(name: &str, column: ArrayData, has_nulls: bool) -> (Field, ArrayData) {
    (Field::new(name, column.data_type().clone(), has_nulls), column)
}

/// An array of parts that fit each other; the format is checked all the same.
pub(crate) fn built(array: ArrayDataBuilder) -> Outcome<ArrayData> {
    array.build().map_err(|why| {
        let message = format!("the columns make no Arrow array: {why}");
        Error::new(Code::InvalidArgument, "", message).into()
    })
}

/// A column of zeros, or `MEMORY_LIMIT` instead of an abort.
pub(crate) fn zeros(len: usize) -> Result<Vec<i64>, Error> {
    let mut column = Vec::new();
    reserve(&mut column, len)?;
    column.resize(len, 0);
    Ok(column)
}

/// Copies a column in: a list or tuple of ints, an int64 buffer or an Arrow column of int64.
pub(crate) fn read(values: &Bound<'_, PyAny>, path: &'static str) -> Outcome<Vec<i64>> {
    let item = |item: &Bound<'_, PyAny>, path: &dyn Display| int(item, path, Code::OutOfRange);
    if let Some(column) = read_items(values, path, "an int", item)? {
        return Ok(column);
    }
    let wanted = "a list or tuple of ints, an int64 buffer or an Arrow column";
    let foreign = Foreign::open_column(values, path, wanted, &[Kind::Int64])?;
    if let Some(row) = foreign.nulls(0, foreign.len()).next() {
        return Err(missing(&format_args!("{path}[{row}]"), "an int", "null").into());
    }
    let mut column = Vec::new();
    foreign.append(0, foreign.len(), &mut column)?;
    Ok(column)
}

/// The items of a list or tuple, each read by a function; `wanted` is what they are. None for
/// anything that is no list or tuple.
///
/// Errors: OUT_OF_RANGE at `path[i]` for None; those of the function.
pub(crate) fn read_items(
    values: &Bound<'_, PyAny>,
    path: &str,
    wanted: &str,
    read: impl Fn(&Bound<'_, PyAny>, &dyn Display) -> Outcome<i64>,
) -> Outcome<Option<Vec<i64>>> {
    let value = |row: usize, item: &Bound<'_, PyAny>| -> Outcome<i64> {
        if item.is_none() {
            return Err(missing(&format_args!("{path}[{row}]"), wanted, "None").into());
        }
        read(item, &format_args!("{path}[{row}]"))
    };
    let mut column = Vec::new();
    if let Ok(list) = values.cast::<PyList>() {
        reserve(&mut column, list.len())?;
        for (row, item) in list.iter().enumerate() {
            column.push(value(row, &item)?);
        }
    } else if let Ok(tuple) = values.cast::<PyTuple>() {
        reserve(&mut column, tuple.len())?;
        for (row, item) in tuple.iter().enumerate() {
            column.push(value(row, &item)?);
        }
    } else {
        return Ok(None);
    }
    Ok(Some(column))
}

/// Whether an object has `__index__`, which is asked of each item of a list.
pub(crate) fn is_index(value: &Bound<'_, PyAny>) -> bool {
    // SAFETY: `value` is an object, and the GIL is held.
    unsafe { ffi::PyIndex_Check(value.as_ptr()) != 0 }
}

/// A copy of bytes, whatever holds them.
///
/// Errors: INVALID_ARGUMENT at `path` for a buffer of other items or of several pieces.
pub(crate) fn bytes(values: &Bound<'_, PyAny>, path: &str, wanted: &str) -> Outcome<Vec<u8>> {
    let foreign = Foreign::open_bytes(values, path, wanted)?;
    let mut bytes = Vec::new();
    foreign.append(0, foreign.len(), &mut bytes)?;
    Ok(bytes)
}
