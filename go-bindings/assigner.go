// The compiled spec: a handle of the core, its calls, and who may free it when.

package paneline

/*
#cgo noescape pln_assigner_new
#cgo nocallback pln_assigner_new
#cgo noescape pln_assigner_free
#cgo nocallback pln_assigner_free
#cgo noescape pln_assigner_fingerprint
#cgo nocallback pln_assigner_fingerprint
#cgo noescape pln_assigner_spec
#cgo nocallback pln_assigner_spec
#cgo noescape pln_assigner_windows
#cgo nocallback pln_assigner_windows
#cgo noescape pln_assigner_pane
#cgo nocallback pln_assigner_pane
#cgo noescape pln_assigner_next_boundary
#cgo nocallback pln_assigner_next_boundary
#cgo noescape pln_assigner_panes
#cgo nocallback pln_assigner_panes
#include "paneline.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// Assigner is a compiled [SlidingWindowSpec]: it says which windows an event belongs to.
// Compiling takes about 0.1 ms for a zone with many transitions; keep the assigner, and Close it
// when it is no longer needed.
//
// Any number of goroutines may use an Assigner at once, Close included: Close waits for the calls
// that are under way, and every call after it, or on nil, is refused with ErrClosed at "assigner".
type Assigner struct {
	fingerprint [32]byte

	mu      sync.RWMutex    // held for reading during a call, for writing to close
	handle  *C.pln_assigner // nil once closed
	cleanup runtime.Cleanup // frees the handle of an Assigner that nobody closed
}

// Window is a half-open span of time, from Start up to but without End, in UTC and whole
// milliseconds. Windows compare with ==.
type Window struct {
	Start, End time.Time
}

// Contains reports whether an instant lies inside.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.Start) && t.Before(w.End) }

// String is "[start, end)" in RFC 3339.
func (w Window) String() string {
	const layout = time.RFC3339Nano
	return fmt.Sprintf("[%s, %s)", w.Start.Format(layout), w.End.Format(layout))
}

// New compiles a spec.
//
// Errors, each at the proto's name of the field, such as "step_ms", and of several the one whose
// field comes first in the proto: ErrInvalidSpec, ErrUnknownTimezone, ErrVersionMismatch. Also
// ErrCorrupt with an empty path for text that is not UTF-8, and ErrVersionMismatch at
// "abi_version", "version" or "tzdb_version" for an archive of another release.
func New(spec SlidingWindowSpec) (*Assigner, error) {
	text, fault := spec.message()
	a, err := NewFromJSON(text)
	if fault == nil {
		return a, err
	}
	a.Close()
	// The core was given the faulty length cut to milliseconds, which changes no verdict on the
	// fields before it.
	var refusal *Error
	if errors.As(err, &refusal) && fieldIndex(refusal.Path) < fieldIndex(fault.Path) {
		return nil, refusal
	}
	return nil, fault
}

// NewFromJSON compiles a spec from the protobuf JSON of a SlidingWindowSpec. It is strict: an
// unknown field or value is refused.
//
// Errors: those of [New]; ErrCorrupt for text that is no JSON object; ErrUnsupportedField at the
// name of an unknown field.
func NewFromJSON(text []byte) (*Assigner, error) {
	spec, err := protoFromJSON(text)
	if err != nil {
		return nil, err
	}
	return NewFromProto(spec)
}

// NewFromProto compiles a spec from the protobuf bytes of a SlidingWindowSpec. It is strict: an
// unknown field or value is refused.
//
// Errors: those of [New]; ErrCorrupt for bytes that are no such message; ErrUnsupportedField at
// "#<number>" of an unknown field.
func NewFromProto(spec []byte) (*Assigner, error) {
	if errABI != nil {
		return nil, errABI
	}
	var handle *C.pln_assigner
	var raw *C.pln_error
	code := C.pln_assigner_new(
		(*C.uint8_t)(unsafe.SliceData(spec)), C.size_t(len(spec)), &handle, &raw,
	)
	if err := check(code, raw); err != nil {
		return nil, err
	}
	var fingerprint [32]byte
	code = C.pln_assigner_fingerprint(handle, (*C.uint8_t)(&fingerprint[0]), &raw)
	if err := check(code, raw); err != nil {
		free(handle)
		return nil, err
	}
	a := &Assigner{fingerprint: fingerprint, handle: handle}
	a.cleanup = runtime.AddCleanup(a, free, handle)
	return a, nil
}

func free(handle *C.pln_assigner) { C.pln_assigner_free(handle) }

// Close frees the core's memory, which Go's collector does not see. It waits for calls that are
// under way. Closing twice is fine, and so is closing nil.
func (a *Assigner) Close() {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.handle == nil {
		return
	}
	a.cleanup.Stop()
	free(a.handle)
	a.handle = nil
}

// acquire gives the handle until release.
func (a *Assigner) acquire() (*C.pln_assigner, error) {
	if a == nil {
		return nil, &Error{CodeClosed, "assigner", "the assigner is nil; make one with New"}
	}
	a.mu.RLock()
	if a.handle == nil {
		a.mu.RUnlock()
		return nil, &Error{CodeClosed, "assigner", "the assigner is closed; make a new one"}
	}
	return a.handle, nil
}

// release ends a call, and keeps the cleanup from running before that.
func (a *Assigner) release() {
	a.mu.RUnlock()
	runtime.KeepAlive(a)
}

// Fingerprint is the identity of the spec, the rules of windows and, where the grid lies on the
// wall clock of a named zone, that zone's history. Equal fingerprints, equal windows. It works on
// a closed Assigner too; that of nil is all zeros.
func (a *Assigner) Fingerprint() [32]byte {
	if a == nil {
		return [32]byte{}
	}
	return a.fingerprint
}

// Spec is the canonical spec: the same for all that mean the same, such as a Step that is the
// Duration and one that is absent.
//
// Errors: ErrClosed; ErrInvalidSpec at the name of a length beyond the 292 years of a
// time.Duration, which a lateness from JSON or protobuf may be.
func (a *Assigner) Spec() (SlidingWindowSpec, error) {
	handle, err := a.acquire()
	if err != nil {
		return SlidingWindowSpec{}, err
	}
	defer a.release()
	spec, err := bytesOf(func(
		out *C.uint8_t, capacity C.size_t, length *C.size_t, raw **C.pln_error,
	) C.pln_code {
		return C.pln_assigner_spec(handle, out, capacity, length, raw)
	})
	if err != nil {
		return SlidingWindowSpec{}, err
	}
	return specFromProto(spec)
}

// String names the Assigner by the first digits of its fingerprint, for logs.
func (a *Assigner) String() string {
	fingerprint := a.Fingerprint()
	return fmt.Sprintf("Assigner(%x)", fingerprint[:8])
}

// Windows returns the windows that hold an instant, ascending by start, then end.
//
// Errors: ErrOutOfRange at "t_ms"; ErrClosed.
func (a *Assigner) Windows(t time.Time) ([]Window, error) {
	handle, err := a.acquire()
	if err != nil {
		return nil, err
	}
	defer a.release()
	ms := unixMilli(t)
	var few [32]C.pln_window // most answers fit, and it stays on the stack
	found := few[:]
	count, err := windowsInto(handle, ms, found)
	if count > len(found) {
		found = make([]C.pln_window, count)
		count, err = windowsInto(handle, ms, found)
	}
	if err != nil {
		return nil, err
	}
	return windows(found[:count]), nil
}

// Pane returns the pane that holds an instant: the span between the two nearest boundaries of the
// grid. Tumbling windows are panes; sliding windows start at every one.
//
// Errors: ErrOutOfRange at "t_ms"; ErrInvalidArgument at "kind" for a session, which has no grid;
// ErrClosed.
func (a *Assigner) Pane(t time.Time) (Window, error) {
	handle, err := a.acquire()
	if err != nil {
		return Window{}, err
	}
	defer a.release()
	var pane C.pln_window
	var raw *C.pln_error
	code := C.pln_assigner_pane(handle, C.int64_t(unixMilli(t)), &pane, &raw)
	if err := check(code, raw); err != nil {
		return Window{}, err
	}
	return window(pane), nil
}

// NextBoundary returns the first pane boundary after an instant.
//
// Errors: as for [Assigner.Pane].
func (a *Assigner) NextBoundary(t time.Time) (time.Time, error) {
	handle, err := a.acquire()
	if err != nil {
		return time.Time{}, err
	}
	defer a.release()
	var ms C.int64_t
	var raw *C.pln_error
	code := C.pln_assigner_next_boundary(handle, C.int64_t(unixMilli(t)), &ms, &raw)
	if err := check(code, raw); err != nil {
		return time.Time{}, err
	}
	return instant(int64(ms)), nil
}

// Panes returns the panes that tile the time from one instant up to another: the first starts at
// or before from, the last ends at or after to. At most 16,777,216 panes per call; none where the
// two are equal.
//
// Errors: ErrOutOfRange at "from_ms" or "to_ms"; ErrInvalidArgument at "to_ms" where it is before
// from or too many panes away, and at "kind" for a session; ErrClosed.
func (a *Assigner) Panes(from, to time.Time) ([]Window, error) {
	fromMS, toMS := unixMilli(from), unixMilli(to)
	var few [32]C.pln_window
	found := few[:]
	count, err := a.panesInto(fromMS, toMS, found)
	if count > len(found) {
		found = make([]C.pln_window, count)
		count, err = a.panesInto(fromMS, toMS, found)
	}
	if err != nil {
		return nil, err
	}
	return windows(found[:count]), nil
}

// PanesSeq iterates over the panes that [Assigner.Panes] returns, without a limit to their number:
// it asks the core for up to 256 at a time and allocates nothing.
//
// An error comes with a zero Window and ends the sequence: those of the arguments before the first
// pane, ErrClosed also after any. The loop's body may call and close the Assigner.
//
// Errors: those of Panes, but for too many panes.
func (a *Assigner) PanesSeq(from, to time.Time) iter.Seq2[Window, error] {
	return func(yield func(Window, error) bool) {
		if err := a.walk(unixMilli(from), unixMilli(to), yield); err != nil {
			yield(Window{}, err)
		}
	}
}

// walk yields panes until there are no more of them or yield wants none, which is no error.
func (a *Assigner) walk(fromMS, toMS int64, yield func(Window, error) bool) error {
	// A far end that is out of range is refused now and not after the last pane before it. The
	// second call names the argument that is at fault, as Panes does.
	if _, err := a.panesInto(toMS, toMS, nil); err != nil {
		_, err = a.panesInto(fromMS, toMS, nil)
		return err
	}
	var chunk [256]C.pln_window
	// How far to ask: for the first pane, then for a chunk of panes like the last one.
	for reachMS := int64(1); ; {
		endMS := toMS
		if reachMS < toMS-fromMS {
			endMS = fromMS + reachMS
		}
		count, err := a.panesInto(fromMS, endMS, chunk[:])
		if err != nil {
			return err
		}
		if count > len(chunk) { // they are shorter than the last one was
			reachMS /= 2
			continue
		}
		for _, pane := range chunk[:count] {
			if !yield(window(pane), nil) {
				return nil
			}
		}
		if count == 0 || int64(chunk[count-1].end_ms) >= toMS {
			return nil
		}
		last := chunk[count-1]
		fromMS, reachMS = int64(last.end_ms), int64(last.end_ms-last.start_ms)*int64(len(chunk))
	}
}

// windowsInto writes the windows that hold an instant to out and returns their number. Where it is
// more than out holds, nothing was written.
func windowsInto(handle *C.pln_assigner, ms int64, out []C.pln_window) (int, error) {
	var length C.size_t
	var raw *C.pln_error
	code := C.pln_assigner_windows(
		handle, C.int64_t(ms), unsafe.SliceData(out), C.size_t(len(out)), &length, &raw,
	)
	return written(len(out), length, code, raw)
}

// panesInto does for panes what windowsInto does for windows.
func (a *Assigner) panesInto(fromMS, toMS int64, out []C.pln_window) (int, error) {
	handle, err := a.acquire()
	if err != nil {
		return 0, err
	}
	defer a.release()
	var length C.size_t
	var raw *C.pln_error
	code := C.pln_assigner_panes(
		handle, C.int64_t(fromMS), C.int64_t(toMS),
		unsafe.SliceData(out), C.size_t(len(out)), &length, &raw,
	)
	return written(len(out), length, code, raw)
}

func windows(found []C.pln_window) []Window {
	out := make([]Window, len(found))
	for i, w := range found {
		out[i] = window(w)
	}
	return out
}

func window(w C.pln_window) Window {
	return Window{instant(int64(w.start_ms)), instant(int64(w.end_ms))}
}
