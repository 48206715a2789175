// Command demo reads a CSV of wall-clock times, assigns every row to the 6-hour windows by 30
// minutes that hold it on New York's clock, and says how fast that was.
package main

import (
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"log"
	"os"
	"slices"
	"time"

	"github.com/paneline/paneline/go-bindings"
)

const zone = "America/New_York"

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: demo FILE OUT")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(in, out string) error {
	local, err := readLocal(in)
	if err != nil {
		return err
	}
	// The file writes no offsets: the hour that New York's clocks show twice is taken as its first.
	instants := make([]int64, len(local))
	if err := paneline.ResolveLocal(zone, local, paneline.AmbiguousEarliest, instants); err != nil {
		return err
	}
	assigner, err := paneline.New(paneline.SlidingWindowSpec{
		Duration: 6 * time.Hour,
		Step:     30 * time.Minute,
		Timezone: zone,
	})
	if err != nil {
		return err
	}
	defer assigner.Close()

	// The same output for every batch: only the first allocates.
	var windows paneline.Assignment
	best := time.Hour
	for range 5 {
		start := time.Now()
		if err := assigner.Assign(instants, paneline.TimeUnitMillisecond, &windows); err != nil {
			return err
		}
		best = min(best, time.Since(start))
	}
	fmt.Printf("go rows=%d windows=%d events_per_s=%.0f\n",
		len(instants), len(windows.Starts), float64(len(instants))/best.Seconds())

	return write(out, instants, windows.Offsets, windows.Starts, windows.Ends)
}

// readLocal gives the column "timestamp" in milliseconds on the wall clock.
func readLocal(path string) ([]int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	if _, err := reader.Read(); err != nil { // the header
		return nil, err
	}
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, err
	}
	var local []int64
	for _, row := range rows {
		t, err := time.Parse(time.DateTime, row[0])
		if err != nil {
			return nil, err
		}
		local = append(local, t.UnixMilli())
	}
	return local, nil
}

// write concatenates columns as little-endian integers.
func write(path string, columns ...[]int64) error {
	bytes, err := binary.Append(nil, binary.LittleEndian, slices.Concat(columns...))
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes, 0o644)
}
