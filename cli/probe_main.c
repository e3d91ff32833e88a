/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_main.c - main() of netzwacht-probe(8). */
#include <stdlib.h>

#include "cli/daemon.h"
#include "probes/probe_commands.h"
#include "probes/prober.h"
#include "probes/sensor.h"

enum { FIGURES_MAX = 64 };

struct probe_state {
    struct sensors *sensors;
    struct prober *prober;
    struct probe_commands *commands;
    Nw__Counter counters[SENSOR_COUNTERS], *counter_list[FIGURES_MAX];
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

static enum err make_sensors(struct daemon *d, struct sensors **out)
{
    const struct sensor_env env = {.loop = d->loop,
                                   .settings = d->settings,
                                   .inventory = d->inventory,
                                   .journal = d->journal,
                                   .append = append,
                                   .append_ctx = d};

    return sensors_new(&env, out);
}

static void stop(struct daemon *d, void *state)
{
    struct probe_state *s = state;

    (void)d;
    probe_commands_free(s->commands);
    prober_free(s->prober);
    sensors_free(s->sensors);
    free(s);
}

static enum err start(struct daemon *d, void **state)
{
    struct probe_state *s = calloc(1, sizeof *s);
    enum err e = s ? make_sensors(d, &s->sensors) : ERR_NOMEM; /* first: its processes inherit no secret */

    if (!e)
        e = make_prober(d, &s->prober);
    if (!e)
        e = probe_commands_new(d->loop, d->settings->journal_dir, s->prober, append, d, &s->commands);
    if (e) {
        if (s) {
            prober_free(s->prober);
            sensors_free(s->sensors);
        }
        free(s);
        return e;
    }
    *state = s;
    return ERR_OK;
}

/* A whole new prober and new sensors; the old ones go only when the new ones stand. */
static enum err reload(struct daemon *d, void *state)
{
    struct probe_state *s = state;
    struct prober *fresh = NULL;
    struct sensors *sensors = NULL;
    enum err e = make_sensors(d, &sensors);

    if (!e)
        e = make_prober(d, &fresh);
    if (e) {
        sensors_free(sensors);
        return e;
    }
    sensors_free(s->sensors);
    s->sensors = sensors;
    probe_commands_use(s->commands, fresh);
    prober_free(s->prober);
    s->prober = fresh;
    return ERR_OK;
}

static void beat(void *state, Nw__Heartbeat *heartbeat)
{
    struct probe_state *s = state;

    const char *names[SENSOR_COUNTERS];
    double values[SENSOR_COUNTERS];
    size_t count = sensors_figures(s->sensors, names, values), n;

    prober_beat(s->prober, heartbeat);
    for (n = 0; n < heartbeat->n_counters && n + count < FIGURES_MAX; n++)
        s->counter_list[n] = heartbeat->counters[n];
    for (size_t i = 0; i < count; i++) {
        nw__counter__init(&s->counters[i]);
        s->counters[i].name = (char *)(uintptr_t)names[i];
        s->counters[i].value = values[i];
        s->counter_list[n++] = &s->counters[i];
    }
    heartbeat->counters = s->counter_list;
    heartbeat->n_counters = n;
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
