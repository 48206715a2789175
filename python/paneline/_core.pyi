from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from datetime import timezone as fixed_timezone
from typing import (
    Any,
    ClassVar,
    Literal,
    Never,
    Protocol,
    SupportsIndex,
    TypeAlias,
    TypedDict,
    TypeVar,
    Unpack,
    final,
    overload,
    type_check_only,
)
from zoneinfo import ZoneInfo

# Type checkers bring their own: nobody needs the package to check against this file.
from typing_extensions import Buffer

from paneline._enums import CalendarUnit, Verdict, Weekday, WindowKind

__all__ = [
    "FLAG_LATE",
    "FLAG_PARTIAL",
    "FLAG_RETRACTION",
    "SLOTS",
    "Aggregate",
    "Assigner",
    "Assignment",
    "BytesArray",
    "Column",
    "Engine",
    "EngineSpec",
    "Estimate",
    "Int64Array",
    "LateBatch",
    "Progress",
    "ResultBatch",
    "SlidingWindowSpec",
    "SpecWarning",
    "Stats",
    "ValueColumn",
    "Verdicts",
    "Window",
    "__version__",
    "_panic",
    "estimate",
    "parse_duration",
    "resolve_local",
    "timezones",
    "tzdb_version",
]

# What numpy's stubs say of an array before Python 3.12, where they do not call it a Buffer.
@type_check_only
class _Array(Protocol):
    @property
    def __array_interface__(self) -> dict[str, object]: ...

# The Arrow PyCapsule protocol.
@type_check_only
class _ArrowArray(Protocol):
    def __arrow_c_array__(
        self, requested_schema: object | None = None
    ) -> tuple[object, object]: ...

@type_check_only
class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

_Arrow: TypeAlias = _ArrowArray | _ArrowStream
_Memory: TypeAlias = Buffer | _Array
_Column: TypeAlias = list[int] | tuple[int, ...] | _Memory | _Arrow
# Columns of an engine's rows.
_Pair: TypeAlias = tuple[_Memory | _Arrow, _Memory | None]
_Strings: TypeAlias = BytesArray | tuple[_Memory, _Memory] | tuple[_Memory, _Memory, _Memory | None]
_Keys: TypeAlias = (
    list[int]
    | list[int | None]
    | list[bytes]
    | list[bytes | None]
    | list[str]
    | list[str | None]
    | list[bytes | str]
    | list[bytes | str | None]
    | _Strings
    | _Memory
    | _Arrow
)
_Value: TypeAlias = (
    list[int] | list[float] | list[int | None] | list[float | None] | _Pair | _Memory | _Arrow
)
_Values: TypeAlias = Sequence[_Value]
_Source: TypeAlias = SupportsIndex | str
_Sources: TypeAlias = (
    int | str | list[int] | list[str] | list[int | str] | tuple[int | str, ...] | _Memory | _Arrow
)
_Key: TypeAlias = Literal["i64", "u64", "bytes"]
_Type: TypeAlias = Literal["i64", "f64"]
_Function: TypeAlias = Literal[
    "count", "sum", "mean", "variance", "stddev", "min", "max", "first", "last"
]
_Dtype: TypeAlias = Literal["int64", "uint64", "float64", "uint32", "uint8", "bool"]

# A numpy datetime64, for which numpy need not be there.
@type_check_only
class _Datetime64(Protocol):
    @property
    def dtype(self) -> object: ...
    def item(self, /) -> date | int | None: ...

_Instant: TypeAlias = SupportsIndex | datetime | _Datetime64
_Times: TypeAlias = Sequence[_Instant] | _Memory | _Arrow
_TimesOrNulls: TypeAlias = Sequence[_Instant | None] | _Memory | _Arrow
_Length: TypeAlias = str | timedelta
_Zone: TypeAlias = str | ZoneInfo | fixed_timezone
_Kind: TypeAlias = Literal["sliding", "cumulate", "session"] | WindowKind | int
_CalendarUnit: TypeAlias = (
    Literal["none", "day", "week", "month", "quarter", "year"] | CalendarUnit | int
)
_Weekday: TypeAlias = (
    Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    | Weekday
    | int
)
_Unit: TypeAlias = Literal["s", "ms", "us", "ns"]
_Out = TypeVar("_Out", bound=Buffer | _Array)

FLAG_LATE: int
FLAG_RETRACTION: int
FLAG_PARTIAL: int
SLOTS: int
__version__: str

@type_check_only
class _WindowFields(TypedDict, total=False):
    duration: _Length | None
    step: _Length | None
    timezone: _Zone
    align_to_epoch: bool
    offset: _Length | None
    kind: _Kind
    calendar_unit: _CalendarUnit
    calendar_duration: SupportsIndex
    calendar_step: SupportsIndex
    week_start: _Weekday
    month_day: SupportsIndex
    session_gap: _Length | None
    allowed_lateness: _Length | None
    tzdb_version: str
    semantics_version: SupportsIndex
    year_start_month: SupportsIndex
    duration_ms: SupportsIndex | None
    step_ms: SupportsIndex | None
    offset_ms: SupportsIndex | None
    session_gap_ms: SupportsIndex | None
    allowed_lateness_ms: SupportsIndex | None

