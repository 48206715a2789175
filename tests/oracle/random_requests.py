"""Decides a long pseudo-random conversation: requests only, the same for every language.

    python3 random_requests.py TZ [COUNT] [SEED] > requests

A spec about every 200 requests, valid or not by the oracle's validator; after a refused one only
requests that need no assigner. No expectation: all languages must give the same bytes, and
`protocol.py` can answer the same lines. At most 64 windows an event.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from prng import SplitMix64
from spec import (
    CUMULATE,
    NO_UNIT,
    SESSION,
    UNIT_MONTH,
    UNIT_QUARTER,
    UNIT_WEEK,
    Refused,
    Spec,
    encode,
    find_zone,
    fixed_offset,
    to_json,
    validate,
)
from tz import Database

MIN, HOUR, DAY = 60_000, 3_600_000, 86_400_000
I64_MAX = (1 << 63) - 1
INSTANT_MAX = 8_640_000_000_000_000
WALL_FIRST, WALL_END = -2_208_988_800_000, 7_258_118_400_000  # 1900-01-01, 2200-01-01
FROM, TO = 0, 2_145_916_800_000  # 1970 to 2037, where most instants lie
RUN = 200  # requests between two specs
WINDOWS_MAX = 64
PANES_MAX = 40
UNITS_PER = {"s": (1, 1000), "ms": (1, 1), "us": (1000, 1), "ns": (1_000_000, 1)}
STEPS = (1, 7, 1000, MIN, 5 * MIN, 15 * MIN, 20 * MIN, 30 * MIN, 45 * MIN, HOUR, 90 * MIN,
         2 * HOUR, 3 * HOUR, 6 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY)  # fmt: skip
DAYS_OF = {1: 1, 2: 7, 3: 30, 4: 91, 5: 365}
CONSTANT = ("", "UTC", "+08:00", "-03:30", "+05:45", "-11:59", "+18:00", "-00:00")
TEXTS = ("15m", "1h30m", "1d", "90s", "1w2d", "1500ms", "5", "1h1h", "m", "-1s", "1h 2m",
         "9223372036854775807ms", "9223372036854775808ms", "99999999999w", "0x1s")  # fmt: skip


class Writer:
    """The state of the conversation: the last valid spec and where its time lies."""

    def __init__(self, db: Database, seed: int) -> None:
        self.db = db
        self.rng = SplitMix64(seed)
        self.spec: Spec | None = None
        self.edges: tuple[int, ...] = ()
        self.step = HOUR
        self.count = 1

    def zone_name(self) -> str:
        """Mostly a name of the database."""
        rng = self.rng
        return rng.pick(CONSTANT) if rng.below(6) == 0 else rng.pick(self.db.names)

    def valid_spec(self) -> Spec:
        """A spec that section 6 should accept."""
        rng = self.rng
        kind = rng.pick((0, 0, 0, 0, 1, 1, 2))
        if kind == SESSION:
            return Spec(kind=kind, session_gap_ms=rng.between(1, 2 * DAY), timezone="any")
        n = rng.pick((1, 1, 1, 1, 2, 3, 4, 5, 12, WINDOWS_MAX))
        zone = self.zone_name()
        if rng.below(3) == 0:
            unit = rng.between(1, 5)
            step = rng.pick((1, 1, 1, 2, 3))
            n = min(n, 100 // step)
            offset = rng.pick((0, 0, rng.between(1 - DAY, DAY - 1)))
            return Spec(
                kind=kind, timezone=zone, offset_ms=offset, calendar_unit=unit,
                calendar_duration=n * step, calendar_step=step,
                week_start=rng.below(7) if unit == UNIT_WEEK else 0,
                month_day=rng.below(29) if unit >= UNIT_MONTH else 0,
                year_start_month=rng.below(13) if unit >= UNIT_QUARTER else 0,
            )  # fmt: skip
        step = rng.pick(STEPS)
        epoch = int(rng.below(4) == 0)
        duration = n * step
        if kind == 0 and n < WINDOWS_MAX and (epoch or fixed_offset(zone) is not None):
            duration += rng.pick((0, rng.below(step)))
        modulus = duration if kind == CUMULATE else step
        offset = rng.pick((0, 0, rng.between(1 - modulus, modulus - 1)))
        return Spec(duration_ms=duration, step_ms=step, timezone=zone, align_to_epoch=epoch,
                    offset_ms=offset, kind=kind, allowed_lateness_ms=rng.below(3))  # fmt: skip

    def spoiled(self, s: Spec) -> Spec:
        """One field set to something else; not always a fault."""
        rng = self.rng
        name, value = rng.pick((
            ("duration_ms", rng.pick((0, -1, I64_MAX, -I64_MAX - 1))),
            ("step_ms", rng.pick((-1, I64_MAX, 11))), ("timezone", rng.pick(("CST", "+8:00"))),
            ("align_to_epoch", 1), ("offset_ms", rng.pick((I64_MAX, -I64_MAX - 1, DAY))),
            ("calendar_duration", rng.below(1 << 32)), ("calendar_step", rng.below(9)),
            ("week_start", rng.below(8)), ("month_day", rng.below(40)),
            ("session_gap_ms", rng.pick((-1, 1))), ("allowed_lateness_ms", -1),
            ("tzdb_version", "1999z"), ("semantics_version", 2), ("year_start_month", 13),
        ))  # fmt: skip
        return Spec(**dict(s.items()) | {name: value})  # type: ignore[arg-type]

    def specify(self) -> str:
        """A spec line in one of its spellings; remembers it if it is valid."""
        rng = self.rng
        s = self.valid_spec()
        if rng.below(5) == 0:
            s = self.spoiled(s)
        self.spec = None
        try:
            validate(self.db, s)
            self.adopt(s)
        except Refused:
            pass
        way = rng.below(4)
        if way == 0:
            return f"bytes {encode(s).hex() or '-'}"
        return f"json {to_json(s, names=rng.below(2) == 0)}" if way == 1 else s.line()

    def adopt(self, s: Spec) -> None:
        """Notes the zone's transitions and the length of a pane."""
        self.spec = s
        if s.kind == SESSION:
            self.edges, self.step, self.count = (), s.session_gap_ms, 1
            return
        self.edges = find_zone(self.db, s.timezone).starts
        if s.calendar_unit != NO_UNIT:
            step = s.calendar_step or s.calendar_duration
            self.step, self.count = (
                step * DAY * DAYS_OF[s.calendar_unit],
                s.calendar_duration // step,
            )
        else:
            self.step = s.step_ms or s.duration_ms
            self.count = -(-s.duration_ms // self.step)
        if self.count > WINDOWS_MAX:
            self.spec = None

    def instant(self) -> int:
        """Mostly near a transition or in 1970-2037; seldom at or beyond a limit."""
        rng = self.rng
        where = rng.below(64)
        if where < 24 and self.edges:
            wide = 2 * min(self.step, 7 * DAY) + 2 * HOUR
            return rng.pick(self.edges) + rng.between(-wide, wide)
        if where < 26 and self.edges:
            return rng.pick(self.edges) - rng.below(2)
        if where < 56:
            return rng.between(FROM, TO)
        if where < 62:
            return rng.between(WALL_FIRST + DAY, WALL_END - DAY)
        if where == 62:
            return rng.pick((WALL_FIRST, WALL_END)) + rng.between(-DAY, DAY)
        return rng.pick((INSTANT_MAX, -INSTANT_MAX, I64_MAX, -I64_MAX - 1)) - rng.between(-1, 1)

    def scalar(self) -> str:
        """`windows`, `pane` or `next`, in the i64 range."""
        t = max(-I64_MAX - 1, min(I64_MAX, self.instant()))
        return f"{self.rng.pick(('windows', 'windows', 'pane', 'pane', 'next'))} {t}"

    def batch(self) -> str:
        """`assign` or `pane_starts`, in any unit; about 64 windows at most."""
        rng = self.rng
        unit = rng.pick(("s", "ms", "us", "ns"))
        up, down = UNITS_PER[unit]
        verb = rng.pick(("assign", "pane_starts"))
        rows = rng.below(9) if verb == "pane_starts" else rng.below(2 + 8 // self.count)
        times = []
        for _ in range(rows):
            t = self.instant() * up // down + rng.below(up)
            times.append(str(max(-I64_MAX - 1, min(I64_MAX, t))))
        return f"{verb} {unit} {','.join(times) or '-'}"

    def panes(self) -> str:
        """A span of up to PANES_MAX panes; seldom backwards."""
        a = max(-INSTANT_MAX, min(INSTANT_MAX, self.instant()))
        span = self.rng.between(-self.step // 4, self.rng.below(PANES_MAX) * self.step)
        return f"panes {a} {a + span}"

    def local(self) -> str:
        """Wall-clock readings of any zone."""
        rng = self.rng
        name = self.zone_name()
        zone = find_zone(self.db, name)
        times = []
        for _ in range(rng.between(1, 3)):
            t = rng.between(WALL_FIRST - DAY // 64, WALL_END)
            if zone.transitions and rng.below(2) == 0:
                u, a, b = rng.pick(zone.transitions)
                t = u + rng.pick((a, b, (a + b) // 2, a - 1, b - 1))
            times.append(str(t))
        if rng.below(64) == 0:
            name = rng.pick(("CST", "+8:00", "Europe/Nowhere"))
        way = rng.pick(("earliest", "latest", "reject"))
        return f"local {name or '-'} {way} {','.join(times)}"

    def free(self) -> str:
        """A request that needs no assigner."""
        if self.rng.below(4) == 0:
            return f"duration {self.rng.pick(TEXTS)}"
        return self.local()

    def request(self) -> str:
        """The next line."""
        rng = self.rng
        if rng.below(RUN) == 0:
            return self.specify()
        if self.spec is None:
            return self.specify() if rng.below(8) == 0 else self.free()
        kinds: tuple[Callable[[], str], ...] = (self.scalar, self.batch, self.panes, self.free)
        return kinds[(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 3, 0)[rng.below(16)]]()


def main() -> None:
    """Writes COUNT requests (1,000,000) from SEED (1)."""
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    writer = Writer(Database(Path(sys.argv[1])), seed)
    for start in range(0, count, 10_000):
        lines = [writer.request() for _ in range(min(10_000, count - start))]
        sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
