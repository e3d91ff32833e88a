/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_report.c - the parser of `netzwacht capture -i`: counts all, prints at the end. */
#include "probes/live_report.h"

#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "probes/capture.h"

struct state {
    const struct live_report *report;
    struct capture *capture;
    uint32_t restarts;
};

static void end(void *state)
{
    struct state *s = state;

    capture_free(s->capture);
    free(s);
}

static enum err begin(const void *ctx, const struct live_begin *b, void **out)
{
    struct state *s = calloc(1, sizeof *s);
    uint64_t seed = 0;
    enum err e;

    if (!s)
        return ERR_NOMEM;
    (void)!getrandom(&seed, sizeof seed, 0);
    s->report = ctx;
    s->restarts = b->restarts;
    e = capture_new(b->link, b->link_name, seed, &s->capture);
    if (e)
        free(s);
    else
        *out = s;
    return e;
}

static enum err feed(void *state, ns_t at, const void *bytes, size_t captured, size_t wire_len)
{
    return capture_feed(((struct state *)state)->capture, at, bytes, captured, wire_len);
}

static enum err finish(void *state, uint32_t dropped)
{
    const struct state *s = state;
    const struct live_report *r = s->report;
    struct buf out = BUF_INIT;
    enum err e;

    if (dropped)
        capture_note(s->capture, "the kernel dropped frames: this machine is too slow for this interface");
    if (s->restarts)
        capture_note(s->capture, "the parser was replaced after a crash: what it had counted before is lost");
    e = r->as_json ? capture_print_json(s->capture, r->interface, &out)
                   : capture_print_text(s->capture, r->interface, &out);
    if (!e && !live_write(STDOUT_FILENO, out.data, out.len))
        e = ERR_IO;
    buf_fini(&out);
    return e;
}

struct live_parser live_report_parser(const struct live_report *r)
{
    return (struct live_parser){.ctx = r, .begin = begin, .feed = feed, .finish = finish, .end = end};
}
