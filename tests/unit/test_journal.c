/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_journal.c - partitions on a real file system: torn ends, damage, rotation, retention, full disks. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/rng.h"
#include "lib/base/strx.h"
#include "lib/runtime/journal_segment.h"
#include "tests/unit/journal_place.h"
#include "tests/unit/temp_dir.h"

static struct journal_reader *reader(const char *dir, journal_pos after, enum journal_start from)
{
    struct journal_reader *r = NULL;

    assert_ok(journal_reader_open(dir, "collector", after, from, &r));
    return r;
}

static void assert_reads(struct journal_reader *r, const char *text)
{
    const void *record;
    size_t len;
    journal_pos pos;

    assert_ok(journal_read(r, &record, &len, &pos));
    assert_int_equal(len, strlen(text));
    assert_memory_equal(record, text, len);
}

static void assert_read_gives(struct journal_reader *r, enum err expected)
{
    const void *record;
    size_t len;

    assert_int_equal(journal_read(r, &record, &len, NULL), expected);
}

static void segment_path(const char *dir, unsigned number, char out[128])
{
    snprintf(out, 128, "%s/collector/%010u.seg", dir, number);
}

static long file_size(const char *path)
{
    struct stat st;

    return stat(path, &st) ? -1 : (long)st.st_size;
}

static void flip_byte(const char *path, long at)
{
    FILE *f = fopen(path, "r+b");
    int c;

    assert_non_null(f);
    fseek(f, at, SEEK_SET);
    c = fgetc(f);
    fseek(f, at, SEEK_SET);
    fputc(c ^ 0x40, f);
    fclose(f);
}

static void what_is_appended_is_read_in_order(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir);
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    struct journal_stats stats;

    assert_read_gives(r, ERR_AGAIN);
    append(w, "one");
    append(w, "two");
    assert_reads(r, "one");
    assert_reads(r, "two");
    assert_read_gives(r, ERR_AGAIN);
    append(w, "three");
    assert_reads(r, "three");
    assert_ok(journal_sync(w));
    journal_writer_stats(w, &stats);
    assert_int_equal(stats.records, 3);
    journal_reader_close(r);
    journal_writer_close(w);
}

static void a_reader_may_come_before_its_partition(void **state)
{
    const char *dir = *state;
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_END);
    struct journal_writer *w;

    assert_read_gives(r, ERR_AGAIN);
    w = writer(dir);
    append(w, "first");
    assert_reads(r, "first");
    journal_reader_close(r);
    journal_writer_close(w);
}

static void a_position_is_resumed_behind_it(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir);
    journal_pos one = append(w, "one"), two = append(w, "two");
    struct journal_reader *r = reader(dir, one, JOURNAL_FROM_OLDEST);

    assert_true(two > one);
    assert_reads(r, "two");
    journal_reader_close(r);
    r = reader(dir, two, JOURNAL_FROM_OLDEST);
    assert_read_gives(r, ERR_AGAIN);
    journal_reader_close(r);
    r = reader(dir, 0, JOURNAL_FROM_END);
    append(w, "three");
    assert_reads(r, "three");
    journal_reader_close(r);
    journal_writer_close(w);
}

static void a_second_writer_is_refused_until_the_first_is_gone(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir), *second = NULL;
    struct journal_options o = options(dir);

    assert_int_equal(journal_writer_open(&o, 0, &second), ERR_BUSY);
    journal_writer_close(w);
    assert_ok(journal_writer_open(&o, 0, &second));
    assert_int_equal(journal_segment(second), 2);
    journal_writer_close(second);
}

static void partition_names_cannot_leave_the_directory(void **state)
{
    const char *dir = *state;
    struct journal_options o = options(dir);
    struct journal_writer *w = NULL;
    struct journal_reader *r = NULL;

    o.partition = "../etc";
    assert_int_equal(journal_writer_open(&o, 0, &w), ERR_MALFORMED);
    assert_int_equal(journal_reader_open(dir, "..", 0, JOURNAL_FROM_OLDEST, &r), ERR_MALFORMED);
    assert_int_equal(journal_cursor_store(dir, "a/b", "collector", 1), ERR_MALFORMED);
}

/* The last frame cut at every byte: readers wait; the writer's next start opens a new segment, and then the
 * torn frame is told as damage, and reading goes on. */
