#!/usr/bin/env bash
# Shows that the tests can fail: plants each fault of this folder into a copy of the tree and runs
# the one test that its first line names, which must fail there and pass in the copy as it is.
#
# A first line is `test: core FILE NAME` (core/tests/FILE.rs) or `test: go NAME`. A patch that no
# longer applies, a fault that does not build, and a test that does not exist are failures too.
# An argument limits the run to the faults whose names begin with it.
set -euo pipefail
cd "$(dirname "$0")/../.."

tree=$PWD/target/faults/tree
export CARGO_TARGET_DIR=$PWD/target/faults/build
rm -rf "$tree" && mkdir -p "$tree"
git ls-files -z --cached --others --exclude-standard |
  while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
  tar --null -T - -c | tar -x -m -C "$tree" # -m: cargo must not take an earlier run's fault for it
git -C "$tree" init --quiet # or `git apply` would look for the files in the repository around it

archive=go-bindings/lib/linux_amd64/libpaneline.a
[ ! -f target/c/libpaneline.a ] || install -D -m 644 target/c/libpaneline.a "$tree/$archive"

# Builds the test, then runs it. 0: it passed, 1: it failed, 2: it cannot be run.
check() {
  local language=$1 log=$2
  shift 2
  case $language in
    core)
      local cargo=(cargo test --quiet --locked -p paneline --test "$1")
      (cd "$tree" && "${cargo[@]}" --no-run) >"$log" 2>&1 || return 2
      (cd "$tree" && timeout 300 "${cargo[@]}" -- --exact "$2") >>"$log" 2>&1 || return 1
      grep -q '1 passed' "$log" || return 2
      ;;
    go)
      local go=("${GO:-go}" -C "$tree/go-bindings" test -count=1)
      "${go[@]}" -run '^$' . >"$log" 2>&1 || return 2
      "${go[@]}" -v -run "^$1\$" . >>"$log" 2>&1 || return 1
      grep -q -- "--- PASS: $1" "$log" || return 2
      ;;
    *) return 2 ;;
  esac
}

failures=0
report() { # report FAULT RESULT TEST
  printf '%-32s %-22s %s\n' "$1" "$2" "$3"
  case $2 in caught | passes) ;; *) failures=$((failures + 1)) ;; esac
}

patches=(tests/faults/"${1:-}"*.patch)
[ -n "${1:-}" ] || [ "${#patches[@]}" -ge 12 ] || { echo "only ${#patches[@]} faults" >&2; exit 1; }
sed -sn '1s/^test: //p' "${patches[@]}" | sort -u >"$tree/tests.txt"
while read -r -a run; do
  result=0
  check "${run[0]}" target/faults/log "${run[@]:1}" || result=$?
  verdicts=(passes "FAILS" "CANNOT RUN")
  report "(no fault)" "${verdicts[$result]}" "${run[*]}"
done <"$tree/tests.txt"
[ "$failures" = 0 ] || { tail -n 30 target/faults/log; exit 1; }

for patch in "${patches[@]}"; do
  name=$(basename "$patch" .patch)
  read -r -a run < <(sed -n '1s/^test: //p' "$patch")
  grep "\`$name\`" tests/faults/README.md | grep -q "\`${run[-1]}\`" ||
    report "$name" "NOT IN README.md" "${run[*]}"
  if ! git -C "$tree" apply "$PWD/$patch" 2>target/faults/log; then
    report "$name" "NO LONGER APPLIES" "${run[*]}"
    continue
  fi
  result=0
  check "${run[0]}" "target/faults/$name.log" "${run[@]:1}" || result=$?
  verdicts=("NOT CAUGHT" caught "DOES NOT BUILD")
  report "$name" "${verdicts[$result]}" "${run[*]}"
  git -C "$tree" apply --reverse "$PWD/$patch"
done
[ "$failures" = 0 ] || { echo "$failures of ${#patches[@]} not shown; logs in target/faults" >&2; exit 1; }
echo "${#patches[@]} faults, each caught"
