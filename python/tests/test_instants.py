"""What an instant is, wherever one is taken; times that windows give back; local readings."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import paneline as pln

MINUTE = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
STREAM = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="1s"), max_out_of_orderness_ms=-1)


def moved(t: Any) -> int:
    engine = pln.Engine(STREAM)
    assert engine.advance_watermark(t) == engine.watermark_ms
    progress = pln.Progress(STREAM)
    assert progress.advance_watermark(t) == engine.watermark_ms
    shard = pln.Engine.shard(STREAM, 1)
    shard.apply_watermark(t)
    assert shard.watermark_ms == engine.watermark_ms
    return engine.watermark_ms


# Every call that takes an instant, and the name of the argument.
TAKERS: list[tuple[Callable[[Any], object], str]] = [
    (MINUTE.windows, "t_ms"),
    (MINUTE.pane, "t_ms"),
    (MINUTE.next_boundary, "t_ms"),
    (lambda t: MINUTE.panes(t, 2**52), "from_ms"),
    (lambda t: MINUTE.panes(0, t), "to_ms"),
    (pln.Engine(STREAM).advance_watermark, "t_ms"),
    (pln.Engine(STREAM).tick, "now_ms"),
    (pln.Engine.shard(STREAM, 1).apply_watermark, "watermark_ms"),
    (pln.Progress(STREAM).advance_watermark, "t_ms"),
    (pln.Progress(STREAM).tick, "now_ms"),
]


@pytest.mark.parametrize(
    ("t", "ms"),
    [
        (np.int64(-1), -1),
        (np.uint8(7), 7),
        (np.array(7), 7),
        (np.datetime64(-1, "s"), -1_000),
        (np.datetime64(-1, "ms"), -1),
        (np.datetime64(-1_001, "us"), -2),
        (np.datetime64(-1, "us"), -1),
        (np.datetime64(-1, "ns"), -1),
        (np.datetime64(1_999_999, "ns"), 1),
        (np.datetime64(-(2**63) + 1, "ns"), -9_223_372_036_855),
        (np.datetime64(-1, "ps"), -1),
        (np.datetime64(10**18 + 1, "fs"), 1_000_000),
        (np.datetime64(-1, "as"), -1),
        (np.datetime64("2025-01-01T00:30"), 1_735_691_400_000),
        (np.datetime64("2025-01-01T00"), 1_735_689_600_000),
        (np.datetime64("2025-01-01"), 1_735_689_600_000),
        (np.datetime64(-1, "W"), -604_800_000),
        (np.datetime64(3, ("m", 15)), 2_700_000),
        (np.datetime64(-3, ("us", 500)), -2),
        (pd.Timestamp(-1, unit="ns", tz="UTC"), -1),
        (pd.Timestamp(999_999, unit="ns", tz="UTC"), 0),
        (pd.Timestamp("2014-11-02 12:00:00.000999999", tz="US/Eastern"), 1_414_947_600_000),
        (pd.Timestamp("1677-09-21 00:12:43.145224194", tz="UTC"), -9_223_372_036_855),
        (pd.Timestamp(np.datetime64("20000-01-01", "s")).tz_localize("UTC"), 568_971_820_800_000),
    ],
)
def test_instants_of_numpy_and_pandas(t: Any, ms: int) -> None:
    """Exact in any unit, floored towards the past, also where a float would lose digits."""
    assert MINUTE.pane(t) == MINUTE.pane(ms)
    assert MINUTE.windows(t) == MINUTE.windows(ms)
    assert MINUTE.next_boundary(t) == MINUTE.next_boundary(ms)
    assert (t in pln.Window(ms, ms + 1)) is True
    assert (t in pln.Window(ms + 1, ms + 2)) is False
    assert moved(t) == ms


@pytest.mark.parametrize(
    ("take", "path"), TAKERS, ids=[f"{p}-{i}" for i, (_, p) in enumerate(TAKERS)]
)
def test_what_is_no_instant(take: Callable[[Any], object], path: str) -> None:
    not_a_time = (
        pd.NaT,
        *(np.datetime64("NaT", unit) for unit in ("s", "ns", "D")),
        np.datetime64("NaT"),
    )
    for t in not_a_time:
        with pytest.raises(pln.OutOfRangeError, match=f"{path} must be a time, got NaT") as caught:
            take(t)
        assert caught.value.path == path
    for t in (np.datetime64(2**62, "s"), np.datetime64(-(2**62), "D"), 2**63, np.uint64(2**63)):
        with pytest.raises(pln.OutOfRangeError, match="must fit i64") as caught:
            take(t)
        assert caught.value.path == path
    for t in (np.datetime64("2025-01"), np.datetime64("2025")):
        with pytest.raises(pln.InvalidArgumentError, match=r"astype\(\"M8\[ms\]\"\)") as refused:
            take(t)
        assert refused.value.path == path
    for t in (datetime(2025, 1, 1), pd.Timestamp("2025-01-01")):
        with pytest.raises(pln.InvalidArgumentError, match="a naive datetime is no") as refused:
            take(t)
        assert refused.value.path == path
    for t in (
        *(1.0, "2025-01-01", None, True, b"1", date(2025, 1, 1), timedelta(1), object()),
        *(np.float64(1), np.bool_(True), np.timedelta64(1, "s"), np.array([1, 2]), pd.Timedelta(1)),
    ):
        with pytest.raises(TypeError):
            take(t)


def test_far_timestamps_of_pandas_are_refused_with_a_code() -> None:
    """Its own arithmetic stops before its times do."""
    far = pd.Timestamp(np.datetime64(2**62, "s")).tz_localize("UTC")
    with pytest.raises(pln.OutOfRangeError) as caught:
        MINUTE.pane(far)
    assert caught.value.path == "t_ms"


def test_an_exception_of_a_zone_passes() -> None:
    class Zone(tzinfo):
        def __init__(self, offset: Callable[[], object]) -> None:
            self.offset = offset

        def utcoffset(self, _: object) -> Any:
            return self.offset()

        dst = tzname = utcoffset

    for offset, error in ((lambda: 1 // 0, ZeroDivisionError), (lambda: "an hour", TypeError)):
        with pytest.raises(error):
            MINUTE.pane(datetime(2025, 1, 1, tzinfo=Zone(offset)))


def test_windows_as_times() -> None:
    """One instant in every form; the zone is UTC, and the host's database is not asked."""
    window = MINUTE.pane(datetime(2024, 11, 3, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York")))
    assert window.start == datetime(2024, 11, 3, 6, 30, tzinfo=UTC)
    assert window.end == datetime(2024, 11, 3, 6, 31, tzinfo=UTC)
    assert window.start.tzinfo is window.end.tzinfo is UTC
    assert window.duration == window.end - window.start == timedelta(minutes=1)
    assert type(window.duration) is timedelta
    assert str(window) == "[2024-11-03T06:30:00+00:00, 2024-11-03T06:31:00+00:00)"
    local = window.start.astimezone(ZoneInfo("America/New_York"))
    assert (local.hour, local.minute, local.fold) == (1, 30, 1)
    assert window.start in window
    assert window.end not in window
    assert pln.Window(-1, 0).start == datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC)
    assert pickle.loads(pickle.dumps(window)).start == window.start
    for name in ("start", "end", "duration"):
        with pytest.raises(AttributeError):
            setattr(window, name, None)


def test_windows_beyond_the_years_of_datetime() -> None:
    first = round(
        (datetime.min.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC))
        / timedelta(milliseconds=1)
    )
    last = 253_402_300_799_999
    edge = pln.Window(first, last)
    assert edge.start == datetime.min.replace(tzinfo=UTC)
    assert edge.end == datetime(9999, 12, 31, 23, 59, 59, 999_000, UTC)
    for window in (pln.Window(first - 1, last + 1), pln.Window(-(2**63), 2**63 - 1)):
        for name, path in (("start", "start_ms"), ("end", "end_ms")):
            with pytest.raises(pln.OutOfRangeError, match="the years 1 to 9999, got ") as caught:
                getattr(window, name)
            assert caught.value.path == path
        assert str(window) == repr(window)
    assert pln.Window(first - 1, last + 1).duration == timedelta(milliseconds=last - first + 2)
    assert pln.Window(5, 2).duration == timedelta(milliseconds=-3)
    with pytest.raises(pln.OutOfRangeError, match="at most 999,999,999 days") as caught:
        _ = pln.Window(-(2**63), 2**63 - 1).duration
    assert caught.value.path == "end_ms"


