// @generated from proto/paneline/v1 by `make gen`
/// The fields of `SlidingWindowSpec`.
pub mod sliding_window_spec {
    use crate::{Descriptor, Field, Kind, Message, Place};
    /// Field 1, `duration_ms`.
    pub const DURATION_MS: Field = Field {
        number: 1,
        name: "duration_ms",
        kind: Kind::Int64,
        repeated: false,
    };
    /// Field 2, `step_ms`.
    pub const STEP_MS: Field = Field {
        number: 2,
        name: "step_ms",
        kind: Kind::Int64,
        repeated: false,
    };
    /// Field 3, `timezone`.
    pub const TIMEZONE: Field = Field {
        number: 3,
        name: "timezone",
        kind: Kind::String,
        repeated: false,
    };
    /// Field 4, `align_to_epoch`.
    pub const ALIGN_TO_EPOCH: Field = Field {
        number: 4,
        name: "align_to_epoch",
        kind: Kind::Bool,
        repeated: false,
    };
    /// Field 5, `offset_ms`.
    pub const OFFSET_MS: Field = Field {
        number: 5,
        name: "offset_ms",
        kind: Kind::Int64,
        repeated: false,
    };
    /// Field 6, `kind`.
    pub const KIND: Field = Field {
        number: 6,
        name: "kind",
        kind: Kind::Enum,
        repeated: false,
    };
    /// Field 7, `calendar_unit`.
    pub const CALENDAR_UNIT: Field = Field {
        number: 7,
        name: "calendar_unit",
        kind: Kind::Enum,
        repeated: false,
    };
    /// Field 8, `calendar_duration`.
    pub const CALENDAR_DURATION: Field = Field {
        number: 8,
        name: "calendar_duration",
        kind: Kind::Uint32,
        repeated: false,
    };
    /// Field 9, `calendar_step`.
    pub const CALENDAR_STEP: Field = Field {
        number: 9,
        name: "calendar_step",
        kind: Kind::Uint32,
        repeated: false,
    };
    /// Field 10, `week_start`.
    pub const WEEK_START: Field = Field {
        number: 10,
        name: "week_start",
        kind: Kind::Enum,
        repeated: false,
    };
    /// Field 11, `month_day`.
    pub const MONTH_DAY: Field = Field {
        number: 11,
        name: "month_day",
        kind: Kind::Uint32,
        repeated: false,
    };
    /// Field 12, `session_gap_ms`.
    pub const SESSION_GAP_MS: Field = Field {
        number: 12,
        name: "session_gap_ms",
        kind: Kind::Int64,
        repeated: false,
    };
    /// Field 14, `allowed_lateness_ms`.
    pub const ALLOWED_LATENESS_MS: Field = Field {
        number: 14,
        name: "allowed_lateness_ms",
        kind: Kind::Int64,
        repeated: false,
    };
    /// Field 16, `tzdb_version`.
    pub const TZDB_VERSION: Field = Field {
        number: 16,
        name: "tzdb_version",
        kind: Kind::String,
        repeated: false,
    };
    /// Field 17, `semantics_version`.
    pub const SEMANTICS_VERSION: Field = Field {
        number: 17,
        name: "semantics_version",
        kind: Kind::Uint32,
        repeated: false,
    };
    /// Field 18, `year_start_month`.
    pub const YEAR_START_MONTH: Field = Field {
        number: 18,
        name: "year_start_month",
        kind: Kind::Uint32,
        repeated: false,
    };
    /// Every field, in the order of the proto.
    pub const ALL: &[Field] = &[
        DURATION_MS,
        STEP_MS,
        TIMEZONE,
        ALIGN_TO_EPOCH,
        OFFSET_MS,
        KIND,
        CALENDAR_UNIT,
        CALENDAR_DURATION,
        CALENDAR_STEP,
        WEEK_START,
        MONTH_DAY,
        SESSION_GAP_MS,
        ALLOWED_LATENESS_MS,
        TZDB_VERSION,
        SEMANTICS_VERSION,
        YEAR_START_MONTH,
    ];
    /// The message.
    pub const DESCRIPTOR: Descriptor = Descriptor { name: "SlidingWindowSpec", fields: ALL };
    impl Message for crate::v1::SlidingWindowSpec {
        const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;
        fn enum_mut(&mut self, path: &[Place]) -> Option<&mut i32> {
            match path {
                [Place { field: KIND, .. }] => Some(&mut self.kind),
                [Place { field: CALENDAR_UNIT, .. }] => Some(&mut self.calendar_unit),
                [Place { field: WEEK_START, .. }] => Some(&mut self.week_start),
                _ => None,
            }
        }
    }
}
/// The fields of `ValueColumn`.
pub mod value_column {
    use crate::{Descriptor, Field, Kind, Message, Place};
    /// Field 1, `name`.
    pub const NAME: Field = Field {
        number: 1,
        name: "name",
        kind: Kind::String,
        repeated: false,
    };
    /// Field 2, `type`.
    pub const TYPE: Field = Field {
        number: 2,
        name: "type",
        kind: Kind::Enum,
        repeated: false,
    };
    /// Field 3, `nullable`.
    pub const NULLABLE: Field = Field {
        number: 3,
        name: "nullable",
        kind: Kind::Bool,
        repeated: false,
    };
    /// Every field, in the order of the proto.
    pub const ALL: &[Field] = &[
        NAME,
        TYPE,
        NULLABLE,
    ];
    /// The message.
    pub const DESCRIPTOR: Descriptor = Descriptor { name: "ValueColumn", fields: ALL };
    impl Message for crate::v1::ValueColumn {
        const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;
        fn enum_mut(&mut self, path: &[Place]) -> Option<&mut i32> {
            match path {
                [Place { field: TYPE, .. }] => Some(&mut self.r#type),
                _ => None,
            }
        }
    }
}
/// The fields of `Aggregate`.
pub mod aggregate {
    use crate::{Descriptor, Field, Kind, Message, Place};
    /// Field 1, `name`.
    pub const NAME: Field = Field {
        number: 1,
        name: "name",
        kind: Kind::String,
        repeated: false,
    };
    /// Field 2, `function`.
    pub const FUNCTION: Field = Field {
        number: 2,
        name: "function",
        kind: Kind::Enum,
        repeated: false,
    };
    /// Field 3, `column`.
    pub const COLUMN: Field = Field {
        number: 3,
        name: "column",
        kind: Kind::String,
        repeated: false,
    };
    /// Field 4, `ddof`.
    pub const DDOF: Field = Field {
        number: 4,
        name: "ddof",
        kind: Kind::Uint32,
        repeated: false,
    };
    /// Every field, in the order of the proto.
    pub const ALL: &[Field] = &[
        NAME,
        FUNCTION,
        COLUMN,
        DDOF,
    ];
    /// The message.
    pub const DESCRIPTOR: Descriptor = Descriptor { name: "Aggregate", fields: ALL };
    impl Message for crate::v1::Aggregate {
        const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;
        fn enum_mut(&mut self, path: &[Place]) -> Option<&mut i32> {
            match path {
                [Place { field: FUNCTION, .. }] => Some(&mut self.function),
                _ => None,
            }
        }
    }
}
/// The fields of `EngineSpec`.
pub mod engine_spec {
    use crate::{Descriptor, Field, Kind, Message, Place};
    /// Field 1, `window`.
    pub const WINDOW: Field = Field {
        number: 1,
        name: "window",
        kind: Kind::Message(&super::sliding_window_spec::DESCRIPTOR),
        repeated: false,
    };
    /// Field 3, `key`.
    pub const KEY: Field = Field {
        number: 3,
        name: "key",
        kind: Kind::Enum,
        repeated: false,
    };
    /// Field 4, `values`.
    pub const VALUES: Field = Field {
        number: 4,
        name: "values",
        kind: Kind::Message(&super::value_column::DESCRIPTOR),
        repeated: true,
    };
    /// Field 5, `aggregates`.
    pub const AGGREGATES: Field = Field {
        number: 5,
        name: "aggregates",
        kind: Kind::Message(&super::aggregate::DESCRIPTOR),
        repeated: true,
    };
    /// Field 6, `max_out_of_orderness_ms`.
    pub const MAX_OUT_OF_ORDERNESS_MS: Field = Field {
        number: 6,
        name: "max_out_of_orderness_ms",
        kind: Kind::Int64,
        repeated: false,
    };
    /// Field 7, `max_future_ms`.
    pub const MAX_FUTURE_MS: Field = Field {
        number: 7,
        name: "max_future_ms",
        kind: Kind::Int64,
        repeated: false,
    };
    /// Field 8, `idle_timeout_ms`.
    pub const IDLE_TIMEOUT_MS: Field = Field {
        number: 8,
        name: "idle_timeout_ms",
        kind: Kind::Int64,
        repeated: false,
    };
    /// Field 10, `sources`.
    pub const SOURCES: Field = Field {
        number: 10,
        name: "sources",
        kind: Kind::String,
        repeated: true,
    };
    /// Field 11, `state_budget_bytes`.
    pub const STATE_BUDGET_BYTES: Field = Field {
        number: 11,
        name: "state_budget_bytes",
        kind: Kind::Uint64,
        repeated: false,
    };
    /// Field 12, `output_budget_bytes`.
    pub const OUTPUT_BUDGET_BYTES: Field = Field {
        number: 12,
        name: "output_budget_bytes",
        kind: Kind::Uint64,
        repeated: false,
    };
    /// Field 13, `late_budget_rows`.
    pub const LATE_BUDGET_ROWS: Field = Field {
        number: 13,
        name: "late_budget_rows",
        kind: Kind::Uint64,
        repeated: false,
    };
    /// Every field, in the order of the proto.
    pub const ALL: &[Field] = &[
        WINDOW,
        KEY,
        VALUES,
        AGGREGATES,
        MAX_OUT_OF_ORDERNESS_MS,
        MAX_FUTURE_MS,
        IDLE_TIMEOUT_MS,
        SOURCES,
        STATE_BUDGET_BYTES,
        OUTPUT_BUDGET_BYTES,
        LATE_BUDGET_ROWS,
    ];
    /// The message.
    pub const DESCRIPTOR: Descriptor = Descriptor { name: "EngineSpec", fields: ALL };
    impl Message for crate::v1::EngineSpec {
        const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;
        fn enum_mut(&mut self, path: &[Place]) -> Option<&mut i32> {
            match path {
                [Place { field: WINDOW, .. }, rest @ ..] => {
                    let Some(crate::v1::engine_spec::Windows::Window(inner)) = &mut self.windows else {
                        return None;
                    };
                    inner.enum_mut(rest)
                }
                [Place { field: KEY, .. }] => Some(&mut self.key),
                [Place { field: VALUES, index }, rest @ ..] => self.values.get_mut(*index)?.enum_mut(rest),
                [Place { field: AGGREGATES, index }, rest @ ..] => self.aggregates.get_mut(*index)?.enum_mut(rest),
                _ => None,
            }
        }
    }
}
