//! Applying rows to slices, in runs of up to 128.
//!
//! A run goes through columns: slices, keys, cells, lanes. Each pass asks for the memory of the
//! next, so that a run waits for memory once. First [`Sliced::prepare`] looks everything up and
//! asks whether the ledger has room for the most that the run can need; then [`Sliced::add`]
//! cannot be refused. So a refused row leaves no trace. Invariant: watermark and cleanup do not
//! move inside a run; the caller cuts it where they do.

use super::cells::{group, note_newest};
use super::keys::TOTALS;
use super::sliced::Sliced;
use super::slices::{DENSE, NewTable, SPARSE};
use super::state::{Scratch, State, Touched};
use crate::aggregate::{ENTRY_BYTES_MAX, Exception, Run, exact};
use crate::assign::{Assigner, Window, windows_ending_after};
use crate::error::Error;
use crate::memory::{Purpose, narrow};
use crate::rows::{Keys as Column, Rows, ValueData, least_and_greatest, span_of};
use crate::verdicts::Verdict;

/// A run of judged rows: those from `from` on.
#[derive(Clone, Copy)]
pub(super) struct Judged<'a> {
    pub(super) rows: &'a Rows<'a>,
    pub(super) from: usize,
    pub(super) verdicts: &'a [Verdict],
    pub(super) times_ms: &'a [i64],
    /// The watermark after each row; of an engine's own judge only for sessions.
    pub(super) watermarks_ms: &'a [i64],
    /// The watermark after the last row.
    pub(super) watermark_ms: i64,
    /// The slots whose keys belong to this engine.
    pub(super) slots: u64,
}

/// Every slot: the engine is not a shard.
pub(super) const ALL_SLOTS: u64 = u64::MAX;

impl Judged<'_> {
    /// Whether every row was accepted, which is 0; without a branch for each.
    fn is_plain(&self) -> bool {
        self.verdicts.iter().fold(0, |others, verdict| others | *verdict as u8) == 0
    }

    /// Whether a row's key belongs to this engine.
    pub(super) fn is_ours(&self, row: usize) -> bool {
        self.slots == ALL_SLOTS || self.slots >> slot(self.rows, row) & 1 == 1
    }
}

/// The slot of a row's key: the unit of sharding, 0 to 63. A row without a key is slot 0's.
pub(super) fn slot(rows: &Rows<'_>, row: usize) -> u32 {
    let hash = match rows.keys {
        _ if !rows.has_key(row) => 0,
        Column::I64(keys) => twox_hash::XxHash3_64::oneshot(&keys[row].to_le_bytes()),
        Column::U64(keys) => twox_hash::XxHash3_64::oneshot(&keys[row].to_le_bytes()),
        Column::Bytes { .. } => twox_hash::XxHash3_64::oneshot(rows.key_bytes(row)),
    };
    (hash >> 58) as u32
}

impl Sliced {
    /// Applies a run, or refuses it.
    ///
    /// Errors: `MEMORY_LIMIT`; nothing changed.
    pub(super) fn apply(&mut self, state: &mut State, run: &Judged<'_>) -> Result<(), Error> {
        let mut scratch = std::mem::take(&mut state.scratch);
        let prepared = self.prepare(state, run, &mut scratch);
        if prepared.is_ok() {
            self.add(state, run, &mut scratch);
        }
        state.scratch = scratch;
        prepared
    }

    /// Looks a run up and makes sure that it can be applied.
    fn prepare(
        &mut self,
        state: &mut State,
        run: &Judged<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), Error> {
        self.slices.make_dense(state.keys.high(), &state.lanes, &mut state.pool, &mut state.ledger);
        let (aside, aside_bytes) = pick(run, scratch);
        state.assigner.slice_starts(&scratch.times_ms, &mut scratch.starts_ms);
        self.touch(scratch);
        state.keys.find_run(run.rows, &scratch.picked, &mut scratch.found);
        state.check_late_room(aside, aside_bytes)?;
        self.check_room(state, run, scratch)
    }

    /// The distinct slices of a run, and which rows lie in which.
    fn touch(&self, scratch: &mut Scratch) {
        scratch.touched.clear();
        scratch.slice_of.clear();
        if self.touch_two(scratch) {
            return;
        }
        scratch.touched.clear();
        let mut last = 0;
        for start_ms in &scratch.starts_ms {
            let same = |touched: &Touched| touched.start_ms == *start_ms;
            if !scratch.touched.get(last).is_some_and(same) {
                last = scratch.touched.iter().position(same).unwrap_or_else(|| {
                    let at = self.slices.find(*start_ms).unwrap_or(usize::MAX);
                    scratch.touched.push(Touched { start_ms: *start_ms, at, rows: 0 });
                    scratch.touched.len() - 1
                });
            }
            scratch.touched[last].rows += 1;
            scratch.slice_of.push(narrow(last));
        }
    }

