"""The spec: its fields, their widths and types, the wire, and what a value it is."""

import copy
import json
import pickle
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import paneline as pln

INT64 = ("duration_ms", "step_ms", "offset_ms", "session_gap_ms", "allowed_lateness_ms")
INT32 = ("kind", "calendar_unit", "week_start")
UINT32 = (
    "calendar_duration",
    "calendar_step",
    "month_day",
    "semantics_version",
    "year_start_month",
)
TEXTS = ("timezone", "tzdb_version")
ALL = pln.SlidingWindowSpec(
    duration_ms=1,
    step_ms=2,
    timezone="Asia/Tokyo",
    align_to_epoch=True,
    offset_ms=-5,
    kind=pln.WindowKind.CUMULATE,
    calendar_unit=pln.CalendarUnit.WEEK,
    calendar_duration=8,
    calendar_step=9,
    week_start=pln.Weekday.SUNDAY,
    month_day=11,
    session_gap_ms=12,
    allowed_lateness_ms=14,
    tzdb_version="2026f",
    semantics_version=17,
    year_start_month=18,
)
make: Callable[..., pln.SlidingWindowSpec] = pln.SlidingWindowSpec


def test_every_field_of_the_message_is_a_keyword_and_a_property() -> None:
    """The core's own JSON names the fields: one it has and Python lacks would show here."""
    fields = json.loads(ALL.to_json())
    assert fields.keys() == {*INT64, *INT32, *UINT32, *TEXTS, "align_to_epoch"}
    values = {name: getattr(ALL, name) for name in fields}
    assert make(**values) == ALL
    assert list(values.values()) == [
        *(1, 2, "Asia/Tokyo", True, -5, 1, 2, 8, 9, 6, 11, 12, 14, "2026f", 17, 18)
    ]


def test_defaults_are_those_of_the_message() -> None:
    assert json.loads(pln.SlidingWindowSpec().to_json()) == {}
    assert pln.SlidingWindowSpec().to_proto() == b""


def test_representation_can_be_pasted() -> None:
    assert repr(pln.SlidingWindowSpec()) == "SlidingWindowSpec()"
    assert eval(repr(ALL), vars(pln)) == ALL
    odd = pln.SlidingWindowSpec(kind=9, timezone="a'b\n")
    assert eval(repr(odd), vars(pln)) == odd


def test_specs_are_values() -> None:
    same, other = pln.SlidingWindowSpec.from_proto(ALL.to_proto()), pln.SlidingWindowSpec()
    assert same == ALL
    assert hash(same) == hash(ALL)
    assert other != ALL
    assert ALL != "a spec"
    assert {ALL: 1}[same] == 1
    with pytest.raises(AttributeError):
        ALL.step_ms = 3  # type: ignore[misc]
    for spec in (ALL, other, make(kind=9)):
        assert pickle.loads(pickle.dumps(spec)) == spec
        assert copy.deepcopy(spec) == spec


def test_enums_agree_with_the_core() -> None:
    """Name by name, and the number after the last is unknown to both."""
    for field, prefix, enum in (
        ("kind", "WINDOW_KIND_", pln.WindowKind),
        ("calendar_unit", "CALENDAR_UNIT_", pln.CalendarUnit),
        ("week_start", "WEEKDAY_", pln.Weekday),
    ):
        for member in enum:
            spec = make(**{field: member})
            assert getattr(spec, field) is member
            named = json.loads(spec.to_json()).get(field, f"{prefix}{enum(0).name}")
            assert named == prefix + member.name
        beyond = make(**{field: len(enum)})
        assert type(getattr(beyond, field)) is int
        with pytest.raises(pln.InvalidSpecError) as caught:
            pln.Assigner(beyond)
        assert caught.value.path == field


@pytest.mark.parametrize("name", INT64 + INT32 + UINT32)
def test_ints_beyond_the_field(name: str) -> None:
    """The bounds themselves pass; one more is refused at the field and not wrapped."""
    first, last = {
        INT64: (-(2**63), 2**63 - 1),
        INT32: (-(2**31), 2**31 - 1),
        UINT32: (0, 2**32 - 1),
    }[next(group for group in (INT64, INT32, UINT32) if name in group)]
    for value in (first, last, np.int64(1)):
        assert getattr(make(**{name: value}), name) == value
    for value in (first - 1, last + 1, 2**64, -(2**64), 10**5000):
        with pytest.raises(pln.InvalidSpecError) as caught:
            make(**{name: value})
        assert (caught.value.code, caught.value.path) == ("INVALID_SPEC", name)
        assert len(caught.value.message) < 200


@pytest.mark.parametrize("value", [True, 1.0, b"1", np.bool_(True), object()])
@pytest.mark.parametrize("name", INT64 + INT32 + UINT32)
def test_what_is_no_int(name: str, value: object) -> None:
    wanted = "a name or an int" if name in INT32 else "an int"
    with pytest.raises(TypeError, match=f"{name} must be {wanted}, got "):
        make(**{name: value})


@pytest.mark.parametrize("name", INT32 + UINT32)
def test_only_lengths_may_be_none(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} must be .*an int, got NoneType"):
        make(**{name: None})
    if name in UINT32:
        with pytest.raises(TypeError, match=f"{name} must be an int, got str"):
            make(**{name: "1"})


