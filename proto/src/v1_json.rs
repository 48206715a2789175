impl serde::Serialize for Aggregate {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.name.is_empty() {
            len += 1;
        }
        if self.function != 0 {
            len += 1;
        }
        if !self.column.is_empty() {
            len += 1;
        }
        if self.ddof != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("paneline.v1.Aggregate", len)?;
        if !self.name.is_empty() {
            struct_ser.serialize_field("name", &self.name)?;
        }
        if self.function != 0 {
            let v = Function::try_from(self.function)
                .map_err(|_| serde::ser::Error::custom(format!("Invalid variant {}", self.function)))?;
            struct_ser.serialize_field("function", &v)?;
        }
        if !self.column.is_empty() {
            struct_ser.serialize_field("column", &self.column)?;
        }
        if self.ddof != 0 {
            struct_ser.serialize_field("ddof", &self.ddof)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Aggregate {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "name",
            "function",
            "column",
            "ddof",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Name,
            Function,
            Column,
            Ddof,
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
                            "name" => Ok(GeneratedField::Name),
                            "function" => Ok(GeneratedField::Function),
                            "column" => Ok(GeneratedField::Column),
                            "ddof" => Ok(GeneratedField::Ddof),
                            _ => Err(serde::de::Error::unknown_field(value, FIELDS)),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Aggregate;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct paneline.v1.Aggregate")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Aggregate, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut name__ = None;
                let mut function__ = None;
                let mut column__ = None;
                let mut ddof__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Name => {
                            if name__.is_some() {
                                return Err(serde::de::Error::duplicate_field("name"));
                            }
                            name__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Function => {
                            if function__.is_some() {
                                return Err(serde::de::Error::duplicate_field("function"));
                            }
                            function__ = Some(map_.next_value::<Function>()? as i32);
                        }
                        GeneratedField::Column => {
                            if column__.is_some() {
                                return Err(serde::de::Error::duplicate_field("column"));
                            }
                            column__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Ddof => {
                            if ddof__.is_some() {
                                return Err(serde::de::Error::duplicate_field("ddof"));
                            }
                            ddof__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                    }
                }
                Ok(Aggregate {
                    name: name__.unwrap_or_default(),
                    function: function__.unwrap_or_default(),
                    column: column__.unwrap_or_default(),
                    ddof: ddof__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("paneline.v1.Aggregate", FIELDS, GeneratedVisitor)
    }
}
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
impl serde::Serialize for EngineSpec {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if self.key != 0 {
            len += 1;
        }
        if !self.values.is_empty() {
            len += 1;
        }
        if !self.aggregates.is_empty() {
            len += 1;
        }
        if self.max_out_of_orderness_ms != 0 {
            len += 1;
        }
        if self.max_future_ms != 0 {
            len += 1;
        }
        if self.idle_timeout_ms != 0 {
            len += 1;
        }
        if !self.sources.is_empty() {
            len += 1;
        }
        if self.state_budget_bytes != 0 {
            len += 1;
        }
        if self.output_budget_bytes != 0 {
            len += 1;
        }
        if self.late_budget_rows != 0 {
            len += 1;
        }
        if self.windows.is_some() {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("paneline.v1.EngineSpec", len)?;
        if self.key != 0 {
            let v = KeyType::try_from(self.key)
                .map_err(|_| serde::ser::Error::custom(format!("Invalid variant {}", self.key)))?;
            struct_ser.serialize_field("key", &v)?;
        }
        if !self.values.is_empty() {
            struct_ser.serialize_field("values", &self.values)?;
        }
        if !self.aggregates.is_empty() {
            struct_ser.serialize_field("aggregates", &self.aggregates)?;
        }
        if self.max_out_of_orderness_ms != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("max_out_of_orderness_ms", ToString::to_string(&self.max_out_of_orderness_ms).as_str())?;
        }
        if self.max_future_ms != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("max_future_ms", ToString::to_string(&self.max_future_ms).as_str())?;
        }
        if self.idle_timeout_ms != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("idle_timeout_ms", ToString::to_string(&self.idle_timeout_ms).as_str())?;
        }
        if !self.sources.is_empty() {
            struct_ser.serialize_field("sources", &self.sources)?;
        }
        if self.state_budget_bytes != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("state_budget_bytes", ToString::to_string(&self.state_budget_bytes).as_str())?;
        }
        if self.output_budget_bytes != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("output_budget_bytes", ToString::to_string(&self.output_budget_bytes).as_str())?;
        }
        if self.late_budget_rows != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("late_budget_rows", ToString::to_string(&self.late_budget_rows).as_str())?;
        }
        if let Some(v) = self.windows.as_ref() {
            match v {
                engine_spec::Windows::Window(v) => {
                    struct_ser.serialize_field("window", v)?;
                }
            }
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for EngineSpec {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "key",
            "values",
            "aggregates",
            "max_out_of_orderness_ms",
            "maxOutOfOrdernessMs",
            "max_future_ms",
            "maxFutureMs",
            "idle_timeout_ms",
            "idleTimeoutMs",
            "sources",
            "state_budget_bytes",
            "stateBudgetBytes",
            "output_budget_bytes",
            "outputBudgetBytes",
            "late_budget_rows",
            "lateBudgetRows",
            "window",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Key,
            Values,
            Aggregates,
            MaxOutOfOrdernessMs,
            MaxFutureMs,
            IdleTimeoutMs,
            Sources,
            StateBudgetBytes,
            OutputBudgetBytes,
            LateBudgetRows,
            Window,
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
                            "key" => Ok(GeneratedField::Key),
                            "values" => Ok(GeneratedField::Values),
                            "aggregates" => Ok(GeneratedField::Aggregates),
                            "maxOutOfOrdernessMs" | "max_out_of_orderness_ms" => Ok(GeneratedField::MaxOutOfOrdernessMs),
                            "maxFutureMs" | "max_future_ms" => Ok(GeneratedField::MaxFutureMs),
                            "idleTimeoutMs" | "idle_timeout_ms" => Ok(GeneratedField::IdleTimeoutMs),
                            "sources" => Ok(GeneratedField::Sources),
                            "stateBudgetBytes" | "state_budget_bytes" => Ok(GeneratedField::StateBudgetBytes),
                            "outputBudgetBytes" | "output_budget_bytes" => Ok(GeneratedField::OutputBudgetBytes),
                            "lateBudgetRows" | "late_budget_rows" => Ok(GeneratedField::LateBudgetRows),
                            "window" => Ok(GeneratedField::Window),
                            _ => Err(serde::de::Error::unknown_field(value, FIELDS)),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = EngineSpec;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct paneline.v1.EngineSpec")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<EngineSpec, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut key__ = None;
                let mut values__ = None;
                let mut aggregates__ = None;
                let mut max_out_of_orderness_ms__ = None;
                let mut max_future_ms__ = None;
                let mut idle_timeout_ms__ = None;
                let mut sources__ = None;
                let mut state_budget_bytes__ = None;
                let mut output_budget_bytes__ = None;
                let mut late_budget_rows__ = None;
                let mut windows__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Key => {
                            if key__.is_some() {
                                return Err(serde::de::Error::duplicate_field("key"));
                            }
                            key__ = Some(map_.next_value::<KeyType>()? as i32);
                        }
                        GeneratedField::Values => {
                            if values__.is_some() {
                                return Err(serde::de::Error::duplicate_field("values"));
                            }
                            values__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Aggregates => {
                            if aggregates__.is_some() {
                                return Err(serde::de::Error::duplicate_field("aggregates"));
                            }
                            aggregates__ = Some(map_.next_value()?);
                        }
                        GeneratedField::MaxOutOfOrdernessMs => {
                            if max_out_of_orderness_ms__.is_some() {
                                return Err(serde::de::Error::duplicate_field("maxOutOfOrdernessMs"));
                            }
                            max_out_of_orderness_ms__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::MaxFutureMs => {
                            if max_future_ms__.is_some() {
                                return Err(serde::de::Error::duplicate_field("maxFutureMs"));
                            }
                            max_future_ms__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::IdleTimeoutMs => {
                            if idle_timeout_ms__.is_some() {
                                return Err(serde::de::Error::duplicate_field("idleTimeoutMs"));
                            }
                            idle_timeout_ms__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::Sources => {
                            if sources__.is_some() {
                                return Err(serde::de::Error::duplicate_field("sources"));
                            }
                            sources__ = Some(map_.next_value()?);
                        }
                        GeneratedField::StateBudgetBytes => {
                            if state_budget_bytes__.is_some() {
                                return Err(serde::de::Error::duplicate_field("stateBudgetBytes"));
                            }
                            state_budget_bytes__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::OutputBudgetBytes => {
                            if output_budget_bytes__.is_some() {
                                return Err(serde::de::Error::duplicate_field("outputBudgetBytes"));
                            }
                            output_budget_bytes__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::LateBudgetRows => {
                            if late_budget_rows__.is_some() {
                                return Err(serde::de::Error::duplicate_field("lateBudgetRows"));
                            }
                            late_budget_rows__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::Window => {
                            if windows__.is_some() {
                                return Err(serde::de::Error::duplicate_field("window"));
                            }
                            windows__ = map_.next_value::<::std::option::Option<_>>()?.map(engine_spec::Windows::Window)
;
                        }
                    }
                }
                Ok(EngineSpec {
                    key: key__.unwrap_or_default(),
                    values: values__.unwrap_or_default(),
                    aggregates: aggregates__.unwrap_or_default(),
                    max_out_of_orderness_ms: max_out_of_orderness_ms__.unwrap_or_default(),
                    max_future_ms: max_future_ms__.unwrap_or_default(),
                    idle_timeout_ms: idle_timeout_ms__.unwrap_or_default(),
                    sources: sources__.unwrap_or_default(),
                    state_budget_bytes: state_budget_bytes__.unwrap_or_default(),
                    output_budget_bytes: output_budget_bytes__.unwrap_or_default(),
                    late_budget_rows: late_budget_rows__.unwrap_or_default(),
                    windows: windows__,
                })
            }
        }
        deserializer.deserialize_struct("paneline.v1.EngineSpec", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for Function {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Count => "FUNCTION_COUNT",
            Self::Sum => "FUNCTION_SUM",
            Self::Mean => "FUNCTION_MEAN",
            Self::Variance => "FUNCTION_VARIANCE",
            Self::Stddev => "FUNCTION_STDDEV",
            Self::Min => "FUNCTION_MIN",
            Self::Max => "FUNCTION_MAX",
            Self::First => "FUNCTION_FIRST",
            Self::Last => "FUNCTION_LAST",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for Function {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "FUNCTION_COUNT",
            "FUNCTION_SUM",
            "FUNCTION_MEAN",
            "FUNCTION_VARIANCE",
            "FUNCTION_STDDEV",
            "FUNCTION_MIN",
            "FUNCTION_MAX",
            "FUNCTION_FIRST",
            "FUNCTION_LAST",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = Function;

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
                    "FUNCTION_COUNT" => Ok(Function::Count),
                    "FUNCTION_SUM" => Ok(Function::Sum),
                    "FUNCTION_MEAN" => Ok(Function::Mean),
                    "FUNCTION_VARIANCE" => Ok(Function::Variance),
                    "FUNCTION_STDDEV" => Ok(Function::Stddev),
                    "FUNCTION_MIN" => Ok(Function::Min),
                    "FUNCTION_MAX" => Ok(Function::Max),
                    "FUNCTION_FIRST" => Ok(Function::First),
                    "FUNCTION_LAST" => Ok(Function::Last),
                    _ => Err(serde::de::Error::unknown_variant(value, FIELDS)),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for KeyType {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::I64 => "KEY_TYPE_I64",
            Self::U64 => "KEY_TYPE_U64",
            Self::Bytes => "KEY_TYPE_BYTES",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for KeyType {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "KEY_TYPE_I64",
            "KEY_TYPE_U64",
            "KEY_TYPE_BYTES",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = KeyType;

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
                    "KEY_TYPE_I64" => Ok(KeyType::I64),
                    "KEY_TYPE_U64" => Ok(KeyType::U64),
                    "KEY_TYPE_BYTES" => Ok(KeyType::Bytes),
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
impl serde::Serialize for ValueColumn {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.name.is_empty() {
            len += 1;
        }
        if self.r#type != 0 {
            len += 1;
        }
        if self.nullable {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("paneline.v1.ValueColumn", len)?;
        if !self.name.is_empty() {
            struct_ser.serialize_field("name", &self.name)?;
        }
        if self.r#type != 0 {
            let v = ValueType::try_from(self.r#type)
                .map_err(|_| serde::ser::Error::custom(format!("Invalid variant {}", self.r#type)))?;
            struct_ser.serialize_field("type", &v)?;
        }
        if self.nullable {
            struct_ser.serialize_field("nullable", &self.nullable)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for ValueColumn {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "name",
            "type",
            "nullable",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Name,
            Type,
            Nullable,
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
                            "name" => Ok(GeneratedField::Name),
                            "type" => Ok(GeneratedField::Type),
                            "nullable" => Ok(GeneratedField::Nullable),
                            _ => Err(serde::de::Error::unknown_field(value, FIELDS)),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = ValueColumn;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct paneline.v1.ValueColumn")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<ValueColumn, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut name__ = None;
                let mut r#type__ = None;
                let mut nullable__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Name => {
                            if name__.is_some() {
                                return Err(serde::de::Error::duplicate_field("name"));
                            }
                            name__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Type => {
                            if r#type__.is_some() {
                                return Err(serde::de::Error::duplicate_field("type"));
                            }
                            r#type__ = Some(map_.next_value::<ValueType>()? as i32);
                        }
                        GeneratedField::Nullable => {
                            if nullable__.is_some() {
                                return Err(serde::de::Error::duplicate_field("nullable"));
                            }
                            nullable__ = Some(map_.next_value()?);
                        }
                    }
                }
                Ok(ValueColumn {
                    name: name__.unwrap_or_default(),
                    r#type: r#type__.unwrap_or_default(),
                    nullable: nullable__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("paneline.v1.ValueColumn", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for ValueType {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::I64 => "VALUE_TYPE_I64",
            Self::F64 => "VALUE_TYPE_F64",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for ValueType {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "VALUE_TYPE_I64",
            "VALUE_TYPE_F64",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = ValueType;

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
                    "VALUE_TYPE_I64" => Ok(ValueType::I64),
                    "VALUE_TYPE_F64" => Ok(ValueType::F64),
                    _ => Err(serde::de::Error::unknown_variant(value, FIELDS)),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
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
