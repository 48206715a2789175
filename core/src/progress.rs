//! The judge of a stream: how far time has come, and whether a row is on time.
//!
//! A stream is one sequence of rows, explicit watermarks, ticks and an end. [`Progress`] takes them
//! in order and decides each row (accepted, late, future, invalid) and the watermark after it.
//! Nothing else decides either, so that sharding the state or cutting the input into other batches
//! changes no verdict. It reads no clock: time passes by ticks only. Invariant: the watermark never
//! moves back. Worked number: bound 5,000 ms, a row at 60,000: W = 54,999; a window that ends at
//! 55,000 has all its rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::assign::{Assigner, Sweep};
use crate::error::{Code, Error};
use crate::rows::{Rows, least_and_greatest, undeclared};
use crate::spec::{EngineSpec, ProvenEngine, engine_window, prove_engine};
use crate::time::unit::TimeUnit;
use crate::verdicts::{Origin, Verdict, Verdicts};

/// The watermark before any row: nothing is known.
const NOTHING_YET: i64 = i64::MIN;
/// The watermark after the last row: the end of the input.
pub(crate) const END_OF_INPUT: i64 = i64::MAX;

/// The number of the next stream of this process.
static NEXT_STREAM: AtomicU64 = AtomicU64::new(0);

/// The judge of one stream; see the module. One owner at a time.
///
/// An [`Engine`](crate::Engine) of a whole stream has its own. Where the state is sharded, one
/// `Progress` judges every batch and each shard applies it with the [`Verdicts`].
///
/// ```
/// use paneline::{EngineSpec, Progress, Rows, SlidingWindowSpec, Verdict};
///
/// let window = SlidingWindowSpec { duration_ms: 10_000, ..Default::default() };
/// let spec = EngineSpec { windows: Some(window.into()), ..Default::default() };
/// let mut progress = Progress::new(&spec)?;
/// let verdicts = progress.judge(&Rows::new(&[1, 1], &[20_000, 9_999], &[]))?;
/// assert_eq!(verdicts.watermark_ms(0), 19_999);
/// assert_eq!(verdicts.verdict(1), Verdict::Late);
/// # Ok::<(), paneline::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Progress {
    spec: Arc<ProvenEngine>,
    assigner: Arc<Assigner>,
    /// The stream's number in this process: shards take the verdicts of one.
    stream: u64,
    /// How many rows of it were judged.
    rows: u64,
    sources: Vec<Source>,
    clock: Option<Clock>,
    time: Time,
    /// The sweep over windows that are not cleaned up.
    sweep: Sweep,
    /// What rows since the last checkpoint changed.
    journal: Vec<(usize, Source)>,
    checkpoint: Time,
    closed: bool,
}

/// What the watermark decides.
#[derive(Clone, Copy, Debug)]
struct Time {
    watermark_ms: i64,
    /// A row before this is late for all its windows.
    open_from_ms: i64,
    /// The next cleanup point after the watermark: until then `open_from_ms` holds.
    cleanup_ms: i64,
    /// A source came back since the watermark was computed last.
    revived: bool,
}

#[derive(Clone, Copy, Debug)]
struct Clock {
    first_ms: i64,
    now_ms: i64,
}

#[derive(Clone, Copy, Debug)]
struct Source {
    /// The latest time of its rows.
    max_ms: i64,
    /// The largest watermark it was given.
    explicit_ms: i64,
    /// The last tick before its last row or watermark.
    mark_ms: Option<i64>,
    idle: bool,
}

/// Proves a spec: its windows first, which are its first field.
pub(crate) fn open(spec: &EngineSpec) -> Result<(Arc<ProvenEngine>, Arc<Assigner>), Error> {
    let assigner = Assigner::new(engine_window(spec)?).map_err(|error| error.within("window"))?;
    Ok((Arc::new(prove_engine(spec)?), Arc::new(assigner)))
}

/// The refusal of whatever comes after the end of the input.
pub(crate) fn finished() -> Error {
    let message = "the input was finished: only what an engine holds can be drained";
    Error::new(Code::Closed, "", message)
}

