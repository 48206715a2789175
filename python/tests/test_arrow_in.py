"""Columns of other libraries: each is the list of its values, in whatever pieces it comes."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import paneline as pln

QUARTERS = pln.Assigner(pln.SlidingWindowSpec(duration_ms=900_000, timezone="America/New_York"))
# Around the hour that New York's clocks show twice, before the epoch, and with a millisecond.
TIMES = [1_730_611_800_000, 1_730_615_400_000, -1_000, 0, 1_735_689_612_345]
TICKS = {"s": 1_000, "ms": 1, "us": 1_000, "ns": 1_000_000}
BEYOND = 2**62


def ticks(unit: str) -> list[int]:
    return [t // 1_000 if unit == "s" else t * TICKS[unit] for t in TIMES]


def times_of(unit: str) -> Iterator[Any]:
    """The same instants in each library's columns."""
    array = np.array(ticks(unit)).view(f"M8[{unit}]")
    yield array
    yield array.astype(f"<M8[{unit}]")[::-1][::-1]
    yield pa.array(array)
    yield pa.array(ticks(unit), pa.timestamp(unit, "Asia/Kolkata"))
    yield pa.chunked_array([array[:2], array[2:2], array[2:]])
    yield pd.Series(array)
    yield pd.Series(array).dt.tz_localize("UTC").dt.tz_convert("Asia/Kolkata")
    yield pd.DatetimeIndex(array)
    yield pd.DatetimeIndex(array).tz_localize("UTC").tz_convert("Asia/Kolkata")
    yield pd.Series(pa.array(array), dtype=pd.ArrowDtype(pa.timestamp(unit)))
    if unit != "s":
        series = pl.Series(ticks(unit)).cast(pl.Datetime(unit))  # type: ignore[arg-type]
        yield series
        yield series.dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Kolkata")
        yield pl.concat([series[:1], series[1:]], rechunk=False)
        yield series.to_frame()
    events = pa.table({"t": array})
    yield events
    yield duckdb.sql("SELECT t FROM events")
    yield duckdb.sql("SELECT t::TIMESTAMPTZ AS t FROM events")


@pytest.mark.parametrize("unit", TICKS)
def test_times_have_their_own_unit(unit: Any) -> None:
    starts = QUARTERS.pane_starts(ticks(unit), unit)
    windows = QUARTERS.assign(ticks(unit), unit)
    spec = pln.EngineSpec(window=QUARTERS.spec)
    expected = rows(spec, [1] * 5, ticks(unit), (), unit)
    assert sum(row[3] for row in expected) == 3  # two are late
    for column in times_of(unit):
        assert QUARTERS.pane_starts(column) == starts
        assert QUARTERS.assign(column) == windows
        assert QUARTERS.pane_starts(column, out=np.empty(5, "M8[ms]")).tolist() == [
            start.astype("M8[ms]").item() for start in np.asarray(starts)
        ]
        assert rows(spec, [1] * 5, column) == expected
        if not isinstance(column, duckdb.DuckDBPyRelation):  # which casts to microseconds
            assert QUARTERS.pane_starts(column, unit) == starts


def rows(spec: pln.EngineSpec, *columns: Any) -> list[tuple[Any, ...]]:
    """The results of one batch alone, whichever way it goes in."""
    engine = pln.Engine(spec)
    pushed = [row for batch in engine.run(*columns, finish=True) for row in batch]
    verdicts = pln.Progress(spec).judge(*columns)
    shard = pln.Engine.shard(spec, 2**64 - 1)
    assert shard.apply(*columns, verdicts=verdicts) == len(verdicts)
    shard.apply_finish()
    assert [row for batch in iter(shard.poll, None) for row in batch] == pushed
    return pushed


def test_a_unit_that_is_not_the_columns() -> None:
    nanoseconds = np.array(TIMES).view("M8[ms]").astype("M8[ns]")
    engine = pln.Engine(pln.EngineSpec(window=QUARTERS.spec))
    for column in (nanoseconds, pa.array(nanoseconds), pl.Series(nanoseconds)):
        for call in (
            partial(QUARTERS.pane_starts, column, "ms"),
            partial(QUARTERS.assign, column, "us"),
            partial(engine.push, [1] * 5, column, (), "s"),
        ):
            with pytest.raises(pln.InvalidArgumentError, match='None or "ns", which') as caught:
                call()
            assert caught.value.path == "unit"
    starts = QUARTERS.pane_starts(TIMES)
    assert QUARTERS.pane_starts(starts) == QUARTERS.pane_starts(starts, "ms") == starts
    with pytest.raises(pln.InvalidArgumentError, match='None or "ms"'):
        QUARTERS.pane_starts(starts, "s")
    for plain in (
        pa.array([1]),
        pl.Series([1]),
        pd.Series([1]),
        np.array([1]),
        pln.Int64Array([1]),
    ):
        assert QUARTERS.pane_starts(plain, "s") == QUARTERS.pane_starts([1], "s")
        assert QUARTERS.pane_starts(plain) == QUARTERS.pane_starts([1], "ms")


