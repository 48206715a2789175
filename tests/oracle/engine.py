"""Decides what a keyed event-time engine emits: sections 8 and 9 of docs/SEMANTICS.md.

The slow way: every window keeps the plain list of its rows per key, every aggregate is computed
from that list with fractions when it is emitted, and a window has fired or is cleaned when its
end and the lateness compare so with the watermark W. Windows of a time come from `oracle`; there
are no slices, no timers and no running totals. No code in common with the core.

Invariant: rows in = accepted + late + future + invalid, after every element.

A grid goes on beyond the valid times, so W may pass a firing point of an empty window anywhere.
On a wall clock such points are only found up to the year 2320.

Worked example: tumbling 1,000 ms, lateness 500, bound 0. Times 100, 1000, 900, 1600 for one key
emit [0, 1000) as W reaches 999 (count 1, revision 0) and again, with the flag LATE, count 2 and
revision 1, before W passes 1499.
"""

from __future__ import annotations

import json
import math
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from oracle import I64_MAX, I64_MIN, Assigner
from spec import SESSION, SLIDING, Refused, Spec, from_json
from tz import Database

LATE, RETRACTION = 1, 2

KEY_I64, KEY_U64, KEY_BYTES = range(3)
I64, F64 = range(2)
COUNT, SUM, MEAN, VARIANCE, STDDEV, MIN, MAX, FIRST, LAST = range(9)
KEY_NAMES = ["KEY_TYPE_I64", "KEY_TYPE_U64", "KEY_TYPE_BYTES"]
VALUE_NAMES = ["VALUE_TYPE_I64", "VALUE_TYPE_F64"]
FUNCTIONS = ("COUNT", "SUM", "MEAN", "VARIANCE", "STDDEV", "MIN", "MAX", "FIRST", "LAST")
FUNCTION_NAMES = ["FUNCTION_" + n for n in FUNCTIONS]

Key = int | bytes
Value = int | float | None


@dataclass(frozen=True)
class Aggregate:
    """One column of the results; no `column` means the rows themselves."""

    function: int
    column: int | None
    ddof: int


@dataclass(frozen=True)
class EngineSpec:
    """paneline.v1.EngineSpec, as far as it decides results."""

    window: Spec
    key: int
    types: tuple[int, ...]  # of the value columns
    nullable: tuple[bool, ...]
    aggregates: tuple[Aggregate, ...]
    bound: int
    max_future: int
    idle_timeout: int
    sources: int


def enum(value: object, names: list[str]) -> int:
    """An enum's number, by number or name."""
    return names.index(value) if isinstance(value, str) else int(str(value))


def read_spec(text: str) -> EngineSpec:
    """Protobuf JSON with the proto's field names; the engine part is taken to be valid."""
    document: dict[str, Any] = json.loads(text)
    columns = document.get("values", [])
    names = [column["name"] for column in columns]
    aggregates = []
    for a in document.get("aggregates", []):
        column = names.index(a["column"]) if a.get("column") else None
        function = enum(a.get("function", 0), FUNCTION_NAMES)
        aggregates.append(Aggregate(function, column, int(a.get("ddof", 0))))
    return EngineSpec(
        window=from_json(json.dumps(document["window"])),
        key=enum(document.get("key", 0), KEY_NAMES),
        types=tuple(enum(column.get("type", 0), VALUE_NAMES) for column in columns),
        nullable=tuple(bool(column.get("nullable")) for column in columns),
        aggregates=tuple(aggregates),
        bound=int(document.get("max_out_of_orderness_ms", 0)),
        max_future=int(document.get("max_future_ms", 0)),
        idle_timeout=int(document.get("idle_timeout_ms", 0)),
        sources=len(document.get("sources", [])),
    )


class Row(NamedTuple):
    """An accepted row without its key."""

    time: int
    values: tuple[Value, ...]


class Result(NamedTuple):
    """One emission; `id` is the key's at that moment."""

    end: int
    start: int
    key: Key
    rows: int
    revision: int
    flags: int
    values: tuple[Value, ...]
    id: int


class Aside(NamedTuple):
    """A row that was set aside, as it came."""

    reason: str
    source: int | None
    key: Key
    time: int
    values: tuple[int | None, ...]


