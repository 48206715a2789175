//! `EngineSpec` for Python: the wire message and the messages in it, immutable.
//!
//! As in `spec`, types and widths are checked here and meanings in the core: a column that names no
//! value makes a spec, and the `Engine` refuses it. Invariant: a spec is the message. Worked
//! number: `max_out_of_orderness="5s"` is the field `max_out_of_orderness_ms` with 5,000.

use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

use paneline::{Code, EngineWindows, Function, KeyType, ValueType, spec};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple, PyType};

use crate::argument::{Given, int, wrong_type};
use crate::error::{Outcome, guard};
use crate::keyword::{Fields, Keyword, each, shown};
use crate::name::Names;
use crate::spec::{
    SlidingWindowSpec, WINDOW_FIELDS, json_text, no_such_field, proto_bytes, string,
};

const KEYS: Names = Names {
    prefix: "KEY_TYPE_",
    name: |number| KeyType::try_from(number).ok().map(|key| key.as_str_name()),
    others: &[("str", "text is keyed by its UTF-8, as bytes")],
};
const TYPES: Names = Names {
    prefix: "VALUE_TYPE_",
    name: |number| ValueType::try_from(number).ok().map(|value| value.as_str_name()),
    others: &[],
};
const FUNCTIONS: Names = Names {
    prefix: "FUNCTION_",
    name: |number| Function::try_from(number).ok().map(|function| function.as_str_name()),
    others: &[
        ("avg", "the average is the mean"),
        ("std", "the standard deviation is stddev"),
        ("var", "the variance is variance"),
    ],
};

/// A column of values beside key and time: its name, its type ("i64" or "f64"), and whether it may
/// hold nulls, which costs 4 bytes in every cell.
///
/// Immutable: it compares, hashes and pickles. Any thread.
///
/// Errors: INVALID_SPEC at `type`; CORRUPT with an empty path for text that is no Unicode.
///
/// >>> import paneline as pln
/// >>> pln.ValueColumn("amount", "f64", nullable=True)
/// ValueColumn('amount', 'f64', nullable=True)
#[pyclass(frozen, eq, hash, module = "paneline")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ValueColumn(paneline::ValueColumn);

#[pymethods]
impl ValueColumn {
    #[new]
    #[pyo3(
        signature = (name, r#type=Given::default(), nullable=Given::default()),
        text_signature = "(name, type='i64', nullable=False)"
    )]
    fn new(
        name: &Bound<'_, PyAny>,
        r#type: Given<'_, '_>,
        nullable: Given<'_, '_>,
    ) -> PyResult<ValueColumn> {
        guard(name.py(), || {
            let name = string(name, &"name")?;
            let r#type = r#type.get().map_or(Ok(0), |value| TYPES.number(value, "type"))?;
            let nullable = nullable.is_true("nullable")?;
            Ok(ValueColumn(paneline::ValueColumn { name, r#type, nullable }))
        })
    }

    /// Its name, unique among the columns.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// "i64" or "f64", or the plain int of an unknown type.
    #[getter]
    fn r#type<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        TYPES.shown(py, self.0.r#type)
    }

    /// Whether it may hold nulls.
    #[getter]
    fn nullable(&self) -> bool {
        self.0.nullable
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || {
            let (name, kind) = (slf.getattr("name")?.repr()?, slf.getattr("type")?.repr()?);
            let nullable = if slf.get().0.nullable { ", nullable=True" } else { "" };
            Ok(format!("ValueColumn({name}, {kind}{nullable})"))
        })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Parts<'py>)> {
        let parts = (slf.getattr("name")?, slf.getattr("type")?, slf.getattr("nullable")?);
        Ok((slf.get_type().into_any(), parts.into_pyobject(slf.py())?))
    }
}

/// One column of the results: its name, the function ("count", "sum", "mean", "variance", "stddev",
/// "min", "max", "first" or "last"), the value column it is computed of (none: count of rows), and
/// for "variance" and "stddev" `ddof`: 0 for the population, 1 for a sample.
///
/// Immutable: it compares, hashes and pickles. Any thread.
///
/// Errors: INVALID_SPEC at `function` and at `ddof`; CORRUPT with an empty path for text that is no
/// Unicode.
///
/// >>> import paneline as pln
/// >>> pln.Aggregate("n", "count"), pln.Aggregate("spread", "stddev", "amount", ddof=1)
/// (Aggregate('n', 'count'), Aggregate('spread', 'stddev', 'amount', ddof=1))
#[pyclass(frozen, eq, hash, module = "paneline")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Aggregate(paneline::Aggregate);

