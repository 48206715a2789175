//! The C ABI as C and C++ programs meet it: the headers compile cleanly, the archive and the shared
//! library hold what the header declares and nothing else, and hostile calls are refused.
//!
//! ffi-c/build.sh makes what is tested here; an archive older than its sources fails every test.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use paneline_tests::c_library::{
    self, STRICTER, built, defined, folder, link_flags, read, refused, run,
};
use paneline_tests::{ask, root};

/// With the engine the archive has 2.9 MB; another megabyte must be a decision, not an accident.
const ARCHIVE_BYTES_MAX: u64 = 3_900_000;

/// The programs of tests/c in C; each prints what failed and says so in its exit status.
const C_PROGRAMS: [&str; 4] = ["misuse", "engine", "engine_misuse", "shards"];

const SANITIZERS: [&str; 3] =
    ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"];

/// Where this test's products go.
fn product(name: &str) -> PathBuf {
    let folder = root().join("target/c-tests");
    fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

fn source(name: &str, text: &str) -> PathBuf {
    let path = product(name);
    fs::write(&path, text).unwrap();
    path
}

/// A compiler that sees the headers of the source tree.
fn compiler(standard: &str) -> Command {
    let mut command = c_library::compiler(standard);
    command.args(["-O1", "-g", "-Iffi-c/include"]);
    command
}

/// Compiles sources into a program over the archive, with the documented link flags alone.
fn program(name: &str, standard: &str, sources: &[PathBuf], flags: &[&str]) -> PathBuf {
    let program = product(name);
    let mut command = compiler(standard);
    command.args(flags).args(sources).arg(built("libpaneline.a")).args(link_flags());
    run(command.arg("-o").arg(&program));
    program
}

/// The symbols that `nm` lists, without their addresses.
fn symbols(options: &[&str], file: &Path) -> BTreeSet<String> {
    let listing = run(Command::new("nm").args(options).arg(file));
    let names = listing.lines().filter_map(|line| line.split_whitespace().nth(2));
    names.map(Into::into).collect()
}

/// The functions that the header declares.
fn declared() -> BTreeSet<String> {
    let header = read("ffi-c/include/paneline.h");
    let code: String = header
        .split("/*")
        .map(|part| part.split_once("*/").map_or(part, |(_, code)| code))
        .collect();
    let calls = code.match_indices('(').map(|(at, _)| &code[..at]);
    let names = calls.filter_map(|before| {
        let start =
            before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |i| i + 1);
        before[start..].starts_with("pln_").then(|| before[start..].to_owned())
    });
    names.collect()
}

/// Protects every program that includes the headers: no warning in any standard we promise.
#[test]
fn headers_are_clean_in_every_standard() {
    let c = ["c99", "c11", "c17", "c2x", "c++11", "c++14", "c++17", "c++20"];
    let cpp = ["c++17", "c++20", "c++23"];
    let all = c.map(|standard| (standard, "paneline.h")).into_iter();
    for (standard, header) in all.chain(cpp.map(|standard| (standard, "paneline.hpp"))) {
        let extension = if standard.starts_with("c++") { "cpp" } else { "c" };
        let name = format!("{}-{header}.{extension}", standard.replace("c++", "cpp"));
        let text = format!("#include \"{header}\"\nint main(void) {{ return 0; }}\n");
        let mut command = compiler(standard);
        if extension == "cpp" {
            command.arg("-Wold-style-cast");
        }
        command.args(STRICTER);
        run(command.arg("-fsyntax-only").arg(source(&name, &text)));
    }
}

