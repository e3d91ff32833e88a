/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_series.c - journal and RRD files read as one series: at once, and from a worker that may die. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/base/strx.h"
#include "lib/model/record.h"
#include "lib/runtime/journal.h"
#include "lib/stores/rrd_index.h"
#include "lib/stores/rrd_io.h"
#include "lib/stores/series.h"
#include "lib/stores/series_child.h"
#include "lib/stores/series_grid.h"
#include "lib/stores/series_message.h"
#include "tests/unit/temp_dir.h"

#define NOW      (1795003200 * SECONDS) /* a multiple of an hour */
#define INTERVAL (60 * SECONDS)

/* ---- a small world: one switch with two series, polled every minute ---- */

struct world {
    struct journal_writer *w;
    char journal[128], rrd[128];
    journal_pos previous;
};

static void world_open(struct world *x, const char *dir)
{
    struct journal_options o = {.dir = x->journal,
                                .partition = "collector",
                                .segment_bytes = 64 * MIB,
                                .keep_bytes = GIB,
                                .keep_age = HOURS};

    snprintf(x->journal, sizeof x->journal, "%s/journal", dir);
    snprintf(x->rrd, sizeof x->rrd, "%s/rrd", dir);
    mkdir(x->rrd, 0750);
    x->previous = 0;
    assert_ok(journal_writer_open(&o, 0, &x->w));
}

static void put(struct world *x, ns_t t, double in, double out, bool with_table)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Samples samples = NW__SAMPLES__INIT;
    Nw__Table table = NW__TABLE__INIT;
    Nw__Entity entity = NW__ENTITY__INIT, *entities[] = {&entity};
    Nw__Series in_series = NW__SERIES__INIT, out_series = NW__SERIES__INIT,
               *series[] = {&in_series, &out_series};
    double values[] = {in, out};
    struct buf bytes = BUF_INIT;

    entity.id = (char *)"if/1";
    in_series.metric = METRIC_IF_IN;
    out_series.metric = METRIC_IF_OUT;
    table.version = 1;
    table.interval_ms = INTERVAL / MILLISECONDS;
    table.entities = entities;
    table.n_entities = 1;
    table.series = series;
    table.n_series = 2;
    samples.source = (char *)"sw-1";
    samples.previous = x->previous;
    samples.started = (uint64_t)t;
    samples.values = values;
    samples.n_values = 2;
    samples.table_version = 1;
    samples.table = with_table ? &table : NULL;
    record.wall = (uint64_t)t;
    record.body_case = NW__RECORD__BODY_SAMPLES;
    record.samples = &samples;
    assert_ok(record_pack(&record, &bytes));
    assert_ok(journal_append(x->w, 0, bytes.data, bytes.len, &x->previous));
    buf_fini(&bytes);
}

/* Rows of one minute in the file that the index names for sw-1 if/1: value = minutes before NOW. */
static void put_rrd(struct world *x, int from_minute, int to_minute)
{
    struct rrd_file f = {.number = 1,
                         .storage = STORAGE_SHORT,
                         .step = 60,
                         .source = (char *)"sw-1",
                         .entity = (char *)"if/1",
                         .count = 2,
                         .metrics = {METRIC_IF_IN, METRIC_IF_OUT}};
    struct buf line = BUF_INIT;
    char path[RRD_PATH_SIZE];
    FILE *index;
    int64_t now = NOW / SECONDS;

    rrd_index_put_line(&f, &line);
    snprintf(path, sizeof path, "%s/index", x->rrd);
    index = fopen(path, "wb");
    fwrite(line.data, 1, line.len, index);
    fclose(index);
    buf_fini(&line);
    rrd_index_path(x->rrd, 1, path);
    assert_ok(rrd_io_create(path, &f, now - from_minute * 60, NULL));
    for (int m = from_minute; m > to_minute; m--) {
        int64_t end = now - (m - 1) * 60;
        double values[] = {m, 1000 + m};
        assert_ok(rrd_io_update(path, &f, &end, values, 1));
    }
}

static const struct series_column both[] = {{"sw-1", "if/1", METRIC_IF_IN}, {"sw-1", "if/1", METRIC_IF_OUT}};

static struct series_result ask(struct world *x, ns_t from, ns_t to, ns_t step, enum series_cf cf)
{
    struct series_query q = {both, 2, from, to, step, cf};
    struct series_result r = {0};
    struct series *s = NULL;

    assert_ok(series_open(x->journal, x->rrd, &s));
    assert_ok(series_read(s, &q, NOW, &r));
    series_close(s);
    return r;
}

