//! The C library as its users get it: what ffi-c/install.sh puts into a folder is found there by
//! pkg-config and CMake, wherever the folder is moved, and programs outside this repository build
//! against it and run.
//!
//! The programs are those of ffi-c/examples, which say in their first lines what they print.
//! ffi-c/build.sh makes the library; CMake and pkg-config are those of tests/requirements.txt.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use paneline_tests::c_library::{
    STRICT, STRICTER, built, compiler, defined, folder, link_flags, read, refused, run,
};
use paneline_tests::root;

/// The examples, and the program that is made of each.
const EXAMPLES: [(&str, &str); 3] =
    [("panes.c", "panes-c"), ("panes.cpp", "panes-cpp"), ("engine.c", "engine-c")];

/// A tool that tests/setup.sh puts into .venv.
fn tool(name: &str) -> PathBuf {
    let path = root().join(".venv/bin").join(name);
    assert!(path.exists(), "{} is missing: run tests/setup.sh", path.display());
    path
}

/// ffi-c/install.sh into a folder.
fn install(prefix: &Path) -> Command {
    built("libpaneline.a");
    let mut command = Command::new(root().join("ffi-c/install.sh"));
    command.env_remove("DESTDIR").env_remove("LIBDIR").env("PREFIX", prefix);
    command
}

/// A tree that was installed in one place and then moved to another.
fn moved(test: &str, name: &str, libdir: &str) -> PathBuf {
    let folder = folder(test);
    let (first, second) = (folder.join("first"), folder.join(name));
    run(install(&first).env("LIBDIR", libdir));
    fs::rename(first, &second).unwrap();
    second
}