static void a_torn_end_is_waited_for_at_each_byte(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir);
    char path[128], bytes[256];
    long whole, cut_from;
    FILE *f;

    append(w, "kept");
    segment_path(dir, 1, path);
    cut_from = file_size(path);
    append(w, "torn record");
    journal_writer_close(w);
    whole = file_size(path);
    f = fopen(path, "rb");
    assert_int_equal(fread(bytes, 1, sizeof bytes, f), whole);
    fclose(f);
    for (long cut = cut_from; cut < whole; cut++) {
        struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
        assert_ok(truncate(path, cut));
        assert_reads(r, "kept");
        assert_read_gives(r, ERR_AGAIN);
        assert_read_gives(r, ERR_AGAIN);
        f = fopen(path, "r+b"); /* the writer repeats at the same offset */
        assert_int_equal(fwrite(bytes, 1, (size_t)whole, f), whole);
        fclose(f);
        assert_reads(r, "torn record");
        assert_int_equal(journal_reader_damaged(r), 0);
        journal_reader_close(r);
    }
    assert_ok(truncate(path, cut_from + 5));
    w = writer(dir);
    append(w, "after");
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    assert_reads(r, "kept");
    assert_read_gives(r, ERR_CRC);
    assert_reads(r, "after");
    assert_int_equal(journal_reader_damaged(r), 1);
    journal_reader_close(r);
    journal_writer_close(w);
}

static void a_segment_header_cut_at_each_byte_holds_nothing_up(void **state)
{
    const char *dir = *state;
    char path[128];

    journal_writer_close(writer(dir));
    segment_path(dir, 1, path);
    for (long cut = JOURNAL_HEADER_SIZE - 1; cut >= 0; cut--) {
        struct journal_reader *r;
        assert_ok(truncate(path, cut));
        r = reader(dir, 0, JOURNAL_FROM_OLDEST);
        assert_read_gives(r, ERR_AGAIN);
        journal_reader_close(r);
    }
    struct journal_writer *w = writer(dir);
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    append(w, "next");
    assert_reads(r, "next");
    journal_reader_close(r);
    journal_writer_close(w);
}

static void a_damaged_record_costs_itself_alone(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir);
    struct journal_reader *r;
    char path[128];
    journal_pos bad;

    append(w, "one");
    bad = append(w, "two");
    append(w, "three");
    segment_path(dir, 1, path);
    flip_byte(path, (long)(uint32_t)bad + JOURNAL_FRAME_SIZE + 1);
    r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    assert_reads(r, "one");
    assert_read_gives(r, ERR_CRC);
    assert_reads(r, "three");
    assert_read_gives(r, ERR_AGAIN);
    assert_int_equal(journal_reader_damaged(r), 1);
    journal_reader_close(r);
    r = reader(dir, bad, JOURNAL_FROM_OLDEST); /* a cursor on it */
    assert_read_gives(r, ERR_CRC);
    assert_reads(r, "three");
    journal_reader_close(r);
    journal_writer_close(w);
}

static void a_damaged_length_is_told_once_and_the_next_segment_follows(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir);
    struct journal_reader *r;
    char path[128];
    journal_pos bad;

    append(w, "one");
    bad = append(w, "two");
    append(w, "three");
    segment_path(dir, 1, path);
    flip_byte(path, (long)(uint32_t)bad + 3); /* length: too large */
    r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    assert_reads(r, "one");
    assert_read_gives(r, ERR_CRC);
    assert_read_gives(r, ERR_AGAIN);
    journal_writer_close(w);
    w = writer(dir);
    append(w, "four");
    assert_reads(r, "four");
    assert_read_gives(r, ERR_AGAIN);
    assert_int_equal(journal_reader_damaged(r), 1);
    journal_reader_close(r);
    journal_writer_close(w);
}

static void a_bad_checksum_at_the_end_of_the_open_segment_is_waited_for(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir);
    journal_pos last = append(w, "one");
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    char path[128];

    segment_path(dir, 1, path);
    flip_byte(path, (long)(uint32_t)last + JOURNAL_FRAME_SIZE);
    assert_read_gives(r, ERR_AGAIN);
    flip_byte(path, (long)(uint32_t)last + JOURNAL_FRAME_SIZE);
    assert_reads(r, "one");
    journal_reader_close(r);
    journal_writer_close(w);
}

