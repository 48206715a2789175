//! Results and set-aside rows on their way out: columns that the caller drains.
//!
//! They are appended to in the order in which they are decided and handed over whole; draining
//! decides nothing. Invariant: all columns of a batch have one length. Worked number: a result of
//! one aggregate is 45 bytes: start, end, key, count, value of 8 each, revision 4, flags 1.

use super::keys::Keys;
use crate::aggregate::{Outputs, ResultColumn, extend_picked};
use crate::assign::Window;
use crate::memory::{Ledger, Purpose};
use crate::rows::{Keys as KeyColumn, Rows};
use crate::spec::{Function, KeyType, ProvenEngine};
use crate::verdicts::Verdict;

/// A result that late rows caused: the whole value again.
pub const FLAG_LATE: u8 = 1;
/// A session that no longer exists: it was emitted before and has become a part of another.
pub const FLAG_RETRACTION: u8 = 2;
/// Not every part of the window was selected. Not used yet.
pub const FLAG_PARTIAL: u8 = 4;

/// Keys of results, of the type that the spec declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultKeys {
    /// Signed integers.
    I64(Vec<i64>),
    /// Unsigned integers.
    U64(Vec<u64>),
    /// Byte strings: row `i` is `data[offsets[i]..offsets[i + 1]]`.
    Bytes {
        /// One more than there are rows, ascending from 0.
        offsets: Vec<i64>,
        /// The bytes of all keys.
        data: Vec<u8>,
    },
}

impl ResultKeys {
    pub(super) fn new(key_type: KeyType) -> ResultKeys {
        match key_type {
            KeyType::I64 => ResultKeys::I64(Vec::new()),
            KeyType::U64 => ResultKeys::U64(Vec::new()),
            KeyType::Bytes => ResultKeys::Bytes { offsets: vec![0], data: Vec::new() },
        }
    }

    /// The bytes of a row's key: its own, or 8 little-endian ones of an integer.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn bytes(&self, row: usize) -> Vec<u8> {
        match self {
            ResultKeys::I64(keys) => keys[row].to_le_bytes().to_vec(),
            ResultKeys::U64(keys) => keys[row].to_le_bytes().to_vec(),
            ResultKeys::Bytes { offsets, data } => {
                let at = |offset: i64| usize::try_from(offset).unwrap_or(0);
                data[at(offsets[row])..at(offsets[row + 1])].to_vec()
            }
        }
    }

    /// Appends a key: its bits, or its bytes.
    pub(super) fn push(&mut self, key: u64, bytes: &[u8]) {
        match self {
            ResultKeys::I64(keys) => keys.push(key.cast_signed()),
            ResultKeys::U64(keys) => keys.push(key),
            ResultKeys::Bytes { offsets, data } => {
                data.extend_from_slice(bytes);
                // No Vec is longer than isize::MAX bytes.
                offsets.push(data.len().cast_signed() as i64);
            }
        }
    }

    fn clear(&mut self) {
        match self {
            ResultKeys::I64(keys) => keys.clear(),
            ResultKeys::U64(keys) => keys.clear(),
            ResultKeys::Bytes { offsets, data } => {
                offsets.truncate(1);
                data.clear();
            }
        }
    }

    fn reserve(&mut self, rows: usize) {
        match self {
            ResultKeys::I64(keys) => keys.reserve_exact(rows - keys.len()),
            ResultKeys::U64(keys) => keys.reserve_exact(rows - keys.len()),
            ResultKeys::Bytes { offsets, .. } => {
                offsets.reserve_exact((rows + 1).saturating_sub(offsets.len()));
            }
        }
    }

    /// The bytes that byte keys have room for, and those that they take.
    fn data_bytes(&self) -> (usize, usize) {
        match self {
            ResultKeys::Bytes { data, .. } => (data.capacity(), data.len()),
            ResultKeys::I64(_) | ResultKeys::U64(_) => (0, 0),
        }
    }

    /// Makes room for so many bytes of byte keys in all, and for no more.
    fn reserve_data(&mut self, bytes: usize) {
        if let ResultKeys::Bytes { data, .. } = self {
            data.shrink_to(bytes);
            data.reserve_exact(bytes - data.len());
        }
    }

    fn capacity_bytes(&self) -> usize {
        match self {
            ResultKeys::I64(keys) => keys.capacity() * 8,
            ResultKeys::U64(keys) => keys.capacity() * 8,
            ResultKeys::Bytes { offsets, data } => offsets.capacity() * 8 + data.capacity(),
        }
    }
}

