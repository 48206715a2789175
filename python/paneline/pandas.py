"""Windows of pandas columns: importing this registers the accessor `pln`.

>>> import pandas as pd
>>> import paneline as pln
>>> import paneline.pandas
>>> days = pln.Assigner(pln.SlidingWindowSpec(duration="1d", timezone="America/New_York"))
>>> frame = pd.DataFrame({"ts": pd.to_datetime(["2024-11-03 05:30Z", None])})
>>> frame["ts"].pln.pane_start(days).to_list()
[Timestamp('2024-11-03 00:00:00-0400', tz='America/New_York'), NaT]

Columns are datetimes of any unit and zone; one without a zone is UTC, as everywhere in paneline.
Results are `datetime64[ms]` in the spec's zone: instants, in the unit in which windows are decided.
They keep the column's index. NaT has no window: its pane starts at NaT.
"""

from contextlib import suppress
from typing import Any

try:
    import pandas as pd
except ImportError as _error:
    raise ImportError(
        "paneline.pandas needs pandas, on which paneline does not depend: pip install pandas",
        name="pandas",
    ) from _error

import numpy as np
from numpy.typing import NDArray

from paneline import Assigner
from paneline._argument import checked

__all__ = ["SeriesAccessor"]


@pd.api.extensions.register_series_accessor("pln")
class SeriesAccessor:
    """What `frame["ts"].pln` has.

    Type checkers do not see registered accessors. For them `SeriesAccessor(frame["ts"])` is the
    same. An index has them by way of `frame.index.to_series()`.

    Errors: an `AttributeError`, as pandas wants it of an accessor, for a column of another type.

    >>> import pandas as pd
    >>> import paneline as pln
    >>> from paneline.pandas import SeriesAccessor
    >>> minutes = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
    >>> times = pd.Series(pd.to_datetime(["2025-01-01 00:00:59Z"]), index=[7])
    >>> SeriesAccessor(times).pane_start(minutes)
    7   2025-01-01 00:00:00+00:00
    dtype: datetime64[ms, UTC]
    """

    def __init__(self, series: "pd.Series[Any]") -> None:
        unit = None
        if series.dtype.kind == "M":
            # Arrow's dates are of the same kind and have none.
            with suppress(NotImplementedError):
                unit = series.dt.unit
        if unit is None:
            raise AttributeError(
                f"pln takes a column of datetimes, got {series.dtype}: numbers become one by"
                ' pd.to_datetime(column, unit="ms", utc=True)'
            )
        self._series = series
        self._unit = unit

    def pane_start(self, assigner: Assigner) -> "pd.Series[Any]":
        """The start of each row's pane, with the index and the name of the column; NaT for NaT.

        Errors: those of `Assigner.pane_starts`.

        >>> import pandas as pd
        >>> import paneline as pln
        >>> import paneline.pandas
        >>> minutes = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
        >>> frame = pd.DataFrame({"ts": pd.to_datetime([1_000, 59_000], unit="ms"), "x": [1, 2]})
        >>> frame.groupby(frame["ts"].pln.pane_start(minutes))["x"].sum().to_list()
        [3]
        """
        ticks, is_missing = self._ticks()
        starts_ms = np.asarray(checked(assigner, "pane_start").pane_starts(ticks, self._unit))
        starts = np.where(is_missing, np.datetime64("NaT"), starts_ms.view("M8[ms]"))
        return _shown(pd.Series(starts, self._series.index, name=self._series.name), assigner)

    def windows(self, assigner: Assigner) -> pd.DataFrame:
        """A row for each window of each row, ascending: the datetimes `start` and `end`.

        The index is that of the column, repeated, so that `frame.join` finds the rows of each
        window. It must be unique for that: pandas pairs all rows of one label with each other. NaT
        has no windows.

        Errors: those of `Assigner.assign`.

        >>> import pandas as pd
        >>> import paneline as pln
        >>> import paneline.pandas
        >>> sliding = pln.Assigner(pln.SlidingWindowSpec(duration="1m", step="30s"))
        >>> frame = pd.DataFrame({"ts": pd.to_datetime(["2025-01-01 00:00:59Z"]), "x": 7})
        >>> frame.join(frame["ts"].pln.windows(sliding))[["x", "start"]]
           x                     start
        0  7 2025-01-01 00:00:00+00:00
        0  7 2025-01-01 00:00:30+00:00
        """
        ticks, is_missing = self._ticks()
        assigned = checked(assigner, "windows").assign(ticks, self._unit)
        rows = np.repeat(np.arange(len(ticks)), np.diff(np.asarray(assigned.offsets)))
        is_kept = ~is_missing[rows]
        index = self._series.index.take(rows[is_kept])
        columns = {
            name: _shown(pd.Series(np.asarray(ms).view("M8[ms]")[is_kept], index), assigner)
            for name, ms in (("start", assigned.starts_ms), ("end", assigned.ends_ms))
        }
        return pd.DataFrame(columns)

    def _ticks(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The column with 1970, which every spec has windows of, for NaT; and where NaT was."""
        times = self._series.to_numpy(dtype=f"M8[{self._unit}]")
        is_missing = np.isnat(times)
        return np.where(is_missing, 0, times.view("i8")), is_missing


def _shown(times: "pd.Series[Any]", assigner: Assigner) -> "pd.Series[Any]":
    """UTC in the spec's zone, or as it is where the host does not know the zone."""
    times = times.dt.tz_localize("UTC")
    try:
        shown: pd.Series[Any] = times.dt.tz_convert(assigner.spec.timezone or "UTC")
    except (LookupError, ValueError):
        return times
    return shown
