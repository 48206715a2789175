//! The engine as a handle: rows in, views of results out.
//!
//! A call that takes rows says how many it took, also where a memory bound stopped it; what it did
//! not take is pushed again, so nothing is lost and nothing counted twice. Results are not copied:
//! a view leads into the columns that the engine drained last. Invariant: those columns live until
//! the next poll of the same kind.

use std::sync::atomic::AtomicBool;

use paneline::{
    Code, Engine, Error, Estimate, LateBatch, Pushed, ResultBatch, Stats, estimate, spec,
};

use crate::arguments::{input, invalid, place};
use crate::error::pln_error;
use crate::guard::guard;
use crate::progress::pln_verdicts;
use crate::rows::{ColumnViews, pln_late_batch, pln_result_batch, pln_rows, with_rows};

/// The windows of a keyed stream, or of some of its 64 slots. One thread at a time, which may be
/// another one for each call. Owned by the caller; give it back with pln_engine_free().
pub struct pln_engine {
    opened: Opened,
    poisoned: AtomicBool,
}

/// An engine with the batches that C looks at.
pub(crate) struct Opened {
    engine: Engine,
    results: ResultBatch,
    result_columns: ColumnViews,
    late: LateBatch,
    late_columns: ColumnViews,
}

// A handle may move to another thread between calls, and several may ask for counters at once.
const _: fn() = || {
    fn sound<T: Send + Sync>() {}
    sound::<(Engine, ResultBatch, LateBatch)>();
};

/// Counters of an engine, and what it holds.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct pln_stats {
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
    /// Everything up to this has happened; INT64_MIN before the first row.
    pub watermark_ms: i64,
    /// Keys with state.
    pub keys: u64,
    /// Slices, or live sessions.
    pub slices: u64,
    /// Windows that hold a row and are not cleaned up.
    pub windows_open: u64,
    /// Cells that firings added to totals.
    pub cells_entered: u64,
    /// Cells that firings took out of totals.
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

/// Bytes of an engine's state, before it is opened.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct pln_estimate {
    /// Bytes of a key's cell in one slice (of a session's total).
    pub cell_bytes: u64,
    /// Bytes of a key beside its cells: the key, its index and its totals.
    pub key_bytes: u64,
    /// Slices that are live at once.
    pub slices: u64,
    /// All together for so many keys with rows in every slice.
    pub state_bytes: u64,
}

const _: () = assert!(size_of::<pln_stats>() == 144 && size_of::<pln_estimate>() == 32);

impl From<Stats> for pln_stats {
    fn from(stats: Stats) -> pln_stats {
        pln_stats {
            accepted: stats.accepted,
            late: stats.late,
            future: stats.future,
            invalid: stats.invalid,
            emitted: stats.emitted,
            sum_overflows: stats.sum_overflows,
            watermark_ms: stats.watermark_ms,
            keys: stats.keys,
            slices: stats.slices,
            windows_open: stats.windows_open,
            cells_entered: stats.cells_entered,
            cells_left: stats.cells_left,
            key_bytes: stats.key_bytes,
            cell_bytes: stats.cell_bytes,
            table_bytes: stats.table_bytes,
            output_bytes: stats.output_bytes,
            late_bytes: stats.late_bytes,
            scratch_bytes: stats.scratch_bytes,
        }
    }
}

impl From<Estimate> for pln_estimate {
    fn from(estimate: Estimate) -> pln_estimate {
        let Estimate { cell_bytes, key_bytes, slices, state_bytes } = estimate;
        pln_estimate { cell_bytes, key_bytes, slices, state_bytes }
    }
}

/// The refusal of NULL as an engine.
fn no_engine() -> Error {
    invalid("engine", "engine must not be null".into())
}

/// Runs a body on the engine behind a handle.
///
/// # Safety
/// `handle` is NULL or live, and nothing else uses it; `error` as for [`guard`].
pub(crate) unsafe fn with_engine(
    handle: *mut pln_engine,
    error: *mut *mut pln_error,
    body: impl FnOnce(&mut Opened) -> Result<(), Error>,
) -> Code {
    // SAFETY: the caller passes NULL or a live handle, and says that `error` may be written.
    unsafe {
        match handle.as_mut() {
            Some(pln_engine { opened, poisoned }) => guard(Some(poisoned), error, || body(opened)),
            None => guard(None, error, || Err(no_engine())),
        }
    }
}

/// Opens an engine from the bytes of its spec.
///
/// # Safety
/// As for [`input`] and [`place`].
unsafe fn open(
    bytes: *const u8,
    bytes_len: usize,
    out: *mut *mut pln_engine,
    engine: impl FnOnce(&spec::EngineSpec) -> Result<Engine, Error>,
) -> Result<(), Error> {
    // SAFETY: the caller's word.
    let (out, bytes) = unsafe { (place(out, "out")?, input(bytes, bytes_len, "spec")?) };
    let spec = spec::engine_from_proto(bytes)?;
    let opened = Opened {
        engine: engine(&spec)?,
        results: ResultBatch::default(),
        result_columns: ColumnViews::new(spec.aggregates.iter().map(|output| &*output.name)),
        late: LateBatch::default(),
        late_columns: ColumnViews::new(spec.values.iter().map(|column| &*column.name)),
    };
    *out = Box::into_raw(Box::new(pln_engine { opened, poisoned: AtomicBool::new(false) }));
    Ok(())
}