#[pymethods]
impl Aggregate {
    #[new]
    #[pyo3(
        signature = (name, function, column=Given::default(), ddof=Given::default()),
        text_signature = "(name, function, column='', ddof=0)"
    )]
    fn new(
        name: &Bound<'_, PyAny>,
        function: &Bound<'_, PyAny>,
        column: Given<'_, '_>,
        ddof: Given<'_, '_>,
    ) -> PyResult<Aggregate> {
        guard(name.py(), || {
            let name = string(name, &"name")?;
            let function = FUNCTIONS.number(function, "function")?;
            let column = column.get();
            let column = column.map_or(Ok(String::new()), |column| string(column, &"column"))?;
            let ddof = ddof.get().map_or(Ok(0), |ddof| int(ddof, &"ddof", Code::InvalidSpec))?;
            Ok(Aggregate(paneline::Aggregate { name, function, column, ddof }))
        })
    }

    /// Its name, unique among the aggregates.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What is computed, or the plain int of an unknown function.
    #[getter]
    fn function<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        FUNCTIONS.shown(py, self.0.function)
    }

    /// The value column it is computed of; empty for the number of rows.
    #[getter]
    fn column(&self) -> &str {
        &self.0.column
    }

    /// "variance", "stddev": 0 for the population, 1 for a sample.
    #[getter]
    fn ddof(&self) -> u32 {
        self.0.ddof
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || {
            let (name, function) = (slf.getattr("name")?.repr()?, slf.getattr("function")?.repr()?);
            let mut shown = format!("Aggregate({name}, {function}");
            if !slf.get().0.column.is_empty() {
                let _ = write!(shown, ", {}", slf.getattr("column")?.repr()?);
            }
            if slf.get().0.ddof > 0 {
                let _ = write!(shown, ", ddof={}", slf.get().0.ddof);
            }
            Ok(shown + ")")
        })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Parts<'py>)> {
        let (name, function) = (slf.getattr("name")?, slf.getattr("function")?);
        let parts = (name, function, slf.getattr("column")?, slf.getattr("ddof")?);
        Ok((slf.get_type().into_any(), parts.into_pyobject(slf.py())?))
    }
}

/// The arguments that make an object again.
type Parts<'py> = Bound<'py, PyTuple>;

/// Which windows, of which keys, with which results, within which bounds: what opens an `Engine`.
///
/// Every argument is by keyword, and one left out means "as if absent": budgets are then 1 GiB of
/// state, 1 MiB of results and 65,536 late rows. `window` is a `SlidingWindowSpec`; `key` is "i64",
/// "u64" or "bytes"; `values` are `ValueColumn` and `aggregates` `Aggregate`, in the order of their
/// columns. Lengths have two keywords, as those of a `SlidingWindowSpec`: `max_out_of_orderness`,
/// `max_future` and `idle_timeout` take text such as "5s" or a `datetime.timedelta`, the same with
/// `_ms` ints. The properties below say what each field means.
///
/// Immutable: it compares, hashes, pickles, and prints as Python code. Any thread.
///
/// Errors: INVALID_SPEC at the argument for a length that cannot be read, an unknown name or an int
/// beyond the field's width; INVALID_ARGUMENT at the field for both spellings of a length; CORRUPT
/// with an empty path for text that is no Unicode. Of several the one at the lowest field number.
/// What the fields mean together is checked by `Engine`.
///
/// >>> import paneline as pln
/// >>> spec = pln.EngineSpec(
/// ...     window=pln.SlidingWindowSpec(duration="5m", step="10s"),
/// ...     values=[pln.ValueColumn("amount", "f64")],
/// ...     aggregates=[pln.Aggregate("total", "sum", "amount")],
/// ...     max_out_of_orderness="5s",
/// ... )
/// >>> spec.key, spec.aggregates, spec.max_out_of_orderness_ms
/// ('i64', (Aggregate('total', 'sum', 'amount'),), 5000)
#[pyclass(frozen, eq, hash, module = "paneline")]
#[derive(Clone, PartialEq)]
pub(crate) struct EngineSpec(pub(crate) paneline::EngineSpec);

impl EngineSpec {
    /// The spec that an engine is opened with.
    pub(super) fn given<'a>(spec: &'a Bound<'_, PyAny>) -> Outcome<&'a EngineSpec> {
        let wanted = "an EngineSpec, as EngineSpec(window=...) makes it";
        let given = spec.cast::<EngineSpec>();
        Ok(given.map_err(|_| wrong_type(spec, &"spec", wanted))?.get())
    }

    /// This spec with the fields that keywords name.
    fn with(&self, keywords: Option<&Bound<'_, PyDict>>) -> Outcome<EngineSpec> {
        let mut message = self.0.clone();
        each(&FIELDS, keywords, |keyword| set(&mut message, keyword))?;
        Ok(EngineSpec(message))
    }
}

impl Eq for EngineSpec {}

impl Hash for EngineSpec {
    fn hash<H: Hasher>(&self, state: &mut H) {
        spec::engine_to_proto(&self.0).hash(state);
    }
}

