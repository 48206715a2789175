//! A spec that stands in a file, on standard input or in an argument, as JSON or as protobuf.
//!
//! The core reads it; this module only says which of the two readers to ask. Invariant: text whose
//! first character is a brace is JSON and anything else is protobuf, which has no message that
//! begins with one. Worked case: `{"duration_ms": 60000}` as an argument is the spec itself,
//! `spec.pb` is a file, `-` is standard input.

use paneline::{Code, Error, SlidingWindowSpec, spec};

use crate::failure::Failure;
use crate::input;

/// A spec is under 200 bytes; the core has a lower limit, whose message says more.
const BYTES_MAX: u64 = 1 << 20;

/// What some editors write before a text, and count as no column of it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A spec as it was given.
pub(crate) struct SpecFile {
    /// What messages call it.
    pub(crate) name: String,
    bytes: Vec<u8>,
}

impl SpecFile {
    /// Reads what an argument names.
    pub(crate) fn open(source: &str) -> Result<SpecFile, Failure> {
        if source.trim_start().starts_with('{') {
            return Ok(SpecFile { name: "the argument".into(), bytes: source.into() });
        }
        let name = input::name(source).to_owned();
        match input::read(source, BYTES_MAX) {
            Ok(mut bytes) => {
                // No message of protobuf begins so.
                if bytes.starts_with(BYTE_ORDER_MARK) {
                    bytes.drain(..BYTE_ORDER_MARK.len());
                }
                Ok(SpecFile { name, bytes })
            }
            Err(failure) => Err(failure.hint(
                "a spec is a file with protobuf JSON or protobuf bytes, `-` for stdin, or the JSON \
                 itself, such as '{\"duration_ms\": 60000}'",
            )),
        }
    }

    /// The text, if the spec is JSON.
    pub(crate) fn json(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.bytes).ok()?;
        text.trim_start().starts_with('{').then_some(text)
    }

    /// The spec; what it says is not judged yet.
    pub(crate) fn read(&self) -> Result<SlidingWindowSpec, Error> {
        if self.bytes.is_empty() {
            return Err(Error::new(Code::Corrupt, "", "a spec is no empty file"));
        }
        let read = match self.json() {
            Some(text) => spec::from_json(text),
            None => spec::from_proto(&self.bytes),
        };
        read.map_err(|error| {
            if !self.is_engine() {
                return error;
            }
            let message = "this is an EngineSpec; here a SlidingWindowSpec is taken, such as its \
                           \"window\"";
            Error::new(error.code(), error.path().to_owned(), message)
        })
    }

    /// Whether what is no spec of windows is one of an engine.
    fn is_engine(&self) -> bool {
        let read = match self.json() {
            Some(text) => spec::engine_from_json(text),
            None => spec::engine_from_proto(&self.bytes),
        };
        read.is_ok_and(|engine| engine.windows.is_some())
    }

    /// A refusal of this spec.
    pub(crate) fn refused(&self, error: Error) -> Failure {
        Failure::from(error).hint(format!("the spec is {}", self.name))
    }
}
