//! The extension module `paneline._core`.
//!
//! It converts, calls the core and wraps errors; it holds no rule about windows. Every function
//! that does more than read a field runs in [`error::guard`], so that a bug becomes an
//! `InternalError` and no panic reaches the interpreter. Objects are immutable once made, so any
//! thread may use them; `Engine` and `Progress` have one owner at a time. Worked number: a scalar
//! call costs what the core costs and about 0.1 µs.

mod argument;
mod array;
mod assigner;
mod engine;
mod error;
mod instant;
mod keyword;
mod length;
mod local;
mod name;
mod pane_starts;
mod spec;
mod standard;
mod window;
mod zone;

/// What `paneline._core` holds; the package re-exports it as `paneline`.
#[pyo3::pymodule]
#[pyo3(name = "_core")]
mod extension {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::array::{BytesArray, Column, Int64Array};
    #[pymodule_export]
    use crate::assigner::{Assigner, Assignment, SpecWarning};
    #[pymodule_export]
    use crate::engine::{
        Aggregate, Engine, EngineSpec, Estimate, LateBatch, Progress, ResultBatch, Stats,
        ValueColumn, Verdicts, estimate,
    };
    #[pymodule_export]
    use crate::error::panic_for_test;
    #[pymodule_export]
    use crate::local::{parse_duration, resolve_local, timezones, tzdb_version};
    #[pymodule_export]
    use crate::spec::SlidingWindowSpec;
    #[pymodule_export]
    use crate::window::Window;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("FLAG_LATE", paneline::FLAG_LATE)?;
        module.add("FLAG_RETRACTION", paneline::FLAG_RETRACTION)?;
        module.add("FLAG_PARTIAL", paneline::FLAG_PARTIAL)?;
        module.add("SLOTS", paneline::SLOTS)?;
        module.add("__version__", paneline::VERSION)
    }
}
