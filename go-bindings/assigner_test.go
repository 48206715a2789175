package paneline_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

func newAssigner(t testing.TB, spec paneline.SlidingWindowSpec) *paneline.Assigner {
	t.Helper()
	assigner, err := paneline.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(assigner.Close)
	return assigner
}

// refused checks an error's code, path, and that it has something to say.
func refused(t *testing.T, err error, code error, path string) {
	t.Helper()
	var refusal *paneline.Error
	if !errors.As(err, &refusal) || !errors.Is(err, code) {
		t.Fatalf("want %v, got %v", code, err)
	}
	if refusal.Path != path || refusal.Message == "" {
		t.Fatalf("want %v at %q, got %v", code, path, err)
	}
}

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02T15:04Z", text)
	if err != nil {
		panic(err)
	}
	return t
}

// Worked facts of the window rules, through every call that can tell a pane: protects against a
// binding that swaps fields, units or arguments.
func TestWorkedFacts(t *testing.T) {
	for _, fact := range []struct {
		zone                string
		step, offset        time.Duration
		instant, start, end string
	}{
		{"America/New_York", 15 * time.Minute, 0,
			"2024-11-03T05:30Z", "2024-11-03T05:30Z", "2024-11-03T05:45Z"},
		{"America/New_York", time.Hour, 30 * time.Minute,
			"2024-11-03T06:15Z", "2024-11-03T06:00Z", "2024-11-03T06:30Z"},
		{"America/New_York", 6 * time.Hour, 0,
			"2024-11-03T06:30Z", "2024-11-03T04:00Z", "2024-11-03T11:00Z"},
		{"Asia/Kolkata", time.Hour, 0,
			"2025-01-01T19:10Z", "2025-01-01T18:30Z", "2025-01-01T19:30Z"},
		{"Australia/Lord_Howe", time.Hour, 0,
			"2024-04-06T15:10Z", "2024-04-06T14:00Z", "2024-04-06T15:30Z"},
		{"America/Sao_Paulo", 24 * time.Hour, 0,
			"2018-11-04T03:30Z", "2018-11-04T03:00Z", "2018-11-05T02:00Z"},
		{"+08:00", 24 * time.Hour, 0,
			"1969-12-31T16:00Z", "1969-12-31T16:00Z", "1970-01-01T16:00Z"},
	} {
		assigner := newAssigner(t, paneline.SlidingWindowSpec{
			Duration: fact.step, Offset: fact.offset, Timezone: fact.zone,
		})
		instant, want := at(fact.instant), paneline.Window{Start: at(fact.start), End: at(fact.end)}
		if pane, err := assigner.Pane(instant); err != nil || pane != want {
			t.Errorf("%+v: pane %v, %v", fact, pane, err)
		}
		if !want.Contains(want.Start) || !want.Contains(instant) || want.Contains(want.End) {
			t.Errorf("%+v: half-open, from start up to end", fact)
		}
		windows, err := assigner.Windows(instant)
		if err != nil || !slices.Equal(windows, []paneline.Window{want}) {
			t.Errorf("%+v: windows %v, %v", fact, windows, err)
		}
		if next, err := assigner.NextBoundary(instant); err != nil || next != want.End {
			t.Errorf("%+v: next %v, %v", fact, next, err)
		}
		panes, err := assigner.Panes(instant, want.End.Add(time.Millisecond))
		if err != nil || len(panes) != 2 || panes[0] != want || panes[1].Start != want.End {
			t.Errorf("%+v: panes %v, %v", fact, panes, err)
		}
		starts := make([]int64, 1)
		err = assigner.PaneStarts([]int64{instant.UnixNano()}, paneline.TimeUnitNanosecond, starts)
		if err != nil || starts[0] != want.Start.UnixMilli() {
			t.Errorf("%+v: pane starts %v, %v", fact, starts, err)
		}
	}
}

