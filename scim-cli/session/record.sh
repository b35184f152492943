#!/usr/bin/env bash
# Records what somebody sees who tries the command for the first time: SESSION.md beside README.md.
# usage: cargo build -p scim-cli && scim-cli/session/record.sh
# It needs tmux. Everything runs on the loopback interface, in a folder that is removed afterwards.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=${SCIM:-$here/../../target/debug/scim}
command -v tmux >/dev/null || { echo "missing tool: tmux" >&2; exit 3; }
work=$(mktemp -d)
socket=$work/tmux
terminal() { tmux -S "$socket" "$@"; }
mkdir "$work/bin" "$work/home"
ln -s "$program" "$work/bin/scim"
cat >"$work/editor" <<'EDIT'
#!/bin/sh
# What a person does in an editor.
sed -i 's/^title: .*/title: Head of Tours/' "$1"
EDIT
chmod +x "$work/editor"
export PATH=$work/bin:$PATH HOME=$work/home XDG_CONFIG_HOME=$work/home/.config XDG_CACHE_HOME=$work/home/.cache
export ACME_TOKEN=an-access-token EDITOR=$work/editor PS1='$ ' TERM=xterm-256color
unset NO_COLOR CLICOLOR_FORCE
cd "$work/home"
scim serve --token env:ACME_TOKEN --counted-ids >"$work/url" 2>/dev/null &
server=$!
trap 'kill $server 2>/dev/null; terminal kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 50); do [ -s "$work/url" ] && break; sleep 0.1; done
url=$(cat "$work/url")
port=${url##*:} port=${port%%/*}
terminal -f /dev/null new-session -d -x 130 -y 400 "env PS1='\$ ' bash --noprofile --norc"
sleep 1

# Types a line, and waits until the screen is still.
line() {
  terminal send-keys -l -- "$1"
  terminal send-keys Enter
  local before='' now=''
  for _ in $(seq 60); do
    sleep 0.3
    now=$(terminal capture-pane -p)
    [ "$now" = "$before" ] && return
    before=$now
  done
}

# Types a line, and waits for the next prompt: for what says nothing for a while.
long() {
  line "$1"
  for _ in $(seq 600); do
    [ "$(terminal capture-pane -p | sed -e 's/[ ]*$//' | awk 'NF {last=$0} END {print last}')" = '$' ] && return
    sleep 0.5
  done
}

line 'clear'
line 'scim version'
line "scim login acme --url $url"
line 'bearer'
line 'an-access-token'
line 'y'
line 'scim whoami'
line 'scim create user --name-given-name Barbara --name-family-name Jensen --emails.work babs@acme.example -o name'
line 'babs'
line 'scim create user --user-name mandy --active --title Guide -o id'
line 'scim create group --display-name "Tour Guides" --members value=@mandy -o id'
line 'scim get users'
line 'scim get users --where title=Guide'
line "scim get users -F 'usrName eq \"babs\"'"
line 'scim get user @mandy'
line 'scim edit user @mandy -o csv --columns userName,title'
line 'scim member "@Tour Guides" add @babs'
line 'scim member "@Tour Guides" list'
line 'scim export users --out users.csv'
line 'cat users.csv'
# As a spreadsheet saves it: a mark in front, semicolons, CRLF, a cell with a line break.
line "printf '\\357\\273\\277userName;displayName;title;emails.work;active\\r\\nmandy;\"Mandy\\r\\nPepperidge\";Boss;mandy@acme.example;TRUE\\r\\nken;;Guide;ken@acme.example;perhaps\\r\\n' > new.csv"
line 'scim import users -f new.csv --on-conflict update --dry-run'
line 'sed -i s/perhaps/TRUE/ new.csv'
line 'scim import users -f new.csv --on-conflict update --dry-run'
line 'scim import users -f new.csv --on-conflict update'
line 'scim get users --columns userName,title,emails.work,active'
line 'scim delete users --where userName=ken'
line '1'
line 'scim doctor'
long 'scim test | tail -30'
{
  echo '# A first session'
  echo
  echo 'Recorded by `session/record.sh` in a terminal, from the first login on, by somebody who knows only `--help`. The server is'
  echo '`scim serve`; the editor changes a title.'
  echo
  echo '```text'
  terminal capture-pane -p -S - | sed -e 's/[ ]*$//' -e "s#$work/home#~#g" -e "s#$work#~#g" -e "s#$url#http://127.0.0.1:8080/scim/v2#g" \
    -e "s#port $port#port 8080#" | sed -e '/^\$ *clear$/d' | awk 'NF {blank=0} !NF {blank++} blank < 2' | sed -e '/^\$$/d'
  echo '```'
} >"$here/../SESSION.md"
echo "recorded in scim-cli/SESSION.md"
