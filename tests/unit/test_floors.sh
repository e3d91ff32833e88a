#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# test_floors.sh - a floor includes only lower floors; a foreign library is known to its own files alone.
set -eu
cd "${NETZWACHT_SOURCE:?}"
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

includes() { # includes DIRECTORY PATTERN: file:line of own headers that match
    grep -rnE "#include \"($2)" --include='*.c' --include='*.h' "$1" 2>/dev/null || true
}

foreign() { # foreign HEADER-PATTERN FILES-THAT-MAY
    grep -rlE "#include <($1)" --include='*.c' --include='*.h' lib collector probes alerts dashboards coverage city cli 2>/dev/null |
        grep -vE "$2" || true
}

echo "1..15"
four='collector|probes|alerts|dashboards|coverage|city'
report "base includes nothing above itself" "$(includes lib/base "lib/(runtime|model|stores)/|($four|cli)/")"
report "runtime includes base alone" "$(includes lib/runtime "lib/(model|stores)/|($four|cli)/")"
report "model includes runtime and base alone" "$(includes lib/model "lib/stores/|($four|cli)/")"
report "stores include model and below alone" "$(includes lib/stores "($four|cli)/")"
for folder in collector probes alerts dashboards coverage city; do
    others=$(echo "$four" | sed -E "s/(^|\|)$folder//; s/^\|//")
    report "$folder includes no other folder of its floor" "$(includes $folder "($others|cli)/")"
done
report "net-snmp is known to snmp_* alone" "$(foreign 'net-snmp/' '/snmp_')"
report "librrd is known to rrd_io alone" "$(foreign 'rrd\.h' '/rrd_io')"
report "libmosquitto is known to mqtt_io alone" "$(foreign 'mosquitto\.h' '/mqtt_io')"
report "libmicrohttpd is known to http_io alone" "$(foreign 'microhttpd\.h' '/http_io')"
report "libpcap is known to pcap_io alone" "$(foreign 'pcap' '/pcap_io')"
