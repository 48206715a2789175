//! Values of one kind in memory of our own, from lists and buffers.
//!
//! It decides what an item of a list is in a column of a kind: an int that fits, a float, a bool.
//! Two columns are equal if they have the same bits, so NaN equals itself and -0.0 is not 0.0.
//! Worked number: 2^53 + 1 is no item of a float64 column, because it would become 2^53.

use std::ffi::c_void;
use std::fmt::Display;
use std::hash::{Hash, Hasher};
use std::ptr::NonNull;
use std::sync::Arc;

use arrow_buffer::Buffer;
use paneline::{Code, Error};
use pyo3::prelude::*;
use pyo3::types::PyBool;

use super::buffer::Kind;
use super::foreign::Foreign;
use crate::argument::{float, int, wrong_type};
use crate::error::Outcome;

/// A vector for each kind.
pub(crate) enum Data {
    Int64(Vec<i64>),
    UInt64(Vec<u64>),
    Float64(Vec<f64>),
    UInt32(Vec<u32>),
    UInt8(Vec<u8>),
    Bool(Vec<bool>),
}

impl Data {
    pub(crate) fn new(kind: Kind) -> Data {
        match kind {
            Kind::Int64 => Data::Int64(Vec::new()),
            Kind::UInt64 => Data::UInt64(Vec::new()),
            Kind::Float64 => Data::Float64(Vec::new()),
            Kind::UInt32 => Data::UInt32(Vec::new()),
            Kind::UInt8 => Data::UInt8(Vec::new()),
            Kind::Bool => Data::Bool(Vec::new()),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Data::Int64(_) => Kind::Int64,
            Data::UInt64(_) => Kind::UInt64,
            Data::Float64(_) => Kind::Float64,
            Data::UInt32(_) => Kind::UInt32,
            Data::UInt8(_) => Kind::UInt8,
            Data::Bool(_) => Kind::Bool,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Data::Int64(values) => values.len(),
            Data::UInt64(values) => values.len(),
            Data::Float64(values) => values.len(),
            Data::UInt32(values) => values.len(),
            Data::UInt8(values) => values.len(),
            Data::Bool(values) => values.len(),
        }
    }

    /// Where the first value lies.
    pub(super) fn start(&self) -> *const c_void {
        match self {
            Data::Int64(values) => values.as_ptr().cast(),
            Data::UInt64(values) => values.as_ptr().cast(),
            Data::Float64(values) => values.as_ptr().cast(),
            Data::UInt32(values) => values.as_ptr().cast(),
            Data::UInt8(values) => values.as_ptr().cast(),
            Data::Bool(values) => values.as_ptr().cast(),
        }
    }

    /// The memory of the values, kept as long as the buffer is.
    pub(crate) fn buffer(self: &Arc<Data>) -> Buffer {
        let start = NonNull::new(self.start().cast_mut().cast::<u8>());
        let bytes = self.len() * self.kind().width();
        // SAFETY: a vector holds its values from there on, which nothing changes while `self` is
        // shared.
        let whole = |start| unsafe { Buffer::from_custom_allocation(start, bytes, self.clone()) };
        start.map_or_else(Buffer::default, whole)
    }

    /// The bits of a value, by which columns are compared.
    fn bits(&self, at: usize) -> u64 {
        match self {
            Data::Int64(values) => values[at].cast_unsigned(),
            Data::UInt64(values) => values[at],
            Data::Float64(values) => values[at].to_bits(),
            Data::UInt32(values) => values[at].into(),
            Data::UInt8(values) => values[at].into(),
            Data::Bool(values) => values[at].into(),
        }
    }

