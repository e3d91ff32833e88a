/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_once.c - drives a struct poll to its end on a loop. */
#include "collector/poll_once.h"

struct run {
    const struct poll_once_options *o;
    struct poll *poll;
    enum err failure; /* a request could not be sent */
    bool is_over;
};

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt);

static void send_request(struct run *r, struct poll_request *request)
{
    struct snmp_ask ask = {.peer = r->o->peer,
                           .type = request->type,
                           .oids = request->oids,
                           .count = request->count,
                           .max_repetitions = request->max_repetitions,
                           .tries = r->o->tries,
                           .done = on_reply,
                           .ctx = r};

    r->failure = snmp_io_ask(r->o->io, &ask, NULL);
    r->is_over = r->failure != ERR_OK;
}

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct run *r = ctx;
    struct poll_request request;

    (void)rtt;
    if (poll_step(r->poll, loop_mono(r->o->loop), result, reply, &request) == POLL_ASK)
        send_request(r, &request);
    else
        r->is_over = true;
}

enum err poll_once(const struct poll_once_options *o, struct varbind_set *varbinds,
                   const struct device_profile **profile, struct poll_summary *summary)
{
    struct poll_options options = {
        .profiles = o->profiles, .profile = o->profile, .version = o->peer->version};
    struct run r = {.o = o};
    struct poll_request request;
    ns_t now = loop_mono(o->loop);
    enum err e = poll_new(&options, &r.poll);

    if (e)
        return e;
    if (poll_begin(r.poll, now, now + o->deadline, false, &request) == POLL_ASK)
        send_request(&r, &request);
    else
        r.is_over = true;
    while (!r.is_over && !e)
        e = loop_turn(o->loop, -1);
    if (!e)
        e = r.failure;
    varbind_set_clear(varbinds);
    if (!e)
        e = poll_collect(r.poll, varbinds);
    *profile = poll_profile(r.poll);
    *summary = *poll_summary(r.poll);
    poll_free(r.poll);
    return e;
}
