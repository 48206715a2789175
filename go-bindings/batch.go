// Columns of times, and of the windows they lie in: the fast way in and out.

package paneline

/*
#cgo noescape pln_assigner_pane_starts
#cgo nocallback pln_assigner_pane_starts
#cgo noescape pln_assigner_assign
#cgo nocallback pln_assigner_assign
#include "paneline.h"
*/
import "C"

import (
	"iter"
	"slices"
)

// Assignment is the windows of a column of events, in milliseconds since 1970-01-01T00:00:00Z.
// Row i lies in the windows from Offsets[i] up to Offsets[i+1] of Starts and Ends, the layout of an
// Arrow list.
type Assignment struct {
	Offsets []int64 // one more than there are rows, ascending from 0
	Starts  []int64 // the windows' first milliseconds
	Ends    []int64 // the windows' first milliseconds after
}

// All iterates over the windows of every row, row by row: the number of the row, and a window. It
// reads the columns as it goes and allocates nothing.
func (a *Assignment) All() iter.Seq2[int, Window] {
	return func(yield func(int, Window) bool) {
		for row := range len(a.Offsets) - 1 {
			for i := a.Offsets[row]; i < a.Offsets[row+1]; i++ {
				if !yield(row, a.window(i)) {
					return
				}
			}
		}
	}
}

// Windows iterates over the windows of one row, ascending by start, then end. It allocates
// nothing. As an index of a slice does, a row that is not there panics.
func (a *Assignment) Windows(row int) iter.Seq[Window] {
	return func(yield func(Window) bool) {
		for i := a.Offsets[row]; i < a.Offsets[row+1]; i++ {
			if !yield(a.window(i)) {
				return
			}
		}
	}
}

func (a *Assignment) window(i int64) Window {
	return Window{instant(a.Starts[i]), instant(a.Ends[i])}
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
