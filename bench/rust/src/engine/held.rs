//! What state takes: keys and slices are filled to a known number, and the ledger and the kernel
//! are asked.
//!
//! Rows are made batch by batch, so that nothing but the engine grows. In each slice as many keys
//! have one row each, spread over all keys and in no order.

use super::events::{Events, Numbers};
use super::pass::{Peak, Run};
use super::process::{forget_peak, held};
use super::{Lines, Outcome, Words};

const BATCH_ROWS: usize = 65_536;
/// A prime: counting by it visits the keys of a slice in no order, unless it divides their number.
const SPREAD: usize = 7_919;

struct Filling {
    keys: usize,
    keys_of_a_slice: usize,
    step_ms: i64,
    events: Events,
}

impl Filling {
    fn new(words: &Words) -> Outcome<Filling> {
        let (keys, keys_of_a_slice) = (words.number("keys")?, words.number("keys_of_a_slice")?);
        if keys_of_a_slice == 0 || keys % keys_of_a_slice != 0 || keys_of_a_slice % SPREAD == 0 {
            return Err("keys must be a multiple of keys_of_a_slice".into());
        }
        let len = BATCH_ROWS.min(keys_of_a_slice);
        let events =
            Events { times: vec![0; len], keys: vec![0; len], values: Numbers::I64(vec![1; len]) };
        Ok(Filling { keys, keys_of_a_slice, step_ms: words.number("step_ms")?, events })
    }

    /// Pushes the rows of one slice, each key once.
    fn push(&mut self, run: &mut Run, slice: usize) -> Outcome<()> {
        let stride = self.keys / self.keys_of_a_slice;
        let start_ms = i64::try_from(slice)? * self.step_ms;
        let last_ms = start_ms + self.step_ms - 1;
        for from in (0..self.keys_of_a_slice).step_by(BATCH_ROWS) {
            let len = BATCH_ROWS.min(self.keys_of_a_slice - from);
            for at in 0..len {
                let number = (from + at) * SPREAD % self.keys_of_a_slice;
                self.events.keys[at] = i64::try_from(number * stride + slice % stride)?;
                self.events.times[at] = last_ms.min(start_ms + i64::try_from(from + at)?);
            }
            run.push(&self.events, 0..len)?;
        }
        Ok(())
    }
}

/// The case of the arguments.
///
/// # Errors
/// What the engine refuses.
pub fn run(words: &Words, lines: &mut Lines) -> Outcome<()> {
    let spec = paneline::spec::engine_from_json(words.text("spec")?)?;
    let (slices, every): (usize, usize) = (words.number("slices")?, words.number("every")?);
    let fill_bytes: u64 = words.number("fill_bytes")?;
    let mut filling = Filling::new(words)?;
    forget_peak()?;
    let before = held()?;
    let mut run = Run::open(&spec)?;
    let mut peak = Peak::default();
    let mut filled = 0;
    while filled < slices {
        filling.push(&mut run, filled)?;
        filled += 1;
        if filled % every == 0 || filled == slices {
            peak.look(&run)?;
            if fill_bytes > 0 && run.stats().bytes() >= fill_bytes {
                break;
            }
        }
        run.drain();
    }
    if fill_bytes > 0 {
        if run.stats().bytes() < fill_bytes {
            return Err("the state was not filled".into());
        }
        // Half of the windows fire, and their memory is given back.
        run.advance(i64::try_from(filled / 2)? * filling.step_ms)?;
        lines.say("mappings at half", &held()?.mappings);
        lines.say("resident at half", &held()?.resident.saturating_sub(before.resident));
        lines.say("bytes at half", &run.stats().bytes());
    }
    peak.say(&before, lines)?;
    lines.say("cells of a slice", &filling.keys_of_a_slice);
    run.finish()?;
    lines.say("bytes at end", &run.stats().bytes());
    lines.say("resident at end", &held()?.resident.saturating_sub(before.resident));
    Ok(())
}
