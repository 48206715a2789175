"""What goes into an engine: columns of every form, nulls, and what is refused without a trace."""

import ctypes
import gc
import subprocess
import sys
import weakref
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import paneline as pln

WINDOW = pln.SlidingWindowSpec(duration_ms=10)
V, F = pln.ValueColumn("v", nullable=True), pln.ValueColumn("f", "f64", nullable=True)
STRICT = pln.ValueColumn("v")
N, S = pln.Aggregate("n", "count", "v"), pln.Aggregate("s", "sum", "v")
VALID = np.array([True, False, True])


def spec_of(**fields: Any) -> pln.EngineSpec:
    return pln.EngineSpec(window=WINDOW, **fields)


def push(spec: pln.EngineSpec, *columns: Any, **options: Any) -> list[tuple[Any, ...]]:
    """The results of one batch alone."""
    engine = pln.Engine(spec)
    assert engine.push(*columns, **options) == len(columns[1])
    engine.finish()
    return [row for batch in iter(engine.poll, None) for row in batch]


INTS: list[Any] = [
    [3, 1, 3],
    [np.int64(3), 1, 3],
    array("q", [3, 1, 3]),
    array("l", [3, 1, 3]),
    memoryview(array("q", [3, 1, 3])),
    memoryview(b"x" + array("q", [3, 1, 3]).tobytes())[1:].cast("q"),
    memoryview((ctypes.c_int64 * 3)(3, 1, 3)),
    np.array([3, 1, 3]),
    np.array([0, 3, 1, 3])[1:],
    pln.Int64Array([3, 1, 3]),
    pln.Column([3, 1, 3], "int64"),
]


@pytest.mark.parametrize("column", INTS, ids=lambda column: type(column).__name__)
def test_columns_of_ints(column: Any) -> None:
    expected = [(0, 10, 3, 2, 0, 0, 6), (0, 10, 1, 1, 0, 0, 1)]
    spec = spec_of(values=[STRICT], aggregates=[S])
    assert push(spec, column, column, [column]) == expected
    assert push(spec, column, column, (column,)) == expected
    if not isinstance(column, list):
        assert push(spec, (column, None), column, [(column, None)]) == expected
        assert push(spec, (column, np.ones(3, "?")), column, [column]) == expected


@pytest.mark.parametrize(
    "keys",
    [
        [2**64 - 1, 0],
        [np.uint64(2**64 - 1), 0],
        array("Q", [2**64 - 1, 0]),
        array("L", [2**64 - 1, 0]),
        np.array([2**64 - 1, 0], "u8"),
        pln.Column([2**64 - 1, 0], "uint64"),
    ],
    ids=lambda column: type(column).__name__,
)
def test_unsigned_keys(keys: Any) -> None:
    assert [row[2] for row in push(spec_of(key="u64"), keys, [1, 2])] == [2**64 - 1, 0]


@pytest.mark.parametrize(
    "keys",
    [
        [b"ab", b"", b"c"],
        pln.BytesArray(pln.Int64Array([0, 2, 2, 3]), pln.Column(b"abc", "uint8")),
        (np.array([0, 2, 2, 3]), b"abc"),
        (array("q", [1, 3, 3, 4]), bytearray(b"xabcx")),
        (pln.Int64Array([0, 2, 2, 3]), memoryview(b"abc")),
        (np.array([0, 2, 2, 3]), np.frombuffer(b"abc", "u1")),
        (np.array([0, 2, 2, 3]), np.frombuffer(b"abc", "i1")),
        (np.array([0, 2, 2, 3]), pln.Column(b"abc", "uint8"), None),
        (np.array([0, 2, 2, 3]), b"abc", np.ones(3, "u1")),
    ],
    ids=lambda column: type(column).__name__,
)
def test_byte_keys(keys: Any) -> None:
    assert [row[2] for row in push(spec_of(key="bytes"), keys, [1, 2, 3])] == [b"ab", b"", b"c"]


