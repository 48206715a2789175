//! The account of an engine's bytes: nothing is used before it is paid, nothing is paid beyond a
//! budget.
//!
//! It counts and refuses; it allocates nothing. Two budgets: one for the state, one for undrained
//! output. Invariant: after every call what is used of the state's budget is within it, or is what
//! an engine without keys takes. Worked number: with 1 MiB and 1,000,000 bytes used, 48,576 more
//! may be paid and 48,577 may not.

use crate::error::{Code, Error};

/// What bytes are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Keys, their index and their running totals.
    Keys,
    /// The cells of slices or sessions.
    Cells,
    /// Tables of slices and of windows to emit again.
    Tables,
    /// Results that were not drained yet.
    Output,
    /// Late and future rows that were not drained yet.
    Late,
    /// Scratch space for runs of rows, which belongs to no budget.
    Scratch,
}

/// How many purposes there are.
const PURPOSES: usize = 6;

/// Bytes used, by purpose, within the budgets.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    state_bound: usize,
    output_bound: usize,
    /// Bytes that an engine without keys takes, whatever its budget.
    least: usize,
    used: [usize; PURPOSES],
}

impl Ledger {
    /// An empty account.
    pub(crate) fn new(state_bound: u64, output_bound: u64) -> Ledger {
        let bytes = |bound| usize::try_from(bound).unwrap_or(usize::MAX);
        Ledger {
            state_bound: bytes(state_bound),
            output_bound: bytes(output_bound),
            least: 0,
            used: [0; PURPOSES],
        }
    }

    /// The engine is open and has no keys.
    pub(crate) fn open(&mut self) {
        self.least = self.state();
    }

    /// Whether the state is within its budget.
    pub(crate) fn holds(&self) -> bool {
        self.state() <= self.state_bound.max(self.least)
    }

    /// Bytes used for a purpose.
    pub(crate) fn used(&self, purpose: Purpose) -> usize {
        self.used[purpose as usize]
    }

    /// Bytes used of the state's budget.
    pub(crate) fn state(&self) -> usize {
        [Purpose::Keys, Purpose::Cells, Purpose::Tables].iter().map(|p| self.used(*p)).sum()
    }

    /// The bound of the output's budget.
    pub(crate) fn output_bound(&self) -> usize {
        self.output_bound
    }

    /// Says anew how many bytes are used for a purpose that is measured, not paid.
    pub(crate) fn set(&mut self, purpose: Purpose, bytes: usize) {
        self.used[purpose as usize] = bytes;
    }

    /// Bytes used of the output's budget.
    pub(crate) fn output(&self) -> usize {
        self.used(Purpose::Output) + self.used(Purpose::Late)
    }

    /// Bytes that may still be paid for a purpose.
    pub(crate) fn room(&self, purpose: Purpose) -> usize {
        match purpose {
            Purpose::Output | Purpose::Late => self.output_bound.saturating_sub(self.output()),
            Purpose::Keys | Purpose::Cells | Purpose::Tables | Purpose::Scratch => {
                self.state_bound.saturating_sub(self.state())
            }
        }
    }

    /// Pays, or refuses with `MEMORY_LIMIT` at the budget's field and changes nothing.
    pub(crate) fn pay(&mut self, purpose: Purpose, bytes: usize) -> Result<(), Error> {
        if bytes > self.room(purpose) {
            return Err(self.refusal(purpose, bytes));
        }
        self.used[purpose as usize] += bytes;
        Ok(())
    }

    /// Counts bytes that cannot be refused any more because room for them was checked before.
    pub(crate) fn count(&mut self, purpose: Purpose, bytes: usize) {
        self.used[purpose as usize] += bytes;
    }

    /// Takes back what was paid.
    pub(crate) fn refund(&mut self, purpose: Purpose, bytes: usize) {
        debug_assert!(self.used(purpose) >= bytes, "{purpose:?}: refund of {bytes}");
        let used = &mut self.used[purpose as usize];
        *used = used.saturating_sub(bytes);
    }

    /// The refusal of `bytes` more.
    pub(crate) fn refusal(&self, purpose: Purpose, bytes: usize) -> Error {
        let (field, bound, used, advice) = match purpose {
            Purpose::Output | Purpose::Late => (
                "output_budget_bytes",
                self.output_bound,
                self.output(),
                "drain results and late rows, then push the rest",
            ),
            Purpose::Keys | Purpose::Cells | Purpose::Tables | Purpose::Scratch => (
                "state_budget_bytes",
                self.state_bound,
                self.state(),
                "close windows by advancing the watermark, or open an engine with more",
            ),
        };
        let message = format!(
            "{used} bytes of {field} ({bound}) are used, {bytes} more are needed; {advice}"
        );
        Error::new(Code::MemoryLimit, field, message)
    }

    /// The refusal of `bytes` more that the budget has room for and the system does not give.
    pub(crate) fn refused_by_system(&self, bytes: usize) -> Error {
        let (used, bound) = (self.state(), self.state_bound);
        let message = format!(
            "the system refuses {bytes} bytes more, as under a limit of the process; {used} bytes \
             of state_budget_bytes ({bound}) are used"
        );
        Error::new(Code::MemoryLimit, "state_budget_bytes", message)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ledger, Purpose};

    /// Protects the budget's edge: the last byte may be paid, the next may not, and a refusal
    /// changes nothing.
    #[test]
    fn the_bound_is_exact() {
        let mut ledger = Ledger::new(100, 10);
        ledger.pay(Purpose::Keys, 40).unwrap();
        ledger.pay(Purpose::Cells, 60).unwrap();
        let error = ledger.pay(Purpose::Tables, 1).unwrap_err();
        assert_eq!(error.path(), "state_budget_bytes");
        assert_eq!((ledger.state(), ledger.room(Purpose::Keys)), (100, 0));
        ledger.pay(Purpose::Output, 10).unwrap();
        assert_eq!(ledger.pay(Purpose::Late, 1).unwrap_err().path(), "output_budget_bytes");
        ledger.refund(Purpose::Cells, 1);
        ledger.pay(Purpose::Tables, 1).unwrap();
    }
}
