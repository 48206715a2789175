//! The arguments of every command, and the help texts with their examples.
//!
//! It decides which flags exist and how they are spelled; what their values mean is decided where
//! they are used. Invariant: each command's help says its purpose in one sentence and ends with
//! two examples that run; `every_example_runs` in tests/help.rs runs them. `--json` and `--quiet`
//! are flags of all.

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::explain::COUNT_MAX;
use crate::picture::Theme;
use crate::spec_flags::SpecFlags;

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  paneline explain --duration 6h --step 30m --timezone America/New_York \\
    --at 2024-11-02T22:00:00Z
  paneline explain --unit month --timezone Asia/Tokyo --count 3";

const ASSIGN_EXAMPLES: &str = "\
Examples:
  paneline assign sample.csv --time timestamp --duration 6h \\
    --timezone America/New_York --ambiguous earliest
  paneline sample --timezone UTC | paneline assign - --time timestamp \\
    --duration 15m --step 5m --timezone UTC --format i64 > windows.i64";

const CHECK_EXAMPLES: &str = "\
Examples:
  paneline check sample.csv --time timestamp --timezone America/New_York \\
    --value value
  paneline check sample.csv --time timestamp --duration 7d \\
    --timezone Europe/Paris";

const SAMPLE_EXAMPLES: &str = "\
Examples:
  paneline sample > sample.csv
  paneline sample --rows 96 --timezone Australia/Lord_Howe --start 2024-04-06";

const TZ_DIFF_EXAMPLES: &str = "\
Examples:
  paneline tz-diff zones.txt
  paneline tz-diff zones.txt --duration 6h --timezone America/New_York";

const ZONES_EXAMPLES: &str = "\
Examples:
  paneline zones york
  paneline zones America/New_York --from 2026-01-01T00:00Z --count 4";

const DOCTOR_EXAMPLES: &str = "\
Examples:
  paneline doctor
  paneline doctor --json";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  paneline completions bash > paneline.bash
  paneline completions zsh > _paneline";

const MAN_EXAMPLES: &str = "\
Examples:
  paneline man share/man/man1
  paneline man . && cat paneline.1";

const EXIT_CODES: &str = "Exit codes: 0 clean, 1 findings, 2 usage error or failure.";

/// Help is the same in every terminal.
const HELP_COLUMNS: usize = 80;

/// The rows `sample` writes unless told: 40 days, from 1 October past the night of 2 November.
const SAMPLE_ROWS: u32 = 1_920;
/// More half-hours than 1900 to 2199 holds (5,259,456) are never written; a limit, so that a typing
/// error does not fill a disk.
const SAMPLE_ROWS_MAX: i64 = 6_000_000;
/// More than any zone has.
const ZONES_COUNT_MAX: i64 = 10_000;

/// Sliding windows that mean the same thing everywhere: explain, check, assign and compare them.
#[derive(Debug, Parser)]
#[command(name = "paneline", version, after_help = EXIT_CODES, term_width = HELP_COLUMNS)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Write reports as JSON, and a failure as JSON to standard error.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Write no progress, no summary and nothing where there is nothing to find.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Explain(ExplainArgs),
    Assign(AssignArgs),
    Check(CheckArgs),
    Sample(SampleArgs),
    Zones(ZonesArgs),
    TzDiff(TzDiffArgs),
    /// Tell the versions of this build and what else of paneline this machine has.
    ///
    /// Looks for Python with the module, Go, a C compiler and pkg-config with the library, and says
    /// what to run for what is missing. Exit code 0 whatever it finds.
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor,
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Say in words which windows a spec makes, and list the next ones with their edges.
#[derive(Args, Debug)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// The spec instead of flags: a file with protobuf JSON or protobuf bytes, or the JSON itself;
    /// `-` is standard input.
    #[arg(value_name = "SPEC")]
    pub(crate) source: Option<String>,
    /// The instant to start from: RFC 3339 with Z or an offset, or milliseconds since 1970-01-01Z
    /// [default: now].
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    pub(crate) at: Option<String>,
    /// List the windows that hold an instant from this one on, instead of those from --at on.
    #[arg(
        long,
        value_name = "T",
        requires = "to",
        conflicts_with = "at",
        allow_negative_numbers = true
    )]
    pub(crate) from: Option<String>,
    /// Where the list ends, exclusive.
    #[arg(long, value_name = "T", requires = "from", allow_negative_numbers = true)]
    pub(crate) to: Option<String>,
    /// How many windows to list, up to 10,000 [default: 6, between --from and --to all].
    #[arg(long, value_name = "N",
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(COUNT_MAX)))]
    pub(crate) count: Option<u32>,
    /// How to write it.
    #[arg(long, value_enum, conflicts_with = "json")]
    pub(crate) format: Option<ExplainFormat>,
    /// The columns of text, 80 to 1,000 [default: those of the terminal, otherwise 80].
    #[arg(long, value_name = "COLUMNS", allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(80..=1_000))]
    pub(crate) width: Option<u16>,
    /// Draw the timeline with ASCII alone.
    #[arg(long)]
    pub(crate) ascii: bool,
    /// The colours of a picture [default: as the reader's browser prefers; png: light].
    #[arg(long, value_enum)]
    pub(crate) theme: Option<ThemeFlag>,
    // Last, because its heading applies to every flag after it.
    #[command(flatten)]
    pub(crate) spec: SpecFlags,
}

