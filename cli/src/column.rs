//! Rows of a CSV file: the line each stands on, its time cell, its value cell.
//!
//! It finds columns by the names in the header and reads records; what a cell means is decided
//! elsewhere. Invariant: a row's line is the line of the file its record starts on, blank lines and
//! quoted line ends counted, so that `file:line` opens in an editor.

use std::collections::VecDeque;
use std::io::{self, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};
use paneline::Code;

use crate::failure::Failure;
use crate::input;

/// How many columns an error lists.
const LISTED_MAX: usize = 12;
/// How much of a hostile cell an error quotes.
const QUOTED_CHARS_MAX: usize = 40;

/// A CSV file being read.
pub(crate) struct Rows {
    reader: Reader<Lines>,
    record: ByteRecord,
    name: String,
    time: usize,
    value: Option<usize>,
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row {
    /// The line of the file, from 1.
    pub(crate) line: u64,
    /// The time cell; none if the record is too short to have one.
    pub(crate) time: Option<String>,
    /// The value cell, if one was asked for.
    pub(crate) value: Option<String>,
}

impl Rows {
    /// Opens a file (`-` is standard input) and finds the columns in its header.
    pub(crate) fn open(file: &str, time: &str, value: Option<&str>) -> Result<Rows, Failure> {
        let name = input::name(file).to_owned();
        let source = input::open(file)?;
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(Lines::of(source));
        let header: Vec<String> = reader
            .byte_headers()
            .map_err(|error| Failure::unreadable(&name, &error))?
            .iter()
            .map(|field| String::from_utf8_lossy(field).trim().to_owned())
            .collect();
        let column = |flag: &str, wanted: &str| {
            let mut places = (0..header.len()).filter(|&place| header[place] == wanted);
            let (first, second) = (places.next(), places.next());
            if let (Some(first), Some(second)) = (first, second) {
                let message = format!("column {wanted:?} appears twice in {name}");
                let hint = format!("columns {} and {} have the name", first + 1, second + 1);
                return Err(Failure::new(Code::InvalidArgument, flag, message).hint(hint));
            }
            first.ok_or_else(|| {
                let listed: Vec<&str> =
                    header.iter().take(LISTED_MAX).map(String::as_str).collect();
                let columns = match header.len() {
                    0 => "the file is empty".to_owned(),
                    1..=LISTED_MAX => format!("the columns are {}", listed.join(", ")),
                    more => format!("the first of {more} columns are {}", listed.join(", ")),
                };
                let message = format!("{name} has no column {wanted:?}");
                Failure::new(Code::InvalidArgument, flag, message).hint(columns)
            })
        };
        let time = column("--time", time)?;
        let value = value.map(|value| column("--value", value)).transpose()?;
        Ok(Rows { reader, record: ByteRecord::new(), name, time, value })
    }

    /// The file's name as messages give it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The next row; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Row>, Failure> {
        let more = self
            .reader
            .read_byte_record(&mut self.record)
            .map_err(|error| Failure::unreadable(&self.name, &error))?;
        if !more {
            return Ok(None);
        }
        // The reader's own line is that before the blank lines it skipped, and one less after CRLF.
        // The record's last byte, its LF if it has one, tells its last line.
        let last = self.reader.position().byte().saturating_sub(1);
        let inner = self.record.iter().flatten().filter(|&&byte| byte == b'\n').count();
        let line = self.reader.get_mut().line_of(last).saturating_sub(inner as u64);
        let cell =
            |column| self.record.get(column).map(|cell| String::from_utf8_lossy(cell).into_owned());
        Ok(Some(Row { line, time: cell(self.time), value: self.value.and_then(cell) }))
    }
}

/// A source that remembers where its lines end, from the byte last asked for.
struct Lines {
    source: Box<dyn Read>,
    bytes: u64,
    ends: VecDeque<u64>,
    passed: u64,
}

impl Lines {
    fn of(source: Box<dyn Read>) -> Lines {
        Lines { source, bytes: 0, ends: VecDeque::new(), passed: 0 }
    }

    /// The line, from 1, that holds a byte; bytes are asked for in ascending order.
    fn line_of(&mut self, byte: u64) -> u64 {
        while self.ends.front().is_some_and(|&end| end < byte) {
            self.ends.pop_front();
            self.passed += 1;
        }
        self.passed + 1
    }
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        for (&byte, at) in buffer[..count].iter().zip(self.bytes..) {
            if byte == b'\n' {
                self.ends.push_back(at);
            }
        }
        self.bytes += count as u64;
        Ok(count)
    }
}

/// A cell in quotes, short enough for a line of output.
pub(crate) fn quoted(cell: &str) -> String {
    match cell.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => format!("{:?}...", &cell[..end]),
        None => format!("{cell:?}"),
    }
}
