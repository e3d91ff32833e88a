/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_month.c - the figures of a month: calendar, percentile, the two files, and how the store gathers them.
 */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "collector/store_files.h"
#include "collector/store_months.h"
#include "lib/base/rng.h"
#include "lib/stores/availability.h"
#include "lib/stores/month.h"
#include "lib/stores/rrd_io.h"
#include "lib/stores/series.h"
#include "tests/unit/temp_dir.h"

/* October 2026 in Berlin: 745 hours, from 30 September 22:00 UTC to 31 October 23:00 UTC. */
#define OCTOBER  INT64_C(1790805600)
#define NOVEMBER (OCTOBER + 745 * 3600)

static void months_are_those_of_the_wall_clock_in_berlin(void **state)
{
    static const struct {
        const char *name;
        int64_t inside, hours;
    } months[] = {
        {"2026-02", 1770000000, 28 * 24}, {"2026-03", 1774000000, 31 * 24 - 1},
        {"2026-10", OCTOBER, 745},        {"2026-10", NOVEMBER - 1, 745},
        {"2026-11", NOVEMBER, 30 * 24},   {"2026-12", 1798000000, 31 * 24},
        {"2028-02", 1835000000, 29 * 24},
    };
    char name[MONTH_NAME_SIZE];
    ns_t begin, end;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(months); i++) {
        availability_month(months[i].inside * SECONDS, &begin, &end, name);
        assert_string_equal(name, months[i].name);
        assert_int_equal((end - begin) / HOURS, months[i].hours);
        assert_true(begin <= months[i].inside * SECONDS && months[i].inside * SECONDS < end);
    }
    availability_month(OCTOBER * SECONDS, &begin, &end, name);
    assert_int_equal(begin / SECONDS, OCTOBER);
    assert_int_equal(end / SECONDS, NOVEMBER);
}

/* ---- the percentile ---- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The definition, done the long way. */
static double p95_of(const double *values, size_t count)
{
    double *sorted = malloc((count + 1) * sizeof *sorted), p95;

    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, ascending);
    p95 = sorted[(count * 95 + 99) / 100 - 1];
    free(sorted);
    return p95;
}

static void the_percentile_is_exact_for_every_number_of_values(void **state)
{
    static double values[MONTH_SLOTS_MAX];
    struct month *m = malloc(sizeof *m);
    struct rng rng = {7};

    (void)state;
    for (size_t count = 1; count <= MONTH_SLOTS_MAX; count += count < 130 ? 1 : 397) {
        struct month_line line;
        struct month_sums *sums;
        double sum = 0, peak = -INFINITY;
        month_begin(m, OCTOBER);
        sums = month_sums_of(m, METRIC_IF_IN);
        for (size_t i = 0; i < count; i++) {
            values[i] = count % 3 ? rng_unit(&rng) * 1e9 - 1e8 : (double)rng_below(&rng, 5);
            month_add(sums, OCTOBER + (int64_t)i * 300, values[i]);
            month_add(sums, OCTOBER, NAN); /* unknown counts nowhere */
            sum += values[i];
            peak = fmax(peak, values[i]);
        }
        assert_true(month_line_of(m, sums, &line));
        assert_true(line.p95 == p95_of(values, count));
        assert_true(line.peak == peak);
        assert_true(values[(line.peak_at - OCTOBER) / 300] == peak);
        assert_true(fabs(line.mean - sum / (double)count) <= 1e-9 * (fabs(sum) + 1));
        assert_int_equal(line.known, count);
        assert_int_equal(line.slots, MONTH_SLOTS_MAX);
        assert_string_equal(line.name, "2026-10");
    }
    free(m);
}

/* ---- the two files ---- */

static void fill(struct month *m, unsigned seed)
{
    struct rng rng = {seed};

    month_begin(m, OCTOBER);
    for (int i = 0; i < 1000; i++) {
        month_add(month_sums_of(m, METRIC_IF_IN), OCTOBER + i * 300, rng_unit(&rng));
        month_add(month_sums_of(m, METRIC_OPTIC_RX), OCTOBER + i * 300, -rng_unit(&rng));
    }
    m->until = OCTOBER + 1000 * 300;
}

