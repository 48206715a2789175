"""Ctrl-C during a long call: it ends between two blocks, and says how many rows were taken."""

import signal
from collections.abc import Callable
from typing import Never

import numpy as np
import pytest

import paneline as pln

N = 16
SPEC = pln.EngineSpec(
    window=pln.SlidingWindowSpec(duration="1d"),
    values=[pln.ValueColumn(f"v{at}", "f64") for at in range(N)],
    aggregates=[pln.Aggregate(f"a{at}", "variance", f"v{at}") for at in range(N)],
)
# Never touched, so they take no memory; a call over them takes a third of a second at least.
ROWS = 3_000_000
KEYS, TIMES, VALUES = np.zeros(ROWS, "i8"), np.zeros(ROWS, "i8"), [np.zeros(ROWS)] * N
# Lists are looked at whole before the first row is taken, which takes half a second.
ITEMS, LISTS = [0] * 2_000_000, [[0.0] * 2_000_000] * N


def press(*_: object) -> Never:
    raise KeyboardInterrupt


def taken_by(call: Callable[[], object]) -> int:
    """How many rows a call took before Ctrl-C, by its exception; a judge takes none.

    The signal comes after a tenth of a second of work, however busy the machine is.
    """
    before = signal.signal(signal.SIGVTALRM, press)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.1)
        with pytest.raises(KeyboardInterrupt) as caught:
            call()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    taken: int = getattr(caught.value, "taken", 0)
    return taken


def test_a_push_goes_on_after_ctrl_c() -> None:
    """Protects rows: none is lost and none counted twice, wherever the call ended."""
    engine = pln.Engine(SPEC)
    taken = taken_by(lambda: engine.push(KEYS, TIMES, VALUES))
    assert 0 < taken == engine.stats.accepted < ROWS
    assert engine.push(KEYS, TIMES, VALUES, from_row=taken) == ROWS - taken
    assert engine.stats.accepted == ROWS


def test_a_run_goes_on_after_ctrl_c() -> None:
    """Protects the iterator, which stands at the row after the last that was taken."""
    engine = pln.Engine(SPEC)
    run = engine.run(KEYS, TIMES, VALUES, finish=True)
    taken = taken_by(lambda: next(run))
    assert 0 < taken == engine.stats.accepted < ROWS
    assert [batch.count.tolist() for batch in run] == [[ROWS]]


def test_a_shard_goes_on_after_ctrl_c() -> None:
    """Protects the verdicts, which stay those of the batch."""
    shard = pln.Engine.shard(SPEC, 2**64 - 1)
    verdicts = pln.Progress(SPEC).judge(KEYS, TIMES, VALUES)
    taken = taken_by(lambda: shard.apply(KEYS, TIMES, VALUES, verdicts=verdicts))
    assert 0 < taken == shard.stats.accepted < ROWS
    rest = shard.apply(KEYS, TIMES, VALUES, verdicts=verdicts, from_row=taken)
    assert rest == ROWS - taken == shard.stats.accepted - taken


def test_a_batch_is_judged_whole_or_not_at_all() -> None:
    """Protects the judge, which would have moved time for rows that no shard gets."""
    progress = pln.Progress(SPEC)
    assert taken_by(lambda: progress.judge(ITEMS, ITEMS, LISTS)) == 0
    assert progress.watermark_ms == -(2**63)


def test_a_long_list_is_interrupted_before_its_first_row() -> None:
    """Protects the look at a list, which takes as long as the push itself."""
    engine = pln.Engine(SPEC)
    assert taken_by(lambda: engine.push(ITEMS, ITEMS, LISTS)) == 0
    assert engine.stats.accepted == 0
