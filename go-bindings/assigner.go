// The compiled spec: a handle of the core, its calls, and who may free it when.

package paneline

/*
#cgo noescape pln_spec_from_json
#cgo nocallback pln_spec_from_json
#cgo noescape pln_assigner_new
#cgo nocallback pln_assigner_new
#cgo noescape pln_assigner_free
#cgo nocallback pln_assigner_free
#cgo noescape pln_assigner_fingerprint
#cgo nocallback pln_assigner_fingerprint
#cgo noescape pln_assigner_windows
#cgo nocallback pln_assigner_windows
#cgo noescape pln_assigner_pane
#cgo nocallback pln_assigner_pane
#cgo noescape pln_assigner_next_boundary
#cgo nocallback pln_assigner_next_boundary
#cgo noescape pln_assigner_panes
#cgo nocallback pln_assigner_panes
#cgo noescape pln_assigner_pane_starts
#cgo nocallback pln_assigner_pane_starts
#cgo noescape pln_assigner_assign
#cgo nocallback pln_assigner_assign
#include "paneline.h"
*/
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
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

// Assignment is the windows of a column of events, in milliseconds since 1970-01-01T00:00:00Z.
// Row i lies in the windows from Offsets[i] up to Offsets[i+1] of Starts and Ends, the layout of an
// Arrow list.
type Assignment struct {
	Offsets []int64 // one more than there are rows, ascending from 0
	Starts  []int64 // the windows' first milliseconds
	Ends    []int64 // the windows' first milliseconds after
}

// New compiles a spec.
//
// Errors, each at the proto's name of the field, such as "step_ms", and of several the one whose
// field comes first in the proto: ErrInvalidSpec, ErrUnknownTimezone, ErrVersionMismatch. Also
// ErrCorrupt with an empty path for text that is not UTF-8, and ErrVersionMismatch at
// "abi_version", "version" or "tzdb_version" for an archive of another release.
func New(spec SlidingWindowSpec) (*Assigner, error) {
	message, fault := spec.message()
	text, err := json.Marshal(message)
	if err != nil {
		return nil, err
	}
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
	if errABI != nil {
		return nil, errABI
	}
	// A spec is under 200 bytes.
	spec, err := fill(make([]byte, 256), func(
		buffer *byte, capacity C.size_t, length *C.size_t, raw **C.pln_error,
	) C.pln_code {
		return C.pln_spec_from_json(
			(*C.uint8_t)(unsafe.SliceData(text)), C.size_t(len(text)),
			(*C.uint8_t)(buffer), capacity, length, raw,
		)
	})
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

// Windows returns the windows that hold an instant, ascending by start, then end.
//
// Errors: ErrOutOfRange at "t_ms"; ErrClosed.
func (a *Assigner) Windows(t time.Time) ([]Window, error) {
	handle, err := a.acquire()
	if err != nil {
		return nil, err
	}
	defer a.release()
	return windows(func(
		buffer *C.pln_window, capacity C.size_t, length *C.size_t, raw **C.pln_error,
	) C.pln_code {
		ms := C.int64_t(unixMilli(t))
		return C.pln_assigner_windows(handle, ms, buffer, capacity, length, raw)
	})
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
	return instant(ms), nil
}

// Panes returns the panes that tile the time from one instant up to another: the first starts at
// or before from, the last ends at or after to. At most 16,777,216 panes per call; none where the
// two are equal.
//
// Errors: ErrOutOfRange at "from_ms" or "to_ms"; ErrInvalidArgument at "to_ms" where it is before
// from or too many panes away, and at "kind" for a session; ErrClosed.
func (a *Assigner) Panes(from, to time.Time) ([]Window, error) {
	handle, err := a.acquire()
	if err != nil {
		return nil, err
	}
	defer a.release()
	return windows(func(
		buffer *C.pln_window, capacity C.size_t, length *C.size_t, raw **C.pln_error,
	) C.pln_code {
		fromMS, toMS := C.int64_t(unixMilli(from)), C.int64_t(unixMilli(to))
		return C.pln_assigner_panes(handle, fromMS, toMS, buffer, capacity, length, raw)
	})
}

// PaneStarts writes the start of the pane of each time, in milliseconds, to out, which has the
// length of times and does not overlap it. All or nothing: an error leaves out untouched. It
// allocates nothing.
//
// Errors: ErrOutOfRange at "times[i]", the first bad row; ErrInvalidArgument at "out_ms", at "unit"
// and, for a session, at "kind"; ErrClosed.
func (a *Assigner) PaneStarts(times []int64, unit TimeUnit, out []int64) error {
	handle, err := a.acquire()
	if err != nil {
		return err
	}
	defer a.release()
	if err := checkLength(len(out), len(times)); err != nil {
		return err
	}
	var raw *C.pln_error
	code := C.pln_assigner_pane_starts(
		handle, column(times), C.size_t(len(times)), C.uint32_t(unit), column(out), &raw,
	)
	return check(code, raw)
}

// Assign writes the windows of each time to out, replacing what it held, and allocates only where
// out's columns are too short: keep out for the next batch. As append does, it uses a column up to
// its capacity. out must not overlap times. All or nothing: an error leaves out untouched.
//
// Errors: ErrOutOfRange at "times[i]", the first bad row; ErrMemoryLimit at "times" for more than
// 268,435,456 windows; ErrInvalidArgument at "unit", and at "out" for nil; ErrClosed.
func (a *Assigner) Assign(times []int64, unit TimeUnit, out *Assignment) error {
	handle, err := a.acquire()
	if err != nil {
		return err
	}
	defer a.release()
	if out == nil {
		return &Error{CodeInvalidArgument, "out", "out must lead to an Assignment, got nil"}
	}
	offsets := slices.Grow(out.Offsets[:0], len(times)+1)[:len(times)+1]
	starts, ends := out.Starts[:0], out.Ends[:0]
	for {
		capacity := min(cap(starts), cap(ends))
		var length C.size_t
		var raw *C.pln_error
		code := C.pln_assigner_assign(
			handle, column(times), C.size_t(len(times)), C.uint32_t(unit),
			column(offsets), column(starts), column(ends), C.size_t(capacity), &length, &raw,
		)
		if count := int(length); count > capacity {
			// The first call for a larger batch than ever: it only said how much is needed.
			C.pln_error_free(raw)
			starts, ends = slices.Grow(starts, count), slices.Grow(ends, count)
			continue
		}
		if err := check(code, raw); err != nil {
			return err
		}
		*out = Assignment{offsets, starts[:length], ends[:length]}
		return nil
	}
}

// windows makes a call that writes windows. Most answers are 32 windows or fewer.
func windows(call writer[C.pln_window]) ([]Window, error) {
	found, err := fill(make([]C.pln_window, 32), call)
	if err != nil {
		return nil, err
	}
	out := make([]Window, len(found))
	for i, w := range found {
		out[i] = window(w)
	}
	return out, nil
}

func window(w C.pln_window) Window { return Window{instant(w.start_ms), instant(w.end_ms)} }
