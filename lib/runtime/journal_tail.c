/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_tail.c - several partitions read on as they grow, on a loop. Knows inotify; where that runs out, or
 * the directory of the partitions does not exist yet, it looks every 250 ms instead. */
#include "lib/runtime/journal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/base/strx.h"
#include "lib/runtime/journal_segment.h"

#define POLL_INTERVAL (250 * MILLISECONDS)

enum { RECORDS_A_TURN = 2000, RECORDS_A_LOOK = 8 /* at the clock */ };
#define TURN_TIME (4 * MILLISECONDS)

struct part {
    struct part *next;
    char *name;
    struct journal_reader *reader;
    journal_pos position;
    int watch;       /* -1: not watched by inotify */
    bool is_missing; /* that is why; the watch of the directory around it tells when it comes */
};

struct journal_tail {
    struct loop *loop;
    char *dir;
    struct journal_tail_fns fns;
    void *ctx;
    struct part *parts; /* in the order in which they were added */
    bool follows_units;
    enum journal_start units_start;
    int inotify_fd; /* -1: runs out */
    int root_watch; /* of dir itself; -1: not watched */
    bool has_news;  /* since the last idle() */
    bool is_held, is_at_end;
    struct loop_timer timer;
};

/* ---- reading ---- */

/* Hands out at most *budget records of one partition, and few after `until` (monotonic). Returns whether its
 * end was reached. */
static bool read_part(struct journal_tail *t, struct part *p, size_t *budget, ns_t until)
{
    const void *record;
    size_t len;
    journal_pos pos;

    while (*budget && !t->is_held) {
        enum err e = journal_read(p->reader, &record, &len, &pos);
        if (e == ERR_GAP || e == ERR_CRC || e == ERR_UNSUPPORTED) {
            t->has_news = true;
            if (t->fns.gap)
                t->fns.gap(t->ctx, p->name);
            continue;
        }
        if (e)
            return true; /* nothing there; or a fault that the next look may find gone */
        (*budget)--;
        t->has_news = true;
        p->position = pos;
        t->fns.record(t->ctx, p->name, pos, record, len);
        if (*budget % RECORDS_A_LOOK == 0 && loop_mono_now(t->loop) >= until)
            *budget = 0;
    }
    return false;
}

static bool read_all(struct journal_tail *t, size_t budget, ns_t until)
{
    bool at_end = true;

    for (struct part *p = t->parts; p; p = p->next)
        at_end = read_part(t, p, &budget, until) && at_end;
    t->is_at_end = at_end;
    if (at_end && t->has_news) {
        t->has_news = false;
        if (t->fns.idle)
            t->fns.idle(t->ctx);
    }
    return at_end;
}

/* ---- partitions and watches ---- */

static void watch_part(struct journal_tail *t, struct part *p)
{
    char *path;

    if (p->watch >= 0 || t->inotify_fd < 0)
        return;
    path = strx_printf("%s/%s", t->dir, p->name);
    if (path)
        p->watch = inotify_add_watch(t->inotify_fd, path, IN_MODIFY | IN_CREATE | IN_ONLYDIR);
    p->is_missing = path && p->watch < 0 && errno == ENOENT;
    free(path);
}

