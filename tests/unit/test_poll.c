/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_poll.c - reading one device: honest agents, odd ones, hostile ones. */
#include "tests/unit/poll_world.h"

static void the_first_poll_identifies_and_walks_later_ones_get(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_true(poll_summary(w->poll)->is_new_kind);
    assert_true(w->walks > 0);
    assert_int_equal(rows(w, IF_DESCR, 10), 50);
    assert_int_equal(rows(w, IF_IN, 10), 50);
    assert_int_equal(rows(w, IF_OUT, 10), 50);
    assert_non_null(varbind_set_find(w->varbinds, UPTIME, 9));
    assert_true(poll_summary(w->poll)->uptime_ms == 1000000);
    w->now += 60 * SECONDS;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_false(poll_summary(w->poll)->is_new_kind);
    assert_int_equal(w->walks, 0);
    assert_int_equal(w->gets,
                     2); /* 2 + 1 scalars and 100 counters; descriptions are young, the location is absent */
    assert_true(w->varbinds_most <= SNMP_ASK_MAX);
    assert_int_equal(rows(w, IF_DESCR, 10), 50);
    close_world(w);
}

static void values_of_a_later_poll_are_the_new_ones(void **state)
{
    struct world *w = open_world(1);
    const uint32_t instance[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 10, 150};

    (void)state;
    run_poll(w, false);
    agent_number(w->agent, "1.3.6.1.2.1.2.2.1.10.150", SNMP_COUNTER32, 4000000000u);
    w->now += 60 * SECONDS;
    run_poll(w, false);
    assert_true(varbind_set_find(w->varbinds, instance, 11)->number == 4000000000u);
    assert_true(poll_read_at(w->poll, instance, 11) > w->now - 1 * SECONDS);
    close_world(w);
}

static void a_table_is_read_anew_when_its_age_is_reached(void **state)
{
    struct world *w = open_world(1);
    const uint32_t descr[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 3};

    (void)state;
    run_poll(w, false);
    agent_text(w->agent, "1.3.6.1.2.1.2.2.1.2.3", "new");
    w->now += 60 * SECONDS;
    run_poll(w, false);
    assert_string_equal((const char *)varbind_set_find(w->varbinds, descr, 11)->bytes, "eth");
    w->now += 240 * SECONDS;
    run_poll(w, false);
    assert_string_equal((const char *)varbind_set_find(w->varbinds, descr, 11)->bytes, "new");
    close_world(w);
}

static void a_vanished_row_leads_to_a_walk_in_the_next_poll(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    run_poll(w, false);
    agent_remove(w->agent, "1.3.6.1.2.1.2.2.1.10.45");
    agent_number(w->agent, "1.3.6.1.2.1.2.2.1.10.1000", SNMP_COUNTER32, 5);
    w->now += 60 * SECONDS;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_int_equal(rows(w, IF_IN, 10), 49);
    w->now += 60 * SECONDS;
    run_poll(w, false);
    assert_true(w->walks > 0);
    assert_int_equal(rows(w, IF_IN, 10), 50);
    close_world(w);
}

static void another_sysobjectid_is_another_device(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    run_poll(w, false);
    agent_oid(w->agent, "1.3.6.1.2.1.1.2.0", "1.3.6.1.4.1.99999.2");
    agent_integer(w->agent, "1.3.6.1.4.1.99999.7.1", 1);
    w->now += 60 * SECONDS;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_true(poll_summary(w->poll)->is_new_kind);
    assert_ptr_equal(poll_profile(w->poll), &OTHER);
    assert_int_equal(rows(w, VENDOR, 8), 1);
    assert_int_equal(rows(w, IF_IN, 10), 0);
    close_world(w);
}

static void a_restart_is_noticed_and_the_tables_are_walked_again(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    run_poll(w, false);
    agent_number(w->agent, "1.3.6.1.2.1.1.3.0", SNMP_TIMETICKS, 50);
    w->now += 60 * SECONDS;
    assert_true(run_poll(w, false)->is_restarted);
    w->now += 60 * SECONDS;
    run_poll(w, false);
    assert_true(w->walks > 0);
    assert_false(poll_summary(w->poll)->is_restarted);
    close_world(w);
}