def test_nulls_of_values() -> None:
    spec = spec_of(
        values=[V, F],
        aggregates=[N, S, pln.Aggregate("f", "sum", "f"), pln.Aggregate("m", "count", "f")],
    )
    flags: list[Any] = [
        VALID,
        VALID.view("u1"),
        bytes([1, 0, 1]),
        array("B", [255, 0, 2]),
        pln.Column([True, False, True], "bool"),
    ]
    columns: list[Any] = [([5, None, 7], [0.5, None, 1])]
    for valid in flags:
        columns.append(
            ((np.array([5, 6, 7]), valid), (np.array([0.5, np.nan, 1.0]), valid)),
        )
    columns.append((pln.Column([5, None, 7], "int64"), pln.Column([0.5, None, 1], "float64")))
    for values in columns:
        assert push(spec, [1, 1, 1], [1, 2, 3], values) == [(0, 10, 1, 3, 0, 0, 2, 12, 1.5, 2)]
    masked = np.ma.masked_array([5, 6, 7], [False, True, False])
    pair = (masked.data, ~masked.mask)
    assert push(spec, [1, 1, 1], [1, 2, 3], [pair, [None] * 3])[0][6:] == (2, 12, None, 0)


def test_nulls_of_keys_are_invalid_rows() -> None:
    keys: list[tuple[Any, Any]] = [
        ("i64", [1, None, 2]),
        ("i64", (np.array([1, 9, 2]), VALID)),
        ("i64", pln.Column([1, None, 2], "int64")),
        ("u64", [1, None, 2]),
        ("u64", pln.Column([1, None, 2], "uint64")),
        ("bytes", [b"1", None, b"2"]),
        ("bytes", (np.array([0, 1, 1, 2]), b"12", VALID)),
    ]
    for key, column in keys:
        engine = pln.Engine(spec_of(key=key))
        assert engine.push(column, [1, 2, 3]) == 3
        assert (engine.stats.accepted, engine.stats.invalid) == (2, 1)


def test_keys_that_are_too_long_are_invalid_rows() -> None:
    """A key of a gigabyte too: it is not copied."""
    most = 65_536
    engine = pln.Engine(spec_of(key="bytes"))
    assert engine.push([b"x" * most, b"y" * (most + 1), b"z" * 10**7], [1, 2, 3]) == 3
    assert (engine.stats.accepted, engine.stats.invalid) == (1, 2)
    huge = np.zeros(2**30, "u1")  # never touched, so it takes no memory
    offsets = np.array([0, 2, most + 2, 2 * most + 3, 2**30])
    assert engine.push((offsets, huge), [4, 5, 6, 7]) == 4
    assert (engine.stats.accepted, engine.stats.invalid) == (3, 4)
    engine.finish()
    [batch] = iter(engine.poll, None)
    assert [*map(len, batch.keys)] == [most, 2, most]


def test_text_among_byte_keys_is_its_utf_8() -> None:
    """In a list as in an Arrow column, beside bytes and nulls."""
    snake = "\u00fc\U0001f40d"
    keys: list[bytes | str | None] = ["a", b"a", snake, "", None, snake.encode()]
    of_bytes = [key.encode() if isinstance(key, str) else key for key in keys]
    results = []
    for column in (keys, of_bytes):
        engine = pln.Engine(spec_of(key="bytes"))
        results.append([*engine.run(column, [0] * 6, finish=True)])
        assert (engine.stats.accepted, engine.stats.invalid) == (5, 1)
    assert results[0] == results[1]
    [batch] = results[0]
    assert batch.keys.tolist() == [b"a", snake.encode(), b""]


