//! Errors as C sees them: a code to branch on, and an object with the path and the message.
//!
//! There is no thread-local "last error": a goroutine may read it on another thread. Invariant: an
//! error's texts are NUL-terminated and live until pln_error_free.

use std::ffi::{CString, c_char};

use paneline::{Code, Error};

/// Why a call was refused. Owned by the caller; give it back with pln_error_free().
pub struct pln_error {
    code: Code,
    path: CString,
    message: CString,
}

impl pln_error {
    /// An owned error for C.
    pub(crate) fn into_raw(error: &Error) -> *mut pln_error {
        // A quoted input may hold a NUL character, which would end the text here.
        let text = |text: &str| CString::new(text.replace('\0', "\\0")).unwrap_or_default();
        let (path, message) = (text(error.path()), text(error.message()));
        Box::into_raw(Box::new(pln_error { code: error.code(), path, message }))
    }
}

/// The code of an error; PLN_CODE_OK for NULL.
///
/// # Safety
/// `error` is NULL or was set by a call of this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pln_error_code(error: *const pln_error) -> Code {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { error.as_ref() }.map_or(Code::Ok, |error| error.code)
}

/// Where in the input the fault lies, such as "step_ms" or "times[4096]"; may be empty.
/// NUL-terminated, valid until the error is freed; "" for NULL.
///
/// # Safety
/// `error` is NULL or was set by a call of this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pln_error_path(error: *const pln_error) -> *const c_char {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { error.as_ref() }.map_or(c"".as_ptr(), |error| error.path.as_ptr())
}

/// What was wrong, with the value and the bound. NUL-terminated, valid until the error is freed;
/// "" for NULL.
///
/// # Safety
/// `error` is NULL or was set by a call of this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pln_error_message(error: *const pln_error) -> *const c_char {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { error.as_ref() }.map_or(c"".as_ptr(), |error| error.message.as_ptr())
}

/// Frees an error. NULL is fine.
///
/// # Safety
/// `error` is NULL or was set by a call of this library and not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pln_error_free(error: *mut pln_error) {
    if !error.is_null() {
        // SAFETY: made by `Box::into_raw` above and given back once.
        drop(unsafe { Box::from_raw(error) });
    }
}

/// The name of a code, such as "INVALID_SPEC". Static, NUL-terminated; "UNKNOWN" for a number that
/// is no code.
#[unsafe(no_mangle)]
pub extern "C" fn pln_code_name(code: i32) -> *const c_char {
    let name = match Code::try_from(code) {
        Err(_) => c"UNKNOWN",
        Ok(Code::Ok) => c"OK",
        Ok(Code::InvalidSpec) => c"INVALID_SPEC",
        Ok(Code::InvalidArgument) => c"INVALID_ARGUMENT",
        Ok(Code::UnknownTimezone) => c"UNKNOWN_TIMEZONE",
        Ok(Code::UnsupportedField) => c"UNSUPPORTED_FIELD",
        Ok(Code::OutOfRange) => c"OUT_OF_RANGE",
        Ok(Code::MemoryLimit) => c"MEMORY_LIMIT",
        Ok(Code::Corrupt) => c"CORRUPT",
        Ok(Code::VersionMismatch) => c"VERSION_MISMATCH",
        Ok(Code::Closed) => c"CLOSED",
        Ok(Code::Io) => c"IO",
        Ok(Code::Unavailable) => c"UNAVAILABLE",
        Ok(Code::Cancelled) => c"CANCELLED",
        Ok(Code::Internal) => c"INTERNAL",
    };
    name.as_ptr()
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    /// Protects the names: they must be the core's for every number.
    #[test]
    fn code_names_are_the_cores() {
        for number in 0..64 {
            // SAFETY: static and NUL-terminated.
            let name = unsafe { CStr::from_ptr(super::pln_code_name(number)) };
            let expected = paneline::Code::try_from(number).map_or("UNKNOWN", paneline::code_name);
            assert_eq!(name.to_str(), Ok(expected));
        }
    }
}
