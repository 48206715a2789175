//! Verdicts of a stream's one judge on their way to its shards.
//!
//! Shards take what [`Progress`](crate::Progress) decided, so it matters that each gets every
//! batch once, in order, with the verdicts on it: verdicts know which rows they are on, and a shard
//! how far it has come. A row that a shard never saw would be missing from its windows, and from
//! its counters too. Invariant: the rows that a shard takes are those of the stream, each once, but
//! for rows of a batch that its caller left out by `from`. Worked number: after batches of 3 and 2
//! rows a shard waits for verdicts whose first row is 5.

use std::sync::Arc;

use crate::error::{Code, Error};
use crate::rows::{Rows, checksum};
use crate::spec::ProvenEngine;
use crate::time::unit::TimeUnit;

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Verdict {
    /// It joins its windows that are not cleaned up.
    Accepted = 0,
    /// All its windows are cleaned up; it is set aside.
    Late = 1,
    /// It is too far ahead of the last tick; it is set aside and moves no time.
    Future = 2,
    /// It has no key, or its time is out of range.
    Invalid = 3,
}

/// The verdicts of a batch, row by row, with the watermark after each row.
#[derive(Clone, Debug, Default)]
pub struct Verdicts {
    pub(crate) verdicts: Vec<Verdict>,
    /// Each row's time in milliseconds; that of an invalid row means nothing.
    pub(crate) times_ms: Vec<i64>,
    pub(crate) watermarks_ms: Vec<i64>,
    /// Which rows these are; verdicts that stay in their engine do not say.
    pub(crate) origin: Option<Origin>,
}

/// Rows of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// What the stream was judged by.
    spec: Arc<ProvenEngine>,
    /// The stream's number in this process.
    stream: u64,
    /// How many rows of the stream came before the batch.
    batch: u64,
    /// How many came before these, which may be a part of the batch.
    first: u64,
    /// The watermark before them: ticks and explicit watermarks may have moved it.
    before_ms: i64,
    unit: TimeUnit,
    checksum: [u64; 2],
}

/// How far a shard has come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// Its stream, once it is known.
    stream: Option<u64>,
    /// The rows of the stream that it has seen.
    rows: u64,
}

impl Verdicts {
    /// How many rows were judged.
    pub fn len(&self) -> usize {
        self.verdicts.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.verdicts.is_empty()
    }

    /// The verdict on a row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn verdict(&self, row: usize) -> Verdict {
        self.verdicts[row]
    }

    /// The watermark after a row, in milliseconds.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn watermark_ms(&self, row: usize) -> i64 {
        self.watermarks_ms[row]
    }

    /// Says that the rows are a later part of one batch, of whose first part `first` are the
    /// verdicts: a shard may leave out rows of a batch, but no batch.
    #[must_use]
    pub fn part_of(mut self, first: &Verdicts) -> Verdicts {
        if let (Some(own), Some(first)) = (&mut self.origin, &first.origin) {
            own.batch = first.batch;
        }
        self
    }

    /// The watermark before the first row.
    pub(crate) fn before_ms(&self) -> i64 {
        self.origin.as_ref().map_or(i64::MIN, |origin| origin.before_ms)
    }

    pub(crate) fn clear(&mut self) {
        self.verdicts.clear();
        self.times_ms.clear();
        self.watermarks_ms.clear();
    }
}

impl Origin {
    /// A batch that comes after `first` rows of a stream.
    pub(crate) fn new(
        spec: Arc<ProvenEngine>,
        (stream, first): (u64, u64),
        before_ms: i64,
        rows: &Rows<'_>,
    ) -> Origin {
        let checksum = checksum(rows.times);
        Origin { spec, stream, batch: first, first, before_ms, unit: rows.unit, checksum }
    }

    /// Whether these are the rows.
    fn is_of(&self, rows: &Rows<'_>) -> bool {
        self.unit == rows.unit && self.checksum == checksum(rows.times)
    }
}

impl Place {
    /// Refuses verdicts on other rows, of another stream or out of order, for a shard with this
    /// spec that is to take rows from `from` on.
    ///
    /// Errors: `INVALID_ARGUMENT` at `verdicts` or `from`.
    pub(crate) fn check(
        self,
        spec: &ProvenEngine,
        rows: &Rows<'_>,
        verdicts: &Verdicts,
        from: usize,
    ) -> Result<(), Error> {
        let refuse = |message: String| Err(Error::new(Code::InvalidArgument, "verdicts", message));
        let (wanted, got) = (rows.len(), verdicts.len());
        let Some(origin) = &verdicts.origin else {
            return refuse("a Progress makes the verdicts of a batch, these are none".into());
        };
        if wanted != got || !origin.is_of(rows) || accepts_a_row_without_key(rows, verdicts) {
            return refuse(format!(
                "{got} rows were judged, and these {wanted} are others: apply the batch as it was \
                 judged"
            ));
        }
        if self.stream.is_some_and(|stream| stream != origin.stream) {
            return refuse("another Progress made the verdicts before: a stream has one".into());
        }
        if self.stream.is_none() && !spec.judges_as(&origin.spec) {
            return refuse(
                "their Progress has another spec: window, key, sources and the bounds of time must \
                 be those of the shard"
                    .into(),
            );
        }
        if from > rows.len() {
            let message = format!("rows are taken from 0..={wanted} on, got {from}");
            return Err(Error::new(Code::InvalidArgument, "from", message));
        }
        let (next, start) = (self.rows, origin.first + from as u64);
        if start < next {
            return refuse(format!(
                "they start at row {start} of the stream, and the shard has taken those before \
                 {next}: apply each batch once, after a refusal from the first row that was not \
                 taken"
            ));
        }
        if origin.batch > next {
            return refuse(format!(
                "they start at row {start} of the stream, and the shard waits for row {next}: \
                 apply every batch, in the order in which they were judged"
            ));
        }
        Ok(())
    }

    /// So many rows were taken with verdicts that were checked.
    pub(crate) fn note(&mut self, verdicts: &Verdicts, from: usize, taken: usize) {
        if let Some(origin) = &verdicts.origin {
            self.stream = Some(origin.stream);
            self.rows = origin.first + (from + taken) as u64;
        }
    }
}

/// Whether the judge saw a key where there is none.
fn accepts_a_row_without_key(rows: &Rows<'_>, verdicts: &Verdicts) -> bool {
    !rows.all_have_keys()
        && (0..)
            .zip(&verdicts.verdicts)
            .any(|(row, verdict)| *verdict != Verdict::Invalid && !rows.has_key(row))
}
