# Sourced by the launchers: `need TOOL WHY`, `venv HOME REQUIREMENTS`, `once HOME FILE...`.

# Says which tool is missing, instead of failing somewhere later.
need() {
  command -v "$1" >/dev/null || { echo "missing tool: $1 ($2)" >&2; exit 3; }
}

# Whether HOME still lacks an installation of exactly what the FILEs say.
outdated() {
  local home=$1; shift
  ! cat "$@" | cmp --silent - "$home/installed"
}

installed() {
  local home=$1; shift
  cat "$@" >"$home/installed"
}

# A virtual environment with the packages of a requirements file.
venv() {
  local home=$1 requirements=$2
  need python3 "Python 3.10 or later runs this server"
  outdated "$home" "$requirements" || return 0
  rm -rf "$home/venv"
  python3 -m venv "$home/venv" || {
    echo "missing tool: python3 -m venv (on Debian and Ubuntu, the package python3-venv)" >&2
    exit 3
  }
  "$home/venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  installed "$home" "$requirements"
}
