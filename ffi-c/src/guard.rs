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
    use crate::engine::with_engine;
    use crate::progress::with_progress;
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

    /// Protects the owner of results from a half-changed engine: every call on it is refused before
    /// it runs, leaves its outputs alone, and free works. The same holds for a judge.
    #[test]
    fn a_panic_poisons_an_engine_and_a_judge() {
        let spec = [0x0a, 0x04, 0x08, 0xe0, 0xd4, 0x03]; // window.duration_ms: 60000
        let key = [7_i64];
        let keys = pln_keys {
            data: key.as_ptr().cast(),
            r#type: PLN_KEY_TYPE_I64,
            offsets: null(),
            data_len: 0,
            validity: null(),
            validity_offset: 0,
        };
        let rows = pln_rows {
            keys,
            times: key.as_ptr(),
            len: 1,
            unit: PLN_TIME_UNIT_MS,
            values: null(),
            values_len: 0,
            sources: null(),
        };
        let (mut taken, mut ms) = (7, 7);
        let (mut engine, mut progress, mut verdicts) = (null_mut(), null_mut(), null_mut());
        let (none, out_ms) = (null_mut(), &raw mut ms);
        // SAFETY: every pointer is to a local or NULL, and every handle is freed once.
        unsafe {
            assert_eq!(pln_engine_new(spec.as_ptr(), 6, &raw mut engine, none), Code::Ok);
            assert_eq!(pln_progress_new(spec.as_ptr(), 6, &raw mut progress, none), Code::Ok);
            assert_eq!(pln_engine_push(engine, &raw const rows, &raw mut taken, none), Code::Ok);
            let mut results = std::mem::zeroed::<pln_result_batch>();
            let mut late = std::mem::zeroed::<pln_late_batch>();
            let mut stats = std::mem::zeroed::<pln_stats>();
            (results.len, late.len, stats.accepted, taken) = (7, 7, 7, 7);

            assert_eq!(with_engine(engine, none, |_| panic!("planted")), Code::Internal);
            assert_eq!(with_progress(progress, none, |_| panic!("planted")), Code::Internal);
            for code in [
                pln_engine_push(engine, &raw const rows, &raw mut taken, none),
                pln_engine_apply(engine, &raw const rows, null(), 0, &raw mut taken, none),
                pln_engine_poll(engine, &raw mut results, none),
                pln_engine_poll_late(engine, &raw mut late, none),
                pln_engine_advance_watermark(engine, 0, 0, out_ms, none),
                pln_engine_tick(engine, 0, out_ms, none),
                pln_engine_finish(engine, none),
                pln_engine_apply_watermark(engine, 0, none),
                pln_engine_apply_finish(engine, none),
                pln_engine_stats(engine, &raw mut stats, none),
                pln_progress_judge(progress, &raw const rows, &raw mut verdicts, none),
                pln_progress_advance_watermark(progress, 0, 0, out_ms, none),
                pln_progress_tick(progress, 0, out_ms, none),
                pln_progress_finish(progress, none),
            ] {
                assert_eq!(code, Code::Internal);
            }
            assert_eq!((results.len, late.len, stats.accepted), (7, 7, 7));
            assert_eq!((taken, ms, verdicts.is_null()), (7, 7, true));
            pln_engine_free(engine);
            pln_progress_free(progress);
        }
    }
}
