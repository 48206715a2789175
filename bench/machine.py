"""Says where numbers come from: the processor and the versions of everything that was measured."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

PYTHON_PEERS = ("polars", "pandas", "pyarrow", "duckdb", "numpy")
RUST_PEERS = ("jiff", "chrono-tz")


def said(*command: str | Path) -> str:
    """The first line that a program writes."""
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return (ran.stdout or ran.stderr).splitlines()[0]


def about(root: Path, peers: Path, core: int, load: tuple[float, float]) -> list[tuple[str, str]]:
    """The rows of the report's first table."""
    facts = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        facts.setdefault(key.strip(), value.strip())
    simd = [name for name in ("avx2", "avx512f") if name in facts.get("flags", "").split()]
    caches = [
        f"L{(index / 'level').read_text().strip()} {(index / 'size').read_text().strip()}"
        for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*"))
        if (index / "type").read_text().strip() != "Instruction"
    ]
    versions = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]), sep=', ')"
    found = said(peers, "-c", versions, *PYTHON_PEERS).split(", ")
    lock = (root / "bench" / "rust" / "Cargo.lock").read_text()
    for name in RUST_PEERS:
        found.append(re.search(rf'name = "{name}"\nversion = "(.*)"', lock)[1])
    named = zip((*PYTHON_PEERS, *RUST_PEERS), found, strict=True)
    version = re.search(r'^version = "(.*)"', (root / "Cargo.toml").read_text(), re.M)[1]
    java = said("java", "--version") if shutil.which("java") else "not present"
    return [
        ("date", datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")),
        (
            "processor",
            f"{facts.get('model name')}, family {facts.get('cpu family')}, model "
            f"{facts.get('model')}, {os.cpu_count()} cores, {', '.join(caches)}; {', '.join(simd)}",
        ),
        ("used", f"core {core}; load before and after: {load[0]:.2f}, {load[1]:.2f}"),
        ("paneline", version),
        ("compiler", said("rustc", "--version")),
        ("peers", ", ".join(f"{name} {number}" for name, number in named)),
        ("Go", said("go", "version")),
        ("Java", java),
        ("Python", said(peers, "--version")),
    ]
