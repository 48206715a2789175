"""Asks other tools for the worked facts of docs/SEMANTICS.md and writes docs/COMPARISON.md.

    .venv/bin/python bench/comparison.py

Each tool answers through its own public call, in the version that bench/requirements.txt pins, with
no option that its user would not think of. Nothing is judged but by the facts, which the oracle of
the tests and the core agree on (tests/vectors/worked_facts.txt). Runs in .venv-bench, which it
makes if need be.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "COMPARISON.md"
FACTS = ROOT / "tests" / "vectors" / "worked_facts.txt"
DAY_MS = 86_400_000
TOOLS = ("polars", "pandas", "pandas, ambiguous=True", "pyarrow", "duckdb")
CALLS = "`dt.truncate`", "`dt.floor`", "`dt.floor`", "`floor_temporal`", "`time_bucket`"
PAGE_TEXT = """\
# Beside other tools

`bench/comparison.py` writes this page; nobody edits it. What it says of a tool is what that tool
answered when it ran: {versions}.
No answer here is called a bug: tools have rules of their own, and these differ from each other.

## The worked facts

In which window does this instant lie? Starts in UTC; **bold** where the answer is another than that
of [SEMANTICS.md](SEMANTICS.md), section 11, and *outside* where such an answer names a window that
does not hold the instant, taken to be one step long; a day may be longer, so of days that is not
said. paneline answers every row as the first column says, in every language
([worked_facts.txt](../tests/vectors/worked_facts.txt)). Facts about offsets are left out, since not
every call takes one.

{facts}
## The first row moves the buckets

The same two rows, 2025-03-03 00:03 and 00:10 UTC, in buckets of 7 minutes; once alone, once behind
a row of the day before, 2025-03-02 23:58. Where does the bucket of 00:10 start? **Bold** is another
answer than alone.

{origins}
And in New York, in buckets of 6 hours: 2024-11-04 10:00, once alone, once behind a row of two days
before, 2024-11-02 09:00. Between them the clock goes back. Where does the bucket of 10:00 start?

{origins_in_zone}
## The order of rows moves the sum

`1e16`, `1.0` and `-1e16` in two orders; **bold** is not the sum, which is 1.

{sums}"""


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def facts() -> Iterator[tuple[str, str, int, int, int]]:
    """Title, zone, step, time and start of each worked fact that has no offset."""
    title = zone = ""
    step_ms = 0
    for line in FACTS.read_text().splitlines():
        if line.startswith("#"):
            title = line.removeprefix("# ")
        elif line.startswith("spec "):
            fields = dict(re.findall(r"(\w+)=(\S+)", line.partition("=>")[0]))
            zone, step_ms = fields.get("timezone", ""), int(fields["duration_ms"])
            if fields.keys() - {"duration_ms", "timezone"}:
                zone = ""
        elif zone and (found := re.fullmatch(r"pane (-?\d+) => ok (-?\d+):-?\d+", line)):
            yield title, zone, step_ms, int(found[1]), int(found[2])


def starts() -> str:
    """What each tool answers to each fact."""
    import numpy as np
    import peers

    rows = []
    for title, zone, step_ms, t_ms, start_ms in facts():
        row = [re.sub(r": \S+ ", " ", title, count=1), instant(start_ms, t_ms)]
        for name in TOOLS:
            case = peers.Case("", "starts", zone, step_ms, step_ms, "", "", 0)
            try:
                got = int(peers.starts(name, case, np.array([t_ms]))[0])
            except Exception as error:
                row.append(f"**raises** {type(error).__name__}")
                continue
            text = instant(got, t_ms)
            inside = got <= t_ms < got + step_ms or step_ms >= DAY_MS
            outside = "" if inside else " *outside*"
            row.append(text if got == start_ms else f"**{text}**{outside}")
        rows.append(row)
    head = ["instant and step", "paneline"]
    return table([*head, *(f"{n} {c}" for n, c in zip(TOOLS, CALLS, strict=True))], rows)


def instant(ms: int, beside_ms: int) -> str:
    """A start in UTC; with its date where that is another than the instant's."""
    at, beside = (datetime.fromtimestamp(t / 1000, UTC) for t in (ms, beside_ms))
    return f"{at:%H:%M}" if at.date() == beside.date() else f"{at:%Y-%m-%d %H:%M}"


ALONE = ["2025-03-03T00:03Z", "2025-03-03T00:10Z"]
BEHIND = ["2025-03-02T23:58Z", *ALONE]
ALONE_IN_ZONE = ["2024-11-04T15:00Z"]
BEHIND_IN_ZONE = ["2024-11-02T13:00Z", *ALONE_IN_ZONE]


