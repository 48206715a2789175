package paneline_test

import (
	"encoding/json"
	"errors"
	"flag"
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

// Row by row, without an allocation. The columns say the same to code that works on integers.
func ExampleAssignment_All() {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{
		Duration: 20 * time.Second,
		Step:     10 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer assigner.Close()

	times := []int64{25, 30}
	var windows paneline.Assignment
	if err := assigner.Assign(times, paneline.TimeUnitSecond, &windows); err != nil {
		log.Fatal(err)
	}
	for row, window := range windows.All() {
		fmt.Println(times[row], window.Start.Unix(), window.End.Unix())
	}
	// Output:
	// 25 10 30
	// 25 20 40
	// 30 20 40
	// 30 30 50
}

// Every hour of a local day, as it comes: the clocks of Lord Howe go back by half an hour.
func ExampleAssigner_PanesSeq() {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{
		Duration: time.Hour,
		Timezone: "Australia/Lord_Howe",
	})
	if err != nil {
		log.Fatal(err)
	}
	defer assigner.Close()

	from := time.Date(2024, 4, 6, 13, 0, 0, 0, time.UTC)
	for pane, err := range assigner.PanesSeq(from, from.Add(24*time.Hour)) {
		if err != nil {
			log.Fatal(err)
		}
		if length := pane.End.Sub(pane.Start); length != time.Hour {
			fmt.Println(pane, "is", length)
		}
	}
	// Output: [2024-04-06T14:00:00Z, 2024-04-06T15:30:00Z) is 1h30m0s
}

// A window holds its start and not its end.
func ExampleWindow() {
	start := time.Unix(60, 0).UTC()
	window := paneline.Window{Start: start, End: start.Add(time.Minute)}
	fmt.Println(window.Contains(window.Start), window.Contains(window.End), window)
	// Output: true false [1970-01-01T00:01:00Z, 1970-01-01T00:02:00Z)
}

// A spec in a service's configuration: the names and milliseconds of the proto.
func ExampleSlidingWindowSpec() {
	var config struct {
		Window paneline.SlidingWindowSpec `json:"window"`
	}
	text := `{"window": {"duration_ms": 300000, "step_ms": 10000}}`
	if err := json.Unmarshal([]byte(text), &config); err != nil {
		log.Fatal(err)
	}
	fmt.Println(config.Window.Duration, config.Window.Step)

	fmt.Println(json.Unmarshal([]byte(`{"window": {"duration": "5m"}}`), &config))
	// Output:
	// 5m0s 10s
	// UNSUPPORTED_FIELD at duration: "duration" is no field of SlidingWindowSpec; did you mean "duration_ms", in milliseconds?
}

// The day so far, hour by hour: windows that share their start.
func ExampleWindowKind() {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{
		Kind:     paneline.WindowKindCumulate,
		Duration: 24 * time.Hour,
		Step:     time.Hour,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer assigner.Close()

	windows, err := assigner.Windows(time.Date(2025, 1, 1, 21, 30, 0, 0, time.UTC))
	if err != nil {
		log.Fatal(err)
	}
	for _, window := range windows {
		fmt.Println(window)
	}
	// Output:
	// [2025-01-01T00:00:00Z, 2025-01-01T22:00:00Z)
	// [2025-01-01T00:00:00Z, 2025-01-01T23:00:00Z)
	// [2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z)
}

// The fiscal quarters of a year that begins in April.
func ExampleCalendarUnit() {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{
		CalendarUnit:     paneline.CalendarUnitQuarter,
		CalendarDuration: 1,
		YearStartMonth:   4,
		Timezone:         "Asia/Kolkata",
	})
	if err != nil {
		log.Fatal(err)
	}
	defer assigner.Close()

	fmt.Println(assigner.Pane(time.Date(2025, 2, 14, 0, 0, 0, 0, time.UTC)))
	// Output: [2024-12-31T18:30:00Z, 2025-03-31T18:30:00Z) <nil>
}

// Weeks that begin on Sunday.
func ExampleWeekday() {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{
		CalendarUnit:     paneline.CalendarUnitWeek,
		CalendarDuration: 1,
		WeekStart:        paneline.WeekdaySunday,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer assigner.Close()

	fmt.Println(assigner.Pane(time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC)))
	// Output: [2024-12-29T00:00:00Z, 2025-01-05T00:00:00Z) <nil>
}

// An enum is text for flags and configurations.
func ExampleTimeUnit() {
	var unit paneline.TimeUnit
	flags := flag.NewFlagSet("import", flag.ContinueOnError)
	flags.TextVar(&unit, "unit", paneline.TimeUnitMillisecond, "what a tick of the column is")
	if err := flags.Parse([]string{"-unit", "us"}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(unit, unit == paneline.TimeUnitMicrosecond)
	// Output: us true
}

// What to do next depends on the code alone, here with a time that a device made up.
func ExampleCode() {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{Duration: time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	defer assigner.Close()

	_, err = assigner.Pane(time.UnixMilli(9_000_000_000_000_000))
	var refusal *paneline.Error
	if errors.As(err, &refusal) {
		switch refusal.Code {
		case paneline.CodeOutOfRange:
			fmt.Println("drop the row:", refusal.Code)
		case paneline.CodeMemoryLimit:
			fmt.Println("assign fewer rows at a time:", refusal.Code)
		default:
			log.Fatal(refusal)
		}
	}
	// Output: drop the row: OUT_OF_RANGE
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
func ExampleAmbiguous() {
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

// A column of local times, of a file without offsets.
func ExampleResolveLocal() {
	local, err := time.Parse(time.DateTime, "2014-07-01 12:00:00")
	if err != nil {
		log.Fatal(err)
	}
	column := []int64{local.UnixMilli()}
	out := make([]int64, len(column))
	err = paneline.ResolveLocal("America/New_York", column, paneline.AmbiguousReject, out)
	fmt.Println(time.UnixMilli(out[0]).UTC().Format(time.DateTime), err)
	// Output: 2014-07-01 16:00:00 <nil>
}

func ExampleParseDuration() {
	length, err := paneline.ParseDuration("1d12h")
	fmt.Println(length, err)
	// Output: 36h0m0s <nil>
}
