//! Asking for memory before it is needed, so that a run of rows waits once and not row by row.
//!
//! It changes no value; without it only time changes. On machines without the instruction it does
//! nothing.
#![expect(unsafe_code, reason = "the instruction takes an address; it reads nothing")]

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
