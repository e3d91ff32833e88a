# SPDX-License-Identifier: GPL-3.0-or-later
# What takes too long for every change: kill loops, hours of fuzzing, days of simulated time. Not part of CI.
#
#   LONG_TESTS += TEST@SECONDS
#
# TEST is a script (TAP on standard output; tests/long/ holds those that are nothing but long) or a test program. Both see
# NETZWACHT_LONG=1 and then take their long form; after SECONDS they are ended.
# `make check-long TESTS='kill_loops fuzz'` runs some of them, by their names without folder and ending.
LONG_TESTS =
LONG_TESTS += tests/long/fuzz.py@7200
LONG_TESTS += tests/integration/kills.py@7200
LONG_TESTS += tests/integration/clock.py@600
LONG_TESTS += tests/unit/test_codec_judge@1800
LONG_TESTS += tests/sim/130-ten-thousand-agents-one-day@7200
LONG_TESTS += tests/integration/kill_loops.py@7200
LONG_TESTS += tests/integration/broker_away.py@1800
LONG_TESTS += tests/sim/alerts-150-random-towns@1800

LONG_SECONDS = 3600
LONG_NAME = $(basename $(notdir $(firstword $(subst @, ,$(1)))))
LONG_CHOSEN = $(if $(TESTS),$(foreach test,$(LONG_TESTS),$(if $(filter $(call LONG_NAME,$(test)),$(TESTS)),$(test))),$(LONG_TESTS))
LONG_UNKNOWN = $(filter-out $(foreach test,$(LONG_TESTS),$(call LONG_NAME,$(test))),$(TESTS))
LONG_NEEDS = $(filter-out %.py,$(foreach test,$(LONG_CHOSEN),$(firstword $(subst @, ,$(test)))))
check-long: all $(LONG_NEEDS) tests/bench/agents
	@test -z '$(LONG_UNKNOWN)' || { echo 'no part of LONG_TESTS: $(LONG_UNKNOWN)'; exit 64; }
	rm -rf tap-long
	status=0; cd $(srcdir) && \
	CMOCKA_MESSAGE_OUTPUT=TAP NETZWACHT_LONG=1 NETZWACHT_TAP=tap-long \
	NETZWACHT_SHARED="$${NETZWACHT_SHARED:-$(abs_top_srcdir)/../shared}" \
	NETZWACHT_SOURCE='$(abs_top_srcdir)' NETZWACHT_BUILD='$(abs_top_builddir)' \
	tests/run-integration '$(abs_top_builddir)' $(LONG_SECONDS) $(LONG_CHOSEN) || status=$$?; \
	cat '$(abs_top_builddir)/tap-long/summary.md'; exit $$status
.PHONY: check-long
clean-long:
	rm -rf tap-long fuzz
LOCAL_CLEAN += clean-long
EXTRA_DIST += %D%/long
