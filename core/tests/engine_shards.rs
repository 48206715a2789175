//! Shards and the verdicts they are given: each batch once, in order, with its own.
//!
//! What shards make of a stream is compared with one engine in tests/engine_cuts.rs; this is about
//! callers that mix batches up. Worked number: after batches of 2 and 3 rows the next row is 5.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod stream;

use paneline::{
    Bits, Code, Engine, EngineSpec, KEY_BYTES_MAX, KeyType, Keys, Progress, Rows, TimeUnit,
    Verdicts,
};
use stream::{counts, drain, session, sliding, tumbling, with_lateness};

fn shard(spec: &EngineSpec) -> Engine {
    Engine::shard(spec, u64::MAX).unwrap()
}

/// What a shard says to verdicts that it does not take; nothing changed.
fn refusal(shard: &mut Engine, rows: &Rows<'_>, verdicts: &Verdicts, from: usize) -> String {
    let before = shard.stats();
    let error = shard.apply(rows, verdicts, from).unwrap_err();
    assert_eq!((error.code(), error.path()), (Code::InvalidArgument, "verdicts"), "{error}");
    assert_eq!(shard.stats(), before, "{error}");
    error.to_string()
}

/// Protects windows and counters: rows that a shard took twice or never are not noticed later.
#[test]
fn a_shard_takes_every_batch_once_in_order() {
    for window in [tumbling(10), session(3)] {
        let spec = counts(window);
        let batches = [[1, 2], [3, 4], [5, 6]].map(|times| (times, [7, 8]));
        let rows = batches.each_ref().map(|(times, keys)| Rows::new(keys, times, &[]));
        let mut progress = Progress::new(&spec).unwrap();
        let verdicts = rows.each_ref().map(|rows| progress.judge(rows).unwrap());

        let mut shard = shard(&spec);
        let said = refusal(&mut shard, &rows[1], &verdicts[1], 0);
        assert!(said.contains("start at row 2 of the stream, and the shard waits for row 0"));
        assert_eq!(shard.apply(&rows[0], &verdicts[0], 0).unwrap().rows, 2);
        let said = refusal(&mut shard, &rows[0], &verdicts[0], 0);
        assert!(
            said.contains("start at row 0 of the stream, and the shard has taken those before 2")
        );
        refusal(&mut shard, &rows[0], &verdicts[0], 1);
        refusal(&mut shard, &rows[2], &verdicts[2], 0);
        refusal(&mut shard, &rows[2], &verdicts[2], 2);
        assert_eq!(shard.apply(&rows[0], &verdicts[0], 2).unwrap().rows, 0);
        // A row may be left out by name, a batch may not.
        assert_eq!(shard.apply(&rows[1], &verdicts[1], 1).unwrap().rows, 1);
        assert_eq!(shard.apply(&rows[2], &verdicts[2], 0).unwrap().rows, 2);
        shard.apply_finish().unwrap();
        assert_eq!(shard.stats().accepted, 5);
    }
}

/// Protects bindings that hand a batch on in parts: leaving out rows means the same in all of them.
#[test]
fn a_batch_in_parts_is_one_batch() {
    let spec = counts(tumbling(10));
    let mut progress = Progress::new(&spec).unwrap();
    let parts = [[1, 2], [3, 4], [5, 6]];
    let rows = parts.each_ref().map(|times| Rows::new(&[7, 8], times, &[]));
    let [first, second, third] = rows.each_ref().map(|rows| progress.judge(rows).unwrap());
    let (second, third) = (second.part_of(&first), third.part_of(&first));
    let mut one = shard(&spec);
    assert_eq!(one.apply(&rows[2], &third, 1).unwrap().rows, 1, "five rows are left out");
    refusal(&mut one, &rows[1], &second, 0);
    let next = progress.judge(&rows[0]).unwrap();
    let mut other = shard(&spec);
    assert_eq!(other.apply(&rows[1], &second, 1).unwrap().rows, 1, "three rows are left out");
    refusal(&mut other, &rows[0], &next, 0);
    assert_eq!(other.apply(&rows[2], &third, 2).unwrap().rows, 0);
    assert_eq!(other.apply(&rows[0], &next, 0).unwrap().rows, 2);
}

/// Protects against verdicts on other rows, whatever tells them apart.
#[test]
fn verdicts_are_for_the_rows_that_were_judged() {
    let spec = counts(tumbling(10));
    let (keys, times) = ([7, 8], [1, 12]);
    let rows = Rows::new(&keys, &times, &[]);
    let verdicts = Progress::new(&spec).unwrap().judge(&rows).unwrap();
    let null = Some(Bits { bytes: &[0b10], offset: 0 });
    let others = [
        Rows::new(&keys, &[1, 13], &[]),
        Rows::new(&keys, &[12, 1], &[]),
        Rows::new(&keys, &[1 << 62, -(1 << 62)], &[]),
        Rows::new(&keys[..1], &times[..1], &[]),
        Rows { unit: TimeUnit::Second, ..rows },
        Rows { key_validity: null, ..rows },
    ];
    let mut shard = shard(&spec);
    for other in &others {
        assert!(refusal(&mut shard, other, &verdicts, 0).contains("as it was judged"), "{other:?}");
    }
    assert!(refusal(&mut shard, &rows, &Verdicts::default(), 0).contains("these are none"));
    // Values have no part in a verdict, nor have keys that are there.
    let same = Rows::new(&[9, 9], &times, &[]);
    assert_eq!(shard.apply(&same, &verdicts, 0).unwrap().rows, 2);
}

