/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.c - what the engine remembers over a restart, as rows of bytes: written when they change, read once.
 *
 *   node      a node that is silent, excused, blamed, on battery     normal has no row
 *   state     the last state of an object, its `since`, usual number of clients
 *   watch     a rule that is not at rest, own medians                (watch.c)
 *   past      an incident that was closed lately         (flap.c)
 *   usual     clients of a hotspot by hour of the week  (people.c)
 *   incident  an open incident with its members
 *   window    a maintenance window
 *   meta      counters, blindness
 * Every value begins with a version byte. Pure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/engine_private.h"
#include "lib/base/strx.h"
#include "lib/base/wire.h"

enum { ROW_VERSION = 1, MEMBERS_MAX = 100000, RUNBOOK_SIZE = 256 };

static void put_text(struct buf *b, const char *s)
{
    size_t len = strlen(s);

    buf_le32(b, (uint32_t)len);
    buf_put(b, s, len);
}

static void get_text(struct wire *w, char *out, size_t size)
{
    uint32_t len = wire_le32(w);
    const uint8_t *bytes = wire_bytes(w, len);

    if (!bytes || len >= size) {
        wire_fail(w, ERR_MALFORMED);
        out[0] = '\0';
        return;
    }
    memcpy(out, bytes, len);
    out[len] = '\0';
}

static void put_time(struct buf *b, ns_t t)
{
    buf_le64(b, (uint64_t)t);
}

static ns_t get_time(struct wire *w)
{
    return (ns_t)wire_le64(w);
}

static void write_row(struct engine *e, const char *kind, const char *key, struct buf *b)
{
    if (!buf_error(b))
        e->sink.row(e->sink.ctx, kind, key, b->data, b->len);
    buf_fini(b);
}

/* ---- nodes ---- */

static struct kept keep(const struct fact *f)
{
    struct kept k;

    memset(&k, 0, sizeof k); /* padding too: they are compared as bytes */
    k.first_miss = f->first_miss;
    k.excuse = f->excuse;
    k.misses = f->misses > 2 ? 2 : f->misses;
    k.silent_since_excuse = f->silent_since_excuse > 2 ? 2 : f->silent_since_excuse;
    k.is_down = f->is_down;
    k.on_battery = f->on_battery;
    k.was_below_dead = f->was_below_dead;
    if (f->blame)
        strx_copy(k.blame, sizeof k.blame, f->blame->id);
    if (!k.first_miss && !k.on_battery && !k.blame[0])
        memset(&k, 0, sizeof k);
    return k;
}

void rows_nodes(struct engine *e)
{
    static const struct kept at_rest;

    for (size_t n = 0; n < e->topo->node_count; n++) {
        struct fact *f = &e->facts[n];
        struct kept k = keep(f);
        struct buf b = BUF_INIT;
        if (memcmp(&k, &f->kept, sizeof k) == 0)
            continue;
        memcpy(&f->kept, &k, sizeof k);
        if (memcmp(&k, &at_rest, sizeof k) == 0) {
            e->sink.row(e->sink.ctx, "node", e->topo->nodes[n].id, NULL, 0);
            continue;
        }
        buf_u8(&b, ROW_VERSION);
        put_time(&b, k.first_miss);
        put_time(&b, k.excuse);
        put_time(&b, f->seen_ok);
        buf_u8(&b, (uint8_t)k.misses);
        buf_u8(&b, (uint8_t)k.silent_since_excuse);
        buf_u8(&b, (uint8_t)(k.is_down | k.on_battery << 1 | k.was_below_dead << 2));
        put_text(&b, k.blame);
        write_row(e, "node", e->topo->nodes[n].id, &b);
    }
}

static int node_by_id(const struct engine *e, const char *id)
{
    int n = topology_device(e->topo, id);
    int p = n < 0 ? topology_hotspot(e->topo, id) : -1;

    return p >= 0 && !e->topo->nodes[e->topo->places[p].node].device ? e->topo->places[p].node : n;
}

