/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_place.h - partitions in a test's directory: writers with short settings, and records to read again.
 */
#ifndef NW_TESTS_JOURNAL_PLACE_H
#define NW_TESTS_JOURNAL_PLACE_H

#include <string.h>
#include <time.h>

#include "lib/runtime/journal.h"

static inline struct journal_options options(const char *dir)
{
    return (struct journal_options){.dir = dir,
                                    .partition = "collector",
                                    .segment_bytes = 64 * MIB,
                                    .segment_min_age = 0,
                                    .keep_bytes = GIB,
                                    .keep_age = HOURS};
}

static inline struct journal_writer *writer_of(const char *dir, const char *partition)
{
    struct journal_options o = options(dir);
    struct journal_writer *w = NULL;

    o.partition = partition;
    assert_ok(journal_writer_open(&o, 0, &w));
    return w;
}

static inline struct journal_writer *writer(const char *dir)
{
    return writer_of(dir, "collector");
}

static inline journal_pos append(struct journal_writer *w, const char *text)
{
    journal_pos pos = 0;

    assert_ok(journal_append(w, 0, text, strlen(text), &pos));
    return pos;
}

static inline struct journal_writer *six_segments(const char *dir, int64_t keep_bytes, ns_t keep_age)
{
    struct journal_options o = options(dir);
    struct journal_writer *w = NULL;

    o.keep_bytes = keep_bytes;
    o.keep_age = keep_age;
    for (int i = 0; i < 6; i++) {
        journal_writer_close(w);
        assert_ok(journal_writer_open(&o, 0, &w));
        for (int k = 0; k < 30; k++)
            append(w, "a record");
    }
    return w;
}

static inline ns_t now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (ns_t)ts.tv_sec * SECONDS + ts.tv_nsec;
}

#endif
