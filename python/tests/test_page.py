"""docs/PYTHON.md: its programs run, one after the other, and print what the page shows."""

import contextlib
import io
import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "PYTHON.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```\n(?:^```text\n(.*?)^```\n)?", PAGE, re.M | re.S)


def test_every_block_of_the_page_runs_here() -> None:
    """Protects the collection: a fence that is written in another way would be passed over."""
    assert len(PROGRAMS) == PAGE.count("```python") >= 8
    assert sum(bool(output) for _, output in PROGRAMS) == PAGE.count("```text")
    assert PAGE.count("```") == 2 * (PAGE.count("```python") + PAGE.count("```text"))


def test_the_programs_print_what_the_page_shows() -> None:
    names: dict[str, object] = {}
    for program, expected in PROGRAMS:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(program, "docs/PYTHON.md", "exec"), names)
        assert printed.getvalue() == expected, program