# Values


def float_of(bits: int) -> float:
    """The binary64 with these bits."""
    return float(struct.unpack(">d", struct.pack(">Q", bits))[0])


def total_order(v: int | float) -> tuple[bool, int | float, float]:
    """A sort key: -inf < ... < -0 < +0 < ... < +inf < NaN."""
    if math.isnan(v):
        return True, 0.0, 0.0
    return False, v, math.copysign(1.0, v)


def rounded(x: Fraction) -> float:
    """The nearest binary64, ties to even; too large is an infinity, zero is +0."""
    try:
        nearest = x.numerator / x.denominator  # of two ints: correctly rounded
    except OverflowError:
        return math.inf if x > 0 else -math.inf
    return nearest if nearest != 0.0 else 0.0


def special_sum(values: Sequence[int | float]) -> float | None:
    """The sum where NaN or an infinity takes part."""
    special = {v for v in values if not math.isfinite(v)}
    if not special:
        return None
    return special.pop() if len(special) == 1 else math.nan


def variance(values: Sequence[int | float], ddof: int) -> float | None:
    """(n * sum(x^2) - (sum x)^2) / (n * (n - ddof)), rounded once."""
    n = len(values)
    if n <= ddof:
        return None
    if not all(map(math.isfinite, values)):
        return math.nan
    xs = [Fraction(v) for v in values]
    total, squares = sum(xs, Fraction(0)), sum((x * x for x in xs), Fraction(0))
    return rounded((n * squares - total * total) / (n * (n - ddof)))


def aggregate(a: Aggregate, of_floats: bool, rows: Sequence[Row]) -> Value:
    """One value over the rows of one window and key."""
    if a.column is None:
        return len(rows)
    pairs = [(r.time, v) for r in rows if (v := r.values[a.column]) is not None]
    values = [v for _, v in pairs]
    if a.function == COUNT:
        return len(values)
    if not values:
        return None
    if a.function in (SUM, MEAN):
        special = special_sum(values)
        if special is not None:
            return special
        total = sum(map(Fraction, values), Fraction(0))
        if a.function == MEAN:
            return rounded(total / len(values))
        if of_floats:
            return rounded(total)
        return int(total) if I64_MIN <= total <= I64_MAX else None
    if a.function == VARIANCE:
        return variance(values, a.ddof)
    if a.function == STDDEV:
        squared = variance(values, a.ddof)
        return None if squared is None else math.sqrt(squared)
    if a.function in (MIN, MAX):
        numbers = [v for v in values if not math.isnan(v)] or values
        return (min if a.function == MIN else max)(numbers, key=total_order)
    by_time = [(time, total_order(v), v) for time, v in pairs]
    return (min if a.function == FIRST else max)(by_time, key=lambda p: p[:2])[2]


# Keys


class Ids:
    """The ids of the keys that are known, and when each may lose its id."""

    def __init__(self) -> None:
        self.of: dict[Key, int] = {}
        self.drop: dict[Key, int] = {}  # of the key's last slice or session

    def take(self, key: Key, drop: int) -> None:
        """Notes a row; a new key takes the smallest free id."""
        if key not in self.of:
            self.of[key] = min(set(range(len(self.of) + 1)) - set(self.of.values()))
            self.drop[key] = drop
        self.drop[key] = max(self.drop[key], drop)

    def free(self, key: Key) -> None:
        """The key is forgotten."""
        del self.of[key], self.drop[key]


# Windows of a grid


def cleanup(end: int, lateness: int) -> int:
    """The watermark at which the state of a window is dropped."""
    return min(end - 1 + lateness, I64_MAX)


class State(Protocol):
    """What holds the rows: windows of a grid, or sessions."""

    def join(self, key: Key, row: Row, w: int) -> bool:
        """Adds a row; False, and no change, where it is late."""
        ...

    def move(self, w0: int, w1: int, finish: bool) -> list[list[Result]]:
        """W goes from w0 to w1: the flush and the firing, each in its order."""
        ...


