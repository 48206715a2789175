"""Budgets: what is refused says how much was taken, and going on gives what no limit gives."""

import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import paneline as pln

ROWS = 20_000
KEYS = np.random.default_rng(3).integers(0, 3_000, ROWS)
TIMES = np.arange(ROWS)
VALUES = np.random.default_rng(4).integers(0, 100, ROWS)
COLUMNS: tuple[Any, ...] = (KEYS, TIMES, [VALUES])


def engine_of(**budgets: int) -> pln.Engine:
    return pln.Engine(
        pln.EngineSpec(
            window=pln.SlidingWindowSpec(duration_ms=1_000),
            values=[pln.ValueColumn("v")],
            aggregates=[pln.Aggregate("s", "sum", "v")],
            **budgets,  # type: ignore[arg-type]
        )
    )


def drain(engine: pln.Engine) -> Iterator[tuple[Any, ...]]:
    for batch in iter(engine.poll, None):
        yield from batch


def attempt(call: Callable[[], Any]) -> tuple[Any, pln.MemoryLimitError | None]:
    """What a call returns, or its refusal."""
    try:
        return call(), None
    except MemoryError as error:
        assert isinstance(error, pln.MemoryLimitError)  # noqa: PT017 - the class is looked at
        return None, error


def unlimited() -> list[tuple[Any, ...]]:
    engine = engine_of(output_budget_bytes=2**30)
    assert engine.push(*COLUMNS) == ROWS
    engine.finish()
    return [*drain(engine)]


EXPECTED = unlimited()


@pytest.mark.parametrize("budget", [100, 10_000, 100_000])
def test_full_results_stop_a_push_which_goes_on(budget: int) -> None:
    engine = engine_of(output_budget_bytes=budget)
    got: list[tuple[Any, ...]] = []
    at = refusals = 0
    while at < ROWS:
        taken, error = attempt(lambda at=at: engine.push(*COLUMNS, from_row=at))  # type: ignore[misc]
        if error:
            assert (error.code, error.path) == ("MEMORY_LIMIT", "output_budget_bytes")
            assert pickle.loads(pickle.dumps(error)).taken == error.taken
            taken = error.taken
            drained = [*drain(engine)]
            assert drained
            got += drained
            refusals += 1
        at += taken
        assert engine.stats.accepted == at
    engine.finish()
    assert [*got, *drain(engine)] == EXPECTED
    assert refusals > 5


def test_slices_of_buffers_go_on_as_well() -> None:
    engine = engine_of(output_budget_bytes=20_000)
    keys, times, values = KEYS, TIMES, VALUES
    got: list[tuple[Any, ...]] = []
    while len(times):
        try:
            taken = engine.push(keys, times, [values])
        except pln.MemoryLimitError as error:
            taken = error.taken
            got += drain(engine)
        keys, times, values = keys[taken:], times[taken:], values[taken:]
    engine.finish()
    assert [*got, *drain(engine)] == EXPECTED


@pytest.mark.parametrize("budget", [100, 50_000, 0])
@pytest.mark.parametrize("rows", [100, 4_096, 4_097, ROWS])
def test_a_run_pushes_and_drains(budget: int, rows: int) -> None:
    engine = engine_of(output_budget_bytes=budget)
    batches = []
    for at in range(0, ROWS, rows):
        span = slice(at, at + rows)
        finish = at + rows >= ROWS
        batches += [*engine.run(KEYS[span], TIMES[span], [VALUES[span]], finish=finish)]
    assert [row for batch in batches for row in batch] == EXPECTED
    assert len(batches) > (10 if budget else 0)


def test_a_run_of_lists() -> None:
    engine = engine_of(output_budget_bytes=50_000)
    columns = (KEYS.tolist(), TIMES.tolist(), [VALUES.tolist()])
    assert [row for batch in engine.run(*columns, finish=True) for row in batch] == EXPECTED


def test_a_run_is_an_iterator_between_other_calls() -> None:
    engine = engine_of(output_budget_bytes=50_000)
    run = engine.run(*COLUMNS)
    assert iter(run) is run
    assert engine.stats.accepted == 0  # nothing before the first step
    first = next(run)
    accepted = engine.stats.accepted
    assert 0 < accepted < ROWS
    got = [*first, *drain(engine)]  # drained by hand: the run goes on
    got += [row for batch in run for row in batch]
    assert engine.stats.accepted == ROWS
    assert [*run] == []
    engine.finish()
    assert [*got, *drain(engine)] == EXPECTED


@pytest.mark.parametrize(
    ("budgets", "path"),
    [
        ({"late_budget_rows": 100}, "late_budget_rows"),
        # Draining results does not help there: the run says so and does not spin.
        ({"output_budget_bytes": 5_000}, "output_budget_bytes"),
    ],
)
def test_late_rows_stop_a_run_which_goes_on(budgets: dict[str, int], path: str) -> None:
    engine = engine_of(**budgets)
    engine.advance_watermark(10**6)
    run = engine.run(*COLUMNS)
    late = 0
    while True:
        batches, error = attempt(lambda: [*run])
        set_aside = engine.poll_late()
        assert set_aside is not None
        late += len(set_aside)
        assert engine.stats.late == late
        if error is None:
            break
        assert (error.path, error.taken) == (path, late)
    assert (batches, late) == ([], ROWS)


def test_a_full_state_stops_a_push() -> None:
    engine = engine_of(state_budget_bytes=700_000)
    keys = np.arange(1_000_000)
    times = np.zeros(1_000_000, "i8")
    with pytest.raises(pln.MemoryLimitError) as caught:
        engine.push(keys, times, [keys])
    taken = caught.value.taken
    assert caught.value.path == "state_budget_bytes"
    assert 1_000 < taken == engine.stats.accepted == engine.stats.keys
    with pytest.raises(pln.MemoryLimitError) as again:
        engine.push(keys, times, [keys], from_row=taken)
    assert again.value.taken == 0
    run = engine.run(keys[taken:], times[taken:], [keys[taken:]])
    with pytest.raises(pln.MemoryLimitError):
        next(run)
    engine.advance_watermark(999)
    assert sum(map(len, iter(engine.poll, None))) == taken
    assert engine.push(keys[:10], times[:10] + 1_000, [keys[:10]]) == 10


def reserved() -> int:
    """The address space of this process, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def test_an_engine_goes_with_its_last_reference() -> None:
    """Protects `del engine`, which is how its memory comes back early; a run holds it too."""
    before, budget = reserved(), 2**32
    engine = engine_of(state_budget_bytes=budget)
    run = engine.run(*COLUMNS)
    assert reserved() > before + budget
    del engine
    assert reserved() > before + budget
    del run
    assert reserved() < before + budget
