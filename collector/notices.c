/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notices.c - traps and informs of the devices: recorded by name, and what they are about is polled. Senders
 * that are no device of the inventory are counted and get no answer, traps about single clients are counted;
 * a device's traps are bounded, and so are the polls that they cause.
 *
 *   datagram ─ sender unknown? ─► counted, one finding
 *        └─► v1, v2c: parsed / v3: MAC, time, decrypted ─► name ─ about a client? ─► counted
 *                                                              └─► bucket ─► journal ─► poll */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "collector/collector_internal.h"
#include "collector/field.h"
#include "collector/trap_engine_io.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

enum { KEY_SIZE = 33, ADDRESS_SIZE = 46 };

static const struct snmp_octets NO_ANSWER = {NULL, 0};

/* ---- who sends ---- */

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

static struct unit *find_sender(struct collector *c, const struct snmp_address *from)
{
    char key[KEY_SIZE];

    key_of(from, key);
    return map_get(c->fleet.by_address, key);
}

/* The first one in an hour is told by its address; how many there are is a counter of the heartbeat. */
static void note_stranger(struct collector *c, const struct snmp_address *from)
{
    char address[ADDRESS_SIZE] = "";

    c->notices.unknown++;
    if (!trap_strangers_note(&c->notices.strangers, from, loop_mono(c->o.loop)))
        return;
    if (!inet_ntop(from->is_v6 ? AF_INET6 : AF_INET, from->ip, address, sizeof address))
        return;
    log_warning("traps from %s, which is no device of the inventory: they are not taken; others like it are "
                "counted only",
                address);
    collector_append_finding(c, "collector", "trap_unknown_sender", address,
                             "traps from an address that is no device of the inventory");
}

/* ---- one notification ---- */

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

/* False: it is no notification. */
static bool take(struct unit *u, const struct snmp_message *m)
{
    struct notices *n = &u->c->notices;
    const struct trap_rule *rule;
    struct trap trap;

    if (trap_read(m, &trap)) {
        n->malformed++;
        return false;
    }
    n->informs += m->type == SNMP_INFORM;
    rule = trap_find_rule(u->c->fleet.profiles, poll_profile(u->poll), &trap);
    if (rule && rule->is_dropped) {
        n->about_clients++;
        return true;
    }
    if (!trap_bucket_take(&u->traps, loop_mono(u->c->o.loop))) {
        n->over_limit++;
        return true;
    }
    n->taken++;
    append_trap(u, &trap, rule, m);
    unit_poll_for_trap(u, rule);
    return true;
}

/* RFC 3416, 4.2.7: an inform is answered by the same message as a Response. */
static struct snmp_octets take_community(struct unit *u, const struct snmp_message *m, uint8_t *bytes,
                                         size_t len)
{
    if (!take(u, m) || m->type != SNMP_INFORM)
        return NO_ANSWER;
    bytes[(size_t)(m->community - bytes) + m->community_len] = SNMP_RESPONSE;
    return (struct snmp_octets){bytes, len};
}

static struct snmp_octets take_v3(struct unit *u, const uint8_t *bytes, size_t len)
{
    struct notices *n = &u->c->notices;
    struct snmp_security *security = u->peer.security;
    struct trap_v3_result result;
    enum snmp_reject verdict;

    if (!n->v3) {
        n->rejected[SNMP_REJECT_VERSION]++;
        return NO_ANSWER;
    }
    u->notifier.user = security ? security->user : NULL;
    u->notifier.polled = security ? &security->engine : NULL;
    verdict = trap_v3_receive(n->v3, loop_mono(u->c->o.loop), &u->notifier, bytes, len, &result);
    if (verdict == SNMP_REJECT_MALFORMED || verdict == SNMP_REJECT_PDU)
        n->malformed++;
    else if (verdict != SNMP_REJECT_COUNT)
        n->rejected[verdict]++;
    else if (!result.pdu)
        n->discoveries++;
    if (result.fresh)
        identity_of_traps(u, result.fresh);
    if (result.pdu && !take(u, result.pdu))
        return NO_ANSWER;
    return result.reply;
}

static struct snmp_octets on_datagram(void *ctx, const struct snmp_address *from, uint8_t *bytes, size_t len)
{
    struct collector *c = ctx;
    struct unit *u = find_sender(c, from);
    struct snmp_message m;
    enum err e;

    if (!u) {
        note_stranger(c, from);
        return NO_ANSWER;
    }
    e = snmp_message_parse(bytes, len, &m);
    if (!e)
        return take_community(u, &m, bytes, len);
    if (e == ERR_UNSUPPORTED)
        return take_v3(u, bytes, len);
    c->notices.malformed++;
    return NO_ANSWER;
}

/* ---- users ---- */

enum err notices_users(struct collector *c, struct fleet *f, const struct settings *s)
{
    const struct credentials *list = s->credentials.items;
    const struct usm_user **users;
    size_t count = 0;
    enum err e = ERR_OK;

    if (!c->notices.v3)
        return ERR_OK;
    users = calloc(s->credentials.count + 1, sizeof *users);
    if (!users)
        return ERR_NOMEM;
    for (size_t i = 0; i < s->credentials.count; i++) {
        const struct access *a = list[i].version == SNMP_V3 ? fleet_access(f, s, &list[i]) : NULL;

        if (a && !a->error)
            users[count++] = a->with.user;
    }
    e = trap_v3_users(c->notices.v3, users, count);
    free(users);
    return e;
}

