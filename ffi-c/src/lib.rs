//! The C ABI of paneline.
//!
//! This crate converts and calls; it holds no rule about windows. The header reads like this
//! source: include/paneline.h is generated from it and checked in. Every export that
//! can be refused goes through [`guard`], so that no panic crosses the boundary; the others read
//! or free. Every output is written only on success, but for two: the needed length of a buffer
//! that was too small (12 windows asked for with room for 8 leave the 8 untouched and say 12), and
//! how many rows an engine took before a memory bound stopped it.
#![expect(unsafe_code, reason = "a C ABI is made of raw pointers; each use says why it is sound")]
#![expect(non_camel_case_types, reason = "types carry the names they have in the header")]

mod arguments;
mod assigner;
mod engine;
mod error;
mod guard;
mod progress;
mod rows;
mod spec;
mod time;

pub use assigner::*;
pub use engine::*;
pub use error::*;
pub use progress::*;
pub use rows::*;
pub use spec::*;
pub use time::*;

use std::ffi::{CStr, c_char};
use std::sync::OnceLock;

/// The version of this ABI. It changes when a function or a struct changes its meaning or layout;
/// a program compares it with pln_abi_version() before it calls anything else.
pub const PLN_ABI_VERSION: u32 = 1;

/// The ABI version of the library that was linked or loaded. Compare it with PLN_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn pln_abi_version() -> u32 {
    PLN_ABI_VERSION
}

/// The version of the library, such as "0.1.0". Static, NUL-terminated, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pln_version() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"",
        };
    VERSION.as_ptr()
}

/// The release of the embedded time-zone database, such as "2026f". Static, NUL-terminated, never
/// NULL. Store it beside every state.
#[unsafe(no_mangle)]
pub extern "C" fn pln_tzdb_version() -> *const c_char {
    static TZDB_VERSION: OnceLock<std::ffi::CString> = OnceLock::new();
    TZDB_VERSION
        .get_or_init(|| std::ffi::CString::new(paneline::tzdb_version()).unwrap_or_default())
        .as_ptr()
}
