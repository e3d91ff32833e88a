/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_journal_tail.c - tails of several partitions on a loop: waking, resuming, gaps, a bounded share of
 * each turn. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include "lib/base/buf.h"
#include "lib/base/strx.h"
#include "lib/runtime/journal_segment.h"
#include "lib/runtime/loop.h"
#include "tests/unit/journal_place.h"
#include "tests/unit/temp_dir.h"

struct heard {
    struct buf text;
    int gaps, idles;
};

static void hear_record(void *ctx, const char *partition, journal_pos pos, const void *record, size_t len)
{
    struct heard *h = ctx;

    (void)pos;
    buf_printf(&h->text, "%s:%.*s ", partition, (int)len, (const char *)record);
}

static void hear_gap(void *ctx, const char *partition)
{
    struct heard *h = ctx;

    (void)partition;
    h->gaps++;
}

static void hear_idle(void *ctx)
{
    struct heard *h = ctx;

    h->idles++;
}

static const struct journal_tail_fns hearing = {hear_record, hear_gap, hear_idle};

static void a_tail_wakes_for_several_partitions_and_new_units(void **state)
{
    const char *dir = *state;
    struct heard heard = {0};
    struct loop *l = NULL;
    struct journal_tail *t = NULL;
    struct journal_writer *a = writer_of(dir, "alerts"), *c = NULL, *u = NULL;
    journal_pos pos;

    assert_ok(loop_new(NULL, &l));
    append(a, "old");
    assert_ok(journal_tail_new(l, dir, &hearing, &heard, &t));
    assert_ok(journal_tail_add(t, "alerts", 0, JOURNAL_FROM_OLDEST));
    assert_ok(journal_tail_add(t, "collector", 0, JOURNAL_FROM_END));
    assert_int_equal(journal_tail_add(t, "collector", 0, JOURNAL_FROM_END), ERR_EXISTS);
    assert_ok(journal_tail_add_units(t, JOURNAL_FROM_OLDEST));
    assert_ok(journal_tail_catch_up(t));
    assert_string_equal(heard.text.data, "alerts:old ");
    assert_int_equal(heard.idles, 1);
    c = writer_of(dir, "collector");
    append(c, "poll");
    u = writer_of(dir, "unit.lido");
    append(u, "unit");
    for (int i = 0; i < 100 && heard.text.len < 38; i++)
        assert_ok(loop_turn(l, 20 * MILLISECONDS));
    assert_string_equal(heard.text.data, "alerts:old collector:poll unit.lido:unit ");
    journal_writer_close(c);
    c = writer_of(dir, "collector");
    pos = append(c, "next");
    for (int i = 0; i < 100 && journal_tail_position(t, "collector") != pos; i++)
        assert_ok(loop_turn(l, 20 * MILLISECONDS));
    assert_true(strx_ends_with(heard.text.data, "collector:next "));
    assert_int_equal(heard.gaps, 0);
    assert_true(heard.idles >= 2);
    journal_tail_free(t);
    loop_free(l);
    buf_fini(&heard.text);
    journal_writer_close(a);
    journal_writer_close(c);
    journal_writer_close(u);
}

static void a_tail_resumes_and_tells_gaps(void **state)
{
    const char *dir = *state;
    struct heard heard = {0};
    struct loop *l = NULL;
    struct journal_tail *t = NULL;
    struct journal_writer *w = six_segments(dir, 1, HOURS);
    journal_pos pos = append(w, "last");

    assert_ok(journal_expire(w, now(), NULL));
    assert_ok(loop_new(NULL, &l));
    assert_ok(journal_tail_new(l, dir, &hearing, &heard, &t));
    assert_ok(journal_tail_add(t, "collector", (journal_pos)1 << 32 | JOURNAL_HEADER_SIZE, JOURNAL_FROM_END));
    assert_int_equal(journal_pos_segment(journal_tail_position(t, "collector")), 1);
    assert_ok(journal_tail_catch_up(t));
    assert_int_equal(heard.gaps, 1);
    assert_true(journal_tail_position(t, "collector") == pos);
    assert_int_equal(heard.text.len, 60 * strlen("collector:a record ") + strlen("collector:last "));
    journal_tail_free(t);
    loop_free(l);
    buf_fini(&heard.text);
    journal_writer_close(w);
}

