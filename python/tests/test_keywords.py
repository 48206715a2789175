"""How specs are written: lengths, zones and names as people have them, and other values later."""

import copy
import io
import json
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, timedelta, timezone
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

import paneline as pln

window: Callable[..., pln.SlidingWindowSpec] = pln.SlidingWindowSpec
engine: Callable[..., pln.EngineSpec] = pln.EngineSpec
aggregate: Callable[..., pln.Aggregate] = pln.Aggregate
# Each length of either spec, with the class that takes it.
LENGTHS: list[tuple[Callable[..., Any], str]] = [
    *((window, name) for name in ("duration", "step", "offset", "session_gap", "allowed_lateness")),
    *((engine, name) for name in ("max_out_of_orderness", "max_future", "idle_timeout")),
]
lengths = pytest.mark.parametrize(("make", "name"), LENGTHS, ids=[name for _, name in LENGTHS])


def test_every_length_of_the_messages_has_two_spellings() -> None:
    """Protects the list above: a field of milliseconds that it lacks would go untested."""
    known = [f"{name}_ms" for _, name in LENGTHS]
    for make in (pln.SlidingWindowSpec, pln.EngineSpec):
        for name in (name for name in dir(make) if name.endswith("_ms")):
            assert name in known


@lengths
@pytest.mark.parametrize(
    ("length", "ms"),
    [
        ("5m", 300_000),
        ("1w2d3h4m5s6ms", 788_645_006),
        ("0ms", 0),
        ("-30m", -1_800_000),
        ("9223372036854775807ms", 2**63 - 1),
        ("-9223372036854775807ms", 1 - 2**63),
        (timedelta(minutes=5), 300_000),
        (timedelta(milliseconds=-1), -1),
        (timedelta(microseconds=-2_000), -2),
        (timedelta.max - timedelta(microseconds=999), 86_399_999_999_999_999),
        (timedelta.min, -86_399_999_913_600_000),
        (pd.Timedelta("1h30m"), 5_400_000),
        (pd.Timedelta(-1, "ms"), -1),
    ],
)
def test_lengths(make: Callable[..., Any], name: str, length: str | timedelta, ms: int) -> None:
    spec = make(**{name: length})
    assert getattr(spec, f"{name}_ms") == ms
    assert spec == make(**{f"{name}_ms": ms})
    assert hash(spec) == hash(make(**{f"{name}_ms": ms}))
    assert pickle.loads(pickle.dumps(spec)) == copy.deepcopy(spec) == copy.copy(spec) == spec


@lengths
@pytest.mark.parametrize(
    ("length", "why"),
    [
        ("", "a length is missing"),
        ("-", "a length is missing"),
        ("90", "90 has no unit; write 90ms"),
        ("+5m", "no digits"),
        ("--5m", """"-5m" has a sign, a length has none; write "5m"$"""),
        ("- 5m", "no digits"),
        ("5 m", "no digits|the units are"),
        ("1m1h", "units must descend"),
        ("1.5h", "numbers are whole; write 1h30m for 1.5h"),
        ("9223372036854775808ms", "is longer than"),
        ("-9223372036854775808ms", "is longer than"),
        ("m" * 10_000, "no digits"),
        ("\ud800", "lone surrogates"),
        (timedelta(microseconds=1), "must be whole milliseconds, got 0:00:00.000001"),
        (timedelta(microseconds=-999), "must be whole milliseconds"),
        (timedelta.max, "must be whole milliseconds"),
        (pd.Timedelta(1_000_001, "ns"), "must be whole milliseconds"),
    ],
)
def test_lengths_that_are_refused(
    make: Callable[..., Any], name: str, length: str | timedelta, why: str
) -> None:
    with pytest.raises(pln.InvalidSpecError, match=why) as caught:
        make(**{name: length})
    assert (caught.value.code, caught.value.path) == ("INVALID_SPEC", name)
    assert len(caught.value.message) < 200


