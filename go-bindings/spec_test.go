package paneline_test

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

// Every field set, to other values than its neighbours'.
var everyField = paneline.SlidingWindowSpec{
	Duration: time.Minute, Step: time.Second, Timezone: "Asia/Tokyo", AlignToEpoch: true,
	Offset: -time.Millisecond, Kind: paneline.WindowKindCumulate,
	CalendarUnit: paneline.CalendarUnitMonth, CalendarDuration: 2, CalendarStep: 1,
	WeekStart: paneline.WeekdaySunday, MonthDay: 28, SessionGap: 3 * time.Millisecond,
	AllowedLateness: time.Hour, TZDBVersion: "2026f", SemanticsVersion: 1, YearStartMonth: 12,
}

// Every field under its name in the proto, as protobuf JSON writes it, and back.
func TestSpecJSON(t *testing.T) {
	const every = `{"duration_ms":"60000","step_ms":"1000","timezone":"Asia/Tokyo",` +
		`"align_to_epoch":true,"offset_ms":"-1","kind":"WINDOW_KIND_CUMULATE",` +
		`"calendar_unit":"CALENDAR_UNIT_MONTH","calendar_duration":2,"calendar_step":1,` +
		`"week_start":"WEEKDAY_SUNDAY","month_day":28,"session_gap_ms":"3",` +
		`"allowed_lateness_ms":"3600000","tzdb_version":"2026f","semantics_version":1,` +
		`"year_start_month":12}`
	long := strings.Repeat("zone", 1_000) // more than one buffer
	for text, spec := range map[string]paneline.SlidingWindowSpec{
		every: everyField, "{}": {}, `{"timezone":"` + long + `"}`: {Timezone: long},
	} {
		written, err := json.Marshal(spec)
		if err != nil || string(written) != text {
			t.Errorf("%s, %v", written, err)
		}
		var read paneline.SlidingWindowSpec
		if err := json.Unmarshal(written, &read); err != nil || read != spec {
			t.Errorf("%s: %+v, %v", written, read, err)
		}
	}
	// A field that Go's side forgot would be zero in everyField, and in what it reads.
	fields := reflect.ValueOf(everyField)
	for i := range fields.NumField() {
		if fields.Field(i).IsZero() {
			t.Errorf("%s is not set", fields.Type().Field(i).Name)
		}
	}
}

// A spec in a service's configuration: the core reads it, so every spelling of protobuf JSON is
// fine, a typing error is not, and what is refused changes nothing.
func TestSpecInConfiguration(t *testing.T) {
	kept := paneline.SlidingWindowSpec{Duration: time.Second, MonthDay: 3}
	config := struct{ Window paneline.SlidingWindowSpec }{kept}
	for text, want := range map[string]paneline.SlidingWindowSpec{
		`null`: kept,
		`{}`:   {},
		`{"durationMs": 60000, "timezone": "\u0041sia/Tokyo"}`: {Duration: time.Minute, Timezone: "Asia/Tokyo"},
		`{"duration_ms": "60000", "kind": 1}`:                  {Duration: time.Minute, Kind: paneline.WindowKindCumulate},
		`{"kind": "WINDOW_KIND_SESSION"}`:                      {Kind: paneline.WindowKindSession},
		`{"duration_ms": -60000}`:                              {Duration: -time.Minute}, // New refuses it
		`{"offset_ms": -9223372036854}`:                        {Offset: -9_223_372_036_854 * time.Millisecond},
	} {
		config.Window = kept
		err := json.Unmarshal([]byte(`{"window": `+text+`}`), &config)
		if err != nil || config.Window != want {
			t.Errorf("%s: %+v, %v", text, config.Window, err)
		}
	}
	config.Window = kept
	for _, c := range []struct {
		text string
		code error
		path string
	}{
		{`[]`, paneline.ErrCorrupt, ""},
		{`"5m"`, paneline.ErrCorrupt, ""},
		{`{"step": 1}`, paneline.ErrUnsupportedField, "step"},
		{`{"kind": "HOPPING"}`, paneline.ErrInvalidSpec, "kind"},
		{`{"kind": 3}`, paneline.ErrInvalidSpec, "kind"},
		{`{"month_day": -1}`, paneline.ErrInvalidSpec, "month_day"},
		{`{"duration_ms": 9223372036855}`, paneline.ErrInvalidSpec, "duration_ms"},
		{`{"offset_ms": -9223372036855}`, paneline.ErrInvalidSpec, "offset_ms"},
		{`{"allowed_lateness_ms": "9223372036854775807"}`, paneline.ErrInvalidSpec, "allowed_lateness_ms"},
	} {
		refused(t, json.Unmarshal([]byte(`{"window": `+c.text+`}`), &config), c.code, c.path)
		if config.Window != kept {
			t.Fatalf("%s changed the spec: %+v", c.text, config.Window)
		}
	}
	_, err := json.Marshal(paneline.SlidingWindowSpec{WeekStart: 7})
	refused(t, err, paneline.ErrInvalidSpec, "week_start")
	_, err = json.Marshal(paneline.SlidingWindowSpec{Step: 1})
	refused(t, err, paneline.ErrInvalidSpec, "step_ms")
}

