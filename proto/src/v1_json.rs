impl serde::Serialize for CalendarUnit {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::None => "CALENDAR_UNIT_NONE",
            Self::Day => "CALENDAR_UNIT_DAY",
            Self::Week => "CALENDAR_UNIT_WEEK",
            Self::Month => "CALENDAR_UNIT_MONTH",
            Self::Quarter => "CALENDAR_UNIT_QUARTER",
            Self::Year => "CALENDAR_UNIT_YEAR",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for CalendarUnit {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "CALENDAR_UNIT_NONE",
            "CALENDAR_UNIT_DAY",
            "CALENDAR_UNIT_WEEK",
            "CALENDAR_UNIT_MONTH",
            "CALENDAR_UNIT_QUARTER",
            "CALENDAR_UNIT_YEAR",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = CalendarUnit;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "CALENDAR_UNIT_NONE" => Ok(CalendarUnit::None),
                    "CALENDAR_UNIT_DAY" => Ok(CalendarUnit::Day),
                    "CALENDAR_UNIT_WEEK" => Ok(CalendarUnit::Week),
                    "CALENDAR_UNIT_MONTH" => Ok(CalendarUnit::Month),
                    "CALENDAR_UNIT_QUARTER" => Ok(CalendarUnit::Quarter),
                    "CALENDAR_UNIT_YEAR" => Ok(CalendarUnit::Year),
                    _ => Err(serde::de::Error::unknown_variant(value, FIELDS)),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for Code {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Ok => "CODE_OK",
            Self::InvalidSpec => "CODE_INVALID_SPEC",
            Self::InvalidArgument => "CODE_INVALID_ARGUMENT",
            Self::UnknownTimezone => "CODE_UNKNOWN_TIMEZONE",
            Self::UnsupportedField => "CODE_UNSUPPORTED_FIELD",
            Self::OutOfRange => "CODE_OUT_OF_RANGE",
            Self::MemoryLimit => "CODE_MEMORY_LIMIT",
            Self::Corrupt => "CODE_CORRUPT",
            Self::VersionMismatch => "CODE_VERSION_MISMATCH",
            Self::Closed => "CODE_CLOSED",
            Self::Io => "CODE_IO",
            Self::Unavailable => "CODE_UNAVAILABLE",
            Self::Cancelled => "CODE_CANCELLED",
            Self::Internal => "CODE_INTERNAL",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for Code {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "CODE_OK",
            "CODE_INVALID_SPEC",
            "CODE_INVALID_ARGUMENT",
            "CODE_UNKNOWN_TIMEZONE",
            "CODE_UNSUPPORTED_FIELD",
            "CODE_OUT_OF_RANGE",
            "CODE_MEMORY_LIMIT",
            "CODE_CORRUPT",
            "CODE_VERSION_MISMATCH",
            "CODE_CLOSED",
            "CODE_IO",
            "CODE_UNAVAILABLE",
            "CODE_CANCELLED",
            "CODE_INTERNAL",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = Code;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "CODE_OK" => Ok(Code::Ok),
                    "CODE_INVALID_SPEC" => Ok(Code::InvalidSpec),
                    "CODE_INVALID_ARGUMENT" => Ok(Code::InvalidArgument),
                    "CODE_UNKNOWN_TIMEZONE" => Ok(Code::UnknownTimezone),
                    "CODE_UNSUPPORTED_FIELD" => Ok(Code::UnsupportedField),
                    "CODE_OUT_OF_RANGE" => Ok(Code::OutOfRange),
                    "CODE_MEMORY_LIMIT" => Ok(Code::MemoryLimit),
                    "CODE_CORRUPT" => Ok(Code::Corrupt),
                    "CODE_VERSION_MISMATCH" => Ok(Code::VersionMismatch),
                    "CODE_CLOSED" => Ok(Code::Closed),
                    "CODE_IO" => Ok(Code::Io),
                    "CODE_UNAVAILABLE" => Ok(Code::Unavailable),
                    "CODE_CANCELLED" => Ok(Code::Cancelled),
                    "CODE_INTERNAL" => Ok(Code::Internal),
                    _ => Err(serde::de::Error::unknown_variant(value, FIELDS)),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for SlidingWindowSpec {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if self.duration_ms != 0 {
            len += 1;
        }
        if self.step_ms != 0 {
            len += 1;
        }
        if !self.timezone.is_empty() {
            len += 1;
        }
        if self.align_to_epoch {
            len += 1;
        }
        if self.offset_ms != 0 {
            len += 1;
        }
        if self.kind != 0 {
            len += 1;
        }
        if self.calendar_unit != 0 {
            len += 1;
        }
        if self.calendar_duration != 0 {
            len += 1;
        }
        if self.calendar_step != 0 {
            len += 1;
        }
        if self.week_start != 0 {
            len += 1;
        }
        if self.month_day != 0 {
            len += 1;
        }
        if self.session_gap_ms != 0 {
            len += 1;
        }
        if self.allowed_lateness_ms != 0 {
            len += 1;
        }
        if !self.tzdb_version.is_empty() {
            len += 1;
        }
        if self.semantics_version != 0 {
            len += 1;
        }
        if self.year_start_month != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("paneline.v1.SlidingWindowSpec", len)?;
        if self.duration_ms != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("duration_ms", ToString::to_string(&self.duration_ms).as_str())?;
        }
        if self.step_ms != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("step_ms", ToString::to_string(&self.step_ms).as_str())?;
        }
        if !self.timezone.is_empty() {
            struct_ser.serialize_field("timezone", &self.timezone)?;
        }
        if self.align_to_epoch {
            struct_ser.serialize_field("align_to_epoch", &self.align_to_epoch)?;
        }
        if self.offset_ms != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("offset_ms", ToString::to_string(&self.offset_ms).as_str())?;
        }
        if self.kind != 0 {
            let v = WindowKind::try_from(self.kind)
                .map_err(|_| serde::ser::Error::custom(format!("Invalid variant {}", self.kind)))?;
            struct_ser.serialize_field("kind", &v)?;
        }
        if self.calendar_unit != 0 {
            let v = CalendarUnit::try_from(self.calendar_unit)
                .map_err(|_| serde::ser::Error::custom(format!("Invalid variant {}", self.calendar_unit)))?;
            struct_ser.serialize_field("calendar_unit", &v)?;
        }
        if self.calendar_duration != 0 {
            struct_ser.serialize_field("calendar_duration", &self.calendar_duration)?;
        }
        if self.calendar_step != 0 {
            struct_ser.serialize_field("calendar_step", &self.calendar_step)?;
        }
        if self.week_start != 0 {
            let v = Weekday::try_from(self.week_start)
                .map_err(|_| serde::ser::Error::custom(format!("Invalid variant {}", self.week_start)))?;
            struct_ser.serialize_field("week_start", &v)?;
        }
        if self.month_day != 0 {
            struct_ser.serialize_field("month_day", &self.month_day)?;
        }
        if self.session_gap_ms != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("session_gap_ms", ToString::to_string(&self.session_gap_ms).as_str())?;
        }
        if self.allowed_lateness_ms != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("allowed_lateness_ms", ToString::to_string(&self.allowed_lateness_ms).as_str())?;
        }
        if !self.tzdb_version.is_empty() {
            struct_ser.serialize_field("tzdb_version", &self.tzdb_version)?;
        }
        if self.semantics_version != 0 {
            struct_ser.serialize_field("semantics_version", &self.semantics_version)?;
        }
        if self.year_start_month != 0 {
            struct_ser.serialize_field("year_start_month", &self.year_start_month)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for SlidingWindowSpec {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "duration_ms",
            "durationMs",
            "step_ms",
            "stepMs",
            "timezone",
            "align_to_epoch",
            "alignToEpoch",
            "offset_ms",
            "offsetMs",
            "kind",
            "calendar_unit",
            "calendarUnit",
            "calendar_duration",
            "calendarDuration",
            "calendar_step",
            "calendarStep",
            "week_start",
            "weekStart",
            "month_day",
            "monthDay",
            "session_gap_ms",
            "sessionGapMs",
            "allowed_lateness_ms",
            "allowedLatenessMs",
            "tzdb_version",
            "tzdbVersion",
            "semantics_version",
            "semanticsVersion",
            "year_start_month",
            "yearStartMonth",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            DurationMs,
            StepMs,
            Timezone,
            AlignToEpoch,
            OffsetMs,
            Kind,
            CalendarUnit,
            CalendarDuration,
            CalendarStep,
            WeekStart,
            MonthDay,
            SessionGapMs,
            AllowedLatenessMs,
            TzdbVersion,
            SemanticsVersion,
            YearStartMonth,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "durationMs" | "duration_ms" => Ok(GeneratedField::DurationMs),
                            "stepMs" | "step_ms" => Ok(GeneratedField::StepMs),
                            "timezone" => Ok(GeneratedField::Timezone),
                            "alignToEpoch" | "align_to_epoch" => Ok(GeneratedField::AlignToEpoch),
                            "offsetMs" | "offset_ms" => Ok(GeneratedField::OffsetMs),
                            "kind" => Ok(GeneratedField::Kind),
                            "calendarUnit" | "calendar_unit" => Ok(GeneratedField::CalendarUnit),
                            "calendarDuration" | "calendar_duration" => Ok(GeneratedField::CalendarDuration),
                            "calendarStep" | "calendar_step" => Ok(GeneratedField::CalendarStep),
                            "weekStart" | "week_start" => Ok(GeneratedField::WeekStart),
                            "monthDay" | "month_day" => Ok(GeneratedField::MonthDay),
                            "sessionGapMs" | "session_gap_ms" => Ok(GeneratedField::SessionGapMs),
                            "allowedLatenessMs" | "allowed_lateness_ms" => Ok(GeneratedField::AllowedLatenessMs),
                            "tzdbVersion" | "tzdb_version" => Ok(GeneratedField::TzdbVersion),
                            "semanticsVersion" | "semantics_version" => Ok(GeneratedField::SemanticsVersion),
                            "yearStartMonth" | "year_start_month" => Ok(GeneratedField::YearStartMonth),
                            _ => Err(serde::de::Error::unknown_field(value, FIELDS)),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = SlidingWindowSpec;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct paneline.v1.SlidingWindowSpec")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<SlidingWindowSpec, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut duration_ms__ = None;
                let mut step_ms__ = None;
                let mut timezone__ = None;
                let mut align_to_epoch__ = None;
                let mut offset_ms__ = None;
                let mut kind__ = None;
                let mut calendar_unit__ = None;
                let mut calendar_duration__ = None;
                let mut calendar_step__ = None;
                let mut week_start__ = None;
                let mut month_day__ = None;
                let mut session_gap_ms__ = None;
                let mut allowed_lateness_ms__ = None;
                let mut tzdb_version__ = None;
                let mut semantics_version__ = None;
                let mut year_start_month__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::DurationMs => {
                            if duration_ms__.is_some() {
                                return Err(serde::de::Error::duplicate_field("durationMs"));
                            }
                            duration_ms__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::StepMs => {
                            if step_ms__.is_some() {
                                return Err(serde::de::Error::duplicate_field("stepMs"));
                            }
                            step_ms__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::Timezone => {
                            if timezone__.is_some() {
                                return Err(serde::de::Error::duplicate_field("timezone"));
                            }
                            timezone__ = Some(map_.next_value()?);
                        }
                        GeneratedField::AlignToEpoch => {
                            if align_to_epoch__.is_some() {
                                return Err(serde::de::Error::duplicate_field("alignToEpoch"));
                            }
                            align_to_epoch__ = Some(map_.next_value()?);
                        }
                        GeneratedField::OffsetMs => {
                            if offset_ms__.is_some() {
                                return Err(serde::de::Error::duplicate_field("offsetMs"));
                            }
                            offset_ms__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::Kind => {
                            if kind__.is_some() {
                                return Err(serde::de::Error::duplicate_field("kind"));
                            }
                            kind__ = Some(map_.next_value::<WindowKind>()? as i32);
                        }
                        GeneratedField::CalendarUnit => {
                            if calendar_unit__.is_some() {
                                return Err(serde::de::Error::duplicate_field("calendarUnit"));
                            }
                            calendar_unit__ = Some(map_.next_value::<CalendarUnit>()? as i32);
                        }
                        GeneratedField::CalendarDuration => {
                            if calendar_duration__.is_some() {
                                return Err(serde::de::Error::duplicate_field("calendarDuration"));
                            }
                            calendar_duration__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::CalendarStep => {
                            if calendar_step__.is_some() {
                                return Err(serde::de::Error::duplicate_field("calendarStep"));
                            }
                            calendar_step__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::WeekStart => {
                            if week_start__.is_some() {
                                return Err(serde::de::Error::duplicate_field("weekStart"));
                            }
                            week_start__ = Some(map_.next_value::<Weekday>()? as i32);
                        }
                        GeneratedField::MonthDay => {
                            if month_day__.is_some() {
                                return Err(serde::de::Error::duplicate_field("monthDay"));
                            }
                            month_day__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::SessionGapMs => {
                            if session_gap_ms__.is_some() {
                                return Err(serde::de::Error::duplicate_field("sessionGapMs"));
                            }
                            session_gap_ms__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::AllowedLatenessMs => {
                            if allowed_lateness_ms__.is_some() {
                                return Err(serde::de::Error::duplicate_field("allowedLatenessMs"));
                            }
                            allowed_lateness_ms__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::TzdbVersion => {
                            if tzdb_version__.is_some() {
                                return Err(serde::de::Error::duplicate_field("tzdbVersion"));
                            }
                            tzdb_version__ = Some(map_.next_value()?);
                        }
                        GeneratedField::SemanticsVersion => {
                            if semantics_version__.is_some() {
                                return Err(serde::de::Error::duplicate_field("semanticsVersion"));
                            }
                            semantics_version__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::YearStartMonth => {
                            if year_start_month__.is_some() {
                                return Err(serde::de::Error::duplicate_field("yearStartMonth"));
                            }
                            year_start_month__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                    }
                }
                Ok(SlidingWindowSpec {
                    duration_ms: duration_ms__.unwrap_or_default(),
                    step_ms: step_ms__.unwrap_or_default(),
                    timezone: timezone__.unwrap_or_default(),
                    align_to_epoch: align_to_epoch__.unwrap_or_default(),
                    offset_ms: offset_ms__.unwrap_or_default(),
                    kind: kind__.unwrap_or_default(),
                    calendar_unit: calendar_unit__.unwrap_or_default(),
                    calendar_duration: calendar_duration__.unwrap_or_default(),
                    calendar_step: calendar_step__.unwrap_or_default(),
                    week_start: week_start__.unwrap_or_default(),
                    month_day: month_day__.unwrap_or_default(),
                    session_gap_ms: session_gap_ms__.unwrap_or_default(),
                    allowed_lateness_ms: allowed_lateness_ms__.unwrap_or_default(),
                    tzdb_version: tzdb_version__.unwrap_or_default(),
                    semantics_version: semantics_version__.unwrap_or_default(),
                    year_start_month: year_start_month__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("paneline.v1.SlidingWindowSpec", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for Weekday {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Monday => "WEEKDAY_MONDAY",
            Self::Tuesday => "WEEKDAY_TUESDAY",
            Self::Wednesday => "WEEKDAY_WEDNESDAY",
            Self::Thursday => "WEEKDAY_THURSDAY",
            Self::Friday => "WEEKDAY_FRIDAY",
            Self::Saturday => "WEEKDAY_SATURDAY",
            Self::Sunday => "WEEKDAY_SUNDAY",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for Weekday {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "WEEKDAY_MONDAY",
            "WEEKDAY_TUESDAY",
            "WEEKDAY_WEDNESDAY",
            "WEEKDAY_THURSDAY",
            "WEEKDAY_FRIDAY",
            "WEEKDAY_SATURDAY",
            "WEEKDAY_SUNDAY",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = Weekday;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "WEEKDAY_MONDAY" => Ok(Weekday::Monday),
                    "WEEKDAY_TUESDAY" => Ok(Weekday::Tuesday),
                    "WEEKDAY_WEDNESDAY" => Ok(Weekday::Wednesday),
                    "WEEKDAY_THURSDAY" => Ok(Weekday::Thursday),
                    "WEEKDAY_FRIDAY" => Ok(Weekday::Friday),
                    "WEEKDAY_SATURDAY" => Ok(Weekday::Saturday),
                    "WEEKDAY_SUNDAY" => Ok(Weekday::Sunday),
                    _ => Err(serde::de::Error::unknown_variant(value, FIELDS)),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for WindowKind {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Sliding => "WINDOW_KIND_SLIDING",
            Self::Cumulate => "WINDOW_KIND_CUMULATE",
            Self::Session => "WINDOW_KIND_SESSION",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for WindowKind {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "WINDOW_KIND_SLIDING",
            "WINDOW_KIND_CUMULATE",
            "WINDOW_KIND_SESSION",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = WindowKind;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "WINDOW_KIND_SLIDING" => Ok(WindowKind::Sliding),
                    "WINDOW_KIND_CUMULATE" => Ok(WindowKind::Cumulate),
                    "WINDOW_KIND_SESSION" => Ok(WindowKind::Session),
                    _ => Err(serde::de::Error::unknown_variant(value, FIELDS)),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
