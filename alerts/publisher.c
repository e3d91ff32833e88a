/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publisher.c - not connected yet: events gather in the outbox. */
#include "alerts/publisher.h"

#include "lib/base/log.h"

enum err publisher_new(const struct publisher_options *o, const struct engine *engine,
                       const uint64_t sequence[LANES], struct publisher **out)
{
    (void)o;
    (void)engine;
    (void)sequence;
    *out = NULL;
    log_warning("this build does not publish over MQTT yet: events stay in the outbox");
    return ERR_OK;
}

void publisher_free(struct publisher *p)
{
    (void)p;
}

enum err publisher_reload(struct publisher *p, const struct engine *engine, const struct settings *settings,
                          const struct inventory *inventory)
{
    (void)p;
    (void)engine;
    (void)settings;
    (void)inventory;
    return ERR_OK;
}

void publisher_state_changed(struct publisher *p, enum object_kind kind, size_t index)
{
    (void)p;
    (void)kind;
    (void)index;
}

void publisher_incident_changed(struct publisher *p, const char *id)
{
    (void)p;
    (void)id;
}

void publisher_committed(struct publisher *p, const uint64_t sequence[LANES])
{
    (void)p;
    (void)sequence;
}

void publisher_save(struct publisher *p)
{
    (void)p;
}

void publisher_stats(const struct publisher *p, struct publisher_stats *out)
{
    (void)p;
    (void)out;
}
