//! The command line of paneline: explain a spec, check it and its data, compare releases.
//!
//! It reads arguments, files, the clock where no instant is given, and the terminal; it prints. It
//! decides no window: every boundary and every meaning of a wall-clock reading comes from the
//! `paneline` crate. Invariant: exit code 0 is clean, 1 is findings, 2 is a usage error or a
//! failure, and a reader that goes away (`| head`) is none of them.

mod args;
mod assign;
mod check;
mod civil;
mod console;
mod doctor;
mod explain;
mod failure;
mod generate;
mod input;
mod instant;
mod json_text;
mod jump;
mod listing;
mod picture;
mod progress;
mod release;
mod report;
mod rows;
mod sample;
mod spec_file;
mod spec_flags;
mod tz_diff;
mod words;
mod zones;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::args::{Cli, Command};
use crate::console::{Console, Outcome};
use crate::failure::Failure;

/// The exit code of a check that found something.
const FINDINGS: u8 = 1;
/// The exit code of a usage error, a refused input or a failed write.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut console = Console::new(false, false);
    let done = match Cli::try_parse() {
        Ok(cli) => {
            console = Console::new(cli.json, cli.quiet);
            run(&cli.command, console, &mut out)
        }
        Err(error) if error.kind() == ErrorKind::DisplayVersion => version(&mut out),
        Err(error) => {
            // Help goes to stdout with code 0, usage errors to stderr with code 2. Where even that
            // cannot be written, there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS };
        }
    };
    match done.and_then(|outcome| Ok(out.flush().map(|()| outcome)?)) {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(FINDINGS),
        // The reader went away, as `head` does.
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell that stderr is closed.
            let _ = failure.write(console, &mut io::stderr().lock());
            ExitCode::from(FAILED)
        }
    }
}

fn run(command: &Command, console: Console, out: &mut dyn Write) -> Result<Outcome, Failure> {
    match command {
        Command::Explain(explain) => explain::run(explain, console, out)?,
        Command::Assign(assign) => assign::run(assign, console, out)?,
        Command::Check(check) => return check::run(check, console, out),
        Command::Sample(sample) => sample::run(sample, out)?,
        Command::Zones(zones) => zones::run(zones, console, out)?,
        Command::TzDiff(diff) => return tz_diff::run(diff, console, out),
        Command::Doctor => doctor::run(console, out)?,
        Command::Completions(completions) => generate::completions(completions, out)?,
        Command::Man(man) => generate::man_pages(man)?,
    }
    Ok(Outcome::Clean)
}

fn version(out: &mut dyn Write) -> Result<Outcome, Failure> {
    writeln!(out, "paneline {} (tzdb {})", paneline::VERSION, paneline::tzdb_version())?;
    Ok(Outcome::Clean)
}
