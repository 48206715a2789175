//! `SlidingWindowSpec` for Python: the wire message, immutable.
//!
//! It checks that each value has the field's type and width, and leaves what a value means to the
//! core: `kind=9` makes a spec, and the `Assigner` refuses it. Invariant: a spec is the message, so
//! equality, hash and pickle are those of its fields.

use std::fmt::Display;

use paneline::{CalendarUnit, Code, Error, Weekday, WindowKind, spec};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyString, PyType};

use crate::argument::{text, wrong_type};
use crate::array::bytes;
use crate::engine::ENGINE_FIELDS;
use crate::error::{Fault, Outcome, guard};
use crate::keyword::{Fields, Keyword, each, shown};
use crate::name::Names;
use crate::zone::timezone;

const KINDS: Names = Names {
    prefix: "WINDOW_KIND_",
    name: |number| WindowKind::try_from(number).ok().map(|kind| kind.as_str_name()),
    others: &[
        (
            "tumbling",
            "a tumbling window is a sliding one whose step is its duration: leave step out",
        ),
        ("hopping", "a hopping window is a sliding one"),
    ],
};
const UNITS: Names = Names {
    prefix: "CALENDAR_UNIT_",
    name: |number| CalendarUnit::try_from(number).ok().map(|unit| unit.as_str_name()),
    others: &[],
};
const DAYS: Names = Names {
    prefix: "WEEKDAY_",
    name: |number| Weekday::try_from(number).ok().map(|day| day.as_str_name()),
    others: &[],
};

/// Which windows an event belongs to. A pure function of this spec, the embedded time-zone
/// database and the event's time; never of other events.
///
/// Every argument is by keyword, and one left out means "as if absent". Each length has two
/// keywords, of which one may be given. `duration`, `step`, `offset`, `session_gap` and
/// `allowed_lateness` take text such as "5m" or "1h30m" (see `parse_duration`; a minus sign before
/// it is read) or a `datetime.timedelta` of whole milliseconds. `duration_ms`, `step_ms` and so on
/// take ints, and are what a spec gives back.
///
/// `timezone` is the name of a zone ("Asia/Tokyo", "UTC", "+08:00"), a `zoneinfo.ZoneInfo`, of
/// which only the key counts, or a `datetime.timezone` of whole minutes. `kind`, `calendar_unit`
/// and `week_start` take names in lower case, members of the enums, or their numbers. The
/// properties below say what each field means.
///
/// Immutable: it compares, hashes, pickles, and prints as Python code. Any thread.
///
/// Errors: INVALID_SPEC at the argument for a length that cannot be read, an unknown name or an int
/// beyond the field's width; INVALID_ARGUMENT at the field for both spellings of a length;
/// UNKNOWN_TIMEZONE at `timezone` for an object that has no name; CORRUPT with an empty path for
/// text that is no Unicode. Of several the one at the lowest field number. What the fields mean
/// together is checked by `Assigner`.
///
/// >>> import paneline as pln
/// >>> pln.SlidingWindowSpec(duration="6h", step="30m", timezone="Asia/Tokyo")
/// SlidingWindowSpec(duration='6h', step='30m', timezone='Asia/Tokyo')
/// >>> from datetime import timedelta
/// >>> pln.SlidingWindowSpec(duration=timedelta(minutes=5)).duration_ms
/// 300000
/// >>> pln.SlidingWindowSpec(calendar_unit="month", calendar_duration=1)
/// SlidingWindowSpec(calendar_unit='month', calendar_duration=1)
/// >>> pln.SlidingWindowSpec(duration="90")
/// Traceback (most recent call last):
///     ...
/// paneline.InvalidSpecError: INVALID_SPEC at duration: 90 has no unit; write 90ms, ...
#[pyclass(frozen, eq, hash, module = "paneline")]
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct SlidingWindowSpec(pub(crate) paneline::SlidingWindowSpec);

impl SlidingWindowSpec {
    /// This spec with the fields that keywords name.
    fn with(&self, keywords: Option<&Bound<'_, PyDict>>) -> Outcome<SlidingWindowSpec> {
        let mut message = self.0.clone();
        each(&FIELDS, keywords, |keyword| set(&mut message, keyword))?;
        Ok(SlidingWindowSpec(message))
    }
}

