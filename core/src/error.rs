//! The one error of the library: a code to branch on, a path to the fault, a sentence to read.
//!
//! It decides nothing about windows. Its invariant: every refusal names the value it refused and
//! the bound that refused it, so `step_ms must be <= duration_ms (60000), got 90000` and never
//! "failed to compile spec".

use std::borrow::Cow;
use std::fmt;

pub use paneline_proto::v1::Code;

/// Why a call was refused.
///
/// One word wide, so that a `Result` of it costs nothing on the hot path.
///
/// ```
/// use paneline::{Assigner, Code, SlidingWindowSpec};
///
/// let spec = SlidingWindowSpec { duration_ms: 60_000, step_ms: 90_000, ..Default::default() };
/// let error = Assigner::new(&spec).unwrap_err();
/// assert_eq!(error.code(), Code::InvalidSpec);
/// assert_eq!(error.path(), "step_ms");
/// assert_eq!(error.message(), "step_ms must be <= duration_ms (60000), got 90000");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Fault>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    code: Code,
    path: Cow<'static, str>,
    message: String,
}

const _: () = assert!(size_of::<Result<(), Error>>() == size_of::<usize>());

impl Error {
    /// An error from its three parts; bindings report their own refusals with it.
    pub fn new(
        code: Code,
        path: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Error {
        Error(Box::new(Fault { code, path: path.into(), message: message.into() }))
    }

    /// The same error, of an input that is a part of another: `step_ms` in `window` is
    /// `window.step_ms`.
    pub(crate) fn within(mut self, parent: &str) -> Error {
        let dot = if self.path().is_empty() { "" } else { "." };
        self.0.path = format!("{parent}{dot}{}", self.path()).into();
        self
    }

    /// What kind of refusal this is, the same in every language. Never [`Code::Ok`].
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Where in the input the fault lies: `step_ms`, `times[4096]`, or empty.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What was wrong, with the value and the bound; lower case, no full stop.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { code, path, message } = &*self.0;
        match path.as_ref() {
            "" => write!(f, "{}: {message}", code_name(*code)),
            path => write!(f, "{} at {path}: {message}", code_name(*code)),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

/// The name of a code as every language prints it: `INVALID_SPEC`.
///
/// ```
/// assert_eq!(paneline::code_name(paneline::Code::OutOfRange), "OUT_OF_RANGE");
/// ```
pub fn code_name(code: Code) -> &'static str {
    let name = code.as_str_name();
    name.strip_prefix("CODE_").unwrap_or(name)
}

/// The longest text that is compared with every name; the longest zone name has 32 bytes. A limit,
/// because a spec is hostile input and edit distance costs the product of the lengths.
pub(crate) const COMPARED_BYTES_MAX: usize = 64;

/// The least similarity (1 - edits / length) of a name worth suggesting: one slip in three.
const SIMILARITY_MIN: f64 = 0.66;

/// The name that was probably meant: the nearest by edits, ignoring case, if it is near at all.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > COMPARED_BYTES_MAX {
        return None;
    }
    let name = name.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for known in names {
        let similarity = strsim::normalized_damerau_levenshtein(&name, &known.to_lowercase());
        let better = best.is_none_or(|(most, name)| (similarity, name) > (most, known));
        if similarity >= SIMILARITY_MIN && better {
            best = Some((similarity, known));
        }
    }
    best.map(|(_, known)| known)
}
