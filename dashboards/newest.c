/* SPDX-License-Identifier: GPL-3.0-or-later */
/* newest.c - keeps, for each thing, the places of the records that were not overtaken. Pure. */
#include "dashboards/newest.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/crc32c.h"
#include "lib/base/map.h"

enum { KEY_MAX = 320 };

/* What was kept last of one source, thing, incident or daemon. */
struct entry {
    struct newest_place last, answered, uptime;
    bool has_answer, has_uptime, has_table;
    ns_t at;
    size_t table_len;
    uint32_t table_crc;
};

struct newest {
    ns_t now;
    struct map *entries; /* "<body><kind>\n<id>" -> struct entry */
    struct newest_place *list;
    size_t count, cap, notes;
};

enum err newest_new(ns_t now, struct newest **out)
{
    struct newest *n = calloc(1, sizeof *n);

    if (!n)
        return ERR_NOMEM;
    n->now = now;
    n->entries = map_new((uint64_t)now);
    if (!n->entries) {
        free(n);
        return ERR_NOMEM;
    }
    *out = n;
    return ERR_OK;
}

void newest_free(struct newest *n)
{
    if (!n)
        return;
    map_free(n->entries, free);
    free(n->list);
    free(n);
}

static enum err keep(struct newest *n, struct newest_place place)
{
    if (n->count == n->cap) {
        size_t cap = n->cap ? 2 * n->cap : 1024;
        struct newest_place *grown = realloc(n->list, cap * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        n->list = grown;
        n->cap = cap;
    }
    n->list[n->count++] = place;
    return ERR_OK;
}

static size_t put_text(char *key, size_t at, struct record_part part)
{
    size_t len = part.len < KEY_MAX / 2 - 4 ? part.len : KEY_MAX / 2 - 4; /* ids are far shorter */

    if (len)
        memcpy(key + at, part.data, len);
    return at + len;
}

static struct entry *find_entry(struct newest *n, const struct record_head *h, size_t partition)
{
    char key[KEY_MAX];
    size_t at = 0;

    key[at++] = (char)('A' + h->body);
    if (h->body == NW__RECORD__BODY_HEARTBEAT)
        key[at++] = (char)(' ' + partition % 90); /* one daemon of several probe units */
    at = put_text(key, at, h->kind);
    key[at++] = '\n';
    at = put_text(key, at, h->id);
    key[at] = '\0';
    struct entry *e = map_get(n->entries, key);
    if (e)
        return e;
    e = calloc(1, sizeof *e);
    if (e && map_set(n->entries, key, e, NULL) != ERR_OK) {
        free(e);
        e = NULL;
    }
    return e;
}

static bool has_answer(uint32_t outcome)
{
    return outcome == NW__OUTCOMES__OUTCOME_OK || outcome == NW__OUTCOMES__OUTCOME_PARTIAL ||
           outcome == NW__OUTCOMES__OUTCOME_FAILED;
}

/* Of tables that are the same the first: its time is that of the change, for history. */
static enum err note_table(struct newest *n, struct entry *e, const struct record_head *h,
                           struct newest_place place)
{
    uint32_t crc = crc32c(0, h->table.data, h->table.len);

    if (e->has_table && e->table_crc == crc && e->table_len == h->table.len)
        return ERR_OK;
    e->has_table = true;
    e->table_crc = crc;
    e->table_len = h->table.len;
    return keep(n, place);
}

static enum err note_samples(struct newest *n, const struct record_head *h, struct newest_place place)
{
    struct entry *e = find_entry(n, h, place.partition);
    ns_t at = h->started ? h->started : h->wall;

    if (!e)
        return ERR_NOMEM;
    if (at < e->at)
        return ERR_OK; /* comes late: the snapshot passes it over, too */
    e->at = at;
    e->last = place;
    if (has_answer(h->outcome)) {
        e->has_answer = true;
        e->answered = place;
        if (h->has_uptime) {
            e->has_uptime = true;
            e->uptime = place;
        }
    }
    return h->table.data ? note_table(n, e, h, place) : ERR_OK;
}

static enum err note_last(struct newest *n, const struct record_head *h, struct newest_place place, ns_t kept)
{
    struct entry *e = find_entry(n, h, place.partition);

    if (!e)
        return ERR_NOMEM;
    e->at = h->wall;
    e->last = place;
    return n->now - h->wall <= kept ? keep(n, place) : ERR_OK;
}

enum err newest_note(struct newest *n, size_t partition, uint64_t pos, const struct record_head *h)
{
    struct newest_place place = {partition, pos, n->notes++};

    switch (h->body) {
    case NW__RECORD__BODY_SAMPLES: return note_samples(n, h, place);
    case NW__RECORD__BODY_STATE:
    case NW__RECORD__BODY_ANNOUNCEMENTS:
    case NW__RECORD__BODY_INCIDENT: return note_last(n, h, place, NEWEST_EVENTS);
    case NW__RECORD__BODY_HEARTBEAT: return note_last(n, h, place, NEWEST_FIGURES);
    default: return n->now - h->wall <= NEWEST_EVENTS ? keep(n, place) : ERR_OK;
    }
}

static int by_number(const void *a, const void *b)
{
    const struct newest_place *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

enum err newest_list(struct newest *n, const struct newest_place **out, size_t *count)
{
    size_t unique = 0;
    enum err error = ERR_OK;

    for (size_t i = 0; i < map_count(n->entries) && error == ERR_OK; i++) {
        const struct entry *e = map_at(n->entries, i, NULL);
        error = keep(n, e->last);
        if (error == ERR_OK && e->has_answer)
            error = keep(n, e->answered);
        if (error == ERR_OK && e->has_uptime)
            error = keep(n, e->uptime);
    }
    if (error)
        return error;
    if (n->count)
        qsort(n->list, n->count, sizeof *n->list, by_number);
    for (size_t i = 0; i < n->count; i++)
        if (i == 0 || n->list[i].number != n->list[unique - 1].number)
            n->list[unique++] = n->list[i];
    n->count = unique;
    *out = n->list;
    *count = unique;
    return ERR_OK;
}
