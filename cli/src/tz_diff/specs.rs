//! The windows that two releases tell differently of the same spec.
//!
//! The core compiles a spec against both releases and names the first instant whose windows differ;
//! the first window that differs is the first in which the two lists for that instant part.
//! Invariant: a spec is changed, or keeps its windows and its fingerprint. Worked case: 1 h windows
//! of New York stay as they are when summer time is given up, but their fingerprint does not, and
//! results that carry it compare as those of another spec.

use std::io::{self, Write};

use paneline::{Assigner, Code, Error, SlidingWindowSpec, Window, ZoneHistory};
use serde::Serialize;

use super::Releases;
use crate::args::TzDiffArgs;
use crate::civil;
use crate::console::Console;
use crate::failure::Failure;
use crate::listing::{self, Listed};
use crate::release::{Offsets, Release};
use crate::spec_file::SpecFile;
use crate::spec_flags::SpecFlags;
use crate::words::{COLUMNS, counted, wrapped};

/// What stands before a window: which release it is of.
const LEAD_COLUMNS: usize = 5;

/// A spec to compare.
pub(super) struct Given<'a> {
    name: String,
    spec: SlidingWindowSpec,
    /// The flags, where it is made of them.
    flags: Option<&'a SpecFlags>,
}

impl Given<'_> {
    /// A refusal of the spec, in the words of where it came from.
    fn refused(&self, error: Error) -> Failure {
        match self.flags {
            Some(flags) => flags.refused(error),
            None => Failure::from(error).hint(format!("the spec is {}", self.name)),
        }
    }
}

/// The specs of the arguments: files, or one made of flags, or none.
pub(super) fn given(args: &TzDiffArgs) -> Result<Vec<Given<'_>>, Failure> {
    if let Some(spec) = args.specs.first() {
        args.spec.refuse_beside(spec, "SPEC")?;
    } else if args.spec.is_given() {
        let (name, spec) = ("the spec".to_owned(), args.spec.message()?);
        return Ok(vec![Given { name, spec, flags: Some(&args.spec) }]);
    }
    let read = |source: &String| {
        let file = SpecFile::open(source)?;
        let spec = file.read().map_err(|error| file.refused(error))?;
        Ok(Given { name: file.name, spec, flags: None })
    };
    args.specs.iter().map(read).collect()
}

/// What changes.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    schema: &'static str,
    tzdb: Releases,
    specs: Vec<Compared>,
}

/// A spec that was compared.
#[derive(Debug, Serialize)]
struct Compared {
    spec: String,
    #[serde(flatten)]
    verdict: Verdict,
    /// The release that the spec insists on, where that is not the embedded one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned_tzdb: Option<String>,
}

/// What became of a spec.
#[derive(Debug, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
enum Verdict {
    /// Windows and fingerprint are the same.
    Same,
    /// The windows are the same; the zone's offsets, and so the fingerprint, are not.
    Fingerprint { old_fingerprint: String, new_fingerprint: String },
    /// Windows differ.
    Windows {
        /// The first instant whose windows differ.
        from_ms: i64,
        /// The first window that the old release has and this build has not in its place.
        old: Option<Shown>,
        /// The window that stands in its place.
        new: Option<Shown>,
        old_fingerprint: String,
        new_fingerprint: String,
    },
    /// The old release has no such zone.
    Added,
    /// This build refuses the spec.
    Refused { message: String },
}

/// A window with its edges on the wall clock of its release.
#[derive(Debug, Serialize)]
struct Shown {
    start_ms: i64,
    end_ms: i64,
    start_offset_ms: i64,
    end_offset_ms: i64,
}

impl Shown {
    fn of(window: Window, offset_ms: &dyn Fn(i64) -> i64) -> Shown {
        let Window { start_ms, end_ms } = window;
        let [start_offset_ms, end_offset_ms] = [start_ms, end_ms].map(offset_ms);
        Shown { start_ms, end_ms, start_offset_ms, end_offset_ms }
    }

    fn listed(&self) -> Listed {
        Listed {
            window: Window { start_ms: self.start_ms, end_ms: self.end_ms },
            start_offset_ms: self.start_offset_ms,
            end_offset_ms: self.end_offset_ms,
        }
    }
}

impl Report {
    /// Compares the windows of specs.
    pub(super) fn of(
        specs: &[Given<'_>],
        old: &Release,
        from_ms: i64,
        tzdb: Releases,
    ) -> Result<Report, Failure> {
        let compared = specs.iter().map(|given| compare(given, old, from_ms));
        let specs = compared.collect::<Result<_, Failure>>()?;
        Ok(Report { schema: "paneline/tz-diff-specs/1", tzdb, specs })
    }

    /// Whether every spec keeps its windows and its fingerprint.
    pub(super) fn is_clean(&self) -> bool {
        self.specs.iter().all(Compared::is_clean)
    }

    /// Writes the report as text.
    pub(super) fn write(&self, console: Console, out: &mut dyn Write) -> io::Result<()> {
        let told = self.specs.iter().filter(|compared| !console.quiet || !compared.is_clean());
        for (index, compared) in told.enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            compared.write(out)?;
        }
        let changed = self.specs.iter().filter(|compared| !compared.is_clean()).count();
        match changed {
            _ if console.quiet => Ok(()),
            0 => writeln!(out, "\nno spec changes"),
            _ => writeln!(out, "\n{} of {} to look at", changed, counted(self.specs.len(), "spec")),
        }
    }
}

