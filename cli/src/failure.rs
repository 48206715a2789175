//! Why a command stopped: a refusal with its code and path, or an output that takes no more.
//!
//! It prints `error: INVALID_SPEC at step_ms: step_ms must be <= ...` and, on a second line, what
//! to try. Invariant: only output turns an `io::Error` into a [`Failure`] by itself; a file that
//! cannot be read is named, with code `IO`.

use std::fmt;
use std::io;

use paneline::{Code, Error};

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An input was refused.
    Refused {
        /// Code, path and sentence.
        error: Error,
        /// What to try.
        hint: Option<String>,
    },
    /// Standard output takes no more.
    Output(io::Error),
}

impl Failure {
    /// A refusal of the command's own.
    pub(crate) fn new(code: Code, path: impl Into<String>, message: impl Into<String>) -> Failure {
        Error::new(code, path.into(), message).into()
    }

    /// An input that cannot be read.
    pub(crate) fn unreadable(path: &str, error: &impl fmt::Display) -> Failure {
        Failure::new(Code::Io, path, error.to_string())
    }

    /// The same refusal with a suggestion.
    pub(crate) fn hint(self, text: impl Into<String>) -> Failure {
        match self {
            Failure::Refused { error, .. } => Failure::Refused { error, hint: Some(text.into()) },
            Failure::Output(_) => self,
        }
    }

    /// Whether the reader of the output went away, as `head` does.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Refused { error, hint: None }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused { error, hint: None } => writeln!(f, "error: {error}"),
            Failure::Refused { error, hint: Some(hint) } => {
                writeln!(f, "error: {error}\nhint: {hint}")
            }
            Failure::Output(error) => writeln!(f, "error: IO at stdout: {error}"),
        }
    }
}