static void a_restart_that_only_the_engine_tells_of_is_noticed_too(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    w->boots = 3;
    run_poll(w, false);
    w->now += 60 * SECONDS;
    assert_false(run_poll(w, false)->is_restarted);
    w->boots = 4;
    w->now += 60 * SECONDS;
    assert_true(run_poll(w, false)->is_restarted);
    w->now += 60 * SECONDS;
    run_poll(w, false);
    assert_true(w->walks > 0);
    close_world(w);
}

/* New firmware or another box: what is read once an hour is read at once. */
static void after_a_restart_everything_is_due(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    agent_text(w->agent, "1.3.6.1.2.1.1.6.0", "here");
    run_poll(w, false);
    agent_text(w->agent, "1.3.6.1.2.1.1.6.0", "there");
    w->now += 60 * SECONDS;
    run_poll(w, false);
    assert_memory_equal(varbind_set_find(w->varbinds, LOCATION, 9)->bytes, "here", 5);
    agent_number(w->agent, "1.3.6.1.2.1.1.3.0", SNMP_TIMETICKS, 50);
    w->now += 60 * SECONDS;
    run_poll(w, false);
    w->now += 60 * SECONDS;
    run_poll(w, false);
    assert_memory_equal(varbind_set_find(w->varbinds, LOCATION, 9)->bytes, "there", 6);
    close_world(w);
}

static void silence_is_a_miss_and_costs_one_request(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    run_poll(w, false);
    agent_set_fault(w->agent, AGENT_GARBAGE);
    w->now += 60 * SECONDS;
    assert_int_equal(run_poll(w, false)->outcome, POLL_BROKEN);
    assert_false(poll_summary(w->poll)->is_answered);
    assert_non_null(poll_summary(w->poll)->why);
    assert_int_equal(w->requests, 1);
    agent_set_fault(w->agent, AGENT_HONEST);
    assert_int_equal(run_poll(w, true)->outcome, POLL_OK);
    assert_int_equal(w->gets, 3); /* careful: the first one carries two varbinds alone */
    close_world(w);
}

/* Silence in the middle: the items not read are known as such; the structure stays. */
static void an_agent_that_falls_silent_in_the_middle_gives_part(void **state)
{
    struct world *w = open_world(1);
    const uint32_t first[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 10, 3},
                   last[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 16, 150};

    (void)state;
    run_poll(w, false);
    w->now += 60 * SECONDS;
    w->silent_after = 1;
    assert_int_equal(run_poll(w, false)->outcome, POLL_PARTIAL);
    assert_true(poll_summary(w->poll)->is_answered);
    assert_true(poll_has_read(w->poll, first, 11));
    assert_false(poll_has_read(w->poll, last, 11));
    assert_int_equal(rows(w, IF_OUT, 10), 50);
    w->silent_after = 0;
    w->now += 60 * SECONDS;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_true(poll_has_read(w->poll, last, 11));
    close_world(w);
}

/* Every POLL_REWALK a poll begins with the question who answers. */
static void what_falls_silent_while_it_says_who_it_is_has_no_new_values(void **state)
{
    struct world *w = open_world(1);
    const uint32_t row[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 10, 3};

    (void)state;
    run_poll(w, false);
    w->now += 2 * POLL_REWALK;
    w->silent_after = 1;
    assert_int_equal(run_poll(w, false)->outcome, POLL_PARTIAL);
    assert_false(poll_has_read(w->poll, row, 11));
    w->silent_after = 0;
    w->now += 60 * SECONDS;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_true(poll_has_read(w->poll, row, 11));
    close_world(w);
}

