module paneline-bench

go 1.24

require github.com/paneline/paneline/go-bindings v0.0.0

replace github.com/paneline/paneline/go-bindings => ../../go-bindings