impl Compared {
    fn is_clean(&self) -> bool {
        matches!(self.verdict, Verdict::Same) && self.pinned_tzdb.is_none()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let lead = format!("{}: ", self.spec);
        let told = match &self.verdict {
            Verdict::Same => "no window changes".to_owned(),
            Verdict::Fingerprint { .. } => "no window changes, but the fingerprint does: results \
                                            beside the old one compare as of another spec"
                .to_owned(),
            Verdict::Windows { from_ms, .. } => {
                format!("windows change from {} on", civil::rfc3339(*from_ms))
            }
            Verdict::Added => "the old release does not have the zone".to_owned(),
            Verdict::Refused { message } => format!("this build refuses it: {message}"),
        };
        wrapped(out, "", &(lead + &told))?;
        if let Verdict::Windows { old, new, .. } = &self.verdict {
            write_windows(old.as_ref(), new.as_ref(), out)?;
        }
        if let Verdict::Windows { old_fingerprint, new_fingerprint, .. }
        | Verdict::Fingerprint { old_fingerprint, new_fingerprint } = &self.verdict
        {
            writeln!(out, "old fingerprint  {old_fingerprint}")?;
            writeln!(out, "new fingerprint  {new_fingerprint}")?;
        }
        if let Some(pinned) = &self.pinned_tzdb {
            let new = paneline::tzdb_version();
            writeln!(
                out,
                "its tzdb_version is {pinned:?}, which this build refuses; write {new:?}"
            )?;
        }
        Ok(())
    }
}

fn write_windows(old: Option<&Shown>, new: Option<&Shown>, out: &mut dyn Write) -> io::Result<()> {
    let shown = [("old", old), ("new", new)];
    let (leads, listed): (Vec<_>, Vec<_>) =
        shown.into_iter().filter_map(|(release, shown)| Some((release, shown?.listed()))).unzip();
    let table = listing::table(&listed, COLUMNS - LEAD_COLUMNS);
    for (lead, line) in std::iter::once("").chain(leads).zip(table) {
        writeln!(out, "{lead:<LEAD_COLUMNS$}{line}")?;
    }
    for (release, _) in shown.iter().filter(|(_, shown)| shown.is_none()) {
        writeln!(out, "{release}  none in its place")?;
    }
    Ok(())
}

fn compare(given: &Given<'_>, old: &Release, from_ms: i64) -> Result<Compared, Failure> {
    let mut spec = given.spec.clone();
    // A spec that insists on the old release is the one to ask about; that it insists is told.
    let pinned = std::mem::take(&mut spec.tzdb_version);
    let pinned_tzdb =
        Some(pinned).filter(|tzdb| !tzdb.is_empty() && *tzdb != paneline::tzdb_version());
    let offsets = old.zones.get(&spec.timezone);
    let verdict = match (Assigner::new(&spec), offsets) {
        (Ok(ours), Some(offsets)) => verdict(&spec, &ours, offsets, from_ms)?,
        // A fixed offset is no zone of a database, and a session has none.
        (Ok(ours), None) => {
            match paneline::timezones().find(|name| *name == ours.spec().timezone) {
                Some(_) => Verdict::Added,
                None => Verdict::Same,
            }
        }
        (Err(error), Some(_)) if error.code() == Code::UnknownTimezone => {
            Verdict::Refused { message: error.message().to_owned() }
        }
        (Err(error), _) => return Err(given.refused(error)),
    };
    Ok(Compared { spec: given.name.clone(), verdict, pinned_tzdb })
}

fn verdict(
    spec: &SlidingWindowSpec,
    ours: &Assigner,
    offsets: &Offsets,
    from_ms: i64,
) -> Result<Verdict, Failure> {
    let history = ZoneHistory::new(offsets.first_s, &offsets.transitions)?;
    let theirs = Assigner::with_history(spec, &history)?;
    let [old_fingerprint, new_fingerprint] =
        [&theirs, ours].map(|assigner| assigner.fingerprint().to_string());
    let Some(from_ms) = theirs.first_change(ours, from_ms)? else {
        return Ok(if old_fingerprint == new_fingerprint {
            Verdict::Same
        } else {
            Verdict::Fingerprint { old_fingerprint, new_fingerprint }
        });
    };
    let (mut olds, mut news) = (theirs.windows(from_ms)?, ours.windows(from_ms)?);
    let (old, new) = loop {
        match (olds.next(), news.next()) {
            (Some(old), Some(new)) if old == new => {}
            parted => break parted,
        }
    };
    let embedded = Offsets::embedded(&spec.timezone)?;
    Ok(Verdict::Windows {
        from_ms,
        old: old.map(|window| Shown::of(window, &|t_ms| offsets.at_ms(t_ms))),
        new: new.map(|window| Shown::of(window, &|t_ms| embedded.at_ms(t_ms))),
        old_fingerprint,
        new_fingerprint,
    })
}
