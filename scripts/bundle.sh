#!/usr/bin/env bash
# One file that installs and upgrades without a network: the tracked files and every pinned wheel.
# Wheels fit the Python and the processor they were fetched with: the file name says which.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
pip=("$python" -m pip)
"${pip[@]}" --version >/dev/null 2>&1 || pip=(python3 -m pip --python "$python")
version=$("$python" -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
tag=$("$python" -c 'import sys, sysconfig; print("py%d.%d-%s" % (*sys.version_info[:2], sysconfig.get_platform()))')
name="xiangsheng-$version-$tag"
folder=${1:-dist}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/$name/wheels" "$folder"
git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$work/$name"
echo "正在取安装包 (fetching pinned wheels) …"
# Hashes are checked here and nothing is resolved. A package that publishes its source only is built
# here, with the pinned build tools of .venv, not on the target.
for lock in requirements-build.txt requirements.txt; do
  "${pip[@]}" wheel --quiet --disable-pip-version-check --require-hashes --no-deps --no-build-isolation \
    --wheel-dir "$work/$name/wheels" -r "$lock"
done
"$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' >"$work/$name/PYTHON"
cp scripts/install_bundle.sh "$work/$name/install.sh"
(cd "$work/$name" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
tar -C "$work" --owner=0 --group=0 --sort=name -czf "$folder/$name.tar.gz" "$name"
(cd "$folder" && sha256sum "$name.tar.gz")
