#!/usr/bin/env bash
# Installs what ffi-c/build.sh made, where CMake and pkg-config find it.
#
#   PREFIX   where programs will find it; /usr/local if not set
#   LIBDIR   its folder of libraries, such as lib64 or lib/x86_64-linux-gnu; lib if not set
#   DESTDIR  written before every path, for who makes a package of PREFIX; empty if not set
#
# No file that is installed holds a path, so the tree below PREFIX may be moved as a whole.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "install.sh: $1" >&2
  exit 1
}
PREFIX=${PREFIX:-/usr/local}
case $PREFIX in
  /*) ;;
  *) fail "PREFIX must be an absolute path, got '$PREFIX'" ;;
esac
case ${DESTDIR:=} in
  '' | /*) ;;
  *) fail "DESTDIR must be an absolute path, got '$DESTDIR'" ;;
esac
LIBDIR=${LIBDIR:-lib}
libdir=${LIBDIR#"${PREFIX%/}/"}
libdir=${libdir%/}
[[ $libdir =~ ^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$ ]] ||
  fail "LIBDIR must be a folder below PREFIX, such as lib64, got '$LIBDIR'"

define() {
  sed -n "s/^#define $1 \"\?\([^\"]*\)\"\?\$/\1/p" ffi-c/include/paneline.h
}
abi=$(define PLN_ABI_VERSION)
version=$(define PLN_VERSION)
link=$(sed -n 's/^# Programs link the archive with: //p' ffi-c/build.sh)
for product in libpaneline.a "libpaneline.so.$abi"; do
  [ -f "target/c/$product" ] || fail "target/c/$product is missing: run ffi-c/build.sh"
done

top=$DESTDIR${PREFIX%/}
put() { # put MODE FOLDER FILE...
  install -d "$top/$2"
  install -m "$1" "${@:3}" "$top/$2"
}
# The way from the folder of libraries up to PREFIX: `..` for lib, `../..` for lib/x86_64-linux-gnu.
up=$(sed 's|[^/]\+|..|g' <<<"$libdir")
fill() { # fill FOLDER TEMPLATE SEPARATOR: writes ffi-c/package/TEMPLATE.in
  install -d "$top/$libdir/$1"
  sed -e "s|@ABI@|$abi|g; s|@VERSION@|$version|g; s|@UP@|$up|g; s|@LIBDIR@|$libdir|g" \
    -e "s|@LINK@|${link// /$3}|g" "ffi-c/package/$2.in" >"$top/$libdir/$1/$2"
  chmod 644 "$top/$libdir/$1/$2"
}
put 644 include ffi-c/include/paneline.h ffi-c/include/paneline.hpp
put 644 include/paneline ffi-c/include/paneline/*.hpp
put 644 share/licenses/paneline LICENSE-APACHE LICENSE-MIT
# The texts of what is linked in, where packaging/dist.sh has written them.
[ ! -f python/THIRD-PARTY-LICENSES ] ||
  put 644 share/licenses/paneline python/THIRD-PARTY-LICENSES
put 644 "$libdir" target/c/libpaneline.a
# The file has the version, the loader looks for the SONAME, the linker for the plain name.
install -m 755 "target/c/libpaneline.so.$abi" "$top/$libdir/libpaneline.so.$abi.$version"
ln -sf "libpaneline.so.$abi.$version" "$top/$libdir/libpaneline.so.$abi"
ln -sf "libpaneline.so.$abi" "$top/$libdir/libpaneline.so"
fill pkgconfig paneline.pc ' '
fill pkgconfig paneline-static.pc ' '
fill cmake/paneline paneline-config.cmake ';'
fill cmake/paneline paneline-config-version.cmake ';'
