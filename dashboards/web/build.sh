#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# build.sh SOURCE BUILD NODE NPM - copies the sources into BUILD/web, installs what package-lock.json names, builds into
# BUILD/share/web. The packages stay in BUILD/web/node_modules until the lock file changes.
set -eu
source=$1 build=$2 node=${3:-node} npm=${4:-npm}

fail() {
    echo "web bundle: $1" >&2
    echo "Or leave it out: ./configure --disable-web (the dashboard then answers the API and says that the pages are missing)." >&2
    exit 1
}

"$node" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
    2>/dev/null || fail "Node 20.19 or later is needed; ./bootstrap brings one into the build tree."
mkdir -p "$build/web"
cd "$build/web"
rm -rf src test public
tar -C "$source/dashboards/web" --exclude=./node_modules --exclude=./dist -cf - . | tar xf -
chmod -R u+w src test public
if ! cmp -s package-lock.json node_modules/.installed; then
    PATH=$(dirname "$(command -v "$node")"):$PATH "$npm" ci --ignore-scripts --no-progress >npm.log 2>&1 ||
        { tail -n 20 npm.log >&2; fail "npm ci failed, see $build/web/npm.log."; }
    cp package-lock.json node_modules/.installed
fi
NETZWACHT_OPENAPI=$source/docs/openapi.yaml NETZWACHT_WEB_OUT=$build/share/web \
    PATH=$(dirname "$(command -v "$node")"):$PATH "$npm" run --silent build >build.log 2>&1 ||
    { tail -n 40 build.log >&2; fail "the build failed, see $build/web/build.log."; }
touch "$build/share/web/index.html"
# The dashboard sends NAME.gz where it lies beside NAME and is not older.
find "$build/share/web" -type f ! -name '*.woff2' ! -name '*.png' -exec gzip -9kn {} +
