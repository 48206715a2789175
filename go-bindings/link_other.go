// Says in one line, and not as a page of undefined symbols, that a platform has no archive.

//go:build !(linux && amd64)

package paneline

var _ = paneline_has_no_archive_for_this_platform__linux_amd64_has_one
