//! The iterator of `Engine.run`: push until the results are full, give them out, go on.
//!
//! It decides nothing but the order of pushing and draining. Invariant: it stands at the row after
//! the last that was taken, whatever was raised. Worked number: of 100 rows 60 are taken before the
//! results are full; the next step drains, and the one after starts at row 60.

use paneline::Code;
use pyo3::prelude::*;

use super::Engine;
use super::owned::{Owned, taken};
use super::results::ResultBatch;
use super::rows::Batch;
use crate::error::{Fault, Outcome, guard};

/// The path of a refusal that draining results ends.
const OUTPUT: &str = "output_budget_bytes";

/// Pushes a batch and gives its results out.
#[pyclass(frozen, module = "paneline", name = "_Run")]
pub(super) struct Run {
    engine: Py<Engine>,
    feed: Owned<Feed>,
}

struct Feed {
    /// The columns, until all of them are taken.
    batch: Option<Batch>,
    /// The first row that was not taken.
    at: usize,
    finish: bool,
}

impl Run {
    /// The iterator over a batch that was looked at.
    pub(super) fn new(engine: Py<Engine>, batch: Batch, finish: bool) -> Run {
        let feed = Feed { batch: Some(batch), at: 0, finish };
        Run { engine, feed: Owned::new(feed, "iterator") }
    }
}

#[pymethods]
impl Run {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<ResultBatch>> {
        guard(py, || self.feed.enter()?.step(py, self.engine.get()))
    }
}

impl Feed {
    fn step(&mut self, py: Python<'_>, engine: &Engine) -> Outcome<Option<ResultBatch>> {
        while let Some(batch) = &mut self.batch {
            let (rows, outcome) = engine.feed(py, batch, self.at, false)?;
            self.at += rows;
            match outcome {
                Ok(()) => {
                    self.batch = None;
                    if self.finish {
                        engine.end(py)?;
                    }
                }
                Err(Fault::Refused(error))
                    if error.code() == Code::MemoryLimit && error.path() == OUTPUT =>
                {
                    if let Some(results) = engine.drain(py)? {
                        return Ok(Some(results));
                    }
                    // Late rows fill the room: draining them is the owner's business.
                    if rows == 0 {
                        taken(py, self.at, Err(error.into()))?;
                    }
                }
                outcome => {
                    taken(py, self.at, outcome)?;
                }
            }
        }
        engine.drain(py)
    }
}
