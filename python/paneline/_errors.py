"""Decides what an error carries: a code, a path and a message.

The classes themselves are generated: `paneline._codes` holds one for each code of the proto. The
package imports no `typing`, which takes twice as long to load as all of paneline.
"""


class PanelineError(Exception):
    """Why a call was refused; each code has a subclass, such as `InvalidSpecError`.

    `code` is the same word in every language, `path` points into the input (`step_ms`,
    `times[4096]`, or empty), `message` says the value and the bound. The subclasses also derive
    from `ValueError`, `MemoryError` or `OSError` where that is what Python would raise. `taken` is
    the number of rows that `Engine.push`, `run` or `apply` took before, 0 elsewhere.

    >>> import paneline as pln
    >>> try:
    ...     pln.Assigner(pln.SlidingWindowSpec(duration="1m", step="90s"))
    ... except ValueError as error:
    ...     error.code, error.path, error.message
    ('INVALID_SPEC', 'step_ms', 'step_ms must be <= duration_ms (60000), got 90000')
    """

    __module__ = "paneline"

    code: str = ""
    message: str
    path: str
    taken: int = 0

    def __init__(self, message: str, path: str = "") -> None:
        """Keep the message, and the path to the fault."""
        super().__init__(message)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        """Say the code, the path if there is one, and the message."""
        place = f" at {self.path}" if self.path else ""
        return f"{self.code}{place}: {self.message}"

    def __reduce__(self) -> tuple[type["PanelineError"], tuple[str, str], dict[str, object]]:
        """Pickle by the constructor's arguments; notes go along."""
        return type(self), (self.message, self.path), self.__dict__