static enum err restore_node(struct engine *e, const char *key, struct wire *w)
{
    int n = node_by_id(e, key);
    char blame[ID_SIZE];
    struct fact f = {0};
    uint8_t flags;

    if (n < 0)
        return ERR_NOT_FOUND;
    f.first_miss = get_time(w);
    f.excuse = get_time(w);
    f.seen_ok = get_time(w);
    f.misses = wire_u8(w);
    f.silent_since_excuse = wire_u8(w);
    flags = wire_u8(w);
    f.is_down = flags & 1;
    f.on_battery = flags & 2;
    f.was_below_dead = flags & 4;
    get_text(w, blame, sizeof blame);
    if (wire_error(w))
        return ERR_MALFORMED;
    f.was_carried = true;
    f.blame = blame[0] ? incident_by_id(e, blame) : NULL;
    e->facts[n] = f;
    e->facts[n].kept = keep(&e->facts[n]);
    return ERR_OK;
}

/* ---- states ---- */

static struct object_memory *memory_of(struct engine *e, enum object_kind kind, size_t index)
{
    switch (kind) {
    case OBJECT_HOTSPOT: return &e->places[index].memory;
    case OBJECT_DEVICE: return &e->devices[index];
    case OBJECT_SERVICE: return &e->services[index].memory;
    case OBJECT_SITE: return &e->sites[index];
    default: return NULL;
    }
}

void row_memory(struct engine *e, enum object_kind kind, size_t index)
{
    const struct object_memory *m = memory_of(e, kind, index);
    const char *id, *name;
    char key[ID_SIZE + 16];
    struct buf b = BUF_INIT;

    object_name(e, kind, index, &id, &name);
    strx_copy(key, sizeof key, object_kind_words[kind]);
    strx_copy(key + strlen(key), sizeof key - strlen(key), "/");
    strx_copy(key + strlen(key), sizeof key - strlen(key), id);
    buf_u8(&b, ROW_VERSION);
    buf_u8(&b, (uint8_t)m->state);
    buf_u8(&b, (uint8_t)m->reason);
    put_time(&b, m->since);
    put_text(&b, m->incident);
    buf_le_double(&b, kind == OBJECT_HOTSPOT ? e->places[index].usual : 0);
    buf_le32(&b, kind == OBJECT_HOTSPOT ? e->places[index].usual_count : 0);
    write_row(e, "state", key, &b);
}

static int object_index(const struct engine *e, enum object_kind kind, const char *id)
{
    if (kind == OBJECT_HOTSPOT)
        return topology_hotspot(e->topo, id);
    if (kind == OBJECT_DEVICE)
        return topology_device(e->topo, id);
    for (size_t s = 0; kind == OBJECT_SERVICE && s < e->service_count; s++)
        if (strcmp(e->services[s].service->id, id) == 0)
            return (int)s;
    if (kind == OBJECT_SITE && inventory_site(e->o.inventory, id)) {
        size_t count;
        return (int)(inventory_site(e->o.inventory, id) - inventory_sites(e->o.inventory, &count));
    }
    return -1;
}

static enum err restore_state(struct engine *e, const char *key, struct wire *w)
{
    const char *slash = strchr(key, '/');
    struct object_memory m = {.is_known = true};
    double usual;
    uint32_t usual_count;

    m.state = wire_u8(w);
    m.reason = wire_u8(w);
    m.since = get_time(w);
    get_text(w, m.incident, sizeof m.incident);
    usual = wire_le_double(w);
    usual_count = wire_le32(w);
    if (!slash || wire_error(w))
        return ERR_MALFORMED;
    for (enum object_kind k = OBJECT_HOTSPOT; k <= OBJECT_SITE; k++) {
        size_t len = strlen(object_kind_words[k]);
        int i;
        if (len != (size_t)(slash - key) || strncmp(key, object_kind_words[k], len) != 0)
            continue;
        i = object_index(e, k, slash + 1);
        if (i < 0)
            return ERR_NOT_FOUND;
        *memory_of(e, k, (size_t)i) = m;
        if (k == OBJECT_HOTSPOT) {
            e->places[i].usual = usual;
            e->places[i].usual_count = usual_count;
        }
        return ERR_OK;
    }
    return ERR_MALFORMED;
}

