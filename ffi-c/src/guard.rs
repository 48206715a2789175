//! The one door of the ABI: results become codes, panics become INTERNAL.
//!
//! A panic is a bug, and the handle it happened on may be half changed: it is *poisoned*, later
//! calls on it return INTERNAL, and only its `_free` works.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use paneline::{Code, Error};

use crate::error::pln_error;

/// Runs the body of an export. `poisoned` is the flag of the handle it works on, if any.
///
/// # Safety
/// `error` is NULL or points to a pointer that may be written.
pub(crate) unsafe fn guard(
    poisoned: Option<&AtomicBool>,
    error: *mut *mut pln_error,
    body: impl FnOnce() -> Result<(), Error>,
) -> Code {
    let outcome = if poisoned.is_some_and(|flag| flag.load(Ordering::Acquire)) {
        Err(Error::new(Code::Internal, "", "an earlier call on this object panicked; free it"))
    } else {
        catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
            if let Some(flag) = poisoned {
                flag.store(true, Ordering::Release);
            }
            Err(Error::new(Code::Internal, "", format!("a bug: {}", panic_text(panic.as_ref()))))
        })
    };
    let (code, raw) = match &outcome {
        Ok(()) => (Code::Ok, std::ptr::null_mut()),
        Err(why) if error.is_null() => (why.code(), std::ptr::null_mut()),
        Err(why) => (why.code(), pln_error::into_raw(why)),
    };
    if !error.is_null() {
        // SAFETY: not NULL, and the caller says that it may be written.
        unsafe { error.write(raw) };
    }
    code
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;
    use std::ptr::{null, null_mut};

    use super::*;
    use crate::assigner::with_assigner;
    use crate::*;

    /// Protects the caller from a half-changed object: the call that panics says INTERNAL and what
    /// the panic said, every later call on that handle is refused before it runs, and free works.
    #[test]
    fn a_panic_poisons_its_handle_and_no_other() {
        let spec = [0x08, 0xe0, 0xd4, 0x03]; // duration_ms: 60000
        let (mut broken, mut sound, mut error) = (null_mut(), null_mut(), null_mut());
        let mut pane = pln_window { start_ms: -1, end_ms: -1 };
        let untouched = pane;
        // SAFETY: every pointer is to a local, every handle is freed once, errors are copied first.
        unsafe {
            for handle in [&raw mut broken, &raw mut sound] {
                assert_eq!(pln_assigner_new(spec.as_ptr(), 4, handle, null_mut()), Code::Ok);
            }
            let text = |error| CStr::from_ptr(pln_error_message(error)).to_str().unwrap();

            let code = with_assigner(broken, &raw mut error, |_| panic!("planted {}", "fault"));
            assert_eq!((code, pln_error_code(error)), (Code::Internal, Code::Internal));
            assert_eq!(text(error), "a bug: planted fault");
            pln_error_free(error);

            let code = pln_assigner_pane(broken, 0, &raw mut pane, &raw mut error);
            assert_eq!((code, pane), (Code::Internal, untouched));
            assert_eq!(text(error), "an earlier call on this object panicked; free it");
            pln_error_free(error);
            let code = pln_assigner_fingerprint(broken, null_mut(), null_mut());
            assert_eq!(code, Code::Internal, "without an error object as well");

            let code = pln_assigner_pane(sound, 0, &raw mut pane, &raw mut error);
            assert_eq!((code, error.cast_const()), (Code::Ok, null()));
            assert_eq!(pane, pln_window { start_ms: 0, end_ms: 60_000 });
            pln_assigner_free(broken);
            pln_assigner_free(sound);
        }
    }
}