/* Each look at this clock takes a millisecond. */
static ns_t slow_clock(void *ctx)
{
    ns_t *now = ctx;

    return *now += MILLISECONDS;
}

static ns_t stopped_clock(void *ctx)
{
    (void)ctx;
    return 0;
}

static void a_tail_hands_out_a_bounded_number_a_turn(void **state)
{
    const char *dir = *state;
    struct heard heard = {0};
    struct loop *l = NULL;
    struct journal_tail *t = NULL;
    struct journal_writer *w = writer(dir);

    for (int i = 0; i < 5000; i++)
        append(w, "r");
    assert_ok(loop_new(&(struct loop_clock){stopped_clock, stopped_clock, NULL}, &l));
    assert_ok(journal_tail_new(l, dir, &hearing, &heard, &t));
    assert_ok(journal_tail_add(t, "collector", 0, JOURNAL_FROM_OLDEST));
    assert_ok(loop_turn(l, 0));
    assert_int_equal(heard.text.len, 2000 * strlen("collector:r "));
    assert_int_equal(heard.idles, 0);
    for (int i = 0; i < 3; i++)
        assert_ok(loop_turn(l, 0));
    assert_int_equal(heard.text.len, 5000 * strlen("collector:r "));
    assert_int_equal(heard.idles, 1);
    journal_tail_free(t);
    loop_free(l);
    buf_fini(&heard.text);
    journal_writer_close(w);
}

static void a_tail_that_takes_long_leaves_the_rest_to_the_next_turn(void **state)
{
    const char *dir = *state;
    struct heard heard = {0};
    ns_t now = 0;
    const struct loop_clock clock = {slow_clock, stopped_clock, &now};
    struct loop *l = NULL;
    struct journal_tail *t = NULL;
    struct journal_writer *w = writer(dir);

    for (int i = 0; i < 100; i++)
        append(w, "r");
    assert_ok(loop_new(&clock, &l));
    assert_ok(journal_tail_new(l, dir, &hearing, &heard, &t));
    assert_ok(journal_tail_add(t, "collector", 0, JOURNAL_FROM_OLDEST));
    assert_ok(loop_turn(l, 0));
    assert_in_range(heard.text.len, strlen("collector:r "), 40 * strlen("collector:r "));
    for (int i = 0; i < 10; i++)
        assert_ok(loop_turn(l, 0));
    assert_int_equal(heard.text.len, 100 * strlen("collector:r "));
    assert_int_equal(heard.idles, 1);
    journal_tail_free(t);
    loop_free(l);
    buf_fini(&heard.text);
    journal_writer_close(w);
}

/* What looks for it looks at the clock, too, as each turn does once. */
static void a_partition_that_is_not_there_yet_is_not_looked_for_again_and_again(void **state)
{
    const char *dir = *state;
    struct heard heard = {0};
    ns_t now = 0;
    const struct loop_clock clock = {slow_clock, stopped_clock, &now};
    struct loop *l = NULL;
    struct journal_tail *t = NULL;
    struct journal_writer *w;

    assert_ok(loop_new(&clock, &l));
    assert_ok(journal_tail_new(l, dir, &hearing, &heard, &t));
    assert_ok(journal_tail_add(t, "collector", 0, JOURNAL_FROM_OLDEST));
    for (int i = 0; i < 10; i++)
        assert_ok(loop_turn(l, 0));
    for (int i = 0; i < 10; i++) {
        ns_t before = now += 10 * SECONDS;

        assert_ok(loop_turn(l, 0));
        assert_int_equal(now - before, MILLISECONDS);
    }
    w = writer(dir);
    append(w, "r");
    for (int i = 0; i < 500 && !heard.text.len; i++)
        assert_ok(loop_turn(l, 20 * MILLISECONDS));
    assert_string_equal(heard.text.data, "collector:r ");
    journal_tail_free(t);
    loop_free(l);
    buf_fini(&heard.text);
    journal_writer_close(w);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, temp_dir_setup, temp_dir_teardown)

RUN_TESTS("journal tails", TEST(a_tail_wakes_for_several_partitions_and_new_units),
          TEST(a_tail_resumes_and_tells_gaps), TEST(a_tail_hands_out_a_bounded_number_a_turn),
          TEST(a_tail_that_takes_long_leaves_the_rest_to_the_next_turn),
          TEST(a_partition_that_is_not_there_yet_is_not_looked_for_again_and_again))
