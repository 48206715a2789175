//! Dates and times of day as text: readings of a wall clock, instants, offsets.
//!
//! It parses and prints; which instant a reading means is the core's to say. A reading is a count
//! of milliseconds from 1970-01-01T00:00 on the wall clock. Invariant: text is read in one shape
//! only, `YYYY-MM-DD HH:MM[:SS[.fff]]` with a blank or a T, and an offset makes it an instant:
//! `2014-11-02 01:30` is a reading, `2014-11-02 01:30-05:00` is 06:30Z. Every number is printed: a
//! year beyond 0 to 9999 has a sign and six digits, as in ISO 8601's expanded form.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use paneline::Code;

use crate::failure::Failure;

pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const HOUR_MS: i64 = 3_600_000;
pub(crate) const DAY_MS: i64 = 86_400_000;

/// The Gregorian calendar repeats itself every 400 years, which are 146,097 days.
const CYCLE_YEARS: i64 = 400;
const CYCLE_MS: i64 = 146_097 * DAY_MS;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// What a cell of a time column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// A reading of the wall clock.
    Local {
        /// Milliseconds from 1970-01-01T00:00 on the wall clock.
        reading_ms: i64,
    },
    /// An instant: the text had an offset.
    Instant {
        /// Milliseconds since 1970-01-01T00:00Z.
        t_ms: i64,
    },
}

/// How the time of day is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Precision {
    Minute,
    Second,
    Millisecond,
}

impl Precision {
    /// The least precision that prints a reading in full.
    pub(crate) fn of(reading_ms: i64) -> Precision {
        match (reading_ms % MINUTE_MS, reading_ms % 1_000) {
            (0, _) => Precision::Minute,
            (_, 0) => Precision::Second,
            _ => Precision::Millisecond,
        }
    }
}

/// Why a text of another shape is refused.
pub(crate) const NO_MOMENT: &str = "is no date and time; write 2014-11-02 01:30[:00[.000]], with Z \
                                    or an offset if it is an instant";

/// Reads a date and a time of day; the error completes the sentence `"text" ...`.
pub(crate) fn parse_moment(text: &str) -> Result<Moment, &'static str> {
    let text = text.trim_ascii();
    let (Some(date), Some(b' ' | b'T' | b't'), Some(rest)) =
        (text.get(..10), text.as_bytes().get(10), text.get(11..))
    else {
        return Err(NO_MOMENT);
    };
    let clock_len = rest.find(|c: char| !matches!(c, '0'..='9' | ':' | '.')).unwrap_or(rest.len());
    let (clock, offset) = rest.split_at(clock_len);
    let date = fields(date, b'-', [4, 2, 2]).ok_or(NO_MOMENT)?;
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, digits)) => (clock, Some(digits)),
        None => (clock, None),
    };
    let clock = match (fields(clock, b':', [2, 2, 2]), fields(clock, b':', [2, 2])) {
        (Some(clock), _) => clock,
        (None, Some([hour, minute])) if fraction.is_none() => [hour, minute, 0],
        _ => return Err(NO_MOMENT),
    };
    let ms = fraction.map_or(Some(0), fraction_ms).ok_or(NO_MOMENT)?;
    let day = civil_date(date).ok_or("is no day of the calendar")?;
    let [hour, minute, second] = clock;
    if hour > 23 || minute > 59 || second > 59 {
        return Err("is no time of day; hours go to 23, minutes and seconds to 59");
    }
    let of_day_ms = i64::from(hour) * HOUR_MS
        + i64::from(minute) * MINUTE_MS
        + i64::from(second) * 1_000
        + i64::from(ms);
    let reading_ms = midnight_ms(day) + of_day_ms;
    match offset.trim_ascii_start() {
        "" => Ok(Moment::Local { reading_ms }),
        offset => match offset_from(offset) {
            Some(offset_ms) => Ok(Moment::Instant { t_ms: reading_ms - offset_ms }),
            None => Err("has no offset that can be read; write Z, +01:00 or -0500"),
        },
    }
}

