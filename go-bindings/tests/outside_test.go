package tests

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	module  = "github.com/paneline/paneline/go-bindings"
	archive = "lib/linux_amd64/libpaneline.a"
)

// What a user's program does first. It prints the New York day of 2024-11-03, 25 hours long.
const program = `package main

import (
	"fmt"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

func main() {
	days, err := paneline.New(paneline.SlidingWindowSpec{
		Duration: 24 * time.Hour,
		Timezone: "America/New_York",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer days.Close()
	fmt.Println(days.Pane(time.UnixMilli(1_730_615_400_000)))
}
`

const printed = "[2024-11-03T04:00:00Z, 2024-11-04T05:00:00Z) <nil>\n"

// The environment in which nothing is fetched and nothing outside the module decides.
var offline = []string{
	"GOPROXY=off", "GOSUMDB=off", "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local", "CGO_ENABLED=1",
}

// checkout is the package's own folder.
func checkout(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// user makes a module with one program, and what its go.mod says beside its name.
func user(t *testing.T, source, mod string) string {
	t.Helper()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "main.go"), source)
	write(t, filepath.Join(folder, "go.mod"), "module example.com/service\n\ngo 1.24\n\n"+mod)
	return folder
}

// replaced requires the package from a folder.
func replaced(folder string) string {
	return fmt.Sprintf("require %s v0.0.0\n\nreplace %s => %s\n", module, module, folder)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	bytes, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes)
}

// run runs a command, offline, and returns all that it printed.
func run(folder string, environment []string, command ...string) (string, error) {
	made := exec.Command(command[0], command[1:]...)
	made.Dir = folder
	made.Env = append(append(os.Environ(), offline...), environment...)
	output, err := made.CombinedOutput()
	return string(output), err
}

// must runs a command that has to succeed.
func must(t *testing.T, folder string, environment []string, command ...string) string {
	t.Helper()
	output, err := run(folder, environment, command...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, output)
	}
	return output
}

