"""Columns of times as people have them: lists of instants, days, readings; what refusals say."""

from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import paneline as pln

MINUTE = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
ZONED = pln.Assigner(pln.SlidingWindowSpec(duration="1d", timezone="America/New_York"))
SECOND = pln.SlidingWindowSpec(duration="1s")
STREAM = pln.EngineSpec(window=SECOND, max_out_of_orderness="30000d")
EARLY = datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)
LATE = datetime(2024, 11, 3, 1, 30, tzinfo=timezone(timedelta(hours=-4)))
LATE_MS = 1_730_611_800_000


def pushed(times: Any, unit: Any = None) -> list[int]:
    """Where the engine's windows of a second lie, and how many rows had no time."""
    engine = pln.Engine(STREAM)
    rows = engine.push([1] * len(times), times, unit=unit)
    engine.finish()
    batch = engine.poll()
    assert rows == len(times)
    return [*(batch.start_ms if batch else ()), engine.stats.invalid]


CALLS: list[Callable[..., object]] = [MINUTE.pane_starts, MINUTE.assign, pushed]


@pytest.mark.parametrize(
    ("times", "starts"),
    [
        ([EARLY, LATE], [-60_000, LATE_MS]),
        ((LATE, EARLY), [LATE_MS, -60_000]),
        ([np.datetime64(-1, "ns"), np.datetime64("2024-11-03")], [-60_000, 1_730_592_000_000]),
        ([pd.Timestamp(-1, unit="ns", tz="UTC"), pd.Timestamp(LATE)], [-60_000, LATE_MS]),
        (
            [LATE, 61_000, np.int64(-1), np.datetime64(1, "D")],
            [LATE_MS, 60_000, -60_000, 86_400_000],
        ),
        ([0, EARLY], [0, -60_000]),
    ],
)
def test_lists_of_instants(times: Any, starts: list[int]) -> None:
    """Each is what a scalar call takes it for, floored; ints beside them are milliseconds."""
    for unit in (None, "ms"):
        assert MINUTE.pane_starts(times, unit).tolist() == starts
        assert MINUTE.assign(times, unit).starts_ms.tolist() == starts
    assert [MINUTE.pane(t).start_ms for t in times] == starts
    seconds = pln.Assigner(SECOND).pane_starts(times)
    assert pushed(times) == [*sorted(seconds), 0]
    progress = pln.Progress(STREAM)
    assert [*map(progress.judge([1] * len(times), times).verdict, range(len(times)))] == [
        pln.Verdict.ACCEPTED
    ] * len(times)
    out = np.zeros(len(times), "M8[ms]")
    assert MINUTE.pane_starts(times, out=out) is out
    assert out.view("i8").tolist() == starts


def test_instants_of_a_list_have_their_own_unit() -> None:
    """As columns with a unit do: an int beside an instant never is a second by accident."""
    for times in ([1, LATE], (np.datetime64(1, "s"), 1)):
        row = 1 if times[0] == 1 else 0
        for call in CALLS:
            for unit in ("s", "us", "ns"):
                message = rf'None or "ms" where times\[{row}\] is no int, got "{unit}"'
                with pytest.raises(pln.InvalidArgumentError, match=message) as caught:
                    call(times, unit)
                assert caught.value.path == "unit"


def test_bad_instants_of_a_list() -> None:
    far, naive = np.datetime64(2**62, "s"), datetime(2024, 11, 3)
    cases: list[tuple[Any, type[pln.PanelineError], str]] = [
        (naive, pln.InvalidArgumentError, "a naive datetime is no instant"),
        (pd.Timestamp(naive), pln.InvalidArgumentError, "a naive datetime is no instant"),
        (np.datetime64("2024-11"), pln.InvalidArgumentError, "weeks or finer, got unit M"),
        (far, pln.OutOfRangeError, r"times\[5000\] must fit i64"),
    ]
    for bad, kind, why in cases:
        for call in CALLS:
            for times in ([LATE] * 5_000 + [bad], (*[LATE] * 5_000, bad)):
                with pytest.raises(kind, match=why) as caught:
                    call(times)
                assert caught.value.path == "times[5000]"
    for text in (["2024-11-03T05:30Z"], [0, "now"]):
        for call in CALLS:
            with pytest.raises(TypeError, match=r"\(datetime.fromisoformat reads text\), got str"):
                call(text)
    with pytest.raises(TypeError, match=r"t_ms must .*\(datetime.fromisoformat reads text\)"):
        MINUTE.pane("2024-11-03T05:30Z")  # type: ignore[arg-type]
    # A refused batch of an engine takes nothing, also where its first blocks are good.
    engine = pln.Engine(STREAM)
    with pytest.raises(pln.InvalidArgumentError):
        engine.push([1] * 5_001, [LATE] * 5_000 + [naive])
    assert engine.stats.accepted == 0


