"""The namespace of polars: the same windows as scalar calls say, in every kind of query."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

import paneline as pln
import paneline.polars
from paneline.polars import ExprNamespace, SeriesNamespace

NEW_YORK = pln.Assigner(
    pln.SlidingWindowSpec(duration="6h", step="1h", timezone="America/New_York")
)
# Around a fold and a gap, before 1970, and nothing.
TIMES = [
    *(datetime(2024, 11, 3, 4, 30, tzinfo=UTC) + timedelta(minutes=17 * i) for i in range(20)),
    *(datetime(2024, 3, 10, 5, 30, tzinfo=UTC) + timedelta(minutes=13 * i) for i in range(20)),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    None,
    datetime(1950, 6, 1, tzinfo=UTC),
    None,
]
EXPECTED_STARTS = [t and NEW_YORK.pane(t).start_ms for t in TIMES]
EXPECTED_WINDOWS = [
    t and [{"start": w.start_ms, "end": w.end_ms} for w in NEW_YORK.windows(t)] for t in TIMES
]


def numbers(series: pl.Series) -> list[Any]:
    """The milliseconds: Python calls times of two zones in a fold different, whatever they are."""
    window = pl.Struct({"start": pl.Int64, "end": pl.Int64})
    is_list = isinstance(series.dtype, pl.List)
    return series.cast(pl.List(window) if is_list else pl.Int64).to_list()


def column(unit: Any = "us", zone: str | None = "UTC") -> pl.Series:
    series = pl.Series("ts", TIMES, pl.Datetime("us", "UTC")).dt.cast_time_unit(unit)
    if zone is None:
        return series.dt.replace_time_zone(None)
    return series.dt.convert_time_zone(zone)


@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_a_series(unit: str, zone: str | None) -> None:
    series = column(unit, zone)
    for times in (series, series[::-1][::-1], series[:7].append(series[7:]), series.rechunk()):
        starts = SeriesNamespace(times).pane_start(NEW_YORK)
        assert starts.dtype == pl.Datetime("ms", "America/New_York")
        assert (starts.name, numbers(starts)) == ("ts", EXPECTED_STARTS)
        windows = SeriesNamespace(times).windows(NEW_YORK)
        assert windows.dtype == pl.List(pl.Struct({"start": starts.dtype, "end": starts.dtype}))
        assert (windows.name, numbers(windows)) == ("ts", EXPECTED_WINDOWS)
    part = SeriesNamespace(series.slice(3, 5)).pane_start(NEW_YORK)
    assert numbers(part) == EXPECTED_STARTS[3:8]


def test_digits_below_a_millisecond_are_floored() -> None:
    tenth = pln.Assigner(pln.SlidingWindowSpec(duration="10ms"))
    ticks = pl.Series([-1, 0, 9_999_999, 10_000_000]).cast(pl.Datetime("ns"))
    assert SeriesNamespace(ticks).pane_start(tenth).to_physical().to_list() == [-10, 0, 0, 10]


def test_columns_without_rows_or_without_times() -> None:
    for times in (column()[:0], pl.Series("ts", [None, None], pl.Datetime("us"))):
        starts = SeriesNamespace(times).pane_start(NEW_YORK)
        windows = SeriesNamespace(times).windows(NEW_YORK)
        assert starts.dtype == pl.Datetime("ms", "America/New_York")
        assert starts.to_list() == windows.to_list() == [None] * len(times)


def query(frame: pl.LazyFrame) -> pl.LazyFrame:
    times: Any = pl.col("ts")
    return frame.with_columns(
        start=times.pln.pane_start(NEW_YORK), windows=times.pln.windows(NEW_YORK)
    )


def test_lazy_and_streaming_queries() -> None:
    """The schema that a query promises is that of its result, and every engine gives the same."""
    for zone in (None, "Asia/Kolkata"):
        frame = pl.LazyFrame(column("ns", zone))
        lazy = query(frame)
        for result in (lazy.collect(), lazy.collect(engine="streaming"), query(frame).collect()):
            assert result.schema == lazy.collect_schema()
            assert numbers(result["start"]) == EXPECTED_STARTS
            assert numbers(result["windows"]) == EXPECTED_WINDOWS
    # Elementwise: a filter may go below it, and a slice as well.
    kept = query(frame).filter(pl.col("ts").dt.year() == 1950).collect()
    assert numbers(kept["start"]) == EXPECTED_STARTS[-2:-1]
    assert numbers(query(frame).slice(3, 2).collect()["start"]) == EXPECTED_STARTS[3:5]


def test_groups() -> None:
    frame = pl.DataFrame(column()).with_columns(key=pl.int_range(pl.len()) % 3)
    start = ExprNamespace(pl.col("ts")).pane_start(NEW_YORK)
    grouped = frame.group_by("key", maintain_order=True).agg("ts", start=start)
    assert sorted(numbers(grouped["start"].explode()), key=str) == sorted(EXPECTED_STARTS, key=str)
    for times, starts in zip(grouped["ts"], grouped["start"], strict=True):
        assert numbers(starts) == [t and NEW_YORK.pane(t).start_ms for t in times]
    over = frame.with_columns(first=start.min().over("key"))
    assert over["first"].null_count() == 0
    counted = frame.drop_nulls().group_by(start.alias("start")).len()
    assert counted["len"].sum() == len(TIMES) - 2
    exploded = frame.select(ExprNamespace(pl.col("ts")).windows(NEW_YORK).alias("w"))
    assert exploded.drop_nulls().explode("w").unnest("w").height == 6 * (len(TIMES) - 2)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("", "UTC"), ("+08:00", "Etc/GMT-8"), ("+05:30", "UTC"), ("Factory", "UTC")],
)
def test_zones_that_polars_calls_otherwise_or_does_not_know(zone: str, shown: str) -> None:
    days = pln.Assigner(pln.SlidingWindowSpec(duration="1d", timezone=zone))
    series = column()
    starts = SeriesNamespace(series).pane_start(days)
    assert starts.dtype == pl.Datetime("ms", shown)
    assert numbers(starts) == [t and days.pane(t).start_ms for t in TIMES]
    lazy = pl.LazyFrame(series).select(
        start=ExprNamespace(pl.col("ts")).pane_start(days),
        windows=ExprNamespace(pl.col("ts")).windows(days),
    )
    assert lazy.collect().schema == lazy.collect_schema()


def test_refusals() -> None:
    """An expression raises what a series raises, with the text of polars around it."""
    far = pl.Series("ts", [0, None, 2**62], pl.Datetime("ms"))
    for method in ("pane_start", "windows"):
        with pytest.raises(pln.OutOfRangeError) as caught:
            getattr(SeriesNamespace(far), method)(NEW_YORK)
        assert caught.value.path == "times[2]"
        expression = getattr(ExprNamespace(pl.col("ts")), method)(NEW_YORK)
        with pytest.raises(pln.OutOfRangeError, match=r"OUT_OF_RANGE at times\[2\]"):
            far.to_frame().select(expression)
        for wrong in (pl.Series("ts", [date(2025, 1, 1)]), pl.Series("ts", [1])):
            with pytest.raises(TypeError, match=r"pln takes a Datetime column, got .*from_epoch"):
                getattr(SeriesNamespace(wrong), method)(NEW_YORK)
            with pytest.raises(TypeError, match="pln takes a Datetime column"):
                wrong.to_frame().select(expression)
    session = pln.Assigner(pln.SlidingWindowSpec(kind="session", session_gap="1m"))
    with pytest.raises(pln.InvalidArgumentError) as refused:
        SeriesNamespace(column()).pane_start(session)
    assert refused.value.path == "kind"
    windows = SeriesNamespace(column()).windows(session).list.len()
    assert windows.to_list() == [t and 1 for t in TIMES]


@pytest.mark.parametrize("method", ["pane_start", "windows"])
def test_a_spec_is_no_assigner(method: str) -> None:
    """What most write first; an expression says so before a query runs."""
    for owner in (SeriesNamespace(column()), ExprNamespace(pl.col("ts"))):
        for wrong in (NEW_YORK.spec, "6h", None):
            with pytest.raises(TypeError) as caught:
                getattr(owner, method)(wrong)
            kind = type(wrong).__name__
            message = f"{method} takes an Assigner, got {kind}: write pln.Assigner(spec)"
            assert str(caught.value) == message


def test_the_names_are_registered_by_the_import_alone() -> None:
    series: Any = column()
    assert isinstance(series.pln, SeriesNamespace)
    expr: Any = pl.col("ts")
    assert isinstance(expr.pln, ExprNamespace)
    code = (
        "import polars, paneline\n"
        "assert not hasattr(polars.col('x'), 'pln')\n"
        "assert 'paneline.polars' not in __import__('sys').modules\n"
    )
    subprocess.run([sys.executable, "-I", "-c", code], check=True)
    without = "import sys; sys.modules['polars'] = None; import paneline; import paneline.polars"
    run = subprocess.run([sys.executable, "-I", "-c", without], capture_output=True, text=True)
    assert run.returncode == 1
    assert "ImportError: paneline.polars needs polars" in run.stderr
    assert "pip install polars" in run.stderr
    assert paneline.polars.__all__ == ["ExprNamespace", "SeriesNamespace"]
