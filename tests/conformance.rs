//! One meaning in every language: the vectors of the independent oracle, and a million random
//! requests with one digest.
//!
//! `make vectors` writes target/vectors first: the oracle in tests/oracle computes every expected
//! answer from the database's own bytes and never from the core. The vectors are what can fail;
//! the digest shows that no binding adds a difference of its own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::path::PathBuf;

use paneline_tests::{adapters, ask, root};
use sha2::{Digest as _, Sha256};

const RUST: &str = env!("CARGO_BIN_EXE_adapter-rust");

/// The oracle's files: `request => answer` lines.
fn vectors() -> Vec<(PathBuf, String)> {
    let folder = root().join("target/vectors/expected");
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|_| panic!("{} is missing; run `make vectors`", folder.display()));
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files.sort();
    files
}

fn conforms(language: &str) {
    let (_, command) = adapters(RUST).into_iter().find(|(name, _)| *name == language).unwrap();
    let (mut requests, mut expected, mut places) = (String::new(), Vec::new(), Vec::new());
    let files = vectors();
    for (path, text) in &files {
        for (index, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (request, answer) = line.split_once(" => ").unwrap_or_else(|| {
                panic!("{}:{}: no ` => `", path.display(), index + 1);
            });
            requests.push_str(request);
            requests.push('\n');
            expected.push(answer);
            places.push((path, index + 1, request));
        }
    }
    assert_eq!(expected.len(), 327_679, "the pages name another number of vectors");
    let answers = ask(language, &command, &requests);
    let wrong: Vec<_> = answers
        .lines()
        .zip(expected)
        .zip(places)
        .filter(|((got, wanted), _)| got != wanted)
        .collect();
    let first: Vec<_> = wrong
        .iter()
        .take(20)
        .map(|((got, wanted), (path, line, request))| {
            format!("{}:{line}: {request}\n  wanted {wanted}\n  got    {got}", path.display())
        })
        .collect();
    assert!(wrong.is_empty(), "{language}: {} wrong\n{}", wrong.len(), first.join("\n"));
}

#[test]
fn rust_answers_the_vectors() {
    conforms("rust");
}

#[test]
fn c_answers_the_vectors() {
    conforms("c");
}

#[test]
fn cpp_answers_the_vectors() {
    conforms("cpp");
}

#[test]
fn go_answers_the_vectors() {
    conforms("go");
}

#[test]
fn python_answers_the_vectors() {
    conforms("python");
}

/// A million seeded requests: the oracle's answers to the first, one digest for all in every
/// language, and the digest that was committed.
#[test]
fn a_million_requests_have_one_digest() {
    let folder = root().join("target/vectors");
    let read = |name: &str| {
        std::fs::read_to_string(folder.join(name))
            .unwrap_or_else(|_| panic!("target/vectors/{name} is missing; run `make vectors`"))
    };
    let (requests, first_answers) = (read("random.requests"), read("random.answers"));
    assert_eq!(requests.lines().count(), 1_000_000);
    assert!(first_answers.lines().count() >= 10_000);
    let pinned = std::fs::read_to_string(root().join("tests/vectors/random.sha256")).unwrap();

    for (language, command) in adapters(RUST) {
        let answers = ask(language, &command, &requests);
        for ((got, wanted), request) in
            answers.lines().zip(first_answers.lines()).zip(requests.lines())
        {
            assert_eq!(got, wanted, "{language}: {request}");
        }
        let digest = hex(&Sha256::digest(answers.as_bytes()));
        println!("{language}: {digest}");
        assert_eq!(digest, pinned.trim(), "{language}: another digest");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
