"""Threads: one assigner for all, the GIL released for batches, inputs that change meanwhile."""

import contextlib
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import paneline as pln

DAY = pln.Assigner(
    pln.SlidingWindowSpec(duration_ms=86_400_000, step_ms=1_800_000, timezone="America/New_York")
)


def test_one_assigner_in_many_threads() -> None:
    columns = [np.random.default_rng(i).integers(0, 2 * 10**12, 5_000) for i in range(8)]
    alone = [DAY.assign(column) for column in columns]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(DAY.assign, columns * 4)) == alone * 4


def test_a_batch_lets_other_threads_run() -> None:
    """Another thread is seen inside a batch call; with the GIL held nobody could see it.

    However slow the machine, one of a thousand calls is enough.
    """
    times = np.random.default_rng(0).integers(0, 2 * 10**12, 5_000)
    inside, seen = False, threading.Event()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)  # no thread is made to give up the GIL: it has to let go

    def work() -> None:
        nonlocal inside
        for _ in range(1_000):
            if seen.is_set():
                break
            inside = True
            DAY.assign(times)
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
