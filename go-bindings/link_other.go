// Says at compile time, and not as a page of undefined symbols, that a platform has no archive.

//go:build !(linux && amd64)

package paneline

// #error "paneline: there is no libpaneline.a for this platform; linux/amd64 has one"
import "C"