@lengths
@pytest.mark.parametrize("length", [5, 0, True, 1.5, b"5m", pd.NaT, ["5m"], object()])
def test_what_is_no_length(make: Callable[..., Any], name: str, length: object) -> None:
    wanted = rf"{name} must be a str such as '5m' or a timedelta \({name}_ms takes milliseconds\)"
    with pytest.raises(TypeError, match=wanted):
        make(**{name: length})


@lengths
def test_both_spellings_are_refused_and_none_is_neither(
    make: Callable[..., Any], name: str
) -> None:
    for given in ({name: "5m", f"{name}_ms": 300_000}, {f"{name}_ms": 0, name: timedelta(0)}):
        with pytest.raises(pln.InvalidArgumentError) as caught:
            make(**given)
        assert (caught.value.code, caught.value.path) == ("INVALID_ARGUMENT", f"{name}_ms")
        assert caught.value.message.startswith(f"{name} and {name}_ms are two spellings")
    assert make(**{name: None, f"{name}_ms": None}) == make()
    assert make(**{name: None, f"{name}_ms": 5}) == make(**{f"{name}_ms": 5})
    assert make(**{name: "5ms", f"{name}_ms": None}) == make(**{f"{name}_ms": 5})


def test_of_several_faults_the_lowest_field_number() -> None:
    """Also where they are of different kinds, in whatever order the keywords came."""
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"tzdb_version": "\ud800"}, "CORRUPT", ""),
        ({"duration": "5"}, "INVALID_SPEC", "duration"),
        ({"step": "1m", "step_ms": 1}, "INVALID_ARGUMENT", "step_ms"),
        ({"timezone": timezone(timedelta(seconds=1))}, "UNKNOWN_TIMEZONE", "timezone"),
        ({"offset_ms": 2**63}, "INVALID_SPEC", "offset_ms"),
        ({"kind": "hop"}, "INVALID_SPEC", "kind"),
        ({"week_start": 2**31}, "INVALID_SPEC", "week_start"),
        ({"session_gap": timedelta(microseconds=1)}, "INVALID_SPEC", "session_gap"),
        ({"year_start_month": -1}, "INVALID_SPEC", "year_start_month"),
    ]
    for first, (_, code, path) in enumerate(faults):
        given = {name: value for fault, *_ in faults[first:] for name, value in fault.items()}
        for keywords in (given, dict(reversed(given.items()))):
            with pytest.raises(pln.PanelineError) as caught:
                window(**keywords)
            assert (caught.value.code, caught.value.path) == (code, path)


def test_meanings_are_judged_by_the_core() -> None:
    """Whatever the spelling, the fault is that of the field."""
    for spec, path in (
        (window(duration="1m", step="-1m"), "step_ms"),
        (window(duration=timedelta(days=40_000)), "duration_ms"),
        (window(duration="6h", step="30m", offset="-30m"), "offset_ms"),
        (window(duration="1h", kind="cumulate", step="7m"), "step_ms"),
        (window(duration="1h", week_start="sunday"), "week_start"),
    ):
        with pytest.raises(pln.InvalidSpecError) as caught:
            pln.Assigner(spec)
        assert caught.value.path == path
    assert pln.Assigner(window(duration="1d", offset="-2h", timezone="Asia/Seoul")).pane(0)
    with pytest.raises(pln.InvalidSpecError) as caught:
        pln.Engine(engine(window=window(duration="1s"), idle_timeout="-1s"))
    assert caught.value.path == "idle_timeout_ms"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        (ZoneInfo("America/New_York"), "America/New_York"),
        (ZoneInfo.no_cache("Asia/Kolkata"), "Asia/Kolkata"),
        (ZoneInfo("UTC"), "UTC"),
        (UTC, "UTC"),
        (timezone(timedelta(0), "London"), "UTC"),
        (timezone(timedelta(hours=8)), "+08:00"),
        (timezone(timedelta(hours=-9, minutes=-30), "Marquesas"), "-09:30"),
        (timezone(timedelta(minutes=-1)), "-00:01"),
        (timezone(timedelta(hours=23, minutes=59)), "+23:59"),
    ],
)
def test_zones(zone: Any, name: str) -> None:
    spec = window(duration="1h", timezone=zone)
    assert spec.timezone == name
    assert spec == window(duration="1h", timezone=name)
    if name == "+23:59":
        with pytest.raises(pln.UnknownTimezoneError):
            pln.Assigner(spec)
        return
    pln.Assigner(spec)
    assert pln.resolve_local(zone, [0], "latest") == pln.resolve_local(name, [0], "latest")


