/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_alerts_once.c - exactly once: the whole daemon without its main(), killed (SIGKILL) at every kind of
 * step between deciding and telling, again and again, while a scripted collector goes on. The judge reads the
 * partition and the outbox afterwards. */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alerts/alerts.h"
#include "alerts/db_io.h"
#include "lib/base/log.h"
#include "lib/base/map.h"
#include "lib/base/rng.h"
#include "lib/base/strx.h"
#include "tests/unit/cmocka_tests.h"

#define START    (1795300000 * SECONDS)
#define INTERVAL (5 * SECONDS)

enum { CHUNKS = 120, DEVICES = 6, CHILDREN_MAX = 400 };
static const char *const devices[DEVICES] = {"core", "sw", "ap-1", "ap-2", "ap-3", "ap-4"};

/* Seen by all generations of the child. */
struct shared {
    unsigned chunk;   /* next one of the script */
    unsigned steps;   /* taken by the present child */
    unsigned kill_at; /* 0 = never */
    bool is_done;
    ns_t now;
};
static struct shared *shared; /* the hook has no context: the one exception to "no file-scope variables" */

static void on_step(const char *name)
{
    (void)name;
    if (++shared->steps == shared->kill_at)
        kill(getpid(), SIGKILL);
}

static ns_t fake_clock(void *ctx)
{
    (void)ctx;
    return shared->now;
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void write_town(const char *dir)
{
    struct buf b = BUF_INIT;

    buf_str(&b, "sites:\n  - {id: s, name: S, lat: 53.7, lon: 10.0}\ndevices:\n"
                "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: s, core: true}\n"
                "  - {id: sw, name: Sw, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n");
    for (int i = 1; i <= 4; i++)
        buf_printf(&b, "  - {id: ap-%d, name: AP %d, address: 127.0.0.1, kind: ap, site: s, uplink: sw}\n", i,
                   i);
    buf_str(&b, "hotspots:\n");
    for (int i = 1; i <= 4; i++)
        buf_printf(&b, "  - {id: hs-%d, name: H %d, site: s, device: ap-%d}\n", i, i, i);
    write_file(dir, "inventory.yaml", b.data);
    write_file(dir, "netzwacht.yaml",
               "instance: t\nstate_dir: state\ninventory: [inventory.yaml]\n"
               "collector: {interval: 5s}\n");
    buf_fini(&b);
}

/* ---- the script: one second a chunk; ap-1 is down in 20..60, ap-2 in 40..80 ---- */

static bool is_down_in(size_t device, unsigned chunk)
{
    return (device == 2 && chunk >= 20 && chunk < 60) || (device == 3 && chunk >= 40 && chunk < 80);
}

static void append(struct journal_writer *w, Nw__Record *r)
{
    struct buf b = BUF_INIT;

    r->wall = (uint64_t)shared->now;
    assert_ok(record_pack(r, &b));
    assert_ok(journal_append(w, shared->now, b.data, b.len, NULL));
    buf_fini(&b);
}

static void play(struct journal_writer *w, unsigned chunk)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Heartbeat beat = NW__HEARTBEAT__INIT;

    r.body_case = NW__RECORD__BODY_HEARTBEAT;
    r.heartbeat = &beat;
    append(w, &r);
    for (size_t d = 0; d < DEVICES; d++) {
        Nw__Samples m = NW__SAMPLES__INIT;
        m.source = (char *)(uintptr_t)devices[d];
        m.started = (uint64_t)shared->now;
        if (is_down_in(d, chunk)) {
            m.outcome = NW__OUTCOMES__OUTCOME_TIMEOUT;
            m.misses = 3;
            m.is_down = true;
        }
        r = (Nw__Record)NW__RECORD__INIT;
        r.body_case = NW__RECORD__BODY_SAMPLES;
        r.samples = &m;
        append(w, &r);
    }
}

/* ---- one life of the daemon ---- */