// files are the files of the module as `go mod download` unpacks it: those of its folder without
// nested modules. A module's zip has no links, and so may the folder have none.
func files(t *testing.T) []string {
	t.Helper()
	root := checkout(t)
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if name != "." && err == nil {
				return filepath.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s is no regular file", name)
		}
		found = append(found, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// copied is a copy of the module without some of its files.
func copied(t *testing.T, without ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range files(t) {
		if !slices.Contains(without, name) {
			write(t, filepath.Join(folder, name), read(t, filepath.Join(checkout(t), name)))
		}
	}
	return folder
}

// A module that replaces the package by a checkout needs nothing else: the package has no `require`.
func TestReplace(t *testing.T) {
	folder := user(t, program, replaced(checkout(t)))
	mod := []string{"GOFLAGS=-mod=mod"}
	if got := must(t, folder, mod, "go", "run", "."); got != printed {
		t.Errorf("want %q, got %q", printed, got)
	}
	graph := must(t, folder, nil, "go", "mod", "graph")
	for _, line := range strings.Split(strings.TrimSpace(graph), "\n") {
		to := strings.Fields(line)[1]
		if to != module+"@v0.0.0" && !strings.HasPrefix(to, "go@") && !strings.HasPrefix(to, "toolchain@") {
			t.Errorf("the package requires %s", to)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "go.sum")); err == nil {
		t.Error("the package brings a go.sum")
	}
}

// Vendoring takes the header and the archive along, and the program is built of what it took.
func TestVendored(t *testing.T) {
	source := copied(t)
	folder := user(t, program, replaced(source))
	must(t, folder, nil, "go", "mod", "vendor")
	if err := os.RemoveAll(source); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{archive, "paneline.h"} {
		if _, err := os.Stat(filepath.Join(folder, "vendor", module, name)); err != nil {
			t.Error(err)
		}
	}
	if got := must(t, folder, nil, "go", "run", "-mod=vendor", "."); got != printed {
		t.Errorf("want %q, got %q", printed, got)
	}
}

// The folder, archive included, is a module that `go mod download` takes from any proxy.
func TestModuleZip(t *testing.T) {
	proxy, cache := t.TempDir(), t.TempDir()
	versions := filepath.Join(proxy, module, "@v")
	const version = "v0.1.0"
	mod := read(t, filepath.Join(checkout(t), "go.mod"))
	write(t, filepath.Join(versions, version+".mod"), mod)
	write(t, filepath.Join(versions, version+".info"), `{"Version": "`+version+`"}`)
	made, err := os.Create(filepath.Join(versions, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	writer := zip.NewWriter(made)
	for _, name := range files(t) {
		entry, err := writer.Create(module + "@" + version + "/" + filepath.ToSlash(name))
		if err == nil {
			_, err = entry.Write([]byte(read(t, filepath.Join(checkout(t), name))))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	folder := user(t, program, "require "+module+" "+version+"\n")
	environment := []string{
		"GOPROXY=file://" + proxy, "GOFLAGS=-mod=mod -modcacherw", "GOMODCACHE=" + cache,
	}
	must(t, folder, environment, "go", "mod", "download")
	if got := must(t, folder, environment, "go", "run", "."); got != printed {
		t.Errorf("want %q, got %q", printed, got)
	}
}

// What is missing is said in a line that a user can act on, and not by the linker.
func TestWhatIsMissingIsSaid(t *testing.T) {
	// A C library that is not glibc: its headers do not define __GLIBC__.
	musl := t.TempDir()
	write(t, filepath.Join(musl, "features.h"), "#include_next <features.h>\n#undef __GLIBC__\n")
	for name, c := range map[string]struct {
		source      string
		environment []string
		want        string
	}{
		"archive": {
			copied(t, archive), nil, "no " + archive + ": run ffi-c/build.sh, then go-bindings/build.sh",
		},
		"glibc": {
			checkout(t), []string{"CGO_CFLAGS=-isystem " + musl}, "libpaneline.a needs glibc",
		},
		"cgo": {
			checkout(t), []string{"CGO_ENABLED=0"}, "paneline_needs_cgo__install_a_C_compiler_and_set_CGO_ENABLED_1",
		},
		"a platform": {
			checkout(t), []string{"CGO_ENABLED=0", "GOARCH=arm64"},
			"paneline_has_no_archive_for_this_platform__linux_amd64_has_one",
		},
	} {
		output, err := run(user(t, program, replaced(c.source)), c.environment, "go", "build", ".")
		if lines := strings.Count(output, "\n"); err == nil || !strings.Contains(output, c.want) || lines > 4 {
			t.Errorf("%s: %v\n%s", name, err, output)
		}
	}
}

// An archive of another release is called for its versions and for nothing else.
func TestArchiveOfAnotherRelease(t *testing.T) {
	header := read(t, filepath.Join(checkout(t), "paneline.h"))
	header = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(header, "")
	source := "#include <stdlib.h>\n" + regexp.MustCompile(`#define PLN_ABI_VERSION \d+\n`).FindString(header) + `
unsigned pln_abi_version(void) { return PLN_ABI_VERSION; }
const char *pln_version(void) { return "0.0.9"; }
const char *pln_tzdb_version(void) { return ""; }
`
	for _, call := range regexp.MustCompile(`\bpln_\w+\(`).FindAllString(header, -1) {
		if !strings.Contains(source, call) {
			source += "void " + call + "void) { abort(); }\n"
		}
	}
	folder := copied(t, archive)
	work := t.TempDir()
	write(t, filepath.Join(work, "old.c"), source)
	must(t, work, nil, "gcc", "-c", "old.c")
	must(t, work, nil, "ar", "rcsD", filepath.Join(folder, archive), "old.o")
	got := must(t, user(t, program, replaced(folder)), nil, "go", "run", ".")
	if !strings.HasPrefix(got, "VERSION_MISMATCH at version: version must be ") ||
		!strings.Contains(got, "the linked libpaneline.a has 0.0.9: run ffi-c/build.sh and go-bindings/build.sh") {
		t.Error(got)
	}
}

// Go's caches look into the archive: a program is linked again when it changed, and not otherwise.
// Nothing of its embedded copy is in the program.
func TestArchiveIsAnInput(t *testing.T) {
	folder := copied(t)
	service := user(t, program, replaced(folder))
	must(t, service, nil, "go", "build", "-o", "service", ".")
	if strings.Contains(read(t, filepath.Join(service, "service")), "!<arch>") {
		t.Error("the program carries the archive")
	}
	stale := func() string {
		return must(t, service, nil, "go", "list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", ".")
	}
	if got := stale(); strings.Contains(got, module) {
		t.Errorf("nothing changed, and these would be built again: %s", got)
	}
	work := t.TempDir()
	write(t, filepath.Join(work, "more.c"), "int paneline_more;\n")
	must(t, work, nil, "gcc", "-c", "more.c")
	must(t, work, nil, "ar", "rcsD", filepath.Join(folder, archive), "more.o")
	if got := stale(); !strings.Contains(got, module) {
		t.Error("the archive changed, and the program would not be linked again")
	}
}
