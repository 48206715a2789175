package paneline

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

// Another archive is refused with a sentence that says what to run; by every way in.
func TestABIMismatch(t *testing.T) {
	if errABI != nil {
		t.Fatal(errABI)
	}
	defer func() { errABI = nil }()
	errABI = checkABI(math.MaxUint32)
	if text := errABI.Error(); !strings.Contains(text, "go-bindings/build.sh") {
		t.Error(text)
	}
	_, fromStruct := New(SlidingWindowSpec{Duration: time.Minute})
	_, fromProto := NewFromProto([]byte{0x08, 0xe0, 0xd4, 0x03})
	_, fromJSON := NewFromJSON([]byte(`{"duration_ms": 60000}`))
	_, fromText := ParseDuration("1m")
	fromLocal := ResolveLocal("UTC", nil, AmbiguousReject, nil)
	for _, err := range []error{fromStruct, fromProto, fromJSON, fromText, fromLocal} {
		if !errors.Is(err, ErrVersionMismatch) {
			t.Error(err)
		}
	}
}
