"""Decides nothing: the facts and refusals that were written by hand, from docs/SEMANTICS.md.

`FACTS` is section 11, line by line. `NEGATIVE` covers sections 1 and 6 and the adapters' edges:
request, then the refusal that is expected; `generate.py` asserts that the oracle says the same.
"""

from __future__ import annotations

from spec import Spec, encode, field, varint

MIN, HOUR, DAY = 60_000, 3_600_000, 86_400_000
I64_MIN, I64_MAX = -(1 << 63), (1 << 63) - 1
INSTANT_MAX = 8_640_000_000_000_000
YEARS_100 = 3_155_760_000_000

# zone, t, step, offset, start, length of the pane (0 = the step), what it shows
FACTS: list[tuple[str, str, int, int, str, int, str]] = [
    ("America/New_York", "2024-11-03T05:30", 15 * MIN, 0, "2024-11-03T05:30", 0, "first 01:30"),
    ("America/New_York", "2024-11-03T05:30", HOUR, 0, "2024-11-03T05:00", 0, "first 01:30"),
    ("America/New_York", "2024-11-03T06:30", 2 * HOUR, 0, "2024-11-03T04:00", 3 * HOUR,
     "held, a 3-hour pane"),
    ("America/New_York", "2024-11-03T06:15", HOUR, 30 * MIN, "2024-11-03T06:00", 30 * MIN,
     "offset 30 min: the transition"),
    ("America/New_York", "2024-11-03T06:30", HOUR, 0, "2024-11-03T06:00", 0, "second 01:30"),
    ("America/New_York", "2024-11-03T06:30", 6 * HOUR, 0, "2024-11-03T04:00", 7 * HOUR,
     "a 7-hour pane"),
    ("America/New_York", "2024-03-10T11:00", 6 * HOUR, 0, "2024-03-10T10:00", 0, "06:00 EDT"),
    ("America/New_York", "2025-07-01T10:30", 6 * HOUR, 0, "2025-07-01T10:00", 0, "plain"),
    ("Asia/Shanghai", "2025-01-01T17:10", DAY, 0, "2025-01-01T16:00", 0, "the local day"),
    ("Asia/Kolkata", "2025-01-01T19:10", HOUR, 0, "2025-01-01T18:30", 0, "half-hour offset"),
    ("Australia/Lord_Howe", "2024-04-06T15:10", HOUR, 0, "2024-04-06T14:00", 90 * MIN,
     "second 01:40, fold of 30 min: a 90-minute pane"),
    ("Australia/Lord_Howe", "2024-10-05T15:40", HOUR, 0, "2024-10-05T15:30", 30 * MIN,
     "gap 02:00-02:30: the transition"),
    ("Africa/Casablanca", "2024-03-10T02:30", 6 * HOUR, 0, "2024-03-09T23:00", 7 * HOUR,
     "transition 02:00Z"),
    ("Australia/Lord_Howe", "2024-04-06T15:05", 20 * MIN, 0, "2024-04-06T15:00", 10 * MIN,
     "second 01:35: the transition"),
    ("America/New_York", "2024-11-03T06:10", 45 * MIN, 0, "2024-11-03T06:00", 30 * MIN,
     "second 01:10: the transition"),
    ("America/St_Johns", "2010-11-07T03:00", DAY, 0, "2010-11-07T02:30", 25 * HOUR,
     "second pass, reads 6 Nov 23:30: the start of 7 Nov, held"),
    ("America/Sao_Paulo", "2018-11-04T03:30", DAY, 0, "2018-11-04T03:00", 23 * HOUR,
     "no midnight"),
    ("America/Sao_Paulo", "2018-02-18T02:30", 6 * HOUR, 0, "2018-02-17T20:00", 7 * HOUR,
     "second 23:30"),
    ("Pacific/Apia", "2011-12-30T10:30", 6 * HOUR, 0, "2011-12-30T10:00", 0,
     "30 December skipped"),
    ("America/Havana", "2024-11-03T05:30", DAY, 0, "2024-11-03T04:00", 25 * HOUR,
     "two midnights: a 25-hour day"),
    ("America/Vancouver", "2026-11-15T07:30", DAY, 0, "2026-11-15T07:00", 0,
     "under tzdb 2026f"),
]  # fmt: skip