    /// The same for rows of one or two slices, without a branch for each row: which of two it is
    /// is hard to foresee. `false` where there are more.
    fn touch_two(&self, scratch: &mut Scratch) -> bool {
        let Scratch { touched, slice_of, starts_ms, .. } = scratch;
        if starts_ms.is_empty() {
            return true;
        }
        let (first_ms, second_ms) = least_and_greatest(starts_ms);
        slice_of.resize(starts_ms.len(), 0);
        let Some(seconds) = mark_second(starts_ms, first_ms, second_ms, slice_of) else {
            slice_of.clear();
            return false;
        };
        let at = |start_ms| self.slices.find(start_ms).unwrap_or(usize::MAX);
        let rows = starts_ms.len() - seconds;
        touched.push(Touched { start_ms: first_ms, at: at(first_ms), rows });
        if seconds > 0 {
            touched.push(Touched { start_ms: second_ms, at: at(second_ms), rows: seconds });
        }
        true
    }

    /// Whether the ledger and the system have room for the most that the run can need.
    fn check_room(
        &mut self,
        state: &mut State,
        run: &Judged<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), Error> {
        let rows = scratch.picked.len();
        if rows == 0 {
            return Ok(());
        }
        let State { lanes, keys, pool, ledger: _, .. } = state;
        let (new_keys, new_bytes) = new_keys(run.rows, scratch);
        let new_slices = scratch.touched.iter().filter(|t| t.at == usize::MAX).count();
        let all_keys = keys.len().max(keys.high() as usize) + new_keys;
        let sparse = rows.div_ceil(lanes.items()) + scratch.touched.len();
        let blocks = |dense: usize| [(TOTALS, new_keys), (DENSE, dense), (SPARSE, sparse)];
        let tables = new_slices * (keys.high() as usize).div_ceil(lanes.items());
        let (least, with_tables) = (blocks(rows), blocks(rows + tables));
        let least_bytes = pool.growth(&least);
        let for_tables = if tables > 0 { pool.growth(&with_tables) - least_bytes } else { 0 };
        let mut need =
            keys.growth(new_keys, new_bytes, lanes) + least_bytes + self.slices.growth(new_slices);
        for touched in &scratch.touched {
            need += if touched.at == usize::MAX {
                // An index of 8 slots and a table of 4 blocks, each doubled until the rows fit; or
                // a table of all ids.
                64 + 16 * touched.rows + all_keys.div_ceil(lanes.items()) * size_of::<u32>()
            } else {
                let slice = self.slices.get(touched.at);
                slice.growth(touched.rows, all_keys, lanes) + slice.besides.growth(touched.rows)
            };
        }
        need += self.beside_growth(run.rows, scratch);
        if !state.assigner.is_tumbling() {
            // A window's sum of integers may not fit where each slice's does: for every key.
            need += self.besides.growth(lanes.int_sums() * all_keys);
        }
        need += self.redos.growth(self.to_mark(state, scratch));
        // Keys that wait for a firing point are listed, and cells are brought in the order of ids:
        // a firing or a drop cannot ask for room any more.
        let waiting = if self.lateness_ms > 0 { all_keys } else { 0 };
        let ordered = self.ordered(state, scratch);
        need += self.dying.growth(waiting) + self.order.growth(ordered);
        let Some(mut left) = state.ledger.room(Purpose::Cells).checked_sub(need) else {
            return Err(state.ledger.refusal(Purpose::Cells, need));
        };
        // New tables get all their blocks at once where nothing is refused for it.
        let has_room = tables > 0 && for_tables <= left;
        let whole = has_room && state.pool.commit(&with_tables).is_ok();
        left -= if whole { for_tables } else { 0 };
        scratch.table = NewTable { high: state.keys.high(), all: narrow(all_keys), whole };
        state.pool.commit(&least)?;
        self.dying.reserve(waiting, &mut state.ledger)?;
        self.order.reserve(ordered, &mut state.ledger)?;
        let State { keys, ledger, .. } = state;
        keys.reserve(run.rows, &scratch.picked, &mut scratch.found, left, ledger)
    }

    /// How many windows and keys the run may mark to be emitted again.
    fn to_mark(&self, state: &State, scratch: &Scratch) -> usize {
        if self.lateness_ms == 0 {
            return 0;
        }
        let late = scratch.times_ms.iter().filter(|t_ms| **t_ms < self.fired_ms);
        let span = (self.cleaned_ms, self.fired_ms);
        late.map(|t_ms| dirtied(&state.assigner, *t_ms, span).count()).sum()
    }

