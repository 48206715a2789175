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
    use crate::v1::{CalendarUnit, Code, SlidingWindowSpec, Weekday, WindowKind};

    include!("v1_json.rs");
}

/// Numbers and names of the messages' fields.
pub mod fields {
    include!("fields.rs");
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
}

/// The type of a field's values, as far as strict readers must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `int64` or `sint64`.
    Int64,
    /// `uint32`, which keeps the low half of a wire varint.
    Uint32,
    /// An enum, which keeps the low half of a wire varint.
    Enum,
    /// `bool`.
    Bool,
    /// `string`.
    String,
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