#[pymethods]
impl EngineSpec {
    #[new]
    #[pyo3(
        signature = (**fields),
        text_signature = "(*, window=None, key='i64', values=(), aggregates=(), \
                          max_out_of_orderness=None, max_future=None, idle_timeout=None, \
                          sources=(), state_budget_bytes=0, output_budget_bytes=0, \
                          late_budget_rows=0, max_out_of_orderness_ms=None, \
                          max_future_ms=None, idle_timeout_ms=None)"
    )]
    fn new(py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<EngineSpec> {
        guard(py, || EngineSpec(paneline::EngineSpec::default()).with(fields))
    }

    /// The spec with other values for some fields, given as to the class; a length that is None
    /// stays as it is. Errors: those of the class.
    ///
    /// `copy.replace` of Python 3.13 does the same.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="1s"))
    /// >>> spec.replace(key="u64", max_future="1h")
    /// EngineSpec(window=SlidingWindowSpec(duration='1s'), key='u64', max_future='1h')
    #[pyo3(signature = (**changes))]
    fn replace(&self, py: Python<'_>, changes: Option<&Bound<'_, PyDict>>) -> PyResult<EngineSpec> {
        guard(py, || self.with(changes))
    }

    #[pyo3(signature = (**changes))]
    fn __replace__(
        &self,
        py: Python<'_>,
        changes: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<EngineSpec> {
        guard(py, || self.with(changes))
    }

    /// Reads a spec from protobuf bytes, strictly, as `SlidingWindowSpec.from_proto` does.
    ///
    /// Errors: CORRUPT with an empty path for bytes that are no such message or more than 1 MiB;
    /// UNSUPPORTED_FIELD at `#<number>` for a field that this version does not know, with the way
    /// to it (`window.#99`); INVALID_SPEC at the field.
    ///
    /// >>> import paneline as pln
    /// >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="1s"), key="bytes")
    /// >>> pln.EngineSpec.from_proto(spec.to_proto()) == spec
    /// True
    #[classmethod]
    fn from_proto(class: &Bound<'_, PyType>, data: &Bound<'_, PyAny>) -> PyResult<EngineSpec> {
        guard(class.py(), || Ok(EngineSpec(spec::engine_from_proto(&proto_bytes(data)?)?)))
    }

    /// The protobuf bytes of the spec.
    ///
    /// >>> import paneline as pln
    /// >>> pln.EngineSpec(max_future="1s").to_proto()
    /// b'8\xe8\x07'
    fn to_proto<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guard(py, || Ok(PyBytes::new(py, &spec::engine_to_proto(&self.0))))
    }

    /// Reads a spec from protobuf JSON, strictly, as `SlidingWindowSpec.from_json` does.
    ///
    /// Errors: CORRUPT with an empty path for text that is no JSON object or more than 1 MiB;
    /// UNSUPPORTED_FIELD at the way to an unknown name (`values[0].typ`); INVALID_SPEC at the field
    /// for a value of the wrong type.
    ///
    /// >>> import paneline as pln
    /// >>> pln.EngineSpec.from_json('{"window": {"duration_ms": 1000}, "key": "KEY_TYPE_U64"}')
    /// EngineSpec(window=SlidingWindowSpec(duration='1s'), key='u64')
    #[classmethod]
    fn from_json(class: &Bound<'_, PyType>, json: &Bound<'_, PyAny>) -> PyResult<EngineSpec> {
        guard(class.py(), || Ok(EngineSpec(spec::engine_from_json(&json_text(json)?)?)))
    }

    /// The protobuf JSON of the spec, with the field names of the proto.
    ///
    /// Errors: INVALID_SPEC at an enum field whose number has no name.
    ///
    /// >>> import paneline as pln
    /// >>> pln.EngineSpec(max_future="1s").to_json()
    /// '{"max_future_ms":"1000"}'
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        guard(py, || Ok(spec::engine_to_json(&self.0)?))
    }

    /// The windows; None where the spec has none, which no engine opens.
    #[getter]
    fn window(&self) -> Option<SlidingWindowSpec> {
        let Some(EngineWindows::Window(window)) = &self.0.windows else { return None };
        Some(SlidingWindowSpec(window.clone()))
    }

    /// The type of the keys: "i64", "u64" or "bytes", or the plain int of an unknown one.
    #[getter]
    fn key<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        KEYS.shown(py, self.0.key)
    }

    /// The value columns of a row: a tuple of `ValueColumn`, at most 64.
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.values.iter().cloned().map(ValueColumn))
    }

    /// The result columns: a tuple of `Aggregate`, at most 64.
    #[getter]
    fn aggregates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.aggregates.iter().cloned().map(Aggregate))
    }

    /// How far behind the latest time of its source a row may come; -1: only explicit watermarks
    /// move time.
    #[getter]
    fn max_out_of_orderness_ms(&self) -> i64 {
        self.0.max_out_of_orderness_ms
    }

    /// A row this far ahead of the last tick is set aside as future; 0: none is.
    #[getter]
    fn max_future_ms(&self) -> i64 {
        self.0.max_future_ms
    }

    /// A source that is silent for so long, by ticks, no longer holds the watermark; 0: never.
    #[getter]
    fn idle_timeout_ms(&self) -> i64 {
        self.0.idle_timeout_ms
    }

    /// Names of the sources: a tuple of str, at most 4,096. Empty: one implicit source.
    #[getter]
    fn sources<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.0.sources)
    }

    /// Bytes the state may take; 0: 1 GiB.
    #[getter]
    fn state_budget_bytes(&self) -> u64 {
        self.0.state_budget_bytes
    }

    /// Bytes that undrained results may take; 0: 1 MiB.
    #[getter]
    fn output_budget_bytes(&self) -> u64 {
        self.0.output_budget_bytes
    }

    /// Rows that undrained late and future rows may be; 0: 65,536.
    #[getter]
    fn late_budget_rows(&self) -> u64 {
        self.0.late_budget_rows
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || {
            let text = shown(&FIELDS, |field| {
                let value = slf.getattr(field)?;
                let is_set =
                    if field == "key" { slf.get().0.key != 0 } else { value.is_truthy()? };
                Ok(is_set.then_some(value))
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
    class: "EngineSpec",
    names: &ENGINE_FIELDS,
    elsewhere: (&WINDOW_FIELDS, "is a field of window, the SlidingWindowSpec"),
};

/// The fields in the order of their numbers. The tests compare it with the message.
pub(crate) const ENGINE_FIELDS: [&str; 11] = [
    "window",
    "key",
    "values",
    "aggregates",
    "max_out_of_orderness_ms",
    "max_future_ms",
    "idle_timeout_ms",
    "sources",
    "state_budget_bytes",
    "output_budget_bytes",
    "late_budget_rows",
];

/// Sets the field of a keyword.
fn set(m: &mut paneline::EngineSpec, given: &Keyword<'_>) -> Outcome<()> {
    let (name, value) = (given.name, &given.value);
    match given.field {
        "window" if value.is_none() => m.windows = None,
        "window" => {
            let window = value.cast::<SlidingWindowSpec>();
            let window = window.map_err(|_| wrong_type(value, &name, "a SlidingWindowSpec"))?;
            m.windows = Some(window.get().0.clone().into());
        }
        "key" => m.key = KEYS.number(value, name)?,
        "values" => m.values = items(value, name, "ValueColumn", value_column)?,
        "aggregates" => m.aggregates = items(value, name, "Aggregate", aggregate)?,
        "max_out_of_orderness_ms" => m.max_out_of_orderness_ms = given.length()?,
        "max_future_ms" => m.max_future_ms = given.length()?,
        "idle_timeout_ms" => m.idle_timeout_ms = given.length()?,
        "sources" => m.sources = items(value, name, "str", source)?,
        "state_budget_bytes" => m.state_budget_bytes = given.int()?,
        "output_budget_bytes" => m.output_budget_bytes = given.int()?,
        "late_budget_rows" => m.late_budget_rows = given.int()?,
        field => return Err(no_such_field(field)),
    }
    Ok(())
}

fn value_column(item: &Bound<'_, PyAny>, path: &str) -> Outcome<paneline::ValueColumn> {
    let item_ = item.cast::<ValueColumn>().map_err(|_| wrong_type(item, &path, "a ValueColumn"))?;
    Ok(item_.get().0.clone())
}

fn aggregate(item: &Bound<'_, PyAny>, path: &str) -> Outcome<paneline::Aggregate> {
    let item_ = item.cast::<Aggregate>().map_err(|_| wrong_type(item, &path, "an Aggregate"))?;
    Ok(item_.get().0.clone())
}

fn source(item: &Bound<'_, PyAny>, path: &str) -> Outcome<String> {
    string(item, &path)
}

/// The items of a list or tuple.
fn items<T>(
    value: &Bound<'_, PyAny>,
    name: &str,
    of: &str,
    item: impl Fn(&Bound<'_, PyAny>, &str) -> Outcome<T>,
) -> Outcome<Vec<T>> {
    if !value.is_instance_of::<PyList>() && !value.is_instance_of::<PyTuple>() {
        return Err(wrong_type(value, &name, &format!("a list or tuple of {of}")));
    }
    let mut taken = Vec::new();
    for (at, value) in value.try_iter()?.enumerate() {
        taken.push(item(&value?, &format!("{name}[{at}]"))?);
    }
    Ok(taken)
}