/// Results in the order of section 9 of docs/SEMANTICS.md: a row for each window and key. Times are
/// milliseconds. Reuse it: draining into it again allocates only if it must hold more.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultBatch {
    /// The windows' first milliseconds.
    pub start_ms: Vec<i64>,
    /// The windows' first milliseconds after.
    pub end_ms: Vec<i64>,
    /// The keys.
    pub keys: ResultKeys,
    /// The number of rows in the window; 0 in a retraction.
    pub count: Vec<i64>,
    /// How often this window of this key was emitted before.
    pub revision: Vec<u32>,
    /// [`FLAG_LATE`], [`FLAG_RETRACTION`] and [`FLAG_PARTIAL`], added up.
    pub flags: Vec<u8>,
    /// A column for each aggregate of the spec, in its order.
    pub columns: Vec<ResultColumn>,
}

impl Default for ResultBatch {
    fn default() -> ResultBatch {
        ResultBatch {
            start_ms: Vec::new(),
            end_ms: Vec::new(),
            keys: ResultKeys::new(KeyType::I64),
            count: Vec::new(),
            revision: Vec::new(),
            flags: Vec::new(),
            columns: Vec::new(),
        }
    }
}

impl ResultBatch {
    pub(super) fn new(key_type: KeyType, outputs: &Outputs) -> ResultBatch {
        let (keys, columns) = (ResultKeys::new(key_type), outputs.columns());
        ResultBatch { keys, columns, ..ResultBatch::default() }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.start_ms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.start_ms.is_empty()
    }

    /// Bytes of a row, but for a byte key's: a value may be null.
    fn row_bytes(&self) -> usize {
        4 * 8 + 4 + 1 + self.columns.len() * 9
    }

    /// The bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        let vectors = (self.start_ms.capacity() + self.end_ms.capacity() + self.count.capacity())
            * 8
            + self.revision.capacity() * 4
            + self.flags.capacity();
        let columns: usize = self.columns.iter().map(ResultColumn::bytes).sum();
        vectors + columns + self.keys.capacity_bytes()
    }

    /// Forgets the rows, not the room.
    pub(super) fn clear(&mut self) {
        self.start_ms.clear();
        self.end_ms.clear();
        self.keys.clear();
        self.count.clear();
        self.revision.clear();
        self.flags.clear();
        self.columns.iter_mut().for_each(ResultColumn::clear);
    }

    /// Whether its columns are those of an engine's results.
    pub(super) fn fits(&self, other: &ResultBatch) -> bool {
        let same = |a: &ResultColumn, b: &ResultColumn| {
            std::mem::discriminant(a) == std::mem::discriminant(b)
        };
        std::mem::discriminant(&self.keys) == std::mem::discriminant(&other.keys)
            && self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(|(a, b)| same(a, b))
    }

    /// Whether `rows` more rows with so many bytes of keys are within the budget, and room for
    /// them. An empty batch takes a block of rows in any case, or nothing could ever be drained.
    pub(super) fn has_room(&mut self, rows: usize, key_bytes: usize, ledger: &Ledger) -> bool {
        let bound = ledger.output_bound().saturating_sub(ledger.used(Purpose::Late));
        let (len, row_bytes) = (self.len() + rows, self.row_bytes());
        let (held, data) = self.keys.data_bytes();
        let data = data + key_bytes;
        let fits = len.max(self.start_ms.capacity()) * row_bytes + held.max(data) <= bound;
        if !fits && self.is_empty() {
            // What the batch before had of keys is in the way.
            self.keys.reserve_data(data);
        } else if !fits {
            return false;
        }
        if data > held {
            let rest = bound.saturating_sub(len.max(self.start_ms.capacity()) * row_bytes);
            self.keys.reserve_data(data.max((2 * held).min(rest)));
        }
        if len > self.start_ms.capacity() {
            let most = bound.saturating_sub(self.keys.data_bytes().0) / row_bytes;
            let grown = len.max((self.start_ms.capacity() * 2).min(most)).max(64);
            let more = grown - self.len();
            self.start_ms.reserve_exact(more);
            self.end_ms.reserve_exact(more);
            self.count.reserve_exact(more);
            self.revision.reserve_exact(more);
            self.flags.reserve_exact(more);
            self.keys.reserve(grown);
            self.columns.iter_mut().for_each(|column| column.reserve(grown));
        }
        true
    }

    /// Appends a key by its id and word.
    pub(super) fn push_key(&mut self, keys: &Keys, id: u32, key: u64) {
        let is_bytes = keys.key_type() == KeyType::Bytes;
        self.keys.push(key, if is_bytes { keys.bytes_of(id) } else { &[] });
    }

    /// Appends the keys of items, by their words and ids.
    pub(super) fn push_keys(
        &mut self,
        keys: &Keys,
        items: &[u32],
        (words, id): (&[u64], impl Fn(u32) -> u32),
    ) {
        match &mut self.keys {
            ResultKeys::I64(column) => extend_picked(column, items, bytemuck::cast_slice(words)),
            ResultKeys::U64(column) => extend_picked(column, items, words),
            ResultKeys::Bytes { .. } => {
                for item in items {
                    self.push_key(keys, id(*item), 0);
                }
            }
        }
    }

    /// Appends what a window's rows share; keys, counts and values are appended by the caller.
    pub(super) fn push_windows(&mut self, window: Window, flags: u8, rows: usize) {
        let len = self.len() + rows;
        self.start_ms.resize(len, window.start_ms);
        self.end_ms.resize(len, window.end_ms);
        self.flags.resize(len, flags);
    }
}

