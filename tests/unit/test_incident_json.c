/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_incident_json.c - the one shape of an incident, for the NOC and for the pages. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <math.h>

#include "lib/model/incident_json.h"
#include "lib/model/state.h"

#define WALL 1795000000500000000u
#define TIME "\"2026-11-18T11:06:40.500Z\""

static void write_incident(const Nw__Incident *i, enum incident_json_form form, struct buf *text)
{
    struct json_out j;

    json_init(&j, text);
    json_object_begin(&j, NULL);
    incident_json_put(&j, i, form);
    json_object_end(&j);
    assert_ok(buf_error(text));
}

static void assert_writes(const Nw__Incident *i, enum incident_json_form form, const char *expected)
{
    struct buf text = BUF_INIT;

    write_incident(i, form, &text);
    assert_string_equal(text.data, expected);
    buf_fini(&text);
}

/* An acknowledged fibre cut with one member and one value. */
struct cut {
    Nw__Incident incident;
    Nw__Member cause, member, *members[1];
    Nw__Evidence value, *evidence[1];
};

static void make_cut(struct cut *c)
{
    nw__incident__init(&c->incident);
    nw__member__init(&c->cause);
    nw__member__init(&c->member);
    nw__evidence__init(&c->value);
    c->cause.kind = (char *)"device";
    c->cause.id = (char *)"sw-1";
    c->cause.name = (char *)"Rathaus";
    c->member.kind = (char *)"hotspot";
    c->member.id = (char *)"hs-1";
    c->member.name = (char *)"Markt";
    c->member.state = STATE_UNUSABLE;
    c->member.reason = REASON_FIBRE;
    c->value.metric = (char *)"optic.rx_power";
    c->value.entity = (char *)"if/1";
    c->value.value = -40;
    c->value.limit = NAN;
    c->value.at = WALL;
    c->members[0] = &c->member;
    c->evidence[0] = &c->value;
    c->incident.id = (char *)"i-1";
    c->incident.source = (char *)"critical";
    c->incident.lane_sequence = 7;
    c->incident.severity = (char *)"critical";
    c->incident.type = (char *)"fibre_cut";
    c->incident.priority = 12.34;
    c->incident.user_minutes = 5.04;
    c->incident.cause = &c->cause;
    c->incident.members = c->members;
    c->incident.n_members = 1;
    c->incident.opened = c->incident.changed = WALL;
    c->incident.operator_state = (char *)"acknowledged";
    c->incident.operator_by = (char *)"noc";
    c->incident.operator_at = WALL;
    c->incident.evidence = c->evidence;
    c->incident.n_evidence = 1;
    c->incident.text_de = (char *)"Faser";
    c->incident.text_en = (char *)"Fibre";
}

#define CUT(name)                                                                                            \
    "{\"id\":\"i-1\",\"source\":\"critical\",\"sequence\":7,\"severity\":\"critical\",\"priority\":12.3,"    \
    "\"user_minutes\":5.0,"                                                                                  \
    "\"type\":\"fibre_cut\",\"cause\":{\"kind\":\"device\",\"id\":\"sw-1\",\"name\":\"Rathaus\"},"           \
    "\"members\":[{\"kind\":\"hotspot\",\"id\":\"hs-1\"," name                                               \
    "\"state\":\"unusable\",\"reason\":\"fibre\"}],\"opened\":" TIME ",\"changed\":" TIME                    \
    ",\"closed\":null,"                                                                                      \
    "\"operator\":{\"state\":\"acknowledged\",\"by\":\"noc\",\"at\":" TIME                                   \
    ",\"comment\":null,\"assigned\":null},\"history\":[],"                                                   \
    "\"flapping\":false,\"evidence\":[{\"metric\":\"optic.rx_power\",\"entity\":\"if/1\",\"value\":-40,"     \
    "\"limit\":null,\"at\":" TIME                                                                            \
    "}],\"rule\":null,\"runbook\":null,\"text\":{\"de\":\"Faser\",\"en\":\"Fibre\"}}"

