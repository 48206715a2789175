//! Ids: small numbers, of which the smallest free one is given out first.
//!
//! It knows nothing of keys. Invariant: no free id is smaller than the one given out next. Worked
//! number: after 0, 1 and 2 were given out and 0 and 1 came back, the next are 0, 1 and 3.

use crate::memory::{Ledger, Paid, Purpose, narrow};

/// The ids of an engine's keys.
#[derive(Debug)]
pub(super) struct Ids {
    /// The ids below this were given out at some time.
    high: u32,
    /// A bit for each id below `high` that is free.
    free: Paid<u64>,
    /// No word of `free` before this has a bit.
    free_from: usize,
}

impl Ids {
    pub(super) fn new() -> Ids {
        Ids { high: 0, free: Paid::new(Purpose::Keys), free_from: 0 }
    }

    /// Every id in use is below this.
    pub(super) fn high(&self) -> u32 {
        self.high
    }

    /// Whether an id is in use.
    pub(super) fn is_used(&self, id: u32) -> bool {
        id < self.high && self.free[id as usize / 64] >> (id % 64) & 1 == 0
    }

    /// Which of the `count` ids from `first` on are in use, as bits. They lie in one word: `count`
    /// is a power of two up to 64, and `first` a multiple of it.
    pub(super) fn used(&self, first: usize, count: usize) -> u64 {
        let given = (self.high as usize).saturating_sub(first).min(count);
        if given == 0 {
            return 0;
        }
        !(self.free[first / 64] >> (first % 64)) & u64::MAX >> (64 - given)
    }

    /// The bytes that taking `count` ids can need.
    pub(super) fn growth(&self, count: usize) -> usize {
        self.free.growth(count.div_ceil(64) + 1)
    }

    /// Ids to give out next: the free ones among the `count` from a first one on, as bits in one
    /// word as for [`Self::used`]. The first bit is the smallest free id of all.
    pub(super) fn next(&mut self, count: usize) -> (usize, u64) {
        while self.free.get(self.free_from) == Some(&0) {
            self.free_from += 1;
        }
        let (word, bits) = match self.free.get(self.free_from) {
            Some(bits) => (self.free_from, *bits),
            None => (self.high as usize / 64, u64::MAX << (self.high % 64)),
        };
        let at = bits.trailing_zeros() as usize / count * count;
        (word * 64 + at, bits >> at & u64::MAX >> (64 - count))
    }

    /// Gives out some of the ids that [`Self::next`] told: the first ones. Room was checked for.
    pub(super) fn take(&mut self, first: usize, bits: u64, ledger: &mut Ledger) {
        let end = narrow(first) + u64::BITS - bits.leading_zeros();
        if end > self.high {
            self.high = end;
            self.free.resize(end.div_ceil(64) as usize, 0, ledger);
        } else {
            self.free[first / 64] &= !(bits << (first % 64));
        }
    }

    /// Takes ids back: those from `first` on whose bits are set, in one word as for [`Self::used`].
    pub(super) fn give_back(&mut self, first: usize, bits: u64) {
        self.free[first / 64] |= bits << (first % 64);
        self.free_from = self.free_from.min(first / 64);
    }

    /// Starts again from 0.
    pub(super) fn clear(&mut self, ledger: &mut Ledger) {
        self.high = 0;
        self.free_from = 0;
        self.free.free(ledger);
    }
}

#[cfg(test)]
mod tests {
    use super::{Ids, Ledger, narrow};

    /// Protects the order of results: whatever comes and goes, the smallest free id is next, and
    /// the bits of a block say which are in use.
    #[test]
    fn the_smallest_free_id_is_next() {
        let mut ledger = Ledger::new(u64::MAX, 0);
        let mut ids = Ids::new();
        let mut model = std::collections::BTreeSet::new();
        let mut state = 1_u32;
        for round in 0..40_000_u32 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grows = (state >> 16) % 5 < if round / 8_000 % 2 == 0 { 3 } else { 2 };
            if grows {
                let smallest = (0..=u32::MAX).find(|id| !model.contains(id)).unwrap();
                let (first, bits) = ids.next(16);
                let next = narrow(first) + bits.trailing_zeros();
                assert_eq!(next, smallest);
                ids.take(first, bits & bits.wrapping_neg(), &mut ledger);
                model.insert(smallest);
            } else if !model.is_empty() {
                let block = (state >> 8) as usize % (model.len() / 16 + 1) * 16;
                let bits = ids.used(block, 16) & u64::from(state >> 13);
                let in_use = |id: u32| model.contains(&id) && ids.is_used(id);
                let first = u32::try_from(block).unwrap();
                assert!((0..16).all(|bit| bits >> bit & 1 == 0 || in_use(first + bit)));
                ids.give_back(block, bits);
                model.retain(|id| (id.wrapping_sub(first) >= 16) || bits >> (id - first) & 1 == 0);
            }
        }
        ids.clear(&mut ledger);
        assert_eq!((ids.high(), ledger.state()), (0, 0));
    }
}
