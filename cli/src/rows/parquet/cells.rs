//! One column of a Parquet file, as cells.
//!
//! It knows the types that can be times or values, and turns what the decoder gives into one cell a
//! row. Invariant: a column has as many cells as rows, null or not, in the file's order. Worked
//! case: a column of 3 rows with 2 values and the levels 1, 0, 1 has the cells `a`, null, `b`.

use std::fmt;
use std::sync::Arc;
use std::vec::IntoIter;

use parquet::basic::{ConvertedType, Encoding, LogicalType, TimeUnit, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};

use super::claims;
use super::source::Source;
use crate::rows::ROWS_MAX;

/// Rows that are decoded at once: little memory, and calls that do not count.
const DECODED_ROWS: usize = 4_096;

/// What the cells of a column mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// Timestamps that are adjusted to UTC.
    Instants {
        ticks_per_ms: i64,
    },
    /// Timestamps that are not: readings of a wall clock.
    Readings {
        ticks_per_ms: i64,
    },
    /// Integers of 64 bits with a sign: as times they are milliseconds since 1970-01-01Z.
    Wholes,
    /// Other integers, and floats.
    Numbers {
        is_signed: bool,
    },
    Texts,
}

/// A cell that is not null.
#[derive(Debug)]
pub(super) enum Cell {
    Whole(i64),
    /// One above the largest `i64`.
    Large(u64),
    Single(f32),
    Double(f64),
    Text(String),
}

impl Kind {
    fn of(column: &ColumnDescriptor) -> Option<Kind> {
        // Types of before there were logical ones; of some logical types there is none of these.
        use ConvertedType::{
            INT_8, INT_16, INT_32, INT_64, NONE, TIMESTAMP_MICROS, TIMESTAMP_MILLIS, UINT_8,
            UINT_16, UINT_32, UINT_64, UTF8,
        };
        match column.logical_type_ref() {
            Some(LogicalType::Timestamp(timestamp)) => {
                let ticks_per_ms = ticks_per_ms(timestamp.unit);
                return Some(if timestamp.is_adjusted_to_u_t_c {
                    Kind::Instants { ticks_per_ms }
                } else {
                    Kind::Readings { ticks_per_ms }
                });
            }
            None | Some(LogicalType::Integer(_) | LogicalType::String) => {}
            Some(_) => return None,
        }
        Some(match (column.physical_type(), column.converted_type()) {
            // These were adjusted to UTC, all of them.
            (Type::INT64, TIMESTAMP_MILLIS) => Kind::Instants { ticks_per_ms: 1 },
            (Type::INT64, TIMESTAMP_MICROS) => Kind::Instants { ticks_per_ms: 1_000 },
            (Type::INT64, NONE | INT_64) => Kind::Wholes,
            (Type::INT32, NONE | INT_8 | INT_16 | INT_32) | (Type::FLOAT | Type::DOUBLE, NONE) => {
                Kind::Numbers { is_signed: true }
            }
            (Type::INT32, UINT_8 | UINT_16 | UINT_32) | (Type::INT64, UINT_64) => {
                Kind::Numbers { is_signed: false }
            }
            (Type::BYTE_ARRAY, NONE | UTF8) => Kind::Texts,
            _ => return None,
        })
    }

    pub(super) fn is_time(self) -> bool {
        !matches!(self, Kind::Numbers { .. })
    }

    pub(super) fn is_value(self) -> bool {
        !matches!(self, Kind::Instants { .. } | Kind::Readings { .. })
    }
}

fn ticks_per_ms(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1,
        TimeUnit::MICROS => 1_000,
        TimeUnit::NANOS => 1_000_000,
    }
}

/// What a refusal calls a column's type.
pub(super) fn told(column: &ColumnDescriptor) -> String {
    match (column.physical_type(), column.logical_type_ref(), column.converted_type()) {
        _ if column.max_rep_level() > 0 => "repeated".to_owned(),
        (Type::INT96, _, _) => {
            "INT96, which does not say whether it is an instant or a reading".to_owned()
        }
        (physical, Some(logical), _) => format!("{physical} with {}", logical_told(logical)),
        (physical, None, ConvertedType::NONE) => physical.to_string(),
        (physical, None, converted) => format!("{physical} with {converted}"),
    }
}

