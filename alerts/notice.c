/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notice.c - what people are told by name, besides the NOC: events that it does not confirm (second_path.c),
 * and steps of escalation (escalation.c). Puts the reason in front of the incident's text; the channel does
 * the rest. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alerts/alerts_private.h"
#include "lib/base/log.h"

/* ---- a message ---- */

/* i with that in front of its texts, as an event of a source of its own: the same text is the same event. */
static void deliver(struct alerts *a, const char *channel, const Nw__Incident *i, const char *source,
                    const char *const reason[2])
{
    Nw__Incident notice = *i;
    struct buf de = BUF_INIT, en = BUF_INIT;

    buf_printf(&de, "%s: %s", reason[0], i->text_de);
    buf_printf(&en, "%s: %s", reason[1], i->text_en);
    notice.source = (char *)(uintptr_t)source;
    notice.lane_sequence = i->sequence;
    notice.text_de = de.data;
    notice.text_en = en.data;
    if (buf_error(&de) || buf_error(&en))
        log_error("out of memory: %s is not told of %s", channel, i->id);
    else if (!channels_deliver(a->channels, channel, &notice, (ns_t)i->changed))
        log_warning("incident %s: there is no channel %s to tell", i->id, channel);
    buf_fini(&de);
    buf_fini(&en);
}

void notice_escalated(struct alerts *a, const Nw__Incident *i, const struct escalation_step *step)
{
    char de[256], en[256];

    snprintf(de, sizeof de, "Nicht quittiert, an %s", step->to);
    snprintf(en, sizeof en, "Not acknowledged, to %s", step->to);
    log_info("incident %s: nobody has acknowledged it: %s is told by %s", i->id, step->to, step->channel);
    deliver(a, step->channel, i, "escalation", (const char *const[]){de, en});
    a->escalations++;
}

/* ---- the second path ---- */

static void on_row(void *ctx, const char *kind, const char *key, const void *value, size_t len)
{
    struct alerts *a = ctx;

    db_put_row(a->db, kind, key, value, len);
}

static void on_send(void *ctx, const Nw__Incident *i)
{
    struct alerts *a = ctx;
    const struct second_path_settings *s = &a->o.settings->alerts.second_path;
    char de[96], en[96];

    snprintf(de, sizeof de, "Leitstelle bestätigt seit %.0f s nicht", (double)s->after / SECONDS);
    snprintf(en, sizeof en, "NOC has not confirmed for %.0f s", (double)s->after / SECONDS);
    log_warning("incident %s: the NOC has not confirmed event %s/%" PRIu64 ": it takes the second path",
                i->id, i->source, i->lane_sequence);
    for (size_t k = 0; k < s->channels.count; k++)
        deliver(a, s->channels.items[k], i, "second_path", (const char *const[]){de, en});
}

struct restoring {
    struct alerts *a;
    const char *kind;
};

static void restore_row(void *ctx, const char *key, const void *value, size_t len)
{
    const struct restoring *r = ctx;

    if (second_path_restore(r->a->second_path, r->kind, key, value, len, loop_wall(r->a->o.loop)))
        db_put_row(r->a->db, r->kind, key, NULL, 0);
}

enum err notice_begin(struct alerts *a, const struct settings *s)
{
    static const char *const kinds[] = {"second", "second told"};
    const struct second_path_settings *own = &s->alerts.second_path;
    const struct second_path_fns fns = {a, on_row, on_send};
    enum err e;

    second_path_free(a->second_path);
    a->second_path = NULL;
    e = second_path_new(own->channels.count ? own->after : 0, &fns, a->o.seed, &a->second_path);
    for (size_t k = 0; !e && k < ARRAY_LEN(kinds); k++)
        e = db_each_row(a->db, kinds[k], restore_row, &(struct restoring){a, kinds[k]});
    return e;
}

void notice_tick(struct alerts *a, ns_t wall)
{
    static const char *const lanes[LANES] = {"critical", "main"};
    uint64_t received[LANES];

    publisher_received(a->publisher, received);
    for (unsigned lane = 0; lane < LANES; lane++)
        second_path_received(a->second_path, lanes[lane], received[lane]);
    second_path_tick(a->second_path, wall);
}
