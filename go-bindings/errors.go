// Refusals as Go values: made of the core's error objects, which are freed here and nowhere else.

package paneline

/*
#cgo CFLAGS: -I${SRCDIR}
#cgo noescape pln_error_path
#cgo nocallback pln_error_path
#cgo noescape pln_error_message
#cgo nocallback pln_error_message
#cgo noescape pln_error_free
#cgo nocallback pln_error_free
#include "paneline.h"
*/
import "C"

import "fmt"

// Code says what kind of refusal an error is, the same in every language. Numbers are
// append-only. Each comment says what the caller does next.
type Code int32

// String is the name in every language, such as "INVALID_SPEC".
func (c Code) String() string {
	if c < 0 || int(c) >= len(codeNames) {
		return fmt.Sprintf("Code(%d)", int32(c))
	}
	return codeNames[c]
}

// Error is why a call was refused. Every error of this package is one; [errors.As] finds it, and
// [errors.Is] with ErrInvalidSpec, ErrOutOfRange and so on asks for its code.
type Error struct {
	// Code is what to branch on. It is never CodeOK.
	Code Code
	// Path says where in the input the fault lies: "step_ms", "times[4096]", or "".
	Path string
	// Message says what was wrong, with the value and the bound.
	Message string
}

// Error is the sentence that every language prints: "INVALID_SPEC at step_ms: step_ms must be ...".
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%v: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("%v at %s: %s", e.Code, e.Path, e.Message)
}

// Is reports whether target stands for the error's code; [errors.Is] calls it.
func (e *Error) Is(target error) bool {
	code, ok := target.(sentinel)
	return ok && Code(code) == e.Code
}

// sentinel is the type of ErrInvalidSpec and its siblings: a code and nothing else.
type sentinel Code

func (s sentinel) Error() string { return Code(s).String() }

// check turns the outcome of a call into a Go error and frees the core's.
func check(code C.pln_code, raw *C.pln_error) error {
	if Code(code) == CodeOK {
		return nil
	}
	defer C.pln_error_free(raw)
	path, message := C.pln_error_path(raw), C.pln_error_message(raw)
	return &Error{Code(code), C.GoString(path), C.GoString(message)}
}

// written turns the outcome of a call that writes into a buffer into how much there is to write.
// Where that is more than the buffer holds, nothing was written, and it is no error yet.
func written(capacity int, length C.size_t, code C.pln_code, raw *C.pln_error) (int, error) {
	if int(length) > capacity {
		C.pln_error_free(raw)
		return int(length), nil
	}
	return int(length), check(code, raw)
}

// bytesOf makes a call that writes bytes. A spec is under 200 of them, or 600 of JSON.
func bytesOf(
	call func(out *C.uint8_t, capacity C.size_t, length *C.size_t, raw **C.pln_error) C.pln_code,
) ([]byte, error) {
	for out := make([]byte, 640); ; {
		var length C.size_t
		var raw *C.pln_error
		code := call((*C.uint8_t)(&out[0]), C.size_t(len(out)), &length, &raw)
		count, err := written(len(out), length, code, raw)
		if count <= len(out) {
			return out[:count], err
		}
		out = make([]byte, count)
	}
}