static void the_last_hour_comes_from_the_journal(void **state)
{
    struct world x;
    struct series_result r;

    world_open(&x, *state);
    for (int m = 30; m > 0; m--)
        put(&x, NOW - m * MINUTES + 5 * SECONDS, m, 1000 + m, m == 30);
    r = ask(&x, NOW - 40 * MINUTES, NOW, MINUTES, SERIES_AVERAGE);
    assert_int_equal(r.rows, 40);
    assert_int_equal(r.columns, 2);
    assert_true(r.start == NOW - 40 * MINUTES);
    for (int i = 0; i < 10; i++) {
        assert_true(isnan(r.values[2 * i]));
        assert_float_equal(r.completeness[i], 0, 1e-9);
    }
    for (int i = 10; i < 40; i++) {
        assert_float_equal(r.values[2 * i], 40 - i, 1e-9);
        assert_float_equal(r.values[2 * i + 1], 1040 - i, 1e-9);
        assert_float_equal(r.completeness[i], 1, 1e-9);
    }
    series_result_fini(&r);
    journal_writer_close(x.w);
}

static void journal_and_rrd_meet_without_a_seam(void **state)
{
    struct world x;
    struct series_result r;

    world_open(&x, *state);
    put_rrd(&x, 180, 10); /* the store is ten minutes behind */
    for (int m = 75; m > 0; m--)
        put(&x, NOW - m * MINUTES + 5 * SECONDS, m, 1000 + m, m == 75);
    r = ask(&x, NOW - 3 * HOURS, NOW, MINUTES, SERIES_AVERAGE);
    assert_int_equal(r.rows, 180);
    for (int i = 0; i < 180; i++) {
        assert_float_equal(r.values[2 * i], 180 - i, 1e-6);
        assert_float_equal(r.completeness[i], 1, 1e-9);
    }
    series_result_fini(&r);
    r = ask(&x, NOW - 3 * HOURS, NOW, 10 * MINUTES, SERIES_MAX);
    assert_int_equal(r.rows, 18);
    for (int i = 0; i < 18; i++)
        assert_float_equal(r.values[2 * i], 180 - 10 * i, 3); /* 5-minute means before */
    series_result_fini(&r);
    journal_writer_close(x.w);
}

static void a_chain_is_followed_over_a_restart_of_the_writer(void **state)
{
    struct world x;
    struct series_result r;
    struct series *s = NULL;
    struct series_query q = {both, 2, NOW - 20 * MINUTES, NOW, MINUTES, SERIES_AVERAGE};

    world_open(&x, *state);
    for (int m = 20; m > 10; m--)
        put(&x, NOW - m * MINUTES, m, 0, m == 20);
    assert_ok(series_open(x.journal, x.rrd, &s));
    assert_ok(series_read(s, &q, NOW, &r));
    series_result_fini(&r);
    journal_writer_close(x.w);
    world_open(&x, *state); /* its chain begins anew */
    for (int m = 10; m > 0; m--)
        put(&x, NOW - m * MINUTES, m, 0, m == 10);
    assert_ok(series_read(s, &q, NOW, &r));
    for (int i = 0; i < 20; i++)
        assert_float_equal(r.values[2 * i], 20 - i, 1e-9);
    series_result_fini(&r);
    series_close(s);
    journal_writer_close(x.w);
}

static void silence_is_unknown_after_one_and_a_half_intervals(void **state)
{
    struct world x;
    struct series_result r;

    world_open(&x, *state);
    put(&x, NOW - 600 * SECONDS, 5, 6, true);
    put(&x, NOW - 540 * SECONDS, NAN, 7, false);
    r = ask(&x, NOW - 600 * SECONDS, NOW, 10 * SECONDS, SERIES_AVERAGE);
    assert_float_equal(r.values[0], 5, 1e-9);
    assert_float_equal(r.values[2 * 5], 5, 1e-9);
    assert_true(isnan(r.values[2 * 6]));
    assert_float_equal(r.values[2 * 14 + 1], 7, 1e-9);
    assert_true(isnan(r.values[2 * 15 + 1]));
    assert_float_equal(r.completeness[6], 0.5, 1e-9);
    series_result_fini(&r);
    journal_writer_close(x.w);
}

