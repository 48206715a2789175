//! From an engine's message to proven types: what it may not say about keys, columns, results,
//! sources and bounds is refused here.
//!
//! The windows are proven by the assigner, from [`engine_window`]. Invariant: in a `ProvenEngine`
//! every output names a column by its place, names are unique, and no length is negative; so
//! `aggregates[2].column` "prise" beside a column "price" ends here.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use paneline_proto::fields::engine_spec as field;
use paneline_proto::fields::{aggregate, value_column};
use paneline_proto::{Field, Place};

use super::{
    Aggregate, EngineSpec, EngineWindows, Faults, Function, KeyType, SlidingWindowSpec,
    ValueColumn, ValueType, known, path_text,
};
use crate::duration::quoted;
use crate::error::{Code, Error, nearest};

/// A row of more columns is two records; which of them are null fits one 64-bit word.
const VALUES_MAX: usize = 64;

/// As many as the columns. Every aggregate has a cell in every window of every key, so more are
/// two engines.
const AGGREGATES_MAX: usize = 64;

/// Sources are the partitions of a stream. The watermark is the minimum over all of them, which a
/// row may have to look for.
const SOURCES_MAX: usize = 4_096;

/// As long as the names of files. They go into headers of columns and into paths of errors.
const NAME_BYTES_MAX: usize = 255;

/// 0 is the population, 1 the sample; no other correction has a name.
const DDOF_MAX: u32 = 1;

/// Below the largest lateness lies "only explicit watermarks move time".
const OUT_OF_ORDERNESS_MS_MIN: i64 = -1;

/// What 0 stands for. A key takes tens of bytes in a window, so this is tens of millions of cells.
const STATE_BUDGET_BYTES_DEFAULT: u64 = 1 << 30;

/// What 0 stands for: some 20,000 results, which the second-level cache still holds when they are
/// drained; with 16 MiB a sliding window took a quarter longer.
const OUTPUT_BUDGET_BYTES_DEFAULT: u64 = 1 << 20;

/// What 0 stands for: enough to look at, little enough to forget to drain.
const LATE_BUDGET_ROWS_DEFAULT: u64 = 65_536;

/// An engine's spec that passed every check but those of its windows.
#[derive(Debug)]
pub(crate) struct ProvenEngine {
    /// As the message has it; [`crate::Assigner::new`] proves it.
    pub(crate) window: SlidingWindowSpec,
    pub(crate) key: KeyType,
    pub(crate) columns: Vec<Column>,
    pub(crate) outputs: Vec<Output>,
    /// At least -1, which stands for explicit watermarks only.
    pub(crate) max_out_of_orderness_ms: i64,
    /// 0: no row is future.
    pub(crate) max_future_ms: i64,
    /// 0: no source is ever idle.
    pub(crate) idle_timeout_ms: i64,
    /// Empty: one implicit source.
    pub(crate) sources: Vec<String>,
    pub(crate) state_budget: u64,
    pub(crate) output_budget: u64,
    pub(crate) late_budget_rows: u64,
}

impl ProvenEngine {
    /// Whether a stream's rows are judged alike by both specs; what is aggregated, and within which
    /// budgets, may differ.
    pub(crate) fn judges_as(&self, other: &ProvenEngine) -> bool {
        let bounds = |spec: &ProvenEngine| {
            (spec.max_out_of_orderness_ms, spec.max_future_ms, spec.idle_timeout_ms)
        };
        self.window == other.window
            && self.key == other.key
            && self.sources == other.sources
            && bounds(self) == bounds(other)
    }
}

/// A value column of the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) value_type: ValueType,
    pub(crate) nullable: bool,
}

/// A column of the results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) function: Function,
    /// The place of its column; `None` for the number of rows.
    pub(crate) column: Option<usize>,
    /// 0 or 1; 0 unless the function is a variance or its root.
    pub(crate) ddof: u32,
}

