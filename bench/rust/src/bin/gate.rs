//! The kernels whose instructions bench/gate.sh counts, each on fixed rows.
//!
//! `gate` lists them with their rows; `gate KERNEL` runs one. Only what happens inside `measured`
//! counts: the columns are made, and a first pass is made, before it.

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write as _};

use paneline::{Assigner, Assignment, SlidingWindowSpec, TimeUnit};
use paneline_bench::times;

const NEW_YORK: &str = "America/New_York";
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const MS: TimeUnit = TimeUnit::Millisecond;

/// What a kernel calls.
#[derive(Clone, Copy)]
enum Call {
    PaneStarts,
    Assign,
    Windows,
    Compile,
}

/// Name, call, zone, window length, step, rows, and whether the rows have no order.
type Kernel = (&'static str, Call, &'static str, i64, i64, usize, bool);

const KERNELS: [Kernel; 10] = {
    use Call::{Assign, Compile, PaneStarts, Windows};
    const SECONDS_MS: i64 = 10_000;
    const QUARTER_MS: i64 = 15 * MINUTE_MS;
    const SIX_MS: i64 = 6 * HOUR_MS;
    const HALF_MS: i64 = 30 * MINUTE_MS;
    const ROWS: usize = 65_536;
    const FEW: usize = 8_192;
    [
        ("pane_starts_utc_10s", PaneStarts, "", SECONDS_MS, SECONDS_MS, ROWS, false),
        ("pane_starts_new_york_15m", PaneStarts, NEW_YORK, QUARTER_MS, QUARTER_MS, ROWS, false),
        (
            "pane_starts_new_york_15m_random",
            PaneStarts,
            NEW_YORK,
            QUARTER_MS,
            QUARTER_MS,
            ROWS,
            true,
        ),
        ("pane_starts_new_york_6h", PaneStarts, NEW_YORK, SIX_MS, SIX_MS, ROWS, false),
        ("pane_starts_new_york_6h_random", PaneStarts, NEW_YORK, SIX_MS, SIX_MS, ROWS, true),
        (
            "pane_starts_lord_howe_1h",
            PaneStarts,
            "Australia/Lord_Howe",
            HOUR_MS,
            HOUR_MS,
            ROWS,
            false,
        ),
        ("assign_tumbling", Assign, NEW_YORK, QUARTER_MS, QUARTER_MS, ROWS, false),
        ("assign_12_windows", Assign, NEW_YORK, SIX_MS, HALF_MS, FEW, false),
        ("windows_scalar", Windows, NEW_YORK, SIX_MS, HALF_MS, FEW, false),
        ("spec_compile", Compile, NEW_YORK, SIX_MS, HALF_MS, 1, false),
    ]
};

fn main() -> Result<(), Box<dyn Error>> {
    let Some(wanted) = std::env::args().nth(1) else {
        for (name, _, _, _, _, rows, _) in KERNELS {
            writeln!(io::stdout(), "{name} {rows}")?;
        }
        return Ok(());
    };
    let kernel = KERNELS.iter().find(|kernel| kernel.0 == wanted).ok_or("no such kernel")?;
    run(kernel)
}

fn run(
    &(_, call, zone, duration_ms, step_ms, rows, random): &Kernel,
) -> Result<(), Box<dyn Error>> {
    let spec =
        SlidingWindowSpec { duration_ms, step_ms, timezone: zone.into(), ..Default::default() };
    let assigner = Assigner::new(&spec)?;
    let times = if random { times::random(rows) } else { times::ordered(rows) };
    let mut starts = vec![0; rows];
    let mut windows = Assignment::default();
    assigner.assign(&times, MS, &mut windows)?;
    let mut outcome = Ok(());
    measured(&mut || match call {
        Call::PaneStarts => outcome = assigner.pane_starts(&times, MS, &mut starts),
        Call::Assign => outcome = assigner.assign(&times, MS, &mut windows),
        Call::Windows => {
            for &t_ms in &times {
                match assigner.windows(black_box(t_ms)) {
                    Ok(windows) => {
                        black_box(
                            windows.map(|window| window.start_ms ^ window.end_ms).sum::<i64>(),
                        );
                    }
                    Err(error) => outcome = Err(error),
                }
            }
        }
        Call::Compile => match Assigner::new(&spec) {
            Ok(assigner) => drop(black_box(assigner)),
            Err(error) => outcome = Err(error),
        },
    });
    black_box((starts, windows));
    Ok(outcome?)
}

/// callgrind counts from the call of this function to its return.
#[inline(never)]
fn measured(kernel: &mut dyn FnMut()) {
    kernel();
}
