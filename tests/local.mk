# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests: cmocka, TAP through automake's driver. Each folder of code adds its own tests/unit/FOLDER.mk.
TEST_EXTENSIONS = .sh .py
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_COMPILER =
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
PY_LOG_DRIVER = $(LOG_DRIVER)
PY_LOG_COMPILER = $(PYTHON3)
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	NETZWACHT_SHARED="$${NETZWACHT_SHARED:-$(abs_top_srcdir)/../shared}"; export NETZWACHT_SHARED; \
	NETZWACHT_SOURCE='$(abs_top_srcdir)'; export NETZWACHT_SOURCE; \
	NETZWACHT_BUILD='$(abs_top_builddir)'; export NETZWACHT_BUILD;
TESTS = $(UNIT_TESTS) $(dist_check_SCRIPTS)
check_PROGRAMS += $(UNIT_TESTS)

include tests/unit/base.mk
include tests/unit/runtime.mk
include tests/unit/model.mk
include tests/unit/stores.mk
include tests/unit/collector.mk
include tests/unit/probes.mk
include tests/unit/alerts.mk
include tests/unit/dashboards.mk
include tests/unit/coverage.mk
include tests/unit/city.mk
include tests/unit/cli.mk