/// A logical type as the format's specification writes it, `DECIMAL(18,2)`: digits, then those
/// behind the point.
fn logical_told(logical: &LogicalType) -> String {
    let unit = |unit| match unit {
        TimeUnit::MILLIS => "MILLIS",
        TimeUnit::MICROS => "MICROS",
        TimeUnit::NANOS => "NANOS",
    };
    let name = match logical {
        LogicalType::Decimal(decimal) => {
            return format!("DECIMAL({},{})", decimal.precision, decimal.scale);
        }
        LogicalType::Time(time) => return format!("TIME({})", unit(time.unit)),
        LogicalType::Timestamp(time) => return format!("TIMESTAMP({})", unit(time.unit)),
        LogicalType::Integer(integer) => {
            return format!("INTEGER({},{})", integer.bit_width, integer.is_signed);
        }
        LogicalType::_Unknown { field_id } => return format!("logical type {field_id}"),
        LogicalType::String => "STRING",
        LogicalType::Map => "MAP",
        LogicalType::List => "LIST",
        LogicalType::Enum => "ENUM",
        LogicalType::Date => "DATE",
        LogicalType::Unknown => "UNKNOWN",
        LogicalType::Json => "JSON",
        LogicalType::Bson => "BSON",
        LogicalType::Uuid => "UUID",
        LogicalType::Float16 => "FLOAT16",
        LogicalType::Variant(_) => "VARIANT",
        LogicalType::Geometry(_) => "GEOMETRY",
        LogicalType::Geography(_) => "GEOGRAPHY",
        LogicalType::File => "FILE",
    };
    name.to_owned()
}

/// A column being read.
pub(super) struct Cells {
    /// Which of the file's columns it is.
    pub(super) leaf: usize,
    pub(super) kind: Kind,
    column: ColumnDescPtr,
    /// The column in the row group that was opened last.
    reader: Option<ColumnReader>,
    decoded: IntoIter<Option<Cell>>,
}

impl Cells {
    /// The column, if its type is one that is read here.
    pub(super) fn new(leaf: usize, column: &ColumnDescPtr) -> Option<Cells> {
        let kind = Kind::of(column).filter(|_| column.max_rep_level() == 0)?;
        let column = column.clone();
        Some(Cells { leaf, kind, column, reader: None, decoded: Vec::new().into_iter() })
    }

    /// Goes to the column in a row group.
    pub(super) fn open(&mut self, source: &Arc<Source>, group: &RowGroupMetaData) -> Result<()> {
        let value_bytes = match self.column.physical_type() {
            Type::INT64 | Type::DOUBLE => 8,
            // A text has its length before it.
            _ => 4,
        };
        let rows = usize::try_from(group.num_rows())?;
        let inner = SerializedPageReader::new(source.clone(), group.column(self.leaf), rows, None)?;
        let is_nullable = self.column.max_def_level() > 0;
        let pages = Pages { inner, value_bytes, is_nullable };
        self.reader = Some(get_column_reader(self.column.clone(), Box::new(pages)));
        Ok(())
    }

