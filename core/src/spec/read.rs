//! Specs in and out, as protobuf and as JSON, strictly: what a reader would pass over in silence is
//! refused.
//!
//! An older library that overlooked a newer field would compute other windows, so an unknown field
//! is an error, and so is a 64-bit varint in a 32-bit field, where protobuf keeps the low half:
//! 2^32 would read as 0, the default. What the values mean is not judged here.

use paneline_proto::fields::{aggregate, engine_spec, value_column};
use paneline_proto::{Message, encode};

use super::{
    EngineSpec, EngineWindows, Faults, Function, KeyType, SlidingWindowSpec, ValueType, json,
    known, known_window, wire,
};
use crate::error::{Code, Error};

/// A spec is under 200 bytes; a limit, because it is hostile input.
const SPEC_BYTES_MAX: usize = 65_536;

/// An engine's spec lists up to 4,096 sources, with names of 240 bytes here; a limit, because it
/// is hostile input.
const ENGINE_SPEC_BYTES_MAX: usize = 1 << 20;

/// Reads a spec from protobuf bytes, strictly.
///
/// Errors: `CORRUPT` with an empty path for bytes that are no such message or more than 64 KiB;
/// `UNSUPPORTED_FIELD` at `#<number>` for a field this version does not know; `INVALID_SPEC` at the
/// field for a value that a 32-bit field cannot hold.
///
/// ```
/// use paneline::spec;
/// let spec = paneline::SlidingWindowSpec { duration_ms: 300_000, ..Default::default() };
/// assert_eq!(spec::from_proto(&spec::to_proto(&spec)).unwrap(), spec);
/// assert_eq!(spec::from_proto(&[0x98, 0x06, 0x01]).unwrap_err().path(), "#99");
/// ```
pub fn from_proto(bytes: &[u8]) -> Result<SlidingWindowSpec, Error> {
    read_proto(bytes, SPEC_BYTES_MAX)
}

/// The protobuf bytes of a spec.
pub fn to_proto(spec: &SlidingWindowSpec) -> Vec<u8> {
    encode(spec)
}

/// Reads a spec from protobuf JSON, strictly. Field names may be `step_ms` or `stepMs`, 64-bit
/// numbers may be strings, enums may be names or numbers.
///
/// Errors: `CORRUPT` with an empty path for text that is no JSON object or more than 64 KiB;
/// `UNSUPPORTED_FIELD` at the name of an unknown field; `INVALID_SPEC` at the field for a value of
/// the wrong type, an unknown enum name, or a name that appears twice. An enum's number is judged
/// when the spec is compiled.
///
/// ```
/// let spec = paneline::spec::from_json(r#"{"duration_ms": 86400000, "timezone": "Asia/Tokyo"}"#)?;
/// assert_eq!(spec.timezone, "Asia/Tokyo");
/// # Ok::<(), paneline::Error>(())
/// ```
pub fn from_json(text: &str) -> Result<SlidingWindowSpec, Error> {
    read_json(text, SPEC_BYTES_MAX)
}

/// The protobuf JSON of a spec, with the field names of the proto.
///
/// Errors: `INVALID_SPEC` at an enum field whose number has no name.
pub fn to_json(spec: &SlidingWindowSpec) -> Result<String, Error> {
    let mut faults = Faults::default();
    known_window(spec, &[], &mut faults);
    write_json(spec, faults)
}

/// Reads an engine's spec from protobuf bytes, as strictly as [`from_proto`] does, in every message
/// inside it as well.
///
/// Errors: `CORRUPT` with an empty path for bytes that are no such message or more than 1 MiB;
/// `UNSUPPORTED_FIELD` at `#<number>` for a field this version does not know, with the way to it:
/// `window.#99`, `values[1].#7`; `INVALID_SPEC` at the field for a value that a 32-bit field cannot
/// hold. A `window` that occurs twice is merged, as protobuf says, and every occurrence is checked.
///
/// ```
/// use paneline::spec::{self, EngineSpec};
///
/// let window = paneline::SlidingWindowSpec { duration_ms: 300_000, ..Default::default() };
/// let engine = EngineSpec { windows: Some(window.into()), ..Default::default() };
/// assert_eq!(spec::engine_from_proto(&spec::engine_to_proto(&engine))?, engine);
/// // Field 1 is the window, two bytes long; in it, 1 is the value of a field 15.
/// assert_eq!(spec::engine_from_proto(&[0x0a, 2, 0x78, 1]).unwrap_err().path(), "window.#15");
/// # Ok::<(), paneline::Error>(())
/// ```
pub fn engine_from_proto(bytes: &[u8]) -> Result<EngineSpec, Error> {
    read_proto(bytes, ENGINE_SPEC_BYTES_MAX)
}

