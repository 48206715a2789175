// Code generated from proto/paneline/v1/code.proto by "make gen"; DO NOT EDIT.

//go:build cgo

package paneline

// The codes of an [Error].
const (
	// The call succeeded. Nothing to do.
	CodeOK Code = 0
	// The spec says something it may not. Fix the field that the path names.
	CodeInvalidSpec Code = 1
	// An argument is not usable: null, the wrong length, an unknown option. Fix the call.
	CodeInvalidArgument Code = 2
	// The time zone is not in the database. Use the IANA name that the message suggests.
	CodeUnknownTimezone Code = 3
	// The spec holds a field that this version does not know. Upgrade paneline, or drop the field.
	CodeUnsupportedField Code = 4
	// A time lies outside the supported range, is null, or is no time. Remove or fix the row.
	CodeOutOfRange Code = 5
	// The memory budget is spent. Close windows, drain results, push the rest, or open with more.
	CodeMemoryLimit Code = 6
	// The bytes are not what they claim to be. Send them again, or fetch them from their source.
	CodeCorrupt Code = 7
	// A version differs from the one asked for. Install the version that the message names.
	CodeVersionMismatch Code = 8
	// The object was closed before this call. Open a new one.
	CodeClosed Code = 9
	// Reading or writing outside the process did not work. Check the device, then retry.
	CodeIO Code = 10
	// What is needed is not there yet. Retry later. Not used yet.
	CodeUnavailable Code = 11
	// The caller cancelled the call. Nothing to do. Not used yet.
	CodeCancelled Code = 12
	// A bug in paneline. Free the object and report the message.
	CodeInternal Code = 13
)

// What [errors.Is] finds in an [*Error] with the code of the same name.
var (
	ErrInvalidSpec      = error(sentinel(CodeInvalidSpec))
	ErrInvalidArgument  = error(sentinel(CodeInvalidArgument))
	ErrUnknownTimezone  = error(sentinel(CodeUnknownTimezone))
	ErrUnsupportedField = error(sentinel(CodeUnsupportedField))
	ErrOutOfRange       = error(sentinel(CodeOutOfRange))
	ErrMemoryLimit      = error(sentinel(CodeMemoryLimit))
	ErrCorrupt          = error(sentinel(CodeCorrupt))
	ErrVersionMismatch  = error(sentinel(CodeVersionMismatch))
	ErrClosed           = error(sentinel(CodeClosed))
	ErrIO               = error(sentinel(CodeIO))
	ErrUnavailable      = error(sentinel(CodeUnavailable))
	ErrCancelled        = error(sentinel(CodeCancelled))
	ErrInternal         = error(sentinel(CodeInternal))
)

var codeNames = [...]string{
	"OK",
	"INVALID_SPEC",
	"INVALID_ARGUMENT",
	"UNKNOWN_TIMEZONE",
	"UNSUPPORTED_FIELD",
	"OUT_OF_RANGE",
	"MEMORY_LIMIT",
	"CORRUPT",
	"VERSION_MISMATCH",
	"CLOSED",
	"IO",
	"UNAVAILABLE",
	"CANCELLED",
	"INTERNAL",
}
