/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_reserve.c - alerts.db on a disk that is full: a tmpfs of its own, so it needs root. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alerts/channel_queue.h"
#include "alerts/db_io.h"
#include "lib/base/strx.h"
#include "tests/unit/cmocka_tests.h"
#include "tests/unit/temp_dir.h"

#define RESERVE (96 * (uint64_t)MIB)

enum { EVENTS = 50000, BATCH = 50, EVENT_SIZE = 1200, RECORD_SIZE = 400, CANNOT_MOUNT = 77 };

static void fill_disk(const char *path)
{
    static const char zeroes[64 * 1024];
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    while (fd >= 0 && write(fd, zeroes, sizeof zeroes) > 0)
        continue;
    while (fd >= 0 && write(fd, zeroes, 512) > 0)
        continue;
    close(fd);
}

/* How many of the events could be committed. */
static unsigned commit_events(struct db *db, unsigned count)
{
    char body[EVENT_SIZE];

    memset(body, 'x', sizeof body);
    for (unsigned k = 0; k < count; k += BATCH) {
        for (unsigned i = 1; i <= BATCH; i++) {
            db_put_event(db, 1, k + i, 0, body, sizeof body);
            db_put_record(db, k + i, body, RECORD_SIZE); /* the partition's disk is the same one */
        }
        if (db_commit(db))
            return k;
    }
    return count;
}

#define CHECK(condition)                                                                                     \
    if (!(condition))                                                                                        \
    return __LINE__ % 64 + 1

static bool mount_disk(const char *dir)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", dir, "tmpfs", 0, "size=220m") == 0;
}

/* One channel's queue, as full as it may be. */
static bool commit_queue(struct db *db)
{
    static char body[CHANNEL_QUEUE_BYTES / CHANNEL_QUEUE_MAX];

    for (uint64_t k = 1; k <= CHANNEL_QUEUE_MAX; k++) {
        db_put_message(db, "desk", k, body, sizeof body);
        if (k % BATCH == 0 && db_commit(db))
            return false;
    }
    return true;
}

static int in_own_namespace(const char *dir, uint64_t reserve)
{
    struct db *db = NULL;
    uint64_t sequence = 0;
    struct buf body = BUF_INIT;
    char *ballast = strx_printf("%s/ballast", dir), *path = strx_printf("%s/alerts.db", dir);
    unsigned done;

    if (!mount_disk(dir))
        return CANNOT_MOUNT;
    CHECK(db_open(path, &db) == ERR_OK);
    while (db_reserved(db) < reserve)
        CHECK(db_reserve(db, reserve, 4 * MIB) == ERR_OK);
    CHECK(db_reserve(db, reserve, 4 * MIB) == ERR_OK);
    fill_disk(ballast);
    done = commit_events(db, EVENTS);
    if (!reserve) { /* the test can fail: without it there is no room */
        CHECK(done < 1000);
        return 0;
    }
    CHECK(done == EVENTS);
    CHECK(db_reserved(db) == 0 && db_reserve(db, reserve, 4 * MIB) == ERR_NO_SPACE);
    CHECK(unlink(ballast) == 0); /* there is room again: nobody has to do anything */
    CHECK(commit_events(db, BATCH) == BATCH);
    CHECK(db_reserve(db, 8 * MIB, 8 * MIB) == ERR_OK && db_reserved(db) == 8 * MIB);
    db_close(db);
    CHECK(db_open(path, &db) == ERR_OK && db_reserved(db) == 8 * MIB);
    CHECK(db_event_after(db, 1, EVENTS - 1, &sequence, &body) == ERR_OK && sequence == EVENTS);
    db_close(db);
    buf_fini(&body);
    free(ballast);
    free(path);
    return 0;
}

