#!/usr/bin/env bash
# What tests need from the system: a browser with Chinese fonts, and the office's two open tools.
set -euo pipefail
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v age >/dev/null || missing+=(age)
command -v minisign >/dev/null || missing+=(minisign)
[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || missing+=(fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get -o DPkg::Lock::Timeout=540 update -qq
  apt-get -o DPkg::Lock::Timeout=540 install -y -qq --no-install-recommends "${missing[@]}"
else
  echo "测试还需要 / tests also need: sudo apt-get install -y ${missing[*]}" >&2
  exit 1
fi
