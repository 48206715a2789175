// What a program on linux/amd64 links, and what is missing where it cannot.

package paneline

/*
#cgo LDFLAGS: ${SRCDIR}/lib/linux_amd64/libpaneline.a -lm -lpthread -ldl
#include "paneline.h"
#if !__has_include("lib/linux_amd64/libpaneline.a")
#error "paneline: no lib/linux_amd64/libpaneline.a: run ffi-c/build.sh, then go-bindings/build.sh"
#elif !defined __GLIBC__
#error "paneline: libpaneline.a needs glibc, and this C library is another: build on a glibc system"
#endif
*/
import "C"

// The archive's folder is imported, so that vendoring keeps it and Go's caches look into it.
import _ "github.com/paneline/paneline/go-bindings/lib/linux_amd64"
