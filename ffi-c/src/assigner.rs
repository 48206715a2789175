//! The compiled spec as a handle, and its calls.
//!
//! `const pln_assigner *` may be used from many threads at once. Batches are all or nothing.

use std::sync::atomic::AtomicBool;

use paneline::{Assigner, Code, Error, Window, spec};

use crate::arguments::{check_capacity, check_disjoint, input, output, place, span};
use crate::error::pln_error;
use crate::guard::guard;
use crate::spec::write_bytes;
use crate::time::time_unit;

/// A compiled spec. Immutable: any number of threads may use one at once. Owned by the caller;
/// give it back with pln_assigner_free().
pub struct pln_assigner {
    assigner: Assigner,
    poisoned: AtomicBool,
}

/// A half-open span of time: [start_ms, end_ms), milliseconds since 1970-01-01T00:00:00Z.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct pln_window {
    /// The first millisecond inside.
    pub start_ms: i64,
    /// The first millisecond after.
    pub end_ms: i64,
}

const _: () = assert!(size_of::<pln_window>() == 16 && align_of::<pln_window>() == 8);

impl From<Window> for pln_window {
    fn from(Window { start_ms, end_ms }: Window) -> pln_window {
        pln_window { start_ms, end_ms }
    }
}

/// Runs a body on the assigner behind a handle.
///
/// # Safety
/// `handle` is NULL or live; `error` as for [`guard`].
pub(crate) unsafe fn with_assigner(
    handle: *const pln_assigner,
    error: *mut *mut pln_error,
    body: impl FnOnce(&Assigner) -> Result<(), Error>,
) -> Code {
    // SAFETY: the caller passes NULL or a live handle.
    let handle = unsafe { handle.as_ref() };
    let poisoned = handle.map(|handle| &handle.poisoned);
    // SAFETY: the caller's word about `error`.
    unsafe {
        guard(poisoned, error, || match handle {
            Some(handle) => body(&handle.assigner),
            None => Err(Error::new(Code::InvalidArgument, "assigner", "assigner must not be null")),
        })
    }
}

/// Compiles the protobuf bytes of a SlidingWindowSpec. An empty message is an invalid spec.
///
/// On success `*out` is an assigner to be freed with pln_assigner_free().
///
/// Errors: CORRUPT, UNSUPPORTED_FIELD at "#<number>", INVALID_SPEC, UNKNOWN_TIMEZONE and
/// VERSION_MISMATCH at the field's name, INVALID_ARGUMENT at a bad pointer. Any thread.
///
/// # Safety
/// `spec` leads to `spec_len` bytes, `out` to one pointer.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_assigner_new(
    spec: *const u8,
    spec_len: usize,
    out: *mut *mut pln_assigner,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        guard(None, error, || {
            let out = place(out, "out")?;
            let assigner = Assigner::from_proto(input(spec, spec_len, "spec")?)?;
            let handle = pln_assigner { assigner, poisoned: AtomicBool::new(false) };
            *out = Box::into_raw(Box::new(handle));
            Ok(())
        })
    }
}

/// Frees an assigner. NULL is fine.
///
/// # Safety
/// `assigner` is NULL or came from pln_assigner_new(), was not freed before, and no other thread
/// uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pln_assigner_free(assigner: *mut pln_assigner) {
    if !assigner.is_null() {
        // SAFETY: made by `Box::into_raw` above and given back once.
        drop(unsafe { Box::from_raw(assigner) });
    }
}

/// Writes the spec's fingerprint, 32 bytes (SHA-256), to `out`. Equal fingerprints, equal windows.
///
/// Errors: INVALID_ARGUMENT at a bad pointer.
///
/// # Safety
/// `out` leads to 32 bytes.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_assigner_fingerprint(
    assigner: *const pln_assigner,
    out: *mut u8,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_assigner(assigner, error, |assigner| {
            let fingerprint = assigner.fingerprint();
            let bytes = fingerprint.as_bytes();
            output(out, bytes.len(), "out")?.copy_from_slice(bytes);
            Ok(())
        })
    }
}

/// Writes the canonical spec, as protobuf bytes, to `buffer`; buffer and length as for
/// pln_spec_from_json(). pln_spec_to_json() makes it readable.
///
/// Errors: INVALID_ARGUMENT at a bad pointer or too small a buffer.
///
/// # Safety
/// `buffer` leads to `capacity` bytes, `length` to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_assigner_spec(
    assigner: *const pln_assigner,
    buffer: *mut u8,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_assigner(assigner, error, |assigner| {
            write_bytes(&spec::to_proto(assigner.spec()), buffer, capacity, length)
        })
    }
}

/// Writes the windows that hold the instant `t_ms`, ascending by start, then end, to `windows`, and
/// their number to `length`.
///
/// With too small a buffer it returns PLN_CODE_INVALID_ARGUMENT, writes the needed number to
/// `length`, and nothing else.
///
/// Errors: OUT_OF_RANGE at "t_ms"; INVALID_ARGUMENT at a bad pointer or "capacity".
///
/// # Safety
/// `windows` leads to `capacity` windows, `length` to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_assigner_windows(
    assigner: *const pln_assigner,
    t_ms: i64,
    windows: *mut pln_window,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_assigner(assigner, error, |assigner| {
            let found = assigner.windows(t_ms)?;
            write_windows(found.clone().count(), found, windows, capacity, length)
        })
    }
}

