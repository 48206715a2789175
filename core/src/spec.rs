//! From the wire to a proven spec: everything a spec may not say is refused here.
//!
//! [`from_proto`] and [`from_json`] read strictly, because an older library that overlooked a newer
//! field would compute other windows. [`prove`] checks every rule of section 6 of
//! docs/SEMANTICS.md that needs no time-zone database and turns the message into types that carry
//! the proof; nothing after it validates again. Invariant: a [`Proven`] has lengths within 100
//! years, at most 65,536 windows per event, and no field that its kind does not use.

use std::fmt;

use paneline_proto::fields::sliding_window_spec as field;
use paneline_proto::{Field, Width};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::duration::quoted;
use crate::error::{Code, Error};

pub use paneline_proto::v1::{
    CalendarUnit as CalendarUnitField, SlidingWindowSpec, Weekday, WindowKind,
};

/// The version of docs/SEMANTICS.md that this library executes.
pub const SEMANTICS_VERSION: u32 = 1;

/// 100 years of 365.25 days. Longer windows would leave the years the zone table covers.
const LENGTH_MS_MAX: i64 = 3_155_760_000_000;

/// More windows per event than this is a typing error (1 ms steps in a minute are 60,000) and
/// would turn one row into megabytes.
const WINDOWS_PER_EVENT_MAX: i64 = 65_536;

/// A spec is under 200 bytes; a limit, because it is hostile input.
const SPEC_BYTES_MAX: usize = 65_536;

/// An offset moves a calendar unit's start within its first day.
const CALENDAR_OFFSET_MS_END: i64 = 86_400_000;

/// Unit starts exist in every month up to this day.
const MONTH_DAY_MAX: u32 = 28;

/// The furthest fixed offset, as in ISO 8601 profiles and java.time.
const FIXED_OFFSET_MINUTES_MAX: i64 = 18 * 60;

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
    Fixed { offset_ms: i64 },
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
fn fixed_minutes(text: &[u8]) -> Option<i64> {
    let &[h1, h2, b':', m1, m2] = text else { return None };
    if ![h1, h2, m1, m2].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |tens: u8, ones: u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    let minutes = two(h1, h2) * 60 + two(m1, m2);
    (two(m1, m2) < 60 && minutes <= FIXED_OFFSET_MINUTES_MAX).then_some(minutes)
}

/// Faults found so far; of several, the lowest field number is reported.
#[derive(Debug, Default)]
pub(crate) struct Faults(Option<(u32, Error)>);

impl Faults {
    /// Notes a fault of a field.
    pub(crate) fn add(&mut self, field: Field, code: Code, message: String) {
        self.add_error(field, Error::new(code, field.name, message));
    }

