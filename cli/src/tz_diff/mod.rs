//! `tz-diff`: what another release of the time-zone database changes, by zone or by spec.
//!
//! The release before is a dump of another build, the one after is embedded. Without specs it
//! compares offsets; with specs the core compiles each against both releases and says which windows
//! change. Invariant: 1 is the exit code if and only if something is reported as changed. Worked
//! case: a dump in which New York gives summer time up in 2027 changes the windows of 6 h from the
//! one of 2027-03-14T05:00Z on, which ends at 11:00Z there and at 10:00Z here.

mod specs;
mod zones;

use std::io::Write;

use serde::Serialize;

use crate::args::TzDiffArgs;
use crate::console::{Console, Outcome, write_json};
use crate::failure::Failure;
use crate::input;
use crate::instant;
use crate::release::{self, Release};

/// Every zone twice a year up to 2300 would be 8 MB.
const DUMP_BYTES_MAX: u64 = 64 << 20;

/// The releases that are compared.
#[derive(Debug, Serialize)]
struct Releases {
    /// That of the dump.
    old: String,
    /// That of this build.
    new: String,
}

/// Writes the report.
pub(crate) fn run(
    args: &TzDiffArgs,
    console: Console,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let bytes = input::read(&args.dump, DUMP_BYTES_MAX).map_err(|failure| {
        failure.hint("write a dump with the other build: paneline zones --dump > zones.txt")
    })?;
    let name = input::name(&args.dump);
    let old = release::read(name, &bytes)?;
    let releases = Releases { old: old.tzdb.clone(), new: paneline::tzdb_version().to_owned() };
    let from_ms = match &args.from {
        Some(text) => instant::parse("--from", text)?,
        None => i64::MIN,
    };
    let specs = specs::given(args)?;
    let report = if specs.is_empty() {
        Report::Zones(zones::Report::of(&old, &Release::embedded()?, from_ms, releases))
    } else {
        Report::Specs(specs::Report::of(&specs, &old, from_ms, releases)?)
    };
    if console.json {
        write_json(&report, out)?;
        return Ok(report.outcome());
    }
    if !console.quiet {
        writeln!(out, "old  {}  {name}", old.tzdb)?;
        writeln!(out, "new  {}  this build\n", paneline::tzdb_version())?;
    }
    match &report {
        Report::Zones(zones) => zones.write(console, out)?,
        Report::Specs(specs) => specs.write(console, out)?,
    }
    Ok(report.outcome())
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Report {
    Zones(zones::Report),
    Specs(specs::Report),
}

impl Report {
    fn outcome(&self) -> Outcome {
        Outcome::of(match self {
            Report::Zones(zones) => zones.is_clean(),
            Report::Specs(specs) => specs.is_clean(),
        })
    }
}
