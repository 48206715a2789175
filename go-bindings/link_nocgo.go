// Says in one line, and not as ten undefined names, that the package needs cgo. Go turns cgo off by
// itself where it finds no C compiler.

//go:build !cgo && linux && amd64

package paneline

var _ = paneline_needs_cgo__install_a_C_compiler_and_set_CGO_ENABLED_1
