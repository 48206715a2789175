//! Rows of a CSV file.
//!
//! It finds columns by the names in the header and reads records. Invariant: a row's line is the
//! line of the file its record starts on, blank lines and quoted line ends counted, as an editor
//! counts them.

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::source::Source;
use super::{Place, Row, Time};
use crate::failure::Failure;

/// A CSV file being read.
pub(crate) struct Rows {
    reader: Reader<Source>,
    record: ByteRecord,
    name: String,
    /// How many there are.
    columns: usize,
    time: usize,
    value: Option<usize>,
}

impl Rows {
    /// Finds the columns in the header.
    pub(super) fn new(
        source: Source,
        name: String,
        time: &str,
        value: Option<&str>,
    ) -> Result<Rows, Failure> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(source);
        let header: Vec<String> = reader
            .byte_headers()
            .map_err(|error| Failure::unreadable(&name, &error))?
            .iter()
            .map(|field| String::from_utf8_lossy(field).trim().to_owned())
            .collect();
        let column = |flag, wanted| super::column(&header, flag, wanted, &name);
        let time = column("--time", time)?;
        let value = value.map(|value| column("--value", value)).transpose()?;
        let columns = header.len();
        Ok(Rows { reader, record: ByteRecord::new(), name, columns, time, value })
    }

    /// The file's name as messages give it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The next row; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Row>, Failure> {
        let start = self.reader.position().byte();
        // What came before is passed now, so that a record that does not end is told by its line.
        self.reader.get_mut().record(start, start);
        let more = self
            .reader
            .read_byte_record(&mut self.record)
            .map_err(|error| Failure::unreadable(&self.name, &error))?;
        if !more {
            return Ok(None);
        }
        let end = self.reader.position().byte();
        let (line, text) = self.reader.get_mut().record(start, end);
        let column = column(text, self.time);
        let cell =
            |column| self.record.get(column).map(|cell| String::from_utf8_lossy(cell).into_owned());
        let got = self.record.len();
        let time = cell(self.time).map(Time::Text);
        let time = time.ok_or_else(|| "the row is too short to have it".to_owned());
        Ok(Some(Row {
            place: Place::Text { line, column },
            time,
            value: self.value.and_then(cell),
            ragged: (got != self.columns).then(|| format!("{got} of {} fields", self.columns)),
        }))
    }
}

/// The column of a cell in the text of its record, in characters from 1; 1 if it is not on the
/// first line.
fn column(record: &[u8], cell: usize) -> u32 {
    let mut at = 0;
    for _ in 0..cell {
        let mut quoted = false;
        // A quote opens only at the start of a cell; a doubled one closes and opens again.
        let opens = record.get(at) == Some(&b'"');
        let length = record[at..].iter().position(|byte| {
            quoted ^= opens && *byte == b'"';
            !quoted && matches!(byte, b',' | b'\n')
        });
        match length {
            Some(length) if record[at + length] == b',' => at += length + 1,
            _ => return 1,
        }
    }
    if record[..at].contains(&b'\n') {
        return 1;
    }
    // A byte that goes on with a character is none of its own.
    let characters = record[..at].iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    u32::try_from(characters + 1).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::column;

    /// Protects the column: quotes, doubled quotes, commas and line ends in quotes, characters of
    /// several bytes, and cells that are not there.
    #[test]
    fn columns() {
        for (record, cell, wanted) in [
            ("2014,1", 0, 1),
            ("a,2014", 1, 3),
            ("7,\"a \"\"b\"\"\",2014", 2, 13),
            ("\"a,b\",2014", 1, 7),
            ("\u{e4}\u{1f552},2014", 1, 4),
            ("a\"b,2014", 1, 5),
            ("\"a\nb\",2014", 1, 1),
            ("a\n", 1, 1),
            ("", 1, 1),
            (",,", 2, 3),
        ] {
            assert_eq!(column(record.as_bytes(), cell), wanted, "{record:?}");
        }
    }
}
