//! A canonical spec in words, and as the flags that make it.
//!
//! It only tells what the spec says; where windows lie comes from the assigner. Invariant: the
//! flags give a spec with the same fingerprint back. Worked case: 6 h by 30 min in New York is
//! `6 h windows every 30 min on the wall clock of America/New_York; each event is in 12 windows`
//! and `--duration 6h --step 30m --timezone America/New_York`.

use paneline::{CalendarUnit, SlidingWindowSpec, Weekday, WindowKind, format_duration};

use super::model::Counts;
use crate::civil::{self, DAY_MS, Precision};
use crate::words::length;

/// The canonical spec in words, a sentence each.
pub(super) fn sentences(spec: &SlidingWindowSpec) -> Vec<String> {
    let mut told = vec![windows(spec)];
    if spec.allowed_lateness_ms > 0 {
        let lateness = length(spec.allowed_lateness_ms);
        told.push(format!("late rows still update a window for {lateness} after its end"));
    }
    told
}

fn windows(spec: &SlidingWindowSpec) -> String {
    if spec.kind == WindowKind::Session as i32 {
        let gap = length(spec.session_gap_ms);
        return format!(
            "sessions: a window holds a key's events until the next one is {gap} or more away; the \
             zone plays no part"
        );
    }
    let (whole, step) = lengths(spec);
    let (start, place) = (start(spec), place(spec));
    let counts = match windows_per_event(spec) {
        Counts { min: 1, max: 1 } => "1 window".to_owned(),
        Counts { min, max } if min == max => format!("{max} windows"),
        Counts { min, max } if min + 1 == max => format!("{min} or {max} windows"),
        Counts { min, max } => format!("{min} to {max} windows"),
    };
    let windows = if spec.kind == WindowKind::Cumulate as i32 {
        format!(
            "windows{start} that grow by {step} up to {whole} {place}; each event is in {counts}"
        )
    } else if counts == "1 window" {
        format!("{whole} windows{start}, end to end, {place}; each event is in {counts}")
    } else {
        format!("{whole} windows{start} every {step} {place}; each event is in {counts}")
    };
    match shift(spec) {
        Some(shift) => format!("{windows}; {shift}"),
        None => windows,
    }
}

/// What the offset does: to whole days the time at which they start, to other grids a shift. Of
/// windows that are longer than a unit it is not each unit that starts so.
fn shift(spec: &SlidingWindowSpec) -> Option<String> {
    let offset_ms = spec.offset_ms;
    if offset_ms == 0 {
        return None;
    }
    let is_growing = spec.kind == WindowKind::Cumulate as i32;
    let grid_ms = if is_growing { spec.duration_ms } else { spec.step_ms };
    let noun = match unit(spec) {
        Some(_) if spec.calendar_duration > 1 => Some("window"),
        None if grid_ms == DAY_MS && spec.duration_ms > DAY_MS => Some("window"),
        None if grid_ms == DAY_MS => Some("day"),
        unit => unit,
    };
    let Some(noun) = noun else {
        let sign = if offset_ms < 0 { "earlier" } else { "later" };
        return Some(format!("the grid is {} {sign}", length(offset_ms.abs())));
    };
    let is_days = matches!(unit(spec), None | Some("day"));
    let time = civil::time_of_day(offset_ms, Precision::of(offset_ms));
    let zone = if spec.timezone.is_empty() || spec.align_to_epoch { " UTC" } else { "" };
    // A week that starts an hour early starts before its first day; of a day that goes unsaid.
    let before = if offset_ms < 0 && !is_days { " on the day before" } else { "" };
    Some(format!("each {noun} starts at {time}{zone}{before}"))
}

/// In how many windows an event is, away from clock changes: growing windows of a day of 25 hours
/// are one more.
pub(super) fn windows_per_event(spec: &SlidingWindowSpec) -> Counts {
    if spec.kind == WindowKind::Session as i32 {
        return Counts { min: 1, max: 1 };
    }
    let (whole, rest) = if unit(spec).is_some() {
        (i64::from(spec.calendar_duration / spec.calendar_step), 0)
    } else {
        (spec.duration_ms / spec.step_ms, spec.duration_ms % spec.step_ms)
    };
    let min = if spec.kind == WindowKind::Cumulate as i32 { 1 } else { whole };
    Counts { min, max: if rest == 0 { whole } else { whole + 1 } }
}

