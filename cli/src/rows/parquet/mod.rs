//! Rows of a Parquet file.
//!
//! It finds columns by name, says what their types mean and decodes them side by side, some
//! thousand rows at a time. Timestamps adjusted to UTC are instants and others readings of a wall
//! clock; digits below 1 ms are floored; whole numbers are milliseconds and texts are read, both as
//! in the other formats. Invariant: a row has a time and a value of the same row, or the file is
//! refused: columns of unequal length, a cut page and a decoder that panics are errors that name
//! the row. Worked case: -1 µs is 1969-12-31 23:59:59.999.

mod cells;
mod claims;
mod source;

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use paneline::Code;
use parquet::basic::{Compression, Encoding};
use parquet::errors::{ParquetError, Result as Decoded};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use self::cells::{Cells, Kind};
use self::source::Source;
use super::{NO_TIME, Place, Row, Time};
use crate::civil::Moment;
use crate::console::Console;
use crate::failure::Failure;
use crate::progress::Progress;

/// How such a file begins and ends.
pub(super) const MAGIC: &[u8] = b"PAR1";

const TIMES: &str = "times are timestamps in ms, us or ns, whole ms of 64 bits, or texts";
const VALUES: &str = "values are integers, floats or texts; cast others, for example to double";

/// A Parquet file being read.
pub(crate) struct Rows {
    metadata: ParquetMetaData,
    source: Arc<Source>,
    name: String,
    time: Cells,
    value: Option<Cells>,
    /// The next row group, and of the one that is open how many rows are still to come.
    group: usize,
    left: Option<u64>,
    /// The row that was given last.
    row: u64,
}

impl Rows {
    /// Finds the columns in the schema.
    pub(super) fn open(
        name: &str,
        time: &str,
        value: Option<&str>,
        console: Console,
    ) -> Result<Rows, Failure> {
        let opened =
            std::fs::File::open(name).map_err(|error| Failure::unreadable(name, &error))?;
        let metadata =
            decode(|| source::metadata(&opened)).map_err(|fault| fault.at(name.to_owned()))?;
        let schema = metadata.file_metadata().schema_descr();
        let fields = schema.root_schema().get_fields();
        let names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
        let cells = |flag, wanted: &str, is_fit: fn(Kind) -> bool, hint| {
            let column = super::column(&names, flag, wanted, name)?;
            let leaf = (0..schema.num_columns())
                .find(|&leaf| schema.get_column_root_idx(leaf) == column)
                .filter(|&leaf| schema.column(leaf).path().parts().len() == 1);
            let cells = leaf.and_then(|leaf| Cells::new(leaf, &schema.column(leaf)));
            cells.filter(|cells| is_fit(cells.kind)).ok_or_else(|| {
                let what =
                    leaf.map_or("nested".to_owned(), |leaf| cells::told(&schema.column(leaf)));
                let message = format!("column {wanted:?} of {name} is {what}");
                Failure::new(Code::InvalidArgument, flag, message).hint(hint)
            })
        };
        let time = cells("--time", time, Kind::is_time, TIMES)?;
        let value =
            value.map(|value| cells("--value", value, Kind::is_value, VALUES)).transpose()?;
        let columns = [Some(&time), value.as_ref()].map(|cells| cells.map(|cells| cells.leaf));
        let packed = packed_bytes(name, &metadata, &columns)?;
        let source = Arc::new(Source::new(opened, Progress::new(console, Some(packed))));
        let name = name.to_owned();
        Ok(Rows { metadata, source, name, time, value, group: 0, left: None, row: 0 })
    }

    /// The file's name as messages give it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The next row; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Row>, Failure> {
        while self.time.is_empty() {
            if !self.decode_some()? {
                return Ok(None);
            }
        }
        self.row += 1;
        let time = match self.time.next() {
            Some(cell) => Ok(self.time.kind.time(cell)),
            None => Err(NO_TIME.to_owned()),
        };
        let value = self.value.as_mut().and_then(Cells::next);
        let value = value.map(|cell| cell.to_string());
        Ok(Some(Row { place: Place::Row { row: self.row }, time, value, ragged: None }))
    }

    /// Decodes the next rows; whether there are any.
    fn decode_some(&mut self) -> Result<bool, Failure> {
        let decoded = match self.left {
            Some(left) => self.decode_rows(left).map(|()| true),
            None => self.open_group(),
        };
        decoded.map_err(|fault| fault.at(format!("{}:{}", self.name, self.row + 1)))
    }

    /// Goes to the next row group; whether there is one.
    fn open_group(&mut self) -> Result<bool, Fault> {
        let Some(group) = self.metadata.row_groups().get(self.group) else { return Ok(false) };
        for cells in [Some(&mut self.time), self.value.as_mut()].into_iter().flatten() {
            decode(|| cells.open(&self.source, group))?;
        }
        let rows = u64::try_from(group.num_rows());
        self.left = Some(rows.map_err(|_| Fault::corrupt("a row group with less than no rows"))?);
        self.group += 1;
        Ok(true)
    }

    /// Decodes rows of the row group, which ends where its columns do, and there only.
    fn decode_rows(&mut self, left: u64) -> Result<(), Fault> {
        let rows = decode(|| self.time.decode())?;
        if let Some(value) = &mut self.value
            && decode(|| value.decode())? != rows
        {
            return Err(Fault::corrupt("the columns have not the same number of rows"));
        }
        self.left = match left.checked_sub(rows) {
            Some(0) if rows == 0 => None,
            Some(left) if rows > 0 => Some(left),
            _ => return Err(Fault::corrupt("the row group has not as many rows as it says")),
        };
        Ok(())
    }
}

