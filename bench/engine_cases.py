"""The cases of the engine's comparison, and the tools that meet in them.

A case is one spec on one set of columns; a run of a tool on it is one process. Which tool takes
part where, in how many passes, is decided here and nowhere else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from engine_data import BOUND_MS

SECOND, MINUTE, DAY = 1_000, 60_000, 86_400_000
ROWS = 10_000_000
BATCH_ROWS = 65_536
# Of the split: short, so that no window is late by much of a batch.
SPLIT_BATCH_ROWS = 8_192
# More than any case needs: it reserves addresses, not memory.
STATE_BYTES = 16 << 30
I64, F64 = 0, 1
COUNT, SUM, MEAN, VARIANCE, STDDEV, MIN, MAX, FIRST, LAST = range(9)


@dataclass(frozen=True)
class Data:
    """Columns of the folder that bench/engine_data.py writes."""

    title: str
    times: str = "times.i64"
    keys: str = "keys.i64"
    values: str = "values.i64"

    @property
    def value_type(self) -> int:
        """The type of the value column."""
        return F64 if self.values.endswith(".f64") else I64

    def arguments(self, folder: Path) -> list[str]:
        """The columns as every program takes them."""
        names = {"times": self.times, "keys": self.keys, "values": self.values}
        return [f"{name}={folder / file}" for name, file in names.items()]


REFERENCE = Data("100k keys")
FLOATS = Data("100k keys, floats", values="floats.f64")
ONE = Data("1 key", keys="keys-one.i64")
TEN = Data("10 keys", keys="keys-ten.i64")
SPARSE = Data("1M sparse keys", keys="keys-sparse.i64")
ZIPF = Data("100k Zipf keys", keys="keys-zipf.i64")
SHUFFLED = Data(
    "100k keys, random order within 5 s",
    "times-shuffled.i64",
    "keys-shuffled.i64",
    "values-shuffled.i64",
)
LATE = Data("100k keys, 1 % late", times="times-late.i64")
CUT = Data("2M rows, 20k keys", "times-cut.i64", "keys-cut.i64", "values-cut.i64")


@dataclass(frozen=True)
class Windows:
    """Windows of one length and step, on Unix time, or sessions, which end after a gap."""

    title: str
    duration_ms: int = 0
    step_ms: int = 0
    gap_ms: int = 0

    def message(self) -> dict[str, object]:
        """As the spec has it."""
        if self.gap_ms:
            return {"kind": "WINDOW_KIND_SESSION", "session_gap_ms": self.gap_ms}
        lengths = {"duration_ms": self.duration_ms, "step_ms": self.step_ms}
        return {**lengths, "align_to_epoch": True}


TUMBLING = Windows("tumbling 10 s", 10 * SECOND, 10 * SECOND)
SLIDING = Windows("sliding 5 min / 10 s", 5 * MINUTE, 10 * SECOND)
UNEVEN = Windows("sliding 5 min / 7 s", 5 * MINUTE, 7 * SECOND)
SESSIONS = Windows("sessions, gap 30 s", gap_ms=30 * SECOND)


@dataclass(frozen=True)
class Aggregate:
    """A result column; a case without any asks for counts alone."""

    name: str
    function: int
    ddof: int = 0

    def message(self) -> dict[str, object]:
        """As the spec has it."""
        return {
            "name": self.name,
            "function": self.function,
            "column": "value",
            "ddof": self.ddof,
        }


TOTAL = (Aggregate("sum", SUM),)
EXTREMES = (Aggregate("min", MIN), Aggregate("max", MAX))
ENDS = (Aggregate("first", FIRST), Aggregate("last", LAST))
SPREAD = (Aggregate("variance", VARIANCE),)
# The variants of each tool, in one process each.
POLARS_TUMBLING = (
    "polars, streaming group_by",
    "polars, group_by",
    "polars, sort by time + group_by_dynamic",
)
POLARS_SLIDING = (
    "polars, sort by time + group_by_dynamic",
    "polars, sort by key + group_by_dynamic",
    "polars, 10 s first + group_by_dynamic",
)
DUCKDB_TUMBLING = ("duckdb, time_bucket", "duckdb, integer division")
DUCKDB_SLIDING = ("duckdb, 10 s first + 30x", "duckdb, 10 s first + running totals")
PANDAS_TUMBLING = ("pandas, groupby",)
PANDAS_SLIDING = ("pandas, 10 s first + rolling",)
EVERYBODY_SESSIONS = ("polars, gaps + group_by", "duckdb, gaps + group by")
BY_TIME, BY_KEY = POLARS_SLIDING[:2]
OWN = "paneline Rust"
OWN_PYTHON = "paneline Python"
NAIVE = "naive ring of f64"
FLINK = "flink"
EVERYBODY_SLIDING = (*POLARS_SLIDING, *DUCKDB_SLIDING)
EVERYBODY_TUMBLING = (*POLARS_TUMBLING, *DUCKDB_TUMBLING, *PANDAS_TUMBLING)


@dataclass(frozen=True)
class Case:
    """A spec, columns, and who meets there."""

    windows: Windows
    data: Data
    what: str = "count, sum"
    aggregates: tuple[Aggregate, ...] = TOTAL
    peers: tuple[str, ...] = ()
    batch_rows: int = BATCH_ROWS
    # Ingest and firing timed apart, with explicit watermarks.
    split: bool = False
    passes: int = 3  # in each round; a peer whose first pass takes seconds makes fewer

    @property
    def title(self) -> str:
        """The name of the case."""
        batch = "" if self.batch_rows in (BATCH_ROWS, SPLIT_BATCH_ROWS) else self.batch_rows
        cut = f", batches of {batch:,}" if batch else ""
        split = ", split" if self.split else ""
        return f"{self.windows.title}, {self.what}, {self.data.title}{cut}{split}"

    @property
    def answer(self) -> tuple[Windows, Data, tuple[Aggregate, ...]]:
        """What the answer depends on."""
        return self.windows, self.data, self.aggregates

    def spec(self) -> str:
        """The engine's spec as JSON."""
        bound = -1 if self.split else BOUND_MS
        return spec(self.windows, self.aggregates, bound, self.data.value_type)

    def arguments(self, folder: Path) -> list[str]:
        """What the programs are told."""
        functions = ",".join(f"{one.name}:{one.function}:{one.ddof}" for one in self.aggregates)
        return [
            *self.data.arguments(folder),
            f"duration_ms={self.windows.duration_ms}",
            f"step_ms={self.windows.step_ms}",
            f"gap_ms={self.windows.gap_ms}",
            f"bound_ms={BOUND_MS}",
            f"aggregates={functions}",
            f"batch_rows={self.batch_rows}",
            f"passes={self.passes}",
        ]


