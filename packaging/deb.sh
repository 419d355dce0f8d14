#!/bin/sh
# Build a Debian package from the wheel in dist/: libraries below /usr/lib/hongyan, a launcher, completions, the license.
# usage: packaging/deb.sh PYTHON WHEEL FOLDER
set -eu
python=$1 wheel=$2 folder=$3
here=$(cd "$(dirname "$0")/.." && pwd)
version=$("$python" -c 'import hongyan; print(hongyan.__version__)')
minor=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
next=$("$python" -c 'import sys; print("%d.%d" % (sys.version_info[0], sys.version_info[1] + 1))')
architecture=$(dpkg --print-architecture)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

lib=$root/usr/lib/hongyan
mkdir -p "$lib" "$root/usr/bin" "$root/usr/share/doc/hongyan" "$root/DEBIAN"
"$python" -m pip install --quiet --no-compile --require-hashes --target "$lib" --requirement "$here/requirements/run.txt"
"$python" -m pip install --quiet --no-compile --no-deps --target "$lib" "$wheel"
rm -rf "$lib/bin"

cat >"$root/usr/bin/hongyan" <<'LAUNCHER'
#!/bin/sh
# The libraries lie beside the launcher, so that an unpacked package runs from any folder.
here=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
PYTHONPATH="$here/lib/hongyan${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONPATH
exec python3 -m hongyan "$@"
LAUNCHER
chmod 755 "$root/usr/bin/hongyan"
cp "$here/LICENSE" "$root/usr/share/doc/hongyan/copyright"
cp "$here/README.md" "$here/README.zh.md" "$root/usr/share/doc/hongyan/"

complete() {
  mkdir -p "$root/$(dirname "$2")"
  PYTHONPATH="$lib" "$python" -m hongyan completion "$1" >"$root/$2"
}
complete bash usr/share/bash-completion/completions/hongyan
complete zsh usr/share/zsh/vendor-completions/_hongyan
complete fish usr/share/fish/vendor_completions.d/hongyan.fish

cat >"$root/DEBIAN/control" <<CONTROL
Package: hongyan
Version: $version
Architecture: $architecture
Maintainer: The Hongyan maintainers
Depends: python3 (>= $minor), python3 (<< $next)
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Section: net
Priority: optional
Description: Web WeChat for Python and the terminal
 A terminal chat client, a bot framework, a protocol library, and an
 emulator of the service to develop against. No account is needed for
 the emulator; logins at the official service are mostly refused.
CONTROL

find "$root/usr" -type d -exec chmod 755 {} +
mkdir -p "$folder"
dpkg-deb --root-owner-group --build "$root" "$folder/hongyan_${version}_$architecture.deb" >/dev/null
echo "$folder/hongyan_${version}_$architecture.deb"
