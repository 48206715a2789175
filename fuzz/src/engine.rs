//! The target `engine`: any bytes as a spec and a stream; every way to give the stream to engines
//! gives the same results.
//!
//! A stream is given whole, in other batches with hardly any room for output, to two shards, and
//! with a small state. Nothing here knows a result: engines are compared with each other. What one
//! engine must hold by itself: every row is counted once, and its bytes are within its budgets.

use paneline::{
    Aggregate, Bits, CalendarUnit, Engine, EngineSpec, EngineWindows, Function, KeyType, Keys,
    LateBatch, Progress, Pushed, ResultBatch, Rows, SlidingWindowSpec, Stats, TimeUnit,
    ValueColumn, ValueData, ValueType, Values, WindowKind, estimate,
};

use super::{Bytes, check_error};

/// Elements of a stream: more than two runs of rows would hold, few enough for milliseconds.
const ELEMENTS_MAX: usize = 300;
/// No window is so large that a row is in thousands of them.
const WINDOWS_PER_EVENT_MAX: i64 = 200;

#[derive(Clone, Copy, Debug)]
enum Element {
    Row { source: u32, key: Option<i64>, t_ms: i64, value: Option<u64> },
    Watermark(u32, i64),
    Tick(i64),
}

/// A result or a row that was set aside, whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line([i64; 5], Vec<u8>, Vec<Option<u64>>);

/// What a stream comes to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    results: Vec<Line>,
    late: Vec<Line>,
    counters: [u64; 6],
}

/// A spec and a stream, given to engines in every way.
pub fn engine(data: &[u8]) {
    let mut bytes = Bytes(data);
    let spec = bytes.engine_spec();
    let unit = match bytes.byte() % 4 {
        0 => TimeUnit::Microsecond,
        1 => TimeUnit::Nanosecond,
        _ => TimeUnit::Millisecond,
    };
    let cuts: [u8; 8] = std::array::from_fn(|_| bytes.byte());
    let (slots, budget) = (bytes.number().cast_unsigned(), bytes.byte());
    let elements = bytes.elements(&spec);
    let stream = Stream { spec, unit, elements };
    if let Err(error) = Engine::new(&stream.spec) {
        return check_error(&error);
    }
    estimate(&stream.spec, 1_000).unwrap();

    let (whole, taken) = stream.outcome(&stream.spec, &[u8::MAX]);
    assert_eq!(taken.len(), stream.elements.len(), "nothing is short of a gibibyte");

    let (output_budget_bytes, late_budget_rows) = (u64::from(cuts[0]) * 8 + 1, 1);
    let small = EngineSpec { output_budget_bytes, late_budget_rows, ..stream.spec.clone() };
    assert_eq!(stream.outcome(&small, &cuts).0, whole, "{stream:?} in batches of {cuts:?}");

    let sorted = |mut outcome: Outcome| {
        outcome.results.sort();
        outcome.late.sort();
        outcome
    };
    let shards = sorted(stream.sharded([slots, !slots], &cuts));
    let whole = sorted(whole);
    assert_eq!(shards, whole, "{stream:?} in slots {slots:x}");

    let state_budget_bytes = 65_536 + u64::from(budget) * 4_096;
    let poor = EngineSpec { state_budget_bytes, ..stream.spec.clone() };
    let (got, taken) = stream.outcome(&poor, &cuts);
    let rest = Stream { elements: taken, ..stream.clone() };
    assert_eq!(got, rest.outcome(&stream.spec, &[u8::MAX]).0, "{rest:?} is what was taken");
}

#[derive(Clone, Debug)]
struct Stream {
    spec: EngineSpec,
    unit: TimeUnit,
    elements: Vec<Element>,
}

