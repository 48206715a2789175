#!/usr/bin/env bash
# Runs Flink on one case of the engine's comparison: fetches it once into target/bench/flink
# (330 MB, from PyPI), compiles Sliding.java against it, and hands the arguments on.
# bench/engine.py --flink starts it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../../target/bench/flink
version=2.3.0

if [ "$(cat "$out/installed" 2>/dev/null)" != "$version" ]; then
  rm -rf "$out"
  "$here/../../.venv-bench/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-deps --target "$out" "apache-flink-libraries==$version" >&2
  echo "$version" >"$out/installed"
fi
# The table planner's loader and the CEP library are not asked for anything.
classpath=$out/classes:$out/pyflink/lib/flink-dist-$version.jar
for jar in "$out"/pyflink/lib/log4j-*.jar; do
  classpath=$classpath:$jar
done
if [ "$here/Sliding.java" -nt "$out/classes/Sliding.class" ]; then
  javac -Xlint:all,-path,-serial,-classfile,-options -d "$out/classes" -cp "$classpath" \
    "$here/Sliding.java" >&2
fi
# Kryo and the closure cleaner look into these packages.
opens=()
for package in java.lang java.lang.invoke java.math java.time java.util; do
  opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
exec java -Xmx4g "${opens[@]}" -cp "$classpath" Sliding "$@"