static void nonsense_is_refused_and_strangers_are_unknown(void **state)
{
    static const struct series_column stranger[] = {{"nobody", "if/1", METRIC_IF_IN}};
    struct world x;
    struct series *s = NULL;
    struct series_result r;
    struct series_query q = {stranger, 1, NOW - HOURS, NOW, 0, SERIES_AVERAGE};

    world_open(&x, *state);
    assert_ok(series_open(x.journal, x.rrd, &s));
    assert_ok(series_read(s, &q, NOW, &r));
    assert_true(r.rows >= 300 && isnan(r.values[0]));
    series_result_fini(&r);
    q.from = q.to;
    assert_int_equal(series_read(s, &q, NOW, &r), ERR_RANGE);
    q = (struct series_query){stranger, 0, NOW - HOURS, NOW, 0, SERIES_AVERAGE};
    assert_int_equal(series_read(s, &q, NOW, &r), ERR_RANGE);
    q = (struct series_query){stranger, 1, 0, NOW, SECONDS, SERIES_AVERAGE};
    assert_ok(series_read(s, &q, NOW, &r));
    assert_true(r.rows <= SERIES_ROWS_MAX);
    series_result_fini(&r);
    series_close(s);
    journal_writer_close(x.w);
}

static const struct rrd_keep usual = {0};

static void archives_are_chosen_by_width_and_reach(void **state)
{
    const int64_t last = NOW / SECONDS, day = 86400;
    struct grid_choice c;

    (void)state;
    assert_true(grid_choose_archive(STORAGE_LONG, &usual, 300, last, SERIES_MAX, 3600, last - 30 * day, &c));
    assert_int_equal(c.pdps, 12);
    assert_int_equal(c.cf, RRD_MAX);
    assert_true(
        grid_choose_archive(STORAGE_LONG, &usual, 300, last, SERIES_AVERAGE, 300, last - 30 * day, &c));
    assert_int_equal(c.pdps, 1);
    assert_true(
        grid_choose_archive(STORAGE_LONG, &usual, 300, last, SERIES_AVERAGE, 300, last - 100 * day, &c));
    assert_int_equal(c.pdps, 12);                  /* nothing finer is kept that long … */
    assert_int_equal(c.until, last - 11520 * 300); /* … only from here on */
    assert_true(
        grid_choose_archive(STORAGE_LONG, &usual, 300, last, SERIES_MIN, 7 * day, last - 3000 * day, &c));
    assert_int_equal(c.pdps, 288);
    assert_int_equal(c.cf, RRD_MIN);
    assert_false(
        grid_choose_archive(STORAGE_SHORT, &usual, 60, last, SERIES_AVERAGE, 60, last - 15 * day, &c));
    assert_int_equal(c.until, last / 300 * 300 - 4032 * 300);
    assert_false(grid_choose_archive(STORAGE_SHORT, &usual, 60, last, SERIES_AVERAGE, 60, last + 1, &c));
    assert_true(c.until == INT64_MAX);
}

static void messages_survive_the_way_and_nonsense_is_refused(void **state)
{
    struct series_query q = {both, 2, 1, 2, 3, SERIES_MAX};
    struct series_request_parsed got;
    struct buf bytes = BUF_INIT;
    size_t size;
    enum err verdict;
    uint64_t id;
    double values[] = {1, NAN, 3, 4}, known[] = {0.5, 1};
    struct series_result r = {.start = 7,
                              .step = 8,
                              .rows = 2,
                              .columns = 2,
                              .values = values,
                              .completeness = known},
                         back;

    (void)state;
    assert_ok(series_request_pack(77, NOW, &q, &bytes));
    for (size_t cut = 0; cut < bytes.len; cut++)
        assert_int_equal(series_request_parse(bytes.data, cut, &size, &got), ERR_TRUNCATED);
    assert_ok(series_request_parse(bytes.data, bytes.len, &size, &got));
    assert_int_equal(size, bytes.len);
    assert_int_equal(got.id, 77);
    assert_true(got.now == NOW);
    assert_string_equal(got.query.columns[1].source, "sw-1");
    assert_int_equal(got.query.columns[1].metric, METRIC_IF_OUT);
    series_request_fini(&got);
    bytes.data[4 + 41] = 65; /* columns */
    assert_int_equal(series_request_parse(bytes.data, bytes.len, &size, &got), ERR_MALFORMED);
    buf_clear(&bytes);
    assert_ok(series_answer_pack(78, ERR_OK, &r, &bytes));
    assert_ok(series_answer_parse(bytes.data, bytes.len, &size, &id, &verdict, &back));
    assert_int_equal(back.rows, 2);
    assert_true(isnan(back.values[1]) && back.values[3] == 4 && back.completeness[0] == 0.5);
    series_result_fini(&back);
    bytes.data[4 + 28] = 3; /* rows */
    assert_int_equal(series_answer_parse(bytes.data, bytes.len, &size, &id, &verdict, &back), ERR_MALFORMED);
    buf_fini(&bytes);
}

