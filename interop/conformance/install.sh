#!/usr/bin/env bash
# Installs scim2-tester and scim2-client into .interop/conformance.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$here/../../.interop/conformance
mkdir -p "$home"
. "$here/../lib.sh"
venv "$home" "$here/requirements.txt"