/* ---- incidents ---- */

static void put_members(const struct engine *e, const struct member_list *l, struct buf *b)
{
    buf_le32(b, (uint32_t)l->count);
    for (size_t k = 0; k < l->count; k++) {
        const char *id, *name;
        object_name(e, l->items[k].kind, l->items[k].index, &id, &name);
        buf_u8(b, (uint8_t)l->items[k].kind);
        buf_u8(b, (uint8_t)l->items[k].state);
        buf_u8(b, (uint8_t)l->items[k].reason);
        put_text(b, id);
    }
}

static void put_changes(const struct incident *i, struct buf *b)
{
    put_text(b, i->assigned);
    buf_le32(b, (uint32_t)i->changes_dropped);
    buf_u8(b, (uint8_t)i->change_count);
    for (size_t k = 0; k < i->change_count; k++) {
        put_time(b, i->changes[k].at);
        put_time(b, i->changes[k].until);
        put_text(b, i->changes[k].verb);
        put_text(b, i->changes[k].via);
        put_text(b, i->changes[k].by);
        put_text(b, i->changes[k].to);
        put_text(b, i->changes[k].comment);
    }
}

void incident_save(struct engine *e, const struct incident *i)
{
    struct buf b = BUF_INIT;

    buf_u8(&b, ROW_VERSION);
    put_text(&b, i->key);
    buf_u8(&b, (uint8_t)i->type);
    buf_u8(&b, (uint8_t)i->severity);
    buf_u8(&b, (uint8_t)i->rule_severity);
    buf_u8(&b, (uint8_t)i->lane);
    buf_u8(&b, (uint8_t)i->cause_kind);
    put_text(&b, i->cause_id);
    put_text(&b, i->cause_name);
    put_text(&b, i->cause_node >= 0 ? e->topo->nodes[i->cause_node].id : "");
    put_time(&b, i->opened);
    put_time(&b, i->changed);
    put_time(&b, i->quiet_since);
    put_time(&b, i->last_event);
    buf_le_double(&b, i->priority);
    buf_le32(&b, (uint32_t)i->hotspots);
    put_text(&b, i->op_state);
    put_text(&b, i->op_by);
    put_text(&b, i->op_comment);
    put_time(&b, i->op_at);
    put_time(&b, i->shelved_until);
    put_text(&b, ""); /* until 1.0 the runbook: rules know it */
    buf_u8(&b, i->is_flapping);
    buf_u8(&b, (uint8_t)i->flap_count);
    for (size_t k = 0; k < i->flap_count; k++)
        put_time(&b, i->flaps[k]);
    buf_u8(&b, (uint8_t)i->evidence_count);
    for (size_t k = 0; k < i->evidence_count; k++) {
        put_text(&b, i->evidence[k].metric);
        put_text(&b, i->evidence[k].entity);
        buf_le_double(&b, i->evidence[k].value);
        buf_le_double(&b, i->evidence[k].limit);
        buf_le_double(&b, i->evidence[k].fall);
        put_time(&b, i->evidence[k].at);
    }
    put_members(e, &i->members, &b);
    put_changes(i, &b);
    buf_le_double(&b, i->user_minutes);
    put_time(&b, i->counted);
    put_text(&b, i->rule);
    put_text(&b, i->chain.id);
    buf_u8(&b, (uint8_t)i->chain.done);
    put_time(&b, i->chain.since);
    write_row(e, "incident", i->id, &b);
}

static void get_members(const struct engine *e, struct incident *i, struct wire *w)
{
    uint32_t count = wire_le32(w);

    for (uint32_t k = 0; k < count && k < MEMBERS_MAX && !wire_error(w); k++) {
        enum object_kind kind = wire_u8(w);
        enum state state = wire_u8(w);
        enum reason reason = wire_u8(w);
        char id[ID_SIZE];
        int index;
        get_text(w, id, sizeof id);
        index = object_index(e, kind, id);
        if (index >= 0)
            incident_member(i, kind, (size_t)index, state, reason);
    }
    i->members = i->now;
    i->now = (struct member_list){0};
}

