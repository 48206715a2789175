"""Windows of polars columns: importing this registers the namespace `pln`.

>>> from datetime import UTC, datetime
>>> import polars as pl
>>> import paneline as pln
>>> import paneline.polars
>>> days = pln.Assigner(pln.SlidingWindowSpec(duration="1d", timezone="America/New_York"))
>>> frame = pl.LazyFrame({"ts": [datetime(2024, 11, 3, 5, 30, tzinfo=UTC), None]})
>>> frame.select(day=pl.col("ts").pln.pane_start(days)).collect()["day"].to_list()
[datetime.datetime(2024, 11, 3, 0, 0, tzinfo=zoneinfo.ZoneInfo(key='America/New_York')), None]

Columns are `Datetime` of any unit and zone; one without a zone is UTC, as everywhere in paneline.
Results are `Datetime("ms", zone)`: instants, in the unit in which windows are decided, shown in the
spec's zone, or in UTC if polars does not know it. A null has no window: its result is null. All of
it is elementwise, so lazy, streaming and grouped queries give the same.

What paneline refuses in an expression polars raises again, with code, path and message in the
text; `times[i]` then counts the rows of the batch that polars handed over.
"""

from contextlib import suppress
from functools import partial

try:
    import polars as pl
except ImportError as _error:
    raise ImportError(
        "paneline.polars needs polars, on which paneline does not depend: pip install polars",
        name="polars",
    ) from _error

from paneline import Assigner, Assignment, Int64Array
from paneline._argument import checked

__all__ = ["ExprNamespace", "SeriesNamespace"]


@pl.api.register_expr_namespace("pln")
class ExprNamespace:
    """What `pl.col("ts").pln` has.

    Type checkers do not see registered namespaces. For them `ExprNamespace(pl.col("ts"))` is the
    same.

    >>> import polars as pl
    >>> import paneline as pln
    >>> from paneline.polars import ExprNamespace
    >>> minutes = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
    >>> pl.select(ExprNamespace(pl.datetime(2025, 1, 1, 0, 0, 59)).pane_start(minutes)).item()
    datetime.datetime(2025, 1, 1, 0, 0, tzinfo=zoneinfo.ZoneInfo(key='UTC'))
    """

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def pane_start(self, assigner: Assigner) -> pl.Expr:
        """The start of each row's pane; null for null.

        Errors: those of `Assigner.pane_starts`; a `TypeError` for another type than `Datetime`.

        >>> from datetime import datetime
        >>> import polars as pl
        >>> import paneline as pln
        >>> import paneline.polars
        >>> minutes = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
        >>> frame = pl.DataFrame({"ts": [datetime(2025, 1, 1, 0, 0, s) for s in (1, 59)]})
        >>> frame.group_by(pl.col("ts").pln.pane_start(minutes)).len()["len"].to_list()
        [2]
        """
        start = partial(_pane_start, checked(assigner, "pane_start"))
        return self._expr.map_batches(start, _instant(assigner), is_elementwise=True)

    def windows(self, assigner: Assigner) -> pl.Expr:
        """The windows of each row, ascending: a list of structs; null for null.

        The fields of a window are the `Datetime`s `start` and `end`. `explode` makes a row of each
        window, `unnest` a column of each field.

        Errors: those of `Assigner.assign`; a `TypeError` for another type than `Datetime`.

        >>> from datetime import datetime
        >>> import polars as pl
        >>> import paneline as pln
        >>> import paneline.polars
        >>> sliding = pln.Assigner(pln.SlidingWindowSpec(duration="1m", step="20s"))
        >>> frame = pl.DataFrame({"ts": [datetime(2025, 1, 1, 0, 0, 59)], "x": [7]})
        >>> windows = frame.with_columns(window=pl.col("ts").pln.windows(sliding))
        >>> windows.explode("window").unnest("window").select("x", pl.col("start").dt.second())
        shape: (3, 2)
        ┌─────┬───────┐
        │ x   ┆ start │
        │ --- ┆ ---   │
        │ i64 ┆ i8    │
        ╞═════╪═══════╡
        │ 7   ┆ 0     │
        │ 7   ┆ 20    │
        │ 7   ┆ 40    │
        └─────┴───────┘
        """
        windows = partial(_windows, checked(assigner, "windows"))
        return self._expr.map_batches(windows, _list(_instant(assigner)), is_elementwise=True)


