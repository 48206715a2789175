// Package tests holds what the Go package can only be tested with from outside: protobuf-go, and
// modules of its users.
package tests

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/paneline/paneline/go-bindings"
	"github.com/paneline/paneline/go-bindings/panelinepb"
)

func fromMessage(t *testing.T, message *panelinepb.SlidingWindowSpec) (*paneline.Assigner, error) {
	t.Helper()
	bytes, err := proto.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	assigner, err := paneline.NewFromProto(bytes)
	t.Cleanup(assigner.Close)
	return assigner, err
}

// A spec that protobuf-go wrote is the spec of the Go struct: one fingerprint, the same windows.
func TestMessagesAreSpecs(t *testing.T) {
	type message = panelinepb.SlidingWindowSpec
	type spec = paneline.SlidingWindowSpec
	const zone = "America/New_York"
	for _, c := range []struct {
		message *message
		spec    spec
	}{
		{
			&message{DurationMs: 60_000},
			spec{Duration: time.Minute},
		}, {
			&message{DurationMs: 21_600_000, StepMs: 1_800_000, Timezone: zone, OffsetMs: -60_000},
			spec{Duration: 6 * time.Hour, Step: 30 * time.Minute, Timezone: zone, Offset: -time.Minute},
		}, {
			&message{DurationMs: 3_600_000, Timezone: zone, AlignToEpoch: true},
			spec{Duration: time.Hour, Timezone: zone, AlignToEpoch: true},
		}, {
			&message{DurationMs: 3_600_000, StepMs: 60_000, Kind: panelinepb.WindowKind_WINDOW_KIND_CUMULATE},
			spec{Duration: time.Hour, Step: time.Minute, Kind: paneline.WindowKindCumulate},
		}, {
			&message{
				CalendarUnit: panelinepb.CalendarUnit_CALENDAR_UNIT_WEEK, CalendarDuration: 2, CalendarStep: 1,
				WeekStart: panelinepb.Weekday_WEEKDAY_SUNDAY, Timezone: zone,
			},
			spec{
				CalendarUnit: paneline.CalendarUnitWeek, CalendarDuration: 2, CalendarStep: 1,
				WeekStart: paneline.WeekdaySunday, Timezone: zone,
			},
		}, {
			&message{
				CalendarUnit: panelinepb.CalendarUnit_CALENDAR_UNIT_YEAR, CalendarDuration: 1, MonthDay: 6,
				YearStartMonth: 4, SemanticsVersion: 1, TzdbVersion: paneline.TZDBVersion(),
			},
			spec{
				CalendarUnit: paneline.CalendarUnitYear, CalendarDuration: 1, MonthDay: 6,
				YearStartMonth: 4, SemanticsVersion: 1, TZDBVersion: paneline.TZDBVersion(),
			},
		}, {
			&message{
				Kind: panelinepb.WindowKind_WINDOW_KIND_SESSION, SessionGapMs: 30_000, AllowedLatenessMs: 5_000,
			},
			spec{
				Kind: paneline.WindowKindSession, SessionGap: 30 * time.Second, AllowedLateness: 5 * time.Second,
			},
		},
	} {
		fromProto, err := fromMessage(t, c.message)
		if err != nil {
			t.Fatalf("%v: %v", c.message, err)
		}
		fromStruct, err := paneline.New(c.spec)
		if err != nil {
			t.Fatalf("%+v: %v", c.spec, err)
		}
		defer fromStruct.Close()
		if fromProto.Fingerprint() != fromStruct.Fingerprint() {
			t.Errorf("%v: another fingerprint", c.message)
		}
		for _, ms := range []int64{-1, 0, 1_730_615_400_000} {
			got, errProto := fromProto.Windows(time.UnixMilli(ms))
			want, errStruct := fromStruct.Windows(time.UnixMilli(ms))
			if errProto != nil || errStruct != nil || !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("%v at %d: %v, %v; %v, %v", c.message, ms, got, errProto, want, errStruct)
			}
		}
	}
}

// The struct has a field for each of the message's, and their JSON is one: a field that is added to
// the proto fails here until Go has it.
func TestStructAndMessageHaveOneJSON(t *testing.T) {
	message := &panelinepb.SlidingWindowSpec{}
	fields := message.ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		number := uint64(i%2 + 1) // a value of every enum too
		message.ProtoReflect().Set(field, map[protoreflect.Kind]protoreflect.Value{
			protoreflect.Int64Kind:  protoreflect.ValueOfInt64(int64(number)),
			protoreflect.Sint64Kind: protoreflect.ValueOfInt64(-int64(number)),
			protoreflect.Uint32Kind: protoreflect.ValueOfUint32(uint32(number)),
			protoreflect.EnumKind:   protoreflect.ValueOfEnum(protoreflect.EnumNumber(number)),
			protoreflect.BoolKind:   protoreflect.ValueOfBool(true),
			protoreflect.StringKind: protoreflect.ValueOfString(string(field.Name())),
		}[field.Kind()])
	}
	given, err := protojson.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	var spec paneline.SlidingWindowSpec
	if err := json.Unmarshal(given, &spec); err != nil {
		t.Fatalf("%s: %v", given, err)
	}
	written, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	again := &panelinepb.SlidingWindowSpec{}
	if err := protojson.Unmarshal(written, again); err != nil || !proto.Equal(again, message) {
		t.Errorf("want %v, got %v, %v", message, again, err)
	}
}

// The core refuses what it does not know; protobuf-go, like every runtime, keeps it in silence.
func TestUnknownFieldsAreRefused(t *testing.T) {
	const number = 99
	message := &panelinepb.SlidingWindowSpec{DurationMs: 60_000}
	unknown := protowire.AppendTag(nil, number, protowire.BytesType)
	message.ProtoReflect().SetUnknown(protowire.AppendString(unknown, "from a newer release"))
	_, err := fromMessage(t, message)
	var refusal *paneline.Error
	if !errors.Is(err, paneline.ErrUnsupportedField) || !errors.As(err, &refusal) || refusal.Path != "#99" {
		t.Errorf("field %d: %v", number, err)
	}
	_, err = fromMessage(t, &panelinepb.SlidingWindowSpec{DurationMs: 60_000, Kind: 99})
	if !errors.Is(err, paneline.ErrInvalidSpec) || !errors.As(err, &refusal) || refusal.Path != "kind" {
		t.Errorf("kind 99: %v", err)
	}
}

// One number and one name in both packages, and no value that only one of them has.
func TestEnumsAgree(t *testing.T) {
	for _, c := range []struct {
		names  map[int32]string
		prefix string
		of     func(number int32) string
		beyond string
	}{
		{panelinepb.WindowKind_name, "", text[paneline.WindowKind], "WindowKind(3)"},
		{panelinepb.CalendarUnit_name, "", text[paneline.CalendarUnit], "CalendarUnit(6)"},
		{panelinepb.Weekday_name, "", text[paneline.Weekday], "Weekday(7)"},
		{panelinepb.Code_name, "CODE_", text[paneline.Code], "Code(14)"},
	} {
		for number, want := range c.names {
			if got := c.prefix + c.of(number); got != want {
				t.Errorf("%d: want %s, got %s", number, want, got)
			}
		}
		if got := c.of(int32(len(c.names))); got != c.beyond {
			t.Errorf("want %s, got %s", c.beyond, got)
		}
	}
}

func text[E interface {
	~int32
	fmt.Stringer
}](number int32) string {
	return E(number).String()
}
