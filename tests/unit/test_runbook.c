/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_runbook.c - every incident says what to check first, in both languages, in the site's words if it has
 * some. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/rules.h"
#include "lib/model/record.h"
#include "lib/model/runbook.h"
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"
#include "tests/unit/rules_refused.h"

static size_t lines(const char *text)
{
    size_t count = 1;

    for (; *text; text++)
        count += *text == '\n';
    return count;
}

static void every_type_of_incident_has_steps_in_both_languages(void **state)
{
    (void)state;
    for (int type = 0; type < INCIDENT_TYPE_COUNT; type++) {
        const char *code = incident_type_info((enum incident_type)type)->code;
        const struct runbook *r;
        if (!code)
            continue; /* a number that was given up */
        r = runbook_shipped("", code);
        if (!r)
            fail_msg("runbook_list.h has nothing for %s", code);
        if (strcmp(r->de, r->en) == 0)
            fail_msg("%s: both languages are the same", code);
    }
}

static void steps_are_two_to_five_and_as_many_in_each_language(void **state)
{
    size_t count;
    const struct runbook *all = runbook_all(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        if (lines(all[i].de) < 2 || lines(all[i].de) > 5 || lines(all[i].de) != lines(all[i].en))
            fail_msg("%s: %zu steps in German, %zu in English", all[i].key, lines(all[i].de),
                     lines(all[i].en));
        if (strlen(all[i].de) > RUNBOOK_TEXT_MAX || strlen(all[i].en) > RUNBOOK_TEXT_MAX)
            fail_msg("%s is longer than %d bytes", all[i].key, RUNBOOK_TEXT_MAX);
    }
}

/* ---- the site's own words ---- */

static void take_copy(void *ctx, const Nw__Incident *i)
{
    Nw__Incident **out = ctx;
    size_t len = nw__incident__get_packed_size(i);
    uint8_t *bytes = malloc(len);

    assert_non_null(bytes);
    nw__incident__pack(i, bytes);
    assert_null(*out);
    *out = nw__incident__unpack(NULL, len, bytes);
    free(bytes);
}

static Nw__Incident *the_incident(const struct world *w)
{
    Nw__Incident *i = NULL;

    engine_open_incidents(w->engine, take_copy, &i);
    assert_non_null(i);
    return i;
}

static struct world *town(const char *rules)
{
    char *text = world_town(2, 1, 4);
    struct world *w = world_new_with(text, rules, 5 * SECONDS, 7);

    free(text);
    world_run(w, 20 * SECONDS);
    return w;
}

static void assert_words(const struct world *w, const char *link, const char *de, const char *en)
{
    Nw__Incident *i = the_incident(w);

    assert_string_equal(i->runbook, link);
    assert_string_equal(i->runbook_de, de);
    assert_string_equal(i->runbook_en, en);
    nw__incident__free_unpacked(i, NULL);
}

static bool is_type(const char *code)
{
    for (int type = 0; type < INCIDENT_TYPE_COUNT; type++)
        if (incident_type_info((enum incident_type)type)->code &&
            strcmp(incident_type_info((enum incident_type)type)->code, code) == 0)
            return true;
    return false;
}

static bool is_rule(const struct rules *rules, const char *id)
{
    for (size_t i = 0; i < rules_count(rules); i++)
        if (strcmp(rules_at(rules, i)->id, id) == 0)
            return true;
    return false;
}

static void steps_belong_to_a_type_or_a_shipped_rule(void **state)
{
    struct world *w = town(NULL);
    size_t count;
    const struct runbook *all = runbook_all(&count);

    (void)state;
    for (size_t i = 0; i < count; i++)
        if (!is_type(all[i].key) && !is_rule(w->rules, all[i].key))
            fail_msg("%s is neither a type of incident nor a shipped rule", all[i].key);
    world_free(w);
}

static void an_incident_without_a_rule_takes_the_words_of_its_type(void **state)
{
    struct world *w =
        town("runbooks:\n  - {type: device_down, link: 'https://wiki/down', text: {de: Strom?}}\n");

    (void)state;
    world_agent(w, "ap-1-1-1")->is_cut = true;
    world_run(w, 60 * SECONDS);
    assert_words(w, "https://wiki/down", "Strom?", "Strom?"); /* one language serves both */
    world_free(w);
}

#define HOT(more)                                                                                            \
    "rules:\n  - {id: hot-air, metric: wireless.utilization, entity_kind: radio, above: 80, type: limit, "   \
    "severity: minor" more                                                                                   \
    "}\n  - {id: radio-congested, metric: wireless.utilization, above: 80, enabled: no}\n"

static void a_rule_has_words_of_its_own_and_they_outlive_a_restart(void **state)
{
    struct world *w =
        town(HOT(", runbook_text: {de: Eins, en: One}") "runbooks:\n"
                                                        "  - {type: limit, link: 'https://wiki/limit', text: "
                                                        "{de: Zwei, en: Two}}\n");

    (void)state;
    world_agent(w, "ap-1-1-1")->utilization = 95;
    world_run(w, 30 * SECONDS);
    assert_words(w, "https://wiki/limit", "Eins", "One"); /* the link is the type's, as the rule has none */
    world_restart_engine(w);
    assert_words(w, "https://wiki/limit", "Eins", "One");
    world_free(w);
}

static void without_words_of_the_site_the_record_names_the_rule(void **state)
{
    struct world *w = town(HOT(""));
    Nw__Incident *i;

    (void)state;
    world_agent(w, "ap-1-1-1")->utilization = 95;
    world_run(w, 30 * SECONDS);
    i = the_incident(w);
    assert_string_equal(i->rule, "hot-air");
    nw__incident__free_unpacked(i, NULL);
    assert_words(w, "", "", ""); /* what is shipped is not repeated in every record */
    world_free(w);
}

static void mistakes_are_told_with_their_place(void **state)
{
    char own[2 * RUNBOOK_TEXT_MAX];
    char step[RUNBOOK_TEXT_MAX + 2];

    (void)state;
    assert_rules_refused("runbooks:\n  - {type: bagger}\n", "own:2:12: ");
    assert_rules_refused("runbooks:\n  - {link: x}\n", "own:2:5: ");
    assert_rules_refused("runbooks:\n  - {type: limit, text: {fr: Quoi}}\n", "own:2:26: ");
    memset(step, 'x', sizeof step - 1);
    step[sizeof step - 1] = '\0';
    snprintf(own, sizeof own, "runbooks:\n  - {type: limit, text: {de: %s}}\n", step);
    assert_rules_refused(own, "own:2:5: runbook: `de` is longer than 1000 bytes");
}

RUN_TESTS("runbook", cmocka_unit_test(every_type_of_incident_has_steps_in_both_languages),
          cmocka_unit_test(steps_are_two_to_five_and_as_many_in_each_language),
          cmocka_unit_test(steps_belong_to_a_type_or_a_shipped_rule),
          cmocka_unit_test(an_incident_without_a_rule_takes_the_words_of_its_type),
          cmocka_unit_test(a_rule_has_words_of_its_own_and_they_outlive_a_restart),
          cmocka_unit_test(without_words_of_the_site_the_record_names_the_rule),
          cmocka_unit_test(mistakes_are_told_with_their_place))