    /// A value for Python.
    pub(super) fn item<'py>(&self, py: Python<'py>, at: usize) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self {
            Data::Int64(values) => values[at].into_pyobject(py)?.into_any(),
            Data::UInt64(values) => values[at].into_pyobject(py)?.into_any(),
            Data::Float64(values) => values[at].into_pyobject(py)?.into_any(),
            Data::UInt32(values) => values[at].into_pyobject(py)?.into_any(),
            Data::UInt8(values) => values[at].into_pyobject(py)?.into_any(),
            Data::Bool(values) => values[at].into_pyobject(py)?.to_owned().into_any(),
        })
    }

    /// The values at some places.
    pub(super) fn pick(&self, places: &[usize]) -> Data {
        fn of<T: Copy>(values: &[T], places: &[usize]) -> Vec<T> {
            places.iter().map(|at| values[*at]).collect()
        }
        match self {
            Data::Int64(values) => Data::Int64(of(values, places)),
            Data::UInt64(values) => Data::UInt64(of(values, places)),
            Data::Float64(values) => Data::Float64(of(values, places)),
            Data::UInt32(values) => Data::UInt32(of(values, places)),
            Data::UInt8(values) => Data::UInt8(of(values, places)),
            Data::Bool(values) => Data::Bool(of(values, places)),
        }
    }

    /// Holds `len` values from `from` on of a caller's column, instead of what it held.
    pub(crate) fn read(&mut self, foreign: &Foreign, from: usize, len: usize) -> Result<(), Error> {
        self.resize(0);
        match self {
            Data::Int64(values) => foreign.append(from, len, values),
            Data::UInt64(values) => foreign.append(from, len, values),
            Data::Float64(values) => foreign.append(from, len, values),
            Data::UInt32(values) => foreign.append(from, len, values),
            Data::UInt8(values) => foreign.append(from, len, values),
            Data::Bool(values) => {
                // A byte that is not 0 or 1 is no bool before it was looked at.
                let mut bytes: Vec<u8> = Vec::new();
                foreign.append(from, len, &mut bytes)?;
                values.extend(bytes.iter().map(|byte| *byte != 0));
                Ok(())
            }
        }
    }

    /// Has so many values; of new ones each is zero.
    pub(crate) fn resize(&mut self, len: usize) {
        match self {
            Data::Int64(values) => values.resize(len, 0),
            Data::UInt64(values) => values.resize(len, 0),
            Data::Float64(values) => values.resize(len, 0.0),
            Data::UInt32(values) => values.resize(len, 0),
            Data::UInt8(values) => values.resize(len, 0),
            Data::Bool(values) => values.resize(len, false),
        }
    }

    /// Appends an item of a list. Errors: OUT_OF_RANGE at `path[row]` for one that does not fit.
    pub(crate) fn push(&mut self, item: &Bound<'_, PyAny>, path: &str, row: usize) -> Outcome<()> {
        self.push_from(item, &format_args!("{path}[{row}]"))
    }

    fn push_from(&mut self, item: &Bound<'_, PyAny>, path: &dyn Display) -> Outcome<()> {
        let beyond = Code::OutOfRange;
        match self {
            Data::Int64(values) => values.push(int(item, path, beyond)?),
            Data::UInt64(values) => values.push(int(item, path, beyond)?),
            Data::Float64(values) => values.push(float(item, path, beyond)?),
            Data::UInt32(values) => values.push(int(item, path, beyond)?),
            Data::UInt8(values) => values.push(int(item, path, beyond)?),
            Data::Bool(values) => {
                let flag = item.cast::<PyBool>();
                values.push(flag.map_err(|_| wrong_type(item, path, "a bool"))?.is_true());
            }
        }
        Ok(())
    }

    /// Sets the values at some places to zero.
    pub(super) fn clear(&mut self, is_null: impl Fn(usize) -> bool) {
        fn of<T: Default>(values: &mut [T], is_null: impl Fn(usize) -> bool) {
            let nulls = values.iter_mut().enumerate().filter(|(at, _)| is_null(*at));
            nulls.for_each(|(_, value)| *value = T::default());
        }
        match self {
            Data::Int64(values) => of(values, is_null),
            Data::UInt64(values) => of(values, is_null),
            Data::Float64(values) => of(values, is_null),
            Data::UInt32(values) => of(values, is_null),
            Data::UInt8(values) => of(values, is_null),
            Data::Bool(values) => of(values, is_null),
        }
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Data) -> bool {
        (self.kind(), self.len()) == (other.kind(), other.len())
            && (0..self.len()).all(|at| self.bits(at) == other.bits(at))
    }
}

impl Eq for Data {}

impl Hash for Data {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.kind(), self.len()).hash(state);
        (0..self.len()).for_each(|at| self.bits(at).hash(state));
    }
}
