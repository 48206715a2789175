//! `check`: what is wrong with a spec, and with the times of a file.
//!
//! A spec is judged by the core. A file written from a wall clock loses an hour in autumn and may
//! invent one in spring, and nothing in it says so: this module reads the rows, has each part look
//! at them and writes what was found. What a reading means comes from the core. Worked case:
//! half-hourly New York data with one row at 2014-11-02 01:00 has 48 rows on a day of 50
//! half-hours.

mod cadence;
mod days;
mod entries;
mod folds;
mod future;
mod lint;
mod report;

use std::io::Write;

use paneline::{Code, LocalClock, SlidingWindowSpec};

use crate::args::CheckArgs;
use crate::console::{Console, Outcome, write_json};
use crate::failure::Failure;
use crate::instant;
use crate::jump::{Jump, jumps};
use crate::rows::is_data;
use crate::spec_file::SpecFile;

use self::cadence::Cadence;
use self::entries::{Checked, Entry};
use self::folds::Folds;
use self::lint::Source;
use self::report::{Document, Report};

/// What every part of the check of a file looks at.
struct Survey {
    /// The file's name as given.
    file: String,
    timezone: String,
    clock: LocalClock,
    /// The rows that could be read, in the file's order.
    entries: Vec<Entry>,
    /// The jumps of the wall clock that touch the readings of the rows.
    jumps: Vec<Jump>,
    cadence: Option<Cadence>,
    folds: Folds,
}

/// Checks what the arguments name and writes the findings.
pub(crate) fn run(
    args: &CheckArgs,
    console: Console,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let (source, file) = inputs(args)?;
    let (lints, spec) = match &source {
        Some(source) => source.lint()?,
        None => (Vec::new(), None),
    };
    let report = match file {
        Some(file) => Some(survey(args, file, spec.as_ref(), console)?),
        None => None,
    };
    let clean = lints.is_empty() && report.as_ref().is_none_or(Report::is_clean);
    if console.json {
        write_json(&Document::of(source.as_ref(), &lints, report.as_ref()), out)?;
        return Ok(Outcome::of(clean));
    }
    if let Some(source) = &source {
        source.write(&lints, console, out)?;
    }
    if let Some(report) = &report {
        if source.is_some() && !(console.quiet && lints.is_empty()) {
            writeln!(out)?;
        }
        report.write(console, out)?;
    }
    Ok(Outcome::of(clean))
}

/// The spec and the file of data among the arguments.
fn inputs(args: &CheckArgs) -> Result<(Option<Source>, Option<&str>), Failure> {
    let refuse = |path: &str, message: &str| Failure::new(Code::InvalidArgument, path, message);
    let inputs: Vec<&str> = args.inputs.iter().map(String::as_str).collect();
    let (mut files, mut specs): (Vec<&str>, Vec<&str>) =
        inputs.into_iter().partition(|input| is_data(input));
    if args.time.is_some() && files.is_empty() {
        // There must be one, whatever its name: standard input has none.
        files.extend(specs.pop());
    }
    if files.len() > 1 {
        return Err(refuse("FILE", "one file of data is checked at a time"));
    }
    let source = match *specs {
        [] if args.spec.has_windows() => Some(Source::of_flags(&args.spec)?),
        [] => None,
        [spec] => {
            // A zone alone is that of the data.
            if args.spec.has_windows() || files.is_empty() {
                args.spec.refuse_beside(spec, "SPEC")?;
            }
            Some(Source::of_file(SpecFile::open(spec)?))
        }
        _ => {
            return Err(refuse("SPEC", "one spec is checked at a time")
                .hint("a file of data ends in .csv, .jsonl or .parquet"));
        }
    };
    let file = files.first().copied();
    if source.is_none() && file.is_none() {
        return Err(refuse("SPEC", "there is nothing to check").hint(
            "name a spec, or make one of flags, and a file of data with the column of its --time",
        ));
    }
    if args.time.is_some() && file.is_none() {
        return Err(refuse("--time", "there is no file of data"));
    }
    Ok((source, file))
}

/// Looks at a file of data.
fn survey(
    args: &CheckArgs,
    file: &str,
    spec: Option<&SlidingWindowSpec>,
    console: Console,
) -> Result<Report, Failure> {
    let Some(time) = args.time.as_deref() else {
        return Err(Failure::new(
            Code::InvalidArgument,
            "--time",
            "the column of the times is missing",
        )
        .hint("name it, for example --time timestamp"));
    };
    let timezone = args.spec.timezone().or(spec.map(|spec| spec.timezone.as_str()));
    let named = timezone.filter(|timezone| !timezone.is_empty());
    let timezone = named.unwrap_or("UTC");
    let clock = LocalClock::new(timezone)
        .map_err(|error| Failure::new(error.code(), "--timezone", error.message()))?;
    let now_ms = instant::or_now("--now", args.now.as_deref())?;
    let checked = entries::read(args, file, time, &clock, named.is_some(), console)?;
    let Checked { file, entries, mut sections, rows, values } = checked;
    if rows == 0 {
        return Err(Failure::new(Code::InvalidArgument, file, "no rows to check"));
    }
    let jumps = touching(&clock, &entries);
    let folds = Folds::of(&entries, &jumps);
    let cadence = Cadence::of(&entries);
    let timezone = timezone.to_owned();
    let survey = Survey { file, timezone, clock, entries, jumps, cadence, folds };
    let (unsorted, breaks) = cadence::findings(&survey);
    sections.extend([
        entries::mixed(&survey),
        entries::in_gaps(&survey),
        folds::ambiguous(&survey),
        days::findings(&survey),
        folds::duplicates(&survey),
        unsorted,
        breaks,
        future::findings(&survey, now_ms),
    ]);
    let rates = args.value.is_some().then(|| report::rates(&survey, &values));
    Ok(Report::of(&survey, rows, sections, rates))
}

/// The jumps whose repeated or skipped readings lie among those of the rows.
fn touching(clock: &LocalClock, entries: &[Entry]) -> Vec<Jump> {
    let first = entries.iter().map(|entry| entry.reading_ms).min();
    let last = entries.iter().map(|entry| entry.reading_ms).max();
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let touches = |jump: &Jump| jump.readings().start <= last && jump.readings().end > first;
    jumps(clock).into_iter().filter(touches).collect()
}
