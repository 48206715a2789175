// The enums, and how they are written as text and read: by the names of the proto, or the words of
// every language.

package paneline

// #include "paneline.h"
import "C"

import (
	"fmt"
	"slices"
	"strings"
)

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

var windowKinds = enum[WindowKind]{"WindowKind", []string{
	"WINDOW_KIND_SLIDING", "WINDOW_KIND_CUMULATE", "WINDOW_KIND_SESSION",
}}

// String is the name in the proto, such as "WINDOW_KIND_SLIDING".
func (k WindowKind) String() string { return windowKinds.name(k) }

// MarshalText is String for a kind that has a name; another is ErrInvalidArgument.
func (k WindowKind) MarshalText() ([]byte, error) { return windowKinds.marshal(k) }

// UnmarshalText reads what MarshalText writes; other text is ErrInvalidArgument at "text".
func (k *WindowKind) UnmarshalText(text []byte) error { return windowKinds.unmarshal(text, k) }

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

var calendarUnits = enum[CalendarUnit]{"CalendarUnit", []string{
	"CALENDAR_UNIT_NONE", "CALENDAR_UNIT_DAY", "CALENDAR_UNIT_WEEK", "CALENDAR_UNIT_MONTH",
	"CALENDAR_UNIT_QUARTER", "CALENDAR_UNIT_YEAR",
}}

// String is the name in the proto, such as "CALENDAR_UNIT_DAY".
func (u CalendarUnit) String() string { return calendarUnits.name(u) }

// MarshalText is String for a unit that has a name; another is ErrInvalidArgument.
func (u CalendarUnit) MarshalText() ([]byte, error) { return calendarUnits.marshal(u) }

// UnmarshalText reads what MarshalText writes; other text is ErrInvalidArgument at "text".
func (u *CalendarUnit) UnmarshalText(text []byte) error { return calendarUnits.unmarshal(text, u) }

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

var weekdays = enum[Weekday]{"Weekday", []string{
	"WEEKDAY_MONDAY", "WEEKDAY_TUESDAY", "WEEKDAY_WEDNESDAY", "WEEKDAY_THURSDAY", "WEEKDAY_FRIDAY",
	"WEEKDAY_SATURDAY", "WEEKDAY_SUNDAY",
}}

// String is the name in the proto, such as "WEEKDAY_MONDAY".
func (d Weekday) String() string { return weekdays.name(d) }

// MarshalText is String for a day that has a name; another is ErrInvalidArgument.
func (d Weekday) MarshalText() ([]byte, error) { return weekdays.marshal(d) }

// UnmarshalText reads what MarshalText writes; other text is ErrInvalidArgument at "text".
func (d *Weekday) UnmarshalText(text []byte) error { return weekdays.unmarshal(text, d) }

// TimeUnit is what one tick of a column of times is.
type TimeUnit uint32

// The units of a column. Microseconds and nanoseconds are floored to milliseconds, so -1 ns is the
// millisecond -1.
const (
	TimeUnitSecond      TimeUnit = C.PLN_TIME_UNIT_S
	TimeUnitMillisecond TimeUnit = C.PLN_TIME_UNIT_MS
	TimeUnitMicrosecond TimeUnit = C.PLN_TIME_UNIT_US
	TimeUnitNanosecond  TimeUnit = C.PLN_TIME_UNIT_NS
)

var timeUnits = enum[TimeUnit]{"TimeUnit", []string{"s", "ms", "us", "ns"}}

// String is the unit's symbol, such as "ms".
func (u TimeUnit) String() string { return timeUnits.name(u) }

// MarshalText is String for a unit that has a symbol; another is ErrInvalidArgument.
func (u TimeUnit) MarshalText() ([]byte, error) { return timeUnits.marshal(u) }

// UnmarshalText reads what MarshalText writes; other text is ErrInvalidArgument at "text".
func (u *TimeUnit) UnmarshalText(text []byte) error { return timeUnits.unmarshal(text, u) }

// Ambiguous says which instant a wall-clock time means that the clock shows twice, or never.
type Ambiguous uint32

const (
	// AmbiguousEarliest: the earlier of the two instants.
	AmbiguousEarliest Ambiguous = C.PLN_AMBIGUOUS_EARLIEST
	// AmbiguousLatest: the later of the two instants.
	AmbiguousLatest Ambiguous = C.PLN_AMBIGUOUS_LATEST
	// AmbiguousReject: neither; the call is refused.
	AmbiguousReject Ambiguous = C.PLN_AMBIGUOUS_REJECT
)

var ambiguities = enum[Ambiguous]{"Ambiguous", []string{"earliest", "latest", "reject"}}

// String is the choice in lower case, such as "earliest".
func (a Ambiguous) String() string { return ambiguities.name(a) }

// MarshalText is String for a choice that has a name; another is ErrInvalidArgument.
func (a Ambiguous) MarshalText() ([]byte, error) { return ambiguities.marshal(a) }

// UnmarshalText reads what MarshalText writes; other text is ErrInvalidArgument at "text".
func (a *Ambiguous) UnmarshalText(text []byte) error { return ambiguities.unmarshal(text, a) }

// enum is the names of the values of a type, from 0 on.
type enum[E ~int32 | ~uint32] struct {
	typeName string
	names    []string
}

func (e enum[E]) name(value E) string {
	if value < 0 || int64(value) >= int64(len(e.names)) {
		return fmt.Sprintf("%s(%d)", e.typeName, int64(value))
	}
	return e.names[value]
}

func (e enum[E]) marshal(value E) ([]byte, error) {
	name := e.name(value)
	if !slices.Contains(e.names, name) {
		return nil, &Error{CodeInvalidArgument, "", name + " has no name; use a constant"}
	}
	return []byte(name), nil
}

func (e enum[E]) unmarshal(text []byte, value *E) error {
	index := slices.Index(e.names, string(text))
	if index < 0 {
		return &Error{CodeInvalidArgument, "text", fmt.Sprintf(
			"a %s must be one of %s, got %q", e.typeName, strings.Join(e.names, ", "), text,
		)}
	}
	*value = E(index)
	return nil
}