// Whatever is read is written and read as the same, and means what the JSON means.
func FuzzSpecJSON(f *testing.F) {
	every, err := json.Marshal(everyField)
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		string(every), `{}`, `null`, `{"duration_ms":"60000"}`, `{"timezone":"\ud800"}`,
		`{"kind":2,"session_gap_ms":1e3}`, `{"offset_ms":-1}`, `{"duration_ms":60000,"duration_ms":1}`,
		`{"calendar_unit":"CALENDAR_UNIT_WEEK","calendar_duration":1,"week_start":6}`, ` {"a`, "\x00",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var spec, again paneline.SlidingWindowSpec
		if spec.UnmarshalJSON(text) != nil || string(text) == "null" {
			return
		}
		written, err := spec.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := again.UnmarshalJSON(written); err != nil || again != spec {
			t.Fatalf("%s: %+v, %v", written, again, err)
		}
		fromText, errText := paneline.NewFromJSON(text)
		defer fromText.Close()
		fromSpec, errSpec := paneline.New(spec)
		defer fromSpec.Close()
		if fromText.Fingerprint() != fromSpec.Fingerprint() {
			t.Fatalf("%s: other windows", text)
		}
		if (errText == nil) != (errSpec == nil) || errText != nil && errText.Error() != errSpec.Error() {
			t.Fatalf("%s: %v and %v", text, errText, errSpec)
		}
	})
}

// An assigner's spec is canonical, and gives the same assigner.
func TestSpecOfAnAssigner(t *testing.T) {
	given := paneline.SlidingWindowSpec{
		Duration: time.Minute, Step: time.Minute, Timezone: "", SemanticsVersion: 1,
	}
	assigner := newAssigner(t, given)
	spec, err := assigner.Spec()
	if err != nil || spec.Duration != time.Minute {
		t.Fatal(spec, err)
	}
	again, err := newAssigner(t, spec).Spec()
	if err != nil || again != spec || newAssigner(t, spec).Fingerprint() != assigner.Fingerprint() {
		t.Fatal(again, err)
	}
	bare, err := newAssigner(t, paneline.SlidingWindowSpec{Duration: time.Minute}).Spec()
	if err != nil || bare != spec {
		t.Fatalf("want %+v, got %+v, %v", spec, bare, err)
	}
	text := `{"duration_ms": 60000, "allowed_lateness_ms": "9223372036854775807"}`
	late, err := paneline.NewFromJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	_, err = late.Spec()
	refused(t, err, paneline.ErrInvalidSpec, "allowed_lateness_ms")
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
		{paneline.WindowKind(-1), "WindowKind(-1)"},
		{paneline.CalendarUnit(6), "CalendarUnit(6)"},
		{paneline.Weekday(7), "Weekday(7)"},
		{paneline.TimeUnitMicrosecond, "us"},
		{paneline.TimeUnit(4), "TimeUnit(4)"},
		{paneline.Ambiguous(3), "Ambiguous(3)"},
	} {
		if c.value.String() != c.want {
			t.Errorf("want %s, got %s", c.want, c.value)
		}
	}
}

// Every enum is written as its String and read back; anything else is refused and changes nothing.
func TestEnumTexts(t *testing.T) {
	check(t, paneline.WindowKindSliding, paneline.WindowKindSession)
	check(t, paneline.CalendarUnitNone, paneline.CalendarUnitYear)
	check(t, paneline.WeekdayMonday, paneline.WeekdaySunday)
	check(t, paneline.TimeUnitSecond, paneline.TimeUnitNanosecond)
	check(t, paneline.AmbiguousEarliest, paneline.AmbiguousReject)
}

type enum interface {
	~int32 | ~uint32
	fmt.Stringer
	encoding.TextMarshaler
}

func check[E enum, P interface {
	*E
	encoding.TextUnmarshaler
}](t *testing.T, first, last E) {
	t.Helper()
	for value := first; value <= last; value++ {
		text, err := value.MarshalText()
		if err != nil || string(text) != value.String() {
			t.Errorf("%v: %s, %v", value, text, err)
		}
		read := last - value
		if err := P(&read).UnmarshalText(text); err != nil || read != value {
			t.Errorf("%s: %v, %v", text, read, err)
		}
	}
	_, err := (last + 1).MarshalText()
	refused(t, err, paneline.ErrInvalidArgument, "")
	for _, text := range []string{"", "0", "sunday", (last + 1).String()} {
		read := last
		refused(t, P(&read).UnmarshalText([]byte(text)), paneline.ErrInvalidArgument, "text")
		if read != last {
			t.Errorf("%q was refused, and read as %v", text, read)
		}
	}
}
