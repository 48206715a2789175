//! `zones`: what the embedded time-zone database says.
//!
//! It lists what the core tells of its zones and adds nothing. Invariant: only embedded data is
//! shown, never the host's.

use std::io::Write;

use crate::args::ZonesArgs;
use crate::console::{Console, Outcome};
use crate::failure::Failure;
use crate::release::{self, Release};

/// Writes what is asked for.
pub(crate) fn run(
    args: &ZonesArgs,
    _console: Console,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    if args.dump {
        release::write(&Release::embedded()?, out)?;
    }
    Ok(Outcome::Clean)
}
