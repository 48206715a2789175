//! Why a command stopped: a refusal with its code and path, or an output that takes no more.
//!
//! It prints `error: INVALID_SPEC at step_ms: step_ms must be <= ...` and, on a second line, what
//! to try. Invariant: only output turns an `io::Error` into a [`Failure`] by itself; a file that
//! cannot be read is named, with code `IO`.

use std::fmt;
use std::io::{self, Write};

use paneline::{Code, Error, code_name};
use serde::Serialize;

use crate::console::{Console, write_json};

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

impl Failure {
    /// Writes the failure the way the console asks for.
    pub(crate) fn write(&self, console: Console, err: &mut dyn Write) -> io::Result<()> {
        let (code, path, message, hint) = match self {
            Failure::Refused { error, hint } => {
                (error.code(), error.path(), error.message().to_owned(), hint.as_deref())
            }
            Failure::Output(error) => (Code::Io, "stdout", error.to_string(), None),
        };
        let code = code_name(code);
        if console.json {
            let error = Told { code, path, message: &message, hint };
            return write_json(&Document { schema: "paneline/error/1", error }, err);
        }
        let [red, cyan, plain] =
            if console.screen.color { ["\x1b[1;31m", "\x1b[1;36m", "\x1b[0m"] } else { [""; 3] };
        let at = if path.is_empty() { String::new() } else { format!(" at {path}") };
        writeln!(err, "{red}error{plain}: {code}{at}: {message}")?;
        match hint {
            Some(hint) => writeln!(err, "{cyan}hint{plain}: {hint}"),
            None => Ok(()),
        }
    }
}

/// A failure as JSON.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    error: Told<'a>,
}

#[derive(Serialize)]
struct Told<'a> {
    code: &'static str,
    path: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
}
