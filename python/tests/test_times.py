"""Columns of times as people have them, and what refusals say."""

from array import array
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

import numpy as np
import pytest

import paneline as pln

MINUTE = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
SECOND = pln.SlidingWindowSpec(duration="1s")
LATE = datetime(2024, 11, 3, 1, 30, tzinfo=timezone(timedelta(hours=-4)))


def test_buffers_that_are_refused_say_how_to_fix_them() -> None:
    cases: list[tuple[Any, str]] = [
        (
            np.array([1.5]),
            r'int64, got float64: convert it, as in np.floor(values).astype("int64")',
        ),
        (np.array([1], "f4"), r"int64, got float32: convert it, as in np.floor(values)"),
        (array("d", [1]), "int64, got float64: convert it"),
        (np.array([1], "u8"), 'int64, got uint64: convert it, as in values.astype("int64")'),
        (np.array([1], "i4"), 'int64, got int32: convert it, as in values.astype("int64")'),
        (
            np.array([1], ">i8"),
            "int64, got int64 of the other byte order: convert it, as in values.",
        ),
        (np.array([True]), "int64, got bool: convert it"),
        (np.array([LATE, None]), "int64, got Python objects: pass values.tolist()"),
        (np.array([1j]), 'int64, got items of 16 bytes with format "Zd"'),
        (np.arange(4)[::2], "must be contiguous, got strides of [16]: copy it, as in np.asc"),
        (np.zeros(4, "M8[ms]")[::2], "copy it, as in np.ascontiguousarray(values)"),
        (np.array(5), "must have 1 dimension, got 0: pass a list of it, or values.ravel()"),
        (np.array(5, "M8[ms]"), "must have 1 dimension, got 0: pass a list of it"),
        (
            np.array([[1, 2]]),
            "must have 1 dimension, got 2: pass one column of it, or values.ravel",
        ),
    ]
    for column, message in cases:
        with pytest.raises(pln.InvalidArgumentError) as caught:
            MINUTE.pane_starts(column)
        assert caught.value.path == "times"
        assert message in caught.value.message
    # What they say works.
    assert MINUTE.pane_starts(np.floor(np.array([-0.5])).astype("int64")).tolist() == [-60_000]
    assert MINUTE.pane_starts(np.array(5).ravel()).tolist() == [0]
    value = pln.EngineSpec(window=SECOND, values=[pln.ValueColumn("x", "f64")])
    push = partial(pln.Engine(value).push, [1], [1])
    with pytest.raises(pln.InvalidArgumentError, match=r'got int64: .*values.astype\("float64"\)'):
        push([np.array([1])])
