//! Fuzz targets as plain functions: any bytes in; an answer or a refusal out, and no two answers.
//!
//! Each function panics where a promise of docs/SEMANTICS.md is broken and returns otherwise. The
//! programs in `fuzz_targets` give them to libFuzzer; `tests/fuzz.rs` gives them the committed
//! corpus and a fixed number of mutations, with the stable compiler. Nothing here knows a window:
//! an answer is compared with another way to ask for it and with the definition of "holds".
#![allow(
    clippy::cast_possible_truncation,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a target stops at the first surprise"
)]

mod engine;

pub use self::engine::engine;

use paneline::{
    Ambiguous, Assigner, Assignment, Code, EngineSpec, Error, LocalClock, SlidingWindowSpec,
    TimeUnit, Window, spec,
};

/// Rows of a batch: more than two vector registers of any width, and an odd rest.
const ROWS_MAX: usize = 75;

/// A batch of more windows says nothing new and takes milliseconds.
const WINDOWS_MAX: usize = 20_000;

const ZONES: [&str; 16] = [
    "",
    "UTC",
    "+05:45",
    "-18:00",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "America/Havana",
    "Europe/Dublin",
    "Asia/Tehran",
    "Africa/Monrovia",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Antarctica/Troll",
    "America/St_Johns",
];

/// Lengths on both sides of every shift of a clock, and the largest that are allowed.
const LENGTHS_MS: [i64; 16] = [
    1,
    7,
    1_000,
    10_000,
    60_000,
    900_000,
    1_200_000,
    1_800_000,
    2_700_000,
    3_600_000,
    5_400_000,
    21_600_000,
    86_400_000,
    604_800_000,
    31_557_600_000,
    3_155_760_000_000,
];

/// Protobuf bytes as a spec: strict, and canonical in one step.
pub fn spec_proto(data: &[u8]) {
    match spec::from_proto(data) {
        Ok(message) => {
            assert_eq!(spec::from_proto(&spec::to_proto(&message)).unwrap(), message);
            check_compiles_or_refuses(&message);
        }
        Err(error) => check_error(&error),
    }
}

/// Text as a JSON spec: what is read is written back as the same.
pub fn spec_json(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match spec::from_json(text) {
        Ok(message) => {
            if let Ok(written) = spec::to_json(&message) {
                assert_eq!(spec::from_json(&written).unwrap(), message, "{written}");
            }
            check_compiles_or_refuses(&message);
        }
        Err(error) => check_error(&error),
    }
}

/// Bytes or text as an engine's spec: what is read is written back as the same, in both forms.
pub fn engine_spec(data: &[u8]) {
    let check = |read: Result<EngineSpec, Error>| match read {
        Ok(message) => {
            let bytes = spec::engine_to_proto(&message);
            assert_eq!(spec::engine_from_proto(&bytes).unwrap(), message);
            if let Ok(written) = spec::engine_to_json(&message) {
                assert_eq!(spec::engine_from_json(&written).unwrap(), message, "{written}");
            }
        }
        Err(error) => check_error(&error),
    };
    check(spec::engine_from_proto(data));
    if let Ok(text) = str::from_utf8(data) {
        check(spec::engine_from_json(text));
    }
}

/// Text as a length: what is read is written as a length that reads the same.
pub fn duration(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match paneline::parse_duration(text) {
        Ok(ms) => {
            assert!(ms >= 0, "{text:?}: {ms}");
            let written = paneline::format_duration(ms);
            assert_eq!(paneline::parse_duration(&written), Ok(ms), "{text:?}: {written}");
        }
        Err(error) => {
            check_error(&error);
            assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "duration"));
        }
    }
}

/// A zone and a reading of its clock: the three choices agree and read back.
pub fn local(data: &[u8]) {
    let mut bytes = Bytes(data);
    let zone = bytes.zone();
    let clock = match LocalClock::new(&zone) {
        Ok(clock) => clock,
        Err(error) => {
            check_error(&error);
            assert_eq!((error.code(), error.path()), (Code::UnknownTimezone, "timezone"));
            return;
        }
    };
    let mut readings = Vec::new();
    while readings.len() < 8 && !bytes.0.is_empty() {
        let near = bytes.near_transition(&clock);
        let reading_ms = match near {
            Some((t_ms, transition)) => t_ms.saturating_add(transition.before_ms),
            None => bytes.number(),
        };
        check_reading(&clock, &zone, reading_ms);
        readings.push(reading_ms);
    }
    for choice in [Ambiguous::Earliest, Ambiguous::Latest, Ambiguous::Reject] {
        let mut out = vec![i64::MAX; readings.len()];
        let single: Result<Vec<_>, _> = readings
            .iter()
            .enumerate()
            .map(|(row, &one)| clock.resolve(one, choice).map_err(|error| (row, error.code())))
            .collect();
        let case = format!("{zone:?}, {choice:?}, readings {readings:?}");
        match (single, paneline::resolve_local(&zone, &readings, choice, &mut out)) {
            (Ok(instants), Ok(())) => assert_eq!(out, instants, "{case}"),
            (Err((row, code)), Err(error)) => {
                assert_eq!((error.code(), error.path()), (code, &*format!("local_ms[{row}]")));
                assert!(out.iter().all(|one| *one == i64::MAX), "{case}: written");
            }
            other => panic!("{case}: {other:?}"),
        }
    }
}

