//! What the machine can do at the same moment: copy the columns, and add to memory at random.

use std::hint::black_box;

use super::events::{Events, Numbers};
use super::{Lines, Outcome, Words};
use crate::case::timed;

/// Slices of the table that is added to at random, as many as a window of 5 min by 10 s and its
/// bound have, rounded up.
const SLICES: usize = 32;
/// A slice is 2^13 ms, about 8 s, so that finding it costs one shift.
const SLICE_BITS: u32 = 13;

/// Copies times, keys and values, and adds each value to one of 32 cells of its key: the least that
/// any engine must do with a row. Nothing is looked up, nothing fires.
///
/// # Errors
/// Columns that cannot be read.
pub fn run(words: &Words, lines: &mut Lines) -> Outcome<()> {
    let events = Events::read(words)?;
    let Numbers::I64(values) = &events.values else {
        return Err("the baseline adds integers".into());
    };
    let rows = events.times.len();
    let mut to = [vec![0; rows], vec![0; rows], vec![0; rows]];
    let columns = [&events.times, &events.keys, values];
    let ids = events.keys.iter().map(|key| usize::try_from(*key)).collect::<Result<Vec<_>, _>>()?;
    let keys = ids.iter().max().map_or(0, |id| id + 1);
    let mut cells = vec![0_i64; keys * SLICES];
    let (mut copied_ns, mut added_ns) = (Vec::new(), Vec::new());
    for pass in 0..=words.number::<usize>("passes")? {
        let copy_ns = timed(|| {
            for (to, column) in to.iter_mut().zip(columns) {
                black_box(to).copy_from_slice(black_box(column));
            }
        });
        let add_ns = timed(|| {
            for ((t_ms, id), value) in events.times.iter().zip(&ids).zip(values) {
                let slice = usize::try_from(t_ms >> SLICE_BITS).unwrap_or(0) % SLICES;
                cells[slice * keys + id] += value;
            }
            black_box(&mut cells);
        });
        if pass > 0 {
            copied_ns.push(copy_ns);
            added_ns.push(add_ns);
        }
    }
    lines.say("events", &rows);
    lines.say_all("copied", &copied_ns);
    lines.say_all("added", &added_ns);
    lines.say("table bytes", &(cells.len() * 8));
    Ok(())
}
