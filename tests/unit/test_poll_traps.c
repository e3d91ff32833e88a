/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_poll_traps.c - what a poll reads for a trap, and when. */
#include "tests/unit/poll_world.h"

#include "collector/field.h"

/* ifOutOctets is not what the trap is about: it keeps its value and its time. */
static void tables_of_a_slowed_device_are_read_less_often_and_traps_still_count(void **state)
{
    static const struct trap_rule rule = {.is_walked = false};
    struct world *w = open_world(1);
    struct poll_request ask;

    (void)state;
    run_poll(w, false);
    poll_slow_down(w->poll, 3 * MINUTES);
    for (int minute = 1; minute <= 3; minute++) {
        w->now += 60 * SECONDS;
        assert_int_equal(run_poll(w, false)->outcome, POLL_OK);
        assert_int_equal(rows(w, IF_IN, 10), 50);
        assert_int_equal(w->requests, minute < 3 ? 1 : 2); /* scalars alone, then the counters */
    }
    w->now += 2 * SECONDS;
    assert_true(poll_want(w->poll, &rule));
    assert_int_equal(poll_begin_wanted(w->poll, w->now, w->now + SECONDS, &ask), POLL_ASK);
    assert_true(ask.count > 3);
    poll_abort(w->poll);
    poll_slow_down(w->poll, 0);
    w->now += 60 * SECONDS;
    run_poll(w, false);
    assert_int_equal(w->requests, 2);
    close_world(w);
}

static void a_trap_reads_what_it_is_about_and_nothing_else(void **state)
{
    struct world *w = open_world(1);
    const uint32_t descr[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 3}, in[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 10, 3},
                   out[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 16, 3};
    ns_t first;

    (void)state;
    assert_false(poll_want(w->poll, &(struct trap_rule){0})); /* not recognised yet */
    run_poll(w, false);
    first = w->now;
    w->now += 20 * SECONDS;
    agent_text(w->agent, "1.3.6.1.2.1.2.2.1.2.3", "new"); /* younger than its age */
    agent_number(w->agent, "1.3.6.1.2.1.2.2.1.10.3", SNMP_COUNTER32, 111);
    agent_number(w->agent, "1.3.6.1.2.1.2.2.1.16.3", SNMP_COUNTER32, 222);
    assert_true(poll_want(w->poll, &(struct trap_rule){0}));
    assert_int_equal(run_wanted(w)->outcome, POLL_OK);
    assert_int_equal(w->walks, 0);
    assert_string_equal((const char *)varbind_set_find(w->varbinds, descr, 11)->bytes, "new");
    assert_int_equal(varbind_set_find(w->varbinds, in, 11)->number, 111);
    assert_int_equal(varbind_set_find(w->varbinds, out, 11)->number, 1000);
    assert_true(poll_read_at(w->poll, in, 11) > first);
    assert_true(poll_read_at(w->poll, out, 11) <= first);
    assert_true(poll_has_read(w->poll, out, 11)); /* not due, so nothing is missing */
    run_poll(w, false);                           /* and the next poll is an ordinary one */
    assert_int_equal(varbind_set_find(w->varbinds, out, 11)->number, 222);
    close_world(w);
}

static void what_a_trap_wants_later_is_read_then_though_a_poll_comes_before(void **state)
{
    struct world *w = open_world(1);
    const uint32_t descr[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 3};

    (void)state;
    run_poll(w, false);
    assert_true(poll_want(w->poll, &(struct trap_rule){0}));
    poll_keep_wanted(w->poll, true);
    w->now += 20 * SECONDS;
    run_poll(w, false);
    agent_text(w->agent, "1.3.6.1.2.1.2.2.1.2.3", "new"); /* younger than its age */
    poll_keep_wanted(w->poll, false);
    w->now += 5 * SECONDS;
    run_wanted(w);
    assert_string_equal((const char *)varbind_set_find(w->varbinds, descr, 11)->bytes, "new");
    close_world(w);
}

static void a_trap_about_new_rows_walks_their_tables(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    run_poll(w, false);
    agent_number(w->agent, "1.3.6.1.2.1.2.2.1.10.500", SNMP_COUNTER32, 5);
    w->now += 20 * SECONDS;
    poll_want(w->poll, &(struct trap_rule){0});
    run_wanted(w);
    assert_int_equal(rows(w, IF_IN, 10), 50);
    poll_want(w->poll, &(struct trap_rule){.is_walked = true});
    run_wanted(w);
    assert_true(w->walks > 0);
    assert_int_equal(rows(w, IF_IN, 10), 51);
    close_world(w);
}

/* The batch in flight belongs to what was asked for, whatever a trap wants meanwhile. */
static void a_trap_in_the_middle_of_a_poll_waits_for_its_end(void **state)
{
    struct world *w = open_world(1);
    const uint32_t in[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 10, 3}, out[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 16, 3};
    struct poll_request ask;
    struct snmp_message m;

    (void)state;
    run_poll(w, false);
    w->now += 60 * SECONDS;
    assert_int_equal(poll_begin(w->poll, w->now, w->now + 30 * SECONDS, false, &ask), POLL_ASK);
    assert_ok(exchange(w, &ask, &m));
    assert_true(poll_want(w->poll, &(struct trap_rule){.is_walked = true}));
    go_on(w, poll_step(w->poll, w->now, ERR_OK, &m, &ask), &ask);
    assert_int_equal(w->walks, 0);
    assert_int_equal(varbind_set_find(w->varbinds, in, 11)->number, 1);
    assert_int_equal(varbind_set_find(w->varbinds, out, 11)->number, 1000);
    run_wanted(w);
    assert_true(w->walks > 0);
    close_world(w);
}

static void what_a_trap_wants_of_another_device_is_a_whole_poll(void **state)
{
    struct world *w = open_world(1);

    (void)state;
    run_poll(w, false);
    assert_true(poll_want(w->poll, &(struct trap_rule){0}));
    agent_system(w->agent, "two", "1.3.6.1.4.1.99999.2", 200000);
    agent_integer(w->agent, "1.3.6.1.4.1.99999.7.1", 42);
    w->now += 20 * SECONDS;
    assert_int_equal(run_wanted(w)->outcome, POLL_OK);
    assert_int_equal(rows(w, VENDOR, 8), 1);
    assert_false(poll_want(w->poll, &(struct trap_rule){0}));
    close_world(w);
}

RUN_TESTS("poll for traps",
          cmocka_unit_test(tables_of_a_slowed_device_are_read_less_often_and_traps_still_count),
          cmocka_unit_test(a_trap_reads_what_it_is_about_and_nothing_else),
          cmocka_unit_test(what_a_trap_wants_later_is_read_then_though_a_poll_comes_before),
          cmocka_unit_test(a_trap_about_new_rows_walks_their_tables),
          cmocka_unit_test(a_trap_in_the_middle_of_a_poll_waits_for_its_end),
          cmocka_unit_test(what_a_trap_wants_of_another_device_is_a_whole_poll))
