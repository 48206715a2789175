//! Columns of times in, columns of windows out.
//!
//! A [`Batch`] is a column whose every row was found to be in range; what is written from it
//! cannot be refused half-way. That is how a batch is all or nothing: first every row is checked,
//! then the first result is written. Writing allocates nothing. Invariant: a refused column leaves
//! the output as it was. Worked number: windows of 20 by 10: the times 25 and 30 have two windows
//! each, so the offsets are 0, 2, 4.

use super::{Assigner, BATCH_WINDOWS_MAX, Rule, Window, Windows, windows};
use crate::error::{Code, Error};
use crate::time::EXACT_MS;
use crate::time::column::{Kernel, all_within};
use crate::time::grid::Grid;
use crate::time::unit::TimeUnit;

/// The windows of a column of events: row `i` lies in the windows from `offsets[i]` up to
/// `offsets[i + 1]` of `starts_ms` and `ends_ms`, the layout of an Arrow list.
///
/// Reuse it: a second [`Assigner::assign`] into it allocates only if it must hold more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// One more than there are rows, ascending from 0.
    pub offsets: Vec<i64>,
    /// The windows' first milliseconds.
    pub starts_ms: Vec<i64>,
    /// The windows' first milliseconds after.
    pub ends_ms: Vec<i64>,
}

impl Assignment {
    /// The windows of row `row`, ascending by start, then end.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn windows(&self, row: usize) -> impl ExactSizeIterator<Item = Window> + '_ {
        let span = super::count(self.offsets[row])..super::count(self.offsets[row + 1]);
        self.starts_ms[span.clone()]
            .iter()
            .zip(&self.ends_ms[span])
            .map(|(&start_ms, &end_ms)| Window { start_ms, end_ms })
    }
}

/// A column of times that were all found in range.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    assigner: &'a Assigner,
    times: &'a [i64],
    unit: TimeUnit,
    /// Whether all lie within the 35,000 years for which the fast kernels are exact.
    usual: bool,
}

impl Assigner {
    /// Checks a column of times in `unit`.
    ///
    /// Errors: `OUT_OF_RANGE` at `times[i]`, the first bad row. `i64::MIN` and `i64::MAX` are bad
    /// in every unit.
    pub fn batch<'a>(&'a self, times: &'a [i64], unit: TimeUnit) -> Result<Batch<'a>, Error> {
        let bounds = unit.ticks(&self.instants);
        let exact = unit.ticks(&EXACT_MS);
        let usual = *bounds.start().max(exact.start())..=*bounds.end().min(exact.end());
        if all_within(times, &usual) {
            return Ok(Batch { assigner: self, times, unit, usual: true });
        }
        match times.iter().position(|tick| !bounds.contains(tick)) {
            None => Ok(Batch { assigner: self, times, unit, usual: false }),
            Some(row) => Err(Error::new(
                Code::OutOfRange,
                format!("times[{row}]"),
                self.range_message(&bounds, times[row], unit),
            )),
        }
    }

    /// Writes the start of each row's pane, in milliseconds, and allocates nothing.
    ///
    /// Errors: those of [`Self::batch`]; `INVALID_ARGUMENT` at `out_ms` where its length is not
    /// that of `times`, and at `kind` for a session. `out_ms` is then untouched.
    ///
    /// ```
    /// use paneline::{Assigner, SlidingWindowSpec, TimeUnit};
    /// let spec = SlidingWindowSpec { duration_ms: 60_000, ..Default::default() };
    /// let mut starts = [0; 2];
    /// Assigner::new(&spec)?.pane_starts(&[61, -1], TimeUnit::Second, &mut starts)?;
    /// assert_eq!(starts, [60_000, -60_000]);
    /// # Ok::<(), paneline::Error>(())
    /// ```
    pub fn pane_starts(
        &self,
        times: &[i64],
        unit: TimeUnit,
        out_ms: &mut [i64],
    ) -> Result<(), Error> {
        let grid = self.grid()?;
        let batch = self.batch(times, unit)?;
        check_length("out_ms", out_ms.len(), times.len())?;
        if batch.usual {
            self.kernel.pane_starts(grid, batch.times, unit, out_ms);
        } else {
            Kernel::Grid.pane_starts(grid, batch.times, unit, out_ms);
        }
        Ok(())
    }

