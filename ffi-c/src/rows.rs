//! Rows from C as borrowed columns, and columns of results as views for C.
//!
//! It checks pointers, types and lengths, and copies no value; whether the columns are those that a
//! spec declares is for the core to say. Paths of errors name members as C writes them:
//! "values[1].data". Invariant: a column of a view is NULL or has a value for each row, so that no
//! caller meets an address that leads nowhere: the columns of an empty batch are NULL.

use std::ffi::{c_char, c_void};

use paneline::{
    Bits, Error, KeyType, Keys, LateBatch, ResultBatch, ResultColumn, ResultKeys, Rows, ValueData,
    ValueType, Values, Verdict,
};

use crate::arguments::{input, invalid};
use crate::time::time_unit;

/// Keys are int64_t.
pub const PLN_KEY_TYPE_I64: u32 = 0;
/// Keys are uint64_t.
pub const PLN_KEY_TYPE_U64: u32 = 1;
/// Keys are byte strings.
pub const PLN_KEY_TYPE_BYTES: u32 = 2;

/// Values are int64_t.
pub const PLN_VALUE_TYPE_I64: u32 = 0;
/// Values are double.
pub const PLN_VALUE_TYPE_F64: u32 = 1;

/// A row was set aside because all its windows were cleaned up.
pub const PLN_VERDICT_LATE: u8 = 1;
/// A row was set aside because it was too far ahead of the last tick.
pub const PLN_VERDICT_FUTURE: u8 = 2;

/// A result that late rows caused: the whole value again.
pub const PLN_FLAG_LATE: u8 = 1;
/// A session that no longer exists: it was emitted before and has become a part of another.
pub const PLN_FLAG_RETRACTION: u8 = 2;
/// Not every part of the window was selected. Not used yet.
pub const PLN_FLAG_PARTIAL: u8 = 4;

// The header holds literal numbers; they are the core's.
const _: () = assert!(
    PLN_KEY_TYPE_I64 == KeyType::I64 as u32
        && PLN_KEY_TYPE_U64 == KeyType::U64 as u32
        && PLN_KEY_TYPE_BYTES == KeyType::Bytes as u32
        && PLN_VALUE_TYPE_I64 == ValueType::I64 as u32
        && PLN_VALUE_TYPE_F64 == ValueType::F64 as u32
        && PLN_VERDICT_LATE == Verdict::Late as u8
        && PLN_VERDICT_FUTURE == Verdict::Future as u8
        && PLN_FLAG_LATE == paneline::FLAG_LATE
        && PLN_FLAG_RETRACTION == paneline::FLAG_RETRACTION
        && PLN_FLAG_PARTIAL == paneline::FLAG_PARTIAL
);

/// The keys of a batch.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pln_keys {
    /// int64_t or uint64_t, one a row; of byte keys the bytes of all.
    pub data: *const c_void,
    /// A PLN_KEY_TYPE value, which must be the spec's.
    pub r#type: u32,
    /// Byte keys: one more than rows, ascending; row i is the bytes of `data` from offsets[i] up to
    /// offsets[i + 1]. Not read otherwise.
    pub offsets: *const i64,
    /// Byte keys: how many bytes `data` has. Not read otherwise.
    pub data_len: usize,
    /// A bit for each row, 1 = not null, as Arrow packs them: row i is bit `validity_offset` + i,
    /// the lowest bit of a byte first. NULL: no key is null.
    pub validity: *const u8,
    /// The bit of row 0.
    pub validity_offset: usize,
}

/// A value column of a batch.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pln_values {
    /// int64_t or double, one a row; those of null rows mean nothing.
    pub data: *const c_void,
    /// A PLN_VALUE_TYPE value, which must be the spec's.
    pub r#type: u32,
    /// As for keys. NULL: no value is null.
    pub validity: *const u8,
    /// The bit of row 0.
    pub validity_offset: usize,
}

/// A batch of rows: columns of one length, owned by the caller and read during the call only.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pln_rows {
    /// The key of each row.
    pub keys: pln_keys,
    /// The time of each row.
    pub times: *const i64,
    /// How many rows there are.
    pub len: usize,
    /// What a tick of `times` is, a PLN_TIME_UNIT value.
    pub unit: u32,
    /// A column for each value column of the spec, in its order.
    pub values: *const pln_values,
    /// How many value columns there are.
    pub values_len: usize,
    /// The source of each row, as an index into the spec's `sources`. NULL where there is one.
    pub sources: *const u32,
}

/// The keys of results.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pln_result_keys {
    /// int64_t or uint64_t, one a row; of byte keys the bytes of all.
    pub data: *const c_void,
    /// A PLN_KEY_TYPE value: the spec's.
    pub r#type: u32,
    /// Byte keys: as in pln_keys, from 0. NULL otherwise.
    pub offsets: *const i64,
}

