"""The package: what an import brings in, and that every example in the docs is true."""

import doctest
import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

import pytest

import paneline as pln
import paneline.pandas
import paneline.polars
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


def test_what_an_import_costs_can_be_seen() -> None:
    """Shows it with -s; times are not judged, but a module that is new here is a decision."""
    run = subprocess.run(
        [sys.executable, "-I", "-X", "importtime", "-c", "import paneline"],
        capture_output=True,
        check=True,
        text=True,
    )
    report = [line.split("|") for line in run.stderr.splitlines() if "paneline" in line]
    print(*("|".join(line) for line in report), sep="\n")
    assert {name.strip() for *_, name in report} == {
        "paneline",
        *(f"paneline.{name}" for name in ("_abi", "_codes", "_core", "_enums", "_errors")),
        "paneline._version",
    }


def test_version() -> None:
    assert pln.__version__ == metadata.version("paneline")
    assert metadata.requires("paneline") is None


def test_free_threaded_builds_are_refused_in_words() -> None:
    """There is no wheel for them; a build of one's own is told why at the import."""
    code = "import sys; sys.abiflags = 't'; import paneline"
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert run.returncode == 1
    assert "ImportError: paneline needs a CPython with the GIL: free-threaded" in run.stderr
    assert "_core" not in run.stderr
    classifiers = metadata.metadata("paneline").get_all("Classifier") or []
    assert not [line for line in classifiers if "Free Threading" in line]
    assert "cp311-abi3" in (metadata.distribution("paneline").read_text("WHEEL") or "")


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
    submodules = {"pandas", "polars"}
    public = {name for name in vars(pln) if not name.startswith("_")} - submodules
    assert public | {"__version__"} == {*pln.__all__}


# Classes say that they are of `paneline`, functions that they are of `paneline._core`.
CASES = [
    case
    for module in (pln, _core, paneline.pandas, paneline.polars)
    for case in doctest.DocTestFinder().find(module, module.__name__.removesuffix("._core"))
    if case.examples
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_examples(case: doctest.DocTest) -> None:
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    assert runner.run(case).failed == 0


def public() -> Iterator[tuple[str, object]]:
    """What can have a docstring, by its name."""
    for module in (pln, paneline.pandas, paneline.polars):
        yield module.__name__, module
        for name in module.__all__:
            item = getattr(module, name)
            if callable(item):
                yield f"{module.__name__}.{name}", item
            for member, value in vars(item).items() if isinstance(item, type) else ():
                is_doc_free = isinstance(value, (str, int)) or inspect.ismemberdescriptor(value)
                if not (member.startswith("_") or is_doc_free):
                    yield f"{module.__name__}.{name}.{member}", value


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
