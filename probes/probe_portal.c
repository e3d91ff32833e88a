/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_portal.c - follows a portal's answers and judges them. Pure; reads the RFC 8908 document with
 * jansson. */
#include "probes/probe_portal.h"

#include <jansson.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "lib/base/strx.h"

static const struct {
    const char *code, *text;
} problems[PORTAL_PROBLEMS] = {
    [PORTAL_FINE] = {"fine", "works"},
    [PORTAL_UNREACHABLE] = {"unreachable", "no connection"},
    [PORTAL_TIMEOUT] = {"timeout", "no answer in time"},
    [PORTAL_TLS] = {"tls_failed", "the TLS handshake fails"},
    [PORTAL_BROKEN] = {"http_broken", "the answer is no usable HTTP"},
    [PORTAL_FORBIDDEN] = {"target_forbidden", "leads to an address outside probe.allowed"},
    [PORTAL_STATUS] = {"http_status", "answers with an error status"},
    [PORTAL_LOOP] = {"redirect_loop", "redirects in a circle"},
    [PORTAL_FAR] = {"redirect_limit", "redirects more often than a phone follows"},
    [PORTAL_API_BROKEN] = {"portal_api_broken", "the captive portal API (RFC 8908) is not readable"},
    [PORTAL_NO_LOGIN_PAGE] = {"portal_without_page", "says captive, but names no page to log in"},
    [PORTAL_EMPTY] = {"page_empty", "the page is empty"},
    [PORTAL_CAPTURED] = {"captured", "the canary is answered by something else: not on-line"},
};

/* What phones ask, and the answer that tells them that they are on-line. */
static const struct {
    const char *suffix;
    long status;
    const char *body; /* must occur; NULL: any */
} canaries[] = {
    {"/generate_204", 204, NULL},
    {"/hotspot-detect.html", 200, "Success"},
    {"/connecttest.txt", 200, "Microsoft Connect Test"},
    {"/success.txt", 200, "success"},
};

const char *portal_problem_code(enum portal_problem p)
{
    return problems[p].code;
}

const char *portal_problem_text(enum portal_problem p)
{
    return problems[p].text;
}

static int canary_of(const char *url)
{
    for (size_t i = 0; i < ARRAY_LEN(canaries); i++)
        if (strx_ends_with(url, canaries[i].suffix))
            return (int)i;
    return -1;
}

enum portal_kind portal_kind_of(const char *url)
{
    return canary_of(url) >= 0 ? PORTAL_CANARY : PORTAL_SERVICE;
}

static bool is_web_url(const char *url)
{
    return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

enum err portal_begin(struct portal_run *r, enum portal_kind kind, const char *url)
{
    memset(r, 0, sizeof *r);
    r->kind = kind;
    r->verdict.certificate_days = NAN;
    r->verdict.is_certificate_trusted = true;
    if (!is_web_url(url) || !strx_copy(r->urls[0], sizeof r->urls[0], url))
        return ERR_RANGE;
    r->count = 1;
    return ERR_OK;
}

const char *portal_url(const struct portal_run *r)
{
    return r->urls[r->count - 1];
}

static bool finish(struct portal_run *r, enum portal_problem problem)
{
    r->verdict.problem = problem;
    return false;
}

/* Another URL; is a redirect (counts as a hop) or the page that the API names. */
static bool fetch_next(struct portal_run *r, const char *url)
{
    if (!is_web_url(url))
        return finish(r, PORTAL_FORBIDDEN);
    for (unsigned i = 0; i < r->count; i++)
        if (strcmp(r->urls[i], url) == 0)
            return finish(r, PORTAL_LOOP);
    if (r->count == PORTAL_HOPS + 2u || (!r->verdict.is_api && r->count == PORTAL_HOPS + 1u))
        return finish(r, PORTAL_FAR);
    if (!strx_copy(r->urls[r->count], sizeof r->urls[0], url))
        return finish(r, PORTAL_BROKEN);
    r->count++;
    return true;
}

static void note_certificate(struct portal_verdict *v, const struct portal_response *p, ns_t wall)
{
    double days;

    if (!p->certificate_expires)
        return;
    days = (double)(p->certificate_expires - wall) / (double)DAYS;
    if (isnan(v->certificate_days) || days < v->certificate_days)
        v->certificate_days = days;
    v->is_certificate_trusted &= p->is_certificate_trusted;
}

static enum portal_problem problem_of_error(const struct portal_response *p)
{
    if (p->is_tls_error)
        return PORTAL_TLS;
    switch (p->error) {
    case ERR_TIMEOUT: return PORTAL_TIMEOUT;
    case ERR_DENIED: return PORTAL_FORBIDDEN;
    case ERR_UNREACHABLE:
    case ERR_NOT_FOUND: return PORTAL_UNREACHABLE;
    default: return PORTAL_BROKEN;
    }
}

static bool contains(const struct portal_response *p, const char *text)
{
    return memmem(p->body, p->body_len, text, strlen(text)) != NULL;
}

static bool take_canary(struct portal_run *r, const struct portal_response *p)
{
    int i = canary_of(r->urls[0]);
    bool is_right =
        i >= 0 && p->status == canaries[i].status && (!canaries[i].body || contains(p, canaries[i].body));

    return finish(r, is_right ? PORTAL_FINE : PORTAL_CAPTURED);
}

static bool looks_like_api(const struct portal_response *p)
{
    return p->content_type && strncasecmp(p->content_type, "application/captive+json", 24) == 0;
}

/* RFC 8908 5: "captive" is mandatory and a boolean. */
static bool take_api(struct portal_run *r, const struct portal_response *p)
{
    json_t *root = p->is_body_cut ? NULL : json_loadb(p->body, p->body_len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *captive = json_object_get(root, "captive");
    const char *page = json_string_value(json_object_get(root, "user-portal-url"));
    bool is_more;

    r->verdict.is_api = true;
    if (!json_is_boolean(captive)) {
        is_more = finish(r, PORTAL_API_BROKEN);
        goto done;
    }
    r->verdict.is_captive = json_is_true(captive);
    r->is_page_due = true;
    if (page)
        is_more = fetch_next(r, page);
    else
        is_more = finish(r, r->verdict.is_captive ? PORTAL_NO_LOGIN_PAGE : PORTAL_FINE);
done:
    json_decref(root);
    return is_more;
}

bool portal_take(struct portal_run *r, const struct portal_response *p, ns_t wall)
{
    r->verdict.duration += p->duration;
    note_certificate(&r->verdict, p, wall);
    if (p->error)
        return finish(r, problem_of_error(p));
    r->verdict.status = p->status;
    if (r->kind == PORTAL_CANARY)
        return take_canary(r, p);
    if (p->status >= 300 && p->status < 400)
        return p->location ? fetch_next(r, p->location) : finish(r, PORTAL_STATUS);
    if (p->status < 200 || p->status >= 400)
        return finish(r, PORTAL_STATUS);
    if (r->kind == PORTAL_LOGIN && !r->is_page_due && looks_like_api(p))
        return take_api(r, p);
    return finish(r, p->body_len || p->status == 204 ? PORTAL_FINE : PORTAL_EMPTY);
}
