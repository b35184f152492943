#!/usr/bin/env bash
# Prints which faults of servers scim2-tester, scim-sanity and scim-tester notice.
# usage: run.sh [COUNT [NAMES]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
home=$root/.interop/compare
mkdir -p "$home"
. "$root/interop/lib.sh"
venv "$home" "$here/requirements.txt"
cd "$root"
export COMPARE_PYTHON=$home/venv/bin/python COMPARE_COUNT=${1:-0} MUTANT=${2:-}
exec cargo test --profile fast -p scim-tester --test mutants -- --ignored --exact beside_other_testers --nocapture
