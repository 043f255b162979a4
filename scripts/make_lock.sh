#!/bin/sh
# Writes lock/*.txt from lock/*.in: every pin with its hashes, no address. Arguments go to `uv pip compile`.
# uv is needed for this alone, so it lives in an environment of its own that is gone afterwards.
set -eu
cd "$(dirname "$0")/.."
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT INT TERM
sh scripts/make_venv.sh "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --root-user-action=ignore uv

compile() {
    "$room/venv/bin/uv" pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
        --python-version 3.11 --universal "$@" >/dev/null
}
compile lock/run.in -o lock/run.txt "$@"
# The constraint keeps one version of everything in both files: what is tested is what runs.
compile lock/test.in -c lock/run.txt -o lock/test.txt "$@"