fn check_reading(clock: &LocalClock, zone: &str, reading_ms: i64) {
    let case = format!("{zone:?}, reading {reading_ms}");
    let resolve = |choice| clock.resolve(reading_ms, choice);
    let choices = [Ambiguous::Earliest, Ambiguous::Latest, Ambiguous::Reject];
    let [earliest, latest, reject] = choices.map(resolve);
    let (Ok(earliest), Ok(latest)) = (&earliest, &latest) else {
        for refused in [earliest, latest, reject] {
            assert_eq!(refused.unwrap_err().code(), Code::OutOfRange, "{case}");
        }
        return;
    };
    let shown = |t_ms: i64| t_ms + clock.offset_ms(t_ms);
    match reject {
        Ok(t_ms) => {
            assert_eq!((*earliest, *latest), (t_ms, t_ms), "{case}");
            assert_eq!(shown(t_ms), reading_ms, "{case}");
        }
        Err(error) => {
            assert_eq!(error.code(), Code::InvalidArgument, "{case}");
            assert!(earliest < latest, "{case}: {earliest}, {latest}");
            let twice = shown(*earliest) == reading_ms && shown(*latest) == reading_ms;
            let never = shown(*earliest) < reading_ms && reading_ms < shown(*latest);
            assert!(twice || never, "{case}: {earliest}, {latest}");
        }
    }
}

/// A spec of any kind and a batch of any times: every window holds its event, windows ascend, and
/// batch, scalar and pane answers are the same.
pub fn assign(data: &[u8]) {
    let mut bytes = Bytes(data);
    let spec = bytes.spec();
    let assigner = match Assigner::new(&spec) {
        Ok(assigner) => assigner,
        Err(error) => return check_error(&error),
    };
    // The clock of a session, whose zone may be any text, is that of UTC.
    let clock = LocalClock::new(&assigner.spec().timezone).unwrap();
    let numbers = [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond];
    let unit = numbers.get(usize::from(bytes.byte() % 4)).copied().unwrap_or(TimeUnit::Nanosecond);
    let times = bytes.times(&clock, unit);
    for &tick in &times {
        if let Some(t_ms) = floor_ms(tick, unit) {
            check_instant(&assigner, t_ms);
        }
    }
    check_batch(&assigner, &times, unit);
}

/// The millisecond of a tick by the definition; none outside of `i64` and for the sentinels.
fn floor_ms(tick: i64, unit: TimeUnit) -> Option<i64> {
    let wide = i128::from(tick);
    let ms = match unit {
        TimeUnit::Second => wide * 1_000,
        TimeUnit::Millisecond => wide,
        TimeUnit::Microsecond => wide.div_euclid(1_000),
        TimeUnit::Nanosecond => wide.div_euclid(1_000_000),
    };
    i64::try_from(ms).ok().filter(|_| tick != i64::MIN && tick != i64::MAX)
}

/// The windows and the pane of one instant, each by its definition.
fn check_instant(assigner: &Assigner, t_ms: i64) {
    let case = || format!("{:?} at {t_ms}", assigner.spec());
    let windows = match assigner.windows(t_ms) {
        Ok(windows) => windows,
        Err(error) => {
            assert_eq!((error.code(), error.path()), (Code::OutOfRange, "t_ms"), "{}", case());
            assert!(assigner.pane(t_ms).is_err(), "{}", case());
            return;
        }
    };
    let mut last: Option<Window> = None;
    for window in windows.take(200) {
        assert!(window.contains(t_ms), "{}: {window:?}", case());
        assert!(last < Some(window), "{}: {last:?} {window:?}", case());
        last = Some(window);
    }
    assert!(last.is_some(), "{}: no window", case());
    let pane = match assigner.pane(t_ms) {
        Ok(pane) => pane,
        Err(error) => {
            return assert_eq!(
                (error.code(), error.path()),
                (Code::InvalidArgument, "kind"),
                "{}",
                case()
            );
        }
    };
    assert!(pane.contains(t_ms), "{}: {pane:?}", case());
    assert_eq!(assigner.next_boundary(t_ms), Ok(pane.end_ms), "{}", case());
    for (inside, wanted) in [(pane.start_ms, pane), (pane.end_ms - 1, pane)] {
        // The ends of a pane may lie outside of the years an event may have.
        assert!(assigner.pane(inside).is_ok_and(|found| found == wanted) || edge(assigner, inside));
    }
    if let Ok(before) = assigner.pane(pane.start_ms - 1) {
        assert_eq!(before.end_ms, pane.start_ms, "{}: neighbours do not touch", case());
    }
}

