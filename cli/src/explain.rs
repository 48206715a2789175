//! `explain`: a spec in words, then its next windows with their local and UTC edges.
//!
//! It asks the assigner for every window and never computes an edge. A window that a jump of the
//! wall clock touches is marked below its line. Worked line: 6 h windows of America/New_York, from
//! 2024-11-03 00:00 to 06:00 local, are 04:00Z to 11:00Z, 7 h; the mark says that 01:00-02:00
//! occurs twice and is held.

use std::io::{self, Write};

use paneline::{
    Assigner, CalendarUnit, Error, LocalClock, SlidingWindowSpec, Weekday, Window, WindowKind,
};

use crate::args::ExplainArgs;
use crate::civil::{self, Precision};
use crate::failure::Failure;
use crate::instant;
use crate::jump::{Jump, jumps};
use crate::listing::{self, Listed};
use crate::words::{length, wrapped};

/// Marks under one window: a window of 100 years is touched by 200 jumps.
const MARKS_MAX: usize = 4;

/// Writes the explanation.
pub(crate) fn run(args: &ExplainArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let (spec, assigner) = args.spec.compile(args.source.as_deref())?;
    let clock = LocalClock::new(&spec.timezone)?;
    let at_ms = instant::or_now("--at", args.at.as_deref())?;
    let windows = listed(&assigner, at_ms, args.count)?;
    wrapped(out, "", &sentence(assigner.spec()))?;
    if assigner.spec().allowed_lateness_ms > 0 {
        let lateness = length(assigner.spec().allowed_lateness_ms);
        wrapped(out, "", &format!("late rows still update a window for {lateness} after its end"))?;
    }
    writeln!(out)?;
    writeln!(out, "fingerprint  {}", assigner.fingerprint())?;
    writeln!(out, "tzdb         {}", paneline::tzdb_version())?;
    for warning in assigner.warnings() {
        wrapped(out, "warning      ", &warning.to_string())?;
    }
    writeln!(out)?;
    wrapped(out, "", &heading(assigner.spec(), at_ms))?;
    let listing = Listing { assigner: &assigner, clock: &clock, jumps: jumps(&clock) };
    Ok(listing.write(&windows, out)?)
}

/// The windows to list: for the pane of `at_ms` and those after it the window that starts there,
/// and for growing windows the one that ends there. A session is that of one event.
fn listed(assigner: &Assigner, at_ms: i64, count: u32) -> Result<Vec<Window>, Failure> {
    let kind = assigner.spec().kind;
    let name_at = |error: Error| Error::new(error.code(), "--at", error.message());
    if kind == WindowKind::Session as i32 {
        return Ok(assigner.windows(at_ms).map_err(name_at)?.collect());
    }
    let mut windows = Vec::new();
    let mut t_ms = at_ms;
    for _ in 0..count {
        let mut holding = match assigner.windows(t_ms) {
            // The years that the zone table covers end here.
            Err(_) if !windows.is_empty() => break,
            holding => holding.map_err(name_at)?,
        };
        let cumulate = kind == WindowKind::Cumulate as i32;
        windows.extend(if cumulate { holding.next() } else { holding.last() });
        t_ms = assigner.next_boundary(t_ms)?;
    }
    Ok(windows)
}

