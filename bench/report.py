"""Writes the report: what was judged first, then the times, then the targets.

A ratio compares medians. Where a tool's answers differ from the rule, its ratio carries a mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

import cases as plan
from cases import ASSIGN, BATCHES, FOLD_STEPS, FOLDS, SCALAR, SMALL, STARTS

if TYPE_CHECKING:
    from run import Result, Results

MARK = "†"
OWN = "paneline Rust, reused"
FRESH = "paneline Rust, fresh"
WHEEL = "paneline Python, reused"
COPY = "memcpy, reused"
COMMON = (
    "America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Europe/Berlin", "Europe/London",
)  # fmt: skip

# The line at which the page's second half begins.
ENGINE = "\n# The engine\n"
METHOD = """\
`make bench` writes this page; nobody edits it. This half is about where windows lie; the half of
[the engine](#the-engine), which aggregates over them, has a run of its own.

Every tool runs in a process of its own, on one core and with one thread, one tool after the other,
and reads the same binary columns (fixed seeds, all times in 2025). Times are CPU times of the
process, kernel included; the tables give median and minimum of the passes in ns a row, after a
first pass that is not counted (java.time: five); the passes are made in two rounds through all
tools, minutes apart. memcpy copies half of the bytes that the case reads and writes, so that it
moves as many; it takes turns with paneline in the same process. `reused` writes into one output
again and again, `fresh` makes one for each pass, as most peers do: ratios to both are given.
DuckDB's time is that of the query less that of a scan. Making a tool's own column is not counted.
All numbers come from one run.

Before any time is printed, each row's start is compared with the boundaries that the independent
oracle of the tests lists by the rules of [SEMANTICS.md](SEMANTICS.md). `differ` counts the rows
with another start: no fault where a tool means something else. `outside` counts the rows that do
not lie in their own window; where a tool gives no end and another start, its window is taken to be
one step long. A time or ratio of answers that differ is marked †.
"""


@dataclass(frozen=True)
class Zone:
    """A zone of the database: what its assigner costs, and the rows that were asked."""

    name: str
    compile_ns: int
    table_bytes: int
    heap_bytes: int
    rows: int
    outside: int
    unlike: int

    def costs(self) -> tuple[float, float, float]:
        """Microseconds to compile, KiB of tables, KiB of heap."""
        return self.compile_ns / 1_000, self.table_bytes / 1_024, self.heap_bytes / 1_024


@dataclass(frozen=True)
class Package:
    """What the Python package costs before its first call."""

    import_ms: float
    wheel_mb: float


def ns(result: Result) -> float:
    """The median, in ns a row."""
    return median(result.passes_ns) / result.rows


def least_ns(result: Result) -> float:
    """The minimum, in ns a row."""
    return min(result.passes_ns) / result.rows


def ratio(slow: float, fast: float) -> str:
    """How often the one fits into the other."""
    times = slow / fast
    return f"{times:,.0f}" if times >= 10 else f"{times:.1f}" if times >= 2 else f"{times:.2f}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; all columns but the first are numbers."""
    head = list(head)
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def starts_table(found: dict[str, Result]) -> str:
    """One case, a row a tool, the fastest first."""
    own, fresh = ns(found[OWN]), ns(found[FRESH])
    copy = ns(found[COPY])
    timed = {name: result for name, result in found.items() if not result.error}
    rows = []
    for name, result in sorted(timed.items(), key=lambda item: ns(item[1])):
        mark = f" {MARK}" if result.differ else ""
        took = ns(result)
        judged = [f"{result.differ:,}", f"{result.outside:,}"]
        if name.startswith("memcpy"):
            judged = ["", ""]
        rows.append(
            [
                f"**{name}**" if name.startswith("paneline") else name,
                f"{took:.2f}",
                f"{least_ns(result):.2f}",
                ratio(took, copy),
                ratio(took, own) + mark,
                ratio(took, fresh) + mark,
                f"{result.rows // 1_000:,}k",
                *judged,
            ]
        )
    head = ["", "median", "min", "÷ memcpy", "÷ reused", "÷ fresh", "rows", "differ", "outside"]
    raised = [
        f"{name} raises: `{result.error[:110]}`\n" for name, result in found.items() if result.error
    ]
    return table(head, rows) + "".join(f"\n{line}" for line in raised)


def nights(results: Results) -> str:
    """Six hours of minutes around two folds: what each tool answers."""
    parts = []
    for zone in FOLDS:
        titles = [f"night, {zone}, {name}" for name in FOLD_STEPS]
        tools = list(dict.fromkeys(name for title in titles for name in results[title]))
        rows = []
        for tool in tools:
            if tool.startswith("memcpy") or tool == FRESH:
                continue
            cells = []
            for title in titles:
                result = results[title].get(tool)
                if result is None:
                    cells.append("")
                elif result.error:
                    cells.append("raises")
                else:
                    cells.append(f"{result.differ} / {result.outside}")
            rows.append([tool.removesuffix(", reused").removesuffix(", fresh"), *cells])
        unique = [row for at, row in enumerate(rows) if row not in rows[:at]]
        parts.append(table([zone, *FOLD_STEPS], unique))
    return "\n".join(parts)


def small_table(results: Results, title: str) -> str:
    """ns a row by the size of a batch."""
    found = [results[SMALL[f"{size}, {title}"].title] for size in BATCHES]
    rows = [
        [tool, *(f"{ns(one[tool]):,.2f}{f' {MARK}' if one[tool].differ else ''}" for one in found)]
        for tool in found[0]
    ]
    return table([title, *(f"{size:,} rows" for size in BATCHES)], rows)


def scalar_table(results: Results) -> str:
    """ns a call."""
    found = [results[case.title] for case in SCALAR]
    tools = list(dict.fromkeys(name for one in found for name in one))
    rows = []
    for tool in tools:
        cells = []
        for one in found:
            result = one.get(tool)
            shown = f"{ns(result):,.1f}{f' {MARK}' if result.differ else ''}" if result else ""
            cells.append(shown)
        rows.append([tool, *cells])
    return table(["", *(case.title.removeprefix("scalar, ") for case in SCALAR)], rows)


def assign_table(found: dict[str, Result], windows: int) -> str:
    """One case of `assign`."""
    copy = ns(found[COPY])
    rows = [
        [
            name,
            f"{ns(result):.2f}",
            f"{least_ns(result):.2f}",
            f"{ns(result) / windows:.2f}",
            ratio(ns(result), copy),
        ]
        for name, result in sorted(found.items(), key=lambda item: ns(item[1]))
    ]
    return table(["", "median", "min", "a window", "÷ memcpy"], rows)


def zone_tables(zones: list[Zone]) -> str:
    """Compile time and memory, of all zones and of common ones."""
    names = ("compile, µs", "tables, KiB", "heap, KiB")
    rows = []
    for name, values in zip(
        names, zip(*(zone.costs() for zone in zones), strict=True), strict=True
    ):
        figures = (median(values), quantiles(values, n=20)[18], max(values))
        rows.append([name, *(f"{figure:.1f}" for figure in figures)])
    common = [
        [zone.name, *(f"{cost:.1f}" for cost in zone.costs())]
        for zone in zones
        if zone.name in COMMON
    ]
    head = [f"{len(zones)} zones", "median", "p95", "max"]
    return table(head, rows) + "\n" + table(["", *names], common)


def ties(results: Results) -> str:
    """Every place where a peer is faster than its counterpart, or nearly as fast."""
    lines = []
    for case in (*STARTS, *SMALL.values(), *SCALAR):
        found = results[case.title]
        for name, result in found.items():
            if name.startswith(("paneline", "memcpy")) or result.error:
                continue
            own = counterpart(name, found)
            mine = found[own]
            if ns(result) >= 1.1 * ns(mine):
                continue
            batch = "batches of " if case.kind.startswith("batch") else ""
            mark = f" {MARK}" if result.differ else ""
            lines.append(
                f"- {batch}{case.title}: {name} {ns(result):,.2f} ns{mark}, {own} "
                f"{ns(mine):,.2f} ns, ratio {ratio(ns(result), ns(mine))}"
            )
    return "\n".join(lines or ["Nowhere."]) + "\n"


def counterpart(tool: str, found: dict[str, Result]) -> str:
    """paneline as a tool's user would take it: his language, his kind of output."""
    language, output = "Python", "reused" if tool.endswith("reused") else "fresh"
    if tool.startswith(("jiff", "chrono", "plain Rust", "java")):
        language, output = "Rust", "reused"
    if tool.startswith("Go"):
        language, output = "Go", "reused"
    named = f"paneline {language}"
    return f"{named}, {output}" if f"{named}, {output}" in found else named


def targets(results: Results, zones: list[Zone], package: Package) -> str:
    """What was asked for, what came out, and whether that is enough."""
    rows = []

    def at_least(what: str, got: float, wanted: float, mark: str, *more: str) -> None:
        met = "yes" if got >= wanted else "**no**"
        rows.append([what, f">= {wanted:g}", f"{got:.1f}{mark}", met, *more])

    def at_most(what: str, got: float, wanted: float, unit: str = "", least: str = "") -> None:
        met = "yes" if got <= wanted else "**no**"
        rows.append([what, f"<= {wanted:g}{unit}", f"{got:.2f}{unit}", met, least, ""])

    def against(title: str, peer: str, wanted: float) -> None:
        found = results[title].get(peer)
        if found is None or found.error:
            rows.append([f"{title}: {peer}", f">= {wanted:g}", "raises", "no ratio", "", ""])
            return
        mark = f" {MARK}" if found.differ else ""
        own = results[title][OWN]
        least = ratio(least_ns(found), least_ns(own))
        wheel = ratio(ns(found), ns(results[title][WHEEL]))
        at_least(f"{title}: {peer}", ns(found) / ns(own), wanted, mark, least, wheel)

    def copies(title: str, wanted: float) -> None:
        own, copy = results[title][OWN], results[title][COPY]
        least = ratio(least_ns(own), least_ns(copy))
        at_most(f"{title}: memcpy", ns(own) / ns(copy), wanted, least=least)

    against(plan.UTC_10S, "polars", 3)
    copies(plan.UTC_10S, 1.3)
    for title in (plan.NY_15M, plan.NY_15M_RANDOM):
        against(title, "polars", 45)
        for peer in ("duckdb", "pandas", "pandas, ambiguous=True"):
            against(title, peer, 12)
        copies(title, 3.5)
    for title in (plan.NY_6H, plan.LH_1H):
        for order in ("", ", random order"):
            own, base = results[title + order][OWN], results[plan.NY_15M + order][OWN]
            least = ratio(least_ns(own), least_ns(base))
            at_most(f"{title}{order}: 15 min, New_York", ns(own) / ns(base), 2, least=least)
    asked = sum(zone.rows for zone in zones)
    wrong = sum(zone.outside + zone.unlike for zone in zones)
    at_most(f"rows outside their window, of {asked:,} in {len(zones)} zones", wrong, 0)
    common = [zone.costs() for zone in zones if zone.name in COMMON]
    at_most("tables of a common zone, the largest", max(c[1] for c in common), 20, " KiB")
    at_most("compiling a common zone, the longest", max(c[0] for c in common), 150, " µs")
    for tool, title, size in (
        ("paneline Go", plan.UTC_10S, 1_024),
        ("paneline Go", plan.NY_15M, 1_024),
        (WHEEL, plan.NY_15M, 1_024),
        (WHEEL, plan.UTC_10S, 8_192),
    ):
        found = results[SMALL[f"{size}, {title}"].title]
        own = found["paneline Rust"]
        least = ratio(least_ns(found[tool]), least_ns(own))
        what = f"batches of {size:,}, {title}: {tool} ÷ Rust"
        at_most(what, ns(found[tool]) / ns(own), 1.1, least=least)
    at_most("`import paneline`", package.import_ms, 20, " ms")
    at_most("the wheel", package.wheel_mb, 5, " MB")
    head = [
        "ratio to paneline Rust, reused output",
        "wanted",
        "got",
        "met",
        "of minima",
        "from Python",
    ]
    return table(head, rows)


def replace(page: Path, windows: str = "", engine: str = "") -> None:
    """Writes one half of the page and keeps the other."""
    halves = page.read_text().partition(ENGINE) if page.exists() else ("", "", "")
    first = windows or halves[0]
    second = engine or "".join(halves[1:])
    page.write_text(first.rstrip("\n") + "\n" + second)


def write(
    about: list[tuple[str, str]],
    rows: dict[str, int],
    results: Results,
    zones: list[Zone],
    package: Package,
) -> str:
    """The whole page."""
    asked = sum(zone.rows for zone in zones)
    outside, unlike = sum(z.outside for z in zones), sum(z.unlike for z in zones)
    parts = [
        "# Benchmarks\n",
        METHOD,
        table(["", "this run"], [list(fact) for fact in about]).replace("---:", "---"),
        "## Targets\n",
        targets(results, zones, package),
        "## Answers: six hours around a fold\n",
        f"{plan.FOLD_MINUTES} minutes around New York's fold of 2025-11-02 and Lord Howe's of "
        "2025-04-06: rows that differ / rows outside their own window.\n",
        nights(results),
        f"In every zone of the database, around every transition from 1900 to 2199 and in 2025, "
        f"{asked:,} rows were asked with five steps: {outside} lie outside their window, for "
        f"{unlike} the column and the single call differ.\n",
        "## Pane starts of a column\n",
    ]
    for case in STARTS:
        parts += [f"### {case.title}\n", starts_table(results[case.title])]
    parts += [
        "## Where a peer is faster, or slower by less than a tenth\n",
        "Each against paneline in its language (java.time: Rust) and with its kind of output: in\n"
        "Rust, Go and Java one output is written again and again, in Python each pass makes one.\n",
        ties(results),
        "## Small batches\n",
        f"ns a row, {rows['small']:,} rows in batches of one size.\n",
        small_table(results, plan.UTC_10S),
        small_table(results, plan.NY_15M),
        "## One call an event\n",
        "ns a call. In Rust and Go the peers' functions take one time by nature.\n",
        scalar_table(results),
        "## All windows of a row: `assign`\n",
        "ns a row. No peer has this call. It writes offsets, starts and ends.\n",
    ]
    for case in ASSIGN:
        windows = case.duration_ms // case.step_ms
        parts += [f"### {case.title}\n", assign_table(results[case.title], windows)]
    parts += [
        "## What a zone costs\n",
        "`Assigner::new` for 15 min: CPU time, its `table_bytes`, and all the heap it keeps.\n",
        zone_tables(zones),
    ]
    return "\n".join(parts)
