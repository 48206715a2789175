#!/usr/bin/env bash
# Builds what is published into dist/ and checks it with check.sh, where nothing of the checkout is
# at hand. The same commit and tools give the same bytes: files carry the commit's time, and code no
# folder of this machine.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(cargo pkgid -p paneline --locked | sed 's/.*[#@]//')
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
venv=.venv-dist
if ! cmp -s packaging/requirements.txt $venv/requirements.txt; then
  python3 -m venv $venv
  $venv/bin/pip install --quiet --disable-pip-version-check \
    -r packaging/requirements.txt "$(grep ^maturin== tests/requirements.txt)"
  cp packaging/requirements.txt $venv/requirements.txt
fi
export PATH=$PWD/$venv/bin:$PWD/.venv/bin:$PATH
rm -rf dist
mkdir dist

# Beside the package and the archive: they go into the wheel and into the Go module.
licences=THIRD-PARTY-LICENSES
$venv/bin/python packaging/licences.py python/$licences paneline-ffi paneline-py
cp python/$licences dist/$licences
ffi-c/build.sh
ffi-c/dist.sh
go-bindings/build.sh
$venv/bin/python packaging/go_module.py "v$version" dist/go

# Panics name their file, and with it the folder it was compiled in.
crates=${CARGO_HOME:-$HOME/.cargo}
export RUSTFLAGS="--remap-path-prefix=$PWD=paneline --remap-path-prefix=$crates=cargo"
# manylinux2014: glibc 2.17, of 2012. maturin refuses to write a wheel that needs a later one.
maturin build --quiet --release --locked --zig --compatibility manylinux2014 \
  --manifest-path python/Cargo.toml --target-dir target/dist --out dist -i python3
maturin sdist --manifest-path python/Cargo.toml --out dist 2>/dev/null
unset RUSTFLAGS

$venv/bin/python packaging/sbom.py paneline-ffi "dist/paneline-$version-c.cdx.json"
$venv/bin/python packaging/sbom.py paneline-py "dist/paneline-$version-python.cdx.json"
(cd dist && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs sha256sum >SHA256SUMS)

packaging/check.sh
(cd dist && find . -type f -printf '%10s  %P\n' | sort -k2)
