"""Arguments: what is of a wrong type is told by its name, and None where the stub has None."""

import ast
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import paneline as pln

STUB = Path(__file__).parents[1] / "paneline" / "_core.pyi"
WINDOW = pln.SlidingWindowSpec(duration_ms=10)
SPEC = pln.EngineSpec(window=WINDOW)
ASSIGNER = pln.Assigner(WINDOW)
VERDICTS = pln.Progress(SPEC).judge([1], [1])
INTS, SMALL = pln.Int64Array([1]), pln.Column([1], "uint8")


def shard() -> pln.Engine:
    return pln.Engine.shard(SPEC, 2**64 - 1)


def results() -> pln.ResultBatch:
    [batch] = pln.Engine(SPEC).run([1], [1], finish=True)
    return batch


def batch_of(**wrong: Any) -> object:
    names = ("start_ms", "end_ms", "keys", "count", "revision", "flags", "columns")
    return pln.ResultBatch(**{name: getattr(results(), name) for name in names} | wrong)


def late_of(**wrong: Any) -> object:
    engine = pln.Engine(SPEC)
    engine.push([1, 1], [100, 1])
    late = engine.poll_late()
    names = ("reasons", "keys", "times_ms", "sources", "values")
    return pln.LateBatch(**{name: getattr(late, name) for name in names} | wrong)


bad: Any = 5
WRONG: list[tuple[Callable[[], object], str]] = [
    (lambda: pln.Engine(SPEC).push([1], [1], unit=bad), "unit must be a str, got int"),
    (lambda: pln.Engine(SPEC).run([1], [1], unit=bad), "unit must be a str, got int"),
    (lambda: pln.Progress(SPEC).judge([1], [1], unit=bad), "unit must be a str, got int"),
    (lambda: ASSIGNER.pane_starts([1], bad), "unit must be a str, got int"),
    (lambda: ASSIGNER.assign([1], bad), "unit must be a str, got int"),
    (
        lambda: shard().apply([1], [1], verdicts=None),  # type: ignore[arg-type]
        "verdicts must be the Verdicts of Progress.judge, got NoneType",
    ),
    (lambda: pln.Engine(SPEC).run([1], [1], finish=bad), "finish must be a bool, got int"),
    (
        lambda: results()[bad],
        r"the name of a column must be a str, got int \(rows: list\(batch\)\)",
    ),
    (
        lambda: results()[0:1],  # type: ignore[index]
        r"the name of a column must be a str, got slice \(rows: list\(batch\)\)",
    ),
    (lambda: pln.resolve_local("UTC", [1], bad), "ambiguous must be a str, got int"),
    (lambda: pln.parse_duration(bad), "duration must be a str, got int"),
    (lambda: pln.Int64Array([1], bad), "timezone must be None or a str, got int"),
    (lambda: pln.Column([1], bad), "dtype must be a str, got int"),
    (lambda: pln.ValueColumn("v", nullable=bad), "nullable must be a bool, got int"),
    (lambda: pln.SpecWarning(bad, "why"), "path must be a str, got int"),
    (lambda: pln.SpecWarning("path", bad), "message must be a str, got int"),
    (lambda: pln.BytesArray(bad, SMALL), "offsets must be an Int64Array, got int"),
    (lambda: pln.BytesArray(INTS, bad), "data must be a Column of uint8, got int"),
    *(
        (lambda at=at: pln.Assignment(*(bad if i == at else INTS for i in range(3))), name)
        for at, name in enumerate(["offsets must", "starts_ms must", "ends_ms must"])
    ),
    (lambda: batch_of(start_ms=5), "start_ms must be an Int64Array, got int"),
    (lambda: batch_of(end_ms=5), "end_ms must be an Int64Array, got int"),
    (lambda: batch_of(keys=5), "keys must be an Int64Array, a Column of uint64 or a BytesArray"),
    (lambda: batch_of(count=5), "count must be an Int64Array, got int"),
    (lambda: batch_of(revision=5), "revision must be a Column of uint32, got int"),
    (lambda: batch_of(flags=5), "flags must be a Column of uint8, got int"),
    (lambda: batch_of(columns=5), "columns must be a dict of Columns, got int"),
    (lambda: late_of(reasons=5), "reasons must be a Column of uint8, got int"),
    (lambda: late_of(times_ms=5), "times_ms must be an Int64Array, got int"),
    (lambda: late_of(sources=5), "sources must be a Column of uint32, got int"),
    (lambda: late_of(values=5), "values must be a dict of Columns, got int"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_type_is_told_by_its_name(call: Callable[[], object], message: str) -> None:
    """Protects whoever reads the last line of a traceback alone."""
    with pytest.raises(TypeError, match=f"^{message}"):
        call()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"v": [1]}, r"got dict: pass \[frame\[name\] for name in names\]"),
        (pd.DataFrame({"v": [1]}), r"got DataFrame: pass \[frame\[name\] for name in names\]"),
        (pl.DataFrame({"v": [1]}), r"got DataFrame: pass \[frame\[name\] for name in names\]"),
        (np.array([[1]]), "values must be a list or tuple of columns, got ndarray$"),
    ],
)
def test_values_of_a_table(values: Any, message: str) -> None:
    """Protects the move from a frame's columns to a list of them, which the message shows."""
    engine = pln.Engine(SPEC.replace(values=[pln.ValueColumn("v")]))
    with pytest.raises(TypeError, match=message):
        engine.push([1], [1], values)
    if not isinstance(values, np.ndarray):
        assert engine.push([1], [1], [values[name] for name in ["v"]]) == 1


