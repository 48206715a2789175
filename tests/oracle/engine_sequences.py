"""Decides random sequences of engine elements, and what the reference emits for them.

    python3 engine_sequences.py TZ COUNT SEED [--profile NAME]     writes sequences
    python3 engine_sequences.py TZ --check FILE                    compares a file of sequences

A sequence is a line `sequence N`, a line `spec JSON`, the elements, of which `finish` is the last,
the expected lines, and `end`:

    row SOURCE KEY TIME VALUE...       SOURCE is an index or `.`; KEY is decimal, x and hex, or `-`
    watermark SOURCE W
    tick NOW
    finish
    = END START KEY COUNT REVISION FLAGS VALUE...      results in order
    late LATE|FUTURE SOURCE KEY TIME VALUE...          rows set aside, in order
    stats ACCEPTED LATE FUTURE INVALID EMITTED SUM_OVERFLOWS

Integers are decimal, floats the 16 hex digits of their bits, null is `-`. Blank lines and lines
that start with `#` are skipped. Sequence N of a seed and profile is the same whatever COUNT is.

Each element is chosen while the reference runs, so that rows and watermarks fall on and beside
the instants at which something happens. Worked number: with W = 999, lateness 500 and windows of
1,000 ms, the times 499 to 501 are asked for often, because W + 1 - lateness is 500.
"""

from __future__ import annotations

import argparse
import json
import math
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

import engine
from engine import EngineSpec, Key, Reference, Sessions, Value, Windows, cleanup, promises
from oracle import I64_MAX, I64_MIN, INSTANT_MAX, WALL_END, WALL_FIRST
from prng import SplitMix64, seed_of
from spec import CUMULATE, SESSION, Refused, Spec, to_json
from tz import Database

SECOND, MIN, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
FROM, TO = 0, 2_145_916_800_000  # 1970 to 2037, whose transitions are looked at
HOME = 1_735_689_600_000  # 2025
RESULTS_MAX = 1_500  # of rows times windows, so that a sequence stays small
BEYOND = INSTANT_MAX + DAY  # a watermark from here on is a sentinel, not a time

STEPS = (1, 1, 2, 3, 7, 10, 60, SECOND, 4 * SECOND, MIN, 5 * MIN, 15 * MIN, HOUR, DAY)
COUNTS = (1, 1, 2, 2, 3, 4, 5, 8, 12, 31, 36, 60)
CIVIL_STEPS = (1, 7 * SECOND, MIN, 15 * MIN, 20 * MIN, 30 * MIN, 45 * MIN, HOUR, HOUR, 2 * HOUR,
               3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, DAY)  # fmt: skip
# MAX is a multiple of these, so a lateness of MAX has its cleanup points on the grid, too.
STEPS_OF_MAX = (1, 7, 49, 73, 511)
ZONES = ("America/New_York", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
         "Pacific/Apia", "America/Havana", "America/Sao_Paulo", "America/St_Johns", "Asia/Gaza",
         "Antarctica/Troll", "Asia/Kolkata", "Europe/London", "Pacific/Kwajalein",
         "Asia/Shanghai")  # fmt: skip
FIXED = ("", "UTC", "+08:00", "-03:30", "+05:45")
DAYS_OF = {1: 1, 2: 7, 3: 31, 4: 92, 5: 366}

TAME = (0.0, 1.0, -1.0, 0.1, 0.2, 0.3, 1.5, -2.25, 100.0, 19_599.0, 1e-9, 1 / 3, -0.7)
WIDE = (1e300, -1e300, 1e-300, -1e-300, 1.0, -1.0, 9_007_199_254_740_992.0, 1e16, 5e-324, 0.5)
TINY = (5e-324, -5e-324, 1e-310, -0.0, 0.0, 2.2250738585072014e-308, 1e-323)
HUGE = (1e308, -1e308, sys.float_info.max, -sys.float_info.max, 9e307, 1e292, -1e292, 1.0)
SPECIAL = (math.nan, math.inf, -math.inf, -0.0, 0.0, 1.0, -1.0, 1e308, 5e-324)
POOLS = (TAME, TAME, WIDE, TINY, HUGE, SPECIAL, (*TAME, -0.0, math.inf, math.nan),
         (0.0, -0.0))  # fmt: skip
