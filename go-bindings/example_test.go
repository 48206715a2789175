package paneline_test

import (
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

// The last 5 minutes, every 10 seconds.
func Example() {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{
		Duration: 5 * time.Minute,
		Step:     10 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer assigner.Close()

	windows, err := assigner.Windows(time.UnixMilli(1_735_689_612_345))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(windows), "windows, the last is", windows[29])
	// Output: 30 windows, the last is [2025-01-01T00:00:10Z, 2025-01-01T00:05:10Z)
}

// The local day is 23 to 25 hours long: Havana had two midnights on 2024-11-03.
func ExampleAssigner_Pane() {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{
		Duration: 24 * time.Hour,
		Timezone: "America/Havana",
	})
	if err != nil {
		log.Fatal(err)
	}
	defer assigner.Close()

	day, err := assigner.Pane(time.Date(2024, 11, 3, 5, 30, 0, 0, time.UTC))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(day, "is", day.End.Sub(day.Start))
	// Output: [2024-11-03T04:00:00Z, 2024-11-04T05:00:00Z) is 25h0m0s
}

// A column in, columns out. Keep the output for the next batch: then nothing is allocated.
func ExampleAssigner_Assign() {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{
		Duration: 20 * time.Second,
		Step:     10 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer assigner.Close()

	var windows paneline.Assignment
	if err := assigner.Assign([]int64{25, 30}, paneline.TimeUnitSecond, &windows); err != nil {
		log.Fatal(err)
	}
	fmt.Println(windows.Offsets, windows.Starts, windows.Ends)
	// Output: [0 2 4] [10000 20000 20000 30000] [30000 40000 40000 50000]
}

func ExampleAssigner_PaneStarts() {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{Duration: time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	defer assigner.Close()

	times := []int64{61, -1}
	starts := make([]int64, len(times))
	if err := assigner.PaneStarts(times, paneline.TimeUnitSecond, starts); err != nil {
		log.Fatal(err)
	}
	fmt.Println(starts)
	// Output: [60000 -60000]
}

// A refusal says what kind it is, where the fault lies, and what the bound is.
func ExampleError() {
	_, err := paneline.New(paneline.SlidingWindowSpec{
		Duration: time.Minute,
		Step:     90 * time.Second,
	})
	var refusal *paneline.Error
	if errors.Is(err, paneline.ErrInvalidSpec) && errors.As(err, &refusal) {
		fmt.Println(refusal.Path)
	}
	fmt.Println(err)
	// Output:
	// step_ms
	// INVALID_SPEC at step_ms: step_ms must be <= duration_ms (60000), got 90000
}

// 2014-11-02 01:30 occurred twice in New York.
func ExampleResolveLocal() {
	local, err := time.Parse(time.DateTime, "2014-11-02 01:30:00")
	if err != nil {
		log.Fatal(err)
	}
	column := []int64{local.UnixMilli()}
	out := make([]int64, 1)
	for _, choice := range []paneline.Ambiguous{
		paneline.AmbiguousEarliest, paneline.AmbiguousLatest, paneline.AmbiguousReject,
	} {
		if err := paneline.ResolveLocal("America/New_York", column, choice, out); err != nil {
			fmt.Println(choice, err.(*paneline.Error).Code)
			continue
		}
		fmt.Println(choice, time.UnixMilli(out[0]).UTC().Format(time.TimeOnly))
	}
	// Output:
	// earliest 05:30:00
	// latest 06:30:00
	// reject INVALID_ARGUMENT
}

func ExampleParseDuration() {
	length, err := paneline.ParseDuration("1d12h")
	fmt.Println(length, err)
	// Output: 36h0m0s <nil>
}
