"""Decides which questions the vectors ask; the answers are the oracle's.

Each function returns the lines of one file. Sample instants come from the zone's transitions and
the grid's own edges, plus a few pseudo-random ones; a file's sequence depends on its name only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from listed import (
    BAD_BYTES,
    BAD_CALLS,
    BAD_JSON,
    BAD_OTHERS,
    BAD_SPECS,
    DAY,
    FACTS,
    HOUR,
    I64_MAX,
    I64_MIN,
    INSTANT_MAX,
    MIN,
    YEARS_100,
)
from oracle import WALL_END, WALL_FIRST
from prng import SplitMix64, seed_of
from protocol import Oracle, parse_spec
from spec import Spec, encode, field, find_zone, fingerprint, to_json
from tz import EPOCH, Transition

STEPS = [MIN * m for m in (1, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 360, 480, 720)]
STEPS += [DAY, 7 * DAY]

CIVIL_ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "America/Asuncion", "America/Havana",
    "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Antarctica/Troll",
    "Asia/Beirut", "Asia/Kolkata", "Asia/Shanghai", "Atlantic/Azores", "Australia/Lord_Howe",
    "Europe/Berlin", "Pacific/Apia", "Pacific/Kwajalein",
)  # fmt: skip
OLD_ZONES = (
    "Africa/Monrovia", "America/Bogota", "America/Caracas", "America/La_Paz",
    "America/Montevideo", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Riyadh", "Asia/Shanghai",
    "Asia/Singapore", "Asia/Tehran", "Europe/Amsterdam", "Europe/Athens", "Europe/Brussels",
    "Europe/Dublin", "Europe/Lisbon", "Europe/Moscow", "Europe/Paris", "Pacific/Apia",
    "Pacific/Honolulu", "Pacific/Kiritimati", "Pacific/Kwajalein",
)  # fmt: skip
CONSTANT = ("", "UTC", "+08:00", "-03:30", "+18:00", "-18:00", "+00:00", "-00:00", "+05:45")


def ms(text: str) -> int:
    """An ISO date or date-time, read as UTC."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


FROM, TO = ms("2004-01-01"), ms("2029-01-01")


class Book:
    """A file being written: asks the oracle and keeps `request => answer`."""

    def __init__(self, oracle: Oracle, title: str) -> None:
        self.oracle = oracle
        self.lines = [f"# {title}"]
        self.rng = SplitMix64(seed_of(title))

    def ask(self, request: str) -> str:
        """Adds one line."""
        answer = self.oracle.answer(request)
        self.lines.append(f"{request} => {answer}")
        return answer

    def spec(self, **values: int | str) -> None:
        """Asks for a valid spec."""
        request = Spec(**values).line()  # type: ignore[arg-type]
        assert self.ask(request).startswith("ok "), request

    def any_of(self, verbs: Iterable[str], times: Iterable[int]) -> None:
        """Asks each time with one of the verbs, in turn."""
        verbs = list(verbs)
        for i, t in enumerate(times):
            self.ask(f"{verbs[i % len(verbs)]} {t}")


def history(oracle: Oracle, name: str) -> tuple[Transition, ...]:
    """The transitions 2004-2028."""
    return oracle.db.zone(name).near(FROM, TO - 1)


def distinct(oracle: Oracle) -> list[str]:
    """The first name of each distinct history with transitions in 2004-2028."""
    seen: dict[tuple[Transition, ...], str] = {}
    for name in oracle.db.names:
        seen.setdefault(history(oracle, name), name)
    return sorted(name for key, name in seen.items() if key)


