//! `Engine` for Python, and what belongs to it.
//!
//! It hands blocks of columns to the core and columns of results to Python, and holds no rule about
//! windows. Invariant: whatever a call raises says how many rows it took before; those are counted,
//! the rest was not looked at. Worked number: 10 million rows are 2,442 blocks of at most 4,096
//! rows, read and pushed without the GIL.

mod cells;
mod keys;
mod owned;
mod progress;
mod results;
mod rows;
mod run;
mod signals;
mod sources;
mod spec;
mod stats;

use std::sync::Arc;

use paneline::{Code, Error};
use pyo3::prelude::*;
use pyo3::types::PyType;

use self::owned::{Owned, taken};
pub(crate) use self::progress::{Progress, Verdicts};
pub(crate) use self::results::{LateBatch, ResultBatch};
use self::rows::{Batch, Columns, Schema};
use self::run::Run;
pub(crate) use self::spec::{Aggregate, ENGINE_FIELDS, EngineSpec, ValueColumn};
pub(crate) use self::stats::{Estimate, Stats, estimate};
use crate::argument::{Given, int, of_class};
use crate::assigner::detached;
use crate::error::{Outcome, guard};
use crate::instant::instant;

/// From this many rows (about 5 µs) a call releases the GIL: below, another thread that takes it
/// costs more than it gains.
const DETACHED_ROWS_MIN: usize = 128;

/// The keyed windows of a stream: rows in, one result for each window and key out.
///
/// `push` takes rows, `advance_watermark`, `tick` and `finish` move time, `poll` gives results out,
/// `poll_late` the rows that came too late; `run` does it all for one batch. How a batch is cut
/// changes no result.
///
/// An engine has one owner at a time. A call that begins while another one runs, in another thread
/// or from a method that the call itself runs, raises INVALID_ARGUMENT at once and changes nothing;
/// it never waits. Long calls release the GIL, so engines in threads of their own run in parallel.
/// The memory goes with the last reference, `del engine`; there is no `close`. An iterator of `run`
/// is a reference as well.
///
/// Errors: INVALID_SPEC, UNKNOWN_TIMEZONE and VERSION_MISMATCH at the field's path, such as
/// `window.step_ms` or `aggregates[1].column`; MEMORY_LIMIT where the system reserves no address
/// space.
///
/// >>> import paneline as pln
/// >>> spec = pln.EngineSpec(
/// ...     window=pln.SlidingWindowSpec(duration="10s"),
/// ...     values=[pln.ValueColumn("amount", "f64")],
/// ...     aggregates=[pln.Aggregate("total", "sum", "amount")],
/// ... )
/// >>> engine = pln.Engine(spec)
/// >>> for batch in engine.run([7, 8, 7], [1_000, 2_000, 3_000], [[0.1, 1.0, 0.2]], finish=True):
/// ...     print(batch.keys.tolist(), batch.end_ms.tolist(), batch["total"].tolist())
/// [7, 8] [10000, 10000] [0.30000000000000004, 1.0]
#[pyclass(frozen, module = "paneline")]
pub(crate) struct Engine {
    schema: Arc<Schema>,
    /// The slots of a shard.
    slots: Option<u64>,
    engine: Owned<paneline::Engine>,
}

#[pymethods]
impl Engine {
    #[new]
    fn new(py: Python<'_>, spec: &Bound<'_, PyAny>) -> PyResult<Engine> {
        guard(py, || {
            let spec = &EngineSpec::given(spec)?.0;
            let engine = Owned::new(py.detach(|| paneline::Engine::new(spec))?, "Engine");
            Ok(Engine { schema: Schema::new(spec), slots: None, engine })
        })
    }

    /// Opens an engine for the keys of some of the stream's 64 slots: bit `s` of `slots` is slot
    /// `s`. One `Progress` judges the stream, and `apply` feeds each shard.
    ///
    /// Errors: those of `Engine`; INVALID_ARGUMENT at `slots` for none, or beyond 64 bits.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10))
    /// >>> halves = [pln.Engine.shard(spec, slots) for slots in (0xFFFF_FFFF, 0xFFFF_FFFF << 32)]
    /// >>> keys, times = [1, 2, 3, 4], [0, 1, 2, 30]
    /// >>> verdicts = pln.Progress(spec).judge(keys, times)
    /// >>> [half.apply(keys, times, verdicts=verdicts) for half in halves]
    /// [4, 4]
    /// >>> sorted(row for half in halves for batch in iter(half.poll, None) for row in batch)
    /// [(0, 10, 1, 1, 0, 0), (0, 10, 2, 1, 0, 0), (0, 10, 3, 1, 0, 0)]
    #[classmethod]
    fn shard(
        class: &Bound<'_, PyType>,
        spec: &Bound<'_, PyAny>,
        slots: &Bound<'_, PyAny>,
    ) -> PyResult<Engine> {
        let py = class.py();
        guard(py, || {
            let spec = &EngineSpec::given(spec)?.0;
            let slots = int(slots, &"slots", Code::InvalidArgument)?;
            let engine = py.detach(|| paneline::Engine::shard(spec, slots))?;
            let engine = Owned::new(engine, "Engine");
            Ok(Engine { schema: Schema::new(spec), slots: Some(slots), engine })
        })
    }