/// The flags that give the spec.
pub(super) fn flags(spec: &SlidingWindowSpec) -> String {
    let mut flags = Vec::new();
    let mut add = |flag: &str, value: String| {
        if !value.is_empty() {
            flags.push(format!("--{flag} {value}"));
        }
    };
    let long = |ms: i64| if ms == 0 { String::new() } else { format_duration(ms) };
    let count = |number: u32| if number == 0 { String::new() } else { number.to_string() };
    let tumbling = spec.duration_ms == spec.step_ms && spec.calendar_duration == spec.calendar_step;
    let kind = match WindowKind::try_from(spec.kind) {
        Ok(WindowKind::Cumulate) => "cumulate",
        Ok(WindowKind::Session) => "session",
        Ok(WindowKind::Sliding) | Err(_) => "",
    };
    add("kind", kind.to_owned());
    add("duration", long(spec.duration_ms));
    add("unit", unit(spec).unwrap_or_default().to_owned());
    add("units", count(spec.calendar_duration));
    if !tumbling {
        add("step", long(spec.step_ms));
        add("unit-step", count(spec.calendar_step));
    }
    add("gap", long(spec.session_gap_ms));
    add("timezone", spec.timezone.clone());
    add("offset", long(spec.offset_ms));
    let week = if spec.week_start == 0 { String::new() } else { week_start(spec) };
    add("week-start", week);
    add("month-day", count(spec.month_day));
    add("year-start-month", count(spec.year_start_month));
    add("allowed-lateness", long(spec.allowed_lateness_ms));
    if spec.align_to_epoch {
        flags.push("--align-to-epoch".to_owned());
    }
    flags.join(" ")
}

/// Where the grid lies.
fn place(spec: &SlidingWindowSpec) -> String {
    let zone = spec.timezone.as_str();
    match (spec.align_to_epoch, zone) {
        (_, "") if spec.calendar_unit == CalendarUnit::None as i32 => "on Unix time".to_owned(),
        (true, _) => format!("on Unix time ({zone} is a label)"),
        (false, "") => "on the calendar of UTC".to_owned(),
        (false, _) => format!("on the wall clock of {zone}"),
    }
}

/// Length and step, in words.
fn lengths(spec: &SlidingWindowSpec) -> (String, String) {
    match unit(spec) {
        None => (length(spec.duration_ms), length(spec.step_ms)),
        Some(unit) => {
            let units = |count: u32| format!("{count} {unit}");
            (units(spec.calendar_duration), units(spec.calendar_step))
        }
    }
}

/// The noun of a calendar unit; none where lengths are milliseconds.
fn unit(spec: &SlidingWindowSpec) -> Option<&'static str> {
    match CalendarUnit::try_from(spec.calendar_unit) {
        Ok(CalendarUnit::Day) => Some("day"),
        Ok(CalendarUnit::Week) => Some("week"),
        Ok(CalendarUnit::Month) => Some("month"),
        Ok(CalendarUnit::Quarter) => Some("quarter"),
        Ok(CalendarUnit::Year) => Some("year"),
        Ok(CalendarUnit::None) | Err(_) => None,
    }
}

/// Where a calendar unit starts, if that is a choice: ` from Monday`, ` from 04-15`.
fn start(spec: &SlidingWindowSpec) -> String {
    let day = spec.month_day.max(1);
    match CalendarUnit::try_from(spec.calendar_unit) {
        Ok(CalendarUnit::Week) => {
            let mut name = week_start(spec);
            if let Some(first) = name.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            format!(" from {name}")
        }
        Ok(CalendarUnit::Month) if day > 1 => format!(" from day {day}"),
        Ok(CalendarUnit::Quarter | CalendarUnit::Year) => {
            format!(" from {:02}-{day:02}", spec.year_start_month.max(1))
        }
        _ => String::new(),
    }
}

/// The day a week starts on, in lower case.
fn week_start(spec: &SlidingWindowSpec) -> String {
    let name = Weekday::try_from(spec.week_start)
        .map_or("", |day| day.as_str_name().trim_start_matches("WEEKDAY_"));
    name.to_lowercase()
}