def test_what_is_no_bool_and_no_text() -> None:
    for value in (1, 0, None, "true"):
        with pytest.raises(TypeError, match="align_to_epoch must be a bool, got "):
            make(align_to_epoch=value)
    for name in TEXTS:
        with pytest.raises(TypeError, match=f"{name} must be a str.*, got bytes"):
            make(**{name: b"UTC"})


def test_text_that_is_no_unicode() -> None:
    """It makes no message, whatever else is wrong with it and wherever it stands."""
    for name in TEXTS:
        for others in ({}, {"duration_ms": 2**70, "year_start_month": -1}):
            for given in ({name: "\ud800", **others}, {**others, name: "UTC\udcff"}):
                with pytest.raises(pln.CorruptError) as caught:
                    make(**given)
                assert (caught.value.code, caught.value.path) == ("CORRUPT", "")


def test_of_several_faults_the_lowest_field_number() -> None:
    """In whatever order the keywords came."""
    wide = {name: 2**70 for name in reversed(json.loads(ALL.to_json())) if name in INT64 + UINT32}
    assert list(wide) != sorted(wide)
    for path in [name for name in json.loads(ALL.to_json()) if name in wide]:
        for given in (wide, dict(reversed(wide.items()))):
            with pytest.raises(pln.InvalidSpecError) as caught:
                make(**given)
            assert caught.value.path == path
        del wide[path]


def test_arguments_are_known_keywords() -> None:
    with pytest.raises(TypeError, match="positional"):
        make(1)
    for name in ("stepms", "", "\N{SNOWMAN}", "x" * 10_000):
        with pytest.raises(TypeError):
            make(**{name: 1})


def test_an_exception_of_an_index_method_passes() -> None:
    class Hostile:
        def __index__(self) -> int:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make(step_ms=Hostile())


def test_the_wire_is_strict() -> None:
    from_proto, from_json = pln.SlidingWindowSpec.from_proto, pln.SlidingWindowSpec.from_json
    assert from_json('{"stepMs": "5", "kind": "WINDOW_KIND_CUMULATE"}') == make(step_ms=5, kind=1)
    assert from_json(ALL.to_json()) == ALL
    cases: list[tuple[Callable[[], object], str, str]] = [
        (lambda: from_proto(b"\x98\x06\x01"), "UNSUPPORTED_FIELD", "#99"),
        (lambda: from_proto(b"\x08"), "CORRUPT", ""),
        (lambda: from_proto(bytes(70_000)), "CORRUPT", ""),
        (lambda: from_json("[1"), "CORRUPT", ""),
        (lambda: from_json("\ud800"), "CORRUPT", ""),
        (lambda: from_json(b'{"timezone": "\xff"}'), "CORRUPT", ""),
        (lambda: from_json(memoryview(b"{ } ")[::2]), "INVALID_ARGUMENT", "json"),
        (lambda: from_proto(memoryview(b"\x08\x08\x08")[::2]), "INVALID_ARGUMENT", "data"),
        (lambda: from_proto(array("i", [8])), "INVALID_ARGUMENT", "data"),
        (lambda: from_json('{"stepms": 1}'), "UNSUPPORTED_FIELD", "stepms"),
        (lambda: from_json('{"step_ms": "x"}'), "INVALID_SPEC", "step_ms"),
        (lambda: make(kind=9).to_json(), "INVALID_SPEC", "kind"),
    ]
    for call, code, path in cases:
        with pytest.raises(pln.PanelineError) as caught:
            call()
        assert (caught.value.code, caught.value.path) == (code, path)
    for data in ("text", None, 5):
        with pytest.raises(TypeError, match="data must be bytes or a buffer of bytes, got "):
            from_proto(data)  # type: ignore[arg-type]
    for message in ({"step_ms": 5}, None, 5):
        wanted = r"a str or bytes in UTF-8, as json\.dumps\(value\) or file\.read\(\) gives them"
        with pytest.raises(TypeError, match=f"json must be {wanted}, got "):
            from_json(message)  # type: ignore[arg-type]


def test_what_is_no_spec_is_told_how_to_make_one() -> None:
    spec: Any = ALL
    for wrong in ("1h", None, pln.EngineSpec()):
        with pytest.raises(TypeError) as caught:
            pln.Assigner(wrong)  # type: ignore[arg-type]
        assert str(caught.value) == (
            'spec must be a SlidingWindowSpec, such as SlidingWindowSpec(duration="1h"), '
            f"got {type(wrong).__name__}"
        )
    calls: tuple[Callable[[Any], object], ...] = (
        pln.Engine,
        pln.Progress,
        lambda spec: pln.Engine.shard(spec, 1),
        lambda spec: pln.estimate(spec, 1),
    )
    for call in calls:
        with pytest.raises(TypeError) as caught:
            call(spec)
        assert str(caught.value) == (
            "spec must be an EngineSpec, as EngineSpec(window=...) makes it, got SlidingWindowSpec"
        )


@pytest.mark.parametrize("spec", [ALL, pln.EngineSpec(window=ALL)], ids=lambda s: type(s).__name__)
def test_whatever_holds_bytes_is_read(spec: Any) -> None:
    """A socket may give a bytearray, and a map of a file a memoryview."""
    holders: tuple[Callable[[bytes], Any], ...] = (
        bytes,
        bytearray,
        memoryview,
        lambda data: memoryview(bytearray(data)).cast("c"),
        lambda data: array("B", data),
        lambda data: np.frombuffer(data, "u1"),
    )
    for holder in holders:
        assert spec.from_proto(holder(spec.to_proto())) == spec
        assert spec.from_json(holder(spec.to_json().encode())) == spec