/* Rows of versions before this one end here. */
static void get_changes(struct engine *e, struct incident *i, struct wire *w)
{
    size_t count;

    if (!wire_left(w))
        return;
    get_text(w, i->assigned, sizeof i->assigned);
    i->changes_dropped = wire_le32(w);
    count = wire_u8(w);
    if (count > CHANGES_MAX)
        wire_fail(w, ERR_MALFORMED);
    for (size_t k = 0; k < count && !wire_error(w); k++) {
        struct change c = {.at = get_time(w)};
        c.until = get_time(w);
        get_text(w, c.verb, sizeof c.verb);
        get_text(w, c.via, sizeof c.via);
        get_text(w, c.by, sizeof c.by);
        get_text(w, c.to, sizeof c.to);
        get_text(w, c.comment, sizeof c.comment);
        incident_note(e, i, &c);
    }
}

static void get_people(struct incident *i, struct wire *w)
{
    if (!wire_left(w))
        return; /* as above */
    i->user_minutes = wire_le_double(w);
    i->counted = get_time(w);
    if (!(i->user_minutes >= 0))
        wire_fail(w, ERR_MALFORMED);
}

static void get_rule(struct incident *i, struct wire *w)
{
    if (!wire_left(w))
        return; /* as above */
    get_text(w, i->rule, sizeof i->rule);
    if (!wire_left(w))
        return;
    get_text(w, i->chain.id, sizeof i->chain.id);
    i->chain.done = wire_u8(w);
    i->chain.since = get_time(w);
}

static void get_history(struct incident *i, struct wire *w)
{
    i->is_flapping = wire_u8(w);
    i->flap_count = wire_u8(w);
    if (i->flap_count > FLAPS_MAX)
        wire_fail(w, ERR_MALFORMED);
    for (size_t k = 0; k < i->flap_count && !wire_error(w); k++)
        i->flaps[k] = get_time(w);
    i->evidence_count = wire_u8(w);
    if (i->evidence_count > EVIDENCE_MAX)
        wire_fail(w, ERR_MALFORMED);
    for (size_t k = 0; k < i->evidence_count && !wire_error(w); k++) {
        get_text(w, i->evidence[k].metric, sizeof i->evidence[k].metric);
        get_text(w, i->evidence[k].entity, sizeof i->evidence[k].entity);
        i->evidence[k].value = wire_le_double(w);
        i->evidence[k].limit = wire_le_double(w);
        i->evidence[k].fall = wire_le_double(w);
        i->evidence[k].at = get_time(w);
    }
}

static void get_head(const struct engine *e, struct incident *i, struct wire *w)
{
    char node[ID_SIZE], unused[RUNBOOK_SIZE];

    get_text(w, i->key, sizeof i->key);
    i->type = wire_u8(w);
    i->severity = wire_u8(w);
    i->rule_severity = wire_u8(w);
    i->lane = wire_u8(w);
    i->cause_kind = wire_u8(w);
    get_text(w, i->cause_id, sizeof i->cause_id);
    get_text(w, i->cause_name, sizeof i->cause_name);
    get_text(w, node, sizeof node);
    i->cause_node = node_by_id(e, node);
    i->opened = get_time(w);
    i->changed = get_time(w);
    i->quiet_since = get_time(w);
    i->last_event = get_time(w);
    i->priority = wire_le_double(w);
    i->hotspots = wire_le32(w);
    get_text(w, i->op_state, sizeof i->op_state);
    get_text(w, i->op_by, sizeof i->op_by);
    get_text(w, i->op_comment, sizeof i->op_comment);
    i->op_at = get_time(w);
    i->shelved_until = get_time(w);
    get_text(w, unused, sizeof unused);
    if (i->severity >= SEVERITY_CLEARED || i->lane >= LANE_COUNT || i->cause_kind > OBJECT_MONITOR)
        wire_fail(w, ERR_MALFORMED);
}

