#!/usr/bin/env bash
# Compiles the C++ adapter and demo against the archive that ffi-c/build.sh makes.
set -euo pipefail
cd "$(dirname "$0")/../../.."
mkdir -p target/adapters target/demo
for program in adapters/cpp:tests/adapters/cpp/adapter.cpp demo/cpp:tests/demo/demo.cpp; do
  "${CXX:-c++}" -std=c++17 -O2 -Wall -Wextra -Wpedantic -Werror -Iffi-c/include "${program#*:}" \
    target/c/libpaneline.a -lm -lpthread -ldl -o "target/${program%:*}"
done