/// How many bytes of the file columns have. Refuses what cannot be unpacked within bounds.
fn packed_bytes(
    name: &str,
    metadata: &ParquetMetaData,
    leaves: &[Option<usize>],
) -> Result<u64, Failure> {
    let mut packed = 0_u64;
    for group in metadata.row_groups() {
        for column in leaves.iter().flatten().map(|&leaf| group.column(leaf)) {
            if let Some(what) = unbounded(column) {
                let message = format!("{what} are not read here");
                return Err(Failure::new(Code::InvalidArgument, name, message)
                    .hint("copy it: duckdb -c \"copy 'old.parquet' to 'new.parquet'\""));
            }
            packed = packed.saturating_add(column.compressed_size().try_into().unwrap_or(0));
        }
    }
    Ok(packed)
}

/// What in a column makes the decoder take memory without a bound.
fn unbounded(column: &ColumnChunkMetaData) -> Option<String> {
    if column.encodings().any(|encoding| encoding == Encoding::DELTA_BYTE_ARRAY) {
        return Some("texts in DELTA_BYTE_ARRAY".to_owned());
    }
    match column.compression() {
        Compression::UNCOMPRESSED
        | Compression::SNAPPY
        | Compression::ZSTD(_)
        | Compression::LZ4_RAW => None,
        // Its level stands behind it.
        codec => {
            codec.to_string().split('(').next().map(|codec| format!("pages packed by {codec}"))
        }
    }
}

/// What the decoder makes of a file. It panics on some that are damaged; nothing of it is used
/// after that.
fn decode<T>(read: impl FnOnce() -> Decoded<T>) -> Result<T, Fault> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let decoded = panic::catch_unwind(AssertUnwindSafe(read));
    panic::set_hook(hook);
    match decoded {
        Ok(decoded) => decoded.map_err(Fault::from),
        Err(_) => Err(Fault::corrupt("the decoder gave up")),
    }
}

/// Why there is nothing decoded.
struct Fault {
    code: Code,
    why: String,
}

impl Fault {
    fn corrupt(why: impl Into<String>) -> Fault {
        Fault { code: Code::Corrupt, why: why.into() }
    }

    fn at(self, place: String) -> Failure {
        if self.code == Code::Io {
            return Failure::unreadable(&place, &self.why);
        }
        Failure::new(self.code, place, format!("the file cannot be decoded: {}", self.why))
            .hint("see whether the program that wrote it can read it, and write it again")
    }
}

impl From<ParquetError> for Fault {
    fn from(error: ParquetError) -> Fault {
        match error {
            ParquetError::General(why) | ParquetError::EOF(why) | ParquetError::NYI(why) => {
                Fault::corrupt(why)
            }
            ParquetError::External(error) => {
                // What unpacks pages has I/O errors as well; only those of the system have numbers.
                let io = error.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
                let code = if io.is_some() { Code::Io } else { Code::Corrupt };
                Fault { code, why: error.to_string() }
            }
            other => Fault::corrupt(other.to_string()),
        }
    }
}

impl Kind {
    /// What a cell of a column of times says.
    fn time(self, cell: cells::Cell) -> Time {
        match (self, cell) {
            (Kind::Readings { ticks_per_ms }, cells::Cell::Whole(ticks)) => {
                Time::Moment(Moment::Local { reading_ms: ticks.div_euclid(ticks_per_ms) })
            }
            (Kind::Instants { ticks_per_ms }, cells::Cell::Whole(ticks)) => {
                Time::Moment(Moment::Instant { t_ms: ticks.div_euclid(ticks_per_ms) })
            }
            (_, other) => Time::Text(other.to_string()),
        }
    }
}
