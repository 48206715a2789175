package paneline_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

// Every field under its name in the proto, in milliseconds, in the proto's order.
func TestSpecJSON(t *testing.T) {
	text, err := json.Marshal(paneline.SlidingWindowSpec{
		Duration: time.Minute, Step: time.Second, Timezone: "Asia/Tokyo", AlignToEpoch: true,
		Offset: -time.Millisecond, Kind: paneline.WindowKindCumulate,
		CalendarUnit: paneline.CalendarUnitMonth, CalendarDuration: 2, CalendarStep: 1,
		WeekStart: paneline.WeekdaySunday, MonthDay: 28, SessionGap: 3 * time.Millisecond,
		AllowedLateness: time.Hour, TZDBVersion: "2026f", SemanticsVersion: 1, YearStartMonth: 12,
	})
	const want = `{"duration_ms":60000,"step_ms":1000,"timezone":"Asia/Tokyo","align_to_epoch":true,` +
		`"offset_ms":-1,"kind":1,"calendar_unit":3,"calendar_duration":2,"calendar_step":1,` +
		`"week_start":6,"month_day":28,"session_gap_ms":3,"allowed_lateness_ms":3600000,` +
		`"tzdb_version":"2026f","semantics_version":1,"year_start_month":12}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	if text, err := json.Marshal(paneline.SlidingWindowSpec{}); err != nil || string(text) != "{}" {
		t.Errorf("%s, %v", text, err)
	}
}

// Each field reaches the core as its own: every value here is refused at its own path.
func TestRefusedSpecs(t *testing.T) {
	type spec = paneline.SlidingWindowSpec
	day := paneline.CalendarUnitDay
	for path, s := range map[string]spec{
		"duration_ms":         {Duration: -time.Minute},
		"step_ms":             {Duration: time.Minute, Step: time.Hour},
		"align_to_epoch":      {CalendarUnit: day, CalendarDuration: 1, AlignToEpoch: true},
		"offset_ms":           {Duration: time.Minute, Offset: time.Minute},
		"kind":                {Duration: time.Minute, Kind: 3},
		"calendar_unit":       {CalendarUnit: -1, CalendarDuration: 1},
		"calendar_duration":   {CalendarUnit: day, CalendarDuration: math.MaxUint32},
		"calendar_step":       {CalendarUnit: day, CalendarDuration: 3, CalendarStep: 2},
		"week_start":          {CalendarUnit: day, CalendarDuration: 1, WeekStart: 7},
		"month_day":           {CalendarUnit: day, CalendarDuration: 1, MonthDay: 2},
		"session_gap_ms":      {Kind: paneline.WindowKindSession, SessionGap: -time.Hour},
		"allowed_lateness_ms": {Duration: time.Minute, AllowedLateness: -time.Millisecond},
		"year_start_month":    {CalendarUnit: day, CalendarDuration: 1, YearStartMonth: 2},
	} {
		_, err := paneline.New(s)
		refused(t, err, paneline.ErrInvalidSpec, path)
	}
	_, err := paneline.New(spec{Duration: time.Minute, TZDBVersion: "1999a"})
	refused(t, err, paneline.ErrVersionMismatch, "tzdb_version")
	_, err = paneline.New(spec{Duration: time.Minute, SemanticsVersion: 2})
	refused(t, err, paneline.ErrVersionMismatch, "semantics_version")
}

// Milliseconds cannot hold it, so nobody may round it; the extremes of time.Duration are such
// lengths too.
func TestLengthsAreWholeMilliseconds(t *testing.T) {
	for _, length := range []time.Duration{
		1, -1, time.Millisecond + 1, time.Second - 1, math.MaxInt64, math.MinInt64,
	} {
		for path, s := range map[string]paneline.SlidingWindowSpec{
			"duration_ms":         {Duration: length},
			"step_ms":             {Duration: time.Minute, Step: length},
			"offset_ms":           {Duration: time.Minute, Offset: length},
			"session_gap_ms":      {Kind: paneline.WindowKindSession, SessionGap: length},
			"allowed_lateness_ms": {Duration: time.Minute, AllowedLateness: length},
		} {
			_, err := paneline.New(s)
			refused(t, err, paneline.ErrInvalidSpec, path)
		}
	}
	// A length of Go's and a fault of the core's: the lower field number is reported, as for two
	// faults of the core's, and a length cut to milliseconds makes no fault of its own.
	type spec = paneline.SlidingWindowSpec
	zone := "CST"
	for _, c := range []struct {
		spec spec
		code error
		path string
	}{
		{spec{Duration: -time.Millisecond, Offset: 1}, paneline.ErrInvalidSpec, "duration_ms"},
		{spec{Duration: 1, Step: -time.Hour}, paneline.ErrInvalidSpec, "duration_ms"},
		{spec{Duration: time.Hour, Step: 1, Timezone: zone}, paneline.ErrInvalidSpec, "step_ms"},
		{spec{Duration: time.Hour, Timezone: zone, Offset: 1}, paneline.ErrUnknownTimezone, "timezone"},
		{spec{Duration: time.Hour, Offset: 1, Kind: 9}, paneline.ErrInvalidSpec, "offset_ms"},
		{spec{Duration: time.Hour, Kind: 9, SessionGap: 1}, paneline.ErrInvalidSpec, "kind"},
		{spec{Duration: time.Hour, AllowedLateness: 1, TZDBVersion: "1999a"},
			paneline.ErrInvalidSpec, "allowed_lateness_ms"},
	} {
		_, err := paneline.New(c.spec)
		refused(t, err, c.code, c.path)
	}
	const years100 = 3_155_760_000_000 * time.Millisecond
	newAssigner(t, paneline.SlidingWindowSpec{Duration: years100})
	_, err := paneline.New(paneline.SlidingWindowSpec{Duration: years100 + time.Millisecond})
	refused(t, err, paneline.ErrInvalidSpec, "duration_ms")
}

// A zone's text reaches the core as it is, whatever JSON makes of it.
func TestTimezonesThatJSONEscapes(t *testing.T) {
	for _, zone := range []string{
		`"`, `\`, "\x00", "\n", "<&>", "\u2028", "\ufffd", "UTC\x00", "Ätna", `","step_ms":1,"a":"`,
	} {
		_, err := paneline.New(paneline.SlidingWindowSpec{Duration: time.Minute, Timezone: zone})
		refused(t, err, paneline.ErrUnknownTimezone, "timezone")
	}
	for _, zone := range []string{"", "UTC", "+08:00", "America/New_York"} {
		newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Minute, Timezone: zone})
	}
}

