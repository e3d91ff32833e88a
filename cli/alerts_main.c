/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alerts_main.c - main() of netzwacht-alerts. */
#include "alerts/alerts.h"
#include "cli/daemon.h"

static enum err start(struct daemon *d, void **state)
{
    struct alerts_options o = {d->loop, d->settings, d->inventory, d->journal, d->seed, NULL};
    struct alerts *a = NULL;
    enum err e = alerts_new(&o, &a);

    *state = a;
    return e;
}

static void stop(struct daemon *d, void *state)
{
    (void)d;
    alerts_free(state);
}

static enum err reload(struct daemon *d, void *state)
{
    return alerts_reload(state, d->settings, d->inventory);
}

static void beat(void *state, Nw__Heartbeat *b)
{
    alerts_beat(state, b);
}

static const struct daemon_info alerts_daemon = {.name = "netzwacht-alerts",
                                                 .partition = "alerts",
                                                 .summary =
                                                     "turns samples into states and incidents, and tells "
                                                     "the NOC over MQTT",
                                                 .start = start,
                                                 .stop = stop,
                                                 .reload = reload,
                                                 .beat = beat};

int main(int argc, char **argv)
{
    return daemon_main(argc, argv, &alerts_daemon);
}
