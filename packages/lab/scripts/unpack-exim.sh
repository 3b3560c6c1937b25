#!/bin/sh
# Puts Exim beside the system instead of into it: unpack-exim.sh DIR
#
# Debian's exim4-daemon-light conflicts with every other MTA, so installing it would remove the one that is there. This
# downloads the package and the libraries that the machine lacks, and unpacks them below DIR; nothing is installed, no service
# starts, no file outside of DIR is touched. Ordinary users may run it too. Needs apt with up-to-date lists (apt-get update).
# Does nothing when DIR holds an Exim that runs. Exit status 1, with the reason on stderr, when it cannot.
set -eu

dir=${1:?usage: unpack-exim.sh DIR}
root=$dir/root

runs() {
  [ -x "$root/usr/sbin/exim4" ] || return 1
  LD_LIBRARY_PATH=$root/usr/lib/$(uname -m)-linux-gnu ldd "$root/usr/sbin/exim4" 2>/dev/null | grep -q 'not found' && return 1
  return 0
}

if runs; then exit 0; fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
  echo "Exim is taken from Debian's packages; this machine has no apt-get." >&2
  exit 1
fi
mkdir -p "$dir/debs/partial"
# A download only: apt works out what else is needed, and changes nothing. NoLocking, because nothing is changed.
apt-get install -y -qq --no-install-recommends --download-only \
  -o Debug::NoLocking=1 -o APT::Sandbox::User= -o Dir::Cache::archives="$(cd "$dir/debs" && pwd)" exim4-daemon-light >/dev/null
mkdir -p "$root"
for deb in "$dir"/debs/*.deb; do dpkg-deb -x "$deb" "$root"; done
# It is started by root and never by anybody else: no privilege comes with the file.
chmod u-s "$root/usr/sbin/exim4"
runs || { echo "Exim was unpacked into $root but does not run." >&2; exit 1; }
