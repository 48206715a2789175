// Command adapter answers the line protocol of tests/PROTOCOL.md with the Go package.
package main

import (
	"bufio"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

var (
	assigner *paneline.Assigner
	columns  paneline.Assignment
)

func main() {
	in, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
	in.Buffer(nil, 1<<40)
	for in.Scan() {
		verb, rest, _ := strings.Cut(in.Text(), " ")
		answer, err := reply(verb, rest, strings.Split(rest, " "))
		if err == nil {
			fmt.Fprintln(out, "ok", answer)
			continue
		}
		refusal := err.(*paneline.Error)
		fmt.Fprintln(out, "error", refusal.Code, cmp.Or(refusal.Path, "-"))
	}
	must(out, cmp.Or(in.Err(), out.Flush()))
}

func reply(verb, rest string, word []string) (string, error) {
	switch verb {
	case "version":
		return paneline.Version() + " " + paneline.TZDBVersion(), nil
	case "spec":
		return compile(fromFields(word))
	case "bytes":
		return compile(paneline.NewFromProto(must(hex.DecodeString(strings.Trim(rest, "-")))))
	case "json":
		return compile(paneline.NewFromJSON([]byte(rest)))
	case "windows":
		return spans(assigner.Windows(instant(word[0])))
	case "pane":
		pane, err := assigner.Pane(instant(word[0]))
		return spans([]paneline.Window{pane}, err)
	case "next":
		boundary, err := assigner.NextBoundary(instant(word[0]))
		return fmt.Sprint(boundary.UnixMilli()), err
	case "panes":
		return spans(assigner.Panes(instant(word[0]), instant(word[1])))
	case "pane_starts":
		times, out := column(word[1])
		return joined(assigner.PaneStarts(times, unit(word[0]), out), out)
	case "assign":
		times, _ := column(word[1])
		err := assigner.Assign(times, unit(word[0]), &columns)
		return joined(err, columns.Offsets, columns.Starts, columns.Ends)
	case "local":
		local, out := column(word[2])
		if word[0] == "-" {
			word[0] = ""
		}
		return joined(paneline.ResolveLocal(word[0], local, choice(word[1]), out), out)
	case "duration":
		ms, err := paneline.ParseMilliseconds(rest)
		return fmt.Sprint(ms), err
	}
	panic("unknown request " + verb)
}

func compile(made *paneline.Assigner, err error) (string, error) {
	assigner.Close()
	if assigner = made; err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", made.Fingerprint()), nil
}

// fromFields fills the struct; with a length that no time.Duration can hold, its JSON instead.
func fromFields(pairs []string) (*paneline.Assigner, error) {
	var s paneline.SlidingWindowSpec
	fields := map[string]any{
		"duration_ms": &s.Duration, "step_ms": &s.Step, "offset_ms": &s.Offset, "kind": &s.Kind,
		"calendar_unit": &s.CalendarUnit, "calendar_duration": &s.CalendarDuration,
		"calendar_step": &s.CalendarStep, "week_start": &s.WeekStart, "month_day": &s.MonthDay,
		"session_gap_ms": &s.SessionGap, "allowed_lateness_ms": &s.AllowedLateness,
		"timezone": &s.Timezone, "align_to_epoch": &s.AlignToEpoch, "tzdb_version": &s.TZDBVersion,
		"semantics_version": &s.SemanticsVersion, "year_start_month": &s.YearStartMonth,
	}
	lengths := []*time.Duration{&s.Duration, &s.Step, &s.Offset, &s.SessionGap, &s.AllowedLateness}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		must(fmt.Sscan(value, fields[name]))
	}
	// Numbers of enums that have no name, and lengths that are still milliseconds.
	fields["kind"], fields["calendar_unit"], fields["week_start"] =
		int32(s.Kind), int32(s.CalendarUnit), int32(s.WeekStart)
	text := must(json.Marshal(fields))
	for _, length := range lengths {
		ms := int64(*length)
		if *length *= time.Millisecond; length.Milliseconds() != ms {
			return paneline.NewFromJSON(text)
		}
	}
	return paneline.New(s)
}

func instant(text string) time.Time { return time.UnixMilli(must(strconv.ParseInt(text, 10, 64))) }

func unit(symbol string) (unit paneline.TimeUnit) {
	must(0, unit.UnmarshalText([]byte(symbol)))
	return unit
}

func choice(name string) (choice paneline.Ambiguous) {
	must(0, choice.UnmarshalText([]byte(name)))
	return choice
}

func column(list string) (in, out []int64) {
	must(0, json.Unmarshal([]byte("["+strings.TrimSuffix(list, "-")+"]"), &in))
	return in, make([]int64, len(in))
}

func joined(err error, columns ...[]int64) (string, error) {
	var lists []string
	for _, c := range columns {
		list := strings.Fields(strings.Trim(fmt.Sprint(c), "[]"))
		lists = append(lists, cmp.Or(strings.Join(list, ","), "-"))
	}
	return strings.Join(lists, " "), err
}

func spans(windows []paneline.Window, err error) (string, error) {
	var out []string
	for _, w := range windows {
		out = append(out, fmt.Sprintf("%d:%d", w.Start.UnixMilli(), w.End.UnixMilli()))
	}
	return cmp.Or(strings.Join(out, " "), "-"), err
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err) // the protocol or the machine is at fault, not the library
	}
	return value
}
