// Command bench runs paneline's Go package, or Go's own package time, on a plan of the comparison.
//
// It reads one line a case from standard input and answers one line a variant, as
// bench/rust/src/case.rs says.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // where the machine has no zoneinfo

	"github.com/paneline/paneline/go-bindings"
)

type benchCase struct {
	name, kind, zone, input, output string
	durationMS, stepMS              int64
	repeats                         int
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: bench TOOL <PLAN")
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := run(os.Args[1], parse(lines.Text())); err != nil {
			log.Fatal(err)
		}
	}
}

func parse(line string) benchCase {
	fields := strings.Split(line, "\t")
	number := func(text string) int64 {
		value, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			log.Fatal(err)
		}
		return value
	}
	return benchCase{
		name: fields[0], kind: fields[1], zone: fields[2],
		durationMS: number(fields[3]), stepMS: number(fields[4]),
		input: fields[5], output: fields[6], repeats: int(number(fields[7])),
	}
}

func run(tool string, c benchCase) error {
	bytes, err := os.ReadFile(c.input)
	if err != nil {
		return err
	}
	times := make([]int64, len(bytes)/8)
	for i := range times {
		times[i] = int64(binary.LittleEndian.Uint64(bytes[8*i:]))
	}
	if tool == "paneline" {
		return own(c, times)
	}
	return peer(c, times)
}

// own runs paneline.
func own(c benchCase, times []int64) error {
	assigner, err := paneline.New(paneline.SlidingWindowSpec{
		Duration: time.Duration(c.durationMS) * time.Millisecond,
		Step:     time.Duration(c.stepMS) * time.Millisecond,
		Timezone: c.zone,
	})
	if err != nil {
		return err
	}
	defer assigner.Close()
	const unit = paneline.TimeUnitMillisecond
	out := make([]int64, len(times))
	if c.kind == "assign" {
		var windows paneline.Assignment
		pass := func() error { return assigner.Assign(times, unit, &windows) }
		return measure(c, "paneline Go, reused", len(times), pass, func() []int64 {
			return windows.Starts
		})
	}
	if c.kind == "scalar" {
		pass := func() error {
			for i, t := range times {
				pane, err := assigner.Pane(time.UnixMilli(t))
				if err != nil {
					return err
				}
				out[i] = pane.Start.UnixMilli()
			}
			return nil
		}
		return measure(c, "paneline Go", len(times), pass, func() []int64 { return out })
	}
	rows, variant := len(times), "paneline Go, reused"
	if _, size, ok := strings.Cut(c.kind, ":"); ok {
		if rows, err = strconv.Atoi(size); err != nil {
			return err
		}
		variant = "paneline Go"
	}
	pass := func() error {
		for i := 0; i < len(times); i += rows {
			end := min(i+rows, len(times))
			if err := assigner.PaneStarts(times[i:end], unit, out[i:end]); err != nil {
				return err
			}
		}
		return nil
	}
	return measure(c, variant, len(times), pass, func() []int64 { return out })
}

// peer runs package time: Truncate on UTC, the zone's offset and a floor elsewhere.
func peer(c benchCase, times []int64) error {
	out := make([]int64, len(times))
	if c.zone == "" {
		step := time.Duration(c.stepMS) * time.Millisecond
		pass := func() error {
			for i, t := range times {
				out[i] = time.UnixMilli(t).Truncate(step).UnixMilli()
			}
			return nil
		}
		return measure(c, "Go time, Truncate", len(times), pass, func() []int64 { return out })
	}
	zone, err := time.LoadLocation(c.zone)
	if err != nil {
		return err
	}
	pass := func() error {
		for i, t := range times {
			_, seconds := time.UnixMilli(t).In(zone).Zone()
			into := (t + int64(seconds)*1000) % c.stepMS
			if into < 0 {
				into += c.stepMS
			}
			out[i] = t - into
		}
		return nil
	}
	return measure(c, "Go time, offset + floor", len(times), pass, func() []int64 { return out })
}

// measure answers once, then takes the time of each repeat.
func measure(
	c benchCase, variant string, rows int, pass func() error, answer func() []int64,
) error {
	if err := pass(); err != nil {
		return err
	}
	var passes []string
	for range c.repeats {
		start := cpuNS()
		if err := pass(); err != nil {
			return err
		}
		passes = append(passes, strconv.FormatInt(cpuNS()-start, 10))
	}
	fmt.Printf("%s\t%s\t%d\t%s\n", c.name, variant, rows, strings.Join(passes, ","))
	bytes, err := binary.Append(nil, binary.LittleEndian, answer())
	if err != nil {
		return err
	}
	return os.WriteFile(c.output, bytes, 0o644)
}

// cpuNS is the CPU time of this process, to the microsecond.
func cpuNS() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}