static enum err restore_incident(struct engine *e, const char *key, struct wire *w)
{
    struct incident *i = calloc(1, sizeof *i), **at = &e->incidents;

    if (!i)
        return ERR_NOMEM;
    strx_copy(i->id, sizeof i->id, key);
    get_head(e, i, w);
    get_history(i, w);
    get_members(e, i, w);
    get_changes(e, i, w);
    get_people(i, w);
    get_rule(i, w);
    if (wire_error(w)) {
        incident_free(i);
        return ERR_MALFORMED;
    }
    i->is_announced = true;
    if (strcmp(i->key, "blind") == 0)
        e->blind = i;
    while (*at)
        at = &(*at)->next;
    *at = i;
    return ERR_OK;
}

/* ---- the rest ---- */

void row_meta(struct engine *e)
{
    struct buf b = BUF_INIT;

    buf_u8(&b, ROW_VERSION);
    buf_le64(&b, e->incident_number);
    buf_u8(&b, e->is_blind);
    put_time(&b, e->blind_ended);
    write_row(e, "meta", "engine", &b);
}

static enum err restore_meta(struct engine *e, struct wire *w)
{
    uint64_t number = wire_le64(w);
    bool is_blind = wire_u8(w);
    ns_t blind_ended = get_time(w);

    if (wire_error(w))
        return ERR_MALFORMED;
    e->incident_number = number;
    e->is_blind = is_blind;
    e->blind_ended = blind_ended;
    return ERR_OK;
}

void row_maintenance(struct engine *e, const struct maintenance *m, bool is_over)
{
    struct buf b = BUF_INIT;

    if (is_over) {
        e->sink.row(e->sink.ctx, "window", m->id, NULL, 0);
        return;
    }
    buf_u8(&b, ROW_VERSION);
    put_text(&b, m->scope);
    put_text(&b, m->by);
    put_text(&b, m->comment);
    put_time(&b, m->begin);
    put_time(&b, m->until);
    buf_u8(&b, m->is_announced);
    put_text(&b, m->text_de);
    put_text(&b, m->text_en);
    write_row(e, "window", m->id, &b);
}

static enum err restore_window(struct engine *e, const char *key, struct wire *w)
{
    struct maintenance *m = calloc(1, sizeof *m);

    if (!m)
        return ERR_NOMEM;
    strx_copy(m->id, sizeof m->id, key);
    get_text(w, m->scope, sizeof m->scope);
    get_text(w, m->by, sizeof m->by);
    get_text(w, m->comment, sizeof m->comment);
    m->begin = get_time(w);
    m->until = get_time(w);
    if (wire_left(w)) { /* a row of an older netzwacht ends here */
        m->is_announced = wire_u8(w);
        get_text(w, m->text_de, sizeof m->text_de);
        get_text(w, m->text_en, sizeof m->text_en);
    }
    if (wire_error(w)) {
        free(m);
        return ERR_MALFORMED;
    }
    m->next = e->maintenance;
    e->maintenance = m;
    return ERR_OK;
}

enum err engine_restore(struct engine *e, const char *kind, const char *key, const void *value, size_t len)
{
    struct wire w;

    if (strcmp(kind, "watch") == 0)
        return watch_restore(e, key, value, len);
    if (strcmp(kind, "past") == 0)
        return flap_restore(e, key, value, len);
    if (strcmp(kind, "usual") == 0)
        return usual_restore(e, key, value, len);
    wire_init(&w, value, len);
    if (wire_u8(&w) != ROW_VERSION)
        return ERR_MALFORMED;
    if (strcmp(kind, "meta") == 0)
        return restore_meta(e, &w);
    if (strcmp(kind, "incident") == 0)
        return restore_incident(e, key, &w);
    if (strcmp(kind, "node") == 0)
        return restore_node(e, key, &w);
    if (strcmp(kind, "state") == 0)
        return restore_state(e, key, &w);
    if (strcmp(kind, "window") == 0)
        return restore_window(e, key, &w);
    return ERR_NOT_FOUND;
}
