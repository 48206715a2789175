//! Specs across the boundary: protobuf bytes, and JSON for languages without protobuf.

use paneline::{Code, Error, spec};

use crate::arguments::{check_capacity, check_disjoint, input, output, place, span, text};
use crate::error::pln_error;
use crate::guard::guard;

/// Writes bytes into a buffer of the caller.
///
/// # Safety
/// As for [`output`] and [`place`].
pub(crate) unsafe fn write_bytes(
    bytes: &[u8],
    buffer: *mut u8,
    capacity: usize,
    length: *mut usize,
) -> Result<(), Error> {
    // SAFETY: the caller's word.
    let length = unsafe { place(length, "length") }?;
    check_capacity(bytes.len(), capacity, length)?;
    // SAFETY: the caller's word, for `capacity` bytes and so for fewer.
    unsafe { output(buffer, bytes.len(), "buffer") }?.copy_from_slice(bytes);
    *length = bytes.len();
    Ok(())
}

/// Reads JSON and writes the protobuf bytes that `read` makes of it.
///
/// # Safety
/// As for [`input`] and [`write_bytes`].
unsafe fn write_proto(
    json: *const u8,
    json_len: usize,
    buffer: *mut u8,
    capacity: usize,
    length: *mut usize,
    read: impl FnOnce(&str) -> Result<Vec<u8>, Error>,
) -> Result<(), Error> {
    // SAFETY: the caller's word.
    let json = unsafe { input(json, json_len, "json") }?;
    let json =
        std::str::from_utf8(json).map_err(|why| Error::new(Code::Corrupt, "", why.to_string()))?;
    check_disjoint(&[span(json.as_ptr(), json.len(), "json"), span(buffer, capacity, "buffer")])?;
    // SAFETY: the caller's word.
    unsafe { write_bytes(&read(json)?, buffer, capacity, length) }
}

/// Turns the protobuf JSON of a SlidingWindowSpec into its protobuf bytes, which
/// pln_assigner_new() takes. Strict: an unknown name or value is refused.
///
/// Writes up to `capacity` bytes to `buffer` and their number to `length`. With too small a buffer
/// it returns PLN_CODE_INVALID_ARGUMENT, writes the needed number to `length`, and nothing else.
///
/// Errors: CORRUPT (no JSON object, or no UTF-8), UNSUPPORTED_FIELD, INVALID_SPEC,
/// INVALID_ARGUMENT. Any thread.
///
/// # Safety
/// `json` leads to `json_len` bytes, `buffer` to `capacity` bytes.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_spec_from_json(
    json: *const u8,
    json_len: usize,
    buffer: *mut u8,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        guard(None, error, || {
            write_proto(json, json_len, buffer, capacity, length, |json| {
                Ok(spec::to_proto(&spec::from_json(json)?))
            })
        })
    }
}

/// Turns the protobuf JSON of an EngineSpec into its protobuf bytes, which pln_engine_new(),
/// pln_engine_shard(), pln_engine_estimate() and pln_progress_new() take. Strict; buffer, length
/// and errors as for pln_spec_from_json(). Any thread.
///
/// # Safety
/// `json` leads to `json_len` bytes, `buffer` to `capacity` bytes.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_engine_spec_from_json(
    json: *const u8,
    json_len: usize,
    buffer: *mut u8,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        guard(None, error, || {
            write_proto(json, json_len, buffer, capacity, length, |json| {
                Ok(spec::engine_to_proto(&spec::engine_from_json(json)?))
            })
        })
    }
}

/// Turns the protobuf bytes of a SlidingWindowSpec into its protobuf JSON, with the field names of
/// the proto. Not NUL-terminated. Buffer and length as for pln_spec_from_json().
///
/// Errors: CORRUPT, UNSUPPORTED_FIELD, INVALID_SPEC, INVALID_ARGUMENT. Any thread.
///
/// # Safety
/// `spec` leads to `spec_len` bytes, `buffer` to `capacity` bytes.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_spec_to_json(
    spec: *const u8,
    spec_len: usize,
    buffer: *mut u8,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        guard(None, error, || {
            let bytes = input(spec, spec_len, "spec")?;
            check_disjoint(&[span(spec, spec_len, "spec"), span(buffer, capacity, "buffer")])?;
            let json = spec::to_json(&spec::from_proto(bytes)?)?;
            write_bytes(json.as_bytes(), buffer, capacity, length)
        })
    }
}

/// Reads a length such as "1h30m" (w, d, h, m, s, ms; descending) into milliseconds.
///
/// Errors: INVALID_ARGUMENT at "duration". Any thread.
///
/// # Safety
/// `duration` leads to `duration_len` bytes, `out_ms` to one value.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_parse_duration(
    duration: *const u8,
    duration_len: usize,
    out_ms: *mut i64,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        guard(None, error, || {
            let out_ms = place(out_ms, "out_ms")?;
            *out_ms = paneline::parse_duration(text(duration, duration_len, "duration")?)?;
            Ok(())
        })
    }
}
