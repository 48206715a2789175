//! The programs in README.md are real: each is taken from the page, built, run, and must print what
//! the page promises. Those in Rust are examples of the core.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::path::PathBuf;
use std::process::Command;

use paneline_tests::root;

/// The pane of the first program in each language.
const PROMISED: &str = "1730606400000 1730631600000\n";
/// The result of the second one in Python: an engine's.
const PROMISED_RESULT: &str = "10000 7 1.0\n";

/// The page's blocks in a language, of which there are so many.
fn snippets<const COUNT: usize>(language: &str) -> [String; COUNT] {
    let page = std::fs::read_to_string(root().join("README.md")).unwrap();
    for promised in [PROMISED, PROMISED_RESULT] {
        assert!(page.contains(&format!("`{}`", promised.trim())), "the page promises another");
    }
    let fence = format!("```{language}\n");
    let blocks = page.split(&fence).skip(1);
    let blocks: Vec<_> =
        blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect();
    blocks.try_into().unwrap_or_else(|found| panic!("{COUNT} {language} blocks: {found:?}"))
}

/// The page's only block in a language.
fn snippet(language: &str) -> String {
    let [block] = snippets(language);
    block
}

/// Writes a program below target/readme and returns its path.
fn write(name: &str, text: &str) -> PathBuf {
    let path = root().join("target/readme").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// Compiles with the flags that the page names.
fn compile_and_run(compiler: &str, standard: &str, source: &PathBuf) -> String {
    let program = source.with_extension("bin");
    run(Command::new(compiler)
        .args([standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        .arg("-I")
        .arg(root().join("ffi-c/include"))
        .arg(source)
        .arg(root().join("target/c/libpaneline.a"))
        .args(["-lm", "-lpthread", "-ldl", "-o"])
        .arg(&program));
    run(&mut Command::new(program))
}

#[test]
fn python() {
    let [pane, engine] = snippets("python");
    for (name, text, promised) in
        [("pane.py", pane, PROMISED), ("engine.py", engine, PROMISED_RESULT)]
    {
        let script = write(name, &text);
        assert_eq!(run(Command::new(root().join(".venv/bin/python")).arg(script)), promised);
    }
}

#[test]
fn rust() {
    let [pane, totals] = snippets("rust");
    for (name, text, promised) in [("pane", pane, PROMISED), ("totals", totals, PROMISED_RESULT)] {
        let example = std::fs::read_to_string(root().join(format!("core/examples/{name}.rs")));
        let example = example.unwrap();
        assert!(example.ends_with(&format!("\n\n{text}")), "the page shows another {name}.rs");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["run", "--quiet", "--locked", "-p", "paneline", "--example", name]);
        assert_eq!(run(cargo.current_dir(root())), promised);
    }
}

#[test]
fn c() {
    assert_eq!(compile_and_run("gcc", "-std=c11", &write("c.c", &snippet("c"))), PROMISED);
}

#[test]
fn cpp() {
    assert_eq!(compile_and_run("g++", "-std=c++17", &write("cpp.cpp", &snippet("cpp"))), PROMISED);
}

#[test]
fn go() {
    let source = write("go/main.go", &snippet("go"));
    let module = "github.com/paneline/paneline/go-bindings";
    write(
        "go/go.mod",
        &format!(
            "module readme\n\ngo 1.24\n\nrequire {module} v0.0.0\n\n\
             replace {module} => ../../../go-bindings\n"
        ),
    );
    let mut command = Command::new("go");
    command.args(["run", "."]).current_dir(source.parent().unwrap()).env("GOFLAGS", "-mod=mod");
    assert_eq!(run(&mut command), PROMISED);
}
