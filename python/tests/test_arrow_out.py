"""Results in other libraries: the right types and zones, and the very memory where it can be."""

import gc
import pickle
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import paneline as pln

TIMES = [1_730_611_800_000, 1_730_615_400_000, 0]
ZONES = ["", "UTC", "America/New_York", "Asia/Kolkata", "+08:00", "-03:30", "EST"]


def assigner_of(timezone: str) -> pln.Assigner:
    return pln.Assigner(
        pln.SlidingWindowSpec(duration_ms=7_200_000, step_ms=3_600_000, timezone=timezone)
    )


def sql(query: str, it: Any) -> duckdb.DuckDBPyRelation:
    """A query over a table that is called `it`, as the variable is."""
    relation = duckdb.sql(query)
    assert relation is not None
    return relation


def address(array: Any, buffer: int = 1) -> int:
    """Where a buffer of a pyarrow array lies."""
    return int(array.buffers()[buffer].address)


def at(column: Any) -> int:
    """Where a column of ours lies, as numpy sees it."""
    return int(np.asarray(column).__array_interface__["data"][0])


@pytest.mark.parametrize("timezone", ZONES)
def test_times_have_the_zone_of_the_spec(timezone: str) -> None:
    zone = timezone or "UTC"
    assigner = assigner_of(timezone)
    starts = assigner.pane_starts(TIMES)
    windows = assigner.assign(TIMES)
    assert starts.timezone == windows.starts_ms.timezone == windows.ends_ms.timezone == zone
    assert windows.offsets.timezone is None
    instants = [datetime.fromtimestamp(start / 1_000, UTC) for start in starts]

    assert pa.array(starts).type == pa.timestamp("ms", zone)
    assert pa.chunked_array(starts).type == pa.timestamp("ms", zone)
    assert [t.astimezone(UTC) for t in pa.array(starts).to_pylist()] == instants
    frame = pd.Series.from_arrow(starts)
    assert str(frame.dtype).startswith("datetime64[ms, ")
    assert frame.dt.tz_convert("UTC").tolist() == instants
    [offset] = {t.utcoffset() for t in frame[:1]}
    if zone in ("+08:00", "-03:30"):
        sign = 1 if zone.startswith("+") else -1
        hours, minutes = int(zone[1:3]), int(zone[4:])
        assert offset.total_seconds() == sign * (hours * 3600 + minutes * 60)
    else:
        assert offset == instants[0].astimezone(ZoneInfo(zone)).utcoffset()
    if zone == "-03:30":
        with pytest.raises(pl.exceptions.ComputeError, match="-03:30"):  # which it does not have
            pl.Series(starts)
    else:
        series = pl.Series(starts)
        assert series.dtype == pl.Datetime("ms", "Etc/GMT-8" if zone == "+08:00" else zone)
        assert series.cast(pl.Int64).to_list() == starts.tolist()
        assert address(series.to_arrow()) == at(starts)
    seen = sql("SELECT windows[1].start AS t FROM it", windows).to_arrow_table()
    assert pa.types.is_timestamp(seen["t"].type)
    assert seen["t"].type.tz is not None
    assert seen["t"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64()).to_pylist() == [
        windows.windows(row)[0].start_ms for row in range(3)
    ]


def test_the_zone_is_no_part_of_the_value() -> None:
    starts = assigner_of("Asia/Kolkata").pane_starts(TIMES)
    plain = pln.Int64Array(starts.tolist())
    assert (plain, hash(plain)) == (starts, hash(starts))
    assert plain.timezone is None
    assert starts[1:].timezone == starts[::-2].timezone == "Asia/Kolkata"
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        for array in (starts, plain):
            again = pickle.loads(pickle.dumps(array, protocol))
            assert again == array
            assert again.timezone == array.timezone
    assert pa.array(plain).type == pa.int64()
    made = pln.Int64Array([0], "Europe/Berlin")
    assert pa.array(made).type == pa.timestamp("ms", "Europe/Berlin")
    for timezone in ("", "\0", "a\0", "\ud800"):
        with pytest.raises(pln.InvalidArgumentError) as caught:
            pln.Int64Array([0], timezone)
        assert caught.value.path == "timezone"
    with pytest.raises(TypeError):
        pln.Int64Array([0], 5)  # type: ignore[arg-type]


