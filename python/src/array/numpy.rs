//! What numpy's arrays do not say by the buffer protocol, without numpy.
//!
//! An array of datetime64 has no buffer ("cannot include dtype 'M' in a buffer"), but it says what
//! it is (`dtype.str`) and shows its ticks as int64 (`view`); pandas' times make one. A masked
//! array has the buffer of what lies under its mask, which the buffer does not show: it is refused.
//! This module decides which arrays are times and what their ticks are, and which are masked; what
//! is in them is read as any buffer. Invariant: only what says that it is a datetime64 is asked for
//! a view. Worked number: "<M8[us]" are ticks of a microsecond, so 2,500 of them are 2 ms.

use paneline::TimeUnit;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::buffer::{OUT, copied, refuse};
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
    let Some((order, unit_name)) = name.split_once("M8") else { return Ok(None) };
    let (unit, units) = match unit_name {
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
    // Others than numpy's are asked for one: `view` of a pandas Series warns, and is no view. What
    // is to be filled must be one itself.
    let is_array = values.get_type().hasattr(intern!(py, "__array_interface__"))?;
    let array = if is_array {
        values.clone()
    } else if path != OUT && values.hasattr(intern!(py, "to_numpy"))? {
        values.call_method1(intern!(py, "to_numpy"), (format!("M8{unit_name}"),))?
    } else {
        return Ok(None);
    };
    Ok(Some((array.call_method1(intern!(py, "view"), (intern!(py, "i8"),))?, ticks)))
}

/// Refuses a masked array, also one whose mask is empty: what data came does not decide whether a
/// program runs.
///
/// Errors: INVALID_ARGUMENT at `path`.
pub(super) fn check_mask(values: &Bound<'_, PyAny>, path: &str) -> Outcome<()> {
    let py = values.py();
    // Looking in vain for an attribute takes longer than a row.
    if !is_derived(values) || values.getattr_opt(intern!(py, "mask"))?.is_none() {
        return Ok(());
    }
    let kind = values.getattr(intern!(py, "dtype")).and_then(|dtype| dtype.getattr("kind"));
    let fix = match path {
        "keys" => ": pass (a.data, ~np.ma.getmaskarray(a))",
        _ if path.starts_with("values[") && path.ends_with(']') => {
            ": pass (a.data, ~np.ma.getmaskarray(a))"
        }
        _ if kind.is_ok_and(|kind| kind.eq("M").unwrap_or(false)) => {
            ": pass a.filled(np.datetime64(\"NaT\")), or a.compressed() without the masked rows"
        }
        "times" | "local_ms" | "values" => {
            ": pass a.tolist(), which has None for them, or a.compressed() without them"
        }
        "sources" => ": pass a.filled(source), with the source of these rows",
        _ => "",
    };
    let why = "a masked array, whose buffer shows masked items as if they were not";
    Err(refuse(path, format!("{path} must not be {why}{}", copied(path, fix))))
}

/// Whether a class has another above it than `object`: numpy's array has none, a masked one has.
fn is_derived(values: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the class of an object that is alive, and the GIL is held. The slot holds a class, or
    // NULL.
    let above = unsafe { ffi::PyType_GetSlot(values.get_type_ptr(), ffi::Py_tp_base) };
    above != (&raw mut ffi::PyBaseObject_Type).cast()
}
