//! Where pane boundaries lie: on Unix time, or on the wall clock of a zone.
//!
//! [`zone`] turns the pinned database's bytes into a list of offsets, [`civil`] counts days and
//! months, [`grid`] puts the two together into boundaries, [`unit`] says what a tick is, [`local`]
//! turns wall-clock times into instants. [`column`], with [`floor`] and [`table`], computes pane
//! starts for columns: a fast way to what [`grid`] says, which never decides. [`history`] carries
//! another release's offsets, [`diverge`] finds where its boundaries are others. Nothing outside
//! this module decides a boundary. Asia/Seoul, step 1 h: 00:30 local opens [00:00, 01:00).
#![deny(clippy::arithmetic_side_effects, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

pub(crate) mod civil;
pub(crate) mod column;
mod diverge;
mod floor;
pub(crate) mod grid;
pub(crate) mod history;
pub(crate) mod local;
pub(crate) mod name;
mod table;
pub(crate) mod unit;
pub(crate) mod zone;

use std::ops::RangeInclusive;

/// Instants that an event may have, in milliseconds: 100,000,000 days around 1970, the range of
/// ECMAScript's and Temporal's instants.
pub(crate) const INSTANTS: RangeInclusive<i64> = -8_640_000_000_000_000..=8_640_000_000_000_000;

/// Times, in milliseconds, for which the arithmetic is exact: half of 2^51, the magnitude up to
/// which an integer can be moved into a float's mantissa, so that a phase or an offset has room.
pub(crate) const EXACT_MS: RangeInclusive<i64> = -(1 << 50)..=1 << 50;
