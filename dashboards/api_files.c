/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_files.c - the operators' app, the public page, and the coverage that netzwacht-report last wrote. */
#include <string.h>

#include "dashboards/api.h"

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
        api_reply_file(c, entry, false);
}

void api_public_file(struct api_call *c)
{
    const struct files_entry *entry = NULL;
    const char *name = c->param[0] ? c->param : "index.html";
    enum err e = files_get(c->dashboard->published, name, loop_mono(c->dashboard->loop), &entry);

    if (e == ERR_NOT_FOUND && !c->param[0]) {
        api_problem(c, 404, "not-found", "The public page has not been written yet",
                    "netzwacht-public writes it; is it running?");
        return;
    }
    if (e)
        api_problem_err(c, e);
    else
        api_reply_file(c, entry, true);
}

void api_public_redirect(struct api_call *c)
{
    static const struct http_header location = {"Location", "/status/"};

    api_reply_empty(c, 308, &location, 1);
}

static void reply_coverage(struct api_call *c, const char *name)
{
    const struct files_entry *entry = NULL;
    enum err e = files_get(c->dashboard->coverage, name, loop_mono(c->dashboard->loop), &entry);

    if (e == ERR_NOT_FOUND)
        api_problem(
            c, 404, "coverage-missing", "Coverage has not been computed yet",
            "Run `netzwacht report coverage --format geojson` on the monitor's machine, or wait for the "
            "nightly run.");
    else if (e)
        api_problem_err(c, e);
    else
        api_reply_file(c, entry, false);
}

void api_coverage(struct api_call *c)
{
    reply_coverage(c, "coverage.geojson");
}

void api_coverage_summary(struct api_call *c)
{
    reply_coverage(c, "summary.json");
}
