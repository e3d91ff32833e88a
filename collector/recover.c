/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recover.c - what a restarted collector takes from its own journal: where each device's last record stands
 * (the chain of records goes on), and who was down, so that a restart does not lift and raise every open
 * incident. */
#include <string.h>

#include "collector/collector_internal.h"
#include "lib/base/log.h"
#include "lib/base/timex.h"

#define OLD_LEAST                                                                                            \
    (5 * MINUTES) /* what was known of reachability is believed for this, or three intervals                 \
                   */

static const char *attribute(const Nw__Entity *e, const char *key)
{
    for (size_t i = 0; i < e->n_attributes; i++)
        if (strcmp(e->attributes[i]->key, key) == 0)
            return e->attributes[i]->text;
    return "";
}

/* So that an access point which vanished before the restart, or during it, is not silently gone. */
static void recall_access_points(struct roster *r, const char *controller, const Nw__Table *t)
{
    roster_drop(r, controller);
    for (size_t i = 0; i < t->n_entities; i++) {
        const Nw__Entity *e = t->entities[i];
        ns_t gone = 0;

        if (!listing_names(e->kind, e->id, attribute(e, "mac")))
            continue;
        if (*attribute(e, "vanished") && timex_parse(attribute(e, "vanished"), &gone))
            gone = 0;
        roster_recall(r, controller, e->id, e->name, attribute(e, "serial"), gone);
    }
}

static void take(struct collector *c, const Nw__Record *r, journal_pos pos)
{
    const Nw__Samples *s = r->samples;
    struct unit *u = map_get(c->fleet.by_id, s->source);
    ns_t age = loop_wall(c->o.loop) - (ns_t)r->wall;

    if (!u)
        return;
    u->previous = pos;
    poll_recall(u->poll, s->get_varbinds, s->bulk_varbinds);
    if (s->table)
        recall_access_points(c->roster, u->id, s->table);
    u->reach = (struct reach){0};
    if (age < (3 * u->interval > OLD_LEAST ? 3 * u->interval : OLD_LEAST) && s->is_down)
        u->reach = (struct reach){s->misses, s->confirmations, true};
    u->was_down = u->reach.is_down;
}

void recover(struct collector *c)
{
    struct journal_reader *reader;
    const void *bytes;
    journal_pos pos;
    size_t len, count = 0;
    enum err e =
        journal_reader_open(c->o.settings->journal_dir, "collector", 0, JOURNAL_FROM_SEGMENT_BACK, &reader);

    if (e) {
        log_warning("the journal of the last run cannot be read: %s", err_text(e));
        return;
    }
    /* Gaps and damage end by themselves: each is reported once. */
    while (!(e = journal_read(reader, &bytes, &len, &pos)) || e == ERR_GAP || e == ERR_CRC) {
        Nw__Record *record;

        if (e || record_unpack(bytes, len, &record))
            continue;
        if (record->body_case == NW__RECORD__BODY_SAMPLES) {
            take(c, record, pos);
            count++;
        }
        record_free(record);
    }
    journal_reader_close(reader);
    if (count)
        log_info("goes on from %zu records of the last run", count);
}