/// The windows of an engine, for the assigner to prove.
///
/// Open an engine with it first: the window is field 1, so its faults are reported before those
/// that [`prove_engine`] finds.
pub(crate) fn engine_window(message: &EngineSpec) -> Result<&SlidingWindowSpec, Error> {
    match &message.windows {
        Some(EngineWindows::Window(window)) => Ok(window),
        None => {
            let message = "window must be set, got none";
            Err(Error::new(Code::InvalidSpec, field::WINDOW.name, message))
        }
    }
}

/// Checks all of a message but its windows and turns it into proven types.
///
/// Errors: `INVALID_SPEC` at the path, of several faults the lowest field number, then the lowest
/// index.
pub(crate) fn prove_engine(message: &EngineSpec) -> Result<ProvenEngine, Error> {
    let window = engine_window(message)?.clone();
    let mut faults = Faults::default();
    let key = known::<KeyType>(&[field::KEY.at(0)], message.key, &mut faults);
    let columns = prove_columns(&message.values, &mut faults);
    let outputs = prove_outputs(&message.aggregates, &message.values, &mut faults);
    let lengths = [
        (field::MAX_OUT_OF_ORDERNESS_MS, message.max_out_of_orderness_ms, OUT_OF_ORDERNESS_MS_MIN),
        (field::MAX_FUTURE_MS, message.max_future_ms, 0),
        (field::IDLE_TIMEOUT_MS, message.idle_timeout_ms, 0),
    ];
    for (field, got, min) in lengths.into_iter().filter(|(_, got, min)| got < min) {
        faults.invalid_at(&[field.at(0)], || format!("must be >= {min}, got {got}"));
    }
    if fits(field::SOURCES, message.sources.len(), SOURCES_MAX, &mut faults) {
        let names = message.sources.iter().map(String::as_str);
        check_names(names, |i| vec![field::SOURCES.at(i)], &mut faults);
    }
    faults.into_result()?;

    let internal = || Error::new(Code::Internal, "", "a spec without faults was not proven");
    let or_default = |value: u64, default: u64| if value == 0 { default } else { value };
    Ok(ProvenEngine {
        window,
        key: key.ok_or_else(internal)?,
        columns,
        outputs,
        max_out_of_orderness_ms: message.max_out_of_orderness_ms,
        max_future_ms: message.max_future_ms,
        idle_timeout_ms: message.idle_timeout_ms,
        sources: message.sources.clone(),
        state_budget: or_default(message.state_budget_bytes, STATE_BUDGET_BYTES_DEFAULT),
        output_budget: or_default(message.output_budget_bytes, OUTPUT_BUDGET_BYTES_DEFAULT),
        late_budget_rows: or_default(message.late_budget_rows, LATE_BUDGET_ROWS_DEFAULT),
    })
}

