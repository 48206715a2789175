#!/usr/bin/env bash
# Counts the instructions of the main kernels under callgrind and compares them with bench/gate.txt:
# more than 2 % above it fails. Unlike time, the count is the same on a busy machine.
# `UPDATE=1 bench/gate.sh` rewrites bench/gate.txt.
#
# The count depends on the compiler, on valgrind (3.19 shows AVX2 to programs and hides AVX-512) and
# on the C library; recorded with others, the gate says so instead of comparing.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null; then
  echo "instruction gate: not run: valgrind is not installed"
  exit 0
fi
simd=$(grep -qw avx2 /proc/cpuinfo 2>/dev/null && echo AVX2 || echo "no AVX2")
machine="$(rustc --version), $(valgrind --version), $(getconf GNU_LIBC_VERSION), $simd"
touch bench/gate.txt
recorded=$(sed -n 's/^# recorded with //p' bench/gate.txt)
if [ -z "${UPDATE:-}" ] && [ -n "$recorded" ] && [ "$machine" != "$recorded" ]; then
  echo "instruction gate: not run: counts of other tools do not compare"
  echo "  recorded with $recorded"
  echo "  here is       $machine"
  echo "  to compare here, run UPDATE=1 bench/gate.sh before the change and bench/gate.sh after it"
  exit 0
fi

cargo build --quiet --locked --release --manifest-path bench/rust/Cargo.toml \
  --target-dir target/bench/cargo --bin gate
gate=target/bench/cargo/release/gate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$gate" | while read -r kernel rows; do
  valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*measured*' \
    "$gate" "$kernel" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
  count=$(sed -n 's/.*Collected : *\([0-9]*\).*/\1/p' "$work/log")
  [ "${count:-0}" -gt 0 ] || { echo "$kernel: nothing was counted" >&2; exit 1; }
  echo "$kernel $rows $count"
done >"$work/counts"

# Recorded and counted, joined by the kernel's name.
status=0
awk -v update="${UPDATE:-}" '
  FILENAME == "bench/gate.txt" { if ($1 !~ /^#/) was[$1] = $3; next }
  {
    seen[$1] = 1
    if (!($1 in was)) { said = "not in bench/gate.txt"; new = 1 }
    else {
      change = ($3 - was[$1]) * 100 / was[$1]
      said = sprintf("%+.2f %%", change)
      if (change > 2) { worse = 1; said = said ": MORE THAN 2 % WORSE" }
      if (change < -2) { better = 1; said = said ": better" }
    }
    if (update || new || change > 2 || change < -2)
      printf "%-34s %12d instructions, %10.2f a row, %s\n", $1, $3, $3 / $2, said
  }
  END {
    for (kernel in was) if (!(kernel in seen)) { print kernel ": no longer counted"; new = 1 }
    if (update) exit 0
    if (worse || new) {
      print "instruction gate: failed. If it is meant, run UPDATE=1 bench/gate.sh"
      exit 1
    }
    if (better) print "instruction gate: better. Keep it with UPDATE=1 bench/gate.sh"
    else print "instruction gate: within 2 % of bench/gate.txt"
  }' bench/gate.txt "$work/counts" || status=$?

if [ -n "${UPDATE:-}" ]; then
  {
    echo "# Written by UPDATE=1 bench/gate.sh: kernel, rows, instructions, instructions a row."
    echo "# recorded with $machine"
    awk '{ printf "%s %d %d %.2f\n", $1, $2, $3, $3 / $2 }' "$work/counts"
  } >bench/gate.txt
  echo "instruction gate: bench/gate.txt is written"
fi
exit "$status"
