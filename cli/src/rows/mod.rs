//! Rows of a file of data, as CSV, lines of JSON or Parquet: where each is, its time, its value.
//!
//! It reads and finds places; what a time means is decided elsewhere. Invariant: the place of a row
//! of text opens the time cell in an editor, whatever the lines before it hold. Worked case: in
//! `7,"a ""b""",2014-11-02 01:30` the time is at column 13.

mod csv;
mod jsonl;
mod parquet;
mod source;

use std::fmt;
use std::path::Path;

use paneline::Code;
use serde::Serialize;

use crate::civil::{Moment, parse_moment};
use crate::console::Console;
use crate::failure::Failure;
use crate::input;
use crate::instant::parse_ms;
use crate::progress::Progress;

use self::source::Source;

/// What is said of a time that is null or empty, whatever the format.
const NO_TIME: &str = "the time is null or empty";

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
    /// Boxed: it holds decoders.
    Parquet(Box<parquet::Rows>),
}

/// Where in a file the time of a row stands, from 1.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Place {
    /// A line, and the column in it in characters: 1 where the time stands on no line of its own.
    Text { line: u64, column: u32 },
    /// A row of a file that is no text.
    Row { row: u64 },
}

impl Place {
    /// What is counted, and which of them it is.
    pub(crate) fn counted(self) -> (&'static str, u64) {
        match self {
            Place::Text { line, .. } => ("line", line),
            Place::Row { row } => ("row", row),
        }
    }
}

/// As it follows the file's name and a colon.
impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Text { line, column } => write!(out, "{line}:{column}"),
            Place::Row { row } => write!(out, "{row}"),
        }
    }
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) place: Place,
    /// The time, or why there is none.
    pub(crate) time: Result<Time, String>,
    /// The value, if one was asked for.
    pub(crate) value: Option<String>,
    /// What is wrong with the row as a whole, though its time may be right.
    pub(crate) ragged: Option<String>,
}

/// The time of a row as it is written.
#[derive(Debug)]
pub(crate) enum Time {
    Text(String),
    /// A timestamp, of which the file's format says what it means.
    Moment(Moment),
}

impl Time {
    /// What it says; the error is a sentence about it.
    pub(crate) fn moment(&self) -> Result<Moment, String> {
        match self {
            Time::Text(text) if text.trim_ascii().is_empty() => Err(NO_TIME.to_owned()),
            Time::Text(text) => match parse_ms(text) {
                Some(Ok(t_ms)) => Ok(Moment::Instant { t_ms }),
                Some(Err(why)) => Err(format!("{} {why}", quoted(text))),
                None => parse_moment(text).map_err(|why| format!("{} {why}", quoted(text))),
            },
            Time::Moment(moment) => Ok(*moment),
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
            let rows = parquet::Rows::open(file, time, value, console)?;
            return Ok(Rows { reader: Reader::Parquet(Box::new(rows)), count: 0 });
        }
        let name = input::name(file).to_owned();
        let progress = Progress::new(console, input::size(file));
        let mut source = Source::new(input::open(file)?, progress);
        let first = source.peek().map_err(|error| Failure::unreadable(&name, &error))?;
        if first == parquet::MAGIC {
            let message = "parquet is read from its end, so from a file that ends in .parquet";
            return Err(Failure::new(Code::InvalidArgument, name, message)
                .hint("save it under such a name"));
        }
        // Standard input has no name to tell; a line of CSV begins with no brace.
        let is_json = ends_with(file, "jsonl") || file == input::STDIN && first.starts_with(b"{");
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
            Reader::Parquet(rows) => rows.name(),
        }
    }

    /// The next row; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Row>, Failure> {
        let row = match &mut self.reader {
            Reader::Csv(rows) => rows.next()?,
            Reader::JsonLines(rows) => rows.next()?,
            Reader::Parquet(rows) => rows.next()?,
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

/// The refusal of a reading where no zone was named; `fix` says where to name one.
pub(crate) fn no_zone(place: String, fix: &str) -> Failure {
    let message = format!(
        "the time has no offset, and the zone whose wall clock it was read from is missing; write \
         {fix} if it is UTC"
    );
    Failure::new(Code::InvalidArgument, place, message)
}

/// Which of a file's columns has the name that a flag gives.
fn column(names: &[String], flag: &str, wanted: &str, file: &str) -> Result<usize, Failure> {
    let mut places = (0..names.len()).filter(|&place| names[place] == wanted);
    let (first, second) = (places.next(), places.next());
    if let (Some(first), Some(second)) = (first, second) {
        let message = format!("column {wanted:?} appears twice in {file}");
        let hint = format!("columns {} and {} have the name", first + 1, second + 1);
        return Err(Failure::new(Code::InvalidArgument, flag, message).hint(hint));
    }
    first.ok_or_else(|| {
        let listed: Vec<&str> = names.iter().take(LISTED_MAX).map(String::as_str).collect();
        let columns = match names.len() {
            0 => "the file is empty".to_owned(),
            1..=LISTED_MAX => format!("the columns are {}", listed.join(", ")),
            more => format!("the first of {more} columns are {}", listed.join(", ")),
        };
        let message = format!("{file} has no column {wanted:?}");
        Failure::new(Code::InvalidArgument, flag, message).hint(columns)
    })
}

/// A cell in quotes, short enough for a line of output.
pub(crate) fn quoted(cell: &str) -> String {
    match cell.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => format!("{:?}...", &cell[..end]),
        None => format!("{cell:?}"),
    }
}