def test_readings_of_a_clock() -> None:
    """Naive datetimes are readings; beside ints, in a list or a tuple, floored."""
    reading = datetime(2014, 11, 2, 1, 30, 0, 999)
    both: list[Any] = [[reading, 0], (reading, 0)]
    for readings in both:
        column = pln.resolve_local(ZoneInfo("America/New_York"), readings, "latest")
        assert column.tolist() == [1_414_909_800_000, 18_000_000]
    before = datetime(1969, 12, 31, 23, 59, 59, 999_999)
    assert pln.resolve_local(UTC, [before], "reject").tolist() == [-1]
    # A fold that a reading carries is not asked: the choice is the caller's, for all rows.
    for fold in (0, 1):
        twice = pln.resolve_local("America/New_York", [reading.replace(fold=fold)], "earliest")
        assert twice.tolist() == [1_414_906_200_000]
    assert pln.resolve_local("", [pd.Timestamp(-1, unit="ns")], "reject").tolist() == [-1]
    # What comes out are instants, and shows itself so to other libraries.
    shown = pl.Series(pln.resolve_local("America/New_York", [reading], "latest"))
    assert shown.dtype == pl.Datetime("ms", "America/New_York")
    assert pln.resolve_local("", [reading], "latest").timezone == "UTC"
    for unit in ("s", "ms", "us", "ns"):
        times = np.array(["2014-11-02T01:30", "1969-12-31T23:59:59.999999999"], f"M8[{unit}]")
        resolved = pln.resolve_local("America/New_York", times, "earliest")
        last = -1_000 if unit == "s" else -1
        assert resolved.tolist() == [1_414_906_200_000, last + 5 * 3_600_000]
    for bad_ticks, unit in ((-(2**63), "ns"), (2**62, "s"), (-(2**62), "s")):
        with pytest.raises(pln.OutOfRangeError) as far:
            pln.resolve_local("", np.array([0, bad_ticks]).view(f"M8[{unit}]"), "reject")
        assert far.value.path == "local_ms[1]"
    # Columns that have, or may have, a zone are no readings.
    zoned: list[Any] = [
        pd.Series(pd.to_datetime(["2014-11-02 01:30Z"])),
        pd.Series(pd.to_datetime(["2014-11-02 01:30Z"])).array,
        pd.DatetimeIndex(["2014-11-02 01:30Z"]),
        pl.Series([reading]).dt.replace_time_zone("UTC"),
        pa.array([reading.replace(tzinfo=UTC)]),
        pln.resolve_local("America/New_York", [reading], "latest"),
    ]
    for wrong_column in zoned:
        with pytest.raises(pln.InvalidArgumentError, match="got times with a zone") as refused:
            pln.resolve_local("America/New_York", wrong_column, "earliest")
        assert refused.value.path == "local_ms"
    cases: list[tuple[Any, str, str]] = [
        (reading.replace(tzinfo=UTC), "INVALID_ARGUMENT", "an aware datetime is an instant"),
        (pd.NaT, "OUT_OF_RANGE", "must be a time, got NaT"),
        (datetime(1899, 12, 31, 23, 59), "OUT_OF_RANGE", "1900"),
        (datetime.max, "OUT_OF_RANGE", "2199"),
        (datetime(2014, 3, 9, 2, 30), "INVALID_ARGUMENT", "does not occur"),
    ]
    for bad, code, why in cases:
        with pytest.raises(pln.PanelineError, match=why) as caught:
            pln.resolve_local("America/New_York", [0, bad], "reject")
        assert (caught.value.code, caught.value.path) == (code, "local_ms[1]")
    for wrong in (date(2025, 1, 1), "2025-01-01", 1.0):
        with pytest.raises(TypeError, match=r"local_ms\[0\]"):
            pln.resolve_local("", [wrong], "reject")  # type: ignore[list-item]
