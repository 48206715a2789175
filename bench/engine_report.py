"""Writes the engine's half of the report: targets first, then times, then memory.

A ratio compares medians. What a tool answered wrongly has no time.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import TYPE_CHECKING

from engine_cases import (
    ALONE,
    BATCHES,
    CASES,
    COMPARED,
    DENSE,
    DUCKDB_SLIDING,
    DUCKDB_TUMBLING,
    ESTIMATED,
    EXACT,
    F64,
    FLINK,
    LEAST_AND_GREATEST,
    MONTH,
    NAIVE,
    ON_CUT,
    OWN,
    POLARS_SLIDING,
    POLARS_TUMBLING,
    PRINCIPAL,
    PRINCIPAL_TUMBLING,
    SLIDING,
    SMALL,
    SPARSE_TUMBLING,
    SPLIT,
    THIN,
    TUMBLING,
    Case,
    Held,
    Windows,
    mapped,
)
from report import ratio, table

if TYPE_CHECKING:
    from engine import Lines, Result, Results

FLOOR = "what the machine can do"
PURPOSES = ("keys", "cells", "tables", "output", "late", "scratch")
STATE = PURPOSES[:3]
MIB = 1 << 20
METHOD = """\
# The engine

`make bench-engine` writes this half (`make bench` both); nobody edits it. Every tool runs every
case in a process of its own, on one core and with one thread, and reads the same binary columns:
fixed seeds, one hour of events in their order of arrival, up to 5 s out of order. Times are CPU
times of the process, kernel included, from the input columns in memory to all results, in ns a row
of the input: median and minimum of the passes of two rounds through all tools. A first pass is not
counted, unless it takes two seconds or more.

A pass of paneline opens an engine, pushes batches of 65,536 rows in the order of arrival, drains
after each into one reused batch and sums what it drained, finishes, and is dropped; new memory is
paid anew in each pass. A peer has all rows before it begins, in a table of its own whose making is
not counted, and may sort them (counted); Polars and pandas keep their results, DuckDB sums them
where it makes them. The variants of a peer are what one would write with it, among them faster
ones than its documentation shows. `÷ adds` compares with adding each value to a cell at random in a
table of {table_mib:.0f} MiB, which is the least that must happen to a row, in the same run:
{added:.2f} ns; copying the three columns takes {copied:.2f} ns.

