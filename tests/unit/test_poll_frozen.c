/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_poll_frozen.c - a device that is polled frozen tells what it would tell otherwise: each value is the
 * one that the agent had when it is said to have been read, whatever was lost, vanished or restarted in
 * between. */
#include "tests/unit/poll_world.h"

#include <stdio.h>

#include "collector/field.h"
#include "lib/base/rng.h"

enum { POLLS = 400, ROWS = 50, RUNS = 12 };

#define INTERVAL (60 * SECONDS)

static const uint32_t *const counters[] = {IF_IN, IF_OUT};

struct history {
    struct world *w;
    struct shared_book *shared;
    struct rng rng;
    uint64_t in[POLLS][ROWS], out[POLLS][ROWS]; /* 0 = no such row */
    char name[POLLS][16];
    int poll;
    size_t frozen, partial, restarts;
    uint64_t uptime;
};

static void set_row(struct history *h, int column, int row, uint64_t before, uint64_t value)
{
    char oid[100];

    snprintf(oid, sizeof oid, "1.3.6.1.2.1.2.2.1.%d.%d", column, (row + 1) * 3);
    if (value)
        agent_number(h->w->agent, oid, SNMP_COUNTER32, value);
    else if (before)
        agent_remove(h->w->agent, oid);
}

/* What the agent has in the next poll. */
static void move_on(struct history *h)
{
    bool is_calm = rng_below(&h->rng, 3) != 0;
    int n = ++h->poll;

    h->w->now += INTERVAL;
    h->uptime += 6000;
    if (!is_calm && rng_below(&h->rng, 8) == 0)
        h->uptime = 100 + rng_below(&h->rng, 1000);
    agent_number(h->w->agent, "1.3.6.1.2.1.1.3.0", SNMP_TIMETICKS, h->uptime);
    memcpy(h->name[n], h->name[n - 1], sizeof h->name[n]);
    if (!is_calm && rng_below(&h->rng, 4) == 0)
        snprintf(h->name[n], sizeof h->name[n], "name %u", rng_below(&h->rng, 2000));
    agent_text(h->w->agent, "1.3.6.1.2.1.1.5.0", h->name[n]);
    for (int i = 0; i < ROWS; i++) {
        bool is_turned = !is_calm && rng_below(&h->rng, 200) == 0;
        uint64_t in = h->in[n - 1][i], out = h->out[n - 1][i];

        h->in[n][i] = in ? (uint32_t)(in + rng_below(&h->rng, 100000000)) | 1 : 0;
        h->out[n][i] = out ? (uint32_t)(out + rng_below(&h->rng, 3)) | 1 : 0;
        if (is_turned)
            h->in[n][i] = in ? 0 : 77;
        set_row(h, 10, i, in, h->in[n][i]);
        set_row(h, 16, i, out, h->out[n][i]);
    }
    h->w->lost_from = h->w->lost_to = h->w->silent_after = 0;
    agent_set_fault(h->w->agent, AGENT_HONEST);
    if (is_calm)
        return;
    switch (rng_below(&h->rng, 6)) {
    case 0: h->w->lost_from = h->w->lost_to = 1 + rng_below(&h->rng, 4); break;
    case 1: h->w->silent_after = 1 + rng_below(&h->rng, 3); break;
    case 2:
        h->w->lost_from = 1;
        h->w->lost_to = 100;
        break;
    case 3: agent_set_fault(h->w->agent, AGENT_TOO_BIG); break;
    default: break;
    }
}

/* The poll in which this was read. */
static int poll_of(ns_t read_at)
{
    return (int)((read_at - 1000 * SECONDS) / INTERVAL);
}

static void check_column(const struct history *h, const uint32_t *column, const uint64_t (*values)[ROWS])
{
    for (int i = 0; i < ROWS; i++) {
        uint32_t oid[11];
        const struct varbind *vb;
        int n;

        memcpy(oid, column, 10 * sizeof *oid);
        oid[10] = (uint32_t)(i + 1) * 3;
        vb = varbind_set_find(h->w->varbinds, oid, 11);
        if (!vb)
            continue;
        n = poll_of(poll_read_at(h->w->poll, oid, 11));
        assert_true(n >= 0 && n <= h->poll);
        assert_int_equal(vb->number, values[n][i]);
    }
}

static void check(struct history *h)
{
    static const uint32_t name[] = {1, 3, 6, 1, 2, 1, 1, 5, 0};
    const struct varbind *vb = varbind_set_find(h->w->varbinds, name, 9);

    if (vb)
        assert_string_equal((const char *)vb->bytes, h->name[poll_of(poll_read_at(h->w->poll, name, 9))]);
    check_column(h, counters[0], (const uint64_t(*)[ROWS])h->in);
    check_column(h, counters[1], (const uint64_t(*)[ROWS])h->out);
}

