package paneline_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

func TestErrorsIs(t *testing.T) {
	_, err := paneline.New(paneline.SlidingWindowSpec{Duration: time.Minute, Timezone: "CST"})
	wrapped := fmt.Errorf("open the stream: %w", err)
	refused(t, wrapped, paneline.ErrUnknownTimezone, "timezone")
	for _, other := range []error{paneline.ErrInvalidSpec, paneline.ErrClosed, fs.ErrClosed, nil} {
		if errors.Is(wrapped, other) {
			t.Errorf("%v is no %v", err, other)
		}
	}
	if !strings.HasPrefix(err.Error(), "UNKNOWN_TIMEZONE at timezone: ") {
		t.Error(err)
	}
	if text := paneline.ErrUnknownTimezone.Error(); text != "UNKNOWN_TIMEZONE" {
		t.Error(text)
	}
	_, err = paneline.NewFromJSON([]byte("[]"))
	if !strings.HasPrefix(err.Error(), "CORRUPT: ") {
		t.Error(err)
	}
}

func TestCodeNames(t *testing.T) {
	for code, want := range map[paneline.Code]string{
		paneline.CodeOK: "OK", paneline.CodeIO: "IO", paneline.CodeInternal: "INTERNAL",
		paneline.CodeInternal + 1: "Code(14)", -1: "Code(-1)",
	} {
		if code.String() != want {
			t.Errorf("want %s, got %s", want, code)
		}
	}
}
