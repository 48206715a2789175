//! What is computed of the rows of a window and key, as state that can be added and taken away.
//!
//! An aggregate is made of *lanes*: the number of rows, a sum, the sum of squares, a least value …
//! A lane has a narrow form in the *cell* of a (slice, key) and a wide form in the *total* of a key
//! over the slices of the current window. Cells and totals lie in blocks of `items` keys, lane
//! after lane, so that a pass over a block is a loop over a column. What does not fit a narrow form
//! (a carry, a float beyond the inline window) is handed to the caller as an [`Exception`] and kept
//! beside. Only functions whose merge is commutative and associative bit for bit have lanes.
//! Invariant: the value of a window is the same by whatever order of rows, entries and departures
//! its total was made. Worked number: count and a sum of i64 are 12 bytes a cell and 16 a
//! total, beside the key's own words.

mod beside;
mod count;
pub(crate) mod exact;
mod extreme;
mod groups;
mod lanes;
mod order;
mod output;
mod passes;
mod sum_exact;
mod sum_int;
mod variance;

pub(crate) use self::beside::{Besides, ENTRY_BYTES_MAX, Sign};
pub(crate) use self::count::of_cells as counts_of_cells;
pub(crate) use self::groups::Group;
pub(crate) use self::lanes::{Cell, Exception, ITEMS_MAX, Lanes, Run, Shape};
pub use self::output::ResultColumn;
pub(crate) use self::output::{Outputs, Totals, extend_picked};
