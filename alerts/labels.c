/* SPDX-License-Identifier: GPL-3.0-or-later */
/* labels.c - kinds of rules that judge words instead of readings: firmware versions and country codes, of
 * devices and of what stands in their tables. They come with a series table: first and when something
 * changed. Pure apart from malloc. */
#include <math.h>
#include <string.h>

#include "alerts/rule_kind.h"
#include "alerts/spectrum.h"

/* A table of words, said by a device about one of its objects. */
struct said_by {
    struct engine *e;
    struct object {
        enum object_kind kind;
        size_t index;
    } object;
    const char *entity;
    ns_t at;
    bool is_priming;
};

/* The watch of a rule and its side. Objects at which nothing was ever wrong keep no watch: there are
 * thousands. */
static void take(const struct said_by *s, const struct rule *rule, enum side side, struct watch_extra extra)
{
    struct watch *w = watch_find(s->e, rule, s->object.kind, s->object.index, s->entity);

    if (!w && side == SIDE_BAD)
        w = watch_get(s->e, rule, s->object.kind, s->object.index, s->entity);
    if (!w || s->at < w->at)
        return;
    w->at = s->at;
    w->extra[0] = extra;
    if (!s->is_priming)
        watch_side(s->e, w, side, s->at, s->e->o.interval);
}

/* ---- firmware ---- */

static void judge_version(const struct said_by *s, const char *vendor, const char *model, const char *version)
{
    const struct firmware_rules *all = s->e->o.rules->firmware;
    const struct firmware_rule *fits = all ? firmware_rule_for(all, vendor, model) : NULL;
    enum firmware_status status = firmware_status_of(fits, version);

    for (size_t i = 0; i < rules_count(s->e->o.rules); i++) {
        const struct rule *rule = rules_at(s->e->o.rules, i);
        if (rule->enabled && rule->kind == RULE_FIRMWARE)
            take(s, rule, status == FIRMWARE_TOO_OLD ? SIDE_BAD : SIDE_GOOD,
                 (struct watch_extra){"firmware.too_old", NAN, NAN});
    }
}

/* ---- country ---- */

static void judge_country(const struct said_by *s, const char *told)
{
    for (size_t i = 0; i < rules_count(s->e->o.rules); i++) {
        const struct rule *rule = rules_at(s->e->o.rules, i);
        enum country_verdict verdict;
        if (!rule->enabled || rule->kind != RULE_COUNTRY)
            continue;
        verdict = spectrum_country(told, rule->country);
        if (verdict != COUNTRY_UNTOLD)
            take(s, rule, verdict == COUNTRY_OTHER ? SIDE_BAD : SIDE_GOOD,
                 (struct watch_extra){"spectrum.country", NAN, NAN});
    }
}

/* ---- tables ---- */

static const char *attribute(const Nw__Entity *e, const char *key)
{
    for (size_t i = 0; i < e->n_attributes; i++)
        if (strcmp(e->attributes[i]->key, key) == 0)
            return e->attributes[i]->text;
    return NULL;
}

static void judge_entity(struct said_by *s, const Nw__Identity *identity, const Nw__Entity *entity)
{
    const char *vendor = attribute(entity, "vendor"), *version = attribute(entity, "version"),
               *country = attribute(entity, "country");

    s->entity = entity->id;
    if (version && strcmp(entity->kind, "ap") == 0)
        judge_version(s, vendor || !identity ? vendor : identity->vendor, attribute(entity, "model"),
                      version);
    if (country)
        judge_country(s, country);
}

/* A row of an access point that its controller lists no more is kept without its words. */
static bool is_there(const Nw__Table *t, const char *entity)
{
    for (size_t i = 0; i < t->n_entities; i++)
        if (strcmp(t->entities[i]->id, entity) == 0)
            return !attribute(t->entities[i], "vanished");
    return false;
}

/* What stands in the device's table no more has no words that could be wrong. */
static void forget_gone(struct engine *e, size_t device, const Nw__Table *t, ns_t at)
{
    for (size_t i = 0; i < map_count(e->watches); i++) {
        struct watch *w = map_at(e->watches, i, NULL);
        bool is_word = w->rule->kind == RULE_FIRMWARE || w->rule->kind == RULE_COUNTRY;
        if (is_word && w->is_raised && w->kind == OBJECT_DEVICE && w->index == device && w->entity[0] &&
            at >= w->at && !is_there(t, w->entity))
            watch_side(e, w, SIDE_GOOD, at, e->o.interval);
    }
}

void labels_take(struct engine *e, size_t device, const Nw__Table *t, ns_t at, bool is_priming)
{
    struct said_by s = {
        .e = e, .object = {OBJECT_DEVICE, device}, .entity = "", .at = at, .is_priming = is_priming};

    if (t->identity)
        judge_version(&s, t->identity->vendor, t->identity->model, t->identity->version);
    for (size_t i = 0; i < t->n_entities; i++) {
        int place;
        if (t->entities[i]->n_attributes == 0)
            continue;
        place = facts_place(e, device, t->entities[i]->id);
        s.object = place < 0 ? (struct object){OBJECT_DEVICE, device}
                             : (struct object){OBJECT_HOTSPOT, (size_t)place};
        judge_entity(&s, t->identity, t->entities[i]);
    }
    if (!is_priming)
        forget_gone(e, device, t, at);
}
