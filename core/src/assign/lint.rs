//! Warnings: specs that are allowed but probably not what was meant.
//!
//! A warning never changes a window. Each names the field to look at and what to write instead;
//! for example a 7-day step starts its weeks on Thursdays, because 1970 did.

use std::fmt;

use paneline_proto::Field;
use paneline_proto::fields::sliding_window_spec as field;

use crate::duration::format_duration;
use crate::spec::{Proven, Shape};
use crate::time::grid::DAY_MS;
use crate::time::name::ABBREVIATIONS;
use crate::time::zone::Zone;

/// Something about a spec that is allowed but probably not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    path: &'static str,
    message: String,
}

impl Warning {
    /// The field to look at.
    pub fn path(&self) -> &str {
        self.path
    }

    /// What is surprising and what to write instead.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// The warnings of a spec; `zone` where its rules decide boundaries.
pub(super) fn warnings(proven: &Proven, zone: Option<&Zone>) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut warn = |field: Field, message: String| {
        found.push(Warning { path: field.name, message });
    };
    if let Shape::Steps { duration_ms, step_ms, offset_ms, .. } = proven.shape {
        if duration_ms % step_ms != 0 {
            warn(
                field::STEP_MS,
                format!(
                    "{} does not divide {}: events lie in {} or {} windows, by their place in \
                     the step",
                    format_duration(step_ms),
                    format_duration(duration_ms),
                    duration_ms / step_ms,
                    duration_ms / step_ms + 1
                ),
            );
        }
        if step_ms % (7 * DAY_MS) == 0 && offset_ms == 0 {
            let message = "weeks of a 7-day step start on Thursday, as 1970 did: use calendar_unit \
                           WEEK with week_start";
            warn(field::STEP_MS, message.into());
        }
        if zone.is_some() && step_ms < DAY_MS && DAY_MS % step_ms != 0 {
            let message = format!(
                "{} does not divide a day: panes start at other wall-clock times each day",
                format_duration(step_ms)
            );
            warn(field::STEP_MS, message);
        }
        if let Some(fold_ms) = zone.and_then(longest_fold_ms)
            && (fold_ms + 1..DAY_MS).contains(&step_ms)
        {
            let message = format!(
                "a pane that holds a repeated hour lasts longer than the step: up to {}",
                format_duration(step_ms + fold_ms)
            );
            warn(field::STEP_MS, message);
        }
    }
    let name = proven.canonical.timezone.as_str();
    if ABBREVIATIONS.contains(&name) {
        let message = format!(
            "{name} is an abbreviation with rules of its own: use an area/city name such as \
             \"America/New_York\""
        );
        warn(field::TIMEZONE, message);
    }
    if let Some(offset) = offset_of_posix_name(name) {
        let message = format!(
            "{name} is {offset}, as its sign is that of POSIX: write {offset:?}, or turn the sign"
        );
        warn(field::TIMEZONE, message);
    }
    found
}

/// The offset from UTC of `Etc/GMT+9`, which is `-09:00`.
fn offset_of_posix_name(name: &str) -> Option<String> {
    let posix = name.strip_prefix("Etc/GMT")?;
    let (sign, hours) = posix.split_at_checked(1)?;
    let hours: u8 = hours.parse().ok().filter(|hours| *hours > 0)?;
    let sign = match sign {
        "+" => '-',
        "-" => '+',
        _ => return None,
    };
    Some(format!("{sign}{hours:02}:00"))
}

/// The longest span that the zone's wall clock shows twice, after 1970.
fn longest_fold_ms(zone: &Zone) -> Option<i64> {
    zone.transitions()
        .filter(|fold| fold.at_ms >= 0 && fold.after_ms < fold.before_ms)
        .map(|fold| fold.before_ms - fold.after_ms)
        .max()
}
