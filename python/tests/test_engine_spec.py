"""The engine's spec: its fields and messages, names of enums, the wire, and what a value it is."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import paneline as pln

WINDOW = pln.SlidingWindowSpec(duration_ms=300_000, step_ms=10_000)
ALL = pln.EngineSpec(
    window=WINDOW,
    key="bytes",
    values=[pln.ValueColumn("size"), pln.ValueColumn("price", "f64", nullable=True)],
    aggregates=(
        pln.Aggregate("n", "count"),
        pln.Aggregate("spread", "stddev", "price", ddof=1),
    ),
    max_out_of_orderness_ms=-1,
    max_future_ms=7,
    idle_timeout_ms=8,
    sources=["north", "süd"],
    state_budget_bytes=2**64 - 1,
    output_budget_bytes=12,
    late_budget_rows=13,
)
INT64 = ("max_out_of_orderness_ms", "max_future_ms", "idle_timeout_ms")
UINT64 = ("state_budget_bytes", "output_budget_bytes", "late_budget_rows")
make: Callable[..., pln.EngineSpec] = pln.EngineSpec
value: Callable[..., pln.ValueColumn] = pln.ValueColumn
aggregate: Callable[..., pln.Aggregate] = pln.Aggregate


def test_every_field_of_the_message_is_a_keyword_and_a_property() -> None:
    """The core's own JSON names the fields: one it has and Python lacks would show here."""
    fields = json.loads(ALL.to_json())
    assert fields.keys() == {"window", "key", "values", "aggregates", "sources", *INT64, *UINT64}
    assert make(**{name: getattr(ALL, name) for name in fields}) == ALL
    assert fields["values"][1] == {"name": "price", "type": "VALUE_TYPE_F64", "nullable": True}
    assert ALL.values[1].nullable
    assert fields["aggregates"][1] == {
        "name": "spread",
        "function": "FUNCTION_STDDEV",
        "column": "price",
        "ddof": 1,
    }
    assert (ALL.aggregates[1].column, ALL.aggregates[1].ddof) == ("price", 1)
    assert ALL.window == WINDOW
    assert ALL.sources == ("north", "süd")
    assert ALL.state_budget_bytes == 2**64 - 1


def test_defaults_are_those_of_the_message() -> None:
    assert json.loads(pln.EngineSpec().to_json()) == {}
    assert pln.EngineSpec().to_proto() == b""
    assert pln.EngineSpec().window is None
    assert make(window=None, key=0, values=(), sources=[]) == pln.EngineSpec()


def test_representations_can_be_pasted() -> None:
    assert repr(pln.EngineSpec()) == "EngineSpec()"
    odd = make(key=9, values=[value("a'b\n", 7)], aggregates=[aggregate("x", 99, "", 3)])
    for spec in (ALL, odd):
        assert eval(repr(spec), vars(pln)) == spec
        for part in (*spec.values, *spec.aggregates):
            assert eval(repr(part), vars(pln)) == part


def test_specs_and_their_parts_are_values() -> None:
    same, other = pln.EngineSpec.from_proto(ALL.to_proto()), pln.EngineSpec()
    assert same == ALL != other
    assert hash(same) == hash(ALL) != hash(other)
    assert ALL != "a spec"
    assert {ALL: 1}[same] == 1
    assert value("a") == value("a", "i64", False) != value("a", "f64")
    assert aggregate("a", "sum", "b") == aggregate("a", 1, column="b") != aggregate("a", "sum")
    assert len({*ALL.values, *same.values, *ALL.aggregates, *same.aggregates}) == 4
    for part in (ALL, other, make(key=9), *ALL.values, *ALL.aggregates, value("x", 5)):
        assert pickle.loads(pickle.dumps(part)) == part
        assert copy.deepcopy(part) == part
    for part, name in ((ALL, "key"), (ALL.values[0], "name"), (ALL.aggregates[0], "ddof")):
        with pytest.raises(AttributeError):
            setattr(part, name, 3)


