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
// one whose header stands beside this file.
var errABI = checkABI(uint32(C.pln_abi_version()))

func checkABI(linked uint32) error {
	if linked == C.PLN_ABI_VERSION {
		return nil
	}
	return &Error{CodeVersionMismatch, "abi_version", fmt.Sprintf(
		"abi_version must be %d, the linked libpaneline.a has %d: run ffi-c/build.sh and "+
			"go-bindings/build.sh of one release, then build again", C.PLN_ABI_VERSION, linked,
	)}
}