def spec(
    windows: Windows,
    aggregates: tuple[Aggregate, ...],
    bound_ms: int,
    value_type: int = I64,
) -> str:
    """An engine's spec as JSON."""
    message = {
        "window": windows.message(),
        "values": [{"name": "value", "type": value_type}],
        "aggregates": [one.message() for one in aggregates],
        "max_out_of_orderness_ms": bound_ms,
        "state_budget_bytes": STATE_BYTES,
    }
    return json.dumps(message)


PRINCIPAL = Case(SLIDING, REFERENCE, peers=EVERYBODY_SLIDING)
PRINCIPAL_TUMBLING = Case(TUMBLING, REFERENCE, peers=EVERYBODY_TUMBLING)
ON_CUT = Case(SLIDING, CUT, peers=(*EVERYBODY_SLIDING, *PANDAS_SLIDING, FLINK))
EXACT = Case(SLIDING, FLOATS, "exact sum", peers=(NAIVE, BY_TIME, BY_KEY))
LEAST_AND_GREATEST = Case(SLIDING, REFERENCE, "min, max", EXTREMES, (BY_TIME, BY_KEY))
SPARSE_TUMBLING = Case(TUMBLING, SPARSE, peers=EVERYBODY_TUMBLING)
COMPARED = (
    PRINCIPAL_TUMBLING,
    PRINCIPAL,
    ON_CUT,
    EXACT,
    LEAST_AND_GREATEST,
    Case(SLIDING, REFERENCE, "variance", SPREAD, (BY_TIME, BY_KEY)),
    *(Case(TUMBLING, data, peers=EVERYBODY_TUMBLING) for data in (ONE, TEN, ZIPF)),
    SPARSE_TUMBLING,
    *(Case(SLIDING, data, peers=EVERYBODY_SLIDING) for data in (ONE, TEN)),
    Case(SLIDING, ZIPF, peers=(BY_KEY,)),
    Case(SLIDING, SHUFFLED, peers=(BY_KEY,)),
    Case(SESSIONS, REFERENCE, peers=EVERYBODY_SESSIONS),
)
# No peer has these, or not with these answers.
ALONE = (
    Case(SLIDING, REFERENCE, "first, last", ENDS),
    Case(SLIDING, SPARSE),
    Case(UNEVEN, REFERENCE),
    Case(TUMBLING, LATE),
    Case(SLIDING, LATE),
)
SPLIT = tuple(
    Case(windows, data, what, aggregates, batch_rows=SPLIT_BATCH_ROWS, split=True)
    for windows, data, what, aggregates in (
        (TUMBLING, REFERENCE, "count, sum", TOTAL),
        (SLIDING, REFERENCE, "count, sum", TOTAL),
        (SLIDING, FLOATS, "exact sum", TOTAL),
        (SLIDING, REFERENCE, "min, max", EXTREMES),
    )
)
BATCHES = tuple(Case(SLIDING, CUT, batch_rows=rows) for rows in (1, 16, 256, 4_096))
CASES = (*COMPARED, *ALONE, *SPLIT, *BATCHES)


