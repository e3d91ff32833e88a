# SPDX-License-Identifier: GPL-3.0-or-later
EXTRA_DIST += docs/openapi.yaml
include dashboards/web.mk
