//! Sequences of engine elements with the results that the independent reference expects.
//!
//! The text format stands in tests/oracle/engine_sequences.py. This module reads it and drives
//! engines with it, in whatever batches and shards a test asks for; it knows no result.

use std::fmt::Write as _;

use paneline::{
    Bits, Engine, EngineSpec, KeyType, Keys, LateBatch, Progress, ResultBatch, ResultColumn,
    ResultKeys, Rows, TimeUnit, ValueData, ValueType, Values, Verdict, spec,
};

/// One element of a stream.
#[derive(Clone, Debug)]
pub enum Element {
    /// Source, key, time, values as bits.
    Row(u32, Option<Key>, i64, Vec<Option<u64>>),
    /// Source, watermark.
    Watermark(u32, i64),
    /// The time that it is.
    Tick(i64),
    /// The end.
    Finish,
}

/// A key as its bytes (8 little-endian ones of an integer).
pub type Key = Vec<u8>;

/// A sequence and what is expected of it.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// What the file calls it.
    pub name: String,
    /// The engine's spec.
    pub spec: EngineSpec,
    /// The elements; the last is `Finish`.
    pub elements: Vec<Element>,
    /// Lines `= …`, `late …` and `stats …`.
    pub expected: Vec<String>,
}

/// Reads a file of sequences.
pub fn parse(text: &str) -> Vec<Sequence> {
    let mut sequences: Vec<Sequence> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "sequence" {
            let name = rest.to_owned();
            let (spec, elements, expected) = (EngineSpec::default(), Vec::new(), Vec::new());
            sequences.push(Sequence { name, spec, elements, expected });
            continue;
        }
        let sequence = sequences.last_mut().expect("starts with `sequence`");
        let source = |text: &str| if text == "." { 0 } else { text.parse().expect("a source") };
        let words: Vec<&str> = rest.split(' ').collect();
        match word {
            "spec" => sequence.spec = spec::engine_from_json(rest).expect("a spec"),
            "row" => {
                let key = parse_key(&sequence.spec, words[1]);
                let t_ms = words[2].parse().expect("a time");
                let types = sequence.spec.values.iter().map(|column| column.r#type);
                let values = words[3..].iter().zip(types).map(|(text, value_type)| {
                    (*text != "-").then(|| {
                        if value_type == ValueType::F64 as i32 {
                            u64::from_str_radix(text, 16).expect("16 hex digits")
                        } else {
                            text.parse::<i64>().expect("an integer").cast_unsigned()
                        }
                    })
                });
                let values = values.collect();
                sequence.elements.push(Element::Row(source(words[0]), key, t_ms, values));
            }
            "watermark" => {
                let w = words[1].parse().expect("a watermark");
                sequence.elements.push(Element::Watermark(source(words[0]), w));
            }
            "tick" => sequence.elements.push(Element::Tick(rest.parse().expect("a time"))),
            "finish" => sequence.elements.push(Element::Finish),
            "=" | "late" | "stats" => sequence.expected.push(line.to_owned()),
            "end" => {}
            other => panic!("unknown line {other:?}"),
        }
    }
    sequences
}

fn parse_key(spec: &EngineSpec, text: &str) -> Option<Key> {
    if text == "-" {
        return None;
    }
    if let Some(hex) = text.strip_prefix('x') {
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
        return Some((0..hex.len()).step_by(2).map(byte).collect());
    }
    Some(if spec.key == KeyType::U64 as i32 {
        text.parse::<u64>().expect("a key").to_le_bytes().to_vec()
    } else {
        text.parse::<i64>().expect("a key").to_le_bytes().to_vec()
    })
}

/// Rows as owned columns.
#[derive(Debug, Default)]
pub struct Columns {
    key_type: KeyType,
    key_offsets: Vec<i64>,
    key_data: Vec<u8>,
    integers: Vec<u64>,
    key_bits: Vec<u8>,
    times: Vec<i64>,
    values: Vec<(bool, Vec<u64>, Vec<u8>)>,
    sources: Vec<u32>,
}

