"""Runs a Python tool on a plan of the comparison: bench/rust/src/case.rs says how both look.

    python bench/peers.py TOOL <PLAN

A tool makes its own column of a numpy array of milliseconds before it is timed; what is timed is
the call that finds the starts. Each answers once before, and the answer is written for the driver.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

Column = Any  # each tool has its own
Values = np.ndarray


@dataclass(frozen=True)
class Case:
    """One line of the plan."""

    name: str
    kind: str
    zone: str
    duration_ms: int
    step_ms: int
    input: str
    output: str
    repeats: int

    @staticmethod
    def parse(line: str) -> Case:
        """Reads the fields, which are separated by tabs."""
        name, kind, zone, duration, step, source, target, repeats = line.rstrip("\n").split("\t")
        return Case(name, kind, zone, int(duration), int(step), source, target, int(repeats))

    def every(self, units: tuple[str, str, str, str]) -> str:
        """The step in the largest of the tool's units for day, hour, minute, second."""
        for length_ms, unit in zip((86_400_000, 3_600_000, 60_000, 1_000), units, strict=True):
            if self.step_ms % length_ms == 0:
                return f"{self.step_ms // length_ms}{unit}"
        raise ValueError(self.step_ms)


@dataclass(frozen=True)
class Tool:
    """How a tool makes a column, finds starts, and gives them back as int64."""

    variant: str
    column: Callable[[Values], Column]
    call: Callable[[Column], Any]
    values: Callable[[Any], Values]


def numpy_tool(case: Case, reused: bool) -> Tool:
    """Integer arithmetic; it knows no zones."""
    if case.zone:
        raise LookupError("numpy has no zones")
    step = case.step_ms
    if not reused:
        return Tool("numpy, fresh", np.ascontiguousarray, lambda t: t - t % step, np.asarray)
    spare: dict[int, Values] = {}

    def column(times: Values) -> Column:
        spare[times.size] = np.zeros_like(times)
        return times

    def call(times: Values) -> Values:
        out = spare[times.size]
        np.remainder(times, step, out=out)
        return np.subtract(times, out, out=out)

    return Tool("numpy, reused", column, call, np.array)


def pandas_tool(case: Case, ambiguous: bool) -> Tool:
    """`Series.dt.floor`, as it is and with `ambiguous=True`."""
    import pandas as pd

    every = case.every(("D", "h", "min", "s"))

    def column(times: Values) -> Column:
        series = pd.Series(times.view("datetime64[ms]"))
        return series.dt.tz_localize("UTC").dt.tz_convert(case.zone) if case.zone else series

    def call(series: Column) -> Column:
        if not ambiguous:
            return series.dt.floor(every)
        return series.dt.floor(
            every, ambiguous=np.ones(series.size, bool), nonexistent="shift_forward"
        )

    def values(series: Column) -> Values:
        if case.zone:
            series = series.dt.tz_convert("UTC").dt.tz_localize(None)
        return series.to_numpy().astype("datetime64[ms]").view(np.int64)

    return Tool("pandas, ambiguous=True" if ambiguous else "pandas", column, call, values)


def polars_tool(case: Case) -> Tool:
    """`Series.dt.truncate`."""
    import polars as pl

    every = case.every(("d", "h", "m", "s"))

    def column(times: Values) -> Column:
        series = pl.Series(times).cast(pl.Datetime("ms", "UTC" if case.zone else None))
        return series.dt.convert_time_zone(case.zone) if case.zone else series

    return Tool(
        "polars",
        column,
        lambda series: series.dt.truncate(every),
        lambda series: series.cast(pl.Int64).to_numpy(),
    )


def pyarrow_tool(case: Case) -> Tool:
    """`compute.floor_temporal`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pa.set_cpu_count(1)
    count, unit = case.every((" day", " hour", " minute", " second")).split()
    kind = pa.timestamp("ms", tz=case.zone or None)
    return Tool(
        "pyarrow",
        lambda times: pa.array(times).cast(kind),
        lambda array: pc.floor_temporal(array, multiple=int(count), unit=unit),
        lambda array: array.cast(pa.int64()).to_numpy(),
    )


def paneline_tools(case: Case) -> list[Tool]:
    """`Assigner.pane_starts` with a reused and a fresh output; `assign` has a fresh one only."""
    import paneline as pln

    assigner = pln.Assigner(
        pln.SlidingWindowSpec(
            duration_ms=case.duration_ms, step_ms=case.step_ms, timezone=case.zone
        )
    )
    if case.kind == "assign":
        return [
            Tool(
                "paneline Python, fresh",
                np.ascontiguousarray,
                assigner.assign,
                lambda windows: np.asarray(windows.starts_ms),
            )
        ]
    spare: dict[int, Values] = {}

    def column(times: Values) -> Column:
        spare[times.size] = np.zeros_like(times)
        return times

    return [
        Tool(
            "paneline Python, reused",
            column,
            lambda times: assigner.pane_starts(times, "ms", spare[times.size]),
            np.array,
        ),
        Tool("paneline Python, fresh", np.ascontiguousarray, assigner.pane_starts, np.asarray),
    ]


def scalars(case: Case) -> list[Tool]:
    """One call for each event: paneline, and Python's own datetime and zoneinfo."""
    step = timedelta(milliseconds=case.step_ms)
    zone = ZoneInfo(case.zone) if case.zone else UTC
    first = datetime(1970, 1, 1)

    def floor(t_ms: int) -> int:
        local = datetime.fromtimestamp(t_ms / 1000, zone)
        wall = local.replace(tzinfo=None)
        start = wall - (wall - first) % step
        return round(start.replace(tzinfo=zone, fold=local.fold).timestamp() * 1000)

    import paneline as pln

    spec = pln.SlidingWindowSpec(duration_ms=case.step_ms, timezone=case.zone)
    pane = pln.Assigner(spec).pane
    return [
        Tool(
            "paneline Python",
            np.ndarray.tolist,
            lambda times: [pane(t).start_ms for t in times],
            np.array,
        ),
        Tool(
            "Python datetime, zoneinfo",
            np.ndarray.tolist,
            lambda times: [floor(t) for t in times],
            np.array,
        ),
    ]


