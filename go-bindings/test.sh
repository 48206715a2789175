#!/usr/bin/env bash
# Tests the Go package: format, vet, tests, the race detector, cgo's strictest pointer rules; then
# what is beside it: the protobuf types, and modules of users, vendored, offline and from a zip.
set -euo pipefail
cd "$(dirname "$0")"
./build.sh

go=${GO:-go}
modules=(. panelinepb tests ../tests/adapters/go ../tests/demo/go)

unformatted=$("$("$go" env GOROOT)/bin/gofmt" -l "${modules[@]}")
[ -z "$unformatted" ] || { echo "run gofmt -w on: $unformatted" >&2; exit 1; }
for module in "${modules[@]}"; do "$go" -C "$module" vet ./...; done
"$go" test ./...
"$go" test -race ./...
GODEBUG=cgocheck=1 GOEXPERIMENT=cgocheck2 "$go" test ./...
# These build programs of files that the cache of test results does not know of.
"$go" -C tests test -count=1 ./...
