/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.c - epoll, a binary heap of timers, a signalfd. Reads the clock, once a turn.
 *
 * Watches live in an array indexed by descriptor. A watch removed while its event waits in the batch
 * just returned is recognised by its generation, which is part of the epoll data. */
#include "lib/runtime/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_A_TURN = 64, SIGNALS_MAX = 65 };

struct watch {
    loop_fd_fn *fn;
    void *ctx;
    uint32_t generation;
};

struct signal_watch {
    loop_signal_fn *fn;
    void *ctx;
};

/* With the time beside it: comparing must not fetch timers of thousands of owners into the cache. */
struct heap_entry {
    ns_t due;
    struct loop_timer *timer;
};

struct loop {
    struct loop_clock clock;
    ns_t mono, wall;
    int epoll_fd, signal_fd;
    bool is_stopping;
    struct watch *watches; /* by descriptor */
    size_t watch_count;
    uint32_t generation;
    struct heap_entry *heap; /* heap[0] unused: positions are 1-based */
    size_t heap_count, heap_cap;
    struct signal_watch signals[SIGNALS_MAX];
    sigset_t signal_set;
};

static ns_t read_clock(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (ns_t)ts.tv_sec * SECONDS + ts.tv_nsec;
}

static ns_t system_mono(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_MONOTONIC);
}

static ns_t system_wall(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_REALTIME);
}

void loop_refresh(struct loop *l)
{
    l->mono = l->clock.mono(l->clock.ctx);
    l->wall = l->clock.wall(l->clock.ctx);
}

enum err loop_new(const struct loop_clock *clock, struct loop **out)
{
    struct loop *l = calloc(1, sizeof *l);

    if (!l)
        return ERR_NOMEM;
    l->clock = clock ? *clock : (struct loop_clock){system_mono, system_wall, NULL};
    l->signal_fd = -1;
    l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (l->epoll_fd < 0) {
        enum err e = err_from_errno(errno);
        free(l);
        return e;
    }
    sigemptyset(&l->signal_set);
    loop_refresh(l);
    *out = l;
    return ERR_OK;
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    if (l->signal_fd >= 0)
        close(l->signal_fd);
    close(l->epoll_fd);
    free(l->watches);
    free(l->heap);
    free(l);
}

ns_t loop_mono(const struct loop *l)
{
    return l->mono;
}

ns_t loop_wall(const struct loop *l)
{
    return l->wall;
}

ns_t loop_mono_now(const struct loop *l)
{
    return l->clock.mono(l->clock.ctx);
}

/* ---- descriptors ---- */

static enum err control(struct loop *l, int operation, int fd, uint32_t events)
{
    struct epoll_event ev = {.events = events};

    ev.data.u64 = (uint64_t)l->watches[fd].generation << 32 | (uint32_t)fd;
    return epoll_ctl(l->epoll_fd, operation, fd, &ev) ? err_from_errno(errno) : ERR_OK;
}

enum err loop_fd_add(struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *ctx)
{
    enum err e;

