#!/usr/bin/env bash
# SCIMMY (JavaScript) at http://127.0.0.1:PORT/scim/v2, on Express 4 or 5.
# usage: run.sh install EXPRESS | run.sh serve EXPRESS PORT TOKEN
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
express=$2
home=$here/../../.interop/scimmy-express$express
mkdir -p "$home"
. "$here/../lib.sh"
need node "Node.js 18 or later runs this server"
need npm "it installs this server's packages"
package=$here/express$express/package.json
cp "$package" "$here/server.mjs" "$home/"
cd "$home"
if outdated "$home" "$package"; then
  rm -rf node_modules
  npm install --silent --no-audit --no-fund --no-package-lock
  installed "$home" "$package"
fi
[ "$1" = serve ] || exit 0
exec node server.mjs "$3" "$4"
