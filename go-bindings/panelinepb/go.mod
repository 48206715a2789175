module github.com/paneline/paneline/go-bindings/panelinepb

go 1.24

// The runtime of protobuf-go, and the generator that "make gen" writes these files with.
require google.golang.org/protobuf v1.36.12