    /// Writes the windows of each row into `out`, replacing what it held.
    ///
    /// Errors: those of [`Self::batch`]; `MEMORY_LIMIT` at `times` for more than
    /// [`BATCH_WINDOWS_MAX`] windows, or more than the system grants. `out` is then untouched.
    ///
    /// ```
    /// use paneline::{Assigner, Assignment, SlidingWindowSpec, TimeUnit};
    /// let spec = SlidingWindowSpec { duration_ms: 20, step_ms: 10, ..Default::default() };
    /// let mut windows = Assignment::default();
    /// Assigner::new(&spec)?.assign(&[25, 30], TimeUnit::Millisecond, &mut windows)?;
    /// assert_eq!(windows.offsets, [0, 2, 4]);
    /// assert_eq!(windows.starts_ms, [10, 20, 20, 30]);
    /// assert_eq!(windows.ends_ms, [30, 40, 40, 50]);
    /// # Ok::<(), paneline::Error>(())
    /// ```
    pub fn assign(&self, times: &[i64], unit: TimeUnit, out: &mut Assignment) -> Result<(), Error> {
        let batch = self.batch(times, unit)?;
        let count = batch.window_count()?;
        for (column, len) in [
            (&mut out.offsets, times.len() + 1),
            (&mut out.starts_ms, count),
            (&mut out.ends_ms, count),
        ] {
            column.try_reserve(len.saturating_sub(column.len())).map_err(|_| {
                let message = format!("{count} windows do not fit into memory; assign fewer rows");
                Error::new(Code::MemoryLimit, "times", message)
            })?;
        }
        out.offsets.resize(times.len() + 1, 0);
        out.starts_ms.resize(count, 0);
        out.ends_ms.resize(count, 0);
        batch.assign_into(&mut out.offsets, &mut out.starts_ms, &mut out.ends_ms)
    }
}

impl Batch<'_> {
    /// How many windows the rows lie in, all together: what the caller's columns must hold.
    ///
    /// Errors: `MEMORY_LIMIT` at `times` for more than [`BATCH_WINDOWS_MAX`].
    pub fn window_count(&self) -> Result<usize, Error> {
        let rule = &self.assigner.rule;
        let count = match (rule, rule.panes()) {
            (Rule::Session { .. }, _) => self.times.len(),
            (_, Some((_, count))) => self.times.len().saturating_mul(count),
            (_, None) => self.times_ms().map(|t_ms| windows::window_count(rule, t_ms)).sum(),
        };
        if count > BATCH_WINDOWS_MAX {
            let message = format!(
                "{} rows lie in {count} windows, at most {BATCH_WINDOWS_MAX} fit one batch; assign \
                 fewer rows at a time",
                self.times.len()
            );
            return Err(Error::new(Code::MemoryLimit, "times", message));
        }
        Ok(count)
    }

    /// Writes the windows of each row into columns that the caller owns: `offsets` of one more
    /// than the rows, `starts_ms` and `ends_ms` of [`Self::window_count`].
    ///
    /// Errors: those of [`Self::window_count`]; `INVALID_ARGUMENT` at the column of another length;
    /// nothing is then written.
    pub fn assign_into(
        &self,
        offsets: &mut [i64],
        starts_ms: &mut [i64],
        ends_ms: &mut [i64],
    ) -> Result<(), Error> {
        let count = self.window_count()?;
        check_length("offsets", offsets.len(), self.times.len() + 1)?;
        check_length("starts_ms", starts_ms.len(), count)?;
        check_length("ends_ms", ends_ms.len(), count)?;
        let (first, rest) = offsets.split_at_mut(1);
        first.fill(0);
        match self.assigner.rule.panes() {
            Some((grid, count)) => self.write_panes(grid, count, rest, starts_ms, ends_ms),
            None => self.write_windows(rest, starts_ms, ends_ms),
        }
        Ok(())
    }

    /// Windows of `count` panes.
    fn write_panes(
        &self,
        grid: &Grid,
        count: usize,
        offsets: &mut [i64],
        starts_ms: &mut [i64],
        ends_ms: &mut [i64],
    ) {
        let mut pane = Window { start_ms: 0, end_ms: 0 };
        let mut row = 0;
        for (offset, t_ms) in offsets.iter_mut().zip(self.times_ms()) {
            let end = row + count;
            if !pane.contains(t_ms) {
                let (starts, ends) = (&mut starts_ms[row..end], &mut ends_ms[row..end]);
                pane = windows::write_panes(grid, t_ms, starts, ends);
            } else if count == 1 {
                // One window costs less than a call that copies it.
                (starts_ms[row], ends_ms[row]) = (pane.start_ms, pane.end_ms);
            } else {
                // Rows of one pane lie in the same windows.
                starts_ms.copy_within(row - count..row, row);
                ends_ms.copy_within(row - count..row, row);
            }
            row = end;
            *offset = column_offset(row);
        }
    }

    /// Windows of any kind.
    fn write_windows(&self, offsets: &mut [i64], starts_ms: &mut [i64], ends_ms: &mut [i64]) {
        let mut written = 0;
        for (offset, t_ms) in offsets.iter_mut().zip(self.times_ms()) {
            for window in Windows::new(&self.assigner.rule, t_ms) {
                starts_ms[written] = window.start_ms;
                ends_ms[written] = window.end_ms;
                written += 1;
            }
            *offset = column_offset(written);
        }
    }

    fn times_ms(&self) -> impl Iterator<Item = i64> + '_ {
        self.times.iter().map(|&tick| self.unit.floor_ms(tick))
    }
}

/// A place in a column as an Arrow list offset; [`BATCH_WINDOWS_MAX`] keeps it small.
fn column_offset(windows: usize) -> i64 {
    i64::try_from(windows).unwrap_or(i64::MAX)
}

fn check_length(path: &'static str, got: usize, wanted: usize) -> Result<(), Error> {
    if got == wanted {
        return Ok(());
    }
    let message = format!("{path} must hold {wanted} values, got {got}");
    Err(Error::new(Code::InvalidArgument, path, message))
}
