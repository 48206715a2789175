"""Decides where windows lie: section 3 to 5 of docs/SEMANTICS.md, by enumeration.

For a neighbourhood of an instant the grid's readings are listed on the wall clock, each is mapped
to every instant that shows it, the transition rule is applied as it is written, and the pane is
found by bisection in the sorted boundaries. No closed form, no code in common with the core.

Invariant: the answer depends on (spec, zone, t) only; the neighbourhood is widened until it holds
what is asked for, and every boundary in it is decided by transitions within it.

Worked example: America/New_York, step 2 h, 2024-11-03T06:30Z lies in [04:00Z, 07:00Z).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from spec import (
    CUMULATE,
    DAY,
    NO_UNIT,
    SESSION,
    UNIT_DAY,
    UNIT_MONTH,
    UNIT_QUARTER,
    UNIT_WEEK,
    Refused,
    Spec,
    find_zone,
    fixed_offset,
    validate,
)
from tz import MAX_SHIFT_MS, PROBE_END_S, Database, Zone

HOUR = 3_600_000
INSTANT_MAX = 8_640_000_000_000_000
I64_MIN, I64_MAX = -(1 << 63), (1 << 63) - 1
EPOCH_DAY = date(1970, 1, 1).toordinal()
WALL_FIRST = (date(1900, 1, 1).toordinal() - EPOCH_DAY) * DAY
WALL_END = (date(2200, 1, 1).toordinal() - EPOCH_DAY) * DAY

Window = tuple[int, int]


class Grid(Protocol):
    """Pane boundaries on the time line."""

    @property
    def reach(self) -> int:
        """About the length of a pane, in ms."""
        ...

    def between(self, lo: int, hi: int) -> list[int]:
        """Every boundary in [lo, hi], ascending."""
        ...


@dataclass(frozen=True)
class AbsoluteGrid:
    """Section 4: every step on Unix time."""

    reach: int
    phase: int

    def between(self, lo: int, hi: int) -> list[int]:
        """Multiples of the step from the phase."""
        first = lo + (self.phase - lo) % self.reach
        return list(range(first, hi + 1, self.reach))


@dataclass(frozen=True)
class CivilGrid:
    """Section 5, ms lengths: readings on the wall clock and the rule at transitions."""

    zone: Zone
    reach: int
    offset: int

    def readings(self, lo: int, hi: int) -> range:
        """The grid readings L_k in [lo, hi]."""
        first = lo + (self.offset - lo) % self.reach
        return range(first, hi + 1, self.reach)

    def between(self, lo: int, hi: int) -> list[int]:
        """Maps each reading to its instants, then applies the rule to each transition."""
        assert hi < PROBE_END_S * 1000, "beyond the probed transitions"
        spans = list(self.zone.regimes(lo, hi))
        offsets = [o for _, _, o in spans]
        found = {
            reading - o
            for reading in self.readings(lo + min(offsets), hi + max(offsets))
            for begin, end, o in spans
            if begin <= reading - o < end
        }
        for u, a, b in self.zone.near(lo - MAX_SHIFT_MS, hi):
            if b > a:
                if self.readings(u + a, u + b):
                    found.add(u)
            elif self.reach <= a - b:
                found.add(u)
            else:
                found = {x for x in found if not u <= x < u + a - b}
                if lo <= u + a - b <= hi:
                    assert (u + a - b in found) == bool(self.readings(u + a, u + a))
        return sorted(x for x in found if lo <= x <= hi)


@dataclass(frozen=True)
class CalendarGrid:
    """Section 5, calendar units: the first instant at or after each unit's start."""

    zone: Zone
    spec: Spec
    step: int

    @property
    def reach(self) -> int:
        """The longest unit has 366 days."""
        return self.step * DAY * {1: 1, 2: 7, 3: 31, 4: 92, 5: 366}[self.spec.calendar_unit]

    def unit_start(self, k: int) -> int:
        """The reading at which unit k starts."""
        s = self.spec
        if s.calendar_unit == UNIT_DAY:
            day = k
        elif s.calendar_unit == UNIT_WEEK:
            day = 7 * k + max(d for d in range(-6, 1) if (d + 3) % 7 == s.week_start)
        else:
            month = s.year_start_month - 1 if s.year_start_month else 0
            month += k * {UNIT_MONTH: 1, UNIT_QUARTER: 3}.get(s.calendar_unit, 12)
            start = date(1970 + month // 12, month % 12 + 1, s.month_day or 1)
            day = start.toordinal() - EPOCH_DAY
        return day * DAY + s.offset_ms

    def between(self, lo: int, hi: int) -> list[int]:
        """Walks the units k * step from one before lo to one after hi."""
        found: set[int] = set()
        k = (lo - MAX_SHIFT_MS) // self.reach * self.step
        while self.unit_start(k) > lo - MAX_SHIFT_MS - DAY:
            k -= self.step
        while (start := self.unit_start(k)) <= hi + MAX_SHIFT_MS:
            found.add(self.zone.first_instant_at_or_after(start))
            k += self.step
        return sorted(x for x in found if lo <= x <= hi)


@dataclass
class Walk:
    """A grid and the neighbourhood of it that was enumerated last."""

    grid: Grid
    edges: list[int] = field(default_factory=list)

    def around(self, t: int, before: int, after: int) -> tuple[list[int], int]:
        """Boundaries and the index of t's pane, at least `before` and `after` panes around it."""
        reach = self.grid.reach
        i = bisect_right(self.edges, t) - 1
        margin = min(6 * HOUR, 500 * reach) if reach < HOUR else 3 * DAY
        while i < before or i + 1 + after >= len(self.edges):
            lo, hi = t - reach * (before + 1) - margin, t + reach * (after + 1) + margin
            self.edges = self.grid.between(lo, hi)
            i = bisect_right(self.edges, t) - 1
            margin *= 2
        return self.edges, i


def reading_in_domain(reading: int) -> bool:
    """Local dates 1900-01-01 to 2199-12-31."""
    return WALL_FIRST <= reading < WALL_END


class Assigner:
    """A valid spec and its grids."""

    def __init__(self, db: Database, s: Spec) -> None:
        validate(db, s)
        self.spec = s
        calendar = s.calendar_unit != NO_UNIT
        zone = None if s.kind == SESSION else find_zone(db, s.timezone)
        named = zone is not None and not s.align_to_epoch and fixed_offset(s.timezone) is None
        self.wall = zone if calendar or named else None
        if s.kind == SESSION or zone is None:
            return
        long = s.calendar_duration if calendar else s.duration_ms
        short = (s.calendar_step if calendar else s.step_ms) or long
        self.count = long // short
        self.pane_walk = Walk(self.grid(zone, short))
        self.base_walk = Walk(self.grid(zone, long)) if s.kind == CUMULATE else None
        # A ms spec that is neither civil nor CUMULATE need not divide.
        self.plain = None if calendar or named or s.kind == CUMULATE else (long, short)

    def grid(self, zone: Zone, step: int) -> Grid:
        """The grid of that step in the spec's coordinate."""
        s = self.spec
        if s.calendar_unit != NO_UNIT:
            return CalendarGrid(zone, s, step)
        if self.wall is not None:
            return CivilGrid(zone, step, s.offset_ms)
        return AbsoluteGrid(step, s.offset_ms - (0 if s.align_to_epoch else zone.initial))

    def check_domain(self, t: int, path: str) -> None:
        """Section 1: which instants can be asked for."""
        if self.wall is None:
            valid = abs(t) <= INSTANT_MAX
        else:
            near = abs(t) < 2 * -WALL_FIRST + WALL_END
            valid = near and reading_in_domain(t + self.wall.offset_at(t))
        if not valid:
            raise Refused("OUT_OF_RANGE", path)

    def check_kind(self) -> None:
        """SESSION has no panes."""
        if self.spec.kind == SESSION:
            raise Refused("INVALID_ARGUMENT", "kind")

    def windows(self, t: int, path: str = "t_ms") -> list[Window]:
        """The windows that hold t, ascending by start, then end."""
        self.check_domain(t, path)
        if self.spec.kind == SESSION:
            return [(t, t + self.spec.session_gap_ms)]
        if self.base_walk is not None:
            bases, i = self.base_walk.around(t, 0, 0)
            base, end = bases[i], bases[i + 1]
            steps, j = self.pane_walk.around(t, 0, self.count + 1)
            ends = [b for b in steps[j + 1 :] if b <= end]
            while steps[-1] < end:  # a held pane or a gap: look further
                steps, j = self.pane_walk.around(t, 0, 2 * len(steps))
                ends = [b for b in steps[j + 1 :] if b <= end]
            assert ends[-1] == end, "the base pane ends on a step boundary"
            return [(base, b) for b in ends]
        if self.plain is not None:
            duration, step = self.plain
            starts = self.pane_walk.grid.between(t - duration + 1, t)
            last = self.pane_walk.grid.between(t - step + 1, t)[0]
            assert len(starts) == -(-(duration - (t - last)) // step), "the count of section 4"
            return [(s, s + duration) for s in starts]
        n = self.count
        edges, i = self.pane_walk.around(t, n - 1, n - 1)
        return [(edges[j], edges[j + n]) for j in range(i - n + 1, i + 1)]

    def pane(self, t: int, path: str = "t_ms") -> Window:
        """The pane that holds t."""
        self.check_kind()
        self.check_domain(t, path)
        edges, i = self.pane_walk.around(t, 0, 0)
        return edges[i], edges[i + 1]

    def panes(self, a: int, b: int) -> list[Window]:
        """The whole panes that hold an instant of [a, b)."""
        self.check_kind()
        self.check_domain(a, "from_ms")
        self.check_domain(b, "to_ms")
        if b < a:
            raise Refused("INVALID_ARGUMENT", "to_ms")
        out: list[Window] = []
        while a < b:
            out.append(self.pane(a))
            a = out[-1][1]
        return out


def to_ms(t: int, unit: str, path: str) -> int:
    """An event time in its unit as ms; digits below 1 ms never decide a window."""
    if t in (I64_MIN, I64_MAX):
        raise Refused("OUT_OF_RANGE", path)
    if unit == "s":
        return t * 1000
    return t // {"ms": 1, "us": 1000, "ns": 1_000_000}[unit]


def resolve_local(zone: Zone, ambiguous: str, reading: int, path: str) -> int:
    """The instant that a wall-clock reading means."""
    if not reading_in_domain(reading):
        raise Refused("OUT_OF_RANGE", path)
    found = zone.instants(reading)
    if not found:
        spans = zone.near(reading - MAX_SHIFT_MS, reading + MAX_SHIFT_MS)
        (gap,) = [(a, b) for u, a, b in spans if u + a <= reading < u + b]
        found = [reading - gap[1], reading - gap[0]]
    elif len(found) == 1:
        return found[0]
    if ambiguous == "reject":
        raise Refused("INVALID_ARGUMENT", path)
    assert len(found) == 2 and found[0] < found[1]
    return found[0] if ambiguous == "earliest" else found[1]


def duration_ms(text: str) -> int:
    """A length such as 1h30m: digits and unit, units descending."""
    units = {"w": 7 * DAY, "d": DAY, "h": HOUR, "m": 60_000, "s": 1000, "ms": 1}
    refused = Refused("INVALID_ARGUMENT", "duration")
    if not re.fullmatch("([0-9]+(ms|[smhdw]))+", text):
        raise refused
    parts = [(int(n), units[u]) for n, u in re.findall("([0-9]+)(ms|[smhdw])", text)]
    lengths = [length for _, length in parts]
    total = sum(n * length for n, length in parts)
    if lengths != sorted(set(lengths), reverse=True) or total > I64_MAX:
        raise refused
    return total
