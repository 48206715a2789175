//! The keys of a batch: a column of numbers, or of byte strings, and a block of it.
//!
//! It decides what a column of byte strings may be: a list of bytes or text, offsets and data as
//! Arrow has them, or an Arrow column of bytes or text; text is its UTF-8. Invariant: a filled
//! block's offsets ascend from 0 within its data. Worked number: of a key of a gigabyte 65,537
//! bytes are copied, one more than a key may have, and the row is invalid.

use paneline::{Error, KEY_BYTES_MAX, KeyType};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};

use super::cells::{Cells, Nulls, Validity, check_len, item, refuse, set_null};
use crate::argument::wrong_type;
use crate::array::{
    BytesArray, Chunks, Data, Foreign, Kind, import_strings, reserve, wrong_column,
};
use crate::error::{Fault, Outcome};

/// Of a longer key so many bytes are handed over: one too many to be kept.
const COPIED_BYTES_MAX: usize = KEY_BYTES_MAX + 1;

/// The keys of a batch.
pub(super) enum Keys {
    Ints(Cells),
    Strings(Strings),
}

impl Keys {
    pub(super) fn open(spec: &paneline::EngineSpec, keys: &Bound<'_, PyAny>) -> Outcome<Keys> {
        let kind = match KeyType::try_from(spec.key) {
            Ok(KeyType::Bytes) => return Ok(Keys::Strings(Strings::open(keys)?)),
            Ok(KeyType::U64) => Kind::UInt64,
            _ => Kind::Int64,
        };
        Ok(Keys::Ints(Cells::open("keys".into(), keys, kind, Nulls::Taken)?))
    }

    pub(super) fn check_len(&self, py: Python<'_>, rows: usize) -> Outcome<()> {
        match self {
            Keys::Ints(cells) => cells.check_len(py, rows),
            Keys::Strings(strings) => strings.check_len(py, rows),
        }
    }

    pub(super) fn has_items(&self) -> bool {
        match self {
            Keys::Ints(cells) => cells.has_items(),
            Keys::Strings(strings) => matches!(strings.input, Input::Items(_)),
        }
    }

    /// Whether a row can be refused.
    pub(super) fn can_refuse(&self) -> bool {
        match self {
            Keys::Ints(cells) => cells.can_refuse(),
            Keys::Strings(_) => true,
        }
    }

    /// Reads a block.
    pub(super) fn fill(&mut self, from: usize, len: usize) -> Outcome<()> {
        match self {
            Keys::Ints(cells) => cells.fill(from, len),
            Keys::Strings(strings) => strings.fill(from, len),
        }
    }

    /// The block as the core takes it, with its bits.
    pub(super) fn block(&self) -> (paneline::Keys<'_>, &[u8]) {
        match self {
            Keys::Strings(Strings { offsets, data, bits, .. }) => {
                (paneline::Keys::Bytes { offsets, data }, bits)
            }
            Keys::Ints(cells) => match cells.data() {
                Data::UInt64(keys) => (paneline::Keys::U64(keys), cells.bits()),
                Data::Int64(keys) => (paneline::Keys::I64(keys), cells.bits()),
                _ => (paneline::Keys::I64(&[]), &[]),
            },
        }
    }
}

enum Input {
    /// A list of bytes or text, read with the GIL.
    Items(Py<PyAny>),
    /// Where strings begin and end, and the bytes of all.
    Foreign { offsets: Foreign, data: Foreign },
    /// An Arrow column.
    Chunks(Chunks),
}

/// A column of byte strings, and a block of it.
pub(super) struct Strings {
    input: Input,
    validity: Option<Validity>,
    offsets: Vec<i64>,
    data: Vec<u8>,
    /// Which rows of the block are not null, packed; empty where all are not.
    bits: Vec<u8>,
}