/* ---- the worker ---- */

static void the_sandbox_reads_and_does_nothing_else(void **state)
{
    pid_t child = fork();
    int status = 0;

    (void)state;
    if (child == 0) {
        int sock, fd;
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (!series_sandbox_enter())
            _exit(2);
        sock = socket(AF_INET, SOCK_DGRAM, 0);
        if (sock >= 0 || errno != EPERM)
            _exit(3);
        if (open("sandbox-test", O_WRONLY | O_CREAT, 0600) >= 0 || errno != EPERM)
            _exit(4);
        if (unlink("sandbox-test") == 0 || errno != EPERM)
            _exit(5);
        if (fork() >= 0)
            _exit(6);
        fd = open("/proc/self/stat", O_RDONLY);
        _exit(fd < 0 ? 7 : 0);
    }
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

struct heard {
    int answers, failures;
    size_t rows;
    double newest;
};

static void hear(void *ctx, enum err e, const struct series_result *r)
{
    struct heard *h = ctx;

    if (e) {
        h->failures++;
        return;
    }
    h->answers++;
    h->rows = r->rows;
    h->newest = r->values[(r->rows - 2) * r->columns];
}

static pid_t child_of_mine(void)
{
    char path[64], line[256];
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    pid_t found = 0;

    while ((entry = readdir(proc))) {
        int pid = atoi(entry->d_name), parent = 0;
        char *end;
        FILE *f;
        snprintf(path, sizeof path, "/proc/%d/stat", pid);
        f = pid ? fopen(path, "re") : NULL;
        if (f && fgets(line, sizeof line, f) && (end = strrchr(line, ')')) &&
            sscanf(end, ") %*c %d", &parent) == 1 && parent == getpid())
            found = pid;
        if (f)
            fclose(f);
    }
    closedir(proc);
    return found;
}

static void turn_until(struct loop *l, const int *figure, int wanted)
{
    for (int i = 0; i < 400 && *figure < wanted; i++)
        assert_ok(loop_turn(l, 10 * MILLISECONDS));
    assert_int_equal(*figure, wanted);
}

static void a_worker_answers_dies_and_is_replaced(void **state)
{
    struct timespec ts;
    struct world x;
    struct heard h = {0};
    struct loop *l = NULL;
    struct series_worker *w = NULL;
    struct series_query q = {both, 2, 0, 0, MINUTES, SERIES_AVERAGE};
    uint64_t id = 0;
    ns_t now;

    world_open(&x, *state);
    clock_gettime(CLOCK_REALTIME, &ts);
    now = ts.tv_sec * SECONDS / MINUTES * MINUTES;
    for (int m = 30; m >= 0; m--)
        put(&x, now - m * MINUTES, m, 0, m == 30);
    q.from = now - 20 * MINUTES;
    q.to = now + MINUTES;
    assert_ok(loop_new(NULL, &l));
    assert_ok(series_worker_new(l, x.journal, x.rrd, &w));
    for (int i = 0; i < 50; i++)
        assert_ok(series_request(w, &q, hear, &h, &id));
    series_cancel(w, id);
    turn_until(l, &h.answers, 49);
    assert_int_equal(h.rows, 21);
    assert_float_equal(h.newest, 1, 1e-9);
    kill(child_of_mine(), SIGKILL);
    assert_ok(series_request(w, &q, hear, &h, NULL));
    turn_until(l, &h.failures, 1);
    assert_ok(series_request(w, &q, hear, &h, NULL));
    turn_until(l, &h.answers, 50);
    q.to = q.from;
    assert_int_equal(series_request(w, &q, hear, &h, NULL), ERR_RANGE);
    series_worker_free(w);
    assert_int_equal(child_of_mine(), 0);
    loop_free(l);
    journal_writer_close(x.w);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, temp_dir_setup, temp_dir_teardown)

RUN_TESTS("series", TEST(the_last_hour_comes_from_the_journal), TEST(journal_and_rrd_meet_without_a_seam),
          TEST(a_chain_is_followed_over_a_restart_of_the_writer),
          TEST(silence_is_unknown_after_one_and_a_half_intervals),
          TEST(nonsense_is_refused_and_strangers_are_unknown),
          cmocka_unit_test(archives_are_chosen_by_width_and_reach),
          cmocka_unit_test(messages_survive_the_way_and_nonsense_is_refused),
          cmocka_unit_test(the_sandbox_reads_and_does_nothing_else),
          TEST(a_worker_answers_dies_and_is_replaced))
