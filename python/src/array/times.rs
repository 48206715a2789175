//! A column of times, as `pane_starts` and `assign` read it.
//!
//! It decides what a tick is and which row is the first without a time; whether a time is in range,
//! the core decides, and what an item of a list says, `instant`. Invariant: rows are read in
//! blocks, each once for a look and once for use where there are several. A buffer is copied block
//! by block, immutable memory is used in place. Worked number: 20,000 rows of numpy are the blocks
//! 0..8,192, 8,192..16,384 and 16,384..20,000.

use std::fmt::Display;

use paneline::{Code, Error, TimeUnit};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use super::buffer::{Out, refuse};
use super::foreign::Foreign;
use super::read_items;
use crate::error::Outcome;
use crate::instant::tick;

/// numpy's "not a time", which is in range in no unit.
pub(crate) const NOT_A_TIME: i64 = i64::MIN;

/// What a column says of its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticks {
    pub(crate) unit: TimeUnit,
    /// How many of the unit a tick is: 86,400 seconds for numpy's days.
    pub(crate) units: i64,
    /// Whether they have a zone, and so are instants and no readings of some clock.
    pub(crate) is_zoned: bool,
}

/// A column of times.
pub(crate) enum Times {
    /// Ours: the items of a list, or a copy.
    Own(Vec<i64>),
    /// A caller's.
    Foreign(Foreign),
}

impl Times {
    /// Opens a list or tuple of times, a buffer of int64, datetime64 or an Arrow column.
    pub(crate) fn open(times: &Bound<'_, PyAny>, asked: Option<TimeUnit>) -> Outcome<Times> {
        let path = "times";
        check_pair(times)?;
        let read = |item: &Bound<'_, PyAny>, path: &dyn Display| {
            let tick = tick(item, path, asked)?;
            Ok(tick.ok_or_else(|| missing(path, "a time", "NaT"))?)
        };
        match read_items(times, path, "a time", read)? {
            Some(ticks) => Ok(Times::Own(ticks)),
            None => Ok(Times::Foreign(Foreign::open_times(times, path)?)),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Times::Own(ticks) => ticks.len(),
            Times::Foreign(foreign) => foreign.len(),
        }
    }

    /// What the column says of its times.
    pub(crate) fn ticks(&self) -> Option<Ticks> {
        match self {
            Times::Own(_) => None,
            Times::Foreign(foreign) => foreign.ticks(),
        }
    }

    /// What one tick is.
    pub(crate) fn unit(&self, asked: Option<TimeUnit>) -> Outcome<TimeUnit> {
        unit(self.ticks(), asked)
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

/// Refuses a pair of a column and its validity, which is no tuple of times.
pub(crate) fn check_pair(times: &Bound<'_, PyAny>) -> Outcome<()> {
    let Ok(tuple) = times.cast::<PyTuple>() else { return Ok(()) };
    // A time has no length, and text is refused as what it is.
    let is_column = |item: &Bound<'_, PyAny>| {
        Ok::<_, PyErr>(!item.is_instance_of::<PyString>() && item.hasattr("__len__")?)
    };
    if tuple.is_empty() || !is_column(&tuple.get_item(0)?)? {
        return Ok(());
    }
    let message = "times must be one column, got a tuple of columns: times take no validity; what \
                   is missing is None in a list, NaT, or a null of an Arrow column";
    Err(refuse("times", message.to_owned()))
}

/// What one tick is: what the column says, or what the caller asks for; milliseconds if neither.
///
/// Errors: INVALID_ARGUMENT at `unit` where the two differ.
pub(crate) fn unit(own: Option<Ticks>, asked: Option<TimeUnit>) -> Outcome<TimeUnit> {
    match (own, asked) {
        (Some(own), Some(asked)) if own.unit != asked || own.units != 1 => {
            let or_own = if own.units == 1 {
                format!(" or {:?}, which the times have", own.unit.symbol())
            } else {
                ", as the times have a unit of their own".to_owned()
            };
            let message = format!("unit must be None{or_own}, got {:?}", asked.symbol());
            Err(refuse("unit", message))
        }
        (own, asked) => Ok(own.map(|own| own.unit).or(asked).unwrap_or(TimeUnit::Millisecond)),
    }
}

/// The refusal of a row without a value, by what stands there instead.
pub(crate) fn missing(path: &dyn Display, wanted: &str, got: &str) -> Error {
    // Not a wrong type but a missing value.
    let message = format!("{path} must be {wanted}, got {got}: drop rows without one");
    Error::new(Code::OutOfRange, path.to_string(), message)
}
