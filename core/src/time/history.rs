//! A zone's offsets as another release of the database has them, so that two releases can be
//! compared.
//!
//! It only carries a list that the caller read somewhere; no window that anyone uses comes from
//! it. Invariant: what it accepts satisfies what a [`Zone`] promises, so the grid needs to trust
//! nothing. America/New_York without the spring of 2027 is the list of this release without its
//! transition at second 1,805,007,600 and those after it.

use std::sync::Arc;

use super::zone::{OFFSET_S_MAX, TABLE_S, Zone};
use crate::error::{Code, Error};

/// The offsets of one zone in another release of the time-zone database.
///
/// [`Assigner::with_history`] compiles a spec against it. Use it to find out what another release
/// changes, and for nothing else: windows are those of [`Assigner::new`], which reads the embedded
/// release. Immutable; share it between threads.
///
/// ```
/// use paneline::{Assigner, SlidingWindowSpec, ZoneHistory};
///
/// // A zone that went from +01:00 to +02:00 at 2024-01-01T00:00Z.
/// let history = ZoneHistory::new(3_600, &[(1_704_067_200, 7_200)])?;
/// let spec = SlidingWindowSpec {
///     duration_ms: 86_400_000,
///     timezone: "Europe/Berlin".into(),
///     ..Default::default()
/// };
/// let theirs = Assigner::with_history(&spec, &history)?;
/// let ours = Assigner::new(&spec)?;
/// assert_ne!(theirs.fingerprint(), ours.fingerprint());
/// # Ok::<(), paneline::Error>(())
/// ```
///
/// [`Assigner::with_history`]: crate::Assigner::with_history
/// [`Assigner::new`]: crate::Assigner::new
#[derive(Clone, Debug)]
pub struct ZoneHistory {
    pub(crate) zone: Arc<Zone>,
}

impl ZoneHistory {
    /// The zone whose clock is `first_offset_s` from UTC at first, and from each instant of
    /// `transitions` on as far as the second number says. All are seconds.
    ///
    /// Errors: `INVALID_ARGUMENT` at `first_offset_s` or `transitions[i]` for an offset of 26 hours
    /// or more, and at `transitions[i]` for an instant outside 1899-12-31Z .. 2300-12-31Z, one that
    /// does not ascend, one that leaves the offset as it is, and one that comes while readings are
    /// being repeated, or at the end of that.
    pub fn new(first_offset_s: i64, transitions: &[(i64, i64)]) -> Result<ZoneHistory, Error> {
        let refuse = |index: usize, message: String| {
            Error::new(Code::InvalidArgument, format!("transitions[{index}]"), message)
        };
        let far = |offset_s: i64| offset_s.unsigned_abs() > OFFSET_S_MAX.unsigned_abs();
        if far(first_offset_s) {
            let message = format!("an offset is at most {OFFSET_S_MAX} s, got {first_offset_s}");
            return Err(Error::new(Code::InvalidArgument, "first_offset_s", message));
        }
        let (mut at_min_s, mut before_s) = (TABLE_S.start, first_offset_s);
        for (index, &(at_s, offset_s)) in transitions.iter().enumerate() {
            let message = if !(at_min_s..TABLE_S.end).contains(&at_s) {
                format!("an instant must lie in {at_min_s}..{} s, got {at_s}", TABLE_S.end)
            } else if far(offset_s) {
                format!("an offset is at most {OFFSET_S_MAX} s, got {offset_s}")
            } else if offset_s == before_s {
                format!("the offset must differ from the one before, got {offset_s} twice")
            } else {
                (at_min_s, before_s) = (at_s.saturating_add(1), offset_s);
                continue;
            };
            return Err(refuse(index, message));
        }
        let zone = Zone::from_seconds(first_offset_s, transitions.iter().copied());
        match zone.crowded_fold() {
            None => Ok(ZoneHistory { zone: Arc::new(zone) }),
            Some(fold_ms) => {
                let start_s = fold_ms / 1_000;
                let index = transitions.partition_point(|(at_s, _)| *at_s <= start_s);
                let message = format!("must come after the span that {start_s} s repeats is over");
                Err(refuse(index, message))
            }
        }
    }
}
