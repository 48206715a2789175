"""The accessor of pandas: the same windows as scalar calls say, on the column's own index."""

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

import paneline as pln
import paneline.pandas
from paneline.pandas import SeriesAccessor

NEW_YORK = pln.Assigner(
    pln.SlidingWindowSpec(duration="6h", step="1h", timezone="America/New_York")
)
# Around a fold and a gap, before 1970, and nothing.
INSTANTS = pd.DatetimeIndex(
    [
        *pd.date_range("2024-11-03 04:30", periods=20, freq="17min", tz="UTC"),
        *pd.date_range("2024-03-10 05:30", periods=20, freq="13min", tz="UTC"),
        pd.Timestamp("1969-12-31 23:59:59.999999", tz="UTC"),
        pd.NaT,
        pd.Timestamp("1950-06-01", tz="UTC"),
        pd.NaT,
    ]
).as_unit("us")


def column(unit: Any = "us", zone: str | None = "UTC") -> "pd.Series[pd.Timestamp]":
    times = INSTANTS.as_unit(unit).tz_convert(zone)
    return pd.Series(times, index=[f"row {i}" for i in range(len(times))], name="ts")


def numbers(series: Any) -> list[int | None]:
    """The milliseconds: Python calls times of two zones in a fold different, whatever they are."""
    return [None if t is pd.NaT else round(t.timestamp() * 1_000) for t in series]


def truth(assigner: pln.Assigner, unit: Any = "us") -> list[int | None]:
    times: Any = INSTANTS.as_unit(unit)
    return [None if t is pd.NaT else assigner.pane(t).start_ms for t in times]


@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York", "Asia/Kolkata", "+05:30"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("is_arrow", [False, True])
def test_pane_starts(unit: str, zone: str | None, is_arrow: bool) -> None:
    series: Any = column(unit, zone)
    if is_arrow:
        kind = f"timestamp[{unit}, tz={zone}]" if zone else f"timestamp[{unit}]"
        series = series.astype(f"{kind}[pyarrow]")
    starts = SeriesAccessor(series).pane_start(NEW_YORK)
    assert str(starts.dtype) == "datetime64[ms, America/New_York]"
    assert (starts.name, starts.index.equals(series.index)) == ("ts", True)
    assert numbers(starts) == truth(NEW_YORK, unit)


@pytest.mark.parametrize("method", ["pane_start", "windows"])
@pytest.mark.parametrize("wrong", [NEW_YORK.spec, "6h", None])
def test_a_spec_is_no_assigner(method: str, wrong: object) -> None:
    kind = type(wrong).__name__
    with pytest.raises(TypeError) as caught:
        getattr(SeriesAccessor(column()), method)(wrong)
    message = f"{method} takes an Assigner, got {kind}: write pln.Assigner(spec)"
    assert str(caught.value) == message


def test_windows() -> None:
    """A row for each window, on the index of its row, so that a join finds it."""
    series = column()
    windows = SeriesAccessor(series).windows(NEW_YORK)
    assert [str(dtype) for dtype in windows.dtypes] == ["datetime64[ms, America/New_York]"] * 2
    assert list(windows.columns) == ["start", "end"]
    flat = [
        (label, window) for label, t in series.dropna().items() for window in NEW_YORK.windows(t)
    ]
    assert list(windows.index) == [label for label, _ in flat]
    assert numbers(windows["start"]) == [window.start_ms for _, window in flat]
    assert numbers(windows["end"]) == [window.end_ms for _, window in flat]
    joined = series.to_frame().join(windows)
    assert len(joined) == len(flat) + 2
    assert joined["start"].isna().sum() == 2
    # No number of windows for all: 25 ms by 10 ms.
    uneven = pln.Assigner(pln.SlidingWindowSpec(duration="25ms", step="10ms"))
    times = pd.Series(pd.to_datetime([3, 7], unit="ms"), index=pd.Index([4, 4]))
    assert SeriesAccessor(times).windows(uneven).index.to_list() == [4, 4, 4, 4, 4]


