#!/bin/sh
# Builds the wheel into target/wheels and installs it into .venv. Cargo decides what to rebuild, in
# a target folder of its own: the workspace builds pyo3 with other settings. An install is skipped
# if .venv has this very wheel.
set -eu
cd "$(dirname "$0")/.."

rm -f target/wheels/paneline-*.whl
.venv/bin/maturin build --quiet --release --locked --manifest-path python/Cargo.toml \
    --target-dir target/python --out target/wheels -i .venv/bin/python

sum=$(cat target/wheels/paneline-*.whl | sha256sum)
stamp=.venv/paneline.sha256
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
if [ ! -e "$site/paneline/__init__.py" ] || [ "$(cat $stamp 2>/dev/null)" != "$sum" ]; then
    rm -f $stamp
    .venv/bin/pip --disable-pip-version-check install --quiet --force-reinstall --no-deps \
        target/wheels/paneline-*.whl
    echo "$sum" >$stamp
fi
