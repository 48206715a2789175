"""Threads: one owner at a time, the GIL released, inputs that change meanwhile, parallel shards."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import paneline as pln

WINDOW = pln.SlidingWindowSpec(duration_ms=10_000)
ROWS = 300_000
# A busy machine may let one thread finish before it lets the other look.
TRIES = 5_000
KEYS = np.random.default_rng(0).integers(0, 1_000, ROWS)
TIMES = np.arange(ROWS)


def spec_of(**fields: Any) -> pln.EngineSpec:
    """A spec with room for all results."""
    return pln.EngineSpec(window=WINDOW, output_budget_bytes=2**30, **fields)


@contextlib.contextmanager
def no_switching() -> Iterator[None]:
    """No thread is made to give up the GIL: it has to let go."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def seen_during(work: Callable[[], object], look: Callable[[], bool]) -> bool:
    """Whether another thread sees something while `work` runs, which is tried often enough."""
    seen, inside = threading.Event(), False

    def run() -> None:
        nonlocal inside
        for _ in range(TRIES):
            if seen.is_set():
                break
            inside = True
            work()
            inside = False

    worker = threading.Thread(target=run)
    with no_switching():
        worker.start()
        while worker.is_alive() and not seen.is_set():
            if inside and look():
                seen.set()
            time.sleep(0)
        worker.join()
    return seen.is_set()


