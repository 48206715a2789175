"""What an engine hands out: columns of every dtype with nulls, byte strings, batches of them."""

import gc
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import paneline as pln

FORMATS: dict[str, tuple[str, int, list[Any]]] = {
    "int64": ("q", 8, [-(2**63), 2**63 - 1, 0]),
    "uint64": ("Q", 8, [0, 2**64 - 1, 7]),
    "float64": ("d", 8, [0.5, -math.inf, 5e-324]),
    "uint32": ("I", 4, [0, 2**32 - 1, 7]),
    "uint8": ("B", 1, [0, 255, 7]),
    "bool": ("?", 1, [True, False, True]),
}
make: Callable[..., pln.Column] = pln.Column
ints: Callable[..., pln.Int64Array] = pln.Int64Array


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_column_is_a_value_and_shares_its_memory(dtype: str) -> None:
    code, size, values = FORMATS[dtype]
    column = make(values, dtype)
    assert (column.dtype, len(column), column.validity) == (dtype, 3, None)
    assert column.tolist() == [*column] == [column[i] for i in range(3)] == values
    view = memoryview(column)
    assert (view.format, view.itemsize, view.shape, view.strides) == (code, size, (3,), (size,))
    assert view.readonly
    one, two = np.asarray(column), np.asarray(column)
    assert one.dtype == np.dtype(dtype)
    assert one.tolist() == values
    assert np.shares_memory(one, two)
    with pytest.raises(ValueError, match="WRITEABLE"):
        one.flags.writeable = True
    for same in (
        make(tuple(values), dtype),
        make(np.array(values, dtype), dtype),
        make(one, dtype),
        make(view, dtype),
        make(column, dtype),
        pickle.loads(pickle.dumps(column)),
        eval(repr(column), vars(pln) | {"inf": math.inf}),
        column[:],
    ):
        assert same == column
        assert hash(same) == hash(column)
    assert column != make(values[:2], dtype) != make(values[1:], dtype)
    assert column != values
    assert repr(column) == f"Column({values}, '{dtype}')"


def test_columns_of_other_dtypes_differ() -> None:
    columns = [make([1, 0], dtype) for dtype in FORMATS if dtype not in ("bool", "float64")]
    assert len({*columns, ints([1, 0])}) == len(columns) + 1


def test_floats_are_compared_by_their_bits() -> None:
    nan = make([math.nan], "float64")
    assert nan == make([math.nan], "float64")
    assert hash(nan) == hash(make([math.nan], "float64"))
    assert make([0.0], "float64") != make([-0.0], "float64")
    assert pickle.loads(pickle.dumps(nan)) == nan


@pytest.mark.parametrize("dtype", FORMATS)
def test_nulls(dtype: str) -> None:
    _, _, values = FORMATS[dtype]
    column = make([values[0], None, values[2]], dtype)
    assert column.tolist() == [*column] == [values[0], None, values[2]]
    assert column[1] is column[-2] is None
    assert column.validity == make([True, False, True], "bool")
    assert not np.asarray(column)[1]
    for same in (
        make(values, dtype, [True, False, True]),
        make(np.array(values, dtype), dtype, validity=np.array([1, 0, 9], "u1")),
        make([values[0], None, values[2]], dtype, (True, True, True)),
        pickle.loads(pickle.dumps(column)),
        eval(repr(column), vars(pln)),
    ):
        assert same == column
        assert hash(same) == hash(column)
    assert make(values, dtype, [True] * 3).validity is None
    assert column != make(np.asarray(column), dtype)
    assert column[::-1].tolist() == [values[2], None, values[0]]
    assert column[::2].validity is None
    assert column[5:].tolist() == []


def test_long_columns_are_shown_by_their_ends() -> None:
    column = make([None, *range(99)], "uint32")
    assert repr(column) == "Column([None, 0, 1, 2, ..., 95, 96, 97, 98], 'uint32', len=100)"
    assert repr(make([*range(8)], "uint8")) == f"Column({[*range(8)]}, 'uint8')"


def test_indexing_a_column_is_that_of_a_list() -> None:
    values = [3, None, 4, 1, 5]
    column = make(values, "int64")
    bounds = (None, 0, 1, 4, 9, -1, -9, 2**70)
    for start in bounds:
        for stop in bounds:
            for step in (None, 1, 2, -1, -3, 2**70):
                key = slice(start, stop, step)
                assert column[key].tolist() == values[key]
    for index in (5, -6, 2**70, -(2**70)):
        with pytest.raises(IndexError):
            column[index]
    wrong: Any
    for wrong in ("0", 1.0, None):
        with pytest.raises(TypeError):
            column[wrong]


