"""Compares windows with those of the peers and writes the first half of docs/BENCHMARKS.md.

    make bench
    .venv/bin/python bench/run.py [--quick]

Every tool runs in a process of its own, one after the other, all on the same core, and reads the
same binary columns. No time is printed before the answers were judged (bench/answers.py); if a
binding of paneline answers other than the rules say, there is no report. --quick takes few rows and
writes to target/bench/BENCHMARKS.md: to try the programs, not to measure.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from array import array
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

import machine
import report
from build import ONE_THREAD, OUT, PAGE, PEERS, RELEASE, ROOT, peers, pinned, rust
from cases import CASES, FOLD_MINUTES, FOLDS, MINUTE, ROWS, TOOLS, Case, Tool

# Every tool runs this often, so that a slow minute of the machine does not meet one of them only.
ROUNDS = 2


@dataclass
class Result:
    """What a variant of a tool said of a case."""

    rows: int = 0
    passes_ns: list[int] = field(default_factory=list)
    error: str = ""
    differ: int = 0
    outside: int = 0


Results = dict[str, dict[str, Result]]


def command(tool: Tool) -> list[str | Path] | None:
    """The process of a tool; none if the machine lacks what it needs."""
    bench = ROOT / "bench"
    match tool.program:
        case "rust":
            return [RELEASE / "columns", "run", tool.name]
        case "go":
            return [OUT / "go", tool.name]
        case "java":
            return ["java", bench / "java" / "Floor.java"] if shutil.which("java") else None
        case "peers":
            return [PEERS, bench / "peers.py", tool.name]
    return [sys.executable, bench / "peers.py", tool.name]


def build() -> None:
    """The peers' environment, the Rust and Go programs, and the database for the oracle."""
    peers()
    rust()
    cargo = ["cargo", "build", "--quiet", "--locked", "--target-dir", ROOT / "target"]
    subprocess.run([*cargo, "-p", "paneline-tests", "--bin", "tzdump"], cwd=ROOT, check=True)
    shutil.rmtree(OUT / "tz", ignore_errors=True)
    subprocess.run([ROOT / "target" / "debug" / "tzdump", OUT / "tz"], check=True)
    go = ["go", "build", "-o", OUT / "go", "."]
    subprocess.run(go, cwd=ROOT / "bench" / "go", check=True)


def write_columns(rows: dict[str, int]) -> Path:
    """The columns that every tool reads."""
    folder = OUT / "columns"
    folder.mkdir(exist_ok=True)
    sizes = [f"{name}={count}" for name, count in rows.items()]
    subprocess.run([RELEASE / "columns", "write", folder, *sizes], check=True)
    for name, fold_ms in FOLDS.values():
        first_ms = fold_ms - FOLD_MINUTES // 2 * MINUTE
        minutes = array("q", (first_ms + i * MINUTE for i in range(FOLD_MINUTES)))
        (folder / f"{name}.i64").write_bytes(minutes.tobytes())
    return folder


def run_tool(tool: Tool, cases: list[Case], columns: Path, results: Results) -> None:
    """Runs one tool on the cases; judges its answers where they are its first."""
    program = command(tool)
    if program is None:
        return
    answers = OUT / "answers"
    shutil.rmtree(answers, ignore_errors=True)
    answers.mkdir()
    mine = [case for case in cases if tool.takes(case)]
    plan, tasks = [], {}
    for number, case in enumerate(mine):
        output, column = str(answers / f"{number}.i64"), tool.column(case)
        repeats = case.repeats * 2 if tool.long else case.repeats
        plan.append(case.line(column, str(columns), output, repeats) + "\n")
        spec = {"zone": case.zone, "duration_ms": case.duration_ms, "step_ms": case.step_ms}
        files = {"input": f"{columns}/{column}.i64", "output": output}
        tasks[case.title] = {**spec, **files, "kind": case.kind}
    ran = subprocess.run(
        program,
        input="".join(plan),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **ONE_THREAD},
    )
    said: dict[str, dict[str, Result]] = {}
    for line in ran.stdout.splitlines():
        title, variant, rows, rest = line.split("\t")
        if rows == "error":
            said.setdefault(title, {})[variant] = Result(error=rest)
        else:
            passes = [int(ns) for ns in rest.split(",") if ns]
            said.setdefault(title, {})[variant] = Result(int(rows), passes)
    for title, found in said.items():
        for variant in found.keys() & results.get(title, {}).keys():
            results[title][variant].passes_ns += found.pop(variant).passes_ns
    answered = [title for title, found in said.items() if any(r.rows for r in found.values())]
    for title, verdict in zip(answered, judge([tasks[t] for t in answered]), strict=True):
        for variant, result in said[title].items():
            if not result.error and not variant.startswith("memcpy"):
                result.differ, result.outside = verdict["differ"], verdict["outside"]
            if tool.own and (result.differ or result.outside):
                sys.exit(f"{title}: {variant} is wrong for {verdict}; nothing was measured")
    for title, found in said.items():
        results.setdefault(title, {}).update(found)
    print(f"{tool.name} ({tool.program}): {len(said)} cases, {len(answered)} judged", flush=True)


def judge(tasks: list[dict]) -> list[dict]:
    """What bench/answers.py says of each task."""
    ran = subprocess.run(
        [PEERS, ROOT / "bench" / "answers.py", OUT / "tz"],
        input="".join(json.dumps(task) + "\n" for task in tasks),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


def zones() -> list[report.Zone]:
    """What the program `zones` says of every zone."""
    ran = subprocess.run([RELEASE / "zones"], stdout=subprocess.PIPE, text=True, check=True)
    lines = (line.split("\t") for line in ran.stdout.splitlines())
    return [report.Zone(name, *map(int, numbers)) for name, *numbers in lines]


def package() -> report.Package:
    """The wheel's size, and the CPU time of importing what it holds."""

    def children_ms() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return 1_000 * (used.ru_utime + used.ru_stime)

    def start_ms(program: str) -> float:
        before = children_ms()
        subprocess.run([sys.executable, "-c", program], check=True)
        return children_ms() - before

    took = [start_ms("import paneline") - start_ms("pass") for _ in range(21)]
    (wheel,) = (ROOT / "target" / "wheels").glob("*.whl")
    return report.Package(median(took), wheel.stat().st_size / 1e6)


def main() -> int:
    """Builds, measures, judges, reports."""
    quick = sys.argv[1:] == ["--quick"]
    build()
    shorter = {"small": 32_768 if not quick else 2_048}
    rows = {n: shorter.get(n, count // (100 if quick else 1)) for n, count in ROWS.items()}
    columns = write_columns(rows)
    cases = [replace(case, repeats=min(case.repeats, 1 if quick else 99)) for case in CASES]

    core = pinned()
    before = os.getloadavg()[0]
    results: Results = {}
    for _ in range(ROUNDS):
        for tool in TOOLS:
            run_tool(tool, cases, columns, results)
        # What has no times was said.
        cases = [case for case in cases if case.repeats]
    compiled = zones()
    about = machine.about(ROOT, PEERS, core, (before, os.getloadavg()[0]))

    target = OUT / "BENCHMARKS.md" if quick else PAGE
    report.replace(target, windows=report.write(about, rows, results, compiled, package()))
    print(f"written: {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
