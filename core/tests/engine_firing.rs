//! Firing: what a window holds against a count of its rows one by one, and what a firing touches.
//!
//! The rule here is the plain one: a row joins every window that holds it and has not ended before
//! the watermark; a window's value is made of its rows. How slices, totals and extremes get there
//! is the engine's affair, and must not show.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the numbers of a test are small"
)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;
mod stream;

use std::collections::BTreeMap;

use common::Random;
use paneline::{
    Assigner, Engine, EngineSpec, EngineWindows, Function, SlidingWindowSpec, ValueType,
};
use stream::{Events, counts, cumulate, drain, push_all, sliding, spec, sums, tumbling};

const FUNCTIONS: [Function; 6] =
    [Function::Sum, Function::Mean, Function::Min, Function::Max, Function::First, Function::Last];

type Row = (i64, i64, i64);

/// The results of a stream by the plain rule, sorted, and how many rows were late for all windows.
fn plainly(spec: &EngineSpec, rows: &[Row]) -> (Vec<String>, u64) {
    let Some(EngineWindows::Window(window)) = &spec.windows else { panic!("no windows") };
    let assigner = Assigner::new(window).unwrap();
    let (mut watermark_ms, mut late) = (i64::MIN, 0);
    let mut held: BTreeMap<(i64, i64, i64), Vec<Row>> = BTreeMap::new();
    for row in rows {
        let open = assigner.windows(row.1).unwrap().filter(|w| w.end_ms - 1 > watermark_ms);
        let windows: Vec<_> = open.collect();
        late += u64::from(windows.is_empty());
        for window in windows {
            held.entry((window.end_ms, window.start_ms, row.0)).or_default().push(*row);
        }
        watermark_ms = watermark_ms.max(row.1 - spec.max_out_of_orderness_ms - 1);
    }
    let line = |((end_ms, start_ms, key), rows): (&(i64, i64, i64), &Vec<Row>)| {
        let values = || rows.iter().map(|row| row.2);
        let (n, sum) = (rows.len(), values().sum::<i64>());
        let (least, most) = (values().min().unwrap(), values().max().unwrap());
        let earliest = rows.iter().min_by_key(|row| (row.1, row.2)).unwrap().2;
        let latest = rows.iter().max_by_key(|row| (row.1, row.2)).unwrap().2;
        let mean = sum as f64 / n as f64;
        let mean = if sum == 0 { 0.0 } else { mean };
        format!("{start_ms}..{end_ms} {key} n{n} {sum} {mean:?} {least} {most} {earliest} {latest}")
    };
    let mut lines: Vec<_> = held.iter().map(line).collect();
    lines.sort();
    (lines, late)
}

fn engine_says(spec: &EngineSpec, events: &Events, cut: usize) -> (Vec<String>, u64) {
    let (mut engine, mut lines) = (Engine::new(spec).unwrap(), Vec::new());
    for from in (0..events.len()).step_by(cut) {
        let to = (from + cut).min(events.len());
        assert_eq!(events.push(&mut engine, from..to).unwrap().rows, to - from);
        lines.extend(drain(&mut engine));
    }
    engine.finish().unwrap();
    lines.extend(drain(&mut engine));
    (lines, engine.stats().late)
}

fn grids(random: &Random) -> SlidingWindowSpec {
    match random.between(0, 5) {
        0 => tumbling(random.between(1, 60)),
        1 => sliding(random.between(20, 90), random.between(1, 20)),
        2 => sliding(30, 1),
        3 => cumulate(60, 10),
        _ => sliding(10 * random.between(2, 12), 10),
    }
}

/// Protects every value of every window: slices that enter and leave, rows in slices that are in
/// the totals already, extremes of both halves, in sparse and dense slices and every batch.
#[test]
fn windows_hold_their_rows() {
    let random = Random::new(41);
    for case in 0..200 {
        let mut spec = spec(grids(&random), ValueType::I64, &FUNCTIONS);
        spec.max_out_of_orderness_ms = random.pick(&[0, 0, 3, 30]);
        spec.output_budget_bytes = 1 << 28;
        let (keys, pace) = (random.pick(&[0, 1, 3, 80, 500]), random.pick(&[1, 5, 40]));
        let disorder_ms = random.pick(&[0, 10, 60]);
        let mut row = |at: i64| {
            let t_ms = at / pace - random.between(0, disorder_ms) * random.between(0, 1);
            (random.between(0, keys), t_ms, random.between(-99, 99))
        };
        let rows: Vec<_> = (0..600).map(&mut row).collect();
        let (expected, late) = plainly(&spec, &rows);
        let events = Events::ints(&rows);
        for cut in [1, 7, 600] {
            let (mut lines, late_too) = engine_says(&spec, &events, cut);
            lines.sort();
            assert_eq!((lines.len(), late_too), (expected.len(), late), "case {case}: {spec:?}");
            for (line, expected) in lines.iter().zip(&expected) {
                assert_eq!(line, expected, "case {case}, cut {cut}: {spec:?}");
            }
        }
    }
}