def test_empty_batches() -> None:
    empties: list[Any] = [
        [],
        np.empty(0, "i8"),
        array("q"),
        memoryview(array("q")),
        pln.Int64Array([]),
    ]
    for empty in empties:
        engine = pln.Engine(spec_of(values=[V]))
        assert engine.push(empty, empty, [empty]) == 0
        assert engine.push([1], [1], [[1]], from_row=1) == 0
        assert [*engine.run(empty, empty, [empty])] == []
        assert len(pln.Progress(spec_of(values=[V])).judge(empty, empty, [empty])) == 0
    strings = pln.Engine(spec_of(key="bytes"))
    keys: Any
    for keys in ([], (np.array([5]), b"12345"), (np.array([0]), b"")):
        assert strings.push(keys, []) == 0


def refusals() -> list[tuple[str, dict[str, Any], tuple[Any, ...], str, str]]:
    """Key type, fields of the spec, columns, and the refusal."""
    two, ok = np.array([1, 2]), np.array([True, True])
    no = np.array([True, False])
    values = {"values": [STRICT]}
    invalid, beyond = "INVALID_ARGUMENT", "OUT_OF_RANGE"
    of_bytes: list[tuple[Any, str]] = [
        ((np.array([0, 1, 2], "i4"), b"ab"), "keys.offsets"),
        ((np.empty(0, "i8"), b"ab"), "keys.offsets"),
        ((np.array([0, 1, 2]), np.array([1, 2])), "keys.data"),
        ((np.array([0, 1, 2]), np.zeros((1, 2), "u1")), "keys.data"),
        ((np.array([0, 2, 1]), b"ab"), "keys.offsets[2]"),
        ((np.array([0, 1, 3]), b"ab"), "keys.offsets[2]"),
        ((np.array([-1, 1, 2]), b"ab"), "keys.offsets[0]"),
        ((np.array([3, 3, 3]), b"ab"), "keys.offsets[0]"),
        ((np.array([0, 2**63 - 1, 2]), b"ab"), "keys.offsets[1]"),
        ((np.array([0, -(2**63), 2]), b"ab"), "keys.offsets[1]"),
        ((np.array([0, 1, 2]), b"ab", np.array([1, 1])), "keys.validity"),
        ((np.array([0, 1, 2]), b"ab", np.array([True])), "keys.validity"),
        ([b"a"], "keys"),
        ((np.array([0, 1]), b"a"), "keys"),
    ]
    return [
        *(("bytes", {}, (keys, [1, 2]), invalid, path) for keys, path in of_bytes),
        ("i64", {}, (two.astype("u8"), two), invalid, "keys"),
        ("i64", {}, (two.astype("f8"), two), invalid, "keys"),
        ("i64", {}, (two.astype(">i8"), two), invalid, "keys"),
        ("i64", {}, (np.array([1, 0, 2, 0])[::2], two), invalid, "keys"),
        ("i64", {}, (np.array([two]), two), invalid, "keys"),
        ("i64", {}, (b"12345678", [1]), invalid, "keys"),
        ("i64", {}, (two, np.array([1, 2, 3])), invalid, "keys"),
        ("i64", {}, ([1, 2, 3], two), invalid, "keys"),
        ("i64", {}, ([1, 2**63], two), beyond, "keys[1]"),
        ("i64", {}, ((two, np.array([1, 1])), two), invalid, "keys.validity"),
        ("i64", {}, ((two, np.array([True])), two), invalid, "keys.validity"),
        ("u64", {}, (two, two), invalid, "keys"),
        ("u64", {}, ([1, -1], two), beyond, "keys[1]"),
        ("u64", {}, ([1, 2**64], two), beyond, "keys[1]"),
        ("i64", {}, (two, two.astype("f8")), invalid, "times"),
        ("i64", {}, (two, two.astype("M8[M]")), invalid, "times"),
        ("i64", {}, (two, [1, 2**63]), beyond, "times[1]"),
        ("i64", {}, (two, two, [two]), invalid, "values"),
        ("i64", values, (two, two), invalid, "values"),
        ("i64", values, (two, two, [two, two]), invalid, "values"),
        ("i64", values, (two, two, [two.astype("f8")]), invalid, "values[0]"),
        ("i64", values, (two, two, [[1]]), invalid, "values[0]"),
        ("i64", values, (two, two, [[1, None]]), invalid, "values[0][1]"),
        ("i64", values, (two, two, [(two, no)]), invalid, "values[0][1]"),
        ("i64", values, (two, two, [(two, ok[:1])]), invalid, "values[0].validity"),
        ("i64", values, (two, two, [(two, two)]), invalid, "values[0].validity"),
        ("i64", {"values": [V, F]}, (two, two, [two, two]), invalid, "values[1]"),
        ("i64", {"values": [F]}, (two, two, [[1.0, 2**53 + 1]]), beyond, "values[0][1]"),
        ("i64", {}, (two, two, (), "sec"), invalid, "unit"),
        ("i64", {}, (two, two, (), "ms", [0, 1]), invalid, "sources[1]"),
        ("i64", {"sources": ["a"]}, (two, two, (), "ms", [0, "b"]), invalid, "sources[1]"),
        ("i64", {}, (two, two, (), "ms", [0]), invalid, "sources"),
        ("i64", {}, (two, two, (), "ms", 1), invalid, "sources"),
        ("i64", {}, (two, two, (), "ms", "a"), invalid, "sources"),
        ("i64", {}, (two, two, (), "ms", -1), invalid, "sources"),
        ("i64", {}, (two, two, (), "ms", np.array([0, -1])), invalid, "sources[1]"),
        ("i64", {}, (two, two, (), "ms", np.array([0, 2**62])), invalid, "sources[1]"),
        ("i64", {}, (two, two, (), "ms", np.array([0, 1], "u4")), invalid, "sources[1]"),
        ("i64", {}, (two, two, (), "ms", np.array([0, 1], "i4")), invalid, "sources"),
    ]


