"""The stub says what the module says: editors show its docstrings, as they cannot ask the module.

A run with UPDATE=1, which `ruff format` should follow, copies them; nobody writes them by hand.
"""

import ast
import inspect
import os
from pathlib import Path

from paneline import _core

STUB = Path(__file__).parents[1] / "paneline" / "_core.pyi"


def docstring(item: object, indent: str) -> str:
    """The docstring of an item as source, or nothing."""
    text = inspect.getdoc(item)
    if not text:
        return ""
    raw = "r" if "\\" in text else ""
    start = " " if text.startswith('"') else ""
    end = "\n" if "\n" in text else ""
    lines = f'{raw}"""{start}{text}{end}"""'.split("\n")
    return "\n".join(indent + line if line else "" for line in lines)


def documented(source: str) -> str:
    """The stub with the module's docstrings in the place of its own."""
    lines = source.splitlines()
    edits: list[tuple[int, int, list[str]]] = []

    def edit(node: ast.ClassDef | ast.FunctionDef, item: object) -> None:
        doc = docstring(item, " " * (node.col_offset + 4)).splitlines()
        body = node.body[0]
        has_doc = ast.get_docstring(node) is not None
        start, end = body.lineno - 1, body.end_lineno or 0
        if isinstance(node, ast.ClassDef):
            edits.append((start, end, doc) if has_doc else (node.lineno, node.lineno, doc))
            return
        # Without a docstring the body is `...`, on the last line of the header.
        header = lines[start - 1] if has_doc else lines[start].removesuffix(" ...")
        edits.append((start - has_doc, end, [header, *doc] if doc else [f"{header} ..."]))

    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            edit(node, getattr(_core, node.name))
        elif isinstance(node, ast.ClassDef) and hasattr(_core, node.name):
            owner = getattr(_core, node.name)
            edit(node, owner)
            # Of several overloads the first speaks for all; what is magic needs no words.
            members = {
                member.name: member
                for member in reversed(node.body)
                if isinstance(member, ast.FunctionDef) and not member.name.startswith("__")
            }
            for name, member in members.items():
                edit(member, inspect.getattr_static(owner, name))
    for start, end, text in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        lines[start:end] = text
    return "\n".join(lines) + "\n"


def test_the_stub_carries_the_docstrings_of_the_module() -> None:
    source = STUB.read_text(encoding="utf-8")
    fresh = documented(source)
    assert documented(fresh) == fresh
    if os.environ.get("UPDATE"):
        STUB.write_text(fresh, encoding="utf-8")
    else:
        assert fresh == source, "run this test with UPDATE=1, then ruff format, and commit"
    assert fresh.count('"""') > 200
