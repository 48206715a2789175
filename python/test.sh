#!/bin/sh
# Tests the package that python/build.sh installed: behaviour, examples, types.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin config=python/pyproject.toml
scripts="tests/adapters/python/adapter.py tests/demo/demo.py"

$bin/pytest -c $config python/tests
$bin/mypy --config-file $config -p paneline
$bin/mypy --config-file $config python/tests
for script in $scripts; do $bin/mypy --config-file $config "$script"; done
$bin/python -m mypy.stubtest paneline --mypy-config-file $config \
    --allowlist python/stubtest-allow.txt --ignore-unused-allowlist
# Every public type, as an editor sees it that has nothing but the installed package.
PATH=$PWD/$bin:$PATH pyright --verifytypes paneline --ignoreexternal |
    grep -x 'Type completeness score: 100%'
