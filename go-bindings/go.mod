module github.com/paneline/paneline/go-bindings

go 1.24
