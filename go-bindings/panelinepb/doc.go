// Package panelinepb holds paneline's specs as protobuf-go types, for services that store or send
// them as protobuf anyway. Package paneline needs none of them: it takes the bytes.
//
//	spec := &panelinepb.SlidingWindowSpec{DurationMs: 60_000, Timezone: "Asia/Tokyo"}
//	bytes, err := proto.Marshal(spec)
//	...
//	assigner, err := paneline.NewFromProto(bytes)
//
// Relay a spec as the bytes that came, and do not marshal it again: a reader must see every field
// that a newer writer sent, so that it can refuse what it does not know.
//
// The .proto files name no Go package. A .proto file of your own that imports
// paneline/v1/window.proto is compiled with
//
//	--go_opt=Mpaneline/v1/window.proto=github.com/paneline/paneline/go-bindings/panelinepb
package panelinepb
