"""Computes the answers that every tool is held to, without any engine: by arithmetic on columns.

    python bench/engine_answers.py FOLDER ANSWERS

For each case it writes how many results there are, the sum of their counts, how many rows are
late, and for each result column the sum of its values: of integers as they are; of floats the sum
of their bits, modulo 2^64, and `about`, the sum as floats, for tools that do not sum exactly.

A row is in the windows that hold it and that have not ended by the watermark before it, which is
the latest time so far less the bound. So it is in a run of windows, and what a key has is the union
of the runs of its rows. Sums of floats are taken as integers of 2^-53 and rounded once.
"""

from __future__ import annotations

import hashlib
import json
import sys
from functools import cache
from pathlib import Path

import numpy as np
from engine_cases import CASES, FIRST, LAST, MAX, MIN, SUM, VARIANCE, Aggregate, Case
from engine_data import BOUND_MS

Column = np.ndarray
# Of the floats: each is an integer of 2^-53, whose halves can be summed as floats exactly.
FRACTION_BITS = 53
HALF_BITS = 27


class Columns:
    """The files of a folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self.read = cache(lambda name: np.fromfile(folder / name, f"<{name[-3]}8"))


def runs(case: Case, times: Column) -> tuple[Column, Column]:
    """The first and the last window of each row, by number; of a late row the last is less."""
    duration_ms, step_ms = case.windows.duration_ms, case.windows.step_ms
    latest = np.maximum.accumulate(times)
    watermark = np.concatenate([[times.min() - BOUND_MS], latest[:-1]]) - BOUND_MS - 1
    # Window n is [n * step, n * step + duration); it has ended where the watermark is its last ms.
    ended = (watermark + 1 - duration_ms) // step_ms
    first = np.maximum((times - duration_ms) // step_ms, ended) + 1
    return first, times // step_ms


def union(keys: Column, first: Column, last: Column) -> int:
    """How many windows of keys hold a row."""
    base = int(first.min())
    width = int(last.max()) - base + 1
    order = np.argsort(keys * width + (first - base))
    starts = (keys * width + (first - base))[order]
    ends = (keys * width + (last - base))[order]
    covered = np.concatenate([[-1], np.maximum.accumulate(ends)[:-1]])
    return int(np.maximum(ends - np.maximum(starts - 1, covered), 0).sum())


def sessions(case: Case, times: Column, keys: Column) -> int:
    """How many sessions there are; no row of a case with sessions is late."""
    order = np.lexsort((times, keys))
    keys, times = keys[order], times[order]
    return 1 + int(((np.diff(keys) != 0) | (np.diff(times) >= case.windows.gap_ms)).sum())


class Cells:
    """Slices by keys: what the rows of a key in a slice are together; windows of whole slices."""

    def __init__(self, case: Case, times: Column, keys: Column) -> None:
        slices = times // case.windows.step_ms
        self.keys = int(keys.max()) + 1
        self.cell = (slices - slices.min()) * self.keys + keys
        self.slices = int(slices.max() - slices.min()) + 1
        self.width = case.windows.duration_ms // case.windows.step_ms

    def sums(self, values: Column) -> Column:
        """Sums over each window; what floats cannot sum exactly must not be asked."""
        cells = np.bincount(self.cell, values, self.slices * self.keys).astype(np.int64)
        before = np.zeros((self.slices + 1, self.keys), np.int64)
        np.cumsum(cells.reshape(self.slices, self.keys), axis=0, out=before[1:])
        ends = np.arange(1, self.slices + self.width)
        return before[np.minimum(ends, self.slices)] - before[np.maximum(ends - self.width, 0)]

    def least(self, values: Column) -> Column:
        """The least value of each window; the largest integer where there is none."""
        nothing = np.iinfo(np.int64).max
        edge = self.width - 1
        cells = np.full((self.slices + 2 * edge, self.keys), nothing)
        np.minimum.at(cells[edge : edge + self.slices].reshape(-1), self.cell, values)
        covered = 1
        while covered < self.width:
            more = min(covered, self.width - covered)
            cells = np.minimum(cells[:-more], cells[more:])
            covered += more
        return cells

    def exact_sums(self, values: Column) -> Column:
        """Sums of floats, rounded once."""
        whole = np.floor(values)
        fraction = np.ldexp(values - whole, FRACTION_BITS).astype(np.int64)
        high, low = fraction >> HALF_BITS, fraction & ((1 << HALF_BITS) - 1)
        fractions = (self.sums(high) << HALF_BITS) + self.sums(low)
        carried = self.sums(whole) + (fractions >> FRACTION_BITS)
        rest = fractions & ((1 << FRACTION_BITS) - 1)
        # Both parts are floats without rounding, so their sum is rounded once.
        return carried.astype(float) + np.ldexp(rest.astype(float), -FRACTION_BITS)


def digest(values: Column) -> dict[str, int | float]:
    """What is compared of a result column."""
    if values.dtype.kind == "i":
        return {"sum": int(values.sum())}
    bits = np.ascontiguousarray(values).view(np.uint64)
    return {"bits": int(bits.sum(dtype=np.uint64)), "about": float(values.sum())}


def column(one: Aggregate, case: Case, columns: Columns, cells: Cells) -> dict[str, int | float]:
    """The values of an aggregate that takes more than a sum over all rows."""
    values = columns.read(case.data.values)
    full = cells.sums(np.ones_like(values)) > 0
    if one.function == SUM:
        return digest(cells.exact_sums(values)[full])
    if one.function == MIN:
        return digest(cells.least(values)[full])
    if one.function == MAX:
        return digest(-cells.least(-values)[full])
    if one.function in (FIRST, LAST):
        # Time before value, so that of equal times the smaller (first) or larger (last) wins.
        times = columns.read(case.data.times)
        span = int(values.max()) + 1
        ranked = (times - times.min()) * span + values
        if one.function == FIRST:
            return digest(cells.least(ranked)[full] % span)
        return digest(-cells.least(-ranked)[full] % span)
    if one.function == VARIANCE and one.ddof == 0:
        count, total = cells.sums(np.ones_like(values))[full], cells.sums(values)[full]
        squares = cells.sums(values * values)[full]
        return digest((count * squares - total * total) / (count * count))
    raise LookupError(one)


def answer(case: Case, columns: Columns) -> dict[str, object]:
    """What a case must answer."""
    times, keys = columns.read(case.data.times), columns.read(case.data.keys)
    if case.windows.gap_ms:
        if (np.maximum.accumulate(times) - times).max() > BOUND_MS:
            raise LookupError(case.title)
        # Each row is in one session, whatever the sessions are.
        total = {"sum": int(columns.read(case.data.values).sum())}
        return {
            "rows": sessions(case, times, keys),
            "count": times.size,
            "late": 0,
            "columns": {one.name: total for one in case.aggregates if one.function == SUM},
        }
    first, last = runs(case, times)
    joined = np.maximum(last - first + 1, 0)
    accepted = joined > 0
    found: dict[str, dict[str, int | float]] = {}
    cells = None
    for one in case.aggregates:
        if one.function == SUM and case.data.values.endswith(".i64"):
            found[one.name] = {"sum": int((joined * columns.read(case.data.values)).sum())}
            continue
        if not accepted.all() or case.windows.duration_ms % case.windows.step_ms:
            raise LookupError(case.title)
        cells = cells or Cells(case, times, keys)
        found[one.name] = column(one, case, columns, cells)
    return {
        "rows": union(keys[accepted], first[accepted], last[accepted]),
        "count": int(joined.sum()),
        "late": int((~accepted).sum()),
        "columns": found,
    }


def main() -> int:
    """Writes the answers, unless they were computed of the same columns before."""
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    here = Path(__file__).parent
    made_by = [here / name for name in ("engine_answers.py", "engine_cases.py")]
    made_of = [folder / "written", *made_by]
    mark = hashlib.sha256(b"".join(path.read_bytes() for path in made_of)).hexdigest()
    if target.exists() and json.loads(target.read_text())["of"] == mark:
        return 0
    columns = Columns(folder)
    known: dict[object, dict[str, object]] = {}
    for case in CASES:
        if case.answer not in known:
            known[case.answer] = answer(case, columns)
    answers = {case.title: known[case.answer] for case in CASES}
    target.write_text(json.dumps({"of": mark, "answers": answers}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