MINUTE = "spec duration_ms=60000"
CIVIL = "spec duration_ms=3600000 timezone=America/New_York"
SESSION = "spec kind=2 session_gap_ms=60000"
MONTH = "calendar_unit=3 calendar_duration=1"
RANGE = "OUT_OF_RANGE"
SPEC = "INVALID_SPEC"
ZONE = "UNKNOWN_TIMEZONE timezone"
ARGUMENT = "INVALID_ARGUMENT"
CORRUPT = "CORRUPT -"


def hexed(*parts: bytes) -> str:
    """A `bytes` request."""
    return "bytes " + b"".join(parts).hex()


GOOD = encode(Spec(duration_ms=60_000))

# Specs that are refused: the pairs of a `spec` line, then path (INVALID_SPEC) or code and path.
BAD_SPECS: list[tuple[str, str]] = [
    # lengths
    ("duration_ms=0", "duration_ms"),
    ("duration_ms=-1", "duration_ms"),
    (f"duration_ms={I64_MIN}", "duration_ms"),
    (f"duration_ms={I64_MAX}", "duration_ms"),
    (f"duration_ms={YEARS_100 + 1}", "duration_ms"),
    ("step_ms=60000", "duration_ms"),
    ("duration_ms=60000 step_ms=-1", "step_ms"),
    (f"duration_ms=60000 step_ms={I64_MIN}", "step_ms"),
    ("duration_ms=60000 step_ms=60001", "step_ms"),
    ("duration_ms=60000 step_ms=90000", "step_ms"),
    (f"duration_ms=60000 step_ms={I64_MAX}", "step_ms"),
    ("duration_ms=65537 step_ms=1", "step_ms"),
    ("duration_ms=131073 step_ms=2", "step_ms"),
    (f"duration_ms={YEARS_100} step_ms=1000", "step_ms"),
    ("duration_ms=-1 step_ms=-1", "duration_ms"),
    # offsets
    ("duration_ms=60000 offset_ms=60000", "offset_ms"),
    ("duration_ms=60000 offset_ms=-60000", "offset_ms"),
    ("duration_ms=60000 step_ms=1000 offset_ms=1000", "offset_ms"),
    (f"duration_ms=60000 offset_ms={I64_MIN}", "offset_ms"),
    (f"duration_ms=60000 offset_ms={I64_MAX}", "offset_ms"),
    ("duration_ms=60000 step_ms=1000 kind=1 offset_ms=60000", "offset_ms"),
    ("duration_ms=60000 step_ms=1000 kind=1 offset_ms=-60000", "offset_ms"),
    (f"{MONTH} offset_ms=86400000", "offset_ms"),
    (f"{MONTH} offset_ms=-86400000", "offset_ms"),
    (f"{MONTH} offset_ms={I64_MIN}", "offset_ms"),
    # civil and CUMULATE divide
    ("duration_ms=90000 step_ms=60000 timezone=Asia/Shanghai", "step_ms"),
    ("duration_ms=90000 step_ms=60000 timezone=Etc/UTC", "step_ms"),
    ("duration_ms=90000 step_ms=60000 kind=1", "step_ms"),
    ("duration_ms=90000 step_ms=60000 kind=1 align_to_epoch=1", "step_ms"),
    ("duration_ms=65537 step_ms=1 kind=1", "step_ms"),
    # lateness, enums
    ("duration_ms=60000 allowed_lateness_ms=-1", "allowed_lateness_ms"),
    (f"duration_ms=60000 allowed_lateness_ms={I64_MIN}", "allowed_lateness_ms"),
    ("kind=2 session_gap_ms=1 allowed_lateness_ms=-1", "allowed_lateness_ms"),
    ("duration_ms=60000 kind=3", "kind"),
    ("duration_ms=60000 kind=-1", "kind"),
    ("duration_ms=60000 kind=2147483647", "kind"),
    ("calendar_unit=6 calendar_duration=1", "calendar_unit"),
    ("calendar_unit=-1 calendar_duration=1", "calendar_unit"),
    ("calendar_unit=2 calendar_duration=1 week_start=7", "week_start"),
    ("calendar_unit=2 calendar_duration=1 week_start=-1", "week_start"),
    # sessions
    ("kind=2", "session_gap_ms"),
    ("kind=2 session_gap_ms=-1", "session_gap_ms"),
    (f"kind=2 session_gap_ms={YEARS_100 + 1}", "session_gap_ms"),
    (f"kind=2 session_gap_ms={I64_MIN}", "session_gap_ms"),
    ("kind=2 session_gap_ms=60000 duration_ms=60000", "duration_ms"),
    ("kind=2 session_gap_ms=60000 step_ms=60000", "step_ms"),
    ("kind=2 session_gap_ms=60000 offset_ms=1", "offset_ms"),
    ("kind=2 session_gap_ms=60000 calendar_unit=1", "calendar_unit"),
    ("kind=2 session_gap_ms=60000 calendar_duration=1", "calendar_duration"),
    ("kind=2 session_gap_ms=60000 calendar_step=1", "calendar_step"),
    ("kind=2 session_gap_ms=60000 week_start=1", "week_start"),
    ("kind=2 session_gap_ms=60000 month_day=2", "month_day"),
    ("kind=2 session_gap_ms=60000 year_start_month=2", "year_start_month"),
    ("duration_ms=60000 session_gap_ms=1", "session_gap_ms"),
    (f"{MONTH} session_gap_ms=1", "session_gap_ms"),
    # calendar units
    ("calendar_unit=3", "calendar_duration"),
    ("calendar_unit=1 calendar_duration=36526", "calendar_duration"),
    ("calendar_unit=2 calendar_duration=5218", "calendar_duration"),
    ("calendar_unit=3 calendar_duration=1201", "calendar_duration"),
    ("calendar_unit=4 calendar_duration=401", "calendar_duration"),
    ("calendar_unit=5 calendar_duration=101", "calendar_duration"),
    ("calendar_unit=5 calendar_duration=4294967295", "calendar_duration"),
    ("calendar_unit=3 calendar_duration=1 calendar_step=2", "calendar_step"),
    ("calendar_unit=3 calendar_duration=12 calendar_step=5", "calendar_step"),
    ("calendar_unit=3 calendar_duration=12 calendar_step=4294967295", "calendar_step"),
    (f"{MONTH} align_to_epoch=1", "align_to_epoch"),
    (f"{MONTH} duration_ms=60000", "duration_ms"),
    (f"{MONTH} step_ms=60000", "step_ms"),
    (f"{MONTH} duration_ms=-1", "duration_ms"),
    (f"{MONTH} month_day=29", "month_day"),
    (f"{MONTH} month_day=4294967295", "month_day"),
    (f"{MONTH} week_start=1", "week_start"),
    (f"{MONTH} year_start_month=4", "year_start_month"),
    ("calendar_unit=1 calendar_duration=1 month_day=2", "month_day"),
    ("calendar_unit=2 calendar_duration=1 month_day=2", "month_day"),
    ("calendar_unit=1 calendar_duration=1 week_start=6", "week_start"),
    ("calendar_unit=4 calendar_duration=1 week_start=6", "week_start"),
    ("calendar_unit=4 calendar_duration=1 year_start_month=13", "year_start_month"),
    ("calendar_unit=5 calendar_duration=1 year_start_month=13", "year_start_month"),
    ("calendar_unit=1 calendar_duration=1 year_start_month=2", "year_start_month"),
    ("duration_ms=60000 calendar_duration=1", "calendar_duration"),
    ("duration_ms=60000 calendar_step=1", "calendar_step"),
    ("duration_ms=60000 week_start=1", "week_start"),
    ("duration_ms=60000 month_day=2", "month_day"),
    ("duration_ms=60000 year_start_month=2", "year_start_month"),
    # zones: exact case, known names, [+-]HH:MM up to 18:00
    *[(f"duration_ms=60000 timezone={zone}", ZONE) for zone in (
        "CST", "america/new_york", "AMERICA/NEW_YORK", "America/NewYork", "America/New_York/",
        "utc", "Z", "Local", "posixrules", "../UTC", "VERSION", "+8:00", "+0800", "+08", "08:00",
        "+18:01", "-18:01", "+19:00", "+99:00", "+08:60", "+08:0", "+08:000", "+08:00:00",
        "GMT+8", "UTC+8", "UTC+08:00", "\u221208:00", "+\u0660\u0668:00",
    )],
    ("duration_ms=60000 timezone=CST align_to_epoch=1", ZONE),
    (f"{MONTH} timezone=CST", ZONE),
    # versions
    ("duration_ms=60000 tzdb_version=2026e", "VERSION_MISMATCH tzdb_version"),
    ("duration_ms=60000 tzdb_version=2026F", "VERSION_MISMATCH tzdb_version"),
    ("kind=2 session_gap_ms=1 tzdb_version=2026e", "VERSION_MISMATCH tzdb_version"),
    ("duration_ms=60000 semantics_version=2", "VERSION_MISMATCH semantics_version"),
    ("duration_ms=60000 semantics_version=4294967295", "VERSION_MISMATCH semantics_version"),
    # several faults: the lowest field number
    ("duration_ms=60000 step_ms=90000 timezone=CST offset_ms=-60000000", "step_ms"),
    ("duration_ms=60000 timezone=CST offset_ms=60000", ZONE),
    ("duration_ms=60000 offset_ms=60000 kind=7", "kind"),
    ("duration_ms=-1 kind=7", "duration_ms"),
    ("duration_ms=60000 session_gap_ms=1 allowed_lateness_ms=-1", "session_gap_ms"),
    ("duration_ms=60000 tzdb_version=2026e semantics_version=2", "VERSION_MISMATCH tzdb_version"),
    ("duration_ms=60000 semantics_version=2 year_start_month=2",
     "VERSION_MISMATCH semantics_version"),
    ("duration_ms=60000 allowed_lateness_ms=-1 tzdb_version=2026e", "allowed_lateness_ms"),
    (f"{MONTH} align_to_epoch=1 offset_ms=86400000 month_day=29", "align_to_epoch"),
    ("kind=2 duration_ms=1 session_gap_ms=-1", "duration_ms"),
    ("calendar_unit=1 calendar_duration=36526 calendar_step=36527", "calendar_duration"),
]  # fmt: skip