// Text that is not UTF-8 is refused as bytes of a message that are not: Go's JSON would replace it
// in silence, and a zone's text is part of the spec's identity.
func TestTextsAreUTF8(t *testing.T) {
	type spec = paneline.SlidingWindowSpec
	for _, s := range []spec{
		{Duration: time.Minute, Timezone: "\xff"},
		{Duration: time.Minute, Timezone: "UTC\xed\xa0\x80"},
		{Duration: time.Minute, AlignToEpoch: true, Timezone: "\xc3"},
		{Duration: time.Minute, TZDBVersion: "2026\xff"},
		{Duration: -1, Kind: 9, Timezone: "\xff"},
	} {
		_, err := paneline.New(s)
		refused(t, err, paneline.ErrCorrupt, "")
		_, err = s.MarshalJSON()
		refused(t, err, paneline.ErrCorrupt, "")
		_, err = json.Marshal(s)
		refused(t, err, paneline.ErrCorrupt, "")
	}
	_, err := paneline.NewFromJSON([]byte("{\"duration_ms\":60000,\"timezone\":\"\xff\"}"))
	refused(t, err, paneline.ErrCorrupt, "")
}

// The numbers and names of the enums are the proto's: the core reads each name as that number.
func TestEnumNames(t *testing.T) {
	type spec = paneline.SlidingWindowSpec
	same := func(s spec, field string, value fmt.Stringer) {
		t.Helper()
		var message map[string]any
		if text, err := json.Marshal(s); err != nil || json.Unmarshal(text, &message) != nil {
			t.Fatal(err)
		}
		message[field] = value.String()
		text, err := json.Marshal(message)
		if err != nil {
			t.Fatal(err)
		}
		byName, err := paneline.NewFromJSON(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		defer byName.Close()
		if newAssigner(t, s).Fingerprint() != byName.Fingerprint() {
			t.Errorf("%s is another number", value)
		}
	}
	for kind := range paneline.WindowKindSession {
		same(spec{Duration: time.Minute, Kind: kind}, "kind", kind)
	}
	session := paneline.WindowKindSession
	same(spec{Kind: session, SessionGap: time.Second}, "kind", session)
	for unit := paneline.CalendarUnitDay; unit <= paneline.CalendarUnitYear; unit++ {
		same(spec{CalendarUnit: unit, CalendarDuration: 1}, "calendar_unit", unit)
	}
	for day := paneline.WeekdayMonday; day <= paneline.WeekdaySunday; day++ {
		week := paneline.CalendarUnitWeek
		same(spec{CalendarUnit: week, CalendarDuration: 1, WeekStart: day}, "week_start", day)
	}
	for _, c := range []struct {
		value fmt.Stringer
		want  string
	}{
		{paneline.WindowKind(-1), "WINDOW_KIND_-1"},
		{paneline.CalendarUnit(6), "CALENDAR_UNIT_6"},
		{paneline.Weekday(7), "WEEKDAY_7"},
		{paneline.TimeUnitMicrosecond, "us"},
		{paneline.TimeUnit(4), "TimeUnit(4)"},
		{paneline.Ambiguous(3), "Ambiguous(3)"},
	} {
		if c.value.String() != c.want {
			t.Errorf("want %s, got %s", c.want, c.value)
		}
	}
}