    /// The most cells that a slice of the run may be emitted from in the order of ids.
    fn ordered(&self, state: &State, scratch: &Scratch) -> usize {
        if !state.assigner.is_tumbling() {
            return 0;
        }
        let cells = |touched: &Touched| {
            if touched.at == usize::MAX {
                return touched.rows;
            }
            let slice = self.slices.get(touched.at);
            if slice.is_dense() { 0 } else { slice.cells() + touched.rows }
        };
        scratch.touched.iter().map(cells).max().unwrap_or(0)
    }

    /// The most that carries and values beyond the inline window can need.
    fn beside_growth(&self, rows: &Rows<'_>, scratch: &Scratch) -> usize {
        let floats = rows.values.iter().filter(|v| matches!(v.data, ValueData::F64(_))).count();
        let ints = rows.values.len() - floats;
        let unusual: usize = rows
            .values
            .iter()
            .map(|values| match values.data {
                ValueData::I64(_) => 0,
                ValueData::F64(data) => span_of(&scratch.picked).map_or_else(
                    || {
                        let unusual = |row: &&u32| !exact::fits(data[**row as usize]);
                        scratch.picked.iter().filter(unusual).count()
                    },
                    |span| exact::misfits(&data[span]),
                ),
            })
            .sum();
        // A cell carries once in 2^32 rows or so; one carry for each column is plenty for a run
        // of 128, but integers may carry with every row.
        let wide = (unusual + floats) * 2 * ENTRY_BYTES_MAX;
        let carries = if ints > 0 { scratch.picked.len() * ints * 2 * 64 } else { 0 };
        let tables = self.besides.growth(unusual);
        // What is beside cells now will be beside totals when their slices enter.
        let coming = self.entries.saturating_sub(self.besides.len()) * ENTRY_BYTES_MAX;
        2 * (wide + carries) + tables + coming
    }

    /// Applies a run that was prepared.
    fn add(&mut self, state: &mut State, run: &Judged<'_>, scratch: &mut Scratch) {
        if scratch.picked.len() < run.verdicts.len() {
            set_aside(state, run);
        }
        if scratch.picked.is_empty() {
            return;
        }
        state.counters.accepted += scratch.picked.len() as u64;
        self.make_slices(state, scratch);
        let State { keys, lanes, pool, ledger, .. } = &mut *state;
        let Scratch { picked, found, .. } = &mut *scratch;
        keys.insert_run(run.rows, picked, found, (lanes, pool, ledger));
        note_newest(state, scratch);
        self.make_cells(state, scratch);
        self.note_turned(state, scratch);
        add_rows(state, run.rows, scratch);
        self.restore_turned(state, scratch);
        self.keep_beside(state, run.rows, scratch);
        self.update_totals(state, run.rows, scratch);
        self.mark_dirty(state, scratch);
    }

    fn keep_beside(&mut self, state: &mut State, rows: &Rows<'_>, scratch: &Scratch) {
        for exception in &scratch.exceptions {
            let (Exception::Carry(at, ..) | Exception::Value(at, _)) = *exception;
            let (id, slice) = (scratch.found.ids[at], scratch.slice_of[at] as usize);
            let besides = &mut self.slices.get_mut(scratch.touched[slice].at).besides;
            let row = scratch.picked[at] as usize;
            let before = besides.len();
            besides.keep(&state.lanes, exception, id, (rows, row), &mut state.ledger);
            self.entries = self.entries + besides.len() - before;
        }
    }

    /// Rows of slices that are in the totals already.
    fn update_totals(&mut self, state: &mut State, rows: &Rows<'_>, scratch: &mut Scratch) {
        let within = |touched: &Touched| self.is_in_totals(touched.start_ms);
        if !scratch.touched.iter().any(within) {
            return;
        }
        for at in 0..scratch.picked.len() {
            let touched = scratch.touched[scratch.slice_of[at] as usize];
            if !self.is_in_totals(touched.start_ms) {
                continue;
            }
            let (id, row) = (scratch.found.ids[at], scratch.picked[at] as usize);
            let front = self.is_front(touched.start_ms);
            let t_ms = scratch.times_ms[at];
            scratch.exceptions.clear();
            let State { lanes, keys, pool, ledger, .. } = &mut *state;
            let (number, item) = (lanes.block_of(id as usize), lanes.item_of(id as usize));
            let total = pool.block_mut(keys.block(number), lanes.total_words());
            lanes.add_to_total(total, item, (rows, row, t_ms), front, &mut scratch.exceptions);
            for exception in &scratch.exceptions {
                self.besides.keep(lanes, exception, id, (rows, row), ledger);
            }
            if front {
                self.take_after(state, touched.at, id, (rows, row, t_ms));
            }
        }
    }