BAD_BYTES: list[tuple[str, str]] = [
    # unknown numbers, reserved ones, each wire type; before any validation fault; the lowest
    (hexed(GOOD, field(13, 1)), "UNSUPPORTED_FIELD #13"),
    (hexed(GOOD, field(15, 0)), "UNSUPPORTED_FIELD #15"),
    (hexed(GOOD, field(19, 1)), "UNSUPPORTED_FIELD #19"),
    (hexed(GOOD, field(100, b"x")), "UNSUPPORTED_FIELD #100"),
    (hexed(GOOD, varint(20 << 3 | 1), bytes(8)), "UNSUPPORTED_FIELD #20"),
    (hexed(GOOD, varint(20 << 3 | 5), bytes(4)), "UNSUPPORTED_FIELD #20"),
    (hexed(GOOD, field(536_870_911, 1)), "UNSUPPORTED_FIELD #536870911"),
    (hexed(field(21, 1), GOOD, field(20, 1)), "UNSUPPORTED_FIELD #20"),
    (hexed(field(19, 1)), "UNSUPPORTED_FIELD #19"),
    (hexed(field(1, -1), field(19, 1)), "UNSUPPORTED_FIELD #19"),
    # malformed
    ("bytes 08", CORRUPT),
    ("bytes 0880", CORRUPT),
    ("bytes 08ffffffffffffffffffff01", CORRUPT),
    ("bytes 80", CORRUPT),
    ("bytes 1a05", CORRUPT),
    ("bytes 1a05555443", CORRUPT),
    ("bytes 0001", CORRUPT),
    ("bytes 09", CORRUPT),
    ("bytes 0e", CORRUPT),
    ("bytes 0f", CORRUPT),
    (hexed(field(1, b"x")), CORRUPT),
    (hexed(field(3, 1)), CORRUPT),
    (hexed(varint(1 << 3 | 1), bytes(8)), CORRUPT),
    (hexed(GOOD, field(3, b"\xff\xfe")), CORRUPT),
    (hexed(GOOD, field(16, b"\xc3")), CORRUPT),
    # 32-bit fields do not wrap
    (hexed(GOOD, field(6, 1 << 32)), f"{SPEC} kind"),
    (hexed(GOOD, field(6, -1)), f"{SPEC} kind"),
    (hexed(GOOD, field(10, 1 << 32)), f"{SPEC} week_start"),
    (hexed(field(7, 1 << 32), field(8, 1)), f"{SPEC} calendar_unit"),
    (hexed(field(7, 3), field(8, (1 << 32) + 1)), f"{SPEC} calendar_duration"),
    (hexed(field(7, 3), field(8, 1), field(9, (1 << 32) + 1)), f"{SPEC} calendar_step"),
    (hexed(field(7, 3), field(8, 1), field(11, (1 << 32) + 1)), f"{SPEC} month_day"),
    (hexed(field(7, 5), field(8, 1), field(18, (1 << 32) + 1)), f"{SPEC} year_start_month"),
    (hexed(GOOD, field(17, (1 << 32) + 1)), f"{SPEC} semantics_version"),
    # validation
    (hexed(field(1, -60_000)), f"{SPEC} duration_ms"),
    (hexed(GOOD, field(2, 60_001)), f"{SPEC} step_ms"),
    (hexed(GOOD, field(3, "America/New York")), ZONE),
    (hexed(GOOD, field(3, " UTC")), ZONE),
    (hexed(GOOD, field(3, "UTC\0")), ZONE),
    (hexed(GOOD, field(3, "x" * 2000)), ZONE),
    (hexed(GOOD, field(6, 9)), f"{SPEC} kind"),
]  # fmt: skip

