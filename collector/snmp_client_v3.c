/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_client_v3.c - requests under SNMPv3: who is the engine, what time is it there, is the answer genuine.
 *
 *   PROBING ─ Report with the engine ID ─► ASKING ─ genuine response ──────────────► done
 *      ▲                                    │  ▲
 *      │ Report: unknown engine,            │  └─ genuine Report: not in time window ┐
 *      └── once a minute and peer ──────────┘ ─────── clock set, sealed anew ────────┘
 *
 * Nobody vouches for the answer to a probe. An engine in the place of one that had proven itself is therefore
 * on trial for one request, or until the agent does not know it either (decision 58). */
#include <stdlib.h>
#include <string.h>

#include "collector/snmp_client_internal.h"

#define REDISCOVERY_PAUSE (60 * SECONDS)

enum { RESTARTS_MAX = 3 };

/* ---- sending ---- */

static int32_t random_31_bits(const struct snmp_client *c)
{
    return (int32_t)(c->options.request_id(c->options.ctx) & 0x7fffffff);
}

/* Writes the message behind the PDU: the probe, or the request itself. */
static enum err seal(struct snmp_client *c, ns_t now, struct slot *s)
{
    struct snmp_security *security = s->peer->security;
    const struct snmp_octets pdu = {s->datagram, s->message_at};
    uint8_t *out = s->datagram + s->message_at;
    size_t size = s->datagram_cap - s->message_at, len;
    enum err e;

    s->msg_id = random_31_bits(c);
    if (s->is_probing)
        e = usm_seal_discovery(s->msg_id, s->request_id, out, size, &len);
    else
        e = usm_seal(&security->engine, security->user, now, s->msg_id, pdu, out, size, &len);
    if (!e)
        s->datagram_len = s->message_at + (uint32_t)len;
    c->stats.discoveries += !e && s->is_probing;
    return e;
}

/* ---- another engine on trial ---- */

/* Salts go on, so that none is used twice with the keys of an engine that is on trial again and again. */
static bool end_trial(struct snmp_client *c, struct snmp_security *security)
{
    if (security->is_proven || !security->before.id_len)
        return false;
    security->before.salt = security->engine.salt;
    security->engine = security->before;
    explicit_bzero(&security->before, sizeof security->before);
    security->is_proven = true;
    security->is_replaced = false;
    c->stats.unproven++;
    return true;
}

static enum err begin_trial(struct snmp_security *security, const struct snmp_octets *id)
{
    struct usm_engine proven = security->engine;
    enum err e = usm_engine_set(&security->engine, security->user, id->bytes, id->len);

    if (!e && security->is_proven) {
        security->before = proven;
        security->is_replaced = true;
        security->is_proven = false;
    }
    explicit_bzero(&proven, sizeof proven);
    return e;
}

/* ---- requests ---- */

static void start_salt(const struct snmp_client *c, struct usm_engine *engine)
{
    if (!engine->salt)
        engine->salt = (uint64_t)random_31_bits(c) << 33 | (uint64_t)random_31_bits(c) << 1 | 1;
}

enum err client_v3_encode(struct snmp_client *c, ns_t now, struct slot *s, const struct snmp_request *r)
{
    uint8_t pdu[SNMP_REQUEST_MAX];
    struct snmp_message own;
    size_t len;
    enum err e = snmp_pdu_write(r, pdu, sizeof pdu, &len);

    if (!e)
        e = client_reserve(s, 2 * len + SNMP_V3_OVERHEAD);
    if (!e && !c->scratch && !(c->scratch = malloc(SNMP_MESSAGE_MAX + SNMP_V3_SALT)))
        e = ERR_NOMEM;
    if (e)
        return e;
    memcpy(s->datagram, pdu, len);
    e = snmp_pdu_read(s->datagram, len, &own);
    if (e)
        return e;
    client_note_varbinds(s, &own);
    s->message_at = (uint32_t)len;
    (void)end_trial(c, s->peer->security);
    s->is_probing = s->peer->security->engine.id_len == 0;
    start_salt(c, &s->peer->security->engine);
    return seal(c, now, s);
}

