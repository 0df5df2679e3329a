#!/usr/bin/env bash
# Install or upgrade from an unpacked bundle, offline. 用法: ./install.sh /opt/xiangsheng
# Each release has a folder of its own; `current` points at the newest one that starts.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?用法 usage: ./install.sh /opt/xiangsheng}
if ! (cd "$here" && sha256sum --check --quiet SHA256SUMS); then
  echo "安装包在路上坏了或被改过,不装。The bundle is damaged or was changed." >&2
  exit 1
fi

wanted=$(cat "$here/PYTHON")
python=""
for each in "python$wanted" python3; do
  if command -v "$each" >/dev/null &&
    [ "$("$each" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "$wanted" ]; then
    python=$each
    break
  fi
done
if [ -z "$python" ]; then
  echo "这个安装包要用 Python $wanted。Debian: apt-get install -y python3 python3-venv" >&2
  echo "This bundle was made for Python $wanted. Debian: apt-get install -y python3 python3-venv" >&2
  exit 1
fi

mkdir -p "$target"
release="$target/release-$(date +%Y%m%d-%H%M%S)"
trap 'rm -rf "$release"' EXIT  # what ran before is untouched until the new one starts
cp -R "$here" "$release"
"$python" -m venv "$release/.venv" 2>/dev/null || "$python" -m venv --without-pip "$release/.venv"
pip=("$release/.venv/bin/python" -m pip)
"${pip[@]}" --version >/dev/null 2>&1 || pip=("$python" -m pip --python "$release/.venv/bin/python")
quiet=(--quiet --disable-pip-version-check --no-index --no-deps)
"${pip[@]}" install "${quiet[@]}" "$release"/wheels/*.whl
"${pip[@]}" install "${quiet[@]}" --no-build-isolation -e "$release"
"${pip[@]}" check --disable-pip-version-check >/dev/null
"$release/.venv/bin/xiangsheng" --help >/dev/null
trap - EXIT
rm -rf "$release/wheels"
ln -sfn "$release" "$target/current"
echo "装好了 installed: $target/current/.venv/bin/xiangsheng"
echo "新装接着运行 init,升级接着运行 upgrade。Next: init on a new machine, upgrade on an old one."
