//! What cells cannot hold, kept beside them: carries, and floats beyond the inline window.
//!
//! Most engines never have an entry here. It is found by lane and id, and paid for like everything
//! else; a wide float sum is some 300 bytes. Invariant: a cell and its entry together are exact;
//! an entry of a total that has become nothing is removed, so that the common case stays fast.
//! Worked number: the sum of i64::MAX, i64::MAX and 2 is the cell 0 and the carry 1 beside it.

use super::count;
use super::exact::{WideSquares, WideSum};
use super::lanes::{Exception, Lane, Lanes};
use super::variance;
use crate::memory::{Index, Ledger, Paid, Purpose, narrow};
use crate::rows::Rows;

/// What is kept beside one lane of one id.
#[derive(Debug)]
pub(crate) enum Beside {
    /// How many moduli the cell lacks.
    Carry(i64),
    /// The part of a float sum that does not lie inline.
    Sum(Box<WideSum>),
    /// The part of a sum of squares that does not lie inline.
    Squares(Box<WideSquares>),
}

#[derive(Debug)]
struct Entry {
    lane: u32,
    id: u32,
    value: Beside,
}

/// The entries of a slice, or of all totals.
#[derive(Debug)]
pub(crate) struct Besides {
    index: Index,
    entries: Paid<Entry>,
}

/// Whether something is added or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Plus,
    Minus,
}

impl Sign {
    fn of(self, number: i64) -> i64 {
        match self {
            Sign::Plus => number,
            Sign::Minus => -number,
        }
    }
}

/// The bytes that one more entry takes at most, with its part of a growing table.
pub(crate) const ENTRY_BYTES_MAX: usize =
    3 * size_of::<Entry>() + size_of::<WideSquares>() + 4 * size_of::<u64>();

impl Besides {
    /// No entries; costs nothing.
    pub(crate) fn new() -> Besides {
        Besides { index: Index::new(Purpose::Cells), entries: Paid::new(Purpose::Cells) }
    }

    /// Whether there are no entries.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The bytes that growing by `entries` can take, beyond the entries' own.
    pub(crate) fn growth(&self, entries: usize) -> usize {
        self.index.growth(entries) + self.entries.growth(entries)
    }

    /// What is beside a lane of an id.
    pub(crate) fn get(&self, lane: usize, id: u32) -> Option<&Beside> {
        if self.entries.is_empty() {
            return None;
        }
        self.position(lane, id).map(|at| &self.entries[at as usize].value)
    }

    fn position(&self, lane: usize, id: u32) -> Option<u32> {
        self.index.find(hash(narrow(lane), id), |at| {
            let entry = &self.entries[at as usize];
            entry.lane as usize == lane && entry.id == id
        })
    }

    fn entry(&mut self, lanes: &Lanes, lane: usize, id: u32, ledger: &mut Ledger) -> &mut Beside {
        let at = self.position(lane, id).unwrap_or_else(|| {
            let (value, bytes) = match lanes.lane(lane) {
                Lane::SumFloat(_) => (Beside::Sum(Box::new(WideSum::new())), size_of::<WideSum>()),
                Lane::SquareFloat(_) => {
                    (Beside::Squares(Box::new(WideSquares::new())), size_of::<WideSquares>())
                }
                _ => (Beside::Carry(0), 0),
            };
            ledger.count(Purpose::Cells, bytes);
            let at = narrow(self.entries.len());
            let lane = narrow(lane);
            self.entries.push(Entry { lane, id, value }, ledger);
            let entries = &self.entries;
            let hash_of = |at: u32| hash(entries[at as usize].lane, entries[at as usize].id);
            self.index.insert(hash(lane, id), at, hash_of, ledger);
            at
        });
        &mut self.entries[at as usize].value
    }

    /// Adds moduli to what a cell lacks.
    fn add_carry(&mut self, lanes: &Lanes, lane: usize, id: u32, carry: i64, ledger: &mut Ledger) {
        match self.entry(lanes, lane, id, ledger) {
            Beside::Carry(carries) => *carries += carry,
            Beside::Sum(wide) => wide.add_carry(carry),
            // 2^64 squares stay far below the window's top.
            Beside::Squares(_) => {}
        }
        self.forget_nothing(lane, id, ledger);
    }

    /// Adds what cells carried; `id` is that of a cell's item.
    pub(crate) fn add_carries(
        &mut self,
        lanes: &Lanes,
        exceptions: &[Exception],
        id: impl Fn(usize) -> u32,
        ledger: &mut Ledger,
    ) {
        for exception in exceptions {
            if let Exception::Carry(item, lane, carry) = *exception {
                self.add_carry(lanes, lane, id(item), carry, ledger);
            }
        }
    }

