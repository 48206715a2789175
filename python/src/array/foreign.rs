//! A caller's column, read block by block, by any thread, with or without the GIL.
//!
//! It decides what may be a column: a buffer, an Arrow array or stream of them, our own columns,
//! and for times numpy's datetime64. Holding one keeps its memory in place; it says nothing about
//! the contents of a buffer, which other threads may write at any time. What is looked at is a
//! copy, never the buffer again. Arrow's memory is immutable by its contract, and can be used in
//! place.
//!
//! Invariant: whatever the source, row `i` is item `i` of one column, and a null is a place that
//! `nulls` names. Worked number: a stream of the chunks [1, 2] and [3] is read from row 1 on as 2,
//! 3.

use std::ops::Range;

use arrow_buffer::ArrowNativeType;
use paneline::{Error, TimeUnit};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::ffi;
use pyo3::prelude::*;

use super::arrow::{self, Chunks, Type};
use super::buffer::{self, Kind, refuse, reserve};
use super::times::{NOT_A_TIME, Ticks};
use super::{Column, Int64Array};
use crate::error::Outcome;

/// A caller's column of numbers.
pub(crate) struct Foreign {
    memory: Memory,
    kind: Kind,
    ticks: Option<Ticks>,
}

enum Memory {
    /// Any thread may write to it.
    Buffer(PyUntypedBuffer),
    /// Immutable.
    Chunks(Chunks),
}

/// Numbers of which every bit pattern is one.
pub(crate) trait Plain: ArrowNativeType {
    /// Turns ticks into units, so many of which a tick is.
    fn scale(_: &mut [Self], _: i64) {}
}
impl Plain for i64 {
    fn scale(ticks: &mut [i64], units: i64) {
        // A second beyond 64 bits stays near their end, which is out of range; NaT stays NaT.
        for tick in ticks.iter_mut().filter(|tick| **tick != NOT_A_TIME) {
            *tick = tick.saturating_mul(units).max(-i64::MAX);
        }
    }
}
impl Plain for u64 {}
impl Plain for f64 {}
impl Plain for u32 {}
impl Plain for u8 {}

impl Foreign {
    /// Opens a buffer of one of the kinds.
    pub(crate) fn open(
        values: &Bound<'_, PyAny>,
        path: &str,
        wanted: &str,
        kinds: &[Kind],
    ) -> Outcome<Foreign> {
        let (buffer, kind) = buffer::open(values, path, wanted, kinds)?;
        Ok(Foreign { memory: Memory::Buffer(buffer), kind, ticks: None })
    }

    /// Opens bytes, whatever their items of one byte are called.
    pub(crate) fn open_bytes(
        values: &Bound<'_, PyAny>,
        path: &str,
        wanted: &str,
    ) -> Outcome<Foreign> {
        let buffer = buffer::request(values, path, wanted)?;
        if buffer.item_size() != 1 {
            let got = buffer.item_size();
            return Err(refuse(path, format!("{path} must hold bytes, got items of {got} bytes")));
        }
        buffer::check_shape(&buffer, path)?;
        Ok(Foreign { memory: Memory::Buffer(buffer), kind: Kind::UInt8, ticks: None })
    }

    /// Opens a column of numbers of one of the kinds.
    pub(crate) fn open_column(
        values: &Bound<'_, PyAny>,
        path: &str,
        wanted: &str,
        kinds: &[Kind],
    ) -> Outcome<Foreign> {
        if let Some(own) = Foreign::own(values, kinds) {
            return Ok(own);
        }
        let names = || kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or ");
        let is_number =
            |r#type| matches!(r#type, Type::Number(kind, None) if kinds.contains(&kind));
        match Foreign::import(values, path, &names, is_number)? {
            Some(foreign) => Ok(foreign),
            None => Foreign::open(values, path, wanted, kinds),
        }
    }

    /// Opens a column of times: int64, or ticks of a unit of their own.
    pub(crate) fn open_times(values: &Bound<'_, PyAny>, path: &str) -> Outcome<Foreign> {
        if let Some(own) = Foreign::own(values, &[Kind::Int64]) {
            return Ok(own);
        }
        let names = || "int64 or a timestamp".to_owned();
        let is_ticks = |r#type| matches!(r#type, Type::Number(Kind::Int64, _));
        if let Some(foreign) = Foreign::import(values, path, &names, is_ticks)? {
            return Ok(foreign);
        }
        let wanted = "a list or tuple of ints or datetimes, an int64 buffer, datetime64 or an \
                      Arrow column";
        let (buffer, ticks) = buffer::open_ticks(values, path, wanted)?;
        Ok(Foreign { memory: Memory::Buffer(buffer), kind: Kind::Int64, ticks })
    }