impl Strings {
    fn open(keys: &Bound<'_, PyAny>) -> Outcome<Strings> {
        let wanted =
            "a list of bytes or str, a BytesArray, an Arrow column, or a tuple of offsets and data";
        let (input, validity) = if keys.is_instance_of::<PyList>() {
            (Input::Items(keys.clone().unbind()), None)
        } else if let Ok(array) = keys.cast::<BytesArray>() {
            (open_parts(&array.getattr("offsets")?, &array.getattr("data")?)?, None)
        } else if let Some(chunks) = import_strings(keys, "keys")? {
            (Input::Chunks(chunks), None)
        } else {
            let parts = keys.cast::<PyTuple>().map_err(|_| wrong_column(keys, "keys", wanted))?;
            if !(2..=3).contains(&parts.len()) {
                return Err(wrong_type(keys, &"keys", wanted));
            }
            let validity = Validity::open(parts.get_item(2).ok().as_ref(), "keys")?;
            (open_parts(&parts.get_item(0)?, &parts.get_item(1)?)?, validity)
        };
        let (offsets, data, bits) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Strings { input, validity, offsets, data, bits })
    }

    fn check_len(&self, py: Python<'_>, rows: usize) -> Outcome<()> {
        let len = match &self.input {
            Input::Items(items) => items.bind(py).len()?,
            Input::Foreign { offsets, .. } => offsets.len().saturating_sub(1),
            Input::Chunks(chunks) => chunks.len(),
        };
        check_len("keys", len, rows)?;
        self.validity.as_ref().map_or(Ok(()), |validity| validity.check_len(rows))
    }

    fn fill(&mut self, from: usize, len: usize) -> Outcome<()> {
        let Strings { input, validity, offsets, data, bits } = self;
        bits.clear();
        data.clear();
        match input {
            Input::Foreign { offsets: places, data: bytes } => {
                read_places(places, from, len, bytes.len(), offsets)?;
                read_bytes(bytes, offsets, data)?;
            }
            Input::Chunks(chunks) => {
                offsets.clear();
                offsets.push(0);
                for (at, key) in chunks.strings(from, len).enumerate() {
                    let key =
                        key.map_err(|message| refuse(&format!("keys[{}]", from + at), message))?;
                    append_key(data, key)?;
                    offsets.push(offset(data.len()));
                }
                chunks.nulls(from, len).for_each(|at| set_null(bits, at, len));
            }
            Input::Items(items) => Python::attach(|py| {
                offsets.clear();
                offsets.push(0);
                for at in 0..len {
                    let item = item(items.bind(py), "keys", from + at)?;
                    if item.is_none() {
                        set_null(bits, at, len);
                    } else {
                        append_key(data, bytes_of(&item, from + at)?)?;
                    }
                    offsets.push(offset(data.len()));
                }
                Ok::<_, Fault>(())
            })?,
        }
        let Some(validity) = validity else { return Ok(()) };
        validity.nulls(from, len)?.for_each(|at| set_null(bits, at, len));
        Ok(())
    }
}

fn open_parts(offsets: &Bound<'_, PyAny>, data: &Bound<'_, PyAny>) -> Outcome<Input> {
    let path = "keys.offsets";
    let offsets = Foreign::open(offsets, path, "an int64 buffer", &[Kind::Int64])?;
    if offsets.len() == 0 {
        return Err(refuse(path, "one offset more than rows is needed, got 0".into()));
    }
    Ok(Input::Foreign {
        offsets,
        data: Foreign::open_bytes(data, "keys.data", "bytes or a buffer of bytes")?,
    })
}

/// Reads the offsets of a block and refuses any that do not ascend within `end` bytes.
fn read_places(
    places: &Foreign,
    from: usize,
    len: usize,
    end: usize,
    offsets: &mut Vec<i64>,
) -> Outcome<()> {
    offsets.clear();
    places.append(from, len + 1, offsets)?;
    let mut last = 0;
    for (at, offset) in offsets.iter().enumerate() {
        if !(last..=self::offset(end)).contains(offset) {
            let path = format!("keys.offsets[{}]", from + at);
            let message = format!("offsets must ascend within 0..={end}, got {offset}");
            return Err(refuse(&path, message));
        }
        last = *offset;
    }
    Ok(())
}

/// Reads the bytes of a block, whose offsets were checked, and turns the offsets into its own.
fn read_bytes(bytes: &Foreign, offsets: &mut [i64], data: &mut Vec<u8>) -> Outcome<()> {
    let place = |offset: i64| usize::try_from(offset).unwrap_or(0);
    let first = offsets[0];
    let whole = place(offsets[offsets.len() - 1]) - place(first);
    if offsets.windows(2).all(|pair| place(pair[1]) - place(pair[0]) <= COPIED_BYTES_MAX) {
        bytes.append(place(first), whole, data)?;
        for offset in offsets {
            *offset -= first;
        }
        return Ok(());
    }
    let mut start = first;
    for offset in offsets {
        let len = (place(*offset) - place(start)).min(COPIED_BYTES_MAX);
        bytes.append(place(start), len, data)?;
        start = std::mem::replace(offset, self::offset(data.len()));
    }
    Ok(())
}

/// The bytes of an item, which are UTF-8 where it is text.
fn bytes_of<'a>(item: &'a Bound<'_, PyAny>, row: usize) -> Outcome<&'a [u8]> {
    if let Ok(bytes) = item.cast::<PyBytes>() {
        return Ok(bytes.as_bytes());
    }
    let path = format!("keys[{row}]");
    let text = item.cast::<PyString>().map_err(|_| wrong_type(item, &path, "bytes or a str"))?;
    let text = text.to_str();
    Ok(text.map_err(|_| refuse(&path, "the text holds lone surrogates".into()))?.as_bytes())
}

/// Appends a key, or as much of it as is handed over.
fn append_key(data: &mut Vec<u8>, key: &[u8]) -> Result<(), Error> {
    let key = &key[..key.len().min(COPIED_BYTES_MAX)];
    reserve(data, key.len())?;
    data.extend_from_slice(key);
    Ok(())
}

/// No Vec is longer than `isize::MAX` bytes.
fn offset(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
