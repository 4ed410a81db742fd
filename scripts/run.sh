#!/usr/bin/env bash
# run.sh COMMAND [ARGUMENT...]: the program from source, its benchmark, its soak or its faults, after installing
# what it needs here.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=demo
program=(src/cli.ts "$@")
if [[ ${1-} == bench ]]; then
  purpose=bench
  program=(bench/bench.ts "${@:2}")
elif [[ ${1-} == soak ]]; then
  purpose=test
  program=(soak/main.ts "${@:2}")
elif [[ ${1-} == faults ]]; then
  purpose=test
  program=(faults/main.ts "${@:2}")
fi

if ! bash scripts/setup.sh "$purpose"; then
  echo 'not started: see above for what to install' >&2
  exit 1
fi
export PATH=$PWD/node_modules/.bin:$PATH
if [[ $purpose == bench ]]; then tsc -p tsconfig.json; fi
exec node "${program[@]}"
