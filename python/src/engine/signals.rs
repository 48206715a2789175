//! When a long call looks for signals, such as Ctrl-C.
//!
//! It asks the interpreter between two blocks of rows, which needs the GIL: so not after every
//! block, but after a time. The clock decides when a call may end early, and no result. Invariant:
//! what a handler raises ends the call between two blocks, so what was taken is known. Worked
//! number: 30 million rows of one key take 0.1 s, and are interrupted after 50 ms at the earliest.

use std::time::{Duration, Instant};

use pyo3::prelude::*;

use crate::error::Outcome;

/// Few of the 5 ms that a thread waits for the GIL where others run Python all the time, and sooner
/// than a person looks for a second Ctrl-C.
const EVERY: Duration = Duration::from_millis(50);

/// When a call looked last.
pub(super) struct Signals(Instant);

impl Signals {
    pub(super) fn new() -> Signals {
        Signals(now())
    }

    /// What the handler of a signal raises, KeyboardInterrupt for Ctrl-C. Handlers run in the main
    /// thread alone; others find nothing.
    pub(super) fn look(&mut self) -> Outcome<()> {
        if self.0.elapsed() < EVERY {
            return Ok(());
        }
        Python::attach(|py| Outcome::Ok(py.check_signals()?))?;
        self.0 = now();
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "it decides when a call is interrupted, no result")]
fn now() -> Instant {
    Instant::now()
}
