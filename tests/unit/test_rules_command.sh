#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# test_rules_command.sh - `netzwacht rules test`: what it prints and with which status it ends.
set -u
program=${NETZWACHT_BUILD:?}/netzwacht
scenario=${NETZWACHT_SOURCE:?}/tests/data/scenarios/evening.yaml
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
NETZWACHT_DATA_DIR=$NETZWACHT_SOURCE
export NETZWACHT_DATA_DIR
number=0

expect() { # expect "sentence" STATUS "text in the output" ARGUMENT...
    sentence=$1 status=$2 text=$3
    shift 3
    number=$((number + 1))
    "$program" rules "$@" >"$dir/out" 2>&1
    got=$?
    if [ $got = "$status" ] && grep -q -- "$text" "$dir/out"; then
        echo "ok $number - $sentence"
    else
        echo "not ok $number - $sentence"
        echo "# status $got, expected $status and \"$text\" in:"
        sed 's/^/# /' "$dir/out"
    fi
}

cat >"$dir/lower.yaml" <<'END'
rules:
  - {id: radio-congested, metric: wireless.utilization, entity_kind: radio, above: 60, hold_polls: 3, type: congestion}
END
echo 'rules: []' >"$dir/none.yaml"
echo 'rules: [{id: x, metric: no.such, above: 1}]' >"$dir/wrong.yaml"

echo 1..6
expect "rules that change nothing end with 0" 0 "; 0 differ" test "$dir/none.yaml" --scenario "$scenario"
expect "a lower limit is a new incident, and status 1" 1 "^new *congestion" test "$dir/lower.yaml" --scenario "$scenario"
expect "JSON has the reason" 1 '"metric":"wireless.utilization"' test "$dir/lower.yaml" --scenario "$scenario" --json
expect "a mistake in the rules is told with its place" 65 "wrong.yaml:1:" test "$dir/wrong.yaml" --scenario "$scenario"
expect "a journal that is not there ends with 66" 66 "cannot be" test "$dir/none.yaml" --journal "$dir/no" -c "$dir/no.yaml"
expect "neither journal nor scenario is wrong usage" 64 "^Usage:" test "$dir/none.yaml"
