"""Writes the event columns of the engine's comparison: little-endian, 8 bytes a value, fixed seeds.

    python bench/engine_data.py FOLDER ROWS

ROWS events of one hour, 100 a key, each up to 5 s later than its place in the file. 10,000,000 rows
are the reference set: numpy's generator, seed 7, times, keys and values drawn in this order. The
variants take its columns and change one thing: how many keys there are, how often each comes, in
which order rows come, whether 1 in 100 is late, whether values are floats. The cut is the same hour
with a fifth of the rows and of the keys, for tools that are too slow for all of them.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np

FIRST_MS = 1_735_689_600_000  # 2025-01-01T00:00Z
HOUR_MS = 3_600_000
BOUND_MS = 5_000  # no row is further behind the latest one before it
ROWS_OF_A_KEY = 100
CUT = 5
ZIPF_EXPONENT = 1.1
LATE_PART = 100  # one row in so many
LATE_MS = 600_000  # a late row is up to so much behind

Column = np.ndarray


def events(rows: int) -> tuple[Column, Column, Column]:
    """Times, keys before they are cut to a number of keys, values."""
    rng = np.random.default_rng(7)
    times = FIRST_MS + np.arange(rows) * HOUR_MS // rows + rng.integers(0, BOUND_MS, rows)
    keys = rng.integers(0, 1 << 40, rows)
    return times, keys, rng.integers(0, 1_000, rows)


def zipf(rows: int, keys: int) -> Column:
    """Keys of which number n comes as often as 1 / n^1.1."""
    weights = 1 / np.arange(1, keys + 1) ** ZIPF_EXPONENT
    shares = np.cumsum(weights) / weights.sum()
    return np.searchsorted(shares, np.random.default_rng(11).random(rows)).astype(np.int64)


def shuffled(times: Column) -> Column:
    """An order in which rows stand at random within each 5 s, so that all stay within the bound."""
    return np.lexsort((np.random.default_rng(12).random(times.size), times // BOUND_MS))


def late(times: Column) -> Column:
    """Times of which 1 in 100 is behind the bound by up to ten minutes."""
    rng = np.random.default_rng(13)
    chosen = rng.integers(0, LATE_PART, times.size) == 0
    behind = rng.integers(2 * BOUND_MS, LATE_MS, times.size)
    return times - np.where(chosen, behind, 0)


def columns(rows: int) -> dict[str, Column]:
    """Every column by its name."""
    keys_max = max(rows // ROWS_OF_A_KEY, 1)
    times, keys, values = events(rows)
    order = shuffled(times)
    fractions = np.random.default_rng(14).random(rows)
    cut_times, cut_keys, cut_values = events(rows // CUT)
    return {
        "times.i64": times,
        "times-shuffled.i64": times[order],
        "times-late.i64": late(times),
        "times-cut.i64": cut_times,
        "keys.i64": keys % keys_max,
        "keys-one.i64": np.zeros(rows, np.int64),
        "keys-ten.i64": keys % 10,
        "keys-sparse.i64": keys % (10 * keys_max),
        "keys-zipf.i64": zipf(rows, keys_max),
        "keys-shuffled.i64": (keys % keys_max)[order],
        "keys-cut.i64": cut_keys % max(keys_max // CUT, 1),
        "values.i64": values,
        "values-shuffled.i64": values[order],
        "values-cut.i64": cut_values,
        "floats.f64": values + fractions,
    }


def main() -> int:
    """Writes the columns, unless this script wrote as many rows before."""
    folder, rows = Path(sys.argv[1]), int(sys.argv[2])
    made_by = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    mark = folder / "written"
    wanted = f"{rows} rows by {made_by}, numpy {np.__version__}\n"
    if mark.exists() and mark.read_text() == wanted:
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    for name, column in columns(rows).items():
        kind = "<f8" if column.dtype.kind == "f" else "<i8"
        column.astype(kind).tofile(folder / name)
    mark.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