@final
class SlidingWindowSpec:
    """Which windows an event belongs to. A pure function of this spec, the embedded time-zone
    database and the event's time; never of other events.

    Every argument is by keyword, and one left out means "as if absent". Each length has two
    keywords, of which one may be given. `duration`, `step`, `offset`, `session_gap` and
    `allowed_lateness` take text such as "5m" or "1h30m" (see `parse_duration`; a minus sign before
    it is read) or a `datetime.timedelta` of whole milliseconds. `duration_ms`, `step_ms` and so on
    take ints, and are what a spec gives back.

    `timezone` is the name of a zone ("Asia/Tokyo", "UTC", "+08:00"), a `zoneinfo.ZoneInfo`, of
    which only the key counts, or a `datetime.timezone` of whole minutes. `kind`, `calendar_unit`
    and `week_start` take names in lower case, members of the enums, or their numbers. The
    properties below say what each field means.

    Immutable: it compares, hashes, pickles, and prints as Python code. Any thread.

    Errors: INVALID_SPEC at the argument for a length that cannot be read, an unknown name or an int
    beyond the field's width; INVALID_ARGUMENT at the field for both spellings of a length;
    UNKNOWN_TIMEZONE at `timezone` for an object that has no name; CORRUPT with an empty path for
    text that is no Unicode. Of several the one at the lowest field number. What the fields mean
    together is checked by `Assigner`.

    >>> import paneline as pln
    >>> pln.SlidingWindowSpec(duration="6h", step="30m", timezone="Asia/Tokyo")
    SlidingWindowSpec(duration='6h', step='30m', timezone='Asia/Tokyo')
    >>> from datetime import timedelta
    >>> pln.SlidingWindowSpec(duration=timedelta(minutes=5)).duration_ms
    300000
    >>> pln.SlidingWindowSpec(calendar_unit="month", calendar_duration=1)
    SlidingWindowSpec(calendar_unit='month', calendar_duration=1)
    >>> pln.SlidingWindowSpec(duration="90")
    Traceback (most recent call last):
        ...
    paneline.InvalidSpecError: INVALID_SPEC at duration: 90 has no unit; write 90ms, ...
    """
    def __new__(
        cls,
        *,
        duration: _Length | None = None,
        step: _Length | None = None,
        timezone: _Zone = "",
        align_to_epoch: bool = False,
        offset: _Length | None = None,
        kind: _Kind = "sliding",
        calendar_unit: _CalendarUnit = "none",
        calendar_duration: SupportsIndex = 0,
        calendar_step: SupportsIndex = 0,
        week_start: _Weekday = "monday",
        month_day: SupportsIndex = 0,
        session_gap: _Length | None = None,
        allowed_lateness: _Length | None = None,
        tzdb_version: str = "",
        semantics_version: SupportsIndex = 0,
        year_start_month: SupportsIndex = 0,
        duration_ms: SupportsIndex | None = None,
        step_ms: SupportsIndex | None = None,
        offset_ms: SupportsIndex | None = None,
        session_gap_ms: SupportsIndex | None = None,
        allowed_lateness_ms: SupportsIndex | None = None,
    ) -> SlidingWindowSpec: ...
    def replace(self, **changes: Unpack[_WindowFields]) -> SlidingWindowSpec:
        """The spec with other values for some fields, given as to the class; a length that is None
        stays as it is. Errors: those of the class.

        `copy.replace` of Python 3.13 does the same.

        >>> import paneline as pln
        >>> spec = pln.SlidingWindowSpec(duration="5m", timezone="Asia/Tokyo")
        >>> spec.replace(step="10s")
        SlidingWindowSpec(duration='5m', step='10s', timezone='Asia/Tokyo')
        """
    def __replace__(self, **changes: Unpack[_WindowFields]) -> SlidingWindowSpec: ...
    @classmethod
    def from_proto(cls, data: Buffer) -> SlidingWindowSpec:
        """Reads a spec from protobuf bytes, strictly. `data` is whatever holds bytes in one piece.

        Errors: CORRUPT with an empty path for bytes that are no such message; UNSUPPORTED_FIELD at
        `#<number>` for a field that this version does not know; INVALID_SPEC at the field.

        >>> import paneline as pln
        >>> spec = pln.SlidingWindowSpec(duration="1s")
        >>> pln.SlidingWindowSpec.from_proto(spec.to_proto()) == spec
        True
        """
    def to_proto(self) -> bytes:
        r"""The protobuf bytes of the spec.

        >>> import paneline as pln
        >>> pln.SlidingWindowSpec(duration="1s").to_proto()
        b'\x08\xe8\x07'
        """
    @classmethod
    def from_json(cls, json: str | Buffer) -> SlidingWindowSpec:
        """Reads a spec from protobuf JSON, strictly. `json` is text, or whatever holds its bytes in
        UTF-8. Names may be `step_ms` or `stepMs`, 64-bit numbers may be strings, enums may be names
        or numbers.

        Errors: CORRUPT with an empty path for text that is no JSON object; UNSUPPORTED_FIELD at an
        unknown name; INVALID_SPEC at the field for a value of the wrong type.

        >>> import paneline as pln
        >>> pln.SlidingWindowSpec.from_json('{"duration_ms": 1000, "timezone": "Asia/Tokyo"}')
        SlidingWindowSpec(duration='1s', timezone='Asia/Tokyo')
        """
    def to_json(self) -> str:
        """The protobuf JSON of the spec, with the field names of the proto.

        Errors: INVALID_SPEC at an enum field whose number has no name.

        >>> import paneline as pln
        >>> pln.SlidingWindowSpec(duration="1s").to_json()
        '{"duration_ms":"1000"}'
        """
    @property
    def duration_ms(self) -> int:
        """Length of a window in milliseconds; 0 for calendar units and sessions."""
    @property
    def step_ms(self) -> int:
        """Distance between the starts of two neighbouring windows in milliseconds; 0 = duration_ms."""
    @property
    def timezone(self) -> str:
        """IANA name ("America/New_York"), "UTC", "" (= UTC) or fixed ("+08:00")."""
    @property
    def align_to_epoch(self) -> bool:
        """True: the grid lies on Unix time. False: it lies on the wall clock of `timezone`."""
    @property
    def offset_ms(self) -> int:
        """Shifts the grid, in milliseconds."""
    @property
    def kind(self) -> WindowKind | int:
        """The shape of the windows: a `WindowKind`, or the plain int of an unknown one."""
    @property
    def calendar_unit(self) -> CalendarUnit | int:
        """Set: windows of calendar units. A `CalendarUnit`, or the plain int of an unknown one."""
    @property
    def calendar_duration(self) -> int:
        """Length of a window in calendar units."""
    @property
    def calendar_step(self) -> int:
        """Distance between window starts in calendar units; 0 = calendar_duration."""
    @property
    def week_start(self) -> Weekday | int:
        """WEEK only: the day a week starts on. A `Weekday`, or the plain int of an unknown one."""
    @property
    def month_day(self) -> int:
        """MONTH, QUARTER, YEAR: the day of the month a unit starts on, up to 28; 0 = 1."""
    @property
    def session_gap_ms(self) -> int:
        """SESSION only: the gap that closes a session, in milliseconds."""
    @property
    def allowed_lateness_ms(self) -> int:
        """How long after a window's end late rows still update it, in milliseconds."""
    @property
    def tzdb_version(self) -> str:
        """The time-zone database release the spec insists on, such as "2026f"; "" = the embedded one."""
    @property
    def semantics_version(self) -> int:
        """The version of the semantics the spec insists on; 0 = 1."""
    @property
    def year_start_month(self) -> int:
        """QUARTER, YEAR: the month the year starts in, 1 to 12; 0 = 1."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Window:
    """A half-open span of time, `[start_ms, end_ms)`, in milliseconds since the epoch.

    Immutable, hashable, ordered by start, then end; `t in window` takes an instant as
    `Assigner.windows` does. `str(window)` is in UTC. Any thread.

    Errors: OUT_OF_RANGE at `start_ms` or `end_ms` for an int beyond 64 bits.

    >>> import paneline as pln
    >>> window = pln.Window(0, 1000)
    >>> 0 in window, 1000 in window
    (True, False)
    >>> print(window)
    [1970-01-01T00:00:00+00:00, 1970-01-01T00:00:01+00:00)
    >>> window.start.isoformat(), str(window.duration)
    ('1970-01-01T00:00:00+00:00', '0:00:01')
    """

    __match_args__: ClassVar[tuple[str, str]]
    def __new__(cls, start_ms: SupportsIndex, end_ms: SupportsIndex) -> Window: ...
    @property
    def start_ms(self) -> int:
        """The first millisecond inside."""
    @property
    def end_ms(self) -> int:
        """The first millisecond after."""
    @property
    def start(self) -> datetime:
        """The first millisecond inside, as a `datetime` in UTC; `astimezone` turns it into another
        zone.

        Errors: OUT_OF_RANGE at `start_ms` outside of the years 1 to 9999.
        """
    @property
    def end(self) -> datetime:
        """The first millisecond after, as a `datetime` in UTC. Errors: those of `start`, at `end_ms`."""
    @property
    def duration(self) -> timedelta:
        """The elapsed time from start to end, as a `timedelta`.

        Errors: OUT_OF_RANGE at `end_ms` for more than 999,999,999 days.
        """
    def __contains__(self, t: _Instant, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __lt__(self, other: Window, /) -> bool: ...
    def __le__(self, other: Window, /) -> bool: ...
    def __gt__(self, other: Window, /) -> bool: ...
    def __ge__(self, other: Window, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Int64Array:
    """An immutable column of 64-bit ints.

    It has the buffer protocol: `memoryview(a)` and `numpy.asarray(a)` see its memory as read-only
    int64 without a copy, and keep it alive. By the Arrow PyCapsule protocol it goes into polars,
    pyarrow, pandas and others without a copy: as int64, or, where it has a `timezone`, as a
    timestamp in milliseconds with that zone (which polars refuses if it is an offset of not whole
    hours). It also indexes, slices (into another array), iterates, compares, hashes and pickles;
    the zone is kept, and two arrays are equal whatever theirs are.

    `Int64Array(values, timezone=None)` takes a list or tuple of ints, a one-dimensional int64
    buffer or an Arrow column of int64. Any thread.

    Errors: INVALID_ARGUMENT at `values` for another column, at `timezone` for text that no zone's
    name can be; OUT_OF_RANGE at `values[i]` for an int beyond 64 bits and for `None`.

    >>> import paneline as pln
    >>> column = pln.Int64Array([3, 1, 4])
    >>> column[-1], memoryview(column).format, memoryview(column).readonly
    (4, 'q', True)
    """
    def __new__(cls, values: _Column, timezone: str | None = None) -> Int64Array: ...
    @property
    def timezone(self) -> str | None:
        """The zone in which values that are milliseconds since the epoch are meant, "UTC" where the
        spec has none; None for values that are no times.
        """
    def tolist(self) -> list[int]:
        """The values as a list of ints.

        >>> import paneline as pln
        >>> pln.Int64Array([3, 1, 4]).tolist()
        [3, 1, 4]
        """
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, key: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, key: slice, /) -> Int64Array: ...
    def __iter__(self) -> Iterator[int]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...

@final
class Column:
    """An immutable column of one dtype: "int64", "uint64", "float64", "uint32", "uint8" or "bool".

    It has the buffer protocol: `memoryview(c)` and `numpy.asarray(c)` see its memory as read-only
    without a copy, and keep it alive. Where a value is null, that memory holds a zero and
    `validity`, a column of bools, holds False. By the Arrow PyCapsule protocol it goes into polars,
    pyarrow, pandas and others with its nulls and without a copy, but for bools. It also indexes,
    slices (into another column), iterates, compares, hashes and pickles; a null is None. Equal
    columns have the same bits.

    `Column(values, dtype, validity=None)` takes a list or tuple, in which `None` is a null, a
    one-dimensional buffer of the dtype (of bools also uint8), or an Arrow column of it (not of
    bools); `validity` is a column of bools, True where a value is not null. Any thread.

    Errors: INVALID_ARGUMENT at `dtype`, at `values` or `validity` for another buffer, at `validity`
    for another length; OUT_OF_RANGE at `values[i]` for a number that does not fit.

    >>> import paneline as pln
    >>> column = pln.Column([1.5, None], "float64")
    >>> column[0], column[1], column.validity
    (1.5, None, Column([True, False], 'bool'))
    """
    def __new__(
        cls,
        values: Sequence[float | None] | _Memory | _Arrow,
        dtype: _Dtype,
        validity: Sequence[bool] | _Memory | None = None,
    ) -> Column: ...
    @property
    def dtype(self) -> _Dtype:
        """What its values are: "int64", "uint64", "float64", "uint32", "uint8" or "bool"."""
    @property
    def validity(self) -> Column | None:
        """A column of bools, False where a value is null; None where no value is."""
    def tolist(self) -> list[Any]:
        """The values as a list, with None for each null.

        >>> import paneline as pln
        >>> pln.Column([0.5, None], "float64").tolist()
        [0.5, None]
        """
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, key: SupportsIndex, /) -> Any: ...  # noqa: ANN401 - by the dtype
    @overload
    def __getitem__(self, key: slice, /) -> Column: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...

@final
class BytesArray:
    """An immutable column of byte strings: string `i` is `data[offsets[i]:offsets[i + 1]]`, the layout
    of Arrow's large_binary.

    `offsets` is an `Int64Array` with one value more than there are strings, `data` a `Column` of
    uint8; both show their memory without a copy. By the Arrow PyCapsule protocol it goes into
    polars, pyarrow, pandas and others without one. It indexes, iterates, compares, hashes and
    pickles. `Engine.push` takes it as keys. Any thread.

    Errors: INVALID_ARGUMENT at `offsets` or `offsets[i]` where they do not ascend within the data,
    and at `data` for another dtype or nulls.

    >>> import paneline as pln
    >>> keys = pln.BytesArray(pln.Int64Array([0, 2, 3]), pln.Column(b"abc", "uint8"))
    >>> keys[0], keys.tolist()
    (b'ab', [b'ab', b'c'])
    """
    def __new__(cls, offsets: Int64Array, data: Column) -> BytesArray: ...
    @property
    def offsets(self) -> Int64Array:
        """One more than there are strings, ascending."""
    @property
    def data(self) -> Column:
        """The bytes of all strings."""
    def tolist(self) -> list[bytes]:
        """The strings as a list of bytes.

        >>> import paneline as pln
        >>> pln.BytesArray(pln.Int64Array([0, 1, 3]), pln.Column(b"abc", "uint8")).tolist()
        [b'a', b'bc']
        """
    def __len__(self) -> int: ...
    def __getitem__(self, key: SupportsIndex, /) -> bytes: ...
    def __iter__(self) -> Iterator[bytes]: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class SpecWarning:
    """Something about a spec that is allowed but probably not meant. A warning never changes a window.

    Immutable: it compares, hashes and pickles. Any thread.

    >>> import paneline as pln
    >>> spec = pln.SlidingWindowSpec(duration="7d", timezone="Asia/Seoul")
    >>> print(pln.Assigner(spec).warnings[0])
    step_ms: weeks of a 7-day step start on Thursday, as 1970 did: ...
    """
    def __new__(cls, path: str, message: str) -> SpecWarning: ...
    @property
    def path(self) -> str:
        """The field to look at."""
    @property
    def message(self) -> str:
        """What is surprising and what to write instead."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Assigner:
    """A compiled `SlidingWindowSpec`.

    Immutable: share it between threads. Compiling takes about 0.1 ms for a zone with many
    transitions; keep the assigner. It pickles as its canonical spec.

    Errors, each at the field's name, of several the lowest field number: INVALID_SPEC,
    UNKNOWN_TIMEZONE, VERSION_MISMATCH.

    >>> import paneline as pln
    >>> spec = pln.SlidingWindowSpec(duration_ms=20, step_ms=10)
    >>> assigner = pln.Assigner(spec)
    >>> assigner.windows(25)
    [Window(start_ms=10, end_ms=30), Window(start_ms=20, end_ms=40)]
    >>> pln.Assigner(pln.SlidingWindowSpec(duration_ms=10, step_ms=20))
    Traceback (most recent call last):
        ...
    paneline.InvalidSpecError: INVALID_SPEC at step_ms: step_ms must be <= duration_ms (10), got 20
    """
    def __new__(cls, spec: SlidingWindowSpec) -> Assigner: ...
    @property
    def spec(self) -> SlidingWindowSpec:
        """The canonical spec: the same for all specs that mean the same."""
    @property
    def fingerprint(self) -> bytes:
        """32 bytes; equal fingerprints, equal windows. Whoever exchanges state compares them first."""
    @property
    def warnings(self) -> list[SpecWarning]:
        """What is allowed but probably not meant, such as an abbreviated zone name: a list of
        `SpecWarning`.
        """
    def windows(self, t: _Instant) -> list[Window]:
        """The windows that hold an instant, ascending by start, then end.

        `t` is an instant: an int of milliseconds since the epoch, an aware `datetime` (so also a
        `pandas.Timestamp`) or a `numpy.datetime64`, which is UTC here. Finer digits are floored to
        the millisecond. Any thread.

        Errors: OUT_OF_RANGE at `t_ms`, also for NaT; INVALID_ARGUMENT at `t_ms` for a naive
        `datetime` and for a `datetime64` in months or years.

        >>> from datetime import datetime, timezone
        >>> import paneline as pln
        >>> hourly = pln.Assigner(pln.SlidingWindowSpec(duration="1h"))
        >>> hourly.windows(datetime(2025, 1, 1, 0, 30, tzinfo=timezone.utc))
        [Window(start_ms=1735689600000, end_ms=1735693200000)]
        """
    def pane(self, t: _Instant) -> Window:
        """The pane that holds an instant: the span between the two nearest boundaries of the grid.

        `t` as for `windows`. Any thread.

        Errors: those of `windows`; INVALID_ARGUMENT at `kind` for a session, which has no grid.

        >>> import paneline as pln
        >>> pln.Assigner(pln.SlidingWindowSpec(duration_ms=20, step_ms=10)).pane(25)
        Window(start_ms=20, end_ms=30)
        """
    def next_boundary(self, t: _Instant) -> int:
        """The first boundary after an instant, in milliseconds since the epoch.

        `t` as for `windows`. Any thread. Errors: those of `pane`.

        >>> import paneline as pln
        >>> pln.Assigner(pln.SlidingWindowSpec(duration_ms=20, step_ms=10)).next_boundary(20)
        30
        """
    def panes(self, from_ms: _Instant, to_ms: _Instant) -> list[Window]:
        """The panes that tile `[from_ms, to_ms)`: the first starts at or before `from_ms`, the last
        ends at or after `to_ms`. None where the two are equal.

        Both as `t` for `windows`. Any thread; the GIL is released for the walk.

        Errors: OUT_OF_RANGE at `from_ms` or `to_ms`; INVALID_ARGUMENT at `to_ms` where it is less
        than `from_ms` or leaves more than 16,777,216 panes, and at `kind` for a session.

        >>> import paneline as pln
        >>> pln.Assigner(pln.SlidingWindowSpec(duration_ms=10)).panes(5, 20)
        [Window(start_ms=0, end_ms=10), Window(start_ms=10, end_ms=20)]
        """
    @overload
    def pane_starts(self, times: _Times, unit: _Unit | None = None, out: None = None) -> Int64Array:
        """The start of each row's pane, in milliseconds since the epoch.

        `times` is a list or tuple of ints and instants, as `t` for `windows`, a one-dimensional
        contiguous int64 buffer (numpy int64, array("q"), memoryview), numpy datetime64 of weeks or
        a shorter unit down to ns, or an Arrow column of int64 or timestamps: what has
        `__arrow_c_array__` or `__arrow_c_stream__`, such as a polars Series, a pyarrow array, a
        duckdb result of one column. `unit` is what one tick is: "s", "ms", "us" or "ns", floored to
        the millisecond; None is the column's own, milliseconds for ints. A list with an instant in
        it has milliseconds, also for the ints beside it. Times without a zone are UTC instants,
        times with a zone the instants that they are.

        `out`, a writable int64 buffer or datetime64[ms] array of the same length, is filled and
        returned instead of a new `Int64Array`, which has the spec's zone. A refused batch leaves
        `out` as it was. It may be `times` itself or overlap it. A buffer is copied block by block,
        and looked at whole before the first row is written: of a row that another thread changes
        meanwhile either value counts, and where it leaves the range, the row of `out` is -2^63
        (numpy's NaT). Any thread; the GIL is released for long columns.

        Errors: OUT_OF_RANGE at `times[i]`, the first bad row, also for a null or NaT;
        INVALID_ARGUMENT at `times[i]` for a naive `datetime`, at `times` or `out` for a column of
        another kind, at `unit` for another one than the column's, and at `kind` for a session.

        >>> import paneline as pln
        >>> minutes = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
        >>> starts = minutes.pane_starts([61, -1], "s")
        >>> starts, starts.timezone
        (Int64Array([60000, -60000]), 'UTC')
        """
    @overload
    def pane_starts(self, times: _Times, unit: _Unit | None = None, *, out: _Out) -> _Out: ...
    @overload
    def pane_starts(self, times: _Times, unit: _Unit | None, out: _Out) -> _Out: ...
    def assign(self, times: _Times, unit: _Unit | None = None) -> Assignment:
        """The windows of each row, as three columns.

        `times` and `unit` as for `pane_starts`. Any thread; the GIL is released for long columns.

        Errors: OUT_OF_RANGE and INVALID_ARGUMENT at `times[i]`, INVALID_ARGUMENT at `times` or
        `unit`, all as for `pane_starts`; MEMORY_LIMIT at `times` for more than 268,435,456 windows,
        and where they do not fit into memory.

        >>> import paneline as pln
        >>> spec = pln.SlidingWindowSpec(duration_ms=20, step_ms=10)
        >>> windows = pln.Assigner(spec).assign([25, 30])
        >>> windows.offsets, windows.starts_ms
        (Int64Array([0, 2, 4]), Int64Array([10, 20, 20, 30]))
        """