def test_values_that_are_one_column() -> None:
    """Protects the usual slip: a column where a list of columns is due."""
    engine = pln.Engine(SPEC.replace(values=[pln.ValueColumn("v")]))
    with pytest.raises(pln.InvalidArgumentError) as caught:
        engine.push([1, 1, 1], [1, 2, 3], [1, 2, 3])  # type: ignore[list-item]
    assert caught.value.path == "values"
    wanted = "columns must be those of the spec (1), got 3: values is a list of columns"
    assert caught.value.message == wanted


# What a call is given beside the argument that is looked at.
ROWS: tuple[Any, ...] = ([1], [1])
CALLS: dict[str, tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]] = {
    "Int64Array": (pln.Int64Array, ([1],), {}),
    "Column": (pln.Column, ([1], "int64"), {}),
    "ValueColumn": (pln.ValueColumn, ("v",), {}),
    "Aggregate": (pln.Aggregate, ("n", "count"), {}),
    "SlidingWindowSpec": (pln.SlidingWindowSpec, (), {}),
    "EngineSpec": (pln.EngineSpec, (), {}),
    "Assigner.pane_starts": (ASSIGNER.pane_starts, ([1],), {}),
    "Assigner.assign": (ASSIGNER.assign, ([1],), {}),
    "Engine.push": (lambda *rows, **named: pln.Engine(SPEC).push(*rows, **named), ROWS, {}),
    "Engine.run": (lambda *rows, **named: pln.Engine(SPEC).run(*rows, **named), ROWS, {}),
    "Engine.apply": (
        lambda *rows, **named: shard().apply(*rows, **named),
        ROWS,
        {"verdicts": VERDICTS},
    ),
    "Engine.advance_watermark": (
        lambda *at, **named: pln.Engine(SPEC).advance_watermark(*at, **named),
        (1,),
        {},
    ),
    "Progress.judge": (lambda *rows, **named: pln.Progress(SPEC).judge(*rows, **named), ROWS, {}),
    "Progress.advance_watermark": (
        lambda *at, **named: pln.Progress(SPEC).advance_watermark(*at, **named),
        (1,),
        {},
    ),
}


def optional() -> dict[tuple[str, str], bool]:
    """The arguments of the stub that may be left out, and whether None is of their type."""
    found: dict[tuple[str, str], bool] = {}
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        members = node.body if isinstance(node, ast.ClassDef) else []
        for member in members:
            if not isinstance(member, ast.FunctionDef) or member.name.startswith("__arrow"):
                continue
            assert isinstance(node, ast.ClassDef)
            name = node.name if member.name == "__new__" else f"{node.name}.{member.name}"
            args = member.args
            spare = [None] * (len(args.args) - len(args.defaults))
            defaults = [*zip(args.args, [*spare, *args.defaults], strict=True)]
            for argument, default in [
                *defaults,
                *zip(args.kwonlyargs, args.kw_defaults, strict=True),
            ]:
                if default is not None and argument.annotation is not None:
                    takes_none = "None" in ast.unparse(argument.annotation)
                    key = name, argument.arg
                    found[key] = found.get(key, False) or takes_none
    return found


@pytest.mark.parametrize(("name", "argument"), optional())
def test_none_is_taken_where_the_stub_has_it(name: str, argument: str) -> None:
    """Protects the agreement of type checkers and runs: a None is refused by both or by none."""
    call, given, named = CALLS[name]
    if optional()[name, argument]:
        call(*given, **named, **{argument: None})
        return
    with pytest.raises(TypeError, match=f"^{argument} must be .*, got NoneType"):
        call(*given, **named, **{argument: None})


def test_every_function_with_optional_arguments_is_called() -> None:
    """Protects the comparison: a call that nobody makes would agree with everything."""
    assert {name for name, _ in optional()} == {*CALLS}
    for name, argument in optional():
        if "." in name:
            owner, _, method = name.partition(".")
            function = getattr(getattr(pln, owner), method)
            assert argument in inspect.signature(function).parameters
