/* SPDX-License-Identifier: GPL-3.0-or-later */
/* post.c - writes a Command into partition cli and waits for its Outcome. */
#include "cli/post.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/strx.h"
#include "lib/runtime/journal.h"

#define LOCK_TRIES 40
#define PAUSE      (50 * MILLISECONDS)

static ns_t clock_now(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (ns_t)ts.tv_sec * SECONDS + ts.tv_nsec;
}

static void pause_for(ns_t time)
{
    struct timespec ts = {time / SECONDS, time % SECONDS};

    nanosleep(&ts, NULL);
}

/* The writer's lock is held for a moment only, by commands like this one. */
static enum err open_writer(const struct settings *s, struct journal_writer **out)
{
    const struct journal_options options = {.dir = s->journal_dir,
                                            .partition = "cli",
                                            .segment_bytes = 64 * MIB,
                                            .keep_bytes = 64 * MIB,
                                            .keep_age = 30 * DAYS};
    enum err e = ERR_BUSY;

    for (int i = 0; e == ERR_BUSY && i < LOCK_TRIES; i++) {
        if (i)
            pause_for(PAUSE);
        e = journal_writer_open(&options, clock_now(CLOCK_MONOTONIC), out);
    }
    return e;
}

static enum err append(const struct settings *s, Nw__Command *c)
{
    struct journal_writer *w = NULL;
    struct buf packed = BUF_INIT;
    Nw__Record r = NW__RECORD__INIT;
    enum err e = open_writer(s, &w);

    r.wall = (uint64_t)clock_now(CLOCK_REALTIME);
    r.body_case = NW__RECORD__BODY_COMMAND;
    r.command = c;
    if (!e)
        e = record_pack(&r, &packed);
    if (!e)
        e = journal_append(w, clock_now(CLOCK_MONOTONIC), packed.data, packed.len, NULL);
    if (!e)
        e = journal_sync(w);
    if (w)
        journal_writer_close(w);
    buf_fini(&packed);
    return e;
}

/* ERR_AGAIN: not this one. */
static enum err look_at(const void *bytes, size_t len, const char *id, char problem[POST_PROBLEM_SIZE])
{
    Nw__Record *r = NULL;
    enum err e = ERR_AGAIN;

    if (record_unpack(bytes, len, &r))
        return ERR_AGAIN;
    if (r->body_case == NW__RECORD__BODY_OUTCOME && strcmp(r->outcome->command, id) == 0) {
        strx_copy(problem, POST_PROBLEM_SIZE, r->outcome->problem);
        e = strcmp(r->outcome->outcome, "done") == 0 ? ERR_OK : ERR_DENIED;
    }
    record_free(r);
    return e;
}

static enum err wait_for(struct journal_reader *reader, const char *id, ns_t patience,
                         char problem[POST_PROBLEM_SIZE])
{
    ns_t deadline = clock_now(CLOCK_MONOTONIC) + patience;

    for (;;) {
        const void *bytes;
        size_t len;
        journal_pos pos;
        enum err e = journal_read(reader, &bytes, &len, &pos);
        if (e == ERR_OK)
            e = look_at(bytes, len, id, problem);
        else if (e == ERR_AGAIN)
            pause_for(PAUSE);
        else if (e != ERR_GAP && e != ERR_CRC)
            return e;
        if (e == ERR_OK || e == ERR_DENIED)
            return e;
        if (clock_now(CLOCK_MONOTONIC) > deadline)
            return ERR_TIMEOUT;
    }
}

enum err post_command(const struct settings *s, Nw__Command *c, const char *partition, ns_t patience,
                      char problem[POST_PROBLEM_SIZE])
{
    struct journal_reader *reader = NULL;
    const struct passwd *user = getpwuid(getuid());
    uint64_t random;
    char id[32];
    enum err e;

    problem[0] = '\0';
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return ERR_IO;
    snprintf(id, sizeof id, "cli-%016llx", (unsigned long long)random);
    if (!c->id || !c->id[0])
        c->id = id;
    if (!c->by || !c->by[0])
        c->by = (char *)(uintptr_t)(user ? user->pw_name : "cli");
    c->via = (char *)(uintptr_t) "cli";
    e = journal_reader_open(s->journal_dir, partition, 0, JOURNAL_FROM_END, &reader);
    if (!e)
        e = append(s, c);
    if (!e)
        e = wait_for(reader, c->id, patience, problem);
    journal_reader_close(reader);
    if (c->id == id)
        c->id = (char *)(uintptr_t) "";
    return e;
}
