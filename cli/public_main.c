/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_main.c - main() of netzwacht-public(8). */
#include "cli/daemon.h"
#include "dashboards/public.h"

static enum err append(void *ctx, Nw__Record *record)
{
    struct daemon *d = ctx;
    enum err e = daemon_append(d, record, NULL);

    return e ? e : journal_sync(d->journal);
}

static enum err start(struct daemon *d, void **state)
{
    const struct public_options options = {.loop = d->loop,
                                           .settings = d->settings,
                                           .inventory = d->inventory,
                                           .append = append,
                                           .append_ctx = d};
    struct public_writer *p = NULL;
    enum err e = public_new(&options, &p);

    *state = p;
    return e;
}

static void stop(struct daemon *d NW_UNUSED, void *state)
{
    public_free(state);
}

static void beat(void *state, Nw__Heartbeat *heartbeat)
{
    public_beat(state, heartbeat);
}

int main(int argc, char **argv)
{
    static const struct daemon_info info = {
        .name = "netzwacht-public",
        .partition = "public",
        .summary = "Writes the citizens' status page as static files, and takes their reports.",
        .start = start,
        .stop = stop,
        .beat = beat};

    return daemon_main(argc, argv, &info);
}
