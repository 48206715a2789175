//! The flags that make a spec, shared by the commands that take one.
//!
//! It turns text into the fields of a [`SlidingWindowSpec`] and judges none of them: the core
//! refuses a spec, this module only says which flag the refused field came from. Worked line:
//! `--duration 5m --step 10m` is refused by the core at `step_ms`, and the hint names `--step 10m`.

use clap::{Args, ValueEnum};
use paneline::{
    Assigner, CalendarUnit, Code, Error, SlidingWindowSpec, Weekday, WindowKind, parse_duration,
};

use crate::failure::Failure;
use crate::spec_file::SpecFile;

/// What to write where no window is asked for.
const SAY_WINDOWS: &str = "say --duration 6h, or --unit day, or --kind session --gap 30m";

/// The spec flags, named after the fields they set.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "Spec")]
pub(crate) struct SpecFlags {
    /// Length of a window, such as 6h or 1h30m.
    #[arg(long, value_name = "LENGTH", allow_hyphen_values = true,
        value_parser = text_of_length)]
    duration: Option<String>,
    /// Distance between window starts [default: the duration].
    #[arg(long, value_name = "LENGTH", allow_hyphen_values = true,
        value_parser = text_of_length)]
    step: Option<String>,
    /// IANA name, UTC, or a fixed offset such as +08:00 [default: UTC; times of data that have no
    /// offset need it].
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true,
        value_parser = text_of_zone)]
    timezone: Option<String>,
    /// Lay the grid on Unix time; the zone is then a label.
    #[arg(long)]
    align_to_epoch: bool,
    /// Shift of the grid, such as 15m or -15m.
    #[arg(long, value_name = "LENGTH", allow_hyphen_values = true,
        value_parser = text_of_length)]
    offset: Option<String>,
    /// Shape of the windows [default: sliding].
    #[arg(long, value_enum)]
    kind: Option<KindFlag>,
    /// Windows of calendar units instead of --duration.
    #[arg(long, value_enum)]
    unit: Option<UnitFlag>,
    /// Length of a window in calendar units [default: 1].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    units: Option<u32>,
    /// Distance between window starts in calendar units [default: the length].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    unit_step: Option<u32>,
    /// The day a week starts on [default: monday].
    #[arg(long, value_enum, value_name = "DAY")]
    week_start: Option<WeekdayFlag>,
    /// The day a month, quarter or year starts on, up to 28 [default: 1].
    #[arg(long, value_name = "D", allow_negative_numbers = true)]
    month_day: Option<u32>,
    /// The month a year starts in, 1 to 12 [default: 1].
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    year_start_month: Option<u32>,
    /// Sessions: the silence that closes one, such as 30m.
    #[arg(long, value_name = "LENGTH", allow_hyphen_values = true,
        value_parser = text_of_length)]
    gap: Option<String>,
    /// How long after a window's end late rows still update it.
    #[arg(long, value_name = "LENGTH", allow_hyphen_values = true,
        value_parser = text_of_length)]
    allowed_lateness: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindFlag {
    Sliding,
    Cumulate,
    Session,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum UnitFlag {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WeekdayFlag {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl SpecFlags {
    /// Whether any of them is there.
    pub(crate) fn is_given(&self) -> bool {
        *self != SpecFlags::default()
    }

    /// Whether any is there that says more than a zone.
    pub(crate) fn has_windows(&self) -> bool {
        SpecFlags { timezone: None, ..self.clone() } != SpecFlags::default()
    }

    /// The zone that was named.
    pub(crate) fn timezone(&self) -> Option<&str> {
        self.timezone.as_deref()
    }

    /// The spec of a file or, without one, of the flags: as given and compiled. `flag` is the one
    /// that names the file, where it is no argument of its own.
    pub(crate) fn compile(
        &self,
        source: Option<&str>,
        flag: Option<&'static str>,
    ) -> Result<(SlidingWindowSpec, Assigner), Failure> {
        if let Some(source) = source {
            self.refuse_beside(source, flag.unwrap_or("SPEC"))?;
            let file = SpecFile::open(source)?;
            let spec = file.read().map_err(|error| file.refused(error))?;
            let assigner = Assigner::new(&spec).map_err(|error| file.refused(error))?;
            return Ok((spec, assigner));
        }
        let spec = self.message()?;
        match (Assigner::new(&spec), flag) {
            (Ok(assigner), _) => Ok((spec, assigner)),
            (Err(error), Some(flag)) if !self.has_windows() => {
                Err(Failure::from(error).hint(format!("{SAY_WINDOWS}, or {flag} FILE")))
            }
            (Err(error), _) => Err(self.refused(error)),
        }
    }

    /// Refuses flags beside a spec that says all of them.
    pub(crate) fn refuse_beside(&self, spec: &str, path: &str) -> Result<(), Failure> {
        if !self.is_given() {
            return Ok(());
        }
        let message = "a spec is a file or made of flags, not both";
        Err(Failure::new(Code::InvalidArgument, path, message)
            .hint(format!("leave out {} or the flags of the spec", crate::rows::quoted(spec))))
    }

    /// A refusal of the spec of the flags.
    pub(crate) fn refused(&self, error: Error) -> Failure {
        match self.origin(error.path()) {
            Some(hint) => Failure::from(error).hint(hint),
            None => error.into(),
        }
    }

    /// The spec of the flags.
    pub(crate) fn message(&self) -> Result<SlidingWindowSpec, Failure> {
        let kind = match self.kind {
            None | Some(KindFlag::Sliding) => WindowKind::Sliding,
            Some(KindFlag::Cumulate) => WindowKind::Cumulate,
            Some(KindFlag::Session) => WindowKind::Session,
        };
        let unit = match self.unit {
            None => CalendarUnit::None,
            Some(UnitFlag::Day) => CalendarUnit::Day,
            Some(UnitFlag::Week) => CalendarUnit::Week,
            Some(UnitFlag::Month) => CalendarUnit::Month,
            Some(UnitFlag::Quarter) => CalendarUnit::Quarter,
            Some(UnitFlag::Year) => CalendarUnit::Year,
        };
        let week_start = match self.week_start {
            None | Some(WeekdayFlag::Monday) => Weekday::Monday,
            Some(WeekdayFlag::Tuesday) => Weekday::Tuesday,
            Some(WeekdayFlag::Wednesday) => Weekday::Wednesday,
            Some(WeekdayFlag::Thursday) => Weekday::Thursday,
            Some(WeekdayFlag::Friday) => Weekday::Friday,
            Some(WeekdayFlag::Saturday) => Weekday::Saturday,
            Some(WeekdayFlag::Sunday) => Weekday::Sunday,
        };
        Ok(SlidingWindowSpec {
            duration_ms: length("--duration", self.duration.as_deref())?,
            step_ms: length("--step", self.step.as_deref())?,
            timezone: self.timezone.clone().unwrap_or_default(),
            align_to_epoch: self.align_to_epoch,
            offset_ms: length("--offset", self.offset.as_deref())?,
            kind: kind.into(),
            calendar_unit: unit.into(),
            calendar_duration: self.units.unwrap_or(u32::from(self.unit.is_some())),
            calendar_step: self.unit_step.unwrap_or(0),
            week_start: week_start.into(),
            month_day: self.month_day.unwrap_or(0),
            session_gap_ms: length("--gap", self.gap.as_deref())?,
            allowed_lateness_ms: length("--allowed-lateness", self.allowed_lateness.as_deref())?,
            year_start_month: self.year_start_month.unwrap_or(0),
            ..Default::default()
        })
    }

    /// What the user wrote that became the field a refusal names.
    pub(crate) fn origin(&self, field: &str) -> Option<String> {
        let count = |number: &Option<u32>| number.map(|number| number.to_string());
        let (flag, text) = match field {
            "duration_ms" => ("--duration", self.duration.clone()),
            // Without a step it is the duration.
            "step_ms" if self.step.is_none() => ("--duration", self.duration.clone()),
            "step_ms" => ("--step", self.step.clone()),
            "align_to_epoch" => ("--align-to-epoch", None),
            "offset_ms" => ("--offset", self.offset.clone()),
            "calendar_duration" => ("--units", count(&self.units)),
            "calendar_step" => ("--unit-step", count(&self.unit_step)),
            "week_start" => ("--week-start", None),
            "month_day" => ("--month-day", count(&self.month_day)),
            "session_gap_ms" => ("--gap", self.gap.clone()),
            "allowed_lateness_ms" => ("--allowed-lateness", self.allowed_lateness.clone()),
            "year_start_month" => ("--year-start-month", count(&self.year_start_month)),
            // A zone is quoted by what is said of it.
            _ => return None,
        };
        if text.is_none() && matches!(flag, "--duration" | "--gap") {
            return Some(format!("{SAY_WINDOWS}, or name a file"));
        }
        let value = text.map(|text| format!(" {text}")).unwrap_or_default();
        Some(format!("{field} comes from {flag}{value}"))
    }
}

/// A length as it is written. One below 0 is for the core to refuse, which says the bound; two
/// dashes are the next flag, before which a length was left out.
fn text_of_length(text: &str) -> Result<String, &'static str> {
    if text.starts_with("--") {
        return Err("it is a flag; write a length before it, such as 6h");
    }
    Ok(text.to_owned())
}

/// A zone as it is written. A fixed offset may have one dash before it.
fn text_of_zone(text: &str) -> Result<String, &'static str> {
    if text.starts_with("--") {
        return Err("it is a flag; write a zone before it, such as Asia/Tokyo");
    }
    Ok(text.to_owned())
}

/// The milliseconds of a length, 0 where the flag is absent; an error names the flag.
fn length(flag: &'static str, text: Option<&str>) -> Result<i64, Failure> {
    let Some(text) = text else { return Ok(0) };
    let (sign, distance) = text.strip_prefix('-').map_or((1, text), |distance| (-1, distance));
    parse_duration(distance)
        .map(|ms| sign * ms)
        .map_err(|error| Error::new(error.code(), flag, error.message()).into())
}