def test_names_are_those_of_the_proto() -> None:
    """Name by name, until the number after the last is unknown to the core."""
    cases: list[tuple[tuple[str, ...], str, Callable[[object], pln.EngineSpec]]] = [
        (("i64", "u64", "bytes"), "KEY_TYPE_", lambda name: make(key=name)),
        (("i64", "f64"), "VALUE_TYPE_", lambda name: make(values=[value("v", name)])),
        (
            ("count", "sum", "mean", "variance", "stddev", "min", "max", "first", "last"),
            "FUNCTION_",
            lambda name: make(aggregates=[aggregate("a", name)]),
        ),
    ]
    for names, prefix, of in cases:
        for number, name in enumerate(names):
            assert of(name) == of(number)
            text = of(name).to_json()
            assert number == 0 or prefix + name.upper() in text
        with pytest.raises(pln.InvalidSpecError):
            of(len(names)).to_json()
    assert (make(key=2).key, make(key=3).key) == ("bytes", 3)
    assert (value("v", 1).type, value("v", 2).type) == ("f64", 2)
    assert (aggregate("a", 8).function, aggregate("a", 9).function) == ("last", 9)


@pytest.mark.parametrize("name", ["", "I64", "int64", "KEY_TYPE_I64", "sums", "x" * 10_000, "\0"])
def test_unknown_names(name: str) -> None:
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: make(key=name), "key"),
        (lambda: value("v", name), "type"),
        (lambda: aggregate("a", name), "function"),
    ]
    for call, path in calls:
        with pytest.raises(pln.InvalidSpecError, match="must be one of ") as caught:
            call()
        assert (caught.value.code, caught.value.path) == ("INVALID_SPEC", path)
        assert len(caught.value.message) < 200


@pytest.mark.parametrize("name", INT64 + UINT64)
def test_ints_beyond_the_field(name: str) -> None:
    first, last = (-(2**63), 2**63 - 1) if name in INT64 else (0, 2**64 - 1)
    for number in (first, last):
        assert getattr(make(**{name: number}), name) == number
    for number in (first - 1, last + 1, 2**70, -(2**70), 10**5000):
        with pytest.raises(pln.InvalidSpecError) as caught:
            make(**{name: number})
        assert caught.value.path == name
        assert len(caught.value.message) < 200


def test_of_several_faults_the_lowest_field_number() -> None:
    faults: dict[str, Any] = dict.fromkeys((*INT64, *UINT64), 2**70) | {"key": "x"}
    for path in ("key", *INT64, *UINT64):
        for given in (faults, dict(reversed(faults.items()))):
            with pytest.raises(pln.InvalidSpecError) as caught:
                make(**given)
            assert caught.value.path == path
        del faults[path]


