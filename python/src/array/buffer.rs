//! The buffer protocol: which buffers are columns of which items, and how their memory is reached.
//!
//! A buffer belongs to another object, and any thread may write to it, through numpy even without
//! the GIL. So Rust never has a reference into it: [`copy()`] copies into memory of ours, and out
//! of it, a block at a time.
//!
//! Invariant: the memory behind an export is that of an immutable object, which the export keeps
//! alive. pyo3's own conversion is not used: its typed buffer takes big-endian formats for native
//! ones. Worked number: of `numpy.arange(3)` 24 bytes are copied, of `numpy.arange(3)[::2]` none.

use std::ffi::{CStr, c_int, c_long, c_uint, c_void};
use std::ops::Range;

use paneline::{Code, Error, TimeUnit};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;

use super::advice::{items, wrong_column};
use super::numpy;
use super::times::Ticks;
use crate::error::{Fault, Outcome, exception};

/// The items of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Int64,
    UInt64,
    Float64,
    UInt32,
    UInt8,
    Bool,
}

impl Kind {
    pub(crate) const ALL: [Kind; 6] =
        [Kind::Int64, Kind::UInt64, Kind::Float64, Kind::UInt32, Kind::UInt8, Kind::Bool];

    /// The name that numpy and Arrow have for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Int64 => "int64",
            Kind::UInt64 => "uint64",
            Kind::Float64 => "float64",
            Kind::UInt32 => "uint32",
            Kind::UInt8 => "uint8",
            Kind::Bool => "bool",
        }
    }

    /// The bytes of an item.
    pub(super) fn width(self) -> usize {
        match self {
            Kind::Int64 | Kind::UInt64 | Kind::Float64 => 8,
            Kind::UInt32 => 4,
            Kind::UInt8 | Kind::Bool => 1,
        }
    }

    /// The format of the `struct` module, and the size, where an export can point to it.
    fn exported(self) -> (&'static CStr, &'static isize) {
        match self {
            Kind::Int64 => (c"q", &8),
            Kind::UInt64 => (c"Q", &8),
            Kind::Float64 => (c"d", &8),
            Kind::UInt32 => (c"I", &4),
            Kind::UInt8 => (c"B", &1),
            Kind::Bool => (c"?", &1),
        }
    }

    /// Whether items of a size and format of the `struct` module are native ones of this kind.
    fn holds(self, size: usize, format: &CStr) -> bool {
        let (native, code) = match *format.to_bytes() {
            [code] | [b'@', code] => (true, code),
            [b'=', code] => (false, code),
            [b'<', code] if cfg!(target_endian = "little") => (false, code),
            [b'>' | b'!', code] if cfg!(target_endian = "big") => (false, code),
            _ => return false,
        };
        let long = native && size_of::<c_long>() == size_of::<i64>();
        let holds = match self {
            Kind::Int64 => code == b'q' || long && code == b'l',
            Kind::UInt64 => code == b'Q' || long && code == b'L',
            Kind::Float64 => code == b'd',
            Kind::UInt32 => code == b'I' && size_of::<c_uint>() == size_of::<u32>(),
            Kind::UInt8 => code == b'B',
            Kind::Bool => code == b'?',
        };
        holds && size == self.width()
    }
}

/// Opens a buffer and refuses any that is not a contiguous column of one of the kinds.
pub(super) fn open(
    values: &Bound<'_, PyAny>,
    path: &str,
    wanted: &str,
    kinds: &[Kind],
) -> Outcome<(PyUntypedBuffer, Kind)> {
    let buffer = request(values, path, wanted)?;
    let kind = check(&buffer, path, kinds)?;
    Ok((buffer, kind))
}

/// Opens a buffer of int64, or numpy's datetime64, which says what its ticks are.
pub(super) fn open_ticks(
    values: &Bound<'_, PyAny>,
    path: &str,
    wanted: &str,
) -> Outcome<(PyUntypedBuffer, Option<Ticks>)> {
    numpy::check_mask(values, path)?;
    let (buffer, ticks) = match PyUntypedBuffer::get(values) {
        Ok(buffer) => (buffer, None),
        Err(why) => match numpy::ticks(values, path)? {
            Some((view, ticks)) => (request(&view, path, wanted)?, Some(ticks)),
            None => return Err(no_buffer(values, path, wanted, why)),
        },
    };
    check(&buffer, path, &[Kind::Int64])?;
    Ok((buffer, ticks))
}

