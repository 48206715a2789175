//! What the programs of the comparison share: the protocol of the driver, CPU time, columns.
//!
//! It decides nothing about windows. The driver, bench/run.py, sends a plan on standard input, one
//! line a case, and reads one line a variant from standard output; the same in every language.

#[cfg(feature = "peers")]
pub mod case;
#[cfg(feature = "peers")]
pub mod engine;
#[cfg(feature = "peers")]
pub mod own;
#[cfg(feature = "peers")]
pub mod peers;
pub mod times;
