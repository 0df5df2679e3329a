#!/usr/bin/env bash
# Resolve anew and write the three locks. Versions already pinned stay unless `lock.sh --upgrade`.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/tool"
"$work/tool/bin/python" -m pip install --quiet --disable-pip-version-check uv
# Neither an index address nor a path of this machine may get into a file that is published.
compile() {
  "$work/tool/bin/uv" pip compile --universal --python-version 3.11 --generate-hashes --quiet \
    --no-emit-index-url --no-emit-find-links --no-header "$@"
}
compile "$@" requirements-build.in -o requirements-build.txt
compile "$@" pyproject.toml -c requirements-build.txt -o requirements.txt
compile "$@" pyproject.toml requirements-dev.in -c requirements.txt -c requirements-build.txt -o requirements-dev.txt
