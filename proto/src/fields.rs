// @generated from proto/paneline/v1 by `make gen`
/// The fields of `SlidingWindowSpec`.
pub mod sliding_window_spec {
    use crate::{Field, Kind};
    /// Field 1, `duration_ms`.
    pub const DURATION_MS: Field =
        Field { number: 1, name: "duration_ms", kind: Kind::Int64 };
    /// Field 2, `step_ms`.
    pub const STEP_MS: Field =
        Field { number: 2, name: "step_ms", kind: Kind::Int64 };
    /// Field 3, `timezone`.
    pub const TIMEZONE: Field =
        Field { number: 3, name: "timezone", kind: Kind::String };
    /// Field 4, `align_to_epoch`.
    pub const ALIGN_TO_EPOCH: Field =
        Field { number: 4, name: "align_to_epoch", kind: Kind::Bool };
    /// Field 5, `offset_ms`.
    pub const OFFSET_MS: Field =
        Field { number: 5, name: "offset_ms", kind: Kind::Int64 };
    /// Field 6, `kind`.
    pub const KIND: Field =
        Field { number: 6, name: "kind", kind: Kind::Enum };
    /// Field 7, `calendar_unit`.
    pub const CALENDAR_UNIT: Field =
        Field { number: 7, name: "calendar_unit", kind: Kind::Enum };
    /// Field 8, `calendar_duration`.
    pub const CALENDAR_DURATION: Field =
        Field { number: 8, name: "calendar_duration", kind: Kind::Uint32 };
    /// Field 9, `calendar_step`.
    pub const CALENDAR_STEP: Field =
        Field { number: 9, name: "calendar_step", kind: Kind::Uint32 };
    /// Field 10, `week_start`.
    pub const WEEK_START: Field =
        Field { number: 10, name: "week_start", kind: Kind::Enum };
    /// Field 11, `month_day`.
    pub const MONTH_DAY: Field =
        Field { number: 11, name: "month_day", kind: Kind::Uint32 };
    /// Field 12, `session_gap_ms`.
    pub const SESSION_GAP_MS: Field =
        Field { number: 12, name: "session_gap_ms", kind: Kind::Int64 };
    /// Field 14, `allowed_lateness_ms`.
    pub const ALLOWED_LATENESS_MS: Field =
        Field { number: 14, name: "allowed_lateness_ms", kind: Kind::Int64 };
    /// Field 16, `tzdb_version`.
    pub const TZDB_VERSION: Field =
        Field { number: 16, name: "tzdb_version", kind: Kind::String };
    /// Field 17, `semantics_version`.
    pub const SEMANTICS_VERSION: Field =
        Field { number: 17, name: "semantics_version", kind: Kind::Uint32 };
    /// Field 18, `year_start_month`.
    pub const YEAR_START_MONTH: Field =
        Field { number: 18, name: "year_start_month", kind: Kind::Uint32 };
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
}