BAD_JSON: list[tuple[str, str]] = [
    ("json {", CORRUPT),
    ("json }", CORRUPT),
    ('json {"duration_ms": 60000', CORRUPT),
    ('json {"duration_ms": 60000}}', CORRUPT),
    ('json {"duration_ms": 60000,}', CORRUPT),
    ('json {duration_ms: 60000}', CORRUPT),
    ('json {"duration_ms": NaN}', CORRUPT),
    ("json {}", f"{SPEC} duration_ms"),
    ('json {"duration": 60000}', "UNSUPPORTED_FIELD duration"),
    ('json {"duration_ms": 60000, "dst_policy": 1}', "UNSUPPORTED_FIELD dst_policy"),
    ('json {"durationMs": 60000, "sessionMaxMs": 1}', "UNSUPPORTED_FIELD sessionMaxMs"),
    ('json {"Duration_ms": 60000}', "UNSUPPORTED_FIELD Duration_ms"),
    ('json {"duration_ms": -5, "color": 1}', "UNSUPPORTED_FIELD color"),
    ('json {"duration_ms": true}', f"{SPEC} duration_ms"),
    ('json {"duration_ms": "1m"}', f"{SPEC} duration_ms"),
    ('json {"duration_ms": 1.5}', f"{SPEC} duration_ms"),
    ('json {"duration_ms": [60000]}', f"{SPEC} duration_ms"),
    ('json {"duration_ms": "9223372036854775808"}', f"{SPEC} duration_ms"),
    ('json {"durationMs": {}}', f"{SPEC} duration_ms"),
    ('json {"duration_ms": 60000, "timezone": 8}', f"{SPEC} timezone"),
    ('json {"duration_ms": 60000, "align_to_epoch": 1}', f"{SPEC} align_to_epoch"),
    ('json {"duration_ms": 60000, "align_to_epoch": "true"}', f"{SPEC} align_to_epoch"),
    ('json {"duration_ms": 60000, "kind": "HOPPING"}', f"{SPEC} kind"),
    ('json {"duration_ms": 60000, "kind": "SLIDING"}', f"{SPEC} kind"),
    ('json {"duration_ms": 60000, "kind": 9}', f"{SPEC} kind"),
    ('json {"calendar_unit": "FORTNIGHT", "calendar_duration": 1}', f"{SPEC} calendar_unit"),
    ('json {"calendar_unit": 3, "calendar_duration": -1}', f"{SPEC} calendar_duration"),
    ('json {"calendar_unit": 3, "calendar_duration": 4294967297}', f"{SPEC} calendar_duration"),
    ('json {"duration_ms": "60000", "step_ms": "90000"}', f"{SPEC} step_ms"),
    ('json {"duration_ms": 60000, "timezone": "CST"}', ZONE),
    ('json {"duration_ms": 60000, "tzdb_version": "2020a"}', "VERSION_MISMATCH tzdb_version"),
]  # fmt: skip

