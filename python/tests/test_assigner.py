"""The assigner's scalar calls: ints, datetimes, refusals, and what kind of object it is."""

import pickle
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import paneline as pln

HOUR = 3_600_000
NEW_YORK = pln.Assigner(
    pln.SlidingWindowSpec(duration_ms=6 * HOUR, step_ms=HOUR // 2, timezone="America/New_York")
)
MINUTE = pln.Assigner(pln.SlidingWindowSpec(duration_ms=60_000))
SESSION = pln.Assigner(pln.SlidingWindowSpec(kind=pln.WindowKind.SESSION, session_gap_ms=1_000))


def test_windows_pane_and_boundary_agree() -> None:
    t = 1_414_906_200_000  # 2014-11-02 01:30 EDT, the first of two half past ones
    windows = NEW_YORK.windows(t)
    assert len(windows) == 12
    assert windows == sorted(windows)
    assert all(t in window for window in windows)
    pane = NEW_YORK.pane(t)
    assert pane == pln.Window(t, t + HOUR // 2)
    assert NEW_YORK.next_boundary(t) == pane.end_ms
    assert windows[-1].start_ms == pane.start_ms


def test_panes_tile_a_range() -> None:
    assert MINUTE.panes(59_999, 120_001) == [
        pln.Window(start, start + 60_000) for start in (0, 60_000, 120_000)
    ]
    assert MINUTE.panes(5, 5) == []
    for bounds, code, path in (
        ((5, 4), "INVALID_ARGUMENT", "to_ms"),
        ((0, 60_000 * 16_777_217), "INVALID_ARGUMENT", "to_ms"),
        ((-(2**63), 0), "OUT_OF_RANGE", "from_ms"),
        ((0, 2**70), "OUT_OF_RANGE", "to_ms"),
    ):
        with pytest.raises(pln.PanelineError) as caught:
            MINUTE.panes(*bounds)
        assert (caught.value.code, caught.value.path) == (code, path)


@pytest.mark.parametrize(
    ("t", "ms"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 0, 0, 0, 999, tzinfo=UTC), 0),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
        (datetime(2025, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))), 1_735_689_600_000),
        (datetime(2014, 11, 2, 1, 30, tzinfo=ZoneInfo("America/New_York")), 1_414_906_200_000),
        (
            datetime(2014, 11, 2, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York")),
            1_414_909_800_000,
        ),
        (datetime.max.replace(tzinfo=UTC), 253_402_300_799_999),
        (np.int64(-1), -1),
    ],
)
def test_instants(t: datetime | int, ms: int) -> None:
    """A datetime is exact to the microsecond and floored, also before 1970 and in a fold."""
    assert MINUTE.pane(t) == MINUTE.pane(ms)
    assert MINUTE.windows(t) == MINUTE.windows(ms)
    assert MINUTE.next_boundary(t) == MINUTE.next_boundary(ms)
    assert MINUTE.panes(t, t) == []
    assert (t in pln.Window(ms, ms + 1)) is True
    assert (t in pln.Window(ms + 1, ms + 2)) is False


def test_naive_datetimes_are_refused_with_advice() -> None:
    class Zoneless(tzinfo):
        utcoffset = dst = tzname = lambda *_: None

    for t in (datetime(2025, 1, 1), datetime(2025, 1, 1, tzinfo=Zoneless())):
        with pytest.raises(pln.InvalidArgumentError, match=r"its zone.*resolve_local") as e:
            MINUTE.pane(t)
        assert e.value.path == "t_ms"
        with pytest.raises(pln.InvalidArgumentError):
            _ = t in pln.Window(0, 1)


@pytest.mark.parametrize(
    "t", [-(2**63), 2**63 - 1, 2**63, -(2**63) - 1, 10**5000], ids=lambda t: f"{hex(t):.20}"
)
def test_instants_out_of_range(t: int) -> None:
    for call in (MINUTE.windows, MINUTE.pane, MINUTE.next_boundary):
        with pytest.raises(pln.OutOfRangeError) as caught:
            call(t)
        assert (caught.value.code, caught.value.path) == ("OUT_OF_RANGE", "t_ms")
    assert t not in pln.Window(0, 1)