#[pymethods]
impl SlidingWindowSpec {
    #[new]
    #[pyo3(
        signature = (**fields),
        text_signature = "(*, duration=None, step=None, timezone='', align_to_epoch=False, \
                          offset=None, kind='sliding', calendar_unit='none', \
                          calendar_duration=0, calendar_step=0, week_start='monday', month_day=0, \
                          session_gap=None, allowed_lateness=None, tzdb_version='', \
                          semantics_version=0, year_start_month=0, duration_ms=None, \
                          step_ms=None, offset_ms=None, session_gap_ms=None, \
                          allowed_lateness_ms=None)"
    )]
    fn new(py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<SlidingWindowSpec> {
        guard(py, || SlidingWindowSpec::default().with(fields))
    }

    /// The spec with other values for some fields, given as to the class; a length that is None
    /// stays as it is. Errors: those of the class.
    ///
    /// `copy.replace` of Python 3.13 does the same.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.SlidingWindowSpec(duration="5m", timezone="Asia/Tokyo")
    /// >>> spec.replace(step="10s")
    /// SlidingWindowSpec(duration='5m', step='10s', timezone='Asia/Tokyo')
    #[pyo3(signature = (**changes))]
    fn replace(
        &self,
        py: Python<'_>,
        changes: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<SlidingWindowSpec> {
        guard(py, || self.with(changes))
    }

    #[pyo3(signature = (**changes))]
    fn __replace__(
        &self,
        py: Python<'_>,
        changes: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<SlidingWindowSpec> {
        guard(py, || self.with(changes))
    }

    /// Reads a spec from protobuf bytes, strictly. `data` is whatever holds bytes in one piece.
    ///
    /// Errors: CORRUPT with an empty path for bytes that are no such message; UNSUPPORTED_FIELD at
    /// `#<number>` for a field that this version does not know; INVALID_SPEC at the field.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.SlidingWindowSpec(duration="1s")
    /// >>> pln.SlidingWindowSpec.from_proto(spec.to_proto()) == spec
    /// True
    #[classmethod]
    fn from_proto(
        class: &Bound<'_, PyType>,
        data: &Bound<'_, PyAny>,
    ) -> PyResult<SlidingWindowSpec> {
        guard(class.py(), || Ok(SlidingWindowSpec(spec::from_proto(&proto_bytes(data)?)?)))
    }

    /// The protobuf bytes of the spec.
    ///
    /// >>> import paneline as pln
    /// >>> pln.SlidingWindowSpec(duration="1s").to_proto()
    /// b'\x08\xe8\x07'
    fn to_proto<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guard(py, || Ok(PyBytes::new(py, &spec::to_proto(&self.0))))
    }

    /// Reads a spec from protobuf JSON, strictly. `json` is text, or whatever holds its bytes in
    /// UTF-8. Names may be `step_ms` or `stepMs`, 64-bit numbers may be strings, enums may be names
    /// or numbers.
    ///
    /// Errors: CORRUPT with an empty path for text that is no JSON object; UNSUPPORTED_FIELD at an
    /// unknown name; INVALID_SPEC at the field for a value of the wrong type.
    ///
    /// >>> import paneline as pln
    /// >>> pln.SlidingWindowSpec.from_json('{"duration_ms": 1000, "timezone": "Asia/Tokyo"}')
    /// SlidingWindowSpec(duration='1s', timezone='Asia/Tokyo')
    #[classmethod]
    fn from_json(
        class: &Bound<'_, PyType>,
        json: &Bound<'_, PyAny>,
    ) -> PyResult<SlidingWindowSpec> {
        guard(class.py(), || Ok(SlidingWindowSpec(spec::from_json(&json_text(json)?)?)))
    }

    /// The protobuf JSON of the spec, with the field names of the proto.
    ///
    /// Errors: INVALID_SPEC at an enum field whose number has no name.
    ///
    /// >>> import paneline as pln
    /// >>> pln.SlidingWindowSpec(duration="1s").to_json()
    /// '{"duration_ms":"1000"}'
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
        let (py, m) = (slf.py(), &slf.get().0);
        guard(py, || {
            let text = shown(&FIELDS, |field| {
                let value = slf.getattr(field)?;
                Ok(match field {
                    _ if !value.is_truthy()? => None,
                    "kind" => Some(KINDS.shown(py, m.kind)?),
                    "calendar_unit" => Some(UNITS.shown(py, m.calendar_unit)?),
                    "week_start" => Some(DAYS.shown(py, m.week_start)?),
                    _ => Some(value),
                })
            });
            Ok(text?)
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

const FIELDS: Fields = Fields {
    class: "SlidingWindowSpec",
    names: &WINDOW_FIELDS,
    elsewhere: (&ENGINE_FIELDS, "is a field of EngineSpec"),
};

/// The fields in the order of their numbers. The tests compare it with the message.
pub(crate) const WINDOW_FIELDS: [&str; 16] = [
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

/// Sets the field of a keyword.
fn set(m: &mut paneline::SlidingWindowSpec, given: &Keyword<'_>) -> Outcome<()> {
    let (name, value) = (given.name, &given.value);
    match given.field {
        "duration_ms" => m.duration_ms = given.length()?,
        "step_ms" => m.step_ms = given.length()?,
        "timezone" => m.timezone = string(timezone(value)?.as_any(), &name)?,
        "align_to_epoch" => {
            let flag = value.cast::<PyBool>();
            m.align_to_epoch = flag.map_err(|_| wrong_type(value, &name, "a bool"))?.is_true();
        }
        "offset_ms" => m.offset_ms = given.length()?,
        "kind" => m.kind = KINDS.number(value, name)?,
        "calendar_unit" => m.calendar_unit = UNITS.number(value, name)?,
        "calendar_duration" => m.calendar_duration = given.int()?,
        "calendar_step" => m.calendar_step = given.int()?,
        "week_start" => m.week_start = DAYS.number(value, name)?,
        "month_day" => m.month_day = given.int()?,
        "session_gap_ms" => m.session_gap_ms = given.length()?,
        "allowed_lateness_ms" => m.allowed_lateness_ms = given.length()?,
        "tzdb_version" => m.tzdb_version = string(value, &name)?,
        "semantics_version" => m.semantics_version = given.int()?,
        "year_start_month" => m.year_start_month = given.int()?,
        field => return Err(no_such_field(field)),
    }
    Ok(())
}

/// A field of the list that `set` does not know.
pub(crate) fn no_such_field(field: &'static str) -> Fault {
    Error::new(Code::Internal, field, "a field that nothing sets").into()
}

/// The bytes of a message.
pub(crate) fn proto_bytes(data: &Bound<'_, PyAny>) -> Outcome<Vec<u8>> {
    bytes(data, "data", "bytes or a buffer of bytes")
}

/// The JSON of a message.
pub(crate) fn json_text(json: &Bound<'_, PyAny>) -> Outcome<String> {
    if json.is_instance_of::<PyString>() {
        return string(json, &"json");
    }
    let wanted = "a str or bytes in UTF-8, as json.dumps(value) or file.read() gives them";
    let json = bytes(json, "json", wanted)?;
    String::from_utf8(json)
        .map_err(|_| Error::new(Code::Corrupt, "", "the bytes of JSON text must be UTF-8").into())
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
