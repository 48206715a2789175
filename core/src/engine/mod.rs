//! Keyed event-time windows: rows in, one result for each window and key out.
//!
//! An [`Engine`] owns the state of a keyed stream, or of some of its 64 slots. [`Progress`] judges
//! each row and moves the watermark; `runs` cuts batches where something happens; `ingest` applies
//! rows to slices, `session` to sessions; `fire` turns a move of the watermark into results, which
//! wait in columns until they are drained. Invariant: `rows in = accepted + late + future +
//! invalid`, and a row that was refused for want of memory was not counted, not applied and not
//! judged.

mod again;
mod bits;
mod cells;
mod cleanup;
mod estimate;
mod fire;
mod ids;
mod ingest;
mod key_index;
mod keys;
mod late;
mod prefetch;
mod results;
mod runs;
mod session;
mod single;
mod sliced;
mod slices;
mod state;
mod turn;

use std::fmt;
use std::sync::Arc;

pub use self::estimate::{Estimate, estimate};
use self::ingest::{ALL_SLOTS, Judged};
pub use self::results::{
    FLAG_LATE, FLAG_PARTIAL, FLAG_RETRACTION, LateBatch, ResultBatch, ResultKeys,
};
use self::runs::Judge;
use self::session::Sessions;
use self::sliced::Sliced;
use self::state::State;
use crate::assign::Assigner;
use crate::error::{Code, Error};
use crate::memory::Purpose;
use crate::progress::{Progress, finished, open};
use crate::rows::Rows;
use crate::spec::{EngineSpec, ProvenEngine};
use crate::verdicts::{Place, Verdicts};

/// The slots of a stream: a key's slot is the top 6 bits of `xxh3_64` of its bytes (8 little-endian
/// ones of an integer). A slot is what Flink calls a key group.
pub const SLOTS: u32 = 64;

/// The keyed windows of a stream; one owner at a time.
///
/// ```
/// use paneline::{Aggregate, Engine, EngineSpec, Function, ResultBatch, Rows, SlidingWindowSpec};
/// use paneline::{ValueColumn, ValueType};
///
/// let window = SlidingWindowSpec { duration_ms: 10_000, ..Default::default() };
/// let amount =
///     ValueColumn { name: "amount".into(), r#type: ValueType::I64 as i32, nullable: false };
/// let total = Aggregate {
///     name: "total".into(),
///     function: Function::Sum as i32,
///     column: "amount".into(),
///     ddof: 0,
/// };
/// let mut engine = Engine::new(&EngineSpec {
///     windows: Some(window.into()),
///     values: vec![amount],
///     aggregates: vec![total],
///     ..Default::default()
/// })?;
///
/// let (keys, times, amounts) = ([7, 8, 7], [1_000, 2_000, 3_000], [10, 20, 30]);
/// let pushed = engine.push(&Rows::new(&keys, &times, &[amounts.as_slice().into()]))?;
/// assert_eq!(pushed.rows, 3);
/// engine.finish()?;
///
/// let mut results = ResultBatch::default();
/// assert_eq!(engine.poll(&mut results), 2);
/// assert_eq!((results.end_ms[0], results.count[0]), (10_000, 2));
/// assert_eq!(results.columns[0].bits(0), Some(40));
/// # Ok::<(), paneline::Error>(())
/// ```
pub struct Engine {
    state: State,
    windows: Windows,
    /// The judge; a shard has none.
    progress: Option<Progress>,
    slots: u64,
    /// How far a shard has come.
    place: Place,
    /// The verdicts of the run at hand.
    verdicts: Verdicts,
    /// Whether a shard was told the end.
    closed: bool,
}

/// The state by kind of window.
#[derive(Debug)]
enum Windows {
    Sliced(Box<Sliced>),
    Sessions(Box<Sessions>),
}

/// What became of a pushed batch.
#[must_use = "rows that were not taken must be pushed again, or they are lost"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// How many rows were taken, from the first on. Those after were not looked at.
    pub rows: usize,
    /// Why not all were taken: `MEMORY_LIMIT` at `output_budget_bytes` or `late_budget_rows`
    /// (drain and push the rest) or at `state_budget_bytes` (close windows, or raise it).
    pub stopped: Option<Error>,
}