def cpu_ns() -> int:
    """CPU time of all threads of this process."""
    return time.process_time_ns()


def timed(call: Callable[[Column], object], columns: list[Column]) -> int:
    """The CPU time of a call for each column; every result is dropped at once."""
    start = cpu_ns()
    for column in columns:
        call(column)
    return cpu_ns() - start


def answer(case: Case, variant: str, rows: int, passes: list[int]) -> None:
    """The line that answers a case."""
    print(case.name, variant, rows, ",".join(map(str, passes)), sep="\t", flush=True)


def run(case: Case, tools: list[Tool]) -> None:
    """Answers, compares the tools' answers with each other, then takes turns in being timed."""
    times = np.fromfile(case.input, np.int64)
    rows = int(case.kind.partition(":")[2] or times.size)
    chunks = [times[at : at + rows] for at in range(0, times.size, rows)]
    ready = []
    answers = []
    for tool in tools:
        columns = [tool.column(chunk) for chunk in chunks]
        answers.append(np.concatenate([tool.values(tool.call(column)) for column in columns]))
        ready.append((tool, columns))
    answers[0].astype(np.int64).tofile(case.output)
    if any(not np.array_equal(answers[0], other) for other in answers[1:]):
        raise ValueError("the variants differ")
    passes: dict[str, list[int]] = {tool.variant: [] for tool in tools}
    for _ in range(case.repeats):
        for tool, columns in ready:
            passes[tool.variant].append(timed(tool.call, columns))
    for tool in tools:
        answer(case, tool.variant, times.size, passes[tool.variant])


def duckdb_starts(case: Case, times: Values) -> tuple[Any, str, Values]:
    """A connection with the times as `ts` of table `t`, the expression of a start, the starts."""
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect()
    connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
    connection.register("source", pa.table({"ms": times}))
    kind = "TIMESTAMPTZ" if case.zone else "TIMESTAMP"
    connection.execute(f"CREATE TABLE t AS SELECT epoch_ms(ms)::{kind} AS ts FROM source")
    every = case.every((" days", " hours", " minutes", " seconds"))
    zone = f", '{case.zone}'" if case.zone else ""
    bucket = f"time_bucket(INTERVAL '{every}', ts{zone})"
    found = connection.execute(f"SELECT epoch_ms({bucket}) AS start FROM t").fetchnumpy()
    return connection, bucket, np.asarray(found["start"], np.int64)


def run_duckdb(case: Case) -> None:
    """`time_bucket`, less the time of a scan of the same column."""
    times = np.fromfile(case.input, np.int64)
    connection, bucket, found = duckdb_starts(case, times)
    found.tofile(case.output)

    def spent(value: str) -> int:
        query = f"SELECT max({value}) IS NULL FROM t"
        return timed(lambda query: connection.execute(query).fetchall(), [query])

    passes = [max(spent(bucket) - spent("ts"), 0) for _ in range(case.repeats)]
    answer(case, "duckdb", times.size, passes)


def tools(name: str, case: Case) -> list[Tool]:
    """The variants that one process runs."""
    match name:
        case "numpy":
            return [numpy_tool(case, reused) for reused in (True, False)]
        case "pandas":
            return [pandas_tool(case, ambiguous=False)]
        case "pandas, ambiguous=True":
            return [pandas_tool(case, ambiguous=True)]
        case "polars":
            return [polars_tool(case)]
        case "pyarrow":
            return [pyarrow_tool(case)]
        case "paneline":
            return paneline_tools(case)
    raise LookupError(name)


def starts(name: str, case: Case, times: Values) -> Values:
    """What a tool answers, untimed."""
    if name == "duckdb":
        return duckdb_starts(case, times)[2]
    (tool,) = tools(name, case)
    return tool.values(tool.call(tool.column(times)))


def main() -> int:
    """Answers every case; a tool that raises has that as its answer."""
    name = sys.argv[1]
    for line in sys.stdin:
        case = Case.parse(line)
        try:
            if name == "duckdb":
                run_duckdb(case)
            elif case.kind == "scalar":
                run(case, [scalars(case)[name != "paneline"]])
            else:
                run(case, tools(name, case))
        except Exception as error:
            if name == "paneline":
                raise
            said = " ".join(f"{type(error).__name__}: {error}".split())
            print(case.name, name, "error", said, sep="\t", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
