//! The judge of a stream as a handle, for state that is sharded.
//!
//! One pln_progress judges every batch and moves the watermark; each shard applies both. Verdicts
//! do not change once they are made, so that the threads of all shards may read them at once.

use std::sync::atomic::AtomicBool;

use paneline::{Code, Error, Progress, Verdicts, spec};

use crate::arguments::{input, invalid, place};
use crate::error::pln_error;
use crate::guard::guard;
use crate::rows::{pln_rows, with_rows};

/// The judge of one stream: which rows are on time, and the watermark. One thread at a time, which
/// may be another one for each call. Owned by the caller; give it back with pln_progress_free().
pub struct pln_progress {
    judge: Judge,
    poisoned: AtomicBool,
}

/// The judge, and how many value columns its rows have.
pub(crate) struct Judge {
    progress: Progress,
    columns: usize,
}

/// The verdicts on a batch of rows. Immutable: any number of threads may use them at once. Owned
/// by the caller; give them back with pln_verdicts_free().
pub struct pln_verdicts {
    pub(crate) verdicts: Verdicts,
}

// A judge may move to another thread between calls, and verdicts may be shared.
const _: fn() = || {
    fn sound<T: Send + Sync>() {}
    sound::<(Progress, Verdicts)>();
};

/// Runs a body on the judge behind a handle.
///
/// # Safety
/// `handle` is NULL or live, and nothing else uses it; `error` as for [`guard`].
pub(crate) unsafe fn with_progress(
    handle: *mut pln_progress,
    error: *mut *mut pln_error,
    body: impl FnOnce(&mut Judge) -> Result<(), Error>,
) -> Code {
    // SAFETY: the caller passes NULL or a live handle, and says that `error` may be written.
    unsafe {
        match handle.as_mut() {
            Some(pln_progress { judge, poisoned }) => guard(Some(poisoned), error, || body(judge)),
            None => {
                guard(None, error, || Err(invalid("progress", "progress must not be null".into())))
            }
        }
    }
}

/// Opens the judge of a stream from the protobuf bytes of an EngineSpec.
///
/// On success `*out` is a judge to be freed with pln_progress_free().
///
/// Errors: as for pln_engine_new(). Any thread.
///
/// # Safety
/// `spec` leads to `spec_len` bytes, `out` to one pointer.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_progress_new(
    spec: *const u8,
    spec_len: usize,
    out: *mut *mut pln_progress,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        guard(None, error, || {
            let out = place(out, "out")?;
            let spec = spec::engine_from_proto(input(spec, spec_len, "spec")?)?;
            let judge = Judge { progress: Progress::new(&spec)?, columns: spec.values.len() };
            let handle = pln_progress { judge, poisoned: AtomicBool::new(false) };
            *out = Box::into_raw(Box::new(handle));
            Ok(())
        })
    }
}

/// Frees a judge. NULL is fine.
///
/// # Safety
/// `progress` is NULL or came from pln_progress_new(), was not freed before, and no other thread
/// uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pln_progress_free(progress: *mut pln_progress) {
    if !progress.is_null() {
        // SAFETY: made by `Box::into_raw` above and given back once.
        drop(unsafe { Box::from_raw(progress) });
    }
}

/// Judges every row of a batch, in order, and moves the watermark with them. Judge a batch once and
/// apply it to each shard until it took all rows: a refused row keeps its verdict.
///
/// On success `*out` are verdicts to be freed with pln_verdicts_free(), for pln_engine_apply().
///
/// Errors: INVALID_ARGUMENT at a column that is not what the spec declares, at a row such as
/// "sources[3]", or at a bad pointer; CLOSED after pln_progress_finish(). Nothing was then judged.
///
/// # Safety
/// `rows` leads to a batch whose columns have `len` rows, `out` to one pointer.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_progress_judge(
    progress: *mut pln_progress,
    rows: *const pln_rows,
    out: *mut *mut pln_verdicts,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_progress(progress, error, |Judge { progress, columns }| {
            let out = place(out, "out")?;
            let verdicts = with_rows(rows, *columns, |rows| progress.judge(rows))?;
            *out = Box::into_raw(Box::new(pln_verdicts { verdicts }));
            Ok(())
        })
    }
}

/// A source says that no more of its rows come with times up to `t_ms`; a lower one than before
/// changes nothing. Without declared sources the source is 0. Writes the watermark to `out_ms`, for
/// pln_engine_apply_watermark() of each shard.
///
/// Errors: INVALID_ARGUMENT at "source" for one that was not declared, or at a bad pointer; CLOSED.
///
/// # Safety
/// `out_ms` leads to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_progress_advance_watermark(
    progress: *mut pln_progress,
    source: u32,
    t_ms: i64,
    out_ms: *mut i64,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_progress(progress, error, |judge| {
            let out_ms = place(out_ms, "out_ms")?;
            *out_ms = judge.progress.advance_watermark(source, t_ms)?;
            Ok(())
        })
    }
}

/// Time passes: it is `now_ms`. Sources that were silent for the spec's idle timeout no longer hold
/// the watermark. Writes the watermark to `out_ms`, for pln_engine_apply_watermark() of each shard.
///
/// Errors: INVALID_ARGUMENT at "now_ms" for a tick before the last one, or at a bad pointer;
/// CLOSED.
///
/// # Safety
/// `out_ms` leads to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_progress_tick(
    progress: *mut pln_progress,
    now_ms: i64,
    out_ms: *mut i64,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_progress(progress, error, |judge| {
            let out_ms = place(out_ms, "out_ms")?;
            *out_ms = judge.progress.tick(now_ms)?;
            Ok(())
        })
    }
}

/// The input is at its end; the shards are told by pln_engine_apply_finish(). Every later call on
/// the judge is CLOSED.
///
/// Errors: CLOSED the second time.
///
/// # Safety
/// `progress` is NULL or live.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_progress_finish(
    progress: *mut pln_progress,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_progress(progress, error, |judge| {
            // The watermark of the end is always INT64_MAX.
            judge.progress.finish().map(|_| ())
        })
    }
}

/// Frees verdicts. NULL is fine.
///
/// # Safety
/// `verdicts` is NULL or came from pln_progress_judge(), was not freed before, and no other thread
/// uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pln_verdicts_free(verdicts: *mut pln_verdicts) {
    if !verdicts.is_null() {
        // SAFETY: made by `Box::into_raw` above and given back once.
        drop(unsafe { Box::from_raw(verdicts) });
    }
}
