#!/bin/sh
# Make the environment: sh scripts/make_venv.sh FOLDER PYTHON…
#
# With the first of the Pythons that is new enough. Where none is, uv comes from the package index into a folder of its
# own and fetches a newer Python there, from uv's own host or from the mirror that UV_PYTHON_INSTALL_MIRROR names;
# nothing else on the machine is touched. The Makefile gives OLDEST, FETCHED, UV (versions) and OWN (that folder).
set -u
venv=$1
shift

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < tuple(map(int, sys.argv[1].split("."))))' "$OLDEST" 2>/dev/null
}

make_venv() {
    if ! "$1" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$1 cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
    echo "Making $venv with $1 …"
    exec "$1" -m venv --clear "$venv"
}

for python in "$@"; do
    if new_enough "$python"; then make_venv "$python"; fi
done

here=$(python3 --version 2>&1)
for python in "$@"; do
    "$python" -m pip --version >/dev/null 2>&1 || continue
    echo "Python $OLDEST or newer is needed and there is none ($here): fetching uv, and with it Python $FETCHED, into $OWN; nothing else is touched …"
    export UV_PYTHON_INSTALL_DIR="$OWN/python" UV_CACHE_DIR="$OWN/cache"
    if "$python" -m pip install --quiet --quiet --target "$OWN/uv" --upgrade "uv==$UV" \
        && "$OWN/uv/bin/uv" python install --no-bin "$FETCHED" \
        && fetched=$("$OWN/uv/bin/uv" python find --managed-python --no-project "$FETCHED"); then
        make_venv "$fetched"
    fi
    break
done

echo "Python $OLDEST or newer is needed; tried: $* ($here)." >&2
echo "Install one (https://www.python.org/downloads/, pyenv, uv python install $FETCHED) and name it: make PYTHON=/path/to/python$FETCHED serve" >&2
exit 1