class Emitter:
    """Makes results and counts the sums that do not fit."""

    def __init__(self, spec: EngineSpec, ids: Ids) -> None:
        self.spec, self.ids = spec, ids
        self.sum_overflows = 0

    def result(
        self, start: int, end: int, key: Key, rows: Sequence[Row], revision: int, flags: int
    ) -> Result:
        """One emission; no rows means a retraction."""
        values: list[Value] = []
        for a in self.spec.aggregates:
            of_floats = a.column is not None and self.spec.types[a.column] == F64
            value = aggregate(a, of_floats, rows) if rows else None
            if value is None and a.function == SUM and a.column is not None and not of_floats:
                self.sum_overflows += any(r.values[a.column] is not None for r in rows)
            values.append(value)
        id_ = self.ids.of[key]
        return Result(end, start, key, len(rows), revision, flags, tuple(values), id_)


class Windows:
    """Sliding, tumbling, cumulate and calendar windows."""

    def __init__(self, assigner: Assigner, emitter: Emitter) -> None:
        self.assigner, self.emitter, self.ids = assigner, emitter, emitter.ids
        self.lateness = assigner.spec.allowed_lateness_ms
        self.rows: dict[tuple[int, int], dict[Key, list[Row]]] = {}  # by end, start
        self.dirty: set[tuple[int, int, Key]] = set()
        self.emitted: Counter[tuple[int, int, Key]] = Counter()

    def has_end(self, lo: int, hi: int) -> bool:
        """Whether a window of the grid, empty or not, ends in [lo, hi]."""
        grid = self.assigner.pane_walk.grid
        # A window ends at every pane boundary; without division, `duration` after one.
        shift = self.assigner.plain[0] if self.assigner.plain else 0
        # No pane is as long as two steps: a fold that holds one is shorter than the step.
        hi = min(hi, lo + 2 * grid.reach)
        return lo <= hi and bool(grid.between(lo - shift, hi - shift))

    def passes_point(self, w0: int, w1: int) -> bool:
        """Whether a firing or a cleanup point p has w0 < p <= w1."""
        if w1 == I64_MAX or self.has_end(w0 + 2, w1 + 1):
            return w0 < w1
        return self.has_end(w0 + 2 - self.lateness, w1 + 1 - self.lateness)

    def join(self, key: Key, row: Row, w: int) -> bool:
        """The row joins each of its windows that is not past its cleanup."""
        windows = self.assigner.windows(row.time)
        drops = [cleanup(end, self.lateness) for _, end in windows]
        if all(drop <= w for drop in drops):
            return False
        self.ids.take(key, max(drops))
        for (start, end), drop in zip(windows, drops, strict=True):
            if drop > w:
                self.rows.setdefault((end, start), {}).setdefault(key, []).append(row)
                if end - 1 <= w:
                    self.dirty.add((end, start, key))
        return True

    def emit(self, end: int, start: int, key: Key, flags: int) -> Result:
        """The window's value for a key, as of now."""
        revision = self.emitted[end, start, key]
        self.emitted[end, start, key] += 1
        rows = self.rows[end, start][key]
        return self.emitter.result(start, end, key, rows, revision, flags)

    def move(self, w0: int, w1: int, finish: bool) -> list[list[Result]]:
        """Flush, fire, clean up, free ids."""
        ids = self.ids.of
        flush, firing = list[Result](), list[Result]()
        if self.dirty and (finish or self.passes_point(w0, w1)):
            dirty = sorted(self.dirty, key=lambda d: (d[0], d[1], ids[d[2]]))
            flush = [self.emit(end, start, key, LATE) for end, start, key in dirty]
            self.dirty.clear()
        for end, start in sorted(w for w in self.rows if w0 < w[0] - 1 <= w1):
            keys = sorted(self.rows[end, start], key=lambda key: ids[key])
            firing += [self.emit(end, start, key, 0) for key in keys]
        for end, start in [w for w in self.rows if cleanup(w[0], self.lateness) <= w1]:
            del self.rows[end, start]
        for key, d in list(self.ids.drop.items()):
            if d <= w1 and self.has_end(d + 1, w1 + 1):
                self.ids.free(key)
        return [flush, firing]


# Sessions


@dataclass(eq=False)
class Session:
    """A session [start, end) of one key; `waits` for a flush, or for its firing."""

    key: Key
    start: int
    end: int
    rows: list[Row]
    waits: bool
    emitted: int = 0


