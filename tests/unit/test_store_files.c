/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_store_files.c - the RRD tree as the store keeps it, and what series tables make of it. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <fcntl.h>
#include <math.h>

#include "collector/store_files.h"
#include "collector/store_sources.h"
#include "lib/base/log.h"
#include "lib/stores/rrd_io.h"
#include "tests/unit/temp_dir.h"

#define T0   (1795000200 * SECONDS)
#define STEP (60 * SECONDS)

static struct store_files *open_files(const char *dir, int64_t budget)
{
    struct store_files *f = NULL;

    assert_ok(store_files_open(dir, 60, budget, &f));
    return f;
}

static const enum metric pair[] = {METRIC_IF_IN, METRIC_IF_OUT};

static size_t find(struct store_files *f, const char *entity, enum metric metric, unsigned *ds)
{
    size_t file = 0;

    assert_ok(store_files_find(f, "sw-1", entity, metric, &file, ds));
    return file;
}

static void the_index_survives_a_restart_and_a_torn_end(void **state)
{
    struct store_files *f = open_files(*state, GIB);
    unsigned ds;
    char path[128];
    int fd;

    assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, pair, 2));
    store_files_close(f);
    snprintf(path, sizeof path, "%s/index", (char *)*state);
    fd = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "01234567 2 short", 16), 16);
    close(fd);
    f = open_files(*state, GIB);
    assert_int_equal(store_files_count(f), 1);
    assert_ok(store_files_add(f, "sw-1", "if/2", STORAGE_SHORT, pair, 2));
    store_files_close(f);
    f = open_files(*state, GIB);
    assert_int_equal(store_files_count(f), 2);
    assert_int_equal(rrd_index_damaged(store_files_index(f)), 0);
    assert_int_equal(find(f, "if/2", METRIC_IF_OUT, &ds), 1);
    assert_int_equal(ds, 1);
    store_files_close(f);
}

static void an_entity_with_many_metrics_has_several_files(void **state)
{
    struct store_files *f = open_files(*state, GIB);
    enum metric many[25];
    unsigned ds;

    for (int i = 0; i < 25; i++)
        many[i] = (enum metric)(1000 + i);
    assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, many, 25));
    assert_int_equal(store_files_count(f), 2);
    assert_int_equal(find(f, "if/1", many[24], &ds), 1);
    assert_int_equal(ds, 4);
    store_files_close(f);
}

static void the_budget_is_a_bound(void **state)
{
    struct store_files *f = open_files(*state, 100000); /* one short file of two series takes 88,736 bytes */

    log_set_level((enum log_level)0);
    assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, pair, 2));
    assert_int_equal(store_files_add(f, "sw-1", "if/2", STORAGE_SHORT, pair, 2), ERR_LIMIT);
    assert_int_equal(store_files_figures(f)->refused, 2);
    assert_int_equal(store_files_count(f), 1);
    store_files_configure(f, 60, GIB);
    assert_ok(store_files_add(f, "sw-1", "if/2", STORAGE_SHORT, pair, 2));
    store_files_close(f);
}

static void poll(struct rows *rows, ns_t t, double value)
{
    assert_ok(rows_advance(rows, t));
    rows_value(rows, 0, t, value);
    rows_value(rows, 1, t, -value);
}

static void a_file_from_the_future_is_rewritten_at_its_first_use(void **state)
{
    struct store_files *f = open_files(*state, GIB);
    struct rows *rows = NULL;
    struct rrd_rows got = {0};
    char path[RRD_PATH_SIZE];
    ns_t now = T0 + 30 * MINUTES;

    assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, pair, 2));
    assert_ok(store_files_rows(f, 0, T0 + 10 * HOURS, &rows));
    rows->max_age = 90 * SECONDS;
    for (int i = 0; i < 61; i++)
        poll(rows, T0 + i * STEP, i);
    assert_true(store_files_missing_bytes(f, 0) > 80000);
    assert_ok(store_files_write(f, 0, T0 + 10 * HOURS));
    assert_int_equal(store_files_missing_bytes(f, 0), 0);
    store_files_close(f);

    f = open_files(*state, GIB); /* the clock went back by half an hour */
    assert_ok(store_files_rows(f, 0, now, &rows));
    assert_int_equal(store_files_figures(f)->rewound, 1);
    assert_true(rows->emitted == now);
    rows->max_age = 90 * SECONDS;
    for (int i = 31; i < 35; i++)
        poll(rows, T0 + i * STEP, 100 + i);
    assert_ok(store_files_write(f, 0, T0 + HOURS));
    rrd_index_path(*state, 1, path);
    assert_ok(rrd_io_fetch(path, rrd_index_at(store_files_index(f), 0), RRD_AVERAGE, 1, T0 / SECONDS,
                           T0 / SECONDS + 34 * 60, &got));
    for (int i = 0; i < 30; i++)
        assert_float_equal(got.values[2 * i], i, 1e-6);
    assert_float_equal(got.values[2 * 31], 131, 1e-6);
    free(got.values);
    store_files_close(f);
}