def test_digits_below_a_millisecond_are_floored() -> None:
    tenth = pln.Assigner(pln.SlidingWindowSpec(duration="10ms"))
    times = pd.Series(np.array([-1, 0, 9_999_999, 10_000_000], "M8[ns]"))
    starts = SeriesAccessor(times).pane_start(tenth)
    assert starts.astype("int64").to_list() == [-10, 0, 0, 10]


def test_columns_without_rows_or_without_times() -> None:
    for times in (column()[:0], column()[-1:], column(zone=None)[-1:]):
        starts = SeriesAccessor(times).pane_start(NEW_YORK)
        assert str(starts.dtype) == "datetime64[ms, America/New_York]"
        assert starts.isna().all()
        assert len(starts) == len(times)
        assert SeriesAccessor(times).windows(NEW_YORK).shape == (0, 2)


def test_the_column_stays_as_it_was() -> None:
    series = column()
    before = series.copy()
    SeriesAccessor(series).pane_start(NEW_YORK)
    SeriesAccessor(series).windows(NEW_YORK)
    pd.testing.assert_series_equal(series, before)


@pytest.mark.parametrize("zone", ["", "UTC", "+05:30", "-00:30", "Factory"])
def test_zones(zone: str) -> None:
    days = pln.Assigner(pln.SlidingWindowSpec(duration="1d", timezone=zone))
    starts = SeriesAccessor(column()).pane_start(days)
    assert numbers(starts) == truth(days)


def test_a_zone_that_the_host_does_not_know_is_shown_in_utc(monkeypatch: Any) -> None:
    """The core has its own database; pandas asks the host's."""

    def unknown(*_: object, **__: object) -> None:
        raise KeyError("no time zone found")

    monkeypatch.setattr(type(column().dt), "tz_convert", unknown, raising=False)
    starts = SeriesAccessor(column()).pane_start(NEW_YORK)
    assert str(starts.dtype) == "datetime64[ms, UTC]"


def test_refusals() -> None:
    far = pd.Series(np.array([0, 2**62], "M8[ms]"))
    for method in ("pane_start", "windows"):
        with pytest.raises(pln.OutOfRangeError) as caught:
            getattr(SeriesAccessor(far), method)(NEW_YORK)
        assert caught.value.path == "times[1]"
    session = pln.Assigner(pln.SlidingWindowSpec(kind="session", session_gap="1m"))
    with pytest.raises(pln.InvalidArgumentError) as refused:
        SeriesAccessor(column()).pane_start(session)
    assert refused.value.path == "kind"
    assert len(SeriesAccessor(column()).windows(session)) == len(INSTANTS) - 2
    wrong: Any
    for wrong in (
        pd.Series([1, 2]),
        pd.Series(["2025-01-01"]),
        pd.Series([pd.Timedelta(1)]),
        pd.Series([1], dtype="int64[pyarrow]"),
        pd.Series(["2025-01-01"]).astype("date32[pyarrow]"),
        pd.Series(pd.period_range("2025", periods=1)),
    ):
        with pytest.raises(AttributeError, match=r"pln takes a column of datetimes, got "):
            _ = wrong.pln


def test_the_name_is_registered_by_the_import_alone() -> None:
    series: Any = column()
    assert isinstance(series.pln, SeriesAccessor)
    code = (
        "import pandas, paneline\n"
        "assert not hasattr(pandas.Series, 'pln')\n"
        "assert 'paneline.pandas' not in __import__('sys').modules\n"
    )
    subprocess.run([sys.executable, "-I", "-c", code], check=True)
    without = "import sys; sys.modules['pandas'] = None; import paneline; import paneline.pandas"
    run = subprocess.run([sys.executable, "-I", "-c", without], capture_output=True, text=True)
    assert run.returncode == 1
    assert "ImportError: paneline.pandas needs pandas" in run.stderr
    assert "pip install pandas" in run.stderr
    assert paneline.pandas.__all__ == ["SeriesAccessor"]
