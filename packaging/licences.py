"""Writes the licence texts of what is linked into the products: THIRD-PARTY-LICENSES.

    licences.py OUT CRATE...

Licences such as MIT ask that their text goes with every copy. The texts are those that each crate
ships; of a crate that ships none it says so, with its authors and where it comes from.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sbom import TARGET, cargo, linked


def texts(folder: Path) -> list[Path]:
    """The licence files of a crate."""
    names = ("license", "licence", "copying", "unlicense", "notice")
    return sorted(path for path in folder.iterdir() if path.name.lower().startswith(names))


def main() -> None:
    """Collects and writes."""
    out, *crates = sys.argv[1:]
    wanted = set().union(*(linked(crate) for crate in crates))
    metadata = json.loads(
        cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET)
    )
    packages = {(p["name"], p["version"]): p for p in metadata["packages"]}
    parts = []
    for name, version in sorted(wanted):
        package = packages[name, version]
        if not package["source"]:
            continue
        found = texts(Path(package["manifest_path"]).parent)
        parts.append(f"{name} {version}, {package['license']}\n{'=' * 72}\n")
        parts += [f"{path.read_text(errors='replace').strip()}\n" for path in found]
        if not found:
            authors = ", ".join(package["authors"]) or "its authors"
            parts.append(f"It ships no text. By {authors}; {package['repository']}\n")
    Path(out).write_text("\n".join(parts))
    print(f"{out}: {len(wanted)} crates", file=sys.stderr)


if __name__ == "__main__":
    main()