/// A copy of the examples outside the repository's own folders.
fn examples(beside: &Path) -> PathBuf {
    let copy = beside.parent().unwrap().join("examples");
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(root().join("ffi-c/examples")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    copy
}

/// What an example says that it prints.
fn promised(example: &str) -> String {
    let text = read(&format!("ffi-c/examples/{example}"));
    let (_, after) = text.split_once("Prints:\n").unwrap();
    let lines = after.lines().map_while(|line| {
        line.strip_prefix(" *   ")
            .or_else(|| line.strip_prefix("//   "))
            .map(|line| line.to_owned() + "\n")
    });
    lines.collect()
}

/// Runs the programs made of the examples. A program of the shared library finds it in `library`;
/// another must not know of it.
fn check_programs(folder: &Path, library: Option<&Path>) {
    let soname = format!("libpaneline.so.{}", defined("PLN_ABI_VERSION"));
    for (example, program) in EXAMPLES {
        let program = folder.join(program);
        let needed = run(Command::new("readelf").arg("-d").arg(&program));
        let shared = needed.contains(&format!("Shared library: [{soname}]"));
        assert_eq!(shared, library.is_some(), "{}\n{needed}", program.display());
        let mut command = Command::new(&program);
        command.env_remove("LD_LIBRARY_PATH");
        if let Some(library) = library {
            command.env("LD_LIBRARY_PATH", library);
        }
        assert_eq!(run(&mut command), promised(example), "{}", program.display());
        assert!(promised(example).lines().count() > 3, "{example} says hardly what it prints");
    }
}

/// Every file of a folder, and where links lead.
fn tree(folder: &Path) -> Vec<String> {
    let listing = run(Command::new("find")
        .args([".", "!", "-type", "d", "-printf"])
        .arg("%P %l\\n")
        .current_dir(folder));
    let mut files: Vec<_> = listing.lines().map(|line| line.trim_end().to_owned()).collect();
    files.sort();
    files
}

/// Protects packagers: what is installed, where, under which names and with which rights; and that
/// no text in it knows the place.
#[test]
fn install_lays_out_the_tree() {
    let stage = folder("stage");
    let libdir = "lib/x86_64-linux-gnu";
    // As Debian says it: the folder of libraries in full.
    let mut command = install(Path::new("/opt/pln"));
    command.env("DESTDIR", &stage).env("LIBDIR", format!("/opt/pln/{libdir}"));
    let make = read("Makefile");
    assert!(make.contains("\ninstall:\n\tffi-c/build.sh\n\tffi-c/install.sh\n"));
    run(&mut command);

    let (abi, version) = (defined("PLN_ABI_VERSION"), defined("PLN_VERSION"));
    let prefix = stage.join("opt/pln");
    let wanted = [
        "include/paneline.h".into(),
        "include/paneline.hpp".into(),
        "include/paneline/assigner.hpp".into(),
        "include/paneline/error.hpp".into(),
        "include/paneline/spec.hpp".into(),
        "include/paneline/time.hpp".into(),
        format!("{libdir}/cmake/paneline/paneline-config-version.cmake"),
        format!("{libdir}/cmake/paneline/paneline-config.cmake"),
        format!("{libdir}/libpaneline.a"),
        format!("{libdir}/libpaneline.so libpaneline.so.{abi}"),
        format!("{libdir}/libpaneline.so.{abi} libpaneline.so.{abi}.{version}"),
        format!("{libdir}/libpaneline.so.{abi}.{version}"),
        format!("{libdir}/pkgconfig/paneline-static.pc"),
        format!("{libdir}/pkgconfig/paneline.pc"),
        "share/licenses/paneline/LICENSE-APACHE".into(),
        "share/licenses/paneline/LICENSE-MIT".into(),
    ];
    assert_eq!(tree(&prefix), wanted);
    assert_eq!(tree(&stage).len(), wanted.len(), "something lies beside the prefix");
    for name in &wanted {
        let file = prefix.join(name.split(' ').next().unwrap());
        let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        let executable = name.contains("libpaneline.so");
        assert_eq!(mode, if executable { 0o755 } else { 0o644 }, "{name}");
        if name.contains("/pkgconfig/") || name.contains("/cmake/") {
            let text = fs::read_to_string(&file).unwrap();
            for place in [&*stage.to_string_lossy(), "/opt/pln", "@"] {
                assert!(!text.contains(place), "{name} holds {place}");
            }
        }
    }
    let before = tree(&prefix);
    run(&mut command);
    assert_eq!(tree(&prefix), before, "a second time changes nothing");
}

/// Protects who installs from a tree in a wrong place: what cannot be meant is refused, with the
/// value and what would be right, and nothing is written.
#[test]
fn install_refuses_what_cannot_be_meant() {
    let stage = folder("refused");
    let mut cases =
        vec![("PREFIX", "usr/local", "PREFIX must be an absolute path, got 'usr/local'")];
    cases.push(("DESTDIR", "stage", "DESTDIR must be an absolute path, got 'stage'"));
    for libdir in
        ["/usr/lib", "..", "lib/../../x", "lib//x", "li b", "lib;x", ".", "-x/../y", "lib|x"]
    {
        cases.push((
            "LIBDIR",
            libdir,
            "LIBDIR must be a folder below PREFIX, such as lib64, got '",
        ));
    }
    for (name, value, message) in cases {
        let mut command = install(&stage.join("x"));
        let text = refused(command.env(name, value));
        assert!(text.starts_with(&format!("install.sh: {message}")), "{name}={value}: {text}");
        assert!(text.contains(value) && tree(&stage).is_empty());
    }

    // Before anything was built, in a tree of its own.
    for name in ["install.sh", "build.sh", "include/paneline.h"] {
        let copy = stage.join("ffi-c").join(name);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(root().join("ffi-c").join(name), copy).unwrap();
    }
    let mut command = Command::new(stage.join("ffi-c/install.sh"));
    let text = refused(command.env("PREFIX", stage.join("x")));
    assert_eq!(text, "install.sh: target/c/libpaneline.a is missing: run ffi-c/build.sh\n");
}

/// Builds the examples with their Makefile, which asks pkg-config, and returns their folder.
fn make(folder: &Path, pkgconfig: &Path, package: &str, standards: [&str; 2], flags: &str) {
    let strict = [STRICT.join(" "), STRICTER.join(" "), flags.into()].join(" ");
    let [c, cpp] = standards;
    let mut command = Command::new("make");
    command.current_dir(folder).env("PKG_CONFIG_PATH", pkgconfig).arg("--always-make");
    command.arg(format!("PKG_CONFIG={}", tool("pkg-config").display()));
    command.arg(format!("PANELINE={package}")).arg(format!("CFLAGS=-std={c} {strict}"));
    run(command.arg(format!("CXXFLAGS=-std={cpp} {strict}")));
}

/// Protects users of pkg-config: the shared library, the archive in an ordinary program, and the
/// archive in a program without any library, in the first and the newest standards.
#[test]
fn pkg_config_finds_the_library() {
    let prefix = moved("pkg-config", "moved", "lib64");
    let (examples, libraries) = (examples(&prefix), prefix.join("lib64"));
    let pkgconfig = libraries.join("pkgconfig");
    make(&examples, &pkgconfig, "paneline", ["c99", "c++17"], "");
    check_programs(&examples, Some(&libraries));
    make(&examples, &pkgconfig, "paneline-static", ["c11", "c++20"], "");
    check_programs(&examples, None);

    let archive = run(Command::new("cc").arg("-print-file-name=libc.a"));
    assert!(
        archive.contains('/'),
        "libc.a is missing, which -static needs: \
         install it, for example: dnf install glibc-static libstdc++-static"
    );
    make(&examples, &pkgconfig, "--static paneline", ["c17", "c++20"], "-static");
    check_programs(&examples, None);
    let program = run(Command::new("readelf").arg("-l").arg(examples.join("panes-c")));
    assert!(!program.contains("INTERP"), "a static program needs no loader");

    let mut version = Command::new(tool("pkg-config"));
    version.args(["--modversion", "paneline", "paneline-static"]);
    let versions = run(version.env("PKG_CONFIG_PATH", &pkgconfig));
    assert_eq!(versions, format!("{0}\n{0}\n", defined("PLN_VERSION")));
    let private = fs::read_to_string(pkgconfig.join("paneline.pc")).unwrap();
    assert!(private.contains(&format!("\nLibs.private: {}\n", link_flags().join(" "))));
}

/// Configures a project against an installed library.
fn cmake(project: &Path, build: &Path, prefix: &Path) -> Command {
    let mut command = Command::new(tool("cmake"));
    command.arg("-S").arg(project).arg("-B").arg(build).arg("-Wno-dev");
    command.arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display()));
    command
}