/// Reads `YYYY-MM-DD` as the reading of its midnight.
pub(crate) fn parse_date(flag: &'static str, text: &str) -> Result<i64, Failure> {
    fields(text, b'-', [4, 2, 2]).and_then(civil_date).map(midnight_ms).ok_or_else(|| {
        let message = format!("{text:?} is no date; write it as 2014-10-01");
        Failure::new(Code::InvalidArgument, flag, message)
    })
}

/// The numbers of `1-2-3`, each with exactly its count of digits.
fn fields<const N: usize>(text: &str, mark: u8, widths: [usize; N]) -> Option<[u16; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(char::from(mark));
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width)?;
        if !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

/// The whole milliseconds of a fraction of 1 to 9 digits; further digits never decide a window.
fn fraction_ms(digits: &str) -> Option<u16> {
    let shaped = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let padded = format!("{digits:0<3}");
    if shaped { padded.get(..3)?.parse().ok() } else { None }
}

/// The milliseconds of `Z`, `+HH`, `+HHMM` or `+HH:MM`.
fn offset_from(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = match digits.len() {
        2 => format!("{digits}:00"),
        4 => format!("{}:{}", digits.get(..2)?, digits.get(2..)?),
        _ => digits.to_owned(),
    };
    let [hours, minutes] = fields(&digits, b':', [2, 2])?;
    // RFC 3339 offsets go to 23:59.
    (hours < 24 && minutes < 60)
        .then(|| sign * (i64::from(hours) * HOUR_MS + i64::from(minutes) * MINUTE_MS))
}

fn civil_date([year, month, day]: [u16; 3]) -> Option<Date> {
    let [month, day] = [i8::try_from(month).ok()?, i8::try_from(day).ok()?];
    Date::new(i16::try_from(year).ok()?, month, day).ok()
}

/// By the difference of dates: jiff's own timestamps end on 9999-12-30.
fn midnight_ms(day: Date) -> i64 {
    day.duration_since(EPOCH.date()).as_secs() * 1_000
}

/// The year of a reading, and where in its cycle of 400 years the reading lies.
fn calendar(reading_ms: i64) -> (i64, DateTime) {
    // The years 1970 to 2369: nothing saturates.
    let at = EPOCH.saturating_add(SignedDuration::from_millis(reading_ms.rem_euclid(CYCLE_MS)));
    (i64::from(at.year()) + reading_ms.div_euclid(CYCLE_MS) * CYCLE_YEARS, at)
}

/// `2014-11-02`.
pub(crate) fn date(reading_ms: i64) -> String {
    let (year, at) = calendar(reading_ms);
    match year {
        0..=9_999 => format!("{year:04}-{}", month_day_of(at)),
        _ => format!("{year:+07}-{}", month_day_of(at)),
    }
}

/// `11-02`.
pub(crate) fn month_day(reading_ms: i64) -> String {
    month_day_of(calendar(reading_ms).1)
}

fn month_day_of(at: DateTime) -> String {
    format!("{:02}-{:02}", at.month(), at.day())
}

/// `01:30`, with seconds and milliseconds as the precision says.
pub(crate) fn time_of_day(reading_ms: i64, precision: Precision) -> String {
    let of_day_ms = reading_ms.rem_euclid(DAY_MS);
    let (hour, minute) = (of_day_ms / HOUR_MS, of_day_ms / MINUTE_MS % 60);
    let (second, ms) = (of_day_ms / 1_000 % 60, of_day_ms % 1_000);
    match precision {
        Precision::Minute => format!("{hour:02}:{minute:02}"),
        Precision::Second => format!("{hour:02}:{minute:02}:{second:02}"),
        Precision::Millisecond => format!("{hour:02}:{minute:02}:{second:02}.{ms:03}"),
    }
}

/// `2014-11-02 01:30`, at least with the precision.
pub(crate) fn date_time(reading_ms: i64, precision: Precision) -> String {
    format!("{} {}", date(reading_ms), time_of_day(reading_ms, precision))
}

/// `11-02 01:30`: a UTC edge beside a local one, which has the year.
pub(crate) fn month_day_time(reading_ms: i64, precision: Precision) -> String {
    let (_, at) = calendar(reading_ms);
    format!("{} {}", month_day_of(at), time_of_day(reading_ms, precision))
}