COLUMNS: list[tuple[Any, pa.DataType]] = [
    (pln.Int64Array([1, -1, 2**62]), pa.int64()),
    (pln.Column([1, -1], "int64"), pa.int64()),
    (pln.Column([2**64 - 1], "uint64"), pa.uint64()),
    (pln.Column([0.5, -0.0], "float64"), pa.float64()),
    (pln.Column([5], "uint32"), pa.uint32()),
    (pln.Column([5, 255], "uint8"), pa.uint8()),
]


@pytest.mark.parametrize(("column", "dtype"), COLUMNS, ids=str)
def test_columns_are_the_same_memory(column: Any, dtype: pa.DataType) -> None:
    array = pa.array(column)
    assert (array.type, array.to_pylist()) == (dtype, column.tolist())
    assert array.null_count == 0
    assert address(array) == at(column)
    [chunk] = pa.chunked_array(column).chunks
    assert address(chunk) == at(column)
    series = pl.Series(column)
    assert series.to_list() == column.tolist()
    assert address(series.to_arrow()) == at(column)
    assert np.shares_memory(series.to_numpy(), np.asarray(column))
    array.validate(full=True)


def test_nulls_and_bools_are_packed() -> None:
    holes = pln.Column([None if i % 3 == 0 else i for i in range(100)], "int64")
    array = pa.array(holes)
    array.validate(full=True)
    assert array.to_pylist() == pl.Series(holes).to_list() == holes.tolist()
    assert array.null_count == 34
    assert address(array) == at(holes)
    flags = pln.Column([True, False, None, *[True] * 20], "bool")
    assert pa.array(flags).to_pylist() == pl.Series(flags).to_list() == flags.tolist()
    assert pa.array(flags).type == pa.bool_()


def test_strings_are_the_same_memory() -> None:
    strings = pln.BytesArray(pln.Int64Array([1, 3, 3, 4]), pln.Column(b"abcdef", "uint8"))
    array = pa.array(strings)
    array.validate(full=True)
    assert (array.type, array.to_pylist()) == (pa.large_binary(), [b"bc", b"", b"d"])
    assert address(array, 1) == at(strings.offsets)
    assert address(array, 2) == at(strings.data)
    assert pl.Series(strings).to_list() == strings.tolist()
    assert pa.chunked_array(strings).to_pylist() == strings.tolist()


@pytest.mark.parametrize("times", [TIMES, [], [0] * 1_000])
def test_windows_are_lists_in_place(times: list[int]) -> None:
    windows = assigner_of("America/New_York").assign(times)
    batch = pa.record_batch(windows)
    batch.validate(full=True)
    time = pa.timestamp("ms", "America/New_York")
    assert batch.schema.names == ["windows"]
    [lists] = batch.columns
    assert pa.types.is_large_list(lists.type)
    assert [(field.name, field.type) for field in lists.type.value_type] == [
        ("start", time),
        ("end", time),
    ]
    assert address(lists) == at(windows.offsets)
    if times:
        assert address(lists.values.field(0)) == at(windows.starts_ms)
        assert address(lists.values.field(1)) == at(windows.ends_ms)
    table = pa.table(windows)
    assert table.num_rows == len(times)
    frame = pl.DataFrame(windows)
    local = pl.Datetime("ms", "America/New_York")
    assert frame.schema == {"windows": pl.List(pl.Struct({"start": local, "end": local}))}
    starts = frame["windows"].list.explode().struct.field("start").cast(pl.Int64)
    if times:
        assert starts.to_list() == windows.starts_ms.tolist()
    assert len(pd.DataFrame.from_arrow(windows)) == len(times)
    assert sql("SELECT sum(len(windows)) FROM it", windows).fetchall() == [
        (len(windows.starts_ms) or None,)
    ]


@pytest.mark.parametrize(
    ("offsets", "starts"),
    [([], []), ([0, 2], [1]), ([-1, 1], [1]), ([1, 0], [1]), ([0, 1, 0], [1]), ([2, 2], [1])],
)
def test_windows_that_lie_are_not_handed_out(offsets: list[int], starts: list[int]) -> None:
    times = pln.Int64Array(starts, "UTC")
    windows = pln.Assignment(pln.Int64Array(offsets), times, times)
    for export in (windows.__arrow_c_array__, windows.__arrow_c_stream__):
        with pytest.raises(pln.InvalidArgumentError):
            export()
    shorter = pln.Assignment(pln.Int64Array([0, 1]), pln.Int64Array([1]), pln.Int64Array([]))
    with pytest.raises(pln.InvalidArgumentError):
        shorter.__arrow_c_array__()


