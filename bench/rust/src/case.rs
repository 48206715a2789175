//! A case of the driver's plan, CPU time, and the line that answers a case.
//!
//! A plan's line has eight fields, separated by tabs: case, kind, zone, duration_ms, step_ms,
//! input, output, repeats. The answer has four: case, variant, rows, and the CPU nanoseconds of
//! each repeat, separated by commas; or `error` in place of the rows, and the message.

use std::fmt::Write as _;
use std::fs;
use std::io;

use rustix::time::{ClockId, clock_gettime};

/// What a program does with one column.
pub struct Case {
    /// The driver's name for it.
    pub name: String,
    /// `starts`, `assign`, `scalar`, or `batch:ROWS`.
    pub kind: String,
    /// A name of the database; empty for UTC.
    pub zone: String,
    /// The length of a window.
    pub duration_ms: i64,
    /// From one pane to the next.
    pub step_ms: i64,
    /// The file with the times.
    pub input: String,
    /// Where the answer is written, as little-endian `i64`.
    pub output: String,
    /// Timed passes; with 0 only the answer counts.
    pub repeats: usize,
}

impl Case {
    /// Reads one line of the plan.
    ///
    /// # Errors
    /// A line of another shape.
    pub fn parse(line: &str) -> Result<Case, String> {
        let fields: Vec<_> = line.split('\t').collect();
        let [name, kind, zone, duration, step, input, output, repeats] = fields[..] else {
            return Err(format!("a case has 8 fields, got {}: {line}", fields.len()));
        };
        let number = |text: &str| text.parse::<i64>().map_err(|error| format!("{text}: {error}"));
        Ok(Case {
            name: name.to_owned(),
            kind: kind.to_owned(),
            zone: zone.to_owned(),
            duration_ms: number(duration)?,
            step_ms: number(step)?,
            input: input.to_owned(),
            output: output.to_owned(),
            repeats: repeats.parse().map_err(|error| format!("{repeats}: {error}"))?,
        })
    }

    /// The column of times.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn times(&self) -> io::Result<Vec<i64>> {
        let bytes = fs::read(&self.input)?;
        Ok(bytes.as_chunks().0.iter().map(|word| i64::from_le_bytes(*word)).collect())
    }

    /// The answer's line.
    #[must_use]
    pub fn line(&self, variant: &str, rows: usize, passes_ns: &[u64]) -> String {
        let mut line = format!("{}\t{variant}\t{rows}\t", self.name);
        for (index, ns) in passes_ns.iter().enumerate() {
            let _ = write!(line, "{}{ns}", if index == 0 { "" } else { "," });
        }
        line
    }

    /// The line of a variant that gave no answer.
    #[must_use]
    pub fn failure(&self, variant: &str, message: &str) -> String {
        format!("{}\t{variant}\terror\t{}", self.name, message.replace(['\n', '\t'], " "))
    }
}

/// Writes a column as little-endian `i64`.
///
/// # Errors
/// A file that cannot be written.
pub fn write(path: &str, column: &[i64]) -> io::Result<()> {
    let bytes: Vec<u8> = column.iter().flat_map(|value| value.to_le_bytes()).collect();
    fs::write(path, bytes)
}

/// CPU time of this process, in nanoseconds.
#[must_use]
pub fn cpu_ns() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned()
}

/// The CPU time of one pass.
pub fn timed(pass: impl FnOnce()) -> u64 {
    let start = cpu_ns();
    pass();
    cpu_ns() - start
}
