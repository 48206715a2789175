"""Columns: what goes in, what comes out, who owns the memory, what a refusal leaves alone."""

import ctypes
import gc
import io
import pickle
import weakref
from array import array
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import paneline as pln

MINUTE = pln.Assigner(pln.SlidingWindowSpec(duration_ms=60_000))
SLIDING = pln.Assigner(
    pln.SlidingWindowSpec(duration_ms=6 * 3_600_000, step_ms=1_800_000, timezone="Asia/Kolkata")
)
TIMES = [61_000, -1, 0, 59_999, 1_735_689_612_345]
STARTS = [60_000, -60_000, 0, 0, 1_735_689_600_000]
CALLS: list[Callable[..., object]] = [
    MINUTE.pane_starts,
    MINUTE.assign,
    lambda times: pln.resolve_local("Asia/Tokyo", times, "earliest"),
    pln.Int64Array,
]


@pytest.mark.parametrize(
    "column",
    [
        TIMES,
        tuple(TIMES),
        [np.int64(t) for t in TIMES],
        array("q", TIMES),
        array("l", TIMES),
        memoryview(array("q", TIMES)),
        memoryview(array("q", TIMES).tobytes()).cast("q"),
        memoryview(b"x" + array("q", TIMES).tobytes())[1:].cast("q"),
        memoryview((ctypes.c_int64 * len(TIMES))(*TIMES)),
        np.array(TIMES),
        np.array(TIMES, "<i8"),
        np.array([0, *TIMES])[1:],
        np.array(TIMES).astype("M8[ms]").view("i8"),
        pln.Int64Array(TIMES),
    ],
    ids=lambda column: type(column).__name__,
)
def test_columns_that_are_taken(column: Any) -> None:
    assert MINUTE.pane_starts(column).tolist() == STARTS
    assert MINUTE.assign(column).starts_ms.tolist() == STARTS
    assert pln.Int64Array(column).tolist() == TIMES


@pytest.mark.parametrize("column", [[], (), array("q"), np.empty(0, "i8"), memoryview(array("q"))])
def test_empty_columns(column: Any) -> None:
    assert MINUTE.pane_starts(column).tolist() == []
    windows = MINUTE.assign(column)
    assert windows.offsets.tolist() == [0]
    assert np.asarray(windows.starts_ms).shape == (0,)
    assert bytes(windows.ends_ms) == b""


@pytest.mark.parametrize(
    "column",
    [
        np.array(TIMES, ">i8"),
        np.array([1, 2], "u8"),
        np.array(TIMES, "f8"),
        np.array([1, 2], "i4"),
        np.array([True]),
        np.array([[1, 2], [3, 4]]),
        np.array(5),
        np.arange(10)[::2],
        np.arange(10)[::-1],
        np.array([1], "M8[M]"),
        np.array([1], "m8[ms]"),
        np.array([1, None]),
        np.empty(3, "V0"),
        np.zeros(2, [("a", "i8")]),
        memoryview(array("q", TIMES))[::2],
        b"12345678",
        bytearray(16),
        array("d", [1.0]),
        array("i", [1]),
    ],
    ids=str,
)
def test_buffers_that_are_refused(column: Any) -> None:
    """Above all big-endian ints: as native ones they would be other times, and no error."""
    for call, path in zip(CALLS, ("times", "times", "local_ms", "values"), strict=True):
        with pytest.raises(pln.InvalidArgumentError) as caught:
            call(column)
        assert (caught.value.code, caught.value.path) == ("INVALID_ARGUMENT", path)


def test_a_released_buffer_is_refused() -> None:
    view = memoryview(array("q", TIMES))
    view.release()
    with pytest.raises(pln.InvalidArgumentError) as caught:
        MINUTE.pane_starts(view)
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize("column", [None, 5, 1.5, "12", {1: 2}, {1}, iter([1]), range(3), object()])
def test_what_is_no_column(column: Any) -> None:
    for call in CALLS:
        with pytest.raises(TypeError, match=r"must be a list or tuple of ints.*, an int64 buffer"):
            call(column)


