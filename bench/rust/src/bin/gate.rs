//! The kernels whose instructions bench/gate.sh counts, each on fixed rows.
//!
//! `gate` lists them with their rows; `gate KERNEL` runs one. Only what happens inside `measured`
//! counts: the columns are made, and a first pass is made, before it.

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write as _};

use paneline::{
    Aggregate, Assigner, Assignment, Engine, EngineSpec, Function, ResultBatch, Rows,
    SlidingWindowSpec, TimeUnit, ValueColumn, ValueType, Values, WindowKind,
};
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

const KERNELS: [Kernel; 11] = {
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
        ("assign_utc_10s", Assign, "", SECONDS_MS, SECONDS_MS, ROWS, false),
        ("assign_tumbling", Assign, NEW_YORK, QUARTER_MS, QUARTER_MS, ROWS, false),
        ("assign_12_windows", Assign, NEW_YORK, SIX_MS, HALF_MS, FEW, false),
        ("windows_scalar", Windows, NEW_YORK, SIX_MS, HALF_MS, FEW, false),
        ("spec_compile", Compile, NEW_YORK, SIX_MS, HALF_MS, 1, false),
    ]
};

/// What an engine does while it is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Takes rows of keys that it has never seen.
    New,
    /// Takes rows whose keys and cells are there.
    Ingest,
    /// Takes rows of one key, whose cells are there.
    IngestOne,
    /// Opens a session with each row, beside those of the same key that are live.
    Sessions,
    /// Fires and is drained.
    Fire,
}

/// Name, phase, the type of the values, the functions of them.
type EngineKernel = (&'static str, Phase, ValueType, &'static [Function]);

const ENGINE_KERNELS: [EngineKernel; 9] = {
    use Function::{Max, Min, Sum};
    use Phase::{Fire, Ingest, IngestOne, New, Sessions};
    use ValueType::{F64, I64};
    [
        ("engine_new_keys", New, I64, &[Sum]),
        ("engine_ingest_sum", Ingest, I64, &[Sum]),
        ("engine_ingest_one_key", IngestOne, I64, &[Sum]),
        ("engine_ingest_exact_sum", Ingest, F64, &[Sum]),
        ("engine_ingest_min_max", Ingest, I64, &[Min, Max]),
        ("engine_sessions_of_a_key", Sessions, I64, &[Sum]),
        ("engine_fire_sum", Fire, I64, &[Sum]),
        ("engine_fire_exact_sum", Fire, F64, &[Sum]),
        ("engine_fire_min_max", Fire, I64, &[Min, Max]),
    ]
};
/// Events of an engine's kernel: a minute of them, [`KEY_COUNT`] keys in each 10 s.
const EVENTS: usize = 20_000;
const KEY_COUNT: usize = 2_000;
const EVENT_MS: usize = 3;
/// Windows of 30 s by 10 s, so that slices enter and leave.
const SLICE_MS: i64 = 10_000;
const SLICES_OF_A_WINDOW: i64 = 3;
/// The windows that end within the minute.
const FIRED: usize = 6;
/// No row joins the session before it.
const GAP_MS: i64 = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(wanted) = std::env::args().nth(1) else {
        for (name, _, _, _, _, rows, _) in KERNELS {
            writeln!(io::stdout(), "{name} {rows}")?;
        }
        for (name, phase, ..) in ENGINE_KERNELS {
            let rows = if phase == Phase::Fire { FIRED * KEY_COUNT } else { EVENTS };
            writeln!(io::stdout(), "{name} {rows}")?;
        }
        return Ok(());
    };
    if let Some(kernel) = ENGINE_KERNELS.iter().find(|kernel| kernel.0 == wanted) {
        return run_engine(kernel);
    }
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

fn run_engine(&(_, phase, value_type, functions): &EngineKernel) -> Result<(), Box<dyn Error>> {
    let mut engine = Engine::new(&engine_spec(phase, value_type, functions))?;
    let mut results = ResultBatch::default();
    let (mut keys, mut times, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    let is_one = matches!(phase, Phase::IngestOne | Phase::Sessions);
    let key_count = if is_one { 1 } else { KEY_COUNT };
    for event in 0..EVENTS {
        // 7,919 is a prime: neighbours are of keys far apart.
        keys.push(i64::try_from(event * 7_919 % key_count)?);
        times.push(i64::try_from(event * EVENT_MS)?);
        whole.push(i32::try_from(event % 1_000)?);
    }
    let integers: Vec<_> = whole.iter().map(|value| i64::from(*value)).collect();
    let floats: Vec<_> = whole.iter().map(|value| f64::from(*value) / 3.0).collect();
    let values: [Values<'_>; 1] = match value_type {
        ValueType::I64 => [integers.as_slice().into()],
        ValueType::F64 => [floats.as_slice().into()],
    };
    let rows = Rows::new(&keys, &times, &values);
    let last_ms = i64::try_from(FIRED)? * SLICE_MS - 1;
    engine.advance_watermark(0, -1)?;
    let mut taken = 0;
    if !matches!(phase, Phase::New | Phase::Sessions) {
        taken = engine.push(&rows)?.rows;
    }
    let mut outcome = Ok(());
    measured(&mut || match phase {
        Phase::New | Phase::Ingest | Phase::IngestOne | Phase::Sessions => {
            match engine.push(black_box(&rows)) {
                Ok(pushed) => taken = pushed.rows,
                Err(error) => outcome = Err(error),
            }
        }
        Phase::Fire => {
            outcome = engine.advance_watermark(0, last_ms).map(drop);
            while engine.poll(&mut results) > 0 {
                black_box(&results);
            }
        }
    });
    outcome?;
    let emitted = if phase == Phase::Fire { FIRED * KEY_COUNT } else { 0 };
    if taken == EVENTS && engine.stats().emitted == emitted as u64 {
        return Ok(());
    }
    Err(format!("{taken} rows were taken, {:?}", engine.stats()).into())
}

/// Only explicit watermarks fire, so that taking rows and firing are counted apart.
fn engine_spec(phase: Phase, value_type: ValueType, functions: &[Function]) -> EngineSpec {
    let mut window = SlidingWindowSpec::default();
    if phase == Phase::Sessions {
        window.kind = WindowKind::Session as i32;
        window.session_gap_ms = GAP_MS;
    } else {
        (window.duration_ms, window.step_ms) = (SLICES_OF_A_WINDOW * SLICE_MS, SLICE_MS);
    }
    let aggregates = functions.iter().map(|function| Aggregate {
        name: function.as_str_name().into(),
        function: *function as i32,
        column: "value".into(),
        ddof: 0,
    });
    let name = "value".into();
    EngineSpec {
        windows: Some(window.into()),
        values: vec![ValueColumn { name, r#type: value_type as i32, nullable: false }],
        aggregates: aggregates.collect(),
        max_out_of_orderness_ms: -1,
        ..Default::default()
    }
}

/// callgrind counts from the call of this function to its return.
#[inline(never)]
fn measured(kernel: &mut dyn FnMut()) {
    kernel();
}
