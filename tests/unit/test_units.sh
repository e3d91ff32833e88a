#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# test_units.sh - the systemd units as `make` writes them: systemd understands them and finds them well confined.
set -eu
units=${NETZWACHT_BUILD:?}/packaging/systemd
source=${NETZWACHT_SOURCE:?}/packaging/systemd

if ! systemd-analyze --help 2>/dev/null | grep -q -- --offline; then
    echo "1..0 # SKIP systemd-analyze of systemd 250 or newer is not here: apt-get install systemd"
    exit 0
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/unit/report.sh
. "${NETZWACHT_SOURCE:?}/tests/unit/report.sh"

# The programs are not installed yet: those of the build tree stand in for them.
for unit in "$units"/*.service; do
    sed "s,^ExecStart=[^ ]*/,ExecStart=$NETZWACHT_BUILD/," "$unit" >"$scratch/${unit##*/}"
done
cp "$source"/*.target "$source"/*.timer "$scratch"

set -- "$scratch"/*.service
echo "1..$(($# * 2 + 2))"
for unit in "$@"; do
    report "${unit##*/} is understood" "$(systemd-analyze verify --man=no "$unit" 2>&1 | grep -F "${unit##*/}" || true)"
    report "${unit##*/} is exposed by 2.0 of 10 at most" \
        "$(systemd-analyze security --no-pager --offline=true --threshold=20 "$unit" >"$scratch/out" 2>&1 ||
            grep -E '✗|Overall' "$scratch/out")"
done
report "the target and the timer are understood" \
    "$(systemd-analyze verify --man=no "$scratch"/netzwacht.target "$scratch"/*.timer 2>&1 | grep netzwacht || true)"
report "every unit names a manual of its own program" "$(for unit in "$@"; do
    program=$(sed -n 's,^ExecStart=[^ ]*/\([^ /]*\) .*,\1,p' "$unit")
    grep -q "^Documentation=man:$program(8)" "$unit" || echo "${unit##*/} does not name man:$program(8)"
done)"