/// The protobuf bytes of an engine's spec.
///
/// ```
/// let spec = paneline::spec::EngineSpec { max_future_ms: 5, ..Default::default() };
/// assert_eq!(paneline::spec::engine_to_proto(&spec), [0x38, 5]);
/// ```
pub fn engine_to_proto(spec: &EngineSpec) -> Vec<u8> {
    encode(spec)
}

/// Reads an engine's spec from protobuf JSON, as strictly as [`from_json`] does, in every object
/// inside it as well.
///
/// Errors: `CORRUPT` with an empty path for text that is no JSON object or more than 1 MiB;
/// `UNSUPPORTED_FIELD` at the way to an unknown field: `window.durations_ms`, `values[0].typ`;
/// `INVALID_SPEC` at the field for a value of the wrong type, an unknown enum name, or a name that
/// appears twice. An enum's number is judged when the engine is opened.
///
/// ```
/// use paneline::spec;
///
/// let engine = spec::engine_from_json(
///     r#"{
///         "window": {"duration_ms": 300000, "step_ms": 10000},
///         "key": "KEY_TYPE_U64",
///         "values": [{"name": "price", "type": "VALUE_TYPE_F64"}],
///         "aggregates": [{"name": "mean", "function": "FUNCTION_MEAN", "column": "price"}]
///     }"#,
/// )?;
/// assert_eq!(engine.aggregates[0].function, spec::Function::Mean as i32);
///
/// let error = spec::engine_from_json(r#"{"values": [{"typ": 1}]}"#).unwrap_err();
/// assert_eq!(error.path(), "values[0].typ");
/// # Ok::<(), paneline::Error>(())
/// ```
pub fn engine_from_json(text: &str) -> Result<EngineSpec, Error> {
    read_json(text, ENGINE_SPEC_BYTES_MAX)
}

/// The protobuf JSON of an engine's spec, with the field names of the proto.
///
/// Errors: `INVALID_SPEC` at an enum field whose number has no name.
///
/// ```
/// use paneline::spec::{self, EngineSpec, KeyType};
///
/// let mut engine = EngineSpec { key: KeyType::Bytes as i32, ..Default::default() };
/// assert_eq!(spec::engine_to_json(&engine)?, r#"{"key":"KEY_TYPE_BYTES"}"#);
/// engine.key = 9;
/// assert_eq!(spec::engine_to_json(&engine).unwrap_err().path(), "key");
/// # Ok::<(), paneline::Error>(())
/// ```
pub fn engine_to_json(spec: &EngineSpec) -> Result<String, Error> {
    let mut faults = Faults::default();
    if let Some(EngineWindows::Window(window)) = &spec.windows {
        known_window(window, &[engine_spec::WINDOW.at(0)], &mut faults);
    }
    known::<KeyType>(&[engine_spec::KEY.at(0)], spec.key, &mut faults);
    for (i, column) in spec.values.iter().enumerate() {
        let path = [engine_spec::VALUES.at(i), value_column::TYPE.at(0)];
        known::<ValueType>(&path, column.r#type, &mut faults);
    }
    for (i, output) in spec.aggregates.iter().enumerate() {
        let path = [engine_spec::AGGREGATES.at(i), aggregate::FUNCTION.at(0)];
        known::<Function>(&path, output.function, &mut faults);
    }
    write_json(spec, faults)
}

fn read_proto<M: Message>(bytes: &[u8], bytes_max: usize) -> Result<M, Error> {
    check_size(bytes.len(), bytes_max)?;
    let message = paneline_proto::decode(bytes)
        .map_err(|why| Error::new(Code::Corrupt, "", format!("not the bytes of a spec: {why}")))?;
    wire::check(bytes, M::DESCRIPTOR.fields)?;
    Ok(message)
}

fn read_json<M: Message>(text: &str, bytes_max: usize) -> Result<M, Error> {
    check_size(text.len(), bytes_max)?;
    json::read(text)
}

/// Writes a message whose enums were looked at.
fn write_json<M: Message>(message: &M, faults: Faults) -> Result<String, Error> {
    faults.into_result()?;
    serde_json::to_string(message).map_err(|why| Error::new(Code::Internal, "", why.to_string()))
}

fn check_size(bytes: usize, bytes_max: usize) -> Result<(), Error> {
    if bytes <= bytes_max {
        return Ok(());
    }
    let message = format!("a spec must be at most {bytes_max} bytes, got {bytes}");
    Err(Error::new(Code::Corrupt, "", message))
}