@pytest.mark.parametrize(("key", "fields", "columns", "code", "path"), refusals())
def test_refusals_take_nothing(
    key: Any, fields: dict[str, Any], columns: tuple[Any, ...], code: str, path: str
) -> None:
    engine, progress = (
        pln.Engine(spec_of(key=key, **fields)),
        pln.Progress(spec_of(key=key, **fields)),
    )
    before = engine.stats
    calls: list[Callable[[], object]] = [
        lambda: engine.push(*columns),
        lambda: [*engine.run(*columns)],
        lambda: progress.judge(*columns),
    ]
    for call in calls:
        with pytest.raises(pln.PanelineError) as caught:
            call()
        assert (caught.value.code, caught.value.path, caught.value.taken) == (code, path, 0)
        assert len(caught.value.message) < 300
    assert engine.stats == before
    assert progress.watermark_ms == -(2**63)


@pytest.mark.parametrize(
    "columns",
    [
        (None, [1]),
        (5, [1]),
        ({1}, [1]),
        ("1", [1]),
        (range(1), [1]),
        ([1.0], [1], [[1]]),
        ([True], [1], [[1]]),
        (["1"], [1], [[1]]),
        ((1,), [1]),
        ((1, 2), [1, 2]),
        (([1], np.array([True])), [1]),
        ((np.array([1]), [True]), [1]),
        ((np.array([1]),) * 3, [1]),
        ([1], None),
        ([1], [1.0], [[1]]),
        ([1], ["1"], [[1]]),
        ([1], [1], 5),
        ([1], [1], "ab"),
        ([1], [1], np.array([[1.0]])),
        ([1], [1], {"v": [1]}),
        ([1], [1], [None]),
        ([1], [1], [1]),
        ([1], [1], [[1.5]]),
        ([1], [1], [[True]]),
        ([1], [1], [(1,)]),
        ([1], [1], [[1]], 5),
        ([1], [1], [[1]], "ms", 1.0),
        ([1], [1], [[1]], "ms", [1.0]),
        ([1], [1], [[1]], "ms", [None]),
        ([1], [1], [[1]], "ms", {0}),
    ],
    ids=str,
)
def test_wrong_types(columns: tuple[Any, ...]) -> None:
    engine = pln.Engine(spec_of(values=[V]))
    with pytest.raises(TypeError):
        engine.push(*columns)
    assert engine.stats == pln.Engine(spec_of(values=[V])).stats


