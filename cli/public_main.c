/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_main.c - main() of netzwacht-public(8). */
#include "cli/daemon.h"
#include "dashboards/public.h"

static enum err start(struct daemon *d, void **state)
{
    struct public_writer *p = NULL;
    enum err e = public_new(d->loop, d->settings, d->inventory, &p);

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
    static const struct daemon_info info = {.name = "netzwacht-public",
                                            .partition = "public",
                                            .summary = "Writes the citizens' status page as static files.",
                                            .start = start,
                                            .stop = stop,
                                            .beat = beat};

    return daemon_main(argc, argv, &info);
}
