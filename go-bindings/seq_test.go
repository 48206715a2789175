package paneline_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

// collect is what a sequence yields, its error included.
func collect(a *paneline.Assigner, from, to time.Time) (panes []paneline.Window, err error) {
	for pane, err := range a.PanesSeq(from, to) {
		if err != nil {
			return panes, err
		}
		panes = append(panes, pane)
	}
	return panes, nil
}

// The sequence is the slice, whatever the panes' lengths do: protects the steps it is fetched in.
func TestPanesSeqIsPanes(t *testing.T) {
	const newYork = "America/New_York"
	type spec = paneline.SlidingWindowSpec
	month := paneline.CalendarUnitMonth
	for _, c := range []struct {
		spec     spec
		from, to string
	}{
		{spec{Duration: time.Hour}, "2024-01-01T00:30Z", "2024-03-01T00:00Z"},
		{spec{Duration: time.Minute, Timezone: newYork}, "2024-11-03T05:59Z", "2024-11-03T12:00Z"},
		{spec{Duration: 6 * time.Hour, Timezone: newYork}, "2023-03-12T06:30Z", "2025-11-03T11:00Z"},
		{spec{Duration: time.Hour, Timezone: "Australia/Lord_Howe"}, "2024-04-06T14:10Z", "2025-04-06T15:10Z"},
		// The first pane is longer than those after it, so that too many of them are asked for.
		{spec{Duration: 90 * time.Minute, Timezone: newYork}, "2024-11-03T06:30Z", "2024-12-30T00:00Z"},
		{spec{Duration: time.Hour, Timezone: "Pacific/Apia"}, "2011-12-30T09:59Z", "2012-01-30T10:00Z"},
		{spec{CalendarUnit: month, CalendarDuration: 1, Timezone: newYork}, "1950-01-31T00:00Z", "2150-02-01T00:00Z"},
		{spec{Duration: time.Hour, Step: time.Minute, Kind: paneline.WindowKindCumulate}, "1969-12-31T20:00Z", "1970-01-01T20:00Z"},
	} {
		assigner := newAssigner(t, c.spec)
		from, to := at(c.from), at(c.to)
		want, err := assigner.Panes(from, to)
		if err != nil || len(want) < 300 && c.spec.Duration < time.Hour {
			t.Fatal(len(want), err)
		}
		if got, err := collect(assigner, from, to); err != nil || !slices.Equal(got, want) {
			t.Errorf("%+v: %d panes, %v; want %d", c.spec, len(got), err, len(want))
		}
		if got, err := collect(assigner, from, from); err != nil || got != nil {
			t.Errorf("%+v: %v, %v", c.spec, got, err)
		}
		instant := []paneline.Window{want[0]}
		if got, err := collect(assigner, from, from.Add(1e6)); err != nil || !slices.Equal(got, instant) {
			t.Errorf("%+v: %v, %v", c.spec, got, err)
		}
	}
}

// What Panes refuses the sequence refuses, before it yields a pane; but it has no limit.
func TestRefusedPanesSeq(t *testing.T) {
	second := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Second})
	session := newAssigner(t, paneline.SlidingWindowSpec{
		Kind: paneline.WindowKindSession, SessionGap: time.Second,
	})
	now, far := time.Unix(0, 0), time.Unix(1<<54, 0)
	for _, c := range []struct {
		assigner *paneline.Assigner
		from, to time.Time
		code     error
		path     string
	}{
		{second, now, far, paneline.ErrOutOfRange, "to_ms"},
		{second, far, now, paneline.ErrOutOfRange, "from_ms"},
		{second, far, far, paneline.ErrOutOfRange, "from_ms"},
		{second, now, time.Unix(-1<<54, 0), paneline.ErrOutOfRange, "to_ms"},
		{second, now, now.Add(-time.Millisecond), paneline.ErrInvalidArgument, "to_ms"},
		{session, now, now, paneline.ErrInvalidArgument, "kind"},
	} {
		got, err := collect(c.assigner, c.from, c.to)
		refused(t, err, c.code, c.path)
		if got != nil {
			t.Error(got)
		}
		_, same := c.assigner.Panes(c.from, c.to)
		if same == nil || same.Error() != err.Error() {
			t.Errorf("Panes says %v, PanesSeq %v", same, err)
		}
	}
	centuries := time.UnixMilli(8_640_000_000_000_000)
	_, err := second.Panes(now, centuries)
	refused(t, err, paneline.ErrInvalidArgument, "to_ms")
	count := 0
	for pane, err := range second.PanesSeq(now, centuries) {
		if err != nil || pane.Start.Unix() != int64(count) {
			t.Fatal(pane, err)
		}
		if count++; count == 1000 {
			break
		}
	}
}

// The body of the loop may close the assigner: the lock is not held while it runs.
func TestPanesSeqOfAClosedAssigner(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Second})
	count := 0
	for _, err := range assigner.PanesSeq(time.Unix(0, 0), time.Unix(1_000_000, 0)) {
		if err != nil {
			refused(t, err, paneline.ErrClosed, "assigner")
			break
		}
		count++
		assigner.Close()
	}
	if count == 0 || count > 1000 {
		t.Error(count)
	}
}

// The columns and the iterators say the same; leaving a loop early is fine.
func TestAssignmentIterators(t *testing.T) {
	assigner := newAssigner(t, paneline.SlidingWindowSpec{
		Duration: 2 * time.Second, Step: time.Second,
	})
	var windows paneline.Assignment
	for row, window := range windows.All() {
		t.Error(row, window)
	}
	if err := assigner.Assign([]int64{5, -1}, paneline.TimeUnitSecond, &windows); err != nil {
		t.Fatal(err)
	}
	var all []string
	for row, window := range windows.All() {
		all = append(all, fmt.Sprint(row, window.Start.Unix(), window.End.Unix()))
	}
	if want := []string{"0 4 6", "0 5 7", "1 -2 0", "1 -1 1"}; !slices.Equal(all, want) {
		t.Errorf("want %q, got %q", want, all)
	}
	for row, instant := range []time.Time{time.Unix(5, 0), time.Unix(-1, 0)} {
		want, err := assigner.Windows(instant)
		if got := slices.Collect(windows.Windows(row)); err != nil || !slices.Equal(got, want) {
			t.Errorf("row %d: want %v, got %v", row, want, got)
		}
	}
	for row := range windows.All() {
		if row == 1 {
			break
		}
	}
	for window := range windows.Windows(1) {
		if window.Start.Unix() != -2 {
			t.Error(window)
		}
		break
	}
	defer func() {
		if recover() == nil {
			t.Error("row 2 of 2 did not panic")
		}
	}()
	for range windows.Windows(2) {
	}
}
