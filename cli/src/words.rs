//! Numbers and lengths in words, and text in lines of 80 columns.
//!
//! It only prints. Invariant: a length is printed exactly: 5,400,000 ms is `90 min`, 2,678,400,000
//! ms is `31 d`, 90,061,001 ms is `25 h 1 min 1 s 1 ms`.

use std::io::{self, Write};

use crate::civil::{DAY_MS, HOUR_MS, MINUTE_MS};

/// The width of text that goes to no terminal.
pub(crate) const COLUMNS: usize = 80;

/// Up to here lengths are told in hours, so that days of 23 to 25 hours show.
const HOURS_MS_MAX: i64 = 3 * DAY_MS;

/// A length, exactly.
pub(crate) fn length(ms: i64) -> String {
    if ms < 2 * HOUR_MS && ms % MINUTE_MS == 0 && ms % HOUR_MS != 0 {
        return format!("{} min", ms / MINUTE_MS);
    }
    let units = [("d", DAY_MS), ("h", HOUR_MS), ("min", MINUTE_MS), ("s", 1_000), ("ms", 1)];
    let mut rest = ms;
    let mut parts = Vec::new();
    for (name, unit_ms) in units {
        if unit_ms == DAY_MS && ms <= HOURS_MS_MAX {
            continue;
        }
        if rest >= unit_ms {
            parts.push(format!("{} {name}", rest / unit_ms));
            rest %= unit_ms;
        }
    }
    if parts.is_empty() { "0 ms".to_owned() } else { parts.join(" ") }
}

/// A length without the units that are too fine to matter in it: whole hours are left of more than
/// 3 days, whole minutes of more than an hour, whole seconds of more than one.
pub(crate) fn rounded(ms: i64) -> i64 {
    let unit_ms = if ms <= 1_000 {
        1
    } else if ms <= HOUR_MS {
        1_000
    } else if ms <= HOURS_MS_MAX {
        MINUTE_MS
    } else {
        HOUR_MS
    };
    ms - ms % unit_ms
}

/// A number with its thousands marked: 10,320.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count as a number, for printing and dividing.
pub(crate) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count with its noun: `1 row`, `10,320 rows`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number(count)))
}

/// Some names, and how many more there are.
pub(crate) fn listed(names: &[impl AsRef<str>], shown_max: usize) -> String {
    let shown: Vec<&str> = names.iter().take(shown_max).map(AsRef::as_ref).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Writes a text in lines of at most 80 columns, the first after `lead`, the others below it.
pub(crate) fn wrapped(out: &mut dyn Write, lead: &str, text: &str) -> io::Result<()> {
    wrapped_to(COLUMNS, out, lead, text)
}

/// The same in lines of so many columns.
pub(crate) fn wrapped_to(
    columns: usize,
    out: &mut dyn Write,
    lead: &str,
    text: &str,
) -> io::Result<()> {
    let indent = " ".repeat(lead.chars().count());
    let mut line = lead.to_owned();
    let mut bare = true;
    for word in text.split(' ') {
        if !bare && line.chars().count() + 1 + word.chars().count() > columns {
            writeln!(out, "{line}")?;
            line.clone_from(&indent);
            bare = true;
        }
        if !bare {
            line.push(' ');
        }
        line.push_str(word);
        bare = false;
    }
    writeln!(out, "{line}")
}

#[cfg(test)]
mod tests {
    use super::{grouped, length, wrapped};

    /// Protects the units: each length here is one that a reader compares with another.
    #[test]
    fn lengths() {
        for (ms, text) in [
            (1, "1 ms"),
            (10_000, "10 s"),
            (5_400_000, "90 min"),
            (7_200_000, "2 h"),
            (90_000_000, "25 h"),
            (90_061_001, "25 h 1 min 1 s 1 ms"),
            (604_800_000, "7 d"),
            (2_674_800_000, "30 d 23 h"),
        ] {
            assert_eq!(length(ms), text);
        }
    }

    /// Protects the thousands marks around each new digit.
    #[test]
    fn thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-39_197, "-39,197"),
            (1_000_000, "1,000,000"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    /// Protects the width, and a word that is longer than a line.
    #[test]
    fn lines() {
        let mut out = Vec::new();
        wrapped(&mut out, "label  ", &format!("{} {}", "ab ".repeat(30).trim(), "x".repeat(90)))
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].starts_with("       ab") && lines[0].len() <= 80);
    }
}
