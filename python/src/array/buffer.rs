//! Memory of other objects on its way in, and of ours on its way out.
//!
//! It decides which buffers are columns of which items, and copies them. A column that comes in
//! belongs to another object: any thread may write to it, through numpy even without the GIL, so a
//! `&[i64]` over it would be unsound, and a row that changed between the core's check and its use
//! would break the check. The core sees a copy: of a whole column, under the GIL ([`copy`], about
//! 0.5 ns a row), or of a block of it at a time, with or without the GIL ([`Foreign`]).
//!
//! Invariant: the memory behind an export is that of an immutable object, which the export keeps
//! alive. pyo3's own conversion is not used: its typed buffer takes big-endian formats for native
//! ones.

use std::ffi::{CStr, c_int, c_long, c_uint, c_void};

use paneline::{Code, Error};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::argument::wrong_type;
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
    let (size, format) = (buffer.item_size(), buffer.format());
    let Some(kind) = kinds.iter().find(|kind| kind.holds(size, format)) else {
        let names = kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or ");
        let message = format!(
            "{path} must hold native {names}, got items of {size} bytes with format {:?}",
            format.to_string_lossy()
        );
        return Err(refuse(path, message));
    };
    check_shape(&buffer, path)?;
    Ok((buffer, *kind))
}

/// Asks an object for its memory.
fn request(values: &Bound<'_, PyAny>, path: &str, wanted: &str) -> Outcome<PyUntypedBuffer> {
    let py = values.py();
    PyUntypedBuffer::get(values).map_err(|why| {
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
        let refusal = exception(py, &Error::new(Code::InvalidArgument, path.to_owned(), message));
        refusal.set_cause(py, Some(why));
        refusal.into()
    })
}

fn check_shape(buffer: &PyUntypedBuffer, path: &str) -> Outcome<()> {
    if buffer.dimensions() != 1 {
        let got = buffer.dimensions();
        return Err(refuse(path, format!("{path} must have 1 dimension, got {got}")));
    }
    if !buffer.is_c_contiguous() {
        let message = format!("{path} must be contiguous, got strides of {:?}", buffer.strides());
        return Err(refuse(path, message));
    }
    Ok(())
}

pub(super) fn refuse(path: &str, message: String) -> Fault {
    Error::new(Code::InvalidArgument, path.to_owned(), message).into()
}

/// Room for a column, or `MEMORY_LIMIT` instead of an abort.
pub(super) fn reserve<T>(len: usize) -> Result<Vec<T>, Error> {
    let mut column = Vec::new();
    column.try_reserve_exact(len).map_err(|_| {
        let message = format!("{len} values do not fit into memory; pass fewer rows");
        Error::new(Code::MemoryLimit, "", message)
    })?;
    Ok(column)
}

/// Copies a whole column of int64, under the GIL.
pub(super) fn copy(values: &Bound<'_, PyAny>, path: &str, wanted: &str) -> Outcome<Vec<i64>> {
    let (buffer, _) = open(values, path, wanted, &[Kind::Int64])?;
    let len = buffer.item_count();
    let mut column: Vec<i64> = reserve(len)?;
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

/// A caller's writable buffer of the right length; holding it keeps its memory in place.
pub(crate) struct Out(PyUntypedBuffer);

impl Out {
    /// Opens the argument `out` for `len` values.
    pub(crate) fn open(out: &Bound<'_, PyAny>, len: usize) -> Outcome<Out> {
        let (buffer, _) = open(out, "out", "a writable int64 buffer", &[Kind::Int64])?;
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

/// A caller's column that is copied block by block, by any thread, with or without the GIL.
///
/// Holding it keeps its memory in place: whoever exports a buffer must not move it meanwhile. It
/// says nothing about the contents, which other threads may write at any time. A plain load beside
/// such a store would be a data race, and so would an atomic one, as the store is not atomic. So
/// each item is read once, with a volatile load: on memory outside of all Rust allocations, which
/// this is, `read_volatile` is the machine's load and gives some bits, and any bits are an item.
/// (An array of ours is a Rust allocation, and is never written.) What is looked at is the copy,
/// never the memory again.
pub(crate) struct Foreign {
    buffer: PyUntypedBuffer,
    kind: Kind,
}

/// A place without alignment.
#[derive(Clone, Copy)]
#[repr(C, packed)]
struct Unaligned<T>(T);

/// Integers, of which every bit pattern is one.
trait Plain: Copy {}
impl Plain for u8 {}
impl Plain for u32 {}
impl Plain for u64 {}

impl Foreign {
    /// Opens a column of one of the kinds.
    pub(crate) fn open(
        values: &Bound<'_, PyAny>,
        path: &str,
        wanted: &str,
        kinds: &[Kind],
    ) -> Outcome<Foreign> {
        let (buffer, kind) = open(values, path, wanted, kinds)?;
        Ok(Foreign { buffer, kind })
    }

    /// Opens bytes, whatever their items of one byte are called.
    pub(crate) fn open_bytes(values: &Bound<'_, PyAny>, path: &str) -> Outcome<Foreign> {
        let buffer = request(values, path, "bytes or a buffer of bytes")?;
        if buffer.item_size() != 1 {
            let got = buffer.item_size();
            return Err(refuse(path, format!("{path} must hold bytes, got items of {got} bytes")));
        }
        check_shape(&buffer, path)?;
        Ok(Foreign { buffer, kind: Kind::UInt8 })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn len(&self) -> usize {
        self.buffer.item_count()
    }

    /// Copies items of 8 bytes from item `from` on.
    pub(crate) fn words<V>(&self, from: usize, out: &mut [V], of: impl Fn(u64) -> V) {
        self.read(from * 8, out, of);
    }

    /// Copies items of 4 bytes from item `from` on.
    pub(crate) fn halves<V>(&self, from: usize, out: &mut [V], of: impl Fn(u32) -> V) {
        self.read(from * 4, out, of);
    }

    /// Copies bytes as truths: any but 0 is true.
    pub(crate) fn flags(&self, from: usize, out: &mut [bool]) {
        self.read(from, out, |byte: u8| byte != 0);
    }

    /// Copies bytes from byte `from` on, most of them by words.
    pub(crate) fn bytes(&self, from: usize, out: &mut [u8]) {
        let (words, rest) = out.as_chunks_mut();
        self.read(from, words, u64::to_ne_bytes);
        self.read(from + words.len() * 8, rest, |byte: u8| byte);
    }

    /// Copies values from byte `start` on.
    fn read<T: Plain, V>(&self, start: usize, out: &mut [V], of: impl Fn(T) -> V) {
        let end = out.len().checked_mul(size_of::<T>()).and_then(|bytes| bytes.checked_add(start));
        assert!(end.is_some_and(|end| end <= self.buffer.len_bytes()), "beyond the buffer");
        let from = self.buffer.buf_ptr().cast::<u8>().wrapping_add(start).cast::<T>();
        if from.is_aligned() {
            for (i, place) in out.iter_mut().enumerate() {
                // SAFETY: the buffer is contiguous and holds the bytes from `start` to `end`, as
                // was asserted; it stays while `self` does. `from` is aligned, and every bit
                // pattern is a `T`. What a race makes of it stands above.
                *place = of(unsafe { from.add(i).read_volatile() });
            }
        } else {
            let from = from.cast::<Unaligned<T>>();
            for (i, place) in out.iter_mut().enumerate() {
                // SAFETY: as above, but for the alignment, of which this type asks none.
                *place = of(unsafe { from.add(i).read_volatile() }.0);
            }
        }
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