impl Stream {
    /// Gives the stream to an engine in batches of these sizes, drains where that is asked for, and
    /// goes on without the rows that its state has no room for. What it took.
    fn outcome(&self, spec: &EngineSpec, cuts: &[u8]) -> (Outcome, Vec<Element>) {
        let mut engine = Engine::new(spec).unwrap();
        let bounds = (spec.state_budget_bytes.max(state_bytes(&engine.stats())), spec);
        let (mut out, mut taken) = (Outcome::default(), Vec::new());
        let (mut at, mut rows_taken) = (0, 0);
        let mut cuts = cuts.iter().cycle();
        while at < self.elements.len() {
            match self.elements[at] {
                Element::Row { .. } => {
                    let most = usize::from(*cuts.next().unwrap()).max(1);
                    let pushed = self.columns(at, most).push(&mut engine);
                    taken.extend_from_slice(&self.elements[at..at + pushed.rows]);
                    (at, rows_taken) = (at + pushed.rows, rows_taken + pushed.rows);
                    if let Some(error) = pushed.stopped {
                        at += usize::from(error.path() == "state_budget_bytes");
                        out.drain(&mut engine);
                    }
                }
                Element::Watermark(source, t_ms) => {
                    engine.advance_watermark(source, t_ms).unwrap();
                    taken.push(self.elements[at]);
                    at += 1;
                }
                Element::Tick(now_ms) => {
                    engine.tick(now_ms).unwrap();
                    taken.push(self.elements[at]);
                    at += 1;
                }
            }
            check(&engine.stats(), rows_taken, bounds);
        }
        engine.finish().unwrap();
        check(&engine.stats(), rows_taken, bounds);
        out.drain(&mut engine);
        out.count(&engine);
        (out, taken)
    }

    /// Gives the stream to engines that share its slots.
    fn sharded(&self, shards: [u64; 2], cuts: &[u8]) -> Outcome {
        let mut progress = Progress::new(&self.spec).unwrap();
        let open = shards.into_iter().filter(|slots| *slots != 0);
        let mut engines: Vec<_> =
            open.map(|slots| Engine::shard(&self.spec, slots).unwrap()).collect();
        let (mut out, mut at) = (Outcome::default(), 0);
        let mut cuts = cuts.iter().cycle();
        while at < self.elements.len() {
            let (rows, watermark_ms) = match self.elements[at] {
                Element::Row { .. } => {
                    let most = usize::from(*cuts.next().unwrap()).max(1);
                    let columns = self.columns(at, most);
                    columns.apply(&mut progress, &mut engines, &mut out);
                    (columns.times.len(), progress.watermark_ms())
                }
                Element::Watermark(source, t_ms) => {
                    (1, progress.advance_watermark(source, t_ms).unwrap())
                }
                Element::Tick(now_ms) => (1, progress.tick(now_ms).unwrap()),
            };
            for engine in &mut engines {
                engine.apply_watermark(watermark_ms).unwrap();
            }
            at += rows;
        }
        for engine in &mut engines {
            engine.apply_finish().unwrap();
            out.drain(engine);
            out.count(engine);
        }
        out
    }

    /// The rows from an element on, up to the next that is none.
    fn columns(&self, from: usize, most: usize) -> Columns {
        let mut columns = Columns::new(&self.spec, self.unit);
        for element in self.elements[from..].iter().take(most) {
            let Element::Row { source, key, t_ms, value } = *element else { break };
            columns.append(source, key, t_ms, value);
        }
        columns
    }
}

/// Every row is counted once; bytes are within the budgets.
fn check(stats: &Stats, rows: usize, (state_bound, spec): (u64, &EngineSpec)) {
    let Stats { accepted, late, future, invalid, .. } = *stats;
    assert_eq!(accepted + late + future + invalid, rows as u64, "{stats:?} of {spec:?}");
    let bounded = spec.state_budget_bytes > 0;
    assert!(!bounded || state_bytes(stats) <= state_bound, "{stats:?} of {spec:?}");
    // An empty output takes a block of results, an empty late output a run of rows.
    let bound = spec.output_budget_bytes + 128 * 1_024;
    let bounded = spec.output_budget_bytes > 0;
    assert!(!bounded || stats.output_bytes + stats.late_bytes <= bound, "{stats:?} of {spec:?}");
}

fn state_bytes(stats: &Stats) -> u64 {
    stats.key_bytes + stats.cell_bytes + stats.table_bytes
}

impl Outcome {
    fn drain(&mut self, engine: &mut Engine) {
        let (mut batch, mut late) = (ResultBatch::default(), LateBatch::default());
        while engine.poll(&mut batch) > 0 {
            self.results.extend((0..batch.len()).map(|row| {
                let (end_ms, start_ms) = (batch.end_ms[row], batch.start_ms[row]);
                let (revision, flags) = (batch.revision[row].into(), batch.flags[row].into());
                let values = batch.columns.iter().map(|column| column.bits(row)).collect();
                let numbers = [end_ms, start_ms, batch.count[row], revision, flags];
                Line(numbers, batch.keys.bytes(row), values)
            }));
        }
        engine.poll_late(&mut late);
        self.late.extend((0..late.len()).map(|row| {
            let (reason, source) = (late.reasons[row] as i64, late.sources[row].into());
            let values = late.values.iter().map(|column| column.bits(row)).collect();
            Line([reason, source, late.times_ms[row], 0, 0], late.keys.bytes(row), values)
        }));
    }

