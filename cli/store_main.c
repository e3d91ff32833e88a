/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_main.c - the process around collector/store.h. */
#include "cli/daemon.h"
#include "collector/store.h"

static enum err append(void *ctx, Nw__Record *record)
{
    return daemon_append(ctx, record, NULL);
}

static enum err start(struct daemon *d, void **state)
{
    struct store_options options = {d->loop, d->settings, append, d, d->seed};

    return store_new(&options, (struct store **)state);
}

static void stop(struct daemon *d, void *state)
{
    (void)d;
    store_stop(state);
}

static enum err reload(struct daemon *d, void *state)
{
    return store_reload(state, d->settings);
}

static void beat(void *state, Nw__Heartbeat *out)
{
    store_beat(state, out);
}

int main(int argc, char **argv)
{
    static const struct daemon_info info = {.name = "netzwacht-store",
                                            .partition = "store",
                                            .summary = "Keeps the history of metrics in RRD files.",
                                            .start = start,
                                            .stop = stop,
                                            .reload = reload,
                                            .beat = beat};

    return daemon_main(argc, argv, &info);
}
