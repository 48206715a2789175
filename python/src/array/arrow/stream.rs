//! The struct of the Arrow C stream interface.
//!
//! Five fields, as <https://arrow.apache.org/docs/format/CStreamInterface.html> lays them out; it
//! decides nothing. Invariant: whoever holds a [`Stream`] with a `release` owns it, and dropping it
//! releases it once. Worked number: a stream that was taken out of its capsule leaves one without
//! `release` behind, so that the capsule's end does nothing.

use std::ffi::{c_char, c_int, c_void};

use arrow_data::ffi::FFI_ArrowArray;
use arrow_schema::ffi::FFI_ArrowSchema;

/// `struct ArrowArrayStream`.
#[repr(C)]
pub(super) struct Stream {
    pub(super) get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut FFI_ArrowSchema) -> c_int>,
    pub(super) get_next: Option<unsafe extern "C" fn(*mut Stream, *mut FFI_ArrowArray) -> c_int>,
    pub(super) get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    pub(super) release: Option<unsafe extern "C" fn(*mut Stream)>,
    pub(super) private_data: *mut c_void,
}

// SAFETY: the interface lets any thread use a stream, one at a time.
unsafe impl Send for Stream {}

impl Stream {
    /// What is left where a stream was taken away.
    pub(super) fn empty() -> Stream {
        Stream {
            get_schema: None,
            get_next: None,
            get_last_error: None,
            release: None,
            private_data: std::ptr::null_mut(),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: the interface: a stream that was not released is released by its owner, once.
            unsafe { release(self) };
        }
    }
}
