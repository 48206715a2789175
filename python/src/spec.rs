//! `SlidingWindowSpec` for Python: the wire message, immutable.
//!
//! It checks that each value has the field's type and width, and leaves what a value means to the
//! core: `kind=9` makes a spec, and the `Assigner` refuses it. Invariant: a spec is the message, so
//! equality, hash and pickle are those of its fields.

use std::fmt::Display;

use paneline::{Code, spec};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyString, PyType};

use crate::argument::{int, text, wrong_type};
use crate::error::{Outcome, guard};

/// Which windows an event belongs to. A pure function of this spec, the embedded time-zone
/// database and the event's time; never of other events.
///
/// Every argument is by keyword; lengths are milliseconds; a field left at its default means "as if
/// absent". Immutable: it compares, hashes and pickles. Any thread.
///
/// Errors: CORRUPT with an empty path for text that is no Unicode; INVALID_SPEC at the field for an
/// int beyond the field's width, of several at the lowest field number. What the fields mean
/// together is checked by `Assigner`.
///
/// >>> import paneline as pln
/// >>> pln.SlidingWindowSpec(duration_ms=21_600_000, step_ms=1_800_000, timezone="Asia/Tokyo")
/// SlidingWindowSpec(duration_ms=21600000, step_ms=1800000, timezone='Asia/Tokyo')
#[pyclass(frozen, eq, hash, module = "paneline")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct SlidingWindowSpec(pub(crate) paneline::SlidingWindowSpec);

#[pymethods]
impl SlidingWindowSpec {
    #[new]
    #[pyo3(
        signature = (**fields),
        text_signature = "(*, duration_ms=0, step_ms=0, timezone='', align_to_epoch=False, \
                          offset_ms=0, kind=0, calendar_unit=0, calendar_duration=0, \
                          calendar_step=0, week_start=0, month_day=0, session_gap_ms=0, \
                          allowed_lateness_ms=0, tzdb_version='', semantics_version=0, \
                          year_start_month=0)"
    )]
    fn new(py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<SlidingWindowSpec> {
        guard(py, || {
            let mut message = paneline::SlidingWindowSpec::default();
            let mut given: Vec<(String, Bound<'_, PyAny>)> = Vec::new();
            for (name, value) in fields.into_iter().flatten() {
                given.push((name.extract()?, value));
            }
            // Text that is no Unicode makes no message at all; of other faults the one with the
            // lowest field number is reported, in whatever order the keywords came.
            given.sort_by_key(|(name, _)| {
                let name = name.as_str();
                (!TEXTS.contains(&name), FIELDS.iter().position(|field| *field == name))
            });
            for (name, value) in &given {
                set(&mut message, name, value)?;
            }
            Ok(SlidingWindowSpec(message))
        })
    }

    /// Reads a spec from protobuf bytes, strictly.
    ///
    /// Errors: CORRUPT with an empty path for bytes that are no such message; UNSUPPORTED_FIELD at
    /// `#<number>` for a field that this version does not know; INVALID_SPEC at the field.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.SlidingWindowSpec(duration_ms=1000)
    /// >>> pln.SlidingWindowSpec.from_proto(spec.to_proto()) == spec
    /// True
    #[classmethod]
    fn from_proto(class: &Bound<'_, PyType>, data: &[u8]) -> PyResult<SlidingWindowSpec> {
        guard(class.py(), || Ok(SlidingWindowSpec(spec::from_proto(data)?)))
    }

    /// The protobuf bytes of the spec.
    fn to_proto<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guard(py, || Ok(PyBytes::new(py, &spec::to_proto(&self.0))))
    }

    /// Reads a spec from protobuf JSON, strictly. Names may be `step_ms` or `stepMs`, 64-bit
    /// numbers may be strings, enums may be names or numbers.
    ///
    /// Errors: CORRUPT with an empty path for text that is no JSON object; UNSUPPORTED_FIELD at an
    /// unknown name; INVALID_SPEC at the field for a value of the wrong type.
    ///
    /// >>> import paneline as pln
    /// >>> pln.SlidingWindowSpec.from_json('{"duration_ms": 1000, "timezone": "Asia/Tokyo"}')
    /// SlidingWindowSpec(duration_ms=1000, timezone='Asia/Tokyo')
    #[classmethod]
    fn from_json(
        class: &Bound<'_, PyType>,
        json: &Bound<'_, PyString>,
    ) -> PyResult<SlidingWindowSpec> {
        guard(class.py(), || {
            Ok(SlidingWindowSpec(spec::from_json(text(json, "", Code::Corrupt)?)?))
        })
    }

    /// The protobuf JSON of the spec, with the field names of the proto.
    ///
    /// Errors: INVALID_SPEC at an enum field whose number has no name.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        guard(py, || Ok(spec::to_json(&self.0)?))
    }

    /// Length of a window in milliseconds; 0 for calendar units and sessions.
    #[getter]
    fn duration_ms(&self) -> i64 {
        self.0.duration_ms
    }

    /// Distance between the starts of two neighbouring windows in milliseconds; 0 = duration_ms.
    #[getter]
    fn step_ms(&self) -> i64 {
        self.0.step_ms
    }

    /// IANA name ("America/New_York"), "UTC", "" (= UTC) or fixed ("+08:00").
    #[getter]
    fn timezone(&self) -> &str {
        &self.0.timezone
    }

    /// True: the grid lies on Unix time. False: it lies on the wall clock of `timezone`.
    #[getter]
    fn align_to_epoch(&self) -> bool {
        self.0.align_to_epoch
    }

    /// Shifts the grid, in milliseconds.
    #[getter]
    fn offset_ms(&self) -> i64 {
        self.0.offset_ms
    }

    /// The shape of the windows: a `WindowKind`, or the plain int of an unknown one.
    #[getter]
    fn kind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        named(py, "WindowKind", self.0.kind)
    }

    /// Set: windows of calendar units. A `CalendarUnit`, or the plain int of an unknown one.
    #[getter]
    fn calendar_unit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        named(py, "CalendarUnit", self.0.calendar_unit)
    }

    /// Length of a window in calendar units.
    #[getter]
    fn calendar_duration(&self) -> u32 {
        self.0.calendar_duration
    }

    /// Distance between window starts in calendar units; 0 = calendar_duration.
    #[getter]
    fn calendar_step(&self) -> u32 {
        self.0.calendar_step
    }

    /// WEEK only: the day a week starts on. A `Weekday`, or the plain int of an unknown one.
    #[getter]
    fn week_start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        named(py, "Weekday", self.0.week_start)
    }

    /// MONTH, QUARTER, YEAR: the day of the month a unit starts on, up to 28; 0 = 1.
    #[getter]
    fn month_day(&self) -> u32 {
        self.0.month_day
    }

    /// SESSION only: the gap that closes a session, in milliseconds.
    #[getter]
    fn session_gap_ms(&self) -> i64 {
        self.0.session_gap_ms
    }

    /// How long after a window's end late rows still update it, in milliseconds.
    #[getter]
    fn allowed_lateness_ms(&self) -> i64 {
        self.0.allowed_lateness_ms
    }

    /// The time-zone database release the spec insists on, such as "2026f"; "" = the embedded one.
    #[getter]
    fn tzdb_version(&self) -> &str {
        &self.0.tzdb_version
    }

    /// The version of the semantics the spec insists on; 0 = 1.
    #[getter]
    fn semantics_version(&self) -> u32 {
        self.0.semantics_version
    }

    /// QUARTER, YEAR: the month the year starts in, 1 to 12; 0 = 1.
    #[getter]
    fn year_start_month(&self) -> u32 {
        self.0.year_start_month
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || {
            let mut shown = Vec::new();
            for name in FIELDS {
                let value = slf.getattr(name)?;
                if value.is_truthy()? {
                    shown.push(format!("{name}={}", value.repr()?));
                }
            }
            Ok(format!("SlidingWindowSpec({})", shown.join(", ")))
        })
    }

    /// By way of the wire, which refuses what another version does not know.
    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let from_proto = slf.get_type().getattr("from_proto")?;
        Ok((from_proto, (slf.get().to_proto(slf.py())?,)))
    }
}

