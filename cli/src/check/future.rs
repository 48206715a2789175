//! Rows from a time that has not come yet.
//!
//! It compares with the instant that the command was given, or the machine's clock. Invariant: a
//! row that may mean a past instant is none of them: at 06:15Z a row at 01:30 of New York's
//! repeated hour, 05:30Z or 06:30Z, is not reported.

use super::Survey;
use super::report::Section;
use crate::civil;
use crate::words::{length, rounded};

/// Rows later than now.
pub(super) fn findings(survey: &Survey, now_ms: i64) -> Section {
    let mut found = Section::new(
        "future",
        "rows from a time that has not come yet",
        "look at the recorder's clock and zone; an engine sets such rows aside with max_future_ms",
    );
    for entry in &survey.entries {
        let [earliest_ms, _] = entry.instants();
        if earliest_ms > now_ms {
            found.add(Some(entry.place), || {
                let reading = civil::reading(entry.reading_ms);
                let ahead = length(rounded(earliest_ms - now_ms));
                format!("{reading} is {ahead} after {}", civil::rfc3339(now_ms))
            });
        }
    }
    found
}