/* ---- life ---- */

/* Without it traps are taken all the same, but none of v3. */
static void start_v3(struct collector *c)
{
    char *path = strx_printf("%s/snmp-engine", c->o.settings->state_dir);
    struct trap_v3_local local = {0};
    struct buf id = BUF_INIT;
    bool was_damaged = false;
    enum err e = path ? trap_engine_start(path, &local, &was_damaged) : ERR_NOMEM;

    local.started = loop_mono(c->o.loop);
    if (!e)
        e = trap_v3_new(&local, c->o.seed, &c->notices.v3);
    if (was_damaged)
        log_warning(
            "%s cannot be understood and was made anew: devices that have our SNMP engine ID in their "
            "configuration need the new one",
            path);
    strx_put_hex(&id, local.id, local.id_len);
    if (e)
        log_error("%s: %s: no SNMPv3 traps and informs are received", path ? path : "snmp-engine",
                  err_text(e));
    else
        log_info("SNMPv3 informs are received as engine %s, boots %u", id.data ? id.data : "", local.boots);
    buf_fini(&id);
    free(path);
}

static void tell_buffer(const struct collector *c)
{
    struct trap_io_stats stats;

    trap_io_stats(c->notices.io, &stats);
    if (stats.buffer < TRAP_IO_BUFFER)
        log_warning("the trap socket's receive buffer is %llu KiB, not %d: a storm of traps may be lost; set "
                    "sysctl net.core.rmem_max=%d, or start with netzwacht-trap.socket",
                    (unsigned long long)stats.buffer / 1024, TRAP_IO_BUFFER / 1024, TRAP_IO_BUFFER);
}

enum err notices_open(struct collector *c)
{
    const struct collector_settings *s = &c->o.settings->collector;
    const struct trap_io_options o = {.loop = c->o.loop,
                                      .bind = s->bind,
                                      .port = s->trap_port,
                                      .passed = c->o.trap_socket,
                                      .receive = on_datagram,
                                      .ctx = c};
    enum err e;

    if (!s->trap_port && !o.passed)
        return ERR_OK;
    e = trap_io_new(&o, &c->notices.io);
    if (e && o.passed)
        log_error("the socket that was passed for traps cannot be used: %s (netzwacht-trap.socket must have "
                  "ListenDatagram= with a port)",
                  err_text(e));
    else if (e)
        log_error("traps cannot be received on port %lld: %s%s", (long long)s->trap_port, err_text(e),
                  e == ERR_DENIED ? " (ports below 1024 need CAP_NET_BIND_SERVICE, or netzwacht-trap.socket)"
                                  : "");
    if (e)
        return e;
    tell_buffer(c);
    if (!c->notices.v3)
        start_v3(c);
    return notices_users(c, &c->fleet, c->o.settings);
}

/* Since the daemon's start, over sockets that a new configuration has closed. */
static struct trap_io_stats total(const struct notices *n)
{
    struct trap_io_stats stats;

    trap_io_stats(n->io, &stats);
    stats.received += n->closed.received;
    stats.dropped += n->closed.dropped;
    return stats;
}

void notices_close(struct collector *c)
{
    if (c->notices.io)
        c->notices.closed = total(&c->notices);
    trap_io_free(c->notices.io);
    c->notices.io = NULL;
}

void notices_free(struct collector *c)
{
    notices_close(c);
    trap_v3_free(c->notices.v3);
    c->notices.v3 = NULL;
}

/* ---- figures ---- */

void notices_beat(struct collector *c, Nw__Heartbeat *beat)
{
    static const struct {
        enum snmp_reject kind;
        const char *name;
    } rejected[] = {
        {SNMP_REJECT_VERSION, "traps_rejected_version_total"},
        {SNMP_REJECT_ENGINE, "traps_rejected_engine_total"},
        {SNMP_REJECT_USER, "traps_rejected_user_total"},
        {SNMP_REJECT_LEVEL, "traps_rejected_level_total"},
        {SNMP_REJECT_DIGEST, "traps_rejected_digest_total"},
        {SNMP_REJECT_WINDOW, "traps_rejected_window_total"},
        {SNMP_REJECT_DECRYPT, "traps_rejected_decrypt_total"},
    };
    struct notices *n = &c->notices;
    struct trap_io_stats stats;

    if (!n->io)
        return;
    stats = total(n);
    collector_count(c, beat, "traps_received_total", (double)stats.received);
    collector_count(c, beat, "traps_dropped_total", (double)stats.dropped);
    collector_count(c, beat, "traps_buffer_bytes", (double)stats.buffer);
    collector_count(c, beat, "traps_malformed_total", (double)n->malformed);
    collector_count(c, beat, "traps_taken_total", (double)n->taken);
    collector_count(c, beat, "traps_over_limit_total", (double)n->over_limit);
    collector_count(c, beat, "traps_about_clients_total", (double)n->about_clients);
    collector_count(c, beat, "traps_unknown_sender_total", (double)n->unknown);
    collector_count(c, beat, "traps_unknown_senders",
                    (double)trap_strangers_count(&n->strangers, loop_mono(c->o.loop)));
    collector_count(c, beat, "informs_total", (double)n->informs);
    collector_count(c, beat, "informs_discoveries_total", (double)n->discoveries);
    for (size_t i = 0; i < ARRAY_LEN(rejected); i++)
        collector_count(c, beat, rejected[i].name, (double)n->rejected[rejected[i].kind]);
}