@pytest.mark.parametrize("t", [True, 1.0, "1", None, np.float64(1), datetime(1, 1, 1).date()])
def test_what_is_no_instant(t: object) -> None:
    with pytest.raises(TypeError, match="t_ms must be an int"):
        MINUTE.pane(t)  # type: ignore[arg-type]


def test_a_session_has_windows_and_no_grid() -> None:
    assert SESSION.windows(5) == [pln.Window(5, 1_005)]
    for call in (lambda: SESSION.pane(5), lambda: SESSION.panes(1, 2)):
        with pytest.raises(pln.InvalidArgumentError) as caught:
            call()
        assert caught.value.path == "kind"
    with pytest.raises(pln.InvalidArgumentError) as caught:
        SESSION.pane_starts([1])
    assert caught.value.path == "kind"


def test_identity_of_an_assigner() -> None:
    tumbling = pln.SlidingWindowSpec(duration_ms=60_000)
    spelled = pln.SlidingWindowSpec(duration_ms=60_000, step_ms=60_000, timezone="UTC")
    one, other = pln.Assigner(tumbling), pln.Assigner(spelled)
    assert one.spec == other.spec == pln.SlidingWindowSpec(duration_ms=60_000, step_ms=60_000)
    assert type(one.fingerprint) is bytes
    assert len(one.fingerprint) == 32
    assert one.fingerprint == other.fingerprint != NEW_YORK.fingerprint
    assert repr(one) == f"Assigner({one.spec!r}, fingerprint={one.fingerprint.hex()})"
    again = pickle.loads(pickle.dumps(NEW_YORK))
    assert again.fingerprint == NEW_YORK.fingerprint
    assert again.windows(5) == NEW_YORK.windows(5)


def test_warnings_name_the_field() -> None:
    assert MINUTE.warnings == []
    spec = pln.SlidingWindowSpec(duration_ms=7 * 24 * HOUR, timezone="EST5EDT")
    warnings = pln.Assigner(spec).warnings
    assert [warning.path for warning in warnings] == ["step_ms", "timezone"]
    assert "Thursday" in warnings[0].message
    assert str(warnings[0]) == f"step_ms: {warnings[0].message}"
    for warning in warnings:
        assert eval(repr(warning), vars(pln)) == warning
        again = pickle.loads(pickle.dumps(warning))
        assert again == warning != pln.SpecWarning(warning.path, "")
        assert hash(again) == hash(warning)
    assert warnings == pln.Assigner(spec).warnings


def test_specs_that_the_core_refuses() -> None:
    for spec, code, path in (
        (pln.SlidingWindowSpec(), "INVALID_SPEC", "duration_ms"),
        (pln.SlidingWindowSpec(duration_ms=1, timezone="CST"), "UNKNOWN_TIMEZONE", "timezone"),
        (
            pln.SlidingWindowSpec(duration_ms=1, tzdb_version="1999a"),
            "VERSION_MISMATCH",
            "tzdb_version",
        ),
    ):
        with pytest.raises(pln.PanelineError) as caught:
            pln.Assigner(spec)
        assert (caught.value.code, caught.value.path) == (code, path)
    for spec in (None, {"duration_ms": 1}, b""):  # type: ignore[assignment]
        with pytest.raises(TypeError):
            pln.Assigner(spec)


def test_windows_are_values() -> None:
    window = pln.Window(1, 2)
    assert window == pln.Window(start_ms=1, end_ms=2) != pln.Window(1, 3)
    assert window != (1, 2)
    assert {window: "x"}[pln.Window(1, 2)] == "x"
    assert sorted([pln.Window(2, 3), pln.Window(1, 3), window]) == [
        window,
        pln.Window(1, 3),
        pln.Window(2, 3),
    ]
    assert eval(repr(window), vars(pln)) == window
    assert pickle.loads(pickle.dumps(window)) == window
    match window:
        case pln.Window(start, end):
            assert (start, end) == (1, 2)
    with pytest.raises(AttributeError):
        window.start_ms = 5  # type: ignore[misc]
    with pytest.raises(pln.OutOfRangeError) as caught:
        pln.Window(0, 2**63)
    assert caught.value.path == "end_ms"
    with pytest.raises(TypeError):
        pln.Window(0, 1.5)  # type: ignore[arg-type]