@pl.api.register_series_namespace("pln")
class SeriesNamespace:
    """What `frame["ts"].pln` has: the same, at once.

    >>> from datetime import datetime
    >>> import polars as pl
    >>> import paneline as pln
    >>> from paneline.polars import SeriesNamespace
    >>> minutes = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
    >>> times = pl.Series("ts", [datetime(2025, 1, 1, 0, 0, 59)])
    >>> times.pln.pane_start(minutes).equals(SeriesNamespace(times).pane_start(minutes))
    True
    """

    def __init__(self, series: pl.Series) -> None:
        self._series = series

    def pane_start(self, assigner: Assigner) -> pl.Series:
        """The start of each row's pane, as `ExprNamespace.pane_start`.

        Errors: those of `Assigner.pane_starts`; a `TypeError` for another type than `Datetime`.

        >>> from datetime import datetime
        >>> import polars as pl
        >>> import paneline as pln
        >>> import paneline.polars
        >>> minutes = pln.Assigner(pln.SlidingWindowSpec(duration="1m"))
        >>> pl.Series([datetime(2025, 1, 1, 0, 0, 59)]).pln.pane_start(minutes).dt.second().item()
        0
        """
        return _pane_start(checked(assigner, "pane_start"), self._series)

    def windows(self, assigner: Assigner) -> pl.Series:
        """The windows of each row, as `ExprNamespace.windows`.

        Errors: those of `Assigner.assign`; a `TypeError` for another type than `Datetime`.

        >>> from datetime import datetime
        >>> import polars as pl
        >>> import paneline as pln
        >>> import paneline.polars
        >>> sliding = pln.Assigner(pln.SlidingWindowSpec(duration="1m", step="20s"))
        >>> pl.Series([datetime(2025, 1, 1), None]).pln.windows(sliding).list.len().to_list()
        [3, None]
        """
        return _windows(checked(assigner, "windows"), self._series)


def _instant(assigner: Assigner) -> pl.Datetime:
    """The type of the results."""
    zone = assigner.spec.timezone or "UTC"
    # Of fixed offsets polars knows whole hours, and calls them by another name.
    with suppress(pl.exceptions.ComputeError):
        known = pl.Series([0]).cast(pl.Datetime("ms", zone)).dtype
        if isinstance(known, pl.Datetime):
            return known
    return pl.Datetime("ms", "UTC")


def _list(instant: pl.Datetime) -> pl.List:
    return pl.List(pl.Struct({"start": instant, "end": instant}))


def _times(series: pl.Series) -> pl.Series:
    """The column with 1970, which every spec has windows of, in the place of nulls."""
    if not isinstance(series.dtype, pl.Datetime):
        raise TypeError(
            f"pln takes a Datetime column, got {series.dtype}: cast dates by cast(pl.Datetime),"
            ' numbers by pl.from_epoch(column, "ms")'
        )
    return series.to_physical().fill_null(0).cast(series.dtype)


def _pane_start(assigner: Assigner, series: pl.Series) -> pl.Series:
    # As numbers: with a zone that it does not know polars takes no column.
    starts = Int64Array(assigner.pane_starts(_times(series)))
    return _masked(pl.Series(series.name, starts).cast(_instant(assigner)), series)


def _windows(assigner: Assigner, series: pl.Series) -> pl.Series:
    zoned = assigner.assign(_times(series))
    starts, ends = Int64Array(zoned.starts_ms), Int64Array(zoned.ends_ms)
    windows = pl.DataFrame(Assignment(zoned.offsets, starts, ends)).to_series()
    return _masked(windows.cast(_list(_instant(assigner))).alias(series.name), series)


def _masked(result: pl.Series, series: pl.Series) -> pl.Series:
    """The result with the nulls of the column."""
    if not series.has_nulls():
        return result
    return pl.select(pl.when(series.is_not_null()).then(result).alias(series.name)).to_series()
