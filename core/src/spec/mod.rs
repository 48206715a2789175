//! From a message to a proven spec: everything a spec may not say is refused here.
//!
//! [`from_proto`] and [`from_json`] read strictly, and so do [`engine_from_proto`] and
//! [`engine_from_json`]. `prove` checks every rule of section 6 of docs/SEMANTICS.md that needs no
//! time-zone database and turns the message into types that carry the proof; nothing after it
//! validates again. Invariant: a `Proven` spec has lengths within 100 years, at most 65,536 windows
//! per event, and no field that its kind does not use; so a step of 90,000 ms in windows of 60,000
//! ms ends here.
//!
//! # An engine's spec
//!
//! ```
//! use paneline::spec::{Aggregate, EngineSpec, Function, KeyType, ValueColumn, ValueType};
//! use paneline::{SlidingWindowSpec, spec};
//!
//! let window =
//!     SlidingWindowSpec { duration_ms: 300_000, step_ms: 10_000, ..Default::default() };
//! let price =
//!     ValueColumn { name: "price".into(), r#type: ValueType::F64 as i32, nullable: false };
//! let mean = Aggregate {
//!     name: "mean".into(),
//!     function: Function::Mean as i32,
//!     column: "price".into(),
//!     ..Default::default()
//! };
//! let engine = EngineSpec {
//!     windows: Some(window.into()),
//!     key: KeyType::Bytes as i32,
//!     values: vec![price],
//!     aggregates: vec![mean],
//!     max_out_of_orderness_ms: 5_000,
//!     ..Default::default()
//! };
//! assert_eq!(spec::engine_from_json(&spec::engine_to_json(&engine)?)?, engine);
//! # Ok::<(), paneline::Error>(())
//! ```

pub(crate) mod engine;
mod json;
mod read;
mod wire;

use paneline_proto::fields::sliding_window_spec as field;
use paneline_proto::{Field, Place};

use crate::duration::quoted;
use crate::error::{Code, Error};

pub(crate) use self::engine::{ProvenEngine, engine_window, prove_engine};
pub use self::read::{
    engine_from_json, engine_from_proto, engine_to_json, engine_to_proto, from_json, from_proto,
    to_json, to_proto,
};
pub use paneline_proto::v1::engine_spec::Windows as EngineWindows;
pub use paneline_proto::v1::{
    Aggregate, CalendarUnit as CalendarUnitField, EngineSpec, Function, KeyType, SlidingWindowSpec,
    ValueColumn, ValueType, Weekday, WindowKind,
};

/// The version of docs/SEMANTICS.md that this library executes.
pub const SEMANTICS_VERSION: u32 = 1;

/// 100 years of 365.25 days. Longer windows would leave the years the zone table covers.
const LENGTH_MS_MAX: i64 = 3_155_760_000_000;

/// More windows per event than this is a typing error (1 ms steps in a minute are 60,000) and
/// would turn one row into megabytes.
const WINDOWS_PER_EVENT_MAX: i64 = 65_536;

/// An offset moves a calendar unit's start within its first day.
const CALENDAR_OFFSET_MS_END: i64 = 86_400_000;

/// Unit starts exist in every month up to this day.
const MONTH_DAY_MAX: u32 = 28;

/// The furthest fixed offset, as in ISO 8601 profiles and java.time.
const FIXED_OFFSET_MINUTES_MAX: i32 = 18 * 60;

/// A message that passed every check that needs no database.
#[derive(Debug)]
pub(crate) struct Proven {
    pub(crate) shape: Shape,
    /// The zone's text, `None` for a session, which has no use for one.
    pub(crate) zone: Option<ZoneText>,
    /// Section 10 of docs/SEMANTICS.md: one message for all that mean the same.
    pub(crate) canonical: SlidingWindowSpec,
}

/// The shape of the windows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Windows of milliseconds on a grid.
    Steps { duration_ms: i64, step_ms: i64, offset_ms: i64, cumulate: bool },
    /// Windows of calendar units.
    Calendar { unit: CalendarUnit, duration: i64, step: i64, offset_ms: i64, cumulate: bool },
    /// `[t, t + gap)` of a single event.
    Session { gap_ms: i64 },
}

