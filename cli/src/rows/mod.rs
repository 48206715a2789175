//! Rows of a file of data, as CSV or as lines of JSON: where each stands, its time, its value.
//!
//! It reads and finds places; what a time means is decided elsewhere. Invariant: `line` and
//! `column` open the time cell in an editor, whatever the lines before it hold. Worked case: in
//! `7,"a ""b""",2014-11-02 01:30` the time is at column 13.

mod csv;
mod jsonl;
mod source;

use std::path::Path;

use paneline::Code;

use crate::civil::{Moment, parse_moment};
use crate::console::Console;
use crate::failure::Failure;
use crate::input;
use crate::progress::Progress;

use self::source::Source;

/// How many columns an error lists.
const LISTED_MAX: usize = 12;
/// How much of a hostile cell an error quotes.
const QUOTED_CHARS_MAX: usize = 40;

/// More rows than 19 years have minutes. A limit, because rows are kept until the last is read.
const ROWS_MAX: u64 = 10_000_000;

/// A file of data being read.
pub(crate) struct Rows {
    reader: Reader,
    count: u64,
}

enum Reader {
    Csv(csv::Rows),
    JsonLines(jsonl::Rows),
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row {
    /// The line of the file, from 1.
    pub(crate) line: u64,
    /// The column of the time in that line, in characters from 1; 1 where it stands on no line of
    /// its own.
    pub(crate) column: u32,
    /// The time, or why there is none.
    pub(crate) time: Result<Time, String>,
    /// The value, if one was asked for.
    pub(crate) value: Option<String>,
}

/// The time of a row as it is written.
#[derive(Debug)]
pub(crate) enum Time {
    Text(String),
    /// A number of JSON: milliseconds since 1970-01-01Z.
    Milliseconds(i64),
}

impl Time {
    /// What it says; the error is a sentence about it.
    pub(crate) fn moment(&self) -> Result<Moment, String> {
        match self {
            Time::Text(text) => parse_moment(text).map_err(|why| format!("{} {why}", quoted(text))),
            Time::Milliseconds(t_ms) => Ok(Moment::Instant { t_ms: *t_ms }),
        }
    }
}

/// Whether a file's name says that it is data.
pub(crate) fn is_data(file: &str) -> bool {
    ["csv", "jsonl", "parquet"].into_iter().any(|ending| ends_with(file, ending))
}

fn ends_with(file: &str, ending: &str) -> bool {
    Path::new(file).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

impl Rows {
    /// Opens a file (`-` is standard input) and finds its columns.
    pub(crate) fn open(
        file: &str,
        time: &str,
        value: Option<&str>,
        console: Console,
    ) -> Result<Rows, Failure> {
        if ends_with(file, "parquet") {
            return Err(Failure::new(Code::InvalidArgument, file, "parquet is not read here").hint(
                "write it as CSV or as lines of JSON, for example: duckdb -c \"copy 'file.parquet' \
                 to 'file.csv'\"",
            ));
        }
        let name = input::name(file).to_owned();
        let progress = Progress::new(console, input::size(file));
        let mut source = Source::new(input::open(file)?, progress);
        // Standard input has no name to tell; a line of CSV begins with no brace.
        let is_json = ends_with(file, "jsonl")
            || file == input::STDIN
                && source.peek().map_err(|error| Failure::unreadable(&name, &error))? == Some(b'{');
        let reader = if is_json {
            Reader::JsonLines(jsonl::Rows::new(source, name, time, value))
        } else {
            Reader::Csv(csv::Rows::new(source, name, time, value)?)
        };
        Ok(Rows { reader, count: 0 })
    }

    /// The file's name as messages give it.
    pub(crate) fn name(&self) -> &str {
        match &self.reader {
            Reader::Csv(rows) => rows.name(),
            Reader::JsonLines(rows) => rows.name(),
        }
    }

    /// The next row; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Row>, Failure> {
        let row = match &mut self.reader {
            Reader::Csv(rows) => rows.next()?,
            Reader::JsonLines(rows) => rows.next()?,
        };
        self.count += u64::from(row.is_some());
        if self.count > ROWS_MAX {
            let message = format!("a file may have {ROWS_MAX} rows, and has more");
            return Err(Failure::new(Code::OutOfRange, self.name(), message)
                .hint("split it, for example by years"));
        }
        Ok(row)
    }
}

/// A cell in quotes, short enough for a line of output.
pub(crate) fn quoted(cell: &str) -> String {
    match cell.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => format!("{:?}...", &cell[..end]),
        None => format!("{cell:?}"),
    }
}
