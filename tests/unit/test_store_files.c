/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_store_files.c - the RRD tree as the store keeps it, and what series tables make of it. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <sys/stat.h>
#include <time.h>

#include "collector/store_before.h"
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

static const struct rrd_keep usual = {0};
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

static void a_table_that_grows_gets_a_longer_file(void **state)
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

/* ---- a changed set of data sources ---- */

static struct rows *rows_of(struct store_files *f, size_t file, ns_t now)
{
    struct rows *rows = NULL;

    assert_ok(store_files_rows(f, file, now, &rows));
    rows->max_age = 90 * SECONDS;
    return rows;
}

/* Ten whole rows in the file, one pending, one open; then a third metric. */
static struct store_files *grown_files(const char *dir)
{
    static const enum metric third[] = {METRIC_OPTIC_BIAS};
    struct store_files *f = open_files(dir, GIB);
    struct rows *rows;

    assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, pair, 2));
    rows = rows_of(f, 0, T0);
    for (int i = 0; i <= 10; i++)
        poll(rows, T0 + i * STEP, i);
    assert_ok(store_files_write(f, 0, T0 + HOURS));
    poll(rows, T0 + 11 * STEP, 11);
    assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, third, 1));
    return f;
}

static bool is_file(const char *dir, uint32_t number)
{
    char path[RRD_PATH_SIZE];

    rrd_index_path(dir, number, path);
    return access(path, F_OK) == 0;
}

static void assert_rows(const char *dir, const struct store_files *f, int from, int to, bool has_third)
{
    struct rrd_rows got = {0};
    char path[RRD_PATH_SIZE];

    rrd_index_path(dir, 2, path);
    assert_ok(rrd_io_fetch(path, rrd_index_at(store_files_index(f), 1), RRD_AVERAGE, 1, T0 / SECONDS,
                           T0 / SECONDS + 60 * to, &got));
    assert_int_equal(got.rows, to);
    for (int i = from; i < to; i++) {
        assert_float_equal(got.values[3 * i], i, 1e-6);
        assert_float_equal(got.values[3 * i + 1], -i, 1e-6);
        assert_true(has_third ? fabs(got.values[3 * i + 2] - 7) < 1e-6 : isnan(got.values[3 * i + 2]));
    }
    free(got.values);
}

static void an_entity_that_gains_a_metric_keeps_its_rows(void **state)
{
    struct store_files *f = grown_files(*state);
    struct rows *rows;
    unsigned ds;

    assert_int_equal(find(f, "if/1", METRIC_IF_IN, &ds), 1);
    assert_int_equal(find(f, "if/1", METRIC_OPTIC_BIAS, &ds), 1);
    assert_int_equal(ds, 2);
    assert_int_equal(store_files_figures(f)->bytes, rrd_layout_size(STORAGE_SHORT, &usual, 3));
    assert_true(rows_safe_until(rows_of(f, 0, T0)) == INT64_MAX); /* what waited waits for the new file */
    rows = rows_of(f, 1, T0);
    for (int i = 12; i <= 20; i++) {
        poll(rows, T0 + i * STEP, i);
        rows_value(rows, 2, T0 + i * STEP, 7);
    }
    assert_true(store_files_missing_bytes(f, 1) > 100000);
    assert_ok(store_files_write(f, 1, T0 + HOURS));
    assert_true(is_file(*state, 1)); /* a reader may be at it: until the next cycle */
    assert_ok(store_files_write(f, 1, T0 + HOURS));
    assert_false(is_file(*state, 1));
    assert_int_equal(store_files_figures(f)->grown, 1);
    assert_rows(*state, f, 0, 12, false);
    assert_rows(*state, f, 12, 20, true);
    store_files_close(f);
}

static void a_crash_before_the_longer_file_was_made_loses_no_row(void **state)
{
    struct store_files *f = grown_files(*state);
    struct rows *rows;

    store_files_close(f); /* the line is in the index, nothing else was done */
    f = open_files(*state, GIB);
    assert_int_equal(store_files_figures(f)->bytes, rrd_layout_size(STORAGE_SHORT, &usual, 3));
    rows = rows_of(f, 1, T0 + HOURS);
    assert_true(rows->emitted == T0 + 10 * STEP); /* of the former file: read again from there */
    for (int i = 10; i <= 12; i++)
        poll(rows, T0 + i * STEP, i);
    assert_ok(store_files_write(f, 1, T0 + HOURS));
    assert_rows(*state, f, 0, 12, false);
    store_files_close(f);

    f = open_files(*state, GIB); /* killed before the former one was deleted */
    assert_true(is_file(*state, 1));
    rows = rows_of(f, 1, T0 + HOURS);
    assert_true(rows->emitted == T0 + 12 * STEP);
    assert_ok(store_files_write(f, 1, T0 + HOURS));
    assert_false(is_file(*state, 1));
    assert_rows(*state, f, 0, 12, false);
    store_files_close(f);
}