static void what_was_gathered_reads_back_and_damage_is_refused(void **state)
{
    struct month *m = malloc(sizeof *m), *got = malloc(sizeof *got);
    struct buf bytes = BUF_INIT;
    struct month_line a, b;

    (void)state;
    fill(m, 1);
    month_pack(m, &bytes);
    assert_ok(month_unpack(bytes.data, bytes.len, got));
    assert_int_equal(got->until, m->until);
    assert_int_equal(got->count, 2);
    assert_true(month_line_of(m, &m->sums[1], &a) && month_line_of(got, &got->sums[1], &b));
    assert_memory_equal(&a, &b, sizeof a);
    for (size_t i = 0; i < bytes.len; i += 37) {
        bytes.data[i] ^= 4;
        assert_int_not_equal(month_unpack(bytes.data, bytes.len, got), ERR_OK);
        bytes.data[i] ^= 4;
        assert_int_not_equal(month_unpack(bytes.data, i, got), ERR_OK);
    }
    buf_clear(&bytes);
    month_put_line(&a, &bytes);
    assert_ok(month_parse_line(bytes.data, bytes.len - 1, &b));
    assert_string_equal(a.name, b.name);
    assert_true(a.p95 == b.p95 && a.mean == b.mean && a.peak == b.peak && a.peak_at == b.peak_at);
    for (size_t i = 0; i + 1 < bytes.len; i++) {
        bytes.data[i] ^= 1;
        assert_int_not_equal(month_parse_line(bytes.data, bytes.len - 1, &b), ERR_OK);
        bytes.data[i] ^= 1;
    }
    buf_fini(&bytes);
    free(m);
    free(got);
}

static void count_lines(void *ctx, const struct month_line *line)
{
    (void)line;
    (*(int *)ctx)++;
}

static int lines_of(const char *dir)
{
    int count = 0;

    assert_ok(month_each_line(dir, 1, count_lines, &count));
    return count;
}

static void a_month_is_closed_once_and_a_torn_line_harms_no_other(void **state)
{
    struct month *m = malloc(sizeof *m);
    char path[256];
    FILE *f;

    snprintf(path, sizeof path, "%s/000", (char *)*state);
    mkdir(path, 0750);
    assert_int_equal(lines_of(*state), 0);
    fill(m, 2);
    assert_ok(month_close(*state, 1, m));
    assert_int_equal(lines_of(*state), 2);
    assert_ok(month_close(*state, 1, m)); /* after a crash: once more */
    assert_int_equal(lines_of(*state), 2);
    snprintf(path, sizeof path, "%s/000/00000001.months", (char *)*state);
    f = fopen(path, "ab");
    fputs("0badc0de 2026-11 13 8640 86", f); /* the power went */
    fclose(f);
    assert_int_equal(lines_of(*state), 2);
    month_add(&m->sums[0], OCTOBER, 5); /* more is known of one metric */
    assert_ok(month_close(*state, 1, m));
    assert_int_equal(lines_of(*state), 3);
    free(m);
}

/* ---- the store gathers ---- */

enum { DAY_STEPS = 1440 };

/* Traffic that a minute averages, the same for every run. Some of it is unknown. */
static double traffic(int64_t minute)
{
    if (minute % 5000 < 60)
        return NAN;
    return 1e6 * (double)((minute * 7919) % 100003) / 100003 + (double)(minute % 1440);
}

static double slot_average(int64_t slot_begin)
{
    double sum = 0;
    int known = 0;

    for (int i = 0; i < 5; i++) {
        double v = traffic(slot_begin / 60 + i);
        if (!isnan(v)) {
            sum += v;
            known++;
        }
    }
    return known >= 3 ? sum / known : NAN; /* librrd: half of the rows must be known (xff) */
}

static void put_minutes(const char *dir, struct store_files *f, size_t file, int64_t from, int64_t to)
{
    const struct rrd_file *shape = rrd_index_at(store_files_index(f), file);
    int64_t *times = malloc((size_t)(to - from) / 60 * sizeof *times);
    double *values = malloc((size_t)(to - from) / 60 * shape->count * sizeof *values);
    char path[RRD_PATH_SIZE];
    size_t n = 0;

    for (int64_t t = from; t < to; t += 60, n++) {
        times[n] = t + 60;
        for (unsigned k = 0; k < shape->count; k++)
            values[n * shape->count + k] = traffic(t / 60);
    }
    rrd_index_path(dir, shape->number, path);
    assert_ok(rrd_io_update(path, shape, times, values, n));
    free(times);
    free(values);
}

static void find_line(void *ctx, const struct month_line *line)
{
    struct month_line *wanted = ctx;

    if (line->metric == wanted->metric && strcmp(line->name, wanted->name) == 0)
        *wanted = *line;
}

