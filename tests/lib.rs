//! What the repository's own tests share: where things are, how to talk to an adapter, how to
//! compile against the C library.
//!
//! The protocol is tests/PROTOCOL.md. Nothing here knows what an answer should be.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "used by tests only, which stop at the first surprise"
)]

pub mod abi_text;
pub mod c_library;
pub mod sequences;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The top of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent").to_path_buf()
}

/// The languages of the conformance run, each with the command that starts its adapter.
pub fn adapters(rust: &str) -> Vec<(&'static str, Vec<PathBuf>)> {
    let root = root();
    let built = |language: &str| vec![root.join("target/adapters").join(language)];
    vec![
        ("rust", vec![PathBuf::from(rust)]),
        ("c", built("c")),
        ("cpp", built("cpp")),
        ("go", built("go")),
        (
            "python",
            vec![root.join(".venv/bin/python"), root.join("tests/adapters/python/adapter.py")],
        ),
    ]
}

/// Sends requests to an adapter and returns its answers, one a line.
///
/// Panics if the adapter is not built, fails, or answers another number of lines than it was asked.
pub fn ask(language: &str, command: &[PathBuf], requests: &str) -> String {
    for part in command {
        assert!(part.exists(), "{language}: {} is missing; run `make test`", part.display());
    }
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{language}: {error}"));
    let mut stdin = child.stdin.take().expect("piped");
    let answers = std::thread::scope(|scope| {
        scope.spawn(move || {
            // An adapter that dies early shows in its exit status and in the missing lines.
            let _ = stdin.write_all(requests.as_bytes());
        });
        child.wait_with_output().expect("the adapter's output")
    });
    assert!(answers.status.success(), "{language}: the adapter ended with {}", answers.status);
    let text = String::from_utf8(answers.stdout).expect("answers are UTF-8");
    let (asked, answered) = (requests.lines().count(), text.lines().count());
    assert_eq!(answered, asked, "{language}: answered {answered} of {asked} requests");
    text
}
