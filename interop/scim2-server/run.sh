#!/usr/bin/env bash
# scim2-server (Python) at http://127.0.0.1:PORT/v2, with cursors, and with the extension and the
# resource type of ../schemas.
# usage: run.sh install | run.sh serve PORT TOKEN
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$here/../../.interop/scim2-server
mkdir -p "$home"
. "$here/../lib.sh"
venv "$home" "$here/requirements.txt"
[ "$1" = serve ] || exit 0
port=$2 token=$3
"$home/venv/bin/python" "$here/configure.py" "$here/../schemas" "$home"
exec "$home/venv/bin/scim2-server" --hostname 127.0.0.1 --port "$port" --bearer-token "$token" \
  --schema "$home/schemas.json" --resource-type "$home/resource_types.json" \
  --service-provider-config "$home/config.json"
