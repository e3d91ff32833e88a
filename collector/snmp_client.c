/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_client.c - asking, repeating, judging what comes. Pure. */
#include "collector/snmp_client.h"

#include <stdlib.h>
#include <string.h>

#include "collector/snmp_client_internal.h"

enum { BACKOFF_MAX = 2, PORT_SEARCH = 1024 /* requests, for one to the same address */ };

const char *snmp_reject_name(enum snmp_reject kind)
{
    switch (kind) {
    case SNMP_REJECT_MALFORMED: return "malformed";
    case SNMP_REJECT_UNASKED: return "unasked";
    case SNMP_REJECT_PORT: return "port";
    case SNMP_REJECT_LATE: return "late";
    case SNMP_REJECT_DOUBLED: return "doubled";
    case SNMP_REJECT_PDU: return "pdu";
    case SNMP_REJECT_REQUEST_ID: return "request_id";
    case SNMP_REJECT_VERSION: return "version";
    case SNMP_REJECT_COMMUNITY: return "community";
    case SNMP_REJECT_OIDS: return "oids";
    case SNMP_REJECT_VARBINDS: return "varbinds";
    case SNMP_REJECT_ENGINE: return "engine";
    case SNMP_REJECT_USER: return "user";
    case SNMP_REJECT_LEVEL: return "level";
    case SNMP_REJECT_DIGEST: return "digest";
    case SNMP_REJECT_WINDOW: return "window";
    case SNMP_REJECT_DECRYPT: return "decrypt";
    case SNMP_REJECT_CONTEXT: return "context";
    case SNMP_REJECT_REPORT: return "report";
    case SNMP_REJECT_COUNT: break;
    }
    return "unknown";
}

ns_t snmp_peer_timeout(const struct snmp_peer *peer, ns_t timeout)
{
    ns_t wait = peer->rtt ? peer->rtt + 4 * peer->rtt_variation : timeout;

    if (wait < timeout / 5)
        wait = timeout / 5;
    wait <<= peer->backoff;
    return wait > 4 * timeout ? 4 * timeout : wait;
}

/* RFC 6298, 2.2 and 2.3. */
static void measure(struct snmp_peer *peer, ns_t sample)
{
    ns_t difference = sample > peer->rtt ? sample - peer->rtt : peer->rtt - sample;

    if (sample < 1)
        sample = 1;
    if (!peer->rtt) {
        peer->rtt = sample;
        peer->rtt_variation = sample / 2;
    } else {
        peer->rtt_variation += (difference - peer->rtt_variation) / 4;
        peer->rtt += (sample - peer->rtt) / 8;
        if (peer->rtt < 1)
            peer->rtt = 1;
    }
    peer->backoff = 0;
}

/* ---- life ---- */

enum err snmp_client_new(const struct snmp_client_options *options, struct snmp_client **out)
{
    struct snmp_client *c = calloc(1, sizeof *c);

    if (!c)
        return ERR_NOMEM;
    c->options = *options;
    if (!client_grow_slots(c)) {
        snmp_client_free(c);
        return ERR_NOMEM;
    }
    *out = c;
    return ERR_OK;
}

void snmp_client_free(struct snmp_client *c)
{
    if (!c)
        return;
    for (uint32_t i = 0; i < c->slot_count; i++)
        free(c->slots[i].datagram);
    free(c->slots);
    free(c->heap);
    free(c->buckets);
    free(c->scratch);
    free(c);
}

void snmp_client_tune(struct snmp_client *c, uint32_t window, ns_t timeout)
{
    c->options.window = window;
    c->options.timeout = timeout;
}

/* ---- sending ---- */

static ns_t next_wait(const struct snmp_client *c, const struct slot *s)
{
    ns_t measured = snmp_peer_timeout(s->peer, c->options.timeout);

    if (s->wait) /* fixed spacing; the last try still gets the time that an answer needs */
        return s->sent < s->tries || measured < s->wait ? s->wait : measured;
    if (s->was_refused) /* told that nobody listens: no reason to be patient, but to ask again */
        return c->options.timeout / 5;
    if (s->sent == s->tries && s->tries > 1)
        measured *= 2;
    return measured > 4 * c->options.timeout ? 4 * c->options.timeout : measured;
}