NANS = (0x7FF8000000000000, 0xFFF8000000000000, 0x7FF0000000000001, 0xFFFFFFFFFFFFFFFF)
INTEGERS = (
    (0, 1, -1, 2, 5, 1000), (I64_MAX, I64_MIN, 1, -1, 0), (I64_MAX, I64_MAX - 1, 1, 2),
    (1 << 62, -(1 << 62), 3, -5), (1 << 53, (1 << 53) + 1, (1 << 53) - 1), (7,),
)  # fmt: skip
EDGES = (I64_MIN, I64_MAX, INSTANT_MAX, -INSTANT_MAX, INSTANT_MAX + 1, -INSTANT_MAX - 1,
         WALL_FIRST - DAY, WALL_END + DAY)  # fmt: skip

Types = Sequence[int]
Values = Sequence[int | None]

# The format


def bits(x: float) -> int:
    """The 64 bits of a float."""
    return int(struct.unpack(">Q", struct.pack(">d", x))[0])


def key_text(key: Key) -> str:
    """A key as it is written."""
    return "x" + key.hex() if isinstance(key, bytes) else str(key)


def value_text(value: Value) -> str:
    """A result's value; every NaN is the canonical one."""
    if value is None:
        return "-"
    if isinstance(value, int):
        return str(value)
    return f"{NANS[0] if math.isnan(value) else bits(value):016x}"


def row_text(types: Types, source: int | None, key: Key | None, time: int, values: Values) -> str:
    """What follows `row` and the reason of `late`; of a float the bits as they came."""
    words = ["." if source is None else str(source), "-" if key is None else key_text(key)]
    words.append(str(time))
    for value, type_ in zip(values, types, strict=True):
        form = "016x" if type_ == engine.F64 else "d"
        words.append("-" if value is None else format(value, form))
    return " ".join(words)


def feed(reference: Reference, line: str) -> None:
    """Hands one element to the reference, which must then have counted every row."""
    verb, *words = line.split(" ")
    spec = reference.spec
    source = None if not words or words[0] == "." else int(words[0])
    if verb == "row":
        key: Key | None = None
        if words[1] != "-":
            key = bytes.fromhex(words[1][1:]) if spec.key == engine.KEY_BYTES else int(words[1])
        pairs = zip(words[3:], spec.types, strict=True)
        values = (None if v == "-" else int(v, 16 if t == engine.F64 else 10) for v, t in pairs)
        reference.row(source, key, int(words[2]), tuple(values))
    elif verb == "watermark":
        reference.watermark(source, int(words[1]))
    elif verb == "tick":
        reference.tick(int(words[0]))
    else:
        assert line == "finish", line
        reference.finish()
    s = reference.stats
    assert s.rows == s.accepted + s.late + s.future + s.invalid, "a row is not counted"


def expected(reference: Reference) -> list[str]:
    """The lines after `finish`."""
    lines = []
    for r in reference.results:
        numbers = f"= {r.end} {r.start} {key_text(r.key)} {r.rows} {r.revision} {r.flags}"
        lines.append(" ".join([numbers, *map(value_text, r.values)]))
    types = reference.spec.types
    lines += [f"late {a.reason} {row_text(types, *a[1:])}" for a in reference.late]
    s, emitted = reference.stats, len(reference.results)
    counts = (s.accepted, s.late, s.future, s.invalid, emitted, reference.emitter.sum_overflows)
    return [*lines, "stats " + " ".join(map(str, counts))]


# Specs


@dataclass(frozen=True)
class Frame:
    """A window spec and the scale of its time: a step, a window, where the rows begin."""

    window: Spec
    unit: int
    span: int
    home: int


def home(rng: SplitMix64, span: int) -> int:
    """Mostly today, also around 1970 and before it."""
    return rng.pick((HOME, HOME + rng.below(DAY), HOME, -rng.below(4 * span + 1), 0,
                     rng.between(-HOME, HOME)))  # fmt: skip