@final
class Assignment:
    """The windows of a column of events: row `i` lies in the windows from `offsets[i]` up to
    `offsets[i + 1]` of `starts_ms` and `ends_ms`, the layout of an Arrow list.

    `offsets` has one value more than there were rows, ascending from 0. The assignment has a
    length, the number of rows, and iterates over the lists of their windows. By the Arrow PyCapsule
    protocol it goes into polars, pyarrow, pandas and others as a table of one column `windows`, a
    list for each row of structs of the timestamps `start` and `end`, whose memory is that of the
    three columns. Immutable: it compares, hashes and pickles. Any thread.

    >>> import paneline as pln
    >>> assigned = pln.Assigner(pln.SlidingWindowSpec(duration_ms=20, step_ms=10)).assign([5, 25])
    >>> assigned.windows(1)
    [Window(start_ms=10, end_ms=30), Window(start_ms=20, end_ms=40)]
    >>> len(assigned), [len(windows) for windows in assigned]
    (2, [2, 2])
    """
    def __new__(
        cls, offsets: Int64Array, starts_ms: Int64Array, ends_ms: Int64Array
    ) -> Assignment: ...
    @property
    def offsets(self) -> Int64Array:
        """One more than there are rows, ascending from 0."""
    @property
    def starts_ms(self) -> Int64Array:
        """The windows' first milliseconds."""
    @property
    def ends_ms(self) -> Int64Array:
        """The windows' first milliseconds after."""
    def windows(self, row: SupportsIndex) -> list[Window]:
        """The windows of row `row`, ascending by start, then end; rows count from the end where `row`
        is negative. Raises `IndexError` if there is no such row.

        >>> import paneline as pln
        >>> assigned = pln.Assigner(pln.SlidingWindowSpec(duration="10ms")).assign([5, 25])
        >>> assigned.windows(-1)
        [Window(start_ms=20, end_ms=30)]
        """
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[list[Window]]: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ValueColumn:
    """A column of values beside key and time: its name, its type ("i64" or "f64"), and whether it may
    hold nulls, which costs 4 bytes in every cell.

    Immutable: it compares, hashes and pickles. Any thread.

    Errors: INVALID_SPEC at `type`; CORRUPT with an empty path for text that is no Unicode.

    >>> import paneline as pln
    >>> pln.ValueColumn("amount", "f64", nullable=True)
    ValueColumn('amount', 'f64', nullable=True)
    """
    def __new__(
        cls,
        name: str,
        type: _Type | int = "i64",  # noqa: A002 - the proto's name
        nullable: bool = False,
    ) -> ValueColumn: ...
    @property
    def name(self) -> str:
        """Its name, unique among the columns."""
    @property
    def type(self) -> _Type | int:
        """ "i64" or "f64", or the plain int of an unknown type."""
    @property
    def nullable(self) -> bool:
        """Whether it may hold nulls."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Aggregate:
    """One column of the results: its name, the function ("count", "sum", "mean", "variance", "stddev",
    "min", "max", "first" or "last"), the value column it is computed of (none: count of rows), and
    for "variance" and "stddev" `ddof`: 0 for the population, 1 for a sample.

    Immutable: it compares, hashes and pickles. Any thread.

    Errors: INVALID_SPEC at `function` and at `ddof`; CORRUPT with an empty path for text that is no
    Unicode.

    >>> import paneline as pln
    >>> pln.Aggregate("n", "count"), pln.Aggregate("spread", "stddev", "amount", ddof=1)
    (Aggregate('n', 'count'), Aggregate('spread', 'stddev', 'amount', ddof=1))
    """
    def __new__(
        cls, name: str, function: _Function | int, column: str = "", ddof: int = 0
    ) -> Aggregate: ...
    @property
    def name(self) -> str:
        """Its name, unique among the aggregates."""
    @property
    def function(self) -> _Function | int:
        """What is computed, or the plain int of an unknown function."""
    @property
    def column(self) -> str:
        """The value column it is computed of; empty for the number of rows."""
    @property
    def ddof(self) -> int:
        """ "variance", "stddev": 0 for the population, 1 for a sample."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _EngineFields(TypedDict, total=False):
    window: SlidingWindowSpec | None
    key: _Key | int
    values: list[ValueColumn] | tuple[ValueColumn, ...]
    aggregates: list[Aggregate] | tuple[Aggregate, ...]
    max_out_of_orderness: _Length | None
    max_future: _Length | None
    idle_timeout: _Length | None
    sources: list[str] | tuple[str, ...]
    state_budget_bytes: SupportsIndex
    output_budget_bytes: SupportsIndex
    late_budget_rows: SupportsIndex
    max_out_of_orderness_ms: SupportsIndex | None
    max_future_ms: SupportsIndex | None
    idle_timeout_ms: SupportsIndex | None

