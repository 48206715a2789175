//! The assigner: a compiled spec that says which windows an event belongs to.
//!
//! It puts a proven spec and a zone together and answers from them alone: no event, batch or call
//! before changes an answer. The boundaries come from [`crate::time::grid`]; this module turns
//! panes into windows. Invariant: every window it gives holds the event, and windows ascend by
//! start, then end. Worked number: 6 h windows by 30 min, America/New_York: an event lies in 12
//! windows on every day of the year.

mod batch;
mod lint;
mod sweep;
mod windows;

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use paneline_proto::fields::sliding_window_spec as field;

pub use self::batch::{Assignment, Batch};
pub use self::lint::Warning;
pub(crate) use self::sweep::{Sweep, windows_ending_after};
pub use self::windows::{Panes, Windows};
use crate::error::{Code, Error};
use crate::fingerprint::Fingerprint;
use crate::spec::{self, Faults, Shape, SlidingWindowSpec, WindowKind, ZoneText};
use crate::time::column::Kernel;
use crate::time::grid::{Grid, Ruler};
use crate::time::history::ZoneHistory;
use crate::time::unit::TimeUnit;
use crate::time::zone::Zone;

/// Panes are listed up to this many per call: 16 M of 16 bytes are 256 MiB, and a range that holds
/// more (a year of 1 s panes has 32 M) is walked in parts.
pub const PANES_MAX: usize = 16_777_216;

/// The windows of one batch, at most: 268,435,456, whose two columns are 4 GiB. More in one answer
/// would be killed by the system before it was refused; assign fewer rows at a time.
pub const BATCH_WINDOWS_MAX: usize = 1 << 28;

/// A half-open span of time, `[start_ms, end_ms)`, in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(C)]
pub struct Window {
    /// The first millisecond inside.
    pub start_ms: i64,
    /// The first millisecond after.
    pub end_ms: i64,
}

impl Window {
    /// Whether an instant lies inside.
    ///
    /// ```
    /// let window = paneline::Window { start_ms: 0, end_ms: 1_000 };
    /// assert!(window.contains(0) && !window.contains(1_000));
    /// ```
    pub fn contains(&self, t_ms: i64) -> bool {
        (self.start_ms..self.end_ms).contains(&t_ms)
    }
}

/// A compiled [`SlidingWindowSpec`].
///
/// Immutable and shared freely between threads. Compiling takes about 0.1 ms for a zone with many
/// transitions; keep the assigner.
///
/// ```
/// use paneline::{Assigner, SlidingWindowSpec, Window};
///
/// let spec = SlidingWindowSpec {
///     duration_ms: 6 * 3_600_000,
///     timezone: "America/New_York".into(),
///     ..Default::default()
/// };
/// let assigner = Assigner::new(&spec)?;
/// // 2024-11-03 01:30 for the second time: the clocks went back, the pane is seven hours long.
/// let t = 1_730_615_400_000;
/// let pane = assigner.pane(t)?;
/// assert_eq!(pane, Window { start_ms: 1_730_606_400_000, end_ms: 1_730_631_600_000 });
/// assert_eq!(assigner.windows(t)?.collect::<Vec<_>>(), [pane]);
/// # Ok::<(), paneline::Error>(())
/// ```
pub struct Assigner {
    rule: Rule,
    kernel: Kernel,
    instants: RangeInclusive<i64>,
    canonical: SlidingWindowSpec,
    fingerprint: Fingerprint,
    warnings: Vec<Warning>,
}

/// How panes make windows.
#[derive(Debug)]
enum Rule {
    /// Windows of one elapsed length, a step apart on Unix time.
    Absolute { grid: Grid, step_ms: i64, duration_ms: i64 },
    /// Windows of `count` consecutive panes.
    Panes { grid: Grid, count: usize },
    /// Windows from a base pane's start to each of its step boundaries.
    Cumulate { grid: Grid, base: Grid },
    /// One window from the event on.
    Session { gap_ms: i64 },
}

impl Assigner {
    /// Compiles a spec.
    ///
    /// Errors, each at the field's name, of several the lowest field number: `INVALID_SPEC`,
    /// `UNKNOWN_TIMEZONE`, `VERSION_MISMATCH` (`tzdb_version`, `semantics_version`).
    pub fn new(spec: &SlidingWindowSpec) -> Result<Assigner, Error> {
        Assigner::compile(spec, |text| Zone::get(text).map(Arc::new))
    }

