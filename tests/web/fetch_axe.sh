#!/usr/bin/env bash
# Fetch axe-core, which looks for barriers to people with disabilities, from the npm registry: for the tests only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
version=4.14.1
mkdir -p assets
at=$(mktemp -d)
trap 'rm -rf "$at"' EXIT
if command -v npm >/dev/null; then
  (cd "$at" && npm pack --silent "axe-core@$version" >/dev/null)
else
  python3 -c "import sys, urllib.request as u; u.urlretrieve(sys.argv[1], sys.argv[2])" \
    "https://registry.npmjs.org/axe-core/-/axe-core-$version.tgz" "$at/axe-core-$version.tgz"
fi
tar -xzf "$at/axe-core-$version.tgz" -C "$at" package/axe.min.js
mv "$at/package/axe.min.js" assets/axe.min.js
