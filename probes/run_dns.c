/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_dns.c - one DNS question to one server: two tries from a fresh port each round, answers checked. */
#include "probes/prober_private.h"

#include <math.h>
#include <unistd.h>

#include "probes/probe_dns.h"

enum { TRIES = 2, ANSWER_MAX = 4096 };

void run_dns_stop(struct target *t)
{
    if (t->fd >= 0) {
        loop_fd_remove(t->prober->env.loop, t->fd);
        close(t->fd);
        t->fd = -1;
    }
}

static void finish(struct target *t, const struct outcome *o)
{
    run_dns_stop(t);
    loop_timer_cancel(t->prober->env.loop, &t->timer);
    target_finish(t, o);
}

static void finish_failed(struct target *t, Nw__Outcomes outcome, const char *finding, const char *text)
{
    struct outcome o = {.outcome = outcome, .values = {NAN, 0, NAN}, .finding = finding, .text = text};

    finish(t, &o);
}

static void finish_judged(struct target *t, const struct dns_verdict *v, ns_t took)
{
    struct outcome o = {.outcome = NW__OUTCOMES__OUTCOME_FAILED, .values = {(double)took / 1e9, 0, v->rcode}};

    switch (v->judgement) {
    case DNS_ANSWERED:
    case DNS_TRUNCATED:
        o.outcome = NW__OUTCOMES__OUTCOME_OK;
        o.values[1] = 1;
        break;
    case DNS_EMPTY:
        o.finding = "dns_empty";
        o.text = "the name server knows no address for the question";
        break;
    case DNS_REFUSED:
        o.finding = "dns_rcode";
        o.text = "the name server answers with an error code";
        break;
    }
    finish(t, &o);
}

static void on_answer(void *ctx, int fd, uint32_t events)
{
    struct target *t = ctx;
    struct prober *p = t->prober;
    uint8_t answer[ANSWER_MAX];
    struct dns_verdict v;
    size_t len;
    enum err e;

    (void)events;
    while (!(e = udp_socket_receive(fd, answer, sizeof answer, &len))) {
        e = dns_judge_answer(answer, len, &t->query, &v);
        if (e == ERR_AGAIN) {
            p->counts[PROBE_FOREIGN_REPLIES]++;
            continue;
        }
        if (e)
            finish_failed(t, NW__OUTCOMES__OUTCOME_BROKEN, "dns_broken",
                          "the name server's answer cannot be read");
        else
            finish_judged(t, &v, loop_mono_now(p->env.loop) - t->sent_mono);
        return;
    }
    if (e == ERR_UNREACHABLE)
        finish_failed(t, NW__OUTCOMES__OUTCOME_REFUSED, "dns_unreachable",
                      "no name server listens at that address");
}

static bool send_query(struct target *t)
{
    struct prober *p = t->prober;

    buf_clear(&t->query);
    if (dns_encode_query(&t->query, (uint16_t)rng_u64(&p->rng), t->question, DNS_TYPE_A)) {
        finish_failed(t, NW__OUTCOMES__OUTCOME_FAILED, "dns_question",
                      "the configured question is no domain name");
        return false;
    }
    t->tries++;
    t->sent_mono = loop_mono_now(p->env.loop);
    if (udp_socket_send(t->fd, t->query.data, t->query.len) == ERR_UNREACHABLE) {
        finish_failed(t, NW__OUTCOMES__OUTCOME_REFUSED, "dns_unreachable", "no route to the name server");
        return false;
    }
    return true;
}

static void wait_for_answer(struct target *t)
{
    struct prober *p = t->prober;
    ns_t patience = p->deadline / TRIES < SECONDS ? p->deadline / TRIES : SECONDS;

    if (loop_timer_after(p->env.loop, &t->timer, patience))
        finish_failed(t, NW__OUTCOMES__OUTCOME_TIMEOUT, NULL, NULL);
}

static void on_timer(void *ctx)
{
    struct target *t = ctx;

    if (t->tries >= TRIES)
        finish_failed(t, NW__OUTCOMES__OUTCOME_TIMEOUT, "dns_timeout", "the name server does not answer");
    else if (send_query(t))
        wait_for_answer(t);
}

void run_dns_start(struct target *t)
{
    struct prober *p = t->prober;
    enum err e;

    t->tries = 0;
    loop_timer_init(&t->timer, on_timer, t);
    e = udp_socket_open(&t->address, t->port, &t->fd);
    if (!e && loop_fd_add(p->env.loop, t->fd, EPOLLIN, on_answer, t)) {
        close(t->fd);
        t->fd = -1;
        e = ERR_NOMEM;
    }
    if (e) {
        finish_failed(t, NW__OUTCOMES__OUTCOME_REFUSED, "dns_unreachable", "no socket to the name server");
        return;
    }
    if (send_query(t))
        wait_for_answer(t);
}