/// Protects users of CMake: both targets, in a folder whose name has a blank, from any folder of
/// libraries.
#[test]
fn cmake_finds_the_library() {
    for (libdir, target, standards) in [
        ("lib", "static", [99, 17]),
        ("lib", "shared", [11, 20]),
        ("lib64", "shared", [99, 17]),
        ("lib/x86_64-linux-gnu", "static", [11, 20]),
    ] {
        let prefix = moved("cmake", "moved once", libdir);
        let (examples, build) = (examples(&prefix), prefix.with_file_name("build"));
        let flags = [STRICT.join(" "), STRICTER.join(" ")].join(" ");
        let mut command = cmake(&examples, &build, &prefix);
        // Where CMake looks by itself depends on the distribution; lib is looked at on all.
        if libdir != "lib" {
            let config = prefix.join(libdir).join("cmake/paneline");
            command.arg(format!("-Dpaneline_DIR={}", config.display()));
        }
        command.arg(format!("-DPANELINE={target}")).arg("-DCMAKE_C_EXTENSIONS=OFF");
        command.arg(format!("-DCMAKE_C_STANDARD={}", standards[0]));
        command.arg(format!("-DCMAKE_CXX_STANDARD={}", standards[1]));
        command.arg(format!("-DCMAKE_C_FLAGS={flags}")).arg(format!("-DCMAKE_CXX_FLAGS={flags}"));
        run(&mut command);
        run(Command::new(tool("cmake")).arg("--build").arg(&build));
        check_programs(&build, (target == "shared").then_some(&prefix.join(libdir)));
    }
}

