"""Writes the Go package, with its archive, and its protobuf types as modules for `go get`.

    go_module.py VERSION OUT

OUT becomes a file-system module proxy: `GOPROXY=file://OUT`. The package's zip holds the files that
git tracks in go-bindings, without the modules nested in it, the archive, which git does not track,
and the licences; that of panelinepb its own files and the licences. The same content gives the same
bytes: files are sorted and carry no time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

MODULE = "github.com/paneline/paneline/go-bindings"
# The earliest time that a zip can say.
EPOCH = (1980, 1, 1, 0, 0, 0)
ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "go-bindings"


def tracked(folder: Path) -> dict[str, Path]:
    """Each file of a module that git tracks by its name in it; nested modules are not in it."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    names = [Path(name) for name in listed.stdout.split("\0") if name]
    nested = {name.parent for name in names if name.name == "go.mod"} - {Path()}
    found = {name.as_posix(): folder / name for name in names if not nested & {name, *name.parents}}
    return found | {name: ROOT / name for name in ("LICENSE-APACHE", "LICENSE-MIT")}


def package() -> dict[str, Path]:
    """The package's files, with what is linked in and its licences."""
    archives = sorted(FOLDER.glob("lib/*/libpaneline.a"))
    if not archives:
        raise SystemExit("there is no archive in go-bindings/lib: run go-bindings/build.sh")
    built = {path.relative_to(FOLDER).as_posix(): path for path in archives}
    built["THIRD-PARTY-LICENSES"] = ROOT / "python" / "THIRD-PARTY-LICENSES"
    return tracked(FOLDER) | built


def write(module: str, version: str, files: dict[str, Path], out: Path) -> None:
    """Adds a module to the proxy."""
    folder = out / module / "@v"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / f"{version}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{module}@{version}/{name}", EPOCH)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    (folder / f"{version}.mod").write_bytes(files["go.mod"].read_bytes())
    made = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    info = {"Version": version, "Time": made.strftime("%Y-%m-%dT%H:%M:%SZ")}
    (folder / f"{version}.info").write_text(json.dumps(info) + "\n")
    (folder / "list").write_text(version + "\n")


if __name__ == "__main__":
    version, out = sys.argv[1:]
    write(MODULE, version, package(), Path(out))
    write(f"{MODULE}/panelinepb", version, tracked(FOLDER / "panelinepb"), Path(out))
