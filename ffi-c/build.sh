#!/usr/bin/env bash
# Builds what C programs link: target/c/libpaneline.a (trimmed) and libpaneline.so.1.
#
# The archive that rustc writes carries the whole standard library: 1,000 global symbols that clash
# with any other Rust archive in the same program. So it is linked into one object with unused
# sections dropped, every symbol but pln_* made local, and debug and LLVM bitcode removed.
#
# Programs link the archive with: -lm -lpthread -ldl
# Not with rustc's -lgcc_s: compilers add their unwinder themselves, and in a program that is linked
# with -static there is no such library.
set -euo pipefail
cd "$(dirname "$0")/.."

abi=$(sed -n 's/^#define PLN_ABI_VERSION //p' ffi-c/include/paneline.h)
out=target/c
mkdir -p "$out"

# Messages of panics name source files; where this machine keeps them is nobody's business, and
# would make the same sources another library on another machine.
flags=--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=registry
separator=$'\x1f'
export CARGO_ENCODED_RUSTFLAGS=$flags${RUSTFLAGS:+$separator${RUSTFLAGS// /$separator}}
# A shared library without a SONAME is recorded by its path in the programs that link it.
cargo rustc --quiet --locked --release -p paneline-ffi --crate-type cdylib,staticlib -- \
  -C "link-arg=-Wl,-soname,libpaneline.so.$abi"

install -m 755 target/release/libpaneline_ffi.so "$out/libpaneline.so.$abi"
ln -sf "libpaneline.so.$abi" "$out/libpaneline.so"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n 's/^.*\b\(pln_[a-z0-9_]*\)(.*$/\1/p' ffi-c/include/paneline.h |
  grep -v '^pln_code$' | sort -u >"$work/exports"
undefined=()
while read -r symbol; do undefined+=(-u "$symbol"); done <"$work/exports"
# --force-group-allocation: otherwise DW.ref.rust_eh_personality clashes with other Rust archives.
ld -r --gc-sections --force-group-allocation "${undefined[@]}" \
  -o "$work/paneline.o" target/release/libpaneline_ffi.a
# Without their bitcode sections older `ar`s do not stumble over them.
objcopy --keep-global-symbols="$work/exports" --strip-debug --strip-unneeded \
  --remove-section=.llvmbc --remove-section=.llvmcmd "$work/paneline.o"
rm -f "$out/libpaneline.a"
ar rcsD "$out/libpaneline.a" "$work/paneline.o"
