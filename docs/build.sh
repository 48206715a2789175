#!/usr/bin/env bash
# Makes HTML of the pages, into target/docs/html. A warning, such as of a link, is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv-docs
if ! cmp -s docs/requirements.txt $venv/requirements.txt; then
  python3 -m venv $venv
  $venv/bin/pip install --quiet --disable-pip-version-check -r docs/requirements.txt
  cp docs/requirements.txt $venv/requirements.txt
fi
$venv/bin/sphinx-build -q -W --keep-going -b html docs target/docs/html
