//! The engine's memory: what `Stats` says is what the allocator and the kernel say.
//!
//! The test binary counts every byte that a thread requests of the heap, and asks the kernel which
//! pages of an engine's region are there. The tests run one at a time: some read figures of the
//! whole process.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the numbers of a test are small"
)]
#![allow(clippy::print_stdout, reason = "figures that are asked for with --nocapture")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
#![expect(unsafe_code, reason = "which pages are there; a small limit")]

mod common;
mod heap;
mod stream;

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use common::Random;
use heap::live;
use paneline::{
    Bits, Code, Engine, EngineSpec, Function, KeyType, Keys, LateBatch, ResultBatch, ResultColumn,
    ResultKeys, Rows, SlidingWindowSpec, ValueType,
};
use stream::{
    Events, cumulate, days, push_all, session, sliding, spec, state_bytes, sums, tumbling,
    with_lateness,
};

const CHUNK_BYTES: usize = 65_536;
const MIB: u64 = 1 << 20;

/// One test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The mappings of the process: where they lie, and whether they can be read.
fn mappings() -> Vec<(Range<usize>, bool)> {
    let text = std::fs::read_to_string("/proc/self/maps").unwrap();
    let address = |hex: &str| usize::from_str_radix(hex, 16).unwrap();
    let mapping = |line: &str| {
        let (range, rest) = line.split_once(' ').unwrap();
        let (start, end) = range.split_once('-').unwrap();
        (address(start)..address(end), rest.starts_with('r'))
    };
    text.lines().map(mapping).collect()
}

/// Bytes of the process that are in memory, but for files and what the allocator keeps free.
fn resident_bytes() -> u64 {
    // SAFETY: it gives free memory back to the kernel, and none that is in use.
    unsafe { libc::malloc_trim(0) };
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: Vec<u64> = text.split_whitespace().map(|pages| pages.parse().unwrap()).collect();
    (pages[1] - pages[2]) * 4_096
}

/// How many chunks of a region hold a page that is there.
fn chunks_there(region: &Range<usize>) -> usize {
    let mut pages = vec![0_u8; region.len() / 4_096];
    // SAFETY: the kernel writes a byte for each page of the range, and there are so many bytes; it
    // reads nothing of the pages themselves.
    let failed = unsafe {
        libc::mincore(region.start as *mut libc::c_void, region.len(), pages.as_mut_ptr())
    };
    assert_eq!(failed, 0, "mincore of a region");
    pages.chunks(CHUNK_BYTES / 4_096).filter(|chunk| chunk.iter().any(|page| page & 1 == 1)).count()
}

/// An engine with its region and the heap that it does not account for: spec, zone, layout.
struct Measured {
    engine: Engine,
    region: Range<usize>,
    heap_before: isize,
    fixed_bytes: i64,
    results: ResultBatch,
    late: LateBatch,
}

impl Measured {
    fn new(spec: &EngineSpec) -> Measured {
        let mut spec = spec.clone();
        // More than any mapping of the allocator's, so that the region is known by its size.
        spec.state_budget_bytes = 192 * MIB;
        let before: Vec<Range<usize>> = mappings().into_iter().map(|(range, _)| range).collect();
        let heap_before = live();
        let engine = Engine::new(&spec).unwrap();
        let heap = live() - heap_before;
        let after = mappings();
        let large =
            |range: &Range<usize>| range.len() as u64 > 128 * MIB && !before.contains(range);
        let at = after.iter().position(|(range, readable)| !readable && large(range)).unwrap();
        let (prefix, rest) = (after[at - 1].0.clone(), after[at].0.clone());
        // The usable prefix is a mapping of its own; sessions have none before their first row.
        let has_prefix = prefix.end == rest.start && !before.contains(&prefix);
        let region = if has_prefix { prefix.start } else { rest.start }..rest.end;
        let chunks = chunks_there(&region) * CHUNK_BYTES;
        let fixed_bytes = heap as i64 + chunks as i64 - engine.stats().bytes() as i64;
        let (results, late) = (ResultBatch::default(), LateBatch::default());
        Measured { engine, region, heap_before, fixed_bytes, results, late }
    }

    /// Bytes that the engine takes, beyond those that it takes in any case.
    fn taken_bytes(&self) -> i64 {
        let own = batch_bytes(&self.results) + late_bytes(&self.late);
        let heap = live() - self.heap_before;
        let chunks = chunks_there(&self.region) * CHUNK_BYTES;
        heap as i64 + chunks as i64 - own as i64 - self.fixed_bytes
    }

