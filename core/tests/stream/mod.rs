//! What the engine's tests share: specs in one line, events as columns, results as lines to read.
//!
//! A result of window [0, 10000), key 7, two rows and the value 40 is `0..10000 7 n2 40`; what is
//! out of the ordinary follows: `r1` for a revision, `late`, `retraction`. It knows no result.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::ops::Range;

use paneline::{
    Aggregate, CalendarUnit, Engine, EngineSpec, Error, FLAG_LATE, FLAG_PARTIAL, FLAG_RETRACTION,
    Function, LateBatch, Pushed, ResultBatch, ResultColumn, ResultKeys, Rows, SlidingWindowSpec,
    Stats, ValueColumn, ValueType, Values, WindowKind,
};

/// Every function.
pub(crate) const FUNCTIONS: [Function; 9] = [
    Function::Count,
    Function::Sum,
    Function::Mean,
    Function::Variance,
    Function::Stddev,
    Function::Min,
    Function::Max,
    Function::First,
    Function::Last,
];

/// Windows of a length, one every `step_ms`.
pub(crate) fn sliding(duration_ms: i64, step_ms: i64) -> SlidingWindowSpec {
    SlidingWindowSpec { duration_ms, step_ms, ..Default::default() }
}

/// Windows of a length, side by side.
pub(crate) fn tumbling(duration_ms: i64) -> SlidingWindowSpec {
    sliding(duration_ms, 0)
}

/// Windows that grow by a step up to a length.
pub(crate) fn cumulate(duration_ms: i64, step_ms: i64) -> SlidingWindowSpec {
    SlidingWindowSpec { kind: WindowKind::Cumulate as i32, ..sliding(duration_ms, step_ms) }
}

/// Windows that the rows of a key make.
pub(crate) fn session(session_gap_ms: i64) -> SlidingWindowSpec {
    SlidingWindowSpec { kind: WindowKind::Session as i32, session_gap_ms, ..Default::default() }
}

/// Local days of a zone.
pub(crate) fn days(timezone: &str) -> SlidingWindowSpec {
    SlidingWindowSpec {
        timezone: timezone.into(),
        calendar_unit: CalendarUnit::Day as i32,
        calendar_duration: 1,
        ..Default::default()
    }
}

/// The same windows, which take rows for so much longer.
pub(crate) fn with_lateness(window: SlidingWindowSpec, lateness_ms: i64) -> SlidingWindowSpec {
    SlidingWindowSpec { allowed_lateness_ms: lateness_ms, ..window }
}

