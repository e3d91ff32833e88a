/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notices.c - traps of the devices: recorded by name, and what they are about is polled. Senders that are no
 * device of the inventory are counted, no more, and so are traps about single clients; a device's traps are
 * bounded, and so are the polls that they cause. */
#include <string.h>

#include "collector/collector_internal.h"
#include "collector/field.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

enum { KEY_SIZE = 33 };

static void key_of(const struct snmp_address *a, char out[KEY_SIZE])
{
    struct buf b = BUF_INIT;

    strx_put_hex(&b, a->ip, sizeof a->ip);
    strx_copy(out, KEY_SIZE, b.data ? b.data : "");
    buf_fini(&b);
}

enum err notices_add(struct fleet *f, struct unit *u)
{
    char key[KEY_SIZE];

    key_of(&u->peer.address, key);
    if (u->problem || map_get(f->by_address, key))
        return ERR_OK; /* of several agents behind one address the first one is polled */
    return map_set(f->by_address, key, u, NULL);
}

static void append_trap(struct unit *u, const struct trap *trap, const struct trap_rule *rule,
                        const struct snmp_message *m)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__TrapEvent body = NW__TRAP_EVENT__INIT;
    Nw__TrapValue values[TRAP_VALUES_MAX], *list[TRAP_VALUES_MAX];
    struct trap_value kept[TRAP_VALUES_MAX];
    char oid[OID_TEXT_SIZE];

    oid_to_text(trap->oid, trap->oid_len, oid, sizeof oid);
    body.source = u->id;
    body.oid = oid;
    body.name = (char *)(uintptr_t)(rule ? rule->name : "");
    body.values = list;
    body.n_values = rule ? trap_read_values(m, rule, kept, TRAP_VALUES_MAX) : 0;
    for (size_t i = 0; i < body.n_values; i++) {
        values[i] = (Nw__TrapValue)NW__TRAP_VALUE__INIT;
        values[i].oid = kept[i].oid;
        values[i].text = kept[i].text;
        list[i] = &values[i];
    }
    record.body_case = NW__RECORD__BODY_TRAP;
    record.trap = &body;
    if (u->c->o.append(u->c->o.ctx, &record, NULL))
        u->c->records_lost++;
}

static bool on_trap(void *ctx, const struct snmp_address *from, const struct trap *trap,
                    const struct snmp_message *m)
{
    struct collector *c = ctx;
    const struct trap_rule *rule;
    char key[KEY_SIZE];
    struct unit *u;

    key_of(from, key);
    u = map_get(c->fleet.by_address, key);
    if (!u) {
        c->traps_unknown++;
        return false;
    }
    rule = trap_find_rule(c->fleet.profiles, poll_profile(u->poll), trap);
    if (rule && rule->is_dropped) {
        c->traps_about_clients++;
        return true;
    }
    if (!trap_bucket_take(&u->traps, loop_mono(c->o.loop))) {
        c->traps_over_limit++;
        return true;
    }
    c->traps_taken++;
    append_trap(u, trap, rule, m);
    unit_poll_for_trap(u, rule);
    return true;
}

enum err notices_open(struct collector *c)
{
    const struct collector_settings *s = &c->o.settings->collector;
    enum err e;

    if (!s->trap_port)
        return ERR_OK;
    e = trap_io_new(c->o.loop, s->bind, s->trap_port, on_trap, c, &c->traps);
    if (e)
        log_error("traps cannot be received on port %lld: %s%s", (long long)s->trap_port, err_text(e),
                  e == ERR_DENIED ? " (ports below 1024 need CAP_NET_BIND_SERVICE)" : "");
    return e;
}

void notices_close(struct collector *c)
{
    trap_io_free(c->traps);
    c->traps = NULL;
}
