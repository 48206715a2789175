//! What protobuf decoding passes over in silence: unknown fields, and 64-bit varints in 32-bit
//! fields.
//!
//! A walk over the tags of a message and of the messages in it. It decides nothing about values and
//! reads only bytes that were decoded before, so they are well formed. Invariant: what it lets
//! through is read alike by every version that knows the message. Worked number: field 99 inside
//! the window of an engine's spec is `UNSUPPORTED_FIELD` at `window.#99`.

use paneline_proto::{Field, Kind, Place};

use super::{Faults, order, path_text};
use crate::error::{Code, Error};

/// Refuses the unknown field with the lowest path, then the 32-bit field with the lowest path whose
/// value needs more bits.
pub(super) fn check(bytes: &[u8], fields: &'static [Field]) -> Result<(), Error> {
    let mut walk = Walk::default();
    walk.message(bytes, fields);
    walk.unknown.into_result()?;
    walk.wide.into_result()
}

#[derive(Default)]
struct Walk {
    /// Where the message that is walked over stands, from the root.
    path: Vec<Place>,
    unknown: Faults,
    wide: Faults,
}

impl Walk {
    fn message(&mut self, bytes: &[u8], fields: &'static [Field]) {
        let mut rest = bytes;
        let mut values_seen = vec![0_usize; fields.len()];
        // Fields inside a group (deprecated, and always unknown here) belong to the group.
        let mut depth = 0_u32;
        while let Some(key) = take_varint(&mut rest) {
            let number = u32::try_from(key >> 3).unwrap_or(u32::MAX);
            let at = fields.iter().position(|field| field.number == number);
            let place = at.filter(|_| depth == 0).map(|at| {
                let index = if fields[at].repeated { values_seen[at] } else { 0 };
                values_seen[at] += 1;
                fields[at].at(index)
            });
            if at.is_none() && depth == 0 {
                self.unknown_field(number);
            }
            match key & 7 {
                0 => {
                    let value = take_varint(&mut rest).unwrap_or(0);
                    if let Some(place) = place {
                        self.number(place, value);
                    }
                }
                1 => drop(take_bytes(&mut rest, 8)),
                2 => {
                    let length = take_varint(&mut rest).unwrap_or(0);
                    let inner = take_bytes(&mut rest, length);
                    if let Some(place) = place
                        && let Kind::Message(descriptor) = place.field.kind
                    {
                        self.path.push(place);
                        self.message(inner, descriptor.fields);
                        self.path.pop();
                    }
                }
                3 => depth += 1,
                4 => depth = depth.saturating_sub(1),
                _ => drop(take_bytes(&mut rest, 4)),
            }
        }
    }

    fn unknown_field(&mut self, number: u32) {
        let path = &self.path;
        self.unknown.note(order(path).chain([(number, 0)]), || {
            let dot = if path.is_empty() { "" } else { "." };
            let message = format!(
                "field {number} is not known to paneline {}; it may change the windows, so the \
                 spec is refused",
                env!("CARGO_PKG_VERSION")
            );
            Error::new(
                Code::UnsupportedField,
                format!("{}{dot}#{number}", path_text(path)),
                message,
            )
        });
    }

    fn number(&mut self, place: Place, value: u64) {
        #[expect(clippy::cast_possible_wrap, reason = "a negative enum is a varint of 2^64 - n")]
        let fits = match place.field.kind {
            Kind::Uint32 => u32::try_from(value).is_ok(),
            Kind::Enum => i32::try_from(value as i64).is_ok(),
            Kind::Int64 | Kind::Uint64 | Kind::Bool | Kind::String | Kind::Message(_) => true,
        };
        if !fits {
            self.path.push(place);
            self.wide.invalid_at(&self.path, || format!("must fit 32 bits, got {value}"));
            self.path.pop();
        }
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

/// Takes so many bytes off the front; all of them where there are fewer.
fn take_bytes<'a>(bytes: &mut &'a [u8], length: u64) -> &'a [u8] {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let (taken, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
    *bytes = rest;
    taken
}
