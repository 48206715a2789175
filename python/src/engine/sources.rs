//! The sources of a batch's rows, and a block of them.
//!
//! It turns names and numbers into indexes of the spec's sources. Invariant: a filled block holds
//! declared sources only. Worked number: with the sources "north" and "south", ["south", 0] are 1
//! and 0; without any, 0 is the one there is.

use std::fmt::Display;
use std::sync::Arc;

use paneline::Code;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyList, PyString, PyTuple};

use super::cells::{Input, item, refuse};
use super::rows::Schema;
use crate::argument::int;
use crate::array::{Data, Foreign, Kind};
use crate::error::{Fault, Outcome};

/// The sources of a batch.
pub(super) struct Sources {
    schema: Arc<Schema>,
    input: Each,
    /// A block as it came.
    wide: Data,
    indexes: Vec<u32>,
}

enum Each {
    /// All rows have this one.
    Same(u32),
    /// Each row has its own.
    Own(Input),
}

impl Sources {
    pub(super) fn open(schema: &Arc<Schema>, sources: &Bound<'_, PyAny>) -> Outcome<Sources> {
        let mut kind = Kind::Int64;
        let is_one = sources.is_instance_of::<PyString>() || sources.is_instance_of::<PyInt>();
        let input = if is_one {
            Each::Same(index(schema, sources, &"sources")?)
        } else if sources.is_instance_of::<PyList>() || sources.is_instance_of::<PyTuple>() {
            Each::Own(Input::Items(sources.clone().unbind()))
        } else {
            let wanted =
                "a source, a list or tuple of them, or a buffer or Arrow column of int64 or uint32";
            let kinds = [Kind::Int64, Kind::UInt32];
            let column = Foreign::open_column(sources, "sources", wanted, &kinds)?;
            kind = column.kind();
            Each::Own(Input::Foreign(column))
        };
        let (schema, wide) = (Arc::clone(schema), Data::new(kind));
        Ok(Sources { schema, input, wide, indexes: Vec::new() })
    }

    /// How many there are, if each row has its own.
    pub(super) fn len(&self, py: Python<'_>) -> PyResult<Option<usize>> {
        match &self.input {
            Each::Same(_) => Ok(None),
            Each::Own(input) => input.len(py).map(Some),
        }
    }

    pub(super) fn has_items(&self) -> bool {
        matches!(self.input, Each::Own(Input::Items(_)))
    }

    /// Reads a block.
    pub(super) fn fill(&mut self, from: usize, len: usize) -> Outcome<()> {
        let Sources { schema, input, wide, indexes } = self;
        indexes.clear();
        match input {
            Each::Same(index) => indexes.resize(len, *index),
            Each::Own(Input::Items(items)) => Python::attach(|py| {
                for row in from..from + len {
                    let item = item(items.bind(py), "sources", row)?;
                    indexes.push(index(schema, &item, &format_args!("sources[{row}]"))?);
                }
                Ok::<_, Fault>(())
            })?,
            Each::Own(Input::Foreign(column)) => {
                wide.read(column, from, len)?;
                let null = column.nulls(from, len).next();
                for at in 0..len {
                    if null == Some(at) {
                        let path = format!("sources[{}]", from + at);
                        return Err(refuse(&path, format!("{path} must be a source, got null")));
                    }
                    let got = match wide {
                        Data::Int64(wide) => wide[at],
                        Data::UInt32(wide) => wide[at].into(),
                        _ => -1,
                    };
                    indexes.push(declared(schema, got, &format_args!("sources[{}]", from + at))?);
                }
            }
        }
        Ok(())
    }

    /// The block.
    pub(super) fn indexes(&self) -> &[u32] {
        &self.indexes
    }
}

/// The index of the argument `source`; 0 if it is not given.
pub(super) fn one(schema: &Schema, source: Option<&Bound<'_, PyAny>>) -> Outcome<u32> {
    source.map_or(Ok(0), |source| index(schema, source, &"source"))
}

/// The index of a source that is given by its index or its name.
fn index(schema: &Schema, source: &Bound<'_, PyAny>, path: &dyn Display) -> Outcome<u32> {
    let Ok(name) = source.cast::<PyString>() else {
        return declared(schema, int(source, path, Code::InvalidArgument)?, path);
    };
    let name = name.to_string_lossy();
    schema.sources.get(name.as_ref()).copied().ok_or_else(|| {
        let got = name.chars().take(QUOTED_CHARS_MAX).collect::<String>();
        refuse(&path.to_string(), format!("a source must be one of the spec's, got {got:?}"))
    })
}

/// Hostile text is quoted up to this many characters, so that an error stays a line.
const QUOTED_CHARS_MAX: usize = 40;

fn declared(schema: &Schema, got: i64, path: &dyn Display) -> Outcome<u32> {
    // Without declared sources there is one.
    let end = schema.spec.sources.len().max(1);
    let index = u32::try_from(got).ok().filter(|index| (*index as usize) < end);
    index.ok_or_else(|| {
        let message = format!("a source must be < {end}, the number of declared ones, got {got}");
        refuse(&path.to_string(), message)
    })
}
