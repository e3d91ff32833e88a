# SPDX-License-Identifier: GPL-3.0-or-later
# Benchmarks measure, print tables and assert nothing. `make bench` runs those whose tables stand in docs/performance.md and
# takes about ten minutes; each also runs alone, with sizes of its own: make bench-peers BENCH_ARGS='500 2000'.
EXTRA_PROGRAMS = tests/bench/agents tests/bench/floor tests/bench/netsnmp_sessions tests/bench/journal_store \
	tests/bench/store_disk tests/bench/usm tests/bench/coverage \
	tests/bench/sensor_feed
CLEANFILES += $(EXTRA_PROGRAMS)
EXTRA_DIST += %D%/lib/bench.py %D%/lib/peers.py %D%/peers.py %D%/engine.py %D%/loss.py %D%/delay.py %D%/connections.py %D%/streams.py %D%/volume.py \
	%D%/http_load.py \
	%D%/render.py %D%/collector.py %D%/controller.py %D%/demo.py %D%/trap_latency.py %D%/probes.py

tests_bench_agents_SOURCES = tests/bench/agents.c
tests_bench_agents_LDADD = city/libcity.a $(RUNTIME_LIBS) $(BASE_LIBS)
tests_bench_floor_SOURCES = tests/bench/floor.c
tests_bench_netsnmp_sessions_SOURCES = tests/bench/netsnmp_sessions.c
tests_bench_netsnmp_sessions_CFLAGS = $(AM_CFLAGS) $(SNMP_CFLAGS)
tests_bench_netsnmp_sessions_LDADD = $(SNMP_LIBS)
tests_bench_journal_store_SOURCES = tests/bench/journal_store.c
tests_bench_journal_store_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_bench_journal_store_LDADD = collector/libstore.a $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
tests_bench_store_disk_SOURCES = tests/bench/store_disk.c
tests_bench_store_disk_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_bench_store_disk_LDADD = collector/libstore.a $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
tests_bench_coverage_SOURCES = tests/bench/coverage.c
tests_bench_coverage_LDADD = coverage/libcoverage.a $(BASE_LIBS)
tests_bench_usm_SOURCES = tests/bench/usm.c tests/bench/usm_list.c tests/bench/usm_list.h
tests_bench_usm_CFLAGS = $(AM_CFLAGS) $(SNMP_CFLAGS)
tests_bench_usm_LDADD = $(COLLECTOR_TEST_LIBS)

BENCH_ARGS =
BENCH = NETZWACHT_SOURCE='$(abs_top_srcdir)' NETZWACHT_BUILD='$(abs_top_builddir)' $(PYTHON3) $(srcdir)/tests/bench
BENCH_POLLING = tests/bench/agents$(EXEEXT) tests/bench/floor$(EXEEXT)

# In the order of docs/performance.md. What cannot run says why; the others go on.
BENCH_SUITE = peers engine loss delay volume trap_latency http_load
bench: all $(BENCH_POLLING) tests/bench/netsnmp_sessions$(EXEEXT)
	@for name in $(BENCH_SUITE); do \
	  test ! -f $(srcdir)/tests/bench/$$name.py || $(BENCH)/$$name.py || echo "bench-$$name: no table, see above"; \
	done
	@$(BENCH)/render.py
bench-peers: all $(BENCH_POLLING) tests/bench/netsnmp_sessions$(EXEEXT)
	$(BENCH)/peers.py $(BENCH_ARGS)
bench-engine: all $(BENCH_POLLING)
	$(BENCH)/engine.py $(BENCH_ARGS)
bench-loss: all $(BENCH_POLLING)
	$(BENCH)/loss.py $(BENCH_ARGS)
bench-delay: all $(BENCH_POLLING)
	$(BENCH)/delay.py $(BENCH_ARGS)
bench-volume: all $(BENCH_POLLING)
	$(BENCH)/volume.py $(BENCH_ARGS)
bench-http: all $(BENCH_POLLING)
	$(BENCH)/http_load.py $(BENCH_ARGS)
bench-connections: all
	$(BENCH)/connections.py $(BENCH_ARGS)
bench-streams: all
	$(BENCH)/streams.py $(BENCH_ARGS)
# The tables of the last runs, from bench/*.md of the build tree, into docs/performance.md of the source tree.
bench-docs:
	$(BENCH)/render.py --write
bench-collector: all
	$(BENCH)/collector.py $(BENCH_ARGS)
bench-controller: all tests/bench/controller_agent
	$(BENCH)/controller.py $(BENCH_ARGS)
bench-demo: all
	$(BENCH)/demo.py $(BENCH_ARGS)
bench-store: tests/bench/journal_store
	tests/bench/journal_store
BENCH_FILES = 10000
bench-store-disk: tests/bench/store_disk
	tests/bench/store_disk $(BENCH_FILES)
bench-probes: all
	$(BENCH)/probes.py $(BENCH_ARGS)
bench-trap: all
	$(BENCH)/trap_latency.py $(BENCH_ARGS)
bench-coverage: tests/bench/coverage
	tests/bench/coverage
bench-v3: tests/bench/usm
	tests/bench/usm
.PHONY: bench bench-peers bench-engine bench-loss bench-delay bench-volume bench-http bench-connections bench-streams bench-docs bench-collector \
	bench-controller bench-demo bench-store bench-store-disk bench-probes bench-trap bench-v3 bench-coverage

# A wireless controller of any size: what test and benchmark of big controllers poll.
check_PROGRAMS += tests/bench/controller_agent
tests_bench_controller_agent_SOURCES = tests/bench/controller_agent.c
tests_bench_controller_agent_LDADD = city/libcity.a $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
EXTRA_DIST += %D%/capture.py
tests_bench_sensor_feed_SOURCES = tests/bench/sensor_feed.c
tests_bench_sensor_feed_LDADD = probes/libprobes.a $(PCAP_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
bench-capture: all tests/bench/sensor_feed$(EXEEXT)
	NETZWACHT_SOURCE='$(abs_top_srcdir)' NETZWACHT_BUILD='$(abs_top_builddir)' $(PYTHON3) $(srcdir)/tests/bench/capture.py $(BENCH_ARGS)
.PHONY: bench-capture