/* ---- series tables ---- */

struct message {
    Nw__Record record;
    Nw__Samples samples;
    Nw__Table table;
    Nw__Entity entity, *entities[1];
    Nw__Series one[3], *series[3];
    double values[3];
};

static void message_init(struct message *m, size_t series)
{
    memset(m, 0, sizeof *m);
    nw__record__init(&m->record);
    nw__samples__init(&m->samples);
    nw__table__init(&m->table);
    nw__entity__init(&m->entity);
    m->entity.id = (char *)"if/1";
    m->entities[0] = &m->entity;
    for (int i = 0; i < 3; i++) {
        nw__series__init(&m->one[i]);
        m->series[i] = &m->one[i];
        m->values[i] = 1;
    }
    m->one[0].metric = METRIC_IF_IN;
    m->one[1].metric = METRIC_IF_OUT;
    m->one[2].metric = METRIC_OPTIC_BIAS;
    m->table.version = 1;
    m->table.interval_ms = 60000;
    m->table.entities = m->entities;
    m->table.n_entities = 1;
    m->table.series = m->series;
    m->table.n_series = series;
    m->samples.source = (char *)"sw-1";
    m->samples.values = m->values;
    m->samples.n_values = series;
    m->samples.table_version = 1;
    m->samples.table = &m->table;
    m->record.wall = (uint64_t)T0;
    m->record.body_case = NW__RECORD__BODY_SAMPLES;
    m->record.samples = &m->samples;
}

static void a_table_that_grows_gets_a_further_file(void **state)
{
    struct store_files *f = open_files(*state, GIB);
    struct store_sources *s = NULL;
    struct message m;

    assert_ok(store_sources_new(f, 1, &s));
    message_init(&m, 2);
    assert_ok(store_sources_take(s, &m.record, 0, T0));
    assert_int_equal(store_files_count(f), 1);
    message_init(&m, 3);
    m.table.version = m.samples.table_version = 2;
    assert_ok(store_sources_take(s, &m.record, 0, T0));
    assert_int_equal(store_files_count(f), 2);
    assert_int_equal(store_sources_figures(s)->values, 5);
    assert_ok(store_sources_take(s, &m.record, 0, T0)); /* the same table again: nothing new */
    assert_int_equal(store_files_count(f), 2);
    store_sources_free(s);
    store_files_close(f);
}

static void values_without_their_table_are_counted_only(void **state)
{
    struct store_files *f = open_files(*state, GIB);
    struct store_sources *s = NULL;
    struct message m;

    assert_ok(store_sources_new(f, 1, &s));
    message_init(&m, 2);
    m.samples.table = NULL;
    assert_ok(store_sources_take(s, &m.record, 0, T0));
    m.samples.table = &m.table;
    assert_ok(store_sources_take(s, &m.record, 0, T0));
    m.samples.table = NULL;
    m.samples.table_version = 7;
    assert_ok(store_sources_take(s, &m.record, 0, T0));
    assert_int_equal(store_sources_figures(s)->untabled, 2);
    assert_int_equal(store_sources_figures(s)->values, 2);
    store_sources_free(s);
    store_files_close(f);
}

static void hostile_tables_and_times_do_no_harm(void **state)
{
    struct store_files *f = open_files(*state, GIB);
    struct store_sources *s = NULL;
    struct message m;

    assert_ok(store_sources_new(f, 1, &s));
    message_init(&m, 3);
    m.one[0].entity = 4000000000u;
    m.one[1].metric = 4000000000u;
    m.entity.id = (char *)"../../etc/passwd \n\x01%";
    m.samples.n_values = 0;
    assert_ok(store_sources_take(s, &m.record, 0, T0));
    assert_int_equal(store_files_count(f), 1);
    m.samples.n_values = 3;
    m.samples.started = (uint64_t)(T0 + 100 * DAYS); /* begun after it was appended */
    assert_true(store_sample_time(&m.record) == T0);
    m.record.wall = (uint64_t)(T0 + 100 * DAYS);
    assert_ok(store_sources_take(s, &m.record, 0, T0));
    assert_int_equal(store_sources_figures(s)->future, 3);
    m.samples.started = UINT64_MAX;
    m.record.wall = UINT64_MAX;
    assert_ok(store_sources_take(s, &m.record, 0, T0));
    assert_int_equal(store_sources_figures(s)->values, 0);
    store_sources_free(s);
    store_files_close(f);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, temp_dir_setup, temp_dir_teardown)

RUN_TESTS("store_files", TEST(the_index_survives_a_restart_and_a_torn_end),
          TEST(an_entity_with_many_metrics_has_several_files), TEST(the_budget_is_a_bound),
          TEST(a_file_from_the_future_is_rewritten_at_its_first_use),
          TEST(a_table_that_grows_gets_a_further_file), TEST(values_without_their_table_are_counted_only),
          TEST(hostile_tables_and_times_do_no_harm))
