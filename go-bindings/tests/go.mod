module paneline-go-tests

go 1.24

require (
	github.com/paneline/paneline/go-bindings v0.0.0
	github.com/paneline/paneline/go-bindings/panelinepb v0.0.0
	google.golang.org/protobuf v1.36.12
)

replace (
	github.com/paneline/paneline/go-bindings => ..
	github.com/paneline/paneline/go-bindings/panelinepb => ../panelinepb
)