/// Protects projects that name a version: they get this one when it serves them, and no other;
/// and a tree that lost a file is not found, with a reason.
#[test]
fn cmake_versions_are_checked() {
    let prefix = moved("cmake-version", "moved", "lib");
    let version = defined("PLN_VERSION");
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    let [major, minor, patch] = parts[..] else { panic!("{version}") };
    let cases = [
        (String::new(), true),
        (format!("{major}.{minor}"), true),
        (version.clone(), true),
        (format!("{version} EXACT"), true),
        (format!("{major}.{minor}.{}", patch + 1), false),
        (format!("{major}.{}", minor + 1), false),
        (format!("{}", major + 1), false),
        (format!("{}.0.0 EXACT", major + 1), false),
        // Until 1.0.0 a minor version may change what programs see.
        (format!("{major}.{}", minor.saturating_sub(1)), major > 0 || minor == 0),
    ];
    let project = folder("cmake-version/project");
    let asked = cases.iter().enumerate().map(|(at, (asked, _))| {
        format!(
            "find_package(paneline {asked} CONFIG QUIET)\n\
             message(STATUS \"{at}: ${{paneline_FOUND}}.\")\nunset(paneline_DIR CACHE)\n"
        )
    });
    let text = "cmake_minimum_required(VERSION 3.15...4.0)\nproject(p NONE)\n".to_owned()
        + &asked.collect::<String>()
        + "find_package(paneline CONFIG REQUIRED)\nfind_package(paneline CONFIG REQUIRED)\n\
           get_cmake_property(all VARIABLES)\nlist(FILTER all INCLUDE REGEX \"^_paneline\")\n\
           message(STATUS \"left: ${all}.\")\n";
    fs::write(project.join("CMakeLists.txt"), text).unwrap();
    let build = project.join("build");
    let printed = run(&mut cmake(&project, &build, &prefix));
    for (at, (asked, found)) in cases.iter().enumerate() {
        let answer = format!("-- {at}: {}.", u8::from(*found));
        assert!(printed.contains(&answer), "{asked}\n{printed}");
    }
    assert!(printed.contains("-- left: ."), "variables leak\n{printed}");

    fs::remove_file(prefix.join("lib/libpaneline.a")).unwrap();
    let printed = refused(&mut cmake(&project, &build, &prefix));
    let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(printed.contains("libpaneline.a is missing: install paneline again"), "{printed}");
}

/// Protects C programs that meet a library of another ABI: the check that the examples open with
/// says so before any other call.
#[test]
fn c_programs_refuse_another_abi() {
    let folder = folder("another-abi-c");
    let abi = format!("PLN_ABI_VERSION {}", defined("PLN_ABI_VERSION"));
    let header = read("ffi-c/include/paneline.h").replace(&abi, "PLN_ABI_VERSION 4096");
    fs::write(folder.join("paneline.h"), header).unwrap();
    for example in ["panes.c", "engine.c"] {
        let program = folder.join("program");
        let mut command = compiler("c11");
        command.arg("-I").arg(&folder).arg(root().join("ffi-c/examples").join(example));
        run(command.arg(built("libpaneline.a")).args(link_flags()).arg("-o").arg(&program));
        let text = refused(&mut Command::new(&program));
        let abi = defined("PLN_ABI_VERSION");
        assert_eq!(text, format!("libpaneline has ABI {abi}, this program needs ABI 4096\n"));
    }
}

/// Protects who downloads the archive: packing twice gives the same bytes, whoever packs; it
/// unpacks into one folder with the notes for its users, and programs build from it.
#[test]
fn the_archive_is_reproducible_and_complete() {
    let folder = folder("dist");
    let name = format!("paneline-{}-c-linux-x86_64", defined("PLN_VERSION"));
    built("libpaneline.a");
    let pack = |target: &str, umask: &str, epoch: &str| {
        let script = format!("umask {umask} && {}/ffi-c/dist.sh {target}", root().display());
        let mut command = Command::new("sh");
        command.args(["-c", &script]).current_dir(&folder).env("SOURCE_DATE_EPOCH", epoch);
        let archive = folder.join(target).join(format!("{name}.tar.gz"));
        assert_eq!(run(&mut command), format!("{}\n", archive.display()));
        fs::read(archive).unwrap()
    };
    let packed = pack("one", "022", "1750000000");
    assert!(packed == pack("two", "077", "1750000000"), "packed twice, and not the same");
    assert!(packed != pack("three", "022", "1750000001"), "the time is not in the archive");

    run(Command::new("tar").args(["-xzf"]).arg(format!("one/{name}.tar.gz")).current_dir(&folder));
    let tree = folder.join(&name);
    let notes = fs::read_to_string(tree.join("INSTALL")).unwrap();
    assert!(!notes.contains('@') && notes.contains(&format!("glibc {} or", glibc())), "{notes}");
    make(&tree.join("examples"), &tree.join("lib/pkgconfig"), "paneline", ["c11", "c++17"], "");
    check_programs(&tree.join("examples"), Some(&tree.join("lib")));
    let build = folder.join("build");
    run(&mut cmake(&tree.join("examples"), &build, &tree));
    run(Command::new(tool("cmake")).arg("--build").arg(&build));
    check_programs(&build, None);
}

