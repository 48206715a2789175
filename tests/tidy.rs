//! The rules of style that a machine can check, so that no review has to.
//!
//! Modules say what they decide; files and functions stay short enough to follow; `unsafe` stays
//! where the architecture allows it; nothing unfinished and no path of one machine is committed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::path::PathBuf;
use std::process::Command;

use paneline_tests::root;

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
const COLUMNS_MAX: usize = 100;

/// Written by `make gen`.
const GENERATED: [&str; 9] = [
    "proto/src/v1.rs",
    "proto/src/v1_json.rs",
    "proto/src/fields.rs",
    "ffi-c/include/paneline.h",
    "go-bindings/paneline.h",
    "go-bindings/codes_gen.go",
    "go-bindings/panelinepb/code.pb.go",
    "go-bindings/panelinepb/engine.pb.go",
    "go-bindings/panelinepb/window.pb.go",
];

/// Where `unsafe` may stand: the C ABI, the buffers of Python, the engine's address space and its
/// prefetch, and the allocator that a test counts bytes with.
const UNSAFE: [&str; 6] = [
    "ffi-c/",
    "python/src/array/",
    "core/src/memory/region.rs",
    "core/src/engine/prefetch.rs",
    "core/tests/engine_memory.rs",
    "core/tests/heap/mod.rs",
];

/// Files that git knows or would take, with one of these endings.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    let names = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<_> = names
        .lines()
        .filter(|name| endings.iter().any(|ending| name.ends_with(ending)))
        .filter(|name| !GENERATED.contains(name))
        .filter_map(|name| {
            Some((name.to_owned(), std::fs::read_to_string(root().join(name)).ok()?))
        })
        .collect();
    assert!(files.len() > 3, "found only {} files that end in {endings:?}", files.len());
    files
}

fn report(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn rust_modules_open_with_what_they_decide() {
    let silent = |text: &str| !text.starts_with("//!") || text.lines().next().unwrap().len() < 12;
    let findings: Vec<_> = files(&[".rs"])
        .into_iter()
        .filter(|(_, text)| silent(text))
        .map(|(name, _)| format!("{name}: start with `//!` and what the module decides"))
        .collect();
    report(&findings);
}

#[test]
fn files_and_lines_are_short() {
    let mut findings = Vec::new();
    for (name, text) in files(&[".rs", ".go", ".py", ".c", ".cpp", ".hpp", ".sh", ".proto"]) {
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX {
            findings.push(format!("{name}: {lines} lines, at most {FILE_LINES_MAX}"));
        }
        for (index, line) in text.lines().enumerate() {
            // A test's expected output is as wide as it is.
            let columns = line.replace('\t', "    ").chars().count();
            if columns > COLUMNS_MAX && !name.contains("tests/") && !name.ends_with("_test.go") {
                findings.push(format!("{name}:{}: {columns} columns", index + 1));
            }
        }
    }
    report(&findings);
}

#[test]
fn rust_functions_are_short() {
    let mut findings = Vec::new();
    for (name, text) in files(&[".rs"]) {
        let mut open: Option<(usize, usize, &str)> = None;
        for (index, line) in text.lines().enumerate() {
            let code = line.trim_start();
            let indent = line.len() - code.len();
            let signature = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "unsafe fn "]
                .iter()
                .any(|start| code.starts_with(start))
                || code.starts_with("pub unsafe extern")
                || code.starts_with("pub(crate) unsafe fn");
            if signature && open.is_none() {
                open = Some((index, indent, code));
            }
            if let Some((start, depth, head)) = open
                && (line.len() == depth + 1 && code == "}"
                    || code.ends_with(';') && indent == depth)
            {
                let lines = index - start + 1;
                if lines > FUNCTION_LINES_MAX {
                    findings.push(format!("{name}:{}: {lines} lines: {head}", start + 1));
                }
                open = None;
            }
        }
    }
    report(&findings);
}

