//! `doctor`: the versions of this build, and what else of paneline the machine has.
//!
//! It asks the programs on the path and reports; it changes nothing. Invariant: whatever a program
//! does, answer nonsense, hang or be absent, the report is written and the exit code is 0. Worked
//! case: a Python module of another tzdb release is found and told, because it computes other
//! windows than this binary.

use std::io::{self, Read as _, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::Serialize;

use crate::console::{Console, write_json};
use crate::words::wrapped;

/// How often a program is asked whether it is done, and how long between: 5 seconds in all. A cold
/// start of Python from a slow disk takes less.
const POLLS: u32 = 250;
const POLL: Duration = Duration::from_millis(20);

/// More than this no program has to say about its version.
const ANSWER_BYTES_MAX: usize = 4_096;

/// What the Python module says of itself.
const PYTHON: &str = "import paneline; print(paneline.__version__, paneline.tzdb_version())";

/// The report.
#[derive(Serialize)]
struct Report {
    schema: &'static str,
    version: &'static str,
    tzdb: &'static str,
    zones: usize,
    semantics_version: u32,
    abi_version: u32,
    tools: Vec<Tool>,
}

/// A program of this machine, or a part of paneline that one of them finds.
#[derive(Serialize)]
struct Tool {
    name: &'static str,
    state: State,
    /// What it says of itself.
    says: Option<String>,
    /// What to run.
    advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// It is there.
    Found,
    /// It is there, and belongs to another release.
    Differs,
    /// It is not there, or does not answer.
    Missing,
}

/// Writes the report.
pub(crate) fn run(console: Console, out: &mut dyn Write) -> io::Result<()> {
    let report = Report {
        schema: "paneline/doctor/1",
        version: paneline::VERSION,
        tzdb: paneline::tzdb_version(),
        zones: paneline::timezones().count(),
        semantics_version: paneline::SEMANTICS_VERSION,
        abi_version: paneline_ffi::PLN_ABI_VERSION,
        tools: tools(),
    };
    if console.json {
        return write_json(&report, out);
    }
    writeln!(out, "paneline          {}", report.version)?;
    writeln!(out, "tzdb              {}, {} names", report.tzdb, report.zones)?;
    writeln!(out, "semantics         {}", report.semantics_version)?;
    writeln!(out, "C ABI             {}\n", report.abi_version)?;
    for tool in &report.tools {
        let state = match tool.state {
            State::Found => "",
            State::Differs => "of another release: ",
            State::Missing => "not found",
        };
        let says = tool.says.as_deref().unwrap_or_default();
        wrapped(out, &format!("{:<16}  ", tool.name), &format!("{state}{says}"))?;
        if let Some(advice) = &tool.advice {
            wrapped(out, &format!("{:16}  ", ""), advice)?;
        }
    }
    Ok(())
}

fn tools() -> Vec<Tool> {
    let tool = |name, command: &[&str], advice: &str| match answer(command) {
        Some(says) => Tool { name, state: State::Found, says: Some(says), advice: None },
        None => Tool { name, state: State::Missing, says: None, advice: Some(advice.into()) },
    };
    let python = tool("python3", &["python3", "--version"], "install Python 3.11 or later");
    let module = part(
        "python module",
        &["python3", "-c", PYTHON],
        &format!("{} {}", paneline::VERSION, paneline::tzdb_version()),
        "build the wheel with python/build.sh and install it: pip install target/wheels/*.whl",
    );
    let go = tool("go", &["go", "version"], "install Go 1.24 or later");
    let cc = tool("cc", &["cc", "--version"], "install a C compiler, for example: apt install gcc");
    let pkg_config = tool(
        "pkg-config",
        &["pkg-config", "--version"],
        "install it, for example: apt install pkg-config",
    );
    let library = part(
        "C library",
        &["pkg-config", "--modversion", "paneline"],
        paneline::VERSION,
        "install it from the source tree with make install PREFIX=DIR, and set \
         PKG_CONFIG_PATH=DIR/lib/pkgconfig",
    );
    vec![python, module, go, cc, pkg_config, library]
}

/// A part of paneline, which must be of this release.
fn part(name: &'static str, command: &[&str], wanted: &str, advice: &str) -> Tool {
    let says = answer(command);
    let state = match says.as_deref() {
        None => State::Missing,
        Some(says) if says == wanted => State::Found,
        Some(_) => State::Differs,
    };
    let advice = (state != State::Found).then(|| advice.to_owned());
    Tool { name, state, says, advice }
}

/// The first line of what a program says; none if it is not there, fails or does not end.
fn answer(command: &[&str]) -> Option<String> {
    let (program, arguments) = command.split_first()?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    if !ended(&mut child)? {
        return None;
    }
    // It has ended, so one read has it all. Waiting for the end of the pipe would be waiting for
    // whatever it may have left running.
    let mut said = [0; ANSWER_BYTES_MAX];
    let count = child.stdout.take()?.read(&mut said).ok()?;
    let first = String::from_utf8_lossy(&said[..count]).lines().next()?.trim().to_owned();
    (!first.is_empty()).then_some(first)
}

/// Whether a program succeeded; none, and it is stopped, if it does not end.
fn ended(child: &mut Child) -> Option<bool> {
    for _ in 0..POLLS {
        if let Some(status) = child.try_wait().ok()? {
            return Some(status.success());
        }
        std::thread::sleep(POLL);
    }
    // It may have ended by now; then there is nothing to stop.
    let _ = child.kill();
    let _ = child.wait();
    None
}
