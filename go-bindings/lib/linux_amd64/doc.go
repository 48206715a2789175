// Package lib stands beside libpaneline.a for linux/amd64, so that vendoring, which copies
// packages and not folders, takes the archive along.
package lib
