//! `Progress` and `Verdicts` for Python: one judge for all shards of a stream.
//!
//! It hands blocks of columns to the core's judge. Invariant: a batch is judged whole or not at
//! all: several blocks are judged by a copy of the judge, which takes its place at the end. Worked
//! number: the verdicts of 10,000 rows are those of 3 blocks, which a shard applies one by one.

use std::sync::Arc;

use paneline::{Code, Error, Pushed};
use pyo3::prelude::*;

use super::DETACHED_ROWS_MIN;
use super::owned::Owned;
use super::rows::{Batch, Columns, Schema};
use super::sources;
use super::spec::EngineSpec;
use crate::argument::{Given, index};
use crate::assigner::detached;
use crate::error::{Fault, guard};
use crate::instant::instant;
use crate::spec::named;

/// The judge of one stream: how far time has come, and what becomes of each row.
///
/// An `Engine` of a whole stream has its own. Where the state is sharded, one `Progress` judges
/// every batch, and each shard applies it with the `Verdicts`. One owner at a time, as an `Engine`:
/// a call that begins while another one runs raises INVALID_ARGUMENT at once. Long calls release
/// the GIL.
///
/// Errors: those of `Engine`.
///
/// >>> import paneline as pln
/// >>> progress = pln.Progress(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
/// >>> verdicts = progress.judge([1, 1], [20_000, 9_999])
/// >>> verdicts.watermark_ms(0), verdicts.verdict(1)
/// (19999, Verdict.LATE)
#[pyclass(frozen, module = "paneline")]
pub(crate) struct Progress {
    schema: Arc<Schema>,
    progress: Owned<paneline::Progress>,
}

#[pymethods]
impl Progress {
    #[new]
    fn new(py: Python<'_>, spec: &Bound<'_, PyAny>) -> PyResult<Progress> {
        guard(py, || {
            let spec = &EngineSpec::given(spec)?.0;
            let progress = Owned::new(py.detach(|| paneline::Progress::new(spec))?, "Progress");
            Ok(Progress { schema: Schema::new(spec), progress })
        })
    }

    /// Judges every row of a batch, in order. The columns are those of `Engine.push`.
    ///
    /// Errors: those of `Engine.push`, but MEMORY_LIMIT; nothing was then judged, nor after Ctrl-C.
    /// CLOSED after `finish`.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
    /// >>> pln.Progress(spec).judge([7, None], [1_000, 2_000]).verdict(-1)
    /// Verdict.INVALID
    #[pyo3(
        signature = (keys, times, values=Given::default(), unit=None, sources=None),
        text_signature = "($self, keys, times, values=(), unit=None, sources=None)"
    )]
    fn judge(
        &self,
        keys: &Bound<'_, PyAny>,
        times: &Bound<'_, PyAny>,
        values: Given<'_, '_>,
        unit: Option<&Bound<'_, PyAny>>,
        sources: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Verdicts> {
        let py = times.py();
        guard(py, || {
            let columns = Columns { keys, times, values: values.get(), unit, sources };
            let mut batch = Batch::open(&self.schema, &columns)?;
            let mut progress = self.progress.enter()?;
            let progress = &mut *progress;
            let (rows, block_rows) = (batch.len(), batch.block_rows());
            let blocks = detached(py, rows >= DETACHED_ROWS_MIN, || {
                batch.check(0)?;
                let mut copy = (rows > block_rows).then(|| progress.clone());
                let judge = copy.as_mut().unwrap_or(progress);
                let mut blocks = Vec::new();
                let (_, outcome) = batch.feed(0, |_, rows| {
                    let verdicts = judge.judge(rows)?;
                    blocks.push(match blocks.first() {
                        Some(first) => verdicts.part_of(first),
                        None => verdicts,
                    });
                    Ok(Pushed { rows: rows.len(), stopped: None })
                });
                outcome?;
                if let Some(judge) = copy {
                    *progress = judge;
                }
                Ok::<_, Fault>(blocks)
            })?;
            Ok(Verdicts { rows, block_rows, blocks })
        })
    }

    /// A source says that no more of its rows come with times up to `t_ms`, as
    /// `Engine.advance_watermark`. Returns the watermark.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
    /// >>> pln.Progress(spec).advance_watermark(9_999)
    /// 9999
    #[pyo3(signature = (t_ms, source=Given::default()), text_signature = "($self, t_ms, source=0)")]
    fn advance_watermark(&self, t_ms: &Bound<'_, PyAny>, source: Given<'_, '_>) -> PyResult<i64> {
        guard(t_ms.py(), || {
            let t_ms = instant(t_ms, "t_ms")?;
            let source = sources::one(&self.schema, source.get())?;
            Ok(self.progress.enter()?.advance_watermark(source, t_ms)?)
        })
    }

    /// Time passes: it is `now_ms`, as `Engine.tick`. Returns the watermark.
    ///
    /// >>> import paneline as pln
    /// >>> window = pln.SlidingWindowSpec(duration="10s")
    /// >>> progress = pln.Progress(pln.EngineSpec(window=window, max_future="1h"))
    /// >>> progress.tick(0) == -(2**63)
    /// True
    /// >>> progress.judge([7], [3_600_001]).verdict(0)
    /// Verdict.FUTURE
    fn tick(&self, now_ms: &Bound<'_, PyAny>) -> PyResult<i64> {
        guard(now_ms.py(), || {
            let t_ms = instant(now_ms, "now_ms")?;
            Ok(self.progress.enter()?.tick(t_ms)?)
        })
    }

    /// The input is at its end: the watermark, which is returned, is 2^63 - 1, and every later call
    /// is CLOSED.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
    /// >>> pln.Progress(spec).finish() == 2**63 - 1
    /// True
    fn finish(&self, py: Python<'_>) -> PyResult<i64> {
        guard(py, || Ok(self.progress.enter()?.finish()?))
    }

    /// No more rows come with times up to this; -2^63 before the first row.
    #[getter]
    fn watermark_ms(&self, py: Python<'_>) -> PyResult<i64> {
        guard(py, || Ok(self.progress.enter()?.watermark_ms()))
    }

    /// The spec.
    #[getter]
    fn spec(&self) -> EngineSpec {
        EngineSpec(self.schema.spec.clone())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || Ok(format!("Progress({})", slf.getattr("spec")?.repr()?)))
    }
}

