//! Every zone of the database: how long it takes to compile, the memory it keeps, and whether any
//! row lies outside its own window.
//!
//! A line a zone, separated by tabs: zone, median CPU nanoseconds of `Assigner::new`, bytes of its
//! tables, heap bytes of one assigner, rows asked, rows outside, rows for which the column call and
//! the scalar call differ. The rows are every transition from 1900 to 2199 with its neighbourhood,
//! and random ones.

use std::alloc::System;
use std::error::Error;
use std::io::{self, Write as _};

use paneline::{Assigner, LocalClock, SlidingWindowSpec, TimeUnit};
use paneline_bench::case::timed;
use paneline_bench::times;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const COMPILES: usize = 7;
const RANDOM_ROWS: usize = 1_000;
const STEPS_MS: [i64; 5] = [900_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000];
/// Around a transition: the edge itself, and both sides of an hour repeated or skipped.
const NEAR_MS: [i64; 9] =
    [-3_600_000, -1_800_001, -1, 0, 1, 1_799_999, 1_800_000, 3_599_999, 3_600_000];
/// 1900-01-03 and 2199-12-29: inside the range in every zone.
const RANGE_MS: std::ops::Range<i64> = -2_208_816_000_000..7_257_859_200_000;

fn main() -> Result<(), Box<dyn Error>> {
    let random = times::random(RANDOM_ROWS);
    for zone in paneline::timezones() {
        let mut rows = random.clone();
        for transition in LocalClock::new(zone)?.transitions() {
            rows.extend(NEAR_MS.map(|near_ms| transition.at_ms + near_ms));
        }
        rows.retain(|t_ms| RANGE_MS.contains(t_ms));
        let (mut outside, mut different) = (0, 0);
        for step_ms in STEPS_MS {
            let assigner = compile(zone, step_ms)?;
            let mut starts = vec![0; rows.len()];
            assigner.pane_starts(&rows, TimeUnit::Millisecond, &mut starts)?;
            for (&t_ms, &start_ms) in rows.iter().zip(&starts) {
                let pane = assigner.pane(t_ms)?;
                outside += usize::from(!(start_ms..pane.end_ms).contains(&t_ms));
                different += usize::from(start_ms != pane.start_ms);
            }
        }
        let asked = rows.len() * STEPS_MS.len();
        let (median_ns, table, heap) = cost(zone)?;
        writeln!(
            io::stdout(),
            "{zone}\t{median_ns}\t{table}\t{heap}\t{asked}\t{outside}\t{different}"
        )?;
    }
    Ok(())
}

fn compile(zone: &str, step_ms: i64) -> Result<Assigner, paneline::Error> {
    Assigner::new(&SlidingWindowSpec {
        duration_ms: step_ms,
        timezone: zone.into(),
        ..Default::default()
    })
}

/// The median CPU time of a compilation, the bytes of an assigner's tables, and its heap bytes.
fn cost(zone: &str) -> Result<(u64, usize, usize), paneline::Error> {
    let region = Region::new(HEAP);
    let kept = compile(zone, STEPS_MS[0])?;
    let change = region.change();
    let bytes = change.bytes_allocated - change.bytes_deallocated;
    let table = kept.table_bytes();
    drop(kept);
    let mut passes = Vec::new();
    for _ in 0..COMPILES {
        let mut outcome = None;
        passes.push(timed(|| outcome = Some(compile(zone, STEPS_MS[0]))));
        outcome.transpose()?;
    }
    passes.sort_unstable();
    Ok((passes[COMPILES / 2], table, bytes))
}