/// Counters of an engine, and what it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Rows that joined a window.
    pub accepted: u64,
    /// Rows whose windows were all cleaned up.
    pub late: u64,
    /// Rows too far ahead of the last tick.
    pub future: u64,
    /// Rows without a key or with a time out of range.
    pub invalid: u64,
    /// Results that were written, retractions included.
    pub emitted: u64,
    /// Results that are null because a sum of integers does not fit 64 bits.
    pub sum_overflows: u64,
    /// Everything up to this has happened; `i64::MIN` before the first row.
    pub watermark_ms: i64,
    /// Keys with state.
    pub keys: u64,
    /// Slices, or live sessions.
    pub slices: u64,
    /// Windows that hold a row and are not cleaned up.
    pub windows_open: u64,
    /// Cells that firings added to totals, and those that they took out. A cell enters once and
    /// leaves once; a block of a dense slice counts whole, with the cells of keys without rows.
    pub cells_entered: u64,
    /// See `cells_entered`.
    pub cells_left: u64,
    /// Bytes for keys, their index and their totals.
    pub key_bytes: u64,
    /// Bytes for cells of slices or totals of sessions.
    pub cell_bytes: u64,
    /// Bytes for tables of slices and of windows to emit again.
    pub table_bytes: u64,
    /// Bytes for results that were not drained.
    pub output_bytes: u64,
    /// Bytes for late and future rows that were not drained.
    pub late_bytes: u64,
    /// Bytes for working space, of a fixed size.
    pub scratch_bytes: u64,
}

impl Stats {
    /// All bytes together.
    pub fn bytes(&self) -> u64 {
        self.key_bytes
            + self.cell_bytes
            + self.table_bytes
            + self.output_bytes
            + self.late_bytes
            + self.scratch_bytes
    }
}

impl Engine {
    /// Opens an engine for a whole stream.
    ///
    /// Errors: `INVALID_SPEC`, `UNKNOWN_TIMEZONE` and `VERSION_MISMATCH` at the field's path, such
    /// as `window.step_ms` or `aggregates[1].column`; `MEMORY_LIMIT` where the system reserves no
    /// address space.
    pub fn new(spec: &EngineSpec) -> Result<Engine, Error> {
        let (spec, assigner) = open(spec)?;
        let progress = Progress::of(Arc::clone(&spec), Arc::clone(&assigner));
        Engine::of(spec, assigner, Some(progress), ALL_SLOTS)
    }

    /// Opens an engine for the keys of some slots: bit `s` of `slots` is slot `s`. It is fed by
    /// [`Self::apply`] with the verdicts of the stream's one [`Progress`].
    ///
    /// Errors: those of [`Self::new`]; `INVALID_ARGUMENT` at `slots` for none.
    pub fn shard(spec: &EngineSpec, slots: u64) -> Result<Engine, Error> {
        if slots == 0 {
            let message = "a shard has at least one of the 64 slots, got 0";
            return Err(Error::new(Code::InvalidArgument, "slots", message));
        }
        let (spec, assigner) = open(spec)?;
        Engine::of(spec, assigner, None, slots)
    }

    fn of(
        spec: Arc<ProvenEngine>,
        assigner: Arc<Assigner>,
        progress: Option<Progress>,
        slots: u64,
    ) -> Result<Engine, Error> {
        let (mut state, windows);
        if let Some(gap_ms) = assigner.session_gap_ms() {
            let sessions = Sessions::new(&spec, gap_ms);
            state = State::of_sessions(spec, assigner, sessions.lanes())?;
            windows = Windows::Sessions(Box::new(sessions));
        } else {
            state = State::sliced(spec, assigner)?;
            windows = Windows::Sliced(Box::new(Sliced::new(&mut state)?));
        }
        state.ledger.open();
        state.settle();
        let verdicts = Verdicts::default();
        let place = Place::default();
        Ok(Engine { state, windows, progress, slots, place, verdicts, closed: false })
    }

    /// Takes rows, as many as memory allows; where a batch is cut changes no result. Results wait
    /// for [`Self::poll`], late and future rows for [`Self::poll_late`].
    ///
    /// Errors: `INVALID_ARGUMENT` at a column that is not what the spec declares, or at a row such
    /// as `values[0][17]`, and for a shard; `CLOSED` after [`Self::finish`]. Nothing was then
    /// taken.
    pub fn push(&mut self, rows: &Rows<'_>) -> Result<Pushed, Error> {
        let Engine { state, windows, progress, slots, verdicts, .. } = self;
        let Some(progress) = progress else {
            let message = "a shard takes rows with their verdicts: use apply";
            return Err(Error::new(Code::InvalidArgument, "", message));
        };
        progress.check_open()?;
        rows.check(&state.spec)?;
        let pushed = windows.take(state, (rows, 0, *slots), Judge::Own(progress, verdicts));
        state.settle();
        Ok(pushed)
    }

