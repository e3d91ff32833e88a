/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_tcp.c - a connection to an address, and over it a TLS handshake where the service is of kind tls;
 * closed as soon as it stands. */
#include "probes/prober_private.h"

#include <math.h>
#include <unistd.h>

#include "probes/tls_io.h"

void run_tcp_stop(struct target *t)
{
    tls_handshake_free(t->handshake);
    t->handshake = NULL;
    run_udp_stop(t);
}

static void finish(struct target *t, const struct outcome *o)
{
    run_tcp_stop(t);
    loop_timer_cancel(t->prober->env.loop, &t->timer);
    target_finish(t, o);
}

/* connect_s: how long the connection took; NaN: it never stood. */
static void finish_failed(struct target *t, Nw__Outcomes outcome, double connect_s, const char *finding,
                          const char *text)
{
    struct outcome o = {.outcome = outcome,
                        .values = {connect_s, !isnan(connect_s), NAN, 0, NAN},
                        .finding = finding,
                        .text = text};

    finish(t, &o);
}

static double seconds_since(const struct target *t, ns_t begin)
{
    return (double)(loop_mono_now(t->prober->env.loop) - begin) / 1e9;
}

static void conclude(struct target *t)
{
    struct tls_facts facts = tls_handshake_facts(t->handshake);
    struct tls_verdict v = tls_judge(&facts, loop_wall(t->prober->env.loop));
    struct outcome o = {.outcome = v.is_ok ? NW__OUTCOMES__OUTCOME_OK : NW__OUTCOMES__OUTCOME_FAILED,
                        .values = {t->connect_s, 1, seconds_since(t, t->connected_mono), v.is_ok, v.days},
                        .finding = v.finding,
                        .text = v.text};

    finish(t, &o);
}

static void shake_hands(struct target *t)
{
    uint32_t events = 0;
    enum err e = tls_handshake_step(t->handshake, &events);

    if (!e)
        conclude(t);
    else if (e != ERR_AGAIN || loop_fd_change(t->prober->env.loop, t->fd, events))
        finish_failed(t, NW__OUTCOMES__OUTCOME_FAILED, t->connect_s, "tls_failed", "the TLS handshake fails");
}

static void on_connected(struct target *t)
{
    struct outcome o = {.outcome = NW__OUTCOMES__OUTCOME_OK};

    t->connected_mono = loop_mono_now(t->prober->env.loop);
    t->connect_s = (double)(t->connected_mono - t->sent_mono) / 1e9;
    o.values[0] = t->connect_s;
    o.values[1] = 1;
    if (t->kind == TARGET_TCP)
        finish(t, &o);
    else if (tls_handshake_new(t->prober->tls, t->fd, t->hostname, &t->handshake))
        finish_failed(t, NW__OUTCOMES__OUTCOME_FAILED, t->connect_s, "tls_failed", "the TLS handshake fails");
    else
        shake_hands(t);
}

static void on_socket(void *ctx, int fd, uint32_t events)
{
    struct target *t = ctx;

    (void)events;
    if (t->handshake)
        shake_hands(t);
    else if (tcp_socket_connected(fd))
        finish_failed(t, NW__OUTCOMES__OUTCOME_REFUSED, NAN, "tcp_unreachable",
                      "nothing listens at that address");
    else
        on_connected(t);
}

static void on_timer(void *ctx)
{
    struct target *t = ctx;

    if (t->handshake)
        finish_failed(t, NW__OUTCOMES__OUTCOME_TIMEOUT, t->connect_s, "tls_timeout",
                      "the TLS handshake does not end in time");
    else
        finish_failed(t, NW__OUTCOMES__OUTCOME_TIMEOUT, NAN, "tcp_timeout", "no connection in time");
}

void run_tcp_start(struct target *t)
{
    struct prober *p = t->prober;
    enum err e;

    loop_timer_init(&t->timer, on_timer, t);
    t->sent_mono = loop_mono_now(p->env.loop);
    e = tcp_socket_open(&t->address, t->port, &t->fd);
    if (!e)
        e = loop_fd_add(p->env.loop, t->fd, EPOLLOUT, on_socket, t);
    if (!e)
        e = loop_timer_set(p->env.loop, &t->timer, t->began_mono + p->deadline);
    if (e)
        finish_failed(t, NW__OUTCOMES__OUTCOME_REFUSED, NAN, "tcp_unreachable", "no route to that address");
}
