//! The slices and cells of a run of rows, made where they are missing.
//!
//! It finds places and changes no aggregate; room for all of it was checked before. Invariant:
//! after it every row of the run has a cell, its slice stands in the list, and its key lives at
//! least as long as that slice. Worked number: 128 rows in two dense slices are 128 loads of block
//! handles and no call.

use super::keys::{Keys, NEWEST};
use super::sliced::Sliced;
use super::slices::Store;
use super::state::{Scratch, State, Touched};
use crate::aggregate::{Cell, Group, Lanes};
use crate::memory::{Handle, narrow};

/// A run in so many dense slices takes the short way.
const TABLES: usize = 4;
/// A run of one key in so many slices is added by slice: for each, all its rows are looked at.
const GROUPS: usize = 4;

impl Sliced {
    /// The slices of a run, made where they are missing.
    pub(super) fn make_slices(&mut self, state: &mut State, scratch: &mut Scratch) {
        if scratch.touched.iter().all(|touched| touched.at != usize::MAX) {
            return;
        }
        let State { lanes, pool, ledger, .. } = state;
        for touched in &scratch.touched {
            if let Err(at) = self.slices.find(touched.start_ms) {
                self.slices.insert((at, touched.start_ms), scratch.table, (lanes, pool, ledger));
            }
        }
        for touched in &mut scratch.touched {
            touched.at = self.slices.find(touched.start_ms).unwrap_or(0);
        }
    }

    /// The cells of a run, made where they are missing.
    pub(super) fn make_cells(&mut self, state: &mut State, scratch: &mut Scratch) {
        let (keys, empty) = (state.keys.high(), self.slices.empty);
        let State { lanes, pool, ledger, .. } = state;
        let Scratch { touched, slice_of, found, cells, .. } = scratch;
        cells.clear();
        if let Some(tables) = self.tables(touched) {
            let places = found.ids.iter().zip(slice_of.iter());
            if find_in(&tables, empty, places, lanes, cells) {
                return;
            }
        }
        cells.resize(found.ids.len(), Cell::new(empty, 0));
        for ((id, slice), cell) in found.ids.iter().zip(slice_of).zip(&mut *cells) {
            if cell.block != empty {
                continue;
            }
            let slice = self.slices.get_mut(touched[*slice as usize].at);
            *cell = match slice.cell(*id, lanes, pool, empty) {
                Some(cell) => cell,
                None => slice.new_cell(*id, keys, empty, (lanes, pool, ledger)),
            };
        }
        for touched in touched.iter() {
            self.slices.note_ripe(touched.at, keys);
        }
    }

    /// The tables of blocks of the slices that a run touches, if they are few and dense.
    fn tables(&self, touched: &[Touched]) -> Option<[&[Handle]; TABLES]> {
        let mut tables = [&[][..]; TABLES];
        for (at, touched) in touched.iter().enumerate() {
            let Store::Dense { blocks } = &self.slices.get(touched.at).store else { return None };
            *tables.get_mut(at)? = blocks;
        }
        Some(tables)
    }
}

/// Finds cells in tables of blocks, in a loop without calls; whether all were there. One that was
/// not is in the empty block.
fn find_in<'a>(
    tables: &[&[Handle]; TABLES],
    empty: Handle,
    places: impl Iterator<Item = (&'a u32, &'a u32)>,
    lanes: &Lanes,
    cells: &mut Vec<Cell>,
) -> bool {
    let mut missing = false;
    cells.extend(places.map(|(id, slice)| {
        let (number, item) = (lanes.block_of(*id as usize), lanes.item_of(*id as usize));
        let table = tables[*slice as usize % TABLES];
        let block = table.get(number).copied().unwrap_or(empty);
        missing |= block == empty;
        Cell::new(block, item)
    }));
    !missing
}

/// The rows of a run by slice, if all have one key and the slices are few.
pub(super) fn group(scratch: &mut Scratch) {
    let Scratch { touched, slice_of, found, cells, groups, .. } = scratch;
    groups.clear();
    if found.is_one && touched.len() <= GROUPS {
        groups.extend((0..).zip(touched).map(|(number, touched)| {
            let first = slice_of.iter().position(|slice| *slice == number).unwrap_or(0);
            Group { cell: cells[first], rows: narrow(touched.rows), first }
        }));
    }
}

/// Each key of a run lives at least as long as the slices of its rows.
pub(super) fn note_newest(state: &mut State, scratch: &Scratch) {
    let State { keys, lanes, pool, .. } = state;
    let (keys, words): (&Keys, _) = (keys, pool.words_mut());
    let mut note = |id: u32, start_ms: i64| {
        let newest = &mut words[keys.head(id, NEWEST, lanes)];
        *newest = newest.cast_signed().max(start_ms).cast_unsigned();
    };
    let ids = &scratch.found.ids;
    if scratch.found.is_one {
        scratch.touched.iter().for_each(|touched| note(ids[0], touched.start_ms));
    } else {
        ids.iter().zip(&scratch.starts_ms).for_each(|(id, start_ms)| note(*id, *start_ms));
    }
}
