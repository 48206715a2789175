// Instants, wall-clock times and lengths on their way to the core.

package paneline

/*
#cgo noescape pln_resolve_local
#cgo nocallback pln_resolve_local
#cgo noescape pln_parse_duration
#cgo nocallback pln_parse_duration
#include "paneline.h"
*/
import "C"

import (
	"fmt"
	"math"
	"time"
	"unsafe"
)

// ResolveLocal turns wall-clock times of one zone into instants. Both columns are milliseconds and
// of one length: local since 1970-01-01T00:00 on that clock, which is what
// time.Parse(layout, text) and UnixMilli give for text without an offset; out since
// 1970-01-01T00:00:00Z. They must not overlap. All or nothing: an error leaves out untouched.
//
// Errors: ErrUnknownTimezone at "timezone"; ErrOutOfRange and, under AmbiguousReject,
// ErrInvalidArgument at "local_ms[i]"; ErrInvalidArgument at "out_ms" for another length and at
// "ambiguous" for an unknown choice. Any number of goroutines may call it.
func ResolveLocal(timezone string, local []int64, ambiguous Ambiguous, out []int64) error {
	if errABI != nil {
		return errABI
	}
	if err := checkLength(len(out), len(local)); err != nil {
		return err
	}
	var raw *C.pln_error
	code := C.pln_resolve_local(
		(*C.uint8_t)(unsafe.StringData(timezone)), C.size_t(len(timezone)),
		column(local), C.size_t(len(local)), C.uint32_t(ambiguous), column(out), &raw,
	)
	return check(code, raw)
}

// ParseDuration reads a length such as "15m" or "1h30m": w, d, h, m, s and ms, descending. A day
// is 24 hours here; on the wall clock of a zone a Step of 24 hours is nevertheless the local day.
//
// Errors: ErrInvalidArgument at "duration" for text that is no length, and for one beyond the 292
// years of a time.Duration.
func ParseDuration(text string) (time.Duration, error) {
	const millisecondsMax = math.MaxInt64 / int64(time.Millisecond)
	ms, err := ParseMilliseconds(text)
	if err != nil {
		return 0, err
	}
	if ms > millisecondsMax {
		return 0, &Error{CodeInvalidArgument, "duration", fmt.Sprintf(
			"a time.Duration must be at most %d ms, got %d; ParseMilliseconds reads it",
			millisecondsMax, ms,
		)}
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// ParseMilliseconds reads a length as [ParseDuration] does, into milliseconds: what columns are
// made of, and where a length may be beyond the 292 years of a time.Duration.
//
// Errors: ErrInvalidArgument at "duration".
func ParseMilliseconds(text string) (int64, error) {
	if errABI != nil {
		return 0, errABI
	}
	var ms C.int64_t
	var raw *C.pln_error
	code := C.pln_parse_duration(
		(*C.uint8_t)(unsafe.StringData(text)), C.size_t(len(text)), &ms, &raw,
	)
	return int64(ms), check(code, raw)
}

// unixMilli is an instant in milliseconds. UnixMilli floors, because a Time counts its nanoseconds
// upwards from a second; what is beyond an int64 becomes its nearest extreme, which the core
// refuses as it refuses everything beyond 8,640,000,000,000,000.
func unixMilli(t time.Time) int64 {
	const secondsMax = math.MaxInt64/1000 - 1
	switch seconds := t.Unix(); {
	case seconds < -secondsMax:
		return math.MinInt64
	case seconds > secondsMax:
		return math.MaxInt64
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// column is a slice as C sees it; nil for none.
func column(values []int64) *C.int64_t {
	return (*C.int64_t)(unsafe.Pointer(unsafe.SliceData(values)))
}

// checkLength refuses an output whose length is not the input's: C could only overrun it.
func checkLength(out, in int) error {
	if out == in {
		return nil
	}
	text := fmt.Sprintf("out_ms must hold %d values, got %d", in, out)
	return &Error{CodeInvalidArgument, "out_ms", text}
}
