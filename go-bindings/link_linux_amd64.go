// What a program on linux/amd64 links.

package paneline

// #cgo LDFLAGS: ${SRCDIR}/lib/linux_amd64/libpaneline.a -lgcc_s -lm -lpthread -ldl
import "C"

// The archive's folder is imported, so that vendoring keeps it.
import _ "github.com/paneline/paneline/go-bindings/lib/linux_amd64"

// archiveHash is the archive's SHA-256, set by -ldflags=-X=.... Go's caches do not look into an
// archive: without a flag that changes with it, they would go on serving what was built from the
// one before.
var archiveHash string
