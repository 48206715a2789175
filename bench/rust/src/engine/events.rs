//! Columns of events from the files of bench/engine_data.py, in memory before anything is timed.

use std::fs::File;
use std::io::Read as _;
use std::ops::Range;

use paneline::{Rows, Values};

use super::{Outcome, Words};

/// Bytes that are read at once: so little that reading leaves no mark on the peak of memory.
const CHUNK_BYTES: usize = 1 << 16;

/// The value column.
pub enum Numbers {
    /// Integers.
    I64(Vec<i64>),
    /// Floats.
    F64(Vec<f64>),
}

/// Times, keys and values of one length.
pub struct Events {
    /// Milliseconds since 1970.
    pub times: Vec<i64>,
    /// Integer keys.
    pub keys: Vec<i64>,
    /// One value a row.
    pub values: Numbers,
}

impl Events {
    /// Reads the files that the arguments name.
    ///
    /// # Errors
    /// A file that cannot be read, or columns of several lengths.
    pub fn read(words: &Words) -> Outcome<Events> {
        let values = words.text("values")?;
        let values = if values.rsplit('.').next() == Some("f64") {
            Numbers::F64(column(values, f64::from_le_bytes)?)
        } else {
            Numbers::I64(column(values, i64::from_le_bytes)?)
        };
        let keys = column(words.text("keys")?, i64::from_le_bytes)?;
        let times = column(words.text("times")?, i64::from_le_bytes)?;
        let len = match &values {
            Numbers::I64(values) => values.len(),
            Numbers::F64(values) => values.len(),
        };
        if times.len() != keys.len() || times.len() != len {
            return Err("columns of several lengths".into());
        }
        Ok(Events { times, keys, values })
    }

    /// The value column of some rows, as the engine takes it.
    #[must_use]
    pub fn values(&self, range: Range<usize>) -> [Values<'_>; 1] {
        match &self.values {
            Numbers::I64(values) => [values[range].into()],
            Numbers::F64(values) => [values[range].into()],
        }
    }

    /// Some rows; `values` is what [`Events::values`] gives for them.
    #[must_use]
    pub fn rows<'a>(&'a self, range: Range<usize>, values: &'a [Values<'a>]) -> Rows<'a> {
        Rows::new(&self.keys[range.clone()], &self.times[range], values)
    }

    /// The ranges of batches.
    pub fn batches(&self, batch_rows: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let rows = self.times.len();
        (0..rows).step_by(batch_rows.max(1)).map(move |at| at..(at + batch_rows).min(rows))
    }
}

fn column<T>(path: &str, value: fn([u8; 8]) -> T) -> Outcome<Vec<T>> {
    let mut file = File::open(path).map_err(|error| format!("{path}: {error}"))?;
    let bytes = usize::try_from(file.metadata()?.len())?;
    let mut column = Vec::with_capacity(bytes / 8);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut left = bytes;
    while left > 0 {
        let part = &mut chunk[..left.min(CHUNK_BYTES)];
        file.read_exact(part)?;
        left -= part.len();
        column.extend(part.as_chunks().0.iter().map(|word| value(*word)));
    }
    Ok(column)
}
