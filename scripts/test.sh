#!/usr/bin/env bash
# Everything that is checked, in one command. Goes on after a failure; the last line counts the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=()
# A decimal point in times, whatever the language.
export LC_NUMERIC=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# step NAME COMMAND...: its time, and whether it failed.
step() {
  local name=$1 start=$EPOCHREALTIME
  shift
  echo "== $name"
  "$@" || failed+=("$name")
  awk -v name="$name" -v from="$start" -v to="$EPOCHREALTIME" \
    'BEGIN { printf "== %s: %.1f s\n", name, to - from }'
}

setup() {
  bash scripts/setup.sh test 2> >(tee "$work/missing" >&2) && return
  (($? == 2)) && return 1
  # Without the npm packages there is nothing to run.
  echo '0 passed, 1 failed'
  exit 1
}

step setup setup
export PATH=$PWD/node_modules/.bin:$PATH
step biome biome check --error-on-warnings
step 'tsc (src)' tsc --noEmit -p tsconfig.json
step 'tsc (tests)' tsc --noEmit -p tsconfig.test.json
step knip knip
step vitest vitest run --reporter=default --reporter=json --outputFile.json="$work/report.json"

sed -n 's/^missing: /did not run for lack of /p' "$work/missing"
for name in "${failed[@]}"; do echo "failed: $name"; done
summary=0
node scripts/summary.ts "$work/report.json" || summary=1
exit $((${#failed[@]} > 0 || summary))