static void a_newer_format_is_skipped_and_said(void **state)
{
    const char *dir = *state;
    struct journal_header header = {9, 9, 1, 0, 0};
    struct buf bytes = BUF_INIT;
    struct journal_reader *r;
    struct journal_writer *w;
    char path[128];
    FILE *f;

    journal_writer_close(writer(dir));
    segment_path(dir, 1, path);
    journal_header_pack(&header, &bytes);
    f = fopen(path, "wb");
    assert_int_equal(fwrite(bytes.data, 1, bytes.len, f), JOURNAL_HEADER_SIZE);
    fclose(f);
    buf_fini(&bytes);
    w = writer(dir);
    append(w, "understood");
    r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    assert_read_gives(r, ERR_UNSUPPORTED);
    assert_reads(r, "understood");
    journal_reader_close(r);
    journal_writer_close(w);
}

static void segments_rotate_by_size_but_not_before_their_age(void **state)
{
    const char *dir = *state;
    struct journal_options o = options(dir);
    struct journal_writer *w = NULL;
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    char record[100], text[16];

    o.segment_bytes = 1000;
    o.segment_min_age = 10 * SECONDS;
    memset(record, 'x', sizeof record);
    assert_ok(journal_writer_open(&o, 0, &w));
    for (int i = 0; i < 50; i++)
        assert_ok(journal_append(w, 9 * SECONDS, record, sizeof record, NULL));
    assert_int_equal(journal_segment(w), 1);
    assert_true(journal_will_rotate(w, 10 * SECONDS, sizeof record));
    assert_ok(journal_append(w, 10 * SECONDS, record, sizeof record, NULL));
    assert_int_equal(journal_segment(w), 2);
    for (int i = 0; i < 51; i++) {
        memset(text, 0, sizeof text);
        const void *got;
        size_t len;
        journal_pos pos;
        assert_ok(journal_read(r, &got, &len, &pos));
        assert_int_equal(journal_pos_segment(pos), i < 50 ? 1 : 2);
    }
    assert_read_gives(r, ERR_AGAIN);
    journal_reader_close(r);
    journal_writer_close(w);
}

/* Segments 1..6 of some 300 bytes each. */
static void retention_by_bytes_keeps_the_newest_two(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = six_segments(dir, 1, HOURS);
    size_t deleted = 0;
    char path[128];

    assert_ok(journal_expire(w, now(), &deleted));
    assert_int_equal(deleted, 4);
    segment_path(dir, 5, path);
    assert_true(file_size(path) > 0);
    journal_writer_close(w);
}

static void the_size_on_disk_is_known_at_the_start_and_after_retention(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = six_segments(dir, 1, HOURS);
    struct journal_options o = options(dir);
    struct journal_stats before, after;
    char path[128];
    int64_t size = 0;

    journal_writer_stats(w, &before);
    assert_ok(journal_expire(w, now(), NULL));
    journal_writer_stats(w, &after);
    for (uint32_t n = 5; n <= 6; n++) {
        segment_path(dir, n, path);
        size += file_size(path);
    }
    assert_true(before.disk_bytes > after.disk_bytes);
    assert_int_equal(after.disk_bytes, size);
    journal_writer_close(w);
    assert_ok(journal_writer_open(&o, 0, &w));
    journal_writer_stats(w, &after);
    assert_int_equal(after.disk_bytes, size);
    journal_writer_close(w);
}

static void retention_by_age_deletes_what_is_older(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = six_segments(dir, GIB, HOURS);
    size_t deleted = 9;

    assert_ok(journal_expire(w, now() + 59 * MINUTES, &deleted));
    assert_int_equal(deleted, 0);
    assert_ok(journal_expire(w, now() + 62 * MINUTES, &deleted));
    assert_int_equal(deleted, 4);
    journal_writer_close(w);
}

static void retention_waits_for_a_cursor_younger_than_a_day(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = six_segments(dir, 1, HOURS);
    struct journal_reader *r;
    size_t deleted = 9;
    journal_pos cursor = 0;

    assert_ok(journal_cursor_store(dir, "store", "collector", (journal_pos)3 << 32 | JOURNAL_HEADER_SIZE));
    assert_ok(journal_expire(w, now() + 23 * HOURS, &deleted));
    assert_int_equal(deleted, 2);
    assert_ok(journal_cursor_load(dir, "store", "collector", &cursor));
    r = reader(dir, cursor, JOURNAL_FROM_OLDEST);
    assert_reads(r, "a record");
    journal_reader_close(r);
    assert_ok(journal_expire(w, now() + 25 * HOURS, &deleted));
    assert_int_equal(deleted, 2);
    r = reader(dir, cursor, JOURNAL_FROM_OLDEST);
    assert_read_gives(r, ERR_GAP);
    assert_reads(r, "a record");
    journal_reader_close(r);
    journal_writer_close(w);
}

