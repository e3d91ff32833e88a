/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_live.c - drives the collector's poll machine for a single agent. */
#include "cli/poll_live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/credentials.h"
#include "collector/poll.h"
#include "collector/snmp_io.h"
#include "lib/base/log.h"

enum { TRIES = 3 };
#define FIRST_TIMEOUT (1 * SECONDS)
#define POLL_LIMIT    (60 * SECONDS)

struct live {
    struct loop *loop;
    struct snmp_io *io;
    struct poll *poll;
    struct snmp_peer peer;
    enum err failure; /* the request could not even be sent */
};

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt);

static void go_on(struct live *l, enum poll_next next, struct poll_request *request)
{
    struct snmp_ask ask = {.peer = &l->peer,
                           .type = request->type,
                           .oids = request->oids,
                           .count = request->count,
                           .max_repetitions = request->max_repetitions,
                           .tries = TRIES,
                           .done = on_reply,
                           .ctx = l};
    snmp_handle handle;

    if (next == POLL_ASK)
        l->failure = snmp_io_ask(l->io, &ask, &handle);
    if (next == POLL_FINISHED || l->failure)
        loop_stop(l->loop);
}

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct live *l = ctx;
    struct poll_request request;

    (void)rtt;
    go_on(l, poll_step(l->poll, loop_mono(l->loop), result, reply, &request), &request);
}

static enum err run(struct live *l, const struct live_options *o)
{
    struct snmp_io_options io = {.window = 16, .timeout = FIRST_TIMEOUT};
    struct poll_request request;
    enum err e = snmp_io_resolve(o->target, o->port, &l->peer.address);

    if (e) {
        log_error("%s: %s", o->target, e == ERR_NOT_FOUND ? "no such name or address" : err_text(e));
        return e;
    }
    e = snmp_io_new(l->loop, &io, &l->io);
    if (e) {
        log_error("no socket for SNMP: %s", err_text(e));
        return e;
    }
    go_on(l, poll_begin(l->poll, loop_mono(l->loop), loop_mono(l->loop) + POLL_LIMIT, true, &request),
          &request);
    return l->failure ? l->failure : loop_run(l->loop);
}

static enum err judge(const struct live *l, const struct live_options *o)
{
    const struct poll_summary *s = poll_summary(l->poll);

    if (l->failure) {
        log_error("%s: %s", o->target, err_text(l->failure));
        return l->failure;
    }
    if (l->peer.security && l->peer.security->report) {
        log_error("%s port %ld: %s; `netzwacht doctor` says what to do", o->target, o->port,
                  usm_report_name(l->peer.security->report));
        return ERR_DENIED;
    }
    if (!s->is_answered || !poll_profile(l->poll)) {
        log_error(
            "%s port %ld: %s: check address, port and community, and that the agent lets this host read",
            o->target, o->port, s->outcome == POLL_REFUSED ? "nobody listens there" : "no usable answer");
        return s->outcome == POLL_REFUSED ? ERR_UNREACHABLE : ERR_TIMEOUT;
    }
    if (s->outcome != POLL_OK)
        log_warning("%s: read in part only: %s %s", o->target, poll_where(s, (char[OID_TEXT_SIZE]){0}),
                    s->why ? s->why : "");
    return ERR_OK;
}

enum err poll_live(const struct live_options *o, struct profile_set *profiles, struct varbind_set *set,
                   const struct device_profile **profile)
{
    struct live l = {0};
    struct poll_options options = {.profiles = profiles, .profile = o->profile};
    struct snmp_access own = {0};
    enum err e = o->access ? ERR_OK : credentials_read(o->credentials, &own);

    if (!e)
        e = snmp_access_apply(o->access ? o->access : &own, &l.peer);
    options.version = l.peer.version;
    if (!e)
        e = loop_new(NULL, &l.loop);
    if (!e)
        e = poll_new(&options, &l.poll);
    if (!e)
        e = run(&l, o);
    if (!e)
        e = judge(&l, o);
    if (!e) {
        *profile = poll_profile(l.poll);
        e = poll_collect(l.poll, set);
    }
    if (!e && o->then)
        e = o->then(o->ctx, l.loop, l.io, &l.peer, *profile);
    snmp_io_free(l.io);
    poll_free(l.poll);
    loop_free(l.loop);
    snmp_access_withdraw(&l.peer);
    snmp_access_fini(&own);
    return e;
}