/// Asks an object for its memory.
pub(super) fn request(
    values: &Bound<'_, PyAny>,
    path: &str,
    wanted: &str,
) -> Outcome<PyUntypedBuffer> {
    numpy::check_mask(values, path)?;
    PyUntypedBuffer::get(values).map_err(|why| no_buffer(values, path, wanted, why))
}

/// Why an object gave no memory.
fn no_buffer(values: &Bound<'_, PyAny>, path: &str, wanted: &str, why: PyErr) -> Fault {
    let py = values.py();
    if why.is_instance_of::<PyTypeError>(py) {
        return wrong_column(values, path, wanted);
    }
    if !why.is_instance_of::<PyBufferError>(py) && !why.is_instance_of::<PyValueError>(py) {
        return Fault::from(why);
    }
    // An array of one value and no dimension shows no shape.
    if values.getattr("ndim").is_ok_and(|got| got.eq(0).unwrap_or(false)) {
        return of_dimensions(path, 0);
    }
    // Such as numpy's datetime64, which has no buffer format.
    let message = format!(
        "{path} must be {wanted}: {} (numpy times as ints: values.view(\"int64\"))",
        why.value(py)
    );
    let refusal = exception(py, &Error::new(Code::InvalidArgument, path.to_owned(), message));
    refusal.set_cause(py, Some(why));
    refusal.into()
}

/// Refuses a buffer that is not a contiguous column of one of the kinds.
fn check(buffer: &PyUntypedBuffer, path: &str, kinds: &[Kind]) -> Outcome<Kind> {
    let (size, format) = (buffer.item_size(), buffer.format());
    let Some(kind) = kinds.iter().find(|kind| kind.holds(size, format)) else {
        let names = kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>();
        let (got, fix) = items(size, format, names[0], path);
        let (names, fix) = (names.join(" or "), copied(path, &fix));
        return Err(refuse(path, format!("{path} must hold {names}, got {got}{fix}")));
    };
    check_shape(buffer, path)?;
    Ok(*kind)
}

pub(super) fn check_shape(buffer: &PyUntypedBuffer, path: &str) -> Outcome<()> {
    if buffer.dimensions() != 1 {
        return Err(of_dimensions(path, buffer.dimensions()));
    }
    if !buffer.is_c_contiguous() {
        let (got, fix) = (buffer.strides(), ": copy it, as in np.ascontiguousarray(values)");
        let fix = copied(path, fix);
        return Err(refuse(
            path,
            format!("{path} must be contiguous, got strides of {got:?}{fix}"),
        ));
    }
    Ok(())
}

fn of_dimensions(path: &str, got: usize) -> Fault {
    let list_or_column = if got == 0 { "list" } else { "column" };
    let fix = format!(": pass a {list_or_column} of it, or values.ravel()");
    let fix = copied(path, &fix);
    refuse(path, format!("{path} must have 1 dimension, got {got}{fix}"))
}

/// What to do about a column of which a copy would do: not where it is to be filled.
pub(super) fn copied<'a>(path: &str, fix: &'a str) -> &'a str {
    if path == OUT { "" } else { fix }
}

pub(super) fn refuse(path: &str, message: String) -> Fault {
    Error::new(Code::InvalidArgument, path.to_owned(), message).into()
}

/// Room for `len` more values, or `MEMORY_LIMIT` instead of an abort.
pub(crate) fn reserve<T>(column: &mut Vec<T>, len: usize) -> Result<(), Error> {
    column.try_reserve(len).map_err(|_| {
        let message = format!("{len} values do not fit into memory; pass fewer rows");
        Error::new(Code::MemoryLimit, "", message)
    })
}

/// The argument of this name is filled.
pub(super) const OUT: &str = "out";

/// A caller's writable buffer of the right length; holding it keeps its memory in place.
pub(crate) struct Out(PyUntypedBuffer);

