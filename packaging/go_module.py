"""Writes the Go package, with its archive, as a module that `go get` can take from a folder.

    go_module.py VERSION OUT

OUT becomes a file-system module proxy: `GOPROXY=file://OUT`. The module's zip holds the files that
git tracks in go-bindings, without the modules nested in it, the archive, which git does not track,
and the licences. The same content gives the same bytes: files are sorted and carry no time.
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


def files() -> dict[str, Path]:
    """Each file of the module by its name in it."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=FOLDER, check=True, stdout=subprocess.PIPE, text=True)
    names = [Path(name) for name in listed.stdout.split("\0") if name]
    nested = {name.parent for name in names if name.name == "go.mod"} - {Path()}
    found = {name.as_posix(): FOLDER / name for name in names if not nested & {name, *name.parents}}
    archives = sorted(FOLDER.glob("lib/*/libpaneline.a"))
    if not archives:
        raise SystemExit("there is no archive in go-bindings/lib: run go-bindings/build.sh")
    found |= {path.relative_to(FOLDER).as_posix(): path for path in archives}
    found["THIRD-PARTY-LICENSES"] = ROOT / "python" / "THIRD-PARTY-LICENSES"
    return found | {name: ROOT / name for name in ("LICENSE-APACHE", "LICENSE-MIT")}


def write(version: str, out: Path) -> None:
    """Makes the module proxy."""
    folder = out / MODULE / "@v"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / f"{version}.zip", "w", zipfile.ZIP_DEFLATED) as module:
        for name, path in sorted(files().items()):
            entry = zipfile.ZipInfo(f"{MODULE}@{version}/{name}", EPOCH)
            entry.external_attr = 0o644 << 16
            module.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    (folder / f"{version}.mod").write_bytes((FOLDER / "go.mod").read_bytes())
    made = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    info = {"Version": version, "Time": made.strftime("%Y-%m-%dT%H:%M:%SZ")}
    (folder / f"{version}.info").write_text(json.dumps(info) + "\n")
    (folder / "list").write_text(version + "\n")


if __name__ == "__main__":
    version, out = sys.argv[1:]
    write(version, Path(out))
