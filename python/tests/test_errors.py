"""Errors: one class for each code, what they carry, and that no panic gets out."""

import builtins
import pickle
import subprocess
import sys

import pytest

import paneline as pln
from paneline import _core
from paneline._codes import CODES

BASES = {
    "INVALID_SPEC": ValueError,
    "INVALID_ARGUMENT": ValueError,
    "UNKNOWN_TIMEZONE": ValueError,
    "UNSUPPORTED_FIELD": ValueError,
    "OUT_OF_RANGE": ValueError,
    "MEMORY_LIMIT": MemoryError,
    "CORRUPT": ValueError,
    "VERSION_MISMATCH": Exception,
    "CLOSED": Exception,
    "IO": OSError,
    "UNAVAILABLE": Exception,
    "CANCELLED": Exception,
    "INTERNAL": Exception,
}


@pytest.mark.parametrize("code", CODES)
def test_a_class_for_each_code(code: str) -> None:
    made = CODES[code]
    assert made.__name__ == code.title().replace("_", "") + "Error"
    assert getattr(pln, made.__name__) is made
    assert made.__mro__[1] is pln.PanelineError
    assert made.__mro__[2] is BASES[code]
    assert (made.code, made.__module__) == (code, "paneline")
    assert made.__doc__


def test_the_table_holds_every_code() -> None:
    assert CODES.keys() == BASES.keys()


@pytest.mark.parametrize("made", CODES.values())
def test_errors_carry_their_parts_through_a_pickle(made: type[pln.PanelineError]) -> None:
    error = made("step_ms must be > 0, got -1", "step_ms")
    error.add_note("in the config of the demo")
    for same in (error, pickle.loads(pickle.dumps(error))):
        assert type(same) is made
        assert (same.code, same.path) == (made.code, "step_ms")
        assert same.message == "step_ms must be > 0, got -1"
        assert str(same) == f"{made.code} at step_ms: step_ms must be > 0, got -1"
        assert same.__notes__ == ["in the config of the demo"]
    assert str(made("no path")) == f"{made.code}: no path"


def test_errors_of_the_core_arrive_whole() -> None:
    with pytest.raises(ValueError, match="must be <=") as caught:
        pln.Assigner(pln.SlidingWindowSpec(duration_ms=60_000, step_ms=90_000))
    error = caught.value
    assert isinstance(error, pln.InvalidSpecError)
    assert error.code == "INVALID_SPEC"
    assert error.path == "step_ms"
    assert error.message == "step_ms must be <= duration_ms (60000), got 90000"


def test_a_panic_is_an_internal_error(capfd: pytest.CaptureFixture[str]) -> None:
    """pyo3's PanicException derives from BaseException and would pass `except Exception`."""
    with pytest.raises(pln.InternalError) as caught:
        _core._panic()
    assert caught.value.message == "a bug: on purpose"
    assert isinstance(caught.value, Exception)
    assert "on purpose" in capfd.readouterr().err
    assert not any("Panic" in name for name in vars(builtins))


def test_memory_that_is_not_there_is_an_error() -> None:
    """In a process that may have 1 GiB: the 2^28 windows that a batch may have are refused."""
    code = """
import resource
import paneline as pln

resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
wide = pln.Assigner(pln.SlidingWindowSpec(duration_ms=65_536 * 2**20, step_ms=2**20))
assert len(wide.windows(0)) == 65_536
for rows in (4_096, 4_097):
    try:
        wide.assign(memoryview(bytes(8 * rows)).cast("q"))
    except MemoryError as error:
        print(type(error).__name__, error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    granted, allowed = run.stdout.splitlines()
    assert granted.startswith("MemoryLimitError MEMORY_LIMIT at times: 268435456 windows do not")
    assert allowed.startswith("MemoryLimitError MEMORY_LIMIT at times: 4097 rows lie in 268500992")
