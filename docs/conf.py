"""How Sphinx makes HTML of these pages: `make docs`, into target/docs/html.

The pages are the Markdown files of this folder, which read as well where they lie. Links that lead
out of the folder become links to the repository. Every warning is an error.
"""

from __future__ import annotations

import posixpath
import re

REPOSITORY = "https://github.com/paneline/paneline/blob/main/"

project = "paneline"
copyright = "the authors of paneline; Apache-2.0 OR MIT"  # noqa: A001 - Sphinx's name
extensions = ["myst_parser"]
exclude_patterns = ["requirements.txt"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "paneline"
html_show_sourcelink = False
# A zone's rule or a row of a log is no program.
highlight_language = "none"


def link_out(app: object, page: str, source: list[str]) -> None:
    """`](../core/x.rs)` leads to a file of the repository, not of the book."""
    leads_out = re.compile(r"\]\((\.\./[^)]+)\)")
    to = lambda found: f"]({REPOSITORY}{posixpath.normpath('docs/' + found[1])})"  # noqa: E731
    source[0] = leads_out.sub(to, source[0])


def setup(app: object) -> None:
    """Sphinx calls this."""
    app.connect("source-read", link_out)  # type: ignore[attr-defined]
