// The spec in Go's spelling, and how it is written for the core. Nothing is judged here but what
// the core's milliseconds cannot hold.

package paneline

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// SlidingWindowSpec says which windows an event belongs to. A field left at its zero value is as
// if absent; the core refuses a field that the kind or the unit does not use. Specs compare with
// ==.
type SlidingWindowSpec struct {
	// Duration is the length of a window, more than 0 and at most 100 years. It is 0 for calendar
	// units and sessions.
	Duration time.Duration
	// Step is the distance between the starts of two neighbouring windows, at most Duration. 0
	// means tumbling: Step = Duration.
	Step time.Duration
	// Timezone is an IANA name as in the database ("America/New_York"), "UTC", "" (= UTC) or fixed
	// ("+08:00").
	Timezone string
	// AlignToEpoch lays the grid on Unix time, where the zone is a label only. Otherwise it lies
	// on the wall clock of Timezone.
	AlignToEpoch bool
	// Offset shifts the grid by less than a step; for WindowKindCumulate by less than Duration,
	// for calendar units by less than a day.
	Offset time.Duration
	// Kind is the shape of the windows.
	Kind WindowKind
	// CalendarUnit asks for windows of calendar units; Duration and Step are then 0.
	CalendarUnit CalendarUnit
	// CalendarDuration is the length of a window in calendar units.
	CalendarDuration uint32
	// CalendarStep is the distance between window starts in calendar units; it divides
	// CalendarDuration. 0 = equal to it.
	CalendarStep uint32
	// WeekStart is the day a week starts on; for CalendarUnitWeek only.
	WeekStart Weekday
	// MonthDay is the day of the month a month, quarter or year starts on, up to 28. 0 = 1.
	MonthDay uint32
	// SessionGap closes a session when the next event of the key is this far away, or further; for
	// WindowKindSession only.
	SessionGap time.Duration
	// AllowedLateness is how long after a window's end late rows still update it.
	AllowedLateness time.Duration
	// TZDBVersion is the time-zone database release that the spec insists on, such as "2026f".
	// "" = the core's own.
	TZDBVersion string
	// SemanticsVersion is the version of the window rules that the spec insists on. 0 = 1.
	SemanticsVersion uint32
	// YearStartMonth is the month a quarter's or a fiscal year's count starts in, 1 to 12. 0 = 1.
	YearStartMonth uint32
}

// WindowKind is the shape of the windows.
type WindowKind int32

const (
	// WindowKindSliding: windows of one length, a step apart. Step = Duration is tumbling.
	WindowKindSliding WindowKind = iota
	// WindowKindCumulate: windows that share a start and grow by one step each until they are
	// Duration long.
	WindowKindCumulate
	// WindowKindSession: windows made by the events of a key, closed by SessionGap without one.
	WindowKindSession
)

var windowKinds = []string{"SLIDING", "CUMULATE", "SESSION"}

// String is the name in the proto, such as "WINDOW_KIND_SLIDING".
func (k WindowKind) String() string { return enumName("WINDOW_KIND_", windowKinds, int32(k)) }

// CalendarUnit is the unit of windows that follow the calendar on the wall clock.
type CalendarUnit int32

const (
	// CalendarUnitNone: lengths are Duration and Step.
	CalendarUnitNone CalendarUnit = iota
	// CalendarUnitDay: local days.
	CalendarUnitDay
	// CalendarUnitWeek: weeks from WeekStart.
	CalendarUnitWeek
	// CalendarUnitMonth: months from MonthDay.
	CalendarUnitMonth
	// CalendarUnitQuarter: three months, from YearStartMonth.
	CalendarUnitQuarter
	// CalendarUnitYear: years from YearStartMonth.
	CalendarUnitYear
)

var calendarUnits = []string{"NONE", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}

// String is the name in the proto, such as "CALENDAR_UNIT_DAY".
func (u CalendarUnit) String() string { return enumName("CALENDAR_UNIT_", calendarUnits, int32(u)) }

// Weekday is the day a week starts on. It counts from Monday, as ISO 8601 does; time.Weekday
// counts from Sunday.
type Weekday int32

// The days of a week.
const (
	WeekdayMonday Weekday = iota
	WeekdayTuesday
	WeekdayWednesday
	WeekdayThursday
	WeekdayFriday
	WeekdaySaturday
	WeekdaySunday
)

