"""Refuses a Python that the extension module is not built for, before the loader fails on it.

One wheel serves CPython 3.11 and later by the limited API, which free-threaded builds do not have.
A build for one of them would load, but nothing here was tested without the GIL.
"""

import sys

if "t" in getattr(sys, "abiflags", ""):
    raise ImportError(
        "paneline needs a CPython with the GIL: free-threaded builds such as"
        f" python{sys.version_info.major}.{sys.version_info.minor}t are not supported"
    )
