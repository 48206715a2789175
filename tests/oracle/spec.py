"""Decides which specs are valid, their canonical form and fingerprint, and how they are written.

Section 2 (the message), 6 (validation) and 10 (fingerprint) of docs/SEMANTICS.md. A refusal is a
code and a path; of several faults the lowest field number is reported. Nothing here knows where
a window lies.

Worked example: {duration_ms: 60000, step_ms: 90000} is INVALID_SPEC step_ms.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, fields, replace

from tz import Database, Zone, fixed

DAY = 86_400_000
YEARS_100 = 3_155_760_000_000
WINDOWS_MAX = 65_536

SLIDING, CUMULATE, SESSION = range(3)
NO_UNIT, UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_QUARTER, UNIT_YEAR = range(6)
UNITS_MAX = {1: 36_525, 2: 5_217, 3: 1_200, 4: 400, 5: 100}

KIND_NAMES = ["WINDOW_KIND_SLIDING", "WINDOW_KIND_CUMULATE", "WINDOW_KIND_SESSION"]
UNIT_NAMES = ["CALENDAR_UNIT_" + n for n in ("NONE", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")]
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
WEEKDAY_NAMES = ["WEEKDAY_" + n for n in WEEKDAYS]
ENUMS = {"kind": KIND_NAMES, "calendar_unit": UNIT_NAMES, "week_start": WEEKDAY_NAMES}


class Refused(Exception):
    """A refused call: the error's code and path."""

    def __init__(self, code: str, path: str) -> None:
        super().__init__(f"{code} {path}")
        self.code, self.path = code, path


@dataclass(frozen=True)
class Spec:
    """paneline.v1.SlidingWindowSpec, in ascending field number."""

    duration_ms: int = 0
    step_ms: int = 0
    timezone: str = ""
    align_to_epoch: int = 0
    offset_ms: int = 0
    kind: int = 0
    calendar_unit: int = 0
    calendar_duration: int = 0
    calendar_step: int = 0
    week_start: int = 0
    month_day: int = 0
    session_gap_ms: int = 0
    allowed_lateness_ms: int = 0
    tzdb_version: str = ""
    semantics_version: int = 0
    year_start_month: int = 0

    def items(self) -> list[tuple[str, int | str]]:
        """The fields that are not at their default."""
        pairs = [(f.name, getattr(self, f.name)) for f in fields(self)]
        return [(name, value) for name, value in pairs if value not in (0, "")]

    def line(self) -> str:
        """The protocol's `spec` request."""
        return "spec " + " ".join(f"{name}={value}" for name, value in self.items())


NUMBERS = {
    "duration_ms": 1, "step_ms": 2, "timezone": 3, "align_to_epoch": 4, "offset_ms": 5,
    "kind": 6, "calendar_unit": 7, "calendar_duration": 8, "calendar_step": 9, "week_start": 10,
    "month_day": 11, "session_gap_ms": 12, "allowed_lateness_ms": 14, "tzdb_version": 16,
    "semantics_version": 17, "year_start_month": 18,
}  # fmt: skip
NAMES = {number: name for name, number in NUMBERS.items()}
TEXTS = ("timezone", "tzdb_version")
WORDS_32 = [
    "kind",
    "calendar_unit",
    "calendar_duration",
    "calendar_step",
    "week_start",
    "month_day",
    "semantics_version",
    "year_start_month",
]


def fixed_offset(text: str) -> int | None:
    """The constant offset that a zone text means, or None where it is a name."""
    if text in ("", "UTC"):
        return 0
    m = re.fullmatch(r"([+-])([0-9]{2}):([0-9]{2})", text)
    if not m or int(m[3]) > 59:
        return None
    minutes = int(m[2]) * 60 + int(m[3])
    if minutes > 18 * 60:
        return None
    return minutes * 60_000 * (-1 if m[1] == "-" else 1)


def find_zone(db: Database, text: str, path: str = "timezone") -> Zone:
    """The zone that a text names: a constant offset or an exact name of the database."""
    offset = fixed_offset(text)
    if offset is not None:
        return fixed(offset)
    if text in db:
        return db.zone(text)
    raise Refused("UNKNOWN_TIMEZONE", path)


def is_civil_name(s: Spec) -> bool:
    """True where the grid lies on the wall clock of a named zone."""
    return s.kind != SESSION and not s.align_to_epoch and fixed_offset(s.timezone) is None


def session_faults(s: Spec) -> list[str]:
    """The fields at fault in a SESSION spec; zone and alignment are ignored."""
    unused = (
        "duration_ms step_ms offset_ms calendar_unit calendar_duration calendar_step week_start "
        "month_day year_start_month"
    )
    bad = [name for name in unused.split() if getattr(s, name) != 0]
    if not 0 < s.session_gap_ms <= YEARS_100:
        bad.append("session_gap_ms")
    return bad


