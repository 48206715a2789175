//! A column on the heap whose capacity is paid for before it is taken.
//!
//! A `Vec` that cannot grow on its own: [`Paid::reserve`] pays and grows, [`Paid::push`] only fills
//! what was reserved. Invariant: the ledger holds `capacity * size_of::<T>()` bytes for it.

use std::ops::{Deref, DerefMut};

use super::{Ledger, Purpose};
use crate::error::Error;

/// A paid column. It must be given back by [`Paid::free`]; dropping it with its engine is fine, as
/// the ledger goes with it.
#[derive(Debug)]
pub(crate) struct Paid<T> {
    values: Vec<T>,
    purpose: Purpose,
}

impl<T> Paid<T> {
    /// An empty column, which costs nothing.
    pub(crate) fn new(purpose: Purpose) -> Paid<T> {
        Paid { values: Vec::new(), purpose }
    }

    /// What it is paid for.
    pub(crate) fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.values.capacity() * size_of::<T>()
    }

    /// The bytes that `additional` more values can need, while the old and the new column exist:
    /// room for them may be taken at once or, by [`Self::push`], in steps.
    pub(crate) fn growth(&self, additional: usize) -> usize {
        let wanted = self.values.len().saturating_add(additional);
        if wanted <= self.values.capacity() {
            return 0;
        }
        let mut grown = self.values.capacity();
        while grown < wanted {
            grown = grown.saturating_mul(2).max(4);
        }
        grown.saturating_mul(size_of::<T>())
    }

    /// Twice the capacity, or what is wanted where that is more: growing costs O(1) a value.
    fn grown(&self, wanted: usize) -> usize {
        wanted.max(self.values.capacity().saturating_mul(2)).max(4)
    }

    /// Makes room for `additional` more values.
    ///
    /// Errors: `MEMORY_LIMIT`; nothing changed.
    pub(crate) fn reserve(&mut self, additional: usize, ledger: &mut Ledger) -> Result<(), Error> {
        let growth = self.growth(additional);
        if growth == 0 {
            return Ok(());
        }
        ledger.pay(self.purpose, growth)?;
        let before = self.bytes();
        let more = growth / size_of::<T>().max(1) - self.values.len();
        if self.values.try_reserve_exact(more).is_err() {
            ledger.refund(self.purpose, growth);
            return Err(ledger.refused_by_system(growth));
        }
        ledger.refund(self.purpose, before + growth);
        ledger.count(self.purpose, self.bytes());
        Ok(())
    }

    /// Makes the capacity `len` values at least; as [`Self::push`], it takes room that was checked
    /// for.
    pub(crate) fn fit(&mut self, len: usize, ledger: &mut Ledger) {
        if len > self.values.capacity() {
            let before = self.bytes();
            self.values.reserve_exact(self.grown(len) - self.values.len());
            ledger.count(self.purpose, self.bytes() - before);
        }
    }

    /// Appends a value for which there is room; room that was only checked for is taken now.
    pub(crate) fn push(&mut self, value: T, ledger: &mut Ledger) {
        self.fit(self.values.len() + 1, ledger);
        self.values.push(value);
    }

    /// Inserts a value, as [`Self::push`] does.
    pub(crate) fn insert(&mut self, at: usize, value: T, ledger: &mut Ledger) {
        self.push(value, ledger);
        self.values[at..].rotate_right(1);
    }

    /// Removes the first `count` values.
    pub(crate) fn remove_first(&mut self, count: usize) {
        self.values.drain(..count);
    }

    /// Removes the last value.
    pub(crate) fn pop(&mut self) -> Option<T> {
        self.values.pop()
    }

    /// Removes the value at `at`; the last takes its place.
    pub(crate) fn swap_remove(&mut self, at: usize) -> T {
        self.values.swap_remove(at)
    }

    /// Keeps the values that pass.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.values.retain(keep);
    }

    /// Drops values, not capacity.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.values.truncate(len);
    }

    /// Gives the capacity back that is not used, where that is more than half of it.
    pub(crate) fn trim(&mut self, ledger: &mut Ledger) {
        if self.values.len() * 2 < self.values.capacity() && self.bytes() > super::CHUNK_BYTES {
            let before = self.bytes();
            self.values.shrink_to(self.values.len() + self.values.len() / 4);
            ledger.refund(self.purpose, before - self.bytes());
        }
    }

    /// Gives everything back.
    pub(crate) fn free(&mut self, ledger: &mut Ledger) {
        ledger.refund(self.purpose, self.bytes());
        self.values = Vec::new();
    }
}

impl<T: Clone> Paid<T> {
    /// Makes the column `len` values long; as [`Self::push`], it takes room that was checked for.
    pub(crate) fn resize(&mut self, len: usize, value: T, ledger: &mut Ledger) {
        self.fit(len, ledger);
        self.values.resize(len, value);
    }
}

impl<T> Deref for Paid<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.values
    }
}

impl<T> DerefMut for Paid<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.values
    }
}
