//! `zones`: the names of the embedded time-zone database, and when their clocks change.
//!
//! It lists what the core tells of its zones and adds nothing. Invariant: only embedded data is
//! shown, never the host's. Worked case: `zones york` lists one name; `zones New_York` too, since
//! only the whole of a name, in the database's spelling, shows a zone.

mod changes;

use std::io::Write;

use paneline::{Code, Error, LocalClock};
use serde::Serialize;

use crate::args::ZonesArgs;
use crate::console::{Console, write_json};
use crate::failure::Failure;
use crate::instant;
use crate::release::{self, Release};

use self::changes::Range;

/// Writes what is asked for.
pub(crate) fn run(args: &ZonesArgs, console: Console, out: &mut dyn Write) -> Result<(), Failure> {
    if args.dump {
        return Ok(release::write(&Release::embedded()?, out)?);
    }
    let exact = args.name.as_deref().filter(|name| paneline::timezones().any(|zone| zone == *name));
    if exact.is_none() && !args.next {
        let flags = [("--from", &args.from), ("--to", &args.to)];
        if let Some((flag, _)) = flags.into_iter().find(|(_, value)| value.is_some()) {
            let message = "changes are those of a zone's whole name, or of all with --next";
            return Err(Failure::new(Code::InvalidArgument, flag, message));
        }
        return list(args.name.as_deref(), console, out);
    }
    let range = Range {
        from_ms: instant::or_now("--from", args.from.as_deref())?,
        to_ms: args.to.as_deref().map(|text| instant::parse("--to", text)).transpose()?,
        count: usize::try_from(args.count).unwrap_or(usize::MAX),
    };
    match exact {
        Some(name) => changes::of_zone(name, range, console, out),
        None => changes::next(range, console, out),
    }
}

/// Names, as JSON.
#[derive(Serialize)]
struct Names {
    schema: &'static str,
    tzdb: &'static str,
    names: Vec<&'static str>,
}

/// Lists the names that have a part, or all.
fn list(part: Option<&str>, console: Console, out: &mut dyn Write) -> Result<(), Failure> {
    let plain = |name: &str| name.replace(' ', "_").to_lowercase();
    let wanted = part.map(plain).unwrap_or_default();
    let names: Vec<&str> =
        paneline::timezones().filter(|name| plain(name).contains(&wanted)).collect();
    if let (Some(part), true) = (part, names.is_empty()) {
        // The core knows what was probably meant. A fixed offset is a clock, but no name.
        LocalClock::new(part).map_err(|error| Error::new(error.code(), "NAME", error.message()))?;
        let message = format!("{part:?} is an offset that every command takes, and no name");
        return Err(Failure::new(Code::InvalidArgument, "NAME", message));
    }
    if console.json {
        let tzdb = paneline::tzdb_version();
        write_json(&Names { schema: "paneline/zones/1", tzdb, names }, out)?;
        return Ok(());
    }
    for name in names {
        writeln!(out, "{name}")?;
    }
    Ok(())
}