class Sessions:
    """Windows that are made of events."""

    def __init__(self, window: Spec, emitter: Emitter) -> None:
        self.emitter, self.ids = emitter, emitter.ids
        self.gap, self.lateness = window.session_gap_ms, window.allowed_lateness_ms
        self.live: list[Session] = []
        self.dropped: list[Session] = []  # those that still wait for a flush
        self.retracted: list[Session] = []

    def join(self, key: Key, row: Row, w: int) -> bool:
        """The row makes [t, t + gap) or joins the live sessions that it overlaps."""
        start, end = row.time, row.time + self.gap
        joined = [s for s in self.live if s.key == key and s.start < end and start < s.end]
        start = min([start, *(s.start for s in joined)])
        end = max([end, *(s.end for s in joined)])
        drop = cleanup(end, self.lateness)
        if drop <= w:
            return False
        self.ids.take(key, drop)
        if len(joined) == 1 and (joined[0].start, joined[0].end) == (start, end):
            joined[0].rows.append(row)
            if joined[0].emitted:
                joined[0].waits = True
            return True
        rows = [r for s in joined for r in s.rows] + [row]
        self.live = [s for s in self.live if s not in joined]
        self.live.append(Session(key, start, end, rows, waits=end - 1 <= w))
        self.retracted += [s for s in joined if s.emitted]
        return True

    def emit(self, s: Session, flags: int) -> Result:
        """The session's value, or its retraction."""
        rows = [] if flags & RETRACTION else s.rows
        result = self.emitter.result(s.start, s.end, s.key, rows, s.emitted, flags)
        s.emitted += 1
        s.waits = False
        return result

    def move(self, w0: int, w1: int, finish: bool) -> list[list[Result]]:
        """Flush at a multiple of the gap, fire, clean up, free ids."""
        flush = list[Result]()
        if finish or w0 // self.gap < w1 // self.gap:
            waiting = [(s, LATE) for s in self.live + self.dropped if s.waits]
            waiting += [(s, LATE | RETRACTION) for s in self.retracted]
            waiting.sort(key=lambda p: (*self.place(p[0]), -p[1]))
            flush = [self.emit(s, flags) for s, flags in waiting]
            self.dropped, self.retracted = [], []
        due = [s for s in self.live if not s.emitted and w0 < s.end - 1 <= w1]
        firing = [self.emit(s, 0) for s in sorted(due, key=self.place)]
        past = [s for s in self.live if cleanup(s.end, self.lateness) <= w1]
        self.live = [s for s in self.live if s not in past]
        self.dropped += [s for s in past if s.waits]
        for key, d in list(self.ids.drop.items()):
            if d <= w1 // self.gap * self.gap:
                self.ids.free(key)
        return [flush, firing]

    def place(self, s: Session) -> tuple[int, int, int]:
        """Where a session stands in the order of results."""
        return s.end, s.start, self.ids.of[s.key]


# Progress


@dataclass
class Source:
    """What one source has said of time."""

    max_t: int = I64_MIN
    explicit: int = I64_MIN
    mark: int | None = None  # the last tick before its last row or watermark
    idle: bool = False

    def watermark(self, bound: int) -> int:
        """W_i."""
        if bound == -1:
            return self.explicit
        return max(self.max_t - bound - 1, self.explicit, I64_MIN)


@dataclass
class Stats:
    """What happened to the rows."""

    rows: int = 0
    accepted: int = 0
    late: int = 0
    future: int = 0
    invalid: int = 0