@pytest.mark.parametrize("item", [True, 1.0, "1", date(2025, 1, 1), np.timedelta64(0, "s")])
def test_items_of_the_wrong_type(item: Any) -> None:
    for call, path in zip(CALLS, ("times", "times", "local_ms", "values"), strict=True):
        with pytest.raises(TypeError, match=rf"{path}\[1\] must be an int.*, got "):
            call([0, item])
    with pytest.raises(TypeError, match=r"values\[0\] must be an int, got datetime64"):
        pln.Int64Array([np.datetime64(0, "s")])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "item", [2**63, -(2**63) - 1, 10**5000, np.uint64(2**63)], ids=lambda i: f"{hex(i):.20}"
)
def test_items_beyond_64_bits(item: Any) -> None:
    for call, path in zip(CALLS, ("times", "times", "local_ms", "values"), strict=True):
        with pytest.raises(pln.OutOfRangeError) as caught:
            call([0, item])
        assert caught.value.path == f"{path}[1]"


def test_nulls_are_out_of_range() -> None:
    """As in every language that has them; the message says what is missing."""
    for call, path in zip(CALLS, ("times", "times", "local_ms", "values"), strict=True):
        for column in ([0, None, 0], (0, None, None)):
            with pytest.raises(pln.OutOfRangeError, match="got None") as caught:
                call(column)
            assert caught.value.path == f"{path}[1]"


def test_a_list_that_shrinks_while_it_is_read() -> None:
    items: list[Any] = [0] * 1000

    class Shrinking:
        def __index__(self) -> int:
            items.clear()
            return 7

    items[0] = Shrinking()
    assert MINUTE.pane_starts(items).tolist() == [0]


@pytest.mark.parametrize(("unit", "ticks"), [("s", 1), ("ms", 1_000), ("us", 10**6), ("ns", 10**9)])
def test_units(unit: Any, ticks: int) -> None:
    assert MINUTE.pane_starts([61 * ticks, -1], unit).tolist() == [60_000, -60_000]
    windows = MINUTE.assign([61 * ticks, -1], unit=unit)
    assert windows.starts_ms.tolist() == [60_000, -60_000]


@pytest.mark.parametrize("unit", ["", "S", "m", "sec", "ms ", "\ud800", "x" * 10_000, "\0"])
def test_unknown_units(unit: Any) -> None:
    for call in (MINUTE.pane_starts, MINUTE.assign):
        with pytest.raises(pln.InvalidArgumentError) as caught:
            call([1], unit)
        assert caught.value.path == "unit"
        assert len(caught.value.message) < 200


@pytest.mark.parametrize("rows", [3, 5_000])
def test_the_first_bad_row_is_named(rows: int) -> None:
    """With and without the GIL released."""
    times = np.zeros(rows, "i8")
    times[[1, 2]] = np.iinfo("i8").min
    for call in (MINUTE.pane_starts, MINUTE.assign):
        with pytest.raises(pln.OutOfRangeError) as caught:
            call(times)
        assert caught.value.path == "times[1]"


def test_out_is_filled_and_returned() -> None:
    outs: list[Any] = [np.full(5, 9), array("q", [9] * 5), memoryview(bytearray(40)).cast("q")]
    for out in outs:
        assert MINUTE.pane_starts(TIMES, out=out) is out
        assert out.tolist() == STARTS
    times = np.array(TIMES)
    assert MINUTE.pane_starts(times, "ms", times) is times
    assert times.tolist() == STARTS
    both = np.array([*TIMES, 9])
    MINUTE.pane_starts(both[:5], out=both[1:])
    assert both.tolist() == [TIMES[0], *STARTS]


def test_out_is_untouched_by_a_refusal() -> None:
    out = np.full(2, 9)
    for times in ([0, 2**63 - 1], [0, True], [0], [0, 0, 0]):
        with pytest.raises((pln.PanelineError, TypeError)):
            MINUTE.pane_starts(times, out=out)
        assert out.tolist() == [9, 9]


def test_out_of_datetime64() -> None:
    out = np.zeros(5, "M8[ms]")
    assert MINUTE.pane_starts(TIMES, out=out) is out
    assert out.view("i8").tolist() == STARTS
    times = np.array(TIMES).view("M8[ms]")
    assert MINUTE.pane_starts(times, out=times) is times
    assert times.view("i8").tolist() == STARTS


@pytest.mark.parametrize("rows", [5, 8_192, 8_193, 30_000])
@pytest.mark.parametrize("shift", [-9_000, -8_192, -3, -1, 0, 1, 3, 8_192, 9_000])
def test_out_that_overlaps_times(rows: int, shift: int) -> None:
    """By any number of rows, also of more than a block: each row is read before it is written."""
    edge = abs(shift)
    memory = np.random.default_rng(rows).integers(0, 2 * 10**12, rows + 2 * edge)
    for in_place in (False, True):
        both = memory.copy()
        times = both[edge : edge + rows]
        out = both[edge + shift : edge + shift + rows]
        expected = both.copy()
        expected[edge + shift : edge + shift + rows] = MINUTE.pane_starts(times)
        # Arrow's memory is that of the array.
        MINUTE.pane_starts(pa.array(times) if in_place else times, out=out)
        assert np.array_equal(both, expected)


