//! What another library's object exports, taken over.
//!
//! It decides which exports are a column: an array or a stream of them, of a type that the caller
//! accepts, or a table of one such column. A stream is pulled to its end and released without the
//! GIL, before any row is used: its producer may wait for a thread that needs it, and may run a
//! query. A type is looked at before the first array is asked for.
//!
//! Invariant: what was taken out of a capsule is released exactly once, whatever comes after.
//! Worked number: of a duckdb relation of 300,000 rows three arrays come, and all are kept.

use std::ffi::{CStr, c_int};
use std::sync::Arc;

use arrow_data::ffi::FFI_ArrowArray;
use arrow_schema::DataType;
use arrow_schema::ffi::FFI_ArrowSchema;
use paneline::TimeUnit;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use super::Type;
use super::chunks::Chunks;
use super::stream::Stream;
use crate::array::advice::{EXACT_KEYS, export_error};
use crate::array::buffer::{Kind, refuse};
use crate::array::times::Ticks;
use crate::error::Outcome;

/// A column that takes these takes times.
const MILLISECONDS: Type = {
    let ticks = Ticks { unit: TimeUnit::Millisecond, units: 1, is_zoned: true };
    Type::Number(Kind::Int64, Some(ticks))
};

/// A producer's text is quoted up to this many characters, so that an error stays a few lines.
const QUOTED_CHARS_MAX: usize = 400;

/// The column that an object exports by `__arrow_c_array__` or `__arrow_c_stream__`; `None` where
/// the object has neither.
///
/// Errors: INVALID_ARGUMENT at `path` for a type that `accept` does not take, for capsules that are
/// not what the protocol says, for arrays that break the format, and where a stream ends with an
/// error.
pub(crate) fn import(
    values: &Bound<'_, PyAny>,
    path: &str,
    wanted: &dyn Fn() -> String,
    accept: impl Fn(Type) -> bool + Sync,
) -> Outcome<Option<Chunks>> {
    let py = values.py();
    let refused = |fault: Refusal| {
        let message = match fault {
            Refusal::Type(got) => {
                let are_times = accept(MILLISECONDS);
                format!("{path} must hold {}, got {got}{}", wanted(), fix(&got, path, are_times))
            }
            Refusal::Broken(message) => format!("{path} must be an Arrow column: {message}"),
        };
        refuse(path, message)
    };
    // A polars column looks 6 µs for what it does not have, so what it has is asked for first.
    if let Some(export) = values.getattr_opt(intern!(py, "__arrow_c_stream__"))? {
        let exported = export.call0().map_err(|why| export_error(values, path, why))?;
        let stream = take_stream(&exported).map_err(refused)?;
        let read = py.detach(|| read_stream(stream, &accept));
        return Ok(Some(read.map_err(refused)?));
    }
    if let Some(export) = values.getattr_opt(intern!(py, "__arrow_c_array__"))? {
        let exported = export.call0().map_err(|why| export_error(values, path, why))?;
        let capsules = exported.cast::<PyTuple>().ok().filter(|pair| pair.len() == 2);
        let capsules = capsules.ok_or_else(|| {
            refused(Refusal::Broken("__arrow_c_array__() must return two capsules".into()))
        })?;
        let taken = take_array(capsules).map_err(refused)?;
        return Ok(Some(read_array(taken, &accept).map_err(refused)?));
    }
    Ok(None)
}

/// Why an export is no column.
enum Refusal {
    /// A type that is not accepted.
    Type(DataType),
    /// Something else, in words.
    Broken(String),
}

/// What to do about a type that is not accepted.
fn fix(got: &DataType, path: &str, are_times: bool) -> &'static str {
    match got {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View if path == "keys" => {
            ": text is a key in an engine of key=\"bytes\""
        }
        DataType::Date32 | DataType::Date64 if are_times => ": cast it to a timestamp first",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View if are_times => {
            ": parse it to timestamps first"
        }
        DataType::UInt64 if path == "keys" => ": declare key=\"u64\" in the spec",
        DataType::Int64 if path == "keys" => ": declare key=\"i64\" in the spec",
        DataType::Float16 | DataType::Float32 | DataType::Float64 if path == "keys" => EXACT_KEYS,
        DataType::Dictionary(..) if path == "keys" => {
            ": decode and cast it first, as in series.astype(\"string\") of pandas"
        }
        DataType::Struct(_) => ": pass one column of the table",
        DataType::Dictionary(..) | DataType::RunEndEncoded(..) => ": decode and cast it first",
        DataType::Timestamp(..) => ": cast it to timestamp('ms') and that to int64 first",
        _ => ": cast it first",
    }
}

fn broken<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Broken(message.into()))
}