    /// A column of ours, in place.
    fn own(values: &Bound<'_, PyAny>, kinds: &[Kind]) -> Option<Foreign> {
        let chunks = if let Ok(array) = values.cast::<Int64Array>() {
            let array = array.get();
            let ticks = Ticks { unit: TimeUnit::Millisecond, units: 1, is_zoned: true };
            let r#type = Type::Number(Kind::Int64, array.is_times().then_some(ticks));
            Chunks::numbers(r#type, array.buffer(), array.values().len(), None)
        } else {
            let column = values.cast::<Column>().ok()?.get();
            let data = column.data();
            // Arrow packs bools; ours are read as a buffer.
            let kind = Some(data.kind()).filter(|kind| *kind != Kind::Bool)?;
            Chunks::numbers(Type::Number(kind, None), data.buffer(), data.len(), column.nulls())
        };
        Foreign::of(chunks).filter(|own| kinds.contains(&own.kind))
    }

    /// What an object hands over by the Arrow interface, if it has that.
    fn import(
        values: &Bound<'_, PyAny>,
        path: &str,
        wanted: &dyn Fn() -> String,
        accept: impl Fn(Type) -> bool + Sync,
    ) -> Outcome<Option<Foreign>> {
        // Most arrays come from numpy, which has a buffer and would be asked in vain.
        if has_buffer(values) {
            return Ok(None);
        }
        Ok(arrow::import(values, path, wanted, accept)?.and_then(Foreign::of))
    }

    /// A column of numbers.
    fn of(chunks: Chunks) -> Option<Foreign> {
        let Type::Number(kind, ticks) = chunks.r#type() else { return None };
        Some(Foreign { memory: Memory::Chunks(chunks), kind, ticks })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// What the items are, where they are times and say so.
    pub(crate) fn ticks(&self) -> Option<Ticks> {
        self.ticks
    }

    pub(crate) fn len(&self) -> usize {
        match &self.memory {
            Memory::Buffer(buffer) => buffer.item_count(),
            Memory::Chunks(chunks) => chunks.len(),
        }
    }

    pub(crate) fn has_nulls(&self) -> bool {
        match &self.memory {
            Memory::Buffer(_) => false,
            Memory::Chunks(chunks) => chunks.has_nulls(),
        }
    }

    /// The nulls among the `len` rows from `from` on, as places in them.
    pub(crate) fn nulls(&self, from: usize, len: usize) -> impl Iterator<Item = usize> {
        let chunks = match &self.memory {
            Memory::Chunks(chunks) if chunks.has_nulls() => Some(chunks),
            _ => None,
        };
        chunks.into_iter().flat_map(move |chunks| chunks.nulls(from, len))
    }

    /// The `len` rows from `from` on, where they lie in one piece of immutable memory.
    pub(super) fn in_place(&self, from: usize, len: usize) -> Option<&[i64]> {
        match &self.memory {
            Memory::Buffer(_) => None,
            Memory::Chunks(chunks) => chunks.in_place(from, len),
        }
    }

    /// Whether it may be written to while it is read.
    pub(super) fn is_buffer(&self) -> bool {
        matches!(self.memory, Memory::Buffer(_))
    }

    /// Where its pieces begin and end.
    pub(super) fn spans(&self) -> Vec<Range<usize>> {
        match &self.memory {
            Memory::Buffer(buffer) => vec![buffer::span(buffer)],
            Memory::Chunks(chunks) => chunks.spans(),
        }
    }

    /// Appends copies of the `len` items from item `from` on; times in their unit.
    ///
    /// Errors: MEMORY_LIMIT where they do not fit into memory.
    pub(crate) fn append<T: Plain>(
        &self,
        from: usize,
        len: usize,
        out: &mut Vec<T>,
    ) -> Result<(), Error> {
        reserve(out, len)?;
        match &self.memory {
            Memory::Chunks(chunks) => chunks.append(from, len, out),
            Memory::Buffer(buffer) => {
                let (start, bytes) = (from * size_of::<T>(), len * size_of::<T>());
                let end = start.checked_add(bytes);
                assert!(end.is_some_and(|end| end <= buffer.len_bytes()), "beyond the buffer");
                let source = buffer.buf_ptr().wrapping_byte_add(start);
                let room = out.spare_capacity_mut().as_mut_ptr();
                // SAFETY: the buffer is contiguous and holds the bytes from `start` to `end`, as
                // was asserted, and stays while `self` does; `out` has room for them.
                unsafe { buffer::copy(room.cast(), source, bytes) };
                let before = out.len();
                // SAFETY: so many items are there now: every bit pattern is a `T`.
                unsafe { out.set_len(before + len) };
                if let Some(ticks) = self.ticks.filter(|ticks| ticks.units != 1) {
                    T::scale(&mut out[before..], ticks.units);
                }
            }
        }
        Ok(())
    }
}

/// The byte strings or texts that an object hands over by the Arrow interface, if it has that.
pub(crate) fn import_strings(values: &Bound<'_, PyAny>, path: &str) -> Outcome<Option<Chunks>> {
    let wanted = || "binary or text".to_owned();
    arrow::import(values, path, &wanted, |r#type| matches!(r#type, Type::Bytes(_)))
}

/// Whether an object has the buffer protocol.
fn has_buffer(values: &Bound<'_, PyAny>) -> bool {
    // SAFETY: `values` is an object, and the GIL is held.
    unsafe { ffi::PyObject_CheckBuffer(values.as_ptr()) != 0 }
}
