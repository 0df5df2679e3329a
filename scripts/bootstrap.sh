#!/usr/bin/env bash
# Make .venv hold exactly what the lock pins. `bootstrap.sh dev` adds what tests need.
#
# Nothing is resolved here: every package of the lock is fetched by its hash, so a newer release
# elsewhere changes nothing, and `pip check` proves the whole fits together. Interrupted? Run it again.
# PYTHON=python3.12 says which Python; else the first new enough is taken.
set -uo pipefail
export LC_ALL=C.UTF-8         # so that everybody says what is wrong in the words `explain` knows
unset PYTHONPATH PYTHONHOME   # packages from elsewhere would pass for installed ones
cd "$(dirname "$0")/.."

locks=(requirements-build.txt requirements.txt)
[ "${1:-}" = dev ] || [ -e .venv/.dev ] && locks=(requirements-build.txt requirements-dev.txt)
state=$(cat requirements-build.txt requirements.txt requirements-dev.txt pyproject.toml | sha256sum | cut -c1-32)

stop() { # what is wrong and what to do, in Chinese and in English
  be_still
  printf '%s\n%s\n' "$1" "$2" >&2
  exit 1
}

explain() { # the words of whoever failed → one sentence for a person
  local kept="" last
  { printf '%s\n' "$1" >>.venv/install.log; } 2>/dev/null && kept=.venv/install.log
  case $1 in
  *"No space left on device"* | *"Disk quota exceeded"* | *"File too large"*)
    stop "磁盘满了,没装完。腾出 1 GB 以后再运行一次,会接着装。" \
      "The disk is full. Free 1 GB and run this again; it continues." ;;
  *"Read-only file system"* | *"Permission denied"*)
    stop "这个文件夹写不进去:$PWD。换一个自己能写的文件夹。" \
      "This folder cannot be written: $PWD. Use a folder of your own." ;;
  *"No module named ensurepip"* | *"No module named venv"* | *"ensurepip is disabled"*)
    stop "这个 Python 没有 pip。Debian: apt-get install -y python3-venv python3-pip" \
      "This Python has no pip. Debian: apt-get install -y python3-venv python3-pip" ;;
  *"DO NOT MATCH THE HASHES"*)
    stop "下载的东西和锁定的指纹对不上(没下完,或者被换过),没有装。再运行一次;还这样,就换一个软件源。" \
      "A download does not match its pinned hash (cut short, or replaced); nothing of it was installed. Run this again; if it stays, use another index." ;;
  *IncompleteRead* | *"Connection broken"* | *"Read timed out"* | *"Connection aborted"*)
    stop "下载断了。网好了再运行一次,会接着装。" \
      "A download was cut off. Run this again when the network is back; it continues." ;;
  *"connection error: "* | *"Max retries exceeded"* | *NewConnectionError* | *NameResolutionError* | *ConnectTimeoutError* | *ProxyError* | *SSLError* | *"ssl certificate"*)
    stop "连不上软件源,没装完。看看网络和代理;不能上网的机器用离线安装包:在能上网的机器上运行 make bundle。" \
      "The package index cannot be reached. Check network and proxy; for a machine without a network run 'make bundle' on one that has it." ;;
  *"No matching distribution"*)
    last=$(grep -o 'No matching distribution found for [^ ]*' <<<"$1" | tail -1)
    stop "软件源里没有锁定的 ${last##* }(镜像旧了,或者没有适合这个 Python 的)。换一个软件源,或者用 PYTHON=python3.12 换一个 Python。" \
      "The index does not have ${last##* } as pinned (an old mirror, or nothing for this Python). Use another index, or another Python: PYTHON=python3.12." ;;
  *)
    last=$(sed -nE 's/^ *(ERROR|Error|error): *//p' <<<"$1" | tail -1)
    : "${last:=$(tail -1 <<<"$1")}"
    stop "依赖没装上:$last。${kept:+详情在 $kept。}" "Installing failed: $last.${kept:+ Details: $kept}" ;;
  esac
}

try() { # quiet while all is well
  local said
  said=$("$@" 2>&1) || explain "$said"
}

