/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_client.c - slots of requests in flight, found by address and port; a heap of their time-outs. Pure. */
#include "collector/snmp_client.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_START = 64, BUCKETS_START = 256, BACKOFF_MAX = 2, NO_SLOT = 0 };

enum slot_state { SLOT_FREE, SLOT_QUEUED, SLOT_FIRST_WAIT, SLOT_WAITING };

struct slot {
    enum slot_state state;
    uint32_t generation;
    uint32_t next; /* free list, queue, or hash chain */
    uint32_t heap_at;
    int32_t request_id;
    uint32_t sent, tries, count, max_repetitions;
    ns_t first_sent, due, wait;
    bool was_refused, was_garbled;
    enum snmp_pdu_type type;
    struct snmp_peer *peer;
    snmp_done_fn *done;
    void *ctx;
    uint8_t *datagram;
    uint32_t datagram_len, datagram_cap;
    uint32_t varbinds_at; /* in the datagram: contents of the varbind list */
};

struct snmp_client {
    struct snmp_client_options options;
    struct slot *slots; /* [0] unused, so that 0 means none */
    uint32_t slot_count, free_head;
    uint32_t *buckets, bucket_count;
    uint32_t queue_head, queue_tail;
    uint32_t *heap, heap_count; /* heap[0] unused */
    uint32_t in_first_wait, in_flight;
    struct snmp_stats stats;
};