static void a_walk_goes_on_at_its_last_oid_after_a_lost_request(void **state)
{
    struct world *w = open_world(1);
    size_t walks;

    (void)state;
    run_poll(w, false);
    walks = w->walks;
    for (size_t lost = 1; lost <= 2; lost++) {
        w->now += 2 * POLL_REWALK;
        w->lost_from = 4; /* in the middle of the walk */
        w->lost_to = 3 + lost;
        assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
        assert_int_equal(rows(w, IF_DESCR, 10), 50);
        assert_int_equal(rows(w, IF_OUT, 10), 50);
        assert_true(w->walks > walks);
        assert_true(w->walks <= walks + 3 * lost); /* no row twice */
    }
    close_world(w);
}

static ns_t row_read_at(const struct world *w, const uint32_t *column, uint32_t row)
{
    uint32_t oid[11];

    memcpy(oid, column, 10 * sizeof *oid);
    oid[10] = row;
    return poll_read_at(w->poll, oid, 11);
}

/* A walk, and a GET of known instances, of which the agent gives a part. */
static void of_a_table_read_in_part_each_row_has_its_own_age(void **state)
{
    struct world *w = open_world(1);
    const uint32_t first[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 3}, last[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 150},
                   middle[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 10, 3};

    (void)state;
    run_poll(w, false);
    const ns_t before = row_read_at(w, IF_DESCR, 3), then = w->now + 2 * POLL_REWALK;
    agent_remove(w->agent, "1.3.6.1.2.1.2.2.1.2.6");
    w->now = then;
    w->silent_after = 4;
    assert_int_equal(run_poll(w, false)->outcome, POLL_PARTIAL);
    assert_true(w->walks >= 1);
    assert_true(row_read_at(w, IF_DESCR, 3) >= then);
    assert_true(row_read_at(w, IF_DESCR, 150) <= before);
    assert_true(poll_has_read(w->poll, first, 11));
    assert_false(poll_has_read(w->poll, last, 11));
    assert_int_equal(rows(w, IF_DESCR, 10), 49); /* the vanished one, and no other */
    /* The next poll reads it whole. */
    w->now += 60 * SECONDS;
    w->silent_after = 0;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_true(row_read_at(w, IF_DESCR, 150) >= then + 60 * SECONDS);
    assert_true(poll_has_read(w->poll, last, 11));
    /* By GET; one value has grown, so that the column was on its way to another place. */
    for (int longer = 0; longer < 2; longer++) {
        if (longer)
            agent_number(w->agent, "1.3.6.1.2.1.2.2.1.10.3", SNMP_COUNTER32, 400000);
        const ns_t at = w->now += 60 * SECONDS;
        poll_recall(w->poll, 20, 0);
        w->silent_after = 2;
        assert_int_equal(run_poll(w, false)->outcome, POLL_PARTIAL);
        assert_int_equal(w->walks, 0);
        assert_true(row_read_at(w, IF_IN, 3) >= at);
        assert_true(poll_has_read(w->poll, middle, 11));
        assert_true(row_read_at(w, IF_IN, 150) < at);
        assert_true(row_read_at(w, IF_OUT, 3) < at);
        assert_int_equal(rows(w, IF_IN, 10), 50);
        /* Nothing at all in the poll after that: the first part keeps its age. */
        w->now += 60 * SECONDS;
        w->silent_after = 0;
        agent_set_fault(w->agent, AGENT_GARBAGE);
        run_poll(w, false);
        assert_true(row_read_at(w, IF_IN, 3) >= at);
        assert_false(poll_has_read(w->poll, middle, 11));
        agent_set_fault(w->agent, AGENT_HONEST);
        w->now += 60 * SECONDS;
        assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    }
    close_world(w);
}

/* As the daemon does: small first after a poll without an answer. */
static enum poll_outcome poll_a_minute_later(struct world *w)
{
    bool is_careful = !poll_summary(w->poll)->is_answered;

    w->now += 60 * SECONDS;
    return run_poll(w, is_careful)->outcome;
}

