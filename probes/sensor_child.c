/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensor_child.c - the processes behind a sensor. */
#include "probes/sensor_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "probes/live.h"

/* A parser's key lives as long as the parser. */
#define PARSER_LIFETIME (24 * HOURS)

struct parser_state {
    struct passive *passive;
    uint32_t restarts;
    struct buf out;
};

static enum err begin(const void *ctx, const struct live_begin *b, void **out)
{
    const struct sensor_child *child = ctx;
    struct parser_state *s = calloc(1, sizeof *s);
    struct client_key key;
    enum err e = ERR_NOMEM;

    if (!s)
        return ERR_NOMEM;
    if (getrandom(&key, sizeof key, 0) == (ssize_t)sizeof key)
        e = passive_new(child->plan, b->link, &key, child->interval, &s->passive);
    if (e) {
        free(s);
        return e;
    }
    s->restarts = b->restarts;
    *out = s;
    return ERR_OK;
}

static enum err feed(void *state, ns_t at, const void *bytes, size_t captured, size_t wire_len)
{
    struct parser_state *s = state;

    passive_feed(s->passive, at, bytes, captured, wire_len);
    return ERR_OK;
}

static enum err tick(void *state, ns_t now, uint32_t dropped)
{
    struct parser_state *s = state;
    const struct passive_health health = {.dropped = dropped, .restarts = s->restarts};
    enum err e;

    buf_clear(&s->out);
    e = passive_tick(s->passive, now, &health, &s->out);
    if (!e && s->out.len && !live_write(STDOUT_FILENO, s->out.data, s->out.len))
        e = ERR_IO;
    return e;
}

static void end(void *state)
{
    struct parser_state *s = state;

    passive_free(s->passive);
    buf_fini(&s->out);
    free(s);
}

/* Only the pipe and the log stay: not the daemon's journal, not its sockets. */
static bool keep_only(int pipe_end)
{
    int null = open("/dev/null", O_RDONLY);
    sigset_t none;

    sigemptyset(&none);
    return null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(pipe_end, STDOUT_FILENO) >= 0 &&
           (!syscall(SYS_close_range, 3u, ~0u, 0u) || errno == ENOSYS) &&
           !sigprocmask(SIG_SETMASK, &none, NULL);
}

int sensor_child_main(const struct sensor_child *child, int pipe_end)
{
    const struct live_options options = {
        .interface = child->interface,
        .lifetime = PARSER_LIFETIME,
        .parser = {.ctx = child, .begin = begin, .feed = feed, .tick = tick, .end = end}};
    enum err e;

    if (!keep_only(pipe_end))
        return EXIT_UNAVAILABLE;
    e = live_run(&options);
    if (e)
        log_error("sensor on %s: %s", child->interface, err_text(e));
    return e ? EXIT_UNAVAILABLE : EXIT_DONE;
}
