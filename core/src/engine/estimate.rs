//! What an engine will take, before anyone allocates it.
//!
//! It computes from the layout, not from a table of its own, so it cannot drift from the engine. It
//! is meant for keys that stay and have rows in every slice; where keys come and go, the index
//! keeps the places of up to four times as many. Invariant: it is not below what such keys take,
//! nor above twice that. Worked number: count and a sum of i64, 5 min by 10 s with a bound of 5 s:
//! 12 bytes a cell, and 32 slices: 30 of a window, 1 for the bound, 1 that begins.

use super::keys::HEAD;
use super::session::TABLES_BYTES;
use super::state::{SESSION_HEAD, items, shape};
use crate::aggregate::Lanes;
use crate::error::Error;
use crate::memory::{CHUNK_BYTES, CHUNK_WORDS};
use crate::progress::open;
use crate::spec::EngineSpec;

/// Bytes of an engine's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Bytes of a key's cell in one slice; of a session with its entries in tables.
    pub cell_bytes: u64,
    /// Bytes of a key beside its cells: the key, its index and its totals.
    pub key_bytes: u64,
    /// Slices that are live at once: those of a window, of the lateness and of the bound, and one.
    pub slices: u64,
    /// All together for so many keys with rows in every slice.
    pub state_bytes: u64,
}

/// Estimates the state of an engine with `keys` keys that have rows in every slice.
///
/// Errors: those of [`Engine::new`](crate::Engine::new).
///
/// ```
/// use paneline::{EngineSpec, SlidingWindowSpec};
/// let window = SlidingWindowSpec { duration_ms: 300_000, step_ms: 10_000, ..Default::default() };
/// let spec = EngineSpec { windows: Some(window.into()), ..Default::default() };
/// let estimate = paneline::estimate(&spec, 1_000)?;
/// assert_eq!((estimate.cell_bytes, estimate.slices), (4, 31));
/// # Ok::<(), paneline::Error>(())
/// ```
pub fn estimate(spec: &EngineSpec, keys: u64) -> Result<Estimate, Error> {
    let (spec, assigner) = open(spec)?;
    let is_session = assigner.session_gap_ms().is_some();
    let (head, items) = if is_session { (0, 1) } else { (HEAD, items(&assigner)) };
    let lanes = Lanes::new(&spec, shape(&spec, &assigner), head, items, CHUNK_WORDS);
    let per_item = |words: usize| (words * 8).div_ceil(lanes.items()) as u64;
    // A slot of the index is 16 bytes, and 1 to 2 of 5 are full; an id is a bit, a block 4 bytes.
    let index_bytes = 81;
    let (cell_bytes, key_bytes) = if is_session {
        // A block is a multiple of 64 bytes.
        let block = (lanes.total_words() * 8).next_multiple_of(64) as u64;
        (block + TABLES_BYTES as u64, SESSION_HEAD as u64 * 8 + index_bytes)
    } else {
        (per_item(lanes.cell_words()), per_item(lanes.key_words()) + index_bytes)
    };
    let late_ms =
        spec.window.allowed_lateness_ms.saturating_add(spec.max_out_of_orderness_ms.max(0));
    let slice_ms = assigner.pane(0).map_or(i64::MAX, |pane| pane.end_ms - pane.start_ms).max(1);
    let late = (late_ms / slice_ms).unsigned_abs() + u64::from(late_ms % slice_ms > 0);
    let slices = if is_session { 1 } else { assigner.slices_per_window() + late + 1 };
    // Blocks are whole, and those of few keys carry ids of 4 bytes; they do not quite fill their
    // chunks. Beside them a slice has an entry in a list that is up to half empty, and a table.
    let items = lanes.items() as u64;
    let (whole, id_bytes) = if is_session {
        (keys, 0)
    } else if keys < 64 {
        (keys.next_multiple_of(items), 4)
    } else {
        (keys.checked_next_multiple_of(items).unwrap_or(keys), 0)
    };
    let slice_bytes = 400 + keys.saturating_mul(8) / items;
    let cells = slices
        .saturating_mul(whole)
        .saturating_mul(cell_bytes + id_bytes)
        .saturating_add(key_bytes.saturating_mul(whole));
    let chunks = if is_session { 2 } else { 3 };
    let state_bytes = cells
        .saturating_add(cells / 32)
        .saturating_add(slices.saturating_mul(slice_bytes))
        .saturating_add(chunks * CHUNK_BYTES as u64 + 4_096);
    Ok(Estimate { cell_bytes, key_bytes, slices, state_bytes })
}