static void assert_month(const char *dir, uint32_t number, const char *name, int64_t begin, int64_t end)
{
    struct month_line got = {.metric = METRIC_IF_IN};
    double *values = malloc((size_t)(end - begin) / 300 * sizeof *values), peak = 0;
    size_t count = 0;

    memcpy(got.name, name, MONTH_NAME_SIZE);
    assert_ok(month_each_line(dir, number, find_line, &got));
    for (int64_t t = begin; t < end; t += 300) {
        double v = slot_average(t);
        if (!isnan(v)) {
            values[count++] = v;
            peak = fmax(peak, v);
        }
    }
    assert_int_equal(got.known, count);
    assert_int_equal(got.slots, (end - begin) / 300);
    assert_true(fabs(got.p95 - p95_of(values, count)) < 1e-6);
    assert_true(fabs(got.peak - peak) < 1e-6);
    free(values);
}

static struct store_files *traffic_files(const char *dir, int64_t from)
{
    static const enum metric pair[] = {METRIC_IF_IN, METRIC_CPU};
    struct store_files *f = NULL;
    char path[RRD_PATH_SIZE];

    assert_ok(store_files_open(dir, 60, GIB, &f));
    assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, pair, 2));
    rrd_index_path(dir, 1, path);
    assert_ok(rrd_io_create(path, rrd_index_at(store_files_index(f), 0), from, NULL));
    return f;
}

static void a_month_of_traffic_is_exact_although_its_rows_are_kept_for_two_weeks(void **state)
{
    int64_t from = OCTOBER - 3 * 86400;
    struct store_files *f = traffic_files(*state, from);
    int day = 0;

    for (int64_t t = from; t < NOVEMBER + 2 * 86400; t += 86400, day++) {
        put_minutes(*state, f, 0, t, t + 86400);
        if (day % 7 == 3 || (day > 10 && day < 20)) /* the store was away, or did not come to it */
            continue;
        assert_ok(store_months_gather(f, 0, (t + 86400) * SECONDS));
        assert_ok(store_months_gather(f, 0, (t + 86400) * SECONDS)); /* nothing is counted twice */
    }
    assert_month(*state, 1, "2026-10", OCTOBER, NOVEMBER);
    store_files_close(f);
}

static void a_kill_between_closing_and_saving_repeats_nothing(void **state)
{
    struct store_files *f = traffic_files(*state, OCTOBER);
    char month[256], kept[256], command[600];

    put_minutes(*state, f, 0, OCTOBER, OCTOBER + 12 * 86400);
    assert_ok(store_months_gather(f, 0, (OCTOBER + 12 * 86400) * SECONDS));
    put_minutes(*state, f, 0, OCTOBER + 12 * 86400, OCTOBER + 24 * 86400);
    assert_ok(store_months_gather(f, 0, (OCTOBER + 24 * 86400) * SECONDS));
    put_minutes(*state, f, 0, OCTOBER + 24 * 86400, NOVEMBER + 86400);
    snprintf(month, sizeof month, "%s/000/00000001.month", (char *)*state);
    snprintf(kept, sizeof kept, "%s/kept", (char *)*state);
    assert_int_equal(link(month, kept), 0);
    assert_ok(store_months_gather(f, 0, (NOVEMBER + 86400) * SECONDS));
    assert_int_equal(lines_of(*state), 1); /* CPU is of the short class: not kept */
    snprintf(command, sizeof command, "%s/000/00000001.month", (char *)*state);
    assert_int_equal(rename(kept, command), 0); /* the line was written, what was gathered was not */
    assert_ok(store_months_gather(f, 0, (NOVEMBER + 86400) * SECONDS));
    assert_int_equal(lines_of(*state), 1);
    assert_month(*state, 1, "2026-10", OCTOBER, NOVEMBER);
    store_files_close(f);
}

static void what_was_gathered_moves_along_when_a_file_grows(void **state)
{
    static const enum metric more[] = {METRIC_IF_OUT};
    struct store_files *f = traffic_files(*state, OCTOBER);
    char path[RRD_PATH_SIZE], old[RRD_PATH_SIZE];

    for (int i = 0; i < 18; i++) {
        put_minutes(*state, f, 0, OCTOBER + i * 86400, OCTOBER + (i + 1) * 86400);
        assert_ok(store_months_gather(f, 0, (OCTOBER + (i + 1) * 86400) * SECONDS));
    }
    assert_ok(store_files_add(f, "sw-1", "if/1", STORAGE_SHORT, more, 1));
    rrd_index_path(*state, 2, path);
    rrd_index_path(*state, 1, old);
    assert_ok(rrd_io_create(path, rrd_index_at(store_files_index(f), 1), OCTOBER + 18 * 86400, old));
    unlink(old);
    for (int64_t t = OCTOBER + 18 * 86400; t < NOVEMBER + 86400; t += 86400) {
        put_minutes(*state, f, 1, t, t + 86400);
        assert_ok(store_months_gather(f, 1, (t + 86400) * SECONDS));
    }
    assert_month(*state, 2, "2026-10", OCTOBER, NOVEMBER);
    store_files_close(f);
}

