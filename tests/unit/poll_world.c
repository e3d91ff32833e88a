/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_world.c - the device, the packets and the read plans of poll_world.h. The profile functions that
 * poll.c calls are this file's own, so that the read plan is in the tests' hands. */
#include "tests/unit/poll_world.h"

#include <stdio.h>

#include "collector/field.h"

static const uint32_t DESCR[] = {1, 3, 6, 1, 2, 1, 1, 1, 0}, OBJECT_ID[] = {1, 3, 6, 1, 2, 1, 1, 2, 0},
                      NAME[] = {1, 3, 6, 1, 2, 1, 1, 5, 0};
const uint32_t UPTIME[9] = {1, 3, 6, 1, 2, 1, 1, 3, 0}, LOCATION[9] = {1, 3, 6, 1, 2, 1, 1, 6, 0},
               IF_DESCR[10] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 2}, IF_IN[10] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 10},
               IF_OUT[10] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 16}, VENDOR[8] = {1, 3, 6, 1, 4, 1, 99999, 7};

static const struct read_item PROBE_ITEMS[] = {{DESCR, 9, true, 0, false, false},
                                               {OBJECT_ID, 9, true, 0, false, false},
                                               {LOCATION, 9, true, 0, false, false},
                                               {VENDOR, 8, true, 0, false, false}};
static const struct read_item PLAN_ITEMS[] = {
    {OBJECT_ID, 9, true, 0, false, false},
    {UPTIME, 9, true, 0, false, false},
    {NAME, 9, true, 0, false, false},
    {LOCATION, 9, true, 1 * HOURS, false, false},
    {IF_DESCR, 10, false, 5 * MINUTES, false, false},
    {IF_IN, 10, false, 0, false, false},
    {IF_OUT, 10, false, 0, false, false},
};
static const struct read_item OTHER_ITEMS[] = {{NAME, 9, true, 0, false, false},
                                               {VENDOR, 8, false, 0, false, false}};

static const struct read_item SURVEY_ITEMS[] = {{NAME, 9, true, 0, false, false},
                                                {IF_DESCR, 10, false, 0, false, false}};

static const struct read_plan PROBE = {PROBE_ITEMS, ARRAY_LEN(PROBE_ITEMS)};
static const struct device_profile ORDINARY = {.plan = {PLAN_ITEMS, ARRAY_LEN(PLAN_ITEMS)}};
const struct device_profile OTHER = {.plan = {OTHER_ITEMS, ARRAY_LEN(OTHER_ITEMS)}};

const struct read_plan *profile_set_probe(const struct profile_set *set)
{
    (void)set;
    return &PROBE;
}

enum err profile_match(struct profile_set *set, const struct varbind_set *probed, const char *name,
                       const struct device_profile **out)
{
    const struct varbind *id = varbind_set_find(probed, OBJECT_ID, 9);

    (void)set;
    if (name)
        return ERR_NOT_FOUND;
    *out = id && id->len && id->value_oid[id->len - 1] == 2 ? &OTHER : &ORDINARY;
    return ERR_OK;
}

const struct read_plan *device_profile_plan(const struct device_profile *p)
{
    return &p->plan;
}

/* Traps are about ifDescr and ifInOctets here; the other device has neither. */
enum err device_profile_mark(const struct device_profile *p, const struct trap_rule *rule, bool *marks,
                             size_t *count)
{
    (void)rule;
    *count = p == &ORDINARY ? 2 : 0;
    for (size_t i = 4; i < 4 + *count; i++)
        marks[i] = true;
    return ERR_OK;
}

static const struct read_plan SURVEY = {SURVEY_ITEMS, ARRAY_LEN(SURVEY_ITEMS)};

const struct read_plan *device_profile_survey(const struct device_profile *p)
{
    (void)p;
    return &SURVEY;
}

struct world *open_world(int version)
{
    struct world *w = calloc(1, sizeof *w);
    struct poll_options o = {.version = version};

    assert_non_null(w);
    w->agent = agent_new();
    w->version = version;
    w->now = 1000 * SECONDS;
    w->varbinds = varbind_set_new();
    assert_ok(poll_new(&o, &w->poll));
    agent_system(w->agent, "one", "1.3.6.1.4.1.99999.1", 100000);
    for (int i = 1; i <= 50; i++) {
        char oid[100];

        snprintf(oid, sizeof oid, "1.3.6.1.2.1.2.2.1.2.%d", i * 3);
        agent_text(w->agent, oid, "eth");
        snprintf(oid, sizeof oid, "1.3.6.1.2.1.2.2.1.10.%d", i * 3);
        agent_number(w->agent, oid, SNMP_COUNTER32, (uint64_t)i);
        snprintf(oid, sizeof oid, "1.3.6.1.2.1.2.2.1.16.%d", i * 3);
        agent_number(w->agent, oid, SNMP_COUNTER32, (uint64_t)i * 1000);
    }
    agent_integer(w->agent, "1.3.6.1.2.1.2.2.1.17.1", 5); /* behind the last column */
    return w;
}

void close_world(struct world *w)
{
    agent_free(w->agent);
    poll_free(w->poll);
    varbind_set_free(w->varbinds);
    buf_fini(&w->reply);
    free(w);
}

enum err exchange(struct world *w, const struct poll_request *ask, struct snmp_message *m)
{
    if (w->silent_after && w->requests > w->silent_after)
        return ERR_TIMEOUT;
    if (w->lost_from && w->requests >= w->lost_from && w->requests <= w->lost_to)
        return ERR_TIMEOUT;
    if (w->path_most && ask->count * (ask->max_repetitions ? ask->max_repetitions : 1) > w->path_most)
        return ERR_TIMEOUT;
    enum err e = agent_ask(w->agent, w->version, ask, &w->reply, m);

    m->engine_boots = w->boots;
    return e;
}

const struct poll_summary *go_on(struct world *w, enum poll_next next, struct poll_request *first)
{
    struct poll_request ask = *first;

    w->requests = w->gets = w->walks = w->varbinds_most = 0;
    while (next == POLL_ASK) {
        struct snmp_message m;

        assert_true(w->requests++ < REQUESTS_MAX);
        if (ask.type == SNMP_GET)
            w->gets++;
        else
            w->walks++;
        if (ask.count > w->varbinds_most)
            w->varbinds_most = ask.count;
        enum err e = exchange(w, &ask, &m);
        w->now += 5 * MILLISECONDS;
        next = poll_step(w->poll, w->now, e, e ? NULL : &m, &ask);
    }
    varbind_set_clear(w->varbinds);
    poll_thaw(w->poll);
    assert_ok(poll_collect(w->poll, w->varbinds));
    return poll_summary(w->poll);
}

const struct poll_summary *run_poll(struct world *w, bool is_careful)
{
    struct poll_request ask;
    enum poll_next next = poll_begin(w->poll, w->now, w->now + 30 * SECONDS, is_careful, &ask);

    return go_on(w, next, &ask);
}

const struct poll_summary *run_wanted(struct world *w)
{
    struct poll_request ask;
    enum poll_next next = poll_begin_wanted(w->poll, w->now, w->now + 30 * SECONDS, &ask);

    return go_on(w, next, &ask);
}

size_t rows(const struct world *w, const uint32_t *column, size_t len)
{
    size_t begin, end;

    varbind_set_below(w->varbinds, column, len, &begin, &end);
    return end - begin;
}
