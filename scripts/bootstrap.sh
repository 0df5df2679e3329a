#!/usr/bin/env bash
# Make .venv hold exactly what the lock pins. `bootstrap.sh dev` adds what tests need.
#
# Nothing is resolved here: every package of the lock is fetched by its hash, so a newer release
# elsewhere changes nothing, and `pip check` proves the whole fits together. Interrupted? Run it again.
set -uo pipefail
cd "$(dirname "$0")/.."

locks=(requirements-build.txt requirements.txt)
[ "${1:-}" = dev ] || [ -e .venv/.dev ] && locks=(requirements-build.txt requirements-dev.txt)
state=$(cat requirements-build.txt requirements.txt requirements-dev.txt pyproject.toml | sha256sum | cut -c1-32)
[ "$(cat ".venv/.has-${locks[1]}" 2>/dev/null)" = "$state" ] && exit 0

stop() { # what is wrong and what to do, in Chinese and in English
  printf '%s\n%s\n' "$1" "$2" >&2
  exit 1
}

explain() { # the installer's own words → one sentence for a person
  log=.venv/install.log
  printf '%s\n' "$1" >"$log" 2>/dev/null || log=""
  case $1 in
  *"No space left on device"* | *"Disk quota exceeded"*)
    stop "磁盘满了,没装完。腾出 1 GB 以后再运行一次,会接着装。" \
      "The disk is full. Free 1 GB and run this again; it continues." ;;
  *"Read-only file system"* | *"Permission denied"*)
    stop "这个文件夹写不进去:$PWD。换一个自己能写的文件夹。" \
      "This folder cannot be written: $PWD. Use a folder of your own." ;;
  *"do not match the hashes"* | *"MISMATCH"*)
    stop "下载的东西和锁定的指纹对不上(没下完,或者被换过),没有装。再运行一次;还这样,就换一个软件源。" \
      "A download does not match its pinned hash (cut short, or replaced); nothing of it was installed. Run this again; if it stays, use another index." ;;
  *IncompleteRead* | *"Connection broken"* | *"timed out"* | *"Connection aborted"*)
    stop "下载断了。网好了再运行一次,会接着装。" \
      "A download was cut off. Run this again when the network is back; it continues." ;;
  *"name resolution"* | *NewConnectionError* | *"Failed to establish"* | *ProxyError* | *SSLError* | *"No matching distribution"*)
    stop "连不上软件源,没装完。看看网络和代理;不能上网的机器用离线安装包:在能上网的机器上运行 make bundle。" \
      "The package index cannot be reached. Check network and proxy; for a machine without a network run 'make bundle' on one that has it." ;;
  *)
    printf '%s\n' "$1" | grep -iE '^ *(error|fatal)' | tail -3 >&2
    stop "依赖没装上。${log:+详情在 $log。}" "Installing failed.${log:+ Details: $log}" ;;
  esac
}

python=""
for each in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14; do
  if "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$each
    break
  fi
done
[ -n "$python" ] || stop "需要 Python 3.11 以上。Debian 12: apt-get install -y python3 python3-venv" \
  "Python 3.11 or newer is needed. Debian 12: apt-get install -y python3 python3-venv"

said=$({ mkdir -p .venv && : >.venv/.may-write; } 2>&1) || explain "$said"
exec 9>.venv/.lock
flock 9 # two `make` at once: the second waits, then finds everything done

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  # Debian's python3 has venv but not always ensurepip.
  "$python" -m venv .venv >/dev/null 2>&1 || said=$("$python" -m venv --without-pip .venv 2>&1) || explain "$said"
fi
if .venv/bin/python -m pip --version >/dev/null 2>&1; then
  pip=(.venv/bin/python -m pip)
elif "$python" -m pip --version >/dev/null 2>&1; then
  pip=("$python" -m pip --python .venv/bin/python)
else
  stop "缺少 pip。Debian: apt-get install -y python3-venv python3-pip" \
    "pip is missing. Debian: apt-get install -y python3-venv python3-pip"
fi

run_pip() { # quiet while all is well
  local said
  said=$("${pip[@]}" "$@" --disable-pip-version-check 2>&1) || explain "$said"
}

echo "正在装依赖,第一次要一两分钟 (installing what is pinned; a minute or two the first time) …"
for lock in "${locks[@]}"; do
  # No build isolation: what builds the few source packages is pinned in requirements-build.txt.
  run_pip install --require-hashes --no-deps --no-build-isolation -r "$lock"
done
run_pip install --no-deps --no-build-isolation -e .
mapfile -t gone < <(.venv/bin/python scripts/locked.py unlisted "${locks[@]}")
[ ${#gone[@]} -eq 0 ] || run_pip uninstall --yes "${gone[@]}"
run_pip check

[ "${locks[1]}" = requirements-dev.txt ] && touch .venv/.dev && echo "$state" >.venv/.has-requirements.txt
echo "$state" >".venv/.has-${locks[1]}"
