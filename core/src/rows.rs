//! Columns of events on their way in: keys, times, values, sources.
//!
//! It decides what a usable batch is (equal lengths, the declared types, offsets that ascend) and
//! reads rows; it holds no state and copies nothing. Invariant: after [`Rows::check`] every read
//! of a row is in bounds. Worked number: 3 rows of byte keys have 4 offsets.

use std::ops::Range;

use crate::error::{Code, Error};
use crate::spec::{KeyType, ProvenEngine, ValueType};
use crate::time::unit::TimeUnit;

/// A byte key is at most so long: it is kept for as long as its key has windows. A row with a
/// longer one counts as invalid.
pub const KEY_BYTES_MAX: usize = 65_536;

/// Rows of one batch, at most: positions in a batch are kept in 32 bits.
const BATCH_ROWS_MAX: usize = u32::MAX as usize;

/// Bits of a column's rows as Arrow packs them: row `i` is bit `offset + i`, the lowest bit of a
/// byte first; 1 = not null.
#[derive(Clone, Copy, Debug)]
pub struct Bits<'a> {
    /// The packed bits.
    pub bytes: &'a [u8],
    /// The bit of row 0.
    pub offset: usize,
}

impl Bits<'_> {
    /// Whether a row's bit is set.
    fn get(self, row: usize) -> bool {
        let bit = self.offset + row;
        self.bytes[bit / 8] >> (bit % 8) & 1 == 1
    }

    /// The first row whose bit is not set.
    fn first_unset(self, rows: usize) -> Option<usize> {
        (0..rows).find(|row| !self.get(*row))
    }

    fn check(self, path: impl Fn() -> String, rows: usize) -> Result<(), Error> {
        let (wanted, got) = ((self.offset.saturating_add(rows)).div_ceil(8), self.bytes.len());
        if wanted <= got {
            return Ok(());
        }
        Err(invalid(
            format!("{}.validity", path()),
            format!("{rows} rows need {wanted} bytes, got {got}"),
        ))
    }
}

/// The keys of a batch, of the type that the spec declares.
#[derive(Clone, Copy, Debug)]
pub enum Keys<'a> {
    /// Signed integers.
    I64(&'a [i64]),
    /// Unsigned integers.
    U64(&'a [u64]),
    /// Byte strings: row `i` is `data[offsets[i]..offsets[i + 1]]`, as in Arrow's `LargeBinary`.
    Bytes {
        /// One more than there are rows, ascending.
        offsets: &'a [i64],
        /// The bytes of all keys.
        data: &'a [u8],
    },
}

/// One value column of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The values; those of null rows mean nothing.
    pub data: ValueData<'a>,
    /// Which rows are not null; `None`: all.
    pub validity: Option<Bits<'a>>,
}

/// The values of a column, of the type that the spec declares.
#[derive(Clone, Copy, Debug)]
pub enum ValueData<'a> {
    /// Signed integers.
    I64(&'a [i64]),
    /// Floats.
    F64(&'a [f64]),
}

impl<'a> From<&'a [i64]> for Values<'a> {
    fn from(values: &'a [i64]) -> Values<'a> {
        Values { data: ValueData::I64(values), validity: None }
    }
}

impl<'a> From<&'a [f64]> for Values<'a> {
    fn from(values: &'a [f64]) -> Values<'a> {
        Values { data: ValueData::F64(values), validity: None }
    }
}

/// A batch of events: columns of one length, borrowed from the caller.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// The key of each row.
    pub keys: Keys<'a>,
    /// Which keys are not null; `None`: all. A row with a null key counts as invalid.
    pub key_validity: Option<Bits<'a>>,
    /// The time of each row, in `unit`.
    pub times: &'a [i64],
    /// What a tick of `times` is.
    pub unit: TimeUnit,
    /// A column for each value column of the spec, in its order.
    pub values: &'a [Values<'a>],
    /// The source of each row, as an index into the spec's `sources`; `None` where there is one.
    pub sources: Option<&'a [u32]>,
}

