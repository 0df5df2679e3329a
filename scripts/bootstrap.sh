#!/usr/bin/env bash
# Make .venv with pinned, hashed requirements. `bootstrap.sh dev` adds what tests need.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=requirements.txt
[ "${1:-}" = dev ] && lock=requirements-dev.txt
stamp=".venv/.stamp-$(cat "$lock" pyproject.toml | sha256sum | cut -c1-16)-$lock"
[ -e "$stamp" ] && exit 0

python=""
for each in python3.13 python3.12 python3.11 python3; do
  if command -v "$each" >/dev/null && "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$each
    break
  fi
done
if [ -z "$python" ]; then
  echo "需要 Python 3.11 以上。Debian: apt-get install -y python3 python3-venv" >&2
  echo "Python 3.11 or newer is needed. Debian: apt-get install -y python3 python3-venv" >&2
  exit 1
fi

if [ ! -x .venv/bin/python ]; then
  # Debian's python3 has venv but not always ensurepip.
  "$python" -m venv .venv 2>/dev/null || "$python" -m venv --without-pip .venv
fi
if .venv/bin/python -m pip --version >/dev/null 2>&1; then
  pip=(.venv/bin/python -m pip)
elif "$python" -m pip --version >/dev/null 2>&1; then
  pip=("$python" -m pip --python .venv/bin/python)
else
  echo "缺少 pip。Debian: apt-get install -y python3-venv python3-pip" >&2
  echo "pip is missing. Debian: apt-get install -y python3-venv python3-pip" >&2
  exit 1
fi

echo "正在安装依赖 (installing pinned requirements) …"
"${pip[@]}" install --quiet --disable-pip-version-check --require-hashes -r "$lock"
"${pip[@]}" install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
touch "$stamp"