/// Writes the pane that holds the instant `t_ms` to `out`.
///
/// Errors: OUT_OF_RANGE at "t_ms"; INVALID_ARGUMENT at "kind" for a session, or a bad pointer.
///
/// # Safety
/// `out` leads to one window.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_assigner_pane(
    assigner: *const pln_assigner,
    t_ms: i64,
    out: *mut pln_window,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_assigner(assigner, error, |assigner| {
            let out = place(out, "out")?;
            *out = assigner.pane(t_ms)?.into();
            Ok(())
        })
    }
}

/// Writes the first pane boundary after the instant `t_ms` to `out_ms`.
///
/// Errors: as for pln_assigner_pane().
///
/// # Safety
/// `out_ms` leads to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_assigner_next_boundary(
    assigner: *const pln_assigner,
    t_ms: i64,
    out_ms: *mut i64,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_assigner(assigner, error, |assigner| {
            let out_ms = place(out_ms, "out_ms")?;
            *out_ms = assigner.next_boundary(t_ms)?;
            Ok(())
        })
    }
}

/// Writes the panes that tile [from_ms, to_ms) to `panes`, and their number to `length`; buffer and
/// length as for pln_assigner_windows(). At most 16,777,216 panes per call.
///
/// Errors: OUT_OF_RANGE at "from_ms" or "to_ms"; INVALID_ARGUMENT at "to_ms" (before from_ms, or
/// too many panes), "kind" (a session), "capacity", or a bad pointer.
///
/// # Safety
/// `panes` leads to `capacity` windows, `length` to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_assigner_panes(
    assigner: *const pln_assigner,
    from_ms: i64,
    to_ms: i64,
    panes: *mut pln_window,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_assigner(assigner, error, |assigner| {
            let count = assigner.pane_count(from_ms, to_ms)?;
            write_windows(count, assigner.panes(from_ms, to_ms)?, panes, capacity, length)
        })
    }
}

/// Writes the start of the pane of each of `len` times, in milliseconds, to `out_ms`. `unit` is a
/// PLN_TIME_UNIT value. All or nothing.
///
/// Errors: OUT_OF_RANGE at "times[i]"; INVALID_ARGUMENT at "kind" for a session, "unit", or a bad
/// pointer.
///
/// # Safety
/// `times` and `out_ms` lead to `len` values each and do not overlap.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_assigner_pane_starts(
    assigner: *const pln_assigner,
    times: *const i64,
    len: usize,
    unit: u32,
    out_ms: *mut i64,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_assigner(assigner, error, |assigner| {
            let unit = time_unit(unit)?;
            check_disjoint(&[span(times, len, "times"), span(out_ms, len, "out_ms")])?;
            let times = input(times, len, "times")?;
            assigner.pane_starts(times, unit, output(out_ms, len, "out_ms")?)
        })
    }
}

/// Writes the windows of each of `len` times: row i lies in the windows from offsets[i] up to
/// offsets[i + 1] of `starts_ms` and `ends_ms`, the layout of an Arrow list. `unit` is a
/// PLN_TIME_UNIT value. All or nothing.
///
/// `length` gets the number of windows. Where `capacity` is less, it returns
/// PLN_CODE_INVALID_ARGUMENT and writes the needed number to `length` and nothing else; so a first
/// call with capacity 0 and NULL columns asks for the size.
///
/// Errors: OUT_OF_RANGE at "times[i]"; MEMORY_LIMIT at "times" for more than 268,435,456 windows;
/// INVALID_ARGUMENT at "capacity", "unit", or a bad pointer.
///
/// # Safety
/// `times` leads to `len` values, `offsets` to `len + 1`, `starts_ms` and `ends_ms` to `capacity`
/// each, `length` to one; no two overlap.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_assigner_assign(
    assigner: *const pln_assigner,
    times: *const i64,
    len: usize,
    unit: u32,
    offsets: *mut i64,
    starts_ms: *mut i64,
    ends_ms: *mut i64,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        with_assigner(assigner, error, |assigner| {
            let unit = time_unit(unit)?;
            let length = place(length, "length")?;
            let batch = assigner.batch(input(times, len, "times")?, unit)?;
            let count = batch.window_count()?;
            check_capacity(count, capacity, length)?;
            if offsets.is_null() && count == 0 {
                // The question for the size, of a batch without rows.
                *length = 0;
            }
            let offsets_len = len.saturating_add(1);
            check_disjoint(&[
                span(times, len, "times"),
                span(offsets, offsets_len, "offsets"),
                span(starts_ms, count, "starts_ms"),
                span(ends_ms, count, "ends_ms"),
            ])?;
            batch.assign_into(
                output(offsets, offsets_len, "offsets")?,
                output(starts_ms, count, "starts_ms")?,
                output(ends_ms, count, "ends_ms")?,
            )?;
            *length = count;
            Ok(())
        })
    }
}

/// Writes windows into a buffer of the caller.
///
/// # Safety
/// As for [`output`] and [`place`].
unsafe fn write_windows(
    count: usize,
    found: impl Iterator<Item = Window>,
    windows: *mut pln_window,
    capacity: usize,
    length: *mut usize,
) -> Result<(), Error> {
    // SAFETY: the caller's word, for `capacity` windows and so for fewer.
    let (length, windows) = unsafe {
        let length = place(length, "length")?;
        check_capacity(count, capacity, length)?;
        (length, output(windows, count, "windows")?)
    };
    for (place, window) in windows.iter_mut().zip(found) {
        *place = window.into();
    }
    *length = count;
    Ok(())
}
