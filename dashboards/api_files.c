/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_files.c - the operators' app, the public page, and the coverage that netzwacht-report last wrote. */
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "dashboards/json_io.h"
#include "lib/base/strx.h"

void api_web_file(struct api_call *c)
{
    const struct files_entry *entry = NULL;
    const char *name = c->param[0] ? c->param : "index.html";
    enum err e = files_get(c->dashboard->web, name, loop_mono(c->dashboard->loop), &entry);

    if (e == ERR_NOT_FOUND && !c->param[0]) {
        api_problem(
            c, 404, "not-found", "The web application is not installed",
            "Build it (`make` with Node, or a release tarball), or set dashboard.web_dir. The public page "
            "is at /status/.");
        return;
    }
    if (e)
        api_problem_err(c, e);
    else
        api_reply_file(c, entry, REPLY_APP);
}

/* The form is netzwacht-public's, at its own address. */
static bool lead_to_form(struct api_call *c)
{
    const struct public_settings *s = &c->dashboard->settings->public_page;
    const char *lang = api_param(c, "lang");
    char *address = s->port && s->url
                        ? strx_printf("%sreport%s", s->url, lang && strcmp(lang, "en") == 0 ? "?lang=en" : "")
                        : NULL;
    const struct http_header location = {"Location", address};

    if (!address)
        return false;
    api_reply_empty(c, 302, &location, 1);
    free(address);
    return true;
}

void api_public_file(struct api_call *c)
{
    const struct files_entry *entry = NULL;
    const char *name = c->param[0] ? c->param : "index.html";
    enum err e = files_get(c->dashboard->published, name, loop_mono(c->dashboard->loop), &entry);

    if (e == ERR_NOT_FOUND && strcmp(name, "report") == 0 && lead_to_form(c))
        return;

    if (e == ERR_NOT_FOUND && !c->param[0]) {
        api_problem(c, 404, "not-found", "The public page has not been written yet",
                    "netzwacht-public writes it; is it running?");
        return;
    }
    if (e)
        api_problem_err(c, e);
    else
        api_reply_file(c, entry, reply_kind_of_public(entry->name));
}

void api_public_redirect(struct api_call *c)
{
    static const struct http_header location = {"Location", "/status/"};

    api_reply_empty(c, 308, &location, 1);
}

/* NULL: answered. */
static const struct files_entry *find_coverage(struct api_call *c)
{
    const struct files_entry *entry = NULL;
    enum err e = files_get(c->dashboard->coverage, "coverage.geojson", loop_mono(c->dashboard->loop), &entry);

    if (e == ERR_OK)
        return entry;
    if (e == ERR_NOT_FOUND)
        api_problem(c, 404, "coverage-missing", "Coverage has not been computed yet",
                    "Run `netzwacht-report coverage --format geojson -o %s/coverage/coverage.geojson` on the "
                    "monitor's "
                    "machine; the demo does so a minute after its start.",
                    c->dashboard->settings->state_dir);
    else
        api_problem_err(c, e);
    return NULL;
}

void api_coverage(struct api_call *c)
{
    const struct files_entry *entry = find_coverage(c);

    if (entry)
        api_reply_file(c, entry, REPLY_APP);
}

/* The member `summary` of the same file; taken out once for each version of it. */
void api_coverage_summary(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    const struct files_entry *entry = find_coverage(c);
    struct buf b = BUF_INIT;
    const char *text;
    size_t len;

    if (!entry)
        return;
    if (strcmp(entry->etag, d->coverage_etag) != 0) {
        text = http_blob_data(entry->body, &len);
        buf_clear(&d->coverage_summary);
        enum err e = json_member(text, len, "summary", &d->coverage_summary);
        if (e) {
            api_problem_err(c, e == ERR_MALFORMED ? ERR_AGAIN : e);
            return;
        }
        strx_copy(d->coverage_etag, sizeof d->coverage_etag, entry->etag);
    }
    buf_put(&b, d->coverage_summary.data, d->coverage_summary.len);
    api_reply(c, 200, NULL, &b);
}