    /// Compiles a spec as if the embedded database had the offsets of `history` under the name of
    /// its zone, to compare two releases. A spec in which no zone of the database decides windows
    /// compiles as by [`Self::new`]; any other gets the fingerprint that the release of `history`
    /// gives it.
    ///
    /// Errors: as for [`Self::new`], but that any name is a zone.
    pub fn with_history(
        spec: &SlidingWindowSpec,
        history: &ZoneHistory,
    ) -> Result<Assigner, Error> {
        Assigner::compile(spec, |text| match text {
            ZoneText::Named(_) => Ok(Arc::clone(&history.zone)),
            ZoneText::Fixed { .. } => Zone::get(text).map(Arc::new),
        })
    }

    fn compile(
        spec: &SlidingWindowSpec,
        zone_of: impl FnOnce(&ZoneText) -> Result<Arc<Zone>, Error>,
    ) -> Result<Assigner, Error> {
        let mut faults = Faults::default();
        let proven = spec::prove(spec, &mut faults);
        let session = spec.kind == WindowKind::Session as i32;
        let zone = if session {
            None
        } else {
            ZoneText::parse(&spec.timezone)
                .and_then(|text| zone_of(&text))
                .map_err(|error| faults.add_error(field::TIMEZONE, error))
                .ok()
        };
        faults.into_result()?;
        let internal = || Error::new(Code::Internal, "", "a spec without faults was not proven");
        let proven = proven.ok_or_else(internal)?;

        let named = matches!(proven.zone, Some(ZoneText::Named(_)));
        let civil = named && !spec.align_to_epoch;
        let rule = match (proven.shape, &zone) {
            (Shape::Session { gap_ms }, _) => Rule::Session { gap_ms },
            (shape, Some(zone)) => rule(shape, zone, spec.align_to_epoch, civil),
            (_, None) => return Err(internal()),
        };
        let ruled = zone.as_deref().filter(|_| civil);
        Ok(Assigner {
            instants: rule.grid().map_or(crate::time::INSTANTS, Grid::instants),
            fingerprint: Fingerprint::of(&proven.canonical, ruled),
            warnings: lint::warnings(&proven, ruled),
            kernel: rule.grid().map_or(Kernel::Grid, Kernel::new),
            canonical: proven.canonical,
            rule,
        })
    }

    /// Compiles a spec from protobuf bytes; [`spec::from_proto`] and [`Self::new`] in one.
    pub fn from_proto(bytes: &[u8]) -> Result<Assigner, Error> {
        Assigner::new(&spec::from_proto(bytes)?)
    }

    /// The canonical spec: the same message for all that mean the same.
    pub fn spec(&self) -> &SlidingWindowSpec {
        &self.canonical
    }

    /// The identity of the spec, the semantics and, for a civil grid, the zone's rules.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// What is allowed but probably not meant, such as an abbreviated zone name.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The bytes of tables that the assigner keeps: the zone's regimes, and what columns are looked
    /// up in; at most 20 KiB. An assigner on Unix time keeps none.
    pub fn table_bytes(&self) -> usize {
        self.rule.grid().map_or(0, Grid::bytes) + self.kernel.bytes()
    }

