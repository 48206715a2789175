//! The pages of the documentation that are written from the code: what a spec may say, from the
//! protos and their comments, and what each error code looks like, from calls that are refused.
//!
//! Worked number: the bound of `step_ms` on the page of errors is in a message that the core gave.

use std::fmt::Write as _;

use paneline::{Assigner, Code, Engine, Error, Rows, TimeUnit, spec};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{FieldDescriptorProto, FileDescriptorProto};

use crate::{ENUM, FIELD, MESSAGE, VALUE, camel, check, codes, comment, descriptors};

const SPECS: &str = "`make gen` writes this page from [the protos](../proto/paneline/v1); nobody \
    edits it. The same names hold in protobuf, in protobuf JSON, in Rust, Python, C and C++; Go \
    says `Duration` for `duration_ms`, of type `time.Duration`. An absent field is as if at its \
    default, which is 0, false or empty. What the fields mean together, and what is refused, is \
    said in [SEMANTICS.md](SEMANTICS.md), sections 2 to 6 and 8.";

const EXAMPLE: &str = r#"```json
{"duration_ms": 300000, "step_ms": 10000, "timezone": "America/New_York"}
```
"#;

const ERRORS: &str = "`make gen` writes this page from \
    [code.proto](../proto/paneline/v1/code.proto) and from calls that it makes; nobody edits it. \
    Every refusal has a code, the path of what is wrong in the input, and a message with the \
    value and the bound. A path leads from the root of the input: `step_ms`, `times[4096]`, \
    `window.step_ms`, `values[1].name`. A call that is refused has changed nothing, but that a push \
    which MEMORY_LIMIT stopped keeps the rows that it says were taken. Late rows, \
    rows too far ahead and null keys are no errors: an engine counts them.";

/// Comments are wrapped for a file; a table's cell is one line.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[test]
fn page_of_specs() {
    let mut page = format!("# What a spec says\n\n{}\n\n{EXAMPLE}", wrap(SPECS));
    for file in descriptors().file.iter().filter(|file| !file.name().ends_with("code.proto")) {
        for (i, message) in (0..).zip(&file.message_type) {
            let about = paragraphs(&comment(file, &[MESSAGE, i]));
            write!(page, "\n## {}\n\n{about}\n\n", message.name()).unwrap();
            page.push_str("| | field | type | |\n| ---: | --- | --- | --- |\n");
            for (j, field) in (0..).zip(&message.field) {
                let says = flat(&comment(file, &[MESSAGE, i, FIELD, j]));
                let (number, name, kind) = (field.number(), field.name(), kind(field));
                writeln!(page, "| {number} | `{name}` | {kind} | {says} |").unwrap();
            }
        }
        enums(&mut page, file);
    }
    check("docs/SPEC.md", &page);
}

fn enums(page: &mut String, file: &FileDescriptorProto) {
    for (i, choices) in (0..).zip(&file.enum_type) {
        let about = paragraphs(&comment(file, &[ENUM, i]));
        write!(page, "\n## {}\n\n{about}\n\n", choices.name()).unwrap();
        page.push_str("| | value | |\n| ---: | --- | --- |\n");
        for (j, value) in (0..).zip(&choices.value) {
            let says = flat(&comment(file, &[ENUM, i, VALUE, j]));
            writeln!(page, "| {} | `{}` | {says} |", value.number(), value.name()).unwrap();
        }
    }
}

/// A comment's paragraphs, each as wide as this repository's lines.
fn paragraphs(comment: &str) -> String {
    let parts: Vec<String> = comment.split("\n\n").map(wrap).collect();
    parts.join("\n\n")
}

fn wrap(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().unwrap();
        if last.is_empty() {
            last.push_str(word);
        } else if last.len() + 1 + word.len() <= 100 {
            write!(last, " {word}").unwrap();
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

/// A field's type, with a link to where the page describes it.
fn kind(field: &FieldDescriptorProto) -> String {
    let name = field.type_name().rsplit('.').next().unwrap();
    let one = match field.r#type() {
        Type::Enum | Type::Message => format!("[{name}](#{})", name.to_lowercase()),
        other => format!("{other:?}").to_lowercase(),
    };
    if field.label() == Label::Repeated { format!("list of {one}") } else { one }
}

/// A call that is refused with a code: how the page tells it, and what the core answers.
struct Refusal {
    told: &'static str,
    answer: Error,
}

fn refusal<T>(told: &'static str, answer: Result<T, Error>) -> Refusal {
    let Err(answer) = answer else { panic!("not refused: {told}") };
    Refusal { told, answer }
}

/// The assigner of a spec in JSON.
fn assigner(json: &str) -> Result<Assigner, Error> {
    Assigner::new(&spec::from_json(json)?)
}

/// One refusal for each code that a call of this version can give.
fn refusals() -> Vec<Refusal> {
    let hours = assigner(r#"{"duration_ms": 3600000}"#).unwrap();
    let engine = spec::engine_from_json(r#"{"window": {"duration_ms": 3600000}}"#).unwrap();
    let mut finished = Engine::new(&engine).unwrap();
    finished.finish().unwrap();
    let rows = Rows::new(&[7], &[0], &[]);
    vec![
        refusal(
            "the spec `{\"duration_ms\": 60000, \"step_ms\": 90000}`",
            assigner(r#"{"duration_ms": 60000, "step_ms": 90000}"#),
        ),
        refusal("three times, and room for two starts", {
            hours.pane_starts(&[0, 1, 2], TimeUnit::Millisecond, &mut [0; 2])
        }),
        refusal(
            "the spec `{\"duration_ms\": 3600000, \"timezone\": \"america/new_york\"}`",
            assigner(r#"{"duration_ms": 3600000, "timezone": "america/new_york"}"#),
        ),
        refusal(
            "the spec `{\"duration_ms\": 3600000, \"durationms\": 1}`",
            assigner(r#"{"duration_ms": 3600000, "durationms": 1}"#),
        ),
        refusal("a time that is `i64::MIN`, the null of many systems", hours.pane(i64::MIN)),
        refusal("bytes that are no message: `08`", spec::from_proto(&[0x08])),
        refusal(
            "the spec `{\"duration_ms\": 3600000, \"tzdb_version\": \"2019a\"}`",
            assigner(r#"{"duration_ms": 3600000, "tzdb_version": "2019a"}"#),
        ),
        refusal("a row for an engine that has finished", finished.push(&rows)),
    ]
}

#[test]
fn page_of_errors() {
    let head = "| | Rust | C, C++ | Go | Python |\n| ---: | --- | --- | --- | --- |\n";
    let mut page = format!("# Errors\n\n{}\n\n{head}", wrap(ERRORS));
    let codes = codes();
    for (number, (name, _)) in codes.iter().enumerate() {
        let rust =
            if name == "OK" { "`Ok(…)`".into() } else { format!("`Code::{}`", camel(name)) };
        let go = if name.len() == 2 { name.clone() } else { camel(name) };
        let (go, python) = match name.as_str() {
            "OK" => ("`nil`".into(), "returns".into()),
            _ => (format!("`Err{go}`"), format!("`{}Error`", camel(name))),
        };
        writeln!(page, "| {number} | {rust} | `PLN_CODE_{name}` | {go} | {python} |").unwrap();
    }
    let refusals = refusals();
    for (number, (name, about)) in codes.iter().enumerate().skip(1) {
        write!(page, "\n## {name}\n\n{}\n", wrap(about)).unwrap();
        let of_code = refusals.iter().filter(|one| one.answer.code() as usize == number);
        for Refusal { told, answer } in of_code {
            let (path, message) = (answer.path(), answer.message());
            let at = if path.is_empty() { String::new() } else { format!(" at `{path}`") };
            let lines = wrap(&format!("For {told} the answer is {name}{at}:"));
            write!(page, "\n{lines}\n\n```text\n{message}\n```\n").unwrap();
        }
    }
    check("docs/ERRORS.md", &page);
    let shown = refusals.iter().map(|one| one.answer.code());
    assert!(shown.eq(SHOWN), "each code once, in order");
}

/// The codes with an example. MEMORY_LIMIT needs a full engine, for which ENGINE.md has a program;
/// the others are for systems around the core, or for bugs.
const SHOWN: [Code; 8] = [
    Code::InvalidSpec,
    Code::InvalidArgument,
    Code::UnknownTimezone,
    Code::UnsupportedField,
    Code::OutOfRange,
    Code::Corrupt,
    Code::VersionMismatch,
    Code::Closed,
];
