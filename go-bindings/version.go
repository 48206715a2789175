// Which library was linked, and whether this package may call it.

package paneline

/*
#cgo noescape pln_abi_version
#cgo nocallback pln_abi_version
#cgo noescape pln_version
#cgo nocallback pln_version
#cgo noescape pln_tzdb_version
#cgo nocallback pln_tzdb_version
#include "paneline.h"
*/
import "C"

import "fmt"

// Version is the version of the core, such as "0.1.0".
func Version() string { return C.GoString(C.pln_version()) }

// TZDBVersion is the release of the embedded time-zone database, such as "2026f". Store it beside
// every state.
func TZDBVersion() string { return C.GoString(C.pln_tzdb_version()) }

// errABI is what every call that starts from nothing returns when the archive is another than the
// one whose header stands beside this file: of another ABI, release or time-zone database.
var errABI = checkABI(uint32(C.pln_abi_version()), Version(), TZDBVersion())

func checkABI(abi uint32, version, tzdbVersion string) error {
	for _, part := range []struct{ path, header, linked string }{
		{"abi_version", fmt.Sprint(C.PLN_ABI_VERSION), fmt.Sprint(abi)},
		{"version", C.PLN_VERSION, version},
		{"tzdb_version", C.PLN_TZDB_VERSION, tzdbVersion},
	} {
		if part.linked != part.header {
			return &Error{CodeVersionMismatch, part.path, fmt.Sprintf(
				"%s must be %s, the linked libpaneline.a has %s: run ffi-c/build.sh and "+
					"go-bindings/build.sh of one release, then build again",
				part.path, part.header, part.linked,
			)}
		}
	}
	return nil
}
