//! `Stats` and `Estimate`: what an engine counts and holds, and what one would hold.
//!
//! They are the core's numbers. Invariant: `accepted + late + future + invalid` is the number of
//! rows that were taken. Worked number: count alone, 5 min by 10 s: 4 bytes a cell, 31 slices.

use paneline::Code;
use pyo3::prelude::*;

use super::results::shown;
use super::spec::EngineSpec;
use crate::argument::int;
use crate::error::guard;

/// Counters of an engine, and what it holds. Immutable: it compares and hashes. Any thread.
///
/// >>> import paneline as pln
/// >>> engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
/// >>> engine.push([7, None, 8], [20_000, 21_000, 9_999])
/// 3
/// >>> stats = engine.stats
/// >>> stats.accepted, stats.late, stats.future, stats.invalid, stats.watermark_ms
/// (1, 1, 0, 1, 19999)
#[pyclass(frozen, eq, hash, module = "paneline")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Stats {
    /// Rows that joined a window.
    #[pyo3(get)]
    accepted: u64,
    /// Rows whose windows were all cleaned up.
    #[pyo3(get)]
    late: u64,
    /// Rows too far ahead of the last tick.
    #[pyo3(get)]
    future: u64,
    /// Rows without a key or with a time out of range.
    #[pyo3(get)]
    invalid: u64,
    /// Results that were written, retractions included.
    #[pyo3(get)]
    emitted: u64,
    /// Results that are null because a sum of integers does not fit 64 bits.
    #[pyo3(get)]
    sum_overflows: u64,
    /// Everything up to this has happened; -2^63 before the first row.
    #[pyo3(get)]
    watermark_ms: i64,
    /// Keys with state.
    #[pyo3(get)]
    keys: u64,
    /// Slices, or live sessions.
    #[pyo3(get)]
    slices: u64,
    /// Windows that hold a row and are not cleaned up.
    #[pyo3(get)]
    windows_open: u64,
    /// Cells that firings added to totals. A block of a dense slice counts whole, with the cells of
    /// keys without rows.
    #[pyo3(get)]
    cells_entered: u64,
    /// Cells that were taken out of totals. A cell enters once and leaves once.
    #[pyo3(get)]
    cells_left: u64,
    /// Bytes for keys, their index and their totals.
    #[pyo3(get)]
    key_bytes: u64,
    /// Bytes for cells of slices or totals of sessions.
    #[pyo3(get)]
    cell_bytes: u64,
    /// Bytes for tables of slices and of windows to emit again.
    #[pyo3(get)]
    table_bytes: u64,
    /// Bytes for results that were not drained.
    #[pyo3(get)]
    output_bytes: u64,
    /// Bytes for late and future rows that were not drained.
    #[pyo3(get)]
    late_bytes: u64,
    /// Bytes for working space, of a fixed size.
    #[pyo3(get)]
    scratch_bytes: u64,
    /// All bytes together.
    #[pyo3(get)]
    bytes: u64,
}

impl From<paneline::Stats> for Stats {
    fn from(stats: paneline::Stats) -> Stats {
        Stats {
            accepted: stats.accepted,
            late: stats.late,
            future: stats.future,
            invalid: stats.invalid,
            emitted: stats.emitted,
            sum_overflows: stats.sum_overflows,
            watermark_ms: stats.watermark_ms,
            keys: stats.keys,
            slices: stats.slices,
            windows_open: stats.windows_open,
            cells_entered: stats.cells_entered,
            cells_left: stats.cells_left,
            key_bytes: stats.key_bytes,
            cell_bytes: stats.cell_bytes,
            table_bytes: stats.table_bytes,
            output_bytes: stats.output_bytes,
            late_bytes: stats.late_bytes,
            scratch_bytes: stats.scratch_bytes,
            bytes: stats.bytes(),
        }
    }
}

#[pymethods]
impl Stats {
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || Ok(shown(slf, &STATS)?))
    }
}

/// The fields in the order of the class.
const STATS: [&str; 19] = [
    "accepted",
    "late",
    "future",
    "invalid",
    "emitted",
    "sum_overflows",
    "watermark_ms",
    "keys",
    "slices",
    "windows_open",
    "cells_entered",
    "cells_left",
    "key_bytes",
    "cell_bytes",
    "table_bytes",
    "output_bytes",
    "late_bytes",
    "scratch_bytes",
    "bytes",
];

/// Bytes of an engine's state, as `estimate` gives them. Immutable: it compares and hashes. Any
/// thread.
///
/// >>> import paneline as pln
/// >>> window = pln.SlidingWindowSpec(duration="10s")
/// >>> pln.estimate(pln.EngineSpec(window=window), 1).cell_bytes
/// 4
#[pyclass(frozen, eq, hash, module = "paneline")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Estimate {
    /// Bytes of a key's cell in one slice (of a session's total).
    #[pyo3(get)]
    cell_bytes: u64,
    /// Bytes of a key beside its cells: the key, its index and its totals.
    #[pyo3(get)]
    key_bytes: u64,
    /// Slices that are live at once: those of a window, of the lateness and of the bound, and one.
    #[pyo3(get)]
    slices: u64,
    /// All together for so many keys with rows in every slice.
    #[pyo3(get)]
    state_bytes: u64,
}

#[pymethods]
impl Estimate {
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let names = ["cell_bytes", "key_bytes", "slices", "state_bytes"];
        guard(slf.py(), || Ok(shown(slf, &names)?))
    }
}

/// Estimates the state of an engine with `keys` keys that have rows in every slice, before anyone
/// allocates it. Any thread.
///
/// Errors: those of `Engine`; INVALID_ARGUMENT at `keys` for an int that does not fit 64 bits.
///
/// >>> import paneline as pln
/// >>> window = pln.SlidingWindowSpec(duration="5m", step="10s")
/// >>> estimate = pln.estimate(pln.EngineSpec(window=window), 1_000)
/// >>> estimate.cell_bytes, estimate.slices
/// (4, 31)
#[pyfunction]
pub(crate) fn estimate(spec: &Bound<'_, PyAny>, keys: &Bound<'_, PyAny>) -> PyResult<Estimate> {
    let py = spec.py();
    guard(py, || {
        let spec = &EngineSpec::given(spec)?.0;
        let keys = int(keys, &"keys", Code::InvalidArgument)?;
        let paneline::Estimate { cell_bytes, key_bytes, slices, state_bytes } =
            py.detach(|| paneline::estimate(spec, keys))?;
        Ok(Estimate { cell_bytes, key_bytes, slices, state_bytes })
    })
}
