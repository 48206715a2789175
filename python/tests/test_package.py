"""The package: what an import brings in, and that every example in the docs is true."""

import doctest
import inspect
import subprocess
import sys
from collections.abc import Iterator

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


def public() -> Iterator[tuple[str, object]]:
    """What can have a docstring, by its name in the package."""
    yield "paneline", pln
    for name in pln.__all__:
        item = getattr(pln, name)
        if not isinstance(item, type):
            if callable(item):
                yield f"paneline.{name}", item
            continue
        yield f"paneline.{name}", item
        for member, value in vars(item).items():
            is_doc_free = isinstance(value, (str, int)) or inspect.ismemberdescriptor(value)
            if not (member.startswith("_") or is_doc_free):
                yield f"paneline.{name}.{member}", value


def test_everything_public_says_what_it_is() -> None:
    """A docstring for all, an example that ran for what can be called, and none that did not run.

    The error classes share the example of their base; doctest does not look into properties.
    """
    ran = {case.name for case in CASES}
    for name, item in public():
        text = inspect.getdoc(item)
        assert text, f"{name} says nothing"
        if inspect.isgetsetdescriptor(item):
            assert ">>>" not in text, f"{name}: the example would not run"
        elif not (isinstance(item, type) and issubclass(item, pln.PanelineError)):
            assert name in ran, f"{name} has no example"
    assert len([*public()]) > 150