// More windows than the first buffer holds: protects the second call.
func TestManyWindows(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{
		Duration: 65_536 * time.Millisecond, Step: time.Millisecond,
	})
	windows, err := assigner.Windows(time.UnixMilli(0))
	if err != nil || len(windows) != 65_536 {
		t.Fatal(len(windows), err)
	}
	first, last := windows[0].Start.UnixMilli(), windows[65_535].Start.UnixMilli()
	if first != -65_535 || last != 0 {
		t.Fatal(first, last)
	}
	panes, err := assigner.Panes(time.UnixMilli(-50), time.UnixMilli(50))
	if err != nil || len(panes) != 100 || panes[99].End.UnixMilli() != 50 {
		t.Fatal(panes, err)
	}
	panes, err = assigner.Panes(time.UnixMilli(50), time.UnixMilli(50))
	if err != nil || len(panes) != 0 {
		t.Fatal(panes, err)
	}
}

// Digits below a millisecond are floored, before 1970 too; truncation would give the pane of 0.
func TestSubMillisecondsAreFloored(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Millisecond})
	for _, c := range []struct{ nanos, ms int64 }{
		{-1, -1}, {-999_999, -1}, {-1_000_000, -1}, {-1_000_001, -2}, {0, 0}, {999_999, 0},
	} {
		pane, err := assigner.Pane(time.Unix(0, c.nanos))
		if err != nil || pane.Start.UnixMilli() != c.ms {
			t.Errorf("%d ns: %v, %v", c.nanos, pane, err)
		}
	}
}

// What an int64 of milliseconds cannot hold is refused by every call; wrapped, some of these would
// be ordinary days.
func TestFarAwayTimes(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Hour})
	epoch := time.Unix(0, 0)
	for _, far := range []time.Time{
		time.UnixMilli(math.MinInt64),
		time.UnixMilli(math.MaxInt64),
		time.UnixMilli(8_640_000_000_000_001),
		time.UnixMilli(-8_640_000_000_000_001),
		time.Unix(1<<54, 0), // 2^54 * 1000 is beyond 2^63
		time.Unix(-1<<54, 0),
		time.Unix(18_446_744_073_709_552, 0), // * 1000 is 2^64 + 384
		time.Unix(-18_446_744_073_709_552, 0),
		time.Date(300_000_000, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(-300_000_000, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		_, err := assigner.Windows(far)
		refused(t, err, paneline.ErrOutOfRange, "t_ms")
		_, err = assigner.Pane(far)
		refused(t, err, paneline.ErrOutOfRange, "t_ms")
		_, err = assigner.NextBoundary(far)
		refused(t, err, paneline.ErrOutOfRange, "t_ms")
		_, err = assigner.Panes(far, epoch)
		refused(t, err, paneline.ErrOutOfRange, "from_ms")
		_, err = assigner.Panes(epoch, far)
		refused(t, err, paneline.ErrOutOfRange, "to_ms")
	}
	for _, edge := range []int64{8_640_000_000_000_000, -8_640_000_000_000_000} {
		pane, err := assigner.Pane(time.UnixMilli(edge))
		if err != nil || pane.Start.UnixMilli() != edge {
			t.Errorf("%d: %v, %v", edge, pane, err)
		}
	}
}

// A batch is all or nothing, and an output of another length never reaches C.
func TestRefusedBatches(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Hour})
	kept := []int64{7, 7, 7}
	for _, c := range []struct {
		times []int64
		unit  paneline.TimeUnit
		code  error
		path  string
	}{
		{[]int64{0, math.MinInt64, 0}, paneline.TimeUnitNanosecond, paneline.ErrOutOfRange, "times[1]"},
		{[]int64{0, 0, math.MaxInt64}, paneline.TimeUnitNanosecond, paneline.ErrOutOfRange, "times[2]"},
		{[]int64{1 << 60, 0, 0}, paneline.TimeUnitSecond, paneline.ErrOutOfRange, "times[0]"},
		{[]int64{0, 0, 0}, 4, paneline.ErrInvalidArgument, "unit"},
		{[]int64{0, 0, 0}, math.MaxUint32, paneline.ErrInvalidArgument, "unit"},
	} {
		out := slices.Clone(kept)
		refused(t, assigner.PaneStarts(c.times, c.unit, out), c.code, c.path)
		windows := paneline.Assignment{Offsets: out, Starts: out[:1:1], Ends: out[1:2:2]}
		refused(t, assigner.Assign(c.times, c.unit, &windows), c.code, c.path)
		if !slices.Equal(out, kept) || len(windows.Offsets) != 3 || len(windows.Starts) != 1 {
			t.Errorf("%v: the output changed: %v %v", c.times, out, windows)
		}
	}
	for _, out := range [][]int64{nil, make([]int64, 2), make([]int64, 4)} {
		err := assigner.PaneStarts(kept, paneline.TimeUnitMillisecond, out)
		refused(t, err, paneline.ErrInvalidArgument, "out_ms")
	}
	err := assigner.PaneStarts(kept, paneline.TimeUnitMillisecond, kept)
	refused(t, err, paneline.ErrInvalidArgument, "out_ms")
	wide := newAssigner(t, paneline.SlidingWindowSpec{
		Duration: 65_536 * time.Millisecond, Step: time.Millisecond,
	})
	var windows paneline.Assignment
	err = wide.Assign(make([]int64, 4_097), paneline.TimeUnitMillisecond, &windows)
	refused(t, err, paneline.ErrMemoryLimit, "times")
	for _, times := range [][]int64{nil, kept} {
		err = assigner.Assign(times, paneline.TimeUnitMillisecond, nil)
		refused(t, err, paneline.ErrInvalidArgument, "out")
	}
}