impl Columns {
    /// The columns of some rows.
    pub fn new(spec: &EngineSpec, rows: &[Element]) -> Columns {
        let key_type = KeyType::try_from(spec.key).expect("a key type");
        let floats = spec.values.iter().map(|column| column.r#type == ValueType::F64 as i32);
        let bits = || vec![0; rows.len().div_ceil(8)];
        let mut columns = Columns {
            key_type,
            key_offsets: vec![0],
            key_bits: bits(),
            values: floats.map(|is_float| (is_float, Vec::new(), bits())).collect(),
            ..Columns::default()
        };
        for (at, element) in rows.iter().enumerate() {
            let Element::Row(source, key, t_ms, values) = element else { panic!("only rows") };
            let bytes = key.as_deref().unwrap_or_default();
            columns.key_data.extend_from_slice(bytes);
            columns.key_offsets.push(i64::try_from(columns.key_data.len()).expect("small"));
            columns.integers.push(bytes.try_into().map_or(0, u64::from_le_bytes));
            columns.key_bits[at / 8] |= u8::from(key.is_some()) << (at % 8);
            columns.times.push(*t_ms);
            columns.sources.push(*source);
            for (value, (_, data, valid)) in values.iter().zip(&mut columns.values) {
                data.push(value.unwrap_or(0xdead));
                valid[at / 8] |= u8::from(value.is_some()) << (at % 8);
            }
        }
        columns
    }

    /// Calls `body` with the rows from `from` up to `to`.
    pub fn with<T>(
        &self,
        spec: &EngineSpec,
        from: usize,
        to: usize,
        body: impl FnOnce(&Rows<'_>) -> T,
    ) -> T {
        let signed: Vec<i64> = self.integers.iter().map(|key| key.cast_signed()).collect();
        let keys = match self.key_type {
            KeyType::I64 => Keys::I64(&signed[from..to]),
            KeyType::U64 => Keys::U64(&self.integers[from..to]),
            KeyType::Bytes => {
                Keys::Bytes { offsets: &self.key_offsets[from..=to], data: &self.key_data }
            }
        };
        let converted: Vec<(Vec<i64>, Vec<f64>)> = self
            .values
            .iter()
            .map(|(_, data, _)| {
                let data = &data[from..to];
                let ints = data.iter().map(|bits| bits.cast_signed()).collect();
                (ints, data.iter().map(|bits| f64::from_bits(*bits)).collect())
            })
            .collect();
        let columns = self.values.iter().zip(&converted).zip(&spec.values);
        let values: Vec<Values<'_>> = columns
            .map(|(((is_float, _, valid), (ints, floats)), column)| Values {
                data: if *is_float { ValueData::F64(floats) } else { ValueData::I64(ints) },
                validity: column.nullable.then_some(Bits { bytes: valid, offset: from }),
            })
            .collect();
        body(&Rows {
            keys,
            key_validity: Some(Bits { bytes: &self.key_bits, offset: from }),
            times: &self.times[from..to],
            unit: TimeUnit::Millisecond,
            values: &values,
            sources: Some(&self.sources[from..to]),
        })
    }
}

/// Collects what an engine puts out, as lines of the format.
#[derive(Debug, Default)]
pub struct Output {
    /// `= …` lines, in order.
    pub results: Vec<String>,
    /// `late …` lines, in order.
    pub late: Vec<String>,
    batch: ResultBatch,
    late_batch: LateBatch,
}

impl Output {
    /// Drains an engine.
    pub fn drain(&mut self, engine: &mut Engine, with_sources: bool) {
        while engine.poll(&mut self.batch) > 0 {
            for row in 0..self.batch.len() {
                self.results.push(result_line(&self.batch, row));
            }
        }
        engine.poll_late(&mut self.late_batch);
        for row in 0..self.late_batch.len() {
            self.late.push(late_line(&self.late_batch, row, with_sources));
        }
    }
}

fn result_line(batch: &ResultBatch, row: usize) -> String {
    let mut line = format!("= {} {} ", batch.end_ms[row], batch.start_ms[row]);
    let (count, revision) = (batch.count[row], batch.revision[row]);
    line += &key_text(&batch.keys, row);
    write!(line, " {count} {revision} {}", batch.flags[row]).expect("a String");
    for column in &batch.columns {
        line += &value_text(column, row);
    }
    line
}

fn late_line(batch: &LateBatch, row: usize, with_sources: bool) -> String {
    let reason = if batch.reasons[row] == Verdict::Late { "LATE" } else { "FUTURE" };
    let source = if with_sources { batch.sources[row].to_string() } else { ".".to_owned() };
    let mut line = format!("late {reason} {source} ");
    line += &key_text(&batch.keys, row);
    write!(line, " {}", batch.times_ms[row]).expect("a String");
    for column in &batch.values {
        line += &value_text(column, row);
    }
    line
}

fn key_text(keys: &ResultKeys, row: usize) -> String {
    match keys {
        ResultKeys::I64(keys) => keys[row].to_string(),
        ResultKeys::U64(keys) => keys[row].to_string(),
        ResultKeys::Bytes { .. } => {
            keys.bytes(row).iter().fold("x".to_owned(), |mut text, byte| {
                write!(text, "{byte:02x}").expect("a String");
                text
            })
        }
    }
}

fn value_text(column: &ResultColumn, row: usize) -> String {
    match (column, column.bits(row)) {
        (_, None) => " -".to_owned(),
        (ResultColumn::I64 { .. }, Some(bits)) => format!(" {}", bits.cast_signed()),
        (ResultColumn::F64 { .. }, Some(bits)) => format!(" {bits:016x}"),
    }
}

/// Drives one engine through a sequence; `cut` says how many rows the next batch has. Where the
/// state's budget refuses a row the stream ends, and the number of rows before it is returned.
pub fn drive(
    sequence: &Sequence,
    spec: &EngineSpec,
    mut cut: impl FnMut() -> usize,
) -> (Vec<String>, Option<usize>) {
    let mut engine = Engine::new(spec).expect("a good spec");
    let mut output = Output::default();
    let with_sources = !spec.sources.is_empty();
    let (mut at, mut rows_taken) = (0, 0);
    while at < sequence.elements.len() {
        let rows = rows_from(sequence, at);
        if rows == 0 {
            step(&mut engine, &sequence.elements[at]);
            at += 1;
            continue;
        }
        let rows = rows.min(cut().max(1));
        let columns = Columns::new(spec, &sequence.elements[at..at + rows]);
        let mut from = 0;
        while from < rows {
            let pushed = columns.with(spec, from, rows, |rows| engine.push(rows)).expect("rows");
            from += pushed.rows;
            rows_taken += pushed.rows;
            if let Some(error) = pushed.stopped {
                if error.path() == "state_budget_bytes" {
                    engine.finish().expect("the first end");
                    output.drain(&mut engine, with_sources);
                    return (lines(output, &engine), Some(rows_taken));
                }
                output.drain(&mut engine, with_sources);
            }
        }
        at += rows;
    }
    output.drain(&mut engine, with_sources);
    (lines(output, &engine), None)
}

fn lines(output: Output, engine: &Engine) -> Vec<String> {
    let stats = engine.stats();
    let mut lines = output.results;
    lines.extend(output.late);
    lines.push(format!(
        "stats {} {} {} {} {} {}",
        stats.accepted, stats.late, stats.future, stats.invalid, stats.emitted, stats.sum_overflows
    ));
    lines
}

/// How many rows stand in a row from an element on.
pub fn rows_from(sequence: &Sequence, at: usize) -> usize {
    let is_row = |element: &&Element| matches!(element, Element::Row(..));
    sequence.elements[at..].iter().take_while(is_row).count()
}

/// Takes an element that is no row.
pub fn step(engine: &mut Engine, element: &Element) {
    match element {
        Element::Row(..) => panic!("rows go in batches"),
        Element::Watermark(source, w) => {
            engine.advance_watermark(*source, *w).expect("a declared source");
        }
        Element::Tick(now) => {
            engine.tick(*now).expect("ticks ascend");
        }
        Element::Finish => engine.finish().expect("the first end"),
    }
}

/// Drives a stream whose state is split by slots; results in the order of digests across shards.
pub fn drive_shards(
    sequence: &Sequence,
    shards: &[u64],
    mut cut: impl FnMut() -> usize,
) -> Vec<String> {
    let spec = &sequence.spec;
    let mut progress = Progress::new(spec).expect("a good spec");
    let open = |slots: &u64| Engine::shard(spec, *slots).expect("a good spec");
    let mut engines: Vec<Engine> = shards.iter().map(open).collect();
    let mut output = Output::default();
    let with_sources = !spec.sources.is_empty();
    let mut at = 0;
    while at < sequence.elements.len() {
        let rows = rows_from(sequence, at).min(cut().max(1));
        if rows == 0 {
            let w = match &sequence.elements[at] {
                Element::Row(..) => unreachable!("no rows"),
                Element::Watermark(source, w) => progress.advance_watermark(*source, *w),
                Element::Tick(now) => progress.tick(*now),
                Element::Finish => progress.finish(),
            };
            let w = w.expect("a good element");
            for engine in &mut engines {
                if matches!(sequence.elements[at], Element::Finish) {
                    engine.apply_finish().expect("the first end");
                } else {
                    engine.apply_watermark(w).expect("open");
                }
            }
            at += 1;
            continue;
        }
        let columns = Columns::new(spec, &sequence.elements[at..at + rows]);
        columns.with(spec, 0, rows, |rows| {
            let verdicts = progress.judge(rows).expect("rows");
            for engine in &mut engines {
                let pushed = engine.apply(rows, &verdicts, 0).expect("rows");
                assert_eq!((pushed.rows, pushed.stopped), (rows.len(), None));
            }
        });
        at += rows;
    }
    for engine in &mut engines {
        output.drain(engine, with_sources);
    }
    let mut sums = [0; 6];
    for engine in &engines {
        let s = engine.stats();
        let counters = [s.accepted, s.late, s.future, s.invalid, s.emitted, s.sum_overflows];
        for (sum, counter) in sums.iter_mut().zip(counters) {
            *sum += counter;
        }
    }
    let mut lines = output.results;
    lines.extend(output.late);
    let sums = sums.map(|sum: u64| sum.to_string()).join(" ");
    lines.push(format!("stats {sums}"));
    lines
}