/// The oldest C library that has every symbol the shared library asks for.
fn glibc() -> String {
    let symbols = run(Command::new("objdump").arg("-T").arg(built("libpaneline.so")));
    let versions = symbols.split("GLIBC_").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap();
        rest[..end].split('.').map(|part| part.parse().unwrap()).collect::<Vec<u32>>()
    });
    let newest = versions.max().unwrap();
    newest.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// The page's blocks in a language, each with the block of output after it, if that is next.
fn blocks(page: &str, language: &str) -> Vec<(String, Option<String>)> {
    let fence = format!("```{language}\n");
    let parts = page.split(&fence).skip(1).map(|part| {
        let (block, after) = part.split_once("```").unwrap();
        let output = after.strip_prefix("\n\n```text\n").and_then(|text| text.split_once("```"));
        (block.to_owned(), output.map(|(text, _)| text.to_owned()))
    });
    parts.collect()
}

/// Protects the page: its commands build the examples, its programs print what it shows, and the
/// shared library runs where it says. Built on a newer system it may ask for a newer C library.
#[test]
fn the_page_is_true() {
    let page = read("docs/C.md");
    let prefix = moved("page", "moved", "lib");
    let (examples, libraries) = (examples(&prefix), prefix.join("lib"));
    let tools = tool("pkg-config").parent().unwrap().to_owned();
    let shell = |script: &str| {
        let script = format!("PATH={}:$PATH; {script}", tools.display());
        let mut command = Command::new("sh");
        command.args(["-ec", &script]).current_dir(&examples);
        command.env("PKG_CONFIG_PATH", libraries.join("pkgconfig"));
        run(command.env("LD_LIBRARY_PATH", &libraries))
    };
    let [(commands, _)] = &blocks(&page, "sh")[..] else { panic!("one block of commands") };
    for command in commands.lines() {
        let program = command.split_whitespace().skip_while(|word| *word != "-o").nth(1).unwrap();
        let example = if program == "panes" { "panes.c" } else { "panes.cpp" };
        assert_eq!(shell(&format!("{command} && ./{program}")), promised(example), "{command}");
    }
    for (language, compiler) in [("c", "cc -std=c99"), ("cpp", "c++ -std=c++17")] {
        let [(program, Some(output))] = &blocks(&page, language)[..] else { panic!("{language}") };
        fs::write(examples.join(format!("page.{language}")), program).unwrap();
        let strict = STRICT.join(" ");
        let build = format!(
            "{compiler} {strict} page.{language} $(pkg-config --cflags --libs paneline) -o page"
        );
        assert_eq!(&shell(&format!("{build} && ./page")), output, "{language}");
    }
    let [(lines, _)] = &blocks(&page, "cmake")[..] else { panic!("one block of CMake") };
    let (project, build) = (folder("page-cmake"), prefix.with_file_name("build"));
    fs::write(project.join("CMakeLists.txt"), lines).unwrap();
    fs::copy(examples.join("panes.cpp"), project.join("panes.cpp")).unwrap();
    run(&mut cmake(&project, &build, &prefix));
    run(Command::new(tool("cmake")).arg("--build").arg(&build));
    assert_eq!(run(&mut Command::new(build.join("app"))), promised("panes.cpp"));
    assert!(page.contains(&format!("`libpaneline.a {}`", link_flags().join(" "))));

    let documented = page.split_once("needs glibc ").unwrap().1.split_once(" or later").unwrap().0;
    let numbers = |text: &str| text.split('.').map(|n| n.parse().unwrap()).collect::<Vec<u32>>();
    let (needed, promised) = (numbers(&glibc()), numbers(documented));
    assert!(needed <= promised, "the shared library needs glibc {}, not {documented}", glibc());
}
