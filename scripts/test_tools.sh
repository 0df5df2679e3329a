#!/usr/bin/env bash
# What tests need from the system: a browser with Chinese fonts, and the office's two open tools.
# `test_tools.sh ROOM` asks for no more than that room's tests use.
set -euo pipefail
browser=no office=no
case ${1:-all} in
all) browser=yes office=yes ;;
browser | docs) browser=yes ;;
papers | inbox | promises | runtime) office=yes ;;
esac
missing=()
need() { command -v "$1" >/dev/null || missing+=("$1"); }
if [ $office = yes ]; then
  need age
  need minisign
fi
if [ $browser = yes ]; then
  need chromium
  [ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || missing+=(fonts-noto-cjk)
fi
[ ${#missing[@]} -eq 0 ] && exit 0
by_hand="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "正在装测试要的工具 (installing what tests need): ${missing[*]}"
  apt-get -o DPkg::Lock::Timeout=540 update -qq &&
    apt-get -o DPkg::Lock::Timeout=540 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && exit 0
  echo "没装上。试试 / Not installed. Try: $by_hand" >&2
else
  echo "测试还需要 / tests also need: sudo $by_hand" >&2
fi
exit 1
