/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_refused.h - a site's rules are refused, and the report says why. */
#ifndef NW_TESTS_RULES_REFUSED_H
#define NW_TESTS_RULES_REFUSED_H

#include <string.h>

#include "alerts/rules.h"
#include "tests/unit/cmocka_tests.h"

static void assert_rules_refused(const char *own, const char *expected)
{
    struct conf_report *report = NULL;
    struct rules *rules = NULL;

    assert_ok(conf_report_new(&report));
    assert_int_equal(rules_parse("rules: []\n", own, report, &rules), ERR_CONFIG);
    if (!strstr(conf_report_text(report), expected))
        fail_msg("expected %s, got %s", expected, conf_report_text(report));
    conf_report_free(report);
}

#endif
