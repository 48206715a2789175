"""The package: what an import brings in, and that every example in the docs is true."""

import doctest
import subprocess
import sys

import pytest

import paneline as pln
from paneline import _core


def test_import_needs_the_standard_library_alone() -> None:
    """In isolation from the test's own tools, with every module that the import loads named."""
    code = (
        "import sys; before = {*sys.modules}; import paneline;"
        "print(*{name.partition('.')[0] for name in {*sys.modules} - before})"
    )
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)
    loaded = {*run.stdout.decode().split()} - {"paneline"}
    assert loaded <= sys.stdlib_module_names, loaded
    assert "typing" not in loaded


def test_version() -> None:
    from importlib.metadata import requires, version

    assert pln.__version__ == version("paneline")
    assert requires("paneline") is None


def test_a_module_of_another_version_is_refused() -> None:
    """The extension stays as it is; the files around it say that they are of another release."""
    code = (
        "import sys, types; other = sys.modules['paneline._version'] = types.ModuleType('other');"
        "other.__version__ = '0.0.9';"
        "import paneline"
    )
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert run.returncode == 1
    assert "VersionMismatchError: VERSION_MISMATCH at version: " in run.stderr
    assert f"must be 0.0.9, as the package around it, got {pln.__version__}" in run.stderr
    assert "python/build.sh" in run.stderr


def test_all_is_what_there_is() -> None:
    public = {name for name in vars(pln) if not name.startswith("_")}
    assert public | {"__version__"} == {*pln.__all__}


# Classes say that they are of `paneline`, functions that they are of `paneline._core`.
CASES = [
    case
    for module in (pln, _core)
    for case in doctest.DocTestFinder().find(module, "paneline")
    if case.examples
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_examples(case: doctest.DocTest) -> None:
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    assert runner.run(case).failed == 0


def test_what_has_an_example() -> None:
    """Protects the collection above, which would find nothing in silence."""
    documented = {case.name.removeprefix("paneline.") for case in CASES}
    assert {
        "paneline",
        "PanelineError",
        "SlidingWindowSpec",
        "SlidingWindowSpec.from_proto",
        "SlidingWindowSpec.from_json",
        "Assigner",
        "Assigner.windows",
        "Assigner.pane",
        "Assigner.next_boundary",
        "Assigner.panes",
        "Assigner.pane_starts",
        "Assigner.assign",
        "Assignment",
        "BytesArray",
        "Column",
        "Int64Array",
        "Window",
        "ValueColumn",
        "Aggregate",
        "EngineSpec",
        "EngineSpec.from_proto",
        "EngineSpec.from_json",
        "Engine",
        "Engine.shard",
        "Engine.push",
        "Engine.run",
        "Engine.poll",
        "Engine.advance_watermark",
        "ResultBatch",
        "LateBatch",
        "Progress",
        "estimate",
        "parse_duration",
        "resolve_local",
        "timezones",
    } <= documented
    for name in pln.__all__:
        if name != "__version__":
            assert getattr(pln, name).__doc__, name
