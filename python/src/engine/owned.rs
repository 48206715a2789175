//! One owner at a time: what becomes of a second thread in an engine.
//!
//! It never waits. Whoever comes while a call is running, another thread or a method of an item
//! that the call itself is reading, is refused, so nothing deadlocks and rows come in an order that
//! their owner knows. Invariant: a value that a bug has left half changed is not used again. Worked
//! number: of two threads that push at once, one returns and one gets INVALID_ARGUMENT.

use std::sync::{Mutex, MutexGuard, TryLockError};

use paneline::{Code, Error};
use pyo3::prelude::*;

use crate::error::{Fault, Outcome, exception};

/// A value with one owner at a time.
pub(super) struct Owned<T> {
    value: Mutex<T>,
    class: &'static str,
}

impl<T> Owned<T> {
    pub(super) fn new(value: T, class: &'static str) -> Owned<T> {
        Owned { value: Mutex::new(value), class }
    }

    /// The value for one call.
    pub(super) fn enter(&self) -> Result<MutexGuard<'_, T>, Error> {
        let class = self.class;
        self.value.try_lock().map_err(|why| match why {
            TryLockError::WouldBlock => {
                let message = format!(
                    "another call of this {class} is running; it has one owner at a time: keep it \
                     to one thread, or hold a lock of yours around each call"
                );
                Error::new(Code::InvalidArgument, "", message)
            }
            TryLockError::Poisoned(_) => {
                let message =
                    format!("a bug ended an earlier call of this {class}; make a new one");
                Error::new(Code::Internal, "", message)
            }
        })
    }
}

/// The rows that a call took, or its exception, which says how many it took before.
pub(super) fn taken(py: Python<'_>, rows: usize, outcome: Outcome<()>) -> Outcome<usize> {
    let raised = match outcome {
        Ok(()) => return Ok(rows),
        Err(Fault::Refused(error)) => exception(py, &error),
        Err(Fault::Raised(raised)) => raised,
    };
    // An exception of a caller's class may refuse attributes; it passes as it is.
    let _ = raised.value(py).setattr(pyo3::intern!(py, "taken"), rows);
    Err(raised.into())
}