/// A column of results.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pln_result_column {
    /// The name that the spec gives it, NUL-terminated.
    pub name: *const c_char,
    /// How many bytes the name has; it may hold a NUL character.
    pub name_len: usize,
    /// A PLN_VALUE_TYPE value.
    pub r#type: u32,
    /// int64_t or double, one a row; those of null rows mean nothing.
    pub values: *const c_void,
    /// A byte for each row, 1 = not null. NULL: no value is null.
    pub valid: *const u8,
}

/// Results: a row for each window and key, ascending by window end, then start. Owned by the
/// engine.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pln_result_batch {
    /// How many rows there are; with 0 every pointer to values of rows is NULL.
    pub len: usize,
    /// The windows' first milliseconds.
    pub start_ms: *const i64,
    /// The windows' first milliseconds after.
    pub end_ms: *const i64,
    /// The keys.
    pub keys: pln_result_keys,
    /// The number of rows in the window; 0 in a retraction.
    pub count: *const i64,
    /// How often this window of this key was emitted before.
    pub revision: *const u32,
    /// PLN_FLAG values, added up.
    pub flags: *const u8,
    /// A column for each aggregate of the spec, in its order.
    pub columns: *const pln_result_column,
    /// How many columns there are.
    pub columns_len: usize,
}

/// Rows that were set aside, in the order in which they came. Owned by the engine.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct pln_late_batch {
    /// How many rows there are; with 0 every pointer to values of rows is NULL.
    pub len: usize,
    /// Why: PLN_VERDICT values.
    pub reasons: *const u8,
    /// The keys.
    pub keys: pln_result_keys,
    /// The times, in milliseconds.
    pub times_ms: *const i64,
    /// The sources, as indexes into the spec's.
    pub sources: *const u32,
    /// A column for each value column of the spec, in its order.
    pub values: *const pln_result_column,
    /// How many value columns there are.
    pub values_len: usize,
}

const _: () = assert!(
    size_of::<pln_keys>() == 48
        && size_of::<pln_values>() == 32
        && size_of::<pln_rows>() == 96
        && size_of::<pln_result_keys>() == 24
        && size_of::<pln_result_column>() == 40
        && size_of::<pln_result_batch>() == 88
        && size_of::<pln_late_batch>() == 72
        && align_of::<pln_rows>() == 8
        && size_of::<Verdict>() == 1
);

/// Calls a body with the rows that C describes. `columns` is the number of value columns of the
/// spec: it bounds what is read of `values` and allocated for it.
///
/// # Safety
/// `rows` is NULL or leads to a batch whose pointers lead to what their members say, and nothing
/// writes them during the call.
pub(crate) unsafe fn with_rows<T>(
    rows: *const pln_rows,
    columns: usize,
    body: impl FnOnce(&Rows<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        let rows = &input(rows, 1, "rows")?[0];
        let len = rows.len;
        let unit = time_unit(rows.unit)?;
        if rows.values_len != columns {
            let got = rows.values_len;
            let message = format!("columns must be those of the spec ({columns}), got {got}");
            return Err(invalid("values", message));
        }
        let columns = input(rows.values, columns, "values")?;
        let values: Result<Vec<_>, _> =
            columns.iter().enumerate().map(|(at, column)| values(column, at, len)).collect();
        let sources =
            if rows.sources.is_null() { None } else { Some(input(rows.sources, len, "sources")?) };
        body(&Rows {
            keys: keys(&rows.keys, len)?,
            key_validity: bits(rows.keys.validity, rows.keys.validity_offset, len, "keys")?,
            times: input(rows.times, len, "times")?,
            unit,
            values: &values?,
            sources,
        })
    }
}

/// # Safety
/// As for [`with_rows`].
unsafe fn keys<'a>(keys: &pln_keys, len: usize) -> Result<Keys<'a>, Error> {
    let path = "keys.data";
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        match keys.r#type {
            PLN_KEY_TYPE_I64 => Ok(Keys::I64(input(keys.data.cast(), len, path)?)),
            PLN_KEY_TYPE_U64 => Ok(Keys::U64(input(keys.data.cast(), len, path)?)),
            PLN_KEY_TYPE_BYTES => {
                let data = input(keys.data.cast(), keys.data_len, path)?;
                // Of no rows there need not be the one offset either.
                let offsets = if len == 0 {
                    &[0]
                } else {
                    input(keys.offsets, len.saturating_add(1), "keys.offsets")?
                };
                Ok(Keys::Bytes { offsets, data })
            }
            other => {
                let message = format!("type must be a PLN_KEY_TYPE (0..=2), got {other}");
                Err(invalid("keys.type", message))
            }
        }
    }
}