static void the_month_of_a_silent_device_is_closed_with_what_is_known(void **state)
{
    struct store_files *f = traffic_files(*state, OCTOBER);
    struct month_line got = {.name = "2026-10", .metric = METRIC_IF_IN};

    put_minutes(*state, f, 0, OCTOBER, OCTOBER + 86400);
    assert_ok(store_months_gather(f, 0, (NOVEMBER + 86400) * SECONDS));
    assert_int_equal(lines_of(*state), 0);
    assert_ok(store_months_gather(f, 0, (NOVEMBER + 3 * 86400) * SECONDS));
    assert_ok(month_each_line(*state, 1, find_line, &got));
    assert_in_range(got.known, 270, 288);
    assert_int_equal(got.slots, 8940);
    assert_ok(store_months_gather(f, 0, (NOVEMBER + 4 * 86400) * SECONDS));
    assert_int_equal(lines_of(*state), 1);
    store_files_close(f);
}

/* ---- read as a series ---- */

static void readers_see_closed_months_and_the_one_that_runs(void **state)
{
    static const struct series_column column = {"sw-1", "if/1", METRIC_IF_IN};
    struct store_files *f = traffic_files(*state, OCTOBER);
    int64_t now = NOVEMBER + 3 * 86400 + 300;
    struct series_query q = {&column,       1, (OCTOBER - 40 * 86400) * SECONDS,
                             now * SECONDS, 0, SERIES_MONTH_P95};
    struct series_result r = {0};
    struct series *s = NULL;
    double *values = malloc(1000 * sizeof *values);
    size_t count = 0;

    for (int64_t t = OCTOBER; t < NOVEMBER + 86400; t += 86400) {
        put_minutes(*state, f, 0, t, t + 86400);
        assert_ok(store_months_gather(f, 0, (t + 86400) * SECONDS));
    }
    put_minutes(*state, f, 0, NOVEMBER + 86400 - 3600, NOVEMBER + 3 * 86400); /* not gathered yet */
    for (int64_t t = NOVEMBER; t < NOVEMBER + 3 * 86400; t += 300)
        if (!isnan(slot_average(t)))
            values[count++] = slot_average(t);
    assert_ok(series_open("/nonexistent", *state, &s));
    assert_ok(series_read(s, &q, now * SECONDS, &r));
    assert_int_equal(r.step, 0);
    assert_int_equal(r.rows, 4); /* August to November */
    assert_true(isnan(r.values[0]) && isnan(r.values[1]));
    assert_true(r.values[2] > 6e5 && r.values[2] < 8e5);
    assert_true(r.completeness[2] > 0.97 && r.completeness[2] <= 1);
    assert_true(fabs(r.values[3] - p95_of(values, count)) < 1e-6);
    assert_true(fabs(r.completeness[3] - (double)count / 8640) < 1e-9);
    series_result_fini(&r);
    q.cf = SERIES_MONTH_PEAK;
    assert_ok(series_read(s, &q, now * SECONDS, &r));
    assert_true(r.values[2] > 8e5);
    series_result_fini(&r);
    series_close(s);
    store_files_close(f);
    free(values);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, temp_dir_setup, temp_dir_teardown)

RUN_TESTS("month", cmocka_unit_test(months_are_those_of_the_wall_clock_in_berlin),
          cmocka_unit_test(the_percentile_is_exact_for_every_number_of_values),
          cmocka_unit_test(what_was_gathered_reads_back_and_damage_is_refused),
          TEST(a_month_is_closed_once_and_a_torn_line_harms_no_other),
          TEST(a_month_of_traffic_is_exact_although_its_rows_are_kept_for_two_weeks),
          TEST(a_kill_between_closing_and_saving_repeats_nothing),
          TEST(what_was_gathered_moves_along_when_a_file_grows),
          TEST(the_month_of_a_silent_device_is_closed_with_what_is_known),
          TEST(readers_see_closed_months_and_the_one_that_runs))