/// The headers, and their names below ffi-c/include.
fn headers() -> Vec<(String, String)> {
    let top = root().join("ffi-c/include");
    let folders = [top.clone(), top.join("paneline")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let files = files.map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let texts = files.map(|path| {
        let name = path.strip_prefix(&top).unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    texts.collect()
}

/// The macros that a source defines, the compiler's own among them.
fn macros(standard: &str, name: &str, text: &str) -> BTreeSet<String> {
    let listing = run(compiler(standard).args(["-dM", "-E"]).arg(source(name, text)));
    let names = listing.lines().filter_map(|line| line.split([' ', '(']).nth(1));
    names.map(Into::into).collect()
}

/// Protects programs from our macros: beside those of the standard headers we include, every one
/// has our prefix.
#[test]
fn headers_define_macros_of_ours_only() {
    let text: String = headers().into_iter().map(|(_, text)| text).collect();
    let all = text.lines().filter(|line| line.starts_with("#include <"));
    let (c, cpp): (Vec<_>, Vec<_>) = all.partition(|line| line.ends_with(".h>"));
    let both = [c.clone(), cpp].concat();
    for (standard, name, header, around) in [
        ("c11", "macros.c", "paneline.h", c.join("\n")),
        ("c++20", "macros.cpp", "paneline.hpp", both.join("\n")),
    ] {
        let around = around + "\n";
        let before = macros(standard, name, &around);
        let after = macros(standard, name, &format!("{around}#include \"{header}\"\n"));
        let ours: Vec<_> = after.difference(&before).collect();
        assert!(ours.contains(&&"PLN_ABI_VERSION".into()), "{ours:?}");
        let foreign: Vec<_> =
            ours.iter().filter(|m| !m.starts_with("PLN_") && !m.starts_with("PANELINE_")).collect();
        assert!(foreign.is_empty(), "{header} defines {foreign:?}");
    }
}

/// Protects who compiles without what paneline.hpp needs: one sentence says so.
#[test]
fn cpp_says_what_it_needs() {
    let file = source("needs.cpp", "#include \"paneline.hpp\"\n");
    for flags in [["-std=c++14", "-fexceptions"], ["-std=c++17", "-fno-exceptions"]] {
        let mut command = Command::new("c++");
        command.args(flags).args(["-fsyntax-only", "-Iffi-c/include"]).arg(&file);
        let text = refused(&mut command);
        assert!(text.contains("paneline.hpp needs C++17 and exceptions"), "{text}");
    }
}

/// Protects programs that hold other libraries: ours adds the declared names and no other, and
/// stays small enough to be carried along.
#[test]
fn archive_defines_the_header_and_stays_small() {
    let archive = built("libpaneline.a");
    let declared = declared();
    assert!(declared.len() >= 15 && declared.len() <= 45, "{} functions", declared.len());
    assert_eq!(symbols(&["-g", "--defined-only"], &archive), declared);
    let bytes = fs::metadata(&archive).unwrap().len();
    assert!(bytes <= ARCHIVE_BYTES_MAX, "the archive has {bytes} bytes");
}

/// Protects programs that load us: the same names, and a SONAME of the ABI's version, so that a
/// program never loads another ABI, nor the path of the machine it was linked on.
#[test]
fn shared_library_exports_the_header_under_its_soname() {
    let soname = format!("libpaneline.so.{}", defined("PLN_ABI_VERSION"));
    let library = built(&soname);
    assert_eq!(symbols(&["-D", "--defined-only"], &library), declared());
    let dynamic = run(Command::new("readelf").arg("-d").arg(&library));
    assert!(dynamic.contains(&format!("Library soname: [{soname}]")), "{dynamic}");

    for name in C_PROGRAMS {
        let program = product(&format!("{name}-shared"));
        let mut command = compiler("c11");
        command.arg(format!("tests/c/{name}.c")).args(["-Ltarget/c", "-lpaneline", "-o"]);
        run(command.arg(&program));
        let dynamic = run(Command::new("readelf").arg("-d").arg(&program));
        assert!(dynamic.contains(&format!("Shared library: [{soname}]")), "{dynamic}");
        run(Command::new(&program).env("LD_LIBRARY_PATH", root().join("target/c")));
    }
}

/// Protects programs that hold a second Rust library, untrimmed as rustc writes it: both link, in
/// either order, and each catches its own panics.
#[test]
fn two_rust_archives_link_into_one_program() {
    let other = source(
        "other.rs",
        r#"
        #[no_mangle]
        pub extern "C" fn other_len(n: i32) -> i32 {
            let len = || { assert!(n >= 0, "planted"); n.to_string().len() as i32 };
            std::panic::catch_unwind(len).unwrap_or(-1)
        }
        "#,
    );
    let archive = product("libother.a");
    let mut rustc = Command::new("rustc");
    run(rustc.args(["--edition=2021", "--crate-type=staticlib", "-o"]).arg(&archive).arg(other));
    let main = source(
        "two.c",
        r#"
        #include "paneline.h"
        int32_t other_len(int32_t n);
        int main(void) {
            int64_t ms = 0;
            const uint8_t text[] = {'5', 'm'};
            if (pln_parse_duration(text, 2, &ms, 0) != PLN_CODE_OK || ms != 300000) return 1;
            if (pln_parse_duration(text, 1, &ms, 0) != PLN_CODE_INVALID_ARGUMENT) return 2;
            return other_len(12345) == 5 && other_len(-1) == -1 ? 0 : 3;
        }
        "#,
    );
    let ours = built("libpaneline.a");
    for order in [[&archive, &ours], [&ours, &archive]] {
        let program = product("two-archives");
        run(compiler("c11").arg(&main).args(order).args(link_flags()).arg("-o").arg(&program));
        run(&mut Command::new(program));
    }
}

/// Protects the documentation of the link flags: each is one that rustc asks for, and the scripts
/// that build the adapters and the demos use them and no others. That they suffice, every program of
/// this test shows.
#[test]
fn link_flags_are_the_documented_ones() {
    let list = product("native-static-libs.txt");
    let library = source("empty.rs", "");
    let print = format!("--print=native-static-libs={}", list.display());
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2021", "--crate-type=staticlib", &print, "-o"]);
    run(rustc.arg(product("libempty.a")).arg(library));
    let asked = fs::read_to_string(list).unwrap();
    let asked: Vec<_> = asked.split_whitespace().collect();
    for flag in link_flags() {
        assert!(asked.contains(&&*flag), "{flag} is none of rustc's {asked:?}");
    }
    let flags = link_flags().join(" ");
    for script in ["tests/adapters/c/build.sh", "tests/adapters/cpp/build.sh"] {
        let line = format!("target/c/libpaneline.a {flags} -o");
        assert!(read(script).contains(&line), "{script}: the link flags are {flags}");
    }
}

/// Protects who built a library from telling where: panics name sources, and those lie in a folder
/// of the user who built it.
#[test]
fn products_hold_no_path_of_the_machine() {
    let root = root();
    for name in ["libpaneline.a", "libpaneline.so"] {
        let bytes = fs::read(built(name)).unwrap();
        for place in ["/registry/src/", &*root.to_string_lossy()] {
            let found = bytes.windows(place.len()).any(|window| window == place.as_bytes());
            assert!(!found, "{name} holds {place}");
        }
    }
}

/// Runs a test plain and with the sanitizers, which see what a plain run survives by luck.
fn run_twice(name: &str, standard: &str, sources: &[PathBuf]) {
    run(&mut Command::new(program(name, standard, sources, &[])));
    let sanitized = program(&format!("{name}-sanitized"), standard, sources, &SANITIZERS);
    let listing = run(Command::new("nm").arg(&sanitized));
    assert!(listing.contains("__asan_init") && listing.contains("__ubsan_handle"), "no sanitizer");
    run(&mut Command::new(sanitized));
}

/// Protects C programs from their own mistakes, and the numbers that engines give them: see
/// tests/c/misuse.c, engine_misuse.c, engine.c and shards.c.
#[test]
fn c_programs_pass() {
    for name in C_PROGRAMS {
        run_twice(&format!("{name}-c"), "c11", &[format!("tests/c/{name}.c").into()]);
    }
}

/// Protects the word "every" in what is said of these programs: no function of the header is left
/// out.
#[test]
fn c_programs_call_every_function() {
    let calls: String = C_PROGRAMS.map(|name| read(&format!("tests/c/{name}.c"))).concat();
    let calls = calls + &read("tests/c/check.h");
    let left_out: Vec<_> =
        declared().into_iter().filter(|name| !calls.contains(&format!("{name}("))).collect();
    assert!(left_out.is_empty(), "tests/c calls none of {left_out:?}");
}

/// Protects C++ programs likewise, and those that include the header in two places.
#[test]
fn misuse_from_cpp_throws() {
    let second = source("second.cpp", "#include \"paneline.hpp\"\n");
    let sources = ["tests/c/misuse.cpp".into(), second];
    run_twice("misuse-cpp17", "c++17", &sources);
    run(&mut Command::new(program("misuse-cpp20", "c++20", &sources, &[])));
}

/// The headers of another ABI: a copy with another number, which a library never has.
fn headers_of_another_abi() -> String {
    let copy = folder("another-abi");
    fs::create_dir(copy.join("paneline")).unwrap();
    for (name, text) in headers() {
        let abi = defined("PLN_ABI_VERSION");
        let text = text
            .replace(&format!("PLN_ABI_VERSION {abi}"), "PLN_ABI_VERSION 4096")
            .replace(&format!("PLN_ABI_VERSION != {abi}"), "PLN_ABI_VERSION != 4096")
            .replace(&format!("inline namespace abi_{abi}"), "inline namespace abi_4096");
        fs::write(copy.join(name), text).unwrap();
    }
    copy.to_string_lossy().into_owned()
}

/// Protects a program that meets a library of another ABI: it is told, and nothing else is called;
/// what was compiled with the headers of this one, in the same program, goes on.
#[test]
fn another_abi_is_refused_before_anything_else() {
    let another = headers_of_another_abi();
    let main = source(
        "another_abi.cpp",
        r#"
        #include "paneline.hpp"
        std::int64_t pane_of_this_abi();
        template <typename Call>
        bool refused(const Call &call) {
            try { call(); } catch (const paneline::error &error) {
                return error.code() == PLN_CODE_VERSION_MISMATCH &&
                       error.path() == "abi_version" &&
                       error.message().find("abi_version must be 4096") == 0;
            }
            return false;
        }
        int main() {
            const std::vector<std::int64_t> times;
            const std::vector<std::uint8_t> bytes;
            const auto use = [](const auto &) {};
            const bool all =
                refused([&] { use(paneline::assigner(paneline::sliding_window_spec{})); }) &&
                refused([&] { use(paneline::assigner::from_json("{}")); }) &&
                refused([&] { use(paneline::assigner::from_proto(bytes)); }) &&
                refused([&] { use(paneline::parse_duration("5m")); }) &&
                refused([&] { use(paneline::resolve_local("", times, paneline::ambiguous{})); }) &&
                refused([&] { use(paneline::version()); }) &&
                refused([&] { use(paneline::tzdb_version()); });
            return all && pane_of_this_abi() == 60000 ? 0 : 1;
        }
        "#,
    );
    let this_abi = source(
        "this_abi.cpp",
        r#"
        #include "paneline.hpp"
        std::int64_t pane_of_this_abi();
        std::int64_t pane_of_this_abi() {
            paneline::sliding_window_spec spec;
            spec.duration_ms = std::chrono::minutes(1);
            return paneline::assigner(spec).pane(90000).start_ms;
        }
        "#,
    );
    let objects = [(&*another, main, "another_abi.o"), ("ffi-c/include", this_abi, "this_abi.o")];
    let objects = objects.map(|(headers, source, name)| {
        let object = product(name);
        let mut command = c_library::compiler("c++17");
        command.arg(format!("-I{headers}")).arg("-c").arg(source).arg("-o").arg(&object);
        run(&mut command);
        object
    });
    run(&mut Command::new(program("another_abi", "c++17", &objects, &[])));

    // Headers of two ABIs in one folder are not compiled at all.
    fs::write(format!("{another}/paneline.h"), read("ffi-c/include/paneline.h")).unwrap();
    let file = source("two_abis.cpp", "#include \"paneline.hpp\"\n");
    let mut command = Command::new("c++");
    command.args(["-std=c++17", "-fsyntax-only"]).arg(format!("-I{another}")).arg(file);
    assert!(refused(&mut command).contains("are of two ABIs"));
}

/// Protects programs that are compiled in parts, each in its own standard: they agree on what is
/// passed between them.
#[test]
fn objects_of_two_standards_link() {
    let interface = r#"
        #include "paneline.hpp"
        paneline::assignment windows(const paneline::assigner &assigner,
                                     paneline::span<const std::int64_t> times);
        "#;
    let called = r"
        paneline::assignment windows(const paneline::assigner &assigner,
                                     paneline::span<const std::int64_t> times) {
            return assigner.assign(times, paneline::time_unit::ms);
        }
        ";
    let main = r"
        #include <span>
        int main() {
            const std::int64_t times[] = {90000, 30000};
            const paneline::assigner assigner({.duration_ms = std::chrono::minutes(1)});
            const bool array = windows(assigner, times).starts_ms.at(0) == 60000;
            return array && windows(assigner, std::span(times)).ends_ms.at(1) == 60000 ? 0 : 1;
        }
        ";
    let object = product("seventeen.o");
    let file = source("seventeen.cpp", &format!("{interface}{called}"));
    run(compiler("c++17").arg("-c").arg(file).arg("-o").arg(&object));
    let main = source("twenty.cpp", &format!("{interface}{main}"));
    run(&mut Command::new(program("two-standards", "c++20", &[main, object], &[])));
}

/// Protects memory on the ordinary way as well: the C adapter under the sanitizers answers the
/// worked facts as written.
#[test]
fn sanitized_adapter_answers_the_worked_facts() {
    let sources = ["tests/adapters/c/adapter.c".into()];
    let adapter = program("adapter-sanitized", "c11", &sources, &SANITIZERS);
    let facts = read("tests/vectors/worked_facts.txt");
    let lines = facts.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (requests, wanted): (Vec<_>, Vec<_>) =
        lines.map(|line| line.split_once(" => ").unwrap()).unzip();
    assert!(wanted.len() > 50, "only {} facts", wanted.len());
    let answers = ask("c", &[adapter], &(requests.join("\n") + "\n"));
    for ((answer, wanted), request) in answers.lines().zip(wanted).zip(requests) {
        assert_eq!(answer, wanted, "{request}");
    }
}

/// The text between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start:?}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end:?} after {start:?}")).0
}

/// The `name = number;` of a block of a .proto file.
fn members(block: &str) -> Vec<(&str, &str)> {
    let lines = block.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let pairs = lines.filter_map(|line| line.strip_suffix(';')?.split_once(" = "));
    pairs.map(|(name, number)| (name.rsplit(' ').next().unwrap(), number)).collect()
}

/// Protects C++ from falling behind the proto: every field is in the struct, in its JSON and in its
/// comparison, and every enum has the proto's names and numbers.
#[test]
fn cpp_spec_has_the_fields_of_the_proto() {
    let proto = read("proto/paneline/v1/window.proto");
    let header = read("ffi-c/include/paneline/spec.hpp");
    let spec = between(&header, "struct sliding_window_spec {", "\n};");
    let (fields, methods) = spec.split_once("to_json").unwrap();
    let (json, comparison) = methods.split_once("operator==").unwrap();
    let mut rest = fields;
    for (name, _) in members(between(&proto, "message SlidingWindowSpec {", "\n}")) {
        let at = rest.find(&format!(" {name}{{")).or_else(|| rest.find(&format!(" {name} =")));
        rest = &rest[at.unwrap_or_else(|| panic!("{name} is missing, or out of order"))..];
        assert!(json.contains(&format!("{name}\\\":")) || json.contains(&format!("{{\"{name}\",")));
        assert!(comparison.contains(&format!("s.{name}")), "{name} is not compared");
    }
    let enums = [
        ("WindowKind", "WINDOW_KIND_", "window_kind"),
        ("CalendarUnit", "CALENDAR_UNIT_", "calendar_unit"),
        ("Weekday", "WEEKDAY_", "weekday"),
    ];
    for (message, prefix, class) in enums {
        let values = between(&proto, &format!("enum {message} {{"), "\n}");
        let block = between(&header, &format!("enum class {class} : std::int32_t {{"), "\n};");
        let values = members(values);
        assert_eq!(values.len(), block.trim().lines().count(), "{class}");
        for (name, number) in values {
            let line = format!("{} = {number},", name.strip_prefix(prefix).unwrap().to_lowercase());
            assert!(block.contains(&line), "{class}: {line}");
        }
    }
}