#[test]
fn unsafe_stays_in_its_places() {
    let findings: Vec<_> = files(&[".rs"])
        .into_iter()
        .filter(|(name, _)| name != "tests/tidy.rs")
        .filter(|(name, _)| !UNSAFE.iter().any(|place| name.starts_with(place)))
        .filter(|(_, text)| {
            text.lines().any(|line| {
                let code = line.split("//").next().unwrap();
                code.contains("unsafe {")
                    || code.contains("unsafe fn")
                    || code.contains("unsafe impl")
            })
        })
        .map(|(name, _)| format!("{name}: unsafe belongs into {UNSAFE:?}"))
        .collect();
    report(&findings);
}

/// `#[allow]` hides a lint for ever; `#[expect]` says when it is no longer needed.
/// Protects the inventory in docs/TESTING.md: a block that is not in it has not been thought about.
#[test]
fn every_unsafe_block_is_in_the_inventory() {
    let page = std::fs::read_to_string(root().join("docs/TESTING.md")).unwrap();
    let (_, listed) = page.split_once("$ grep -c 'unsafe {' ").unwrap();
    let listed: Vec<_> = listed.split("```").next().unwrap().lines().skip(1).collect();
    let shipped =
        |name: &str| !name.contains("/tests/") && UNSAFE.iter().any(|at| name.starts_with(at));
    let mut found = Vec::new();
    for (name, text) in files(&[".rs"]) {
        if shipped(&name) {
            let lines = text.lines().filter(|line| line.contains("unsafe {")).count();
            found.push(format!("{name}:{lines}"));
        }
    }
    found.sort();
    assert_eq!(listed, found, "docs/TESTING.md lists others");
}

#[test]
fn lints_are_suppressed_with_a_reason() {
    let mut findings = Vec::new();
    for (name, text) in files(&[".rs"]).into_iter().filter(|(name, _)| name != "tests/tidy.rs") {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for attribute in ["#[allow(", "#[expect(", "#![allow(", "#![expect("] {
            for rest in flat.split(attribute).skip(1) {
                let body = rest.split(")]").next().unwrap();
                if !body.contains("reason = ") {
                    findings.push(format!("{name}: {attribute}{body})] needs a reason"));
                }
            }
        }
    }
    report(&findings);
}

#[test]
fn nothing_unfinished_is_committed() {
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X"].concat()];
    // Folders of one machine, put together here so that this file does not hold them.
    let folders =
        [["/ro", "ot/"], ["/ho", "me/"], ["/wo", "rk/"], ["/Us", "ers/"]].map(|f| f.concat());
    let mut findings = Vec::new();
    let endings =
        [".rs", ".go", ".py", ".pyi", ".c", ".cpp", ".hpp", ".sh", ".toml", ".md", ".proto"];
    for (name, text) in files(&endings) {
        for (index, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark))
                || folders.iter().any(|f| line.contains(f))
            {
                findings.push(format!("{name}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    report(&findings);
}

/// Protects `make faults`, which takes too long for every run: a patch whose lines have moved on
/// shows nothing any more.
#[test]
fn every_planted_fault_applies() {
    let patches: Vec<_> = std::fs::read_dir(root().join("tests/faults"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "patch"))
        .collect();
    assert!(patches.len() >= 12, "{} faults", patches.len());
    for patch in patches {
        let mut apply = Command::new("git");
        let output = apply.args(["apply", "--check"]).arg(&patch).current_dir(root()).output();
        let said = String::from_utf8(output.unwrap().stderr).unwrap();
        assert!(said.is_empty(), "{}: {said}", patch.display());
    }
}

/// The Makefile stays a list of commands.
#[test]
fn the_makefile_is_short() {
    let path: PathBuf = root().join("Makefile");
    let lines = std::fs::read_to_string(path).unwrap().lines().count();
    assert!(lines <= 90, "Makefile: {lines} lines, at most 90");
}