/// The struct in a capsule of the right name, of which nothing was known yet.
fn pointer(capsule: &Bound<'_, PyAny>, name: &CStr) -> Result<*mut std::ffi::c_void, Refusal> {
    let got = match capsule.cast::<PyCapsule>() {
        Ok(capsule) => match capsule.pointer_checked(Some(name)) {
            Ok(pointer) => return Ok(pointer.as_ptr()),
            Err(_) => "one of another name".to_owned(),
        },
        Err(_) => capsule.get_type().name().map_or_else(|_| String::new(), |got| got.to_string()),
    };
    broken(format!("it must export a capsule named {name:?}, got {got}"))
}

fn take_array(capsules: &Bound<'_, PyTuple>) -> Result<(FFI_ArrowSchema, FFI_ArrowArray), Refusal> {
    let item = |at: usize| capsules.get_item(at).map_err(|why| Refusal::Broken(why.to_string()));
    let (schema, array) = (item(0)?, item(1)?);
    let schema = pointer(&schema, c"arrow_schema")?.cast::<FFI_ArrowSchema>();
    let array = pointer(&array, c"arrow_array")?.cast::<FFI_ArrowArray>();
    // SAFETY: a capsule of this name holds an `ArrowSchema`: that is what the name says. It is
    // moved out of there, as the interface has it, while the capsule is alive and the GIL is held.
    let schema = unsafe { FFI_ArrowSchema::from_raw(schema) };
    // SAFETY: as above, for an `ArrowArray`.
    let array = unsafe { FFI_ArrowArray::from_raw(array) };
    if schema.release().is_none() || array.is_released() {
        return broken("its capsules were used before");
    }
    Ok((schema, array))
}

fn take_stream(capsule: &Bound<'_, PyAny>) -> Result<Stream, Refusal> {
    let stream = pointer(capsule, c"arrow_array_stream")?.cast::<Stream>();
    // SAFETY: as for `take_array`: the name says that it holds an `ArrowArrayStream`, which is
    // moved out of there, as the interface has it.
    let stream = unsafe { stream.replace(Stream::empty()) };
    if stream.release.is_none() {
        return broken("its capsule was used before");
    }
    Ok(stream)
}

/// The type of the column, and whether it is the only one of a table.
fn column(
    schema: &FFI_ArrowSchema,
    accept: &impl Fn(Type) -> bool,
) -> Result<(Type, bool), Refusal> {
    let whole = DataType::try_from(schema).map_err(|why| Refusal::Broken(why.to_string()))?;
    let (r#type, is_table) = match &whole {
        DataType::Struct(fields) if fields.len() == 1 => (fields[0].data_type(), true),
        r#type => (r#type, false),
    };
    match Type::of(r#type) {
        Some(accepted) if accept(accepted) => Ok((accepted, is_table)),
        _ => Err(Refusal::Type(r#type.clone())),
    }
}

fn read_array(
    (schema, array): (FFI_ArrowSchema, FFI_ArrowArray),
    accept: &impl Fn(Type) -> bool,
) -> Result<Chunks, Refusal> {
    let (r#type, is_table) = column(&schema, accept)?;
    let mut chunks = Chunks::new(r#type);
    chunks.push(&Arc::new(array), is_table).map_err(Refusal::Broken)?;
    Ok(chunks)
}

/// Pulls a stream to its end, and releases it.
fn read_stream(mut stream: Stream, accept: &impl Fn(Type) -> bool) -> Result<Chunks, Refusal> {
    let (Some(get_schema), Some(get_next)) = (stream.get_schema, stream.get_next) else {
        return broken("its stream has no get_schema or no get_next");
    };
    let mut schema = FFI_ArrowSchema::empty();
    // SAFETY: the interface: a callback of a stream that was not released, called with that stream,
    // by one thread, and a place for its answer.
    let code = unsafe { get_schema(&raw mut stream, &raw mut schema) };
    if code != 0 {
        return broken(producer_error(&mut stream, code, 0));
    }
    if schema.release().is_none() {
        return broken("its stream gave no schema");
    }
    let (r#type, is_table) = column(&schema, accept)?;
    let mut chunks = Chunks::new(r#type);
    loop {
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: as above.
        let code = unsafe { get_next(&raw mut stream, &raw mut array) };
        if code != 0 {
            return broken(producer_error(&mut stream, code, chunks.len()));
        }
        if array.is_released() {
            return Ok(chunks);
        }
        chunks.push(&Arc::new(array), is_table).map_err(Refusal::Broken)?;
    }
}

/// What a stream says of its last call, which ended with a code.
fn producer_error(stream: &mut Stream, code: c_int, rows: usize) -> String {
    let text = stream.get_last_error.and_then(|get_last_error| {
        // SAFETY: the interface: after a call that failed, with the stream it was made of.
        let text = unsafe { get_last_error(stream) };
        // SAFETY: the interface: NULL, or a C string that stays until the stream is called again.
        (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy())
    });
    let text = text.unwrap_or_default();
    let quoted = text.chars().take(QUOTED_CHARS_MAX).collect::<String>();
    format!("its stream ended after {rows} rows with error {code}: {quoted}")
}