def origins(alone: list[str], behind: list[str], zone: str, minutes: int) -> str:
    """The start of the bucket of the last row, for two inputs that end alike."""
    import duckdb
    import pandas as pd
    import polars as pl

    import paneline as pln

    def polars(start_by: str) -> Callable[[list[str]], datetime]:
        def call(rows: list[str]) -> datetime:
            times = pl.Series("t", [datetime.fromisoformat(row) for row in rows])
            frame = pl.DataFrame([times.dt.convert_time_zone(zone)])
            buckets = frame.group_by_dynamic("t", every=f"{minutes}m", start_by=start_by)
            return buckets.agg()["t"][-1]

        return call

    def pandas(**origin: str) -> Callable[[list[str]], datetime]:
        def call(rows: list[str]) -> datetime:
            series = pd.Series(1, index=pd.to_datetime(rows).tz_convert(zone))
            return series.resample(f"{minutes}min", **origin).sum().index[-1].to_pydatetime()

        return call

    def duck(rows: list[str]) -> datetime:
        # A bucket of a time with a zone is one of UTC unless the zone is named.
        query = "SELECT epoch(time_bucket(to_minutes($1), $2::TIMESTAMPTZ, $3::VARCHAR))"
        (epoch,) = duckdb.execute(query, [minutes, rows[-1], zone]).fetchall()[0]
        return datetime.fromtimestamp(epoch, ZoneInfo(zone))

    def own(rows: list[str]) -> datetime:
        spec = pln.SlidingWindowSpec(duration_ms=minutes * 60_000, timezone=zone)
        times = [round(datetime.fromisoformat(row).timestamp() * 1000) for row in rows]
        start_ms = pln.Assigner(spec).pane_starts(times)[-1]
        return datetime.fromtimestamp(start_ms / 1000, ZoneInfo(zone))

    calls = {
        "paneline": own,
        "polars `group_by_dynamic`": polars("window"),
        'polars `group_by_dynamic(start_by="datapoint")`': polars("datapoint"),
        "pandas `resample`": pandas(),
        'pandas `resample(origin="start")`': pandas(origin="start"),
        'pandas `resample(origin="epoch")`': pandas(origin="epoch"),
        "duckdb `time_bucket`": duck,
    }
    rows = []
    for name, call in calls.items():
        first, second = (f"{call(rows):%H:%M}" for rows in (alone, behind))
        rows.append([name, first, second if second == first else f"**{second}**"])
    return table(["", "alone", "behind an earlier row"], rows)


def sums() -> str:
    """The sum of three floats in two orders."""
    import duckdb
    import numpy as np
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    import pyarrow.compute as pc

    import paneline as pln

    def duck(values: list[float]) -> float:
        return duckdb.sql(f"SELECT sum(x) FROM (SELECT unnest({values}) AS x)").fetchall()[0][0]

    def own(values: list[float]) -> float:
        spec = pln.EngineSpec(
            window=pln.SlidingWindowSpec(duration_ms=10_000),
            values=[pln.ValueColumn("x", "f64")],
            aggregates=[pln.Aggregate("sum", "sum", "x")],
        )
        (batch,) = pln.Engine(spec).run([7] * 3, [0, 1, 2], [values], finish=True)
        return batch["sum"][0]

    calls = {
        "paneline": own,
        "polars `sum`": lambda values: pl.Series(values).sum(),
        "pandas `sum`": lambda values: pd.Series(values).sum(),
        "pyarrow `sum`": lambda values: pc.sum(pa.array(values)).as_py(),
        "duckdb `sum`": duck,
        "numpy `sum`": lambda values: np.array(values).sum(),
    }
    rows = []
    for name, call in calls.items():
        both = [float(call(values)) for values in ([1e16, 1.0, -1e16], [1e16, -1e16, 1.0])]
        rows.append([name, *(f"{got}" if got == 1.0 else f"**{got}**" for got in both)])
    return table(["", "1e16 + 1.0 - 1e16", "1e16 - 1e16 + 1.0"], rows)


def main() -> int:
    """Asks, and writes the page."""
    if "--inside" not in sys.argv:
        import build

        build.peers()
        (wheel,) = (ROOT / "target" / "wheels").glob("*.whl")
        pip = [build.PEERS, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, "--force-reinstall", "--no-deps", wheel], check=True)
        # pandas reads the zones of the pinned package tzdata, not those of this machine.
        environment = {**os.environ, "PYTHONTZPATH": ""}
        command = [build.PEERS, __file__, "--inside"]
        return subprocess.run(command, env=environment).returncode
    packages = ("polars", "pandas", "pyarrow", "duckdb", "numpy")
    said = ", ".join(f"{name} {version(name)}" for name in packages)
    page = PAGE_TEXT.format(
        versions=said,
        facts=starts(),
        origins=origins(ALONE, BEHIND, "UTC", 7),
        origins_in_zone=origins(ALONE_IN_ZONE, BEHIND_IN_ZONE, "America/New_York", 360),
        sums=sums(),
    )
    PAGE.write_text(page)
    print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