def batches(key: Any, timezone: str = "Asia/Tokyo") -> tuple[pln.ResultBatch, pln.LateBatch]:
    """Results with nulls and with names that are taken, and late rows."""
    names = ("count", "key", "count_", "x")
    spec = pln.EngineSpec(
        window=pln.SlidingWindowSpec(duration_ms=1_000, timezone=timezone),
        key=key,
        values=[pln.ValueColumn("source", nullable=True), pln.ValueColumn("v", "f64")],
        aggregates=[pln.Aggregate(name, "max", "source") for name in names],
        max_out_of_orderness_ms=0,
    )
    keys = {"i64": [7, -8, 7, 9], "u64": [7, 2**63, 7, 9], "bytes": [b"seven", b"", b"seven", b"9"]}
    engine = pln.Engine(spec)
    columns: Any = (keys[key], [0, 0, 5_000, 3], [[1, None, 3, 4], [0.5] * 4])
    [*results] = engine.run(*columns, finish=True)
    late = engine.poll_late()
    assert late is not None
    [batch] = results
    return batch, late


@pytest.mark.parametrize(
    ("key", "dtype"), [("i64", pa.int64()), ("u64", pa.uint64()), ("bytes", pa.large_binary())]
)
def test_results_are_tables(key: str, dtype: pa.DataType) -> None:
    results, late = batches(key)
    time = pa.timestamp("ms", "Asia/Tokyo")
    batch = pa.record_batch(results)
    batch.validate(full=True)
    fixed = [time, time, dtype, pa.int64(), pa.uint32(), pa.uint8()]
    assert batch.schema.names == [
        *("start", "end", "key", "count", "revision", "flags"),
        *("count__", "key_", "count_", "x"),
    ]
    assert batch.schema.types == [*fixed, *[pa.int64()] * 4]
    assert [field.nullable for field in batch.schema] == [False] * 6 + [True] * 4
    columns = [results.start_ms, results.end_ms, results.keys, results.count]
    columns += [results.revision, results.flags, *results.columns.values()]
    for array, column in zip(batch.columns, columns, strict=True):
        shown = array.cast(pa.int64()) if pa.types.is_timestamp(array.type) else array
        assert shown.to_pylist() == column.tolist()
        if isinstance(column, pln.BytesArray):
            assert (address(array, 1), address(array, 2)) == (at(column.offsets), at(column.data))
        else:
            assert address(array) == at(column)

    late_batch = pa.record_batch(late)
    late_batch.validate(full=True)
    assert late_batch.schema.names == ["reason", "key", "time", "source", "source_", "v"]
    assert late_batch["time"].type == time
    assert late_batch["reason"].to_pylist() == [int(pln.Verdict.LATE)]
    assert late_batch["source_"].to_pylist() == [4]

    for frame, table in ((results, batch), (late, late_batch)):
        assert pa.table(frame).equals(pa.table(table))
        assert pl.DataFrame(frame).equals(pl.DataFrame(table))
        assert pl.DataFrame(frame).schema["key"] == pl.Series(table["key"]).dtype
        assert pd.DataFrame.from_arrow(frame).shape == (table.num_rows, table.num_columns)
        assert sql("SELECT * FROM it", frame).columns == table.schema.names
        shown = sql("SELECT key FROM it ORDER BY key", frame).fetchall()
        assert shown == sorted((k,) for k in table["key"].to_pylist())


def test_tables_of_one_spec_have_one_schema() -> None:
    """Also where a batch has no null: so they can be put together."""
    spec = pln.EngineSpec(
        window=pln.SlidingWindowSpec(duration_ms=10),
        values=[pln.ValueColumn("v", nullable=True)],
        aggregates=[pln.Aggregate("s", "sum", "v")],
    )
    engine = pln.Engine(spec)
    tables = []
    for time, value in ((0, 1), (20, None), (40, 3)):
        [*results] = engine.run([1], [time], [[value]])
        tables += [pa.table(batch) for batch in results]
    assert pa.concat_tables(tables)["s"].to_pylist() == [1, None]
    assert pl.concat([pl.DataFrame(table) for table in tables]).height == 2