    /// Decodes the next rows of the row group; how many.
    pub(super) fn decode(&mut self) -> Result<u64> {
        let levels_max = self.column.max_def_level();
        let is_signed = self.kind != Kind::Numbers { is_signed: false };
        let cells = match &mut self.reader {
            Some(ColumnReader::Int64ColumnReader(reader)) => {
                cells(reader, levels_max, |whole| match u64::try_from(whole) {
                    Err(_) if !is_signed => Cell::Large(whole.cast_unsigned()),
                    _ => Cell::Whole(whole),
                })
            }
            Some(ColumnReader::Int32ColumnReader(reader)) => cells(reader, levels_max, |whole| {
                Cell::Whole(if is_signed { whole.into() } else { whole.cast_unsigned().into() })
            }),
            Some(ColumnReader::FloatColumnReader(reader)) => {
                cells(reader, levels_max, Cell::Single)
            }
            Some(ColumnReader::DoubleColumnReader(reader)) => {
                cells(reader, levels_max, Cell::Double)
            }
            Some(ColumnReader::ByteArrayColumnReader(reader)) => {
                cells(reader, levels_max, |text| {
                    Cell::Text(String::from_utf8_lossy(text.data()).into_owned())
                })
            }
            _ => Err(ParquetError::General("no column is open".to_owned())),
        }?;
        self.decoded = cells.into_iter();
        Ok(self.decoded.len() as u64)
    }

    /// Whether all cells that were decoded are taken.
    pub(super) fn is_empty(&self) -> bool {
        self.decoded.len() == 0
    }

    /// The next cell; none if it is null.
    pub(super) fn next(&mut self) -> Option<Cell> {
        self.decoded.next().flatten()
    }
}

fn cells<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    levels_max: i16,
    cell: impl Fn(T::T) -> Cell,
) -> Result<Vec<Option<Cell>>> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    reader.read_records(DECODED_ROWS, Some(&mut levels), None, &mut values)?;
    let mut cells = values.into_iter().map(cell);
    if levels_max == 0 {
        return Ok(cells.map(Some).collect());
    }
    Ok(levels.into_iter().map(|level| (level == levels_max).then(|| cells.next())?).collect())
}

/// As a file of text would have it: floats with a point, so that they stay floats.
impl fmt::Display for Cell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Whole(number) => write!(out, "{number}"),
            Cell::Large(number) => write!(out, "{number}"),
            Cell::Single(number) => write!(out, "{number:?}"),
            Cell::Double(number) => write!(out, "{number:?}"),
            Cell::Text(text) => out.write_str(text),
        }
    }
}

/// The pages of a column in a row group. The decoder makes room for as many values as a dictionary
/// and as many lengths of texts as a page claims, so these are counted first.
struct Pages {
    inner: SerializedPageReader<Source>,
    /// The least that a value takes in a dictionary.
    value_bytes: usize,
    is_nullable: bool,
}

impl Pages {
    fn check(&self, page: &Page) -> Result<()> {
        let (values, count, encoding) = match page {
            Page::DictionaryPage { buf, num_values, .. } => {
                if *num_values as usize <= buf.len() / self.value_bytes {
                    return Ok(());
                }
                let bytes = buf.len();
                let message = format!("a dictionary of {bytes} bytes claims {num_values} values");
                return Err(ParquetError::General(message));
            }
            Page::DataPage { buf, num_values, encoding, .. } => {
                // The levels of nulls come first, and their length before them.
                let length = if self.is_nullable { buf.first_chunk() } else { None };
                let levels = length.map_or(0, |length| 4 + u32::from_le_bytes(*length) as usize);
                (buf.get(levels..), *num_values, *encoding)
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let levels = *def_levels_byte_len as usize + *rep_levels_byte_len as usize;
                (buf.get(levels..), *num_values, *encoding)
            }
        };
        match encoding {
            Encoding::DELTA_LENGTH_BYTE_ARRAY => {
                let lengths = values.and_then(claims::delta_count);
                let most = u64::from(count).min(ROWS_MAX);
                if lengths.is_some_and(|lengths| lengths <= most) {
                    return Ok(());
                }
                let message = format!("a page with {count} texts claims other lengths");
                Err(ParquetError::General(message))
            }
            // It has a second count, behind what only the decoder can pass.
            Encoding::DELTA_BYTE_ARRAY => {
                Err(ParquetError::NYI("texts in DELTA_BYTE_ARRAY are not read here".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.inner.get_next_page()?;
        page.as_ref().map_or(Ok(()), |page| self.check(page))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.inner.skip_next_page()
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
