//! Bytes from a file or from standard input, up to a bound.
//!
//! It reads and names what it read; what the bytes mean is decided elsewhere. Invariant: no more
//! than the bound is ever held, so a device that never ends is an error and not a full machine:
//! `/dev/zero` as a spec is refused after 1 MiB.

use std::fs::File;
use std::io::Read;

use paneline::Code;

use crate::failure::Failure;

/// The argument that means standard input.
pub(crate) const STDIN: &str = "-";

/// What messages call an input.
pub(crate) fn name(file: &str) -> &str {
    if file == STDIN { "stdin" } else { file }
}

/// Opens a file; `-` is standard input.
pub(crate) fn open(file: &str) -> Result<Box<dyn Read>, Failure> {
    if file == STDIN {
        return Ok(Box::new(std::io::stdin()));
    }
    let open = File::open(file).map_err(|error| Failure::unreadable(file, &error))?;
    Ok(Box::new(open))
}

/// The whole of a file of at most `bytes_max` bytes.
pub(crate) fn read(file: &str, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    open(file)?
        .take(bytes_max + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::unreadable(name(file), &error))?;
    if bytes.len() as u64 > bytes_max {
        let message = format!("the file may have {bytes_max} bytes, and has more");
        return Err(Failure::new(Code::Corrupt, name(file), message));
    }
    Ok(bytes)
}

/// The size of a file, where it has one.
pub(crate) fn size(file: &str) -> Option<u64> {
    let bytes = std::fs::metadata(file).ok()?.len();
    (file != STDIN && bytes > 0).then_some(bytes)
}