/// The verdicts of a batch, row by row, with the watermark after each row. `Progress.judge` makes
/// them, `Engine.apply` takes them.
///
/// It has a length; rows count from the end where they are negative. Immutable; any thread.
///
/// >>> import paneline as pln
/// >>> progress = pln.Progress(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
/// >>> verdicts = progress.judge([7, 7, 7], [1_000, 20_000, 9_999])
/// >>> [verdicts.verdict(row).value for row in range(len(verdicts))]
/// [0, 0, 1]
#[pyclass(frozen, module = "paneline")]
pub(crate) struct Verdicts {
    rows: usize,
    block_rows: usize,
    blocks: Vec<paneline::Verdicts>,
}

impl Verdicts {
    /// Refuses a batch that was not the one that was judged.
    pub(super) fn check(&self, batch: &Batch) -> Result<(), Error> {
        if (self.rows, self.block_rows) == (batch.len(), batch.block_rows()) {
            return Ok(());
        }
        let (wanted, got) = (batch.len(), self.rows);
        let message = format!("the batch has {wanted} rows, {got} rows of its kind were judged");
        Err(Error::new(Code::InvalidArgument, "verdicts", message))
    }

    /// The verdicts of the block that starts at a row.
    pub(super) fn block(&self, row: usize) -> &paneline::Verdicts {
        &self.blocks[row / self.block_rows]
    }
}

#[pymethods]
impl Verdicts {
    /// The `Verdict` on a row. Raises `IndexError` if there is no such row.
    ///
    /// >>> import paneline as pln
    /// >>> progress = pln.Progress(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
    /// >>> progress.judge([7], [1_000]).verdict(0)
    /// Verdict.ACCEPTED
    fn verdict<'py>(&self, row: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        guard(row.py(), || {
            let row_ = index(row, self.rows)?;
            let verdict = self.block(row_).verdict(row_ % self.block_rows);
            Ok(named(row.py(), "Verdict", verdict as i32)?)
        })
    }

    /// The watermark after a row, in milliseconds. Raises `IndexError` if there is no such row.
    ///
    /// >>> import paneline as pln
    /// >>> progress = pln.Progress(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
    /// >>> progress.judge([7], [1_000]).watermark_ms(0)
    /// 999
    fn watermark_ms(&self, row: &Bound<'_, PyAny>) -> PyResult<i64> {
        guard(row.py(), || {
            let row = index(row, self.rows)?;
            Ok(self.block(row).watermark_ms(row % self.block_rows))
        })
    }

    fn __len__(&self) -> usize {
        self.rows
    }

    fn __repr__(&self) -> String {
        format!("<Verdicts on {} rows>", self.rows)
    }
}