    /// Takes rows and returns how many: all from row `from_row` on.
    ///
    /// `keys`, `times` and each of `values`, in the order of the spec, are columns of one length. A
    /// column is a list, a one-dimensional contiguous buffer of the spec's type (int64, uint64,
    /// float64; numpy, `array`, `memoryview`), or an Arrow column of it: what has
    /// `__arrow_c_array__` or `__arrow_c_stream__`, such as a polars Series. `times` may also be a
    /// tuple, numpy datetime64 or Arrow timestamps, and a list of it may hold instants, as for
    /// `Assigner.pane_starts`; `unit` is what one tick of it is: "s", "ms", "us" or "ns", floored
    /// to the millisecond; None is the column's own, milliseconds for ints. Byte keys are a list of
    /// bytes or text (its UTF-8), an Arrow column of either, a `BytesArray`, or a tuple `(offsets,
    /// data)` or `(offsets, data, validity)` as Arrow's large_binary has it. `sources` is the
    /// source of all rows, or a column of the sources of each (a list or tuple, int64 or uint32):
    /// indexes, or names in a list. None is the one source of a spec that declares none or one; of
    /// two or more it is refused. An Arrow stream is pulled to its end before the first row is
    /// taken; a reader that can be pulled once belongs into `run`, which keeps it.
    ///
    /// Nulls: `None` in a list, a null of an Arrow column, NaT; for a buffer of keys or values a
    /// pair `(values, validity)`, where `validity` is None or a buffer of bools or uint8, a byte
    /// for each row, 0 for a null. Times take no validity. A null key or time counts as an invalid
    /// row. A pandas Series of floats comes by Arrow, where its NaN is a null; `series.to_numpy()`
    /// keeps NaN. A masked array is refused: pass `(a.data, ~np.ma.getmaskarray(a))`.
    ///
    /// Blocks of at most 4,096 rows are copied and pushed, without the GIL for long columns, which
    /// must not change meanwhile: a row that does counts as either. A refused batch takes nothing,
    /// unless memory ends or the columns changed. A signal such as Ctrl-C ends a long call between
    /// two blocks. Whatever is raised then has `taken`, the rows that were taken, and `push` goes
    /// on with `from_row` that much greater.
    ///
    /// Errors: MEMORY_LIMIT, with `taken`, at `output_budget_bytes` (`poll`, then push the rest),
    /// `late_budget_rows` (`poll_late`) or `state_budget_bytes` (move the watermark, or raise it);
    /// INVALID_ARGUMENT at the column that is not what the spec declares, or at a row such as
    /// `values[0][17]`, at `unit` and `from_row`, and for a shard; OUT_OF_RANGE at a number in a
    /// list that does not fit; CLOSED after `finish`.
    ///
    /// >>> from array import array
    /// >>> import paneline as pln
    /// >>> amount = pln.ValueColumn("amount", "f64", nullable=True)
    /// >>> window = pln.SlidingWindowSpec(duration="10s")
    /// >>> engine = pln.Engine(pln.EngineSpec(window=window, key="bytes", values=[amount]))
    /// >>> engine.push([b"a", b"b", None], array("q", [1, 2, 3]), [[0.5, None, 1.0]], unit="s")
    /// 3
    /// >>> engine.stats.accepted, engine.stats.invalid
    /// (2, 1)
    #[pyo3(
        signature = (
            keys, times, values=Given::default(), unit=None, sources=None, *,
            from_row=Given::default()
        ),
        text_signature = "($self, keys, times, values=(), unit=None, sources=None, *, from_row=0)"
    )]
    fn push(
        &self,
        keys: &Bound<'_, PyAny>,
        times: &Bound<'_, PyAny>,
        values: Given<'_, '_>,
        unit: Option<&Bound<'_, PyAny>>,
        sources: Option<&Bound<'_, PyAny>>,
        from_row: Given<'_, '_>,
    ) -> PyResult<usize> {
        let py = times.py();
        guard(py, || {
            let columns = Columns { keys, times, values: values.get(), unit, sources };
            let mut batch = Batch::open(&self.schema, &columns)?;
            let from = batch.start(from_row.get())?;
            let (rows, outcome) = self.feed(py, &mut batch, from, true)?;
            taken(py, rows, outcome)
        })
    }

    /// Pushes a batch and gives its results out: an iterator of `ResultBatch`, which pushes until
    /// the results are full, gives them out, and goes on. With `finish` the input then is at its
    /// end. It is lazy: no row is taken before the first step, and all are when it is exhausted.
    ///
    /// The columns are those of `push`; the iterator holds them until they are taken. Other calls
    /// of the engine may come between its steps. Where a step raises, the iterator can go on, from
    /// the row after the last that was taken: after MEMORY_LIMIT at `late_budget_rows` for example,
    /// once `poll_late` has made room, or after Ctrl-C.
    ///
    /// Errors: those of `push`, at once for columns that are refused; `taken` counts from the first
    /// row.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10))
    /// >>> engine = pln.Engine(spec)
    /// >>> [row for batch in engine.run([1, 1, 2], [5, 12, 31]) for row in batch]
    /// [(0, 10, 1, 1, 0, 0), (10, 20, 1, 1, 0, 0)]
    /// >>> [row for batch in engine.run([2], [32], finish=True) for row in batch]
    /// [(30, 40, 2, 2, 0, 0)]
    #[pyo3(
        signature = (
            keys, times, values=Given::default(), unit=None, sources=None, *,
            finish=Given::default()
        ),
        text_signature = "($self, keys, times, values=(), unit=None, sources=None, *, finish=False)"
    )]
    fn run(
        slf: &Bound<'_, Self>,
        keys: &Bound<'_, PyAny>,
        times: &Bound<'_, PyAny>,
        values: Given<'_, '_>,
        unit: Option<&Bound<'_, PyAny>>,
        sources: Option<&Bound<'_, PyAny>>,
        finish: Given<'_, '_>,
    ) -> PyResult<Run> {
        let py = slf.py();
        guard(py, || {
            let columns = Columns { keys, times, values: values.get(), unit, sources };
            let finish = finish.is_true("finish")?;
            let mut batch = Batch::open(&slf.get().schema, &columns)?;
            let release = batch.len() >= DETACHED_ROWS_MIN;
            detached(py, release, || batch.check(0))?;
            Ok(Run::new(slf.clone().unbind(), batch, finish))
        })
    }

    /// Takes the rows of a shard's slots from a batch that the stream's `Progress` judged, and
    /// returns how many rows were taken, those of other slots included.
    ///
    /// A shard takes every batch of its stream, in their order. The columns are those of `push` and
    /// of `Progress.judge`; on a second try after a refusal, `from_row` is how many rows were taken
    /// before, and more than that leaves rows out. The GIL is released for long columns, so that
    /// shards in threads of their own run in parallel.
    ///
    /// Errors: those of `push`; INVALID_ARGUMENT for an engine that is not a shard, and at
    /// `verdicts` that are on other rows, of another stream, on rows that were taken before, or on
    /// a batch after one that was left out.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
    /// >>> progress, shard = pln.Progress(spec), pln.Engine.shard(spec, 2**64 - 1)
    /// >>> keys, times = [7, 8], [1_000, 2_000]
    /// >>> shard.apply(keys, times, verdicts=progress.judge(keys, times))
    /// 2
    #[pyo3(
        signature = (
            keys, times, values=Given::default(), unit=None, sources=None, *, verdicts,
            from_row=Given::default()
        ),
        text_signature = "($self, keys, times, values=(), unit=None, sources=None, *, verdicts, \
                          from_row=0)"
    )]
    #[expect(clippy::too_many_arguments, reason = "those of push, and the verdicts")]
    fn apply(
        &self,
        keys: &Bound<'_, PyAny>,
        times: &Bound<'_, PyAny>,
        values: Given<'_, '_>,
        unit: Option<&Bound<'_, PyAny>>,
        sources: Option<&Bound<'_, PyAny>>,
        verdicts: &Bound<'_, PyAny>,
        from_row: Given<'_, '_>,
    ) -> PyResult<usize> {
        let py = times.py();
        guard(py, || {
            let columns = Columns { keys, times, values: values.get(), unit, sources };
            let mut batch = Batch::open(&self.schema, &columns)?;
            let from = batch.start(from_row.get())?;
            let verdicts: &Verdicts =
                of_class(verdicts, "verdicts", "the Verdicts of Progress.judge")?.get();
            verdicts.check(&batch)?;
            let mut engine = self.engine.enter()?;
            let engine = &mut *engine;
            // The blocks are those that were judged, also where rows of the first were taken.
            let block_rows = batch.block_rows();
            let first = from.min(batch.len().saturating_sub(1)) / block_rows * block_rows;
            let release = batch.len() - first >= DETACHED_ROWS_MIN;
            let (rows, outcome) = detached(py, release, || match batch.check(first) {
                Err(fault) => (0, Err(fault)),
                Ok(()) => batch.feed(first, |at, rows| {
                    engine.apply(rows, verdicts.block(at), from.saturating_sub(at))
                }),
            });
            taken(py, rows, outcome)
        })
    }

    /// The results that are there, or None when nothing is left for now. Large results come in
    /// several batches: `for batch in iter(engine.poll, None)` takes them all.
    ///
    /// The GIL is released meanwhile.
    ///
    /// >>> import paneline as pln
    /// >>> engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10)))
    /// >>> engine.push([1, 1, 2], [5, 6, 20])
    /// 3
    /// >>> [list(batch) for batch in iter(engine.poll, None)]
    /// [[(0, 10, 1, 2, 0, 0)]]
    fn poll(&self, py: Python<'_>) -> PyResult<Option<ResultBatch>> {
        guard(py, || self.drain(py))
    }

    /// The late and future rows that were set aside since the last call, or None.
    ///
    /// >>> import paneline as pln
    /// >>> engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
    /// >>> engine.push([7, 8], [20_000, 9_999])
    /// 2
    /// >>> late = engine.poll_late()
    /// >>> late.keys, late.times_ms
    /// (Int64Array([8]), Int64Array([9999]))
    /// >>> engine.poll_late() is None
    /// True
    fn poll_late(&self, py: Python<'_>) -> PyResult<Option<LateBatch>> {
        guard(py, || {
            let mut engine = self.engine.enter()?;
            let mut batch = paneline::LateBatch::default();
            if engine.poll_late(&mut batch) == 0 {
                return Ok(None);
            }
            Ok(Some(LateBatch::of(py, &self.schema.spec, batch)?))
        })
    }

    /// A source, by its index or name, says that no more of its rows come with times up to `t_ms`,
    /// an instant as `Assigner.windows` takes it. A lower one than before changes nothing. Without
    /// declared sources the source is 0. Returns the watermark of the stream.
    ///
    /// The GIL is released meanwhile. Errors: INVALID_ARGUMENT at `source` for one that was not
    /// declared, and for a shard; OUT_OF_RANGE at `t_ms` beyond 64 bits; CLOSED after `finish`.
    ///
    /// >>> import paneline as pln
    /// >>> window = pln.SlidingWindowSpec(duration_ms=10)
    /// >>> engine = pln.Engine(pln.EngineSpec(window=window, sources=("north", "south")))
    /// >>> engine.advance_watermark(25, "north") == engine.watermark_ms == -(2**63)
    /// True
    /// >>> engine.advance_watermark(30, 1)
    /// 25
    #[pyo3(signature = (t_ms, source=Given::default()), text_signature = "($self, t_ms, source=0)")]
    fn advance_watermark(&self, t_ms: &Bound<'_, PyAny>, source: Given<'_, '_>) -> PyResult<i64> {
        let py = t_ms.py();
        guard(py, || {
            let t_ms = instant(t_ms, "t_ms")?;
            let source = sources::one(&self.schema, source.get())?;
            self.call(py, |engine| engine.advance_watermark(source, t_ms))
        })
    }

    /// Time passes: it is `now_ms`, an instant as `Assigner.windows` takes it. Returns the
    /// watermark of the stream.
    ///
    /// The GIL is released meanwhile. Errors: INVALID_ARGUMENT at `now_ms` for a tick before the
    /// last one, and for a shard; OUT_OF_RANGE at `now_ms` beyond 64 bits; CLOSED after `finish`.
    ///
    /// >>> import paneline as pln
    /// >>> window = pln.SlidingWindowSpec(duration="10s")
    /// >>> spec = pln.EngineSpec(window=window, sources=("a", "b"), idle_timeout="1m")
    /// >>> engine = pln.Engine(spec)
    /// >>> engine.tick(0) == engine.advance_watermark(5_000, "a") == -(2**63)
    /// True
    /// >>> engine.tick(30_000) == engine.advance_watermark(35_000, "a") == -(2**63)
    /// True
    /// >>> engine.tick(60_000)  # "b" has been silent for a minute
    /// 35000
    fn tick(&self, now_ms: &Bound<'_, PyAny>) -> PyResult<i64> {
        guard(now_ms.py(), || {
            let t_ms = instant(now_ms, "now_ms")?;
            self.call(now_ms.py(), |engine| engine.tick(t_ms))
        })
    }

    /// The input is at its end: every window fires. Afterwards results can be drained and counters
    /// read; everything else is CLOSED.
    ///
    /// The GIL is released meanwhile. Errors: CLOSED the second time; INVALID_ARGUMENT for a shard.
    ///
    /// >>> import paneline as pln
    /// >>> engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
    /// >>> engine.push([7], [1_000])
    /// 1
    /// >>> engine.poll() is None
    /// True
    /// >>> engine.finish()
    /// >>> len(engine.poll())
    /// 1
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || self.end(py))
    }

    /// The watermark of a shard's stream has moved without a row: to what `Progress` returned.
    /// 2^63 - 1 is the end of the input.
    ///
    /// The GIL is released meanwhile. Errors: CLOSED after the end; OUT_OF_RANGE at `watermark_ms`
    /// beyond 64 bits; INVALID_ARGUMENT for an engine that is not a shard.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
    /// >>> progress, shard = pln.Progress(spec), pln.Engine.shard(spec, 2**64 - 1)
    /// >>> shard.apply_watermark(progress.advance_watermark(9_999))
    /// >>> shard.watermark_ms
    /// 9999
    fn apply_watermark(&self, watermark_ms: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = watermark_ms.py();
        guard(py, || {
            let watermark_ms = instant(watermark_ms, "watermark_ms")?;
            self.call(py, |engine| engine.apply_watermark(watermark_ms))
        })
    }

    /// The end of a shard's stream, as `finish`. Errors: those of `apply_watermark`.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
    /// >>> shard = pln.Engine.shard(spec, 1)
    /// >>> shard.apply_finish()
    /// >>> shard.watermark_ms == 2**63 - 1
    /// True
    fn apply_finish(&self, py: Python<'_>) -> PyResult<()> {
        guard(py, || self.call(py, paneline::Engine::apply_finish))
    }

    /// Counters, and what is held now.
    #[getter]
    fn stats(&self, py: Python<'_>) -> PyResult<Stats> {
        guard(py, || Ok(Stats::from(self.engine.enter()?.stats())))
    }

    /// Everything up to this has happened; -2^63 before the first row, 2^63 - 1 at the end.
    #[getter]
    fn watermark_ms(&self, py: Python<'_>) -> PyResult<i64> {
        guard(py, || Ok(self.engine.enter()?.watermark_ms()))
    }

    /// The spec.
    #[getter]
    fn spec(&self) -> EngineSpec {
        EngineSpec(self.schema.spec.clone())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || {
            let spec = slf.getattr("spec")?.repr()?;
            Ok(match slf.get().slots {
                Some(slots) => format!("Engine.shard({spec}, slots={slots:#x})"),
                None => format!("Engine({spec})"),
            })
        })
    }
}