REFUSED: list[tuple[Any, str]] = [
    (np.array([1], "M8[M]"), r'got datetime64\[M\]: convert it, as in values.astype\("datetime64'),
    (np.array([1], "M8[ps]"), r"got datetime64\[ps\]"),
    (np.array([1], "M8[25us]"), r"got datetime64\[25us\]"),
    (np.array(["NaT"], "M8"), "got datetime64: convert it"),
    (np.array([1], ">M8[ms]"), "machine's byte order"),
    (np.array([1, 2, 3], "M8[ms]")[::2], "contiguous"),
    (np.array([[1]], "M8[ms]"), "1 dimension"),
    (np.array([1], "m8[ms]"), 'values.view."int64"'),
    (pa.array([1], pa.date32()), "got Date32: cast it to a timestamp first"),
    (pa.array([1], pa.date64()), "got Date64: cast it to a timestamp"),
    (pa.array([1], pa.time64("us")), "got Time64"),
    (pa.array([1], pa.duration("ms")), "got Duration"),
    (pa.array([1], pa.int32()), "got Int32: cast it"),
    (pa.array([1], pa.uint64()), "got UInt64"),
    (pa.array([1.0]), "got Float64"),
    (pa.array(["2024-01-01"]), "got Utf8: parse it to timestamps first"),
    (pa.array([1]).dictionary_encode(), "got Dictionary.*: decode and cast it"),
    (pa.nulls(1), "got Null"),
    (pa.array([[1]]), "got List"),
    (pa.table({"a": [1], "b": [2]}), "got Struct.*: pass one column of the table"),
    (pa.table({}), "got Struct.*: pass one column of the table"),
    (pl.Series(["2024-01-01"]), "got Utf8View"),
    (pl.Series([1]).cast(pl.Date), "got Date32"),
    (pl.DataFrame({"a": [1], "b": [2]}), "pass one column"),
    (pd.Series(["a"]), "parse it to timestamps first"),
    (pd.Series([1.5]), "got Float64"),
]


@pytest.mark.parametrize(("column", "message"), REFUSED, ids=lambda case: str(case)[:40])
def test_what_is_no_column_of_times(column: Any, message: str) -> None:
    engine = pln.Engine(pln.EngineSpec(window=QUARTERS.spec))
    calls: list[Callable[[Any], object]] = [
        QUARTERS.pane_starts,
        QUARTERS.assign,
        lambda column: engine.push([1], column),
    ]
    for call in calls:
        with pytest.raises(pln.InvalidArgumentError, match=message) as caught:
            call(column)
        assert caught.value.path == "times"
    assert engine.stats.accepted == 0


def test_a_struct_with_nulls_is_no_column() -> None:
    struct = pa.array([{"t": 1}, None])
    with pytest.raises(pln.InvalidArgumentError, match="rows that are null"):
        QUARTERS.pane_starts(struct)
    sliced = pa.array([None, {"t": TIMES[0]}, {"t": TIMES[1]}])[1:]
    assert QUARTERS.pane_starts(sliced) == QUARTERS.pane_starts(TIMES[:2])


def in_pieces(values: list[Any], pieces: int, seed: int, dtype: pa.DataType) -> pa.ChunkedArray:
    """Chunks of many sizes, some empty, each a slice of a longer array."""
    cuts = sorted(np.random.default_rng(seed).integers(0, len(values) + 1, pieces - 1).tolist())
    chunks = []
    for start, end in zip([0, *cuts], [*cuts, len(values)], strict=True):
        before = values[: (start * 7 + seed) % 13]
        chunks.append(pa.array([*before, *values[start:end], None], dtype)[len(before) : -1])
    return pa.chunked_array(chunks, dtype)


