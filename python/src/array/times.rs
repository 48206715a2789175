//! A column of times, as `pane_starts` and `assign` read it.
//!
//! It decides what a tick is and which row is the first without a time; whether a time is in range,
//! the core decides. Invariant: rows are read in blocks, each once for a look and once for use
//! where there are several. A buffer is copied block by block, immutable memory is used in place.
//! Worked number: 20,000 rows of numpy are the blocks 0..8,192, 8,192..16,384 and 16,384..20,000.

use paneline::{Code, Error, TimeUnit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use super::buffer::{Out, refuse};
use super::foreign::Foreign;
use super::read_items;
use crate::error::Outcome;

/// numpy's "not a time", which is in range in no unit.
pub(crate) const NOT_A_TIME: i64 = i64::MIN;

/// A column of times.
pub(crate) enum Times {
    /// Ours: the ints of a list, or a copy.
    Own(Vec<i64>),
    /// A caller's.
    Foreign(Foreign),
}

impl Times {
    /// Opens a list or tuple of ints, a buffer of int64, datetime64 or an Arrow column.
    pub(crate) fn open(times: &Bound<'_, PyAny>) -> Outcome<Times> {
        let path = "times";
        let ticks = if let Ok(list) = times.cast::<PyList>() {
            read_items(list.len(), list.iter(), path)?
        } else if let Ok(tuple) = times.cast::<PyTuple>() {
            read_items(tuple.len(), tuple.iter(), path)?
        } else {
            return Ok(Times::Foreign(Foreign::open_times(times, path)?));
        };
        Ok(Times::Own(ticks))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Times::Own(ticks) => ticks.len(),
            Times::Foreign(foreign) => foreign.len(),
        }
    }

    /// What one tick is.
    pub(crate) fn unit(&self, asked: Option<TimeUnit>) -> Outcome<TimeUnit> {
        let own = match self {
            Times::Own(_) => None,
            Times::Foreign(foreign) => foreign.unit(),
        };
        unit(own, asked)
    }

    /// The times of some rows, in place where nothing can change them, or copied to `scratch`.
    pub(crate) fn block<'a>(
        &'a self,
        from: usize,
        len: usize,
        scratch: &'a mut Vec<i64>,
    ) -> Result<&'a [i64], Error> {
        let foreign = match self {
            Times::Own(ticks) => return Ok(&ticks[from..from + len]),
            Times::Foreign(foreign) => foreign,
        };
        if let Some(block) = foreign.in_place(from, len) {
            return Ok(block);
        }
        scratch.clear();
        foreign.append(from, len, scratch)?;
        Ok(scratch)
    }

    /// The first row without a time among the `len` from `from` on, as a place in them.
    pub(crate) fn first_null(&self, from: usize, len: usize) -> Option<usize> {
        match self {
            Times::Own(_) => None,
            Times::Foreign(foreign) => foreign.nulls(from, len).next(),
        }
    }

    /// The column in a form that survives writing to `out`, each block after it was read; and
    /// whether the last block must be read first for that.
    pub(crate) fn apart_from(self, out: &Out) -> Result<(Times, bool), Error> {
        let Times::Foreign(foreign) = self else { return Ok((self, false)) };
        let out = out.span();
        let mut spans = foreign.spans();
        if foreign.is_buffer() {
            // As memmove does: a block is read before it is written.
            let is_before = spans.first().is_some_and(|span| span.start < out.start);
            return Ok((Times::Foreign(foreign), is_before));
        }
        spans.retain(|span| span.start < out.end && out.start < span.end);
        if spans.is_empty() {
            return Ok((Times::Foreign(foreign), false));
        }
        // Memory that is used in place must not be written to.
        let mut ticks = Vec::new();
        foreign.append(0, foreign.len(), &mut ticks)?;
        foreign.nulls(0, foreign.len()).for_each(|row| ticks[row] = NOT_A_TIME);
        Ok((Times::Own(ticks), false))
    }
}

/// What one tick is: what the column says, or what the caller asks for; milliseconds if neither.
///
/// Errors: INVALID_ARGUMENT at `unit` where the two differ.
pub(crate) fn unit(own: Option<TimeUnit>, asked: Option<TimeUnit>) -> Outcome<TimeUnit> {
    match (own, asked) {
        (Some(own), Some(asked)) if own != asked => {
            let (own, asked) = (own.symbol(), asked.symbol());
            let message =
                format!("unit must be None or {own:?}, which the times have, got {asked:?}");
            Err(refuse("unit", message))
        }
        (own, asked) => Ok(own.or(asked).unwrap_or(TimeUnit::Millisecond)),
    }
}

/// The refusal of a row without a time.
pub(crate) fn missing(path: &str, row: usize) -> Error {
    // Not a wrong type but a missing value.
    let path = format!("{path}[{row}]");
    let message = format!("{path} must be an int, got None: drop rows without a value");
    Error::new(Code::OutOfRange, path, message)
}
