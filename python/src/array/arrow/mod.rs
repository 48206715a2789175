//! The Arrow C data interface: columns of ours out, without a copy and without any library.
//!
//! `stream` is the struct that two libraries exchange, `export` hands memory of ours out; types and
//! arrays are arrow-rs' structs. It decides nothing. Invariant: what is handed out keeps its
//! memory. Worked number: a column of a million int64 is one array of 8 MB, which is the column's
//! own.

mod export;
mod stream;

pub(crate) use self::export::{Capsules, array, stream};