    /// Notes an error that was made elsewhere.
    pub(crate) fn add_error(&mut self, field: Field, error: Error) {
        if self.0.as_ref().is_none_or(|(number, _)| field.number < *number) {
            self.0 = Some((field.number, error));
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

/// Reads a spec from protobuf bytes, strictly.
///
/// Errors: `CORRUPT` with an empty path for bytes that are no such message or more than 64 KiB;
/// `UNSUPPORTED_FIELD` at `#<number>` for a field this version does not know; `INVALID_SPEC` at the
/// field for a value that a 32-bit field cannot hold.
///
/// ```
/// use paneline::spec;
/// let spec = paneline::SlidingWindowSpec { duration_ms: 300_000, ..Default::default() };
/// assert_eq!(spec::from_proto(&spec::to_proto(&spec)).unwrap(), spec);
/// assert_eq!(spec::from_proto(&[0x98, 0x06, 0x01]).unwrap_err().path(), "#99");
/// ```
pub fn from_proto(bytes: &[u8]) -> Result<SlidingWindowSpec, Error> {
    check_size(bytes.len())?;
    let message =
        paneline_proto::decode(bytes).map_err(|why| Error::new(Code::Corrupt, "", why))?;
    check_wire(bytes)?;
    Ok(message)
}

/// The protobuf bytes of a spec.
pub fn to_proto(spec: &SlidingWindowSpec) -> Vec<u8> {
    paneline_proto::encode(spec)
}

/// Reads a spec from protobuf JSON, strictly. Field names may be `step_ms` or `stepMs`, 64-bit
/// numbers may be strings, enums may be names or numbers.
///
/// Errors: `CORRUPT` with an empty path for text that is no JSON object or more than 64 KiB;
/// `UNSUPPORTED_FIELD` at the name of an unknown field; `INVALID_SPEC` at the field for a value of
/// the wrong type, an unknown enum name, or a name that appears twice. An enum's number is judged
/// when the spec is compiled.
///
/// ```
/// let spec = paneline::spec::from_json(r#"{"duration_ms": 86400000, "timezone": "Asia/Tokyo"}"#)?;
/// assert_eq!(spec.timezone, "Asia/Tokyo");
/// # Ok::<(), paneline::Error>(())
/// ```
pub fn from_json(text: &str) -> Result<SlidingWindowSpec, Error> {
    check_size(text.len())?;
    let corrupt = |why: serde_json::Error| Error::new(Code::Corrupt, "", why.to_string());
    let Members(members) = serde_json::from_str(text).map_err(corrupt)?;
    let mut numbered_enums = Vec::new();
    let mut object = serde_json::Map::new();
    for (name, value) in members {
        let Some(field) = json_field(&name) else {
            let message = format!("{:?} is no field of SlidingWindowSpec", quoted(&name));
            return Err(Error::new(Code::UnsupportedField, quoted(&name), message));
        };
        // In protobuf JSON an enum may be any number; like one on the wire it is judged with the
        // other fields, so that of several faults the lowest field number is reported.
        let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
        match number.filter(|_| ENUMS.contains(&field)) {
            Some(number) => numbered_enums.push((field, number)),
            // null means "as if absent".
            None if value.is_null() => {}
            None => {
                if object.insert(field.name.to_owned(), value).is_some() {
                    let message = format!("{} appears twice", field.name);
                    return Err(Error::new(Code::InvalidSpec, field.name, message));
                }
            }
        }
    }
    let mut spec: SlidingWindowSpec = serde_path_to_error::deserialize(Value::Object(object))
        .map_err(|error| {
            let path = json_field(&error.path().to_string()).map_or("", |field| field.name);
            Error::new(Code::InvalidSpec, path, format!("{path}: {}", error.inner()))
        })?;
    for (field, number) in numbered_enums {
        match field {
            field::KIND => spec.kind = number,
            field::CALENDAR_UNIT => spec.calendar_unit = number,
            _ => spec.week_start = number,
        }
    }
    Ok(spec)
}

/// The fields whose values have names.
const ENUMS: [Field; 3] = [field::KIND, field::CALENDAR_UNIT, field::WEEK_START];

/// The members of a JSON object in their order, repeated names included: a map would keep the last
/// of them in silence.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Members, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        reader.deserialize_map(Object)
    }
}

/// The protobuf JSON of a spec, with the field names of the proto.
///
/// Errors: `INVALID_SPEC` at an enum field whose number has no name.
pub fn to_json(spec: &SlidingWindowSpec) -> Result<String, Error> {
    let mut faults = Faults::default();
    known::<WindowKind>(field::KIND, spec.kind, &mut faults);
    known::<CalendarUnitField>(field::CALENDAR_UNIT, spec.calendar_unit, &mut faults);
    known::<Weekday>(field::WEEK_START, spec.week_start, &mut faults);
    faults.into_result()?;
    serde_json::to_string(spec).map_err(|error| Error::new(Code::Internal, "", error.to_string()))
}

fn check_size(bytes: usize) -> Result<(), Error> {
    if bytes <= SPEC_BYTES_MAX {
        return Ok(());
    }
    let message = format!("a spec must be at most {SPEC_BYTES_MAX} bytes, got {bytes}");
    Err(Error::new(Code::Corrupt, "", message))
}

/// The field that a JSON name means, by its proto name or its lowerCamelCase name.
fn json_field(name: &str) -> Option<Field> {
    let same = |field: &Field| {
        let mut camel = String::new();
        for (i, part) in field.name.split('_').enumerate() {
            match part.split_at_checked(1) {
                Some((first, rest)) if i > 0 => camel += &(first.to_ascii_uppercase() + rest),
                _ => camel += part,
            }
        }
        field.name == name || camel == name
    };
    field::ALL.iter().copied().find(same)
}

/// Finds what protobuf decoding passes over in silence: unknown fields, and 64-bit varints in
/// 32-bit fields. The bytes are known to be well formed.
fn check_wire(bytes: &[u8]) -> Result<(), Error> {
    let mut unknown: Option<u64> = None;
    let mut faults = Faults::default();
    let mut rest = bytes;
    // Fields inside a group (deprecated, and always unknown here) belong to the group.
    let mut depth = 0_u32;
    while let Some(key) = take_varint(&mut rest) {
        let number = key >> 3;
        let known = field::ALL.iter().find(|field| u64::from(field.number) == number);
        if known.is_none() && depth == 0 {
            unknown = Some(unknown.map_or(number, |lowest| lowest.min(number)));
        }
        let skipped = match key & 7 {
            0 => {
                let value = take_varint(&mut rest).unwrap_or(0);
                if let (Some(field), 0) = (known, depth) {
                    check_width(*field, value, &mut faults);
                }
                0
            }
            1 => 8,
            2 => take_varint(&mut rest).unwrap_or(0),
            3 => {
                depth += 1;
                0
            }
            4 => {
                depth = depth.saturating_sub(1);
                0
            }
            _ => 4,
        };
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        rest = rest.get(skipped..).unwrap_or_default();
    }
    if let Some(number) = unknown {
        let message = format!(
            "field {number} is not known to paneline {}; it may change the windows, so the spec is \
             refused",
            env!("CARGO_PKG_VERSION")
        );
        return Err(Error::new(Code::UnsupportedField, format!("#{number}"), message));
    }
    faults.into_result()
}

fn check_width(field: Field, value: u64, faults: &mut Faults) {
    #[expect(clippy::cast_possible_wrap, reason = "a negative enum is a varint of 2^64 - n")]
    let fits = match field.width {
        Width::Any => true,
        Width::U32 => u32::try_from(value).is_ok(),
        Width::I32 => i32::try_from(value as i64).is_ok(),
    };
    if !fits {
        faults.invalid(field, format!("{} must fit 32 bits, got {value}", field.name));
    }
}

/// Takes a base-128 varint off the front; `None` at the end.
fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
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
    let kind = known::<WindowKind>(field::KIND, m.kind, faults);
    let unit = known::<CalendarUnitField>(field::CALENDAR_UNIT, m.calendar_unit, faults);
    let week_start = known::<Weekday>(field::WEEK_START, m.week_start, faults);
    let (kind, unit, _) = (kind?, unit?, week_start?);

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

/// The enum value of a field, or a fault: an unknown value is never read as the default.
fn known<E: TryFrom<i32>>(field: Field, number: i32, faults: &mut Faults) -> Option<E> {
    let value = E::try_from(number).ok();
    if value.is_none() {
        faults.invalid(field, format!("{} has no value {number}", field.name));
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
        let why = if cumulate { "kind CUMULATE" } else { "a civil grid" };
        let message =
            format!("step_ms must divide duration_ms ({duration_ms}) with {why}, got {step_ms}");
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
    faults.unused(field::DURATION_MS, m.duration_ms, &owner);
    faults.unused(field::STEP_MS, m.step_ms, &owner);
    faults.unused(field::SESSION_GAP_MS, m.session_gap_ms, &owner);
    if m.align_to_epoch {
        let message = format!(
            "align_to_epoch must be false with {owner}: calendar units follow the wall clock; for \
             the UTC calendar set timezone \"UTC\""
        );
        faults.invalid(field::ALIGN_TO_EPOCH, message);
    }
    check_offset(m.offset_ms, CALENDAR_OFFSET_MS_END, "one day", faults);
    if unit != Unit::Week {
        faults.unused(field::WEEK_START, m.week_start.into(), &owner);
    }
    if matches!(unit, Unit::Day | Unit::Week) {
        faults.unused(field::MONTH_DAY, m.month_day.into(), &owner);
    }
    if !matches!(unit, Unit::Quarter | Unit::Year) {
        faults.unused(field::YEAR_START_MONTH, m.year_start_month.into(), &owner);
    }
    if m.month_day > MONTH_DAY_MAX {
        let message = format!("month_day must be <= {MONTH_DAY_MAX}, got {}", m.month_day);
        faults.invalid(field::MONTH_DAY, message);
    }
    if m.year_start_month > 12 {
        let message = format!("year_start_month must be <= 12, got {}", m.year_start_month);
        faults.invalid(field::YEAR_START_MONTH, message);
    }
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
