//! Columns across the boundary: lists and buffers in, immutable arrays out. The only `unsafe` of
//! the crate.
//!
//! `buffer` takes and gives memory; [`Int64Array`] is a column of times or numbers, [`Column`] one
//! of any kind that results have, with nulls, [`BytesArray`] a column of byte strings. Results are
//! moved out without a copy and never change. Worked number: the times -1 and 61,000 come in as a
//! list, `array("q")` or numpy int64, and are the same `Int64Array`.
#![expect(unsafe_code, reason = "the buffer protocol hands out raw pointers")]

mod buffer;
mod bytes;
mod column;
mod data;

use std::ffi::c_int;
use std::fmt::Write as _;

use paneline::{Code, Error};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator, PyList, PyMemoryView, PySlice, PyTuple};

use self::buffer::{Exported, export, reserve};
pub(crate) use self::buffer::{Foreign, Kind, Out};
pub(crate) use self::bytes::BytesArray;
pub(crate) use self::column::Column;
pub(crate) use self::data::Data;
use crate::argument::{index, int};
use crate::error::{Outcome, guard};

/// A representation shows this many values; a longer array its ends.
const SHOWN_MAX: usize = 8;

/// An immutable column of 64-bit ints.
///
/// It has the buffer protocol: `memoryview(a)` and `numpy.asarray(a)` see its memory as read-only
/// int64 without a copy, and keep it alive. It also indexes, slices (into another array), iterates,
/// compares, hashes and pickles. `Int64Array(values)` takes a list or tuple of ints or a
/// one-dimensional int64 buffer. Any thread.
///
/// Errors: INVALID_ARGUMENT at `values` for another buffer; OUT_OF_RANGE at `values[i]` for an int
/// beyond 64 bits and for `None`.
///
/// >>> import paneline as pln
/// >>> column = pln.Int64Array([3, 1, 4])
/// >>> column[-1], memoryview(column).format, memoryview(column).readonly
/// (4, 'q', True)
#[pyclass(frozen, eq, hash, module = "paneline")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Int64Array {
    values: Vec<i64>,
    /// The length again, where an export can point to it.
    shape: isize,
}

impl From<Vec<i64>> for Int64Array {
    fn from(values: Vec<i64>) -> Int64Array {
        // No Vec is longer than isize::MAX bytes.
        let shape = values.len().cast_signed();
        Int64Array { values, shape }
    }
}

impl Int64Array {
    pub(crate) fn values(&self) -> &[i64] {
        &self.values
    }
}

#[pymethods]
impl Int64Array {
    #[new]
    fn new(values: &Bound<'_, PyAny>) -> PyResult<Int64Array> {
        guard(values.py(), || Ok(Int64Array::from(read(values, "values")?)))
    }

    /// The values as a list of ints.
    fn tolist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        guard(py, || Ok(PyList::new(py, &self.values)?))
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
                return Ok(Bound::new(py, Int64Array::from(picked))?.into_any());
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
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        let py = slf.py();
        guard(py, || {
            let bytes = py.get_type::<PyBytes>().call1((slf,))?;
            let array = py.import("array")?.getattr("array")?.call1((intern!(py, "q"), bytes))?;
            Ok((slf.get_type().into_any(), (array,)))
        })
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

/// What `__reduce__` returns: a callable and its one argument.
type Reduced<'py> = (Bound<'py, PyAny>, (Bound<'py, PyAny>,));

/// A column of zeros, or `MEMORY_LIMIT` instead of an abort.
pub(crate) fn zeros(len: usize) -> Result<Vec<i64>, Error> {
    let mut column = reserve(len)?;
    column.resize(len, 0);
    Ok(column)
}

/// Copies a column in: a list or tuple of ints, or a one-dimensional contiguous int64 buffer.
pub(crate) fn read(values: &Bound<'_, PyAny>, path: &'static str) -> Outcome<Vec<i64>> {
    if let Ok(list) = values.cast::<PyList>() {
        return read_items(list.len(), list.iter(), path);
    }
    if let Ok(tuple) = values.cast::<PyTuple>() {
        return read_items(tuple.len(), tuple.iter(), path);
    }
    buffer::copy(values, path, "a list or tuple of ints or an int64 buffer")
}

fn read_items<'py>(
    len: usize,
    items: impl Iterator<Item = Bound<'py, PyAny>>,
    path: &'static str,
) -> Outcome<Vec<i64>> {
    let mut column = reserve(len)?;
    for (row, item) in items.enumerate() {
        if item.is_none() {
            // Not a wrong type but a missing value, as which other systems hand it over.
            let path = format!("{path}[{row}]");
            let message = format!("{path} must be an int, got None: drop rows without a value");
            return Err(Error::new(Code::OutOfRange, path, message).into());
        }
        column.push(int(&item, &format_args!("{path}[{row}]"), Code::OutOfRange)?);
    }
    Ok(column)
}