/// Says how many rows were taken, and why not all.
fn report(pushed: Pushed, taken: &mut usize) -> Result<(), Error> {
    *taken = pushed.rows;
    pushed.stopped.map_or(Ok(()), Err)
}

/// Opens an engine for a whole stream from the protobuf bytes of an EngineSpec.
///
/// On success `*out` is an engine to be freed with pln_engine_free().
///
/// Errors: CORRUPT; UNSUPPORTED_FIELD at "#<number>"; INVALID_SPEC, UNKNOWN_TIMEZONE and
/// VERSION_MISMATCH at the field's path, such as "window.step_ms"; MEMORY_LIMIT where the system
/// reserves no address space; INVALID_ARGUMENT at a bad pointer. Any thread.
///
/// # Safety
/// `spec` leads to `spec_len` bytes, `out` to one pointer.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_new(
    spec: *const u8,
    spec_len: usize,
    out: *mut *mut pln_engine,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe { guard(None, error, || open(spec, spec_len, out, Engine::new)) }
}

/// Opens an engine for the keys of some slots: bit s of `slots` is slot s, 0 to 63. It is fed by
/// pln_engine_apply() with the verdicts of the stream's one pln_progress. Every shard gets every
/// batch and takes what is its own; the shards of a stream may be used by a thread each.
///
/// On success `*out` is an engine to be freed with pln_engine_free().
///
/// Errors: as for pln_engine_new(); INVALID_ARGUMENT at "slots" for none. Any thread.
///
/// # Safety
/// `spec` leads to `spec_len` bytes, `out` to one pointer.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_shard(
    spec: *const u8,
    spec_len: usize,
    slots: u64,
    out: *mut *mut pln_engine,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe { guard(None, error, || open(spec, spec_len, out, |spec| Engine::shard(spec, slots))) }
}

/// Frees an engine, and with it the results that were looked at last. NULL is fine.
///
/// # Safety
/// `engine` is NULL or came from pln_engine_new() or pln_engine_shard(), was not freed before, and
/// no other thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pln_engine_free(engine: *mut pln_engine) {
    if !engine.is_null() {
        // SAFETY: made by `Box::into_raw` above and given back once.
        drop(unsafe { Box::from_raw(engine) });
    }
}

/// Takes rows, as many as memory allows, and writes their number, from the first on, to `taken`.
/// Where a batch is cut changes no result. Results wait for pln_engine_poll(), late and future rows
/// for pln_engine_poll_late().
///
/// With PLN_CODE_OK all rows were taken. With PLN_CODE_MEMORY_LIMIT `*taken` is written as well,
/// and the rows after those were not looked at: make room and push them again. At
/// "output_budget_bytes" and "late_budget_rows" that is to drain, at "state_budget_bytes" to close
/// windows or to open an engine with more. After any other code nothing was taken and `*taken` is
/// untouched.
///
/// Errors: MEMORY_LIMIT, as above; INVALID_ARGUMENT at a column that is not what the spec declares,
/// at a row such as "values[0][17]", at a bad pointer, and for a shard; CLOSED after
/// pln_engine_finish().
///
/// # Safety
/// `rows` leads to a batch whose columns have `len` rows, `taken` to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_push(
    engine: *mut pln_engine,
    rows: *const pln_rows,
    taken: *mut usize,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_engine(engine, error, |opened| {
            let taken = place(taken, "taken")?;
            let columns = opened.late_columns.len();
            report(with_rows(rows, columns, |rows| opened.engine.push(rows))?, taken)
        })
    }
}

/// Takes the rows of a shard's slots from a batch that the stream's pln_progress judged. A shard
/// takes every batch of its stream, in their order. On a second try after PLN_CODE_MEMORY_LIMIT
/// `from` is how many rows of the batch were taken before; more than that leaves rows out.
/// `*taken` counts from there. Otherwise as pln_engine_push().
///
/// Errors: as for pln_engine_push(); INVALID_ARGUMENT for an engine that is not a shard, at "from"
/// beyond the rows, and at "verdicts" that are on other rows, of another stream, on rows that were
/// taken before, or on a batch after one that was left out.
///
/// # Safety
/// `rows` leads to a batch whose columns have `len` rows, `taken` to one value; `verdicts` is NULL
/// or live.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_apply(
    engine: *mut pln_engine,
    rows: *const pln_rows,
    verdicts: *const pln_verdicts,
    from: usize,
    taken: *mut usize,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_engine(engine, error, |opened| {
            let taken = place(taken, "taken")?;
            let verdicts = &input(verdicts, 1, "verdicts")?[0].verdicts;
            let columns = opened.late_columns.len();
            let pushed =
                with_rows(rows, columns, |rows| opened.engine.apply(rows, verdicts, from))?;
            report(pushed, taken)
        })
    }
}