var weekdays = []string{
	"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY",
}

// String is the name in the proto, such as "WEEKDAY_MONDAY".
func (d Weekday) String() string { return enumName("WEEKDAY_", weekdays, int32(d)) }

func enumName(prefix string, names []string, number int32) string {
	if number < 0 || int(number) >= len(names) {
		return fmt.Sprintf("%s%d", prefix, number)
	}
	return prefix + names[number]
}

// specJSON is the message as the core reads it: the names and milliseconds of the proto, in the
// order of the proto. Enums stay numbers, so that the core and not Go refuses an unknown one.
type specJSON struct {
	DurationMS        int64        `json:"duration_ms,omitempty"`
	StepMS            int64        `json:"step_ms,omitempty"`
	Timezone          string       `json:"timezone,omitempty"`
	AlignToEpoch      bool         `json:"align_to_epoch,omitempty"`
	OffsetMS          int64        `json:"offset_ms,omitempty"`
	Kind              WindowKind   `json:"kind,omitempty"`
	CalendarUnit      CalendarUnit `json:"calendar_unit,omitempty"`
	CalendarDuration  uint32       `json:"calendar_duration,omitempty"`
	CalendarStep      uint32       `json:"calendar_step,omitempty"`
	WeekStart         Weekday      `json:"week_start,omitempty"`
	MonthDay          uint32       `json:"month_day,omitempty"`
	SessionGapMS      int64        `json:"session_gap_ms,omitempty"`
	AllowedLatenessMS int64        `json:"allowed_lateness_ms,omitempty"`
	TZDBVersion       string       `json:"tzdb_version,omitempty"`
	SemanticsVersion  uint32       `json:"semantics_version,omitempty"`
	YearStartMonth    uint32       `json:"year_start_month,omitempty"`
}

// MarshalJSON writes the protobuf JSON of the spec, which [NewFromJSON] reads in every language.
//
// Errors: ErrInvalidSpec at the proto's name of a length that is not whole milliseconds, such as
// "step_ms"; ErrCorrupt with an empty path for text that is not UTF-8.
func (s SlidingWindowSpec) MarshalJSON() ([]byte, error) {
	message, fault := s.message()
	if fault != nil {
		return nil, fault
	}
	return json.Marshal(message)
}

// message is the spec with its lengths cut to milliseconds, and the first thing that it cannot say.
func (s SlidingWindowSpec) message() (message specJSON, fault *Error) {
	// Go's JSON would write U+FFFD in its place, and another zone's text would reach the core.
	for _, text := range []string{s.Timezone, s.TZDBVersion} {
		if !utf8.ValidString(text) {
			return message, &Error{CodeCorrupt, "", fmt.Sprintf("a spec is UTF-8, got %q", text)}
		}
	}
	message = specJSON{
		Timezone:         s.Timezone,
		AlignToEpoch:     s.AlignToEpoch,
		Kind:             s.Kind,
		CalendarUnit:     s.CalendarUnit,
		CalendarDuration: s.CalendarDuration,
		CalendarStep:     s.CalendarStep,
		WeekStart:        s.WeekStart,
		MonthDay:         s.MonthDay,
		TZDBVersion:      s.TZDBVersion,
		SemanticsVersion: s.SemanticsVersion,
		YearStartMonth:   s.YearStartMonth,
	}
	for _, field := range []struct {
		path   string
		ms     *int64
		length time.Duration
	}{
		{"duration_ms", &message.DurationMS, s.Duration},
		{"step_ms", &message.StepMS, s.Step},
		{"offset_ms", &message.OffsetMS, s.Offset},
		{"session_gap_ms", &message.SessionGapMS, s.SessionGap},
		{"allowed_lateness_ms", &message.AllowedLatenessMS, s.AllowedLateness},
	} {
		if field.length%time.Millisecond != 0 && fault == nil {
			text := fmt.Sprintf("%s must be whole milliseconds, got %v", field.path, field.length)
			fault = &Error{CodeInvalidSpec, field.path, text}
		}
		*field.ms = field.length.Milliseconds()
	}
	return message, fault
}

// fieldIndex is the place of a field in the proto; -1 for a path that is no field.
func fieldIndex(path string) int {
	fields := reflect.VisibleFields(reflect.TypeFor[specJSON]())
	return slices.IndexFunc(fields, func(field reflect.StructField) bool {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		return name == path
	})
}
