//! The command line of paneline: explain a spec, assign a file, check a file's times.
//!
//! It reads arguments, files and, for `explain` without `--at`, the clock; it prints. It decides no
//! window: every boundary and every meaning of a wall-clock reading comes from the `paneline`
//! crate. Invariant: exit code 0 is clean, 1 is findings, 2 is a usage error or a failure, and a
//! reader that goes away (`| head`) is none of them.

mod args;
mod assign;
mod check;
mod civil;
mod column;
mod explain;
mod failure;
mod jump;
mod sample;
mod spec_flags;
mod words;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::args::{Cli, Command};
use crate::failure::Failure;

/// The exit code of a check that found something.
const FINDINGS: u8 = 1;
/// The exit code of a usage error, a refused input or a failed write.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let done = match Cli::try_parse() {
        Ok(cli) => run(&cli.command, &mut out),
        Err(error) if error.kind() == ErrorKind::DisplayVersion => version(&mut out),
        Err(error) => {
            // Help goes to stdout with code 0, usage errors to stderr with code 2. Where even that
            // cannot be written, there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS };
        }
    };
    match done.and_then(|code| Ok(out.flush().map(|()| code)?)) {
        Ok(code) => code,
        Err(failure) => report(&failure, &mut io::stderr().lock()),
    }
}

fn run(command: &Command, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    match command {
        Command::Explain(explain) => explain::run(explain, out)?,
        Command::Assign(assign) => assign::run(assign, out)?,
        Command::Check(check) => {
            let clean = check::run(check, out)?;
            return Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(FINDINGS) });
        }
        Command::Sample(sample) => sample::run(sample, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn version(out: &mut dyn Write) -> Result<ExitCode, Failure> {
    writeln!(out, "paneline {} (tzdb {})", paneline::VERSION, paneline::tzdb_version())?;
    Ok(ExitCode::SUCCESS)
}

fn report(failure: &Failure, err: &mut dyn Write) -> ExitCode {
    if failure.is_broken_pipe() {
        return ExitCode::SUCCESS;
    }
    // Nobody is left to tell that stderr is closed.
    let _ = write!(err, "{failure}");
    ExitCode::from(FAILED)
}
