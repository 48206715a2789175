"""Builds what both halves of the comparison share, and says where it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "target" / "bench"
CARGO = Path(os.environ.get("CARGO_TARGET_DIR", OUT / "cargo"))
RELEASE = CARGO / "release"
PEERS = ROOT / ".venv-bench" / "bin" / "python"
PAGE = ROOT / "docs" / "BENCHMARKS.md"
ONE_THREAD = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "GOMAXPROCS"), "1")


def peers() -> None:
    """The peers' environment."""
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = (ROOT / "bench" / "requirements.txt").read_text()
    mark = ROOT / ".venv-bench" / "installed"
    if not mark.exists() or mark.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", ROOT / ".venv-bench"], check=True)
        pip: list[str | Path] = [
            PEERS,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*pip, "-r", ROOT / "bench" / "requirements.txt"], check=True)
        mark.write_text(wanted)


def rust() -> None:
    """The Rust programs."""
    cargo = ["cargo", "build", "--quiet", "--locked", "--release", "--features", "peers"]
    subprocess.run([*cargo, "--target-dir", CARGO], cwd=ROOT / "bench" / "rust", check=True)


def pinned() -> int:
    """Keeps this process and those that it starts on one core; which one."""
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core
