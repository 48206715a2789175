//! Batches in runs: a run ends where the watermark reaches a point at which something happens.
//!
//! So a batch means nothing: what its rows cause comes between the same rows wherever it is cut. A
//! run that is refused is halved, down to one row, and a refused row is not judged. Invariant:
//! while a run is applied, nothing fires and nothing is dropped. Worked number: 1,000 rows of one
//! window are eight runs of up to 128; the row that ends the window ends its run.

use super::ingest::Judged;
use super::prefetch::prefetch_rows;
use super::state::{RUN_ROWS, State};
use super::{Pushed, Windows};
use crate::progress::Progress;
use crate::rows::Rows;
use crate::verdicts::Verdicts;

/// Who says what becomes of rows.
pub(super) enum Judge<'a> {
    /// The engine's own judge, and a place for the verdicts of the run at hand.
    Own(&'a mut Progress, &'a mut Verdicts),
    /// The stream's, which has judged all rows.
    Given(&'a Verdicts),
}

impl Judge<'_> {
    /// Up to `len` rows from `from` on, to the one that moves the watermark to `stop_ms`.
    fn judge<'r>(
        &'r mut self,
        (rows, from, slots): (&'r Rows<'r>, usize, u64),
        len: usize,
        stop_ms: i64,
    ) -> Judged<'r> {
        match self {
            Judge::Own(progress, verdicts) => {
                progress.judge_run(rows, from, len, Some(stop_ms), verdicts);
                Judged {
                    rows,
                    from,
                    verdicts: &verdicts.verdicts,
                    times_ms: &verdicts.times_ms,
                    watermarks_ms: &verdicts.watermarks_ms,
                    watermark_ms: progress.watermark_ms(),
                    slots,
                }
            }
            Judge::Given(verdicts) => {
                let watermarks_ms = &verdicts.watermarks_ms[from..][..len];
                let stop = watermarks_ms.iter().position(|watermark_ms| *watermark_ms >= stop_ms);
                let len = stop.map_or(len, |at| at + 1);
                Judged {
                    rows,
                    from,
                    verdicts: &verdicts.verdicts[from..][..len],
                    times_ms: &verdicts.times_ms[from..][..len],
                    watermarks_ms: &watermarks_ms[..len],
                    watermark_ms: watermarks_ms[len - 1],
                    slots,
                }
            }
        }
    }

    /// The rows that were judged last are not taken, or not all.
    fn rewind(&mut self) {
        if let Judge::Own(progress, _) = self {
            progress.rewind();
        }
    }
}

impl Windows {
    /// Takes rows from `from` on, as many as memory allows.
    pub(super) fn take(
        &mut self,
        state: &mut State,
        (rows, from, slots): (&Rows<'_>, usize, u64),
        mut judge: Judge<'_>,
    ) -> Pushed {
        let (mut at, mut most) = (from, RUN_ROWS);
        while at < rows.len() {
            if !self.advance(state) {
                return Pushed { rows: at - from, stopped: Some(state.output_is_full()) };
            }
            let len = most.min(rows.len() - at);
            let run = judge.judge((rows, at, slots), len, self.point_ms());
            let (len, cut) = (run.verdicts.len(), self.cut(&run));
            if cut < len {
                judge.rewind();
                most = cut;
                continue;
            }
            prefetch_rows(rows, at + len, len);
            match self.apply(state, &run) {
                Ok(()) => {
                    self.follow(&run);
                    at += len;
                    most = (most * 2).min(RUN_ROWS);
                }
                Err(error) => {
                    judge.rewind();
                    if len == 1 {
                        return Pushed { rows: at - from, stopped: Some(error) };
                    }
                    most = len / 2;
                }
            }
        }
        // What can be emitted is; the rest waits for room and is no reason to refuse rows.
        self.advance(state);
        Pushed { rows: at - from, stopped: None }
    }
}
