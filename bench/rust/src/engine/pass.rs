//! One pass: an engine is opened, takes every batch, is drained after each, finishes, is dropped.
//!
//! The first pass is not timed: it is looked at. Every later pass must answer as the first did.

use paneline::{Engine, EngineSpec, LateBatch, Pushed, ResultBatch, Stats};

use super::answer::{Answer, same};
use super::events::Events;
use super::process::{Held, forget_peak, held};
use super::{Lines, Outcome, Words};
use crate::case::{cpu_ns, timed};

/// An engine with the room that its results are drained into.
pub struct Run {
    engine: Engine,
    results: ResultBatch,
    late: LateBatch,
    /// What was drained.
    pub answer: Answer,
    late_rows: u64,
}

impl Run {
    /// Opens an engine.
    ///
    /// # Errors
    /// A spec that it refuses.
    pub fn open(spec: &EngineSpec) -> Outcome<Run> {
        Ok(Run {
            engine: Engine::new(spec)?,
            results: ResultBatch::default(),
            late: LateBatch::default(),
            answer: Answer::default(),
            late_rows: 0,
        })
    }

    /// Takes rows, all of them, and drains whenever there is no room.
    ///
    /// # Errors
    /// What the engine refuses though it was drained.
    pub fn push(&mut self, events: &Events, batch: std::ops::Range<usize>) -> Outcome<()> {
        let mut from = batch.start;
        while from < batch.end {
            let values = events.values(from..batch.end);
            let Pushed { rows, stopped } =
                self.engine.push(&events.rows(from..batch.end, &values))?;
            from += rows;
            if let Some(error) = stopped
                && self.drain() + rows == 0
            {
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Takes out everything that waits; how many rows that were.
    pub fn drain(&mut self) -> usize {
        let mut rows = 0;
        while self.engine.poll(&mut self.results) > 0 {
            rows += self.results.len();
            self.answer.add(&self.results);
        }
        let late = self.engine.poll_late(&mut self.late);
        self.late_rows += late as u64;
        rows + late
    }

    /// Moves the watermark of the only source.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn advance(&mut self, watermark_ms: i64) -> Outcome<()> {
        self.engine.advance_watermark(0, watermark_ms)?;
        self.drain();
        Ok(())
    }

    /// Ends the input and drains the rest.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn finish(&mut self) -> Outcome<()> {
        self.engine.finish()?;
        self.drain();
        Ok(())
    }

    /// Counters, and what is held.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.engine.stats()
    }
}

/// The case of the arguments: a first pass that is looked at, then the timed ones.
///
/// # Errors
/// What the engine refuses, or passes that answer differently.
pub fn run(words: &Words, lines: &mut Lines) -> Outcome<()> {
    let spec = paneline::spec::engine_from_json(words.text("spec")?)?;
    let (batch_rows, passes): (usize, usize) =
        (words.number("batch_rows")?, words.number("passes")?);
    let events = Events::read(words)?;
    let expected = look(&spec, &events, batch_rows, lines)?;
    let mut passes_ns = Vec::new();
    for _ in 0..passes {
        let mut answer = Ok(Answer::default());
        passes_ns.push(timed(|| answer = whole(&spec, &events, batch_rows)));
        same(&expected, &answer?)?;
    }
    lines.say("events", &events.times.len());
    lines.say_all("passes", &passes_ns);
    Ok(())
}

