//! A column of numbers, and a block of it.
//!
//! It decides what such a column may be (a list, a buffer, a buffer with its validity, an Arrow
//! column) and what a null in it is. Invariant: a filled block has as many values as it has rows,
//! and its bits say which of them are null. Worked number: [5, None] is the values 5, 0 and the
//! bits 0b11111101.

use paneline::{Bits, Code, Error, TimeUnit, ValueData, Values};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

use crate::argument::wrong_type;
use crate::array::{Data, Foreign, Kind, NOT_A_TIME, Ticks, check_pair};
use crate::error::{Fault, Outcome};
use crate::instant::tick;

/// Where items come from.
pub(super) enum Input {
    /// A buffer or an Arrow column.
    Foreign(Foreign),
    /// A list or tuple, read with the GIL.
    Items(Py<PyAny>),
}

impl Input {
    pub(super) fn len(&self, py: Python<'_>) -> PyResult<usize> {
        match self {
            Input::Foreign(column) => Ok(column.len()),
            Input::Items(items) => items.bind(py).len(),
        }
    }
}

/// What a null is.
pub(super) enum Nulls {
    /// A row without a value.
    Taken,
    /// A time that is none: what numpy writes for a missing one, which is in range in no unit. An
    /// int of a list is a tick of the unit that was asked for.
    NoTime(Option<TimeUnit>),
    /// A fault of a column with this name.
    Refused(String),
}

/// A column of numbers, and a block of it.
pub(super) struct Cells {
    path: String,
    input: Input,
    validity: Option<Validity>,
    nulls: Nulls,
    data: Data,
    /// Which rows of the block are not null, packed; empty where all are not.
    bits: Vec<u8>,
}

impl Cells {
    fn new(path: String, input: Input, kind: Kind, nulls: Nulls) -> Cells {
        Cells { path, input, validity: None, nulls, data: Data::new(kind), bits: Vec::new() }
    }

    /// Opens a list, a buffer, an Arrow column, or a pair of one and its validity.
    pub(super) fn open(
        path: String,
        column: &Bound<'_, PyAny>,
        kind: Kind,
        nulls: Nulls,
    ) -> Outcome<Cells> {
        if column.is_instance_of::<PyList>() {
            return Ok(Cells::new(path, Input::Items(column.clone().unbind()), kind, nulls));
        }
        let kind_name = kind.name();
        let wanted = format!(
            "a list, a buffer or Arrow column of {kind_name}, or a pair of one and its validity"
        );
        let (values, validity) = if let Ok(pair) = column.cast::<PyTuple>() {
            if pair.len() != 2 {
                return Err(wrong_type(column, &path, &wanted));
            }
            (pair.get_item(0)?, Some(pair.get_item(1)?))
        } else {
            (column.clone(), None)
        };
        let input = Input::Foreign(Foreign::open_column(&values, &path, &wanted, &[kind])?);
        let validity = Validity::open(validity.as_ref(), &path)?;
        Ok(Cells { validity, ..Cells::new(path, input, kind, nulls) })
    }

    /// Opens a column of times: a list, a tuple, a buffer, datetime64 or an Arrow column.
    pub(super) fn open_times(column: &Bound<'_, PyAny>, asked: Option<TimeUnit>) -> Outcome<Cells> {
        let path = "times";
        check_pair(column)?;
        let is_tuple = column.is_instance_of::<PyTuple>();
        let input = if is_tuple || column.is_instance_of::<PyList>() {
            Input::Items(column.clone().unbind())
        } else {
            Input::Foreign(Foreign::open_times(column, path)?)
        };
        Ok(Cells::new(path.into(), input, Kind::Int64, Nulls::NoTime(asked)))
    }

    pub(super) fn len(&self, py: Python<'_>) -> PyResult<usize> {
        self.input.len(py)
    }

    pub(super) fn check_len(&self, py: Python<'_>, rows: usize) -> Outcome<()> {
        check_len(&self.path, self.len(py)?, rows)?;
        self.validity.as_ref().map_or(Ok(()), |validity| validity.check_len(rows))
    }

    pub(super) fn has_items(&self) -> bool {
        matches!(self.input, Input::Items(_))
    }

    /// What a column of times says of them.
    pub(super) fn ticks(&self) -> Option<Ticks> {
        match &self.input {
            Input::Foreign(column) => column.ticks(),
            Input::Items(_) => None,
        }
    }

    /// Whether a row of it can be refused.
    pub(super) fn can_refuse(&self) -> bool {
        let Input::Foreign(column) = &self.input else { return true };
        let has_nulls = self.validity.is_some() || column.has_nulls();
        has_nulls && matches!(self.nulls, Nulls::Refused(_))
    }