    /// The account is right to a few KiB of verdicts and journals, whose size is fixed.
    fn check(&self, after: &str) {
        let (taken, stats) = (self.taken_bytes(), self.engine.stats());
        let off = taken - stats.bytes() as i64;
        assert!(off.abs() <= 16_384, "after {after}: {taken} bytes taken, off by {off}: {stats:?}");
    }

    /// Makes something that is the test's own, not the engine's.
    fn own<T>(&mut self, make: impl FnOnce() -> T) -> T {
        let before = live();
        let owned = make();
        self.heap_before += live() - before;
        owned
    }

    fn disown<T>(&mut self, owned: T) {
        self.own(|| drop(owned));
    }

    /// Pushes rows of two sources in turn, and drains where the engine asks for it.
    fn push(&mut self, events: &Events) {
        let sources = self.own(|| (0..events.len() as u32).map(|at| at % 2).collect::<Vec<_>>());
        let mut taken = 0;
        while taken < events.len() {
            let pushed = events.with(taken..events.len(), |rows| {
                self.engine.push(&Rows { sources: Some(&sources[taken..]), ..*rows }).unwrap()
            });
            taken += pushed.rows;
            self.check("push");
            if pushed.stopped.is_some() {
                self.drain();
            }
        }
        self.disown(sources);
    }

    fn drain(&mut self) {
        while self.engine.poll(&mut self.results) > 0 {
            self.check("poll");
        }
        self.engine.poll_late(&mut self.late);
        self.check("poll_late");
    }
}

fn batch_bytes(batch: &ResultBatch) -> usize {
    (batch.start_ms.capacity() + batch.end_ms.capacity() + batch.count.capacity()) * 8
        + batch.revision.capacity() * 4
        + batch.flags.capacity()
        + columns_bytes(&batch.columns)
        + keys_bytes(&batch.keys)
}

fn late_bytes(batch: &LateBatch) -> usize {
    batch.reasons.capacity()
        + batch.times_ms.capacity() * 8
        + batch.sources.capacity() * 4
        + columns_bytes(&batch.values)
        + keys_bytes(&batch.keys)
}

fn columns_bytes(columns: &Vec<ResultColumn>) -> usize {
    let bytes = |column: &ResultColumn| match column {
        ResultColumn::I64 { values, valid } => values.capacity() * 8 + valid.capacity(),
        ResultColumn::F64 { values, valid } => values.capacity() * 8 + valid.capacity(),
    };
    columns.capacity() * size_of::<ResultColumn>() + columns.iter().map(bytes).sum::<usize>()
}

fn keys_bytes(keys: &ResultKeys) -> usize {
    match keys {
        ResultKeys::I64(keys) => keys.capacity() * 8,
        ResultKeys::U64(keys) => keys.capacity() * 8,
        ResultKeys::Bytes { offsets, data } => offsets.capacity() * 8 + data.capacity(),
    }
}