/// Protects windows whose slices are of both forms: some instants have rows of hundreds of keys,
/// most of a few, and several slices leave at once.
#[test]
fn sparse_and_dense_slices_are_one_window() {
    let random = Random::new(43);
    for case in 0..60 {
        let (step_ms, steps) = (random.between(2, 12), random.between(2, 9));
        let window = sliding(step_ms * steps + random.between(0, step_ms - 1), step_ms);
        let mut spec = spec(window, ValueType::I64, &FUNCTIONS);
        spec.max_out_of_orderness_ms = random.pick(&[0, 3]);
        spec.output_budget_bytes = 1 << 28;
        let many = random.between(1, 5);
        let mut rows = Vec::new();
        for t_ms in 0..80 {
            let keys = if t_ms / many % 3 == case % 3 { 150 } else { random.between(0, 4) };
            for _ in 0..keys {
                let late_ms = random.between(0, 15) * i64::from(random.between(0, 5) == 0);
                rows.push((random.between(0, 300), t_ms - late_ms, random.between(-99, 99)));
            }
        }
        let (expected, late) = plainly(&spec, &rows);
        let (mut lines, late_too) = engine_says(&spec, &Events::ints(&rows), rows.len());
        lines.sort();
        assert_eq!((lines.len(), late_too), (expected.len(), late), "case {case}: {spec:?}");
        for (line, expected) in lines.iter().zip(&expected) {
            assert_eq!(line, expected, "case {case}: {spec:?}");
        }
    }
}

/// Protects the order of firing: ends never descend, a window comes once, and starts ascend where
/// ends are equal.
#[test]
fn windows_fire_in_the_order_of_their_ends() {
    let random = Random::new(42);
    for window in [tumbling(7), sliding(25, 10), sliding(60, 1), cumulate(60, 10)] {
        let row = |at: i64| (random.between(0, 200), at / 20 - random.between(0, 5), 1);
        let events = Events::ints(&(0..6_000).map(row).collect::<Vec<_>>());
        let spec = EngineSpec { output_budget_bytes: 1 << 28, ..sums(window) };
        let (lines, _) = engine_says(&spec, &events, 6_000);
        let place = |line: &String| {
            let (start, rest) = line.split_once("..").unwrap();
            let (end, rest) = rest.split_once(' ').unwrap();
            let key = rest.split(' ').next().unwrap().parse::<i64>().unwrap();
            ((end.parse::<i64>().unwrap(), start.parse::<i64>().unwrap()), key)
        };
        let places: Vec<_> = lines.iter().map(place).collect();
        assert!(places.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        let mut sorted = places.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), places.len(), "a window and key came twice");
    }
}

/// What firings touched, when every window has gone: cells that entered and that left.
fn touched(spec: &EngineSpec, events: &Events) -> (u64, u64) {
    let mut engine = Engine::new(spec).unwrap();
    push_all(&mut engine, events);
    engine.finish().unwrap();
    drain(&mut engine);
    (engine.stats().cells_entered, engine.stats().cells_left)
}

/// Protects the cost of a slide: a cell enters the totals once and leaves once, however many
/// windows share it. Sparse slices touch the cells that hold rows; dense ones whole blocks of 64.
#[test]
fn firing_touches_no_cell_twice() {
    for step_ms in [10, 25, 100] {
        for function in [Function::Sum, Function::Max] {
            let mut spec = spec(sliding(1_000, step_ms), ValueType::I64, &[function]);
            spec.max_out_of_orderness_ms = 100;
            spec.output_budget_bytes = 1 << 28;
            let slices = 5_000 / step_ms;
            // 200 keys in a slice, which is dense and has 4 blocks; then 20 of them in each, which
            // are too few for a table by id. The two after a dense slice begin as whole tables.
            let sparse = |at: i64| (at % 200, (at / 20 + 1) * step_ms, at);
            let all = (0..400).map(|at| (at % 200, 0, at));
            let events = Events::ints(&all.chain((0..20 * slices).map(sparse)).collect::<Vec<_>>());
            let (cells, (entered, left)) =
                (3 * 4 * 64 + 20 * (slices as u64 - 2), touched(&spec, &events));
            assert_eq!(entered, cells, "sparse, {function:?} every {step_ms} ms");
            assert_eq!(left, cells, "sparse, {function:?} every {step_ms} ms");

            // 1,000 keys in 16 blocks, each key in each slice twice.
            let dense = |at: i64| (at % 1_000, at / 2_000 * step_ms, at);
            let events = Events::ints(&(0..2_000 * slices).map(dense).collect::<Vec<_>>());
            let (cells, (entered, left)) = (16 * 64 * slices as u64, touched(&spec, &events));
            // The first slices may have been sparse: 1,000 cells instead of 1,024.
            assert!((cells - 24 * 3..=cells).contains(&entered), "{entered} of {cells}, dense");
            assert_eq!(left, entered, "dense, {function:?} every {step_ms} ms");
        }
    }
}

/// Protects windows of many slices, which are sparse: one firing touches what is new and what goes,
/// not the 3,000 slices between.
#[test]
fn a_long_window_slides_by_its_ends() {
    let spec = EngineSpec { output_budget_bytes: 1 << 28, ..counts(sliding(3_000, 1)) };
    // 13 keys in a slice, which is dense and has 16 cells, as the two after it have; then one of
    // them in each.
    let all = (0..13).map(|key| (key, 0));
    let rows: Vec<_> = all.chain((1..9_000).map(|t_ms| (t_ms % 13, t_ms))).collect();
    assert_eq!(touched(&spec, &Events::bare(&rows)), (3 * 16 + 8_997, 3 * 16 + 8_997));
}
