//! The instants of the command line: what a flag says, or the machine's clock.
//!
//! It is the one place that reads the clock. Invariant: a text without an offset is no instant, so
//! no zone is ever guessed: `2024-11-02T12:00` is refused, `2024-11-02T12:00Z` is 1,730,548,800,000
//! ms.

use paneline::Code;

use crate::civil::{Moment, parse_moment};
use crate::failure::Failure;

/// Reads an instant: RFC 3339 or milliseconds.
pub(crate) fn parse(flag: &'static str, text: &str) -> Result<i64, Failure> {
    if let Ok(t_ms) = text.trim_ascii().parse::<i64>() {
        return Ok(t_ms);
    }
    let refuse = |why: &str| Failure::new(Code::InvalidArgument, flag, format!("{text:?} {why}"));
    match parse_moment(text) {
        Ok(Moment::Instant { t_ms }) => Ok(t_ms),
        Ok(Moment::Local { .. }) => Err(refuse("names no instant: it has no offset")
            .hint(format!("write {}Z for UTC, or an offset such as -05:00", text.trim_ascii()))),
        Err(why) => Err(refuse(why).hint("write 2024-11-02T12:00:00Z or milliseconds")),
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
