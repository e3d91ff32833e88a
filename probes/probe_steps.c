/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_steps.c - goes through the steps of a web service and judges each. Pure. */
#include "probes/probe_steps.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static void put_encoded(struct buf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c) || strchr("*-._", c))
            buf_u8(out, c);
        else if (c == ' ')
            buf_u8(out, '+');
        else
            buf_printf(out, "%%%02X", c);
    }
}

void web_put_form(struct buf *out, const struct web_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_u8(out, '&');
        put_encoded(out, fields[i].name);
        buf_u8(out, '=');
        put_encoded(out, fields[i].value);
    }
}

static enum err begin_step(struct web_run *r)
{
    r->is_posted = false;
    return portal_begin(&r->page, PORTAL_SERVICE, r->steps[r->step].url);
}

enum err web_begin(struct web_run *r, const struct web_step *steps, size_t count)
{
    memset(r, 0, sizeof *r);
    r->steps = steps;
    r->count = count;
    r->verdict.certificate_days = NAN;
    r->verdict.is_certificate_trusted = true;
    return count ? begin_step(r) : ERR_RANGE;
}

const char *web_url(const struct web_run *r)
{
    return portal_url(&r->page);
}

const struct web_step *web_form(const struct web_run *r)
{
    const struct web_step *step = &r->steps[r->step];

    return step->fields && !r->is_posted ? step : NULL;
}

static bool fail(struct web_run *r, enum portal_problem problem, const char *finding, const char *text)
{
    r->verdict.problem = problem;
    r->verdict.finding = finding;
    r->verdict.text = text;
    r->verdict.step = (unsigned)r->step + 1;
    return false;
}

static bool fail_by(struct web_run *r, enum portal_problem problem)
{
    return fail(r, problem, portal_problem_code(problem), portal_problem_text(problem));
}

static bool contains(const struct portal_response *p, const char *text)
{
    return memmem(p->body, p->body_len, text, strlen(text)) != NULL;
}

/* The page of a step has come: is it the one? */
static bool judge_page(struct web_run *r, const struct portal_response *p)
{
    const struct web_step *step = &r->steps[r->step];

    if (step->status && p->status != step->status)
        return fail(r, PORTAL_STATUS, "http_unexpected_status", "answers with another status than expected");
    if (step->contains && !contains(p, step->contains))
        return fail(r, PORTAL_EMPTY, "content_missing", "the page lacks the text that it should have");
    if (step->lacks && contains(p, step->lacks))
        return fail(r, PORTAL_EMPTY, "content_forbidden", "the page has a text that means trouble");
    if (++r->step == r->count)
        return false;
    return begin_step(r) ? fail_by(r, PORTAL_BROKEN) : true;
}

static void note(struct web_run *r, const struct portal_response *p, const struct web_phases *phases)
{
    const struct portal_verdict *page = &r->page.verdict;
    struct web_verdict *v = &r->verdict;

    v->duration += p->duration;
    v->phases.resolve += phases->resolve;
    v->phases.connect += phases->connect;
    v->phases.tls += phases->tls;
    v->phases.wait += phases->wait;
    if (!p->error)
        v->status = p->status;
    if (!isnan(page->certificate_days) &&
        (isnan(v->certificate_days) || page->certificate_days < v->certificate_days))
        v->certificate_days = page->certificate_days;
    v->is_certificate_trusted &= page->is_certificate_trusted;
}

/* What a form redirects to is a chain of its own: it may lead back to where the form was. */
static bool follow_form(struct web_run *r, const struct portal_response *p)
{
    if (portal_begin(&r->page, PORTAL_SERVICE, p->location))
        return fail_by(r, PORTAL_FORBIDDEN);
    return true;
}

bool web_take(struct web_run *r, const struct portal_response *p, const struct web_phases *phases, ns_t wall)
{
    const struct web_step *step = &r->steps[r->step];
    bool was_form = web_form(r) != NULL;
    bool is_more = portal_take(&r->page, p, wall);

    note(r, p, phases);
    r->is_posted |= was_form;
    if (was_form && !p->error && p->location && p->status >= 300 && p->status < 400 &&
        p->status != step->status)
        return follow_form(r, p);
    if (!p->error && step->status && p->status == step->status)
        return judge_page(r, p);
    if (is_more)
        return true;
    return r->page.verdict.problem ? fail_by(r, r->page.verdict.problem) : judge_page(r, p);
}