def test_the_range_of_a_list_is_that_of_scalars() -> None:
    for t in (datetime(1899, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)):
        with pytest.raises(pln.OutOfRangeError, match="a time must lie in") as caught:
            ZONED.pane_starts([LATE, t])
        assert caught.value.path == "times[1]"


@pytest.mark.parametrize(
    ("missing", "got"),
    [
        (None, "None"),
        (pd.NaT, "NaT"),
        (np.datetime64("NaT"), "NaT"),
        (np.datetime64("NaT", "D"), "NaT"),
    ],
)
def test_missing_times_of_a_list(missing: Any, got: str) -> None:
    """Refused where each row needs a window, counted where an engine counts them."""
    for times in ([LATE, missing, 0], (LATE, missing)):
        for call in (MINUTE.pane_starts, MINUTE.assign):
            message = rf"times\[1\] must be a time, got {got}: drop rows without one"
            with pytest.raises(pln.OutOfRangeError, match=message) as caught:
                call(times)
            assert caught.value.path == "times[1]"
        assert pushed(times)[-1] == 1
    with pytest.raises(
        pln.OutOfRangeError, match=f"must be a time, got {got}: drop rows"
    ) as caught:
        pln.resolve_local("", [0, missing], "reject")
    assert caught.value.path == "local_ms[1]"


def test_missing_times_of_columns_are_named_as_there() -> None:
    moments: list[datetime | None] = [LATE, None]
    columns: list[tuple[Any, str]] = [
        (np.array(["2024-11-03", "NaT"], "M8[us]"), "NaT"),
        (np.array(["2024-11-03", "NaT"], "M8[D]"), "NaT"),
        (pd.DatetimeIndex(["2024-11-03", "NaT"]), "NaT"),
        (pa.array(moments), "null"),
        (pa.array([1, None]), "null"),
        (pl.Series(moments), "null"),
        (pd.Series(moments), "null"),
    ]
    for column, got in columns:
        for call in (MINUTE.pane_starts, MINUTE.assign, ZONED.assign):
            message = rf"times\[1\] must be a time, got {got}: drop rows without one"
            with pytest.raises(pln.OutOfRangeError, match=message) as caught:
                call(column)
            assert caught.value.path == "times[1]"
        assert pushed(column)[-1] == 1
    # Of ints it is one as any other, far out.
    for ints in (np.array([0, -(2**63)]), [0, -(2**63)]):
        with pytest.raises(pln.OutOfRangeError, match="a time must lie in"):
            MINUTE.pane_starts(ints)