impl ExplainArgs {
    /// The theme that was asked for, or this one.
    pub(crate) fn theme(&self, otherwise: Theme) -> Theme {
        match self.theme {
            Some(ThemeFlag::Light) => Theme::Light,
            Some(ThemeFlag::Dark) => Theme::Dark,
            None => otherwise,
        }
    }
}

/// Write the windows of every row of a file of data.
///
/// Times without an offset are readings of the wall clock of --timezone, which they need; times
/// with Z or an offset are instants, and so are whole numbers, milliseconds since 1970-01-01Z.
/// Whole numbers with the digits of seconds or of a date, 1719792000 or 20240701, are refused.
///
/// `csv` writes `row,window_start,window_end`: rows count from 0, edges are UTC. `i64` writes four
/// little-endian columns: instants (one per row), offsets (one more), starts and ends (one per
/// window), in milliseconds.
#[derive(Args, Debug)]
#[command(after_help = ASSIGN_EXAMPLES)]
pub(crate) struct AssignArgs {
    /// The file: CSV with a header line, .jsonl with an object of JSON a line, or .parquet; `-` is
    /// standard input, as CSV or JSON.
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// The column with the times; of JSON the member.
    #[arg(long, value_name = "COL")]
    pub(crate) time: String,
    /// What a reading means that the wall clock shows twice or never.
    #[arg(long, value_enum, default_value_t = AmbiguousFlag::Reject)]
    pub(crate) ambiguous: AmbiguousFlag,
    /// How to write the windows.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub(crate) format: Format,
    /// The spec instead of flags: a file with protobuf JSON or protobuf bytes, or the JSON itself.
    #[arg(long = "spec", value_name = "SPEC")]
    pub(crate) source: Option<String>,
    // Last, because its heading applies to every flag after it.
    #[command(flatten)]
    pub(crate) spec: SpecFlags,
}

/// Find what is wrong with a spec, and with the times of a file of data.
///
/// A file that ends in .csv, .jsonl or .parquet is data, and so is the last one where --time is
/// given and none ends so; anything else is a spec. Of a spec it reports refusals and warnings, of
/// data readings that do not occur, occur twice or cannot be read, offsets in a part of the rows,
/// fields too many or too few, values that are no numbers, days with another row count than
/// elapsed, duplicates, unsorted rows, breaks of the cadence and rows from the future. Exit code 1
/// if there are any.
///
/// Texts without an offset are readings of the wall clock of --timezone, which they need; those
/// with Z or an offset are instants, and so are whole numbers, milliseconds since 1970-01-01Z. Of
/// Parquet, timestamps that are adjusted to UTC are instants and others readings; 64-bit integers
/// and texts are as in the other formats. Whole numbers with the digits of seconds or of a date,
/// 1719792000 or 20240701, are refused as unreadable. Beside a spec that is no flags, --timezone is
/// the clock of the data. Findings name line and column, of Parquet the row, from 1.
#[derive(Args, Debug)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct CheckArgs {
    /// A spec (JSON or protobuf bytes), a file of data (CSV with a header line, an object of JSON a
    /// line, or Parquet), or both.
    #[arg(value_name = "SPEC|FILE", num_args = 0..=2)]
    pub(crate) inputs: Vec<String>,
    /// The column with the times; of JSON the member.
    #[arg(long, value_name = "COL")]
    pub(crate) time: Option<String>,
    /// A numeric column: ambiguous rows are then shown with their rate per elapsed interval.
    #[arg(long, value_name = "COL", requires = "time")]
    pub(crate) value: Option<String>,
    /// Rows after this instant are from the future [default: now].
    #[arg(long, value_name = "T", requires = "time", allow_negative_numbers = true)]
    pub(crate) now: Option<String>,
    // Last, because its heading applies to every flag after it. --timezone alone is the zone of the
    // data, the default being that of the spec.
    #[command(flatten)]
    pub(crate) spec: SpecFlags,
}

