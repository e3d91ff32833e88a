/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.h - one thread, one epoll: descriptors, timers, signals; the only place that reads a clock.
 *
 * Handlers may add and remove descriptors and timers, themselves included. Time inside one turn stands
 * still: loop_mono() and loop_wall() give the time read after epoll_wait() returned. A test passes its own
 * clock and calls loop_turn(). */
#ifndef NW_RUNTIME_LOOP_H
#define NW_RUNTIME_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

struct loop; /* opaque */

struct loop_clock {
    ns_t (*mono)(void *ctx); /* never goes back */
    ns_t (*wall)(void *ctx); /* nanoseconds since 1970, UTC */
    void *ctx;
};

typedef void loop_fd_fn(void *ctx, int fd, uint32_t events); /* EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP */
typedef void loop_fn(void *ctx);
typedef void loop_signal_fn(void *ctx, int signo);

/* Embedded in its owner; all members are the loop's. */
struct loop_timer {
    loop_fn *fn;
    void *ctx;
    ns_t due;        /* monotonic */
    size_t position; /* in the heap, 1-based; 0 = not armed */
};

/* clock NULL: the system's. */
enum err loop_new(const struct loop_clock *clock, struct loop **out) NW_CHECKED;
void loop_free(struct loop *l);

ns_t loop_mono(const struct loop *l);
ns_t loop_wall(const struct loop *l);
/* The monotonic time right now, read anew: for measuring round-trip times inside a long turn. */
ns_t loop_mono_now(const struct loop *l);
/* A handler that slept or worked for long lets the turn's times go on. */
void loop_refresh(struct loop *l);

/* fd must not be registered yet; it stays the caller's to close, after loop_fd_remove(). */
enum err loop_fd_add(struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *ctx) NW_CHECKED;
enum err loop_fd_change(struct loop *l, int fd, uint32_t events) NW_CHECKED;
void loop_fd_remove(struct loop *l, int fd); /* an unknown fd is fine */

void loop_timer_init(struct loop_timer *t, loop_fn *fn, void *ctx);
/* Arms, or moves; due at once if `due` is past. ERR_NOMEM. */
enum err loop_timer_set(struct loop *l, struct loop_timer *t, ns_t due) NW_CHECKED;
enum err loop_timer_after(struct loop *l, struct loop_timer *t, ns_t delay) NW_CHECKED;
void loop_timer_cancel(struct loop *l, struct loop_timer *t); /* one that is not armed is fine */
static inline bool loop_timer_is_armed(const struct loop_timer *t)
{
    return t->position != 0;
}

/* The signal is blocked and delivered here (signalfd). */
enum err loop_signal_add(struct loop *l, int signo, loop_signal_fn *fn, void *ctx) NW_CHECKED;

/* Runs until loop_stop(). */
enum err loop_run(struct loop *l) NW_CHECKED;
void loop_stop(struct loop *l);
/* One turn: waits for at most max_wait (< 0: until something happens), then runs what is due. */
enum err loop_turn(struct loop *l, ns_t max_wait) NW_CHECKED;

#endif
