/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_ping.c - one round of echo requests to one target: sends on ticks, takes replies, judges at the
 * deadline.
 *
 * All targets share one socket a family. A reply is matched by sequence number, cookie and sender's address:
 * a guessed or late one counts nowhere. */
#include "probes/prober_private.h"

#include <math.h>

static uint64_t cookie_of(const struct prober *p, uint16_t sequence)
{
    struct rng r = {.state = p->secret ^ sequence};

    return rng_u64(&r);
}

static void judge(struct target *t)
{
    struct icmp_verdict v = icmp_round_judge(&t->round);
    struct outcome o = {.values = {v.rtt_s, v.jitter_s, v.loss_percent}};

    icmp_round_smoke(&t->round, o.values + PROBE_SMOKE_AT);
    if (v.received > 0)
        o.outcome = NW__OUTCOMES__OUTCOME_OK;
    else
        o.outcome = t->is_unreachable ? NW__OUTCOMES__OUTCOME_REFUSED : NW__OUTCOMES__OUTCOME_TIMEOUT;
    target_finish(t, &o);
}

static void send_one(struct target *t)
{
    struct prober *p = t->prober;
    const struct ping_socket *s = t->address.is_ipv6 ? &p->ping6 : &p->ping4;
    uint16_t sequence = p->sequence++;
    uint8_t message[ICMP_MESSAGE];
    enum err e;

    icmp_encode(message, t->address.is_ipv6, p->identifier, sequence, cookie_of(p, sequence));
    p->slots[sequence].target = (uint32_t)(t - p->targets) + 1;
    p->slots[sequence].ping = (uint8_t)icmp_round_sent(&t->round, loop_mono_now(p->env.loop));
    e = ping_socket_send(s, &t->address, message, sizeof message);
    t->is_unreachable |= e == ERR_UNREACHABLE;
    p->counts[PROBE_PINGS_SENT]++;
}

static void on_timer(void *ctx)
{
    struct target *t = ctx;
    struct prober *p = t->prober;
    ns_t now = loop_mono(p->env.loop), gap = p->deadline / (t->round.count + 4);
    bool is_sending = !icmp_round_is_sent(&t->round);

    if (!is_sending) {
        judge(t);
        return;
    }
    send_one(t);
    if (gap > 200 * MILLISECONDS)
        gap = 200 * MILLISECONDS;
    if (icmp_round_is_sent(&t->round)) /* the last one has its full second */
        gap = p->deadline - (now - t->began_mono) < SECONDS ? p->deadline - (now - t->began_mono) : SECONDS;
    if (loop_timer_set(p->env.loop, &t->timer, tick_after(now + (gap > 0 ? gap : 0))))
        judge(t);
}

void run_ping_start(struct target *t)
{
    icmp_round_begin(&t->round, (unsigned)t->prober->env.settings->probe.pings);
    t->is_unreachable = false;
    loop_timer_init(&t->timer, on_timer, t);
    on_timer(t);
}

struct arrival {
    struct prober *prober;
    const struct ping_socket *socket;
};

static void on_reply(void *ctx, const struct ip_address *from, const void *bytes, size_t len)
{
    const struct arrival *a = ctx;
    struct prober *p = a->prober;
    uint16_t identifier, sequence;
    uint64_t cookie;
    struct ping_slot *slot;
    struct target *t;

    if (icmp_decode(bytes, len, a->socket->is_ipv6, a->socket->has_ip_header, &identifier, &sequence,
                    &cookie))
        return;
    if (a->socket->is_raw && identifier != p->identifier)
        return; /* somebody else's ping */
    slot = &p->slots[sequence];
    t = slot->target ? &p->targets[slot->target - 1] : NULL;
    if (!t || cookie != cookie_of(p, sequence) || !ip_address_equal(from, &t->address)) {
        p->counts[PROBE_FOREIGN_REPLIES]++;
        return;
    }
    slot->target = 0;
    if (!t->is_running || !icmp_round_answered(&t->round, slot->ping, loop_mono_now(p->env.loop)))
        return;
    p->counts[PROBE_PINGS_ANSWERED]++;
    if (icmp_round_is_complete(&t->round)) {
        loop_timer_cancel(p->env.loop, &t->timer);
        judge(t);
    }
}

void run_ping_on_socket(void *ctx, int fd, uint32_t events)
{
    struct prober *p = ctx;
    struct arrival a = {p, fd == p->ping6.fd ? &p->ping6 : &p->ping4};

    (void)events;
    ping_socket_receive(a.socket, on_reply, &a);
}