    fn count(&mut self, engine: &Engine) {
        let s = engine.stats();
        let counters = [s.accepted, s.late, s.future, s.invalid, s.emitted, s.sum_overflows];
        for (sum, counter) in self.counters.iter_mut().zip(counters) {
            *sum += counter;
        }
    }
}

/// Rows as columns of every type; the spec says which are given.
struct Columns {
    key_type: i32,
    is_float: bool,
    unit: TimeUnit,
    nullable: bool,
    keys: Vec<i64>,
    offsets: Vec<i64>,
    data: Vec<u8>,
    key_bits: Vec<u8>,
    times: Vec<i64>,
    ints: Vec<i64>,
    floats: Vec<f64>,
    value_bits: Vec<u8>,
    sources: Vec<u32>,
}

impl Columns {
    fn new(spec: &EngineSpec, unit: TimeUnit) -> Columns {
        Columns {
            key_type: spec.key,
            is_float: spec.values[0].r#type == ValueType::F64 as i32,
            unit,
            nullable: spec.values[0].nullable,
            keys: Vec::new(),
            offsets: vec![0],
            data: Vec::new(),
            key_bits: vec![0; ELEMENTS_MAX.div_ceil(8)],
            times: Vec::new(),
            ints: Vec::new(),
            floats: Vec::new(),
            value_bits: vec![0; ELEMENTS_MAX.div_ceil(8)],
            sources: Vec::new(),
        }
    }

    fn append(&mut self, source: u32, key: Option<i64>, t_ms: i64, value: Option<u64>) {
        let row = self.times.len();
        self.key_bits[row / 8] |= u8::from(key.is_some()) << (row % 8);
        self.value_bits[row / 8] |= u8::from(value.is_some()) << (row % 8);
        let key = key.unwrap_or(0);
        self.keys.push(key);
        // A byte key of up to 8 bytes, empty ones among them.
        self.data.extend_from_slice(&key.to_le_bytes()[..(key % 9).unsigned_abs() as usize]);
        self.offsets.push(self.data.len().cast_signed() as i64);
        self.times.push(match self.unit {
            TimeUnit::Second => t_ms.div_euclid(1_000),
            TimeUnit::Millisecond => t_ms,
            TimeUnit::Microsecond => t_ms.saturating_mul(1_000),
            TimeUnit::Nanosecond => t_ms.saturating_mul(1_000_000),
        });
        self.ints.push(value.unwrap_or(7).cast_signed());
        self.floats.push(f64::from_bits(value.unwrap_or(7)));
        self.sources.push(source);
    }