/// Rows that were set aside, in the order in which they came.
#[derive(Clone, Debug, PartialEq)]
pub struct LateBatch {
    /// Why: [`Verdict::Late`] or [`Verdict::Future`].
    pub reasons: Vec<Verdict>,
    /// The keys.
    pub keys: ResultKeys,
    /// The times, in milliseconds.
    pub times_ms: Vec<i64>,
    /// The sources, as indexes into the spec's.
    pub sources: Vec<u32>,
    /// A column for each value column of the spec, in its order.
    pub values: Vec<ResultColumn>,
}

impl Default for LateBatch {
    fn default() -> LateBatch {
        LateBatch {
            reasons: Vec::new(),
            keys: ResultKeys::new(KeyType::I64),
            times_ms: Vec::new(),
            sources: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl LateBatch {
    pub(super) fn new(spec: &ProvenEngine) -> LateBatch {
        // The first value of a column has the column's type.
        let columns = spec.columns.iter();
        let values = columns.map(|column| ResultColumn::new(Function::First, column.value_type));
        LateBatch {
            keys: ResultKeys::new(spec.key),
            values: values.collect(),
            ..LateBatch::default()
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.reasons.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Bytes that `rows` more rows with so many bytes of keys need at most, while columns grow.
    pub(super) fn growth(&self, rows: usize, key_bytes: usize) -> usize {
        let row_bytes = 1 + 8 + 8 + 4 + self.values.len() * 9;
        if rows == 0 {
            0
        } else {
            2 * (self.len() + rows) * row_bytes + 2 * key_bytes + self.bytes()
        }
    }

    /// The bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        let values: usize = self.values.iter().map(ResultColumn::bytes).sum();
        let vectors = self.reasons.capacity() + self.times_ms.capacity() * 8;
        vectors + self.sources.capacity() * 4 + values + self.keys.capacity_bytes()
    }

    /// Appends a row.
    pub(super) fn push(&mut self, reason: Verdict, rows: &Rows<'_>, row: usize, t_ms: i64) {
        self.reasons.push(reason);
        let key = match rows.keys {
            KeyColumn::I64(keys) => keys[row].cast_unsigned(),
            KeyColumn::U64(keys) => keys[row],
            KeyColumn::Bytes { .. } => 0,
        };
        self.keys.push(key, rows.key_bytes(row));
        self.times_ms.push(t_ms);
        self.sources.push(rows.sources.map_or(0, |sources| sources[row]));
        for (at, column) in self.values.iter_mut().enumerate() {
            match rows.value(at, row) {
                Some(bits) => column.push(bits),
                None => column.push_null(),
            }
        }
    }
}
