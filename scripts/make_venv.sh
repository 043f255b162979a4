#!/bin/sh
# Makes the virtual environment named by the first argument. Debian splits `venv` off from Python:
# as root it is installed here, otherwise a sentence says what to install.
set -eu
target="$1"

find_python() {
    for candidate in python3.11 python3 python3.12 python3.13 python3.14; do
        # A name on the PATH is not yet a Python that starts: version managers leave stubs there.
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer was not found: install it (Debian: apt-get install python3)." >&2
    return 1
}

python="$(find_python)"
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "$python cannot make virtual environments: install its venv module (Debian: apt-get install $package)." >&2
        exit 1
    fi
    echo "Installing $package ..."
    export DEBIAN_FRONTEND=noninteractive
    told="$(mktemp)"
    # Old lists may do where fresh ones cannot be had: what counts is whether the package comes.
    apt-get update -qq </dev/null >"$told" 2>&1 || true
    if ! apt-get install -y -qq --no-install-recommends "$package" </dev/null >>"$told" 2>&1; then
        cat "$told" >&2
        exit 1
    fi
    rm -f "$told"
fi
"$python" -m venv "$target"
