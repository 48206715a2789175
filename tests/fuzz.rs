//! The fuzz targets on the stable compiler: the committed corpus and a fixed number of mutations.
//!
//! It protects against any input that panics, overflows, or gets two answers; `make fuzz` looks
//! for longer. Every run tries the same inputs, so a failure here is a failure everywhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "../fuzz/src/lib.rs"]
pub mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};

use paneline_tests::root;

/// splitmix64 (Steele, Lea, Flood 2014): a fixed seed gives the same inputs on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// A seed with up to eight edits; one input in eight is random altogether.
    fn mutation(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        if self.below(8) == 0 {
            return (0..self.below(96)).map(|_| self.byte()).collect();
        }
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(8) {
            let at = self.below(input.len() + 1);
            let end = (at + self.below(9)).min(input.len());
            match self.below(6) {
                0 => input.insert(at, self.byte()),
                1 => drop(input.drain(at..end)),
                2 => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    input.splice(at..end, other[from..].iter().copied().take(16));
                }
                3 => {
                    let extremes = [i64::MIN, i64::MAX, -1, 0, 1 << 32, 8_640_000_000_000_000];
                    let number = extremes[self.below(extremes.len())].to_le_bytes();
                    input.splice(at..end, number);
                }
                4 => input[at..end].fill_with(|| self.byte()),
                _ => {
                    if let Some(byte) = input.get_mut(at) {
                        *byte ^= 1 << self.below(8);
                    }
                }
            }
        }
        input
    }
}

/// Gives a target its corpus and `mutations` edits of it; names the input that it does not survive.
fn run(name: &str, target: fn(&[u8]), mutations: usize) {
    let folder = root().join("fuzz/corpus").join(name);
    let mut seeds: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 4, "{}: only {} seeds", folder.display(), seeds.len());
    let mut random = Random(1);
    let inputs: Vec<_> = (0..mutations).map(|_| random.mutation(&seeds)).collect();
    for input in seeds.into_iter().chain(inputs) {
        let survived = catch_unwind(AssertUnwindSafe(|| target(&input))).is_ok();
        assert!(survived, "{name}: {:?}", input.escape_ascii().to_string());
    }
}

#[test]
fn spec_proto() {
    run("spec_proto", targets::spec_proto, 40_000);
}

#[test]
fn spec_json() {
    run("spec_json", targets::spec_json, 40_000);
}

#[test]
fn engine_spec() {
    run("engine_spec", targets::engine_spec, 40_000);
}

#[test]
fn engine() {
    run("engine", targets::engine, 1_500);
}

#[test]
fn duration() {
    run("duration", targets::duration, 100_000);
}

#[test]
fn local() {
    run("local", targets::local, 3_000);
}

#[test]
fn assign() {
    run("assign", targets::assign, 10_000);
}