/// A spec with integer keys and one column `v`.
pub(crate) fn spec(
    window: SlidingWindowSpec,
    value_type: ValueType,
    functions: &[Function],
) -> EngineSpec {
    let aggregate = |function: &Function| Aggregate {
        name: function.as_str_name().into(),
        function: *function as i32,
        column: "v".into(),
        ddof: 0,
    };
    EngineSpec {
        windows: Some(window.into()),
        values: vec![ValueColumn { name: "v".into(), r#type: value_type as i32, nullable: false }],
        aggregates: functions.iter().map(aggregate).collect(),
        ..Default::default()
    }
}

/// A spec that sums integers.
pub(crate) fn sums(window: SlidingWindowSpec) -> EngineSpec {
    spec(window, ValueType::I64, &[Function::Sum])
}

/// A spec without values: rows are counted.
pub(crate) fn counts(window: SlidingWindowSpec) -> EngineSpec {
    EngineSpec { windows: Some(window.into()), ..Default::default() }
}

/// Events as columns; of the two value columns the one that is not empty is the engine's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    pub(crate) keys: Vec<i64>,
    pub(crate) times: Vec<i64>,
    pub(crate) ints: Vec<i64>,
    pub(crate) floats: Vec<f64>,
}

impl Events {
    /// Events without values: key, time.
    pub(crate) fn bare(rows: &[(i64, i64)]) -> Events {
        let (keys, times) = rows.iter().copied().unzip();
        Events { keys, times, ..Events::default() }
    }

    /// Events of integers: key, time, value.
    pub(crate) fn ints(rows: &[(i64, i64, i64)]) -> Events {
        let ints = rows.iter().map(|row| row.2).collect();
        Events { ints, ..Events::bare(&rows.iter().map(|row| (row.0, row.1)).collect::<Vec<_>>()) }
    }

    /// Events of floats: key, time, value.
    pub(crate) fn floats(rows: &[(i64, i64, f64)]) -> Events {
        let floats = rows.iter().map(|row| row.2).collect();
        Events {
            floats,
            ..Events::bare(&rows.iter().map(|row| (row.0, row.1)).collect::<Vec<_>>())
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    /// Calls `body` with some of the rows.
    pub(crate) fn with<T>(&self, range: Range<usize>, body: impl FnOnce(&Rows<'_>) -> T) -> T {
        let mut values: Vec<Values<'_>> = Vec::new();
        if !self.ints.is_empty() {
            values.push(self.ints[range.clone()].into());
        }
        if !self.floats.is_empty() {
            values.push(self.floats[range.clone()].into());
        }
        body(&Rows::new(&self.keys[range.clone()], &self.times[range], &values))
    }

    /// Pushes some of the rows.
    pub(crate) fn push(&self, engine: &mut Engine, range: Range<usize>) -> Result<Pushed, Error> {
        self.with(range, |rows| engine.push(rows))
    }
}

/// Pushes all of a batch, which nothing may stop.
pub(crate) fn push_all(engine: &mut Engine, events: &Events) {
    let pushed = events.push(engine, 0..events.len()).unwrap();
    assert_eq!(pushed, Pushed { rows: events.len(), stopped: None });
}

/// Everything that can be drained now, in order.
pub(crate) fn drain(engine: &mut Engine) -> Vec<String> {
    let (mut lines, mut batch) = (Vec::new(), ResultBatch::default());
    while engine.poll(&mut batch) > 0 {
        lines.extend((0..batch.len()).map(|row| line(&batch, row)));
    }
    lines
}

/// Everything that was set aside, in order: `LATE 7 at 3000 [40]`.
pub(crate) fn drain_late(engine: &mut Engine) -> Vec<String> {
    let mut batch = LateBatch::default();
    engine.poll_late(&mut batch);
    let line = |row: usize| {
        let reason = format!("{:?}", batch.reasons[row]).to_uppercase();
        let values: String = batch.values.iter().map(|column| value(column, row)).collect();
        format!("{reason} {} at {}{values}", key(&batch.keys, row), batch.times_ms[row])
    };
    (0..batch.len()).map(line).collect()
}

/// One result to read.
pub(crate) fn line(batch: &ResultBatch, row: usize) -> String {
    let (start_ms, end_ms, count) = (batch.start_ms[row], batch.end_ms[row], batch.count[row]);
    let mut line = format!("{start_ms}..{end_ms} {} n{count}", key(&batch.keys, row));
    line.extend(batch.columns.iter().map(|column| value(column, row)));
    if batch.revision[row] > 0 {
        write!(line, " r{}", batch.revision[row]).unwrap();
    }
    let flags = [(FLAG_LATE, " late"), (FLAG_RETRACTION, " retraction"), (FLAG_PARTIAL, " part")];
    for (flag, name) in flags {
        line += if batch.flags[row] & flag == 0 { "" } else { name };
    }
    line
}

fn key(keys: &ResultKeys, row: usize) -> String {
    match keys {
        ResultKeys::I64(keys) => keys[row].to_string(),
        ResultKeys::U64(keys) => keys[row].to_string(),
        ResultKeys::Bytes { .. } => keys.bytes(row).escape_ascii().to_string(),
    }
}

fn value(column: &ResultColumn, row: usize) -> String {
    match (column, column.bits(row)) {
        (_, None) => " null".to_owned(),
        (ResultColumn::I64 { .. }, Some(bits)) => format!(" {}", bits.cast_signed()),
        (ResultColumn::F64 { .. }, Some(bits)) => format!(" {:?}", f64::from_bits(bits)),
    }
}

/// The counters that no batch, shard or budget changes.
pub(crate) fn counters(stats: &Stats) -> [u64; 6] {
    let Stats { accepted, late, future, invalid, emitted, sum_overflows, .. } = *stats;
    [accepted, late, future, invalid, emitted, sum_overflows]
}

/// Bytes that count against the state's budget.
pub(crate) fn state_bytes(stats: &Stats) -> u64 {
    stats.key_bytes + stats.cell_bytes + stats.table_bytes
}