@pytest.mark.parametrize(
    "keys",
    [None, "ab", b"ab", [1], [bytearray(b"a")], (b"a",), (1, 2), np.array([b"a"]), {b"a"}],
    ids=str,
)
def test_what_is_no_column_of_byte_keys(keys: Any) -> None:
    with pytest.raises((TypeError, pln.InvalidArgumentError)):
        pln.Engine(spec_of(key="bytes")).push(keys, [1])


def test_rows_to_start_at() -> None:
    engine = pln.Engine(spec_of())
    wrong: Any
    for wrong in (1.0, "0", True):
        with pytest.raises(TypeError, match="from_row must be an int"):
            engine.push([1], [1], from_row=wrong)
    for beyond in (2, -1, 2**63, 2**64, 10**5000):
        with pytest.raises(pln.InvalidArgumentError) as caught:
            engine.push([1], [1], from_row=beyond)
        assert caught.value.path == "from_row"
    assert engine.push([1, 2, 3], [1, 2, 3], from_row=1) == 2


LONG = 10_000
ROWS = np.arange(LONG)
BAD: list[tuple[str, dict[str, Any], Callable[[int], tuple[Any, ...]], str]] = [
    (
        "i64",
        {"values": [STRICT]},
        lambda row: (ROWS, ROWS, [(ROWS, row != ROWS)]),
        "INVALID_ARGUMENT at values[0][{}]",
    ),
    (
        "i64",
        {"values": [STRICT]},
        lambda row: (ROWS, ROWS, [[None if i == row else i for i in range(LONG)]]),
        "INVALID_ARGUMENT at values[0][{}]",
    ),
    (
        "i64",
        {},
        lambda row: (ROWS, [2**63 if i == row else i for i in range(LONG)]),
        "OUT_OF_RANGE at times[{}]",
    ),
    (
        "i64",
        {},
        lambda row: (["x" if i == row else i for i in range(LONG)], ROWS),
        'keys[{}] must be an int (text is a key in an engine of key="bytes"), got str',
    ),
    (
        "bytes",
        {},
        lambda row: ([5 if i == row else b"x" for i in range(LONG)], ROWS),
        "keys[{}] must be bytes or a str, got int",
    ),
    (
        "bytes",
        {},
        lambda row: (["\ud800" if i == row else "x" for i in range(LONG)], ROWS),
        "INVALID_ARGUMENT at keys[{}]: the text holds lone surrogates",
    ),
    (
        "bytes",
        {},
        lambda row: ((np.where(np.arange(LONG + 1) == row, -1, 5), b"x" * 9), ROWS),
        "INVALID_ARGUMENT at keys.offsets[{}]",
    ),
    (
        "i64",
        {"sources": ["a", "b"]},
        lambda row: (ROWS, ROWS, (), "ms", np.where(row == ROWS, 2, 1)),
        "INVALID_ARGUMENT at sources[{}]",
    ),
]


@pytest.mark.parametrize("row", [0, 4_095, 4_096, 9_999])
@pytest.mark.parametrize("case", range(len(BAD)))
def test_a_bad_row_refuses_all_blocks(case: int, row: int) -> None:
    """Wherever it stands, and nothing before it was taken."""
    key, fields, columns, message = BAD[case]
    engine = pln.Engine(spec_of(key=key, **fields))
    progress = pln.Progress(spec_of(key=key, **fields))
    before = engine.stats
    calls: list[Callable[..., object]] = [engine.push, engine.run, progress.judge]
    for call in calls:
        with pytest.raises((pln.PanelineError, TypeError)) as caught:
            call(*columns(row))
        assert str(caught.value).startswith(message.format(row))
    assert engine.stats == before
    assert progress.watermark_ms == -(2**63)
    if row:
        assert engine.push(*columns(row), from_row=row + 1) == LONG - row - 1


