//! The C ABI as text: what a program that was compiled before relies on, one fact a line.
//!
//! It decides which facts those are, and which changes of them break such a program. It does not
//! know what a function does: a change of meaning is for the author to see. Invariant: numbers come
//! from the C compiler, names and types from the header, none from a list kept by hand. `pln_window`
//! is `struct pln_window size 16 align 8` and a line for each member.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::c_library::{compiler, run};

/// Text without comments.
fn uncommented(header: &str) -> String {
    let mut parts = header.split("/*");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |code, part| code + part.split_once("*/").unwrap().1)
}

/// The statements of the header, each on one line, without preprocessor lines.
fn statements(code: &str) -> Vec<String> {
    let lines = code.lines().filter(|line| !line.starts_with('#'));
    let code: Vec<_> = lines.map(|line| line.split("//").next().unwrap()).collect();
    let code = code.join("\n").replace("extern \"C\" {", "");
    let (mut all, mut one, mut depth) = (Vec::new(), String::new(), 0);
    for c in code.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c == ';' && depth == 0 {
            let words: Vec<_> = one.split_whitespace().collect();
            all.push(words.join(" ").replace("__attribute__((warn_unused_result)) ", ""));
            one.clear();
        } else {
            one.push(c);
        }
    }
    all
}

/// A member's type and name: `const void *data` is `const void *` and `data`.
fn member(declaration: &str) -> (&str, &str) {
    let start = declaration.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap() + 1;
    (declaration[..start].trim_end(), &declaration[start..])
}

/// The C lines that print a struct's size and its members' places.
fn struct_lines(name: &str, body: &str) -> String {
    let mut lines = format!(
        "  printf(\"struct {name} size %zu align %zu\\n\", sizeof({name}), _Alignof({name}));\n"
    );
    for declaration in body.split(';').map(str::trim).filter(|text| !text.is_empty()) {
        let (kind, member) = member(declaration);
        writeln!(
            lines,
            "  printf(\"struct {name}.{member} offset %zu size %zu type {kind}\\n\", \
             offsetof({name}, {member}), sizeof((({name} *)0)->{member}));"
        )
        .unwrap();
    }
    lines
}

/// The facts of a header, whose products go into a folder.
pub fn describe(header: &str, folder: &Path) -> String {
    let code = uncommented(header);
    let defines = code.lines().filter_map(|line| line.strip_prefix("#define PLN_"));
    let numbers = defines.filter(|define| !define.contains('"') && define.contains(' '));
    let constants = numbers.map(|define| format!("PLN_{}", define.split(' ').next().unwrap()));
    let (mut constants, mut types, mut functions) =
        (constants.collect::<Vec<_>>(), String::new(), String::new());
    for statement in statements(&code) {
        if let Some(body) = statement.strip_prefix("typedef struct {") {
            let (body, name) = body.rsplit_once('}').unwrap();
            types += &struct_lines(name.trim(), body);
        } else if let Some(name) = statement.strip_prefix("typedef struct ") {
            let name = name.split(' ').next().unwrap();
            writeln!(types, "  printf(\"handle {name}\\n\");").unwrap();
        } else if statement.starts_with("enum ") {
            let body = statement.split_once('{').unwrap().1;
            constants.extend(
                body.split(',').filter_map(|value| Some(value.split_once(" =")?.0.trim().into())),
            );
        } else if statement.contains('(') {
            writeln!(functions, "function {statement}").unwrap();
        }
    }
    let mut prints = String::new();
    for name in constants {
        writeln!(prints, "  printf(\"constant {name} %lld\\n\", (long long){name});").unwrap();
    }
    let program = format!(
        "#include \"paneline.h\"\n#include <stdio.h>\nint main(void) {{\n{prints}  \
         printf(\"type pln_code size %zu\\n\", sizeof(pln_code));\n{types}  return 0;\n}}\n"
    );
    fs::write(folder.join("paneline.h"), header).unwrap();
    fs::write(folder.join("abi.c"), program).unwrap();
    let binary = folder.join("abi");
    run(compiler("c11").arg("-I").arg(folder).arg(folder.join("abi.c")).arg("-o").arg(&binary));
    "# What programs compiled with include/paneline.h rely on. Written by `make gen`.\n".to_owned()
        + &run(&mut Command::new(binary))
        + &functions
}

/// What changed between two descriptions.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// New facts beside all the old ones, or another ABI version: programs are not deceived.
    Safe(String),
    /// Old facts are gone, or a struct has a new member, under the same ABI version.
    Breaking(String),
}

/// Compares the description that was checked in with that of the present header.
pub fn compare(kept: &str, fresh: &str) -> Change {
    fn facts(text: &str) -> BTreeSet<&str> {
        text.lines().filter(|line| !line.starts_with('#')).collect()
    }
    fn version(text: &str) -> Option<&str> {
        text.lines().find(|line| line.starts_with("constant PLN_ABI_VERSION "))
    }
    let (old, new) = (facts(kept), facts(fresh));
    // A new member in what was padding moves nothing, and programs compiled before do not fill it.
    let extended = |fact: &&str| {
        let of = fact.strip_prefix("struct ").and_then(|rest| rest.split_once('.'));
        of.is_some_and(|(name, _)| kept.contains(&format!("struct {name} size ")))
    };
    let breaks = !old.is_subset(&new) || new.difference(&old).any(extended);
    let gone = old.difference(&new).map(|fact| format!("- {fact}\n"));
    let come = new.difference(&old).map(|fact| format!("+ {fact}\n"));
    let all: String = gone.chain(come).collect();
    if all.is_empty() {
        Change::None
    } else if breaks && version(kept) == version(fresh) {
        Change::Breaking(all)
    } else {
        Change::Safe(all)
    }
}
