/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_loop.c - timers on a clock of our own, descriptors that vanish, signals. */
#include "tests/unit/cmocka_tests.h"

#include <signal.h>
#include <unistd.h>

#include "lib/base/rng.h"
#include "lib/runtime/loop.h"

struct fake_clock {
    ns_t now;
};

static ns_t fake_time(void *ctx)
{
    return ((struct fake_clock *)ctx)->now;
}

struct fixture {
    struct fake_clock clock;
    struct loop *loop;
    int fired[1000];
    int fired_count;
};

struct numbered_timer {
    struct loop_timer timer;
    struct fixture *fixture;
    int number;
};

static void setup(struct fixture *f)
{
    *f = (struct fixture){.clock = {1000 * SECONDS}};
    assert_ok(loop_new(&(struct loop_clock){fake_time, fake_time, &f->clock}, &f->loop));
}

static void on_timer(void *ctx)
{
    struct numbered_timer *t = ctx;

    t->fixture->fired[t->fixture->fired_count++] = t->number;
}

static void timers_fire_in_order_of_their_due_time(void **state)
{
    static struct numbered_timer timers[500];
    struct fixture f;
    struct rng rng = {7};

    (void)state;
    setup(&f);
    for (int i = 0; i < 500; i++) {
        timers[i] = (struct numbered_timer){.fixture = &f, .number = i};
        loop_timer_init(&timers[i].timer, on_timer, &timers[i]);
        assert_ok(loop_timer_after(f.loop, &timers[i].timer, (ns_t)rng_below(&rng, 1000) * SECONDS));
    }
    for (int i = 0; i < 500; i += 3)
        loop_timer_cancel(f.loop, &timers[i].timer);
    for (int i = 0; i < 500; i += 5)
        assert_ok(loop_timer_after(f.loop, &timers[i].timer, (ns_t)(i + 1) * SECONDS));
    f.clock.now += 2000 * SECONDS;
    assert_ok(loop_turn(f.loop, 0));
    for (int i = 1; i < f.fired_count; i++)
        assert_true(timers[f.fired[i - 1]].timer.due <= timers[f.fired[i]].timer.due);
    assert_int_equal(f.fired_count, 500 - 167 + 34);
    loop_free(f.loop);
}

static void a_timer_is_not_early(void **state)
{
    struct fixture f;
    struct numbered_timer t = {.fixture = &f};

    (void)state;
    setup(&f);
    loop_timer_init(&t.timer, on_timer, &t);
    assert_ok(loop_timer_after(f.loop, &t.timer, 5 * SECONDS));
    f.clock.now += 5 * SECONDS - 1;
    assert_ok(loop_turn(f.loop, 0));
    assert_int_equal(f.fired_count, 0);
    f.clock.now += 1;
    assert_ok(loop_turn(f.loop, 0));
    assert_int_equal(f.fired_count, 1);
    assert_false(loop_timer_is_armed(&t.timer));
    loop_free(f.loop);
}

struct rearming {
    struct loop_timer timer;
    struct loop *loop;
    int count;
};

static void rearm_at_once(void *ctx)
{
    struct rearming *r = ctx;

    r->count++;
    assert_ok(loop_timer_after(r->loop, &r->timer, 0));
}

static void a_timer_that_rearms_itself_cannot_starve_the_loop(void **state)
{
    struct fixture f;
    struct rearming r = {0};

    (void)state;
    setup(&f);
    r.loop = f.loop;
    loop_timer_init(&r.timer, rearm_at_once, &r);
    assert_ok(loop_timer_after(f.loop, &r.timer, 0));
    assert_ok(loop_turn(f.loop, 0));
    assert_int_equal(r.count, 1);
    assert_ok(loop_turn(f.loop, 0));
    assert_int_equal(r.count, 2);
    loop_free(f.loop);
}

struct pair {
    struct loop *loop;
    int fds[2];
    int calls;
};

static void remove_the_other(void *ctx, int fd, uint32_t events)
{
    struct pair *p = ctx;

    (void)events;
    p->calls++;
    loop_fd_remove(p->loop, fd == p->fds[0] ? p->fds[1] : p->fds[0]);
}

static void a_removed_descriptor_gets_no_event_of_the_same_turn(void **state)
{
    struct fixture f;
    struct pair p = {0};
    int first[2], second[2];

    (void)state;
    setup(&f);
    p.loop = f.loop;
    assert_ok(pipe(first));
    assert_ok(pipe(second));
    p.fds[0] = first[0];
    p.fds[1] = second[0];
    assert_ok(loop_fd_add(f.loop, first[0], EPOLLIN, remove_the_other, &p));
    assert_ok(loop_fd_add(f.loop, second[0], EPOLLIN, remove_the_other, &p));
    assert_int_equal(write(first[1], "x", 1), 1);
    assert_int_equal(write(second[1], "x", 1), 1);
    assert_ok(loop_turn(f.loop, SECONDS));
    assert_int_equal(p.calls, 1);
    loop_free(f.loop);
    for (int i = 0; i < 2; i++) {
        close(first[i]);
        close(second[i]);
    }
}

static void on_signal(void *ctx, int signo)
{
    *(int *)ctx = signo;
}

static void signals_arrive_as_events(void **state)
{
    struct fixture f;
    int seen = 0;

    (void)state;
    setup(&f);
    assert_ok(loop_signal_add(f.loop, SIGUSR1, on_signal, &seen));
    raise(SIGUSR1);
    assert_ok(loop_turn(f.loop, SECONDS));
    assert_int_equal(seen, SIGUSR1);
    loop_free(f.loop);
}

RUN_TESTS("loop", cmocka_unit_test(timers_fire_in_order_of_their_due_time),
          cmocka_unit_test(a_timer_is_not_early),
          cmocka_unit_test(a_timer_that_rearms_itself_cannot_starve_the_loop),
          cmocka_unit_test(a_removed_descriptor_gets_no_event_of_the_same_turn),
          cmocka_unit_test(signals_arrive_as_events))
