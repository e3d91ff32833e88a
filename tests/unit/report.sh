# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# report.sh - for tests that look for mistakes in files: a point of TAP each, with what was found. Sourced.
number=0

report() { # report "sentence" "findings"
    number=$((number + 1))
    if [ -z "$2" ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        echo "$2" | sed 's/^/# /'
    fi
}
