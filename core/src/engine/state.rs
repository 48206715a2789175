//! What every kind of window needs: keys, blocks, the account, results on their way out.
//!
//! [`Sliced`](super::sliced::Sliced) and [`Sessions`](super::session::Sessions) decide what is in
//! it. Invariant: after every call of the engine the account is settled ([`State::settle`]).

use std::sync::Arc;

use super::again::{NOTHING, Remembered};
use super::key_index::Found;
use super::keys::{HEAD, Keys};
use super::results::{LateBatch, ResultBatch};
use super::slices::NewTable;
use crate::aggregate::{
    Cell, Exception, Group, ITEMS_MAX, Lanes, Outputs, Shape, Totals, extend_picked,
};
use crate::assign::{Assigner, Window};
use crate::error::{Code, Error};
use crate::memory::{CHUNK_WORDS, Ledger, Pool, Purpose, narrow};
use crate::rows::Rows;
use crate::spec::{ProvenEngine, WindowKind};
use crate::verdicts::Verdict;

/// Rows are applied in runs of up to so many: enough to ask for all their memory at once, few
/// enough that what was asked for is still in the first-level cache.
pub(super) const RUN_ROWS: usize = 128;

/// Items of a block where a window has very many slices, which then hold a few keys each.
const ITEMS_OF_MANY: usize = 16;
/// So many slices are very many.
const SLICES_MANY: u64 = 1_024;

/// How the windows of an engine share slices.
pub(super) fn shape(spec: &ProvenEngine, assigner: &Assigner) -> Shape {
    match WindowKind::try_from(spec.window.kind) {
        Ok(WindowKind::Cumulate | WindowKind::Session) => Shape::Growing,
        _ if assigner.is_tumbling() => Shape::Tumbling,
        _ => Shape::Sliding,
    }
}

/// How many items the blocks of an engine have.
pub(super) fn items(assigner: &Assigner) -> usize {
    if assigner.slices_per_window() > SLICES_MANY { ITEMS_OF_MANY } else { ITEMS_MAX }
}
/// Words at the head of each key of sessions: key, newest session, when the last one is dropped.
pub(super) const SESSION_HEAD: usize = 3;

/// Counters of an engine; see [`Stats`](super::Stats).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counters {
    pub(super) accepted: u64,
    pub(super) late: u64,
    pub(super) future: u64,
    pub(super) invalid: u64,
    pub(super) emitted: u64,
    pub(super) sum_overflows: u64,
    pub(super) cells_entered: u64,
    pub(super) cells_left: u64,
}

/// The common state of an engine.
#[derive(Debug)]
pub(super) struct State {
    pub(super) spec: Arc<ProvenEngine>,
    pub(super) assigner: Arc<Assigner>,
    pub(super) lanes: Lanes,
    pub(super) outputs: Outputs,
    pub(super) ledger: Ledger,
    pub(super) pool: Pool,
    pub(super) keys: Keys,
    pub(super) results: ResultBatch,
    pub(super) late: LateBatch,
    pub(super) counters: Counters,
    pub(super) scratch: Scratch,
}

/// Columns of one run, kept to be filled again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Accepted rows, as positions in the batch.
    pub(super) picked: Vec<u32>,
    /// Their times.
    pub(super) times_ms: Vec<i64>,
    /// The starts of their slices.
    pub(super) starts_ms: Vec<i64>,
    /// Their keys and ids.
    pub(super) found: Found,
    /// Their slices, as positions in `touched`.
    pub(super) slice_of: Vec<u32>,
    /// Their cells.
    pub(super) cells: Vec<Cell>,
    /// The rows by slice, where all have one key.
    pub(super) groups: Vec<Group>,
    /// Rows whose cell was empty, in slices whose extremes were turned already, oldest first.
    pub(super) fresh: Vec<u32>,
    /// What is left after such slices, by row: up to 2 words for each extreme of each row.
    pub(super) turned: Vec<u64>,
    /// What did not fit a cell.
    pub(super) exceptions: Vec<Exception>,
    /// The slices of the run.
    pub(super) touched: Vec<Touched>,
    /// What those that are new may be.
    pub(super) table: NewTable,
    /// A block of totals to make results of.
    pub(super) block: Vec<u64>,
    /// Items to emit.
    pub(super) items: Vec<u32>,
    /// What the items of `block` are the totals of, while windows are emitted again.
    pub(super) again: Vec<Remembered>,
}

/// A slice that a run touches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touched {
    pub(super) start_ms: i64,
    /// Its position in the list of slices, once it is there.
    pub(super) at: usize,
    pub(super) rows: usize,
}

impl Scratch {
    fn bytes(&self) -> usize {
        fn of<T>(column: &Vec<T>) -> usize {
            column.capacity() * size_of::<T>()
        }
        of(&self.picked)
            + of(&self.times_ms)
            + of(&self.starts_ms)
            + self.found.bytes()
            + of(&self.slice_of)
            + of(&self.cells)
            + of(&self.groups)
            + of(&self.fresh)
            + of(&self.turned)
            + of(&self.exceptions)
            + of(&self.touched)
            + of(&self.block)
            + of(&self.items)
            + of(&self.again)
    }
}

impl State {
    /// The state of an engine whose windows are slices.
    pub(super) fn sliced(spec: Arc<ProvenEngine>, assigner: Arc<Assigner>) -> Result<State, Error> {
        let lanes = Lanes::new(&spec, shape(&spec, &assigner), HEAD, items(&assigner), CHUNK_WORDS);
        let sizes = [
            (lanes.key_words(), Purpose::Keys),
            (lanes.cell_words(), Purpose::Cells),
            (lanes.cell_words() + lanes.items().div_ceil(2), Purpose::Cells),
        ];
        let outputs = Outputs::new(&spec, &lanes);
        State::new(spec, assigner, lanes, outputs, &sizes)
    }