static struct journal_writer *open_writer(const struct settings *s, const char *partition)
{
    const struct journal_options o = {.dir = s->journal_dir,
                                      .partition = partition,
                                      .segment_bytes = 64 * MIB,
                                      .keep_bytes = GIB,
                                      .keep_age = 30 * DAYS};
    struct journal_writer *w = NULL;

    assert_ok(journal_writer_open(&o, shared->now, &w));
    return w;
}

static void live(const char *dir)
{
    const struct loop_clock clock = {fake_clock, fake_clock, NULL};
    struct conf_report *report = NULL;
    struct settings *s = NULL;
    struct inventory *inv = NULL;
    struct loop *loop = NULL;
    struct alerts *a = NULL;
    struct journal_writer *collector;
    struct alerts_options o = {0};
    char path[128];

    snprintf(path, sizeof path, "%s/netzwacht.yaml", dir);
    if (conf_report_new(&report) || settings_load(path, report, &s) ||
        inventory_load((const char *const *)s->inventory.items, s->inventory.count, NULL, report, &inv) ||
        loop_new(&clock, &loop))
        _exit(3);
    mkdir(s->state_dir, 0750);
    collector = open_writer(s, "collector");
    o = (struct alerts_options){loop, s, inv, open_writer(s, "alerts"), 1, on_step};
    if (alerts_new(&o, &a))
        _exit(4);
    while (shared->chunk < CHUNKS) {
        shared->now += SECONDS;
        play(collector, shared->chunk++);
        for (int turn = 0; turn < 4; turn++)
            if (loop_turn(loop, 2 * MILLISECONDS))
                _exit(5);
    }
    shared->is_done = true;
    alerts_free(a);
    _exit(0);
}

static int run_child(const char *dir)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        live(dir);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* ---- the judge ---- */

struct judge {
    struct map *bodies; /* sequence as text -> body bytes as malloc'ed struct buf */
    uint64_t highest;
    size_t opened, closed, outcomes;
    uint64_t lane_records[2];
};

static void judge_record(struct judge *j, uint64_t sequence, const void *bytes, size_t len)
{
    char key[24];
    struct buf *known, *fresh;

    snprintf(key, sizeof key, "%llu", (unsigned long long)sequence);
    known = map_get(j->bodies, key);
    if (known) {
        assert_int_equal(known->len, len);
        assert_memory_equal(known->data, bytes, len); /* a duplicate has the same body */
        return;
    }
    fresh = calloc(1, sizeof *fresh);
    buf_put(fresh, bytes, len);
    assert_ok(map_set(j->bodies, key, fresh, NULL));
    if (sequence > j->highest)
        j->highest = sequence;
}

static void judge_one(struct judge *j, const void *bytes, size_t len)
{
    Nw__Record *r = NULL;
    char key[24];

    assert_ok(record_unpack(bytes, len, &r));
    if (r->body_case == NW__RECORD__BODY_STATE && !r->state->is_repeat)
        judge_record(j, r->state->sequence, bytes, len);
    if (r->body_case == NW__RECORD__BODY_INCIDENT) {
        unsigned lane = strcmp(r->incident->source, "critical") == 0 ? 0 : 1;
        snprintf(key, sizeof key, "%llu", (unsigned long long)r->incident->sequence);
        if (!map_get(j->bodies, key)) {
            j->opened += strcmp(r->incident->event, "opened") == 0;
            j->closed += strcmp(r->incident->event, "closed") == 0;
            j->lane_records[lane]++;
        }
        judge_record(j, r->incident->sequence, bytes, len);
    }
    record_free(r);
}

static void free_buf(void *p)
{
    buf_fini(p);
    free(p);
}

static void judge_partition(const char *dir, struct judge *j)
{
    char path[128];
    struct journal_reader *reader = NULL;
    const void *bytes;
    size_t len;
    journal_pos pos;
    enum err e;

    snprintf(path, sizeof path, "%s/state/journal", dir);
    assert_ok(journal_reader_open(path, "alerts", 0, JOURNAL_FROM_OLDEST, &reader));
    while ((e = journal_read(reader, &bytes, &len, &pos)) == ERR_OK)
        judge_one(j, bytes, len);
    assert_int_equal(e, ERR_AGAIN);
    journal_reader_close(reader);
    assert_int_equal(map_count(j->bodies), j->highest); /* 1..highest, none missing */
}

