//! Wall-clock times to instants, for data that was written without an offset.
//!
//! It decides what a reading means that the clock shows twice or never, by the caller's choice
//! and never by a default. America/New_York: 2014-11-02 01:30 is 05:30Z or 06:30Z; 2014-03-09
//! 02:30 does not exist and is 06:30Z by the offset after the gap, 07:30Z by the one before.

use super::zone::{LOCAL_MS_END, LOCAL_MS_FIRST, Reading, Transition, Zone};
use crate::error::{Code, Error};
use crate::spec::ZoneText;

/// Which instant a wall-clock reading means that is not unique.
///
/// The names and meanings are those of RFC 9557's Temporal: `Earliest` takes the first pass of a
/// fold and, in a gap, the instant by the offset after it; `Latest` the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Ambiguous {
    /// The earlier of the two instants.
    Earliest = 0,
    /// The later of the two instants.
    Latest = 1,
    /// Neither: the call is refused.
    Reject = 2,
}

impl Ambiguous {
    /// The choice with this number in the C ABI, if there is one.
    ///
    /// ```
    /// assert_eq!(paneline::Ambiguous::from_number(2), Some(paneline::Ambiguous::Reject));
    /// ```
    pub fn from_number(number: u32) -> Option<Ambiguous> {
        [Ambiguous::Earliest, Ambiguous::Latest, Ambiguous::Reject]
            .into_iter()
            .find(|choice| *choice as u32 == number)
    }
}

/// A compiled zone for turning wall-clock readings into instants and back.
///
/// Immutable; share it between threads.
#[derive(Debug)]
pub struct LocalClock {
    zone: Zone,
    name: String,
}

impl LocalClock {
    /// The clock of a zone, named as in [`SlidingWindowSpec::timezone`].
    ///
    /// Errors: `UNKNOWN_TIMEZONE` at `timezone`.
    ///
    /// [`SlidingWindowSpec::timezone`]: crate::SlidingWindowSpec::timezone
    pub fn new(timezone: &str) -> Result<LocalClock, Error> {
        let zone = Zone::get(&ZoneText::parse(timezone)?)?;
        Ok(LocalClock { zone, name: timezone.to_owned() })
    }

    /// What a reading means, in milliseconds since 1970-01-01T00:00 on the wall clock.
    ///
    /// Errors: `OUT_OF_RANGE` at `local_ms` before 1900-01-01 and after 2199-12-31.
    pub fn read(&self, local_ms: i64) -> Result<Reading, Error> {
        if !(LOCAL_MS_FIRST..LOCAL_MS_END).contains(&local_ms) {
            return Err(Error::new(
                Code::OutOfRange,
                "local_ms",
                format!("local time must lie in 1900-01-01 .. 2199-12-31, got {local_ms} ms"),
            ));
        }
        self.zone.instants(local_ms).ok_or_else(|| {
            let message = format!("local time {local_ms} ms has no meaning in {}", self.name);
            Error::new(Code::Internal, "local_ms", message)
        })
    }

    /// The instant a reading means.
    ///
    /// Errors: those of [`Self::read`]; `INVALID_ARGUMENT` at `local_ms` for a reading that is not
    /// unique under [`Ambiguous::Reject`].
    pub fn resolve(&self, local_ms: i64, ambiguous: Ambiguous) -> Result<i64, Error> {
        let (earliest, latest, why) = match self.read(local_ms)? {
            Reading::Once { t_ms } => return Ok(t_ms),
            Reading::Fold { first_ms, second_ms } => (first_ms, second_ms, "occurs twice"),
            Reading::Gap { earlier_ms, later_ms } => (earlier_ms, later_ms, "does not occur"),
        };
        match ambiguous {
            Ambiguous::Earliest => Ok(earliest),
            Ambiguous::Latest => Ok(latest),
            Ambiguous::Reject => {
                let name = &self.name;
                Err(Error::new(
                    Code::InvalidArgument,
                    "local_ms",
                    format!(
                        "local time {local_ms} ms {why} in {name}: choose earliest ({earliest}) \
                         or latest ({latest})"
                    ),
                ))
            }
        }
    }

    /// The offset from UTC at an instant, in milliseconds: what the wall clock shows minus `t_ms`.
    pub fn offset_ms(&self, t_ms: i64) -> i64 {
        self.zone.offset_ms(t_ms)
    }

    /// Where the wall clock jumps, ascending, from 1900 to 2301.
    pub fn transitions(&self) -> impl Iterator<Item = Transition> + '_ {
        self.zone.transitions()
    }
}

/// Turns a column of wall-clock readings of one zone into instants.
///
/// `local_ms` and `out_ms` are milliseconds and of one length; `out_ms` is written only if every
/// row is good.
///
/// Errors: `UNKNOWN_TIMEZONE` at `timezone`; `INVALID_ARGUMENT` at `out_ms` for another length;
/// `OUT_OF_RANGE` and, under [`Ambiguous::Reject`], `INVALID_ARGUMENT` at `local_ms[i]`.
///
/// ```
/// use paneline::{Ambiguous, resolve_local};
/// let reading = 1_414_891_800_000; // 2014-11-02 01:30 as if it were UTC
/// let mut t = [0];
/// resolve_local("America/New_York", &[reading], Ambiguous::Latest, &mut t)?;
/// assert_eq!(t[0], 1_414_909_800_000); // 06:30Z
/// # Ok::<(), paneline::Error>(())
/// ```
pub fn resolve_local(
    timezone: &str,
    local_ms: &[i64],
    ambiguous: Ambiguous,
    out_ms: &mut [i64],
) -> Result<(), Error> {
    let clock = LocalClock::new(timezone)?;
    if out_ms.len() != local_ms.len() {
        return Err(Error::new(
            Code::InvalidArgument,
            "out_ms",
            format!("out_ms must hold {} values, got {}", local_ms.len(), out_ms.len()),
        ));
    }
    for (row, &local) in local_ms.iter().enumerate() {
        clock.resolve(local, ambiguous).map_err(|error| {
            Error::new(error.code(), format!("local_ms[{row}]"), error.message())
        })?;
    }
    for (out, &local) in out_ms.iter_mut().zip(local_ms) {
        *out = clock.resolve(local, ambiguous)?;
    }
    Ok(())
}