/// Drains results: writes a view of the next ones to `out`. With `len` 0 there are none for now.
/// Large results come in several batches. The view is valid until the next pln_engine_poll() or
/// pln_engine_free() of this engine, whatever else is called.
///
/// Errors: INVALID_ARGUMENT at a bad pointer.
///
/// # Safety
/// `out` leads to one batch.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_poll(
    engine: *mut pln_engine,
    out: *mut pln_result_batch,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_engine(engine, error, |opened| {
            let out = place(out, "out")?;
            opened.engine.poll(&mut opened.results);
            *out = opened.result_columns.results(&opened.results);
            Ok(())
        })
    }
}

/// Drains rows that were set aside: writes a view of them to `out`. With `len` 0 there are none.
/// The view is valid until the next pln_engine_poll_late() or pln_engine_free() of this engine,
/// whatever else is called.
///
/// Errors: INVALID_ARGUMENT at a bad pointer.
///
/// # Safety
/// `out` leads to one batch.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_poll_late(
    engine: *mut pln_engine,
    out: *mut pln_late_batch,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_engine(engine, error, |opened| {
            let out = place(out, "out")?;
            opened.engine.poll_late(&mut opened.late);
            *out = opened.late_columns.late(&opened.late);
            Ok(())
        })
    }
}

/// A source says that no more of its rows come with times up to `t_ms`. Without declared sources
/// the source is 0. Writes the watermark of the stream to `out_ms`.
///
/// Errors: INVALID_ARGUMENT at "source" for one that was not declared, at a bad pointer, and for a
/// shard; CLOSED.
///
/// # Safety
/// `out_ms` leads to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_advance_watermark(
    engine: *mut pln_engine,
    source: u32,
    t_ms: i64,
    out_ms: *mut i64,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_engine(engine, error, |opened| {
            let out_ms = place(out_ms, "out_ms")?;
            *out_ms = opened.engine.advance_watermark(source, t_ms)?;
            Ok(())
        })
    }
}

/// Time passes: it is `now_ms`. Writes the watermark of the stream to `out_ms`.
///
/// Errors: INVALID_ARGUMENT at "now_ms" for a tick before the last one, at a bad pointer, and for a
/// shard; CLOSED.
///
/// # Safety
/// `out_ms` leads to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_tick(
    engine: *mut pln_engine,
    now_ms: i64,
    out_ms: *mut i64,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_engine(engine, error, |opened| {
            let out_ms = place(out_ms, "out_ms")?;
            *out_ms = opened.engine.tick(now_ms)?;
            Ok(())
        })
    }
}

/// The input is at its end: every window fires. Afterwards results can be drained and counters
/// read; everything else is CLOSED.
///
/// Errors: CLOSED the second time; INVALID_ARGUMENT for a shard.
///
/// # Safety
/// `engine` is NULL or live.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_finish(
    engine: *mut pln_engine,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe { with_engine(engine, error, |opened| opened.engine.finish()) }
}

/// The watermark of a shard's stream has moved without a row, to what the pln_progress wrote.
///
/// Errors: CLOSED after the end; INVALID_ARGUMENT for an engine that is not a shard.
///
/// # Safety
/// `engine` is NULL or live.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_apply_watermark(
    engine: *mut pln_engine,
    watermark_ms: i64,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe { with_engine(engine, error, |opened| opened.engine.apply_watermark(watermark_ms)) }
}

/// The end of a shard's stream, as pln_engine_finish().
///
/// Errors: as for pln_engine_apply_watermark().
///
/// # Safety
/// `engine` is NULL or live.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_apply_finish(
    engine: *mut pln_engine,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe { with_engine(engine, error, |opened| opened.engine.apply_finish()) }
}

/// Writes the counters of an engine, and what it holds now, to `out`. Any number of threads may ask
/// at once while none makes another call.
///
/// Errors: INVALID_ARGUMENT at a bad pointer.
///
/// # Safety
/// `out` leads to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_stats(
    engine: *const pln_engine,
    out: *mut pln_stats,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        let engine = engine.as_ref();
        guard(engine.map(|engine| &engine.poisoned), error, || {
            let engine = engine.ok_or_else(no_engine)?;
            let out = place(out, "out")?;
            *out = engine.opened.engine.stats().into();
            Ok(())
        })
    }
}

/// Estimates, from the protobuf bytes of an EngineSpec, the state of an engine with `keys` keys
/// that have rows in every slice, and writes it to `out`.
///
/// Errors: as for pln_engine_new(). Any thread.
///
/// # Safety
/// `spec` leads to `spec_len` bytes, `out` to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_estimate(
    spec: *const u8,
    spec_len: usize,
    keys: u64,
    out: *mut pln_estimate,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        guard(None, error, || {
            let out = place(out, "out")?;
            let spec = spec::engine_from_proto(input(spec, spec_len, "spec")?)?;
            *out = estimate(&spec, keys)?.into();
            Ok(())
        })
    }
}
