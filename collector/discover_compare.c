/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_compare.c - what contradicts: LLDP itself, LLDP and PoE the inventory, two devices each other.
 * Texts of agents are quoted: they are strangers'. Pure. */
#include <stdlib.h>
#include <string.h>

#include "collector/discover_network.h"
#include "lib/base/map.h"
#include "lib/runtime/conf_write.h"

enum { SEED = 0x636d, TOGETHER_MAX = 8 /* devices named in one line */ };

struct report {
    struct buf *out;
    const struct discover_network *n;
    size_t count;
};

static void begin(struct report *r, const char *code, const char *id)
{
    buf_printf(r->out, "# %s: %s", code, id);
    r->count++;
}

static void put(struct report *r, const char *before, const char *text)
{
    buf_str(r->out, before);
    conf_put_text(r->out, text);
}

/* ---- what LLDP and PoE say, and the inventory ---- */

static void put_end(struct report *r, const char *what, size_t node, const char *port)
{
    if (node == TOPO_NONE && !port)
        return;
    buf_printf(r->out, "; %s: %s", what, node == TOPO_NONE ? "a stranger" : r->n->nodes[node].id);
    if (port)
        put(r, " ", port);
}

static void report_topology(struct report *r)
{
    for (size_t i = 0; i < r->n->topo->contradiction_count; i++) {
        const struct topo_contradiction *c = &r->n->topo->contradictions[i];

        begin(r, topo_code_word(c->code), r->n->nodes[c->device].id);
        buf_printf(r->out, ": %s", topo_code_english(c->code));
        put_end(r,
                c->code == TOPO_ENDS_DISAGREE ? "it sees"
                : c->code == TOPO_PORT_SHARED ? "one"
                                              : "stated",
                c->stated, c->stated_port);
        put_end(r,
                c->code == TOPO_ENDS_DISAGREE ? "that end sees"
                : c->code == TOPO_PORT_SHARED ? "another"
                                              : "seen",
                c->seen, c->seen_port);
        buf_str(r->out, "\n");
    }
}

/* That `by` sees `of` and is not seen is told already: somebody else is at the other end. */
static bool is_disputed(const struct report *r, size_t by, size_t of)
{
    for (size_t i = 0; i < r->n->topo->contradiction_count; i++) {
        const struct topo_contradiction *c = &r->n->topo->contradictions[i];

        if (c->code == TOPO_ENDS_DISAGREE && c->device == by && c->stated == of)
            return true;
    }
    return false;
}

/* Both tell neighbours, but only one of them this one. */
static void report_one_sided(struct report *r, size_t a, size_t b, enum topo_seen seen, const char *port_of_a,
                             const char *port_of_b)
{
    size_t by = port_of_a ? a : b, of = port_of_a ? b : a;

    if (seen != TOPO_ONE_END || !r->n->topo_nodes[a].neighbour_count ||
        !r->n->topo_nodes[b].neighbour_count || is_disputed(r, by, of))
        return;
    begin(r, "one_sided", r->n->nodes[by].id);
    buf_printf(r->out, " sees %s", r->n->nodes[of].id);
    if (port_of_a || port_of_b)
        put(r, " on ", port_of_a ? port_of_a : port_of_b);
    buf_printf(r->out, ", but %s does not see it\n", r->n->nodes[of].id);
}

static void report_views(struct report *r)
{
    const struct topo *t = r->n->topo;

    for (size_t i = 0; i < t->count; i++) {
        const struct topo_place *p = &t->places[i];

        if (p->parent != TOPO_NONE)
            report_one_sided(r, i, p->parent, p->seen, p->own_port, p->parent_port);
    }
    for (size_t i = 0; i < t->link_count; i++)
        report_one_sided(r, t->links[i].from, t->links[i].to, t->links[i].seen, t->links[i].from_port,
                         t->links[i].to_port);
}

/* ---- one device at two addresses ---- */

struct sign {
    const char *code, *what;
    size_t offset; /* of a char * in struct discover_device */
};

static const char *sign_of(const struct discover_device *d, const struct sign *s)
{
    return *(char *const *)((const char *)d + s->offset);
}

