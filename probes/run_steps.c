/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_steps.c - the steps of a web service through curl_io, within one deadline; cookies live as long as the
 * round. */
#include "probes/prober_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "probes/probe_steps.h"

enum { BODY_MAX = 256 * 1024, COOKIES_MAX = 64 * 1024 };

struct steps_run {
    struct web_run web;
    struct buf form, cookies;
};

static void fetch(struct target *t);

void run_steps_stop(struct target *t)
{
    if (!t->steps)
        return;
    curl_io_cancel(t->transfer);
    t->transfer = NULL;
    if (t->steps->form.data)
        explicit_bzero(t->steps->form.data, t->steps->form.len);
    buf_fini(&t->steps->form);
    buf_fini(&t->steps->cookies);
    free(t->steps);
    t->steps = NULL;
}

static double seconds_or_unknown(ns_t duration, bool is_known)
{
    return is_known ? (double)duration / 1e9 : NAN;
}

static void conclude(struct target *t)
{
    const struct web_verdict v = t->steps->web.verdict;
    bool is_answered = v.status != 0;
    struct outcome o = {.outcome = run_web_outcome(v.problem),
                        .values = {seconds_or_unknown(v.duration, is_answered), v.problem == PORTAL_FINE,
                                   is_answered ? (double)v.status : NAN, v.certificate_days, v.step,
                                   seconds_or_unknown(v.phases.resolve, is_answered),
                                   seconds_or_unknown(v.phases.connect, is_answered),
                                   seconds_or_unknown(v.phases.tls, is_answered),
                                   seconds_or_unknown(v.phases.wait, is_answered)},
                        .finding = v.finding,
                        .text = v.text};

    if (!v.finding)
        run_web_note_certificate(&o, v.certificate_days, v.is_certificate_trusted);
    run_steps_stop(t);
    target_finish(t, &o);
}

/* Times since the start become times of phases; one that was not reached has taken nothing. */
static struct web_phases phases_of(const struct curl_response *r)
{
    ns_t stood = r->secured > r->connected ? r->secured : r->connected;

    return (struct web_phases){
        .resolve = r->resolved,
        .connect = r->connected > r->resolved ? r->connected - r->resolved : 0,
        .tls = r->secured > r->connected ? r->secured - r->connected : 0,
        .wait = r->first_byte > stood ? r->first_byte - stood : 0,
    };
}

static void on_response(void *ctx, const struct curl_response *response)
{
    struct target *t = ctx;
    const struct portal_response p = run_web_response(response);
    const struct web_phases phases = phases_of(response);

    t->transfer = NULL;
    if (web_take(&t->steps->web, &p, &phases, loop_wall(t->prober->env.loop)))
        fetch(t);
    else
        conclude(t);
}

static void fail(struct target *t, enum err e)
{
    const struct portal_response p = {.error = e, .body = ""};
    const struct web_phases phases = {0};

    (void)web_take(&t->steps->web, &p, &phases, loop_wall(t->prober->env.loop));
    conclude(t);
}

static void fetch(struct target *t)
{
    struct prober *p = t->prober;
    struct steps_run *run = t->steps;
    const struct web_step *form = web_form(&run->web);
    ns_t left = p->deadline - (loop_mono(p->env.loop) - t->began_mono);
    struct curl_request q = {.url = web_url(&run->web),
                             .accept = "text/html, */*;q=0.5",
                             .timeout = left,
                             .max_body = BODY_MAX,
                             .cookies = &run->cookies,
                             .may_connect = run_web_may_connect};
    enum err e = left > 0 ? ERR_OK : ERR_TIMEOUT;

    if (form) {
        buf_clear(&run->form);
        web_put_form(&run->form, form->fields, form->field_count);
        q.body = run->form.data;
        q.body_len = run->form.len;
        q.content_type = "application/x-www-form-urlencoded";
        e = e ? e : buf_error(&run->form);
    }
    if (!e)
        e = curl_io_start(p->curl, &q, on_response, t, &t->transfer);
    if (e)
        fail(t, e);
}

void run_steps_start(struct target *t)
{
    struct outcome o = {.outcome = NW__OUTCOMES__OUTCOME_FAILED,
                        .values = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}};

    t->steps = calloc(1, sizeof *t->steps);
    if (t->steps) {
        buf_init(&t->steps->form, BODY_MAX);
        buf_init(&t->steps->cookies, COOKIES_MAX);
    }
    if (t->steps && !web_begin(&t->steps->web, t->service.steps, t->service.count)) {
        fetch(t);
        return;
    }
    run_steps_stop(t);
    target_finish(t, &o);
}