@final
class EngineSpec:
    """Which windows, of which keys, with which results, within which bounds: what opens an `Engine`.

    Every argument is by keyword, and one left out means "as if absent": budgets are then 1 GiB of
    state, 1 MiB of results and 65,536 late rows. `window` is a `SlidingWindowSpec`; `key` is "i64",
    "u64" or "bytes"; `values` are `ValueColumn` and `aggregates` `Aggregate`, in the order of their
    columns. Lengths have two keywords, as those of a `SlidingWindowSpec`: `max_out_of_orderness`,
    `max_future` and `idle_timeout` take text such as "5s" or a `datetime.timedelta`, the same with
    `_ms` ints. The properties below say what each field means.

    Immutable: it compares, hashes, pickles, and prints as Python code. Any thread.

    Errors: INVALID_SPEC at the argument for a length that cannot be read, an unknown name or an int
    beyond the field's width; INVALID_ARGUMENT at the field for both spellings of a length; CORRUPT
    with an empty path for text that is no Unicode. Of several the one at the lowest field number.
    What the fields mean together is checked by `Engine`.

    >>> import paneline as pln
    >>> spec = pln.EngineSpec(
    ...     window=pln.SlidingWindowSpec(duration="5m", step="10s"),
    ...     values=[pln.ValueColumn("amount", "f64")],
    ...     aggregates=[pln.Aggregate("total", "sum", "amount")],
    ...     max_out_of_orderness="5s",
    ... )
    >>> spec.key, spec.aggregates, spec.max_out_of_orderness_ms
    ('i64', (Aggregate('total', 'sum', 'amount'),), 5000)
    """
    def __new__(
        cls,
        *,
        window: SlidingWindowSpec | None = None,
        key: _Key | int = "i64",
        values: list[ValueColumn] | tuple[ValueColumn, ...] = (),
        aggregates: list[Aggregate] | tuple[Aggregate, ...] = (),
        max_out_of_orderness: _Length | None = None,
        max_future: _Length | None = None,
        idle_timeout: _Length | None = None,
        sources: list[str] | tuple[str, ...] = (),
        state_budget_bytes: SupportsIndex = 0,
        output_budget_bytes: SupportsIndex = 0,
        late_budget_rows: SupportsIndex = 0,
        max_out_of_orderness_ms: SupportsIndex | None = None,
        max_future_ms: SupportsIndex | None = None,
        idle_timeout_ms: SupportsIndex | None = None,
    ) -> EngineSpec: ...
    def replace(self, **changes: Unpack[_EngineFields]) -> EngineSpec:
        """The spec with other values for some fields, given as to the class; a length that is None
        stays as it is. Errors: those of the class.

        `copy.replace` of Python 3.13 does the same.

        >>> import paneline as pln
        >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="1s"))
        >>> spec.replace(key="u64", max_future="1h")
        EngineSpec(window=SlidingWindowSpec(duration='1s'), key='u64', max_future='1h')
        """
    def __replace__(self, **changes: Unpack[_EngineFields]) -> EngineSpec: ...
    @classmethod
    def from_proto(cls, data: Buffer) -> EngineSpec:
        """Reads a spec from protobuf bytes, strictly, as `SlidingWindowSpec.from_proto` does.

        Errors: CORRUPT with an empty path for bytes that are no such message or more than 1 MiB;
        UNSUPPORTED_FIELD at `#<number>` for a field that this version does not know, with the way
        to it (`window.#99`); INVALID_SPEC at the field.

        >>> import paneline as pln
        >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="1s"), key="bytes")
        >>> pln.EngineSpec.from_proto(spec.to_proto()) == spec
        True
        """
    def to_proto(self) -> bytes:
        r"""The protobuf bytes of the spec.

        >>> import paneline as pln
        >>> pln.EngineSpec(max_future="1s").to_proto()
        b'8\xe8\x07'
        """
    @classmethod
    def from_json(cls, json: str | Buffer) -> EngineSpec:
        """Reads a spec from protobuf JSON, strictly, as `SlidingWindowSpec.from_json` does.

        Errors: CORRUPT with an empty path for text that is no JSON object or more than 1 MiB;
        UNSUPPORTED_FIELD at the way to an unknown name (`values[0].typ`); INVALID_SPEC at the field
        for a value of the wrong type.

        >>> import paneline as pln
        >>> pln.EngineSpec.from_json('{"window": {"duration_ms": 1000}, "key": "KEY_TYPE_U64"}')
        EngineSpec(window=SlidingWindowSpec(duration='1s'), key='u64')
        """
    def to_json(self) -> str:
        """The protobuf JSON of the spec, with the field names of the proto.

        Errors: INVALID_SPEC at an enum field whose number has no name.

        >>> import paneline as pln
        >>> pln.EngineSpec(max_future="1s").to_json()
        '{"max_future_ms":"1000"}'
        """
    @property
    def window(self) -> SlidingWindowSpec | None:
        """The windows; None where the spec has none, which no engine opens."""
    @property
    def key(self) -> _Key | int:
        """The type of the keys: "i64", "u64" or "bytes", or the plain int of an unknown one."""
    @property
    def values(self) -> tuple[ValueColumn, ...]:
        """The value columns of a row: a tuple of `ValueColumn`, at most 64."""
    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """The result columns: a tuple of `Aggregate`, at most 64."""
    @property
    def max_out_of_orderness_ms(self) -> int:
        """How far behind the latest time of its source a row may come; -1: only explicit watermarks
        move time.
        """
    @property
    def max_future_ms(self) -> int:
        """A row this far ahead of the last tick is set aside as future; 0: none is."""
    @property
    def idle_timeout_ms(self) -> int:
        """A source that is silent for so long, by ticks, no longer holds the watermark; 0: never."""
    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources: a tuple of str, at most 4,096. Empty: one implicit source."""
    @property
    def state_budget_bytes(self) -> int:
        """Bytes the state may take; 0: 1 GiB."""
    @property
    def output_budget_bytes(self) -> int:
        """Bytes that undrained results may take; 0: 1 MiB."""
    @property
    def late_budget_rows(self) -> int:
        """Rows that undrained late and future rows may be; 0: 65,536."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Engine:
    """The keyed windows of a stream: rows in, one result for each window and key out.

    `push` takes rows, `advance_watermark`, `tick` and `finish` move time, `poll` gives results out,
    `poll_late` the rows that came too late; `run` does it all for one batch. How a batch is cut
    changes no result.

    An engine has one owner at a time. A call that begins while another one runs, in another thread
    or from a method that the call itself runs, raises INVALID_ARGUMENT at once and changes nothing;
    it never waits. Long calls release the GIL, so engines in threads of their own run in parallel.
    The memory goes with the last reference, `del engine`; there is no `close`. An iterator of `run`
    is a reference as well.

    Errors: INVALID_SPEC, UNKNOWN_TIMEZONE and VERSION_MISMATCH at the field's path, such as
    `window.step_ms` or `aggregates[1].column`; MEMORY_LIMIT where the system reserves no address
    space.

    >>> import paneline as pln
    >>> spec = pln.EngineSpec(
    ...     window=pln.SlidingWindowSpec(duration="10s"),
    ...     values=[pln.ValueColumn("amount", "f64")],
    ...     aggregates=[pln.Aggregate("total", "sum", "amount")],
    ... )
    >>> engine = pln.Engine(spec)
    >>> for batch in engine.run([7, 8, 7], [1_000, 2_000, 3_000], [[0.1, 1.0, 0.2]], finish=True):
    ...     print(batch.keys.tolist(), batch.end_ms.tolist(), batch["total"].tolist())
    [7, 8] [10000, 10000] [0.30000000000000004, 1.0]
    """
    def __new__(cls, spec: EngineSpec) -> Engine: ...
    @classmethod
    def shard(cls, spec: EngineSpec, slots: SupportsIndex) -> Engine:
        """Opens an engine for the keys of some of the stream's 64 slots: bit `s` of `slots` is slot
        `s`. One `Progress` judges the stream, and `apply` feeds each shard.

        Errors: those of `Engine`; INVALID_ARGUMENT at `slots` for none, or beyond 64 bits.

        >>> import paneline as pln
        >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10))
        >>> halves = [pln.Engine.shard(spec, slots) for slots in (0xFFFF_FFFF, 0xFFFF_FFFF << 32)]
        >>> keys, times = [1, 2, 3, 4], [0, 1, 2, 30]
        >>> verdicts = pln.Progress(spec).judge(keys, times)
        >>> [half.apply(keys, times, verdicts=verdicts) for half in halves]
        [4, 4]
        >>> sorted(row for half in halves for batch in iter(half.poll, None) for row in batch)
        [(0, 10, 1, 1, 0, 0), (0, 10, 2, 1, 0, 0), (0, 10, 3, 1, 0, 0)]
        """
    def push(
        self,
        keys: _Keys,
        times: _TimesOrNulls,
        values: _Values = (),
        unit: _Unit | None = None,
        sources: _Sources | None = None,
        *,
        from_row: SupportsIndex = 0,
    ) -> int:
        """Takes rows and returns how many: all from row `from_row` on.

        `keys`, `times` and each of `values`, in the order of the spec, are columns of one length. A
        column is a list, a one-dimensional contiguous buffer of the spec's type (int64, uint64,
        float64; numpy, `array`, `memoryview`), or an Arrow column of it: what has
        `__arrow_c_array__` or `__arrow_c_stream__`, such as a polars Series. `times` may also be a
        tuple, numpy datetime64 or Arrow timestamps, and a list of it may hold instants, as for
        `Assigner.pane_starts`; `unit` is what one tick of it is: "s", "ms", "us" or "ns", floored
        to the millisecond; None is the column's own, milliseconds for ints. Byte keys are a list of
        bytes or text (its UTF-8), an Arrow column of either, a `BytesArray`, or a tuple `(offsets,
        data)` or `(offsets, data, validity)` as Arrow's large_binary has it. `sources` is the
        source of all rows, or a column of the sources of each (a list or tuple, int64 or uint32):
        indexes, or names in a list. None is the one source of a spec that declares none or one; of
        two or more it is refused. An Arrow stream is pulled to its end before the first row is
        taken; a reader that can be pulled once belongs into `run`, which keeps it.

        Nulls: `None` in a list, a null of an Arrow column, NaT; for a buffer of keys or values a
        pair `(values, validity)`, where `validity` is None or a buffer of bools or uint8, a byte
        for each row, 0 for a null. Times take no validity. A null key or time counts as an invalid
        row. A pandas Series of floats comes by Arrow, where its NaN is a null; `series.to_numpy()`
        keeps NaN. A masked array is refused: pass `(a.data, ~np.ma.getmaskarray(a))`.

        Blocks of at most 4,096 rows are copied and pushed, without the GIL for long columns, which
        must not change meanwhile: a row that does counts as either. A refused batch takes nothing,
        unless memory ends or the columns changed. A signal such as Ctrl-C ends a long call between
        two blocks. Whatever is raised then has `taken`, the rows that were taken, and `push` goes
        on with `from_row` that much greater.

        Errors: MEMORY_LIMIT, with `taken`, at `output_budget_bytes` (`poll`, then push the rest),
        `late_budget_rows` (`poll_late`) or `state_budget_bytes` (move the watermark, or raise it);
        INVALID_ARGUMENT at the column that is not what the spec declares, or at a row such as
        `values[0][17]`, at `unit` and `from_row`, and for a shard; OUT_OF_RANGE at a number in a
        list that does not fit; CLOSED after `finish`.

        >>> from array import array
        >>> import paneline as pln
        >>> amount = pln.ValueColumn("amount", "f64", nullable=True)
        >>> window = pln.SlidingWindowSpec(duration="10s")
        >>> engine = pln.Engine(pln.EngineSpec(window=window, key="bytes", values=[amount]))
        >>> engine.push([b"a", b"b", None], array("q", [1, 2, 3]), [[0.5, None, 1.0]], unit="s")
        3
        >>> engine.stats.accepted, engine.stats.invalid
        (2, 1)
        """
    def run(
        self,
        keys: _Keys,
        times: _TimesOrNulls,
        values: _Values = (),
        unit: _Unit | None = None,
        sources: _Sources | None = None,
        *,
        finish: bool = False,
    ) -> Iterator[ResultBatch]:
        """Pushes a batch and gives its results out: an iterator of `ResultBatch`, which pushes until
        the results are full, gives them out, and goes on. With `finish` the input then is at its
        end. It is lazy: no row is taken before the first step, and all are when it is exhausted.

        The columns are those of `push`; the iterator holds them until they are taken. Other calls
        of the engine may come between its steps. Where a step raises, the iterator can go on, from
        the row after the last that was taken: after MEMORY_LIMIT at `late_budget_rows` for example,
        once `poll_late` has made room, or after Ctrl-C.

        Errors: those of `push`, at once for columns that are refused; `taken` counts from the first
        row.

        >>> import paneline as pln
        >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10))
        >>> engine = pln.Engine(spec)
        >>> [row for batch in engine.run([1, 1, 2], [5, 12, 31]) for row in batch]
        [(0, 10, 1, 1, 0, 0), (10, 20, 1, 1, 0, 0)]
        >>> [row for batch in engine.run([2], [32], finish=True) for row in batch]
        [(30, 40, 2, 2, 0, 0)]
        """
    def apply(
        self,
        keys: _Keys,
        times: _TimesOrNulls,
        values: _Values = (),
        unit: _Unit | None = None,
        sources: _Sources | None = None,
        *,
        verdicts: Verdicts,
        from_row: SupportsIndex = 0,
    ) -> int:
        """Takes the rows of a shard's slots from a batch that the stream's `Progress` judged, and
        returns how many rows were taken, those of other slots included.

        A shard takes every batch of its stream, in their order. The columns are those of `push` and
        of `Progress.judge`; on a second try after a refusal, `from_row` is how many rows were taken
        before, and more than that leaves rows out. The GIL is released for long columns, so that
        shards in threads of their own run in parallel.

        Errors: those of `push`; INVALID_ARGUMENT for an engine that is not a shard, and at
        `verdicts` that are on other rows, of another stream, on rows that were taken before, or on
        a batch after one that was left out.

        >>> import paneline as pln
        >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
        >>> progress, shard = pln.Progress(spec), pln.Engine.shard(spec, 2**64 - 1)
        >>> keys, times = [7, 8], [1_000, 2_000]
        >>> shard.apply(keys, times, verdicts=progress.judge(keys, times))
        2
        """
    def poll(self) -> ResultBatch | None:
        """The results that are there, or None when nothing is left for now. Large results come in
        several batches: `for batch in iter(engine.poll, None)` takes them all.

        The GIL is released meanwhile.

        >>> import paneline as pln
        >>> engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10)))
        >>> engine.push([1, 1, 2], [5, 6, 20])
        3
        >>> [list(batch) for batch in iter(engine.poll, None)]
        [[(0, 10, 1, 2, 0, 0)]]
        """
    def poll_late(self) -> LateBatch | None:
        """The late and future rows that were set aside since the last call, or None.

        >>> import paneline as pln
        >>> engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
        >>> engine.push([7, 8], [20_000, 9_999])
        2
        >>> late = engine.poll_late()
        >>> late.keys, late.times_ms
        (Int64Array([8]), Int64Array([9999]))
        >>> engine.poll_late() is None
        True
        """
    def advance_watermark(self, t_ms: _Instant, source: _Source = 0) -> int:
        """A source, by its index or name, says that no more of its rows come with times up to `t_ms`,
        an instant as `Assigner.windows` takes it. A lower one than before changes nothing. Without
        declared sources the source is 0. Returns the watermark of the stream.

        The GIL is released meanwhile. Errors: INVALID_ARGUMENT at `source` for one that was not
        declared, and for a shard; OUT_OF_RANGE at `t_ms` beyond 64 bits; CLOSED after `finish`.

        >>> import paneline as pln
        >>> window = pln.SlidingWindowSpec(duration_ms=10)
        >>> engine = pln.Engine(pln.EngineSpec(window=window, sources=("north", "south")))
        >>> engine.advance_watermark(25, "north") == engine.watermark_ms == -(2**63)
        True
        >>> engine.advance_watermark(30, 1)
        25
        """
    def tick(self, now_ms: _Instant) -> int:
        """Time passes: it is `now_ms`, an instant as `Assigner.windows` takes it. Returns the
        watermark of the stream.

        The GIL is released meanwhile. Errors: INVALID_ARGUMENT at `now_ms` for a tick before the
        last one, and for a shard; OUT_OF_RANGE at `now_ms` beyond 64 bits; CLOSED after `finish`.

        >>> import paneline as pln
        >>> window = pln.SlidingWindowSpec(duration="10s")
        >>> spec = pln.EngineSpec(window=window, sources=("a", "b"), idle_timeout="1m")
        >>> engine = pln.Engine(spec)
        >>> engine.tick(0) == engine.advance_watermark(5_000, "a") == -(2**63)
        True
        >>> engine.tick(30_000) == engine.advance_watermark(35_000, "a") == -(2**63)
        True
        >>> engine.tick(60_000)  # "b" has been silent for a minute
        35000
        """
    def finish(self) -> None:
        """The input is at its end: every window fires. Afterwards results can be drained and counters
        read; everything else is CLOSED.

        The GIL is released meanwhile. Errors: CLOSED the second time; INVALID_ARGUMENT for a shard.

        >>> import paneline as pln
        >>> engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
        >>> engine.push([7], [1_000])
        1
        >>> engine.poll() is None
        True
        >>> engine.finish()
        >>> len(engine.poll())
        1
        """
    def apply_watermark(self, watermark_ms: _Instant) -> None:
        """The watermark of a shard's stream has moved without a row: to what `Progress` returned.
        2^63 - 1 is the end of the input.

        The GIL is released meanwhile. Errors: CLOSED after the end; OUT_OF_RANGE at `watermark_ms`
        beyond 64 bits; INVALID_ARGUMENT for an engine that is not a shard.

        >>> import paneline as pln
        >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
        >>> progress, shard = pln.Progress(spec), pln.Engine.shard(spec, 2**64 - 1)
        >>> shard.apply_watermark(progress.advance_watermark(9_999))
        >>> shard.watermark_ms
        9999
        """
    def apply_finish(self) -> None:
        """The end of a shard's stream, as `finish`. Errors: those of `apply_watermark`.

        >>> import paneline as pln
        >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
        >>> shard = pln.Engine.shard(spec, 1)
        >>> shard.apply_finish()
        >>> shard.watermark_ms == 2**63 - 1
        True
        """
    @property
    def stats(self) -> Stats:
        """Counters, and what is held now."""
    @property
    def watermark_ms(self) -> int:
        """Everything up to this has happened; -2^63 before the first row, 2^63 - 1 at the end."""
    @property
    def spec(self) -> EngineSpec:
        """The spec."""