def test_of_several_bad_columns_the_first() -> None:
    """Of all rows of keys before any of values and sources, whichever block they are in."""
    spec = spec_of(values=[STRICT], sources=["a"])
    bad: tuple[Any, ...] = (
        [*range(LONG - 1), 2**63],
        ROWS,
        [(ROWS, ROWS != 5_000)],
        "ms",
        np.where(ROWS == 0, 1, 0),
    )
    good = (ROWS, ROWS, [ROWS], "ms", np.zeros(LONG, "i8"))
    for at, path in ((0, "keys[9999]"), (2, "values[0][5000]"), (4, "sources[0]")):
        columns = (*good[:at], *bad[at:])
        with pytest.raises(pln.PanelineError) as caught:
            pln.Engine(spec).push(*columns)
        assert caught.value.path == path


def test_inputs_are_released() -> None:
    """Neither a good nor a refused call keeps a buffer open or an object alive."""
    engine = pln.Engine(spec_of(values=[STRICT]))
    columns = [array("q", [1, 2]) for _ in range(3)]
    flags = bytearray(b"\1\1")
    for _ in range(2):
        engine.push(columns[0], columns[1], [(columns[2], flags)])
        refused: list[tuple[Any, ...]] = [
            ([(columns[2], flags)], "sec"),
            ([(columns[2], flags[:1])],),
            ([(columns[2], flags)], "ms", "x"),
        ]
        for rest in refused:
            with pytest.raises(pln.PanelineError):
                engine.push(columns[0], columns[1], *rest)
        run = engine.run(columns[0], columns[1], [columns[2]])
        with pytest.raises(BufferError):
            columns[0].append(5)
        assert [*run] == []
        for column in columns:
            column.append(0)  # BufferError while an export is open
            column.pop()
        flags.append(0)
        flags.pop()
    kept = np.array([1, 2])
    gone = weakref.ref(kept)
    unfinished = engine.run(kept, kept, [kept])
    del kept, unfinished
    gc.collect()
    assert gone() is None


def test_lists_that_change_while_they_are_read() -> None:
    """A list that shrinks is refused at the row that is gone, with the rows that were taken."""

    class Shrinking:
        def __init__(self, looks: int) -> None:
            self.looks = looks

        def __index__(self) -> int:
            self.looks -= 1
            if self.looks == 0:
                del items[5_000:]
            return 7

    for looks, taken in ((1, 0), (2, 4_096)):  # in the look at all rows, or in their use
        items: list[Any] = [0] * LONG
        items[4_500] = Shrinking(looks)
        engine = pln.Engine(spec_of())
        with pytest.raises(pln.InvalidArgumentError, match="no row 5000 any more") as caught:
            engine.push(items, np.arange(LONG) // 5_000)
        assert caught.value.taken == engine.stats.accepted == taken


def test_the_column_is_never_copied_as_a_whole() -> None:
    """In a process of its own: 256 MB of columns take a few MB more."""
    code = """
import resource
import numpy as np
import paneline as pln

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

rows = 8_000_000
columns = np.zeros((4, rows), "i8")
columns += 1
keys, values = columns[0], (columns[2], columns[3].view("u1")[:rows])
window = pln.SlidingWindowSpec(duration_ms=10)
spec = pln.EngineSpec(window=window, values=[pln.ValueColumn("v", nullable=True)])
engine = pln.Engine(spec)
engine.push(keys[:5000], columns[1][:5000], [values[0][:5000]])
before = peak()
engine.push(keys, columns[1], [values])
strings = pln.Engine(pln.EngineSpec(window=window, key="bytes"))
strings.push((np.arange(rows + 1, dtype="i8"), columns[1].view("u1")), columns[1])
print(peak() - before - 64)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert int(run.stdout) < 16, run.stdout
