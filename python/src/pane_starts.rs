//! `pane_starts` for columns: blocks of times in, blocks of starts out.
//!
//! It decides how a column is cut and in which order blocks are written. Invariant: of memory of
//! the caller nothing is written before every row was found in range. Worked number: ten million
//! rows of numpy into `out` are 1,221 blocks, each copied twice through 64 KiB.

use std::slice::{from_mut, from_ref};

use paneline::{Assigner, Error, TimeUnit};

use crate::array::{NOT_A_TIME, Out, Times, missing, reserve};

/// Rows of a block: few enough that a block of times and one of starts stay in the second-level
/// cache (128 KiB), and as many as callers batch themselves.
const BLOCK_ROWS: usize = 8_192;

/// The start of each row's pane, in a new column.
pub(crate) fn column(
    assigner: &Assigner,
    times: &Times,
    unit: TimeUnit,
) -> Result<Vec<i64>, Error> {
    check_kind(assigner)?;
    let (mut scratch, mut starts_ms) = (Vec::new(), Vec::new());
    reserve(&mut starts_ms, times.len())?;
    for (from, len) in blocks(times.len()) {
        let block = times.block(from, len, &mut scratch)?;
        starts_ms.resize(from + len, 0);
        block_starts(assigner, times, (from, block), unit, &mut starts_ms[from..])?;
    }
    Ok(starts_ms)
}

/// Writes the start of each row's pane to a caller's memory: all or none.
pub(crate) fn fill(
    assigner: &Assigner,
    times: Times,
    unit: TimeUnit,
    out: &Out,
) -> Result<(), Error> {
    check_kind(assigner)?;
    let rows = times.len();
    let (times, is_backward) = times.apart_from(out)?;
    let (mut scratch, mut starts_ms) = (Vec::new(), Vec::new());
    reserve(&mut starts_ms, rows.min(BLOCK_ROWS))?;
    if rows <= BLOCK_ROWS {
        let block = times.block(0, rows, &mut scratch)?;
        starts_ms.resize(rows, 0);
        block_starts(assigner, &times, (0, block), unit, &mut starts_ms)?;
        out.write(0, &starts_ms);
        return Ok(());
    }
    for (from, len) in blocks(rows) {
        let block = times.block(from, len, &mut scratch)?;
        check_block(assigner, &times, (from, block), unit)?;
    }
    let mut write = |(from, len)| {
        let block = times.block(from, len, &mut scratch)?;
        starts_ms.resize(len, 0);
        if assigner.pane_starts(block, unit, &mut starts_ms).is_err() {
            // Every row was in range before: another thread writes to them. What is none any more
            // gets no pane.
            for (tick, start_ms) in block.iter().zip(&mut starts_ms) {
                if assigner.pane_starts(from_ref(tick), unit, from_mut(start_ms)).is_err() {
                    *start_ms = NOT_A_TIME;
                }
            }
        }
        out.write(from, &starts_ms);
        Ok(())
    };
    if is_backward {
        blocks(rows).rev().try_for_each(&mut write)
    } else {
        blocks(rows).try_for_each(&mut write)
    }
}

/// The refusal of a session, also where there are no rows.
fn check_kind(assigner: &Assigner) -> Result<(), Error> {
    assigner.pane_starts(&[], TimeUnit::Millisecond, &mut [])
}

/// The starts of a block, which begins at a row; or the first bad row.
fn block_starts(
    assigner: &Assigner,
    times: &Times,
    (from, block): (usize, &[i64]),
    unit: TimeUnit,
    starts_ms: &mut [i64],
) -> Result<(), Error> {
    if times.first_null(from, block.len()).is_some() {
        return check_block(assigner, times, (from, block), unit);
    }
    let starts = assigner.pane_starts(block, unit, starts_ms);
    starts.map_err(|error| located(assigner, times, (from, block), unit, &error))
}

/// Looks for the first bad row of a block.
pub(crate) fn check_block(
    assigner: &Assigner,
    times: &Times,
    (from, block): (usize, &[i64]),
    unit: TimeUnit,
) -> Result<(), Error> {
    let null = times.first_null(from, block.len());
    let block = &block[..null.unwrap_or(block.len())];
    let checked = assigner.batch(block, unit);
    checked.map_err(|error| located(assigner, times, (from, block), unit, &error))?;
    null.map_or(Ok(()), |row| {
        Err(missing(&format_args!("times[{}]", from + row), "a time", "null"))
    })
}

/// The refusal of a block with the row of the whole column.
fn located(
    assigner: &Assigner,
    times: &Times,
    (from, block): (usize, &[i64]),
    unit: TimeUnit,
    error: &Error,
) -> Error {
    let is_bad = |tick: &i64| assigner.batch(from_ref(tick), unit).is_err();
    let at = block.iter().position(is_bad).unwrap_or(0);
    let row = from + at;
    // Of plain ints this one is as far out of range as others.
    if block.get(at) == Some(&NOT_A_TIME) && times.ticks().is_some() {
        return missing(&format_args!("times[{row}]"), "a time", "NaT");
    }
    Error::new(error.code(), format!("times[{row}]"), error.message().to_owned())
}

/// The blocks of a column: their first rows and their lengths.
fn blocks(rows: usize) -> impl DoubleEndedIterator<Item = (usize, usize)> {
    let block = move |at| (at * BLOCK_ROWS, BLOCK_ROWS.min(rows - at * BLOCK_ROWS));
    (0..rows.div_ceil(BLOCK_ROWS)).map(block)
}