Before any time is printed, the results are compared with those of
[engine_answers.py](../bench/engine_answers.py), which computes them by arithmetic on whole columns,
without any engine: how many there are, the sum of their counts, and the sum of each column; of
floats paneline must have each bit, peers the sum to 1e-9. For the reference set that is
{rows:,} results, {count:,} and {total:,}. `resident` is how far resident memory grew
above the columns.
"""
BESIDE = """\
ns a row; {rows:,} rows where the title says nothing else. The cut has a fifth of the rows and of
the keys, so that pandas and Flink finish; all tools take the same cut there. The {naive} is written
by hand for its one case: dense arrays by key, a running total, no lateness, no bound on memory,
keys never forgotten, and sums that keep the residue of what has left. No other tool sums floats
exactly.
"""
SPLIT_METHOD = """\
The watermark is moved by hand every {rows:,} rows, so that pushing fires nothing. Firing includes
making the results and draining them.
"""
NO_FLINK = "Flink was not run here: `.venv/bin/python bench/engine.py --flink`.\n"
WITH_FLINK = """\
Flink's time is of its whole process, compiler and collector included. A pipeline of the same rows
and keys without windows, run before in the same process, took {empty:,.0f} ns a row, with its
start-up.
"""
LEDGER = """\
Each run of the cases above: the ledger when it holds most, after a batch was pushed and before it
was drained, and when everything was drained; what the kernel counts; and the kernel's mappings of
the process, of which some 30 are the program's own. Resident memory includes the batch that results
are drained into.
"""
ESTIMATES = """\
What `estimate` says of one aggregate, the number of rows included: bytes of a cell (a key in a
slice) and of a key beside its cells.
"""
MAPPINGS = """
The kernel's mappings are counted at {gib} GiB (`--gib` says how many): {before} before, {full} when
full, {half} after half of the windows were closed. Then the ledger holds {held} of {most} MiB and
{resident} are resident; at the end the ledger holds {end} MiB.
"""


def ns(result: Result, of: str = "passes") -> float:
    """The median, in ns a row."""
    return median(result.passes_ns[of]) / result.events


def least_ns(result: Result, of: str = "passes") -> float:
    """The minimum, in ns a row."""
    return min(result.passes_ns[of]) / result.events


def mib(bytes_: float) -> str:
    """Bytes as MiB."""
    return f"{bytes_ / MIB:,.1f}"


def ledger(lines: Lines, when: str, purposes: Iterable[str] = PURPOSES) -> int:
    """Bytes that the engine says it holds."""
    return sum(int(lines[f"{when} {purpose} bytes"]) for purpose in purposes)


def compared_table(found: dict[str, Result], floor_ns: float) -> str:
    """One case, a row a tool, the fastest first."""
    own = ns(found[OWN])
    timed = {name: result for name, result in found.items() if not result.fault}
    rows = []
    for name, result in sorted(timed.items(), key=lambda item: ns(item[1])):
        resident = result.lines.get("resident")
        rows.append(
            [
                f"**{name}**" if name.startswith("paneline") else name,
                f"{ns(result):,.1f}",
                f"{least_ns(result):,.1f}",
                ratio(ns(result), own),
                ratio(ns(result), floor_ns),
                f"{int(resident) / MIB:,.0f}" if resident else "",
                str(len(result.passes_ns["passes"])),
            ]
        )
    faults = [f"\n{name}: {one.fault}\n" for name, one in found.items() if one.fault]
    head = ["", "median", "min", "÷ paneline", "÷ adds", "resident, MiB", "passes"]
    return table(head, rows) + "".join(faults)


def alone_table(results: Results, floor_ns: float) -> str:
    """Cases that no peer takes part in."""
    rows = []
    for case in ALONE:
        result = results[case.title][OWN]
        cost = ns(result)
        a_result = cost * result.events / result.rows
        rows.append(
            [
                case.title,
                f"{cost:,.1f}",
                f"{least_ns(result):,.1f}",
                ratio(cost, floor_ns),
                f"{result.rows:,}",
                f"{a_result:.1f}",
                f"{int(result.lines['late']):,}",
            ]
        )
    head = ["", "median", "min", "÷ adds", "results", "ns a result", "late rows"]
    return table(head, rows)


def split_table(results: Results) -> str:
    """Ingest and firing, apart."""
    rows = []
    for case in SPLIT:
        result = results[case.title][OWN]
        ingest, fire = ns(result, "ingest"), ns(result, "fire")
        rows.append(
            [
                case.title.removesuffix(", split"),
                f"{ingest:.1f}",
                f"{fire:.1f}",
                f"{result.rows / result.events:.2f}",
                f"{fire * result.events / result.rows:.2f}",
            ]
        )
    head = ["", "ingest, ns a row", "firing, ns a row", "results a row", "firing, ns a result"]
    return table(head, rows)


def batch_table(results: Results) -> str:
    """ns a row by the size of a batch."""
    cases = (*BATCHES, ON_CUT)
    rows = []
    for tool in results[BATCHES[0].title]:
        costs = (ns(results[case.title][tool]) for case in cases)
        rows.append([tool, *(f"{cost:,.1f}" for cost in costs)])
    return table(["", *(f"{case.batch_rows:,} rows" for case in cases)], rows)


def ledger_table(results: Results) -> str:
    """What the engine says it holds, at its peak and at its end, and what the kernel says."""
    rows = []
    for case in CASES:
        if case.split or case in BATCHES:
            continue
        lines = results[case.title][OWN].lines
        rows.append(
            [
                case.title,
                *(mib(int(lines[f"peak {purpose} bytes"])) for purpose in PURPOSES),
                mib(ledger(lines, "peak")),
                mib(ledger(lines, "end")),
                mib(int(lines["resident"])),
                lines["mappings"],
            ]
        )
    head = ["MiB", *PURPOSES, "all", "all at the end", "resident", "mappings"]
    return table(head, rows)


def estimate_title(name: str, value_type: int, windows: Windows) -> str:
    """Names an estimate."""
    return f"{name} of {'f64' if value_type == F64 else 'i64'}, {windows.title}"


def estimate_table(held: dict[str, Lines]) -> str:
    """Bytes of each aggregate, the number of rows included."""
    rows = []
    for name, _, value_type in ESTIMATED:
        cells = []
        for windows in (TUMBLING, SLIDING):
            lines = held[estimate_title(name, value_type, windows)]
            cells += [lines["cell bytes"], lines["key bytes"]]
        rows.append([estimate_title(name, value_type, TUMBLING).partition(",")[0], *cells])
    head = ["bytes", "cell, tumbling", "key, tumbling", "cell, sliding", "key, sliding"]
    return table(head, rows)


def memory_targets(held: dict[str, Lines], gib: int) -> str:
    """What state may take, and takes."""
    rows = []

    def limit(state: Held, what: str, most: float, unit: str, got: float) -> None:
        lines, met = held[state.title], "yes" if got <= most else "**no**"
        shown = f"{got:,.0f}" if not unit else f"{got:,.2f}{unit}"
        all_of_it = (ledger(lines, "peak"), int(lines["resident"]))
        what = f"{state.title}: {what}"
        rows.append([what, f"<= {most:g}{unit}", shown, met, *map(mib, all_of_it)])

    for state, most in ((SMALL, 2), (MONTH, 48)):
        lines = held[state.title]
        slices = int(lines["peak slices"])
        got = ledger(lines, "peak") / MIB
        limit(state, f"everything, with {slices:,} slices live", most, " MiB", got)
    windows = DENSE.keys * (SLIDING.duration_ms // SLIDING.step_ms)
    got = ledger(held[DENSE.title], "peak", STATE) / windows
    limit(DENSE, "keys, cells and tables, for each of the 30 windows of a key", 16, " B", got)
    lines = held[THIN.title]
    cells = int(lines["peak slices"]) * int(lines["cells of a slice"])
    got = int(lines["peak cells bytes"]) / cells
    limit(THIN, "cells, for each that is not empty", 26, " B", got)
    full = mapped(gib)
    lines = held[full.title]
    limit(full, "kernel mappings", 400, "", int(lines["mappings"]))
    head = ["", "wanted", "got", "met", "ledger, MiB", "resident, MiB"]
    half = MAPPINGS.format(
        gib=gib,
        before=lines["mappings before"],
        full=lines["mappings"],
        half=lines["mappings at half"],
        held=mib(int(lines["bytes at half"])),
        most=mib(ledger(lines, "peak")),
        resident=mib(int(lines["resident at half"])),
        end=mib(int(lines["bytes at end"])),
    )
    return table(head, rows) + half


def targets(results: Results) -> str:
    """What was asked for, what came out, and whether that is enough."""
    rows = []

    def at_least(what: str, slow: Result, fast: Result, wanted: float) -> None:
        got = ns(slow) / ns(fast)
        met = "yes" if got >= wanted else "**no**"
        least = ratio(least_ns(slow), least_ns(fast))
        rows.append([what, f">= {wanted:g}", ratio(ns(slow), ns(fast)), met, least])

    def at_most(what: str, got: float, wanted: float, least: float, unit: str = "") -> None:
        met = "yes" if got <= wanted else "**no**"
        rows.append([what, f"<= {wanted:g}{unit}", f"{got:.2f}{unit}", met, f"{least:.2f}{unit}"])

    def against(case: Case, peers: Iterable[str], wanted: float) -> None:
        found = results[case.title]
        timed = {peer: found[peer] for peer in peers if peer in found and not found[peer].fault}
        fastest = min(timed, key=lambda peer: ns(timed[peer]), default="")
        for peer, result in timed.items():
            mark = ", its fastest" if peer == fastest and len(timed) > 1 else ""
            what = f"{case.windows.title}, {case.what}: {peer}{mark}"
            at_least(what, result, found[OWN], wanted)

    tumbling, sliding = (results[c.title][OWN] for c in (PRINCIPAL_TUMBLING, PRINCIPAL))
    against(PRINCIPAL_TUMBLING, POLARS_TUMBLING, 15)
    against(PRINCIPAL_TUMBLING, DUCKDB_TUMBLING, 8)
    at_most("tumbling 10 s", ns(tumbling), 20, least_ns(tumbling), " ns")
    against(PRINCIPAL, POLARS_SLIDING, 30)
    against(PRINCIPAL, DUCKDB_SLIDING, 30)
    against(ON_CUT, (FLINK,), 200)
    at_most("sliding 5 min / 10 s", ns(sliding), 40, least_ns(sliding), " ns")
    least = least_ns(sliding) / least_ns(tumbling)
    at_most("sliding 5 min / 10 s: tumbling 10 s", ns(sliding) / ns(tumbling), 2.5, least)
    exact, naive = results[EXACT.title][OWN], results[EXACT.title][NAIVE]
    least = least_ns(exact) / least_ns(sliding)
    at_most("exact sum of floats: the engine's sum of integers", ns(exact) / ns(sliding), 3, least)
    least = least_ns(exact) / least_ns(naive)
    at_most(f"exact sum of floats: {NAIVE}", ns(exact) / ns(naive), 3, least)
    against(EXACT, POLARS_SLIDING, 15)
    for what, case, other in (
        ("min, max: count, sum", LEAST_AND_GREATEST, sliding),
        ("tumbling 10 s, 1M sparse keys: 100k keys", SPARSE_TUMBLING, tumbling),
    ):
        own = results[case.title][OWN]
        at_most(what, ns(own) / ns(other), 2, least_ns(own) / least_ns(other))
    firing = results[SPLIT[-1].title][OWN]
    per_result = firing.events / firing.rows
    got, least = (of(firing, "fire") * per_result for of in (ns, least_ns))
    at_most("firing of min and max with their results, a key and step", got, 3, least, " ns")
    return table(["ratio to paneline Rust", "wanted", "got", "met", "of minima"], rows)


def ties(results: Results) -> str:
    """Every place where a peer is faster than paneline, or nearly as fast."""
    lines = []
    for case in COMPARED:
        found = results[case.title]
        for name, result in found.items():
            if name.startswith("paneline") or result.fault:
                continue
            if ns(result) < 1.1 * ns(found[OWN]):
                lines.append(
                    f"- {case.title}: {name} {ns(result):,.1f} ns, {OWN} {ns(found[OWN]):,.1f} ns, "
                    f"ratio {ratio(ns(result), ns(found[OWN]))}"
                )
    return "\n".join(lines or ["Nowhere."]) + "\n"


def flink(results: Results) -> str:
    """What its start-up is, or that it was not run."""
    result = results[ON_CUT.title].get(FLINK)
    if result is None:
        return NO_FLINK
    return WITH_FLINK.format(empty=int(result.lines["empty"]) / result.events)


def method(rows: int, results: Results) -> str:
    """How it was measured."""
    floor, known = results[FLOOR][OWN], results[PRINCIPAL.title][OWN].lines
    return METHOD.format(
        added=ns(floor, "added"),
        copied=ns(floor, "copied"),
        table_mib=int(floor.lines["table bytes"]) / MIB,
        rows=int(known["rows"]),
        count=int(known["count"]),
        total=int(known["digests"]),
    )


def write(
    about: list[tuple[str, str]],
    rows: int,
    results: Results,
    held: dict[str, Lines],
    gib: int,
) -> str:
    """The half of the page."""
    floor_ns = ns(results[FLOOR][OWN], "added")
    parts = [
        "\n" + method(rows, results),
        table(["", "this run"], [list(fact) for fact in about]).replace("---:", "---"),
        "## Targets of the engine\n",
        targets(results),
        "## Where a peer of the engine is faster, or slower by less than a tenth\n",
        ties(results),
        "## The engine beside its peers\n",
        BESIDE.format(rows=rows, naive=NAIVE),
    ]
    for case in COMPARED:
        parts += [f"### {case.title}\n", compared_table(results[case.title], floor_ns)]
    parts.append(flink(results))
    parts += [
        "## The engine alone\n",
        "Cases that no peer has, or not with these answers: a batch tool knows no late rows.\n",
        alone_table(results, floor_ns),
        "## Ingest and firing\n",
        SPLIT_METHOD.format(rows=SPLIT[0].batch_rows),
        split_table(results),
        "## Batches of the engine\n",
        "ns a row, sliding 5 min / 10 s on the cut, drained after each batch.\n",
        batch_table(results),
        "## What the engine holds\n",
        memory_targets(held, gib),
        LEDGER,
        ledger_table(results),
        ESTIMATES,
        estimate_table(held),
    ]
    return "\n".join(parts)