/// # Safety
/// As for [`with_rows`].
unsafe fn values<'a>(values: &pln_values, at: usize, len: usize) -> Result<Values<'a>, Error> {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        let data = match values.r#type {
            PLN_VALUE_TYPE_I64 => {
                ValueData::I64(input(values.data.cast(), len, format_args!("values[{at}].data"))?)
            }
            PLN_VALUE_TYPE_F64 => {
                ValueData::F64(input(values.data.cast(), len, format_args!("values[{at}].data"))?)
            }
            other => {
                let message = format!("type must be a PLN_VALUE_TYPE (0..=1), got {other}");
                return Err(invalid(format_args!("values[{at}].type"), message));
            }
        };
        let validity =
            bits(values.validity, values.validity_offset, len, format_args!("values[{at}]"))?;
        Ok(Values { data, validity })
    }
}

/// The bits of a column with this path.
///
/// # Safety
/// As for [`with_rows`].
unsafe fn bits<'a>(
    validity: *const u8,
    offset: usize,
    len: usize,
    path: impl std::fmt::Display + Copy,
) -> Result<Option<Bits<'a>>, Error> {
    if validity.is_null() {
        return Ok(None);
    }
    let Some(end) = offset.checked_add(len) else {
        let message = format!("{len} rows from bit {offset} on end beyond the address space");
        return Err(invalid(format_args!("{path}.validity_offset"), message));
    };
    // SAFETY: the caller's word.
    let bytes = unsafe { input(validity, end.div_ceil(8), format_args!("{path}.validity")) }?;
    Ok(Some(Bits { bytes, offset }))
}

/// A column of `len` rows for C; see the module for why an empty one is NULL.
fn column<T>(values: &[T], len: usize) -> *const T {
    assert_eq!(values.len(), len, "a column of results has another length");
    if values.is_empty() { std::ptr::null() } else { values.as_ptr() }
}

fn result_keys(keys: &ResultKeys, len: usize) -> pln_result_keys {
    let (data, r#type, offsets) = match keys {
        ResultKeys::I64(keys) => (column(keys, len).cast(), PLN_KEY_TYPE_I64, std::ptr::null()),
        ResultKeys::U64(keys) => (column(keys, len).cast(), PLN_KEY_TYPE_U64, std::ptr::null()),
        ResultKeys::Bytes { offsets, data } => {
            let offsets = if len == 0 { &[] } else { &offsets[..=len] };
            let offsets = column(offsets, offsets.len());
            (column(data, data.len()).cast(), PLN_KEY_TYPE_BYTES, offsets)
        }
    };
    pln_result_keys { data, r#type, offsets }
}

/// The columns of one kind of batch, with their names.
pub(crate) struct ColumnViews {
    /// Each with a NUL character at its end.
    names: Vec<Box<[u8]>>,
    views: Vec<pln_result_column>,
}

impl ColumnViews {
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>) -> ColumnViews {
        let names = names.map(|name| [name.as_bytes(), b"\0"].concat().into());
        ColumnViews { names: names.collect(), views: Vec::new() }
    }

    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Views of columns of `len` rows; those before are gone.
    fn view(&mut self, columns: &[ResultColumn], len: usize) -> *const pln_result_column {
        self.views.clear();
        for (name, results) in self.names.iter().zip(columns) {
            let (r#type, values, valid) = match results {
                ResultColumn::I64 { values, valid } => {
                    (PLN_VALUE_TYPE_I64, column(values, len).cast(), valid)
                }
                ResultColumn::F64 { values, valid } => {
                    (PLN_VALUE_TYPE_F64, column(values, len).cast(), valid)
                }
            };
            self.views.push(pln_result_column {
                name: name.as_ptr().cast(),
                name_len: name.len() - 1,
                r#type,
                values,
                valid: column(valid, if valid.is_empty() { 0 } else { len }).cast(),
            });
        }
        column(&self.views, self.len())
    }

    pub(crate) fn results(&mut self, batch: &ResultBatch) -> pln_result_batch {
        let len = batch.len();
        pln_result_batch {
            len,
            start_ms: column(&batch.start_ms, len),
            end_ms: column(&batch.end_ms, len),
            keys: result_keys(&batch.keys, len),
            count: column(&batch.count, len),
            revision: column(&batch.revision, len),
            flags: column(&batch.flags, len),
            columns: self.view(&batch.columns, len),
            columns_len: self.len(),
        }
    }

    pub(crate) fn late(&mut self, batch: &LateBatch) -> pln_late_batch {
        let len = batch.len();
        pln_late_batch {
            len,
            reasons: column(&batch.reasons, len).cast(),
            keys: result_keys(&batch.keys, len),
            times_ms: column(&batch.times_ms, len),
            sources: column(&batch.sources, len),
            values: self.view(&batch.values, len),
            values_len: self.len(),
        }
    }
}