    /// Takes the rows of a shard's slots from a batch that the stream's [`Progress`] judged. A
    /// shard takes every batch of its stream, in their order. On a second try after a refusal,
    /// `from` is how many rows were taken before; more than that leaves rows out.
    ///
    /// Errors: as for [`Self::push`]; `INVALID_ARGUMENT` for an engine that is not a shard, at
    /// `from` beyond the rows, and at `verdicts` that are on other rows, of another stream, on rows
    /// that were taken before, or on a batch after one that was left out.
    pub fn apply(
        &mut self,
        rows: &Rows<'_>,
        verdicts: &Verdicts,
        from: usize,
    ) -> Result<Pushed, Error> {
        self.check_shard()?;
        rows.check(&self.state.spec)?;
        self.place.check(&self.state.spec, rows, verdicts, from)?;
        let Engine { state, windows, slots, .. } = self;
        windows.set_target(verdicts.before_ms());
        let pushed = windows.take(state, (rows, from, *slots), Judge::Given(verdicts));
        self.place.note(verdicts, from, pushed.rows);
        self.state.settle();
        Ok(pushed)
    }

    /// A source says that no more of its rows come with times up to `t_ms`. Without declared
    /// sources the source is 0. Returns the watermark of the stream.
    ///
    /// Errors: those of [`Progress::advance_watermark`]; `INVALID_ARGUMENT` for a shard.
    pub fn advance_watermark(&mut self, source: u32, t_ms: i64) -> Result<i64, Error> {
        self.move_time(|progress| progress.advance_watermark(source, t_ms))
    }

    /// Time passes: it is `now_ms`. Returns the watermark of the stream.
    ///
    /// Errors: those of [`Progress::tick`]; `INVALID_ARGUMENT` for a shard.
    pub fn tick(&mut self, now_ms: i64) -> Result<i64, Error> {
        self.move_time(|progress| progress.tick(now_ms))
    }

    /// The input is at its end: every window fires. Afterwards results can be drained and counters
    /// read; everything else is `CLOSED`.
    ///
    /// Errors: `CLOSED` the second time; `INVALID_ARGUMENT` for a shard.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.move_time(Progress::finish).map(drop)
    }

    fn move_time(
        &mut self,
        change: impl FnOnce(&mut Progress) -> Result<i64, Error>,
    ) -> Result<i64, Error> {
        let Some(progress) = &mut self.progress else {
            let message = "the watermark of a shard is that of its stream: use apply_watermark";
            return Err(Error::new(Code::InvalidArgument, "", message));
        };
        let watermark_ms = change(progress)?;
        self.windows.set_target(watermark_ms);
        self.windows.advance(&mut self.state);
        self.state.settle();
        Ok(watermark_ms)
    }

    /// The watermark of a shard's stream has moved without a row: to what [`Progress`] returned.
    /// `i64::MAX` is the end of the input.
    ///
    /// Errors: `CLOSED` after the end; `INVALID_ARGUMENT` for an engine that is not a shard.
    pub fn apply_watermark(&mut self, watermark_ms: i64) -> Result<(), Error> {
        self.check_shard()?;
        self.windows.set_target(watermark_ms);
        self.windows.advance(&mut self.state);
        self.state.settle();
        Ok(())
    }

    /// The end of a shard's stream, as [`Self::finish`].
    ///
    /// Errors: as for [`Self::apply_watermark`].
    pub fn apply_finish(&mut self) -> Result<(), Error> {
        self.apply_watermark(i64::MAX)?;
        self.closed = true;
        Ok(())
    }

    fn check_shard(&self) -> Result<(), Error> {
        if self.progress.is_some() {
            let message = "this engine judges its own rows: use push, advance_watermark, finish";
            return Err(Error::new(Code::InvalidArgument, "", message));
        }
        if self.closed {
            return Err(finished());
        }
        Ok(())
    }

    /// Moves results into `out`, replacing what it held, and returns how many rows there are; 0
    /// when nothing is left for now. Large results come in several batches.
    pub fn poll(&mut self, out: &mut ResultBatch) -> usize {
        if self.state.results.is_empty() {
            self.windows.advance(&mut self.state);
        }
        out.clear();
        if !out.fits(&self.state.results) || out.bytes() > self.state.ledger.output_bound() {
            let (key_type, outputs) = (self.state.spec.key, &self.state.outputs);
            *out = ResultBatch::new(key_type, outputs);
        }
        std::mem::swap(out, &mut self.state.results);
        self.state.settle();
        out.len()
    }

    /// Moves rows that were set aside into `out`, replacing what it held, and returns how many.
    pub fn poll_late(&mut self, out: &mut LateBatch) -> usize {
        *out = std::mem::replace(&mut self.state.late, LateBatch::new(&self.state.spec));
        self.state.settle();
        out.len()
    }

    /// No more rows come with times up to this; `i64::MIN` before the first row.
    pub fn watermark_ms(&self) -> i64 {
        self.windows.target_ms()
    }

    /// Counters, and what is held now: counting open windows looks at every slice.
    pub fn stats(&self) -> Stats {
        let State { counters, ledger, keys, .. } = &self.state;
        let bytes = |purpose| ledger.used(purpose) as u64;
        let (slices, windows_open) = self.windows.open(&self.state);
        Stats {
            accepted: counters.accepted,
            late: counters.late,
            future: counters.future,
            invalid: counters.invalid,
            emitted: counters.emitted,
            sum_overflows: counters.sum_overflows,
            watermark_ms: self.watermark_ms(),
            keys: keys.len() as u64,
            slices,
            windows_open,
            cells_entered: counters.cells_entered,
            cells_left: counters.cells_left,
            key_bytes: bytes(Purpose::Keys),
            cell_bytes: bytes(Purpose::Cells),
            table_bytes: bytes(Purpose::Tables),
            output_bytes: bytes(Purpose::Output),
            late_bytes: bytes(Purpose::Late),
            scratch_bytes: bytes(Purpose::Scratch),
        }
    }

    /// The names of the result columns, in their order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.state.spec.outputs.iter().map(|output| output.name.as_str())
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("spec", &self.state.spec)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