impl Out {
    /// Opens the argument `out` for `len` values: int64, or numpy's datetime64 in milliseconds.
    pub(crate) fn open(out: &Bound<'_, PyAny>, len: usize) -> Outcome<Out> {
        let wanted = "a writable int64 or datetime64[ms] buffer";
        let (buffer, ticks) = open_ticks(out, OUT, wanted)?;
        if ticks.is_some_and(|ticks| ticks.unit != TimeUnit::Millisecond) {
            return Err(refuse(OUT, format!("out must be {wanted}, got one of another unit")));
        }
        if buffer.readonly() {
            return Err(refuse(OUT, "out must be writable, got a read-only buffer".into()));
        }
        if buffer.item_count() != len {
            let got = buffer.item_count();
            return Err(refuse(OUT, format!("out must hold {len} values, got {got}")));
        }
        Ok(Out(buffer))
    }

    /// Where its memory begins and ends.
    pub(crate) fn span(&self) -> Range<usize> {
        span(&self.0)
    }

    /// Writes values from value `from` on, with or without the GIL.
    pub(crate) fn write(&self, from: usize, values: &[i64]) {
        let Out(buffer) = self;
        let end = from.checked_add(values.len());
        assert!(end.is_some_and(|end| end <= buffer.item_count()), "beyond the buffer");
        let to = buffer.buf_ptr().wrapping_byte_add(from * size_of::<i64>());
        // SAFETY: `Out::open` found a writable contiguous buffer of 8-byte values, which holds
        // those from `from` on, as was asserted, and stays while `self` does; `values` is memory of
        // our own, so the two do not overlap.
        unsafe { copy(to, values.as_ptr().cast(), size_of_val(values)) };
    }
}

/// Where the memory of a buffer begins and ends.
pub(super) fn span(buffer: &PyUntypedBuffer) -> Range<usize> {
    let start = buffer.buf_ptr().addr();
    start..start + buffer.len_bytes()
}

/// Copies bytes between memory of ours and memory that any thread may read or write meanwhile.
///
/// No Rust code touches such memory: a load beside a store of another thread would be a data race.
/// The C library copies, called by a pointer that is loaded as a volatile one, so that the compiler
/// cannot know what is called. For our side the bytes then are as from any call into C: there, and
/// of some value. A byte that another thread writes meanwhile may be either; whoever uses the copy
/// must bear all values.
///
/// # Safety
/// `from` must be readable and `to` writable for so many bytes, and they must not overlap.
pub(super) unsafe fn copy(to: *mut c_void, from: *const c_void, bytes: usize) {
    type Copy = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> *mut c_void;
    static COPY: Copy = libc::memcpy;
    if bytes > 0 {
        // SAFETY: a static may be read.
        let copy = unsafe { (&raw const COPY).read_volatile() };
        // SAFETY: the caller's.
        unsafe { copy(to, from, bytes) };
    }
}

/// A column of ours to show to a consumer.
pub(super) struct Exported<'a> {
    pub(super) start: *const c_void,
    pub(super) kind: Kind,
    /// How many items there are.
    pub(super) shape: &'a isize,
}

/// Fills a consumer's view, read-only.
///
/// # Safety
/// CPython's for `__getbuffer__`: `view` may be written and need not be initialised. All that
/// `column` points to is immutable and lives as long as `owner`.
pub(super) unsafe fn export(
    owner: Bound<'_, PyAny>,
    column: &Exported<'_>,
    view: *mut ffi::Py_buffer,
    flags: c_int,
) -> PyResult<()> {
    let mut filled = ffi::Py_buffer::new();
    let outcome = if flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE {
        Err(PyBufferError::new_err("the array is read-only"))
    } else {
        let (format, size) = column.kind.exported();
        let asked = |flag: c_int| flags & flag == flag;
        filled.buf = column.start.cast_mut();
        filled.len = column.shape * size;
        filled.itemsize = *size;
        filled.readonly = 1;
        filled.ndim = 1;
        if asked(ffi::PyBUF_FORMAT) {
            filled.format = format.as_ptr().cast_mut();
        }
        if asked(ffi::PyBUF_ND) {
            filled.shape = std::ptr::from_ref(column.shape).cast_mut();
        }
        if asked(ffi::PyBUF_STRIDES) {
            filled.strides = std::ptr::from_ref(size).cast_mut();
        }
        filled.obj = owner.into_ptr();
        Ok(())
    };
    // SAFETY: the caller says that it may be written. All that it points to is immutable and lives
    // as long as `obj`, of which the view owns a reference, or for ever. Where the request is
    // refused, `obj` is NULL, as CPython asks.
    unsafe { view.write(filled) };
    outcome
}
