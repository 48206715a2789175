//! Explanations of random specs against what the assigner says of single instants.

use clap::Parser as _;
use paneline::{
    Assigner, Assignment, CalendarUnit, LocalClock, SlidingWindowSpec, TimeUnit, Weekday, Window,
    WindowKind,
};

use super::model::{Explanation, Selection};
use crate::args::{Cli, Command};
use crate::civil::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::console::Page;

/// SplitMix64 (Steele, Lea and Flood, 2014): the same specs on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: i64) -> i64 {
        i64::try_from(self.next() % end.unsigned_abs()).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.next()).unwrap() % from.len()]
    }
}

/// A spec that the core takes: every kind, unit and coordinate.
fn spec(random: &mut Random, zones: &[&str]) -> SlidingWindowSpec {
    let named = random.pick(zones);
    let mut spec = SlidingWindowSpec {
        timezone: random.pick(&["", "+05:45", "-03:30", named, named, named]).into(),
        align_to_epoch: random.below(5) == 0,
        allowed_lateness_ms: random.pick(&[0, 0, 90 * MINUTE_MS]),
        ..Default::default()
    };
    let kind = random.pick(&[WindowKind::Sliding, WindowKind::Sliding, WindowKind::Cumulate]);
    spec.kind = kind.into();
    if random.below(20) == 0 {
        spec.kind = WindowKind::Session.into();
        spec.session_gap_ms = 1 + random.below(2 * DAY_MS);
        return spec;
    }
    let panes = random.pick(&[1, 1, 2, 3, 12, 24]);
    if random.below(3) == 0 {
        spec.align_to_epoch = false;
        let unit = random.pick(&[
            CalendarUnit::Day,
            CalendarUnit::Week,
            CalendarUnit::Month,
            CalendarUnit::Quarter,
            CalendarUnit::Year,
        ]);
        spec.calendar_unit = unit.into();
        spec.calendar_step = random.pick(&[1, 1, 2]);
        spec.calendar_duration = spec.calendar_step * u32::try_from(panes).unwrap();
        spec.offset_ms = random.pick(&[0, 0, 6 * HOUR_MS, -15 * MINUTE_MS]);
        let months = i32::from(unit) >= CalendarUnit::Month.into();
        spec.month_day = if months { random.pick(&[0, 1, 15, 28]) } else { 0 };
        let years = i32::from(unit) >= CalendarUnit::Quarter.into();
        spec.year_start_month = if years { random.pick(&[0, 1, 4, 12]) } else { 0 };
        if unit == CalendarUnit::Week {
            spec.week_start = random.pick(&[Weekday::Monday, Weekday::Sunday]).into();
        }
        return spec;
    }
    spec.step_ms = random.pick(&[
        1,
        500,
        1_000,
        MINUTE_MS,
        15 * MINUTE_MS,
        30 * MINUTE_MS,
        HOUR_MS,
        90 * MINUTE_MS,
        6 * HOUR_MS,
        DAY_MS,
        7 * DAY_MS,
    ]);
    spec.duration_ms = panes * spec.step_ms;
    spec.offset_ms = random.below(spec.step_ms) * random.pick(&[0, 0, 1, -1]);
    if kind == WindowKind::Sliding && spec.align_to_epoch {
        spec.duration_ms += random.below(spec.step_ms);
    }
    spec
}

/// An instant, every other time within two days of a jump of the clock.
fn instant(random: &mut Random, clock: &LocalClock) -> i64 {
    let jumps: Vec<i64> = clock.transitions().map(|jump| jump.at_ms).collect();
    let near =
        jumps.iter().filter(|at_ms| (0..7_000_000_000_000).contains(*at_ms)).collect::<Vec<_>>();
    if near.is_empty() || random.below(2) == 0 {
        return random.below(6_000_000_000_000);
    }
    random.pick(&near) - 2 * DAY_MS + random.below(4 * DAY_MS)
}

/// What the assigner says, asked pane by pane: all windows, ascending.
fn asked(assigner: &Assigner, from_ms: i64, to_ms: i64) -> Vec<Window> {
    let mut instants = vec![from_ms];
    if let Ok(panes) = assigner.panes(from_ms, to_ms) {
        instants.extend(panes.skip(1).map(|pane| pane.start_ms));
    }
    let mut batch = Assignment::default();
    assigner.assign(&instants, TimeUnit::Millisecond, &mut batch).unwrap();
    let mut windows: Vec<Window> = batch
        .starts_ms
        .iter()
        .zip(&batch.ends_ms)
        .map(|(&start_ms, &end_ms)| Window { start_ms, end_ms })
        .collect();
    windows.sort_unstable();
    windows.dedup();
    windows
}

/// The span of some panes from an instant on.
fn range(assigner: &Assigner, from_ms: i64, panes: i64) -> i64 {
    let mut to_ms = from_ms + 1;
    for _ in 0..panes {
        to_ms = assigner.next_boundary(to_ms).unwrap_or(to_ms + 1);
    }
    to_ms
}

fn windows(explanation: &Explanation) -> Vec<Window> {
    explanation.windows.iter().map(|shown| shown.listed.window).collect()
}

