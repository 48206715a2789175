//! The protobuf messages of paneline, generated and checked in.
//!
//! This crate holds data types and nothing else: no rule about windows, no validation. `make gen`
//! rewrites `v1.rs`, `v1_json.rs` and `fields.rs` from `paneline/v1/*.proto`; a test fails when
//! they differ. It is the only crate that names prost, so that the wire library can be replaced
//! behind [`decode`] and [`encode`].

/// The messages of `package paneline.v1`.
#[allow(clippy::pedantic, unused_qualifications, reason = "generated code")]
#[rustfmt::skip]
pub mod v1;

/// Protobuf JSON of the messages.
#[allow(
    clippy::pedantic,
    unused_qualifications,
    elided_lifetimes_in_paths,
    reason = "generated code"
)]
mod v1_json {
    use crate::v1::{
        Aggregate, CalendarUnit, Code, EngineSpec, Function, KeyType, SlidingWindowSpec,
        ValueColumn, ValueType, Weekday, WindowKind, engine_spec,
    };

    include!("v1_json.rs");
}

/// Numbers and names of the messages' fields.
pub mod fields {
    include!("fields.rs");
}

/// A message that strict readers know field by field. `fields.rs` implements it for each.
pub trait Message:
    prost::Message + Default + serde::Serialize + serde::de::DeserializeOwned
{
    /// Its name and its fields.
    const DESCRIPTOR: &'static Descriptor;

    /// The number of the enum at the end of a path; `None` where there is no such enum.
    fn enum_mut(&mut self, path: &[Place]) -> Option<&mut i32>;
}

/// The name and the fields of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The name in the proto: `SlidingWindowSpec`.
    pub name: &'static str,
    /// Every field, in the order of the proto.
    pub fields: &'static [Field],
}

/// A field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The number on the wire.
    pub number: u32,
    /// The name in the proto, which is the `path` of an error.
    pub name: &'static str,
    /// The type of its values.
    pub kind: Kind,
    /// Whether it holds a list of values.
    pub repeated: bool,
}

impl Field {
    /// The field, or one of its values where it is repeated, as a step of a path.
    pub const fn at(self, index: usize) -> Place {
        Place { field: self, index }
    }
}

/// A step of a path into a message: `window`, or `values[3]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The field.
    pub field: Field,
    /// Which of its values, 0 where it holds only one.
    pub index: usize,
}

/// The type of a field's values, as far as strict readers must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `int64` or `sint64`.
    Int64,
    /// `uint32`, which keeps the low half of a wire varint.
    Uint32,
    /// `uint64`.
    Uint64,
    /// An enum, which keeps the low half of a wire varint.
    Enum,
    /// `bool`.
    Bool,
    /// `string`.
    String,
    /// A message.
    Message(&'static Descriptor),
}

/// `windows: Some(spec.into())` of an engine's spec.
impl From<v1::SlidingWindowSpec> for v1::engine_spec::Windows {
    fn from(window: v1::SlidingWindowSpec) -> Self {
        Self::Window(window)
    }
}

/// Reads a message as protobuf does: unknown fields vanish. `Err` says what is malformed.
pub fn decode<M: prost::Message + Default>(bytes: &[u8]) -> Result<M, String> {
    M::decode(bytes).map_err(|error| {
        let text = error.to_string();
        text.strip_prefix("failed to decode Protobuf message: ").unwrap_or(&text).to_owned()
    })
}

/// The protobuf bytes of a message.
pub fn encode<M: prost::Message>(message: &M) -> Vec<u8> {
    message.encode_to_vec()
}