impl<'a> Rows<'a> {
    /// Rows in milliseconds with integer keys, without nulls, of the first source.
    pub fn new(keys: &'a [i64], times: &'a [i64], values: &'a [Values<'a>]) -> Rows<'a> {
        let unit = TimeUnit::Millisecond;
        Rows { keys: Keys::I64(keys), key_validity: None, times, unit, values, sources: None }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Refuses columns that are not what the spec declares. `INVALID_ARGUMENT` at the column, or
    /// at the row such as `values[1][17]`.
    pub(crate) fn check(&self, spec: &ProvenEngine) -> Result<(), Error> {
        let rows = self.len();
        if rows > BATCH_ROWS_MAX {
            let message = format!("a batch has at most {BATCH_ROWS_MAX} rows, got {rows}");
            return Err(invalid("times", message));
        }
        self.check_keys(spec.key)?;
        if let Some(bits) = self.key_validity {
            bits.check(|| "keys".into(), rows)?;
        }
        if self.values.len() != spec.columns.len() {
            let (wanted, got) = (spec.columns.len(), self.values.len());
            return Err(invalid(
                "values",
                format!("columns must be those of the spec ({wanted}), got {got}"),
            ));
        }
        for (at, (values, column)) in self.values.iter().zip(&spec.columns).enumerate() {
            let (len, value_type) = match values.data {
                ValueData::I64(values) => (values.len(), ValueType::I64),
                ValueData::F64(values) => (values.len(), ValueType::F64),
            };
            // Made where it is needed: batches of one row come by the million.
            let path = || format!("values[{at}]");
            if value_type != column.value_type {
                let (wanted, got) = (name(column.value_type), name(value_type));
                let message = format!("column {:?} is of {wanted}, got {got}", column.name);
                return Err(invalid(path(), message));
            }
            check_len(path, len, rows)?;
            let Some(bits) = values.validity else { continue };
            bits.check(path, rows)?;
            if !column.nullable
                && let Some(row) = bits.first_unset(rows)
            {
                let message = format!("column {:?} is not declared nullable", column.name);
                return Err(invalid(format!("{}[{row}]", path()), message));
            }
        }
        let end = spec.sources.len().max(1);
        let Some(sources) = self.sources else {
            // Left to the first source, the rows would let the others hold the watermark for ever.
            if end > 1 && rows > 0 {
                let message = format!("{end} are declared: say which each row is of");
                return Err(invalid("sources", message));
            }
            return Ok(());
        };
        check_len(|| "sources".into(), sources.len(), rows)?;
        match sources.iter().position(|source| *source as usize >= end) {
            None => Ok(()),
            Some(row) => Err(undeclared(format!("sources[{row}]"), sources[row], end)),
        }
    }

    fn check_keys(&self, declared: KeyType) -> Result<(), Error> {
        let (len, got) = match self.keys {
            Keys::I64(keys) => (keys.len(), KeyType::I64),
            Keys::U64(keys) => (keys.len(), KeyType::U64),
            Keys::Bytes { offsets, .. } => (offsets.len().saturating_sub(1), KeyType::Bytes),
        };
        if got != declared {
            let [wanted, got] = [declared, got].map(|key| key.as_str_name());
            return Err(invalid("keys", format!("the spec's keys are {wanted}, got {got}")));
        }
        check_len(|| "keys".into(), len, self.len())?;
        let Keys::Bytes { offsets, data } = self.keys else { return Ok(()) };
        if offsets.is_empty() {
            return Err(invalid("keys.offsets", "one offset more than rows is needed, got 0"));
        }
        let end = i64::try_from(data.len()).unwrap_or(i64::MAX);
        let inside = (0..=end).contains(&offsets[0]) && offsets[len] <= end;
        match offsets.windows(2).position(|pair| pair[0] > pair[1]) {
            None if inside => Ok(()),
            row => {
                let ends = if (0..=end).contains(&offsets[0]) { len } else { 0 };
                let at = row.map_or(ends, |row| row + 1);
                let message = format!("offsets must ascend within 0..={end}, got {}", offsets[at]);
                Err(invalid(format!("keys.offsets[{at}]"), message))
            }
        }
    }

    /// Whether a row has a key that can be kept.
    pub(crate) fn has_key(&self, row: usize) -> bool {
        self.key_validity.is_none_or(|bits| bits.get(row))
            && match self.keys {
                Keys::I64(_) | Keys::U64(_) => true,
                Keys::Bytes { offsets, data } => span(offsets, data, row).len() <= KEY_BYTES_MAX,
            }
    }

    /// Whether every row has a key that can be kept, as far as that is known without looking.
    pub(crate) fn all_have_keys(&self) -> bool {
        self.key_validity.is_none() && !matches!(self.keys, Keys::Bytes { .. })
    }

    /// The bytes of a byte key.
    pub(crate) fn key_bytes(&self, row: usize) -> &'a [u8] {
        match self.keys {
            Keys::Bytes { offsets, data } => &data[span(offsets, data, row)],
            Keys::I64(_) | Keys::U64(_) => &[],
        }
    }

    /// The source of a row.
    pub(crate) fn source(&self, row: usize) -> usize {
        self.sources.map_or(0, |sources| sources[row] as usize)
    }

    /// The bits of a value, `None` for a null.
    pub(crate) fn value(&self, column: usize, row: usize) -> Option<u64> {
        let values = self.values[column];
        if values.validity.is_some_and(|bits| !bits.get(row)) {
            return None;
        }
        Some(match values.data {
            ValueData::I64(values) => values[row].cast_unsigned(),
            ValueData::F64(values) => values[row].to_bits(),
        })
    }
}