/// A calendar unit with its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CalendarUnit {
    Day,
    /// A week from this day, 0 = Monday.
    Week {
        start: i32,
    },
    /// 1, 3 or 12 months from `start_month` (0 = January) on `day` (0 = the first).
    Months {
        months: u32,
        start_month: u32,
        day: u32,
    },
}

/// What the text of a zone asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ZoneText {
    /// "", "UTC" or `[+-]HH:MM`.
    Fixed { offset_ms: i32 },
    /// A name for the database.
    Named(String),
}

impl ZoneText {
    /// Reads a zone's text; whether a name exists is for the database to say.
    pub(crate) fn parse(text: &str) -> Result<ZoneText, Error> {
        match text.as_bytes() {
            b"" | b"UTC" => Ok(ZoneText::Fixed { offset_ms: 0 }),
            &[sign @ (b'+' | b'-'), ref rest @ ..] => {
                let minutes = fixed_minutes(rest).ok_or_else(|| {
                    Error::new(
                        Code::UnknownTimezone,
                        field::TIMEZONE.name,
                        format!(
                            "a fixed offset is [+-]HH:MM up to 18:00, such as \"+08:00\", got {:?}",
                            quoted(text)
                        ),
                    )
                })?;
                let minutes = if sign == b'-' { -minutes } else { minutes };
                Ok(ZoneText::Fixed { offset_ms: minutes * 60_000 })
            }
            _ => Ok(ZoneText::Named(text.to_owned())),
        }
    }
}

/// The minutes of `HH:MM` up to 18:00.
fn fixed_minutes(text: &[u8]) -> Option<i32> {
    let &[h1, h2, b':', m1, m2] = text else { return None };
    if ![h1, h2, m1, m2].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |tens: u8, ones: u8| i32::from(tens - b'0') * 10 + i32::from(ones - b'0');
    let minutes = two(h1, h2) * 60 + two(m1, m2);
    (two(m1, m2) < 60 && minutes <= FIXED_OFFSET_MINUTES_MAX).then_some(minutes)
}

/// Faults found so far; of several, the lowest field number is reported, then the lowest index.
#[derive(Debug, Default)]
pub(crate) struct Faults(Option<(Vec<(u32, usize)>, Error)>);

impl Faults {
    /// Notes a fault of a field.
    pub(crate) fn add(&mut self, field: Field, code: Code, message: String) {
        self.add_error(field, Error::new(code, field.name, message));
    }

    /// Notes an error that was made elsewhere.
    pub(crate) fn add_error(&mut self, field: Field, error: Error) {
        self.note(order(&[field.at(0)]), || error);
    }

    /// Notes that what a path leads to is `INVALID_SPEC`; the message begins with the path.
    fn invalid_at(&mut self, path: &[Place], why: impl FnOnce() -> String) {
        self.note(order(path), || {
            let path = path_text(path);
            let message = format!("{path} {}", why());
            Error::new(Code::InvalidSpec, path, message)
        });
    }

    /// Notes a fault by its order. Its error is made only if it is the one to report so far: a
    /// hostile message may have half a million faults.
    fn note(
        &mut self,
        order: impl Iterator<Item = (u32, usize)> + Clone,
        error: impl FnOnce() -> Error,
    ) {
        if self.0.as_ref().is_none_or(|(lowest, _)| order.clone().lt(lowest.iter().copied())) {
            self.0 = Some((order.collect(), error()));
        }
    }

    /// The fault to report, if there is one.
    pub(crate) fn into_result(self) -> Result<(), Error> {
        self.0.map_or(Ok(()), |(_, error)| Err(error))
    }

    fn invalid(&mut self, field: Field, message: String) {
        self.add(field, Code::InvalidSpec, message);
    }

    /// Refuses a field that is set but has no meaning beside `owner`.
    fn unused(&mut self, field: Field, value: i64, owner: &str) {
        if value != 0 {
            self.invalid(field, format!("{} must be 0 with {owner}, got {value}", field.name));
        }
    }
}

