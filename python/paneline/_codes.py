# @generated from proto/paneline/v1/code.proto by `make gen`
"""The exception class of each code."""

from paneline._errors import PanelineError


class InvalidSpecError(PanelineError, ValueError):
    """The spec says something it may not.

    Fix the field that the path names.
    """

    __module__ = "paneline"

    code = "INVALID_SPEC"


class InvalidArgumentError(PanelineError, ValueError):
    """An argument is not usable: null, the wrong length, an unknown option.

    Fix the call.
    """

    __module__ = "paneline"

    code = "INVALID_ARGUMENT"


class UnknownTimezoneError(PanelineError, ValueError):
    """The time zone is not in the database.

    Use the IANA name that the message suggests.
    """

    __module__ = "paneline"

    code = "UNKNOWN_TIMEZONE"


class UnsupportedFieldError(PanelineError, ValueError):
    """The spec holds a field that this version does not know.

    Upgrade paneline, or drop the field.
    """

    __module__ = "paneline"

    code = "UNSUPPORTED_FIELD"


class OutOfRangeError(PanelineError, ValueError):
    """A time lies outside the supported range, is null, or is no time.

    Remove or fix the row.
    """

    __module__ = "paneline"

    code = "OUT_OF_RANGE"


class MemoryLimitError(PanelineError, MemoryError):
    """The memory budget is spent.

    Close windows, drain results, push the rest, or open with more.
    """

    __module__ = "paneline"

    code = "MEMORY_LIMIT"


class CorruptError(PanelineError, ValueError):
    """The bytes are not what they claim to be.

    Send them again, or fetch them from their source.
    """

    __module__ = "paneline"

    code = "CORRUPT"


class VersionMismatchError(PanelineError):
    """A version differs from the one asked for.

    Install the version that the message names.
    """

    __module__ = "paneline"

    code = "VERSION_MISMATCH"


class ClosedError(PanelineError):
    """The object was closed before this call.

    Open a new one.
    """

    __module__ = "paneline"

    code = "CLOSED"


class IoError(PanelineError, OSError):
    """Reading or writing outside the process did not work.

    Check the device, then retry.
    """

    __module__ = "paneline"

    code = "IO"


class UnavailableError(PanelineError):
    """What is needed is not there yet.

    Retry later. Not used yet.
    """

    __module__ = "paneline"

    code = "UNAVAILABLE"


class CancelledError(PanelineError):
    """The caller cancelled the call.

    Nothing to do. Not used yet.
    """

    __module__ = "paneline"

    code = "CANCELLED"


class InternalError(PanelineError):
    """A bug in paneline.

    Free the object and report the message.
    """

    __module__ = "paneline"

    code = "INTERNAL"


CODES: dict[str, type[PanelineError]] = {
    "INVALID_SPEC": InvalidSpecError,
    "INVALID_ARGUMENT": InvalidArgumentError,
    "UNKNOWN_TIMEZONE": UnknownTimezoneError,
    "UNSUPPORTED_FIELD": UnsupportedFieldError,
    "OUT_OF_RANGE": OutOfRangeError,
    "MEMORY_LIMIT": MemoryLimitError,
    "CORRUPT": CorruptError,
    "VERSION_MISMATCH": VersionMismatchError,
    "CLOSED": ClosedError,
    "IO": IoError,
    "UNAVAILABLE": UnavailableError,
    "CANCELLED": CancelledError,
    "INTERNAL": InternalError,
}