def test_nulls_in_memory_that_out_overlaps() -> None:
    memory = np.zeros(20_000, "i8")
    bits = pa.py_buffer(bytes([255] * 2_499 + [127]))
    times = pa.Array.from_buffers(pa.int64(), 20_000, [bits, pa.py_buffer(memory)])
    memory += 1
    with pytest.raises(pln.OutOfRangeError) as caught:
        MINUTE.pane_starts(times, out=memory)
    assert caught.value.path == "times[19999]"
    assert (memory == 1).all()


@pytest.mark.parametrize("rows", [8_192, 8_193, 30_000])
def test_a_bad_last_row_leaves_out_alone(rows: int) -> None:
    times, out = np.zeros(rows, "i8"), np.full(rows, 9)
    times[-1] = np.iinfo("i8").max
    for column in (times, pa.array(times), times.tolist(), times.view("M8[ms]")):
        with pytest.raises(pln.OutOfRangeError) as caught:
            MINUTE.pane_starts(column, out=out)
        assert caught.value.path == f"times[{rows - 1}]"
        assert (out == 9).all()
    with pytest.raises(pln.OutOfRangeError):
        MINUTE.pane_starts(times, out=times)
    assert (times[:-1] == 0).all()


@pytest.mark.parametrize(
    "out",
    [
        np.zeros(1, "i8"),
        np.zeros(3, "i8"),
        np.zeros(2, "f8"),
        np.zeros(2, ">i8"),
        np.zeros(4, "i8")[::2],
        np.zeros((2, 1), "i8"),
        np.zeros(2, "M8[s]"),
        np.zeros(2, "M8[D]"),
        np.zeros(2, "M8[M]"),
        np.array(5),
        np.zeros(2, ">M8[ms]"),
        np.zeros(4, "M8[ms]")[::2],
        np.zeros(3, "M8[ms]"),
        np.zeros(2, "m8[ms]"),
        np.frombuffer(bytes(16), "M8[ms]"),
        bytes(16),
        memoryview(bytes(16)).cast("q"),
        pln.Int64Array([1, 2]),
    ],
    ids=str,
)
def test_out_that_cannot_be_filled(out: Any) -> None:
    with pytest.raises(pln.InvalidArgumentError) as caught:
        MINUTE.pane_starts([0, 0], out=out)
    assert caught.value.path == "out"
    # A copy would be filled in its place.
    for advice in ("copy it", "convert it", "ravel"):
        assert advice not in caught.value.message


def test_what_is_no_out() -> None:
    for out in ([0, 0], 5, "xx"):
        with pytest.raises(TypeError, match="out must be a writable int64 or datetime64"):
            MINUTE.pane_starts([0, 0], out=out)  # type: ignore[call-overload]


