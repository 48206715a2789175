//! The pages of the documentation say what is so: links lead somewhere, commands print what is
//! shown, programs run, and every test that a page names exists.
//!
//! `UPDATE=1` writes what the commands print into the pages. Programs in Rust run as documentation
//! tests of the core; those of README.md have tests/readme.rs, whose promises are stricter.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use paneline_tests::root;

/// Every page that git knows or would add, with its text.
fn pages() -> Vec<(PathBuf, String)> {
    let mut list = Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard", "*.md"]);
    let listed = list.current_dir(root()).output().unwrap();
    assert!(listed.status.success(), "git lists the pages");
    let names = String::from_utf8(listed.stdout).unwrap();
    let read = |name| (PathBuf::from(name), std::fs::read_to_string(root().join(name)).unwrap());
    // A page that stands in two places is one page.
    let is_link = |name: &&str| root().join(name).is_symlink();
    let pages: Vec<_> = names.lines().filter(|name| !is_link(name)).map(read).collect();
    assert!(pages.len() > 5, "{names}");
    pages
}

/// The lines outside of blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    })
}

/// A heading's name in a link, as the usual renderers make it.
fn slug(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
    headings.map(slug).collect()
}

/// What the links of a line lead to.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0))
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for (page, text) in pages() {
        for link in prose(&text).flat_map(links).filter(|link| !link.starts_with("http")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => page.clone(),
                _ => page.parent().unwrap().join(file),
            };
            let Ok(found) = std::fs::canonicalize(root().join(&target)) else {
                broken.push(format!("{}: {link}: there is no such file", page.display()));
                continue;
            };
            if !anchor.is_empty()
                && !anchors(&std::fs::read_to_string(found).unwrap()).contains(anchor)
            {
                broken.push(format!("{}: {link}: there is no such heading", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// Protects the tables of guarantees: a test in quotes is a file or a folder.
#[test]
fn every_named_test_exists() {
    let mut missing = Vec::new();
    for (page, text) in pages() {
        let quoted = prose(&text).flat_map(|line| line.split('`').skip(1).step_by(2));
        let named = quoted.filter(|word| word.starts_with("tests/") || word.contains("/tests/"));
        for name in named.filter(|name| !name.contains(['*', ' ', '<'])) {
            if !root().join(name).exists() {
                missing.push(format!("{}: {name}", page.display()));
            }
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

/// What a shell prints for a command, with the program of this repository at hand.
fn printed(command: &str, folder: &Path) -> String {
    let program = root().join("target/release");
    assert!(program.join("paneline").exists(), "the program is missing: run `make build`");
    let command = format!("export PATH='{}':$PATH; {command}", program.display());
    let mut shell = Command::new("bash");
    shell.args(["-c", &command]).env("COLUMNS", "80").env("LC_ALL", "C.UTF-8");
    let output = shell.current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout), String::from_utf8(output.stderr));
    out.unwrap() + &err.unwrap()
}

/// A page with the output of each of its commands as it is now. Commands of a page share a folder.
fn with_output(page: &Path, text: &str) -> String {
    let folder = root().join("target/pages").join(page.file_stem().unwrap());
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line != "```console" {
            continue;
        }
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        let mut at = 0;
        while at < block.len() {
            let Some(start) = block[at].strip_prefix("$ ") else {
                at += 1; // What was printed before.
                continue;
            };
            let mut command = start.to_owned();
            out.push_str(block[at]);
            out.push('\n');
            while command.ends_with('\\') {
                at += 1;
                command = format!("{command}\n{}", block[at]);
                out.push_str(block[at]);
                out.push('\n');
            }
            at += 1;
            out.push_str(&printed(&command, &folder));
        }
        out.push_str("```\n");
    }
    out
}

#[test]
fn every_command_prints_what_is_shown() {
    let mut ran = 0;
    for (page, text) in pages() {
        ran += text.matches("```console").count();
        let now = with_output(&page, &text);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(root().join(&page), &now).unwrap();
            continue;
        }
        let same = text.lines().zip(now.lines()).take_while(|(a, b)| a == b).count();
        let (line, [was, is]) = (same + 1, [&text, &now].map(|t| t.lines().nth(same)));
        assert!(
            text == now,
            "{}:{line}: shown {was:?}, printed {is:?}: UPDATE=1 writes it",
            page.display()
        );
    }
    assert!(ran > 0, "there are commands");
}

/// The Python blocks of a page are one program, read from the top.
#[test]
fn every_python_program_runs() {
    let python = root().join(".venv/bin/python");
    for (page, text) in pages().into_iter().filter(|(page, _)| page.starts_with("docs")) {
        let blocks =
            text.split("```python\n").skip(1).map(|rest| rest.split("```").next().unwrap());
        let program = blocks.collect::<Vec<_>>().join("\n");
        if program.is_empty() {
            continue;
        }
        let folder = root().join("target/pages");
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(page.with_extension("py").file_name().unwrap());
        std::fs::write(&file, program).unwrap();
        let output = Command::new(&python).arg("-Werror").arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", page.display());
    }
}
