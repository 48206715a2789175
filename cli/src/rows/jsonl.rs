//! Rows of a file with a JSON object on each line.
//!
//! The time and the value are members of the object; others are passed over. A time is a text, or a
//! whole number of milliseconds since 1970-01-01Z. Invariant: each line is a row, blank ones are
//! none, and a line that is no object is a row whose time cannot be read. Worked case:
//! `{"t":1414900800000}` is 2014-11-02T04:00Z, at column 6.

use std::io::{BufRead as _, BufReader};

use super::source::Source;
use super::{NO_TIME, Place, Row, Time};
use crate::failure::Failure;
use crate::json_text::{Member, members};

/// A file of JSON lines being read.
pub(crate) struct Rows {
    source: BufReader<Source>,
    /// How much of the file the lines so far have.
    at: u64,
    text: Vec<u8>,
    name: String,
    time: String,
    value: Option<String>,
}

impl Rows {
    pub(super) fn new(source: Source, name: String, time: &str, value: Option<&str>) -> Rows {
        Rows {
            source: BufReader::new(source),
            at: 0,
            text: Vec::new(),
            name,
            time: time.to_owned(),
            value: value.map(str::to_owned),
        }
    }

    /// The file's name as messages give it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The next row; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Row>, Failure> {
        loop {
            self.text.clear();
            let start = self.at;
            let count = self
                .source
                .read_until(b'\n', &mut self.text)
                .map_err(|error| Failure::unreadable(&self.name, &error))?;
            if count == 0 {
                return Ok(None);
            }
            self.at += count as u64;
            let (line, _) = self.source.get_mut().record(start, start);
            if !self.text.trim_ascii().is_empty() {
                return Ok(Some(self.row(line)));
            }
        }
    }

    fn row(&self, line: u64) -> Row {
        let place =
            |column: usize| Place::Text { line, column: u32::try_from(column).unwrap_or(1) };
        let unreadable = |column, why: String| Row {
            place: place(column),
            time: Err(why),
            value: None,
            ragged: None,
        };
        let Ok(text) = std::str::from_utf8(self.text.trim_ascii_end()) else {
            return unreadable(1, "the line is not UTF-8".to_owned());
        };
        let members = match members(text) {
            Ok(members) => members,
            Err(error) => {
                return unreadable(error.column().max(1), "the line is no JSON object".to_owned());
            }
        };
        // Of a name that is repeated the last counts, as in most readers of JSON.
        let member = |name: &str| members.iter().rfind(|member| member.name == name);
        let Some(time) = member(&self.time) else {
            return unreadable(1, "the object has no such member".to_owned());
        };
        let column = text[..time.place.start].chars().count() + 1;
        let value = self.value.as_deref().and_then(member);
        let value = value.filter(|member| member.value != "null").map(plain);
        let is_null = time.value == "null";
        let time = if is_null { Err(NO_TIME.to_owned()) } else { Ok(Time::Text(plain(time))) };
        Row { place: place(column), time, value, ragged: None }
    }
}

/// The text of a value: a string without its quotes, anything else as it is written.
fn plain(member: &Member<'_>) -> String {
    serde_json::from_str(member.value).unwrap_or_else(|_| member.value.to_owned())
}
