/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_doctor.c - what the doctor makes of an SNMPv3 agent; v2c is in test_discover.c. */
#include "tests/unit/cmocka_tests.h"

#include "collector/doctor.h"

static const struct usm_user USER = {.name = "monitor", .context = "vlan-1", .auth = SNMP_AUTH_SHA256};

static struct doctor_facts agent(enum doctor_port port)
{
    return (struct doctor_facts){.address = "192.0.2.1",
                                 .is_literal = true,
                                 .udp_port = 161,
                                 .has_route = true,
                                 .port = port,
                                 .user = &USER,
                                 .engine_id = "80001f8804"};
}

static const struct doctor_step *step(const struct doctor_findings *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->steps[i].name, name) == 0)
            return &f->steps[i];
    return NULL;
}

static void every_report_has_its_reason_and_what_to_do(void **state)
{
    static const struct {
        enum usm_report kind;
        const char *text, *todo;
    } known[] = {
        {USM_REPORT_LEVEL, "unsupported security level", "same auth and priv"},
        {USM_REPORT_WINDOW, "not in time window", "engineBoots"},
        {USM_REPORT_USER, "unknown user", "name"},
        {USM_REPORT_ENGINE, "unknown engine ID", "proxy"},
        {USM_REPORT_DIGEST, "wrong digest", "compare auth"},
        {USM_REPORT_DECRYPT, "decryption error", "compare priv"},
        {USM_REPORT_CONTEXT, "unknown context", "context"},
        {USM_REPORT_OTHER, "nothing known", "firmware"},
    };

    (void)state;
    assert_int_equal(ARRAY_LEN(known), USM_REPORT_COUNT - 1);
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        struct doctor_facts x = agent(DOCTOR_PORT_REPORTS);
        struct doctor_findings f;
        const struct doctor_step *s;

        x.report = known[i].kind;
        doctor_judge(&x, &f);
        s = step(&f, "user");
        assert_non_null(s);
        assert_int_equal(s->verdict, DOCTOR_FAILED);
        assert_non_null(strstr(s->text, known[i].text));
        assert_non_null(strstr(s->text, "monitor"));
        assert_non_null(strstr(s->todo, known[i].todo));
        assert_int_equal(f.status, EXIT_FINDING); /* it is there */
        assert_int_equal(step(&f, "engine")->verdict, DOCTOR_OK);
        assert_null(step(&f, "community"));
        assert_null(step(&f, "view"));
    }
}

static void an_agent_that_named_its_engine_and_fell_silent_is_asked_why(void **state)
{
    static const struct {
        enum doctor_mute mute;
        enum doctor_verdict verdict;
        const char *text;
    } known[] = {{DOCTOR_MUTE_PRIVACY, DOCTOR_FAILED, "decryption error"},
                 {DOCTOR_MUTE_CONTEXT, DOCTOR_FAILED, "unknown context"},
                 {DOCTOR_MUTE_UNKNOWN, DOCTOR_UNKNOWN, "silent to user monitor"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        struct doctor_facts x = agent(DOCTOR_PORT_MUTE);
        struct doctor_findings f;

        x.mute = known[i].mute;
        doctor_judge(&x, &f);
        assert_int_equal(step(&f, "user")->verdict, known[i].verdict);
        assert_non_null(strstr(step(&f, "user")->text, known[i].text));
        assert_true(*step(&f, "user")->todo);
        assert_int_equal(f.status, EXIT_FINDING);
    }
}

static void silence_does_not_speak_of_communities(void **state)
{
    struct doctor_facts x = agent(DOCTOR_PORT_SILENT);
    struct doctor_findings f;

    (void)state;
    x.engine_id = NULL;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_UNAVAILABLE);
    assert_null(step(&f, "community"));
    assert_non_null(strstr(step(&f, "port")->todo, "SNMPv3"));
}

static void a_view_that_excludes_all_is_told_from_one_that_excludes_some(void **state)
{
    struct doctor_facts x = agent(DOCTOR_PORT_ANSWERS);
    struct doctor_findings f;

    (void)state;
    x.rtt = 1 * MILLISECONDS;
    x.profile = "linux";
    x.has_descr = x.has_object_id = true;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_DONE);
    assert_int_equal(step(&f, "user")->verdict, DOCTOR_OK);
    x.has_descr = false;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_FINDING);
    assert_non_null(strstr(step(&f, "view")->text, "sysDescr cannot be read"));
    assert_non_null(strstr(step(&f, "view")->todo, "the user's view"));
    x.is_denied = true;
    doctor_judge(&x, &f);
    assert_non_null(strstr(step(&f, "view")->text, "authorization error"));
}

RUN_TESTS("doctor", cmocka_unit_test(every_report_has_its_reason_and_what_to_do),
          cmocka_unit_test(an_agent_that_named_its_engine_and_fell_silent_is_asked_why),
          cmocka_unit_test(silence_does_not_speak_of_communities),
          cmocka_unit_test(a_view_that_excludes_all_is_told_from_one_that_excludes_some))