static void a_metric_that_goes_away_and_comes_back_keeps_its_column(void **state)
{
    struct store_files *f = open_files(*state, GIB);
    struct store_sources *s = NULL;
    struct rrd_rows got = {0};
    struct message m;
    char path[RRD_PATH_SIZE];

    assert_ok(store_sources_new(f, 1, &s));
    for (int i = 0; i <= 30; i++) {
        message_init(&m, i < 10 || i >= 20 ? 3 : 2); /* the third is not in the table for ten minutes */
        m.table.version = m.samples.table_version = i < 10 ? 1 : i < 20 ? 2 : 3;
        m.record.wall = (uint64_t)(T0 + i * STEP);
        assert_ok(store_sources_take(s, &m.record, 0, T0 + HOURS));
    }
    assert_int_equal(store_files_count(f), 1);
    assert_ok(store_files_write(f, 0, T0 + HOURS));
    rrd_index_path(*state, 1, path);
    assert_ok(rrd_io_fetch(path, rrd_index_at(store_files_index(f), 0), RRD_AVERAGE, 1, T0 / SECONDS,
                           T0 / SECONDS + 30 * 60, &got));
    for (int i = 0; i < 30; i++) {
        assert_float_equal(got.values[3 * i], 1, 1e-6);
        assert_true(isnan(got.values[3 * i + 2]) == (i >= 10 && i < 20));
    }
    free(got.values);
    store_sources_free(s);
    store_files_close(f);
}

/* ---- damaged and foreign files ---- */

static const char *damage_text;

static void on_damage(void *ctx, const struct rrd_file *file, const char *text)
{
    (*(int *)ctx)++;
    assert_string_equal(file->source, "sw-1");
    assert_string_equal(file->entity, "if/1");
    assert_non_null(strstr(text, damage_text));
}

static void put_bytes(const char *path, off_t at, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0640);

    assert_int_equal(pwrite(fd, bytes, len, at), len);
    close(fd);
}

static void make_empty(const char *path)
{
    assert_int_equal(truncate(path, 0), 0);
}

static void make_short(const char *path)
{
    assert_int_equal(truncate(path, 5000), 0);
}

static void make_zeros(const char *path)
{
    make_empty(path);
    assert_int_equal(truncate(path, rrd_layout_size(STORAGE_SHORT, &usual, 2)), 0);
}

static void make_text(const char *path)
{
    make_empty(path);
    put_bytes(path, 0, "not an RRD file\n", 16);
}

static void make_link(const char *path)
{
    unlink(path);
    assert_int_equal(symlink("/etc/hostname", path), 0);
}

static void make_many_sources(const char *path)
{
    put_bytes(path, 24, "\xff\xff\xff\xff\xff\xff\xff\x7f", 8);
}

static void make_no_step(const char *path)
{
    put_bytes(path, 40, "\0\0\0\0\0\0\0\0", 8);
}

/* A whole RRD file of the same size, but of other data sources. */
static void make_foreign(const char *path)
{
    struct rrd_file other = {.number = 1,
                             .storage = STORAGE_SHORT,
                             .step = 60,
                             .count = 2,
                             .metrics = {METRIC_CPU, METRIC_MEMORY_USED}};

    assert_ok(rrd_io_create(path, &other, T0 / SECONDS, NULL));
}

/* Another set of archives and data sources. */
static void make_layout(const char *path)
{
    struct rrd_file other = {
        .number = 1, .storage = STORAGE_LONG, .step = 300, .count = 1, .metrics = {METRIC_CLIENTS}};

    assert_ok(rrd_io_create(path, &other, T0 / SECONDS, NULL));
}

static int count_aside(const char *dir, const char *fault, char found[512])
{
    char pattern[256];
    glob_t g;
    int count;

    snprintf(pattern, sizeof pattern, "%s/000/00000001.rrd.damaged-*-%s", dir, fault);
    count = glob(pattern, 0, NULL, &g) ? 0 : (int)g.gl_pathc;
    if (count)
        snprintf(found, 512, "%s", g.gl_pathv[0]);
    globfree(&g);
    return count;
}

static off_t size_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_size;
}

static void damage_one(const char *dir, void (*damage)(const char *path), const char *fault)
{
    struct store_files *f = open_files(dir, GIB);
    struct rows *rows;
    char path[RRD_PATH_SIZE], aside[512];
    int told = 0;
    off_t size;

    if (store_files_count(f) == 0)
        assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, pair, 2));
    rrd_index_path(dir, 1, path);
    unlink(path);
    rows = rows_of(f, 0, T0 + HOURS);
    for (int i = 0; i < 5; i++)
        poll(rows, T0 + i * STEP, i);
    assert_ok(store_files_write(f, 0, T0 + HOURS));
    store_files_close(f);
    damage(path);
    size = size_of(path);

    f = open_files(dir, GIB);
    damage_text = fault;
    store_files_on_damage(f, on_damage, &told);
    rows = rows_of(f, 0, T0 + HOURS);
    assert_int_equal(told, 1);
    assert_int_equal(store_files_figures(f)->damaged, 1);
    assert_int_equal(count_aside(dir, fault, aside), 1);
    assert_int_equal(size_of(aside), size);
    poll(rows, T0 + 10 * STEP, 10);
    poll(rows, T0 + 11 * STEP, 11);
    assert_ok(store_files_write(f, 0, T0 + HOURS));
    assert_null(rrd_io_fault(path, rrd_index_at(store_files_index(f), 0)));
    assert_int_equal(unlink(aside), 0);
    store_files_close(f);
}

