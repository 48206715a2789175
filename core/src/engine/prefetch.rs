//! Asking for memory before it is needed, so that a run of rows waits once and not row by row.
//!
//! It changes no value; without it only time changes. On machines without the instruction it does
//! nothing. Invariant: it asks for values that are there, never for a place beyond their end.
//! Worked number: the times of 128 rows are asked for 16 times, as 8 of them fill a line.
#![expect(unsafe_code, reason = "the instruction takes an address; it reads nothing")]

use crate::rows::{Keys, Rows, ValueData};

/// How many cells ahead a pass over a sparse slice asks for what their ids lead to, which is
/// anywhere: memory answers after about as many.
pub(super) const AHEAD: usize = 12;

/// Bytes of a cache line.
const LINE_BYTES: usize = 64;

/// Asks for the cache line of `values[at]`; out of bounds it does nothing.
#[inline]
pub(super) fn prefetch<T>(values: &[T], at: usize) {
    if let Some(value) = values.get(at) {
        ask_for(value);
    }
}

/// Asks for the values of a column from `from` on, as many of `count` as there are.
pub(super) fn prefetch_span<T>(values: &[T], from: usize, count: usize) {
    let values = values.get(from..).unwrap_or_default();
    let values = &values[..count.min(values.len())];
    values.iter().step_by(LINE_BYTES / size_of::<T>()).for_each(ask_for);
}

/// Asks for the columns of some rows: those of the next run, while this one is worked on.
pub(super) fn prefetch_rows(rows: &Rows<'_>, from: usize, count: usize) {
    prefetch_span(rows.times, from, count);
    match rows.keys {
        Keys::I64(keys) => prefetch_span(keys, from, count),
        Keys::U64(keys) => prefetch_span(keys, from, count),
        Keys::Bytes { offsets, .. } => prefetch_span(offsets, from, count),
    }
    for values in rows.values {
        match values.data {
            ValueData::I64(values) => prefetch_span(values, from, count),
            ValueData::F64(values) => prefetch_span(values, from, count),
        }
    }
}

#[inline]
fn ask_for<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: prefetching never faults, and the address is that of a live value.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}