/* One line for each value that several devices have. */
static enum err report_shared(struct report *r, const struct sign *sign)
{
    struct map *first = map_new(SEED);
    size_t *next = calloc(r->n->count + 1, sizeof *next); /* of the same value, + 1; 0 = the last */
    enum err e = first && next ? ERR_OK : ERR_NOMEM;

    for (size_t i = r->n->count; !e && i-- > 0;) {
        const struct discover_node *x = &r->n->nodes[i];
        void *after = NULL;

        if (!x->device || x->ap || !*sign_of(x->device, sign))
            continue;
        e = map_set(first, sign_of(x->device, sign), (void *)(i + 1), &after);
        next[i] = (uintptr_t)after;
    }
    for (size_t m = 0; !e && m < map_count(first); m++) {
        const char *value;
        size_t at = (uintptr_t)map_at(first, m, &value), count = 0;

        if (!next[at - 1])
            continue;
        begin(r, sign->code, "");
        conf_put_text(r->out, value);
        for (; at; at = next[at - 1])
            if (++count <= TOGETHER_MAX)
                buf_printf(r->out, "%s %s (%s)", count > 1 ? "," : sign->what, r->n->nodes[at - 1].id,
                           r->n->nodes[at - 1].device->address);
        if (count > TOGETHER_MAX)
            buf_printf(r->out, " and %zu more", count - TOGETHER_MAX);
        buf_str(r->out, "\n");
    }
    free(next);
    map_free(first, NULL);
    return e;
}

static enum err report_twins(struct report *r)
{
    static const struct sign signs[] = {
        {"same_name", " is the name of", offsetof(struct discover_device, sys_name)},
        {"same_chassis", " is the chassis id of", offsetof(struct discover_device, chassis_id)},
        {"same_serial", " is the serial number of", offsetof(struct discover_device, serial)},
        {"same_mac", " is the base MAC of", offsetof(struct discover_device, base_mac)}};
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < ARRAY_LEN(signs); i++)
        e = report_shared(r, &signs[i]);
    return e;
}

/* ---- the inventory's items one by one ---- */

static void report_differing(struct report *r, const char *code, const char *id, const char *stated,
                             const char *found)
{
    if (!stated || !*stated || !*found || strcmp(stated, found) == 0)
        return;
    begin(r, code, id);
    put(r, ": the inventory says ", stated);
    put(r, ", found is ", found);
    buf_str(r->out, "\n");
}

static void report_device(struct report *r, const struct discover_node *x)
{
    struct snmp_address a;

    if (!x->device) {
        if (!x->was_asked)
            return;
        begin(r, "not_found", x->id);
        buf_printf(r->out, ": %s was asked and did not answer\n", x->known->address);
        return;
    }
    report_differing(r, "model_differs", x->id, x->known->model, x->device->model);
    report_differing(r, "serial_differs", x->id, x->known->serial, x->device->serial);
    if (x->known->kind != DEVICE_OTHER && x->device->kind != DEVICE_OTHER)
        report_differing(r, "kind_differs", x->id, device_kind_words[x->known->kind],
                         device_kind_words[x->device->kind]);
    if (discover_address_parse(x->known->address, &a) && memcmp(a.ip, x->device->peer.ip, sizeof a.ip) != 0)
        report_differing(r, "address_differs", x->id, x->known->address, x->device->address);
}

static void report_row(struct report *r, const struct discover_node *x)
{
    if (x->ap) {
        report_differing(r, "controller_differs", x->id, x->known_row->device, r->n->nodes[x->controller].id);
    } else if (x->was_asked) {
        begin(r, "not_found", x->id);
        put(r, ": ", x->known_row->entity);
        buf_printf(r->out, " is no row of %s any more\n", x->known_row->device);
    }
}

size_t discover_put_contradictions(struct buf *out, const struct discover_network *n)
{
    struct report r = {out, n, 0};

    report_topology(&r);
    report_views(&r);
    if (report_twins(&r))
        out->error = ERR_NOMEM;
    for (size_t i = 0; i < n->count; i++) {
        if (n->nodes[i].known)
            report_device(&r, &n->nodes[i]);
        else if (n->nodes[i].known_row)
            report_row(&r, &n->nodes[i]);
    }
    return r.count;
}
