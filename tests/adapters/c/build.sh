#!/usr/bin/env bash
# Compiles the C adapter and demo against the archive that ffi-c/build.sh makes.
set -euo pipefail
cd "$(dirname "$0")/../../.."
mkdir -p target/adapters target/demo
for program in adapters/c:tests/adapters/c/adapter.c demo/c:tests/demo/demo.c; do
  "${CC:-cc}" -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -Iffi-c/include "${program#*:}" \
    target/c/libpaneline.a -lm -lpthread -ldl -o "target/${program%:*}"
done
