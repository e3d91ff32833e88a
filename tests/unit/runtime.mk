# SPDX-License-Identifier: GPL-3.0-or-later
UNIT_TESTS += tests/unit/test_conf tests/unit/test_loop
tests_unit_test_conf_SOURCES = %D%/test_conf.c %D%/cmocka_tests.h
tests_unit_test_conf_LDADD = $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_test_loop_SOURCES = %D%/test_loop.c %D%/cmocka_tests.h
tests_unit_test_loop_LDADD = $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_journal tests/unit/test_journal_tail
tests_unit_test_journal_SOURCES = %D%/test_journal.c %D%/journal_place.h %D%/temp_dir.h %D%/cmocka_tests.h
tests_unit_test_journal_tail_SOURCES = %D%/test_journal_tail.c %D%/journal_place.h %D%/temp_dir.h %D%/cmocka_tests.h
tests_unit_test_journal_tail_LDADD = lib/libruntime.a $(BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_test_journal_LDADD = lib/libruntime.a $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_steady_clock
tests_unit_test_steady_clock_SOURCES = %D%/test_steady_clock.c %D%/cmocka_tests.h
tests_unit_test_steady_clock_LDADD = lib/libruntime.a $(BASE_LIBS) $(CMOCKA_LIBS)