    /// Keeps what did not fit where a row was added.
    pub(crate) fn keep(
        &mut self,
        lanes: &Lanes,
        exception: &Exception,
        id: u32,
        (rows, row): (&Rows<'_>, usize),
        ledger: &mut Ledger,
    ) {
        match *exception {
            Exception::Carry(_, lane, carry) => self.add_carry(lanes, lane, id, carry, ledger),
            Exception::Value(_, lane) => {
                let bits = lanes.column(lane).and_then(|column| rows.value(column, row));
                self.add_value(lanes, lane, id, f64::from_bits(bits.unwrap_or(0)), ledger);
            }
        }
    }

    /// Adds a float that does not fit inline.
    fn add_value(&mut self, lanes: &Lanes, lane: usize, id: u32, value: f64, ledger: &mut Ledger) {
        match self.entry(lanes, lane, id, ledger) {
            Beside::Carry(_) => {}
            Beside::Sum(wide) => wide.add(value),
            Beside::Squares(wide) => wide.add(value),
        }
        self.forget_nothing(lane, id, ledger);
    }

    /// Adds the entry of a slice to a total or takes it away: to its words where they are wide
    /// enough, beside it otherwise.
    pub(crate) fn merge(
        &mut self,
        lanes: &Lanes,
        (lane, id, value): (usize, u32, &Beside),
        sign: Sign,
        total: &mut [u64],
        item: usize,
        ledger: &mut Ledger,
    ) {
        match value {
            Beside::Carry(carry) => match lanes.lane(lane) {
                Lane::SumInt(_) => self.add_carry(lanes, lane, id, sign.of(*carry), ledger),
                _ => add_moduli(lanes, lane, total, item, sign.of(*carry)),
            },
            Beside::Sum(other) => {
                if let Beside::Sum(wide) = self.entry(lanes, lane, id, ledger) {
                    match sign {
                        Sign::Plus => wide.add_wide(other),
                        Sign::Minus => wide.sub_wide(other),
                    }
                }
                self.forget_nothing(lane, id, ledger);
            }
            Beside::Squares(other) => {
                if let Beside::Squares(wide) = self.entry(lanes, lane, id, ledger) {
                    match sign {
                        Sign::Plus => wide.add_wide(other),
                        Sign::Minus => wide.sub_wide(other),
                    }
                }
                self.forget_nothing(lane, id, ledger);
            }
        }
    }

    /// Moves what is beside one id to another, whose totals are wide enough for carries.
    pub(crate) fn absorb(
        &mut self,
        lanes: &Lanes,
        from: u32,
        (id, total): (u32, &mut [u64]),
        ledger: &mut Ledger,
    ) {
        for lane in 0..lanes.len() {
            let Some(at) = self.position(lane, from) else { continue };
            let value = std::mem::replace(&mut self.entries[at as usize].value, Beside::Carry(0));
            ledger.refund(Purpose::Cells, wide_bytes(&value));
            self.remove_at(at, ledger);
            self.merge(lanes, (lane, id, &value), Sign::Plus, total, 0, ledger);
        }
    }

    /// Every entry: lane, id, value.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, u32, &Beside)> {
        self.entries.iter().map(|entry| (entry.lane as usize, entry.id, &entry.value))
    }

    /// Removes an entry that has become nothing.
    fn forget_nothing(&mut self, lane: usize, id: u32, ledger: &mut Ledger) {
        let Some(at) = self.position(lane, id) else { return };
        let nothing = match &self.entries[at as usize].value {
            Beside::Carry(carry) => *carry == 0,
            Beside::Sum(wide) => wide.is_empty(),
            Beside::Squares(wide) => wide.is_empty(),
        };
        if nothing {
            self.remove_at(at, ledger);
        }
    }

    /// Removes the entries of an id.
    pub(crate) fn remove(&mut self, lanes: &Lanes, id: u32, ledger: &mut Ledger) {
        for lane in 0..lanes.len() {
            if self.entries.is_empty() {
                return;
            }
            if let Some(at) = self.position(lane, id) {
                self.remove_at(at, ledger);
            }
        }
    }

    fn remove_at(&mut self, at: u32, ledger: &mut Ledger) {
        let last = narrow(self.entries.len() - 1);
        let hash_at = |entries: &[Entry], at: u32| {
            let entry = &entries[at as usize];
            hash(entry.lane, entry.id)
        };
        let entries: &[Entry] = &self.entries;
        let (own, moved) = (hash_at(entries, at), hash_at(entries, last));
        self.index.remove(own, at, |at| hash_at(entries, at));
        if last != at {
            self.index.remove(moved, last, |at| hash_at(entries, at));
        }
        let entry = self.entries.swap_remove(at as usize);
        ledger.refund(Purpose::Cells, wide_bytes(&entry.value));
        if last != at {
            let entries: &[Entry] = &self.entries;
            self.index.insert(moved, at, |at| hash_at(entries, at), ledger);
        }
        if self.entries.is_empty() {
            self.free(ledger);
        }
    }

    /// Gives everything back.
    pub(crate) fn free(&mut self, ledger: &mut Ledger) {
        let wide: usize = self.entries.iter().map(|entry| wide_bytes(&entry.value)).sum();
        ledger.refund(Purpose::Cells, wide);
        self.entries.free(ledger);
        self.index.free(ledger);
    }
}

fn wide_bytes(value: &Beside) -> usize {
    match value {
        Beside::Carry(_) => 0,
        Beside::Sum(_) => size_of::<WideSum>(),
        Beside::Squares(_) => size_of::<WideSquares>(),
    }
}

/// Adds so many moduli of a lane's cells to a total that is wide enough.
fn add_moduli(lanes: &Lanes, lane: usize, total: &mut [u64], item: usize, carry: i64) {
    let at = lanes.total_at(lane);
    match lanes.lane(lane) {
        Lane::Count | Lane::Valid(_) => {
            let rows = carry.wrapping_mul(count::MODULUS);
            total[at + item] = total[at + item].wrapping_add(rows.cast_unsigned());
        }
        Lane::SquareInt(_) => {
            variance::add_limbs(&mut total[at + item * 3..][..3], [0, 0, carry.cast_unsigned()]);
        }
        Lane::SumInt(_) | Lane::SumFloat(_) | Lane::SquareFloat(_) | Lane::Extreme(..) => {}
    }
}

fn hash(lane: u32, id: u32) -> u32 {
    // Multiplying by 2^32 over the golden ratio spreads neighbouring ids.
    (id ^ lane << 26).wrapping_mul(0x9e37_79b9).rotate_left(16)
}