def near_transition(db: Database, rng: SplitMix64, zone: str, span: int) -> int:
    """Before a transition of the zone, so that the rows pass it."""
    starts = [u for u in db.zone(zone).starts if FROM < u < TO] if zone in db else []
    return rng.pick(starts) - rng.below(span + HOUR) if starts else home(rng, span)


def absolute(_: Database, rng: SplitMix64) -> Frame:
    """Windows on Unix time that step divides."""
    step, n = rng.pick(STEPS), rng.pick(COUNTS)
    offset = rng.pick((0, 0, rng.between(1 - step, step - 1)))
    epoch = rng.below(2)
    zone = rng.pick((*FIXED, "America/New_York") if epoch else FIXED)
    window = Spec(duration_ms=n * step, step_ms=step, timezone=zone, align_to_epoch=epoch,
                  offset_ms=offset)  # fmt: skip
    return Frame(window, step, n * step, home(rng, n * step))


def tumbling(db: Database, rng: SplitMix64) -> Frame:
    """Step is duration."""
    frame = absolute(db, rng)
    window = replace(frame.window, duration_ms=frame.unit, step_ms=rng.pick((0, frame.unit)))
    return replace(frame, window=window, span=frame.unit)


def rest(db: Database, rng: SplitMix64) -> Frame:
    """The duration is no multiple of the step."""
    frame = absolute(db, rng)
    step = frame.unit + 1
    duration = frame.span // frame.unit * step + rng.pick((1, step - 1, rng.between(1, step - 1)))
    window = replace(frame.window, duration_ms=duration, step_ms=step)
    return replace(frame, window=window, unit=step, span=duration)


def civil(db: Database, rng: SplitMix64) -> Frame:
    """The wall clock, around a transition."""
    zone, step = rng.pick(ZONES), rng.pick(CIVIL_STEPS)
    span = step * rng.pick((1, 1, 1, 2, 3, 4, 6, 24))
    offset = rng.pick((0, 0, 0, rng.between(1 - step, step - 1)))
    window = Spec(duration_ms=span, step_ms=step, timezone=zone, offset_ms=offset)
    return Frame(window, step, span, near_transition(db, rng, zone, span))


def calendar(db: Database, rng: SplitMix64) -> Frame:
    """Days, weeks, months, quarters, years."""
    zone, unit, step = rng.pick((*ZONES, *FIXED)), rng.pick((1, 1, 2, 3, 3, 4, 5)), rng.below(3) + 1
    n = rng.pick((1, 1, 2, 3) if unit == 5 else (1, 1, 2, 3, 7, 12))
    window = Spec(
        timezone=zone, offset_ms=rng.pick((0, 0, 0, rng.between(1 - DAY, DAY - 1))),
        calendar_unit=unit, calendar_duration=n * step, calendar_step=step,
        week_start=rng.below(7) if unit == 2 else 0, month_day=rng.below(29) if unit > 2 else 0,
        year_start_month=rng.below(13) if unit > 3 else 0,
    )  # fmt: skip
    length = step * DAY * DAYS_OF[unit]
    return Frame(window, length, n * length, near_transition(db, rng, zone, n * length))


def cumulate(db: Database, rng: SplitMix64) -> Frame:
    """Windows that grow from a base, of every coordinate."""
    frame = rng.pick((absolute, absolute, civil, calendar))(db, rng)
    return replace(frame, window=replace(frame.window, kind=CUMULATE))


def session(_: Database, rng: SplitMix64) -> Frame:
    """Windows made of events."""
    gap = rng.pick((1, 2, 5, 10, 10, 100, SECOND, MIN, 30 * MIN, DAY))
    return Frame(Spec(kind=SESSION, session_gap_ms=gap), gap, gap, home(rng, gap))


def any_kind(db: Database, rng: SplitMix64) -> Frame:
    """One of the above."""
    kinds = (tumbling, tumbling, absolute, rest, civil, calendar, cumulate, session)
    return rng.pick(kinds)(db, rng)


def wide(_: Database, rng: SplitMix64) -> Frame:
    """More windows an event than a ring of slices has room for."""
    step, n = rng.pick((1, SECOND, MIN)), rng.between(1_020, 1_100)
    window = Spec(duration_ms=n * step, step_ms=step, align_to_epoch=1)
    return Frame(window, step, n * step, HOME)


