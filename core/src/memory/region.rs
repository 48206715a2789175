//! One reservation of address space, used from its start and given back by chunks.
//!
//! Reserving costs nothing but addresses; a chunk costs memory from its first touch until
//! [`Region::release`]. The usable part is one growing prefix: making single pages usable would
//! cost a kernel mapping for each isolated piece, and a process dies at 65,530 of them (measured:
//! at 511 MiB). It decides nothing about what lies in it. Invariant: the region is two mappings,
//! whatever was committed and released, and a released chunk reads as zeros.
#![expect(unsafe_code, reason = "mapping memory is a system call; each use says why it is sound")]

use std::ptr::NonNull;

use super::{CHUNK_BYTES, CHUNK_WORDS};
use crate::error::{Code, Error};

/// The prefix grows by at least so many chunks (1 MiB) at a time: fewer system calls. What is
/// usable but untouched costs nothing.
const COMMIT_CHUNKS_MIN: usize = 16;

/// A reservation of whole chunks.
#[derive(Debug)]
pub(crate) struct Region {
    base: NonNull<u64>,
    reserved: usize,
    committed: usize,
    /// The usable words: those of the committed chunks.
    words: usize,
}

// SAFETY: the region owns its mapping; nothing about it belongs to a thread.
unsafe impl Send for Region {}
// SAFETY: a shared region only reads.
unsafe impl Sync for Region {}

impl Region {
    /// Reserves address space for `chunks` chunks, or for a half, a quarter, … where the system
    /// refuses (`RLIMIT_AS`).
    ///
    /// Errors: `MEMORY_LIMIT` where not even one chunk can be reserved.
    pub(crate) fn reserve(chunks: usize) -> Result<Region, Error> {
        let mut reserved = chunks.max(1);
        loop {
            // SAFETY: a new private anonymous mapping at an address of the system's choice; it
            // aliases nothing.
            let base = unsafe {
                libc::mmap(
                    std::ptr::null_mut(),
                    reserved.saturating_mul(CHUNK_BYTES),
                    libc::PROT_NONE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                    -1,
                    0,
                )
            };
            if base != libc::MAP_FAILED
                && let Some(base) = NonNull::new(base.cast::<u64>())
            {
                return Ok(Region { base, reserved, committed: 0, words: 0 });
            }
            if reserved == 1 {
                let message = format!("the system refuses to reserve {CHUNK_BYTES} bytes");
                return Err(Error::new(Code::MemoryLimit, "state_budget_bytes", message));
            }
            reserved /= 2;
        }
    }

    /// Makes the first `chunks` chunks usable.
    ///
    /// Errors: `MEMORY_LIMIT` beyond the reservation, or where the system refuses.
    pub(crate) fn commit(&mut self, chunks: usize) -> Result<(), Error> {
        if chunks <= self.committed {
            return Ok(());
        }
        if chunks > self.reserved {
            let granted = self.reserved.saturating_mul(CHUNK_BYTES);
            let message = format!("the system granted a reservation of {granted} bytes, all used");
            return Err(Error::new(Code::MemoryLimit, "state_budget_bytes", message));
        }
        let grown = (self.committed + COMMIT_CHUNKS_MIN.max(self.committed / 8)).max(chunks);
        let grown = grown.min(self.reserved);
        // SAFETY: the range lies within the mapping that this region owns.
        let refused = unsafe {
            libc::mprotect(
                self.base.as_ptr().cast(),
                grown * CHUNK_BYTES,
                libc::PROT_READ | libc::PROT_WRITE,
            )
        };
        if refused != 0 {
            let message = format!("the system refuses {} bytes", grown * CHUNK_BYTES);
            return Err(Error::new(Code::MemoryLimit, "state_budget_bytes", message));
        }
        self.committed = grown;
        self.words = grown * CHUNK_WORDS;
        Ok(())
    }

    /// Gives the memory of a usable chunk back; it reads as zeros from now on.
    pub(crate) fn release(&mut self, chunk: usize) {
        assert!(chunk < self.committed, "chunk {chunk} of {}", self.committed);
        // SAFETY: the chunk lies within the usable part of the mapping that this region owns, and
        // zeros are valid words.
        let failed = unsafe {
            let start = self.base.as_ptr().add(chunk * CHUNK_WORDS);
            libc::madvise(start.cast(), CHUNK_BYTES, libc::MADV_DONTNEED)
        };
        debug_assert_eq!(failed, 0, "madvise of an owned, aligned range");
    }

    /// The usable words.
    pub(crate) fn words(&self) -> &[u64] {
        // SAFETY: so many words are mapped readable, owned by this region and initialised (by the
        // system, to zeros).
        unsafe { std::slice::from_raw_parts(self.base.as_ptr(), self.words) }
    }

    /// The usable words, to write.
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        // SAFETY: as for `words`; they are writable, and `&mut self` excludes every other slice.
        unsafe { std::slice::from_raw_parts_mut(self.base.as_ptr(), self.words) }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: the mapping that `reserve` made, whole and unmapped once.
        let failed =
            unsafe { libc::munmap(self.base.as_ptr().cast(), self.reserved * CHUNK_BYTES) };
        debug_assert_eq!(failed, 0, "munmap of an owned mapping");
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNK_WORDS, Region};

    /// Protects what cells rely on: memory starts as zeros, keeps what was written while the prefix
    /// grows, and is zeros again after it was given back.
    #[test]
    fn chunks_come_zeroed_and_stay_while_the_prefix_grows() {
        let mut region = Region::reserve(1_000).unwrap();
        region.commit(3).unwrap();
        assert!(region.words().iter().all(|word| *word == 0));
        region.words_mut()[CHUNK_WORDS + 7] = 42;
        region.commit(900).unwrap();
        assert_eq!(region.words()[CHUNK_WORDS + 7], 42);
        region.release(1);
        assert_eq!(region.words()[CHUNK_WORDS + 7], 0);
        assert_eq!(region.commit(1_001).unwrap_err().path(), "state_budget_bytes");
    }

    /// Protects hosts with a small address space: a refused reservation falls back to a smaller
    /// one. 2^47 bytes are all of a process's addresses, so that much is always refused.
    #[test]
    fn a_refused_reservation_is_halved() {
        let region = Region::reserve(1 << 31).unwrap();
        assert!(region.reserved < 1 << 31, "{}", region.reserved);
    }
}
