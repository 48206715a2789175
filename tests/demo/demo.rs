//! The demo in Rust: reads local times, assigns every row to 6 h / 30 min windows, writes columns.

use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use paneline::{Ambiguous, Assigner, Assignment, SlidingWindowSpec, TimeUnit, resolve_local};

const ZONE: &str = "America/New_York";

fn main() -> Result<(), Box<dyn Error>> {
    let [_, input, output] = &std::env::args().collect::<Vec<_>>()[..] else {
        return Err("usage: demo-rust FILE OUT".into());
    };
    let mut local_ms = Vec::new();
    for row in csv::Reader::from_path(input)?.records() {
        let reading: DateTime = row?.get(0).ok_or("no column")?.parse()?;
        local_ms.push(reading.to_zoned(TimeZone::UTC)?.timestamp().as_millisecond());
    }
    let mut times = vec![0; local_ms.len()];
    resolve_local(ZONE, &local_ms, Ambiguous::Earliest, &mut times)?;

    let assigner = Assigner::new(&SlidingWindowSpec {
        duration_ms: paneline::parse_duration("6h")?,
        step_ms: paneline::parse_duration("30m")?,
        timezone: ZONE.into(),
        ..Default::default()
    })?;
    let mut windows = Assignment::default();
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        #[expect(clippy::disallowed_methods, reason = "a demo may time itself")]
        let start = Instant::now();
        assigner.assign(&times, TimeUnit::Millisecond, &mut windows)?;
        best = best.min(start.elapsed().as_secs_f64());
    }

    let mut file = std::io::BufWriter::new(std::fs::File::create(output)?);
    for column in [&times, &windows.offsets, &windows.starts_ms, &windows.ends_ms] {
        for value in column {
            file.write_all(&value.to_le_bytes())?;
        }
    }
    file.flush()?;
    let (rows, count) = (times.len(), windows.starts_ms.len());
    #[expect(clippy::cast_precision_loss, reason = "a speed for people")]
    let events_per_s = rows as f64 / best;
    writeln!(std::io::stdout(), "rust rows={rows} windows={count} events_per_s={events_per_s:.0}")?;
    Ok(())
}