@final
class ResultBatch:
    """Results of an engine: a row for each window and key, in columns of one length.

    `batch["total"]` is the column of the aggregate "total". A batch has a length, iterates as
    tuples (start_ms, end_ms, key, count, revision, flags, then a value for each aggregate; for
    small use), compares, hashes and pickles; every column shows its memory without a copy. By the
    Arrow PyCapsule protocol it goes into polars, pyarrow, pandas, duckdb and others as a table of
    the columns `start`, `end` (timestamps with the spec's zone), `key`, `count`, `revision`,
    `flags` and the aggregates; of an aggregate with one of these names, `_` follows the name:
    `pl.DataFrame(batch)`, `pa.table(batch)`, in pandas 3 `pd.DataFrame.from_arrow(batch)`.
    `pd.DataFrame(batch)` is no such table: it takes the tuples, and knows no names. The rows are in
    the order of docs/SEMANTICS.md, section 9. Immutable; any thread.

    Errors of the constructor: INVALID_ARGUMENT at a column of another length or dtype.

    >>> import paneline as pln
    >>> amount, total = pln.ValueColumn("amount"), pln.Aggregate("total", "sum", "amount")
    >>> window = pln.SlidingWindowSpec(duration="10s")
    >>> engine = pln.Engine(pln.EngineSpec(window=window, values=[amount], aggregates=[total]))
    >>> [batch] = engine.run([7, 8, 7], [1_000, 2_000, 3_000], [[10, 20, 30]], finish=True)
    >>> batch.keys, batch["total"]
    (Int64Array([7, 8]), Column([40, 20], 'int64'))
    >>> list(batch)
    [(0, 10000, 7, 2, 0, 0, 40), (0, 10000, 8, 1, 0, 0, 20)]
    """
    def __new__(
        cls,
        start_ms: Int64Array,
        end_ms: Int64Array,
        keys: Int64Array | Column | BytesArray,
        count: Int64Array,
        revision: Column,
        flags: Column,
        columns: dict[str, Column],
    ) -> ResultBatch: ...
    @property
    def start_ms(self) -> Int64Array:
        """The windows' first milliseconds: an `Int64Array`."""
    @property
    def end_ms(self) -> Int64Array:
        """The windows' first milliseconds after: an `Int64Array`."""
    @property
    def keys(self) -> Int64Array | Column | BytesArray:
        """The keys: an `Int64Array`, a `Column` of uint64 or a `BytesArray`, as the spec declares."""
    @property
    def count(self) -> Int64Array:
        """The number of rows in the window, 0 in a retraction: an `Int64Array`."""
    @property
    def revision(self) -> Column:
        """How often this window of this key was emitted before: a `Column` of uint32."""
    @property
    def flags(self) -> Column:
        """`FLAG_LATE`, `FLAG_RETRACTION` and `FLAG_PARTIAL`, added up: a `Column` of uint8."""
    @property
    def columns(self) -> dict[str, Column]:
        """A dict of the aggregates' columns by name, in the order of the spec: each a `Column` of
        int64 or float64.
        """
    def __getitem__(self, name: str, /) -> Column: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class LateBatch:
    """Rows that an engine set aside, in the order in which they came, in columns of one length.

    `batch["amount"]` is the value column "amount". A batch has a length, iterates as tuples
    (reason, key, time_ms, source, then a value for each column; for small use), compares, hashes
    and pickles; every column shows its memory without a copy, and goes into `push` as it is. By the
    Arrow PyCapsule protocol it goes, as a `ResultBatch`, into other libraries as a table of the
    columns `reason`, `key`, `time` (a timestamp with the spec's zone), `source` and the
    values; of a value with one of these names, `_` follows the name. Immutable; any thread.

    Errors of the constructor: INVALID_ARGUMENT at a column of another length or dtype.

    >>> import paneline as pln
    >>> engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10)))
    >>> engine.push([1, 2], [25, 3])
    2
    >>> late = engine.poll_late()
    >>> list(late)
    [(Verdict.LATE, 2, 3, 0)]
    """
    def __new__(
        cls,
        reasons: Column,
        keys: Int64Array | Column | BytesArray,
        times_ms: Int64Array,
        sources: Column,
        values: dict[str, Column],
    ) -> LateBatch: ...
    @property
    def reasons(self) -> Column:
        """Why each row was set aside: the numbers of `Verdict.LATE` and `Verdict.FUTURE`, a `Column`
        of uint8.
        """
    @property
    def keys(self) -> Int64Array | Column | BytesArray:
        """The keys: an `Int64Array`, a `Column` of uint64 or a `BytesArray`, as the spec declares."""
    @property
    def times_ms(self) -> Int64Array:
        """The times, in milliseconds: an `Int64Array`."""
    @property
    def sources(self) -> Column:
        """The sources, as indexes into the spec's: a `Column` of uint32."""
    @property
    def values(self) -> dict[str, Column]:
        """A dict of the value columns by name, in the order of the spec: each a `Column` of int64 or
        float64.
        """
    def __getitem__(self, name: str, /) -> Column: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Progress:
    """The judge of one stream: how far time has come, and what becomes of each row.

    An `Engine` of a whole stream has its own. Where the state is sharded, one `Progress` judges
    every batch, and each shard applies it with the `Verdicts`. One owner at a time, as an `Engine`:
    a call that begins while another one runs raises INVALID_ARGUMENT at once. Long calls release
    the GIL.

    Errors: those of `Engine`.

    >>> import paneline as pln
    >>> progress = pln.Progress(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
    >>> verdicts = progress.judge([1, 1], [20_000, 9_999])
    >>> verdicts.watermark_ms(0), verdicts.verdict(1)
    (19999, Verdict.LATE)
    """
    def __new__(cls, spec: EngineSpec) -> Progress: ...
    def judge(
        self,
        keys: _Keys,
        times: _TimesOrNulls,
        values: _Values = (),
        unit: _Unit | None = None,
        sources: _Sources | None = None,
    ) -> Verdicts:
        """Judges every row of a batch, in order. The columns are those of `Engine.push`.

        Errors: those of `Engine.push`, but MEMORY_LIMIT; nothing was then judged, nor after Ctrl-C.
        CLOSED after `finish`.

        >>> import paneline as pln
        >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
        >>> pln.Progress(spec).judge([7, None], [1_000, 2_000]).verdict(-1)
        Verdict.INVALID
        """
    def advance_watermark(self, t_ms: _Instant, source: _Source = 0) -> int:
        """A source says that no more of its rows come with times up to `t_ms`, as
        `Engine.advance_watermark`. Returns the watermark.

        >>> import paneline as pln
        >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
        >>> pln.Progress(spec).advance_watermark(9_999)
        9999
        """
    def tick(self, now_ms: _Instant) -> int:
        """Time passes: it is `now_ms`, as `Engine.tick`. Returns the watermark.

        >>> import paneline as pln
        >>> window = pln.SlidingWindowSpec(duration="10s")
        >>> progress = pln.Progress(pln.EngineSpec(window=window, max_future="1h"))
        >>> progress.tick(0) == -(2**63)
        True
        >>> progress.judge([7], [3_600_001]).verdict(0)
        Verdict.FUTURE
        """
    def finish(self) -> int:
        """The input is at its end: the watermark, which is returned, is 2^63 - 1, and every later call
        is CLOSED.

        >>> import paneline as pln
        >>> spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s"))
        >>> pln.Progress(spec).finish() == 2**63 - 1
        True
        """
    @property
    def watermark_ms(self) -> int:
        """No more rows come with times up to this; -2^63 before the first row."""
    @property
    def spec(self) -> EngineSpec:
        """The spec."""

