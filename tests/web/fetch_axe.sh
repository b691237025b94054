#!/usr/bin/env bash
# Fetch axe-core, which looks for barriers to people with disabilities, from the npm registry: for the tests only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
version=4.14.1
mkdir -p assets
at=$(mktemp -d)
trap 'rm -rf "$at"' EXIT
command -v npm >/dev/null || { echo "There is no npm: the test of accessibility will be skipped."; exit 1; }
(cd "$at" && npm pack --silent "axe-core@$version" >/dev/null)
tar -xzf "$at/axe-core-$version.tgz" -C "$at" package/axe.min.js
mv "$at/package/axe.min.js" assets/axe.min.js
