"""Sliding windows that mean the same thing everywhere.

A `SlidingWindowSpec` says which windows an event belongs to; an `Assigner` answers. The answer is a
pure function of the spec, the embedded time-zone database and the event's time: it never depends on
the first row, on the batch, on the machine's zone files or on arrival order.

The last 5 minutes, every 10 seconds:

>>> import paneline as pln
>>> from datetime import UTC, datetime
>>> spec = pln.SlidingWindowSpec(duration="5m", step="10s")
>>> windows = pln.Assigner(spec).windows(datetime(2025, 1, 1, 0, 0, 12, tzinfo=UTC))
>>> len(windows), windows[-1]
(30, Window(start_ms=1735689610000, end_ms=1735689910000))
>>> print(windows[-1])
[2025-01-01T00:00:10+00:00, 2025-01-01T00:05:10+00:00)

The local day, 23 to 25 hours long. 2024-11-03 had two midnights in Havana:

>>> days = pln.Assigner(pln.SlidingWindowSpec(duration="1d", timezone="America/Havana"))
>>> str(days.pane(1_730_611_800_000).duration)
'1 day, 1:00:00'

Columns go in as numpy arrays, buffers, lists or Arrow columns (a polars `Series` is one) and come
out as `Int64Array`, which numpy and all that speaks Arrow read without a copy. `paneline.polars`
and `paneline.pandas` put windows into their expressions:

>>> from array import array
>>> days.pane_starts(array("q", [1_730_611_800, 1_730_700_000]), "s")
Int64Array([1730606400000, 1730696400000])

An `Engine` aggregates keyed rows in such windows, with exact sums, in any order within a bound:

>>> engine = pln.Engine(
...     pln.EngineSpec(
...         window=pln.SlidingWindowSpec(duration="10s"),
...         values=[pln.ValueColumn("amount", "f64")],
...         aggregates=[pln.Aggregate("total", "sum", "amount"), pln.Aggregate("n", "count")],
...     )
... )
>>> keys, times, amounts = [7, 8, 7], [1_000, 2_000, 13_000], [0.5, 1.0, 0.25]
>>> for batch in engine.run(keys, times, [amounts], finish=True):
...     print(batch.start_ms.tolist(), batch.keys.tolist(), batch["total"].tolist())
[0, 0, 10000] [7, 8, 7] [0.5, 1.0, 0.25]

Every refusal is a `PanelineError` with `code`, `path` and `message`; see there. Times are
milliseconds since 1970-01-01T00:00Z where nothing else is said; scalar calls also take an aware
`datetime` and a `numpy.datetime64`.
"""

from paneline import _abi as _abi
from paneline._codes import (
    CancelledError,
    ClosedError,
    CorruptError,
    InternalError,
    InvalidArgumentError,
    InvalidSpecError,
    IoError,
    MemoryLimitError,
    OutOfRangeError,
    UnavailableError,
    UnknownTimezoneError,
    UnsupportedFieldError,
    VersionMismatchError,
)
from paneline._core import (
    FLAG_LATE,
    FLAG_PARTIAL,
    FLAG_RETRACTION,
    SLOTS,
    Aggregate,
    Assigner,
    Assignment,
    BytesArray,
    Column,
    Engine,
    EngineSpec,
    Estimate,
    Int64Array,
    LateBatch,
    Progress,
    ResultBatch,
    SlidingWindowSpec,
    SpecWarning,
    Stats,
    ValueColumn,
    Verdicts,
    Window,
    __version__,
    estimate,
    parse_duration,
    resolve_local,
    timezones,
    tzdb_version,
)
from paneline._enums import CalendarUnit, Verdict, Weekday, WindowKind
from paneline._errors import PanelineError
from paneline._version import __version__ as _package_version

if __version__ != _package_version:
    raise VersionMismatchError(
        f"paneline._core must be {_package_version}, as the package around it, got {__version__}:"
        " run pip install --force-reinstall paneline, in a checkout python/build.sh",
        "version",
    )

__all__ = [
    "FLAG_LATE",
    "FLAG_PARTIAL",
    "FLAG_RETRACTION",
    "SLOTS",
    "Aggregate",
    "Assigner",
    "Assignment",
    "BytesArray",
    "CalendarUnit",
    "CancelledError",
    "ClosedError",
    "Column",
    "CorruptError",
    "Engine",
    "EngineSpec",
    "Estimate",
    "Int64Array",
    "InternalError",
    "InvalidArgumentError",
    "InvalidSpecError",
    "IoError",
    "LateBatch",
    "MemoryLimitError",
    "OutOfRangeError",
    "PanelineError",
    "Progress",
    "ResultBatch",
    "SlidingWindowSpec",
    "SpecWarning",
    "Stats",
    "UnavailableError",
    "UnknownTimezoneError",
    "UnsupportedFieldError",
    "ValueColumn",
    "Verdict",
    "Verdicts",
    "VersionMismatchError",
    "Weekday",
    "Window",
    "WindowKind",
    "__version__",
    "estimate",
    "parse_duration",
    "resolve_local",
    "timezones",
    "tzdb_version",
]