def test_zones_that_have_no_name() -> None:
    counts, of_utc = struct.pack(">6l", 0, 0, 0, 0, 1, 4), struct.pack(">lbb", 0, 0, 0)
    keyless = ZoneInfo.from_file(io.BytesIO(b"TZif" + bytes(16) + counts + of_utc + b"UTC\0"))
    for zone, why in (
        (keyless, "has no key: pass the IANA name"),
        (timezone(timedelta(seconds=30)), "must be whole minutes, got UTC\\+00:00:30"),
        (timezone(timedelta(microseconds=1)), "must be whole minutes"),
        (timezone(timedelta(seconds=1), "x" * 10_000), "must be whole minutes"),
    ):
        for call in (
            lambda zone=zone: window(timezone=zone),
            lambda zone=zone: pln.resolve_local(zone, [0], "latest"),
        ):
            with pytest.raises(pln.UnknownTimezoneError, match=why) as caught:
                call()
            assert caught.value.path == "timezone"
            assert len(caught.value.message) < 200


@pytest.mark.parametrize("zone", [None, 5, b"UTC", timedelta(hours=8), ZoneInfo])
def test_what_is_no_zone(zone: Any) -> None:
    for call in (
        lambda: window(timezone=zone),
        lambda: pln.resolve_local(zone, [0], "latest"),
    ):
        with pytest.raises(TypeError, match=r"a str, a zoneinfo\.ZoneInfo or a datetime\.timezone"):
            call()


def test_no_module_is_imported_to_recognise_a_value() -> None:
    code = (
        "import sys, paneline as pln\n"
        "for zone in (5, object()):\n"
        "    try: pln.SlidingWindowSpec(timezone=zone)\n"
        "    except TypeError: pass\n"
        "    try: pln.Window(0, 1).__contains__(zone if zone != 5 else 'x')\n"
        "    except TypeError: pass\n"
        "assert not {'zoneinfo', 'numpy', 'pandas', 'polars'} & {*sys.modules}\n"
        "sys.modules['numpy'] = sys.modules['zoneinfo'] = None\n"
        "try: pln.SlidingWindowSpec(timezone=object())\n"
        "except TypeError: pass\n"
    )
    subprocess.run([sys.executable, "-I", "-c", code], check=True)


@pytest.mark.parametrize(
    ("field", "enum"),
    [
        ("kind", pln.WindowKind),
        ("calendar_unit", pln.CalendarUnit),
        ("week_start", pln.Weekday),
    ],
)
def test_names_of_enums(field: str, enum: Any) -> None:
    for member in enum:
        spec = window(**{field: member.name.lower()})
        assert spec == window(**{field: member}) == window(**{field: member.value})
        assert getattr(spec, field) is member
    names = ", ".join(member.name.lower() for member in enum)
    for name in ("", enum(0).name, "hop", "x" * 10_000, "\0"):
        with pytest.raises(
            pln.InvalidSpecError, match=f"{field} must be one of {names}, got "
        ) as e:
            window(**{field: name})
        assert e.value.path == field
        assert len(e.value.message) < 200


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (
            partial(window, kind="tumbling"),
            "a tumbling window is a sliding one whose step is its duration: leave step out",
        ),
        (partial(window, kind="hopping"), "a hopping window is a sliding one"),
        (partial(engine, key="str"), "text is keyed by its UTF-8, as bytes"),
        (partial(aggregate, "x", "avg"), "the average is the mean"),
        (partial(aggregate, "x", "std"), "the standard deviation is stddev"),
        (partial(aggregate, "x", "var"), "the variance is variance"),
    ],
)
def test_words_of_other_systems(make: Callable[[], object], why: str) -> None:
    with pytest.raises(pln.InvalidSpecError, match=f"must be one of .*, got .*: {why}"):
        make()