/// A reading with no more digits than it needs.
pub(crate) fn reading(reading_ms: i64) -> String {
    date_time(reading_ms, Precision::of(reading_ms))
}

/// An instant in UTC as RFC 3339: `2014-11-02T05:30:00Z`.
pub(crate) fn rfc3339(t_ms: i64) -> String {
    let (_, at) = calendar(t_ms);
    format!("{}T{}Z", date(t_ms), at.time())
}

/// An offset from UTC: `-05:00`, with seconds where a local mean time has them.
pub(crate) fn offset(offset_ms: i64) -> String {
    let sign = if offset_ms < 0 { '-' } else { '+' };
    let distance_ms = offset_ms.abs();
    format!("{sign}{}", time_of_day(distance_ms, Precision::of(distance_ms)))
}

#[cfg(test)]
mod tests {
    use super::{Moment, Precision, month_day_time, parse_moment, reading, rfc3339};

    /// Protects what a cell means: digits below 1 ms are dropped, an offset makes an instant, and
    /// no other shape is guessed at.
    #[test]
    fn cells() {
        let local = |reading_ms| Ok(Moment::Local { reading_ms });
        let instant = |t_ms| Ok(Moment::Instant { t_ms });
        for (text, wanted) in [
            ("2014-11-02 01:30", local(1_414_891_800_000)),
            (" 2014-11-02T01:30:05.1239 ", local(1_414_891_805_123)),
            ("1969-12-31 23:59:59.9999", local(-1)),
            ("2014-11-02 01:30Z", instant(1_414_891_800_000)),
            ("2014-11-02 01:30:00 -05", instant(1_414_909_800_000)),
            ("2014-11-02T01:30-0500", instant(1_414_909_800_000)),
            ("2014-11-02T01:30+00:30", instant(1_414_890_000_000)),
        ] {
            assert_eq!(parse_moment(text), wanted, "{text}");
        }
        for text in [
            "",
            "2014-11-02",
            "2014-11-02 1:30",
            "02.11.2014 01:30",
            "2014-11-02 01:30:",
            "2014-11-02 01:30.5",
            "2014-11-02 01:30:00.",
            "2014-13-02 01:30",
            "2014-02-29 01:30",
            "2014-11-02 24:00",
            "2014-11-02 01:60",
            "2014-11-02 01:30 EST",
            "2014-11-02 01:30+1",
            "2014-11-02 01:30+24:00",
            "2014-11-0\u{e9}01:30",
            "2014-11-02 01:30\u{e9}",
        ] {
            assert!(parse_moment(text).is_err(), "{text}");
        }
    }

    /// Protects every year that a cell can name and every instant of the library: none wraps, none
    /// is cut, and what was read is printed as it was written.
    #[test]
    fn years() {
        for (text, reading_ms) in [
            ("0000-01-01 00:00", -62_167_219_200_000),
            ("0000-02-29 12:34:56.789", -62_162_076_303_211),
            ("1969-12-31 23:59:59.999", -1),
            ("2000-02-29 00:00", 951_782_400_000),
            ("9999-12-30 22:00:01", 253_402_207_201_000),
            ("9999-12-31 23:59:59.999", 253_402_300_799_999),
        ] {
            assert_eq!(parse_moment(text), Ok(Moment::Local { reading_ms }), "{text}");
            assert_eq!(reading(reading_ms), text);
            assert_eq!(month_day_time(reading_ms, Precision::of(reading_ms)), text[5..]);
            assert!(rfc3339(reading_ms).starts_with(&text.replace(' ', "T")), "{text}");
        }
        for (t_ms, text, month_day) in [
            (253_402_300_800_000, "+010000-01-01T00:00:00Z", "01-01 00:00"),
            (8_640_000_000_000_000, "+275760-09-13T00:00:00Z", "09-13 00:00"),
            (-8_640_000_000_000_000, "-271821-04-20T00:00:00Z", "04-20 00:00"),
            (-70_000_000_000_000, "-000249-10-15T19:33:20Z", "10-15 19:33"),
        ] {
            assert_eq!(rfc3339(t_ms), text);
            assert_eq!(month_day_time(t_ms, Precision::Minute), month_day);
        }
    }
}