void client_send_try(struct snmp_client *c, ns_t now, uint32_t slot)
{
    struct slot *s = &c->slots[slot];

    s->sent++;
    c->stats.datagrams_out++;
    s->due = now + next_wait(c, s);
    client_heap_add(c, slot);
    if (c->options.transmit(c->options.ctx, &s->peer->address, s->datagram + s->message_at,
                            s->datagram_len - s->message_at))
        s->was_refused = true;
}

void client_fill_window(struct snmp_client *c, ns_t now)
{
    while (c->queue_head && c->in_first_wait < c->options.window) {
        uint32_t slot = client_queue_take(c);

        if (client_line_holds(c, slot))
            continue;
        client_first_wait_begin(c, slot);
        c->in_flight++;
        c->slots[slot].first_sent = now;
        client_chain_add(c, slot);
        client_send_try(c, now, slot);
    }
}

enum err client_reserve(struct slot *s, size_t size)
{
    uint8_t *more;

    if (s->datagram_cap >= size)
        return ERR_OK;
    more = realloc(s->datagram, size);
    if (!more)
        return ERR_NOMEM;
    s->datagram = more;
    s->datagram_cap = (uint32_t)size;
    return ERR_OK;
}

void client_note_varbinds(struct slot *s, const struct snmp_message *own)
{
    s->varbinds_at = (uint32_t)(own->varbinds - s->datagram);
    s->varbinds_len = (uint32_t)own->varbinds_len;
}

static enum err encode_community(struct slot *s, const struct snmp_request *r)
{
    uint8_t bytes[SNMP_REQUEST_MAX];
    struct snmp_message own;
    size_t len;
    enum err e = snmp_request_encode(r, bytes, sizeof bytes, &len);

    if (!e)
        e = client_reserve(s, len);
    if (e)
        return e;
    memcpy(s->datagram, bytes, len);
    s->message_at = 0;
    s->datagram_len = (uint32_t)len;
    e = snmp_message_open(s->datagram, len, &own);
    if (!e)
        client_note_varbinds(s, &own);
    return e;
}

static enum err encode(struct snmp_client *c, ns_t now, struct slot *s, const struct snmp_ask *ask)
{
    const struct snmp_request request = {
        .version = ask->peer->version,
        .community = ask->peer->community,
        .community_len = ask->peer->community_len,
        .type = ask->type,
        .request_id = (int32_t)(c->options.request_id(c->options.ctx) & 0x7fffffff),
        .max_repetitions = ask->max_repetitions,
        .oids = ask->oids,
        .count = ask->count,
        .names = ask->names,
        .names_len = ask->names_len,
    };

    s->request_id = request.request_id;
    return ask->peer->security ? client_v3_encode(c, now, s, &request) : encode_community(s, &request);
}

enum err snmp_client_ask(struct snmp_client *c, ns_t now, const struct snmp_ask *ask, snmp_handle *handle)
{
    uint32_t slot = client_slot_take(c);
    struct slot *s;
    enum err e;

    if (!slot)
        return ERR_NOMEM;
    s = &c->slots[slot];
    s->peer = ask->peer;
    s->type = ask->type;
    s->count = (uint32_t)ask->count;
    s->max_repetitions = ask->max_repetitions;
    s->tries = ask->tries ? ask->tries : 1;
    s->wait = ask->wait;
    s->done = ask->done;
    s->ctx = ask->ctx;
    s->sent = 0;
    s->was_refused = s->was_garbled = s->is_probing = false;
    s->restarts = 0;
    s->report = USM_REPORT_NONE;
    e = ask->count <= SNMP_ASK_MAX ? encode(c, now, s, ask) : ERR_LIMIT;
    if (e) {
        s->next = c->free_head;
        c->free_head = slot;
        return e;
    }
    client_queue_add(c, slot);
    c->stats.requests++;
    if (handle)
        *handle = (uint64_t)s->generation << 32 | slot;
    client_fill_window(c, now);
    return ERR_OK;
}

