//! numpy's datetime64, without numpy.
//!
//! Such an array has no buffer protocol ("cannot include dtype 'M' in a buffer"), but it says what
//! it is (`dtype.str`) and shows its ticks as int64 (`view`). It decides which arrays are times and
//! what their ticks are; what is in them is read as any buffer. Invariant: only what says that it
//! is a datetime64 is asked for a view. Worked number: "<M8[us]" are ticks of a microsecond, so
//! 2,500 of them are 2 ms.

use paneline::TimeUnit;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::buffer::{copied, refuse};
use super::times::Ticks;
use crate::error::Outcome;

/// Exact from coarser units.
const CONVERT: &str = ": convert it, as in values.astype(\"datetime64[ms]\")";

/// The ticks of an array of datetime64 as an array of int64 over the same memory, and what they
/// are; `None` for anything else.
///
/// Errors: INVALID_ARGUMENT at `path` for another unit, and for another byte order.
pub(super) fn ticks<'py>(
    values: &Bound<'py, PyAny>,
    path: &str,
) -> Outcome<Option<(Bound<'py, PyAny>, Ticks)>> {
    let py = values.py();
    let Some(dtype) = values.getattr_opt(intern!(py, "dtype"))? else { return Ok(None) };
    let Some(name) = dtype.getattr_opt(intern!(py, "str"))? else { return Ok(None) };
    let Ok(name) = name.cast::<PyString>() else { return Ok(None) };
    let name = name.to_str()?;
    let Some((order, unit)) = name.split_once("M8") else { return Ok(None) };
    let (unit, units) = match unit {
        "[W]" => (TimeUnit::Second, 604_800),
        "[D]" => (TimeUnit::Second, 86_400),
        "[h]" => (TimeUnit::Second, 3_600),
        "[m]" => (TimeUnit::Second, 60),
        "[s]" => (TimeUnit::Second, 1),
        "[ms]" => (TimeUnit::Millisecond, 1),
        "[us]" => (TimeUnit::Microsecond, 1),
        "[ns]" => (TimeUnit::Nanosecond, 1),
        other => {
            let message = format!(
                "{path} must be datetime64 of W, D, h, m, s, ms, us or ns, got datetime64{other}{}",
                copied(path, CONVERT)
            );
            return Err(refuse(path, message));
        }
    };
    // The byte order of what says `|`, pandas' times with a zone, is the machine's.
    if !matches!((order, cfg!(target_endian = "little")), ("<", true) | (">", false) | ("|", _)) {
        let message = format!(
            "{path} must have the machine's byte order, got {name:?}{}",
            copied(path, CONVERT)
        );
        return Err(refuse(path, message));
    }
    let ticks = Ticks { unit, units, is_zoned: order == "|" };
    Ok(Some((values.call_method1(intern!(py, "view"), (intern!(py, "i8"),))?, ticks)))
}