impl Progress {
    /// The judge of a stream with this spec, before its first row.
    ///
    /// Errors: those of [`Engine::new`](crate::Engine::new).
    pub fn new(spec: &EngineSpec) -> Result<Progress, Error> {
        let (spec, assigner) = open(spec)?;
        Ok(Progress::of(spec, assigner))
    }

    /// The judge of a proven spec.
    pub(crate) fn of(spec: Arc<ProvenEngine>, assigner: Arc<Assigner>) -> Progress {
        let source =
            Source { max_ms: NOTHING_YET, explicit_ms: NOTHING_YET, mark_ms: None, idle: false };
        let time = Time {
            watermark_ms: NOTHING_YET,
            open_from_ms: i64::MIN,
            // A session is late by its key's other rows, so its engine decides.
            cleanup_ms: if assigner.session_gap_ms().is_some() { i64::MAX } else { i64::MIN },
            revived: false,
        };
        Progress {
            sources: vec![source; spec.sources.len().max(1)],
            spec,
            assigner,
            stream: NEXT_STREAM.fetch_add(1, Ordering::Relaxed),
            rows: 0,
            clock: None,
            time,
            sweep: Sweep::new(),
            journal: Vec::new(),
            checkpoint: time,
            closed: false,
        }
    }

    /// No more rows come with times up to this; `i64::MIN` before the first row.
    pub fn watermark_ms(&self) -> i64 {
        self.time.watermark_ms
    }

    /// Judges every row of a batch, in order.
    ///
    /// Errors: `INVALID_ARGUMENT` at the column that is not what the spec declares, or at a row
    /// such as `sources[3]`; `CLOSED` after [`Self::finish`]. Nothing was then judged.
    pub fn judge(&mut self, rows: &Rows<'_>) -> Result<Verdicts, Error> {
        self.check_open()?;
        rows.check(&self.spec)?;
        let mut verdicts = Verdicts::default();
        let (spec, before_ms) = (Arc::clone(&self.spec), self.time.watermark_ms);
        verdicts.origin = Some(Origin::new(spec, (self.stream, self.rows), before_ms, rows));
        self.judge_run(rows, 0, rows.len(), None, &mut verdicts);
        self.rows += rows.len() as u64;
        Ok(verdicts)
    }

    /// Judges up to `len` rows from `from` on, and stops after the row that moves the watermark to
    /// `stop_ms` or beyond, if that is given. The rows were checked.
    pub(crate) fn judge_run(
        &mut self,
        rows: &Rows<'_>,
        from: usize,
        len: usize,
        stop_ms: Option<i64>,
        out: &mut Verdicts,
    ) {
        out.clear();
        self.journal.clear();
        self.checkpoint = self.time;
        if self.is_simple(rows) {
            return self.judge_simple(rows, from, len, stop_ms, out);
        }
        let bounds = self.assigner.ticks(rows.unit);
        let all_have_keys = rows.all_have_keys();
        for row in from..from + len {
            let tick = rows.times[row];
            let usable = bounds.contains(&tick) && (all_have_keys || rows.has_key(row));
            let t_ms = if usable { rows.unit.floor_ms(tick) } else { 0 };
            let verdict = self.judge_row(rows.source(row), usable, t_ms);
            out.verdicts.push(verdict);
            out.times_ms.push(t_ms);
            out.watermarks_ms.push(self.time.watermark_ms);
            if stop_ms.is_some_and(|stop_ms| self.time.watermark_ms >= stop_ms) {
                break;
            }
        }
    }

    /// Whether a row needs no more than a comparison: one source, no ticks, keys and milliseconds.
    fn is_simple(&self, rows: &Rows<'_>) -> bool {
        self.sources.len() == 1
            && self.clock.is_none()
            && !self.sources[0].idle
            && rows.unit == TimeUnit::Millisecond
            && rows.all_have_keys()
    }

