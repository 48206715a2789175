// Package lib stands beside libpaneline.a for linux/amd64 and embeds it, so that Go's tools know
// the archive as they know a source file: vendoring takes it along, and programs and test results
// built from another archive are not served from a cache. Nothing refers to the embedded copy, and
// so the linker leaves it out of every program.
package lib

import "embed"

// The pattern holds this file too, so that a folder without the archive is no fault of its own;
// the package beside it says what is missing, and what to run.
//
//go:embed *
var _ embed.FS