def limits(db: Database, rng: SplitMix64) -> Frame:
    """Where valid times end, and a lateness without an end."""
    frame = rng.pick((tumbling, absolute, rest, session, civil))(db, rng)
    span = frame.span + 1
    if frame.window.kind != SESSION and rng.below(4) == 0:
        step = rng.pick(STEPS_OF_MAX)
        window = Spec(duration_ms=3 * step, step_ms=step, allowed_lateness_ms=I64_MAX)
        return Frame(window, step, 3 * step, HOME)
    first, end = -INSTANT_MAX, INSTANT_MAX
    if frame.window.timezone in ZONES and not frame.window.align_to_epoch:
        first, end = WALL_FIRST, WALL_END
    start = rng.pick((first, end - rng.below(3 * span), end - rng.below(frame.unit + 1)))
    return replace(frame, home=start)


# name: frame, weight
PROFILES: dict[str, tuple[Callable[[Database, SplitMix64], Frame], int]] = {
    "tumbling": (tumbling, 10), "sliding": (absolute, 10), "rest": (rest, 12),
    "civil": (civil, 16), "calendar": (calendar, 8), "cumulate": (cumulate, 10),
    "session": (session, 20), "values": (any_kind, 16), "sources": (any_kind, 12),
    "future": (any_kind, 6), "reuse": (any_kind, 10), "keys": (any_kind, 3), "wide": (wide, 1),
    "limits": (limits, 8), "sparse": (any_kind, 14),
}  # fmt: skip


def lateness(rng: SplitMix64, frame: Frame) -> int:
    """None, small, larger than the window, or endless."""
    span = frame.span
    choices = [0, 0, 0, rng.between(0, frame.unit), frame.unit, rng.between(0, span),
               span + rng.between(0, span), rng.between(3 * span, 9 * span)]  # fmt: skip
    if frame.window.kind == SESSION:
        choices += [9 * span, 9 * span - 1, I64_MAX if rng.below(4) == 0 else 1]
    return rng.pick(choices)


def columns(rng: SplitMix64, profile: str) -> dict[str, object]:
    """The value columns and the aggregates over them."""
    n = rng.pick((1, 1, 2) if profile == "values" else (0, 1, 1, 2, 3))
    types = [rng.pick((engine.I64, engine.F64)) for _ in range(n)]
    values = [
        {"name": f"c{i}", "type": engine.VALUE_NAMES[t], "nullable": rng.below(3) == 0}
        for i, t in enumerate(types)
    ]
    asked: list[tuple[int, int | None]] = [(engine.COUNT, None)] * (rng.below(4) == 0)
    if types:
        functions = range(len(engine.FUNCTION_NAMES))
        if profile == "values" or rng.below(8) == 0:
            asked += [(f, i) for i in range(len(types)) for f in functions]
        else:
            asked += [(rng.pick(functions), rng.below(len(types))) for _ in range(rng.below(6))]
            asked += asked[-1:] * (rng.below(4) == 0)
    aggregates: list[dict[str, object]] = []
    for i, (f, column) in enumerate(asked):
        aggregates.append({"name": f"a{i}", "function": engine.FUNCTION_NAMES[f]})
        if column is not None:
            aggregates[-1]["column"] = f"c{column}"
        if f in (engine.VARIANCE, engine.STDDEV) and rng.below(2):
            aggregates[-1]["ddof"] = 1
    return {"values": values, "aggregates": aggregates}