    /// [`Self::judge_run`] where that is so. Most runs are in range, on time and end nothing: that
    /// takes their least and their greatest time.
    fn judge_simple(
        &mut self,
        rows: &Rows<'_>,
        from: usize,
        len: usize,
        stop_ms: Option<i64>,
        out: &mut Verdicts,
    ) {
        // Without ticks no source is idle, and none gets a mark.
        self.journal.push((0, self.sources[0]));
        let bounds = self.assigner.ticks(rows.unit);
        let (first_ms, last_ms) = (*bounds.start(), *bounds.end());
        let bound_ms = self.spec.max_out_of_orderness_ms;
        let times = &rows.times[from..from + len];
        let (low_ms, high_ms) = least_and_greatest(times);
        // Who stops at a watermark asks for the last one only, but for sessions.
        let each_row = stop_ms.is_none() || self.assigner.session_gap_ms().is_some();
        let stop_ms = stop_ms.unwrap_or(i64::MAX);
        let reached_ms = reached_by(high_ms, bound_ms);
        let quiet = low_ms >= first_ms.max(self.time.open_from_ms)
            && high_ms <= last_ms
            && reached_ms < self.time.cleanup_ms.min(stop_ms);
        if quiet {
            out.verdicts.resize(len, Verdict::Accepted);
            out.times_ms.extend_from_slice(times);
            let (source, time) = (&mut self.sources[0], &mut self.time);
            if each_row {
                let mut max_ms = source.max_ms;
                out.watermarks_ms.extend(times.iter().map(|t_ms| {
                    max_ms = max_ms.max(*t_ms);
                    reached_by(max_ms, bound_ms).max(time.watermark_ms)
                }));
            }
            source.max_ms = source.max_ms.max(high_ms);
            time.watermark_ms = time.watermark_ms.max(reached_ms);
            return;
        }
        for &t_ms in times {
            let usable = first_ms <= t_ms && t_ms <= last_ms;
            let verdict = match usable {
                false => Verdict::Invalid,
                true if t_ms < self.time.open_from_ms => Verdict::Late,
                true => Verdict::Accepted,
            };
            if usable && t_ms > self.sources[0].max_ms {
                self.sources[0].max_ms = t_ms;
                self.move_watermark();
            }
            out.verdicts.push(verdict);
            out.times_ms.push(if usable { t_ms } else { 0 });
            out.watermarks_ms.push(self.time.watermark_ms);
            if self.time.watermark_ms >= stop_ms && stop_ms != i64::MAX {
                return;
            }
        }
    }

    /// One row, by the order of section 8 of docs/SEMANTICS.md.
    fn judge_row(&mut self, at: usize, usable: bool, t_ms: i64) -> Verdict {
        // Of one source without ticks the first row of a run says it all.
        if self.sources.len() > 1 || self.clock.is_some() || self.journal.is_empty() {
            self.journal.push((at, self.sources[at]));
            self.revive(at);
        }
        if !usable {
            return Verdict::Invalid;
        }
        let future_ms = self.spec.max_future_ms;
        if let Some(clock) = self.clock
            && future_ms > 0
            && t_ms > clock.now_ms.saturating_add(future_ms)
        {
            return Verdict::Future;
        }
        let verdict = if t_ms < self.time.open_from_ms { Verdict::Late } else { Verdict::Accepted };
        let mut moves = self.time.revived;
        if t_ms > self.sources[at].max_ms {
            // A source that was ahead of the others holds nothing.
            moves |= self.source_watermark(at) <= self.time.watermark_ms;
            self.sources[at].max_ms = t_ms;
        }
        if moves {
            self.move_watermark();
        }
        verdict
    }

    /// Takes the last [`Self::judge_run`] back.
    pub(crate) fn rewind(&mut self) {
        while let Some((at, source)) = self.journal.pop() {
            self.sources[at] = source;
        }
        self.time = self.checkpoint;
    }

    /// A source says that no more of its rows come with times up to `t_ms`; a lower one than before
    /// changes nothing. Without declared sources the source is 0. Returns the watermark.
    ///
    /// Errors: `INVALID_ARGUMENT` at `source` for one that was not declared; `CLOSED`.
    pub fn advance_watermark(&mut self, source: u32, t_ms: i64) -> Result<i64, Error> {
        self.check_open()?;
        let (at, end) = (source as usize, self.sources.len());
        if at >= end {
            return Err(undeclared("source", source, end));
        }
        self.revive(at);
        self.sources[at].explicit_ms = self.sources[at].explicit_ms.max(t_ms);
        self.move_watermark();
        Ok(self.time.watermark_ms)
    }