@pytest.mark.parametrize(
    ("arguments", "code", "path"),
    [
        (([1], "int32"), "INVALID_ARGUMENT", "dtype"),
        (([1], ""), "INVALID_ARGUMENT", "dtype"),
        ((np.array([1], "i4"), "int64"), "INVALID_ARGUMENT", "values"),
        ((np.array([1], ">u4"), "uint32"), "INVALID_ARGUMENT", "values"),
        ((np.array([1.0]), "int64"), "INVALID_ARGUMENT", "values"),
        ((np.array([1], "u8"), "int64"), "INVALID_ARGUMENT", "values"),
        ((np.zeros((1, 1), "f8"), "float64"), "INVALID_ARGUMENT", "values"),
        ((np.zeros(4, "f8")[::2], "float64"), "INVALID_ARGUMENT", "values"),
        (([1], "int64", [True, True]), "INVALID_ARGUMENT", "validity"),
        (([1], "int64", [None]), "INVALID_ARGUMENT", "validity"),
        (([1], "int64", np.array([1])), "INVALID_ARGUMENT", "validity"),
        (([0, 2**63], "int64"), "OUT_OF_RANGE", "values[1]"),
        (([0, -1], "uint64"), "OUT_OF_RANGE", "values[1]"),
        (([2**64], "uint64"), "OUT_OF_RANGE", "values[0]"),
        (([2**32], "uint32"), "OUT_OF_RANGE", "values[0]"),
        (([256], "uint8"), "OUT_OF_RANGE", "values[0]"),
        (([2**53 + 1], "float64"), "OUT_OF_RANGE", "values[0]"),
        (([2**63 - 1], "float64"), "OUT_OF_RANGE", "values[0]"),
        (([10**400], "float64"), "OUT_OF_RANGE", "values[0]"),
    ],
    ids=str,
)
def test_refused_columns(arguments: Any, code: str, path: str) -> None:
    with pytest.raises(pln.PanelineError) as caught:
        make(*arguments)
    assert (caught.value.code, caught.value.path) == (code, path)


@pytest.mark.parametrize(
    "arguments",
    [
        (None, "int64"),
        (5, "int64"),
        ({1}, "int64"),
        (["1"], "int64"),
        ([1.0], "int64"),
        ([True], "int64"),
        (["1.0"], "float64"),
        ([True], "float64"),
        ([1], "bool"),
        ([1], "int64", [1]),
        ([1], 5),
    ],
    ids=str,
)
def test_wrong_types(arguments: Any) -> None:
    with pytest.raises(TypeError):
        make(*arguments)


def test_floats_of_whole_numbers() -> None:
    values: list[Any] = [2**53, -(2**63), 0, 3, np.float64(0.1), np.int64(5), 2**62]
    assert make(values, "float64").tolist() == [float(value) for value in values]


def test_byte_strings() -> None:
    keys = pln.BytesArray(ints([0, 2, 2, 5]), make(b"abcde", "uint8"))
    assert len(keys) == 3
    assert keys.tolist() == [*keys] == [keys[0], keys[-2], keys[2]] == [b"ab", b"", b"cde"]
    assert bytes(keys.data) == b"abcde"
    assert keys.offsets.tolist() == [0, 2, 2, 5]
    assert eval(repr(keys), vars(pln)) == keys == pickle.loads(pickle.dumps(keys))
    assert hash(keys) == hash(pickle.loads(pickle.dumps(keys)))
    assert keys != pln.BytesArray(ints([0, 2, 5]), keys.data)
    assert keys != [b"ab", b"", b"cde"]
    assert [*pln.BytesArray(ints([1]), keys.data)] == []
    for index in (3, -4, 2**70):
        with pytest.raises(IndexError):
            keys[index]


@pytest.mark.parametrize(
    ("offsets", "data", "path"),
    [
        ([], make(b"", "uint8"), "offsets"),
        ([0, 3, 2], make(b"abc", "uint8"), "offsets[2]"),
        ([0, 4], make(b"abc", "uint8"), "offsets[1]"),
        ([-1, 2], make(b"abc", "uint8"), "offsets[0]"),
        ([2**63 - 1], make(b"abc", "uint8"), "offsets[0]"),
        ([0], make([1], "uint64"), "data"),
        ([0], make([1, None], "uint8"), "data"),
    ],
)
def test_byte_strings_that_are_none(offsets: list[int], data: pln.Column, path: str) -> None:
    with pytest.raises(pln.InvalidArgumentError) as caught:
        pln.BytesArray(ints(offsets), data)
    assert caught.value.path == path


KEYS: dict[str, tuple[Any, Any]] = {"i64": (7, 8), "u64": (2**64 - 1, 8), "bytes": (b"a", b"")}


def results(key: Any = "i64") -> tuple[pln.ResultBatch, pln.LateBatch]:
    """Results and late rows of an engine with nulls in both."""
    engine = pln.Engine(
        pln.EngineSpec(
            window=pln.SlidingWindowSpec(duration_ms=10),
            key=key,
            values=[pln.ValueColumn("v", nullable=True), pln.ValueColumn("f", "f64")],
            aggregates=[pln.Aggregate("sum", "sum", "v"), pln.Aggregate("mean", "mean", "f")],
        )
    )
    first, second = KEYS[key]
    values: Any = [[1, None, None], [0.5, 1, 2]]
    [batch] = engine.run([first, second, first], [15, 16, 5], values, finish=True)
    late = engine.poll_late()
    assert late is not None
    return batch, late


