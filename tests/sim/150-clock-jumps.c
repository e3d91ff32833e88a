/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 150-clock-jumps.c - the wall clock goes wrong for twenty minutes: an hour or ten years ahead or back, to
 * 1970, while the daemons run or at a boot; and once a day back for ten seconds. The real store on a fake
 * clock with real files, fed by records with steadied times as daemons write them: no file is blocked when
 * the clock has come back, and what was stored before stays. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <math.h>

#include "collector/store.h"
#include "lib/base/log.h"
#include "lib/runtime/journal.h"
#include "lib/runtime/steady_clock.h"
#include "lib/stores/rrd_io.h"
#include "tests/unit/temp_dir.h"

#define T0 (1795003200 * SECONDS)

enum { STEP_S = 10, MINUTE = 60 };

struct world {
    ns_t mono, jump; /* wall = T0 + mono + jump */
    struct loop *loop;
    struct settings settings;
    struct store *store;
    struct journal_writer *journal;
    struct steady_clock clock; /* the collector's */
    char journal_dir[96], rrd_dir[96];
    int progress;
};

static ns_t read_mono(void *ctx)
{
    return ((struct world *)ctx)->mono;
}

static ns_t read_wall(void *ctx)
{
    struct world *w = ctx;

    return T0 + w->mono + w->jump;
}

static enum err take_progress(void *ctx, Nw__Record *record)
{
    ((struct world *)ctx)->progress += record->body_case == NW__RECORD__BODY_PROGRESS;
    return ERR_OK;
}

static void start_store(struct world *w)
{
    struct store_options options = {w->loop, &w->settings, take_progress, w, 1};

    assert_ok(store_new(&options, &w->store));
}

static void open_journal(struct world *w)
{
    struct journal_options o = {.dir = w->journal_dir,
                                .partition = "collector",
                                .segment_bytes = 64 * MIB,
                                .keep_bytes = GIB,
                                .keep_age = HOURS};

    assert_ok(journal_writer_open(&o, w->mono, &w->journal));
}

static void world_open(struct world *w, const char *dir)
{
    static struct loop_clock clock = {read_mono, read_wall, NULL};

    *w = (struct world){.mono = SECONDS};
    snprintf(w->journal_dir, sizeof w->journal_dir, "%s/journal", dir);
    snprintf(w->rrd_dir, sizeof w->rrd_dir, "%s/rrd", dir);
    w->settings.journal_dir = w->journal_dir;
    w->settings.rrd_dir = w->rrd_dir;
    w->settings.store.step = STEP_S * SECONDS;
    w->settings.store.batch = 20 * SECONDS;
    w->settings.store.budget = GIB;
    clock.ctx = w;
    log_set_level((enum log_level)0);
    steady_clock_init(&w->clock, STEP_S * SECONDS);
    assert_ok(loop_new(&clock, &w->loop));
    open_journal(w);
    start_store(w);
}

static void world_close(struct world *w)
{
    store_stop(w->store);
    journal_writer_close(w->journal);
    loop_free(w->loop);
}

/* One poll: the value is the true time in steps. */
static void poll(struct world *w, bool with_table)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Samples samples = NW__SAMPLES__INIT;
    Nw__Table table = NW__TABLE__INIT;
    Nw__Entity entity = NW__ENTITY__INIT, *entities[] = {&entity};
    Nw__Series one = NW__SERIES__INIT, *series[] = {&one};
    double value = (double)(w->mono / SECONDS / STEP_S);
    struct buf bytes = BUF_INIT;

    entity.id = (char *)"if/1";
    one.metric = METRIC_IF_IN;
    table.version = samples.table_version = 1;
    table.interval_ms = STEP_S * 1000;
    table.entities = entities;
    table.n_entities = 1;
    table.series = series;
    table.n_series = 1;
    samples.source = (char *)"sw-1";
    samples.values = &value;
    samples.n_values = 1;
    samples.table = with_table ? &table : NULL;
    samples.started = (uint64_t)read_wall(w);                                    /* the jumping clock … */
    record.wall = (uint64_t)steady_clock_wall(&w->clock, w->mono, read_wall(w)); /* … and the steadied one */
    record.body_case = NW__RECORD__BODY_SAMPLES;
    record.samples = &samples;
    assert_ok(record_pack(&record, &bytes));
    assert_ok(journal_append(w->journal, w->mono, bytes.data, bytes.len, NULL));
    buf_fini(&bytes);
}

static void live(struct world *w, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        Nw__Heartbeat beat = NW__HEARTBEAT__INIT;
        if (w->mono / SECONDS % STEP_S == 3)
            poll(w, w->mono < 10 * SECONDS);
        w->mono += SECONDS;
        assert_ok(loop_turn(w->loop, 0));
        assert_ok(loop_turn(w->loop, 0));
        store_beat(w->store, &beat);
    }
}