static void open_history(struct history *h, uint64_t seed, bool is_frozen)
{
    struct poll_options o = {.version = 1};

    h->w = open_world(1);
    h->rng = (struct rng){seed};
    h->shared = shared_book_new();
    assert_non_null(h->shared);
    h->uptime = 100000;
    if (is_frozen)
        o.shared = h->shared;
    poll_free(h->w->poll);
    assert_ok(poll_new(&o, &h->w->poll));
    for (int i = 0; i < ROWS; i++) {
        h->in[0][i] = (uint64_t)i + 1;
        h->out[0][i] = ((uint64_t)i + 1) * 1000;
    }
    snprintf(h->name[0], sizeof h->name[0], "one");
}

static void close_history(struct history *h)
{
    close_world(h->w);
    assert_int_equal(shared_count(h->shared), 0);
    shared_book_free(h->shared);
    free(h);
}

static void every_value_is_of_the_time_that_it_is_said_to_be_of(void **state)
{
    static const struct trap_rule rule;
    size_t frozen = 0, partial = 0, restarts = 0;

    (void)state;
    for (int run = 0; run < 2 * RUNS; run++) {
        struct history *h = calloc(1, sizeof *h);

        assert_non_null(h);
        open_history(h, 20261122 + (uint64_t)run / 2, run % 2 == 0);
        while (h->poll < POLLS - 1) {
            const struct poll_summary *s;

            move_on(h);
            if (rng_below(&h->rng, 40) == 0)
                (void)poll_want(h->w->poll, &rule);
            frozen += poll_is_frozen(h->w->poll);
            s = rng_below(&h->rng, 50) == 0 ? run_wanted(h->w) : run_poll(h->w, rng_below(&h->rng, 50) == 0);
            partial += run % 2 == 0 && s->outcome == POLL_PARTIAL;
            restarts += run % 2 == 0 && s->is_restarted;
            check(h);
            poll_freeze(h->w->poll);
        }
        close_history(h);
    }
    print_message("# %zu polls frozen, %zu partial ones, %zu restarts\n", frozen, partial, restarts);
    assert_true(frozen > RUNS * POLLS / 4);
    assert_true(partial > 10 && restarts > 10);
}

/* 148 values of equal devices: what they have in common is there once. */
static void equal_devices_share_all_but_their_values(void **state)
{
    struct shared_book *shared = shared_book_new();
    struct poll_options o = {.version = 1, .shared = shared};
    struct world *worlds[20];
    size_t of_one;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(worlds); i++) {
        worlds[i] = open_world(1);
        poll_free(worlds[i]->poll);
        assert_ok(poll_new(&o, &worlds[i]->poll));
        run_poll(worlds[i], false);
        poll_freeze(worlds[i]->poll);
        assert_true(poll_is_frozen(worlds[i]->poll));
        if (i == 0)
            of_one = shared_count(shared);
        assert_int_equal(shared_count(shared), of_one);
    }
    for (size_t i = 0; i < ARRAY_LEN(worlds); i++)
        close_world(worlds[i]);
    assert_int_equal(shared_count(shared), 0);
    shared_book_free(shared);
}

/* The reply to what was asked before the trap came answers a frozen poll's packet; it is asked for anew. */
static void a_trap_in_the_middle_of_a_frozen_poll_mixes_nothing_up(void **state)
{
    static const struct trap_rule rule;
    struct history *h = calloc(1, sizeof *h);
    struct poll_request ask;
    struct snmp_message m;
    enum poll_next next;

    (void)state;
    assert_non_null(h);
    open_history(h, 1, true);
    run_poll(h->w, false);
    poll_freeze(h->w->poll);
    for (int i = 0; i < 2; i++) {
        h->rng = (struct rng){3};
        move_on(h);
        h->w->lost_from = h->w->lost_to = h->w->silent_after = 0;
        assert_true(poll_is_frozen(h->w->poll));
        next = poll_begin(h->w->poll, h->w->now, h->w->now + 30 * SECONDS, false, &ask);
        assert_ok(exchange(h->w, &ask, &m));
        if (i == 1) {
            next = poll_step(h->w->poll, h->w->now, ERR_OK, &m, &ask);
            assert_int_equal(next, POLL_ASK);
            assert_ok(exchange(h->w, &ask, &m));
        }
        assert_true(poll_want(h->w->poll, &rule));
        next = poll_step(h->w->poll, h->w->now, ERR_OK, &m, &ask);
        assert_int_equal(go_on(h->w, next, &ask)->outcome, POLL_OK);
        check(h);
        run_poll(h->w, false);
        poll_freeze(h->w->poll);
    }
    close_history(h);
}

RUN_TESTS("frozen polls", cmocka_unit_test(every_value_is_of_the_time_that_it_is_said_to_be_of),
          cmocka_unit_test(equal_devices_share_all_but_their_values),
          cmocka_unit_test(a_trap_in_the_middle_of_a_frozen_poll_mixes_nothing_up))
