//! paneline on a case, beside a copy of as many bytes as it reads and writes.
//!
//! The variants of a case take turns, so that a slow moment of the machine meets all of them.
//! Each answers once before it is timed, and all must answer alike.

use std::hint::black_box;

use paneline::{Assigner, Assignment, Error, SlidingWindowSpec, TimeUnit};

use crate::case::{Case, timed, write};

type Variant<'a> = (&'static str, Box<dyn FnMut() + 'a>);

const MS: TimeUnit = TimeUnit::Millisecond;

/// Runs a case and gives its lines.
///
/// # Errors
/// A case that the library refuses, or whose variants differ.
pub fn run(case: &Case) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let spec = SlidingWindowSpec {
        duration_ms: case.duration_ms,
        step_ms: case.step_ms,
        timezone: case.zone.clone(),
        ..Default::default()
    };
    let assigner = Assigner::new(&spec)?;
    let times = case.times()?;
    match case.kind.split_once(':') {
        Some((_, rows)) => batches(case, &assigner, &times, rows.parse()?),
        None if case.kind == "starts" => starts(case, &assigner, &times),
        None if case.kind == "assign" => assign(case, &assigner, &times),
        None => scalar(case, &assigner, &times),
    }
}

fn lines(case: &Case, rows: usize, mut variants: Vec<Variant<'_>>) -> Vec<String> {
    let mut passes = vec![Vec::new(); variants.len()];
    for _ in 0..case.repeats {
        for (times, (_, pass)) in passes.iter_mut().zip(&mut variants) {
            times.push(timed(pass));
        }
    }
    variants.iter().zip(&passes).map(|((name, _), ns)| case.line(name, rows, ns)).collect()
}

fn starts(
    case: &Case,
    assigner: &Assigner,
    times: &[i64],
) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut reused = vec![0; times.len()];
    assigner.pane_starts(times, MS, &mut reused)?;
    write(&case.output, &reused)?;
    if case.repeats == 0 {
        // The true ends, so that the driver can ask whether each row lies in its window.
        let mut windows = Assignment::default();
        assigner.assign(times, MS, &mut windows)?;
        write(&format!("{}.ends", case.output), &windows.ends_ms)?;
        if windows.starts_ms != reused {
            return Err("assign and pane_starts differ".into());
        }
    }
    let fresh = || {
        let mut out = vec![0; times.len()];
        assigner.pane_starts(times, MS, &mut out).map(|()| out)
    };
    if fresh()? != reused {
        return Err("a fresh output differs".into());
    }
    let mut copy = times.to_vec();
    Ok(lines(
        case,
        times.len(),
        vec![
            ("memcpy, reused", Box::new(|| black_box(&mut copy).copy_from_slice(black_box(times)))),
            ("memcpy, fresh", Box::new(|| drop(black_box(black_box(times).to_vec())))),
            (
                "paneline Rust, reused",
                Box::new(|| {
                    must(assigner.pane_starts(black_box(times), MS, black_box(&mut reused)));
                }),
            ),
            ("paneline Rust, fresh", Box::new(|| drop(black_box(must(fresh()))))),
        ],
    ))
}

fn assign(
    case: &Case,
    assigner: &Assigner,
    times: &[i64],
) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut windows = Assignment::default();
    assigner.assign(times, MS, &mut windows)?;
    write(&case.output, &windows.starts_ms)?;
    write(&format!("{}.ends", case.output), &windows.ends_ms)?;
    // Times are read; offsets, starts and ends are written: half of it is what a copy reads.
    let moved = times.len() + windows.starts_ms.len();
    let (from, mut to) = (vec![1_i64; moved], vec![0_i64; moved]);
    Ok(lines(
        case,
        times.len(),
        vec![
            ("memcpy, reused", Box::new(|| black_box(&mut to).copy_from_slice(black_box(&from)))),
            ("memcpy, fresh", Box::new(|| drop(black_box(black_box(&from).clone())))),
            (
                "paneline Rust, reused",
                Box::new(|| {
                    must(assigner.assign(black_box(times), MS, black_box(&mut windows)));
                }),
            ),
            (
                "paneline Rust, fresh",
                Box::new(|| {
                    let mut out = Assignment::default();
                    must(assigner.assign(black_box(times), MS, &mut out));
                    drop(black_box(out));
                }),
            ),
        ],
    ))
}

fn batches(
    case: &Case,
    assigner: &Assigner,
    times: &[i64],
    rows: usize,
) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut out = vec![0; times.len()];
    let mut pass = || {
        for (times, out) in times.chunks(rows).zip(out.chunks_mut(rows)) {
            must(assigner.pane_starts(black_box(times), MS, black_box(out)));
        }
    };
    pass();
    let line = lines(case, times.len(), vec![("paneline Rust", Box::new(&mut pass))]);
    write(&case.output, &out)?;
    Ok(line)
}

fn scalar(
    case: &Case,
    assigner: &Assigner,
    times: &[i64],
) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut out = vec![0; times.len()];
    let mut pass = || {
        for (out, &t_ms) in out.iter_mut().zip(times) {
            *out = must(assigner.pane(black_box(t_ms))).start_ms;
        }
    };
    pass();
    let line = lines(case, times.len(), vec![("paneline Rust", Box::new(&mut pass))]);
    write(&case.output, &out)?;
    Ok(line)
}

/// What was answered before; a refusal now would be a time of nothing.
fn must<T>(outcome: Result<T, Error>) -> T {
    outcome.unwrap_or_else(|error| std::panic::panic_any(error.to_string()))
}