/* The request begins anew, with all its tries; false if it has done so too often. */
static bool restart(struct snmp_client *c, ns_t now, uint32_t slot, bool is_probing)
{
    struct slot *s = &c->slots[slot];

    if (s->restarts == RESTARTS_MAX)
        return false;
    s->restarts++;
    s->is_probing = is_probing;
    if (seal(c, now, s))
        return false;
    client_heap_remove(c, slot);
    s->sent = 0;
    s->first_sent = now;
    client_send_try(c, now, slot);
    return true;
}

/* ---- Reports ---- */

static void notify(const struct snmp_client *c, struct snmp_peer *peer, enum snmp_notice what)
{
    if (c->options.notice)
        c->options.notice(c->options.ctx, peer, what);
}

/* The answer to a probe. It is not authentic, so it decides nothing but what to ask next. */
static enum snmp_reject take_engine(struct snmp_client *c, ns_t now, uint32_t slot,
                                    const struct snmp_v3_message *m)
{
    struct snmp_security *security = c->slots[slot].peer->security;
    struct usm_engine *engine = &security->engine;
    bool is_same =
        m->engine_id.len == engine->id_len && memcmp(m->engine_id.bytes, engine->id, engine->id_len) == 0;

    if (m->engine_id.len == 0)
        return SNMP_REJECT_ENGINE;
    if (!is_same && begin_trial(security, &m->engine_id))
        return SNMP_REJECT_ENGINE;
    usm_engine_guess(engine, m->boots, m->time, now);
    return restart(c, now, slot, false) ? SNMP_REJECT_COUNT : SNMP_REJECT_REPORT;
}

static bool may_rediscover(struct snmp_security *security, ns_t now)
{
    if (security->was_rediscovered && now - security->rediscovered < REDISCOVERY_PAUSE)
        return false;
    security->was_rediscovered = true;
    security->rediscovered = now;
    return true;
}

static enum snmp_reject take_report(struct snmp_client *c, ns_t now, uint32_t slot,
                                    const struct snmp_v3_message *m, const struct snmp_message *pdu)
{
    struct slot *s = &c->slots[slot];
    struct snmp_security *security = s->peer->security;
    enum usm_report kind = usm_report_kind(pdu);

    if (kind == USM_REPORT_WINDOW && m->flags & SNMP_V3_AUTH) {
        c->stats.clocks_set++;
        if (usm_engine_resync(&security->engine, m->boots, m->time, now)) {
            c->stats.boots_back++;
            notify(c, s->peer, SNMP_NOTICE_BOOTS_BACK);
        }
        if (restart(c, now, slot, false))
            return SNMP_REJECT_COUNT;
    }
    s->report = security->report = kind;
    if (kind != USM_REPORT_ENGINE && kind != USM_REPORT_WINDOW)
        s->tries =
            s->sent; /* it has arrived; a genuine answer is still waited for, but not asked for again */
    if (kind == USM_REPORT_ENGINE && end_trial(c, security) && restart(c, now, slot, false))
        return SNMP_REJECT_REPORT;
    if (kind == USM_REPORT_ENGINE && may_rediscover(security, now) && restart(c, now, slot, true))
        c->stats.rediscoveries++;
    return SNMP_REJECT_REPORT;
}

/* ---- responses ---- */

static enum snmp_reject judge(const struct slot *s, ns_t now, const struct snmp_v3_message *m,
                              const struct snmp_v3_scoped *scoped)
{
    struct snmp_security *security = s->peer->security;
    const struct usm_engine *engine = &security->engine;
    const char *context = security->user->context;

    if ((m->flags & SNMP_V3_LEVEL) != usm_user_level(security->user))
        return SNMP_REJECT_LEVEL;
    if (m->flags & SNMP_V3_AUTH && !usm_engine_hear(&security->engine, m->boots, m->time, now))
        return SNMP_REJECT_WINDOW;
    if (scoped->context.len != strlen(context) ||
        memcmp(scoped->context.bytes, context, scoped->context.len) != 0 ||
        scoped->context_engine.len != engine->id_len ||
        memcmp(scoped->context_engine.bytes, engine->id, engine->id_len) != 0)
        return SNMP_REJECT_CONTEXT;
    return client_judge_pdu(s, &scoped->pdu);
}