/* Rows from..to (true seconds since T0): how many are right, wrong, unknown. */
static void count_rows(const struct world *w, int from, int to, int *right, int *wrong, int *unknown)
{
    struct rrd_index *index = NULL;
    struct rrd_rows rows = {0};
    char path[RRD_PATH_SIZE];

    *right = *wrong = *unknown = 0;
    rrd_index_path(w->rrd_dir, 1, path);
    assert_ok(rrd_index_open(w->rrd_dir, &index));
    assert_int_equal(rrd_index_count(index), 1);
    assert_ok(rrd_io_fetch(path, rrd_index_at(index, 0), RRD_AVERAGE, 1, T0 / SECONDS + from,
                           T0 / SECONDS + to, &rows));
    for (size_t i = 0; i < rows.rows; i++) {
        int64_t step = (rows.start - T0 / SECONDS) / STEP_S + (int64_t)i;
        if (isnan(rows.values[i]))
            (*unknown)++;
        else if (fabs(rows.values[i] - (double)step) < 1e-6)
            (*right)++;
        else
            (*wrong)++;
    }
    free(rows.values);
    rrd_index_close(index);
}

static void an_hour_ahead_for_twenty_minutes_blocks_no_file(void **state)
{
    struct world w;
    int right, wrong, unknown;

    world_open(&w, *state);
    live(&w, 20 * MINUTE);
    w.jump = HOURS;
    live(&w, 20 * MINUTE);
    w.jump = 0;
    live(&w, 20 * MINUTE);
    count_rows(&w, 0, 19 * MINUTE, &right, &wrong, &unknown);
    assert_int_equal(right, 19 * MINUTE / STEP_S);
    count_rows(&w, 42 * MINUTE, 58 * MINUTE, &right, &wrong, &unknown);
    assert_int_equal(wrong, 0);
    assert_in_range(right, 16 * MINUTE / STEP_S - 1, 16 * MINUTE / STEP_S);
    assert_true(w.progress > 50);
    world_close(&w);
}

static void a_day_back_for_ten_seconds_changes_nothing(void **state)
{
    struct world w;
    int right, wrong, unknown;

    world_open(&w, *state);
    live(&w, 10 * MINUTE);
    w.jump = -DAYS;
    live(&w, 10);
    w.jump = 0;
    live(&w, 10 * MINUTE);
    count_rows(&w, 0, 18 * MINUTE, &right, &wrong, &unknown);
    assert_int_equal(wrong, 0);
    assert_in_range(unknown, 0, 1);
    world_close(&w);
}

static void a_clock_that_was_wrong_from_the_start_is_put_right(void **state)
{
    struct world w;
    int right, wrong, unknown;

    world_open(&w, *state);
    store_stop(w.store);
    w.jump = 3650 * DAYS; /* ten years ahead at boot, then the time service answers */
    steady_clock_init(&w.clock, STEP_S * SECONDS);
    start_store(&w);
    live(&w, 5 * MINUTE);
    w.jump = 0;
    live(&w, 20 * MINUTE);
    count_rows(&w, 7 * MINUTE, 23 * MINUTE, &right, &wrong, &unknown);
    assert_int_equal(wrong, 0);
    assert_in_range(right, 16 * MINUTE / STEP_S - 1, 16 * MINUTE / STEP_S);
    world_close(&w);
}

/* A boot: both daemons begin to believe the clock as it is. */
static void reboot(struct world *w)
{
    store_stop(w->store);
    steady_clock_init(&w->clock, STEP_S * SECONDS);
    assert_ok(loop_turn(w->loop, 0)); /* sees the clock as it is now */
    start_store(w);
}

/* Right for twenty minutes, wrong for twenty, right again: the minutes before and after are all there. */
static void clock_is_wrong(const char *dir, ns_t jump, bool is_boot)
{
    struct world w;
    char own[64];
    int right, wrong, unknown;

    snprintf(own, sizeof own, "%s/%s", dir, jump < 0 ? "back" : "ahead");
    assert_int_equal(mkdir(own, 0700), 0);
    world_open(&w, own);
    live(&w, 20 * MINUTE);
    w.jump = jump;
    if (is_boot)
        reboot(&w);
    live(&w, 20 * MINUTE);
    w.jump = 0;
    if (is_boot)
        reboot(&w);
    live(&w, 20 * MINUTE);
    count_rows(&w, 0, 19 * MINUTE, &right, &wrong, &unknown);
    assert_int_equal(right, 19 * MINUTE / STEP_S);
    count_rows(&w, 43 * MINUTE, 58 * MINUTE, &right, &wrong, &unknown);
    assert_int_equal(wrong, 0);
    assert_in_range(right, 15 * MINUTE / STEP_S - 1, 15 * MINUTE / STEP_S);
    world_close(&w);
}

