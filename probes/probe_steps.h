/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_steps.h - a web service used as a person uses it: pages one after the other, forms filled in, each
 * answer looked at. Pure.
 *
 *   step 1 ──► request ──► redirects ──► page: status? text there? text absent? ──► step 2 … ──► DONE
 *
 * A service without steps of its own is one step: its URL, any page. What is wrong is named with the step's
 * number; redirects, certificates and what phones do not follow are as in probe_portal.h. A form is sent
 * once; what it redirects to is fetched with GET (RFC 9110, 15.4.4), and may be the form's own address. */
#ifndef NW_PROBES_PROBE_STEPS_H
#define NW_PROBES_PROBE_STEPS_H

#include "lib/base/buf.h"
#include "probes/probe_portal.h"

struct web_field {
    const char *name, *value;
};

struct web_step { /* texts borrowed */
    const char *url;
    const struct web_field *fields; /* of a form that is posted; NULL: GET */
    size_t field_count;
    bool has_password;    /* the last field is one, with memory of its own */
    long status;          /* of the last answer; 0: any that is no failure */
    const char *contains; /* text of the page, or NULL */
    const char *lacks;    /* text that must not be there, or NULL */
};

struct web_phases {                   /* sums over all requests */
    ns_t resolve, connect, tls, wait; /* wait: from the request to the first byte of the answer */
};

struct web_verdict {
    const char *finding, *text; /* NULL: works */
    enum portal_problem problem;
    unsigned step; /* the one that failed, from 1; 0: none */
    long status;   /* of the last answer */
    ns_t duration;
    double certificate_days; /* the fewest met; NaN: no TLS */
    bool is_certificate_trusted;
    struct web_phases phases;
};

struct web_run {
    const struct web_step *steps;
    size_t count, step;
    bool is_posted; /* the step's form is on its way, or done */
    struct portal_run page;
    struct web_verdict verdict;
};

/* The form of fields as application/x-www-form-urlencoded. */
void web_put_form(struct buf *out, const struct web_field *fields, size_t count);

/* ERR_RANGE: there is no step, or the first has no web address. */
enum err web_begin(struct web_run *r, const struct web_step *steps, size_t count) NW_CHECKED;
/* The URL to fetch now. */
const char *web_url(const struct web_run *r);
/* The step whose form is to be sent with it; NULL: GET. */
const struct web_step *web_form(const struct web_run *r);
/* As portal_take(); phases: of this request. */
bool web_take(struct web_run *r, const struct portal_response *response, const struct web_phases *phases,
              ns_t wall);

#endif
