#!/bin/sh
# Install what the tests need beside Python: a browser and a library of its driver, a Chinese font, curl, nginx, PostgreSQL.
# Where packages may not be installed it says which are missing and how to get them; the tests that need them are skipped.
# Prints nothing where all is there.
set -u

has() { command -v "$1" >/dev/null 2>&1; }
any() { for each in "$@"; do [ ! -e "$each" ] || return 0; done; return 1; }
missing=""
need() { missing="$missing $1"; }

has chromium-headless-shell || has chromium || has chromium-browser || has google-chrome || need chromium-headless-shell
[ "$(uname -s)" != Linux ] || any /usr/lib*/libatomic.so.1 /usr/lib/*/libatomic.so.1 /lib/*/libatomic.so.1 || need libatomic1
has fc-list || need fontconfig
has fc-list && [ -n "$(fc-list :lang=zh-cn family)" ] || need fonts-wqy-microhei
has curl || need curl
has nginx || any /usr/sbin/nginx || need nginx-light
has initdb || any /usr/lib/postgresql/*/bin/initdb || need postgresql
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! has apt-get; then
  echo "Not on this machine:$missing. The tests that need one are skipped; on Debian this mends it: sudo apt-get install$missing"
  exit 0
fi

echo "Installing for the tests:$missing"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >"$log" 2>&1
for package in $missing; do
  apt-get install -y -q --no-install-recommends "$package" >>"$log" 2>&1 ||
    echo "$package could not be installed: $(grep '^E:' "$log" | tail -n 1)"
done
rm -f "$log"
