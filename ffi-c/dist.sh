#!/usr/bin/env bash
# Packs what ffi-c/build.sh made for C and C++ programs: paneline-VERSION-c-linux-x86_64.tar.gz in a
# folder, dist if none is named. The same library gives the same bytes: times are SOURCE_DATE_EPOCH,
# the last commit's if that is not set.
set -euo pipefail
target=$(realpath -m "${1:-$(dirname "$0")/../dist}")
cd "$(dirname "$0")/.."

if [ -z "${SOURCE_DATE_EPOCH:-}" ] && ! SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>&1); then
  echo "dist.sh: set SOURCE_DATE_EPOCH to seconds since 1970: git knows no commit here" >&2
  exit 1
fi
define() {
  sed -n "s/^#define $1 \"\?\([^\"]*\)\"\?\$/\1/p" ffi-c/include/paneline.h
}
abi=$(define PLN_ABI_VERSION)
version=$(define PLN_VERSION)
name=paneline-$version-c-linux-x86_64

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
PREFIX=/$name LIBDIR=lib DESTDIR=$stage ffi-c/install.sh
install -d "$stage/$name/examples"
install -m 644 ffi-c/examples/* "$stage/$name/examples"
# The newest symbol version that the library asks of the C library is the oldest one it runs with.
glibc=$(objdump -T "target/c/libpaneline.so.$abi" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)
sed -e "s|@VERSION@|$version|g; s|@ABI@|$abi|g; s|@GLIBC@|${glibc#GLIBC_}|g" \
  ffi-c/package/INSTALL.in >"$stage/$name/INSTALL"
chmod 644 "$stage/$name/INSTALL"

mkdir -p "$target"
# --format=ustar: no field that depends on who packs. gzip -n: no name and no time.
tar --create --format=ustar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 \
  --numeric-owner --directory="$stage" "$name" | gzip -9n >"$target/$name.tar.gz"
echo "$target/$name.tar.gz"