def zone(oracle: Oracle, name: str) -> list[str]:
    """One zone, 16 steps, every transition 2004-2028, tumbling: the pane of t."""
    book = Book(oracle, f"{name}: panes around every transition 2004-2028")
    rng = book.rng
    for step in STEPS:
        book.spec(duration_ms=step, timezone=name)
        for u, a, b in history(oracle, name):
            shift = abs(a - b)
            edges = (u - shift, u - shift - 1, u + shift, u + shift - 1, u - shift + 1)
            steps = (u - step, u - step - 1, u + step, u + step - 1, u + shift + step)
            wide = step + 2 * shift
            times = (
                rng.pick((u, u - 1, u + 1, u)),
                rng.pick(edges),
                rng.pick((u + shift // 2, u + rng.below(shift), u - 1 - rng.below(shift))),
                rng.pick(steps) if rng.below(3) == 0 else rng.between(u - wide, u + wide),
            )
            for t in sorted(times):
                book.ask(f"pane {t}")
    return book.lines


def samples(book: Book, transitions: Iterable[Transition], step: int) -> list[int]:
    """A few instants about each transition."""
    out: list[int] = []
    for u, a, b in transitions:
        shift, rng = abs(a - b), book.rng
        out += [u - 1, u, u + rng.below(shift), u + shift - rng.below(2)]
        out.append(rng.between(u - step - shift, u + step + shift))
    return out


def some(book: Book, items: tuple[Transition, ...], count: int) -> list[Transition]:
    """Up to `count` of the items, in order."""
    if len(items) <= count:
        return list(items)
    first = book.rng.below(len(items))
    return sorted(items[(first + i * 7) % len(items)] for i in range(count))


UNITS: list[dict[str, int]] = [
    {"unit": 1}, {"unit": 1, "n": 7, "step": 1}, {"unit": 1, "offset": 6 * HOUR},
    {"unit": 1, "offset": -90 * MIN}, {"unit": 1, "n": 3}, {"unit": 1, "offset": DAY - 1},
    *[{"unit": 2, "week": w} for w in range(7)],
    {"unit": 2, "n": 4, "step": 2, "week": 6}, {"unit": 2, "offset": -12 * HOUR - 1},
    {"unit": 3}, {"unit": 3, "n": 3, "step": 1}, {"unit": 3, "n": 5}, {"unit": 3, "day": 28},
    {"unit": 3, "day": 15, "offset": 150 * MIN}, {"unit": 3, "n": 12, "step": 4, "day": 1},
    {"unit": 4}, {"unit": 4, "month": 4}, {"unit": 4, "n": 4, "step": 1, "month": 12},
    {"unit": 4, "n": 3, "month": 2, "day": 10},
    {"unit": 5}, {"unit": 5, "month": 10}, {"unit": 5, "month": 4, "day": 6, "offset": HOUR},
    {"unit": 5, "n": 10, "step": 2}, {"unit": 5, "n": 7},
    {"unit": 5, "n": 100, "step": 50, "month": 7},
]  # fmt: skip
LIMIT_UNITS: list[dict[str, int]] = [
    {"unit": 1}, {"unit": 2, "week": 6}, {"unit": 3, "n": 3, "step": 1},
    {"unit": 5, "n": 100, "step": 1, "month": 7}, {"unit": 5, "n": 100},
]  # fmt: skip


def unit_spec(book: Book, options: dict[str, int], **more: int | str) -> None:
    """Asks for a calendar spec from the short names of UNITS."""
    long = {"unit": "calendar_unit", "n": "calendar_duration", "step": "calendar_step",
                "week": "week_start", "day": "month_day", "month": "year_start_month",
                "offset": "offset_ms"}  # fmt: skip
    book.spec(**{long[k]: v for k, v in ({"n": 1} | options).items()}, **more)


def calendar(oracle: Oracle) -> list[str]:
    """Calendar units, every option, in zones with odd midnights and in constant offsets."""
    book = Book(oracle, "calendar units: windows, panes and next boundaries")
    skipped = {"Pacific/Apia": ms("2011-12-30T10:00"), "Pacific/Kwajalein": ms("1993-08-21T12:00")}
    for name in (*CIVIL_ZONES, "", "UTC", "+08:00", "-03:30"):
        z = find_zone(oracle.db, name)
        for options in UNITS:
            unit_spec(book, options, timezone=name)
            times = samples(book, some(book, z.near(FROM, TO), 2), DAY)
            if name in skipped:
                times += [skipped[name] + d for d in (-DAY, -1, 0, 1, DAY)]
            t = book.rng.between(WALL_FIRST + DAY, WALL_END - DAY)
            start, end = oracle.assigner.pane(t) if oracle.assigner else (0, 0)
            times += [t, end, end - 1, start, start - 1, start + 1]
            limits = range(WALL_FIRST + DAY, WALL_END - DAY)
            book.any_of(("pane", "windows", "next"), [t for t in times if t in limits])
    return book.lines


def sliding(oracle: Oracle) -> list[str]:
    """Sliding civil windows are consecutive panes."""
    book = Book(oracle, "sliding civil windows")
    sizes = ((60, 15), (120, 40), (90, 30), (720, 120), (1440, 60), (1440, 480), (4320, 1440),
             (10080, 360), (120, 1), (2880, 720))  # fmt: skip
    for name in CIVIL_ZONES:
        for duration, step in sizes:
            book.spec(duration_ms=duration * MIN, step_ms=step * MIN, timezone=name)
            near = some(book, oracle.db.zone(name).near(FROM, TO), 3 if step > 1 else 1)
            times = [*samples(book, near, duration * MIN), book.rng.between(FROM, TO)]
            book.any_of(("windows",), times)
    return book.lines


def cumulate(oracle: Oracle) -> list[str]:
    """CUMULATE: absolute, civil, calendar, with offsets."""
    book = Book(oracle, "cumulating windows")
    sizes = ((60, 15), (1440, 360), (1440, 60), (120, 120), (10080, 1440), (360, 45 * 2))
    for name in (*CIVIL_ZONES, "", "+05:45", "-03:30"):
        near = some(book, find_zone(oracle.db, name).near(FROM, TO), 3)
        for duration, step in sizes:
            for offset in (0, 7 * MIN, -step * MIN, duration * MIN - 1):
                if abs(offset) >= duration * MIN:
                    continue
                epoch = int(book.rng.below(8) == 0)
                book.spec(duration_ms=duration * MIN, step_ms=step * MIN, timezone=name,
                          offset_ms=offset, kind=1, align_to_epoch=epoch)  # fmt: skip
                times = [*samples(book, near[:2], duration * MIN), book.rng.between(FROM, TO)]
                book.any_of(("windows", "windows", "pane"), times)
        for unit, n, step, offset in (
            (1, 7, 1, 0), (1, 2, 1, HOUR), (2, 4, 1, -HOUR), (3, 3, 1, 0), (3, 12, 3, 0),
            (4, 4, 1, 0), (5, 10, 1, 0),
        ):  # fmt: skip
            options = {"unit": unit, "n": n, "step": step, "offset": offset}
            unit_spec(book, options, timezone=name, kind=1)
            times = [*samples(book, near, DAY), book.rng.between(FROM, TO)]
            book.any_of(("windows", "windows", "pane"), times)
    return book.lines


def offsets(oracle: Oracle) -> list[str]:
    """Civil grids moved by an offset."""
    book = Book(oracle, "civil panes with an offset")
    for name in CIVIL_ZONES:
        for step in (MIN, 15 * MIN, HOUR, 90 * MIN, 2 * HOUR, 6 * HOUR, DAY, 7 * DAY):
            for offset in (1, -1, step // 2, -step // 3, step - 1, 1 - step):
                book.spec(duration_ms=step, timezone=name, offset_ms=offset)
                near = some(book, oracle.db.zone(name).near(FROM, TO), 2)
                book.any_of(("pane", "next", "windows"), samples(book, near, step))
    return book.lines


def absolute(oracle: Oracle) -> list[str]:
    """The grid on Unix time: dividing or not, labelled, constant offsets, the extremes."""
    book = Book(oracle, "absolute windows")
    sizes = ((1, 1), (1000, 1000), (10, 3), (MIN, MIN), (MIN, 7000), (HOUR, 45 * MIN),
             (DAY, HOUR), (7 * DAY, DAY), (DAY + 1, DAY), (YEARS_100, YEARS_100),
             (YEARS_100, YEARS_100 // 7), (100_000, 99_999), (3 * HOUR, 2 * HOUR))  # fmt: skip
    zones = (*CONSTANT, "America/New_York", "Australia/Lord_Howe")
    for duration, step in sizes:
        for name in zones:
            for offset in sorted({0, step // 3, -(step // 2), step - 1, 1 - step}):
                epoch = int(name not in CONSTANT or book.rng.below(4) == 0)
                book.spec(duration_ms=duration, step_ms=step, timezone=name,
                          align_to_epoch=epoch, offset_ms=offset)  # fmt: skip
                times = [0, -1, 1, -INSTANT_MAX, INSTANT_MAX, book.rng.between(FROM, TO)]
                times.append(book.rng.between(-INSTANT_MAX, INSTANT_MAX))
                times.append(-book.rng.below(10 * step))
                book.any_of(("windows", "pane", "next"), times)
    book.spec(kind=2, session_gap_ms=5000, timezone="nowhere", align_to_epoch=1)
    book.any_of(("windows",), (0, -1, INSTANT_MAX, -INSTANT_MAX))
    book.ask("assign ms 5,4,3")
    book.ask("assign ms -")
    return book.lines


def old_zones(oracle: Oracle) -> list[str]:
    """1900 to 1972, when offsets had seconds."""
    book = Book(oracle, "old zones, offsets with seconds")
    for name in OLD_ZONES:
        near = oracle.db.zone(name).near(WALL_FIRST + 40 * DAY, ms("1973-01-01"))
        for step in (MIN, 10 * MIN, 15 * MIN, 30 * MIN, HOUR, 2 * HOUR, 6 * HOUR, DAY, 7 * DAY):
            book.spec(duration_ms=step, timezone=name)
            times = samples(book, some(book, near, 8), step)
            book.any_of(("pane",), [*times, book.rng.between(WALL_FIRST + 40 * DAY, 0)])
        unit_spec(book, {"unit": 1}, timezone=name)
        book.any_of(("pane", "windows"), samples(book, some(book, near, 8), DAY))
    return book.lines


def histories(oracle: Oracle) -> list[str]:
    """Every distinct history of the database, 1900-2199: quiet zones, and the years after 2037."""
    book = Book(oracle, "every history 1900-2199: panes around a few of its transitions")
    seen: set[str] = set()
    for name in oracle.db.names:
        z = oracle.db.zone(name)
        if z.text() in seen:
            continue
        seen.add(z.text())
        every = z.near(WALL_FIRST + 40 * DAY, WALL_END - 40 * DAY)
        late = z.near(ms("2037-01-01"), WALL_END - 40 * DAY)
        for step in (20 * MIN, 45 * MIN, HOUR, 3 * HOUR, DAY):
            book.spec(duration_ms=step, timezone=name)
            times = samples(book, some(book, every, 4) + some(book, late, 2) + [*late[-1:]], step)
            times += [book.rng.between(WALL_FIRST + 40 * DAY, WALL_END - 40 * DAY)]
            book.any_of(("pane",), times)
    return book.lines


def limits(oracle: Oracle) -> list[str]:
    """The first and the last instant of the civil domain; windows may reach outside."""
    book = Book(oracle, "domain limits")
    book.spec(duration_ms=65_536, step_ms=1)
    book.spec(duration_ms=YEARS_100, step_ms=-(-YEARS_100 // 65_536))
    book.spec(duration_ms=MIN)
    for t in (INSTANT_MAX, -INSTANT_MAX, INSTANT_MAX + 1, -INSTANT_MAX - 1, I64_MIN, I64_MAX):
        book.any_of(("windows", "pane", "next"), (t, t, t))
    for name in (*CIVIL_ZONES, "Europe/Amsterdam", "Africa/Monrovia", "Etc/GMT+12", "Etc/UTC"):
        z = oracle.db.zone(name)
        first, end = WALL_FIRST - z.offset_at(WALL_FIRST), WALL_END - z.offset_at(WALL_END)
        for step in (15 * MIN, HOUR, DAY, 7 * DAY, 3650 * DAY, YEARS_100):
            book.spec(duration_ms=step, timezone=name)
            times = (first - 1, first, first + 1, end - 1, end)
            book.any_of(("pane",), times)
            book.any_of(("next", "windows"), times)
        book.spec(duration_ms=7 * DAY, step_ms=DAY, timezone=name)
        book.any_of(("windows",), (first, end - 1))
        book.spec(duration_ms=3653 * DAY, step_ms=3653 * DAY // 13, timezone=name, kind=1)
        book.any_of(("windows",), (first, end - 1))
        for options in LIMIT_UNITS:
            unit_spec(book, options, timezone=name)
            book.any_of(("pane", "windows", "next"), (first, end - 1, end - 1, first - 1, end))
    return book.lines


def units(oracle: Oracle) -> list[str]:
    """Seconds, micro- and nanoseconds, in batches."""
    book = Book(oracle, "units of time, batches")
    scale = {"s": (1, 1000), "ms": (1, 1), "us": (1000, 1), "ns": (1_000_000, 1)}
    specs: list[dict[str, int | str]] = [
        {"duration_ms": 1}, {"duration_ms": 1000}, {"duration_ms": 3, "step_ms": 2},
        {"duration_ms": HOUR, "step_ms": 15 * MIN, "timezone": "America/New_York"},
        {"duration_ms": DAY, "timezone": "Australia/Lord_Howe"},
        {"duration_ms": HOUR, "step_ms": 20 * MIN, "kind": 1, "timezone": "+05:45"},
        {"calendar_unit": 3, "calendar_duration": 2, "calendar_step": 1, "timezone": "PRC"},
    ]  # fmt: skip
    for values in specs:
        book.spec(**values)
        for unit, (up, down) in scale.items():
            for verb in ("pane_starts", "assign"):
                book.ask(f"{verb} {unit} -")
                base = [0, -1, 1, 999, -999, 1000, -1000, 999_999, -999_999, 1_000_000, -1_000_001]
                book.ask(f"{verb} {unit} {','.join(map(str, base))}")
                near = [book.rng.between(-3 * 10**11, TO) // down * up for _ in range(5)]
                near += [t + d for t in near[:3] for d in (-1, 1)]
                book.ask(f"{verb} {unit} {','.join(map(str, near))}")
    book.spec(duration_ms=MIN)
    for unit, t in (("s", 8_640_000_000_000), ("ms", INSTANT_MAX), ("us", INSTANT_MAX * 1000 + 999),
                    ("us", -INSTANT_MAX * 1000), ("ns", I64_MAX - 1), ("ns", I64_MIN + 1),
                    ("us", INSTANT_MAX * 1000 + 1000), ("ns", I64_MAX), ("us", I64_MAX - 1),
                    ("us", -INSTANT_MAX * 1000 - 1), ("s", -8_640_000_000_001)):  # fmt: skip
        book.ask(f"pane_starts {unit} {t}")
        book.ask(f"assign {unit} 0,{t}")
    return book.lines


def panes(oracle: Oracle) -> list[str]:
    """The panes that tile a span, across transitions."""
    book = Book(oracle, "panes that tile a span")
    for name in (*CIVIL_ZONES, "", "+05:45"):
        near = some(book, find_zone(oracle.db, name).near(FROM, TO), 2)
        centres = [u for u, _, _ in near] or [book.rng.between(FROM, TO)]
        specs: list[dict[str, int]] = [
            {"duration_ms": s} for s in (15 * MIN, 45 * MIN, HOUR, 2 * HOUR, 6 * HOUR, DAY)
        ]
        specs += [{"duration_ms": DAY, "step_ms": HOUR},
                  {"duration_ms": DAY, "step_ms": HOUR, "kind": 1},
                  {"calendar_unit": 1, "calendar_duration": 1},
                  {"calendar_unit": 3, "calendar_duration": 12, "calendar_step": 1}]  # fmt: skip
        for values in specs:
            book.spec(timezone=name, **values)
            step = 30 * DAY if "calendar_unit" in values else values["duration_ms"] // 2 + HOUR
            for u in centres:
                for a, b in ((u - 3 * step, u + 3 * step), (u - 1, u + 1), (u, u), (u, u + 1)):
                    book.ask(f"panes {a} {b}")
                book.ask(f"next {u}")
                book.ask(f"next {u - 1}")
    book.spec(duration_ms=10, step_ms=3)
    for a, b in ((0, 10), (-5, 5), (0, 0), (0, 1), (-1, 0)):
        book.ask(f"panes {a} {b}")
    return book.lines


def local(oracle: Oracle) -> list[str]:
    """Wall-clock readings to instants: unique, in a gap, in a fold, at the limits."""
    book = Book(oracle, "wall-clock readings to instants")
    for name in (*CIVIL_ZONES, "Africa/Monrovia", "Europe/Amsterdam"):
        z = oracle.db.zone(name)
        near = list(z.near(WALL_FIRST + 40 * DAY, WALL_END - DAY))
        near = near[:8] + near[len(near) // 3 :: max(1, len(near) // 12)]
        for u, a, b in near:
            lo, hi = min(u + a, u + b), max(u + a, u + b)
            readings = (lo - 1, lo, lo + book.rng.below(hi - lo), hi - 1, hi)
            for way in ("earliest", "latest"):
                book.ask(f"local {name} {way} {','.join(map(str, readings))}")
            for reading in readings:
                book.ask(f"local {name} reject {reading}")
        for way in ("earliest", "latest", "reject"):
            book.ask(f"local {name} {way} {WALL_FIRST},{WALL_END - 1}")
            book.ask(f"local {name} {way} {WALL_FIRST - 1}")
            book.ask(f"local {name} {way} 0,{WALL_END}")
    for name in CONSTANT:
        for way in ("earliest", "latest", "reject"):
            book.ask(f"local {name or '-'} {way} 0,-1,{WALL_FIRST},{WALL_END - 1},1730597400123")
            book.ask(f"local {name or '-'} {way} -")
    return book.lines


def durations(oracle: Oracle) -> list[str]:
    """Lengths as text."""
    book = Book(oracle, "lengths as text")
    for text in ("1ms", "15m", "1h30m", "1h", "24h", "1d", "1w", "1w2d3h4m5s6ms", "90s", "1500ms",
                 "007m", "1m30ms", "2d500ms", "36525d", "9223372036854775807ms", "1d24h",
                 "9223372036854775s807ms", "15250284452w", "59s999ms", "1w1ms"):  # fmt: skip
        assert book.ask(f"duration {text}").startswith("ok ")
    return book.lines


def worked_facts(oracle: Oracle) -> list[str]:
    """Section 11, line by line; the oracle must agree with the document."""
    book = Book(oracle, "docs/SEMANTICS.md, section 11, line by line")
    for name, t, step, offset, start, length, note in FACTS:
        book.lines.append(f"# {name} {t}Z, step {step // MIN} min: {start}Z ({note})")
        book.spec(duration_ms=step, timezone=name, offset_ms=offset)
        expected = f"{ms(start)}:{ms(start) + (length or step)}"
        for verb in ("pane", "windows"):
            answer = book.ask(f"{verb} {ms(t)}")
            assert answer == f"ok {expected}", (name, t, answer, expected)
        book.ask(f"pane_starts s {ms(t) // 1000}")
    return book.lines


def negative(oracle: Oracle) -> list[str]:
    """Every refusal written by hand; the oracle's validator must give the same answer."""
    book = Book(oracle, "refusals: sections 1 and 6, malformed input")

    def refuse(request: str, expected: str) -> None:
        answer = book.ask(request)
        assert answer == f"error {expected}", (request, answer, expected)

    for pairs, path in BAD_SPECS:
        expected = path if " " in path else f"INVALID_SPEC {path}"
        refuse(f"spec {pairs}", expected)
        refuse(f"bytes {encode(parse_spec(pairs)).hex() or '-'}", expected)
        if "kind=7" not in pairs:  # an unknown enum value stops a JSON reader before section 6
            refuse(f"json {to_json(parse_spec(pairs), names=False)}", expected)
    for request, expected in (*BAD_BYTES, *BAD_JSON, *BAD_OTHERS):
        refuse(request, expected)
    for spec, calls in BAD_CALLS:
        assert book.ask(spec).startswith("ok ")
        for request, expected in calls:
            refuse(request, expected)
    return book.lines


SPELLINGS: list[tuple[str, list[str]]] = [
    ("duration_ms=60000", ["duration_ms=60000 step_ms=60000", "duration_ms=60000 timezone=UTC",
                           "duration_ms=60000 timezone=+00:00", "duration_ms=60000 timezone=-00:00",
                           "duration_ms=60000 tzdb_version=2026f semantics_version=1"]),
    ("duration_ms=60000 align_to_epoch=1", ["duration_ms=60000 align_to_epoch=1 timezone=UTC"]),
    ("duration_ms=60000 step_ms=7000 offset_ms=6999",
     ["duration_ms=60000 step_ms=7000 offset_ms=-1"]),
    ("duration_ms=60000 offset_ms=30000", ["duration_ms=60000 offset_ms=-30000"]),
    ("duration_ms=60000 step_ms=1000 kind=1 offset_ms=59000",
     ["duration_ms=60000 step_ms=1000 kind=1 offset_ms=-1000"]),
    ("duration_ms=60000 step_ms=1000 kind=1 offset_ms=-1", []),
    ("duration_ms=60000 timezone=+08:00", []),
    ("duration_ms=60000 timezone=Etc/UTC", []),
    ("duration_ms=60000 timezone=Asia/Shanghai align_to_epoch=1", []),
    ("duration_ms=60000 timezone=EST", []),
    ("duration_ms=60000 allowed_lateness_ms=9223372036854775807", []),
    ("duration_ms=86400000 timezone=Asia/Shanghai",
     ["duration_ms=86400000 step_ms=86400000 timezone=Asia/Shanghai semantics_version=1"]),
    ("duration_ms=86400000 timezone=PRC", []),
    ("kind=2 session_gap_ms=60000",
     ["kind=2 session_gap_ms=60000 timezone=CST align_to_epoch=1",
      "kind=2 session_gap_ms=60000 timezone=Asia/Shanghai tzdb_version=2026f"]),
    ("kind=2 session_gap_ms=3155760000000 allowed_lateness_ms=5", []),
    ("calendar_unit=1 calendar_duration=36525 calendar_step=1", []),
    ("calendar_unit=1 calendar_duration=1 offset_ms=-86399999", []),
    ("calendar_unit=2 calendar_duration=5217 week_start=6",
     ["calendar_unit=2 calendar_duration=5217 calendar_step=5217 week_start=6"]),
    ("calendar_unit=3 calendar_duration=1200 month_day=28", []),
    ("calendar_unit=3 calendar_duration=1 timezone=Asia/Kolkata",
     ["calendar_unit=3 calendar_duration=1 month_day=1 timezone=Asia/Kolkata"]),
    ("calendar_unit=4 calendar_duration=400",
     ["calendar_unit=4 calendar_duration=400 year_start_month=1 month_day=1 timezone=UTC"]),
    ("calendar_unit=5 calendar_duration=100 year_start_month=12 timezone=America/New_York", []),
]  # fmt: skip


def specs(oracle: Oracle) -> list[str]:
    """Fingerprints: equal for every spelling of a spec, different for different specs."""
    book = Book(oracle, "fingerprints of specs, as fields, bytes and JSON")
    kept: set[str] = set()

    def spell(s: Spec, expected: str | None = None) -> str:
        line = s.line()
        answer = book.ask(line)
        assert answer == f"ok {expected or fingerprint(oracle.db, s)}", line
        for request in (f"bytes {encode(s).hex()}", f"json {to_json(s, names=True)}",
                        f"json {to_json(s, names=False)}"):  # fmt: skip
            assert book.ask(request) == answer, request
        return answer.removeprefix("ok ")

    for first, others in SPELLINGS:
        digest = spell(parse_spec(first))
        assert digest not in kept, first
        kept.add(digest)
        for other in others:
            spell(parse_spec(other), digest)
    # Protobuf: the last of two wins, order is free, a written default is no value.
    minute = f"ok {fingerprint(oracle.db, Spec(duration_ms=MIN))}"
    for data in (field(1, 5) + field(1, MIN), field(2, MIN) + field(1, MIN),
                 field(1, MIN) + field(5, 0) + field(3, "") + field(4, 0)):  # fmt: skip
        assert book.ask(f"bytes {data.hex()}") == minute
    for name in (*CIVIL_ZONES, *OLD_ZONES, "Etc/GMT+12", "Factory", "EST5EDT", "GMT"):
        book.spec(duration_ms=HOUR, timezone=name)
    return book.lines


SETS: dict[str, Callable[[Oracle], list[str]]] = {
    f.__name__ + ".txt": f
    for f in (worked_facts, negative, specs, durations, limits, units, panes, local, calendar,
              sliding, cumulate, offsets, absolute, old_zones, histories)
}  # fmt: skip
