/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_commands.c - what people do with an incident stands in it: who, when, what, to whom, until when. */
#include <stdlib.h>
#include <string.h>

#include "alerts/event_json.h"
#include "lib/runtime/mqtt_io.h"
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

#define INTERVAL (5 * SECONDS)

/* The open incident as it stands, unpacked into a copy of its own. */
struct copy {
    Nw__Incident *incident;
};

static void take_copy(void *ctx, const Nw__Incident *i)
{
    struct copy *c = ctx;
    size_t len = nw__incident__get_packed_size(i);
    uint8_t *bytes = malloc(len);

    assert_non_null(bytes);
    nw__incident__pack(i, bytes);
    assert_null(c->incident);
    c->incident = nw__incident__unpack(NULL, len, bytes);
    free(bytes);
}

static Nw__Incident *the_incident(const struct world *w)
{
    struct copy c = {NULL};

    engine_open_incidents(w->engine, take_copy, &c);
    assert_non_null(c.incident);
    return c.incident;
}

static void forget(Nw__Incident *i)
{
    nw__incident__free_unpacked(i, NULL);
}

static struct world *town_with_a_cut(void)
{
    char *text = world_town(2, 1, 4);
    struct world *w = world_new(text, INTERVAL, 7);

    free(text);
    world_run(w, 4 * INTERVAL);
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(w->said_count, 1);
    return w;
}

static const char *tell(struct world *w, struct engine_command c)
{
    c.id = "c";
    c.target = w->said[0].id;
    c.by = c.by ? c.by : "Schmidt";
    c.via = c.via ? c.via : "mqtt";
    c.comment = c.comment ? c.comment : "";
    return engine_command(w->engine, w->now, &c);
}

static void an_incident_tells_who_did_what_and_when(void **state)
{
    struct world *w = town_with_a_cut();
    ns_t assigned_at;
    Nw__Incident *i;

    (void)state;
    assert_null(tell(w, (struct engine_command){.verb = "acknowledge"}));
    world_run(w, 20 * SECONDS);
    assigned_at = w->now;
    assert_null(
        tell(w, (struct engine_command){
                    .verb = "assign", .to = "Tiefbau", .comment = "Bagger", .by = "Meier", .via = "cli"}));
    assert_non_null(tell(w, (struct engine_command){.verb = "assign"}));
    assert_null(tell(w, (struct engine_command){.verb = "close", .comment = "erledigt"}));
    i = the_incident(w);
    assert_int_equal(i->n_history, 3);
    assert_string_equal(i->history[0]->verb, "acknowledge");
    assert_string_equal(i->history[0]->by, "Schmidt");
    assert_string_equal(i->history[1]->to, "Tiefbau");
    assert_string_equal(i->history[1]->by, "Meier");
    assert_string_equal(i->history[1]->via, "cli");
    assert_int_equal(i->history[1]->at, assigned_at);
    assert_string_equal(i->assigned, "Tiefbau");
    assert_string_equal(i->operator_state, "closed");
    forget(i);
    world_free(w);
}

static void a_shelving_that_runs_out_is_told_and_stands_in_the_history(void **state)
{
    struct world *w = town_with_a_cut();
    Nw__Incident *i;
    ns_t until = w->now + MINUTES;

    (void)state;
    assert_non_null(tell(w, (struct engine_command){.verb = "shelve", .until = until}));
    assert_null(tell(w, (struct engine_command){.verb = "shelve", .until = until, .comment = "Bagger"}));
    world_run(w, 2 * MINUTES);
    i = the_incident(w);
    assert_int_equal(i->n_history, 2);
    assert_int_equal(i->history[0]->until, until);
    assert_string_equal(i->history[1]->verb, "unshelve");
    assert_string_equal(i->history[1]->by, "netzwacht");
    assert_true((ns_t)i->history[1]->at >= until);
    assert_string_equal(i->operator_state, "none");
    forget(i);
    assert_non_null(tell(w, (struct engine_command){.verb = "unshelve"}));
    assert_null(
        tell(w, (struct engine_command){.verb = "shelve", .until = w->now + MINUTES, .comment = "x"}));
    assert_null(tell(w, (struct engine_command){.verb = "unshelve"}));
    world_free(w);
}

static void the_history_survives_a_restart_and_the_oldest_changes_make_room(void **state)
{
    struct world *w = town_with_a_cut();
    Nw__Incident *i;

    (void)state;
    assert_null(tell(w, (struct engine_command){.verb = "assign", .to = "Tiefbau"}));
    for (int k = 0; k < 40; k++)
        assert_null(tell(w, (struct engine_command){.verb = "comment", .comment = "unterwegs"}));
    world_restart_engine(w);
    i = the_incident(w);
    assert_int_equal(i->n_history, 32);
    assert_int_equal(i->history_more, 9);
    assert_string_equal(i->history[0]->comment, "unterwegs");
    assert_string_equal(i->assigned, "Tiefbau");
    forget(i);
    world_free(w);
}

static void the_longest_history_fits_into_one_message(void **state)
{
    struct world *w = town_with_a_cut();
    struct buf event = BUF_INIT;
    Nw__Incident *i;
    char comment[512];

    (void)state;
    memset(comment, '<', sizeof comment - 1); /* six bytes each in JSON */
    comment[sizeof comment - 1] = '\0';
    for (int k = 0; k < 32; k++)
        assert_null(tell(w, (struct engine_command){.verb = "comment", .comment = comment}));
    i = the_incident(w);
    event_json_event("norderstedt", i, w->now, &event);
    assert_ok(buf_error(&event));
    assert_true(event.len < MQTT_PAYLOAD_MAX / 2);
    assert_non_null(strstr(event.data, "\"history_more\":"));
    forget(i);
    buf_fini(&event);
    world_free(w);
}

RUN_TESTS("commands", cmocka_unit_test(an_incident_tells_who_did_what_and_when),
          cmocka_unit_test(a_shelving_that_runs_out_is_told_and_stands_in_the_history),
          cmocka_unit_test(the_history_survives_a_restart_and_the_oldest_changes_make_room),
          cmocka_unit_test(the_longest_history_fits_into_one_message))