/// What decides between faults: field numbers and indices from the root on.
fn order(path: &[Place]) -> impl Iterator<Item = (u32, usize)> + Clone {
    path.iter().map(|place| (place.field.number, place.index))
}

/// A path as errors write it: `aggregates[2].ddof`.
fn path_text(path: &[Place]) -> String {
    let step = |Place { field, index }: &Place| {
        if field.repeated { format!("{}[{index}]", field.name) } else { field.name.to_owned() }
    };
    path.iter().map(step).collect::<Vec<_>>().join(".")
}

/// Checks a message and turns it into proven types. The result counts only while `faults` is
/// clean.
pub(crate) fn prove(message: &SlidingWindowSpec, faults: &mut Faults) -> Option<Proven> {
    let m = message;
    check_versions(m, faults);
    if m.allowed_lateness_ms < 0 {
        let got = m.allowed_lateness_ms;
        faults.invalid(
            field::ALLOWED_LATENESS_MS,
            format!("allowed_lateness_ms must be >= 0, got {got}"),
        );
    }
    let negative = [(field::DURATION_MS, m.duration_ms), (field::STEP_MS, m.step_ms)];
    for (field, got) in negative.into_iter().filter(|(_, got)| *got < 0) {
        let bound = if field == field::STEP_MS { ">= 0 (0 = duration_ms)" } else { "> 0" };
        faults.invalid(field, format!("{} must be {bound}, got {got}", field.name));
    }
    // An unknown kind or unit leaves open what the other fields mean; nothing more can be said.
    let (kind, unit) = known_window(m, &[], faults)?;

    let shape = match (kind, unit) {
        (WindowKind::Session, _) => prove_session(m, faults),
        (_, CalendarUnitField::None) => prove_steps(m, kind, faults)?,
        (_, unit) => prove_calendar(m, kind, unit, faults)?,
    };
    let zone = match shape {
        Shape::Session { .. } => None,
        // A name that does not parse is the database's fault to report.
        _ => ZoneText::parse(&m.timezone).ok(),
    };
    Some(Proven { shape, canonical: canonical(m, shape, zone.as_ref()), zone })
}

fn check_versions(m: &SlidingWindowSpec, faults: &mut Faults) {
    let tzdb = crate::tzdb_version();
    if !m.tzdb_version.is_empty() && m.tzdb_version != tzdb {
        let got = quoted(&m.tzdb_version);
        let message = format!("tzdb_version must be {tzdb:?}, the embedded release, got {got:?}");
        faults.add(field::TZDB_VERSION, Code::VersionMismatch, message);
    }
    if m.semantics_version > SEMANTICS_VERSION {
        let got = m.semantics_version;
        let message = format!("semantics_version must be at most {SEMANTICS_VERSION}, got {got}");
        faults.add(field::SEMANTICS_VERSION, Code::VersionMismatch, message);
    }
}

/// The kind and the unit of a spec that stands at a path, where all its enums are known.
fn known_window(
    m: &SlidingWindowSpec,
    path: &[Place],
    faults: &mut Faults,
) -> Option<(WindowKind, CalendarUnitField)> {
    let at = |field: Field| [path, &[field.at(0)]].concat();
    let kind = known::<WindowKind>(&at(field::KIND), m.kind, faults);
    let unit = known::<CalendarUnitField>(&at(field::CALENDAR_UNIT), m.calendar_unit, faults);
    let week_start = known::<Weekday>(&at(field::WEEK_START), m.week_start, faults);
    let (kind, unit, _) = (kind?, unit?, week_start?);
    Some((kind, unit))
}

/// The enum value at a path, or a fault: an unknown value is never read as the default.
fn known<E: TryFrom<i32>>(path: &[Place], number: i32, faults: &mut Faults) -> Option<E> {
    let value = E::try_from(number).ok();
    if value.is_none() {
        faults.invalid_at(path, || format!("has no value {number}"));
    }
    value
}

