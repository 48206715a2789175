"""Local times, lengths and the time-zone database."""

from typing import Any

import numpy as np
import pytest

import paneline as pln

FOLD = 1_414_891_800_000  # 2014-11-02 01:30, shown twice in New York
GAP = 1_394_332_200_000  # 2014-03-09 02:30, never shown


def test_ambiguous_readings() -> None:
    for reading, earliest, latest in (
        (FOLD, 1_414_906_200_000, 1_414_909_800_000),
        (GAP, 1_394_346_600_000, 1_394_350_200_000),
    ):
        for choice, t in (("earliest", earliest), ("latest", latest)):
            column = pln.resolve_local("America/New_York", [0, reading], choice)  # type: ignore[arg-type]
            assert column.tolist() == [18_000_000, t]
        with pytest.raises(pln.InvalidArgumentError) as caught:
            pln.resolve_local("America/New_York", [0, reading], "reject")
        assert caught.value.path == "local_ms[1]"


def test_columns_of_readings() -> None:
    readings = np.arange(10_000) * 60_000
    column = pln.resolve_local("+08:00", readings, "reject")
    assert np.array_equal(np.asarray(column), readings - 8 * 3_600_000)
    assert pln.resolve_local("", [], "reject").tolist() == []


@pytest.mark.parametrize(
    ("arguments", "code", "path"),
    [
        (("CST", [0], "reject"), "UNKNOWN_TIMEZONE", "timezone"),
        (("\ud800", [0], "reject"), "INVALID_ARGUMENT", "timezone"),
        (("x" * 100_000, [0], "reject"), "UNKNOWN_TIMEZONE", "timezone"),
        (("", [0], "first"), "INVALID_ARGUMENT", "ambiguous"),
        (("", [0], "\ud800"), "INVALID_ARGUMENT", "ambiguous"),
        (("", [0, -(2**62)], "reject"), "OUT_OF_RANGE", "local_ms[1]"),
        (("", [0, None], "reject"), "OUT_OF_RANGE", "local_ms[1]"),
    ],
)
def test_refusals(arguments: Any, code: str, path: str) -> None:
    with pytest.raises(pln.PanelineError) as caught:
        pln.resolve_local(*arguments)
    assert (caught.value.code, caught.value.path) == (code, path)
    assert len(caught.value.message) < 500


def test_the_choice_has_no_default() -> None:
    with pytest.raises(TypeError, match="ambiguous"):
        pln.resolve_local("", [0])  # type: ignore[call-arg]


def test_durations() -> None:
    assert pln.parse_duration("1w2d3h4m5s6ms") == 788_645_006
    for text in ("", "90", "m", "1m1h", "1.5h", "-1s", "\ud800", "9" * 10_000 + "h"):
        with pytest.raises(pln.InvalidArgumentError) as caught:
            pln.parse_duration(text)
        assert caught.value.path == "duration"
    for text, got in (("-1h", 'has a sign, a length has none; write "1h"'), ("1H", 'got "H"')):
        with pytest.raises(pln.InvalidArgumentError, match=got):
            pln.parse_duration(text)
    for text, got in (("1 hour", 'got " hour"'), ("1min", 'got "min"'), ("2D3h", 'got "D"')):
        with pytest.raises(pln.InvalidArgumentError, match=got):
            pln.parse_duration(text)
    with pytest.raises(TypeError):
        pln.parse_duration(5)  # type: ignore[arg-type]


def test_the_database() -> None:
    names = pln.timezones()
    assert len(names) > 500
    assert "Asia/Tokyo" in names
    assert sorted(names, key=str.lower) == names
    release = pln.tzdb_version()
    pln.Assigner(pln.SlidingWindowSpec(duration_ms=1, tzdb_version=release))