/// The first windows from the pane of an instant on, one for each pane.
fn checked_at(assigner: &Assigner, explanation: &Explanation, at_ms: i64) {
    let mut t_ms = at_ms;
    for window in windows(explanation) {
        let holding: Vec<Window> = assigner.windows(t_ms).unwrap().collect();
        let growing = assigner.spec().kind == WindowKind::Cumulate as i32;
        let wanted = if growing { holding.first() } else { holding.last() };
        assert_eq!(Some(&window), wanted);
        t_ms = assigner.next_boundary(t_ms).unwrap_or(t_ms);
    }
}

/// Each number and each reading is that of the assigner and of the clock, the counts hold, the
/// flags give the spec back, and every format can be written.
fn checked(assigner: &Assigner, clock: &LocalClock, explanation: &Explanation) {
    let counts = explanation.windows_per_event;
    for shown in &explanation.windows {
        let Window { start_ms, end_ms } = shown.listed.window;
        assert_eq!(shown.listed.start_offset_ms, clock.offset_ms(start_ms));
        assert_eq!(shown.listed.end_offset_ms, clock.offset_ms(end_ms));
        let holding = i64::try_from(assigner.windows(start_ms).unwrap().count()).unwrap();
        let in_range = (counts.min..=counts.max).contains(&holding);
        assert!(in_range || !explanation.jumps.is_empty(), "{holding} of {counts:?}");
        let touched = clock.transitions().any(|jump| {
            let repeated_ms = jump.before_ms - jump.after_ms;
            if repeated_ms > 0 {
                start_ms < jump.at_ms + repeated_ms && jump.at_ms - repeated_ms < end_ms
            } else {
                (start_ms..=end_ms).contains(&jump.at_ms)
            }
        });
        assert_eq!(touched, !shown.marks.is_empty(), "{:?}", shown.listed);
    }
    let arguments = format!("paneline explain {}", explanation.flags);
    let cli = Cli::try_parse_from(arguments.split(' ')).unwrap();
    let Command::Explain(explain) = cli.command else { panic!("{arguments}") };
    let (_, again) = explain.spec.compile(None, None).unwrap();
    assert_eq!(again.fingerprint(), assigner.fingerprint(), "{arguments}");

    for (columns, unicode) in [(80, true), (120, false)] {
        let mut page = Vec::new();
        super::text::write(explanation, Page { columns, unicode, color: false }, &mut page)
            .unwrap();
        let text = String::from_utf8(page).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= columns), "{text}");
        assert!(unicode || text.is_ascii(), "{text}");
    }
    let mut document = Vec::new();
    super::json::write(explanation, &mut document).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&document).unwrap();
    assert_eq!(value["windows"].as_array().unwrap().len(), explanation.windows.len());
}

/// Protects the model: of 10,000 random specs, most of them around a change of the clock, the
/// listed windows are those of the assigner.
#[test]
fn explanations_are_what_the_assigner_says() {
    let zones: Vec<&str> = paneline::timezones().collect();
    let mut random = Random(17);
    let (mut marks, mut ranges) = (0, 0);
    for _ in 0..10_000 {
        let spec = spec(&mut random, &zones);
        let assigner = Assigner::new(&spec).unwrap_or_else(|error| panic!("{spec:?}: {error}"));
        let clock = LocalClock::new(&spec.timezone).unwrap();
        let at_ms = instant(&mut random, &clock);
        let selection = if random.below(2) == 0 {
            Selection::At { at_ms, count: random.pick(&[1, 5, 30]) }
        } else {
            let to_ms = range(&assigner, at_ms, random.pick(&[0, 1, 4]));
            Selection::Range { from_ms: at_ms, to_ms, count: 1_000 }
        };
        let explanation = Explanation::of(&assigner, &clock, selection)
            .unwrap_or_else(|failure| panic!("{spec:?} {selection:?}: {failure:?}"));
        match selection {
            Selection::At { at_ms, count } => {
                let session = spec.kind == WindowKind::Session as i32;
                let wanted = if session { 1 } else { usize::try_from(count).unwrap() };
                let shown = explanation.windows.len();
                let last = explanation.windows[shown - 1].listed.window;
                // A listing is cut only where the years of the zone's table end.
                let ends = assigner.windows(last.end_ms).is_err();
                assert!(shown == wanted || ends, "{spec:?} {at_ms} {last:?} {shown}");
                checked_at(&assigner, &explanation, at_ms);
            }
            Selection::Range { from_ms, to_ms, .. } => {
                ranges += 1;
                let wanted = asked(&assigner, from_ms, to_ms);
                assert_eq!(windows(&explanation), wanted, "{spec:?} {selection:?}");
                assert!(!explanation.more);
            }
        }
        checked(&assigner, &clock, &explanation);
        marks += explanation.windows.iter().map(|shown| shown.marks.len()).sum::<usize>();
    }
    assert!(marks > 5_000 && ranges > 4_000, "{marks} marks, {ranges} ranges");
}

/// Protects the limit: a range of more windows than asked for says so, one of as many does not.
#[test]
fn more_windows_are_told() {
    let spec = SlidingWindowSpec { duration_ms: 4, step_ms: 1, ..Default::default() };
    let assigner = Assigner::new(&spec).unwrap();
    let clock = LocalClock::new("").unwrap();
    for (count, more) in [(2, true), (12, true), (13, false), (14, false)] {
        let selection = Selection::Range { from_ms: 0, to_ms: 10, count };
        let explanation = Explanation::of(&assigner, &clock, selection).unwrap();
        let shown = usize::try_from(count).unwrap().min(13);
        assert_eq!((explanation.windows.len(), explanation.more), (shown, more));
    }
}