@final
class Verdicts:
    """The verdicts of a batch, row by row, with the watermark after each row. `Progress.judge` makes
    them, `Engine.apply` takes them.

    It has a length; rows count from the end where they are negative. Immutable; any thread.

    >>> import paneline as pln
    >>> progress = pln.Progress(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
    >>> verdicts = progress.judge([7, 7, 7], [1_000, 20_000, 9_999])
    >>> [verdicts.verdict(row).value for row in range(len(verdicts))]
    [0, 0, 1]
    """
    def verdict(self, row: SupportsIndex) -> Verdict:
        """The `Verdict` on a row. Raises `IndexError` if there is no such row.

        >>> import paneline as pln
        >>> progress = pln.Progress(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
        >>> progress.judge([7], [1_000]).verdict(0)
        Verdict.ACCEPTED
        """
    def watermark_ms(self, row: SupportsIndex) -> int:
        """The watermark after a row, in milliseconds. Raises `IndexError` if there is no such row.

        >>> import paneline as pln
        >>> progress = pln.Progress(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
        >>> progress.judge([7], [1_000]).watermark_ms(0)
        999
        """
    def __len__(self) -> int: ...

@final
class Stats:
    """Counters of an engine, and what it holds. Immutable: it compares and hashes. Any thread.

    >>> import paneline as pln
    >>> engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
    >>> engine.push([7, None, 8], [20_000, 21_000, 9_999])
    3
    >>> stats = engine.stats
    >>> stats.accepted, stats.late, stats.future, stats.invalid, stats.watermark_ms
    (1, 1, 0, 1, 19999)
    """
    @property
    def accepted(self) -> int:
        """Rows that joined a window."""
    @property
    def late(self) -> int:
        """Rows whose windows were all cleaned up."""
    @property
    def future(self) -> int:
        """Rows too far ahead of the last tick."""
    @property
    def invalid(self) -> int:
        """Rows without a key or with a time out of range."""
    @property
    def emitted(self) -> int:
        """Results that were written, retractions included."""
    @property
    def sum_overflows(self) -> int:
        """Results that are null because a sum of integers does not fit 64 bits."""
    @property
    def watermark_ms(self) -> int:
        """Everything up to this has happened; -2^63 before the first row."""
    @property
    def keys(self) -> int:
        """Keys with state."""
    @property
    def slices(self) -> int:
        """Slices, or live sessions."""
    @property
    def windows_open(self) -> int:
        """Windows that hold a row and are not cleaned up."""
    @property
    def cells_entered(self) -> int:
        """Cells that firings added to totals. A block of a dense slice counts whole, with the cells of
        keys without rows.
        """
    @property
    def cells_left(self) -> int:
        """Cells that were taken out of totals. A cell enters once and leaves once."""
    @property
    def key_bytes(self) -> int:
        """Bytes for keys, their index and their totals."""
    @property
    def cell_bytes(self) -> int:
        """Bytes for cells of slices or totals of sessions."""
    @property
    def table_bytes(self) -> int:
        """Bytes for tables of slices and of windows to emit again."""
    @property
    def output_bytes(self) -> int:
        """Bytes for results that were not drained."""
    @property
    def late_bytes(self) -> int:
        """Bytes for late and future rows that were not drained."""
    @property
    def scratch_bytes(self) -> int:
        """Bytes for working space, of a fixed size."""
    @property
    def bytes(self) -> int:
        """All bytes together."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Estimate:
    """Bytes of an engine's state, as `estimate` gives them. Immutable: it compares and hashes. Any
    thread.

    >>> import paneline as pln
    >>> window = pln.SlidingWindowSpec(duration="10s")
    >>> pln.estimate(pln.EngineSpec(window=window), 1).cell_bytes
    4
    """
    @property
    def cell_bytes(self) -> int:
        """Bytes of a key's cell in one slice (of a session's total)."""
    @property
    def key_bytes(self) -> int:
        """Bytes of a key beside its cells: the key, its index and its totals."""
    @property
    def slices(self) -> int:
        """Slices that are live at once: those of a window, of the lateness and of the bound, and one."""
    @property
    def state_bytes(self) -> int:
        """All together for so many keys with rows in every slice."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def estimate(spec: EngineSpec, keys: SupportsIndex) -> Estimate:
    """Estimates the state of an engine with `keys` keys that have rows in every slice, before anyone
    allocates it. Any thread.

    Errors: those of `Engine`; INVALID_ARGUMENT at `keys` for an int that does not fit 64 bits.

    >>> import paneline as pln
    >>> window = pln.SlidingWindowSpec(duration="5m", step="10s")
    >>> estimate = pln.estimate(pln.EngineSpec(window=window), 1_000)
    >>> estimate.cell_bytes, estimate.slices
    (4, 31)
    """

