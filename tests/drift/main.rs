//! Generated files are checked in, so that no user compiles a generator; this test keeps them true.
//!
//! It regenerates every one of them and compares. `make gen` runs it with `UPDATE=1`, which
//! writes them instead. Run it after any change to a .proto file or to the C ABI, whose
//! facts for programs are in ffi-c/abi.txt.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod pages;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use paneline_tests::abi_text::{self, Change};
use prost::Message as _;
use prost_types::compiler::{CodeGeneratorRequest, CodeGeneratorResponse};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

const PACKAGE: &str = "paneline.v1";
/// The ABI of ffi-c/src/lib.rs; said again here, so that a change is a decision.
const ABI_VERSION: u32 = 1;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Compares one generated file with the one in the tree, or writes it under `UPDATE=1`.
fn check(path: &str, fresh: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, fresh).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let line = kept.lines().zip(fresh.lines()).take_while(|(a, b)| a == b).count() + 1;
    assert!(kept == fresh, "{path}:{line}: out of date; run `make gen` and commit the result");
}

fn descriptors() -> FileDescriptorSet {
    let proto = root().join("proto");
    let files = ["paneline/v1/window.proto", "paneline/v1/code.proto", "paneline/v1/engine.proto"];
    protox::compile(files.map(|f| proto.join(f)), [proto]).unwrap()
}

#[test]
fn prost_messages() {
    let out = root().join("target/gen");
    std::fs::create_dir_all(&out).unwrap();
    prost_build::Config::new().out_dir(&out).compile_fds(descriptors()).unwrap();
    let fresh = std::fs::read_to_string(out.join("paneline.v1.rs")).unwrap();
    check("proto/src/v1.rs", &fresh);
}

#[test]
fn json_of_messages() {
    let mut out = Vec::new();
    let mut builder = pbjson_build::Builder::new();
    builder.register_descriptors(&descriptors().encode_to_vec()).unwrap();
    builder.preserve_proto_field_names();
    let written = builder.generate(&[format!(".{PACKAGE}")], |_| Ok(Vec::new())).unwrap();
    for (_, bytes) in written {
        out.extend(bytes);
    }
    check("proto/src/v1_json.rs", &String::from_utf8(out).unwrap());
}

/// Field numbers, names and types, so that error paths come from the proto and not from a second
/// list, and strict readers know what lies inside a message.
#[test]
fn field_names() {
    let mut out = String::from("// @generated from proto/paneline/v1 by `make gen`\n");
    for message in descriptors().file.iter().flat_map(|file| &file.message_type) {
        let (name, module) = (message.name(), snake(message.name()));
        writeln!(out, "/// The fields of `{name}`.\npub mod {module} {{").unwrap();
        out.push_str("    use crate::{Descriptor, Field, Kind, Message, Place};\n");
        let mut all = String::new();
        for field in &message.field {
            let (number, name) = (field.number(), field.name());
            let (constant, kind) = (name.to_uppercase(), kind(field));
            let repeated = field.label() == Label::Repeated;
            writeln!(
                out,
                "    /// Field {number}, `{name}`.\n    \
                 pub const {constant}: Field = Field {{\n        number: {number},\n        \
                 name: \"{name}\",\n        kind: {kind},\n        repeated: {repeated},\n    }};"
            )
            .unwrap();
            writeln!(all, "        {constant},").unwrap();
        }
        writeln!(out, "    /// Every field, in the order of the proto.").unwrap();
        writeln!(out, "    pub const ALL: &[Field] = &[\n{all}    ];").unwrap();
        writeln!(
            out,
            "    /// The message.\n    pub const DESCRIPTOR: Descriptor = \
             Descriptor {{ name: \"{name}\", fields: ALL }};\n    \
             impl Message for crate::v1::{name} {{\n        \
             const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;\n        \
             fn enum_mut(&mut self, path: &[Place]) -> Option<&mut i32> {{\n            \
             match path {{\n{}                _ => None,\n            }}\n        }}\n    }}\n}}",
            enum_arms(message)
        )
        .unwrap();
    }
    check("proto/src/fields.rs", &out);
}

/// `SlidingWindowSpec` as `sliding_window_spec`.
fn snake(name: &str) -> String {
    name.chars().fold(String::new(), |mut out, c| {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
        out
    })
}

/// How strict readers read a field.
fn kind(field: &FieldDescriptorProto) -> String {
    let name = field.name();
    let packed = !matches!(field.r#type(), Type::Message | Type::String);
    assert!(
        field.label() != Label::Repeated || !packed,
        "{name}: say in core/src/spec/wire.rs how packed numbers are read"
    );
    match field.r#type() {
        Type::Int64 | Type::Sint64 => "Kind::Int64".into(),
        Type::Uint32 => "Kind::Uint32".into(),
        Type::Uint64 => "Kind::Uint64".into(),
        Type::Enum => "Kind::Enum".into(),
        Type::Bool => "Kind::Bool".into(),
        Type::String => "Kind::String".into(),
        Type::Message => {
            let message = snake(field.type_name().rsplit('.').next().unwrap());
            format!("Kind::Message(&super::{message}::DESCRIPTOR)")
        }
        other => panic!("{name}: say in this test how strict readers read {other:?}"),
    }
}