func TestEmptyBatches(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Hour})
	if err := assigner.PaneStarts(nil, paneline.TimeUnitSecond, nil); err != nil {
		t.Fatal(err)
	}
	var windows paneline.Assignment
	if err := assigner.Assign(nil, paneline.TimeUnitSecond, &windows); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(windows.Offsets, []int64{0}) || len(windows.Starts)+len(windows.Ends) != 0 {
		t.Fatal(windows)
	}
}

// A smaller batch after a larger one leaves nothing of the larger one behind.
func TestAssignReplaces(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{
		Duration: 2 * time.Second, Step: time.Second,
	})
	var windows paneline.Assignment
	for _, times := range [][]int64{{5, 6, 7}, {9}, {1, 2}, make([]int64, 1000)} {
		if err := assigner.Assign(times, paneline.TimeUnitSecond, &windows); err != nil {
			t.Fatal(err)
		}
		var want paneline.Assignment
		for i, t := range times {
			want.Offsets = append(want.Offsets, int64(2*i))
			want.Starts = append(want.Starts, t*1000-1000, t*1000)
			want.Ends = append(want.Ends, t*1000+1000, t*1000+2000)
		}
		want.Offsets = append(want.Offsets, int64(2*len(times)))
		if !reflect.DeepEqual(windows, want) {
			t.Fatalf("want %v, got %v", want, windows)
		}
	}
}

