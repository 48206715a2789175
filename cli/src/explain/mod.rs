//! `explain`: a spec in words, then its windows with their local and UTC edges.
//!
//! The [`Explanation`] is computed once, from what the assigner says; each format prints that and
//! asks nothing more. A format is a function of an [`Explanation`] and an output, so a picture is
//! one more of them. Worked line: 6 h windows of America/New_York, from 2024-11-03 00:00 to 06:00
//! local, are 04:00Z to 11:00Z, 7 h; the mark says that 01:00-02:00 occurs twice and is held.

mod drawn;
mod json;
mod marks;
mod model;
mod sentence;
#[cfg(test)]
mod tests;
mod text;
mod timeline;

use std::io::Write;

use paneline::{Code, LocalClock};

use crate::args::{ExplainArgs, ExplainFormat};
use crate::console::{Console, Page};
use crate::failure::Failure;
use crate::instant;
use crate::picture::{self, Theme};

use self::model::{Explanation, Selection};

/// Windows that are listed unless told: a screen.
const COUNT: u32 = 6;
/// A year of hourly windows and more; what is longer is a query, not an explanation.
pub(crate) const COUNT_MAX: u32 = 10_000;

/// Writes the explanation.
pub(crate) fn run(
    args: &ExplainArgs,
    console: Console,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (spec, assigner) = args.spec.compile(args.source.as_deref(), None)?;
    let clock = LocalClock::new(&spec.timezone)?;
    if args.theme.is_some()
        && matches!(args.format, None | Some(ExplainFormat::Text | ExplainFormat::Json))
    {
        let message = "only pictures have colours to choose";
        return Err(Failure::new(Code::InvalidArgument, "--theme", message)
            .hint("add --format svg, png or html"));
    }
    let explanation = Explanation::of(&assigner, &clock, selection(args)?)?;
    match args.format {
        Some(ExplainFormat::Json) => json::write(&explanation, out)?,
        None if console.json => json::write(&explanation, out)?,
        Some(ExplainFormat::Text) | None => {
            let columns = args.width.map_or(console.page.columns, usize::from);
            let page =
                Page { columns, unicode: console.page.unicode && !args.ascii, ..console.page };
            text::write(&explanation, page, out)?;
        }
        Some(ExplainFormat::Svg) => {
            out.write_all(drawn::svg(&explanation, &clock, args.theme(Theme::Auto))?.as_bytes())?;
        }
        Some(ExplainFormat::Png) => {
            // Pixels cannot ask what their reader prefers.
            let svg = drawn::svg(&explanation, &clock, args.theme(Theme::Light))?;
            out.write_all(&picture::png(&svg)?)?;
        }
        Some(ExplainFormat::Html) => {
            out.write_all(drawn::html(&explanation, &clock, args.theme(Theme::Auto))?.as_bytes())?;
        }
    }
    Ok(())
}

/// Which windows the arguments ask for.
fn selection(args: &ExplainArgs) -> Result<Selection, Failure> {
    let (Some(from), Some(to)) = (&args.from, &args.to) else {
        let at_ms = instant::or_now("--at", args.at.as_deref())?;
        return Ok(Selection::At { at_ms, count: args.count.unwrap_or(COUNT) });
    };
    let (from_ms, to_ms) = (instant::parse("--from", from)?, instant::parse("--to", to)?);
    if to_ms <= from_ms {
        let message = format!("--to must be after --from ({from}), got {to}");
        return Err(Failure::new(Code::InvalidArgument, "--to", message));
    }
    Ok(Selection::Range { from_ms, to_ms, count: args.count.unwrap_or(COUNT_MAX) })
}
