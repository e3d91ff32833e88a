#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# test_floors.sh - a floor includes only lower floors; a foreign library is known to its own files alone.
set -eu
cd "${NETZWACHT_SOURCE:?}"
# shellcheck source=tests/unit/report.sh
. "${NETZWACHT_SOURCE:?}/tests/unit/report.sh"

includes() { # includes DIRECTORY PATTERN: file:line of own headers that match
    grep -rnE "#include \"($2)" --include='*.c' --include='*.h' "$1" 2>/dev/null || true
}

foreign() { # foreign HEADER-PATTERN FILES-THAT-MAY: other files that include such a header
    grep -rlE "#include [<\"]($1)" --include='*.c' --include='*.h' lib collector probes alerts dashboards coverage city cli 2>/dev/null |
        grep -vE "$2" || true
}

echo "1..30"
four='collector|probes|alerts|dashboards|coverage|city'
report "base includes nothing above itself" "$(includes lib/base "lib/(runtime|model|stores)/|($four|cli)/")"
report "runtime includes base alone" "$(includes lib/runtime "lib/(model|stores)/|($four|cli)/")"
report "model includes runtime and base alone" "$(includes lib/model "lib/stores/|($four|cli)/")"
report "stores include model and below alone" "$(includes lib/stores "($four|cli)/")"
for folder in collector probes alerts dashboards coverage city; do
    others=$(echo "$four" | sed -E "s/(^|\|)$folder//; s/^\|//")
    report "$folder includes no other folder of its floor" "$(includes $folder "($others|cli)/")"
done
report "net-snmp is known to usm_io alone" "$(foreign 'net-snmp/' '^collector/usm_io\.')"
report "librrd is known to rrd_io alone" "$(foreign 'rrd\.h' '/rrd_io')"
report "libmosquitto is known to mqtt_io alone" "$(foreign 'mosquitto\.h' '/mqtt_io')"
report "libmicrohttpd is known to http_io alone" "$(foreign 'microhttpd\.h' '/http_io')"
report "libpcap is known to pcap_io alone" "$(foreign 'pcap' '/pcap_io')"
report "libcurl is known to curl_io alone" "$(foreign 'curl/' '^lib/runtime/curl_io')"
report "GDAL is known to gdal_* alone" "$(foreign '(gdal|ogr_|cpl_)' '^coverage/gdal_')"
report "SQLite is known to one *_io of each owner of a database" \
    "$(foreign 'sqlite3' '^(alerts/db_io|dashboards/users_io|lib/stores/history_io)[._]')"
report "libyaml is known to conf, and to openapi_io, which turns a page of our own into JSON" \
    "$(foreign 'yaml\.h' '^(lib/runtime/conf|dashboards/openapi_io)\.')"
report "OpenSSL is known to the simulated city's tls_io, the second factor's totp_io, the digests of RADIUS and the probes' tls_io" \
    "$(foreign 'openssl/' '^(city/tls_io|dashboards/totp_io|probes/(digest|tls)_io)')"
report "zlib is known to public_io alone" "$(foreign 'zlib\.h' '^dashboards/public_io')"
report "libbrotli is known to brotli_io alone" "$(foreign 'brotli/' '^dashboards/brotli_io')"
report "libsnappy is known to snappy_io alone" "$(foreign 'snappy-c' '^lib/stores/snappy_io')"
report "libsodium is known to secret_io, the settings' digest, the demo's passwords, the signature of messages and the council report's check sum" \
    "$(foreign 'sodium' '^(alerts/signature|dashboards/secret_io|lib/model/settings|cli/demo_plan|coverage/report_council)\.')"
report "cairo and pango are known to document_io alone" "$(foreign '(cairo|pango/)' '^coverage/document_io\.')"
report "libqpdf is known to document_access_io alone" "$(foreign 'qpdf/' '^coverage/document_access_io\.')"
report "jansson is known to the readers of foreign JSON alone" \
    "$(foreign 'jansson' '^(alerts/inbound|cli/(import_json|noc_book)|city/params|dashboards/json_io|lib/model/districts_read|probes/probe_portal)\.')"
report "jansson only reads, and copies what it read: what we write goes through json_out" \
    "$(grep -rnE 'json_(dumps|dumpf|dump_file|dumpfd|dumpb|dump_callback)[[:space:]]*\(' \
        --include='*.c' --include='*.h' lib collector probes alerts dashboards coverage city cli |
        grep -vE '^dashboards/json_io\.c:[0-9]+:.*\(member,' || true)"
report "a daemon reads no clock: the loop does" \
    "$(grep -rnE '[^_a-z](clock_gettime|gettimeofday|time)\((CLOCK_|&|NULL|id)' --include='*.c' \
        lib collector probes alerts dashboards coverage |
        grep -vE '^lib/runtime/loop\.c:' || true)"
named() { # files of the list above that are missing, in the tree or in HACKING.md
    for file in lib/stores/rrd_io lib/stores/rrd_io_write lib/stores/rrd_io_fill lib/stores/rrd_io_foreign coverage/gdal_package cli/noc_book \
        lib/runtime/mqtt_io dashboards/http_io dashboards/http_io_connections dashboards/http_io_server dashboards/http_io_stream probes/pcap_io coverage/gdal_geo alerts/db_io dashboards/users_io lib/stores/history_io lib/runtime/conf dashboards/openapi_io \
        city/tls_io dashboards/public_io dashboards/brotli_io lib/stores/snappy_io dashboards/secret_io lib/model/settings cli/demo_plan alerts/inbound alerts/signature \
        collector/usm_io city/params dashboards/json_io lib/model/districts_read probes/probe_portal coverage/document_io coverage/document_access_io coverage/report_council probes/digest_io probes/tls_io lib/runtime/curl_io cli/import_json; do
        [ -f "$file.c" ] || echo "$file.c is not there"
        grep -qF "\`$file\`" HACKING.md || echo "HACKING.md does not name $file"
    done
}
report "HACKING.md names the files that know a library, and they exist" "$(named)"