static void a_path_that_loses_what_is_large_is_learned(void **state)
{
    struct world *w = open_world(1);
    uint32_t get, walk, missed = 0;

    (void)state;
    w->path_most = 12;
    assert_false(run_poll(w, false)->outcome == POLL_TIMEOUT);
    for (int i = 0; i < 9; i++) /* not again until the next full identification */
        poll_a_minute_later(w);
    for (int i = 0; i < 30; i++)
        missed += poll_a_minute_later(w) != POLL_OK;
    assert_in_range(missed, 0, 1);
    assert_int_equal(rows(w, IF_OUT, 10), 50);
    poll_learned(w->poll, &get, &walk);
    assert_in_range(get, 8, 13);
    assert_in_range(walk, 8, 14);
    close_world(w);
}

static void a_path_that_takes_next_to_nothing_is_read_by_ones(void **state)
{
    struct world *w = open_world(1);
    uint32_t get, walk, missed = 0;

    (void)state;
    w->path_most = 3; /* who is it? is asked by threes after a poll without an answer */
    run_poll(w, true);
    for (int i = 0; i < 20; i++)
        poll_a_minute_later(w);
    for (int i = 0; i < 30; i++)
        missed += poll_a_minute_later(w) != POLL_OK;
    assert_in_range(missed, 0, 1);
    assert_int_equal(rows(w, IF_OUT, 10), 50);
    poll_learned(w->poll, &get, &walk);
    assert_in_range(get, 1, 3);
    assert_in_range(walk, 1, 3);
    /* And when the path is better, more is asked for again. */
    w->path_most = 0;
    for (int i = 0; i < 10; i++)
        poll_a_minute_later(w);
    w->now += ADAPT_MEMORY;
    for (int i = 0; i < 10; i++)
        poll_a_minute_later(w);
    poll_learned(w->poll, &get, &walk);
    assert_true(get == 0 || get > 20);
    close_world(w);
}

static void hostile_walks_end_at_once_and_are_called_broken(void **state)
{
    static const enum agent_fault faults[] = {AGENT_SAME_OID, AGENT_DECREASING, AGENT_PING_PONG,
                                              AGENT_EMPTY,    AGENT_GEN_ERR,    AGENT_GEN_ERR_NO_INDEX};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        struct world *w = open_world(1);

        agent_set_fault(w->agent, faults[i]);
        const struct poll_summary *s = run_poll(w, false);
        assert_int_equal(s->outcome, POLL_PARTIAL);
        assert_true(s->is_answered);
        assert_true(s->is_walk_broken);
        assert_non_null(s->why);
        if (w->walks > 6)
            fail_msg("fault %d cost %zu requests", (int)faults[i], w->walks);
        /* Not asked again and again: the scalars alone until the next walk is due. */
        const char *why = s->why;
        w->now += 60 * SECONDS;
        s = run_poll(w, false);
        assert_int_equal(w->walks, 0);
        assert_ptr_equal(s->why, why); /* still broken, for the same reason */
        /* And it heals. */
        agent_set_fault(w->agent, AGENT_HONEST);
        w->now += 2 * POLL_REWALK;
        assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
        assert_null(poll_summary(w->poll)->why);
        assert_int_equal(rows(w, IF_IN, 10), 50);
        close_world(w);
    }
}

static void an_endless_table_stops_at_its_bound(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    agent_set_fault(w->agent, AGENT_ENDLESS);
    const struct poll_summary *s = run_poll(w, false);
    assert_true(s->is_walk_broken);
    assert_true(w->walks < REQUESTS_MAX);
    assert_true(rows(w, IF_IN, 10) <= WALK_ROWS_MAX);
    close_world(w);
}

static void an_agent_with_small_replies_is_read_in_small_pieces(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    agent_set_fault(w->agent, AGENT_TOO_BIG);
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_int_equal(rows(w, IF_OUT, 10), 50);
    w->now += 60 * SECONDS;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    w->now += 60 * SECONDS;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_true(w->varbinds_most <= 8); /* remembered */
    close_world(w);
}

