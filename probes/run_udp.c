/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_udp.c - the socket, the tries and the patience of a question over UDP. */
#include "probes/run_udp.h"

#include <math.h>
#include <unistd.h>

enum { TRIES = 2, ANSWER_MAX = 4096 };

void run_udp_stop(struct target *t)
{
    if (t->fd >= 0) {
        loop_fd_remove(t->prober->env.loop, t->fd);
        close(t->fd);
        t->fd = -1;
    }
}

static void finish(struct target *t, const struct outcome *o)
{
    run_udp_stop(t);
    loop_timer_cancel(t->prober->env.loop, &t->timer);
    target_finish(t, o);
}

static void finish_failed(struct target *t, Nw__Outcomes outcome, const struct udp_complaint *c)
{
    struct outcome o = {.outcome = outcome, .finding = c->finding, .text = c->text};

    for (size_t i = 0; i < PROBE_VALUES_MAX; i++)
        o.values[i] = i == 1 ? 0 : NAN;
    finish(t, &o);
}

static void on_answer(void *ctx, int fd, uint32_t events)
{
    struct target *t = ctx;
    struct prober *p = t->prober;
    uint8_t answer[ANSWER_MAX];
    size_t len;
    enum err e;

    (void)events;
    while (!(e = udp_socket_receive(fd, answer, sizeof answer, &len))) {
        struct outcome o = {.outcome = NW__OUTCOMES__OUTCOME_OK};
        e = t->dialogue->judge(t, answer, len, loop_mono_now(p->env.loop) - t->sent_mono, &o);
        if (e == ERR_AGAIN || e == ERR_DENIED) {
            p->counts[PROBE_FOREIGN_REPLIES]++;
            t->is_unproven |= e == ERR_DENIED;
            continue;
        }
        if (e)
            finish_failed(t, NW__OUTCOMES__OUTCOME_BROKEN, &t->dialogue->broken);
        else
            finish(t, &o);
        return;
    }
    if (e == ERR_UNREACHABLE)
        finish_failed(t, NW__OUTCOMES__OUTCOME_REFUSED, &t->dialogue->unreachable);
}

static bool send_question(struct target *t)
{
    struct prober *p = t->prober;
    bool is_new = t->tries == 0 || !t->dialogue->is_repeated;

    if (is_new)
        buf_clear(&t->query);
    if (is_new && t->dialogue->compose(t)) {
        finish_failed(t, NW__OUTCOMES__OUTCOME_FAILED, &t->dialogue->question);
        return false;
    }
    if (is_new)
        t->sent_mono = loop_mono_now(p->env.loop);
    t->tries++;
    if (udp_socket_send(t->fd, t->query.data, t->query.len) == ERR_UNREACHABLE) {
        finish_failed(t, NW__OUTCOMES__OUTCOME_REFUSED, &t->dialogue->unreachable);
        return false;
    }
    return true;
}

static void finish_silent(struct target *t)
{
    if (t->is_unproven)
        finish_failed(t, NW__OUTCOMES__OUTCOME_FAILED, &t->dialogue->unproven);
    else
        finish_failed(t, NW__OUTCOMES__OUTCOME_TIMEOUT, &t->dialogue->timeout);
}

static void wait_for_answer(struct target *t)
{
    struct prober *p = t->prober;
    ns_t patience = p->deadline / TRIES < t->dialogue->patience ? p->deadline / TRIES : t->dialogue->patience;

    if (loop_timer_after(p->env.loop, &t->timer, patience))
        finish_silent(t);
}

static void on_timer(void *ctx)
{
    struct target *t = ctx;

    if (t->tries >= TRIES)
        finish_silent(t);
    else if (send_question(t))
        wait_for_answer(t);
}

void run_udp_start(struct target *t, const struct udp_dialogue *d)
{
    struct prober *p = t->prober;
    enum err e;

    t->dialogue = d;
    t->tries = 0;
    t->is_unproven = false;
    loop_timer_init(&t->timer, on_timer, t);
    e = udp_socket_open(&t->address, t->port, &t->fd);
    if (!e && loop_fd_add(p->env.loop, t->fd, EPOLLIN, on_answer, t)) {
        close(t->fd);
        t->fd = -1;
        e = ERR_NOMEM;
    }
    if (e)
        finish_failed(t, NW__OUTCOMES__OUTCOME_REFUSED, &d->unreachable);
    else if (send_question(t))
        wait_for_answer(t);
}
