//! Sliding windows that mean the same thing everywhere.
//!
//! A [`SlidingWindowSpec`] says which windows an event belongs to; an [`Assigner`] answers. The
//! answer is a pure function of the spec, the embedded time-zone database and the event's time: it
//! never depends on the first row, on the batch, on the machine's zone files or on arrival order.
//! C, C++, Go and Python call this crate, so they give the same bits.
//!
//! # The last 5 minutes, every 10 seconds
//!
//! ```
//! use paneline::{Assigner, SlidingWindowSpec};
//!
//! let spec = SlidingWindowSpec {
//!     duration_ms: paneline::parse_duration("5m")?,
//!     step_ms: paneline::parse_duration("10s")?,
//!     ..Default::default()
//! };
//! let assigner = Assigner::new(&spec)?;
//! let windows: Vec<_> = assigner.windows(1_735_689_612_345)?.collect();
//! assert_eq!(windows.len(), 30);
//! assert_eq!(windows[29].start_ms, 1_735_689_610_000);
//! # Ok::<(), paneline::Error>(())
//! ```
//!
//! # The local day, 23 to 25 hours long
//!
//! With a zone the grid lies on its wall clock. Three rules cover every zone and every step: a
//! label inside a gap has no pane; a repeated hour is never mixed where the step fits into it;
//! where it does not, the clock is held until the repeat is over.
//!
//! ```
//! use paneline::{Assigner, SlidingWindowSpec};
//!
//! let spec = SlidingWindowSpec {
//!     duration_ms: 86_400_000,
//!     timezone: "America/Havana".into(),
//!     ..Default::default()
//! };
//! // 2024-11-03 had two midnights in Havana.
//! let day = Assigner::new(&spec)?.pane(1_730_611_800_000)?;
//! assert_eq!((day.end_ms - day.start_ms) / 3_600_000, 25);
//! # Ok::<(), paneline::Error>(())
//! ```
//!
//! # Columns
//!
//! [`Assigner::pane_starts`] and [`Assigner::assign`] take a column of times in a [`TimeUnit`] and
//! write columns; a bad row refuses the batch, names itself, and leaves the output untouched.
//!
//! # Keyed windows
//!
//! An [`Engine`] takes rows with keys, times and values, in any order within a bound, and gives one
//! result for each window and key when the watermark has passed the window. Values are exact and
//! rounded once, so that batches, shards and the order of rows change no bit; late rows within the
//! allowed lateness are emitted as revisions, others are set aside.
//!
//! ```
//! use paneline::{Engine, ResultBatch, Rows, spec};
//!
//! let mut engine = Engine::new(&spec::engine_from_json(r#"{
//!     "window": {"duration_ms": 20000, "step_ms": 10000},
//!     "values": [{"name": "amount"}],
//!     "aggregates": [{"name": "total", "function": "FUNCTION_SUM", "column": "amount"}]
//! }"#)?)?;
//! let amounts = [[5, 1, 2].as_slice().into()];
//! let pushed = engine.push(&Rows::new(&[7, 8, 7], &[3_000, 4_000, 12_000], &amounts))?;
//! assert_eq!(pushed.rows, 3); // Less where a budget is used up: drain, then push the rest.
//!
//! let mut results = ResultBatch::default();
//! assert_eq!(engine.poll(&mut results), 2); // 12,000 is past the end of [-10,000, 10,000).
//! engine.finish()?;
//! assert_eq!(engine.poll(&mut results), 3);
//! assert_eq!((results.end_ms[0], results.columns[0].bits(0)), (20_000, Some(7)));
//! # Ok::<(), paneline::Error>(())
//! ```
//!
//! [`Progress`] with [`Engine::shard`] splits the keys of a stream, [`estimate`] says what state
//! will take, and docs/ENGINE.md is the guide.
//!
//! # Errors
//!
//! One [`Error`] for everything: a [`Code`] that is the same in every language, a path into the
//! input, and a message with the value and the bound.
//!
//! # The code, from the bottom
//!
//! `error` and `duration` know nothing of windows. [`spec`] proves a message. `time` decides
//! boundaries. `fingerprint` names a spec. `assign` makes windows of panes. `memory` counts bytes
//! before they are used. `rows` reads batches. `aggregate` keeps what rows come to, exactly.
//! `verdicts` say which rows they are on. `progress` judges rows and moves the watermark. `engine`
//! owns keys, slices and sessions and emits results. A module uses only those before it.
//! docs/SEMANTICS.md holds the rules, docs/ARCHITECTURE.md the reasons.

mod aggregate;
mod assign;
mod duration;
mod engine;
mod error;
mod fingerprint;
mod memory;
mod progress;
mod rows;
pub mod spec;
mod time;
mod verdicts;

pub use aggregate::ResultColumn;
pub use assign::{
    Assigner, Assignment, BATCH_WINDOWS_MAX, Batch, PANES_MAX, Panes, Warning, Window, Windows,
};
pub use duration::{format_duration, parse_duration};
pub use engine::{
    Engine, Estimate, FLAG_LATE, FLAG_PARTIAL, FLAG_RETRACTION, LateBatch, Pushed, ResultBatch,
    ResultKeys, SLOTS, Stats, estimate,
};
pub use error::{Code, Error, code_name};
pub use fingerprint::Fingerprint;
pub use paneline_proto::v1::CalendarUnit;
pub use progress::Progress;
pub use rows::{Bits, KEY_BYTES_MAX, Keys, Rows, ValueData, Values};
pub use spec::{Aggregate, EngineSpec, EngineWindows, Function, KeyType, ValueColumn, ValueType};
pub use spec::{SEMANTICS_VERSION, SlidingWindowSpec, Weekday, WindowKind};
pub use time::history::ZoneHistory;
pub use time::local::{Ambiguous, LocalClock, resolve_local};
pub use time::name::{timezones, tzdb_version};
pub use time::unit::TimeUnit;
pub use time::zone::{Reading, Transition};
pub use verdicts::{Verdict, Verdicts};

/// The version of this library, such as `0.1.0`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The programs of docs/ENGINE.md, run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/ENGINE.md")]
struct Guide;