static void an_hour_ahead_or_back_costs_no_history(void **state)
{
    clock_is_wrong(*state, HOURS, false);
    clock_is_wrong(*state, -HOURS, false);
}

static void ten_years_ahead_or_back_cost_no_history(void **state)
{
    clock_is_wrong(*state, 3650 * DAYS, false);
    clock_is_wrong(*state, -3650 * DAYS, false);
}

static void a_boot_an_hour_ahead_or_back_costs_no_history(void **state)
{
    clock_is_wrong(*state, HOURS, true);
    clock_is_wrong(*state, -HOURS, true);
}

static void a_boot_in_1970_or_in_ten_years_costs_no_history(void **state)
{
    clock_is_wrong(*state, -T0 + MINUTES, true);
    clock_is_wrong(*state, 3650 * DAYS, true);
}

/* The clock was an hour ahead all the time: what is right now is stored at once. */
static void a_clock_that_is_put_back_for_good_blocks_nothing(void **state)
{
    struct world w;
    int right, wrong, unknown;

    world_open(&w, *state);
    live(&w, 20 * MINUTE);
    w.jump = -HOURS;
    live(&w, 90 * MINUTE); /* beyond the end of what was stored before */
    w.jump = 0;            /* for count_rows(), whose rows are now an hour early */
    count_rows(&w, -30 * MINUTE, 45 * MINUTE, &right, &wrong, &unknown);
    assert_in_range(unknown, 0, 2);
    world_close(&w);
}

/* The collector believes the clock again a moment before the store does, in the middle of a long batch. */
static void no_row_waits_for_a_batch_when_the_clock_is_right_again(void **state)
{
    struct world w;
    int right, wrong, unknown;

    world_open(&w, *state);
    w.settings.store.batch = 6 * MINUTES;
    live(&w, 20 * MINUTE);
    w.jump = HOURS;
    live(&w, 20 * MINUTE);
    w.jump = 0;
    live(&w, 20 * MINUTE);
    count_rows(&w, 41 * MINUTE, 51 * MINUTE, &right, &wrong, &unknown);
    assert_int_equal(wrong, 0);
    assert_int_equal(right, 10 * MINUTE / STEP_S);
    world_close(&w);
}

static void what_waits_for_a_batch_is_written_when_the_clock_goes_wrong(void **state)
{
    struct world w;
    int right, wrong, unknown;

    world_open(&w, *state);
    live(&w, 10 * MINUTE);
    w.settings.store.batch = 10 * MINUTES;
    live(&w, 7 * MINUTE);
    w.jump = -HOURS;
    live(&w, 20 * MINUTE);
    w.jump = 0;
    live(&w, 25 * MINUTE);
    count_rows(&w, 0, 16 * MINUTE, &right, &wrong, &unknown);
    assert_int_equal(right, 16 * MINUTE / STEP_S);
    world_close(&w);
}

/* What the store reads again begins in the middle of what it had stored before the clock went wrong. */
static void a_file_is_put_back_though_the_journal_tells_its_end_again(void **state)
{
    struct world w;
    int right, wrong, unknown;

    world_open(&w, *state);
    live(&w, 12 * MINUTE);
    journal_writer_close(w.journal);
    open_journal(&w);
    poll(&w, true);
    live(&w, 8 * MINUTE);
    w.jump = -HOURS;
    reboot(&w);
    live(&w, 20 * MINUTE);
    w.jump = 0;
    reboot(&w);
    live(&w, 20 * MINUTE);
    count_rows(&w, 0, 19 * MINUTE, &right, &wrong, &unknown);
    assert_int_equal(right, 19 * MINUTE / STEP_S);
    world_close(&w);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, temp_dir_setup, temp_dir_teardown)

RUN_TESTS("150-clock-jumps", TEST(an_hour_ahead_for_twenty_minutes_blocks_no_file),
          TEST(a_day_back_for_ten_seconds_changes_nothing),
          TEST(a_clock_that_was_wrong_from_the_start_is_put_right),
          TEST(an_hour_ahead_or_back_costs_no_history), TEST(ten_years_ahead_or_back_cost_no_history),
          TEST(a_boot_an_hour_ahead_or_back_costs_no_history),
          TEST(a_boot_in_1970_or_in_ten_years_costs_no_history),
          TEST(a_clock_that_is_put_back_for_good_blocks_nothing),
          TEST(what_waits_for_a_batch_is_written_when_the_clock_goes_wrong),
          TEST(a_file_is_put_back_though_the_journal_tells_its_end_again),
          TEST(no_row_waits_for_a_batch_when_the_clock_is_right_again))