    /// Windows that fired and hold a row of this run are emitted again.
    fn mark_dirty(&mut self, state: &mut State, scratch: &Scratch) {
        if self.lateness_ms == 0 {
            return;
        }
        let (fired_ms, cleaned_ms) = (self.fired_ms, self.cleaned_ms);
        for (t_ms, id) in scratch.times_ms.iter().zip(&scratch.found.ids) {
            if *t_ms < fired_ms {
                for window in dirtied(&state.assigner, *t_ms, (cleaned_ms, fired_ms)) {
                    self.redos.mark(window.end_ms, window.start_ms, *id, &mut state.ledger);
                }
            }
        }
    }
}

/// The windows of a time that fired and are not cleaned up: those that end after the one instant
/// and not after the other.
fn dirtied(
    assigner: &Assigner,
    t_ms: i64,
    (cleaned_ms, fired_ms): (i64, i64),
) -> impl Iterator<Item = Window> + '_ {
    windows_ending_after(assigner, t_ms, cleaned_ms)
        .take_while(move |window| window.end_ms <= fired_ms)
}

/// Marks the rows that lie in the second of two slices, and says how many do; `None` where a row
/// lies in neither.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
fn mark_second(
    starts_ms: &[i64],
    first_ms: i64,
    second_ms: i64,
    slice_of: &mut [u32],
) -> Option<usize> {
    let (mut seconds, mut others) = (0_u32, 0);
    for (start_ms, slice) in starts_ms.iter().zip(slice_of) {
        *slice = u32::from(*start_ms != first_ms);
        others |= *slice & u32::from(*start_ms != second_ms);
        seconds = seconds.wrapping_add(*slice);
    }
    (others == 0).then_some(seconds as usize)
}

/// Adds the rows of a run to their cells.
fn add_rows(state: &mut State, rows: &Rows<'_>, scratch: &mut Scratch) {
    group(scratch);
    let Scratch { picked, times_ms, cells, groups, slice_of, exceptions, .. } = scratch;
    exceptions.clear();
    let run = Run { rows, picked, times_ms, cells, groups, group_of: slice_of };
    state.lanes.add_rows(state.pool.words_mut(), &run, exceptions);
}

/// Sets the rows of a run aside that were not accepted.
pub(super) fn set_aside(state: &mut State, run: &Judged<'_>) {
    for (at, verdict) in run.verdicts.iter().enumerate() {
        let row = run.from + at;
        if *verdict != Verdict::Accepted && run.is_ours(row) {
            state.set_aside(*verdict, run.rows, row, run.times_ms[at]);
        }
    }
}

/// Picks the accepted rows of a run; how many others are set aside, and the bytes of their keys.
pub(super) fn pick(run: &Judged<'_>, scratch: &mut Scratch) -> (usize, usize) {
    scratch.picked.clear();
    scratch.times_ms.clear();
    if run.slots == ALL_SLOTS && run.is_plain() {
        let from = narrow(run.from);
        scratch.picked.extend(from..from + narrow(run.verdicts.len()));
        scratch.times_ms.extend_from_slice(&run.times_ms[..run.verdicts.len()]);
        scratch.starts_ms.resize(scratch.picked.len(), 0);
        return (0, 0);
    }
    let (mut aside, mut aside_bytes) = (0, 0);
    for (at, verdict) in run.verdicts.iter().enumerate() {
        let row = run.from + at;
        if !run.is_ours(row) {
            continue;
        }
        match verdict {
            Verdict::Accepted => {
                scratch.picked.push(narrow(row));
                scratch.times_ms.push(run.times_ms[at]);
            }
            Verdict::Late | Verdict::Future => {
                aside += 1;
                aside_bytes += run.rows.key_bytes(row).len();
            }
            Verdict::Invalid => {}
        }
    }
    scratch.starts_ms.resize(scratch.picked.len(), 0);
    (aside, aside_bytes)
}

/// How many rows of a run may bring a new key, and the bytes of those keys.
pub(super) fn new_keys(rows: &Rows<'_>, scratch: &Scratch) -> (usize, usize) {
    let new = &scratch.found.new;
    let bytes = |at: &u32| rows.key_bytes(scratch.picked[*at as usize] as usize).len();
    let is_bytes = matches!(rows.keys, Column::Bytes { .. });
    (new.len(), if is_bytes { new.iter().map(bytes).sum() } else { 0 })
}
