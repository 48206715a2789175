package paneline_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

// residentBytes is the memory the process holds, Go's and the core's.
func residentBytes(t *testing.T) int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal("the leak test reads /proc/self/statm, which is not here")
	}
	var total, resident int
	if _, err := fmt.Sscan(string(text), &total, &resident); err != nil {
		t.Fatal(err)
	}
	return resident * os.Getpagesize()
}

// grows fails the test if calls go on taking memory after the first of them.
func grows(t *testing.T, calls, bytesMax int, call func()) {
	t.Helper()
	run := func(count int) int {
		for i := range count {
			call()
			if i%(calls/100) == 0 {
				runtime.GC() // and with it the cleanups
			}
		}
		return residentBytes(t)
	}
	before := run(calls / 5)
	if grown := run(calls) - before; grown > bytesMax {
		t.Errorf("%d calls took %d bytes", calls, grown)
	}
}

// 400,000 error objects of the core that nobody freed would be above 40 MB.
func TestErrorsAreFreed(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Minute})
	grows(t, 400_000, 20<<20, func() {
		if _, err := assigner.Pane(time.Unix(1<<50, 0)); err == nil {
			t.Fatal("not refused")
		}
	})
}

// An Assigner that nobody closed is freed once nobody can reach it.
func TestForgottenAssignersAreFreed(t *testing.T) {
	spec := paneline.SlidingWindowSpec{Duration: time.Minute, Timezone: "America/New_York"}
	grows(t, 5_000, 20<<20, func() {
		if _, err := paneline.New(spec); err != nil {
			t.Fatal(err)
		}
	})
}