    /// The windows that hold an instant, ascending by start, then end.
    ///
    /// Errors: `OUT_OF_RANGE` at `t_ms`.
    pub fn windows(&self, t_ms: i64) -> Result<Windows<'_>, Error> {
        self.check(t_ms, "t_ms")?;
        Ok(Windows::new(&self.rule, t_ms))
    }

    /// The pane that holds an instant: the span between the two nearest boundaries of the grid.
    ///
    /// Errors: `OUT_OF_RANGE` at `t_ms`; `INVALID_ARGUMENT` at `kind` for a session, which has no
    /// grid.
    pub fn pane(&self, t_ms: i64) -> Result<Window, Error> {
        let grid = self.grid()?;
        self.check(t_ms, "t_ms")?;
        let start = grid.start(t_ms);
        Ok(Window { start_ms: start.t_ms, end_ms: grid.next(start).t_ms })
    }

    /// The first boundary after an instant.
    ///
    /// Errors: as for [`Self::pane`].
    pub fn next_boundary(&self, t_ms: i64) -> Result<i64, Error> {
        let grid = self.grid()?;
        self.check(t_ms, "t_ms")?;
        Ok(grid.next(grid.start(t_ms)).t_ms)
    }

    /// The panes that tile `[from_ms, to_ms)`: the first starts at or before `from_ms`, the last
    /// ends at or after `to_ms`. None where the two are equal.
    ///
    /// Errors: `OUT_OF_RANGE` at `from_ms` or `to_ms`; `INVALID_ARGUMENT` at `to_ms` where it is
    /// less than `from_ms`, and at `kind` for a session.
    pub fn panes(&self, from_ms: i64, to_ms: i64) -> Result<Panes<'_>, Error> {
        let grid = self.grid()?;
        self.check(from_ms, "from_ms")?;
        self.check(to_ms, "to_ms")?;
        if to_ms < from_ms {
            let message = format!("to_ms must be >= from_ms ({from_ms}), got {to_ms}");
            return Err(Error::new(Code::InvalidArgument, "to_ms", message));
        }
        Ok(Panes::new(grid, from_ms, to_ms))
    }

    /// How many panes tile `[from_ms, to_ms)`: what a caller's buffer must hold.
    ///
    /// Errors: as for [`Self::panes`]; `INVALID_ARGUMENT` at `to_ms` for more than
    /// [`PANES_MAX`].
    pub fn pane_count(&self, from_ms: i64, to_ms: i64) -> Result<usize, Error> {
        self.panes(from_ms, to_ms)?;
        let count = windows::pane_count(self.grid()?, from_ms, to_ms, PANES_MAX + 1);
        if count > PANES_MAX {
            let message =
                format!("to_ms must leave at most {PANES_MAX} panes from {from_ms}, got {to_ms}");
            return Err(Error::new(Code::InvalidArgument, "to_ms", message));
        }
        Ok(count)
    }

    /// The first instant, from `from_ms` on, whose windows are others than by `other`, which is
    /// compiled from the same spec with another [`ZoneHistory`]; `None` if there is none in the
    /// range of times of both. `i64::MIN` looks from the beginning.
    ///
    /// What it costs does not depend on the step: a few panes are compared at each transition.
    ///
    /// Errors: `INVALID_ARGUMENT` at `other` where it is compiled from another spec.
    ///
    /// ```
    /// use paneline::{Assigner, SlidingWindowSpec, ZoneHistory};
    ///
    /// let spec = SlidingWindowSpec {
    ///     duration_ms: 86_400_000,
    ///     timezone: "Asia/Tokyo".into(),
    ///     ..Default::default()
    /// };
    /// // +09:00 for ever, and +10:00 from 2030-01-01T00:00Z on.
    /// let kept = ZoneHistory::new(32_400, &[])?;
    /// let moved = ZoneHistory::new(32_400, &[(1_893_456_000, 36_000)])?;
    /// let [kept, moved] = [kept, moved].map(|history| Assigner::with_history(&spec, &history));
    /// // The day from 15:00Z to 15:00Z is the first that ends elsewhere.
    /// assert_eq!(kept?.first_change(&moved?, 0)?, Some(1_893_423_600_000));
    /// # Ok::<(), paneline::Error>(())
    /// ```
    pub fn first_change(&self, other: &Assigner, from_ms: i64) -> Result<Option<i64>, Error> {
        if self.canonical != other.canonical {
            let message = "the assigners to compare must be of one spec";
            return Err(Error::new(Code::InvalidArgument, "other", message));
        }
        let first_ms = from_ms.max(*self.instants.start()).max(*other.instants.start());
        let last_ms = *self.instants.end().min(other.instants.end());
        if first_ms > last_ms {
            return Ok(None);
        }
        if !self.windows(first_ms)?.eq(other.windows(first_ms)?) {
            return Ok(Some(first_ms));
        }
        let change = match (&self.rule, &other.rule) {
            (Rule::Panes { grid, count }, Rule::Panes { grid: theirs, .. }) => {
                // The first window that ends with this pane.
                grid.first_difference(theirs, first_ms).map(|t_ms| {
                    let pane = grid.start(t_ms);
                    (1..*count).fold(pane, |start, _| grid.previous(start)).t_ms
                })
            }
            (Rule::Cumulate { grid, base }, Rule::Cumulate { grid: theirs, base: whole }) => {
                let steps = grid.first_difference(theirs, first_ms);
                let bases = base.first_difference(whole, first_ms);
                steps.into_iter().chain(bases).min().map(|t_ms| base.start(t_ms).t_ms)
            }
            // Unix time and sessions ask no zone.
            _ => None,
        };
        Ok(change.map(|t_ms| t_ms.max(first_ms)).filter(|t_ms| *t_ms <= last_ms))
    }

    fn grid(&self) -> Result<&Grid, Error> {
        self.rule.grid().ok_or_else(|| {
            let message = "a SESSION spec has no panes: its windows are made of events";
            Error::new(Code::InvalidArgument, field::KIND.name, message)
        })
    }

    fn check(&self, t_ms: i64, path: &'static str) -> Result<(), Error> {
        if self.instants.contains(&t_ms) {
            return Ok(());
        }
        let message = self.range_message(&self.instants, t_ms, TimeUnit::Millisecond);
        Err(Error::new(Code::OutOfRange, path, message))
    }

    fn range_message(&self, bounds: &RangeInclusive<i64>, got: i64, unit: TimeUnit) -> String {
        let (first, last) = (bounds.start(), bounds.end());
        let why = if self.instants == crate::time::INSTANTS {
            ""
        } else {
            " (local dates 1900-01-01 .. 2199-12-31)"
        };
        format!("a time must lie in {first}..={last} {}{why}, got {got}", unit.symbol())
    }
}