    /// Reads a block.
    pub(super) fn fill(&mut self, from: usize, len: usize) -> Outcome<()> {
        let Cells { path, input, validity, nulls, data, bits } = self;
        bits.clear();
        match input {
            Input::Foreign(column) => {
                data.read(column, from, len)?;
                for at in column.nulls(from, len) {
                    match (&*nulls, &mut *data) {
                        (Nulls::Refused(name), _) => {
                            return Err(not_nullable(path, from + at, name));
                        }
                        (Nulls::NoTime(_), Data::Int64(times)) => times[at] = NOT_A_TIME,
                        _ => set_null(bits, at, len),
                    }
                }
            }
            Input::Items(items) => {
                Python::attach(|py| {
                    data.resize(0);
                    for at in 0..len {
                        let item = item(items.bind(py), path, from + at)?;
                        match (item.is_none(), &*nulls, &mut *data) {
                            (true, Nulls::NoTime(_), Data::Int64(times)) => times.push(NOT_A_TIME),
                            (false, Nulls::NoTime(asked), Data::Int64(times)) => {
                                let tick =
                                    tick(&item, &format_args!("{path}[{}]", from + at), *asked)?;
                                times.push(tick.unwrap_or(NOT_A_TIME));
                            }
                            (false, _, data) => {
                                data.push(&item, path, from + at).map_err(|fault| {
                                    text_key(&item, path, from + at).unwrap_or(fault)
                                })?;
                            }
                            (true, Nulls::Refused(name), _) => {
                                return Err(not_nullable(path, from + at, name));
                            }
                            (true, _, data) => {
                                data.resize(at + 1);
                                set_null(bits, at, len);
                            }
                        }
                    }
                    Ok(())
                })?;
            }
        }
        let Some(validity) = validity else { return Ok(()) };
        for at in validity.nulls(from, len)? {
            if let Nulls::Refused(name) = nulls {
                return Err(not_nullable(path, from + at, name));
            }
            set_null(bits, at, len);
        }
        Ok(())
    }

    /// The block.
    pub(super) fn data(&self) -> &Data {
        &self.data
    }

    /// The bits of the block; empty where no row is null.
    pub(super) fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// The block as the core takes it.
    pub(super) fn values(&self) -> Values<'_> {
        let data = match &self.data {
            Data::Float64(values) => ValueData::F64(values),
            Data::Int64(values) => ValueData::I64(values),
            _ => ValueData::I64(&[]),
        };
        Values { data, validity: bits(&self.bits) }
    }
}

/// Which rows of a buffer are not null: a byte for each, 0 for a null.
pub(super) struct Validity {
    path: String,
    column: Foreign,
    flags: Vec<u8>,
}

impl Validity {
    /// Opens the validity of the column at `parent`, unless it is None.
    pub(super) fn open(
        validity: Option<&Bound<'_, PyAny>>,
        parent: &str,
    ) -> Outcome<Option<Validity>> {
        let Some(validity) = validity.filter(|validity| !validity.is_none()) else {
            return Ok(None);
        };
        let path = format!("{parent}.validity");
        let kinds = [Kind::Bool, Kind::UInt8];
        let column = Foreign::open(validity, &path, "None or a bool or uint8 buffer", &kinds)?;
        Ok(Some(Validity { path, column, flags: Vec::new() }))
    }

    pub(super) fn check_len(&self, rows: usize) -> Outcome<()> {
        check_len(&self.path, self.column.len(), rows)
    }

    /// The nulls of a block, as places in it.
    pub(super) fn nulls(
        &mut self,
        from: usize,
        len: usize,
    ) -> Result<impl Iterator<Item = usize>, Error> {
        self.flags.clear();
        self.column.append(from, len, &mut self.flags)?;
        Ok((0..len).filter(|at| self.flags[*at] == 0))
    }
}

/// An item of a list or tuple, which may be shorter than it was.
pub(super) fn item<'py>(
    items: &Bound<'py, PyAny>,
    path: &str,
    row: usize,
) -> Outcome<Bound<'py, PyAny>> {
    let item = match items.cast::<PyList>() {
        Ok(list) => list.get_item(row),
        Err(_) => items.cast::<PyTuple>().map_err(PyErr::from)?.get_item(row),
    };
    item.map_err(|_| refuse(path, format!("{path} has no row {row} any more")))
}

/// Clears the bit of a row; none is there as long as no row is null.
pub(super) fn set_null(bits: &mut Vec<u8>, at: usize, rows: usize) {
    bits.resize(rows.div_ceil(8), u8::MAX);
    bits[at / 8] &= !(1 << (at % 8));
}

/// Packed bits as the core takes them.
pub(super) fn bits(bytes: &[u8]) -> Option<Bits<'_>> {
    (!bytes.is_empty()).then_some(Bits { bytes, offset: 0 })
}

pub(super) fn check_len(path: &str, got: usize, wanted: usize) -> Outcome<()> {
    if got == wanted {
        return Ok(());
    }
    Err(refuse(path, format!("{path} must hold {wanted} rows, as times does, got {got}")))
}

/// What is said of text among keys that are declared as ints.
fn text_key(item: &Bound<'_, PyAny>, path: &str, row: usize) -> Option<Fault> {
    let is_key = path == "keys" && item.is_instance_of::<PyString>();
    let wanted = "an int (text is a key in an engine of key=\"bytes\")";
    is_key.then(|| wrong_type(item, &format_args!("{path}[{row}]"), wanted))
}

fn not_nullable(path: &str, row: usize, name: &str) -> Fault {
    refuse(&format!("{path}[{row}]"), format!("column {name:?} is not declared nullable"))
}

pub(super) fn refuse(path: &str, message: String) -> Fault {
    Error::new(Code::InvalidArgument, path.to_owned(), message).into()
}
