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
	for path, refusal := range map[string]error{
		"abi_version":  checkABI(math.MaxUint32, "0.0.0", "1999a"),
		"version":      checkABI(1, "0.0.0", "1999a"),
		"tzdb_version": checkABI(1, Version(), "1999a"),
	} {
		text := refusal.Error()
		if !strings.HasPrefix(text, "VERSION_MISMATCH at "+path+": "+path+" must be ") ||
			!strings.Contains(text, "go-bindings/build.sh") {
			t.Error(text)
		}
		errABI = refusal
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
