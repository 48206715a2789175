//! The bytes of a file on their way to a reader, kept from the current record on.
//!
//! A reader of records looks ahead; this remembers what it was given, so that the record's own text
//! and line can be told. Invariant: no more is kept than one record and what was read ahead, and a
//! record that does not end is an error: after 16 MiB of an open quote nothing more is read.

use std::collections::VecDeque;
use std::io::{self, Read};

use crate::progress::Progress;

/// No row of data has as much; a file without line ends, or with an open quote, has.
const RECORD_BYTES_MAX: usize = 16 << 20;
/// What was passed is dropped when it is worth a move of the rest.
const PASSED_BYTES_MAX: usize = 1 << 16;
/// Formats that are no text begin with as many.
const PEEKED_BYTES: u64 = 4;

/// A file being read.
pub(super) struct Source {
    bytes: Box<dyn Read>,
    progress: Progress,
    /// What was read, from the byte `kept_from` of the file on.
    kept: Vec<u8>,
    kept_from: u64,
    /// How much of it was passed.
    passed: usize,
    /// The line of the first byte that was not passed, from 1.
    line: u64,
    /// What was looked at and not yet given to the reader.
    peeked: VecDeque<u8>,
}

impl Source {
    pub(super) fn new(bytes: Box<dyn Read>, progress: Progress) -> Source {
        Source {
            bytes,
            progress,
            kept: Vec::new(),
            kept_from: 0,
            passed: 0,
            line: 1,
            peeked: VecDeque::new(),
        }
    }

    /// The first bytes of the file, as many as tell what it is.
    pub(super) fn peek(&mut self) -> io::Result<Vec<u8>> {
        let mut first = Vec::new();
        self.bytes.by_ref().take(PEEKED_BYTES).read_to_end(&mut first)?;
        self.peeked = first.clone().into();
        Ok(first)
    }

    /// Passes everything up to a byte of the file and the line ends after it; the text from there
    /// up to `end`, and its line.
    pub(super) fn record(&mut self, start: u64, end: u64) -> (u64, &[u8]) {
        let place = |byte: u64| usize::try_from(byte - self.kept_from).unwrap_or(usize::MAX);
        let (start, end) = (place(start).min(self.kept.len()), place(end).min(self.kept.len()));
        let blank =
            self.kept[start..end].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = start + blank;
        let lines = self.kept[self.passed..start].split(|byte| *byte == b'\n').count();
        self.line += lines as u64 - 1;
        self.passed = start;
        (self.line, &self.kept[start..end])
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match self.peeked.read(buffer)? {
            0 => self.bytes.read(buffer)?,
            peeked => peeked,
        };
        if self.passed > PASSED_BYTES_MAX {
            self.kept.drain(..self.passed);
            self.kept_from += self.passed as u64;
            self.passed = 0;
        }
        if self.kept.len() - self.passed > RECORD_BYTES_MAX {
            let message = format!("a record at line {} has more than 16 MiB", self.line);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        self.kept.extend_from_slice(&buffer[..count]);
        self.progress.add(count as u64);
        Ok(count)
    }
}
