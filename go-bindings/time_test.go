package paneline_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

func TestResolveLocal(t *testing.T) {
	const zone = "America/New_York"
	gap := at("2014-03-09T02:30Z").UnixMilli()
	fold := at("2014-11-02T01:30Z").UnixMilli()
	local := []int64{gap, fold}
	out := make([]int64, 2)
	for choice, want := range map[paneline.Ambiguous][]int64{
		paneline.AmbiguousEarliest: {
			at("2014-03-09T06:30Z").UnixMilli(), at("2014-11-02T05:30Z").UnixMilli(),
		},
		paneline.AmbiguousLatest: {
			at("2014-03-09T07:30Z").UnixMilli(), at("2014-11-02T06:30Z").UnixMilli(),
		},
	} {
		err := paneline.ResolveLocal(zone, local, choice, out)
		if err != nil || !slices.Equal(out, want) {
			t.Errorf("%v: %v, %v", choice, out, err)
		}
	}
	before := slices.Clone(out)
	reject := paneline.AmbiguousReject
	err := paneline.ResolveLocal(zone, []int64{0, fold}, reject, out)
	refused(t, err, paneline.ErrInvalidArgument, "local_ms[1]")
	err = paneline.ResolveLocal(zone, []int64{0, math.MaxInt64}, reject, out)
	refused(t, err, paneline.ErrOutOfRange, "local_ms[1]")
	err = paneline.ResolveLocal("CST", local, reject, out)
	refused(t, err, paneline.ErrUnknownTimezone, "timezone")
	err = paneline.ResolveLocal("\xff", local, reject, out)
	refused(t, err, paneline.ErrInvalidArgument, "timezone")
	err = paneline.ResolveLocal(zone, local, 3, out)
	refused(t, err, paneline.ErrInvalidArgument, "ambiguous")
	err = paneline.ResolveLocal(zone, local, reject, out[:1])
	refused(t, err, paneline.ErrInvalidArgument, "out_ms")
	if !slices.Equal(out, before) {
		t.Error("a refused call wrote", out)
	}
	if err := paneline.ResolveLocal("", nil, reject, nil); err != nil {
		t.Error(err)
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"15m":              15 * time.Minute,
		"1w2d3h4m5s6ms":    788_645_006 * time.Millisecond,
		"36525d":           3_155_760_000_000 * time.Millisecond,
		"9223372036854ms":  9_223_372_036_854 * time.Millisecond,
		"9223372036s854ms": 9_223_372_036_854 * time.Millisecond,
		"0s":               0,
	} {
		if got, err := paneline.ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "90", "1.5h", "30m1h", "-1s", "1h ", "9223372036855ms"} {
		_, err := paneline.ParseDuration(text)
		refused(t, err, paneline.ErrInvalidArgument, "duration")
	}
	ms, err := paneline.ParseMilliseconds("9223372036854775807ms")
	if err != nil || ms != math.MaxInt64 {
		t.Error(ms, err)
	}
	_, err = paneline.ParseMilliseconds("9223372036854775808ms")
	refused(t, err, paneline.ErrInvalidArgument, "duration")
}

func TestVersions(t *testing.T) {
	tzdb := paneline.TZDBVersion()
	newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Minute, TZDBVersion: tzdb})
	if paneline.Version() == "" || tzdb == "" {
		t.Error(paneline.Version(), tzdb)
	}
}