static void watch_root(struct journal_tail *t)
{
    if (t->root_watch < 0 && t->inotify_fd >= 0)
        t->root_watch = inotify_add_watch(t->inotify_fd, t->dir, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
}

static struct part *find_part(const struct journal_tail *t, const char *name)
{
    struct part *p = t->parts;

    while (p && strcmp(p->name, name) != 0)
        p = p->next;
    return p;
}

static enum err add_new_units(struct journal_tail *t)
{
    DIR *dir;
    struct dirent *entry;
    enum err e = ERR_OK;

    if (!t->follows_units)
        return ERR_OK;
    dir = opendir(t->dir);
    if (!dir)
        return ERR_OK;
    while (!e && (entry = readdir(dir)))
        if (strx_starts_with(entry->d_name, "unit.") && journal_partition_is_valid(entry->d_name) &&
            !find_part(t, entry->d_name))
            e = journal_tail_add(t, entry->d_name, 0, t->units_start);
    closedir(dir);
    return e;
}

/* Is inotify certain to wake us? */
static bool is_watched(const struct journal_tail *t)
{
    bool tells_new = t->root_watch >= 0;

    for (const struct part *p = t->parts; p; p = p->next)
        if (p->watch < 0 && !(p->is_missing && tells_new))
            return false;
    return !t->follows_units || tells_new;
}

static void take_turn(void *ctx)
{
    struct journal_tail *t = ctx;
    bool at_end;

    if (t->is_held)
        return;
    watch_root(t);
    (void)!add_new_units(t); /* what fails now is tried again at the next event */
    for (struct part *p = t->parts; p; p = p->next)
        watch_part(t, p);
    at_end = read_all(t, RECORDS_A_TURN, loop_mono_now(t->loop) + TURN_TIME);
    if (t->is_held)
        return;
    if (!at_end)
        (void)!loop_timer_after(t->loop, &t->timer, 0);
    else if (!is_watched(t))
        (void)!loop_timer_after(t->loop, &t->timer, POLL_INTERVAL);
}

static void on_inotify(void *ctx, int fd, uint32_t events)
{
    struct journal_tail *t = ctx;
    char buffer[16384] __attribute__((aligned(__alignof__(struct inotify_event))));

    (void)events;
    while (read(fd, buffer, sizeof buffer) > 0)
        ; /* which partition it was does not matter: an idle one costs two system calls */
    take_turn(t);
}

enum err journal_tail_new(struct loop *l, const char *dir, const struct journal_tail_fns *fns, void *ctx,
                          struct journal_tail **out)
{
    struct journal_tail *t = calloc(1, sizeof *t);

    if (!t)
        return ERR_NOMEM;
    t->loop = l;
    t->fns = *fns;
    t->ctx = ctx;
    t->root_watch = -1;
    loop_timer_init(&t->timer, take_turn, t);
    t->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    t->dir = strdup(dir);
    if (!t->dir || (t->inotify_fd >= 0 && loop_fd_add(l, t->inotify_fd, EPOLLIN, on_inotify, t)) ||
        loop_timer_after(l, &t->timer, 0)) {
        journal_tail_free(t);
        return ERR_NOMEM;
    }
    *out = t;
    return ERR_OK;
}

void journal_tail_free(struct journal_tail *t)
{
    if (!t)
        return;
    loop_timer_cancel(t->loop, &t->timer);
    if (t->inotify_fd >= 0) {
        loop_fd_remove(t->loop, t->inotify_fd);
        close(t->inotify_fd);
    }
    while (t->parts) {
        struct part *p = t->parts;
        t->parts = p->next;
        journal_reader_close(p->reader);
        free(p->name);
        free(p);
    }
    free(t->dir);
    free(t);
}

enum err journal_tail_add(struct journal_tail *t, const char *partition, journal_pos after,
                          enum journal_start from)
{
    struct part *p, **end = &t->parts;
    enum err e;

    if (find_part(t, partition))
        return ERR_EXISTS;
    p = calloc(1, sizeof *p);
    if (!p)
        return ERR_NOMEM;
    p->watch = -1;
    p->position = after;
    p->name = strdup(partition);
    e = p->name ? journal_reader_open(t->dir, partition, after, from, &p->reader) : ERR_NOMEM;
    if (e) {
        free(p->name);
        free(p);
        return e;
    }
    watch_part(t, p);
    while (*end)
        end = &(*end)->next;
    *end = p;
    t->is_at_end = false;
    return loop_timer_after(t->loop, &t->timer, 0); /* what stands there already */
}

enum err journal_tail_add_units(struct journal_tail *t, enum journal_start from)
{
    t->follows_units = true;
    t->units_start = from;
    watch_root(t);
    return add_new_units(t);
}

journal_pos journal_tail_position(const struct journal_tail *t, const char *partition)
{
    const struct part *p = find_part(t, partition);

    return p ? p->position : 0;
}

enum err journal_tail_catch_up(struct journal_tail *t)
{
    enum err e = add_new_units(t);

    t->has_news = true;
    while (!e && !t->is_held && !read_all(t, RECORDS_A_TURN, INT64_MAX))
        ;
    return e;
}

void journal_tail_hold(struct journal_tail *t, bool is_held)
{
    if (t->is_held && !is_held)
        (void)!loop_timer_after(t->loop, &t->timer, 0);
    t->is_held = is_held;
}

bool journal_tail_at_end(const struct journal_tail *t)
{
    return t->is_at_end;
}
