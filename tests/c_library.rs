//! How tests compile programs against what ffi-c/build.sh made.
//!
//! It decides which compiler flags a program must survive, and that products older than their
//! sources are never tested. It knows nothing of what programs print. Invariant: a command that
//! fails ends the test with everything that it printed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::root;

/// What every program of C and C++ here must survive.
pub const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
/// What headers and examples must survive as well, because programs that use them may ask for it.
pub const STRICTER: [&str; 4] = ["-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wundef"];

/// Runs a command that must succeed, at the top of the repository unless it says where, and returns
/// what it printed.
pub fn run(command: &mut Command) -> String {
    let (succeeded, text, errors) = attempt(command);
    assert!(succeeded, "{command:?}\n{text}{errors}");
    text
}

/// Runs a command that must fail, and returns what it printed, errors last.
pub fn refused(command: &mut Command) -> String {
    let (succeeded, text, errors) = attempt(command);
    assert!(!succeeded, "{command:?} was to fail\n{text}{errors}");
    text + &errors
}

/// Whether a command succeeded, and what it printed.
fn attempt(command: &mut Command) -> (bool, String, String) {
    if command.get_current_dir().is_none() {
        command.current_dir(root());
    }
    let output = command.output().unwrap_or_else(|error| {
        panic!("{}: {error}", command.get_program().display());
    });
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

/// The text of a file of the repository.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The value of a `#define` of the C header.
pub fn defined(name: &str) -> String {
    let header = read("ffi-c/include/paneline.h");
    let start = format!("#define {name} ");
    let value = header.lines().find_map(|line| line.strip_prefix(&start));
    value.unwrap_or_else(|| panic!("the header defines no {name}")).trim_matches('"').into()
}

/// An empty folder for the products of one test.
pub fn folder(name: &str) -> PathBuf {
    let folder = root().join("target/c-tests").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// When a file, or the newest file of a folder, was written.
fn written(path: &Path) -> SystemTime {
    let own = fs::metadata(path).and_then(|metadata| metadata.modified()).unwrap();
    if path.is_file() {
        return own;
    }
    fs::read_dir(path).unwrap().map(|entry| written(&entry.unwrap().path())).max().unwrap_or(own)
}

/// What ffi-c/build.sh made, which must be of the present sources.
pub fn built(name: &str) -> PathBuf {
    let path = root().join("target/c").join(name);
    assert!(path.exists(), "{} is missing: run `ffi-c/build.sh`", path.display());
    let sources =
        ["core/src", "proto/src", "ffi-c/src", "ffi-c/include/paneline.h", "ffi-c/build.sh"];
    for source in sources.into_iter().chain(["Cargo.toml", "Cargo.lock"]) {
        let fresh = written(&path) >= written(&root().join(source));
        assert!(fresh, "{} is older than {source}: run `ffi-c/build.sh`", path.display());
    }
    path
}

/// The flags that ffi-c/build.sh tells programs to link the archive with.
pub fn link_flags() -> Vec<String> {
    let script = read("ffi-c/build.sh");
    let flags =
        script.lines().find_map(|line| line.strip_prefix("# Programs link the archive with: "));
    flags.unwrap().split_whitespace().map(Into::into).collect()
}

/// The compiler of a standard, with strict flags.
pub fn compiler(standard: &str) -> Command {
    let mut command = Command::new(if standard.starts_with("c++") { "c++" } else { "cc" });
    command.arg(format!("-std={standard}")).args(STRICT);
    command
}
