//! Units of time columns, and wall-clock times to instants.

use paneline::{Ambiguous, Code, Error, TimeUnit};

use crate::arguments::{check_disjoint, input, output, span, text};
use crate::error::pln_error;
use crate::guard::guard;

/// A tick of a time column is a second.
pub const PLN_TIME_UNIT_S: u32 = 0;
/// A tick of a time column is a millisecond.
pub const PLN_TIME_UNIT_MS: u32 = 1;
/// A tick of a time column is a microsecond.
pub const PLN_TIME_UNIT_US: u32 = 2;
/// A tick of a time column is a nanosecond.
pub const PLN_TIME_UNIT_NS: u32 = 3;

/// A local time that occurs twice, or never, means the earlier of its two instants.
pub const PLN_AMBIGUOUS_EARLIEST: u32 = 0;
/// A local time that occurs twice, or never, means the later of its two instants.
pub const PLN_AMBIGUOUS_LATEST: u32 = 1;
/// A local time that occurs twice, or never, is refused.
pub const PLN_AMBIGUOUS_REJECT: u32 = 2;

// The header holds literal numbers; they are the core's.
const _: () = assert!(
    PLN_TIME_UNIT_S == TimeUnit::Second as u32
        && PLN_TIME_UNIT_MS == TimeUnit::Millisecond as u32
        && PLN_TIME_UNIT_US == TimeUnit::Microsecond as u32
        && PLN_TIME_UNIT_NS == TimeUnit::Nanosecond as u32
        && PLN_AMBIGUOUS_EARLIEST == Ambiguous::Earliest as u32
        && PLN_AMBIGUOUS_LATEST == Ambiguous::Latest as u32
        && PLN_AMBIGUOUS_REJECT == Ambiguous::Reject as u32
);

/// The unit with this number; parameters are integers, because a wrong enum value would be
/// undefined behaviour.
pub(crate) fn time_unit(number: u32) -> Result<TimeUnit, Error> {
    TimeUnit::from_number(number).ok_or_else(|| {
        let message = format!("unit must be a PLN_TIME_UNIT (0..=3), got {number}");
        Error::new(Code::InvalidArgument, "unit", message)
    })
}

/// Turns `len` wall-clock times of one zone, in milliseconds since 1970-01-01T00:00 on that clock,
/// into instants. `ambiguous` is a PLN_AMBIGUOUS value. All or nothing.
///
/// Errors: UNKNOWN_TIMEZONE at "timezone"; OUT_OF_RANGE and, under PLN_AMBIGUOUS_REJECT,
/// INVALID_ARGUMENT at "local_ms[i]"; INVALID_ARGUMENT at a bad pointer or option. Any thread.
///
/// # Safety
/// `timezone` leads to `timezone_len` bytes, `local_ms` and `out_ms` to `len` values each; the two
/// columns do not overlap.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn pln_resolve_local(
    timezone: *const u8,
    timezone_len: usize,
    local_ms: *const i64,
    len: usize,
    ambiguous: u32,
    out_ms: *mut i64,
    error: *mut *mut pln_error,
) -> Code {
    // SAFETY: the caller's word, for each pointer.
    unsafe {
        guard(None, error, || {
            let timezone = text(timezone, timezone_len, "timezone")?;
            let choice = Ambiguous::from_number(ambiguous).ok_or_else(|| {
                let message = format!("ambiguous must be a PLN_AMBIGUOUS (0..=2), got {ambiguous}");
                Error::new(Code::InvalidArgument, "ambiguous", message)
            })?;
            check_disjoint(&[span(local_ms, len, "local_ms"), span(out_ms, len, "out_ms")])?;
            let local_ms = input(local_ms, len, "local_ms")?;
            let out_ms = output(out_ms, len, "out_ms")?;
            paneline::resolve_local(timezone, local_ms, choice, out_ms)
        })
    }
}
