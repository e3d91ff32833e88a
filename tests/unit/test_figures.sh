#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# test_figures.sh - every figure that a daemon puts into its heartbeat stands in lib/model/figure_list.h, where
# /metrics and the page about the monitor itself have its words from; and nothing stands there that no daemon says.
set -eu
source=${NETZWACHT_SOURCE:?}
list=$source/lib/model/figure_list.h
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/unit/report.sh
. "${NETZWACHT_SOURCE:?}/tests/unit/report.sh"

sed -n 's/^FIGURE("\([a-z0-9_]*\)".*/\1/p' "$list" | sort >"$scratch/listed"
# What is handed to put_counter(), collector_count(), count() or figure_put(), and every text that looks like the name of a counter.
find "$source/collector" "$source/alerts" "$source/probes" "$source/dashboards" "$source/cli" -maxdepth 1 -name '*.c' -exec cat {} + |
    tr '\n' ' ' | grep -oE '([^a-z_](put_counter|collector_count|count|figure_put)\([^;"]*"[a-z0-9_]+",)|("[a-z0-9_]+_total")' |
    sed 's/.*"\([a-z0-9_]*\)",*$/\1/' | grep -v '^_total$' | sort -u >"$scratch/said"
grep -ohE '"[a-z0-9_]+"' "$source"/collector/*.c "$source"/alerts/*.c "$source"/probes/*.c "$source"/dashboards/*.c "$source"/cli/*.c |
    tr -d '"' | sort -u >"$scratch/texts"

echo "1..4"
report "every figure of a heartbeat stands in figure_list.h" "$(comm -13 "$scratch/listed" "$scratch/said")"
report "every figure of figure_list.h is said by a daemon" "$(comm -23 "$scratch/listed" "$scratch/texts")"
report "a counter's name ends in _total, and no gauge's does" \
    "$(grep -E '^FIGURE\("[a-z0-9_]*_total", GAUGE' "$list" || true; grep -E '^FIGURE\(' "$list" | grep ', COUNTER,' | grep -vE '^FIGURE\("[a-z0-9_]*_total"' || true)"
report "no figure stands twice" "$(uniq -d "$scratch/listed")"