@dataclass(frozen=True)
class Held:
    """State that is built and looked at: so many of the keys have a row in each slice."""

    title: str
    windows: Windows
    keys: int
    keys_of_a_slice: int
    slices: int
    bound_ms: int = 0
    every: int = 1  # slices from one look to the next
    # Bytes of state at which windows begin to fire; 0: whenever they can.
    fill_bytes: int = 0

    def arguments(self) -> list[str]:
        """What the program is told."""
        bound_ms = -1 if self.fill_bytes else self.bound_ms
        return [
            f"spec={spec(self.windows, TOTAL, bound_ms)}",
            f"step_ms={self.windows.step_ms}",
            *(
                f"{name}={getattr(self, name)}"
                for name in ("keys", "keys_of_a_slice", "slices", "every", "fill_bytes")
            ),
        ]


SMALL = Held("1,000 keys, 32 slices", SLIDING, 1_000, 1_000, 80, bound_ms=20 * SECOND)
MONTH = Held(
    "10 keys, 43,200 slices",
    Windows("30 days / 1 min", 30 * DAY, MINUTE),
    10,
    10,
    44_000,
    every=2_000,
)
DENSE = Held("100k keys, all in every slice", SLIDING, 100_000, 100_000, 45)
THIN = Held("1M keys, 25k in a slice", SLIDING, 1_000_000, 25_000, 80)


def mapped(gib: int) -> Held:
    """Sparse state of so many GiB: open windows of a minute, each with 25k of 1M keys."""
    windows = Windows("tumbling 1 min", MINUTE, MINUTE)
    most = gib * 4_000
    title = f"{gib} GiB of sparse state"
    return Held(title, windows, 1_000_000, 25_000, most, every=20, fill_bytes=gib << 30)


# Aggregates whose bytes are estimated, over a column of each type.
ESTIMATED = tuple(
    (name, function, value_type)
    for name, function in (
        ("sum", SUM),
        ("mean", MEAN),
        ("variance and stddev", VARIANCE),
        ("min", MIN),
        ("max", MAX),
        ("first", FIRST),
        ("last", LAST),
    )
    for value_type in (I64, F64)
)


def estimated(function: int, value_type: int, windows: Windows) -> str:
    """The spec of one aggregate."""
    aggregates = (Aggregate("one", function),)
    return spec(windows, aggregates, BOUND_MS, value_type)