impl Windows {
    /// The next watermark at which something happens.
    fn point_ms(&self) -> i64 {
        match self {
            Windows::Sliced(sliced) => sliced.point_ms,
            Windows::Sessions(sessions) => sessions.point_ms(),
        }
    }

    /// How many rows of a run may be applied before the watermark moves.
    fn cut(&self, run: &Judged<'_>) -> usize {
        match self {
            Windows::Sliced(_) => run.verdicts.len(),
            Windows::Sessions(sessions) => sessions.cut(run),
        }
    }

    fn target_ms(&self) -> i64 {
        match self {
            Windows::Sliced(sliced) => sliced.target_ms,
            Windows::Sessions(sessions) => sessions.target_ms,
        }
    }

    /// The watermark has moved; it never moves back.
    fn set_target(&mut self, watermark_ms: i64) {
        match self {
            Windows::Sliced(sliced) => sliced.target_ms = watermark_ms.max(sliced.target_ms),
            Windows::Sessions(sessions) => sessions.set_target(watermark_ms),
        }
    }

    /// The watermark has moved with the rows of a run. What fires before the last row must not come
    /// after what that row causes.
    fn follow(&mut self, run: &Judged<'_>) {
        if let [.., before_ms, _] = run.watermarks_ms {
            self.set_target(*before_ms);
        }
        self.set_target(run.watermark_ms);
    }

    /// Does what the watermark asks for. `false` where the results are full before that.
    fn advance(&mut self, state: &mut State) -> bool {
        match self {
            Windows::Sliced(sliced) => sliced.advance(state),
            Windows::Sessions(sessions) => sessions.advance(state),
        }
    }

    /// Applies a run, or refuses it and changes nothing.
    fn apply(&mut self, state: &mut State, run: &Judged<'_>) -> Result<(), Error> {
        match self {
            Windows::Sliced(sliced) => sliced.apply(state, run),
            Windows::Sessions(sessions) => sessions.apply(state, run),
        }
    }

    /// Slices, and windows that hold rows.
    fn open(&self, state: &State) -> (u64, u64) {
        match self {
            Windows::Sliced(sliced) => (sliced.slices.len() as u64, sliced.windows_open(state)),
            Windows::Sessions(sessions) => (sessions.len() as u64, sessions.len() as u64),
        }
    }
}
