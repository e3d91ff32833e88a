/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listing.c - a view's access points through the roster. Pure. */
#include "collector/listing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

void listing_fini(struct listing *l)
{
    free(l->voices);
    *l = (struct listing){0};
}

static const char *attribute(const struct view_entity *e, const char *key)
{
    for (size_t i = 0; i < e->attr_count; i++)
        if (strcmp(e->attrs[i].key, key) == 0 && e->attrs[i].type != VIEW_ATTR_NULL)
            return e->attrs[i].text;
    return "";
}

bool listing_names(const char *kind, const char *id, const char *mac)
{
    return strcmp(kind, "ap") == 0 && strx_starts_with(id, "ap/") && *mac &&
           strcmp(id + strlen("ap/"), mac) == 0;
}

static bool is_access_point(const struct view_entity *e)
{
    return listing_names(e->kind, e->id, attribute(e, "mac"));
}

static bool has_access_points(const struct device_view *view)
{
    for (size_t i = 0; i < view->entity_count; i++)
        if (is_access_point(&view->entities[i]))
            return true;
    return false;
}

/* Moves *sample on: samples ascend by entity. */
static enum roster_state state_of(const struct device_view *view, size_t entity, size_t *sample)
{
    enum roster_state state = ROSTER_UNSURE;

    while (*sample < view->sample_count && view->samples[*sample].entity < entity)
        ++*sample;
    for (; *sample < view->sample_count && view->samples[*sample].entity == entity; ++*sample) {
        const struct view_sample *s = &view->samples[*sample];

        if (s->metric == METRIC_AP_STATE && !isnan(s->value))
            state = s->value >= 0.5 ? ROSTER_UP : ROSTER_DOWN;
    }
    return state;
}

static void take_rows(struct listing *l, struct roster *r, const struct device_view *view)
{
    size_t sample = 0;

    for (size_t i = 0; i < view->entity_count; i++) {
        const struct view_entity *e = &view->entities[i];

        if (is_access_point(e))
            l->voices[i] = roster_take(
                r, &(struct roster_row){e->id, e->name, attribute(e, "serial"), state_of(view, i, &sample)});
    }
    for (size_t i = 0; i < view->entity_count; i++) {
        const char *ap = attribute(&view->entities[i], "ap");

        if (*ap)
            l->voices[i] = roster_voice(r, ap);
    }
}

enum err listing_take(struct listing *l, struct roster *r, const struct roster_poll *poll,
                      const struct device_view *view)
{
    enum err e;

    l->ghost_count = 0;
    if (l->cap < view->entity_count) {
        enum quality_reason *more = realloc(l->voices, view->entity_count * sizeof *more);

        if (!more)
            return ERR_NOMEM;
        l->voices = more;
        l->cap = view->entity_count;
    }
    for (size_t i = 0; i < view->entity_count; i++)
        l->voices[i] = QUALITY_OK;
    if (!roster_knows(r, poll->controller) && !has_access_points(view))
        return ERR_OK;
    e = roster_begin(r, poll);
    if (e)
        return e;
    take_rows(l, r, view);
    l->ghost_count = roster_end(r, &l->ghosts);
    return ERR_OK;
}