/// The case of the arguments with ingest and firing timed apart: only explicit watermarks fire.
///
/// # Errors
/// As for [`run`].
pub fn split(words: &Words, lines: &mut Lines) -> Outcome<()> {
    let spec = paneline::spec::engine_from_json(words.text("spec")?)?;
    let (batch_rows, passes): (usize, usize) =
        (words.number("batch_rows")?, words.number("passes")?);
    let bound_ms: i64 = words.number("bound_ms")?;
    let events = Events::read(words)?;
    let (mut ingest_ns, mut fire_ns, mut expected) = (Vec::new(), Vec::new(), None);
    for _ in 0..=passes {
        let (mut run, mut ingest, mut fire) = (Run::open(&spec)?, 0, 0);
        let mut max_ms = i64::MIN;
        for batch in events.batches(batch_rows) {
            let start = cpu_ns();
            run.push(&events, batch.clone())?;
            let middle = cpu_ns();
            max_ms = events.times[batch].iter().fold(max_ms, |max, t_ms| max.max(*t_ms));
            run.advance(max_ms - bound_ms - 1)?;
            ingest += middle - start;
            fire += cpu_ns() - middle;
        }
        let start = cpu_ns();
        run.finish()?;
        fire += cpu_ns() - start;
        if let Some(expected) = &expected {
            same(expected, &run.answer)?;
            ingest_ns.push(ingest);
            fire_ns.push(fire);
        } else {
            run.answer.say(lines);
            expected = Some(run.answer);
        }
    }
    lines.say("events", &events.times.len());
    lines.say_all("ingest", &ingest_ns);
    lines.say_all("fire", &fire_ns);
    Ok(())
}

fn whole(spec: &EngineSpec, events: &Events, batch_rows: usize) -> Outcome<Answer> {
    let mut run = Run::open(spec)?;
    for batch in events.batches(batch_rows) {
        run.push(events, batch)?;
        run.drain();
    }
    run.finish()?;
    Ok(run.answer)
}

/// The pass that is looked at.
fn look(
    spec: &EngineSpec,
    events: &Events,
    batch_rows: usize,
    lines: &mut Lines,
) -> Outcome<Answer> {
    forget_peak()?;
    let before = held()?;
    let mut run = Run::open(spec)?;
    let mut peak = Peak::default();
    for (number, batch) in events.batches(batch_rows).enumerate() {
        run.push(events, batch)?;
        // Looking is slow beside a batch of a few rows.
        if batch_rows > 1_000 || number % 1_000 == 0 {
            peak.look(&run)?;
        }
        run.drain();
    }
    run.finish()?;
    run.answer.say(lines);
    lines.say("late", &run.late_rows);
    let counted = run.stats();
    if counted.late != run.late_rows || counted.accepted + counted.late != events.times.len() as u64
    {
        return Err(format!("rows are missing: {counted:?}").into());
    }
    peak.say(&before, lines)?;
    say_bytes("end", &counted, lines);
    Ok(run.answer)
}

/// The largest ledger that was seen, and the most mappings.
#[derive(Default)]
pub struct Peak {
    stats: Stats,
    mappings: u64,
}

impl Peak {
    /// Looks at an engine.
    ///
    /// # Errors
    /// No `/proc`.
    pub fn look(&mut self, run: &Run) -> Outcome<()> {
        let stats = run.stats();
        if stats.bytes() > self.stats.bytes() {
            self.stats = stats;
        }
        self.mappings = self.mappings.max(held()?.mappings);
        Ok(())
    }

    /// Says what was seen, and how far resident memory grew.
    ///
    /// # Errors
    /// No `/proc`.
    pub fn say(&self, before: &Held, lines: &mut Lines) -> Outcome<()> {
        say_bytes("peak", &self.stats, lines);
        lines.say("peak keys", &self.stats.keys);
        lines.say("peak slices", &self.stats.slices);
        lines.say("mappings", &self.mappings);
        lines.say("mappings before", &before.mappings);
        lines.say("resident", &held()?.peak.saturating_sub(before.resident));
        Ok(())
    }
}

fn say_bytes(when: &str, stats: &Stats, lines: &mut Lines) {
    for (purpose, bytes) in [
        ("keys", stats.key_bytes),
        ("cells", stats.cell_bytes),
        ("tables", stats.table_bytes),
        ("output", stats.output_bytes),
        ("late", stats.late_bytes),
        ("scratch", stats.scratch_bytes),
    ] {
        lines.say(&format!("{when} {purpose} bytes"), &bytes);
    }
}
