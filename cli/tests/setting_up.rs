//! `doctor`, `completions` and `man`: what a person runs once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use common::{BINARY, Run, directory, json, paneline, run, run_in};

/// Runs `doctor` on a machine that has only these programs, each a script.
fn doctor(name: &str, programs: &[(&str, &str)], arguments: &[&str]) -> Run {
    let directory = directory(name);
    for (program, script) in programs {
        let path = directory.join(program);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    run(Command::new(BINARY).arg("doctor").args(arguments).env("PATH", &directory), "")
}

/// Protects the promise to be of use where nothing is: exit code 0, the versions, and what to run.
#[test]
fn doctor_without_anything() {
    let run = doctor("doctor_nothing", &[], &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let wanted = format!(
        "\
paneline          {}
tzdb              {}, {} names
semantics         1
C ABI             {}

python3           not found
                  install Python 3.11 or later
python module     not found
                  build the wheel with python/build.sh and install it: pip
                  install target/wheels/*.whl
go                not found
                  install Go 1.24 or later
cc                not found
                  install a C compiler, for example: apt install gcc
pkg-config        not found
                  install it, for example: apt install pkg-config
C library         not found
                  install it from the source tree with make install PREFIX=DIR,
                  and set PKG_CONFIG_PATH=DIR/lib/pkgconfig
",
        paneline::VERSION,
        paneline::tzdb_version(),
        paneline::timezones().count(),
        paneline_ffi::PLN_ABI_VERSION,
    );
    assert_eq!(run.text(), wanted);
}

/// Protects what it is for: a module of another release is told apart from one of this.
#[test]
fn doctor_tells_releases_apart() {
    let this = format!("{} {}", paneline::VERSION, paneline::tzdb_version());
    let python = |module: &str| {
        format!("case $1 in --version) echo Python 3.12.1;; *) echo {module};; esac")
    };
    let programs = [
        ("python3", python("0.0.9 2020a")),
        ("go", "echo go version go1.24.1 linux/amd64; echo more".to_owned()),
        ("cc", "echo cc 13.2".to_owned()),
        ("pkg-config", format!("echo {}", paneline::VERSION)),
    ];
    let scripts: Vec<_> = programs.iter().map(|(name, script)| (*name, script.as_str())).collect();
    let run = doctor("doctor_differs", &scripts, &["--json"]);
    let document = json(run.text(), "doctor.json");
    let state = |name: &str| {
        let tools = document["tools"].as_array().unwrap();
        let tool = tools.iter().find(|tool| tool["name"] == name).unwrap();
        (tool["state"].as_str().unwrap().to_owned(), tool["says"].as_str().unwrap().to_owned())
    };
    let told = |state: &str, says: &str| (state.to_owned(), says.to_owned());
    assert_eq!(state("python module"), told("differs", "0.0.9 2020a"));
    assert_eq!(state("python3"), told("found", "Python 3.12.1"));
    assert_eq!(state("go"), told("found", "go version go1.24.1 linux/amd64"));
    assert_eq!(state("C library"), told("found", paneline::VERSION));
    let run = doctor("doctor_same", &[("python3", &python(&this))], &[]);
    assert!(run.text().contains(&format!("python module     {this}\n")), "{}", run.text());
    let run = doctor("doctor_text", &scripts, &[]);
    let line =
        "python module     of another release: 0.0.9 2020a\n                  build the wheel";
    assert!(run.text().contains(line), "{}", run.text());
}

/// Protects against programs that misbehave: one that fails, one that floods, one that says
/// nothing, one that hangs.
#[test]
fn doctor_bears_with_bad_programs() {
    let programs = [
        ("python3", "echo broken; exit 3"),
        ("go", "while :; do echo flood; done"),
        ("cc", "printf '\\377\\376 cc\\n'"),
        ("pkg-config", "true"),
    ];
    let run = doctor("doctor_bad", &programs, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for missing in ["python3", "python module", "go", "pkg-config", "C library"] {
        assert!(run.text().contains(&format!("\n{missing:<16}  not found\n")), "{}", run.text());
    }
    assert!(run.text().contains("cc                \u{fffd}\u{fffd} cc\n"), "{}", run.text());
}

/// Protects the scripts: each shell gets one that knows every command, and bash accepts it.
#[test]
fn completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = paneline(&format!("completions {shell}"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell}");
        for word in ["explain", "tz-diff", "month-day"] {
            assert!(run.text().contains(word), "{shell}: no {word}");
        }
    }
    let script = paneline("completions bash");
    let checked = run(Command::new("bash").arg("-n"), script.text());
    assert_eq!((checked.code, checked.stderr.as_str()), (0, ""));
    let run = paneline("completions tcsh");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("possible values: bash, elvish, fish, powershell, zsh"));
}

/// Protects the manual: a page for each command, with its examples.
#[test]
fn manual_pages() {
    let directory = directory("man");
    let run = run_in(&directory, "man pages/man1", "");
    assert_eq!((run.code, run.text(), run.stderr.as_str()), (0, "", ""));
    let folder = directory.join("pages/man1");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 10, "{names:?}");
    assert!(names.contains(&"paneline-tz-diff.1".to_owned()));
    for name in &names {
        let page = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(page.starts_with(".ie") && page.contains(".TH paneline"), "{name}");
        if name != "paneline.1" {
            assert!(page.contains("Examples:"), "{name}");
        }
    }
    // The synopsis is the usage line of --help.
    for (name, usage) in
        [("check", "[OPTIONS] [SPEC|FILE]..."), ("assign", "[OPTIONS] --time <COL> <FILE>")]
    {
        let page = std::fs::read_to_string(folder.join(format!("paneline-{name}.1"))).unwrap();
        let wanted = format!("\\fBpaneline {name}\\fR {usage}\n").replace("--", "\\-\\-");
        assert!(page.contains(&wanted), "{page}");
        assert!(paneline(&format!("{name} --help")).text().contains(usage));
    }
    std::fs::write(directory.join("file"), "").unwrap();
    let run = run_in(&directory, "man file/man1", "");
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with("error: IO at file/man1: "), "{}", run.stderr);
}
