#!/usr/bin/env bash
# Takes each product of dist/ into an empty folder, builds the README's program with it there, and
# compares what it prints with what the README promises.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD dist=$PWD/dist
version=$(cargo pkgid -p paneline --locked | sed 's/.*[#@]//')

promised=$(sed -n 's/^showed it: `\([0-9 ]*\)`\.$/\1/p' README.md)
[ -n "$promised" ] || { echo "README.md no longer says what programs print" >&2; exit 1; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

snippet() { # snippet LANGUAGE: the page's first program in it
  awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```/ { if (on) exit } on' \
    "$root/README.md"
}
expect() { # expect PRODUCT COMMAND...
  local product=$1 printed
  shift
  printed=$("$@") || { echo "$product: $* ended with an error" >&2; exit 1; }
  [ "$printed" = "$promised" ] || { echo "$product: printed $printed, not $promised" >&2; exit 1; }
  echo "checked: $product"
}

(cd "$dist" && sha256sum --quiet --check SHA256SUMS)

python_product() { # python_product NAME FILE PIP-OPTION...
  mkdir "$work/$1" && cd "$work/$1"
  python3 -m venv venv
  venv/bin/pip install --quiet --disable-pip-version-check "${@:3}" "$2"
  snippet python >main.py
  expect "$(basename "$2")" venv/bin/python main.py
}
python_product wheel "$dist"/paneline-*.whl --no-index
python_product sdist "$dist/paneline-$version.tar.gz"

mkdir "$work/go" && cd "$work/go"
export GOPROXY=file://$dist/go GOSUMDB=off GOTOOLCHAIN=local GOMODCACHE=$work/cache GOFLAGS=-mod=mod
snippet go >main.go
go mod init example.com/check 2>/dev/null
go get "github.com/paneline/paneline/go-bindings@v$version" 2>/dev/null
go build -o check .
expect "Go module" ./check
# Its own requirement, protobuf-go, is not in dist: what the checkout downloaded is.
types=github.com/paneline/paneline/go-bindings/panelinepb
GOPROXY=file://$dist/go,file://$(env -u GOMODCACHE go env GOMODCACHE)/cache/download \
  go get "$types@v$version" 2>/dev/null
expect "Go module of protobuf types" sh -c "go build $types && ./check"

mkdir "$work/c" && cd "$work/c"
tar -xzf "$dist/paneline-$version-c-linux-x86_64.tar.gz" --strip-components=1
export PKG_CONFIG_PATH=$work/c/lib/pkgconfig
snippet c >main.c
snippet cpp >main.cpp
# shellcheck disable=SC2046 # flags are words
gcc main.c -o static $(pkg-config --cflags --libs paneline-static)
expect "C, static" ./static
# shellcheck disable=SC2046
g++ -std=c++17 main.cpp -o shared $(pkg-config --cflags --libs paneline)
expect "C++, shared" env LD_LIBRARY_PATH="$work/c/lib" ./shared