static void a_reader_that_retention_overtakes_gets_a_gap(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = six_segments(dir, 1, HOURS);
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    size_t before = 0;
    const void *record;
    size_t len;
    enum err e;

    assert_reads(r, "a record"); /* segment 1 stays open under the reader */
    assert_ok(journal_expire(w, now(), NULL));
    while (!(e = journal_read(r, &record, &len, NULL)))
        before++;
    assert_int_equal(before, 29);
    assert_int_equal(e, ERR_GAP);
    for (int i = 0; i < 60; i++)
        assert_reads(r, "a record");
    assert_read_gives(r, ERR_AGAIN);
    journal_reader_close(r);
    journal_writer_close(w);
}

static void a_journal_that_began_anew_is_a_gap(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir);
    struct journal_reader *r = reader(dir, (journal_pos)77 << 32 | 1234, JOURNAL_FROM_OLDEST);

    append(w, "new");
    assert_read_gives(r, ERR_GAP);
    assert_reads(r, "new");
    journal_reader_close(r);
    journal_writer_close(w);
}

static void cursors_survive_nonsense(void **state)
{
    const char *dir = *state;
    journal_pos pos = 99;
    char path[128];
    FILE *f;

    assert_ok(journal_cursor_load(dir, "store", "collector", &pos));
    assert_int_equal(pos, 0);
    assert_ok(journal_cursor_store(dir, "store", "collector", (journal_pos)4294967295u << 32 | 7));
    assert_ok(journal_cursor_load(dir, "store", "collector", &pos));
    assert_true(pos == ((journal_pos)4294967295u << 32 | 7));
    snprintf(path, sizeof path, "%s/store/cursors/collector", dir);
    f = fopen(path, "wb");
    fputs("99999999999999 1\n", f);
    fclose(f);
    assert_ok(journal_cursor_load(dir, "store", "collector", &pos));
    assert_int_equal(pos, 0);
}

static void one_segment_back_passes_over_segments_cut_short(void **state)
{
    const char *dir = *state;
    struct journal_options o = options(dir);
    struct journal_writer *w = NULL;
    struct journal_reader *r;
    char path[128];
    struct timespec later[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 0}};

    o.segment_min_age = 10 * SECONDS;
    for (const char *text = "abcd"; *text; text++) {
        journal_writer_close(w);
        assert_ok(journal_writer_open(&o, 0, &w));
        assert_ok(journal_append(w, 0, text, 1, NULL));
    }
    segment_path(dir, 2, path); /* of 1..4 only 2 lasted for its time */
    later[1].tv_sec = now() / SECONDS + 20;
    assert_ok(utimensat(AT_FDCWD, path, later, 0));
    r = reader(dir, 0, JOURNAL_FROM_SEGMENT_BACK);
    assert_reads(r, "b");
    journal_reader_close(r);
    journal_writer_close(w);
}

/* The disk is full at `limit` bytes a file, then no longer: records wait in memory and arrive in order. */
static void records_wait_in_memory_for_a_full_disk(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir);
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    struct rlimit old, full;
    struct journal_stats stats;
    char text[32];
    int refused = 0;

    assert_ok(getrlimit(RLIMIT_FSIZE, &old));
    signal(SIGXFSZ, SIG_IGN);
    full = (struct rlimit){500, old.rlim_max};
    assert_ok(setrlimit(RLIMIT_FSIZE, &full));
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "record %03d", i);
        refused += journal_append(w, 0, text, strlen(text), NULL) != ERR_OK;
    }
    assert_ok(setrlimit(RLIMIT_FSIZE, &old));
    journal_writer_stats(w, &stats);
    assert_int_equal(refused, 75); /* (500 - 40) / 18 = 25 fit */
    assert_int_equal(stats.held, 75);
    assert_int_equal(stats.failed, 0);
    assert_int_equal(journal_sync(w), ERR_NO_SPACE);
    append(w, "record 100");
    for (int i = 0; i <= 100; i++) {
        snprintf(text, sizeof text, "record %03d", i);
        assert_reads(r, text);
    }
    journal_writer_stats(w, &stats);
    assert_int_equal(stats.held, 0);
    assert_int_equal(journal_segment(w), 1);
    assert_int_equal(journal_reader_damaged(r), 0);
    journal_reader_close(r);
    journal_writer_close(w);
}