/// The columns that have no fault.
fn prove_columns(values: &[ValueColumn], faults: &mut Faults) -> Vec<Column> {
    if !fits(field::VALUES, values.len(), VALUES_MAX, faults) {
        return Vec::new();
    }
    let names = values.iter().map(|value| value.name.as_str());
    check_names(names, |i| vec![field::VALUES.at(i), value_column::NAME.at(0)], faults);
    let columns = values.iter().enumerate().filter_map(|(i, value)| {
        let path = [field::VALUES.at(i), value_column::TYPE.at(0)];
        let value_type = known::<ValueType>(&path, value.r#type, faults)?;
        Some(Column { name: value.name.clone(), value_type, nullable: value.nullable })
    });
    columns.collect()
}

/// The outputs that have no fault.
fn prove_outputs(
    aggregates: &[Aggregate],
    values: &[ValueColumn],
    faults: &mut Faults,
) -> Vec<Output> {
    if !fits(field::AGGREGATES, aggregates.len(), AGGREGATES_MAX, faults) {
        return Vec::new();
    }
    let names = aggregates.iter().map(|output| output.name.as_str());
    check_names(names, |i| vec![field::AGGREGATES.at(i), aggregate::NAME.at(0)], faults);
    let outputs = aggregates.iter().enumerate();
    outputs.filter_map(|(i, output)| prove_output(i, output, values, faults)).collect()
}

fn prove_output(
    index: usize,
    output: &Aggregate,
    values: &[ValueColumn],
    faults: &mut Faults,
) -> Option<Output> {
    let at = |inner: Field| [field::AGGREGATES.at(index), inner.at(0)];
    // An unknown function leaves open what column and ddof mean.
    let function = known::<Function>(&at(aggregate::FUNCTION), output.function, faults)?;
    let owner = function.as_str_name().trim_start_matches("FUNCTION_");

    let column = values.iter().position(|value| value.name == output.column);
    let of_rows = output.column.is_empty() && function == Function::Count;
    if column.is_none() && !of_rows {
        faults.invalid_at(&at(aggregate::COLUMN), || {
            let known = values.iter().map(|value| value.name.as_str());
            let hint = nearest(&output.column, known)
                .map(|meant| format!("; did you mean {:?}?", quoted(meant)))
                .unwrap_or_default();
            format!("must name one of values with {owner}, got {:?}{hint}", quoted(&output.column))
        });
    }
    let ddof = output.ddof;
    let ddof_max = match function {
        Function::Variance | Function::Stddev => DDOF_MAX,
        _ => 0,
    };
    if ddof > ddof_max {
        faults.invalid_at(&at(aggregate::DDOF), || {
            format!("must be <= {ddof_max} with {owner}, got {ddof}")
        });
    }
    Some(Output { name: output.name.clone(), function, column, ddof })
}

/// Whether a list is short enough; of a longer one nothing else is said.
fn fits(field: Field, length: usize, length_max: usize, faults: &mut Faults) -> bool {
    if length > length_max {
        let message = format!("{} must be at most {length_max}, got {length}", field.name);
        faults.add(field, Code::InvalidSpec, message);
    }
    length <= length_max
}

/// Refuses names that are empty, too long, or taken by one before them.
fn check_names<'a>(
    names: impl Iterator<Item = &'a str>,
    path: impl Fn(usize) -> Vec<Place>,
    faults: &mut Faults,
) {
    let mut taken = BTreeMap::new();
    for (i, name) in names.enumerate() {
        if !(1..=NAME_BYTES_MAX).contains(&name.len()) {
            let bytes = name.len();
            faults.invalid_at(&path(i), || {
                format!("must be of 1 to {NAME_BYTES_MAX} bytes, got {bytes}")
            });
        }
        match taken.entry(name) {
            Entry::Vacant(free) => drop(free.insert(i)),
            Entry::Occupied(twin) => {
                let twin = path_text(&path(*twin.get()));
                faults.invalid_at(&path(i), || {
                    format!("must be unique, got {:?}, which is {twin}", quoted(name))
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::engine_from_json;

    /// A spec of one minute with the given members, in JSON with single quotes.
    fn spec(members: &str) -> EngineSpec {
        let json = format!("{{'window': {{'duration_ms': 60000}}, {members}}}");
        engine_from_json(&json.replace('\'', "\"")).unwrap()
    }

    fn fault(message: &EngineSpec) -> (Code, String, String) {
        let error = prove_engine(message).unwrap_err();
        (error.code(), error.path().to_owned(), error.message().to_owned())
    }

    fn columns(count: usize) -> Vec<ValueColumn> {
        let names = (0..count).map(|i| i.to_string());
        names.map(|name| ValueColumn { name, ..Default::default() }).collect()
    }

    fn aggregates(count: usize) -> Vec<Aggregate> {
        let names = (0..count).map(|i| i.to_string());
        names.map(|name| Aggregate { name, ..Default::default() }).collect()
    }

    fn sources(count: usize) -> Vec<String> {
        (0..count).map(|i| i.to_string()).collect()
    }

    const PRICE: &str = "'values': [{'name': 'price', 'type': 1}]";

    /// Protects every rule: the path, and in the message the value and the bound.
    #[test]
    fn every_rule_is_refused_at_its_path() {
        let price = |aggregates| format!("{PRICE}, 'aggregates': [{aggregates}]");
        let column = |hint| format!("aggregates[0].column must name one of values with {hint}");
        for (members, message) in [
            ("'key': 3".into(), "key has no value 3".to_owned()),
            ("'values': [{}]".into(), "values[0].name must be of 1 to 255 bytes, got 0".into()),
            ("'values': [{'name': 'a', 'type': 2}]".into(), "values[0].type has no value 2".into()),
            (
                "'values': [{'name': 'a'}, {'name': 'b'}, {'name': 'c'}, {'name': 'b'}]".into(),
                "values[3].name must be unique, got \"b\", which is values[1].name".into(),
            ),
            (
                "'aggregates': [{'function': 0}]".into(),
                "aggregates[0].name must be of 1 to 255 bytes, got 0".into(),
            ),
            (
                "'aggregates': [{'name': 'n'}, {'name': 'n'}]".into(),
                "aggregates[1].name must be unique, got \"n\", which is aggregates[0].name".into(),
            ),
            (
                "'aggregates': [{'name': 'n', 'function': 9}]".into(),
                "aggregates[0].function has no value 9".into(),
            ),
            (price("{'name': 'n', 'function': 1}"), column("SUM, got \"\"")),
            (price("{'name': 'n', 'column': 'volume'}"), column("COUNT, got \"volume\"")),
            (
                price("{'name': 'n', 'function': 8, 'column': 'Prise'}"),
                column("LAST, got \"Prise\"; did you mean \"price\"?"),
            ),
            (
                price("{'name': 'n', 'function': 4, 'column': 'price', 'ddof': 2}"),
                "aggregates[0].ddof must be <= 1 with STDDEV, got 2".into(),
            ),
            (
                price("{'name': 'n', 'function': 2, 'column': 'price', 'ddof': 1}"),
                "aggregates[0].ddof must be <= 0 with MEAN, got 1".into(),
            ),
            (
                "'max_out_of_orderness_ms': -2".into(),
                "max_out_of_orderness_ms must be >= -1, got -2".into(),
            ),
            ("'max_future_ms': -1".into(), "max_future_ms must be >= 0, got -1".into()),
            ("'idle_timeout_ms': -1".into(), "idle_timeout_ms must be >= 0, got -1".into()),
            ("'sources': ['a', '']".into(), "sources[1] must be of 1 to 255 bytes, got 0".into()),
            (
                "'sources': ['a', 'b', 'b']".into(),
                "sources[2] must be unique, got \"b\", which is sources[1]".into(),
            ),
        ] {
            let path = message.split(' ').next().unwrap().to_owned();
            assert_eq!(fault(&spec(&members)), (Code::InvalidSpec, path, message), "{members}");
        }
    }

    /// Protects the limits on lists and names, from both sides.
    #[test]
    fn limits_are_inclusive() {
        let base = spec("'key': 0");
        let name = |length: usize| vec!["n".repeat(length)];
        for sound in [
            EngineSpec { values: columns(64), ..base.clone() },
            EngineSpec { aggregates: aggregates(64), ..base.clone() },
            EngineSpec { sources: sources(4_096), ..base.clone() },
            EngineSpec { sources: name(255), ..base.clone() },
            spec("'max_out_of_orderness_ms': -1"),
        ] {
            prove_engine(&sound).unwrap();
        }
        for (beyond, message) in [
            (
                EngineSpec { values: columns(65), ..base.clone() },
                "values must be at most 64, got 65",
            ),
            (
                EngineSpec { aggregates: aggregates(65), ..base.clone() },
                "aggregates must be at most 64, got 65",
            ),
            (
                EngineSpec { sources: sources(4_097), ..base.clone() },
                "sources must be at most 4096, got 4097",
            ),
            (
                EngineSpec { sources: name(256), ..base.clone() },
                "sources[0] must be of 1 to 255 bytes, got 256",
            ),
        ] {
            let path = message.split(' ').next().unwrap();
            assert_eq!(fault(&beyond), (Code::InvalidSpec, path.into(), message.into()));
        }
    }

    /// Protects the order: the lowest field number, then the lowest index, then what lies inside.
    #[test]
    fn of_several_faults_the_lowest_is_reported() {
        let faults = [
            ("'key': 7", "key"),
            ("'values': [{'name': 'a', 'type': 9}, {}, {'name': 'a'}]", "values[0].type"),
            (
                "'aggregates': [{'function': 9}, {'name': 'n', 'function': 1, 'ddof': 9}]",
                "aggregates[0].name",
            ),
            ("'max_out_of_orderness_ms': -5", "max_out_of_orderness_ms"),
            ("'max_future_ms': -5", "max_future_ms"),
            ("'idle_timeout_ms': -5", "idle_timeout_ms"),
            ("'sources': ['', '']", "sources[0]"),
        ];
        for first in 0..faults.len() {
            let members: Vec<_> =
                faults[first..].iter().rev().map(|(members, _)| *members).collect();
            assert_eq!(fault(&spec(&members.join(", "))).1, faults[first].1);
        }
        let two = "'aggregates': [{'name': 'n', 'function': 1, 'ddof': 9}]";
        assert_eq!(fault(&spec(two)).1, "aggregates[0].column");
        let long = EngineSpec { values: columns(65), ..spec("'aggregates': [{}]") };
        assert_eq!(fault(&long).1, "values");
    }

    /// Protects what the engine is told: the message's values, places of columns, defaults.
    #[test]
    fn a_sound_spec_is_taken_as_it_is() {
        let message = spec(
            "'key': 'KEY_TYPE_BYTES', 'max_out_of_orderness_ms': 1, 'max_future_ms': 2,
            'idle_timeout_ms': 3, 'sources': ['north', 'south'],
            'values': [{'name': 'size'}, {'name': 'price', 'type': 1, 'nullable': true}],
            'aggregates': [{'name': 'rows'}, {'name': 'sizes', 'column': 'size'},
                {'name': 'price', 'function': 3, 'column': 'price', 'ddof': 1}]",
        );
        let proven = prove_engine(&message).unwrap();
        assert_eq!(&proven.window, engine_window(&message).unwrap());
        assert_eq!(proven.key, KeyType::Bytes);
        let column =
            |name: &str, value_type, nullable| Column { name: name.into(), value_type, nullable };
        let columns =
            [column("size", ValueType::I64, false), column("price", ValueType::F64, true)];
        assert_eq!(proven.columns, columns);
        let output = |name: &str, function, column, ddof| Output {
            name: name.into(),
            function,
            column,
            ddof,
        };
        let outputs = [
            output("rows", Function::Count, None, 0),
            output("sizes", Function::Count, Some(0), 0),
            output("price", Function::Variance, Some(1), 1),
        ];
        assert_eq!(proven.outputs, outputs);
        let lengths =
            (proven.max_out_of_orderness_ms, proven.max_future_ms, proven.idle_timeout_ms);
        assert_eq!(lengths, (1, 2, 3));
        assert_eq!(proven.sources, ["north", "south"]);
        let budgets = |proven: &ProvenEngine| {
            (proven.state_budget, proven.output_budget, proven.late_budget_rows)
        };
        assert_eq!(budgets(&proven), (1_073_741_824, 1_048_576, 65_536));
        let set =
            spec("'state_budget_bytes': 7, 'output_budget_bytes': 8, 'late_budget_rows': '9'");
        assert_eq!(budgets(&prove_engine(&set).unwrap()), (7, 8, 9));
    }

    /// Protects the window's paths, and that there is a window at all.
    #[test]
    fn the_window_is_judged_by_the_assigner() {
        let none = EngineSpec { windows: None, ..spec("'key': 7") };
        let error = (Code::InvalidSpec, "window".into(), "window must be set, got none".into());
        assert_eq!(fault(&none), error);
        let window = SlidingWindowSpec { duration_ms: 5, step_ms: 6, ..Default::default() };
        let message = EngineSpec { windows: Some(window.into()), ..Default::default() };
        let error = crate::Assigner::new(engine_window(&message).unwrap())
            .map_err(|error| error.within("window"))
            .err()
            .unwrap();
        assert_eq!(error.path(), "window.step_ms");
        assert_eq!(Error::new(Code::Corrupt, "", "cut").within("window").path(), "window");
    }
}