fn prove_session(m: &SlidingWindowSpec, faults: &mut Faults) -> Shape {
    let owner = "kind SESSION";
    faults.unused(field::DURATION_MS, m.duration_ms, owner);
    faults.unused(field::STEP_MS, m.step_ms, owner);
    faults.unused(field::OFFSET_MS, m.offset_ms, owner);
    faults.unused(field::CALENDAR_UNIT, m.calendar_unit.into(), owner);
    refuse_calendar_options(m, owner, faults);
    let gap_ms = m.session_gap_ms;
    if !(1..=LENGTH_MS_MAX).contains(&gap_ms) {
        let message = format!("session_gap_ms must be in 1..={LENGTH_MS_MAX}, got {gap_ms}");
        faults.invalid(field::SESSION_GAP_MS, message);
    }
    Shape::Session { gap_ms }
}

fn prove_steps(m: &SlidingWindowSpec, kind: WindowKind, faults: &mut Faults) -> Option<Shape> {
    refuse_calendar_options(m, "calendar_unit NONE", faults);
    faults.unused(field::SESSION_GAP_MS, m.session_gap_ms, "a kind that is not SESSION");
    let duration_ms = m.duration_ms;
    if !(1..=LENGTH_MS_MAX).contains(&duration_ms) {
        let message = format!("duration_ms must be in 1..={LENGTH_MS_MAX}, got {duration_ms}");
        faults.invalid(field::DURATION_MS, message);
        return None;
    }
    let step_ms = if m.step_ms == 0 { duration_ms } else { m.step_ms };
    if !(1..=duration_ms).contains(&step_ms) {
        let message = format!("step_ms must be <= duration_ms ({duration_ms}), got {step_ms}");
        faults.invalid(field::STEP_MS, message);
        return None;
    }
    let windows = (duration_ms - 1) / step_ms + 1;
    if windows > WINDOWS_PER_EVENT_MAX {
        let message = format!(
            "step_ms must give at most {WINDOWS_PER_EVENT_MAX} windows per event, got {step_ms}, \
             which gives {windows}"
        );
        faults.invalid(field::STEP_MS, message);
    }
    let cumulate = kind == WindowKind::Cumulate;
    let civil = !m.align_to_epoch && matches!(ZoneText::parse(&m.timezone), Ok(ZoneText::Named(_)));
    if duration_ms % step_ms != 0 && (civil || cumulate) {
        let why = if cumulate { "for CUMULATE" } else { "on a zone's wall clock" };
        let message =
            format!("step_ms must divide duration_ms ({duration_ms}) {why}, got {step_ms}");
        faults.invalid(field::STEP_MS, message);
    }
    let (modulus, of) = if cumulate { (duration_ms, "duration_ms") } else { (step_ms, "step_ms") };
    check_offset(m.offset_ms, modulus, of, faults);
    let offset_ms = m.offset_ms.rem_euclid(modulus);
    Some(Shape::Steps { duration_ms, step_ms, offset_ms, cumulate })
}

fn prove_calendar(
    m: &SlidingWindowSpec,
    kind: WindowKind,
    unit: CalendarUnitField,
    faults: &mut Faults,
) -> Option<Shape> {
    use CalendarUnitField as Unit;

    let name = unit.as_str_name().trim_start_matches("CALENDAR_UNIT_");
    let owner = format!("calendar_unit {name}");
    check_calendar_options(m, unit, &owner, faults);
    let months = |months| CalendarUnit::Months {
        months,
        start_month: m.year_start_month.saturating_sub(1),
        day: m.month_day.saturating_sub(1),
    };
    // 100 years in each unit.
    let (unit, units_max) = match unit {
        Unit::None => return None,
        Unit::Day => (CalendarUnit::Day, 36_525),
        Unit::Week => (CalendarUnit::Week { start: m.week_start }, 5_217),
        Unit::Month => (months(1), 1_200),
        Unit::Quarter => (months(3), 400),
        Unit::Year => (months(12), 100),
    };
    let duration = m.calendar_duration;
    if !(1..=units_max).contains(&duration) {
        let message =
            format!("calendar_duration must be in 1..={units_max} with {owner}, got {duration}");
        faults.invalid(field::CALENDAR_DURATION, message);
        return None;
    }
    let step = if m.calendar_step == 0 { duration } else { m.calendar_step };
    if step > duration || !duration.is_multiple_of(step) {
        let message =
            format!("calendar_step must divide calendar_duration ({duration}), got {step}");
        faults.invalid(field::CALENDAR_STEP, message);
        return None;
    }
    Some(Shape::Calendar {
        unit,
        duration: duration.into(),
        step: step.into(),
        offset_ms: m.offset_ms,
        cumulate: kind == WindowKind::Cumulate,
    })
}

