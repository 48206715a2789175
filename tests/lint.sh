#!/usr/bin/env bash
# Formatting, lints, types and licences of every language. Tests have their own target.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps -p paneline -p paneline-proto
.venv/bin/ruff check .
.venv/bin/ruff format --check .
MYPYPATH=tests/oracle .venv/bin/mypy --strict --no-error-summary tests/oracle tests/demo/run.py
if command -v cargo-deny >/dev/null; then
  cargo deny --log-level error --offline check licenses bans sources
else
  echo "cargo-deny: not run, it is not installed (cargo install cargo-deny)"
fi
echo "lint: clean"