static struct journal_writer *gathering_writer(const char *dir)
{
    struct journal_options o = options(dir);
    struct journal_writer *w = NULL;

    o.gathers = true;
    assert_ok(journal_writer_open(&o, 0, &w));
    return w;
}

static void gathered_records_stand_where_they_were_said_to_after_a_flush(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = gathering_writer(dir);
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    journal_pos first = append(w, "one"), second = append(w, "two");
    struct buf b = BUF_INIT;
    const void *got;
    size_t len;
    journal_pos pos;

    assert_int_equal(journal_read(r, &got, &len, &pos), ERR_AGAIN);
    assert_ok(journal_flush(w));
    assert_reads(r, "one");
    assert_reads(r, "two");
    assert_ok(journal_read_at(r, second, &b));
    assert_memory_equal(b.data, "two", 3);
    assert_true(first < second);
    append(w, "three");
    assert_ok(journal_sync(w));
    assert_reads(r, "three");
    append(w, "four");
    journal_writer_close(w);
    assert_reads(r, "four");
    buf_fini(&b);
    journal_reader_close(r);
}

static void gathered_records_wait_for_a_full_disk_too(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = gathering_writer(dir);
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    struct rlimit old, full;
    struct journal_stats stats;
    char text[32];

    assert_ok(getrlimit(RLIMIT_FSIZE, &old));
    signal(SIGXFSZ, SIG_IGN);
    full = (struct rlimit){500, old.rlim_max};
    assert_ok(setrlimit(RLIMIT_FSIZE, &full));
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "record %03d", i);
        assert_true(journal_append(w, 0, text, strlen(text), NULL) == ERR_OK || i > 9);
        if (i % 10 == 9)
            assert_true(journal_flush(w) == ERR_OK || i > 19);
    }
    assert_ok(setrlimit(RLIMIT_FSIZE, &old));
    journal_writer_stats(w, &stats);
    assert_int_equal(stats.held + stats.records, 100);
    assert_true(stats.held >= 75);
    assert_int_equal(journal_sync(w), ERR_NO_SPACE);
    append(w, "record 100");
    assert_ok(journal_flush(w));
    for (int i = 0; i <= 100; i++) {
        snprintf(text, sizeof text, "record %03d", i);
        assert_reads(r, text);
    }
    journal_writer_stats(w, &stats);
    assert_int_equal(stats.held, 0);
    assert_int_equal(stats.records, 101);
    assert_int_equal(journal_reader_damaged(r), 0);
    journal_reader_close(r);
    journal_writer_close(w);
}

static void memory_for_a_full_disk_is_bounded_and_the_newest_stay(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir);
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    struct rlimit old, full;
    struct journal_stats stats;
    char *record = calloc(1, 100000);
    const void *got;
    size_t len, count = 0;

    assert_ok(getrlimit(RLIMIT_FSIZE, &old));
    signal(SIGXFSZ, SIG_IGN);
    full = (struct rlimit){500, old.rlim_max};
    assert_ok(setrlimit(RLIMIT_FSIZE, &full));
    for (int i = 0; i < 400; i++) {
        memcpy(record, &i, sizeof i);
        assert_int_not_equal(journal_append(w, 0, record, 100000, NULL), ERR_OK);
    }
    assert_ok(setrlimit(RLIMIT_FSIZE, &old));
    journal_writer_stats(w, &stats);
    assert_int_equal(stats.held, 16 * MIB / 100000);
    assert_int_equal(stats.failed, 400 - stats.held);
    journal_writer_close(w); /* writes what it can at the end */
    while (!journal_read(r, &got, &len, NULL)) {
        int number;
        memcpy(&number, got, sizeof number);
        assert_int_equal(number, 400 - stats.held + count);
        count++;
    }
    assert_int_equal(count, stats.held);
    free(record);
    journal_reader_close(r);
}