@pytest.mark.parametrize("name", ["push", "run", "judge", "apply", "poll"])
def test_long_calls_let_other_threads_run(name: str) -> None:
    spec = spec_of()
    progress = pln.Progress(spec)
    verdicts = progress.judge(KEYS, TIMES)

    def poll() -> None:
        engine = pln.Engine(spec)
        engine.push(KEYS[:10_000], np.arange(10_000) // 2)
        engine.finish()
        engine.poll()

    calls: dict[str, Callable[[], object]] = {
        "push": lambda: pln.Engine(spec).push(KEYS, TIMES),
        "run": lambda: [*pln.Engine(spec).run(KEYS, TIMES)],
        "judge": lambda: pln.Progress(spec).judge(KEYS, TIMES),
        "apply": lambda: pln.Engine.shard(spec, 1).apply(KEYS, TIMES, verdicts=verdicts),
        "poll": poll,
    }
    assert seen_during(calls[name], lambda: True)


CALLS: dict[str, Callable[[Any, Any], object]] = {
    "push": lambda engine, _: engine.push([1], [1]),
    "next": lambda engine, _: next(engine.run([1], [1])),
    "poll": lambda engine, _: engine.poll(),
    "poll_late": lambda engine, _: engine.poll_late(),
    "advance_watermark": lambda engine, _: engine.advance_watermark(10**9),
    "tick": lambda engine, _: engine.tick(0),
    "finish": lambda engine, _: engine.finish(),
    "stats": lambda engine, _: engine.stats,
    "watermark_ms": lambda engine, _: engine.watermark_ms,
    "judge": lambda _, progress: progress.judge([1], [1]),
    "progress.advance_watermark": lambda _, progress: progress.advance_watermark(10**9),
    "progress.tick": lambda _, progress: progress.tick(0),
    "progress.finish": lambda _, progress: progress.finish(),
    "progress.watermark_ms": lambda _, progress: progress.watermark_ms,
}


@pytest.mark.parametrize("name", CALLS)
def test_a_second_thread_is_refused_at_once(name: str) -> None:
    """It neither waits nor changes anything: the first thread's answer is that of one alone."""
    # A batch that nobody saw is pushed again, and then is late.
    spec = spec_of(late_budget_rows=ROWS)
    engine, progress = pln.Engine(spec), pln.Progress(spec)
    errors: list[pln.InvalidArgumentError] = []

    def work() -> None:
        if "progress" in name or name == "judge":
            progress.judge(KEYS, TIMES)
        else:
            engine.poll_late()
            engine.push(KEYS, TIMES)

    def look() -> bool:
        try:
            CALLS[name](engine, progress)
        except pln.InvalidArgumentError as error:
            errors.append(error)
        return True

    assert seen_during(work, look)
    [error] = errors
    assert error.path == ""
    assert "one owner at a time" in error.message
    stats = engine.stats
    assert (stats.accepted + stats.late) % ROWS == 0
    assert {engine.watermark_ms, progress.watermark_ms} == {ROWS - 2, -(2**63)}


def test_an_iterator_has_one_owner() -> None:
    run = pln.Engine(spec_of()).run(KEYS, TIMES)
    errors: list[pln.InvalidArgumentError] = []

    def step() -> None:
        try:
            next(run, None)
        except pln.InvalidArgumentError as error:
            errors.append(error)

    def look() -> bool:
        step()
        return bool(errors)

    def work() -> None:
        nonlocal run
        step()
        # Of a new engine: given again, the rows would be late.
        run = pln.Engine(spec_of()).run(KEYS, TIMES)

    assert seen_during(work, look)
    assert "another call of this iterator is running" in errors[0].message


def test_a_call_from_within_a_call_is_refused() -> None:
    """A method of an item comes back to the engine that is reading it."""
    engine = pln.Engine(spec_of())
    errors = []

    class Reentrant:
        def __index__(self) -> int:
            for call in (engine.poll, lambda: engine.push([1], [1]), lambda: engine.stats):
                with pytest.raises(pln.InvalidArgumentError, match="one owner") as caught:
                    call()
                errors.append(caught.value)
            return 5

    items: list[Any] = [1, Reentrant(), 3]
    assert engine.push(items, items) == 3
    assert [error.code for error in errors] == ["INVALID_ARGUMENT"] * 6
    assert engine.stats.accepted == 3


def test_an_exception_from_within_a_call_leaves_the_engine_usable() -> None:
    class Hostile:
        def __index__(self) -> int:
            raise KeyboardInterrupt

    engine = pln.Engine(spec_of())
    for rows in (3, 9_000):
        items: list[Any] = [1] * rows
        items[-1] = Hostile()
        with pytest.raises(KeyboardInterrupt) as caught:
            engine.push(items, items)
        assert caught.value.taken == 0  # type: ignore[attr-defined]
    assert engine.push([1], [1]) == 1
    assert engine.stats.accepted == 1


@contextlib.contextmanager
def meddling(change: Callable[[], None]) -> Iterator[None]:
    """Another thread changes something as long as this is open."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            change()

    meddler = threading.Thread(target=run)
    meddler.start()
    try:
        yield
    finally:
        stop.set()
        meddler.join()


def test_columns_that_change_during_a_push() -> None:
    """Each row counts as one of what it was: every row is counted, no sum is of anything else."""
    rows = 60_000
    keys, times = np.zeros(rows, "i8"), np.zeros(rows, "i8")
    values, valid = np.full(rows, 5), np.ones(rows, "?")
    spec = spec_of(
        values=[pln.ValueColumn("v", nullable=True)],
        aggregates=[pln.Aggregate("n", "count", "v"), pln.Aggregate("s", "sum", "v")],
    )

    def change() -> None:
        times[::7], keys[::5], valid[::3] = np.iinfo("i8").max, 1, False
        times[::7], keys[::5], valid[::3] = 0, 0, True

    with meddling(change):
        for _ in range(30):
            engine = pln.Engine(spec)
            [batch] = engine.run(keys, times, [(values, valid)], finish=True)
            stats = engine.stats
            assert stats.accepted + stats.invalid == rows
            assert {*batch.keys} <= {0, 1}
            assert sum(batch.count) == stats.accepted
            assert [s or 0 for s in batch["s"]] == [5 * n for n in batch["n"]]


@pytest.mark.parametrize("key", ["i64", "bytes"])
def test_columns_that_become_bad_during_a_push(key: Any) -> None:
    """Refused at the row, with the rows that were taken before; nothing is lost or read twice."""
    rows = 40_000
    offsets, sources = np.arange(rows + 1), np.zeros(rows, "i8")
    keys: Any = (offsets, np.zeros(rows, "u1")) if key == "bytes" else np.arange(rows)
    times = np.zeros(rows, "i8")

    def change() -> None:
        offsets[-9], sources[-9] = -5, 7
        offsets[-9], sources[-9] = rows - 8, 0

    progress = pln.Progress(spec_of(key=key))
    paths: set[str] = set()
    with meddling(change):
        for _ in range(60):
            engine = pln.Engine(spec_of(key=key))
            before = progress.watermark_ms
            for call in (engine.push, progress.judge):
                try:
                    call(keys, times, (), "ms", sources)
                    taken = rows
                except pln.InvalidArgumentError as error:
                    paths.add(error.path)
                    taken = error.taken
                if call == engine.push:
                    assert taken == engine.stats.accepted
                else:
                    assert progress.watermark_ms == (-1 if taken == rows else before)
    assert paths <= {f"keys.offsets[{rows - 8}]", f"sources[{rows - 9}]"}


def test_shards_in_threads_are_the_whole() -> None:
    rng = np.random.default_rng(5)
    columns: tuple[Any, ...] = (KEYS, TIMES - rng.integers(0, 9_000, ROWS), [rng.random(ROWS)])
    spec = spec_of(
        values=[pln.ValueColumn("v", "f64")],
        aggregates=[pln.Aggregate("s", "sum", "v"), pln.Aggregate("d", "stddev", "v")],
        max_out_of_orderness_ms=5_000,
    )

    def rows_of(engine: pln.Engine) -> list[tuple[Any, ...]]:
        return [row for batch in iter(engine.poll, None) for row in batch]

    whole = pln.Engine(spec)
    expected = [row for batch in whole.run(*columns, finish=True) for row in batch]
    verdicts = pln.Progress(spec).judge(*columns)

    def work(bit: int) -> tuple[list[tuple[Any, ...]], int]:
        shard = pln.Engine.shard(spec, 0x1111_1111_1111_1111 << bit)
        assert shard.apply(*columns, verdicts=verdicts) == ROWS
        shard.apply_finish()
        return rows_of(shard), shard.stats.late

    with ThreadPoolExecutor(4) as pool:
        parts = [*pool.map(work, range(4))]
    assert sorted(row for rows, _ in parts for row in rows) == sorted(expected)
    assert sum(late for _, late in parts) == whole.stats.late > 0


def test_an_engine_moves_between_threads() -> None:
    """One owner at a time, whichever thread that is."""
    engine, lock = pln.Engine(spec_of()), threading.Lock()

    def work(at: int) -> int:
        with lock:
            return engine.push(KEYS[at : at + 1_000], TIMES[:1_000])

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(0, 50_000, 1_000))) == 50_000
    assert engine.stats.accepted == 50_000
