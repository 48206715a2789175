#!/usr/bin/env bash
# Writes target/vectors, once for each state of the oracle: every expected answer, and a million
# random requests with the oracle's answers to the first 10,000.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --quiet --locked -p paneline-tests --bin tzdump
out=target/vectors
state=$(cat tests/oracle/*.py tests/vectors/digests.txt target/debug/tzdump | sha256sum)
if [ "$(cat $out/state 2>/dev/null)" = "$state" ]; then exit 0; fi

rm -rf "$out" && mkdir -p "$out"
target/debug/tzdump "$out/tz"
echo "the oracle computes its answers (about half a minute, once)"
python3 tests/oracle/generate.py "$out/tz" "$out/expected" --check
python3 tests/oracle/random_requests.py "$out/tz" 1000000 1 >"$out/random.requests"
head -n 10000 "$out/random.requests" |
  python3 tests/oracle/protocol.py "$out/tz" >"$out/random.answers"
python3 tests/oracle/engine_sequences.py "$out/tz" --check tests/vectors/engine.txt
python3 tests/oracle/engine_sequences.py "$out/tz" 2000 1 >"$out/engine.txt"
echo "$state" >"$out/state"
