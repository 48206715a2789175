//! The members of a JSON object and where in the text they stand.
//!
//! It finds places for messages and lines for rows; what a spec's JSON means the core says.
//! Invariant: every member is kept, in the order of the text, repeated names included. Worked case:
//! in `{"a": 1, "b": [2]}` the value of `b` is `[2]` at byte 14.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    /// Its name, escapes undone.
    pub(crate) name: String,
    /// Its value as it is written.
    pub(crate) value: &'a str,
    /// Where the value stands in the text, in bytes.
    pub(crate) place: Range<usize>,
}

/// The members of the object that a text is.
pub(crate) fn members(text: &str) -> Result<Vec<Member<'_>>, serde_json::Error> {
    let Members(members) = serde_json::from_str(text)?;
    let members = members.into_iter().map(|(name, value)| {
        // The value is a part of the text, so its address tells where.
        let start = value.get().as_ptr().addr().saturating_sub(text.as_ptr().addr());
        let value = value.get();
        Member { name, value, place: start..start + value.len() }
    });
    Ok(members.collect())
}

/// The place of the name that belongs to a value.
pub(crate) fn name_place(text: &str, value: &Range<usize>) -> Range<usize> {
    let before = text.get(..value.start).unwrap_or_default();
    let end = before.trim_end().trim_end_matches(':').trim_end().len();
    let inner = before.get(..end.saturating_sub(1)).unwrap_or_default();
    // Back to the quote that opens the name: one that no backslash, or an even number, precedes.
    let opens = |quote: &usize| {
        let slashes = inner[..*quote].bytes().rev().take_while(|byte| *byte == b'\\').count();
        slashes % 2 == 0
    };
    let start = inner.rmatch_indices('"').map(|(quote, _)| quote).find(opens).unwrap_or(0);
    start..end
}

struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Members<'de>, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
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

/// The line and the column of a byte, both from 1; a column is a character.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (line, before[start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::{line_and_column, members, name_place};

    /// Protects the places: of values of every kind, of names with escapes, of repeated names.
    #[test]
    fn places() {
        let text = "{\n \"a\" : 1, \"b\\\"\\\\\":[2,{}],\"a\":\"\u{e4}\" }";
        let found = members(text).unwrap();
        let told: Vec<(&str, &str)> =
            found.iter().map(|member| (member.name.as_str(), member.value)).collect();
        assert_eq!(told, [("a", "1"), ("b\"\\", "[2,{}]"), ("a", "\"\u{e4}\"")]);
        for member in &found {
            assert_eq!(&text[member.place.clone()], member.value);
        }
        let names: Vec<&str> =
            found.iter().map(|member| &text[name_place(text, &member.place)]).collect();
        assert_eq!(names, ["\"a\"", "\"b\\\"\\\\\"", "\"a\""]);
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, found[1].place.start), (2, 19));
        assert!(members("[1]").is_err() && members("{\"a\":1} x").is_err());
    }
}