/// Whether an instant is refused for its date.
fn edge(assigner: &Assigner, t_ms: i64) -> bool {
    assigner.pane(t_ms).is_err_and(|error| error.code() == Code::OutOfRange)
}

/// Columns against one call per row; a refused batch names the first bad row and writes nothing.
fn check_batch(assigner: &Assigner, times: &[i64], unit: TimeUnit) {
    let case = || format!("{:?}, {unit:?} {times:?}", assigner.spec());
    let instants: Vec<_> = times
        .iter()
        .map(|&tick| floor_ms(tick, unit).filter(|&t_ms| assigner.windows(t_ms).is_ok()))
        .collect();
    let bad = instants.iter().position(Option::is_none).map(|row| format!("times[{row}]"));

    let mut starts_ms = vec![i64::MAX; times.len()];
    match assigner.pane_starts(times, unit, &mut starts_ms) {
        Ok(()) => {
            assert_eq!(bad, None, "{}", case());
            for (start_ms, t_ms) in starts_ms.iter().zip(instants.iter().flatten()) {
                assert_eq!(*start_ms, assigner.pane(*t_ms).unwrap().start_ms, "{}", case());
            }
        }
        Err(error) => {
            let session = error.path() == "kind";
            assert!(session || bad.as_deref() == Some(error.path()), "{}: {error}", case());
            assert!(starts_ms.iter().all(|start| *start == i64::MAX), "{}: written", case());
        }
    }

    let mut out = Assignment { offsets: vec![7], starts_ms: vec![7, 8], ends_ms: vec![9] };
    let kept = out.clone();
    let batch = match assigner.batch(times, unit) {
        Ok(batch) => batch,
        Err(error) => {
            assert_eq!(bad.as_deref(), Some(error.path()), "{}", case());
            assert_eq!(assigner.assign(times, unit, &mut out), Err(error), "{}", case());
            return assert_eq!(out, kept, "{}: written", case());
        }
    };
    assert_eq!(bad, None, "{}", case());
    let count = batch.window_count().unwrap_or(usize::MAX);
    if count > WINDOWS_MAX {
        return;
    }
    assigner.assign(times, unit, &mut out).unwrap();
    assert_eq!(out.offsets.len(), times.len() + 1, "{}", case());
    assert_eq!((out.starts_ms.len(), out.ends_ms.len()), (count, count), "{}", case());
    for (row, t_ms) in instants.into_iter().flatten().enumerate() {
        let scalar = assigner.windows(t_ms).unwrap();
        assert!(out.windows(row).eq(scalar), "{}: row {row}", case());
    }
}

/// A message either compiles to its canonical form or is refused at one of its fields.
fn check_compiles_or_refuses(message: &SlidingWindowSpec) {
    match Assigner::new(message) {
        Ok(assigner) => check_canonical(&assigner),
        Err(error) => check_error(&error),
    }
}

/// The canonical spec is its own canonical spec, byte for byte, with the same fingerprint.
fn check_canonical(assigner: &Assigner) {
    let bytes = spec::to_proto(assigner.spec());
    let again = Assigner::from_proto(&bytes).unwrap();
    assert_eq!(again.spec(), assigner.spec());
    assert_eq!(spec::to_proto(again.spec()), bytes);
    assert_eq!(again.fingerprint(), assigner.fingerprint());
}

/// A refusal is a line of text with a code that blames the input.
fn check_error(error: &Error) {
    assert!(!matches!(error.code(), Code::Ok | Code::Internal), "{error}");
    // Two quoted texts of 40 characters, of which each may be escaped with ten.
    assert!(!error.message().is_empty() && error.message().len() < 1_000, "{error}");
    assert!(!error.to_string().chars().any(char::is_control), "{error}");
}

