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
    """While one thread is in a batch call, another counts; with the GIL held it could not."""
    times = np.random.default_rng(0).integers(0, 2 * 10**12, 50_000)
    counted, done = 0, threading.Event()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)  # no thread is made to give up the GIL: it has to let go

    def work() -> None:
        DAY.assign(times)
        done.set()

    try:
        worker = threading.Thread(target=work)
        worker.start()
        while not done.is_set():
            counted += 1
            time.sleep(0)
        worker.join()
    finally:
        sys.setswitchinterval(interval)
    assert counted > 100


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
