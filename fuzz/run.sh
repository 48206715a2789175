#!/usr/bin/env bash
# Fuzzes every target for the given seconds (30). What libFuzzer finds interesting it keeps under
# target/; an input that crashes lands in fuzz/artifacts, is copied into fuzz/corpus and fixed.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v cargo-fuzz >/dev/null; then
  echo "missing: cargo-fuzz (cargo install cargo-fuzz --locked)" >&2
  exit 1
fi
# The stable compiler, told to accept libFuzzer's instrumentation; no sanitizer, which is nightly's.
export RUSTC_BOOTSTRAP=1
for target in spec_proto spec_json engine_spec engine duration local assign; do
  found=target/fuzz/corpus/$target
  mkdir -p "$found"
  echo "$target"
  cargo fuzz run -s none --target-dir target/fuzz "$target" "$found" "fuzz/corpus/$target" -- \
    -max_total_time="${1:-30}" -print_final_stats=1 2>&1 | tee "$found.log" |
    grep -E 'panicked|ERROR|Done|Failing input|^error' ||
    { tail -n 40 "$found.log" >&2; exit 1; }
  ! grep -q 'Failing input' "$found.log" || exit 1
done