def test_results_go_in_again() -> None:
    """What one engine sets aside another takes, by way of any library."""
    _, late = batches("bytes")
    table = pa.table(late)
    spec = pln.EngineSpec(
        window=pln.SlidingWindowSpec(duration_ms=1_000),
        key="bytes",
        values=[pln.ValueColumn("v", "f64")],
        aggregates=[pln.Aggregate("s", "sum", "v")],
    )
    ways: list[tuple[Any, Any, Any]] = [
        (late.keys, late.times_ms, late["v"]),
        (table["key"], table["time"], table["v"]),
        (pl.Series(table["key"]), pl.Series(table["time"]), pl.Series(table["v"])),
    ]
    for keys, times, values in ways:
        [batch] = pln.Engine(spec).run(keys, times, [values], finish=True)
        assert [*batch] == [(0, 1_000, b"9", 1, 0, 0, 0.5)]


def exporters() -> list[Callable[[], Any]]:
    results, late = batches("bytes")
    windows = assigner_of("").assign(list(range(1_000)))
    return [
        lambda: windows,
        lambda: windows.starts_ms,
        lambda: results,
        lambda: late,
        lambda: results.keys,
        lambda: results["x"],
    ]


def test_a_requested_schema_may_be_given() -> None:
    """The protocol lets a producer answer with its own."""
    schema = pa.schema([("windows", pa.list_(pa.int64()))])
    for make in exporters():
        assert len(make().__arrow_c_array__(requested_schema=None)) == 2
        make().__arrow_c_stream__(schema.__arrow_c_schema__())
    windows = assigner_of("").assign([0])
    reader = pa.RecordBatchReader.from_stream(windows)
    assert reader.schema.names == ["windows"]
    assert reader.read_all().num_rows == 1


def test_objects_end_in_any_order() -> None:
    """Ours before the consumer's, the consumer's before ours, capsules that nobody takes."""
    order = random.Random(0)
    values = np.arange(3_000)
    expected = assigner_of("").pane_starts(values).tolist()
    for _ in range(300):
        ours = assigner_of("").pane_starts(values)
        kept = [
            pa.array(ours),
            pa.chunked_array(ours),
            pl.Series(ours),
            np.asarray(ours),
            memoryview(ours),
            ours.__arrow_c_array__(),
            ours.__arrow_c_stream__(),
            ours,
        ]
        del ours
        while kept:
            kept.pop(order.randrange(len(kept)))
            gc.collect(0)
            for other in kept:
                if isinstance(other, pa.Array | pa.ChunkedArray):
                    assert other.cast(pa.int64()).to_pylist()[-1] == expected[-1]
                elif isinstance(other, pl.Series):
                    assert other.cast(pl.Int64)[-1] == expected[-1]
                elif isinstance(other, np.ndarray | memoryview | pln.Int64Array):
                    assert other[-1] == expected[-1]


def test_exports_leak_nothing() -> None:
    """Ten thousand of each, taken and not taken; the memory of one alone is 8 MB."""
    values = np.arange(1_000_000)
    starts = assigner_of("").pane_starts(values)
    before = pa.total_allocated_bytes()

    def resident() -> int:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096

    for make in [lambda: starts, *exporters()]:
        for _ in range(200):
            pa.chunked_array(make()) if hasattr(make(), "tolist") else pa.table(make())
        start = resident()
        for i in range(10_000):
            thing = make()
            if i % 3 == 0:
                thing.__arrow_c_array__()
            elif i % 3 == 1:
                thing.__arrow_c_stream__()
            else:
                pa.chunked_array(thing) if hasattr(thing, "tolist") else pa.table(thing)
        assert resident() - start < 4 << 20
    assert pa.total_allocated_bytes() == before


def test_the_last_owner_frees_the_memory() -> None:
    """Here it is another library, in another thread, after ours is gone."""

    def resident() -> int:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096

    assigner, times = assigner_of(""), np.arange(4_000_000)
    kept = pa.array(assigner.pane_starts(times))
    with_one = resident()
    for _ in range(10):
        kept = pa.array(assigner.pane_starts(times))
        assert kept[5].value == 0
    assert resident() - with_one < 64 << 20  # of 320 MB


def test_every_zone_is_read_by_every_library() -> None:
    """Factory, the one name that stands for no zone, polars does not have."""
    for timezone in pln.timezones():
        times = pln.Int64Array([1_730_611_800_000], timezone)
        windows = pln.Assignment(pln.Int64Array([0, 1]), times, times)
        [time] = pa.array(times).to_pylist()
        assert pd.Series.from_arrow(times)[0] == time
        [row] = sql("SELECT epoch_ms(windows[1].start) FROM it", windows).fetchall()
        assert row == (1_730_611_800_000,)
        if timezone != "Factory":
            assert pl.Series(times).to_list() == [time]
