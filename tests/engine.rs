//! The engine against the slow reference: the same elements, the same bytes out, whatever the
//! batches, the shards and the bounds.
//!
//! `make vectors` writes target/vectors/engine.txt: random sequences with the results of the
//! reference in tests/oracle/engine.py. tests/vectors/engine.txt was worked by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use paneline_tests::root;
use paneline_tests::sequences::{Element, Sequence, drive, drive_shards, parse};

fn read(path: &str) -> Vec<Sequence> {
    let path = root().join(path);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|_| panic!("{} is missing; run `make vectors`", path.display()));
    parse(&text)
}

fn all() -> Vec<Sequence> {
    let mut sequences = read("tests/vectors/engine.txt");
    sequences.extend(read("target/vectors/engine.txt"));
    assert!(sequences.len() > 2_000, "only {} sequences", sequences.len());
    sequences
}

/// The first difference, with what leads to it.
fn assert_same(what: &str, sequence: &Sequence, lines: &[String], expected: &[String]) {
    if lines == expected {
        return;
    }
    let at = lines.iter().zip(expected).take_while(|(a, b)| a == b).count();
    let near = |lines: &[String]| {
        lines.iter().skip(at.saturating_sub(2)).take(6).cloned().collect::<Vec<_>>().join("\n  ")
    };
    panic!(
        "{what}, sequence {}: line {at} of {} and {} differs\ngot\n  {}\nexpected\n  {}\nspec {:?}",
        sequence.name,
        lines.len(),
        expected.len(),
        near(lines),
        near(expected),
        sequence.spec,
    );
}

/// The lines of a sequence that no budget cuts short.
fn whole(
    sequence: &Sequence,
    spec: &paneline::EngineSpec,
    cut: impl FnMut() -> usize,
) -> Vec<String> {
    let (lines, refused) = drive(sequence, spec, cut);
    assert_eq!(refused, None, "sequence {}", sequence.name);
    lines
}

/// A small generator, so that every run cuts alike.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Protects every rule of sections 8 and 9: results, late rows and counters are the reference's.
#[test]
fn results_are_those_of_the_reference() {
    for sequence in all() {
        let lines = whole(&sequence, &sequence.spec, || usize::MAX);
        assert_same("one batch", &sequence, &lines, &sequence.expected);
    }
}

/// Protects invariant 18: any batch cut gives the same output bytes.
#[test]
fn batches_mean_nothing() {
    let mut dice = Dice(1);
    for sequence in all() {
        let row_by_row = whole(&sequence, &sequence.spec, || 1);
        assert_same("row by row", &sequence, &row_by_row, &sequence.expected);
        for _ in 0..3 {
            let lines = whole(&sequence, &sequence.spec, || 1 + dice.below(9));
            assert_same("random cuts", &sequence, &lines, &sequence.expected);
        }
    }
}

/// Protects draining: results and late rows that find no room wait, and are the same then.
#[test]
fn full_outputs_lose_nothing() {
    let mut dice = Dice(2);
    for sequence in all() {
        let mut spec = sequence.spec.clone();
        spec.output_budget_bytes = 1 + dice.below(3_000) as u64;
        spec.late_budget_rows = 1 + dice.below(3) as u64;
        let lines = whole(&sequence, &spec, || 1 + dice.below(99));
        assert_same("small outputs", &sequence, &lines, &sequence.expected);
    }
}

/// Protects sharding: slots split over engines give the same results, in the order of section 9
/// across shards.
#[test]
fn shards_mean_nothing() {
    let mut dice = Dice(3);
    for sequence in all() {
        let mut shards = vec![0_u64; 1 + dice.below(5)];
        for slot in 0..64 {
            let shard = dice.below(shards.len());
            shards[shard] |= 1 << slot;
        }
        shards.retain(|slots| *slots != 0);
        let mut lines = drive_shards(&sequence, &shards, || 1 + dice.below(50));
        let mut expected = sequence.expected.clone();
        lines.sort();
        expected.sort();
        assert_same("shards", &sequence, &lines, &expected);
    }
}

/// Protects the budget: where it strikes, the rows that were taken give what they give without it.
#[test]
fn refused_rows_leave_no_trace() {
    let mut dice = Dice(4);
    let mut refused = 0;
    for sequence in all() {
        let mut spec = sequence.spec.clone();
        spec.state_budget_bytes = 60_000 + dice.below(400_000) as u64;
        let (limited, Some(taken)) = drive(&sequence, &spec, || 1 + dice.below(30)) else {
            continue;
        };
        refused += 1;
        let mut left = taken;
        let mut shorter = sequence.clone();
        shorter.elements.retain({
            let mut over = false;
            move |element| {
                over |= matches!(element, Element::Row(..)) && left == 0;
                left -= usize::from(matches!(element, Element::Row(..)) && !over);
                !over
            }
        });
        shorter.elements.push(Element::Finish);
        let lines = whole(&shorter, &sequence.spec, || usize::MAX);
        assert_same("small state", &sequence, &limited, &lines);
    }
    assert!(refused > 20, "the budget struck {refused} times only");
}