ODD = [
    window(),
    window(duration="5m", step="10s", timezone=ZoneInfo("America/New_York")),
    window(duration="1h", step="10m", kind="cumulate", offset="-1h30m", allowed_lateness="1d"),
    window(kind="session", session_gap="30m"),
    window(calendar_unit="week", calendar_duration=2, calendar_step=1, week_start="sunday"),
    window(duration_ms=-1, step_ms=-(2**63), offset_ms=2**63 - 1, kind=9, week_start=-1),
    window(timezone="a'b\n\"", align_to_epoch=True, tzdb_version="\N{SNOWMAN}"),
    engine(),
    engine(window=window(duration="8d"), max_out_of_orderness="5s", key="bytes", sources=("a",)),
    engine(max_out_of_orderness_ms=-1, max_future_ms=-2, idle_timeout=timedelta(weeks=1), key=7),
]


@pytest.mark.parametrize("spec", ODD, ids=repr)
def test_a_representation_makes_the_spec_again(spec: Any) -> None:
    assert eval(repr(spec), vars(pln)) == spec


def test_a_representation_reads_well() -> None:
    assert [repr(spec) for spec in (*ODD[1:4], ODD[8], ODD[9])] == [
        "SlidingWindowSpec(duration='5m', step='10s', timezone='America/New_York')",
        "SlidingWindowSpec(duration='1h', step='10m', offset='-1h30m', kind='cumulate',"
        " allowed_lateness='1d')",
        "SlidingWindowSpec(kind='session', session_gap='30m')",
        "EngineSpec(window=SlidingWindowSpec(duration='8d'), key='bytes',"
        " max_out_of_orderness='5s', sources=('a',))",
        "EngineSpec(key=7, max_out_of_orderness_ms=-1, max_future='-2ms', idle_timeout='7d')",
    ]


def test_other_values_for_some_fields() -> None:
    """Whatever a keyword of the class may be; what is not named stays; the spec itself too."""
    spec = window(duration="5m", step="10s", timezone="Asia/Tokyo")
    for replace in (spec.replace, spec.__replace__):
        assert replace() == spec
        assert replace(step=timedelta(minutes=1)).step_ms == 60_000
        assert replace(step_ms=5, duration=None, timezone=UTC) == window(
            duration="5m", step_ms=5, timezone="UTC"
        )
        assert replace(step="0ms", kind="cumulate").kind is pln.WindowKind.CUMULATE
    assert spec == window(duration="5m", step="10s", timezone="Asia/Tokyo")
    stream = engine(window=spec, sources=["a"], max_future="1h")
    for replace_ in (stream.replace, stream.__replace__):
        assert replace_() == stream
        changed = replace_(window=spec.replace(step="20s"), max_future_ms=0, sources=())
        assert changed == engine(window=spec.replace(step="20s"))
        assert replace_(window=None).window is None
    if sys.version_info >= (3, 13):
        assert copy.replace(spec, step="1m") == spec.replace(step="1m")
    some: Any
    for some in (spec, stream):
        with pytest.raises(TypeError, match=f'{type(some).__name__} has no field "stepp"'):
            some.replace(stepp="1m")
        with pytest.raises(TypeError, match="positional"):
            some.replace("1m")
    with pytest.raises(pln.InvalidArgumentError):
        spec.replace(step="1m", step_ms=60_000)


@pytest.mark.parametrize("name", ["max_out_of_orderness", "max_future_ms", "sources"])
def test_a_field_of_the_engine_is_none_of_the_window(name: str) -> None:
    wanted = (
        f'SlidingWindowSpec has no field "{name}", it is a field of EngineSpec; it has duration'
    )
    spec: Any = window()
    for call in (window, spec.replace):
        with pytest.raises(TypeError, match=wanted):
            call(**{name: "5s"})


def test_specs_do_not_change() -> None:
    for spec in (window(duration="5m"), engine(max_future="1s")):
        for name in ("duration_ms", "max_future_ms", "duration", "brand_new"):
            with pytest.raises(AttributeError):
                setattr(spec, name, 1)
    assert json.loads(window(duration="5m").to_json()) == {"duration_ms": "300000"}
