"""Threads: one assigner for all, the GIL released for batches, inputs that change meanwhile."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import paneline as pln

DAY = pln.Assigner(
    pln.SlidingWindowSpec(duration_ms=86_400_000, step_ms=1_800_000, timezone="America/New_York")
)


def test_one_assigner_in_many_threads() -> None:
    columns = [np.random.default_rng(i).integers(0, 2 * 10**12, 5_000) for i in range(8)]
    alone = [DAY.assign(column) for column in columns]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(DAY.assign, columns * 4)) == alone * 4


LONG = np.random.default_rng(0).integers(0, 2 * 10**12, 20_000)


@pytest.mark.parametrize(
    ("call", "times"),
    [(DAY.assign, LONG), (DAY.pane_starts, LONG)],
    ids=["assign", "pane_starts"],
)
def test_a_batch_lets_other_threads_run(call: Callable[[Any], object], times: Any) -> None:
    """Another thread is seen inside a batch call; with the GIL held nobody could see it.

    However slow the machine, one of a thousand calls is enough.
    """
    inside, seen = False, threading.Event()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)  # no thread is made to give up the GIL: it has to let go

    def work() -> None:
        nonlocal inside
        for _ in range(1_000):
            if seen.is_set():
                break
            inside = True
            call(times)
            inside = False

    worker = threading.Thread(target=work)
    try:
        worker.start()
        while worker.is_alive() and not seen.is_set():
            if inside:
                seen.set()
            time.sleep(0)
        worker.join()
    finally:
        sys.setswitchinterval(interval)
    assert seen.is_set()


def test_out_of_a_column_that_changes_during_the_call() -> None:
    """A row is what it was, what it became, or, where that is out of range, no time.

    All or nothing holds all the same: a refused call has written nothing.
    """
    rows = 40_000
    times, out = np.zeros(rows, "i8"), np.empty(rows, "i8")
    day = 86_400_000
    allowed = {DAY.pane(0).start_ms, DAY.pane(day).start_ms, np.iinfo("i8").min}
    stop = threading.Event()

    def meddle() -> None:
        while not stop.is_set():
            for value in (day, np.iinfo("i8").max, 0):
                times[::7] = value

    meddler = threading.Thread(target=meddle)
    meddler.start()
    taken = 0
    try:
        while taken < 50:
            out.fill(9)
            try:
                DAY.pane_starts(times, out=out)
            except pln.OutOfRangeError:
                assert (out == 9).all()
            else:
                taken += 1
                assert {*np.unique(out).tolist()} <= allowed
                assert (out[1::7] == DAY.pane(0).start_ms).all()
    finally:
        stop.set()
        meddler.join()


def test_a_column_that_changes_during_the_call() -> None:
    """Every row is checked and used as the same value: rows stay good or the batch is refused."""
    times = np.zeros(20_000, "i8")
    stop = threading.Event()

    def meddle() -> None:
        while not stop.is_set():
            times[::7] = np.iinfo("i8").max
            times[::7] = 0

    meddler = threading.Thread(target=meddle)
    meddler.start()
    try:
        for _ in range(50):
            with contextlib.suppress(pln.OutOfRangeError):
                assert (np.asarray(DAY.pane_starts(times)) == DAY.pane(0).start_ms).all()
    finally:
        stop.set()
        meddler.join()