    fn with<T>(&self, body: impl FnOnce(&Rows<'_>) -> T) -> T {
        let unsigned: Vec<u64> = self.keys.iter().map(|key| key.cast_unsigned()).collect();
        let keys = match KeyType::try_from(self.key_type).unwrap() {
            KeyType::I64 => Keys::I64(&self.keys),
            KeyType::U64 => Keys::U64(&unsigned),
            KeyType::Bytes => Keys::Bytes { offsets: &self.offsets, data: &self.data },
        };
        let ints = ValueData::I64(&self.ints);
        let data = if self.is_float { ValueData::F64(&self.floats) } else { ints };
        let validity = self.nullable.then_some(Bits { bytes: &self.value_bits, offset: 0 });
        body(&Rows {
            keys,
            key_validity: Some(Bits { bytes: &self.key_bits, offset: 0 }),
            times: &self.times,
            unit: self.unit,
            values: &[Values { data, validity }],
            sources: Some(&self.sources),
        })
    }

    fn push(&self, engine: &mut Engine) -> Pushed {
        self.with(|rows| engine.push(rows).unwrap())
    }

    fn apply(&self, progress: &mut Progress, engines: &mut [Engine], out: &mut Outcome) {
        self.with(|rows| {
            let verdicts = progress.judge(rows).unwrap();
            for engine in engines {
                let mut from = 0;
                while from < rows.len() {
                    from += engine.apply(rows, &verdicts, from).unwrap().rows;
                    out.drain(engine);
                }
            }
        });
    }
}

impl Bytes<'_> {
    /// A spec whose windows have few slices an event, with one value column.
    fn engine_spec(&mut self) -> EngineSpec {
        let shape = self.byte();
        let mut window = SlidingWindowSpec::default();
        let step_ms = i64::from(self.byte()) + 1;
        let steps = i64::from(self.byte()) % WINDOWS_PER_EVENT_MAX + 1;
        match shape % 8 {
            0 => window.duration_ms = step_ms,
            1 | 2 => (window.duration_ms, window.step_ms) = (step_ms * steps, step_ms),
            3 => (window.duration_ms, window.step_ms) = (step_ms * steps + step_ms / 2, step_ms),
            4 => {
                window.kind = WindowKind::Cumulate as i32;
                (window.duration_ms, window.step_ms) = (step_ms * steps, step_ms);
            }
            5 => {
                window.calendar_unit = CalendarUnit::Day as i32;
                window.calendar_step = 1;
                window.calendar_duration = u32::from(self.byte() % 9) + 1;
                window.timezone = self.zone();
            }
            _ => {
                window.kind = WindowKind::Session as i32;
                window.session_gap_ms = step_ms;
            }
        }
        window.allowed_lateness_ms = if shape & 0x08 == 0 { 0 } else { self.short().abs() };
        let functions = self.short();
        let nullable = shape & 0x10 != 0;
        let value_type = if shape & 0x20 == 0 { ValueType::I64 } else { ValueType::F64 };
        EngineSpec {
            windows: Some(window.into()),
            key: i32::from(self.byte() % 3),
            values: vec![ValueColumn { name: "v".into(), r#type: value_type as i32, nullable }],
            aggregates: (0..9).filter(|at| functions >> at & 1 == 1).map(aggregate).collect(),
            max_out_of_orderness_ms: i64::from(self.byte()) - 1,
            max_future_ms: if shape & 0x40 == 0 { 0 } else { self.short().abs() },
            idle_timeout_ms: if shape & 0x40 == 0 { 0 } else { i64::from(self.byte()) },
            sources: if shape & 0x80 == 0 { vec![] } else { vec!["a".into(), "b".into()] },
            ..EngineSpec::default()
        }
    }

    /// Rows around a time that goes on, watermarks and ticks.
    fn elements(&mut self, spec: &EngineSpec) -> Vec<Element> {
        let is_float = spec.values[0].r#type == ValueType::F64 as i32;
        let sources = if spec.sources.is_empty() { 1 } else { 2 };
        let days = |windows: &EngineWindows| match windows {
            EngineWindows::Window(window) => window.calendar_step > 0,
        };
        let scale_ms = if spec.windows.as_ref().is_some_and(days) { 3_600_000 } else { 1 };
        let (mut at_ms, mut now_ms) = (0_i64, 0_i64);
        let mut elements = Vec::new();
        while !self.0.is_empty() && elements.len() < ELEMENTS_MAX {
            let what = self.byte();
            let source = u32::from(what >> 7) % sources;
            let t_ms = match what >> 3 & 7 {
                0..4 => {
                    at_ms += i64::from(self.byte() % 32) * scale_ms;
                    at_ms
                }
                4 | 5 => at_ms - i64::from(self.byte()) * scale_ms,
                6 => at_ms + self.short() * scale_ms,
                _ => self.number(),
            };
            elements.push(match what & 7 {
                0 => Element::Watermark(source, t_ms),
                1 => {
                    now_ms = now_ms.saturating_add(i64::from(self.byte()) * scale_ms);
                    Element::Tick(now_ms)
                }
                kind => {
                    let key = self.byte();
                    let key = match key {
                        0xff => None,
                        0xf0.. => Some(self.number()),
                        _ => Some(i64::from(key % 8)),
                    };
                    let value = match kind {
                        2 => None,
                        3 => Some(self.number().cast_unsigned()),
                        _ if is_float => Some((f64::from(self.short() as i16) / 8.0).to_bits()),
                        _ => Some(self.short().cast_unsigned()),
                    };
                    Element::Row { source, key, t_ms, value }
                }
            });
        }
        elements
    }
}

/// One of the nine functions, each with the name of its number.
fn aggregate(function: i32) -> Aggregate {
    let is_moment = function == Function::Variance as i32 || function == Function::Stddev as i32;
    let (name, ddof) = (function.to_string(), u32::from(is_moment) * (function % 2).unsigned_abs());
    Aggregate { name, function, column: "v".into(), ddof }
}