/// The arms of `enum_mut`: the message's own enums, then the way into the messages it holds.
fn enum_arms(message: &DescriptorProto) -> String {
    let mut arms = String::new();
    for field in &message.field {
        let constant = field.name().to_uppercase();
        // The one keyword of Rust among the names.
        let member = if field.name() == "type" { "r#type" } else { field.name() };
        let arm = match (field.r#type(), field.oneof_index, field.label()) {
            (Type::Enum, None, _) => {
                format!("[Place {{ field: {constant}, .. }}] => Some(&mut self.{member})")
            }
            (Type::Message, None, Label::Repeated) => format!(
                "[Place {{ field: {constant}, index }}, rest @ ..] => \
                 self.{member}.get_mut(*index)?.enum_mut(rest)"
            ),
            (Type::Message, Some(oneof), _) => {
                let choice = message.oneof_decl[usize::try_from(oneof).unwrap()].name();
                let variant = camel(&field.name().to_uppercase());
                let path = format!("crate::v1::{}::{}", snake(message.name()), camel(choice));
                format!(
                    "[Place {{ field: {constant}, .. }}, rest @ ..] => {{\n                    \
                     let Some({path}::{variant}(inner)) = &mut self.{choice} else {{\n\
                     {:24}return None;\n                    }};\n                    \
                     inner.enum_mut(rest)\n                }}",
                    ""
                )
            }
            (Type::Enum | Type::Message, ..) => {
                panic!("{}: say in this test where its enums are", field.name())
            }
            _ => continue,
        };
        let comma = if arm.ends_with('}') { "" } else { "," };
        writeln!(arms, "                {arm}{comma}").unwrap();
    }
    arms
}

/// The messages as protobuf-go has them, a module of their own. The generator is the one of the
/// runtime that the module requires, so both have one version; the files stay free of Go's options.
#[test]
fn go_messages() {
    const PACKAGE: &str = "github.com/paneline/paneline/go-bindings/panelinepb";
    let module = root().join("go-bindings/panelinepb");
    let plugin = root().join("target/gen/protoc-gen-go");
    let built = Command::new("go")
        .args(["build", "-o", plugin.to_str().unwrap()])
        .arg("google.golang.org/protobuf/cmd/protoc-gen-go")
        .current_dir(&module)
        .status();
    let built = built.is_ok_and(|status| status.success());
    assert!(built, "protoc-gen-go was not built: tests/setup.sh fetches Go and its module");

    let files = descriptors().file;
    let names: Vec<_> = files.iter().map(|file| file.name().to_owned()).collect();
    let places = names.iter().map(|name| format!("M{name}={PACKAGE}"));
    let parameter: Vec<_> = places.chain([format!("module={PACKAGE}")]).collect();
    let request = CodeGeneratorRequest {
        file_to_generate: names,
        parameter: Some(parameter.join(",")),
        proto_file: files,
        compiler_version: None,
    };
    let mut generator =
        Command::new(plugin).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    generator.stdin.take().unwrap().write_all(&request.encode_to_vec()).unwrap();
    let output = generator.wait_with_output().unwrap();
    let response = CodeGeneratorResponse::decode(output.stdout.as_slice()).unwrap();
    assert_eq!((response.error.as_deref(), response.file.len()), (None, 3));
    for file in response.file {
        check(&format!("go-bindings/panelinepb/{}", file.name()), file.content());
    }
}

/// The C header, from the exports of ffi-c, and Go's copy of it: vendoring takes a package's own
/// folder and no other.
#[test]
fn c_header() {
    let crate_dir = root().join("ffi-c");
    let config = cbindgen::Config::from_file(crate_dir.join("cbindgen.toml")).unwrap();
    let mut out = Vec::new();
    cbindgen::Builder::new()
        .with_crate(&crate_dir)
        .with_config(config)
        .generate()
        .unwrap()
        .write(&mut out);
    // Rust's heading for the caller's duties, as Doxygen says it.
    let text = String::from_utf8(out).unwrap().replace(" * # Safety\n", " * @pre\n");
    // A program compares these with pln_version() and pln_tzdb_version(): its header and its
    // library must be of one build. cbindgen writes no strings.
    let abi = format!("#define PLN_ABI_VERSION {ABI_VERSION}\n");
    let versions = format!(
        "{abi}\n/**\n * The version of the library that this header belongs to.\n */\n\
         #define PLN_VERSION \"{}\"\n\n/**\n * The time-zone database in that library.\n */\n\
         #define PLN_TZDB_VERSION \"{}\"\n",
        paneline::VERSION,
        paneline::tzdb_version()
    );
    assert!(text.contains(&abi), "the ABI version moved");
    let text = text.replace(&abi, &versions);
    check_abi(&text);
    check("ffi-c/include/paneline.h", &text);
    check("go-bindings/paneline.h", &text);
}

