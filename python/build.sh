#!/bin/sh
# Builds the wheel into target/wheels and installs it into .venv. Cargo decides what to rebuild, in
# a target folder of its own: the workspace builds pyo3 with other settings. The install is skipped
# if pip's record says that it came from this very wheel.
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/maturin ] || tests/setup.sh

rm -f target/wheels/paneline-*.whl
log=$(.venv/bin/maturin build --quiet --release --locked --manifest-path python/Cargo.toml \
    --target-dir target/python --out target/wheels -i .venv/bin/python 2>&1) ||
    { echo "$log" >&2; exit 1; }

wheel=$(echo target/wheels/paneline-*.whl)
sum=$(sha256sum "$wheel" | cut -d' ' -f1)
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
grep -qs "$sum" "$site"/paneline-*.dist-info/direct_url.json ||
    .venv/bin/pip --disable-pip-version-check install --quiet --force-reinstall --no-deps "$wheel"
