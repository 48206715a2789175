"""The version of these files, kept with that of Cargo.toml; an import compares the two.

It stands here again, and is not read from the extension module, so that a module of another release
is refused.
"""

__version__ = "0.1.0"