/// Write a CSV file of generated data, half-hourly on a wall clock, to try the other commands on.
///
/// The numbers are made by a formula, the same on every machine. As in many real files there is
/// one row per reading of the wall clock: the hour that is put back carries two hours of counts.
#[derive(Args, Debug)]
#[command(after_help = SAMPLE_EXAMPLES)]
pub(crate) struct SampleArgs {
    /// How many rows to write.
    #[arg(long, value_name = "N", default_value_t = SAMPLE_ROWS, allow_negative_numbers = true,
        value_parser = clap::value_parser!(u32).range(0..=SAMPLE_ROWS_MAX))]
    pub(crate) rows: u32,
    /// The zone of the wall clock.
    #[arg(long, value_name = "ZONE", default_value = "America/New_York")]
    pub(crate) timezone: String,
    /// The local date of the first row.
    #[arg(long, value_name = "YYYY-MM-DD", default_value = "2014-10-01")]
    pub(crate) start: String,
}

/// Find time zones, and when their clocks change.
///
/// Without a name it lists all; a part of a name lists those that have it; a whole name shows the
/// zone's changes from --from on. All of it is the embedded database; the machine's is not read.
#[derive(Args, Debug)]
#[command(after_help = ZONES_EXAMPLES)]
pub(crate) struct ZonesArgs {
    /// A name, or a part of one, in any case.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// List the zones whose clocks change next.
    #[arg(long, conflicts_with = "name")]
    pub(crate) next: bool,
    /// Write every zone with its offsets, for `tz-diff` of another build.
    #[arg(long, conflicts_with_all = ["name", "next", "from", "to", "count"])]
    pub(crate) dump: bool,
    /// Show changes from this instant on: RFC 3339 with Z or an offset, or milliseconds since
    /// 1970-01-01Z [default: now].
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    pub(crate) from: Option<String>,
    /// Show changes before this instant [default: the end of 2300].
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    pub(crate) to: Option<String>,
    /// How many changes to show, up to 10,000.
    #[arg(long, value_name = "N", default_value_t = 8, allow_negative_numbers = true,
        value_parser = clap::value_parser!(u32).range(1..=ZONES_COUNT_MAX))]
    pub(crate) count: u32,
}

/// Say what another release of the time-zone database changes, by zone or for specs.
///
/// The dump is the old release and this build the new one. Without a spec it lists the zones whose
/// offsets differ; with specs, the first window of each that differs. Exit code 1 if a zone, or a
/// window or the fingerprint of a spec, is another.
#[derive(Args, Debug)]
#[command(after_help = TZ_DIFF_EXAMPLES)]
pub(crate) struct TzDiffArgs {
    /// What `paneline zones --dump` of the other build wrote; `-` is standard input.
    #[arg(value_name = "DUMP")]
    pub(crate) dump: String,
    /// Specs: files with protobuf JSON or protobuf bytes, or the JSON itself.
    #[arg(value_name = "SPEC")]
    pub(crate) specs: Vec<String>,
    /// Look from this instant on: RFC 3339 with Z or an offset, or milliseconds since
    /// 1970-01-01Z [default: from the beginning, 1900].
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    pub(crate) from: Option<String>,
    // Last, because its heading applies to every flag after it.
    #[command(flatten)]
    pub(crate) spec: SpecFlags,
}

/// Write the completions of a shell to standard output.
#[derive(Args, Debug)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Write the manual pages, one for each command, into a folder.
#[derive(Args, Debug)]
#[command(after_help = MAN_EXAMPLES)]
pub(crate) struct ManArgs {
    /// The folder; it is made if there is none.
    #[arg(value_name = "DIR")]
    pub(crate) directory: std::path::PathBuf,
}

/// `--ambiguous`, as `paneline::Ambiguous` names it.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AmbiguousFlag {
    /// The first pass of a repeated hour.
    Earliest,
    /// The second pass.
    Latest,
    /// Refuse the file and name the row.
    Reject,
}

/// `--format` of `explain`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// Lines for a terminal.
    Text,
    /// A document, described by cli/schema/explain.json.
    Json,
    /// A picture of the panes, for a page.
    Svg,
    /// The same as pixels.
    Png,
    /// One file for a browser: the picture to zoom into, and the windows as a table.
    Html,
}

/// `--theme` of `explain`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ThemeFlag {
    /// Dark ink on white.
    Light,
    /// Light ink on black.
    Dark,
}

/// `--format` of `assign`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// Text, one line per row and window.
    Csv,
    /// Little-endian columns.
    I64,
}