/// Compares the ABI of a header with ffi-c/abi.txt. A change that would deceive programs compiled
/// before is not written under `UPDATE=1` either: it needs another ABI version.
fn check_abi(header: &str) {
    let folder = root().join("target/gen");
    std::fs::create_dir_all(&folder).unwrap();
    let fresh = abi_text::describe(header, &folder);
    let kept = std::fs::read_to_string(root().join("ffi-c/abi.txt")).unwrap_or_default();
    match abi_text::compare(&kept, &fresh) {
        Change::Breaking(facts) => panic!(
            "programs that were compiled before would misread the library:\n{facts}raise \
             PLN_ABI_VERSION in ffi-c/src/lib.rs, ABI_VERSION in tests/drift.rs and \
             `abi_{ABI_VERSION}` in ffi-c/include/paneline/*.hpp, then run `make gen`. If no \
             release has ABI {ABI_VERSION} yet, or only the name of a parameter changed, delete \
             ffi-c/abi.txt and run `make gen` instead"
        ),
        Change::Safe(facts) if std::env::var_os("UPDATE").is_none() => panic!(
            "PLN_ABI_VERSION may stay: programs compiled before find all that they knew. \
             Run `make gen` and commit ffi-c/abi.txt with:\n{facts}"
        ),
        Change::Safe(_) | Change::None => check("ffi-c/abi.txt", &fresh),
    }
}

/// Protects that judgement: what breaks a program is told from what it cannot notice.
#[test]
fn abi_changes_are_told_apart() {
    let header = r#"
#include <stddef.h>
#define PLN_ABI_VERSION 1
#define PLN_KIND_A 0
#define PLN_VERSION "1"
enum pln_code {
  PLN_CODE_OK = 0,
};
typedef int pln_code;
typedef struct pln_box pln_box;
typedef struct {
  /** From; to. */
  char a;
  const void *b;
} pln_pair;
/** Opens; never (null). */
__attribute__((warn_unused_result))
pln_code pln_box_new(const pln_pair *pair,
                     pln_box **out);
"#;
    let folder = root().join("target/gen/abi-changes");
    std::fs::create_dir_all(&folder).unwrap();
    let kept = abi_text::describe(header, &folder);
    let (title, facts) = kept.split_once('\n').unwrap();
    assert!(title.starts_with('#'));
    assert_eq!(
        facts,
        "constant PLN_ABI_VERSION 1\nconstant PLN_KIND_A 0\nconstant PLN_CODE_OK 0\n\
         type pln_code size 4\nhandle pln_box\nstruct pln_pair size 16 align 8\n\
         struct pln_pair.a offset 0 size 1 type char\n\
         struct pln_pair.b offset 8 size 8 type const void *\n\
         function pln_code pln_box_new(const pln_pair *pair, pln_box **out)\n"
    );
    let changed = |old: &str, new: &str| {
        assert!(header.contains(old), "{old}");
        abi_text::compare(&kept, &abi_text::describe(&header.replace(old, new), &folder))
    };
    assert_eq!(changed("Opens", "Makes"), Change::None);
    for (old, new) in [
        ("typedef int", "int pln_more(void);\ntypedef int"),
        ("  PLN_CODE_OK = 0,", "  PLN_CODE_OK = 0,\n  PLN_CODE_IO = 1,"),
        ("#define PLN_KIND_A 0\n", "#define PLN_KIND_A 0\n#define PLN_KIND_B 1\n"),
        ("VERSION 1\n#define PLN_KIND_A 0", "VERSION 2\n#define PLN_KIND_A 1"),
    ] {
        assert!(matches!(changed(old, new), Change::Safe(_)), "{new}");
    }
    for (old, new) in [
        ("PLN_KIND_A 0", "PLN_KIND_A 1"),
        ("PLN_CODE_OK = 0", "PLN_CODE_OK = 1"),
        ("  char a;\n", ""),
        // In what was padding, which programs did not fill.
        ("  char a;\n", "  char a;\n  char c;\n"),
        ("char a", "signed char a"),
        ("const void *b", "const char *b"),
        ("  char a;\n  const void *b;\n", "  const void *b;\n  char a;\n"),
        ("pln_box **out", "pln_box **out, int more"),
        ("pln_box_new", "pln_box_open"),
        ("const pln_pair *pair", "pln_pair *pair"),
    ] {
        assert!(matches!(changed(old, new), Change::Breaking(_)), "{new}");
    }
}

