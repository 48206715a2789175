//! The engine's memory: counted before it is touched, kept off the heap where it is large.
//!
//! No system call refuses politely under a container's limit, so the refusal must be ours:
//! [`Ledger`] says no before a byte is used. Cells live in a `Region` of address space, handed out
//! as blocks by a [`Pool`] that gives whole chunks back to the system; everything else lives in
//! [`Paid`] columns and [`Index`]es on the heap. Nothing here knows of windows, keys or time.
//! Invariant: after every call the ledger equals the heap bytes of these types plus the chunks of
//! the region that hold blocks. Worked number: 1,000 keys in 32 slices of 12-byte cells are 16
//! blocks a slice, 512 blocks of 768 bytes, 7 chunks.

mod index;
mod ledger;
mod paid;
mod pool;
mod region;

pub(crate) use self::index::Index;
pub(crate) use self::ledger::{Ledger, Purpose};
pub(crate) use self::paid::Paid;
pub(crate) use self::pool::{Class, Handle, Pool, word};

/// The unit in which the region is paid for and given back: 16 pages of 4 KiB, so that a chunk is
/// one system call, and an engine of ten keys takes a few of them.
pub(crate) const CHUNK_BYTES: usize = 65_536;
/// The same in words.
pub(crate) const CHUNK_WORDS: usize = CHUNK_BYTES / size_of::<u64>();

/// A position, an id, an item or a count as it is stored: the budgets keep them below 2^32.
#[expect(clippy::cast_possible_truncation, reason = "asserted where tests run")]
#[inline]
pub(crate) fn narrow(position: usize) -> u32 {
    debug_assert!(u32::try_from(position).is_ok(), "{position}");
    position as u32
}

/// The low half of a word: what was stored there by [`narrow`].
#[expect(clippy::cast_possible_truncation, reason = "the other half means something else")]
#[inline]
pub(crate) fn low_half(word: u64) -> u32 {
    word as u32
}
