"""The enums of the windows, with the numbers of the proto, and what becomes of a row."""

from enum import IntEnum


class _Named(IntEnum):
    """Prints as Python code, so that a spec's representation can be pasted."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"


class WindowKind(_Named):
    """How the windows of an event are shaped.

    >>> import paneline as pln
    >>> pln.SlidingWindowSpec(duration="1h", step="10m", kind="cumulate").kind
    WindowKind.CUMULATE
    """

    __module__ = "paneline"

    SLIDING = 0
    """Windows of one length, a step apart. Step = duration is tumbling."""
    CUMULATE = 1
    """Windows that share a start and grow by one step each until they are `duration` long."""
    SESSION = 2
    """Windows made by the events of a key, closed by `session_gap_ms` without one."""


class CalendarUnit(_Named):
    """The unit of windows that follow the calendar on the wall clock.

    >>> import paneline as pln
    >>> pln.SlidingWindowSpec(calendar_unit="quarter", calendar_duration=1).calendar_unit
    CalendarUnit.QUARTER
    """

    __module__ = "paneline"

    NONE = 0
    """Lengths are milliseconds: `duration_ms` and `step_ms`."""
    DAY = 1
    """Local days."""
    WEEK = 2
    """Weeks from `week_start`."""
    MONTH = 3
    """Months from `month_day`."""
    QUARTER = 4
    """Quarters: three months, from `year_start_month`."""
    YEAR = 5
    """Years from `year_start_month`."""


class Weekday(_Named):
    """The day a week starts on; Monday is the first of ISO 8601.

    >>> import paneline as pln
    >>> spec = pln.SlidingWindowSpec(calendar_unit="week", calendar_duration=1, week_start="sunday")
    >>> spec.week_start == pln.Weekday.SUNDAY == 6
    True
    """

    __module__ = "paneline"

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class Verdict(_Named):
    """What becomes of a row.

    >>> import paneline as pln
    >>> progress = pln.Progress(pln.EngineSpec(window=pln.SlidingWindowSpec(duration="10s")))
    >>> progress.judge([7, 7], [20_000, 9_999]).verdict(1)
    Verdict.LATE
    """

    __module__ = "paneline"

    ACCEPTED = 0
    """It joins its windows that are not cleaned up."""
    LATE = 1
    """All its windows are cleaned up; it is set aside."""
    FUTURE = 2
    """It is too far ahead of the last tick; it is set aside and moves no time."""
    INVALID = 3
    """It has no key, or its time is out of range."""