@pytest.mark.parametrize(
    ("unit", "seconds"), [("W", 604_800), ("D", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]
)
def test_coarse_datetime64(unit: str, seconds: int) -> None:
    """Whole seconds, in columns as in scalars; no product wraps into another time."""
    times = np.array([-3, 0, 2_000, 7], f"M8[{unit}]")
    ms = [int(t) * seconds * 1_000 for t in times.astype("i8")]
    expected = MINUTE.pane_starts(ms)
    assert MINUTE.pane_starts(times) == MINUTE.pane_starts([*times]) == expected
    assert MINUTE.assign(times).starts_ms == expected
    assert pushed(times) == [*sorted(ms), 0]
    assert pln.resolve_local("+01:00", times, "reject").tolist() == [t - 3_600_000 for t in ms]
    MINUTE.pane_starts(times, out=times.view("M8[ms]"))
    assert times.view("i8").tolist() == expected.tolist()
    # The least product that wraps past 64 bits back into the range, in either direction.
    for ticks in (2**64 // seconds + 1, -(2**64) // seconds - 1, 2**62, -(2**62), 2**63 - 1):
        if not -(2**63) < ticks < 2**63:
            continue
        far = np.array([0, ticks]).view(f"M8[{unit}]")
        for call in (MINUTE.pane_starts, MINUTE.assign, ZONED.pane_starts):
            with pytest.raises(pln.OutOfRangeError, match="a time must lie in") as caught:
                call(far)
            assert caught.value.path == "times[1]"
        assert pushed(far) == [0, 1]
        with pytest.raises(pln.OutOfRangeError) as caught:
            pln.resolve_local("", far, "reject")
        assert caught.value.path == "local_ms[1]"


def test_a_unit_beside_coarse_datetime64() -> None:
    days = np.array([1], "M8[D]")
    for call in CALLS:
        for unit in ("s", "ms"):
            with pytest.raises(pln.InvalidArgumentError, match="unit must be None, as") as caught:
                call(days, unit)
            assert caught.value.path == "unit"
    with pytest.raises(pln.InvalidArgumentError, match=r"datetime64\[ms\] buffer, got one of"):
        MINUTE.pane_starts([0], out=days)


def test_buffers_that_are_refused_say_how_to_fix_them() -> None:
    cases: list[tuple[Any, str]] = [
        (
            np.array([1.5]),
            r'int64, got float64: convert it, as in np.floor(values).astype("int64")',
        ),
        (np.array([1], "f4"), r"int64, got float32: convert it, as in np.floor(values)"),
        (array("d", [1]), "int64, got float64: convert it"),
        (np.array([1], "u8"), 'int64, got uint64: convert it, as in values.astype("int64")'),
        (np.array([1], "i4"), 'int64, got int32: convert it, as in values.astype("int64")'),
        (
            np.array([1], ">i8"),
            "int64, got int64 of the other byte order: convert it, as in values.",
        ),
        (np.array([True]), "int64, got bool: convert it"),
        (np.array([LATE, None]), "int64, got Python objects: pass values.tolist()"),
        (np.array([1j]), 'int64, got items of 16 bytes with format "Zd"'),
        (np.arange(4)[::2], "must be contiguous, got strides of [16]: copy it, as in np.asc"),
        (np.zeros(4, "M8[ms]")[::2], "copy it, as in np.ascontiguousarray(values)"),
        (np.array(5), "must have 1 dimension, got 0: pass a list of it, or values.ravel()"),
        (np.array(5, "M8[ms]"), "must have 1 dimension, got 0: pass a list of it"),
        (
            np.array([[1, 2]]),
            "must have 1 dimension, got 2: pass a column of it, or values.ravel",
        ),
    ]
    for column, message in cases:
        with pytest.raises(pln.InvalidArgumentError) as caught:
            MINUTE.pane_starts(column)
        assert caught.value.path == "times"
        assert message in caught.value.message
    # What they say works.
    assert MINUTE.pane_starts(np.floor(np.array([-0.5])).astype("int64")).tolist() == [-60_000]
    assert MINUTE.pane_starts(np.array([LATE, EARLY]).tolist()).tolist() == [LATE_MS, -60_000]
    assert MINUTE.pane_starts(np.array(5).ravel()).tolist() == [0]
    value = pln.EngineSpec(window=SECOND, values=[pln.ValueColumn("x", "f64")])
    push = partial(pln.Engine(value).push, [1], [1])
    with pytest.raises(pln.InvalidArgumentError, match=r'got int64: .*values.astype\("float64"\)'):
        push([np.array([1])])


def test_columns_of_readings() -> None:
    """Timestamps without a zone of any library; their own unit counts, and digits are floored."""
    readings = [datetime(2014, 11, 2, 1, 30), datetime(1969, 12, 31, 23, 59, 59, 999_999)]
    expected = pln.resolve_local("America/New_York", readings, "latest")
    seconds = pa.array([1_414_891_800, -1], pa.timestamp("s"))
    columns: list[Any] = [
        pl.Series(readings),
        pl.DataFrame({"t": readings}),
        pa.array(readings),
        pa.chunked_array([pa.array(readings[:1]), pa.array(readings[1:])]),
        pd.Series(readings),
        pd.DatetimeIndex(readings),
        duckdb.sql("select unnest([timestamp '2014-11-02 01:30', '1969-12-31 23:59:59.999999'])"),
        [np.datetime64(reading) for reading in readings],
        *(pa.array(readings).cast(pa.timestamp(unit), safe=False) for unit in ("ns", "us")),
    ]
    for column in columns:
        assert pln.resolve_local("America/New_York", column, "latest") == expected
    assert pln.resolve_local("", seconds, "reject").tolist() == [1_414_891_800_000, -1_000]
    for gap in (pa.array([*readings, None]), pl.Series([*readings, None])):
        message = r"local_ms\[2\] must be a time, got null: drop rows"
        with pytest.raises(pln.OutOfRangeError, match=message):
            pln.resolve_local("America/New_York", gap, "latest")
    with pytest.raises(pln.OutOfRangeError) as caught:
        pln.resolve_local("", pa.array([0, 2**62], pa.timestamp("s")), "reject")
    assert caught.value.path == "local_ms[1]"


PAIRS: list[Any] = [
    (np.array([1, 2]), np.array([True, False])),
    (np.array([1, 2]), None),
    ([1, 2], [True, False]),
    (pl.Series([1, 2]), None),
    (pln.Int64Array([1, 2]), None),
]


@pytest.mark.parametrize("times", PAIRS, ids=lambda pair: type(pair[0]).__name__)
def test_times_take_no_validity(times: Any) -> None:
    """Protects whoever knows the pair of values: it would be two times, and keys were blamed."""
    engine, progress = pln.Engine(STREAM), pln.Progress(STREAM)
    keys = [1, 2, 3, 4, 5]
    calls: list[Callable[[], object]] = [
        lambda: engine.push(keys, times),
        lambda: engine.run(keys, times),
        lambda: progress.judge(keys, times),
        lambda: MINUTE.pane_starts(times),
        lambda: MINUTE.assign(times),
    ]
    for call in calls:
        with pytest.raises(pln.InvalidArgumentError, match="times take no validity") as caught:
            call()
        assert caught.value.path == "times"
    instants = (np.int64(1), np.datetime64(2, "ms"), pd.Timestamp(3, unit="ms", tz="UTC"), None)
    assert engine.push([1, 2, 3, 4], instants) == 4
    assert engine.stats.accepted == 3