static void a_version_1_agent_is_read_with_getnext_and_without_absent_scalars(void **state)
{
    struct world *w = open_world(0);

    (void)state;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_int_equal(rows(w, IF_DESCR, 10), 50);
    assert_int_equal(rows(w, IF_OUT, 10), 50);
    assert_null(varbind_set_find(w->varbinds, LOCATION, 9));
    w->now += 60 * SECONDS;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_int_equal(w->walks, 0);
    agent_remove(w->agent, "1.3.6.1.2.1.2.2.1.16.9");
    w->now += 60 * SECONDS;
    assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
    assert_int_equal(rows(w, IF_OUT, 10), 49);
    close_world(w);
}

static void an_agent_that_has_nothing_is_broken_and_not_down(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    agent_free(w->agent);
    w->agent = agent_new();
    assert_int_equal(run_poll(w, false)->outcome, POLL_BROKEN);
    assert_true(poll_summary(w->poll)->is_answered);
    close_world(w);
}

static void a_poll_ends_at_its_deadline(void **state)
{
    struct world *w = open_world(1);
    struct poll_request ask;
    struct snmp_message m;

    (void)state;
    assert_int_equal(poll_begin(w->poll, w->now, w->now + 1 * SECONDS, false, &ask), POLL_ASK);
    assert_ok(exchange(w, &ask, &m));
    assert_int_equal(poll_step(w->poll, w->now + 2 * SECONDS, ERR_OK, &m, &ask), POLL_FINISHED);
    assert_true(poll_summary(w->poll)->is_answered);
    assert_false(poll_is_running(w->poll));
    close_world(w);
}

static void a_survey_begins_small_and_reads_its_own_plan(void **state)
{
    struct world *w = open_world(1);
    struct poll_options o = {.version = 1, .is_survey = true};
    struct poll_request ask;

    (void)state;
    poll_free(w->poll);
    assert_ok(poll_new(&o, &w->poll));
    assert_int_equal(poll_begin(w->poll, w->now, w->now + SECONDS, true, &ask), POLL_ASK);
    assert_int_equal(ask.count, 3); /* of the four probes */
    assert_int_equal(run_poll(w, true)->outcome, POLL_OK);
    varbind_set_clear(w->varbinds);
    assert_ok(poll_collect(w->poll, w->varbinds));
    assert_int_equal(varbind_set_count(w->varbinds), 51); /* sysName and 50 interfaces */
    close_world(w);
}

RUN_TESTS("poll", cmocka_unit_test(a_survey_begins_small_and_reads_its_own_plan),
          cmocka_unit_test(the_first_poll_identifies_and_walks_later_ones_get),
          cmocka_unit_test(values_of_a_later_poll_are_the_new_ones),
          cmocka_unit_test(a_table_is_read_anew_when_its_age_is_reached),
          cmocka_unit_test(a_vanished_row_leads_to_a_walk_in_the_next_poll),
          cmocka_unit_test(another_sysobjectid_is_another_device),
          cmocka_unit_test(a_restart_is_noticed_and_the_tables_are_walked_again),
          cmocka_unit_test(a_restart_that_only_the_engine_tells_of_is_noticed_too),
          cmocka_unit_test(after_a_restart_everything_is_due),
          cmocka_unit_test(silence_is_a_miss_and_costs_one_request),
          cmocka_unit_test(an_agent_that_falls_silent_in_the_middle_gives_part),
          cmocka_unit_test(what_falls_silent_while_it_says_who_it_is_has_no_new_values),
          cmocka_unit_test(a_walk_goes_on_at_its_last_oid_after_a_lost_request),
          cmocka_unit_test(of_a_table_read_in_part_each_row_has_its_own_age),
          cmocka_unit_test(a_path_that_loses_what_is_large_is_learned),
          cmocka_unit_test(a_path_that_takes_next_to_nothing_is_read_by_ones),
          cmocka_unit_test(hostile_walks_end_at_once_and_are_called_broken),
          cmocka_unit_test(an_endless_table_stops_at_its_bound),
          cmocka_unit_test(an_agent_with_small_replies_is_read_in_small_pieces),
          cmocka_unit_test(a_version_1_agent_is_read_with_getnext_and_without_absent_scalars),
          cmocka_unit_test(an_agent_that_has_nothing_is_broken_and_not_down),
          cmocka_unit_test(a_poll_ends_at_its_deadline))
