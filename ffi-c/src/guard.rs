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