@pytest.mark.parametrize(
    ("length", "pieces"), [(0, 1), (1, 3), (100, 7), (20_000, 1), (20_000, 40)]
)
def test_columns_in_pieces(length: int, pieces: int) -> None:
    """On both sides of every size of block, with pieces that end within blocks."""
    random = np.random.default_rng(length + pieces)
    times = random.integers(0, 2 * 10**12, length).tolist()
    column = in_pieces(times, pieces, 5, pa.int64())
    starts, windows = QUARTERS.pane_starts(times), QUARTERS.assign(times)
    assert QUARTERS.pane_starts(column) == starts
    assert QUARTERS.pane_starts(column, out=np.zeros(length, "i8")).tolist() == starts.tolist()
    assert QUARTERS.assign(column) == windows
    polars = pl.concat([pl.Series(chunk) for chunk in column.chunks], rechunk=False)
    assert polars.n_chunks() > 1 or pieces == 1 or length < 2
    assert QUARTERS.pane_starts(polars) == starts

    values = [None if i % 5 == 0 else i for i in range(length)]
    floats = [None if i % 3 == 0 else i / 7 for i in range(length)]
    keys = [None if i % 11 == 0 else i % 17 for i in range(length)]
    holes = [None if i % 13 == 0 else i for i in sorted(times)]
    spec = pln.EngineSpec(
        window=pln.SlidingWindowSpec(duration_ms=10**11),
        values=[pln.ValueColumn("v", nullable=True), pln.ValueColumn("f", "f64", nullable=True)],
        aggregates=[pln.Aggregate("s", "sum", "v"), pln.Aggregate("m", "mean", "f")],
        sources=("a", "b"),
    )
    sources = [i % 2 for i in range(length)]
    expected = rows(spec, keys, holes, [values, floats], None, sources)
    got = rows(
        spec,
        in_pieces(keys, pieces, 1, pa.int64()),
        in_pieces(holes, pieces, 2, pa.timestamp("ms")),
        [in_pieces(values, pieces, 3, pa.int64()), in_pieces(floats, pieces, 4, pa.float64())],
        None,
        in_pieces(sources, pieces, 5, pa.uint32()),
    )
    assert got == expected
    assert got or length < 2


def test_columns_without_a_piece() -> None:
    for empty in (
        pa.chunked_array([], pa.timestamp("ns")),
        pa.array([], pa.timestamp("ns")),
        pl.Series([], dtype=pl.Datetime("ns")),
        pa.table({"t": pa.array([], pa.timestamp("ns"))}),
        pa.array([], pa.int64()),
        np.empty(0, "M8[ns]"),
    ):
        assert QUARTERS.pane_starts(empty).tolist() == []
        assert QUARTERS.assign(empty).offsets.tolist() == [0]
        assert QUARTERS.pane_starts(empty, out=np.empty(0, "i8")).tolist() == []
        assert rows(pln.EngineSpec(window=QUARTERS.spec), [], empty) == []
    session = pln.Assigner(pln.SlidingWindowSpec(kind=pln.WindowKind.SESSION, session_gap_ms=5))
    for out in (None, np.empty(0, "i8")):
        with pytest.raises(pln.InvalidArgumentError) as caught:
            session.pane_starts(pa.array([], pa.int64()), out=out)
        assert caught.value.path == "kind"


@pytest.mark.parametrize("row", [0, 7, 8_191, 8_192, 19_999])
def test_the_first_row_without_a_time_is_named(row: int) -> None:
    """Whether it is null, NaT or beyond the range, in whichever block and piece."""
    good = np.arange(20_000) * 1_000
    nat = good.view("M8[ms]").copy()
    nat[[row, -1]] = "NaT"
    holes: list[Any] = [None if i in (row, 19_999) else int(t) for i, t in enumerate(good)]
    beyond = holes.copy()
    beyond[row] = BEYOND
    later = [BEYOND if t is None and i > row else t for i, t in enumerate(holes)]
    out = np.full(20_000, 9)
    for column in (
        nat,
        pa.array(nat),
        pa.array(holes),
        pl.Series(holes),
        pd.Series(nat),
        pa.chunked_array([holes[:5], holes[5:9_000], holes[9_000:]]),
        in_pieces(beyond, 30, row, pa.int64()),
        pa.array(beyond),
        pa.array(later),
        pln.Column(holes, "int64"),
    ):
        for call in (
            partial(QUARTERS.pane_starts, column),
            partial(QUARTERS.pane_starts, column, out=out),
            partial(QUARTERS.assign, column),
        ):
            with pytest.raises(pln.OutOfRangeError) as caught:
                call()
            assert caught.value.path == f"times[{row}]"
    assert (out == 9).all()
    # In an engine a row without a time is a counted one.
    engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10**10)))
    for column in (nat, pa.array(nat), pl.Series(holes), pln.Column(holes, "int64")):
        before = engine.stats.invalid
        engine.push(good, column)
        assert engine.stats.invalid - before == len({row, 19_999})