/// The canonical spec in words.
fn sentence(spec: &SlidingWindowSpec) -> String {
    if spec.kind == WindowKind::Session as i32 {
        let gap = length(spec.session_gap_ms);
        return format!(
            "sessions: a window holds a key's events until the next one is {gap} or more away; the \
             zone plays no part"
        );
    }
    let (whole, step, counts) = lengths(spec);
    let (start, place) = (start(spec), place(spec));
    let windows = if spec.kind == WindowKind::Cumulate as i32 {
        format!(
            "windows{start} that grow by {step} up to {whole} {place}; each event is in 1 to \
             {counts} windows"
        )
    } else if counts == "1" {
        format!("{whole} windows{start}, end to end, {place}; each event is in 1 window")
    } else {
        format!("{whole} windows{start} every {step} {place}; each event is in {counts} windows")
    };
    if spec.offset_ms == 0 {
        return windows;
    }
    let sign = if spec.offset_ms < 0 { "earlier" } else { "later" };
    format!("{windows}; the grid is {} {sign}", length(spec.offset_ms.abs()))
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

/// Length, step and windows per event, in words.
fn lengths(spec: &SlidingWindowSpec) -> (String, String, String) {
    let Some(unit) = unit(spec) else {
        let (whole, rest) = (spec.duration_ms / spec.step_ms, spec.duration_ms % spec.step_ms);
        let counts =
            if rest == 0 { whole.to_string() } else { format!("{whole} or {}", whole + 1) };
        return (length(spec.duration_ms), length(spec.step_ms), counts);
    };
    let units = |count: u32| format!("{count} {unit}");
    let counts = spec.calendar_duration / spec.calendar_step;
    (units(spec.calendar_duration), units(spec.calendar_step), counts.to_string())
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
            let name = Weekday::try_from(spec.week_start)
                .map_or("", |day| day.as_str_name().trim_start_matches("WEEKDAY_"));
            let mut name = name.to_lowercase();
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

fn heading(spec: &SlidingWindowSpec, at_ms: i64) -> String {
    let at = civil::rfc3339(at_ms);
    match WindowKind::try_from(spec.kind) {
        Ok(WindowKind::Session) => format!("the session of one event at {at}"),
        Ok(WindowKind::Cumulate) => format!("from the shortest window that holds {at}"),
        _ => format!("from the last window that holds {at}"),
    }
}

/// What a listing is made from.
struct Listing<'a> {
    assigner: &'a Assigner,
    clock: &'a LocalClock,
    jumps: Vec<Jump>,
}

impl Listing<'_> {
    fn write(&self, windows: &[Window], out: &mut dyn Write) -> io::Result<()> {
        let listed: Vec<Listed> = windows
            .iter()
            .map(|&window| Listed {
                window,
                start_offset_ms: self.clock.offset_ms(window.start_ms),
                end_offset_ms: self.clock.offset_ms(window.end_ms),
            })
            .collect();
        let precision = listed.iter().map(Listed::precision).max().unwrap_or(Precision::Minute);
        let mut rows = vec![listing::TITLES.map(str::to_owned)];
        rows.extend(listed.iter().map(|listed| listed.cells(precision)));
        for (row, line) in listing::lines(&rows).into_iter().enumerate() {
            writeln!(out, "{line}")?;
            if let Some(window) = row.checked_sub(1).and_then(|row| windows.get(row)) {
                self.write_marks(*window, out)?;
            }
        }
        Ok(())
    }

    fn write_marks(&self, window: Window, out: &mut dyn Write) -> io::Result<()> {
        let marks: Vec<String> =
            self.jumps.iter().filter_map(|jump| self.mark(window, jump)).collect();
        for mark in marks.iter().take(MARKS_MAX) {
            wrapped(out, "  ", mark)?;
        }
        if marks.len() > MARKS_MAX {
            writeln!(out, "  and {} more", marks.len() - MARKS_MAX)?;
        }
        Ok(())
    }

    /// What a jump does to a window; none if it does not touch it.
    fn mark(&self, window: Window, jump: &Jump) -> Option<String> {
        let Window { start_ms, end_ms } = window;
        let at_ms = jump.at_ms;
        let inside = start_ms < at_ms && at_ms < end_ms;
        let long = format!("{} is {}", self.noun(), length(end_ms - start_ms));
        if !jump.is_fold() {
            let (from, to) = (at_ms + jump.before_ms, at_ms + jump.after_ms);
            let jumps = if civil::date(from) == civil::date(to) {
                let precision = Precision::of(from).max(Precision::of(to));
                let [from, to] = [from, to].map(|at| civil::time_of_day(at, precision));
                format!("clock jumps {from} -> {to}")
            } else {
                format!("clock jumps {} -> {}", civil::reading(from), civil::reading(to))
            };
            let touched = start_ms < at_ms && at_ms <= end_ms;
            let what = if inside { format!("; {long}") } else { " at the end".to_owned() };
            return touched.then(|| format!("gap: {} {jumps}{what}", civil::date(from)));
        }
        let first = start_ms < at_ms && at_ms - jump.length_ms() < end_ms;
        let second = start_ms < at_ms + jump.length_ms() && at_ms < end_ms;
        let what = match (inside, first, second) {
            (true, ..) => long,
            (_, true, _) => "first pass".to_owned(),
            (_, _, true) => "second pass".to_owned(),
            _ => return None,
        };
        Some(format!("fold: {}; {}{what}", jump.sentence(), self.rule(at_ms)))
    }

    /// How the grid treats a fold, seen from where the core puts the boundaries.
    fn rule(&self, fold_ms: i64) -> &'static str {
        let spec = self.assigner.spec();
        if spec.align_to_epoch {
            return "on Unix time -> ";
        }
        match self.assigner.pane(fold_ms) {
            Ok(pane) if pane.start_ms == fold_ms => "split -> ",
            Ok(_) => "held -> ",
            // Sessions have no grid.
            Err(_) => "",
        }
    }

    fn noun(&self) -> &'static str {
        let spec = self.assigner.spec();
        let tumbling = spec.kind == WindowKind::Sliding as i32
            && spec.duration_ms == spec.step_ms
            && spec.calendar_duration == spec.calendar_step;
        if tumbling { "pane" } else { "window" }
    }
}
