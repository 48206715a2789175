package paneline_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

// Times 977 ms apart, as of 2023.
func benchTimes(rows int) []int64 {
	times := make([]int64, rows)
	for i := range times {
		times[i] = 1_700_000_000_000 + int64(i)*977
	}
	return times
}

var benchZones = []string{"UTC", "America/New_York"}

// What a call costs is shared by the rows of a batch: ns/row is the figure.
func BenchmarkBatch(b *testing.B) {
	times := benchTimes(65_536)
	starts := make([]int64, len(times))
	for _, zone := range benchZones {
		hour := newAssigner(b, paneline.SlidingWindowSpec{Duration: time.Hour, Timezone: zone})
		var windows paneline.Assignment
		for _, rows := range []int{1, 16, 1_024, 65_536} {
			in, out := times[:rows], starts[:rows]
			run := func(name string, call func() error) {
				b.Run(name+"/"+zone+"/"+strconv.Itoa(rows), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if err := call(); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
				})
			}
			run("PaneStarts", func() error {
				return hour.PaneStarts(in, paneline.TimeUnitMillisecond, out)
			})
			run("Assign", func() error {
				return hour.Assign(in, paneline.TimeUnitMillisecond, &windows)
			})
		}
	}
}

var sink time.Time

// One time at a time, beside what package time offers: Truncate, which knows no zone.
func BenchmarkPane(b *testing.B) {
	t := time.UnixMilli(1_700_000_000_000).UTC()
	b.Run("time.Truncate", func(b *testing.B) {
		for b.Loop() {
			sink = t.Truncate(time.Hour)
		}
	})
	for _, zone := range benchZones {
		hour := newAssigner(b, paneline.SlidingWindowSpec{Duration: time.Hour, Timezone: zone})
		b.Run(zone, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				pane, err := hour.Pane(t)
				if err != nil {
					b.Fatal(err)
				}
				sink = pane.Start
			}
		})
	}
}
