"""Compares the engine with its peers and writes the second half of docs/BENCHMARKS.md.

    make bench-engine
    .venv/bin/python bench/engine.py [--quick] [--flink] [--gib N]

Every tool runs every case in a process of its own, one after the other, all on the same core, and
reads the same binary columns (bench/engine_data.py). What it answers is compared with what
bench/engine_answers.py computed without any engine; where paneline answers otherwise there is no
report, where a peer does its time is not printed. --quick takes a tenth of the rows and writes to
target/bench/ENGINE.md: to try the programs, not to measure. --flink adds Flink, which
bench/flink/run.sh fetches (330 MB); --gib says how much sparse state there is when the kernel's
mappings are counted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from math import isclose
from pathlib import Path
from typing import Any

import engine_report as report
import machine
from build import ONE_THREAD, OUT, PAGE, PEERS, RELEASE, ROOT, peers, pinned, rust
from engine_cases import (
    CASES,
    DENSE,
    ESTIMATED,
    FLINK,
    MONTH,
    NAIVE,
    OWN,
    OWN_PYTHON,
    REFERENCE,
    ROWS,
    SLIDING,
    SMALL,
    THIN,
    TUMBLING,
    Case,
    estimated,
    mapped,
)
from report import replace as replace_half

ROUNDS = 2
# What inexact sums may differ by, of the whole.
NEAR = 1e-9
FLINK_RUN = ROOT / "bench" / "flink" / "run.sh"
# The reference set's own answer, published with it.
PUBLISHED = (38_272_303, 300_000_000, 149_953_091_580)
Lines = dict[str, str]
# Of a case: rows, count, late, and its columns by name.
Answer = dict[str, Any]


@dataclass
class Result:
    """What a tool said of a case: its times in several rounds, everything else in the first."""

    lines: Lines
    passes_ns: dict[str, list[int]] = field(default_factory=dict)
    # Why there is no time: what it raised, or what it answered.
    fault: str = ""

    @property
    def events(self) -> int:
        """Rows of the input."""
        return int(self.lines["events"])

    @property
    def rows(self) -> int:
        """Results."""
        return int(self.lines["rows"])

    def add(self, lines: Lines) -> None:
        """Takes the times of a process."""
        for name in ("passes", "ingest", "fire", "copied", "added"):
            if name in lines:
                times = [int(ns) for ns in lines[name].split(",")]
                self.passes_ns.setdefault(name, []).extend(times)


Results = dict[str, dict[str, Result]]


def has_python_engine() -> bool:
    """Whether the wheel in .venv has the engine."""
    asked = [sys.executable, "-c", "import paneline; paneline.Engine"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def command(tool: str, case: Case, folder: Path) -> list[str | Path]:
    """The process of a tool."""
    arguments = [*case.arguments(folder), f"spec={case.spec()}"]
    if tool == OWN:
        return [RELEASE / "engine", "split" if case.split else "run", *arguments]
    if tool == NAIVE:
        return [RELEASE / "engine", "naive", *arguments]
    if tool == FLINK:
        return [FLINK_RUN, *arguments]
    python = Path(sys.executable) if tool == OWN_PYTHON else PEERS
    return [python, ROOT / "bench" / "engine_peers.py", tool, *arguments]


def asked(program: list[str | Path]) -> Lines:
    """What a process says."""
    ran = subprocess.run(
        program,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **ONE_THREAD},
    )
    return dict(line.split("\t", 1) for line in ran.stdout.splitlines())


def fault(lines: Lines, expected: Answer, exact: bool) -> str:
    """How an answer differs from the expected one; empty where it does not."""
    if "error" in lines:
        return f"raises {lines['error'][:110]}"
    for name in ("rows", "count", "late"):
        if name in lines and int(lines[name]) != expected[name]:
            return f"{name} {int(lines[name]):,}, expected {expected[name]:,}"
    wanted = list(expected["columns"].items())
    if exact:
        for (name, sums), got in zip(wanted, lines["digests"].split(","), strict=True):
            # Sums of integers and of bits are both compared modulo 2^64.
            if int(got) % (1 << 64) != sums.get("bits", sums.get("sum")) % (1 << 64):
                return f"{name}: {got}, expected {sums}"
        return ""
    for (name, sums), got in zip(wanted, lines["sums"].split(","), strict=True):
        if "about" in sums:
            near = isclose(float(got), sums["about"], rel_tol=NEAR)
        else:
            near = int(got) == sums["sum"]
        if not near:
            return f"{name}: {got}, expected {sums}"
    return ""


def run_tool(tool: str, case: Case, folder: Path, expected: Answer, results: Results) -> None:
    """Runs a tool on a case, judges its answer, keeps its times."""
    known = results.setdefault(case.title, {})
    if tool in known and known[tool].fault:
        return
    lines = asked(command(tool, case, folder))
    own = tool in (OWN, OWN_PYTHON)
    wrong = fault(lines, expected, own)
    if wrong and own:
        sys.exit(f"{case.title}: {tool} is wrong: {wrong}; nothing was measured")
    result = known.setdefault(tool, Result(lines, fault=wrong))
    result.fault = wrong
    if not wrong:
        result.add(lines)
    print(f"{case.title}: {tool}{': ' + wrong if wrong else ''}", flush=True)


def run_cases(cases: list[Case], folder: Path, answers: dict[str, Answer], flink: bool) -> Results:
    """Everything that is timed, in rounds minutes apart."""
    results: Results = {}
    tools = (OWN, OWN_PYTHON) if has_python_engine() else (OWN,)
    floor: list[str | Path] = [
        RELEASE / "engine",
        "baseline",
        *Case(SLIDING, REFERENCE).arguments(folder),
    ]
    for _ in range(ROUNDS):
        lines = asked(floor)
        results.setdefault(report.FLOOR, {}).setdefault(OWN, Result(lines)).add(lines)
        for case in cases:
            own = (OWN,) if case.split else tools
            for tool in (*own, *(peer for peer in case.peers if peer != FLINK or flink)):
                run_tool(tool, case, folder, answers[case.title], results)
    return results


def run_held(gib: int) -> dict[str, Lines]:
    """Everything that is looked at and not timed."""
    found = {}
    for held in (SMALL, MONTH, DENSE, THIN, mapped(gib)):
        found[held.title] = asked([RELEASE / "engine", "held", *held.arguments()])
        print(f"{held.title}: looked at", flush=True)
    for name, function, value_type in ESTIMATED:
        for windows in (TUMBLING, SLIDING):
            text = estimated(function, value_type, windows)
            title = report.estimate_title(name, value_type, windows)
            found[title] = asked([RELEASE / "engine", "estimate", f"spec={text}", "keys=100000"])
    return found


def data(rows: int) -> tuple[Path, dict[str, Answer]]:
    """The columns, and the answers to expect."""
    folder = OUT / f"events-{rows}"
    bench, answers = ROOT / "bench", folder / "answers.json"
    subprocess.run([PEERS, bench / "engine_data.py", folder, str(rows)], check=True)
    subprocess.run([PEERS, bench / "engine_answers.py", folder, answers], check=True)
    found = json.loads(answers.read_text())["answers"]
    if rows == ROWS:
        known = found[Case(SLIDING, REFERENCE).title]
        got = (known["rows"], known["count"], known["columns"]["sum"]["sum"])
        if got != PUBLISHED:
            sys.exit(f"the reference set's answer is {PUBLISHED}, computed were {got}")
    return folder, found


def main() -> int:
    """Builds, measures, judges, reports."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rows, to try the programs")
    parser.add_argument("--flink", action="store_true", help="Flink as well, on the cut")
    parser.add_argument("--gib", type=int, default=2, help="sparse state to count mappings at")
    options = parser.parse_args()
    peers()
    rust()
    rows = ROWS // 10 if options.quick else ROWS
    folder, answers = data(rows)
    cases = [replace(case, passes=1) if options.quick else case for case in CASES]

    core = pinned()
    before = os.getloadavg()[0]
    results = run_cases(cases, folder, answers, options.flink)
    held = run_held(options.gib)
    about = machine.about(ROOT, PEERS, core, (before, os.getloadavg()[0]))
    page = OUT / "ENGINE.md" if options.quick else PAGE
    replace_half(page, engine=report.write(about, rows, results, held, options.gib))
    print(f"written: {page.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