TEXTS = ["a", "", None, "längerer Text, der in keine zwölf Bytes passt", "b", "a"]
STRINGS: list[Any] = [
    pa.array(TEXTS, dtype)
    for dtype in (
        pa.utf8(),
        pa.large_utf8(),
        pa.binary(),
        pa.large_binary(),
        pa.string_view(),
        pa.binary_view(),
    )
]


@pytest.mark.parametrize(
    "keys",
    [
        *STRINGS,
        *(pa.concat_arrays([array[3:], array])[3:] for array in STRINGS),
        *(pa.chunked_array([array[:2], array[2:2], array[2:]]) for array in STRINGS),
        pl.Series(TEXTS),
        pl.Series(TEXTS).cast(pl.Binary),
        pl.concat([pl.Series(TEXTS[:4]), pl.Series(TEXTS[4:])], rechunk=False),
        pd.Series(TEXTS, dtype="string[pyarrow]"),
        pa.table({"k": TEXTS}),
    ],
    ids=lambda keys: f"{type(keys).__name__}-{getattr(keys, 'type', '')}",
)
def test_keys_of_bytes_and_text(keys: Any) -> None:
    spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10), key="bytes")
    expected = [None if text is None else text.encode() for text in TEXTS]
    assert rows(spec, keys, [0] * 6) == rows(spec, expected, [0] * 6)


def test_long_keys_in_pieces() -> None:
    random = np.random.default_rng(0)
    keys = [random.bytes(int(n)) for n in random.integers(0, 40, 5_000)]
    keys[17], keys[4_000] = bytes(65_536), bytes(70_000)  # the longest that is kept, and one more
    spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10), key="bytes")
    expected = rows(spec, keys, [0] * 5_000)
    assert len(expected) > 4_000
    assert max(len(row[2]) for row in expected) == 65_536
    for dtype in (pa.binary(), pa.large_binary(), pa.binary_view()):
        assert rows(spec, in_pieces(keys, 9, 3, dtype), [0] * 5_000) == expected


WINDOW = pln.SlidingWindowSpec(duration_ms=10)
TEXT_KEY = 'must hold int64, got Utf8: text is a key in an engine of key="bytes"'
STRICT, FLOAT = pln.ValueColumn("v"), pln.ValueColumn("f", "f64")
ENGINE_REFUSED: list[tuple[dict[str, Any], tuple[Any, ...], str, str]] = [
    ({}, (pa.array(["a"]), [1]), "keys", TEXT_KEY),
    ({}, (pa.array([1], pa.uint64()), [1]), "keys", "must hold int64, got UInt64"),
    ({}, (pa.array([1], pa.timestamp("ms")), [1]), "keys", "and that to int64 first"),
    ({"key": "u64"}, (pa.array([1]), [1]), "keys", "must hold uint64, got Int64"),
    ({"key": "bytes"}, (pa.array([1]), [1]), "keys", "must hold binary or text, got Int64"),
    (
        {"key": "bytes"},
        (pa.array(["a"]).dictionary_encode(), [1]),
        "keys",
        "got Dictionary.*decode and cast",
    ),
    ({"values": [STRICT]}, ([1], [1], [pa.array([1.0])]), "values[0]", "hold int64, got Float64"),
    ({"values": [FLOAT]}, ([1], [1], [pa.array([1])]), "values[0]", "hold float64, got Int64"),
    ({"values": [STRICT]}, ([1], [1], [pa.array([True])]), "values[0]", "got Boolean"),
    ({"values": [STRICT]}, ([1, 2], [1, 2], [pa.array([1, None])]), "values[0][1]", "nullable"),
    (
        {"values": [STRICT]},
        ([1], [1], [pl.Series([None], dtype=pl.Int64)]),
        "values[0][0]",
        "nullable",
    ),
    ({"values": [STRICT]}, ([1], [1], [pa.array([1, 2])]), "values[0]", "1 rows"),
    ({}, ([1], [1], (), None, pa.array([1])), "sources[0]", "must be < 1"),
    ({}, ([1], [1], (), None, pa.array([None], pa.int64())), "sources[0]", "got null"),
    ({}, ([1], [1], (), None, pa.array(["a"])), "sources", "int64 or uint32, got Utf8"),
]