def test_batches_say_what_scalar_calls_say() -> None:
    """On both sides of the row counts from which the GIL is released."""
    for rows in (1, 15, 16, 1_023, 1_024, 3_000):
        times = np.random.default_rng(rows).integers(0, 2 * 10**12, rows)
        assert SLIDING.pane_starts(times).tolist() == [SLIDING.pane(t).start_ms for t in times]
        windows = SLIDING.assign(times)
        assert len(windows.offsets) == rows + 1
        for row in (0, rows // 2, rows - 1):
            assert windows.windows(row) == SLIDING.windows(times[row])


def test_an_assignment_is_a_value() -> None:
    windows = MINUTE.assign(TIMES)
    assert windows == MINUTE.assign(TIMES) != MINUTE.assign([1])
    assert windows != 5
    assert pickle.loads(pickle.dumps(windows)) == windows
    assert eval(repr(windows), vars(pln)) == windows
    assert {windows, MINUTE.assign(TIMES), MINUTE.assign([1])} == {MINUTE.assign([1]), windows}
    assert hash(windows) == hash(pickle.loads(pickle.dumps(windows))) != hash(MINUTE.assign([1]))
    assert windows.windows(-1) == windows.windows(4) == [MINUTE.pane(TIMES[4])]
    assert len(windows) == len(TIMES)
    assert [*windows] == [[MINUTE.pane(t)] for t in TIMES] == [*iter(windows)]
    assert (len(MINUTE.assign([])), [*MINUTE.assign([])]) == (0, [])
    for row in (5, -6, 2**64, -(2**64)):
        with pytest.raises(IndexError):
            windows.windows(row)


def test_offsets_that_lie() -> None:
    """An assignment is made of any columns; asking it for windows stays within them."""
    column = pln.Int64Array
    lies = ([0, 9], [-1, 1], [2, 1], [2**63 - 1, 2**63 - 1])
    for offsets in lies:
        windows = pln.Assignment(column(offsets), column([1, 2]), column([3]))
        with pytest.raises(IndexError):
            windows.windows(0)
        assert len(windows) == 1
        with pytest.raises(IndexError):
            list(windows)
    empty = pln.Assignment(column([]), column([]), column([]))
    assert (len(empty), [*empty]) == (0, [])


def test_an_array_is_a_value() -> None:
    short, long = pln.Int64Array([3, -1, 4]), pln.Int64Array(list(range(100)))
    assert short == pln.Int64Array((3, -1, 4)) != pln.Int64Array([3, -1])
    assert short != [3, -1, 4]
    assert repr(pln.Int64Array([])) == "Int64Array([])"
    assert eval(repr(short), vars(pln)) == short
    assert repr(long) == "Int64Array([0, 1, 2, 3, ..., 96, 97, 98, 99], len=100)"
    assert (
        repr(pln.Int64Array(list(range(9)))) == "Int64Array([0, 1, 2, 3, ..., 5, 6, 7, 8], len=9)"
    )
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(long, protocol)) == long
    assert hash(short) == hash(pln.Int64Array((3, -1, 4))) != hash(long)
    with pytest.raises(TypeError):
        short[0] = 1  # type: ignore[index]


def test_indexing_an_array_is_that_of_a_list() -> None:
    values = [3, -1, 4, 1, 5]
    column = pln.Int64Array(values)
    assert [*column] == values
    assert 4 in column
    for i in range(-5, 5):
        assert column[i] == values[i]
    bounds = (None, 0, 1, 4, 9, -1, -9, 2**70)
    for start in bounds:
        for stop in bounds:
            for step in (None, 1, 2, -1, -3, 2**70):
                key = slice(start, stop, step)
                assert column[key].tolist() == values[key]
    for index in (5, -6, 2**70, -(2**70)):
        with pytest.raises(IndexError):
            column[index]
    for wrong in ("0", 1.0, None):
        with pytest.raises(TypeError):
            column[wrong]  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="zero"):
        column[::0]


def test_exports_are_read_only_and_share_memory() -> None:
    column = MINUTE.pane_starts(TIMES)
    view = memoryview(column)
    assert (view.format, view.itemsize, view.shape, view.strides) == ("q", 8, (5,), (8,))
    assert view.readonly
    assert view.contiguous
    assert view.tolist() == STARTS
    one, two = np.asarray(column), np.asarray(column)
    assert one.dtype == np.int64
    assert np.shares_memory(one, two)
    assert not one.flags.writeable
    with pytest.raises(ValueError, match="WRITEABLE"):
        one.flags.writeable = True
    with pytest.raises(TypeError, match="read-write"):
        io.BytesIO(bytes(40)).readinto(column)
    assert np.frombuffer(column, "i8").tolist() == STARTS  # type: ignore[call-overload]
    assert bytes(column) == array("q", STARTS).tobytes()


def test_an_export_keeps_the_array_alive() -> None:
    for _ in range(50):
        expected = np.arange(50_000)
        view = memoryview(pln.Int64Array(expected))
        other = np.asarray(pln.Int64Array(expected))
        gc.collect()
        _churn = [bytearray(400_000) for _ in range(4)]
        assert np.array_equal(np.asarray(view), expected)
        assert np.array_equal(other, expected)


def test_inputs_are_released() -> None:
    """Neither a good nor a refused call keeps a buffer open or an object alive."""
    for times in (array("q", TIMES), array("q", [2**63 - 1])):
        for out in (array("q", [0] * len(times)), array("q")):
            with pytest.raises(pln.PanelineError) if times[0] > TIMES[0] or not out else _passes():
                MINUTE.pane_starts(times, out=out)
            times.append(0)  # BufferError while an export is open
            times.pop()
            out.append(0)
    kept = np.array(TIMES)
    gone = weakref.ref(kept)
    MINUTE.assign(kept)
    del kept
    gc.collect()
    assert gone() is None


class _passes:  # noqa: N801 - stands beside pytest.raises
    """The context of a call that is not refused."""

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(self, *_: object) -> None:
        """Nothing."""