/// Runs a test in a process of its own and gives its output back; `None` in that process. There is
/// one arena there, so that free memory can be given back to the kernel.
fn in_a_child(name: &str) -> Option<String> {
    const CHILD: &str = "PANELINE_CHILD";
    if std::env::var_os(CHILD).is_some() {
        return None;
    }
    let _alone = alone();
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .envs([(CHILD, "1"), ("MALLOC_ARENA_MAX", "1")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    Some(said.into_owned())
}

/// Counts and sums of integers whose windows all stay open.
fn open_sums(window: SlidingWindowSpec) -> EngineSpec {
    EngineSpec { max_out_of_orderness_ms: 1 << 40, ..sums(window) }
}

/// Every key in every slice: the slices one after the other.
fn fill(engine: &mut Engine, keys: i64, slices: i64, slice_ms: i64) {
    for slice in 0..slices {
        let rows: Vec<_> = (0..keys).map(|key| (key * 7_919, slice * slice_ms, key)).collect();
        push_all(engine, &Events::ints(&rows));
    }
}

/// Protects the account of every kind of state: after each call `Stats::bytes` is what heap and
/// region hold, with keys that come and go, late rows, floats beside their cells, and drains.
#[test]
fn the_account_is_right_after_every_call() {
    let _alone = alone();
    let functions = [Function::Sum, Function::Variance, Function::Min, Function::Last];
    let windows = [
        with_lateness(tumbling(1_000), 700),
        with_lateness(sliding(2_500, 1_000), 700),
        with_lateness(sliding(6_000, 100), 300),
        with_lateness(cumulate(3_000, 1_000), 700),
        with_lateness(session(300), 700),
        days("America/New_York"),
    ];
    for (at, window) in windows.into_iter().enumerate() {
        let random = Random::new(at as u64);
        let mut spec = spec(window, ValueType::F64, &functions);
        spec.sources = vec!["a".into(), "b".into()];
        let mut measured = Measured::new(&spec);
        assert!(measured.fixed_bytes < 65_536, "{} bytes of {spec:?}", measured.fixed_bytes);
        for round in 0..60 {
            // Keys in the first third, then fewer, then other ones.
            let keys = [40_000, 500, 90_000][round / 20];
            let mut row = |at: i64| {
                let t_ms =
                    (round as i64) * 400 + at / 10 - random.between(0, 1) * random.between(0, 900);
                let value = random.pick(&[0.1, -7.0, 1e300, f64::NAN]);
                (random.between(0, keys) << (round / 20), t_ms, value)
            };
            let events =
                measured.own(|| Events::floats(&(0..3_000).map(&mut row).collect::<Vec<_>>()));
            measured.push(&events);
            measured.disown(events);
            if round % 7 == 3 {
                measured.drain();
            }
            if round % 10 == 9 {
                let w = round as i64 * 400;
                measured.engine.advance_watermark(0, w).unwrap();
                measured.check("advance_watermark");
                measured.engine.tick(w).unwrap();
                measured.check("tick");
            }
        }
        measured.engine.finish().unwrap();
        measured.check("finish");
        measured.drain();
    }
}

/// Protects the account of byte keys, which lie on the heap one by one.
#[test]
fn byte_keys_are_accounted_for() {
    let _alone = alone();
    let mut spec = sums(with_lateness(tumbling(100), 50));
    spec.key = KeyType::Bytes as i32;
    spec.output_budget_bytes = 64 * MIB;
    let random = Random::new(5);
    let mut measured = Measured::new(&spec);
    for round in 0..40_i64 {
        {
            let (mut offsets, mut data) = (vec![0], Vec::new());
            for _ in 0..1_000 {
                let length = random.between(0, 40) as usize;
                data.extend(random.between(0, 3_000).to_le_bytes().iter().cycle().take(length));
                offsets.push(data.len() as i64);
            }
            let times: Vec<_> = (0..1_000).map(|_| round * 30 + random.between(-60, 30)).collect();
            let values = [[1_i64; 1_000].as_slice().into()];
            let rows = Rows {
                keys: Keys::Bytes { offsets: &offsets, data: &data },
                key_validity: Some(Bits { bytes: &[0xfe; 125], offset: 0 }),
                ..Rows::new(&[], &times, &values)
            };
            assert_eq!(measured.engine.push(&rows).unwrap().rows, 1_000);
        }
        measured.check("push");
        if round % 5 == 4 {
            measured.drain();
        }
    }
    measured.engine.finish().unwrap();
    measured.check("finish");
    measured.drain();
}

/// Protects hosts that run many streams: when all windows have gone so has their memory, before the
/// call returns: in the account, on the heap, in the region, and for the kernel.
#[test]
fn dropped_windows_give_their_memory_back() {
    let name = "dropped_windows_give_their_memory_back";
    // A process of its own: what the allocator keeps of other tests would count as the engine's.
    let Some(text) = in_a_child(name) else { return drop_windows() };
    assert!(text.contains("memory came back"), "{text}");
}

fn drop_windows() {
    for window in [tumbling(1_000), sliding(10_000, 1_000), cumulate(10_000, 1_000), session(500)] {
        let is_session = window.session_gap_ms > 0;
        let mut spec = open_sums(window);
        spec.output_budget_bytes = 1_000_000;
        let mut measured = Measured::new(&spec);
        let fresh = measured.engine.stats();
        let resident = resident_bytes();
        if is_session {
            fill(&mut measured.engine, 10_000, 8, 1_000);
        } else {
            fill(&mut measured.engine, 60_000, 8, 1_000);
            // Sparse slices as well.
            fill(&mut measured.engine, 4_000, 16, 1_000);
        }
        measured.check("push");
        let (full, grown) = (measured.taken_bytes(), resident_bytes() - resident);
        assert!(full > 8_000_000 && grown > 8_000_000, "{full} bytes, {grown} resident");
        measured.engine.advance_watermark(0, 1 << 41).unwrap();
        while measured.engine.poll(&mut measured.results) > 0 {}
        measured.check("poll");
        let stats = measured.engine.stats();
        assert_eq!((stats.key_bytes, stats.cell_bytes), (0, fresh.cell_bytes), "{stats:?}");
        // A few idle chunks stay for what comes next, and the columns of results.
        let left = measured.taken_bytes() as u64;
        let buffers = stats.output_bytes + stats.scratch_bytes;
        assert!(left < buffers + 10 * CHUNK_BYTES as u64, "{left} bytes are left: {stats:?}");
        let there = resident_bytes().saturating_sub(resident);
        let known = left + batch_bytes(&measured.results) as u64 + MIB;
        assert!(there < known, "{there} bytes are in memory, {known} are known");
    }
    println!("memory came back");
}

/// Protects small streams: a thousand keys are not a thousand times a page.
#[test]
fn a_thousand_keys_take_two_mebibytes() {
    let _alone = alone();
    let mut measured = Measured::new(&open_sums(sliding(320_000, 10_000)));
    fill(&mut measured.engine, 1_000, 32, 10_000);
    let stats = measured.engine.stats();
    println!("1,000 keys x 32 slices: {} bytes, {stats:?}", stats.bytes());
    assert!(stats.bytes() <= 2 * MIB, "{} bytes", stats.bytes());
    assert!(measured.taken_bytes() + measured.fixed_bytes <= 2 * MIB as i64);
}

/// Protects long windows: 30 days by a minute are 43,200 slices, each with its few cells.
#[test]
fn thirty_days_by_a_minute_take_48_mebibytes() {
    let _alone = alone();
    let mut measured = Measured::new(&open_sums(sliding(43_200 * 60_000, 60_000)));
    fill(&mut measured.engine, 10, 43_200, 60_000);
    let stats = measured.engine.stats();
    println!("10 keys x 43,200 slices: {} bytes, {stats:?}", stats.bytes());
    assert!(stats.bytes() <= 48 * MIB, "{} bytes", stats.bytes());
    assert!(measured.taken_bytes() + measured.fixed_bytes <= 48 * MIB as i64);
}

/// Protects dense streams: count and sum of a key in a window are 16 bytes, the key included.
#[test]
fn a_dense_cell_takes_16_bytes() {
    let _alone = alone();
    let mut measured = Measured::new(&open_sums(sliding(300_000, 10_000)));
    fill(&mut measured.engine, 100_000, 31, 10_000);
    let stats = measured.engine.stats();
    let per_cell = state_bytes(&stats) as f64 / 3_100_000.0;
    println!("100,000 keys x 31 slices: {per_cell:.2} bytes a cell, {stats:?}");
    assert!(per_cell <= 16.0, "{per_cell} bytes");
    assert!(measured.taken_bytes() as f64 <= 16.0 * 3_100_000.0);
}

/// Protects against rows with wrong clocks: one far ahead takes a block of cells, not a table of
/// all keys, however many come and in whatever order; where tables are the rule too.
#[test]
fn a_row_far_ahead_takes_a_block() {
    let _alone = alone();
    let mut measured = Measured::new(&open_sums(sliding(300_000, 10_000)));
    fill(&mut measured.engine, 100_000, 3, 10_000);
    let before = state_bytes(&measured.engine.stats());
    for far in (1..=50).rev() {
        push_all(&mut measured.engine, &Events::ints(&[(far, far * 100_000_000, 1)]));
    }
    let bytes = state_bytes(&measured.engine.stats()) - before;
    assert!(bytes < 50 * 16_384, "{bytes} bytes for 50 rows");
}

/// Protects streams whose keys come and go together: new keys get neighbouring ids, so a slice has
/// rows in a fifth of the blocks, and takes no others. 20,000 cells of 12 bytes are 240,000.
#[test]
fn keys_that_come_together_take_their_blocks() {
    let _alone = alone();
    let mut spec = sums(sliding(40, 10));
    (spec.max_out_of_orderness_ms, spec.output_budget_bytes) = (0, 1 << 28);
    let mut measured = Measured::new(&spec);
    let (mut most, mut cells) = (0, 0);
    for slice in 0..40 {
        let row = |at: i64| (slice * 20_000 + at, slice * 10, at);
        push_all(&mut measured.engine, &Events::ints(&(0..20_000).map(row).collect::<Vec<_>>()));
        let stats = measured.engine.stats();
        most = most.max(stats.cell_bytes);
        cells = cells.max(stats.slices * 20_000);
    }
    let per_cell = most as f64 / cells as f64;
    println!("keys that come together: {per_cell:.2} bytes a cell");
    assert!(per_cell <= 18.0, "{per_cell} bytes");
}

/// Protects sparse streams: a cell of 12 bytes that few keys have takes 26, whatever the number of
/// cells is.
#[test]
fn a_sparse_cell_takes_26_bytes() {
    let _alone = alone();
    for cells in [17_000, 24_000, 25_000, 33_000] {
        let mut measured = Measured::new(&open_sums(sliding(300_000, 10_000)));
        // A slice has every twelfth to twentieth key, others each time; the first ones make the
        // keys and stand closer.
        let mut before = 0;
        for slice in 0..30 {
            let row = |at: i64| ((slice * cells + at) % 400_000 * 7_919, slice * 10_000, at);
            push_all(&mut measured.engine, &Events::ints(&(0..cells).map(row).collect::<Vec<_>>()));
            if slice == 25 {
                before = state_bytes(&measured.engine.stats());
            }
        }
        let stats = measured.engine.stats();
        assert_eq!(stats.keys, 400_000);
        let per_cell = (state_bytes(&stats) - before) as f64 / (cells as f64 * 4.0);
        println!("{cells} of 400,000 keys a slice: {per_cell:.2} bytes a cell");
        assert!(per_cell <= 26.0, "{cells} cells a slice: {per_cell} bytes each");
    }
}

/// Protects sessions of many rows: what one takes depends on its aggregates, not on its rows nor on
/// their order.
#[test]
fn a_session_takes_nothing_for_a_row() {
    let _alone = alone();
    for stride_ms in [1, -1] {
        let mut measured = Measured::new(&open_sums(session(10)));
        let rows: Vec<_> = (0..100_000).map(|at| (1, at * stride_ms, 1)).collect();
        push_all(&mut measured.engine, &Events::ints(&rows));
        let stats = measured.engine.stats();
        assert_eq!((stats.slices, stats.accepted), (1, 100_000));
        assert!(stats.table_bytes < CHUNK_BYTES as u64, "every {stride_ms} ms: {stats:?}");
    }
}

/// Protects long-running processes: the kernel allows 65,530 mappings, and slices take none.
#[test]
fn slices_take_no_mappings() {
    let _alone = alone();
    for keys in [10, 3_000] {
        let mut measured = Measured::new(&open_sums(sliding(43_200 * 60_000, 60_000)));
        fill(&mut measured.engine, keys, 20, 60_000);
        let before = mappings().len();
        for slice in 20..2_000 {
            // Every slice is sparse in its own way, some are dense, and some windows go.
            let few = if slice % 10 == 0 { keys } else { keys / 9 + 1 };
            let rows: Vec<_> = (0..few).map(|key| (key * 7_919, slice * 60_000, 1)).collect();
            push_all(&mut measured.engine, &Events::ints(&rows));
        }
        let after = mappings().len();
        assert!(after <= before + 8, "{before} mappings, then {after}");
    }
}

/// Protects hosts with a small address space: where a gibibyte of addresses is refused a smaller
/// reservation does, and where that is used up the next row is refused in words.
#[test]
fn a_small_address_space_is_enough() {
    let Some(text) = in_a_child("a_small_address_space_is_enough") else {
        return in_a_small_address_space();
    };
    assert!(text.contains("it was enough"), "{text}");
}

fn in_a_small_address_space() {
    let used: usize = mappings().iter().map(|(range, _)| range.len()).sum();
    let most = used as u64 + 96 * MIB;
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    // SAFETY: a limit by value; the kernel copies it.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0);
    let functions = [Function::Sum, Function::Variance, Function::First, Function::Last];
    let mut spec = spec(sliding(3_000, 1_000), ValueType::F64, &functions);
    spec.max_out_of_orderness_ms = -1;
    let mut engine = Engine::new(&spec).unwrap();
    let mut batch = ResultBatch::default();
    let (mut taken, mut counted) = (0, 0);
    let error = loop {
        assert!(taken < 4_000_000, "64 MiB of addresses are never used up");
        let row = |at: i64| (at, taken / 10, at as f64);
        let events = Events::floats(&(0..10_000).map(row).collect::<Vec<_>>());
        let pushed = events.push(&mut engine, 0..10_000).unwrap();
        taken += pushed.rows as i64;
        if let Some(error) = pushed.stopped {
            break error;
        }
    };
    assert_eq!((error.code(), error.path()), (Code::MemoryLimit, "state_budget_bytes"), "{error}");
    assert!(error.to_string().contains("the system"), "the budget has room: {error}");
    assert!(taken > 100_000, "{taken} rows fitted: {error}");
    assert_eq!(engine.stats().accepted, taken.cast_unsigned());
    engine.finish().unwrap();
    while engine.poll(&mut batch) > 0 {
        counted += batch.count.iter().sum::<i64>();
    }
    assert_eq!(counted, 3 * taken, "every row is in three windows");
    println!("it was enough: {taken} rows, then {error}");
}