def test_text_that_is_no_unicode() -> None:
    for call in (
        lambda: make(key="x", sources=["\ud800"]),
        lambda: value("\ud800"),
        lambda: aggregate("\udcff", "sum"),
        lambda: aggregate("a", "sum", "\ud800"),
        lambda: pln.EngineSpec.from_json("\ud800"),
    ):
        with pytest.raises(pln.CorruptError) as caught:
            call()
        assert caught.value.path == ""


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"window": 5}, "window must be a SlidingWindowSpec, got int"),
        ({"window": pln.EngineSpec()}, "window must be a SlidingWindowSpec, got EngineSpec"),
        ({"key": None}, "key must be a name or an int, got NoneType"),
        ({"key": True}, "key must be a name or an int, got bool"),
        ({"values": "ab"}, "values must be a list or tuple of ValueColumn, got str"),
        ({"values": [("a", "f64")]}, r"values\[0\] must be a ValueColumn, got tuple"),
        ({"aggregates": [ALL.values[0]]}, r"aggregates\[0\] must be an Aggregate, got ValueCol"),
        ({"sources": "ab"}, "sources must be a list or tuple of str, got str"),
        ({"sources": ["a", b"b"]}, r"sources\[1\] must be a str, got bytes"),
        ({"max_future_ms": 1.0}, "max_future_ms must be an int, got float"),
        (
            {"plan": 1},
            'EngineSpec has no field "plan"; it has window, key, values, aggregates, max_o',
        ),
        ({"idle": "1s"}, 'EngineSpec has no field "idle"; it has window, '),
        (
            {"allowed_lateness": "5s"},
            'EngineSpec has no field "allowed_lateness", it is a field of window, the SlidingWind',
        ),
        ({"step_ms": 5}, 'no field "step_ms", it is a field of window'),
    ],
)
def test_wrong_types(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make(**fields)


def test_the_wire_is_strict() -> None:
    from_proto, from_json = pln.EngineSpec.from_proto, pln.EngineSpec.from_json
    assert from_json(ALL.to_json()) == ALL
    assert from_json('{"maxFutureMs": "5", "key": "KEY_TYPE_U64"}') == make(
        max_future_ms=5, key="u64"
    )
    cases: list[tuple[Callable[[], object], str, str]] = [
        (lambda: from_proto(b"\x98\x06\x01"), "UNSUPPORTED_FIELD", "#99"),
        (lambda: from_proto(b"\x0a\x02\x78\x01"), "UNSUPPORTED_FIELD", "window.#15"),
        (lambda: from_proto(b"\x08"), "CORRUPT", ""),
        (lambda: from_proto(bytes(2**20 + 1)), "CORRUPT", ""),
        (lambda: from_json('{"values": [{"typ": 1}]}'), "UNSUPPORTED_FIELD", "values[0].typ"),
        (lambda: from_json('{"key": "i64"}'), "INVALID_SPEC", "key"),
        (lambda: make(key=9).to_json(), "INVALID_SPEC", "key"),
    ]
    for call, code, path in cases:
        with pytest.raises(pln.PanelineError) as caught:
            call()
        assert (caught.value.code, caught.value.path) == (code, path)


def test_what_the_fields_mean_is_judged_by_the_engine() -> None:
    sound = make(window=WINDOW, values=[value("price", "f64")])
    opens: tuple[Callable[[pln.EngineSpec], object], ...] = (
        pln.Engine,
        pln.Progress,
        lambda spec: pln.Engine.shard(spec, 1),
        lambda spec: pln.estimate(spec, 10),
    )
    for opened in opens:
        opened(sound)
        for spec, code, path in (
            (make(), "INVALID_SPEC", "window"),
            (make(window=pln.SlidingWindowSpec()), "INVALID_SPEC", "window.duration_ms"),
            (
                make(window=pln.SlidingWindowSpec(duration_ms=1, timezone="Mars")),
                *("UNKNOWN_TIMEZONE", "window.timezone"),
            ),
            (make(window=WINDOW, key=3), "INVALID_SPEC", "key"),
            (
                make(window=WINDOW, aggregates=[aggregate("a", "sum", "x")]),
                *("INVALID_SPEC", "aggregates[0].column"),
            ),
            (make(window=WINDOW, sources=["a", "a"]), "INVALID_SPEC", "sources[1]"),
        ):
            with pytest.raises(pln.PanelineError) as caught:
                opened(spec)
            assert (caught.value.code, caught.value.path) == (code, path)
        for wrong in (None, WINDOW, "spec"):
            with pytest.raises(TypeError):
                opened(wrong)  # type: ignore[arg-type]


def test_an_estimate() -> None:
    spec = make(
        window=WINDOW,
        values=[value("v")],
        aggregates=[aggregate("s", "sum", "v")],
        max_out_of_orderness_ms=5_000,
    )
    estimate = pln.estimate(spec, 100_000)
    assert estimate == pln.estimate(spec, 100_000) != pln.estimate(spec, 1)
    assert hash(estimate) == hash(pln.estimate(spec, 100_000))
    assert repr(estimate).startswith(f"Estimate(cell_bytes={estimate.cell_bytes}, key_bytes=")
    assert estimate.slices == 32
    assert estimate.state_bytes > 100_000 * 32 * estimate.cell_bytes
    assert estimate.key_bytes > 0
    for keys in (-1, 2**64):
        with pytest.raises(pln.InvalidArgumentError) as caught:
            pln.estimate(spec, keys)
        assert caught.value.path == "keys"
    assert pln.estimate(spec, 2**64 - 1).state_bytes == 2**64 - 1
