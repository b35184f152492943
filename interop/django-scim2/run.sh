#!/usr/bin/env bash
# django-scim2 (Python, SQLite) at http://127.0.0.1:PORT/scim/v2.
# usage: run.sh install | run.sh serve PORT TOKEN
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$here/../../.interop/django-scim2
mkdir -p "$home"
. "$here/../lib.sh"
venv "$home" "$here/requirements.txt"
[ "$1" = serve ] || exit 0
rm -f "$home/directory.sqlite3"
cd "$here"
export PYTHONDONTWRITEBYTECODE=1
exec "$home/venv/bin/python" serve.py "$2" "$3" "$home/directory.sqlite3"