# A good spec, then requests that it refuses.
BAD_CALLS: list[tuple[str, list[tuple[str, str]]]] = [
    (MINUTE, [
        (f"{verb} {t}", f"{RANGE} t_ms")
        for verb in ("windows", "pane", "next")
        for t in (INSTANT_MAX + 1, -INSTANT_MAX - 1, I64_MAX, I64_MIN, I64_MAX - 1, I64_MIN + 1)
    ]),
    (MINUTE, [
        (f"panes {INSTANT_MAX + 1} {INSTANT_MAX + 1}", f"{RANGE} from_ms"),
        (f"panes {I64_MIN} 0", f"{RANGE} from_ms"),
        (f"panes {I64_MAX} {I64_MAX}", f"{RANGE} from_ms"),
        (f"panes {INSTANT_MAX} {INSTANT_MAX + 1}", f"{RANGE} to_ms"),
        (f"panes 0 {I64_MAX}", f"{RANGE} to_ms"),
        ("panes 1 0", f"{ARGUMENT} to_ms"),
        (f"panes {INSTANT_MAX} {-INSTANT_MAX}", f"{ARGUMENT} to_ms"),
    ]),
    (MINUTE, [
        (f"{verb} {unit} {times}", f"{RANGE} {path}")
        for verb in ("assign", "pane_starts")
        for unit, times, path in (
            ("ms", f"0,{INSTANT_MAX + 1}", "times[1]"),
            ("ms", f"{-INSTANT_MAX - 1},{I64_MAX}", "times[0]"),
            ("ms", f"0,1,2,{I64_MIN},{I64_MAX}", "times[3]"),
            ("s", f"0,{INSTANT_MAX // 1000 + 1}", "times[1]"),
            ("s", f"{I64_MAX - 1}", "times[0]"),
            ("s", f"{I64_MIN + 1}", "times[0]"),
            ("s", f"1,{I64_MIN // 1000 - 1}", "times[1]"),
            ("s", f"1,{(1 << 64) // 1000}", "times[1]"),
            ("us", f"0,{INSTANT_MAX * 1000 + 1000}", "times[1]"),
            ("us", f"0,{-INSTANT_MAX * 1000 - 1}", "times[1]"),
            ("us", f"{I64_MIN}", "times[0]"),
            ("us", f"{I64_MAX}", "times[0]"),
            ("ns", f"0,{I64_MIN}", "times[1]"),
            ("ns", f"0,0,{I64_MAX}", "times[2]"),
            ("s", f"0,{I64_MIN}", "times[1]"),
            ("s", f"{I64_MAX}", "times[0]"),
        )
    ]),
    (CIVIL, [
        ("windows -2208970800001", f"{RANGE} t_ms"),
        ("pane -2208970800001", f"{RANGE} t_ms"),
        ("next -2208970800001", f"{RANGE} t_ms"),
        ("windows 7258136400000", f"{RANGE} t_ms"),
        ("pane 7258136400000", f"{RANGE} t_ms"),
        ("next 7258136400000", f"{RANGE} t_ms"),
        (f"windows {INSTANT_MAX}", f"{RANGE} t_ms"),
        (f"windows {I64_MIN}", f"{RANGE} t_ms"),
        (f"windows {I64_MAX}", f"{RANGE} t_ms"),
        ("panes -2208970800001 0", f"{RANGE} from_ms"),
        ("panes 7258136399999 7258136400000", f"{RANGE} to_ms"),
        ("panes 7258136399999 0", f"{ARGUMENT} to_ms"),
        ("assign ms 0,-2208970800001", f"{RANGE} times[1]"),
        ("pane_starts ms 0,1,7258136400000", f"{RANGE} times[2]"),
        ("pane_starts s 7258136399,7258136400", f"{RANGE} times[1]"),
        ("pane_starts us -2208970800000000,-2208970800000001", f"{RANGE} times[1]"),
        ("assign ns 0,-2208970800000000001", f"{RANGE} times[1]"),
        (f"assign s {(1 << 63) // 1000}", f"{RANGE} times[0]"),
    ]),
    (f"spec {MONTH}", [
        ("windows -2208988800001", f"{RANGE} t_ms"),
        ("pane 7258118400000", f"{RANGE} t_ms"),
        ("assign ms 7258118400000", f"{RANGE} times[0]"),
        (f"pane {I64_MIN}", f"{RANGE} t_ms"),
        (f"next {I64_MAX}", f"{RANGE} t_ms"),
    ]),
    (f"spec {MONTH} timezone=+08:00", [
        ("windows -2209017600001", f"{RANGE} t_ms"),
        ("pane 7258089600000", f"{RANGE} t_ms"),
    ]),
    (SESSION, [
        ("pane 0", f"{ARGUMENT} kind"),
        ("next 0", f"{ARGUMENT} kind"),
        ("panes 0 60000", f"{ARGUMENT} kind"),
        ("pane_starts ms 0", f"{ARGUMENT} kind"),
        (f"windows {INSTANT_MAX + 1}", f"{RANGE} t_ms"),
        (f"windows {I64_MIN}", f"{RANGE} t_ms"),
        (f"assign ms 0,{-INSTANT_MAX - 1}", f"{RANGE} times[1]"),
    ]),
]  # fmt: skip