def resolve_local(
    timezone: _Zone,
    local_ms: _Times,
    ambiguous: Literal["earliest", "latest", "reject"],
) -> Int64Array:
    """Turns a column of wall-clock readings of one zone into instants.

    `timezone` is a zone as `SlidingWindowSpec` takes it. `local_ms` are milliseconds since
    1970-01-01T00:00 on the wall clock: a list or tuple of ints, naive `datetime`s and
    `numpy.datetime64`, a one-dimensional int64 buffer, numpy datetime64 of weeks or a shorter unit
    down to ns, or an Arrow column of int64 or of timestamps without a zone, such as a polars Series
    of naive `datetime`s. Finer digits are floored. `ambiguous` says what a reading means that the
    clock shows twice or never: "earliest", "latest" or "reject". Milliseconds since the epoch come
    back, a value for each reading, with the zone. Any thread; the GIL is released meanwhile.

    Errors: UNKNOWN_TIMEZONE at `timezone`; OUT_OF_RANGE at `local_ms[i]` before 1900, after 2199,
    for a null and NaT; INVALID_ARGUMENT at `local_ms[i]` for a reading that "reject" refuses and
    for an aware `datetime`, at `local_ms` for another column and for one with a zone, at `timezone`
    for text that is no Unicode, and at `ambiguous`.

    >>> from datetime import datetime
    >>> import paneline as pln
    >>> reading = datetime(2014, 11, 2, 1, 30)  # or 1_414_891_800_000
    >>> pln.resolve_local("America/New_York", [reading], "earliest").tolist()
    [1414906200000]
    >>> pln.resolve_local("America/New_York", [reading], "latest").tolist()
    [1414909800000]
    """

def parse_duration(duration: str) -> int:
    """Reads a length such as "15m" or "1h30m" (w, d, h, m, s, ms; descending) into milliseconds.

    Errors: INVALID_ARGUMENT at `duration`. Any thread.

    >>> import paneline as pln
    >>> pln.parse_duration("1h30m")
    5400000
    >>> pln.parse_duration("90")
    Traceback (most recent call last):
        ...
    paneline.InvalidArgumentError: INVALID_ARGUMENT at duration: 90 has no unit; write 90ms, ...
    """

def tzdb_version() -> str:
    """The release of the embedded time-zone database, such as "2026f".

    Store it beside every state: windows are a function of the spec, this release and the time. Any
    thread.

    >>> import paneline as pln
    >>> pln.tzdb_version() >= "2026f"
    True
    """

def timezones() -> list[str]:
    """Every zone name of the embedded database, ascending, ignoring case. Any thread.

    >>> import paneline as pln
    >>> "Australia/Lord_Howe" in pln.timezones()
    True
    """

def _panic() -> Never:
    """Panics, so that a test of the shipped module sees what becomes of a panic."""