// What a call allocates once outputs are large enough: nothing, but for slices that it returns.
func TestAllocations(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{
		Duration: 6 * time.Hour, Step: 30 * time.Minute, Timezone: "America/New_York",
	})
	times := make([]int64, 256)
	for i := range times {
		times[i] = 1_700_000_000 + int64(i)*900
	}
	starts := make([]int64, len(times))
	var windows, again paneline.Assignment
	if err := assigner.Assign(times, paneline.TimeUnitSecond, &windows); err != nil {
		t.Fatal(err)
	}
	instant := time.UnixMilli(1_700_000_000_000)
	var last paneline.Window
	var err error
	for name, c := range map[string]struct {
		allocations float64
		call        func()
	}{
		"Assign": {0, func() {
			err = assigner.Assign(times, paneline.TimeUnitSecond, &again)
		}},
		"PaneStarts": {0, func() {
			err = assigner.PaneStarts(times, paneline.TimeUnitSecond, starts)
		}},
		"ResolveLocal": {0, func() {
			err = paneline.ResolveLocal("UTC", times, paneline.AmbiguousReject, starts)
		}},
		"Pane":         {0, func() { last, err = assigner.Pane(instant) }},
		"NextBoundary": {0, func() { last.End, err = assigner.NextBoundary(instant) }},
		"Windows, beside the answer": {1, func() {
			_, err = assigner.Windows(instant)
		}},
		"Panes, beside the answer": {1, func() {
			_, err = assigner.Panes(instant, instant.Add(15*time.Hour))
		}},
		"PanesSeq": {0, func() {
			for last, err = range assigner.PanesSeq(instant, instant.AddDate(1, 0, 0)) {
			}
		}},
		"All": {0, func() {
			for _, last = range windows.All() {
			}
		}},
		"one row": {0, func() {
			for last = range windows.Windows(255) {
			}
		}},
	} {
		c.call() // warm
		if err != nil {
			t.Fatal(name, err)
		}
		if got := testing.AllocsPerRun(100, c.call); got > c.allocations {
			t.Errorf("%s: %v allocations a call, want %v", name, got, c.allocations)
		}
	}
}

func TestClose(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Minute})
	before := assigner.Fingerprint()
	assigner.Close()
	assigner.Close()
	(*paneline.Assigner)(nil).Close()
	if assigner.Fingerprint() != before {
		t.Error("the fingerprint changed")
	}
	var none *paneline.Assigner
	if none.Fingerprint() != [32]byte{} {
		t.Error(none.Fingerprint())
	}
	for _, a := range []*paneline.Assigner{assigner, new(paneline.Assigner), none} {
		now := time.Now()
		_, err := a.Windows(now)
		refused(t, err, paneline.ErrClosed, "assigner")
		_, err = a.Pane(now)
		refused(t, err, paneline.ErrClosed, "assigner")
		_, err = a.NextBoundary(now)
		refused(t, err, paneline.ErrClosed, "assigner")
		_, err = a.Panes(now, now)
		refused(t, err, paneline.ErrClosed, "assigner")
		_, err = a.Spec()
		refused(t, err, paneline.ErrClosed, "assigner")
		for _, err = range a.PanesSeq(now, now) {
			refused(t, err, paneline.ErrClosed, "assigner")
		}
		if want := fmt.Sprintf("Assigner(%x)", a.Fingerprint())[:25] + ")"; a.String() != want {
			t.Errorf("want %s, got %s", want, a)
		}
		err = a.PaneStarts(nil, paneline.TimeUnitSecond, nil)
		refused(t, err, paneline.ErrClosed, "assigner")
		err = a.Assign(nil, paneline.TimeUnitSecond, &paneline.Assignment{})
		refused(t, err, paneline.ErrClosed, "assigner")
		err = a.Assign(nil, paneline.TimeUnitSecond, nil)
		refused(t, err, paneline.ErrClosed, "assigner")
	}
}

