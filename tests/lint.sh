#!/usr/bin/env bash
# Formatting, lints, types and licences of every language. Tests have their own target.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 ||
  { echo "missing: rustfmt and clippy (rustup component add rustfmt clippy)" >&2; exit 1; }

cargo fmt --all --check
cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps -p paneline -p paneline-proto
.venv/bin/ruff check .
.venv/bin/ruff format --check .
MYPYPATH=tests/oracle .venv/bin/mypy --strict --no-error-summary tests/oracle tests/demo/run.py

# The comparison with the peers: a Rust workspace and a Go module of its own.
cargo fmt --manifest-path bench/rust/Cargo.toml --check
cargo clippy --quiet --locked --manifest-path bench/rust/Cargo.toml --features peers --all-targets \
  --target-dir target/bench/cargo -- -D warnings
unformatted=$("$(go env GOROOT)/bin/gofmt" -l bench/go)
[ -z "$unformatted" ] || { echo "run gofmt -w on: $unformatted" >&2; exit 1; }
go -C bench/go vet ./...

# The oldest compiler that the README promises builds all that is shipped.
oldest=$(sed -n 's/^rust-version = "\(.*\)"$/\1.0/p' Cargo.toml)
if cargo "+$oldest" --version >/dev/null 2>&1; then
  cargo "+$oldest" check --quiet --locked -p paneline -p paneline-ffi -p paneline-cli -p paneline-py \
    --target-dir target/oldest
else
  echo "not run: the check with Rust $oldest (rustup toolchain install --profile minimal $oldest)"
fi

docs/build.sh
cli/tests/browser.sh
bench/gate.sh
command -v cargo-deny >/dev/null ||
  { echo "missing: cargo-deny (cargo install --locked cargo-deny@0.20.2)" >&2; exit 1; }
cargo deny --log-level error --offline check licenses bans sources
echo "lint: clean"
