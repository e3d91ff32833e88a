#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# unit.sh - the unit tests of the operators' app (vitest, TAP). A tarball brings the bundle built and no packages.
set -eu
web=$NETZWACHT_BUILD/web
if [ ! -x "$web/node_modules/.bin/vitest" ]; then
    echo "1..0 # SKIP the web bundle was not built here (--disable-web, or it came with the tarball)"
    exit 0
fi
cd "$web"
export NETZWACHT_STATE_LIST="$NETZWACHT_SOURCE/lib/model/state_list.h" NETZWACHT_FIGURE_LIST="$NETZWACHT_SOURCE/lib/model/figure_list.h"
exec ./node_modules/.bin/vitest run --reporter=tap-flat