static void single_records_are_read_at_their_positions(void **state)
{
    const char *dir = *state;
    struct journal_writer *w = writer(dir);
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_END);
    struct buf out = BUF_INIT;
    char *big = malloc(JOURNAL_RECORD_MAX);
    journal_pos one = append(w, "one"), large, last;

    memset(big, 'b', JOURNAL_RECORD_MAX);
    assert_ok(journal_append(w, 0, big, JOURNAL_RECORD_MAX, &large));
    assert_int_equal(journal_append(w, 0, big, JOURNAL_RECORD_MAX + 1, NULL), ERR_LIMIT);
    last = append(w, "last");
    assert_ok(journal_read_at(r, one, &out));
    assert_string_equal(out.data, "one");
    buf_clear(&out);
    assert_ok(journal_read_at(r, large, &out));
    assert_int_equal(out.len, JOURNAL_RECORD_MAX);
    buf_clear(&out);
    assert_ok(journal_read_at(r, last, &out));
    assert_string_equal(out.data, "last");
    assert_int_not_equal(journal_read_at(r, last + 1, &out), ERR_OK);
    assert_int_not_equal(journal_read_at(r, last + 1000, &out), ERR_OK);
    assert_int_equal(journal_read_at(r, (journal_pos)8 << 32 | 40, &out), ERR_NOT_FOUND);
    assert_int_equal(journal_read_at(r, (journal_pos)1 << 32 | 3, &out), ERR_MALFORMED);
    assert_reads(r, "one"); /* the reader itself did not move */
    buf_fini(&out);
    free(big);
    journal_reader_close(r);
    journal_writer_close(w);
}

/* A child appends numbered records and is killed at some moment, twenty times: what was appended is there, in
 * order, once. */
static void nothing_appended_is_lost_by_kill_9(void **state)
{
    const char *dir = *state;
    struct journal_reader *r = reader(dir, 0, JOURNAL_FROM_OLDEST);
    struct rng rng = {20261122};
    int next = 0, told = 0;
    unsigned torn = 0;

    for (int round = 0; round < 20; round++) {
        int pipe_fd[2];
        const void *record;
        enum err e;
        size_t len;
        pid_t child;
        assert_ok(pipe(pipe_fd));
        child = fork();
        if (child == 0) {
            struct journal_writer *w = writer(dir);
            for (int i = next;; i++)
                if (journal_append(w, 0, &i, sizeof i, NULL) || write(pipe_fd[1], &i, sizeof i) < 0)
                    _exit(1);
        }
        close(pipe_fd[1]);
        usleep(500 + rng_below(&rng, 5000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(pipe_fd[0], &told, sizeof told) == sizeof told)
            ;
        close(pipe_fd[0]);
        while ((e = journal_read(r, &record, &len, NULL)) == ERR_OK || e == ERR_CRC) {
            int number;
            if (e == ERR_CRC) { /* killed between two pages of a write: nobody was told of that record */
                torn++;
                continue;
            }
            memcpy(&number, record, sizeof number);
            assert_int_equal(number, next);
            next++;
        }
        assert_true(next > told || next == 0);
    }
    assert_int_equal(journal_reader_damaged(r), torn);
    journal_reader_close(r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, temp_dir_setup, temp_dir_teardown)

RUN_TESTS("journal", TEST(what_is_appended_is_read_in_order), TEST(a_reader_may_come_before_its_partition),
          TEST(a_position_is_resumed_behind_it), TEST(a_second_writer_is_refused_until_the_first_is_gone),
          TEST(partition_names_cannot_leave_the_directory), TEST(a_torn_end_is_waited_for_at_each_byte),
          TEST(a_segment_header_cut_at_each_byte_holds_nothing_up), TEST(a_damaged_record_costs_itself_alone),
          TEST(a_damaged_length_is_told_once_and_the_next_segment_follows),
          TEST(a_bad_checksum_at_the_end_of_the_open_segment_is_waited_for),
          TEST(a_newer_format_is_skipped_and_said), TEST(segments_rotate_by_size_but_not_before_their_age),
          TEST(retention_by_bytes_keeps_the_newest_two),
          TEST(the_size_on_disk_is_known_at_the_start_and_after_retention),
          TEST(retention_by_age_deletes_what_is_older), TEST(retention_waits_for_a_cursor_younger_than_a_day),
          TEST(a_reader_that_retention_overtakes_gets_a_gap), TEST(a_journal_that_began_anew_is_a_gap),
          TEST(cursors_survive_nonsense), TEST(one_segment_back_passes_over_segments_cut_short),
          TEST(records_wait_in_memory_for_a_full_disk),
          TEST(gathered_records_stand_where_they_were_said_to_after_a_flush),
          TEST(gathered_records_wait_for_a_full_disk_too),
          TEST(memory_for_a_full_disk_is_bounded_and_the_newest_stay),
          TEST(single_records_are_read_at_their_positions), TEST(nothing_appended_is_lost_by_kill_9))
