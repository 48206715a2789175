//! `assign`: the windows of every row of a file, in one batch.
//!
//! It reads a column of times, has the core turn readings into instants and instants into windows,
//! and writes them. Invariant: all or nothing; a row that the core refuses is named as
//! `file:line:column`, of Parquet as `file:row`, and no window is written. Worked line: a row at
//! 2014-11-02 01:30 in New York under `--ambiguous latest` is 06:30Z and lies in the 6 h window
//! from 04:00Z to 11:00Z.

use std::io::{self, Write};

use paneline::{Ambiguous, Assignment, Code, Error, LocalClock, Reading, TimeUnit};

use crate::args::{AmbiguousFlag, AssignArgs, Format};
use crate::civil::{self, Moment};
use crate::console::Console;
use crate::failure::Failure;
use crate::rows::{Rows, no_zone};

/// Writes the windows.
pub(crate) fn run(args: &AssignArgs, console: Console, out: &mut dyn Write) -> Result<(), Failure> {
    let (spec, assigner) = args.spec.compile(args.source.as_deref(), Some("--spec"))?;
    let clock = LocalClock::new(&spec.timezone)?;
    let ambiguous = match args.ambiguous {
        AmbiguousFlag::Earliest => Ambiguous::Earliest,
        AmbiguousFlag::Latest => Ambiguous::Latest,
        AmbiguousFlag::Reject => Ambiguous::Reject,
    };
    let mut rows = Rows::open(&args.file, &args.time, None, console)?;
    let mut places = Vec::new();
    let mut instants = Vec::new();
    while let Some(row) = rows.next()? {
        let place = || format!("{}:{}", rows.name(), row.place);
        let moment = row.time.and_then(|time| time.moment()).map_err(|why| {
            let message = format!("column {}: {why}", args.time);
            Failure::new(Code::InvalidArgument, place(), message)
        })?;
        instants.push(match moment {
            Moment::Instant { t_ms } => t_ms,
            Moment::Local { .. } if spec.timezone.is_empty() => {
                let fix = match &args.source {
                    Some(_) => "\"timezone\": \"UTC\" into the spec",
                    None => "--timezone UTC",
                };
                return Err(no_zone(place(), fix));
            }
            Moment::Local { reading_ms } => clock
                .resolve(reading_ms, ambiguous)
                .map_err(|error| unresolved(&clock, &error, place(), reading_ms, &spec.timezone))?,
        });
        places.push(row.place);
    }
    let mut windows = Assignment::default();
    assigner.assign(&instants, TimeUnit::Millisecond, &mut windows).map_err(|error| {
        let row = error.path().strip_prefix("times[").and_then(|path| path.strip_suffix(']'));
        match row.and_then(|row| places.get(row.parse::<usize>().ok()?)) {
            Some(place) => {
                let place = format!("{}:{place}", rows.name());
                Error::new(error.code(), place, error.message())
            }
            None => error,
        }
    })?;
    match args.format {
        Format::Csv => write_csv(&windows, instants.len(), out)?,
        Format::I64 => {
            for column in [&instants, &windows.offsets, &windows.starts_ms, &windows.ends_ms] {
                write_i64(column, out)?;
            }
        }
    }
    Ok(())
}

/// The core's refusal of a reading, with the reading as it is written and the line it stands on.
fn unresolved(
    clock: &LocalClock,
    error: &Error,
    place: String,
    reading_ms: i64,
    timezone: &str,
) -> Failure {
    let reading = civil::reading(reading_ms);
    let (why, earliest, latest) = match clock.read(reading_ms) {
        Ok(Reading::Fold { first_ms, second_ms }) => ("occurs twice", first_ms, second_ms),
        Ok(Reading::Gap { earlier_ms, later_ms }) => ("does not occur", earlier_ms, later_ms),
        Ok(Reading::Once { .. }) | Err(_) => {
            return Error::new(error.code(), place, error.message()).into();
        }
    };
    Failure::new(error.code(), place, format!("{reading} {why} in {timezone}")).hint(format!(
        "choose --ambiguous earliest ({}) or latest ({}); `paneline check` lists all such rows",
        civil::rfc3339(earliest),
        civil::rfc3339(latest),
    ))
}

fn write_csv(windows: &Assignment, rows: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "row,window_start,window_end")?;
    for row in 0..rows {
        for window in windows.windows(row) {
            let [start, end] = [window.start_ms, window.end_ms].map(civil::rfc3339);
            writeln!(out, "{row},{start},{end}")?;
        }
    }
    Ok(())
}

fn write_i64(column: &[i64], out: &mut dyn Write) -> io::Result<()> {
    column.iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))
}