static void the_noc_gets_members_without_names(void **state)
{
    struct cut c;

    (void)state;
    make_cut(&c);
    assert_writes(&c.incident, INCIDENT_JSON_MQTT, CUT(""));
}

static void the_pages_get_members_with_names_and_nothing_else_differs(void **state)
{
    struct cut c;

    (void)state;
    make_cut(&c);
    assert_writes(&c.incident, INCIDENT_JSON_API, CUT("\"name\":\"Markt\","));
}

static void an_incident_that_nobody_caused_or_touched_says_so(void **state)
{
    Nw__Incident i = NW__INCIDENT__INIT;
    struct buf text = BUF_INIT;

    (void)state;
    i.operator_by = (char *)"left over"; /* without a time nobody said anything */
    i.operator_comment = (char *)"left over";
    write_incident(&i, INCIDENT_JSON_MQTT, &text);
    assert_non_null(strstr(text.data, "\"cause\":{\"kind\":\"monitor\",\"id\":\"\",\"name\":\"\"}"));
    assert_non_null(strstr(
        text.data,
        "\"operator\":{\"state\":\"none\",\"by\":null,\"at\":null,\"comment\":null,\"assigned\":null}"));
    buf_fini(&text);
}

static void members_beyond_the_limit_are_counted(void **state)
{
    enum { TOO_MANY = INCIDENT_JSON_MEMBERS_MAX + 3 };
    Nw__Member *members[TOO_MANY];
    struct buf text = BUF_INIT;
    struct cut c;
    size_t shown = 0;

    (void)state;
    make_cut(&c);
    for (size_t i = 0; i < TOO_MANY; i++)
        members[i] = &c.member;
    c.incident.members = members;
    c.incident.n_members = TOO_MANY;
    write_incident(&c.incident, INCIDENT_JSON_API, &text);
    for (const char *at = text.data; (at = strstr(at, "\"hs-1\"")); at++)
        shown++;
    assert_int_equal(shown, INCIDENT_JSON_MEMBERS_MAX);
    assert_non_null(strstr(text.data, "],\"members_more\":3,\"opened\""));
    buf_fini(&text);
}

static void assert_steps(const Nw__Incident *i, const char *de, const char *en)
{
    assert_non_null(strstr(incident_runbook(i, LANG_DE), de));
    assert_non_null(strstr(incident_runbook(i, LANG_EN), en));
}

static void what_to_check_first_is_the_sites_own_then_the_rules_then_the_types(void **state)
{
    struct cut c;

    (void)state;
    make_cut(&c);
    assert_steps(&c.incident, "Baustellen", "road works");
    c.incident.rule = (char *)"ups-charge-low";
    assert_steps(&c.incident, "Akku", "battery");
    c.incident.runbook_de = (char *)"Hausmeister rufen.";
    c.incident.runbook_en = (char *)"Call the caretaker.";
    assert_steps(&c.incident, "Hausmeister", "caretaker");
}

static void steps_are_written_in_both_languages_with_their_line_ends(void **state)
{
    struct buf text = BUF_INIT;
    struct json_out j;
    struct cut c;

    (void)state;
    make_cut(&c);
    c.incident.runbook_de = (char *)"Eins \"a\"\nZwei";
    c.incident.runbook_en = (char *)"One\nTwo";
    json_init(&j, &text);
    json_object_begin(&j, NULL);
    incident_json_put_runbook(&j, &c.incident);
    json_object_end(&j);
    assert_string_equal(text.data,
                        "{\"runbook_text\":{\"de\":\"Eins \\\"a\\\"\\nZwei\",\"en\":\"One\\nTwo\"}}");
    buf_fini(&text);
}

RUN_TESTS("incident_json",
          cmocka_unit_test(what_to_check_first_is_the_sites_own_then_the_rules_then_the_types),
          cmocka_unit_test(steps_are_written_in_both_languages_with_their_line_ends),
          cmocka_unit_test(the_noc_gets_members_without_names),
          cmocka_unit_test(the_pages_get_members_with_names_and_nothing_else_differs),
          cmocka_unit_test(an_incident_that_nobody_caused_or_touched_says_so),
          cmocka_unit_test(members_beyond_the_limit_are_counted))