impl Engine {
    /// Pushes a batch from a row on, and looks at all of it first if it is new. How many rows were
    /// taken, and why not all.
    fn feed(
        &self,
        py: Python<'_>,
        batch: &mut Batch,
        from: usize,
        is_new: bool,
    ) -> Result<(usize, Outcome<()>), Error> {
        let mut engine = self.engine.enter()?;
        let engine = &mut *engine;
        let release = batch.len() - from >= DETACHED_ROWS_MIN;
        Ok(detached(py, release, || match if is_new { batch.check(from) } else { Ok(()) } {
            Ok(()) => batch.feed(from, |_, rows| engine.push(rows)),
            Err(fault) => (0, Err(fault)),
        }))
    }

    fn drain(&self, py: Python<'_>) -> Outcome<Option<ResultBatch>> {
        let mut engine = self.engine.enter()?;
        let engine = &mut *engine;
        let mut batch = paneline::ResultBatch::default();
        if py.detach(|| engine.poll(&mut batch)) == 0 {
            return Ok(None);
        }
        Ok(Some(ResultBatch::of(py, &self.schema.spec, batch)?))
    }

    fn end(&self, py: Python<'_>) -> Outcome<()> {
        self.call(py, paneline::Engine::finish)
    }

    /// A call that may fire windows.
    fn call<T: Send>(
        &self,
        py: Python<'_>,
        work: impl Send + FnOnce(&mut paneline::Engine) -> Result<T, Error>,
    ) -> Outcome<T> {
        let mut engine = self.engine.enter()?;
        let engine = &mut *engine;
        Ok(py.detach(|| work(engine))?)
    }
}
