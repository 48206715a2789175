// Package paneline says which windows an event belongs to: sliding, tumbling, cumulating,
// calendar and session windows, on Unix time or on the wall clock of a time zone.
//
// A [SlidingWindowSpec] describes the windows, an [Assigner] answers. The answer is a pure
// function of the spec, the embedded time-zone database and the event's time: it never depends on
// the first row, on the batch, on the machine's zone files or on arrival order. The decisions are
// made by one core that C, C++, Python and Rust call as well, so all of them give the same
// boundaries; this package converts and calls.
//
//	assigner, err := paneline.New(paneline.SlidingWindowSpec{
//		Duration: 24 * time.Hour,
//		Timezone: "America/Havana",
//	})
//	if err != nil {
//		return err
//	}
//	defer assigner.Close()
//	day, err := assigner.Pane(event.Time) // the local day, 23 to 25 hours long
//
// # Times
//
// Windows are made of milliseconds. A [time.Time] is floored to its millisecond, before 1970 too,
// so digits below a millisecond never decide a window. A [time.Duration] in a spec must be whole
// milliseconds. Times that come back are in UTC.
//
// # Columns
//
// [Assigner.PaneStarts] and [Assigner.Assign] take a column of integers in a [TimeUnit] and write
// columns of milliseconds that the caller keeps: once these are large enough, a batch allocates
// nothing, and neither do the iterators over an [Assignment]. A call into the core costs tens of
// nanoseconds, so prefer a batch to a loop. A bad row refuses the batch, names itself, and leaves
// the output untouched.
//
// # Specs elsewhere
//
// A spec in a configuration is the JSON of the proto, which every language reads and writes the
// same; see [SlidingWindowSpec]. Services that carry specs as protobuf pass the bytes to
// [NewFromProto]; the module panelinepb beside this package has the types of protobuf-go.
//
// # Errors
//
// Every refusal is an [*Error]: a [Code] that is the same in every language, a path into the
// input, and a message with the value and the bound. [errors.Is] finds the code, [errors.As] the
// path:
//
//	var refusal *paneline.Error
//	if errors.Is(err, paneline.ErrOutOfRange) && errors.As(err, &refusal) {
//		log.Printf("skip %s: %s", refusal.Path, refusal.Message) // skip times[4096]: ...
//	}
//
// # Building
//
// The package links the core as a static archive, lib/linux_amd64/libpaneline.a, by cgo; it needs
// Linux on x86-64 with glibc, and no other module. In a checkout, ffi-c/build.sh and then
// go-bindings/build.sh make the archive, and vendoring takes it along. docs/GO.md says how to get a
// module that has it, and what to do when it does not build.
package paneline