def engine_json(rng: SplitMix64, profile: str, frame: Frame, window: Spec) -> str:
    """A whole EngineSpec in one line."""
    span = frame.span
    bound = rng.pick((0, 0, 0, rng.between(0, frame.unit), rng.between(0, span), -1))
    sources = 0 if profile != "sources" and rng.below(8) else rng.pick((1, 2, 2, 3, 4))
    idle = rng.pick((0, 1, frame.unit, span)) if sources or rng.below(8) == 0 else 0
    future = rng.below(12) == 0 or profile == "future"
    numbers = {
        "max_out_of_orderness_ms": bound, "idle_timeout_ms": idle,
        "max_future_ms": rng.pick((1, frame.unit, span, I64_MAX)) if future else 0,
    }  # fmt: skip
    document: dict[str, object] = {"window": json.loads(to_json(window, names=False))}
    document["key"] = rng.pick(engine.KEY_NAMES)
    document |= columns(rng, profile)
    document |= {k: str(v) if rng.below(4) == 0 else v for k, v in numbers.items() if v}
    if sources:
        document["sources"] = [f"s{i}" for i in range(sources)]
    return json.dumps({k: v for k, v in document.items() if v != []}, separators=(",", ":"))


# Elements


def clamped(t: int) -> int:
    """Within i64."""
    return max(I64_MIN, min(I64_MAX, t))


