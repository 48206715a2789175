//! Columns across the boundary: int64 buffers in, `Int64Array` out. The only `unsafe` of the crate.
//!
//! A column that comes in is copied once, under the GIL, and the copy is what the core sees. Its
//! memory belongs to another object: any thread may write to it, through numpy even without the
//! GIL, so a `&[i64]` over it would be unsound, and a row that changed between the core's check and
//! its use would break the check. The copy costs about 0.5 ns a row. Results are moved out without
//! a copy and never change. Invariant: the memory behind an export is that of an immutable object,
//! which the export keeps alive.
//!
//! pyo3's own conversion is not used: its typed buffer takes big-endian formats for native ones.
#![expect(unsafe_code, reason = "the buffer protocol hands out raw pointers")]

use std::ffi::{CStr, c_int, c_long};
use std::fmt::Write as _;

use paneline::{Code, Error};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator, PyList, PyMemoryView, PySlice, PyTuple};

use crate::argument::{index, int, wrong_type};
use crate::error::{Fault, Outcome, exception, guard};

/// A representation shows this many values; a longer array its ends.
const SHOWN_MAX: usize = 8;

/// The bytes from one value to the next, where a consumer asks for strides.
static STRIDE: isize = size_of::<i64>().cast_signed();

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
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        let mut filled = ffi::Py_buffer::new();
        let outcome = if flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE {
            Err(PyBufferError::new_err("an Int64Array is read-only"))
        } else {
            let array = slf.get();
            let asked = |flag: c_int| flags & flag == flag;
            filled.buf = array.values.as_ptr().cast_mut().cast();
            filled.len = size_of_val(array.values.as_slice()).cast_signed();
            filled.itemsize = STRIDE;
            filled.readonly = 1;
            filled.ndim = 1;
            if asked(ffi::PyBUF_FORMAT) {
                filled.format = c"q".as_ptr().cast_mut();
            }
            if asked(ffi::PyBUF_ND) {
                filled.shape = (&raw const array.shape).cast_mut();
            }
            if asked(ffi::PyBUF_STRIDES) {
                filled.strides = (&raw const STRIDE).cast_mut();
            }
            filled.obj = slf.into_any().into_ptr();
            Ok(())
        };
        // SAFETY: the caller says that it may be written. All that it points to is immutable
        // and lives as long as `obj`, of which the view owns a reference, or for ever. Where
        // the request is refused, `obj` is NULL, as CPython asks.
        unsafe { view.write(filled) };
        outcome
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

fn reserve(len: usize) -> Result<Vec<i64>, Error> {
    let mut column = Vec::new();
    column.try_reserve_exact(len).map_err(|_| {
        let message = format!("{len} values do not fit into memory; pass fewer rows");
        Error::new(Code::MemoryLimit, "", message)
    })?;
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
    let buffer = open(values, path, "a list or tuple of ints or an int64 buffer")?;
    let len = buffer.item_count();
    let mut column = reserve(len)?;
    if len > 0 {
        // SAFETY: `open` found a contiguous buffer of `len` values of 8 bytes, which stays while
        // `buffer` does, and `column` has room for them; new memory does not overlap. Every bit
        // pattern is an i64. The copy is by bytes because a buffer need not be aligned.
        unsafe {
            let bytes = column.as_mut_ptr().cast::<u8>();
            bytes.copy_from_nonoverlapping(buffer.buf_ptr().cast(), len * size_of::<i64>());
            column.set_len(len);
        }
    }
    Ok(column)
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

/// A caller's writable buffer of the right length; holding it keeps its memory in place.
pub(crate) struct Out(PyUntypedBuffer);

impl Out {
    /// Opens the argument `out` for `len` values.
    pub(crate) fn open(out: &Bound<'_, PyAny>, len: usize) -> Outcome<Out> {
        let buffer = open(out, "out", "a writable int64 buffer")?;
        if buffer.readonly() {
            return Err(refuse("out", "out must be writable, got a read-only buffer".into()));
        }
        if buffer.item_count() != len {
            let got = buffer.item_count();
            return Err(refuse("out", format!("out must hold {len} values, got {got}")));
        }
        Ok(Out(buffer))
    }

    /// Writes the column, under the GIL.
    pub(crate) fn write(self, _py: Python<'_>, column: &[i64]) {
        let Out(buffer) = self;
        let len = column.len().min(buffer.item_count());
        if len > 0 {
            // SAFETY: `Out::open` found a writable contiguous buffer of 8-byte values, at least
            // `len` of them; `column` is memory of our own, so the two do not overlap.
            unsafe {
                let bytes = buffer.buf_ptr().cast::<u8>();
                bytes.copy_from_nonoverlapping(column.as_ptr().cast(), len * size_of::<i64>());
            }
        }
    }
}

/// Opens a buffer and refuses any that is not a contiguous column of native int64.
fn open(values: &Bound<'_, PyAny>, path: &'static str, wanted: &str) -> Outcome<PyUntypedBuffer> {
    let py = values.py();
    let buffer = PyUntypedBuffer::get(values).map_err(|why| {
        if why.is_instance_of::<PyTypeError>(py) {
            return wrong_type(values, &path, wanted);
        }
        if !why.is_instance_of::<PyBufferError>(py) && !why.is_instance_of::<PyValueError>(py) {
            return Fault::from(why);
        }
        // Such as numpy's datetime64, which has no buffer format.
        let message = format!(
            "{path} must be {wanted}: {} (numpy times: pass values.view(\"int64\") and their unit)",
            why.value(py)
        );
        let refusal = exception(py, &Error::new(Code::InvalidArgument, path, message));
        refusal.set_cause(py, Some(why));
        refusal.into()
    })?;
    let (item_size, format) = (buffer.item_size(), buffer.format());
    if item_size != size_of::<i64>() || !is_int64(format) {
        let message = format!(
            "{path} must hold native int64, got items of {item_size} bytes with format {:?}",
            format.to_string_lossy()
        );
        return Err(refuse(path, message));
    }
    if buffer.dimensions() != 1 {
        let got = buffer.dimensions();
        return Err(refuse(path, format!("{path} must have 1 dimension, got {got}")));
    }
    if !buffer.is_c_contiguous() {
        let message = format!("{path} must be contiguous, got strides of {:?}", buffer.strides());
        return Err(refuse(path, message));
    }
    Ok(buffer)
}

fn refuse(path: &'static str, message: String) -> Fault {
    Error::new(Code::InvalidArgument, path, message).into()
}

/// Whether a format of the `struct` module is one native signed value of 64 bits.
fn is_int64(format: &CStr) -> bool {
    match format.to_bytes() {
        b"q" | b"@q" | b"=q" => true,
        b"l" | b"@l" => size_of::<c_long>() == size_of::<i64>(),
        b"<q" => cfg!(target_endian = "little"),
        b">q" | b"!q" => cfg!(target_endian = "big"),
        _ => false,
    }
}
