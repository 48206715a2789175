#!/usr/bin/env bash
# Gives the Go package its archive and builds target/adapters/go and target/demo/go.
set -euo pipefail
cd "$(dirname "$0")/.."

archive=target/c/libpaneline.a
[ -f "$archive" ] || { echo "$archive is missing: run ffi-c/build.sh" >&2; exit 1; }
install -D -m 644 "$archive" go-bindings/lib/linux_amd64/libpaneline.a
for program in adapters demo; do
  "${GO:-go}" -C "tests/$program/go" build -o "$PWD/target/$program/go" .
done