/* Every lane's events are there, one by one, and as many as the partition says. */
static void judge_outbox(const char *dir, const struct judge *j)
{
    char path[128];
    struct db *db = NULL;

    snprintf(path, sizeof path, "%s/state/alerts.db", dir);
    assert_ok(db_open(path, &db));
    for (unsigned lane = 0; lane < 2; lane++) {
        uint64_t count = 0, sequence = 0;
        struct buf body = BUF_INIT;
        while (db_event_after(db, lane, count, &sequence, &body) == ERR_OK)
            assert_int_equal(sequence, ++count);
        assert_int_equal(count, j->lane_records[lane]);
        buf_fini(&body);
    }
    db_close(db);
}

static unsigned kill_and_judge(uint64_t seed, bool may_kill)
{
    char dir[32] = "/tmp/netzwacht-once-XXXXXX", command[64];
    struct rng rng = {seed};
    struct judge j = {.bodies = map_new(1)};
    unsigned children = 0;
    int status = -1;

    assert_non_null(mkdtemp(dir));
    write_town(dir);
    *shared = (struct shared){.now = START};
    while (!shared->is_done && children < CHILDREN_MAX) {
        shared->steps = 0;
        shared->now += 300 * MILLISECONDS; /* a second decision would carry another time */
        shared->kill_at = may_kill ? 1 + rng_below(&rng, 9) : 0;
        status = run_child(dir);
        assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
        children++;
    }
    assert_true(shared->is_done);
    shared->kill_at = 0;
    assert_int_equal(run_child(dir), 0); /* a last life, to append what the one before left */
    judge_partition(dir, &j);
    judge_outbox(dir, &j);
    assert_int_equal(j.opened, 2);
    assert_int_equal(j.closed, 2);
    map_free(j.bodies, free_buf);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
    return children;
}

static void a_quiet_life_tells_two_outages_once(void **state)
{
    (void)state;
    assert_int_equal(kill_and_judge(1, false), 1);
}

static void killed_at_every_step_nothing_is_lost_and_nothing_told_twice_differently(void **state)
{
    unsigned children = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++)
        children += kill_and_judge(seed, true);
    assert_true(children > 20);
}

/* Somebody moved alerts.db away: the numbers go on, no reader meets one of them again. */
static void a_lost_database_does_not_reuse_numbers(void **state)
{
    char dir[32] = "/tmp/netzwacht-once-XXXXXX", command[96];
    struct judge j = {.bodies = map_new(1)};

    (void)state;
    assert_non_null(mkdtemp(dir));
    write_town(dir);
    *shared = (struct shared){.now = START};
    assert_int_equal(run_child(dir), 0);
    snprintf(command, sizeof command, "rm -f %s/state/alerts.db*", dir);
    assert_int_equal(system(command), 0);
    *shared = (struct shared){.now = shared->now + HOURS};
    assert_int_equal(run_child(dir), 0);
    judge_partition(dir, &j);
    assert_int_equal(j.opened, 4);
    map_free(j.bodies, free_buf);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_life_tells_two_outages_once),
        cmocka_unit_test(a_lost_database_does_not_reuse_numbers),
        cmocka_unit_test(killed_at_every_step_nothing_is_lost_and_nothing_told_twice_differently)};
    char data[256];

    snprintf(data, sizeof data, "%s", getenv("NETZWACHT_SOURCE") ? getenv("NETZWACHT_SOURCE") : ".");
    setenv("NETZWACHT_DATA_DIR", data, 1); /* alerts/rules.yaml of the source */
    log_set_level(LOG_LEVEL_ERROR);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    return cmocka_run_group_tests_name("alerts-once", tests, NULL, NULL);
}
