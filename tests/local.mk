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
include tests/unit/passive.mk
include tests/unit/alerts.mk
include tests/unit/dashboards.mk
include tests/unit/coverage.mk
include tests/unit/city.mk
include tests/unit/cli.mk

# ---- integration: real peers, one script after the other; and the tarball as a stranger gets it ----
INTEGRATION_SECONDS = 600
check-integration: all tests/bench/controller_agent tests/bench/agents
	NETZWACHT_SHARED="$${NETZWACHT_SHARED:-$(abs_top_srcdir)/../shared}" \
	NETZWACHT_SOURCE='$(abs_top_srcdir)' NETZWACHT_BUILD='$(abs_top_builddir)' \
	$(srcdir)/tests/run-integration '$(abs_top_builddir)' $(INTEGRATION_SECONDS) \
	  $(wildcard $(srcdir)/tests/integration/*.py) $(wildcard $(srcdir)/tests/integration/*.mjs)

check-dist:
	@$(MKDIR_P) tap; echo '1..1' >tap/distcheck.tap; \
	if $(MAKE) $(AM_MAKEFLAGS) distcheck >distcheck.log 2>&1; \
	then echo 'ok 1 - the tarball builds, passes its tests, installs and uninstalls' >>tap/distcheck.tap; \
	else echo 'not ok 1 - make distcheck, see distcheck.log' >>tap/distcheck.tap; tail -n 40 distcheck.log; exit 1; fi

# The whole of `make check` once more in a build of its own, where a leak, an overflow or undefined behaviour ends a test.
SANITIZERS = address,undefined
check-asan:
	$(MKDIR_P) asan
	cd asan && { test -f Makefile || \
	  $(abs_top_srcdir)/configure --enable-sanitizers=$(SANITIZERS) --disable-web CC='$(CC)'; }
	cd asan && $(MAKE) $(AM_MAKEFLAGS) all && $(MAKE) $(AM_MAKEFLAGS) check
clean-asan:
	rm -rf asan
LOCAL_CLEAN += clean-asan

.PHONY: check-integration check-dist check-asan clean-asan
include tests/long.mk
EXTRA_DIST += %D%/README.md %D%/tally %D%/run-integration %D%/integration %D%/unit/report.sh %D%/fuzz/fuzz.h

dist_check_SCRIPTS += %D%/unit/test_figures.sh %D%/unit/test_floors.sh %D%/unit/test_units.sh %D%/unit/test_docs.sh

include tests/bench/local.mk

bench-delivery: all
	NETZWACHT_SOURCE='$(abs_top_srcdir)' NETZWACHT_BUILD='$(abs_top_builddir)' $(PYTHON3) $(srcdir)/tests/bench/delivery.py
.PHONY: bench-delivery
EXTRA_DIST += %D%/bench/delivery.py
