/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_portal.h - a captive portal or web service as a phone meets it: one request after the other, judged.
 * Pure.
 *
 *   start ──► FETCH url ──► response ──► FETCH next (redirect; the user portal that the API names)
 *                                   └──► DONE: verdict
 *
 * A portal's target may answer with the RFC 8908 API document (JSON with "captive") or with the page itself.
 * Of an http service the page counts; the four well-known canaries (a URL that phones ask to find out whether
 * they are on-line) must answer exactly as they do on the internet. At most PORTAL_HOPS redirects, none in a
 * circle. A certificate that has expired is not a failed portal: it has its own figure and finding
 * (certificate days), so that one cause raises one alarm. */
#ifndef NW_PROBES_PROBE_PORTAL_H
#define NW_PROBES_PROBE_PORTAL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

enum { PORTAL_HOPS = 5, PORTAL_URL_MAX = 1024 };

enum portal_kind { PORTAL_LOGIN, PORTAL_SERVICE, PORTAL_CANARY };

enum portal_problem {
    PORTAL_FINE,
    PORTAL_UNREACHABLE,   /* no connection */
    PORTAL_TIMEOUT,       /* no answer within the deadline */
    PORTAL_TLS,           /* the TLS handshake failed */
    PORTAL_BROKEN,        /* an answer that is no HTTP, or too long */
    PORTAL_FORBIDDEN,     /* leads to an address that probes may not go to */
    PORTAL_STATUS,        /* a status that means failure */
    PORTAL_LOOP,          /* redirects in a circle */
    PORTAL_FAR,           /* more redirects than a phone follows */
    PORTAL_API_BROKEN,    /* the RFC 8908 document is none */
    PORTAL_NO_LOGIN_PAGE, /* captive, and no page to log in is named */
    PORTAL_EMPTY,         /* a page without content */
    PORTAL_CAPTURED,      /* a canary answered with something else: not on-line */
    PORTAL_PROBLEMS
};

struct portal_response { /* what the transport saw; texts borrowed */
    enum err error;      /* ERR_OK: an HTTP response came */
    bool is_tls_error;
    long status;
    const char *content_type; /* may be NULL */
    const char *location;     /* absolute URL of a redirect, or NULL */
    const void *body;
    size_t body_len;
    bool is_body_cut;
    ns_t duration;
    ns_t certificate_expires; /* wall; 0: no TLS */
    bool is_certificate_trusted;
};

struct portal_verdict {
    enum portal_problem problem;
    long status;             /* of the last response; 0: none */
    ns_t duration;           /* all requests together */
    double certificate_days; /* until the first of the certificates met expires; NaN: no TLS */
    bool is_certificate_trusted;
    bool is_api;     /* the RFC 8908 document was read */
    bool is_captive; /* as it says */
};

struct portal_run {
    enum portal_kind kind;
    char urls[PORTAL_HOPS + 2][PORTAL_URL_MAX]; /* asked so far; the last is the one to fetch */
    unsigned count;
    bool is_page_due; /* the API was read: the next response is the page */
    struct portal_verdict verdict;
};

/* PORTAL_CANARY for a service's URL that is one of the canaries, PORTAL_SERVICE otherwise. */
enum portal_kind portal_kind_of(const char *url);

/* ERR_RANGE: no http or https URL, or too long. */
enum err portal_begin(struct portal_run *r, enum portal_kind kind, const char *url) NW_CHECKED;

/* The URL to fetch now. */
const char *portal_url(const struct portal_run *r);

/* Takes the response; true: there is another URL to fetch; false: r->verdict is complete. */
bool portal_take(struct portal_run *r, const struct portal_response *response, ns_t wall);

const char *portal_problem_code(enum portal_problem p); /* "redirect_loop" */
const char *portal_problem_text(enum portal_problem p); /* "redirects in a circle" */

#endif