void snmp_client_cancel(struct snmp_client *c, snmp_handle handle)
{
    uint32_t slot = (uint32_t)handle;

    if (slot && slot < c->slot_count && c->slots[slot].state != SLOT_FREE &&
        c->slots[slot].generation == (uint32_t)(handle >> 32))
        client_slot_release(c, slot);
}

/* ---- receiving ---- */

/* A GET is answered by the very OIDs asked for, in their order; GETNEXT by as many; GETBULK by at most as
 * many as asked for. An error report repeats the varbinds or leaves them out. */
static enum snmp_reject judge_varbinds(const struct slot *s, const struct snmp_message *m)
{
    bool is_right_count = m->varbind_count == s->count;

    if (m->error_status != SNMP_NO_ERROR)
        is_right_count |= m->varbind_count == 0;
    else if (s->type == SNMP_GETBULK)
        is_right_count = m->varbind_count <= (size_t)s->count * s->max_repetitions;
    if (!is_right_count)
        return SNMP_REJECT_VARBINDS;
    if (m->error_status != SNMP_NO_ERROR || s->type != SNMP_GET ||
        snmp_varbinds_answer(s->datagram + s->varbinds_at, s->varbinds_len, m->varbinds, m->varbinds_len))
        return SNMP_REJECT_COUNT;
    return SNMP_REJECT_OIDS;
}

enum snmp_reject client_judge_pdu(const struct slot *s, const struct snmp_message *m)
{
    if (m->type != SNMP_RESPONSE)
        return SNMP_REJECT_PDU;
    if (m->request_id != s->request_id)
        return SNMP_REJECT_REQUEST_ID;
    return judge_varbinds(s, m);
}

/* Version and community are those of the request. SNMP_REJECT_COUNT: they are. */
static enum snmp_reject judge_access(const struct slot *s, const struct snmp_message *m)
{
    if (m->version != s->peer->version)
        return SNMP_REJECT_VERSION;
    if (m->community_len != s->peer->community_len ||
        memcmp(m->community, s->peer->community, m->community_len) != 0)
        return SNMP_REJECT_COMMUNITY;
    return SNMP_REJECT_COUNT;
}

static enum snmp_reject judge(const struct slot *s, const struct snmp_message *m)
{
    enum snmp_reject verdict = client_judge_pdu(s, m), access;

    if (verdict == SNMP_REJECT_PDU || verdict == SNMP_REJECT_REQUEST_ID)
        return verdict;
    access = judge_access(s, m);
    return access == SNMP_REJECT_COUNT ? verdict : access;
}

/* The usual case in one pass over the varbinds: what judge() would accept, checked and compared at once. */
static bool is_plain_answer(const struct slot *s, struct snmp_message *m)
{
    return m->type == SNMP_RESPONSE && m->request_id == s->request_id && s->type == SNMP_GET &&
           m->error_status == SNMP_NO_ERROR && judge_access(s, m) == SNMP_REJECT_COUNT &&
           snmp_message_answers(m, s->datagram + s->varbinds_at, s->varbinds_len);
}

/* ---- what is not taken ---- */

static void remember(struct snmp_client *c, const struct slot *s, bool was_answered)
{
    uint32_t id = (uint32_t)(s->peer->security ? s->msg_id : s->request_id);

    c->pasts[id % PASTS] = (struct past){id, client_hash_address(&s->peer->address), was_answered};
}

static bool is_asked_at_other_port(const struct snmp_client *c, const struct snmp_address *from)
{
    for (uint32_t i = 1; i <= c->heap_count && i <= PORT_SEARCH; i++) {
        struct snmp_address to = c->slots[c->heap[i]].peer->address;

        to.port_be = from->port_be;
        if (client_is_same_address(&to, from))
            return true;
    }
    return false;
}

void client_reject(struct snmp_client *c, enum snmp_reject verdict, const struct snmp_address *from,
                   int32_t id)
{
    if (verdict == SNMP_REJECT_UNASKED || verdict == SNMP_REJECT_REQUEST_ID) {
        const struct past *p = &c->pasts[(uint32_t)id % PASTS];

        if (id >= 0 && p->id == (uint32_t)id && p->address == client_hash_address(from))
            verdict = p->was_answered ? SNMP_REJECT_DOUBLED : SNMP_REJECT_LATE;
        else if (verdict == SNMP_REJECT_UNASKED && is_asked_at_other_port(c, from))
            verdict = SNMP_REJECT_PORT;
    }
    c->stats.rejected[verdict]++;
}