@pytest.mark.parametrize(("fields", "columns", "path", "message"), ENGINE_REFUSED)
def test_what_an_engine_refuses(
    fields: dict[str, Any], columns: tuple[Any, ...], path: str, message: str
) -> None:
    spec = pln.EngineSpec(window=WINDOW, **fields)
    engine, progress = pln.Engine(spec), pln.Progress(spec)
    calls: list[Callable[..., object]] = [
        engine.push,
        lambda *columns: [*engine.run(*columns)],
        progress.judge,
    ]
    for call in calls:
        with pytest.raises(pln.InvalidArgumentError, match=message) as caught:
            call(*columns)
        assert caught.value.path == path
    assert engine.stats == pln.Engine(spec).stats


@pytest.mark.parametrize("row", [0, 4_096, 9_999])
def test_a_null_refuses_all_blocks(row: int) -> None:
    """As of lists: wherever it stands, nothing before it was taken."""
    engine = pln.Engine(pln.EngineSpec(window=WINDOW, values=[STRICT]))
    values = in_pieces([None if i == row else i for i in range(10_000)], 5, row, pa.int64())
    with pytest.raises(pln.InvalidArgumentError) as caught:
        engine.push(np.arange(10_000), np.arange(10_000), [values])
    assert caught.value.path == f"values[0][{row}]"
    assert engine.stats.accepted == 0


def test_a_validity_beside_an_arrow_column() -> None:
    nullable = pln.ValueColumn("v", nullable=True)
    spec = pln.EngineSpec(
        window=WINDOW, values=[nullable], aggregates=[pln.Aggregate("s", "sum", "v")]
    )
    values = (pa.array([1, None, 4]), bytes([1, 1, 0]))
    assert rows(spec, [7] * 3, [0] * 3, [values]) == [(0, 10, 7, 3, 0, 0, 1)]


def test_columns_of_ours_are_made_of_them() -> None:
    assert pln.Int64Array(pa.array([1, 2])) == pln.Int64Array(pl.Series([1, 2])) == MADE
    holes = pln.Column([0.5, None], "float64")
    assert pln.Column(pl.Series([0.5, None]), "float64") == holes
    assert pln.Column(holes, "float64") == holes
    assert pln.Column(pa.array([5], pa.uint8()), "uint8").tolist() == [5]
    with pytest.raises(pln.OutOfRangeError) as caught:
        pln.Int64Array(pa.array([1, None]))
    assert caught.value.path == "values[1]"
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: pln.Int64Array(pa.array([1], pa.timestamp("ms"))), "values"),
        (lambda: pln.Int64Array(np.array([1], "M8[ms]")), "values"),
        (lambda: pln.Column(pa.array([1]), "float64"), "values"),
        (lambda: pln.Column(pa.array([True]), "bool"), "values"),
        (lambda: pln.resolve_local("Asia/Tokyo", pa.array([0.5]), "earliest"), "local_ms"),
    ]
    for call, path in wrong:
        with pytest.raises(pln.InvalidArgumentError) as refused:
            call()
        assert refused.value.path == path


MADE = pln.Int64Array([1, 2])


def test_inputs_are_released() -> None:
    """By a good call, a refused one, and an iterator that is never ended."""
    memory = np.arange(20_000)
    column = pa.array(memory)  # in place: pyarrow keeps the array alive
    assert column.buffers()[1].address == memory.ctypes.data
    gone = weakref.ref(memory)
    QUARTERS.pane_starts(column)
    QUARTERS.assign(pa.chunked_array([column]))
    with pytest.raises(pln.InvalidArgumentError):
        QUARTERS.pane_starts(column, out=np.empty(1, "i8"))
    engine = pln.Engine(pln.EngineSpec(window=WINDOW))
    unfinished = engine.run(column, column)
    del memory, column
    gc.collect()
    assert gone() is not None
    del unfinished
    gc.collect()
    assert gone() is None


def test_no_library_is_imported() -> None:
    """Neither by the import nor by a call that takes a foreign column or gives one out."""
    code = """
import sys
import paneline
before = {*sys.modules}
assigner = paneline.Assigner(paneline.SlidingWindowSpec(duration_ms=10))
starts = assigner.pane_starts([25])
class Column:
    def __arrow_c_stream__(self, requested_schema=None):
        return starts.__arrow_c_stream__()
class Times:
    __array_interface__ = {}
    class dtype:
        str = "<M8[ms]"
    def view(self, dtype):
        return memoryview(starts)
assert assigner.pane_starts(Column()) == assigner.pane_starts(Times()) == starts
assigner.assign(Column()).__arrow_c_array__()
print(*{name.partition(".")[0] for name in {*sys.modules} - before})
"""
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)
    assert {*run.stdout.decode().split()} <= sys.stdlib_module_names
