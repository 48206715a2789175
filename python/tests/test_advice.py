"""What refusals of columns say to pass instead: what is taken is the same keys and values."""

import subprocess
import sys
from array import array
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import paneline as pln

WINDOW = pln.SlidingWindowSpec(duration="1d")
AMOUNT = pln.ValueColumn("amount", "f64", nullable=True)
TOTAL = [pln.Aggregate("n", "count", "amount"), pln.Aggregate("s", "sum", "amount")]
DAY = pd.to_datetime(["2024-01-01T05:00+02:00", "NaT"])


def engine_of(key: Any = "i64", **fields: Any) -> pln.Engine:
    return pln.Engine(pln.EngineSpec(window=WINDOW, key=key, **fields))


WORDS = np.array(["a", "bc", "a"])
KEYS: list[tuple[Any, Any, str]] = [
    # A cast would make one key of two, or another one of a large one.
    ("i64", np.array([1.2, 1.7]), 'keys are ints, or text in an engine of key="bytes"'),
    ("u64", np.array([1.2], "f4"), 'keys are ints, or text in an engine of key="bytes"'),
    ("i64", pa.array([1.2, 1.7]), 'keys are ints, or text in an engine of key="bytes"'),
    ("i64", array("Q", [2**64 - 1]), 'declare key="u64" in the spec'),
    ("i64", pa.array([1], pa.uint64()), 'declare key="u64" in the spec'),
    ("u64", np.array([-1]), 'declare key="i64" in the spec'),
    ("u64", pa.array([-1]), 'declare key="i64" in the spec'),
    ("i64", np.array([1], "u4"), 'values.astype("int64")'),
    ("i64", WORDS, 'text is a key in an engine of key="bytes", as values.tolist()'),
    ("i64", WORDS.astype("S"), 'text is a key in an engine of key="bytes", as values.tolist()'),
    ("bytes", WORDS, "got ndarray: pass values.tolist()"),
    ("bytes", WORDS.astype("S"), "got ndarray: pass values.tolist()"),
    ("bytes", WORDS.astype(object), "got ndarray: pass values.tolist()"),
    ("bytes", pd.Index(WORDS), "got Index: pass values.tolist()"),
    ("bytes", pd.Categorical(WORDS), "got Categorical: pass values.tolist()"),
    ("bytes", pd.Series(pd.Categorical(WORDS)), 'series.astype("string") of pandas'),
    ("bytes", pd.array(WORDS), "Array: wrap it in pd.Series"),
    ("i64", pd.Index([1]), "got Index: pass values.tolist()"),
    ("i64", pd.array([1]), "got IntegerArray: wrap it in pd.Series"),
]


@pytest.mark.parametrize(("key", "keys", "fix"), KEYS)
def test_keys_that_are_refused(key: Any, keys: Any, fix: str) -> None:
    """Protects keys: no advice rounds or wraps one."""
    with pytest.raises((TypeError, pln.InvalidArgumentError)) as caught:
        engine_of(key).push(keys, [0] * len(keys))
    assert fix in str(caught.value)
    assert "floor" not in str(caught.value)


def test_ints_for_keys_of_text_get_no_advice() -> None:
    """Protects against advice that ends at the next refusal: a list of ints is no better."""
    with pytest.raises(TypeError, match=r"got ndarray$"):
        engine_of("bytes").push(np.array([1]), [0])


def test_advice_on_keys_that_is_taken() -> None:
    """Protects the words: each of them is a column with the same keys."""
    categories = pd.Series(pd.Categorical([*WORDS]))
    texts: list[Any] = [
        WORDS.tolist(),
        WORDS.astype("S").tolist(),
        WORDS.astype(object).tolist(),
        pd.Index(WORDS).tolist(),
        pd.Categorical(WORDS).tolist(),
        categories.astype("string"),
        pd.Series(pd.array(WORDS)),
    ]
    for keys in texts:
        [batch] = engine_of("bytes").run(keys, [0, 0, 0], finish=True)
        assert [*zip(batch.keys, batch.count, strict=True)] == [(b"a", 2), (b"bc", 1)]
    assert engine_of().push(pd.Index([1]).tolist(), [0]) == 1
    assert engine_of().push(pd.Series(pd.array([1])), [0]) == 1


def test_values_that_are_refused() -> None:
    """Protects values: a float is not floored because the column was declared as ints."""
    push = engine_of(values=[pln.ValueColumn("v")]).push
    with pytest.raises(pln.InvalidArgumentError, match='declare the column as "f64"'):
        push([1], [1], [np.array([1.5])])
    push = engine_of(values=[AMOUNT]).push
    for column, fix in (
        (pd.array([1.5]), r"got FloatingArray: wrap it in pd\.Series"),
        (pd.Categorical([1.5]), r"got Categorical: pass values\.to_numpy\(\)"),
        (pd.Index([1.5]), r"got Index: pass values\.to_numpy\(\), or a Series"),
    ):
        with pytest.raises(TypeError, match=rf"^values\[0\] must .*{fix}"):
            push([1], [1], [column])
        assert push([1], [1], [pd.Series(column).to_numpy()]) == 1


def test_nan_of_a_pandas_series() -> None:
    """Protects what the page says: by Arrow it is a null, of the numpy array it is NaN."""
    amounts = pd.Series([1.0, np.nan, 3.0])
    results = []
    for column in (amounts, amounts.to_numpy()):
        engine = engine_of(values=[AMOUNT], aggregates=TOTAL)
        [batch] = engine.run([1, 1, 1], [0, 0, 0], [column], finish=True)
        results.append(f"{batch['n'][0]} {batch['s'][0]}")
    assert results == ["2 4.0", "3 nan"]


class _Times:
    """Times of a pandas before 3.0, where a Series has no Arrow export and `view` warns."""

    dtype = DAY.dtype

    def to_numpy(self, dtype: str) -> Any:
        return DAY.to_numpy(dtype)

    def view(self, dtype: str) -> Any:
        raise AssertionError(dtype)


def test_times_of_pandas_are_not_viewed() -> None:
    """Protects a program that turns warnings into errors: `Series.view` is deprecated."""
    times: Any
    for times in (_Times(), DAY, DAY.array, pd.Series(DAY)):
        engine = engine_of()
        assert engine.push([1, 2], times) == 2
        engine.finish()
        batch = engine.poll()
        assert batch is not None
        assert (batch.start_ms.tolist(), engine.stats.invalid) == ([1_704_067_200_000], 1)
    # A copy of what is to be filled would be filled in vain.
    with pytest.raises(TypeError, match="out must be a writable"):
        pln.Assigner(WINDOW).pane_starts([0, 1], out=DAY)


WITHOUT_PYARROW = """
import sys
sys.modules["pyarrow"] = None
import pandas as pd
import paneline as pln
amount = pln.ValueColumn("amount", "f64")
spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="1d"), values=[amount])
for columns in ([1], [1], [pd.Series([1.0])]), (pd.Series([1]), [1], [[1.0]]):
    try:
        pln.Engine(spec).push(*columns)
    except ImportError as error:
        print(error)
assert pln.Engine(spec).push([1], [1], [pd.Series([1.0]).to_numpy()]) == 1
"""


def test_pandas_without_pyarrow() -> None:
    """Protects the first minute of whoever has pandas alone."""
    command = [sys.executable, "-W", "error", "-c", WITHOUT_PYARROW]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    values, keys = printed.splitlines()
    assert values.startswith("values[0]: pandas needs pyarrow for this (")
    assert values.endswith("; or pass series.to_numpy()")
    assert keys.endswith("; or pass series.tolist()")