/// The codes of the proto: name without prefix, and comment, in the order of their numbers.
fn codes() -> Vec<(String, String)> {
    let files = descriptors().file;
    let file = files.iter().find(|file| file.name().ends_with("code.proto")).unwrap();
    let mut codes = Vec::new();
    for (i, value) in (0_i32..).zip(&file.enum_type[0].value) {
        assert_eq!(value.number(), i, "readers of this list count its places");
        let name = value.name().strip_prefix("CODE_").unwrap().to_owned();
        codes.push((name, comment(file, &[ENUM, 0, VALUE, i])));
    }
    codes
}

/// What lies where in a file's description: messages and their fields, enums and their values.
const MESSAGE: i32 = 4;
const FIELD: i32 = 2;
const ENUM: i32 = 5;
const VALUE: i32 = 2;

/// The comment that stands before a part of a file.
fn comment(file: &FileDescriptorProto, path: &[i32]) -> String {
    let locations = &file.source_code_info.as_ref().unwrap().location;
    let location = locations.iter().find(|location| location.path == path).unwrap();
    location.leading_comments().trim_end().to_owned()
}

/// `INVALID_SPEC` as `InvalidSpec`.
fn camel(code: &str) -> String {
    let words = code.split('_').map(|word| word[..1].to_uppercase() + &word[1..].to_lowercase());
    words.collect()
}

/// The codes of Go: constants, errors to compare with, names; from the proto's enum.
#[test]
fn go_codes() {
    let (mut constants, mut errors, mut names) = (String::new(), String::new(), String::new());
    let mut go_names = Vec::new();
    for (i, (name, comment)) in codes().into_iter().enumerate() {
        for line in comment.lines() {
            writeln!(constants, "\t//{line}").unwrap();
        }
        // Go writes initials in capitals: OK and IO, but InvalidSpec.
        let go_name = if name.len() == 2 { name.clone() } else { camel(&name) };
        writeln!(constants, "\tCode{go_name} Code = {i}").unwrap();
        writeln!(names, "\t{name:?},").unwrap();
        go_names.push(go_name);
    }
    let width = go_names.iter().map(String::len).max().unwrap() + "Err".len();
    for code in go_names.iter().filter(|code| *code != "OK") {
        // With `error` as the variables' type, go doc would list New apart from Assigner.
        let name = format!("Err{code}");
        writeln!(errors, "\t{name:width$} = error(sentinel(Code{code}))").unwrap();
    }
    let fresh = format!(
        "// Code generated from proto/paneline/v1/code.proto by \"make gen\"; DO NOT EDIT.\n\n\
         //go:build cgo\n\npackage paneline\n\n\
         // The codes of an [Error].\nconst (\n{constants})\n\n\
         // What [errors.Is] finds in an [*Error] with the code of the same name.\n\
         var (\n{errors})\n\n\
         var codeNames = [...]string{{\n{names}}}\n"
    );
    check("go-bindings/codes_gen.go", &fresh);
}

/// The exception classes of Python, one for each code, with the proto's comments.
#[test]
fn python_codes() {
    let (mut classes, mut table) = (String::new(), String::new());
    for (code, comment) in codes().into_iter().skip(1) {
        let class = camel(&code) + "Error";
        let base = match code.as_str() {
            "INVALID_SPEC" | "INVALID_ARGUMENT" | "UNKNOWN_TIMEZONE" | "UNSUPPORTED_FIELD"
            | "OUT_OF_RANGE" | "CORRUPT" => ", ValueError",
            "MEMORY_LIMIT" => ", MemoryError",
            "IO" => ", OSError",
            "VERSION_MISMATCH" | "CLOSED" | "UNAVAILABLE" | "CANCELLED" | "INTERNAL" => "",
            other => panic!("{other}: say in this test which class of Python's own it is"),
        };
        let (what, next) = comment.trim().split_once(". ").unwrap();
        writeln!(
            classes,
            "\n\nclass {class}(PanelineError{base}):\n    \"\"\"{what}.\n\n    {next}\n    \
             \"\"\"\n\n    __module__ = \"paneline\"\n\n    code = \"{code}\""
        )
        .unwrap();
        writeln!(table, "    \"{code}\": {class},").unwrap();
    }
    let fresh = format!(
        "# @generated from proto/paneline/v1/code.proto by `make gen`\n\
         \"\"\"The exception class of each code.\"\"\"\n\n\
         from paneline._errors import PanelineError\n{classes}\n\n\
         CODES: dict[str, type[PanelineError]] = {{\n{table}}}\n"
    );
    check("python/paneline/_codes.py", &fresh);
}