@pytest.mark.parametrize("key", ["i64", "u64", "bytes"])
def test_batches_are_values(key: Any) -> None:
    batch, late = results(key)
    first, second = KEYS[key]
    assert [*batch] == [(10, 20, first, 1, 0, 0, 1, 0.5), (10, 20, second, 1, 0, 0, None, 1.0)]
    assert [*late] == [(pln.Verdict.LATE, first, 5, 0, None, 2.0)]
    kinds = {"i64": pln.Int64Array, "u64": pln.Column, "bytes": pln.BytesArray}
    assert type(batch.keys) is type(late.keys) is kinds[key]
    assert (len(batch), len(late)) == (2, 1)
    assert [*batch.columns] == ["sum", "mean"]
    assert batch["sum"] == batch.columns["sum"] == make([1, None], "int64")
    assert (batch["mean"].dtype, late["f"].dtype) == ("float64", "float64")
    assert late["v"] == late.values["v"] == make([None], "int64")
    assert (late.reasons, late.times_ms) == (make([1], "uint8"), ints([5]))
    batch.columns.clear()  # a dict of its own
    assert [*batch.columns] == ["sum", "mean"]
    for table, other in ((batch, late), (late, batch)):
        again = results(key)[0 if table is batch else 1]
        for same in (again, pickle.loads(pickle.dumps(table)), eval(repr(table), vars(pln))):
            assert same == table
            assert hash(same) == hash(table)
        assert table != other
        assert table != 5
        assert {table: 1}[again] == 1
        for name in ("total", "", "\ud800"):
            with pytest.raises(KeyError):
                table[name]
        with pytest.raises(TypeError):
            table[0]  # type: ignore[index]
        with pytest.raises(AttributeError):
            table.keys = None  # type: ignore[assignment, misc]


def test_columns_of_results_share_the_engines_memory() -> None:
    """Every column can be looked at without a copy, and outlives its batch and its engine."""
    batch, late = results("bytes")
    assert isinstance(batch.keys, pln.BytesArray)
    assert isinstance(late.keys, pln.BytesArray)
    columns = [
        *(batch.start_ms, batch.end_ms, batch.keys.offsets, batch.keys.data, batch.count),
        *(batch.revision, batch.flags, batch["sum"], batch["sum"].validity, batch["mean"]),
        *(late.reasons, late.keys.data, late.times_ms, late.sources, late["v"], late["f"]),
    ]
    views = [np.asarray(column) for column in columns]
    expected = [view.tolist() for view in views]
    assert all(np.shares_memory(np.asarray(c), v) for c, v in zip(columns, views, strict=True))
    assert batch.start_ms is batch.start_ms
    del batch, late, columns
    gc.collect()
    assert [view.tolist() for view in views] == expected


def test_batches_of_columns_that_do_not_fit() -> None:
    batch, late = results()
    names = ("start_ms", "end_ms", "keys", "count", "revision", "flags", "columns")
    parts = {name: getattr(batch, name) for name in names}
    build: Callable[..., object] = pln.ResultBatch
    assert build(**parts) == batch
    cases: list[tuple[dict[str, Any], str]] = [
        ({"end_ms": ints([1])}, "end_ms"),
        ({"keys": ints([1])}, "keys"),
        ({"keys": make([1, 2], "uint32")}, "keys"),
        ({"keys": make([1, None], "uint64")}, "keys"),
        ({"revision": make([1, 2], "uint64")}, "revision"),
        ({"flags": make([1], "uint8")}, "flags"),
        ({"columns": {"a": make([1], "int64")}}, "columns['a']"),
    ]
    for changed, path in cases:
        with pytest.raises(pln.InvalidArgumentError) as caught:
            build(**(parts | changed))
        assert caught.value.path == path
    wrong: list[dict[str, Any]] = [
        {"start_ms": make([1, 2], "int64")},
        {"keys": [1, 2]},
        {"columns": {"a": ints([1, 2])}},
        {"columns": {1: make([1, 2], "int64")}},
        {"columns": [make([1, 2], "int64")]},
    ]
    for changed in wrong:
        with pytest.raises(TypeError):
            build(**(parts | changed))
    names = ("reasons", "keys", "times_ms", "sources", "values")  # type: ignore[assignment]
    parts = {name: getattr(late, name) for name in names}
    build = pln.LateBatch
    assert build(**parts) == late
    for changed, path in (
        ({"reasons": make([1], "uint32")}, "reasons"),
        ({"sources": make([1], "uint8")}, "sources"),
        ({"times_ms": ints([1, 2])}, "times_ms"),
    ):
        with pytest.raises(pln.InvalidArgumentError) as caught:
            build(**(parts | changed))
        assert caught.value.path == path