NEW_YORK_GAP, NEW_YORK_FOLD = 1_710_037_800_000, 1_730_597_400_000  # 02:30 and 01:30, as written

BAD_OTHERS: list[tuple[str, str]] = [
    (f"local America/New_York reject {NEW_YORK_GAP}", f"{ARGUMENT} local_ms[0]"),
    (f"local America/New_York reject {NEW_YORK_FOLD}", f"{ARGUMENT} local_ms[0]"),
    (f"local America/New_York reject 0,{NEW_YORK_FOLD},{NEW_YORK_GAP}", f"{ARGUMENT} local_ms[1]"),
    ("local Pacific/Apia reject 1325203200000", f"{ARGUMENT} local_ms[0]"),
    ("local America/New_York earliest -2208988800001", f"{RANGE} local_ms[0]"),
    ("local America/New_York latest 0,7258118400000", f"{RANGE} local_ms[1]"),
    ("local UTC earliest 7258118400000", f"{RANGE} local_ms[0]"),
    ("local - reject -2208988800001", f"{RANGE} local_ms[0]"),
    ("local +08:00 latest 0,1,7258118400000", f"{RANGE} local_ms[2]"),
    (f"local UTC earliest {I64_MIN}", f"{RANGE} local_ms[0]"),
    (f"local Asia/Shanghai earliest {I64_MAX}", f"{RANGE} local_ms[0]"),
    ("local CST earliest 0", ZONE),
    ("local asia/shanghai earliest 0", ZONE),
    ("local +18:01 earliest 0", ZONE),
    ("local +0800 earliest 0", ZONE),
    *[(f"duration {text}", f"{ARGUMENT} duration") for text in (
        "-", "60000", "0", "m", "1", "1x", "15M", "1H", "1min", "1.5h", "-1h", "+1h",
        "1h 30m", "1h30", "30m1h", "1m1m", "1h1m1h", "1ms1s", "5s5s", "1d1w", "1y", "h1", "1hm",
        "1_000ms", "\uff11h", "PT1H", "9223372036854775808ms", "9223372036854776s",
        "15250284453w", "106751991168d", "99999999999999999999999999w",
        "9223372036854775s808ms",
    )],
]  # fmt: skip
