package tests

import (
	"fmt"
	"path/filepath"
	"regexp"
	"testing"
)

// The programs of docs/GO.md print what the page says.
func TestPage(t *testing.T) {
	page := read(t, filepath.Join(checkout(t), "../docs/GO.md"))
	sums := read(t, "go.sum")
	protobuf := regexp.MustCompile(`google.golang.org/protobuf \S+`).FindString(read(t, "go.mod"))
	mod := fmt.Sprintf(
		"require (\n\t%[1]s v0.0.0\n\t%[1]s/panelinepb v0.0.0\n\t%[2]s\n)\n\n"+
			"replace (\n\t%[1]s => %[3]s\n\t%[1]s/panelinepb => %[3]s/panelinepb\n)\n",
		module, protobuf, checkout(t),
	)
	programs := regexp.MustCompile("(?s)```go\n(.*?)```\n\n```text\n(.*?)```\n").FindAllStringSubmatch(page, -1)
	if all := regexp.MustCompile("```go\n").FindAllString(page, -1); len(programs) != len(all) || len(all) < 4 {
		t.Fatalf("%d programs, %d with what they print", len(all), len(programs))
	}
	for i, program := range programs {
		folder := user(t, program[1], mod)
		write(t, filepath.Join(folder, "go.sum"), sums)
		if got := must(t, folder, nil, "go", "run", "."); got != program[2] {
			t.Errorf("program %d: want\n%sgot\n%s", i+1, program[2], got)
		}
	}
}
