/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_web.c - a portal or canary fetched step by step through curl_io, within one deadline. */
#include "probes/prober_private.h"

#include <math.h>
#include <stdlib.h>

enum { BODY_MAX = 64 * 1024 };

static void fetch(struct target *t);

void run_web_stop(struct target *t)
{
    curl_io_cancel(t->transfer);
    t->transfer = NULL;
    free(t->run);
    t->run = NULL;
}

bool run_web_may_connect(void *ctx, const struct sockaddr *address)
{
    const struct target *t = ctx;
    struct ip_address a;

    return !ip_address_from_sockaddr(address, &a) && allow_check(&t->prober->allow, &a) == ALLOW_YES;
}

Nw__Outcomes run_web_outcome(enum portal_problem problem)
{
    switch (problem) {
    case PORTAL_FINE: return NW__OUTCOMES__OUTCOME_OK;
    case PORTAL_TIMEOUT: return NW__OUTCOMES__OUTCOME_TIMEOUT;
    case PORTAL_UNREACHABLE: return NW__OUTCOMES__OUTCOME_REFUSED;
    case PORTAL_BROKEN: return NW__OUTCOMES__OUTCOME_BROKEN;
    default: return NW__OUTCOMES__OUTCOME_FAILED;
    }
}

void run_web_note_certificate(struct outcome *o, double days, bool is_trusted)
{
    if (days < 0) {
        o->finding = "certificate_expired";
        o->text = "the certificate has expired";
    } else if (!isnan(days) && !is_trusted) {
        o->finding = "certificate_untrusted";
        o->text = "the certificate's chain leads to no root that this system trusts";
    }
}

/* A failure outweighs what is wrong with the certificate. */
static void note_finding(struct outcome *o, const struct portal_verdict *v)
{
    if (v->problem) {
        o->finding = portal_problem_code(v->problem);
        o->text = portal_problem_text(v->problem);
    } else {
        run_web_note_certificate(o, v->certificate_days, v->is_certificate_trusted);
    }
}

static void conclude(struct target *t)
{
    const struct portal_verdict v = t->run->verdict;
    double is_ok = v.problem == PORTAL_FINE;
    struct outcome o = {.outcome = run_web_outcome(v.problem),
                        .values = {v.status ? (double)v.duration / 1e9 : NAN, is_ok,
                                   v.status ? (double)v.status : NAN, v.certificate_days, is_ok}};

    note_finding(&o, &v);
    run_web_stop(t);
    target_finish(t, &o);
}

struct portal_response run_web_response(const struct curl_response *response)
{
    return (struct portal_response){
        .error = response->error,
        .is_tls_error = response->is_tls_error,
        .status = response->status,
        .content_type = response->content_type,
        .location = response->location,
        .body = response->body,
        .body_len = response->body_len,
        .is_body_cut = response->is_body_cut,
        .duration = response->duration,
        .certificate_expires = response->certificate_expires,
        .is_certificate_trusted = response->is_certificate_trusted,
    };
}

static void on_response(void *ctx, const struct curl_response *response)
{
    struct target *t = ctx;
    const struct portal_response p = run_web_response(response);

    t->transfer = NULL;
    if (portal_take(t->run, &p, loop_wall(t->prober->env.loop)))
        fetch(t);
    else
        conclude(t);
}

static void fail(struct target *t, enum err e)
{
    const struct portal_response p = {.error = e, .body = ""};

    (void)portal_take(t->run, &p, loop_wall(t->prober->env.loop));
    conclude(t);
}

static void fetch(struct target *t)
{
    struct prober *p = t->prober;
    ns_t left = p->deadline - (loop_mono(p->env.loop) - t->began_mono);
    const struct curl_request q = {
        .url = portal_url(t->run),
        .accept = t->kind == TARGET_PORTAL ? "application/captive+json, text/html;q=0.9, */*;q=0.5" : "*/*",
        .timeout = left,
        .max_body = BODY_MAX,
        .may_connect = run_web_may_connect,
    };
    enum err e = left > 0 ? curl_io_start(p->curl, &q, on_response, t, &t->transfer) : ERR_TIMEOUT;

    if (e)
        fail(t, e);
}

void run_web_start(struct target *t)
{
    static const enum portal_kind kinds[TARGET_KINDS] = {
        [TARGET_PORTAL] = PORTAL_LOGIN, [TARGET_CANARY] = PORTAL_CANARY};

    t->run = malloc(sizeof *t->run);
    if (!t->run || portal_begin(t->run, kinds[t->kind], t->url)) {
        struct outcome o = {.outcome = NW__OUTCOMES__OUTCOME_FAILED, .values = {NAN, NAN, NAN, NAN, NAN}};
        run_web_stop(t);
        target_finish(t, &o);
        return;
    }
    fetch(t);
}
