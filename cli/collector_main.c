/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collector_main.c - the process around collector/collector.h. */
#include "cli/daemon.h"
#include "collector/collector.h"
#include "lib/base/log.h"
#include "lib/runtime/sd_listen.h"

static enum err append(void *ctx, Nw__Record *record, journal_pos *pos)
{
    return daemon_append(ctx, record, pos);
}

static enum err start(struct daemon *d, void **state)
{
    size_t passed = sd_listen_fds();
    struct collector_options options = {d->loop, d->settings, d->inventory, d->journal,
                                        append,  d,           d->seed,      passed ? SD_LISTEN_FIRST : 0};

    if (passed > 1)
        log_warning("%zu sockets were passed: the first one receives traps, the others nothing", passed);
    return collector_new(&options, (struct collector **)state);
}

static void stop(struct daemon *d, void *state)
{
    (void)d;
    collector_free(state);
}

static enum err reload(struct daemon *d, void *state)
{
    return collector_reload(state, d->settings, d->inventory);
}

static void beat(void *state, Nw__Heartbeat *out)
{
    collector_beat(state, out);
}

int main(int argc, char **argv)
{
    static const struct daemon_info info = {
        .name = "netzwacht-collector",
        .partition = "collector",
        .summary = "polls the devices of the inventory over SNMP and journals what they answer",
        .start = start,
        .stop = stop,
        .reload = reload,
        .beat = beat,
    };

    return daemon_main(argc, argv, &info);
}
