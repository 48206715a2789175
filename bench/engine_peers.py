"""Runs a Python tool on one case of the engine's comparison and says what came out.

    python bench/engine_peers.py TOOL NAME=VALUE ...

The arguments are those of bench/rust/src/bin/engine.rs. A tool makes its own table of the columns
before it is timed; what is timed is the call that finds the results of all windows and keys. It
answers once before, and answers and peak of memory are of that pass. A tool whose first pass takes
seconds is not asked to warm up: that pass counts, and it makes as many as fit into a few seconds.
Lines of a name and a value, separated by a tab, come back; `error` says that the tool raised.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from engine_cases import MAX, MIN, OWN_PYTHON, SUM, VARIANCE

Table = Any  # each tool has its own, of events and of results
ENOUGH_NS = 2_000_000_000


@dataclass(frozen=True)
class Case:
    """What the arguments say."""

    times: np.ndarray
    keys: np.ndarray
    values: np.ndarray
    duration_ms: int
    step_ms: int
    gap_ms: int
    aggregates: tuple[tuple[str, int], ...]
    batch_rows: int
    passes: int
    spec: str

    @staticmethod
    def parse(arguments: list[str]) -> Case:
        """Reads `name=value`."""
        words = dict(argument.split("=", 1) for argument in arguments)
        read = {
            name: np.fromfile(words[name], f"<{words[name][-3]}8")
            for name in ("times", "keys", "values")
        }
        parts = (one.split(":") for one in words["aggregates"].split(",") if one)
        return Case(
            **read,
            duration_ms=int(words["duration_ms"]),
            step_ms=int(words["step_ms"]),
            gap_ms=int(words["gap_ms"]),
            aggregates=tuple((name, int(function)) for name, function, _ in parts),
            batch_rows=int(words["batch_rows"]),
            passes=int(words["passes"]),
            spec=words["spec"],
        )

    @property
    def width(self) -> int:
        """Steps of a window."""
        return self.duration_ms // self.step_ms if self.step_ms else 0


@dataclass(frozen=True)
class Answer:
    """Results, their counts, and a sum over each column; of exact floats the sum of their bits."""

    rows: int
    count: int
    sums: list[int | float]


@dataclass(frozen=True)
class Tool:
    """How a tool makes its table, finds the results, and sums over them."""

    table: Callable[[], Table]
    call: Callable[[Table], Table]
    answer: Callable[[Table], Answer]


def polars_tool(case: Case, how: str) -> Tool:
    """`group_by` and `group_by_dynamic`."""
    import polars as pl

    every = f"{case.step_ms}ms"
    functions = {
        SUM: pl.Expr.sum,
        MIN: pl.Expr.min,
        MAX: pl.Expr.max,
        VARIANCE: lambda value: value.var(ddof=0),
    }
    columns = [functions[function](pl.col("value")).alias(n) for n, function in case.aggregates]
    wanted = [pl.len().alias("count"), *columns]
    bucket = pl.col("time").dt.truncate(every)

    def table() -> Table:
        times = pl.Series(case.times).cast(pl.Datetime("ms"))
        return pl.DataFrame({"key": case.keys, "time": times, "value": case.values})

    def dynamic(frame: Table, *results: pl.Expr) -> Table:
        return frame.group_by_dynamic(
            "time",
            every=every,
            period=f"{case.duration_ms}ms",
            offset=f"{case.step_ms - case.duration_ms}ms",
            group_by="key",
        ).agg(*results)

    def call(frame: Table) -> Table:
        match how:
            case "streaming group_by":
                lazy = frame.lazy().group_by("key", bucket).agg(wanted)
                return lazy.collect(engine="streaming")
            case "group_by":
                return frame.group_by("key", bucket).agg(wanted)
            case "sort by time + group_by_dynamic":
                return dynamic(frame.sort("time"), *wanted)
            case "sort by key + group_by_dynamic":
                return dynamic(frame.sort("key", "time"), *wanted)
            case "10 s first + group_by_dynamic":
                if any(function != SUM for _, function in case.aggregates):
                    raise LookupError(how)
                slices = frame.group_by("key", bucket).agg(wanted).sort("key", "time")
                return dynamic(slices, *(pl.col(one.meta.output_name()).sum() for one in wanted))
            case "gaps + group_by":
                ordered = frame.sort("key", "time")
                gap = pl.duration(milliseconds=case.gap_ms)
                starts = (pl.col("time").diff() >= gap) | (pl.col("key").diff() != 0)
                session = starts.fill_null(True).cum_sum().alias("session")
                ends = pl.col("key").first(), pl.col("time").min(), pl.col("time").max().alias("to")
                return ordered.group_by(session).agg(*ends, *wanted)
        raise LookupError(how)

    def answer(frame: Table) -> Answer:
        sums = [frame[name].sum() for name, _ in case.aggregates]
        return Answer(frame.height, int(frame["count"].sum()), sums)

    return Tool(table, call, answer)


def duckdb_tool(case: Case, how: str) -> Tool:
    """SQL over a table of its own; the results are summed where they are made."""
    import duckdb
    import pyarrow as pa

    if any(function != SUM for _, function in case.aggregates):
        raise LookupError(how)
    step, width = case.step_ms, case.width
    slices = (
        f"slices AS (SELECT key, ms // {step} AS slice, count(*) AS n, sum(value)::BIGINT AS s "
        "FROM events GROUP BY ALL)"
    )
    results = {
        "time_bucket": f"""results AS (
            SELECT key, time_bucket(INTERVAL '{step} milliseconds', time) AS start,
                count(*) AS n, sum(value) AS s FROM events GROUP BY ALL)""",
        "integer division": f"""results AS (
            SELECT key, ms // {step} AS start, count(*) AS n, sum(value) AS s
            FROM events GROUP BY ALL)""",
        "10 s first + 30x": f"""{slices}, copies AS (
            SELECT key, unnest(range(slice - {width - 1}, slice + 1)) AS start, n, s FROM slices),
            results AS (SELECT key, start, sum(n) AS n, sum(s) AS s FROM copies GROUP BY ALL)""",
        "10 s first + running totals": f"""{slices}, steps AS (
            SELECT key, slice - {width - 1} AS slice, n, s FROM slices
            UNION ALL SELECT key, slice + 1, -n, -s FROM slices),
            changes AS (SELECT key, slice, sum(n) AS n, sum(s) AS s FROM steps GROUP BY ALL),
            totals AS (
                SELECT key, slice, lead(slice) OVER w AS until,
                    sum(n) OVER w AS n, sum(s) OVER w AS s
                FROM changes WINDOW w AS (PARTITION BY key ORDER BY slice)),
            results AS (
                SELECT key, unnest(range(slice, until)) AS start, n, s FROM totals WHERE n > 0)""",
    }
    gap = f"coalesce(ms - lag(ms) OVER w >= {case.gap_ms}, false)"
    results["gaps + group by"] = f"""gaps AS (
            SELECT key, ms, value, ({gap})::INT AS starts FROM events
            WINDOW w AS (PARTITION BY key ORDER BY ms)),
            sessions AS (
            SELECT key, ms, value, sum(starts) OVER w AS session FROM gaps
            WINDOW w AS (PARTITION BY key ORDER BY ms ROWS UNBOUNDED PRECEDING)),
            results AS (
            SELECT key, session, min(ms), max(ms), count(*) AS n, sum(value) AS s
            FROM sessions GROUP BY key, session)"""
    query = f"WITH {results[how]} SELECT count(*), sum(n)::BIGINT, sum(s)::BIGINT FROM results"

    def table() -> Table:
        connection = duckdb.connect()
        connection.execute("SET threads = 1")
        source = pa.table({"key": case.keys, "ms": case.times, "value": case.values})
        connection.register("source", source)
        connection.execute("CREATE TABLE events AS SELECT *, epoch_ms(ms) AS time FROM source")
        connection.unregister("source")
        return connection

    def answer(rows: list[tuple[int, int, int]]) -> Answer:
        (found,) = rows
        return Answer(found[0], found[1], [found[2]])

    return Tool(table, lambda connection: connection.execute(query).fetchall(), answer)


def pandas_tool(case: Case, how: str) -> Tool:
    """`groupby`, and `rolling` over a table of slices by keys."""
    import pandas as pd

    if any(function != SUM for _, function in case.aggregates):
        raise LookupError(how)

    def table() -> Table:
        return pd.DataFrame({"key": case.keys, "time": case.times, "value": case.values})

    def grouped(frame: Table) -> Table:
        slices = (frame["time"] // case.step_ms).rename("slice")
        return frame.groupby(["key", slices], sort=False)["value"].agg(["size", "sum"])

    def rolled(frame: Table) -> Table:
        found = grouped(frame)
        slices = found.index.levels[1]
        wide = found.unstack("key", fill_value=0)
        wide = wide.reindex(range(slices.min(), slices.max() + case.width), fill_value=0)
        return wide.rolling(case.width, min_periods=1).sum()

    def answer(frame: Table) -> Answer:
        counts, sums = frame["size"].to_numpy(), frame["sum"].to_numpy()
        full = counts > 0
        return Answer(int(full.sum()), int(counts[full].sum()), [int(sums[full].sum())])

    return Tool(table, grouped if how == "groupby" else rolled, answer)


def paneline_tool(case: Case) -> Tool:
    """The engine through its binding: numpy columns in, columns out that numpy reads in place."""
    import paneline as pln

    spec = pln.EngineSpec.from_json(case.spec)

    def digest(column: np.ndarray) -> int:
        return int((column.view(np.uint64) if column.dtype.kind == "f" else column).sum())

    def call(_: Table) -> Answer:
        engine = pln.Engine(spec)
        rows, count, sums = 0, 0, [0] * len(case.aggregates)

        def add(batch: pln.ResultBatch) -> None:
            nonlocal rows, count
            rows += len(batch)
            count += int(np.asarray(batch.count).sum())
            for at, (name, _) in enumerate(case.aggregates):
                sums[at] += digest(np.asarray(batch[name]))

        for at in range(0, case.times.size, case.batch_rows):
            part = slice(at, at + case.batch_rows)
            for batch in engine.run(case.keys[part], case.times[part], [case.values[part]]):
                add(batch)
            engine.poll_late()
        engine.finish()
        while (batch := engine.poll()) is not None:
            add(batch)
        return Answer(rows, count, sums)

    return Tool(lambda: None, call, lambda answer: answer)


def tool(name: str, case: Case) -> Tool:
    """The tool of a name such as `polars, group_by`."""
    library, _, how = name.partition(", ")
    match library:
        case "paneline Python":
            return paneline_tool(case)
        case "polars":
            return polars_tool(case, how)
        case "duckdb":
            return duckdb_tool(case, how)
        case "pandas":
            return pandas_tool(case, how)
    raise LookupError(name)


def resident(name: str) -> int:
    """Bytes of this process, by the kernel."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1_024
    raise LookupError(name)


def say(name: str, *values: object) -> None:
    """One line."""
    print(name, ",".join(map(str, values)), sep="\t", flush=True)


def run(case: Case, made: Tool, exact: bool) -> None:
    """Answers, then is timed."""
    table = made.table()
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    passes: list[int] = []

    def timed() -> Table:
        start = time.process_time_ns()
        found = made.call(table)
        passes.append(time.process_time_ns() - start)
        return found

    found = timed()
    say("resident", max(resident("VmHWM") - before, 0))
    answer = made.answer(found)
    del found
    say("rows", answer.rows)
    say("count", answer.count)
    say("digests" if exact else "sums", *answer.sums)
    if passes[0] < ENOUGH_NS:
        passes.clear()
    while len(passes) < case.passes and sum(passes) < ENOUGH_NS:
        timed()
    say("events", case.times.size)
    say("passes", *passes)


def main() -> int:
    """Runs the tool; one that raises has that as its answer."""
    name, *arguments = sys.argv[1:]
    case = Case.parse(arguments)
    try:
        run(case, tool(name, case), exact=name == OWN_PYTHON)
    except Exception as error:
        if name == OWN_PYTHON:
            raise
        say("error", " ".join(f"{type(error).__name__}: {error}".split()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
