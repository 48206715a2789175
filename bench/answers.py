"""Judges the answers of every tool before a time is looked at.

    python bench/answers.py TZ <TASKS

TASKS is a line of JSON a task: zone, duration_ms, step_ms, kind, input, output. The expected
windows come from tests/oracle, which lists the boundaries of the year by the rules of
docs/SEMANTICS.md and shares no code with the library; each row is looked up among them. One line of
JSON comes back a task: `rows` that were judged, `differ` (another start, or another end where the
tool gives ends), `outside` (the row does not lie in its own window; where a tool gives no ends and
another start, that window is taken to be one step long).
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "oracle"))

from oracle import AbsoluteGrid, CivilGrid
from tz import Database

DAY_MS = 86_400_000


class Judge:
    """Expected windows, by the oracle."""

    def __init__(self, tz: Path) -> None:
        self.database = Database(tz)
        self.boundaries = cache(self._boundaries)
        self.column = cache(lambda path: np.fromfile(path, np.int64))

    def _boundaries(self, zone: str, step_ms: int, first_ms: int, last_ms: int) -> np.ndarray:
        grid = CivilGrid(self.database.zone(zone), step_ms, 0) if zone else AbsoluteGrid(step_ms, 0)
        return np.array(grid.between(first_ms, last_ms), np.int64)

    def expected(self, task: dict) -> tuple[np.ndarray, np.ndarray]:
        """Starts and ends; a column for each window of a row."""
        times = self.column(task["input"])
        margin = 2 * task["duration_ms"] + 2 * DAY_MS
        first, last = int(times.min()) - margin, int(times.max()) + margin
        boundaries = self.boundaries(task["zone"], task["step_ms"], first, last)
        pane = np.searchsorted(boundaries, times, "right") - 1
        count = task["duration_ms"] // task["step_ms"] if task["kind"] == "assign" else 1
        starts = np.stack([boundaries[pane - back] for back in reversed(range(count))], axis=1)
        ends = np.stack([boundaries[pane + on] for on in range(1, count + 1)], axis=1)
        return starts, ends

    def judge(self, task: dict) -> dict:
        """Counts the rows that differ and those outside."""
        starts, ends = self.expected(task)
        found = np.fromfile(task["output"], np.int64)
        if found.size != starts.size:
            return {"rows": 0, "differ": max(found.size, starts.size), "outside": 0}
        found = found.reshape(starts.shape)
        differ = found != starts
        given = Path(task["output"] + ".ends")
        if given.exists():
            found_ends = np.fromfile(given, np.int64).reshape(ends.shape)
            differ |= found_ends != ends
        else:
            # A window is longer where the rule holds the clock.
            found_ends = np.where(differ, found + task["duration_ms"], ends)
        times = self.column(task["input"])[:, None]
        outside = (times < found) | (times >= found_ends)
        return {
            "rows": len(times),
            "differ": int(differ.any(axis=1).sum()),
            "outside": int(outside.any(axis=1).sum()),
        }


def main() -> int:
    """Judges each task."""
    judge = Judge(Path(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(judge.judge(json.loads(line))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
