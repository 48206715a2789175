//! Lengths as people write them: `5m`, `1h30m`, `250ms`.
//!
//! It decides how text becomes milliseconds and nothing else. A day is 86,400,000 ms here; that it
//! is the local day of 23 to 25 hours on a civil grid is the grid's business. Units descend and do
//! not repeat, so that a length has few spellings: `1h30m` reads as 5,400,000; `30m1h` is refused.

use std::fmt::Write as _;

use crate::error::{Code, Error};

/// The units in the order in which they may appear, with their milliseconds.
const UNITS: [(&str, i64); 6] = [
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Reads a length such as `15m` or `1h30m` into milliseconds.
///
/// Errors: `INVALID_ARGUMENT` at `duration` for text without a unit, with units that repeat or
/// ascend, or beyond `i64`.
///
/// ```
/// assert_eq!(paneline::parse_duration("1h30m").unwrap(), 5_400_000);
/// let error = paneline::parse_duration("90").unwrap_err();
/// assert_eq!(error.message(), "90 has no unit; write 90ms, 90s, 90m, 90h, 90d or 90w");
/// ```
pub fn parse_duration(text: &str) -> Result<i64, Error> {
    let refuse = |message: String| Error::new(Code::InvalidArgument, "duration", message);
    if text.is_empty() {
        return Err(refuse("a length is missing; write it as 5m or 1h30m".into()));
    }
    if text.starts_with('-') {
        let (unsigned, text) = (text.trim_start_matches('-'), quoted(text));
        // What is advised is a length; otherwise the rest is the greater fault.
        parse_duration(unsigned)?;
        return Err(refuse(format!(
            "{text:?} has a sign, a length has none; write {:?}",
            quoted(unsigned)
        )));
    }
    let mut total: i64 = 0;
    let mut units = UNITS.as_slice();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = rest.split_at(digits);
        let letters = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_lowercase()).len();
        let (unit, tail) = tail.split_at(letters);
        if number.is_empty() {
            return Err(refuse(format!("{:?} has no digits at {:?}", quoted(text), quoted(rest))));
        }
        if unit.is_empty() && tail.is_empty() {
            let n = quoted(number);
            return Err(refuse(format!(
                "{n} has no unit; write {n}ms, {n}s, {n}m, {n}h, {n}d or {n}w"
            )));
        }
        let Some(place) = units.iter().position(|(name, _)| *name == unit) else {
            let why = if is_unit(unit) {
                "units must descend and not repeat: w, d, h, m, s, ms".into()
            } else {
                no_unit(&rest[digits..])
            };
            return Err(refuse(format!("{:?}: {why}", quoted(text))));
        };
        total = number
            .parse::<i64>()
            .ok()
            .and_then(|n| n.checked_mul(units[place].1))
            .and_then(|ms| total.checked_add(ms))
            .ok_or_else(|| refuse(format!("{:?} is longer than {} ms", quoted(text), i64::MAX)))?;
        units = &units[place + 1..];
        rest = tail;
    }
    Ok(total)
}

fn is_unit(text: &str) -> bool {
    UNITS.iter().any(|(name, _)| *name == text)
}

/// Why what follows a number is no unit, in the words of what was probably meant.
fn no_unit(tail: &str) -> String {
    let end = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
    let got = &tail[..end];
    match got {
        "." | "," => "numbers are whole; write 1h30m for 1.5h".into(),
        ":" => "a length is no time of day; write 4h for 04:00".into(),
        _ if is_unit(&got.to_ascii_lowercase()) => {
            format!("units are in lower case, w, d, h, m (minutes), s and ms, got {got:?}")
        }
        _ => format!("the units are w, d, h, m, s and ms, got {:?}", quoted(got)),
    }
}

/// Writes milliseconds as [`parse_duration`] reads them, in as few units as are exact. A negative
/// length gets a sign, which is not read back.
///
/// ```
/// assert_eq!(paneline::format_duration(25_200_000), "7h");
/// assert_eq!(paneline::format_duration(-90_061_001), "-1d1h1m1s1ms");
/// assert_eq!(paneline::format_duration(0), "0ms");
/// ```
pub fn format_duration(ms: i64) -> String {
    if ms == 0 {
        return "0ms".to_owned();
    }
    let mut text = String::from(if ms < 0 { "-" } else { "" });
    let mut rest = ms.unsigned_abs();
    // Weeks are read but not written: "8d" says more than "1w1d".
    for (name, unit_ms) in &UNITS[1..] {
        let unit_ms = unit_ms.unsigned_abs();
        if rest >= unit_ms {
            // Writing to a String cannot be refused.
            let _ = write!(text, "{}{name}", rest / unit_ms);
            rest %= unit_ms;
        }
    }
    text
}

/// Hostile text is quoted up to this many characters, so that an error stays a line.
const QUOTED_CHARS_MAX: usize = 40;

/// The start of a text, short enough for an error message.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