void client_finish(struct snmp_client *c, ns_t now, uint32_t slot, enum err result,
                   const struct snmp_message *m)
{
    struct slot *s = &c->slots[slot];
    snmp_done_fn *done = s->done;
    void *ctx = s->ctx;
    ns_t rtt = now - s->first_sent;

    if (result == ERR_OK) {
        c->stats.replies++;
        c->stats.varbinds += m->varbind_count;
        if (s->sent == 1)
            measure(s->peer, rtt);
        else if (s->peer->backoff < BACKOFF_MAX)
            s->peer->backoff++;
    } else {
        c->stats.timeouts++;
    }
    remember(c, s, result == ERR_OK);
    client_slot_release(c, slot);
    done(ctx, result, m, rtt);
}

void snmp_client_receive(struct snmp_client *c, ns_t now, const struct snmp_address *from, const void *bytes,
                         size_t len)
{
    struct snmp_message m;
    enum snmp_reject verdict = SNMP_REJECT_UNASKED;
    enum err e = snmp_message_open(bytes, len, &m);
    uint32_t slot = *client_bucket(c, from);

    if (e == ERR_UNSUPPORTED) {
        client_v3_receive(c, now, from, bytes, len);
        return;
    }
    if (!e && slot && client_is_same_address(&c->slots[slot].peer->address, from) &&
        is_plain_answer(&c->slots[slot], &m)) {
        client_finish(c, now, slot, ERR_OK, &m);
        client_fill_window(c, now);
        return;
    }
    if (!e)
        e = snmp_message_check(&m);
    if (e)
        verdict = SNMP_REJECT_MALFORMED;
    for (; slot; slot = c->slots[slot].next) {
        struct slot *s = &c->slots[slot];

        if (!client_is_same_address(&s->peer->address, from))
            continue;
        if (!e)
            verdict = judge(s, &m);
        if (verdict == SNMP_REJECT_COUNT) {
            client_finish(c, now, slot, ERR_OK, &m);
            client_fill_window(c, now);
            return;
        }
        s->was_garbled |= verdict != SNMP_REJECT_REQUEST_ID;
    }
    client_reject(c, verdict, from, e ? -1 : m.request_id);
}

void snmp_client_refused(struct snmp_client *c, ns_t now, const struct snmp_address *to)
{
    for (uint32_t slot = *client_bucket(c, to); slot; slot = c->slots[slot].next) {
        struct slot *s = &c->slots[slot];

        if (!client_is_same_address(&s->peer->address, to))
            continue;
        s->was_refused = true;
        if (!s->wait && s->due > now + c->options.timeout / 5) {
            client_heap_remove(c, slot);
            s->due = now + c->options.timeout / 5;
            client_heap_add(c, slot);
        }
    }
}

void snmp_client_advance(struct snmp_client *c, ns_t now)
{
    while (c->heap_count && c->slots[c->heap[1]].due <= now) {
        uint32_t slot = c->heap[1];
        struct slot *s = &c->slots[slot];

        if (s->sent < s->tries) {
            if (s->state == SLOT_FIRST_WAIT) {
                client_first_wait_end(c, slot);
                s->state = SLOT_WAITING;
            }
            client_heap_remove(c, slot);
            client_send_try(c, now, slot);
            continue;
        }
        client_finish(c, now, slot,
                      s->report        ? ERR_DENIED
                      : s->was_garbled ? ERR_MALFORMED
                      : s->was_refused ? ERR_UNREACHABLE
                                       : ERR_TIMEOUT,
                      NULL);
    }
    client_fill_window(c, now);
}

ns_t snmp_client_due(const struct snmp_client *c)
{
    return c->heap_count ? c->slots[c->heap[1]].due : INT64_MAX;
}

void snmp_client_stats(const struct snmp_client *c, struct snmp_stats *out)
{
    *out = c->stats;
    out->in_flight = c->in_flight;
}
