//! What one would write by hand for sliding sums of floats: a ring of slices, each a dense array by
//! key, and for each key a running total to which the entering slice is added and from which the
//! leaving one is subtracted.
//!
//! It is a lower bound, not a rival: its sums keep the residue of what has left, it takes rows that
//! are late for whatever slice the ring holds then, forgets no key, bounds no memory, and knows one
//! column and one function. It has a key index as the engine does and writes the same columns.

use super::answer::{Answer, same};
use super::events::{Events, Numbers};
use super::{Lines, Outcome, Words};
use crate::case::timed;

/// Slices of the ring: a power of two, more than a window and the bound are together.
const SLOTS: i64 = 64;
/// Rows whose keys are looked up before their cells are touched.
const RUN_ROWS: usize = 128;
/// A slot of the index that is free.
const FREE: u32 = u32::MAX;

/// Keys to dense numbers, by open addressing.
struct Index {
    slots: Vec<(i64, u32)>,
    keys: Vec<i64>,
}

impl Index {
    fn new() -> Index {
        Index { slots: vec![(0, FREE); 1_024], keys: Vec::new() }
    }

    fn place(&self, key: i64) -> usize {
        let hash = key.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 32) as usize & mask;
        while self.slots[at].1 != FREE && self.slots[at].0 != key {
            at = (at + 1) & mask;
        }
        at
    }

    fn id(&mut self, key: i64) -> Outcome<u32> {
        let at = self.place(key);
        if self.slots[at].1 != FREE {
            return Ok(self.slots[at].1);
        }
        let id = u32::try_from(self.keys.len())?;
        self.slots[at] = (key, id);
        self.keys.push(key);
        if self.keys.len() * 2 > self.slots.len() {
            let len = self.slots.len() * 2;
            let slots = std::mem::replace(&mut self.slots, vec![(0, FREE); len]);
            for (key, id) in slots.into_iter().filter(|slot| slot.1 != FREE) {
                let at = self.place(key);
                self.slots[at] = (key, id);
            }
        }
        Ok(id)
    }
}

/// A sum and how many values it has.
#[derive(Clone, Copy, Default)]
struct Cell {
    sum: f64,
    count: i64,
}

/// Results of a firing.
#[derive(Default)]
struct Fired {
    starts: Vec<i64>,
    ends: Vec<i64>,
    keys: Vec<i64>,
    counts: Vec<i64>,
    sums: Vec<f64>,
}

struct Ring {
    duration_ms: i64,
    step_ms: i64,
    bound_ms: i64,
    index: Index,
    slices: Vec<Vec<Cell>>,
    totals: Vec<Cell>,
    /// The end of the next window.
    end_ms: i64,
    max_ms: i64,
    fired: Fired,
    answer: Answer,
    /// The sum of all sums, if it is asked for.
    about: Option<f64>,
}

impl Ring {
    fn new(words: &Words, first_ms: i64) -> Outcome<Ring> {
        let (duration_ms, step_ms) = (words.number("duration_ms")?, words.number("step_ms")?);
        let bound_ms: i64 = words.number("bound_ms")?;
        if (duration_ms + bound_ms) / step_ms + 2 > SLOTS || duration_ms % step_ms != 0 {
            return Err("the ring has too few slices".into());
        }
        Ok(Ring {
            duration_ms,
            step_ms,
            bound_ms,
            index: Index::new(),
            slices: vec![Vec::new(); usize::try_from(SLOTS)?],
            totals: Vec::new(),
            end_ms: ((first_ms - bound_ms) / step_ms + 1) * step_ms,
            max_ms: i64::MIN,
            fired: Fired::default(),
            answer: Answer::default(),
            about: None,
        })
    }

    fn slot(&self, t_ms: i64) -> usize {
        usize::try_from(t_ms / self.step_ms % SLOTS).unwrap_or(0)
    }

    fn push(&mut self, times: &[i64], keys: &[i64], values: &[f64]) -> Outcome<()> {
        let mut ids = [0; RUN_ROWS];
        for (id, key) in ids.iter_mut().zip(keys) {
            *id = self.index.id(*key)?;
        }
        let known = self.index.keys.len();
        if known > self.totals.len() {
            let len = known.next_power_of_two();
            self.totals.resize(len, Cell::default());
            self.slices.iter_mut().for_each(|slice| slice.resize(len, Cell::default()));
        }
        for ((t_ms, id), value) in times.iter().zip(ids).zip(values) {
            let slot = self.slot(*t_ms);
            let cell = &mut self.slices[slot][id as usize];
            cell.sum += value;
            cell.count += 1;
            self.max_ms = self.max_ms.max(*t_ms);
            while self.max_ms >= self.end_ms + self.bound_ms {
                self.fire();
            }
        }
        Ok(())
    }

    fn fire(&mut self) {
        let entering = self.slot(self.end_ms - self.step_ms);
        let leaving = self.slot(self.end_ms - self.duration_ms);
        let Fired { starts, ends, keys, counts, sums } = &mut self.fired;
        [&mut *starts, ends, keys, counts].into_iter().for_each(Vec::clear);
        sums.clear();
        for (id, (total, cell)) in self.totals.iter_mut().zip(&self.slices[entering]).enumerate() {
            total.sum += cell.sum;
            total.count += cell.count;
            if total.count > 0 {
                keys.push(self.index.keys[id]);
                counts.push(total.count);
                sums.push(total.sum);
            }
        }
        starts.resize(keys.len(), self.end_ms - self.duration_ms);
        ends.resize(keys.len(), self.end_ms);
        for (total, cell) in self.totals.iter_mut().zip(&mut self.slices[leaving]) {
            total.sum -= cell.sum;
            total.count -= cell.count;
            *cell = Cell::default();
        }
        self.answer.add_floats(counts, sums);
        if let Some(about) = &mut self.about {
            *about += sums.iter().sum::<f64>();
        }
        self.end_ms += self.step_ms;
    }
}

fn whole(words: &Words, events: &Events, values: &[f64], looked_at: bool) -> Outcome<Ring> {
    let mut ring = Ring::new(words, events.times.first().copied().unwrap_or(0))?;
    ring.about = looked_at.then_some(0.0);
    for run in events.batches(RUN_ROWS) {
        ring.push(&events.times[run.clone()], &events.keys[run.clone()], &values[run])?;
    }
    let last_ms = ring.max_ms + ring.duration_ms;
    while ring.end_ms <= last_ms {
        ring.fire();
    }
    Ok(ring)
}

/// The case of the arguments, for one column of floats.
///
/// # Errors
/// A case that it cannot do, or passes that answer differently.
pub fn run(words: &Words, lines: &mut Lines) -> Outcome<()> {
    let events = Events::read(words)?;
    let Numbers::F64(values) = &events.values else {
        return Err("the naive ring sums floats".into());
    };
    let looked_at = whole(words, &events, values, true)?;
    looked_at.answer.say(lines);
    lines.say("sums", &looked_at.about.unwrap_or(0.0));
    let mut passes_ns = Vec::new();
    for _ in 0..words.number::<usize>("passes")? {
        let mut ring = None;
        passes_ns.push(timed(|| ring = Some(whole(words, &events, values, false))));
        same(&looked_at.answer, &ring.ok_or("no pass")??.answer)?;
    }
    lines.say("events", &events.times.len());
    lines.say_all("passes", &passes_ns);
    Ok(())
}