const char *snmp_reject_name(enum snmp_reject kind)
{
    switch (kind) {
    case SNMP_REJECT_MALFORMED: return "malformed";
    case SNMP_REJECT_UNASKED: return "unasked";
    case SNMP_REJECT_PDU: return "pdu";
    case SNMP_REJECT_REQUEST_ID: return "request_id";
    case SNMP_REJECT_VERSION: return "version";
    case SNMP_REJECT_COMMUNITY: return "community";
    case SNMP_REJECT_OIDS: return "oids";
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

/* ---- the heap of due times ---- */

static void heap_place(struct snmp_client *c, uint32_t at, uint32_t slot)
{
    c->heap[at] = slot;
    c->slots[slot].heap_at = at;
}

static void heap_up(struct snmp_client *c, uint32_t at)
{
    uint32_t slot = c->heap[at];

    for (; at > 1 && c->slots[c->heap[at / 2]].due > c->slots[slot].due; at /= 2)
        heap_place(c, at, c->heap[at / 2]);
    heap_place(c, at, slot);
}

static void heap_down(struct snmp_client *c, uint32_t at)
{
    uint32_t slot = c->heap[at], child;

    for (; (child = 2 * at) <= c->heap_count; at = child) {
        if (child < c->heap_count && c->slots[c->heap[child + 1]].due < c->slots[c->heap[child]].due)
            child++;
        if (c->slots[c->heap[child]].due >= c->slots[slot].due)
            break;
        heap_place(c, at, c->heap[child]);
    }
    heap_place(c, at, slot);
}

static void heap_remove(struct snmp_client *c, uint32_t slot)
{
    uint32_t at = c->slots[slot].heap_at, last;

    if (!at)
        return;
    c->slots[slot].heap_at = 0;
    last = c->heap[c->heap_count--];
    if (last == slot)
        return;
    heap_place(c, at, last);
    heap_up(c, at);
    heap_down(c, c->slots[last].heap_at);
}

static void heap_add(struct snmp_client *c, uint32_t slot)
{
    heap_place(c, ++c->heap_count, slot);
    heap_up(c, c->heap_count);
}

/* ---- finding a slot by address and port ---- */

static bool is_same_address(const struct snmp_address *a, const struct snmp_address *b)
{
    return a->port_be == b->port_be && a->is_v6 == b->is_v6 && memcmp(a->ip, b->ip, sizeof a->ip) == 0 &&
           (!a->scope || !b->scope || a->scope == b->scope);
}

static uint32_t hash_address(const struct snmp_address *a)
{
    uint64_t words[2], h;

    memcpy(words, a->ip, sizeof words);
    h = (words[0] ^ words[1] * 0x9e3779b97f4a7c15u ^ a->port_be) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)(h >> 32 ^ h >> 51);
}

static uint32_t *bucket_of(const struct snmp_client *c, const struct snmp_address *a)
{
    return &c->buckets[hash_address(a) & (c->bucket_count - 1)];
}

static void chain_add(struct snmp_client *c, uint32_t slot)
{
    uint32_t *head = bucket_of(c, &c->slots[slot].peer->address);

    c->slots[slot].next = *head;
    *head = slot;
}

static void chain_remove(struct snmp_client *c, uint32_t slot)
{
    uint32_t *at = bucket_of(c, &c->slots[slot].peer->address);

    while (*at && *at != slot)
        at = &c->slots[*at].next;
    if (*at)
        *at = c->slots[slot].next;
    c->slots[slot].next = NO_SLOT;
}

/* ---- slots ---- */

static bool grow_buckets(struct snmp_client *c, uint32_t count)
{
    uint32_t *buckets = calloc(count, sizeof *buckets);

    if (!buckets)
        return false;
    free(c->buckets);
    c->buckets = buckets;
    c->bucket_count = count;
    for (uint32_t i = 1; i < c->slot_count; i++) {
        if (c->slots[i].state == SLOT_FIRST_WAIT || c->slots[i].state == SLOT_WAITING)
            chain_add(c, i);
    }
    return true;
}

static bool grow_slots(struct snmp_client *c)
{
    uint32_t old = c->slot_count, count = old ? old * 2 : SLOTS_START;
    struct slot *slots = realloc(c->slots, count * sizeof *slots);
    uint32_t *heap;

    if (!slots)
        return false;
    c->slots = slots;
    heap = realloc(c->heap, (count + 1) * sizeof *heap);
    if (!heap)
        return false;
    c->heap = heap;
    memset(slots + old, 0, (count - old) * sizeof *slots);
    for (uint32_t i = count; i-- > (old ? old : 1);) {
        slots[i].next = c->free_head;
        c->free_head = i;
    }
    c->slot_count = count;
    if (count > c->bucket_count)
        return grow_buckets(c, c->bucket_count ? c->bucket_count * 2 : BUCKETS_START);
    return true;
}

static uint32_t slot_take(struct snmp_client *c)
{
    uint32_t slot;

    if (!c->free_head && !grow_slots(c))
        return NO_SLOT;
    slot = c->free_head;
    c->free_head = c->slots[slot].next;
    c->slots[slot].next = NO_SLOT;
    return slot;
}

static void queue_remove(struct snmp_client *c, uint32_t slot)
{
    uint32_t *at = &c->queue_head, before = NO_SLOT;

    while (*at && *at != slot) {
        before = *at;
        at = &c->slots[*at].next;
    }
    if (!*at)
        return;
    *at = c->slots[slot].next;
    if (c->queue_tail == slot)
        c->queue_tail = before;
    c->stats.queued--;
}

static void slot_release(struct snmp_client *c, uint32_t slot)
{
    struct slot *s = &c->slots[slot];

    if (s->state == SLOT_QUEUED) {
        queue_remove(c, slot);
    } else {
        chain_remove(c, slot);
        heap_remove(c, slot);
        c->in_flight--;
        if (s->state == SLOT_FIRST_WAIT)
            c->in_first_wait--;
    }
    s->state = SLOT_FREE;
    s->generation++;
    s->next = c->free_head;
    c->free_head = slot;
}

/* ---- life ---- */

enum err snmp_client_new(const struct snmp_client_options *options, struct snmp_client **out)
{
    struct snmp_client *c = calloc(1, sizeof *c);

    if (!c)
        return ERR_NOMEM;
    c->options = *options;
    if (!grow_slots(c)) {
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

static void send_try(struct snmp_client *c, ns_t now, uint32_t slot)
{
    struct slot *s = &c->slots[slot];

    s->sent++;
    c->stats.datagrams_out++;
    s->due = now + next_wait(c, s);
    heap_add(c, slot);
    if (c->options.transmit(c->options.ctx, &s->peer->address, s->datagram, s->datagram_len))
        s->was_refused = true;
}

static void fill_window(struct snmp_client *c, ns_t now)
{
    while (c->queue_head && c->in_first_wait < c->options.window) {
        uint32_t slot = c->queue_head;
        struct slot *s = &c->slots[slot];

        c->queue_head = s->next;
        if (!c->queue_head)
            c->queue_tail = NO_SLOT;
        c->stats.queued--;
        s->state = SLOT_FIRST_WAIT;
        c->in_first_wait++;
        c->in_flight++;
        s->first_sent = now;
        chain_add(c, slot);
        send_try(c, now, slot);
    }
}

static enum err encode(struct snmp_client *c, struct slot *s, const struct snmp_ask *ask)
{
    struct snmp_request request = {
        .version = ask->peer->version,
        .community = ask->peer->community,
        .community_len = ask->peer->community_len,
        .type = ask->type,
        .request_id = (int32_t)(c->options.request_id(c->options.ctx) & 0x7fffffff),
        .max_repetitions = ask->max_repetitions,
        .oids = ask->oids,
        .count = ask->count,
    };
    uint8_t bytes[SNMP_REQUEST_MAX];
    struct snmp_message own;
    size_t len;
    enum err e = snmp_request_encode(&request, bytes, sizeof bytes, &len);

    if (e)
        return e;
    if (s->datagram_cap < len) {
        uint8_t *more = realloc(s->datagram, len);

        if (!more)
            return ERR_NOMEM;
        s->datagram = more;
        s->datagram_cap = (uint32_t)len;
    }
    memcpy(s->datagram, bytes, len);
    s->datagram_len = (uint32_t)len;
    s->request_id = request.request_id;
    /* Our own message, read back: a request that we would refuse as an answer is not sent. */
    e = snmp_message_parse(s->datagram, len, &own);
    if (e)
        return e;
    s->varbinds_at = (uint32_t)(own.varbinds - s->datagram);
    return ERR_OK;
}

enum err snmp_client_ask(struct snmp_client *c, ns_t now, const struct snmp_ask *ask, snmp_handle *handle)
{
    uint32_t slot = slot_take(c);
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
    s->was_refused = s->was_garbled = false;
    e = ask->count <= SNMP_ASK_MAX ? encode(c, s, ask) : ERR_LIMIT;
    if (e) {
        s->next = c->free_head;
        c->free_head = slot;
        return e;
    }
    s->state = SLOT_QUEUED;
    if (c->queue_tail)
        c->slots[c->queue_tail].next = slot;
    else
        c->queue_head = slot;
    c->queue_tail = slot;
    c->stats.queued++;
    c->stats.requests++;
    if (handle)
        *handle = (uint64_t)s->generation << 32 | slot;
    fill_window(c, now);
    return ERR_OK;
}

void snmp_client_cancel(struct snmp_client *c, snmp_handle handle)
{
    uint32_t slot = (uint32_t)handle;

    if (slot && slot < c->slot_count && c->slots[slot].state != SLOT_FREE &&
        c->slots[slot].generation == (uint32_t)(handle >> 32))
        slot_release(c, slot);
}

/* ---- receiving ---- */

/* A GET is answered by the very OIDs asked for, in their order; GETNEXT by as many; GETBULK by at most as
 * many as asked for. An error report repeats the varbinds or leaves them out. */
static bool are_oids_right(const struct slot *s, const struct snmp_message *m)
{
    struct wire asked, got;
    struct snmp_raw_varbind a, g;

    if (m->error_status != SNMP_NO_ERROR)
        return m->varbind_count == 0 || m->varbind_count == s->count;
    if (s->type == SNMP_GETBULK)
        return m->varbind_count <= (size_t)s->count * s->max_repetitions;
    if (m->varbind_count != s->count)
        return false;
    if (s->type != SNMP_GET)
        return true;
    wire_init(&asked, s->datagram + s->varbinds_at, s->datagram_len - s->varbinds_at);
    wire_init(&got, m->varbinds, m->varbinds_len);
    while (snmp_varbind_again(&asked, &a)) {
        if (!snmp_varbind_again(&got, &g) || a.oid.len != g.oid.len ||
            memcmp(a.oid.bytes, g.oid.bytes, a.oid.len) != 0)
            return false;
    }
    return true;
}

static enum snmp_reject judge(const struct slot *s, const struct snmp_message *m)
{
    if (m->type != SNMP_RESPONSE)
        return SNMP_REJECT_PDU;
    if (m->request_id != s->request_id)
        return SNMP_REJECT_REQUEST_ID;
    if (m->version != s->peer->version)
        return SNMP_REJECT_VERSION;
    if (m->community_len != s->peer->community_len ||
        memcmp(m->community, s->peer->community, m->community_len) != 0)
        return SNMP_REJECT_COMMUNITY;
    if (!are_oids_right(s, m))
        return SNMP_REJECT_OIDS;
    return SNMP_REJECT_COUNT;
}

static void finish(struct snmp_client *c, ns_t now, uint32_t slot, enum err result,
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
    slot_release(c, slot);
    done(ctx, result, m, rtt);
}

void snmp_client_receive(struct snmp_client *c, ns_t now, const struct snmp_address *from, const void *bytes,
                         size_t len)
{
    struct snmp_message m;
    enum snmp_reject verdict = SNMP_REJECT_UNASKED;
    enum err e = snmp_message_parse(bytes, len, &m);
    uint32_t slot = *bucket_of(c, from);

    if (e)
        verdict = e == ERR_UNSUPPORTED ? SNMP_REJECT_VERSION : SNMP_REJECT_MALFORMED;
    for (; slot; slot = c->slots[slot].next) {
        struct slot *s = &c->slots[slot];

        if (!is_same_address(&s->peer->address, from))
            continue;
        if (!e)
            verdict = judge(s, &m);
        if (verdict == SNMP_REJECT_COUNT) {
            finish(c, now, slot, ERR_OK, &m);
            fill_window(c, now);
            return;
        }
        s->was_garbled |= verdict != SNMP_REJECT_REQUEST_ID;
    }
    c->stats.rejected[verdict]++;
}

void snmp_client_refused(struct snmp_client *c, ns_t now, const struct snmp_address *to)
{
    for (uint32_t slot = *bucket_of(c, to); slot; slot = c->slots[slot].next) {
        struct slot *s = &c->slots[slot];

        if (!is_same_address(&s->peer->address, to))
            continue;
        s->was_refused = true;
        if (!s->wait && s->due > now + c->options.timeout / 5) {
            heap_remove(c, slot);
            s->due = now + c->options.timeout / 5;
            heap_add(c, slot);
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
                s->state = SLOT_WAITING;
                c->in_first_wait--;
            }
            heap_remove(c, slot);
            send_try(c, now, slot);
            continue;
        }
        finish(c, now, slot,
               s->was_garbled   ? ERR_MALFORMED
               : s->was_refused ? ERR_UNREACHABLE
                                : ERR_TIMEOUT,
               NULL);
    }
    fill_window(c, now);
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