named() { # "python3.12"; nothing where it does not run or is too old
  "$1" -ISc 'import sys
if sys.version_info < (3, 11): sys.exit(1)
print("python%d.%d" % sys.version_info[:2] + sys.abiflags)' 2>/dev/null
}

is_usable() { # .venv is whole, and of the Python that was asked for
  local has
  has=$(named .venv/bin/python) && [ -e .venv/pyvenv.cfg ] && [ -d ".venv/lib/$has" ] &&
    { [ -z "${PYTHON:-}" ] || [ "$has" = "$(named "$PYTHON")" ]; }
}

is_done() {
  is_usable && [ "$(cat ".venv/.has-${locks[1]}" 2>/dev/null)" = "$state" ]
}

ticker=""
tick() { # the seconds, for whoever watches
  while kill -0 $$ 2>/dev/null; do
    printf '\r%d s ' "$SECONDS"
    sleep 1
  done
}
be_still() {
  [ -z "$ticker" ] || { kill "$ticker" && wait "$ticker"; printf '\r\e[K'; } 2>/dev/null
  ticker=""
}
trap be_still EXIT
trap 'stop "停下了。再运行一次,会接着装。" "Stopped. Run this again; it continues."' INT

is_done && exit 0

python=""
choice=(python3 python3.13 python3.12 python3.11 python3.14)
for each in "${PYTHON:-${choice[@]}}"; do
  [ -z "$(named "$each")" ] || { python=$each && break; }
done
[ -n "$python" ] || stop "需要 Python 3.11 以上${PYTHON:+,PYTHON=$PYTHON 不是,或者跑不起来}。Debian 12: apt-get install -y python3 python3-venv" \
  "Python 3.11 or newer is needed${PYTHON:+, and PYTHON=$PYTHON is not, or does not run}. Debian 12: apt-get install -y python3 python3-venv"

begin() { mkdir -p .venv && : >>.venv/install.log; }
try begin
exec 9<.venv # what an interrupted run left running holds it too
if ! flock --nonblock 9; then
  echo "正在等另一个安装 (waiting for another installation) …"
  flock 9
  is_done && exit 0
fi

echo "正在装依赖,第一次要一两分钟 (installing what is pinned; a minute or two the first time) …"
[ ! -t 1 ] || { tick 9<&- & ticker=$!; }
rm -f .venv/.has-* # until the end, nothing is promised
: >.venv/install.log

is_usable || try "$python" -m venv --clear --without-pip .venv
try .venv/bin/python scripts/locked.py mend
pip=(.venv/bin/python -m pip)
# Debian's python3 has venv but not always ensurepip.
if ! .venv/bin/python -c 'import pip' 2>/dev/null && ! said=$(.venv/bin/python -m ensurepip 2>&1); then
  pip=("$python" -m pip --python .venv/bin/python)
  "${pip[@]}" --version >/dev/null 2>&1 || explain "$said"
fi
pip+=(--no-input --disable-pip-version-check)

for lock in "${locks[@]}"; do
  # No build isolation: what builds the few source packages is pinned in requirements-build.txt.
  install=(install --require-hashes --no-deps --no-build-isolation -r "$lock")
  said=$("${pip[@]}" "${install[@]}" 2>&1) || {
    # Only in its debug voice does it say that the index was not reached at all.
    [[ $said != *"No matching distribution"* ]] || said+=$("${pip[@]}" -vv "${install[@]}" --retries 0 2>&1)
    explain "$said"
  }
done
try "${pip[@]}" install --no-deps --no-build-isolation -e .
mapfile -t gone < <(.venv/bin/python scripts/locked.py unlisted "${locks[@]}")
[ ${#gone[@]} -eq 0 ] || try "${pip[@]}" uninstall --yes "${gone[@]}"
try "${pip[@]}" check

finish() {
  [ "${locks[1]}" != requirements-dev.txt ] || { touch .venv/.dev && echo "$state" >.venv/.has-requirements.txt; } || return
  echo "$state" >".venv/.has-${locks[1]}"
}
try finish