@dataclass
class Reference:
    """The engine: takes one element after the other, collects `results` and `late`."""

    spec_json: str
    database: Database
    results: list[Result] = field(default_factory=list)
    late: list[Aside] = field(default_factory=list)
    groups: list[list[Result]] = field(default_factory=list)  # the results, flush by firing
    stats: Stats = field(default_factory=Stats)
    w: int = I64_MIN
    now: int | None = None
    first_tick: int | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        self.spec = read_spec(self.spec_json)
        self.assigner = Assigner(self.database, self.spec.window)
        self.ids = Ids()
        self.emitter = Emitter(self.spec, self.ids)
        self.state: State = Windows(self.assigner, self.emitter)
        if self.spec.window.kind == SESSION:
            self.state = Sessions(self.spec.window, self.emitter)
        self.sources = [Source() for _ in range(max(1, self.spec.sources))]

    def row(
        self, source: int | None, key: Key | None, time: int, values: tuple[int | None, ...]
    ) -> None:
        """A row; an F64 value is given by its bits, so that a NaN is set aside as it came."""
        self.stats.rows += 1
        of = self.revive(source)
        if key is None or not self.is_time(time):
            self.stats.invalid += 1
            return
        limit = self.spec.max_future
        if self.now is not None and limit > 0 and time > min(self.now + limit, I64_MAX):
            self.stats.future += 1
            self.late.append(Aside("FUTURE", source, key, time, values))
            return
        if self.state.join(key, Row(time, self.decoded(values)), self.w):
            self.stats.accepted += 1
        else:
            self.stats.late += 1
            self.late.append(Aside("LATE", source, key, time, values))
        of.max_t = max(of.max_t, time)
        self.advance()

    def watermark(self, source: int | None, w: int) -> None:
        """A source promises: no more rows with t <= w."""
        of = self.revive(source)
        of.explicit = max(of.explicit, w)
        self.advance()

    def tick(self, now: int) -> None:
        """Time passes; silent sources become idle."""
        assert not self.closed and (self.now is None or self.now <= now)
        self.now = now
        if self.first_tick is None:
            self.first_tick = now
        timeout = self.spec.idle_timeout
        for of in self.sources:
            base = self.first_tick if of.mark is None else of.mark
            if timeout > 0 and now - base >= timeout:
                of.idle = True
        self.advance()

    def finish(self) -> None:
        """The end of the input."""
        assert not self.closed
        self.closed = True
        self.move(I64_MAX, finish=True)

    def revive(self, source: int | None) -> Source:
        """The source of an element, which is no longer silent."""
        assert not self.closed and (source is None) == (self.spec.sources == 0)
        of = self.sources[source or 0]
        of.mark, of.idle = self.now, False
        return of

    def is_time(self, t: int) -> bool:
        """Section 1."""
        try:
            self.assigner.check_domain(t, "time")
        except Refused:
            return False
        return True

    def decoded(self, values: tuple[int | None, ...]) -> tuple[Value, ...]:
        """Bits to numbers in the F64 columns."""
        pairs = zip(self.spec.types, values, strict=True)
        return tuple(float_of(v) if type_ == F64 and v is not None else v for type_, v in pairs)

    def advance(self) -> None:
        """W is the least of the sources that are not idle; it never moves back."""
        bounds = [of.watermark(self.spec.bound) for of in self.sources if not of.idle]
        if bounds and min(bounds) > self.w:
            self.move(min(bounds), finish=False)

    def move(self, w: int, *, finish: bool) -> None:
        """W becomes w."""
        groups = self.state.move(self.w, w, finish)
        self.w = w
        self.groups += groups
        for group in groups:
            self.results += group


def promises(reference: Reference) -> None:
    """What must hold of every output, whatever the elements were."""
    seen: Counter[tuple[int, int, Key]] = Counter()
    last: dict[tuple[int, int, Key], int] = {}
    for i, group in enumerate(reference.groups):
        places = [(r.end, r.start, r.id, -(r.flags & RETRACTION)) for r in group]
        assert all(a < b for a, b in pairwise(places)), "the order of a firing"
        for r in group:
            window = (r.end, r.start, r.key)
            assert r.revision == seen[window], "a revision is the number of emissions before"
            assert bool(r.flags & LATE) == (i % 2 == 0), "a flush is late, a firing is not"
            assert (r.rows == 0) == bool(r.flags & RETRACTION), "only a retraction is empty"
            seen[window] += 1
            last[window] = r.rows
    s = reference.stats
    assert len(reference.late) == s.late + s.future, "late output"
    a = reference.assigner
    one = a.spec.kind == SESSION
    if a.spec.kind == SLIDING:
        one = a.count == 1 and (a.plain is None or a.plain[0] == a.plain[1])
    assert not one or sum(last.values()) == s.accepted, "every accepted row is in one last emission"