/* How many events a full disk takes behind the messages of a full queue, or without one, into *fitting. */
static int count_fitting(const char *dir, uint64_t reserve, bool has_queue, unsigned *fitting)
{
    struct db *db = NULL;
    char *ballast = strx_printf("%s/ballast", dir), *path = strx_printf("%s/alerts.db", dir);

    if (!mount_disk(dir))
        return CANNOT_MOUNT;
    CHECK(db_open(path, &db) == ERR_OK);
    while (db_reserved(db) < reserve)
        CHECK(db_reserve(db, reserve, 4 * MIB) == ERR_OK);
    CHECK(db_reserve(db, reserve, 4 * MIB) == ERR_OK); /* and room for the log */
    fill_disk(ballast);
    CHECK(!has_queue || commit_queue(db));
    *fitting = commit_events(db, 4 * EVENTS);
    db_close(db);
    free(ballast);
    free(path);
    return 0;
}

static void assert_child_is_content(pid_t pid)
{
    int status = 0;

    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void run(const char *dir, uint64_t reserve)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(in_own_namespace(dir, reserve));
    assert_child_is_content(pid);
}

static void fifty_thousand_events_fit_on_a_full_disk_with_the_reserve(void **state)
{
    run(*state, RESERVE);
}

static void a_full_queue_of_a_channel_takes_nothing_from_them(void **state)
{
    unsigned *fitting =
        mmap(NULL, 2 * sizeof *fitting, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_true(fitting != MAP_FAILED);
    for (int k = 0; k < 2; k++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(count_fitting(*state, RESERVE + (k ? CHANNEL_QUEUE_RESERVE : 0), k == 1, &fitting[k]));
        assert_child_is_content(pid);
    }
    print_message("%u without a queue, %u behind a full one\n", fitting[0], fitting[1]);
    assert_true(fitting[0] >= EVENTS && fitting[1] >= fitting[0]);
    munmap(fitting, 2 * sizeof *fitting);
}

static void without_the_reserve_there_is_no_room_for_them(void **state)
{
    run(*state, 0);
}

static const char version_1[] =
    "CREATE TABLE engine (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, "
    "key)) WITHOUT ROWID;"
    "CREATE TABLE pending (slot INTEGER PRIMARY KEY, record BLOB NOT NULL);"
    "CREATE TABLE outbox (lane INTEGER NOT NULL, sequence INTEGER NOT NULL, created INTEGER NOT NULL,"
    " body BLOB NOT NULL, PRIMARY KEY (lane, sequence)) WITHOUT ROWID;"
    "CREATE TABLE command (id TEXT PRIMARY KEY, at INTEGER NOT NULL, outcome TEXT NOT NULL, problem TEXT NOT "
    "NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE number (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE position (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "INSERT INTO outbox VALUES (1, 7, 0, x'4142');"
    "PRAGMA user_version = 1;";

static void a_database_of_the_first_version_is_taken_over(void **state)
{
    char *path = strx_printf("%s/alerts.db", (char *)*state);
    sqlite3 *old = NULL;
    struct db *db = NULL;
    struct buf body = BUF_INIT;
    uint64_t sequence = 0;

    assert_ok(sqlite3_open(path, &old));
    assert_ok(sqlite3_exec(old, version_1, NULL, NULL, NULL));
    sqlite3_close(old);
    for (int round = 0; round < 2; round++) {
        assert_ok(db_open(path, &db));
        assert_ok(db_event_after(db, 1, 0, &sequence, &body));
        db_close(db);
    }
    assert_int_equal(sequence, 7);
    assert_string_equal(body.data, "ABAB");
    buf_fini(&body);
    free(path);
}

/* Not as a common user, nor in a container without mounts. */
static bool can_mount(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
              mount("none", "/tmp", "tmpfs", 0, "size=1m"));
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_database_of_the_first_version_is_taken_over, temp_dir_setup,
                                        temp_dir_teardown),
        cmocka_unit_test_setup_teardown(fifty_thousand_events_fit_on_a_full_disk_with_the_reserve,
                                        temp_dir_setup, temp_dir_teardown),
        cmocka_unit_test_setup_teardown(a_full_queue_of_a_channel_takes_nothing_from_them, temp_dir_setup,
                                        temp_dir_teardown),
        cmocka_unit_test_setup_teardown(without_the_reserve_there_is_no_room_for_them, temp_dir_setup,
                                        temp_dir_teardown)};

    if (!can_mount()) {
        puts("1..0 # SKIP no tmpfs can be mounted here");
        return 0;
    }
    return cmocka_run_group_tests_name("reserve", tests, NULL, NULL);
}