// Calls from many goroutines while another closes: each is answered right or refused as closed.
func TestConcurrentUseAndClose(t *testing.T) {
	instant, minute := time.Unix(119, 0), paneline.Window{
		Start: time.Unix(60, 0).UTC(), End: time.Unix(120, 0).UTC(),
	}
	calls := []func(*paneline.Assigner) (paneline.Window, error){
		func(a *paneline.Assigner) (paneline.Window, error) { return a.Pane(instant) },
		func(a *paneline.Assigner) (paneline.Window, error) {
			windows, err := a.Windows(instant)
			return slices.Concat(windows, make([]paneline.Window, 1))[0], err
		},
		func(a *paneline.Assigner) (got paneline.Window, err error) {
			for got, err = range a.PanesSeq(instant, instant.Add(time.Second)) {
			}
			return got, err
		},
		func(a *paneline.Assigner) (paneline.Window, error) {
			out := make([]int64, 1)
			err := a.PaneStarts([]int64{119}, paneline.TimeUnitSecond, out)
			start := time.UnixMilli(out[0]).UTC()
			return paneline.Window{Start: start, End: start.Add(time.Minute)}, err
		},
		func(a *paneline.Assigner) (got paneline.Window, err error) {
			var windows paneline.Assignment
			err = a.Assign([]int64{119}, paneline.TimeUnitSecond, &windows)
			for _, got = range windows.All() {
			}
			return got, err
		},
		func(a *paneline.Assigner) (paneline.Window, error) {
			spec, err := a.Spec()
			return paneline.Window{Start: minute.Start, End: minute.Start.Add(spec.Duration)}, err
		},
	}
	for range 50 {
		assigner := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Minute})
		var callers, started sync.WaitGroup
		for _, call := range calls {
			callers.Add(1)
			started.Add(1)
			go func() {
				defer callers.Done()
				for count := 0; ; count++ {
					got, err := call(assigner)
					if count == 0 {
						started.Done()
					}
					if errors.Is(err, paneline.ErrClosed) {
						return
					}
					if err != nil || got != minute || assigner.String() == "" {
						t.Errorf("%v, %v", got, err)
						return
					}
				}
			}()
		}
		started.Wait()
		for range 2 {
			callers.Add(1)
			go func() {
				defer callers.Done()
				assigner.Close()
			}()
		}
		callers.Wait()
	}
}

// An Assigner whose last use is a call lives until the call is over, though the collector runs.
func TestCallsKeepTheAssignerAlive(t *testing.T) {
	times, starts := make([]int64, 65_536), make([]int64, 65_536)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	for range 100 {
		assigner, err := paneline.New(paneline.SlidingWindowSpec{
			Duration: 24 * time.Hour, Timezone: "America/New_York",
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := assigner.PaneStarts(times, paneline.TimeUnitSecond, starts); err != nil {
			t.Fatal(err)
		}
		const midnight = -68_400_000 // 1969-12-31T00:00 in New York
		if slices.Min(starts) != midnight || slices.Max(starts) != midnight {
			t.Fatal(slices.Min(starts), slices.Max(starts))
		}
	}
	close(stop)
	<-stopped
}

// The three ways to a spec give one assigner; the fingerprint is a known answer.
func TestConstructors(t *testing.T) {
	const want = "0449da7b64d2827c69503346f2f6960af15eca1843810d8cfa7391a35886396e"
	fromStruct := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Minute})
	fromProto, err := paneline.NewFromProto([]byte{0x08, 0xe0, 0xd4, 0x03})
	if err != nil {
		t.Fatal(err)
	}
	defer fromProto.Close()
	fromJSON, err := paneline.NewFromJSON([]byte(`{"durationMs": "60000"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer fromJSON.Close()
	for _, assigner := range []*paneline.Assigner{fromStruct, fromProto, fromJSON} {
		fingerprint := assigner.Fingerprint()
		if got := hex.EncodeToString(fingerprint[:]); got != want {
			t.Error(got)
		}
	}
	_, err = paneline.NewFromProto([]byte{0x98, 0x06, 0x01})
	refused(t, err, paneline.ErrUnsupportedField, "#99")
	_, err = paneline.NewFromProto(nil)
	refused(t, err, paneline.ErrInvalidSpec, "duration_ms")
	_, err = paneline.NewFromProto([]byte{0xff})
	refused(t, err, paneline.ErrCorrupt, "")
	_, err = paneline.NewFromJSON(nil)
	refused(t, err, paneline.ErrCorrupt, "")
	_, err = paneline.NewFromJSON([]byte(`{"step": 1}`))
	refused(t, err, paneline.ErrUnsupportedField, "step")
}
