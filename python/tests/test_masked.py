"""Masked arrays of numpy, whose buffer shows what is masked: refused wherever a column is taken."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import paneline as pln

WINDOW = pln.SlidingWindowSpec(duration_ms=10)
AMOUNT = pln.ValueColumn("amount", "f64", nullable=True)
SPEC = pln.EngineSpec(
    window=WINDOW, values=[AMOUNT], aggregates=[pln.Aggregate("s", "sum", "amount")]
)
PLAIN, VALUES = np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0])
MASK = [False, True, False]
INTS, FLOATS = np.ma.array(PLAIN, mask=MASK), np.ma.array(VALUES, mask=MASK)
DATES = np.ma.array(PLAIN.view("M8[ms]"), mask=MASK)
BYTES = pln.EngineSpec(window=WINDOW, key="bytes")
OFFSETS = np.ma.array([0, 1, 2, 3])

PLACES: list[tuple[str, str, dict[str, Any]]] = [
    ("keys", "(a.data, ~np.ma.getmaskarray(a))", {"keys": INTS}),
    ("keys", "(a.data, ~np.ma.getmaskarray(a))", {"keys": (INTS, None)}),
    ("keys.validity", "", {"keys": (PLAIN, np.ma.array(MASK))}),
    ("times", "a.tolist()", {"times": INTS}),
    ("times", 'a.filled(np.datetime64("NaT"))', {"times": DATES}),
    ("values[0]", "(a.data, ~np.ma.getmaskarray(a))", {"values": [FLOATS]}),
    ("values[0]", "(a.data, ~np.ma.getmaskarray(a))", {"values": [(FLOATS, None)]}),
    ("values[0]", "(a.data, ~np.ma.getmaskarray(a))", {"values": [np.ma.array(VALUES)]}),
    ("values[0].validity", "", {"values": [(VALUES, np.ma.array(MASK))]}),
    ("sources", "a.filled(source)", {"sources": INTS}),
]


@pytest.mark.parametrize(("path", "fix", "masked"), PLACES)
@pytest.mark.parametrize("call", ["push", "run", "judge", "apply"])
def test_a_masked_column_of_rows(call: str, path: str, fix: str, masked: dict[str, Any]) -> None:
    """Protects sums: of the buffer the masked 2.0 would be added."""
    columns: dict[str, Any] = {"keys": PLAIN, "times": PLAIN, "values": [VALUES]}
    progress, shard = pln.Progress(SPEC), pln.Engine.shard(SPEC, 2**64 - 1)
    verdicts = pln.Progress(SPEC).judge(**columns)
    calls: dict[str, Callable[..., object]] = {
        "push": pln.Engine(SPEC).push,
        "run": pln.Engine(SPEC).run,
        "judge": progress.judge,
        "apply": lambda **given: shard.apply(verdicts=verdicts, **given),
    }
    with pytest.raises(pln.InvalidArgumentError) as caught:
        calls[call](**{**columns, **masked})
    assert caught.value.path == path
    assert caught.value.message.startswith(f"{path} must not be a masked array")
    assert fix in caught.value.message


@pytest.mark.parametrize(
    ("path", "keys"),
    [("keys.offsets", (OFFSETS, b"abc")), ("keys.data", (OFFSETS.data, np.ma.array([1], "u1")))],
)
def test_a_masked_column_of_byte_keys(path: str, keys: Any) -> None:
    """Protects the parts of a column of byte strings, which are buffers too."""
    with pytest.raises(pln.InvalidArgumentError, match="a masked array") as caught:
        pln.Engine(BYTES).push(keys, PLAIN)
    assert caught.value.path == path


@pytest.mark.parametrize("masked", [INTS, DATES])
def test_a_masked_column_of_times(masked: Any) -> None:
    """Protects windows: a masked time is no event."""
    assigner = pln.Assigner(WINDOW)
    calls: list[tuple[str, Callable[[], object]]] = [
        ("times", lambda: assigner.pane_starts(masked)),
        ("times", lambda: assigner.assign(masked)),
        ("out", lambda: assigner.pane_starts(PLAIN, out=masked)),
        ("local_ms", lambda: pln.resolve_local("UTC", masked, "earliest")),
    ]
    for path, call in calls:
        with pytest.raises(pln.InvalidArgumentError, match="a masked array") as caught:
            call()
        assert caught.value.path == path
        assert ("a.compressed()" in caught.value.message) == (path != "out")


def test_a_masked_column_to_keep() -> None:
    """Protects our own columns, which would hold what was masked."""
    with pytest.raises(pln.InvalidArgumentError, match=r"at values: .*a\.compressed\(\)"):
        pln.Int64Array(INTS)
    with pytest.raises(pln.InvalidArgumentError, match=r"at values: .*a\.tolist\(\)"):
        pln.Column(FLOATS, "float64")


def test_what_is_said_instead_of_a_masked_array() -> None:
    """Protects the advice of the refusals: each of it is taken, with the masked row as a null."""
    keys, values = (INTS.data, ~np.ma.getmaskarray(INTS)), (FLOATS.data, ~FLOATS.mask)
    times: Any
    for times in (INTS.tolist(), DATES.filled(np.datetime64("NaT"))):
        engine = pln.Engine(SPEC)
        engine.push(keys, PLAIN, [values])
        engine.push(PLAIN, times, [values])
        assert (engine.stats.accepted, engine.stats.invalid) == (4, 2)
    [batch] = pln.Engine(SPEC).run([7, 7, 7], PLAIN, [values], finish=True)
    assert batch["s"].tolist() == [4.0]
    assert pln.Column(FLOATS.tolist(), "float64").tolist() == [1.0, None, 3.0]
    assert len(pln.Assigner(WINDOW).pane_starts(DATES.compressed())) == 2


class Mapped(np.ndarray[Any, Any]):
    """A kind of array that is no masked one."""


def test_other_kinds_of_arrays_are_columns() -> None:
    """Protects numpy.memmap and the like, which are derived from the array too."""
    column = PLAIN.view(Mapped)
    assert pln.Engine(SPEC).push(column, column, [VALUES.view(Mapped)]) == 3
    assert len(pln.Assigner(WINDOW).pane_starts(column.view("M8[ms]"))) == 3
