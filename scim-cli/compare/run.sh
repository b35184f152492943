#!/usr/bin/env bash
# What a warm `scim get users` costs, over HTTP and HTTPS, beside scim2-cli.
# usage: run.sh [ROUNDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
home=$root/.interop/scim2-cli
mkdir -p "$home"
. "$root/interop/lib.sh"
need openssl "it makes the certificates of a server"
venv "$home" "$here/requirements.txt"
program=$root/target/release/scim
[ -n "${SCIM_PROGRAM:-}" ] && program=$SCIM_PROGRAM || cargo build --quiet --release -p scim-cli --manifest-path "$root/Cargo.toml"
exec python3 "$here/measure.py" "$program" "$home/venv/bin/scim2" "${1:-20}"
