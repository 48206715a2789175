//! Asking for memory before it is needed, so that a run of rows waits once and not row by row.
//!
//! It changes no value; without it only time changes. On machines without the instruction it does
//! nothing.
#![expect(unsafe_code, reason = "the instruction takes an address; it reads nothing")]

use std::ops::Range;

use crate::rows::{Keys, Rows, ValueData};

/// Bytes of a cache line.
const LINE_BYTES: usize = 64;

/// Asks for the cache line of `values[at]`; out of bounds it does nothing.
#[inline]
pub(super) fn prefetch<T>(values: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(value) = values.get(at) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: prefetching never faults, and the address is that of a live value.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, at);
}

/// Asks for the columns of some rows: those of the next run, while this one is worked on.
pub(super) fn prefetch_rows(rows: &Rows<'_>, span: &Range<usize>) {
    prefetch_span(rows.times, span);
    match rows.keys {
        Keys::I64(keys) => prefetch_span(keys, span),
        Keys::U64(keys) => prefetch_span(keys, span),
        Keys::Bytes { offsets, .. } => prefetch_span(offsets, span),
    }
    for values in rows.values {
        match values.data {
            ValueData::I64(values) => prefetch_span(values, span),
            ValueData::F64(values) => prefetch_span(values, span),
        }
    }
}

fn prefetch_span<T>(values: &[T], span: &Range<usize>) {
    for at in span.clone().step_by(LINE_BYTES / size_of::<T>()) {
        prefetch(values, at);
    }
}
