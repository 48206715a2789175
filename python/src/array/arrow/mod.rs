//! The Arrow C data interface: columns of other libraries in, columns of ours out, without a copy
//! and without any of these libraries.
//!
//! It decides which Arrow types are columns here ([`Type`]). `stream` is the struct that two
//! libraries exchange, `import` takes what a caller's object exports, `chunks` reads it, `export`
//! hands memory of ours out. Types and arrays are arrow-rs' structs. Invariant: what the caller's
//! objects export is taken over once and released once, on whatever way a call ends. Worked number:
//! a polars column of three chunks is one stream, three arrays and no copy.

mod chunks;
mod export;
mod import;
mod stream;

use arrow_schema::DataType;
use paneline::TimeUnit;

pub(crate) use self::chunks::Chunks;
pub(crate) use self::export::{Capsules, array, stream};
pub(crate) use self::import::import;
use super::buffer::Kind;
use super::times::Ticks;

/// What the items of an Arrow column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// Numbers, or ticks since 1970: a timestamp.
    Number(Kind, Option<Ticks>),
    /// Byte strings or text.
    Bytes(Layout),
}

/// How byte strings lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Offsets of 32 bits, and the bytes of all.
    Small,
    /// Offsets of 64 bits, and the bytes of all.
    Large,
    /// For each its length, and its bytes or where they are.
    Views,
}

impl Type {
    /// The type of a column, if it can be one here.
    pub(crate) fn of(r#type: &DataType) -> Option<Type> {
        Some(match r#type {
            DataType::Int64 => Type::Number(Kind::Int64, None),
            DataType::UInt64 => Type::Number(Kind::UInt64, None),
            DataType::Float64 => Type::Number(Kind::Float64, None),
            DataType::UInt32 => Type::Number(Kind::UInt32, None),
            DataType::UInt8 => Type::Number(Kind::UInt8, None),
            DataType::Timestamp(unit, zone) => {
                let unit = match unit {
                    arrow_schema::TimeUnit::Second => TimeUnit::Second,
                    arrow_schema::TimeUnit::Millisecond => TimeUnit::Millisecond,
                    arrow_schema::TimeUnit::Microsecond => TimeUnit::Microsecond,
                    arrow_schema::TimeUnit::Nanosecond => TimeUnit::Nanosecond,
                };
                let ticks = Ticks { unit, units: 1, is_zoned: zone.is_some() };
                Type::Number(Kind::Int64, Some(ticks))
            }
            DataType::Utf8 | DataType::Binary => Type::Bytes(Layout::Small),
            DataType::LargeUtf8 | DataType::LargeBinary => Type::Bytes(Layout::Large),
            DataType::Utf8View | DataType::BinaryView => Type::Bytes(Layout::Views),
            _ => return None,
        })
    }

    /// The bytes of an item, or of what says where a string lies.
    fn width(self) -> usize {
        match self {
            Type::Number(kind, _) => kind.width(),
            Type::Bytes(Layout::Small) => 4,
            Type::Bytes(Layout::Large) => 8,
            Type::Bytes(Layout::Views) => 16,
        }
    }
}
