#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sample.sh - makes the sample report of this folder anew: October 2026 of the simulated city. Usage: sample.sh BUILD-DIRECTORY
set -eu
build=$(CDPATH='' cd -- "${1:?the build directory}" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export SOURCE_DATE_EPOCH=1793620800 # 2026-11-02 12:00 UTC

"$build/netzwacht-city" init --dir city --hotspots 540 --nodes 60
mkdir state
"$build/netzwacht-city" backfill --dir city --journal state/journal --days 40 --until 1793491200
cat >netzwacht.yaml <<YAML
instance: norderstedt
state_dir: state
inventory: [city/inventory.yaml]
districts: city/districts.geojson
public: {attribution: 'Stadt Norderstedt (simuliert)'}
credentials:
  - {name: default, version: v2c, community_file: city/community}
YAML
# Invented inhabitants: more where streets with hotspots are near, about 82,000 in all.
"$build/netzwacht" report coverage -c netzwacht.yaml --format csv --from 2026-10-01T00:00:00+02:00 --to 2026-10-02T00:00:00+02:00 -o cells.csv
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; print "GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner"; next }
    $column["district"] { n = (NR * 7919) % 17 + int(40 * $column["planned"]); if (n > 5) print $column["cell"] ";0;0;" n }' cells.csv >zensus.csv
echo 'coverage: {population: zensus.csv}' >>netzwacht.yaml
"$build/netzwacht" report council -c netzwacht.yaml --month 2026-10 -o "$here/"
pdftoppm -r 80 -png "$here/council-2026-10.pdf" "$here/page"
