/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dashboard_main.c - main() of netzwacht-dashboard(8). */
#include "cli/daemon.h"
#include "dashboards/dashboard.h"

static enum err append(void *ctx, Nw__Record *record)
{
    struct daemon *d = ctx;
    enum err e = daemon_append(d, record, NULL);

    return e ? e : journal_sync(d->journal);
}

static enum err start(struct daemon *d, void **state)
{
    const struct dashboard_options options = {.loop = d->loop,
                                              .settings = d->settings,
                                              .inventory = d->inventory,
                                              .append = append,
                                              .append_ctx = d};
    struct dashboard *dashboard = NULL;
    enum err e = dashboard_new(&options, &dashboard);

    *state = dashboard;
    return e;
}

static void stop(struct daemon *d NW_UNUSED, void *state)
{
    dashboard_free(state);
}

static enum err reload(struct daemon *d, void *state)
{
    return dashboard_reload(state, d->settings, d->inventory);
}

static void beat(void *state, Nw__Heartbeat *heartbeat)
{
    dashboard_beat(state, heartbeat);
}

int main(int argc, char **argv)
{
    static const struct daemon_info info = {
        .name = "netzwacht-dashboard",
        .partition = "dashboard",
        .summary = "Serves the operators' pages, the HTTP API and the public page.",
        .start = start,
        .stop = stop,
        .reload = reload,
        .beat = beat};

    return daemon_main(argc, argv, &info);
}
