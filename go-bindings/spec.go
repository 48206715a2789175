// The spec in Go's spelling, and how it is written for the core and read from it. Nothing is judged
// here but what milliseconds, or a time.Duration, cannot hold.

package paneline

/*
#cgo noescape pln_spec_from_json
#cgo nocallback pln_spec_from_json
#cgo noescape pln_spec_to_json
#cgo nocallback pln_spec_to_json
#include "paneline.h"
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"
)

// SlidingWindowSpec says which windows an event belongs to. A field left at its zero value is as
// if absent; the core refuses a field that the kind or the unit does not use. Specs compare with
// ==. As JSON a spec is the proto's, which every language reads and writes, so it may stand in a
// service's configuration.
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

// specJSON is the message as the core reads and writes it: the names and milliseconds of the proto,
// in the order of the proto. Enums are written as numbers, so that the core and not Go refuses an
// unknown one.
type specJSON struct {
	DurationMS        int64  `json:"duration_ms,string,omitempty"`
	StepMS            int64  `json:"step_ms,string,omitempty"`
	Timezone          string `json:"timezone,omitempty"`
	AlignToEpoch      bool   `json:"align_to_epoch,omitempty"`
	OffsetMS          int64  `json:"offset_ms,string,omitempty"`
	Kind              int32  `json:"kind,omitempty"`
	CalendarUnit      int32  `json:"calendar_unit,omitempty"`
	CalendarDuration  uint32 `json:"calendar_duration,omitempty"`
	CalendarStep      uint32 `json:"calendar_step,omitempty"`
	WeekStart         int32  `json:"week_start,omitempty"`
	MonthDay          uint32 `json:"month_day,omitempty"`
	SessionGapMS      int64  `json:"session_gap_ms,string,omitempty"`
	AllowedLatenessMS int64  `json:"allowed_lateness_ms,string,omitempty"`
	TZDBVersion       string `json:"tzdb_version,omitempty"`
	SemanticsVersion  uint32 `json:"semantics_version,omitempty"`
	YearStartMonth    uint32 `json:"year_start_month,omitempty"`
}

// length is a field that is a time.Duration here and milliseconds there.
type length struct {
	path     string
	duration *time.Duration
	ms       *int64
}

func lengths(s *SlidingWindowSpec, m *specJSON) []length {
	return []length{
		{"duration_ms", &s.Duration, &m.DurationMS},
		{"step_ms", &s.Step, &m.StepMS},
		{"offset_ms", &s.Offset, &m.OffsetMS},
		{"session_gap_ms", &s.SessionGap, &m.SessionGapMS},
		{"allowed_lateness_ms", &s.AllowedLateness, &m.AllowedLatenessMS},
	}
}

// MarshalJSON writes the protobuf JSON of the spec, the same bytes as every language, which
// [NewFromJSON] reads. Whether the spec makes sense is for [New] to say.
//
// Errors: ErrInvalidSpec at the proto's name of a length that is not whole milliseconds, such as
// "step_ms", or of an enum without a name; ErrCorrupt with an empty path for text that is not
// UTF-8.
func (s SlidingWindowSpec) MarshalJSON() ([]byte, error) {
	message, fault := s.message()
	if fault != nil {
		return nil, fault
	}
	spec, err := protoFromJSON(message)
	if err != nil {
		return nil, err
	}
	return jsonFromProto(spec)
}

// UnmarshalJSON reads the protobuf JSON of a spec. It is the core that reads, as strictly as in
// [NewFromJSON]; on top, a length must fit a time.Duration. An error leaves s untouched, and so
// does null. Whether the spec makes sense is for [New] to say.
//
// Errors: ErrCorrupt for text that is no JSON object; ErrUnsupportedField at the name of an unknown
// field; ErrInvalidSpec at the name of a field whose value is none of its type.
func (s *SlidingWindowSpec) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	spec, err := protoFromJSON(text)
	if err != nil {
		return err
	}
	read, err := specFromProto(spec)
	if err != nil {
		return err
	}
	*s = read
	return nil
}

// message is the core's JSON of the spec, its lengths cut to milliseconds, and the first thing that
// it cannot say.
func (s SlidingWindowSpec) message() (text []byte, fault *Error) {
	// Go's JSON would write U+FFFD in its place, and another zone's text would reach the core.
	for _, text := range []string{s.Timezone, s.TZDBVersion} {
		if !utf8.ValidString(text) {
			return nil, &Error{CodeCorrupt, "", fmt.Sprintf("a spec is UTF-8, got %q", text)}
		}
	}
	message := specJSON{
		Timezone:         s.Timezone,
		AlignToEpoch:     s.AlignToEpoch,
		Kind:             int32(s.Kind),
		CalendarUnit:     int32(s.CalendarUnit),
		CalendarDuration: s.CalendarDuration,
		CalendarStep:     s.CalendarStep,
		WeekStart:        int32(s.WeekStart),
		MonthDay:         s.MonthDay,
		TZDBVersion:      s.TZDBVersion,
		SemanticsVersion: s.SemanticsVersion,
		YearStartMonth:   s.YearStartMonth,
	}
	for _, field := range lengths(&s, &message) {
		if *field.duration%time.Millisecond != 0 && fault == nil {
			text := fmt.Sprintf(
				"%s must be whole milliseconds, got %v", field.path, *field.duration,
			)
			fault = &Error{CodeInvalidSpec, field.path, text}
		}
		*field.ms = field.duration.Milliseconds()
	}
	text, err := json.Marshal(message)
	if err != nil { // numbers and UTF-8 always have JSON
		fault = &Error{CodeInternal, "", err.Error()}
	}
	return text, fault
}

// specFromProto reads the core's bytes by way of its JSON, which names every field and enum.
func specFromProto(spec []byte) (SlidingWindowSpec, error) {
	text, err := jsonFromProto(spec)
	if err != nil {
		return SlidingWindowSpec{}, err
	}
	var message struct {
		specJSON
		Kind         WindowKind   `json:"kind"` // names here, and they hide the numbers
		CalendarUnit CalendarUnit `json:"calendar_unit"`
		WeekStart    Weekday      `json:"week_start"`
	}
	if err := json.Unmarshal(text, &message); err != nil {
		return SlidingWindowSpec{}, &Error{CodeInternal, "", err.Error()}
	}
	s := SlidingWindowSpec{
		Timezone:         message.Timezone,
		AlignToEpoch:     message.AlignToEpoch,
		Kind:             message.Kind,
		CalendarUnit:     message.CalendarUnit,
		CalendarDuration: message.CalendarDuration,
		CalendarStep:     message.CalendarStep,
		WeekStart:        message.WeekStart,
		MonthDay:         message.MonthDay,
		TZDBVersion:      message.TZDBVersion,
		SemanticsVersion: message.SemanticsVersion,
		YearStartMonth:   message.YearStartMonth,
	}
	for _, field := range lengths(&s, &message.specJSON) {
		const most = math.MaxInt64 / int64(time.Millisecond)
		if ms := *field.ms; ms < -most || ms > most {
			return SlidingWindowSpec{}, &Error{CodeInvalidSpec, field.path, fmt.Sprintf(
				"%s must be in %d..=%d for a time.Duration, got %d; NewFromJSON takes it as it is",
				field.path, -most, most, ms,
			)}
		}
		*field.duration = time.Duration(*field.ms) * time.Millisecond
	}
	return s, nil
}

// protoFromJSON has the core read JSON.
func protoFromJSON(text []byte) ([]byte, error) {
	if errABI != nil {
		return nil, errABI
	}
	return bytesOf(func(
		out *C.uint8_t, capacity C.size_t, length *C.size_t, raw **C.pln_error,
	) C.pln_code {
		json := (*C.uint8_t)(unsafe.SliceData(text))
		return C.pln_spec_from_json(json, C.size_t(len(text)), out, capacity, length, raw)
	})
}

// jsonFromProto has the core write JSON.
func jsonFromProto(spec []byte) ([]byte, error) {
	return bytesOf(func(
		out *C.uint8_t, capacity C.size_t, length *C.size_t, raw **C.pln_error,
	) C.pln_code {
		bytes := (*C.uint8_t)(unsafe.SliceData(spec))
		return C.pln_spec_to_json(bytes, C.size_t(len(spec)), out, capacity, length, raw)
	})
}

// fieldIndex is the place of a field in the proto; -1 for a path that is no field.
func fieldIndex(path string) int {
	fields := reflect.VisibleFields(reflect.TypeFor[specJSON]())
	return slices.IndexFunc(fields, func(field reflect.StructField) bool {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		return name == path
	})
}