impl Values<'_> {
    /// Whether a row is not null.
    pub(crate) fn is_valid(&self, row: usize) -> bool {
        self.validity.is_none_or(|bits| bits.get(row))
    }
}

/// The refusal of a source that the spec does not name.
pub(crate) fn undeclared(path: impl Into<String>, source: u32, end: usize) -> Error {
    invalid(path, format!("a source must be < {end}, the number of declared ones, got {source}"))
}

/// Ascending rows as a span, where none between them was left out: most often that is so, and then
/// columns are read straight through.
pub(crate) fn span_of(picked: &[u32]) -> Option<Range<usize>> {
    let (first, last) = (*picked.first()? as usize, *picked.last()? as usize);
    (last - first + 1 == picked.len()).then_some(first..last + 1)
}

/// The least and the greatest number of a column; of an empty one `i64::MAX` and `i64::MIN`.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
pub(crate) fn least_and_greatest(column: &[i64]) -> (i64, i64) {
    let (mut least, mut greatest) = (i64::MAX, i64::MIN);
    for number in column {
        (least, greatest) = (least.min(*number), greatest.max(*number));
    }
    (least, greatest)
}

/// A checksum of a column that other rows, or the same in another order, share by chance only
/// (Fletcher's: the sum, and the sum of the low halves times their positions).
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
pub(crate) fn checksum(column: &[i64]) -> [u64; 2] {
    let (mut sum, mut weighted) = (0_u64, 0_u64);
    for (at, number) in (1_u64..).zip(column) {
        let number = number.cast_unsigned();
        sum = sum.wrapping_add(number);
        weighted = weighted.wrapping_add((number & u64::from(u32::MAX)).wrapping_mul(at));
    }
    [sum, weighted]
}

/// Where a byte key lies; the offsets were checked.
fn span(offsets: &[i64], data: &[u8], row: usize) -> Range<usize> {
    let at = |offset: i64| usize::try_from(offset).unwrap_or(0).min(data.len());
    at(offsets[row])..at(offsets[row + 1])
}

fn check_len(path: impl Fn() -> String, got: usize, wanted: usize) -> Result<(), Error> {
    if got == wanted {
        return Ok(());
    }
    let path = path();
    let message = format!("{path} must hold {wanted} rows, as times does, got {got}");
    Err(invalid(path, message))
}

fn name(value_type: ValueType) -> &'static str {
    value_type.as_str_name()
}

fn invalid(path: impl Into<String>, message: impl Into<String>) -> Error {
    Error::new(Code::InvalidArgument, path.into(), message)
}
