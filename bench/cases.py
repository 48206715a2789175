"""The cases of the comparison, and the tools that meet in them.

A case is one spec on one column; a tool is one process. Which tool takes part where is decided
here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"

# Rows of the columns: all of them lie in 2025.
ROWS = {
    "ordered": 10_000_000,
    "random": 10_000_000,
    "ordered-short": 2_000_000,
    "random-short": 2_000_000,
    "ordered-1m": 1_000_000,
    "random-1m": 1_000_000,
    "small": 32_768,
}
# Six hours of minutes around the night on which a clock goes back.
FOLDS = {
    NEW_YORK: ("fold-new-york", 1_762_063_200_000),  # 06:00Z is 01:00 again
    LORD_HOWE: ("fold-lord-howe", 1_743_865_200_000),  # 15:00Z is 01:30 again
}
FOLD_MINUTES = 360
FOLD_STEPS = {"15 min": 15 * MINUTE, "1 h": HOUR, "2 h": 2 * HOUR, "6 h": 6 * HOUR}
BATCHES = (1, 16, 256, 1_024, 8_192)


LONG = ("ordered", "random")


@dataclass(frozen=True)
class Case:
    """A spec, a column, and what is asked for."""

    title: str
    kind: str  # starts, batch:ROWS, scalar, assign
    zone: str
    duration_ms: int
    step_ms: int
    column: str
    repeats: int = 4  # in each round

    def line(self, column: str, folder: str, output: str, repeats: int) -> str:
        """The case in a plan."""
        source = f"{folder}/{column}.i64"
        parts = (self.title, self.kind, self.zone, self.duration_ms, self.step_ms)
        return "\t".join(map(str, (*parts, source, output, repeats)))


@dataclass(frozen=True)
class Tool:
    """A process: its name, its program, and what it can do."""

    name: str
    program: str  # rust, go, java, peers (.venv-bench), python (.venv)
    kinds: tuple[str, ...] = ("starts",)
    zones: bool = True
    utc: bool = True
    long: bool = False  # takes the long columns in every zone, and twice the repeats
    slow: bool = False  # takes the short columns in UTC as well
    own: bool = False  # must answer as the rules say

    def takes(self, case: Case) -> bool:
        """Whether the tool takes part."""
        able = self.zones if case.zone else self.utc
        return able and case.kind.partition(":")[0] in self.kinds

    def column(self, case: Case) -> str:
        """The long columns are for tools that need a few ns a row."""
        short = self.slow or (case.zone and not self.long)
        return f"{case.column}-short" if short and case.column in LONG else case.column


EVERYTHING = ("starts", "batch", "scalar", "assign")
TOOLS = (
    Tool("paneline", "rust", EVERYTHING, long=True, own=True),
    Tool("plain Rust", "rust", zones=False, long=True),
    Tool("jiff, offset + floor", "rust", ("starts", "scalar")),
    Tool("jiff, round", "rust", ("starts", "scalar"), slow=True),
    Tool("chrono-tz, offset + floor", "rust", ("starts", "scalar"), utc=False),
    Tool("paneline", "python", ("starts", "batch", "assign", "scalar"), long=True, own=True),
    Tool("numpy", "peers", ("starts", "batch"), zones=False, long=True),
    Tool("polars", "peers", ("starts", "batch")),
    Tool("pandas", "peers"),
    Tool("pandas, ambiguous=True", "peers", utc=False),
    Tool("pyarrow", "peers"),
    Tool("duckdb", "peers"),
    Tool("Python datetime, zoneinfo", "python", ("scalar",)),
    Tool("paneline", "go", EVERYTHING, long=True, own=True),
    Tool("Go time", "go", ("starts", "scalar")),
    Tool("java.time", "java"),
)


def starts(title: str, zone: str, step_ms: int, column: str = "ordered") -> Case:
    """Pane starts of a whole column."""
    return Case(title, "starts", zone, step_ms, step_ms, column)


UTC_10S = "10 s, UTC"
NY_15M = "15 min, America/New_York"
NY_15M_RANDOM = f"{NY_15M}, random order"
NY_6H = "6 h, America/New_York"
LH_1H = "1 h, Australia/Lord_Howe"
STARTS = (
    starts(UTC_10S, "", 10 * SECOND),
    starts(NY_15M, NEW_YORK, 15 * MINUTE),
    starts(NY_15M_RANDOM, NEW_YORK, 15 * MINUTE, "random"),
    starts(NY_6H, NEW_YORK, 6 * HOUR),
    starts(f"{NY_6H}, random order", NEW_YORK, 6 * HOUR, "random"),
    starts(LH_1H, LORD_HOWE, HOUR),
    starts(f"{LH_1H}, random order", LORD_HOWE, HOUR, "random"),
    starts("15 min, Africa/Casablanca", "Africa/Casablanca", 15 * MINUTE),
    starts("1 day, Asia/Shanghai", "Asia/Shanghai", DAY),
)
SMALL = {
    f"{size}, {title}": Case(
        f"{size}, {title}", f"batch:{size}", zone, step, step, "small", repeats=5
    )
    for title, zone, step in ((UTC_10S, "", 10 * SECOND), (NY_15M, NEW_YORK, 15 * MINUTE))
    for size in BATCHES
}
SCALAR = (
    Case(f"scalar, {UTC_10S}", "scalar", "", 10 * SECOND, 10 * SECOND, "small", repeats=5),
    Case(f"scalar, {NY_15M}", "scalar", NEW_YORK, 15 * MINUTE, 15 * MINUTE, "small", repeats=5),
)
ASSIGN = (
    Case(f"assign, {UTC_10S}", "assign", "", 10 * SECOND, 10 * SECOND, "ordered-short"),
    *(
        Case(f"assign, {title}{order}", "assign", NEW_YORK, duration, step, column, repeats=3)
        for title, duration, step in (
            (NY_15M, 15 * MINUTE, 15 * MINUTE),
            ("6 h by 30 min, America/New_York", 6 * HOUR, 30 * MINUTE),
        )
        for order, column in (("", "ordered-1m"), (", random order", "random-1m"))
    ),
)
NIGHTS = tuple(
    Case(f"night, {zone}, {name}", "starts", zone, step, step, column, repeats=0)
    for zone, (column, _) in FOLDS.items()
    for name, step in FOLD_STEPS.items()
)
CASES = (*STARTS, *SMALL.values(), *SCALAR, *ASSIGN, *NIGHTS)