    if ((size_t)fd >= l->watch_count) {
        size_t count = (size_t)fd + 32;
        struct watch *grown = realloc(l->watches, count * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        memset(grown + l->watch_count, 0, (count - l->watch_count) * sizeof *grown);
        l->watches = grown;
        l->watch_count = count;
    }
    l->watches[fd] = (struct watch){fn, ctx, ++l->generation};
    e = control(l, EPOLL_CTL_ADD, fd, events);
    if (e)
        l->watches[fd].fn = NULL;
    return e;
}

enum err loop_fd_change(struct loop *l, int fd, uint32_t events)
{
    return control(l, EPOLL_CTL_MOD, fd, events);
}

void loop_fd_remove(struct loop *l, int fd)
{
    if (fd < 0 || (size_t)fd >= l->watch_count || !l->watches[fd].fn)
        return;
    l->watches[fd].fn = NULL;
    (void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

/* ---- timers: a binary heap, smallest due first ---- */

static void heap_place(struct loop *l, struct heap_entry entry, size_t position)
{
    l->heap[position] = entry;
    entry.timer->position = position;
}

static void heap_up(struct loop *l, struct heap_entry entry, size_t position)
{
    for (; position > 1 && l->heap[position / 2].due > entry.due; position /= 2)
        heap_place(l, l->heap[position / 2], position);
    heap_place(l, entry, position);
}

static void heap_down(struct loop *l, struct heap_entry entry, size_t position)
{
    for (size_t child; (child = 2 * position) <= l->heap_count; position = child) {
        if (child < l->heap_count && l->heap[child + 1].due < l->heap[child].due)
            child++;
        if (l->heap[child].due >= entry.due)
            break;
        heap_place(l, l->heap[child], position);
    }
    heap_place(l, entry, position);
}

void loop_timer_init(struct loop_timer *t, loop_fn *fn, void *ctx)
{
    *t = (struct loop_timer){.fn = fn, .ctx = ctx};
}

enum err loop_timer_set(struct loop *l, struct loop_timer *t, ns_t due)
{
    loop_timer_cancel(l, t);
    if (l->heap_count + 2 > l->heap_cap) {
        size_t cap = l->heap_cap ? 2 * l->heap_cap : 64;
        struct heap_entry *grown = realloc(l->heap, cap * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        l->heap = grown;
        l->heap_cap = cap;
    }
    t->due = due;
    heap_up(l, (struct heap_entry){due, t}, ++l->heap_count);
    return ERR_OK;
}

enum err loop_timer_after(struct loop *l, struct loop_timer *t, ns_t delay)
{
    return loop_timer_set(l, t, l->mono + delay);
}

void loop_timer_cancel(struct loop *l, struct loop_timer *t)
{
    size_t position = t->position;
    struct heap_entry last;

    if (!position)
        return;
    t->position = 0;
    last = l->heap[l->heap_count--];
    if (last.timer == t)
        return;
    if (position > 1 && l->heap[position / 2].due > last.due)
        heap_up(l, last, position);
    else
        heap_down(l, last, position);
}

/* Timers armed by handlers of this turn wait for the next one, even if due: nobody can starve the rest. */
static void run_timers(struct loop *l)
{
    size_t budget = l->heap_count;

    while (budget-- && l->heap_count && l->heap[1].due <= l->mono && !l->is_stopping) {
        struct loop_timer *t = l->heap[1].timer;
        loop_timer_cancel(l, t);
        t->fn(t->ctx);
    }
}

/* ---- signals ---- */

static void on_signal_fd(void *ctx, int fd, uint32_t events)
{
    struct loop *l = ctx;
    struct signalfd_siginfo info;

    (void)events;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info)
        if (info.ssi_signo < SIGNALS_MAX && l->signals[info.ssi_signo].fn)
            l->signals[info.ssi_signo].fn(l->signals[info.ssi_signo].ctx, (int)info.ssi_signo);
}

enum err loop_signal_add(struct loop *l, int signo, loop_signal_fn *fn, void *ctx)
{
    bool is_first = l->signal_fd < 0;
    int fd;

    sigaddset(&l->signal_set, signo);
    sigprocmask(SIG_BLOCK, &l->signal_set, NULL);
    fd = signalfd(l->signal_fd, &l->signal_set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    l->signal_fd = fd;
    l->signals[signo] = (struct signal_watch){fn, ctx};
    return is_first ? loop_fd_add(l, fd, EPOLLIN, on_signal_fd, l) : ERR_OK;
}

/* ---- turning ---- */

static int wait_ms(const struct loop *l, ns_t max_wait)
{
    ns_t wait = max_wait;

    if (l->heap_count) {
        ns_t until = l->heap[1].due - l->mono;
        if (until < 0)
            until = 0;
        if (wait < 0 || until < wait)
            wait = until;
    }
    if (wait < 0)
        return -1;
    wait = (wait + MILLISECONDS - 1) / MILLISECONDS;
    return wait > 60000 ? 60000 : (int)wait;
}

enum err loop_turn(struct loop *l, ns_t max_wait)
{
    struct epoll_event events[EVENTS_A_TURN];
    int n = epoll_wait(l->epoll_fd, events, EVENTS_A_TURN, wait_ms(l, max_wait));

    if (n < 0 && errno != EINTR)
        return err_from_errno(errno);
    loop_refresh(l);
    for (int i = 0; i < n && !l->is_stopping; i++) {
        int fd = (int)(uint32_t)events[i].data.u64;
        struct watch w = l->watches[fd];
        if (w.fn && w.generation == (uint32_t)(events[i].data.u64 >> 32))
            w.fn(w.ctx, fd, events[i].events);
    }
    run_timers(l);
    return ERR_OK;
}

enum err loop_run(struct loop *l)
{
    enum err e = ERR_OK;

    l->is_stopping = false;
    loop_refresh(l);
    while (!l->is_stopping && !e)
        e = loop_turn(l, -1);
    return e;
}

void loop_stop(struct loop *l)
{
    l->is_stopping = true;
}
