#!/usr/bin/env bash
# Writes table.md: which faults of servers scim2-tester, scim-sanity and scim-tester notice.
# usage: run.sh [COUNT [NAMES]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
home=$root/.interop/compare
mkdir -p "$home"
. "$root/interop/lib.sh"
need cargo "it builds and runs scim-tester"
venv "$home" "$here/requirements.txt"
cd "$root"
export COMPARE_PYTHON=$root/.interop/compare/venv/bin/python COMPARE_COUNT=${1:-0} MUTANT=${2:-}
exec cargo test --profile fast -p scim-tester --test mutants -- --ignored --exact compare::beside_other_testers --nocapture
