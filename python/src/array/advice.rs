//! What to pass instead of a column that is refused.
//!
//! It looks at objects of numpy and pandas by what they have, without either, and decides nothing
//! but words. Invariant: advice that is taken loses nothing: a key is never rounded or wrapped.
//! Worked number: of the float keys 1.2 and 1.7 a cast would make the one key 1, so it is not said.

use std::ffi::CStr;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;

use crate::argument::{wrong_type, wrong_type_fix};
use crate::error::Fault;

/// Keys that no int is.
pub(super) const EXACT_KEYS: &str = ": keys are ints, or text in an engine of key=\"bytes\"";

/// Keys of text among ints.
const TEXT_KEYS: &str = ": text is a key in an engine of key=\"bytes\", as values.tolist()";

/// A `TypeError` for an object that is no column.
pub(crate) fn wrong_column(values: &Bound<'_, PyAny>, path: &str, wanted: &str) -> Fault {
    let has = |name: &str| values.hasattr(name).unwrap_or(false);
    let plain = if path == "keys" { "tolist" } else { "to_numpy" };
    let fix = if is_text(values) {
        ": pass values.tolist()".to_owned()
    } else if !has("to_numpy") {
        return wrong_type(values, &path, wanted);
    } else if has("array") {
        // A Series or an Index.
        format!(": pass values.{plain}(), or a Series, for which pandas needs pyarrow")
    } else if has("categories") {
        format!(": pass values.{plain}()")
    } else {
        ": wrap it in pd.Series".to_owned()
    };
    wrong_type_fix(values, &path, wanted, &fix)
}

/// Whether an array of numpy holds text, byte strings or Python objects.
fn is_text(values: &Bound<'_, PyAny>) -> bool {
    let kind = values.getattr("dtype").and_then(|dtype| dtype.getattr("kind")?.extract::<char>());
    matches!(kind, Ok('O' | 'S' | 'T' | 'U'))
        && values.hasattr("__array_interface__").unwrap_or(false)
}

/// What an export raised: with advice where pandas misses pyarrow.
pub(super) fn export_error(values: &Bound<'_, PyAny>, path: &str, why: PyErr) -> Fault {
    let py = values.py();
    let module = values.get_type().module().and_then(|module| module.extract::<String>());
    let is_pandas = module.is_ok_and(|module| module.starts_with("pandas"));
    if !is_pandas || !why.is_instance_of::<PyImportError>(py) {
        return why.into();
    }
    let plain = if path == "keys" { "tolist" } else { "to_numpy" };
    let text = format!("{path}: pandas needs pyarrow for this ({why}); or pass series.{plain}()");
    let raised = PyImportError::new_err(text);
    raised.set_cause(py, Some(why));
    raised.into()
}

/// What items of no kind that is wanted are called, and what to do about them.
pub(super) fn items(size: usize, format: &CStr, wanted: &str, path: &str) -> (String, String) {
    let (is_swapped, code) = match *format.to_bytes() {
        [code] | [b'@' | b'=', code] | [.., code @ (b's' | b'w')] => (false, code),
        [b'<', code] => (cfg!(target_endian = "big"), code),
        [b'>' | b'!', code] => (cfg!(target_endian = "little"), code),
        _ => (false, 0),
    };
    let family = match code {
        b'b' | b'h' | b'i' | b'l' | b'q' => "int",
        b'B' | b'H' | b'I' | b'L' | b'Q' => "uint",
        b'e' | b'f' | b'd' => "float",
        b'?' => "bool",
        b'O' => return ("Python objects".into(), ": pass values.tolist()".into()),
        b's' | b'w' if path == "keys" => return ("text".into(), TEXT_KEYS.into()),
        _ => {
            let format = format.to_string_lossy();
            return (format!("items of {size} bytes with format {format:?}"), String::new());
        }
    };
    let bits = if family == "bool" { String::new() } else { (8 * size).to_string() };
    let order = if is_swapped { " of the other byte order" } else { "" };
    let fix = match (path, family, wanted, size) {
        ("keys", "float" | "bool", ..) => EXACT_KEYS.into(),
        ("keys", "uint", "int64", 8) => ": declare key=\"u64\" in the spec".into(),
        ("keys", "int", "uint64", _) => ": declare key=\"i64\" in the spec".into(),
        (_, "float", "int64", _) if path.starts_with("values[") => {
            ": declare the column as \"f64\"".into()
        }
        // A cast to ints goes towards zero, and times are floored.
        (_, "float", "int64" | "uint64", _) => {
            format!(": convert it, as in np.floor(values).astype({wanted:?})")
        }
        _ => format!(": convert it, as in values.astype({wanted:?})"),
    };
    (format!("{family}{bits}{order}"), fix)
}
