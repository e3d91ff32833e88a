/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_main.c - main() of netzwacht-probe(8). */
#include <stdlib.h>

#include "cli/daemon.h"
#include "probes/probe_commands.h"
#include "probes/prober.h"

struct probe_state {
    struct prober *prober;
    struct probe_commands *commands;
};

static enum err append(void *ctx, Nw__Record *record, journal_pos *pos)
{
    return daemon_append(ctx, record, pos);
}

static enum err make_prober(struct daemon *d, struct prober **out)
{
    const struct prober_env env = {.loop = d->loop,
                                   .settings = d->settings,
                                   .inventory = d->inventory,
                                   .journal = d->journal,
                                   .seed = d->seed,
                                   .append = append,
                                   .append_ctx = d};

    return prober_new(&env, out);
}

static void stop(struct daemon *d, void *state)
{
    struct probe_state *s = state;

    (void)d;
    probe_commands_free(s->commands);
    prober_free(s->prober);
    free(s);
}

static enum err start(struct daemon *d, void **state)
{
    struct probe_state *s = calloc(1, sizeof *s);
    enum err e = s ? make_prober(d, &s->prober) : ERR_NOMEM;

    if (!e)
        e = probe_commands_new(d->loop, d->settings->journal_dir, s->prober, append, d, &s->commands);
    if (e) {
        if (s)
            prober_free(s->prober);
        free(s);
        return e;
    }
    *state = s;
    return ERR_OK;
}

/* A whole new prober; the old one goes only when the new one stands. */
static enum err reload(struct daemon *d, void *state)
{
    struct probe_state *s = state;
    struct prober *fresh = NULL;
    enum err e = make_prober(d, &fresh);

    if (e)
        return e;
    probe_commands_use(s->commands, fresh);
    prober_free(s->prober);
    s->prober = fresh;
    return ERR_OK;
}

static void beat(void *state, Nw__Heartbeat *heartbeat)
{
    struct probe_state *s = state;

    prober_beat(s->prober, heartbeat);
}

int main(int argc, char **argv)
{
    static const struct daemon_info info = {
        .name = "netzwacht-probe",
        .partition = "probe",
        .summary = "probes hotspots, name servers and portals as a citizen would",
        .start = start,
        .stop = stop,
        .reload = reload,
        .beat = beat};

    return daemon_main(argc, argv, &info);
}