/// Protects the watermark at the largest bound: it is `max_t - bound - 1` in any batch, also where
/// `bound + 1` is no number. A row that is not valid has a batch judged row by row.
#[test]
fn the_largest_bound_is_subtracted_once() {
    for window in [tumbling(10), session(10)] {
        let mut spec = counts(window);
        spec.max_out_of_orderness_ms = i64::MAX;
        for cut in 1..=3 {
            let mut progress = Progress::new(&spec).unwrap();
            let mut watermarks_ms = Vec::new();
            for times in [5, 1_000, i64::MAX].chunks(cut) {
                let keys = vec![7; times.len()];
                let verdicts = progress.judge(&Rows::new(&keys, times, &[])).unwrap();
                watermarks_ms.extend((0..times.len()).map(|row| verdicts.watermark_ms(row)));
            }
            let expected = [5, 1_000, 1_000].map(|max_ms| i64::MIN + max_ms);
            assert_eq!(watermarks_ms, expected, "batches of {cut}: {spec:?}");
        }
    }
}

/// Protects byte keys: a longer one than is kept was judged invalid or was not judged at all.
#[test]
fn a_key_that_is_too_long_is_not_taken_by_mistake() {
    let mut spec = counts(tumbling(10));
    spec.key = KeyType::Bytes as i32;
    let data = vec![b'x'; KEY_BYTES_MAX + 1];
    let of = |len| Keys::Bytes { offsets: len, data: &data };
    let short = Rows { keys: of(&[0, 1]), ..Rows::new(&[], &[1], &[]) };
    let long = [0, i64::try_from(data.len()).unwrap()];
    let long = Rows { keys: of(&long), ..short };
    let mut progress = Progress::new(&spec).unwrap();
    let verdicts = progress.judge(&short).unwrap();
    let mut shard = shard(&spec);
    refusal(&mut shard, &long, &verdicts, 0);
    assert_eq!(shard.apply(&short, &verdicts, 0).unwrap().rows, 1);
    let verdicts = progress.judge(&long).unwrap();
    assert_eq!(shard.apply(&long, &verdicts, 0).unwrap().rows, 1);
    assert_eq!((shard.stats().accepted, shard.stats().invalid), (1, 1));
}

/// Protects a stream's one judge: another, or one with other windows, is refused; what is made of
/// the rows may differ between shards.
#[test]
fn a_stream_has_one_judge() {
    let first = counts(tumbling(10));
    let rows = Rows::new(&[7], &[1], &[]);
    let verdicts = Progress::new(&first).unwrap().judge(&rows).unwrap();
    let changes: [fn(&mut EngineSpec); 6] = [
        |spec| spec.windows = Some(tumbling(20).into()),
        |spec| spec.windows = Some(with_lateness(tumbling(10), 5).into()),
        |spec| spec.max_out_of_orderness_ms = 5,
        |spec| spec.max_future_ms = 5,
        |spec| spec.idle_timeout_ms = 5,
        |spec| spec.sources = vec!["a".into()],
    ];
    for change in changes {
        let mut other = first.clone();
        change(&mut other);
        let mut shard = shard(&other);
        assert!(refusal(&mut shard, &rows, &verdicts, 0).contains("another spec"), "{other:?}");
    }
    let mut other = first.clone();
    (other.state_budget_bytes, other.output_budget_bytes) = (1 << 20, 1 << 20);
    let mut shard = shard(&other);
    assert_eq!(shard.apply(&rows, &verdicts, 0).unwrap().rows, 1);
    let others = Progress::new(&first).unwrap().judge(&rows).unwrap();
    assert!(refusal(&mut shard, &rows, &others, 0).contains("a stream has one"));
}

/// Protects shards that were not told of a watermark: they learn it with the next batch, before its
/// rows, so that it comes to the same.
#[test]
fn verdicts_bring_the_watermark_before_them() {
    let spec = counts(with_lateness(sliding(20, 10), 100));
    let mut progress = Progress::new(&spec).unwrap();
    let (mut told, mut untold) = (shard(&spec), shard(&spec));
    let mut results = [Vec::new(), Vec::new()];
    for (time, watermark) in [(5, 9), (7, 29), (6, 39), (8, 50)] {
        let (keys, times) = ([7], [time]);
        let rows = Rows::new(&keys, &times, &[]);
        let verdicts = progress.judge(&rows).unwrap();
        for (shard, results) in [&mut told, &mut untold].into_iter().zip(&mut results) {
            assert_eq!(shard.apply(&rows, &verdicts, 0).unwrap().rows, 1);
            results.extend(drain(shard));
        }
        told.apply_watermark(progress.advance_watermark(0, watermark).unwrap()).unwrap();
    }
    for (shard, results) in [&mut told, &mut untold].into_iter().zip(&mut results) {
        shard.apply_finish().unwrap();
        results.extend(drain(shard));
    }
    assert_eq!(results[0], results[1]);
    assert!(results[0].len() > 4, "windows are emitted again: {:?}", results[0]);
}