def calendar_faults(s: Spec) -> list[str]:
    """The fields at fault where a calendar unit is set."""
    bad = [n for n in ("duration_ms", "step_ms", "align_to_epoch", "session_gap_ms")
           if getattr(s, n) != 0]  # fmt: skip
    if abs(s.offset_ms) >= DAY:
        bad.append("offset_ms")
    if not 0 < s.calendar_duration <= UNITS_MAX.get(s.calendar_unit, 0):
        bad.append("calendar_duration")
    if s.calendar_step > s.calendar_duration:
        bad.append("calendar_step")
    if s.calendar_step and s.calendar_duration % s.calendar_step:
        bad.append("calendar_step")
    if s.week_start and s.calendar_unit != UNIT_WEEK:
        bad.append("week_start")
    if s.month_day > (28 if s.calendar_unit >= UNIT_MONTH else 0):
        bad.append("month_day")
    if s.year_start_month > (12 if s.calendar_unit >= UNIT_QUARTER else 0):
        bad.append("year_start_month")
    return bad


def ms_faults(s: Spec) -> list[str]:
    """The fields at fault where lengths are milliseconds."""
    unused = "calendar_duration calendar_step week_start month_day year_start_month session_gap_ms"
    bad = [name for name in unused.split() if getattr(s, name) != 0]
    if not 0 < s.duration_ms <= YEARS_100:
        bad.append("duration_ms")
    step = s.step_ms or s.duration_ms
    if step < 0 or step > s.duration_ms:
        bad.append("step_ms")
    if step > 0:
        if -(-s.duration_ms // step) > WINDOWS_MAX:
            bad.append("step_ms")
        if (is_civil_name(s) or s.kind == CUMULATE) and s.duration_ms % step:
            bad.append("step_ms")
        if abs(s.offset_ms) >= (s.duration_ms if s.kind == CUMULATE else step):
            bad.append("offset_ms")
    return bad


def validate(db: Database, s: Spec) -> None:
    """Refuses a spec that section 6 refuses."""
    if not (0 <= s.kind <= SESSION and 0 <= s.calendar_unit <= UNIT_YEAR):
        # What the other fields mean is open; a negative length is wrong whatever they mean.
        names = [name for name in ("duration_ms", "step_ms") if getattr(s, name) < 0]
    elif s.kind == SESSION:
        names = session_faults(s)
    elif s.calendar_unit != NO_UNIT:
        names = calendar_faults(s)
    else:
        names = ms_faults(s)
    if s.allowed_lateness_ms < 0:
        names.append("allowed_lateness_ms")
    names += [name for name, values in ENUMS.items() if not 0 <= getattr(s, name) < len(values)]
    faults = [(NUMBERS[name], "INVALID_SPEC", name) for name in names]
    if s.kind != SESSION and fixed_offset(s.timezone) is None and s.timezone not in db:
        faults.append((NUMBERS["timezone"], "UNKNOWN_TIMEZONE", "timezone"))
    if s.tzdb_version not in ("", db.version):
        faults.append((NUMBERS["tzdb_version"], "VERSION_MISMATCH", "tzdb_version"))
    if s.semantics_version not in (0, 1):
        faults.append((NUMBERS["semantics_version"], "VERSION_MISMATCH", "semantics_version"))
    if faults:
        _, code, path = min(faults)
        raise Refused(code, path)


def canonical(s: Spec) -> Spec:
    """The one spelling of a valid spec."""
    s = replace(s, tzdb_version="", semantics_version=0)
    if s.kind == SESSION:
        return replace(s, timezone="", align_to_epoch=0)
    zone = "" if s.timezone in ("UTC", "+00:00", "-00:00") else s.timezone
    s = replace(s, timezone=zone)
    if s.calendar_unit != NO_UNIT:
        return replace(
            s,
            calendar_step=s.calendar_step or s.calendar_duration,
            month_day=0 if s.month_day == 1 else s.month_day,
            year_start_month=0 if s.year_start_month == 1 else s.year_start_month,
        )
    step = s.step_ms or s.duration_ms
    modulus = s.duration_ms if s.kind == CUMULATE else step
    return replace(s, step_ms=step, offset_ms=s.offset_ms % modulus)


def fingerprint(db: Database, s: Spec) -> str:
    """SHA-256 of the canonical text, in hex; the spec is valid."""
    s = canonical(s)
    lines = ["paneline.v1.SlidingWindowSpec", "semantics_version=1"]
    lines += [f"{name}={value}" for name, value in s.items()]
    if is_civil_name(s):
        lines.append(f"zone={db.zone(s.timezone).digest()}")
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def varint(value: int) -> bytes:
    """Base-128, of the 64-bit two's complement."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def field(number: int, value: int | str | bytes) -> bytes:
    """One protobuf field: a varint, or a length-delimited text."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def zigzag(value: int) -> int:
    """As sint64 is written: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return value << 1 if value >= 0 else (-value << 1) - 1


def encode(s: Spec) -> bytes:
    """The spec as protobuf bytes."""
    return b"".join(
        field(NUMBERS[n], zigzag(v) if n == "offset_ms" and isinstance(v, int) else v)
        for n, v in s.items()
    )


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """A varint and the place after it."""
    value = 0
    for i in range(10):
        if at + i >= len(data):
            raise Refused("CORRUPT", "-")
        value |= (data[at + i] & 0x7F) << (7 * i)
        if data[at + i] < 0x80:
            if value >= 1 << 64:
                raise Refused("CORRUPT", "-")
            return value, at + i + 1
    raise Refused("CORRUPT", "-")


def decode(data: bytes) -> Spec:
    """Protobuf bytes to a spec; strict about unknown fields and 32-bit values."""
    values: dict[str, int | str] = {}
    unknown: list[int] = []
    too_wide: dict[str, bool] = {}
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        number, wire = key >> 3, key & 7
        name = NAMES.get(number)
        if wire == 0:
            value, at = read_varint(data, at)
        elif wire in (1, 2, 5):
            size = {1: 8, 5: 4}.get(wire, 0)
            if wire == 2:
                size, at = read_varint(data, at)
            value, at = 0, at + size
        if wire not in (0, 1, 2, 5) or not 0 < number < 1 << 29 or at > len(data):
            raise Refused("CORRUPT", "-")
        if name is None:
            unknown.append(number)
        elif wire != (2 if name in TEXTS else 0):
            raise Refused("CORRUPT", "-")
        elif name in TEXTS:
            try:
                values[name] = data[at - size : at].decode()
            except UnicodeDecodeError:
                raise Refused("CORRUPT", "-") from None
        elif name in WORDS_32:
            values[name], too_wide[name] = value, value >= 1 << 32
        elif name == "offset_ms":
            values[name] = value >> 1 ^ -(value & 1)
        elif name == "align_to_epoch":
            values[name] = int(value != 0)
        else:
            values[name] = value - (1 << 64) if value >= 1 << 63 else value
    if unknown:
        raise Refused("UNSUPPORTED_FIELD", f"#{min(unknown)}")
    wide = [NUMBERS[name] for name, is_wide in too_wide.items() if is_wide]
    if wide:
        raise Refused("INVALID_SPEC", NAMES[min(wide)])
    return Spec(**values)  # type: ignore[arg-type]


def camel(name: str) -> str:
    """The protobuf JSON name of a field."""
    return re.sub("_([a-z])", lambda m: m[1].upper(), name)


def json_value(name: str, value: object) -> int | str:
    """One JSON value as the field's own type."""
    refused = Refused("INVALID_SPEC", name)
    if name in TEXTS or name == "align_to_epoch":
        if not isinstance(value, str if name in TEXTS else bool):
            raise refused
        return value if isinstance(value, str) else int(value)
    if name in ENUMS and isinstance(value, str):
        if value not in ENUMS[name]:
            raise refused
        return ENUMS[name].index(value)
    if isinstance(value, str) and re.fullmatch("-?[0-9]+", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise refused
    least, most = -(1 << 63), (1 << 63) - 1
    if name in WORDS_32:
        least, most = (-(1 << 31), (1 << 31) - 1) if name in ENUMS else (0, (1 << 32) - 1)
    if not least <= value <= most:
        raise refused
    return value


def not_json(constant: str) -> None:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(constant)


def from_json(text: str) -> Spec:
    """Protobuf JSON to a spec; strict about unknown keys."""
    by_key = {camel(name): name for name in NUMBERS} | {name: name for name in NUMBERS}
    try:
        document = json.loads(text, parse_constant=not_json)
    except ValueError:
        raise Refused("CORRUPT", "-") from None
    for key in document:
        if key not in by_key:
            raise Refused("UNSUPPORTED_FIELD", key)
    values = {by_key[key]: json_value(by_key[key], value) for key, value in document.items()}
    return Spec(**values)  # type: ignore[arg-type]


def to_json(s: Spec, *, names: bool) -> str:
    """The spec as protobuf JSON: camelCase with texts for 64-bit and enums, or plain numbers."""
    out: dict[str, object] = {}
    for name, value in s.items():
        if name == "align_to_epoch":
            out[camel(name) if names else name] = True
        elif names and name in ENUMS and isinstance(value, int):
            known = value < len(ENUMS[name])
            out[camel(name)] = ENUMS[name][value] if known else value
        elif names:
            out[camel(name)] = str(value) if name.endswith("_ms") else value
        else:
            out[name] = value
    return json.dumps(out)