/// Refuses what the other fields may not say beside a calendar unit.
fn check_calendar_options(
    m: &SlidingWindowSpec,
    unit: CalendarUnitField,
    owner: &str,
    faults: &mut Faults,
) {
    use CalendarUnitField as Unit;

    faults.unused(field::DURATION_MS, m.duration_ms, owner);
    faults.unused(field::STEP_MS, m.step_ms, owner);
    faults.unused(field::SESSION_GAP_MS, m.session_gap_ms, owner);
    if m.align_to_epoch {
        let message = format!(
            "align_to_epoch must be false with {owner}: calendar units follow the wall clock; for \
             the UTC calendar set timezone \"UTC\""
        );
        faults.invalid(field::ALIGN_TO_EPOCH, message);
    }
    check_offset(m.offset_ms, CALENDAR_OFFSET_MS_END, "one day", faults);
    if unit != Unit::Week {
        faults.unused(field::WEEK_START, m.week_start.into(), owner);
    }
    if matches!(unit, Unit::Day | Unit::Week) {
        faults.unused(field::MONTH_DAY, m.month_day.into(), owner);
    }
    if !matches!(unit, Unit::Quarter | Unit::Year) {
        faults.unused(field::YEAR_START_MONTH, m.year_start_month.into(), owner);
    }
    if m.month_day > MONTH_DAY_MAX {
        let message = format!("month_day must be <= {MONTH_DAY_MAX}, got {}", m.month_day);
        faults.invalid(field::MONTH_DAY, message);
    }
    if m.year_start_month > 12 {
        let message = format!("year_start_month must be <= 12, got {}", m.year_start_month);
        faults.invalid(field::YEAR_START_MONTH, message);
    }
}

fn check_offset(offset_ms: i64, end: i64, of: &str, faults: &mut Faults) {
    if offset_ms.unsigned_abs() >= end.unsigned_abs() {
        let message = format!("|offset_ms| must be < {of} ({end}), got {offset_ms}");
        faults.invalid(field::OFFSET_MS, message);
    }
}

/// Refuses the options that only windows of calendar units have.
fn refuse_calendar_options(m: &SlidingWindowSpec, owner: &str, faults: &mut Faults) {
    faults.unused(field::CALENDAR_DURATION, m.calendar_duration.into(), owner);
    faults.unused(field::CALENDAR_STEP, m.calendar_step.into(), owner);
    faults.unused(field::WEEK_START, m.week_start.into(), owner);
    faults.unused(field::MONTH_DAY, m.month_day.into(), owner);
    faults.unused(field::YEAR_START_MONTH, m.year_start_month.into(), owner);
}

/// The one message for all that mean the same: section 10 of docs/SEMANTICS.md.
fn canonical(m: &SlidingWindowSpec, shape: Shape, zone: Option<&ZoneText>) -> SlidingWindowSpec {
    let one_is_default = |number: u32| if number == 1 { 0 } else { number };
    let mut canonical = SlidingWindowSpec {
        month_day: one_is_default(m.month_day),
        year_start_month: one_is_default(m.year_start_month),
        tzdb_version: String::new(),
        semantics_version: 0,
        ..m.clone()
    };
    match shape {
        Shape::Steps { step_ms, offset_ms, .. } => {
            canonical.step_ms = step_ms;
            canonical.offset_ms = offset_ms;
        }
        Shape::Calendar { .. } => {
            if m.calendar_step == 0 {
                canonical.calendar_step = m.calendar_duration;
            }
        }
        Shape::Session { .. } => canonical.align_to_epoch = false,
    }
    if matches!(zone, None | Some(ZoneText::Fixed { offset_ms: 0 })) {
        canonical.timezone.clear();
    }
    canonical
}
