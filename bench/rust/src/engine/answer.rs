//! What a pass answers: how many results, and sums over them, so that they can be compared with
//! those of others and none of the work can be left out.

use paneline::{ResultBatch, ResultColumn};

use super::{Lines, Outcome};

/// Sums over the results of a pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Results.
    pub rows: u64,
    /// The sum of their counts.
    pub count: i64,
    /// For each column, over its values that are not null: the sum of integers, or the sum of the
    /// bits of floats, which no order of summing can change.
    pub columns: Vec<u64>,
}

impl Answer {
    /// Adds the results of a batch.
    pub fn add(&mut self, batch: &ResultBatch) {
        self.rows += batch.len() as u64;
        self.count += batch.count.iter().sum::<i64>();
        self.columns.resize(batch.columns.len(), 0);
        for (sum, column) in self.columns.iter_mut().zip(&batch.columns) {
            *sum = sum.wrapping_add(digest(column));
        }
    }

    /// Adds results of one column of floats.
    pub fn add_floats(&mut self, counts: &[i64], values: &[f64]) {
        self.rows += counts.len() as u64;
        self.count += counts.iter().sum::<i64>();
        self.columns.resize(1, 0);
        let bits = values.iter().fold(0, |sum: u64, value| sum.wrapping_add(value.to_bits()));
        self.columns[0] = self.columns[0].wrapping_add(bits);
    }

    /// Says it.
    pub fn say(&self, lines: &mut Lines) {
        lines.say("rows", &self.rows);
        lines.say("count", &self.count);
        lines.say_all("digests", &self.columns);
    }
}

fn digest(column: &ResultColumn) -> u64 {
    let (bits, valid): (Box<dyn Fn() -> u64>, _) = match column {
        ResultColumn::I64 { values, valid } => {
            let sum = || values.iter().sum::<i64>().cast_unsigned();
            (Box::new(sum), valid)
        }
        ResultColumn::F64 { values, valid } => {
            let sum = || values.iter().fold(0, |sum: u64, value| sum.wrapping_add(value.to_bits()));
            (Box::new(sum), valid)
        }
    };
    if valid.is_empty() {
        return bits();
    }
    let bits = (0..column.len()).filter_map(|row| column.bits(row));
    bits.fold(0, u64::wrapping_add)
}

/// A pass that answers otherwise has no time.
///
/// # Errors
/// Other answers.
pub fn same(expected: &Answer, answer: &Answer) -> Outcome<()> {
    if expected == answer {
        return Ok(());
    }
    Err(format!("a pass answered {answer:?}, the first {expected:?}").into())
}
