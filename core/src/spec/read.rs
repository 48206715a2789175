//! Protobuf and JSON in and out, strictly: what a reader would pass over in silence is refused.
//!
//! An older library that overlooked a newer field would compute other windows, so an unknown field
//! is an error, and so is a 64-bit varint in a 32-bit field, where protobuf keeps the low half:
//! 2^32 would read as 0, the default. What the values mean is not judged here.

use std::fmt;

use paneline_proto::fields::sliding_window_spec as field;
use paneline_proto::{Field, Kind};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::{CalendarUnitField, Faults, SlidingWindowSpec, Weekday, WindowKind, known};
use crate::duration::quoted;
use crate::error::{Code, Error};

/// A spec is under 200 bytes; a limit, because it is hostile input.
const SPEC_BYTES_MAX: usize = 65_536;

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
    check_size(bytes.len())?;
    let message = paneline_proto::decode(bytes)
        .map_err(|why| Error::new(Code::Corrupt, "", format!("not the bytes of a spec: {why}")))?;
    check_wire(bytes)?;
    Ok(message)
}

/// The protobuf bytes of a spec.
pub fn to_proto(spec: &SlidingWindowSpec) -> Vec<u8> {
    paneline_proto::encode(spec)
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
    check_size(text.len())?;
    let Members(members) = serde_json::from_str(text)
        .map_err(|why| Error::new(Code::Corrupt, "", format!("a spec is a JSON object: {why}")))?;
    let mut values: [Option<Value>; field::ALL.len()] = [const { None }; field::ALL.len()];
    for (name, value) in members {
        let Some(place) = field::ALL.iter().position(|field| is_named(*field, &name)) else {
            let quoted = quoted(&name);
            let path =
                if name.is_empty() { "\"\"".into() } else { quoted.escape_debug().to_string() };
            let message = format!("{quoted:?} is no field of SlidingWindowSpec");
            return Err(Error::new(Code::UnsupportedField, path, message));
        };
        if values[place].replace(value).is_some() {
            let name = field::ALL[place].name;
            let message = format!("{name} must appear once");
            return Err(Error::new(Code::InvalidSpec, name, message));
        }
    }

    let mut faults = Faults::default();
    let mut object = serde_json::Map::new();
    let mut numbered_enums = Vec::new();
    for (field, value) in field::ALL.iter().zip(values) {
        // null means "as if absent".
        let Some(value) = value.filter(|value| !value.is_null()) else { continue };
        let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
        if let (Kind::Enum, Some(number)) = (field.kind, number) {
            // In protobuf JSON an enum may be any number; like one on the wire it is judged with
            // the other fields, so that of several faults the lowest field number is reported.
            numbered_enums.push((*field, number));
        } else {
            check_value(*field, &value, &mut faults);
            object.insert(field.name.to_owned(), value);
        }
    }
    faults.into_result()?;
    let mut spec: SlidingWindowSpec = serde_json::from_value(Value::Object(object))
        .map_err(|error| Error::new(Code::Internal, "", error.to_string()))?;
    for (field, number) in numbered_enums {
        match field {
            field::KIND => spec.kind = number,
            field::CALENDAR_UNIT => spec.calendar_unit = number,
            _ => spec.week_start = number,
        }
    }
    Ok(spec)
}

/// Refuses a value that protobuf JSON does not allow for a field: alone in a message, it is read.
fn check_value(field: Field, value: &Value, faults: &mut Faults) {
    let alone = Value::Object([(field.name.to_owned(), value.clone())].into_iter().collect());
    if serde_json::from_value::<SlidingWindowSpec>(alone).is_err() {
        let wanted = match field.kind {
            Kind::Int64 => "an integer of 64 bits",
            Kind::Uint32 => "an integer in 0..=4294967295",
            Kind::Enum => "the name of a value, or its number",
            Kind::Bool => "true or false",
            Kind::String => "a text",
        };
        // JSON escapes control characters, but for DEL and those above it.
        let got = quoted(&value.to_string()).replace(char::is_control, "\u{fffd}");
        faults.invalid(field, format!("{} must be {wanted}, got {got}", field.name));
    }
}