/// Bytes that are used up from the front; what is missing is 0.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    fn number(&mut self) -> i64 {
        i64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    fn short(&mut self) -> i64 {
        i16::from_le_bytes([self.byte(), self.byte()]).into()
    }

    /// One of the list, or any text up to a zero byte.
    fn zone(&mut self) -> String {
        let first = usize::from(self.byte());
        // Other names cost milliseconds: each is compared with every name for a "did you mean".
        if first < 0xf0 {
            return ZONES[first % ZONES.len()].to_owned();
        }
        let end = self.0.iter().position(|&byte| byte == 0).unwrap_or(self.0.len());
        let (text, rest) = self.0.split_at(end);
        self.0 = rest.get(1..).unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    }

    /// A length of the list, a few of them, or any number.
    fn length_ms(&mut self) -> i64 {
        let first = self.byte();
        let listed = LENGTHS_MS[usize::from(first % 16)];
        match first / 16 {
            0..12 => listed,
            12..14 => listed.saturating_mul(self.byte().into()),
            14 => self.short(),
            _ => self.number(),
        }
    }

    /// A spec of any kind, more often than not one that compiles.
    fn spec(&mut self) -> SlidingWindowSpec {
        let shape = self.byte();
        let mut spec = SlidingWindowSpec { timezone: self.zone(), ..Default::default() };
        spec.align_to_epoch = shape & 0x80 != 0;
        let offset_ms = if shape & 0x40 == 0 { 0 } else { self.number() };
        match shape % 8 {
            0..4 => {
                spec.kind = i32::from(shape % 8 == 3);
                let step_ms = self.length_ms();
                spec.duration_ms = step_ms.saturating_mul(i64::from(self.byte()) + 1);
                spec.step_ms = if shape & 0x20 == 0 { step_ms } else { self.length_ms() };
                // Within the grid's modulus, unless an extra byte says otherwise.
                let modulus = if spec.kind == 0 { spec.step_ms } else { spec.duration_ms };
                spec.offset_ms = offset_ms.checked_rem(modulus).unwrap_or(offset_ms);
            }
            4..6 => {
                let unit = self.byte();
                spec.kind = i32::from(shape % 8 == 5);
                spec.calendar_unit = i32::from(unit % 6);
                spec.calendar_step = u32::from(self.byte());
                spec.calendar_duration = spec.calendar_step * u32::from(self.byte() % 32 + 1);
                match unit % 6 {
                    2 => spec.week_start = i32::from(self.byte() % 8),
                    3.. => spec.month_day = u32::from(self.byte() % 30),
                    _ => {}
                }
                spec.year_start_month = if unit % 6 > 3 { (self.byte() % 14).into() } else { 0 };
                spec.offset_ms = offset_ms % 86_400_000;
            }
            6 => {
                spec.kind = 2;
                spec.session_gap_ms = self.length_ms();
            }
            _ => {
                spec.kind = self.byte().into();
                spec.duration_ms = self.number();
                spec.step_ms = self.number();
                spec.offset_ms = offset_ms;
                spec.allowed_lateness_ms = self.number();
            }
        }
        spec
    }

    /// An instant up to half a minute, or half a year, from one of a clock's transitions.
    fn near_transition(&mut self, clock: &LocalClock) -> Option<(i64, paneline::Transition)> {
        let first = self.byte();
        let index = usize::from(self.byte()) + 256 * usize::from(first / 64);
        let transition = clock.transitions().nth(index)?;
        let away_ms = match first % 8 {
            0..3 => self.short() % 3,
            3 => self.short(),
            4 => self.short() * 60_000,
            5 => self.short() * 480_000,
            6 => (transition.before_ms - transition.after_ms) + self.short() % 3,
            _ => return None,
        };
        Some((transition.at_ms + away_ms, transition))
    }

    /// Times in runs of equal strides: single rows, columns in order, jumps to and fro.
    fn times(&mut self, clock: &LocalClock, unit: TimeUnit) -> Vec<i64> {
        let mut times = Vec::new();
        while !self.0.is_empty() && times.len() < ROWS_MAX {
            let near = self.near_transition(clock).map(|(t_ms, _)| match unit {
                TimeUnit::Second => t_ms.div_euclid(1_000),
                TimeUnit::Millisecond => t_ms,
                TimeUnit::Microsecond => t_ms.saturating_mul(1_000),
                TimeUnit::Nanosecond => t_ms.saturating_mul(1_000_000),
            });
            let first = near.unwrap_or_else(|| self.number());
            let rows = self.byte();
            let (stride, rows) = match rows / 64 {
                0 => (0, 1),
                1 => (self.short(), rows % 64 + 1),
                2 => (self.short() * 60_000, rows % 64 + 1),
                _ => (self.number(), rows % 64 + 1),
            };
            times.extend(
                (0..i64::from(rows)).map(|row| first.wrapping_add(row.wrapping_mul(stride))),
            );
        }
        times.truncate(ROWS_MAX);
        times
    }
}