    /// The state of an engine of sessions: blocks of keys hold no totals, each session is a block
    /// of one total with the lanes of `totals`.
    pub(super) fn of_sessions(
        spec: Arc<ProvenEngine>,
        assigner: Arc<Assigner>,
        totals: &Lanes,
    ) -> Result<State, Error> {
        let lanes = Lanes::bare(SESSION_HEAD, ITEMS_MAX);
        let sizes = [(lanes.key_words(), Purpose::Keys), (totals.total_words(), Purpose::Cells)];
        let outputs = Outputs::new(&spec, totals);
        State::new(spec, assigner, lanes, outputs, &sizes)
    }

    fn new(
        spec: Arc<ProvenEngine>,
        assigner: Arc<Assigner>,
        lanes: Lanes,
        outputs: Outputs,
        sizes: &[(usize, Purpose)],
    ) -> Result<State, Error> {
        let mut scratch = Scratch::default();
        scratch.block.resize(lanes.total_words(), 0);
        scratch.again.resize(lanes.items(), NOTHING);
        Ok(State {
            pool: Pool::new(spec.state_budget, sizes)?,
            ledger: Ledger::new(spec.state_budget, spec.output_budget),
            keys: Keys::new(spec.key),
            results: ResultBatch::new(spec.key, &outputs),
            late: LateBatch::new(&spec),
            counters: Counters::default(),
            scratch,
            lanes,
            outputs,
            spec,
            assigner,
        })
    }

    /// Where a word of an id's head is: 0 is its key.
    #[inline]
    pub(super) fn head(&self, id: u32, which: usize) -> usize {
        self.keys.head(id, which, &self.lanes)
    }

    /// Measures what is not paid piece by piece.
    pub(super) fn settle(&mut self) {
        self.ledger.set(Purpose::Output, self.results.bytes());
        self.ledger.set(Purpose::Late, self.late.bytes());
        self.ledger.set(Purpose::Scratch, self.scratch.bytes());
        debug_assert!(self.ledger.holds(), "beyond the budget: {:?}", self.ledger);
    }

    /// Whether so many rows, with so many bytes of keys, can be set aside.
    ///
    /// Errors: `MEMORY_LIMIT` at `late_budget_rows` or `output_budget_bytes`.
    pub(super) fn check_late_room(&mut self, rows: usize, key_bytes: usize) -> Result<(), Error> {
        if rows == 0 {
            return Ok(());
        }
        let (held, bound) = (self.late.len() as u64, self.spec.late_budget_rows);
        if held + rows as u64 > bound {
            let message = format!(
                "{held} late rows wait to be drained, late_budget_rows is {bound}; drain them, \
                 then push the rest"
            );
            return Err(Error::new(Code::MemoryLimit, "late_budget_rows", message));
        }
        let need = self.late.growth(rows, key_bytes);
        let mut room = self.ledger.output_bound().saturating_sub(self.results.bytes());
        if need > room && self.results.is_empty() {
            // Drained results leave their columns to the next ones; late rows need the room now.
            self.results = ResultBatch::new(self.spec.key, &self.outputs);
            room = self.ledger.output_bound();
        }
        // A few rows are taken in any case: an empty batch must not wait for room it never gets.
        if need > room && !(self.late.is_empty() && self.results.is_empty()) {
            return Err(self.ledger.refusal(Purpose::Late, need));
        }
        Ok(())
    }

    /// Sets a row aside, or counts it.
    pub(super) fn set_aside(&mut self, verdict: Verdict, rows: &Rows<'_>, row: usize, t_ms: i64) {
        match verdict {
            Verdict::Accepted => return,
            Verdict::Invalid => {
                self.counters.invalid += 1;
                return;
            }
            Verdict::Late => self.counters.late += 1,
            Verdict::Future => self.counters.future += 1,
        }
        self.late.push(verdict, rows, row, t_ms);
    }

    /// The refusal of rows while results wait.
    pub(super) fn output_is_full(&self) -> Error {
        let (rows, bound) = (self.results.len(), self.ledger.output_bound());
        let message = format!(
            "{rows} results wait to be drained and more are due, output_budget_bytes is {bound}; \
             drain them, then push the rest"
        );
        Error::new(Code::MemoryLimit, "output_budget_bytes", message)
    }

    /// Whether results of `count` keys from an id on have room.
    pub(super) fn has_room(&mut self, first: u32, count: usize) -> bool {
        let key_bytes = match self.keys.key_type() {
            crate::spec::KeyType::Bytes => {
                let ids = first..self.keys.high().min(first + narrow(count));
                ids.map(|id| self.keys.bytes_of(id).len()).sum()
            }
            _ => 0,
        };
        self.results.has_room(count, key_bytes, &self.ledger)
    }
}

/// Appends the results of a window for items of a block of totals; `named` are the items' keys as
/// words, and their ids.
pub(super) fn emit(
    (results, counters): (&mut ResultBatch, &mut Counters),
    (outputs, lanes, keys): (&Outputs, &Lanes, &Keys),
    totals: &Totals<'_>,
    items: &[u32],
    named: (&[u64], impl Fn(u32) -> u32),
    window: Window,
    flags: u8,
) {
    results.push_windows(window, flags, items.len());
    let counts = &totals.words[lanes.total_at(0)..];
    results.push_keys(keys, items, named);
    extend_picked(&mut results.count, items, bytemuck::cast_slice(counts));
    counters.sum_overflows += outputs.emit(totals, items, &mut results.columns);
    counters.emitted += items.len() as u64;
}