/// The members of a JSON object in their order, repeated names included: a map would keep the last
/// of them in silence.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Members, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        reader.deserialize_map(Object)
    }
}

/// The protobuf JSON of a spec, with the field names of the proto.
///
/// Errors: `INVALID_SPEC` at an enum field whose number has no name.
pub fn to_json(spec: &SlidingWindowSpec) -> Result<String, Error> {
    let mut faults = Faults::default();
    known::<WindowKind>(field::KIND, spec.kind, &mut faults);
    known::<CalendarUnitField>(field::CALENDAR_UNIT, spec.calendar_unit, &mut faults);
    known::<Weekday>(field::WEEK_START, spec.week_start, &mut faults);
    faults.into_result()?;
    serde_json::to_string(spec).map_err(|error| Error::new(Code::Internal, "", error.to_string()))
}

fn check_size(bytes: usize) -> Result<(), Error> {
    if bytes <= SPEC_BYTES_MAX {
        return Ok(());
    }
    let message = format!("a spec must be at most {SPEC_BYTES_MAX} bytes, got {bytes}");
    Err(Error::new(Code::Corrupt, "", message))
}

/// Whether a JSON name means a field: by its proto name or its lowerCamelCase name.
fn is_named(field: Field, name: &str) -> bool {
    let mut camel = String::new();
    for (i, part) in field.name.split('_').enumerate() {
        match part.split_at_checked(1) {
            Some((first, rest)) if i > 0 => camel += &(first.to_ascii_uppercase() + rest),
            _ => camel += part,
        }
    }
    field.name == name || camel == name
}

/// Finds what protobuf decoding passes over in silence: unknown fields, and 64-bit varints in
/// 32-bit fields. The bytes are known to be well formed.
fn check_wire(bytes: &[u8]) -> Result<(), Error> {
    let mut unknown: Option<u64> = None;
    let mut faults = Faults::default();
    let mut rest = bytes;
    // Fields inside a group (deprecated, and always unknown here) belong to the group.
    let mut depth = 0_u32;
    while let Some(key) = take_varint(&mut rest) {
        let number = key >> 3;
        let known = field::ALL.iter().find(|field| u64::from(field.number) == number);
        if known.is_none() && depth == 0 {
            unknown = Some(unknown.map_or(number, |lowest| lowest.min(number)));
        }
        let skipped = match key & 7 {
            0 => {
                let value = take_varint(&mut rest).unwrap_or(0);
                if let (Some(field), 0) = (known, depth) {
                    check_width(*field, value, &mut faults);
                }
                0
            }
            1 => 8,
            2 => take_varint(&mut rest).unwrap_or(0),
            3 => {
                depth += 1;
                0
            }
            4 => {
                depth = depth.saturating_sub(1);
                0
            }
            _ => 4,
        };
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        rest = rest.get(skipped..).unwrap_or_default();
    }
    if let Some(number) = unknown {
        let message = format!(
            "field {number} is not known to paneline {}; it may change the windows, so the spec is \
             refused",
            env!("CARGO_PKG_VERSION")
        );
        return Err(Error::new(Code::UnsupportedField, format!("#{number}"), message));
    }
    faults.into_result()
}

fn check_width(field: Field, value: u64, faults: &mut Faults) {
    #[expect(clippy::cast_possible_wrap, reason = "a negative enum is a varint of 2^64 - n")]
    let fits = match field.kind {
        Kind::Uint32 => u32::try_from(value).is_ok(),
        Kind::Enum => i32::try_from(value as i64).is_ok(),
        Kind::Int64 | Kind::Bool | Kind::String => true,
    };
    if !fits {
        faults.invalid(field, format!("{} must fit 32 bits, got {value}", field.name));
    }
}

/// Takes a base-128 varint off the front; `None` at the end.
fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}