static void take_response(struct snmp_client *c, ns_t now, uint32_t slot, const struct snmp_message *pdu)
{
    struct snmp_peer *peer = c->slots[slot].peer;
    struct snmp_security *security = peer->security;

    security->report = USM_REPORT_NONE;
    if (!security->is_proven) {
        security->is_proven = true;
        notify(c, peer, security->is_replaced ? SNMP_NOTICE_ENGINE_REPLACED : SNMP_NOTICE_ENGINE_NEW);
        security->is_replaced = false;
        explicit_bzero(&security->before, sizeof security->before);
    }
    client_finish(c, now, slot, ERR_OK, pdu);
    client_fill_window(c, now);
}

static enum snmp_reject verify(const struct slot *s, const struct snmp_v3_message *m, const void *bytes,
                               size_t len, uint8_t *scratch)
{
    const struct snmp_security *security = s->peer->security;

    if ((m->flags & SNMP_V3_AUTH) && security->user->auth == SNMP_AUTH_NONE)
        return SNMP_REJECT_LEVEL;
    switch (usm_verify(&security->engine, security->user, m, bytes, len, scratch)) {
    case USM_OTHER_ENGINE: return SNMP_REJECT_ENGINE;
    case USM_OTHER_USER: return SNMP_REJECT_USER;
    case USM_WRONG_DIGEST: return SNMP_REJECT_DIGEST;
    case USM_GENUINE: break;
    }
    return SNMP_REJECT_COUNT;
}

/* A message with the slot's msgID from its address. SNMP_REJECT_COUNT: taken. */
static enum snmp_reject take(struct snmp_client *c, ns_t now, uint32_t slot, const struct snmp_v3_message *m,
                             const void *bytes, size_t len)
{
    struct slot *s = &c->slots[slot];
    const struct snmp_security *security = s->peer->security;
    bool is_authentic = m->flags & SNMP_V3_AUTH;
    enum snmp_reject verdict = is_authentic ? verify(s, m, bytes, len, c->scratch) : SNMP_REJECT_COUNT;
    struct snmp_v3_scoped scoped;

    if (verdict != SNMP_REJECT_COUNT)
        return verdict;
    if (usm_open(&security->engine, security->user, m, c->scratch, &scoped))
        return m->flags & SNMP_V3_PRIV ? SNMP_REJECT_DECRYPT : SNMP_REJECT_MALFORMED;
    if (scoped.pdu.type == SNMP_REPORT)
        return s->is_probing ? take_engine(c, now, slot, m) : take_report(c, now, slot, m, &scoped.pdu);
    if (s->is_probing)
        return SNMP_REJECT_PDU;
    if (!is_authentic) /* whose it claims to be; judge() refuses it if more was asked for */
        verdict = verify(s, m, bytes, len, c->scratch);
    if (verdict == SNMP_REJECT_COUNT)
        verdict = judge(s, now, m, &scoped);
    if (verdict != SNMP_REJECT_COUNT)
        return verdict;
    if (is_authentic) {
        scoped.pdu.engine_boots = m->boots;
        scoped.pdu.engine_time = m->time;
    }
    take_response(c, now, slot, &scoped.pdu);
    return SNMP_REJECT_COUNT;
}

void client_v3_receive(struct snmp_client *c, ns_t now, const struct snmp_address *from, const void *bytes,
                       size_t len)
{
    struct snmp_v3_message m;
    enum snmp_reject verdict = SNMP_REJECT_UNASKED;
    enum err e = snmp_v3_parse(bytes, len, &m);
    uint32_t slot = *client_bucket(c, from), next;

    if (e)
        verdict = e == ERR_UNSUPPORTED ? SNMP_REJECT_VERSION : SNMP_REJECT_MALFORMED;
    for (; slot; slot = next) {
        struct slot *s = &c->slots[slot];

        next = s->next;
        if (!client_is_same_address(&s->peer->address, from))
            continue;
        if (!e)
            verdict = !s->peer->security      ? SNMP_REJECT_VERSION
                      : m.msg_id != s->msg_id ? SNMP_REJECT_REQUEST_ID
                                              : take(c, now, slot, &m, bytes, len);
        if (verdict == SNMP_REJECT_COUNT)
            return;
        s->was_garbled |= verdict != SNMP_REJECT_REQUEST_ID && verdict != SNMP_REJECT_REPORT;
    }
    client_reject(c, verdict, from, e ? -1 : m.msg_id);
}