class Writer:
    """One sequence: its dice, and the reference that has taken what is written so far."""

    def __init__(self, db: Database, rng: SplitMix64, profile: str) -> None:
        self.rng, self.profile = rng, profile
        self.frame = PROFILES[profile][0](db, rng)
        late = self.frame.window.allowed_lateness_ms or lateness(rng, self.frame)
        window = replace(self.frame.window, allowed_lateness_ms=late)
        self.json = engine_json(rng, profile, self.frame, window)
        self.reference = Reference(self.json, db)
        self.late, self.unit, self.span = late, self.frame.unit, self.frame.span
        self.lines: list[str] = []
        self.times = [self.frame.home]
        self.clock = self.frame.home
        self.pace = rng.pick((0, self.unit // 4, self.unit, self.unit, self.span // 2, self.span))
        bound = max(0, self.spec.bound)
        self.jitter = rng.pick((0, bound, bound, self.span, bound + min(late, 3 * self.span)))
        self.far = rng.pick((0, 0, 0, 1))
        self.keys = self.some_keys()
        self.pools = [rng.pick(INTEGERS if t == engine.I64 else POOLS) for t in self.spec.types]
        self.null_chance = rng.pick((1, 5, 9))
        self.talking = range(max(1, self.spec.sources))
        self.lags = [rng.pick((0, 0, self.unit, self.span)) for _ in self.talking]
        ticks = self.spec.idle_timeout or self.spec.max_future
        self.chances = (4 if self.spec.bound == -1 else rng.pick((0, 1, 2)),
                        rng.pick((1, 3, 5)) if ticks else int(rng.below(40) == 0))  # fmt: skip

    @property
    def spec(self) -> EngineSpec:
        """The engine's."""
        return self.reference.spec

    def some_keys(self) -> list[Key]:
        """A few keys of the spec's type, in random order; extremes among them."""
        rng = self.rng
        few = rng.pick((1, 1, 2, 3, 4, 6) if self.profile != "wide" else (1, 1, 1, 2))
        n = {"keys": 200, "reuse": 40, "sparse": 30}.get(self.profile, few)
        low = 0 if self.spec.key == engine.KEY_U64 else -1000
        keys: list[Key] = []
        for i in range(n):
            if self.spec.key == engine.KEY_BYTES:
                length = rng.pick((0, 1, 2, 7, 8, 9, 16, 40)) if n < 9 else i % 9
                number = b"" if n < 9 else (i * 7919 % 1009).to_bytes(2, "big")
                keys.append(number + bytes(rng.pick((0, 1, 255, 97)) for _ in range(length)))
            elif n < 9 and rng.below(4) == 0:
                keys.append(rng.pick((I64_MIN, I64_MAX) if low else (0, (1 << 64) - 1)))
            else:
                keys.append(rng.between(low, 1000) if n < 9 else i * 7919 % 1009)
        return list(dict.fromkeys(keys))

    def key(self) -> Key:
        """Any of them; in `reuse` keys come and go, in `sparse` all come before one comes again."""
        if self.profile == "sparse" and len(self.lines) < len(self.keys):
            return self.keys[len(self.lines)]
        if self.profile == "reuse":
            return self.keys[(len(self.lines) // 6 + self.rng.below(4)) % len(self.keys)]
        return self.rng.pick(self.keys)

    def value(self, column: int) -> int | None:
        """From the column's pool, or any bits."""
        rng = self.rng
        if self.spec.nullable[column] and rng.below(10) < self.null_chance:
            return None
        x = rng.pick(self.pools[column])
        if isinstance(x, int):
            return rng.next() - (1 << 63) if rng.below(24) == 0 else x
        if math.isnan(x):
            return rng.pick(NANS)
        if rng.below(24) == 0 and self.pools[column] is not TAME:
            return rng.next()
        return bits(x * rng.between(1, 9) if rng.below(3) == 0 else x)

    def landmark(self) -> int:
        """An instant at which W makes something happen."""
        state = self.reference.state
        if isinstance(state, Windows):
            ends = [end for end, _ in state.rows]
        else:
            assert isinstance(state, Sessions)
            ends = [s.end for s in state.live]
        points = [e - 1 for e in ends] + [cleanup(e, self.late) for e in ends]
        if self.frame.window.kind == SESSION and abs(self.reference.w) < BEYOND:
            points.append(self.reference.w // self.unit * self.unit + self.unit)
        ahead = sorted(p for p in points if self.reference.w < p < BEYOND)
        return self.rng.pick(ahead[:4] or [self.clock])

    def edge(self, t: int) -> int:
        """A boundary of the grid beside t; of sessions a multiple of the gap."""
        if self.frame.window.kind == SESSION:
            return t // self.unit * self.unit
        try:
            return self.rng.pick(self.reference.assigner.pane(t))
        except Refused:
            return t

    def time(self, lag: int) -> int:
        """The time of a row of a source that lags behind the clock."""
        rng, w = self.rng, self.reference.w
        roll, beside = rng.below(20), rng.between(-1, 1)
        if roll < 8 or (roll < 16 and abs(w) >= BEYOND):
            behind = self.clock <= w < BEYOND and rng.below(2)
            self.clock = (w if behind else self.clock) + rng.below(self.pace + 1)
            return self.clock - lag - rng.below(self.jitter + 1)
        if roll < 10:
            return self.edge(self.clock - rng.below(self.span + 1)) + beside
        if roll < 11:
            return self.landmark() + max(self.spec.bound, 0) + 1 + beside
        late = min(self.late, 9 * self.span + 9)
        if roll < 14:
            return w + 1 + self.unit - rng.below(late + self.span + 2 * self.unit)
        if roll < 16:
            back = rng.pick((0, self.unit, self.span, self.span - self.unit))
            brink = w + 1 - late - back
            return (brink if rng.below(2) else self.edge(brink)) + beside
        if roll < 19 or not self.far or rng.below(2):
            return rng.pick(self.times) + rng.pick((0, 0, 0, self.span, -self.span, beside))
        leap = rng.pick((HOUR, DAY, -DAY, -HOUR, 400 * DAY, 3_653 * DAY, -3_653 * DAY))
        if leap > 0 and rng.below(2):
            self.clock += leap
        return self.clock + leap

    def beside_session(self) -> tuple[Key, int]:
        """A row that extends, bridges, repeats or just misses a live session, if there is one."""
        state = self.reference.state
        if not isinstance(state, Sessions) or not state.live:
            return self.key(), self.time(0)
        s = self.rng.pick(state.live)
        joins = s.start - self.unit + 1
        inside = self.rng.between(s.start, s.end - 1)
        times = (s.end - 1, s.end, s.end - 2, joins, joins - 1, inside, s.start)
        return s.key, self.rng.pick(times)

    def row(self) -> str:
        """A row, seldom an invalid one."""
        rng = self.rng
        source = rng.pick(self.talking) if self.spec.sources else None
        key: Key | None = self.key()
        if rng.below(4) == 0:
            key, time = self.beside_session()
        else:
            time = self.time(self.lags[source or 0])
        self.times.append(time)
        if rng.below(40) == 0:
            key, time = rng.pick(((None, time), (key, rng.pick(EDGES)), (None, I64_MAX)))
        values = [self.value(i) for i in range(len(self.spec.types))]
        return "row " + row_text(self.spec.types, source, key, clamped(time), values)

    def watermark(self) -> str:
        """On or beside a landmark, seldom an extreme."""
        rng = self.rng
        source = rng.pick(self.talking) if self.spec.sources else "."
        roll = rng.below(64 if self.profile != "limits" else 12)
        if roll < 5:
            w = (I64_MIN, I64_MIN + 1, -INSTANT_MAX - DAY, HOME - self.span, -1)[roll]
        elif roll < 7 and len(self.lines) > 20:
            w = (I64_MAX, 8_700_000_000_000_000)[roll - 5]
        elif roll % 3:
            w = self.landmark() + rng.between(-1, 1)
        else:
            w = self.clock + rng.between(-self.span - self.unit, self.unit)
        return f"watermark {source} {clamped(w)}"

    def tick(self) -> str:
        """Follows the rows, stands still, or lets a source become idle."""
        rng, now = self.rng, self.reference.now
        if now is None:
            return f"tick {clamped(self.clock - rng.pick((0, 0, self.unit, 5 * self.span)))}"
        idle, behind = self.spec.idle_timeout, self.clock - now
        half = (idle + 1) // 2  # two of these make a source idle, unless it speaks between them
        ahead = rng.pick((0, 1, half, half, half, half, idle - 1, idle))
        if not idle or (self.spec.max_future and rng.below(2)):
            ahead = rng.pick((0, 1, behind, behind - self.unit))
        return f"tick {clamped(now + max(0, ahead))}"

    def element(self) -> str:
        """The next one."""
        rng = self.rng
        if self.spec.sources and rng.below(12) == 0:
            first = rng.below(self.spec.sources)
            self.talking = range(first, rng.between(first + 1, self.spec.sources))
        roll = rng.below(16)
        if roll < self.chances[0]:
            return self.watermark()
        return self.tick() if roll < sum(self.chances) else self.row()

    def sequence(self, n: int) -> list[str]:
        """All lines."""
        rng = self.rng
        length = rng.pick((rng.between(10, 30), rng.between(10, 60), rng.between(30, 120)))
        if self.profile in ("keys", "sparse"):
            length = rng.between(150, 300) if self.profile == "keys" else rng.between(60, 120)
        windows = 1 if self.frame.window.kind == SESSION else -(-self.span // self.unit)
        length = max(10, min(length, RESULTS_MAX // windows))
        for i in range(length):
            self.lines.append("finish" if i == length - 1 else self.element())
            feed(self.reference, self.lines[-1])
        promises(self.reference)
        return [f"sequence {n}", f"spec {self.json}", *self.lines, *expected(self.reference), "end"]


def sequences(db: Database, count: int, seed: int, profile: str | None) -> Iterator[list[str]]:
    """COUNT sequences, of one profile or of all by weight."""
    weighted = [name for name, (_, weight) in PROFILES.items() for _ in range(weight)]
    for n in range(count):
        rng = SplitMix64(seed_of(f"{seed} {profile} {n}"))
        yield Writer(db, rng, profile or rng.pick(weighted)).sequence(n)


def check(db: Database, text: str) -> Iterator[str]:
    """The first difference of each sequence of a file from the reference."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines, "no sequence"
    while lines:
        name, spec, size = lines[0], lines[1].removeprefix("spec "), lines.index("end") + 1
        assert name.startswith("sequence "), name
        split = lines.index("finish") + 1
        reference = Reference(spec, db)
        for line in lines[2:split]:
            feed(reference, line)
        promises(reference)
        pairs = zip_longest(lines[split : size - 1], expected(reference), fillvalue="nothing")
        for wanted, found in pairs:
            if wanted != found:
                yield f"{name}: the file says {wanted}, the reference {found}"
                break
        lines = lines[size:]


def main() -> int:
    """Writes or checks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tz", type=Path)
    parser.add_argument("count", type=int, nargs="?", default=0)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--profile", choices=PROFILES)
    parser.add_argument("--check", type=Path)
    args = parser.parse_args()
    db = Database(args.tz)
    if args.check:
        wrong = list(check(db, args.check.read_text()))
        print("".join(f"{line}\n" for line in wrong), end="", file=sys.stderr)
        return 1 if wrong else 0
    for lines in sequences(db, args.count, args.seed, args.profile):
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
