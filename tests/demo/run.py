"""The demo: one night in New York, checked, then windowed by five languages with one digest.

    python3 tests/demo/run.py [FILE.csv]

Without a file it takes $PANELINE_DATA, and without that a sample that `paneline sample` generates.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "target" / "demo"
# What the 10,320 rows of one file give: New York's half-hourly taxi counts of 2014-07-01 to
# 2015-01-31, known by the SHA-256 of their bytes.
TAXI = "d8fa6f7f0734bf5c8be12c52a94e20a82664c397d9dec4449156bd453d32856d"
TAXI_RESULT = (10_320, 123_840, "1bbf109c4e4e1a200326d756399cfe5e57e107464f694106e7bee46921620a67")
PANELINE = ROOT / "target" / "release" / "paneline"
LANGUAGES: dict[str, list[str | Path]] = {
    "rust": [ROOT / "target" / "release" / "demo-rust"],
    "c": [OUT / "c"],
    "cpp": [OUT / "cpp"],
    "go": [OUT / "go"],
    "python": [sys.executable, ROOT / "tests" / "demo" / "demo.py"],
}


def find_data() -> tuple[Path, str]:
    """The input and where it comes from."""
    if len(sys.argv) > 1:
        return Path(sys.argv[1]), "given"
    if named := os.environ.get("PANELINE_DATA"):
        return Path(named), "from PANELINE_DATA"
    sample = OUT / "sample.csv"
    sample.write_bytes(subprocess.run([PANELINE, "sample"], stdout=-1, check=True).stdout)
    return sample, "a generated sample; PANELINE_DATA is not set"


def main() -> int:
    """Prints the check of the data and a line for each language; 1 if two results differ."""
    OUT.mkdir(parents=True, exist_ok=True)
    data, origin = find_data()
    if not data.is_file():
        print(f"{data}: no such file", file=sys.stderr)
        return 2
    print(f"data: {data.name} ({origin})\n", flush=True)

    columns = ["--time", "timestamp", "--value", "value", "--timezone", "America/New_York"]
    checked = subprocess.run([PANELINE, "check", data, *columns], check=False)
    if checked.returncode > 1:  # 1 says that it found something
        return checked.returncode

    print("\n6 h windows every 30 min on New York's wall clock, every row, in every language:\n")
    print(f"{'':8}{'rows':>8}{'windows':>10}{'events/s':>14}  SHA-256 of the columns")
    results = set()
    for language, command in LANGUAGES.items():
        result = OUT / f"{language}.i64"
        run = subprocess.run([*command, data, result], stdout=-1, check=True, text=True)
        said = dict(part.split("=") for part in run.stdout.split()[1:])
        digest = hashlib.sha256(result.read_bytes()).hexdigest()
        rows, windows, speed = (int(said[key]) for key in ("rows", "windows", "events_per_s"))
        results.add((rows, windows, digest))
        print(f"{language:8}{rows:8,}{windows:10,}{speed:14,}  {digest}", flush=True)
    if len(results) != 1:
        print("\nthe results differ: a binding is broken", file=sys.stderr)
        return 1
    if hashlib.sha256(data.read_bytes()).hexdigest() == TAXI and results != {TAXI_RESULT}:
        print("\nthe taxi file gave other windows before: the core is broken", file=sys.stderr)
        return 1
    print("\none digest in five languages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
