//! The instants of the command line: what a flag says, or the machine's clock.
//!
//! It is the one place that reads the clock. Invariant: a text without an offset is no instant, so
//! no zone is ever guessed: `2024-11-02T12:00` is refused, `2024-11-02T12:00Z` is 1,730,548,800,000
//! ms. Nor is a unit: a number is milliseconds, and one that looks like seconds is refused.

use paneline::Code;

use crate::civil::{self, Moment, parse_moment};
use crate::failure::Failure;

/// Numbers of ten digits are seconds of the years 2001 to 2286. As milliseconds they would lie
/// between January and April of 1970, which nobody means who does not write it as a date.
const SECONDS: std::ops::Range<u64> = 1_000_000_000..10_000_000_000;

/// Reads a whole number as milliseconds since 1970-01-01Z; none if the text is none. The error
/// completes the sentence `number ...`.
pub(crate) fn parse_ms(text: &str) -> Option<Result<i64, String>> {
    let text = text.trim_ascii();
    let t_ms = text.parse::<i64>().ok()?;
    if let Some(date) = compact_date(text) {
        return Some(Err(format!(
            "has the digits of a date, and numbers are milliseconds: write {date}T00:00, with Z or \
             an offset if it is an instant"
        )));
    }
    if SECONDS.contains(&t_ms.unsigned_abs()) {
        let [meant, said] = [t_ms * 1_000, t_ms].map(civil::rfc3339);
        let why = format!(
            "has the digits of seconds, and numbers are milliseconds: write {t_ms}000 for {meant}, \
             or {said} if that is meant"
        );
        return Some(Err(why));
    }
    Some(Ok(t_ms))
}

/// `20141102` as `2014-11-02`. As milliseconds it would be an hour of the first day of 1970.
fn compact_date(text: &str) -> Option<String> {
    let [year, month, day] = [text.get(..4)?, text.get(4..6)?, text.get(6..)?];
    let date = format!("{year}-{month}-{day}");
    civil::parse_date("", &date).ok()?;
    Some(date)
}

/// Reads an instant: RFC 3339 or milliseconds.
pub(crate) fn parse(flag: &'static str, text: &str) -> Result<i64, Failure> {
    let text = text.trim_ascii();
    let refuse = |why: &str| Failure::new(Code::InvalidArgument, flag, format!("{text:?} {why}"));
    let offset = "for UTC, or an offset such as -05:00 instead of the Z";
    if let Some(date) = compact_date(text) {
        return Err(refuse("has the digits of a date, and numbers are milliseconds")
            .hint(format!("write {date}T00:00Z {offset}")));
    }
    if let Some(t_ms) = parse_ms(text) {
        return t_ms.map_err(|why| refuse(&why));
    }
    match parse_moment(text) {
        Ok(Moment::Instant { t_ms }) => Ok(t_ms),
        Ok(Moment::Local { .. }) => {
            Err(refuse("names no instant: it has no offset")
                .hint(format!("write {text}Z {offset}")))
        }
        Err(_) if civil::parse_date(flag, text).is_ok() => {
            let message = "names a day and no instant: it has no time and no offset";
            Err(refuse(message).hint(format!("write {text}T00:00Z {offset}")))
        }
        Err(civil::NO_MOMENT) => Err(refuse("is no date and time").hint(format!(
            "write 2024-11-02T12:00:00Z {offset}, or milliseconds since 1970-01-01Z"
        ))),
        Err(why) => Err(refuse(why)),
    }
}

/// Reads the instant of a flag that means now when it is absent.
pub(crate) fn or_now(flag: &'static str, text: Option<&str>) -> Result<i64, Failure> {
    match text {
        Some(text) => parse(flag, text),
        None => now_ms(flag),
    }
}

#[expect(clippy::disallowed_methods, reason = "a command line is where the clock is read")]
fn now_ms(flag: &'static str) -> Result<i64, Failure> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_millis()).ok()).ok_or_else(|| {
        Failure::new(Code::OutOfRange, flag, "the machine's clock is before 1970")
            .hint(format!("give {flag} 2024-11-02T12:00:00Z"))
    })
}