/// The fields in the order of their numbers. The tests compare it with the message.
const FIELDS: [&str; 16] = [
    "duration_ms",
    "step_ms",
    "timezone",
    "align_to_epoch",
    "offset_ms",
    "kind",
    "calendar_unit",
    "calendar_duration",
    "calendar_step",
    "week_start",
    "month_day",
    "session_gap_ms",
    "allowed_lateness_ms",
    "tzdb_version",
    "semantics_version",
    "year_start_month",
];

const TEXTS: [&str; 2] = ["timezone", "tzdb_version"];

/// Sets the field of a keyword.
fn set(m: &mut paneline::SlidingWindowSpec, name: &str, value: &Bound<'_, PyAny>) -> Outcome<()> {
    let invalid = Code::InvalidSpec;
    match FIELDS.iter().copied().find(|field| *field == name).unwrap_or_default() {
        "duration_ms" => m.duration_ms = int(value, &name, invalid)?,
        "step_ms" => m.step_ms = int(value, &name, invalid)?,
        "timezone" => m.timezone = string(value, &name)?,
        "align_to_epoch" => {
            let flag = value.cast::<PyBool>();
            m.align_to_epoch = flag.map_err(|_| wrong_type(value, &name, "a bool"))?.is_true();
        }
        "offset_ms" => m.offset_ms = int(value, &name, invalid)?,
        "kind" => m.kind = int(value, &name, invalid)?,
        "calendar_unit" => m.calendar_unit = int(value, &name, invalid)?,
        "calendar_duration" => m.calendar_duration = int(value, &name, invalid)?,
        "calendar_step" => m.calendar_step = int(value, &name, invalid)?,
        "week_start" => m.week_start = int(value, &name, invalid)?,
        "month_day" => m.month_day = int(value, &name, invalid)?,
        "session_gap_ms" => m.session_gap_ms = int(value, &name, invalid)?,
        "allowed_lateness_ms" => m.allowed_lateness_ms = int(value, &name, invalid)?,
        "tzdb_version" => m.tzdb_version = string(value, &name)?,
        "semantics_version" => m.semantics_version = int(value, &name, invalid)?,
        "year_start_month" => m.year_start_month = int(value, &name, invalid)?,
        _ => {
            let message = format!("SlidingWindowSpec has no field {name:?}");
            return Err(PyTypeError::new_err(message).into());
        }
    }
    Ok(())
}

/// The text of a field.
pub(crate) fn string(value: &Bound<'_, PyAny>, path: &dyn Display) -> Outcome<String> {
    let value = value.cast::<PyString>().map_err(|_| wrong_type(value, path, "a str"))?;
    // As for bytes of a message that are not UTF-8.
    Ok(text(value, "", Code::Corrupt)?.to_owned())
}

/// A number as the enum of the package, or as it is where the enum has no such member.
pub(crate) fn named<'py>(py: Python<'py>, class: &str, number: i32) -> PyResult<Bound<'py, PyAny>> {
    guard(py, || {
        let class = py.import("paneline._enums")?.getattr(class)?;
        match class.call1((number,)) {
            Err(error) if error.is_instance_of::<PyValueError>(py) => {
                Ok(number.into_pyobject(py).map_err(PyErr::from)?.into_any())
            }
            member => Ok(member?),
        }
    })
}