impl fmt::Debug for Assigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assigner")
            .field("spec", &self.canonical)
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

impl Rule {
    /// The grid of the panes; a session has none.
    fn grid(&self) -> Option<&Grid> {
        match self {
            Rule::Absolute { grid, .. }
            | Rule::Panes { grid, .. }
            | Rule::Cumulate { grid, .. } => Some(grid),
            Rule::Session { .. } => None,
        }
    }

    /// The grid and how many consecutive panes every window is made of, where that is one number.
    fn panes(&self) -> Option<(&Grid, usize)> {
        match self {
            Rule::Panes { grid, count } => Some((grid, *count)),
            Rule::Absolute { grid, step_ms, duration_ms } if duration_ms % step_ms == 0 => {
                Some((grid, count(duration_ms / step_ms)))
            }
            Rule::Absolute { .. } | Rule::Cumulate { .. } | Rule::Session { .. } => None,
        }
    }
}

/// Section 3 of docs/SEMANTICS.md: on which coordinate the grid lies.
fn rule(shape: Shape, zone: &Arc<Zone>, align_to_epoch: bool, civil: bool) -> Rule {
    match shape {
        Shape::Session { gap_ms } => Rule::Session { gap_ms },
        Shape::Steps { duration_ms, step_ms, offset_ms, cumulate } => {
            let grid = |step_ms| {
                if civil {
                    let ruler = Ruler::Step { step_ms, offset_ms };
                    return Grid::Civil { zone: Arc::clone(zone), ruler };
                }
                // A constant offset only moves the grid; beside align_to_epoch it is a label.
                let shift_ms = if align_to_epoch { 0 } else { zone.offset_ms(0) };
                Grid::Absolute { step_ms, offset_ms: offset_ms - shift_ms }
            };
            match (cumulate, civil) {
                (true, _) => Rule::Cumulate { grid: grid(step_ms), base: grid(duration_ms) },
                (false, false) => Rule::Absolute { grid: grid(step_ms), step_ms, duration_ms },
                (false, true) => {
                    Rule::Panes { grid: grid(step_ms), count: count(duration_ms / step_ms) }
                }
            }
        }
        Shape::Calendar { unit, duration, step, offset_ms, cumulate } => {
            let grid = |units| Grid::Civil {
                zone: Arc::clone(zone),
                ruler: Ruler::calendar(unit, units, offset_ms),
            };
            if cumulate {
                Rule::Cumulate { grid: grid(step), base: grid(duration) }
            } else {
                Rule::Panes { grid: grid(step), count: count(duration / step) }
            }
        }
    }
}

/// Panes per window as a length; validation keeps them within 65,536.
fn count(panes: i64) -> usize {
    usize::try_from(panes).unwrap_or(1)
}