static void what_is_no_file_of_ours_is_kept_aside_with_the_reason_and_begun_anew(void **state)
{
    log_set_level((enum log_level)0);
    damage_one(*state, make_empty, "empty");
    damage_one(*state, make_short, "truncated");
    damage_one(*state, make_zeros, "not-rrd");
    damage_one(*state, make_text, "not-rrd");
    damage_one(*state, make_link, "unreadable");
    damage_one(*state, make_many_sources, "layout");
    damage_one(*state, make_no_step, "layout");
    damage_one(*state, make_foreign, "layout");
    damage_one(*state, make_layout, "size");
}

static void a_file_damaged_while_the_store_runs_is_put_aside_too(void **state)
{
    struct store_files *f = open_files(*state, GIB);
    struct rows *rows;
    char path[RRD_PATH_SIZE], aside[512];
    int told = 0;

    log_set_level((enum log_level)0);
    assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, pair, 2));
    rows = rows_of(f, 0, T0 + HOURS);
    for (int i = 0; i < 5; i++)
        poll(rows, T0 + i * STEP, i);
    assert_ok(store_files_write(f, 0, T0 + HOURS));
    rrd_index_path(*state, 1, path);
    make_many_sources(path);
    damage_text = "layout";
    store_files_on_damage(f, on_damage, &told);
    poll(rows, T0 + 6 * STEP, 6);
    assert_ok(store_files_write(f, 0, T0 + HOURS));
    assert_int_equal(told, 1);
    assert_int_equal(count_aside(*state, "layout", aside), 1);
    unlink(path); /* by a foreign hand */
    poll(rows, T0 + 8 * STEP, 8);
    assert_ok(store_files_write(f, 0, T0 + HOURS));
    assert_null(rrd_io_fault(path, rrd_index_at(store_files_index(f), 0)));
    store_files_close(f);
}

static void what_was_before_a_leap_is_kept_for_three_days(void **state)
{
    struct store_files *f = open_files(*state, GIB);
    char path[RRD_PATH_SIZE], before[RRD_PATH_SIZE + 8];
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = time(NULL) + 2 * 86400}};
    struct rows *rows;
    int64_t last;

    assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, pair, 2));
    rows = rows_of(f, 0, T0 + HOURS);
    poll(rows, T0, 1);
    poll(rows, T0 + 2 * STEP, 2);
    assert_ok(store_files_write(f, 0, T0 + HOURS));
    rrd_index_path(*state, 1, path);
    snprintf(before, sizeof before, "%s.before", path);
    poll(rows, T0 + 30 * DAYS, 3); /* a silence */
    poll(rows, T0 + 30 * DAYS + 2 * STEP, 4);
    assert_ok(store_files_write(f, 0, T0 + 31 * DAYS));
    assert_int_equal(access(before, F_OK), -1);
    poll(rows, T0 + 70 * DAYS, 5);
    poll(rows, T0 + 70 * DAYS + 2 * STEP, 6);
    assert_ok(store_files_write(f, 0, T0 + 71 * DAYS));
    assert_ok(rrd_io_check(before, rrd_index_at(store_files_index(f), 0), &last));
    assert_in_range(last, (T0 + 30 * DAYS) / SECONDS, (T0 + 31 * DAYS) / SECONDS);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    store_before_expire(path);
    assert_int_equal(access(before, F_OK), 0);
    times[1].tv_sec += 2 * 86400;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    store_before_expire(path);
    assert_int_equal(access(before, F_OK), -1);
    store_files_close(f);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, temp_dir_setup, temp_dir_teardown)

RUN_TESTS("store_files", TEST(the_index_survives_a_restart_and_a_torn_end),
          TEST(an_entity_with_many_metrics_has_several_files), TEST(the_budget_is_a_bound),
          TEST(a_file_from_the_future_is_rewritten_at_its_first_use),
          TEST(a_table_that_grows_gets_a_longer_file), TEST(values_without_their_table_are_counted_only),
          TEST(hostile_tables_and_times_do_no_harm), TEST(an_entity_that_gains_a_metric_keeps_its_rows),
          TEST(a_crash_before_the_longer_file_was_made_loses_no_row),
          TEST(a_metric_that_goes_away_and_comes_back_keeps_its_column),
          TEST(what_is_no_file_of_ours_is_kept_aside_with_the_reason_and_begun_anew),
          TEST(a_file_damaged_while_the_store_runs_is_put_aside_too),
          TEST(what_was_before_a_leap_is_kept_for_three_days))