    /// Time passes: it is `now_ms`. Sources that were silent for the spec's idle timeout no longer
    /// hold the watermark. Returns the watermark.
    ///
    /// Errors: `INVALID_ARGUMENT` at `now_ms` for a tick before the last one; `CLOSED`.
    pub fn tick(&mut self, now_ms: i64) -> Result<i64, Error> {
        self.check_open()?;
        let first_ms = match self.clock {
            Some(Clock { now_ms: last_ms, .. }) if now_ms < last_ms => {
                let message = format!("ticks never decrease: the last was {last_ms}, got {now_ms}");
                return Err(Error::new(Code::InvalidArgument, "now_ms", message));
            }
            Some(clock) => clock.first_ms,
            None => now_ms,
        };
        self.clock = Some(Clock { first_ms, now_ms });
        let timeout_ms = self.spec.idle_timeout_ms;
        if timeout_ms > 0 {
            for source in &mut self.sources {
                let silent_ms = now_ms.saturating_sub(source.mark_ms.unwrap_or(first_ms));
                source.idle |= silent_ms >= timeout_ms;
            }
        }
        self.move_watermark();
        Ok(self.time.watermark_ms)
    }

    /// The input is at its end: the watermark is `i64::MAX`, and every later call is `CLOSED`.
    ///
    /// Errors: `CLOSED` the second time.
    pub fn finish(&mut self) -> Result<i64, Error> {
        self.check_open()?;
        self.closed = true;
        self.time.watermark_ms = END_OF_INPUT;
        Ok(END_OF_INPUT)
    }

    /// `CLOSED` after the end of the input.
    pub(crate) fn check_open(&self) -> Result<(), Error> {
        if self.closed { Err(finished()) } else { Ok(()) }
    }

    fn revive(&mut self, at: usize) {
        let source = &mut self.sources[at];
        self.time.revived |= source.idle;
        source.idle = false;
        source.mark_ms = self.clock.map(|clock| clock.now_ms);
    }

    /// The watermark of one source.
    fn source_watermark(&self, at: usize) -> i64 {
        let Source { max_ms, explicit_ms, .. } = self.sources[at];
        reached_by(max_ms, self.spec.max_out_of_orderness_ms).max(explicit_ms)
    }

    /// The watermark is the lowest of the sources that are not idle; it never moves back.
    fn move_watermark(&mut self) {
        let lowest = (0..self.sources.len())
            .filter(|at| !self.sources[*at].idle)
            .map(|at| self.source_watermark(at))
            .min();
        let watermark_ms = self.time.watermark_ms.max(lowest.unwrap_or(NOTHING_YET));
        self.time.watermark_ms = watermark_ms;
        self.time.revived = false;
        if watermark_ms == END_OF_INPUT {
            // Past every cleanup, however long the lateness.
            let is_session = self.assigner.session_gap_ms().is_some();
            self.time.open_from_ms = if is_session { i64::MIN } else { i64::MAX };
        } else if watermark_ms >= self.time.cleanup_ms {
            let lateness_ms = self.spec.window.allowed_lateness_ms;
            let x_ms = watermark_ms.saturating_add(1).saturating_sub(lateness_ms);
            let open = self.sweep.first_ending_after(&self.assigner, x_ms);
            self.time.open_from_ms = open.start_ms;
            self.time.cleanup_ms = open.end_ms.saturating_sub(1).saturating_add(lateness_ms);
        }
    }
}

/// The watermark that rows with times up to `max_ms` give. With a negative bound they give none:
/// only the watermarks that were given move time then.
fn reached_by(max_ms: i64, bound_ms: i64) -> i64 {
    match bound_ms {
        ..0 => NOTHING_YET,
        _ => max_ms.saturating_sub(bound_ms).saturating_sub(1),
    }
}
